/* buffer.c - text that grows, always with room for its terminator. */
#include "buffer.h"

#include <stdarg.h>
#include <string.h>

#include "checked.h"
#include "status.h"
#include "text.h"

void dki_buffer_init(dki_buffer *buffer, dk_context *context)
{
    memset(buffer, 0, sizeof *buffer);
    buffer->context = context;
}

void dki_buffer_drop(dki_buffer *buffer)
{
    dki_free(buffer->context, buffer->bytes);
    buffer->bytes = NULL;
    buffer->size = 0;
    buffer->capacity = 0;
}

static dk_status refuse(dk_error *err)
{
    return dki_fail(err, DK_ERR_MEMORY, "out of memory (a text would pass what there can be)");
}

/* Room for `more` bytes and a terminator. */
static dk_status reserve(dki_buffer *buffer, size_t more, dk_error *err)
{
    size_t needed;

    if (dki_add_size(buffer->size, more, &needed) || dki_add_size(needed, 1, &needed))
        return refuse(err);
    return dki_grow(buffer->context, (void **)&buffer->bytes, &buffer->capacity, needed, 1, err);
}

dk_status dki_buffer_append(dki_buffer *buffer, const char *bytes, size_t size, dk_error *err)
{
    dk_status status = reserve(buffer, size, err);

    if (status != DK_OK)
        return status;
    if (size > 0)
        memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    buffer->bytes[buffer->size] = '\0';
    return DK_OK;
}

dk_status dki_buffer_text(dki_buffer *buffer, const char *text, dk_error *err)
{
    return dki_buffer_append(buffer, text, strlen(text), err);
}

dk_status dki_buffer_repeat(dki_buffer *buffer, const char *text, size_t times, dk_error *err)
{
    size_t length = strlen(text), size;
    dk_status status;

    if (dki_mul_size(length, times, &size))
        return refuse(err);
    status = reserve(buffer, size, err);
    if (status != DK_OK)
        return status;
    for (; size > 0; size -= length) {
        memcpy(buffer->bytes + buffer->size, text, length);
        buffer->size += length;
    }
    buffer->bytes[buffer->size] = '\0';
    return DK_OK;
}

dk_status dki_buffer_format(dki_buffer *buffer, dk_error *err, const char *format, ...)
{
    va_list args;
    size_t size;
    dk_status status;

    va_start(args, format);
    size = dki_text_vprint(NULL, 0, format, args);
    va_end(args);
    if (size == SIZE_MAX)
        return dki_fail(err, DK_ERR_ARGUMENT, "a text could not be formatted");
    status = reserve(buffer, size, err);
    if (status != DK_OK)
        return status;
    va_start(args, format);
    (void)dki_text_vprint(buffer->bytes + buffer->size, size + 1, format, args);
    va_end(args);
    buffer->size += size;
    return DK_OK;
}

dk_status dki_buffer_terminate(dki_buffer *buffer, dk_error *err)
{
    dk_status status = reserve(buffer, 0, err);

    if (status == DK_OK)
        buffer->bytes[buffer->size] = '\0';
    return status;
}
