/* lua_recipe.c - remembers what a script asked for and of what, so that a receipt can tell it and the same can be asked again.
 *
 * What makes tables is called through a recorder, which writes down the name and the arguments: a recipe. Recipes of arguments
 * stand in those of results, and no recipe keeps a table alive but one: what scenarios were asked of, where no recipe makes that
 * again. What the library calls on the way is recorded too; the script's own call comes last, and counts.
 *
 * A recipe is one userdata without a finalizer, and is a user value of the object that it is of. Of a table it is made when it is
 * first asked for, by a call that takes the table or by a receipt: until then the arguments stand in the table's own object. To Lua
 * it is indexed as if it were
 *
 *   { op = "link", n = 3, recipe, "pseudoniem", { as = "in_sonar" } }          of a method; of dk.read the op is "dk.read"
 *   { opaque = true, ... }     cannot be made again: a function took part, or more than MOST_VALUES values of Lua
 *   { column = "leeftijd" }    stands for a column
 *
 * A question (what a breakdown or a scenario is asked) also has: where = "plan.lua:12", script = "plan.lua", asked = the tables
 * among its arguments by their places, of those that are still there. A recipe that a receipt is read into is a Lua table of that
 * form, with the same metatable.
 *
 * Cost: no allocation for a call that gives a table, else one; and one for each table among its arguments that is not small.
 */
#include <string.h>

#include "bind.h"
#include "chunk.h"
#include "lua_options.h"
#include "lua_recipe_parts.h"
#include "lua_table.h"

static const char recorded_key; /* true by the names of what is recorded: nothing else is asked again */

/* Upvalues of a recorder; two are metatables: of recipes, and the light one of tables. */
enum { HOW = 1, CLASS, FUNCTION, TABLES };

/* The question, whose recipe is on top of the stack, keeps the tables among its arguments, n from first on. */
static void keep_asked(lua_State *L, int first, int n)
{
    for (int i = 0; i < n; i++)
        if (dkl_is_object(L, first + i, DKL_TABLE)) {
            dkl_recipe_push_more(L, -1);
            lua_pushvalue(L, first + i);
            lua_rawseti(L, -2, i + 1);
            lua_pop(L, 1);
        }
}

/* Of the name on top of the stack, which is among core.recorded from now on. */
static dkl_manner manner_of(lua_State *L)
{
    const char *op = lua_tostring(L, -1);

    lua_rawgetp(L, LUA_REGISTRYINDEX, &recorded_key);
    lua_pushvalue(L, -2);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    return (dkl_manner){ .maker = { .mark = &dkl_maker_mark, .n_arguments = -1 },
                         .op = op,
                         .by_name = strcmp(op, "breakdown") == 0,
                         .is_call = strcmp(op, "__call") == 0,
                         .levels = strncmp(op, "dk.", 3) == 0 };
}

/* Moves what is kept of a call from below the object or recipe on top into its user values behind the first so many. */
static void fill_kept(lua_State *L, int n_kept, int behind)
{
    if (n_kept == 0)
        return;
    lua_insert(L, -n_kept - 1);
    for (int i = n_kept; i > 0; i--)
        lua_setiuservalue(L, -i - 1, behind + i);
}

/* Pushes the recipe of a call, whose n arguments stand on the stack from first on. */
static dkl_recipe *push_call(lua_State *L, const dkl_manner *how, int first, int n, int class)
{
    dkl_packed packed;
    dkl_recipe *node;

    dkl_recipe_pack(L, how, NULL, first, n, &packed);
    node = dkl_recipe_new(L, packed.call, class);
    memcpy(node->bytes, packed.bytes, packed.call.n_bytes);
    fill_kept(L, packed.call.n_kept, 0);
    if (node->call.is_question && node->call.opaque && !how->by_name && !how->is_call)
        keep_asked(L, first, node->call.n);
    return node;
}

