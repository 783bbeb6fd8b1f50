/* test_functions_date.c - dates, parts of them and ages, from the first day of the calendar to the last. */
#include "exprs.h"

static void parts_are_those_of_the_calendar(void **state)
{
    const dk_table *t = make_table(context, "d:date s:timestamp\n"
                                            "2024-02-29|2024-12-31 23:59:59.999999\n"
                                            "0001-01-01|0001-01-01 00:00\n"
                                            "9999-12-31|1969-12-31 23:59:59\n"
                                            "1970-01-01|1970-01-01 00:00\n"
                                            "-|-\n");

    (void)state;
    assert_string_equal(values_of(t, "year(d)"), "2024 1 9999 1970 null");
    assert_string_equal(values_of(t, "quarter(d)"), "1 1 4 1 null");
    assert_string_equal(values_of(t, "month(d)"), "2 1 12 1 null");
    assert_string_equal(values_of(t, "day(d)"), "29 1 31 1 null");
    assert_string_equal(values_of(t, "year(s)"), "2024 1 1969 1970 null");
    assert_string_equal(values_of(t, "quarter(s)"), "4 1 4 1 null");
    assert_string_equal(values_of(t, "month(s)"), "12 1 12 1 null");
    assert_string_equal(values_of(t, "day(s)"), "31 1 31 1 null"); /* before 1970 the day rounds down as well */
    assert_string_equal(values_of(t, "date(s)"), "2024-12-31 0001-01-01 1969-12-31 1970-01-01 null");
    assert_string_equal(values_of(t, "date(d)"), "2024-02-29 0001-01-01 9999-12-31 1970-01-01 null");
    dk_table_release(t);
}

static void months_are_in_their_quarters(void **state)
{
    static const int quarters[] = { 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4 };

    (void)state;
    for (int month = 1; month <= 12; month++) {
        char text[64], expected[32];

        (void)snprintf(text, sizeof text, "quarter(date(2024, %d, 1))", month);
        (void)snprintf(expected, sizeof expected, "integer %d", quarters[month - 1]);
        assert_string_equal(value(text), expected);
    }
}

static void dates_are_made_of_texts_and_numbers(void **state)
{
    const dk_table *t = make_table(context, "t:text c:category n:integer\n2024-01-31|2023-12-01|1\n-|-|-\n");

    (void)state;
    assert_string_equal(value("date '2024-12-31'"), "date 2024-12-31");
    assert_string_equal(value("date('2024-2-3')"), "date 2024-02-03");
    assert_string_equal(value("date(2024, 2, 29)"), "date 2024-02-29");
    assert_string_equal(value("date(1, 1, 1)"), "date 0001-01-01");
    assert_string_equal(values_of(t, "date(t)"), "2024-01-31 null");
    assert_string_equal(values_of(t, "date(c)"), "2023-12-01 null");
    assert_string_equal(values_of(t, "date(2024, n, n + 1)"), "2024-01-02 null");
    dk_table_release(t);
}

static void what_is_no_day_is_an_error(void **state)
{
    const dk_table *t = make_table(context, "t:text n:integer\n2024-01-31|1\ngisteren €|13\n");

    (void)state;
    fails(t, "date(t)", DK_ERR_RANGE, 1,
          "row 2: \"gisteren €\" is no date of the form 2024-12-31\n  date(t)\n  ^^^^^^^");
    fails(t, "date '31-12-2024'", DK_ERR_RANGE, 1, "\"31-12-2024\" is no date of the form 2024-12-31");
    fails(t, "date(2024, n, 1)", DK_ERR_RANGE, 1, "row 2: there is no day 2024-13-01");
    fails(t, "date(2023, 2, 29)", DK_ERR_RANGE, 1, "row 1: there is no day 2023-02-29");
    fails(t, "date(0, 1, 1)", DK_ERR_RANGE, 1, "there is no day 0-01-01");
    fails(t, "date(10000, 1, 1)", DK_ERR_RANGE, 1, "there is no day 10000-01-01");
    fails(t, "date(2024, 4294967297, 1)", DK_ERR_RANGE, 1, "there is no day 2024-4294967297-01");
    fails(t, "date(2024, 1, -9223372036854775807)", DK_ERR_RANGE, 1,
          "there is no day 2024-01--9223372036854775807");
    dk_table_release(t);
}

