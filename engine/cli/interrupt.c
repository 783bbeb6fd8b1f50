/* interrupt.c - SIGINT while a script runs.
 *
 * The handler does what may be done in one: it sets the context's flag, which every loop of the engine polls, and a
 * hook in the coroutine that runs, which raises the error at the next instruction. Whatever of the two comes first, the
 * error is on its way then, and what closes on that way (<close>) runs undisturbed: the hook comes back only after a
 * million instructions, for a script that goes on because something caught the error (protected.c lets it pass).
 */
#include "interrupt.h"

#include <lauxlib.h>
#include <signal.h>
#include <stdio.h>

#include "lua/chunk.h"
#include "lua/dekking_lua.h"

#define CAUGHT_INSTRUCTIONS 1000000

static lua_State *volatile running;
static dk_context *volatile context;
static lua_CFunction handler_of_call;
static volatile sig_atomic_t n_signals;
static volatile sig_atomic_t n_raised;
static volatile sig_atomic_t n_answered = 1;
static struct sigaction before;

static void stop(lua_State *L, lua_Debug *where);

/* An error is on its way that says so. */
static void set_raised(lua_State *L)
{
    n_raised = n_signals;
    lua_sethook(L, stop, LUA_MASKCOUNT, CAUGHT_INSTRUCTIONS);
}

/* As stock lua says it, that is with the line of the caller. The script's own is told where that caller is a part of the
 * library, and of a coroutine, whose line no traceback shows. */
static int raise_interrupted(lua_State *L)
{
    lua_Debug where;
    bool tells = !lua_pushthread(L);

    if (!tells && lua_getstack(L, 1, &where) && lua_getinfo(L, "S", &where))
        tells = dkl_is_library(where.source);
    for (int level = 0; tells && lua_getstack(L, level, &where); level++) {
        lua_getinfo(L, "Sl", &where);
        if (where.currentline > 0 && !dkl_is_library(where.source)) {
            lua_pushfstring(L, "%s:%d: interrupted!", where.short_src, where.currentline);
            return lua_error(L);
        }
    }
    return luaL_error(L, "interrupted!");
}

static void stop(lua_State *L, lua_Debug *where)
{
    if (n_signals == 0) { /* of an earlier call, whose coroutine did not get there */
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    set_raised(L);
    if (where->event == LUA_HOOKCALL) { /* an error is on its way out already: what it says stays */
        lua_getinfo(L, "f", where);
        if (lua_tocfunction(L, -1) == handler_of_call)
            return;
    }
    raise_interrupted(L);
}

static void on_interrupt(int signal_number)
{
    n_signals++;
    if (n_signals > n_answered) {
        signal(signal_number, SIG_DFL);
        raise(signal_number);
        return;
    }
    if (context)
        dk_context_interrupt(context);
    if (running)
        lua_sethook(running, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

bool dkc_interrupted(void)
{
    return n_signals > 0;
}

void dkc_interrupt_answer(int n)
{
    n_answered = n;
}

lua_State *dkc_interrupt_enter(lua_State *L)
{
    lua_State *outer = running;

    running = L;
    return outer;
}

void dkc_interrupt_leave(lua_State *L, lua_State *outer)
{
    running = outer;
    if (n_signals > n_raised) { /* it came when the coroutine had ended */
        set_raised(L);
        raise_interrupted(L);
    }
}

void dkc_interrupt_begin(lua_State *L, dk_context *of, lua_CFunction handler)
{
    struct sigaction action;

    running = L;
    context = of;
    handler_of_call = handler;
    n_signals = n_raised = 0;
    dkl_on_interrupt(L, set_raised);
    action.sa_handler = on_interrupt;
    sigemptyset(&action.sa_mask);
    action.sa_flags = 0;
    sigaction(SIGINT, &action, &before);
}

void dkc_interrupt_end(lua_State *L)
{
    sigaction(SIGINT, &before, NULL);
    running = NULL;
    if (n_signals > 0 && lua_gethook(L) == stop)
        lua_sethook(L, NULL, 0, 0);
    if (n_signals > 0 && context)
        dk_context_clear_interrupt(context);
    if (n_signals > 0)
        clearerr(stdout); /* a write that was interrupted */
    context = NULL;
}
