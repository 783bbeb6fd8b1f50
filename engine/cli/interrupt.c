/* interrupt.c - SIGINT while a script runs.
 *
 * The handler does what may be done in one: it sets the context's flag, which every loop of the engine polls, and a
 * hook in the coroutine that runs, which raises the error at the next instruction. Whatever of the two comes first, the
 * error is on its way then, and what closes on that way (<close>) runs undisturbed.
 *
 * In a script that is all, as in stock lua: what catches the error goes on, with nothing left of the interruption but that
 * the next one ends the program. Somebody at a prompt insists: protected calls let the error pass (protected.c), and the
 * hook comes back after a million instructions, should a script go on all the same, and sooner each time.
 *
 * Where no instruction comes for a while, since a function of Lua's own runs or a text is put together, Lua is given no memory
 * any more (allocate.c). It says so, and whoever sees that error has it reworded.
 *
 * Lua runs finalizers with hooks switched off. What it calls to run a hook is a function of its own, and the linker puts ours in
 * between (--wrap in the Makefile): a finalizer ends of the error there, which the collector keeps to itself, and what ran before it
 * is stopped next. So do a hook of the script's, and a message handler, which Lua calls where the error is raised: within our hook.
 * An error in a handler calls the handler again, some 200 times, until Lua has enough of it. So where somebody insists the handlers of
 * scripts are replaced by the one that makes a traceback, in the calls of xpcall that are near; what is far away, or belongs to
 * a module of others, is let pass fewer instructions each time.
 */
#include "interrupt.h"

#include <lauxlib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lua/chunk.h"
#include "lua/dekking_lua.h"

#define CAUGHT_INSTRUCTIONS 1000000 /* and half of them each time that it is raised again */
#define LEAST_INSTRUCTIONS 1000
#define FAR_LEVELS 2000 /* of the stack: some 3 ms, since Lua counts them anew for each */
#define NEAR_LEVELS 200
#define SECOND_NANOSECONDS 20000000 /* who sends two signals has the second one sent by then */
#define SMALL 1024                  /* bytes */
#define LATE_NANOSECONDS 20000000   /* what can be stopped in another way has been by then */

#define WARNING "\nwhat runs cannot be stopped: one more Ctrl-C ends the program\n"

static lua_State *volatile running;
static dk_context *volatile context;
static lua_CFunction handler_of_call;
static lua_CFunction call_with_handler;
static volatile sig_atomic_t n_signals;
static volatile sig_atomic_t n_answered = 1;
static int n_raised;          /* so many of the signals have become errors */
static int n_caught;          /* and so many of those were caught */
static int instructions_left; /* until it is raised again where it was caught */
static bool insists;
static struct sigaction before;
static struct timespec arrived; /* when the last of the signals came */
static bool hook_ran;
static bool is_resting;
static bool is_closing;                /* memory was refused, for a buffer perhaps: it is closed next */
static char refused[LUA_IDSIZE + 128]; /* what the error that comes of it means; empty: nothing was refused */

static void stop(lua_State *L, lua_Debug *where);

/* Of what Lua 5.4 calls whenever a hook is due, be it switched off or not: its own, and what calls of it come to. So of what it calls
 * to raise an error, and to collect all garbage. */
void __real_luaD_hook(lua_State *L, int event, int line, int first_transferred, int n_transferred);
void __wrap_luaD_hook(lua_State *L, int event, int line, int first_transferred, int n_transferred);
_Noreturn void __real_luaD_throw(lua_State *L, int status);
_Noreturn void __wrap_luaD_throw(lua_State *L, int status);
void __real_luaC_fullgc(lua_State *L, int is_emergency);
void __wrap_luaC_fullgc(lua_State *L, int is_emergency);

/* Nothing may be asked of the collector while it runs a finalizer. What looks for that on the stack takes long on a deep one. */
static bool is_finalizing(lua_State *L)
{
#if LUA_VERSION_RELEASE_NUM >= 50404
    return lua_gc(L, LUA_GCISRUNNING) < 0;
#else
    lua_Debug where;

    for (int level = 0; lua_getstack(L, level, &where) && lua_getinfo(L, "n", &where); level++)
        if (where.name && strcmp(where.name, "__gc") == 0 && strcmp(where.namewhat, "metamethod") == 0)
            return true;
    return false;
#endif
}

