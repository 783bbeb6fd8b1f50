/* encoding.h - the bytes of a file as UTF-8 text. */
#ifndef DKI_READ_ENCODING_H
#define DKI_READ_ENCODING_H

#include <dekking/csv.h>

typedef struct dki_decoded {
    dk_context *context;
    const char *bytes; /* UTF-8 without byte-order mark; points into the input unless owned */
    size_t size;
    char *owned;
    dk_encoding encoding; /* what the input was: never DETECT */
    bool has_mark;        /* a byte-order mark was there, and is no part of bytes */
} dki_decoded;

/* Finds the encoding where it was not stated, and transcodes. name stands for the file in messages.
 *
 * Errors  DK_ERR_ENCODING  UTF-32; bytes that are no text in the stated encoding, or in any that is known;
 *                          UTF-8 with damaged places
 *         DK_ERR_DATA      a binary file
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
dk_status dki_decode(dk_context *context, const char *bytes, size_t size, const char *name, dk_encoding encoding,
                     dki_decoded *out, dk_error *err);
/* The part of it that the first 4096 bytes decide: refuses what is no text, and tells whether a byte-order mark stands
 * there. *encoding is what is stated, and becomes UTF-8 where the mark says so. */
dk_status dki_decode_head(const char *bytes, size_t size, const char *name, dk_encoding *encoding, bool *has_mark,
                          dk_error *err);
/* How many bytes, from the first on, are well-formed UTF-8. Polls. */
dk_status dki_utf8_count(dk_context *context, const char *bytes, size_t size, size_t *good, dk_error *err);
void dki_decoded_drop(dki_decoded *decoded); /* may be called twice, and on zeroes */

/* The line, from 1, on which the byte at offset stands: LF, CR and CR LF end lines. */
uint64_t dki_line_of(const char *bytes, size_t offset);

#endif
