/* dekking.c - the module: what dk has of its own, and the opening of its parts.
 *
 * Opening makes tables and closures and parses nothing, so that starting stays as quick as Lua itself.
 */
#include "dekking_lua.h"

#include <string.h>
#include <time.h>

#include "bind.h"
#include "library.h"
#include "lua_options.h"

/* dk.threads([n]) -> threads that a call may use */
static int threads(lua_State *L)
{
    if (!lua_isnoneornil(L, 1)) {
        int exact;
        lua_Integer n = lua_tointegerx(L, 1, &exact);

        if (!exact || lua_type(L, 1) != LUA_TNUMBER || n < 0 || n > 1024)
            return dkl_fail(L, "threads wants a whole number from 0 (one for each processor) to 1024");
        dk_set_threads((unsigned)n);
    }
    lua_pushinteger(L, dk_threads());
    return 1;
}

/* dk.clock() -> seconds since some moment, to time what takes long: os.clock() adds up what every thread did */
static int wall_clock(lua_State *L)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec / 1e9);
    return 1;
}

/* dk.memory() -> bytes in use, most bytes so far */
static int memory(lua_State *L)
{
    dk_context *context = dkl_check_context(L);

    lua_pushinteger(L, (lua_Integer)dk_context_used_bytes(context));
    lua_pushinteger(L, (lua_Integer)dk_context_peak_bytes(context));
    return 2;
}

/* dk.budget([bytes]) -> bytes that tables may use, 0: no limit */
static int budget(lua_State *L)
{
    dk_context *context = dkl_check_context(L);

    if (!lua_isnoneornil(L, 1)) {
        int exact;
        lua_Integer bytes = lua_tointegerx(L, 1, &exact);

        if (!exact || lua_type(L, 1) != LUA_TNUMBER || bytes < 0)
            return dkl_fail(L, "budget wants a whole number of bytes; 0 takes the limit away");
        dk_context_set_budget(context, (size_t)bytes);
    }
    lua_pushinteger(L, (lua_Integer)dk_context_budget(context));
    return 1;
}

/* dk.apportion(weights, total) -> whole numbers that add up to total, by largest remainder */
static int apportion(lua_State *L)
{
    dk_error err = DK_ERROR_INIT;
    int64_t *weights, *parts;
    size_t n;
    int exact;
    lua_Integer total;

    if (!lua_istable(L, 1))
        return dkl_arg_fail(L, 1, "a list of weights");
    n = dkl_check_list(L, 1, "apportion", false);
    total = lua_tointegerx(L, 2, &exact);
    if (!exact || lua_type(L, 2) != LUA_TNUMBER)
        return dkl_arg_fail(L, 2, "the whole number to hand out");
    weights = dkl_array(L, n, sizeof *weights);
    parts = dkl_array(L, n, sizeof *parts);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i + 1);
        weights[i] = lua_tointegerx(L, -1, &exact);
        if (!exact || lua_type(L, -1) != LUA_TNUMBER)
            return dkl_fail(L, "apportion: weight %d is %s and not a whole number", (int)i + 1,
                            dkl_push_given(L, -1));
        lua_pop(L, 1);
    }
    if (dk_apportion(dkl_check_context(L), weights, n, total, parts, &err) != DK_OK)
        return dkl_raise(L, &err);
    lua_createtable(L, n < 1000000 ? (int)n : 0, 0);
    for (size_t i = 0; i < n; i++) {
        lua_pushinteger(L, parts[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static const luaL_Reg functions[] = { { "threads", threads }, { "clock", wall_clock },    { "memory", memory },
                                      { "budget", budget },   { "apportion", apportion }, { NULL, NULL } };

int luaopen_dekking(lua_State *L)
{
    luaL_checkversion(L);
    lua_settop(L, 0);
    luaL_newlib(L, functions); /* 1: dk */
    lua_newtable(L);           /* 2: core */
    dkl_open_bind(L);
    dkl_open_core(L);
    dkl_open_needs(L);
    dkl_open_folder(L);
    dkl_open_file(L);
    lua_pushliteral(L, DK_VERSION);
    lua_setfield(L, 1, "version");
    dkl_open_value(L);
    dkl_open_column(L);
    dkl_open_expr(L);
    dkl_open_recipe_class(L);
    dkl_open_parsed(L);
    dkl_open_table(L);
    dkl_open_table_new(L);
    dkl_open_read(L);
    dkl_open_aggregate(L);
    dkl_open_function(L);
    dkl_open_callback(L);
    dkl_open_map(L);
    dkl_open_progress(L);
    dkl_open_breakdown(L);
    dkl_open_scenario(L);
    dkl_open_bands(L);
    dkl_open_contribution(L);
    dkl_open_allocate(L);
    dkl_open_sweep(L);
    dkl_open_snapshot(L);
    dkl_open_lineage(L);
    dkl_open_behind(L);
    dkl_open_measure_parts(L);
    dkl_open_codes(L);
    dkl_open_hierarchy(L);
    dkl_open_recipe(L);
    lua_settop(L, 1);
    dkl_open_library(L);
    return 1;
}
