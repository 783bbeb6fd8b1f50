/* top.c - the first rows of each group, without sorting the others.
 *
 *   keys of a row -> its group, a number of few bits, and the first word of its order (sort_pieces.h)
 *   a heap of n for each group: words with the number of the row below them; of every worker, then put together
 *   rows that can be among the first: those of the heaps, or all up to the greatest word of their group's heap
 *   these few are put in order by all keys (sort_order.h), and the first n of each group stay
 *
 * Where a word is the whole order, the heaps hold the answer: their groups stand in order as they are. Where it is its
 * beginning, or rows with the same keys are wanted too, a second pass looks for those that are alike. Where groups are
 * too many for heaps, or nearly all rows can be among the first, all rows are put in order.
 *
 * Invariants: heaps only leave out what has n rows of its group before it, so that the result does not depend on
 * how rows were found, nor on threads and blocks.
 */
#include <dekking/top.h>

#include <stdio.h>
#include <string.h>

#include "base/bit_length.h"
#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "data/lineage.h"
#include "expr/poll_row.h"
#include "rows/keys.h"
#include "rows/margin_rows.h"
#include "rows/sort_pieces.h"
#include "rows/sort_radix.h"

#define RANGE_ROWS 65536 /* a multiple of 64 */
#define MOST_GROUP_BITS 24
#define PAYS 4           /* heaps take no more than one number for so many rows */
#define EMPTY UINT64_MAX /* behind every item */

struct worker {
    dki_sort_pieces_block *groups, *order;
    uint64_t *heaps; /* n for each group, the greatest first; NULL: none yet */
    uint32_t
        *lasts; /* the upper bits of the greatest of each heap: what near caches hold of them, for speed alone */
};

struct top {
    dk_context *context;
    const dk_top_spec *spec;
    const dki_order_key *keys; /* of groups, then of the order */
    size_t n_keys;
    uint64_t n_rows;
    dki_sort_pieces groups, order;
    bool has_groups, has_order; /* whether there is anything to tell rows apart by */
    unsigned row_bits;
    unsigned last_shift; /* of an item to its upper bits */
    size_t n_slots, n;   /* n: rows wanted of each, no more than there are */
    struct worker *workers;
    uint64_t *found;  /* bit r: row r can be among the first */
    uint64_t *chosen; /* rows of the result in order, where heaps hold it; else NULL */
    uint64_t n_chosen;
};

/* Heaps. ------------------------------------------------------------------------------------------------------- */

/* Takes an item in the place of the greatest. */
static void replace(uint64_t *heap, size_t n, uint64_t item)
{
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < n && heap[child + 1] > heap[child])
            child++;
        if (child >= n || heap[child] <= item)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = item;
}

static dk_status begin_worker(const struct top *top, struct worker *worker, dk_error *err)
{
    size_t n = top->n_slots * top->n;
    dk_status status = DK_OK;

    if (worker->heaps)
        return DK_OK;
    if (top->has_groups && worker->groups == NULL)
        status = dki_sort_pieces_block_new(&top->groups, top->n_rows, &worker->groups, err);
    if (status == DK_OK && top->has_order && worker->order == NULL)
        status = dki_sort_pieces_block_new(&top->order, top->n_rows, &worker->order, err);
    if (status != DK_OK)
        return status;
    worker->lasts = dki_alloc_array(top->context, top->n_slots, sizeof *worker->lasts, err);
    if (worker->lasts == NULL)
        return DK_ERR_MEMORY;
    memset(worker->lasts, 0xff, top->n_slots * sizeof *worker->lasts);
    worker->heaps = dki_alloc_array(top->context, n, sizeof *worker->heaps, err);
    if (worker->heaps == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        worker->heaps[i] = EMPTY;
    return DK_OK;
}

/* The groups and words of a block. */
static dk_status read_block(const struct top *top, struct worker *worker, uint64_t row, size_t n, dk_error *err)
{
    dk_status status = dki_poll(top->context, err);

    if (status == DK_OK && top->has_groups)
        status = dki_sort_pieces_block_fill(worker->groups, row, n, err);
    if (status == DK_OK && top->has_order)
        status = dki_sort_pieces_block_fill(worker->order, row, n, err);
    return status;
}

static uint64_t item_of(const struct top *top, const struct worker *worker, uint64_t row, size_t i)
{
    return (top->has_order ? worker->order->words[i] << top->row_bits : 0) | (row + i);
}

static size_t slot_of(const struct top *top, const struct worker *worker, size_t i)
{
    return top->has_groups ? (size_t)worker->groups->words[i] : 0;
}

/* The rows of a block that seem to be before the last of their heap; their heaps are fetched together. */
static size_t list_promising(const struct top *top, const struct worker *worker, uint64_t row, size_t n,
                             uint16_t *list)
{
    size_t n_listed = 0;

    for (size_t i = 0; i < n; i++) {
        list[n_listed] = (uint16_t)i;
        n_listed += item_of(top, worker, row, i) >> top->last_shift <= worker->lasts[slot_of(top, worker, i)];
    }
    for (size_t k = 0; k < n_listed; k++)
        __builtin_prefetch(worker->heaps + slot_of(top, worker, list[k]) * top->n, 1);
    return n_listed;
}

static dk_status fill_range(void *arg, unsigned number, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct top *top = arg;
    struct worker *worker = &top->workers[number];
    size_t step = dki_block_rows(top->context);
    uint16_t list[DK_BLOCK_ROWS];
    dk_status status = begin_worker(top, worker, err);

    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;
        size_t n_listed = 0;

        status = read_block(top, worker, row, n, err);
        if (status == DK_OK)
            n_listed = list_promising(top, worker, row, n, list);
        for (size_t k = 0; k < n_listed; k++) {
            size_t slot = slot_of(top, worker, list[k]);
            uint64_t *heap = worker->heaps + slot * top->n, item = item_of(top, worker, row, list[k]);

            if (item >= *heap)
                continue;
            replace(heap, top->n, item);
            worker->lasts[slot] = *heap == EMPTY ? UINT32_MAX : (uint32_t)(*heap >> top->last_shift);
        }
    }
    return status;
}

