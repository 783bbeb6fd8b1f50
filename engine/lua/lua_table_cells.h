/* lua_table_cells.h - the values of Lua that dk.table makes a table of, and the types that they are. */
#ifndef DKL_LUA_TABLE_CELLS_H
#define DKL_LUA_TABLE_CELLS_H

#include "bind.h"
#include "read/bounds.h"

/* Where values come from. Index 1 of the stack is the list: of records, or of columns. */
typedef struct dkl_source {
    bool is_columns;
    uint64_t n_rows;
    size_t n_columns;
    const char **names;
    int keys; /* index of a list of the names, as Lua strings */
    /* Of the column at hand: */
    const dk_csv_column *stated; /* its type, or NULL */
    const char *delimiter;       /* stands between members of a set; NULL: it is none as far as is stated */
} dkl_source;

/* Raises "table: column x, row 3: problem"; row from 0. */
int dkl_fail_cell(lua_State *L, const dkl_source *from, uint64_t row, size_t column, const char *problem);
/* The value of a cell, which is pushed too: a text points into it. Of a set it is a category, whose text lists members; where the
 * column's type is stated, a text is read as that type as far as files are. */
dk_value dkl_get_cell(lua_State *L, const dkl_source *from, uint64_t row, size_t column);
/* Gives a number that is withheld without bounds those that a file's would have; digits: of the column. */
void dkl_bound_cell(lua_State *L, const dkl_source *from, uint64_t row, size_t column,
                    const dki_bounds_facts *facts, dk_value *value);
/* The type of the column at hand: as stated, or found; *is_set: it is to be one; *facts: of intervals. Levels are borrowed from a value in the list.
 * Raises where values are of several types. */
dk_csv_column dkl_settle_type(lua_State *L, const dkl_source *from, size_t column, bool *is_set,
                              dki_bounds_facts *facts);

/* lua_table_from.c: puts a list of columns, { { name, { ..., n = } }, ... }, in the place of the function at index 1, which is called
 * until it gives nil. names: what its columns are called, in order; of size 0: its records say it.
 * Gives the number of rows, which without columns nothing else tells. */
uint64_t dkl_read_iterator(lua_State *L, const char *const *names, size_t n_names);

#endif
