/* protected.c - pcall, xpcall, load, coroutine.resume, wrap and close.
 *
 * At a prompt a loop around pcall would catch every interruption and go on, and a coroutine has a hook of its own, which the
 * handler of SIGINT must be told of. Here a protected call raises the error again where it must pass, and a coroutine is
 * announced while it runs. In all else they do what the manual of Lua 5.4 says of them.
 */
#include "protected.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdbool.h>

#include "interrupt.h"
#include "lua/bind.h"
#include "lua/dekking_lua.h"
#include "stock.h"

/* Raises the error on top again; a handler may have made anything of it. */
static int pass_on(lua_State *L)
{
    if (lua_type(L, -1) != LUA_TSTRING)
        lua_pushliteral(L, "interrupted!");
    dkc_interrupt_goes_on(L);
    return lua_error(L);
}

/* The results of a protected call: `true` and values above the first n_kept, or an error on top. */
static int end_call(lua_State *L, int status, lua_KContext n_kept)
{
    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(L) - (int)n_kept;
    dkc_interrupt_reword(L);
    if (dkc_interrupt_passes(L)) {
        if (status == LUA_ERRERR)
            dkc_interrupt_end_handlers(L);
        return pass_on(L);
    }
    lua_pushboolean(L, false);
    lua_insert(L, -2);
    return 2;
}

/* pcall(f, ...) */
static int call(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, true);
    lua_insert(L, 1); /* true f ... */
    return end_call(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, end_call), 0);
}

/* xpcall(f, handler, ...) */
static int call_with_handler(lua_State *L)
{
    int n_args = lua_gettop(L) - 2;

    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushboolean(L, true);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2); /* f handler true f ... */
    return end_call(L, lua_pcallk(L, n_args, LUA_MULTRET, 2, 2, end_call), 2);
}

enum { FAILED = -1, NO_ROOM = -2 };

/* Runs a coroutine with the n values on top. Returns how many it gave, which are on top then; FAILED, and the error is on
 * top of the coroutine; or NO_ROOM, and the message is on top of L. */
static int run(lua_State *L, lua_State *coroutine, int n)
{
    dkc_interrupt_caller caller;
    int status;

    if (!lua_checkstack(coroutine, n)) {
        lua_pushliteral(L, "too many arguments to resume");
        return NO_ROOM;
    }
    lua_xmove(L, coroutine, n);
    caller = dkc_interrupt_enter(coroutine);
    status = lua_resume(coroutine, L, n, &n);
    dkc_interrupt_leave(L, caller);
    if (status != LUA_OK && status != LUA_YIELD)
        return FAILED;
    if (!lua_checkstack(L, n + 1)) {
        lua_pop(coroutine, n);
        lua_pushliteral(L, "too many results to resume");
        return NO_ROOM;
    }
    lua_xmove(coroutine, L, n);
    return n;
}

/* Lua's own function says what is wrong where it is called on anything else. */
static lua_State *check_coroutine(lua_State *L, lua_CFunction own)
{
    lua_State *coroutine = lua_tothread(L, 1);

    if (coroutine == NULL)
        own(L);
    return coroutine;
}

/* coroutine.resume(co, ...) */
static int resume(lua_State *L)
{
    lua_State *coroutine = check_coroutine(L, dkc_stock.resume);
    int n = run(L, coroutine, lua_gettop(L) - 1);

    if (n == FAILED) {
        lua_xmove(coroutine, L, 1);
        dkc_interrupt_reword(L);
    }
    if (n < 0 && dkc_interrupt_passes(L))
        return pass_on(L);
    lua_pushboolean(L, n >= 0);
    if (n < 0)
        n = 1;
    lua_insert(L, -n - 1);
    return n + 1;
}

/* What coroutine.wrap gives; upvalue: the coroutine. */
static int resume_wrapped(lua_State *L)
{
    lua_State *coroutine = lua_tothread(L, lua_upvalueindex(1));
    int status, n = run(L, coroutine, lua_gettop(L));

    if (n >= 0)
        return n;
    status = lua_status(coroutine);
    if (n == FAILED) {
        if (status != LUA_OK && status != LUA_YIELD)
            status = lua_resetthread(coroutine); /* what it has to close; of memory the error is new */
        lua_xmove(coroutine, L, 1);
        dkc_interrupt_reword(L);
    }
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING && !dkc_interrupt_is_raised()) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    dkc_interrupt_goes_on(L);
    return lua_error(L);
}

