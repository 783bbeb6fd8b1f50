/* lua_names.c - lists, and names that stand in them or alone.
 *
 * A name is a string, or what stands for one: a column, an expression. Names are borrowed from the values that a script gave.
 */
#include <assert.h>
#include <string.h>

#include "lua_expr.h"
#include "lua_options.h"

/* Raises where the first hole of a list is. */
static void fail_hole(lua_State *L, int index, const char *what)
{
    lua_Integer i = 1;

    while (lua_rawgeti(L, index, i) != LUA_TNIL) {
        lua_pop(L, 1);
        i++;
    }
    dkl_fail(L, "%s: item %I of the list is nil, which ends a list (dk.null stands for \"not known\")", what,
             (LUAI_UACINT)i);
}

size_t dkl_check_list(lua_State *L, int index, const char *what, bool may_state_n)
{
    size_t n, n_items = 0;
    bool states_n = false;

    index = lua_absindex(L, index);
    luaL_checktype(L, index, LUA_TTABLE);
    n = lua_rawlen(L, index);
    if (may_state_n) {
        lua_pushliteral(L, "n"); /* as table.pack leaves it */
        states_n = lua_rawget(L, index) == LUA_TNUMBER && lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 0;
        if (states_n)
            n = (size_t)lua_tointeger(L, -1);
        lua_pop(L, 1);
    }
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1) {
            n_items += (size_t)lua_tointeger(L, -2) <= n;
            if ((size_t)lua_tointeger(L, -2) > n && !states_n)
                fail_hole(L, index, what);
        } else if (!states_n || lua_type(L, -2) != LUA_TSTRING || strcmp(lua_tostring(L, -2), "n") != 0) {
            dkl_fail(L, "%s: a plain list is wanted; it has the key %s", what, dkl_push_given(L, -2));
        }
    }
    if (n_items < n && !states_n)
        fail_hole(L, index, what);
    return n;
}

size_t dkl_length(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    if (lua_isnoneornil(L, index))
        return 0;
    luaL_checktype(L, index, LUA_TTABLE);
    return lua_rawlen(L, index);
}

/* A name that is a string, and nothing is wrong with it; else NULL. */
static const char *plain_name(lua_State *L, int index)
{
    size_t size;
    const char *name = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &size) : NULL;

    return name && strlen(name) == size ? name : NULL;
}

/* A name: a string, or what stands for one (a column, an expression), which keeps its text. */
static const char *check_name(lua_State *L, int index, const char *what)
{
    const char *name = plain_name(L, index);

    if (name)
        return name;
    if (lua_type(L, index) == LUA_TSTRING)
        return dkl_check_text(L, index, what);
    if (!dkl_push_name_text(L, index))
        return NULL;
    name = lua_tostring(L, -1);
    lua_pop(L, 1);
    return name;
}

const char *dkl_check_name(lua_State *L, int index, const char *what)
{
    const char *name = check_name(L, index, what);

    return name ? name : dkl_check_text(L, index, what);
}

const char *dkl_option_name(lua_State *L, int index, const char *what, const char *key)
{
    bool is_object = dkl_option(L, index, key) && lua_type(L, -1) == LUA_TUSERDATA;
    const char *name = is_object ? check_name(L, -1, key) : NULL;

    lua_pop(L, 1); /* the table of options keeps it */
    return name ? name : dkl_option_text(L, index, what, key);
}

/* Of a list of names: how many they are. */
static size_t check_name_list(lua_State *L, int index, const char *what)
{
    if (!lua_istable(L, index))
        dkl_fail(L, "%s: a list of strings is wanted, not %s", what, dkl_push_kind(L, index));
    return dkl_check_list(L, index, what, false);
}

static void fill_names(lua_State *L, int index, const char *what, dkl_names *names)
{
    for (size_t i = 0; i < names->n; i++) {
        lua_rawgeti(L, index, (lua_Integer)i + 1);
        names->items[i] = check_name(L, -1, what); /* the list keeps it */
        if (names->items[i] == NULL)
            dkl_fail(L, "%s: item %d of the list must be a string, not %s", what, (int)i + 1, dkl_push_kind(L, -1));
        lua_pop(L, 1);
    }
}

dkl_names dkl_check_names(lua_State *L, int index, const char *what)
{
    dkl_names names = { NULL, 0 };
    const char *name;

    index = lua_absindex(L, index);
    if (lua_isnoneornil(L, index)) {
        lua_pushnil(L);
        return names;
    }
    name = check_name(L, index, what);
    if (name) {
        names.items = dkl_array(L, 1, sizeof *names.items);
        names.items[0] = name;
        names.n = 1;
        return names;
    }
    names.n = check_name_list(L, index, what);
    names.items = dkl_array(L, names.n, sizeof *names.items);
    fill_names(L, index, what, &names);
    return names;
}

