/* lua_behind.c - what a result takes along when it is saved: the numbers that its cells are made of, for
 * scripts/dekking/explain_behind.lua; of what scenarios were asked the question, of explain_called.lua. */
#include <dekking/lineage.h>

#include <stdio.h>
#include <string.h>

#include "data/table_parts.h"
#include "library.h"
#include "lua_options.h"
#include "lua_table.h"
#include "query/beside.h"
#include "whatif/whatif_parts.h"

static int push_table(lua_State *L, const dk_table *table)
{
    const dk_table **out;

    if (table == NULL)
        return 0;
    out = dkl_new_table(L);
    *out = dk_table_retain(table);
    return 1;
}

/* Of which of its breakdowns something is said: how many there are. None where it is no result, but an answer. */
static size_t count_breakdowns(const dk_table *table)
{
    size_t n = 0;

    for (size_t i = 0; i < dk_table_n_lineage(table); i++)
        n += dk_table_lineage(table, i)->kind == DK_LINEAGE_BREAKDOWN && dk_table_lineage(table, i)->depth == 0;
    return dki_beside_breakdown(table) < dk_table_n_lineage(table) ? n : 0;
}

static void write_tag(const dk_table *table, char out[32])
{
    (void)snprintf(out, 32, "breakdown %zu", count_breakdowns(table));
}

/* core.behind(table) -> what its cells are made of, or nil; why it was not saved along, or nil */
static int behind(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1), *kept = dk_table_properties(table)->behind;
    const char *name = kept ? dk_table_properties(kept)->name : NULL;
    char tag[32];

    write_tag(table, tag);
    if (!name || strcmp(name, tag) != 0)
        return 0;
    if (dk_table_n_columns(kept) > 0)
        return push_table(L, kept);
    lua_pushnil(L);
    lua_pushstring(L, dk_table_properties(kept)->source);
    return 2;
}

/* core.whole(table) -> the comparison with all columns that it was made of; nothing where it keeps none */
static int whole(lua_State *L)
{
    return push_table(L, dk_table_properties(dkl_check_table(L, 1))->whole);
}

static const dk_column *get_column(lua_State *L, const dk_table *table, const char *name)
{
    dk_error err = DK_ERROR_INIT;
    size_t at = 0;

    if (dk_table_get(table, name, &at, &err) != DK_OK)
        (void)dkl_raise(L, &err);
    return dk_table_field(table, at)->column;
}

/* core.rows_like(answer, { name ... }, result, { name ... }) -> the answer's rows of the same groups as the result's, in their
 * order; nothing where it has not all of them once */
static int rows_like(lua_State *L)
{
    const dk_table *answer = dkl_check_table(L, 1), *result = dkl_check_table(L, 3);
    dkl_names names = dkl_check_names(L, 2, "rows_like"), shown = dkl_check_names(L, 4, "rows_like");
    uint64_t *rows = dkl_array(L, (size_t)dk_table_n_rows(result) + 1, sizeof *rows);
    dk_error err = DK_ERROR_INIT;
    bool found = false;

    if (names.n != shown.n)
        return 0;
    DKL_TRY(dki_rows_like(answer, names.items, result, shown.items, names.n, rows, &found, &err));
    if (!found)
        return 0;
    DKL_TRY(dk_table_gather(answer, rows, dk_table_n_rows(result), dkl_new_table(L), &err));
    return 1;
}

/* core.column_says(table, name, other, name) -> whether both columns have the same values, row by row */
static int column_says(lua_State *L)
{
    const dk_column *column = get_column(L, dkl_check_table(L, 1), luaL_checkstring(L, 2));
    const dk_column *other = get_column(L, dkl_check_table(L, 3), luaL_checkstring(L, 4));
    dk_error err = DK_ERROR_INIT;
    bool same = false;

    DKL_TRY(dki_column_says(column, other, &same, &err));
    lua_pushboolean(L, same);
    return 1;
}

/* Of the list at index, whose member i is { name, as }: both, which the list keeps. */
static void check_pair(lua_State *L, int index, size_t i, const char **name, const char **as)
{
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    if (!lua_istable(L, -1))
        luaL_typeerror(L, index, "list of pairs");
    lua_rawgeti(L, -1, 1);
    lua_rawgeti(L, -2, 2);
    *name = luaL_checkstring(L, -2);
    *as = luaL_checkstring(L, -1);
    lua_pop(L, 3);
}

/* Fields of columns of the table, by the names that the list at index says, { { name, as } ... }. Pushes an anchor. */
static dk_field *check_fields(lua_State *L, const dk_table *table, int index, size_t *n)
{
    dk_field *fields;

    *n = dkl_length(L, index);
    fields = dkl_array(L, *n + 1, sizeof *fields);
    luaL_checkstack(L, 8, "columns");
    for (size_t i = 0; i < *n; i++) {
        const char *name, *as;

        check_pair(L, index, i, &name, &as);
        (void)get_column(L, table, name);
        fields[i] = *dk_table_field(table, dk_table_find(table, name));
        fields[i].name = as;
    }
    return fields;
}

