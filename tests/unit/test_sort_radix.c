/* test_sort_radix.c - numbers sorted by digits come out as the C library's qsort puts them. */
#include <stdlib.h>

#include "check.h"
#include "random.h"
#include "rows/sort_radix.h"

#include "with_context.h"

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* n numbers whose upper `bits` bits, from bit `begin` on, are drawn by `draw`, and whose lower ones count up. */
static void sort_both(size_t n, unsigned begin, unsigned bits, uint64_t (*draw)(void), size_t limit)
{
    uint64_t *items = malloc((n + 1) * sizeof *items), *scratch = malloc((n + 1) * sizeof *scratch);
    uint64_t *expected = malloc((n + 1) * sizeof *expected);
    uint64_t mask = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
    size_t n_right = limit;
    dk_error err = DK_ERROR_INIT;

    assert_true(items && scratch && expected);
    for (size_t i = 0; i < n; i++)
        items[i] = (draw() & mask) << begin | (begin ? i : 0);
    memcpy(expected, items, n * sizeof *items);
    qsort(expected, n, sizeof *expected, compare);
    assert_ok(dki_radix_sort(context, items, scratch, n, begin, begin + bits, &n_right, &err), &err);
    assert_true(n_right >= (limit < n ? limit : n) && n_right <= n);
    if (limit >= n)
        assert_int_equal(n_right, n);
    assert_memory_equal(items, expected, n_right * sizeof *items);
    /* an equal upper part never goes on behind what is right */
    if (n_right > 0 && n_right < n)
        assert_true(expected[n_right - 1] >> begin != expected[n_right] >> begin);
    free(items);
    free(scratch);
    free(expected);
}

static uint64_t draw_evenly(void)
{
    return random_u64();
}

static uint64_t draw_few(void)
{
    return random_below(3) * UINT64_C(0x1234567);
}

/* Nearly all have one value: one range holds them all. */
static uint64_t draw_skewed(void)
{
    return random_below(50) ? UINT64_C(0x0AAAAAAAAAAAAAAA) : random_u64();
}

/* All of a narrow range at the upper end of the digits. */
static uint64_t draw_narrow(void)
{
    return UINT64_C(0x7FFFFFFFFF000000) + random_below(UINT64_C(1) << 20);
}

static void numbers_come_out_as_qsort_has_them(void **state)
{
    static const size_t sizes[] = { 0, 1, 2, 31, 33, 300, 4095, 5000, 20000, 150000 };
    static uint64_t (*const draws[])(void) = { draw_evenly, draw_few, draw_skewed, draw_narrow };
    static const unsigned widths[] = { 1, 7, 8, 9, 21, 40 };

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t d = 0; d < 4; d++)
            for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
                if (sizes[s] > 20000 && w % 2)
                    continue;
                dk_set_threads(w % 2 ? 1 : 3);
                sort_both(sizes[s], 24, widths[w], draws[d], SIZE_MAX);
            }
    sort_both(20000, 0, 64, draw_evenly, SIZE_MAX);
    sort_both(20000, 0, 64, draw_skewed, SIZE_MAX);
}

static void the_first_ones_are_right_without_the_others(void **state)
{
    (void)state;
    for (unsigned i = 0; i < random_rounds(60); i++) {
        dk_set_threads(1 + i % 2);
        sort_both(30000 + random_below(1000), 24, 1 + (unsigned)random_below(39), i % 3 ? draw_evenly : draw_skewed,
                  random_below(200));
    }
}

/* A slice more than there can be in one: several slices have items of one range. */
static void slices_keep_equal_ones_in_their_order(void **state)
{
    (void)state;
    dk_set_threads(2);
    sort_both(700000, 24, 9, draw_evenly, SIZE_MAX);
    sort_both(700000, 24, 30, draw_skewed, SIZE_MAX);
}

static void failing_memory_and_interruption_are_statuses(void **state)
{
    enum { N = 9000 };
    static uint64_t items[N], scratch[N];
    size_t limit = N;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < N; i++)
        items[i] = random_u64();
    assert_survives_failing_memory(context, dki_radix_sort(context, items, scratch, N, 0, 64, &limit, &err), &err,
                                   limit == N, (void)0);
    for (size_t i = 0; i < N; i++)
        items[i] = random_u64();
    dk_context_interrupt(context);
    assert_fails(dki_radix_sort(context, items, scratch, N, 0, 64, &limit, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_come_out_as_qsort_has_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_ones_are_right_without_the_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slices_keep_equal_ones_in_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_and_interruption_are_statuses, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
