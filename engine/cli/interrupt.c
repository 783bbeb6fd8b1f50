/* interrupt.c - SIGINT while a script runs.
 *
 * The handler does what may be done in one: it sets the context's flag, which every loop of the engine polls, and a
 * hook in the coroutine that runs, which raises the error at the next instruction. Whatever of the two comes first, the
 * error is on its way then, and what closes on that way (<close>) runs undisturbed.
 *
 * In a script that is all, as in stock lua: what catches the error goes on, with nothing left of the interruption but that
 * the next one ends the program. Somebody at a prompt insists: protected calls let the error pass (protected.c), and the
 * hook comes back after a million instructions, should a script go on all the same.
 */
#include "interrupt.h"

#include <lauxlib.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "lua/chunk.h"
#include "lua/dekking_lua.h"

#define CAUGHT_INSTRUCTIONS 1000000
#define SECOND_NANOSECONDS 50000000 /* who sends two signals has the second one sent by then */

static lua_State *volatile running;
static dk_context *volatile context;
static lua_CFunction handler_of_call;
static volatile sig_atomic_t n_signals;
static volatile sig_atomic_t n_answered = 1;
static int n_raised; /* so many of the signals have become errors */
static int n_caught; /* and so many of those were caught */
static bool insists;
static struct sigaction before;

static void stop(lua_State *L, lua_Debug *where);

/* An error is on its way that says so. */
static void set_raised(lua_State *L)
{
    n_raised = n_signals;
    if (insists) {
        lua_sethook(L, stop, LUA_MASKCOUNT, CAUGHT_INSTRUCTIONS);
        return;
    }
    lua_sethook(L, NULL, 0, 0);
    if (context)
        dk_context_clear_interrupt(context);
}

/* A function of the engine is about to raise it. Stock lua's own functions cannot be stopped: a script that is sent two
 * signals ends of the second one there, and does so here. */
static void stop_engine(lua_State *L)
{
    const struct timespec pause = { 0, SECOND_NANOSECONDS };

    if (!insists)
        nanosleep(&pause, NULL);
    set_raised(L);
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
    if (n_signals == (insists ? 0 : n_raised)) { /* what set it was answered elsewhere, or in an earlier call */
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

void dkc_interrupt_insist(int n)
{
    insists = true;
    n_answered = n;
}

bool dkc_interrupt_is_raised(void)
{
    return n_raised > n_caught;
}

bool dkc_interrupt_passes(lua_State *L)
{
    lua_Debug caller;

    if (n_raised == n_caught)
        return false;
    if (insists || (lua_getstack(L, 1, &caller) && lua_getinfo(L, "S", &caller) && dkl_is_library(caller.source)))
        return true;
    n_caught = n_raised;
    return false;
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
    n_signals = n_raised = n_caught = 0;
    dkl_on_interrupt(L, stop_engine);
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
