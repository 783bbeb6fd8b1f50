/* test_calendar.c - days, dates and times against a calendar that is walked day by day, against the C library's,
 * and against Python's datetime (the numbers of microseconds). */
#include "check.h"

#include <stdlib.h>
#include <time.h>

#include "base/calendar.h"

#define N_ROWS(table) (sizeof(table) / sizeof *(table))

/* Julius Caesar's months, Gregory's leap years: every day of the years 1 to 9999, one after the other. */
static void every_day_has_its_number(void **state)
{
    int64_t expected = -719162, days;
    int year, month, day;

    (void)state;
    for (int y = 1; y <= 9999; y++) {
        bool leap = y % 400 == 0 || (y % 4 == 0 && y % 100 != 0);

        for (int m = 1; m <= 12; m++) {
            int length = m == 2 ? 28 + leap : m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;

            for (int d = 1; d <= length; d++, expected++) {
                if (!dki_date_make(y, m, d, &days) || days != expected)
                    fail_msg("%d-%d-%d is day %lld, not %lld", y, m, d, (long long)days, (long long)expected);
                dki_date_split(expected, &year, &month, &day);
                if (year != y || month != m || day != d)
                    fail_msg("day %lld is %d-%d-%d, not %d-%d-%d", (long long)expected, year, month, day, y, m, d);
            }
            days = 42;
            assert_false(dki_date_make(y, m, length + 1, &days));
            assert_true(days == 42);
        }
    }
    assert_true(expected == 2932897);
}

static void the_c_library_counts_the_same_days(void **state)
{
    (void)state;
    for (int64_t days = -719162; days <= 2932896; days += 97) {
        time_t seconds = (time_t)(days * 86400);
        struct tm tm;
        int year, month, day;

        assert_non_null(gmtime_r(&seconds, &tm));
        dki_date_split(days, &year, &month, &day);
        assert_true(year == tm.tm_year + 1900 && month == tm.tm_mon + 1 && day == tm.tm_mday);
        assert_true(timegm(&tm) == seconds);
    }
}

static void there_is_no_day_outside_the_calendar(void **state)
{
    static const int wrong[][3] = {
        { 0, 1, 1 },     { -1, 1, 1 },    { 10000, 1, 1 },      { 2024, 0, 1 },
        { 2024, 13, 1 }, { 2024, -1, 1 }, { 2024, 1, 0 },       { 2024, 1, 32 },
        { 2024, 1, -1 }, { 2023, 2, 29 }, { 2024, 2, 30 },      { 1900, 2, 29 },
        { 2100, 2, 29 }, { 2024, 4, 31 }, { 2024, 1, 1000000 }, { 2024, 1 << 30, 1 },
    };
    int64_t days = 42;

    (void)state;
    for (size_t i = 0; i < N_ROWS(wrong); i++)
        assert_false(dki_date_make(wrong[i][0], wrong[i][1], wrong[i][2], &days));
    assert_true(days == 42);
    assert_true(dki_date_make(2000, 2, 29, &days) && days == 11016);
}

