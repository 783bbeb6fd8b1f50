/* lua_params.c - parameters that a call gives and that nothing in it uses: as wrong as an option that is not there.
 *
 * Of a method that takes expressions and, in the same call, their parameters; and of breakdowns that are asked. A breakdown and
 * its scenarios, and breakdowns that are asked together, share what they are given, so that each of them may leave some out.
 */
#include <string.h>

#include "base/text.h"
#include "expr/node.h"
#include "lua_options.h"
#include "rows/keys.h"

/* The values of the table on top of the stack are true under the names that are used. */
static bool note_param(void *arg, const dki_node *node)
{
    lua_State *L = arg;

    if (node->kind == DKI_NODE_PARAM) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, node->text);
    }
    return node->other == NULL || dki_node_visit(node->other, note_param, arg);
}

static bool is_used(lua_State *L, const char *name)
{
    bool used = lua_getfield(L, -1, name) != LUA_TNIL;

    lua_pop(L, 1);
    return used;
}

/* Raises; what is used is on top of the stack. */
static void fail_unused(lua_State *L, const char *name)
{
    dki_nearest nearest;
    size_t n;
    const char **used = dkl_sorted_keys(L, lua_gettop(L), &n);
    luaL_Buffer list;

    dki_nearest_init(&nearest, name, strlen(name));
    for (size_t i = 0; i < n; i++)
        dki_nearest_try(&nearest, used[i], strlen(used[i]));
    if (nearest.best)
        dkl_fail(L, "no expression uses the parameter $%s (did you mean $%s?)", name, nearest.best);
    if (n == 0)
        dkl_fail(L,
                 "no expression uses the parameter $%s, or any other (a table behind expressions gives their "
                 "$names values)",
                 name);
    luaL_buffinit(L, &list);
    for (size_t i = 0; i < n; i++) {
        luaL_addstring(&list, i == 0 ? "$" : i + 1 < n ? ", $" : " and $");
        luaL_addstring(&list, used[i]);
    }
    luaL_pushresult(&list);
    dkl_fail(L, "no expression uses the parameter $%s (used: %s)", name, lua_tostring(L, -1));
}

static void fail_any_unused(lua_State *L, const dk_params *params)
{
    for (size_t i = 0; i < params->n; i++)
        if (!is_used(L, params->items[i].name))
            fail_unused(L, params->items[i].name);
}

/* The same of a text, which may be a key to sort by. */
static void note_text(lua_State *L, const char *text)
{
    size_t size = strlen(text);
    bool descending;
    dk_error err = DK_ERROR_INIT;
    void **slot;

    (void)dki_key_direction(text, &size, &descending);
    lua_pushlstring(L, text, size);
    slot = dkl_slot(L, dkl_release_expr);
    lua_pushvalue(L, -3); /* used text slot used */
    if (dk_expr_parse(dkl_check_context(L), lua_tostring(L, -3), (const dk_expr **)slot, &err) == DK_OK)
        (void)dki_node_visit(dki_expr_root(*slot), note_param, L);
    else if (err.code == DK_ERR_MEMORY ||
             err.code == DK_ERR_INTERRUPTED) /* any other: a column that is called so */
        dkl_raise(L, &err);
    lua_pop(L, 1);
    lua_closeslot(L, -1);
    lua_pop(L, 2);
}

void dkl_check_each_used(lua_State *L, const dk_params *params, const dk_expr *const *exprs, size_t n_exprs,
                         const dkl_names *texts, size_t n_texts)
{
    int top = lua_gettop(L);

    luaL_checkstack(L, LUA_MINSTACK, "too many values");
    lua_newtable(L);
    for (size_t i = 0; i < n_exprs; i++)
        (void)dki_node_visit(dki_expr_root(exprs[i]), note_param, L);
    for (size_t k = 0; k < n_texts; k++)
        for (size_t i = 0; i < texts[k].n; i++)
            note_text(L, texts[k].items[i]);
    fail_any_unused(L, params);
    lua_settop(L, top);
}

static bool note_need(void *arg, const char *name, bool is_param)
{
    lua_State *L = arg;

    if (is_param) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, name);
    }
    return true;
}

void dkl_check_each_asked(lua_State *L, const dk_params *params, const dk_breakdown *const *asked, size_t n)
{
    int top = lua_gettop(L);

    luaL_checkstack(L, LUA_MINSTACK, "too many values");
    lua_newtable(L);
    for (size_t i = 0; i < n; i++)
        dk_breakdown_needs(asked[i], note_need, L);
    fail_any_unused(L, params);
    lua_settop(L, top);
}
