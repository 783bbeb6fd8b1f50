/* test_functions_period.c - periods in expressions: parts, arithmetic, conversion, and beside texts. Days are those of
 * Python's datetime. */
#include "exprs.h"

#include <dekking/table.h>

static const dk_table *periods(void)
{
    return make_table(context,
                      "m:month k:quarter j:year d:date s:timestamp t:text c:category n:integer b:month\n"
                      "2024-03|2024Q1|2024|2024-02-29|2024-12-31 23:59:59.999999|2024-07|2023Q4|1|2023-12\n"
                      "0001-01|0001Q1|0001|0001-01-01|0001-01-01 00:00|0001-01|0001Q1|0|2024-03\n"
                      "9999-12|9999Q4|9999|9999-12-31|1969-12-31 23:59:59|9999-12|9999K4|-12|9999-01\n"
                      "1969-12|1969Q4|1969|1969-12-31|1970-01-01 00:00|1970-01|1970-Q1|13|1970-01\n"
                      "-|-|-|-|-|-|-|-|-\n");
}

static void parts_are_those_that_a_period_does_not_go_across(void **state)
{
    const dk_table *t = periods();

    (void)state;
    assert_string_equal(values_of(t, "year(m)"), "2024 1 9999 1969 null");
    assert_string_equal(values_of(t, "quarter(m)"), "1 1 4 4 null");
    assert_string_equal(values_of(t, "month(m)"), "3 1 12 12 null");
    assert_string_equal(values_of(t, "year(k)"), "2024 1 9999 1969 null");
    assert_string_equal(values_of(t, "quarter(k)"), "1 1 4 4 null");
    assert_string_equal(values_of(t, "year(j)"), "2024 1 9999 1969 null");
    fails(t, "month(k)", DK_ERR_TYPE, 7,
          "month() wants a date or a month, and this is quarter\n  month(k)\n        ^");
    fails(t, "month(j)", DK_ERR_TYPE, 7, "month() wants a date or a month, and this is year");
    fails(t, "quarter(j)", DK_ERR_TYPE, 9, "quarter() wants a date, a month or a quarter, and this is year");
    fails(t, "day(m)", DK_ERR_TYPE, 5, "day() wants a date, and this is month");
    dk_table_release(t);
}

static void days_are_the_first_and_the_last(void **state)
{
    const dk_table *t = periods();

    (void)state;
    assert_string_equal(values_of(t, "first_day(m)"), "2024-03-01 0001-01-01 9999-12-01 1969-12-01 null");
    assert_string_equal(values_of(t, "last_day(m)"), "2024-03-31 0001-01-31 9999-12-31 1969-12-31 null");
    assert_string_equal(values_of(t, "first_day(k)"), "2024-01-01 0001-01-01 9999-10-01 1969-10-01 null");
    assert_string_equal(values_of(t, "last_day(k)"), "2024-03-31 0001-03-31 9999-12-31 1969-12-31 null");
    assert_string_equal(values_of(t, "first_day(j)"), "2024-01-01 0001-01-01 9999-01-01 1969-01-01 null");
    assert_string_equal(values_of(t, "last_day(j)"), "2024-12-31 0001-12-31 9999-12-31 1969-12-31 null");
    assert_string_equal(values_of(t, "last_day(period(d, 'month'))"),
                        "2024-02-29 0001-01-31 9999-12-31 1969-12-31 null");
    assert_string_equal(value("first_day(null)"), "date null");
    fails(t, "first_day(d)", DK_ERR_TYPE, 11, "first_day() wants a period, and this is date");
    fails(t, "last_day(n)", DK_ERR_TYPE, 10, "last_day() wants a period, and this is integer");
    dk_table_release(t);
}