/* Gives the recipe, which stands at index node, to the object at index, unless that is one of those it was made of. */
static void remember(lua_State *L, const dkl_recipe *made, int node, int index)
{
    const dkl_object *object = dkl_recipe_holder(L, index);

    luaL_checkstack(L, 6, "too many values");
    if (object && !object->has_recipe) {
        lua_pushvalue(L, node);
        dkl_recipe_set(L, index);
        return;
    }
    dkl_recipe_push_known(L, index);
    for (int i = 1; i <= made->call.n && !lua_isnil(L, -1); i++) {
        bool same;

        dkl_recipe_push_value(L, node, i);
        same = lua_rawequal(L, -1, -2);
        lua_pop(L, 1);
        if (same) {
            lua_pop(L, 1);
            return;
        }
    }
    lua_pop(L, 1);
    lua_pushvalue(L, node);
    dkl_recipe_set(L, index);
}

dkl_object *dkl_make_recorded(lua_State *L, dkl_maker *maker, const char *class_name, int n_values,
                              const dkl_options *options)
{
    const dkl_manner *how = (const dkl_manner *)(const void *)maker;
    dkl_packed packed;
    dkl_object *object;

    dkl_recipe_pack(L, how, options, 1, maker->n_arguments, &packed);
    maker->n_arguments = -1; /* the object is made */
    object = dkl_make_object(L, class_name, n_values, &packed.call,
                             dkl_same_class(class_name, DKL_TABLE) ? lua_upvalueindex(TABLES) : 0);
    memcpy(object->bytes, packed.bytes, packed.call.n_bytes);
    fill_kept(L, packed.call.n_kept, object->recipe_value);
    object->has_recipe = object->has_call = true;
    return object;
}

/* A function of C without upvalues runs in the recorder's own frame: its messages know by which name it was called. The first
 * object that it makes gets what is kept of its arguments, which stand where the call put them until then: one allocation does
 * for both. Where it makes none, its first result gets it. So nothing of a call outlives one that raises. */
static int record_within(lua_State *L)
{
    dkl_manner *how = lua_touserdata(L, lua_upvalueindex(HOW));
    int n;

    how->maker.n_arguments = lua_gettop(L);
    n = how->function(L);
    if (how->maker.n_arguments >= 0 && n > 0 && dkl_recipe_has(L, -n)) {
        const dkl_recipe *node;

        luaL_checkstack(L, LUA_MINSTACK, "too many values");
        node = push_call(L, how, 1, how->maker.n_arguments, lua_upvalueindex(CLASS));
        remember(L, node, lua_gettop(L), lua_gettop(L) - n);
        lua_pop(L, 1);
    }
    return n;
}

static int record_call(lua_State *L)
{
    const dkl_manner *how = lua_touserdata(L, lua_upvalueindex(HOW));
    const dkl_recipe *node = push_call(L, how, 1, lua_gettop(L), lua_upvalueindex(CLASS));

    lua_insert(L, 1);
    lua_pushvalue(L, lua_upvalueindex(FUNCTION));
    lua_insert(L, 2); /* node function argument ... */
    lua_call(L, lua_gettop(L) - 2, LUA_MULTRET);
    if (lua_gettop(L) > 1 && dkl_recipe_has(L, 2))
        remember(L, node, 1, 2);
    return lua_gettop(L) - 1;
}

/* t:write(path [, options]): what was written of a result stands in its recipe, as recipes of these calls. */
static int record_written(lua_State *L)
{
    const dkl_manner *how = lua_touserdata(L, lua_upvalueindex(HOW));
    int n_arguments = lua_gettop(L), n = how->function(L);

    luaL_checkstack(L, LUA_MINSTACK, "too many values");
    push_call(L, how, 1, n_arguments, lua_upvalueindex(CLASS));
    dkl_recipe_push(L, 1);
    dkl_recipe_push_more(L, -1);
    if (lua_getfield(L, -1, "written") == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, "written");
    }
    lua_pushvalue(L, -4); /* node of more written */
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    lua_pop(L, 4);
    return n;
}

