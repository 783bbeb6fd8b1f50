/* pivot.c - from long to wide.
 *
 * Rows are ordered by the columns that tell the result's rows apart, which gives every row its row in the result, and by
 * those that become columns, which gives every new column its rows, in the order of the columns. Each new column is then
 * gathered: for each row of the result the row that fills the cell, or none.
 *
 * Memory: 16 bytes for each row, and for each thread 8 bytes for each row of the result.
 * Cost: two sorts, and a pass over the result. Poll: once per block, and once for each new column.
 */
#include "pivot_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/pool.h"
#include "beside.h"
#include "data/formats.h"
#include "data/lineage.h"
#include "data/table_parts.h"
#include "rows/keys.h"
#include "rows/margin_rows.h"

#define MOST_COLUMNS 1000
#define NAME_BYTES 160
#define MANY_CELLS 4096 /* are worth waking a thread for */

struct pivot {
    dk_context *context;
    const dk_table *table;
    const dk_pivot_spec *spec;
    const char *const *value_names; /* as they were before an aggregate */
    uint64_t n_rows;                /* of the table */
    dki_order_key *row_keys, *column_keys;
    const dk_column **values;
    uint64_t *result_of; /* by row: the row of the result */
    uint64_t *firsts;    /* the first row of each of them */
    uint64_t n_results;
    uint64_t *rows;         /* in the order of the new columns */
    uint64_t *begins;       /* where the rows of each new column begin in it, and the end */
    size_t n_made;          /* new columns for each of values */
    const dk_column **made; /* n_made for the first of values, then for the second ... */
};

static void drop(struct pivot *pivot)
{
    dk_context *context = pivot->context;

    if (pivot->row_keys)
        dki_keys_release(pivot->row_keys, pivot->spec->n_rows);
    if (pivot->column_keys)
        dki_keys_release(pivot->column_keys, pivot->spec->n_columns);
    for (size_t i = 0; pivot->made && i < pivot->n_made * pivot->spec->n_values; i++)
        dk_column_release(pivot->made[i]);
    dki_free(context, pivot->row_keys);
    dki_free(context, pivot->column_keys);
    dki_free(context, pivot->values);
    dki_free(context, pivot->result_of);
    dki_free(context, pivot->firsts);
    dki_free(context, pivot->rows);
    dki_free(context, pivot->begins);
    dki_free(context, pivot->made);
}

/* Which columns. ---------------------------------------------------------------------------------------------------- */

static dk_status find_columns(const struct pivot *pivot, const char *const *names, size_t n, dki_order_key **out,
                              dk_error *err)
{
    dki_order_key *keys = dki_calloc(pivot->context, n, sizeof *keys, err);
    dk_status status = keys ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        size_t at;

        status = dk_table_get(pivot->table, names[i], &at, err);
        if (status == DK_OK)
            keys[i].column = dk_column_retain(dk_table_field(pivot->table, at)->column);
    }
    if (status == DK_OK) {
        *out = keys;
        return DK_OK;
    }
    if (keys)
        dki_keys_release(keys, n);
    dki_free(pivot->context, keys);
    return status;
}

/* Each a column of the table, and one column, one role. */
static dk_status check_roles(const dk_table *table, const dk_pivot_spec *spec, dk_error *err)
{
    const char *const *lists[] = { spec->rows, spec->columns, spec->values };
    const size_t sizes[] = { spec->n_rows, spec->n_columns, spec->n_values };
    dk_status status = DK_OK;
    size_t at;

    if (spec->n_columns == 0)
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "a pivot wants columns whose values become columns: columns = \"peilmaand\"");
    if (spec->n_values == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "a pivot wants values to fill its cells with: values = \"n\"");
    for (size_t a = 0; a < 3; a++)
        for (size_t i = 0; i < sizes[a]; i++)
            for (size_t b = a; b < 3; b++)
                for (size_t j = b == a ? i + 1 : 0; j < sizes[b]; j++)
                    if (strcmp(lists[a][i], lists[b][j]) == 0)
                        return dki_fail(
                            err, DK_ERR_ARGUMENT,
                            "a pivot names %s twice: a column has one place in rows, columns and values",
                            lists[a][i]);
    for (size_t a = 0; a < 3; a++)
        for (size_t i = 0; i < sizes[a] && status == DK_OK; i++)
            status = dk_table_get(table, lists[a][i], &at, err);
    return status;
}

