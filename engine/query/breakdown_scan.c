/* breakdown_scan.c - the one pass over the rows: groups and their accumulators, of one breakdown or of several.
 *
 * Ranges of rows go to workers; each has evaluators, a grouper and accumulators of its own, which are merged by key
 * in the end. What accumulators hold is exact and does not depend on order, so neither does the result.
 *
 * What a worker does with a block stands in scan_worker.c. When something fails in a block, the block is gone through again row by
 * row, so that the failure of the earliest row is the one reported, whatever the size of blocks.
 *
 * Several breakdowns take each block in turn, while it is in near caches, and share the evaluators of what their plans have
 * in common.
 *
 * Poll: once per block.
 */
#include "breakdown_plan.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "partition.h"
#include "scan_worker.h"

#define RANGE_BLOCKS 16

/* Of one plan. Workers are made when they take their first range: how many there will be is known to the pool alone. */
struct scan {
    const dki_plan *plan;
    dki_groups *groups; /* what it is to fill */
    dki_dense_plan dense;
    unsigned n_workers; /* what their numbers are under */
    dki_scan_worker *workers[DKI_MOST_WORKERS];
};

/* Of all plans: those that take the rows together stand first. */
struct pass {
    struct scan *scans;
    size_t n;
};

/* Workers. ----------------------------------------------------------------------------------------------------- */

/* Makes the workers of that number where they are new: one of each plan. Only the thread of that number asks for them. The
 * first has the evaluators of what plans have in common. */
static dk_status make_workers(const struct pass *pass, unsigned number, dk_error *err)
{
    struct scan *first = &pass->scans[0];
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < pass->n; i++) {
        struct scan *scan = &pass->scans[i];
        bool shares = i > 0 && scan->plan->common == first->plan->common;
        dki_scan_worker *worker;
        bool follows = false;

        if (scan->workers[number])
            continue;
        worker = dki_calloc(scan->plan->context, 1, sizeof *worker, err);
        if (worker == NULL)
            return DK_ERR_MEMORY;
        scan->workers[number] = worker;
        status = dki_scan_worker_init(worker, scan->plan, &scan->dense,
                                      shares ? first->workers[number]->inputs.common : NULL, err);
        for (size_t k = 0; status == DK_OK && !follows && k < i; k++)
            status = dki_inputs_follow(&worker->inputs, &pass->scans[k].workers[number]->inputs, &follows, err);
    }
    return status;
}

/* Blocks and ranges. ------------------------------------------------------------------------------------------- */

/* The block of every plan; where one fails the others need not go on. */
static dk_status scan_blocks(const struct pass *pass, unsigned number, uint64_t row, size_t n, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < pass->n; i++)
        status = dki_scan_worker_block(pass->scans[i].workers[number], &pass->scans[i].dense, row, n, err);
    return status;
}

/* Rows that wait in accumulators go to the host when a range ends. */
static dk_status end_range(const struct pass *pass, unsigned number, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < pass->n; i++) {
        dki_groups *found = &pass->scans[i].workers[number]->found;

        for (size_t k = 0; status == DK_OK && k < found->n_accumulators; k++)
            status = dki_accumulator_flush(&found->accumulators[k], err);
    }
    return status;
}

static dk_status scan_range(void *arg, unsigned number, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct pass *pass = arg;
    dk_context *context = pass->scans[0].plan->context;
    size_t step = dki_block_rows(context);
    dk_status status;

    assert(number < pass->scans[0].n_workers); /* the pool has no more threads */
    status = make_workers(pass, number, err);
    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;

        status = dki_poll(context, err);
        if (status != DK_OK)
            return status;
        status = scan_blocks(pass, number, row, n, err);
        if (status == DK_OK)
            continue;
        if (status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || status == DK_ERR_CALLBACK || n == 1)
            return status;
        for (size_t i = 0; i < n; i++) { /* what it holds is of no use any more; the earliest failure is */
            dk_status one = scan_blocks(pass, number, row + i, 1, err);

            if (one != DK_OK)
                return one;
        }
        return status;
    }
    return status == DK_OK ? end_range(pass, number, err) : status;
}

/* Merging. ----------------------------------------------------------------------------------------------------- */

static dk_status merge_groups(dki_groups *groups, const dki_groups *other, dk_error *err)
{
    size_t n = other->grouper.n_groups;
    uint32_t *map = dki_alloc_array(groups->context, n, sizeof *map, err);
    dk_status status;

    if (map == NULL)
        return DK_ERR_MEMORY;
    status = dki_grouper_merge(&groups->grouper, &other->grouper, map, err);
    for (size_t i = 0; status == DK_OK && i < groups->n_accumulators; i++) {
        status = dki_accumulator_room(&groups->accumulators[i], groups->grouper.n_groups, err);
        if (status == DK_OK)
            status = dki_accumulator_merge(&groups->accumulators[i], &other->accumulators[i], 0, n, map, err);
    }
    dki_free(groups->context, map);
    return status;
}

