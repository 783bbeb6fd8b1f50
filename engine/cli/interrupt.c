/* interrupt.c - SIGINT while a script runs.
 *
 * The handler does what may be done in one: it sets the context's flag, which every loop of the engine polls, and a
 * hook in the Lua state, which raises the error at the next instruction. Whatever of the two comes first, the other
 * is taken back when the call ends, so that the next call starts clean.
 */
#include "interrupt.h"

#include <lauxlib.h>
#include <signal.h>
#include <stdio.h>

static lua_State *volatile running;
static dk_context *volatile context;
static lua_CFunction handler_of_call;
static volatile sig_atomic_t n_signals;
static volatile sig_atomic_t n_answered = 1;
static struct sigaction before;

static void stop(lua_State *L, lua_Debug *where)
{
    lua_sethook(L, NULL, 0, 0);
    if (where->event == LUA_HOOKCALL) { /* an error is on its way out already: what it says stays */
        lua_getinfo(L, "f", where);
        if (lua_tocfunction(L, -1) == handler_of_call)
            return;
    }
    luaL_error(L, "interrupted!");
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

void dkc_interrupt_begin(lua_State *L, dk_context *of, lua_CFunction handler)
{
    struct sigaction action;

    running = L;
    context = of;
    handler_of_call = handler;
    n_signals = 0;
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
