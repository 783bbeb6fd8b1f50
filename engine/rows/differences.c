/* differences.c - how a column that compares two others is shown: the difference of percentages is in points, a relative
 * change in per cent. */
#include "differences.h"

#include <string.h>

#include "expr/node.h"

static bool is_one_of(const dki_node *node, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(node->text, *names) == 0)
            return true;
    return false;
}

/* The pattern of the column that a node shows, of this row or of another. */
static const char *format_of(const dk_table *table, const dki_node *node)
{
    static const char *const others[] = { "previous",   "next", "previous_period", "next_period", "first_value",
                                          "last_value", NULL };
    size_t at;

    if (node->kind == DKI_NODE_CALL && node->n_children > 0 && is_one_of(node, others))
        node = node->children[0];
    at = node->kind == DKI_NODE_NAME ? dk_table_find(table, node->text) : DK_NO_COLUMN;
    return at == DK_NO_COLUMN ? NULL : dk_table_field(table, at)->format;
}

const char *dki_difference_format(const dk_table *table, const dk_expr *expr, char out[DKI_FORMAT_BYTES])
{
    static const char *const changes[] = { "change", "change_period", NULL };
    static const char *const relative[] = { "relative_change", "relative_change_period", NULL };
    const dki_node *root = dki_expr_root(expr);
    char other[DKI_FORMAT_BYTES];

    if (root->kind != DKI_NODE_CALL || root->n_children == 0)
        return NULL;
    if (is_one_of(root, relative))
        return strcpy(out, "+0.0 %");
    if (is_one_of(root, changes))
        return dki_points_format(format_of(table, root->children[0]), out) ? out : NULL;
    if (strcmp(root->text, "-") != 0 || root->n_children != 2 ||
        !dki_points_format(format_of(table, root->children[1]), other))
        return NULL;
    return dki_points_format(format_of(table, root->children[0]), out) ? out : NULL;
}
