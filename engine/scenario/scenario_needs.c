/* scenario_needs.c - what a scenario asks of the table and of whoever runs it: columns, and values of parameters. */
#include "scenario_parts.h"

struct needs {
    dk_need_fn *visit;
    void *arg;
};

static bool visit_node(void *arg, const dki_node *node)
{
    const struct needs *needs = arg;

    return node->kind != DKI_NODE_NAME || needs->visit(needs->arg, node->text, false);
}

static bool visit_columns(const dk_expr *expr, struct needs *needs)
{
    return expr == NULL || dki_node_visit(dki_expr_root(expr), visit_node, needs);
}

static bool visit_step(const dki_step *step, struct needs *needs)
{
    if (!visit_columns(step->where, needs) || (step->rate && !needs->visit(needs->arg, step->rate, false)) ||
        (step->flows_of && !needs->visit(needs->arg, step->flows_of, false)))
        return false;
    for (size_t i = 0; i < step->n_per; i++)
        if (!needs->visit(needs->arg, step->per[i], false))
            return false;
    for (size_t i = 0; i < step->n_first; i++)
        if (!visit_columns(step->first[i].expr, needs))
            return false;
    for (size_t i = 0; i < step->n_set; i++)
        if (!needs->visit(needs->arg, dk_expr_name(step->set[i]), false) || !visit_columns(step->set[i], needs))
            return false;
    return true; /* nothing else mentions a column */
}

void dk_scenario_needs(const dk_scenario *scenario, dk_need_fn *visit, void *arg)
{
    struct needs needs = { visit, arg };

    for (size_t i = 0; i < scenario->n_steps; i++)
        if (!visit_step(&scenario->steps[i], &needs))
            return;
    for (size_t i = 0; i < scenario->n_params; i++)
        if (!visit(arg, scenario->params[i].name, true))
            return;
}
