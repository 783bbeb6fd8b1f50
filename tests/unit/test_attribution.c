/* test_attribution.c - the arithmetic of contributions: games whose Shapley values are published, and numbers that do not fit. */
#include <dekking/context.h>

#include "check.h"
#include "whatif/attribution.h"

static dki_i128 numbers[256], sums[32];

static dki_attribution of(size_t n, bool is_shapley)
{
    return (dki_attribution){ .n = n, .is_shapley = is_shapley, .numbers = numbers, .sums = sums };
}

static dk_value whole(int64_t n)
{
    return (dk_value){ .type = DK_INTEGER, .as.integer = n };
}

static dk_value ratio(int64_t n, int64_t d)
{
    return (dk_value){ .type = DK_RATIO, .as.ratio = { n, d } };
}

static void assert_ratio(const dki_share *share, int64_t n, int64_t d)
{
    assert_false(share->is_null);
    assert_int_equal(share->exact.numerator, n);
    assert_int_equal(share->exact.denominator, d);
}

/* Two left gloves and a right one, of which a pair is worth 1: 1/6, 1/6, 4/6 (Shapley and Shubik, 1969). */
static void gloves(void **state)
{
    dki_attribution a = of(3, true);
    dk_value values[8];
    dki_share out[4];

    (void)state;
    for (int mask = 0; mask < 8; mask++)
        values[mask] = whole((mask & 4) && (mask & 3));
    assert_true(dki_attribute_exact(&a, values, out));
    assert_ratio(&out[0], 1, 6);
    assert_ratio(&out[1], 1, 6);
    assert_ratio(&out[2], 2, 3);
    assert_ratio(&out[3], 1, 1);
}

/* Votes 50, 49 and 1 of which 51 decide: 2/3, 1/6, 1/6 (Shapley and Shubik, 1954). */
static void votes(void **state)
{
    static const int weights[] = { 50, 49, 1 };
    dki_attribution a = of(3, true);
    dk_value values[8];
    dki_share out[4];

    (void)state;
    for (int mask = 0; mask < 8; mask++) {
        int sum = 0;

        for (int i = 0; i < 3; i++)
            sum += mask >> i & 1 ? weights[i] : 0;
        values[mask] = whole(sum >= 51);
    }
    assert_true(dki_attribute_exact(&a, values, out));
    assert_ratio(&out[0], 2, 3);
    assert_ratio(&out[1], 1, 6);
    assert_ratio(&out[2], 1, 6);
}

/* A runway as long as its longest aeroplane wants, of lengths 1 .. n: i pays 1/n + 1/(n-1) + ... of what it shares (Littlechild and
 * Owen, 1973). For 8: the first 1/8, the last 1/8 + ... + 1 = 761/280. */
static void a_runway(void **state)
{
    dki_attribution a = of(8, true);
    dk_value values[256];
    dki_share out[9];

    (void)state;
    for (int mask = 0; mask < 256; mask++) {
        int longest = 0;

        for (int i = 0; i < 8; i++)
            longest = mask >> i & 1 ? i + 1 : longest;
        values[mask] = whole(longest);
    }
    assert_true(dki_attribute_exact(&a, values, out));
    assert_ratio(&out[0], 1, 8);
    assert_ratio(&out[1], 1 * 7 + 8, 56); /* 1/8 + 1/7 */
    assert_ratio(&out[7], 761, 280);
    assert_ratio(&out[8], 8, 1);
}

static void in_order_each_step_adds_to_those_before(void **state)
{
    const dk_value values[] = {
        ratio(1, 2), ratio(2, 3), { .type = DK_DECIMAL, .scale = 2, .as.integer = 75 }, whole(1)
    };
    dki_attribution a = of(3, false);
    dki_share out[4];

    (void)state;
    assert_true(dki_attribute_exact(&a, values, out));
    assert_ratio(&out[0], 1, 6);
    assert_ratio(&out[1], 1, 12);
    assert_ratio(&out[2], 1, 4);
    assert_ratio(&out[3], 1, 2);
}