/* Puts all heaps into those of one worker, which has some also where there are no rows. */
static dk_status merge_heaps(struct top *top, struct worker **out, dk_error *err)
{
    struct worker *first = &top->workers[0];
    dk_status status = begin_worker(top, first, err);

    for (size_t k = 1; status == DK_OK && k < DKI_MOST_WORKERS; k++) {
        const uint64_t *from = top->workers[k].heaps;

        if (from == NULL)
            continue;
        status = dki_poll(top->context, err);
        for (size_t slot = 0; status == DK_OK && slot < top->n_slots; slot++) {
            uint64_t *heap = first->heaps + slot * top->n;

            for (size_t i = 0; i < top->n; i++) {
                if (from[slot * top->n + i] < *heap)
                    replace(heap, top->n, from[slot * top->n + i]);
            }
        }
        dki_free(top->context, top->workers[k].heaps);
        top->workers[k].heaps = NULL;
    }
    *out = first;
    return status;
}

/* Makes the heaps of a worker the rows of the result: those of each group in order, without places that nobody took. */
static dk_status order_heaps(struct top *top, struct worker *worker, dk_error *err)
{
    uint64_t *scratch = dki_alloc_array(top->context, top->n, sizeof *scratch, err);
    uint64_t mask = (UINT64_C(1) << top->row_bits) - 1;
    dk_status status = scratch ? DK_OK : DK_ERR_MEMORY;

    top->chosen = worker->heaps;
    worker->heaps = NULL;
    DKI_FOR_ROWS(slot, top->n_slots, top->context, status, err)
    {
        uint64_t *heap = top->chosen + slot * top->n;
        size_t n = 0, limit;

        for (size_t i = 0; i < top->n; i++) {
            if (heap[i] != EMPTY)
                heap[n++] = heap[i];
        }
        limit = n;
        if (n > 1)
            status = dki_radix_sort(top->context, heap, scratch, n, 0, 62, &limit, err);
        for (size_t i = 0; i < n && i < top->spec->n; i++)
            top->chosen[top->n_chosen++] = heap[i] & mask;
    }
    dki_free(top->context, scratch);
    return status;
}

/* Candidates. -------------------------------------------------------------------------------------------------- */

/* Those that are no further behind than the last in the heap of their group. */
static dk_status find_range(void *arg, unsigned number, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct top *top = arg;
    struct worker *worker = &top->workers[number];
    const uint64_t *heaps = top->workers[0].heaps;
    size_t step = dki_block_rows(top->context);
    dk_status status = DK_OK;

    if (top->has_groups && worker->groups == NULL)
        status = dki_sort_pieces_block_new(&top->groups, top->n_rows, &worker->groups, err);
    if (status == DK_OK && top->has_order && worker->order == NULL)
        status = dki_sort_pieces_block_new(&top->order, top->n_rows, &worker->order, err);
    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;

        status = read_block(top, worker, row, n, err);
        for (size_t i = 0; status == DK_OK && i < n; i++) {
            uint64_t last = heaps[top->has_groups ? worker->groups->words[i] * top->n : 0];

            if (!top->has_order || worker->order->words[i] <= last >> top->row_bits)
                dki_bit_set(top->found, (size_t)(row + i));
        }
    }
    return status;
}

