/* column_pieces.c - a piece of a column, and columns one behind the other: their chunks are shared. */
#include <dekking/column.h>

#include "base/memory.h"
#include "base/status.h"
#include "children.h"
#include "chunk.h"
#include "column_parts.h"
#include "interval.h"
#include "overlap.h"

/* Rows start .. start + n - 1 of the parts, which exist. */
static dk_status slice_parts(const dk_column *column, uint64_t start, uint64_t n, const dk_column **out,
                             dk_error *err)
{
    dki_part *parts;
    size_t n_parts = 0;
    uint64_t end = start + n;
    dk_status status;

    parts = dki_alloc_array(column->context, column->n_parts, sizeof *parts, err);
    if (parts == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < column->n_parts; i++) {
        dki_part part = column->parts[i];
        uint64_t from = part.start > start ? part.start : start;
        uint64_t to = part.start + part.n_rows < end ? part.start + part.n_rows : end;

        if (from >= to)
            continue;
        part.offset += from - part.start;
        part.n_rows = to - from;
        dki_chunk_retain(part.chunk);
        parts[n_parts++] = part;
    }
    status =
        dki_column_of_parts(column->context, column->type, column->scale, column->levels, parts, n_parts, out, err);
    dki_free(column->context, parts);
    return status;
}

/* With its children, and without its overlap. */
static dk_status slice_whole(const dk_column *column, uint64_t start, uint64_t n, const dk_column **out,
                             dk_error *err)
{
    const dk_column *children[DK_MOST_CHILDREN] = { NULL }, *own = NULL;
    dk_status status = DK_OK;

    if (column->n_children == 0)
        return slice_parts(column, start, n, out, err);
    if (column->type != DK_INTERVAL)
        status = slice_parts(column, start, n, &own, err);
    for (size_t i = 0; i < column->n_children && status == DK_OK; i++)
        status = dk_column_slice(column->children[i], start, n, &children[i], err);
    return dki_column_compose(own, children, column->n_children, status, out, err);
}

dk_status dk_column_slice(const dk_column *column, uint64_t start, uint64_t n, const dk_column **out, dk_error *err)
{
    const dk_column *overlap = NULL, *made = NULL;
    dk_status status = DK_OK;

    if (start > column->n_rows)
        start = column->n_rows;
    if (n > column->n_rows - start)
        n = column->n_rows - start;
    if (n == column->n_rows) {
        *out = dk_column_retain(column);
        return DK_OK;
    }
    if (column->overlap == NULL)
        return slice_whole(column, start, n, out, err);
    status = slice_parts(column->overlap, start, n, &overlap, err);
    if (status == DK_OK)
        status = slice_whole(column, start, n, &made, err);
    status = dki_overlap_take(&made, overlap, status);
    if (status == DK_OK)
        *out = made;
    return status;
}

/* Parts alone; as dki_column_concat. */
static dk_status concat_parts(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                              const dk_column *const *columns, size_t n, const dk_column **out, dk_error *err)
{
    size_t n_parts = 0;
    dki_part *parts;
    dk_status status;

    for (size_t i = 0; i < n; i++)
        n_parts += columns[i]->n_parts;
    parts = dki_alloc_array(context, n_parts, sizeof *parts, err);
    if (parts == NULL)
        return DK_ERR_MEMORY;
    n_parts = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < columns[i]->n_parts; k++) {
            parts[n_parts++] = columns[i]->parts[k];
            dki_chunk_retain(columns[i]->parts[k].chunk);
        }
    status = dki_column_of_parts(context, type, scale, levels, parts, n_parts, out, err);
    dki_free(context, parts);
    return status;
}

/* With children, and without overlaps. */
static dk_status concat_whole(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                              const dk_column *const *columns, size_t n, const dk_column **out, dk_error *err)
{
    const dk_column *children[DK_MOST_CHILDREN] = { NULL }, *own = NULL;
    size_t n_children = dki_children_in_common(columns, n);
    dk_status status = DK_OK;

    if (type == DK_INTERVAL && n_children == 0)
        return dki_intervals_concat(context, scale, columns, n, out, err);
    if (type != DK_INTERVAL)
        status = concat_parts(context, type, scale, levels, columns, n, n_children ? &own : out, err);
    if (n_children == 0)
        return status;
    if (status == DK_OK)
        status = dki_children_concat(context, columns, n, n_children, children, err);
    return dki_column_compose(own, children, n_children, status, out, err);
}

dk_status dki_column_concat(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                            const dk_column *const *columns, size_t n, const dk_column **out, dk_error *err)
{
    const dk_column *overlap, *made = NULL;
    dk_status status = dki_overlap_concat(context, columns, n, &overlap, err);

    if (status == DK_OK)
        status = concat_whole(context, type, scale, levels, columns, n, &made, err);
    status = dki_overlap_take(&made, overlap, status);
    if (status == DK_OK)
        *out = made;
    return status;
}
