/* lua_types.h - what a script says of the types of columns: types = { x = "decimal(2)" }, levels = { y = { ... } }. */
#ifndef DKL_LUA_TYPES_H
#define DKL_LUA_TYPES_H

#include "bind.h"

typedef struct dkl_types {
    dk_csv_column *items; /* by name, in order of names */
    dk_split *splits;     /* of each: how its texts list members, where it is a set; else without delimiter */
    size_t n;
} dkl_types;

/* Reads the options types and levels of the table at index. Pushes anchors and slots that own the levels: how many is
 * not said, so a caller keeps what it needs below. */
dkl_types dkl_option_types(lua_State *L, int index, const char *what);
/* The levels that the value at index states, as a dictionary in a slot that is pushed; *other: the code that stands for what
 * is none of them (0: nothing does). what: "read". */
const dk_dictionary *dkl_check_levels(lua_State *L, int index, const char *what, const char *column_name,
                                      uint32_t *other);
/* Raises where the table at index has another member than these: it states the type of the column called so, and its form is
 * "a type", or `{ "set", ";" }`. */
void dkl_check_type_members(lua_State *L, int index, const char *what, const char *name, const char *form,
                            const char *const *members);
/* Whether the value at index states a set: { "set", ";" }. Then fills out and split. May push a slot. */
bool dkl_check_set(lua_State *L, int index, const char *what, dk_csv_column *out, dk_split *split);
/* Puts sets in the place of the texts of a table's columns that are to be sets. The table is replaced. */
int dkl_split_columns(lua_State *L, const dkl_types *types, const dk_table **table);
/* The stated type of that column, or NULL. */
const dk_csv_column *dkl_find_type(const dkl_types *types, const char *name);

#endif
