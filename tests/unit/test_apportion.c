/* test_apportion.c - largest remainder: published figures, properties, and limits. */
#include "scenarios.h"

#include "scenario/scenario_parts.h"

#include "with_context.h"

static void assert_spread(const int64_t *weights, size_t n, int64_t total, const int64_t *expected)
{
    int64_t parts[16];
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_apportion(context, weights, n, total, parts, &err), &err);
    for (size_t i = 0; i < n; i++)
        if (parts[i] != expected[i])
            fail_msg("%lld over %zu: part %zu is %lld, not %lld", (long long)total, n, i + 1, (long long)parts[i],
                     (long long)expected[i]);
}

/* The published totals of the nine municipalities; 598 and 1227 are worked examples, 459 and 1611 by hand with
 * fractions. */
static void the_published_totals_share_out(void **state)
{
    static const int64_t known[] = { 2983, 184, 249, 369, 415, 696, 0, 204, 582 };
    static const int64_t of_598[] = { 314, 19, 26, 39, 44, 73, 0, 22, 61 };
    static const int64_t of_1227[] = { 644, 40, 54, 80, 89, 150, 0, 44, 126 };
    static const int64_t of_459[] = { 241, 15, 20, 30, 34, 56, 0, 16, 47 };
    static const int64_t of_1611[] = { 846, 52, 70, 105, 118, 197, 0, 58, 165 };
    static const int64_t of_1994[] = { 1047, 65, 87, 129, 146, 244, 0, 72, 204 };

    (void)state;
    assert_spread(known, 9, 598, of_598);
    assert_spread(known, 9, 1227, of_1227);
    assert_spread(known, 9, 459, of_459);
    assert_spread(known, 9, 1611, of_1611);
    assert_spread(known, 9, 1994, of_1994);
    assert_spread(known, 9, 5682, known);
}

static void ties_go_to_the_earlier(void **state)
{
    static const int64_t equal[] = { 1, 1, 1, 1 }, mixed[] = { 1, 3, 1, 3 };
    static const int64_t of_2[] = { 1, 1, 0, 0 }, of_5[] = { 2, 1, 1, 1 }, of_6[] = { 1, 2, 1, 2 };

    (void)state;
    assert_spread(equal, 4, 2, of_2);
    assert_spread(equal, 4, 5, of_5);
    assert_spread(mixed, 4, 6, of_6); /* quotas .75 2.25 .75 2.25: both rests go to the larger fractions */
}

static void nothing_can_be_spread_over_nobody(void **state)
{
    static const int64_t none[] = { 0, 0, 0 };
    int64_t untouched = 7;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_spread(none, 3, 0, none);
    assert_ok(dk_apportion(context, none, 0, 0, &untouched, &err), &err);
    assert_fails(dk_apportion(context, none, 3, 5, &untouched, &err), &err, DK_ERR_RANGE,
                 "5 cannot be spread over weights that are all 0");
    assert_fails(dk_apportion(context, none, 0, 5, &untouched, &err), &err, DK_ERR_RANGE, "5 cannot be spread");
    assert_int_equal(untouched, 7);
}

static void what_is_negative_is_refused(void **state)
{
    static const int64_t weights[] = { 1, -2, 3 };
    int64_t parts[] = { 7, 7, 7 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_apportion(context, weights, 3, 5, parts, &err), &err, DK_ERR_RANGE, "weight 2 is negative: -2");
    assert_fails(dk_apportion(context, weights, 1, -1, parts, &err), &err, DK_ERR_RANGE,
                 "a total of -1 cannot be spread");
    for (int i = 0; i < 3; i++)
        assert_int_equal(parts[i], 7);
}

static void the_greatest_numbers_fit(void **state)
{
    static const int64_t weights[] = { INT64_MAX, INT64_MAX, INT64_MAX, 1 };
    int64_t parts[4];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_apportion(context, weights, 4, INT64_MAX, parts, &err), &err);
    /* With M = 2^63 - 1 = 3 a + 1 the quotas are M M / (3 M + 1), a little over a + 2/9, and M / (3 M + 1), nearly
     * 1/3: the one that is left goes to the last. */
    assert_true(parts[0] == 3074457345618258602 && parts[1] == 3074457345618258602);
    assert_true(parts[2] == 3074457345618258602 && parts[3] == 1);
}

/* Largest remainder in the plainest way: floors, then the best fraction that did not get one yet, again and again.
 * */
static void spread_plainly(const int64_t *weights, size_t n, int64_t total, int64_t *out)
{
    bool got[64] = { false };
    int64_t left = total;
    dki_i128 sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    for (size_t i = 0; i < n; i++) {
        out[i] = sum ? (int64_t)((dki_i128)weights[i] * total / sum) : 0;
        left -= out[i];
    }
    for (; left > 0; left--) {
        size_t best = n;

        for (size_t i = 0; i < n; i++)
            if (!got[i] &&
                (best == n || (dki_i128)weights[i] * total % sum > (dki_i128)weights[best] * total % sum))
                best = i;
        got[best] = true;
        out[best]++;
    }
}

