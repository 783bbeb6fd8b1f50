/* lua_lineage.c - how a table came to be and how a breakdown is computed, for scripts/dekking/explain.lua. */
#include <dekking/hierarchy.h>
#include <dekking/lineage.h>
#include <dekking/members.h>

#include <string.h>

#include "data/lineage.h"
#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"
#include "query/reproduce.h"

static void put_text(lua_State *L, const char *key, const char *text)
{
    if (text == NULL)
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

/* core.lineage(table) -> list of { kind =, name =, text =, numerator =, denominator =, rows =, nulls =,
 * depth = } */
static int lineage(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    size_t n = dk_table_n_lineage(table);

    lua_createtable(L, n < 1000 ? (int)n : 1000, 0);
    for (size_t i = 0; i < n; i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);

        lua_createtable(L, 0, 8);
        put_text(L, "kind", dk_lineage_kind_name(item->kind));
        put_text(L, "name", item->name);
        put_text(L, "text", item->text);
        put_text(L, "numerator", item->numerator);
        put_text(L, "denominator", item->denominator);
        if (item->n_rows != DK_LINEAGE_UNCOUNTED) {
            lua_pushinteger(L, (lua_Integer)item->n_rows);
            lua_setfield(L, -2, "rows");
        }
        lua_pushinteger(L, (lua_Integer)item->n_null);
        lua_setfield(L, -2, "nulls");
        lua_pushinteger(L, (lua_Integer)item->depth);
        lua_setfield(L, -2, "depth");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static const char *check_member(lua_State *L, const char *name)
{
    const char *text;

    lua_getfield(L, -1, name);
    text = lua_tostring(L, -1); /* the table keeps it */
    lua_pop(L, 1);
    return text;
}

/* core.cell_literal(table, column) -> what an expression reads back as the column's first value */
static int cell_literal(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    char plain[80];
    dk_value value;
    size_t at;

    DKL_TRY(dk_table_get(table, luaL_checkstring(L, 2), &at, &err));
    DKL_TRY(dk_column_get(dk_table_field(table, at)->column, 0, &value, &err));
    (void)dk_value_format(&value, plain, sizeof plain);
    if (!value.is_null && value.type == DK_REAL)
        lua_pushfstring(L, "real(%s)", plain);
    else if (!value.is_null && value.type == DK_RATIO)
        lua_pushfstring(L, "(%s)", plain);
    else if (!value.is_null && value.type == DK_INTERVAL)
        lua_pushstring(L, plain);
    else {
        if (value.type == DK_DATE || value.type == DK_TIMESTAMP || value.type == DK_PERIOD) {
            value.type = DK_TEXT;
            value.as.text = (dk_text){ plain, strlen(plain) };
        }
        if (!value.is_null && dk_column_is_set(dk_table_field(table, at)->column) && value.as.text.size > 0 &&
            memchr(value.as.text.bytes, '|', value.as.text.size) == NULL) { /* of one member, which is no set */
            lua_pushlstring(L, value.as.text.bytes, value.as.text.size);
            lua_pushliteral(L, "|");
            lua_concat(L, 2);
            value.as.text.bytes = lua_tolstring(L, -1, &value.as.text.size);
        }
        dkl_push_literal(L, &value);
    }
    return 1;
}

static void push_trimmed(lua_State *L, dk_value value)
{
    char text[64];

    while (!value.is_null && value.scale > 0 && value.as.integer % 10 == 0) {
        value.as.integer /= 10;
        value.scale--;
    }
    (void)dk_value_format(&value, text, sizeof text);
    lua_pushstring(L, value.is_null ? "unknown" : text);
}

/* core.cell_parts(table, column) -> numerator and denominator of the column's first value; nothing where it does not know them */
static int cell_parts(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    const dk_column *column;
    dk_value value;
    size_t at;

    DKL_TRY(dk_table_get(table, luaL_checkstring(L, 2), &at, &err));
    column = dk_table_field(table, at)->column;
    if (dk_column_type(column) != DK_RATIO || dk_column_n_children(column) == 0)
        return 0;
    for (size_t i = 0; i < 2; i++) {
        DKL_TRY(dk_column_get(dk_column_child(column, i), 0, &value, &err));
        push_trimmed(L, value);
    }
    return 2;
}

/* core.with_levels(table, column) -> a table of the column and the levels above it, of all hierarchies that do not change */
static int with_levels(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    const char *name = luaL_checkstring(L, 2);
    const dk_dictionary *levels;
    const dk_table **bare, **out;
    dk_error err = DK_ERROR_INIT;
    size_t at;

    DKL_TRY(dk_table_get(table, name, &at, &err));
    levels = dk_column_levels(dk_table_field(table, at)->column);
    bare = dkl_new_table(L);
    DKL_TRY(dk_table_with_margin(table, NULL, bare, &err));
    out = dkl_new_table(L);
    DKL_TRY(dk_table_select(*bare, &name, 1, out, &err));
    for (size_t i = 0; levels && i < dk_dictionary_n_hierarchies(levels); i++) {
        size_t own;
        const dk_hierarchy *hierarchy = dk_dictionary_hierarchy_at(levels, i, &own);
        dk_use_options options = { .column = name, .level = dk_hierarchy_level(hierarchy, own) };
        const dk_table **before = out;

        if (dk_hierarchy_is_dated(hierarchy))
            continue;
        luaL_checkstack(L, 4, NULL);
        out = dkl_new_table(L);
        DKL_TRY(dk_table_use(*before, hierarchy, &options, out, &err));
    }
    return 1;
}

/* { texts =, told =, known = { number of a dimension = true } } at the top of the stack */
static void read_figures(lua_State *L, size_t n_dims, dki_cell_figures *out)
{
    bool *known = dkl_array(L, n_dims + 1, sizeof *known); /* figures known */

    lua_insert(L, -2); /* known figures */
    out->texts = check_member(L, "texts");
    lua_getfield(L, -1, "told");
    out->told = lua_toboolean(L, -1);
    lua_getfield(L, -2, "known");
    for (size_t i = 0; i < n_dims; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        known[i] = lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
    lua_pop(L, 3); /* known stays */
    out->known = known;
}

/* core.cell_expression({ { name =, condition =, literal =, hidden = } ... }, { { name =, text = } ... }, which,
 * { { texts =, told =, known = } ... }) -> text, whether it is over all rows; nothing where there is none */
static int cell_expression(lua_State *L)
{
    dk_context *context = dkl_check_context(L);
    dki_cell_dimension *dims;
    dki_cell_measure *measures;
    dki_cell_figures *figures;
    size_t n_dims, n, n_figures, which = (size_t)luaL_checkinteger(L, 3) - 1;
    dk_error err = DK_ERROR_INIT;
    dki_buffer *out;
    bool whole = false;

    n_dims = dkl_length(L, 1);
    n = dkl_length(L, 2);
    dims = dkl_array(L, n_dims + 1, sizeof *dims);
    n_figures = dkl_length(L, 4);
    luaL_checkstack(L, (int)n_figures + 8, "figures");
    measures = dkl_array(L, n + 1, sizeof *measures);
    figures = dkl_array(L, n_figures + 1, sizeof *figures);
    out = dkl_buffer(L);
    for (size_t i = 0; i < n_dims; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i + 1);
        dims[i].name = check_member(L, "name");
        dims[i].condition = check_member(L, "condition");
        dims[i].literal = check_member(L, "literal");
        lua_getfield(L, -1, "hidden");
        dims[i].hidden = lua_toboolean(L, -1);
        lua_pop(L, 2);
    }
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, 2, (lua_Integer)i + 1);
        measures[i].name = check_member(L, "name");
        measures[i].text = check_member(L, "text");
        lua_pop(L, 1);
    }
    for (size_t i = 0; i < n_figures; i++) {
        lua_rawgeti(L, 4, (lua_Integer)i + 1);
        read_figures(L, n_dims, &figures[i]);
    }
    DKL_TRY(dki_cell_expression(context, dims, n_dims, measures, which, figures, n_figures, &whole, out, &err));
    if (out->size == 0)
        return 0;
    lua_pushlstring(L, out->bytes, out->size);
    lua_pushboolean(L, whole);
    return 2;
}

/* core.plan(breakdown, table, params) -> table of steps */
static int plan(lua_State *L)
{
    const dk_breakdown *breakdown = dkl_check_object(L, 1, DKL_BREAKDOWN, "a breakdown");
    const dk_table *table = dkl_check_table(L, 2);
    dk_error err = DK_ERROR_INIT;
    dk_params params;
    const dk_table **out;

    lua_settop(L, 3);
    dkl_check_params(L, 3, &params);
    dkl_check_asked(L, &params, &breakdown, 1);
    out = dkl_new_table(L);
    DKL_TRY(dk_breakdown_plan(breakdown, table, &params, out, &err));
    return 1;
}

void dkl_open_lineage(lua_State *L)
{
    static const luaL_Reg primitives[] = { { "lineage", lineage },
                                           { "cell_literal", cell_literal },
                                           { "cell_parts", cell_parts },
                                           { "with_levels", with_levels },
                                           { "cell_expression", cell_expression },
                                           { "plan", plan },
                                           { NULL, NULL } };

    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
