/* lua_table_cells.c - the values of Lua that dk.table makes a table of, and the types that they are. */
#include "lua_table_cells.h"

#include <string.h>

#include "base/number.h"
#include "lua_interval.h"
#include "lua_options.h"
#include "lua_scalar.h"
#include "lua_value.h"

/* More different strings than this, and more than half of the rows, are text. */
#define CATEGORY_LEVELS 256

/* What the values of a column are. */
typedef struct kind {
    uint64_t n[DK_N_TYPES];      /* of each type; CATEGORY: of sets */
    uint64_t n_exact;            /* decimals that are no floats */
    uint64_t n_levels;           /* texts that are levels of `levels` */
    bool needs_real;             /* a float has no decimal */
    uint8_t scale;               /* digits of all numbers; a period's frequency */
    dki_bounds_facts facts;      /* of numbers */
    const dk_dictionary *levels; /* borrowed from a value */
} kind;

/* Pushes the value, row from 0. */
static void push_cell(lua_State *L, const dkl_source *from, uint64_t row, size_t column)
{
    if (row % DK_BLOCK_ROWS == 0)
        dkl_poll(L);
    if (from->is_columns) {
        lua_rawgeti(L, 1, (lua_Integer)column + 1);
        lua_rawgeti(L, -1, 2); /* pair list */
        lua_rawgeti(L, -1, (lua_Integer)row + 1);
        lua_replace(L, -3);
        lua_pop(L, 1);
    } else {
        lua_rawgeti(L, 1, (lua_Integer)row + 1);
        lua_rawgeti(L, from->keys, (lua_Integer)column + 1);
        lua_rawget(L, -2);
        lua_remove(L, -2);
    }
}

int dkl_fail_cell(lua_State *L, const dkl_source *from, uint64_t row, size_t column, const char *problem)
{
    return dkl_fail(L, "table: column %s, row %I: %s", from->names[column], (LUAI_UACINT)row + 1, problem);
}

/* Whether the value on top of the stack is a list, perhaps of nothing, and no table with names. */
static bool is_list(lua_State *L)
{
    bool is_empty;

    if (!lua_istable(L, -1) || lua_rawlen(L, -1) > 0)
        return lua_istable(L, -1);
    lua_pushnil(L);
    is_empty = lua_next(L, -2) == 0;
    lua_pop(L, is_empty ? 0 : 2);
    return is_empty;
}

/* Puts the text of a set in the place of the list of its members on top of the stack. */
static void push_set(lua_State *L, const dkl_source *from, uint64_t row, size_t column)
{
    const char *delimiter = from->delimiter ? from->delimiter : "|";
    int list = lua_gettop(L);
    lua_Integer n = (lua_Integer)dkl_check_list(L, list, from->names[column], false);
    luaL_Buffer text;

    if (from->stated && !from->delimiter)
        dkl_fail_cell(L, from, row, column,
                      "a list is a set, and the column has another type (\"set\" is its name)");
    for (lua_Integer i = 1; i <= n; i++) { /* all are strings before the buffer is there, which wants its stack */
        if (lua_rawgeti(L, list, i) != LUA_TSTRING)
            dkl_fail_cell(
                L, from, row, column,
                "the members of a set are strings (and an interval has members by name, such as { least = 0, "
                "greatest = 4 })");
        if (strstr(lua_tostring(L, -1), delimiter) || strchr(lua_tostring(L, -1), '|')) {
            lua_pushfstring(L, "the member \"%s\" holds \"%s\", which stands between members", lua_tostring(L, -1),
                            strchr(lua_tostring(L, -1), '|') ? "|" : delimiter);
            dkl_fail_cell(L, from, row, column, lua_tostring(L, -1));
        }
        lua_pop(L, 1);
    }
    luaL_buffinit(L, &text);
    for (lua_Integer i = 1; i <= n; i++) {
        if (i > 1)
            luaL_addstring(&text, delimiter);
        lua_rawgeti(L, list, i);
        luaL_addvalue(&text);
    }
    luaL_pushresult(&text);
    lua_replace(L, list);
}

/* Puts the list of its members in the place of a set on top of the stack. */
static void push_members(lua_State *L)
{
    const dkl_scalar *scalar = dkl_test_scalar(L, -1);

    if (scalar == NULL || scalar->type != DKL_SET)
        return;
    lua_getfield(L, -1, "members");
    lua_replace(L, -2);
}

/* A text where a number or a boolean is stated, as a file has it: "12.50", "1/3", "true". */
static void read_text(const dk_csv_column *stated, dk_value *value)
{
    dk_text text = value->as.text;
    dk_value made = { .type = stated->type };
    bool done = false;

    switch (stated->type) {
    case DK_INTEGER:
    case DK_DECIMAL:
    case DK_INTERVAL:
        made.type = DK_DECIMAL;
        done = dki_parse_decimal(text.bytes, text.size, '.', &made.as.integer, &made.scale);
        break;
    case DK_REAL: done = dki_parse_real(text.bytes, text.size, '.', &made.as.real); break;
    case DK_RATIO:
        done = dkl_parse_ratio(text, &made.as.ratio) &&
               dki_ratio_make(made.as.ratio.numerator, made.as.ratio.denominator, &made.as.ratio);
        break;
    case DK_BOOLEAN:
        made.as.boolean = text.size == 4 && memcmp(text.bytes, "true", 4) == 0;
        done = made.as.boolean || (text.size == 5 && memcmp(text.bytes, "false", 5) == 0);
        break;
    default: break;
    }
    if (done)
        *value = made;
}

