/* breakdown_interval.c - aggregates of numbers that are known in bounds only.
 *
 * sum(n) where f of an interval n is split: it becomes
 *
 *   .bounds(sum(least(n)) where f, sum(greatest(n)) where f, how many rows have no least bound, no greatest, are estimates)
 *
 * whose parts are ordinary aggregates, so that filters, weights, margins and threads are as for any other. The same holds of
 * all aggregates that cannot fall when a value rises; of first() and last() the one row that they are about tells whether a side is
 * open, and whether it is an estimate. A share of a whole, m / all(m) or (sum(n) where f) / sum(n), becomes .part of
 * both: the numerator stands in the denominator too, and a / (a + the rest) is narrower, and never above 1.
 *
 * An expression keeps its own tree; what stands for parts of it lives with the plan, or with the result.
 */
#include "breakdown_plan.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/overlap.h"
#include "expr/defined.h"
#include "expr/interval_share.h"

#define PARTS 5 /* of .bounds */

/* Trees. ------------------------------------------------------------------------------------------------------------- */

struct making {
    dki_arena *arena;
    const char *sides[2]; /* where the argument is a column: the names of the columns of its bounds; else NULL */
    bool is_open[2];      /* and whether some row has none */
    bool has_both;        /* some row may have neither, and a number */
    const dki_node *at;   /* whose place in the text the new nodes have */
    dk_error *err;
    bool failed; /* no memory */
};

static dki_node *make(struct making *m, dki_node_kind kind, const char *text, const dki_node *const *children,
                      size_t n)
{
    dki_node *node = dki_arena_array(m->arena, 1, sizeof *node, m->err);
    dki_node **list = node ? dki_arena_array(m->arena, n, sizeof(dki_node *), m->err) : NULL;
    uint32_t depth = 0;

    for (size_t i = 0; i < n; i++)
        m->failed |= children[i] == NULL;
    if (list == NULL || m->failed) {
        m->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        list[i] = (dki_node *)(uintptr_t)children[i];
        depth = children[i]->depth > depth ? children[i]->depth : depth;
    }
    *node = (dki_node){ .kind = kind,
                        .at = m->at->at,
                        .size = m->at->size,
                        .depth = depth + 1,
                        .text = text,
                        .n_children = n,
                        .children = list };
    return node;
}

static dki_node *call(struct making *m, const char *text, const dki_node *child)
{
    return make(m, DKI_NODE_CALL, text, &child, 1);
}

static dki_node *number(struct making *m, int64_t value)
{
    dki_node *node = make(m, DKI_NODE_LITERAL, NULL, NULL, 0);

    if (node)
        node->value = (dk_value){ .type = DK_INTEGER, .as.integer = value };
    return node;
}

static dki_node *zero(struct making *m)
{
    return number(m, 0);
}

static dki_node *side_of(struct making *m, int side)
{
    return m->sides[side] ? make(m, DKI_NODE_NAME, m->sides[side], NULL, 0)
                          : call(m, side == DK_CHILD_LEAST ? "least" : "greatest", m->at->children[0]);
}

/* The aggregate with one side of its argument in the place of that. */
static dki_node *of_side(struct making *m, int side)
{
    const dki_node *node = m->at, *children[2] = { side_of(m, side), NULL };
    dki_node *made;

    for (size_t i = 1; i < node->n_children && i < 2; i++)
        children[i] = node->children[i];
    made = make(m, DKI_NODE_AGGREGATE, node->text, children, node->n_children);
    if (made)
        made->filter = node->filter;
    return made;
}

/* rows() where (condition and x is not null and f) is true */
static dki_node *count_where(struct making *m, const dki_node *condition, const dki_node *x)
{
    const dki_node *node = m->at;
    const dki_node *conditions[3] = { condition, call(m, "not", call(m, "is null", x)), node->filter };
    dki_node *made = make(m, DKI_NODE_AGGREGATE, "rows", NULL, 0);
    dki_node *filter = make(m, DKI_NODE_CALL, "and", conditions, node->filter ? 3 : 2);

    filter = filter ? call(m, "is true", filter) : NULL; /* of rows that f leaves out it is told elsewhere */
    if (made)
        made->filter = filter;
    return m->failed ? NULL : made;
}

/* Whether the aggregate is that of one row. */
static bool is_of_one(const dki_node *node)
{
    return strcmp(node->text, "first") == 0 || strcmp(node->text, "last") == 0;
}

