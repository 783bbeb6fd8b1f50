/* test_hierarchy_shares.c - shares that nobody stated: what depends on them differs at some point, what does not is known. */
#include "check.h"

#include "data/hierarchy_shares.h"

static const dk_ratio one = { 1, 1 };

static bool is_known(const dki_share *share)
{
    dki_share whole = dki_share_stated(one);

    return dki_share_same(share, &whole, DKI_POINT_SHARES) && dki_share_same(share, &whole, DKI_POINT_WEIGHTS);
}

static void parts_of_a_whole_add_up_to_one(void **state)
{
    (void)state;
    for (size_t n = 2; n < 6; n++) {
        dki_share sum = dki_share_stated((dk_ratio){ 0, 1 });

        for (size_t i = 0; i < n; i++) {
            dki_share part = dki_share_unstated(7, i, n);

            assert_false(is_known(&part));
            sum = dki_share_add(&sum, &part);
        }
        assert_true(is_known(&sum));
        assert_true(sum.exact.numerator == 1 && sum.exact.denominator == 1);
        for (int i = 0; i < DKI_N_POINTS; i++)
            assert_int_equal(sum.at[i], 1);
    }
}

static void numbers_are_the_same_at_all_points(void **state)
{
    dki_share third = dki_share_stated((dk_ratio){ 1, 3 }), half = dki_share_stated((dk_ratio){ 1, 2 }), made;

    (void)state;
    made = dki_share_div(&third, &half);
    assert_true(made.exact.numerator == 2 && made.exact.denominator == 3 && is_known(&made));
    made = dki_share_mul(&made, &half);
    assert_true(dki_share_same(&made, &third, DKI_POINT_SHARES) && made.at[0] == third.at[0]);
    made = dki_share_stated((dk_ratio){ 0, 1 });
    assert_true(dki_share_is_zero(&made));
    assert_false(dki_share_is_zero(&third));
}

/* x b + (1 - x) b is b; x a + (1 - x) b is not known, nor is w / (w + 1). */
static void what_cancels_out_is_known(void **state)
{
    dki_share x = dki_share_unstated(1, 0, 2), y = dki_share_unstated(1, 1, 2), w = dki_share_unweighed(1);
    dki_share a = dki_share_stated((dk_ratio){ 1, 4 }), b = dki_share_stated((dk_ratio){ 3, 4 }), whole, made,
              other;

    (void)state;
    made = dki_share_mul(&x, &b);
    other = dki_share_mul(&y, &b);
    made = dki_share_add(&made, &other);
    assert_true(is_known(&made) && made.exact.numerator == 3 && made.exact.denominator == 4);
    other = dki_share_mul(&x, &a);
    made = dki_share_mul(&y, &b);
    made = dki_share_add(&made, &other);
    assert_false(is_known(&made));
    whole = dki_share_stated(one);
    made = dki_share_add(&w, &whole);
    made = dki_share_div(&w, &made);
    assert_true(dki_share_same(&made, &whole, DKI_POINT_SHARES));
    assert_false(dki_share_same(&made, &whole, DKI_POINT_WEIGHTS));
}

/* What does not fit into a ratio has no number, and is known at the points still. */
static void what_does_not_fit_has_points(void **state)
{
    dki_share large = dki_share_stated((dk_ratio){ INT64_MAX, 1 }), made = dki_share_mul(&large, &large);

    (void)state;
    assert_int_equal(made.exact.denominator, 0);
    assert_true(is_known(&made));
    made = dki_share_div(&made, &large);
    assert_int_equal(made.exact.denominator, 0);
    assert_int_equal(made.at[0], large.at[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_a_whole_add_up_to_one),
        cmocka_unit_test(numbers_are_the_same_at_all_points),
        cmocka_unit_test(what_cancels_out_is_known),
        cmocka_unit_test(what_does_not_fit_has_points),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