static void a_long_text_is_cut_at_a_character(void **state)
{
    const dk_table *t = make_table(context, "t:text\na€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€\n");

    (void)state;
    fails(t, "date(t)", DK_ERR_RANGE, 1, "\"a€€€€€€€€€€€€€€€€€€€\" is no date");
    dk_table_release(t);
}

static void other_types_are_refused(void **state)
{
    const dk_table *t = make_table(context, "t:text n:integer d:date\n2024-01-31|1|2024-01-01\n");

    (void)state;
    fails(t, "year(t)", DK_ERR_TYPE, 6,
          "year() wants a date, and this is text\n  year(t)\n       ^ (date(x) reads one)");
    fails(t, "month(n)", DK_ERR_TYPE, 7, "month() wants a date, and this is integer");
    fails(t, "date(n)", DK_ERR_TYPE, 6, "date() wants a text, and this is integer");
    fails(t, "date(d, 1, 1)", DK_ERR_TYPE, 6, "date() wants whole numbers, and this is date");
    fails(t, "date(2024, 1.0, 1)", DK_ERR_TYPE, 12, "date() wants whole numbers, and this is decimal");
    dk_table_release(t);
}

static void an_age_is_whole_years(void **state)
{
    const dk_table *t = make_table(context, "d:date s:timestamp\n"
                                            "2004-02-29|2023-02-28 23:59:59\n"
                                            "2004-02-29|2023-03-01 00:00\n"
                                            "2004-02-29|2024-02-28 00:00\n"
                                            "2004-02-29|2024-02-29 00:00\n"
                                            "1958-12-31|2024-12-31 00:00\n"
                                            "1958-12-31|2024-12-30 00:00\n"
                                            "2024-06-01|2024-06-01 00:00\n"
                                            "2024-06-01|2024-05-31 00:00\n"
                                            "2024-06-01|2023-05-31 00:00\n"
                                            "-|2024-01-01 00:00\n"
                                            "2024-01-01|-\n");

    (void)state;
    assert_string_equal(values_of(t, "age(d, s)"), "18 19 19 20 66 65 0 -1 -2 null null");
    assert_string_equal(values_of(t, "age(d, '2024-06-01')"), "20 20 20 20 65 65 0 0 0 null 0");
    assert_string_equal(value("age('0001-01-01', date '9999-12-31')"), "integer 9998");
    assert_string_equal(value("age(null, null)"), "integer null");
    dk_table_release(t);
}

static void an_age_is_of_two_dates(void **state)
{
    const dk_table *t = make_table(context, "t:text n:integer d:date\n2024-01-31|1|2024-01-01\n");

    (void)state;
    fails(t, "age(d, t)", DK_ERR_TYPE, 8,
          "age() wants two dates, and this is text\n  age(d, t)\n         ^ (date(x) reads one)");
    fails(t, "age(n, d)", DK_ERR_TYPE, 5, "age() wants two dates, and this is integer");
    fails(t, "age(d, period(d, 'year'))", DK_ERR_TYPE, 8, "(first_day(p) and last_day(p) are dates of a period)");
    fails(t, "age(d, '2024')", DK_ERR_TYPE, 8, "a date is wanted here, and this text is none");
    fails(t, "age(d)", DK_ERR_ARGUMENT, 1, "age() takes 2 arguments, not 1");
    dk_table_release(t);
}

