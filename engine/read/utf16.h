/* utf16.h - UTF-16 to UTF-8, in pieces. */
#ifndef DKI_READ_UTF16_H
#define DKI_READ_UTF16_H

#include <dekking/csv.h>

typedef enum dki_byte_order { DKI_NO_ORDER, DKI_LITTLE_ENDIAN, DKI_BIG_ENDIAN } dki_byte_order;

/* What the first bytes of a file say: by its byte-order mark (*has_mark), or because every second byte is zero, and no
 * other. UTF-32 is none. */
dki_byte_order dki_utf16_find(const char *bytes, size_t size, bool *has_mark);
/* The order of bytes that are known to be UTF-16 without a mark: high halves are zero more often than low ones. */
dki_byte_order dki_utf16_guess(const char *bytes, size_t size);

typedef struct dki_utf16 {
    dki_byte_order order;
    const char *name; /* in messages; borrowed */
    uint64_t line;
    unsigned high;       /* the first half of a pair, waiting for its second; 0: none */
    unsigned char first; /* the first byte of a unit, waiting for its second, ... */
    bool has_first;      /* ... where there is one */
    bool after_cr;
} dki_utf16;

void dki_utf16_init(dki_utf16 *utf16, dki_byte_order order, const char *name);
/* Writes UTF-8 of n more bytes to out, which has room for DKI_UTF16_ROOM(n); *written is how much it is.
 * Errors: DK_ERR_ENCODING, with the line. */
#define DKI_UTF16_ROOM(n) ((n) / 2 * 3 + 8)
dk_status dki_utf16_push(dki_utf16 *utf16, const char *bytes, size_t n, char *out, size_t *written, dk_error *err);
/* There are no more. Errors: DK_ERR_ENCODING where something is waiting for its other half. */
dk_status dki_utf16_end(const dki_utf16 *utf16, dk_error *err);

#endif
