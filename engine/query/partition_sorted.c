/* partition_sorted.c - groups where nearly every row is one of its own: parts are sorted, and nothing is hashed.
 *
 *   deal     ranges of rows go to workers, which put those of a part together (partition_deal.h) and keep them all
 *   sort     parts go to workers: each puts a part's rows in the order of their keys, equal ones side by side
 *   finish   while all of it is in near caches the part's pieces of the columns are made; counts, and sums that are
 *            known to fit, follow from the rows as they stand, the others from accumulators as ever
 *
 * Memory: all rows that are selected, as dealt, and the results; a table of keys would take more. Poll: once per block
 * while rows are dealt and added up, a few times per part while it is sorted.
 */
#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "key_order.h"
#include "partition_deal.h"

#define SLAB_RANGES 16

/* Memory that ranges of one worker are dealt to, one behind the other. */
struct slab {
    struct slab *before;
    dki_dealt_rows rows;
    size_t n, capacity;
};

/* Where the rows of a range lie. */
struct range {
    const dki_dealt_rows *rows;
    size_t first;
};

/* Of one worker: a part at a time, and arrays for the rows of the largest. */
struct sorter {
    size_t n, n_groups;
    dki_dealt_rows rows;       /* in the order of the table */
    dki_dealt_rows block;      /* some of them, in order of their keys */
    uint64_t *items, *scratch; /* what putting in order wants, and anything */
    uint32_t *buckets;
    uint32_t *order;      /* place of each row, in the order of keys */
    uint32_t *groups;     /* and its group */
    uint32_t *first;      /* of each group, where it begins in the order; n behind the last */
    uint64_t *low, *high; /* key of each group */
    bool alone;           /* each row is a group of its own */
    dki_dealt_batch batch;
    dki_arena arena;
};

struct sorted {
    dki_deal *deal;
    dki_partitions *parts;
    struct range *ranges;
    uint32_t *starts; /* n_parts + 1 for each range */
    size_t n_ranges, most;
    struct slab *slabs[DKI_MOST_WORKERS]; /* the newest of each worker */
    struct sorter *sorters[DKI_MOST_WORKERS];
};

/* Dealing. ----------------------------------------------------------------------------------------------------- */

static dk_status find_slab(struct sorted *sorted, unsigned worker, size_t n, struct slab **out, dk_error *err)
{
    const dki_deal *deal = sorted->deal;
    size_t n_ranges = sorted->n_ranges < SLAB_RANGES ? sorted->n_ranges : SLAB_RANGES;
    struct slab *slab = sorted->slabs[worker];

    if (slab == NULL || slab->n + n > slab->capacity) {
        slab = dki_calloc(deal->plan->context, 1, sizeof *slab, err);
        if (slab == NULL)
            return DK_ERR_MEMORY;
        slab->before = sorted->slabs[worker];
        sorted->slabs[worker] = slab;
        slab->capacity = n_ranges * deal->range_rows;
        *out = slab;
        return dki_dealt_rows_init(deal, &slab->rows, slab->capacity, err);
    }
    *out = slab;
    return DK_OK;
}

static dk_status deal_range(void *arg, unsigned number, uint64_t begin, uint64_t end, dk_error *err)
{
    struct sorted *sorted = arg;
    size_t range = (size_t)(begin / sorted->deal->range_rows);
    dki_dealer *dealer;
    struct slab *slab;
    dk_status status = dki_deal_read(sorted->deal, number, begin, end, &dealer, err);

    if (status == DK_OK)
        status = find_slab(sorted, number, dealer->n, &slab, err);
    if (status != DK_OK)
        return status;
    sorted->ranges[range] = (struct range){ &slab->rows, slab->n };
    dki_deal_out(sorted->deal, dealer, &slab->rows, slab->n, sorted->starts + range * (sorted->parts->n_parts + 1));
    slab->n += dealer->n;
    return DK_OK;
}

/* Groups. ------------------------------------------------------------------------------------------------------ */

/* Puts what ranges have for a part in one place. */
static void collect(const struct sorted *sorted, struct sorter *sorter, size_t part)
{
    const dki_deal *deal = sorted->deal;
    size_t at = 0;

    for (size_t r = 0; r < sorted->n_ranges; r++) {
        const uint32_t *starts = sorted->starts + r * (sorted->parts->n_parts + 1) + part;
        size_t from = sorted->ranges[r].first + starts[0], n = starts[1] - starts[0];
        const dki_dealt_rows *rows = sorted->ranges[r].rows;

        if (n == 0)
            continue;
        memcpy(sorter->rows.low + at, rows->low + from, n * sizeof *rows->low);
        if (rows->high)
            memcpy(sorter->rows.high + at, rows->high + from, n * sizeof *rows->high);
        for (size_t v = 0; v < deal->n_arrays; v++) {
            if (deal->keeps[v])
                memcpy(sorter->rows.values[v] + at, rows->values[v] + from, n * sizeof **rows->values);
        }
        if (rows->flags)
            memcpy(sorter->rows.flags + at, rows->flags + from, n * sizeof *rows->flags);
        at += n;
    }
    sorter->n = at;
}

