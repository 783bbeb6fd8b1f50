/* lua_contribution.c - primitives of what steps and parameters do; what a script sees of them is scripts/dekking/contributions.lua,
 * sensitivity.lua and explain_change.lua.
 *
 * As with scenarios, the library has checked and put in order what the script gave.
 */
#include <dekking/contribution.h>

#include <string.h>

#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

/* What a question about a breakdown and a scenario begins with. */
struct asked {
    const dk_breakdown *breakdown;
    const dk_table *table;
    const dk_scenario *scenario;
    dk_params params, breakdown_params;
    dk_place place;
    const char *measure;
};

/* Arguments: breakdown, table, scenario, spec with measure, at, total, each, params, breakdown_params. Pushes anchors. */
static struct asked read_asked(lua_State *L, const char *what)
{
    struct asked asked = { .breakdown = dkl_check_object(L, 1, DKL_BREAKDOWN, "a breakdown"),
                           .table = dkl_check_table(L, 2),
                           .scenario = dkl_check_object(L, 3, DKL_SCENARIO, "a scenario") };
    dk_params at;
    dk_cell_at *cell;

    lua_settop(L, 4);
    luaL_checktype(L, 4, LUA_TTABLE);
    luaL_checkstack(L, 16, "too many values");
    asked.measure = dkl_option_text(L, 4, what, "measure");
    asked.place.each = dkl_option_text(L, 4, what, "each");
    asked.place.total = dkl_option_boolean(L, 4, what, "total", false);
    dkl_option(L, 4, "params");
    dkl_check_params(L, -1, &asked.params);
    dkl_option(L, 4, "breakdown_params");
    dkl_check_params(L, -1, &asked.breakdown_params);
    dkl_option(L, 4, "at");
    dkl_check_params(L, -1, &at); /* the same shape: names and values */
    cell = dkl_array(L, at.n, sizeof *cell);
    for (size_t i = 0; i < at.n; i++)
        cell[i] = (dk_cell_at){ at.items[i].name, at.items[i].value };
    asked.place.at = cell;
    asked.place.n_at = at.n;
    return asked;
}

/* core.contributions(breakdown, table, scenario, spec) -> table; spec: as above, and shapley, allow_none */
static int contributions(lua_State *L)
{
    const char *what = "contributions";
    struct asked asked = read_asked(L, what);
    dk_error err = DK_ERROR_INIT;
    dk_contribution_spec spec = { .measure = asked.measure,
                                  .place = asked.place,
                                  .allow_none = dkl_option_boolean(L, 4, what, "allow_none", false) };
    const dk_table **out = dkl_new_table(L);

    if (dkl_option_boolean(L, 4, what, "shapley", false))
        spec.method = DK_CONTRIBUTION_SHAPLEY;
    DKL_TRY(dk_scenario_contributions(asked.breakdown, asked.table, &asked.breakdown_params, asked.scenario,
                                      &asked.params, &spec, out, &err));
    return 1;
}

/* Ranges from a list of { name =, low =, high = }. Pushes anchors. */
static const dk_param_range *read_ranges(lua_State *L, int index, size_t *n)
{
    dk_param_range *ranges;
    int list;

    dkl_option(L, index, "ranges");
    list = lua_gettop(L);
    *n = dkl_length(L, list);
    ranges = dkl_array(L, *n, sizeof *ranges);
    for (size_t i = 0; i < *n; i++) {
        lua_rawgeti(L, list, (lua_Integer)i + 1);
        ranges[i].name = dkl_option_text(L, -1, "sensitivity", "name");
        dkl_option(L, -1, "low");
        if (!dkl_to_value(L, -1, &ranges[i].low))
            dkl_fail(L, "sensitivity: the range of %s is of two numbers", ranges[i].name);
        dkl_option(L, -2, "high");
        if (!dkl_to_value(L, -1, &ranges[i].high))
            dkl_fail(L, "sensitivity: the range of %s is of two numbers", ranges[i].name);
        lua_pop(L, 3); /* the list keeps them */
    }
    return ranges;
}

/* core.sensitivity(breakdown, table, scenario, spec) -> table; spec: as above, and ranges = { { name =, low =, high = } ... } */
static int sensitivity(lua_State *L)
{
    struct asked asked = read_asked(L, "sensitivity");
    dk_error err = DK_ERROR_INIT;
    dk_sensitivity_spec spec = { .measure = asked.measure, .place = asked.place };
    const dk_table **out;

    spec.ranges = read_ranges(L, 4, &spec.n_ranges);
    out = dkl_new_table(L);
    DKL_TRY(dk_scenario_sensitivity(asked.breakdown, asked.table, &asked.breakdown_params, asked.scenario,
                                    &asked.params, &spec, out, &err));
    return 1;
}

/* core.step_order(scenario, table, params, breakdown or nil, breakdown_params) -> table */
static int step_order(lua_State *L)
{
    const dk_scenario *scenario = dkl_check_object(L, 1, DKL_SCENARIO, "a scenario");
    const dk_table *table = dkl_check_table(L, 2);
    const dk_breakdown *breakdown =
        lua_isnoneornil(L, 4) ? NULL : dkl_check_object(L, 4, DKL_BREAKDOWN, "a breakdown");
    dk_error err = DK_ERROR_INIT;
    dk_params params, breakdown_params;
    const dk_table **out;

    lua_settop(L, 5);
    dkl_check_params(L, 3, &params);
    dkl_check_params(L, 5, &breakdown_params);
    out = dkl_new_table(L);
    DKL_TRY(dk_scenario_order(scenario, table, &params, breakdown, &breakdown_params, out, &err));
    return 1;
}

/* core.stages(scenario, cells, params) -> list of cells after each step, list of the names of the steps */
static int stages(lua_State *L)
{
    const dk_scenario *scenario = dkl_check_object(L, 1, DKL_SCENARIO, "a scenario");
    const dk_table *cells = dkl_check_table(L, 2);
    size_t n = dk_scenario_n_steps(scenario);
    dk_error err = DK_ERROR_INIT;
    dk_params params;
    const dk_table **made, ***slots;

    lua_settop(L, 3);
    dkl_check_params(L, 3, &params);
    made = dkl_array(L, n, sizeof *made);
    slots = dkl_array(L, n, sizeof *slots);
    lua_createtable(L, (int)n, 0); /* list */
    for (size_t i = 0; i < n; i++) {
        slots[i] = dkl_new_table(L);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_createtable(L, (int)n, 0); /* list names */
    for (size_t i = 0; i < n; i++) {
        lua_pushstring(L, dk_scenario_step_name(scenario, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    DKL_TRY(dk_scenario_stages(scenario, cells, &params, made, &err));
    for (size_t i = 0; i < n; i++)
        *slots[i] = made[i];
    return 2;
}

/* core.cells_changes(before, after) -> table */
static int cells_changes(lua_State *L)
{
    const dk_table *before = dkl_check_table(L, 1);
    const dk_table *after = dkl_check_table(L, 2);
    dk_error err = DK_ERROR_INIT;
    const dk_table **out = dkl_new_table(L);

    DKL_TRY(dk_cells_changes(before, after, out, &err));
    return 1;
}

void dkl_open_contribution(lua_State *L)
{
    static const luaL_Reg primitives[] = { { "contributions", contributions }, { "sensitivity", sensitivity },
                                           { "step_order", step_order },       { "stages", stages },
                                           { "cells_changes", cells_changes }, { NULL, NULL } };

    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
