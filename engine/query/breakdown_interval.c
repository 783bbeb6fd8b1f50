/* breakdown_interval.c - aggregates of numbers that are known in bounds only.
 *
 * sum(n) where f of an interval n is split: it becomes
 *
 *   .bounds(sum(least(n)) where f, sum(greatest(n)) where f, how many rows have no least bound, no greatest, are estimates, are not
 *           null for sure, why there may be none, and the markers of two of these reasons)
 *
 * whose parts are ordinary aggregates, so that filters, weights, margins and threads are as for any other. The same holds of
 * all aggregates that cannot fall when a value rises; of first() and last() the one row that they are about tells whether a side is
 * open, and whether it is an estimate. Of a median or quantile it is whether the place that is asked for is among numbers that are
 * open: these take part as a number that is beyond all bounds. Where no row has a number the markers of the rows tell why.
 *
 * A number that may be null counts in a sum or does not: its bounds there include 0. How great the least number is at most is told by
 * those that are one for sure, and where there is none by the greatest of all; so is how small the greatest is at least. With it among
 * others a mean, and what is at some place among them, is between the least and the greatest of all.
 *
 * An expression keeps its own tree; what stands for parts of it lives with the plan, or with the result.
 */
#include "breakdown_making.h"
#include "breakdown_plan.h"
#include "breakdown_sight.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/marker.h"
#include "data/overlap.h"
#include "expr/defined.h"

/* Trees. ------------------------------------------------------------------------------------------------------------- */

struct making {
    dki_making trees;
    const char *sides[2]; /* where the argument is a column: the names of the columns of its bounds; else NULL */
    bool is_open[2];      /* and whether some row has none */
    bool has_both;        /* some row may have neither, and a number */
    bool notes_lacking;   /* where nobody knows a number, a note tells so */
    dk_text missing[2];   /* the marker of what cannot be, and of what nobody knows; bytes NULL: no row has one */
    bool may_be_null;     /* some row may have a number or none */
    dk_value far[2];      /* no bound of that side is beyond it; null: none is known */
    const char *weight;   /* the column that rows count for; NULL: each counts once */
};

static dki_node *call(struct making *m, const char *text, const dki_node *child)
{
    return dki_make(&m->trees, DKI_NODE_CALL, text, &child, 1);
}

static dki_node *literal(struct making *m, dk_value value)
{
    dki_node *node = dki_make(&m->trees, DKI_NODE_LITERAL, NULL, NULL, 0);

    if (node)
        node->value = value;
    return node;
}

static dki_node *number(struct making *m, int64_t value)
{
    return literal(m, (dk_value){ .type = DK_INTEGER, .as.integer = value });
}

static dki_node *zero(struct making *m)
{
    return number(m, 0);
}

static dki_node *binary(struct making *m, const char *name, const dki_node *a, const dki_node *b)
{
    return dki_make(&m->trees, DKI_NODE_CALL, name, (const dki_node *const[]){ a, b }, 2);
}

static dki_node *side_of(struct making *m, int side)
{
    return m->sides[side] ? dki_make(&m->trees, DKI_NODE_NAME, m->sides[side], NULL, 0)
                          : call(m, side == DK_CHILD_LEAST ? "least" : "greatest", m->trees.at->children[0]);
}

/* Whether the aggregate is a number at some place among all in their order. */
static bool is_ranked(const dki_node *node)
{
    return strcmp(node->text, "median") == 0 || strcmp(node->text, "quantile") == 0;
}

/* Whether rows whose side is open take part with a number that is beyond all others: where these stand tells whether the
 * aggregate's side is open. */
static bool is_filled(const struct making *m, int side)
{
    return is_ranked(m->trees.at) && m->sides[side] && m->is_open[side] && !m->far[side].is_null;
}

/* Whether x is, or may be, a number; whether it is one for sure; whether it may be one or null. */
static dki_node *may_be_number(struct making *m, const dki_node *x)
{
    dki_node *is_null = call(m, "is null", x);

    return call(m, "not", m->may_be_null ? call(m, "is true", is_null) : is_null);
}

static dki_node *is_number(struct making *m, const dki_node *x)
{
    return call(m, "is true", call(m, "not", call(m, "is null", x)));
}

