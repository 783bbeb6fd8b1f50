/* lua_about.c - what a table is, besides its rows: schema, properties, notes, patterns and labels of columns, and what a
 * reader left beside it. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lua_codes.h"
#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

/* A new table object above the one at index 1 that keeps what a reader left beside that one. */
const dk_table **dkl_new_table_like(lua_State *L)
{
    const dk_table **out = dkl_new_table(L);

    for (int i = 1; i <= DKL_TABLE_VALUES; i++) {
        lua_getiuservalue(L, 1, i);
        lua_setiuservalue(L, -2, i);
    }
    return out;
}

/* Ends the builders in slots[0 .. n-1] and makes a table of their columns at out. */
static int finish_table(lua_State *L, const char *const *names, void **const *builders, size_t n,
                        const dk_table **out)
{
    dk_error err = DK_ERROR_INIT;
    dk_field fields[8];
    uint64_t n_rows = n > 0 ? dk_builder_n_rows(*builders[0]) : 0;

    for (size_t i = 0; i < n; i++) {
        void **column = dkl_slot(L, dkl_release_column);

        DKL_ONCE(dk_builder_finish(*builders[i], (const dk_column **)column, &err));
        fields[i] = DK_FIELD(names[i], *column);
    }
    DKL_TRY(dk_table_new(dkl_check_context(L), fields, n, n_rows, out, &err));
    return 0;
}

static int add_text(lua_State *L, dk_builder *builder, const char *bytes)
{
    dk_error err = DK_ERROR_INIT;
    dk_text text = { bytes, strlen(bytes) };

    DKL_TRY(dk_builder_text(builder, text, &err));
    return 0;
}

/* How many rows a table has and what they take, for the reader of its schema. */
static void say_rows(char *out, size_t size, const dk_table *table)
{
    uint64_t n_rows = dk_table_n_rows(table);
    double bytes = 0;
    int used = snprintf(out, size, "these are the columns of a table of %llu row%s", (unsigned long long)n_rows,
                        n_rows == 1 ? "" : "s");

    for (size_t i = 0; i < dk_table_n_columns(table); i++)
        bytes += (double)dk_column_bytes(dk_table_field(table, i)->column);
    if (n_rows > 0)
        snprintf(out + used, size - (size_t)used, ": %.1f bytes per row, %.1f %s in all", bytes / (double)n_rows,
                 bytes < 1 << 20 ? bytes / 1024 : bytes / (1 << 20), bytes < 1 << 20 ? "KiB" : "MiB");
}

int dkl_add_note(lua_State *L, const dk_table **out, const char *note)
{
    dk_error err = DK_ERROR_INIT;
    const dk_table *noted;

    DKL_TRY(dk_table_with_note(*out, note, &noted, &err));
    dk_table_release(*out);
    *out = noted;
    return 0;
}

/* Which columns have a code list, and which a stated order of levels. */
static void note_levels(lua_State *L, const dk_table *table, const dk_table **out)
{
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const dk_field *field = dk_table_field(table, i);
        const dk_dictionary *levels = dk_column_levels(field->column);
        char shown[DKL_CODES_BYTES], note[DKL_CODES_BYTES + 200];

        if (levels == NULL || !(dk_dictionary_is_declared(levels) || dk_dictionary_has_labels(levels)))
            continue;
        snprintf(note, sizeof note, "%.*s has %s: %s", (int)dki_utf8_floor(field->name, strlen(field->name), 100),
                 field->name, dk_dictionary_has_labels(levels) ? "a code list" : "levels in a stated order",
                 dkl_codes_shown(levels, shown));
        dkl_add_note(L, out, note);
    }
}

/* What was found while it was read, and all else that the table tells of itself. */
static void note_notes(lua_State *L, const dk_table *table, const dk_table **out)
{
    for (size_t i = 0; i < dk_table_n_notes(table); i++)
        dkl_add_note(L, out, dk_table_note(table, i));
}

