/* lua_recipe_node.c - recipes, and which objects have which. */
#include <string.h>

#include "lua_recipe_parts.h"

const char dkl_recipes_key;
static const char recipe_mark;

/* An object that the library's own Lua makes of an answer, such as an allocation: what it holds are tables. */
bool dkl_recipe_is_answer(lua_State *L, int index)
{
    bool is_one = false;

    if (lua_istable(L, index) && luaL_getmetafield(L, index, "__name") != LUA_TNIL) {
        is_one = lua_isstring(L, -1) && strcmp(lua_tostring(L, -1), "dk.allocation") == 0;
        lua_pop(L, 1);
    }
    return is_one;
}

bool dkl_recipe_has(lua_State *L, int index)
{
    return dkl_recipe_holder(L, index) || dkl_recipe_is_answer(L, index);
}

dkl_recipe *dkl_recipe_new(lua_State *L, dkl_call call, int class)
{
    dkl_recipe *made = lua_newuserdatauv(L, sizeof *made + call.n_bytes, call.n_kept + MORE);

    made->mark = &recipe_mark;
    made->call = call;
    made->is_column = false;
    if (class)
        lua_pushvalue(L, class);
    else
        luaL_getmetatable(L, RECIPE);
    lua_setmetatable(L, -2);
    return made;
}

static void push_unknown(lua_State *L)
{
    dkl_recipe_new(L, (dkl_call){ .opaque = true }, 0);
}

/* Makes the recipe of an object that has what it is made of, and pushes it. */
static void settle(lua_State *L, int index, dkl_object *object)
{
    dkl_recipe *made;

    luaL_checkstack(L, 4, "too many values");
    made = dkl_recipe_new(L, object->call, 0);
    memcpy(made->bytes, object->bytes, object->call.n_bytes);
    for (int i = 1; i <= object->call.n_kept; i++) {
        lua_getiuservalue(L, index, object->recipe_value + i);
        lua_setiuservalue(L, -2, i);
    }
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, index, object->recipe_value);
    object->has_call = false;
    object->has_recipe = true;
}

dkl_recipe *dkl_recipe_test(lua_State *L, int index)
{
    dkl_recipe *found = lua_touserdata(L, index);

    return found && lua_rawlen(L, index) >= sizeof *found && found->mark == &recipe_mark ? found : NULL;
}

void dkl_recipe_push_known(lua_State *L, int index)
{
    dkl_object *object = dkl_recipe_holder(L, index);

    index = lua_absindex(L, index);
    if (object && object->has_call) {
        settle(L, index, object);
        return;
    }
    if (object) {
        lua_getiuservalue(L, index, object->recipe_value);
        return;
    }
    lua_rawgetp(L, LUA_REGISTRYINDEX, &dkl_recipes_key);
    lua_pushvalue(L, index);
    lua_rawget(L, -2);
    lua_remove(L, -2);
}

/* Gives the recipe on top of the stack to the object, and pops it. */
void dkl_recipe_set(lua_State *L, int index)
{
    dkl_object *object = dkl_recipe_holder(L, index);

    if (object) {
        object->call.opaque = ((const dkl_recipe *)lua_touserdata(L, -1))->call.opaque;
        lua_setiuservalue(L, index, object->recipe_value);
        object->has_recipe = true;
        object->has_call = false;
        return;
    }
    index = lua_absindex(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &dkl_recipes_key);
    lua_pushvalue(L, index);
    lua_pushvalue(L, -3);
    lua_rawset(L, -3);
    lua_pop(L, 2);
}

/* Pushes the recipe of the object; of one that has none, one that says so. */
dkl_recipe *dkl_recipe_push(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    dkl_recipe_push_known(L, index);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        push_unknown(L);
        lua_pushvalue(L, -1);
        dkl_recipe_set(L, index);
    }
    return lua_touserdata(L, -1);
}

void dkl_recipe_push_more(lua_State *L, int index)
{
    int more = ((const dkl_recipe *)lua_touserdata(L, index))->call.n_kept + MORE;

    index = lua_absindex(L, index);
    if (lua_getiuservalue(L, index, more) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, index, more);
}