static dki_node *is_open_whether(struct making *m, const dki_node *x)
{
    return call(m, "is null", call(m, "is null", x));
}

static dki_node *choose(struct making *m, const dki_node *condition, const dki_node *value,
                        const dki_node *otherwise)
{
    const dki_node *choices[3] = { condition, value, otherwise };

    return dki_make(&m->trees, DKI_NODE_CALL, "case", choices, 3);
}

/* coalesce(side, case(x is not null, far)) */
static dki_node *filled_side(struct making *m, int side)
{
    const dki_node *choices[2] = { may_be_number(m, m->trees.at->children[0]), literal(m, m->far[side]) };
    const dki_node *values[2] = { side_of(m, side), dki_make(&m->trees, DKI_NODE_CALL, "case", choices, 2) };

    return dki_make(&m->trees, DKI_NODE_CALL, "coalesce", values, 2);
}

static dki_node *text(struct making *m, const char *bytes, size_t size)
{
    return literal(m, (dk_value){ .type = DK_TEXT, .as.text = { bytes, size } });
}

/* case(f is true and meaning(x) == 'unavailable', null, f is true): x is skipped there, as any null is, and a note says so, which
 * goes by rows where a condition is null. It shows x. */
static dki_node *known_filter(struct making *m)
{
    const dki_node *x = m->trees.at->children[0], *f = m->trees.at->filter, *both[2], *choices[3];
    const dki_node *lacks = call(m, "is true", binary(m, "==", call(m, "meaning", x), text(m, "unavailable", 11)));
    dki_node *made;

    both[0] = f ? call(m, "is true", f) : literal(m, (dk_value){ .type = DK_BOOLEAN, .as.boolean = true });
    both[1] = lacks;
    choices[0] = f ? dki_make(&m->trees, DKI_NODE_CALL, "and", both, 2) : lacks;
    choices[1] = literal(m, (dk_value){ .type = DK_BOOLEAN, .is_null = true });
    choices[2] = both[0];
    made = dki_make(&m->trees, DKI_NODE_CALL, "case", choices, 3);
    if (made) {
        made->at = x->at;
        made->size = x->size;
    }
    return made;
}

static bool is_named(const dki_node *node, const char *name)
{
    return strcmp(node->text, name) == 0;
}

/* One side of the argument as an aggregate takes it. */
static dki_node *value_of(struct making *m, const char *aggregate, int side)
{
    const dki_node *x = m->trees.at->children[0];
    dki_node *value = is_filled(m, side) ? filled_side(m, side) : side_of(m, side);

    if (m->may_be_null && strcmp(aggregate, "sum") == 0)
        return choose(m, is_open_whether(m, x),
                      binary(m, side == DK_CHILD_LEAST ? "least" : "greatest", value, zero(m)), value);
    if (m->may_be_null && strcmp(aggregate, side == DK_CHILD_LEAST ? "max" : "min") == 0)
        return choose(m, is_number(m, x), value, literal(m, (dk_value){ .type = DK_INTEGER, .is_null = true }));
    return value;
}

/* An aggregate of one side of the argument. */
static dki_node *aggregate_side(struct making *m, const char *name, const dki_node *value, int side,
                                size_t n_children)
{
    const dki_node *node = m->trees.at, *children[2] = { value, NULL };
    dki_node *made;

    for (size_t i = 1; i < n_children && i < 2; i++)
        children[i] = node->children[i];
    made = dki_make(&m->trees, DKI_NODE_AGGREGATE, name, children, n_children);
    if (made)
        made->filter = side == DK_CHILD_LEAST && m->notes_lacking ? known_filter(m) : node->filter;
    return made;
}

/* A row that weighs nothing is nobody: what is not known of its number is not wanted. */
static dki_node *has_weight(struct making *m)
{
    return binary(m, ">", dki_make(&m->trees, DKI_NODE_NAME, m->weight, NULL, 0), zero(m));
}