/* A few strings in a list with which nothing is wrong: told from the rest without what messages would say of it. */
static bool is_plain_list(lua_State *L, int index, dkl_few *few, size_t *n)
{
    size_t n_found = 0, n_items = lua_rawlen(L, index);

    *n = n_items;
    if (n_items > DKL_FEW)
        return false;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        lua_Integer i = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
        const char *name = plain_name(L, -1); /* the list keeps it */

        if (i < 1 || i > (lua_Integer)n_items || name == NULL) {
            lua_pop(L, 2);
            return false;
        }
        few->items[i - 1] = name;
        n_found++;
    }
    return n_found == n_items;
}

dkl_names dkl_few_names(lua_State *L, int index, const char *what, dkl_few *few)
{
    dkl_names names = { few->items, 1 };

    few->items[0] = plain_name(L, index); /* the usual */
    if (few->items[0]) {
        lua_pushnil(L);
        return names;
    }
    index = lua_absindex(L, index);
    if (lua_istable(L, index) && is_plain_list(L, index, few, &names.n)) {
        lua_pushnil(L);
        return names;
    }
    if (lua_isnoneornil(L, index)) {
        lua_pushnil(L);
        return (dkl_names){ NULL, 0 };
    }
    few->items[0] = check_name(L, index, what);
    names.n = 1;
    if (few->items[0]) {
        lua_pushnil(L);
        return names;
    }
    names.n = check_name_list(L, index, what);
    if (names.n > DKL_FEW)
        names.items = dkl_array(L, names.n, sizeof *names.items);
    else
        lua_pushnil(L);
    fill_names(L, index, what, &names);
    return names;
}

void dkl_check_values(lua_State *L, int index, const char *what)
{
    index = lua_absindex(L, index);
    if (dkl_kind(L, index))
        dkl_fail(L, "%s: a list of strings is wanted, not %s", what, dkl_push_kind(L, index));
    for (lua_Integer i = 1; lua_istable(L, index) && lua_rawgeti(L, index, i) != LUA_TNIL; i++) {
        if (lua_type(L, -1) != LUA_TSTRING && dkl_kind(L, -1))
            dkl_fail(L, "%s: item %d of the list must be a string, not %s", what, (int)i, dkl_push_kind(L, -1));
        lua_pop(L, 1);
    }
    if (lua_istable(L, index))
        lua_pop(L, 1);
}

/* "what: key", for messages. */
typedef struct place {
    char text[128];
} place;

static place place_of(const char *what, const char *key)
{
    size_t what_size = strlen(what), key_size = strlen(key);
    place p;

    assert(what_size + key_size + 3 <= sizeof p.text);
    memcpy(p.text, what, what_size);
    memcpy(p.text + what_size, ": ", 2);
    memcpy(p.text + what_size + 2, key, key_size + 1);
    return p;
}

dkl_names dkl_option_names(lua_State *L, int index, const char *what, const char *key)
{
    const place where = place_of(what, key);
    dkl_names names;

    dkl_option(L, index, key);
    names = dkl_check_names(L, -1, where.text);
    lua_replace(L, -2); /* the anchor; the option's table is kept by the table of options */
    return names;
}

dkl_names dkl_check_arguments(lua_State *L, int first, const char *what, const char **alone)
{
    dkl_names names;
    int top = lua_gettop(L);

    if (top <= first) {
        *alone = top == first ? check_name(L, first, what) : NULL;
        return *alone ? (dkl_names){ alone, 1 } : dkl_check_names(L, first, what);
    }
    names.n = (size_t)(top - first + 1);
    names.items = dkl_array(L, names.n, sizeof *names.items);
    for (int i = first; i <= top; i++) {
        names.items[i - first] = check_name(L, i, what);
        if (names.items[i - first] == NULL)
            dkl_fail(L, "%s: argument %d must be a string, not %s", what, i - first + 1, dkl_push_kind(L, i));
    }
    return names;
}

dkl_names dkl_read_names(lua_State *L, dkl_options *o, int i, dkl_few *few)
{
    dkl_names names = { few->items, 0 };
    dkl_given *value = &o->values[i];

    if (value->type == LUA_TTABLE && is_plain_list(L, value->at, few, &names.n)) {
        value->names = few->items;
        value->size = names.n;
        return names;
    }
    return dkl_few_names(L, value->at, place_of(o->what, o->names[i]).text, few);
}