static void stop_next(lua_State *L)
{
    lua_sethook(L, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

/* Raising ------------------------------------------------------------------------------------------------------------- */

static void replace_handlers(lua_State *L, int n_levels)
{
    lua_Debug call;
    bool has_handler;

    for (int level = 0; level < n_levels && lua_checkstack(L, 1) && lua_getstack(L, level, &call); level++) {
        lua_getinfo(L, "f", &call);
        has_handler = lua_tocfunction(L, -1) == call_with_handler;
        lua_pop(L, 1);
        if (has_handler) {
            lua_pushcfunction(L, handler_of_call);
            if (lua_setlocal(L, &call, 2) == NULL)
                lua_pop(L, 1);
        }
    }
}

/* An error is on its way that says so. From a finalizer it gets no further than to the collector. Asks for no memory. */
static void note_raised(lua_State *L)
{
    if (is_finalizing(L)) {
        stop_next(L);
        return;
    }
    if (n_raised == n_signals && instructions_left > LEAST_INSTRUCTIONS)
        instructions_left /= 2;
    n_raised = n_signals;
    if (insists) {
        lua_sethook(L, stop, LUA_MASKCOUNT, instructions_left);
        return;
    }
    lua_sethook(L, NULL, 0, 0);
    if (context)
        dk_context_clear_interrupt(context);
}

static void set_raised(lua_State *L)
{
    bool again = n_raised == n_signals;

    is_closing = false;
    note_raised(L);
    if (insists && n_raised == n_signals)
        replace_handlers(L, again ? NEAR_LEVELS : FAR_LEVELS);
}

static long nanoseconds_since(const struct timespec *then)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - then->tv_sec) * 1000000000L + now.tv_nsec - then->tv_nsec;
}

/* A function of the engine is about to raise it. Stock lua's own functions cannot be stopped: a script that is sent two
 * signals ends of the second one there, and does so here. What passed until the function looked is part of the pause. */
static void stop_engine(lua_State *L)
{
    struct timespec pause = { 0, SECOND_NANOSECONDS - nanoseconds_since(&arrived) };

    if (!insists && pause.tv_nsec > 0)
        nanosleep(&pause, NULL);
    set_raised(L);
}

void dkc_interrupt_rest_collector(lua_State *L)
{
    if (lua_gc(L, LUA_GCISRUNNING) > 0) {
        lua_gc(L, LUA_GCSTOP);
        is_resting = true;
    }
}

void dkc_interrupt_wake_collector(lua_State *L)
{
    if (is_resting)
        lua_gc(L, LUA_GCRESTART);
    is_resting = false;
}

/* As stock lua says it, that is with the line of the caller. The script's own is told where that caller is a part of the
 * library, and of a coroutine, whose line no traceback shows. */
static int raise_interrupted(lua_State *L)
{
    lua_Debug where;
    bool tells = !lua_pushthread(L), told = false;

    dkc_interrupt_rest_collector(L);
    if (!tells && lua_getstack(L, 1, &where) && lua_getinfo(L, "S", &where))
        tells = dkl_is_library(where.source);
    for (int level = 0; tells && !told && lua_getstack(L, level, &where); level++) {
        lua_getinfo(L, "Sl", &where);
        told = where.currentline > 0 && !dkl_is_library(where.source);
        if (told)
            lua_pushfstring(L, "%s:%d: interrupted!", where.short_src, where.currentline);
    }
    if (!told) {
        luaL_where(L, 1);
        lua_pushliteral(L, "interrupted!");
        lua_concat(L, 2);
    }
    dkc_interrupt_wake_collector(L);
    return lua_error(L);
}

void __wrap_luaD_hook(lua_State *L, int event, int line, int first_transferred, int n_transferred)
{
    hook_ran = false;
    __real_luaD_hook(L, event, line, first_transferred, n_transferred);
    if (hook_ran || n_signals <= (insists ? 0 : n_raised) || lua_gethook(L) != stop)
        return;
    set_raised(L);
    luaL_error(L, "interrupted!");
}

