/* interval_guard.c - quotients that are asked for only where their denominator is not 0.
 *
 * A quotient in bounds may be null where its denominator may be 0. In case(n ~= 0, k / n, 0), and behind n == 0 in
 * case(n == 0, 0, k / n), it is not: where it is chosen n is another number. What conditions say is told by their trees.
 */
#include <string.h>

#include "interval.h"

static bool is_call(const dki_node *node, const char *name)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, name) == 0;
}

#define NO_NUMBER 2

/* The sign of a number that is written out; else NO_NUMBER. */
static int sign_of(const dki_node *node)
{
    if (is_call(node, "-") && node->n_children == 1)
        return sign_of(node->children[0]) == NO_NUMBER ? NO_NUMBER : -sign_of(node->children[0]);
    if (node->kind != DKI_NODE_LITERAL || node->value.is_null ||
        (node->value.type != DK_INTEGER && node->value.type != DK_DECIMAL))
        return NO_NUMBER;
    return (node->value.as.integer > 0) - (node->value.as.integer < 0);
}

/* Whether `number sign other` keeps 0 out. */
static bool comparison_excludes(const char *sign, const dki_node *other)
{
    int than = sign_of(other);

    if (than == NO_NUMBER)
        return false;
    return strcmp(sign, "~=") == 0   ? than == 0
           : strcmp(sign, "==") == 0 ? than != 0
           : strcmp(sign, ">") == 0  ? than >= 0
           : strcmp(sign, ">=") == 0 ? than > 0
           : strcmp(sign, "<") == 0  ? than <= 0
           : strcmp(sign, "<=") == 0 ? than < 0
                                     : false;
}

/* Whether a number is not 0 where the condition holds, or where it does not. */
static bool excludes_zero(const dki_node *condition, bool holds, const dki_node *number)
{
    static const char *const signs[] = { "==", "<", "<=" }, *const opposites[] = { "~=", ">=", ">" };
    static const char *const turned[] = { "==", ">", ">=" }, *const opposites_turned[] = { "~=", "<=", "<" };

    if (is_call(condition, "not"))
        return excludes_zero(condition->children[0], !holds, number);
    if (is_call(condition, holds ? "and" : "or"))
        for (size_t i = 0; i < condition->n_children; i++)
            if (excludes_zero(condition->children[i], holds, number))
                return true;
    for (size_t i = 0; i < 3; i++) {
        bool is_sign = is_call(condition, signs[i]), is_opposite = is_call(condition, opposites[i]);

        if (!is_sign && !is_opposite)
            continue;
        return (dki_node_equal(condition->children[0], number) &&
                comparison_excludes((is_sign == holds ? signs : opposites)[i], condition->children[1])) ||
               (dki_node_equal(condition->children[1], number) &&
                comparison_excludes((is_sign == holds ? turned : opposites_turned)[i], condition->children[0]));
    }
    return false;
}

/* The conditions before a value, of which the last one holds where it is its own. */
struct guard {
    const dki_node *const *conditions;
    size_t n;
    bool last_holds;
};

static bool is_guarded(const struct guard *guard, const dki_node *quotient)
{
    bool is_one = false;

    if (!is_call(quotient, "/") || quotient->n_children != 2)
        return false;
    for (size_t i = 0; i < guard->n; i++)
        is_one = is_one ||
                 excludes_zero(guard->conditions[i], guard->last_holds && i + 1 == guard->n, quotient->children[1]);
    return is_one;
}

static bool look(void *arg, const dki_node *node)
{
    return !is_guarded(arg, node); /* ends where one is found */
}

static void mark(const struct guard *guard, dki_op *op)
{
    if (op->type == DK_INTERVAL && op->sign == '/' && is_guarded(guard, op->node))
        op->sign = DKI_GUARDED;
    for (size_t i = 0; i < op->n_args; i++)
        mark(guard, op->args[i]);
}

dk_status dki_interval_guard(dki_binder *b, const dki_node *const *conditions, size_t n, bool last_holds,
                             dki_op **value)
{
    struct guard guard = { conditions, n, last_holds };
    dki_scope scope = *b->scope; /* parts that are shared are asked for elsewhere, too */
    dki_binder own = { &scope, b->bound, b->err };
    dk_status status;

    if (dki_node_visit((*value)->node, look, &guard))
        return DK_OK;
    scope.common = NULL;
    status = dki_bind_node(&own, (*value)->node, value);
    if (status == DK_OK)
        mark(&guard, *value);
    return status;
}
