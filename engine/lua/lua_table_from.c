/* lua_table_from.c - dk.table of a function: what it gives, call by call, as lists of columns.
 *
 * The values are taken out of each record at once, so that the function may use one table for all of them, and nothing but
 * the values stays in memory.
 */
#include <string.h>

#include "lua_options.h"
#include "lua_table_cells.h"

/* Indices of the stack. */
enum { ITERATOR = 1 };

typedef struct gathering {
    int columns; /* index of { [i] = { name, list } } */
    int places;  /* index of { [name] = i } */
    int stated;  /* number of names that were stated; 0: records say theirs */
    lua_Integer n_columns, n_rows;
} gathering;

/* Adds a column of the name on top of the stack, which stays. */
static lua_Integer add_column(lua_State *L, gathering *g)
{
    lua_createtable(L, 2, 0);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, 1);
    lua_newtable(L);
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, g->columns, ++g->n_columns);
    lua_pushvalue(L, -1);
    lua_pushinteger(L, g->n_columns);
    lua_rawset(L, g->places);
    return g->n_columns;
}

/* Puts the value on top of the stack in the row at hand of column i, and pops it. */
static void put(lua_State *L, const gathering *g, lua_Integer i)
{
    lua_rawgeti(L, g->columns, i);
    lua_rawgeti(L, -1, 2); /* value pair list */
    lua_rotate(L, -3, -1);
    lua_rawseti(L, -2, g->n_rows);
    lua_pop(L, 2);
}

/* Of the names in the record that are no columns the first is reported. */
static int fail_name(lua_State *L, const gathering *g, int record)
{
    const char **names, *name;
    size_t n;

    names = dkl_sorted_keys(L, g->places, &n);
    name = dkl_find_unknown(L, record, names);
    lua_pushfstring(L, "table: row %I: the list of columns", (LUAI_UACINT)g->n_rows);
    return dkl_fail_unknown(L, lua_tostring(L, -1), "column", name, strlen(name), names);
}

/* The record on top of the stack, which stays. */
static void take_record(lua_State *L, gathering *g)
{
    for (lua_pushnil(L); lua_next(L, -2);) {
        lua_Integer i;

        if (lua_type(L, -2) != LUA_TSTRING) {
            dkl_fail(L, "table: row %I has %s as a key, and a column has a name", (LUAI_UACINT)g->n_rows,
                     dkl_push_given(L, -2));
            return;
        }
        lua_pushvalue(L, -2); /* record key value key */
        lua_pushvalue(L, -1);
        if (lua_rawget(L, g->places) == LUA_TNUMBER) {
            i = lua_tointeger(L, -1);
            lua_pop(L, 2);
        } else if (g->stated) {
            fail_name(L, g, lua_absindex(L, -5)); /* record key value key nil */
            return;
        } else {
            lua_pop(L, 1);
            i = add_column(L, g);
            lua_pop(L, 1);
        }
        put(L, g, i);
    }
}

/* Whether the value at index is a record, and no set: it has a name in it, or nothing. */
static bool is_record(lua_State *L, int index)
{
    bool is_one = true;

    if (!lua_istable(L, index))
        return false;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        is_one = lua_type(L, -2) == LUA_TSTRING;
        if (is_one) {
            lua_pop(L, 2);
            break;
        }
    }
    return is_one;
}

/* The values from index first on, in the order of the columns. */
static void take_values(lua_State *L, gathering *g, int first)
{
    int n = lua_gettop(L) - first + 1;

    if (g->stated == 0) {
        dkl_fail(
            L,
            "table: the function gave %s and no record: state what its values are called, dk.table(f, { \"a\", "
            "\"b\" })",
            dkl_push_kind(L, first));
        return;
    }
    if (n > g->stated) {
        dkl_fail(L, "table: row %I: the function gave %d values, and there are %d columns", (LUAI_UACINT)g->n_rows,
                 n, g->stated);
        return;
    }
    for (; n > 0; n--)
        put(L, g, n);
}

/* Puts columns that records named in the order of their names: the order in which Lua gives them means nothing. */
static void sort_columns(lua_State *L, gathering *g)
{
    const char **names;
    size_t n;
    int sorted;

    names = dkl_sorted_keys(L, g->places, &n);
    lua_createtable(L, (int)n, 0);
    sorted = lua_gettop(L);
    for (size_t i = 0; i < n; i++) {
        lua_getfield(L, g->places, names[i]);
        lua_rawgeti(L, g->columns, lua_tointeger(L, -1));
        lua_rawseti(L, sorted, (lua_Integer)i + 1);
        lua_pop(L, 1);
    }
    lua_replace(L, g->columns);
    lua_pop(L, 1); /* the anchor of names */
}

uint64_t dkl_read_iterator(lua_State *L, const char *const *names, size_t n_names)
{
    gathering g = { .stated = (int)n_names };
    int top = lua_gettop(L);

    luaL_checkstack(L, 20, "too many values");
    lua_newtable(L);
    g.columns = lua_gettop(L);
    lua_newtable(L);
    g.places = lua_gettop(L);
    for (size_t i = 0; i < n_names; i++) {
        lua_pushstring(L, names[i]);
        (void)add_column(L, &g);
        lua_pop(L, 1);
    }
    for (;;) {
        int first = lua_gettop(L) + 1;

        if (g.n_rows % DK_BLOCK_ROWS == 0)
            dkl_poll(L);
        lua_pushvalue(L, ITERATOR);
        lua_call(L, 0, LUA_MULTRET);
        luaL_checkstack(L, 12, "too many values");
        if (lua_gettop(L) < first || lua_isnil(L, first))
            break;
        g.n_rows++;
        if (is_record(L, first)) {
            lua_settop(L, first);
            take_record(L, &g);
        } else {
            take_values(L, &g, first);
        }
        lua_settop(L, first - 1);
    }
    lua_settop(L, g.places);
    if (n_names == 0)
        sort_columns(L, &g);
    for (lua_Integer i = 1; i <= g.n_columns; i++) { /* nil is null in lists that say how long they are */
        lua_rawgeti(L, g.columns, i);
        lua_rawgeti(L, -1, 2);
        lua_pushinteger(L, g.n_rows);
        lua_setfield(L, -2, "n");
        lua_pop(L, 2);
    }
    lua_pushvalue(L, g.columns);
    lua_replace(L, ITERATOR);
    lua_settop(L, top);
    return (uint64_t)g.n_rows;
}
