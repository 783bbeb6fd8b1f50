/* status.c - names of statuses, and the filling of errors.
 *
 * An error holds fixed buffers. What does not fit is cut at the boundary of a character, so that a message never
 * ends in half of one.
 */
#include "status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

static const char *const names[] = {
#define STATUS_NAME(code, name, text) name,
    DK_STATUS_LIST(STATUS_NAME)
#undef STATUS_NAME
};

static const char *const texts[] = {
#define STATUS_TEXT(code, name, text) text,
    DK_STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
};

const char *dk_status_name(dk_status status)
{
    return (unsigned)status < DK_N_STATUSES ? names[status] : "unknown";
}

const char *dk_status_text(dk_status status)
{
    return (unsigned)status < DK_N_STATUSES ? texts[status] : "a status that does not exist";
}

/* What vsnprintf wrote into buffer of the `wanted` bytes, without the begun character at its end. */
static void cut(char *buffer, size_t size, int wanted)
{
    if (wanted < 0) /* not to be formatted: better nothing than what stood there before */
        buffer[0] = '\0';
    else if ((size_t)wanted >= size)
        buffer[dki_utf8_whole(buffer, size - 1)] = '\0';
}

dk_status dki_fail(dk_error *err, dk_status code, const char *format, ...)
{
    va_list args;
    int wanted;

    if (err == NULL)
        return code;
    err->code = code;
    err->line = 0;
    err->column = 0;
    err->file[0] = '\0';
    err->hint[0] = '\0';
    va_start(args, format);
    wanted = vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    cut(err->message, sizeof err->message, wanted);
    return code;
}

void dki_hint(dk_error *err, const char *format, ...)
{
    va_list args;
    int wanted;

    if (err == NULL)
        return;
    va_start(args, format);
    wanted = vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
    cut(err->hint, sizeof err->hint, wanted);
}

void dki_at(dk_error *err, const char *file, uint64_t line, uint64_t column)
{
    if (err == NULL)
        return;
    if (file)
        cut(err->file, sizeof err->file, snprintf(err->file, sizeof err->file, "%s", file));
    err->line = line;
    err->column = column;
}

struct out {
    char *buffer;
    size_t size, length;
};

static void put(struct out *out, const char *text)
{
    size_t length = strlen(text);

    if (out->length + 1 < out->size) {
        size_t room = out->size - 1 - out->length;
        size_t n = length < room ? length : dki_utf8_floor(text, length, room);

        memcpy(out->buffer + out->length, text, n);
        out->buffer[out->length + n] = '\0';
        if (n < length)
            out->size = out->length + 1; /* no later part goes behind the cut */
    }
    out->length += length;
}

static void put_number(struct out *out, uint64_t number)
{
    char digits[24];

    snprintf(digits, sizeof digits, ":%llu", (unsigned long long)number);
    put(out, digits);
}

size_t dk_error_format(const dk_error *err, char *buffer, size_t size)
{
    struct out out = { buffer, size, 0 };

    if (size > 0)
        buffer[0] = '\0';
    if (err->file[0]) {
        put(&out, err->file);
        if (err->line) {
            put_number(&out, err->line);
            if (err->column)
                put_number(&out, err->column);
        }
        put(&out, ": ");
    }
    put(&out, err->message[0] ? err->message : dk_status_text(err->code));
    if (err->hint[0]) {
        put(&out, " (");
        put(&out, err->hint);
        put(&out, ")");
    }
    return out.length;
}
