/* lua_recipe.c - remembers what a script asked for and of what, so that a receipt can tell it and the same can be asked again.
 *
 * What makes tables is called through a recorder, which writes down the name and a copy of the arguments: a recipe. Recipes
 * of arguments stand in those of results, and no recipe keeps a table alive but one: what scenarios were asked of, where no recipe
 * makes that again. What the library calls on the way is recorded too; the script's own call comes last, and counts.
 *
 *   { op = "link", n = 3, recipe, "pseudoniem", { as = "in_sonar" } }          of a method; of dk.read the op is "dk.read"
 *   { opaque = true, ... }     cannot be made again: a function took part, or more than MOST_VALUES values of Lua
 *   { column = "leeftijd" }    stands for a column
 *
 * A question (what a breakdown or a scenario is asked) also has: where = "plan.lua:12", script = "plan.lua", asked = the tables
 * among its arguments by their places, weakly.
 *
 * Cost: about a microsecond for each call.
 */
#include <string.h>

#include "bind.h"
#include "chunk.h"
#include "lua_options.h"
#include "lua_scalar.h"

#define RECIPE "dk.recipe"
#define WEAK "dk.recipe.weak"
#define MOST_VALUES 10000
#define MOST_BYTES ((size_t)64 << 10)
#define DEEPEST 32

static const char recipes_key;  /* recipes by their objects, as long as these live */
static const char recorded_key; /* true by the names of what is recorded: nothing else is asked again */

enum { NODE = 1, NAME, FUNCTION, SERIAL }; /* upvalues of a recorder */

/* What may still be copied of a call's arguments. */
struct room {
    int values;
    size_t bytes;
    bool fits;
    bool opaque; /* a recipe among them is */
    bool levels; /* a column stands for what occurs in it, and not for an expression */
};

/* An object that the library's own Lua makes of an answer, such as an allocation: what it holds are tables. */
static bool is_answer(lua_State *L, int index)
{
    bool is_one = false;

    if (lua_istable(L, index) && luaL_getmetafield(L, index, "__name") != LUA_TNIL) {
        is_one = lua_isstring(L, -1) && strcmp(lua_tostring(L, -1), "dk.allocation") == 0;
        lua_pop(L, 1);
    }
    return is_one;
}

static bool has_recipe(lua_State *L, int index)
{
    static const char *const classes[] = { DKL_TABLE, DKL_HIERARCHY, DKL_RECODE, DKL_CODES };

    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (dkl_is_object(L, index, classes[i]))
            return true;
    return is_answer(L, index);
}

static void push_node(lua_State *L)
{
    lua_createtable(L, 4, 4);
    luaL_setmetatable(L, RECIPE);
}

static void set_flag(lua_State *L, const char *name)
{
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, name);
}

/* Pushes the recipe of the object; of one that has none, one that says so. */
static void push_recipe(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &recipes_key);
    lua_pushvalue(L, index);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pop(L, 1);
        push_node(L);
        set_flag(L, "opaque");
        lua_pushvalue(L, index);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4); /* recipes node */
    }
    lua_remove(L, -2);
}

static void push_copy(lua_State *L, int index, struct room *room, int depth);

/* Whether columns below that key say which levels there are. */
static bool names_levels(lua_State *L, int key)
{
    const char *name = lua_type(L, key) == LUA_TSTRING ? lua_tostring(L, key) : "";

    return strcmp(name, "levels") == 0 || strcmp(name, "members") == 0 || strcmp(name, "types") == 0;
}

/* Pushes a copy of the Lua table, as far as it fits. */
static void push_table(lua_State *L, int index, struct room *room, int depth)
{
    int copy;

    lua_newtable(L);
    copy = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, index);) { /* copy key value */
        int type = lua_type(L, -2);
        bool outer = room->levels;

        room->fits = room->fits && (type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN);
        push_copy(L, -2, room, depth + 1);
        room->levels = outer || names_levels(L, -3);
        push_copy(L, -2, room, depth + 1);
        room->levels = outer;
        if (!room->fits)
            break;
        lua_rawset(L, copy);
        lua_pop(L, 1);
    }
    lua_settop(L, copy);
}

