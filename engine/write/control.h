/* control.h - characters that are no letters: what would end a line, move a cursor or turn the text around. For
 * engine/write alone. */
#ifndef DKI_WRITE_CONTROL_H
#define DKI_WRITE_CONTROL_H

#include <dekking/api.h>

typedef enum dki_char_kind {
    DKI_CHAR_PLAIN,
    DKI_CHAR_LINE_END, /* LF, CR, CR LF, NEL, the line and paragraph separators */
    DKI_CHAR_TAB,
    DKI_CHAR_CONTROL, /* the other controls (C0, DEL, C1), and those that change the direction of text */
    DKI_CHAR_BROKEN   /* a byte that is no UTF-8 */
} dki_char_kind;

/* What stands at text, of which size > 0 bytes are there; *n is how many bytes of them it takes. */
dki_char_kind dki_char_next(const char *text, size_t size, size_t *n);

/* What a reader sees in the place of a character that is not shown. */
#define DKI_REPLACEMENT "\xEF\xBF\xBD"

#endif
