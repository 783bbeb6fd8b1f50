/* lua_column.c - columns: to look at, to ask at once, and as the leaves of expressions.
 *
 * c:sum() answers over the whole column (lua_answers.c); c:lt(27) and c + 1 are expressions about each row, in which the
 * column stands for its name (lua_build.c).
 */
#include <string.h>

#include "base/text.h"
#include "lua_codes.h"
#include "lua_expr.h"
#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

/* Whether what a column says as a whole depends on the rest of its table: weights, and rows that are totals. */
static bool needs_table(const dk_table *table)
{
    return dk_table_properties(table)->weight || dk_table_margin(table);
}

bool dkl_push_kept_column(lua_State *L, int index)
{
    const dkl_object *kept;

    luaL_checkstack(L, 4, "too many values");
    if (lua_getiuservalue(L, index, DKL_COLUMNS) != LUA_TTABLE) {
        lua_pop(L, 2);
        return false;
    }
    lua_insert(L, -2);
    lua_rawget(L, -2); /* columns column */
    kept = lua_touserdata(L, -1);
    if (kept == NULL || dkl_held(kept) == NULL) { /* not asked for yet, or closed meanwhile */
        lua_pop(L, 2);
        return false;
    }
    lua_remove(L, -2);
    return true;
}

/* Keeps the column object on top of the stack with its table. */
static void keep_column(lua_State *L, int index, const char *name)
{
    if (lua_getiuservalue(L, index, DKL_COLUMNS) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setiuservalue(L, index, DKL_COLUMNS);
    }
    lua_pushstring(L, name);
    lua_pushvalue(L, -3); /* column columns name column */
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

void dkl_push_column(lua_State *L, int index, size_t i)
{
    const dk_table *table = dkl_check_table(L, index);
    const dk_field *field = dk_table_field(table, i);
    const dk_column **slot;

    index = lua_absindex(L, index);
    lua_pushstring(L, field->name);
    if (dkl_push_kept_column(L, index))
        return;
    slot = dkl_new_object(L, DKL_COLUMN, DKL_COLUMN_VALUES);
    *slot = dk_column_retain(field->column);
    lua_pushstring(L, field->name);
    lua_setiuservalue(L, -2, DKL_COLUMN_NAME);
    if (needs_table(table)) {
        lua_pushvalue(L, index);
        lua_setiuservalue(L, -2, DKL_COLUMN_TABLE);
    }
    keep_column(L, index, field->name);
}

static const dk_column *check_column(lua_State *L, int arg)
{
    return dkl_check_object(L, arg, DKL_COLUMN, "a column");
}

static int column_len(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)dk_column_n_rows(check_column(L, 1)));
    return 1;
}

/* c:name() */
static int column_name(lua_State *L)
{
    check_column(L, 1);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

/* c:type() -> "integer", "decimal(2)", ... */
static int column_type(lua_State *L)
{
    const dk_column *column = check_column(L, 1);

    dkl_push_type(L, column);
    return 1;
}

/* c:nulls() -> how many rows are null */
static int column_nulls(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)dk_column_n_nulls(check_column(L, 1)));
    return 1;
}

/* c:levels() -> the levels of a category in their order, of a set its members; nil for other types */
static int column_levels(lua_State *L)
{
    const dk_dictionary *levels = dk_column_levels(check_column(L, 1));

    if (levels && dk_dictionary_members(levels))
        levels = dk_dictionary_members(levels);
    if (levels)
        dkl_push_levels(L, levels);
    else
        lua_pushnil(L);
    return 1;
}

/* c:labels() -> { code = label } of a code list; nil where there is none */
static int column_labels(lua_State *L)
{
    const dk_dictionary *levels = dk_column_levels(check_column(L, 1));

    if (levels && dk_dictionary_has_labels(levels))
        dkl_push_labels(L, levels);
    else
        lua_pushnil(L);
    return 1;
}

