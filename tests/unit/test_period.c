/* test_period.c - months, quarters and years as numbers and texts, against a calendar that is walked month by month and
 * days that Python's datetime gives. */
#include "check.h"

#include <stdlib.h>

#include "base/calendar.h"
#include "base/period.h"
#include "base/types.h"

#define N_ROWS(table) (sizeof(table) / sizeof *(table))

static void every_period_has_its_number_text_and_days(void **state)
{
    int64_t month_number = -23628, quarter_number = -7876, year_number = -1969, day = -719162;

    (void)state;
    for (int y = 1; y <= 9999; y++, year_number++) {
        bool leap = y % 400 == 0 || (y % 4 == 0 && y % 100 != 0);
        int64_t quarter_day = day, year_day = day, back;
        char text[32], expected[32];
        int year, part;

        for (int m = 1; m <= 12; m++, month_number++) {
            int length = m == 2 ? 28 + leap : m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;

            sprintf(expected, "%04d-%02d", y, m);
            assert_int_equal(dki_format_period(month_number, DK_MONTH, text, sizeof text), 7);
            assert_string_equal(text, expected);
            assert_true(dki_parse_period(text, 7, DK_MONTH, &back) && back == month_number);
            dki_period_split(month_number, DK_MONTH, &year, &part);
            assert_true(year == y && part == m);
            assert_true(dki_period_first_day(month_number, DK_MONTH) == day);
            assert_true(dki_period_last_day(month_number, DK_MONTH) == day + length - 1);
            assert_true(dki_period_of_day(day, DK_MONTH) == month_number);
            assert_true(dki_period_of_day(day + length - 1, DK_MONTH) == month_number);
            assert_true(dki_period_of_day(day, DK_QUARTER) == quarter_number);
            assert_true(dki_period_of_day(day, DK_YEAR) == year_number);
            assert_true(dki_period_coarsen(month_number, DK_MONTH, DK_MONTH) == month_number);
            assert_true(dki_period_coarsen(month_number, DK_MONTH, DK_QUARTER) == quarter_number);
            assert_true(dki_period_coarsen(month_number, DK_MONTH, DK_YEAR) == year_number);
            day += length;
            if (m % 3 != 0)
                continue;
            sprintf(expected, "%04dQ%d", y, m / 3);
            assert_int_equal(dki_format_period(quarter_number, DK_QUARTER, text, sizeof text), 6);
            assert_string_equal(text, expected);
            assert_true(dki_parse_period(text, 6, DK_QUARTER, &back) && back == quarter_number);
            dki_period_split(quarter_number, DK_QUARTER, &year, &part);
            assert_true(year == y && part == m / 3);
            assert_true(dki_period_first_day(quarter_number, DK_QUARTER) == quarter_day);
            assert_true(dki_period_last_day(quarter_number, DK_QUARTER) == day - 1);
            assert_true(dki_period_coarsen(quarter_number, DK_QUARTER, DK_YEAR) == year_number);
            quarter_day = day;
            quarter_number++;
        }
        sprintf(expected, "%04d", y);
        assert_int_equal(dki_format_period(year_number, DK_YEAR, text, sizeof text), 4);
        assert_string_equal(text, expected);
        assert_true(dki_parse_period(text, 4, DK_YEAR, &back) && back == year_number);
        assert_true(dki_period_first_day(year_number, DK_YEAR) == year_day);
        assert_true(dki_period_last_day(year_number, DK_YEAR) == day - 1);
    }
    assert_true(day == 2932897 && month_number == 96360 && quarter_number == 32120 && year_number == 8030);
}

static void bounds_are_the_years_1_to_9999(void **state)
{
    static const int64_t bounds[][2] = {
        [DK_YEAR] = { -1969, 8029 }, [DK_QUARTER] = { -7876, 32119 }, [DK_MONTH] = { -23628, 96359 }
    };
    int64_t least, greatest;

    (void)state;
    for (unsigned f = 0; f < DK_N_FREQUENCIES; f++) {
        dki_period_bounds(f, &least, &greatest);
        assert_true(least == bounds[f][0] && greatest == bounds[f][1]);
        assert_true(dki_type_bounds(DK_PERIOD, (uint8_t)f, &least, &greatest));
        assert_true(least == bounds[f][0] && greatest == bounds[f][1]);
    }
    assert_false(dki_type_bounds(DK_INTEGER, 0, &least, &greatest));
}

static void days_are_those_of_another_calendar(void **state)
{
    static const struct {
        const char *text;
        dk_frequency frequency;
        int64_t first, last;
    } rows[] = {
        { "2024-02", DK_MONTH, 19754, 19782 },     { "2024Q3", DK_QUARTER, 19905, 19996 },
        { "2024", DK_YEAR, 19723, 20088 },         { "0001-01", DK_MONTH, -719162, -719132 },
        { "9999-12", DK_MONTH, 2932866, 2932896 }, { "9999Q4", DK_QUARTER, 2932805, 2932896 },
        { "9999", DK_YEAR, 2932532, 2932896 },     { "1969Q4", DK_QUARTER, -92, -1 },
    };
    int64_t period;

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        assert_true(dki_parse_period(rows[i].text, strlen(rows[i].text), rows[i].frequency, &period));
        assert_true(dki_period_first_day(period, rows[i].frequency) == rows[i].first);
        assert_true(dki_period_last_day(period, rows[i].frequency) == rows[i].last);
    }
}

