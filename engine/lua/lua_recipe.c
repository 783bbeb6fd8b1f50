/* lua_recipe.c - remembers what a script asked for and of what, so that a receipt can tell it and the same can be asked again.
 *
 * What makes tables is called through a recorder, which writes down the name and the arguments: a recipe. Recipes of arguments
 * stand in those of results, and no recipe keeps a table alive but one: what scenarios were asked of, where no recipe makes that
 * again. What the library calls on the way is recorded too; the script's own call comes last, and counts.
 *
 * A recipe is one userdata without a finalizer, and is a user value of the object that it is of. To Lua it is indexed as if it were
 *
 *   { op = "link", n = 3, recipe, "pseudoniem", { as = "in_sonar" } }          of a method; of dk.read the op is "dk.read"
 *   { opaque = true, ... }     cannot be made again: a function took part, or more than MOST_VALUES values of Lua
 *   { column = "leeftijd" }    stands for a column
 *
 * A question (what a breakdown or a scenario is asked) also has: where = "plan.lua:12", script = "plan.lua", asked = the tables
 * among its arguments by their places, of those that are still there. A recipe that a receipt is read into is a Lua table of that
 * form, with the same metatable.
 *
 * Cost: an allocation for each call, and for each table of options among its arguments.
 */
#include <string.h>

#include "bind.h"
#include "chunk.h"
#include "lua_options.h"
#include "lua_scalar.h"

#define RECIPE "dk.recipe"
#define MOST_VALUES 10000
#define MOST_BYTES ((size_t)64 << 10)
#define DEEPEST 32

static const char
    recipes_key; /* recipes by their objects, as long as these live: of answers, which are tables of Lua */
static const char recorded_key; /* true by the names of what is recorded: nothing else is asked again */
static const char asked_key;    /* objects that were asked by their numbers, as long as they live */
static const char recipe_mark;

enum { NODE = 1, HOW, FUNCTION, CLASS }; /* upvalues of a recorder; CLASS is the metatable of recipes */

/* What a recorder knows of the calls that it records. */
typedef struct manner {
    uint64_t n_calls;
    const char *op; /* kept by the table of names that are recorded */
    bool by_name;   /* t:breakdown { ... } is a question */
    bool is_call;   /* of a breakdown, by which it can always be asked again */
    bool levels;    /* of dk: columns stand for their levels */
} manner;

/* User values: 1 .. n are the arguments, then comes what was added afterwards, and of a question the file with the asking line,
 * and the script. Of a column the first is its name. */
enum { MORE = 1, FILE_NAME, SCRIPT };

typedef struct recipe {
    const void *mark;
    const char *op;  /* as in the recorder; NULL: none */
    uint64_t serial; /* of the call */
    int n;           /* arguments, or ... */
    int line;        /* where a question was asked, 0: in no script */
    bool is_call;    /* ... nothing is known of them */
    bool is_column, is_question, opaque;
    uint64_t asked[]; /* of a question: the numbers of the objects among its arguments, and 0 */
} recipe;

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
    return dkl_recipe_holder(L, index) || is_answer(L, index);
}

/* Pushes an empty recipe with room for n arguments; kept as the metatable that stands at index class. */
static recipe *push_node(lua_State *L, int n, bool is_question, int class)
{
    size_t size = sizeof(recipe) + (is_question ? (size_t)n * sizeof(uint64_t) : 0);
    recipe *made = lua_newuserdatauv(L, size, n + (is_question ? SCRIPT : MORE));

    memset(made, 0, size);
    made->mark = &recipe_mark;
    made->n = n;
    made->is_question = is_question;
    if (class)
        lua_pushvalue(L, class);
    else
        luaL_getmetatable(L, RECIPE);
    lua_setmetatable(L, -2);
    return made;
}

static void push_unknown(lua_State *L)
{
    push_node(L, 0, false, 0)->opaque = true;
}

static recipe *test_recipe(lua_State *L, int index)
{
    recipe *found = lua_touserdata(L, index);

    return found && lua_rawlen(L, index) >= sizeof *found && found->mark == &recipe_mark ? found : NULL;
}

/* Pushes the recipe of the object, or nil. */
static void push_known(lua_State *L, int index)
{
    const dkl_object *object = dkl_recipe_holder(L, index);

    if (object) {
        lua_getiuservalue(L, index, object->recipe_value);
        return;
    }
    index = lua_absindex(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &recipes_key);
    lua_pushvalue(L, index);
    lua_rawget(L, -2);
    lua_remove(L, -2);
}