dk_value dkl_get_cell(lua_State *L, const dkl_source *from, uint64_t row, size_t column)
{
    dk_value value = { .type = DK_TEXT, .is_null = true };

    push_cell(L, from, row, column);
    push_members(L);
    if (is_list(L)) {
        push_set(L, from, row, column);
        (void)dkl_to_value(L, -1, &value);
        value.type = DK_CATEGORY;
        return value;
    }
    if (lua_istable(L, -1) &&
        dkl_to_interval(L, -1, &value)) /* which the script's list keeps, and its marker with it */
        return value;
    if (!lua_isnil(L, -1) && !dkl_to_value(L, -1, &value)) {
        lua_pushfstring(L, "%s is no value of a table", dkl_push_given(L, -1));
        dkl_fail_cell(L, from, row, column, lua_tostring(L, -1));
    }
    if (from->stated && value.type == DK_TEXT && !value.is_null)
        read_text(from->stated, &value);
    return value;
}

/* Types. ---------------------------------------------------------------------------------------------------------- */

/* Types of one number meet in one column. */
static dk_type group_of(dk_type type)
{
    return dk_type_is_number(type) || type == DK_INTERVAL ? DK_INTEGER : type;
}

static bool same_levels(const dk_dictionary *a, const dk_dictionary *b)
{
    size_t n = dk_dictionary_n_levels(a);

    if (a == b)
        return true;
    if (n != dk_dictionary_n_levels(b))
        return false;
    for (uint32_t code = 1; code <= n; code++) {
        dk_text x = dk_dictionary_level(a, code), y = dk_dictionary_level(b, code);

        if (x.size != y.size || memcmp(x.bytes, y.bytes, x.size) != 0 ||
            dk_dictionary_rank(a, code) != dk_dictionary_rank(b, code))
            return false;
    }
    return true;
}

/* What a number says of a column of intervals; one that is known in bounds only says nothing. */
static void note_number(const dk_value *value, dki_bounds_facts *facts)
{
    bool is_exact = value->type == DK_INTERVAL && !value->is_null && !value->as.interval.no_least &&
                    !value->as.interval.no_greatest && value->as.interval.least == value->as.interval.greatest &&
                    value->as.interval.marker.size == 0;

    if (value->type == DK_INTEGER || value->type == DK_DECIMAL)
        dki_bounds_note_number(value->as.integer, value->type == DK_DECIMAL ? value->scale : 0, facts);
    else if (value->type == DK_REAL && value->as.real < 0)
        facts->has_negative = true;
    else if (is_exact)
        dki_bounds_note_number(value->as.interval.least, value->scale, facts);
    else if (value->type == DK_INTERVAL && value->as.interval.least < 0 && !value->is_null &&
             !value->as.interval.no_least)
        facts->has_negative = true;
}

/* What the value on top of the stack adds to what is known of its column; a message where it does not go with the others. */
static const char *add_value(lua_State *L, kind *k, const dk_value *value)
{
    const dkl_scalar *scalar = dkl_test_scalar(L, -1);
    const dk_dictionary *levels = scalar && scalar->type == DK_CATEGORY ? dkl_scalar_levels(L, -1) : NULL;
    bool is_other = false;

    for (int i = 0; i < DK_N_TYPES; i++)
        is_other = is_other || (k->n[i] > 0 && group_of((dk_type)i) != group_of(value->type));
    if (value->type == DK_PERIOD && k->n[DK_PERIOD] > 0 && value->scale != k->scale)
        is_other = true;
    if (is_other)
        return lua_pushfstring(L, "%s, after values of another type (state the column's type, or make them alike)",
                               dkl_push_kind(L, -1));
    if (levels && k->levels && !same_levels(k->levels, levels))
        return "a level of another list than those before it (state the column's levels)";
    k->n[value->type]++;
    k->n_exact += scalar && scalar->type == DK_DECIMAL;
    k->n_levels += levels != NULL;
    k->levels = levels ? levels : k->levels;
    k->needs_real = k->needs_real || value->type == DK_REAL;
    note_number(value, &k->facts);
    if (value->scale > k->scale)
        k->scale = value->scale;
    return NULL;
}

static kind find_kind(lua_State *L, const dkl_source *from, size_t column)
{
    kind k = { 0 };

    for (uint64_t row = 0; row < from->n_rows; row++) {
        int top = lua_gettop(L);
        dk_value value = dkl_get_cell(L, from, row, column);
        const char *fault = value.is_null && value.type != DK_INTERVAL ? NULL : add_value(L, &k, &value);

        if (fault)
            dkl_fail_cell(L, from, row, column, fault);
        lua_settop(L, top);
    }
    return k;
}