/* first(case(condition, 1, 0)) where (x is not null and f) is true: whether the condition holds in the row that it is about */
static dki_node *find_there(struct making *m, const dki_node *condition)
{
    const dki_node *node = m->at, *choices[3] = { condition, number(m, 1), zero(m) };
    const dki_node *conditions[2] = { call(m, "not", call(m, "is null", node->children[0])), node->filter };
    const dki_node *filter = node->filter ? make(m, DKI_NODE_CALL, "and", conditions, 2) : conditions[0];
    const dki_node *value = make(m, DKI_NODE_CALL, "case", choices, 3);
    dki_node *made = make(m, DKI_NODE_AGGREGATE, node->text, &value, 1);

    if (made)
        made->filter = filter ? call(m, "is true", filter) : NULL;
    return m->failed ? NULL : made;
}

static dki_node *count_open(struct making *m, int side)
{
    if (m->sides[side] && !m->is_open[side])
        return zero(m);
    if (is_of_one(m->at))
        return find_there(m, call(m, "is null", side_of(m, side)));
    /* Where no number is open on both sides, it is known if the other side is. */
    return count_where(m, call(m, "is null", side_of(m, side)),
                       m->sides[side] && !m->has_both ? side_of(m, !side) : m->at->children[0]);
}

static dki_node *count_estimates(struct making *m)
{
    const dki_node *sides[2] = { call(m, "meaning", m->at->children[0]), zero(m) };

    if (!m->failed)
        ((dki_node *)(uintptr_t)sides[1])->value = (dk_value){ .type = DK_TEXT, .as.text = { "estimate", 8 } };
    if (is_of_one(m->at))
        return find_there(m, make(m, DKI_NODE_CALL, "==", sides, 2));
    return count_where(m, make(m, DKI_NODE_CALL, "==", sides, 2), m->at->children[0]);
}

/* Aggregates. -------------------------------------------------------------------------------------------------------- */

struct sight {
    const dk_table *table;
    bool found;         /* an interval */
    bool has_estimates; /* there may be some */
};

static void see_column(struct sight *sight, const dk_column *column)
{
    const dk_dictionary *markers = dk_column_levels(dk_column_child(column, DK_CHILD_MARKER));

    sight->found = true;
    sight->has_estimates |= dk_dictionary_find_label(markers, (dk_text){ "estimate", 8 }) != 0;
}

/* Whether there may be an interval in a tree: a column of them, or one that is made. */
static bool see(void *arg, const dki_node *node)
{
    struct sight *sight = arg;
    size_t at;

    if (node->kind == DKI_NODE_CALL)
        sight->found |= strcmp(node->text, "interval") == 0;
    if (node->kind != DKI_NODE_NAME)
        return true;
    at = dk_table_find(sight->table, node->text);
    if (at != DK_NO_COLUMN && dk_column_type(dk_table_field(sight->table, at)->column) == DK_INTERVAL)
        see_column(sight, dk_table_field(sight->table, at)->column);
    return true;
}

static dk_status is_interval(const dki_plan *plan, const dk_expr *expr, const dki_node *node, bool *is_one,
                             bool *has_estimates, dk_error *err)
{
    struct sight sight = { plan->table, false, false };
    dki_scope scope = { .table = plan->table, .params = plan->params };
    dki_bound *bound = NULL;
    dk_status status = DK_OK;

    *is_one = false;
    (void)dki_node_visit(node, see, &sight);
    *has_estimates = sight.has_estimates;
    if (!sight.found)
        return DK_OK;
    status = dki_bind(&scope, expr, node, &bound, err);
    if (status == DK_OK)
        *is_one = dki_bound_type(bound) == DK_INTERVAL;
    dki_bound_release(bound);
    return status;
}