/* coroutine.wrap(f) */
static int wrap(lua_State *L)
{
    lua_State *coroutine;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    coroutine = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, coroutine, 1);
    lua_pushcclosure(L, resume_wrapped, 1);
    return 1;
}

/* coroutine.close(co): Lua's own raises only where it closes nothing */
static int close(lua_State *L)
{
    lua_State *coroutine = check_coroutine(L, dkc_stock.close);
    dkc_interrupt_caller caller;
    int n;

    if (lua_status(coroutine) == LUA_OK) /* it runs, has not begun or has ended: nothing of it is closed */
        return dkc_stock.close(L);
    caller = dkc_interrupt_enter(coroutine);
    n = dkc_stock.close(L);
    dkc_interrupt_leave(L, caller);
    return n > 1 && dkc_interrupt_passes(L) ? pass_on(L) : n;
}

#define LONG_TEXT 1000000 /* bytes: some 30 ms */

/* Gives a text in pieces; upvalues: the text, and how much of it was given. */
static int next_piece(lua_State *L)
{
    size_t size, given = (size_t)lua_tointeger(L, lua_upvalueindex(2)), left;
    const char *text = lua_tolstring(L, lua_upvalueindex(1), &size);

    if (dkl_context(L))
        dkl_poll(L);
    left = size - given < LONG_TEXT / 10 ? size - given : LONG_TEXT / 10;
    lua_pushinteger(L, (lua_Integer)(given + left));
    lua_replace(L, lua_upvalueindex(2));
    lua_pushlstring(L, text + given, left);
    return 1;
}

/* load(chunk, ...), whose chunk may be a function, or a text that is long */
static int load(lua_State *L)
{
    bool in_pieces = lua_type(L, 1) == LUA_TSTRING && lua_rawlen(L, 1) > LONG_TEXT;
    int n;

    if (in_pieces) {
        if (lua_gettop(L) == 1 || lua_isnil(L, 2)) {
            lua_settop(L, lua_gettop(L) == 1 ? 2 : lua_gettop(L));
            lua_pushvalue(L, 1);
            lua_replace(L, 2); /* the chunk's name */
        }
        lua_pushvalue(L, 1);
        lua_pushinteger(L, 0);
        lua_pushcclosure(L, next_piece, 2);
        lua_replace(L, 1);
    }
    n = dkc_stock.load(L);
    if (n > 1)
        dkc_interrupt_reword(L);
    if (n > 1 && (in_pieces ? dkc_interrupt_is_raised() : dkc_interrupt_passes(L)))
        return pass_on(L);
    return n;
}

/* loadfile(...): Lua's own gives the error as a result */
static int load_file(lua_State *L)
{
    int n = dkc_stock.loadfile(L);

    if (n > 1)
        dkc_interrupt_reword(L);
    return n > 1 && dkc_interrupt_is_raised() ? pass_on(L) : n;
}

void dkc_replace_protected(lua_State *L)
{
    lua_pushglobaltable(L);
    lua_pushcfunction(L, call);
    lua_setfield(L, -2, "pcall");
    lua_pushcfunction(L, call_with_handler);
    lua_setfield(L, -2, "xpcall");
    dkc_interrupt_handled_by(call_with_handler);
    dkc_stock_replace(L, "load", load, &dkc_stock.load);
    dkc_stock_replace(L, "loadfile", load_file, &dkc_stock.loadfile);
    lua_getfield(L, -1, LUA_COLIBNAME);
    dkc_stock_replace(L, "resume", resume, &dkc_stock.resume);
    lua_pushcfunction(L, wrap);
    lua_setfield(L, -2, "wrap");
    dkc_stock_replace(L, "close", close, &dkc_stock.close);
    lua_pop(L, 2);
}
