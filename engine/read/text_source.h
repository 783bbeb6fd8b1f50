/* text_source.h - what stands around the text of a file, taken off before anything else looks at it. */
#ifndef DKI_READ_TEXT_SOURCE_H
#define DKI_READ_TEXT_SOURCE_H

#include <dekking/csv.h>

#include "source.h"

typedef struct dki_text_source {
    dk_context *context;
    dki_source source;       /* what is to be read: as it was given, or as UTF-8 in memory */
    char *owned;             /* that memory */
    const char *packed;      /* "gzip"; NULL: it was not */
    bool is_utf16, has_mark; /* the mark is no part of the text; of UTF-8 nothing is said here, and it stays */
} dki_text_source;

/* source is borrowed as long as *out lives. encoding is what is stated, most_bytes how much a packed one may
 * unpack to (0: see unpack.h).
 *
 * Memory  the text, which counts, and a block
 * Errors  DK_ERR_ENCODING  an encoding is stated that the file does not have; damaged UTF-16
 *         DK_ERR_DATA, DK_ERR_LIMIT, DK_ERR_ARGUMENT  as unpack.h says
 *         DK_ERR_IO, DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
dk_status dki_text_source_open(dk_context *context, const dki_source *source, dk_encoding encoding,
                               uint64_t most_bytes, dki_text_source *out, dk_error *err);
void dki_text_source_close(dki_text_source *text); /* may be called twice, and on zeroes */

#endif
