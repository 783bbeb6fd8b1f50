/* lua_codes.c - code lists: levels with labels, which a script makes once and gives to columns; and stated levels of columns
 * that are there.
 *
 * What a script may write for a list (a table, a text, a table of dekking) is read by scripts/dekking/codes.lua; here it
 * is a row of pairs.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "data/levels.h"
#include "lua_codes.h"
#include "lua_options.h"
#include "lua_table.h"
#include "lua_types.h"
#include "lua_value.h"

#define SHOWN_CODES 6
#define SHOWN_BYTES 40 /* of a code, and of a label */

const dk_dictionary *dkl_test_codes(lua_State *L, int index, uint32_t *other)
{
    const dk_dictionary *codes = dkl_test_object(L, index, DKL_CODES);

    *other = 0;
    if (codes == NULL)
        return NULL;
    if (lua_getiuservalue(L, index, 1) == LUA_TNUMBER)
        *other = (uint32_t)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return codes;
}

static const dk_dictionary *check_codes(lua_State *L, int arg)
{
    return dkl_check_object(L, arg, DKL_CODES, "a code list");
}

/* core.codes({ code, ... }, { label, ... } [, other]) -> a code list; the lists are of one length and have no holes */
static int new_codes(lua_State *L)
{
    dk_error err = DK_ERROR_INIT;
    size_t n;
    dk_text *codes, *labels;
    const dk_dictionary **out;
    dk_dictionary **plain;

    lua_settop(L, 3);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, 2, LUA_TTABLE);
    n = dkl_check_list(L, 1, "codes", false);
    codes = dkl_array(L, n, sizeof *codes);
    labels = dkl_array(L, n, sizeof *labels);
    for (size_t i = 0; i < n; i++) { /* the lists keep the strings */
        lua_rawgeti(L, 1, (lua_Integer)i + 1);
        lua_rawgeti(L, 2, (lua_Integer)i + 1);
        luaL_checktype(L, -2, LUA_TSTRING);
        luaL_checktype(L, -1, LUA_TSTRING);
        codes[i].bytes = lua_tolstring(L, -2, &codes[i].size);
        labels[i].bytes = lua_tolstring(L, -1, &labels[i].size);
        lua_pop(L, 2);
    }
    out = dkl_new_object(L, DKL_CODES, 1);
    plain = (dk_dictionary **)dkl_slot(L, dkl_release_dictionary);
    DKL_TRY(dk_dictionary_new(dkl_check_context(L), codes, n, true, plain, &err));
    DKL_TRY(dk_dictionary_with_labels(*plain, labels, (dk_dictionary **)(uintptr_t)out, &err));
    if (!lua_isnoneornil(L, 3)) {
        dk_text other;

        other.bytes = luaL_checklstring(L, 3, &other.size);
        lua_pushinteger(L, dk_dictionary_find(*out, other));
        lua_setiuservalue(L, -3, 1); /* codes slot other */
    }
    lua_pushvalue(L, -2);
    return 1;
}

void dkl_push_levels(lua_State *L, const dk_dictionary *levels)
{
    size_t n = dk_dictionary_n_levels(levels);

    lua_createtable(L, n < 1000000 ? (int)n : 0, 0);
    for (uint32_t code = 1; code <= n; code++) {
        dk_text level = dk_dictionary_level(levels, code);

        lua_pushlstring(L, level.bytes, level.size);
        lua_rawseti(L, -2, (lua_Integer)dk_dictionary_rank(levels, code) + 1);
    }
}

void dkl_push_labels(lua_State *L, const dk_dictionary *levels)
{
    size_t n = dk_dictionary_n_levels(levels);

    lua_createtable(L, 0, n < 1000000 ? (int)n : 0);
    for (uint32_t code = 1; code <= n; code++) {
        dk_text level = dk_dictionary_level(levels, code), label;

        if (!dk_dictionary_label(levels, code, &label))
            continue;
        lua_pushlstring(L, level.bytes, level.size);
        lua_pushlstring(L, label.bytes, label.size);
        lua_rawset(L, -3);
    }
}

