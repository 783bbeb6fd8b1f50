/* lua_recipe_parts.h - what a recipe is. For lua_recipe*.c alone. */
#ifndef DKL_LUA_RECIPE_PARTS_H
#define DKL_LUA_RECIPE_PARTS_H

#include "bind.h"

#define RECIPE "dk.recipe" /* the metatable */
#define MOST_VALUES 10000
#define MOST_BYTES ((size_t)64 << 10)

/* User values: first the arguments, flat: what is a table stands as a mark, which says how much of what follows is its, and then
 * its keys and values in turn, so that no table has to be made of it, nor collected. Then comes what was added afterwards, and of
 * a question the file with the asking line, and the script. Of a column the first is its name. */
enum { MORE = 1, FILE_NAME, SCRIPT };

typedef struct dkl_recipe {
    const void *mark;
    dkl_call call;   /* of a column n_flat is 1, of what is unknown 0 */
    uint64_t serial; /* of the call */
    int line;        /* where a question was asked, 0: in no script */
    bool is_column, is_question;
    uint64_t asked[]; /* of a question: the numbers of the objects among its arguments, and 0 */
} dkl_recipe;

/* lua_recipe_node.c -------------------------------------------------------------------------------------------- */

extern const char
    dkl_recipes_key; /* recipes by their objects, as long as these live: of answers, which are tables of Lua */

/* An object that the library's own Lua makes of an answer, such as an allocation: what it holds are tables. */
bool dkl_recipe_is_answer(lua_State *L, int index);
/* Whether the object can have a recipe. */
bool dkl_recipe_has(lua_State *L, int index);
/* Pushes an empty recipe with room for the arguments of the call; the metatable stands at index class, or 0. */
dkl_recipe *dkl_recipe_new(lua_State *L, dkl_call call, bool is_question, int class);
/* NULL: it is none. */
dkl_recipe *dkl_recipe_test(lua_State *L, int index);
/* Pushes the recipe of the object, or nil. */
void dkl_recipe_push_known(lua_State *L, int index);
/* Gives the recipe on top of the stack to the object, and pops it. */
void dkl_recipe_set(lua_State *L, int index);
/* Pushes the recipe of the object; of one that has none, one that says so. */
dkl_recipe *dkl_recipe_push(lua_State *L, int index);

/* lua_recipe_copy.c -------------------------------------------------------------------------------------------- */

/* What may still be copied of a call's arguments. */
typedef struct dkl_recipe_room {
    int values;
    size_t bytes;
    bool fits;
    bool opaque; /* a recipe among them is */
    bool levels; /* a column stands for what occurs in it, and not for an expression */
} dkl_recipe_room;

/* Pushes the argument at index flat, as far as it fits; there is room for a few values on the stack. */
void dkl_recipe_flatten(lua_State *L, int index, dkl_recipe_room *room);
/* The same of a table whose options are spread; false, and nothing is pushed: it has to be gone through. */
bool dkl_recipe_flatten_options(lua_State *L, int index, const dkl_options *options, dkl_recipe_room *room);
/* Pushes argument i of the recipe at index as it was; nil where it has none. */
void dkl_recipe_push_argument(lua_State *L, int index, lua_Integer i);
/* Pushes a copy of a value as far as it fits, recipes in the place of objects; else nil, and it does not fit. depth: 0. */
void dkl_recipe_copy(lua_State *L, int index, dkl_recipe_room *room, int depth);

#endif
