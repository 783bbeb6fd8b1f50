/* table_rows.c - other rows of a table: slices, rows in any order, and the rows that are no totals.
 *
 * The margin goes along with the columns.
 */
#include <dekking/table.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "column_parts.h"
#include "table_parts.h"

/* What makes columns of others: slices, or rows that are gathered. */
typedef dk_status make_fn(dk_context *context, const void *arg, const dk_column *const *from, size_t n,
                          const dk_column **made, dk_error *err);

/* A table of n_rows rows whose every column, and the margin where it is kept, is what make gives of this table's. */
static dk_status each_column(const dk_table *table, uint64_t n_rows, bool keep_margin, make_fn *make,
                             const void *arg, const dk_table **out, dk_error *err)
{
    size_t n_fields = table->n_fields;
    size_t n = n_fields + (keep_margin && table->margin);
    dk_field *fields = dki_calloc(table->context, n_fields, sizeof *fields, err);
    const dk_column **columns = fields ? dki_calloc(table->context, n, 2 * sizeof(dk_column *), err) : NULL;
    const dk_column **made = columns ? columns + n : NULL;
    dk_table *other;
    dk_status status = columns ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; columns && i < n; i++)
        columns[i] = i < n_fields ? table->fields[i].column : table->margin;
    if (status == DK_OK)
        status = make(table->context, arg, columns, n, made, err);
    for (size_t i = 0; i < n_fields && status == DK_OK; i++) {
        fields[i] = table->fields[i];
        fields[i].column = made[i];
    }
    if (status == DK_OK)
        status = dki_table_make_like(table, fields, n_fields, n_rows, &table->properties,
                                     n > n_fields ? made[n_fields] : NULL, &other, err);
    if (status == DK_OK)
        *out = other;
    for (size_t i = 0; columns && i < n; i++)
        dk_column_release(made[i]);
    dki_free(table->context, columns);
    dki_free(table->context, fields);
    return status;
}

struct range {
    uint64_t start, n;
};

static dk_status slice_columns(dk_context *context, const void *arg, const dk_column *const *from, size_t n,
                               const dk_column **made, dk_error *err)
{
    const struct range *range = arg;
    dk_status status = DK_OK;

    (void)context;
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = dk_column_slice(from[i], range->start, range->n, &made[i], err);
    return status;
}

static dk_status keep_sliced(const dk_table *table, const dk_table *made, const struct range *range, dk_error *err)
{
    dk_status status =
        dki_table_add_step(made, table, err, "rows %llu to %llu", (unsigned long long)range->start + 1,
                           (unsigned long long)(range->start + range->n));

    if (status != DK_OK)
        dk_table_release(made);
    return status;
}

dk_status dk_table_slice(const dk_table *table, uint64_t start, uint64_t n, const dk_table **out, dk_error *err)
{
    struct range range;
    const dk_table *made;
    dk_status status;

    range.start = start < table->n_rows ? start : table->n_rows;
    range.n = n < table->n_rows - range.start ? n : table->n_rows - range.start;
    status = each_column(table, range.n, true, slice_columns, &range, &made, err);
    if (status == DK_OK)
        status = keep_sliced(table, made, &range, err);
    if (status == DK_OK)
        *out = made;
    return status;
}

struct row_list {
    const uint64_t *rows;
    uint64_t n;
};

static dk_status gather_columns(dk_context *context, const void *arg, const dk_column *const *from, size_t n,
                                const dk_column **made, dk_error *err)
{
    const struct row_list *list = arg;

    return dki_columns_gather(context, from, n, list->rows, list->n, made, err);
}

/* Whether a table with a key still has it: no row occurs twice. */
static dk_status keeps_key(const dk_table *table, const uint64_t *rows, uint64_t n, bool *keeps, dk_error *err)
{
    uint64_t *seen;
    uint64_t i = 1;

    *keeps = true;
    while (i < n && rows[i] > rows[i - 1])
        i++;
    if (table->properties.n_key == 0 || i >= n)
        return DK_OK;
    seen = dki_calloc(table->context, dki_bit_words((size_t)table->n_rows), sizeof *seen, err);
    if (seen == NULL)
        return DK_ERR_MEMORY;
    for (i = 0; i < n && *keeps; i++) {
        *keeps = !dki_bit(seen, (size_t)rows[i]);
        dki_bit_set(seen, (size_t)rows[i]);
    }
    dki_free(table->context, seen);
    return DK_OK;
}

