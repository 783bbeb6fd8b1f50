/* test_linear.c - bounds from sums: by hand, beside every table there is, and where no table is. */
#include <stdlib.h>

#include "check.h"
#include "random.h"
#include "sums.h"

static system_t system_;

static void tighten(system_t *s)
{
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_sums_tighten(context, &s->sums, "this test", s->bounds, &s->answer, &err), &err);
}

static void propagate(system_t *s)
{
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_sums_propagate(context, &s->sums, s->bounds, &s->answer, &err), &err);
}

#define assert_bounds(b, from, to)                   \
    do {                                             \
        const dki_bounds b_ = (b);                   \
        assert_false(b_.no_least || b_.no_greatest); \
        assert_int_equal(b_.least, from);            \
        assert_int_equal(b_.greatest, to);           \
    } while (0)

/* A table of published values, of which some are withheld: 0 or more, and nothing above. Its margins are published. */
static void publish(system_t *s, size_t n_rows, size_t n_columns, const int64_t *values, const char *withheld)
{
    size_t width = n_columns + 1;

    two_way(s, n_rows, n_columns);
    memset(s->bounds, 0, sizeof s->bounds);
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_columns; c++) {
            int64_t value = values[r * n_columns + c];
            size_t at = r * width + c;

            s->bounds[at] =
                withheld[r * n_columns + c] == 'x' ? (dki_bounds){ .no_greatest = true } : from_to(value, value);
            for (size_t i = 0; i < 3; i++) { /* row, column and all */
                dki_bounds *total = &s->bounds[(i == 0 ? r : n_rows) * width + (i == 1 ? c : n_columns)];

                total->least += value;
                total->greatest += value;
            }
        }
}

/* Two withheld cells in each line are not enough: wb is exactly 47 all the same, which no single sum says. */
static void a_cell_that_only_sums_together_give_away(void **state)
{
    static const int64_t values[] = { 30, 47, 64, 89, 90, 124, 5, 31, 92, 100, 59, 85, 800, 991, 651, 685 };
    system_t *s = &system_;

    (void)state;
    publish(s, 4, 4, values,
            "xxx."
            "x.x."
            ".x.x"
            ".x.x");
    propagate(s);
    assert_true(s->answer.is_possible);
    assert_false(s->bounds[1].least == s->bounds[1].greatest);
    publish(s, 4, 4, values,
            "xxx."
            "x.x."
            ".x.x"
            ".x.x");
    tighten(s);
    assert_true(s->answer.is_possible);
    assert_int_equal(s->answer.n_unsettled, 0);
    assert_bounds(s->bounds[1], 47, 47);
    assert_bounds(s->bounds[0], 25, 94);
    assert_bounds(s->bounds[2], 0, 69);
    assert_bounds(s->bounds[5], 26, 95);     /* xa = 120 - wa */
    assert_bounds(s->bounds[7], 0, 69);      /* xc = wa - 25 */
    assert_bounds(s->bounds[11], 0, 185);    /* yb = 185 - yd; yd <= 770 is no limit */
    assert_bounds(s->bounds[16], 906, 1091); /* zb = 1091 - yb */
}

/* The region of the examples, of which column 1 has five cells below 10. */
static const int64_t region[] = {
    12,  724, 1758, 489, 10,  51,  89, 34, 7, 54, 135, 53, 7,   72, 201, 89,  4,   97,
    231, 83,  6,    142, 419, 129, 0,  0,  0, 0,  4,   49, 106, 45, 12,  133, 324, 113
};

static void cells_alone_in_a_row_are_recovered(void **state)
{
    static const int64_t recovered[] = { 7, 7, 4, 6, 4 };
    static const size_t rows[] = { 2, 3, 4, 5, 7 };
    system_t *s = &system_;

    (void)state;
    publish(s, 9, 4, region,
            "........"
            "x...x...x...x..."
            "....x...........");
    propagate(s); /* each sum on its own is enough */
    for (size_t i = 0; i < 5; i++)
        assert_bounds(s->bounds[rows[i] * 5], recovered[i], recovered[i]);
    publish(s, 9, 4, region,
            "........"
            "x...x...x...x..."
            "....x...........");
    tighten(s);
    for (size_t i = 0; i < 5; i++)
        assert_bounds(s->bounds[rows[i] * 5], recovered[i], recovered[i]);
}

