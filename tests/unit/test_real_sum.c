/* test_real_sum.c - exact sums of doubles. */
#include <float.h>
#include <stdlib.h>

#include "base/real_sum.h"
#include "check.h"

static uint64_t seed;

static uint64_t next(void) /* xorshift: the same numbers in every run */
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static double any_real(void)
{
    double value;

    do {
        uint64_t bits = next();

        memcpy(&value, &bits, sizeof value);
    } while (!isfinite(value));
    return value;
}

/* Same bits: also tells the zeros apart. */
static void assert_same(double actual, double expected)
{
    if (memcmp(&actual, &expected, sizeof actual) != 0)
        fail_msg("%.17g (%a) is not %.17g (%a)", actual, actual, expected, expected);
}

static double sum_of(const double *values, size_t n)
{
    dki_real_sum sum = { { 0 } };
    double total = -1;

    for (size_t i = 0; i < n; i++)
        dki_real_sum_add(&sum, values[i], 1);
    assert_true(dki_real_sum_round(&sum, 1, &total));
    return total;
}

/* Another way to the same: non-overlapping partial sums (Shewchuk 1997), for values that cannot overflow halfway. */
static double shewchuk(const double *values, size_t n)
{
    static double partials[4096];
    size_t n_partials = 0;
    double high, low = 0;

    for (size_t i = 0; i < n; i++) {
        double x = values[i];
        size_t kept = 0;

        for (size_t k = 0; k < n_partials; k++) {
            double y = partials[k], sum, rest;

            if (fabs(x) < fabs(y)) {
                double swap = x;

                x = y;
                y = swap;
            }
            sum = x + y;
            rest = y - (sum - x);
            if (rest != 0)
                partials[kept++] = rest;
            x = sum;
        }
        partials[kept++] = x;
        n_partials = kept;
    }
    if (n_partials == 0)
        return 0;
    high = partials[--n_partials];
    while (n_partials > 0) {
        double x = high, y = partials[--n_partials];

        high = x + y;
        low = y - (high - x);
        if (low != 0)
            break;
    }
    if (n_partials > 0 &&
        ((low < 0 && partials[n_partials - 1] < 0) || (low > 0 && partials[n_partials - 1] > 0))) {
        double twice = low * 2, x = high + twice;

        if (twice == x - high)
            high = x;
    }
    return high == 0 ? 0 : high;
}

static void single_values_come_back(void **state)
{
    static const double values[] = { 0,       1,        -1,     0.1,     DBL_MAX,          -DBL_MAX,
                                     DBL_MIN, -DBL_MIN, 5e-324, -5e-324, DBL_TRUE_MIN * 3, 1e308,
                                     1e-308,  2.5,      1758 };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_same(sum_of(&values[i], 1), values[i]);
    seed = 1;
    for (size_t i = 0; i < 100000; i++) {
        double value = any_real();

        assert_same(sum_of(&value, 1), value == 0 ? 0 : value);
    }
}

static void large_terms_that_cancel_leave_the_small_ones(void **state)
{
    const double a[] = { 1e308, 1e-308, -1e308 };
    const double b[] = { 1e308, 1e308, -1e308, -1e308, 5e-324 };
    const double c[] = { 1e16, 1, -1e16 };
    const double d[] = { 1, 1e100, 1, -1e100 };
    const double e[] = { -0.0, -0.0 };
    const double f[] = { 0.1, 0.2, -0.3 };

    (void)state;
    assert_same(sum_of(a, 3), 1e-308);
    assert_same(sum_of(b, 5), 5e-324);
    assert_same(sum_of(c, 3), 1);
    assert_same(sum_of(d, 4), 2);
    assert_same(sum_of(e, 2), 0.0);
    assert_same(sum_of(f, 3), 0x1p-55); /* 0.1 + 0.2 - 0.3 of the doubles, exactly: 2.7755575615628914e-17 */
}

/* Halfway cases: ties go to the even neighbour, anything beyond decides. */
static void ties_go_to_even(void **state)
{
    const double down[] = { 0x1p53, 1 }, up[] = { 0x1p53 + 2, 1 }, above[] = { 0x1p53, 1, 5e-324 };
    const double minus[] = { -0x1p53, -1 }, below[] = { -0x1p53, -1, -1e-300 };

    (void)state;
    assert_same(sum_of(down, 2), 0x1p53);
    assert_same(sum_of(up, 2), 0x1p53 + 4);
    assert_same(sum_of(above, 3), 0x1p53 + 2);
    assert_same(sum_of(minus, 2), -0x1p53);
    assert_same(sum_of(below, 3), -0x1p53 - 2);
}

