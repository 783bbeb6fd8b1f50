/* lua_options.c - option tables and lists. */
#include "lua_options.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/types.h"
#include "lua_expr.h"
#include "lua_scalar.h"

static void push_list(lua_State *L, const char *const *names, const char *last)
{
    luaL_Buffer text;

    luaL_buffinit(L, &text);
    for (size_t i = 0; names[i]; i++) {
        if (i > 0)
            luaL_addstring(&text, names[i + 1] ? ", " : last);
        luaL_addstring(&text, names[i]);
    }
    luaL_pushresult(&text);
}

int dkl_fail_unknown(lua_State *L, const char *what, const char *kind, const char *wanted, size_t size,
                     const char *const *names)
{
    dki_nearest nearest;

    dki_nearest_init(&nearest, wanted, size);
    for (size_t i = 0; names[i]; i++)
        dki_nearest_try(&nearest, names[i], strlen(names[i]));
    if (nearest.best)
        return dkl_fail(L, "%s has no %s '%s' (did you mean '%s'?)", what, kind, wanted, nearest.best);
    if (names[0] == NULL)
        return dkl_fail(L, "%s has no %s '%s', and none at all", what, kind, wanted);
    push_list(L, names, " and ");
    return dkl_fail(L, "%s has no %s '%s' (there are: %s)", what, kind, wanted, lua_tostring(L, -1));
}

static bool is_among(const char *const *names, const char *key)
{
    while (*names && (**names != *key || strcmp(*names, key) != 0))
        names++;
    return *names != NULL;
}

const char *dkl_find_unknown(lua_State *L, int index, const char *const *names)
{
    const char *unknown = NULL;

    index = lua_absindex(L, index);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING && !is_among(names, lua_tostring(L, -2)) &&
            (unknown == NULL || strcmp(lua_tostring(L, -2), unknown) < 0))
            unknown = lua_tostring(L, -2); /* the table keeps it */
    return unknown;
}

void dkl_check_keys(lua_State *L, int index, const char *what, const char *kind, const char *const *names)
{
    const char *unknown;
    bool is_known = true;

    index = lua_absindex(L, index);
    if (lua_isnoneornil(L, index))
        return;
    if (!lua_istable(L, index)) {
        dkl_fail(L, "%s: %ss are a table, not %s", what, kind, dkl_push_kind(L, index));
        return;
    }
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) {
            dkl_fail(L, "%s: %ss have names, not %s as a key", what, kind, dkl_push_given(L, -2));
            return;
        }
        is_known = is_known && is_among(names, lua_tostring(L, -2));
    }
    unknown = is_known ? NULL : dkl_find_unknown(L, index, names);
    if (unknown)
        dkl_fail_unknown(L, what, kind, unknown, strlen(unknown), names);
}

void dkl_check_options(lua_State *L, int index, const char *what, const char *const *names)
{
    dkl_check_keys(L, index, what, "option", names);
}

void dkl_check_changes(lua_State *L, int index, const char *what)
{
    index = lua_absindex(L, index);
    lua_pushnil(L);
    if (lua_next(L, index) == 0)
        dkl_fail(L, "%s changes nothing: the table is empty (was a variable nil?)", what);
    lua_pop(L, 2);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **dkl_sorted_keys(lua_State *L, int index, size_t *n)
{
    const char **keys;
    size_t n_keys = 0, i = 0;

    index = lua_absindex(L, index);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        n_keys += lua_type(L, -2) == LUA_TSTRING;
    keys = dkl_array(L, n_keys + 1, sizeof *keys);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING && i < n_keys)
            keys[i++] = lua_tostring(L, -2);
    if (i > 1)
        qsort(keys, i, sizeof *keys, compare_names);
    *n = i;
    return keys;
}

