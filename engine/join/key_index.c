/* key_index.c - builds the index of a key.
 *
 * The rows are dealt to parts (key_deal.h). A part is filled by one thread, which meets its rows in their order: so the
 * first row of a key is the one that finds it missing, and nothing is locked. How many parts there are follows from the
 * number of rows alone.
 *
 * Cost: 6 bytes a row, and 12 for each word, that stay; as much as key_deal.c says for the time of building. Poll: once
 * per block, and per part.
 */
#include "key_index.h"

#include <stdatomic.h>
#include <string.h>

#include "base/checked.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "key_deal.h"
#include "key_slots.h"

#define RANGE_ROWS ((uint64_t)DK_BLOCK_ROWS * 16)
#define MOST_DIRECT_BITS 28
#define FEW_DIRECT 65536
#define LEAST_KEPT 65536                 /* rows that are worth keeping an index of */
#define PART_BYTES ((uint64_t)640 << 10) /* of slots: what a near cache holds, with room for the rows that go by */
#define LEAST_RUN 16                     /* rows of a range for each part */

static const char index_kind; /* its address */

/* Keys of few bits. -------------------------------------------------------------------------------------------- */

struct build {
    dki_key_index *index;
    const dki_key_reader *reader;
    dki_key_deal *deal; /* NULL: keys of few bits */
    atomic_uint_fast64_t n_keys, n_nulls;
};

/* Whether the row has a key that was not there. */
static bool insert_direct(dki_key_index *index, uint64_t word, uint64_t row)
{
    _Atomic uint32_t *slot = (_Atomic uint32_t *)&index->direct[word];
    uint32_t before = atomic_load_explicit(slot, memory_order_relaxed);

    while (before == 0 || before > row + 1)
        if (atomic_compare_exchange_weak_explicit(slot, &before, (uint32_t)row + 1, memory_order_relaxed,
                                                  memory_order_relaxed))
            return before == 0;
    return false;
}

static dk_status build_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct build *build = arg;
    dki_key_index *index = build->index;
    size_t step = dki_block_rows(index->context);
    dki_key_work work;
    uint64_t n_keys = 0, n_nulls = 0;
    dk_status status = dki_key_work_init(&work, index, end - begin, err);

    (void)worker; /* what rows write is the same whoever writes it first */
    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;

        status = dki_poll(index->context, err);
        if (status == DK_OK)
            status = dki_key_read(build->reader, row, n, &work.read, work.words, work.flags, err);
        if (status != DK_OK)
            break;
        for (size_t i = 0; i < n; i++) {
            if (work.flags[i] == 0)
                n_keys += insert_direct(index, work.words[i], row + i);
            n_nulls += work.flags[i] != 0;
        }
    }
    dki_key_work_drop(index, &work);
    atomic_fetch_add(&build->n_keys, n_keys);
    atomic_fetch_add(&build->n_nulls, n_nulls);
    return status;
}

/* The second pass, where some key has several rows: the first row of each. */
static dk_status find_firsts(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct build *build = arg;
    dki_key_index *index = build->index;
    size_t step = dki_block_rows(index->context);
    dki_key_work work;
    dk_status status = dki_key_work_init(&work, index, end - begin, err);

    (void)worker;
    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;

        status = dki_poll(index->context, err);
        if (status == DK_OK)
            status = dki_key_find_rows(index, build->reader, &work, row, n, index->firsts + row, err);
    }
    dki_key_work_drop(index, &work);
    return status;
}

static dk_status build_direct(struct build *build, dk_error *err)
{
    dki_key_index *index = build->index;
    dk_status status;

    index->direct = dki_calloc(index->context, (size_t)index->n_direct, sizeof *index->direct, err);
    if (index->direct == NULL)
        return DK_ERR_MEMORY;
    status = dki_parallel(index->context, index->n_rows, RANGE_ROWS, build_range, build, err);
    index->n_keys = build->n_keys;
    index->n_nulls = build->n_nulls;
    if (status != DK_OK || index->n_keys + index->n_nulls == index->n_rows)
        return status;
    index->firsts = dki_alloc_wide(index->context, (size_t)index->n_rows * sizeof *index->firsts, err);
    return index->firsts ? dki_parallel(index->context, index->n_rows, RANGE_ROWS, find_firsts, build, err)
                         : DK_ERR_MEMORY;
}

/* Other keys. -------------------------------------------------------------------------------------------------- */

