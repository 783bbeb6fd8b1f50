/* polled.c - string.rep, upper, lower and reverse, utf8.len, table.concat, move and sort, for whom they take long; and what
 * else is replaced so.
 *
 * Lua's own run to their end, whatever signal comes. What is long is done here, with a look at the context in between; all
 * else, and whatever is wrong with the arguments, is left to Lua's own, which is the upvalue of each function.
 */
#include "polled.h"

#include <ctype.h>
#include <lauxlib.h>
#include <limits.h>
#include <lualib.h>
#include <stdbool.h>
#include <string.h>

#include "allocate.h"
#include "lua/bind.h"
#include "lua/dekking_lua.h"

#define LONG_LIST 100000 /* values: a millisecond or more */
#define LONG_TEXT DKC_LONG_TEXT

int dkc_call_stock(lua_State *L)
{
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void dkc_poll(lua_State *L)
{
    if (dkl_context(L)) /* a finalizer may run when the module is closed */
        dkl_poll(L);
}

/* An argument that is a whole number, or `otherwise` where there is none; false: it is something else. */
static bool get_integer(lua_State *L, int arg, lua_Integer otherwise, lua_Integer *value)
{
    int is_integer = 1;

    *value = lua_isnoneornil(L, arg) ? otherwise : lua_tointegerx(L, arg, &is_integer);
    return is_integer;
}

/* Whether there are many places from `first` to `last`. */
static bool is_long(lua_Integer first, lua_Integer last)
{
    return last > first && (lua_Unsigned)last - (lua_Unsigned)first > LONG_LIST;
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

    if (text == NULL || separator == NULL || !get_integer(L, 2, 0, &n) || n < 2)
        return dkc_call_stock(L);
    unit = size + separator_size;
    if (unit == 0) { /* Lua's own would count to n */
        lua_pushliteral(L, "");
        return 1;
    }
    if (unit > (size_t)INT_MAX || (size_t)n > (size_t)INT_MAX / unit || (size_t)n * unit < LONG_TEXT)
        return dkc_call_stock(L);
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
    dkc_push_result(&buffer);
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
static int change(lua_State *L, void (*piece)(char *to, const char *from, size_t n), bool backward)
{
    size_t size = 0, step;
    const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &size) : NULL;
    luaL_Buffer buffer;
    char *bytes;

    if (size < LONG_TEXT)
        return dkc_call_stock(L);
    bytes = luaL_buffinitsize(L, &buffer, size);
    for (size_t at = 0; at < size; at += step) {
        step = size - at < LONG_TEXT ? size - at : LONG_TEXT;
        piece(bytes + (backward ? size - at - step : at), text + at, step);
        dkc_poll(L);
    }
    luaL_addsize(&buffer, size);
    dkc_push_result(&buffer);
    return 1;
}

/* string.upper(s) */
static int upper(lua_State *L)
{
    return change(L, to_upper, false);
}

/* string.lower(s) */
static int lower(lua_State *L)
{
    return change(L, to_lower, false);
}

/* string.reverse(s) */
static int reverse(lua_State *L)
{
    return change(L, turn, true);
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
        return dkc_call_stock(L);
    for (size_t at = 0; at < size; at = after_character(text, at, last)) {
        last = size - at < LONG_TEXT ? size - 1 : at + LONG_TEXT - 1;
        lua_settop(L, 1);
        lua_pushinteger(L, (lua_Integer)at + 1);
        lua_pushinteger(L, (lua_Integer)last + 1);
        lua_pushboolean(L, lax);
        if (dkc_call_stock(L) > 1)
            return 2; /* where it is wrong */
        n += lua_tointeger(L, -1);
        dkc_poll(L);
    }
    lua_pushinteger(L, n);
    return 1;
}

/* Lists ---------------------------------------------------------------------------------------------------------- */

/* table.concat(list [, separator [, i [, j]]]) */
static int concatenate(lua_State *L)
{
    size_t separator_size = 0;
    const char *separator = lua_isnoneornil(L, 2) ? "" : lua_tolstring(L, 2, &separator_size);
    lua_Integer i, last;
    luaL_Buffer buffer;

    if (lua_istable(L, 1) && lua_getmetatable(L, 1)) { /* as long as it says */
        lua_pop(L, 1);
        return dkc_call_stock(L);
    }
    if (!lua_istable(L, 1) || separator == NULL || !get_integer(L, 3, 1, &i) ||
        !get_integer(L, 4, (lua_Integer)lua_rawlen(L, 1), &last) || !is_long(i, last))
        return dkc_call_stock(L);
    lua_settop(L, 2);
    luaL_buffinit(L, &buffer);
    for (;; i++) {
        if (lua_geti(L, 1, i) != LUA_TSTRING && !lua_isnumber(L, -1)) {
            lua_settop(L, 2);
            lua_pushinteger(L, i);
            lua_pushinteger(L, i);
            return dkc_call_stock(L); /* says what is wrong with it */
        }
        luaL_addvalue(&buffer);
        if (i == last)
            break;
        luaL_addlstring(&buffer, separator, separator_size);
        if (i % LONG_LIST == 0)
            dkc_poll(L);
    }
    dkc_push_result(&buffer);
    return 1;
}

/* table.move(from, first, last, to [, target]) */
static int move(lua_State *L)
{
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    lua_Integer first, last, to, n;
    bool backward;

    if (!get_integer(L, 2, 0, &first) || !get_integer(L, 3, 0, &last) || !get_integer(L, 4, 0, &to) ||
        !is_long(first, last) || first == LUA_MININTEGER || (first <= 0 && last >= LUA_MAXINTEGER + first) ||
        to > LUA_MAXINTEGER - (last - first))
        return dkc_call_stock(L);
    lua_settop(L, 5);
    lua_pushinteger(L, first - 1);
    lua_replace(L, 3);
    dkc_call_stock(L); /* moves nothing, but looks at the tables */
    n = last - first;
    backward = to > first && to <= last && (target == 1 || lua_compare(L, 1, target, LUA_OPEQ));
    for (lua_Integer i = 0; i <= n; i++) {
        lua_Integer at = backward ? n - i : i;

        lua_geti(L, 1, first + at);
        lua_seti(L, target, to + at);
        if (i % LONG_LIST == 0)
            dkc_poll(L);
    }
    lua_pushvalue(L, target);
    return 1;
}

static int is_less(lua_State *L)
{
    lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPLT));
    return 1;
}

