/* lua_aggregate.c - aggregates whose functions are written in Lua; what a script sees is scripts/dekking/aggregate.lua.
 *
 * Each call goes through lua_pcall in the coroutine that runs the breakdown (dkl_state.running), so nothing jumps
 * across the engine: an error stays in the registry, the call becomes DK_ERR_CALLBACK, and dkl_raise raises the very value
 * that the script raised. A state is a value of Lua in a table of the definition; the engine holds its number.
 *
 * registry[host] = { start =, step =, merge =, finish =, states = { ... }, text = what finish gave last }
 */
#include <stdlib.h>
#include <string.h>

#include "lua_options.h"
#include "lua_value.h"

/* What the engine holds of a definition. The registry's table goes with the Lua state. */
typedef struct host {
    dkl_state *state;
    dk_type result;
    uint8_t scale;
    bool has_merge;
    size_t n_arguments;
    char name[64];
} host;

/* A group's state: a number in the table of states. 0 is none, which is nil. */
typedef struct lua_group {
    int number;
} lua_group;

/* One call of a function, for the protected part. */
typedef struct call {
    host *host;
    const char *function;
    lua_group *group;
    const lua_group *other;
    const dk_value *values;
    const dk_value *weight;
    dk_value *out;
} call;

/* Within lua_pcall. ----------------------------------------------------------------------------------------------- */

/* Stack: 1 call, 2 the definition, 3 its states. */
static void open_call(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);

    luaL_checkstack(L, 16, "too many values");
    lua_rawgetp(L, LUA_REGISTRYINDEX, c->host);
    lua_getfield(L, 2, "states");
}

static void push_state(lua_State *L, const lua_group *group)
{
    if (group->number)
        lua_rawgeti(L, 3, group->number);
    else
        lua_pushnil(L);
}

/* Takes the value on top as the state, unless it is nil: the function changed the state in its place. */
static void pop_state(lua_State *L, lua_group *group)
{
    if (lua_isnil(L, -1))
        lua_pop(L, 1);
    else if (group->number)
        lua_rawseti(L, 3, group->number);
    else
        group->number = luaL_ref(L, 3);
}

static int protected_start(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);

    open_call(L);
    if (lua_getfield(L, 2, "start") == LUA_TNIL)
        return 0;
    lua_call(L, 0, 1);
    pop_state(L, c->group);
    return 0;
}

static int protected_step(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);
    int n = 1;

    open_call(L);
    lua_getfield(L, 2, "step");
    push_state(L, c->group);
    for (size_t i = 0; i < c->host->n_arguments; i++, n++)
        dkl_push_value(L, &c->values[i]);
    if (c->weight) {
        dkl_push_value(L, c->weight);
        n++;
    }
    lua_call(L, n, 1);
    pop_state(L, c->group);
    return 0;
}

static int protected_merge(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);

    open_call(L);
    lua_getfield(L, 2, "merge");
    push_state(L, c->group);
    push_state(L, c->other);
    lua_call(L, 2, 1);
    pop_state(L, c->group);
    return 0;
}

/* What finish gave, as the stated result: a float only where that is a decimal or a real. */
static bool fits(const host *h, dk_value *value)
{
    if (value->is_null || value->type == h->result)
        return true;
    return (h->result == DK_REAL || h->result == DK_DECIMAL) &&
           (value->type == DK_INTEGER || value->type == DK_DECIMAL || value->type == DK_REAL);
}

static int protected_finish(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);
    const host *h = c->host;
    dk_value value;

    open_call(L);
    lua_getfield(L, 2, "finish");
    push_state(L, c->group);
    lua_call(L, 1, 1);
    if (lua_isnil(L, -1) || dkl_is_null(L, -1))
        return 0;
    if (h->result == DK_REAL && lua_type(L, -1) == LUA_TNUMBER && dkl_to_value(L, -1, &value)) {
        *c->out = (dk_value){ .type = DK_REAL, .as.real = (double)lua_tonumber(L, -1) };
        return 0;
    }
    if (!dkl_to_value(L, -1, &value) || !fits(h, &value))
        return dkl_fail(L, "finish of aggregate %s gave %s, and its result is %s", h->name,
                        luaL_tolstring(L, -1, NULL), dk_type_name(h->result));
    *c->out = value;
    if (value.type == DK_TEXT)
        lua_setfield(L, 2, "text"); /* lives until the next one */
    return 0;
}

/* From the engine. ------------------------------------------------------------------------------------------------ */

static dk_status fail(lua_State *L, dk_error *err)
{
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error that is no text";

    if (err) {
        memset(err, 0, sizeof *err);
        err->code = DK_ERR_CALLBACK;
        strncpy(err->message, text, sizeof err->message - 1);
    }
    dkl_keep_error(L);
    return DK_ERR_CALLBACK;
}

