/* cells.c - what stands in a cell.
 *
 * For people: rounded, in the style asked for. For files that machines read: exact where a decimal can be, else the shortest
 * text that reads back as the same double.
 */
#include "cells.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "data/column_parts.h"

#define SCREEN_DIGITS 4 /* of reals and ratios without a pattern */

/* The digits after the point that a decimal column needs: trailing zeros of all its rows are not shown. */
static dk_status needed_digits(const dk_column *column, unsigned *out, dk_error *err)
{
    unsigned scale = dk_column_scale(column), needed = 0;
    dk_context *context = dk_column_context(column);
    uint64_t n_rows = dk_column_n_rows(column);
    dk_status status = DK_OK;
    dk_view view;
    int64_t *values = dki_alloc_array(context, DK_BLOCK_ROWS, sizeof *values, err);

    if (values == NULL)
        return DK_ERR_MEMORY;
    dk_view_init(&view, context);
    for (uint64_t row = 0; row < n_rows && needed < scale && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? (size_t)(n_rows - row) : DK_BLOCK_ROWS;

        status = dki_poll(context, err);
        if (status == DK_OK)
            status = dk_column_view(column, row, n, &view, err);
        if (status != DK_OK)
            break;
        dki_view_integers(&view, values);
        for (size_t i = 0; i < n; i++)
            while (needed < scale && values[i] % dki_power10[scale - needed] != 0)
                needed++;
    }
    dk_view_release(&view);
    dki_free(context, values);
    *out = needed;
    return status;
}

static dk_status open_column(dki_cells *cells, size_t i, dk_error *err)
{
    dki_cell_column *column = &cells->columns[i];
    const dk_field *field = dk_table_field(cells->table, i);
    dk_type type = dk_column_type(field->column);

    column->field = field;
    column->is_number = dk_type_is_number(type);
    column->has_pattern = field->format && column->is_number;
    if (field->format && !dki_pattern_parse(field->format, &column->pattern)) {
        dki_fail(err, DK_ERR_ARGUMENT, "the format \"%s\" of column %s is no pattern of a number", field->format,
                 field->name);
        dki_hint(err, "patterns are \"0\", \"0.0\", \"#,##0\", \"#,##0.0\", each perhaps with \" %%\" behind it");
        return DK_ERR_ARGUMENT;
    }
    column->digits = SCREEN_DIGITS;
    if (type == DK_DECIMAL)
        return needed_digits(field->column, &column->digits, err);
    return DK_OK;
}

dk_status dki_cells_open(const dk_table *table, const dk_write_options *options, bool for_people, dki_cells *out,
                         dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dk_status status = DK_OK;

    memset(out, 0, sizeof *out);
    out->table = table;
    out->options = options;
    out->for_people = for_people;
    out->null_text = options->null_text ? options->null_text : for_people ? "\xE2\x80\x93" : "";
    out->total_label = options->total_label ? options->total_label : "totaal";
    out->n_columns = dk_table_n_columns(table);
    out->columns = dki_calloc(context, out->n_columns, sizeof *out->columns, err);
    if (out->columns == NULL)
        return DK_ERR_MEMORY;
    dk_view_init(&out->margin, context);
    for (size_t i = 0; i < out->n_columns; i++)
        dk_view_init(&out->columns[i].view, context);
    for (size_t i = 0; i < out->n_columns && status == DK_OK; i++)
        status = open_column(out, i, err);
    if (status != DK_OK)
        dki_cells_close(out);
    return status;
}

void dki_cells_close(dki_cells *cells)
{
    if (cells->columns == NULL)
        return;
    for (size_t i = 0; i < cells->n_columns; i++)
        dk_view_release(&cells->columns[i].view);
    dk_view_release(&cells->margin);
    dki_free(dk_table_context(cells->table), cells->columns);
    cells->columns = NULL;
}

