/* node.h - the one tree of every expression, from text and from Lua alike.
 *
 * A tree knows no table: names are texts. It lives in the arena of its dk_expr and is never changed after parsing, so
 * that a node may stand in two places (the condition of `a / b where c` belongs to every aggregate on its left). Its depth
 * is limited (expr_parser.c): who walks it may recurse.
 *
 * kind       text                        children            filter
 * LITERAL    -                           -                   -          value; null is a literal with is_null
 * NAME       column, dimension, measure  -                   -
 * PARAM      name without $              -                   -
 * CALL       operator or function        operands            -
 * AGGREGATE  count, rows, sum, ...       arguments           its where, or NULL
 *
 * Operators as CALL texts: "+" "-" (of one operand too) "*" "/" "//" "%" ".." "==" "~=" "<" "<=" ">" ">=" "and" "or" (two
 * operands or more) "not" "in" (the first child is tested against the others) "between" "is null" "is true" "is total" (their
 * negations are "not" around them).
 * Functions: their own name. "all" is a CALL whose first child is a measure (NAME or an expression of aggregates)
 * and whose other children are NAMEs of dimensions. "attached" is a CALL without children whose argument is in `other`: it speaks of
 * another table, so that who walks a tree does not meet it. What it says of finer groups has a text of its own, and as its
 * child the measure of those who are surely among them.
 */
#ifndef DKI_EXPR_NODE_H
#define DKI_EXPR_NODE_H

#include <dekking/expr.h>

#define DKI_ATTACHED_BOUNDS "attached bounds"
#define DKI_ATTACHED_ESTIMATE "attached estimate"

typedef enum dki_node_kind {
    DKI_NODE_LITERAL,
    DKI_NODE_NAME,
    DKI_NODE_PARAM,
    DKI_NODE_CALL,
    DKI_NODE_AGGREGATE
} dki_node_kind;

typedef struct dki_node {
    dki_node_kind kind;
    uint32_t at;    /* first byte in the expression's text */
    uint32_t size;  /* bytes of it that belong to this node, brackets around it included */
    uint32_t depth; /* nodes from here to the deepest leaf */
    const char *text;
    dk_value value;
    size_t n_children;
    struct dki_node **children;
    struct dki_node *filter;
    struct dki_node *other;
} dki_node;

/* The tree of an expression; borrowed. */
const dki_node *dki_expr_root(const dk_expr *expr);

/* The text of an expression behind its name. */
const char *dki_expr_body(const dk_expr *expr);

/* Calls visit for a node and everything below it, filters included; stops and returns false when visit does. */
typedef bool dki_node_visit_fn(void *arg, const dki_node *node);
bool dki_node_visit(const dki_node *node, dki_node_visit_fn *visit, void *arg);
/* Same kind, texts, values, children and filters (places apart): the same thing is computed once. */
bool dki_node_equal(const dki_node *a, const dki_node *b);
/* The text of the node as it was written, terminated, cut where it is long. */
#define DKI_NODE_TEXT 80
const char *dki_node_text(const dk_expr *expr, const dki_node *node, char out[DKI_NODE_TEXT]);
/* Sets err's message so that it shows the text with a mark under the node, and line and column; returns code.
 *   message: "unknown column leeftjd", then on lines of their own the expression and ^^^^^^^ */
DK_PRINTF(5, 6)
dk_status dki_node_fail(const dk_expr *expr, const dki_node *node, dk_error *err, dk_status code,
                        const char *format, ...);
/* The same with the mark under one byte of what a text means, where the node is a text that stands there. */
DK_PRINTF(6, 7)
dk_status dki_node_fail_within(const dk_expr *expr, const dki_node *node, size_t byte, dk_error *err,
                               dk_status code, const char *format, ...);

#endif
