/* key_deal.c - reads keys, and puts those of a part together.
 *
 * A thread reads a range into scratch memory that fits a near cache, counts what each part gets, and writes the range
 * once. Answers go back the same way: what jumps about stays within a range.
 *
 * Cost: two passes over each range; 6 bytes a row, and 8 for each word. Poll: once per block.
 */
#include "key_deal.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "base/checked.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "key_slots.h"

#define RANGE_BYTES ((size_t)1 << 20) /* of words */
#define MOST_RANGE_ROWS 65536         /* two bytes tell them apart */

struct dki_dealer {
    dki_key_scratch read;
    uint64_t *words;
    uint16_t *parts;
    uint32_t *next; /* of each part */
    uint8_t *flags;
};

struct dealing {
    dki_key_deal *deal;
    atomic_uint_fast64_t n_nulls;
};

static size_t n_lists(const dki_key_deal *deal)
{
    return ((size_t)1 << deal->index->part_bits) + 1;
}

size_t dki_key_deal_range(unsigned n_words)
{
    size_t rows = MOST_RANGE_ROWS;

    while (rows > DK_BLOCK_ROWS && rows * n_words * sizeof(uint64_t) > RANGE_BYTES)
        rows /= 2;
    return rows;
}

size_t dki_key_deal_bytes(unsigned n_words)
{
    return n_words * sizeof(uint64_t) + sizeof(uint16_t) + sizeof(uint32_t);
}

static void *alloc_rows(dk_context *context, size_t n, size_t size, dk_error *err)
{
    size_t bytes;

    if (dki_mul_size(n, size, &bytes))
        return dki_alloc_array(context, SIZE_MAX, size, err); /* says so */
    return dki_alloc_wide(context, bytes, err);
}

dk_status dki_key_deal_init(dki_key_deal *deal, const dki_key_index *index, const dki_key_reader *reader,
                            uint64_t n_rows, dk_error *err)
{
    dk_context *context = index->context;
    size_t range_rows = dki_key_deal_range(index->code.n_words);

    *deal = (dki_key_deal){ .context = context, .index = index, .reader = reader };
    if (n_rows < range_rows) /* at least one block, so that ranges are not empty */
        range_rows = n_rows > DK_BLOCK_ROWS ? (size_t)n_rows : DK_BLOCK_ROWS;
    deal->range_rows = range_rows;
    deal->n_ranges = (size_t)((n_rows + range_rows - 1) / range_rows);
    deal->words = alloc_rows(context, (size_t)n_rows, index->code.n_words * sizeof *deal->words, err);
    deal->from = deal->words ? alloc_rows(context, (size_t)n_rows, sizeof *deal->from, err) : NULL;
    deal->found = deal->from ? alloc_rows(context, (size_t)n_rows, sizeof *deal->found, err) : NULL;
    deal->starts =
        deal->found ? alloc_rows(context, deal->n_ranges, (n_lists(deal) + 1) * sizeof *deal->starts, err) : NULL;
    deal->dealers = deal->starts ? dki_calloc(context, DKI_MOST_WORKERS, sizeof *deal->dealers, err) : NULL;
    return deal->dealers ? DK_OK : DK_ERR_MEMORY;
}

static void drop_dealer(dk_context *context, struct dki_dealer *dealer)
{
    if (dealer == NULL)
        return;
    dk_view_release(&dealer->read.view);
    dki_free(context, dealer->words);
    dki_free(context, dealer->parts);
    dki_free(context, dealer->next);
    dki_free(context, dealer->flags);
    dki_free(context, dealer);
}

void dki_key_deal_drop(dki_key_deal *deal)
{
    if (deal->context == NULL)
        return;
    for (size_t i = 0; deal->dealers && i < DKI_MOST_WORKERS; i++)
        drop_dealer(deal->context, deal->dealers[i]);
    dki_free(deal->context, deal->dealers);
    dki_free(deal->context, deal->words);
    dki_free(deal->context, deal->from);
    dki_free(deal->context, deal->found);
    dki_free(deal->context, deal->starts);
    *deal = (dki_key_deal){ .context = NULL };
}

/* The scratch memory of a thread, made where it is new. */
static dk_status get_dealer(dki_key_deal *deal, unsigned worker, struct dki_dealer **out, dk_error *err)
{
    dk_context *context = deal->context;
    struct dki_dealer *dealer;

    assert(worker < DKI_MOST_WORKERS); /* the pool has no more threads */
    if (deal->dealers[worker] == NULL) {
        dealer = dki_calloc(context, 1, sizeof *dealer, err);
        if (dealer == NULL)
            return DK_ERR_MEMORY;
        dk_view_init(&dealer->read.view, context);
        deal->dealers[worker] = dealer;
        dealer->words =
            alloc_rows(context, deal->range_rows, deal->index->code.n_words * sizeof *dealer->words, err);
        dealer->parts = dealer->words ? alloc_rows(context, deal->range_rows, sizeof *dealer->parts, err) : NULL;
        dealer->next = dealer->parts ? alloc_rows(context, n_lists(deal), sizeof *dealer->next, err) : NULL;
        dealer->flags = dealer->next ? dki_alloc(context, deal->range_rows, err) : NULL;
    }
    *out = deal->dealers[worker];
    return (*out)->flags ? DK_OK : DK_ERR_MEMORY; /* after a failure nothing goes on */
}