static void stop(lua_State *L, lua_Debug *where)
{
    bool closes = is_closing && where->event == LUA_HOOKCALL;

    hook_ran = true;
    if (n_signals == (insists ? 0 : n_raised)) { /* what set it was answered elsewhere, or in an earlier call */
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    set_raised(L);
    if (closes)
        return;
    *refused = '\0';                    /* it went on without that memory */
    if (where->event == LUA_HOOKCALL) { /* an error is on its way out already: what it says stays */
        lua_getinfo(L, "f", where);
        if (lua_tocfunction(L, -1) == handler_of_call)
            return;
    }
    raise_interrupted(L);
}

/* Memory for a function of Lua's, or for what is built into it. ------------------------------------------------------ */

/* Nothing here may ask for memory. */
static void word_refusal(lua_State *L)
{
    lua_Debug where;
    char name[64] = "";

    snprintf(refused, sizeof refused, "interrupted!");
    for (int level = 0; lua_getstack(L, level, &where) && lua_getinfo(L, "nSl", &where); level++) {
        if (where.currentline > 0 && !dkl_is_library(where.source)) {
            snprintf(refused, sizeof refused, "%s:%d: interrupted!%s", where.short_src, where.currentline, name);
            return;
        }
        if (where.name && strcmp(where.name, "pcall") != 0 && strcmp(where.name, "xpcall") != 0)
            snprintf(name, sizeof name, " ('%s' was running)", where.name);
    }
}

bool dkc_interrupt_refuses(size_t size, bool at_once)
{
    if (n_signals <= n_raised || running == NULL || (!at_once && nanoseconds_since(&arrived) <= LATE_NANOSECONDS))
        return false;
    /* The collector forgets a finalizer for whose call there is no memory; what one of Lua does without end is stopped by the hook. */
    if (size < SMALL && is_finalizing(running))
        return false;
    is_closing = !is_finalizing(running); /* what comes next may have nothing to do with it */
    word_refusal(running);
    return true;
}

/* Lua raises that it got no memory, or goes on without (the table of all texts). */
_Noreturn void __wrap_luaD_throw(lua_State *L, int status)
{
    if (status == LUA_ERRMEM && *refused && running) {
        is_closing = false;
        note_raised(running);
    }
    __real_luaD_throw(L, status);
}

/* Where there is no memory Lua collects what garbage there is, and asks again: in vain here, and for long. */
void __wrap_luaC_fullgc(lua_State *L, int is_emergency)
{
    if (!is_emergency || *refused == '\0' || n_signals <= n_raised)
        __real_luaC_fullgc(L, is_emergency);
}

void dkc_interrupt_reword(lua_State *L)
{
    static const char said[] = "not enough memory";
    size_t size;
    const char *text = *refused && lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &size) : NULL;

    if (text == NULL || size < sizeof said - 1 || strcmp(text + size - (sizeof said - 1), said) != 0)
        return;
    if (n_signals > n_raised)
        set_raised(L);
    lua_pushlstring(L, text, size - (sizeof said - 1)); /* what `require` says before it */
    lua_pushstring(L, refused);
    lua_concat(L, 2);
    lua_remove(L, -2);
    *refused = '\0';
}

static void on_interrupt(int signal_number)
{
    clock_gettime(CLOCK_MONOTONIC, &arrived);
    n_signals++;
    if (n_signals > 1 && n_signals == n_answered && n_raised == 0)
        (void)!write(STDERR_FILENO, WARNING, sizeof WARNING - 1);
    if (n_signals > n_answered) {
        signal(signal_number, SIG_DFL);
        raise(signal_number);
        return;
    }
    if (context)
        dk_context_interrupt(context);
    if (running)
        stop_next(running);
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

void dkc_interrupt_handled_by(lua_CFunction function)
{
    call_with_handler = function;
}

void dkc_interrupt_goes_on(lua_State *L)
{
    if (insists && dkc_interrupt_is_raised())
        replace_handlers(L, NEAR_LEVELS);
}

void dkc_interrupt_end_handlers(lua_State *L)
{
    instructions_left = CAUGHT_INSTRUCTIONS;
    set_raised(L);
    lua_pushliteral(L, "interrupted!");
}

dkc_interrupt_caller dkc_interrupt_enter(lua_State *L)
{
    dkc_interrupt_caller caller = { running, n_raised };

    running = L;
    return caller;
}

void dkc_interrupt_leave(lua_State *L, dkc_interrupt_caller caller)
{
    running = caller.running;
    if (n_raised > caller.n_raised &&
        is_finalizing(L)) /* a finalizer's coroutine ended of it, and all else goes on */
        n_raised = caller.n_raised;
    if (n_signals > n_raised) { /* that, or it came when the coroutine had ended */
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
    instructions_left = CAUGHT_INSTRUCTIONS;
    is_closing = false;
    *refused = '\0';
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
    dkc_interrupt_wake_collector(L);
    if (n_signals > 0 && lua_gethook(L) == stop)
        lua_sethook(L, NULL, 0, 0);
    if (n_signals > 0 && context)
        dk_context_clear_interrupt(context);
    if (n_signals > 0)
        clearerr(stdout); /* a write that was interrupted */
    context = NULL;
}