/* Pushes a list of a column's levels, in their order; a column that has none, or labels, does not fit. */
static void push_levels(lua_State *L, int index, struct room *room)
{
    const dk_column *column = dkl_test_object(L, index, DKL_COLUMN);
    const dk_dictionary *levels = column ? dk_column_levels(column) : NULL;
    size_t n = levels ? dk_dictionary_n_levels(levels) : 0;

    lua_newtable(L);
    room->fits = levels && dk_column_type(column) == DK_CATEGORY && !dk_dictionary_has_labels(levels) &&
                 n <= (size_t)room->values;
    for (uint32_t code = 1; room->fits && code <= n; code++) {
        dk_text level = dk_dictionary_level(levels, code);

        room->fits = level.size <= room->bytes;
        room->bytes -= room->fits ? level.size : 0;
        lua_pushlstring(L, level.bytes, level.size);
        lua_rawseti(L, -2, (lua_Integer)dk_dictionary_rank(levels, code) + 1);
    }
    room->values -= (int)n;
}

static void push_copy(lua_State *L, int index, struct room *room, int depth)
{
    index = lua_absindex(L, index);
    luaL_checkstack(L, 12, "too many values");
    room->fits = room->fits && --room->values >= 0 && depth <= DEEPEST;
    if (lua_type(L, index) == LUA_TSTRING) {
        size_t size = lua_rawlen(L, index);

        room->fits = room->fits && size <= room->bytes;
        room->bytes -= room->fits ? size : 0;
    }
    if (room->fits && has_recipe(L, index)) {
        push_recipe(L, index);
        room->opaque = lua_getfield(L, -1, "opaque") != LUA_TNIL || room->opaque;
        lua_pop(L, 1);
        return;
    }
    switch (room->fits ? lua_type(L, index) : LUA_TFUNCTION) {
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER:
    case LUA_TSTRING: lua_pushvalue(L, index); return;
    case LUA_TTABLE:
        if (!lua_getmetatable(L, index)) {
            push_table(L, index, room, depth);
            return;
        }
        lua_pop(L, 1);
        break;
    case LUA_TUSERDATA:
        if (room->levels && dkl_is_object(L, index, DKL_COLUMN)) {
            push_levels(L, index, room);
            return;
        }
        if (dkl_is_object(L, index, DKL_COLUMN)) { /* which would keep its table */
            lua_createtable(L, 0, 1);
            luaL_setmetatable(L, RECIPE);
            lua_getiuservalue(L, index, 1);
            lua_setfield(L, -2, "column");
            return;
        }
        if (dkl_test_scalar(L, index) &&
            dkl_test_scalar(L, index)->type == DK_CATEGORY) { /* which keeps its dictionary */
            size_t size;
            const char *text = dkl_scalar_text(L, index, &size);

            lua_pushlstring(L, text, size);
            return;
        }
        if (dkl_kind(L, index) || dkl_test_scalar(L, index) || luaL_testudata(L, index, DKL_SENTINEL)) {
            lua_pushvalue(L, index); /* none of these changes */
            return;
        }
        break;
    default: break;
    }
    room->fits = false;
    lua_pushnil(L);
}

/* Adds to the node on top of the stack who asked. */
static void put_place(lua_State *L)
{
    const char *script = NULL;
    size_t size;
    lua_Debug at;

    dkl_where(L);
    size = lua_rawlen(L, -1);
    lua_pushlstring(L, lua_tostring(L, -1), size > 2 ? size - 2 : 0);
    lua_setfield(L, -3, "where");
    lua_pop(L, 1);
    for (int level = 0; lua_getstack(L, level, &at); level++) { /* the outermost file */
        lua_getinfo(L, "S", &at);
        if (at.source[0] == '@' && !dkl_is_library(at.source))
            script = at.source + 1;
    }
    if (script) {
        lua_pushstring(L, script);
        lua_setfield(L, -2, "script");
    }
}

/* Adds to the node on top of the stack what was asked of which tables, of the n arguments from first on; kept: strongly. */
static void put_asked(lua_State *L, int first, int n, bool keep)
{
    lua_createtable(L, 2, 0);
    if (!keep)
        luaL_setmetatable(L, WEAK);
    for (int i = 1; i <= n; i++)
        if (dkl_is_object(L, first + i - 1, DKL_TABLE)) {
            lua_pushvalue(L, first + i - 1);
            lua_rawseti(L, -2, i);
        }
    lua_setfield(L, -2, "asked");
}

