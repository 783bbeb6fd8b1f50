/* test_value_lists.c - what is selected from values, beside sorting them. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "measure/value_lists.h"
#include "random.h"

static uint32_t next(void)
{
    return (uint32_t)(random_u64() >> 32);
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Every place of few codes, some places of many. */
static void assert_places(const uint32_t *codes, size_t n)
{
    uint32_t *sorted = malloc(n * sizeof *sorted), found[2];
    size_t step = n / 50 + 1;

    assert_non_null(sorted);
    memcpy(sorted, codes, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    for (size_t at = 0; at < n + step; at += step) {
        size_t k = at < n ? at : n - 1;

        dki_codes_select(codes, n, k, found);
        assert_int_equal(found[0], sorted[k]);
        assert_int_equal(found[1], sorted[k + 1 < n ? k + 1 : k]);
    }
    free(sorted);
}

static void places_are_those_of_sorted_codes(void **state)
{
    static const size_t sizes[] = { 1, 2, 3, 31, 32, 33, 34, 65, 1000, 5000 };
    static uint32_t codes[5000];

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (unsigned shift = 0; shift < 32; shift += 3) {
            for (size_t k = 0; k < sizes[i]; k++)
                codes[k] = next() >> shift;
            assert_places(codes, sizes[i]);
            for (size_t k = 0; k < sizes[i]; k++) /* nearly all lie near each other, far below the greatest */
                codes[k] = k % 97 == 5 ? UINT32_MAX - next() % 3 : next() >> shift >> 7;
            assert_places(codes, sizes[i]);
        }
        for (size_t k = 0; k < sizes[i]; k++)
            codes[k] = UINT32_C(1) << k % 32;
        assert_places(codes, sizes[i]);
        for (size_t k = 0; k < sizes[i]; k++)
            codes[k] = UINT32_MAX - (k == 7);
        assert_places(codes, sizes[i]);
    }
}

/* Squares of the greatest code, more of them than 64 bits hold. */
static void sums_are_exact(void **state)
{
    static uint32_t codes[1000];
    dki_code_sums sums;
    dki_u128 square = (dki_u128)UINT32_MAX * UINT32_MAX;

    (void)state;
    memset(codes, 0xff, sizeof codes);
    sums = dki_codes_sums(codes, 1000);
    assert_true(sums.sum == UINT64_C(1000) * UINT32_MAX);
    assert_true(sums.squares == square * 1000);
    sums = dki_codes_sums(codes, 0);
    assert_true(sums.sum == 0 && sums.squares == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_those_of_sorted_codes),
        cmocka_unit_test(sums_are_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
