/* call.c - protected calls of chunks. */
#include "call.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "interrupt.h"
#include "lua/chunk.h"
#include "lua/dekking_lua.h"
#include "progress.h"

/* The level at which a traceback begins: what the library calls within itself is no script's business. */
static int first_level(lua_State *L)
{
    lua_Debug where;
    int first = 1;

    for (int level = 1; lua_getstack(L, level, &where) && lua_getinfo(L, "S", &where); level++) {
        if (dkl_is_library(where.source))
            first = level + 1;
        else if (*where.what != 'C')
            break;
    }
    return first;
}

/* Makes a text of whatever was raised: a message gets a traceback, an object that can tell itself does, and
 * anything else is named by its type. */
static int explain(lua_State *L)
{
    const char *message;

    dkc_interrupt_reword(L);
    message = lua_tostring(L, 1);
    if (message == NULL) {
        if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING)
            return 1;
        message = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
    }
    if (dkc_interrupt_is_raised() && strstr(message, "\nstack traceback:\n")) {
        lua_settop(L, 1); /* this, or another handler, had it before: it was caught, and passed on */
        return 1;
    }
    if (dkc_interrupt_is_raised())
        dkc_interrupt_rest_collector(L);
    luaL_traceback(L, L, message, first_level(L));
    dkc_interrupt_wake_collector(L);
    return 1;
}

int dkc_call(lua_State *L, int n_args, int n_results)
{
    int function = lua_gettop(L) - n_args;
    int status;

    lua_pushcfunction(L, explain);
    lua_insert(L, function); /* explain function args */
    dkc_progress_begin(L);
    dkc_interrupt_begin(L, dkl_context(L), explain);
    status = lua_pcall(L, n_args, n_results, function);
    if (status == LUA_ERRMEM) /* which is not explained */
        dkc_interrupt_reword(L);
    dkc_interrupt_end(L);
    dkc_progress_clear();
    lua_remove(L, function);
    return status;
}

int dkc_call_plain(lua_State *L, int n_args, int n_results)
{
    int status;

    dkc_progress_begin(L);
    dkc_interrupt_begin(L, dkl_context(L), explain);
    status = lua_pcall(L, n_args, n_results, 0);
    if (status != LUA_OK)
        dkc_interrupt_reword(L);
    dkc_interrupt_end(L);
    dkc_progress_clear();
    return status;
}

static int get_global(lua_State *L)
{
    lua_getglobal(L, lua_tostring(L, 1));
    return 1;
}

/* What is there, or cannot be, is had without a call, which a hook of the user's would see. */
int dkc_call_global(lua_State *L, const char *name)
{
    lua_pushglobaltable(L);
    lua_pushstring(L, name);
    if (lua_rawget(L, -2) != LUA_TNIL || !lua_getmetatable(L, -2)) {
        lua_remove(L, -2);
        return LUA_OK;
    }
    lua_pop(L, 3); /* globals nil metatable */
    lua_pushcfunction(L, get_global);
    lua_pushstring(L, name);
    return dkc_call_plain(L, 1, 1);
}

int dkc_report(lua_State *L, const char *program, int status)
{
    if (status != LUA_OK) {
        const char *message = lua_tostring(L, -1);

        fflush(stdout);
        if (program)
            fprintf(stderr, "%s: ", program);
        fprintf(stderr, "%s\n", message ? message : "(error object is not a string)");
        fflush(stderr);
        lua_pop(L, 1);
    }
    return status;
}