/* Marks every row that can be among the first in `found`, or finds those that are; *done: it did. */
static dk_status find_candidates(struct top *top, bool *done, dk_error *err)
{
    bool whole = !top->spec->ties && (!top->has_order || top->order.n_words == 1);
    struct worker *all = NULL;
    dk_status status;

    top->workers = dki_calloc(top->context, DKI_MOST_WORKERS, sizeof *top->workers, err);
    if (top->workers == NULL)
        return DK_ERR_MEMORY;
    status = dki_parallel(top->context, top->n_rows, RANGE_ROWS, fill_range, top, err);
    if (status == DK_OK)
        status = merge_heaps(top, &all, err);
    if (status != DK_OK)
        return status;
    status = whole ? order_heaps(top, all, err)
                   : dki_parallel(top->context, top->n_rows, RANGE_ROWS, find_range, top, err);
    *done = status == DK_OK;
    return status;
}

/* Looks at the keys, and whether heaps serve. */
static dk_status find_by_heaps(struct top *top, bool *done, dk_error *err)
{
    const dk_top_spec *spec = top->spec;
    dk_status status;

    *done = false;
    top->row_bits = top->n_rows > 1 ? dki_bit_length(top->n_rows - 1) : 1;
    status = dki_sort_pieces_init(&top->groups, top->context, top->keys, spec->n_within, spec->n_within, 62, err);
    if (status != DK_OK)
        return status;
    status = dki_sort_pieces_init(&top->order, top->context, top->keys + spec->n_within, spec->n_order, 0,
                                  62 - top->row_bits, err); /* an item is under 2^62, and EMPTY no item */
    if (status == DK_OK && top->groups.bits <= MOST_GROUP_BITS) {
        top->has_groups = top->groups.n_words > 0;
        top->has_order = top->order.n_words > 0;
        top->n_slots = (size_t)1 << top->groups.bits;
        top->last_shift = top->row_bits + (top->has_order ? dki_sort_pieces_word_bits(&top->order, 0) : 0);
        top->last_shift = top->last_shift > 32 ? top->last_shift - 32 : 0;
        if (top->n <= top->n_rows / PAYS / top->n_slots)
            status = find_candidates(top, done, err);
    }
    for (size_t i = 0; top->workers && i < DKI_MOST_WORKERS; i++) {
        dki_sort_pieces_block_release(top->workers[i].groups);
        dki_sort_pieces_block_release(top->workers[i].order);
        dki_free(top->context, top->workers[i].heaps);
        dki_free(top->context, top->workers[i].lasts);
    }
    dki_free(top->context, top->workers);
    dki_sort_pieces_drop(&top->order); /* where it failed there is nothing */
    dki_sort_pieces_drop(&top->groups);
    return status;
}

/* The first of each group. ------------------------------------------------------------------------------------- */

/* Numbers of the rows whose bits are set. */
static void list_found(const struct top *top, uint64_t *rows)
{
    size_t n = 0;

    for (size_t w = 0; w < dki_bit_words((size_t)top->n_rows); w++) {
        for (uint64_t word = top->found[w]; word; word &= word - 1)
            rows[n++] = w * 64 + (unsigned)__builtin_ctzll(word);
    }
}

/* Puts n rows, or all where rows is NULL, in the order of all keys; order holds places in rows. */
static dk_status order_rows(const struct top *top, const uint64_t *rows, uint64_t n, uint64_t *order,
                            uint8_t *starts, dk_error *err)
{
    dki_order_key *picked;
    dk_status status = DK_OK;

    if (rows == NULL)
        return dki_order_rows(top->context, top->keys, top->n_keys, top->spec->n_within, n, n, order, starts, err);
    picked = dki_calloc(top->context, top->n_keys, sizeof *picked, err);
    if (picked == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; status == DK_OK && i < top->n_keys; i++) {
        picked[i].descending = top->keys[i].descending;
        status = dk_column_gather(top->keys[i].column, rows, n, &picked[i].column, err);
    }
    if (status == DK_OK)
        status = dki_order_rows(top->context, picked, top->n_keys, top->spec->n_within, n, n, order, starts, err);
    for (size_t i = 0; i < top->n_keys; i++)
        dk_column_release(picked[i].column);
    dki_free(top->context, picked);
    return status;
}

/* Of ordered rows the first of each group go to the front of order, as numbers of rows of the table. */
static dk_status choose(const struct top *top, const uint64_t *rows, uint64_t n, uint64_t *order,
                        const uint8_t *starts, uint64_t *n_chosen, dk_error *err)
{
    uint64_t place = 0, peer = 0; /* in the group: of the row, of the first that has its keys */
    dk_status status = DK_OK;

    *n_chosen = 0;
    DKI_FOR_ROWS(i, n, top->context, status, err)
    {
        place = starts[i] & DKI_STARTS_GROUP ? 0 : place + 1;
        peer = starts[i] ? place : peer;
        if ((top->spec->ties ? peer : place) < top->spec->n)
            order[(*n_chosen)++] = rows ? rows[order[i]] : order[i];
    }
    return status;
}