static uint32_t code_of_rank(const dk_dictionary *levels, size_t rank)
{
    uint32_t code = 1;

    while (dk_dictionary_rank(levels, code) != rank)
        code++;
    return code;
}

const char *dkl_codes_shown(const dk_dictionary *levels, char out[DKL_CODES_BYTES])
{
    size_t n = dk_dictionary_n_levels(levels), used = 0;

    out[0] = '\0';
    for (size_t rank = 0; rank < n && rank < SHOWN_CODES; rank++) {
        uint32_t code = code_of_rank(levels, rank);
        dk_text level = dk_dictionary_level(levels, code), label;
        const char *before = rank > 0 ? ", " : "";

        if (dk_dictionary_label(levels, code, &label))
            used += (size_t)snprintf(out + used, DKL_CODES_BYTES - used, "%s%.*s = %.*s", before,
                                     (int)dki_utf8_floor(level.bytes, level.size, SHOWN_BYTES), level.bytes,
                                     (int)dki_utf8_floor(label.bytes, label.size, SHOWN_BYTES), label.bytes);
        else
            used += (size_t)snprintf(out + used, DKL_CODES_BYTES - used, "%s%.*s", before,
                                     (int)dki_utf8_floor(level.bytes, level.size, SHOWN_BYTES), level.bytes);
    }
    if (n > SHOWN_CODES)
        snprintf(out + used, DKL_CODES_BYTES - used, ", ... (%zu codes)", n);
    return out;
}

/* codes:levels() -> the codes, in order */
static int codes_levels(lua_State *L)
{
    dkl_push_levels(L, check_codes(L, 1));
    return 1;
}

/* codes:labels() -> { code = label } */
static int codes_labels(lua_State *L)
{
    dkl_push_labels(L, check_codes(L, 1));
    return 1;
}

static int codes_len(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)dk_dictionary_n_levels(check_codes(L, 1)));
    return 1;
}

static int codes_tostring(lua_State *L)
{
    char text[DKL_CODES_BYTES];

    lua_pushfstring(L, "code list: %s", dkl_codes_shown(check_codes(L, 1), text));
    return 1;
}

static const luaL_Reg methods[] = { { "levels", codes_levels }, { "labels", codes_labels }, { NULL, NULL } };

/* __index; upvalue: the methods */
static int codes_index(lua_State *L)
{
    const char *names[sizeof methods / sizeof *methods];
    const char *name;

    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    check_codes(L, 1);
    name = dkl_check_text(L, 2, "a code list's method");
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        names[i] = methods[i].name; /* the last one is NULL */
    return dkl_fail_unknown(L, "a code list", "method", name, strlen(name), names);
}

static int codes_newindex(lua_State *L)
{
    check_codes(L, 1);
    return dkl_fail(L, "a code list never changes: make another with dk.codes { ... }");
}

/* Columns that are there. ----------------------------------------------------------------------------------------- */

/* The levels of a category, found and no longer stated, without labels: in a slot that is pushed. */
static const dk_dictionary *found_levels(lua_State *L, const dk_field *field)
{
    const dk_dictionary *levels = dk_column_levels(field->column);
    dk_error err = DK_ERROR_INIT;
    dk_text *texts;
    size_t n;
    void **slot;

    if (levels == NULL) {
        dkl_fail(L, "with_levels: column %s is no category, and has no levels to take away", field->name);
        return NULL;
    }
    n = dk_dictionary_n_levels(levels);
    texts = dkl_array(L, n, sizeof *texts);
    for (uint32_t code = 1; code <= n; code++)
        texts[code - 1] = dk_dictionary_level(levels, code);
    slot = dkl_slot(L, dkl_release_dictionary);
    if (dk_dictionary_new(dkl_check_context(L), texts, n, false, (dk_dictionary **)slot, &err) != DK_OK)
        dkl_raise(L, &err);
    return *slot;
}

