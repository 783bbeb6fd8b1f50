/* breakdown_common.c - which parts of expressions breakdowns over one table have in common. */
#include "breakdown_plan.h"

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
