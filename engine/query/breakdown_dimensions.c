/* breakdown_dimensions.c - the tables of a result, which begin with its dimensions as columns.
 *
 * The rows stand in the order that breakdown_cells.c settled. One table has a row for every cell, for measures that look others up;
 * the other, whose columns begin with the same values, those that are shown.
 */
#include "breakdown_plan.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/table_parts.h"
#include "expr/cut_text.h"
#include "expr/poll_row.h"
#include "partition.h"

/* Columns. ----------------------------------------------------------------------------------------------------- */

/* For each cell the code of a dimension; a totalled one is null. Codes come down from the groups level by level. */
static void make_codes(const dki_result *result, size_t dim, uint32_t *codes)
{
    const dki_cells *cells = &result->cells;
    const dki_grouper *grouper = &result->groups.grouper;

    memset(codes, 0, dki_cells_n(cells) * sizeof *codes);
    for (size_t i = 0; i < grouper->n_groups; i++)
        codes[i] = dki_grouper_key(grouper, i)[dim];
    for (size_t k = 1; k < cells->n_levels; k++) {
        const dki_level *level = &cells->levels[k], *parent = &cells->levels[level->parent];

        if (level->mask >> dim & 1)
            continue;
        for (size_t i = 0; level->ends && i < level->n; i++)
            codes[level->first + i] = dki_grouper_key(grouper, cells->groups[level->first + i])[dim];
        if (level->ends)
            continue;
        for (size_t i = 0; i < parent->n; i++)
            codes[level->to[i]] = codes[parent->first + i];
    }
}

