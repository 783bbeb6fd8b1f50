/* lua_scenario.c - primitives of scenarios; what a script sees of them is scripts/dekking/scenario.lua.
 *
 * As with breakdowns, the library has checked and put in order what the script gave. User value 1 is its table.
 */
#include <string.h>

#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

static const dk_scenario *check_scenario(lua_State *L, int arg)
{
    return dkl_check_object(L, arg, DKL_SCENARIO, "a scenario");
}

/* The value of the option, whose text the options table keeps. */
static bool option_value(lua_State *L, int index, const char *key, const char *name, dk_value *out)
{
    bool is_given = dkl_option(L, index, key);

    if (is_given && !dkl_to_value(L, -1, out))
        dkl_fail(L, "scenario: parameter %s: %s is no value", name, dkl_push_given(L, -1));
    lua_pop(L, 1);
    return is_given;
}

/* Parameters from a list of { name =, value =, min =, max =, doc = }. Pushes one anchor. */
static dk_scenario_param *read_params(lua_State *L, int index, size_t *n)
{
    dk_scenario_param *params;

    dkl_option(L, index, "params");
    *n = dkl_length(L, -1);
    params = dkl_array(L, *n, sizeof *params);
    lua_insert(L, -2); /* params list */
    for (size_t i = 0; i < *n; i++) {
        dk_scenario_param *param = &params[i];

        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        param->name = dkl_option_text(L, -1, "scenario", "name");
        param->doc = dkl_option_text(L, -1, "scenario", "doc");
        option_value(L, -1, "value", param->name, &param->value);
        param->has_least = option_value(L, -1, "min", param->name, &param->least);
        param->has_greatest = option_value(L, -1, "max", param->name, &param->greatest);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return params;
}

/* Who is taken: first, drawn = "numbers" or "persons", seed. The table is on top; pushes one anchor. */
static void read_taking(lua_State *L, dk_intervention *step)
{
    static const char *const kinds[] = { "", "numbers", "persons", NULL }; /* as dk_drawn */
    dkl_names first;

    step->drawn = (dk_drawn)dkl_option_choice(L, -1, "scenario", "drawn", kinds, DK_DRAWN_NOT);
    step->seed = (uint64_t)dkl_option_integer(L, -1, "scenario", "seed", LUA_MININTEGER, 0);
    first = dkl_option_names(L, -1, "scenario", "first");
    step->first = first.items;
    step->n_first = first.n;
}

/* What moves where, of the step on top. Pushes one anchor. */
static void read_flows(lua_State *L, dk_intervention *step)
{
    const char *what = "scenario";
    dk_flow *flows;

    step->flows_of = dkl_option_text(L, -1, what, "move");
    dkl_option(L, -1, "flows");
    step->n_flows = step->flows_of ? dkl_length(L, -1) : 0;
    flows = dkl_array(L, step->n_flows, sizeof *flows);
    step->flows = flows;
    lua_insert(L, -2); /* flows list */
    for (size_t i = 0; i < step->n_flows; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        flows[i].from = dkl_option_text(L, -1, what, "from");
        flows[i].to = dkl_option_text(L, -1, what, "to");
        flows[i].share = dkl_option_text(L, -1, what, "share");
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* Item i of the pair on top, a text that the pair holds. */
static dk_text member_at(lua_State *L, int i)
{
    dk_text text = { NULL, 0 };

    if (!lua_istable(L, -1) || lua_rawgeti(L, -1, i) != LUA_TSTRING)
        luaL_error(L, "merges: item is no pair of texts"); /* the library checks them */
    text.bytes = lua_tolstring(L, -1, &text.size);
    lua_pop(L, 1);
    return text;
}

static int64_t number_at(lua_State *L, int i)
{
    lua_Integer number;

    lua_rawgeti(L, -1, i);
    number = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 1;
    lua_pop(L, 1);
    return number;
}

/* What a merger, the step on top, does to members: { old, new, numerator, denominator }, the share 1 if not given. Pushes one
 * anchor. */
static void read_merges(lua_State *L, dk_intervention *step)
{
    const char *what = "scenario";
    dk_recode_pair *merges;

    step->merges_where = dkl_option_text(L, -1, what, "merges_where");
    dkl_option(L, -1, "merges");
    step->n_merges = lua_isnil(L, -1) ? 0 : dkl_length(L, -1);
    merges = dkl_array(L, step->n_merges, sizeof *merges);
    step->merges = merges;
    lua_insert(L, -2); /* merges list */
    for (size_t i = 0; i < step->n_merges; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        merges[i].old = member_at(L, 1);
        merges[i].new = member_at(L, 2);
        merges[i].share = (dk_ratio){ number_at(L, 3), number_at(L, 4) };
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* Steps from the list of tables. Pushes anchors. */
static dk_intervention *read_steps(lua_State *L, int index, size_t *n)
{
    static const char *const effects[] = { "moves", "adds", "removes", NULL }; /* as dk_effect */
    const char *what = "scenario";
    dk_intervention *steps;
    int list;

    dkl_option(L, index, "steps");
    list = lua_gettop(L);
    *n = dkl_length(L, list);
    steps = dkl_array(L, *n, sizeof *steps);
    for (size_t i = 0; i < *n; i++) {
        dk_intervention *step = &steps[i];
        dkl_names per, set;
        int at;

        luaL_checkstack(L, 16, "too many steps");
        lua_rawgeti(L, list, (lua_Integer)i + 1);
        at = lua_gettop(L);
        step->name = dkl_option_text(L, -1, what, "name");
        step->where = dkl_option_text(L, -1, what, "where");
        step->share = dkl_option_text(L, -1, what, "share");
        step->count = dkl_option_text(L, -1, what, "count");
        step->all = dkl_option_boolean(L, -1, what, "all", false);
        step->whole = dkl_option_boolean(L, -1, what, "whole", false);
        step->allow_none = dkl_option_boolean(L, -1, what, "allow_none", false);
        step->estimate = dkl_option_boolean(L, -1, what, "estimate", false);
        step->effect = (dk_effect)dkl_option_choice(L, -1, what, "effect", effects, DK_MOVES);
        step->when = dkl_option_text(L, -1, what, "when");
        step->scale = dkl_option_text(L, -1, what, "scale");
        step->rate = dkl_option_text(L, -1, what, "rate");
        step->to = dkl_option_text(L, -1, what, "to");
        per = dkl_option_names(L, -1, what, "per");
        set = dkl_option_names(L, -2, what, "set");
        lua_pushvalue(L, at);
        read_flows(L, step);
        step->per = per.items;
        step->n_per = per.n;
        step->set = set.items;
        step->n_set = set.n;
        lua_pushvalue(L, at);
        read_merges(L, step);
        lua_pushvalue(L, at);
        read_taking(L, step);
    }
    return steps;
}

/* core.scenario(spec) -> scenario */
static int new_scenario(lua_State *L)
{
    dk_error err = DK_ERROR_INIT;
    const dk_scenario_param *params;
    const dk_intervention *steps;
    size_t n_params, n_steps;
    const dk_scenario **out;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    out = dkl_new_object(L, DKL_SCENARIO, 1);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, 2, 1);
    params = read_params(L, 1, &n_params);
    steps = read_steps(L, 1, &n_steps);
    DKL_TRY(dk_scenario_new(dkl_check_context(L), dkl_option_text(L, 1, "scenario", "name"), params, n_params,
                            steps, n_steps, out, &err));
    lua_pushvalue(L, 2);
    return 1;
}

/* core.compose(a, b, spec) -> scenario: a's steps, then b's; spec tells both together, its name may be absent */
static int compose(lua_State *L)
{
    const dk_scenario *a = check_scenario(L, 1);
    const dk_scenario *b = check_scenario(L, 2);
    dk_error err = DK_ERROR_INIT;
    const dk_scenario **out;

    lua_settop(L, 3);
    out = dkl_new_object(L, DKL_SCENARIO, 1);
    lua_pushvalue(L, 3);
    lua_setiuservalue(L, -2, 1);
    DKL_TRY(dk_scenario_compose(a, b, dkl_option_text(L, 3, "scenario", "name"), out, &err));
    return 1;
}

/* core.scenario_name(scenario) -> its name */
static int scenario_name(lua_State *L)
{
    lua_pushstring(L, dk_scenario_name(check_scenario(L, 1)));
    return 1;
}

/* core.apply(scenario, table, params) -> cells after the steps, what each step moved */
static int apply(lua_State *L)
{
    const dk_scenario *scenario = check_scenario(L, 1);
    const dk_table *table = dkl_check_table(L, 2);
    dk_error err = DK_ERROR_INIT;
    dk_params params;
    const dk_table **out, **moved;
    void **cells;

    lua_settop(L, 3);
    out = dkl_new_table(L);   /* 4 */
    moved = dkl_new_table(L); /* 5 */
    dkl_check_params(L, 3, &params);
    cells = dkl_slot(L, dkl_release_table);
    DKL_TRY(dk_cells_new(table, NULL, &scenario, 1, (const dk_table **)cells, &err));
    DKL_TRY(dk_scenario_apply(scenario, *cells, &params, out, moved, &err));
    lua_pushvalue(L, 4);
    lua_pushvalue(L, 5);
    return 2;
}

/* The breakdown in argument 1. */
static const dk_breakdown *check_breakdown(lua_State *L)
{
    return dkl_check_object(L, 1, DKL_BREAKDOWN, "a breakdown");
}

/* How a comparison is laid out: { long =, relative = }. */
static dk_comparison_form check_form(lua_State *L, int index)
{
    return (dk_comparison_form){ .is_long = dkl_option_boolean(L, index, "compare", "long", false),
                                 .relative = dkl_option_boolean(L, index, "compare", "relative", false) };
}

/* The scenarios of the list in argument 4, with their parameters from the list of tables in argument 5. Pushes anchors. */
static size_t check_scenarios(lua_State *L, const dk_scenario ***scenarios, dk_params **params)
{
    size_t n;

    luaL_checktype(L, 4, LUA_TTABLE);
    luaL_checktype(L, 5, LUA_TTABLE);
    n = dkl_check_list(L, 4, "compare", false);
    *scenarios = dkl_array(L, n, sizeof **scenarios);
    *params = dkl_array(L, n, sizeof **params);
    for (size_t i = 0; i < n; i++) {
        luaL_checkstack(L, 8, "too many scenarios");
        lua_rawgeti(L, 4, (lua_Integer)i + 1);
        (*scenarios)[i] = dkl_check_object(L, -1, DKL_SCENARIO, "a scenario");
        lua_pop(L, 1); /* the list keeps it */
        lua_rawgeti(L, 5, (lua_Integer)i + 1);
        dkl_check_params(L, -1, &(*params)[i]);
        lua_remove(L, -2); /* leaves the anchor */
    }
    return n;
}

/* What scenarios do, { { name =, text = } ... }, as items of a lineage. Pushes an anchor. */
static dk_lineage_item *check_interventions(lua_State *L, int index, size_t *n)
{
    dk_lineage_item *items;

    *n = lua_isnil(L, index) ? 0 : dkl_length(L, index);
    items = dkl_array(L, *n + 1, sizeof *items);
    for (size_t i = 0; i < *n; i++) {
        lua_rawgeti(L, index, (lua_Integer)i + 1);
        items[i] = (dk_lineage_item){ .kind = DK_LINEAGE_INTERVENTION, .depth = 1 };
        lua_getfield(L, -1, "name");
        lua_getfield(L, -2, "text");
        items[i].name = lua_tostring(L, -2); /* the list keeps both */
        items[i].text = lua_tostring(L, -1);
        lua_pop(L, 3);
    }
    return items;
}

/* core.compare(breakdown, table, breakdown_params, scenarios, params, form [, interventions]) -> table, the cells that they ran on,
 * whether the breakdown was asked of rows, the table's key; params: a table of parameters for each scenario; interventions: what they
 * do, { { name =, text = } ... }, for the lineage */
static int compare(lua_State *L)
{
    const dk_breakdown *breakdown = check_breakdown(L);
    const dk_table *table = dkl_check_table(L, 2);
    dk_error err = DK_ERROR_INIT;
    const dk_scenario **scenarios;
    dk_params *params, breakdown_params;
    dk_comparison_form form;
    dk_comparison_basis basis;
    const dk_table **out, **cells;
    size_t n;

    lua_settop(L, 7);
    form = check_form(L, 6);
    out = dkl_new_table(L);   /* 8 */
    cells = dkl_new_table(L); /* 9 */
    dkl_check_params(L, 3, &breakdown_params);
    form.interventions = check_interventions(L, 7, &form.n_interventions);
    n = check_scenarios(L, &scenarios, &params);
    DKL_TRY(dk_scenario_compare_as(breakdown, table, &breakdown_params, scenarios, params, n, &form, &basis, out,
                                   &err));
    *cells = basis.cells;
    lua_pushvalue(L, 8);
    lua_pushvalue(L, 9);
    lua_pushboolean(L, basis.by_rows);
    dkl_push_key(L, dk_table_properties(table));
    return 4;
}

/* core.plan_scenarios(breakdown, table, breakdown_params, scenarios, params) -> table of steps */
static int plan_scenarios(lua_State *L)
{
    const dk_breakdown *breakdown = check_breakdown(L);
    const dk_table *table = dkl_check_table(L, 2);
    dk_error err = DK_ERROR_INIT;
    const dk_scenario **scenarios;
    dk_params *params, breakdown_params;
    const dk_table **out;
    size_t n;

    lua_settop(L, 5);
    out = dkl_new_table(L); /* 6 */
    dkl_check_params(L, 3, &breakdown_params);
    n = check_scenarios(L, &scenarios, &params);
    DKL_TRY(dk_scenario_plan(breakdown, table, &breakdown_params, scenarios, params, n, out, &err));
    lua_pushvalue(L, 6);
    return 1;
}

/* core.compare_tables(breakdown, base, other, name, params, form) -> table */
static int compare_tables(lua_State *L)
{
    const dk_breakdown *breakdown = check_breakdown(L);
    const dk_table *base = dkl_check_table(L, 2);
    const dk_table *other = dkl_check_table(L, 3);
    const char *name = dkl_check_text(L, 4, "compare: name");
    dk_error err = DK_ERROR_INIT;
    dk_comparison_form form;
    dk_params params;
    const dk_table **out;

    lua_settop(L, 6);
    form = check_form(L, 6);
    dkl_check_params(L, 5, &params);
    out = dkl_new_table(L);
    DKL_TRY(dk_table_compare_as(breakdown, base, other, name, &params, &form, out, &err));
    return 1;
}

/* core.solve(breakdown, table, scenario, spec) -> table; spec: vary, target, each, at = { dimension = value }, params,
 * breakdown_params */
static int solve(lua_State *L)
{
    const char *what = "solve";
    const dk_breakdown *breakdown = check_breakdown(L);
    const dk_table *table = dkl_check_table(L, 2);
    const dk_scenario *scenario = check_scenario(L, 3);
    dk_error err = DK_ERROR_INIT;
    dk_solve_spec spec;
    dk_params params, breakdown_params, at;
    dk_cell_at *cell;
    const dk_table **out;

    lua_settop(L, 4);
    out = dkl_new_table(L); /* 5 */
    memset(&spec, 0, sizeof spec);
    spec.vary = dkl_option_text(L, 4, what, "vary");
    spec.target = dkl_option_text(L, 4, what, "target");
    spec.each = dkl_option_text(L, 4, what, "each");
    dkl_option(L, 4, "params");
    dkl_check_params(L, -1, &params);
    dkl_option(L, 4, "breakdown_params");
    dkl_check_params(L, -1, &breakdown_params);
    dkl_option(L, 4, "at");
    dkl_check_params(L, -1, &at); /* the same shape: names and values */
    cell = dkl_array(L, at.n, sizeof *cell);
    for (size_t i = 0; i < at.n; i++)
        cell[i] = (dk_cell_at){ at.items[i].name, at.items[i].value };
    spec.at = cell;
    spec.n_at = at.n;
    DKL_TRY(dk_scenario_solve(breakdown, table, &breakdown_params, scenario, &params, &spec, out, &err));
    lua_pushvalue(L, 5);
    return 1;
}

static const luaL_Reg primitives[] = { { "scenario", new_scenario },
                                       { "compose", compose },
                                       { "scenario_name", scenario_name },
                                       { "apply", apply },
                                       { "compare", compare },
                                       { "compare_tables", compare_tables },
                                       { "plan_scenarios", plan_scenarios },
                                       { "solve", solve },
                                       { NULL, NULL } };

void dkl_open_scenario(lua_State *L)
{
    static const luaL_Reg none[] = { { NULL, NULL } };

    dkl_object_class(L, DKL_SCENARIO, none); /* the library adds the others */
    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
