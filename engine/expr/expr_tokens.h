/* expr_tokens.h - the token at which the parser stands. For engine/expr/expr_*.c alone. */
#ifndef DKI_EXPR_EXPR_TOKENS_H
#define DKI_EXPR_EXPR_TOKENS_H

#include "expr_lexer.h"
#include "node.h"

/* Where parsing stands. */
typedef struct dki_parser {
    dki_lexer lexer;
    dki_token token;          /* the next one */
    const char *word;         /* the token before it, where that was a name */
    uint32_t end;             /* where it ended */
    int n_open;               /* brackets and unary operators around the next token */
    const dki_node *bare_not; /* the last `not x` that stands in no brackets of its own */
    dki_arena *arena;
    dk_error *err;
} dki_parser;

/* Fails with the message and a mark under the place. */
dk_status dki_parser_fail(dki_parser *p, uint32_t at, uint32_t size, const char *message);
/* Fails with what is wanted in the place of the token. */
dk_status dki_parser_unexpected(dki_parser *p, const char *wanted);
/* Goes to the next token. */
dk_status dki_parser_advance(dki_parser *p);
/* Whether the token is that sign, or that word without quotes. */
bool dki_parser_is_sign(const dki_parser *p, const char *sign);
bool dki_parser_is_word(const dki_parser *p, const char *word);
/* Goes past a sign that must be there. */
dk_status dki_parser_expect(dki_parser *p, const char *sign);

#endif
