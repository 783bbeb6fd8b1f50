/* key_find.c - looks keys up in an index.
 *
 * A few keys look for their slots one by one; what binds is the memory that lies far away, so the slots of keys to come are
 * asked for before they are looked at. Many keys are dealt to the parts of the index as its own rows were, and each part is
 * read into a near cache once.
 *
 * Cost: a line of memory for each key, or what dealing takes. Poll: once per block.
 */
#include <stdatomic.h>

#include "base/bitmap.h"
#include "base/checked.h"
#include "base/memory.h"
#include "base/pool.h"
#include "key_deal.h"
#include "key_index.h"
#include "key_slots.h"

#define RANGE_BLOCKS 16
#define AHEAD 16                        /* keys whose slots are asked for before they are looked at */
#define FAR_BYTES ((uint64_t)4 << 20)   /* of slots that are not near anyway */
#define LEAST_SHARE 4                   /* of the slots, rows that are worth reading all of them for */
#define LEAST_DEALT ((uint64_t)1 << 18) /* rows at a time */
#define MOST_DEALT ((uint64_t)1 << 22)  /* or twice the index's */

/* Some keys. --------------------------------------------------------------------------------------------------- */

dk_status dki_key_work_init(dki_key_work *work, const dki_key_index *index, uint64_t n_rows, dk_error *err)
{
    size_t n = n_rows < DK_BLOCK_ROWS ? (size_t)n_rows : DK_BLOCK_ROWS;

    dk_view_init(&work->read.view, index->context);
    work->words = dki_alloc_array(index->context, n, index->code.n_words * sizeof *work->words, err);
    return work->words ? DK_OK : DK_ERR_MEMORY;
}

void dki_key_work_drop(const dki_key_index *index, dki_key_work *work)
{
    dk_view_release(&work->read.view);
    dki_free(index->context, work->words);
}

/* The rows of a block. n_words is a constant where it is small. */
static inline void find_block(const dki_key_index *index, const uint64_t *words, const uint8_t *flags, size_t n,
                              uint32_t *rows, unsigned n_words)
{
    const size_t stride = 1 + 2 * n_words;
    uint64_t hashes[DK_BLOCK_ROWS];

    for (size_t i = 0; i < n + AHEAD; i++) {
        if (i < n) {
            hashes[i] = flags[i] ? 0 : dki_key_hash(index, words + i * n_words, n_words);
            if (!flags[i]) {
                dki_key_ring ring = dki_key_ring_of(index, dki_key_part(index, hashes[i]), n_words);

                __builtin_prefetch(ring.slots + dki_key_place(&ring, hashes[i]) * stride);
            }
        }
        if (i >= AHEAD) {
            size_t k = i - AHEAD;

            if (flags[k]) {
                rows[k] = flags[k] & DKI_KEY_IS_NULL ? DKI_NULL_KEY : DKI_NO_ROW;
            } else {
                dki_key_ring ring = dki_key_ring_of(index, dki_key_part(index, hashes[k]), n_words);
                uint64_t at = dki_key_look(&ring, dki_key_place(&ring, hashes[k]), words + k * n_words, n_words);

                rows[k] = ring.slots[at * stride] - 1; /* 0 becomes DKI_NO_ROW */
            }
        }
    }
}

void dki_key_index_find(const dki_key_index *index, const uint64_t *words, const uint8_t *flags, size_t n,
                        uint32_t *rows)
{
    if (index->direct) {
        for (size_t i = 0; i < n; i++) {
            if (flags[i])
                rows[i] = flags[i] & DKI_KEY_IS_NULL ? DKI_NULL_KEY : DKI_NO_ROW;
            else
                rows[i] = index->direct[words[i]] - 1; /* 0 becomes DKI_NO_ROW */
        }
        return;
    }
    switch (index->code.n_words) {
    case 1: find_block(index, words, flags, n, rows, 1); return;
    case 2: find_block(index, words, flags, n, rows, 2); return;
    default: find_block(index, words, flags, n, rows, index->code.n_words);
    }
}

