/* breakdown_plan.c - binds a breakdown to a table: names, types, and what has to be computed once.
 *
 * Aggregates that are the same tree, conditions that are the same tree, and arguments that are the same tree under
 * the same condition are computed once, however many measures mention them. An argument is evaluated only where its
 * condition holds, so that it cannot fail elsewhere.
 */
#include "breakdown_plan.h"
#include "breakdown_within.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "expr/defined.h"
#include "join/unique.h"

/* Names. ------------------------------------------------------------------------------------------------------- */

struct names {
    const dki_plan *plan;
    const dk_expr *expr;
    bool in_measure; /* the expression is a measure: only names inside aggregates are columns */
    dk_error *err;
    dk_status status;
};

static dk_status fail_column(struct names *names, const dki_node *node)
{
    const dk_breakdown *breakdown = names->plan->breakdown;
    const dk_table *table = names->plan->table;
    const char *name = dk_table_properties(table)->name;
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
        const char *column = dk_table_field(table, i)->name;

        dki_nearest_try(&nearest, column, strlen(column));
    }
    if (nearest.best)
        dki_hint(names->err, "did you mean %.*s?", (int)nearest.best_size, nearest.best);
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

static dk_status check_names(const dki_plan *plan, const dk_expr *expr, bool in_measure, dk_error *err)
{
    struct names names = { plan, expr, in_measure, err, DK_OK };

    (void)dki_node_visit(dki_expr_root(expr), in_measure ? check_aggregate : check_name, &names);
    return names.status;
}

/* Binding. ----------------------------------------------------------------------------------------------------- */

static dk_status bind(const dki_plan *plan, const dk_expr *expr, const dki_node *node, dki_bound **out,
                      dk_error *err)
{
    dki_scope scope = { .table = plan->wide ? plan->wide : plan->table,
                        .params = plan->params,
                        .common = plan->common };

    return dki_bind(&scope, expr, node, out, err);
}

static dk_status bind_condition(const dki_plan *plan, const dk_expr *expr, const dki_node *node, dki_bound **out,
                                dk_error *err)
{
    dk_status status = bind(plan, expr, node, out, err);

    if (status == DK_OK && dki_bound_type(*out) != DK_BOOLEAN) {
        status = dki_node_fail(expr, node, err, DK_ERR_TYPE, "a condition is true or false, and this is %s",
                               dk_type_name(dki_bound_type(*out)));
        dki_hint(err, "compare it with something: ==, <, in, is null ...");
        dki_bound_release(*out);
        *out = NULL;
    }
    return status;
}

/* Tells what is known of an expression's values before the first row. Returns whether that holds in every row, also
 * where the expression was not asked for. */
static bool describe(const dki_plan *plan, const dki_bound *bound, dki_dimension *out)
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

/* Where a dimension is a column of many texts, their numbers take its place until the result has its columns. They are
 * found for all rows, which is worth while where all rows count. */
static dk_status number_texts(dki_plan *plan, size_t i, dk_error *err)
{
    size_t number = dki_bound_column(plan->by[i]);
    dki_dimension *what = &plan->dims[i];
    dk_status status;

    if (number == DK_NO_COLUMN || what->type != DK_TEXT || plan->breakdown->by[i].shows_levels)
        return DK_OK;
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
    dk_status status = bind(plan, part->expr, node, &plan->by[i], err);

    if (status != DK_OK)
        return status;
    if (dki_bound_type(plan->by[i]) == DK_INTERVAL) {
        status = dki_node_fail(part->expr, dki_expr_root(part->expr), err, DK_ERR_TYPE,
                               "this is known in bounds only, which tell no groups apart");
        dki_hint(err, "group by what is known of it, such as greatest(x) < 5");
        return status;
    }
    plan->by_in_range[i] = describe(plan, plan->by[i], &plan->dims[i]);
    status = dki_plan_check_spread(plan, i, err);
    return status == DK_OK ? number_texts(plan, i, err) : status;
}

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
        status = bind_condition(plan, aggregate->expr, node, &filter.bound, err);
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
        status = bind(plan, aggregate->expr, value.node, &value.bound, err);
    if (status != DK_OK)
        return status;
    type = dki_bound_type(value.bound);
    value.in_range = describe(plan, value.bound, &value.what);
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
        dki_hint(err, "count() where %s counts the rows where it is true", argument->text);
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
    status = bind(plan, expr, node->children[1], &bound, err);
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
    if (status == DK_OK)
        plan->aggregates[plan->n_aggregates++] = aggregate;
    return status;
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

