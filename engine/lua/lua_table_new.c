/* lua_table_new.c - dk.table: a table from values of Lua.
 *
 * Either a list of records, { { a = 1, b = "x" }, ... }, or a list of columns, { { "a", { 1, 2 } }, { "b", column } }, or a
 * function that gives a record, or the values of the columns that were stated, each time that it is called.
 * A Lua table has no order of its own: columns of records come in the order that is stated, else by name.
 *
 * Types that are not stated come from all values of a column: booleans; whole numbers are integers; with floats among
 * them, decimals by their shortest form where those fit in one scale, else reals; strings are a category unless there
 * are many different ones, then text; lists of strings are sets. Numbers in bounds, { least = 0, greatest = 4 }, make intervals,
 * among numbers too. Values of lua_scalar.h are what they are. A column that is null throughout is text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"
#include "lua_options.h"
#include "lua_table.h"
#include "lua_table_cells.h"
#include "lua_types.h"
#include "lua_value.h"

/* Columns. -------------------------------------------------------------------------------------------------------- */

/* Appends the value on top of the stack. */
static dk_status append(lua_State *L, dk_builder *builder, const dk_csv_column *stated, const dk_value *value,
                        dk_error *err)
{
    const dk_type type = stated->type;
    bool is_year = value->type == DK_INTEGER && type == DK_PERIOD && stated->scale == DK_YEAR;
    int64_t time;

    if (value->is_null && value->type != DK_INTERVAL)
        return dk_builder_null(builder, 1, err);
    if (dki_type_is_calendar(type) && (value->type == DK_TEXT || is_year)) {
        char number[32];
        dk_text text = value->as.text;

        if (is_year)
            text = (dk_text){ number, dk_value_format(value, number, sizeof number) };
        if (dki_type_parse(type, stated->scale, text, &time))
            return dk_builder_integer(builder, time, err);
    } else if (type == DK_REAL && lua_type(L, -1) == LUA_TNUMBER) {
        lua_Number number = lua_tonumber(L, -1);

        if (!lua_isinteger(L, -1) || dki_i64_compare_real(lua_tointeger(L, -1), 0, number) == 0)
            return dk_builder_real(builder, number, err);
    }
    if (type == DK_CATEGORY && stated->levels && (value->type == DK_TEXT || value->type == DK_INTEGER)) {
        char number[32];
        dk_text text = value->as.text;
        uint32_t code;

        if (value->type == DK_INTEGER && !dk_dictionary_has_labels(stated->levels))
            return dk_builder_value(builder, value, err);
        if (value->type == DK_INTEGER)
            text = (dk_text){ number, dk_value_format(value, number, sizeof number) };
        code = dk_dictionary_find(stated->levels, text);
        code = code ? code : stated->other;
        return code ? dk_builder_code(builder, code, err)
                    : dk_builder_text(builder, text, err); /* which says why not */
    }
    if (value->type == DK_TEXT && type != DK_CATEGORY && type != DK_TEXT) {
        const dk_text text = value->as.text;

        return dki_fail(err, DK_ERR_TYPE, "\"%.*s\" cannot be read as %s",
                        (int)dki_utf8_floor(text.bytes, text.size, text.size < 100 ? text.size : 100), text.bytes,
                        dki_type_shown(type, stated->scale));
    }
    return dk_builder_value(builder, value, err);
}

/* Fills the slot with a column of the list's values. split: how they list members, where they are stated to. */
static int build_column(lua_State *L, const dkl_source *from, size_t column, const dk_split *split, void **slot)
{
    static const dk_split lists = { .delimiter = "|" };
    bool is_set;
    dki_bounds_facts facts = { 0 };
    dk_csv_column type = dkl_settle_type(L, from, column, &is_set, &facts);
    dk_error err = DK_ERROR_INIT;
    void **texts = is_set ? dkl_slot(L, dkl_release_column) : slot;
    void **builder = dkl_slot(L, dkl_release_builder);

    DKL_TRY(dk_builder_new(dkl_check_context(L), type.type, type.scale, type.levels, (dk_builder **)builder, &err));
    for (uint64_t row = 0; row < from->n_rows; row++) {
        dk_value value = dkl_get_cell(L, from, row, column);
        dk_status status;

        dkl_bound_cell(L, from, row, column, &facts, &value);
        status = append(L, *builder, &type, &value, &err);

        if (status == DK_ERR_MEMORY && dkl_reclaim(L))
            status = append(L, *builder, &type, &value, &err);
        if (status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED)
            return dkl_raise(L, &err);
        if (status != DK_OK) {
            lua_pushfstring(L, "%s%s%s%s", err.message, err.hint[0] ? " (" : "", err.hint, err.hint[0] ? ")" : "");
            return dkl_fail_cell(L, from, row, column, lua_tostring(L, -1));
        }
        lua_pop(L, 1);
    }
    DKL_ONCE(dk_builder_finish(*builder, (const dk_column **)texts, &err));
    lua_closeslot(L, -1);
    lua_pop(L, 1);
    if (is_set) {
        DKL_TRY(
            dk_column_split(*texts, split ? split : &lists, from->names[column], (const dk_column **)slot, &err));
        lua_closeslot(L, -1);
        lua_pop(L, 1);
    }
    return 0;
}

