/* lua_recipe_parts.h - what a recipe is. For lua_recipe*.c alone. */
#ifndef DKL_LUA_RECIPE_PARTS_H
#define DKL_LUA_RECIPE_PARTS_H

#include "bind.h"

#define RECIPE "dk.recipe" /* the metatable */
#define MOST_VALUES 10000
#define MOST_BYTES ((size_t)64 << 10)

/* What a call was given stands in bytes behind the recipe, or behind the object that has no recipe yet: lua_recipe_pack.c. What
 * is not packed so are user values, the first ones. Of a column the only one is its name. One more comes behind them: what was
 * added afterwards. */
enum { MORE = 1 };

/* Values of a question behind its n arguments: the file with the asking line, the script, and the numbers of the objects of tables
 * that are among its arguments, each in the place of its argument. */
enum { FILE_NAME = 1, SCRIPT, NUMBERS };

typedef struct dkl_recipe {
    const void *mark;
    dkl_call call; /* of a column n_kept is 1, of what is unknown 0 */
    bool is_column;
    uint8_t bytes[];
} dkl_recipe;

/* lua_recipe_node.c -------------------------------------------------------------------------------------------- */

extern const char
    dkl_recipes_key; /* recipes by their objects, as long as these live: of answers, which are tables of Lua */

/* An object that the library's own Lua makes of an answer, such as an allocation: what it holds are tables. */
bool dkl_recipe_is_answer(lua_State *L, int index);
/* Whether the object can have a recipe. */
bool dkl_recipe_has(lua_State *L, int index);
/* Pushes an empty recipe with room for the arguments of the call; the metatable stands at index class, or 0. */
dkl_recipe *dkl_recipe_new(lua_State *L, dkl_call call, int class);
/* NULL: it is none. */
dkl_recipe *dkl_recipe_test(lua_State *L, int index);
/* Pushes the recipe of the object, or nil. */
void dkl_recipe_push_known(lua_State *L, int index);
/* Gives the recipe on top of the stack to the object, and pops it. */
void dkl_recipe_set(lua_State *L, int index);
/* Pushes the recipe of the object; of one that has none, one that says so. */
dkl_recipe *dkl_recipe_push(lua_State *L, int index);
/* Pushes the Lua table of what was added to the recipe at index, which is made where there is none. */
void dkl_recipe_push_more(lua_State *L, int index);

/* lua_recipe_copy.c -------------------------------------------------------------------------------------------- */

/* What may still be copied of a call's arguments. */
typedef struct dkl_recipe_room {
    int values;
    size_t bytes;
    bool fits;
    bool opaque; /* a recipe among them is */
    bool levels; /* a column stands for what occurs in it, and not for an expression */
} dkl_recipe_room;

/* Pushes a copy of a value as far as it fits, recipes in the place of objects; else nil, and it does not fit. depth: 0. */
void dkl_recipe_copy(lua_State *L, int index, dkl_recipe_room *room, int depth);
/* Whether columns below a key of that name say which levels there are. */
bool dkl_recipe_names_levels(const char *name);

/* lua_recipe_pack.c -------------------------------------------------------------------------------------------- */

/* What a recorder knows of the calls that it records. */
typedef struct dkl_manner {
    dkl_maker maker;
    const char *op;         /* kept by the table of names that are recorded */
    lua_CFunction function; /* that runs in the recorder's own frame */
    bool of_table;          /* a method of tables, which is no question */
    bool by_name;           /* t:breakdown { ... } is a question */
    bool is_call;           /* of a breakdown, by which it can always be asked again */
    bool levels;            /* of dk: columns stand for their levels */
} dkl_manner;

/* A call whose arguments are packed: n_bytes of them here, and n_kept values on top of the stack. */
typedef struct dkl_packed {
    dkl_call call;
    uint8_t bytes[256];
} dkl_packed;

/* Packs a call of n arguments, which stand on the stack from first on; options: what was spread of one of them, or NULL. */
void dkl_recipe_pack(lua_State *L, const dkl_manner *how, const dkl_options *options, int first, int n,
                     dkl_packed *packed);
/* Pushes value i, from 1, of the recipe at index as it was; nil where it has none. */
void dkl_recipe_push_value(lua_State *L, int index, lua_Integer i);

/* lua_recipe_index.c ------------------------------------------------------------------------------------------- */

/* Notes an object of a table by its number, by which it is found as long as it lives. */
void dkl_recipe_note_asked(lua_State *L, int index, dkl_object *object);
/* Makes the class of recipes, and adds it to the primitives at index 2. */
void dkl_recipe_open_index(lua_State *L);

#endif