bool dkl_option(lua_State *L, int index, const char *key)
{
    index = lua_absindex(L, index);
    luaL_checkstack(L, 4, "too many values");
    if (!lua_istable(L, index)) {
        lua_pushnil(L);
        return false;
    }
    lua_pushstring(L, key);
    return lua_rawget(L, index) != LUA_TNIL;
}

static void fail_option(lua_State *L, int index, const char *what, const char *key, const char *wanted)
{
    if (lua_type(L, index) == LUA_TSTRING)
        dkl_fail(L, "%s: %s must be %s, not the string '%s'", what, key, wanted, lua_tostring(L, index));
    else if (lua_type(L, index) == LUA_TNUMBER)
        dkl_fail(L, "%s: %s must be %s, not %s", what, key, wanted, dkl_push_given(L, index));
    else
        dkl_fail(L, "%s: %s must be %s, not %s", what, key, wanted, dkl_push_kind(L, index));
}

/* The string at index, or the text of a date, a timestamp, a period or a level, which stands for one; else NULL. */
static const char *find_text(lua_State *L, int index, size_t *size)
{
    const dkl_scalar *scalar;

    if (lua_type(L, index) == LUA_TSTRING)
        return lua_tolstring(L, index, size);
    scalar = dkl_test_scalar(L, index);
    if (scalar && (dki_type_is_calendar(scalar->type) || scalar->type == DK_CATEGORY))
        return dkl_scalar_text(L, index, size);
    return NULL;
}

const char *dkl_check_text(lua_State *L, int index, const char *what)
{
    size_t size;
    const char *text = find_text(L, index, &size);

    if (text == NULL) {
        dkl_fail(L, "%s must be a string, not %s", what, dkl_push_kind(L, index));
        return NULL;
    }
    if (strlen(text) != size)
        dkl_fail(L, "%s: byte %d of the string is zero, which none may be", what, (int)strlen(text) + 1);
    return text;
}

/* Of an option at index, which is not nil. */

static const char *text_of(lua_State *L, int index, const char *what, const char *key)
{
    size_t size;
    const char *text = find_text(L, index, &size);

    if (text == NULL)
        fail_option(L, index, what, key, "a string");
    else if (strlen(text) != size)
        dkl_fail(L, "%s: byte %d of %s is zero, which none may be", what, (int)strlen(text) + 1, key);
    return text;
}

static bool boolean_of(lua_State *L, int index, const char *what, const char *key)
{
    if (!lua_isboolean(L, index))
        fail_option(L, index, what, key, "true or false");
    return lua_toboolean(L, index);
}

static lua_Integer integer_of(lua_State *L, int index, const char *what, const char *key, lua_Integer least)
{
    int exact;
    lua_Integer number = lua_tointegerx(L, index, &exact);

    if (lua_type(L, index) != LUA_TNUMBER || !exact || number < least)
        fail_option(L, index, what, key, least > 0 ? "a whole number from 1" : "a whole number from 0");
    return number;
}

static int choice_of(lua_State *L, const char *text, const char *what, const char *key, const char *const *names)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    push_list(L, names, " or ");
    return dkl_fail(L, "%s: %s is '%s', and can be %s", what, key, text, lua_tostring(L, -1));
}

const char *dkl_option_text(lua_State *L, int index, const char *what, const char *key)
{
    const char *text = dkl_option(L, index, key) ? text_of(L, -1, what, key) : NULL;

    lua_pop(L, 1);
    return text;
}

bool dkl_option_boolean(lua_State *L, int index, const char *what, const char *key, bool otherwise)
{
    if (dkl_option(L, index, key))
        otherwise = boolean_of(L, -1, what, key);
    lua_pop(L, 1);
    return otherwise;
}

lua_Integer dkl_option_integer(lua_State *L, int index, const char *what, const char *key, lua_Integer least,
                               lua_Integer otherwise)
{
    if (dkl_option(L, index, key))
        otherwise = integer_of(L, -1, what, key, least);
    lua_pop(L, 1);
    return otherwise;
}

