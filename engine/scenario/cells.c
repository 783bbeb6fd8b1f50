/* cells.c - the table of weighted cells: one row for each combination of what is mentioned.
 *
 * Cells are made by a breakdown, so that they come in the order of keys whatever the order of rows. Measures that cannot be
 * had from cells do not exist here yet; all that do (count, sum, mean, min, max) are the same on cells as on rows,
 * because every column that they read is a column of the cells.
 */
#include <dekking/scenario.h>

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "query/breakdown_parts.h"
#include "scenario_parts.h"

size_t dki_cells_weight(const dk_table *cells)
{
    return dk_table_find(cells, dk_table_properties(cells)->weight);
}

/* The counts of a breakdown as weights: decimals of DK_WEIGHT_SCALE digits. */
static dk_status make_weights(const dk_column *counts, const dk_column **out, dk_error *err)
{
    uint64_t n = dk_column_n_rows(counts);
    dk_builder *builder;
    dk_status status = dk_builder_new(dk_column_context(counts), DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &builder, err);

    if (status != DK_OK)
        return status;
    for (uint64_t i = 0; i < n && status == DK_OK; i++) {
        dk_value value;

        status = dk_column_get(counts, i, &value, err);
        if (status == DK_OK)
            status = dk_builder_value(builder, &value, err);
        if (status == DK_ERR_RANGE) {
            status = dki_fail(err, DK_ERR_OVERFLOW, "a weight does not fit with %d digits after the point",
                              DK_WEIGHT_SCALE);
        }
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* A name that no column has. */
static void weight_name(const dk_table *table, char *out, size_t size)
{
    const char *own = dk_table_properties(table)->weight;

    snprintf(out, size, "%s", own ? own : "weight");
    for (unsigned i = 2; !own && dk_table_find(table, out) != DK_NO_COLUMN; i++)
        snprintf(out, size, "weight_%u", i);
}

static bool is_mentioned(const dki_text_map *names, const char *name)
{
    return dki_text_map_find(names, name, strlen(name)) != UINT32_MAX;
}

/* A name between backquotes; a name that holds one cannot be written. */
static dk_status quote(dki_arena *arena, const char *name, const char **out, dk_error *err)
{
    if (strchr(name, '`'))
        return dki_fail(err, DK_ERR_ARGUMENT, "a column whose name holds a backquote cannot be in a scenario: %s",
                        name);
    *out = dki_arena_format(arena, err, "`%s`", name);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

/* With the weights as a column of their own, and the table's properties. */
static dk_status finish(const dk_table *table, const dk_table *counted, const char *name, const dk_table **out,
                        dk_error *err)
{
    size_t last = dk_table_n_columns(counted) - 1;
    dk_properties properties = *dk_table_properties(table);
    const dk_column *weights = NULL;
    const dk_table *weighted = NULL;
    dk_field field;
    dk_status status = make_weights(dk_table_field(counted, last)->column, &weights, err);

    properties.weight = name;
    if (status == DK_OK) {
        field = DK_FIELD(name, weights);
        status = dk_table_with(counted, &field, 1, &weighted, err);
    }
    if (status == DK_OK)
        status = dk_table_with_properties(weighted, &properties, out, err);
    dk_table_release(weighted);
    dk_column_release(weights);
    return status;
}

dk_status dki_cells_group(const dk_table *table, const dki_text_map *names, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    char weight[128];
    dki_arena arena;
    dk_breakdown_spec spec = { .name = "cells" };
    dk_measure *by, measure = { 0 };
    const dk_breakdown *breakdown = NULL;
    const dk_table *counted = NULL;
    const char *quoted = NULL;
    dk_status status = DK_OK;

    dki_arena_init(&arena, context);
    weight_name(table, weight, sizeof weight);
    by = dki_arena_array(&arena, names->n, sizeof *by, err);
    if (by == NULL)
        status = DK_ERR_MEMORY;
    for (size_t i = 0; status == DK_OK && i < dk_table_n_columns(table); i++) {
        const char *name = dk_table_field(table, i)->name;

        if (!is_mentioned(names, name) || strcmp(name, weight) == 0)
            continue;
        status = quote(&arena, name, &by[spec.n_by++].text, err);
    }
    if (status == DK_OK)
        status = quote(&arena, weight, &quoted, err);
    if (status == DK_OK) {
        measure.text = dki_arena_format(&arena, err, "%s = count()", quoted);
        spec.by = by;
        spec.measures = &measure;
        spec.n_measures = 1;
        status = measure.text ? dk_breakdown_new(context, &spec, &breakdown, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = dk_breakdown_run(breakdown, table, NULL, &counted, err);
    if (status == DK_OK)
        status = finish(table, counted, weight, out, err);
    dk_table_release(counted);
    dk_breakdown_release(breakdown);
    dki_arena_drop(&arena);
    return status;
}

dk_status dki_cells_weights(const dk_table *cells, int64_t *out, dk_error *err)
{
    const dk_column *column = dk_table_field(cells, dki_cells_weight(cells))->column;
    uint64_t n_rows = dk_table_n_rows(cells);
    dk_view view;
    dk_status status = DK_OK;

    dk_view_init(&view, dk_table_context(cells));
    for (uint64_t row = 0; row < n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? (size_t)(n_rows - row) : DK_BLOCK_ROWS;

        status = dk_column_view(column, row, n, &view, err);
        if (status == DK_OK)
            dki_view_integers(&view, out + row);
    }
    dk_view_release(&view);
    return status;
}

struct mention {
    dki_text_map *names;
    dk_status status;
    dk_error *err;
};

static bool mention(void *arg, const char *column)
{
    struct mention *m = arg;
    uint32_t number;

    m->status = dki_text_map_add(m->names, column, strlen(column), &number, m->err);
    return m->status == DK_OK;
}

dk_status dk_cells_new(const dk_table *table, const dk_breakdown *breakdown, const dk_scenario *const *scenarios,
                       size_t n_scenarios, const dk_table **out, dk_error *err)
{
    dki_text_map names;
    struct mention m = { &names, DK_OK, err };
    dk_status status = DK_OK;

    if (dk_table_margin(table)) {
        dki_fail(err, DK_ERR_MARGIN, "the table has rows that are totals, which would count double");
        dki_hint(err, "take its details: :detail()");
        return DK_ERR_MARGIN;
    }
    dki_text_map_init(&names, dk_table_context(table));
    if (breakdown) {
        dki_breakdown_columns(breakdown, mention, &m);
        status = m.status;
    }
    for (size_t i = 0; i < n_scenarios && status == DK_OK; i++)
        for (size_t k = 0; k < scenarios[i]->n_steps && status == DK_OK; k++)
            status = dki_step_columns(&scenarios[i]->steps[k], true, &names, err);
    for (size_t i = 0; i < names.n && status == DK_OK; i++) {
        size_t size, at;

        status = dk_table_get(table, dki_text_map_get(&names, (uint32_t)i, &size), &at, err);
    }
    if (status == DK_OK)
        status = dki_cells_group(table, &names, out, err);
    dki_text_map_drop(&names);
    return status;
}
