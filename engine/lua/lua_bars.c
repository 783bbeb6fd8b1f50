/* lua_bars.c - numbers of a table at a glance: bars behind them, and sparklines. */
#include <string.h>

#include "lua_options.h"
#include "lua_screen.h"
#include "lua_table.h"

static bool is_among(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Columns that say what a row is: dimensions, or what stands before the numbers. list: room for all columns. */
static size_t key_columns(const dk_table *table, const char **list)
{
    size_t n_columns = dk_table_n_columns(table), n = 0;

    for (size_t i = 0; i < n_columns; i++)
        if (dk_table_field(table, i)->margin_bit >= 0)
            list[n++] = dk_table_field(table, i)->name;
    for (size_t i = 0; n == i && i < n_columns; i++) {
        const dk_field *field = dk_table_field(table, i);
        dk_type type = dk_column_type(field->column);

        if (!dk_type_is_number(type) && type != DK_INTERVAL)
            list[n++] = field->name;
    }
    return n;
}

/* Those, and behind them the named ones. Pushes an anchor of the list. */
static const char **columns_of_bars(lua_State *L, const dk_table *table, dkl_names named, size_t *out)
{
    const char **list = dkl_array(L, dk_table_n_columns(table) + named.n, sizeof *list);
    size_t n = key_columns(table, list);

    for (size_t i = 0; i < named.n; i++)
        if (!is_among(named.items[i], list, n))
            list[n++] = named.items[i];
    *out = n;
    return list;
}

/* t:bars(columns [, options]) prints numbers of a table with bars behind them, and what says which rows they are of. */
static int table_bars(lua_State *L)
{
    static const dk_properties none = { 0 }; /* a weight could not be left out */
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    dk_write_options options;
    const dk_table **plain, **out;
    const char **list;
    dkl_names named;
    dk_format format;
    size_t n;

    if (lua_isnoneornil(L, 2))
        return dkl_arg_fail(L, 2, "the name of a column of numbers, or a list of names");
    lua_settop(L, 3);
    dkl_check_options(L, 3, "bars", dkl_screen_names);
    if (dkl_option(L, 3, "bars"))
        return dkl_fail(L, "bars: the columns are the first argument; the option bars is for t:print and t:text");
    lua_pop(L, 1);
    named = dkl_check_names(L, 2, "bars: columns");
    if (named.n == 0)
        return dkl_arg_fail(L, 2, "the name of a column of numbers, or a list of names");
    list = columns_of_bars(L, table, named, &n);
    plain = dkl_new_table(L);
    DKL_TRY(dk_table_with_properties(table, &none, plain, &err));
    out = dkl_new_table(L);
    DKL_TRY(dk_table_select(*plain, list, n, out, &err));
    for (size_t i = 0; i < dk_table_n_notes(table); i++)
        (void)dkl_add_note(L, out, dk_table_note(table, i));
    format = dkl_text_format(L, 3, "bars");
    dkl_usual_options(L, *out, format, DKL_SCREEN, true, &options);
    options.show_types = options.show_count = false;
    dkl_read_write_options(L, 3, "bars", &options);
    options.bars = named.items;
    options.n_bars = named.n;
    return dkl_print_table(L, *out, format, 3, &options, "bars");
}

/* What tells the rows of sparklines apart: `by`, or the keys without what becomes their characters. */
static void rows_of_sparks(lua_State *L, const dk_table *table, dk_pivot_spec *spec)
{
    dkl_names by = dkl_option_names(L, 4, "spark", "by");
    const char **keys;
    size_t n_keys, n = 0;

    spec->rows = by.items;
    spec->n_rows = by.n;
    if (by.n > 0)
        return;
    keys = dkl_array(L, dk_table_n_columns(table), sizeof *keys);
    n_keys = key_columns(table, keys);
    for (size_t i = 0; i < n_keys; i++)
        if (strcmp(keys[i], spec->columns[0]) != 0 && strcmp(keys[i], spec->values[0]) != 0)
            keys[n++] = keys[i];
    spec->rows = keys;
    spec->n_rows = n;
}

/* Raises where sparklines cannot be drawn of the column: later on each of its values is one. */
static void check_number(lua_State *L, const dk_table *table, const char *name)
{
    dk_error err = DK_ERROR_INIT;
    const dk_column *column;
    size_t i;

    if (dk_table_get(table, name, &i, &err) != DK_OK) {
        dkl_raise(L, &err);
        return;
    }
    column = dk_table_field(table, i)->column;
    if (!dk_type_is_number(dk_column_type(column)) && dk_column_type(column) != DK_INTERVAL)
        dkl_fail(L, "sparklines are drawn of numbers, and %s is %s", name, dk_column_type_name(column));
}

/* t:spark(value, along [, { by = { ... }, as = "name", scale = "row" or "table" }]) -> a table with one row for each of `by`:
 * the first value, a sparkline of all, the last value */
static int table_spark(lua_State *L)
{
    static const char *const names[] = { "by", "as", "scale", NULL };
    static const char *const scales[] = { "row", "table", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    dk_pivot_spec spec = { .n_columns = 1, .n_values = 1 };
    const char *value, *along, *as, **list;
    void **detail, **wide, **drawn;
    const dk_table **out;
    size_t n, n_drawn;
    bool together;

    dkl_pad_arguments(L, 4);
    value = dkl_check_name(L, 2, "spark: the column of numbers");
    along = dkl_check_name(L, 3, "spark: the column along which they are drawn");
    dkl_check_options(L, 4, "spark", names);
    as = dkl_option_text(L, 4, "spark", "as");
    as = as ? as : value;
    together = dkl_option_choice(L, 4, "spark", "scale", scales, 0) == 1;
    check_number(L, table, value);
    spec.columns = &along;
    spec.values = &value;
    rows_of_sparks(L, table, &spec);
    detail = dkl_slot(L, dkl_release_table);
    DKL_TRY(dk_table_detail(table, (const dk_table **)detail, &err));
    wide = dkl_slot(L, dkl_release_table);
    DKL_TRY(dk_table_pivot(*detail, &spec, (const dk_table **)wide, &err));
    n = dk_table_n_columns(*wide);
    n_drawn = n - spec.n_rows;
    list = dkl_array(L, n + 1, sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = dk_table_field(*wide, i)->name;
    drawn = dkl_slot(L, dkl_release_table);
    DKL_TRY(dk_table_with_sparks(*wide, list + spec.n_rows, n_drawn, as, together, (const dk_table **)drawn, &err));
    if (n_drawn > 1) /* the first, all, the last */
        list[spec.n_rows + 2] = list[n - 1];
    list[spec.n_rows + (n_drawn > 0)] = as;
    out = dkl_new_table(L);
    DKL_TRY(dk_table_select(*drawn, list, spec.n_rows + (n_drawn < 2 ? n_drawn + 1 : 3), out, &err));
    return 1;
}

const luaL_Reg dkl_bars_methods[] = { { "bars", table_bars }, { "spark", table_spark }, { NULL, NULL } };