static void random_weights_share_out_as_the_plain_way_does(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        size_t n = 1 + random_below(20);
        int64_t weights[20], parts[20], expected[20], sum = 0, total;
        unsigned bits = 1 + (unsigned)random_below(40);
        dk_error err = DK_ERROR_INIT;

        for (size_t i = 0; i < n; i++)
            weights[i] = random_below(4) ? (int64_t)random_below(UINT64_C(1) << bits) : 0;
        weights[random_below(n)] = 1 + (int64_t)random_below(UINT64_C(1) << bits);
        total = (int64_t)random_below(UINT64_C(1) << (1 + random_below(40)));
        assert_ok(dk_apportion(context, weights, n, total, parts, &err), &err);
        spread_plainly(weights, n, total, expected);
        for (size_t i = 0; i < n; i++) {
            assert_true(parts[i] == expected[i]);
            sum += parts[i];
        }
        assert_true(sum == total);
    }
}

/* Whole persons are divided in 64 bits; dk_apportion does so in 128. */
static void whole_persons_share_out_the_same(void **state)
{
    unsigned n_done = 0;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        int64_t weights[26], fast[26], plain[26], whole = 0, taken;
        size_t n = 2 + random_below(24);
        bool is_whole = round % 3 > 0;
        dk_error err = DK_ERROR_INIT;

        for (size_t k = 0; k < n; k++) {
            weights[k] = (int64_t)(random_below(round % 5 ? 9 : 4000)) * DKI_PERSON;
            if (!is_whole && k > 0 && weights[k] > 0) { /* parts of persons, which are whole together */
                int64_t part = (int64_t)(random_below(DKI_PERSON));

                weights[k] -= part;
                weights[k - 1] += part;
            }
        }
        for (size_t k = 0; k < n; k++)
            whole += weights[k];
        if (whole < 2 * DKI_PERSON)
            continue;
        taken = (int64_t)(random_below((uint64_t)(whole / DKI_PERSON))) * DKI_PERSON;
        assert_ok(dk_apportion(context, weights, n, taken, plain, &err), &err);
        if (!dki_apportion_persons(weights, n, taken, whole, fast))
            continue;
        n_done++;
        for (size_t k = 0; k < n; k++)
            assert_true(fast[k] == plain[k]);
    }
    assert_true(n_done > 10000);
}

/* Quotas of the engine: parts of persons in units, whole persons in multiples, and what a stratum cannot give. */

static void quotas_round_their_sum_half_away_from_zero(void **state)
{
    const dki_i128 halves[] = { 1, 1, 1 }; /* of 2: 0.5 each, 1.5 together, which is 2 */
    const int64_t limits[] = { 1, 1, 1 };
    int64_t shares[3], left = -1;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_apportion_quotas(context, halves, 2, 1, limits, 3, shares, &left, &err), &err);
    assert_true(shares[0] == 1 && shares[1] == 1 && shares[2] == 0 && left == 0);
    assert_ok(dki_apportion_quotas(context, halves, 3, 1, limits, 3, shares, &left, &err), &err);
    assert_true(shares[0] == 1 && shares[1] == 0 && shares[2] == 0 && left == 0); /* 3 thirds */
    assert_ok(dki_apportion_quotas(context, halves, 7, 1, limits, 3, shares, &left, &err), &err);
    assert_true(shares[0] + shares[1] + shares[2] == 0 && left == 0); /* 3 sevenths */
}

/* Quotas 0.9 and 4.1 in units of ten: 5 is the sum. The first has the larger fraction and only nine tenths. */
static void what_one_cannot_give_goes_to_the_next(void **state)
{
    const dki_i128 quotas[] = { 9, 41 };
    const int64_t limits[] = { 9, 100 }, tight[] = { 9, 41 };
    int64_t shares[2], left = -1;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_apportion_quotas(context, quotas, 1, 10, limits, 2, shares, &left, &err), &err);
    assert_true(shares[0] == 0 && shares[1] == 50 && left == 0);
    assert_ok(dki_apportion_quotas(context, quotas, 1, 10, tight, 2, shares, &left, &err), &err);
    assert_true(shares[0] == 0 && shares[1] == 40 && left == 1);
}

/* Ten strata of nine tenths and one of ten wholes: rounds go on until nobody has a whole person. */
static void rounds_go_on_while_somebody_has_a_whole_one(void **state)
{
    dki_i128 quotas[11];
    int64_t limits[11], shares[11], left = -1;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int i = 0; i < 10; i++) {
        quotas[i] = 9 * 10;
        limits[i] = 9;
    }
    quotas[10] = 100 * 10; /* of 19: together 10 whole ones */
    limits[10] = 100;
    assert_ok(dki_apportion_quotas(context, quotas, 19, 10, limits, 11, shares, &left, &err), &err);
    assert_true(shares[10] == 100 && left == 0);
    for (int i = 0; i < 10; i++)
        assert_true(shares[i] == 0);
}

static void every_failing_allocation_is_survived(void **state)
{
    static const int64_t weights[] = { 5, 3, 2 };
    int64_t parts[] = { 7, 7, 7 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, dk_apportion(context, weights, 3, 7, parts, &err), &err,
                                   parts[0] == 7 && parts[1] == 7 && parts[2] == 7, (void)0);
    assert_true(parts[0] == 4 && parts[1] == 2 && parts[2] == 1); /* 3.5 2.1 1.4 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_published_totals_share_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ties_go_to_the_earlier, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_can_be_spread_over_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_negative_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_greatest_numbers_fit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_weights_share_out_as_the_plain_way_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whole_persons_share_out_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quotas_round_their_sum_half_away_from_zero, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_one_cannot_give_goes_to_the_next, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rounds_go_on_while_somebody_has_a_whole_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