dk_status dki_cells_seek(dki_cells *cells, uint64_t row, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(cells->table);
    dk_status status;

    if (cells->n > 0 && row >= cells->row && row < cells->row + cells->n)
        return DK_OK;
    cells->n = 0;
    cells->row = row - row % DK_BLOCK_ROWS;
    status = dki_poll(dk_table_context(cells->table), err);
    for (size_t i = 0; i < cells->n_columns && status == DK_OK; i++) {
        size_t n = n_rows - cells->row < DK_BLOCK_ROWS ? (size_t)(n_rows - cells->row) : DK_BLOCK_ROWS;

        status = dk_column_view(cells->columns[i].field->column, cells->row, n, &cells->columns[i].view, err);
    }
    if (status == DK_OK && dk_table_margin(cells->table)) {
        size_t n = n_rows - cells->row < DK_BLOCK_ROWS ? (size_t)(n_rows - cells->row) : DK_BLOCK_ROWS;

        status = dk_column_view(dk_table_margin(cells->table), cells->row, n, &cells->margin, err);
    }
    if (status == DK_OK)
        cells->n = n_rows - cells->row < DK_BLOCK_ROWS ? (size_t)(n_rows - cells->row) : DK_BLOCK_ROWS;
    return status;
}

int64_t dki_cells_margin(const dki_cells *cells, uint64_t row)
{
    if (dk_table_margin(cells->table) == NULL)
        return 0;
    return dki_view_value(&cells->margin, (size_t)(row - cells->row)).as.integer;
}

int64_t dki_margin_all(const dk_table *table)
{
    int64_t all = 0;

    for (size_t i = 0; i < dk_table_n_columns(table); i++)
        if (dk_table_field(table, i)->margin_bit >= 0)
            all |= INT64_C(1) << dk_table_field(table, i)->margin_bit;
    return all;
}

const char *dki_cells_heading(const dki_cells *cells, size_t column)
{
    const dk_field *field = cells->columns[column].field;

    return field->label ? field->label : field->name;
}

/* Values ------------------------------------------------------------------------------------------------------------ */

/* A ratio that a decimal of at most 18 digits is, exactly. */
static bool ratio_as_decimal(dk_ratio ratio, int64_t *value, unsigned *scale)
{
    for (unsigned digits = 0; digits <= 18; digits++) {
        dki_i128 scaled = (dki_i128)ratio.numerator * dki_power10[digits];

        if (scaled % ratio.denominator == 0) {
            if (!dki_fits_i64(scaled / ratio.denominator))
                return false;
            *value = (int64_t)(scaled / ratio.denominator);
            *scale = digits;
            return true;
        }
    }
    return false;
}

static size_t exact_number(const dk_value *value, char *out, size_t size)
{
    int64_t scaled;
    unsigned scale;

    switch (value->type) {
    case DK_REAL: return dki_format_real(value->as.real, out, size);
    case DK_RATIO:
        if (ratio_as_decimal(value->as.ratio, &scaled, &scale))
            return dki_format_decimal(scaled, scale, out, size);
        return dki_format_real(dki_ratio_real(value->as.ratio), out, size);
    default: return dki_format_decimal(value->as.integer, value->type == DK_DECIMAL ? value->scale : 0, out, size);
    }
}

static void point_to_comma(char *text)
{
    for (; *text; text++)
        if (*text == '.')
            *text = ',';
}

static size_t print_number(const dk_value *value, const dki_pattern *pattern, bool for_people, unsigned digits,
                           dk_style style, char *out, size_t size)
{
    dki_pattern plain = { .digits = value->type == DK_INTEGER ? 0 : digits };
    size_t length = SIZE_MAX;

    if (for_people)
        length = dki_pattern_print(pattern ? pattern : &plain, value, style, out, size);
    if (length == SIZE_MAX) {
        length = exact_number(value, out, size);
        if (style == DK_STYLE_NL)
            point_to_comma(out);
    }
    return length;
}

static size_t print_date(int64_t days, dk_style style, char *out, size_t size)
{
    int year, month, day;

    if (style != DK_STYLE_NL)
        return dki_format_date(days, out, size);
    dki_date_split(days, &year, &month, &day);
    return (size_t)snprintf(out, size, "%02d-%02d-%04d", day, month, year);
}

