/* lua_tighten.c - bounds made narrower by totals. */
#include <dekking/tighten.h>

#include "lua_options.h"
#include "lua_table.h"

/* t:tighten { total = "totaal" [, values = { ... }, by = { ... }, total_word = "Totaal", totals = "equal", sums = "together"] } */
static int table_tighten(lua_State *L)
{
    static const char *const options[] = { "values", "total", "by", "total_word", "totals", "sums", NULL };
    static const char *const totals[] = { "equal", "at least", NULL };
    static const char *const sums[] = { "together", "one by one", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    dk_tighten_spec spec = { 0 };
    dkl_names values, by;
    const dk_table **out;

    lua_settop(L, 2);
    dkl_check_options(L, 2, "tighten", options);
    values = dkl_option_names(L, 2, "tighten", "values");
    by = dkl_option_names(L, 2, "tighten", "by");
    spec.values = values.items;
    spec.n_values = values.n;
    spec.by = by.items;
    spec.n_by = by.n;
    spec.total = dkl_option_text(L, 2, "tighten", "total");
    spec.total_word = dkl_option_text(L, 2, "tighten", "total_word");
    spec.at_least = dkl_option_choice(L, 2, "tighten", "totals", totals, 0) == 1;
    spec.one_by_one = dkl_option_choice(L, 2, "tighten", "sums", sums, 0) == 1;
    out = dkl_new_table(L);
    DKL_TRY(dk_table_tighten(table, &spec, out, &err));
    return 1;
}

const luaL_Reg dkl_tighten_methods[] = { { "tighten", table_tighten }, { NULL, NULL } };
