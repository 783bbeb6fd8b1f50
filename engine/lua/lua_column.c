/* lua_column.c - columns: to look at, not to compute with.
 *
 * An operator on a column would compute in Lua what belongs in an expression (`<` even turns its result into true or
 * false at once): each says how to write it.
 */
#include <string.h>

#include "base/text.h"
#include "lua_codes.h"
#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

/* User value 1 is the name. */
void dkl_push_column(lua_State *L, const dk_column *column, const char *name)
{
    const dk_column **slot = dkl_new_object(L, DKL_COLUMN, 1);

    *slot = dk_column_retain(column);
    lua_pushstring(L, name);
    lua_setiuservalue(L, -2, 1);
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

/* c:to_lua() -> a list of all values, dk.null where a row is null */
static int column_to_lua(lua_State *L)
{
    const dk_column *column = check_column(L, 1);
    uint64_t n = dk_column_n_rows(column);
    dk_error err = DK_ERROR_INIT;
    dk_value value;

    lua_createtable(L, n < 100000000 ? (int)n : 0, 0);
    dkl_push_null(L);
    for (uint64_t row = 0; row < n; row++) {
        if (row % DK_BLOCK_ROWS == 0)
            dkl_poll(L);
        DKL_TRY(dk_column_get(column, row, &value, &err));
        dkl_push_value_of(L, dk_column_levels(column), &value);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            lua_pushvalue(L, -1);
        }
        lua_rawseti(L, -3, (lua_Integer)row + 1); /* list null value */
    }
    lua_pop(L, 1);
    return 1;
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

static const luaL_Reg methods[] = { { "name", column_name },
                                    { "type", column_type },
                                    { "nulls", column_nulls },
                                    { "levels", column_levels },
                                    { "labels", column_labels },
                                    { "to_lua", column_to_lua },
                                    { NULL, NULL } };

/* __index; upvalue: the methods */
static int column_index(lua_State *L)
{
    static const char *const aggregates[] = { "sum", "mean", "count", "min", "max", NULL };
    const dk_column *column;
    const char *names[sizeof methods / sizeof *methods];
    const char *name;

    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    column = check_column(L, 1);
    if (lua_type(L, 2) == LUA_TNUMBER)
        return push_row(L, column);
    name = dkl_check_text(L, 2, "a column's method");
    for (size_t i = 0; aggregates[i]; i++)
        if (strcmp(name, aggregates[i]) == 0) {
            lua_getiuservalue(L, 1, 1);
            return dkl_fail(L, "a column has no %s: ask the table, t:breakdown { measures = { \"m = %s(%s)\" } }",
                            name, name, lua_tostring(L, -1));
        }
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        names[i] = methods[i].name; /* the last one is NULL */
    return dkl_fail_unknown(L, "a column", "method", name, strlen(name), names);
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
    lua_pushfstring(L, "column %s: %s, %I rows, %I null", lua_tostring(L, -2), lua_tostring(L, -1),
                    (LUAI_UACINT)dk_column_n_rows(column), (LUAI_UACINT)dk_column_n_nulls(column));
    return 1;
}

static int fail_comparison(lua_State *L)
{
    return dkl_fail(L,
                    "a column is not compared in Lua: write the condition as a string, t:where \"leeftijd < 27\"");
}

static int fail_arithmetic(lua_State *L)
{
    return dkl_fail(
        L, "a column is not computed with in Lua: write the expression as a string, t:derive { \"x = a + b\" }");
}

static const luaL_Reg meta[] = {
    { "__len", column_len },      { "__newindex", column_newindex }, { "__tostring", column_tostring },
    { "__lt", fail_comparison },  { "__le", fail_comparison },       { "__concat", fail_arithmetic },
    { "__add", fail_arithmetic }, { "__sub", fail_arithmetic },      { "__mul", fail_arithmetic },
    { "__div", fail_arithmetic }, { "__idiv", fail_arithmetic },     { "__mod", fail_arithmetic },
    { "__pow", fail_arithmetic }, { "__unm", fail_arithmetic },      { NULL, NULL }
};

void dkl_open_column(lua_State *L)
{
    dkl_object_class(L, DKL_COLUMN, meta);
    luaL_getmetatable(L, DKL_COLUMN);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, column_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