/* Puts a recorder in the place of the function on top of the stack; is_method: of a table. */
static void push_recorder(lua_State *L, const char *name, bool is_method)
{
    bool within = lua_iscfunction(L, -1);
    dkl_manner *how;

    luaL_checkstack(L, 8, "too many values");
    if (within && lua_getupvalue(L, -1, 1)) { /* what core.export made: its function is called from here instead */
        lua_replace(L, -2);
        within = false;
    }
    how = lua_newuserdatauv(L, sizeof *how, 0);
    lua_pushstring(L, name);
    *how = manner_of(L);
    lua_pop(L, 1);
    how->of_table = is_method;
    how->function = within ? lua_tocfunction(L, -2) : NULL;
    luaL_getmetatable(L, RECIPE);
    lua_rotate(L, -3, 2); /* how class function */
    dkl_push_light(L, DKL_TABLE);
    lua_pushcclosure(L, !within ? record_call : strcmp(name, "write") == 0 ? record_written : record_within, 4);
}

void dkl_record_methods(lua_State *L, const luaL_Reg *list)
{
    /* These make no table, or are called for each value. */
    static const char *const plain[] = { "bars",        "blocks", "column", "columns", "exact",
                                         "fingerprint", "levels", "notes",  "pairs",   "print",
                                         "properties",  "rows",   "save",   "text" };

    for (; list->name; list++) {
        bool is_plain = false;

        for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
            is_plain = is_plain || strcmp(plain[i], list->name) == 0;
        if (is_plain)
            continue;
        lua_getfield(L, -1, list->name);
        push_recorder(L, list->name, true);
        lua_setfield(L, -2, list->name);
    }
}

/* core.record(name, function) -> the function, recorded; core.record(methods) records all of a class */
static int core_record(lua_State *L)
{
    if (!lua_istable(L, 1)) {
        luaL_checkstring(L, 1);
        lua_settop(L, 2);
        push_recorder(L, lua_tostring(L, 1), false);
        return 1;
    }
    lua_settop(L, 1);
    for (lua_pushnil(L); lua_next(L, 1);) { /* assigning to fields that are there is allowed */
        push_recorder(L, luaL_checkstring(L, -2), false);
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, 1); /* methods key */
    }
    return 1;
}

/* core.remember(object, op, argument, ...): the object is what that call gives, though it was made otherwise */
static int core_remember(lua_State *L)
{
    const dkl_recipe *made;
    dkl_manner how;

    luaL_checkstring(L, 2);
    lua_pushvalue(L, 2);
    how = manner_of(L);
    lua_pop(L, 1);
    made = push_call(L, &how, 3, lua_gettop(L) - 2, 0);
    if (dkl_recipe_has(L, 1))
        remember(L, made, lua_gettop(L), 1);
    return 0;
}

/* core.recipe(object) -> its recipe, or nil */
static int core_recipe(lua_State *L)
{
    luaL_checkany(L, 1);
    dkl_recipe_push_known(L, 1);
    return 1;
}

void dkl_open_recipe_class(lua_State *L)
{
    dkl_recipe_open_index(L);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, "recorded");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &recorded_key);
}

void dkl_open_recipe(lua_State *L)
{
    static const char *const makers[] = { "open", "read", "read_published", "read_text", "table" };
    static const luaL_Reg primitives[] = {
        { "record", core_record }, { "remember", core_remember }, { "recipe", core_recipe }, { NULL, NULL }
    };

    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        lua_pushfstring(L, "dk.%s", makers[i]);
        lua_getfield(L, 1, makers[i]);
        push_recorder(L, lua_tostring(L, -2), false);
        lua_setfield(L, 1, makers[i]);
        lua_pop(L, 1);
    }
    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
