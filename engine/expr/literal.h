/* literal.h - values as text of an expression.
 *
 * The parser reads back exactly the value, whatever is in it: every byte that could end or change a literal is escaped.
 */
#ifndef DKI_EXPR_LITERAL_H
#define DKI_EXPR_LITERAL_H

#include <dekking/value.h>

/* Bytes that dki_literal_into needs at most, with the terminator. The value is no interval. */
size_t dki_literal_size(const dk_value *value);
/* Writes the value; a negative number with its sign, of which `-x` would make a comment. Returns the length. */
size_t dki_literal_into(const dk_value *value, char *out);

#endif