/* rows() where (w > 0 and condition and x is not null and f) is true, or another count; condition may be NULL. */
static dki_node *count_as(struct making *m, const char *count, const dki_node *condition, const dki_node *x)
{
    const dki_node *node = m->trees.at, *conditions[4];
    dki_node *made = dki_make(&m->trees, DKI_NODE_AGGREGATE, count, NULL, 0), *filter;
    size_t n = 0;

    if (m->weight && strcmp(count, "rows") == 0)
        conditions[n++] = has_weight(m);
    if (condition)
        conditions[n++] = condition;
    conditions[n++] = may_be_number(m, x);
    if (node->filter)
        conditions[n++] = node->filter;
    filter =
        n > 1 ? dki_make(&m->trees, DKI_NODE_CALL, "and", conditions, n) : (dki_node *)(uintptr_t)conditions[0];

    filter = filter ? call(m, "is true", filter) : NULL; /* of rows that f leaves out it is told elsewhere */
    if (made)
        made->filter = filter;
    return m->trees.failed ? NULL : made;
}

static dki_node *count_where(struct making *m, const dki_node *condition, const dki_node *x)
{
    return count_as(m, "rows", condition, x);
}

/* Whether the aggregate is that of one row. */
static bool is_of_one(const dki_node *node)
{
    return strcmp(node->text, "first") == 0 || strcmp(node->text, "last") == 0;
}

/* first(case(condition, 1, 0)) where (x is not null and f) is true: whether the condition holds in the row that it is about */
static dki_node *find_there(struct making *m, const dki_node *condition)
{
    const dki_node *node = m->trees.at, *value = choose(m, condition, number(m, 1), zero(m));
    const dki_node *conditions[2] = { may_be_number(m, node->children[0]), node->filter };
    const dki_node *filter =
        node->filter ? dki_make(&m->trees, DKI_NODE_CALL, "and", conditions, 2) : conditions[0];
    dki_node *made = dki_make(&m->trees, DKI_NODE_AGGREGATE, node->text, &value, 1);

    if (made)
        made->filter = filter ? call(m, "is true", filter) : NULL;
    return m->trees.failed ? NULL : made;
}

/* Of W persons, of whom k have no least bound and stand first, the one at (W - 1) p is among these where (W - 1) p < k; of those who
 * have no greatest and stand last, where (W - 1) (1 - p) < k. As a number: case(k == 0, 0, W <= 1, 1, k / (W - 1) > p, 1, 0) */
static dki_node *reaches_open(struct making *m, int side)
{
    const dki_node *x = m->trees.at->children[0], *choices[7];
    const char *count = m->weight ? "count" : "rows";
    dki_node *open = count_as(m, count, call(m, "is null", side_of(m, side)), x);
    dki_node *others = binary(m, "-", count_as(m, count, NULL, x), number(m, 1));
    const dki_node *p = m->trees.at->n_children > 1
                            ? m->trees.at->children[1]
                            : literal(m, (dk_value){ .type = DK_DECIMAL, .scale = 1, .as.integer = 5 });

    if (side == DK_CHILD_GREATEST)
        p = binary(m, "-", number(m, 1), p);
    choices[0] = binary(m, "==", open, zero(m));
    choices[1] = zero(m);
    choices[2] = binary(m, "<=", others, zero(m));
    choices[3] = number(m, 1);
    choices[4] = binary(m, ">", binary(m, "/", open, others), p);
    choices[5] = number(m, 1);
    choices[6] = zero(m);
    return dki_make(&m->trees, DKI_NODE_CALL, "case", choices, 7);
}

/* Rows that are open on that side; where no number is open on both sides, it is known if the other side is. */
static dki_node *count_open_rows(struct making *m, int side)
{
    return count_where(m, call(m, "is null", side_of(m, side)),
                       m->sides[side] && !m->has_both ? side_of(m, !side) : m->trees.at->children[0]);
}

static dki_node *count_open(struct making *m, int side)
{
    if (m->sides[side] && !m->is_open[side])
        return zero(m);
    if (is_of_one(m->trees.at))
        return find_there(m, call(m, "is null", side_of(m, side)));
    return is_filled(m, side) ? reaches_open(m, side) : count_open_rows(m, side);
}

static dki_node *count_sure(struct making *m)
{
    const dki_node *x = m->trees.at->children[0];

    return m->may_be_null ? count_where(m, is_number(m, x), x) : number(m, 1);
}

/* Whether that side of the aggregate of a group is the least, or the greatest, of all its numbers: as some may be null or, of the other
 * side of min and max, all may be. NULL: it never is. */
