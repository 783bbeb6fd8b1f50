/* expr_parser.c - operator precedence by descent.
 *
 *   where < or < and < comparison, in, between, is < .. < + - < * / // % < unary not, - < ( ) literals names calls
 *
 * Brackets nest to a limited depth, and so does the tree (a long sum is a deep one), so that neither parsing nor whoever
 * walks the tree can use up the stack. A chain of `and` or `or` is one node, and may be as long as the text.
 */
#include "expr_parser.h"

#include <string.h>

#include "base/status.h"
#include "expr_made.h"
#include "expr_tokens.h"
#include "mark.h"

#define MAX_BRACKETS 150
#define MAX_TEXT 65536

static dk_status parse_or(dki_parser *p, dki_node **out);
static dk_status parse_where(dki_parser *p, dki_node *left);

static dk_status enter(dki_parser *p)
{
    if (++p->n_open > MAX_BRACKETS + 1) /* the expression itself is the first */
        return dki_mark_fail(p->lexer.text, p->token.at, p->token.size, p->err, DK_ERR_SYNTAX,
                             "the expression is nested more than %d deep", MAX_BRACKETS);
    return DK_OK;
}

/* Expressions with commas between them, up to a closing sign, which is taken too. */
static dk_status parse_items(dki_parser *p, const char *closing, dki_node_list *list)
{
    char wanted[16] = "\",\" or \"?\"";
    dk_status status;

    wanted[8] = closing[0];
    for (;;) {
        dki_node *item = NULL;

        if ((status = parse_or(p, &item)) != DK_OK || (status = dki_parser_list_add(p, list, item)) != DK_OK)
            return status;
        if (dki_parser_is_sign(p, closing))
            return dki_parser_advance(p);
        if (dki_parser_is_word(p, "where")) {
            dki_parser_fail(p, p->token.at, p->token.size, "a condition stands behind the aggregate, not in it");
            dki_hint(p->err, "sum(x) where y");
            return DK_ERR_SYNTAX;
        }
        if (!dki_parser_is_sign(p, ","))
            return dki_parser_unexpected(p, wanted);
        if ((status = dki_parser_advance(p)) != DK_OK)
            return status;
    }
}

/* Primaries --------------------------------------------------------------------------------------------------------- */

static dk_status parse_call(dki_parser *p, const dki_token *name, dki_node **out)
{
    dki_node_list list = { 0 };
    dk_status status;

    if ((status = dki_parser_advance(p)) != DK_OK ||
        (status = dki_parser_is_sign(p, ")") ? dki_parser_advance(p) : parse_items(p, ")", &list)) != DK_OK)
        return status;
    return dki_parser_call(p, name, &list, out);
}

static dk_status literal(dki_parser *p, dk_value value, dki_node **out)
{
    dki_node *node = dki_parser_node(p, DKI_NODE_LITERAL, NULL, p->token.at, 0);

    if (node == NULL)
        return DK_ERR_MEMORY;
    node->size = p->token.size;
    node->value = value;
    *out = node;
    return dki_parser_advance(p);
}

static dk_status parse_name(dki_parser *p, dki_node **out)
{
    dki_token name = p->token;
    dki_node *node;
    dk_status status;

    if (!name.quoted) {
        if (strcmp(name.text, "true") == 0 || strcmp(name.text, "false") == 0)
            return literal(p, (dk_value){ .type = DK_BOOLEAN, .as.boolean = name.text[0] == 't' }, out);
        if (strcmp(name.text, "null") == 0)
            return literal(p, (dk_value){ .type = DK_BOOLEAN, .is_null = true }, out);
        if (dki_is_keyword(name.text))
            return dki_parser_unexpected(p, "a value");
    }
    if ((status = dki_parser_advance(p)) != DK_OK)
        return status;
    if (!name.quoted && dki_parser_is_sign(p, "("))
        return parse_call(p, &name, out);
    if (!name.quoted && strcmp(name.text, "date") == 0 && p->token.kind == DKI_TOKEN_LITERAL &&
        p->token.value.type == DK_TEXT) { /* date '2024-12-31' */
        dki_node *text = NULL;

        if ((status = literal(p, p->token.value, &text)) != DK_OK)
            return status;
        return dki_parser_op(p, "date", text, NULL, name.at, out);
    }
    node = dki_parser_node(p, DKI_NODE_NAME, name.text, name.at, 0);
    if (node == NULL)
        return DK_ERR_MEMORY;
    node->size = name.size;
    *out = node;
    return DK_OK;
}

