/* test_csv_times.c - the type of columns of dates and times is found from the whole file, however many values differ: so few
 * that they are numbered, too many, or too many only from some block on; by both paths.
 */
#include <dekking/csv.h>

#include "base/calendar.h"
#include "check.h"

#include "both_paths.h"
#include "random.h"

#include "with_context.h"

/* How a time is written. */
typedef struct form {
    char order; /* y, d, m */
    char separator, between;
    int digits; /* of the time: 2 = hh:mm, 3 = hh:mm:ss, more = so many behind the second, + 3 */
    bool padded;
    bool short_hours;  /* 9:05 */
    bool mixed;        /* midnight goes without time */
    const char *zeros; /* behind the digits */
} form;

static int write_time(char *out, const form *f, int64_t when)
{
    int64_t days = when / DKI_DAY_MICROSECONDS, rest = when % DKI_DAY_MICROSECONDS;
    int year, month, day, length, seconds = (int)(rest / 1000000);
    char s = f->separator;

    dki_date_split(days, &year, &month, &day);
    if (f->order == 'y')
        length = sprintf(out, "%04d%c%02d%c%02d", year, s, month, s, day);
    else if (f->order == 'd')
        length = sprintf(out, f->padded ? "%02d%c%02d%c%04d" : "%d%c%d%c%04d", day, s, month, s, year);
    else
        length = sprintf(out, f->padded ? "%02d%c%02d%c%04d" : "%d%c%d%c%04d", month, s, day, s, year);
    if (f->digits == 0 || (f->mixed && rest == 0))
        return length;
    length += sprintf(out + length, f->short_hours ? "%c%d:%02d" : "%c%02d:%02d", f->between, seconds / 3600,
                      seconds / 60 % 60);
    if (f->digits > 2)
        length += sprintf(out + length, ":%02d", seconds % 60);
    if (f->digits > 3)
        length += sprintf(out + length, ".%0*d", f->digits - 3,
                          (int)(rest % 1000000) / (int[]){ 100000, 10000, 1000, 100, 10, 1 }[f->digits - 4]);
    return length + sprintf(out + length, "%s", f->zeros ? f->zeros : "");
}

/* The unit that the form can show. */
static int64_t unit_of(const form *f)
{
    static const int64_t units[] = { DKI_DAY_MICROSECONDS, 0, 60000000, 1000000, 100000, 10000, 1000, 100, 10, 1 };

    return units[f->digits];
}

/* Time number i; of a form that mixes, every third is at midnight. */
static int64_t time_of(const form *f, size_t i, int64_t step)
{
    int64_t when = (int64_t)(i + 13 * 365) * step;

    return f->mixed && i % 3 == 0 ? when / DKI_DAY_MICROSECONDS * DKI_DAY_MICROSECONDS
                                  : when / unit_of(f) * unit_of(f);
}

/* Reads n times by both paths; all of them, to the last one, must be what was written. */
static void check_times(const form *f, size_t n, size_t n_different, bool quoted, bool nulls, dk_type expected,
                        int64_t step)
{
    char *text = malloc(n * 60 + 100), *to = text, why[2048];
    const char *const marker = "-";
    dk_csv_options o = { .delimiter = ';', .nulls = &marker, .n_nulls = nulls ? 1 : 0 };
    both_reading r, plain;
    dk_error err = DK_ERROR_INIT;
    const dk_column *column;

    assert_non_null(text);
    to += sprintf(to, "id;t\n");
    for (size_t i = 0; i < n; i++) {
        to += sprintf(to, "%zu;%s", i % 7, quoted ? "\"" : "");
        if (nulls && i % 5 == 0)
            to += sprintf(to, i % 10 == 0 ? "-" : "");
        else
            to += write_time(to, f, time_of(f, i % n_different, step));
        to += sprintf(to, "%s\n", quoted ? "\"" : "");
    }
    both_read(context, text, (size_t)(to - text), &o, false, &r);
    both_read(context, text, (size_t)(to - text), &o, true, &plain);
    if (!both_same(&r, &plain, why, sizeof why))
        fail_msg("the paths differ: %s", why);
    if (r.status != DK_OK)
        fail_msg("%c%c%c%d, %zu: %s", f->order, f->separator, f->between, f->digits, n, r.err.message);
    column = dk_table_field(r.table, 1)->column;
    if (dk_column_type(column) != expected)
        fail_msg("%c%c%c%d, %zu of %zu: %s: %s", f->order, f->separator, f->between, f->digits, n_different, n,
                 dk_type_name(dk_column_type(column)), text + 5);
    for (size_t i = 0; i<n; i += n> 1000 ? 97 : 1) {
        int64_t when = time_of(f, i % n_different, step);
        dk_value value;

        assert_ok(dk_column_get(column, i, &value, &err), &err);
        assert_int_equal(value.is_null, nulls && i % 5 == 0);
        if (!value.is_null)
            assert_int_equal(value.as.integer, expected == DK_DATE ? when / DKI_DAY_MICROSECONDS : when);
    }
    both_drop(&r);
    both_drop(&plain);
    free(text);
}

