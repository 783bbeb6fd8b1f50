/* lua_progress.c - long loops over values of Lua, in C and in the library, show how far they are as calls of the engine do. */
#include "bind.h"

static bool begin_busy(lua_State *L, dkl_state *state)
{
    state->running = L;
    return state->counts = dki_progress_count_begin(state->context);
}

static void end_busy(void *held)
{
    dkl_state *state = held;

    state->running = NULL;
    if (state->context == NULL)
        return;
    if (state->counts)
        dki_progress_count_end(state->context);
    state->counts = false;
    dki_progress_end(state->context);
}

bool dkl_busy(lua_State *L)
{
    dkl_state *state = dkl_get_state(L);
    void **held;

    if (state->running)
        return false;
    held = dkl_slot(L, end_busy);
    *held = state;
    return begin_busy(L, state);
}

/* core.begin_progress() -> whether a loop of the library's is one whose progress is shown, and not within another: then
 * core.end_progress() says that it is over. It must not be left otherwise, by coroutine.yield for instance. */
static int begin_progress(lua_State *L)
{
    dkl_state *state = dkl_get_state(L);
    bool begins = state->running == NULL;

    if (begins)
        begin_busy(L, state);
    lua_pushboolean(L, begins);
    return 1;
}

static int end_progress(lua_State *L)
{
    dkl_state *state = dkl_find_state(L);

    if (state)
        end_busy(state);
    return 0;
}

/* core.progress(done, total): of the loop that began */
static int progress(lua_State *L)
{
    const dkl_state *state = dkl_get_state(L);
    lua_Integer done = luaL_checkinteger(L, 1), total = luaL_checkinteger(L, 2);

    if (state->counts)
        dki_progress_count(state->context, done < 0 ? 0 : (uint64_t)done, total < 0 ? 0 : (uint64_t)total);
    dki_progress_beat(state->context);
    return 0;
}

void dkl_open_progress(lua_State *L)
{
    lua_pushcfunction(L, begin_progress);
    lua_setfield(L, 2, "begin_progress");
    lua_pushcfunction(L, progress);
    lua_setfield(L, 2, "progress");
    lua_pushcfunction(L, end_progress);
    lua_setfield(L, 2, "end_progress");
}