static dk_status parse_primary(dki_parser *p, dki_node **out)
{
    dk_status status;
    uint32_t at = p->token.at;

    switch (p->token.kind) {
    case DKI_TOKEN_LITERAL: return literal(p, p->token.value, out);
    case DKI_TOKEN_NAME: return parse_name(p, out);
    case DKI_TOKEN_PARAM: {
        dki_node *node = dki_parser_node(p, DKI_NODE_PARAM, p->token.text, at, 0);

        if (node == NULL)
            return DK_ERR_MEMORY;
        node->size = p->token.size;
        *out = node;
        return dki_parser_advance(p);
    }
    default: break;
    }
    if (!dki_parser_is_sign(p, "("))
        return dki_parser_unexpected(p, "a value");
    if ((status = dki_parser_advance(p)) != DK_OK || (status = parse_or(p, out)) != DK_OK)
        return status;
    /* (count() where x) / count(): a condition for what is in the brackets alone */
    if (dki_parser_is_word(p, "where") && (status = parse_where(p, *out)) != DK_OK)
        return status;
    if ((status = dki_parser_expect(p, ")")) != DK_OK)
        return status;
    (*out)->at = at; /* the brackets belong to what they hold */
    (*out)->size = p->end - at;
    p->bare_not = NULL;
    return DK_OK;
}

/* Operators --------------------------------------------------------------------------------------------------------- */

/* -5 is a literal. Literals are never the least integer, so that the negative fits. */
static bool negate_literal(dki_node *node)
{
    if (node->kind != DKI_NODE_LITERAL || !dk_type_is_number(node->value.type))
        return false;
    if (node->value.type == DK_REAL)
        node->value.as.real = 0.0 - node->value.as.real;
    else
        node->value.as.integer = -node->value.as.integer;
    return true;
}

static dk_status parse_unary(dki_parser *p, dki_node **out)
{
    uint32_t at = p->token.at;
    bool negates = dki_parser_is_word(p, "not"), minus = dki_parser_is_sign(p, "-");
    dki_node *operand = NULL;
    dk_status status;

    if (!negates && !minus)
        return parse_primary(p, out);
    if ((status = enter(p)) != DK_OK || (status = dki_parser_advance(p)) != DK_OK ||
        (status = parse_unary(p, &operand)) != DK_OK)
        return status;
    p->n_open--;
    if (minus && negate_literal(operand)) {
        operand->size += operand->at - at;
        operand->at = at;
        *out = operand;
        return DK_OK;
    }
    status = dki_parser_op(p, negates ? "not" : "-", operand, NULL, at, out);
    p->bare_not = status == DK_OK && negates ? *out : NULL;
    return status;
}

typedef dk_status parse_fn(dki_parser *p, dki_node **out);

/* The sign of a list that comes next, or NULL. */
static const char *next_sign(const dki_parser *p, const char *const *signs)
{
    for (size_t i = 0; signs[i]; i++)
        if (dki_parser_is_sign(p, signs[i]))
            return signs[i];
    return NULL;
}

/* Operands of one level, from left to right. */
static dk_status parse_chain(dki_parser *p, parse_fn *operand, const char *const *signs, dki_node **out)
{
    dki_node *left = NULL, *right = NULL;
    dk_status status = operand(p, &left);
    const char *sign;

    while (status == DK_OK && (sign = next_sign(p, signs)) != NULL)
        if ((status = dki_parser_advance(p)) == DK_OK && (status = operand(p, &right)) == DK_OK)
            status = dki_parser_op(p, sign, left, right, left->at, &left);
    *out = left;
    return status;
}

/* Conditions joined by one word: one node. */
static dk_status parse_junction(dki_parser *p, parse_fn *operand, const char *word, dki_node **out)
{
    dki_node_list list = { 0 };
    dk_status status;

    for (;;) {
        dki_node *item = NULL;

        if ((status = operand(p, &item)) != DK_OK)
            return status;
        if (list.n == 0 && !dki_parser_is_word(p, word)) {
            *out = item;
            return DK_OK;
        }
        if ((status = dki_parser_list_add(p, &list, item)) != DK_OK)
            return status;
        if (!dki_parser_is_word(p, word))
            return dki_parser_op_list(p, word, list.items[0]->at, &list, out);
        if ((status = dki_parser_advance(p)) != DK_OK)
            return status;
    }
}

static dk_status parse_product(dki_parser *p, dki_node **out)
{
    static const char *const signs[] = { "*", "//", "/", "%", NULL };

    return parse_chain(p, parse_unary, signs, out);
}

static dk_status parse_sum(dki_parser *p, dki_node **out)
{
    static const char *const signs[] = { "+", "-", NULL };

    return parse_chain(p, parse_product, signs, out);
}

static dk_status parse_concat(dki_parser *p, dki_node **out)
{
    static const char *const signs[] = { "..", NULL };

    return parse_chain(p, parse_sum, signs, out);
}

