/* pivot_aggregate.c - a pivot whose cells stand for several rows: a breakdown makes one row of them first. */
#include "pivot_parts.h"

#include <dekking/breakdown.h>

#include <string.h>

#include "base/arena.h"
#include "base/status.h"
#include "expr/aggregate_list.h"
#include "expr/quote.h"

/* What the measure of value v is called meanwhile. */
static const char *measure_name(const dk_pivot_spec *spec, size_t v, dki_arena *arena, dk_error *err)
{
    return dki_arena_format(arena, err, "%s of a pivot's values, number %zu", spec->aggregate, v + 1);
}

/* The table with one row for each cell. */
static dk_status aggregate(const dk_table *table, const dk_pivot_spec *spec, dki_arena *arena,
                           const char *const *names, const dk_table **out, dk_error *err)
{
    size_t n_by = spec->n_rows + spec->n_columns;
    dk_measure *by = dki_arena_array(arena, n_by, sizeof *by, err);
    dk_measure *measures = by ? dki_arena_array(arena, spec->n_values, sizeof *measures, err) : NULL;
    dk_breakdown_spec ask = {
        .name = "a pivot", .by = by, .n_by = n_by, .measures = measures, .n_measures = spec->n_values
    };
    const dk_breakdown *breakdown;
    dk_status status;

    if (measures == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n_by; i++) {
        by[i].text = dki_quote(arena, i < spec->n_rows ? spec->rows[i] : spec->columns[i - spec->n_rows], err);
        if (by[i].text == NULL)
            return DK_ERR_MEMORY;
    }
    for (size_t v = 0; v < spec->n_values; v++) {
        const char *value = dki_quote(arena, spec->values[v], err);

        if (value)
            measures[v].text = dki_arena_format(arena, err, "`%s` = %s(%s)", names[v], spec->aggregate, value);
        if (measures[v].text == NULL)
            return DK_ERR_MEMORY;
    }
    status = dk_breakdown_new(dk_table_context(table), &ask, &breakdown, err);
    if (status != DK_OK)
        return status;
    status = dk_breakdown_run(breakdown, table, NULL, out, err);
    dk_breakdown_release(breakdown);
    return status;
}

/* The aggregates of one argument, which are written as words. */
static dk_status check_aggregate(const char *name, dk_error *err)
{
    static const char *const names[] = {
#define NAME(name, least, greatest) (least) == 1 && (greatest) == 1 ? #name : "",
        DKI_AGGREGATE_LIST(NAME)
#undef NAME
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i][0] && strcmp(names[i], name) == 0)
            return DK_OK;
    (void)dki_fail(err, DK_ERR_ARGUMENT, "a pivot has no aggregate %s", name);
    if (strcmp(name, "count") == 0 || strcmp(name, "rows") == 0)
        dki_hint(err, "rows are counted before, t:breakdown { by = { \"x\", \"y\" }, measures = \"n = count()\" }, "
                      "and values = \"n\" are pivoted");
    else
        dki_hint(err, "aggregates of a pivot are sum, mean, min, max, median, distinct and others of one argument");
    return DK_ERR_ARGUMENT;
}

dk_status dki_pivot_aggregated(const dk_table *table, const dk_pivot_spec *spec, const dk_table **out,
                               dk_error *err)
{
    dk_pivot_spec cells = *spec;
    dki_arena arena;
    const char **names;
    const dk_table *made = NULL;
    dk_status status = check_aggregate(spec->aggregate, err);

    if (status != DK_OK)
        return status;
    dki_arena_init(&arena, dk_table_context(table));
    names = dki_arena_array(&arena, spec->n_values, sizeof *names, err);
    status = names ? DK_OK : DK_ERR_MEMORY;
    for (size_t v = 0; v < spec->n_values && status == DK_OK; v++) {
        names[v] = measure_name(spec, v, &arena, err);
        status = names[v] ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = aggregate(table, spec, &arena, names, &made, err);
    if (status == DK_OK) {
        cells.values = names;
        status = dki_pivot_run(made, &cells, spec->values, out, err);
    }
    dk_table_release(made);
    dki_arena_drop(&arena);
    return status;
}
