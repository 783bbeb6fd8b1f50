/* unpivot.c - from wide to long.
 *
 * The columns that become rows are set below one another as tables are (append.h), which finds the type that they have in
 * common or says which of them differ, and are then taken row by row. The other columns repeat each row.
 *
 * Memory: 12 bytes for each new row, and the values once more. Poll: once per block.
 */
#include <dekking/pivot.h>

#include <stdio.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "data/append_columns.h"
#include "data/column_parts.h"
#include "data/formats.h"
#include "data/lineage.h"
#include "data/table_parts.h"
#include "expr/poll_row.h"
#include "rows/margin_rows.h"
#include "rows/row_values.h"

struct unpivot {
    dk_context *context;
    const dk_table *table;
    const dk_unpivot_spec *spec;
    size_t *kept, *turned; /* numbers of columns */
    size_t n_kept, n_turned;
    const dk_table *stacked; /* one column: the values of the first column, then of the second, ... */
    uint64_t n;              /* new rows */
    uint64_t *from;          /* for each new row its row in stacked */
};

/* Which columns. ---------------------------------------------------------------------------------------------------- */

static dk_status find(const struct unpivot *unpivot, const char *const *names, size_t n, size_t *out,
                      bool *is_named, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        status = dk_table_get(unpivot->table, names[i], &out[i], err);
        if (status == DK_OK && is_named[out[i]])
            return dki_fail(err, DK_ERR_ARGUMENT, "an unpivot names %s twice", names[i]);
        if (status == DK_OK)
            is_named[out[i]] = true;
    }
    return status;
}

static dk_status choose(struct unpivot *unpivot, bool *is_named, dk_error *err)
{
    const dk_unpivot_spec *spec = unpivot->spec;
    size_t n = dk_table_n_columns(unpivot->table);
    dk_status status = DK_OK;

    if (spec->rows == NULL && spec->columns == NULL)
        return dki_fail(err, DK_ERR_ARGUMENT, "an unpivot wants the columns that become rows, or those that stay");
    if (spec->rows) {
        status = find(unpivot, spec->rows, spec->n_rows, unpivot->kept, is_named, err);
        unpivot->n_kept = spec->n_rows;
    }
    if (status == DK_OK && spec->columns) {
        status = find(unpivot, spec->columns, spec->n_columns, unpivot->turned, is_named, err);
        unpivot->n_turned = spec->n_columns;
    }
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        if (!is_named[i] && spec->rows == NULL)
            unpivot->kept[unpivot->n_kept++] = i;
        else if (!is_named[i] && spec->columns == NULL)
            unpivot->turned[unpivot->n_turned++] = i;
    }
    if (status == DK_OK && unpivot->n_turned == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "an unpivot has no columns that become rows");
    return status;
}

static dk_status choose_columns(struct unpivot *unpivot, dk_error *err)
{
    const dk_unpivot_spec *spec = unpivot->spec;
    size_t n = dk_table_n_columns(unpivot->table) + spec->n_rows + spec->n_columns;
    bool *is_named = dki_calloc(unpivot->context, n, sizeof *is_named, err);
    dk_status status = DK_ERR_MEMORY;

    unpivot->kept = dki_alloc_array(unpivot->context, n, sizeof *unpivot->kept, err);
    unpivot->turned = dki_alloc_array(unpivot->context, n, sizeof *unpivot->turned, err);
    if (is_named && unpivot->kept && unpivot->turned)
        status = choose(unpivot, is_named, err);
    dki_free(unpivot->context, is_named);
    return status;
}

/* Values. ----------------------------------------------------------------------------------------------------------- */

/* A table of the one column, which goes by its name in messages. */
static dk_status wrap(const struct unpivot *unpivot, size_t column, const dk_table **out, dk_error *err)
{
    const dk_field *field = dk_table_field(unpivot->table, column);
    const dk_field value = DK_FIELD(unpivot->spec->value, field->column);
    const dk_properties properties = { .name = field->name };

    return dki_table_new_with(unpivot->table, &value, 1, dk_table_n_rows(unpivot->table), &properties, out, err);
}

static dk_status stack(struct unpivot *unpivot, dk_error *err)
{
    const dk_table **tables = dki_calloc(unpivot->context, unpivot->n_turned, sizeof *tables, err);
    dk_status status = tables ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < unpivot->n_turned && status == DK_OK; i++)
        status = wrap(unpivot, unpivot->turned[i], &tables[i], err);
    if (status == DK_OK)
        status = dki_append_columns(tables, unpivot->n_turned, &unpivot->stacked, err);
    if (status == DK_ERR_TYPE)
        dki_hint(err, "make them of one type first: t:derive \"%s = text(...)\"",
                 dk_table_field(unpivot->table, unpivot->turned[0])->name);
    for (size_t i = 0; tables && i < unpivot->n_turned; i++)
        dk_table_release(tables[i]);
    dki_free(unpivot->context, tables);
    return status;
}

