/* lua_table.h - tables as Lua sees them. */
#ifndef DKL_LUA_TABLE_H
#define DKL_LUA_TABLE_H

#include "bind.h"

/* User values of a table; those behind the first DKL_TABLE_VALUES are of this object alone: its column objects by name, so that
 * t.leeftijd is made once. */
enum { DKL_REJECTED = 1, DKL_CHECKS = 2, DKL_TABLE_VALUES = 2, DKL_COLUMNS = 3 };

/* The table that is argument arg; raises where it is none. */
const dk_table *dkl_check_table(lua_State *L, int arg);
/* Pushes an empty table object, for the engine to fill. */
const dk_table **dkl_new_table(lua_State *L);
/* The same in a method whose options were spread, so that its recipe does not go through them again. */
const dk_table **dkl_new_table_given(lua_State *L, const dkl_options *options);
/* dkl_new_table above the one at index 1, with what a reader left beside that one. */
const dk_table **dkl_new_table_like(lua_State *L);
/* Pushes the names of the key as a list; nil where there is none. */
void dkl_push_key(lua_State *L, const dk_properties *properties);
/* Adds a note to the table in a slot of the stack. */
int dkl_add_note(lua_State *L, const dk_table **out, const char *note);
/* Notes which columns of the table in a slot of the stack are called as methods are: t.NAME is the method. Not of the
 * column `given`, whose name the script did not choose; NULL: there is none. */
void dkl_note_clashes(lua_State *L, const dk_table **out, const char *given);
/* What dk.read_published calls the column of labels unless a script says otherwise. */
#define DKL_GIVEN_LABEL "label"
/* Raises where the column cannot be shown by the pattern. */
void dkl_check_pattern(lua_State *L, const dk_field *field, const char *pattern);
/* The table with other formats and labels of columns, with its notes. */
int dkl_restyle(lua_State *L, const dk_table *table, const dk_field *fields, size_t n, const dk_table **out);
/* Raises where a key of the Lua table at index is no column; of several the first in order, as Lua has none. */
void dkl_check_columns(lua_State *L, const dk_table *table, int index, const char *what);

/* Text of an expression: a string or a dk.expr; what: "where wants a condition". Borrowed from the value at index. */
const char *dkl_check_expr(lua_State *L, int index, const char *what);
/* Pushes what keeps the expression that the text is, which may have been parsed before. */
const dk_expr *dkl_push_parsed(lua_State *L, const char *text);
/* The same of a condition. Raises where it gives something a name: `leeftijd = 27` would be read as the number 27, called
 * leeftijd. */
const dk_expr *dkl_push_condition(lua_State *L, const char *text, const char *what);

/* The methods that each file gives to tables; ends with NULL. */
extern const luaL_Reg dkl_query_methods[];     /* lua_query.c */
extern const luaL_Reg dkl_derive_methods[];    /* lua_derive.c */
extern const luaL_Reg dkl_row_methods[];       /* lua_rows.c */
extern const luaL_Reg dkl_window_methods[];    /* lua_window.c */
extern const luaL_Reg dkl_reshape_methods[];   /* lua_reshape.c */
extern const luaL_Reg dkl_tighten_methods[];   /* lua_tighten.c */
extern const luaL_Reg dkl_join_methods[];      /* lua_join.c */
extern const luaL_Reg dkl_write_methods[];     /* lua_write.c */
extern const luaL_Reg dkl_bars_methods[];      /* lua_bars.c */
extern const luaL_Reg dkl_about_methods[];     /* lua_about.c */
extern const luaL_Reg dkl_snapshot_methods[];  /* lua_snapshot.c */
extern const luaL_Reg dkl_codes_methods[];     /* lua_codes.c */
extern const luaL_Reg dkl_set_methods[];       /* lua_sets.c */
extern const luaL_Reg dkl_hierarchy_methods[]; /* lua_hierarchy.c */

/* The text of the table as print shows it. */
int dkl_table_tostring(lua_State *L);
/* t:columns(), and __pairs. */
int dkl_table_columns(lua_State *L);
/* Make the classes of row iterators and of texts that are being written. */
void dkl_open_rows(lua_State *L);
void dkl_open_write(lua_State *L);
/* Adds to the primitives (index 2). */
void dkl_open_about(lua_State *L);

/* User values of a column: its name, that in quotes where an expression took it, and its table where what the column
 * computes depends on that. */
enum { DKL_COLUMN_NAME = 1, DKL_COLUMN_TEXT = 2, DKL_COLUMN_TABLE = 3, DKL_COLUMN_VALUES = 3 };
/* Pushes column i of the table object at index, which keeps it. */
void dkl_push_column(lua_State *L, int index, size_t i);
/* Puts the column object that the table keeps under the name on top of the stack in the place of that name; false, and the
 * name is popped, where it keeps none. */
bool dkl_push_kept_column(lua_State *L, int index);
/* Adds to the table on top of the stack what columns compute at once. */
void dkl_add_answers(lua_State *L);

/* Of lua_behind.c: pushes the table, which is argument 1, with what its cells are made of, where it explains and is a result, or with
 * why that does not go along, which is an error where it must; else without. */
int dkl_with_behind(lua_State *L, const dk_table *table, bool explains, bool must);
/* Pushes the table on top, made of argument 1, with the question in its lineage where it explains and is an answer about scenarios;
 * else without. A question that cannot be written down is an error where it must. Pushes nothing where nothing changes. */
int dkl_with_question(lua_State *L, bool explains, bool must);

#endif
