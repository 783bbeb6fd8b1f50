/* mark.c - shows where in an expression something is wrong.
 *
 *   unknown column leeftjd
 *     leeftjd < 27 and in_sonar
 *     ^^^^^^^
 *
 * Of a text of several lines the line with the place is shown, and of a long line a window around it. What would move a
 * cursor is shown as a blank, so that the mark stands where it should.
 */
#include "mark.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "cut_text.h"

#define BEFORE 60  /* bytes shown before the place, */
#define WINDOW 150 /* and in all */

/* A part of the text: bytes from .. to - 1. */
struct window {
    size_t from, to;
};

static struct window window_around(const char *text, size_t length, size_t at)
{
    struct window window = { at, at };

    while (window.from > 0 && text[window.from - 1] != '\n' && at - window.from < BEFORE)
        window.from--;
    while (window.from > 0 && ((unsigned char)text[window.from] & 0xC0) == 0x80)
        window.from--;
    while (window.to < length && text[window.to] != '\n' && window.to - window.from < WINDOW)
        window.to++;
    window.to = window.from + dki_utf8_floor(text + window.from, length - window.from, window.to - window.from);
    if (window.to < at)
        window.to = at;
    return window;
}

static void show(const char *text, struct window window, size_t at, size_t size, dk_error *err, dk_status code,
                 const char *message)
{
    char shown[WINDOW + 8], mark[WINDOW + 8];
    size_t n = window.to - window.from, width;

    memcpy(shown, text + window.from, n);
    shown[n] = '\0';
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)shown[i] < 0x20 || shown[i] == 0x7F)
            shown[i] = ' ';
    if (size > window.to - at)
        size = window.to - at;
    width = dki_utf8_width(text + at, size);
    if (width == 0)
        width = 1;
    if (width > WINDOW)
        width = WINDOW;
    memset(mark, '^', width);
    mark[width] = '\0';
    dki_fail(err, code, "%s\n  %s\n  %*s%s", message, shown,
             (int)dki_utf8_width(text + window.from, at - window.from), "", mark);
}

void dki_mark_at(const char *text, size_t at, dk_error *err)
{
    size_t line = 1, start = 0;

    for (size_t i = 0; i < at; i++)
        if (text[i] == '\n') {
            line++;
            start = i + 1;
        }
    dki_at(err, NULL, line, dki_utf8_length(text + start, at - start) + 1);
}

dk_status dki_mark_fail(const char *text, size_t at, size_t size, dk_error *err, dk_status code, const char *format,
                        ...)
{
    char message[256];
    va_list args;
    size_t length = strlen(text);
    struct window window;

    if (err == NULL)
        return code;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    dki_cut_text(message);
    if (at > length)
        at = length;
    if (size > length - at)
        size = length - at;
    window = window_around(text, length, at);
    if (window.to > window.from)
        show(text, window, at, size, err, code, message);
    else
        dki_fail(err, code, "%s", message);
    dki_mark_at(text, at, err);
    return code;
}
