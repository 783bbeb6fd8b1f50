/* quote.h - names of columns, as expressions read them. */
#ifndef DKI_EXPR_QUOTE_H
#define DKI_EXPR_QUOTE_H

#include "base/arena.h"

/* Whether a name can stand in an expression as it is: one word, of letters of any script, that is not the language's own. */
bool dki_is_word(const char *name);

/* Bytes that dki_quote_into needs at most, with the terminator. */
size_t dki_quote_size(const char *name);
/* Writes the name as it is, or else between backquotes, of which those within are doubled. Returns the length. */
size_t dki_quote_into(const char *name, char *out);
/* The same, in the arena; NULL: out of memory, err tells. */
const char *dki_quote(dki_arena *arena, const char *name, dk_error *err);

#define DKI_QUOTED_SIZE 200
/* The same for a message: a name that is longer than that is cut, and stands as it is. Returns out. */
const char *dki_quote_shown(const char *name, char out[DKI_QUOTED_SIZE]);

#endif
