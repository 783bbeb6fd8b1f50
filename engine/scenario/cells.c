/* cells.c - the table of weighted cells: one row for each combination of what is mentioned.
 *
 * Cells are made by a breakdown, so that they come in the order of keys whatever the order of rows. Measures that can
 * be asked of them (cell_measures.c) are the same on cells as on rows, because every column that they read is a column
 * of the cells. What cells do not have is refused: what looks at records, and the weight, which is what a scenario moves.
 */
#include <dekking/scenario.h>

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/overlap.h"
#include "expr/poll_row.h"
#include "expr/quote.h"
#include "query/breakdown_parts.h"
#include "scenario_parts.h"

/* Weights ------------------------------------------------------------------------------------------------------ */

size_t dki_cells_weight(const dk_table *cells)
{
    return dk_table_find(cells, dk_table_properties(cells)->weight);
}

/* The counts of a breakdown as weights: decimals of DK_WEIGHT_SCALE digits. */
static dk_status make_weights(const dk_column *counts, const dk_column **out, dk_error *err)
{
    dk_context *context = dk_column_context(counts);
    uint64_t n = dk_column_n_rows(counts);
    dk_builder *builder;
    dk_status status = dk_builder_new(context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &builder, err);

    if (status != DK_OK)
        return status;
    DKI_FOR_ROWS(i, n, context, status, err)
    {
        dk_value value;

        status = dk_column_get(counts, i, &value, err);
        if (status == DK_OK)
            status = dk_builder_value(builder, &value, err);
        if (status == DK_ERR_RANGE) {
            char text[64];

            dk_value_format(&value, text, sizeof text);
            status = dki_fail(err, DK_ERR_OVERFLOW,
                              "a weight of %s does not fit: a scenario counts in billionths of a person, up to "
                              "9223372036 persons",
                              text);
        }
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

dk_status dki_cells_weights(const dk_table *cells, int64_t *out, dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    const char *weight = dk_table_properties(cells)->weight;
    const dk_column *column = weight ? dk_table_field(cells, dki_cells_weight(cells))->column : NULL;
    dki_i128 sum = 0;
    dk_view view;
    dk_status status = DK_OK;

    if (column == NULL || dk_column_type(column) != DK_DECIMAL || dk_column_scale(column) != DK_WEIGHT_SCALE ||
        dk_table_margin(cells))
        return dki_fail(err, DK_ERR_ARGUMENT, "a scenario runs on cells, and this table is none");
    dk_view_init(&view, context);
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n) {
        dki_view_integers(&view, out + row);
        for (size_t i = 0; i < view.n; i++)
            sum += out[row + i];
    }
    dk_view_release(&view);
    if (status == DK_OK && !dki_fits_i64(sum))
        status = dki_fail(err, DK_ERR_OVERFLOW,
                          "the table counts more persons than a scenario can: 9223372036, in billionths");
    return status;
}

/* Grouping ----------------------------------------------------------------------------------------------------- */

dk_status dki_cells_weight_name(const dk_table *table, dki_arena *arena, const char **out, dk_error *err)
{
    const char *own = dk_table_properties(table)->weight;

    *out = own ? own : "weight";
    for (unsigned i = 2; !own && *out && dk_table_find(table, *out) != DK_NO_COLUMN; i++)
        *out = dki_arena_format(arena, err, "weight_%u", i);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

/* The dimensions of a question, on their way. */
struct dimensions {
    dki_arena *arena;
    dk_measure by[DKI_MAX_DIMENSIONS];
    size_t n;
};

static dk_status add_dimension(void *arg, const char *name, dk_error *err)
{
    struct dimensions *d = arg;

    if (d->n == DKI_MAX_DIMENSIONS)
        return dki_fail(
            err, DK_ERR_LIMIT,
            "a scenario and its breakdown mention more columns than the %d that fit, of which an interval "
            "takes three and a rate two",
            DKI_MAX_DIMENSIONS);
    d->by[d->n] = (dk_measure){ 0 };
    d->by[d->n].text = dki_quote(d->arena, name, err);
    return d->by[d->n++].text ? DK_OK : DK_ERR_MEMORY;
}

/* The question that counts rows of the table by those columns. */
static dk_status make_question(const dk_table *table, const dki_text_map *names, dki_arena *arena,
                               const dk_breakdown **out, dk_error *err)
{
    dk_breakdown_spec spec = { .name = "cells" };
    struct dimensions dimensions = { .arena = arena };
    dk_measure measure = { 0 };
    const char *weight, *quoted;
    dk_status status = dki_cells_weight_name(table, arena, &weight, err);

    if (status == DK_OK)
        status = dki_children_visit(table, names, arena, add_dimension, &dimensions, err);
    if (status != DK_OK)
        return status;
    quoted = dki_quote(arena, weight, err);
    measure.text = quoted ? dki_arena_format(arena, err, "%s = count()", quoted) : NULL;
    spec.by = dimensions.by;
    spec.n_by = dimensions.n;
    spec.measures = &measure;
    spec.n_measures = 1;
    return measure.text ? dk_breakdown_new(dk_table_context(table), &spec, out, err) : DK_ERR_MEMORY;
}

/* Counts as weights, columns put together again, and the properties of the table that was counted. */
static dk_status finish_cells(const dk_table *table, const dki_text_map *names, const dk_table *counted,
                              const dk_table **out, dk_error *err)
{
    dk_properties properties = *dk_table_properties(table);
    size_t weight = dk_table_n_columns(counted) - 1;
    dk_field field = DK_FIELD(dk_table_field(counted, weight)->name, NULL);
    const dk_table *weighted = NULL, *joined = NULL;
    dk_status status = make_weights(dk_table_field(counted, weight)->column, &field.column, err);

    properties.weight = field.name;
    for (size_t i = 0; i < properties.n_key; i++)
        if (dki_text_map_find(names, properties.key[i], strlen(properties.key[i])) == DKI_MAP_NONE)
            properties.n_key = 0; /* of rows, which cells are not */
    if (status == DK_OK)
        status = dk_table_with(counted, &field, 1, &weighted, err);
    if (status == DK_OK)
        status = dki_children_join(table, names, weighted, &joined, err);
    if (status == DK_OK)
        status = dk_table_with_properties(joined, &properties, out, err);
    dk_table_release(joined);
    dk_table_release(weighted);
    dk_column_release(field.column);
    return status;
}

dk_status dki_cells_group(const dk_table *table, const dki_text_map *names, const dk_table **out, dk_error *err)
{
    const dk_breakdown *question = NULL;
    const dk_table *spread = NULL, *counted = NULL;
    dki_arena arena;
    dk_status status;

    dki_arena_init(&arena, dk_table_context(table));
    status = make_question(table, names, &arena, &question, err);
    if (status == DK_OK)
        status = dki_children_spread(table, names, &arena, &spread, err);
    if (status == DK_OK)
        status = dk_breakdown_run(question, spread, NULL, &counted, err);
    if (status == DK_OK)
        status = finish_cells(table, names, counted, out, err);
    dk_table_release(counted);
    dk_table_release(spread);
    dk_breakdown_release(question);
    dki_arena_drop(&arena);
    return status;
}

/* Cells of a table --------------------------------------------------------------------------------------------- */

/* Names from number `from` on are columns of the table, and none is its weight. */
static dk_status check_columns(const dk_table *table, const dki_text_map *names, size_t from, dk_error *err)
{
    const char *weight = dk_table_properties(table)->weight;
    dk_status status = DK_OK;

    for (size_t i = from; i < names->n && status == DK_OK; i++) {
        size_t size, at;
        const char *name = dki_text_map_get(names, (uint32_t)i, &size);

        status = dk_table_get(table, name, &at, err);
        if (status == DK_OK && weight && strcmp(name, weight) == 0)
            status = dki_fail(
                err, DK_ERR_ARGUMENT,
                "%s is the weight of the table: a scenario moves it, and nothing else can read or set it", name);
    }
    return status;
}

/* Figures by the members of sets are no persons: a step would move who is in several groups several times, or in part. */
static dk_status check_overlap(const dk_table *table, const char *name, dk_error *err)
{
    const dk_column *overlap = dki_column_overlap(dk_table_field(table, dk_table_find(table, name))->column);
    dk_value groups[2];
    const char *by = NULL;

    if (overlap == NULL || !dki_overlap_has_several(overlap, groups))
        return DK_OK;
    by = dki_overlap_name(table, overlap);
    (void)dki_fail(err, DK_ERR_ARGUMENT,
                   "%s has figures of groups that overlap, %.*s and %.*s: a scenario moves persons, and who is in "
                   "several would be moved several times",
                   name, (int)groups[0].as.text.size, groups[0].as.text.bytes, (int)groups[1].as.text.size,
                   groups[1].as.text.bytes);
    dki_hint(err, "ask it of the persons that were counted, or of one group: where \"%s == ...\"", by ? by : "m");
    return DK_ERR_ARGUMENT;
}

static dk_status check_overlaps(const dk_table *table, const dki_text_map *names, dk_error *err)
{
    const char *weight = dk_table_properties(table)->weight;
    dk_status status = weight ? check_overlap(table, weight, err) : DK_OK;

    for (size_t i = 0; i < names->n && status == DK_OK; i++) {
        size_t size;

        status = check_overlap(table, dki_text_map_get(names, (uint32_t)i, &size), err);
    }
    return status;
}

dk_status dki_cells_names(const dk_table *table, const dk_breakdown *breakdown, const dk_scenario *const *scenarios,
                          size_t n_scenarios, dki_text_map *names, dk_error *err)
{
    dk_status status = DK_OK;

    if (dk_table_margin(table)) {
        dki_fail(err, DK_ERR_MARGIN, "the table has rows that are totals, which would count double");
        dki_hint(err, "take its details: :detail()");
        return DK_ERR_MARGIN;
    }
    if (breakdown)
        status = dki_breakdown_mentions(table, breakdown, names, err);
    if (status == DK_OK)
        status = check_columns(table, names, 0, err);
    for (size_t i = 0; i < n_scenarios; i++)
        for (size_t k = 0; k < scenarios[i]->n_steps && status == DK_OK; k++) {
            const dki_step *step = &scenarios[i]->steps[k];
            size_t n_before = names->n;

            status = dki_step_columns(step, true, names, err);
            if (status == DK_OK)
                status = dki_step_fail(step, check_columns(table, names, n_before, err), err);
        }
    for (size_t i = 0; i < n_scenarios && status == DK_OK; i++)
        status = dki_add_key(table, scenarios[i], names, err);
    return status == DK_OK ? check_overlaps(table, names, err) : status;
}

dk_status dki_cells_check(const dk_table *table, const dk_breakdown *breakdown, dk_error *err)
{
    dki_wants wants = dki_breakdown_wants(breakdown);
    dki_text_map names;
    dk_status status = DK_OK;

    if (wants.most != DKI_WANT_PERSONS)
        return dki_wants_fail(&wants, dk_table_context(table), err);
    dki_text_map_init(&names, dk_table_context(table));
    status = dki_breakdown_mentions(table, breakdown, &names, err);
    if (status == DK_OK)
        status = check_columns(table, &names, 0, err);
    dki_text_map_drop(&names);
    return status;
}

dk_status dk_cells_new(const dk_table *table, const dk_breakdown *breakdown, const dk_scenario *const *scenarios,
                       size_t n_scenarios, const dk_table **out, dk_error *err)
{
    dki_wants wants = { .most = DKI_WANT_PERSONS };
    dki_text_map names;
    dk_status status;

    if (breakdown)
        wants = dki_breakdown_wants(breakdown);
    if (wants.most != DKI_WANT_PERSONS)
        return dki_wants_fail(&wants, dk_table_context(table), err);
    dki_text_map_init(&names, dk_table_context(table));
    status = dki_cells_names(table, breakdown, scenarios, n_scenarios, &names, err);
    if (status == DK_OK)
        status = dki_cube_get(table, &names, out, NULL, err);
    dki_text_map_drop(&names);
    return status;
}
