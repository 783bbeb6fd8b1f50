/* lua_expr.c - dk.expr: text that is an expression where a string would be a text value.
 *
 * An expression object holds its parsed tree, so that a mistake shows where it is written; what takes expressions
 * takes its text. User value 1 is the text.
 */
#include <string.h>

#include "base/text.h"
#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

const char *dkl_check_expr(lua_State *L, int index, const char *what)
{
    const char *text;

    index = lua_absindex(L, index);
    if (luaL_testudata(L, index, DKL_EXPR)) {
        dkl_check_object(L, index, DKL_EXPR, "an expression");
        lua_getiuservalue(L, index, 1);
        text = lua_tostring(L, -1);
        lua_pop(L, 1); /* the object keeps it */
        return text;
    }
    if (lua_type(L, index) == LUA_TBOOLEAN) {
        dkl_fail(L, "%s as a string; got a boolean: == between a column and a value is computed by Lua at once",
                 what);
        return NULL;
    }
    if (lua_type(L, index) != LUA_TSTRING) {
        dkl_fail(L, "%s as a string; got %s", what, dkl_push_kind(L, index));
        return NULL;
    }
    return dkl_check_text(L, index, what);
}

void dkl_parse_condition(lua_State *L, const char *text, const char *what, void **slot)
{
    dk_error err = DK_ERROR_INIT;

    if (dk_expr_parse(dkl_check_context(L), text, (const dk_expr **)slot, &err) != DK_OK)
        dkl_raise(L, &err);
    else if (dk_expr_name(*slot))
        dkl_fail(L, "%s; '%s' gives something a name (equality is ==)", what, text);
}

/* dk.expr "leeftijd + 1" */
static int new_expr(lua_State *L)
{
    const char *text = dkl_check_expr(L, 1, "expr wants an expression");
    dk_error err = DK_ERROR_INIT;
    const dk_expr **out = dkl_new_object(L, DKL_EXPR, 1);

    lua_pushstring(L, text);
    lua_setiuservalue(L, -2, 1);
    DKL_TRY(dk_expr_parse(dkl_check_context(L), text, out, &err));
    return 1;
}

static int expr_tostring(lua_State *L)
{
    luaL_checkudata(L, 1, DKL_EXPR);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

/* core.condition(value, what) -> its text; raises where it is no expression. The text is parsed on its own, so that
 * it can be put between parentheses without meaning something else. */
static int core_condition(lua_State *L)
{
    const char *text = dkl_check_expr(L, 1, luaL_checkstring(L, 2));

    dkl_parse_condition(L, text, lua_tostring(L, 2), dkl_slot(L, dkl_release_expr));
    lua_pushstring(L, text);
    return 1;
}

/* core.literal(value) -> text that an expression reads back as that value; nil where Lua's value is none */
static int core_literal(lua_State *L)
{
    dk_value value;

    if (dkl_to_value(L, 1, &value))
        dkl_push_literal(L, &value);
    else
        lua_pushnil(L);
    return 1;
}

/* core.quoted(name) -> text that an expression reads back as that column's name */
static int core_quoted(lua_State *L)
{
    dkl_push_quoted_name(L, dkl_check_text(L, 1, "the name of a column"));
    return 1;
}

static const luaL_Reg meta[] = { { "__tostring", expr_tostring }, { NULL, NULL } };

static const luaL_Reg primitives[] = {
    { "condition", core_condition }, { "literal", core_literal }, { "quoted", core_quoted }, { NULL, NULL }
};

void dkl_open_expr(lua_State *L)
{
    dkl_object_class(L, DKL_EXPR, meta);
    lua_pushcfunction(L, new_expr);
    lua_setfield(L, 1, "expr");
    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