/* t:schema() -> a table: name, type, nulls, levels, bytes; notes say of how many rows, what one takes, of which columns levels
 * were stated, and what the table's own notes say */
static int table_schema(lua_State *L)
{
    static const char *const names[] = { "name", "type", "nulls", "levels", "bytes" }; /* none is a method's */
    static const dk_type types[] = { DK_TEXT, DK_TEXT, DK_INTEGER, DK_INTEGER, DK_INTEGER };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    void **builders[5];
    const dk_table **out, **plain;
    char note[160];

    if (lua_gettop(L) > 1)
        return dkl_fail(L, "schema takes no argument: t:select(...):schema() is that of some columns");
    out = dkl_new_table(L);
    lua_insert(L, 1); /* below the slots; the table stays on the stack */
    luaL_checkstack(L, 20, "too many values");
    plain = (const dk_table **)dkl_slot(L, dkl_release_table);
    for (size_t i = 0; i < 5; i++) {
        builders[i] = dkl_slot(L, dkl_release_builder);
        DKL_TRY(dk_builder_new(dk_table_context(table), types[i], 0, NULL, (dk_builder **)builders[i], &err));
    }
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const dk_field *field = dk_table_field(table, i);
        const dk_dictionary *levels = dk_column_levels(field->column);

        if (levels && dk_dictionary_members(levels))
            levels = dk_dictionary_members(levels);
        add_text(L, *builders[0], field->name);
        dkl_push_type(L, field->column);
        add_text(L, *builders[1], lua_tostring(L, -1));
        lua_pop(L, 1);
        DKL_TRY(dk_builder_integer(*builders[2], (int64_t)dk_column_n_nulls(field->column), &err));
        if (levels)
            DKL_TRY(dk_builder_integer(*builders[3], (int64_t)dk_dictionary_n_levels(levels), &err));
        else
            DKL_TRY(dk_builder_null(*builders[3], 1, &err));
        DKL_TRY(dk_builder_integer(*builders[4], (int64_t)dk_column_bytes(field->column), &err));
    }
    finish_table(L, names, builders, 5, plain);
    say_rows(note, sizeof note, table);
    DKL_TRY(dk_table_with_note(*plain, note, out, &err)); /* or the count of columns would be taken for the rows */
    note_levels(L, table, out);
    note_notes(L, table, out);
    lua_pushvalue(L, 1);
    return 1;
}