/* Takes the keys of sorted rows; returns whether no two are the same. */
static bool take_keys(struct sorter *sorter)
{
    const uint32_t *order = sorter->order;
    const dki_dealt_rows *rows = &sorter->rows;
    uint64_t *low = sorter->low, *high = sorter->high;
    size_t n = sorter->n, n_alike = 0;

    for (size_t i = 0; i < n; i++)
        low[i] = rows->low[order[i]];
    for (size_t i = 0; high && i < n; i++)
        high[i] = rows->high[order[i]];
    for (size_t i = 1; i < n; i++)
        n_alike += low[i] == low[i - 1] && (high == NULL || high[i] == high[i - 1]);
    return n_alike == 0;
}

/* Numbers the groups of sorted rows, and takes their keys. */
static void find_groups(struct sorter *sorter)
{
    uint64_t *low = sorter->low, *high = sorter->high;
    size_t n_groups = 0;

    sorter->alone = take_keys(sorter);
    for (size_t i = 0; i < sorter->n; i++) {
        if (!sorter->alone && n_groups && low[n_groups - 1] == low[i] &&
            (high == NULL || high[n_groups - 1] == high[i])) {
            sorter->groups[i] = (uint32_t)n_groups - 1;
            continue;
        }
        if (!sorter->alone) {
            low[n_groups] = low[i];
            if (high)
                high[n_groups] = high[i];
        }
        sorter->first[n_groups] = (uint32_t)i;
        sorter->groups[i] = (uint32_t)n_groups++;
    }
    sorter->first[n_groups] = (uint32_t)sorter->n;
    sorter->n_groups = n_groups;
}

/* Columns. ----------------------------------------------------------------------------------------------------- */

static bool is_direct_type(dk_type type)
{
    return type == DK_INTEGER || type == DK_DECIMAL || type == DK_DATE || type == DK_TIMESTAMP || type == DK_PERIOD;
}

/* Whether an aggregate follows from the rows as they stand: all of them count, and the result fits for certain. */
static bool is_direct(const dki_deal *deal, const dki_plan_aggregate *aggregate)
{
    const dki_aggregate *what = &aggregate->what;
    const dki_dimension *value;
    uint64_t n_rows = dk_table_n_rows(deal->plan->table);
    int64_t most;

    if (aggregate->filter != DKI_NONE || what->weighted)
        return false;
    if (what->kind == DKI_AGGREGATE_COUNT || what->kind == DKI_AGGREGATE_ROWS)
        return true;
    if (aggregate->value == DKI_NONE || deal->known_flag[aggregate->value] != DKI_MOST_FLAGS ||
        !is_direct_type(what->type))
        return false;
    value = &deal->plan->values[aggregate->value].what;
    most = INT64_MAX / (int64_t)n_rows;
    switch (what->kind) {
    case DKI_AGGREGATE_MIN:
    case DKI_AGGREGATE_MAX: return true;
    case DKI_AGGREGATE_SUM: return value->has_bounds && value->least >= -most && value->greatest <= most;
    default: return false;
    }
}

/* One result for each group, from its rows. */
static void add_up(const struct sorter *sorter, dki_aggregate_kind kind, const int64_t *values, int64_t *out)
{
    const uint32_t *order = sorter->order, *first = sorter->first;

    for (size_t g = 0; sorter->alone && g < sorter->n_groups; g++)
        out[g] = values[order[g]];
    for (size_t g = sorter->alone ? sorter->n_groups : 0; g < sorter->n_groups; g++) {
        int64_t result;

        if (values == NULL) {
            out[g] = (int64_t)first[g + 1] - first[g];
            continue;
        }
        result = values[order[first[g]]];
        for (size_t i = first[g] + 1; i < first[g + 1]; i++) {
            int64_t value = values[order[i]];

            if (kind == DKI_AGGREGATE_SUM)
                result += value;
            else if (kind == DKI_AGGREGATE_MIN ? value < result : value > result)
                result = value;
        }
        out[g] = result;
    }
}

/* Copies some rows in the order of their keys. */
static void fill_block(const dki_deal *deal, struct sorter *sorter, size_t from, size_t n)
{
    const uint32_t *order = sorter->order + from;

    for (size_t v = 0; v < deal->n_arrays; v++) {
        for (size_t i = 0; deal->keeps[v] && i < n; i++)
            sorter->block.values[v][i] = sorter->rows.values[v][order[i]];
    }
    for (size_t i = 0; sorter->rows.flags && i < n; i++)
        sorter->block.flags[i] = sorter->rows.flags[order[i]];
}

