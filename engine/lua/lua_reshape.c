/* lua_reshape.c - pivot and unpivot, and rows that are drawn. */
#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

/* t:pivot { rows = { ... }, columns = "peilmaand", values = "n" [, aggregate = "sum", limit = 1000] } */
static int table_pivot(lua_State *L)
{
    static const char *const options[] = { "rows", "columns", "values", "aggregate", "limit", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    dk_pivot_spec spec = { 0 };
    dkl_names rows, columns, values;
    const dk_table **out;

    if (!lua_istable(L, 2))
        return dkl_arg_fail(L, 2,
                            "a table such as { rows = \"gemeente\", columns = \"peilmaand\", values = \"n\" }");
    dkl_check_options(L, 2, "pivot", options);
    rows = dkl_option_names(L, 2, "pivot", "rows");
    columns = dkl_option_names(L, 2, "pivot", "columns");
    values = dkl_option_names(L, 2, "pivot", "values");
    spec.rows = rows.items;
    spec.n_rows = rows.n;
    spec.columns = columns.items;
    spec.n_columns = columns.n;
    spec.values = values.items;
    spec.n_values = values.n;
    spec.aggregate = dkl_option_text(L, 2, "pivot", "aggregate");
    spec.limit = (size_t)dkl_option_integer(L, 2, "pivot", "limit", 1, 0);
    out = dkl_new_table(L);
    DKL_TRY(dk_table_pivot(table, &spec, out, &err));
    return 1;
}

/* t:unpivot { columns = { ... } or rows = { ... } [, name = "name", value = "value", nulls = "drop"] } */
static int table_unpivot(lua_State *L)
{
    static const char *const options[] = { "rows", "columns", "name", "value", "nulls", NULL };
    static const char *const nulls[] = { "keep", "drop", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    dk_unpivot_spec spec = { 0 };
    dkl_names rows, columns;
    const dk_table **out;

    if (!lua_istable(L, 2))
        return dkl_arg_fail(L, 2, "a table such as { columns = { ... }, name = \"peilmaand\", value = \"n\" }");
    dkl_check_options(L, 2, "unpivot", options);
    rows = dkl_option_names(L, 2, "unpivot", "rows");
    columns = dkl_option_names(L, 2, "unpivot", "columns");
    spec.rows = rows.items;
    spec.n_rows = rows.n;
    spec.columns = columns.items;
    spec.n_columns = columns.n;
    spec.name = dkl_option_text(L, 2, "unpivot", "name");
    spec.value = dkl_option_text(L, 2, "unpivot", "value");
    spec.name = spec.name ? spec.name : "name";
    spec.value = spec.value ? spec.value : "value";
    spec.drop_nulls = dkl_option_choice(L, 2, "unpivot", "nulls", nulls, 0) == 1;
    out = dkl_new_table(L);
    DKL_TRY(dk_table_unpivot(table, &spec, out, &err));
    return 1;
}

/* The seed in the table at index, which must be there: what is drawn has to be drawn again. */
static uint64_t check_seed(lua_State *L, int index, const char *what)
{
    int exact = 0;
    lua_Integer seed = 0;

    if (dkl_option(L, index, "seed"))
        seed = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &exact) : 0;
    lua_pop(L, 1);
    if (!exact)
        dkl_fail(L, "%s wants a seed, a whole number such as seed = 1: the same seed draws the same rows", what);
    return (uint64_t)seed;
}

/* A share from Lua: a whole number, or a float as its shortest decimal. */
static dk_ratio check_share(lua_State *L, int index)
{
    dk_ratio share = { 0, 0 };
    dk_value value;

    if (dkl_option(L, index, "share")) {
        if (lua_type(L, -1) != LUA_TNUMBER || !dkl_to_value(L, -1, &value) || value.type == DK_REAL)
            dkl_fail(L, "sample: share must be a number from 0 to 1, such as 0.1");
        share.numerator = value.as.integer;
        share.denominator = 1;
        for (unsigned i = 0; value.type == DK_DECIMAL && i < value.scale; i++)
            share.denominator *= 10;
    }
    lua_pop(L, 1);
    return share;
}

/* t:sample { n = 100 or share = 0.1, seed = 1 [, within = { ... }] [, weight = "w"] } [, params] */
static int table_sample(lua_State *L)
{
    static const char *const options[] = { "n", "share", "seed", "within", "weight", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    dk_sample_spec spec = { 0 };
    dk_params params;
    dkl_names within;
    bool has_n;
    const dk_table **out;

    if (!lua_istable(L, 2))
        return dkl_arg_fail(L, 2, "a table such as { n = 100, seed = 1 }");
    lua_settop(L, 3);
    dkl_check_options(L, 2, "sample", options);
    has_n = dkl_option(L, 2, "n");
    lua_pop(L, 1);
    spec.n = (uint64_t)dkl_option_integer(L, 2, "sample", "n", 0, 0);
    spec.share = check_share(L, 2);
    if (has_n == (spec.share.denominator != 0))
        return dkl_fail(L, "sample wants n, a number of rows, or share, one of the two");
    spec.seed = check_seed(L, 2, "sample");
    within = dkl_option_names(L, 2, "sample", "within");
    spec.within = within.items;
    spec.n_within = within.n;
    if (dkl_option(L, 2, "weight"))
        spec.weight = dkl_check_expr(L, -1, "sample wants a weight");
    dkl_check_params(L, 3, &params);
    out = dkl_new_table(L);
    DKL_TRY(dk_table_sample(table, &spec, &params, out, &err));
    return 1;
}

/* t:shuffle { seed = 1 } */
static int table_shuffle(lua_State *L)
{
    static const char *const options[] = { "seed", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    uint64_t seed;
    const dk_table **out;

    lua_settop(L, 2);
    dkl_check_options(L, 2, "shuffle", options);
    seed = check_seed(L, 2, "shuffle");
    out = dkl_new_table(L);
    DKL_TRY(dk_table_shuffle(table, seed, out, &err));
    return 1;
}

const luaL_Reg dkl_reshape_methods[] = { { "pivot", table_pivot },
                                         { "unpivot", table_unpivot },
                                         { "sample", table_sample },
                                         { "shuffle", table_shuffle },
                                         { NULL, NULL } };