/* Pushes the recipe of a call, whose n arguments stand on the stack from first on. */
static void push_call(lua_State *L, const char *name, int first, int n)
{
    struct room room = {
        .values = MOST_VALUES, .bytes = MOST_BYTES, .fits = true, .levels = strncmp(name, "dk.", 3) == 0
    };
    bool by_name = strcmp(name, "breakdown") == 0;
    bool question =
        by_name || (n > 0 && (dkl_is_object(L, first, DKL_BREAKDOWN) || dkl_is_object(L, first, DKL_SCENARIO)));
    int node;

    luaL_checkstack(L, 12, "too many values");
    push_node(L);
    node = lua_gettop(L);
    lua_pushstring(L, name);
    lua_setfield(L, node, "op");
    for (int i = 1; i <= n; i++) {
        push_copy(L, first + i - 1, &room, 0);
        lua_rawseti(L, node, i);
    }
    lua_pushinteger(L, n);
    lua_setfield(L, node, "n");
    if (!room.fits) { /* what was copied would be of no use */
        lua_pop(L, 1);
        push_node(L);
        lua_pushstring(L, name);
        lua_setfield(L, node, "op");
        room.opaque = true;
    }
    if (room.opaque)
        set_flag(L, "opaque");
    if (question) {
        put_place(L);
        put_asked(L, first, n, room.opaque && !by_name && strcmp(name, "__call") != 0);
    }
}

/* Gives the recipe at index node to the object at index, unless that is one of those it was made of. */
static void remember(lua_State *L, int node, int index)
{
    luaL_checkstack(L, 6, "too many values");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &recipes_key);
    lua_pushvalue(L, index);
    if (lua_rawget(L, -2) == LUA_TTABLE) { /* recipes old */
        size_t n = lua_rawlen(L, node);

        for (size_t i = 1; i <= n; i++) {
            bool same;

            lua_rawgeti(L, node, (lua_Integer)i);
            same = lua_rawequal(L, -1, -2);
            lua_pop(L, 1);
            if (same) {
                lua_pop(L, 2);
                return;
            }
        }
    }
    lua_pop(L, 1);
    lua_pushvalue(L, index);
    lua_pushvalue(L, node);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* The recorder of a function of C holds the recipe while that runs; a call that raises leaves it there until the next one, so
 * that it holds nothing of the engine's. Returns the number of the call. */
static lua_Integer begin(lua_State *L)
{
    lua_Integer serial = lua_tointeger(L, lua_upvalueindex(SERIAL)) + 1;

    push_call(L, lua_tostring(L, lua_upvalueindex(NAME)), 1, lua_gettop(L));
    lua_replace(L, lua_upvalueindex(NODE));
    lua_pushinteger(L, serial);
    lua_replace(L, lua_upvalueindex(SERIAL));
    return serial;
}

/* Whether no call of the same function within it has overtaken the call. */
static bool is_current(lua_State *L, lua_Integer serial)
{
    return lua_tointeger(L, lua_upvalueindex(SERIAL)) == serial;
}

static int finish(lua_State *L, int n)
{
    lua_pushnil(L);
    lua_replace(L, lua_upvalueindex(NODE));
    return n;
}

/* A function of C without upvalues runs in the recorder's own frame: its messages know by which name it was called. What was
 * recorded becomes that of the first of its results. */
static int record_within(lua_State *L)
{
    lua_Integer serial = begin(L);
    int n = lua_tocfunction(L, lua_upvalueindex(FUNCTION))(L);

    if (n > 0 && has_recipe(L, -n) && is_current(L, serial))
        remember(L, lua_upvalueindex(NODE), lua_absindex(L, -n));
    return finish(L, n);
}

static int record_call(lua_State *L)
{
    push_call(L, lua_tostring(L, lua_upvalueindex(NAME)), 1, lua_gettop(L));
    lua_insert(L, 1);
    lua_pushvalue(L, lua_upvalueindex(FUNCTION));
    lua_insert(L, 2); /* node function argument ... */
    lua_call(L, lua_gettop(L) - 2, LUA_MULTRET);
    if (lua_gettop(L) > 1 && has_recipe(L, 2))
        remember(L, 1, 2);
    return lua_gettop(L) - 1;
}

