/* test_dense_lists.c - values dealt to slots, beside lists that are kept plainly. */
#include <stdlib.h>
#include <string.h>

#include "query/dense_lists.h"
#include "random.h"

#include "with_context.h"

#define N_ROWS 30000
#define BLOCK 1000

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void put(unsigned width, void *array, size_t i, uint32_t number)
{
    if (width == 0)
        ((uint8_t *)array)[i] = (uint8_t)number;
    else if (width == 1)
        ((uint16_t *)array)[i] = (uint16_t)number;
    else
        ((uint32_t *)array)[i] = number;
}

static unsigned width_of(uint64_t n)
{
    return n <= 256 ? 0 : n <= 65536 ? 1 : 2;
}

/* Random values of random slots, by two lists that become one; codes are below n_codes. Rows are counted as if there
 * were more of them, so that chunks and slabs are as large as they would be. */
static void deal(size_t n_slots, uint64_t n_codes, uint64_t n_rows)
{
    static uint64_t expected[N_ROWS];
    static uint32_t slots[BLOCK], codes[BLOCK], wanted[N_ROWS];
    dki_bins bins = dki_bins_for(n_slots, n_codes, n_rows);
    dki_dense_list lists[2];
    dki_value_lists *made;
    size_t n = 0, n_groups = 0;
    dk_error err = DK_ERROR_INIT;

    for (size_t k = 0; k < 2; k++)
        assert_ok(dki_dense_list_init(&lists[k], context, &bins, &err), &err);
    for (size_t from = 0; from < N_ROWS; from += BLOCK) {
        for (size_t i = 0; i < BLOCK; i++) {
            uint32_t slot = (uint32_t)pick(n_slots), code = (uint32_t)pick(n_codes);

            slot = slot % 7 == 3 ? slot - 1 : slot; /* some have no values */
            put(width_of(n_slots), slots, i, slot);
            put(width_of(n_codes), codes, i, code);
            if (code)
                expected[n++] = (uint64_t)slot << 32 | (code - 1);
        }
        assert_ok(dki_dense_list_add(&lists[from / BLOCK % 3 == 0], width_of(n_slots), slots, width_of(n_codes),
                                     codes, BLOCK, &err),
                  &err);
    }
    dki_dense_list_merge(&lists[0], &lists[1]);
    assert_ok(dki_dense_list_gather(&lists[0], -5, &err), &err);
    qsort(expected, n, sizeof *expected, compare);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || expected[i] >> 32 != expected[i - 1] >> 32)
            wanted[n_groups++] = (uint32_t)(expected[i] >> 32);
    }
    for (size_t slot = 0, group = 0; slot < n_slots; slot++) {
        bool has = group < n_groups && wanted[group] == slot;

        assert_int_equal(dki_dense_list_has(&lists[0], slot), has);
        group += has;
    }
    made = dki_dense_list_take(&lists[0], wanted, n_groups);
    assert_int_equal(made->n_groups, n_groups);
    assert_int_equal(made->starts[n_groups], n);
    assert_int_equal(made->least, -5);
    for (size_t group = 0; group < n_groups; group++) {
        size_t begin = made->starts[group], end = made->starts[group + 1];
        static uint64_t found[N_ROWS];

        for (size_t i = begin; i < end; i++)
            found[i - begin] = (uint64_t)wanted[group] << 32 | made->codes[i];
        qsort(found, end - begin, sizeof *found, compare);
        assert_memory_equal(found, expected + begin, (end - begin) * sizeof *found);
    }
    dki_value_lists_release(made);
    for (size_t k = 0; k < 2; k++)
        dki_dense_list_drop(&lists[k]);
}

/* Codes of 27 bits and 32 slots a bin fill 32 bits, one more of either takes 64. */
static void slots_have_the_values_that_were_dealt(void **state)
{
    static const size_t n_slots[] = { 1, 2, 40, 256, 257, 10201, 70000 };
    static const unsigned bits[] = { 1, 8, 9, 16, 17, 23, 26, 27, 28, 31, 32 };

    (void)state;
    for (size_t i = 0; i < sizeof n_slots / sizeof *n_slots; i++) {
        for (size_t k = 0; k < sizeof bits / sizeof *bits; k++) {
            deal(n_slots[i], UINT64_C(1) << bits[k], N_ROWS);
            deal(n_slots[i], UINT64_C(1) << bits[k], 10000000);
        }
    }
}

static void entries_are_narrow_where_slot_and_code_fit(void **state)
{
    (void)state;
    assert_int_equal(dki_bins_for(1, UINT64_C(1) << 32, 10000000).entry_bytes, 4);
    assert_int_equal(dki_bins_for(10201, 100000002, 10000000).entry_bytes, 4);
    assert_int_equal(dki_bins_for(10201, 200000002, 10000000).entry_bytes, 8);
    assert_int_equal(dki_bins_for(10201, 100000002, 10000000).shift, 5);
    assert_int_equal(dki_bins_for(10201, 200000002, 10000000).shift, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(slots_have_the_values_that_were_dealt, set_up, tear_down),
        cmocka_unit_test(entries_are_narrow_where_slot_and_code_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
