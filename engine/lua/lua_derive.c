/* lua_derive.c - t:derive: columns made of expressions, in their order, each with how it is shown and what it is. */
#include <string.h>

#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

/* An item of the list: "name = expression", or { "name = expression", format =, label =, doc = }. */
typedef struct entry {
    const char *text, *format, *label, *doc;
} entry;

/* Reads the item on top of the stack, which the list keeps. */
static entry read_entry(lua_State *L)
{
    static const char wanted[] = "derive wants 'name = expression'";
    static const char *const options[] = { "format", "label", "doc", NULL };
    int item = lua_gettop(L);
    const char *unknown;
    entry e = { NULL, NULL, NULL, NULL };

    if (!lua_istable(L, item)) {
        e.text = dkl_check_expr(L, item, wanted);
        return e;
    }
    for (lua_pushnil(L); lua_next(L, item); lua_pop(L, 1))
        if (lua_type(L, -2) != LUA_TSTRING && !(lua_isinteger(L, -2) && lua_tointeger(L, -2) == 1))
            dkl_fail(L,
                     "derive: an item is \"name = expression\" or { \"name = expression\", format = \"0.0 %%\" }");
    lua_rawgeti(L, item, 1);
    e.text = dkl_check_expr(L, -1, wanted);
    unknown = dkl_find_unknown(L, item, options);
    if (unknown)
        dkl_fail_unknown(L, "an entry of derive", "option", unknown, strlen(unknown), options);
    e.format = dkl_option_text(L, item, "derive", "format");
    e.label = dkl_option_text(L, item, "derive", "label");
    e.doc = dkl_option_text(L, item, "derive", "doc");
    lua_settop(L, item);
    return e;
}

/* Gives the derived columns their formats and labels, and the table the docs as notes. */
static int style(lua_State *L, const dk_table *table, const dk_expr *const *exprs, const entry *entries, size_t n,
                 const dk_table **out)
{
    dk_field *fields = dkl_array(L, n, sizeof *fields);
    size_t n_fields = 0;

    for (size_t i = 0; i < n; i++) {
        size_t k = 0;

        if (!entries[i].format && !entries[i].label)
            continue;
        while (k < n_fields && strcmp(fields[k].name, dk_expr_name(exprs[i])) != 0)
            k++;
        fields[k] = *dk_table_field(table, dk_table_find(table, dk_expr_name(exprs[i])));
        n_fields += k == n_fields;
        if (entries[i].format)
            dkl_check_pattern(L, &fields[k], entries[i].format);
        fields[k].format = entries[i].format;
        fields[k].label = entries[i].label;
    }
    dkl_restyle(L, table, fields, n_fields, out);
    for (size_t i = 0; i < n; i++)
        if (entries[i].doc) {
            lua_pushfstring(L, "%s: %s", dk_expr_name(exprs[i]), entries[i].doc);
            dkl_add_note(L, out, lua_tostring(L, -1));
            lua_pop(L, 1);
        }
    return 0;
}

/* Whether the table at index 2 is one item and no list: { "x = a / b", format = "0.0" }. */
static bool is_entry(lua_State *L)
{
    bool is_styled = dkl_option(L, 2, "format");

    is_styled = dkl_option(L, 2, "label") || is_styled;
    is_styled = dkl_option(L, 2, "doc") || is_styled;
    lua_pop(L, 3);
    return is_styled && lua_rawlen(L, 2) == 1;
}

/* Pushes the list that was given, or one of the item that stands alone. */
static void push_list(lua_State *L)
{
    bool is_list = lua_istable(L, 2) && !is_entry(L);

    if (!is_list)
        lua_createtable(L, 1, 0);
    lua_pushvalue(L, 2);
    if (!is_list)
        lua_rawseti(L, -2, 1);
}

/* { name = "expression" } has no order. */
static void check_no_names(lua_State *L, int list)
{
    bool has_names = false;
    size_t n;

    for (lua_pushnil(L); lua_next(L, list); lua_pop(L, 1))
        has_names = has_names || lua_type(L, -2) == LUA_TSTRING;
    if (has_names)
        dkl_fail(L, "derive: write \"%s = ...\" as a string, so that columns are made in a fixed order",
                 dkl_sorted_keys(L, list, &n)[0]);
}

/* t:derive { "name = expression", { "name = expression", format =, label =, doc = }, ... } [, params] */
static int table_derive(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    dk_params params;
    const dk_expr **exprs;
    entry *entries;
    size_t n, n_styled = 0;
    void **plain;
    const dk_table **out;
    int list, made;

    dkl_no_error(&err);
    if (!lua_istable(L, 2))
        dkl_check_expr(L, 2, "derive wants 'name = expression'");
    dkl_pad_arguments(L, 3);
    push_list(L);
    list = lua_gettop(L);
    check_no_names(L, list);
    n = dkl_check_list(L, list, "derive", false);
    if (n == 0)
        return dkl_fail(L, "derive wants 'name = expression'; got an empty list (was a variable nil?)");
    dkl_check_params(L, 3, &params);
    out = dkl_new_table(L);
    made = lua_gettop(L); /* below everything that is held */
    exprs = dkl_array(L, n, sizeof(const dk_expr *));
    entries = dkl_array(L, n, sizeof *entries);
    luaL_checkstack(L, (int)(n > 100000 ? 100000 : n) * 2 + 20, "too many columns to derive");
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, list, (lua_Integer)i + 1);
        entries[i] = read_entry(L);
        n_styled += entries[i].format || entries[i].label || entries[i].doc;
        exprs[i] = dkl_push_parsed(L, entries[i].text);
        if (dk_expr_name(exprs[i]) == NULL)
            return dkl_fail(L, "derive: '%s' has no name: write \"name = %s\"", entries[i].text, entries[i].text);
    }
    dkl_check_used(L, &params, exprs, n, NULL, 0);
    if (n_styled == 0) {
        DKL_TRY(dk_table_derive(table, exprs, n, &params, out, &err));
    } else {
        plain = dkl_slot(L, dkl_release_table);
        DKL_TRY(dk_table_derive(table, exprs, n, &params, (const dk_table **)plain, &err));
        style(L, *plain, exprs, entries, n, out);
    }
    lua_pushvalue(L, made);
    return 1;
}

const luaL_Reg dkl_derive_methods[] = { { "derive", table_derive }, { NULL, NULL } };
