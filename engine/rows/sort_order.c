/* sort_order.c - the order of rows by several columns.
 *
 *   keys -> words of bits (sort_pieces.h)
 *   word 0 of each row, and its number below it, in 64 bits: sorted by radix (sort_radix.h)
 *   rows that are alike in it: their next word and number, sorted in the same way; and so on
 *
 * A word has the bits that a row's number leaves: 40 for ten million rows, so that a word is enough for most
 * orders.
 *
 * Keys that have few combinations of values are counted instead (sort_counted.h).
 *
 * Where only the first few rows are wanted, the first key (sort_first.h), or the first word, tells which few can be
 * among them; these alone are then put in order.
 *
 * Invariants: the order is total, since ties go to the row that came first; so it depends on nothing but the
 * values.
 */
#include "sort_order.h"

#include <string.h>

#include "base/bit_length.h"
#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "sort_counted.h"
#include "sort_first.h"
#include "sort_pieces.h"
#include "sort_radix.h"

#define RANGE_ROWS 65536 /* a multiple of 64 */

struct order {
    dk_context *context;
    dki_sort_pieces pieces;
    dki_sort_pieces_block **blocks; /* of each worker that there can be */
    uint64_t n_rows;
    unsigned row_bits;
    uint64_t *items; /* the caller's rows: a word, and the row below it */
    uint64_t *scratch;
    size_t n_words;  /* that count: those of the pieces, or the first alone */
    uint64_t **rest; /* the words after the first, by row */
    uint8_t *starts;
    uint64_t *runs; /* bit p: items[p] begins a run of rows that are alike in word 0 */
    size_t n_sorted, limit;
};

static dk_status fill_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct order *order = arg;
    size_t step = dki_block_rows(order->context);
    dk_status status = DK_OK;

    if (order->blocks[worker] == NULL)
        status = dki_sort_pieces_block_new(&order->pieces, order->n_rows, &order->blocks[worker], err);
    for (uint64_t row = begin; row < end && status == DK_OK; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;
        const uint64_t *words = order->blocks[worker]->words;

        status = dki_poll(order->context, err);
        if (status == DK_OK)
            status = dki_sort_pieces_block_fill(order->blocks[worker], row, n, err);
        if (status != DK_OK)
            break;
        for (size_t i = 0; i < n; i++)
            order->items[row + i] = words[i] << order->row_bits | (row + i);
        for (size_t w = 1; w < order->n_words; w++)
            memcpy(order->rest[w - 1] + row, words + w * order->blocks[worker]->n_rows, n * sizeof *words);
    }
    return status;
}

/* What the difference of two neighbours in word w says. */
static uint8_t start_of(const struct order *order, size_t w, uint64_t difference)
{
    unsigned group = dki_sort_pieces_word_group_bits(&order->pieces, w);
    uint8_t starts = difference >> order->row_bits ? DKI_STARTS_PEERS : 0;

    /* a group's bits are the upper ones of the word, which is not empty */
    if (group && difference >> (order->row_bits + dki_sort_pieces_word_bits(&order->pieces, w) - group))
        starts |= DKI_STARTS_GROUP;
    return starts;
}

static dk_status mark_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct order *order = arg;

    (void)worker;
    (void)err;
    for (uint64_t p = begin; p < end; p++) {
        uint8_t starts =
            p ? start_of(order, 0, order->items[p] ^ order->items[p - 1]) : DKI_STARTS_PEERS | DKI_STARTS_GROUP;

        if (order->starts)
            order->starts[p] = starts;
        if (order->runs && (starts & DKI_STARTS_PEERS))
            dki_bit_set(order->runs, (size_t)p);
    }
    return DK_OK;
}

/* Rows items[begin .. end-1] are alike in the words before w. */
static dk_status refine(struct order *order, size_t begin, size_t end, size_t w, dk_error *err)
{
    const uint64_t mask = (UINT64_C(1) << order->row_bits) - 1;
    size_t run = begin;
    dk_status status;

    for (size_t p = begin; p < end; p++) {
        uint64_t row = order->items[p] & mask;

        order->items[p] = order->rest[w - 1][row] << order->row_bits | row;
    }
    status =
        dki_radix_sort_few(order->context, order->items + begin, order->scratch + begin, end - begin,
                           order->row_bits, order->row_bits + dki_sort_pieces_word_bits(&order->pieces, w), err);
    if (order->starts && status == DK_OK)
        for (size_t p = begin + 1; p < end; p++)
            order->starts[p] |= start_of(order, w, order->items[p] ^ order->items[p - 1]);
    for (size_t p = begin + 1; status == DK_OK && w + 1 < order->n_words && p <= end; p++) {
        if (p < end && (order->items[p] ^ order->items[p - 1]) >> order->row_bits == 0)
            continue;
        if (p - run > 1)
            status = refine(order, run, p, w + 1, err);
        run = p;
    }
    return status;
}

