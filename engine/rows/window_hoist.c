/* window_hoist.c - takes calls of window functions out of an expression: each becomes a column that is computed for all rows, or
 * another tree, whose calls are taken out in turn. Equal calls are computed once.
 */
#include "window_build.h"

#include "base/memory.h"
#include "base/status.h"

const dki_window_hoisted *dki_window_find_hoisted(const dki_window_build *build, const dki_node *node)
{
    for (size_t i = 0; i < build->n_hoisted; i++)
        if (dki_node_equal(build->hoisted[i].node, node))
            return &build->hoisted[i];
    return NULL;
}

static dk_status add_hoisted(dki_window_build *build, const dki_window_hoisted *hoisted, dk_error *err)
{
    dk_status status = dki_grow(build->context, (void **)&build->hoisted, &build->hoisted_capacity,
                                build->n_hoisted + 1, sizeof *build->hoisted, err);

    if (status == DK_OK)
        build->hoisted[build->n_hoisted++] = *hoisted;
    return status;
}

static dk_status compute(dki_window_build *build, const dki_node *node, dk_error *err)
{
    dki_window_hoisted hoisted = { .node = node };
    dki_window_call call = { .expr = build->expr, .node = node };
    dk_status status = dki_window_call_prepare(build, &call, err);

    if (status == DK_OK)
        status = dki_window_rate(&build->window, &call, &hoisted.column, err);
    dk_column_release(call.arg);
    dk_column_release(call.filter);
    if (status == DK_OK)
        status = add_hoisted(build, &hoisted, err);
    if (status != DK_OK)
        dk_column_release(hoisted.column);
    return status;
}

static dk_status check_call(const dki_window_build *build, const dki_node *node, dk_error *err);

static dk_status find_in_bounds(dki_window_build *build, const dki_node *node, bool *out, dk_error *err)
{
    dki_bound *bound;
    dk_status status = dki_window_bind_part(build, node, &bound, err);

    *out = status == DK_OK && dki_bound_type(bound) == DK_INTERVAL;
    return status;
}

/* x / sum(x) of intervals would have x twice, and not stay within 0 and 1. */
static dk_status check_share(dki_window_build *build, const dki_node *node, dk_error *err)
{
    bool in_bounds;
    dk_status status = find_in_bounds(build, node->children[0], &in_bounds, err);

    if (status != DK_OK || !in_bounds)
        return status;
    dki_node_fail(build->expr, node, err, DK_ERR_TYPE, "share() is not known of numbers in bounds");
    dki_hint(err, "in a breakdown m / all(m) is a share of which the bounds are known");
    return DK_ERR_TYPE;
}

static bool is_rate(const dki_window_build *build, const dki_node *node)
{
    size_t at = node->kind == DKI_NODE_NAME ? dk_table_find(build->made, node->text) : DK_NO_COLUMN;

    return at != DK_NO_COLUMN && dk_column_is_rate(dk_table_field(build->made, at)->column);
}

dk_status dki_window_hoist(dki_window_build *build, const dki_node *node, dk_error *err)
{
    dki_window_function function;
    bool is_window = node->kind == DKI_NODE_CALL && dki_window_find(node->text, &function);
    dk_status status = DK_OK;

    if (node->kind == DKI_NODE_AGGREGATE || is_window) {
        dki_window_hoisted hoisted = { .node = node };
        bool in_bounds = false;

        if (dki_window_find_hoisted(build, node))
            return DK_OK;
        if (!is_window || !dki_window_is_written_out(function))
            return is_window && (status = check_call(build, node, err)) != DK_OK ? status
                                                                                 : compute(build, node, err);
        status = check_call(build, node, err);
        if (status == DK_OK && function == DKI_WINDOW_share)
            status = check_share(build, node, err);
        if (status == DK_OK && function == DKI_WINDOW_share && is_rate(build, node->children[0]))
            status = dki_window_fail_rate(build->expr, node, err);
        if (status == DK_OK && dki_window_is_relative(function))
            status = find_in_bounds(build, node->children[0], &in_bounds, err);
        if (status == DK_OK &&
            (hoisted.other = dki_window_write_out(build, node, function, in_bounds, err)) == NULL)
            status = DK_ERR_MEMORY;
        if (status == DK_OK)
            status = add_hoisted(build, &hoisted, err);
        return status == DK_OK ? dki_window_hoist(build, hoisted.other, err) : status;
    }
    for (size_t i = 0; i < node->n_children && status == DK_OK; i++)
        status = dki_window_hoist(build, node->children[i], err);
    return status;
}

/* The number of arguments is checked by binding, which comes later: so a call is bound here on its own. */
static dk_status take_nothing(void *arg, const dki_node *node, size_t *column, const dki_node **other,
                              dk_error *err)
{
    (void)node;
    (void)err;
    (void)column;
    *other = arg;
    return DK_OK;
}

static dk_status check_call(const dki_window_build *build, const dki_node *node, dk_error *err)
{
    dki_node nothing = {
        .kind = DKI_NODE_LITERAL, .at = node->at, .size = node->size, .value = { .is_null = true }
    };
    dki_scope scope = { .table = build->made, .window = take_nothing, .arg = &nothing };
    dki_bound *bound;
    dk_status status = dki_bind(&scope, build->expr, node, &bound, err);

    if (status == DK_OK)
        dki_bound_release(bound);
    return status;
}