/* Puts chosen rows back into the order of the table. */
static void restore_order(struct top *top, uint64_t *rows, uint64_t n)
{
    memset(top->found, 0, dki_bit_words((size_t)top->n_rows) * sizeof *top->found);
    for (uint64_t i = 0; i < n; i++)
        dki_bit_set(top->found, (size_t)rows[i]);
    list_found(top, rows);
}

/* Puts the rows that can be among the first in order by their keys, and takes the first. few: they are marked. */
static dk_status take_ordered(struct top *top, bool few, const dk_table *table, const dk_table **out, dk_error *err)
{
    dk_context *context = top->context;
    uint64_t *rows = NULL, *order = NULL, n = top->n_rows, n_chosen = 0;
    uint8_t *starts = NULL;
    dk_status status = DK_OK;

    if (few)
        n = dki_bits_count(top->found, (size_t)top->n_rows);
    if (n > top->n_rows / 2) {
        few = false;
        n = top->n_rows;
    }
    rows = few ? dki_alloc_array(context, (size_t)n, sizeof *rows, err) : NULL;
    order = dki_alloc_array(context, (size_t)n, sizeof *order, err);
    starts = dki_alloc_array(context, (size_t)n, 1, err);
    if ((few && rows == NULL) || order == NULL || starts == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK && few)
        list_found(top, rows);
    if (status == DK_OK)
        status = order_rows(top, rows, n, order, starts, err);
    if (status == DK_OK)
        status = choose(top, rows, n, order, starts, &n_chosen, err);
    if (status == DK_OK && top->spec->table_order)
        restore_order(top, order, n_chosen);
    if (status == DK_OK)
        status = dk_table_gather(table, order, n_chosen, out, err);
    dki_free(context, rows);
    dki_free(context, order);
    dki_free(context, starts);
    return status;
}

static dk_status take_top(struct top *top, const dk_table *table, const dk_table **out, dk_error *err)
{
    bool few;
    dk_status status = find_by_heaps(top, &few, err);

    if (status != DK_OK)
        return status;
    if (top->chosen == NULL)
        return take_ordered(top, few, table, out, err);
    if (top->spec->table_order)
        restore_order(top, top->chosen, top->n_chosen);
    return dk_table_gather(table, top->chosen, top->n_chosen, out, err);
}

/* The whole. --------------------------------------------------------------------------------------------------- */

#define KEYS_TEXT 400 /* so many bytes of keys go into the lineage */

static void add_keys(char text[KEYS_TEXT], const char *before, const char *const *keys, size_t n)
{
    size_t used = strlen(text);

    for (size_t i = 0; i < n && used < KEYS_TEXT - 1; i++) {
        (void)snprintf(text + used, KEYS_TEXT - used, "%s%s", i ? ", " : before, keys[i]);
        used = strlen(text);
    }
}

dk_status dk_table_top(const dk_table *table, const dk_top_spec *spec, const dk_params *params,
                       const dk_table **out, dk_error *err)
{
    struct top top = { .context = dk_table_context(table), .spec = spec, .n_rows = dk_table_n_rows(table) };
    size_t n_keys = spec->n_within + spec->n_order;
    char text[KEYS_TEXT] = "";
    dki_order_key *keys;
    const dk_table *made = NULL;
    dk_status status = dki_refuse_margin(table, "the first rows would lack their totals", err);

    if (status != DK_OK)
        return status;
    keys = dki_alloc_array(top.context, n_keys, sizeof *keys, err);
    top.found = dki_calloc(top.context, dki_bit_words((size_t)top.n_rows), sizeof *top.found, err);
    status = keys && top.found ? DK_OK : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dki_keys_bind(table, spec->within, spec->n_within, false, "top", params, keys, err);
    if (status == DK_OK) {
        top.n_keys = spec->n_within;
        status = dki_keys_bind(table, spec->order, spec->n_order, true, "top", params, keys + spec->n_within, err);
    }
    if (status == DK_OK) {
        top.n_keys = n_keys;
        top.keys = keys;
        top.n = spec->n == 0 ? 1 : (size_t)(spec->n < top.n_rows ? spec->n : top.n_rows + 1);
        status = take_top(&top, table, &made, err);
    }
    dki_keys_release(keys, top.n_keys);
    dki_free(top.context, keys);
    dki_free(top.context, top.found);
    dki_free(top.context, top.chosen);
    if (status != DK_OK)
        return status;
    add_keys(text, " by ", spec->order, spec->n_order);
    add_keys(text, " within ", spec->within, spec->n_within);
    status = dki_table_add_step(made, table, err, "the first %llu%s%s", (unsigned long long)spec->n, text,
                                spec->ties ? ", with their peers" : "");
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}
