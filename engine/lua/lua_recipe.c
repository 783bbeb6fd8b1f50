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
static const char asked_key;    /* objects that were asked by their numbers, as long as they live */

enum { HOW = 1, CLASS, FUNCTION, TABLES }; /* upvalues of a recorder; two are metatables: of recipes, of tables */

/* What a recorder knows of the calls that it records. */
typedef struct manner {
    dkl_maker maker;
    const char *op;         /* kept by the table of names that are recorded */
    lua_CFunction function; /* that runs in the recorder's own frame */
    int most;               /* arguments that are copied when the function makes its table; 0: before it runs */
    bool makes_table;       /* the last call gave a table */
    bool by_name;           /* t:breakdown { ... } is a question */
    bool is_call;           /* of a breakdown, by which it can always be asked again */
    bool levels;            /* of dk: columns stand for their levels */
} manner;

/* The deepest level of the stack. */
static int last_level(lua_State *L)
{
    lua_Debug at;
    int least = 0, most = 1;

    while (lua_getstack(L, most, &at)) {
        least = most;
        most *= 2;
    }
    while (most - least > 1) {
        int middle = least + (most - least) / 2;

        if (lua_getstack(L, middle, &at))
            least = middle;
        else
            most = middle;
    }
    return least;
}

/* Adds to the node on top of the stack who asked: the line, and the outermost file. */
static void put_place(lua_State *L, dkl_recipe *node)
{
    lua_Debug at;

    if (dkl_script_level(L, &at)) {
        node->line = at.currentline;
        lua_pushstring(L, at.short_src);
        lua_setiuservalue(L, -2, node->call.n_flat + FILE_NAME);
    }
    for (int level = last_level(L); level >= 0 && lua_getstack(L, level, &at); level--) {
        lua_getinfo(L, "S", &at);
        if (at.source[0] == '@' && !dkl_is_library(at.source)) {
            lua_pushstring(L, at.source + 1);
            lua_setiuservalue(L, -2, node->call.n_flat + SCRIPT);
            return;
        }
    }
}

/* Adds to the node on top of the stack the tables among the arguments from first on; kept: strongly. */
static void put_asked(lua_State *L, dkl_recipe *node, int first, bool keep)
{
    for (int i = 0; i < node->call.n; i++) {
        dkl_object *object = dkl_as_object(L, first + i, DKL_TABLE);

        if (object == NULL)
            continue;
        node->asked[i] = object->number;
        if (!object->was_asked) {
            lua_rawgetp(L, LUA_REGISTRYINDEX, &asked_key);
            lua_pushvalue(L, first + i);
            lua_rawseti(L, -2, (lua_Integer)object->number);
            lua_pop(L, 1);
            object->was_asked = true;
        }
        if (!keep)
            continue;
        if (lua_getiuservalue(L, -1, node->call.n_flat + MORE) != LUA_TTABLE) {
            lua_pop(L, 1);
            lua_newtable(L);
            lua_pushvalue(L, -1);
            lua_setiuservalue(L, -3, node->call.n_flat + MORE);
        }
        lua_pushvalue(L, first + i);
        lua_rawseti(L, -2, i + 1);
        lua_pop(L, 1);
    }
}

/* Of the name on top of the stack, which is among core.recorded from now on. */
static manner manner_of(lua_State *L)
{
    const char *op = lua_tostring(L, -1);

    lua_rawgetp(L, LUA_REGISTRYINDEX, &recorded_key);
    lua_pushvalue(L, -2);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    return (manner){ .maker = { .mark = &dkl_maker_mark, .n_arguments = -1 },
                     .op = op,
                     .by_name = strcmp(op, "breakdown") == 0,
                     .is_call = strcmp(op, "__call") == 0,
                     .levels = strncmp(op, "dk.", 3) == 0 };
}

/* Pushes the arguments, n on the stack from first on, flat; nothing where they do not fit. */
static dkl_call push_arguments(lua_State *L, const manner *how, int first, int n)
{
    dkl_recipe_room room = {
        .values = MOST_VALUES, .bytes = MOST_BYTES, .fits = n <= MOST_VALUES, .levels = how->levels
    };
    int top = lua_gettop(L);
    dkl_call call = { .op = how->op };

    if (n > LUA_MINSTACK / 4) /* the function that runs may have pushed some */
        luaL_checkstack(L, n + LUA_MINSTACK, "too many values");
    for (int i = 0; i < n && room.fits; i++)
        if (how->maker.spread == 0 || first + i != how->maker.spread ||
            !dkl_recipe_flatten_options(L, first + i, &how->maker.options, &room))
            dkl_recipe_flatten(L, first + i, &room);
    call.fits = room.fits;
    call.opaque = room.opaque || !room.fits;
    if (call.fits) {
        call.n = (uint16_t)n;
        call.n_flat = (uint16_t)(lua_gettop(L) - top);
    } else {
        lua_settop(L, top); /* what was copied would be of no use */
    }
    return call;
}