static dk_status list_rows(struct unpivot *unpivot, dk_error *err)
{
    const dk_column *values = dk_table_field(unpivot->stacked, 0)->column;
    uint64_t n_rows = dk_table_n_rows(unpivot->table), n_all = n_rows * unpivot->n_turned;
    uint64_t *known = NULL;
    dk_status status = DK_OK;

    unpivot->from = dki_alloc_array(unpivot->context, (size_t)n_all, sizeof *unpivot->from, err);
    if (unpivot->from == NULL)
        return DK_ERR_MEMORY;
    if (unpivot->spec->drop_nulls && dk_column_n_nulls(values) > 0)
        status = dki_known_rows(values, &known, err);
    for (uint64_t row = 0; row < n_rows && status == DK_OK; row++) {
        status = dki_poll_row(unpivot->context, row, err);
        for (size_t i = 0; i < unpivot->n_turned; i++) {
            uint64_t at = i * n_rows + row;

            if (known == NULL || dki_bit(known, (size_t)at))
                unpivot->from[unpivot->n++] = at;
        }
    }
    dki_free(unpivot->context, known);
    return status;
}

/* The result. ------------------------------------------------------------------------------------------------------- */

static dk_status fill_names(const struct unpivot *unpivot, uint32_t *codes, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(unpivot->table);
    dk_status status = DK_OK;

    for (uint64_t i = 0; i < unpivot->n && status == DK_OK; i++) {
        status = dki_poll_row(unpivot->context, i, err);
        codes[i] = (uint32_t)(unpivot->from[i] / n_rows) + 1;
    }
    return status;
}

static dk_status names_column(const struct unpivot *unpivot, const dk_column **out, dk_error *err)
{
    dk_context *context = unpivot->context;
    dk_text *levels = dki_alloc_array(context, unpivot->n_turned, sizeof *levels, err);
    uint32_t *codes = levels ? dki_alloc_array(context, (size_t)unpivot->n, sizeof *codes, err) : NULL;
    dk_dictionary *dictionary = NULL;
    dk_status status = codes ? fill_names(unpivot, codes, err) : DK_ERR_MEMORY;

    for (size_t i = 0; levels && i < unpivot->n_turned; i++) {
        const char *name = dk_table_field(unpivot->table, unpivot->turned[i])->name;

        levels[i] = (dk_text){ name, strlen(name) };
    }
    if (status == DK_OK)
        status = dk_dictionary_new(context, levels, unpivot->n_turned, true, &dictionary, err);
    if (status == DK_OK)
        status = dki_column_of_codes(context, dictionary, 2, codes, (size_t)unpivot->n, out, err);
    dk_dictionary_release(dictionary);
    dki_free(context, codes);
    dki_free(context, levels);
    return status;
}

static const dk_field *turned(const struct unpivot *unpivot, size_t i)
{
    return dk_table_field(unpivot->table, unpivot->turned[i]);
}

/* Whether all columns have one pattern, or none and one type. */
static bool are_alike(const struct unpivot *unpivot)
{
    const dk_field *first = turned(unpivot, 0);

    for (size_t i = 1; i < unpivot->n_turned; i++) {
        const dk_field *field = turned(unpivot, i);

        if ((first->format == NULL) != (field->format == NULL) ||
            (first->format ? strcmp(first->format, field->format) != 0
                           : dk_column_type(first->column) != dk_column_type(field->column)))
            return false;
    }
    return true;
}

/* How values are shown: each as in the column that it was in. */
static dk_status find_format(const struct unpivot *unpivot, dki_buffer *out, dk_error *err)
{
    bool alike = are_alike(unpivot);
    dk_status status = alike ? DK_OK : dki_formats_begin(out, unpivot->spec->name, err);

    if (alike && turned(unpivot, 0)->format)
        status = dki_buffer_text(out, turned(unpivot, 0)->format, err);
    for (size_t i = 0; !alike && i < unpivot->n_turned && status == DK_OK; i++) {
        const dk_field *field = turned(unpivot, i);
        const char *format = field->format;
        char text[DKI_FORMAT_BYTES];

        if (format == NULL)
            status = dki_formats_plain(&field->column, 1, text, &format, err);
        if (status == DK_OK)
            status = dki_formats_add(out, field->name, format, err);
    }
    return status == DK_OK && out->size > 0 ? dki_buffer_terminate(out, err) : status;
}

