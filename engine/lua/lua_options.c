/* lua_options.c - option tables. */
#include "lua_options.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/types.h"
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
        if (strcmp(names[i], wanted) == 0) /* which is all that a C string has of it */
            return dkl_fail(L, "%s has no %s '%s' with a zero byte in its name", what, kind, wanted);
    for (size_t i = 0; names[i]; i++)
        dki_nearest_try(&nearest, names[i], strlen(names[i]));
    if (nearest.best)
        return dkl_fail(L, "%s has no %s '%s' (did you mean '%s'?)", what, kind, wanted, nearest.best);
    if (names[0] == NULL)
        return dkl_fail(L, "%s has no %s '%s', and none at all", what, kind, wanted);
    push_list(L, names, " and ");
    return dkl_fail(L, "%s has no %s '%s' (there are: %s)", what, kind, wanted, lua_tostring(L, -1));
}

/* The place of a key of that size, which may have zero bytes, among the names, or that of the NULL behind them. Mostly the first byte
 * tells. */
static int place_among(const char *const *names, const char *key, size_t size)
{
    int place = 0;

    while (names[place] &&
           (*names[place] != *key || strcmp(names[place], key) != 0 || strlen(names[place]) != size))
        place++;
    return place;
}

/* Whether the string there is one of the names. */
static bool is_among(lua_State *L, int index, const char *const *names)
{
    size_t size;
    const char *key = lua_tolstring(L, index, &size);

    return names[place_among(names, key, size)] != NULL;
}

const char *dkl_find_unknown(lua_State *L, int index, const char *const *names)
{
    const char *unknown = NULL;

    index = lua_absindex(L, index);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING && !is_among(L, -2, names) &&
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
        is_known = is_known && is_among(L, -2, names);
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
    int place = place_among(names, text, strlen(text));

    if (names[place])
        return place;
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

/* Options that are spread on the stack. --------------------------------------------------------------------------- */

/* The string at index, where no byte of it is zero; else NULL. */
static const char *find_plain(lua_State *L, int index, size_t *size)
{
    const char *text = lua_tolstring(L, index, size);

    return strlen(text) == *size ? text : NULL;
}

void dkl_spread(lua_State *L, int index, const char *what, const char *const *names, dkl_options *o)
{
    int type = lua_type(L, index), at;
    bool is_known = true;

    o->what = what;
    o->names = names;
    o->index = index;
    o->are_texts = false;
    o->given = 0;
    if (type <= LUA_TNIL)
        return;
    if (type != LUA_TTABLE)
        dkl_check_keys(L, index, what, "option", names); /* raises */
    luaL_checkstack(L, 2 * DKL_MOST_OPTIONS + LUA_MINSTACK, "too many values");
    at = lua_gettop(L) + 2;
    for (lua_pushnil(L); lua_next(L, index);) { /* (key value) ... key value */
        size_t size = 0;
        const char *key = lua_type(L, at - 1) == LUA_TSTRING ? lua_tolstring(L, at - 1, &size) : "";
        int i = place_among(names, key, size);

        if (names[i]) {
            dkl_given *value = &o->values[i];

            assert(i < DKL_MOST_OPTIONS);
            value->type = lua_type(L, at);
            value->at = at;
            value->text = value->type == LUA_TSTRING ? find_plain(L, at, &value->size) : NULL;
            value->names = NULL;
            value->is_integer = value->type == LUA_TNUMBER && lua_isinteger(L, at);
            if (value->is_integer)
                value->integer = lua_tointeger(L, at);
            o->given |= UINT32_C(1) << i;
            lua_pushvalue(L, at - 1); /* both stay */
            at += 2;
        } else {
            is_known = false;
            lua_pop(L, 1);
        }
    }
    if (!is_known)
        dkl_check_keys(L, index, what, "option", names); /* says which */
}

void dkl_list_texts(dkl_options *o, int index, const char *const *names, const char *const *texts, size_t n)
{
    o->names = names;
    o->index = index;
    o->are_texts = true;
    o->given = 0;
    for (size_t i = 0; n <= DKL_MOST_OPTIONS && i < n; i++) {
        o->values[i].text = texts[i];
        o->values[i].size = strlen(texts[i]);
        o->given |= UINT32_C(1) << i;
    }
}

const char *dkl_read_text(lua_State *L, const dkl_options *o, int i)
{
    return text_of(L, o->values[i].at, o->what, o->names[i]);
}

bool dkl_read_boolean(lua_State *L, const dkl_options *o, int i)
{
    return boolean_of(L, o->values[i].at, o->what, o->names[i]);
}

lua_Integer dkl_read_integer(lua_State *L, const dkl_options *o, int i, lua_Integer least)
{
    return integer_of(L, o->values[i].at, o->what, o->names[i], least);
}

int dkl_read_choice(lua_State *L, const dkl_options *o, int i, const char *const *names)
{
    return choice_of(L, dkl_given_text(L, o, i), o->what, o->names[i], names);
}
