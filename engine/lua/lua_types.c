/* lua_types.c - what a script says of the types of columns.
 *
 * A type is its name ("month", "quarter" or "year" of a period), "decimal(2)" with its scale, or
 * { "category", levels = ... }, or a code list; levels are a list of strings, a code list, or a column, whose levels or
 * different texts they then are. Stated levels are all that can occur, in this order. { "set", ";", members = ... } is a
 * category to who reads it, whose texts are made sets when all rows are there.
 */
#include "lua_types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/levels.h"
#include "lua_bounds.h"
#include "lua_codes.h"
#include "lua_options.h"

/* Sets or adds the text on top of the stack to the set at index `seen`; whether it is new. Pops it. */
static bool is_new(lua_State *L, int seen)
{
    bool is_seen;

    lua_pushvalue(L, -1);
    is_seen = lua_rawget(L, seen) != LUA_TNIL;
    lua_pop(L, 1);
    lua_pushboolean(L, 1);
    lua_rawset(L, seen);
    return !is_seen;
}

/* The different texts of a text column in the order of its rows. Pushes two anchors. */
static size_t texts_of_rows(lua_State *L, const dk_column *column, dk_text **out)
{
    uint64_t n_rows = dk_column_n_rows(column);
    dk_error err = DK_ERROR_INIT;
    size_t n = 0, seen;
    dk_text *texts = dkl_array(L, n_rows, sizeof *texts);

    lua_newtable(L);
    seen = (size_t)lua_gettop(L);
    for (uint64_t row = 0; row < n_rows; row++) {
        dk_value value;

        if (row % DK_BLOCK_ROWS == 0)
            dkl_poll(L);
        if (dk_column_get(column, row, &value, &err) != DK_OK)
            dkl_raise(L, &err);
        if (value.is_null)
            continue;
        lua_pushlstring(L, value.as.text.bytes, value.as.text.size);
        if (is_new(L, (int)seen))
            texts[n++] = value.as.text; /* points into the column */
    }
    *out = texts;
    return n;
}

/* A category's levels in their order, with their labels. */
static dk_status copy_levels(dk_context *context, const dk_dictionary *from, const dk_text *texts,
                             dk_dictionary **out, dk_error *err)
{
    dk_dictionary *made = NULL;
    const dk_dictionary *labelled = NULL;
    dk_status status = dk_dictionary_new(context, texts, dk_dictionary_n_levels(from), true, &made, err);

    if (status == DK_OK)
        status = dki_dictionary_adopt(made, from, &labelled, err);
    dk_dictionary_release(made);
    if (status == DK_OK)
        *out = (dk_dictionary *)(uintptr_t)labelled;
    return status;
}

const dk_dictionary *dkl_check_levels(lua_State *L, int index, const char *what, const char *column_name,
                                      uint32_t *other)
{
    dk_error err = DK_ERROR_INIT;
    const dk_column *column = dkl_test_object(L, index, DKL_COLUMN);
    const dk_dictionary *from = NULL, *codes = dkl_test_codes(L, index, other);
    dk_text *texts = NULL;
    size_t n = 0;
    void **slot;

    index = lua_absindex(L, index);
    if (codes) {
        slot = dkl_slot(L, dkl_release_dictionary);
        *slot = (void *)(uintptr_t)dk_dictionary_retain(codes);
        return codes;
    }
    if (column && dk_column_type(column) == DK_CATEGORY) {
        from = dk_column_levels(column);
        n = dk_dictionary_n_levels(from);
        texts = dkl_array(L, n, sizeof *texts);
        for (uint32_t code = 1; code <= n; code++)
            texts[dk_dictionary_rank(from, code)] = dk_dictionary_level(from, code);
    } else if (column && dk_column_type(column) == DK_TEXT) {
        n = texts_of_rows(L, column, &texts);
    } else if (lua_istable(L, index)) {
        dkl_names names;

        lua_pushfstring(L, "%s: levels of %s", what, column_name);
        dkl_check_values(L, index, lua_tostring(L, -1));
        names = dkl_check_names(L, index, lua_tostring(L, -1));
        n = names.n;
        texts = dkl_array(L, n, sizeof *texts);
        for (size_t i = 0; i < n; i++)
            texts[i] = (dk_text){ names.items[i], strlen(names.items[i]) };
    } else {
        dkl_fail(L,
                 "%s: the levels of %s are a list of strings, a code list (dk.codes), or a category or text column",
                 what, column_name);
    }
    slot = dkl_slot(L, dkl_release_dictionary);
    if ((from ? copy_levels(dkl_check_context(L), from, texts, (dk_dictionary **)slot, &err)
              : dk_dictionary_new(dkl_check_context(L), texts, n, true, (dk_dictionary **)slot, &err)) != DK_OK)
        dkl_raise(L, &err);
    return *slot;
}