dk_status dk_table_gather(const dk_table *table, const uint64_t *rows, uint64_t n, const dk_table **out,
                          dk_error *err)
{
    struct row_list list = { rows, n };
    const dk_table *made;
    bool keeps = true;
    dk_status status;

    for (uint64_t i = 0; i < n; i++)
        if (rows[i] >= table->n_rows)
            return dki_fail(err, DK_ERR_RANGE, "row %llu of a table of %llu rows", (unsigned long long)rows[i] + 1,
                            (unsigned long long)table->n_rows);
    status = keeps_key(table, rows, n, &keeps, err);
    if (status == DK_OK)
        status = each_column(table, n, true, gather_columns, &list, &made, err);
    if (status != DK_OK)
        return status;
    if (!keeps)
        dki_table_drop_key((dk_table *)(uintptr_t)made); /* nobody else has it yet */
    *out = made;
    return DK_OK;
}

struct reorder {
    struct row_list list;
    const dk_column *const *made;
};

static dk_status reorder_columns(dk_context *context, const void *arg, const dk_column *const *from, size_t n,
                                 const dk_column **made, dk_error *err)
{
    const struct reorder *reorder = arg;
    const dk_column **rest = dki_alloc_array(context, n, 2 * sizeof(dk_column *), err);
    size_t n_rest = 0;
    dk_status status = rest ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++)
        if (reorder->made[i] == NULL)
            rest[n_rest++] = from[i];
    if (n_rest > 0 && status == DK_OK)
        status = dki_columns_gather(context, rest, n_rest, reorder->list.rows, reorder->list.n, rest + n, err);
    for (size_t i = 0, r = 0; i < n && status == DK_OK; i++)
        made[i] = reorder->made[i] ? dk_column_retain(reorder->made[i]) : rest[n + r++];
    dki_free(context, rest);
    return status;
}

dk_status dki_table_reorder(const dk_table *table, const uint64_t *rows, const dk_column *const *made,
                            const dk_table **out, dk_error *err)
{
    struct reorder reorder = { { rows, table->n_rows }, made };

    return each_column(table, table->n_rows, false, reorder_columns, &reorder, out, err);
}

/* Numbers of the rows whose mask is 0, a block of the margin at a time. */
static dk_status find_details(const dk_table *table, uint64_t *rows, uint64_t *n_rows, dk_error *err)
{
    size_t block_rows = dki_block_rows(table->context);
    int64_t masks[DK_BLOCK_ROWS];
    dk_status status = DK_OK;
    dk_view view;

    *n_rows = 0;
    dk_view_init(&view, table->context);
    for (uint64_t row = 0; row < table->n_rows && status == DK_OK; row += view.n) {
        size_t n = table->n_rows - row < block_rows ? (size_t)(table->n_rows - row) : block_rows;

        status = dki_poll(table->context, err);
        if (status == DK_OK)
            status = dk_column_view(table->margin, row, n, &view, err);
        if (status != DK_OK)
            break;
        dki_view_integers(&view, masks);
        for (size_t i = 0; i < n; i++)
            if (masks[i] == 0)
                rows[(*n_rows)++] = row + i;
    }
    dk_view_release(&view);
    return status;
}

dk_status dk_table_detail(const dk_table *table, const dk_table **out, dk_error *err)
{
    struct row_list list = { NULL, 0 };
    const dk_table *made;
    uint64_t *rows;
    dk_status status;

    if (table->margin == NULL) {
        *out = dk_table_retain(table);
        return DK_OK;
    }
    rows = dki_alloc_array(table->context, (size_t)table->n_rows, sizeof *rows, err);
    if (rows == NULL)
        return DK_ERR_MEMORY;
    status = find_details(table, rows, &list.n, err);
    list.rows = rows;
    if (status == DK_OK)
        status = each_column(table, list.n, false, gather_columns, &list, &made, err);
    dki_free(table->context, rows);
    if (status != DK_OK)
        return status;
    status = dki_table_add_step(made, table, err, DKI_NO_TOTALS);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}
