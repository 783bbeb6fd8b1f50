/* lua_window.c - rows in an order, and columns that look at other rows. */
#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

typedef struct parts {
    int list, options; /* where they stand */
} parts;

/* Pushes the list of the items 1, 2, ... of the table at index, and its other keys as a table of options, so that both are
 * checked as strictly as if they had been given apart. */
static parts split(lua_State *L, int index)
{
    const parts made = { lua_gettop(L) + 1, lua_gettop(L) + 2 };

    lua_newtable(L);
    lua_newtable(L); /* list options */
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2); /* list options key value key value */
        lua_rawset(L, lua_isinteger(L, -4) ? made.list : made.options);
    }
    return made;
}

/* The texts of the list of strings and expressions at index. Pushes one anchor; the list keeps the texts. */
static dkl_names check_texts(lua_State *L, int index, const char *what, const char *wanted)
{
    dkl_names names;

    names.n = dkl_check_list(L, index, what, false);
    names.items = dkl_array(L, names.n, sizeof *names.items);
    for (size_t i = 0; i < names.n; i++) {
        lua_rawgeti(L, index, (lua_Integer)i + 1);
        names.items[i] = dkl_check_expr(L, -1, wanted);
        lua_pop(L, 1);
    }
    return names;
}

/* t:sort { "column desc", "a / b", limit = n } [, params], t:sort("a / $n", params), or the keys as arguments */
static int table_sort(lua_State *L)
{
    static const char *const options[] = { "limit", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    uint64_t limit = UINT64_MAX;
    dk_params params = { NULL, 0 };
    const char *hint = dkl_nil_hint(L, 2), *alone;
    dkl_few few;
    dkl_names keys;
    parts p;
    const dk_table **out;

    dkl_no_error(&err);
    if (lua_istable(L, 2)) {
        dkl_pad_arguments(L, 3);
        p = split(L, 2);
        dkl_check_options(L, p.options, "sort", options);
        if (dkl_option(L, p.options, "limit"))
            limit = (uint64_t)dkl_option_integer(L, p.options, "sort", "limit", 0, 0);
        keys = check_texts(L, p.list, "sort", "sort wants its keys");
        dkl_check_params(L, 3, &params);
    } else if (lua_istable(L, 3)) {
        dkl_pad_arguments(L, 3);
        keys = dkl_few_names(L, 2, "sort", &few);
        dkl_check_params(L, 3, &params);
    } else {
        keys = dkl_check_arguments(L, 2, "sort", &alone);
    }
    if (keys.n == 0)
        return dkl_fail(L, "sort wants the columns to sort by, such as { \"dekking desc\", \"gemeente\" }%s", hint);
    dkl_check_used(L, &params, NULL, 0, &keys, 1);
    out = dkl_new_table(L);
    DKL_TRY(dk_table_sort_by(table, keys.items, keys.n, &params, limit, out, &err));
    return 1;
}

/* t:window { within = "column", order = "column desc", "name = expression", ... } [, params] */
static int table_window(lua_State *L)
{
    static const char *const options[] = { "within", "order", NULL };
    static const char wanted[] = "window wants 'name = expression'";
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    dk_window_spec spec = { 0 };
    dk_params params;
    const dk_expr **exprs;
    dkl_names texts, within, order;
    parts p;
    const dk_table **out;
    int made;

    dkl_no_error(&err);
    if (!lua_istable(L, 2))
        return dkl_arg_fail(
            L, 2, "a table such as { within = \"gemeente\", order = \"peilmaand\", \"vorige = previous(n)\" }");
    dkl_pad_arguments(L, 3);
    p = split(L, 2);
    dkl_check_options(L, p.options, "window", options);
    within = dkl_option_names(L, p.options, "window", "within");
    order = dkl_option_names(L, p.options, "window", "order");
    texts = check_texts(L, p.list, "window", wanted);
    dkl_check_params(L, 3, &params);
    if (texts.n == 0)
        return dkl_fail(L, "%s, such as \"nummer = row_number()\"", wanted);
    out = dkl_new_table(L);
    made = lua_gettop(L); /* below everything that is held */
    exprs = dkl_array(L, texts.n, sizeof(const dk_expr *));
    luaL_checkstack(L, (int)(texts.n > 100000 ? 100000 : texts.n) + 10, "too many columns");
    for (size_t i = 0; i < texts.n; i++) {
        exprs[i] = dkl_push_parsed(L, texts.items[i]);
        if (dk_expr_name(exprs[i]) == NULL)
            return dkl_fail(L, "window: '%s' has no name: write \"name = %s\"", texts.items[i], texts.items[i]);
    }
    dkl_check_used(L, &params, exprs, texts.n, (const dkl_names[]){ within, order }, 2);
    spec.within = within.items;
    spec.n_within = within.n;
    spec.order = order.items;
    spec.n_order = order.n;
    spec.columns = exprs;
    spec.n_columns = texts.n;
    DKL_TRY(dk_table_window(table, &spec, &params, out, &err));
    lua_pushvalue(L, made);
    return 1;
}

/* t:top { n = 2, by = "column desc", within = "column" [, ties = "all"] [, order = "table"] } [, params] */
static int table_top(lua_State *L)
{
    static const char *const options[] = { "n", "by", "within", "ties", "order", NULL };
    static const char *const ties[] = { "first", "all", NULL }, *const orders[] = { "groups", "table", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    dk_top_spec spec = { 0 };
    dk_params params;
    dkl_names within, order;
    const dk_table **out;

    dkl_no_error(&err);
    if (!lua_istable(L, 2))
        return dkl_arg_fail(L, 2, "a table such as { n = 2, by = \"uren desc\", within = \"gemeente\" }");
    dkl_pad_arguments(L, 3);
    dkl_check_options(L, 2, "top", options);
    spec.n = (uint64_t)dkl_option_integer(L, 2, "top", "n", 1, 0);
    if (spec.n == 0)
        return dkl_fail(L, "top wants n: how many rows of each group");
    within = dkl_option_names(L, 2, "top", "within");
    order = dkl_option_names(L, 2, "top", "by");
    if (order.n == 0)
        return dkl_fail(L, "top wants by: the columns that say which rows are first, such as \"uren desc\"");
    spec.ties = dkl_option_choice(L, 2, "top", "ties", ties, 0) == 1;
    spec.table_order = dkl_option_choice(L, 2, "top", "order", orders, 0) == 1;
    dkl_check_params(L, 3, &params);
    dkl_check_used(L, &params, NULL, 0, (const dkl_names[]){ within, order }, 2);
    spec.within = within.items;
    spec.n_within = within.n;
    spec.order = order.items;
    spec.n_order = order.n;
    out = dkl_new_table(L);
    DKL_TRY(dk_table_top(table, &spec, &params, out, &err));
    return 1;
}

const luaL_Reg dkl_window_methods[] = {
    { "sort", table_sort }, { "top", table_top }, { "window", table_window }, { NULL, NULL }
};
