/* breakdown_bind.c - names and types of what a breakdown asks: its expressions bound to a table. */
#include "breakdown_plan.h"

#include <dekking/hierarchy.h>

#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "expr/quote.h"

/* Names. ------------------------------------------------------------------------------------------------------- */

struct names {
    const dki_plan *plan;
    const dk_expr *expr;
    bool in_measure; /* the expression is a measure: only names inside aggregates are columns */
    dk_error *err;
    dk_status status;
};

/* Whether the column is of a level below the one of that name. */
static bool knows_level(const dk_field *field, const char *name)
{
    const dk_dictionary *levels = dk_column_levels(field->column);

    for (size_t i = levels ? dk_dictionary_n_hierarchies(levels) : 0; i-- > 0;) {
        size_t own;
        size_t above = dk_hierarchy_find_level(dk_dictionary_hierarchy_at(levels, i, &own), name);

        if (above != SIZE_MAX && above > own)
            return true;
    }
    return false;
}

static dk_status fail_column(struct names *names, const dki_node *node)
{
    const dk_breakdown *breakdown = names->plan->breakdown;
    const dk_table *table = names->plan->table;
    const char *name = dk_table_properties(table)->name;
    char quoted[DKI_QUOTED_SIZE];
    dki_nearest nearest;

    if (names->in_measure && dki_breakdown_find_measure(breakdown, node->text) != SIZE_MAX) {
        (void)dki_node_fail(names->expr, node, names->err, DK_ERR_NAME,
                            "%s: %s is a measure, and inside an aggregate names are columns", breakdown->title,
                            node->text);
        dki_hint(names->err, "compute with measures outside of aggregates: %s / all(%s)", node->text, node->text);
        return DK_ERR_NAME;
    }
    (void)dki_node_fail(names->expr, node, names->err, DK_ERR_NAME,
                        "%s needs the column %s, which %s%s does not have", breakdown->title, node->text,
                        name ? "the table " : "the table", name ? name : "");
    dki_nearest_init(&nearest, node->text, strlen(node->text));
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const dk_field *field = dk_table_field(table, i);

        if (knows_level(field, node->text)) {
            dki_hint(names->err, "it is a level above %s: t:use(geo), of its hierarchy, makes the column",
                     dki_quote_shown(field->name, quoted));
            return DK_ERR_NAME;
        }
        dki_nearest_try(&nearest, field->name, strlen(field->name));
    }
    if (nearest.best)
        dki_hint(names->err, "did you mean %s?", dki_quote_shown(nearest.best, quoted));
    else if (!names->in_measure)
        dki_hint(names->err, "a level of a hierarchy is made a column by t:use(geo)");
    return DK_ERR_NAME;
}

static bool check_name(void *arg, const dki_node *node)
{
    struct names *names = arg;
    const dk_breakdown *breakdown = names->plan->breakdown;

    if (node->kind != DKI_NODE_NAME)
        return true;
    if (dk_table_find(names->plan->table, node->text) == DK_NO_COLUMN) {
        names->status = fail_column(names, node);
    } else if (dki_breakdown_find_measure(breakdown, node->text) != SIZE_MAX) {
        names->status =
            dki_node_fail(names->expr, node, names->err, DK_ERR_DUPLICATE,
                          "%s has a measure named %s, like the column that it reads", breakdown->title, node->text);
        dki_hint(names->err, "give the measure another name: n_%s", node->text);
    }
    return names->status == DK_OK;
}

static bool check_aggregate(void *arg, const dki_node *node)
{
    return node->kind != DKI_NODE_AGGREGATE || dki_node_visit(node, check_name, arg);
}

dk_status dki_plan_check_names(const dki_plan *plan, const dk_expr *expr, bool in_measure, dk_error *err)
{
    struct names names = { plan, expr, in_measure, err, DK_OK };

    (void)dki_node_visit(dki_expr_root(expr), in_measure ? check_aggregate : check_name, &names);
    return names.status;
}

/* Binding. ----------------------------------------------------------------------------------------------------- */

dk_status dki_plan_bind(const dki_plan *plan, const dk_expr *expr, const dki_node *node, dki_bound **out,
                        dk_error *err)
{
    dki_scope scope = { .table = plan->wide ? plan->wide : plan->table,
                        .params = plan->params,
                        .common = plan->common };

    return dki_bind(&scope, expr, node, out, err);
}

dk_status dki_plan_bind_condition(const dki_plan *plan, const dk_expr *expr, const dki_node *node, dki_bound **out,
                                  dk_error *err)
{
    dk_status status = dki_plan_bind(plan, expr, node, out, err);

    if (status == DK_OK && dki_bound_type(*out) != DK_BOOLEAN) {
        status = dki_node_fail(expr, node, err, DK_ERR_TYPE, "a condition is true or false, and this is %s",
                               dk_type_name(dki_bound_type(*out)));
        dki_hint(err, "compare it with something: ==, <, in, is null ...");
        dki_bound_release(*out);
        *out = NULL;
    }
    return status;
}

bool dki_plan_describe(const dki_plan *plan, const dki_bound *bound, dki_dimension *out)
{
    size_t number = dki_bound_column(bound);
    const dk_column *column;

    *out = (dki_dimension){ .type = dki_bound_type(bound),
                            .scale = dki_bound_scale(bound),
                            .levels = dki_bound_levels(bound) };
    if (number == DK_NO_COLUMN) {
        out->has_bounds = dki_bound_bounds(bound, &out->least, &out->greatest);
        return dki_bound_is_looked_up(bound);
    }
    column = dki_plan_column(plan, number);
    out->has_bounds = dk_column_bounds(column, &out->least, &out->greatest);
    switch (out->type) {
    case DK_INTEGER:
    case DK_DECIMAL:
    case DK_DATE:
    case DK_TIMESTAMP:
    case DK_PERIOD:
        if (dk_column_n_nulls(column) == dk_column_n_rows(column))
            out->has_bounds = true; /* nothing is known, and every bound holds */
        break;
    default: break;
    }
    return true;
}
