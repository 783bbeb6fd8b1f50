/* member_lists.c - puts the values of rows that were dealt by cells together for each member of their sets.
 *
 * The rows of a bin are put in the order of cells. Of some of a cell at a time the words of sets are turned into bitmaps, of the rows
 * that have each member, by which values are picked: no branch depends on what a set holds. How many values a slot gets
 * is known by then.
 *
 * Cost: two looks at a row, a few operations for each member that there is and 64 rows, and a store for each that a row has.
 * Poll: once per bin.
 */
#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "dense_forms.h"
#include "dense_lists.h"
#include "lane_kernels.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3") /* steps of turn() are vectors, also where the tree is compiled with -O2 */
#endif

#define WORD_ROWS 64
#define TILE_WORDS (DKI_TILE_ROWS / WORD_ROWS)

/* Room for a bin. */
struct spreading {
    const dki_dense_list *list;
    uint32_t *ends;   /* where the rows of each cell end; one more, in front, for where they begin */
    uint32_t *next;   /* where each member of the cell at hand goes on */
    uint64_t *sorted; /* codes, in the order of cells */
    uint64_t bits[WORD_ROWS][TILE_WORDS];
    uint32_t values[DKI_TILE_ROWS + WORD_ROWS], picked[DKI_TILE_ROWS + WORD_ROWS];
};

/* Codes of the entries of a bin's chunks, in the order of cells, of which there are n. */
#define SORT(E)                                                                            \
    static void sort_##E(const struct spreading *to, const dki_list_chunk *last, size_t n) \
    {                                                                                      \
        unsigned code_bits = to->list->bins.code_bits;                                     \
        uint64_t mask = (UINT64_C(1) << code_bits) - 1;                                    \
        uint32_t *next = to->ends + 1, at = 0;                                             \
        memset(to->ends, 0, (n + 1) * sizeof *to->ends);                                   \
        for (const dki_list_chunk *chunk = last; chunk; chunk = chunk->before) {           \
            const E *entries = (const void *)chunk->entries;                               \
            for (size_t i = 0; i < chunk->n; i++)                                          \
                next[(uint64_t)entries[i] >> code_bits]++;                                 \
        }                                                                                  \
        for (size_t cell = 0; cell < n; cell++) {                                          \
            uint32_t count = next[cell];                                                   \
            next[cell] = at;                                                               \
            at += count;                                                                   \
        }                                                                                  \
        for (const dki_list_chunk *chunk = last; chunk; chunk = chunk->before) {           \
            const E *entries = (const void *)chunk->entries;                               \
            for (size_t i = 0; i < chunk->n; i++)                                          \
                to->sorted[next[(uint64_t)entries[i] >> code_bits]++] = entries[i] & mask; \
        }                                                                                  \
    }
SORT(uint32_t)
SORT(uint64_t)

/* Bit k of word i becomes bit i of word k: of 64 words, or of 32 that hold the lower halves of 64, those of the latter 32 above. */
static void turn(uint64_t *words, unsigned n)
{
    uint64_t mask = n == WORD_ROWS ? UINT32_MAX : UINT64_C(0x0000ffff0000ffff);

    for (unsigned half = n / 2; half > 0; half /= 2, mask ^= mask << half) {
        for (unsigned from = 0; from < n; from += 2 * half) {
            for (unsigned k = from; k < from + half; k++) {
                uint64_t other = (words[k] >> half ^ words[k + half]) & mask;

                words[k] ^= other << half;
                words[k + half] ^= other;
            }
        }
    }
}

/* Values and bitmaps of n rows. */
static void make_tile(struct spreading *to, const uint64_t *codes, size_t n)
{
    const dki_list_spread *spread = &to->list->spread;
    uint64_t mask = (UINT64_C(1) << spread->value_bits) - 1, words[WORD_ROWS];
    uint32_t sets[WORD_ROWS];
    const uint32_t *above = spread->groups[spread->groups[1] ? 1 : 0];
    unsigned n_words = spread->groups[1] ? WORD_ROWS : WORD_ROWS / 2;

    for (size_t i = 0; i < n; i++)
        to->values[i] = (uint32_t)(codes[i] & mask);
    for (size_t from = 0; from < n; from += WORD_ROWS) {
        for (size_t i = 0; i < WORD_ROWS; i++)
            sets[i] = from + i < n ? (uint32_t)(codes[from + i] >> spread->value_bits) + 1 : 0; /* 0: of none */
        for (size_t i = 0; i < n_words; i++)
            words[i] = spread->groups[0][sets[i]] | (uint64_t)above[sets[i + WORD_ROWS - n_words]]
                                                        << DKI_MOST_LANES;
        turn(words, n_words);
        for (size_t k = 0; k < spread->n_members; k++)
            to->bits[k][from / WORD_ROWS] = words[k];
    }
}