/* t:notes() -> a list of sentences */
static int table_notes(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    size_t n = dk_table_n_notes(table);

    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        lua_pushstring(L, dk_table_note(table, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* t:note "sentence" -> the same table with one more note */
static int table_note(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    const char *note = dkl_check_text(L, 2, "note: the sentence");
    const dk_table **out = dkl_new_table_like(L);

    if (dki_utf8_check(note, strlen(note)) != strlen(note))
        return dkl_fail(L, "note: the sentence is not UTF-8");
    DKL_TRY(dk_table_with_note(table, note, out, &err));
    return 1;
}

void dkl_push_key(lua_State *L, const dk_properties *properties)
{
    if (properties->n_key == 0) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, (int)properties->n_key, 0);
    for (size_t i = 0; i < properties->n_key; i++) {
        lua_pushstring(L, properties->key[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* t:properties() -> { name =, source =, unit =, weight =, key =, as_of =, published = } */
static int table_properties(lua_State *L)
{
    const dk_properties *properties = dk_table_properties(dkl_check_table(L, 1));

    lua_createtable(L, 0, 7);
    lua_pushstring(L, properties->name); /* NULL gives nil */
    lua_setfield(L, -2, "name");
    lua_pushstring(L, properties->source);
    lua_setfield(L, -2, "source");
    lua_pushstring(L, properties->unit);
    lua_setfield(L, -2, "unit");
    lua_pushstring(L, properties->weight);
    lua_setfield(L, -2, "weight");
    lua_pushstring(L, properties->as_of);
    lua_setfield(L, -2, "as_of");
    lua_pushstring(L, properties->published);
    lua_setfield(L, -2, "published");
    dkl_push_key(L, properties);
    lua_setfield(L, -2, "key");
    return 1;
}

static void change_property(lua_State *L, const char *key, const char **property)
{
    bool is_given = dkl_option(L, 2, key);
    bool is_null = dkl_is_null(L, -1);

    lua_pop(L, 1);
    if (is_given)
        *property = is_null                      ? NULL
                    : strcmp(key, "weight") == 0 ? dkl_option_name(L, 2, "with", key)
                                                 : dkl_option_text(L, 2, "with", key);
}

/* key = "name", or a list of names */
static void change_key(lua_State *L, dk_properties *properties)
{
    bool is_given = dkl_option(L, 2, "key");
    bool is_null = dkl_is_null(L, -1);
    dkl_names key = { NULL, 0 };

    lua_pop(L, 1);
    if (!is_given)
        return;
    if (!is_null)
        key = dkl_option_names(L, 2, "with", "key");
    properties->key = key.items;
    properties->n_key = key.n;
}

/* t:with { unit = "persons", name = ..., weight = ..., source = ..., key = ..., as_of = ..., published = ... } -> the same
 * table with other properties; dk.null takes one away */
static int table_with(lua_State *L)
{
    static const char *const names[] = { "unit", "name", "weight", "source", "key", "as_of", "published", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    dk_properties properties = *dk_table_properties(table);
    const dk_table **out;

    if (!lua_istable(L, 2))
        return dkl_arg_fail(L, 2, "a table of properties, such as { unit = \"persons\" }");
    dkl_check_changes(L, 2, "with");
    dkl_check_options(L, 2, "with", names);
    change_property(L, "unit", &properties.unit);
    change_property(L, "name", &properties.name);
    change_property(L, "weight", &properties.weight);
    change_property(L, "source", &properties.source);
    change_property(L, "as_of", &properties.as_of);
    change_property(L, "published", &properties.published);
    change_key(L, &properties);
    out = dkl_new_table_like(L);
    DKL_TRY(dk_table_with_properties(table, &properties, out, &err));
    return 1;
}

static void check_pattern(lua_State *L, const char *pattern)
{
    dk_value zero = { .type = DK_INTEGER };
    char text[64];

    if (dk_value_print(&zero, pattern, DK_STYLE_INTERNATIONAL, text, sizeof text) == SIZE_MAX)
        dkl_fail(L, "format: '%s' is no pattern; patterns look like \"0.0\", \"#,##0 persons\" or \"0.0 %%\"",
                 pattern);
}

void dkl_check_pattern(lua_State *L, const dk_field *field, const char *pattern)
{
    dk_type type = dk_column_type(field->column);

    if (!dk_type_is_number(type) && type != DK_INTERVAL)
        dkl_fail(L, "format: column %s is a %s, and patterns are for numbers", field->name, dk_type_name(type));
    check_pattern(L, pattern);
}

/* core.check_pattern(text) raises where it is none. */
static int core_check_pattern(lua_State *L)
{
    check_pattern(L, dkl_check_text(L, 1, "format"));
    return 0;
}

int dkl_restyle(lua_State *L, const dk_table *table, const dk_field *fields, size_t n, const dk_table **out)
{
    dk_error err = DK_ERROR_INIT;

    DKL_TRY(dk_table_with(table, fields, n, out, &err));
    for (size_t i = 0; i < dk_table_n_notes(table); i++) /* the rows and columns are what they were */
        dkl_add_note(L, out, dk_table_note(table, i));
    return 0;
}

/* The columns that the table at index 2 names, with another format or label; what: "format: a pattern" */
static int restyle(lua_State *L, const char *what, bool is_format)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_field *fields;
    size_t n = 0;
    const dk_table **out;
    int made;

    if (!lua_istable(L, 2))
        return dkl_arg_fail(L, 2,
                            is_format ? "a table such as { dekking = \"0.0 %\" }"
                                      : "a table such as { dekking = \"Bekend\" }");
    dkl_pad_arguments(L, 2);
    dkl_check_changes(L, 2, is_format ? "format" : "label");
    dkl_check_columns(L, table, 2, "the name of a column");
    out = dkl_new_table_like(L);
    made = lua_gettop(L);
    fields = dkl_array(L, dk_table_n_columns(table), sizeof *fields);
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const dk_field *field = dk_table_field(table, i);

        if (dkl_option(L, 2, field->name)) {
            const char *text = dkl_is_null(L, -1) ? NULL : dkl_check_text(L, -1, what);

            if (is_format && text)
                dkl_check_pattern(L, field, text);
            fields[n] = *field;
            if (is_format)
                fields[n].format = text;
            else
                fields[n].label = text;
            n++;
        }
        lua_pop(L, 1);
    }
    dkl_restyle(L, table, fields, n, out);
    lua_pushvalue(L, made);
    return 1;
}

/* t:format { dekking = "0.0 %" } -> the same table, whose columns are shown by these patterns; dk.null takes one away */
static int table_format(lua_State *L)
{
    return restyle(L, "format: a pattern", true);
}

/* t:label { dekking = "Bekend in Sonar" } -> the same table, whose columns have these headings; dk.null takes one away */
static int table_label(lua_State *L)
{
    return restyle(L, "label: a heading", false);
}

/* t:rejected() -> the records that a lenient reading left out, with a note of how many were read and rejected; empty for other
 * tables */
static int table_rejected(lua_State *L)
{
    static const char *const names[] = { "line", "field", "value", "reason", "record" };
    static const dk_type types[] = { DK_INTEGER, DK_INTEGER, DK_TEXT, DK_TEXT, DK_TEXT };
    dk_error err = DK_ERROR_INIT;
    void **builders[5];
    const dk_table **out;

    dkl_check_table(L, 1);
    if (lua_getiuservalue(L, 1, DKL_REJECTED) == LUA_TUSERDATA)
        return 1;
    out = dkl_new_table(L);
    lua_insert(L, 1); /* below the slots; the table stays on the stack */
    luaL_checkstack(L, 20, "too many values");
    for (size_t i = 0; i < 5; i++) {
        builders[i] = dkl_slot(L, dkl_release_builder);
        DKL_TRY(dk_builder_new(dkl_check_context(L), types[i], 0, NULL, (dk_builder **)builders[i], &err));
    }
    finish_table(L, names, builders, 5, out);
    lua_pushvalue(L, 1);
    return 1;
}

/* t:check_totals() -> one row for each sum that a published table states: of, name, stated, computed, difference,
 * holds */
static int table_check_totals(lua_State *L)
{
    dkl_check_table(L, 1);
    if (lua_getiuservalue(L, 1, DKL_CHECKS) != LUA_TUSERDATA)
        return dkl_fail(
            L, "check_totals: only a table that comes straight from dk.read_published has totals to check");
    return 1;
}

/* core.label(table, name) -> the heading of a column, nil where it has none of its own */
static int core_label(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    size_t at = dk_table_find(table, luaL_checkstring(L, 2));

    lua_pushstring(L, at == DK_NO_COLUMN ? NULL : dk_table_field(table, at)->label); /* NULL gives nil */
    return 1;
}

void dkl_open_about(lua_State *L)
{
    lua_pushcfunction(L, core_label);
    lua_setfield(L, 2, "label");
    lua_pushcfunction(L, core_check_pattern);
    lua_setfield(L, 2, "check_pattern");
}

const luaL_Reg dkl_about_methods[] = { { "schema", table_schema },
                                       { "notes", table_notes },
                                       { "note", table_note },
                                       { "properties", table_properties },
                                       { "with", table_with },
                                       { "format", table_format },
                                       { "label", table_label },
                                       { "rejected", table_rejected },
                                       { "check_totals", table_check_totals },
                                       { NULL, NULL } };