static dk_status grouped_column(const dki_result *result, size_t dim, const dk_column **out, dk_error *err)
{
    const dki_plan *plan = result->plan;
    const dki_dimension *what = &plan->dims[dim];
    uint32_t *codes;
    dk_builder *builder = NULL;
    dk_status status;

    if (result->groups.parts)
        return dki_partitions_dimension(result->groups.parts, dim, out, err);
    codes = dki_alloc_array(plan->context, dki_cells_n(&result->cells), sizeof *codes, err);
    status = codes ? DK_OK : DK_ERR_MEMORY;
    if (status == DK_OK) {
        make_codes(result, dim, codes);
        status = dk_builder_new(plan->context, what->type, what->scale, what->levels, &builder, err);
    }
    if (status == DK_OK)
        status = dki_builder_expect(builder, result->n_rows, err);
    for (size_t from = 0, n; status == DK_OK && from < result->n_rows; from += n) {
        uint32_t ordered[DK_BLOCK_ROWS];

        n = result->n_rows - from < DK_BLOCK_ROWS ? result->n_rows - from : DK_BLOCK_ROWS;
        for (size_t i = 0; i < n; i++)
            ordered[i] = codes[result->order[from + i]];
        status = dki_poll(plan->context, err);
        if (status == DK_OK)
            status = dki_grouper_append_codes(&result->groups.grouper, dim, ordered, n, builder, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dki_free(plan->context, codes);
    return status;
}

dk_status dki_result_dimension(const dki_result *result, size_t dim, const dk_column **out, dk_error *err)
{
    const dki_text_codes *texts = result->plan->texts[dim];
    const dk_column *numbers;
    dk_status status;

    if (result->plan->spreads[dim] != DKI_SPREAD_NOT)
        return dki_spread_column(result, dim, out, err);
    if (texts == NULL)
        return grouped_column(result, dim, out, err);
    status = grouped_column(result, dim, &numbers, err);
    if (status != DK_OK)
        return status;
    status = dki_text_codes_texts(texts, numbers, out, err);
    dk_column_release(numbers);
    return status;
}

/* Tables. ------------------------------------------------------------------------------------------------------ */

static dk_status margin_column(dki_result *result, const dk_column **out, dk_error *err)
{
    const dk_breakdown *breakdown = result->plan->breakdown;
    uint32_t seen = dki_all_totals(breakdown->n_by - breakdown->n_hidden);
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(result->plan->context, DK_INTEGER, 0, NULL, &builder, err);

    DKI_FOR_ROWS(i, result->n_rows, result->plan->context, status, err)
    {
        status = dk_builder_integer(builder, dki_cell_mask(&result->cells, (size_t)result->order[i]) & seen, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* Whether rows may be totals of what is shown. */
static bool has_margins(const dk_breakdown *breakdown)
{
    return (breakdown->told ? breakdown->told : breakdown)->margins != DK_MARGINS_NONE;
}

/* A table of the dimensions alone, over every cell. */
static dk_status dimension_table(dki_result *result, const dk_table **out, dk_error *err)
{
    const dk_breakdown *breakdown = result->plan->breakdown;
    dk_field fields[DKI_MAX_DIMENSIONS];
    const dk_table *plain = NULL;
    const dk_column *margin = NULL;
    size_t n = 0;
    dk_status status = DK_OK;

    for (; status == DK_OK && n < breakdown->n_by; n++) {
        bool totalled = has_margins(breakdown) && n < breakdown->n_by - breakdown->n_hidden;

        fields[n] = (dk_field){ .name = breakdown->by[n].name,
                                .label = breakdown->by[n].label,
                                .format = breakdown->by[n].format,
                                .margin_bit = totalled ? (int)n : -1 };
        if (result->dims)
            fields[n].column = dk_column_retain(result->dims[n]);
        else
            status = dki_result_dimension(result, n, &fields[n].column, err);
    }
    if (status == DK_OK)
        status = dk_table_new(result->plan->context, fields, n, result->n_rows, &plain, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    if (status == DK_OK && has_margins(breakdown) && n > 0) {
        status = margin_column(result, &margin, err);
        if (status == DK_OK)
            status = dk_table_with_margin(plain, margin, out, err);
        dk_column_release(margin);
        dk_table_release(plain);
    } else if (status == DK_OK) {
        *out = plain;
    }
    return status;
}

static dk_status make_prefix(dki_result *result, dk_error *err)
{
    const dk_breakdown *breakdown = result->plan->breakdown;
    size_t longest = 0;
    char *prefix;

    for (size_t i = 0; i < breakdown->n_by + breakdown->n_measures; i++) {
        const char *name =
            i < breakdown->n_by ? breakdown->by[i].name : breakdown->measures[i - breakdown->n_by].name;
        size_t n = strspn(name, "\x01");

        longest = n > longest ? n : longest;
    }
    prefix = dki_arena_array(&result->arena, longest + 2, 1, err);
    if (prefix == NULL)
        return DK_ERR_MEMORY;
    memset(prefix, 1, longest + 1);
    result->prefix = prefix;
    return DK_OK;
}

/* The rows that are shown: where those are all, without a look at each column, and without its being a step. */
static dk_status shown_table(const dki_result *result, const dk_table **out, dk_error *err)
{
    const dk_table *all = result->all;
    dk_table *made;
    dk_status status;

    if (result->n_shown < result->n_rows)
        return dk_table_slice(all, 0, result->n_shown, out, err);
    status = dki_table_make(result->plan->context, all->fields, all->n_fields, all->n_rows, NULL, all->margin,
                            &made, err);
    if (status == DK_OK)
        *out = made;
    return status;
}

dk_status dki_result_tables(dki_result *result, dk_error *err)
{
    dk_status status = make_prefix(result, err);

    if (status == DK_OK)
        status = dki_result_make_columns(result, err);
    if (status == DK_OK)
        status = dimension_table(result, &result->all, err);
    if (status == DK_OK)
        status = shown_table(result, &result->shown, err);
    return status;
}

/* Cells in words. ---------------------------------------------------------------------------------------------- */

void dki_result_describe_by(const dki_result *result, uint64_t row, uint32_t dims, char out[DKI_CELL_TEXT])
{
    const size_t size = DKI_CELL_TEXT;
    const dk_breakdown *breakdown = result->plan->breakdown;
    uint32_t mask = result->order ? dki_cell_mask(&result->cells, (size_t)result->order[row]) : 0;
    size_t used = 0;

    (void)snprintf(out, size, breakdown->n_by ? "" : "all rows");
    for (size_t i = 0; i < breakdown->n_by && used + 1 < size; i++) {
        char text[96] = "total";
        dk_value value;
        dk_error ignored = DK_ERROR_INIT;
        int wrote;

        if (!(dims >> i & 1))
            continue;
        if (!(mask >> i & 1)) {
            if (dk_column_get(dk_table_field(result->all, i)->column, row, &value, &ignored) != DK_OK)
                return;
            (void)dk_value_format(&value, text, sizeof text);
        }
        wrote = snprintf(out + used, size - used, "%s%s = %s", used ? ", " : "", breakdown->by[i].name, text);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    dki_cut_text(out);
}

void dki_result_describe(const dki_result *result, uint64_t row, char out[DKI_CELL_TEXT])
{
    dki_result_describe_by(result, row, UINT32_MAX, out);
}
