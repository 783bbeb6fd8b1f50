/* lua_query.c - new tables from a table: its rows, its columns. */
#include <string.h>

#include "lua_options.h"
#include "lua_scalar.h"
#include "lua_table.h"
#include "lua_value.h"

#define MANY_COLUMNS 64 /* whose names do not stand in the memory of a function any more */

/* Rows. ----------------------------------------------------------------------------------------------------------- */

/* t:where(condition [, params]) */
static int table_where(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    const char *what = "where wants a condition";
    const char *text = dkl_check_expr(L, 2, what);
    dk_error err;
    const dk_expr *condition;
    dk_params params;
    const dk_table **out;

    dkl_no_error(&err);
    dkl_check_params(L, 3, &params);
    condition = dkl_push_condition(L, text, what);
    dkl_check_used(L, &params, &condition, 1, NULL, 0);
    out = dkl_new_table(L);
    DKL_TRY(dk_table_where(table, condition, &params, out, &err));
    return 1;
}

static int slice(lua_State *L, const dk_table *table, uint64_t start, uint64_t n)
{
    dk_error err;
    const dk_table **out = dkl_new_table(L);

    dkl_no_error(&err);
    DKL_TRY(dk_table_slice(table, start, n, out, &err));
    return 1;
}

uint64_t dkl_check_rows(lua_State *L, int arg)
{
    int exact = 1;
    lua_Integer n = lua_isnoneornil(L, arg) ? 10 : lua_tointegerx(L, arg, &exact);

    if (!exact || n < 0 || lua_type(L, arg) == LUA_TSTRING)
        dkl_arg_fail(L, arg, "a number of rows, 0 or more");
    return (uint64_t)n;
}

/* t:head([n]) -> the first n rows, 10 without n */
static int table_head(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);

    return slice(L, table, 0, dkl_check_rows(L, 2));
}

/* t:tail([n]) -> the last n rows */
static int table_tail(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    uint64_t wanted = dkl_check_rows(L, 2);
    uint64_t n = dk_table_n_rows(table);

    return wanted < n ? slice(L, table, n - wanted, wanted) : slice(L, table, 0, n);
}

/* t:slice(from [, to]) -> rows from .. to, counted from 1, or from the end where negative: as string.sub does */
static int table_slice(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    lua_Integer n = (lua_Integer)dk_table_n_rows(table);
    int exact;
    lua_Integer from = lua_tointegerx(L, 2, &exact);
    lua_Integer to = -1;

    if (!exact || lua_type(L, 2) != LUA_TNUMBER)
        return dkl_arg_fail(L, 2, "the number of the first row");
    if (!lua_isnoneornil(L, 3)) {
        to = lua_tointegerx(L, 3, &exact);
        if (!exact || lua_type(L, 3) != LUA_TNUMBER)
            return dkl_arg_fail(L, 3, "the number of the last row");
    }
    if (from < 0)
        from = from < -n ? 1 : n + from + 1;
    if (to < 0)
        to = to < -n ? 0 : n + to + 1;
    if (from < 1)
        from = 1;
    if (to > n)
        to = n;
    return slice(L, table, from > to ? 0 : (uint64_t)from - 1, from > to ? 0 : (uint64_t)(to - from) + 1);
}

/* t:detail() -> the rows that are no totals */
static int table_detail(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    const dk_table **out = dkl_new_table(L);

    dkl_no_error(&err);
    DKL_TRY(dk_table_detail(table, out, &err));
    return 1;
}

/* Columns. -------------------------------------------------------------------------------------------------------- */

/* t:select { "a", "b" } */
static int table_select(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    const char *hint = dkl_nil_hint(L, 2), *alone;
    dkl_names names = dkl_check_arguments(L, 2, "select", &alone);
    const dk_table **out = dkl_new_table(L);

    dkl_no_error(&err);
    if (names.n == 0)
        return dkl_fail(L, "select wants the names of the columns to keep%s", hint);
    DKL_TRY(dk_table_select(table, names.items, names.n, out, &err));
    return 1;
}

/* t:drop { "a", "b" } */
static int table_drop(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    const char *hint = dkl_nil_hint(L, 2), *alone;
    dkl_names names = dkl_check_arguments(L, 2, "drop", &alone);
    const dk_table **out = dkl_new_table(L);

    dkl_no_error(&err);
    if (names.n == 0)
        return dkl_fail(L, "drop wants the names of the columns to leave out%s", hint);
    DKL_TRY(dk_table_drop(table, names.items, names.n, out, &err));
    return 1;
}

/* Raises for names at index 2 of which one is no column, or no text; always for the same one. */
static void fail_rename(lua_State *L, const dk_table *table)
{
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        if (dkl_option(L, 2, dk_table_field(table, i)->name))
            dkl_check_text(L, -1, "rename: a new name");
        lua_pop(L, 1);
    }
    dkl_check_columns(L, table, 2, "rename: a name");
}

/* t:rename { old = "new" } */
static int table_rename(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    const char *old_few[MANY_COLUMNS], *new_few[MANY_COLUMNS], **old_names = old_few, **new_names = new_few;
    const dk_table **out;
    size_t n = 0, n_columns = dk_table_n_columns(table);
    bool are_right = true;
    dkl_options given;

    dkl_no_error(&err);
    if (!lua_istable(L, 2))
        return dkl_arg_fail(L, 2, "a table such as { old = \"new\" }");
    if (n_columns > MANY_COLUMNS) {
        old_names = dkl_array(L, 2 * n_columns, sizeof *old_names);
        new_names = old_names + n_columns;
    }
    for (size_t i = 0; i < n_columns; i++)
        new_names[i] = NULL;
    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
        size_t i, old_size, new_size;
        const char *old, *new;

        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
            return dkl_fail(L, "rename: names are strings, as in { old = \"new\" }");
        old = lua_tolstring(L, -2, &old_size);
        new = lua_tolstring(L, -1, &new_size); /* the table keeps both */
        i = strlen(old) == old_size ? dk_table_find(table, old) : DK_NO_COLUMN;
        are_right = are_right && i != DK_NO_COLUMN && strlen(new) == new_size;
        if (are_right)
            new_names[i] = new;
        n++;
    }
    if (n == 0)
        dkl_check_changes(L, 2, "rename"); /* raises */
    if (!are_right)
        fail_rename(L, table);
    n = 0;
    /* In the order of the columns, so that of two errors always the same is reported. */
    for (size_t i = 0; i < n_columns; i++)
        if (new_names[i]) {
            old_names[n] = dk_table_field(table, i)->name;
            new_names[n++] = new_names[i];
        }
    dkl_list_texts(&given, 2, old_names, new_names, n);
    out = dkl_new_table_given(L, &given);
    DKL_TRY(dk_table_rename(table, old_names, new_names, n, out, &err));
    return 1;
}

/* t:column "name" -> the column, also where a method has that name */
static int table_column(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    size_t i;

    dkl_no_error(&err);
    if (lua_type(L, 2) != LUA_TSTRING && lua_type(L, 2) != LUA_TUSERDATA)
        return dkl_arg_fail(L, 2, "the name of a column");
    if (dk_table_get(table, dkl_check_name(L, 2, "column: the name"), &i, &err) != DK_OK)
        return dkl_raise(L, &err);
    dkl_push_column(L, 1, i);
    return 1;
}

const luaL_Reg dkl_query_methods[] = { { "where", table_where },   { "select", table_select },
                                       { "drop", table_drop },     { "rename", table_rename },
                                       { "head", table_head },     { "tail", table_tail },
                                       { "slice", table_slice },   { "detail", table_detail },
                                       { "column", table_column }, { NULL, NULL } };
