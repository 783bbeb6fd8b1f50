/* breakdown_aggregates.c - what a plan computes for the aggregates of its measures.
 *
 * Aggregates that are the same tree, conditions that are the same tree, and arguments that are the same tree under
 * the same condition are computed once, however many measures mention them. An argument is evaluated only where its
 * condition holds, so that it cannot fail elsewhere.
 */
#include "breakdown_plan.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "expr/defined.h"
#include "expr/quote.h"
#include "join/unique.h"

static dk_status add_filter(dki_plan *plan, const dki_plan_aggregate *aggregate, size_t *out, dk_error *err)
{
    const dki_node *node = aggregate->node->filter;
    dki_plan_filter filter = { .node = node, .measure = aggregate->measure };
    dk_status status;

    *out = DKI_NONE;
    if (node == NULL)
        return DK_OK;
    for (size_t i = 0; i < plan->n_filters; i++) {
        if (dki_node_equal(plan->filters[i].node, node)) {
            *out = i;
            return DK_OK;
        }
    }
    status = dki_grow(plan->context, (void **)&plan->filters, &plan->filter_capacity, plan->n_filters + 1,
                      sizeof *plan->filters, err);
    if (status == DK_OK)
        status = dki_plan_bind_condition(plan, aggregate->expr, node, &filter.bound, err);
    if (status != DK_OK)
        return status;
    *out = plan->n_filters;
    plan->filters[plan->n_filters++] = filter;
    return DK_OK;
}

static dk_status add_value(dki_plan *plan, const dki_plan_aggregate *aggregate, size_t argument, size_t *out,
                           dk_error *err)
{
    dki_plan_value value = { .filter = aggregate->filter };
    dk_status status;
    dk_type type;

    *out = DKI_NONE;
    if (argument >= aggregate->node->n_children)
        return DK_OK;
    value.node = aggregate->node->children[argument];
    for (size_t i = 0; i < plan->n_values; i++) {
        if (plan->values[i].filter == value.filter && dki_node_equal(plan->values[i].node, value.node)) {
            *out = i;
            return DK_OK;
        }
    }
    status = dki_grow(plan->context, (void **)&plan->values, &plan->value_capacity, plan->n_values + 1,
                      sizeof *plan->values, err);
    if (status == DK_OK)
        status = dki_plan_bind(plan, aggregate->expr, value.node, &value.bound, err);
    if (status != DK_OK)
        return status;
    type = dki_bound_type(value.bound);
    value.in_range = dki_plan_describe(plan, value.bound, &value.what);
    value.is_column = dki_bound_column(value.bound) != DK_NO_COLUMN;
    value.needs_whole = type != DK_REAL && type != DK_RATIO && type != DK_TEXT;
    *out = plan->n_values;
    plan->values[plan->n_values++] = value;
    return DK_OK;
}

/* Whether the aggregate computes with its argument. */
static bool wants_number(dki_aggregate_kind kind)
{
    return kind == DKI_AGGREGATE_SUM || kind == DKI_AGGREGATE_MEAN || kind == DKI_AGGREGATE_QUANTILE ||
           dki_aggregate_has_moments(kind);
}

static dk_status check_type(const dki_plan_aggregate *aggregate, const dki_node *argument, dk_type type,
                            dk_error *err)
{
    const dki_node *node = aggregate->node;
    dki_aggregate_kind kind = aggregate->what.kind;
    char quoted[DKI_QUOTED_SIZE];

    if (type == DK_RATIO && (kind == DKI_AGGREGATE_QUANTILE || dki_aggregate_has_moments(kind))) {
        (void)dki_node_fail(aggregate->expr, argument, err, DK_ERR_TYPE,
                            "%s() takes an integer, a decimal or a real, and this is a ratio", node->text);
        dki_hint(err, "%s(real(x)) takes the nearest reals", node->text);
        return DK_ERR_TYPE;
    }
    if (!wants_number(kind) || dk_type_is_number(type))
        return DK_OK;
    (void)dki_node_fail(aggregate->expr, argument, err, DK_ERR_TYPE, "%s() takes a number, and this is %s",
                        node->text, dk_type_name(type));
    if (type == DK_BOOLEAN && argument->kind == DKI_NODE_NAME)
        dki_hint(err, "count() where %s counts the rows where it is true", dki_quote_shown(argument->text, quoted));
    else if (type == DK_BOOLEAN)
        dki_hint(err, "count() where x counts the rows where x is true");
    else
        dki_hint(err, "min() and max() take every type");
    return DK_ERR_TYPE;
}