static bool begins_run(const struct order *order, uint64_t p)
{
    return p >= order->n_sorted || dki_bit(order->runs, (size_t)p);
}

/* The runs that begin in a range. */
static dk_status refine_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct order *order = arg;
    dk_status status = DK_OK;

    (void)worker;
    while (begin < end && !begins_run(order, begin))
        begin++;
    while (begin < end && status == DK_OK) {
        uint64_t next = begin + 1;

        while (!begins_run(order, next))
            next++;
        if (next - begin > 1 && begin < order->limit)
            status = refine(order, (size_t)begin, (size_t)next, 1, err);
        begin = next;
    }
    return status;
}

static dk_status strip_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct order *order = arg;
    const uint64_t mask = (UINT64_C(1) << order->row_bits) - 1;

    (void)worker;
    (void)err;
    for (uint64_t p = begin; p < end; p++)
        order->items[p] &= mask;
    return DK_OK;
}

static dk_status allocate(struct order *order, dk_error *err)
{
    size_t n = (size_t)order->n_rows, n_rest = order->n_words - 1;

    order->scratch = dki_alloc_array(order->context, n, sizeof *order->scratch, err);
    if (order->scratch == NULL)
        return DK_ERR_MEMORY;
    if (n_rest == 0)
        return DK_OK;
    order->runs = dki_calloc(order->context, dki_bit_words(n), sizeof *order->runs, err);
    if (order->runs == NULL)
        return DK_ERR_MEMORY;
    order->rest = dki_calloc(order->context, n_rest, sizeof *order->rest, err);
    if (order->rest == NULL)
        return DK_ERR_MEMORY;
    for (size_t w = 0; w < n_rest; w++) {
        order->rest[w] = dki_alloc_array(order->context, n, sizeof **order->rest, err);
        if (order->rest[w] == NULL)
            return DK_ERR_MEMORY;
    }
    return DK_OK;
}

static dk_status sort_items(struct order *order, dk_error *err)
{
    dk_context *context = order->context;
    unsigned end = order->row_bits + dki_sort_pieces_word_bits(&order->pieces, 0);
    dk_status status = allocate(order, err);

    if (status == DK_OK)
        status = dki_parallel(context, order->n_rows, RANGE_ROWS, fill_range, order, err);
    if (status == DK_OK)
        status = dki_radix_sort(context, order->items, order->scratch, (size_t)order->n_rows, order->row_bits, end,
                                &order->n_sorted, err);
    if (status == DK_OK && (order->starts || order->runs))
        status = dki_parallel(context, order->n_sorted, RANGE_ROWS, mark_range, order, err);
    if (status == DK_OK && order->runs)
        status = dki_parallel(context, order->n_sorted, RANGE_ROWS, refine_range, order, err);
    if (status == DK_OK)
        status = dki_parallel(context, order->n_sorted, RANGE_ROWS, strip_range, order, err);
    return status;
}

static void order_drop(struct order *order)
{
    for (size_t i = 0; i < dki_workers_bound(order->n_rows, RANGE_ROWS); i++)
        dki_sort_pieces_block_release(order->blocks[i]);
    for (size_t w = 0; order->rest && w + 1 < order->n_words; w++)
        dki_free(order->context, order->rest[w]);
    dki_free(order->context, order->rest);
    dki_free(order->context, order->runs);
    dki_free(order->context, order->scratch);
    dki_sort_pieces_drop(&order->pieces);
}

/* Puts rows in order by the keys, or by the first word of them alone; *n_right of them are right, and what is alike
 * in the first word is not cut in two there. */
static dk_status order_by(dk_context *context, const dki_order_key *keys, size_t n_keys, size_t n_group,
                          bool first_word, uint64_t n_rows, uint64_t limit, uint64_t *rows, uint8_t *starts,
                          uint64_t *n_right, dk_error *err)
{
    dki_sort_pieces_block *blocks[DKI_MOST_WORKERS]; /* few rows are sorted sooner than all are cleared */
    struct order order = {
        .context = context, .blocks = blocks, .n_rows = n_rows, .items = rows, .starts = starts
    };
    dk_status status;

    memset(blocks, 0, dki_workers_bound(n_rows, RANGE_ROWS) * sizeof *blocks);
    order.limit = (size_t)(limit < n_rows ? limit : n_rows);
    order.n_sorted = order.limit;
    order.row_bits = n_rows > 1 ? dki_bit_length(n_rows - 1) : 1;
    status = dki_sort_pieces_init(&order.pieces, context, keys, n_keys, n_group, 64 - order.row_bits, err);
    if (status != DK_OK)
        return status;
    order.n_words = first_word && order.pieces.n_words > 1 ? 1 : order.pieces.n_words;
    if (order.n_words > 0 && n_rows > 0) {
        status = sort_items(&order, err);
        *n_right = order.n_sorted;
    } else {
        for (uint64_t i = 0; i < n_rows; i++) /* all are alike */
            rows[i] = i;
        if (starts && n_rows > 0) {
            memset(starts, 0, (size_t)n_rows);
            starts[0] = DKI_STARTS_PEERS | DKI_STARTS_GROUP;
        }
        *n_right = n_rows;
    }
    order_drop(&order);
    return status;
}

