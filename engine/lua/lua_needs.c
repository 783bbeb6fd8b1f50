/* lua_needs.c - which columns and parameters a breakdown or a scenario mentions. */
#include <limits.h>
#include <string.h>

#include "bind.h"

/* Names that live in the object, for as long as it is on the stack. The first walk counts, the second one keeps. */
struct names {
    const char **items; /* NULL: count alone */
    size_t n;
    bool params;
};

static bool keep(void *arg, const char *name, bool is_param)
{
    struct names *names = arg;

    if (is_param != names->params)
        return true;
    for (size_t i = 0; names->items && i < names->n; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    if (names->items)
        names->items[names->n] = name;
    names->n++;
    return true;
}

static void walk(lua_State *L, struct names *names)
{
    if (luaL_testudata(L, 1, DKL_SCENARIO))
        dk_scenario_needs(dkl_check_object(L, 1, DKL_SCENARIO, "a scenario"), keep, names);
    else
        dk_breakdown_needs(dkl_check_object(L, 1, DKL_BREAKDOWN, "a breakdown or scenario"), keep, names);
}

/* Pushes a list of the names, each once, in the order in which they are mentioned. */
static void push_names(lua_State *L, bool params)
{
    struct names names = { .params = params };

    walk(L, &names);
    names.items = dkl_array(L, names.n, sizeof *names.items);
    names.n = 0;
    walk(L, &names);
    lua_createtable(L, names.n < INT_MAX ? (int)names.n : 0, 0);
    for (size_t i = 0; i < names.n; i++) {
        lua_pushstring(L, names.items[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_remove(L, -2);
}

/* core.needs(breakdown or scenario) -> { column, ... }, { parameter, ... } */
static int core_needs(lua_State *L)
{
    lua_settop(L, 1);
    push_names(L, false);
    push_names(L, true);
    return 2;
}

void dkl_open_needs(lua_State *L)
{
    lua_pushcfunction(L, core_needs);
    lua_setfield(L, 2, "needs");
}
