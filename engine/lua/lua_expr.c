/* lua_expr.c - expressions as objects: dk.expr, dk.col, dk.param, and what takes them.
 *
 * What takes expressions takes a string, such an object, or a column, which stands for its name. User value 1 of an object
 * is its text; 2, where it is nothing but a column's name, that name.
 */
#include "lua_expr.h"

#include <string.h>

#include "base/text.h"
#include "expr/node.h"
#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

static const char expr_mark;

typedef struct expression {
    const void *mark; /* as that of a dkl_object */
    dkl_level level;
    bool is_closed;
} expression;

void dkl_new_expr(lua_State *L, dkl_level level)
{
    expression *made;

    luaL_checkstack(L, 4, "too many values");
    made = lua_newuserdatauv(L, sizeof *made, 2);
    made->mark = &expr_mark;
    made->level = level;
    made->is_closed = false;
    luaL_setmetatable(L, DKL_EXPR);
    lua_insert(L, -2);
    lua_setiuservalue(L, -2, 1);
}

bool dkl_is_expr(lua_State *L, int index)
{
    const expression *found = lua_touserdata(L, index);

    return lua_type(L, index) == LUA_TUSERDATA && lua_rawlen(L, index) >= sizeof *found &&
           found->mark == &expr_mark;
}

static const expression *test_expr(lua_State *L, int index)
{
    const expression *found = lua_touserdata(L, index);

    if (!dkl_is_expr(L, index))
        return NULL;
    if (found->is_closed)
        dkl_fail(L, "this expr was closed");
    return found;
}

bool dkl_push_expr_text(lua_State *L, int index, dkl_level *level)
{
    const expression *found;

    if (lua_type(L, index) != LUA_TUSERDATA)
        return false;
    found = test_expr(L, index);
    *level = DKL_PRIMARY;
    if (found) {
        *level = found->level;
        lua_getiuservalue(L, index, 1);
        return true;
    }
    if (!dkl_is_object(L, index, DKL_COLUMN))
        return false;
    dkl_check_object(L, index, DKL_COLUMN, "a column");
    lua_getiuservalue(L, index, 1);
    dkl_push_quoted_name(L, lua_tostring(L, -1));
    lua_remove(L, -2);
    return true;
}

bool dkl_push_name_text(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TUSERDATA)
        return false;
    if (test_expr(L, index)) {
        index = lua_absindex(L, index);
        if (lua_getiuservalue(L, index, 2) != LUA_TNIL)
            return true;
        lua_pop(L, 1);
        lua_getiuservalue(L, index, 1);
        return true;
    }
    if (!dkl_is_object(L, index, DKL_COLUMN))
        return false;
    dkl_check_object(L, index, DKL_COLUMN, "a column");
    lua_getiuservalue(L, index, 1);
    return true;
}

/* Strings. -------------------------------------------------------------------------------------------------------- */

const char *dkl_check_expr(lua_State *L, int index, const char *what)
{
    dkl_level level;

    index = lua_absindex(L, index);
    if (dkl_push_expr_text(L, index, &level)) {
        const char *text = lua_tostring(L, -1);

        if (dkl_is_object(L, index, DKL_COLUMN)) { /* which keeps it: its name in quotes is made here */
            lua_pushvalue(L, -1);
            lua_setiuservalue(L, index, DKL_COLUMN_TEXT);
        }
        lua_pop(L, 1); /* the object keeps it */
        return text;
    }
    switch (lua_type(L, index)) {
    case LUA_TSTRING: return dkl_check_text(L, index, what);
    case LUA_TBOOLEAN:
        dkl_fail(L, "%s as a string; got a boolean: == between a column and a value is computed by Lua at once",
                 what);
        return NULL;
    case LUA_TNIL: dkl_fail(L, "%s as a string; got nil (was a variable nil?)", what); return NULL;
    default: dkl_fail(L, "%s as a string; got %s", what, dkl_push_kind(L, index)); return NULL;
    }
}

void dkl_check_syntax(lua_State *L)
{
    dkl_push_parsed(L, lua_tostring(L, -1));
    lua_pop(L, 1);
}

/* Of a text little is known: a name, a parameter and a value stand anywhere, all else gets brackets. */
dkl_level dkl_level_of(const dk_expr *expr)
{
    const dki_node *root = dki_expr_root(expr);

    if (dk_expr_name(expr))
        return DKL_ENDED;
    switch (root->kind) {
    case DKI_NODE_NAME:
    case DKI_NODE_PARAM: return DKL_PRIMARY;
    case DKI_NODE_LITERAL: return dk_expr_text(expr)[root->at] == '-' ? DKL_SIGNED : DKL_PRIMARY;
    default: return DKL_LIMITED;
    }
}

/* dk.expr "leeftijd + 1" */
static int new_expr(lua_State *L)
{
    dkl_level level;
    const char *text;
    const dk_expr *expr;

    if (dkl_push_expr_text(L, 1, &level)) {
        dkl_new_expr(L, level);
        if (dkl_push_name_text(L, 1))
            lua_setiuservalue(L, -2, 2);
        return 1;
    }
    text = dkl_check_expr(L, 1, "expr wants an expression");
    expr = dkl_push_parsed(L, text);
    level = dkl_level_of(expr);
    lua_pushvalue(L, 1);
    dkl_new_expr(L, level);
    if (level == DKL_PRIMARY && dki_expr_root(expr)->kind == DKI_NODE_NAME) {
        lua_pushstring(L, dki_expr_root(expr)->text);
        lua_setiuservalue(L, -2, 2);
    }
    return 1;
}

