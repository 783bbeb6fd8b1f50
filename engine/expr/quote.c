/* quote.c - names of columns, as expressions read them: between backquotes where they are no word. */
#include "quote.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "expr_lexer.h"
#include "expr_parser.h"

bool dki_is_word(const char *name)
{
    return dki_lexer_is_name(name) && !dki_is_keyword(name);
}

size_t dki_quote_size(const char *name)
{
    return 2 * strlen(name) + 3;
}

size_t dki_quote_into(const char *name, char *out)
{
    size_t size = strlen(name), n = 0;

    if (dki_is_word(name)) {
        memcpy(out, name, size + 1);
        return size;
    }
    out[n++] = '`';
    for (; *name; name++) {
        if (*name == '`')
            out[n++] = '`';
        out[n++] = *name;
    }
    out[n++] = '`';
    out[n] = '\0';
    return n;
}

const char *dki_quote(dki_arena *arena, const char *name, dk_error *err)
{
    char *out = dki_arena_alloc(arena, dki_quote_size(name), err);

    if (out)
        (void)dki_quote_into(name, out);
    return out;
}

const char *dki_quote_shown(const char *name, char out[DKI_QUOTED_SIZE])
{
    if (dki_quote_size(name) <= DKI_QUOTED_SIZE)
        (void)dki_quote_into(name, out);
    else
        (void)snprintf(out, DKI_QUOTED_SIZE, "%.*s", (int)dki_utf8_floor(name, strlen(name), DKI_QUOTED_SIZE - 1),
                       name);
    return out;
}
