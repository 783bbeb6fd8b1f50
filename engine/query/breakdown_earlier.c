/* breakdown_earlier.c - a dimension that is made of one before it: by = { "klasse = bin(leeftijd, 27)", "jong = klasse == '< 27'" }.
 *
 * The name of the earlier one is replaced by its expression, in brackets, before anything else looks at it; what both have in
 * common is computed once. A name that a dimension up to the earlier one reads as a column stays that column: "leeftijd =
 * bin(leeftijd, 27)" says that there is one. So what was replaced can be read again and stays what it is.
 */
#include <string.h>

#include "breakdown_parts.h"

struct uses {
    const dk_breakdown *breakdown;
    size_t n_before; /* dimensions before the one at hand */
    const dki_node **nodes;
    size_t *dimensions; /* that stand for them */
    size_t n, capacity; /* counted first: capacity 0 */
};

static bool is_name(void *arg, const dki_node *node)
{
    return node->kind != DKI_NODE_NAME || strcmp(node->text, arg) != 0;
}

/* The dimension before the one at hand that the name means, or SIZE_MAX. */
static size_t find_meant(const struct uses *uses, const char *name)
{
    size_t found = dki_breakdown_find_dimension(uses->breakdown, name);

    if (found == SIZE_MAX || found >= uses->n_before)
        return SIZE_MAX;
    for (size_t d = 0; d <= found; d++)
        if (!dki_node_visit(dki_expr_root(uses->breakdown->by[d].expr), is_name, (void *)(uintptr_t)name))
            return SIZE_MAX;
    return found;
}

static bool add_use(void *arg, const dki_node *node)
{
    struct uses *uses = arg;
    size_t meant = node->kind == DKI_NODE_NAME ? find_meant(uses, node->text) : SIZE_MAX;

    if (meant == SIZE_MAX)
        return true;
    if (uses->n < uses->capacity) {
        uses->nodes[uses->n] = node;
        uses->dimensions[uses->n] = meant;
    }
    uses->n++;
    return true;
}

/* The text of the expression with the dimensions in the place of their names; NULL: no memory. */
static const char *replaced(const struct uses *uses, const dk_expr *expr, dk_error *err)
{
    const char *text = dk_expr_text(expr);
    size_t size = strlen(text) + 1, from = 0, to = 0;
    char *out;

    for (size_t i = 0; i < uses->n; i++)
        size += strlen(dki_expr_body(uses->breakdown->by[uses->dimensions[i]].expr)) + 2;
    out = dki_arena_alloc((dki_arena *)(uintptr_t)&uses->breakdown->arena, size, err);
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < uses->n; i++) { /* leaves of a tree come in the order of the text */
        const char *body = dki_expr_body(uses->breakdown->by[uses->dimensions[i]].expr);
        size_t n = uses->nodes[i]->at - from, n_body = strlen(body);

        memcpy(out + to, text + from, n);
        to += n;
        out[to++] = '(';
        memcpy(out + to, body, n_body);
        to += n_body;
        out[to++] = ')';
        from = uses->nodes[i]->at + uses->nodes[i]->size;
    }
    memcpy(out + to, text + from, strlen(text + from) + 1);
    return out;
}

dk_status dki_breakdown_use_earlier(dk_breakdown *breakdown, dki_part *part, dk_error *err)
{
    struct uses uses = { .breakdown = breakdown, .n_before = breakdown->n_by };
    const dki_node *root = dki_expr_root(part->expr);
    const dk_expr *made = NULL;
    const char *text;
    dk_status status;

    (void)dki_node_visit(root, add_use, &uses);
    if (uses.n == 0)
        return DK_OK;
    uses.capacity = uses.n;
    uses.nodes = dki_arena_array(&breakdown->arena, uses.n, sizeof *uses.nodes, err);
    uses.dimensions = dki_arena_array(&breakdown->arena, uses.n, sizeof *uses.dimensions, err);
    if (uses.nodes == NULL || uses.dimensions == NULL)
        return DK_ERR_MEMORY;
    uses.n = 0;
    (void)dki_node_visit(root, add_use, &uses);
    text = replaced(&uses, part->expr, err);
    if (text == NULL)
        return DK_ERR_MEMORY;
    status = dk_expr_parse(breakdown->context, text, &made, err);
    if (status != DK_OK)
        return status;
    dk_expr_release(part->expr);
    part->expr = made;
    part->name = dk_expr_name(made);
    return DK_OK;
}
