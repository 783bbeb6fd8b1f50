/* finalizer.c - which objects have a finalizer, which the collector calls: those that are open, but for the newest.
 *
 * What has a finalizer the collector keeps for another round and calls under protection, also where a script closed it
 * (`local t <close> = ...`). So a class may have a second metatable, the light one, which is the other without __gc, and its object is
 *
 *   newest   light, and kept by the state whoever forgets it, until it is closed, the next one is made, or all garbage is collected
 *   open     with a finalizer, as what was the newest has then, and as one has from the start that need not become the newest
 *   closed   light, and empty
 *
 * Keeps true: what the collector frees is closed, or its finalizer was called. Going from one to another allocates nothing, and so cannot
 * fail. The state keeps the newest itself: a weak reference would be cleared before finalizers that can still reach the object.
 *
 * Where a script leaves tables to the collector none becomes the newest, as the last one would wait there.
 */
#include "bind.h"

static const char keeper_key; /* of the registry: a thread that runs nothing, with the newest on its stack */

static void forget_newest(dkl_state *state)
{
    state->newest = NULL;
    lua_settop(state->keeper, 0);
}

void dkl_settle_newest(dkl_state *state)
{
    if (state->newest == NULL)
        return;
    dkl_push_class(state->keeper, state->newest->class_name);
    lua_setmetatable(state->keeper, 1);
    forget_newest(state);
}

bool dkl_begin_newest(lua_State *L, dkl_state *state, dkl_object *object, int light)
{
    dkl_settle_newest(state);
    object->can_be_newest = true;
    if (!state->closes)
        return false;
    lua_pushvalue(L, -1);
    lua_xmove(L, state->keeper, 1);
    state->newest = object;
    lua_pushvalue(L, light);
    lua_setmetatable(L, -2);
    return true;
}

/* The object that is the argument of a finalizer. Upvalues: the address of the name of its class, its light metatable. */
static dkl_object *check_object(lua_State *L)
{
    const char *name = lua_touserdata(L, lua_upvalueindex(1));
    dkl_object *object = dkl_as_object(L, 1, name);

    if (object == NULL)
        luaL_typeerror(L, 1, name);
    return object;
}

/* __gc, and __close of a class that has no light metatable */
static int finalize(lua_State *L)
{
    dkl_object *object = check_object(L);

    if (object->hold && object->can_be_newest)
        object->hold->state->closes = false;
    dkl_drop_object(object);
    return 0;
}

/* __close */
static int close_lightly(lua_State *L)
{
    dkl_object *object = dkl_newest(L, 1);
    dkl_state *state;

    if (object) { /* the usual, which is light */
        state = object->hold->state;
        state->closes = true;
        dkl_drop_object(object);
        forget_newest(state);
        return 0;
    }
    object = check_object(L);
    if (object->hold == NULL)
        return 0;
    state = object->hold->state;
    state->closes = state->closes || object->can_be_newest;
    dkl_drop_object(object);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_setmetatable(L, 1);
    return 0;
}

void dkl_add_finalizer(lua_State *L, const char *name)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)name);
    lua_pushcclosure(L, finalize, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__gc");
    lua_setfield(L, -2, "__close");
}

void dkl_push_light(lua_State *L, const char *name)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, lua_pushfstring(L, "%s, light", name));
    lua_remove(L, -2);
}

void dkl_close_lightly(lua_State *L, const char *name)
{
    luaL_getmetatable(L, name);
    dkl_push_light(L, name);
    lua_pushlightuserdata(L, (void *)(uintptr_t)name);
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, close_lightly, 2);
    lua_setfield(L, -3, "__close");
    for (lua_pushnil(L); lua_next(L, -3);) { /* metatable light key value */
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    lua_pushnil(L);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 2);
}

/* __gc of a userdata that nothing refers to, so that every full collection calls it; upvalue: the state. Once there was no memory for
 * the call it comes no more, and the newest waits for the next one. */
static int note_collection(lua_State *L)
{
    lua_getmetatable(L, 1);
    lua_setmetatable(L, 1); /* the next one too */
    dkl_settle_newest(lua_touserdata(L, lua_upvalueindex(1)));
    return 0;
}

void dkl_open_newest(lua_State *L, dkl_state *state)
{
    state->keeper = lua_newthread(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &keeper_key);
    lua_newuserdatauv(L, 0, 0);
    lua_createtable(L, 0, 1);
    lua_pushlightuserdata(L, state);
    lua_pushcclosure(L, note_collection, 1);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}