/* The cheapest second cell of each row is column 4, but of Lingewaard (row 3) column 2, where it is alone. */
static void the_cheapest_second_cell_of_each_row_fails(void **state)
{
    system_t *s = &system_;

    (void)state;
    publish(s, 9, 4, region,
            "........"
            "x..x"
            "xx.."
            "x..x"
            "x..x"
            "...."
            "x..x"
            "....");
    tighten(s);
    assert_bounds(s->bounds[3 * 5 + 1], 72, 72);
    assert_bounds(s->bounds[3 * 5], 7, 7);
    /* Duiven: 60 in all; the five of column 1 have 28, and Lingewaard's 7 leaves 21. */
    assert_bounds(s->bounds[2 * 5], 0, 21);
    assert_bounds(s->bounds[2 * 5 + 3], 39, 60);
}

/* Rounded to tens 13 + 24 | 40 hides what 3 + 4 | 7 does not: 10 is 5..15, 20 is 15..25, 40 is 35..45. */
static void rounded_totals_limit_rounded_parts(void **state)
{
    system_t *s = &system_;

    (void)state;
    empty_system(s, 3);
    begin_sum(s);
    add_term(s, 0, 1);
    add_term(s, 1, 1);
    add_term(s, 2, -1);
    s->bounds[0] = from_to(5, 15);
    s->bounds[1] = from_to(15, 25);
    s->bounds[2] = from_to(35, 45);
    tighten(s);
    assert_bounds(s->bounds[0], 10, 15);
    assert_bounds(s->bounds[1], 20, 25);
    assert_bounds(s->bounds[2], 35, 40);
}

static void open_sides_are_closed_where_sums_close_them(void **state)
{
    system_t *s = &system_;

    (void)state;
    empty_system(s, 4); /* a + b = 10, c + d = anything; nothing is known of b, c, d */
    begin_sum(s);
    add_term(s, 0, 1);
    add_term(s, 1, 1);
    s->totals[0] = from_to(10, 10);
    begin_sum(s);
    add_term(s, 2, 1);
    add_term(s, 3, 1);
    s->totals[1] = (dki_bounds){ .least = 3, .no_greatest = true };
    s->bounds[0] = from_to(-2, 4);
    for (size_t i = 1; i < 4; i++)
        s->bounds[i] = (dki_bounds){ .no_least = true, .no_greatest = true };
    tighten(s);
    assert_bounds(s->bounds[1], 6, 12);
    assert_true(s->bounds[2].no_least && s->bounds[2].no_greatest);
    s->bounds[2] = (dki_bounds){ .no_least = true, .greatest = 1 };
    tighten(s);
    assert_false(s->bounds[3].no_least);
    assert_int_equal(s->bounds[3].least, 2);
    assert_true(s->bounds[3].no_greatest);
    assert_int_equal(s->answer.n_unsettled, 0);
}

/* a + b = 1, b + c = 1, a + c = 1: each is a half. No whole numbers do that; other numbers do. */
static void whole_numbers_go_inwards_and_others_outwards(void **state)
{
    system_t *s = &system_;

    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        empty_system(s, 3);
        s->sums.are_whole = whole;
        for (size_t i = 0; i < 3; i++) {
            begin_sum(s);
            add_term(s, i, 1);
            add_term(s, (i + 1) % 3, 1);
            s->totals[i] = from_to(1, 1);
            s->bounds[i] = from_to(0, 1);
        }
        tighten(s);
        assert_int_equal(s->answer.is_possible, !whole);
        if (!whole)
            assert_bounds(s->bounds[0], 0, 1);
    }
}

/* Beside every table that there is. --------------------------------------------------------------------------------- */

static dki_bounds found[SUMS_NUMBERS], stated[SUMS_NUMBERS];

/* Bounds around a true table (or, now and then, around none): those of numbers and their totals. */
static void state_bounds(system_t *s, unsigned most, unsigned wrong)
{
    int64_t values[64] = { 0 };

    for (size_t k = 0; k < s->sums.n_numbers; k++)
        values[k] = INT64_MIN;
    for (size_t k = 0; k < s->sums.n_numbers; k++) { /* totals come after their parts in a sum of -1 */
        for (size_t i = 0; i < s->sums.n_sums && values[k] == INT64_MIN; i++) {
            size_t end = s->starts[i + 1] - 1;

            if (s->numbers[end] != k)
                continue;
            values[k] = 0;
            for (size_t t = s->starts[i]; t < end; t++)
                values[k] += values[s->numbers[t]];
        }
        if (values[k] == INT64_MIN)
            values[k] = (int64_t)pick(6);
        s->bounds[k] = from_to(values[k] - (int64_t)pick(most), values[k] + (int64_t)pick(most));
        if (wrong && pick(wrong) == 0) {
            s->bounds[k].least += 3;
            s->bounds[k].greatest += 3;
        }
    }
    memcpy(stated, s->bounds, sizeof stated);
}

