/* test_lane_kernels.c - rows added to the cells of all members of their sets, every kind of processor against one bit after the
 * other. */
#include "query/lane_kernels.h"

#include "data/codes.h"
#include "random.h"
#include "tables.h"

#define N_WAYS 4
#define MOST_ROWS 600
#define N_CELLS 5

struct rows {
    uint32_t cells[MOST_ROWS], words[MOST_ROWS], values[MOST_ROWS];
    uint64_t terms[MOST_ROWS];
    size_t n;
};

static void draw(struct rows *rows, unsigned n_lanes)
{
    rows->n = pick(MOST_ROWS + 1);
    for (size_t i = 0; i < rows->n; i++) {
        rows->cells[i] = (uint32_t)pick(N_CELLS);
        rows->words[i] = (uint32_t)(pick(UINT64_C(1) << n_lanes) & (pick(2) ? UINT32_MAX : random_u64()));
        rows->values[i] = (uint32_t)pick(pick(2) ? 4 : UINT64_C(1) << 32);
        rows->terms[i] = random_u64() >> pick(64);
    }
}

static void counts_and_greatest_ones_are_those_of_each_bit(void **state)
{
    static struct rows rows;

    (void)state;
    for (unsigned round = 0; round < random_rounds(200); round++) {
        unsigned n_lanes = 16 + 16 * (unsigned)pick(2);
        uint16_t counts[N_CELLS * DKI_MOST_LANES] = { 0 }, most[N_CELLS * DKI_MOST_LANES] = { 0 };

        draw(&rows, n_lanes);
        for (size_t i = 0; i < rows.n; i++) {
            for (unsigned k = 0; k < n_lanes; k++) {
                size_t at = rows.cells[i] * n_lanes + k;
                uint16_t value = (uint16_t)rows.values[i];

                counts[at] = (uint16_t)(counts[at] + (rows.words[i] >> k & 1));
                most[at] = rows.words[i] >> k & 1 && value > most[at] ? value : most[at];
            }
        }
        for (int way = 0; way < N_WAYS; way++) {
            uint16_t found[N_CELLS * DKI_MOST_LANES] = { 0 };

            (void)dki_codes_set_way(way);
            dki_lanes_count(n_lanes, found, rows.cells, rows.words, rows.n);
            assert_memory_equal(found, counts, sizeof found);
            memset(found, 0, sizeof found);
            dki_lanes_most(n_lanes, found, rows.cells, rows.words, rows.values, rows.n);
            assert_memory_equal(found, most, sizeof found);
        }
    }
}

static void sums_are_those_of_each_bit(void **state)
{
    static struct rows rows;

    (void)state;
    for (unsigned round = 0; round < random_rounds(200); round++) {
        unsigned n_lanes = 8 + 8 * (unsigned)pick(4);
        uint32_t sums[N_CELLS * DKI_MOST_LANES] = { 0 };
        uint64_t weighed[N_CELLS * DKI_MOST_LANES] = { 0 };

        draw(&rows, n_lanes);
        for (size_t i = 0; i < rows.n; i++)
            for (unsigned k = 0; k < n_lanes; k++) {
                sums[rows.cells[i] * n_lanes + k] += rows.words[i] >> k & 1 ? rows.values[i] : 0;
                weighed[rows.cells[i] * n_lanes + k] += rows.words[i] >> k & 1 ? rows.terms[i] : 0;
            }
        for (int way = 0; way < N_WAYS; way++) {
            uint32_t found[N_CELLS * DKI_MOST_LANES] = { 0 };
            uint64_t also[N_CELLS * DKI_MOST_LANES] = { 0 };

            (void)dki_codes_set_way(way);
            dki_lanes_sum(n_lanes, found, rows.cells, rows.words, rows.values, rows.n);
            assert_memory_equal(found, sums, sizeof found);
            dki_lanes_weigh(n_lanes, also, rows.cells, rows.words, rows.terms, rows.n);
            assert_memory_equal(also, weighed, sizeof also);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_greatest_ones_are_those_of_each_bit),
        cmocka_unit_test(sums_are_those_of_each_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
