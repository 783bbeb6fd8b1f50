/* row_values.c - a whole column as arrays. Ranges of rows are read side by side. Poll: once per block. */
#include "row_values.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "data/column_parts.h"

#define RANGE_ROWS 65536 /* a multiple of 64 */

struct load {
    const dk_column *column;
    int64_t *values; /* NULL: not wanted */
    uint64_t *known; /* NULL: not wanted */
    bool truth;      /* known: rows that are true */
};

static dk_status load_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct load *load = arg;
    dk_context *context = dk_column_context(load->column);
    size_t step = dki_block_rows(context);
    dk_status status = DK_OK;
    dk_view view;

    (void)worker;
    dk_view_init(&view, context);
    for (uint64_t row = begin; row < end && status == DK_OK; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;
        int64_t truths[DK_BLOCK_ROWS];

        status = dki_poll(context, err);
        if (status == DK_OK)
            status = dk_column_view(load->column, row, n, &view, err);
        if (status != DK_OK)
            break;
        if (load->truth)
            dki_view_integers(&view, truths);
        else if (load->values == NULL)
            ;
        else if (view.type == DK_REAL && view.constant)
            for (size_t i = 0; i < n; i++)
                memcpy(&load->values[row + i], view.values, sizeof(double));
        else if (view.type == DK_REAL)
            memcpy(load->values + row, view.values, n * sizeof(double));
        else
            dki_view_integers(&view, load->values + row);
        for (size_t i = 0; load->known && i < n; i++)
            if (!dki_view_is_null(&view, i) && (!load->truth || truths[i]))
                dki_bit_set(load->known, (size_t)row + i);
    }
    dk_view_release(&view);
    return status;
}

static dk_status load(struct load *load, dk_error *err)
{
    return dki_parallel(dk_column_context(load->column), dk_column_n_rows(load->column), RANGE_ROWS, load_range,
                        load, err);
}

static dk_status load_bits(const dk_column *column, bool truth, uint64_t **out, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    size_t n_words = dki_bit_words((size_t)dk_column_n_rows(column));
    struct load what = { .column = column, .truth = truth };
    dk_status status;

    what.known = dki_calloc(context, n_words, sizeof *what.known, err);
    status = what.known ? load(&what, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        *out = what.known;
    else
        dki_free(context, what.known);
    return status;
}

dk_status dki_known_rows(const dk_column *column, uint64_t **out, dk_error *err)
{
    return load_bits(column, false, out, err);
}

dk_status dki_true_rows(const dk_column *column, uint64_t **out, dk_error *err)
{
    return load_bits(column, true, out, err);
}

dk_status dki_column_words(const dk_column *column, int64_t **values, uint64_t **known, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    size_t n_rows = (size_t)dk_column_n_rows(column);
    struct load what = { .column = column };
    dk_status status = DK_OK;

    what.values = dki_alloc_array(context, n_rows, sizeof *what.values, err);
    if (what.values == NULL)
        return DK_ERR_MEMORY;
    if (dk_column_n_nulls(column) > 0) {
        what.known = dki_calloc(context, dki_bit_words(n_rows), sizeof *what.known, err);
        status = what.known ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = load(&what, err);
    if (status == DK_OK) {
        *values = what.values;
        *known = what.known;
        return DK_OK;
    }
    dki_free(context, what.values);
    dki_free(context, what.known);
    return status;
}