/* The two shapes. ------------------------------------------------------------------------------------------------- */

/* Whether the first item is { "name", list or column }. */
static bool is_list_of_columns(lua_State *L)
{
    bool is_pair = false;

    if (lua_rawgeti(L, 1, 1) == LUA_TTABLE) {
        is_pair = lua_rawgeti(L, -1, 1) == LUA_TSTRING;
        lua_rawgeti(L, -2, 2);
        is_pair = is_pair && (lua_istable(L, -1) || dkl_is_object(L, -1, DKL_COLUMN));
        lua_pop(L, 2);
    }
    lua_pop(L, 1);
    return is_pair;
}

static uint64_t length_of(lua_State *L, int index, const char *name)
{
    const dk_column *column = dkl_test_object(L, index, DKL_COLUMN);
    uint64_t n;

    if (column)
        return dk_column_n_rows(column);
    index = lua_absindex(L, index);
    lua_pushfstring(L, "table: column %s", name);
    n = dkl_check_list(L, index, lua_tostring(L, -1), true);
    lua_pop(L, 1);
    return n;
}

static void read_columns(lua_State *L, dkl_source *from)
{
    from->n_columns = dkl_check_list(L, 1, "table", false);
    from->names = dkl_array(L, from->n_columns, sizeof *from->names);
    for (size_t i = 0; i < from->n_columns; i++) {
        uint64_t n;

        if (lua_rawgeti(L, 1, (lua_Integer)i + 1) != LUA_TTABLE || lua_rawlen(L, -1) != 2) {
            dkl_fail(L, "table: column %d must be { \"name\", { values } }", (int)i + 1);
            return;
        }
        lua_rawgeti(L, -1, 1);
        from->names[i] = dkl_check_text(L, -1, "table: the name of a column"); /* the pair keeps it */
        lua_rawgeti(L, -2, 2);
        if (!lua_istable(L, -1) && !dkl_test_object(L, -1, DKL_COLUMN)) {
            dkl_fail(L, "table: the values of column %s must be a list or a column, not %s", from->names[i],
                     dkl_push_kind(L, -1));
            return;
        }
        n = length_of(L, -1, from->names[i]);
        if (i > 0 && n != from->n_rows) {
            dkl_fail(L, "table: column %s has %I value%s and column %s has %I (nil ends a list: write dk.null)",
                     from->names[i], (LUAI_UACINT)n, n == 1 ? "" : "s", from->names[0], (LUAI_UACINT)from->n_rows);
            return;
        }
        from->n_rows = n;
        lua_pop(L, 3);
    }
}

