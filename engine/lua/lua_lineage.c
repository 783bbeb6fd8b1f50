/* lua_lineage.c - how a table came to be and how a breakdown is computed, for scripts/dekking/explain.lua. */
#include <dekking/lineage.h>

#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

static void put_text(lua_State *L, const char *key, const char *text)
{
    if (text == NULL)
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

/* core.lineage(table) -> list of { kind =, name =, text =, numerator =, denominator =, rows =, nulls = } */
static int lineage(lua_State *L)
{
    static const char *const kinds[] = { "source",    "filter",  "column", "breakdown", "weight",
                                         "dimension", "measure", "where",  "parameter", "step" };
    const dk_table *table = dkl_check_table(L, 1);
    size_t n = dk_table_n_lineage(table);

    lua_createtable(L, n < 1000 ? (int)n : 1000, 0);
    for (size_t i = 0; i < n; i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);

        lua_createtable(L, 0, 7);
        put_text(L, "kind", kinds[item->kind]);
        put_text(L, "name", item->name);
        put_text(L, "text", item->text);
        put_text(L, "numerator", item->numerator);
        put_text(L, "denominator", item->denominator);
        lua_pushinteger(L, (lua_Integer)item->n_rows);
        lua_setfield(L, -2, "rows");
        lua_pushinteger(L, (lua_Integer)item->n_null);
        lua_setfield(L, -2, "nulls");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* core.plan(breakdown, table, params) -> table of steps */
static int plan(lua_State *L)
{
    const dk_breakdown *breakdown = dkl_check_object(L, 1, DKL_BREAKDOWN, "a breakdown");
    const dk_table *table = dkl_check_table(L, 2);
    dk_error err = DK_ERROR_INIT;
    dk_params params;
    const dk_table **out;

    lua_settop(L, 3);
    dkl_check_params(L, 3, &params);
    out = dkl_new_table(L);
    DKL_TRY(dk_breakdown_plan(breakdown, table, &params, out, &err));
    return 1;
}

void dkl_open_lineage(lua_State *L)
{
    static const luaL_Reg primitives[] = { { "lineage", lineage }, { "plan", plan }, { NULL, NULL } };

    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