/* Inserts rows of a part, from one range, and answers the first row of each. n_words is a constant where it is small. */
static inline uint64_t insert_run(const dki_key_deal *deal, const dki_key_ring *ring, size_t begin, size_t end,
                                  unsigned n_words)
{
    const size_t stride = 1 + 2 * n_words;
    uint64_t n_keys = 0, first = begin / deal->range_rows * deal->range_rows;

    for (size_t i = begin; i < end; i++) {
        const uint64_t *words = deal->words + i * n_words;
        uint64_t at = dki_key_place(ring, dki_key_hash(deal->index, words, n_words));
        uint32_t *slot = ring->slots + dki_key_look(ring, at, words, n_words) * stride;

        if (*slot == 0) {
            *slot = (uint32_t)(first + deal->from[i]) + 1;
            memcpy(slot + 1, words, n_words * sizeof *words);
            n_keys++;
        }
        deal->found[i] = *slot - 1;
    }
    return n_keys;
}

static dk_status fill_parts(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct build *build = arg;
    const dki_key_deal *deal = build->deal;
    unsigned n_words = deal->index->code.n_words;
    uint64_t n_keys = 0;

    (void)worker; /* a part has slots of its own */
    (void)err;
    for (size_t part = (size_t)begin; part < end; part++) {
        dki_key_ring ring = dki_key_ring_of(deal->index, part, n_words);

        memset(ring.slots, 0, (size_t)ring.n * (1 + 2 * n_words) * sizeof *ring.slots);
        for (size_t range = 0; range < deal->n_ranges; range++) {
            size_t from, to;

            dki_key_deal_run(deal, range, part, &from, &to);
            switch (n_words) {
            case 1: n_keys += insert_run(deal, &ring, from, to, 1); break;
            case 2: n_keys += insert_run(deal, &ring, from, to, 2); break;
            default: n_keys += insert_run(deal, &ring, from, to, n_words);
            }
        }
    }
    atomic_fetch_add(&build->n_keys, n_keys);
    return DK_OK;
}

static uint64_t slot_bytes(const dki_key_index *index)
{
    return (1 + 2 * (uint64_t)index->code.n_words) * sizeof *index->slots;
}

/* So many parts that each fits a near cache, as long as a range has some rows for each. */
static void choose_part_bits(dki_key_index *index)
{
    uint64_t bytes = index->n_rows * 3 / 2 * slot_bytes(index);
    size_t range = dki_key_deal_range(index->code.n_words);

    while (bytes >> index->part_bits > PART_BYTES && range >> index->part_bits > LEAST_RUN)
        index->part_bits++;
}

/* Room for the rows that each part was dealt, in whole words of bits. */
static dk_status alloc_slots(const dki_key_deal *deal, dki_key_index *index, dk_error *err)
{
    size_t n_parts = (size_t)1 << index->part_bits, bytes;
    uint64_t at = 0;

    index->starts = dki_alloc_array(index->context, n_parts + 1, sizeof *index->starts, err);
    if (index->starts == NULL)
        return DK_ERR_MEMORY;
    for (size_t part = 0; part < n_parts; part++) {
        uint64_t n = 0;

        for (size_t range = 0; range < deal->n_ranges; range++) {
            size_t begin, end;

            dki_key_deal_run(deal, range, part, &begin, &end);
            n += end - begin;
        }
        index->starts[part] = at;
        at += (n + n / 2 + 64) / 64 * 64;
    }
    index->starts[n_parts] = at;
    if (dki_mul_size((size_t)at, (size_t)slot_bytes(index), &bytes))
        bytes = SIZE_MAX; /* is refused */
    index->slots = dki_alloc_wide(index->context, bytes, err);
    return index->slots ? DK_OK : DK_ERR_MEMORY;
}

static dk_status build_parts(struct build *build, dk_error *err)
{
    dki_key_index *index = build->index;
    bool in_order = dki_key_code_is_numbered(&index->code);
    dki_key_deal deal;
    dk_status status;

    choose_part_bits(index);
    build->deal = &deal;
    status = dki_key_deal_init(&deal, index, build->reader, index->n_rows, err);
    if (status == DK_OK)
        status = dki_key_deal_rows(&deal, 0, index->n_rows, in_order, err);
    if (status == DK_OK)
        status = alloc_slots(&deal, index, err);
    if (status == DK_OK)
        status = dki_parallel(index->context, (uint64_t)1 << index->part_bits, 1, fill_parts, build, err);
    index->n_keys = build->n_keys;
    index->n_nulls = deal.n_nulls;
    if (status == DK_OK && index->n_keys + index->n_nulls < index->n_rows) {
        index->firsts = dki_alloc_wide(index->context, (size_t)index->n_rows * sizeof *index->firsts, err);
        status = index->firsts ? dki_key_deal_return(&deal, index->firsts, err) : DK_ERR_MEMORY;
    }
    dki_key_deal_drop(&deal);
    return status;
}

/* The whole. --------------------------------------------------------------------------------------------------- */

static void free_index(dki_key_index *index)
{
    dki_free(index->context, index->firsts);
    dki_free(index->context, index->direct);
    dki_free(index->context, index->slots);
    dki_free(index->context, index->starts);
    dki_key_code_drop(&index->code);
}

