/* test_lua_memory.c - every function of the bindings, with each allocation failing in turn: Lua's and the engine's.
 *
 * A call is Lua text that prepares what it needs and returns the function to be tried. It is run once as it should be, and
 * then again and again while memory fails. A run may raise "not enough memory" or succeed, and must then give the
 * same answer; afterwards the engine holds what it held before, and the call works again. That every C function
 * that a script or the library can reach was called is checked too.
 */
#include "check.h"
#include "watched.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "lua/bind.h"
#include "lua/dekking_lua.h"
#include "memory_questions.h"
#include "memory_tables.h"
#include "memory_values.h"

/* Lua's memory ------------------------------------------------------------------------------------------------------ */

/* ONCE fails one allocation: Lua then collects everything that nothing holds, and tries again. ALL fails every
 * one from there on, also those that cleaning up would like to have. */
typedef enum failing { NONE, ONCE, ALL } failing;

static struct {
    lua_State *L; /* NULL: not open yet, or closed */
    size_t used;
    failing mode;
    uint64_t until;
    bool fired;
} memory;

/* Whether the collector calls a finalizer. It forgets one for whose call there is no memory, and frees what it was to close, which
 * nobody can help. */
static bool is_finalizing(void)
{
    return memory.L && lua_gc(memory.L, LUA_GCISRUNNING) < 0;
}

static void *allocate(void *unused, void *old, size_t old_size, size_t size)
{
    void *made;

    (void)unused;
    if (old == NULL)
        old_size = 0;
    if (size == 0) {
        free(old);
        memory.used -= old_size;
        return NULL;
    }
    if (size > old_size && memory.mode != NONE && !is_finalizing() && (memory.until <= 1 || --memory.until == 0)) {
        memory.fired = true;
        if (memory.mode == ONCE)
            memory.mode = NONE;
        return NULL;
    }
    made = realloc(old, size);
    assert_non_null(made);
    memory.used += size - old_size;
    return made;
}

static void arm(failing mode, uint64_t nth)
{
    memory.mode = mode;
    memory.until = nth;
    memory.fired = false;
}

static bool disarm(void)
{
    memory.mode = NONE;
    return memory.fired;
}

/* The calls --------------------------------------------------------------------------------------------------------- */

typedef struct list {
    const char *const *calls;
    size_t n;
} list;

#define LIST(calls)                            \
    {                                          \
        calls, sizeof(calls) / sizeof *(calls) \
    }
static const list lists[] = { LIST(tables_calls), LIST(values_calls), LIST(questions_calls) };
#define N_LISTS (sizeof lists / sizeof *lists)

/* The call of that number, over all lists; NULL behind the last. */
static const char *call_at(size_t i)
{
    for (size_t at = 0; at < N_LISTS; i -= lists[at++].n)
        if (i < lists[at].n)
            return lists[at].calls[i];
    return NULL;
}

/* A state --------------------------------------------------------------------------------------------------------- */

static lua_State *open_state(void)
{
    lua_State *L = lua_newstate(allocate, NULL);

    assert_non_null(L);
    memory.L = L;
    luaL_openlibs(L);
    return L;
}

static void open_dekking(lua_State *L)
{
    luaL_requiref(L, "dekking", luaopen_dekking, 0);
    lua_setglobal(L, "dk");
    dkl_push_core(L);
    lua_setglobal(L, "core");
}

static int open_and_call(lua_State *L)
{
    open_dekking(L);
    if (luaL_loadstring(L, lua_touserdata(L, 1)) != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 1);
    lua_call(L, 0, 1);
    return 1;
}

/* Leaves the function that is to be tried on the stack. */
static void prepare(lua_State *L, const char *call)
{
    open_dekking(L);
    if (luaL_dostring(L, call) != LUA_OK)
        fail_msg("%s\n%s", call, lua_tostring(L, -1));
}

static void close_state(lua_State *L)
{
    memory.L = NULL;
    lua_close(L);
    assert_int_equal(memory.used, 0);
}

static size_t settled_bytes(lua_State *L)
{
    lua_gc(L, LUA_GCCOLLECT);
    lua_gc(L, LUA_GCCOLLECT);
    return dk_context_used_bytes(dkl_context(L));
}