/* The same by slot. */
static dk_status merge_slots(const dki_dense_plan *dense, dki_scan_worker *first, dki_scan_worker *other,
                             const uint32_t *same, dk_error *err)
{
    dk_status status = dki_dense_merge(&first->dense, &other->dense, err);

    for (size_t i = 0; status == DK_OK && i < first->found.n_accumulators; i++) {
        if (!dki_dense_takes(dense, i))
            status = dki_accumulator_merge(&first->found.accumulators[i], &other->found.accumulators[i], 0,
                                           dense->n_slots, same, err);
    }
    return status;
}

/* Puts groups in the place of slots. */
static dk_status finish_slots(const dki_dense_plan *dense, dki_scan_worker *first, dk_error *err)
{
    dki_groups groups = { 0 };
    dk_status status = dki_groups_init(&groups, dense->plan, dense->n_slots, err);

    if (status == DK_OK)
        status = dki_dense_finish(&first->dense, first->found.accumulators, &groups, err);
    if (status != DK_OK) {
        dki_groups_drop(&groups);
        return status;
    }
    dki_groups_drop(&first->found);
    first->found = groups;
    return DK_OK;
}

/* Puts what all workers found into the first. */
static dk_status merge_workers(struct scan *scan, dki_scan_worker *first, dk_error *err)
{
    const dki_dense_plan *dense = &scan->dense;
    dki_groups *groups = &first->found;
    uint32_t *same = NULL; /* slots stay what they are */
    dk_status status = DK_OK;

    if (dense->plan && !dense->all_taken) {
        same = dki_alloc_array(scan->plan->context, dense->n_slots, sizeof *same, err);
        if (same == NULL)
            return DK_ERR_MEMORY;
        for (size_t i = 0; i < dense->n_slots; i++)
            same[i] = (uint32_t)i;
    }
    for (size_t i = 0; status == DK_OK && i < scan->n_workers; i++) {
        dki_scan_worker *other = scan->workers[i];

        if (other)
            dki_scan_worker_end(other);
        if (other == NULL || other == first)
            continue;
        if (dense->plan)
            status = merge_slots(dense, first, other, same, err);
        else
            status = merge_groups(groups, &other->found, err);
        dki_groups_drop(&other->found);
    }
    dki_free(scan->plan->context, same);
    return status;
}

void dki_groups_count_nulls(dki_groups *groups, const dki_inputs *inputs)
{
    dki_trace *trace = inputs->plan ? inputs->plan->trace : NULL;

    groups->n_where += inputs->n_where;
    groups->n_where_null += inputs->n_where_null;
    for (size_t i = 0; inputs->plan && i < inputs->plan->n_filters; i++)
        groups->n_filter_null[i] += inputs->n_filter_null[i];
    if (trace == NULL)
        return;
    trace->n_workers++;
    trace->takes_where = inputs->like && inputs->plan->where;
    for (size_t i = 0; inputs->filter_like && i < inputs->plan->n_filters && i < 64; i++)
        trace->takes_filter |= (uint64_t)(inputs->filter_like[i] != DKI_NONE) << i;
    for (size_t i = 0; i < DKI_N_STEPS(inputs->plan); i++)
        trace->steps[i] += inputs->steps[i];
    for (size_t i = 0; i < inputs->common->n; i++)
        trace->n_common[i] += inputs->common->items[i].n_computed;
}

/* Which way was taken, with how many others: the number of the scan in its pass. */
static void put_trace(const struct scan *scan, size_t number, size_t n_together)
{
    const dki_plan *plan = scan->plan;
    const dki_dense_plan *dense = &scan->dense;
    const dki_groups *groups = scan->groups;
    dki_trace *trace = plan->trace;

    trace->n_together = n_together;
    trace->comes_later = number > 0;
    trace->in_parts = groups->parts != NULL;
    trace->in_order = trace->in_parts && groups->parts->made;
    trace->n_groups = trace->in_parts ? groups->parts->n_groups : groups->grouper.n_groups;
    trace->n_slots = dense->plan && groups->parts == NULL ? dense->n_slots : 0;
    for (size_t i = 0; trace->n_slots && i < plan->n_aggregates; i++) {
        trace->n_counted += dense->takes[i].how == DKI_DENSE_COUNTED;
        trace->n_summed += dense->takes[i].how == DKI_DENSE_SUMMED;
        trace->n_listed += dense->takes[i].how == DKI_DENSE_LISTED;
    }
}

/* Groups where keys are many, if they are. */
static dk_status scan_parts(dki_groups *groups, const dki_plan *plan, const dki_dense_plan *dense, dk_error *err)
{
    bool by_index = dense->plan != NULL && !dense->sorts;
    dk_status status;

    if (by_index || plan->entries)
        return DK_OK;
    status = dki_groups_init(groups, plan, 0, err);
    if (status == DK_OK)
        status = dki_partitions_scan(plan, dense->plan != NULL, groups, &groups->parts, err);
    if (status != DK_OK || groups->parts == NULL)
        dki_groups_drop(groups);
    return status;
}

