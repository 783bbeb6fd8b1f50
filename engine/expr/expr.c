/* expr.c - a parsed expression: its text, its name, its tree, in one arena. */
#include <dekking/expr.h>

#include <stdatomic.h>
#include <string.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "expr_parser.h"
#include "mark.h"

struct dk_expr {
    atomic_size_t n_references;
    dk_context *context;
    dki_arena arena;
    const char *text;
    const char *name;
    const dki_node *root;
};

dk_status dk_expr_parse(dk_context *context, const char *text, const dk_expr **out, dk_error *err)
{
    size_t size = strlen(text), good = dki_utf8_check(text, size);
    dk_expr *expr;
    dk_status status;

    if (good < size) {
        dki_fail(err, DK_ERR_SYNTAX, "byte %zu of the expression is no UTF-8", good + 1);
        dki_mark_at(text, good, err);
        return DK_ERR_SYNTAX;
    }
    expr = dki_calloc(context, 1, sizeof *expr, err);
    if (expr == NULL)
        return DK_ERR_MEMORY;
    atomic_init(&expr->n_references, 1);
    expr->context = dk_context_retain(context);
    dki_arena_init(&expr->arena, context);
    expr->text = dki_arena_text(&expr->arena, text, size, err);
    status = expr->text ? dki_parse(expr->text, size, &expr->arena, &expr->root, &expr->name, err) : DK_ERR_MEMORY;
    if (status != DK_OK) {
        dk_expr_release(expr);
        return status;
    }
    *out = expr;
    return DK_OK;
}

const dk_expr *dk_expr_retain(const dk_expr *expr)
{
    atomic_fetch_add_explicit(&((dk_expr *)(uintptr_t)expr)->n_references, 1, memory_order_relaxed);
    return expr;
}

void dk_expr_release(const dk_expr *shared)
{
    dk_expr *expr = (dk_expr *)(uintptr_t)shared;
    dk_context *context;

    if (expr == NULL || atomic_fetch_sub_explicit(&expr->n_references, 1, memory_order_acq_rel) != 1)
        return;
    context = expr->context;
    dki_arena_drop(&expr->arena);
    dki_free(context, expr);
    dk_context_release(context);
}

const char *dk_expr_name(const dk_expr *expr)
{
    return expr->name;
}

const char *dk_expr_text(const dk_expr *expr)
{
    return expr->text;
}

const dki_node *dki_expr_root(const dk_expr *expr)
{
    return expr->root;
}

const char *dki_expr_body(const dk_expr *expr)
{
    const char *at = expr->text;
    bool quoted = false;

    if (expr->name == NULL)
        return at;
    for (; *at && (quoted || *at != '='); at++) /* a backquote that is doubled ends nothing */
        quoted ^= *at == '`';
    at += *at == '=';
    return at + strspn(at, " \t\r\n");
}