/* c:head([n]) -> a list of the first n values, 10 without n */
static int column_head(lua_State *L)
{
    const dk_column *column = check_column(L, 1);
    uint64_t n = dkl_check_rows(L, 2), n_rows = dk_column_n_rows(column);

    return dkl_push_values(L, column, n < n_rows ? n : n_rows, false);
}

/* c[i] -> the value of row i, nil where it is null or there is no such row */
static int push_row(lua_State *L, const dk_column *column)
{
    int exact;
    lua_Integer row = lua_tointegerx(L, 2, &exact);
    dk_error err = DK_ERROR_INIT;
    dk_value value;

    if (!exact || row < 1 || (uint64_t)row > dk_column_n_rows(column)) {
        lua_pushnil(L);
        return 1;
    }
    DKL_TRY(dk_column_get(column, (uint64_t)row - 1, &value, &err));
    dkl_push_value_of(L, dk_column_levels(column), &value);
    return 1;
}

static const luaL_Reg methods[] = { { "name", column_name },     { "type", column_type },
                                    { "nulls", column_nulls },   { "levels", column_levels },
                                    { "labels", column_labels }, { "to_lua", dkl_column_to_lua },
                                    { "head", column_head },     { NULL, NULL } };

/* __index; upvalues: the methods, dk.fn */
static int column_index(lua_State *L)
{
    const dk_column *column;
    const char *name;

    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    column = check_column(L, 1);
    if (lua_type(L, 2) == LUA_TNUMBER)
        return push_row(L, column);
    name = dkl_check_text(L, 2, "a column's method");
    if (dkl_find_function(L, lua_upvalueindex(2), name))
        return 1;
    return dkl_fail_function(L, lua_upvalueindex(1), "a column", "method", name);
}

static int column_newindex(lua_State *L)
{
    check_column(L, 1);
    return dkl_fail(L, "a column never changes: t:derive { \"name = expression\" } gives a table with another");
}

static int column_tostring(lua_State *L)
{
    const dk_column *column = check_column(L, 1);

    lua_getiuservalue(L, 1, 1);
    dkl_push_type(L, column);
    lua_pushfstring(L, "column %s: %s, %I row%s, %I null", lua_tostring(L, -2), lua_tostring(L, -1),
                    (LUAI_UACINT)dk_column_n_rows(column), dk_column_n_rows(column) == 1 ? "" : "s",
                    (LUAI_UACINT)dk_column_n_nulls(column));
    return 1;
}

/* The iterator of pairs(c): column, row -> the row after that, its value or nil */
static int next_value(lua_State *L)
{
    const dk_column *column = check_column(L, 1);
    lua_Integer row = luaL_checkinteger(L, 2);

    if (row < 0 || (uint64_t)row >= dk_column_n_rows(column)) {
        lua_pushnil(L);
        return 1;
    }
    lua_settop(L, 1);
    lua_pushinteger(L, row + 1);
    push_row(L, column);
    return 2;
}

/* pairs(c) goes over all rows; ipairs(c) ends at the first that is null. */
static int column_pairs(lua_State *L)
{
    check_column(L, 1);
    lua_pushcfunction(L, next_value);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

static int column_call(lua_State *L)
{
    return dkl_fail(L, "a column is not called: `for row, value in pairs(c) do` goes over its rows, c:to_lua() is a list");
}

static const luaL_Reg meta[] = { { "__len", column_len },           { "__newindex", column_newindex },
                                 { "__tostring", column_tostring }, { "__pairs", column_pairs },
                                 { "__call", column_call },         { NULL, NULL } };

void dkl_open_column(lua_State *L)
{
    dkl_object_class(L, DKL_COLUMN, meta);
    luaL_getmetatable(L, DKL_COLUMN);
    dkl_add_operators(L);
    lua_newtable(L); /* what a column has of its own comes last: it wins */
    dkl_add_builders(L);
    dkl_add_answers(L);
    luaL_setfuncs(L, methods, 0);
    dkl_push_functions(L);
    lua_pushcclosure(L, column_index, 2);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