static dk_status read_spec(struct pivot *pivot, dk_error *err)
{
    const dk_pivot_spec *spec = pivot->spec;
    dki_order_key *values = NULL;
    dk_status status = find_columns(pivot, spec->rows, spec->n_rows, &pivot->row_keys, err);

    if (status == DK_OK)
        status = find_columns(pivot, spec->columns, spec->n_columns, &pivot->column_keys, err);
    if (status == DK_OK)
        status = find_columns(pivot, spec->values, spec->n_values, &values, err);
    if (status != DK_OK)
        return status;
    pivot->values = dki_alloc_array(pivot->context, spec->n_values, sizeof *pivot->values, err);
    for (size_t i = 0; pivot->values && i < spec->n_values; i++)
        pivot->values[i] = values[i].column; /* the table holds it */
    dki_keys_release(values, spec->n_values);
    dki_free(pivot->context, values);
    return pivot->values ? DK_OK : DK_ERR_MEMORY;
}

/* The rows of the result. ------------------------------------------------------------------------------------------- */

/* Groups of equal keys get the numbers of their first rows, and these their places among all first rows. */
static void number_results(struct pivot *pivot, const uint8_t *starts, uint64_t *scratch)
{
    uint64_t first = 0, n = 0;

    for (uint64_t p = 0; p < pivot->n_rows; p++) { /* a group's first row comes first in it: sorting is stable */
        if (starts[p] & DKI_STARTS_PEERS)
            first = pivot->rows[p];
        pivot->result_of[pivot->rows[p]] = first;
    }
    for (uint64_t row = 0; row < pivot->n_rows; row++) {
        if (pivot->result_of[row] == row) {
            pivot->firsts[n] = row;
            scratch[row] = n++;
        }
        pivot->result_of[row] = scratch[pivot->result_of[row]];
    }
    pivot->n_results = n;
}

static dk_status find_results(struct pivot *pivot, dk_error *err)
{
    size_t n = (size_t)pivot->n_rows;
    uint8_t *starts = dki_alloc_array(pivot->context, n, sizeof *starts, err);
    uint64_t *scratch = starts ? dki_alloc_array(pivot->context, n, sizeof *scratch, err) : NULL;
    dk_status status = scratch ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status =
            dki_order_rows(pivot->context, pivot->row_keys, pivot->spec->n_rows, 0, n, n, pivot->rows, starts, err);
    if (status == DK_OK)
        number_results(pivot, starts, scratch);
    dki_free(pivot->context, starts);
    dki_free(pivot->context, scratch);
    return status;
}

/* New columns. ------------------------------------------------------------------------------------------------------ */

static dk_status find_new(struct pivot *pivot, dk_error *err)
{
    size_t n = (size_t)pivot->n_rows, limit = pivot->spec->limit ? pivot->spec->limit : MOST_COLUMNS;
    uint8_t *starts = dki_alloc_array(pivot->context, n, sizeof *starts, err);
    size_t n_made = 0;
    dk_status status = starts ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_order_rows(pivot->context, pivot->column_keys, pivot->spec->n_columns, 0, n, n, pivot->rows,
                                starts, err);
    for (size_t p = 0; status == DK_OK && p < n; p++)
        n_made += starts[p] & DKI_STARTS_PEERS;
    if (status == DK_OK && (n_made > limit || n_made > limit / pivot->spec->n_values)) {
        status = dki_fail(err, DK_ERR_LIMIT, "the values of %s%s would become %zu columns, and %zu are the most",
                          pivot->spec->columns[0], pivot->spec->n_columns > 1 ? " and others" : "",
                          n_made * pivot->spec->n_values, limit);
        dki_hint(err, "a limit of your own says otherwise: limit = %zu", n_made * pivot->spec->n_values);
    }
    if (status == DK_OK) {
        pivot->begins = dki_alloc_array(pivot->context, n_made + 1, sizeof *pivot->begins, err);
        pivot->made = dki_calloc(pivot->context, n_made, pivot->spec->n_values * sizeof *pivot->made, err);
        status = pivot->begins && pivot->made ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK) {
        pivot->n_made = n_made;
        n_made = 0;
        for (size_t p = 0; p < n; p++)
            if (starts[p] & DKI_STARTS_PEERS)
                pivot->begins[n_made++] = p;
        pivot->begins[n_made] = n;
    }
    dki_free(pivot->context, starts);
    return status;
}

