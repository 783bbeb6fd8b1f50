/* breakdown_period.c - keeps count() from counting somebody once for each period.
 *
 * Where the key of a table is a person and a month, a row is a person in a month: count() over several months would count
 * the same person again and again, and look like a number of persons. Beside each count() the plan therefore takes
 * the least and the greatest period under the same condition, unless the period is a dimension or there is but one of
 * it; a group in which they differ is refused. Where the period is a dimension, a total over it counts
 * everybody once for each period: that is what was asked for, and a note says it.
 *
 * Cost: two aggregates more, and only where a condition may or may not leave one period.
 */
#include "breakdown_plan.h"

#include <string.h>

#include "base/memory.h"
#include "base/period.h"
#include "base/status.h"
#include "expr/poll_row.h"

/* Whether a dimension is the column, as it stands. */
static size_t find_by(const dki_plan *plan, size_t column)
{
    for (size_t i = 0; i < plan->breakdown->n_by; i++) {
        if (dki_bound_column(plan->by[i]) == column)
            return i;
    }
    return DKI_NONE;
}

/* min or max of the column, under the condition of a count(). */
static dk_status add_end(dki_plan *plan, const char *kind, dki_node *column, size_t count, size_t *out,
                         dk_error *err)
{
    const dki_plan_aggregate *aggregate = &plan->aggregates[count];
    dki_node *node = dki_arena_alloc(&plan->arena, sizeof *node, err);
    dki_node **child = dki_arena_alloc(&plan->arena, sizeof(dki_node *), err);
    dk_status status;

    if (node == NULL || child == NULL)
        return DK_ERR_MEMORY;
    *child = column;
    *node = (dki_node){ .kind = DKI_NODE_AGGREGATE,
                        .at = aggregate->node->at,
                        .size = aggregate->node->size,
                        .depth = 2,
                        .text = kind,
                        .n_children = 1,
                        .children = child,
                        .filter = aggregate->node->filter };
    status = dki_plan_add_aggregate(plan, aggregate->expr, node, aggregate->measure, err);
    *out = dki_plan_find(plan, node);
    return status;
}

static dk_status add_period(dki_plan *plan, size_t column, dk_error *err)
{
    size_t n_aggregates = plan->n_aggregates;
    dki_node *name = dki_arena_alloc(&plan->arena, sizeof *name, err);
    dk_status status = DK_OK;

    if (name == NULL)
        return DK_ERR_MEMORY;
    *name = (dki_node){ .kind = DKI_NODE_NAME, .depth = 1, .text = dk_table_field(plan->table, column)->name };
    for (size_t i = 0; status == DK_OK && i < n_aggregates; i++) {
        dki_plan_period period = { .count = i, .column = column };

        if (plan->aggregates[i].what.kind != DKI_AGGREGATE_COUNT)
            continue;
        status = dki_grow(plan->context, (void **)&plan->periods, &plan->period_capacity, plan->n_periods + 1,
                          sizeof *plan->periods, err);
        if (status == DK_OK)
            status = add_end(plan, "min", name, i, &period.least, err);
        if (status == DK_OK)
            status = add_end(plan, "max", name, i, &period.greatest, err);
        if (status == DK_OK)
            plan->periods[plan->n_periods++] = period;
    }
    return status;
}

dk_status dki_plan_periods(dki_plan *plan, dk_error *err)
{
    const dk_properties *properties = dk_table_properties(plan->table);
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < properties->n_key; i++) {
        size_t number;
        const dk_column *column;
        int64_t least, greatest;

        status = dk_table_get(plan->table, properties->key[i], &number, err);
        if (status != DK_OK)
            return status;
        column = dk_table_field(plan->table, number)->column;
        if (dk_column_type(column) != DK_PERIOD || properties->n_key == 1 || find_by(plan, number) != DKI_NONE)
            continue;
        if (!dk_column_bounds(column, &least, &greatest) || least == greatest)
            continue;
        status = add_period(plan, number, err);
    }
    return status;
}

/* Checks. ------------------------------------------------------------------------------------------------------ */

