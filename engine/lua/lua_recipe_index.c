/* lua_recipe_index.c - what Lua sees of a recipe, and the tables that questions were asked of.
 *
 * Those are found by the numbers of their objects, for as long as they live; a recipe that could not make one again keeps it.
 */
#include <string.h>

#include "lua_recipe_parts.h"

static const char asked_key; /* objects that were asked by their numbers, as long as they live */

void dkl_recipe_note_asked(lua_State *L, int index, dkl_object *object)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &asked_key);
    lua_pushvalue(L, index);
    lua_rawseti(L, -2, (lua_Integer)object->number);
    lua_pop(L, 1);
    object->was_asked = true;
}

/* Pushes the tables that the question at index 1 was asked of, by their places. */
static void push_asked(lua_State *L, const dkl_recipe *node)
{
    lua_createtable(L, node->call.n, 0);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &asked_key);
    if (lua_getiuservalue(L, 1, node->call.n_kept + MORE) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
    }
    for (int i = 1; i <= node->call.n; i++) { /* asked objects more */
        if (lua_rawgeti(L, -1, i) == LUA_TNIL) {
            lua_Integer number;

            lua_pop(L, 1);
            dkl_recipe_push_value(L, 1, node->call.n + NUMBERS + i - 1);
            number = lua_tointeger(L, -1);
            lua_pop(L, 1);
            lua_rawgeti(L, -2, number); /* none has 0 */
        }
        lua_rawseti(L, -4, i);
    }
    lua_pop(L, 2);
}

/* Pushes what a question has behind its arguments. */
static void push_place(lua_State *L, const dkl_recipe *node, int which)
{
    if (node->call.is_question)
        dkl_recipe_push_value(L, 1, node->call.n + which);
    else
        lua_pushnil(L);
}

/* __index of recipes */
static int recipe_index(lua_State *L)
{
    static const char *const names[] = {
        "op", "n", "opaque", "column", "where", "script", "asked", "written", NULL
    };
    const dkl_recipe *node = dkl_recipe_test(L, 1);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    int which = 0;

    if (node == NULL) /* a Lua table that does not have it */
        return 0;
    lua_settop(L, 2);
    if (lua_isinteger(L, 2)) {
        lua_Integer i = lua_tointeger(L, 2);

        dkl_recipe_push_value(L, 1, i <= node->call.n ? i : 0);
        return 1;
    }
    while (names[which] && strcmp(names[which], name) != 0)
        which++;
    lua_pushnil(L);
    switch (which) {
    case 0: lua_pushstring(L, node->call.op); break; /* NULL gives nil */
    case 1:
        if (node->call.fits)
            lua_pushinteger(L, node->call.n);
        break;
    case 2:
        if (node->call.opaque)
            lua_pushboolean(L, true);
        break;
    case 3:
        if (node->is_column)
            lua_getiuservalue(L, 1, 1);
        break;
    case 4:
        push_place(L, node, FILE_NAME);
        if (lua_isstring(L, -1))
            lua_pushfstring(L, "%s:%d", lua_tostring(L, -1), node->call.line);
        else if (node->call.is_question)
            lua_pushliteral(L, "");
        break;
    case 5: push_place(L, node, SCRIPT); break;
    case 6:
        if (node->call.is_question)
            push_asked(L, node);
        break;
    case 7:
        if (lua_getiuservalue(L, 1, node->call.n_kept + MORE) == LUA_TTABLE)
            lua_getfield(L, -1, "written");
        break;
    default: break;
    }
    return 1;
}

/* Puts a table that refers weakly into the registry. */
static void new_weak(lua_State *L, const void *key, const char *mode)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushstring(L, mode);
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void dkl_recipe_open_index(lua_State *L)
{
    luaL_newmetatable(L, RECIPE);
    lua_pushcfunction(L, recipe_index);
    lua_setfield(L, -2, "__index");
    lua_setfield(L, 2, "recipe_class"); /* the metatable of recipes */
    new_weak(L, &dkl_recipes_key, "k");
    new_weak(L, &asked_key, "v");
}
