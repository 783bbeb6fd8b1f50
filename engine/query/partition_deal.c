/* partition_deal.c - reads ranges of rows, packs their keys, and puts the rows of a part together.
 *
 * How rows are cut follows from their number alone, never from the threads. Poll: once per block.
 */
#include "partition_deal.h"

#include <assert.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "data/column_parts.h"

#define RANGE_BLOCKS 16

/* Layout. ------------------------------------------------------------------------------------------------------ */

/* Whether more is wanted of a value than whether it is known. */
static bool is_wanted(const dki_plan *plan, size_t value)
{
    for (size_t i = 0; i < plan->n_aggregates; i++) {
        const dki_plan_aggregate *aggregate = &plan->aggregates[i];

        if ((aggregate->value == value && !aggregate->what.unique) || aggregate->other == value)
            return true;
    }
    return false;
}

static bool can_keep(const dki_plan *plan, size_t value)
{
    dk_type type = dki_bound_type(plan->values[value].bound);

    return (type != DK_TEXT && type != DK_RATIO) || !is_wanted(plan, value);
}

static bool may_be_null(const dki_plan *plan, const dki_plan_value *value)
{
    if (dki_bound_type(value->bound) == DK_CATEGORY)
        return false; /* code 0 says it */
    return !value->is_column || dk_column_n_nulls(dki_plan_column(plan, dki_bound_column(value->bound))) > 0;
}

static bool has_places(const dki_plan *plan)
{
    for (size_t i = 0; i < plan->n_aggregates; i++) {
        if (dki_aggregate_is_placed(plan->aggregates[i].what.kind))
            return true;
    }
    return false;
}

dk_status dki_deal_init(dki_deal *deal, const dki_plan *plan, const dki_packing *packing, bool *fits, dk_error *err)
{
    memset(deal, 0, sizeof *deal);
    deal->plan = plan;
    deal->packing = packing;
    deal->range_rows = dki_block_rows(plan->context) * RANGE_BLOCKS;
    dki_arena_init(&deal->arena, plan->context);
    *fits = plan->n_filters <= DKI_MOST_FLAGS;
    for (size_t i = 0; *fits && i < plan->n_values; i++)
        *fits = can_keep(plan, i);
    if (!*fits)
        return DK_OK;
    deal->n_arrays = plan->n_values;
    deal->weights = plan->weight ? deal->n_arrays++ : DKI_NONE;
    deal->numbers = has_places(plan) ? deal->n_arrays++ : DKI_NONE;
    deal->keeps = dki_arena_array(&deal->arena, deal->n_arrays, sizeof *deal->keeps, err);
    deal->known_flag = dki_arena_array(&deal->arena, plan->n_values, sizeof *deal->known_flag, err);
    if (deal->keeps == NULL || deal->known_flag == NULL)
        return DK_ERR_MEMORY;
    deal->n_flags = (unsigned)plan->n_filters;
    for (size_t i = 0; i < deal->n_arrays; i++) {
        deal->keeps[i] = i >= plan->n_values || is_wanted(plan, i);
        if (i >= plan->n_values)
            continue;
        deal->known_flag[i] = DKI_MOST_FLAGS;
        if (may_be_null(plan, &plan->values[i])) {
            *fits = *fits && deal->n_flags < DKI_MOST_FLAGS;
            deal->known_flag[i] = (uint8_t)deal->n_flags++;
        }
    }
    return DK_OK;
}

size_t dki_deal_row_bytes(const dki_deal *deal)
{
    size_t bytes = sizeof(uint64_t) * (deal->packing->bits > 64 ? 2 : 1) + (deal->n_flags ? 4 : 0);

    for (size_t i = 0; i < deal->n_arrays; i++)
        bytes += deal->keeps[i] ? sizeof(uint64_t) : 0;
    return bytes;
}

dk_status dki_dealt_rows_init(const dki_deal *deal, dki_dealt_rows *rows, size_t n, dk_error *err)
{
    dk_context *context = deal->plan->context;

    rows->values = dki_calloc(context, deal->n_arrays, sizeof *rows->values, err);
    if (rows->values == NULL || (rows->low = dki_alloc_wide(context, n * sizeof *rows->low, err)) == NULL)
        return DK_ERR_MEMORY;
    if (deal->packing->bits > 64 && (rows->high = dki_alloc_wide(context, n * sizeof *rows->high, err)) == NULL)
        return DK_ERR_MEMORY;
    if (deal->n_flags && (rows->flags = dki_alloc_wide(context, n * sizeof *rows->flags, err)) == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < deal->n_arrays; i++) {
        if (deal->keeps[i] && (rows->values[i] = dki_alloc_wide(context, n * sizeof **rows->values, err)) == NULL)
            return DK_ERR_MEMORY;
    }
    return DK_OK;
}