/* table.sort(list [, comp]): a comparison that is a call sees the signal, and takes 2.4 times as long. */
static int sort(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TTABLE && lua_isnoneornil(L, 2) && lua_rawlen(L, 1) > 2 * LONG_LIST) {
        lua_settop(L, 1);
        lua_pushcfunction(L, is_less);
    }
    return dkc_call_stock(L);
}

/* In the table on top. */
static void replace_field(lua_State *L, const char *name, lua_CFunction function)
{
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, name);
}

static void replace(lua_State *L, const char *library, const char *name, lua_CFunction function)
{
    lua_getglobal(L, library);
    replace_field(L, name, function);
    lua_pop(L, 1);
}

void dkc_replace_long(lua_State *L)
{
    replace(L, LUA_STRLIBNAME, "rep", repeat);
    replace(L, LUA_STRLIBNAME, "upper", upper);
    replace(L, LUA_STRLIBNAME, "lower", lower);
    replace(L, LUA_STRLIBNAME, "reverse", reverse);
    replace(L, LUA_STRLIBNAME, "format", dkc_format);
    replace(L, LUA_UTF8LIBNAME, "len", length);
    replace(L, LUA_TABLIBNAME, "concat", concatenate);
    replace(L, LUA_TABLIBNAME, "move", move);
    replace(L, LUA_TABLIBNAME, "sort", sort);
    replace(L, LUA_IOLIBNAME, "read", dkc_read_input);
    replace(L, LUA_IOLIBNAME, "lines", dkc_lines);
    luaL_getmetatable(L, LUA_FILEHANDLE);
    lua_getfield(L, -1, "__index");
    replace_field(L, "read", dkc_read_file);
    replace_field(L, "lines", dkc_lines);
    lua_pop(L, 2);
}
