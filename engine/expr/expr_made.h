/* expr_made.h - the nodes that the parser makes. For engine/expr/expr_*.c alone. */
#ifndef DKI_EXPR_EXPR_MADE_H
#define DKI_EXPR_EXPR_MADE_H

#include "expr_tokens.h"

typedef struct dki_node_list {
    dki_node **items;
    size_t n, capacity;
} dki_node_list;

dk_status dki_parser_list_add(dki_parser *p, dki_node_list *list, dki_node *item);

/* A node that begins at byte `at`, and has room for so many children; NULL with the parser's error filled. */
dki_node *dki_parser_node(dki_parser *p, dki_node_kind kind, const char *text, uint32_t at, size_t n_children);
/* Ends a node, whose children are known, where the parser stands. */
dk_status dki_parser_finish(dki_parser *p, dki_node *node, dki_node **out);
/* An operator of one operand or two, or of a list of them. */
dk_status dki_parser_op(dki_parser *p, const char *text, dki_node *a, dki_node *b, uint32_t at, dki_node **out);
dk_status dki_parser_op_list(dki_parser *p, const char *text, uint32_t at, const dki_node_list *list,
                             dki_node **out);

/* Of expr_call.c: what name(list) is, which ends where the parser stands: a function, or an aggregate, whose arguments are
 * counted here. */
dk_status dki_parser_call(dki_parser *p, const dki_token *name, const dki_node_list *list, dki_node **out);

#endif
