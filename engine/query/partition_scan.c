/* partition_scan.c - the pass over the rows where keys are many.
 *
 * A sample of rows, some from everywhere, tells whether keys are many and where the ranges of parts end, so that each
 * has about as many rows. Then the table goes by in chunks:
 *
 *   deal   ranges of rows go to workers: each reads its rows, packs their keys, and puts rows into the chunk's memory
 *          so that those of a part lie together (partition_deal.h)
 *   take   parts go to workers: each takes what the ranges of the chunk have for it, in the order of rows
 *
 * How rows are cut follows from their number alone, never from the threads. Where keys are few, or values cannot be
 * kept for later (texts lie in memory that is used again), the caller goes another way.
 *
 * Memory: a chunk (at most CHUNK_BYTES, or four ranges), and what parts hold. Poll: once per block.
 */
#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "partition_deal.h"

#define CHUNK_BYTES ((size_t)64 << 20)
#define MOST_RANGES 32
#define LEAST_RANGES 4
#define LEAST_BLOCKS 32 /* a table below that takes less than what is made here */
#define MANY_KEYS 2048  /* in a sample */
#define MOST_SORTED (UINT64_C(1) << 31)
#define SOME_KEYS 16 /* where values have to be sorted by group */

struct scan {
    dki_deal deal;
    dki_partitions *parts;
    size_t n_ranges;
    uint64_t first;      /* row of the chunk at hand */
    uint64_t n;          /* and its rows */
    dki_dealt_rows rows; /* of the chunk: range r begins at r * range_rows */
    uint32_t *starts;    /* n_parts + 1 for each range */
};

static dk_status deal_range(void *arg, unsigned number, uint64_t begin, uint64_t end, dk_error *err)
{
    struct scan *scan = arg;
    dki_dealer *dealer;
    dk_status status = dki_deal_read(&scan->deal, number, scan->first + begin, scan->first + end, &dealer, err);

    if (status == DK_OK)
        dki_deal_out(&scan->deal, dealer, &scan->rows, (size_t)begin,
                     scan->starts + begin / scan->deal.range_rows * (scan->parts->n_parts + 1));
    return status;
}

static dk_status take_part(const struct scan *scan, size_t number, const dki_dealt_batch *batch, dk_error *err)
{
    size_t n_parts = scan->parts->n_parts, range_rows = scan->deal.range_rows;
    dk_status status = DK_OK;

    for (size_t range = 0; range * range_rows < scan->n; range++) {
        const uint32_t *starts = scan->starts + range * (n_parts + 1) + number;

        for (size_t from = starts[0], n; status == DK_OK && from < starts[1]; from += n) {
            dki_partition_rows taken;

            n = starts[1] - from < DK_BLOCK_ROWS ? starts[1] - from : DK_BLOCK_ROWS;
            dki_dealt_batch_show(&scan->deal, batch, &scan->rows, range * range_rows + from, n, &taken);
            status = dki_poll(scan->deal.plan->context, err);
            if (status == DK_OK)
                status = dki_partition_add(scan->parts, &scan->parts->parts[number], &taken, err);
        }
    }
    return status;
}

static dk_status take_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct scan *scan = arg;
    dki_arena arena;
    dki_dealt_batch batch;
    dk_status status;

    (void)worker;
    dki_arena_init(&arena, scan->deal.plan->context);
    status = dki_dealt_batch_init(&scan->deal, &batch, &arena, err);
    for (uint64_t part = begin; status == DK_OK && part < end; part++)
        status = take_part(scan, (size_t)part, &batch, err);
    dki_arena_drop(&arena);
    return status;
}

static dk_status scan_chunks(struct scan *scan, dk_error *err)
{
    dki_deal *deal = &scan->deal;
    dk_context *context = deal->plan->context;
    uint64_t n_rows = dk_table_n_rows(deal->plan->table);
    size_t bytes = dki_deal_row_bytes(deal) * deal->range_rows, n_parts = scan->parts->n_parts;
    dk_status status;

    scan->n_ranges = CHUNK_BYTES / bytes > MOST_RANGES ? MOST_RANGES : CHUNK_BYTES / bytes;
    scan->n_ranges = scan->n_ranges < LEAST_RANGES ? LEAST_RANGES : scan->n_ranges;
    if (scan->n_ranges > n_rows / deal->range_rows + 1)
        scan->n_ranges = (size_t)(n_rows / deal->range_rows) + 1;
    scan->starts = dki_arena_array(&deal->arena, scan->n_ranges * (n_parts + 1), sizeof *scan->starts, err);
    status = scan->starts ? dki_dealt_rows_init(deal, &scan->rows, scan->n_ranges * deal->range_rows, err)
                          : DK_ERR_MEMORY;
    for (scan->first = 0; status == DK_OK && scan->first < n_rows; scan->first += scan->n) {
        uint64_t most = (uint64_t)scan->n_ranges * deal->range_rows;

        scan->n = n_rows - scan->first < most ? n_rows - scan->first : most;
        status = dki_parallel(context, scan->n, deal->range_rows, deal_range, scan, err);
        if (status == DK_OK)
            status = dki_parallel(context, n_parts, 1, take_range, scan, err);
    }
    dki_dealt_rows_drop(deal, &scan->rows);
    return status;
}

