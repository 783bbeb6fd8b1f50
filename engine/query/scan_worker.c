/* scan_worker.c - what one thread has for one plan, and what it does with a block of rows.
 *
 * A block goes: its values (breakdown_inputs.h), group numbers, accumulators. Where keys are few, dense.h does the last
 * two: a slot takes the place of a group until all rows are counted.
 */
#include "scan_worker.h"

#include <string.h>

#include "base/memory.h"
#include "data/column_parts.h"
#include "partition.h"

/* Groups. ------------------------------------------------------------------------------------------------------ */

dk_status dki_groups_init(dki_groups *groups, const dki_plan *plan, uint64_t most, dk_error *err)
{
    size_t n = plan->n_aggregates;

    memset(groups, 0, sizeof *groups);
    groups->context = plan->context;
    groups->n_filter_null = dki_calloc(plan->context, plan->n_filters, sizeof *groups->n_filter_null, err);
    groups->accumulators = dki_calloc(plan->context, n, sizeof *groups->accumulators, err);
    if (groups->n_filter_null == NULL || groups->accumulators == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        dki_accumulator_init(&groups->accumulators[i], plan->context, &plan->aggregates[i].what);
    groups->n_accumulators = n;
    if (most == 0)
        return DK_OK;
    return dki_grouper_init(&groups->grouper, plan->context, plan->dims, plan->breakdown->n_by, most, err);
}

void dki_groups_drop(dki_groups *groups)
{
    if (groups->context == NULL)
        return;
    for (size_t i = 0; i < groups->n_accumulators; i++)
        dki_accumulator_drop(&groups->accumulators[i]);
    dki_free(groups->context, groups->accumulators);
    dki_free(groups->context, groups->n_filter_null);
    dki_grouper_drop(&groups->grouper);
    if (groups->parts)
        dki_partitions_drop(groups->parts);
    dki_free(groups->context, groups->parts);
    memset(groups, 0, sizeof *groups);
}

/* Workers. ----------------------------------------------------------------------------------------------------- */

/* Whether an accumulator wants the value as integers. */
static bool needs_whole(const dki_plan *plan, const dki_dense_plan *dense, size_t value)
{
    for (size_t i = 0; plan->values[value].needs_whole && i < plan->n_aggregates; i++) {
        if ((plan->aggregates[i].value == value || plan->aggregates[i].other == value) &&
            !dki_dense_takes(dense, i))
            return true;
    }
    return false;
}

/* In a dense scan the accumulators that are left have a place for every slot from the start. */
static dk_status init_dense(dki_scan_worker *worker, const dki_dense_plan *dense, dk_error *err)
{
    dk_status status = DK_OK;

    if (dense->plan == NULL)
        return DK_OK;
    for (size_t i = 0; status == DK_OK && i < worker->found.n_accumulators; i++) {
        if (!dki_dense_takes(dense, i))
            status = dki_accumulator_room(&worker->found.accumulators[i], dense->n_slots, err);
    }
    return status == DK_OK ? dki_dense_init(&worker->dense, dense, err) : status;
}

dk_status dki_scan_worker_init(dki_scan_worker *worker, const dki_plan *plan, const dki_dense_plan *dense,
                               dki_common_evals *common, dk_error *err)
{
    size_t n_wholes = 0, n;
    uint64_t most;
    dk_status status;

    dki_arena_init(&worker->arena, plan->context);
    worker->whole_at = dki_arena_array(&worker->arena, plan->n_values, sizeof *worker->whole_at, err);
    if (!worker->whole_at)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < plan->n_values; i++)
        worker->whole_at[i] = needs_whole(plan, dense, i) ? n_wholes++ * DK_BLOCK_ROWS : DKI_NONE;
    worker->wholes = dki_arena_alloc(&worker->arena, n_wholes * DK_BLOCK_ROWS * sizeof *worker->wholes, err);
    n = dense->plan && dense->all_taken ? 0 : DK_BLOCK_ROWS; /* rows that accumulators look at */
    worker->weights = dki_arena_alloc(&worker->arena, n * sizeof *worker->weights, err);
    worker->group = dki_arena_alloc(&worker->arena, n * sizeof *worker->group, err);
    worker->codes = dki_arena_alloc(&worker->arena, n * sizeof *worker->codes, err);
    if (!worker->wholes || !worker->weights || !worker->group || !worker->codes)
        return DK_ERR_MEMORY;
    most = dk_table_n_rows(plan->table) +
           (plan->entries ? DK_BLOCK_ROWS : 1); /* a few rows may have a block of entries */
    status = dki_groups_init(&worker->found, plan, dense->plan ? 0 : most, err);
    if (status == DK_OK)
        status = init_dense(worker, dense, err);
    if (status == DK_OK)
        status = dki_inputs_init(&worker->inputs, plan, common, err);
    if (status == DK_OK)
        status = dki_entries_init(&worker->entries, plan, err);
    if (status == DK_OK)
        status = dki_lanes_init(&worker->lanes, dense, &worker->dense, err);
    return status;
}

void dki_scan_worker_drop(dki_scan_worker *worker, const dki_plan *plan)
{
    if (worker == NULL)
        return;
    dki_inputs_drop(&worker->inputs);
    dki_entries_drop(&worker->entries);
    dki_lanes_drop(&worker->lanes);
    dki_arena_drop(&worker->arena);
    dki_dense_drop(&worker->dense);
    dki_groups_drop(&worker->found);
    dki_free(plan->context, worker);
}

