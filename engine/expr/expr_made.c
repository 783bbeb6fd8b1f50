/* expr_made.c - the nodes that the parser makes, and lists of them while it does not know how many there will be. */
#include "expr_made.h"

#include <string.h>

#include "mark.h"

#define MAX_DEPTH 400

dki_node *dki_parser_node(dki_parser *p, dki_node_kind kind, const char *text, uint32_t at, size_t n_children)
{
    dki_node *node = dki_arena_array(p->arena, 1, sizeof *node, p->err);

    if (node == NULL)
        return NULL;
    node->kind = kind;
    node->text = text;
    node->at = at;
    node->depth = 1;
    node->n_children = n_children;
    node->children = dki_arena_array(p->arena, n_children, sizeof(dki_node *), p->err);
    return node->children ? node : NULL;
}

dk_status dki_parser_finish(dki_parser *p, dki_node *node, dki_node **out)
{
    node->size = p->end - node->at;
    for (size_t i = 0; i < node->n_children; i++)
        if (node->children[i]->depth >= node->depth)
            node->depth = node->children[i]->depth + 1;
    if (node->depth > MAX_DEPTH + 1) /* operators, and a leaf */
        return dki_mark_fail(p->lexer.text, node->at, node->size, p->err, DK_ERR_SYNTAX,
                             "the expression is more than %d operators deep", MAX_DEPTH);
    *out = node;
    return DK_OK;
}

dk_status dki_parser_op(dki_parser *p, const char *text, dki_node *a, dki_node *b, uint32_t at, dki_node **out)
{
    dki_node *node = dki_parser_node(p, DKI_NODE_CALL, text, at, b ? 2 : 1);

    if (node == NULL)
        return DK_ERR_MEMORY;
    node->children[0] = a;
    if (b)
        node->children[1] = b;
    return dki_parser_finish(p, node, out);
}

dk_status dki_parser_list_add(dki_parser *p, dki_node_list *list, dki_node *item)
{
    if (list->n == list->capacity) {
        size_t larger = list->capacity ? list->capacity * 2 : 4;
        dki_node **items = dki_arena_array(p->arena, larger, sizeof *items, p->err);

        if (items == NULL)
            return DK_ERR_MEMORY;
        if (list->n > 0)
            memcpy(items, list->items, list->n * sizeof *items);
        list->items = items;
        list->capacity = larger;
    }
    list->items[list->n++] = item;
    return DK_OK;
}

dk_status dki_parser_op_list(dki_parser *p, const char *text, uint32_t at, const dki_node_list *list,
                             dki_node **out)
{
    dki_node *node = dki_parser_node(p, DKI_NODE_CALL, text, at, 0);

    if (node == NULL)
        return DK_ERR_MEMORY;
    node->n_children = list->n;
    node->children = list->items;
    return dki_parser_finish(p, node, out);
}
