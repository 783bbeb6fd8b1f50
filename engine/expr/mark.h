/* mark.h - errors that show an expression with a mark under the place. For engine/expr alone. */
#ifndef DKI_EXPR_MARK_H
#define DKI_EXPR_MARK_H

#include <dekking/error.h>

/* Fails for bytes at .. at + size - 1 of a text: the message, then on lines of their own the line of the text and
 * ^^^ under the place; err's line and column (characters) point there too. err may be NULL. Returns code. */
DK_PRINTF(6, 7)
dk_status dki_mark_fail(const char *text, size_t at, size_t size, dk_error *err, dk_status code, const char *format,
                        ...);

/* Sets err's line and column to a byte of the text, and nothing else. */
void dki_mark_at(const char *text, size_t at, dk_error *err);

#endif
