/* test_convert.c - fields into values, misfits into messages, and columns of text into columns of their type. */
#include "check.h"

#include "read/convert.h"

#include "with_context.h"

static dki_plan stated(dk_type type)
{
    return (dki_plan){ .type = type, .loose = true, .mark = DKI_COMMA, .order = DKI_DMY };
}

static dki_plan stated_period(dk_frequency frequency)
{
    dki_plan plan = stated(DK_PERIOD);

    plan.scale = (uint8_t)frequency;
    return plan;
}

static void expect(dki_plan plan, const char *text, int64_t value)
{
    dki_converted out = { 0 };
    dki_misfit misfit = dki_convert(&plan, text, strlen(text), &out);

    if (misfit != DKI_FITS || out.integer != value)
        fail_msg("<%s> is %lld, misfit %d", text, (long long)out.integer, misfit);
}

static void refuse(dki_plan plan, const char *text, dki_misfit expected, const char *part, const char *hint)
{
    dki_converted out = { 0 };
    dk_error err = DK_ERROR_INIT;
    dki_misfit misfit = dki_convert(&plan, text, strlen(text), &out);

    if (misfit != expected)
        fail_msg("<%s> is misfit %d, not %d", text, misfit, expected);
    assert_fails(dki_misfit_tell(misfit, &plan, "bedrag", text, strlen(text), &err), &err, DK_ERR_DATA, part);
    if (!strstr(err.message, text) || !strstr(err.message, "bedrag"))
        fail_msg("<%s> or the column is not in: %s", text, err.message);
    if (!strstr(err.hint, hint))
        fail_msg("<%s> is not in: %s", hint, err.hint);
}

static void each_type_reads_its_forms(void **state)
{
    dki_plan decimal = stated(DK_DECIMAL);

    (void)state;
    expect(stated(DK_INTEGER), "1.758", 1758);
    expect(stated(DK_INTEGER), "007", 7);
    decimal.scale = 2;
    expect(decimal, "12,5", 1250);
    expect(decimal, "3", 300);
    expect(stated(DK_BOOLEAN), "Ja", 1);
    expect(stated(DK_BOOLEAN), "0", 0);
    expect(stated(DK_DATE), "31-12-2024", 20088); /* days since 1970-01-01: 55 years and 14 leap days, less one */
    expect(stated(DK_DATE), "2024-12-31", 20088);
    expect(stated(DK_DATE), "31-12-2024 00:00", 20088);
    expect(stated_period(DK_MONTH), " 2024-03 ", 650); /* 54 years of twelve, and two */
    expect(stated_period(DK_QUARTER), "2024-K3", 218);
    expect(stated_period(DK_YEAR), "1969", -1);
    expect(stated(DK_TIMESTAMP), "31-12-2024", INT64_C(20088) * 86400000000);
    expect(stated(DK_TIMESTAMP), "31-12-2024 00:00:01", INT64_C(20088) * 86400000000 + 1000000);
}

static void an_empty_text_is_null_except_in_text_and_category(void **state)
{
    static const dk_type types[] = {
        DK_BOOLEAN, DK_INTEGER, DK_DECIMAL, DK_REAL, DK_DATE, DK_TIMESTAMP, DK_PERIOD
    };
    dki_converted out;

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        dki_plan plan = stated(types[i]);
        assert_int_equal(dki_convert(&plan, "", 0, &out), DKI_FITS_NULL);
    }
    dki_plan plan = stated(DK_TEXT);
    assert_int_equal(dki_convert(&plan, "", 0, &out), DKI_FITS);
    plan = stated(DK_CATEGORY);
    assert_int_equal(dki_convert(&plan, "", 0, &out), DKI_FITS);
}