dk_status dki_key_find_rows(const dki_key_index *index, const dki_key_reader *reader, dki_key_work *work,
                            uint64_t row, size_t n, uint32_t *rows, dk_error *err)
{
    dk_status status = dki_key_read(reader, row, n, &work->read, work->words, work->flags, err);

    if (status == DK_OK)
        dki_key_index_find(index, work->words, work->flags, n, rows);
    return status;
}

/* All keys of a table. ----------------------------------------------------------------------------------------- */

struct matching {
    const dki_key_index *index;
    const dki_key_reader *reader;
    const dki_key_deal *deal; /* NULL: rows look for their slots one by one */
    uint32_t *rows;
    uint64_t *used; /* bits of the keys that some row has: by their first rows, or where they are dealt by slots */
    atomic_uint_fast64_t n_matched, n_null, n_used;
};

uint64_t dki_key_mark(uint64_t *used, const uint32_t *rows, size_t n)
{
    uint64_t n_used = 0;

    for (size_t i = 0; i < n; i++) {
        uint64_t bit = UINT64_C(1) << rows[i] % 64;
        _Atomic uint64_t *word;

        if (rows[i] >= DKI_NULL_KEY)
            continue;
        word = (_Atomic uint64_t *)&used[rows[i] / 64];
        if ((atomic_load_explicit(word, memory_order_relaxed) & bit) == 0)
            n_used += (atomic_fetch_or_explicit(word, bit, memory_order_relaxed) & bit) == 0;
    }
    return n_used;
}

static dk_status match_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct matching *matching = arg;
    const dki_key_index *index = matching->index;
    size_t step = dki_block_rows(index->context);
    dki_key_work work;
    uint64_t n_matched = 0, n_null = 0, n_used = 0;
    dk_status status = dki_key_work_init(&work, index, end - begin, err);

    (void)worker; /* every row has a place of its own in the answer */
    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;
        uint32_t *rows = matching->rows + row;

        status = dki_poll(index->context, err);
        if (status == DK_OK)
            status = dki_key_find_rows(index, matching->reader, &work, row, n, rows, err);
        if (status != DK_OK)
            break;
        for (size_t i = 0; i < n; i++) {
            n_matched += rows[i] < DKI_NULL_KEY;
            n_null += rows[i] == DKI_NULL_KEY;
        }
        n_used += dki_key_mark(matching->used, rows, n);
    }
    dki_key_work_drop(index, &work);
    atomic_fetch_add(&matching->n_matched, n_matched);
    atomic_fetch_add(&matching->n_null, n_null);
    atomic_fetch_add(&matching->n_used, n_used);
    return status;
}

/* The rows of a part in one range; how many match. n_words is a constant where it is small. */
static inline uint64_t find_run(const struct matching *matching, const dki_key_ring *ring, uint64_t *used,
                                size_t begin, size_t end, uint64_t *n_used, unsigned n_words)
{
    const dki_key_deal *deal = matching->deal;
    const size_t stride = 1 + 2 * n_words;
    uint64_t n_matched = 0, n_new = 0;

    for (size_t i = begin; i < end; i++) {
        const uint64_t *words = deal->words + i * n_words;
        uint64_t at = dki_key_place(ring, dki_key_hash(deal->index, words, n_words)), ahead;
        uint32_t row;

        if (i + AHEAD < end) { /* for speed alone: the part is far away when its first rows come */
            ahead = dki_key_place(ring, dki_key_hash(deal->index, words + AHEAD * n_words, n_words));
            __builtin_prefetch(ring->slots + ahead * stride);
        }
        at = dki_key_look(ring, at, words, n_words);
        row = ring->slots[at * stride];
        deal->found[i] = row - 1; /* 0 becomes DKI_NO_ROW */
        n_matched += row != 0;
        n_new += row != 0 && !dki_bit(used, (size_t)at);
        used[at / 64] |= (uint64_t)(row != 0) << at % 64;
    }
    *n_used += n_new;
    return n_matched;
}