/* Without any of them the others have a table, with all of them there is none. */
static void check_conflict(const system_t *s)
{
    bool use[SUMS_SUMS] = { false };

    assert_true(s->answer.n_conflict > 0);
    for (size_t i = 0; i < s->answer.n_conflict; i++)
        use[s->conflict[i]] = true;
    if (!s->answer.is_smallest)
        return;
    assert_false(try_all(s, stated, use, true, found));
    for (size_t i = 0; i < s->answer.n_conflict; i++) {
        use[s->conflict[i]] = false;
        assert_true(try_all(s, stated, use, true, found));
        use[s->conflict[i]] = true;
    }
}

static size_t n_possible, n_impossible;

/* is_exact: the sums are such that what programs of doubles find is found by whole numbers. */
static void check_system(system_t *s, bool is_exact)
{
    bool is_possible = try_all(s, stated, NULL, false, found);
    dki_bounds after[64];

    memcpy(after, s->bounds, sizeof after);
    n_possible += is_possible;
    n_impossible += !is_possible;
    for (int linear = 0; linear < 2; linear++) {
        memcpy(s->bounds, stated, sizeof stated);
        if (linear)
            tighten(s);
        else
            propagate(s);
        assert_true(s->answer.is_possible || !is_possible);
        if (!s->answer.is_possible && linear)
            check_conflict(s);
        if (linear && is_exact) {
            assert_int_equal(s->answer.is_possible, is_possible);
            assert_true(is_possible || s->answer.is_smallest);
        }
        for (size_t k = 0; is_possible && k < s->sums.n_numbers; k++) {
            assert_true(s->bounds[k].least >= stated[k].least && s->bounds[k].greatest <= stated[k].greatest);
            assert_true(s->bounds[k].least <= found[k].least && s->bounds[k].greatest >= found[k].greatest);
            if (linear && is_exact)
                assert_bounds(s->bounds[k], found[k].least, found[k].greatest);
        }
        if (linear && is_possible)
            assert_int_equal(s->answer.n_unsettled, 0);
    }
}

static void bounds_of_two_ways_are_those_of_every_table(void **state)
{
    (void)state;
    random_state = 7;
    n_possible = n_impossible = 0;
    for (unsigned i = 0; i < random_rounds(4000); i++) {
        two_way(&system_, 1 + pick(3), 1 + pick(3));
        state_bounds(&system_, system_.sums.n_numbers > 12 ? 2 : 3, i % 4 ? 0 : 6);
        check_system(&system_, true);
    }
    assert_true(n_possible > n_impossible && n_impossible > 0);
}

/* Parts of parts: groups of rows have a total of their own, in every column. */
static void bounds_of_hierarchies_are_those_of_every_table(void **state)
{
    system_t *s = &system_;

    (void)state;
    random_state = 11;
    n_possible = n_impossible = 0;
    for (unsigned i = 0; i < random_rounds(2000); i++) {
        size_t n_groups = 1 + pick(2), sizes[3], n_columns = 1 + pick(2), width = n_columns + 1, n_rows = 0;
        size_t row = 0, firsts[3];

        for (size_t g = 0; g < n_groups; g++)
            n_rows += (sizes[g] = 1 + pick(2)) + 1; /* and the group's */
        empty_system(s, (n_rows + 1) * width);
        for (size_t g = 0; g < n_groups; g++) {
            firsts[g] = row;
            row += sizes[g] + 1;
            for (size_t c = 0; c < width; c++) {
                begin_sum(s);
                for (size_t r = firsts[g]; r < row; r++)
                    add_term(s, r * width + c, r + 1 < row ? 1 : -1);
            }
        }
        for (size_t c = 0; c < width; c++) {
            begin_sum(s);
            for (size_t g = 0; g < n_groups; g++)
                add_term(s, (firsts[g] + sizes[g]) * width + c, 1);
            add_term(s, n_rows * width + c, -1);
        }
        for (size_t r = 0; r <= n_rows; r++) {
            begin_sum(s);
            for (size_t c = 0; c < width; c++)
                add_term(s, r * width + c, c < n_columns ? 1 : -1);
        }
        state_bounds(s, s->sums.n_numbers > 12 ? 2 : 3, i % 4 ? 0 : 8);
        check_system(s, true);
    }
    assert_true(n_possible > n_impossible && n_impossible > 0);
}

