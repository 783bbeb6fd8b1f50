/* partition_scan.c - the pass over the rows where keys are many.
 *
 * A sample of rows, some from everywhere, tells whether keys are many and where the ranges of parts end, so that each
 * has about as many rows. Then the table goes by in chunks:
 *
 *   deal   ranges of rows go to workers: each reads its rows, packs their keys, and puts rows into the chunk's memory
 *          so that those of a part lie together
 *   take   parts go to workers: each takes what the ranges of the chunk have for it, in the order of rows
 *
 * How rows are cut follows from their number alone, never from the threads. Where keys are few, or values cannot be
 * kept for later (texts lie in memory that is used again), the caller goes another way.
 *
 * Memory: a chunk (at most CHUNK_BYTES, or four ranges), and what parts hold. Poll: once per block.
 */
#include <assert.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "data/column_parts.h"
#include "partition.h"
#include "partition_sample.h"

#define RANGE_BLOCKS 16
#define CHUNK_BYTES ((size_t)64 << 20)
#define MOST_RANGES 32
#define LEAST_RANGES 4
#define LEAST_BLOCKS 32 /* a table below that takes less than what is made here */
#define MANY_KEYS 2048  /* in a sample */
#define SOME_KEYS 16    /* where values have to be sorted by group */
#define MOST_FLAGS 32

/* Rows, as arrays that run along each other. */
struct rows {
    uint64_t *low, *high; /* high: NULL where keys have 64 bits */
    uint64_t **values;    /* of each value of the plan, NULL: nothing to keep; then the weights, then row numbers */
    uint32_t *flags;      /* NULL: there are none */
};

struct worker {
    dki_inputs inputs;
    struct rows rows; /* of a range, in their order */
    size_t n;
    uint16_t *part;    /* of each */
    uint32_t *to;      /* its place */
    uint64_t *scratch; /* DK_BLOCK_ROWS numbers */
    uint32_t *chosen, *codes, *flags;
    dki_arena arena;
};

struct scan {
    const dki_plan *plan;
    dki_partitions *parts;
    dki_borders borders;
    size_t n_arrays;         /* of values, weights and row numbers */
    size_t weights, numbers; /* which of them, or DKI_NONE */
    bool *keeps;             /* of each array, whether anything is kept */
    uint8_t *known_flag;     /* of each value the flag that says it is known; MOST_FLAGS: it is */
    unsigned n_flags;        /* those of filters come first */
    size_t range_rows, n_ranges;
    uint64_t first;   /* row of the chunk at hand */
    uint64_t n;       /* and its rows */
    struct rows rows; /* of the chunk: range r begins at r * range_rows */
    uint32_t *starts; /* n_parts + 1 for each range */
    struct worker *workers[DKI_MOST_WORKERS];
    dki_arena arena;
};

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
    return !value->is_column ||
           dk_column_n_nulls(dk_table_field(plan->table, dki_bound_column(value->bound))->column) > 0;
}

static bool has_places(const dki_plan *plan)
{
    for (size_t i = 0; i < plan->n_aggregates; i++) {
        if (dki_aggregate_is_placed(plan->aggregates[i].what.kind))
            return true;
    }
    return false;
}

/* Returns false where values cannot be kept. */
static dk_status plan_arrays(struct scan *scan, bool *fits, dk_error *err)
{
    const dki_plan *plan = scan->plan;

    *fits = plan->n_filters <= MOST_FLAGS;
    for (size_t i = 0; *fits && i < plan->n_values; i++)
        *fits = can_keep(plan, i);
    if (!*fits)
        return DK_OK;
    scan->n_arrays = plan->n_values;
    scan->weights = plan->weight ? scan->n_arrays++ : DKI_NONE;
    scan->numbers = has_places(plan) ? scan->n_arrays++ : DKI_NONE;
    scan->keeps = dki_arena_array(&scan->arena, scan->n_arrays, sizeof *scan->keeps, err);
    scan->known_flag = dki_arena_array(&scan->arena, plan->n_values, sizeof *scan->known_flag, err);
    if (scan->keeps == NULL || scan->known_flag == NULL)
        return DK_ERR_MEMORY;
    scan->n_flags = (unsigned)plan->n_filters;
    for (size_t i = 0; i < scan->n_arrays; i++) {
        scan->keeps[i] = i >= plan->n_values || is_wanted(plan, i);
        if (i >= plan->n_values)
            continue;
        scan->known_flag[i] = MOST_FLAGS;
        if (may_be_null(plan, &plan->values[i])) {
            *fits = *fits && scan->n_flags < MOST_FLAGS;
            scan->known_flag[i] = (uint8_t)scan->n_flags++;
        }
    }
    return DK_OK;
}

