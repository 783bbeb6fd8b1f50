/* test_scenario_columns.c - trimming, joining levels, equal values, and how weights and cells are told.
 * */
#include "scenarios.h"

#include "base/buffer.h"
#include "scenario/scenario_parts.h"

#include "with_context.h"

static void assert_trimmed(const char *text, uint8_t least, dk_type type, uint8_t scale, const char *rows)
{
    const dk_table *table = make_table(context, text), *shown = NULL;
    const dk_column *trimmed = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_field field;

    assert_ok(dki_trim_column(dk_table_field(table, 0)->column, least, &trimmed, &err), &err);
    assert_int_equal(dk_column_type(trimmed), type);
    assert_int_equal(dk_column_scale(trimmed), scale);
    field = DK_FIELD("a", trimmed);
    assert_ok(dk_table_new(context, &field, 1, dk_table_n_rows(table), &shown, &err), &err);
    assert_string_equal(show_rows(shown), rows);
    dk_table_release(shown);
    dk_column_release(trimmed);
    dk_table_release(table);
}

static void digits_that_are_zeros_go(void **state)
{
    (void)state;
    assert_trimmed("a:decimal4\n1.5000\n-\n2.2500\n", 0, DK_DECIMAL, 2, "1.50\n-\n2.25\n");
    assert_trimmed("a:decimal4\n1.0000\n-\n-2.0000\n", 0, DK_INTEGER, 0, "1\n-\n-2\n");
    assert_trimmed("a:decimal4\n1.0000\n", 2, DK_DECIMAL, 2, "1.00\n");
    assert_trimmed("a:decimal2\n1.00\n", 4, DK_DECIMAL, 2, "1.00\n");
    assert_trimmed("a:decimal2\n1.25\n", 0, DK_DECIMAL, 2, "1.25\n");
    assert_trimmed("a:decimal2\n-\n", 0, DK_INTEGER, 0, "-\n");
    assert_trimmed("a:integer\n100\n", 0, DK_INTEGER, 0, "100\n");
    assert_trimmed("a:text\nx\n", 0, DK_TEXT, 0, "x\n");
}

static const dk_dictionary *levels_of(const dk_table *table, size_t column)
{
    return dk_column_levels(dk_table_field(table, column)->column);
}

static void joined_levels_keep_codes_and_declared_order(void **state)
{
    const dk_table *table =
        make_table(context, "a:category[z,m] b:category[m,a,z] c:category[z,m] d:text\nz|a|m|x\n");
    const dk_dictionary *joined = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_levels_join(context, levels_of(table, 0), levels_of(table, 1), &joined, &err), &err);
    assert_int_equal(dk_dictionary_n_levels(joined), 3);
    assert_int_equal(dk_dictionary_find(joined, (dk_text){ "z", 1 }), 1);
    assert_int_equal(dk_dictionary_find(joined, (dk_text){ "m", 1 }), 2);
    assert_int_equal(dk_dictionary_find(joined, (dk_text){ "a", 1 }), 3);
    assert_int_equal(dk_dictionary_rank(joined, 1), 0); /* declared: as stated, new ones behind */
    assert_int_equal(dk_dictionary_rank(joined, 3), 2);
    dk_dictionary_release(joined);
    joined = NULL;
    assert_ok(dki_levels_join(context, levels_of(table, 0), levels_of(table, 2), &joined, &err), &err);
    assert_ptr_equal(joined, levels_of(table, 0)); /* nothing new: nothing made */
    dk_dictionary_release(joined);
    joined = NULL;
    assert_ok(dki_levels_join(context, levels_of(table, 0), NULL, &joined, &err), &err);
    assert_ptr_equal(joined, levels_of(table, 0));
    dk_dictionary_release(joined);
    joined = NULL;
    assert_survives_failing_memory(
        context, dki_levels_join(context, levels_of(table, 0), levels_of(table, 1), &joined, &err), &err,
        joined == NULL, dk_dictionary_release(joined));
    dk_table_release(table);
}

static void values_are_equal_across_types_that_mean_the_same(void **state)
{
    const dk_value one = WHOLE(1), one_0 = DECIMAL(10, 1), text = TEXT("1"), truth = TRUTH(true), null = NOTHING;
    const dk_value half = { .type = DK_RATIO, .as.ratio = { 1, 2 } }, point_5 = DECIMAL(5, 1);
    const dk_value date = { .type = DK_DATE, .as.integer = 1 };
    dk_value level = TEXT("1"), no_number = { .type = DK_INTEGER, .is_null = true };

    (void)state;
    level.type = DK_CATEGORY;
    assert_true(dki_values_equal(&one, &one_0));
    assert_true(dki_values_equal(&half, &point_5));
    assert_true(dki_values_equal(&text, &level));
    assert_true(dki_values_equal(&null, &no_number));
    assert_false(dki_values_equal(&null, &one));
    assert_false(dki_values_equal(&one, &half));
    assert_false(dki_values_equal(&one, &text));
    assert_false(dki_values_equal(&truth, &one));
    assert_false(dki_values_equal(&date, &one));
}

static void weights_are_told_as_persons(void **state)
{
    char text[64];

    (void)state;
    dki_format_weight(INT64_C(598200000000), text, sizeof text);
    assert_string_equal(text, "598.2");
    dki_format_weight(INT64_C(1994000000000), text, sizeof text);
    assert_string_equal(text, "1994");
    dki_format_weight(0, text, sizeof text);
    assert_string_equal(text, "0");
    dki_format_weight(1, text, sizeof text);
    assert_string_equal(text, "0.000000001");
}

static void a_cell_is_told_by_its_columns(void **state)
{
    const dk_table *table =
        make_table(context, "gemeente:category n:integer d:date o:text\nDuiven|5|2024-12-31|-\n");
    const size_t columns[] = { 0, 2, 3 };
    dki_buffer text;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dki_buffer_init(&text, context);
    assert_ok(dki_describe(table, 0, columns, 3, &text, &err), &err);
    assert_string_equal(text.bytes, "gemeente = Duiven, d = 2024-12-31, o = null");
    text.size = 0;
    assert_ok(dki_describe(table, 0, columns, 0, &text, &err), &err);
    assert_string_equal(text.bytes, "everybody");
    dki_buffer_drop(&text);
    assert_string_equal(dki_unit(table, 0), "persons");
    assert_string_equal(dki_unit(table, DKI_PERSON), "person");
    assert_string_equal(dki_unit(table, DKI_PERSON / 2), "persons");
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(digits_that_are_zeros_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(joined_levels_keep_codes_and_declared_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_are_equal_across_types_that_mean_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weights_are_told_as_persons, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cell_is_told_by_its_columns, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