/* The whole. --------------------------------------------------------------------------------------------------- */

static bool has_tallies(const dki_plan *plan)
{
    for (size_t i = 0; i < plan->n_aggregates; i++) {
        if (dki_aggregate_tallies(plan->aggregates[i].what.kind) && !plan->aggregates[i].what.unique)
            return true;
    }
    return false;
}

/* Whether keys are so many that hardly two rows have the same one. Of n rows that are looked at, n * n / 2 / N pairs would be
 * alike if N keys were equally frequent: there are to be half as many keys as rows. */
static dk_status is_sorted(const dki_plan *plan, const dki_sample *sample, bool *out, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(plan->table);
    double n_alike = (double)(sample->n - sample->n_keys);

    *out = n_rows <= MOST_SORTED && sample->n_keys >= sample->n - sample->n / 4 &&
           n_alike * (double)n_rows <= (double)sample->n * (double)sample->n_seen;
    return *out ? dki_plan_stays_in_parts(plan, out, err) : DK_OK;
}

/* Decides, and makes parts where keys are many. *sorted: they are to be sorted. */
static dk_status plan_parts(dki_deal *deal, bool by_index, dki_partitions **out, bool *sorted, dk_error *err)
{
    const dki_plan *plan = deal->plan;
    dki_sample sample;
    bool sorts = has_tallies(plan);
    uint64_t step = dki_block_rows(plan->context);
    size_t many = step / 2 < MANY_KEYS ? (size_t)step / 2 : MANY_KEYS;
    size_t n_parts =
        dk_table_n_rows(plan->table) < step * DKI_MOST_PARTITIONS ? DKI_MOST_PARTITIONS / 4 : DKI_MOST_PARTITIONS;
    dk_status status = dki_sample_take(plan, deal->packing, &deal->arena, &sample, err);

    *out = NULL;
    if (status != DK_OK || sample.n == 0 || (by_index && !sorts) ||
        sample.n_keys < (sorts && many > SOME_KEYS ? SOME_KEYS : many))
        return status;
    dki_borders_find(&sample, deal->packing->bits, n_parts, &deal->borders);
    status = is_sorted(plan, &sample, sorted, err);
    if (status != DK_OK)
        return status;
    *out = dki_calloc(plan->context, 1, sizeof **out, err);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_partitions_scan(const dki_plan *plan, bool by_index, dki_groups *groups, dki_partitions **out,
                              dk_error *err)
{
    struct scan *scan;
    dki_packing packing = { 0 };
    bool fits = false, sorted = false;
    dk_status status;

    *out = NULL;
    if (dk_table_n_rows(plan->table) < (uint64_t)dki_block_rows(plan->context) * LEAST_BLOCKS ||
        (by_index && !has_tallies(plan)) || dki_plan_has_defined(plan))
        return DK_OK;
    scan = dki_calloc(plan->context, 1, sizeof *scan, err);
    if (scan == NULL)
        return DK_ERR_MEMORY;
    status = dki_packing_init(&packing, plan, &fits, err);
    if (status == DK_OK && fits)
        status = dki_deal_init(&scan->deal, plan, &packing, &fits, err);
    if (status == DK_OK && fits)
        status = plan_parts(&scan->deal, by_index, out, &sorted, err);
    if (*out == NULL)
        dki_packing_drop(&packing);
    if (status == DK_OK && *out) {
        scan->parts = *out;
        status = dki_partitions_init(*out, plan, &packing, dki_deal_n_parts(&scan->deal), err);
        if (status == DK_OK)
            status = sorted ? dki_partitions_sort(*out, &scan->deal, err) : scan_chunks(scan, err);
        if (status == DK_OK && !sorted)
            status = dki_partitions_settle(*out, err);
    }
    for (size_t i = 0; i < DKI_MOST_WORKERS; i++) {
        if (scan->deal.dealers[i])
            dki_groups_count_nulls(groups, &scan->deal.dealers[i]->inputs);
    }
    dki_deal_drop(&scan->deal);
    if (status != DK_OK && *out) {
        dki_partitions_drop(*out);
        dki_free(plan->context, *out);
        *out = NULL;
    }
    dki_free(plan->context, scan);
    return status;
}
