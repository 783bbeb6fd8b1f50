/* lua_sweep.c - primitives of sweeps; what a script sees of them is scripts/dekking/sweep.lua. */
#include <dekking/sweep.h>

#include "base/number.h"
#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

/* The list in the field of the table at index: values, whose texts the list keeps. Leaves an anchor. */
static const dk_value *read_values(lua_State *L, int index, const char *name, size_t *n)
{
    dk_value *values;

    lua_getfield(L, index, "values");
    *n = dkl_length(L, -1);
    values = dkl_array(L, *n, sizeof *values);
    for (size_t i = 0; i < *n; i++) {
        lua_rawgeti(L, -2, (lua_Integer)i + 1);
        if (!dkl_to_value(L, -1, &values[i]))
            dkl_fail(L, "sweep: value %d of %s cannot be %s", (int)i + 1, name, dkl_push_given(L, -1));
        lua_pop(L, 1);
    }
    lua_remove(L, -2);
    return values;
}

/* core.sweep(breakdown, table, scenario, spec) -> table; spec: axes = { { param =, values = {} } } or points = table; params,
 * breakdown_params */
static int sweep(lua_State *L)
{
    const dk_breakdown *breakdown = dkl_check_object(L, 1, DKL_BREAKDOWN, "a breakdown");
    const dk_table *table = dkl_check_table(L, 2);
    const dk_scenario *scenario = dkl_check_object(L, 3, DKL_SCENARIO, "a scenario");
    dk_error err = DK_ERROR_INIT;
    dk_sweep_spec spec = { 0 };
    dk_params params, breakdown_params;
    dk_sweep_axis *axes;
    const dk_table **out;

    lua_settop(L, 4);
    out = dkl_new_table(L); /* 5 */
    dkl_option(L, 4, "params");
    dkl_check_params(L, -1, &params);
    dkl_option(L, 4, "breakdown_params");
    dkl_check_params(L, -1, &breakdown_params);
    if (dkl_option(L, 4, "points"))
        spec.points = dkl_check_table(L, lua_gettop(L));
    if (dkl_option(L, 4, "axes")) {
        int list = lua_gettop(L);

        spec.n_axes = dkl_length(L, list);
        spec.axes = axes = dkl_array(L, spec.n_axes, sizeof *axes);
        for (size_t i = 0; i < spec.n_axes; i++) {
            luaL_checkstack(L, 8, "too many parameters");
            lua_rawgeti(L, list, (lua_Integer)i + 1);
            axes[i].param = dkl_option_text(L, -1, "sweep", "param");
            axes[i].values = read_values(L, lua_gettop(L), axes[i].param, &axes[i].n);
        }
    }
    DKL_TRY(dk_scenario_sweep(breakdown, table, &breakdown_params, scenario, &params, &spec, out, &err));
    lua_pushvalue(L, 5);
    return 1;
}

/* core.latin(n, { { param =, least =, greatest =, whole = } }, seed) -> table */
static int latin(lua_State *L)
{
    lua_Integer n = luaL_checkinteger(L, 1), seed = luaL_checkinteger(L, 3);
    dk_error err = DK_ERROR_INIT;
    dk_latin_range *ranges;
    const dk_table **out;
    size_t n_ranges;

    lua_settop(L, 3);
    luaL_checktype(L, 2, LUA_TTABLE);
    n_ranges = dkl_length(L, 2);
    out = dkl_new_table(L); /* 4 */
    ranges = dkl_array(L, n_ranges, sizeof *ranges);
    for (size_t i = 0; i < n_ranges; i++) {
        bool known;

        luaL_checkstack(L, 8, "too many parameters");
        lua_rawgeti(L, 2, (lua_Integer)i + 1);
        ranges[i].param = dkl_option_text(L, -1, "latin", "param");
        ranges[i].whole = dkl_option_boolean(L, -1, "latin", "whole", false);
        lua_getfield(L, -1, "least");
        lua_getfield(L, -2, "greatest");
        known = dkl_to_value(L, -2, &ranges[i].least) && dkl_to_value(L, -1, &ranges[i].greatest);
        if (!known)
            return dkl_fail(L, "latin: the range of %s goes from one number to another", ranges[i].param);
        lua_pop(L, 2); /* the range keeps them */
    }
    DKL_TRY(dk_latin(dkl_check_context(L), n < 0 ? 0 : (uint64_t)n, ranges, n_ranges, (uint64_t)seed, out, &err));
    lua_pushvalue(L, 4);
    return 1;
}

static bool exact(lua_State *L, int index, dk_value *out)
{
    return dkl_to_value(L, index, out) && !out->is_null && (out->type == DK_INTEGER || out->type == DK_DECIMAL);
}

/* core.range(from, to, step) -> list of the numbers from, from + step, ... up to `to`, each the number that its decimal is */
static int range(lua_State *L)
{
    dk_value given[3];
    int64_t units[3];
    uint8_t scale = 0;
    int64_t n;

    for (int i = 0; i < 3; i++) {
        if (!exact(L, i + 1, &given[i]))
            return dkl_fail(L, "range wants numbers, and %s is none that has so many digits",
                            luaL_tolstring(L, i + 1, NULL));
        if (given[i].type == DK_INTEGER)
            given[i].scale = 0;
        scale = given[i].scale > scale ? given[i].scale : scale;
    }
    for (int i = 0; i < 3; i++)
        if (!dki_rescale(given[i].as.integer, given[i].scale, scale, &units[i]))
            return dkl_fail(L, "range: %s does not fit with as many digits as the others have",
                            luaL_tolstring(L, i + 1, NULL));
    if (units[2] == 0)
        return dkl_fail(L, "range: a step of 0 never arrives");
    if (units[0] != units[1] && (units[0] < units[1]) != (units[2] > 0))
        return dkl_fail(L, "range: steps of %s lead from %s away from %s", luaL_tolstring(L, 3, NULL),
                        luaL_tolstring(L, 1, NULL), luaL_tolstring(L, 2, NULL));
    n = (int64_t)(((dki_i128)units[1] - units[0]) / units[2]);
    if (n >= DK_SWEEP_MOST)
        return dkl_fail(L, "range: there are more than %d numbers", DK_SWEEP_MOST);
    lua_createtable(L, (int)n + 1, 0);
    for (int64_t i = 0; i <= n; i++) {
        int64_t value = units[0] + i * units[2];

        if (scale == 0)
            lua_pushinteger(L, value);
        else
            lua_pushnumber(L, dki_decimal_real(value, scale));
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

static const luaL_Reg primitives[] = { { "sweep", sweep }, { "latin", latin }, { "range", range }, { NULL, NULL } };

void dkl_open_sweep(lua_State *L)
{
    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
