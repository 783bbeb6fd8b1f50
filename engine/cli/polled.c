/* polled.c - string.rep, upper, lower and reverse, utf8.len and offset, for whom they take long; and what else is replaced so.
 *
 * Lua's own run to their end, whatever signal comes. What is long is done here, with a look at the context in between; all
 * else, and whatever is wrong with the arguments, is left to Lua's own.
 */
#include "polled.h"

#include <ctype.h>
#include <limits.h>
#include <lualib.h>
#include <string.h>

#include "interrupt.h"
#include "lua/bind.h"
#include "lua/dekking_lua.h"
#include "stock.h"

#define LONG_TEXT DKC_LONG_TEXT

int dkc_build(lua_State *L, dkc_add_fn *add, lua_CFunction own)
{
    int n_args = lua_gettop(L);
    luaL_Buffer out;

    luaL_buffinit(L, &out);
    if (!add(L, &out, n_args)) {
        lua_settop(L, n_args);
        return own(L);
    }
    luaL_pushresult(&out);
    return 1;
}

void dkc_poll(lua_State *L)
{
    if (dkl_context(L)) /* a finalizer may run when the module is closed */
        dkl_poll(L);
}

bool dkc_add_stock(lua_State *L, luaL_Buffer *out, int n)
{
    if (lua_pcall(L, n, 1, 0) != LUA_OK) {
        if (!dkc_interrupt_is_raised())
            return false;
        if (lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "interrupted!") == 0)
            dkl_raise_interrupted(L); /* it was raised within Lua's own, and names no line */
        lua_error(L);
    }
    luaL_addvalue(out);
    dkc_poll(L);
    return true;
}

void dkc_add_long(luaL_Buffer *out, const char *text, size_t size)
{
    for (size_t at = 0, step; at < size; at += step) {
        step = size - at < LONG_TEXT ? size - at : LONG_TEXT;
        luaL_addlstring(out, text + at, step);
        dkc_poll(out->L);
    }
}

bool dkc_is_long(lua_State *L, int arg)
{
    return lua_rawlen(L, arg) >= LONG_TEXT && lua_type(L, arg) == LUA_TSTRING;
}

bool dkc_any_long(lua_State *L, int first)
{
    int last = lua_gettop(L);

    while (first <= last && !dkc_is_long(L, first))
        first++;
    return first <= last;
}

bool dkc_get_integer(lua_State *L, int arg, lua_Integer otherwise, lua_Integer *value)
{
    int is_integer = 1;

    *value = lua_isnoneornil(L, arg) ? otherwise : lua_tointegerx(L, arg, &is_integer);
    return is_integer;
}

/* string.rep(s, n [, separator]) */
static int repeat(lua_State *L)
{
    size_t size, separator_size = 0, unit, total, filled, step;
    const char *text = lua_tolstring(L, 1, &size);
    const char *separator = lua_isnoneornil(L, 3) ? "" : lua_tolstring(L, 3, &separator_size);
    lua_Integer n;
    luaL_Buffer buffer;
    char *bytes;

    if (text == NULL || separator == NULL || !dkc_get_integer(L, 2, 0, &n) || n < 2)
        return dkc_stock.rep(L);
    unit = size + separator_size;
    if (unit == 0) { /* Lua's own would count to n */
        lua_pushliteral(L, "");
        return 1;
    }
    if (unit > (size_t)INT_MAX || (size_t)n > (size_t)INT_MAX / unit || (size_t)n * unit < LONG_TEXT)
        return dkc_stock.rep(L);
    total = (size_t)n * unit - separator_size;
    bytes = luaL_buffinitsize(L, &buffer, total);
    memcpy(bytes, text, size);
    memcpy(bytes + size, separator, separator_size); /* n > 1: there is room for it */
    for (filled = unit; filled < total; filled += step) {
        size_t from = filled % unit;

        step = filled - from < LONG_TEXT ? filled - from : LONG_TEXT;
        step = step < total - filled ? step : total - filled;
        memcpy(bytes + filled, bytes + from, step);
        dkc_poll(L);
    }
    luaL_addsize(&buffer, total);
    luaL_pushresult(&buffer);
    return 1;
}

/* Texts of the same length --------------------------------------------------------------------------------------- */

static void to_upper(char *to, const char *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (char)toupper((unsigned char)from[i]);
}

static void to_lower(char *to, const char *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (char)tolower((unsigned char)from[i]);
}

static void turn(char *to, const char *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = from[n - 1 - i];
}

/* Changes a long text piece by piece; backward: the first piece becomes the last. */
static int change(lua_State *L, void (*piece)(char *to, const char *from, size_t n), bool backward,
                  lua_CFunction own)
{
    size_t size = 0, step;
    const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &size) : NULL;
    luaL_Buffer buffer;
    char *bytes;

    if (size < LONG_TEXT)
        return own(L);
    bytes = luaL_buffinitsize(L, &buffer, size);
    for (size_t at = 0; at < size; at += step) {
        step = size - at < LONG_TEXT ? size - at : LONG_TEXT;
        piece(bytes + (backward ? size - at - step : at), text + at, step);
        dkc_poll(L);
    }
    luaL_addsize(&buffer, size);
    luaL_pushresult(&buffer);
    return 1;
}

/* string.upper(s) */
static int upper(lua_State *L)
{
    return change(L, to_upper, false, dkc_stock.upper);
}

/* string.lower(s) */
static int lower(lua_State *L)
{
    return change(L, to_lower, false, dkc_stock.lower);
}