static void drop_kept(dki_kept *kept)
{
    dki_key_index *index = (dki_key_index *)kept;

    free_index(index);
    dki_free(index->context, index);
}

void dki_key_index_release(dki_key_index *index)
{
    if (index)
        dki_kept_release(&index->kept);
}

static bool is_direct(const dki_key_index *index)
{
    unsigned n_bits = index->code.n_bits;

    return index->code.n_words == 1 && n_bits <= MOST_DIRECT_BITS &&
           UINT64_C(1) << n_bits <= (index->n_rows < FEW_DIRECT / 2 ? FEW_DIRECT : 2 * index->n_rows);
}

static dk_status fill_index(dki_key_index *index, const dk_column *const *columns, dk_error *err)
{
    struct build build = { .index = index };
    dki_key_reader reader;
    dk_status status = dki_key_reader_init(&reader, &index->code, columns, true, err);

    build.reader = &reader;
    if (status == DK_OK && is_direct(index)) {
        index->n_direct = UINT64_C(1) << index->code.n_bits;
        status = build_direct(&build, err);
    } else if (status == DK_OK) {
        status = build_parts(&build, err);
    }
    dki_key_reader_drop(&reader);
    return status;
}

static dk_status build_index(dki_key_index *index, const dk_column *const *columns, size_t n, bool nulls_are_values,
                             bool try_digits, dk_error *err)
{
    dki_text_map secret;
    dk_status status =
        dki_key_code_init(&index->code, index->context, columns, n, nulls_are_values, try_digits, err);

    dki_text_map_init(&secret, index->context); /* knows the secret of the process */
    index->seed = dki_hash_u64(secret.seed);
    index->factor = dki_hash_u64(secret.seed + 1) | 1;
    dki_text_map_drop(&secret);
    if (status == DK_OK)
        status = fill_index(index, columns, err);
    return status;
}

dki_key_index *dki_key_index_kept(const dk_column *column)
{
    if (dk_column_n_rows(column) < LEAST_KEPT)
        return NULL;
    return (dki_key_index *)dki_cache_find(dk_column_context(column), &index_kind, dki_column_owner(column), 0);
}

dk_status dki_key_index_new(dk_context *context, const dk_column *const *columns, size_t n, uint64_t n_rows,
                            bool nulls_are_values, dki_key_index **out, dk_error *err)
{
    dki_key_index *index;
    dk_status status;

    if (n_rows >= DKI_NULL_KEY)
        return dki_fail(err, DK_ERR_LIMIT, "keys of %llu rows, and %lu are the most", (unsigned long long)n_rows,
                        (unsigned long)DKI_NULL_KEY - 1);
    if (n == 1 && dk_column_n_nulls(columns[0]) == 0)
        nulls_are_values = false; /* there are none: the index of a join serves */
    index = n == 1 && !nulls_are_values ? dki_key_index_kept(columns[0]) : NULL;
    if (index) {
        *out = index;
        return DK_OK;
    }
    index = dki_calloc(context, 1, sizeof *index, err);
    if (index == NULL)
        return DK_ERR_MEMORY;
    dki_kept_init(&index->kept, drop_kept);
    index->context = context;
    index->n_rows = n_rows;
    status = build_index(index, columns, n, nulls_are_values, true, err);
    if (status == DK_ERR_DATA) { /* some text was not what the first ones were */
        dk_error none = DK_ERROR_INIT;
        dki_key_index plain = { .kept = index->kept, .context = context, .n_rows = n_rows };

        free_index(index);
        *index = plain;
        if (err)
            *err = none;
        status = build_index(index, columns, n, nulls_are_values, false, err);
    }
    if (status != DK_OK) {
        dki_key_index_release(index);
        return status;
    }
    *out = index;
    return DK_OK;
}

void dki_key_index_keep(dki_key_index *index, const dk_column *const *columns, size_t n)
{
    if (n == 1 && index->n_rows >= LEAST_KEPT && !index->code.nulls_are_values)
        dki_cache_add(index->context, &index_kind, dki_column_owner(columns[0]), 0, &index->kept);
}

dk_status dki_key_index_chain(const dki_key_index *index, uint32_t *next, uint32_t *last, dk_error *err)
{
    uint32_t *ends = last ? last : dki_alloc_array(index->context, (size_t)index->n_rows, sizeof *ends, err);
    dk_status status = ends ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t row = 0; status == DK_OK && row < index->n_rows; row++) {
        uint32_t first = index->firsts ? index->firsts[row] : (uint32_t)row;

        if (row % DK_BLOCK_ROWS == 0)
            status = dki_poll(index->context, err);
        next[row] = DKI_NO_ROW;
        if (first == DKI_NULL_KEY)
            continue;
        if (first != row)
            next[ends[first]] = (uint32_t)row;
        ends[first] = (uint32_t)row;
    }
    if (last == NULL)
        dki_free(index->context, ends);
    return status;
}