/* core.bare(table, { { name, as } ... }) -> these columns alone, with its totals, and nothing else that it knows */
static int bare(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    size_t n;
    dk_field *fields = check_fields(L, table, 2, &n);
    const dk_table **plain = dkl_new_table(L);
    dk_error err = DK_ERROR_INIT;

    DKL_TRY(dk_table_new(dk_table_context(table), fields, n, dk_table_n_rows(table), plain, &err));
    if (dk_table_margin(table))
        DKL_TRY(dk_table_with_margin(*plain, dk_table_margin(table), dkl_new_table(L), &err));
    return 1;
}

/* core.with_columns(table, other, { { name, as } ... }) -> the table with columns of the other, by those names */
static int with_columns(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1), *other = dkl_check_table(L, 2);
    size_t n;
    dk_field *fields = check_fields(L, other, 3, &n);
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < n; i++)
        fields[i].margin_bit = -1;
    DKL_TRY(dk_table_with(table, fields, n, dkl_new_table(L), &err));
    return 1;
}

/* Pushes a table without columns that says why nothing goes along. */
static int push_reason(lua_State *L, const dk_table *table, const char *why)
{
    const dk_table **empty = dkl_new_table(L);
    dk_properties properties = { .source = why };
    dk_error err = DK_ERROR_INIT;

    DKL_TRY(dk_table_new(dk_table_context(table), NULL, 0, 0, empty, &err));
    DKL_TRY(dk_table_with_properties(*empty, &properties, dkl_new_table(L), &err));
    return 1;
}

/* Pushes what the part of the library makes of the table, which is argument 1, with its tag; or nil, where it is no result. Nothing
 * that can go along is an error where it must. */
static int push_behind(lua_State *L, const dk_table *table, bool must)
{
    const dk_table *made;
    dk_properties properties;
    char tag[32];
    dk_error err = DK_ERROR_INIT;

    dkl_push_script(L, "explain_behind");
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3); /* made; why not, and with which error */
    if (!lua_isnil(L, -3))
        lua_pushvalue(L, -3);
    else if (must && !lua_isnil(L, -1))
        return dkl_fail(L, "save: explain = true: what the result is made of cannot be asked again: %s",
                        lua_tostring(L, -1));
    else if (must)
        return dkl_fail(L, "save: explain = true: %s", lua_tostring(L, -2));
    else
        (void)push_reason(L, table, luaL_checkstring(L, -2));
    made = dkl_check_table(L, lua_gettop(L));
    properties = *dk_table_properties(made);
    write_tag(table, tag);
    properties.name = tag;
    DKL_TRY(dk_table_with_properties(made, &properties, dkl_new_table(L), &err));
    return 1;
}

/* The last item of its lineage that is of an answer; SIZE_MAX: the table is none. */
static size_t find_answer(const dk_table *table)
{
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < dk_table_n_lineage(table); i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);

        if (item->depth == 0 && item->kind == DK_LINEAGE_ANSWER)
            found = i;
        else if (item->depth == 0 && (item->kind == DK_LINEAGE_BREAKDOWN || item->kind == DK_LINEAGE_APPEND))
            found = SIZE_MAX;
    }
    return found;
}

/* Pushes the question of the answer at index 1 as text; or nil, where it cannot be written down, which is an error where it must. */
static int push_question(lua_State *L, bool must)
{
    dkl_push_script(L, "explain_called");
    lua_getfield(L, -1, "save");
    lua_pushvalue(L, 1);
    lua_call(L, 1, 2);
    if (must && lua_isnil(L, -2))
        return dkl_fail(L, "save: explain = true: %s", lua_tostring(L, -1));
    lua_pop(L, 1);
    return 1;
}

int dkl_with_question(lua_State *L, bool explains, bool must)
{
    const dk_table *table = dkl_check_table(L, lua_gettop(L));
    size_t at = find_answer(table);
    bool has = at != SIZE_MAX && dk_table_lineage(table, at)->name;
    dki_lineage *lineage = NULL;
    const dk_table **out;
    dk_error err = DK_ERROR_INIT;

    if (at == SIZE_MAX || has == explains)
        return 0;
    if (explains)
        (void)push_question(L, must);
    else
        lua_pushnil(L);
    out = dkl_new_table(L);
    DKL_TRY(dk_table_with_properties(table, dk_table_properties(table), out, &err));
    DKL_TRY(dki_lineage_renamed(table, at, lua_tostring(L, -2), &lineage, &err));
    dki_table_attach(*out, lineage);
    return 1;
}

int dkl_with_behind(lua_State *L, const dk_table *table, bool explains, bool must)
{
    const dk_table *made = NULL;
    dk_error err = DK_ERROR_INIT;

    if (must && count_breakdowns(table) == 0 && find_answer(table) == SIZE_MAX)
        return dkl_fail(L, "save: explain = true: the table is no result of a breakdown");
    if (explains && count_breakdowns(table) > 0) {
        (void)push_behind(L, table, must);
        made = dkl_check_table(L, lua_gettop(L));
    } else if (dk_table_properties(table)->behind == NULL) {
        lua_pushvalue(L, 1);
        return 1;
    }
    DKL_TRY(dki_table_with_behind(table, made, dkl_new_table(L), &err));
    return 1;
}

void dkl_open_behind(lua_State *L)
{
    static const luaL_Reg primitives[] = { { "behind", behind },
                                           { "whole", whole },
                                           { "rows_like", rows_like },
                                           { "column_says", column_says },
                                           { "bare", bare },
                                           { "with_columns", with_columns },
                                           { NULL, NULL } };

    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
