/* new_column.c - the column that a named expression makes: its name, and how it is shown.
 *
 * A column that compares two others is shown by what these are: the difference of percentages is in points, a relative change in
 * per cent.
 */
#include "new_column.h"

#include <string.h>

#include "base/status.h"
#include "data/points.h"
#include "expr/node.h"

dk_status dki_check_named(const dk_expr *expr, dk_error *err)
{
    if (dk_expr_name(expr))
        return DK_OK;
    (void)dki_fail(err, DK_ERR_ARGUMENT, "the expression has no name: %s", dk_expr_text(expr));
    dki_hint(err, "write it as \"name = expression\"");
    return DK_ERR_ARGUMENT;
}

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

/* NULL: it has none. Valid as long as out. */
static const char *difference_format(const dk_table *table, const dk_expr *expr, char out[DKI_FORMAT_BYTES])
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

dk_status dki_add_named(const dk_table *table, const dk_expr *expr, const dk_column *column, const dk_table **out,
                        dk_error *err)
{
    dk_field field = DK_FIELD(dk_expr_name(expr), column);
    char format[DKI_FORMAT_BYTES];

    field.format = difference_format(table, expr, format);
    return dk_table_with(table, &field, 1, out, err);
}
