/* lua_bands.c - the primitive of repeated draws; what a script sees of it is scripts/dekking/bands.lua. */
#include <dekking/bands.h>

#include <string.h>

#include "base/number.h"
#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

/* The option, a list of numbers, exactly as they are written. Pushes one anchor. */
static dk_ratio *read_quantiles(lua_State *L, int index, size_t *n)
{
    dk_ratio *ratios;

    dkl_option(L, index, "quantiles");
    *n = dkl_length(L, -1);
    ratios = dkl_array(L, *n, sizeof *ratios);
    lua_insert(L, -2); /* ratios list */
    for (size_t i = 0; i < *n; i++) {
        int64_t scaled = 0;
        uint8_t scale = 0;

        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        if (!dki_real_to_decimal(lua_tonumber(L, -1), &scaled, &scale) ||
            !dki_ratio_make(scaled, dki_power10[scale], &ratios[i]))
            dkl_fail(L, "bands: a quantile of %s has more digits than an exact number can have",
                     dkl_push_given(L, -1));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return ratios;
}

/* core.bands(breakdown, table, scenario, spec) -> table; spec: draws, quantiles, params, breakdown_params */
static int bands(lua_State *L)
{
    const dk_breakdown *breakdown = dkl_check_object(L, 1, DKL_BREAKDOWN, "a breakdown");
    const dk_table *table = dkl_check_table(L, 2);
    const dk_scenario *scenario = dkl_check_object(L, 3, DKL_SCENARIO, "a scenario");
    dk_error err = DK_ERROR_INIT;
    dk_bands_spec spec = { 0 };
    dk_params params, breakdown_params;
    const dk_table **out;

    lua_settop(L, 4);
    luaL_checktype(L, 4, LUA_TTABLE);
    out = dkl_new_table(L); /* 5 */
    spec.n_draws = (uint64_t)dkl_option_integer(L, 4, "bands", "draws", 1, 1000);
    spec.quantiles = read_quantiles(L, 4, &spec.n_quantiles);
    dkl_option(L, 4, "params");
    dkl_check_params(L, -1, &params);
    dkl_option(L, 4, "breakdown_params");
    dkl_check_params(L, -1, &breakdown_params);
    DKL_TRY(dk_scenario_bands(breakdown, table, &breakdown_params, scenario, &params, &spec, out, &err));
    lua_pushvalue(L, 5);
    return 1;
}

static const luaL_Reg primitives[] = { { "bands", bands }, { NULL, NULL } };

void dkl_open_bands(lua_State *L)
{
    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