void dki_dealt_rows_drop(const dki_deal *deal, dki_dealt_rows *rows)
{
    dk_context *context = deal->plan->context;

    for (size_t i = 0; rows->values && i < deal->n_arrays; i++)
        dki_free(context, rows->values[i]);
    dki_free(context, (void *)rows->values);
    dki_free(context, rows->low);
    dki_free(context, rows->high);
    dki_free(context, rows->flags);
}

static void dealer_drop(const dki_deal *deal, dki_dealer *dealer)
{
    if (dealer == NULL)
        return;
    dki_inputs_drop(&dealer->inputs);
    dki_dealt_rows_drop(deal, &dealer->rows);
    dki_arena_drop(&dealer->arena);
    dki_free(deal->plan->context, dealer);
}

static dk_status dealer_init(const dki_deal *deal, dki_dealer *dealer, dk_error *err)
{
    dki_arena *arena = &dealer->arena;
    dk_status status;

    dki_arena_init(arena, deal->plan->context);
    dealer->part = dki_arena_alloc(arena, deal->range_rows * sizeof *dealer->part, err);
    dealer->to = dki_arena_alloc(arena, deal->range_rows * sizeof *dealer->to, err);
    dealer->scratch = dki_arena_alloc(arena, DK_BLOCK_ROWS * 3 * sizeof *dealer->scratch, err);
    dealer->chosen = dki_arena_alloc(arena, DK_BLOCK_ROWS * sizeof *dealer->chosen, err);
    dealer->codes = dki_arena_alloc(arena, DK_BLOCK_ROWS * sizeof *dealer->codes, err);
    dealer->flags = dki_arena_alloc(arena, DK_BLOCK_ROWS * sizeof *dealer->flags, err);
    if (!dealer->part || !dealer->to || !dealer->scratch || !dealer->chosen || !dealer->codes || !dealer->flags)
        return DK_ERR_MEMORY;
    status = dki_dealt_rows_init(deal, &dealer->rows, deal->range_rows, err);
    return status == DK_OK ? dki_inputs_init(&dealer->inputs, deal->plan, NULL, err) : status;
}

void dki_deal_drop(dki_deal *deal)
{
    if (deal->plan == NULL)
        return;
    for (size_t i = 0; i < DKI_MOST_WORKERS; i++)
        dealer_drop(deal, deal->dealers[i]);
    dki_arena_drop(&deal->arena);
    memset(deal, 0, sizeof *deal);
}

/* The dealer of that number, made where it is new. Only the thread of that number asks for it. */
static dk_status get_dealer(dki_deal *deal, unsigned number, dki_dealer **out, dk_error *err)
{
    assert(number < DKI_MOST_WORKERS); /* the pool has no more threads */
    *out = deal->dealers[number];
    if (*out)
        return DK_OK;
    *out = dki_calloc(deal->plan->context, 1, sizeof **out, err);
    if (*out == NULL)
        return DK_ERR_MEMORY;
    deal->dealers[number] = *out;
    return dealer_init(deal, *out, err);
}

/* Dealing. ----------------------------------------------------------------------------------------------------- */

/* The numbers of the rows that are selected. */
static size_t choose(const uint64_t *selection, size_t n, uint32_t *chosen)
{
    size_t n_chosen = 0;

    for (size_t word = 0; word < dki_bit_words(n); word++) {
        uint64_t left = selection[word] & (word + 1 == dki_bit_words(n) ? dki_bit_tail(n) : ~UINT64_C(0));

        for (; left; left &= left - 1)
            chosen[n_chosen++] = (uint32_t)(word * 64 + (size_t)__builtin_ctzll(left));
    }
    return n_chosen;
}

/* Puts some of the numbers in scratch where they are kept; all stand there already where chosen is NULL. */
static void keep(uint64_t *to, const uint64_t *scratch, const uint32_t *chosen, size_t n)
{
    for (size_t i = 0; chosen && i < n; i++)
        to[i] = scratch[chosen[i]];
}

/* A value of every row in 64 bits. */
static void widen(const dki_dealer *dealer, const dk_view *view, uint64_t *to)
{
    if (view->type == DK_REAL && !view->constant) {
        memcpy(to, view->values, view->n * sizeof *to);
    } else if (view->type == DK_REAL) {
        for (size_t i = 0; i < view->n; i++)
            memcpy(&to[i], view->values, sizeof *to);
    } else if (view->type == DK_CATEGORY) {
        dki_view_codes(view, dealer->codes);
        for (size_t i = 0; i < view->n; i++)
            to[i] = dealer->codes[i];
    } else {
        dki_view_integers(view, (int64_t *)to);
    }
}

