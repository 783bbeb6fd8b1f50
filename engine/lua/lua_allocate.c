/* lua_allocate.c - the primitive of breakdown:allocate; what a script sees of it is scripts/dekking/allocate.lua. */
#include <dekking/allocate.h>

#include <string.h>

#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"
#include "whatif/answered.h"

/* Targets from a list of { condition =, each =, at = { dimension = value } }. Pushes anchors. */
static dk_allocate_target *read_targets(lua_State *L, int index, size_t *n)
{
    const char *what = "allocate";
    dk_allocate_target *targets;
    int list;

    dkl_option(L, index, "targets");
    list = lua_gettop(L);
    *n = dkl_length(L, list);
    targets = dkl_array(L, *n, sizeof *targets);
    for (size_t i = 0; i < *n; i++) {
        dk_allocate_target *target = &targets[i];
        dk_params at;
        dk_cell_at *cell;

        luaL_checkstack(L, 8, "too many targets");
        lua_rawgeti(L, list, (lua_Integer)i + 1);
        target->condition = dkl_option_text(L, -1, what, "condition");
        target->each = dkl_option_text(L, -1, what, "each");
        dkl_option(L, -1, "at");
        dkl_check_params(L, -1, &at); /* names and values */
        cell = dkl_array(L, at.n, sizeof *cell);
        for (size_t k = 0; k < at.n; k++)
            cell[k] = (dk_cell_at){ at.items[k].name, at.items[k].value };
        target->at = cell;
        target->n_at = at.n;
    }
    return targets;
}

/* core.allocate(breakdown, table, scenario, spec) -> plan, limits; spec: per, budget, cost, gain, maximise, minimise, capacity,
 * minimum, targets, whole, params, breakdown_params */
static int allocate(lua_State *L)
{
    const char *what = "allocate";
    const dk_breakdown *breakdown = dkl_check_object(L, 1, DKL_BREAKDOWN, "a breakdown");
    const dk_table *table = dkl_check_table(L, 2);
    const dk_scenario *scenario = dkl_check_object(L, 3, DKL_SCENARIO, "a scenario");
    dk_error err = DK_ERROR_INIT;
    dk_allocate_spec spec;
    dk_params params, breakdown_params;
    dkl_names per;
    const dk_table **plan, **limits;

    lua_settop(L, 4);
    luaL_checktype(L, 4, LUA_TTABLE);
    luaL_checkstack(L, 16, "too many values");
    plan = dkl_new_table(L);   /* 5 */
    limits = dkl_new_table(L); /* 6 */
    memset(&spec, 0, sizeof spec);
    per = dkl_option_names(L, 4, what, "per");
    spec.per = per.items;
    spec.n_per = per.n;
    spec.budget = dkl_option_text(L, 4, what, "budget");
    spec.cost = dkl_option_text(L, 4, what, "cost");
    spec.gain = dkl_option_text(L, 4, what, "gain");
    spec.maximise = dkl_option_text(L, 4, what, "maximise");
    spec.minimise = dkl_option_text(L, 4, what, "minimise");
    spec.capacity = dkl_option_text(L, 4, what, "capacity");
    spec.minimum = dkl_option_text(L, 4, what, "minimum");
    spec.whole = dkl_option_boolean(L, 4, what, "whole", false);
    spec.targets = read_targets(L, 4, &spec.n_targets);
    dkl_option(L, 4, "params");
    dkl_check_params(L, -1, &params);
    dkl_option(L, 4, "breakdown_params");
    dkl_check_params(L, -1, &breakdown_params);
    DKL_TRY(
        dk_scenario_allocate(breakdown, table, &breakdown_params, scenario, &params, &spec, plan, limits, &err));
    lua_pushvalue(L, 5);
    lua_pushvalue(L, 6);
    return 2;
}

/* core.answered(answer, breakdown, table, breakdown_params, words) -> the answer as made of that table (whatif/answered.h) */
static int answered(lua_State *L)
{
    const dk_table *answer = dkl_check_table(L, 1), *table = dkl_check_table(L, 3);
    const dk_breakdown *breakdown = dkl_check_object(L, 2, DKL_BREAKDOWN, "a breakdown");
    const char *words = luaL_checkstring(L, 5);
    dk_error err = DK_ERROR_INIT;
    dk_params params;
    const dk_table **out;

    dkl_check_params(L, 4, &params);
    out = dkl_new_table(L);
    DKL_TRY(dk_table_with_properties(answer, dk_table_properties(answer), out, &err));
    DKL_TRY(dki_answered(*out, breakdown, table, &params, NULL, &err, "%s", words));
    return 1;
}

void dkl_open_allocate(lua_State *L)
{
    static const luaL_Reg primitives[] = { { "allocate", allocate }, { "answered", answered }, { NULL, NULL } };

    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
