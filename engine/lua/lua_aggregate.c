/* lua_aggregate.c - aggregates whose functions are written in Lua; what a script sees is scripts/dekking/aggregate.lua.
 *
 * step gets a row; block, where the script has that in its place, lists of the values of many rows of a group. Each
 * call goes through lua_pcall in the coroutine that runs the breakdown (dkl_state.running), so nothing jumps across the
 * engine: an error stays in the registry, the call becomes DK_ERR_CALLBACK, and dkl_raise raises the very value that
 * the script raised. A state is a value of Lua in a table of the definition; the engine holds its number.
 *
 * registry[host] = { [START] =, [STEP] =, [BLOCK] =, [MERGE] =, [FINISH] =, [STATES] = { ... } }, found by number as a name
 * would cost as much as a step
 */
#include <stdlib.h>
#include <string.h>

#include "lua_block.h"
#include "lua_callback.h"
#include "lua_options.h"
#include "lua_value.h"

/* Of a definition. TEXT: what finish gave last; GIVEN: { the table that start gave last }, weak. */
enum { START = 1, STEP, BLOCK, MERGE, FINISH, STATES, TEXT, GIVEN };

/* What the engine holds of a definition. The registry's table goes with the Lua state. */
typedef struct host {
    dkl_state *state;
    dk_type result;
    uint8_t scale;
    bool weighs;
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
    lua_group *group;
    const lua_group *other;
    const dk_value *values;
    const dk_value *weight;
    const dk_aggregate_rows *rows;
    dk_value *out;
} call;

/* Within lua_pcall. ----------------------------------------------------------------------------------------------- */

/* Stack: 1 call, 2 the definition, 3 its states. */
static void open_call(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);

    luaL_checkstack(L, 16, "too many values");
    lua_rawgetp(L, LUA_REGISTRYINDEX, c->host);
    lua_rawgeti(L, 2, STATES);
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
    if (lua_rawgeti(L, 2, START) == LUA_TNIL)
        return 0;
    lua_call(L, 0, 1);
    if (lua_istable(L, -1)) {
        lua_rawgeti(L, 2, GIVEN); /* state given */
        lua_rawgeti(L, -1, 1);
        if (lua_rawequal(L, -1, -3))
            return dkl_fail(L,
                            "start of aggregate %s gave the same table twice, and each group wants one of its own "
                            "(make it in the function: start = function() return {} end)",
                            c->host->name);
        lua_pop(L, 1);
        lua_pushvalue(L, -2);
        lua_rawseti(L, -2, 1);
        lua_pop(L, 1);
    }
    pop_state(L, c->group);
    return 0;
}

static int protected_step(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);
    int n = 1;

    open_call(L);
    lua_rawgeti(L, 2, STEP);
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

/* The values of an argument as a list; levels become strings once where they are fewer than values. A set is the text of its
 * members, as it is row by row. */
static void push_values(lua_State *L, const dk_view *view)
{
    bool keeps = view->type == DK_CATEGORY && dk_dictionary_n_levels(view->levels) < view->n;

    if (view->levels && dk_dictionary_members(view->levels)) {
        lua_createtable(L, (int)view->n, 0);
        for (size_t i = 0; i < view->n; i++) {
            dk_text text = dk_dictionary_level(view->levels, ((const uint32_t *)view->values)[i]);

            lua_pushlstring(L, text.bytes, text.size);
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
        return;
    }
    if (keeps)
        lua_newtable(L);
    dkl_push_list(L, view, NULL, view->n, keeps ? -1 : 0);
    if (keeps)
        lua_remove(L, -2);
}

/* block(state, values [, values] [, weights], n) */
static int protected_block(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);
    const dk_aggregate_rows *rows = c->rows;
    int n = 2;

    open_call(L);
    lua_rawgeti(L, 2, BLOCK);
    push_state(L, c->group);
    for (size_t i = 0; i < c->host->n_arguments; i++, n++)
        push_values(L, &rows->values[i]);
    if (c->host->weighs) {
        if (rows->weights)
            push_values(L, rows->weights);
        else
            lua_pushnil(L);
        n++;
    }
    lua_pushinteger(L, (lua_Integer)rows->n);
    lua_call(L, n, 1);
    pop_state(L, c->group);
    return 0;
}

static int protected_merge(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);

    open_call(L);
    lua_rawgeti(L, 2, MERGE);
    push_state(L, c->group);
    push_state(L, c->other);
    lua_call(L, 2, 1);
    pop_state(L, c->group);
    return 0;
}