static dk_status run(lua_CFunction function, call *c, dk_error *err)
{
    lua_State *L = c->host->state->running;
    dk_status status = DK_OK;
    int top = lua_gettop(L);

    if (!lua_checkstack(L, 8)) {
        if (err) {
            memset(err, 0, sizeof *err);
            err->code = DK_ERR_CALLBACK;
            strncpy(err->message, "too many values on Lua's stack", sizeof err->message - 1);
        }
        return DK_ERR_CALLBACK;
    }
    lua_pushcfunction(L, function);
    lua_pushlightuserdata(L, c);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK)
        status = fail(L, err);
    lua_settop(L, top);
    return status;
}

static dk_status start(void *arg, void *state, dk_error *err)
{
    return run(protected_start, &(call){ .host = arg, .group = state }, err);
}

static dk_status step(void *arg, void *state, const dk_value *values, const dk_value *weight, dk_error *err)
{
    return run(protected_step, &(call){ .host = arg, .group = state, .values = values, .weight = weight }, err);
}

static dk_status merge(void *arg, void *state, const void *other, dk_error *err)
{
    return run(protected_merge, &(call){ .host = arg, .group = state, .other = other }, err);
}

static dk_status finish(void *arg, const void *state, dk_value *out, dk_error *err)
{
    lua_group group = *(const lua_group *)state;

    return run(protected_finish, &(call){ .host = arg, .group = &group, .out = out }, err);
}

/* Raises nothing: what is written is there already. */
static void drop(void *arg, void *state)
{
    host *h = arg;
    lua_State *L = h->state->running;
    lua_group *group = state;

    if (group->number == 0 || !lua_checkstack(L, 8))
        return;
    lua_rawgetp(L, LUA_REGISTRYINDEX, h);
    lua_pushliteral(L, "states");
    lua_rawget(L, -2);
    luaL_unref(L, -1, group->number);
    lua_pop(L, 2);
    group->number = 0;
}

/* From Lua. ------------------------------------------------------------------------------------------------------- */

/* From the options to the definition. */
static void copy_function(lua_State *L, const char *name, bool needed)
{
    bool given = dkl_option(L, 2, name);

    if (!given && needed)
        dkl_fail(L, "aggregate: %s is missing", name);
    if (given && !lua_isfunction(L, -1))
        dkl_fail(L, "aggregate: %s is a function, not %s", name, dkl_push_kind(L, -1));
    lua_setfield(L, 3, name);
}

/* core.aggregate(name, { arguments =, result =, digits =, weights =, start =, step =, merge =, finish = }) */
static int define(lua_State *L)
{
    static const char *const results[] = { "boolean", "integer", "decimal", "real", "text", NULL };
    static const dk_type types[] = { DK_BOOLEAN, DK_INTEGER, DK_DECIMAL, DK_REAL, DK_TEXT };
    const char *what = "aggregate";
    dk_error err = DK_ERROR_INIT;
    dk_aggregate aggregate = { .state_bytes = sizeof(lua_group) };
    dkl_state *state = dkl_get_state(L);
    void **slot;
    host *h;

    lua_settop(L, 2);
    luaL_checktype(L, 2, LUA_TTABLE);
    aggregate.name = dkl_check_text(L, 1, "aggregate: a name");
    aggregate.n_arguments = (size_t)dkl_option_integer(L, 2, what, "arguments", 0, 1);
    aggregate.result = types[dkl_option_choice(L, 2, what, "result", results, 3)];
    aggregate.scale = (uint8_t)dkl_option_integer(L, 2, what, "digits", 0, 0);
    aggregate.weighs = dkl_option_boolean(L, 2, what, "weights", false);
    lua_createtable(L, 0, 6); /* 3 */
    copy_function(L, "start", false);
    copy_function(L, "step", true);
    copy_function(L, "merge", false);
    copy_function(L, "finish", true);
    lua_newtable(L);
    lua_pushinteger(L, 0); /* so that references have their list of free ones */
    lua_rawseti(L, -2, 1);
    lua_setfield(L, 3, "states");
    aggregate.start = start;
    aggregate.step = step;
    aggregate.merge = dkl_option(L, 2, "merge") ? merge : NULL;
    aggregate.finish = finish;
    aggregate.drop = drop;
    aggregate.release = free;
    lua_settop(L, 3);
    slot = dkl_slot(L, free); /* 4 */
    h = calloc(1, sizeof *h);
    if (h == NULL)
        return dkl_fail(L, "out of memory");
    *slot = h;
    h->state = state;
    h->result = aggregate.result;
    h->n_arguments = aggregate.n_arguments;
    strncpy(h->name, aggregate.name, sizeof h->name - 1);
    aggregate.arg = h;
    lua_pushvalue(L, 3);
    lua_rawsetp(L, LUA_REGISTRYINDEX, h);
    DKL_TRY(dk_aggregate_define(state->context, &aggregate,
                                &err)); /* else the table stays in the registry, and is small */
    *slot = NULL;
    return 0;
}

void dkl_open_aggregate(lua_State *L)
{
    lua_pushcfunction(L, define);
    lua_setfield(L, 2, "aggregate");
}
