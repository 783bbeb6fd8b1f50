/* breakdown_plan.c - binds a breakdown to a table: its dimensions, its condition, its measures. */
#include "breakdown_plan.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "breakdown_within.h"
#include "entries.h"

/* Where a dimension is a column of many texts, or looks up texts, their numbers take its place until the result has its
 * columns. Those of a column are found for all rows, which is worth while where all rows count. */
static dk_status number_texts(dki_plan *plan, size_t i, dk_error *err)
{
    size_t number = dki_bound_column(plan->by[i]);
    dki_dimension *what = &plan->dims[i];
    dk_status status;

    if (what->type != DK_TEXT || plan->breakdown->by[i].shows_levels)
        return DK_OK;
    if (number == DK_NO_COLUMN) {
        status = dki_text_codes_looked_up(plan->context, plan->by[i], &plan->texts[i], err);
        if (status == DK_OK && plan->texts[i])
            plan->by_in_range[i] = dki_plan_describe(plan, plan->by[i], what);
        return status;
    }
    status =
        dki_text_codes_get(dki_plan_column(plan, number), plan->breakdown->where != NULL, &plan->texts[i], err);
    if (status != DK_OK || plan->texts[i] == NULL)
        return status;
    *what = (dki_dimension){ .type = DK_INTEGER };
    what->has_bounds = dk_column_bounds(plan->texts[i]->numbers, &what->least, &what->greatest);
    return DK_OK;
}

static dk_status bind_dimension(dki_plan *plan, size_t i, dk_error *err)
{
    const dki_part *part = &plan->breakdown->by[i];
    const dki_node *node = dki_part_node(part, &plan->spreads[i]);
    dk_status status = dki_plan_bind(plan, part->expr, node, &plan->by[i], err);

    if (status != DK_OK)
        return status;
    if (dki_bound_type(plan->by[i]) == DK_INTERVAL) {
        status = dki_node_fail(part->expr, dki_expr_root(part->expr), err, DK_ERR_TYPE,
                               "this is known in bounds only, which tell no groups apart");
        dki_hint(err, "group by what is known of it, such as greatest(x) < 5");
        return status;
    }
    plan->by_in_range[i] = dki_plan_describe(plan, plan->by[i], &plan->dims[i]);
    status = dki_plan_check_spread(plan, i, err);
    if (plan->spreads[i] != DKI_SPREAD_NOT)
        plan->sets[i] = plan->dims[i].levels;
    return status == DK_OK ? number_texts(plan, i, err) : status;
}

/* The whole. --------------------------------------------------------------------------------------------------- */

/* Whether the values that a dimension can have are known: by themselves, or between the least and the greatest. */
static bool is_range(dk_type type)
{
    return type == DK_INTEGER || type == DK_DATE || type == DK_PERIOD;
}

static bool has_levels(dk_type type)
{
    return type == DK_CATEGORY || type == DK_BOOLEAN;
}

bool dki_plan_shows_levels(const dki_plan *plan, size_t dim)
{
    return plan->breakdown->by[dim].shows_levels ||
           (plan->breakdown->all_levels && has_levels(plan->dims[dim].type));
}

static dk_status check_levels(const dki_plan *plan, dk_error *err)
{
    const dk_breakdown *breakdown = plan->breakdown;
    bool any = !breakdown->all_levels;

    for (size_t i = 0; i < breakdown->n_by; i++) {
        const dki_part *part = &breakdown->by[i];
        dk_type type = plan->dims[i].type;

        any = any || has_levels(type);
        if (!part->shows_levels || has_levels(type) || is_range(type))
            continue;
        (void)dki_node_fail(part->expr, dki_expr_root(part->expr), err, DK_ERR_TYPE,
                            "%s is to show every level of %s, and which ones %s has is not known", breakdown->title,
                            part->name, dk_type_name(type));
        dki_hint(err,
                 "categories and booleans have levels; whole numbers, dates and periods those between the least "
                 "and the greatest");
        return DK_ERR_TYPE;
    }
    if (any)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_ARGUMENT,
                   "%s is to show every level, and none of its dimensions is a category or a boolean",
                   breakdown->title);
    dki_hint(err, breakdown->n_by ? "name the dimension: levels = { \"%s\" }" : "leave levels out",
             breakdown->n_by ? breakdown->by[0].name : "");
    return DK_ERR_ARGUMENT;
}