/* Whether a text says that memory was out. */
static bool tells_memory(const char *text)
{
    return text && (strstr(text, "not enough memory") || strstr(text, "out of memory"));
}

/* What a run gave: the right answer, or a message about memory. */
static void check_answer(lua_State *L, int status, const char *call, const char *answer, uint64_t nth)
{
    const char *got = luaL_tolstring(L, -1, NULL);

    if (!tells_memory(got) && (status != LUA_OK || strcmp(got, answer) != 0))
        fail_msg("allocation %llu of\n%s\ngave\n%s\nand not\n%s", (unsigned long long)nth, call, got, answer);
    lua_settop(L, 1);
}

static const char *ask_answer(lua_State *L, const char *call)
{
    static char answer[65536];

    lua_pushvalue(L, 1);
    if (lua_pcall(L, 0, 1, 0) != LUA_OK)
        fail_msg("%s\n%s", call, lua_tostring(L, -1));
    snprintf(answer, sizeof answer, "%s", luaL_tolstring(L, -1, NULL));
    lua_settop(L, 1);
    return answer;
}

/* Whether the engine holds what it held. What one collection has freed need not be looked for by another. */
static bool is_settled(lua_State *L, size_t settled)
{
    lua_gc(L, LUA_GCCOLLECT);
    return dk_context_used_bytes(dkl_context(L)) == settled || settled_bytes(L) == settled;
}

static uint64_t stride(uint64_t nth)
{
    return nth + 1 + watched(0, (unsigned)nth / 16, (unsigned)nth / 4);
}

/* Which functions were called --------------------------------------------------------------------------------------- */

static lua_CFunction called[1024];
static size_t n_called;

static bool was_called(lua_CFunction function)
{
    for (size_t i = 0; i < n_called; i++)
        if (called[i] == function)
            return true;
    return false;
}

/* The function on top of the stack; of a recorder that which it calls itself, where no hook sees it. */
static lua_CFunction function_on_top(lua_State *L)
{
    lua_CFunction function = lua_tocfunction(L, -1);

    if (function && lua_getupvalue(L, -1, 3)) {
        if (lua_tocfunction(L, -1))
            function = lua_tocfunction(L, -1);
        lua_pop(L, 1);
    }
    return function;
}

static void note_call(lua_State *L, lua_Debug *call)
{
    lua_CFunction function;

    lua_getinfo(L, "f", call);
    function = function_on_top(L);
    lua_pop(L, 1);
    if (function && !was_called(function)) {
        assert_true(n_called < sizeof called / sizeof *called);
        called[n_called++] = function;
    }
}

/* Every C function in the table on top of the stack, and in the tables that are upvalues of its functions. */
static size_t check_called(lua_State *L, const char *where)
{
    size_t n = 0;

    luaL_checkstack(L, 8, NULL);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        lua_CFunction function = function_on_top(L);

        if (function == NULL ||
            strcmp(lua_tostring(L, -2), "__gc") == 0) /* no hook sees a finalizer: it is __close */
            continue;
        n++;
        if (!was_called(function))
            fail_msg("no call reaches %s.%s", where, lua_tostring(L, -2));
        if (lua_getupvalue(L, -1, 1) != NULL) {
            if (lua_istable(L, -1) && strcmp(lua_tostring(L, -3), "__index") == 0)
                n += check_called(L, where);
            lua_pop(L, 1);
        }
    }
    return n;
}

/* The same of every class: the metatables of the registry that are called dk. and something. */
static size_t check_classes(lua_State *L)
{
    size_t n = 0, n_classes = 0;

    lua_pushvalue(L, LUA_REGISTRYINDEX);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING && strncmp(lua_tostring(L, -2), "dk.", 3) == 0) {
            n_classes++;
            n += check_called(L, lua_tostring(L, -2));
        }
    assert_true(n_classes > 15);
    return n;
}

/* Tests ------------------------------------------------------------------------------------------------------------- */