static void a_text_beside_a_date_is_one(void **state)
{
    const dk_table *t =
        make_table(context, "d:date s:timestamp t:text\n2024-03-01|2024-03-01 12:00|2024-01-01\n-|-|-\n");

    (void)state;
    assert_string_equal(values_of(t, "d - '2024-02-28'"), "2 null");
    assert_string_equal(values_of(t, "'2024-02-28' - d"), "-2 null");
    assert_string_equal(values_of(t, "null - d"), "null null");
    assert_string_equal(values_of(t, "period(d, 'month') - '2023-03'"), "12 null");
    assert_string_equal(values_of(t, "'2023Q4' - period(d, 'quarter')"), "-1 null");
    fails(t, "d - 'gisteren'", DK_ERR_TYPE, 5, "a date is wanted here, and this text is none");
    fails(t, "d + '2024-01-01'", DK_ERR_TYPE, 5, "a whole number of days is wanted here, and this is text");
    fails(t, "d - t", DK_ERR_TYPE, 5,
          "a whole number of days is wanted here, and this is text\n  d - t\n      ^ (date(x) reads a date)");
    fails(t, "s - d", DK_ERR_TYPE, 1,
          "a number is wanted here, and this is timestamp\n  s - d\n  ^ (date(x) is its day)");
    fails(t, "d - s", DK_ERR_TYPE, 5, "(date(x) is its day)");
    fails(t, "d < s", DK_ERR_TYPE, 5, "(date(x) is the day of a timestamp)");
    dk_table_release(t);
}

static void timestamps_are_made_of_texts_and_dates(void **state)
{
    const dk_table *t = make_table(context, "t:text c:category d:date s:timestamp n:integer\n"
                                            "2024-01-31T10:30|2024-01-31|2024-02-29|1969-12-31 23:59:59.5|1\n"
                                            "9999-12-31 23:59:59.999999|0001-01-01|9999-12-31|0001-01-01 00:00|1\n"
                                            "-|-|-|-|1\n");

    (void)state;
    assert_string_equal(values_of(t, "timestamp(t)"), "2024-01-31T10:30:00 9999-12-31T23:59:59.999999 null");
    assert_string_equal(values_of(t, "timestamp(c)"), "2024-01-31T00:00:00 0001-01-01T00:00:00 null");
    assert_string_equal(values_of(t, "timestamp(d)"), "2024-02-29T00:00:00 9999-12-31T00:00:00 null");
    assert_string_equal(values_of(t, "timestamp(text(s)) == s"), "true true null");
    assert_string_equal(values_of(t, "timestamp(s) == s"), "true true null");
    assert_string_equal(values_of(t, "date(timestamp(d)) == d"), "true true null");
    assert_string_equal(value("timestamp(null)"), "timestamp null");
    fails(t, "timestamp(n)", DK_ERR_TYPE, 11, "timestamp() wants a text or a date, and this is integer");
    fails(t, "timestamp('2024-01-31 25:00')", DK_ERR_RANGE, 1,
          "row 1: \"2024-01-31 25:00\" is no timestamp of the form 2024-12-31T10:30:00\n"
          "  timestamp('2024-01-31 25:00')\n  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^");
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_are_those_of_the_calendar, start, stop),
        cmocka_unit_test_setup_teardown(months_are_in_their_quarters, start, stop),
        cmocka_unit_test_setup_teardown(dates_are_made_of_texts_and_numbers, start, stop),
        cmocka_unit_test_setup_teardown(what_is_no_day_is_an_error, start, stop),
        cmocka_unit_test_setup_teardown(a_long_text_is_cut_at_a_character, start, stop),
        cmocka_unit_test_setup_teardown(other_types_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(timestamps_are_made_of_texts_and_dates, start, stop),
        cmocka_unit_test_setup_teardown(an_age_is_whole_years, start, stop),
        cmocka_unit_test_setup_teardown(an_age_is_of_two_dates, start, stop),
        cmocka_unit_test_setup_teardown(a_text_beside_a_date_is_one, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
