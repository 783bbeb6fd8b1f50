/* polled_pack.c - string.pack of long texts, and string.dump.
 *
 * A format is taken in pieces, as that of string.format is: what stands between long texts is Lua's own to pack, and those are
 * added piece by piece. Where something is wrong, Lua's own is called with all of it, and says what.
 */
#include <ctype.h>
#include <lauxlib.h>
#include <limits.h>
#include <string.h>

#include "polled.h"
#include "stock.h"

/* Options, from format + begin to format + end, and their arguments; numbers begin at the end that `order` names. */
struct piece {
    char order;
    size_t begin, end;
    int first, last;
};

static bool add_piece(lua_State *L, luaL_Buffer *out, const char *format, const struct piece *piece)
{
    int n = piece->last - piece->first + 1;

    if (!lua_checkstack(L, n + LUA_MINSTACK))
        return false;
    lua_pushcfunction(L, dkc_stock.pack);
    lua_pushfstring(L, "%c", piece->order);
    lua_pushlstring(L, format + piece->begin, piece->end - piece->begin);
    lua_concat(L, 2);
    for (int arg = piece->first; arg <= piece->last; arg++)
        lua_pushvalue(L, arg);
    return dkc_add_stock(L, out, n + 1);
}

enum { NONE = -1, TOO_LARGE = -2 };

/* The number that the format has at *at. */
static int read_digits(const char *format, size_t *at)
{
    int number = isdigit((unsigned char)format[*at]) ? 0 : NONE;

    for (; isdigit((unsigned char)format[*at]); ++*at)
        number = number < 0 || number > INT_MAX / 10 - 1 ? TOO_LARGE : number * 10 + format[*at] - '0';
    return number;
}

/* Adds a long text by an option of its own, s, z or c, with the number behind it. */
static bool add_text(lua_State *L, luaL_Buffer *out, char order, char option, int number, int arg)
{
    size_t size;
    const char *text = lua_tolstring(L, arg, &size);

    switch (option) {
    case 's':
        if (number == TOO_LARGE)
            return false;
        lua_pushcfunction(L, dkc_stock.pack);
        lua_pushfstring(L, number == NONE ? "%cT" : "%cI%d", order, number);
        lua_pushinteger(L, (lua_Integer)size);
        if (!dkc_add_stock(L, out, 2))
            return false;
        break;
    case 'z':
        if (number != NONE || memchr(text, '\0', size))
            return false;
        break;
    default:
        if (number < 0 || (size_t)number < size)
            return false;
        break;
    }
    dkc_add_long(out, text, size);
    if (option == 'z')
        luaL_addchar(out, '\0');
    for (size_t n = size; option == 'c' && n < (size_t)number; n++) {
        luaL_addchar(out, '\0');
        if (n % DKC_LONG_TEXT == 0)
            dkc_poll(L);
    }
    return true;
}

/* Adds all of it; false where something is wrong. */
static bool add_pieces(lua_State *L, luaL_Buffer *out, int n_args)
{
    size_t size, at = 0;
    const char *format = lua_tolstring(L, 1, &size);
    struct piece piece = { '=', 0, 0, 2, 1 };
    char order = '=';

    while (at < size) {
        char option = format[at++];
        int number = read_digits(format, &at);

        if (strchr("<>=", option) && option)
            order = option;
        if (strchr("<>= x", option) && option) {
            piece.end = at;
            continue;
        }
        if (++piece.last > n_args)
            return false;
        if ((option == 's' || option == 'z' || option == 'c') && dkc_is_long(L, piece.last)) {
            piece.last--;
            if (!add_piece(L, out, format, &piece) || !add_text(L, out, order, option, number, piece.last + 1))
                return false;
            piece = (struct piece){ order, at, at, piece.last + 2, piece.last + 1 };
        }
        piece.end = at;
    }
    return add_piece(L, out, format, &piece);
}

int dkc_pack(lua_State *L)
{
    /* What is aligned depends on all that comes before. */
    if (!dkc_any_long(L, 2) || lua_type(L, 1) != LUA_TSTRING || strpbrk(lua_tostring(L, 1), "!X"))
        return dkc_stock.pack(L);
    return dkc_build(L, add_pieces, dkc_stock.pack);
}

/* What lua_dump writes to: the function must be on top of the stack when it begins. */
struct writing {
    bool has_begun;
    luaL_Buffer buffer;
};

static int add_part(lua_State *L, const void *part, size_t size, void *arg)
{
    struct writing *writing = arg;

    if (!writing->has_begun)
        luaL_buffinit(L, &writing->buffer);
    writing->has_begun = true;
    dkc_add_long(&writing->buffer, part, size);
    return 0;
}

int dkc_dump(lua_State *L)
{
    struct writing writing = { .has_begun = false };
    bool strip = lua_toboolean(L, 2);

    if (!lua_isfunction(L, 1) || lua_iscfunction(L, 1))
        return dkc_stock.dump(L);
    lua_settop(L, 1);
    lua_dump(L, add_part, &writing, strip);
    luaL_pushresult(&writing.buffer);
    return 1;
}