/* Fills the accumulators of what does not follow from the rows as they stand. */
static dk_status fill_accumulators(const struct sorted *sorted, struct sorter *sorter, dki_partition *part,
                                   dk_error *err)
{
    dk_context *context = sorted->deal->plan->context;
    dk_status status = DK_OK;

    part->order = dki_alloc_array(context, part->n, sizeof *part->order, err);
    if (part->order == NULL)
        return DK_ERR_MEMORY;
    for (size_t g = 0; g < part->n; g++)
        part->order[g] = (uint32_t)g;
    for (size_t from = 0, n; status == DK_OK && from < sorter->n; from += n) {
        dki_partition_rows rows;

        n = sorter->n - from < DK_BLOCK_ROWS ? sorter->n - from : DK_BLOCK_ROWS;
        fill_block(sorted->deal, sorter, from, n);
        dki_dealt_batch_show(sorted->deal, &sorter->batch, &sorter->block, 0, n, &rows);
        status = dki_poll(context, err);
        if (status == DK_OK)
            status = dki_partition_accumulate(sorted->parts, part, &rows, sorter->groups + from, err);
    }
    return status;
}

static dk_status make_columns(const struct sorted *sorted, struct sorter *sorter, size_t number, dk_error *err)
{
    const dki_partitions *parts = sorted->parts;
    const dki_plan *plan = parts->plan;
    dki_partition *part = &parts->parts[number];
    const dk_column **made = parts->made + number * (parts->packing.n_dims + plan->n_aggregates);
    bool all_direct = true;
    dk_status status = DK_OK;

    part->n = sorter->n_groups;
    for (size_t d = 0; status == DK_OK && d < parts->packing.n_dims; d++)
        status = dki_packing_column(&parts->packing, d, sorter->low, sorter->high, part->n, sorter->scratch, made++,
                                    err);
    for (size_t k = 0; status == DK_OK && k < plan->n_aggregates; k++, made++) {
        const dki_plan_aggregate *aggregate = &plan->aggregates[k];
        bool counts = aggregate->value == DKI_NONE;

        if (!parts->direct[k]) {
            all_direct = false;
            continue;
        }
        if (counts && sorter->alone) {
            dk_value one = { .type = DK_INTEGER, .as.integer = 1 };

            status = dki_column_constant(plan->context, &one, NULL, part->n, made, err);
            continue;
        }
        add_up(sorter, aggregate->what.kind, counts ? NULL : (const int64_t *)sorter->rows.values[aggregate->value],
               (int64_t *)sorter->scratch);
        status = dki_column_of_integers(plan->context, counts ? DK_INTEGER : aggregate->what.type,
                                        counts ? 0 : aggregate->what.scale, (const int64_t *)sorter->scratch,
                                        part->n, made, err);
    }
    return status == DK_OK && !all_direct ? fill_accumulators(sorted, sorter, part, err) : status;
}

/* Parts. ------------------------------------------------------------------------------------------------------- */

static void sorter_drop(const struct sorted *sorted, struct sorter *sorter)
{
    dk_context *context = sorted->deal->plan->context;

    if (sorter == NULL)
        return;
    dki_dealt_rows_drop(sorted->deal, &sorter->rows);
    dki_dealt_rows_drop(sorted->deal, &sorter->block);
    dki_free(context, sorter->items);
    dki_free(context, sorter->scratch);
    dki_free(context, sorter->buckets);
    dki_free(context, sorter->order);
    dki_free(context, sorter->groups);
    dki_free(context, sorter->first);
    dki_free(context, sorter->low);
    dki_free(context, sorter->high);
    dki_arena_drop(&sorter->arena);
    dki_free(context, sorter);
}