static bool is_null_literal(const dki_node *node)
{
    return node->kind == DKI_NODE_LITERAL && node->value.is_null;
}

/* x in (a, b) */
static dk_status parse_in(dki_parser *p, dki_node *left, dki_node **out)
{
    dki_node_list list = { 0 };
    const char *closing = dki_parser_is_sign(p, "{") ? "}" : ")";
    dk_status status = dki_parser_list_add(p, &list, left);

    if (status != DK_OK)
        return status;
    if (!dki_parser_is_sign(p, "(") && !dki_parser_is_sign(p, "{"))
        return dki_parser_unexpected(p, "a list such as (1, 2)");
    if ((status = dki_parser_advance(p)) != DK_OK || (status = parse_items(p, closing, &list)) != DK_OK)
        return status;
    return dki_parser_op_list(p, "in", left->at, &list, out);
}

static dk_status parse_between(dki_parser *p, dki_node *left, dki_node **out)
{
    dki_node *node, *least = NULL, *greatest = NULL;
    dk_status status = parse_concat(p, &least);

    if (status != DK_OK)
        return status;
    if (!dki_parser_is_word(p, "and"))
        return dki_parser_unexpected(p, "\"and\" and the upper bound");
    if ((status = dki_parser_advance(p)) != DK_OK || (status = parse_concat(p, &greatest)) != DK_OK)
        return status;
    node = dki_parser_node(p, DKI_NODE_CALL, "between", left->at, 3);
    if (node == NULL)
        return DK_ERR_MEMORY;
    node->children[0] = left;
    node->children[1] = least;
    node->children[2] = greatest;
    return dki_parser_finish(p, node, out);
}

/* What follows "is": [not] null, true, total */
static dk_status parse_is(dki_parser *p, dki_node *left, dki_node **out)
{
    dk_status status;
    bool negated = dki_parser_is_word(p, "not");
    const char *test;
    dki_node *node = NULL;
    dk_meaning meaning;

    if (negated && (status = dki_parser_advance(p)) != DK_OK)
        return status;
    test = dki_parser_is_word(p, "null")    ? "is null"
           : dki_parser_is_word(p, "true")  ? "is true"
           : dki_parser_is_word(p, "total") ? "is total"
                                            : NULL;
    if (test == NULL) {
        status = dki_parser_unexpected(p, "null, true or total");
        if (dki_parser_is_word(p, "false"))
            dki_hint(p->err, "not x holds where x is false, x is not true also where it is null");
        else if (p->token.kind == DKI_TOKEN_NAME && dk_meaning_find(p->token.text, &meaning))
            dki_hint(p->err, "meaning(x) = '%s' asks what stands for a number", p->token.text);
        return status;
    }
    if ((status = dki_parser_advance(p)) != DK_OK ||
        (status = dki_parser_op(p, test, left, NULL, left->at, &node)) != DK_OK)
        return status;
    return negated ? dki_parser_op(p, "not", node, NULL, left->at, out) : (*out = node, DK_OK);
}

/* `not x is null` would be `(not x) is null`, which few who write it mean. */
static dk_status check_not(dki_parser *p, const dki_node *left, const char *word)
{
    if (left != p->bare_not)
        return DK_OK;
    dki_mark_fail(p->lexer.text, left->at, left->size, p->err, DK_ERR_SYNTAX,
                  "`not` binds tighter than `%s`: this can be read in two ways", word);
    if (strcmp(word, "is") == 0)
        dki_hint(p->err, "write `x is not ...`, or brackets");
    else
        dki_hint(p->err, "write `x not %s ...`, or brackets", word);
    return DK_ERR_SYNTAX;
}

static dk_status parse_order(dki_parser *p, const char *sign, dki_node **left)
{
    dki_node *right = NULL;
    uint32_t at = p->token.at;
    dk_status status;

    if ((status = dki_parser_advance(p)) != DK_OK || (status = parse_concat(p, &right)) != DK_OK)
        return status;
    if (is_null_literal(*left) || is_null_literal(right)) {
        dki_mark_fail(p->lexer.text, at, p->end - at, p->err, DK_ERR_SYNTAX,
                      "nothing is equal to null, which means \"not known\"");
        dki_hint(p->err, "write `is null` or `is not null`");
        return DK_ERR_SYNTAX;
    }
    return dki_parser_op(p, sign, *left, right, (*left)->at, left);
}

/* What follows x: [not] in, [not] between */
static dk_status parse_member(dki_parser *p, dki_node **left)
{
    bool negated = dki_parser_is_word(p, "not"), in;
    dk_status status;

    if (negated && (status = dki_parser_advance(p)) != DK_OK)
        return status;
    in = dki_parser_is_word(p, "in");
    if (!in && !dki_parser_is_word(p, "between"))
        return dki_parser_unexpected(p, "\"in\" or \"between\"");
    if ((status = check_not(p, *left, in ? "in" : "between")) != DK_OK || (status = dki_parser_advance(p)) != DK_OK)
        return status;
    status = in ? parse_in(p, *left, left) : parse_between(p, *left, left);
    return status == DK_OK && negated ? dki_parser_op(p, "not", *left, NULL, (*left)->at, left) : status;
}