static size_t print_timestamp(int64_t microseconds, dk_style style, bool for_people, char *out, size_t size)
{
    char text[40];
    int64_t days = microseconds / DKI_DAY_MICROSECONDS - (microseconds % DKI_DAY_MICROSECONDS < 0);
    size_t length;

    if (style != DK_STYLE_NL || !for_people) {
        length = dki_format_timestamp(microseconds, out, size);
        if (for_people && length > 10)
            out[10] = ' ';
        return length;
    }
    dki_format_timestamp(microseconds, text, sizeof text);
    length = print_date(days, style, out, size);
    return length + (size_t)snprintf(out + length, size - length, " %s", text + 11);
}

static const char *truth(bool value, dk_style style)
{
    if (style == DK_STYLE_NL)
        return value ? "ja" : "nee";
    return value ? "true" : "false";
}

dki_cell dki_cells_get(dki_cells *cells, uint64_t row, size_t at)
{
    dki_cell_column *column = &cells->columns[at];
    size_t i = (size_t)(row - cells->row);
    dk_style style = cells->options->style;
    dki_cell cell = { .kind = DKI_CELL_VALUE };
    int bit = column->field->margin_bit;

    if (bit >= 0 && dki_cells_margin(cells, row) >> bit & 1) {
        cell.kind = DKI_CELL_TOTAL;
        cell.text = cells->total_label;
        cell.size = strlen(cell.text);
        return cell;
    }
    cell.value = dki_view_value(&column->view, i);
    if (cell.value.is_null) {
        cell.kind = DKI_CELL_NULL;
        cell.text = cells->null_text;
        cell.size = strlen(cell.text);
        return cell;
    }
    cell.text = cells->number;
    switch (cell.value.type) {
    case DK_BOOLEAN:
        cell.text = truth(cell.value.as.boolean, style);
        cell.size = strlen(cell.text);
        break;
    case DK_CATEGORY:
    case DK_TEXT:
        cell.text = cell.value.as.text.bytes;
        cell.size = cell.value.as.text.size;
        break;
    case DK_DATE: cell.size = print_date(cell.value.as.integer, style, cells->number, sizeof cells->number); break;
    case DK_TIMESTAMP:
        cell.size =
            print_timestamp(cell.value.as.integer, style, cells->for_people, cells->number, sizeof cells->number);
        break;
    default:
        cell.size = print_number(&cell.value, column->has_pattern ? &column->pattern : NULL, cells->for_people,
                                 column->digits, style, cells->number, sizeof cells->number);
    }
    return cell;
}

size_t dk_value_print(const dk_value *value, const char *text, dk_style style, char *buffer, size_t size)
{
    dki_pattern pattern;
    char number[512];
    const char *shown = number;
    size_t length, fits;

    if (text && !dki_pattern_parse(text, &pattern))
        return SIZE_MAX;
    if (value->is_null) {
        shown = "\xE2\x80\x93";
        length = strlen(shown);
    } else {
        switch (value->type) {
        case DK_BOOLEAN:
            shown = truth(value->as.boolean, style);
            length = strlen(shown);
            break;
        case DK_CATEGORY:
        case DK_TEXT:
            shown = value->as.text.bytes;
            length = value->as.text.size;
            break;
        case DK_DATE: length = print_date(value->as.integer, style, number, sizeof number); break;
        case DK_TIMESTAMP: length = print_timestamp(value->as.integer, style, true, number, sizeof number); break;
        default:
            length = print_number(value, text ? &pattern : NULL, true,
                                  value->type == DK_DECIMAL ? value->scale : SCREEN_DIGITS, style, number,
                                  sizeof number);
        }
    }
    if (size > 0) {
        fits = length < size ? length : dki_utf8_floor(shown, length, size - 1);
        if (fits > 0)
            memcpy(buffer, shown, fits);
        buffer[fits] = '\0';
    }
    return length;
}
