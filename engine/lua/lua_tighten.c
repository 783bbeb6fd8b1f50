/* lua_tighten.c - bounds made narrower by totals. */
#include <dekking/tighten.h>

#include <string.h>

#include "lua_options.h"
#include "lua_table.h"

/* Whether sums of rows were checked when the table was read. */
static bool has_row_sums(const dk_table *checks)
{
    const dk_column *of = dk_table_field(checks, 0)->column; /* "row" or "column" */
    dk_value value = { .is_null = true };
    dk_error err;

    dkl_no_error(&err);
    for (uint64_t row = 0; row < dk_table_n_rows(checks); row++)
        if (dk_column_get(of, row, &value, &err) == DK_OK && !value.is_null && value.as.text.size == 3 &&
            memcmp(value.as.text.bytes, "row", 3) == 0)
            return true;
    return false;
}

/* The column that dk.read_published read as the sum of those before it: the last one of numbers. NULL: there is none, or the
 * table is not as it was read. */
static const char *known_total(lua_State *L, const dk_table *table)
{
    const char *total = NULL;
    const dk_table *checks;

    lua_getiuservalue(L, 1, DKL_CHECKS);
    checks = dkl_test_object(L, -1, DKL_TABLE);
    for (size_t i = 0; checks && has_row_sums(checks) && i < dk_table_n_columns(table); i++) {
        dk_type type = dk_column_type(dk_table_field(table, i)->column);

        if (type == DK_INTEGER || type == DK_INTERVAL)
            total = dk_table_field(table, i)->name;
    }
    lua_pop(L, 1);
    return total;
}

/* t:tighten { total = "totaal" [, values = { ... }, by = { ... }, total_word = "Totaal", totals = "equal", sums = "together"] };
 * a published table knows its total */
static int table_tighten(lua_State *L)
{
    static const char *const options[] = { "values", "total", "by", "total_word", "totals", "sums", NULL };
    static const char *const totals[] = { "equal", "at least", NULL };
    static const char *const sums[] = { "together", "one by one", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    dk_tighten_spec spec = { 0 };
    dkl_names values, by;
    const dk_table **out;

    dkl_no_error(&err);
    dkl_pad_arguments(L, 2);
    dkl_check_options(L, 2, "tighten", options);
    values = dkl_option_names(L, 2, "tighten", "values");
    by = dkl_option_names(L, 2, "tighten", "by");
    spec.values = values.items;
    spec.n_values = values.n;
    spec.by = by.items;
    spec.n_by = by.n;
    spec.total = dkl_option_name(L, 2, "tighten", "total");
    if (spec.total == NULL && values.n == 0)
        spec.total = known_total(L, table);
    spec.total_word = dkl_option_text(L, 2, "tighten", "total_word");
    spec.at_least = dkl_option_choice(L, 2, "tighten", "totals", totals, 0) == 1;
    spec.one_by_one = dkl_option_choice(L, 2, "tighten", "sums", sums, 0) == 1;
    out = dkl_new_table(L);
    DKL_TRY(dk_table_tighten(table, &spec, out, &err));
    return 1;
}

const luaL_Reg dkl_tighten_methods[] = { { "tighten", table_tighten }, { NULL, NULL } };