/* t:write(path [, options]): what was written of a result stands in its recipe, as recipes of these calls. */
static int record_written(lua_State *L)
{
    lua_Integer serial = begin(L);
    int n = lua_tocfunction(L, lua_upvalueindex(FUNCTION))(L);

    if (is_current(L, serial) && dkl_is_object(L, 1, DKL_TABLE)) {
        push_recipe(L, 1);
        if (lua_getfield(L, -1, "written") == LUA_TNIL) {
            lua_pop(L, 1);
            lua_newtable(L);
            lua_pushvalue(L, -1);
            lua_setfield(L, -3, "written");
        }
        lua_pushvalue(L, lua_upvalueindex(NODE));
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
        lua_pop(L, 2);
    }
    return finish(L, n);
}

/* Puts a recorder in the place of the function on top of the stack, and its name among core.recorded. */
static void push_recorder(lua_State *L, const char *name)
{
    bool within = lua_iscfunction(L, -1);

    luaL_checkstack(L, 8, "too many values");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &recorded_key);
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);

    if (within && lua_getupvalue(L, -1, 1)) { /* what core.export made: its function is called from here instead */
        lua_replace(L, -2);
        within = false;
    }
    lua_pushnil(L);
    lua_insert(L, -2);
    lua_pushstring(L, name);
    lua_insert(L, -2);
    lua_pushinteger(L, 0); /* nil name function 0 */
    lua_pushcclosure(L, strcmp(name, "write") == 0 ? record_written : within ? record_within : record_call, 4);
}

void dkl_record_methods(lua_State *L, const luaL_Reg *list)
{
    /* These make no table, or are called for each value. */
    static const char *const plain[] = { "bars",        "blocks", "column", "columns", "exact",
                                         "fingerprint", "levels", "notes",  "pairs",   "print",
                                         "properties",  "rows",   "save",   "spark",   "text" };

    for (; list->name; list++) {
        bool is_plain = false;

        for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
            is_plain = is_plain || strcmp(plain[i], list->name) == 0;
        if (is_plain)
            continue;
        lua_getfield(L, -1, list->name);
        push_recorder(L, list->name);
        lua_setfield(L, -2, list->name);
    }
}

/* core.record(name, function) -> the function, recorded; core.record(methods) records all of a class */
static int core_record(lua_State *L)
{
    if (!lua_istable(L, 1)) {
        luaL_checkstring(L, 1);
        lua_settop(L, 2);
        push_recorder(L, lua_tostring(L, 1));
        return 1;
    }
    lua_settop(L, 1);
    for (lua_pushnil(L); lua_next(L, 1);) { /* assigning to fields that are there is allowed */
        push_recorder(L, luaL_checkstring(L, -2));
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, 1); /* methods key */
    }
    return 1;
}

/* core.remember(object, op, argument, ...): the object is what that call gives, though it was made otherwise */
static int core_remember(lua_State *L)
{
    luaL_checkstring(L, 2);
    push_call(L, lua_tostring(L, 2), 3, lua_gettop(L) - 2);
    if (has_recipe(L, 1))
        remember(L, lua_gettop(L), 1);
    return 0;
}

/* core.recipe(object) -> its recipe, or nil */
static int core_recipe(lua_State *L)
{
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &recipes_key);
    lua_insert(L, 1);
    lua_rawget(L, 1);
    return 1;
}

/* A metatable with a mode of weak references. */
static void push_weak(lua_State *L, const char *mode)
{
    lua_createtable(L, 0, 1);
    lua_pushstring(L, mode);
    lua_setfield(L, -2, "__mode");
}

void dkl_open_recipe_class(lua_State *L)
{
    luaL_newmetatable(L, RECIPE);
    lua_setfield(L, 2, "recipe_class"); /* the metatable of recipes */
    push_weak(L, "v");
    lua_setfield(L, LUA_REGISTRYINDEX, WEAK);
    lua_newtable(L);
    push_weak(L, "k");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &recipes_key);
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
        push_recorder(L, lua_tostring(L, -2));
        lua_setfield(L, 1, makers[i]);
        lua_pop(L, 1);
    }
    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