static void beyond_the_greatest_double_is_no_result(void **state)
{
    dki_real_sum sum = { { 0 } };
    double total = 7;

    (void)state;
    dki_real_sum_add(&sum, DBL_MAX, 1);
    dki_real_sum_add(&sum, DBL_MAX, 1);
    assert_false(dki_real_sum_round(&sum, 1, &total));
    assert_same(total, 7);
    assert_true(dki_real_sum_round(&sum, 2, &total)); /* their mean fits */
    assert_same(total, DBL_MAX);
    dki_real_sum_add(&sum, -DBL_MAX, 1);
    assert_true(dki_real_sum_round(&sum, 1, &total));
    assert_same(total, DBL_MAX);
}

static void any_order_and_any_split_give_the_same_bits(void **state)
{
    static double values[600];
    double first = 0;

    (void)state;
    seed = 42;
    for (size_t round = 0; round < 200; round++) {
        size_t n = 1 + next() % 600;

        for (size_t i = 0; i < n; i++)
            values[i] = i && next() % 3 == 0 ? -values[next() % i] : any_real() / 1024;
        for (size_t shuffle = 0; shuffle < 3; shuffle++) {
            dki_real_sum parts[4] = { { { 0 } } };
            double total = -1;

            for (size_t i = n - 1; i > 0; i--) {
                size_t k = next() % (i + 1);
                double swap = values[i];

                values[i] = values[k];
                values[k] = swap;
            }
            for (size_t i = 0; i < n; i++)
                dki_real_sum_add(&parts[next() % 4], values[i], 1);
            for (size_t i = 1; i < 4; i++)
                dki_real_sum_merge(&parts[0], &parts[i]);
            assert_true(dki_real_sum_round(&parts[0], 1, &total));
            if (shuffle == 0)
                first = total;
            assert_same(total, first);
        }
    }
}

static void sums_are_those_of_another_exact_method(void **state)
{
    static double values[1000];

    (void)state;
    seed = 7;
    for (size_t round = 0; round < 2000; round++) {
        size_t n = next() % 1000;
        int spread = (int)(next() % 300) + 1;

        for (size_t i = 0; i < n; i++) {
            double mantissa = (double)(int64_t)next() / 0x1p63;

            values[i] = ldexp(mantissa, (int)(next() % (unsigned)spread) - spread / 2);
            if (i > 0 && next() % 4 == 0)
                values[i] = -values[i - 1];
        }
        assert_same(sum_of(values, n), shewchuk(values, n));
    }
}

static void a_weight_counts_like_so_many_terms(void **state)
{
    (void)state;
    seed = 3;
    for (size_t round = 0; round < 500; round++) {
        dki_real_sum once = { { 0 } }, often = { { 0 } };
        double value = any_real() / 0x1p20;
        int64_t weight = (int64_t)(next() % 200);

        dki_real_sum_add(&once, value, weight);
        for (int64_t i = 0; i < weight; i++)
            dki_real_sum_add(&often, value, 1);
        assert_memory_equal(&once, &often, sizeof once);
        dki_real_sum_add(&once, value, -weight);
        memset(&often, 0, sizeof often);
        assert_memory_equal(&once, &often, sizeof once);
    }
}

static void the_greatest_weights_and_values_do_not_run_over(void **state)
{
    dki_real_sum sum = { { 0 } };
    double total = -1;

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        dki_real_sum_add(&sum, DBL_MAX, INT64_MAX);
        dki_real_sum_add(&sum, -DBL_MAX, INT64_MAX);
        dki_real_sum_add(&sum, -DBL_MAX, INT64_MAX);
    }
    assert_true(dki_real_sum_round(&sum, (dki_u128)INT64_MAX * 1000, &total));
    assert_same(total, -DBL_MAX);
}