/* Three dimensions: whole numbers may allow less than others, so that bounds may be wider than those of every table. */
static void bounds_of_three_ways_hold_every_table(void **state)
{
    system_t *s = &system_;

    (void)state;
    random_state = 13;
    n_possible = n_impossible = 0;
    for (unsigned i = 0; i < random_rounds(400); i++) {
        size_t n[3] = { 2, 2, 1 + (pick(16) == 0) };

        empty_system(s, 3 * 3 * (n[2] + 1));
        for (size_t dim = 0; dim < 3; dim++)
            for (size_t at = 0; at < s->sums.n_numbers; at++) {
                size_t sizes[3] = { 3, 3, n[2] + 1 }, step = dim == 2 ? 1 : dim == 1 ? sizes[2] : sizes[2] * 3;

                if (at / step % sizes[dim] != 0)
                    continue;
                begin_sum(s);
                for (size_t k = 0; k < sizes[dim]; k++)
                    add_term(s, at + k * step, k + 1 < sizes[dim] ? 1 : -1);
            }
        state_bounds(s, 2, i % 4 ? 0 : 10);
        check_system(s, false);
    }
    assert_true(n_possible > n_impossible);
}

/* A hierarchy in both dimensions, a + b = A and A + c = T, is no better than three dimensions. */
static void bounds_of_two_hierarchies_hold_every_table(void **state)
{
    static const size_t parts[2][3] = { { 0, 1, 2 }, { 2, 3, 4 } }; /* and their total */
    system_t *s = &system_;

    (void)state;
    random_state = 31;
    n_possible = n_impossible = 0;
    for (unsigned i = 0; i < random_rounds(150); i++) {
        empty_system(s, 25);
        for (size_t line = 0; line < 5; line++)
            for (size_t level = 0; level < 2; level++)
                for (size_t of_rows = 0; of_rows < 2; of_rows++) {
                    begin_sum(s);
                    for (size_t k = 0; k < 3; k++)
                        add_term(s, of_rows ? parts[level][k] * 5 + line : line * 5 + parts[level][k],
                                 k < 2 ? 1 : -1);
                }
        state_bounds(s, 2, i % 4 ? 0 : 10);
        check_system(s, false);
    }
    assert_true(n_possible > n_impossible && n_impossible > 0);
}

/* Large numbers, and totals that may be more than their parts: nothing that is true is cut off. */
static void true_numbers_stay_within_bounds(void **state)
{
    static int64_t values[SUMS_NUMBERS];
    system_t *s = &system_;

    (void)state;
    random_state = 17;
    for (unsigned i = 0; i < random_rounds(400); i++) {
        size_t n_rows = 1 + pick(8), n_columns = 1 + pick(8), width = n_columns + 1;
        int64_t scale = (int64_t)1 << pick(50);
        bool may_lack = pick(2), rounded = pick(2);

        two_way(s, n_rows, n_columns);
        s->sums.are_whole = pick(2);
        memset(values, 0, sizeof values);
        for (size_t r = 0; r < n_rows; r++)
            for (size_t c = 0; c < n_columns; c++) {
                int64_t value = (int64_t)pick((uint64_t)scale);

                values[r * width + c] = value;
                values[r * width + n_columns] += value;
                values[n_rows * width + c] += value;
                values[n_rows * width + n_columns] += value;
            }
        for (size_t k = 0; may_lack && k < s->sums.n_sums; k++)
            s->totals[k] = (dki_bounds){ .no_least = true }; /* parts less the total are 0 or less */
        for (size_t k = 0; k < s->sums.n_numbers; k++) {
            int64_t tens = values[k] - values[k] % 10;

            s->bounds[k] = rounded ? from_to(tens, tens + 9) : from_to(values[k], values[k]);
            if (pick(4) == 0)
                s->bounds[k] = (dki_bounds){ .no_greatest = true, .no_least = pick(2) };
        }
        tighten(s);
        assert_true(s->answer.is_possible);
        for (size_t k = 0; k < s->sums.n_numbers; k++) {
            assert_true(s->bounds[k].no_least || s->bounds[k].least <= values[k]);
            assert_true(s->bounds[k].no_greatest || s->bounds[k].greatest >= values[k]);
        }
    }
}

/* Limits. ----------------------------------------------------------------------------------------------------------- */