static size_t row_bytes(const struct scan *scan)
{
    size_t bytes = sizeof(uint64_t) * (scan->parts->packing.bits > 64 ? 2 : 1) + (scan->n_flags ? 4 : 0);

    for (size_t i = 0; i < scan->n_arrays; i++)
        bytes += scan->keeps[i] ? sizeof(uint64_t) : 0;
    return bytes;
}

/* Wide blocks, which have large pages where they are large: rows are put here and there. */
static dk_status rows_init(const struct scan *scan, struct rows *rows, dki_arena *arena, size_t n, dk_error *err)
{
    dk_context *context = scan->plan->context;

    rows->values = dki_arena_array(arena, scan->n_arrays, sizeof *rows->values, err);
    if (rows->values == NULL || (rows->low = dki_alloc_wide(context, n * sizeof *rows->low, err)) == NULL)
        return DK_ERR_MEMORY;
    if (scan->parts->packing.bits > 64 &&
        (rows->high = dki_alloc_wide(context, n * sizeof *rows->high, err)) == NULL)
        return DK_ERR_MEMORY;
    if (scan->n_flags && (rows->flags = dki_alloc_wide(context, n * sizeof *rows->flags, err)) == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < scan->n_arrays; i++) {
        if (scan->keeps[i] && (rows->values[i] = dki_alloc_wide(context, n * sizeof **rows->values, err)) == NULL)
            return DK_ERR_MEMORY;
    }
    return DK_OK;
}

static void rows_drop(const struct scan *scan, struct rows *rows)
{
    dk_context *context = scan->plan->context;

    for (size_t i = 0; rows->values && i < scan->n_arrays; i++)
        dki_free(context, rows->values[i]);
    dki_free(context, rows->low);
    dki_free(context, rows->high);
    dki_free(context, rows->flags);
}

static void worker_drop(const struct scan *scan, struct worker *worker)
{
    if (worker == NULL)
        return;
    dki_inputs_drop(&worker->inputs);
    rows_drop(scan, &worker->rows);
    dki_arena_drop(&worker->arena);
    dki_free(scan->plan->context, worker);
}

static dk_status worker_init(const struct scan *scan, struct worker *worker, dk_error *err)
{
    dki_arena *arena = &worker->arena;
    dk_status status;

    dki_arena_init(arena, scan->plan->context);
    worker->part = dki_arena_alloc(arena, scan->range_rows * sizeof *worker->part, err);
    worker->to = dki_arena_alloc(arena, scan->range_rows * sizeof *worker->to, err);
    worker->scratch = dki_arena_alloc(arena, DK_BLOCK_ROWS * 3 * sizeof *worker->scratch, err);
    worker->chosen = dki_arena_alloc(arena, DK_BLOCK_ROWS * sizeof *worker->chosen, err);
    worker->codes = dki_arena_alloc(arena, DK_BLOCK_ROWS * sizeof *worker->codes, err);
    worker->flags = dki_arena_alloc(arena, DK_BLOCK_ROWS * sizeof *worker->flags, err);
    if (!worker->part || !worker->to || !worker->scratch || !worker->chosen || !worker->codes || !worker->flags)
        return DK_ERR_MEMORY;
    status = rows_init(scan, &worker->rows, arena, scan->range_rows, err);
    return status == DK_OK ? dki_inputs_init(&worker->inputs, scan->plan, NULL, err) : status;
}