static const char *const type_names[] = {
#define TYPE_NAME(code, name) name,
    DK_TYPE_LIST(TYPE_NAME)
#undef TYPE_NAME
        "month",
    "quarter", "set", "year", NULL
};

/* "decimal(2)", "interval(1)", "month" */
static void parse_type(lua_State *L, const char *text, const char *what, dk_csv_column *out)
{
    unsigned scale = 0;
    int end = 0;
    dk_frequency frequency;

    if (dk_frequency_find(text, &frequency)) {
        out->type = DK_PERIOD;
        out->has_scale = true;
        out->scale = (uint8_t)frequency;
        return;
    }
    if ((sscanf(text, "decimal(%2u)%n", &scale, &end) == 1 || sscanf(text, "interval(%2u)%n", &scale, &end) == 1) &&
        end > 0 && text[end] == '\0') {
        if (scale > DK_DECIMAL_MAX_SCALE)
            dkl_fail(L, "%s: column %s: a decimal has at most %d digits after the point, not %d", what, out->name,
                     DK_DECIMAL_MAX_SCALE, (int)scale);
        out->type = *text == 'd' ? DK_DECIMAL : DK_INTERVAL;
        out->has_scale = true;
        out->scale = (uint8_t)scale;
        return;
    }
    if (!dk_type_find(text, &out->type)) {
        lua_pushfstring(L, "%s: column %s: dekking", what, out->name);
        dkl_fail_unknown(L, lua_tostring(L, -1), "type", text, strlen(text), type_names);
    }
    if (out->type == DK_PERIOD)
        dkl_fail(L, "%s: column %s: a period is \"month\", \"quarter\" or \"year\": say which", what, out->name);
}

void dkl_check_type_members(lua_State *L, int type, const char *what, const char *name, const char *form,
                            const char *const *members)
{
    const char *unknown = dkl_find_unknown(L, type, members);

    if (unknown) {
        lua_pushfstring(L, "%s: column %s: %s", what, name, form);
        dkl_fail_unknown(L, lua_tostring(L, -1), "member", unknown, strlen(unknown), members);
    }
}

/* The type on top of the stack. May push a slot and anchors above it. */
static void check_type(lua_State *L, const char *what, dk_csv_column *out, dk_split *split)
{
    static const char *const members[] = { "levels", "markers", "rounded", NULL };
    int type = lua_gettop(L);

    if (dkl_check_set(L, type, what, out, split))
        return;
    if (lua_type(L, type) == LUA_TSTRING) {
        parse_type(L, dkl_check_text(L, type, what), what, out);
        return;
    }
    if (dkl_test_object(L, type, DKL_CODES)) {
        out->type = DK_CATEGORY;
        out->levels = dkl_check_levels(L, type, what, out->name, &out->other);
        return;
    }
    if (!lua_istable(L, type) || lua_rawlen(L, type) != 1)
        dkl_fail(L,
                 "%s: the type of %s is a string, { \"category\", levels = { ... } }, { \"set\", \";\" }, or a "
                 "code list "
                 "(dk.codes)",
                 what, out->name);
    lua_rawgeti(L, type, 1);
    parse_type(L, dkl_check_text(L, -1, what), what, out); /* the table keeps the string */
    lua_pop(L, 1);
    dkl_check_type_members(L, type, what, out->name, "a type", members);
    out->bounds = dkl_option_bounds(L, type, what);
    if (out->bounds && out->type != DK_INTERVAL)
        dkl_fail(L, "%s: column %s has markers or is rounded, so it is an interval and no %s", what, out->name,
                 dk_type_name(out->type));
    if (dkl_option(L, type, "levels")) {
        if (out->type != DK_CATEGORY)
            dkl_fail(L, "%s: column %s has levels, so it is a category and no %s", what, out->name,
                     dk_type_name(out->type));
        out->levels = dkl_check_levels(L, -1, what, out->name, &out->other);
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const dk_csv_column *)a)->name, ((const dk_csv_column *)b)->name);
}