/* Whether the aggregate cannot fall when a value rises. */
static bool is_monotone(const char *name)
{
    static const char *const names[] = { "sum", "mean", "min", "max", "median", "quantile", "first", "last" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Sides that are open in some row make the aggregate's open, but where the others decide. */
static dki_node *split(struct making *m, bool has_estimates)
{
    const char *name = m->at->text;
    const dki_node *children[PARTS] = { of_side(m, DK_CHILD_LEAST), of_side(m, DK_CHILD_GREATEST),
                                        strcmp(name, "max") == 0 ? zero(m) : count_open(m, DK_CHILD_LEAST),
                                        strcmp(name, "min") == 0 ? zero(m) : count_open(m, DK_CHILD_GREATEST),
                                        has_estimates ? count_estimates(m) : zero(m) };

    return m->failed ? NULL : make(m, DKI_NODE_CALL, ".bounds", children, PARTS);
}

/* Where the argument is a column its bounds are columns too: they are put behind those of the table, under names that no other
 * has, and take part as any column does. */
static dk_status find_sides(dki_plan *plan, struct making *m, dk_error *err)
{
    const dki_node *x = m->at->children[0];
    const dk_table *table = plan->wide ? plan->wide : plan->table, *wide = NULL;
    size_t at = x->kind == DKI_NODE_NAME ? dk_table_find(plan->table, x->text) : DK_NO_COLUMN;
    const dk_column *column = at == DK_NO_COLUMN ? NULL : dk_table_field(plan->table, at)->column;
    const dk_dictionary *markers;
    dk_field fields[2];
    dk_status status = DK_OK;

    if (column == NULL)
        return DK_OK;
    for (int side = 0; side < 2; side++) {
        fields[side] = DK_FIELD(dki_arena_format(m->arena, err, "\x01 bound %d of \x01 %s", side, x->text),
                                dk_column_child(column, (size_t)side));
        if (fields[side].name == NULL)
            return DK_ERR_MEMORY;
        m->sides[side] = fields[side].name;
        m->is_open[side] = dk_column_n_nulls(fields[side].column) > dk_column_n_nulls(column);
    }
    markers = dk_column_levels(dk_column_child(column, DK_CHILD_MARKER));
    m->has_both =
        m->is_open[0] && m->is_open[1] && dk_dictionary_find_label(markers, (dk_text){ "unbounded", 9 }) != 0;
    if (dk_table_find(table, fields[0].name) != DK_NO_COLUMN)
        return DK_OK;
    for (int side = 0; side < 2; side++)
        (void)dk_column_retain(fields[side].column);
    for (int side = 0; side < 2 && status == DK_OK; side++)
        status = dki_overlap_give(&fields[side].column, dki_column_overlap(column), err);
    if (status == DK_OK)
        status = dk_table_with(table, fields, 2, &wide, err);
    for (int side = 0; side < 2; side++)
        dk_column_release(fields[side].column);
    if (status == DK_OK) {
        dk_table_release(plan->wide);
        plan->wide = wide;
    }
    return status;
}

const dki_plan_split *dki_plan_find_split(const dki_plan *plan, const dki_node *node)
{
    for (size_t i = 0; i < plan->n_splits; i++)
        if (plan->splits[i].node == node || dki_node_equal(plan->splits[i].node, node))
            return &plan->splits[i];
    return NULL;
}

dk_status dki_plan_split_aggregate(dki_plan *plan, const dk_expr *expr, const dki_node *node, size_t measure,
                                   bool *is_split, dk_error *err)
{
    struct making m = { .arena = &plan->arena, .at = node, .err = err };
    dki_plan_split made = { .node = node, .expr = expr };
    bool has_estimates = false;
    dk_status status = DK_OK;

    *is_split = dki_plan_find_split(plan, node) != NULL;
    if (*is_split || node->n_children == 0)
        return DK_OK;
    for (size_t i = 0; status == DK_OK && !*is_split && i < node->n_children; i++)
        status = is_interval(plan, expr, node->children[i], is_split, &has_estimates, err);
    if (status != DK_OK || !*is_split)
        return status;
    if (!is_monotone(node->text) || dki_defined_find(plan->context, node->text)) {
        (void)dki_node_fail(expr, node, err, DK_ERR_TYPE, "%s() is not known of numbers in bounds", node->text);
        dki_hint(err, "least(x) and greatest(x) are numbers; sum, mean, min, max, median, quantile, first and last "
                      "have bounds");
        return DK_ERR_TYPE;
    }
    status = find_sides(plan, &m, err);
    if (status != DK_OK)
        return status;
    made.made = split(&m, has_estimates);
    if (made.made == NULL)
        return DK_ERR_MEMORY;
    status = dki_grow(plan->context, (void **)&plan->splits, &plan->split_capacity, plan->n_splits + 1,
                      sizeof *plan->splits, err);
    if (status == DK_OK)
        plan->splits[plan->n_splits++] = made;
    for (size_t i = 0; status == DK_OK && i < PARTS; i++)
        if (made.made->children[i]->kind == DKI_NODE_AGGREGATE)
            status = dki_plan_add_aggregate(plan, expr, made.made->children[i], measure, err);
    return status;
}

/* Shares. ------------------------------------------------------------------------------------------------------------ */

static bool is_call(const dki_node *node, const char *name)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, name) == 0;
}

/* The sum that a tree is, perhaps by the name of a measure; NULL where it is none of intervals. */
static const dki_plan_split *find_sum(const dki_plan *plan, const dki_node *node)
{
    const dki_plan_split *found;

    for (size_t step = 0; node->kind == DKI_NODE_NAME && step <= plan->breakdown->n_measures; step++) {
        size_t measure = dki_breakdown_find_measure(plan->breakdown, node->text);

        if (measure == SIZE_MAX)
            return NULL;
        node = dki_expr_root(plan->breakdown->measures[measure].expr);
    }
    found =
        node->kind == DKI_NODE_AGGREGATE && strcmp(node->text, "sum") == 0 ? dki_plan_find_split(plan, node) : NULL;
    return found;
}