/* The worker of that number, made where it is new. Only the thread of that number asks for it. */
static dk_status get_worker(struct scan *scan, unsigned number, struct worker **out, dk_error *err)
{
    assert(number < DKI_MOST_WORKERS); /* the pool has no more threads */
    *out = scan->workers[number];
    if (*out)
        return DK_OK;
    *out = dki_calloc(scan->plan->context, 1, sizeof **out, err);
    if (*out == NULL)
        return DK_ERR_MEMORY;
    scan->workers[number] = *out;
    return worker_init(scan, *out, err);
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

static void keep(uint64_t *to, const uint64_t *from, const uint32_t *chosen, size_t n)
{
    if (chosen == NULL) {
        memcpy(to, from, n * sizeof *to);
        return;
    }
    for (size_t i = 0; i < n; i++)
        to[i] = from[chosen[i]];
}

/* A value of every row in 64 bits: in scratch, or where it lies. */
static const uint64_t *widen(struct worker *worker, const dk_view *view)
{
    if (view->type == DK_REAL && !view->constant)
        return view->values;
    if (view->type == DK_REAL) {
        for (size_t i = 0; i < view->n; i++)
            memcpy(&worker->scratch[i], view->values, sizeof *worker->scratch);
    } else if (view->type == DK_CATEGORY) {
        dki_view_codes(view, worker->codes);
        for (size_t i = 0; i < view->n; i++)
            worker->scratch[i] = worker->codes[i];
    } else {
        dki_view_integers(view, (int64_t *)worker->scratch);
    }
    return worker->scratch;
}

static void make_flags(const struct scan *scan, struct worker *worker, size_t n)
{
    const dki_plan *plan = scan->plan;
    uint32_t *flags = worker->flags;

    memset(flags, 0, n * sizeof *flags);
    for (size_t f = 0; f < plan->n_filters; f++) {
        const uint64_t *truth = dki_inputs_truth(&worker->inputs, f);

        for (size_t i = 0; i < n; i++)
            flags[i] |= (uint32_t)(truth[i / 64] >> (i % 64) & 1) << f;
    }
    for (size_t v = 0; v < plan->n_values; v++) {
        const dk_view *view = worker->inputs.views[v];

        for (size_t i = 0; scan->known_flag[v] < MOST_FLAGS && i < n; i++)
            flags[i] |= (uint32_t)!dki_view_is_null(view, i) << scan->known_flag[v];
    }
}

/* Appends the rows of a block to those of the range. */
static dk_status deal_block(const struct scan *scan, struct worker *worker, uint64_t row, size_t n, dk_error *err)
{
    const dki_plan *plan = scan->plan;
    dki_inputs *inputs = &worker->inputs;
    struct rows *rows = &worker->rows;
    uint64_t *low = worker->scratch + DK_BLOCK_ROWS, *high = low + DK_BLOCK_ROWS;
    const uint32_t *chosen = NULL;
    size_t at = worker->n, n_chosen = n;
    bool any;
    dk_status status = dki_inputs_block(inputs, row, n, &any, err);

    if (status != DK_OK || !any)
        return status;
    if (inputs->selection) {
        n_chosen = choose(inputs->selection, n, worker->chosen);
        chosen = n_chosen == n ? NULL : worker->chosen;
    }
    dki_packing_keys(&scan->parts->packing, inputs->by_views, n, low, rows->high ? high : NULL, worker->scratch);
    keep(rows->low + at, low, chosen, n_chosen);
    if (rows->high)
        keep(rows->high + at, high, chosen, n_chosen);
    for (size_t v = 0; v < plan->n_values; v++) {
        if (scan->keeps[v])
            keep(rows->values[v] + at, widen(worker, inputs->views[v]), chosen, n_chosen);
    }
    if (plan->weight) {
        status = dki_inputs_weights(inputs, row, n, (int64_t *)worker->scratch, err);
        if (status == DK_OK)
            keep(rows->values[scan->weights] + at, worker->scratch, chosen, n_chosen);
    }
    for (size_t i = 0; scan->numbers != DKI_NONE && i < n_chosen; i++)
        rows->values[scan->numbers][at + i] = row + (chosen ? chosen[i] : i);
    if (rows->flags) {
        make_flags(scan, worker, n);
        for (size_t i = 0; i < n_chosen; i++)
            rows->flags[at + i] = worker->flags[chosen ? chosen[i] : i];
    }
    worker->n += n_chosen;
    dki_trace_lap(inputs->steps, DKI_STEP_COUNT(plan), &inputs->since);
    return status;
}

/* Reads a range; when something fails in a block, the block is gone through row by row for its earliest failure. */
static dk_status deal_blocks(const struct scan *scan, struct worker *worker, uint64_t begin, uint64_t end,
                             dk_error *err)
{
    dk_context *context = scan->plan->context;
    size_t step = dki_block_rows(context);
    dk_status status = DK_OK;

    worker->n = 0;
    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;

        status = dki_poll(context, err);
        if (status != DK_OK)
            return status;
        status = deal_block(scan, worker, row, n, err);
        if (status == DK_OK || status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || n == 1)
            continue;
        for (size_t i = 0; i < n; i++) { /* what has been read is of no use any more */
            dk_status one;

            worker->n = 0;
            one = deal_block(scan, worker, row + i, 1, err);
            if (one != DK_OK)
                return one;
        }
    }
    return status;
}