void dkl_bound_cell(lua_State *L, const dkl_source *from, uint64_t row, size_t column,
                    const dki_bounds_facts *facts, dk_value *value)
{
    if (value->type != DK_INTERVAL || !dki_bounds_is_withheld(&value->as.interval))
        return;
    if (facts->has_negative)
        dkl_fail_cell(
            L, from, row, column,
            "a suppressed number without bounds is 0 or more, and the column has numbers below 0: say them");
    dki_bounds_default(facts, DKI_POINT, &value->as.interval, &value->scale);
    value->is_null = false;
}

/* Digits of what is withheld without bounds: of <0.5 there is one. */
static uint8_t withheld_scale(lua_State *L, const dkl_source *from, size_t column, const kind *k)
{
    uint8_t scale = k->scale;

    for (uint64_t row = 0; row < from->n_rows; row++) {
        int top = lua_gettop(L);
        dk_value value = dkl_get_cell(L, from, row, column);

        dkl_bound_cell(L, from, row, column, &k->facts, &value);
        if (value.type == DK_INTERVAL && value.scale > scale)
            scale = value.scale;
        lua_settop(L, top);
    }
    return scale;
}

/* Whether all numbers fit in decimals of the scale. */
static bool fit_in_scale(lua_State *L, const dkl_source *from, size_t column, unsigned scale)
{
    bool fits = true;

    for (uint64_t row = 0; row < from->n_rows && fits; row++) {
        dk_value value = dkl_get_cell(L, from, row, column);
        int64_t scaled;

        if (!value.is_null)
            fits = dki_rescale(value.as.integer, value.type == DK_DECIMAL ? value.scale : 0, scale, &scaled);
        lua_pop(L, 1);
    }
    return fits;
}

static bool has_many_texts(lua_State *L, const dkl_source *from, size_t column)
{
    uint64_t n = 0;
    int seen;

    lua_newtable(L);
    seen = lua_gettop(L);
    for (uint64_t row = 0; row < from->n_rows; row++) {
        push_cell(L, from, row, column);
        if (lua_type(L, -1) == LUA_TSTRING) {
            lua_pushvalue(L, -1);
            if (lua_rawget(L, seen) == LUA_TNIL) {
                n++;
                lua_pushvalue(L, -2);
                lua_pushboolean(L, 1);
                lua_rawset(L, seen);
            }
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return n > CATEGORY_LEVELS && n > from->n_rows / 2;
}

/* Of numbers: decimals where all fit in one scale, else reals, unless some are exact. */
static dk_csv_column settle_floats(lua_State *L, const dkl_source *from, size_t column, const kind *k)
{
    dk_csv_column type = { .type = DK_DECIMAL, .scale = k->scale };

    if (!k->needs_real && fit_in_scale(L, from, column, k->scale))
        return type;
    if (k->n_exact > 0)
        dkl_fail(
            L,
            "table: column %s: its decimals do not fit in one column with the other numbers, which need %d digits "
            "after the point or more (state its type: \"real\" rounds)",
            from->names[column], (int)k->scale);
    return (dk_csv_column){ .type = DK_REAL };
}

dk_csv_column dkl_settle_type(lua_State *L, const dkl_source *from, size_t column, bool *is_set,
                              dki_bounds_facts *facts)
{
    const dk_csv_column *stated = from->stated;
    dk_csv_column type = { .type = DK_TEXT };
    kind k;

    *is_set = from->delimiter != NULL;
    if (stated)
        type = *stated;
    if (stated &&
        ((type.type != DK_DECIMAL && type.type != DK_INTERVAL) || (type.type == DK_DECIMAL && type.has_scale)))
        return type;
    k = find_kind(L, from, column);
    *facts = k.facts;
    if (stated && type.has_scale) {
        facts->digits = type.scale;
    } else if (stated) {
        type.scale = type.type == DK_INTERVAL ? withheld_scale(L, from, column, &k) : k.scale;
    } else if (k.n[DK_CATEGORY] > 0) {
        type.type = DK_CATEGORY;
        *is_set = true;
    } else if (k.n_levels > 0) {
        type.type = DK_CATEGORY;
        type.levels = k.levels;
    } else if (k.n[DK_TEXT] > 0) {
        type.type = has_many_texts(L, from, column) ? DK_TEXT : DK_CATEGORY;
    } else if (k.n[DK_INTERVAL] > 0) {
        type.type = DK_INTERVAL;
        type.scale = withheld_scale(L, from, column, &k);
    } else if (k.n[DK_RATIO] > 0) {
        type.type = DK_RATIO;
    } else if (k.n[DK_DECIMAL] + k.n[DK_REAL] > 0) {
        type = settle_floats(L, from, column, &k);
    } else {
        static const dk_type others[] = { DK_BOOLEAN, DK_INTEGER, DK_DATE, DK_TIMESTAMP, DK_PERIOD };

        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            if (k.n[others[i]] > 0) {
                type.type = others[i];
                type.scale = type.type == DK_PERIOD ? k.scale : 0;
            }
    }
    return type;
}