static dk_status sorter_init(const struct sorted *sorted, struct sorter *sorter, dk_error *err)
{
    dk_context *context = sorted->deal->plan->context;
    size_t n = sorted->most;
    bool wide = sorted->parts->packing.bits > 64;
    dk_status status;

    dki_arena_init(&sorter->arena, context);
    sorter->items = dki_alloc_wide(context, n * sizeof *sorter->items, err);
    sorter->scratch = dki_alloc_wide(context, n * sizeof *sorter->scratch, err);
    sorter->buckets = dki_alloc_wide(context, dki_key_buckets(n) * sizeof *sorter->buckets, err);
    sorter->order = dki_alloc_wide(context, n * sizeof *sorter->order, err);
    sorter->groups = dki_alloc_wide(context, n * sizeof *sorter->groups, err);
    sorter->first = dki_alloc_wide(context, (n + 1) * sizeof *sorter->first, err);
    sorter->low = dki_alloc_wide(context, n * sizeof *sorter->low, err);
    sorter->high = wide ? dki_alloc_wide(context, n * sizeof *sorter->high, err) : NULL;
    if (!sorter->items || !sorter->scratch || !sorter->buckets || !sorter->order || !sorter->groups ||
        !sorter->first || !sorter->low || (wide && !sorter->high))
        return DK_ERR_MEMORY;
    status = dki_dealt_rows_init(sorted->deal, &sorter->rows, n, err);
    if (status == DK_OK)
        status = dki_dealt_rows_init(sorted->deal, &sorter->block, DK_BLOCK_ROWS, err);
    return status == DK_OK ? dki_dealt_batch_init(sorted->deal, &sorter->batch, &sorter->arena, err) : status;
}

static dk_status finish_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct sorted *sorted = arg;
    dk_context *context = sorted->deal->plan->context;
    struct sorter *sorter = sorted->sorters[worker];
    dk_status status = DK_OK;

    if (sorter == NULL) {
        sorter = dki_calloc(context, 1, sizeof *sorter, err);
        if (sorter == NULL)
            return DK_ERR_MEMORY;
        sorted->sorters[worker] = sorter;
        status = sorter_init(sorted, sorter, err);
    }
    for (uint64_t part = begin; status == DK_OK && part < end; part++) {
        collect(sorted, sorter, (size_t)part);
        if (sorter->n == 0)
            continue;
        status = dki_keys_order(context,
                                &(dki_key_order){ .low = sorter->rows.low,
                                                  .high = sorter->rows.high,
                                                  .n = sorter->n,
                                                  .items = sorter->items,
                                                  .scratch = sorter->scratch,
                                                  .buckets = sorter->buckets,
                                                  .order = sorter->order },
                                err);
        if (status == DK_OK) {
            find_groups(sorter);
            status = make_columns(sorted, sorter, (size_t)part, err);
        }
    }
    return status;
}

static size_t largest_part(const struct sorted *sorted)
{
    size_t n_parts = sorted->parts->n_parts, most = 0;

    for (size_t part = 0; part < n_parts; part++) {
        size_t n = 0;

        for (size_t r = 0; r < sorted->n_ranges; r++) {
            const uint32_t *starts = sorted->starts + r * (n_parts + 1) + part;

            n += starts[1] - starts[0];
        }
        most = n > most ? n : most;
    }
    return most;
}

dk_status dki_partitions_sort(dki_partitions *parts, dki_deal *deal, dk_error *err)
{
    const dki_plan *plan = deal->plan;
    dk_context *context = plan->context;
    uint64_t n_rows = dk_table_n_rows(plan->table);
    struct sorted *sorted = dki_arena_array(&deal->arena, 1, sizeof *sorted, err);
    dk_status status = DK_ERR_MEMORY;

    if (sorted == NULL)
        return status;
    sorted->deal = deal;
    sorted->parts = parts;
    sorted->n_ranges = (size_t)((n_rows + deal->range_rows - 1) / deal->range_rows);
    sorted->ranges = dki_calloc(context, sorted->n_ranges, sizeof *sorted->ranges, err);
    sorted->starts = dki_calloc(context, sorted->n_ranges * (parts->n_parts + 1), sizeof *sorted->starts, err);
    parts->made = dki_calloc(context, parts->n_parts * (parts->packing.n_dims + plan->n_aggregates),
                             sizeof *parts->made, err);
    parts->direct = dki_calloc(context, plan->n_aggregates, sizeof *parts->direct, err);
    if (sorted->ranges && sorted->starts && parts->made && parts->direct)
        status = DK_OK;
    for (size_t k = 0; status == DK_OK && k < plan->n_aggregates; k++)
        parts->direct[k] = is_direct(deal, &plan->aggregates[k]);
    if (status == DK_OK)
        status = dki_parallel(context, n_rows, deal->range_rows, deal_range, sorted, err);
    if (status == DK_OK) {
        sorted->most = largest_part(sorted);
        status = dki_parallel(context, parts->n_parts, 1, finish_range, sorted, err);
        dki_partitions_number(parts);
    }
    for (size_t i = 0; i < DKI_MOST_WORKERS; i++) {
        sorter_drop(sorted, sorted->sorters[i]);
        for (struct slab *slab = sorted->slabs[i], *before; slab; slab = before) {
            before = slab->before;
            dki_dealt_rows_drop(deal, &slab->rows);
            dki_free(context, slab);
        }
    }
    dki_free(context, sorted->ranges);
    dki_free(context, sorted->starts);
    return status;
}
