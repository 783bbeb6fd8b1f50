/* breakdown_share.c - measures in which the numerator stands in the denominator, too.
 *
 * A share of a whole, m / all(m) or (sum(n) where f) / sum(n) of an interval n, becomes .part of both (breakdown_interval.c): a / (a +
 * the rest) is narrower than the quotient of two numbers, and never above 1. a / (a + b) is written out, without names of measures,
 * so that who binds it sees that. n / attached(figure, 'bounds', n) becomes .sure of both: those who are surely among them are no more
 * than there are.
 *
 * An expression keeps its own tree; what stands for parts of it lives with the result.
 */
#include <string.h>

#include "breakdown_making.h"
#include "breakdown_plan.h"
#include "expr/interval_share.h"

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

bool dki_is_part(const dki_node *part, const dki_node *whole)
{
    return dki_node_equal(part->children[0], whole->children[0]) &&
           (whole->filter == NULL || (part->filter && dki_node_equal(part->filter, whole->filter)));
}

/* .part for a quotient that is a share of a whole; else NULL. */
static dki_node *make_share(dki_making *m, const dki_plan *plan, const dki_node *node)
{
    const dki_node *below = node->children[1], *all = is_call(below, "all") ? below : NULL,
                   *children[2 * DKI_BOUNDS_PARTS];
    const dki_plan_split *part = find_sum(plan, node->children[0]);
    const dki_plan_split *whole = find_sum(plan, all ? all->children[0] : below);

    if (part == NULL || whole == NULL || !dki_is_part(part->node, whole->node))
        return NULL;
    m->at = node;
    for (size_t i = 0; i < DKI_BOUNDS_PARTS; i++) {
        const dki_node *of_whole = whole->made->children[i];

        children[i] = part->made->children[i];
        children[DKI_BOUNDS_PARTS + i] = of_whole;
        if (all && of_whole->kind == DKI_NODE_AGGREGATE) {
            dki_node *over =
                dki_make(m, DKI_NODE_CALL, "all", (const dki_node *const *)all->children, all->n_children);

            if (over)
                over->children[0] = (dki_node *)(uintptr_t)of_whole;
            children[DKI_BOUNDS_PARTS + i] = over;
        }
    }
    return dki_make(m, DKI_NODE_CALL, ".part", children, 2 * DKI_BOUNDS_PARTS);
}

/* A tree with what measures add up, or gather, in the place of their names. Names of names may be very many terms: *n_terms counts them,
 * and where there are too many the rest stays as it is. */
static const dki_node *write_out(dki_making *m, const dki_plan *plan, const dki_node *node, size_t *n_terms)
{
    const dki_node *root = NULL, *children[2];

    if (node->kind == DKI_NODE_NAME) {
        size_t measure = dki_breakdown_find_measure(plan->breakdown, node->text);

        root = measure == SIZE_MAX ? NULL : dki_expr_root(plan->breakdown->measures[measure].expr);
    }
    if (*n_terms > DKI_MOST_TERMS || m->failed)
        return node;
    if (root && (root->kind != DKI_NODE_CALL || is_call(root, "+") || is_call(root, "-")))
        return write_out(m, plan, root, n_terms);
    if (!is_call(node, "+") && !is_call(node, "-")) {
        ++*n_terms;
        return node;
    }
    for (size_t i = 0; i < node->n_children && i < 2; i++)
        children[i] = write_out(m, plan, node->children[i], n_terms);
    return dki_make(m, DKI_NODE_CALL, node->text, children, node->n_children);
}

/* A quotient whose denominator has the terms of its numerator among its own (expr/interval_share.h), perhaps by the names of measures:
 * written out so that this is seen; else NULL. */
static dki_node *make_part(dki_making *m, const dki_plan *plan, const dki_node *node)
{
    const dki_node *children[2];
    dki_terms part = { .n = 0 }, whole = { .n = 0 };

    m->at = node;
    for (size_t i = 0; i < 2; i++) {
        size_t n_terms = 0;

        children[i] = write_out(m, plan, node->children[i], &n_terms);
        if (n_terms > DKI_MOST_TERMS)
            return NULL;
    }
    if (m->failed || !dki_terms_find(&part, children[0], false) || !dki_terms_find(&whole, children[1], false) ||
        !dki_terms_take(&whole, &part))
        return NULL;
    return dki_make(m, DKI_NODE_CALL, "/", children, 2);
}

/* What a quotient is written as; NULL: as it is. */
static dki_node *make_quotient(dki_making *m, const dki_plan *plan, const dki_node *node)
{
    dki_node *made = NULL;

    m->at = node;
    if (dki_measure_is_bounded_share(plan->breakdown, node))
        return dki_make(m, DKI_NODE_CALL, ".sure", (const dki_node *const *)node->children, 2);
    if (plan->n_splits > 0)
        made = make_share(m, plan, node);
    return made || plan->n_splits == 0 ? made : make_part(m, plan, node);
}

static const dki_node *put_shares(dki_making *m, const dki_plan *plan, const dki_node *node)
{
    const dki_node *made = is_call(node, "/") && node->n_children == 2 ? make_quotient(m, plan, node) : NULL;
    dki_node *copy = NULL;

    if (made || m->failed || node->kind != DKI_NODE_CALL || is_call(node, "all"))
        return made ? made : node;
    for (size_t i = 0; i < node->n_children; i++) {
        const dki_node *child = put_shares(m, plan, node->children[i]);

        if (child == node->children[i])
            continue;
        m->at = node;
        if (copy == NULL)
            copy =
                dki_make(m, DKI_NODE_CALL, node->text, (const dki_node *const *)node->children, node->n_children);
        if (copy)
            copy->children[i] = (dki_node *)(uintptr_t)child;
    }
    return copy ? copy : node;
}

dk_status dki_plan_shares(const dki_plan *plan, dki_arena *arena, const dki_node *node, const dki_node **out,
                          dk_error *err)
{
    dki_making m = { .arena = arena, .at = node, .err = err };

    *out = put_shares(&m, plan, node);
    return m.failed ? DK_ERR_MEMORY : DK_OK;
}