static void quarters_are_written_in_four_ways(void **state)
{
    static const char *const texts[] = { "2024Q3", "2024-Q3", "2024K3", "2024-K3" };
    int64_t period;

    (void)state;
    for (size_t i = 0; i < N_ROWS(texts); i++) {
        period = 0;
        assert_true(dki_parse_period(texts[i], strlen(texts[i]), DK_QUARTER, &period));
        assert_true(period == 218); /* 54 years of four, and two */
    }
}

static void what_is_no_period_is_refused(void **state)
{
    static const char *const texts[][16] = {
        [DK_YEAR] = { "", "202", "20245", "0000", "-024", "+024", " 2024", "2024 ", "2024-", "24", "2024Q1", NULL },
        [DK_QUARTER] = { "2024Q0", "2024Q5", "2024Q", "2024Q11", "2024q1", "2024k1", "2024 Q1", "2024--Q1",
                         "0000Q1", "2024-1", "2024-Q", "2024-", NULL },
        [DK_MONTH] = { "2024-00", "2024-13", "2024-1", "2024-001", "2024/01", "202401", "0000-01", "2024-1a",
                       "2024-+1", "-024-01", "2024-01-", "01-2024", NULL },
    };

    (void)state;
    for (unsigned f = 0; f < DK_N_FREQUENCIES; f++)
        for (size_t i = 0; texts[f][i]; i++) {
            int64_t period = 42;

            if (dki_parse_period(texts[f][i], strlen(texts[f][i]), f, &period))
                fail_msg("<%s> is a %s: %lld", texts[f][i], dk_frequency_name((dk_frequency)f), (long long)period);
            assert_true(period == 42);
        }
}

/* Nothing behind the text is looked at: it stands at the end of its memory. */
static void prefixes_are_read_without_what_follows(void **state)
{
    static const struct {
        const char *whole;
        size_t year, quarter, month; /* the length that is one */
    } rows[] = { { "2024-03-31", 4, 0, 7 }, { "2024-Q31", 4, 7, 0 }, { "2024K412", 4, 6, 0 } };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        for (size_t n = 1; n <= strlen(rows[i].whole); n++) {
            char *text = malloc(n);
            int64_t out;

            assert_non_null(text);
            memcpy(text, rows[i].whole, n);
            assert_true(dki_parse_period(text, n, DK_YEAR, &out) == (n == rows[i].year));
            assert_true(dki_parse_period(text, n, DK_QUARTER, &out) == (n == rows[i].quarter));
            assert_true(dki_parse_period(text, n, DK_MONTH, &out) == (n == rows[i].month));
            free(text);
        }
}

static void frequencies_have_names(void **state)
{
    static const char *const names[] = { "year", "quarter", "month" };
    dk_frequency found;

    (void)state;
    for (int i = 0; i < DK_N_FREQUENCIES; i++) {
        assert_string_equal(dk_frequency_name((dk_frequency)i), names[i]);
        found = DK_N_FREQUENCIES;
        assert_true(dk_frequency_find(names[i], &found));
        assert_int_equal(found, i);
        assert_string_equal(dki_type_shown(DK_PERIOD, (uint8_t)i), names[i]);
    }
    assert_string_equal(dk_frequency_name(DK_N_FREQUENCIES), "unknown");
    assert_false(dk_frequency_find("week", &found));
    assert_false(dk_frequency_find("", &found));
    assert_int_equal(found, DK_MONTH);
    assert_string_equal(dk_type_name(DK_PERIOD), "period");
    assert_int_equal(DK_PERIOD, 9); /* behind the types that snapshots have had */
}

static void values_are_compared_and_written(void **state)
{
    dk_value a = { .type = DK_PERIOD, .scale = DK_MONTH, .as.integer = 650 }, b = a, c = a;
    char text[16];

    (void)state;
    b.as.integer = 651;
    assert_int_equal(dk_value_compare(&a, &b), -1);
    assert_int_equal(dk_value_compare(&b, &a), 1);
    assert_int_equal(dk_value_compare(&a, &a), 0);
    c.scale = DK_QUARTER; /* the same number of another frequency is another value */
    assert_int_equal(dk_value_compare(&a, &c), -dk_value_compare(&c, &a));
    assert_int_not_equal(dk_value_compare(&a, &c), 0);
    assert_int_equal(dk_value_format(&a, text, sizeof text), 7);
    assert_string_equal(text, "2024-03");
    assert_int_equal(dk_value_format(&a, text, 5), 7);
    assert_string_equal(text, "2024");
    a.is_null = true;
    dk_value_format(&a, text, sizeof text);
    assert_string_equal(text, "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_period_has_its_number_text_and_days),
        cmocka_unit_test(bounds_are_the_years_1_to_9999),
        cmocka_unit_test(days_are_those_of_another_calendar),
        cmocka_unit_test(quarters_are_written_in_four_ways),
        cmocka_unit_test(what_is_no_period_is_refused),
        cmocka_unit_test(prefixes_are_read_without_what_follows),
        cmocka_unit_test(frequencies_have_names),
        cmocka_unit_test(values_are_compared_and_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
