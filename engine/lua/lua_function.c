/* lua_function.c - functions of expressions that are written in Lua; what a script sees is scripts/dekking/define.lua.
 *
 * registry[host] = the function, registry[&host.text] = the text that it gave last
 */
#include <stdlib.h>
#include <string.h>

#include "lua_callback.h"
#include "lua_options.h"
#include "lua_value.h"

/* What the engine holds of a definition. The registry's values go with the Lua state. */
typedef struct host {
    dkl_state *state;
    dk_type result;
    uint8_t scale;
    size_t n_arguments;
    char text;
    char name[64];
} host;

typedef struct call {
    host *host;
    const dk_value *args;
    dk_value *out;
} call;

static int protected_call(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);
    host *h = c->host;

    lua_rawgetp(L, LUA_REGISTRYINDEX, h);
    for (size_t i = 0; i < h->n_arguments; i++)
        dkl_push_value(L, &c->args[i]);
    lua_call(L, (int)h->n_arguments, 1); /* call result */
    if (!dkl_to_result(L, 2, h->result, h->scale, c->out))
        return dkl_fail_result(L, 2, lua_pushfstring(L, "%s()", h->name), h->result);
    if (!c->out->is_null && c->out->type == DK_TEXT)
        lua_rawsetp(L, LUA_REGISTRYINDEX, &h->text);
    return 0;
}

static dk_status call_host(void *arg, const dk_value *args, dk_value *out, dk_error *err)
{
    host *h = arg;

    return dkl_call_back(h->state, protected_call, &(call){ .host = h, .args = args, .out = out }, err);
}

/* The option levels, a list of strings, into an array that Lua owns. Pushes anchors. */
static void read_levels(lua_State *L, dk_function *function)
{
    dkl_names names = dkl_option_names(L, 2, "define", "levels");
    dk_text *levels = dkl_array(L, names.n, sizeof *levels);

    for (size_t i = 0; i < names.n; i++)
        levels[i] = (dk_text){ names.items[i], strlen(names.items[i]) };
    function->levels = levels;
    function->n_levels = names.n;
}

/* core.define(name, { arguments =, result =, levels =, nulls =, call = }) */
static int define(lua_State *L)
{
    dk_error err = DK_ERROR_INIT;
    dk_function function = { .call = call_host, .release = free };
    dkl_state *state = dkl_get_state(L);
    void **slot;
    host *h;

    lua_settop(L, 2);
    luaL_checktype(L, 2, LUA_TTABLE);
    function.name = dkl_check_text(L, 1, "define: a name");
    function.n_arguments = (size_t)dkl_option_integer(L, 2, "define", "arguments", 1, 1);
    function.takes_null = dkl_option_boolean(L, 2, "define", "nulls", false);
    if (dkl_option(L, 2, "levels")) {
        read_levels(L, &function);
        function.result = DK_CATEGORY;
    } else {
        function.result = dkl_option_result(L, 2, "define", &function.scale);
    }
    slot = dkl_slot(L, free);
    h = calloc(1, sizeof *h);
    if (h == NULL)
        return dkl_fail(L, "out of memory");
    *slot = h;
    h->state = state;
    h->result = function.result;
    h->scale = function.scale;
    h->n_arguments = function.n_arguments;
    strncpy(h->name, function.name, sizeof h->name - 1);
    function.arg = h;
    lua_pushboolean(L, false); /* the key is there when a text comes */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &h->text);
    lua_getfield(L, 2, "call");
    luaL_checktype(L, -1, LUA_TFUNCTION);
    lua_rawsetp(L, LUA_REGISTRYINDEX, h);
    dkl_forget_parsed(L); /* may raise: while the slot still has it */
    DKL_TRY(dk_function_define(state->context, &function, &err)); /* else two small values stay in the registry */
    *slot = NULL;
    return 0;
}

void dkl_open_function(lua_State *L)
{
    lua_pushcfunction(L, define);
    lua_setfield(L, 2, "define");
}