static dki_node *is_of_all(struct making *m, int side)
{
    const dki_node *node = m->trees.at, *x = node->children[0];

    if (!m->may_be_null || is_named(node, "sum") || is_named(node, side == DK_CHILD_LEAST ? "min" : "max"))
        return NULL;
    if (is_named(node, side == DK_CHILD_LEAST ? "max" : "min"))
        return binary(m, "==", count_sure(m), zero(m));
    return binary(m, ">", count_where(m, is_open_whether(m, x), x), zero(m));
}

static dki_node *of_side(struct making *m, int side)
{
    const char *of_all = side == DK_CHILD_LEAST ? "min" : "max", *name = m->trees.at->text;
    dki_node *made = aggregate_side(m, name, value_of(m, name, side), side, m->trees.at->n_children);
    dki_node *condition = is_of_all(m, side);

    return condition ? choose(m, condition, aggregate_side(m, of_all, value_of(m, of_all, side), side, 1), made)
                     : made;
}

/* In how many rows that side is open, where that decides that the aggregate's is. */
static dki_node *n_open(struct making *m, int side)
{
    bool others_decide = is_named(m->trees.at, side == DK_CHILD_LEAST ? "max" : "min");
    dki_node *made = others_decide ? zero(m) : count_open(m, side);
    dki_node *condition = m->sides[side] && !m->is_open[side] ? NULL : is_of_all(m, side);

    return condition ? choose(m, condition, count_open_rows(m, side), made) : made;
}

static dki_node *count_estimates(struct making *m)
{
    const dki_node *x = m->trees.at->children[0],
                   *is_one = binary(m, "==", call(m, "meaning", x), text(m, "estimate", 8));

    return is_of_one(m->trees.at) && !m->may_be_null ? find_there(m, is_one) : count_where(m, is_one, x);
}

/* Why the aggregate is null where no row has a number: 3 where nobody knows one of them, 1 where each cannot be, else 2. */
static dki_node *why_none(struct making *m)
{
    const dki_node *means = call(m, "meaning", m->trees.at->children[0]), *choices[5], *value, *conditions[2];
    dki_node *made;
    size_t n = 0;

    if (m->missing[0].bytes == NULL && m->missing[1].bytes == NULL)
        return number(m, 2);
    choices[0] = call(m, "is true", binary(m, "==", means, text(m, "unavailable", 11)));
    choices[1] = number(m, 3);
    choices[2] = call(m, "is true", binary(m, "==", means, text(m, "impossible", 10)));
    choices[3] = number(m, 1);
    choices[4] = number(m, 2);
    value = dki_make(&m->trees, DKI_NODE_CALL, "case", choices, 5);
    made = dki_make(&m->trees, DKI_NODE_AGGREGATE, "max", &value, 1);
    if (m->weight)
        conditions[n++] = has_weight(m);
    if (m->trees.at->filter)
        conditions[n++] = m->trees.at->filter;
    if (made && n > 0)
        made->filter =
            call(m, "is true", n > 1 ? dki_make(&m->trees, DKI_NODE_CALL, "and", conditions, n) : *conditions);
    return m->trees.failed ? NULL : made;
}

static dki_node *marker_of(struct making *m, int which)
{
    return text(m, m->missing[which].bytes ? m->missing[which].bytes : "", m->missing[which].size);
}

/* Aggregates. -------------------------------------------------------------------------------------------------------- */

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
    const dki_node *children[DKI_BOUNDS_PARTS] = { of_side(m, DK_CHILD_LEAST),
                                                   of_side(m, DK_CHILD_GREATEST),
                                                   n_open(m, DK_CHILD_LEAST),
                                                   n_open(m, DK_CHILD_GREATEST),
                                                   has_estimates ? count_estimates(m) : zero(m),
                                                   count_sure(m),
                                                   why_none(m),
                                                   marker_of(m, 0),
                                                   marker_of(m, 1) };

    return m->trees.failed ? NULL : dki_make(&m->trees, DKI_NODE_CALL, ".bounds", children, DKI_BOUNDS_PARTS);
}

/* A number that no bound of one side is beyond; null where none is known. With weights rows are counted by these, which a key
 * that has a period does not allow over several. */