/* Pushes the list of the names that records have. */
static void push_record_names(lua_State *L, uint64_t n_rows)
{
    lua_Integer n = 0;
    int list, seen;

    lua_newtable(L);
    list = lua_gettop(L);
    lua_newtable(L);
    seen = lua_gettop(L);
    for (uint64_t row = 0; row < n_rows; row++) {
        if (row % DK_BLOCK_ROWS == 0)
            dkl_poll(L);
        if (lua_rawgeti(L, 1, (lua_Integer)row + 1) == LUA_TTABLE)
            for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
                lua_pushvalue(L, -2);
                if (lua_type(L, -1) == LUA_TSTRING && lua_rawget(L, seen) == LUA_TNIL) {
                    lua_pushvalue(L, -3);
                    lua_rawseti(L, list, ++n);
                    lua_pushvalue(L, -3);
                    lua_pushboolean(L, 1);
                    lua_rawset(L, seen);
                }
                lua_pop(L, 1);
            }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void check_records(lua_State *L, const dkl_source *from)
{
    const char **names = dkl_array(L, from->n_columns + 1, sizeof *names);
    int seen;

    memcpy(names, from->names, from->n_columns * sizeof *names);
    lua_newtable(L);
    seen = lua_gettop(L);
    for (size_t i = 0; i < from->n_columns; i++) {
        lua_rawgeti(L, from->keys, (lua_Integer)i + 1);
        lua_pushboolean(L, 1);
        lua_rawset(L, seen);
    }
    for (uint64_t row = 0; row < from->n_rows; row++) {
        const char *unknown = NULL; /* the first in order, as Lua has none */

        if (row % DK_BLOCK_ROWS == 0)
            dkl_poll(L);
        if (lua_rawgeti(L, 1, (lua_Integer)row + 1) != LUA_TTABLE) {
            dkl_fail(L, "table: row %I must be a record such as { a = 1 }, not %s", (LUAI_UACINT)row + 1,
                     dkl_push_kind(L, -1));
            return;
        }
        for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
            lua_pushvalue(L, -2);
            if (lua_rawget(L, seen) != LUA_TNIL) {
                lua_pop(L, 1);
                continue;
            }
            if (lua_type(L, -3) != LUA_TSTRING) {
                dkl_fail(L, "table: row %I has %s as a key, and a column has a name", (LUAI_UACINT)row + 1,
                         dkl_push_given(L, -3));
                return;
            }
            lua_pop(L, 1);
            if (unknown == NULL || strcmp(lua_tostring(L, -2), unknown) < 0)
                unknown = lua_tostring(L, -2);
        }
        if (unknown) {
            lua_pushfstring(L, "table: row %I: the list of columns", (LUAI_UACINT)row + 1);
            dkl_fail_unknown(L, lua_tostring(L, -1), "column", unknown, strlen(unknown), names);
            return;
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* stated: index of the list of names, or 0 */
/* { a = { 1, 2 } } has no order, and { a = 1 } is one record. */
static void check_no_names(lua_State *L)
{
    if (lua_rawlen(L, 1) > 0)
        return;
    lua_pushnil(L);
    if (!lua_next(L, 1))
        return;
    if (lua_type(L, -2) == LUA_TSTRING && lua_istable(L, -1))
        dkl_fail(L, "table: columns stand in a list, which gives them an order: { { \"name\", { 1, 2 } }, ... }");
    if (lua_type(L, -2) == LUA_TSTRING)
        dkl_fail(L, "table: records stand in a list, also one alone: { { name = 1 } }");
    lua_pop(L, 2);
}

static void read_records(lua_State *L, dkl_source *from, int stated)
{
    dkl_names names;

    check_no_names(L);
    from->n_rows = dkl_check_list(L, 1, "table", false);
    if (stated == 0)
        push_record_names(L, from->n_rows);
    else
        lua_pushvalue(L, stated);
    names = dkl_check_names(L, lua_gettop(L), "table: columns");
    from->names = names.items;
    from->n_columns = names.n;
    if (stated == 0 && names.n > 1)
        qsort(names.items, names.n, sizeof *names.items, compare_names);
    lua_createtable(L, (int)(names.n < 1000000 ? names.n : 0), 0); /* the same as Lua strings */
    for (size_t i = 0; i < names.n; i++) {
        lua_pushstring(L, names.items[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    from->keys = lua_gettop(L);
    check_records(L, from);
}

/* dk.table --------------------------------------------------------------------------------------------------------- */

/* A type is stated for what is no column. */
static int fail_type(lua_State *L, const dkl_source *from, const char *name)
{
    const char **names = dkl_array(L, from->n_columns + 1, sizeof *names);

    memcpy(names, from->names, from->n_columns * sizeof *names);
    return dkl_fail_unknown(L, "table: the data", "column", name, strlen(name), names);
}

/* dk.table(records [, columns or options]) or dk.table(columns [, options]) */
static int new_table(lua_State *L)
{
    static const char *const names[] = { "columns", "types", "levels", "name",      "unit",
                                         "weight",  "key",   "as_of",  "published", NULL };
    dk_error err = DK_ERROR_INIT;
    dk_properties properties = { .name = NULL };
    dkl_source from = { 0 };
    dkl_types types = { NULL, NULL, 0 };
    dkl_names key;
    int stated = 0, made;
    dk_field *fields;
    const dk_table **out;
    void **plain;

    bool is_iterator = lua_isfunction(L, 1);

    if (!lua_istable(L, 1) && !is_iterator)
        return dkl_arg_fail(L, 1, "a list of records or of columns, or a function that gives records");
    dkl_pad_arguments(L, 2);
    out = dkl_new_table(L);
    made = lua_gettop(L);
    (void)dkl_busy(L);
    if (lua_istable(L, 2) && lua_rawlen(L, 2) > 0) {
        stated = 2;
    } else {
        dkl_check_options(L, 2, "table", names);
        properties.name = dkl_option_text(L, 2, "table", "name");
        properties.unit = dkl_option_text(L, 2, "table", "unit");
        properties.weight = dkl_option_text(L, 2, "table", "weight");
        properties.as_of = dkl_option_text(L, 2, "table", "as_of");
        properties.published = dkl_option_text(L, 2, "table", "published");
        key = dkl_option_names(L, 2, "table", "key");
        properties.key = key.items;
        properties.n_key = key.n;
        if (dkl_option(L, 2, "columns"))
            stated = lua_gettop(L);
        types = dkl_option_types(L, 2, "table");
    }
    if (is_iterator) {
        dkl_names columns = { NULL, 0 };

        if (stated != 0)
            columns = dkl_check_names(L, stated, "table: columns");
        from.n_rows = dkl_read_iterator(L, columns.items, columns.n);
    }
    from.is_columns = is_iterator || is_list_of_columns(L);
    if (from.is_columns && stated != 0 && !is_iterator)
        return dkl_fail(L, "table: a list of columns has their order already, and takes no names");
    if (from.is_columns)
        read_columns(L, &from);
    else
        read_records(L, &from, stated);
    fields = dkl_array(L, from.n_columns, sizeof *fields);
    for (size_t i = 0; i < types.n; i++) {
        size_t k = 0;

        while (k < from.n_columns && strcmp(from.names[k], types.items[i].name) != 0)
            k++;
        if (types.items[i].bounds)
            return dkl_fail(L, "table: markers and rounded are for fields of files; here a value says it: { least "
                               "= 0, greatest = 4 }");
        if (k == from.n_columns)
            return fail_type(L, &from, types.items[i].name);
    }
    for (size_t i = 0; i < from.n_columns; i++) {
        const dk_csv_column *type = dkl_find_type(&types, from.names[i]);
        const dk_column *given = NULL;

        if (from.is_columns) {
            lua_rawgeti(L, 1, (lua_Integer)i + 1);
            lua_rawgeti(L, -1, 2);
            given = dkl_test_object(L, -1, DKL_COLUMN); /* the script's list keeps it */
            lua_pop(L, 2);
        }
        if (given && type)
            return dkl_fail(L, "table: column %s has a type already, so none can be stated", from.names[i]);
        if (given) {
            fields[i] = DK_FIELD(from.names[i], given);
        } else {
            void **slot = dkl_slot(L, dkl_release_column);

            from.stated = type;
            from.delimiter = type ? types.splits[type - types.items].delimiter : NULL;
            build_column(L, &from, i, from.delimiter ? &types.splits[type - types.items] : NULL, slot);
            fields[i] = DK_FIELD(from.names[i], *slot);
        }
    }
    if (!properties.name && !properties.unit && !properties.weight && !properties.as_of && !properties.published &&
        properties.n_key == 0) {
        DKL_TRY(dk_table_new(dkl_check_context(L), fields, from.n_columns, from.n_rows, out, &err));
    } else {
        plain = dkl_slot(L, dkl_release_table);
        DKL_TRY(dk_table_new(dkl_check_context(L), fields, from.n_columns, from.n_rows, (const dk_table **)plain,
                             &err));
        DKL_TRY(dk_table_with_properties(*plain, &properties, out, &err));
    }
    dkl_note_clashes(L, out, NULL);
    lua_pushvalue(L, made);
    return 1;
}

void dkl_open_table_new(lua_State *L)
{
    lua_pushcfunction(L, new_table);
    lua_setfield(L, 1, "table");
}
