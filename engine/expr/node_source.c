/* node_source.c - parts of an expression as texts that mean the same alone.
 *
 * Invariant: conditions that were put together by the parser are `and` nodes whose first child stands before them in the text
 * (push_filter); one that was written begins with its first child.
 */
#include "node_source.h"

#include <string.h>

#include "base/status.h"

static bool is_call(const dki_node *node, const char *name)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, name) == 0;
}

/* Of two conditions, one behind the other, and not written as one. */
static bool is_made(const dki_node *filter)
{
    return is_call(filter, "and") && filter->children[0]->at < filter->at;
}

static bool is_inside(const dki_node *node, const dki_node *condition)
{
    return condition->at >= node->at && condition->at + condition->size <= node->at + node->size;
}

static dk_status put_slice(dki_buffer *out, const dk_expr *expr, const dki_node *node, dk_error *err)
{
    return dki_buffer_append(out, dk_expr_text(expr) + node->at, node->size, err);
}

/* The conditions that stand outside a node, those of inner brackets first; all of them where it is NULL. */
static dk_status put_conditions(dki_buffer *out, const dk_expr *expr, const dki_node *node, const dki_node *filter,
                                bool are_several, bool *any, dk_error *err)
{
    bool in_brackets = are_several && is_call(filter, "or");
    dk_status status = DK_OK;

    if (is_made(filter)) {
        for (size_t i = 0; i < filter->n_children && status == DK_OK; i++)
            status = put_conditions(out, expr, node, filter->children[i], true, any, err);
        return status;
    }
    if (node && is_inside(node, filter))
        return DK_OK;
    status = dki_buffer_text(out, *any ? " and " : "", err);
    if (status == DK_OK && in_brackets)
        status = dki_buffer_text(out, "(", err);
    if (status == DK_OK)
        status = put_slice(out, expr, filter, err);
    if (status == DK_OK && in_brackets)
        status = dki_buffer_text(out, ")", err);
    *any = true;
    return status;
}

/* The condition of the first aggregate of a node: what stands outside the node, stands behind all of it. */
static const dki_node *first_filter(const dki_node *node)
{
    const dki_node *found = NULL;

    if (node->kind == DKI_NODE_AGGREGATE)
        return node->filter;
    for (size_t i = 0; i < node->n_children && found == NULL; i++)
        found = first_filter(node->children[i]);
    return found;
}

static bool stands_outside(const dki_node *node, const dki_node *filter)
{
    if (is_made(filter))
        return stands_outside(node, filter->children[0]) || stands_outside(node, filter->children[1]);
    return !is_inside(node, filter);
}

bool dki_node_is_limited(const dki_node *node)
{
    const dki_node *filter = first_filter(node);

    return filter && stands_outside(node, filter);
}

dk_status dki_node_put_filter(dki_buffer *out, const dk_expr *expr, const dki_node *filter, dk_error *err)
{
    bool any = false;

    return put_conditions(out, expr, NULL, filter, false, &any, err);
}

/* sum(a) where x and y: without the brackets that it may stand in. */
static dk_status put_aggregate(dki_buffer *out, const dk_expr *expr, const dki_node *node, dk_error *err)
{
    dk_status status = dki_buffer_format(out, err, "%s(", node->text);

    for (size_t i = 0; i < node->n_children && status == DK_OK; i++) {
        status = dki_buffer_text(out, i > 0 ? ", " : "", err);
        if (status == DK_OK)
            status = put_slice(out, expr, node->children[i], err);
    }
    if (status == DK_OK)
        status = dki_buffer_text(out, node->filter ? ") where " : ")", err);
    return status == DK_OK && node->filter ? dki_node_put_filter(out, expr, node->filter, err) : status;
}

dk_status dki_node_put(dki_buffer *out, const dk_expr *expr, const dki_node *node, dk_error *err)
{
    bool is_limited = dki_node_is_limited(node), any = false;
    dk_status status;

    if (node->kind == DKI_NODE_AGGREGATE)
        return put_aggregate(out, expr, node, err);
    status = is_limited ? dki_buffer_text(out, "(", err) : DK_OK;
    if (status == DK_OK)
        status = put_slice(out, expr, node, err);
    if (status == DK_OK && is_limited)
        status = dki_buffer_text(out, ") where ", err);
    return status == DK_OK && is_limited ? put_conditions(out, expr, node, first_filter(node), false, &any, err)
                                         : status;
}
