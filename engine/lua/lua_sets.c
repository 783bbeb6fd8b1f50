/* lua_sets.c - columns of sets: what a script says of them, and columns that are there made sets. */
#include <string.h>

#include "lua_options.h"
#include "lua_table.h"
#include "lua_types.h"

/* Reads { ";", members = { ... }, empty = true }, in which the delimiter stands at `place`. Pushes a slot. */
static void check_split(lua_State *L, int index, int place, const char *what, const char *name, dk_split *split)
{
    static const char *const members[] = { "members", "empty", NULL };
    uint32_t other = 0;

    if (lua_rawgeti(L, index, place) != LUA_TNIL) {
        split->delimiter = dkl_check_text(L, -1, what); /* the table keeps the string */
        if (split->delimiter[0] == '\0')
            dkl_fail(L, "%s: column %s: what stands between members cannot be empty", what, name);
    }
    lua_pop(L, 1);
    if (lua_rawlen(L, index) > (lua_Unsigned)place)
        dkl_fail(L,
                 "%s: column %s: one text stands between members, and two are given (members = { ... } names those "
                 "that there can be)",
                 what, name);
    dkl_check_type_members(L, index, what, name, "{ \"set\", \";\" }", members);
    split->empty = dkl_option_boolean(L, index, what, "empty", false);
    if (dkl_option(L, index, "members"))
        split->members = dkl_check_levels(L, -1, what, name, &other);
}

static bool names_set(lua_State *L, int index)
{
    return lua_type(L, index) == LUA_TSTRING && strcmp(lua_tostring(L, index), "set") == 0;
}

/* { "set", ";", members = { ... }, empty = true }, or "set": with what stands between members when dekking writes them. */
bool dkl_check_set(lua_State *L, int type, const char *what, dk_csv_column *out, dk_split *split)
{
    bool is_set = names_set(L, type);

    if (lua_istable(L, type)) {
        lua_rawgeti(L, type, 1);
        is_set = names_set(L, -1);
        lua_pop(L, 1);
    }
    if (!is_set)
        return false;
    out->type = DK_CATEGORY;
    split->delimiter = "|";
    if (!lua_istable(L, type))
        return true;
    check_split(L, type, 2, what, out->name, split);
    return true;
}

int dkl_split_columns(lua_State *L, const dkl_types *types, const dk_table **table)
{
    size_t n_columns = dk_table_n_columns(*table), n = 0;
    dk_error err;
    dk_field *fields = NULL;
    const dk_table **made;

    dkl_no_error(&err);
    for (size_t i = 0; i < types->n; i++)
        n += types->splits[i].delimiter != NULL;
    if (n == 0)
        return 0;
    fields = dkl_array(L, n_columns, sizeof *fields);
    n = 0;
    for (size_t i = 0; i < types->n; i++) {
        size_t at = dk_table_find(*table, types->items[i].name);
        const dk_column **column;

        if (types->splits[i].delimiter == NULL || at == DK_NO_COLUMN)
            continue;
        luaL_checkstack(L, 20, "too many columns");
        column = (const dk_column **)dkl_slot(L, dkl_release_column);
        fields[n] = *dk_table_field(*table, at);
        DKL_TRY(dk_column_split(fields[n].column, &types->splits[i], fields[n].name, column, &err));
        fields[n++].column = *column;
    }
    made = (const dk_table **)dkl_slot(L, dkl_release_table);
    DKL_TRY(dk_table_with(*table, fields, n, made, &err));
    for (size_t i = 0; i < dk_table_n_notes(*table); i++)
        dkl_add_note(L, made, dk_table_note(*table, i));
    {
        const dk_table *before = *table;

        *table = *made;
        *made = before;
    }
    return 0;
}

/* t:with_sets { v = ";" }, t:with_sets { v = { ";", members = { ... }, empty = true } } -> the same table, whose columns are
 * the sets that their texts list; a column of sets gets the members */
static int table_with_sets(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1), **out;
    size_t n_columns = dk_table_n_columns(table);
    dkl_types types = { NULL, NULL, 0 };
    dk_error err;
    int made;

    dkl_no_error(&err);
    if (!lua_istable(L, 2))
        return dkl_arg_fail(L, 2, "a table such as { vaardigheden = \";\" }");
    dkl_pad_arguments(L, 2);
    dkl_check_changes(L, 2, "with_sets");
    dkl_check_columns(L, table, 2, "the name of a column");
    out = dkl_new_table_like(L);
    made = lua_gettop(L);
    types.items = dkl_array(L, n_columns, sizeof *types.items);
    types.splits = dkl_array(L, n_columns, sizeof *types.splits);
    for (size_t i = 0; i < n_columns; i++) {
        const char *name = dk_table_field(table, i)->name;
        dk_split *split = &types.splits[types.n];

        luaL_checkstack(L, 20, "too many columns");
        if (!dkl_option(L, 2, name)) {
            lua_pop(L, 1);
            continue;
        }
        split->delimiter = "|";
        if (lua_istable(L, -1))
            check_split(L, lua_gettop(L), 1, "with_sets", name, split);
        else
            split->delimiter = dkl_check_text(L, -1, "with_sets");
        types.items[types.n++].name = name;
    }
    DKL_TRY(dk_table_with(table, NULL, 0, out, &err));
    for (size_t i = 0; i < dk_table_n_notes(table); i++)
        dkl_add_note(L, out, dk_table_note(table, i));
    dkl_split_columns(L, &types, out);
    lua_pushvalue(L, made);
    return 1;
}

const luaL_Reg dkl_set_methods[] = { { "with_sets", table_with_sets }, { NULL, NULL } };