static void scatter(uint64_t *to, const uint64_t *from, const uint32_t *places, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[places[i]] = from[i];
}

/* Puts the rows of a range into the chunk, those of a part together. */
static void deal_out(const struct scan *scan, struct worker *worker, size_t range)
{
    size_t n_parts = scan->parts->n_parts, n = worker->n, at = 0, first = range * scan->range_rows;
    uint32_t *starts = scan->starts + range * (n_parts + 1), next[DKI_MOST_PARTITIONS];
    const struct rows *from = &worker->rows, *to = &scan->rows;

    memset(starts, 0, (n_parts + 1) * sizeof *starts);
    for (size_t i = 0; i < n; i++) {
        size_t part = dki_partition_of(&scan->borders, from->low[i], from->high ? from->high[i] : 0);

        worker->part[i] = (uint16_t)part;
        starts[part]++;
    }
    for (size_t part = 0; part <= n_parts; part++) {
        uint32_t count = starts[part];

        starts[part] = (uint32_t)at;
        if (part < n_parts)
            next[part] = (uint32_t)at;
        at += count;
    }
    for (size_t i = 0; i < n; i++)
        worker->to[i] = next[worker->part[i]]++;
    scatter(to->low + first, from->low, worker->to, n);
    if (to->high)
        scatter(to->high + first, from->high, worker->to, n);
    for (size_t v = 0; v < scan->n_arrays; v++) {
        if (scan->keeps[v])
            scatter(to->values[v] + first, from->values[v], worker->to, n);
    }
    for (size_t i = 0; to->flags && i < n; i++)
        to->flags[first + worker->to[i]] = from->flags[i];
}

