/* breakdown_needs.c - what a breakdown asks of the table and of whoever runs it: columns, and values of parameters. */
#include "breakdown_parts.h"

struct needs {
    dk_need_fn *visit;
    void *arg;
};

static bool visit_column(void *arg, const char *column)
{
    const struct needs *needs = arg;

    return needs->visit(needs->arg, column, false);
}

static bool visit_param(void *arg, const dki_node *node)
{
    const struct needs *needs = arg;

    return node->kind != DKI_NODE_PARAM || needs->visit(needs->arg, node->text, true);
}

static bool visit_params(const dki_part *parts, size_t n, struct needs *needs)
{
    for (size_t i = 0; i < n; i++)
        if (!dki_node_visit(dki_expr_root(parts[i].expr), visit_param, needs))
            return false;
    return true;
}

void dk_breakdown_needs(const dk_breakdown *breakdown, dk_need_fn *visit, void *arg)
{
    struct needs needs = { visit, arg };

    if (!dki_breakdown_columns(breakdown, visit_column, &needs))
        return;
    for (size_t i = 0; i < breakdown->n_within; i++)
        if (!visit(arg, breakdown->within[i].node->text, false))
            return;
    if (visit_params(breakdown->by, breakdown->n_by, &needs) &&
        (breakdown->where == NULL || dki_node_visit(dki_expr_root(breakdown->where), visit_param, &needs)))
        (void)visit_params(breakdown->measures, breakdown->n_measures, &needs);
}
