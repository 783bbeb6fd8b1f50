/* text_print.c - texts put together as printf does, for notes and steps that every call writes.
 *
 * vsnprintf takes 700 instructions or more for three names, in some sixty lines of the processor's first cache, which what runs
 * next has to be fetched into again. What the engine's own texts are made of is a copy or a few digits.
 */
#include <stdio.h>
#include <string.h>

#include "text.h"

typedef struct printer {
    char *out;
    size_t size; /* room */
    size_t used; /* also of what did not fit */
} printer;

static void put(printer *p, const char *text, size_t size)
{
    size_t room = p->used < p->size ? p->size - p->used : 0;

    if (room > 0)
        memcpy(p->out + p->used, text, size < room ? size : room);
    p->used += size;
}

static void put_number(printer *p, unsigned long long number)
{
    char digits[20];
    size_t n = sizeof digits;

    do
        digits[--n] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    put(p, digits + n, sizeof digits - n);
}

size_t dki_text_vprint(char *out, size_t size, const char *format, va_list args)
{
    printer p = { out, size, 0 };
    const char *at = format, *text;
    va_list all;
    int n;

    va_copy(all, args);
    while (text = strchrnul(at, '%'), put(&p, at, (size_t)(text - at)), *text != '\0') {
        at = text + 1;
        if (*at == 's') {
            text = va_arg(args, const char *);
            put(&p, text, strlen(text));
            at += 1;
        } else if (strncmp(at, ".*s", 3) == 0 && (n = va_arg(args, int)) >= 0) {
            text = va_arg(args, const char *);
            put(&p, text, strnlen(text, (size_t)n));
            at += 3;
        } else if (strncmp(at, "llu", 3) == 0) {
            put_number(&p, va_arg(args, unsigned long long));
            at += 3;
        } else if (strncmp(at, "zu", 2) == 0) {
            put_number(&p, va_arg(args, size_t));
            at += 2;
        } else {
            n = vsnprintf(out, size, format, all);
            va_end(all);
            return n < 0 ? SIZE_MAX : (size_t)n;
        }
    }
    va_end(all);
    if (size > 0)
        out[p.used < size ? p.used : size - 1] = '\0';
    return p.used;
}

size_t dki_text_print(char *out, size_t size, const char *format, ...)
{
    va_list args;
    size_t used;

    va_start(args, format);
    used = dki_text_vprint(out, size, format, args);
    va_end(args);
    return used;
}
