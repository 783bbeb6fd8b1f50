/* lua_fn.c - dk.fn: the functions of the language, for the builder.
 *
 * dk.fn.bin(t.leeftijd, 18, 27) is `bin(leeftijd, 18, 27)`, and t.leeftijd:bin(18, 27) too, but for what a column
 * computes at once. Aggregates are among them, and what the script defined: dk.fn.count():where(t.in_sonar). What calls one is made
 * when it is first asked for.
 */
#include <string.h>

#include "base/text.h"
#include "expr/aggregate_list.h"
#include "expr/bound.h"
#include "expr/defined.h"
#include "expr/elsewhere.h"
#include "expr/window_list.h"
#include "library.h"
#include "lua_expr.h"
#include "lua_options.h"

static const char functions_key;

/* Names that look at groups or at other rows: their first argument is a column or measure, never a text. */
static const char *const others[] = {
#define NAME(name, least, most) #name,
    DKI_AGGREGATE_LIST(NAME) DKI_WINDOW_LIST(NAME)
#undef NAME
        "all",
    "attached"
};
#define N_OTHERS (sizeof others / sizeof *others)

static const char *find_other(const char *name)
{
    for (size_t i = 0; i < N_OTHERS; i++)
        if (strcmp(others[i], name) == 0)
            return others[i];
    return NULL;
}

/* Upvalues: the function's name, and whether its first argument is no text and the parser counts them */
static int call(lua_State *L)
{
    const char *name = lua_tostring(L, lua_upvalueindex(1));
    bool is_other = lua_toboolean(L, lua_upvalueindex(2));
    int n = lua_gettop(L);
    luaL_Buffer text;

    luaL_checkstack(L, 16, "too many values");
    if (is_other && lua_type(L, 1) == LUA_TSTRING)
        return dkl_fail(L, "%s: \"%s\" is a text here; a column is dk.col \"%s\"", name, lua_tostring(L, 1),
                        lua_tostring(L, 1));
    luaL_buffinit(L, &text);
    luaL_addstring(&text, name);
    luaL_addchar(&text, '(');
    for (int i = 1; i <= n; i++) {
        if (i > 1)
            luaL_addstring(&text, ", ");
        dkl_push_operand(L, i, name, DKL_OR, DKL_TAKES_NULL);
        luaL_addvalue(&text);
    }
    luaL_addchar(&text, ')');
    luaL_pushresult(&text);
    if (is_other)
        dkl_check_syntax(L);
    dkl_new_expr(L, DKL_PRIMARY);
    return 1;
}

bool dkl_find_function(lua_State *L, int functions, const char *name)
{
    bool is_other;

    lua_pushstring(L, name);
    if (lua_rawget(L, functions) != LUA_TNIL)
        return true;
    lua_pop(L, 1);
    is_other = find_other(name) || dki_defined_find(dkl_check_context(L), name);
    if (!is_other && dki_function_find(name) == NULL &&
        dki_defined_find_function(dkl_check_context(L), name) == NULL)
        return false;
    lua_pushstring(L, name);
    lua_pushvalue(L, -1);
    lua_pushboolean(L, is_other);
    lua_pushcclosure(L, call, 2);
    lua_pushvalue(L, -1); /* name function function */
    lua_insert(L, -3);
    lua_rawset(L, functions);
    return true;
}

int dkl_fail_function(lua_State *L, int index, const char *what, const char *kind, const char *name)
{
    const char **keys;
    const dki_function *function;
    dki_nearest nearest;
    size_t n;

    if (dki_elsewhere_hint(name))
        return dkl_fail(L, "%s has no %s '%s' (%s)", what, kind, name, dki_elsewhere_hint(name));
    dki_nearest_init(&nearest, name, strlen(name));
    keys = dkl_sorted_keys(L, index, &n);
    for (size_t i = 0; i < n; i++)
        dki_nearest_try(&nearest, keys[i], strlen(keys[i]));
    for (size_t i = 0; i < N_OTHERS; i++)
        dki_nearest_try(&nearest, others[i], strlen(others[i]));
    for (size_t i = 0; (function = dki_function_get(i)) != NULL; i++)
        dki_nearest_try(&nearest, function->name, strlen(function->name));
    dki_defined_try(dkl_check_context(L), &nearest);
    if (nearest.best)
        return dkl_fail(L, "%s has no %s '%s' (did you mean '%s'?)", what, kind, name, nearest.best);
    return dkl_fail(L, "%s has no %s '%s' (docs/builder.md tells what there is, docs/expressions.md the functions)",
                    what, kind, name);
}

/* dk.fn's __index */
static int fn_index(lua_State *L)
{
    const char *name;

    luaL_checktype(L, 1, LUA_TTABLE);
    name = dkl_check_text(L, 2, "the name of a function");
    if (dkl_find_function(L, 1, name))
        return 1;
    return dkl_fail_function(L, 1, "dk.fn", "function", name);
}

static int fn_newindex(lua_State *L)
{
    return dkl_fail(
        L, "dk.fn has the functions of the language; one of your own is made by dk.define, or dk.aggregate");
}

void dkl_push_functions(lua_State *L)
{
    static const luaL_Reg meta[] = { { "__index", fn_index }, { "__newindex", fn_newindex }, { NULL, NULL } };

    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &functions_key) != LUA_TNIL)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    luaL_newlib(L, meta);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &functions_key);
}
