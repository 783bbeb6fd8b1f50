/* node.c - walking, comparing, and pointing at nodes of a tree. */
#include "node.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "expr_lexer.h"
#include "mark.h"

bool dki_node_visit(const dki_node *node, dki_node_visit_fn *visit, void *arg)
{
    if (!visit(arg, node))
        return false;
    for (size_t i = 0; i < node->n_children; i++)
        if (!dki_node_visit(node->children[i], visit, arg))
            return false;
    return node->filter == NULL || dki_node_visit(node->filter, visit, arg);
}

static bool equal_values(const dk_value *a, const dk_value *b)
{
    if (a->type != b->type || a->is_null != b->is_null || a->scale != b->scale)
        return false;
    return a->is_null || dk_value_compare(a, b) == 0;
}

bool dki_node_equal(const dki_node *a, const dki_node *b)
{
    if (a == b)
        return true;
    if (a == NULL || b == NULL || a->kind != b->kind || a->n_children != b->n_children)
        return false;
    if (a->kind == DKI_NODE_LITERAL)
        return equal_values(&a->value, &b->value);
    if (strcmp(a->text, b->text) != 0 || !dki_node_equal(a->filter, b->filter) ||
        !dki_node_equal(a->other, b->other))
        return false;
    for (size_t i = 0; i < a->n_children; i++)
        if (!dki_node_equal(a->children[i], b->children[i]))
            return false;
    return true;
}

const char *dki_node_text(const dk_expr *expr, const dki_node *node, char out[DKI_NODE_TEXT])
{
    const char *from = dk_expr_text(expr) + node->at;
    size_t n = dki_utf8_floor(from, node->size, DKI_NODE_TEXT - 1);

    memcpy(out, from, n);
    out[n] = '\0';
    return out;
}

dk_status dki_node_fail(const dk_expr *expr, const dki_node *node, dk_error *err, dk_status code,
                        const char *format, ...)
{
    char message[320];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return dki_mark_fail(dk_expr_text(expr), node->at, node->size, err, code, "%s", message);
}

dk_status dki_node_fail_within(const dk_expr *expr, const dki_node *node, size_t byte, dk_error *err,
                               dk_status code, const char *format, ...)
{
    size_t at = node->at, size = node->size;
    char message[320];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (node->kind == DKI_NODE_LITERAL && node->value.type == DK_TEXT && !node->value.is_null) {
        at = dki_lexer_text_place(dk_expr_text(expr), node->at, node->at + node->size, byte);
        size = 1;
    }
    return dki_mark_fail(dk_expr_text(expr), at, size, err, code, "%s", message);
}
