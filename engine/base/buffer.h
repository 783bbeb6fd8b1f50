/* buffer.h - text that grows. */
#ifndef DKI_BASE_BUFFER_H
#define DKI_BASE_BUFFER_H

#include "memory.h"

/* bytes[0 .. size-1] is the text, and a terminator follows once anything was appended, be it nothing; NULL before.
 * The text may hold any bytes. */
typedef struct dki_buffer {
    dk_context *context; /* borrowed */
    char *bytes;
    size_t size;
    size_t capacity; /* over size */
} dki_buffer;

void dki_buffer_init(dki_buffer *buffer, dk_context *context);
void dki_buffer_drop(dki_buffer *buffer); /* frees the text; the buffer can be used again */
/* Each appends; what is appended may not lie in the buffer. On failure (DK_ERR_MEMORY; of a format that the C
 * library refuses DK_ERR_ARGUMENT) the text is as it was. */
dk_status dki_buffer_append(dki_buffer *buffer, const char *bytes, size_t size, dk_error *err);
dk_status dki_buffer_text(dki_buffer *buffer, const char *text, dk_error *err);
dk_status dki_buffer_repeat(dki_buffer *buffer, const char *text, size_t times, dk_error *err);
DK_PRINTF(3, 4) dk_status dki_buffer_format(dki_buffer *buffer, dk_error *err, const char *format, ...);
dk_status dki_buffer_terminate(dki_buffer *buffer, dk_error *err); /* bytes is a text, also an empty one */

#endif
