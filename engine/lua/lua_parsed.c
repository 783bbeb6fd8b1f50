/* lua_parsed.c - expressions that are parsed once for as long as Lua's collector lets them be.
 *
 * They stand by their texts in a table that refers to them weakly, so that they cost a loop that asks the same again one look-up,
 * and nobody memory: a collection takes away what no call is using. What a text means to the parser changes when a script
 * defines an aggregate or a function, and all are forgotten then.
 */
#include "lua_expr.h"
#include "lua_table.h"

#define PARSED "dk.parsed"

static const char cache_key;

void dkl_forget_parsed(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &cache_key);
}

static int parse(lua_State *L, const char *text, const dk_expr **out)
{
    dk_error err = DK_ERROR_INIT;

    DKL_TRY(dk_expr_parse(dkl_check_context(L), text, out, &err));
    return 0;
}

const dk_expr *dkl_push_parsed(lua_State *L, const char *text)
{
    const dk_expr **held;

    luaL_checkstack(L, 8, "too many values");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &cache_key);
    lua_pushstring(L, text);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, -3) == LUA_TNIL) { /* cache text nil */
        lua_pop(L, 1);
        held = dkl_new_holder(L, PARSED, 0, dkl_release_expr);
        parse(L, text, held);
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, -5);
    } else {
        held = dkl_held_place(L, -1);
    }
    lua_replace(L, -3);
    lua_pop(L, 1);
    return *held;
}

const dk_expr *dkl_push_condition(lua_State *L, const char *text, const char *what)
{
    const dk_expr *expr = dkl_push_parsed(L, text);

    if (dk_expr_name(expr))
        dkl_fail(L, "%s; '%s' gives something a name (equality is ==)", what, text);
    return expr;
}

void dkl_open_parsed(lua_State *L)
{
    static const luaL_Reg none[] = { { NULL, NULL } };

    dkl_object_class(L, PARSED, none);
    dkl_forget_parsed(L);
}
