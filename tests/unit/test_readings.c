/* test_readings.c - what a field can be read as. Expected values by hand from the grammar in docs/csv.md. */
#include "check.h"

#include "read/readings.h"

static bool read_as(const char *text, int mark, bool loose, int64_t *value, unsigned *scale)
{
    dki_number n;

    if (!dki_number_read(text, strlen(text), mark, loose, &n) || n.exponent || n.wide)
        return false;
    *value = n.value;
    *scale = n.scale;
    return true;
}

static void expect(const char *text, int mark, int64_t value, unsigned scale)
{
    int64_t v = 0;
    unsigned s = 0;

    if (!read_as(text, mark, false, &v, &s) || v != value || s != scale)
        fail_msg("<%s> is %lld / 10^%u", text, (long long)v, s);
}

static void refuse(const char *text, int mark, bool loose)
{
    dki_number n;

    if (dki_number_read(text, strlen(text), mark, loose, &n))
        fail_msg("<%s> is read as %lld / 10^%u", text, (long long)n.value, n.scale);
}

static void whole_numbers_read_alike_with_both_marks(void **state)
{
    (void)state;
    for (int mark = 0; mark < 2; mark++) {
        expect("0", mark, 0, 0);
        expect("62", mark, 62, 0);
        expect("-1758", mark, -1758, 0);
        expect(" 7\t", mark, 7, 0);
        expect("999999999999999999", mark, 999999999999999999, 0);
    }
}

static void the_mark_says_what_a_dot_is(void **state)
{
    (void)state;
    expect("1.758", DKI_COMMA, 1758, 0);
    expect("1.758", DKI_POINT, 1758, 3);
    expect("1,758", DKI_COMMA, 1758, 3);
    expect("1,758", DKI_POINT, 1758, 0);
    expect("12,5", DKI_COMMA, 125, 1);
    refuse("12,5", DKI_POINT, false);
    expect("1.758,50", DKI_COMMA, 175850, 2);
    refuse("1.758,50", DKI_POINT, true);
    expect("-12.345.678", DKI_COMMA, -12345678, 0);
    refuse("12.345.678", DKI_POINT, true);
    expect("0,5", DKI_COMMA, 5, 1);
    expect(",5", DKI_COMMA, 5, 1);
    expect("-.5", DKI_POINT, -5, 1);
}

static void groups_of_thousands_are_whole(void **state)
{
    static const char *const bad[] = { "1.32",   "1.7584", "1758.000.1", "1.758.",    ".758.000",
                                       "1..758", "0.758",  "01.758",     "12345.678", "1.75a" };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse(bad[i], DKI_COMMA, false);
}

static void what_is_no_number_is_refused(void **state)
{
    static const char *const bad[] = { "",
                                       "-",
                                       "+",
                                       ".",
                                       ",",
                                       "-,",
                                       "5.",
                                       "5,",
                                       "007",
                                       "-05",
                                       "+31612345678",
                                       "1 758",
                                       "12a",
                                       "a12",
                                       "--1",
                                       "1-",
                                       "0x10",
                                       "nan",
                                       "inf",
                                       "1e",
                                       "e5",
                                       "1e5e5",
                                       "1e+",
                                       "%",
                                       "12 %%",
                                       "1e3%",
                                       "12,5,6",
                                       "1000000000000000000",
                                       "0,1234567890123456789" };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (int mark = 0; mark < 2; mark++) {
            if (bad[i][0] == '5' && mark == (bad[i][1] == ','))
                refuse(bad[i], mark, false);
            else if (strcmp(bad[i], "0,1234567890123456789") != 0 || mark == DKI_COMMA)
                refuse(bad[i], mark, false);
        }
}

static void stated_columns_are_read_more_freely(void **state)
{
    int64_t v;
    unsigned s;

    (void)state;
    assert_true(read_as("007", DKI_COMMA, true, &v, &s) && v == 7);
    assert_true(read_as("+5", DKI_COMMA, true, &v, &s) && v == 5);
    assert_true(read_as("9223372036854775807", DKI_POINT, true, &v, &s) && v == INT64_MAX);
    assert_true(read_as("-9223372036854775808", DKI_POINT, true, &v, &s) && v == INT64_MIN);
    assert_false(read_as("9223372036854775808", DKI_POINT, true, &v, &s));
    dki_number n;
    assert_true(dki_number_read("9223372036854775808", 19, DKI_POINT, true, &n));
    assert_true(n.wide);
    assert_near(n.real, 9223372036854775808.0);
}

static void percentages_are_fractions(void **state)
{
    dki_number n;

    (void)state;
    expect("12,5 %", DKI_COMMA, 125, 3);
    expect("74%", DKI_COMMA, 74, 2);
    expect("74\xC2\xA0%", DKI_POINT, 74, 2);
    expect("100 %", DKI_POINT, 100, 2);
    assert_true(dki_number_read("74 %", 4, DKI_POINT, false, &n));
    assert_true(n.percent);
    assert_int_equal(n.whole_digits, 0);
    refuse("0,12345678901234567 %", DKI_COMMA, false); /* nineteen digits after the mark */
}