static void every_function_is_called(void **state)
{
    lua_State *L;
    size_t n = 0;

    (void)state;
    for (size_t i = 0; call_at(i); i++) {
        const char *call = call_at(i);

        L = open_state();
        lua_sethook(L, note_call, LUA_MASKCALL, 0);
        prepare(L, call);
        ask_answer(L, call);
        close_state(L);
    }
    L = open_state();
    open_dekking(L);
    lua_getglobal(L, "dk");
    n += check_called(L, "dk");
    lua_getmetatable(L, -1);
    n += check_called(L, "dk's metatable");
    lua_getglobal(L, "core");
    n += check_called(L, "core");
    n += check_classes(L);
    close_state(L);
    assert_true(n > 80);
}

static void lua_may_run_out_of_memory_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; call_at(i); i++) {
        const char *call = call_at(i);

        lua_State *L = open_state();
        const char *answer;
        size_t settled;

        prepare(L, call);
        answer = ask_answer(L, call);
        settled = settled_bytes(L);
        for (failing mode = ONCE; mode <= ALL; mode++)
            for (uint64_t nth = 1;; nth = stride(nth)) {
                int status;

                lua_pushvalue(L, 1);
                arm(mode, nth);
                status = lua_pcall(L, 0, 1, 0);
                if (!disarm()) {
                    lua_settop(L, 1);
                    break;
                }
                check_answer(L, status, call, answer, nth);
                if (!is_settled(L, settled))
                    fail_msg("allocation %llu of\n%s\nleaks", (unsigned long long)nth, call);
            }
        ask_answer(L, call);
        close_state(L);
    }
}

/* Collects without memory, where Lua has no room left for another call. */
static int starve(lua_State *L)
{
    arm(ALL, 1);
    lua_gc(L, LUA_GCCOLLECT);
    disarm();
    return 0;
}

/* The collector forgets a finalizer for whose call there is no memory, and frees the object: what comes after does not look for it,
 * and what it held is released with the state. */
static void a_forgotten_finalizer_is_made_up_for(void **state)
{
    static const char making[] =
        "for i = 1, 20 do local t = dk.table { { 'a', { i, 2 } } } end coroutine.wrap(starve)() "
        "collectgarbage() local t <close> = dk.table { { 'a', { 1 } } } return #t";
    lua_State *L = open_state();
    dk_context *context;
    size_t settled;

    (void)state;
    prepare(L, "return 1");
    memory.L = NULL;
    lua_register(L, "starve", starve);
    context = dk_context_retain(dkl_context(L));
    settled = settled_bytes(L);
    for (int round = 0; round < 10; round++) {
        assert_int_equal(luaL_dostring(L, making), LUA_OK);
        lua_settop(L, 1);
    }
    assert_true(settled_bytes(L) > settled); /* some were forgotten */
    close_state(L);
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
}

/* A coroutine that ends in an error is dropped with what it held: slots are then closed by the collector, in any order. */
static void a_coroutine_may_run_out_of_memory_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; call_at(i); i++) {
        const char *call = call_at(i);

        lua_State *L = open_state();
        size_t settled;

        prepare(L, call);
        ask_answer(L, call);
        settled = settled_bytes(L);
        for (uint64_t nth = 1;; nth = stride(nth)) {
            lua_State *thread = lua_newthread(L);
            int n_results;

            lua_pushvalue(L, 1);
            lua_xmove(L, thread, 1);
            arm(ALL, nth);
            lua_resume(thread, L, 0, &n_results);
            if (!disarm()) {
                lua_settop(L, 1);
                break;
            }
            lua_settop(L, 1); /* nobody closes it */
            if (!is_settled(L, settled))
                fail_msg("allocation %llu of\n%s\nleaks", (unsigned long long)nth, call);
        }
        close_state(L);
    }
}

/* Whether the failing that was asked for is still to come; takes it back. */
static bool still_to_fail(dk_context *context, uint64_t nth)
{
    for (uint64_t i = 0; i < nth; i++) {
        void *some = dki_alloc(context, 1, NULL);

        if (some == NULL)
            return true;
        dki_free(context, some);
    }
    dk_context_fail_allocation(context, 0);
    return false;
}