static dk_status find_parts(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct matching *matching = arg;
    const dki_key_deal *deal = matching->deal;
    const dki_key_index *index = matching->index;
    unsigned n_words = index->code.n_words;
    uint64_t n_matched = 0, n_used = 0;

    (void)worker; /* a part has bits, and rows, of its own */
    (void)err;
    for (size_t part = (size_t)begin; part < end; part++) {
        dki_key_ring ring = dki_key_ring_of(index, part, n_words);
        uint64_t *used = matching->used + index->starts[part] / 64;

        for (size_t range = 0; range < deal->n_ranges; range++) {
            size_t from, to;

            dki_key_deal_run(deal, range, part, &from, &to);
            switch (n_words) {
            case 1: n_matched += find_run(matching, &ring, used, from, to, &n_used, 1); break;
            case 2: n_matched += find_run(matching, &ring, used, from, to, &n_used, 2); break;
            default: n_matched += find_run(matching, &ring, used, from, to, &n_used, n_words);
            }
        }
    }
    atomic_fetch_add(&matching->n_matched, n_matched);
    atomic_fetch_add(&matching->n_used, n_used);
    return DK_OK;
}

/* How many rows to deal at a time: 0 where the index is near, the rows are few, or there is no room. */
static uint64_t choose_dealt(const dki_key_index *index, uint64_t n_rows)
{
    size_t budget = dk_context_budget(index->context), used = dk_context_used_bytes(index->context);
    uint64_t n_slots = index->direct ? 0 : index->starts[(size_t)1 << index->part_bits], n, room;

    if (n_slots * (1 + 2 * index->code.n_words) * sizeof *index->slots < FAR_BYTES ||
        n_rows < n_slots / LEAST_SHARE)
        return 0;
    n = 2 * index->n_rows > MOST_DEALT ? 2 * index->n_rows : MOST_DEALT;
    n = n < n_rows ? n : n_rows;
    if (budget == 0)
        return n;
    room = budget > used ? (budget - used) / 2 / dki_key_deal_bytes(index->code.n_words) : 0;
    n = n < room ? n : room;
    return n < LEAST_DEALT && n < n_rows ? 0 : n;
}

static dk_status match_parts(struct matching *matching, uint64_t n_rows, uint64_t n_dealt, dk_error *err)
{
    const dki_key_index *index = matching->index;
    uint64_t n_parts = (uint64_t)1 << index->part_bits;
    dki_key_deal deal;
    dk_status status = dki_key_deal_init(&deal, index, matching->reader, n_dealt, err);

    matching->deal = &deal;
    for (uint64_t row = 0; status == DK_OK && row < n_rows; row += n_dealt) {
        status = dki_key_deal_rows(&deal, row, n_rows - row < n_dealt ? n_rows - row : n_dealt, false, err);
        if (status == DK_OK)
            status = dki_parallel(index->context, n_parts, 1, find_parts, matching, err);
        if (status == DK_OK)
            status = dki_key_deal_return(&deal, matching->rows + row, err);
        atomic_fetch_add(&matching->n_null, deal.n_nulls);
    }
    dki_key_deal_drop(&deal);
    return status;
}

dk_status dki_key_index_match(const dki_key_index *index, const dki_key_reader *reader, uint64_t n_rows,
                              uint32_t *rows, dki_key_counts *counts, dk_error *err)
{
    struct matching matching = { .index = index, .reader = reader, .rows = rows };
    uint64_t grain = (uint64_t)dki_block_rows(index->context) * RANGE_BLOCKS;
    uint64_t n_dealt = choose_dealt(index, n_rows);
    uint64_t n_bits = n_dealt ? index->starts[(size_t)1 << index->part_bits] : index->n_rows;
    dk_status status;

    matching.used = dki_calloc(index->context, dki_bit_words((size_t)n_bits) + 1, sizeof *matching.used, err);
    if (matching.used == NULL)
        return DK_ERR_MEMORY;
    if (n_dealt)
        status = match_parts(&matching, n_rows, n_dealt, err);
    else
        status = dki_parallel(index->context, n_rows, grain, match_range, &matching, err);
    *counts = (dki_key_counts){ matching.n_matched, matching.n_null, matching.n_used };
    dki_free(index->context, matching.used);
    return status;
}
