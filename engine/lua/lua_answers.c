/* lua_answers.c - what a column says at once over all its rows: c:sum(), c:mean(), c:quantile(0.9), ...
 *
 * Each is asked as a breakdown without dimensions, so that it is exact where that is, weighed where the table has a weight, and
 * refused where rows are totals of others.
 */
#include <string.h>

#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

static const char *const aggregates[] = { "sum",      "mean", "min",   "max",  "median",   "quantile",
                                          "distinct", "mode", "first", "last", "variance", "sd" };
#define N_AGGREGATES (sizeof aggregates / sizeof *aggregates)

/* Pushes the value of the measure whose text is on top of the stack, over the table of the column at index 1. */
static int answer(lua_State *L)
{
    const dk_column *column = dkl_check_object(L, 1, DKL_COLUMN, "a column");
    dk_measure measure = { .text = lua_tostring(L, -1) };
    dk_breakdown_spec spec = { .measures = &measure, .n_measures = 1 };
    const dk_params none = { NULL, 0 };
    dk_error err = DK_ERROR_INIT;
    const dk_table *table = NULL;
    void **plain, **breakdown, **result;
    dk_value value;

    if (lua_getiuservalue(L, 1, DKL_COLUMN_TABLE) != LUA_TNIL)
        table = dkl_check_table(L, lua_gettop(L));
    lua_getiuservalue(L, 1, DKL_COLUMN_NAME);
    plain = dkl_slot(L, dkl_release_table);
    if (table == NULL) {
        const dk_field field = DK_FIELD(lua_tostring(L, -2), column);

        DKL_TRY(dk_table_new(dkl_check_context(L), &field, 1, dk_column_n_rows(column), (const dk_table **)plain,
                             &err));
        table = *plain;
    }
    breakdown = dkl_slot(L, dkl_release_breakdown);
    result = dkl_slot(L, dkl_release_table);
    DKL_TRY(dk_breakdown_new(dkl_check_context(L), &spec, (const dk_breakdown **)breakdown, &err));
    DKL_TRY(dk_breakdown_run(*breakdown, table, &none, (const dk_table **)result, &err));
    column = dk_table_field(*result, 0)->column;
    DKL_TRY(dk_column_get(column, 0, &value, &err));
    dkl_push_value_of(L, dk_column_levels(column), &value);
    return 1;
}

/* Pushes "sum", which names the measure unless the column is called so, and the column's name as an expression has it. */
static void push_names(lua_State *L, const char *aggregate)
{
    dkl_check_object(L, 1, DKL_COLUMN, "a column");
    lua_getiuservalue(L, 1, DKL_COLUMN_NAME);
    lua_pushstring(L, strcmp(lua_tostring(L, -1), aggregate) == 0 ? "answer" : aggregate);
    dkl_push_quoted_name(L, lua_tostring(L, -2));
}

/* c:sum() and the like, c:quantile(p); upvalue: the aggregate's number */
static int ask(lua_State *L)
{
    const char *name = aggregates[lua_tointeger(L, lua_upvalueindex(1))];
    bool has_share = strcmp(name, "quantile") == 0;
    dk_value share;

    lua_settop(L, has_share ? 2 : 1);
    push_names(L, name);
    if (!has_share) {
        lua_pushfstring(L, "%s = %s(%s)", lua_tostring(L, -2), name, lua_tostring(L, -1));
        return answer(L);
    }
    if (lua_type(L, 2) != LUA_TNUMBER || !dkl_to_value(L, 2, &share))
        return dkl_fail(L, "quantile wants a share from 0 to 1, such as 0.9; got %s", dkl_push_kind(L, 2));
    dkl_push_literal(L, &share);
    lua_pushfstring(L, "%s = %s(%s, %s)", lua_tostring(L, -3), name, lua_tostring(L, -2), lua_tostring(L, -1));
    return answer(L);
}

/* c:count() -> how many rows are known, or the sum of their weights */
static int count(lua_State *L)
{
    lua_settop(L, 1);
    push_names(L, "count");
    lua_pushfstring(L, "%s = count() where %s is not null", lua_tostring(L, -2), lua_tostring(L, -1));
    return answer(L);
}

void dkl_add_answers(lua_State *L)
{
    for (size_t i = 0; i < N_AGGREGATES; i++) {
        lua_pushinteger(L, (lua_Integer)i);
        lua_pushcclosure(L, ask, 1);
        lua_setfield(L, -2, aggregates[i]);
    }
    lua_pushcfunction(L, count);
    lua_setfield(L, -2, "count");
}