static dk_status deal_range(void *arg, unsigned number, uint64_t begin, uint64_t end, dk_error *err)
{
    struct scan *scan = arg;
    struct worker *worker;
    dk_status status = get_worker(scan, number, &worker, err);

    if (status == DK_OK)
        status = deal_blocks(scan, worker, scan->first + begin, scan->first + end, err);
    if (status == DK_OK)
        deal_out(scan, worker, (size_t)(begin / scan->range_rows));
    return status;
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

/* The arrays of pointers of a batch. */
struct batch {
    const uint64_t **values, **known, **truths;
    uint64_t (*bits)[DK_BLOCK_WORDS]; /* of each flag */
};

static dk_status take_rows(const struct scan *scan, dki_partition *part, const struct batch *batch, size_t from,
                           size_t n, dk_error *err)
{
    const dki_plan *plan = scan->plan;
    const struct rows *rows = &scan->rows;
    dki_partition_rows taken = { .n = n,
                                 .low = rows->low + from,
                                 .high = rows->high ? rows->high + from : NULL,
                                 .values = batch->values,
                                 .known = batch->known,
                                 .truths = batch->truths };

    for (unsigned flag = 0; flag < scan->n_flags; flag++)
        flag_bits(rows->flags + from, flag, n, batch->bits[flag]);
    for (size_t v = 0; v < plan->n_values; v++)
        batch->values[v] = scan->keeps[v] ? rows->values[v] + from : NULL;
    if (plan->weight)
        taken.weights = (const int64_t *)rows->values[scan->weights] + from;
    if (scan->numbers != DKI_NONE)
        taken.numbers = rows->values[scan->numbers] + from;
    return dki_partition_add(scan->parts, part, &taken, err);
}

static dk_status take_part(const struct scan *scan, size_t number, const struct batch *batch, dk_error *err)
{
    size_t n_parts = scan->parts->n_parts;
    dk_status status = DK_OK;

    for (size_t range = 0; range * scan->range_rows < scan->n; range++) {
        const uint32_t *starts = scan->starts + range * (n_parts + 1) + number;
        size_t first = range * scan->range_rows;

        for (size_t from = starts[0], n; status == DK_OK && from < starts[1]; from += n) {
            n = starts[1] - from < DK_BLOCK_ROWS ? starts[1] - from : DK_BLOCK_ROWS;
            status = dki_poll(scan->plan->context, err);
            if (status == DK_OK)
                status = take_rows(scan, &scan->parts->parts[number], batch, first + from, n, err);
        }
    }
    return status;
}

static dk_status take_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct scan *scan = arg;
    const dki_plan *plan = scan->plan;
    dki_arena arena;
    struct batch batch;
    dk_status status = DK_OK;

    (void)worker;
    dki_arena_init(&arena, plan->context);
    batch.values = dki_arena_array(&arena, plan->n_values, sizeof *batch.values, err);
    batch.known = dki_arena_array(&arena, plan->n_values, sizeof *batch.known, err);
    batch.truths = dki_arena_array(&arena, plan->n_filters, sizeof *batch.truths, err);
    batch.bits = dki_arena_alloc(&arena, scan->n_flags * sizeof *batch.bits, err);
    if (!batch.values || !batch.known || !batch.truths || !batch.bits)
        status = DK_ERR_MEMORY;
    for (size_t v = 0; status == DK_OK && v < plan->n_values; v++) {
        if (scan->known_flag[v] < MOST_FLAGS)
            batch.known[v] = batch.bits[scan->known_flag[v]];
    }
    for (size_t f = 0; status == DK_OK && f < plan->n_filters; f++)
        batch.truths[f] = batch.bits[f];
    for (uint64_t part = begin; status == DK_OK && part < end; part++)
        status = take_part(scan, (size_t)part, &batch, err);
    dki_arena_drop(&arena);
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

static dk_status scan_chunks(struct scan *scan, dk_error *err)
{
    dk_context *context = scan->plan->context;
    uint64_t n_rows = dk_table_n_rows(scan->plan->table);
    size_t bytes = row_bytes(scan) * scan->range_rows, n_parts = scan->parts->n_parts;
    dk_status status;

    scan->n_ranges = CHUNK_BYTES / bytes > MOST_RANGES ? MOST_RANGES : CHUNK_BYTES / bytes;
    scan->n_ranges = scan->n_ranges < LEAST_RANGES ? LEAST_RANGES : scan->n_ranges;
    if (scan->n_ranges > n_rows / scan->range_rows + 1)
        scan->n_ranges = (size_t)(n_rows / scan->range_rows) + 1;
    scan->starts = dki_arena_array(&scan->arena, scan->n_ranges * (n_parts + 1), sizeof *scan->starts, err);
    status = scan->starts ? rows_init(scan, &scan->rows, &scan->arena, scan->n_ranges * scan->range_rows, err)
                          : DK_ERR_MEMORY;
    for (scan->first = 0; status == DK_OK && scan->first < n_rows; scan->first += scan->n) {
        uint64_t most = (uint64_t)scan->n_ranges * scan->range_rows;

        scan->n = n_rows - scan->first < most ? n_rows - scan->first : most;
        status = dki_parallel(context, scan->n, scan->range_rows, deal_range, scan, err);
        if (status == DK_OK)
            status = dki_parallel(context, n_parts, 1, take_range, scan, err);
    }
    return status;
}

/* Decides, and makes parts where keys are many. */
static dk_status plan_parts(struct scan *scan, const dki_packing *packing, bool by_index, dki_partitions **out,
                            dk_error *err)
{
    const dki_plan *plan = scan->plan;
    dki_sample sample;
    bool sorts = has_tallies(plan);
    uint64_t step = dki_block_rows(plan->context);
    size_t many = step / 2 < MANY_KEYS ? (size_t)step / 2 : MANY_KEYS;
    size_t n_parts =
        dk_table_n_rows(plan->table) < step * DKI_MOST_PARTITIONS ? DKI_MOST_PARTITIONS / 4 : DKI_MOST_PARTITIONS;
    dk_status status = dki_sample_take(plan, packing, &scan->arena, &sample, err);

    *out = NULL;
    if (status != DK_OK || sample.n == 0 || (by_index && !sorts) ||
        sample.n_keys < (sorts && many > SOME_KEYS ? SOME_KEYS : many))
        return status;
    dki_borders_find(&sample, packing->bits, n_parts, &scan->borders);
    *out = dki_calloc(plan->context, 1, sizeof **out, err);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_partitions_scan(const dki_plan *plan, bool by_index, dki_groups *groups, dki_partitions **out,
                              dk_error *err)
{
    struct scan *scan;
    dki_packing packing = { 0 };
    bool fits = false;
    dk_status status;

    *out = NULL;
    if (dk_table_n_rows(plan->table) < (uint64_t)dki_block_rows(plan->context) * LEAST_BLOCKS ||
        (by_index && !has_tallies(plan)) || dki_plan_has_defined(plan))
        return DK_OK;
    scan = dki_calloc(plan->context, 1, sizeof *scan, err);
    if (scan == NULL)
        return DK_ERR_MEMORY;
    scan->plan = plan;
    scan->range_rows = dki_block_rows(plan->context) * RANGE_BLOCKS;
    dki_arena_init(&scan->arena, plan->context);
    status = dki_packing_init(&packing, plan, &fits, err);
    if (status == DK_OK && fits)
        status = plan_arrays(scan, &fits, err);
    if (status == DK_OK && fits)
        status = plan_parts(scan, &packing, by_index, out, err);
    if (*out == NULL)
        dki_packing_drop(&packing);
    if (status == DK_OK && *out) {
        scan->parts = *out;
        status = dki_partitions_init(*out, plan, &packing, scan->borders.n + 1, err);
        if (status == DK_OK)
            status = scan_chunks(scan, err);
        if (status == DK_OK)
            status = dki_partitions_settle(*out, err);
    }
    for (size_t i = 0; i < DKI_MOST_WORKERS; i++) {
        if (scan->workers[i])
            dki_groups_count_nulls(groups, &scan->workers[i]->inputs);
        worker_drop(scan, scan->workers[i]);
    }
    if (status != DK_OK && *out) {
        dki_partitions_drop(*out);
        dki_free(plan->context, *out);
        *out = NULL;
    }
    rows_drop(scan, &scan->rows);
    dki_arena_drop(&scan->arena);
    dki_free(plan->context, scan);
    return status;
}