dk_status dki_groups_gather(dki_groups *groups, const dki_plan *plan, dk_error *err)
{
    dk_status status;

    if (groups->parts == NULL)
        return DK_OK;
    status = dki_grouper_init(&groups->grouper, plan->context, plan->dims, plan->breakdown->n_by,
                              dk_table_n_rows(plan->table), err);
    if (status == DK_OK)
        status = dki_partitions_gather(groups->parts, groups, err);
    dki_partitions_drop(groups->parts);
    dki_free(groups->context, groups->parts);
    groups->parts = NULL;
    return status;
}

/* What the workers of a plan found becomes its groups. */
static dk_status merge_scan(struct scan *scan, dk_error *err)
{
    dki_scan_worker *first = scan->workers[0];
    dk_status status = merge_workers(scan, first, err);

    if (status == DK_OK && scan->dense.plan)
        status = finish_slots(&scan->dense, first, err);
    if (status != DK_OK)
        return status;
    *scan->groups = first->found;
    memset(&first->found, 0, sizeof first->found);
    for (size_t i = 0; i < scan->n_workers; i++) {
        if (scan->workers[i])
            dki_groups_count_nulls(scan->groups, &scan->workers[i]->inputs);
    }
    return DK_OK;
}

/* Workers that share evaluators go before the one that has them. */
static void drop_workers(const struct pass *pass)
{
    for (size_t i = pass->n; i-- > 0;) {
        for (size_t k = 0; k < pass->scans[i].n_workers; k++)
            dki_scan_worker_drop(pass->scans[i].workers[k], pass->scans[i].plan);
    }
}

static dk_status scan_rows(struct pass *pass, dk_error *err)
{
    const dki_plan *plan = pass->scans[0].plan;
    uint64_t n_rows = dk_table_n_rows(plan->table), grain = (uint64_t)dki_block_rows(plan->context) * RANGE_BLOCKS;
    uint64_t *phases = plan->trace ? plan->trace->phases : NULL, since = phases ? dki_trace_now() : 0;
    dk_status status;

    for (size_t i = 0; i < pass->n; i++) {
        if (dki_plan_wants_one_thread(pass->scans[i].plan))
            grain = n_rows + 1;
    }
    for (size_t i = 0; i < pass->n; i++)
        pass->scans[i].n_workers = dki_workers_bound(n_rows, grain);
    status = dki_parallel(plan->context, n_rows, grain, scan_range, pass, err);
    dki_trace_lap(phases, DKI_PHASE_SCAN, &since);
    if (status == DK_OK)
        status = make_workers(pass, 0, err); /* also where there was nothing to do */
    for (size_t i = 0; status == DK_OK && i < pass->n; i++)
        status = merge_scan(&pass->scans[i], err);
    drop_workers(pass);
    dki_trace_lap(phases, DKI_PHASE_MERGE, &since);
    return status;
}

/* Fills the groups of a plan whose keys are many; of the others says how they are counted. */
static dk_status begin_scan(struct scan *scan, dk_error *err)
{
    const dki_plan *plan = scan->plan;
    uint64_t *phases = plan->trace ? plan->trace->phases : NULL, since = phases ? dki_trace_now() : 0;
    dk_status status = dki_dense_plan_init(&scan->dense, plan, err);

    if (status == DK_OK)
        status = scan_parts(scan->groups, plan, &scan->dense, err);
    dki_trace_lap(phases, DKI_PHASE_SCAN, &since); /* nothing where keys are not so many */
    return status;
}

dk_status dki_groups_scan(dki_groups *groups, const dki_plan *const *plans, size_t n, dk_error *err)
{
    dk_context *context = plans[0]->context;
    struct pass pass = { .n = 0 };
    struct scan one = { 0 }; /* the usual case takes no memory */
    dk_status status = DK_OK;

    pass.scans = n == 1 ? &one : dki_calloc(context, n, sizeof *pass.scans, err);
    if (pass.scans == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        struct scan *scan = &pass.scans[pass.n];

        *scan = (struct scan){ .plan = plans[i], .groups = &groups[i] };
        status = begin_scan(scan, err);
        if (status == DK_OK && groups[i].parts) {
            if (scan->plan->trace)
                put_trace(scan, 0, 1);
            dki_dense_plan_drop(&scan->dense);
        } else {
            pass.n++; /* also after a failure: what it plans is dropped */
        }
    }
    if (status == DK_OK && pass.n > 0)
        status = scan_rows(&pass, err);
    for (size_t i = 0; i < pass.n; i++) {
        if (status == DK_OK && pass.scans[i].plan->trace)
            put_trace(&pass.scans[i], i, pass.n);
        dki_dense_plan_drop(&pass.scans[i].dense);
    }
    if (n > 1)
        dki_free(context, pass.scans);
    return status;
}