static dk_status parse_comparison(dki_parser *p, dki_node **out)
{
    static const char *const signs[] = { "==", "~=", "<=", ">=", "<", ">", NULL };
    dki_node *left = NULL;
    dk_status status = parse_concat(p, &left);

    while (status == DK_OK) {
        const char *sign = next_sign(p, signs);

        if (sign) {
            status = parse_order(p, sign, &left);
        } else if (dki_parser_is_word(p, "is")) {
            if ((status = check_not(p, left, "is")) == DK_OK && (status = dki_parser_advance(p)) == DK_OK)
                status = parse_is(p, left, &left);
        } else if (dki_parser_is_word(p, "in") || dki_parser_is_word(p, "between") ||
                   dki_parser_is_word(p, "not")) {
            status = parse_member(p, &left);
        } else {
            break;
        }
    }
    *out = left;
    return status;
}

static dk_status parse_and(dki_parser *p, dki_node **out)
{
    return parse_junction(p, parse_comparison, "and", out);
}

static dk_status parse_or(dki_parser *p, dki_node **out)
{
    dk_status status = enter(p);

    if (status == DK_OK)
        status = parse_junction(p, parse_and, "or", out);
    p->n_open--;
    return status;
}

/* where ------------------------------------------------------------------------------------------------------------- */

/* Gives the condition to every aggregate in node, besides the one it has. */
static dk_status push_filter(dki_parser *p, dki_node *node, dki_node *condition, size_t *n_aggregates)
{
    dk_status status = DK_OK;

    if (node->kind == DKI_NODE_AGGREGATE) {
        ++*n_aggregates;
        if (node->filter)
            return dki_parser_op(p, "and", node->filter, condition, condition->at, &node->filter);
        node->filter = condition;
        return DK_OK;
    }
    for (size_t i = 0; i < node->n_children && status == DK_OK; i++)
        status = push_filter(p, node->children[i], condition, n_aggregates);
    return status;
}

static dk_status parse_where(dki_parser *p, dki_node *left)
{
    dki_node *condition = NULL;
    size_t n_aggregates = 0;
    uint32_t at = p->token.at;
    dk_status status;

    if ((status = dki_parser_advance(p)) != DK_OK || (status = parse_or(p, &condition)) != DK_OK ||
        (status = push_filter(p, left, condition, &n_aggregates)) != DK_OK)
        return status;
    if (n_aggregates == 0) {
        dki_parser_fail(p, at, 5, "there is no aggregate that this where could limit");
        dki_hint(p->err, "where limits count(), sum(x) and the like; a condition alone is written without it");
        return DK_ERR_SYNTAX;
    }
    left->size = p->end - left->at;
    if (dki_parser_is_word(p, "where"))
        return dki_parser_fail(p, p->token.at, p->token.size,
                               "a measure has one where: join the conditions with `and`");
    return DK_OK;
}

dk_status dki_parse(const char *text, size_t size, dki_arena *arena, const dki_node **root, const char **name,
                    dk_error *err)
{
    dki_parser p = { .lexer = { text, size, 0, arena }, .arena = arena, .err = err };
    dki_token first;
    dki_lexer start;
    dki_node *node = NULL;
    dk_status status;

    if (size > MAX_TEXT)
        return dki_fail(err, DK_ERR_SYNTAX, "an expression has at most %d bytes, and this one has %zu", MAX_TEXT,
                        size);
    *name = NULL;
    if ((status = dki_parser_advance(&p)) != DK_OK)
        return status;
    first = p.token;
    start = p.lexer;
    if (first.kind == DKI_TOKEN_NAME && (first.quoted || !dki_is_keyword(first.text))) { /* name = expression */
        if ((status = dki_parser_advance(&p)) != DK_OK)
            return status;
        if (dki_parser_is_sign(&p, "=")) {
            *name = first.text;
            if ((status = dki_parser_advance(&p)) != DK_OK)
                return status;
        } else {
            p.lexer = start;
            p.token = first;
        }
    }
    if ((status = parse_or(&p, &node)) != DK_OK)
        return status;
    if (dki_parser_is_word(&p, "where") && (status = parse_where(&p, node)) != DK_OK)
        return status;
    if (p.token.kind != DKI_TOKEN_END)
        return dki_parser_unexpected(&p, "an operator or the end");
    *root = node;
    return DK_OK;
}