/* In order a value that is not known leaves others alone; by Shapley it is in all of them. */
static void what_is_not_known_makes_null(void **state)
{
    dk_value values[] = { whole(1), whole(3), { .type = DK_INTEGER, .is_null = true }, whole(7) };
    dki_attribution order = of(3, false), shapley = of(2, true);
    dki_share out[4];

    (void)state;
    assert_true(dki_attribute_exact(&order, values, out));
    assert_ratio(&out[0], 2, 1);
    assert_true(out[1].is_null);
    assert_true(out[2].is_null);
    assert_ratio(&out[3], 6, 1);
    assert_true(dki_attribute_exact(&shapley, values, out));
    assert_true(out[0].is_null);
    assert_true(out[1].is_null);
    assert_ratio(&out[2], 6, 1);
    assert_true(dki_attribute_rounded(&order, values, 1, out));
    assert_int_equal(out[0].rounded, 20);
    assert_true(out[1].is_null);
    assert_int_equal(out[3].rounded, 60);
}

/* Three thirds of 1: 0.34 + 0.33 + 0.33, ties to the earlier; and of -1: -0.33 - 0.33 - 0.34. What does nothing gets nothing. */
static void rounded_contributions_add_up(void **state)
{
    dki_attribution a = of(4, false);
    dki_share out[5];

    (void)state;
    for (int sign = 1; sign >= -1; sign -= 2) {
        const dk_value values[] = { whole(0), ratio(sign, 3), ratio(2 * sign, 3), ratio(2 * sign, 3),
                                    ratio(sign, 1) };

        assert_true(dki_attribute_rounded(&a, values, 2, out));
        assert_int_equal(out[0].rounded, sign > 0 ? 34 : -33);
        assert_int_equal(out[1].rounded, sign > 0 ? 33 : -33);
        assert_int_equal(out[2].rounded, 0);
        assert_int_equal(out[3].rounded, sign > 0 ? 33 : -34);
        assert_int_equal(out[4].rounded, 100 * sign);
    }
}

/* Denominators near 2^63 without a common divisor: no ratio of 64 bits holds their difference, and a real is none either. */
static void what_does_not_fit_exactly_is_rounded(void **state)
{
    const dk_value fine[] = { ratio(5, INT64_C(9223372036854775783)),
                              ratio(INT64_C(9223372036854775642), INT64_C(9223372036854775643)) };
    const dk_value reals[] = { { .type = DK_REAL, .as.real = 0.1 }, { .type = DK_REAL, .as.real = 0.3 } };
    const dk_value large[] = { whole(INT64_MIN + 1), whole(INT64_MAX) };
    dki_attribution a = of(1, false);
    dki_share out[2];

    (void)state;
    assert_false(dki_attribute_exact(&a, fine, out));
    assert_true(dki_attribute_rounded(&a, fine, 12, out));
    assert_int_equal(out[0].rounded, INT64_C(1000000000000));
    assert_int_equal(out[1].rounded, INT64_C(1000000000000));
    assert_false(dki_attribute_exact(&a, reals, out));
    assert_true(dki_attribute_rounded(&a, reals, 12, out));
    assert_int_equal(out[0].rounded, INT64_C(200000000000));
    assert_false(dki_attribute_exact(&a, large, out));
    assert_false(dki_attribute_rounded(&a, large, 0, out));
}

/* 1/p of three primes have a common denominator of more than 128 bits. */
static void a_common_denominator_may_not_fit(void **state)
{
    static const int64_t primes[] = { 9223372036854775783, 9223372036854775643, 9223372036854775549 };
    dki_attribution a = of(2, false);
    dk_value values[3];
    dki_share out[3];

    (void)state;
    for (size_t i = 0; i < 3; i++)
        values[i] = ratio(1, primes[i]);
    assert_false(dki_attribute_exact(&a, values, out));
    assert_true(dki_attribute_rounded(&a, values, 12, out));
    assert_int_equal(out[2].rounded, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gloves),
        cmocka_unit_test(votes),
        cmocka_unit_test(a_runway),
        cmocka_unit_test(in_order_each_step_adds_to_those_before),
        cmocka_unit_test(what_is_not_known_makes_null),
        cmocka_unit_test(rounded_contributions_add_up),
        cmocka_unit_test(what_does_not_fit_exactly_is_rounded),
        cmocka_unit_test(a_common_denominator_may_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