static void show_keys(const struct pivot *pivot, uint64_t row, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < pivot->spec->n_rows + pivot->spec->n_columns; i++) {
        bool is_row = i < pivot->spec->n_rows;
        size_t k = is_row ? i : i - pivot->spec->n_rows;
        dk_value value = { .is_null = true };
        char text[64];

        if (dk_column_get((is_row ? pivot->row_keys : pivot->column_keys)[k].column, row, &value, NULL) != DK_OK)
            value.is_null = true;
        (void)dk_value_format(&value, text, sizeof text);
        if (used + 1 < size)
            used += (size_t)snprintf(out + used, size - used, "%s%s %s", i ? ", " : "",
                                     (is_row ? pivot->spec->rows : pivot->spec->columns)[k], text);
    }
}

static dk_status fail_twice(const struct pivot *pivot, uint64_t first, uint64_t second, dk_error *err)
{
    char keys[240];

    show_keys(pivot, first, keys, sizeof keys);
    (void)dki_fail(err, DK_ERR_DUPLICATE, "rows %llu and %llu of the table belong in one cell: %s",
                   (unsigned long long)first + 1, (unsigned long long)second + 1, keys);
    dki_hint(err, "say how several become one, aggregate = \"sum\", or name what tells them apart in rows");
    return DK_ERR_DUPLICATE;
}

static dk_status fill_column(struct pivot *pivot, size_t c, uint64_t *cells, dk_error *err)
{
    dk_status status = DK_OK;

    for (uint64_t i = 0; i < pivot->n_results; i++)
        cells[i] = DK_ROW_NULL;
    for (uint64_t p = pivot->begins[c]; p < pivot->begins[c + 1]; p++) {
        uint64_t row = pivot->rows[p], *cell = &cells[pivot->result_of[row]];

        if (*cell != DK_ROW_NULL)
            return fail_twice(pivot, *cell, row, err);
        *cell = row;
    }
    for (size_t v = 0; v < pivot->spec->n_values && status == DK_OK; v++)
        status =
            dk_column_gather(pivot->values[v], cells, pivot->n_results, &pivot->made[v * pivot->n_made + c], err);
    return status;
}

static dk_status fill_columns(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct pivot *pivot = arg;
    uint64_t *cells = dki_alloc_array(pivot->context, (size_t)pivot->n_results, sizeof *cells, err);
    dk_status status = cells ? DK_OK : DK_ERR_MEMORY;

    (void)worker;
    for (uint64_t c = begin; c < end && status == DK_OK; c++)
        status = fill_column(pivot, (size_t)c, cells, err);
    dki_free(pivot->context, cells);
    return status;
}

/* Names. ------------------------------------------------------------------------------------------------------------ */

/* A value as a part of a name: nothing that a terminal would obey, and never nothing at all. */
static dk_status add_value(const dk_column *column, uint64_t row, dki_buffer *name, dk_error *err)
{
    char text[NAME_BYTES];
    dk_value value;
    dk_status status = dk_column_get(column, row, &value, err);
    size_t size;

    if (status != DK_OK)
        return status;
    if (value.is_null)
        return dki_buffer_text(name, "(null)", err);
    if (value.type == DK_TEXT || value.type == DK_CATEGORY) {
        size_t from = name->size;

        if (value.as.text.size == 0)
            return dki_buffer_text(name, "(empty)", err);
        status = dki_buffer_append(name, value.as.text.bytes, value.as.text.size, err);
        for (; status == DK_OK && from < name->size; from++)
            if ((unsigned char)name->bytes[from] < ' ' || name->bytes[from] == 127)
                name->bytes[from] = '?';
        return status;
    }
    size = dk_value_format(&value, text, sizeof text);
    return dki_buffer_append(name, text, size < sizeof text ? size : sizeof text - 1, err);
}