/* Whether every row of part is one of whole. */
static bool is_part(const dki_node *part, const dki_node *whole)
{
    return dki_node_equal(part->children[0], whole->children[0]) &&
           (whole->filter == NULL || (part->filter && dki_node_equal(part->filter, whole->filter)));
}

/* .part for a quotient that is a share of a whole; else NULL. */
static dki_node *make_share(struct making *m, const dki_plan *plan, const dki_node *node)
{
    const dki_node *below = node->children[1], *all = is_call(below, "all") ? below : NULL, *children[2 * PARTS];
    const dki_plan_split *part = find_sum(plan, node->children[0]);
    const dki_plan_split *whole = find_sum(plan, all ? all->children[0] : below);

    if (part == NULL || whole == NULL || !is_part(part->node, whole->node))
        return NULL;
    m->at = node;
    for (size_t i = 0; i < PARTS; i++) {
        const dki_node *of_whole = whole->made->children[i];

        children[i] = part->made->children[i];
        children[PARTS + i] = of_whole;
        if (all && of_whole->kind == DKI_NODE_AGGREGATE) {
            dki_node *over = make(m, DKI_NODE_CALL, "all", (const dki_node *const *)all->children, all->n_children);

            if (over)
                over->children[0] = (dki_node *)(uintptr_t)of_whole;
            children[PARTS + i] = over;
        }
    }
    return make(m, DKI_NODE_CALL, ".part", children, 2 * PARTS);
}

/* A tree with what measures add up, or gather, in the place of their names. */
static const dki_node *write_out(struct making *m, const dki_plan *plan, const dki_node *node)
{
    const dki_node *root = NULL, *children[2];

    if (node->kind == DKI_NODE_NAME) {
        size_t measure = dki_breakdown_find_measure(plan->breakdown, node->text);

        root = measure == SIZE_MAX ? NULL : dki_expr_root(plan->breakdown->measures[measure].expr);
    }
    if (root && (root->kind != DKI_NODE_CALL || is_call(root, "+") || is_call(root, "-")))
        return write_out(m, plan, root);
    if ((!is_call(node, "+") && !is_call(node, "-")) || m->failed)
        return node;
    for (size_t i = 0; i < node->n_children && i < 2; i++)
        children[i] = write_out(m, plan, node->children[i]);
    return make(m, DKI_NODE_CALL, node->text, children, node->n_children);
}

/* A quotient whose denominator has the terms of its numerator among its own (expr/interval_share.h), perhaps by the names of measures:
 * written out so that this is seen; else NULL. */
static dki_node *make_part(struct making *m, const dki_plan *plan, const dki_node *node)
{
    const dki_node *children[2];
    dki_terms part = { .n = 0 }, whole = { .n = 0 };

    m->at = node;
    for (size_t i = 0; i < 2; i++)
        children[i] = write_out(m, plan, node->children[i]);
    if (m->failed || !dki_terms_find(&part, children[0], false) || !dki_terms_find(&whole, children[1], false) ||
        !dki_terms_take(&whole, &part))
        return NULL;
    return make(m, DKI_NODE_CALL, "/", children, 2);
}

static const dki_node *put_shares(struct making *m, const dki_plan *plan, const dki_node *node)
{
    const dki_node *made = is_call(node, "/") && node->n_children == 2 ? make_share(m, plan, node) : NULL;
    dki_node *copy = NULL;

    if (made == NULL && is_call(node, "/") && node->n_children == 2)
        made = make_part(m, plan, node);

    if (made || m->failed || node->kind != DKI_NODE_CALL || is_call(node, "all"))
        return made ? made : node;
    for (size_t i = 0; i < node->n_children; i++) {
        const dki_node *child = put_shares(m, plan, node->children[i]);

        if (child == node->children[i])
            continue;
        m->at = node;
        if (copy == NULL)
            copy = make(m, DKI_NODE_CALL, node->text, (const dki_node *const *)node->children, node->n_children);
        if (copy)
            copy->children[i] = (dki_node *)(uintptr_t)child;
    }
    return copy ? copy : node;
}

dk_status dki_plan_shares(const dki_plan *plan, dki_arena *arena, const dki_node *node, const dki_node **out,
                          dk_error *err)
{
    struct making m = { .arena = arena, .at = node, .err = err };

    *out = plan->n_splits > 0 ? put_shares(&m, plan, node) : node;
    return m.failed ? DK_ERR_MEMORY : DK_OK;
}
