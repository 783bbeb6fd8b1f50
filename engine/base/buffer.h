/* buffer.h - text that grows. */
#ifndef DKI_BASE_BUFFER_H
#define DKI_BASE_BUFFER_H

#include "memory.h"

/* bytes is terminated whenever size > 0 or after dki_buffer_terminate. */
typedef struct dki_buffer {
    dk_context *context; /* borrowed */
    char *bytes;
    size_t size;
    size_t capacity;
} dki_buffer;

void dki_buffer_init(dki_buffer *buffer, dk_context *context);
void dki_buffer_drop(dki_buffer *buffer);
dk_status dki_buffer_append(dki_buffer *buffer, const char *bytes, size_t size, dk_error *err);
dk_status dki_buffer_text(dki_buffer *buffer, const char *text, dk_error *err);
dk_status dki_buffer_repeat(dki_buffer *buffer, const char *text, size_t times, dk_error *err);
DK_PRINTF(3, 4) dk_status dki_buffer_format(dki_buffer *buffer, dk_error *err, const char *format, ...);
dk_status dki_buffer_terminate(dki_buffer *buffer, dk_error *err);

#endif