/* The rows of a cell; its codes and how many. */
static void spread_cell(struct spreading *to, size_t cell, const uint64_t *codes, size_t n)
{
    const dki_list_spread *spread = &to->list->spread;
    size_t slot = dki_cell_slot(spread->n_members, spread->n_behind, cell);
    const dki_value_lists *made = to->list->made;

    for (size_t k = 0; k < spread->n_members; k++)
        to->next[k] = made->starts[slot + k * spread->n_behind];
    for (size_t from = 0; from < n; from += DKI_TILE_ROWS) {
        size_t n_here = n - from < DKI_TILE_ROWS ? n - from : DKI_TILE_ROWS;

        make_tile(to, codes + from, n_here);
        for (size_t k = 0; k < spread->n_members; k++) {
            size_t n_picked = dki_codes_pick(2, to->picked, to->values, to->bits[k], n_here);

            memcpy(made->codes + to->next[k], to->picked, n_picked * sizeof *to->picked);
            to->next[k] += (uint32_t)n_picked;
        }
    }
}

static dk_status spread_bin(struct spreading *to, size_t bin, dk_error *err)
{
    const dki_dense_list *list = to->list;
    const dki_bins *bins = &list->bins;
    size_t width = (size_t)1 << bins->shift, first = bin << bins->shift, n_rows = 0;
    size_t n = bins->n_slots - first < width ? bins->n_slots - first : width;

    for (const dki_list_chunk *chunk = list->bin[bin].last; chunk; chunk = chunk->before)
        n_rows += chunk->n;
    to->sorted = dki_alloc_array(list->context, n_rows, sizeof *to->sorted, err);
    if (to->sorted == NULL)
        return DK_ERR_MEMORY;
    if (bins->entry_bytes == sizeof(uint32_t))
        sort_uint32_t(to, list->bin[bin].last, n);
    else
        sort_uint64_t(to, list->bin[bin].last, n);
    for (size_t cell = 0; cell < n; cell++)
        spread_cell(to, first + cell, to->sorted + to->ends[cell], to->ends[cell + 1] - to->ends[cell]);
    dki_free(list->context, to->sorted);
    return DK_OK;
}

static dk_status spread_bins(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const dki_dense_list *list = arg;
    struct spreading *to = dki_calloc(list->context, 1, sizeof *to, err);
    dk_status status = to ? DK_OK : DK_ERR_MEMORY;

    (void)worker;
    if (to == NULL)
        return DK_ERR_MEMORY;
    to->list = list;
    to->ends = dki_alloc_array(list->context, ((size_t)1 << list->bins.shift) + 1, sizeof *to->ends, err);
    to->next = dki_alloc_array(list->context, list->spread.n_members, sizeof *to->next, err);
    if (to->ends == NULL || to->next == NULL)
        status = DK_ERR_MEMORY;
    for (uint64_t i = begin; status == DK_OK && i < end; i++)
        status = spread_bin(to, (size_t)i, err);
    dki_free(list->context, to->ends);
    dki_free(list->context, to->next);
    dki_free(list->context, to);
    return status;
}

dk_status dki_dense_list_spread(dki_dense_list *list, int64_t least, dk_error *err)
{
    size_t n_slots = list->spread.n_slots, n_codes = 0;
    dk_status status;

    for (size_t slot = 0; slot < n_slots; slot++)
        n_codes += list->sizes[slot];
    status = dki_value_lists_new(list->context, n_slots, n_codes, least, &list->made, err);
    if (status != DK_OK)
        return status;
    n_codes = 0;
    for (size_t slot = 0; slot <= n_slots; slot++) {
        list->made->starts[slot] = (uint32_t)n_codes;
        n_codes += slot < n_slots ? list->sizes[slot] : 0;
    }
    return dki_parallel(list->context, list->bins.n, 1, spread_bins, list, err);
}