/* Gives the recipe on top of the stack to the object, and pops it. */
static void set_recipe(lua_State *L, int index)
{
    dkl_object *object = dkl_recipe_holder(L, index);

    if (object) {
        lua_setiuservalue(L, index, object->recipe_value);
        object->has_recipe = true;
        return;
    }
    index = lua_absindex(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &recipes_key);
    lua_pushvalue(L, index);
    lua_pushvalue(L, -3);
    lua_rawset(L, -3);
    lua_pop(L, 2);
}

/* Pushes the recipe of the object; of one that has none, one that says so. */
static recipe *push_recipe(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    push_known(L, index);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        push_unknown(L);
        lua_pushvalue(L, -1);
        set_recipe(L, index);
    }
    return lua_touserdata(L, -1);
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
    int n = 0, n_items = (int)lua_rawlen(L, index), copy;

    if (n_items <= MOST_VALUES)
        for (lua_pushnil(L); lua_next(L, index) && ++n <= MOST_VALUES;)
            lua_pop(L, 1);
    if (n_items > MOST_VALUES || n > MOST_VALUES) {
        if (n > MOST_VALUES)
            lua_pop(L, 2);
        room->fits = false;
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, n_items, n > n_items ? n - n_items : 0);
    copy = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, index);) { /* copy key value */
        int type = lua_type(L, -2);
        bool outer = room->levels, within = type == LUA_TSTRING && lua_type(L, -1) >= LUA_TTABLE;

        room->fits = room->fits && (type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN);
        push_copy(L, -2, room, depth + 1);
        room->levels = outer || (within && names_levels(L, -3));
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

/* Pushes what stands for a userdata. */
static void push_object(lua_State *L, int index, struct room *room)
{
    const dkl_object *object = dkl_recipe_holder(L, index);
    const dkl_scalar *scalar;

    if (object && object->has_recipe) {
        lua_getiuservalue(L, index, object->recipe_value);
        room->opaque = room->opaque || ((const recipe *)lua_touserdata(L, -1))->opaque;
    } else if (object) {
        push_recipe(L, index);
        room->opaque = true;
    } else if (dkl_is_asked(L, index)) {
        lua_pushvalue(L, index); /* which does not change */
    } else if (dkl_is_object(L, index, DKL_COLUMN)) {
        if (room->levels) {
            push_levels(L, index, room);
            return;
        }
        push_node(L, 1, false, 0)->is_column = true; /* the column would keep its table */
        lua_getiuservalue(L, index, 1);
        lua_setiuservalue(L, -2, 1);
    } else if ((scalar = dkl_test_scalar(L, index)) != NULL &&
               scalar->type == DK_CATEGORY) { /* which keeps its dictionary */
        size_t size;
        const char *text = dkl_scalar_text(L, index, &size);

        lua_pushlstring(L, text, size);
    } else if (scalar || dkl_kind(L, index) || luaL_testudata(L, index, DKL_SENTINEL)) {
        lua_pushvalue(L, index); /* none of these changes */
    } else {
        room->fits = false;
        lua_pushnil(L);
    }
}

static void push_copy(lua_State *L, int index, struct room *room, int depth)
{
    room->fits = room->fits && --room->values >= 0;
    switch (room->fits ? lua_type(L, index) : LUA_TFUNCTION) {
    case LUA_TSTRING: {
        size_t size = lua_rawlen(L, index);

        room->fits = size <= room->bytes;
        room->bytes -= room->fits ? size : 0;
        lua_pushvalue(L, index);
        return;
    }
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER: lua_pushvalue(L, index); return;
    case LUA_TUSERDATA:
        luaL_checkstack(L, 12, "too many values");
        push_object(L, lua_absindex(L, index), room);
        return;
    case LUA_TTABLE:
        luaL_checkstack(L, 12, "too many values");
        index = lua_absindex(L, index);
        if (is_answer(L, index)) {
            room->opaque = push_recipe(L, index)->opaque || room->opaque;
            return;
        }
        if (depth < DEEPEST && !lua_getmetatable(L, index)) {
            push_table(L, index, room, depth);
            return;
        }
        if (depth < DEEPEST)
            lua_pop(L, 1);
        break;
    default: break;
    }
    room->fits = false;
    lua_pushnil(L);
}

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
static void put_place(lua_State *L, recipe *node)
{
    lua_Debug at;

    if (dkl_script_level(L, &at)) {
        node->line = at.currentline;
        lua_pushstring(L, at.short_src);
        lua_setiuservalue(L, -2, node->n + FILE_NAME);
    }
    for (int level = last_level(L); level >= 0 && lua_getstack(L, level, &at); level--) {
        lua_getinfo(L, "S", &at);
        if (at.source[0] == '@' && !dkl_is_library(at.source)) {
            lua_pushstring(L, at.source + 1);
            lua_setiuservalue(L, -2, node->n + SCRIPT);
            return;
        }
    }
}

/* Adds to the node on top of the stack the tables among the arguments from first on; kept: strongly. */
static void put_asked(lua_State *L, recipe *node, int first, bool keep)
{
    for (int i = 0; i < node->n; i++) {
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
        if (lua_getiuservalue(L, -1, node->n + MORE) != LUA_TTABLE) {
            lua_pop(L, 1);
            lua_newtable(L);
            lua_pushvalue(L, -1);
            lua_setiuservalue(L, -3, node->n + MORE);
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
    return (manner){ .op = op,
                     .by_name = strcmp(op, "breakdown") == 0,
                     .is_call = strcmp(op, "__call") == 0,
                     .levels = strncmp(op, "dk.", 3) == 0 };
}

/* Pushes the recipe of a call, whose n arguments stand on the stack from first on. */
static recipe *push_call(lua_State *L, const manner *how, int first, int n, int class)
{
    struct room room = {
        .values = MOST_VALUES, .bytes = MOST_BYTES, .fits = n <= MOST_VALUES, .levels = how->levels
    };
    bool question = how->by_name || (n > 0 && dkl_is_asked(L, first));
    recipe *node;

    node = push_node(L, room.fits ? n : 0, question, class);
    for (int i = 1; i <= n && room.fits; i++) {
        push_copy(L, first + i - 1, &room, 0);
        lua_setiuservalue(L, -2, i);
    }
    if (!room.fits) { /* what was copied would be of no use */
        lua_pop(L, 1);
        node = push_node(L, 0, question, class);
        room.opaque = true;
    }
    node->is_call = room.fits;
    node->opaque = room.opaque;
    node->op = how->op;
    if (question) {
        put_place(L, node);
        put_asked(L, node, first, room.opaque && !how->by_name && !how->is_call);
    }
    return node;
}

/* Gives the recipe, which stands at index node, to the object at index, unless that is one of those it was made of. */
static void remember(lua_State *L, const recipe *made, int node, int index)
{
    dkl_object *object = dkl_recipe_holder(L, index);

    luaL_checkstack(L, 6, "too many values");
    if (object && !object->has_recipe) {
        lua_pushvalue(L, node);
        lua_setiuservalue(L, index, object->recipe_value);
        object->has_recipe = true;
        return;
    }
    push_known(L, index);
    for (int i = 1; made->is_call && i <= made->n && !lua_isnil(L, -1); i++) {
        bool same;

        lua_getiuservalue(L, node, i);
        same = lua_rawequal(L, -1, -2);
        lua_pop(L, 1);
        if (same) {
            lua_pop(L, 1);
            return;
        }
    }
    lua_pop(L, 1);
    lua_pushvalue(L, node);
    set_recipe(L, index);
}

/* The recorder of a function of C holds the recipe while that runs; a call that raises leaves it there until the next one, so
 * that it holds nothing of the engine's. Returns the number of the call. */
static uint64_t begin(lua_State *L)
{
    manner *how = lua_touserdata(L, lua_upvalueindex(HOW));
    recipe *node = push_call(L, how, 1, lua_gettop(L), lua_upvalueindex(CLASS));

    node->serial = ++how->n_calls;
    lua_replace(L, lua_upvalueindex(NODE));
    return how->n_calls;
}

/* The recipe of the call, unless a call of the same function within it has overtaken it. */
static const recipe *current(lua_State *L, uint64_t serial)
{
    const recipe *node = test_recipe(L, lua_upvalueindex(NODE));

    return node && node->serial == serial ? node : NULL;
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
    uint64_t serial = begin(L);
    int n = lua_tocfunction(L, lua_upvalueindex(FUNCTION))(L);
    const recipe *node = current(L, serial);

    if (node && n > 0 && has_recipe(L, -n))
        remember(L, node, lua_upvalueindex(NODE), lua_absindex(L, -n));
    return finish(L, n);
}

static int record_call(lua_State *L)
{
    const manner *how = lua_touserdata(L, lua_upvalueindex(HOW));
    const recipe *node = push_call(L, how, 1, lua_gettop(L), lua_upvalueindex(CLASS));

    lua_insert(L, 1);
    lua_pushvalue(L, lua_upvalueindex(FUNCTION));
    lua_insert(L, 2); /* node function argument ... */
    lua_call(L, lua_gettop(L) - 2, LUA_MULTRET);
    if (lua_gettop(L) > 1 && has_recipe(L, 2))
        remember(L, node, 1, 2);
    return lua_gettop(L) - 1;
}

/* t:write(path [, options]): what was written of a result stands in its recipe, as recipes of these calls. */
static int record_written(lua_State *L)
{
    uint64_t serial = begin(L);
    int n = lua_tocfunction(L, lua_upvalueindex(FUNCTION))(L);

    if (current(L, serial) && dkl_is_object(L, 1, DKL_TABLE)) {
        const recipe *of = push_recipe(L, 1);

        if (lua_getiuservalue(L, -1, of->n + MORE) != LUA_TTABLE) {
            lua_pop(L, 1);
            lua_newtable(L);
            lua_pushvalue(L, -1);
            lua_setiuservalue(L, -3, of->n + MORE);
        }
        if (lua_getfield(L, -1, "written") == LUA_TNIL) {
            lua_pop(L, 1);
            lua_newtable(L);
            lua_pushvalue(L, -1);
            lua_setfield(L, -3, "written");
        }
        lua_pushvalue(L, lua_upvalueindex(NODE));
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
        lua_pop(L, 3);
    }
    return finish(L, n);
}

/* Pushes the tables that the question at index 1 was asked of, by their places. */
static void push_asked(lua_State *L, const recipe *node)
{
    lua_createtable(L, node->n, 0);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &asked_key);
    if (lua_getiuservalue(L, 1, node->n + MORE) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
    }
    for (int i = 1; i <= node->n; i++) { /* asked objects kept */
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
    const recipe *node = test_recipe(L, 1);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    int which = 0;

    if (node == NULL) /* a Lua table that does not have it */
        return 0;
    lua_settop(L, 2);
    if (lua_isinteger(L, 2)) {
        lua_Integer i = lua_tointeger(L, 2);

        lua_pushnil(L);
        if (node->is_call && i >= 1 && i <= node->n)
            lua_getiuservalue(L, 1, (int)i);
        return 1;
    }
    while (names[which] && strcmp(names[which], name) != 0)
        which++;
    lua_pushnil(L);
    switch (which) {
    case 0: lua_pushstring(L, node->op); break; /* NULL gives nil */
    case 1:
        if (node->is_call)
            lua_pushinteger(L, node->n);
        break;
    case 2:
        if (node->opaque)
            lua_pushboolean(L, true);
        break;
    case 3:
        if (node->is_column)
            lua_getiuservalue(L, 1, 1);
        break;
    case 4:
        if (node->is_question && lua_getiuservalue(L, 1, node->n + FILE_NAME) == LUA_TSTRING)
            lua_pushfstring(L, "%s:%d", lua_tostring(L, -1), node->line);
        else if (node->is_question)
            lua_pushliteral(L, "");
        break;
    case 5:
        if (node->is_question)
            lua_getiuservalue(L, 1, node->n + SCRIPT);
        break;
    case 6:
        if (node->is_question)
            push_asked(L, node);
        break;
    case 7:
        if (lua_getiuservalue(L, 1, node->n + MORE) == LUA_TTABLE)
            lua_getfield(L, -1, "written");
        break;
    default: break;
    }
    return 1;
}

/* Puts a recorder in the place of the function on top of the stack. */
static void push_recorder(lua_State *L, const char *name)
{
    bool within = lua_iscfunction(L, -1);
    manner *how;

    luaL_checkstack(L, 8, "too many values");
    if (within && lua_getupvalue(L, -1, 1)) { /* what core.export made: its function is called from here instead */
        lua_replace(L, -2);
        within = false;
    }
    how = lua_newuserdatauv(L, sizeof *how, 0);
    lua_pushstring(L, name);
    *how = manner_of(L);
    lua_pop(L, 1);
    lua_pushnil(L);
    lua_rotate(L, -3, 1); /* nil function how */
    lua_rotate(L, -2, 1); /* nil how function */
    luaL_getmetatable(L, RECIPE);
    lua_pushcclosure(L, strcmp(name, "write") == 0 ? record_written : within ? record_within : record_call, 4);
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
    const recipe *made;
    manner how;

    luaL_checkstring(L, 2);
    lua_pushvalue(L, 2);
    how = manner_of(L);
    lua_pop(L, 1);
    made = push_call(L, &how, 3, lua_gettop(L) - 2, 0);
    if (has_recipe(L, 1))
        remember(L, made, lua_gettop(L), 1);
    return 0;
}

/* core.recipe(object) -> its recipe, or nil */
static int core_recipe(lua_State *L)
{
    luaL_checkany(L, 1);
    push_known(L, 1);
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
    new_weak(L, &recipes_key, "k");
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
        push_recorder(L, lua_tostring(L, -2));
        lua_setfield(L, 1, makers[i]);
        lua_pop(L, 1);
    }
    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