static dk_status fail_group(const dki_result *result, const dki_plan_period *period, int64_t least,
                            int64_t greatest, uint64_t row, dk_error *err)
{
    const dki_plan *plan = result->plan;
    const dk_breakdown *breakdown = plan->breakdown;
    const dk_field *field = dk_table_field(plan->table, period->column);
    const dki_plan_aggregate *count = &plan->aggregates[period->count];
    const dk_properties *properties = dk_table_properties(plan->table);
    const char *person = properties->key[strcmp(properties->key[0], field->name) == 0];
    unsigned frequency = dk_column_scale(field->column);
    char first[DKI_PERIOD_BYTES], last[DKI_PERIOD_BYTES], cell[DKI_CELL_TEXT];

    (void)dki_format_period(least, frequency, first, sizeof first);
    (void)dki_format_period(greatest, frequency, last, sizeof last);
    dki_result_describe(result, row, cell);
    (void)dki_node_fail(count->expr, count->node, err, DK_ERR_ARGUMENT,
                        "measure %s of %s counts rows of several periods, %s to %s (%s), and the key of the table "
                        "has a row for each",
                        breakdown->measures[count->measure].name, breakdown->title, first, last, cell);
    dki_hint(err, "put %s into by, or choose one in where; rows() counts rows, distinct(%s) each %s once",
             field->name, person, person);
    return DK_ERR_ARGUMENT;
}

/* The least or the greatest period of every cell. */
static dk_status finish_end(const dki_result *result, size_t aggregate, const uint32_t *cells, size_t n,
                            const dk_column **out, dk_error *err)
{
    size_t fault;

    return dki_accumulator_finish(&result->groups.accumulators[aggregate], cells, n, out, &fault, err);
}

static dk_status check_period(const dki_result *result, const dki_plan_period *period, const uint32_t *cells,
                              dk_error *err)
{
    const dk_column *least = NULL, *greatest = NULL;
    dk_status status = finish_end(result, period->least, cells, result->n_rows, &least, err);

    if (status == DK_OK)
        status = finish_end(result, period->greatest, cells, result->n_rows, &greatest, err);
    DKI_FOR_ROWS(row, result->n_rows, result->plan->context, status, err)
    {
        dk_value first, last;

        status = dk_column_get(least, row, &first, err);
        if (status == DK_OK)
            status = dk_column_get(greatest, row, &last, err);
        if (status == DK_OK && !first.is_null && first.as.integer != last.as.integer)
            status = fail_group(result, period, first.as.integer, last.as.integer, row, err);
    }
    dk_column_release(least);
    dk_column_release(greatest);
    return status;
}

/* Where a period of the key is a dimension, what is a total over it. */
static dk_status note_totals(dki_result *result, dki_note_fn *note, void *arg, dk_error *err)
{
    const dki_plan *plan = result->plan;
    const dk_properties *properties = dk_table_properties(plan->table);
    bool counts = false;
    dk_status status = DK_OK;

    if (plan->breakdown->margins == DK_MARGINS_NONE)
        return DK_OK;
    for (size_t i = 0; i < plan->n_aggregates; i++)
        counts = counts || plan->aggregates[i].what.kind == DKI_AGGREGATE_COUNT;
    for (size_t i = 0; status == DK_OK && counts && i < properties->n_key; i++) {
        size_t number = dk_table_find(plan->table, properties->key[i]);
        const char *text;

        if (dk_column_type(dk_table_field(plan->table, number)->column) != DK_PERIOD ||
            find_by(plan, number) == DKI_NONE || properties->n_key == 1)
            continue;
        text =
            dki_arena_format(&result->arena, err, "a total over %s counts who is in several periods once for each",
                             properties->key[i]);
        status = text ? note(arg, text, err) : DK_ERR_MEMORY;
    }
    return status;
}

dk_status dki_result_periods(dki_result *result, dki_note_fn *note, void *arg, dk_error *err)
{
    const dki_plan *plan = result->plan;
    uint32_t *cells;
    dk_status status = note_totals(result, note, arg, err);

    if (status != DK_OK || plan->n_periods == 0)
        return status;
    status = dki_result_groups(result, result->n_rows, &cells, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; status == DK_OK && i < plan->n_periods; i++)
        status = check_period(result, &plan->periods[i], cells, err);
    dki_free(plan->context, cells);
    return status;
}