static const form forms[] = {
    { 'y', '-', ' ', 3, .padded = true },
    { 'y', '-', 'T', 3, .padded = true },
    { 'y', '-', 'T', 2, .padded = true },
    { 'y', '/', ' ', 2, .short_hours = true },
    { 'y', '-', ' ', 9, .zeros = "0" },
    { 'y', '-', 'T', 6, .zeros = "000000" },
    { 'y', '.', 'T', 4, .mixed = true },
    { 'd', '-', ' ', 3, .padded = true },
    { 'd', '/', ' ', 2, .padded = true },
    { 'd', '.', 'T', 3, .mixed = true },
    { 'd', '-', ' ', 2, .short_hours = true, .mixed = true },
    { 'm', '/', ' ', 3, .padded = true },
    { 'm', '-', ' ', 9, .zeros = "000" },
    { 'm', '/', 'T', 2, .short_hours = true },
};

/* From one form to the next: fewer where the tests are watched, and slow. */
static size_t stride(void)
{
    return watched(1, 2, 12);
}

static void times_are_found_however_many_differ(void **state)
{
    static const size_t sizes[][2] = { { 3, 3 }, { 600, 600 }, { 20000, 40 }, { 20000, 20000 }, { 90000, 90000 } };
    const int64_t step = INT64_C(86400000000) + 3723004567; /* a day, and 1:02:03.004567 */

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i += stride())
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            if (sizes[k][1] < 40 && forms[i].order != 'y')
                continue; /* nothing says which comes first */
            check_times(&forms[i], sizes[k][0], sizes[k][1], (i + k) % 2, (i + k) % 3 == 0, DK_TIMESTAMP, step);
        }
}

/* Whoever takes which block, and however small it is. */
static void threads_and_blocks_make_no_difference(void **state)
{
    const int64_t step = INT64_C(86400000000) + 3723004567;

    (void)state;
    for (unsigned threads = 1; threads <= 4; threads += (unsigned)stride())
        for (size_t rows = 1; rows <= 4096; rows = rows * 16 + 3) {
            dk_set_threads(threads);
            dk_context_set_block_rows(context, rows);
            check_times(&forms[(threads + rows) % 12], rows < 10 ? 3000 : 70000, 70000, rows % 2, threads % 2,
                        DK_TIMESTAMP, step);
        }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void times_at_midnight_are_dates(void **state)
{
    static const size_t sizes[][2] = { { 3, 3 }, { 20000, 40 }, { 90000, 90000 } };

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i += stride())
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            if (sizes[k][1] >= 40 || forms[i].order == 'y')
                check_times(&forms[i], sizes[k][0], sizes[k][1], (i + k) % 2, (i + k) % 3 == 0, DK_DATE,
                            DKI_DAY_MICROSECONDS);
}

/* One time that is not midnight, in the last row of many, makes all of them timestamps. */
static void the_last_row_counts(void **state)
{
    enum { N = 80000 };
    char *text = malloc(N * 24 + 100), *to = text, why[2048];
    const form midnight = { 'y', '-', ' ', 3, .padded = true };
    dk_csv_options o = DK_CSV_OPTIONS_INIT;
    both_reading r, plain;

    (void)state;
    assert_non_null(text);
    to += sprintf(to, "t\n");
    for (int64_t i = 0; i < N; i++) {
        to += write_time(to, &midnight, i * DKI_DAY_MICROSECONDS);
        *to++ = '\n';
    }
    to += sprintf(to, "2024-01-01 00:01:00\n");
    both_read(context, text, (size_t)(to - text), &o, false, &r);
    both_read(context, text, (size_t)(to - text), &o, true, &plain);
    if (!both_same(&r, &plain, why, sizeof why))
        fail_msg("the paths differ: %s", why);
    assert_int_equal(dk_column_type(dk_table_field(r.table, 0)->column), DK_TIMESTAMP);
    both_drop(&r);
    both_drop(&plain);
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(times_are_found_however_many_differ),
        TEST(threads_and_blocks_make_no_difference),
        TEST(times_at_midnight_are_dates),
        TEST(the_last_row_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