/* The trees of a breakdown, each condition and each argument under its condition once. */
struct trees {
    const dk_expr *expr;
    dki_tree *items;
    const dki_node **filters; /* of each; the tree itself for a condition */
    size_t first;             /* of the breakdown at hand */
    size_t n, most;
};

static void add_tree(struct trees *trees, const dki_node *node, const dki_node *filter)
{
    for (size_t i = trees->first; i < trees->n; i++) {
        const dki_node *other = trees->filters[i];

        if ((filter == other || (filter && other && dki_node_equal(filter, other))) &&
            dki_node_equal(trees->items[i].node, node))
            return;
    }
    if (trees->n == trees->most)
        return;
    trees->filters[trees->n] = filter;
    trees->items[trees->n++] = (dki_tree){ trees->expr, node };
}

static bool add_aggregate_trees(void *arg, const dki_node *node)
{
    struct trees *trees = arg;

    if (node->kind != DKI_NODE_AGGREGATE)
        return true;
    if (node->filter)
        add_tree(trees, node->filter, node->filter);
    for (size_t i = 0; i < node->n_children; i++)
        add_tree(trees, node->children[i], node->filter);
    return true;
}

#define MOST_TREES 100 /* with more, the others share nothing */

static void add_root(struct trees *trees, const dk_expr *expr, const dki_node *root)
{
    if (trees->n == trees->most)
        return;
    trees->filters[trees->n] = root; /* equals no other's */
    trees->items[trees->n++] = (dki_tree){ expr, root };
}

/* What a breakdown computes by itself: its own trees once each, whatever others have. */
static void add_trees(struct trees *trees, const dk_breakdown *breakdown)
{
    dki_spread_kind kind;

    trees->first = trees->n;
    if (breakdown->where)
        add_root(trees, breakdown->where, dki_expr_root(breakdown->where));
    for (size_t i = 0; i < breakdown->n_by; i++)
        add_root(trees, breakdown->by[i].expr, dki_part_node(&breakdown->by[i], &kind));
    for (size_t i = 0; i < breakdown->n_measures; i++) {
        trees->expr = breakdown->measures[i].expr;
        (void)dki_node_visit(dki_expr_root(trees->expr), add_aggregate_trees, trees);
    }
}

dk_status dki_plan_common(const dk_breakdown *const *breakdowns, size_t n, const dk_table *table,
                          const dk_params *params, dki_common *out, dk_error *err)
{
    dki_scope scope = { .table = table, .params = params };
    dki_tree items[MOST_TREES];
    const dki_node *filters[MOST_TREES];
    struct trees trees = { .items = items, .filters = filters, .most = MOST_TREES };

    for (size_t i = 0; i < n; i++)
        add_trees(&trees, breakdowns[i]);
    return dki_common_find(out, &scope, items, trees.n, err);
}

static dk_status bind_all(dki_plan *plan, dk_error *err)
{
    const dk_breakdown *breakdown = plan->breakdown;
    dk_status status = DK_OK;

    if (plan->common == &plan->own)
        status = dki_plan_common(&breakdown, 1, plan->table, plan->params, &plan->own, err);
    for (size_t i = 0; status == DK_OK && i < breakdown->n_by; i++) {
        status = check_names(plan, breakdown->by[i].expr, false, err);
        if (status == DK_OK)
            status = bind_dimension(plan, i, err);
    }
    if (status == DK_OK && breakdown->where) {
        status = check_names(plan, breakdown->where, false, err);
        if (status == DK_OK)
            status = bind_condition(plan, breakdown->where, dki_expr_root(breakdown->where), &plan->where, err);
    }
    for (size_t i = 0; status == DK_OK && i < breakdown->n_measures; i++) {
        struct collect collect = { plan, breakdown->measures[i].expr, i, err, DK_OK };

        status = check_names(plan, collect.expr, true, err);
        if (status == DK_OK) {
            (void)dki_node_visit(dki_expr_root(collect.expr), collect_aggregate, &collect);
            status = collect.status;
        }
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
    dki_arena_drop(&plan->arena);
    dki_common_drop(&plan->own); /* last: the others refer to it */
    memset(plan, 0, sizeof *plan);
}