static int protected_finish(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);
    const host *h = c->host;
    dk_value value;

    open_call(L);
    lua_rawgeti(L, 2, FINISH);
    push_state(L, c->group);
    lua_call(L, 1, 1); /* call definition states result */
    if (!dkl_to_result(L, 4, h->result, h->scale, &value))
        return dkl_fail_result(L, 4, lua_pushfstring(L, "finish of aggregate %s", h->name), h->result);
    *c->out = value;
    if (!value.is_null && value.type == DK_TEXT)
        lua_rawseti(L, 2, TEXT); /* lives until the next one */
    return 0;
}

/* From the engine. ------------------------------------------------------------------------------------------------ */

static dk_status run(lua_CFunction function, call *c, dk_error *err)
{
    return dkl_call_back(c->host->state, function, c, err);
}

static dk_status start(void *arg, void *state, dk_error *err)
{
    return run(protected_start, &(call){ .host = arg, .group = state }, err);
}

static dk_status step(void *arg, void *state, const dk_value *values, const dk_value *weight, dk_error *err)
{
    return run(protected_step, &(call){ .host = arg, .group = state, .values = values, .weight = weight }, err);
}

static dk_status block(void *arg, void *state, const dk_aggregate_rows *rows, dk_error *err)
{
    return run(protected_block, &(call){ .host = arg, .group = state, .rows = rows }, err);
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

    if (group->number == 0 || L == NULL || !lua_checkstack(L, 8))
        return;
    lua_rawgetp(L, LUA_REGISTRYINDEX, h);
    lua_rawgeti(L, -1, STATES);
    luaL_unref(L, -1, group->number);
    lua_pop(L, 2);
    group->number = 0;
}

/* From Lua. ------------------------------------------------------------------------------------------------------- */

/* From the options to the definition. */
static bool copy_function(lua_State *L, const char *name, int key, bool needed)
{
    bool given = dkl_option(L, 2, name);

    if (!given && needed)
        dkl_fail(L, "aggregate: %s is missing", name);
    if (given && !lua_isfunction(L, -1))
        dkl_fail(L, "aggregate: %s is a function, not %s", name, dkl_push_kind(L, -1));
    lua_rawseti(L, 3, key);
    return given;
}

/* core.aggregate(name, { arguments =, result =, weights =, start =, step =, block =, merge =,
 * finish = }) */
static int define(lua_State *L)
{
    const char *what = "aggregate";
    dk_error err = DK_ERROR_INIT;
    dk_aggregate aggregate = { .state_bytes = sizeof(lua_group) };
    dkl_state *state = dkl_get_state(L);
    bool takes_blocks;
    void **slot;
    host *h;

    lua_settop(L, 2);
    luaL_checktype(L, 2, LUA_TTABLE);
    aggregate.name = dkl_check_text(L, 1, "aggregate: a name");
    aggregate.n_arguments = (size_t)dkl_option_integer(L, 2, what, "arguments", 0, 1);
    aggregate.result = dkl_option_result(L, 2, what, &aggregate.scale);
    aggregate.weighs = dkl_option_boolean(L, 2, what, "weights", false);
    lua_createtable(L, GIVEN, 0); /* 3 */
    copy_function(L, "start", START, false);
    takes_blocks = copy_function(L, "block", BLOCK, false);
    if (copy_function(L, "step", STEP, !takes_blocks) && takes_blocks)
        return dkl_fail(L, "aggregate: step and block are two ways to take rows in: give one of them");
    copy_function(L, "merge", MERGE, false);
    copy_function(L, "finish", FINISH, true);
    lua_newtable(L);
    lua_pushinteger(L, 0); /* so that references have their list of free ones */
    lua_rawseti(L, -2, 1);
    lua_rawseti(L, 3, STATES);
    lua_createtable(L, 1, 0);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawseti(L, 3, GIVEN);
    aggregate.start = start;
    aggregate.step = takes_blocks ? NULL : step;
    aggregate.block = takes_blocks ? block : NULL;
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
    h->scale = aggregate.scale;
    h->n_arguments = aggregate.n_arguments;
    h->weighs = aggregate.weighs;
    strncpy(h->name, aggregate.name, sizeof h->name - 1);
    aggregate.arg = h;
    lua_pushvalue(L, 3);
    lua_rawsetp(L, LUA_REGISTRYINDEX, h);
    dkl_forget_parsed(L); /* may raise: while the slot still has it */
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
