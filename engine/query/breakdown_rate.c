/* breakdown_rate.c - rates in a breakdown: which measures are rates, and what aggregates over rates are.
 *
 * A measure is a rate where it is the quotient of two numbers of which each adds up over rows: counts, sums, and what is
 * added up of these. So the rate of several groups together is the sum of the numerators over that of the denominators,
 * which is what sum() of a rate gives, and what a breakdown of the rows themselves would. What does not add up (a mean, a
 * number of distinct values) makes a ratio, and no rate.
 *
 * A denominator that goes over more than the group, all(m) or all(m, d), makes the share of a whole: shares of one whole
 * add up as they are (breakdown_whole.c).
 */
#include "breakdown_plan.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "rows/rate_lacking.h"

/* What adds up. ----------------------------------------------------------------------------------------------------- */

static bool is_call(const dki_node *node, const char *name)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, name) == 0;
}

static const dki_node *measure_of(const dk_breakdown *breakdown, const dki_node *node)
{
    size_t i = node->kind == DKI_NODE_NAME ? dki_breakdown_find_measure(breakdown, node->text) : SIZE_MAX;

    return i == SIZE_MAX ? NULL : dki_expr_root(breakdown->measures[i].expr);
}

/* with_sums: sums do, too. */
static bool adds_up(const dk_breakdown *breakdown, const dki_node *node, bool with_sums)
{
    const dki_node *measure = measure_of(breakdown, node);

    if (measure) /* one made before this one: there is no circle */
        return adds_up(breakdown, measure, with_sums);
    if (node->kind == DKI_NODE_AGGREGATE)
        return strcmp(node->text, "count") == 0 || strcmp(node->text, "rows") == 0 ||
               (with_sums && strcmp(node->text, "sum") == 0);
    if (node->kind != DKI_NODE_CALL)
        return false;
    if (dki_is_bounded(node))
        return false;
    if (dki_is_attached(node)) /* a figure that is known of a group is a number of rows that are not there */
        return node->other->kind == DKI_NODE_NAME || adds_up(breakdown, node->other, with_sums);
    if (is_call(node, "all"))
        return adds_up(breakdown, node->children[0], with_sums);
    return (is_call(node, "+") || is_call(node, "-")) && node->n_children == 2 &&
           adds_up(breakdown, node->children[0], with_sums) && adds_up(breakdown, node->children[1], with_sums);
}

bool dki_measure_adds_up(const dk_breakdown *breakdown, const dki_node *node)
{
    return adds_up(breakdown, node, true);
}

/* Whether a measure is a quotient of such numbers. */
static bool is_quotient(const dk_breakdown *breakdown, const dki_node *root, bool with_sums)
{
    return is_call(root, "/") && adds_up(breakdown, root->children[0], with_sums) &&
           adds_up(breakdown, root->children[1], with_sums);
}

bool dki_measure_parts(const dk_breakdown *breakdown, const dki_node *root, const dki_node *parts[2])
{
    if (!is_quotient(breakdown, root, true))
        return false;
    parts[0] = root->children[0];
    parts[1] = root->children[1];
    return true;
}

bool dki_measure_is_of_counts(const dk_breakdown *breakdown, size_t measure)
{
    return is_quotient(breakdown, dki_expr_root(breakdown->measures[measure].expr), false);
}

/* The first all() that a part has, also through measures that it names. */
static const dki_node *find_all(const dk_breakdown *breakdown, const dki_node *node)
{
    const dki_node *measure = measure_of(breakdown, node), *found = NULL;

    if (measure)
        return find_all(breakdown, measure);
    if (node->kind != DKI_NODE_CALL || is_call(node, "all"))
        return node->kind == DKI_NODE_CALL ? node : NULL;
    for (size_t i = 0; i < node->n_children && found == NULL; i++)
        found = find_all(breakdown, node->children[i]);
    return found;
}

dk_status dki_measure_whole(const dk_breakdown *breakdown, const dki_node *root, dki_arena *arena, const char **out,
                            dk_error *err)
{
    const dki_node *all = find_all(breakdown, root);
    const char *whole = all ? "" : NULL;

    for (size_t i = 1; all && i < all->n_children; i++) {
        whole = dki_arena_format(arena, err, "%s%s%s", whole, i > 1 ? ", " : "", all->children[i]->text);
        if (whole == NULL)
            return DK_ERR_MEMORY;
    }
    *out = whole;
    return DK_OK;
}