static void the_engine_may_run_out_of_memory_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; call_at(i); i++) {
        const char *call = call_at(i);

        lua_State *L = open_state();
        const char *answer;
        dk_context *context;
        size_t settled;

        prepare(L, call);
        context = dkl_context(L);
        answer = ask_answer(L, call);
        settled = settled_bytes(L);
        for (int with_thread = 0; with_thread <= 1; with_thread++)
            for (uint64_t nth = 1;; nth = stride(nth)) {
                lua_State *runs = with_thread ? lua_newthread(L) : L;
                int status, n_results;

                lua_pushvalue(L, 1);
                if (with_thread)
                    lua_xmove(L, runs, 1);
                dk_context_fail_allocation(context, nth);
                status = with_thread ? lua_resume(runs, L, 0, &n_results) : lua_pcall(L, 0, 1, 0);
                if (still_to_fail(context, nth)) {
                    lua_settop(L, 1);
                    break;
                }
                if (with_thread)
                    lua_settop(L, 1);
                else
                    check_answer(L, status, call, answer, nth);
                if (!is_settled(L, settled))
                    fail_msg("allocation %llu of\n%s\nleaks", (unsigned long long)nth, call);
            }
        close_state(L);
    }
}

/* Opening the module, loading parts of the library, and defining what a context keeps, in a new state for each
 * allocation. */
static void opening_may_run_out_of_memory_anywhere(void **state)
{
    static const char *const firsts[] = {
        "return function() return true end",
        "return function() return dk.breakdown { measures = 'n = count()' }:name() end",
        "return function() return #dk.table { { a = 1 } }:breakdown { measures = 'n = count()' } end",
        "return function() return #dk.scenarios() end",
        "return function() return type(dk.publication) end",
        "return function() return require 'dekking.breakdown' == dk.breakdown end",
        "return function() return (pcall(function() dk.define 'f' { result = 'integer', "
        "call = function(n) return n end } end)) end",
        "return function() return (pcall(function() dk.aggregate 'f' { result = 'integer', "
        "start = function() return 0 end, step = function(s, n) return s + n end, "
        "merge = function(a, b) return a + b end, finish = function(s) return s end } end)) end",
    };

    (void)state;
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
        for (failing mode = ONCE; mode <= ALL; mode++)
            for (uint64_t nth = 1;; nth = stride(nth)) {
                lua_State *L = open_state();
                bool fired;
                int status;

                lua_pushcfunction(L, open_and_call);
                lua_pushlightuserdata(L, (void *)(uintptr_t)firsts[i]);
                arm(mode, nth);
                status = lua_pcall(L, 1, 1, 0);
                fired = disarm();
                if (status != LUA_OK && !(fired && tells_memory(lua_tostring(L, -1))))
                    fail_msg("allocation %llu of\n%s\n%s", (unsigned long long)nth, firsts[i], lua_tostring(L, -1));
                if (fired) { /* what was opened in part can be opened again */
                    lua_settop(L, 0);
                    lua_pushcfunction(L, open_and_call);
                    lua_pushlightuserdata(L, (void *)(uintptr_t)firsts[i]);
                    if (lua_pcall(L, 1, 1, 0) != LUA_OK)
                        fail_msg("after allocation %llu of\n%s\n%s", (unsigned long long)nth, firsts[i],
                                 lua_tostring(L, -1));
                }
                close_state(L);
                if (!fired)
                    break;
            }
}

/* What t:print writes is not part of what the tests say, to which cmocka adds its own lines. */
static int screen = -1;

static int mute(void **state)
{
    int nowhere = open("/dev/null", O_WRONLY);

    (void)state;
    fflush(stdout);
    screen = dup(STDOUT_FILENO);
    if (nowhere < 0 || screen < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
        return 1;
    close(nowhere);
    dk_set_threads(1); /* or allocations would come in another order each time */
    return 0;
}

static int unmute(void **state)
{
    (void)state;
    fflush(stdout);
    if (dup2(screen, STDOUT_FILENO) < 0)
        return 1;
    close(screen);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_function_is_called, mute, unmute),
        cmocka_unit_test_setup_teardown(lua_may_run_out_of_memory_anywhere, mute, unmute),
        cmocka_unit_test_setup_teardown(a_coroutine_may_run_out_of_memory_anywhere, mute, unmute),
        cmocka_unit_test_setup_teardown(the_engine_may_run_out_of_memory_anywhere, mute, unmute),
        cmocka_unit_test_setup_teardown(opening_may_run_out_of_memory_anywhere, mute, unmute),
        cmocka_unit_test_setup_teardown(a_forgotten_finalizer_is_made_up_for, mute, unmute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