static void make_flags(const dki_deal *deal, dki_dealer *dealer, size_t n)
{
    const dki_plan *plan = deal->plan;
    uint32_t *flags = dealer->flags;

    memset(flags, 0, n * sizeof *flags);
    for (size_t f = 0; f < plan->n_filters; f++) {
        const uint64_t *truth = dki_inputs_truth(&dealer->inputs, f);

        for (size_t i = 0; i < n; i++)
            flags[i] |= (uint32_t)(truth[i / 64] >> (i % 64) & 1) << f;
    }
    for (size_t v = 0; v < plan->n_values; v++) {
        const dk_view *view = dealer->inputs.views[v];

        for (size_t i = 0; deal->known_flag[v] < DKI_MOST_FLAGS && i < n; i++)
            flags[i] |= (uint32_t)!dki_view_is_null(view, i) << deal->known_flag[v];
    }
}

/* Appends the rows of a block to those of the range. */
static dk_status deal_block(const dki_deal *deal, dki_dealer *dealer, uint64_t row, size_t n, dk_error *err)
{
    const dki_plan *plan = deal->plan;
    dki_inputs *inputs = &dealer->inputs;
    dki_dealt_rows *rows = &dealer->rows;
    uint64_t *low = dealer->scratch + DK_BLOCK_ROWS, *high = low + DK_BLOCK_ROWS;
    const uint32_t *chosen = NULL;
    size_t at = dealer->n, n_chosen = n;
    bool any;
    dk_status status = dki_inputs_block(inputs, row, n, &any, err);

    if (status != DK_OK || !any)
        return status;
    if (inputs->selection) {
        n_chosen = choose(inputs->selection, n, dealer->chosen);
        chosen = n_chosen == n ? NULL : dealer->chosen;
    }
    if (chosen == NULL) { /* speed: what all rows have is made where it is kept */
        low = rows->low + at;
        high = rows->high ? rows->high + at : NULL;
    }
    dki_packing_keys(deal->packing, inputs->by_views, n, low, rows->high ? high : NULL, dealer->scratch);
    keep(rows->low + at, low, chosen, n_chosen);
    if (rows->high)
        keep(rows->high + at, high, chosen, n_chosen);
    for (size_t v = 0; v < plan->n_values; v++) {
        if (deal->keeps[v]) {
            widen(dealer, inputs->views[v], chosen ? dealer->scratch : rows->values[v] + at);
            keep(rows->values[v] + at, dealer->scratch, chosen, n_chosen);
        }
    }
    if (plan->weight) {
        uint64_t *to = rows->values[deal->weights] + at;

        status = dki_inputs_weights(inputs, row, n, (int64_t *)(chosen ? dealer->scratch : to), err);
        if (status == DK_OK)
            keep(to, dealer->scratch, chosen, n_chosen);
    }
    for (size_t i = 0; deal->numbers != DKI_NONE && i < n_chosen; i++)
        rows->values[deal->numbers][at + i] = row + (chosen ? chosen[i] : i);
    if (rows->flags) {
        make_flags(deal, dealer, n);
        for (size_t i = 0; i < n_chosen; i++)
            rows->flags[at + i] = dealer->flags[chosen ? chosen[i] : i];
    }
    dealer->n += n_chosen;
    dki_trace_lap(inputs->steps, DKI_STEP_COUNT(plan), &inputs->since);
    return status;
}

/* Reads a range; when something fails in a block, the block is gone through row by row for its earliest failure. */
static dk_status deal_blocks(const dki_deal *deal, dki_dealer *dealer, uint64_t begin, uint64_t end, dk_error *err)
{
    dk_context *context = deal->plan->context;
    size_t step = dki_block_rows(context);
    dk_status status = DK_OK;

    dealer->n = 0;
    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;

        status = dki_poll(context, err);
        if (status != DK_OK)
            return status;
        status = deal_block(deal, dealer, row, n, err);
        if (status == DK_OK || status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || n == 1)
            continue;
        for (size_t i = 0; i < n; i++) { /* what has been read is of no use any more */
            dk_status one;

            dealer->n = 0;
            one = deal_block(deal, dealer, row + i, 1, err);
            if (one != DK_OK)
                return one;
        }
    }
    return status;
}