/* The first few of many rows. --------------------------------------------------------------------------------------- */

#define FEW 16 /* one in so many rows is few */

/* Orders the n candidates, which stand in rows, by all keys. */
static dk_status order_candidates(dk_context *context, const dki_order_key *keys, size_t n_keys, uint64_t n,
                                  uint64_t limit, uint64_t *rows, dk_error *err)
{
    uint64_t *found = dki_alloc_array(context, (size_t)n, 2 * sizeof *found, err),
             *order = found ? found + n : NULL;
    dki_order_key *picked = found ? dki_calloc(context, n_keys, sizeof *picked, err) : NULL;
    uint64_t n_right;
    dk_status status = picked ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK) {
        memcpy(found, rows, (size_t)n * sizeof *found);
        status = dki_radix_sort_few(context, found, order, (size_t)n, 0, 64, err); /* ties go by the row */
    }
    for (size_t k = 0; k < n_keys && status == DK_OK; k++) {
        picked[k].descending = keys[k].descending;
        status = dk_column_gather(keys[k].column, found, n, &picked[k].column, err);
    }
    if (status == DK_OK)
        status = order_by(context, picked, n_keys, 0, false, n, limit, order, NULL, &n_right, err);
    for (uint64_t i = 0; i < limit && status == DK_OK; i++)
        rows[i] = found[order[i]];
    for (size_t k = 0; picked && k < n_keys; k++)
        dk_column_release(picked[k].column);
    dki_free(context, picked);
    dki_free(context, found);
    return status;
}

/* Looks for candidates by the first key. *done: there are few of them, and they are in order. */
static dk_status order_by_first_key(dk_context *context, const dki_order_key *keys, size_t n_keys, uint64_t n_rows,
                                    uint64_t limit, uint64_t *rows, bool *done, dk_error *err)
{
    uint64_t n_found;
    dk_status status = dki_first_rows(context, keys, n_keys, n_rows, limit, n_rows / FEW, rows, &n_found, err);

    if (status == DK_OK && n_found != UINT64_MAX) {
        status = order_candidates(context, keys, n_keys, n_found, limit, rows, err);
        *done = status == DK_OK;
    }
    return status;
}

/* The same by the first word of the first key, or else of all. */
static dk_status order_by_first_word(dk_context *context, const dki_order_key *keys, size_t n_keys, uint64_t n_rows,
                                     uint64_t limit, uint64_t *rows, bool *done, dk_error *err)
{
    const size_t tries[] = { 1, n_keys };
    dk_status status = DK_OK;

    for (size_t i = 0; i < (n_keys > 1 ? 2 : n_keys) && status == DK_OK && !*done; i++) {
        uint64_t n_right = n_rows;

        status = order_by(context, keys, tries[i], 0, true, n_rows, limit, rows, NULL, &n_right, err);
        if (status != DK_OK || n_right > n_rows / FEW)
            continue;
        status = order_candidates(context, keys, n_keys, n_right, limit, rows, err);
        *done = status == DK_OK;
    }
    return status;
}

static dk_status order_by_counts(dk_context *context, const dki_order_key *keys, size_t n_keys, size_t n_group,
                                 uint64_t n_rows, uint64_t *rows, uint8_t *starts, bool *done, dk_error *err)
{
    dki_sort_counted *counted;
    dk_status status = dki_sort_counted_new(context, keys, n_keys, n_group, n_rows, true, &counted, err);

    if (status != DK_OK || counted == NULL)
        return status;
    status = dki_sort_counted_rows(counted, rows, starts, err);
    dki_sort_counted_drop(counted);
    *done = status == DK_OK;
    return status;
}

dk_status dki_order_rows(dk_context *context, const dki_order_key *keys, size_t n_keys, size_t n_group,
                         uint64_t n_rows, uint64_t limit, uint64_t *rows, uint8_t *starts, dk_error *err)
{
    bool few = limit > 0 && limit < n_rows / FEW && starts == NULL, done = false;
    uint64_t n_right;
    dk_status status = DK_OK;

    if (few)
        status = order_by_first_key(context, keys, n_keys, n_rows, limit, rows, &done, err);
    if (status == DK_OK && !done)
        status = order_by_counts(context, keys, n_keys, n_group, n_rows, rows, starts, &done, err);
    if (few && status == DK_OK && !done)
        status = order_by_first_word(context, keys, n_keys, n_rows, limit, rows, &done, err);
    if (status == DK_OK && !done)
        status = order_by(context, keys, n_keys, n_group, false, n_rows, limit, rows, starts, &n_right, err);
    return status;
}
