/* test_key_order.c - keys put in order, beside sorting them plainly. */
#include <stdlib.h>
#include <string.h>

#include "query/key_order.h"
#include "random.h"

#include "with_context.h"

#define MOST 5000

static uint64_t low[MOST], high[MOST];
static bool is_wide;

/* By key, then by place. */
static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    if (is_wide && high[x] != high[y])
        return high[x] < high[y] ? -1 : 1;
    if (low[x] != low[y])
        return low[x] < low[y] ? -1 : 1;
    return (x > y) - (x < y);
}

static void assert_order(size_t n, bool wide)
{
    static uint64_t items[MOST], scratch[MOST];
    static uint32_t buckets[2 * MOST + 2], order[MOST], expected[MOST];
    dki_key_order keys = { low, wide ? high : NULL, n, items, scratch, buckets, order };
    dk_error err = DK_ERROR_INIT;

    assert_true(dki_key_buckets(n) <= sizeof buckets / sizeof *buckets);
    for (size_t i = 0; i < n; i++)
        expected[i] = (uint32_t)i;
    is_wide = wide;
    qsort(expected, n, sizeof *expected, compare);
    assert_ok(dki_keys_order(context, &keys, &err), &err);
    assert_memory_equal(order, expected, n * sizeof *order);
}

/* Keys of so many bits at a distance from 0; some are the same. */
static void random_keys(size_t n, unsigned bits, bool wide)
{
    uint64_t mask = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX, first = random_u64() & ~mask;

    for (size_t i = 0; i < n; i++) {
        low[i] = first | (random_u64() & mask);
        high[i] = 77 + (random_u64() & (wide && bits == 64 ? 0xffffff : 0));
        if (i && pick(9) == 0) {
            low[i] = low[pick(i)];
            high[i] = high[i - 1];
        }
    }
}

static void evenly_spread_keys_are_put_in_order(void **state)
{
    static const size_t sizes[] = { 1, 2, 3, 24, 25, 257, 5000 };

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (unsigned bits = 0; bits <= 64; bits += bits < 40 ? 7 : 3) {
            for (int wide = 0; wide < 2; wide++) {
                random_keys(sizes[s], bits, wide);
                assert_order(sizes[s], wide);
            }
        }
    }
}

/* A few values of the highest bits and many of the lowest, which do not all fit beside a place. */
static void keys_that_differ_at_both_ends_are_put_in_order(void **state)
{
    (void)state;
    for (unsigned bits = 1; bits < 40; bits++) {
        for (int wide = 0; wide < 2; wide++) {
            for (size_t i = 0; i < MOST; i++) {
                low[i] = pick(3) << 62 | (random_u64() & ((UINT64_C(1) << bits) - 1));
                high[i] = pick(bits % 5 + 1) << 50;
            }
            assert_order(MOST, wide);
            assert_order(30, wide);
        }
    }
}

static void an_interruption_stops_it(void **state)
{
    static uint64_t items[2], scratch[2];
    static uint32_t buckets[6], order[2];
    dki_key_order keys = { low, NULL, 2, items, scratch, buckets, order };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(dki_keys_order(context, &keys, &err), &err, DK_ERR_INTERRUPTED, "interrupted");
    dk_context_clear_interrupt(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(evenly_spread_keys_are_put_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_that_differ_at_both_ends_are_put_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interruption_stops_it, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