/* A table with its totals, of which every number is rounded, or those below 10 are withheld. */
static void make_published(system_t *s, size_t n_rows, size_t n_columns, bool rounded)
{
    size_t width = n_columns + 1;

    two_way(s, n_rows, n_columns);
    memset(s->bounds, 0, sizeof s->bounds);
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_columns; c++) {
            int64_t value = (int64_t)pick(rounded ? 1000 : 50);

            s->bounds[r * width + c].least = value;
            s->bounds[r * width + n_columns].least += value;
            s->bounds[n_rows * width + c].least += value;
            s->bounds[n_rows * width + n_columns].least += value;
        }
    for (size_t k = 0; k < s->sums.n_numbers; k++) {
        int64_t value = s->bounds[k].least, tens = (value + 5) / 10 * 10;

        s->bounds[k] = rounded ? from_to(tens - 5, tens + 5) : value < 10 ? from_to(0, 9) : from_to(value, value);
    }
}

static void fifty_by_twenty_are_solved(void **state)
{
    size_t n_narrower = 0;

    (void)state;
    random_state = 19;
    for (int rounded = 0; rounded < 2; rounded++) {
        make_published(&system_, 50, 20, rounded);
        memcpy(stated, system_.bounds, sizeof stated);
        tighten(&system_);
        assert_true(system_.answer.is_possible);
        assert_int_equal(system_.answer.n_unsettled, 0);
        for (size_t k = 0; k < system_.sums.n_numbers; k++)
            n_narrower +=
                system_.bounds[k].greatest - system_.bounds[k].least < stated[k].greatest - stated[k].least;
    }
    assert_true(n_narrower > 0);
}

/* Rows of 10 and 10, columns of 12 and 12: no sum is at fault, but the two of the totals cannot both hold. */
static void contradict(system_t *s)
{
    two_way(s, 2, 2);
    for (size_t k = 0; k < 9; k++)
        s->bounds[k] = from_to(0, 10);
    s->bounds[2] = s->bounds[5] = from_to(10, 10);
    s->bounds[6] = s->bounds[7] = from_to(12, 12);
    s->bounds[8] = from_to(0, 100);
    memcpy(stated, s->bounds, sizeof stated);
}

static void the_smallest_conflict_is_named(void **state)
{
    system_t *s = &system_;

    (void)state;
    contradict(s);
    propagate(s);
    assert_false(s->answer.is_possible);
    assert_false(s->answer.is_smallest);
    contradict(s);
    tighten(s);
    assert_false(s->answer.is_possible);
    assert_true(s->answer.is_smallest);
    assert_int_equal(s->answer.n_conflict, 2);
    assert_int_equal(s->conflict[0], 2); /* the row of totals, and ... */
    assert_int_equal(s->conflict[1], 5); /* ... the column of totals */
    s->bounds[0] = from_to(30, 40);      /* one sum on its own */
    tighten(s);
    assert_int_equal(s->answer.n_conflict, 1);
    assert_int_equal(s->conflict[0], 0);
}

static void listen(void *arg, const char *what, uint64_t done, uint64_t total)
{
    unsigned *n = arg;

    if (what) /* or the call has only begun */
        assert_string_equal(what, total > 0 ? "tightening" : "");
    assert_true(done <= total);
    (*n)++;
}

static void long_calls_say_how_far_they_are(void **state)
{
    unsigned n = 0;

    (void)state;
    make_published(&system_, 5, 5, true);
    dk_context_set_progress(context, listen, &n);
    tighten(&system_);
    assert_true(n >= 2); /* the beginning, and the end */
}

static dk_status tighten_again(system_t *s, dk_error *err)
{
    memcpy(s->bounds, stated, sizeof stated);
    return dki_sums_tighten(context, &s->sums, "this test", s->bounds, &s->answer, err);
}

static void memory_and_interruption(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    random_state = 23;
    make_published(&system_, 3, 3, true);
    memcpy(stated, system_.bounds, sizeof stated);
    assert_survives_failing_memory(context, tighten_again(&system_, &err), &err, true, (void)0);
    dk_context_interrupt(context);
    assert_fails(tighten_again(&system_, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    contradict(&system_);
    assert_survives_failing_memory(context, tighten_again(&system_, &err), &err, true, (void)0);
    assert_false(system_.answer.is_possible);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_cell_that_only_sums_together_give_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_alone_in_a_row_are_recovered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_cheapest_second_cell_of_each_row_fails, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rounded_totals_limit_rounded_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(open_sides_are_closed_where_sums_close_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whole_numbers_go_inwards_and_others_outwards, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_of_two_ways_are_those_of_every_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_of_hierarchies_are_those_of_every_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_of_three_ways_hold_every_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_of_two_hierarchies_hold_every_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(true_numbers_stay_within_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_smallest_conflict_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fifty_by_twenty_are_solved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_calls_say_how_far_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_and_interruption, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
