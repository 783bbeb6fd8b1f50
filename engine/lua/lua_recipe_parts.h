/* lua_recipe_parts.h - what a recipe is. For lua_recipe*.c alone. */
#ifndef DKL_LUA_RECIPE_PARTS_H
#define DKL_LUA_RECIPE_PARTS_H

#include "bind.h"

#define RECIPE "dk.recipe" /* the metatable */
#define MOST_VALUES 10000
#define MOST_BYTES ((size_t)64 << 10)

/* User values: 1 .. n are the arguments, then comes what was added afterwards, and of a question the file with the asking line,
 * and the script; behind them keys and values of the last argument, where that is a small table of options. Of a column the first
 * is its name. */
enum { MORE = 1, FILE_NAME, SCRIPT };

typedef struct dkl_recipe {
    const void *mark;
    const char *op;  /* as in the recorder; NULL: none */
    uint64_t serial; /* of the call */
    int n;           /* arguments, or ... */
    int n_options;   /* keys of the last argument, which has no user value then: 0 for any other */
    int line;        /* where a question was asked, 0: in no script */
    bool is_call;    /* ... nothing is known of them */
    bool is_column, is_question, opaque;
    uint64_t asked[]; /* of a question: the numbers of the objects among its arguments, and 0 */
} dkl_recipe;

/* lua_recipe_node.c -------------------------------------------------------------------------------------------- */

extern const char
    dkl_recipes_key; /* recipes by their objects, as long as these live: of answers, which are tables of Lua */

/* An object that the library's own Lua makes of an answer, such as an allocation: what it holds are tables. */
bool dkl_recipe_is_answer(lua_State *L, int index);
/* Whether the object can have a recipe. */
bool dkl_recipe_has(lua_State *L, int index);
/* Pushes an empty recipe with room for n arguments, and for n_options keys of the last; the metatable stands at index class, or
 * 0. */
dkl_recipe *dkl_recipe_new(lua_State *L, int n, int n_options, bool is_question, int class);
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

/* How many options the table at index has, if it is one whose keys and values can stand in a recipe one by one; else 0. */
int dkl_recipe_count_options(lua_State *L, int index);
/* Copies them into the recipe on top of the stack. */
void dkl_recipe_copy_options(lua_State *L, int index, dkl_recipe_room *room);
/* Pushes them as a table again, of the recipe at index. */
void dkl_recipe_push_options(lua_State *L, int index);
/* Pushes a copy of a value as far as it fits, recipes in the place of objects; else nil, and it does not fit. depth: 0. */
void dkl_recipe_copy(lua_State *L, int index, dkl_recipe_room *room, int depth);

#endif
