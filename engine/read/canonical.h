/* canonical.h - numbers whose text follows from their value, so that the value is all that need be kept of them.
 *
 * -1758   0   12,50   0.5   1.758,25       not: 1.758 (can be read in two ways), 007, +1, 1e3, 5 %, -0
 */
#ifndef DKI_READ_CANONICAL_H
#define DKI_READ_CANONICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct dki_canonical {
    int64_t value; /* scaled */
    uint8_t scale;
    uint8_t whole_digits; /* before the mark; 0 for 0,5 */
    char mark;            /* '.' or ','; 0 where scale is 0 */
    bool is_grouped;      /* a thousand or more is written in groups */
    bool is_large;        /* a thousand or more: only then is_grouped says anything */
} dki_canonical;

/* Reads a field that can be read as a number in exactly this way, whatever the marks of its column turn out to be. False
 * for any other field; that it is no number does not follow. */
bool dki_canonical_read(const char *bytes, size_t size, dki_canonical *out);

#define DKI_CANONICAL_BYTES 32
/* Writes the text. Returns its size. */
size_t dki_canonical_write(int64_t value, unsigned scale, char mark, bool is_grouped,
                           char out[DKI_CANONICAL_BYTES]);

#endif