/* Moves what stands below the object or recipe on top into its user values behind the first so many. */
static void keep_flat(lua_State *L, int n_flat, int behind)
{
    int at = lua_gettop(L) - n_flat;

    lua_insert(L, at);
    for (int i = n_flat; i > 0; i--)
        lua_setiuservalue(L, at, behind + i);
}

/* Pushes the recipe of a call, whose n arguments stand on the stack from first on. */
static dkl_recipe *push_call(lua_State *L, const manner *how, int first, int n, int class)
{
    bool question = how->by_name || (n > 0 && dkl_is_asked(L, first));
    dkl_call call = push_arguments(L, how, first, n);
    dkl_recipe *node = dkl_recipe_new(L, call, question, class);

    keep_flat(L, call.n_flat, 0);
    if (question) {
        put_place(L, node);
        put_asked(L, node, first, call.opaque && !how->by_name && !how->is_call);
    }
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

        dkl_recipe_push_argument(L, node, i);
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

/* The recorder of a function of C holds what it recorded while that runs, as its user value; a call that raises leaves it there
 * until the next one. That is a recipe, or, where the last call made a table, the object of a table that has what it is made of
 * in it: one allocation then does for both. Returns the number of the call. */
static uint64_t begin(lua_State *L)
{
    manner *how = lua_touserdata(L, lua_upvalueindex(HOW));
    int n = lua_gettop(L);
    uint64_t number;

    how->maker.made = NULL;
    how->maker.n_arguments = -1;
    how->maker.spread = 0;
    if (how->makes_table) {
        dkl_call call = push_arguments(L, how, 1, n);
        dkl_object *object = dkl_make_table(L, call.n_flat, lua_upvalueindex(TABLES));

        object->call = call;
        number = object->number;
        keep_flat(L, call.n_flat, object->recipe_value);
        lua_setiuservalue(L, lua_upvalueindex(HOW), 1);
        how->maker.made = object;
    } else {
        dkl_recipe *node = push_call(L, how, 1, n, lua_upvalueindex(CLASS));

        number = node->serial = ++dkl_get_state(L)->numbers;
        lua_setiuservalue(L, lua_upvalueindex(HOW), 1);
    }
    return number;
}

/* Pushes the recipe of the call, unless a call of the same function within it has overtaken it. The object that was made for it,
 * if it is no result, is where the function left it. */
static const dkl_recipe *push_current(lua_State *L, uint64_t number)
{
    const dkl_recipe *node;

    lua_getiuservalue(L, lua_upvalueindex(HOW), 1);
    for (int i = lua_gettop(L); i > 0; i--) {
        dkl_object *object = dkl_as_object(L, i, DKL_TABLE);

        if (object && object->number == number) {
            object->has_call = true;
            dkl_recipe_push_known(L, i);
            lua_remove(L, -2);
            return lua_touserdata(L, -1);
        }
    }
    node = dkl_recipe_test(L, -1);
    if (node && node->serial == number)
        return node;
    lua_pop(L, 1);
    return NULL;
}

static int finish(lua_State *L, int n)
{
    lua_pushnil(L);
    lua_setiuservalue(L, lua_upvalueindex(HOW), 1);
    return n;
}

/* A function of C without upvalues runs in the recorder's own frame: its messages know by which name it was called. What was
 * recorded becomes that of the first of its results. */
static int record_within(lua_State *L)
{
    manner *how = lua_touserdata(L, lua_upvalueindex(HOW));
    uint64_t number = begin(L);
    int n = how->function(L);
    dkl_object *object = n > 0 ? dkl_as_object(L, -n, DKL_TABLE) : NULL;
    const dkl_recipe *node;

    if (object && object->number == number) { /* the one that was made for the call */
        object->has_recipe = object->has_call = true;
        return n;
    }
    node = push_current(L, number);
    how->makes_table = node && object && !node->is_question && how->maker.made == NULL;
    if (node && n > 0 && dkl_recipe_has(L, -n - 1))
        remember(L, node, lua_gettop(L), lua_gettop(L) - n);
    if (node)
        lua_pop(L, 1);
    return finish(L, n);
}

/* The same of a function that makes one table, its result, while its arguments still stand where the call put them. */
static int record_made(lua_State *L)
{
    manner *how = lua_touserdata(L, lua_upvalueindex(HOW));
    int n = lua_gettop(L);

    if (n > how->most)
        return record_within(L);
    how->maker.n_arguments = n;
    how->maker.spread = 0;
    return how->function(L);
}

dkl_object *dkl_make_recorded(lua_State *L, dkl_maker *maker)
{
    dkl_call call = push_arguments(L, (const manner *)(const void *)maker, 1, maker->n_arguments);
    dkl_object *object = dkl_make_table(L, call.n_flat, lua_upvalueindex(TABLES));

    maker->n_arguments = -1; /* the table is made */
    object->call = call;
    keep_flat(L, call.n_flat, object->recipe_value);
    object->has_recipe = object->has_call = true;
    return object;
}

static int record_call(lua_State *L)
{
    const manner *how = lua_touserdata(L, lua_upvalueindex(HOW));
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
    const manner *how = lua_touserdata(L, lua_upvalueindex(HOW));
    uint64_t number = begin(L);
    int n = how->function(L);

    if (dkl_is_object(L, 1, DKL_TABLE) && push_current(L, number)) {
        const dkl_recipe *of = dkl_recipe_push(L, 1);

        if (lua_getiuservalue(L, -1, of->call.n_flat + MORE) != LUA_TTABLE) {
            lua_pop(L, 1);
            lua_newtable(L);
            lua_pushvalue(L, -1);
            lua_setiuservalue(L, -3, of->call.n_flat + MORE);
        }
        if (lua_getfield(L, -1, "written") == LUA_TNIL) {
            lua_pop(L, 1);
            lua_newtable(L);
            lua_pushvalue(L, -1);
            lua_setfield(L, -3, "written");
        }
        lua_pushvalue(L, -4); /* node of more written */
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
        lua_pop(L, 4);
    }
    return finish(L, n);
}

/* Pushes the tables that the question at index 1 was asked of, by their places. */
static void push_asked(lua_State *L, const dkl_recipe *node)
{
    lua_createtable(L, node->call.n, 0);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &asked_key);
    if (lua_getiuservalue(L, 1, node->call.n_flat + MORE) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
    }
    for (int i = 1; i <= node->call.n; i++) { /* asked objects kept */
        if (node->asked[i - 1] == 0)
            continue;
        if (lua_rawgeti(L, -1, i) == LUA_TNIL) {
            lua_pop(L, 1);
            lua_rawgeti(L, -2, (lua_Integer)node->asked[i - 1]);
        }
        lua_rawseti(L, -4, i);
    }
    lua_pop(L, 2);
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
        dkl_recipe_push_argument(L, 1, lua_tointeger(L, 2));
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
        if (node->is_question && lua_getiuservalue(L, 1, node->call.n_flat + FILE_NAME) == LUA_TSTRING)
            lua_pushfstring(L, "%s:%d", lua_tostring(L, -1), node->line);
        else if (node->is_question)
            lua_pushliteral(L, "");
        break;
    case 5:
        if (node->is_question)
            lua_getiuservalue(L, 1, node->call.n_flat + SCRIPT);
        break;
    case 6:
        if (node->is_question)
            push_asked(L, node);
        break;
    case 7:
        if (lua_getiuservalue(L, 1, node->call.n_flat + MORE) == LUA_TTABLE)
            lua_getfield(L, -1, "written");
        break;
    default: break;
    }
    return 1;
}