static dk_value far_of(const dki_plan *plan, const dk_column *side, int which)
{
    dk_value far = { .type = dk_column_type(side), .scale = dk_column_scale(side) };
    int64_t ends[2] = { 0, 0 };

    far.is_null = (plan->weight && dk_table_properties(plan->table)->n_key > 1) ||
                  (!dk_column_bounds(side, &ends[0], &ends[1]) && dk_column_n_nulls(side) < dk_column_n_rows(side));
    far.as.integer = ends[which == DK_CHILD_GREATEST];
    return far;
}

/* Where the argument is a column its bounds are columns too: they are put behind those of the table, under names that no other
 * has, and take part as any column does. */
static dk_status find_sides(dki_plan *plan, struct making *m, dk_error *err)
{
    const dki_node *x = m->trees.at->children[0];
    const dk_table *table = plan->wide ? plan->wide : plan->table, *wide = NULL;
    size_t at = x->kind == DKI_NODE_NAME ? dk_table_find(plan->table, x->text) : DK_NO_COLUMN;
    const dk_column *column = at == DK_NO_COLUMN ? NULL : dk_table_field(plan->table, at)->column;
    const dk_dictionary *markers;
    dk_field fields[2];
    dk_status status = DK_OK;

    if (column == NULL)
        return DK_OK;
    for (int side = 0; side < 2; side++) {
        fields[side] = DK_FIELD(dki_arena_format(m->trees.arena, err, "\x01 bound %d of \x01 %s", side, x->text),
                                dk_column_child(column, (size_t)side));
        if (fields[side].name == NULL)
            return DK_ERR_MEMORY;
        m->sides[side] = fields[side].name;
        m->is_open[side] = dk_column_n_nulls(fields[side].column) > dk_column_n_nulls(column);
    }
    for (int side = 0; side < 2; side++)
        m->far[side] = far_of(plan, fields[side].column, side);
    markers = dk_column_levels(dk_column_child(column, DK_CHILD_MARKER));
    m->has_both = m->is_open[0] && m->is_open[1] && dki_markers_have(markers, DK_MEANS_UNBOUNDED);
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

/* Has the plan compute all aggregates of a part. */
static dk_status add_aggregates(dki_plan *plan, const dk_expr *expr, const dki_node *node, size_t measure,
                                dk_error *err)
{
    dk_status status = DK_OK;

    if (node->kind == DKI_NODE_AGGREGATE)
        return dki_plan_add_aggregate(plan, expr, node, measure, err);
    for (size_t i = 0; i < node->n_children && status == DK_OK; i++)
        status = add_aggregates(plan, expr, node->children[i], measure, err);
    return status;
}

dk_status dki_plan_split_aggregate(dki_plan *plan, const dk_expr *expr, const dki_node *node, size_t measure,
                                   bool *is_split, dk_error *err)
{
    struct making m = { .trees = { .arena = &plan->arena, .at = node, .err = err },
                        .weight = plan->weight ? dk_table_properties(plan->table)->weight : NULL };
    dki_plan_split made = { .node = node, .expr = expr };
    dki_sight sight = { .table = plan->table };
    dk_status status = DK_OK;

    *is_split = dki_plan_find_split(plan, node) != NULL;
    if (*is_split || node->n_children == 0)
        return DK_OK;
    for (size_t i = 0; status == DK_OK && !*is_split && i < node->n_children; i++)
        status = dki_sight_of(plan, expr, node->children[i], &sight, is_split, err);
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
    m.missing[0] = sight.impossible;
    m.missing[1] = sight.unavailable;
    m.notes_lacking = sight.unavailable.bytes && /* of figures beside a table the groups that lack one are told */
                      !plan->breakdown->sums_parts &&
                      strcmp(plan->breakdown->measures[measure].name, "attached") != 0;
    m.may_be_null = sight.may_be_null;
    made.made = split(&m, sight.has_estimates);
    if (made.made == NULL)
        return DK_ERR_MEMORY;
    status = dki_grow(plan->context, (void **)&plan->splits, &plan->split_capacity, plan->n_splits + 1,
                      sizeof *plan->splits, err);
    if (status == DK_OK)
        plan->splits[plan->n_splits++] = made;
    for (size_t i = 0; status == DK_OK && i < DKI_BOUNDS_PARTS; i++)
        status = add_aggregates(plan, expr, made.made->children[i], measure, err);
    return status;
}
