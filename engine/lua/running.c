/* running.c - what the script has called that runs: for progress, and for the error that an interruption becomes.
 *
 * The function is named as a module names it, else as the script called it. pcall and xpcall are passed over: what runs is what
 * they ran.
 */
#include <stdio.h>
#include <string.h>

#include "bind.h"
#include "dekking_lua.h"

/* The name that the function at an index has in the table on top, which keeps it; or NULL. Takes the table. */
static const char *find_name(lua_State *L, int function)
{
    const char *found = NULL;
    int top = lua_gettop(L);

    if (lua_istable(L, top))
        for (lua_pushnil(L); found == NULL && lua_next(L, top) != 0; lua_settop(L, top + 1))
            if (lua_type(L, -2) == LUA_TSTRING && lua_rawequal(L, -1, function))
                found = lua_tostring(L, -2);
    lua_settop(L, top - 1);
    return found;
}

/* The name of a function among those of the modules that are loaded, and the methods of tables; or NULL. */
static const char *name_of_function(lua_State *L, int function)
{
    const char *found;
    int top = lua_gettop(L);

    dkl_push_core(L);
    lua_getfield(L, -1, "table_methods");
    found = find_name(L, function);
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE); /* core loaded */
    for (lua_pushnil(L); found == NULL && lua_next(L, top + 2) != 0;)
        found = find_name(L, function); /* leaves the module's name */
    lua_settop(L, top);
    return found;
}

/* The name of what runs at a level; NULL: it has none. An object that is called, as a breakdown is, has that of its kind. Pushes
 * what keeps the name. */
static const char *push_called(lua_State *L, int level)
{
    lua_Debug where;
    const char *name;

    if (!lua_getstack(L, level, &where) || !lua_getinfo(L, "nf", &where))
        return NULL;
    name = name_of_function(L, lua_gettop(L));
    name = name ? name : where.name;
    return name || !lua_getlocal(L, &where, 1) ? name : dkl_kind(L, -1);
}

/* The level of what the script had called; where this coroutine runs no script, of what the coroutine was made of. */
static int level_called(lua_State *L)
{
    lua_Debug where;
    int level = dkl_script_level(L, &where);

    if (level == 0)
        while (level < DKL_DEEPEST_LEVEL && lua_getstack(L, level, &where))
            level++;
    return level - 1;
}

/* The name of what the script had called; NULL: it has none. Pushes what keeps the name. Asks for no memory. */
static const char *push_script_call(lua_State *L)
{
    const char *name = NULL;

    for (int level = level_called(L); level >= 0; level--) {
        name = push_called(L, level);
        if (name == NULL || (strcmp(name, "pcall") != 0 && strcmp(name, "xpcall") != 0))
            break;
    }
    return name;
}

int dkl_raise_interrupted(lua_State *L)
{
    const char *name;

    luaL_checkstack(L, LUA_MINSTACK, "too many values");
    name = push_script_call(L);
    dkl_where(L);
    if (name)
        lua_pushfstring(L, "interrupted! ('%s' was running)", name);
    else
        lua_pushliteral(L, "interrupted!");
    lua_concat(L, 2);
    return lua_error(L);
}

bool dkl_running(lua_State *L)
{
    const dkl_state *state = dkl_find_state(L);

    return state && state->running;
}

void dkl_name_running(lua_State *main, char *name, size_t size)
{
    lua_State *L = dkl_find_state(main)->running;
    const char *found = NULL;
    int top = lua_gettop(L);

    if (lua_checkstack(L, LUA_MINSTACK))
        found = push_script_call(L);
    snprintf(name, size, "%s", found ? found : "working");
    lua_settop(L, top);
}