static void periods_are_made_of_dates_texts_and_finer_periods(void **state)
{
    const dk_table *t = periods();

    (void)state;
    assert_string_equal(values_of(t, "period(d, 'month')"), "2024-02 0001-01 9999-12 1969-12 null");
    assert_string_equal(values_of(t, "period(d, 'quarter')"), "2024Q1 0001Q1 9999Q4 1969Q4 null");
    assert_string_equal(values_of(t, "period(d, 'year')"), "2024 0001 9999 1969 null");
    assert_string_equal(values_of(t, "period(s, 'month')"), "2024-12 0001-01 1969-12 1970-01 null");
    assert_string_equal(values_of(t, "period(m, 'month')"), "2024-03 0001-01 9999-12 1969-12 null");
    assert_string_equal(values_of(t, "period(m, 'quarter')"), "2024Q1 0001Q1 9999Q4 1969Q4 null");
    assert_string_equal(values_of(t, "period(m, 'year')"), "2024 0001 9999 1969 null");
    assert_string_equal(values_of(t, "period(k, 'year')"), "2024 0001 9999 1969 null");
    assert_string_equal(values_of(t, "period(t, 'month')"), "2024-07 0001-01 9999-12 1970-01 null");
    assert_string_equal(values_of(t, "period(c, 'quarter')"), "2023Q4 0001Q1 9999Q4 1970Q1 null");
    assert_string_equal(value("period('2024', 'year')"), "period 2024");
    assert_string_equal(value("period(null, 'year')"), "period null");
    fails(t, "period(k, 'month')", DK_ERR_TYPE, 8,
          "a quarter lies in no single month: period() makes coarser periods of finer ones");
    fails(t, "period(j, 'quarter')", DK_ERR_TYPE, 8, "a year lies in no single quarter");
    fails(t, "period(n, 'year')", DK_ERR_TYPE, 8, "period() wants a date, a period or a text, and this is integer");
    fails(t, "period(d, 'week')", DK_ERR_ARGUMENT, 11,
          "period() says \"month\", \"quarter\" or \"year\", the same for all rows");
    fails(t, "period(d, 'quarterquarter')", DK_ERR_ARGUMENT, 11, "the same for all rows");
    fails(t, "period(d, t)", DK_ERR_ARGUMENT, 11, "the same for all rows");
    fails(t, "period(d, null)", DK_ERR_ARGUMENT, 11, "the same for all rows");
    fails(t, "period(d)", DK_ERR_ARGUMENT, 1, "period() takes 2 arguments, not 1");
    fails(t, "period(t, 'quarter')", DK_ERR_RANGE, 1, "row 1: \"2024-07\" is no quarter of the form 2024Q3");
    fails(t, "period('2024-13', 'month')", DK_ERR_RANGE, 1, "\"2024-13\" is no month of the form 2024-03");
    dk_table_release(t);
}

static void whole_numbers_shift_and_differences_count(void **state)
{
    const dk_table *t = periods();

    (void)state;
    assert_string_equal(values_of(t, "m + n"), "2024-04 0001-01 9998-12 1971-01 null");
    assert_string_equal(values_of(t, "k + n"), "2024Q2 0001Q1 9996Q4 1973Q1 null");
    assert_string_equal(values_of(t, "j + n"), "2025 0001 9987 1982 null");
    assert_string_equal(values_of(t, "case(n >= 0, b - n)"), "2023-11 2024-03 null 1968-12 null");
    assert_string_equal(values_of(t, "m - b"), "3 -24278 11 -1 null");
    assert_string_equal(values_of(t, "k - period(b, 'quarter')"), "1 -8092 3 -1 null");
    assert_string_equal(values_of(t, "j - j"), "0 0 0 0 null");
    assert_string_equal(values_of(t, "m - b + 1"), "4 -24277 12 0 null");
    assert_string_equal(value("period('2024-01', 'month') + null"), "period null");
    assert_string_equal(value("period('2024-01', 'month') - null"), "period null");
    assert_string_equal(value("period('2024-01', 'month') - 1"), "period 2023-12");
    fails(t, "m + 1.5", DK_ERR_TYPE, 5, "a whole number of months is wanted here, and this is decimal");
    fails(t, "k + m", DK_ERR_TYPE, 5, "a whole number of quarters is wanted here, and this is month");
    fails(t, "m - d", DK_ERR_TYPE, 5, "a whole number of months is wanted here, and this is date");
    fails(t, "d - m", DK_ERR_TYPE, 5, "a whole number of days is wanted here, and this is month");
    fails(t, "m - k", DK_ERR_TYPE, 1,
          "-: month and quarter do not go together\n  m - k\n  ^^^^^ (period(x, \"quarter\") makes a quarter of a "
          "month)");
    fails(t, "j - k", DK_ERR_TYPE, 1, "(period(x, \"year\") makes a year of a quarter)");
    fails(t, "1 + m", DK_ERR_TYPE, 5, "a number is wanted here, and this is month");
    fails(t, "k * 2", DK_ERR_TYPE, 1, "a number is wanted here, and this is quarter");
    fails(t, "-j", DK_ERR_TYPE, 2, "a number is wanted here, and this is year");
    fails(t, "not m", DK_ERR_TYPE, 5, "not wants a condition, and this is month");
    dk_table_release(t);
}

