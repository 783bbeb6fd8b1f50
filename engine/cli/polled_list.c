/* polled_list.c - table.concat, insert, remove, move and sort of long lists, with a look at the context in between. */
#include <lauxlib.h>

#include "polled.h"
#include "stock.h"

#define LONG_LIST 100000 /* values: a millisecond or more */
#define STEP 10000       /* values between two looks */

/* Whether there are many places from `first` to `last`. */
static bool is_long(lua_Integer first, lua_Integer last)
{
    return last > first && (lua_Unsigned)last - (lua_Unsigned)first > LONG_LIST;
}

/* table.concat(list [, separator [, i [, j]]]) */
int dkc_concat(lua_State *L)
{
    size_t separator_size = 0;
    const char *separator = lua_isnoneornil(L, 2) ? "" : lua_tolstring(L, 2, &separator_size);
    lua_Integer i, last;
    luaL_Buffer buffer;

    if (lua_istable(L, 1) && lua_getmetatable(L, 1)) { /* as long as it says */
        lua_pop(L, 1);
        return dkc_stock.concat(L);
    }
    if (!lua_istable(L, 1) || separator == NULL || !dkc_get_integer(L, 3, 1, &i) ||
        !dkc_get_integer(L, 4, (lua_Integer)lua_rawlen(L, 1), &last) || last < i ||
        (lua_Unsigned)last - (lua_Unsigned)i <= STEP) /* texts of so many numbers take some 10 ms */
        return dkc_stock.concat(L);
    lua_settop(L, 2);
    luaL_buffinit(L, &buffer);
    for (;; i++) {
        if (lua_geti(L, 1, i) != LUA_TSTRING && !lua_isnumber(L, -1)) {
            lua_settop(L, 2);
            lua_pushinteger(L, i);
            lua_pushinteger(L, i);
            return dkc_stock.concat(L); /* says what is wrong with it */
        }
        luaL_addvalue(&buffer);
        if (i == last)
            break;
        luaL_addlstring(&buffer, separator, separator_size);
        if (i % STEP == 0)
            dkc_poll(L);
    }
    luaL_pushresult(&buffer);
    return 1;
}

/* table.move(from, first, last, to [, target]) */
int dkc_move(lua_State *L)
{
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    lua_Integer first, last, to, n;
    bool backward;

    if (!dkc_get_integer(L, 2, 0, &first) || !dkc_get_integer(L, 3, 0, &last) || !dkc_get_integer(L, 4, 0, &to) ||
        !is_long(first, last) || first == LUA_MININTEGER || (first <= 0 && last >= LUA_MAXINTEGER + first) ||
        to > LUA_MAXINTEGER - (last - first))
        return dkc_stock.move(L);
    lua_settop(L, 5);
    lua_pushinteger(L, first - 1);
    lua_replace(L, 3);
    dkc_stock.move(L); /* moves nothing, but looks at the tables */
    n = last - first;
    backward = to > first && to <= last && (target == 1 || lua_compare(L, 1, target, LUA_OPEQ));
    for (lua_Integer i = 0; i <= n; i++) {
        lua_Integer at = backward ? n - i : i;

        lua_geti(L, 1, first + at);
        lua_seti(L, target, to + at);
        if (i % STEP == 0)
            dkc_poll(L);
    }
    lua_pushvalue(L, target);
    return 1;
}

/* A list of many values, or one that says itself how long it is. */
static bool is_long_list(lua_State *L)
{
    return lua_istable(L, 1) && (lua_rawlen(L, 1) > LONG_LIST || luaL_getmetafield(L, 1, "__len") != LUA_TNIL);
}

static int stated_length(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    return 1;
}

/* Lua's own function, for what it says of a place that is none: of a table that is as long as the list, which is asked only once. */
static int call_stock(lua_State *L, lua_CFunction own, lua_Integer size)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushinteger(L, size);
    lua_pushcclosure(L, stated_length, 1);
    lua_setfield(L, -2, "__len");
    lua_setmetatable(L, -2);
    lua_replace(L, 1);
    return own(L);
}

/* table.insert(list, place, value) */
int dkc_insert(lua_State *L)
{
    lua_Integer place, size, end;

    if (lua_gettop(L) != 3 || lua_isnil(L, 2) || !dkc_get_integer(L, 2, 0, &place) || !is_long_list(L))
        return dkc_stock.insert(L);
    lua_settop(L, 3);
    size = luaL_len(L, 1);
    end = (lua_Integer)((lua_Unsigned)size + 1);
    if ((lua_Unsigned)place - 1 >= (lua_Unsigned)end)
        return call_stock(L, dkc_stock.insert, size);
    for (lua_Integer i = end; i > place; i--) {
        lua_geti(L, 1, i - 1);
        lua_seti(L, 1, i);
        if (i % STEP == 0)
            dkc_poll(L);
    }
    lua_seti(L, 1, place);
    return 0;
}

/* table.remove(list, place) */
int dkc_remove(lua_State *L)
{
    lua_Integer place, size;

    if (lua_isnoneornil(L, 2) || !dkc_get_integer(L, 2, 0, &place) || !is_long_list(L))
        return dkc_stock.remove(L);
    lua_settop(L, 2);
    size = luaL_len(L, 1);
    if (place != size && (lua_Unsigned)place - 1 > (lua_Unsigned)size)
        return call_stock(L, dkc_stock.remove, size);
    for (lua_geti(L, 1, place); place < size; place++) {
        lua_geti(L, 1, place + 1);
        lua_seti(L, 1, place);
        if (place % STEP == 0)
            dkc_poll(L);
    }
    lua_pushnil(L);
    lua_seti(L, 1, place);
    return 1;
}

static int is_less(lua_State *L)
{
    lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPLT));
    return 1;
}

/* table.sort(list [, comp]): a comparison that is a call sees the signal, and takes 2.4 times as long. That of long texts which begin
 * alike takes long by itself. */
int dkc_sort(lua_State *L)
{
    bool has_texts;

    if (lua_type(L, 1) == LUA_TTABLE && lua_isnoneornil(L, 2) && lua_rawlen(L, 1) > STEP) {
        has_texts = lua_rawgeti(L, 1, 1) == LUA_TSTRING;
        lua_settop(L, 1);
        if (!has_texts && lua_rawlen(L, 1) <= 2 * LONG_LIST)
            return dkc_stock.sort(L);
        lua_pushcfunction(L, is_less);
    }
    return dkc_stock.sort(L);
}
