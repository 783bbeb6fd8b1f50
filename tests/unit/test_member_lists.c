/* test_member_lists.c - values of rows that are dealt by cells and given to all members of their sets, beside pairs of slot and value. */
#include <stdlib.h>
#include <string.h>

#include "data/codes.h"
#include "query/dense_lists.h"
#include "random.h"

#include "with_context.h"

#define MOST_ROWS 6000
#define MOST_SETS 50
#define BLOCK 500

static uint64_t expected[MOST_ROWS * 64], found[MOST_ROWS * 64];

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* What a row adds to both, where it has a value. */
static size_t put_row(dki_dense_list *list, const uint64_t *words, size_t cell, uint64_t code, size_t n)
{
    const dki_list_spread *spread = &list->spread;
    uint64_t word = words[code >> spread->value_bits];

    for (size_t k = 0; k < spread->n_members; k++) {
        size_t slot =
            (cell / spread->n_behind * spread->n_members + k) * spread->n_behind + cell % spread->n_behind;

        if (word >> k & 1) {
            expected[n++] = (uint64_t)slot << 32 | (code & ((UINT64_C(1) << spread->value_bits) - 1));
            list->sizes[slot]++;
        }
    }
    return n;
}

static void each_member_gets_the_values_of_its_rows(void **state)
{
    (void)state;
    for (unsigned round = 0; round < random_rounds(60); round++) {
        static uint32_t groups[2][MOST_SETS + 1], cells[BLOCK];
        static uint64_t words[MOST_SETS], codes[BLOCK];
        size_t n_members = 1 + pick(64), n_sets = 1 + pick(MOST_SETS), n_cells = 1 + pick(pick(2) ? 3 : 90);
        dki_list_spread spread = { .groups = { groups[0], n_members > 32 ? groups[1] : NULL },
                                   .n_members = n_members,
                                   .n_behind = 1 + pick(3),
                                   .value_bits = 1 + (unsigned)pick(32) };
        size_t n = 0, n_rows = pick(MOST_ROWS), every = 1 + pick(8);
        dki_dense_list lists[2];
        dki_bins bins;
        dk_error err = DK_ERROR_INIT;

        (void)dki_codes_set_way((int)pick(4));
        n_cells *= spread.n_behind;
        spread.n_slots = n_cells * n_members;
        for (size_t set = 0; set < n_sets; set++) {
            words[set] = 0;
            for (size_t k = 0; k < n_members; k++)
                words[set] |= (uint64_t)(pick(every) == 0) << k;
            groups[0][set + 1] = (uint32_t)words[set];
            groups[1][set + 1] = (uint32_t)(words[set] >> 32);
        }
        bins = dki_bins_for(n_cells, (uint64_t)n_sets << spread.value_bits, pick(2) ? n_rows + 1 : 10000000);
        for (size_t k = 0; k < 2; k++)
            assert_ok(dki_dense_list_init_spread(&lists[k], context, &bins, &spread, &err), &err);
        for (size_t from = 0; from < n_rows; from += BLOCK) {
            dki_dense_list *list = &lists[from / BLOCK % 3 == 0];
            size_t n_here = n_rows - from < BLOCK ? n_rows - from : BLOCK;

            for (size_t i = 0; i < n_here; i++) {
                uint64_t code = pick(n_sets) << spread.value_bits | pick(UINT64_C(1) << spread.value_bits);
                bool has = pick(9) > 0;

                cells[i] = (uint32_t)pick(n_cells);
                codes[i] = has ? code + 1 : 0;
                n = has ? put_row(list, words, cells[i], code, n) : n;
            }
            assert_ok(dki_dense_list_add(list, 2, cells, 3, codes, n_here, &err), &err);
        }
        dki_dense_list_merge(&lists[0], &lists[1]);
        assert_ok(dki_dense_list_gather(&lists[0], 7, &err), &err);
        assert_int_equal(lists[0].made->starts[spread.n_slots], n);
        for (size_t slot = 0; slot < spread.n_slots; slot++)
            for (size_t i = lists[0].made->starts[slot]; i < lists[0].made->starts[slot + 1]; i++)
                found[i] = (uint64_t)slot << 32 | lists[0].made->codes[i];
        qsort(expected, n, sizeof *expected, compare);
        qsort(found, n, sizeof *found, compare);
        assert_memory_equal(found, expected, n * sizeof *found);
        for (size_t k = 0; k < 2; k++)
            dki_dense_list_drop(&lists[k]);
    }
    (void)dki_codes_set_way(3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_member_gets_the_values_of_its_rows, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
