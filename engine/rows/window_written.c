/* window_written.c - functions of windows that are other expressions: change, relative_change and share, written out as trees. */
#include "window_build.h"

#include <string.h>

bool dki_window_is_written_out(dki_window_function function)
{
    return function == DKI_WINDOW_change || function == DKI_WINDOW_relative_change ||
           function == DKI_WINDOW_change_period || function == DKI_WINDOW_relative_change_period ||
           function == DKI_WINDOW_share;
}

bool dki_window_is_relative(dki_window_function function)
{
    return function == DKI_WINDOW_relative_change || function == DKI_WINDOW_relative_change_period;
}

static dki_node *new_node(dki_window_build *build, const dki_node *place, dki_node_kind kind, const char *text,
                          size_t n, dk_error *err)
{
    dki_node *node = dki_arena_array(&build->arena, 1, sizeof *node, err);

    if (node == NULL)
        return NULL;
    node->kind = kind;
    node->text = text;
    node->at = place->at;
    node->size = place->size;
    node->depth = place->depth + 3; /* nobody builds higher on these */
    node->n_children = n;
    node->children = dki_arena_array(&build->arena, n, sizeof(dki_node *), err);
    return node->children ? node : NULL;
}

static dki_node *new_name(dki_window_build *build, const dki_node *place, const char *name, dk_error *err)
{
    return new_node(build, place, DKI_NODE_NAME, name, 0, err);
}

static dki_node *new_pair(dki_window_build *build, const dki_node *place, const char *text, dki_node *a,
                          dki_node *b, dk_error *err)
{
    dki_node *node = a && b ? new_node(build, place, DKI_NODE_CALL, text, 2, err) : NULL;

    if (node) {
        node->children[0] = a;
        node->children[1] = b;
    }
    return node;
}

/* a / b - 1 */
static dki_node *new_growth(dki_window_build *build, const dki_node *place, dki_node *a, dki_node *b, dk_error *err)
{
    dki_node *one = new_node(build, place, DKI_NODE_LITERAL, "1", 0, err);

    if (one == NULL)
        return NULL;
    one->value = (dk_value){ .type = DK_INTEGER, .as.integer = 1 };
    return new_pair(build, place, "-", new_pair(build, place, "/", a, b, err), one, err);
}

/* share(x): x / sum(x), times the row's weight where it has one, so that shares are 1 together. change(x, n): x - p;
 * relative_change(x, n): (x - p) / p, where p is previous(x, n); of x in bounds x / p - 1, with each once: what depends on itself
 * would be wider. */
dki_node *dki_window_write_out(dki_window_build *build, const dki_node *node, dki_window_function function,
                               bool in_bounds, dk_error *err)
{
    bool by_period = function == DKI_WINDOW_change_period || function == DKI_WINDOW_relative_change_period;
    bool share = function == DKI_WINDOW_share;
    const char *weight = dk_table_properties(build->made)->weight;
    dki_node *x = node->children[0], *change;
    dki_node *other = new_node(build, node, share ? DKI_NODE_AGGREGATE : DKI_NODE_CALL,
                               share       ? "sum"
                               : by_period ? "previous_period"
                                           : "previous",
                               node->n_children, err);

    if (other == NULL)
        return NULL;
    memcpy(other->children, node->children, node->n_children * sizeof(dki_node *));
    if (share) {
        dki_node *part = new_pair(build, node, "/", x, other, err);

        return weight ? new_pair(build, node, "*", part, new_name(build, node, weight, err), err) : part;
    }
    if (dki_window_is_relative(function) && in_bounds)
        return new_growth(build, node, x, other, err);
    change = new_pair(build, node, "-", x, other, err);
    return dki_window_is_relative(function) ? new_pair(build, node, "/", change, other, err) : change;
}
