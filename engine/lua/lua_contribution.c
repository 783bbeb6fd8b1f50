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

void dkl_open_contribution(lua_State *L)
{
    static const luaL_Reg primitives[] = { { "contributions", contributions }, { NULL, NULL } };

    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
