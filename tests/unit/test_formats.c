/* test_formats.c - a pattern for each value of another column, as text. */
#include "check.h"

#include "data/formats.h"

#include "tables.h"
#include "with_context.h"

#define FIND(format, value) dki_formats_find(format, (dk_text){ value, strlen(value) }, found)

/* Quotes are doubled, wherever they stand; commas and colons are letters. */
static void what_was_written_is_found(void **state)
{
    dki_buffer text;
    char found[DKI_FORMAT_BYTES];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dki_buffer_init(&text, context);
    assert_ok(dki_formats_begin(&text, "a \"b\": c", &err), &err);
    assert_ok(dki_formats_add(&text, "n", "0", &err), &err);
    assert_ok(dki_formats_add(&text, "zonder", NULL, &err), &err);
    assert_ok(dki_formats_add(&text, "\"", "#,##0 \"mensen, x\"", &err), &err);
    assert_ok(dki_formats_add(&text, "", "+0.0 pp", &err), &err);
    assert_ok(dki_buffer_terminate(&text, &err), &err);
    assert_string_equal(
        text.bytes, "by \"a \"\"b\"\": c\": \"n\" \"0\", \"\"\"\" \"#,##0 \"\"mensen, x\"\"\", \"\" \"+0.0 pp\"");
    assert_true(dki_formats_are(text.bytes));
    assert_true(FIND(text.bytes, "n"));
    assert_string_equal(found, "0");
    assert_true(FIND(text.bytes, "\""));
    assert_string_equal(found, "#,##0 \"mensen, x\"");
    assert_true(FIND(text.bytes, ""));
    assert_string_equal(found, "+0.0 pp");
    assert_false(FIND(text.bytes, "zonder"));
    assert_false(FIND(text.bytes, "nn"));
    assert_false(FIND(text.bytes, "a \"b\": c"));
    dki_buffer_drop(&text);
}

static void what_is_none_or_broken_has_no_patterns(void **state)
{
    static const char long_one[] =
        "by \"a\": \"n\" \"0.00000000000000000000000000000000000000000000000000000000000000\"";
    static const char *const broken[] = {
        "by ", "by \"", "by \"a", "by \"a\"", "by \"a\": \"n", "by \"a\": \"n\"", "by \"a\": \"n\" \"0", long_one
    };
    char found[DKI_FORMAT_BYTES];

    (void)state;
    assert_false(dki_formats_are(NULL));
    assert_false(dki_formats_are("0.0 %"));
    assert_false(FIND("0.0 %", "n"));
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_false(FIND(broken[i], "n"));
}

static void the_column_is_a_category_of_the_table(void **state)
{
    static const char format[] = "by \"b \"\"c\": \"n\" \"0\"", other[] = "by \"naam\": \"n\" \"0\"";
    const dk_table *table = make_table(context, "a:integer naam:text d:category\n1|x|y\n"), *renamed = NULL;
    const char *old_names[] = { "d" }, *new_names[] = { "b \"c" };
    dki_arena arena;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_rename(table, old_names, new_names, 1, &renamed, &err), &err);
    assert_int_equal(dki_formats_column(format, table), DK_NO_COLUMN);
    assert_int_equal(dki_formats_column(format, renamed), 2);
    assert_int_equal(dki_formats_column(other, renamed), DK_NO_COLUMN); /* a text */
    assert_int_equal(dki_formats_column(NULL, renamed), DK_NO_COLUMN);
    dki_arena_init(&arena, context);
    assert_string_equal(dki_formats_rename(&arena, other, "naam", "\"x\"", &err), "by \"\"\"x\"\"\": \"n\" \"0\"");
    assert_ptr_equal(dki_formats_rename(&arena, other, "n", "x", &err), other);
    dki_arena_drop(&arena);
    dk_table_release(renamed);
    dk_table_release(table);
}

/* The format of a column goes with the name of the one that it goes by. */
static void renaming_a_table_renames_them(void **state)
{
    const dk_table *table = make_table(context, "m:category n:integer\nx|1\n"), *made = NULL, *renamed = NULL;
    const char *old_names[] = { "m", "n" }, *new_names[] = { "k", "m" };
    dk_field field = *dk_table_field(table, 1);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    field.format = "by \"m\": \"x\" \"0\"";
    assert_ok(dk_table_with(table, &field, 1, &made, &err), &err);
    assert_survives_failing_memory(context, dk_table_rename(made, old_names, new_names, 2, &renamed, &err), &err,
                                   renamed == NULL, (void)0);
    assert_string_equal(dk_table_field(renamed, 1)->format, "by \"k\": \"x\" \"0\"");
    dk_table_release(renamed);
    dk_table_release(made);
    dk_table_release(table);
}

static void plain_numbers_have_the_digits_that_they_need(void **state)
{
    const dk_table *table =
        make_table(context, "a:integer b:decimal3 c:decimal3 d:ratio\n7|1.500|2.000|1/3\n8|2.25|-|1/2\n");
    static const char *const expected[] = { "0", "0.00", "0", NULL };
    const dk_column *columns[4];
    const char *pattern;
    char text[DKI_FORMAT_BYTES];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        columns[i] = dk_table_field(table, i)->column;
        assert_ok(dki_formats_plain(&columns[i], 1, text, &pattern, &err), &err);
        if (expected[i] == NULL)
            assert_null(pattern);
        else
            assert_string_equal(pattern, expected[i]);
    }
    assert_ok(dki_formats_plain(columns, 3, text, &pattern, &err), &err);
    assert_string_equal(pattern, "0.00");
    assert_ok(dki_formats_plain(columns, 4, text, &pattern, &err), &err);
    assert_null(pattern);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_none_or_broken_has_no_patterns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_column_is_a_category_of_the_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(renaming_a_table_renames_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(plain_numbers_have_the_digits_that_they_need, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
