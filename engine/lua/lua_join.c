/* lua_join.c - two tables by key. */
#include "lua_options.h"
#include "lua_table.h"

typedef struct keys {
    dkl_names mine;
    dkl_names theirs;
} keys;

/* "key", { "a", "b" }, or { mine = ..., theirs = ... } at index. Pushes two anchors. */
static keys check_keys(lua_State *L, int index, const char *what)
{
    static const char *const sides[] = { "mine", "theirs", NULL };
    keys k;
    bool named = false;

    if (lua_istable(L, index)) {
        named = dkl_option(L, index, "mine");
        named = dkl_option(L, index, "theirs") || named;
        lua_pop(L, 2);
    }
    if (named) {
        dkl_check_options(L, index, what, sides);
        k.mine = dkl_option_names(L, index, what, "mine");
        k.theirs = dkl_option_names(L, index, what, "theirs");
    } else {
        k.mine = dkl_check_names(L, index, what);
        k.theirs = k.mine;
        lua_pushnil(L);
    }
    if (k.mine.n == 0 || k.theirs.n == 0)
        dkl_fail(L, "%s wants a key: \"name\", { \"a\", \"b\" }, or { mine = \"name\", theirs = \"other\" }", what);
    if (k.mine.n != k.theirs.n)
        dkl_fail(L, "%s: mine names %d columns and theirs %d", what, (int)k.mine.n, (int)k.theirs.n);
    return k;
}

/* t:join(other, key [, { kind = "left" }]) */
static int table_join(lua_State *L)
{
    static const char *const options[] = { "kind", NULL };
    static const char *const kinds[] = { "left", "inner", NULL };
    const dk_table *left = dkl_check_table(L, 1);
    const dk_table *right = dkl_check_table(L, 2);
    dk_error err = DK_ERROR_INIT;
    keys k;
    const dk_table **out;
    int kind;

    lua_settop(L, 4); /* the anchors come above the arguments */
    k = check_keys(L, 3, "join");
    dkl_check_options(L, 4, "join", options);
    kind = dkl_option_choice(L, 4, "join", "kind", kinds, 0);
    out = dkl_new_table(L);
    DKL_TRY(dk_table_join(left, right, k.mine.items, k.theirs.items, k.mine.n,
                          kind == 0 ? DK_JOIN_LEFT : DK_JOIN_INNER, out, &err));
    return 1;
}

/* t:link(other, key, { as = "in_other" [, columns = { ... }] }) */
static int table_link(lua_State *L)
{
    static const char *const options[] = { "as", "columns", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    const dk_table *other = dkl_check_table(L, 2);
    dk_error err = DK_ERROR_INIT;
    keys k;
    dkl_names columns;
    const char *as;
    const dk_table **out;

    lua_settop(L, 4);
    k = check_keys(L, 3, "link");
    dkl_check_options(L, 4, "link", options);
    as = dkl_option_text(L, 4, "link", "as");
    if (as == NULL)
        return dkl_fail(L, "link wants a name for the mark: { as = \"in_other\" }");
    columns = dkl_option_names(L, 4, "link", "columns");
    out = dkl_new_table(L);
    DKL_TRY(dk_table_link(table, other, k.mine.items, k.theirs.items, k.mine.n, as, columns.items, columns.n, out,
                          &err));
    return 1;
}

const luaL_Reg dkl_join_methods[] = { { "join", table_join }, { "link", table_link }, { NULL, NULL } };
