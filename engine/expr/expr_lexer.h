/* expr_lexer.h - the words of an expression. For engine/expr alone. */
#ifndef DKI_EXPR_EXPR_LEXER_H
#define DKI_EXPR_EXPR_LEXER_H

#include <dekking/expr.h>

#include "base/arena.h"

typedef enum dki_token_kind {
    DKI_TOKEN_END,
    DKI_TOKEN_NAME,    /* text; quoted: it stood in backquotes and is no keyword */
    DKI_TOKEN_LITERAL, /* value: integer, decimal, real, text */
    DKI_TOKEN_PARAM,   /* text without $ */
    DKI_TOKEN_SIGN     /* text: an operator or a bracket */
} dki_token_kind;

typedef struct dki_token {
    dki_token_kind kind;
    uint32_t at, size; /* place in the text, bytes */
    const char *text;  /* terminated */
    bool quoted;
    dk_value value;
} dki_token;

typedef struct dki_lexer {
    const char *text;
    size_t size;
    size_t at;
    dki_arena *arena; /* where texts of tokens live */
} dki_lexer;

/* Where byte `byte` of what a text literal means stands in the expression's text: the literal is looked for from `from`, and
 * ends before `to`. Behind its last byte that is the closing quote. */
size_t dki_lexer_text_place(const char *text, size_t from, size_t to, size_t byte);
/* Whether the text is one name, or a word of the language, as it stands. */
bool dki_lexer_is_name(const char *text);
/* Reads the next token. Errors: DK_ERR_SYNTAX with the place, DK_ERR_MEMORY. */
dk_status dki_lexer_next(dki_lexer *lexer, dki_token *out, dk_error *err);

#endif