/* Greatest magnitude of what is known of a value, 0: not known. */
static uint64_t most_of(const dki_plan_value *value)
{
    uint64_t low = value->what.least < 0 ? 0 - (uint64_t)value->what.least : (uint64_t)value->what.least;
    uint64_t high = value->what.greatest < 0 ? 0 - (uint64_t)value->what.greatest : (uint64_t)value->what.greatest;

    if (!value->what.has_bounds)
        return 0;
    return (low > high ? low : high) | 1;
}

/* The second argument of a pair, and in how many bits sums of products fit. */
static dk_status find_moments(dki_plan *plan, dki_plan_aggregate *aggregate, dk_error *err)
{
    const dki_plan_value *x = &plan->values[aggregate->value], *y = x;
    const dki_node *node = aggregate->node;
    dki_aggregate *what = &aggregate->what;
    uint64_t most, n_rows = dk_table_n_rows(plan->table) | 1;
    dk_status status;

    if (dki_aggregate_has_pairs(what->kind)) {
        dk_type type;

        status = add_value(plan, aggregate, 1, &aggregate->other, err);
        if (status != DK_OK)
            return status;
        x = &plan->values[aggregate->value]; /* they may have moved */
        y = &plan->values[aggregate->other];
        type = dki_bound_type(y->bound);
        status = check_type(aggregate, node->children[1], type, err);
        if (status != DK_OK)
            return status;
        if ((type == DK_REAL) != (what->type == DK_REAL)) {
            (void)dki_node_fail(aggregate->expr, node, err, DK_ERR_TYPE,
                                "%s() takes two exact numbers or two reals, and these are %s and %s", node->text,
                                dk_type_name(what->type), dk_type_name(type));
            dki_hint(err, "real(x) is the real nearest to x");
            return DK_ERR_TYPE;
        }
        what->other_scale = dki_bound_scale(y->bound);
    }
    most = most_of(x) > most_of(y) ? most_of(x) : most_of(y);
    what->narrow = most_of(x) && most_of(y) && most < UINT32_MAX && most * most < (UINT64_C(1) << 62) / n_rows;
    return DK_OK;
}

/* The share that a quantile is taken at: 1/2, or the second argument. */
static dk_status find_share(const dki_plan *plan, const dk_expr *expr, const dki_node *node, dk_ratio *out,
                            dk_error *err)
{
    dki_bound *bound = NULL;
    const dk_value *value;
    dk_status status;

    *out = (dk_ratio){ 1, 2 };
    if (node->n_children < 2)
        return DK_OK;
    status = dki_plan_bind(plan, expr, node->children[1], &bound, err);
    if (status != DK_OK)
        return status;
    value = dki_bound_constant(bound);
    *out = (dk_ratio){ -1, 1 };
    if (value && !value->is_null && value->type == DK_INTEGER)
        out->numerator = value->as.integer;
    else if (value && !value->is_null && value->type == DK_DECIMAL)
        (void)dki_ratio_make(value->as.integer, dki_power10[value->scale], out);
    else if (value && !value->is_null && value->type == DK_RATIO)
        *out = value->as.ratio;
    dki_bound_release(bound);
    if (out->numerator >= 0 && out->numerator <= out->denominator)
        return DK_OK;
    (void)dki_node_fail(expr, node->children[1], err, DK_ERR_ARGUMENT,
                        "%s() is taken at a share of 0 to 1 that is the same for all rows", node->text);
    dki_hint(err, "the ninth decile is %s(x, 0.9)", node->text);
    return DK_ERR_ARGUMENT;
}