/* string.reverse(s) */
static int reverse(lua_State *L)
{
    return change(L, turn, true, dkc_stock.reverse);
}

/* Where the character begins that follows the one at place `last`: of what utf8.len has decoded. */
static size_t after_character(const char *text, size_t first, size_t last)
{
    size_t lead = last, n = 1;
    unsigned char byte;

    while (lead > first && ((unsigned char)text[lead] & 0xC0) == 0x80)
        lead--;
    byte = (unsigned char)text[lead];
    for (unsigned bit = 0x40; byte >= 0xC0 && byte & bit; bit >>= 1)
        n++;
    return lead + n > last ? lead + n : last + 1;
}

/* utf8.len(s) of a long text: its own counts the characters that begin in each piece. */
static int length(lua_State *L)
{
    size_t size = 0, last;
    const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &size) : NULL;
    bool lax = lua_toboolean(L, 4);
    lua_Integer n = 0;

    if (size < LONG_TEXT || !lua_isnoneornil(L, 2) || !lua_isnoneornil(L, 3))
        return dkc_stock.len(L);
    for (size_t at = 0; at < size; at = after_character(text, at, last)) {
        last = size - at < LONG_TEXT ? size - 1 : at + LONG_TEXT - 1;
        lua_settop(L, 1);
        lua_pushinteger(L, (lua_Integer)at + 1);
        lua_pushinteger(L, (lua_Integer)last + 1);
        lua_pushboolean(L, lax);
        if (dkc_stock.len(L) > 1)
            return 2; /* where it is wrong */
        n += lua_tointeger(L, -1);
        dkc_poll(L);
    }
    lua_pushinteger(L, n);
    return 1;
}

/* The place that lies n characters from the one at `from`, as utf8.offset says; nil behind them. Takes nothing, pushes one. */
static int push_offset(lua_State *L, lua_Integer n, lua_Integer from)
{
    lua_settop(L, 1);
    lua_pushinteger(L, n);
    lua_pushinteger(L, from);
    return dkc_stock.offset(L);
}

/* utf8.offset(s, n [, i]) over many characters, in parts: the last of one is the first of the next. */
static int offset(lua_State *L)
{
    lua_Integer n, i, size = lua_type(L, 1) == LUA_TSTRING ? (lua_Integer)lua_rawlen(L, 1) : 0,
                      part = (lua_Integer)LONG_TEXT;

    if (size < part || !dkc_get_integer(L, 2, 0, &n) || lua_isnoneornil(L, 2) || (n < part && n > -part) ||
        n == LUA_MININTEGER || !dkc_get_integer(L, 3, n > 0 ? 1 : size + 1, &i))
        return dkc_stock.offset(L);
    while (n > part || n < -part) {
        push_offset(L, n > 0 ? part + 1 : -part, i);
        if (!lua_isinteger(L, -1))
            return 1;
        i = lua_tointeger(L, -1);
        n -= n > 0 ? part : -part;
        dkc_poll(L);
    }
    return push_offset(L, n, i);
}

void dkc_replace_long(lua_State *L)
{
    lua_getglobal(L, LUA_STRLIBNAME);
    dkc_replace_matching(L);
    dkc_stock_replace(L, "rep", repeat, &dkc_stock.rep);
    dkc_stock_replace(L, "upper", upper, &dkc_stock.upper);
    dkc_stock_replace(L, "lower", lower, &dkc_stock.lower);
    dkc_stock_replace(L, "reverse", reverse, &dkc_stock.reverse);
    dkc_stock_replace(L, "format", dkc_format, &dkc_stock.format);
    dkc_stock_replace(L, "pack", dkc_pack, &dkc_stock.pack);
    dkc_stock_replace(L, "dump", dkc_dump, &dkc_stock.dump);
    lua_getglobal(L, LUA_UTF8LIBNAME);
    dkc_stock_replace(L, "len", length, &dkc_stock.len);
    dkc_stock_replace(L, "offset", offset, &dkc_stock.offset);
    lua_getglobal(L, LUA_TABLIBNAME);
    dkc_stock_replace(L, "concat", dkc_concat, &dkc_stock.concat);
    dkc_stock_replace(L, "insert", dkc_insert, &dkc_stock.insert);
    dkc_stock_replace(L, "move", dkc_move, &dkc_stock.move);
    dkc_stock_replace(L, "remove", dkc_remove, &dkc_stock.remove);
    dkc_stock_replace(L, "sort", dkc_sort, &dkc_stock.sort);
    lua_getglobal(L, LUA_IOLIBNAME);
    dkc_stock_replace(L, "read", dkc_read_input, &dkc_stock.read);
    dkc_stock_replace(L, "lines", dkc_lines, &dkc_stock.lines);
    dkc_stock_replace(L, "write", dkc_write_output, &dkc_stock.write);
    lua_getglobal(L, LUA_OSLIBNAME);
    dkc_stock_replace(L, "date", dkc_date, &dkc_stock.date);
    luaL_getmetatable(L, LUA_FILEHANDLE);
    lua_getfield(L, -1, "__index");
    dkc_stock_replace(L, "read", dkc_read_file, &dkc_stock.file_read);
    dkc_stock_replace(L, "lines", dkc_lines_of_file, &dkc_stock.file_lines);
    dkc_stock_replace(L, "write", dkc_write_file, &dkc_stock.file_write);
    lua_pop(L, 7);
}
