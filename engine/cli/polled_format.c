/* polled_format.c - string.format of long texts, and of many values.
 *
 * A format is taken in pieces: what stands between long texts is Lua's own to format, and those are added piece by piece. Should
 * one fail, Lua's own is called with all of it, and says what is wrong.
 */
#include <ctype.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "polled.h"
#include "stock.h"

#define MANY 500 /* values: a number of the largest ones in 99 digits takes some 15 us */

struct piece {
    const char *format;
    size_t size;
    int first, last; /* of its arguments */
};

/* Adds what Lua's own makes of a piece; false, and nothing is added, where it raises something. */
static bool add_piece(lua_State *L, luaL_Buffer *out, const struct piece *piece)
{
    int n = piece->last - piece->first + 1;

    if (piece->size == 0)
        return true;
    if (!lua_checkstack(L, n + LUA_MINSTACK))
        return false;
    lua_pushcfunction(L, dkc_stock.format);
    lua_pushlstring(L, piece->format, piece->size);
    for (int i = piece->first; i <= piece->last; i++)
        lua_pushvalue(L, i);
    return dkc_add_stock(L, out, n + 1);
}

static void add_quoted(luaL_Buffer *out, const char *text, size_t size)
{
    luaL_addchar(out, '"');
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];

        if (i % DKC_LONG_TEXT == 0)
            dkc_poll(out->L);
        if (c == '"' || c == '\\' || c == '\n') {
            luaL_addchar(out, '\\');
            luaL_addchar(out, (char)c);
        } else if (iscntrl(c)) {
            char code[8];

            snprintf(code, sizeof code, isdigit((unsigned char)text[i + 1]) ? "\\%03d" : "\\%d", c);
            luaL_addstring(out, code);
        } else {
            luaL_addchar(out, (char)c);
        }
    }
    luaL_addchar(out, '"');
}

static void add_long(lua_State *L, luaL_Buffer *out, int arg, bool quoted)
{
    size_t size;
    const char *text = lua_tolstring(L, arg, &size);

    if (quoted)
        add_quoted(out, text, size);
    else
        dkc_add_long(out, text, size);
}

/* Adds all of it; false where something is wrong. */
static bool add_pieces(lua_State *L, luaL_Buffer *out, int n_args)
{
    size_t size, at = 0;
    const char *format = lua_tolstring(L, 1, &size);
    struct piece piece = { format, 0, 2, 1 };

    while (at < size) {
        const char *sign = memchr(format + at, '%', size - at);
        size_t begin = sign ? (size_t)(sign - format) : size, end = begin + 1;
        bool is_split = false;

        if (begin - at > DKC_LONG_TEXT) { /* a long text of the format's own */
            at += DKC_LONG_TEXT;
            is_split = true;
        } else if (sign == NULL) {
            at = size;
        } else if (end < size && format[end] == '%') {
            at = end + 1;
            is_split = at - (size_t)(piece.format - format) > DKC_LONG_TEXT;
        } else {
            while (end < size && strchr("-+ #0123456789.", format[end]) && format[end])
                end++;
            at = end < size ? end + 1 : size;
            piece.last++;
            is_split = at - (size_t)(piece.format - format) > DKC_LONG_TEXT || piece.last - piece.first >= MANY;
            if (end == begin + 1 && end < size && (format[end] == 's' || format[end] == 'q') &&
                piece.last <= n_args && dkc_is_long(L, piece.last)) {
                piece.size = (size_t)(sign - piece.format);
                piece.last--;
                if (!add_piece(L, out, &piece))
                    return false;
                add_long(L, out, ++piece.last, format[end] == 'q');
                piece = (struct piece){ format + at, 0, piece.last + 1, piece.last };
                is_split = false;
            }
        }
        piece.size = (size_t)(format + at - piece.format);
        if (is_split) {
            if (piece.last > n_args || !add_piece(L, out, &piece))
                return false;
            piece = (struct piece){ format + at, 0, piece.last + 1, piece.last };
        }
    }
    return piece.last <= n_args && add_piece(L, out, &piece);
}

/* Whether there is something long, or much, and nothing that says itself what its text is: that would be asked again where Lua's own
 * has to say what is wrong. */
static bool is_ours(lua_State *L, int n_args)
{
    bool any = n_args > MANY || dkc_any_long(L, 1);

    for (int i = 2; i <= n_args && any; i++) {
        if (luaL_getmetafield(L, i, "__tostring") != LUA_TNIL) {
            lua_pop(L, 1);
            any = false;
        }
    }
    return any && lua_type(L, 1) == LUA_TSTRING;
}

int dkc_format(lua_State *L)
{
    return is_ours(L, lua_gettop(L)) ? dkc_build(L, add_pieces, dkc_stock.format) : dkc_stock.format(L);
}