/* Recodes what the value on top of the stack says of the field. Pushes slots that own the result. */
static int recode(lua_State *L, dk_field *field, uint64_t *n_other, char *note, size_t note_bytes)
{
    dk_error err = DK_ERROR_INIT;
    uint32_t other = 0;
    bool is_taken = dkl_is_null(L, -1);
    const dk_dictionary *levels =
        is_taken ? found_levels(L, field) : dkl_check_levels(L, -1, "with_levels", field->name, &other);
    const dk_dictionary **labelled = (const dk_dictionary **)dkl_slot(L, dkl_release_dictionary);
    const dk_column **column = (const dk_column **)dkl_slot(L, dkl_release_column);

    if (dk_column_is_set(field->column))
        return dkl_fail(
            L,
            "with_levels: column %s is a set, whose members are stated so: t:with_sets { %s = { members = { ... "
            "} } }",
            field->name, field->name);
    if (!is_taken && dk_column_levels(field->column)) { /* another order alone takes no labels away */
        DKL_TRY(dki_dictionary_adopt(levels, dk_column_levels(field->column), labelled, &err));
        levels = *labelled;
    }
    DKL_TRY(dk_column_recode(field->column, levels, other, field->name, column, n_other, &err));
    field->column = *column;
    if (*n_other > 0)
        snprintf(note, note_bytes,
                 "column %.200s: %llu row%s with a code that the list does not have, counted as \"%.100s\"",
                 field->name, (unsigned long long)*n_other, *n_other == 1 ? "" : "s",
                 dk_dictionary_level(levels, other).bytes);
    return 0;
}

/* t:with_levels { gender = codes, age = { "young", "old" } } -> the same table, whose columns have these levels, in this
 * order; dk.null takes order and labels away */
static int table_with_levels(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1), **out, **plain;
    dk_error err = DK_ERROR_INIT;
    dk_field *fields;
    char(*notes)[400];
    size_t n = 0, n_notes = 0, n_columns = dk_table_n_columns(table);
    int made;

    if (!lua_istable(L, 2))
        return dkl_arg_fail(L, 2, "a table such as { geslacht = dk.codes \"1 = man, 2 = vrouw\" }");
    dkl_pad_arguments(L, 2);
    dkl_check_changes(L, 2, "with_levels");
    dkl_check_columns(L, table, 2, "the name of a column");
    out = dkl_new_table_like(L);
    made = lua_gettop(L);
    plain = (const dk_table **)dkl_slot(L, dkl_release_table);
    fields = dkl_array(L, n_columns, sizeof *fields);
    notes = dkl_array(L, n_columns, sizeof *notes);
    for (size_t i = 0; i < n_columns; i++) {
        uint64_t n_other = 0;

        luaL_checkstack(L, 20, "too many columns");
        if (!dkl_option(L, 2, dk_table_field(table, i)->name)) {
            lua_pop(L, 1);
            continue;
        }
        fields[n] = *dk_table_field(table, i);
        recode(L, &fields[n], &n_other, notes[n_notes], sizeof *notes);
        n_notes += n_other > 0;
        n++;
    }
    DKL_TRY(dk_table_with(table, fields, n, plain, &err));
    DKL_TRY(
        dk_table_with_properties(*plain, dk_table_properties(table), out, &err)); /* the key is looked at again */
    for (size_t i = 0; i < dk_table_n_notes(table); i++)
        dkl_add_note(L, out, dk_table_note(table, i));
    for (size_t i = 0; i < n_notes; i++)
        dkl_add_note(L, out, notes[i]);
    lua_pushvalue(L, made);
    return 1;
}

const luaL_Reg dkl_codes_methods[] = { { "with_levels", table_with_levels }, { NULL, NULL } };

static const luaL_Reg meta[] = {
    { "__len", codes_len }, { "__newindex", codes_newindex }, { "__tostring", codes_tostring }, { NULL, NULL }
};

void dkl_open_codes(lua_State *L)
{
    dkl_object_class(L, DKL_CODES, meta);
    luaL_getmetatable(L, DKL_CODES);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, codes_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, new_codes);
    lua_setfield(L, 2, "codes");
}
