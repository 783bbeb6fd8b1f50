/* breakdown_given.c - measures from counts and sums that are given.
 *
 * The breakdown is planned on the rows as for a run, so that aggregates are those of a run, equal ones once. What each row adds
 * is evaluated from the plan's conditions and arguments; measures are made by what makes them of a run's aggregates.
 */
#include "breakdown_given.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "breakdown_plan.h"
#include "data/column_parts.h"
#include "data/table_parts.h"

#define PREFIX "\x01" /* of columns that only measures see */

void dki_given_drop(dki_given *given)
{
    for (size_t i = 0; given->sums && i < given->n_sums; i++) {
        dki_free(given->context, given->sums[i].values);
        dki_free(given->context, given->sums[i].known);
    }
    dki_free(given->context, given->sums);
    dki_free(given->context, given->there);
    if (given->plan)
        dki_plan_drop(given->plan);
    dki_free(given->context, given->plan);
    memset(given, 0, sizeof *given);
}

/* What can be given ---------------------------------------------------------------------------------------------- */

static bool is_of_its_group(void *arg, const dki_node *node)
{
    (void)arg;
    return node->kind != DKI_NODE_CALL || (strcmp(node->text, "all") != 0 && strcmp(node->text, "attached") != 0);
}

static bool is_exact_sum(const dki_aggregate *what)
{
    if (what->kind == DKI_AGGREGATE_COUNT)
        return true;
    return what->kind == DKI_AGGREGATE_SUM &&
           (what->type == DK_INTEGER || (what->type == DK_DECIMAL && what->scale + what->weight_scale <= 18));
}

static bool can_give(const dki_plan *plan)
{
    const dk_breakdown *breakdown = plan->breakdown;

    if (plan->n_periods || plan->n_rates || plan->n_shares || plan->n_splits || plan->wide || plan->entries ||
        dki_plan_has_defined(plan) || dki_plan_spreads(plan))
        return false;
    for (size_t i = 0; i < plan->n_aggregates; i++)
        if (!is_exact_sum(&plan->aggregates[i].what) || !plan->aggregates[i].what.weighted ||
            plan->aggregates[i].what.weight_type != DK_DECIMAL)
            return false;
    for (size_t i = 0; i < breakdown->n_measures; i++)
        if (!dki_node_visit(dki_expr_root(breakdown->measures[i].expr), is_of_its_group, NULL) ||
            breakdown->measures[i].name[0] == PREFIX[0])
            return false;
    for (size_t i = 0; i < breakdown->n_by; i++)
        if (breakdown->by[i].name[0] == PREFIX[0])
            return false;
    return true;
}

/* What rows add -------------------------------------------------------------------------------------------------- */

/* An expression over all rows: its values as whole numbers, and whether each is known. */
static dk_status read_values(const dki_given *given, const dk_expr *expr, const dki_node *node, int64_t *values,
                             bool *known, dk_error *err)
{
    dki_scope scope = { .table = given->plan->table, .params = given->plan->params };
    const dk_column *column = NULL;
    dki_bound *bound = NULL;
    dk_view view;
    dk_status status = dki_bind(&scope, expr, node, &bound, err);

    if (status == DK_OK)
        status = dki_bound_column_new(bound, &column, err);
    dk_view_init(&view, given->context);
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n) {
        dki_view_integers(&view, values + row);
        for (size_t i = 0; i < view.n; i++)
            known[row + i] = !dki_view_is_null(&view, i);
    }
    dk_view_release(&view);
    dk_column_release(column);
    dki_bound_release(bound);
    return status;
}

/* Leaves aside the rows for which a condition does not hold. */
static dk_status apply_condition(const dki_given *given, const dk_expr *expr, const dki_node *node, bool *there,
                                 dk_error *err)
{
    size_t n = (size_t)dk_table_n_rows(given->plan->table);
    int64_t *values = dki_alloc_array(given->context, n, sizeof *values, err);
    bool *known = dki_alloc_array(given->context, n, sizeof *known, err);
    dk_status status = values && known ? read_values(given, expr, node, values, known, err) : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++)
        there[i] = there[i] && known[i] && values[i];
    dki_free(given->context, known);
    dki_free(given->context, values);
    return status;
}

