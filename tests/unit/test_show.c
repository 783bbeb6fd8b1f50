/* test_show.c - bytes of a file as a message shows them. */
#include "check.h"

#include "read/show.h"

static void expect(const char *bytes, size_t size, const char *shown)
{
    char out[DKI_SHOW_BYTES];

    assert_string_equal(dki_show(out, bytes, size), shown);
}

static void text_stands_between_quotes(void **state)
{
    (void)state;
    expect("", 0, "\"\"");
    expect("S\xC3\xBA"
           "dwest",
           8,
           "\"S\xC3\xBA"
           "dwest\"");
}

/* A message goes to a terminal. */
static void nothing_that_moves_a_cursor_is_shown(void **state)
{
    (void)state;
    expect("a\n\r\t\x1B[2J\0b", 10, "\"a\\n\\r\\t\\x1B[2J\\x00b\"");
    expect("\x7F\xC2\x9B", 3, "\"\\x7F\\xC2\\x9B\"");
    expect("\xE9z\xC3", 3, "\"\\xE9z\\xC3\"");
}

static void long_text_is_cut_at_a_character(void **state)
{
    char text[200], out[DKI_SHOW_BYTES];

    (void)state;
    memset(text, 'x', sizeof text);
    dki_show(out, text, sizeof text);
    assert_int_equal(strlen(out), 60 + 2 - 1 + 3);
    assert_string_equal(out + strlen(out) - 4, "\xE2\x80\xA6\"");
    for (size_t i = 0; i + 3 < sizeof text; i += 4)
        memcpy(text + i, "\xF0\x9F\x98\x80", 4);
    for (size_t n = 0; n <= sizeof text; n++)
        assert_true(strlen(dki_show(out, text, n)) < DKI_SHOW_BYTES);
    memset(text, 1, sizeof text);
    assert_true(strlen(dki_show(out, text, sizeof text)) < DKI_SHOW_BYTES);
}

static void keys_are_written_as_lua_writes_them(void **state)
{
    char out[DKI_SHOW_BYTES], name[300];

    (void)state;
    assert_string_equal(dki_show_key(out, "in_sonar2"), "in_sonar2");
    assert_string_equal(dki_show_key(out, "in Sonar"), "[\"in Sonar\"]");
    assert_string_equal(dki_show_key(out, "2024"), "[\"2024\"]");
    assert_string_equal(dki_show_key(out, "end"), "[\"end\"]");
    assert_string_equal(dki_show_key(out, ""), "[\"\"]");
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_true(strlen(dki_show_key(out, name)) < DKI_SHOW_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_stands_between_quotes),
        cmocka_unit_test(nothing_that_moves_a_cursor_is_shown),
        cmocka_unit_test(long_text_is_cut_at_a_character),
        cmocka_unit_test(keys_are_written_as_lua_writes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