/* One block. --------------------------------------------------------------------------------------------------- */

/* A value as integers or codes, for whoever wants it so. */
static void make_whole(dki_scan_worker *worker, const dk_view *view, int64_t *out)
{
    if (view->type != DK_CATEGORY) {
        dki_view_integers(view, out);
        return;
    }
    dki_view_codes(view, worker->codes);
    for (size_t i = 0; i < view->n; i++)
        out[i] = worker->codes[i];
}

/* The group of every row; in a dense scan its slot, and what is counted by slot is counted. */
static dk_status find_groups(const dki_dense_plan *dense, dki_scan_worker *worker, const dki_dense_block *block,
                             dk_error *err)
{
    if (dense->plan == NULL)
        return dki_group_block(&worker->found.grouper, block->by, block->n, block->selection, worker->group, err);
    return dki_dense_add(&worker->dense, block, dense->all_taken ? NULL : worker->group, err);
}

static const int64_t *wholes_of(const dki_scan_worker *worker, size_t value)
{
    size_t at = worker->whole_at[value];

    return at == DKI_NONE ? NULL : worker->wholes + at;
}

/* What accumulators take in. like: what rows they are, and their weights. */
static dk_status add_rows(const dki_plan *plan, const dki_dense_plan *dense, dki_scan_worker *worker,
                          const dki_dense_block *block, const dki_rows *like, dk_error *err)
{
    dk_status status = DK_OK;

    if (dense->plan && dense->all_taken)
        return DK_OK;
    for (size_t i = 0; i < plan->n_values; i++) {
        if (worker->whole_at[i] != DKI_NONE)
            make_whole(worker, block->values[i], worker->wholes + worker->whole_at[i]);
    }
    for (size_t i = 0; status == DK_OK && i < plan->n_aggregates; i++) {
        const dki_plan_aggregate *aggregate = &plan->aggregates[i];
        dki_accumulator *accumulator = &worker->found.accumulators[i];
        dki_rows rows = *like;

        if (dki_dense_takes(dense, i))
            continue;
        rows.n = block->n;
        rows.groups = worker->group;
        rows.selection =
            aggregate->filter == DKI_NONE ? block->selection : block->truths + aggregate->filter * DK_BLOCK_WORDS;
        if (aggregate->value != DKI_NONE) {
            rows.value = block->values[aggregate->value];
            rows.integers = wholes_of(worker, aggregate->value);
        }
        if (aggregate->other != DKI_NONE) {
            rows.other = block->values[aggregate->other];
            rows.other_integers = wholes_of(worker, aggregate->other);
        }
        if (dense->plan == NULL)
            status = dki_accumulator_room(accumulator, worker->found.grouper.n_groups, err);
        if (status == DK_OK)
            status = dki_accumulator_add(accumulator, &rows, err);
    }
    return status;
}

/* Rows as they are, or entries. */
static dk_status take_block(dki_scan_worker *worker, const dki_dense_plan *dense, const dki_dense_block *block,
                            const dki_rows *like, dk_error *err)
{
    dki_inputs *inputs = &worker->inputs;
    dk_status status = find_groups(dense, worker, block, err);

    dki_trace_lap(inputs->steps, DKI_STEP_COUNT(inputs->plan), &inputs->since);
    if (status == DK_OK)
        status = add_rows(inputs->plan, dense, worker, block, like, err);
    dki_trace_lap(inputs->steps, DKI_STEP_ACCUMULATE(inputs->plan), &inputs->since);
    return status;
}

dk_status dki_scan_worker_block(dki_scan_worker *worker, const dki_dense_plan *dense, uint64_t row, size_t n,
                                dk_error *err)
{
    dki_inputs *inputs = &worker->inputs;
    const dki_plan *plan = inputs->plan;
    dki_entries *entries = &worker->entries;
    dki_rows like = { .row = row, .weights = worker->weights };
    bool any, weighs = plan->weight && !(dense->plan && dense->all_taken);
    dk_status status = dki_inputs_block(inputs, row, n, &any, err);

    if (status != DK_OK || !any)
        return status;
    if (weighs)
        status = dki_inputs_weights(inputs, row, n, worker->weights, err);
    if (status == DK_OK && (plan->entries == NULL || plan->words)) {
        dki_dense_block block = {
            n, inputs->n_selected, inputs->selection, inputs->by_views, inputs->views, inputs->truths
        };

        if (plan->words == NULL)
            return take_block(worker, dense, &block, &like, err);
        status = dki_lanes_add(&worker->lanes, &worker->dense, worker->found.accumulators, &block,
                               weighs ? worker->weights : NULL, err);
        dki_trace_lap(inputs->steps, DKI_STEP_COUNT(plan), &inputs->since);
        return status;
    }
    if (status == DK_OK)
        dki_entries_begin(entries, inputs, row, n, !(dense->plan && dense->all_taken));
    while (status == DK_OK && dki_entries_next(entries, weighs ? worker->weights : NULL)) {
        like.weights = entries->weights;
        like.numbers = entries->numbers;
        status = take_block(worker, dense, &entries->block, &like, err);
    }
    return status;
}

void dki_scan_worker_end(dki_scan_worker *worker)
{
    dki_lanes_settle(&worker->lanes, &worker->dense, worker->found.accumulators);
}