/* Sees whether values that are to be told from each other all differ, as those of a key do. */
static dk_status find_unique(dki_plan *plan, dki_plan_aggregate *aggregate, dk_error *err)
{
    dki_plan_value *value = &plan->values[aggregate->value];
    const dk_column *column;
    dk_status status;

    switch (value->what.type) {
    case DK_TEXT:
    case DK_INTEGER:
    case DK_DECIMAL:
    case DK_DATE:
    case DK_TIMESTAMP:
    case DK_PERIOD: break;
    default: return DK_OK;
    }
    if (!value->is_column)
        return DK_OK;
    column = dki_plan_column(plan, dki_bound_column(value->bound));
    status = dki_column_is_unique(column, &aggregate->what.unique, err);
    if (status == DK_OK && aggregate->what.unique)
        value->what.known_only = true;
    return status;
}

/* Weights of quantiles, modes and moments are added up in 62 bits. */
static dk_status check_weights(const dki_plan *plan, const dki_plan_aggregate *aggregate, dk_error *err)
{
    const dki_node *node = aggregate->node;
    dki_aggregate_kind kind = aggregate->what.kind;
    uint64_t n_rows = dk_table_n_rows(plan->table);
    int64_t least, greatest;

    if (kind != DKI_AGGREGATE_QUANTILE && kind != DKI_AGGREGATE_MODE && !dki_aggregate_has_moments(kind))
        return DK_OK;
    if (!dk_column_bounds(plan->weight, &least, &greatest) || (dki_u128)n_rows * (uint64_t)greatest < (dki_u128)1
                                                                                                          << 62)
        return DK_OK;
    (void)dki_node_fail(
        aggregate->expr, node, err, DK_ERR_OVERFLOW,
        "%s() adds up weights in 62 bits, and %llu rows of so large or so precise weights may need more",
        node->text, (unsigned long long)n_rows);
    dki_hint(err, "round the weights to fewer digits: round(%s, 6)", dk_table_properties(plan->table)->weight);
    return DK_ERR_OVERFLOW;
}

/* The expression may be of another context than the table, or older than the definition. */
static bool fits_definition(const dk_aggregate *defined, const dki_node *node)
{
    return defined && defined->n_arguments == node->n_children;
}

static dk_status fail_defined(const dk_expr *expr, const dki_node *node, dk_error *err)
{
    (void)dki_node_fail(expr, node, err, DK_ERR_NAME,
                        "%s() with %zu argument%s is no aggregate that the table's context has", node->text,
                        node->n_children, node->n_children == 1 ? "" : "s");
    dki_hint(err, "define it so, or make the breakdown anew");
    return DK_ERR_NAME;
}

static dk_status add_defined(dki_plan *plan, dki_plan_aggregate *aggregate, dk_error *err)
{
    const dk_aggregate *defined = aggregate->what.defined;
    const dki_node *node = aggregate->node;

    if (plan->weight && !defined->weighs) {
        (void)dki_node_fail(aggregate->expr, node, err, DK_ERR_ARGUMENT,
                            "%s() does not look at weights, and the table has them", node->text);
        dki_hint(err, "take them away (t:with { weight = dk.null }), or define %s() with weights", node->text);
        return DK_ERR_ARGUMENT;
    }
    return add_value(plan, aggregate, 1, &aggregate->other, err);
}

bool dki_plan_has_defined(const dki_plan *plan)
{
    for (size_t i = 0; i < plan->n_aggregates; i++) {
        if (plan->aggregates[i].what.defined)
            return true;
    }
    return false;
}

bool dki_plan_wants_one_thread(const dki_plan *plan)
{
    for (size_t i = 0; i < plan->n_aggregates; i++) {
        if (plan->aggregates[i].what.defined && !plan->aggregates[i].what.defined->any_thread)
            return true;
    }
    return false;
}

