/* lua_core.c - what the part of the library that is written in Lua needs to check what it is given, and to say what is
 * wrong: core.NAME. Primitives of tables, breakdowns and scenarios stand in their own files. */
#include <string.h>

#include "base/text.h"
#include "lua_options.h"

/* core.fail(message) raises at the script's line. */
static int core_fail(lua_State *L)
{
    return dkl_fail(L, "%s", luaL_checkstring(L, 1));
}

/* core.class(name) -> the metatable of a class, for the library to fill in */
static int core_class(lua_State *L)
{
    luaL_getmetatable(L, luaL_checkstring(L, 1));
    return 1;
}

/* core.kind(value) -> "table", "column", "expr", "breakdown", "scenario", or nil */
static int core_kind(lua_State *L)
{
    lua_pushstring(L, dkl_kind(L, 1)); /* NULL gives nil */
    return 1;
}

/* core.what(value) -> what it is, for messages: "nil", "a Lua table", "a table of dekking", "a column" */
static int core_what(lua_State *L)
{
    dkl_push_kind(L, 1);
    return 1;
}

/* Whether the value on top of the stack is among the list at index. */
static bool is_listed(lua_State *L, int index)
{
    bool is_same = false;

    for (lua_Integer i = 1; !is_same && lua_rawgeti(L, index, i) != LUA_TNIL; i++) { /* Lua has a short text once */
        is_same = lua_rawequal(L, -1, -2);
        lua_pop(L, 1);
    }
    if (!is_same)
        lua_pop(L, 1); /* the end of the list */
    return is_same;
}

/* core.check(options, what, names [, kind]): a key that is not among the names is an error with the nearest one */
static int core_check(lua_State *L)
{
    bool is_known = lua_istable(L, 1) && lua_istable(L, 3);
    const char *what = luaL_checkstring(L, 2);
    const char *kind = luaL_optstring(L, 4, "option");
    dkl_names names;
    const char **list;

    lua_settop(L, 4);
    if (is_known) {
        for (lua_pushnil(L); is_known && lua_next(L, 1);) {
            lua_pop(L, 1);
            is_known = is_listed(L, 3);
        }
        if (is_known)
            return 0;
    }
    names = dkl_check_names(L, 3, what);
    list = dkl_array(L, names.n + 1, sizeof *list);
    for (size_t i = 0; i < names.n; i++)
        list[i] = names.items[i];
    dkl_check_keys(L, 1, what, kind, list);
    return 0;
}

/* core.member(object, name, methods, what): what __index of a library's class does */
static int core_member(lua_State *L)
{
    const char **names;
    size_t n;

    lua_settop(L, 4);
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, 3) != LUA_TNIL)
        return 1;
    if (lua_type(L, 2) != LUA_TSTRING)
        return dkl_fail(L, "%s has no member %s", luaL_checkstring(L, 4), dkl_push_given(L, 2));
    names = dkl_sorted_keys(L, 3, &n);
    return dkl_fail_unknown(L, luaL_checkstring(L, 4), "method", lua_tostring(L, 2), lua_rawlen(L, 2), names);
}

/* core.list(list, what) -> its length; raises where it has a hole or another key */
static int core_list(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushinteger(L, (lua_Integer)dkl_check_list(L, 1, luaL_checkstring(L, 2), false));
    return 1;
}

/* core.where() -> "pack.lua:12", the innermost line of a script, or "" */
static int core_where(lua_State *L)
{
    size_t size;
    const char *text;

    dkl_where(L);
    text = lua_tolstring(L, -1, &size);
    lua_pushlstring(L, text, size > 2 ? size - 2 : 0); /* without ": " */
    return 1;
}

/* core.nearest(name, names) -> the one of the list that may have been meant, or nil */
static int core_nearest(lua_State *L)
{
    size_t size;
    const char *wanted = luaL_checklstring(L, 1, &size);
    dkl_names names = dkl_check_names(L, 2, "names");
    dki_nearest nearest;

    dki_nearest_init(&nearest, wanted, size);
    for (size_t i = 0; i < names.n; i++)
        dki_nearest_try(&nearest, names.items[i], strlen(names.items[i]));
    if (nearest.best)
        lua_pushlstring(L, nearest.best, nearest.best_size);
    else
        lua_pushnil(L);
    return 1;
}

static const luaL_Reg primitives[] = {
    { "fail", core_fail }, { "class", core_class }, { "kind", core_kind },
    { "what", core_what }, { "check", core_check }, { "member", core_member },
    { "list", core_list }, { "where", core_where }, { "nearest", core_nearest },
    { NULL, NULL },
};

void dkl_open_core(lua_State *L)
{
    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