/* dk.col "name with spaces" - the column of that name, of whatever table the expression is used with */
static int new_col(lua_State *L)
{
    const char *name;

    if (dkl_is_object(L, 1, DKL_COLUMN) && dkl_push_name_text(L, 1))
        lua_replace(L, 1);
    if (lua_type(L, 1) != LUA_TSTRING)
        return dkl_arg_fail(L, 1, "the name of a column");
    name = dkl_check_text(L, 1, "col: the name");
    if (*name == '\0')
        return dkl_fail(L, "col: a name has at least one character");
    dkl_push_quoted_name(L, name);
    dkl_new_expr(L, DKL_PRIMARY);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 2);
    return 1;
}

/* dk.param "grens" - the parameter $grens, whose value comes with the call */
static int new_param(lua_State *L)
{
    dk_error err = DK_ERROR_INIT;
    const char *name, *text;
    void **slot;

    if (lua_type(L, 1) != LUA_TSTRING)
        return dkl_arg_fail(L, 1, "the name of a parameter");
    name = dkl_check_text(L, 1, "param: the name");
    text = lua_pushfstring(L, "$%s", name + (*name == '$'));
    slot = dkl_slot(L, dkl_release_expr);
    if (dk_expr_parse(dkl_check_context(L), text, (const dk_expr **)slot, &err) != DK_OK &&
        err.code == DK_ERR_MEMORY)
        return dkl_raise(L, &err);
    if (*slot == NULL || dki_expr_root(*slot)->kind != DKI_NODE_PARAM || strchr(text, ' '))
        return dkl_fail(L, "param: '%s' is no name of a parameter: letters, digits and _, a letter first", name);
    lua_pushvalue(L, -2);
    dkl_new_expr(L, DKL_PRIMARY);
    return 1;
}

/* The class. ------------------------------------------------------------------------------------------------------- */

static const expression *check_expr(lua_State *L)
{
    const expression *found = test_expr(L, 1);

    if (found == NULL)
        dkl_check_object(L, 1, DKL_EXPR, "an expression"); /* raises */
    return found;
}

static int expr_tostring(lua_State *L)
{
    luaL_checkudata(L, 1, DKL_EXPR);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

static int expr_close(lua_State *L)
{
    expression *closed = luaL_checkudata(L, 1, DKL_EXPR);

    closed->is_closed = true;
    return 0;
}

static int expr_newindex(lua_State *L)
{
    check_expr(L);
    return dkl_fail(L, "an expression never changes: its methods give another");
}

/* __index; upvalues: the methods, dk.fn */
static int expr_index(lua_State *L)
{
    const char *name;

    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    check_expr(L);
    name = dkl_check_text(L, 2, "an expression's method");
    if (dkl_find_function(L, lua_upvalueindex(2), name))
        return 1;
    return dkl_fail_function(L, lua_upvalueindex(1), "an expression", "method", name);
}

/* Primitives. ------------------------------------------------------------------------------------------------------ */

/* core.condition(value, what) -> its text; raises where it is no expression. The text is parsed on its own, so that
 * it can be put between parentheses without meaning something else. */
static int core_condition(lua_State *L)
{
    const char *text = dkl_check_expr(L, 1, luaL_checkstring(L, 2));

    dkl_push_condition(L, text, lua_tostring(L, 2));
    lua_pushstring(L, text);
    return 1;
}

/* core.entry(value, what) -> the text of an item of a list of expressions, which may have a name; raises where it is
 * none */
static int core_entry(lua_State *L)
{
    lua_pushstring(L, dkl_check_expr(L, 1, luaL_checkstring(L, 2)));
    return 1;
}

/* core.name(value) -> the name that a string, a column or an expression says; nil where it is none of these */
static int core_name(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING)
        lua_pushvalue(L, 1);
    else if (!dkl_push_name_text(L, 1))
        lua_pushnil(L);
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

static const luaL_Reg meta[] = {
    { "__tostring", expr_tostring }, { "__newindex", expr_newindex }, { "__close", expr_close }, { NULL, NULL }
};

static const luaL_Reg functions[] = {
    { "expr", new_expr }, { "col", new_col }, { "param", new_param }, { NULL, NULL }
};

static const luaL_Reg primitives[] = { { "condition", core_condition }, { "entry", core_entry },
                                       { "name", core_name },           { "literal", core_literal },
                                       { "quoted", core_quoted },       { NULL, NULL } };

void dkl_open_expr(lua_State *L)
{
    dkl_class(L, DKL_EXPR, meta);
    luaL_getmetatable(L, DKL_EXPR);
    dkl_add_operators(L);
    lua_newtable(L);
    dkl_add_builders(L);
    dkl_push_functions(L);
    lua_pushcclosure(L, expr_index, 2);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_pushvalue(L, 1);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
    dkl_push_functions(L);
    lua_setfield(L, 1, "fn");
    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
