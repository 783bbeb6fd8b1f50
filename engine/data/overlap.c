/* overlap.c - figures of groups that overlap: of which group each value is. */
#include "overlap.h"

#include "base/memory.h"
#include "chunk.h"
#include "column_parts.h"

const dk_column *dki_column_overlap(const dk_column *column)
{
    return column->overlap;
}

dk_status dki_overlap_take(const dk_column **column, const dk_column *overlap, dk_status status)
{
    dk_column *own = (dk_column *)(uintptr_t)*column; /* nobody else has it yet */

    if (status != DK_OK) {
        dk_column_release(*column);
        dk_column_release(overlap);
        *column = NULL;
        return status;
    }
    dk_column_release(own->overlap);
    own->overlap = overlap;
    return DK_OK;
}

dk_status dki_column_overlapping(const dk_column *column, const dk_column *overlap, const dk_column **out,
                                 dk_error *err)
{
    const dk_column *own = NULL;
    dk_status status =
        dki_column_concat(column->context, column->type, column->scale, column->levels, &column, 1, &own, err);

    if (status == DK_OK)
        status = dki_overlap_take(&own, overlap ? dk_column_retain(overlap) : NULL, DK_OK);
    if (status == DK_OK)
        *out = own;
    return status;
}

dk_status dki_overlap_give(const dk_column **column, const dk_column *overlap, dk_error *err)
{
    const dk_column *before = *column;
    dk_status status = overlap ? dki_column_overlapping(before, overlap, column, err) : DK_OK;

    if (overlap && status == DK_OK)
        dk_column_release(before);
    return status;
}

dk_status dki_overlap_concat(dk_context *context, const dk_column *const *columns, size_t n, const dk_column **out,
                             dk_error *err)
{
    const dk_dictionary *levels = n > 0 && columns[0]->overlap ? columns[0]->overlap->levels : NULL;
    const dk_column **pieces;
    dk_status status;

    *out = NULL;
    for (size_t i = 0; i < n; i++)
        if (columns[i]->overlap == NULL || columns[i]->overlap->levels != levels)
            return DK_OK;
    if (n == 0)
        return DK_OK;
    pieces = dki_alloc_array(context, n, sizeof *pieces, err);
    if (pieces == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        pieces[i] = columns[i]->overlap;
    status = dki_column_concat(context, DK_CATEGORY, 0, levels, pieces, n, out, err);
    dki_free(context, pieces);
    return status;
}

/* Whether both say the same in every row. */
static bool says_the_same(const dk_column *a, const dk_column *b)
{
    if (a->type != b->type || a->n_rows != b->n_rows)
        return false;
    for (uint64_t row = 0; row < a->n_rows; row++) {
        dk_value values[2];
        dk_error ignored = DK_ERROR_INIT;

        if (dk_column_get(a, row, &values[0], &ignored) != DK_OK ||
            dk_column_get(b, row, &values[1], &ignored) != DK_OK || values[0].is_null != values[1].is_null ||
            (!values[0].is_null && dk_value_compare(&values[0], &values[1]) != 0))
            return false;
    }
    return true;
}

bool dki_overlap_has_several(const dk_column *overlap, dk_value groups[2])
{
    dk_error ignored = DK_ERROR_INIT;

    groups[0].is_null = true;
    for (uint64_t row = 0; row < overlap->n_rows; row++) {
        dk_value *value = groups[0].is_null ? &groups[0] : &groups[1];

        if (dk_column_get(overlap, row, value, &ignored) == DK_OK && value == &groups[1] && !value->is_null &&
            dk_value_compare(&groups[0], value) != 0)
            return true;
    }
    return false;
}

const char *dki_overlap_name(const dk_table *table, const dk_column *overlap)
{
    for (size_t i = 0; i < dk_table_n_columns(table); i++)
        if (says_the_same(dk_table_field(table, i)->column, overlap))
            return dk_table_field(table, i)->name;
    return NULL;
}