/* Methods that leave so many arguments as they are until they make their table: the other ones replace some, or make none. */
static int most_left(const char *name)
{
    static const struct {
        const char *name;
        int most;
    } leaving[] = { { "append", 3 }, { "distinct", 3 }, { "drop", 99 },   { "head", 99 },   { "join", 4 },
                    { "link", 4 },   { "pivot", 99 },   { "rename", 99 }, { "sample", 3 },  { "select", 99 },
                    { "slice", 99 }, { "sort", 3 },     { "tail", 99 },   { "unpivot", 99 } };

    for (size_t i = 0; i < sizeof leaving / sizeof *leaving; i++)
        if (strcmp(leaving[i].name, name) == 0)
            return leaving[i].most;
    return 0;
}

/* Puts a recorder in the place of the function on top of the stack; is_method: of a table. */
static void push_recorder(lua_State *L, const char *name, bool is_method)
{
    bool within = lua_iscfunction(L, -1);
    lua_CFunction recorder;
    manner *how;

    luaL_checkstack(L, 8, "too many values");
    if (within && lua_getupvalue(L, -1, 1)) { /* what core.export made: its function is called from here instead */
        lua_replace(L, -2);
        within = false;
    }
    how = lua_newuserdatauv(L, sizeof *how, 1);
    lua_pushstring(L, name);
    *how = manner_of(L);
    lua_pop(L, 1);
    how->function = within ? lua_tocfunction(L, -2) : NULL;
    how->most = within && is_method ? most_left(name) : 0;
    luaL_getmetatable(L, RECIPE);
    lua_rotate(L, -3, 2); /* how class function */
    luaL_getmetatable(L, DKL_TABLE);
    recorder = how->most > 0 ? record_made : within ? record_within : record_call;
    lua_pushcclosure(L, strcmp(name, "write") == 0 ? record_written : recorder, 4);
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
    manner how;

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

void dkl_open_recipe_class(lua_State *L)
{
    luaL_newmetatable(L, RECIPE);
    lua_pushcfunction(L, recipe_index);
    lua_setfield(L, -2, "__index");
    lua_setfield(L, 2, "recipe_class"); /* the metatable of recipes */
    new_weak(L, &dkl_recipes_key, "k");
    new_weak(L, &asked_key, "v");
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