dk_status dki_plan_add_aggregate(dki_plan *plan, const dk_expr *expr, const dki_node *node, size_t measure,
                                 dk_error *err)
{
    dki_plan_aggregate aggregate = { .node = node, .expr = expr, .measure = measure, .other = DKI_NONE };
    dki_aggregate *what = &aggregate.what;
    bool is_rate = false;
    dk_status status;

    if (dki_plan_find(plan, node) != DKI_NONE)
        return DK_OK;
    status = dki_plan_check_rate(plan, expr, node, err);
    if (status == DK_OK)
        status = dki_plan_add_rate(plan, expr, node, measure, &is_rate, err);
    if (status != DK_OK || is_rate)
        return status;
    if (!dki_aggregate_find(node->text, &what->kind)) {
        what->kind = DKI_AGGREGATE_DEFINED;
        what->defined = dki_defined_find(plan->context, node->text);
    }
    if (what->kind == DKI_AGGREGATE_DEFINED && !fits_definition(what->defined, node))
        return fail_defined(expr, node, err);
    status = dki_grow(plan->context, (void **)&plan->aggregates, &plan->aggregate_capacity, plan->n_aggregates + 1,
                      sizeof *plan->aggregates, err);
    if (status == DK_OK)
        status = add_filter(plan, &aggregate, &aggregate.filter, err);
    if (status == DK_OK)
        status = add_value(plan, &aggregate, 0, &aggregate.value, err);
    if (status != DK_OK)
        return status;
    if (aggregate.value != DKI_NONE) {
        const dki_bound *bound = plan->values[aggregate.value].bound;

        what->type = dki_bound_type(bound);
        what->scale = dki_bound_scale(bound);
        what->levels = dki_bound_levels(bound);
        status = check_type(&aggregate, node->children[0], what->type, err);
    }
    if (status == DK_OK && dki_aggregate_has_moments(what->kind))
        status = find_moments(plan, &aggregate, err);
    if (status == DK_OK && what->defined)
        status = add_defined(plan, &aggregate, err);
    if (status == DK_OK && what->kind == DKI_AGGREGATE_QUANTILE)
        status = find_share(plan, expr, node, &what->share, err);
    if (status == DK_OK && what->kind == DKI_AGGREGATE_DISTINCT)
        status = find_unique(plan, &aggregate, err);
    if (status == DK_OK && plan->weight)
        status = check_weights(plan, &aggregate, err);
    if (plan->weight) {
        what->narrow = false;
        what->weighted = what->kind != DKI_AGGREGATE_ROWS;
        what->weight_type = dk_column_type(plan->weight);
        what->weight_scale = dk_column_scale(plan->weight);
    }
    if (status != DK_OK)
        return status;
    plan->aggregates[plan->n_aggregates++] = aggregate;
    return what->kind == DKI_AGGREGATE_SUM || (what->kind == DKI_AGGREGATE_COUNT && plan->weight)
               ? dki_plan_add_overlap(plan, expr, node, aggregate.value, measure, err)
               : DK_OK;
}

struct collect {
    dki_plan *plan;
    const dk_expr *expr;
    size_t measure;
    dk_error *err;
    dk_status status;
};

static bool collect_aggregate(void *arg, const dki_node *node)
{
    struct collect *collect = arg;
    bool is_split = false;

    if (node->kind == DKI_NODE_AGGREGATE)
        collect->status =
            dki_plan_split_aggregate(collect->plan, collect->expr, node, collect->measure, &is_split, collect->err);
    if (node->kind == DKI_NODE_AGGREGATE && collect->status == DK_OK && !is_split)
        collect->status =
            dki_plan_add_aggregate(collect->plan, collect->expr, node, collect->measure, collect->err);
    return collect->status == DK_OK;
}

size_t dki_plan_find(const dki_plan *plan, const dki_node *node)
{
    for (size_t i = 0; i < plan->n_aggregates; i++) {
        if (plan->aggregates[i].node == node || dki_node_equal(plan->aggregates[i].node, node))
            return i;
    }
    return DKI_NONE;
}

dk_status dki_plan_collect(dki_plan *plan, size_t measure, dk_error *err)
{
    struct collect collect = { plan, plan->breakdown->measures[measure].expr, measure, err, DK_OK };

    (void)dki_node_visit(dki_expr_root(collect.expr), collect_aggregate, &collect);
    return collect.status;
}
