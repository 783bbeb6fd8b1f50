/* expr_parser.h - from text to a tree. For engine/expr alone. */
#ifndef DKI_EXPR_EXPR_PARSER_H
#define DKI_EXPR_EXPR_PARSER_H

#include "base/arena.h"
#include "node.h"

/* Parses text into arena. *name is the name before "=", or NULL. */
dk_status dki_parse(const char *text, size_t size, dki_arena *arena, const dki_node **root, const char **name,
                    dk_error *err);
/* Whether a word is the language's own, and a name only in backquotes. */
bool dki_is_keyword(const char *word);

#endif