/* Adds the names that are keys of the option to the array, of which n are there. */
static size_t add_keys(lua_State *L, int index, const char *what, const char *key, dk_csv_column *items, size_t n)
{
    int option;

    if (!dkl_option(L, index, key)) {
        lua_pop(L, 1);
        return n;
    }
    option = lua_gettop(L);
    if (!lua_istable(L, option))
        dkl_fail(L, "%s: %s are a table such as { column = ... }, not %s", what, key, dkl_push_kind(L, option));
    for (lua_pushnil(L); lua_next(L, option); lua_pop(L, 1)) {
        const char *name;
        size_t i = 0;

        if (lua_type(L, -2) != LUA_TSTRING)
            dkl_fail(L, "%s: %s are given by the column's name, not by %s", what, key, dkl_push_given(L, -2));
        name = dkl_check_text(L, -2, what);
        while (i < n && strcmp(items[i].name, name) != 0)
            i++;
        if (i == n && items)
            items[n].name = name;
        n += i == n;
    }
    lua_pop(L, 1);
    return n;
}

static size_t count_keys(lua_State *L, int index, const char *key)
{
    size_t n = 0;

    if (dkl_option(L, index, key) && lua_istable(L, -1))
        for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
            n++;
    lua_pop(L, 1);
    return n;
}

dkl_types dkl_option_types(lua_State *L, int index, const char *what)
{
    dkl_types types;
    size_t n;

    index = lua_absindex(L, index);
    n = count_keys(L, index, "types") + count_keys(L, index, "levels");
    types.items = dkl_array(L, n, sizeof *types.items);
    types.splits = dkl_array(L, n, sizeof *types.splits);
    types.n = add_keys(L, index, what, "types", types.items, 0);
    types.n = add_keys(L, index, what, "levels", types.items, types.n);
    if (types.n > 1)
        qsort(types.items, types.n, sizeof *types.items, compare_names);
    for (size_t i = 0; i < types.n; i++) {
        dk_csv_column *item = &types.items[i];
        dk_split *split = &types.splits[i];
        bool has_type = false;

        luaL_checkstack(L, 20, "too many columns");
        if (dkl_option(L, index, "types") && dkl_option(L, lua_gettop(L), item->name)) {
            check_type(L, what, item, split);
            has_type = true;
        }
        if (dkl_option(L, index, "levels") && dkl_option(L, lua_gettop(L), item->name)) {
            uint32_t no_other = 0;

            if (has_type && (item->type != DK_CATEGORY || item->levels || split->members))
                dkl_fail(L, "%s: column %s has %s", what, item->name,
                         item->levels || split->members ? "levels twice" : "levels and a type that is no category");
            item->type = DK_CATEGORY;
            if (split->delimiter)
                split->members = dkl_check_levels(L, -1, what, item->name, &no_other);
            else
                item->levels = dkl_check_levels(L, -1, what, item->name, &item->other);
        }
        item->split = split->delimiter ? split : NULL;
    }
    return types;
}

const dk_csv_column *dkl_find_type(const dkl_types *types, const char *name)
{
    for (size_t i = 0; i < types->n; i++)
        if (strcmp(types->items[i].name, name) == 0)
            return &types->items[i];
    return NULL;
}