static void each_misfit_says_what_to_do(void **state)
{
    dki_plan decimal = stated(DK_DECIMAL), percent = stated(DK_DECIMAL);

    (void)state;
    refuse(stated(DK_INTEGER), "veel", DKI_WRONG_FORM, "is no integer", "nulls = { \"veel\" }");
    refuse(stated(DK_INTEGER), "12,5", DKI_FRACTION, "is no integer", "types = { bedrag = \"decimal\" }");
    refuse(stated(DK_INTEGER), "12.5", DKI_OTHER_MARK,
           "\"12.5\" in column \"bedrag\" is no integer with a decimal comma (correct the value, or state the "
           "decimal mark of the file: decimal = \".\")",
           "decimal = \".\"");
    refuse(stated(DK_INTEGER), "9223372036854775808", DKI_TOO_LARGE,
           "\"9223372036854775808\" in column \"bedrag\" does not fit in an integer exactly (read the column as "
           "real, which rounds, or as text: types = { bedrag = \"real\" })",
           "real");
    decimal.scale = 1;
    decimal.fixed_scale = true;
    refuse(decimal, "12,25", DKI_MORE_DIGITS,
           "\"12,25\" in column \"bedrag\" has more digits than the 1 that are stated (correct the value, or state "
           "more digits)",
           "more digits");
    refuse(decimal, "999999999999999999", DKI_TOO_LARGE,
           "\"999999999999999999\" in column \"bedrag\" does not fit in a decimal number exactly", "real");
    refuse(decimal, "1e3", DKI_WRONG_FORM,
           "\"1e3\" in column \"bedrag\" is no decimal number (correct the value, state that it means \"not "
           "known\" (nulls = { \"1e3\" }), or read the column as text; 1758, 1.758 and 12,5 are read)",
           "12,5");
    percent.percent = true;
    percent.scale = 3;
    refuse(percent, "12", DKI_MIXED,
           "\"12\" in column \"bedrag\" is no percentage, and the values before it are not (write all values of "
           "the column in the same way, or read it as text)",
           "same way");
    refuse(decimal, "12 %", DKI_MIXED, "a percentage", "same way");
    refuse(stated(DK_BOOLEAN), "misschien", DKI_WRONG_FORM, "is no boolean", "ja/nee");
    refuse(stated(DK_DATE), "12/31/2024", DKI_OTHER_MARK,
           "\"12/31/2024\" in column \"bedrag\" is no date: the other dates have the day first (correct the value, "
           "or state the order: dates = \"dmy\" or dates = \"mdy\")",
           "dates = ");
    refuse(stated(DK_DATE), "31-12-24", DKI_WRONG_FORM, "is no date", "2024-12-31");
    refuse(stated(DK_DATE), "31-12-2024 10:00", DKI_HAS_TIME,
           "\"31-12-2024 10:00\" in column \"bedrag\" has a time, and the column is stated as date (read the "
           "column as timestamp: types = { bedrag = \"timestamp\" })",
           "timestamp");
    refuse(stated(DK_TIMESTAMP), "gisteren", DKI_WRONG_FORM, "is no date and time", "14:30");
    refuse(stated_period(DK_MONTH), "2024Q1", DKI_WRONG_FORM, "is no month", "2024-03 is read");
    refuse(stated_period(DK_MONTH), "2024-13", DKI_WRONG_FORM, "is no month", "nulls = { \"2024-13\" }");
    refuse(stated_period(DK_QUARTER), "2024Q5", DKI_WRONG_FORM, "is no quarter", "2024K3 are read");
    refuse(stated_period(DK_YEAR), "24", DKI_WRONG_FORM, "is no year", "2024 is read");
    refuse(stated(DK_REAL), "veel", DKI_WRONG_FORM, "is no number", "as text");
}

static void another_level_names_the_nearest(void **state)
{
    const dk_text levels[] = { { "Arnhem", 6 }, { "Duiven", 6 } };
    dk_dictionary *dictionary = NULL;
    dk_error err = DK_ERROR_INIT;
    dki_plan plan = stated(DK_CATEGORY);

    (void)state;
    assert_ok(dk_dictionary_new(context, levels, 2, true, &dictionary, &err), &err);
    plan.levels = dictionary;
    expect(plan, "Duiven", 2);
    refuse(plan, "Duivn", DKI_NO_LEVEL, "none of the 2 stated levels", "Duiven");
    refuse(
        plan, "Rotterdam", DKI_NO_LEVEL,
        "\"Rotterdam\" in column \"bedrag\" is none of the 2 stated levels (correct the value, or add the level)",
        "add the level");
    dk_dictionary_release(dictionary);
}

static const dk_column *convert(const char *const *values, size_t n, size_t times, dki_plan plan)
{
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;
    dki_raw raw;

    dki_raw_init(&raw, context);
    for (size_t t = 0; t < times; t++)
        for (size_t i = 0; i < n; i++) {
            if (values[i])
                assert_ok(dki_raw_text(&raw, values[i], strlen(values[i]), &err), &err);
            else
                assert_ok(dki_raw_null(&raw, &err), &err);
        }
    assert_ok(dki_convert_column(&raw, &plan, &column, &err), &err);
    dki_raw_drop(&raw);
    return column;
}