static void exponents_make_reals(void **state)
{
    dki_number n;

    (void)state;
    assert_true(dki_number_read("1.5e3", 5, DKI_POINT, false, &n) && n.exponent);
    assert_near(n.real, 1500.0);
    assert_true(dki_number_read("1,5E-2", 6, DKI_COMMA, false, &n) && n.exponent);
    assert_near(n.real, 0.015);
    assert_true(dki_number_read("-2e+1", 5, DKI_COMMA, false, &n));
    assert_near(n.real, -20.0);
    refuse("1e999", DKI_POINT, true);
    refuse("1.758.000e2", DKI_COMMA, false);
}

static void booleans_are_pairs_of_words(void **state)
{
    bool b = false;

    (void)state;
    assert_true(dki_boolean_read("Ja", 2, 0, &b) && b);
    assert_true(dki_boolean_read("NEE ", 4, 0, &b) && !b);
    assert_true(dki_boolean_read("true", 4, 1, &b) && b);
    assert_true(dki_boolean_read("onwaar", 6, 2, &b) && !b);
    assert_true(dki_boolean_read("yes", 3, 3, &b) && b);
    assert_false(dki_boolean_read("ja", 2, 1, &b));
    assert_false(dki_boolean_read("1", 1, 0, &b));
    assert_true(dki_boolean_read_any("1", 1, &b) && b);
    assert_true(dki_boolean_read_any("0", 1, &b) && !b);
    assert_true(dki_boolean_read_any("J", 1, &b) && b);
    assert_true(dki_boolean_read_any("n", 1, &b) && !b);
    assert_true(dki_boolean_read_any("F", 1, &b) && !b);
    assert_false(dki_boolean_read_any("2", 1, &b));
    assert_false(dki_boolean_read_any("", 0, &b));
    assert_false(dki_boolean_read_any("jaa", 3, &b));
}

static dki_facts facts(const char *text)
{
    dki_facts f;

    dki_facts_find(text, strlen(text), false, &f);
    return f;
}

static bool can(const char *text, int reading)
{
    return facts(text).readings >> reading & 1;
}

static void facts_say_all_that_a_field_can_be(void **state)
{
    (void)state;
    assert_true(facts("1.758").mark_differs);
    assert_true(facts("1,758").mark_differs);
    assert_false(facts("1758").mark_differs);
    assert_false(facts("12,5").mark_differs);
    assert_true(can("1.758", DKI_READ_INTEGER + DKI_COMMA));
    assert_false(can("1.758", DKI_READ_INTEGER + DKI_POINT));
    assert_true(can("1.758", DKI_READ_NUMBER + DKI_POINT));
    assert_true(can("74 %", DKI_READ_PERCENT + DKI_POINT));
    assert_false(can("74 %", DKI_READ_NUMBER + DKI_POINT));
    assert_true(can("01-02-2024", DKI_READ_DATE + DKI_DMY));
    assert_true(can("01-02-2024", DKI_READ_DATE + DKI_MDY));
    assert_true(facts("01-02-2024").order_differs);
    assert_false(facts("02-02-2024").order_differs);
    assert_false(can("31-12-2024", DKI_READ_DATE + DKI_MDY));
    assert_true(can("2024-12-31", DKI_READ_DATE + DKI_YMD));
    assert_false(can("31-12-24", DKI_READ_DATE + DKI_DMY));
    assert_false(can("30-02-2024", DKI_READ_DATE + DKI_DMY));
    assert_true(can("2024-12-31T10:00", DKI_READ_TIME + DKI_YMD));
    assert_true(facts("2024-12-31 00:00:00").midnight);
    assert_true(facts("01-02-2024 10:00").order_differs);
    assert_true(can("2024-03", DKI_READ_MONTH));
    assert_true(can(" 2024-03\t", DKI_READ_MONTH));
    assert_false(can("2024-03", DKI_READ_QUARTER));
    assert_false(can("2024-13", DKI_READ_MONTH));
    assert_false(can("2024-3", DKI_READ_MONTH));
    assert_false(can("2024-03-01", DKI_READ_MONTH));
    assert_true(can("2024Q3", DKI_READ_QUARTER));
    assert_true(can("2024-K4 ", DKI_READ_QUARTER));
    assert_false(can("2024Q5", DKI_READ_QUARTER));
    assert_int_equal(facts("2024Q3").readings, UINT32_C(1) << DKI_READ_QUARTER);
    assert_int_equal(facts("2024-03").readings, UINT32_C(1) << DKI_READ_MONTH);
    assert_false(can("2024", DKI_READ_MONTH));
    assert_true(can("nee", DKI_READ_BOOLEAN));
    assert_int_equal(facts("Arnhem").readings, 0);
    assert_int_equal(facts("").readings, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_read_alike_with_both_marks),
        cmocka_unit_test(the_mark_says_what_a_dot_is),
        cmocka_unit_test(groups_of_thousands_are_whole),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(stated_columns_are_read_more_freely),
        cmocka_unit_test(percentages_are_fractions),
        cmocka_unit_test(exponents_make_reals),
        cmocka_unit_test(booleans_are_pairs_of_words),
        cmocka_unit_test(facts_say_all_that_a_field_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
