/* scenario_columns.c - what the files of this folder do with columns and values: join levels, trim, describe. */
#include <stdio.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/types.h"
#include "data/column_parts.h"
#include "data/formats.h"
#include "data/levels.h"
#include "expr/poll_row.h"
#include "scenario_parts.h"

dk_status dki_levels_join(dk_context *context, const dk_dictionary *a, const dk_dictionary *b,
                          const dk_dictionary **out, dk_error *err)
{
    size_t n = b && b != a ? dk_dictionary_n_levels(b) : 0, n_new = 0;
    dk_text *levels = dki_alloc_array(context, n, sizeof *levels, err);
    dk_dictionary *longer = NULL;
    dk_status status = levels ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        levels[n_new] = dk_dictionary_level(b, (uint32_t)i + 1);
        n_new += dk_dictionary_find(a, levels[n_new]) == 0;
    }
    if (status == DK_OK && n_new > 0)
        status = dki_dictionary_extend(a, levels, n_new, &longer, err);
    if (status == DK_OK)
        status = dki_dictionary_adopt(n_new > 0 ? longer : a, b, out, err);
    dk_dictionary_release(longer);
    dki_free(context, levels);
    return status;
}

bool dki_values_equal(const dk_value *a, const dk_value *b)
{
    bool a_text = a->type == DK_TEXT || a->type == DK_CATEGORY;
    bool b_text = b->type == DK_TEXT || b->type == DK_CATEGORY;
    int64_t stored;

    if (a->is_null || b->is_null)
        return a->is_null && b->is_null;
    if (a_text && dki_type_is_calendar(b->type))
        return dki_type_parse(b->type, b->scale, a->as.text, &stored) && stored == b->as.integer;
    if (b_text && dki_type_is_calendar(a->type))
        return dki_values_equal(b, a);
    if (a->type != b->type && !(a_text && b_text) && !(dk_type_is_number(a->type) && dk_type_is_number(b->type)))
        return false;
    return dk_value_compare(a, b) == 0;
}

/* A decimal column with fewer digits, which are as many as it needs. */
static dk_status trim_all(const dk_column *column, uint8_t digits, const dk_column **out, dk_error *err)
{
    int64_t values[DK_BLOCK_ROWS], unit = dki_power10[dk_column_scale(column) - digits];
    dki_blocks blocks = { .context = dk_column_context(column),
                          .type = digits ? DK_DECIMAL : DK_INTEGER,
                          .scale = digits,
                          .n_rows = dk_column_n_rows(column) };
    dk_view view;
    dk_status status = DK_OK;

    dk_view_init(&view, blocks.context);
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n) {
        uint64_t known[DK_BLOCK_WORDS];

        dki_view_integers(&view, values);
        for (size_t i = 0; i < view.n; i++)
            values[i] /= unit;
        for (size_t i = 0; view.valid && i < view.n; i++)
            dki_bit_put(known, i, !dki_view_is_null(&view, i));
        status = dki_blocks_add(&blocks, values, view.valid ? known : NULL, view.n, err);
    }
    dk_view_release(&view);
    return dki_blocks_finish(&blocks, status, out, err);
}

/* Both bounds with the digits that one of them needs. */
static dk_status trim_bounds(const dk_column *column, unsigned digits, const dk_column **out, dk_error *err)
{
    const dk_column *bounds[2] = { NULL, NULL };
    dk_status status = DK_OK;

    for (size_t i = 0; i < 2 && status == DK_OK; i++)
        status = dki_column_digits(dk_column_child(column, i), &digits, err);
    if (status == DK_OK && digits >= dk_column_scale(column)) {
        *out = dk_column_retain(column);
        return DK_OK;
    }
    for (size_t i = 0; i < 2 && status == DK_OK; i++)
        status = dki_trim_column(dk_column_child(column, i), (uint8_t)digits, &bounds[i], err);
    if (status == DK_OK)
        status = dk_interval_new(bounds[DK_CHILD_LEAST], bounds[DK_CHILD_GREATEST],
                                 dk_column_child(column, DK_CHILD_MARKER), out, err);
    for (size_t i = 0; i < 2; i++)
        dk_column_release(bounds[i]);
    return status;
}

dk_status dki_trim_column(const dk_column *column, uint8_t least, const dk_column **out, dk_error *err)
{
    unsigned scale = dk_column_scale(column), needed = least;
    dk_status status;

    if (dk_column_type(column) == DK_INTERVAL)
        return trim_bounds(column, least, out, err);
    status = dki_column_digits(column, &needed, err);
    if (status != DK_OK)
        return status;
    if (dk_column_type(column) == DK_DECIMAL && needed < scale)
        return trim_all(column, (uint8_t)needed, out, err);
    *out = dk_column_retain(column);
    return DK_OK;
}

dk_status dki_put_notes(const dki_text_map *notes, const dk_table **table, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < notes->n && status == DK_OK; i++) {
        size_t size;
        const dk_table *noted;

        status = dk_table_with_note(*table, dki_text_map_get(notes, (uint32_t)i, &size), &noted, err);
        if (status == DK_OK) {
            dk_table_release(*table);
            *table = noted;
        }
    }
    return status;
}

const char *dki_unit(const dk_table *table, int64_t weight)
{
    const char *unit = dk_table_properties(table)->unit;

    if (unit && unit[0] && strcmp(unit, "persons") != 0)
        return unit; /* the script's own word, of which only the script knows the singular */
    return weight == DKI_PERSON ? "person" : "persons";
}

size_t dki_format_weight(int64_t weight, char *out, size_t size)
{
    unsigned scale = DK_WEIGHT_SCALE;

    while (scale > 0 && weight % 10 == 0) {
        weight /= 10;
        scale--;
    }
    return dki_format_decimal(weight, scale, out, size);
}

dk_status dki_describe(const dk_table *table, uint64_t row, const size_t *columns, size_t n, dki_buffer *text,
                       dk_error *err)
{
    dk_status status = n == 0 ? dki_buffer_text(text, "everybody", err) : DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        const dk_field *field = dk_table_field(table, columns[i]);
        dk_value value;
        char plain[80];

        status = dk_column_get(field->column, row, &value, err);
        if (status == DK_OK)
            status = dki_buffer_format(text, err, "%s%s = ", i ? ", " : "", field->name);
        if (status != DK_OK)
            break;
        if (!value.is_null && (value.type == DK_TEXT || value.type == DK_CATEGORY)) {
            status = dki_buffer_append(text, value.as.text.bytes, value.as.text.size, err);
        } else {
            dk_value_format(&value, plain, sizeof plain);
            status = dki_buffer_text(text, plain, err);
        }
    }
    return status;
}
