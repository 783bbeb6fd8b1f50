/* rate_lacking.c - rates of a result that cannot be added up, as they are null in some row.
 *
 * (sum(x) - sum(y)) / count() is null where one of its sums is, and a sum of such rates would leave out the other there. The lineage
 * tells of how many sums a rate was made; its column may be renamed since.
 */
#include "rate_lacking.h"

#include <string.h>

#include "base/status.h"
#include "data/lineage.h"
#include "data/renames.h"

#define MOST_NAMES 32 /* of measures that name each other */

static bool is_call(const dki_node *node, const char *name)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, name) == 0;
}

/* The item of a lineage that made a measure of that name, from item `at` on; NULL: there is no more. */
static const dk_lineage_item *find_item(const dk_table *table, const char *name, size_t *at)
{
    for (; *at < dk_table_n_lineage(table); ++*at) {
        const dk_lineage_item *item = dk_table_lineage(table, *at);

        if (item->kind == DK_LINEAGE_MEASURE && strcmp(item->name, name) == 0)
            return item;
    }
    return NULL;
}

/* Whether what a table's lineage has as a part of a rate is one count or sum, perhaps by the name of a measure. deep: how many of these
 * may name each other. */
static bool is_one(const dk_table *table, const dki_node *node, unsigned deep)
{
    size_t at = 0;
    const dk_lineage_item *item;
    const dk_expr *expr = NULL;
    dk_error ignored = DK_ERROR_INIT;
    bool is;

    while (is_call(node, "-") && node->n_children == 1)
        node = node->children[0];
    item = node->kind == DKI_NODE_NAME ? find_item(table, node->text, &at) : NULL;
    if (item == NULL)
        return node->kind == DKI_NODE_AGGREGATE;
    if (deep == 0 || dk_expr_parse(dk_table_context(table), item->text, &expr, &ignored) != DK_OK)
        return false;
    is = is_one(table, dki_expr_root(expr), deep - 1);
    dk_expr_release(expr);
    return is;
}

/* Whether a part of the rate that an item made is null somewhere, and of several sums: null where any of them is, it lacks there what the
 * others are. */
static dk_status item_lacks(const dk_table *table, const dk_lineage_item *item, const dk_column *column,
                            bool *lacks, dk_error *err)
{
    const dk_expr *expr = NULL;
    const dki_node *root;
    dk_status status = dk_expr_parse(dk_table_context(table), item->text, &expr, err);

    *lacks = false;
    if (status != DK_OK)
        return status;
    root = dki_expr_root(expr);
    for (size_t i = 0; is_call(root, "/") && i < 2; i++)
        *lacks = *lacks || (dk_column_n_nulls(dk_column_child(column, i)) > 0 &&
                            !is_one(table, root->children[i], MOST_NAMES));
    dk_expr_release(expr);
    return DK_OK;
}

dk_status dki_rate_check_sum(const dk_table *table, const dk_expr *expr, const dki_node *node, dki_arena *arena,
                             dk_error *err)
{
    const dki_node *argument = node->children[0];
    size_t column = argument->kind == DKI_NODE_NAME ? dk_table_find(table, argument->text) : DK_NO_COLUMN;
    const dk_lineage_item *item;
    const char *own;

    if (column == DK_NO_COLUMN)
        return DK_OK;
    own = dki_name_before(table, argument->text, arena, err);
    if (own == NULL)
        return DK_ERR_MEMORY;
    for (size_t at = 0; (item = find_item(table, own, &at)) != NULL; at++) {
        bool lacks;
        dk_status status = item_lacks(table, item, dk_table_field(table, column)->column, &lacks, err);

        if (status != DK_OK)
            return status;
        if (!lacks)
            continue;
        (void)dki_node_fail(expr, node, err, DK_ERR_ARGUMENT,
                            "%s is %.200s, of several sums and null where one of these is: a sum of it lacks what "
                            "the others are there",
                            argument->text, item->text);
        dki_hint(err, "ask the rows anew, or name each sum as a measure of its own");
        return DK_ERR_ARGUMENT;
    }
    return DK_OK;
}