static dk_value at(const dk_column *column, uint64_t row)
{
    dk_error err = DK_ERROR_INIT;
    dk_value value;

    assert_ok(dk_column_get(column, row, &value, &err), &err);
    return value;
}

static void columns_are_made_over_more_than_a_block(void **state)
{
    static const char *const numbers[] = { "1.758", NULL, "2", "", "12" }, *const truths[] = { "ja", "nee", NULL };
    const dk_column *c = convert(numbers, 5, 2000, stated(DK_INTEGER));

    (void)state;
    assert_int_equal(dk_column_n_rows(c), 10000);
    assert_int_equal(dk_column_n_nulls(c), 4000);
    assert_int_equal(at(c, 9995).as.integer, 1758);
    assert_true(at(c, 9996).is_null);
    assert_true(at(c, 9998).is_null);
    dk_column_release(c);
    c = convert(truths, 3, 3000, stated(DK_BOOLEAN));
    assert_true(at(c, 8997).as.boolean);
    assert_false(at(c, 8998).as.boolean);
    assert_true(at(c, 8999).is_null);
    dk_column_release(c);
    c = convert(numbers, 3, 2, stated(DK_REAL));
    assert_near(at(c, 3).as.real, 1758.0);
    dk_column_release(c);
}

static void categories_keep_empty_text_and_order_by_code_point(void **state)
{
    static const char *const values[] = { "b", NULL, "", "a", "b" };
    const dk_column *c = convert(values, 5, 1, stated(DK_CATEGORY));
    const dk_dictionary *levels = dk_column_levels(c);

    (void)state;
    assert_int_equal(dk_dictionary_n_levels(levels), 3);
    assert_false(dk_dictionary_is_declared(levels));
    assert_true(at(c, 1).is_null);
    assert_false(at(c, 2).is_null);
    assert_int_equal(at(c, 2).as.text.size, 0);
    assert_int_equal(dk_dictionary_rank(levels, dk_dictionary_find(levels, (dk_text){ "a", 1 })), 1);
    assert_int_equal(dk_dictionary_rank(levels, dk_dictionary_find(levels, (dk_text){ "b", 1 })), 2);
    dk_column_release(c);
    c = convert(values, 5, 1, stated(DK_TEXT));
    assert_true(at(c, 1).is_null);
    assert_false(at(c, 2).is_null);
    assert_memory_equal(at(c, 4).as.text.bytes, "b", 1);
    dk_column_release(c);
}

static void checking_marks_rows_once(void **state)
{
    static const char *const values[] = { "1", "x", NULL, "y", "x" };
    dki_plan plan = stated(DK_INTEGER);
    dk_error err = DK_ERROR_INIT;
    uint64_t bad = 2, n_bad = 1; /* row 1 is known already */
    dki_raw raw;

    (void)state;
    dki_raw_init(&raw, context);
    for (size_t i = 0; i < 5; i++)
        assert_ok(values[i] ? dki_raw_text(&raw, values[i], 1, &err) : dki_raw_null(&raw, &err), &err);
    assert_ok(dki_convert_check(&raw, &plan, &bad, &n_bad, &err), &err);
    assert_int_equal(bad, 2 + 8 + 16);
    assert_int_equal(n_bad, 3);
    dki_raw_drop(&raw);
}

static void survives_failing_memory(void **state)
{
    static const dk_type types[] = { DK_INTEGER, DK_CATEGORY, DK_TEXT };
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;
    dki_raw raw;

    (void)state;
    dki_raw_init(&raw, context);
    assert_ok(dki_raw_text(&raw, "1", 1, &err), &err);
    assert_ok(dki_raw_null(&raw, &err), &err);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        dki_plan plan = stated(types[i]);
        assert_survives_failing_memory(context, dki_convert_column(&raw, &plan, &column, &err), &err,
                                       column == NULL, dk_column_release(column));
        column = NULL;
    }
    dki_raw_drop(&raw);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_type_reads_its_forms),
        TEST(an_empty_text_is_null_except_in_text_and_category),
        TEST(each_misfit_says_what_to_do),
        TEST(another_level_names_the_nearest),
        TEST(columns_are_made_over_more_than_a_block),
        TEST(categories_keep_empty_text_and_order_by_code_point),
        TEST(checking_marks_rows_once),
        TEST(survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