/* IEEE division rounds correctly: where the sum is one double, that is the answer. */
static void quotients_are_rounded_once(void **state)
{
    (void)state;
    seed = 11;
    for (size_t round = 0; round < 100000; round++) {
        dki_real_sum sum = { { 0 } };
        double value = round % 2 ? any_real() : ldexp(any_real(), -600), total = -1;
        uint64_t divisor = (next() >> (11 + next() % 50)) + 1; /* at most 53 bits */

        dki_real_sum_add(&sum, value, 1);
        assert_true(dki_real_sum_round(&sum, divisor, &total));
        assert_same(total, value / (double)divisor == 0 ? 0 : value / (double)divisor);
        if (divisor < UINT64_C(1) << 53) {
            assert_true(dki_real_sum_round(&sum, (dki_u128)divisor << 66, &total));
            assert_same(total, value / ldexp((double)divisor, 66) == 0 ? 0 : value / ldexp((double)divisor, 66));
        }
    }
}

/* A short sum takes common terms; with a long one for the others, the two are the whole. */
static void short_and_long_sums_are_exact_together(void **state)
{
    (void)state;
    seed = 13;
    for (size_t round = 0; round < 20000; round++) {
        dki_real_sum whole = { { 0 } }, rest = { { 0 } };
        dki_short_sum parts[2] = { { { 0 } }, { { 0 } } };

        for (size_t i = next() % 40; i > 0; i--) {
            double value = round % 2 ? any_real() : ldexp((double)(int64_t)next(), (int)(next() % 160) - 140);
            int64_t weight = (int64_t)(next() >> (1 + next() % 63));

            dki_real_sum_add(&whole, value, weight);
            if (!dki_short_sum_add(&parts[next() % 2], value, weight))
                dki_real_sum_add(&rest, value, weight);
        }
        dki_short_sum_merge(&parts[0], &parts[1]);
        dki_real_sum_merge_short(&rest, &parts[0]);
        assert_memory_equal(&rest, &whole, sizeof whole);
    }
}

static void a_short_sum_takes_what_has_room(void **state)
{
    dki_short_sum sum = { { 0 } };

    (void)state;
    assert_true(dki_short_sum_add(&sum, 0.1, 1));
    assert_true(dki_short_sum_add(&sum, 1e18, 1));
    assert_true(dki_short_sum_add(&sum, -1758.5, 1000000000));
    assert_true(dki_short_sum_add(&sum, 0, INT64_MAX));
    assert_true(dki_short_sum_add(&sum, 1e308, 0));
    assert_false(dki_short_sum_add(&sum, 0x1p62, 1));
    assert_false(dki_short_sum_add(&sum, -0x1p40, INT64_C(1) << 22));
    assert_false(dki_short_sum_add(&sum, 1e-100, 1));
}

/* The quick ways of short sums: the same bits as the long ones, for values of every size that they take. */
static void short_sums_say_the_same(void **state)
{
    (void)state;
    seed = 4711;
    for (int round = 0; round < 20000; round++) {
        dki_short_sum quick = { { 0 } }, plain = { { 0 } };
        dki_real_sum whole = { { 0 } };
        size_t n = 1 + (size_t)(next() % 6);
        uint64_t divisor = round % 3 == 0 ? 1 : round % 3 == 1 ? 1 + next() % 50 : next() | 1;
        double expected;

        for (size_t i = 0; i < n; i++) {
            double value = ldexp((double)(int64_t)next(), (int)(next() % 280) - 200);

            if (next() % 8 == 0)
                value = (double)(next() % 7) - 3; /* zero, and what cancels out */
            if (next() % 50 == 0)
                value = any_real();
            assert_int_equal(dki_short_sum_add_one(&quick, value), dki_short_sum_add(&plain, value, 1));
            assert_memory_equal(&quick, &plain, sizeof quick);
        }
        dki_real_sum_merge_short(&whole, &plain);
        assert_true(dki_real_sum_round(&whole, divisor, &expected));
        assert_same(dki_short_sum_round(&quick, divisor), expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_sums_say_the_same),
        cmocka_unit_test(single_values_come_back),
        cmocka_unit_test(large_terms_that_cancel_leave_the_small_ones),
        cmocka_unit_test(ties_go_to_even),
        cmocka_unit_test(beyond_the_greatest_double_is_no_result),
        cmocka_unit_test(any_order_and_any_split_give_the_same_bits),
        cmocka_unit_test(sums_are_those_of_another_exact_method),
        cmocka_unit_test(a_weight_counts_like_so_many_terms),
        cmocka_unit_test(the_greatest_weights_and_values_do_not_run_over),
        cmocka_unit_test(quotients_are_rounded_once),
        cmocka_unit_test(short_and_long_sums_are_exact_together),
        cmocka_unit_test(a_short_sum_takes_what_has_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