static void what_lies_outside_the_calendar_is_an_error(void **state)
{
    const dk_table *t = periods();

    (void)state;
    fails(t, "m + 1", DK_ERR_RANGE, 1, "row 3: 9999-12 + 1 lies outside the years 1 to 9999\n  m + 1\n  ^^^^^");
    fails(t, "m - 1", DK_ERR_RANGE, 1, "row 2: 0001-01 - 1 lies outside the years 1 to 9999");
    fails(t, "k + 1", DK_ERR_RANGE, 1, "row 3: 9999Q4 + 1 lies outside the years 1 to 9999");
    fails(t, "k - 1", DK_ERR_RANGE, 1, "row 2: 0001Q1 - 1 lies outside the years 1 to 9999");
    fails(t, "j + 1", DK_ERR_RANGE, 1, "row 3: 9999 + 1 lies outside the years 1 to 9999");
    fails(t, "j - 1", DK_ERR_RANGE, 1, "row 2: 0001 - 1 lies outside the years 1 to 9999");
    fails(t, "b - n", DK_ERR_RANGE, 1, "row 3: 9999-01 - -12 lies outside the years 1 to 9999");
    fails(t, "m + 9223372036854775807", DK_ERR_RANGE, 1, "row 1: 2024-03 + 9223372036854775807 lies outside");
    dk_table_release(t);
}

static void periods_of_one_frequency_are_compared(void **state)
{
    const dk_table *t = periods();

    (void)state;
    assert_string_equal(values_of(t, "m >= '2024-03'"), "true false true false null");
    assert_string_equal(values_of(t, "m == '0001-01'"), "false true false false null");
    assert_string_equal(values_of(t, "'2024-03' < m"), "false false true false null");
    assert_string_equal(values_of(t, "k < '1970-K1'"), "false true false true null");
    assert_string_equal(values_of(t, "j ~= '2024'"), "false true true true null");
    assert_string_equal(values_of(t, "m > b"), "true false true false null");
    assert_string_equal(values_of(t, "m between '1969-12' and '2024-03'"), "true false false true null");
    assert_string_equal(values_of(t, "m between b and '9999-12'"), "true false true false null");
    assert_string_equal(values_of(t, "m in ('2024-03', '1969-12', null)"), "true null null true null");
    assert_string_equal(values_of(t, "m not in ('2024-03')"), "false true true true null");
    assert_string_equal(values_of(t, "m in (b, '0001-01')"), "false true false false null");
    assert_string_equal(values_of(t, "m is null"), "false false false false true");
    fails(t, "m == k", DK_ERR_TYPE, 6,
          "==: month and quarter do not go together\n  m == k\n       ^ (period(x, \"quarter\") makes a quarter of "
          "a month)");
    fails(t, "k < m", DK_ERR_TYPE, 5, "<: quarter and month do not go together");
    fails(t, "m between b and j", DK_ERR_TYPE, 17, "between: month and year do not go together");
    fails(t, "m in (b, k)", DK_ERR_TYPE, 10, "in: month and quarter do not go together");
    fails(t, "m == 5", DK_ERR_TYPE, 6, "==: month and integer do not go together");
    fails(t, "j == 2024", DK_ERR_TYPE, 6, "==: year and integer do not go together");
    fails(t, "m == d", DK_ERR_TYPE, 6, "==: month and date do not go together");
    fails(t, "m == t", DK_ERR_TYPE, 6, "==: month and text do not go together"); /* no literal */
    fails(t, "m == '2024-13'", DK_ERR_TYPE, 6,
          "a month is wanted here, and this text is none\n  m == '2024-13'\n       ^^^^^^^^^ (write it as "
          "\"2024-03\")");
    fails(t, "k in ('2024Q1', '2024-03')", DK_ERR_TYPE, 17, "(write it as \"2024Q3\")");
    fails(t, "j > '2024Q1'", DK_ERR_TYPE, 5, "a year is wanted here, and this text is none");
    dk_table_release(t);
}