static dk_status make_name(const struct pivot *pivot, size_t v, size_t c, dki_buffer *name, dk_error *err)
{
    uint64_t row = pivot->rows[pivot->begins[c]];
    dk_status status = DK_OK;

    name->size = 0;
    if (pivot->spec->n_values > 1) {
        status = dki_buffer_text(name, pivot->value_names[v], err);
        if (status == DK_OK)
            status = dki_buffer_text(name, "_", err);
    }
    for (size_t i = 0; i < pivot->spec->n_columns && status == DK_OK; i++) {
        status = i ? dki_buffer_text(name, "_", err) : DK_OK;
        if (status == DK_OK)
            status = add_value(pivot->column_keys[i].column, row, name, err);
    }
    return status;
}

/* The heading of a column that is one code of a code list: its label. Else NULL. */
static dk_status find_heading(const struct pivot *pivot, size_t c, const char **out, dk_error *err)
{
    const dk_column *column = pivot->column_keys[0].column;
    const dk_dictionary *levels = dk_column_levels(column);
    dk_text label;
    dk_value value;
    dk_status status = DK_OK;

    *out = NULL;
    if (pivot->spec->n_values != 1 || pivot->spec->n_columns != 1 || !levels || !dk_dictionary_has_labels(levels))
        return DK_OK;
    status = dk_column_get(column, pivot->rows[pivot->begins[c]], &value, err);
    if (status == DK_OK && !value.is_null &&
        dk_dictionary_label(levels, dk_dictionary_find(levels, value.as.text), &label))
        *out = label.bytes;
    return status;
}

/* The result. ------------------------------------------------------------------------------------------------------- */

/* The format of values in column c: of values that have one by what the columns say, that of the column's. */
static const char *format_of(const struct pivot *pivot, const char *format, size_t c, char out[DKI_FORMAT_BYTES])
{
    size_t by = dki_formats_column(format, pivot->table);

    for (size_t i = 0; by != DK_NO_COLUMN && i < pivot->spec->n_columns; i++) {
        dk_value value;

        if (dk_table_find(pivot->table, pivot->spec->columns[i]) == by)
            return dk_column_get(pivot->column_keys[i].column, pivot->rows[pivot->begins[c]], &value, NULL) ==
                               DK_OK &&
                           !value.is_null && dki_formats_find(format, value.as.text, out)
                       ? out
                       : NULL;
    }
    return format;
}

static dk_status finish(struct pivot *pivot, const dk_table **out, dk_error *err)
{
    const dk_properties *from = dk_table_properties(pivot->table);
    const dk_properties properties = {
        .name = from->name, .source = from->source, .as_of = from->as_of, .published = from->published
    };
    const dk_pivot_spec *spec = pivot->spec;
    size_t n = 0, n_fields = spec->n_rows + pivot->n_made * spec->n_values;
    dk_field *fields = dki_calloc(pivot->context, n_fields, sizeof *fields, err);
    dki_buffer *names = fields ? dki_calloc(pivot->context, n_fields, sizeof *names, err) : NULL;
    char(*formats)[DKI_FORMAT_BYTES] =
        names ? dki_alloc_array(pivot->context, n_fields, sizeof *formats, err) : NULL;
    dk_status status = formats ? DK_OK : DK_ERR_MEMORY;

    for (; n < spec->n_rows && status == DK_OK; n++) {
        fields[n] = *dk_table_field(pivot->table, dk_table_find(pivot->table, spec->rows[n]));
        fields[n].column = NULL;
        status =
            dk_column_gather(pivot->row_keys[n].column, pivot->firsts, pivot->n_results, &fields[n].column, err);
    }
    for (size_t v = 0; v < spec->n_values && status == DK_OK; v++)
        for (size_t c = 0; c < pivot->n_made && status == DK_OK; c++, n++) {
            const dk_field *value = dk_table_field(pivot->table, dk_table_find(pivot->table, spec->values[v]));

            dki_buffer_init(&names[n], pivot->context);
            status = make_name(pivot, v, c, &names[n], err);
            fields[n] = DK_FIELD(names[n].bytes, dk_column_retain(pivot->made[v * pivot->n_made + c]));
            fields[n].format = format_of(pivot, value->format, c, formats[n]);
            if (status == DK_OK)
                status = find_heading(pivot, c, &fields[n].label, err);
        }
    if (status == DK_OK)
        status = dki_table_new_with(pivot->table, fields, n, pivot->n_results, &properties, out, err);
    for (size_t i = 0; fields && names && i < n_fields; i++) {
        dk_column_release(fields[i].column);
        dki_buffer_drop(&names[i]);
    }
    dki_free(pivot->context, fields);
    dki_free(pivot->context, names);
    dki_free(pivot->context, formats);
    return status;
}