static void dates_are_read_in_three_orders(void **state)
{
    static const struct {
        const char *text;
        char order;
        bool is_one;
        int64_t days;
    } cases[] = {
        { "1970-01-01", 'y', true, 0 },
        { "2024-12-31", 'y', true, 20088 },
        { "2024-1-5", 'y', true, 19727 },
        { "2024/12/31", 'y', true, 20088 },
        { "2024.12.31", 'y', true, 20088 },
        { "0001-01-01", 'y', true, -719162 },
        { "9999-12-31", 'y', true, 2932896 },
        { "31-12-2024", 'd', true, 20088 },
        { "31/12/2024", 'd', true, 20088 },
        { "31.12.2024", 'd', true, 20088 },
        { "1-2-2024", 'd', true, 19754 },
        { "01-02-2024", 'd', true, 19754 },
        { "01-02-2024", 'm', true, 19724 },
        { "12/31/2024", 'm', true, 20088 },
        { "31-12-2024", 'm', false, 0 },
        { "12/31/2024", 'd', false, 0 },
        { "2024-12-31", 'd', false, 0 },
        { "31-12-2024", 'y', false, 0 },
        { "2024-12-31", 'x', false, 0 },
        { "29-02-2023", 'd', false, 0 },
        { "29-02-2024", 'd', true, 19782 },
        { "0000-01-01", 'y', false, 0 },
        { "00-01-2024", 'd', false, 0 },
        { "01-00-2024", 'd', false, 0 },
        { "2024-12/31", 'y', false, 0 },
        { "2024_12_31", 'y', false, 0 },
        { "2024 12 31", 'y', false, 0 },
        { "20241231", 'y', false, 0 },
        { "024-12-31", 'y', false, 0 },
        { "24-12-31", 'y', false, 0 },
        { "12024-12-31", 'y', false, 0 },
        { "31-12-24", 'd', false, 0 },
        { "31-12-20245", 'd', false, 0 },
        { "031-12-2024", 'd', false, 0 },
        { "31-012-2024", 'd', false, 0 },
        { "2024-12-31 ", 'y', false, 0 },
        { " 2024-12-31", 'y', false, 0 },
        { "2024-12-31x", 'y', false, 0 },
        { "2024-12-311", 'y', false, 0 },
        { "2024--12-31", 'y', false, 0 },
        { "-2024-12-31", 'y', false, 0 },
        { "2024-+1-31", 'y', false, 0 },
        { "2024-12-", 'y', false, 0 },
        { "2024-12", 'y', false, 0 },
        { "2024-", 'y', false, 0 },
        { "2024", 'y', false, 0 },
        { "-", 'y', false, 0 },
        { "", 'y', false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++) {
        int64_t days = 42;

        if (dki_parse_date(cases[i].text, strlen(cases[i].text), cases[i].order, &days) != cases[i].is_one ||
            days != (cases[i].is_one ? cases[i].days : 42))
            fail_msg("%s in order %c: %lld", cases[i].text, cases[i].order, (long long)days);
    }
}

static const struct {
    const char *text;
    int64_t microseconds;
} times[] = {
    { "0001-01-01T00:00:00", INT64_C(-62135596800000000) },
    { "0001-01-01T00:00:00.000001", INT64_C(-62135596799999999) },
    { "1583-01-01T00:00:00", INT64_C(-12212553600000000) },
    { "1899-12-31T23:59:59.999999", INT64_C(-2208988800000001) },
    { "1900-03-01T00:00:00", INT64_C(-2203891200000000) },
    { "1969-12-31T23:59:59.999999", -1 },
    { "1970-01-01T00:00:00", 0 },
    { "1970-01-01T00:00:00.000001", 1 },
    { "2000-02-29T12:30:15", INT64_C(951827415000000) },
    { "2024-02-29T23:59:59.500000", INT64_C(1709251199500000) },
    { "2024-12-31T08:05:00", INT64_C(1735632300000000) },
    { "2038-01-19T03:14:08", INT64_C(2147483648000000) },
    { "9999-12-31T23:59:59.999999", INT64_C(253402300799999999) },
};

static void times_are_written_and_read_as_iso(void **state)
{
    char out[32];

    (void)state;
    for (size_t i = 0; i < N_ROWS(times); i++) {
        int64_t back = 42;

        assert_int_equal(dki_format_timestamp(times[i].microseconds, out, sizeof out), strlen(times[i].text));
        assert_string_equal(out, times[i].text);
        assert_true(dki_parse_timestamp(out, strlen(out), 'y', &back));
        assert_true(back == times[i].microseconds);
    }
    assert_int_equal(dki_format_date(-719162, out, sizeof out), 10);
    assert_string_equal(out, "0001-01-01");
    assert_int_equal(dki_format_date(2932896, out, sizeof out), 10);
    assert_string_equal(out, "9999-12-31");
}

static void times_are_read_with_fewer_parts(void **state)
{
    static const struct {
        const char *text;
        char order;
        bool is_one;
        int64_t microseconds;
    } cases[] = {
        { "2024-12-31T08:05", 'y', true, INT64_C(1735632300000000) },
        { "2024-12-31 08:05", 'y', true, INT64_C(1735632300000000) },
        { "31-12-2024 08:05:00", 'd', true, INT64_C(1735632300000000) },
        { "12/31/2024T08:05:00.0", 'm', true, INT64_C(1735632300000000) },
        { "1970-01-01 00:00:00.5", 'y', true, 500000 },
        { "1970-01-01 00:00:00.05", 'y', true, 50000 },
        { "1970-01-01 00:00:00.000001", 'y', true, 1 },
        { "1970-01-01 23:59:59.999999", 'y', true, INT64_C(86399999999) },
        { "1970-01-01 00:00:00.0000001", 'y', false, 0 }, /* a seventh digit would be lost */
        { "1970-01-01 00:00:00.0000010", 'y', true, 1 },  /* a zero is none */
        { "1970-01-01 00:00:00.500000000", 'y', true, 500000 },
        { "1970-01-01 00:00:00.5000000000", 'y', false, 0 },
        { "1970-01-01 00:00:00.000000001", 'y', false, 0 },
        { "2-1-1970 9:05", 'd', true, INT64_C(119100000000) }, /* as spreadsheets write it */
        { "1970-01-01T9:05", 'y', true, INT64_C(32700000000) },
        { "1970-01-01 00:00:00.", 'y', false, 0 },
        { "1970-01-01 00:00:00,5", 'y', false, 0 },
        { "1970-01-01 00:00:", 'y', false, 0 },
        { "1970-01-01 00:00:1", 'y', false, 0 },
        { "1970-01-01 00:00:60", 'y', false, 0 },
        { "1970-01-01 00:60", 'y', false, 0 },
        { "1970-01-01 24:00", 'y', false, 0 },
        { "1970-01-01 0:00", 'y', true, 0 },
        { "1970-01-01 :00", 'y', false, 0 },
        { "1970-01-01 000:00", 'y', false, 0 },
        { "1970-01-01 00", 'y', false, 0 },
        { "1970-01-01 00:0", 'y', false, 0 },
        { "1970-01-01 0000", 'y', false, 0 },
        { "1970-01-01T", 'y', false, 0 },
        { "1970-01-01", 'y', false, 0 },
        { "1970-01-0100:00", 'y', false, 0 },
        { "1970-01-01  00:00", 'y', false, 0 },
        { "1970-01-01t00:00", 'y', false, 0 },
        { "1970-01-01\t00:00", 'y', false, 0 },
        { "1970-01-01 00:00Z", 'y', false, 0 }, /* a zone would be lost */
        { "1970-01-01 00:00+01:00", 'y', false, 0 },
        { "1970-01-01 00:00 ", 'y', false, 0 },
        { "1970-01-01 -1:00", 'y', false, 0 },
        { "1970-13-01 00:00", 'y', false, 0 },
        { "31-12-2024 08:05", 'y', false, 0 },
        { "00:00", 'y', false, 0 },
        { "", 'y', false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++) {
        int64_t out = 42;

        if (dki_parse_timestamp(cases[i].text, strlen(cases[i].text), cases[i].order, &out) != cases[i].is_one ||
            out != (cases[i].is_one ? cases[i].microseconds : 42))
            fail_msg("%s in order %c: %lld", cases[i].text, cases[i].order, (long long)out);
    }
}

/* No text is read behind its size: each prefix stands at the end of its own block of memory. */
static void prefixes_are_read_without_what_follows(void **state)
{
    static const char whole[] = "2024-12-31T08:05:07.123456";

    (void)state;
    for (size_t n = 1; n < sizeof whole; n++) {
        char *text = malloc(n);
        int64_t out;

        assert_non_null(text);
        memcpy(text, whole, n);
        assert_true(dki_parse_date(text, n, 'y', &out) == (n == 9 || n == 10));
        assert_true(dki_parse_timestamp(text, n, 'y', &out) == (n == 16 || n == 19 || n >= 21));
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_has_its_number),
        cmocka_unit_test(the_c_library_counts_the_same_days),
        cmocka_unit_test(there_is_no_day_outside_the_calendar),
        cmocka_unit_test(dates_are_read_in_three_orders),
        cmocka_unit_test(times_are_written_and_read_as_iso),
        cmocka_unit_test(times_are_read_with_fewer_parts),
        cmocka_unit_test(prefixes_are_read_without_what_follows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
