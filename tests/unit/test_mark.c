/* test_mark.c - errors that show an expression with a mark under the place. */
#include "check.h"

#include "base/text.h"
#include "expr/mark.h"

static void the_place_is_shown_and_named(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(dki_mark_fail("leeftjd < 27", 0, 7, &err, DK_ERR_NAME, "unknown column %s", "leeftjd"),
                     DK_ERR_NAME);
    assert_int_equal(err.code, DK_ERR_NAME);
    assert_string_equal(err.message, "unknown column leeftjd\n  leeftjd < 27\n  ^^^^^^^");
    assert_int_equal(err.line, 1);
    assert_int_equal(err.column, 1);
    dki_mark_fail("a + é€x", 4, 1, &err, DK_ERR_SYNTAX, "m");
    assert_string_equal(err.message, "m\n  a + é€x\n      ^");
    assert_int_equal(err.column, 5);
    assert_int_equal(dki_mark_fail("a", 0, 1, NULL, DK_ERR_SYNTAX, "nobody listens"), DK_ERR_SYNTAX);
}

/* Columns count characters; the mark stands where a terminal shows the place. */
static void wide_characters_keep_the_mark_in_place(void **state)
{
    const char *text = "区 == é + x";
    size_t at = strlen(text) - 1;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dki_mark_fail(text, at, 1, &err, DK_ERR_SYNTAX, "m");
    assert_string_equal(err.message, "m\n  区 == é + x\n            ^");
    assert_int_equal(err.column, 10);
    dki_mark_fail(text, 0, strlen("区"), &err, DK_ERR_SYNTAX, "m");
    assert_string_equal(err.message, "m\n  区 == é + x\n  ^^");
}

static void of_several_lines_the_right_one_is_shown(void **state)
{
    const char *text = "a > 1\n\tand b\n";
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dki_mark_fail(text, 11, 1, &err, DK_ERR_SYNTAX, "m");
    assert_string_equal(err.message, "m\n   and b\n       ^"); /* the tab is shown as a blank */
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 6);
    dki_mark_fail(text, 0, 100, &err, DK_ERR_SYNTAX, "m"); /* a mark does not run on into the next line */
    assert_string_equal(err.message, "m\n  a > 1\n  ^^^^^");
    dki_mark_fail(text, 13, 1, &err, DK_ERR_SYNTAX, "m"); /* nothing stands in the last line */
    assert_string_equal(err.message, "m");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 1);
    dki_mark_fail("", 0, 1, &err, DK_ERR_SYNTAX, "m");
    assert_string_equal(err.message, "m");
    assert_int_equal(err.line, 1);
    dki_mark_fail("x", 90, 5, &err, DK_ERR_SYNTAX, "m"); /* behind the end is the end */
    assert_string_equal(err.message, "m\n  x\n   ^");
    assert_int_equal(err.column, 2);
}

/* Whatever the length, what is shown is well-formed and has the place in it. */
static void long_lines_are_cut_around_the_place(void **state)
{
    static char text[3000];
    static const char *const units[] = { "a", "é", "€", "\U0001F600", "\x1B" };

    (void)state;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        size_t unit = strlen(units[u]);

        text[0] = '\0';
        for (size_t i = 0; i < 600; i++)
            memcpy(text + i * unit, units[u], unit + 1);
        for (size_t at = 0; at <= 600; at += 7) {
            dk_error err = DK_ERROR_INIT;
            const char *mark;

            dki_mark_fail(text, at * unit, 3 * unit, &err, DK_ERR_SYNTAX, "m");
            assert_int_equal(err.column, at + 1);
            mark = strrchr(err.message, '\n');
            assert_non_null(mark);
            assert_true(strlen(err.message) < 600);
            assert_int_equal(dki_utf8_check(err.message, strlen(err.message)), strlen(err.message));
            assert_non_null(strchr(mark, '^'));
            assert_null(strchr(err.message, '\x1B'));
        }
    }
}

static void a_long_message_is_cut_at_a_character(void **state)
{
    char name[600];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i + 3 < sizeof name; i += 3)
        memcpy(name + i, "€", 4);
    for (int pad = 0; pad < 3; pad++) {
        dki_mark_fail("x + y", 4, 1, &err, DK_ERR_NAME, "%.*s%s", pad, "ab", name);
        assert_int_equal(dki_utf8_check(err.message, strlen(err.message)), strlen(err.message));
        assert_non_null(strstr(err.message, "€\n  x + y\n      ^"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_place_is_shown_and_named),
        cmocka_unit_test(wide_characters_keep_the_mark_in_place),
        cmocka_unit_test(of_several_lines_the_right_one_is_shown),
        cmocka_unit_test(long_lines_are_cut_around_the_place),
        cmocka_unit_test(a_long_message_is_cut_at_a_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
