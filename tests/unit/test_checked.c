/* test_checked.c - sizes and numbers say when they do not fit, at their very limits. */
#include "check.h"

#include "base/checked.h"

static void sizes_that_do_not_fit_are_told(void **state)
{
    size_t size;

    (void)state;
    assert_false(dki_add_size(SIZE_MAX - 1, 1, &size));
    assert_true(size == SIZE_MAX);
    assert_true(dki_add_size(SIZE_MAX, 1, &size));
    assert_false(dki_mul_size(SIZE_MAX / 2, 2, &size));
    assert_true(size == SIZE_MAX - 1);
    assert_true(dki_mul_size(SIZE_MAX / 2 + 1, 2, &size));
    assert_false(dki_mul_size(0, SIZE_MAX, &size));
    assert_true(size == 0);
}

static void integers_that_do_not_fit_are_told(void **state)
{
    int64_t number;

    (void)state;
    assert_false(dki_add_i64(INT64_MAX - 1, 1, &number));
    assert_true(number == INT64_MAX);
    assert_true(dki_add_i64(INT64_MAX, 1, &number));
    assert_true(dki_add_i64(INT64_MIN, -1, &number));
    assert_false(dki_sub_i64(-1, INT64_MAX, &number));
    assert_true(number == INT64_MIN);
    assert_true(dki_sub_i64(0, INT64_MIN, &number));
    assert_false(dki_mul_i64(INT64_MIN / 2, 2, &number));
    assert_true(number == INT64_MIN);
    assert_true(dki_mul_i64(INT64_MIN, -1, &number));
    assert_true(dki_mul_i64(INT64_C(3037000500), INT64_C(3037000500), &number)); /* just over the root of 2^63 */
    assert_false(dki_mul_i64(INT64_C(3037000499), INT64_C(3037000499), &number));
}

static void wide_integers_that_do_not_fit_are_told(void **state)
{
    dki_i128 wide, most = ((dki_i128)1 << 126) - 1 + ((dki_i128)1 << 126);

    (void)state;
    assert_false(dki_add_i128(most - 1, 1, &wide));
    assert_true(wide == most);
    assert_true(dki_add_i128(most, 1, &wide));
    assert_true(dki_add_i128(-most - 1, -1, &wide));
    assert_false(dki_mul_i128(most / 7, -7, &wide));
    assert_true(wide == -(most / 7) * 7);
    assert_true(dki_mul_i128(most / 2 + 1, 2, &wide));
    assert_true(dki_fits_i64(INT64_MAX) && dki_fits_i64(INT64_MIN) && dki_fits_i64(0));
    assert_false(dki_fits_i64((dki_i128)INT64_MAX + 1));
    assert_false(dki_fits_i64((dki_i128)INT64_MIN - 1));
    assert_false(dki_fits_i64(most));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_that_do_not_fit_are_told),
        cmocka_unit_test(integers_that_do_not_fit_are_told),
        cmocka_unit_test(wide_integers_that_do_not_fit_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