/* The step, which names the columns whose values became columns, and that whose values fill all cells, where it is one. */
static dk_status add_lineage(const dk_table *table, const dk_pivot_spec *spec, const dk_table *made, dk_error *err)
{
    dki_lineage *lineage = NULL;
    dk_lineage_item item = { .kind = DK_LINEAGE_STEP,
                             .name = spec->n_values == 1 ? spec->values[0] : NULL,
                             .n_rows = dk_table_n_rows(made) };
    dki_buffer text;
    dk_status status = dki_lineage_after(table, &lineage, err);

    dki_buffer_init(&text, dk_table_context(table));
    for (size_t i = 0; i < spec->n_columns && status == DK_OK; i++)
        status = dki_buffer_format(&text, err, "%s%s", i ? ", " : DKI_EACH_VALUE, spec->columns[i]);
    item.text = text.bytes;
    if (status == DK_OK)
        status = dki_lineage_add(lineage, &item, err);
    dki_buffer_drop(&text);
    if (status == DK_OK)
        dki_table_attach(made, lineage);
    else
        dki_lineage_release(lineage);
    return status;
}

dk_status dki_pivot_run(const dk_table *table, const dk_pivot_spec *spec, const char *const *value_names,
                        const dk_table **out, dk_error *err)
{
    struct pivot pivot = {
        .context = dk_table_context(table), .table = table, .spec = spec, .value_names = value_names
    };
    size_t n = (size_t)dk_table_n_rows(table);
    const dk_table *made = NULL;
    dk_status status;

    pivot.n_rows = n;
    status = read_spec(&pivot, err);
    if (status == DK_OK) {
        pivot.rows = dki_alloc_array(pivot.context, n, sizeof *pivot.rows, err);
        pivot.result_of = dki_alloc_array(pivot.context, n, sizeof *pivot.result_of, err);
        pivot.firsts = dki_alloc_array(pivot.context, n, sizeof *pivot.firsts, err);
        status = pivot.rows && pivot.result_of && pivot.firsts ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = find_results(&pivot, err);
    if (status == DK_OK)
        status = find_new(&pivot, err);
    if (status == DK_OK)
        status = dki_parallel(pivot.context, pivot.n_made, MANY_CELLS / (pivot.n_results + 1) + 1, fill_columns,
                              &pivot, err);
    if (status == DK_OK)
        status = finish(&pivot, &made, err);
    if (status == DK_OK)
        status = add_lineage(table, spec, made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    drop(&pivot);
    return status;
}

dk_status dk_table_pivot(const dk_table *table, const dk_pivot_spec *spec, const dk_table **out, dk_error *err)
{
    dk_status status = dki_refuse_margin(table, "a pivot", err);

    if (status == DK_OK)
        status = check_roles(table, spec, err);
    if (status != DK_OK)
        return status;
    return spec->aggregate ? dki_pivot_aggregated(table, spec, out, err)
                           : dki_pivot_run(table, spec, spec->values, out, err);
}