static void one_of_several_is_chosen(void **state)
{
    const dk_table *t = periods();

    (void)state;
    assert_string_equal(values_of(t, "least(m, b)"), "2023-12 0001-01 9999-01 1969-12 null");
    assert_string_equal(values_of(t, "greatest(k, '2000Q1')"), "2024Q1 2000Q1 9999Q4 2000Q1 null");
    assert_string_equal(values_of(t, "coalesce(m, '2000-01')"), "2024-03 0001-01 9999-12 1969-12 2000-01");
    assert_string_equal(values_of(t, "case(n > 0, m, b)"), "2024-03 2024-03 9999-01 1969-12 null");
    assert_string_equal(values_of(t, "text(k)"), "2024Q1 0001Q1 9999Q4 1969Q4 null");
    fails(t, "coalesce(m, k)", DK_ERR_TYPE, 13, "coalesce: month and quarter do not go together");
    fails(t, "least(j, k)", DK_ERR_TYPE, 10, "least: year and quarter do not go together");
    fails(t, "greatest(m, 'x')", DK_ERR_TYPE, 13, "a month is wanted here, and this text is none");
    fails(t, "integer(m)", DK_ERR_TYPE, 9, "integer() wants a number or a text, and this is month");
    dk_table_release(t);
}

static void parameters_are_periods_or_their_texts(void **state)
{
    const dk_table *t = periods();
    dk_param item = { .name = "p", .value = { .type = DK_TEXT, .as.text = { "2024-03", 7 } } };
    const dk_params params = { &item, 1 };

    (void)state;
    assert_string_equal(values_with(t, "m == $p", &params), "true false false false null");
    item.value = (dk_value){ .type = DK_PERIOD, .scale = DK_MONTH, .as.integer = 650 };
    assert_string_equal(values_with(t, "m == $p", &params), "true false false false null");
    assert_string_equal(value_with("$p + 1", &params), "period 2024-04");
    fails_with(t, "k == $p", &params, DK_ERR_TYPE, 6, "==: quarter and month do not go together");
    item.value.scale = DK_N_FREQUENCIES;
    fails_with(t, "m == $p", &params, DK_ERR_ARGUMENT, 6,
               "the value of $p is neither a year nor a quarter nor a month");
    item.value = (dk_value){ .type = DK_PERIOD, .scale = DK_YEAR, .as.integer = 8030 };
    fails_with(t, "j == $p", &params, DK_ERR_ARGUMENT, 6, "the value of $p lies outside the years 1 to 9999");
    item.value.as.integer = -1970;
    fails_with(t, "j == $p", &params, DK_ERR_ARGUMENT, 6, "the value of $p lies outside the years 1 to 9999");
    dk_table_release(t);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *t = periods();
    const dk_expr *expr = parse("case(m > '2024-01', period(first_day(k) + 40, 'month') - 1, period(t, 'month'))");
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, dk_table_eval(t, expr, NULL, &column, &err), &err, column == NULL,
                                   assert_int_equal(dk_column_scale(column), DK_MONTH));
    dk_column_release(column);
    dk_expr_release(expr);
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_are_those_that_a_period_does_not_go_across, start, stop),
        cmocka_unit_test_setup_teardown(days_are_the_first_and_the_last, start, stop),
        cmocka_unit_test_setup_teardown(periods_are_made_of_dates_texts_and_finer_periods, start, stop),
        cmocka_unit_test_setup_teardown(whole_numbers_shift_and_differences_count, start, stop),
        cmocka_unit_test_setup_teardown(what_lies_outside_the_calendar_is_an_error, start, stop),
        cmocka_unit_test_setup_teardown(periods_of_one_frequency_are_compared, start, stop),
        cmocka_unit_test_setup_teardown(one_of_several_is_chosen, start, stop),
        cmocka_unit_test_setup_teardown(parameters_are_periods_or_their_texts, start, stop),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
