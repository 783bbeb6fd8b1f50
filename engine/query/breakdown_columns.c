/* breakdown_columns.c - aggregates as columns of a result.
 *
 * The accumulators of the cells that rows of a table stand for are finished into a column, which stands in the table under
 * a name that only measures see. The same aggregate is finished once for each table.
 *
 * Invariants: a sum of rates has a column of its own behind those of its numerators and denominators; what adds up figures of
 * groups that overlap says so of its column.
 */
#include "breakdown_plan.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/overlap.h"
#include "data/table_parts.h"
#include "partition.h"

#define MANY_ROWS 4096 /* worth waking a thread for */

dk_status dki_result_groups(const dki_result *result, size_t n, uint32_t **out, dk_error *err)
{
    uint32_t *groups = dki_alloc_array(result->plan->context, n, sizeof *groups, err);

    if (groups == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        groups[i] = result->held_by ? result->held_by[result->order[i]] : (uint32_t)result->order[i];
    *out = groups;
    return DK_OK;
}

/* Many of them, side by side. ------------------------------------------------------------------------------------- */

struct making {
    dki_result *result;
    uint32_t *groups;
};

/* What a fault of it is, and where, whoever needs the column finds again. */
static dk_status make_aggregate(const struct making *making, size_t i, dk_error *err)
{
    dki_result *result = making->result;
    dk_error finish_err = DK_ERROR_INIT;
    size_t fault;
    dk_status status;

    if (result->plan->aggregates[i].what.defined || dki_accumulator_finishes_wide(&result->groups.accumulators[i]))
        return DK_OK;
    status = dki_accumulator_finish(&result->groups.accumulators[i], making->groups, result->n_rows,
                                    &result->ready[i], &fault, &finish_err);
    if (status == DK_OK || fault != SIZE_MAX)
        return DK_OK;
    *err = finish_err;
    return status;
}

static dk_status make_some(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct making *making = arg;
    const dki_result *result = making->result;
    size_t n_aggregates = result->plan->n_aggregates;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; i < end && status == DK_OK; i++)
        status = i < n_aggregates
                     ? make_aggregate(making, (size_t)i, err)
                     : dki_result_dimension(result, (size_t)i - n_aggregates, &result->dims[i - n_aggregates], err);
    return status;
}

dk_status dki_result_make_columns(dki_result *result, dk_error *err)
{
    const dki_plan *plan = result->plan;
    size_t n_dims = plan->breakdown->n_by, n = plan->n_aggregates + n_dims;
    struct making making = { .result = result };
    const dk_column **columns;
    dk_status status;

    if (result->groups.parts || result->n_rows < MANY_ROWS || result->n_shown < result->n_rows || n < 2)
        return DK_OK;
    columns = dki_arena_array(&result->arena, n, sizeof *columns, err);
    if (columns == NULL)
        return DK_ERR_MEMORY;
    result->ready = columns;
    result->dims = columns + plan->n_aggregates;
    status = dki_result_groups(result, result->n_rows, &making.groups, err);
    if (status == DK_OK)
        status = dki_parallel(plan->context, n, 1, make_some, &making, err);
    dki_free(plan->context, making.groups);
    return status;
}

/* One of them. ---------------------------------------------------------------------------------------------------- */

static const char *number_name(dki_result *result, size_t aggregate, dk_error *err)
{
    return dki_arena_format(&result->arena, err, "%sa%zu", result->prefix, aggregate);
}

const char *dki_result_aggregate_name(dki_result *result, const dki_node *node, dk_error *err)
{
    const dki_plan_rate *rate = dki_plan_find_rate(result->plan, node);

    if (rate)
        return dki_arena_format(&result->arena, err, "%sr%zu", result->prefix,
                                (size_t)(rate - result->plan->rates));
    return number_name(result, dki_plan_find(result->plan, node), err);
}

static dk_status fail_aggregate(const dki_result *result, size_t number, size_t row, dk_status status,
                                const dk_error *fault, dk_error *err)
{
    const dki_plan_aggregate *aggregate = &result->plan->aggregates[number];
    const dk_breakdown *breakdown = result->plan->breakdown;
    char cell[DKI_CELL_TEXT];

    if (row == SIZE_MAX) {
        if (err)
            *err = *fault;
        return status;
    }
    dki_result_describe(result, row, cell);
    (void)dki_fail(err, status, "measure %s of %s: %s (%s)", breakdown->measures[aggregate->measure].name,
                   breakdown->title, fault->message, cell);
    if (fault->hint[0])
        dki_hint(err, "%s", fault->hint);
    return status;
}

