/* polled_date.c - os.date with a long format, with a look at the context in between. */
#include <lauxlib.h>
#include <lualib.h>
#include <string.h>
#include <time.h>

#include "polled.h"
#include "stock.h"

#define PIECE ((size_t)16 << 10) /* bytes: the slowest of conversions, in all of them, are done within a few ms */

/* Where a piece of the format ends that begins at `at`: behind a conversion as a whole, and before a character that means nothing
 * else where a format begins. */
static size_t end_of_piece(const char *format, size_t at, size_t size)
{
    size_t enough = size - at < PIECE ? size : at + PIECE;

    while (at < enough || (at < size && (format[at] == '!' || format[at] == '*'))) {
        if (format[at] != '%')
            at++;
        else if (at + 1 < size && (format[at + 1] == 'E' || format[at + 1] == 'O'))
            at += 3;
        else
            at += 2;
    }
    return at < size ? at : size;
}

/* One piece after the other, each by Lua's own, for the same time. */
static bool add_date(lua_State *L, luaL_Buffer *out, int n_args)
{
    size_t size, at, end;
    const char *format = lua_tolstring(L, 1, &size);
    bool universal = *format == '!';
    lua_Integer now = (lua_Integer)time(NULL);

    if (strncmp(format + universal, "*t", 2) == 0) /* a table */
        return false;
    for (at = universal; at < size; at = end) {
        end = end_of_piece(format, at, size);
        lua_pushcfunction(L, dkc_stock.date);
        if (universal)
            lua_pushliteral(L, "!");
        lua_pushlstring(L, format + at, end - at);
        if (universal)
            lua_concat(L, 2);
        if (n_args > 1 && !lua_isnil(L, 2))
            lua_pushvalue(L, 2);
        else
            lua_pushinteger(L, now);
        if (!dkc_add_stock(L, out, 2))
            return false;
    }
    return true;
}

/* os.date([format [, time]]) */
int dkc_date(lua_State *L)
{
    bool is_long = lua_type(L, 1) == LUA_TSTRING && lua_rawlen(L, 1) > PIECE;

    return is_long ? dkc_build(L, add_date, dkc_stock.date) : dkc_stock.date(L);
}