/* Writes rows to where those of their part are. n_words is a constant where it is small. */
static inline void place_rows(const dki_key_deal *deal, const struct dki_dealer *dealer, size_t at, size_t n,
                              unsigned n_words)
{
    size_t none = n_lists(deal) - 1;
    uint64_t *words = deal->words + at * n_words;

    for (size_t i = 0; i < n; i++) {
        size_t part = dealer->parts[i], to = dealer->next[part]++;

        deal->from[at + to] = (uint16_t)i;
        if (part == none) {
            deal->found[at + to] = dealer->flags[i] & DKI_KEY_IS_NULL ? DKI_NULL_KEY : DKI_NO_ROW;
            continue;
        }
        for (unsigned k = 0; k < n_words; k++)
            words[to * n_words + k] = dealer->words[i * n_words + k];
    }
}

/* Says in which part each row of a block is, and counts. */
static inline void choose_parts(const dki_key_deal *deal, struct dki_dealer *dealer, size_t begin, size_t end,
                                unsigned n_words)
{
    size_t none = n_lists(deal) - 1;

    for (size_t i = begin; i < end; i++) {
        uint64_t hash = dki_key_hash(deal->index, dealer->words + i * n_words, n_words);
        size_t part = dealer->flags[i] ? none : dki_key_part(deal->index, hash);

        dealer->parts[i] = (uint16_t)part;
        dealer->next[part]++;
    }
}

static void deal_read(dki_key_deal *deal, struct dki_dealer *dealer, size_t range, size_t n)
{
    uint32_t *starts = deal->starts + range * (n_lists(deal) + 1), at = 0;

    for (size_t p = 0; p < n_lists(deal); p++) {
        starts[p] = at;
        at += dealer->next[p];
        dealer->next[p] = starts[p];
    }
    starts[n_lists(deal)] = at;
    switch (deal->index->code.n_words) {
    case 1: place_rows(deal, dealer, range * deal->range_rows, n, 1); return;
    case 2: place_rows(deal, dealer, range * deal->range_rows, n, 2); return;
    default: place_rows(deal, dealer, range * deal->range_rows, n, deal->index->code.n_words);
    }
}

static dk_status deal_range(dki_key_deal *deal, struct dki_dealer *dealer, size_t range, uint64_t *n_nulls,
                            dk_error *err)
{
    unsigned n_words = deal->index->code.n_words;
    uint64_t begin = (uint64_t)range * deal->range_rows;
    size_t n = deal->n_rows - begin < deal->range_rows ? (size_t)(deal->n_rows - begin) : deal->range_rows;
    size_t step = dki_block_rows(deal->context);
    dk_status status = DK_OK;

    memset(dealer->next, 0, n_lists(deal) * sizeof *dealer->next);
    for (size_t done = 0, piece; status == DK_OK && done < n; done += piece) {
        piece = n - done < step ? n - done : step;
        status = dki_poll(deal->context, err);
        if (status == DK_OK)
            status = dki_key_read(deal->reader, deal->first + begin + done, piece, &dealer->read,
                                  dealer->words + done * n_words, dealer->flags + done, err);
        if (status != DK_OK)
            return status;
        if (n_words == 1)
            choose_parts(deal, dealer, done, done + piece, 1);
        else
            choose_parts(deal, dealer, done, done + piece, n_words);
    }
    for (size_t i = 0; i < n; i++)
        *n_nulls += dealer->flags[i] & DKI_KEY_IS_NULL;
    deal_read(deal, dealer, range, n);
    return DK_OK;
}

static dk_status deal_ranges(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct dealing *dealing = arg;
    struct dki_dealer *dealer;
    uint64_t n_nulls = 0;
    dk_status status = get_dealer(dealing->deal, worker, &dealer, err);

    for (uint64_t range = begin; status == DK_OK && range < end; range++)
        status = deal_range(dealing->deal, dealer, (size_t)range, &n_nulls, err);
    atomic_fetch_add(&dealing->n_nulls, n_nulls);
    return status;
}

dk_status dki_key_deal_rows(dki_key_deal *deal, uint64_t first, uint64_t n_rows, bool in_order, dk_error *err)
{
    struct dealing dealing = { .deal = deal };
    dk_status status;

    deal->first = first;
    deal->n_rows = n_rows;
    deal->n_ranges = (size_t)((n_rows + deal->range_rows - 1) / deal->range_rows);
    status =
        dki_parallel(deal->context, deal->n_ranges, in_order ? deal->n_ranges + 1 : 1, deal_ranges, &dealing, err);
    deal->n_nulls = dealing.n_nulls;
    return status;
}

struct returning {
    const dki_key_deal *deal;
    uint32_t *rows;
};

static dk_status return_ranges(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct returning *returning = arg;
    const dki_key_deal *deal = returning->deal;

    (void)worker;
    (void)err;
    for (uint64_t range = begin; range < end; range++) {
        uint64_t at = range * deal->range_rows;
        size_t n = deal->n_rows - at < deal->range_rows ? (size_t)(deal->n_rows - at) : deal->range_rows;

        for (size_t i = 0; i < n; i++)
            returning->rows[at + deal->from[at + i]] = deal->found[at + i];
    }
    return DK_OK;
}

dk_status dki_key_deal_return(const dki_key_deal *deal, uint32_t *rows, dk_error *err)
{
    struct returning returning = { deal, rows };

    return dki_parallel(deal->context, deal->n_ranges, 1, return_ranges, &returning, err);
}