/* The part of each row, and how many rows each has. */
static void find_parts(const dki_deal *deal, dki_dealer *dealer, uint32_t *counts)
{
    const dki_borders *borders = &deal->borders;
    const uint64_t *low = dealer->rows.low, *high = dealer->rows.high;
    size_t n = dealer->n;

    memset(counts, 0, (borders->n + 2) * sizeof *counts);
    if (high == NULL && borders->are_apart) { /* speed: no branch */
        for (size_t i = 0; i < n; i++) {
            size_t part = dki_partition_apart(borders, low[i]);

            dealer->part[i] = (uint16_t)part;
            counts[part]++;
        }
        return;
    }
    for (size_t i = 0; i < n; i++) {
        size_t part = dki_partition_of(borders, low[i], high ? high[i] : 0);

        dealer->part[i] = (uint16_t)part;
        counts[part]++;
    }
}

static void scatter(uint64_t *to, const uint64_t *from, const uint32_t *places, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[places[i]] = from[i];
}

void dki_deal_out(const dki_deal *deal, dki_dealer *dealer, const dki_dealt_rows *to, size_t first,
                  uint32_t *starts)
{
    size_t n_parts = dki_deal_n_parts(deal), n = dealer->n, at = 0;
    uint32_t next[DKI_MOST_PARTITIONS];
    const dki_dealt_rows *from = &dealer->rows;

    find_parts(deal, dealer, starts);
    for (size_t part = 0; part <= n_parts; part++) {
        uint32_t count = starts[part];

        starts[part] = (uint32_t)at;
        if (part < n_parts)
            next[part] = (uint32_t)at;
        at += count;
    }
    for (size_t i = 0; i < n; i++)
        dealer->to[i] = next[dealer->part[i]]++;
    scatter(to->low + first, from->low, dealer->to, n);
    if (to->high)
        scatter(to->high + first, from->high, dealer->to, n);
    for (size_t v = 0; v < deal->n_arrays; v++) {
        if (deal->keeps[v])
            scatter(to->values[v] + first, from->values[v], dealer->to, n);
    }
    for (size_t i = 0; to->flags && i < n; i++)
        to->flags[first + dealer->to[i]] = from->flags[i];
}

dk_status dki_deal_read(dki_deal *deal, unsigned number, uint64_t begin, uint64_t end, dki_dealer **out,
                        dk_error *err)
{
    dk_status status = get_dealer(deal, number, out, err);

    return status == DK_OK ? deal_blocks(deal, *out, begin, end, err) : status;
}

/* Taking. ------------------------------------------------------------------------------------------------------ */

/* One flag of n rows as a bitmap. */
static void flag_bits(const uint32_t *flags, unsigned flag, size_t n, uint64_t *out)
{
    for (size_t word = 0; word < dki_bit_words(n); word++) {
        size_t some = n - word * 64 < 64 ? n - word * 64 : 64;
        uint64_t bits = 0;

        for (size_t i = 0; i < some; i++)
            bits |= (uint64_t)(flags[word * 64 + i] >> flag & 1) << i;
        out[word] = bits;
    }
}

dk_status dki_dealt_batch_init(const dki_deal *deal, dki_dealt_batch *batch, dki_arena *arena, dk_error *err)
{
    const dki_plan *plan = deal->plan;

    batch->values = dki_arena_array(arena, plan->n_values, sizeof *batch->values, err);
    batch->known = dki_arena_array(arena, plan->n_values, sizeof *batch->known, err);
    batch->truths = dki_arena_array(arena, plan->n_filters, sizeof *batch->truths, err);
    batch->bits = dki_arena_alloc(arena, deal->n_flags * sizeof *batch->bits, err);
    if (!batch->values || !batch->known || !batch->truths || !batch->bits)
        return DK_ERR_MEMORY;
    for (size_t v = 0; v < plan->n_values; v++) {
        if (deal->known_flag[v] < DKI_MOST_FLAGS)
            batch->known[v] = batch->bits[deal->known_flag[v]];
    }
    for (size_t f = 0; f < plan->n_filters; f++)
        batch->truths[f] = batch->bits[f];
    return DK_OK;
}

void dki_dealt_batch_show(const dki_deal *deal, const dki_dealt_batch *batch, const dki_dealt_rows *rows,
                          size_t from, size_t n, dki_partition_rows *out)
{
    const dki_plan *plan = deal->plan;

    *out = (dki_partition_rows){ .n = n,
                                 .low = rows->low + from,
                                 .high = rows->high ? rows->high + from : NULL,
                                 .values = batch->values,
                                 .known = batch->known,
                                 .truths = batch->truths };
    for (unsigned flag = 0; flag < deal->n_flags; flag++)
        flag_bits(rows->flags + from, flag, n, batch->bits[flag]);
    for (size_t v = 0; v < plan->n_values; v++)
        batch->values[v] = deal->keeps[v] ? rows->values[v] + from : NULL;
    if (plan->weight)
        out->weights = (const int64_t *)rows->values[deal->weights] + from;
    if (deal->numbers != DKI_NONE)
        out->numbers = rows->values[deal->numbers] + from;
}
