/* test_latin.c - samples of ranges: each part of each range holds one point, and no column depends on another. */
#include <dekking/sweep.h>

#include "scenarios.h"

#include "with_context.h"

#define RANGE(name, low, high)                          \
    {                                                   \
        .param = (name), .least = low, .greatest = high \
    }

static const dk_table *draw(const dk_latin_range *ranges, size_t n_ranges, uint64_t n, uint64_t seed)
{
    const dk_table *points = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_latin(context, n, ranges, n_ranges, seed, &points, &err), &err);
    assert_int_equal(dk_table_n_rows(points), n);
    return points;
}

/* From 0.25 to 1.5 in n parts: part k begins at 0.25 + 1.25 k / n. */
static void each_part_of_a_range_holds_one_point(void **state)
{
    static const uint64_t sizes[] = { 1, 2, 3, 7, 100, 9999 };
    const dk_latin_range range = RANGE("f", DECIMAL(25, 2), DECIMAL(15, 1));

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        uint64_t n = sizes[s];
        const dk_table *points = draw(&range, 1, n, 3 + s);
        bool *hit = calloc(n, sizeof *hit);

        for (uint64_t i = 0; i < n; i++) {
            dk_value value = value_at(points, "f", i);
            dki_i128 above = (dki_i128)value.as.integer * 100 - (dki_i128)25 * dki_power10[value.scale];
            uint64_t part = (uint64_t)(above * (dki_i128)n / ((dki_i128)125 * dki_power10[value.scale]));

            assert_true(above >= 0 && part < n && !hit[part]);
            hit[part] = true;
        }
        free(hit);
        dk_table_release(points);
    }
}

/* Ten numbers and forty points: each number four times. Ten and five: no number twice. */
static void whole_numbers_stay_whole(void **state)
{
    dk_latin_range range = RANGE("n", WHOLE(-2), WHOLE(7));

    (void)state;
    range.whole = true;
    for (uint64_t n = 5; n <= 40; n += 35) {
        const dk_table *points = draw(&range, 1, n, 1);
        unsigned times[10] = { 0 };

        for (uint64_t i = 0; i < n; i++) {
            dk_value value = value_at(points, "n", i);

            assert_int_equal(value.type, DK_INTEGER);
            assert_true(value.as.integer >= -2 && value.as.integer <= 7);
            times[value.as.integer + 2]++;
        }
        for (size_t k = 0; k < 10; k++)
            assert_true(n == 40 ? times[k] == 4 : times[k] <= 1);
        dk_table_release(points);
    }
}

static void columns_do_not_depend_on_each_other(void **state)
{
    const dk_latin_range both[] = { RANGE("a", WHOLE(0), WHOLE(1)), RANGE("b", WHOLE(0), WHOLE(1)) };
    const dk_table *two = draw(both, 2, 50, 9), *one = draw(&both[1], 1, 50, 9), *other = draw(&both[1], 1, 50, 10);
    bool same = true, seed_counts = false;

    (void)state;
    for (uint64_t i = 0; i < 50; i++) {
        assert_int_equal(value_at(two, "b", i).as.integer, value_at(one, "b", i).as.integer);
        same = same && value_at(two, "a", i).as.integer == value_at(two, "b", i).as.integer;
        seed_counts = seed_counts || value_at(one, "b", i).as.integer != value_at(other, "b", i).as.integer;
    }
    assert_true(!same && seed_counts);
    dk_table_release(other);
    dk_table_release(one);
    dk_table_release(two);
}

static void assert_refused(const dk_latin_range *ranges, size_t n_ranges, uint64_t n, dk_status expected,
                           const char *part)
{
    const dk_table *points = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(dk_latin(context, n, ranges, n_ranges, 1, &points, &err), &err, expected, part);
    assert_null(points);
}

static void what_is_no_sample_is_refused(void **state)
{
    const dk_latin_range f = RANGE("f", WHOLE(0), WHOLE(1)), twice[] = { f, f };
    const dk_latin_range empty = RANGE("f", WHOLE(1), WHOLE(1)), text = RANGE("f", TEXT("a"), WHOLE(1));
    const dk_latin_range narrow = RANGE("f", WHOLE(9), DECIMAL(9000000000000000001, 18));
    dk_latin_range parts = RANGE("f", DECIMAL(5, 1), WHOLE(3));

    (void)state;
    parts.whole = true;
    assert_refused(&f, 1, 0, DK_ERR_ARGUMENT, "a sample has points, and ranges that they lie in");
    assert_refused(NULL, 0, 5, DK_ERR_ARGUMENT, "a sample has points, and ranges that they lie in");
    assert_refused(&f, 1, 20000000, DK_ERR_LIMIT, "a sample has at most 10000000 points");
    assert_refused(twice, 2, 5, DK_ERR_DUPLICATE, "the parameter f is sampled twice");
    assert_refused(&empty, 1, 5, DK_ERR_RANGE, "the range of f is empty");
    assert_refused(&text, 1, 5, DK_ERR_TYPE, "the range of f goes from one exact number to another");
    assert_refused(&parts, 1, 5, DK_ERR_ARGUMENT, "the range of f is of whole numbers, and its bounds are none");
    assert_refused(&narrow, 1, 5, DK_ERR_RANGE, "has no room for 5 points");
}

static void a_sample_survives_failing_memory(void **state)
{
    const dk_latin_range f = RANGE("f", WHOLE(0), WHOLE(1));
    const dk_table *points = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, dk_latin(context, 9, &f, 1, 1, &points, &err), &err, points == NULL,
                                   dk_table_release(points));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_part_of_a_range_holds_one_point, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whole_numbers_stay_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_do_not_depend_on_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_sample_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sample_survives_failing_memory, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
