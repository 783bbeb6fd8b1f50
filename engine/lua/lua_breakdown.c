/* lua_breakdown.c - primitives of breakdowns; what a script sees of them is scripts/dekking/breakdown.lua.
 *
 * The library has checked and put in order what the script gave; here it becomes an object of the engine, which keeps
 * the library's table, and the notes in it where there are any.
 */
#include <limits.h>
#include <string.h>

#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

enum { SPEC = 1, NOTES, BREAKDOWN_VALUES = NOTES }; /* user values of a breakdown */

static const dk_breakdown *check_breakdown(lua_State *L, int arg)
{
    return dkl_check_object(L, arg, DKL_BREAKDOWN, "a breakdown");
}

/* A list of { text =, label =, format = } as measures. Pushes one anchor. */
static dk_measure *read_measures(lua_State *L, int index, const char *key, size_t *n)
{
    dk_measure *measures;

    *n = dkl_option(L, index, key) ? dkl_check_list(L, -1, key, false) : 0;
    measures = dkl_array(L, *n, sizeof *measures);
    lua_insert(L, -2); /* measures list */
    for (size_t i = 0; i < *n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        measures[i].text = dkl_option_text(L, -1, key, "text");
        measures[i].label = dkl_option_text(L, -1, key, "label");
        measures[i].format = dkl_option_text(L, -1, key, "format");
        if (measures[i].text == NULL)
            dkl_fail(L, "%s: item %d has no text", key, (int)i + 1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return measures;
}

/* The list of lists of names on top of the stack. Pushes what keeps it. */
static void read_sets(lua_State *L, dk_breakdown_spec *spec)
{
    int list = lua_gettop(L);
    dk_grouping_set *sets;

    spec->margins = DK_MARGINS_SETS;
    spec->n_sets = dkl_check_list(L, list, "margins", false);
    sets = dkl_array(L, spec->n_sets, sizeof *sets);
    luaL_checkstack(L, (int)spec->n_sets * 2 + LUA_MINSTACK, "too many sets");
    for (size_t i = 0; i < spec->n_sets; i++) {
        dkl_names names;

        lua_rawgeti(L, list, (lua_Integer)i + 1);
        names = dkl_check_names(L, lua_gettop(L), "margins");
        sets[i] = (dk_grouping_set){ names.items, names.n };
    }
    spec->sets = sets;
}

/* core.breakdown(spec) -> breakdown */
static int new_breakdown(lua_State *L)
{
    static const char *const margins[] = { "none", "totals", "rollup", "cube", NULL };
    const char *what = "breakdown";
    dk_error err;
    dk_breakdown_spec spec;
    dkl_names order, levels;
    const dk_breakdown **out;

    dkl_no_error(&err);
    memset(&spec, 0, sizeof spec);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    spec.name = dkl_option_text(L, 1, what, "name");
    spec.by = read_measures(L, 1, "by", &spec.n_by);
    spec.where = dkl_option_text(L, 1, what, "where");
    spec.measures = read_measures(L, 1, "measures", &spec.n_measures);
    if (dkl_option(L, 1, "margins") && lua_istable(L, -1))
        read_sets(L, &spec);
    else
        spec.margins = (dk_margins)dkl_option_choice(L, 1, what, "margins", margins, 0);
    /* coverage:by {} asks for the total of a breakdown that shows every level: none can be missing there. */
    if (spec.n_by > 0 && dkl_option(L, 1, "levels") && lua_istable(L, -1)) {
        levels = dkl_check_names(L, lua_gettop(L), "levels");
        spec.levels = levels.items;
        spec.n_levels = levels.n;
    } else {
        spec.all_levels = spec.n_by > 0 && dkl_option_text(L, 1, what, "levels") != NULL;
    }
    order = dkl_option_names(L, 1, what, "order");
    spec.order = order.items;
    spec.n_order = order.n;
    spec.rest = spec.n_by > 0 ? dkl_option_text(L, 1, what, "rest") : NULL; /* as levels: of the total alone none */
    spec.limit = (uint64_t)dkl_option_integer(L, 1, what, "limit", 0, 0);
    out = dkl_new_object(L, DKL_BREAKDOWN, BREAKDOWN_VALUES);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, SPEC);
    if (dkl_option(L, 1, "notes") && lua_istable(L, -1) && lua_rawlen(L, -1) > 0)
        lua_setiuservalue(L, -2, NOTES);
    else
        lua_pop(L, 1);
    DKL_TRY(dk_breakdown_new(dkl_check_context(L), &spec, out, &err));
    return 1;
}

/* core.spec(object [, class, method]) -> the library's table of a breakdown or scenario; with a class it must be one, and
 * method is what was called on it */
static int object_spec(lua_State *L)
{
    const char *class = luaL_optstring(L, 2, NULL);
    bool is_scenario = dkl_is_object(L, 1, DKL_SCENARIO);

    if (class && (dkl_kind(L, 1) == NULL || strcmp(dkl_kind(L, 1), class) != 0))
        return dkl_fail(L, "%s: called on %s, and not on a %s (a method is called with a colon)",
                        luaL_checkstring(L, 3), dkl_push_kind(L, 1), class);
    dkl_check_object(L, 1, is_scenario ? DKL_SCENARIO : DKL_BREAKDOWN, "a breakdown or scenario");
    lua_getiuservalue(L, 1, SPEC); /* of a scenario, too, the first */
    return 1;
}

/* What core.run does with its three arguments. */
static int run_one(lua_State *L, const dk_breakdown *breakdown, const dk_table *table)
{
    dk_error err;
    dk_params params;
    const dk_table **out;

    dkl_no_error(&err);
    dkl_check_params(L, 3, &params);
    dkl_check_asked(L, &params, &breakdown, 1);
    lua_getiuservalue(L, 1, NOTES);
    out = dkl_new_table(L); /* notes table */
    DKL_TRY(dk_breakdown_run(breakdown, table, &params, out, &err));
    for (size_t i = 1, n = lua_istable(L, -2) ? lua_rawlen(L, -2) : 0; i <= n; i++) {
        lua_rawgeti(L, -2, (lua_Integer)i);
        dkl_add_note(L, out, luaL_checkstring(L, -1));
        lua_pop(L, 1);
    }
    return 1;
}

/* core.run(breakdown, table, params) -> table, with what the script says of its columns as notes */
static int run(lua_State *L)
{
    const dk_breakdown *breakdown = check_breakdown(L, 1);
    const dk_table *table = dkl_check_table(L, 2);

    dkl_pad_arguments(L, 3);
    return run_one(L, breakdown, table);
}

/* __call of breakdowns: the same with what a script gives */
static int ask(lua_State *L)
{
    const dk_breakdown *breakdown = check_breakdown(L, 1);
    const dk_table *table = dkl_test_object(L, 2, DKL_TABLE);

    dkl_pad_arguments(L, 3);
    if (table == NULL && !dkl_is_object(L, 2, DKL_TABLE))
        return dkl_fail(L, "a breakdown is called with a table of dekking, not with %s", dkl_push_kind(L, 2));
    return run_one(L, breakdown, table ? table : dkl_check_table(L, 2)); /* raises: it was closed */
}

/* core.run_all({ breakdown, ... }, table, params [, planned]) -> { table, ... }; planned: of their steps */
static int run_all(lua_State *L)
{
    bool planned = lua_toboolean(L, 4);
    const dk_table *table = dkl_check_table(L, 2);
    size_t n = dkl_check_list(L, 1, "breakdowns", false);
    dk_error err = DK_ERROR_INIT;
    dk_params params;
    const dk_breakdown **breakdowns;
    const dk_table **made, ***places;

    lua_settop(L, 3);
    dkl_check_params(L, 3, &params);
    breakdowns = dkl_array(L, n, sizeof(const dk_breakdown *));
    made = dkl_array(L, n, sizeof(const dk_table *));
    places = dkl_array(L, n, sizeof(const dk_table **));
    lua_createtable(L, n < INT_MAX ? (int)n : 0, 0);
    for (size_t i = 0; i < n; i++) { /* nothing raises between the results and where they are kept */
        lua_rawgeti(L, 1, (lua_Integer)i + 1);
        breakdowns[i] = check_breakdown(L, -1); /* the list keeps it */
        lua_pop(L, 1);
        places[i] = dkl_new_table(L);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    dkl_check_asked(L, &params, breakdowns, n);
    DKL_TRY((planned ? dk_breakdown_plan_all : dk_breakdown_run_all)(breakdowns, n, table, &params, made, &err));
    for (size_t i = 0; i < n; i++)
        *places[i] = made[i];
    return 1;
}

static const luaL_Reg primitives[] = {
    { "breakdown", new_breakdown }, { "spec", object_spec }, { "run", run }, { "ask", ask },
    { "run_all", run_all },         { NULL, NULL }
};

void dkl_open_breakdown(lua_State *L)
{
    static const luaL_Reg none[] = { { NULL, NULL } };

    dkl_object_class(L, DKL_BREAKDOWN, none); /* the library adds the others */
    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