static dk_status bind_all(dki_plan *plan, dk_error *err)
{
    const dk_breakdown *breakdown = plan->breakdown;
    dk_status status = dki_plan_check_columns(plan, err);

    if (status == DK_OK && plan->common == &plan->own)
        status = dki_plan_common(&breakdown, 1, plan->table, plan->params, &plan->own, err);
    for (size_t i = 0; status == DK_OK && i < breakdown->n_by; i++) {
        status = dki_plan_check_names(plan, breakdown->by[i].expr, false, err);
        if (status == DK_OK)
            status = bind_dimension(plan, i, err);
    }
    if (status == DK_OK && breakdown->where) {
        status = dki_plan_check_names(plan, breakdown->where, false, err);
        if (status == DK_OK)
            status =
                dki_plan_bind_condition(plan, breakdown->where, dki_expr_root(breakdown->where), &plan->where, err);
    }
    for (size_t i = 0; status == DK_OK && i < breakdown->n_measures; i++) {
        status = dki_plan_check_names(plan, breakdown->measures[i].expr, true, err);
        if (status == DK_OK)
            status = dki_plan_collect(plan, i, err);
    }
    return status;
}

dk_status dki_plan_init(dki_plan *plan, const dk_breakdown *breakdown, const dk_table *table,
                        const dk_params *params, const dki_common *common, dk_error *err)
{
    const char *weight = dk_table_properties(table)->weight;
    dk_status status;

    memset(plan, 0, sizeof *plan);
    plan->context = dk_table_context(table);
    plan->breakdown = breakdown;
    plan->table = table;
    plan->params = params;
    plan->common = common ? common : &plan->own;
    dki_arena_init(&plan->arena, plan->context);
    if (dk_table_margin(table)) {
        (void)dki_fail(err, DK_ERR_MARGIN, "%s would count double: the table has rows that are totals of others",
                       breakdown->title);
        dki_hint(err, "take the table without them: t:detail()");
        return DK_ERR_MARGIN;
    }
    if (weight) {
        size_t column;

        status = dk_table_get(table, weight, &column, err);
        if (status != DK_OK)
            return status;
        plan->weight = dk_table_field(table, column)->column;
    }
    status = dki_breakdown_check_within(breakdown, err);
    if (status == DK_OK)
        status = dki_plan_check_attached(plan, err);
    if (status == DK_OK)
        status = bind_all(plan, err);
    if (status == DK_OK)
        status = dki_plan_periods(plan, err);
    if (status == DK_OK)
        status = check_levels(plan, err);
    if (status == DK_OK)
        status = dki_plan_entries(plan, err);
    return status;
}

void dki_plan_drop(dki_plan *plan)
{
    for (size_t i = 0; i < DKI_MAX_DIMENSIONS; i++) {
        dki_bound_release(plan->by[i]);
        dki_text_codes_release(plan->texts[i]);
    }
    dki_bound_release(plan->where);
    for (size_t i = 0; i < plan->n_filters; i++)
        dki_bound_release(plan->filters[i].bound);
    for (size_t i = 0; i < plan->n_values; i++)
        dki_bound_release(plan->values[i].bound);
    dki_free(plan->context, plan->filters);
    dki_free(plan->context, plan->values);
    dki_free(plan->context, plan->aggregates);
    dki_free(plan->context, plan->splits);
    dk_table_release(plan->wide);
    dki_free(plan->context, plan->periods);
    dki_free(plan->context, plan->rates);
    dki_free(plan->context, plan->shares);
    dki_arena_drop(&plan->arena);
    dki_common_drop(&plan->own); /* last: the others refer to it */
    memset(plan, 0, sizeof *plan);
}