/* The column of an aggregate over the first n rows. */
static dk_status finish_aggregate(const dki_result *result, size_t number, size_t n, const dk_column **out,
                                  size_t *fault, dk_error *err)
{
    uint32_t *groups;
    dk_status status;

    *fault = SIZE_MAX;
    if (result->groups.parts)
        return dki_partitions_finish(result->groups.parts, number, out, fault, err);
    if (result->ready && result->ready[number]) {
        *out = dk_column_retain(result->ready[number]);
        return DK_OK;
    }
    status = dki_result_groups(result, n, &groups, err);
    if (status != DK_OK)
        return status;
    status = dki_accumulator_finish(&result->groups.accumulators[number], groups, n, out, fault, err);
    dki_free(result->plan->context, groups);
    return status;
}

/* Says of which groups that overlap the values of an aggregate are: of the members of the sets that the breakdown goes by, or
 * those that its rows were of before. */
static dk_status give_overlap(dki_result *result, const dk_table *table, size_t number, const dk_column **column,
                              dk_error *err)
{
    const dki_plan_aggregate *aggregate = &result->plan->aggregates[number];
    dki_aggregate_kind kind = aggregate->what.kind;
    const dki_plan_share *share = dki_plan_find_overlap(result->plan, aggregate->node);
    const dk_column *overlap = NULL;
    size_t fault;
    dk_status status;

    if (kind == DKI_AGGREGATE_COUNT || kind == DKI_AGGREGATE_SUM || kind == DKI_AGGREGATE_DISTINCT) {
        status = dki_breakdown_overlap(result->plan->breakdown, dk_table_field(table, 0), column, err);
        if (status != DK_OK || dki_column_overlap(*column))
            return status;
    }
    if (share == NULL)
        return DK_OK;
    status = finish_aggregate(result, share->least, (size_t)dk_table_n_rows(table), &overlap, &fault, err);
    if (status == DK_OK)
        status = dki_overlap_give(column, overlap, err);
    dk_column_release(overlap);
    return status;
}

/* Makes sure that a table has the column of an aggregate. */
static dk_status need_number(dki_result *result, const dk_table **table, size_t number, dk_error *err)
{
    const char *name = number_name(result, number, err);
    size_t n = (size_t)dk_table_n_rows(*table), fault;
    const dk_column *column;
    dk_error finish_err = DK_ERROR_INIT;
    dk_status status;

    if (name == NULL)
        return DK_ERR_MEMORY;
    if (dk_table_find(*table, name) != DK_NO_COLUMN)
        return DK_OK;
    status = finish_aggregate(result, number, n, &column, &fault, &finish_err);
    if (status != DK_OK)
        return fail_aggregate(result, number, fault, status, &finish_err, err);
    status = give_overlap(result, *table, number, &column, err);
    if (status == DK_OK)
        status = dki_table_lengthen(table, &DK_FIELD(name, column), err);
    dk_column_release(column);
    return status;
}

/* Makes sure that a table has the column of a sum of rates. */
static dk_status need_rate(dki_result *result, const dk_table **table, const dki_plan_rate *rate, dk_error *err)
{
    const char *name = dki_result_aggregate_name(result, rate->node, err);
    const size_t numbers[] = { rate->numerator, rate->denominator };
    const dk_column *parts[2], *column = NULL;
    dk_status status = name ? DK_OK : DK_ERR_MEMORY;

    if (status != DK_OK || dk_table_find(*table, name) != DK_NO_COLUMN)
        return status;
    for (size_t i = 0; i < 2 && status == DK_OK; i++)
        status = need_number(result, table, numbers[i], err);
    for (size_t i = 0; i < 2 && status == DK_OK; i++) {
        const char *part = number_name(result, numbers[i], err);

        if (part == NULL)
            return DK_ERR_MEMORY;
        parts[i] = dk_table_field(*table, dk_table_find(*table, part))->column;
    }
    if (status == DK_OK)
        status = dk_rate_new(parts[0], parts[1], &column, err);
    for (size_t i = 0; i < 2 && status == DK_OK; i++)
        status = dki_overlap_give(&column, dki_column_overlap(parts[i]), err);
    if (status == DK_OK)
        status = dki_table_lengthen(table, &DK_FIELD(name, column), err);
    dk_column_release(column);
    return status;
}

dk_status dki_result_need_aggregate(dki_result *result, const dk_table **table, const dki_node *node, dk_error *err)
{
    const dki_plan_rate *rate = dki_plan_find_rate(result->plan, node);

    return rate ? need_rate(result, table, rate, err)
                : need_number(result, table, dki_plan_find(result->plan, node), err);
}