static dk_status fill_fields(struct unpivot *unpivot, dk_field *fields, dki_buffer *format, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(unpivot->table);
    dk_field *name = &fields[unpivot->n_kept], *value = name + 1;
    dk_status status;

    *name = DK_FIELD(unpivot->spec->name, NULL);
    *value = DK_FIELD(unpivot->spec->value, NULL);
    status = names_column(unpivot, &name->column, err);
    if (status == DK_OK)
        status = find_format(unpivot, format, err);
    value->format = format->size > 0 ? format->bytes : NULL;
    if (status == DK_OK)
        status = dk_column_gather(dk_table_field(unpivot->stacked, 0)->column, unpivot->from, unpivot->n,
                                  &value->column, err);
    for (uint64_t i = 0; i < unpivot->n && status == DK_OK; i++) /* from now on rows of the table */
        unpivot->from[i] %= n_rows;
    for (size_t i = 0; i < unpivot->n_kept && status == DK_OK; i++) {
        const dk_field *kept = dk_table_field(unpivot->table, unpivot->kept[i]);

        fields[i] = *kept;
        fields[i].column = NULL;
        status = dk_column_gather(kept->column, unpivot->from, unpivot->n, &fields[i].column, err);
    }
    return status;
}

static dk_status add_notes(const struct unpivot *unpivot, const dk_table **table, dk_error *err)
{
    uint64_t n_left = dk_table_n_rows(unpivot->table) * unpivot->n_turned - unpivot->n;
    dk_status status = DK_OK;
    char note[96];

    for (size_t i = 0; i < dk_table_n_notes(unpivot->stacked) && status == DK_OK; i++)
        status = dki_table_add_note(table, dk_table_note(unpivot->stacked, i), err);
    if (status != DK_OK || n_left == 0)
        return status;
    snprintf(note, sizeof note, "%llu cell%s left out because %s null", (unsigned long long)n_left,
             n_left == 1 ? " was" : "s were", n_left == 1 ? "it is" : "they are");
    return dki_table_add_note(table, note, err);
}

static dk_status finish(struct unpivot *unpivot, const dk_table **out, dk_error *err)
{
    const dk_properties *from = dk_table_properties(unpivot->table);
    const dk_properties properties = {
        .name = from->name, .source = from->source, .as_of = from->as_of, .published = from->published
    };
    size_t n_fields = unpivot->n_kept + 2;
    dk_field *fields = dki_calloc(unpivot->context, n_fields, sizeof *fields, err);
    const dk_table *made = NULL;
    dki_buffer format;
    dk_status status;

    dki_buffer_init(&format, unpivot->context);
    status = fields ? fill_fields(unpivot, fields, &format, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_table_new_with(unpivot->table, fields, n_fields, unpivot->n, &properties, &made, err);
    if (status == DK_OK)
        status = add_notes(unpivot, &made, err);
    if (status == DK_OK)
        status = dki_table_add_step(
            made, unpivot->table, err, "a row for each of %zu column%s: %s says which, %s has its value",
            unpivot->n_turned, unpivot->n_turned == 1 ? "" : "s", unpivot->spec->name, unpivot->spec->value);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    for (size_t i = 0; fields && i < n_fields; i++)
        dk_column_release(fields[i].column);
    dki_buffer_drop(&format);
    dki_free(unpivot->context, fields);
    return status;
}

dk_status dk_table_unpivot(const dk_table *table, const dk_unpivot_spec *spec, const dk_table **out, dk_error *err)
{
    struct unpivot unpivot = { .context = dk_table_context(table), .table = table, .spec = spec };
    dk_status status = dki_refuse_margin(table, "an unpivot", err);

    if (status == DK_OK && (spec->name == NULL || spec->value == NULL))
        return dki_fail(err, DK_ERR_ARGUMENT, "an unpivot wants the names of its two new columns");
    if (status == DK_OK)
        status = choose_columns(&unpivot, err);
    if (status == DK_OK)
        status = stack(&unpivot, err);
    if (status == DK_OK)
        status = list_rows(&unpivot, err);
    if (status == DK_OK)
        status = finish(&unpivot, out, err);
    dk_table_release(unpivot.stacked);
    dki_free(unpivot.context, unpivot.kept);
    dki_free(unpivot.context, unpivot.turned);
    dki_free(unpivot.context, unpivot.from);
    return status;
}