/* Aggregates over rates. -------------------------------------------------------------------------------------------- */

/* The column that an aggregate is over, where it is a ratio that knows its parts. */
static const dk_column *rates_of(const dki_plan *plan, const dki_node *node)
{
    const dki_node *argument = node->n_children == 1 ? node->children[0] : NULL;
    size_t at =
        argument && argument->kind == DKI_NODE_NAME ? dk_table_find(plan->table, argument->text) : DK_NO_COLUMN;
    const dk_column *column = at == DK_NO_COLUMN ? NULL : dk_table_field(plan->table, at)->column;

    return column && dk_column_type(column) == DK_RATIO && dk_column_n_children(column) > 0 ? column : NULL;
}

const dki_plan_rate *dki_plan_find_rate(const dki_plan *plan, const dki_node *node)
{
    for (size_t i = 0; i < plan->n_rates; i++)
        if (dki_node_equal(plan->rates[i].node, node))
            return &plan->rates[i];
    return NULL;
}

/* Has the plan compute sum(part(x)) in the place of sum(x). */
static dk_status add_part(dki_plan *plan, const dk_expr *expr, const dki_node *node, const char *part,
                          size_t measure, size_t *out, dk_error *err)
{
    dki_node *call = dki_arena_alloc(&plan->arena, sizeof *call, err);
    dki_node *sum = dki_arena_alloc(&plan->arena, sizeof *sum, err);
    dki_node **child = dki_arena_alloc(&plan->arena, sizeof(dki_node *), err);
    dk_status status;

    if (call == NULL || sum == NULL || child == NULL)
        return DK_ERR_MEMORY;
    *call = *node->children[0];
    call->kind = DKI_NODE_CALL;
    call->text = part;
    call->n_children = 1;
    call->children = node->children;
    call->depth++;
    *sum = *node;
    *child = call;
    sum->children = child;
    sum->depth++;
    status = dki_plan_add_aggregate(plan, expr, sum, measure, err);
    *out = dki_plan_find(plan, sum);
    return status;
}

dk_status dki_plan_add_rate(dki_plan *plan, const dk_expr *expr, const dki_node *node, size_t measure, bool *added,
                            dk_error *err)
{
    const dk_column *column = strcmp(node->text, "sum") == 0 ? rates_of(plan, node) : NULL;
    dki_plan_rate rate = { .node = node };
    dk_status status;

    *added = column && dk_column_is_rate(column);
    if (column && !*added)
        return dki_plan_add_shares(plan, expr, node, column, measure, err);
    if (!*added || dki_plan_find_rate(plan, node))
        return DK_OK;
    status = dki_rate_check_sum(plan->table, expr, node, &plan->arena, err);
    if (status == DK_OK)
        status = dki_grow(plan->context, (void **)&plan->rates, &plan->rate_capacity, plan->n_rates + 1,
                          sizeof *plan->rates, err);
    if (status == DK_OK)
        status = add_part(plan, expr, node, "numerator", measure, &rate.numerator, err);
    if (status == DK_OK)
        status = add_part(plan, expr, node, "denominator", measure, &rate.denominator, err);
    if (status == DK_OK)
        plan->rates[plan->n_rates++] = rate;
    return status;
}

dk_status dki_plan_check_rate(const dki_plan *plan, const dk_expr *expr, const dki_node *node, dk_error *err)
{
    const dk_column *column = strcmp(node->text, "mean") == 0 ? rates_of(plan, node) : NULL;
    const char *name;

    if (column == NULL)
        return DK_OK;
    name = node->children[0]->text;
    (void)dki_node_fail(expr, node, err, DK_ERR_TYPE, "the mean of rates is not the rate of all together");
    if (dk_column_is_rate(column))
        dki_hint(err, "sum(%s) is that: the sum of the numerators over that of the denominators", name);
    else
        dki_hint(err,
                 "sum(%s) adds up shares of one whole; sum(numerator(%s)) / sum(denominator(%s)) is that of all",
                 name, name, name);
    return DK_ERR_TYPE;
}