int dkl_option_choice(lua_State *L, int index, const char *what, const char *key, const char *const *names,
                      int otherwise)
{
    const char *text = dkl_option_text(L, index, what, key);

    return text ? choice_of(L, text, what, key, names) : otherwise;
}

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

/* A few strings in a list, or one alone, with which nothing is wrong: the usual, told from the rest without what messages would
 * say of it. */
static bool are_plain_names(lua_State *L, int index, dkl_few *few, size_t *n)
{
    size_t n_found = 0, n_items;

    few->items[0] = plain_name(L, index);
    *n = 1;
    if (few->items[0])
        return true;
    *n = n_items = lua_istable(L, index) ? lua_rawlen(L, index) : DKL_FEW + 1;
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
    dkl_names names = { few->items, 0 };

    if (lua_isnoneornil(L, index)) {
        lua_pushnil(L);
        return (dkl_names){ NULL, 0 };
    }
    index = lua_absindex(L, index);
    if (are_plain_names(L, index, few, &names.n)) {
        lua_pushnil(L);
        return names;
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

/* Options that are spread on the stack. --------------------------------------------------------------------------- */

dkl_options dkl_spread_options(lua_State *L, int index, const char *what, const char *const *names)
{
    dkl_options o = { what, names, lua_gettop(L) + 1, 0 };
    dkl_maker *maker;
    int n = 0;
    bool is_known = true;

    while (names[n])
        n++;
    assert(n < 32);
    luaL_checkstack(L, n + LUA_MINSTACK, "too many values");
    lua_settop(L, o.first - 1 + n);
    if (lua_isnoneornil(L, index))
        return o;
    if (!lua_istable(L, index))
        dkl_check_keys(L, index, what, "option", names); /* raises */
    for (lua_pushnil(L); lua_next(L, index);) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
        int i = 0;

        while (key && names[i] && (*names[i] != *key || strcmp(names[i], key) != 0))
            i++;
        is_known = is_known && key && names[i];
        if (is_known) {
            lua_replace(L, o.first + i);
            o.given |= UINT32_C(1) << i;
        } else {
            lua_pop(L, 1);
        }
    }
    if (!is_known)
        dkl_check_keys(L, index, what, "option", names); /* says which */
    maker = dkl_get_maker(L);
    if (maker && index <= maker->n_arguments) { /* else it is none of them, or nothing is to be made */
        maker->spread = index;
        maker->options = o;
    }
    return o;
}

bool dkl_given(const dkl_options *o, int i)
{
    return o->given >> i & 1;
}

const char *dkl_given_text(lua_State *L, const dkl_options *o, int i)
{
    return dkl_given(o, i) ? text_of(L, o->first + i, o->what, o->names[i]) : NULL;
}

bool dkl_given_boolean(lua_State *L, const dkl_options *o, int i, bool otherwise)
{
    return dkl_given(o, i) ? boolean_of(L, o->first + i, o->what, o->names[i]) : otherwise;
}

lua_Integer dkl_given_integer(lua_State *L, const dkl_options *o, int i, lua_Integer least, lua_Integer otherwise)
{
    return dkl_given(o, i) ? integer_of(L, o->first + i, o->what, o->names[i], least) : otherwise;
}

int dkl_given_choice(lua_State *L, const dkl_options *o, int i, const char *const *names, int otherwise)
{
    const char *text = dkl_given_text(L, o, i);

    return text ? choice_of(L, text, o->what, o->names[i], names) : otherwise;
}

dkl_names dkl_given_names(lua_State *L, const dkl_options *o, int i, dkl_few *few)
{
    dkl_names names = { few->items, 0 };

    if (!dkl_given(o, i)) {
        lua_pushnil(L);
        return (dkl_names){ NULL, 0 };
    }
    if (are_plain_names(L, o->first + i, few, &names.n)) {
        lua_pushnil(L);
        return names;
    }
    return dkl_few_names(L, o->first + i, place_of(o->what, o->names[i]).text, few);
}
