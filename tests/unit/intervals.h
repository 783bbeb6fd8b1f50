/* intervals.h - random tables whose truth is known, with bounds around it, for tests. */
#ifndef TESTS_UNIT_INTERVALS_H
#define TESTS_UNIT_INTERVALS_H

#include "random.h"
#include "tables.h"

/* Bounds around a number; open, or exact, every now and then. */
static inline dk_interval bounds_around(int64_t truth, unsigned spread, unsigned open_in_hundred)
{
    dk_interval made = { .meaning = DK_MEANS_NOTHING, .marker = { "", 0 } };

    made.least = truth - (int64_t)random_below(spread + 1);
    made.greatest = truth + (int64_t)random_below(spread + 1);
    made.no_least = random_below(100) < open_in_hundred;
    made.no_greatest = random_below(100) < open_in_hundred;
    if (made.no_least && made.no_greatest)
        made.meaning = DK_MEANS_UNBOUNDED;
    if (made.no_least)
        made.least = 0;
    if (made.no_greatest)
        made.greatest = 0;
    return made;
}

/* Two tables: a key g of some groups, and columns a, b, c of numbers below most; then of bounds around them. signs: negative
 * ones, too. */
static inline void make_pair_of_tables(dk_context *owner, size_t n, int64_t most, bool signs,
                                       unsigned open_in_hundred, const dk_table **truth, const dk_table **bounds)
{
    dk_field fields[2][4];
    dk_builder *builders[2][4];
    dk_error err = DK_ERROR_INIT;

    memset(fields, 0, sizeof fields);
    for (int t = 0; t < 2; t++)
        for (int c = 0; c < 4; c++)
            assert_ok(
                dk_builder_new(owner, c == 0 || t == 0 ? DK_INTEGER : DK_INTERVAL, 0, NULL, &builders[t][c], &err),
                &err);
    for (size_t i = 0; i < n; i++) {
        int64_t key = (int64_t)random_below(4);

        for (int t = 0; t < 2; t++)
            assert_ok(dk_builder_integer(builders[t][0], key, &err), &err);
        for (int c = 1; c < 4; c++) {
            int64_t value = (int64_t)random_below((uint64_t)most) * (signs && random_below(2) ? -1 : 1);
            dk_interval around = bounds_around(value, (unsigned)random_below((uint64_t)most), open_in_hundred);

            if (!signs && around.least < 0)
                around.least = 0;
            assert_ok(dk_builder_integer(builders[0][c], value, &err), &err);
            assert_ok(dk_builder_interval(builders[1][c], &around, &err), &err);
        }
    }
    for (int t = 0; t < 2; t++) {
        static const char *const names[] = { "g", "a", "b", "c" };

        for (int c = 0; c < 4; c++) {
            fields[t][c] = DK_FIELD(names[c], NULL);
            assert_ok(dk_builder_finish(builders[t][c], &fields[t][c].column, &err), &err);
            dk_builder_release(builders[t][c]);
        }
        assert_ok(dk_table_new(owner, fields[t], 4, n, t == 0 ? truth : bounds, &err), &err);
        for (int c = 0; c < 4; c++)
            dk_column_release(fields[t][c].column);
    }
}

/* Whether a number may be what is known in bounds, which is not null then; a comparison of such numbers may be. */
static inline bool lies_within(const dk_value *truth, const dk_value *bounds)
{
    dk_value side = { .type = DK_DECIMAL, .scale = bounds->scale };

    if (truth->is_null || bounds->is_null)
        return truth->is_null || bounds->type != DK_INTERVAL;
    if (bounds->type != DK_INTERVAL)
        return dk_value_compare(truth, bounds) == 0;
    side.as.integer = bounds->as.interval.least;
    if (!bounds->as.interval.no_least && dk_value_compare(truth, &side) < 0)
        return false;
    side.as.integer = bounds->as.interval.greatest;
    return bounds->as.interval.no_greatest || dk_value_compare(truth, &side) <= 0;
}

/* All rows of two columns. Returns how many bounds are closed on both sides. */
static inline size_t assert_within(const dk_column *truth, const dk_column *bounds, const char *what)
{
    size_t n_closed = 0;

    assert_int_equal(dk_column_n_rows(truth), dk_column_n_rows(bounds));
    for (uint64_t row = 0; row < dk_column_n_rows(truth); row++) {
        char a[80], b[80];
        dk_value x, y;
        dk_error err = DK_ERROR_INIT;

        assert_ok(dk_column_get(truth, row, &x, &err), &err);
        assert_ok(dk_column_get(bounds, row, &y, &err), &err);
        n_closed += y.type == DK_INTERVAL && !y.as.interval.no_least && !y.as.interval.no_greatest;
        if (lies_within(&x, &y))
            continue;
        (void)dk_value_format(&x, a, sizeof a);
        (void)dk_value_format(&y, b, sizeof b);
        fail_msg("%s, row %llu: %s is not within %s", what, (unsigned long long)row + 1, a, b);
    }
    return n_closed;
}

#endif