static dk_status make_sum(dki_given *given, size_t number, dk_error *err)
{
    const dki_plan *plan = given->plan;
    const dki_plan_aggregate *aggregate = &plan->aggregates[number];
    const dki_plan_filter *filter = aggregate->filter == DKI_NONE ? NULL : &plan->filters[aggregate->filter];
    size_t n = (size_t)dk_table_n_rows(plan->table);
    dki_given_sum *sum = &given->sums[number];
    bool *there = dki_alloc_array(given->context, n, sizeof *there, err);
    dk_status status;

    sum->counts = aggregate->what.kind == DKI_AGGREGATE_COUNT;
    sum->scale = (uint8_t)(aggregate->what.weight_scale +
                           (!sum->counts && aggregate->what.type == DK_DECIMAL ? aggregate->what.scale : 0));
    sum->values = dki_alloc_array(given->context, n, sizeof *sum->values, err);
    sum->known = dki_alloc_array(given->context, n, sizeof *sum->known, err);
    status = there && sum->values && sum->known ? DK_OK : DK_ERR_MEMORY;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        there[i] = given->there[i];
        sum->values[i] = sum->known[i] = true;
    }
    if (status == DK_OK && filter)
        status = apply_condition(given, plan->breakdown->measures[filter->measure].expr, filter->node, there, err);
    if (status == DK_OK && !sum->counts)
        status =
            read_values(given, aggregate->expr, plan->values[aggregate->value].node, sum->values, sum->known, err);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        sum->known[i] = sum->known[i] && there[i];
        sum->values[i] = sum->known[i] ? sum->values[i] : 0;
    }
    dki_free(given->context, there);
    return status;
}

static dk_status make_sums(dki_given *given, dk_error *err)
{
    const dki_plan *plan = given->plan;
    size_t n = (size_t)dk_table_n_rows(plan->table);
    dk_status status;

    given->n_sums = plan->n_aggregates;
    given->sums = dki_calloc(given->context, given->n_sums, sizeof *given->sums, err);
    given->there = dki_alloc_array(given->context, n, sizeof *given->there, err);
    status = given->sums && given->there ? DK_OK : DK_ERR_MEMORY;
    for (size_t i = 0; i < n && status == DK_OK; i++)
        given->there[i] = true;
    if (status == DK_OK && plan->breakdown->where)
        status = apply_condition(given, plan->breakdown->where, dki_expr_root(plan->breakdown->where), given->there,
                                 err);
    for (size_t i = 0; i < given->n_sums && status == DK_OK; i++)
        status = make_sum(given, i, err);
    return status;
}

dk_status dki_given_init(dki_given *given, const dk_breakdown *breakdown, const dk_table *table,
                         const dk_params *params, bool *can, dk_error *err)
{
    dk_error why = DK_ERROR_INIT;
    dk_status status;

    memset(given, 0, sizeof *given);
    given->context = dk_table_context(table);
    given->breakdown = breakdown;
    given->plan = dki_calloc(given->context, 1, sizeof *given->plan, &why);
    status = given->plan ? dki_plan_init(given->plan, breakdown, table, params, NULL, &why) : DK_ERR_MEMORY;
    *can = status == DK_OK && can_give(given->plan);
    if (*can)
        status = make_sums(given, &why);
    *can = *can && status == DK_OK;
    if (status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED)
        return DK_OK; /* what fails for a row may never be asked: a run says so */
    if (err)
        *err = why;
    return status;
}

/* Measures ------------------------------------------------------------------------------------------------------- */

static dk_status ignore_note(void *arg, const char *note, dk_error *err)
{
    (void)arg;
    (void)note;
    (void)err;
    return DK_OK;
}

/* Dimensions and measures, with labels and formats. */
static dk_status show(const dki_given *given, const dk_table *made, size_t n_by, const dk_table **out,
                      dk_error *err)
{
    const dk_breakdown *breakdown = given->breakdown;
    size_t n = n_by + breakdown->n_measures;
    dk_field *fields = dki_alloc_array(given->context, n, sizeof *fields, err);
    dk_status status = DK_OK;

    if (fields == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status =
            dki_part_field(i < n_by ? &breakdown->by[i] : &breakdown->measures[i - n_by], made, &fields[i], err);
    if (status == DK_OK)
        status = dk_table_new(given->context, fields, n, dk_table_n_rows(made), out, err);
    dki_free(given->context, fields);
    return status;
}

dk_status dki_given_measures(const dki_given *given, const dk_table *dimensions, const dk_column *const *sums,
                             const dk_table **out, dk_error *err)
{
    dki_result result = { .plan = given->plan,
                          .n_rows = (size_t)dk_table_n_rows(dimensions),
                          .n_shown = (size_t)dk_table_n_rows(dimensions),
                          .all = dk_table_retain(dimensions),
                          .shown = dk_table_retain(dimensions),
                          .prefix = PREFIX };
    dk_status status;

    dki_arena_init_small(&result.arena, given->context);
    result.ready = dki_arena_array(&result.arena, given->n_sums, sizeof *result.ready, err);
    status = result.ready ? DK_OK : DK_ERR_MEMORY;
    for (size_t i = 0; i < given->n_sums && status == DK_OK; i++)
        result.ready[i] = sums[i];
    if (status == DK_OK)
        status = dki_result_measures(&result, ignore_note, NULL, err);
    if (status == DK_OK)
        status = show(given, result.shown, dk_table_n_columns(dimensions), out, err);
    dk_table_release(result.all);
    dk_table_release(result.shown);
    dki_free(given->context, (void *)result.totals);
    dki_arena_drop(&result.arena);
    return status;
}
