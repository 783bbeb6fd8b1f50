/* lua_reshape.c - pivot and unpivot, and rows that are drawn. */
#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

/* t:pivot { rows = { ... }, columns = "peilmaand", values = "n" [, aggregate = "sum", limit = 1000] } */
static int table_pivot(lua_State *L)
{
    static const char *const options[] = { "rows", "columns", "values", "aggregate", "limit", NULL };
    enum { ROWS, COLUMNS, VALUES, AGGREGATE, LIMIT };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    dk_pivot_spec spec = { 0 };
    dkl_few few[3];
    dkl_names rows, columns, values;
    dkl_options o;
    const dk_table **out;

    dkl_no_error(&err);
    if (!lua_istable(L, 2))
        return dkl_arg_fail(L, 2,
                            "a table such as { rows = \"gemeente\", columns = \"peilmaand\", values = \"n\" }");
    dkl_spread(L, 2, "pivot", options, &o);
    rows = dkl_given_names(L, &o, ROWS, &few[0]);
    columns = dkl_given_names(L, &o, COLUMNS, &few[1]);
    values = dkl_given_names(L, &o, VALUES, &few[2]);
    spec.rows = rows.items;
    spec.n_rows = rows.n;
    spec.columns = columns.items;
    spec.n_columns = columns.n;
    spec.values = values.items;
    spec.n_values = values.n;
    spec.aggregate = dkl_given_text(L, &o, AGGREGATE);
    spec.limit = (size_t)dkl_given_integer(L, &o, LIMIT, 1, 0);
    out = dkl_new_table_given(L, &o);
    DKL_TRY(dk_table_pivot(table, &spec, out, &err));
    return 1;
}

/* t:unpivot { columns = { ... } or rows = { ... } [, name = "name", value = "value", nulls = "drop"] } */
static int table_unpivot(lua_State *L)
{
    static const char *const options[] = { "rows", "columns", "name", "value", "nulls", NULL };
    static const char *const nulls[] = { "keep", "drop", NULL };
    enum { ROWS, COLUMNS, NAME, VALUE, NULLS };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    dk_unpivot_spec spec = { 0 };
    dkl_few few[2];
    dkl_names rows, columns;
    dkl_options o;
    const dk_table **out;

    dkl_no_error(&err);
    if (!lua_istable(L, 2))
        return dkl_arg_fail(L, 2, "a table such as { columns = { ... }, name = \"peilmaand\", value = \"n\" }");
    dkl_spread(L, 2, "unpivot", options, &o);
    rows = dkl_given_names(L, &o, ROWS, &few[0]);
    columns = dkl_given_names(L, &o, COLUMNS, &few[1]);
    spec.rows = rows.items;
    spec.n_rows = rows.n;
    spec.columns = columns.items;
    spec.n_columns = columns.n;
    spec.name = dkl_given_text(L, &o, NAME);
    spec.value = dkl_given_text(L, &o, VALUE);
    spec.name = spec.name ? spec.name : "name";
    spec.value = spec.value ? spec.value : "value";
    spec.drop_nulls = dkl_given_choice(L, &o, NULLS, nulls, 0) == 1;
    out = dkl_new_table_given(L, &o);
    DKL_TRY(dk_table_unpivot(table, &spec, out, &err));
    return 1;
}

/* The seed, option i, which must be there: what is drawn has to be drawn again. */
static uint64_t check_seed(lua_State *L, const dkl_options *o, int i)
{
    int exact = 0;
    lua_Integer seed = 0;

    if (dkl_is_given(o, i) && o->values[i].is_integer)
        return (uint64_t)o->values[i].integer;
    if (dkl_is_given(o, i) && o->values[i].type == LUA_TNUMBER)
        seed = lua_tointegerx(L, o->values[i].at, &exact);
    if (!exact)
        dkl_fail(L, "%s wants a seed, a whole number such as seed = 1: the same seed draws the same rows", o->what);
    return (uint64_t)seed;
}

/* A share from Lua: a whole number, or a float as its shortest decimal. */
static dk_ratio check_share(lua_State *L, const dkl_options *o, int i)
{
    dk_ratio share = { 0, 0 };
    dk_value value;

    if (!dkl_is_given(o, i))
        return share;
    if (o->values[i].type != LUA_TNUMBER || !dkl_to_value(L, o->values[i].at, &value) || value.type == DK_REAL)
        dkl_fail(L, "sample: share must be a number from 0 to 1, such as 0.1");
    share.numerator = value.as.integer;
    share.denominator = 1;
    for (unsigned scale = 0; value.type == DK_DECIMAL && scale < value.scale; scale++)
        share.denominator *= 10;
    return share;
}

/* t:sample { n = 100 or share = 0.1, seed = 1 [, within = { ... }] [, weight = "w"] } [, params] */
static int table_sample(lua_State *L)
{
    static const char *const options[] = { "n", "share", "seed", "within", "weight", NULL };
    enum { N, SHARE, SEED, WITHIN, WEIGHT };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    dk_sample_spec spec = { 0 };
    dk_params params;
    dkl_few few;
    dkl_names within;
    dkl_options o;
    const dk_table **out;

    dkl_no_error(&err);
    if (!lua_istable(L, 2))
        return dkl_arg_fail(L, 2, "a table such as { n = 100, seed = 1 }");
    dkl_pad_arguments(L, 3);
    dkl_spread(L, 2, "sample", options, &o);
    spec.n = (uint64_t)dkl_given_integer(L, &o, N, 0, 0);
    spec.share = check_share(L, &o, SHARE);
    if (dkl_is_given(&o, N) == (spec.share.denominator != 0))
        return dkl_fail(L, "sample wants n, a number of rows, or share, one of the two");
    spec.seed = check_seed(L, &o, SEED);
    within = dkl_given_names(L, &o, WITHIN, &few);
    spec.within = within.items;
    spec.n_within = within.n;
    if (dkl_is_given(&o, WEIGHT))
        spec.weight = dkl_check_expr(L, o.values[WEIGHT].at, "sample wants a weight");
    dkl_check_params(L, 3, &params);
    dkl_check_used(L, &params, NULL, 0, (const dkl_names[]){ within, { &spec.weight, spec.weight != NULL } }, 2);
    out = dkl_new_table_given(L, &o);
    DKL_TRY(dk_table_sample(table, &spec, &params, out, &err));
    return 1;
}

/* t:shuffle { seed = 1 } */
static int table_shuffle(lua_State *L)
{
    static const char *const options[] = { "seed", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    uint64_t seed;
    dkl_options o;
    const dk_table **out;

    dkl_no_error(&err);
    dkl_pad_arguments(L, 2);
    dkl_spread(L, 2, "shuffle", options, &o);
    seed = check_seed(L, &o, 0);
    out = dkl_new_table_given(L, &o);
    DKL_TRY(dk_table_shuffle(table, seed, out, &err));
    return 1;
}

const luaL_Reg dkl_reshape_methods[] = { { "pivot", table_pivot },
                                         { "unpivot", table_unpivot },
                                         { "sample", table_sample },
                                         { "shuffle", table_shuffle },
                                         { NULL, NULL } };
