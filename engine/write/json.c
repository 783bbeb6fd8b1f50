/* json.c - {"columns": [{name, type, label}], "rows": [{...}], "notes": [...]}
 *
 * Numbers keep their exact digits; a ratio is a number, exact where a decimal can be. A row that is a total has a member
 * "total" with the names of the dimensions that it is a total over. Dates are texts. */
#include <string.h>

#include "cells.h"

static dk_status put_string(dki_buffer *to, const char *text, size_t size, dk_error *err)
{
    dk_status status = dki_buffer_text(to, "\"", err);
    size_t from = 0;

    for (size_t i = 0; i < size && status == DK_OK; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F)
            continue;
        status = dki_buffer_append(to, text + from, i - from, err);
        from = i + 1;
        if (status == DK_OK)
            status = c == '"' || c == '\\' ? dki_buffer_format(to, err, "\\%c", c)
                     : c == '\n'           ? dki_buffer_text(to, "\\n", err)
                                           : dki_buffer_format(to, err, "\\u%04x", c);
    }
    if (status == DK_OK)
        status = dki_buffer_append(to, text + from, size - from, err);
    return status == DK_OK ? dki_buffer_text(to, "\"", err) : status;
}

static dk_status put_columns(const dki_cells *cells, dki_buffer *to, dk_error *err)
{
    dk_status status = dki_buffer_text(to, "{\n  \"columns\": [", err);

    for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++) {
        const dk_field *field = cells->columns[c].field;

        status = dki_buffer_text(to, c ? ",\n    { \"name\": " : "\n    { \"name\": ", err);
        if (status == DK_OK)
            status = put_string(to, field->name, strlen(field->name), err);
        if (status == DK_OK)
            status = dki_buffer_format(to, err, ", \"type\": \"%s\"", dk_type_name(dk_column_type(field->column)));
        if (status == DK_OK && field->label) {
            status = dki_buffer_text(to, ", \"label\": ", err);
            if (status == DK_OK)
                status = put_string(to, field->label, strlen(field->label), err);
        }
        if (status == DK_OK)
            status = dki_buffer_text(to, " }", err);
    }
    return status == DK_OK
               ? dki_buffer_text(to, cells->n_columns ? "\n  ],\n  \"rows\": [" : "],\n  \"rows\": [", err)
               : status;
}

static dk_status put_cell(dki_cells *cells, uint64_t row, size_t c, dki_buffer *to, dk_error *err)
{
    dki_cell cell = dki_cells_get(cells, row, c);

    if (cell.kind != DKI_CELL_VALUE)
        return dki_buffer_text(to, "null", err);
    if (cells->columns[c].is_number)
        return dki_buffer_append(to, cell.text, cell.size, err);
    if (cell.value.type == DK_BOOLEAN)
        return dki_buffer_text(to, cell.value.as.boolean ? "true" : "false", err);
    return put_string(to, cell.text, cell.size, err);
}

static dk_status put_row(dki_cells *cells, uint64_t row, dki_buffer *to, dk_error *err)
{
    int64_t margin = dki_cells_margin(cells, row);
    bool first = true;
    dk_status status = dki_buffer_text(to, row ? ",\n    { " : "\n    { ", err);

    for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++) {
        const char *name = cells->columns[c].field->name;

        if (c > 0)
            status = dki_buffer_text(to, ", ", err);
        if (status == DK_OK)
            status = put_string(to, name, strlen(name), err);
        if (status == DK_OK)
            status = dki_buffer_text(to, ": ", err);
        if (status == DK_OK)
            status = put_cell(cells, row, c, to, err);
    }
    for (size_t c = 0; margin && c < cells->n_columns && status == DK_OK; c++) {
        const dk_field *field = cells->columns[c].field;

        if (field->margin_bit < 0 || !(margin >> field->margin_bit & 1))
            continue;
        status = dki_buffer_text(to, first ? ", \"total\": [" : ", ", err);
        if (status == DK_OK)
            status = put_string(to, field->name, strlen(field->name), err);
        first = false;
    }
    if (status == DK_OK && !first)
        status = dki_buffer_text(to, "]", err);
    return status == DK_OK ? dki_buffer_text(to, " }", err) : status;
}

dk_status dki_write_json(const dk_table *table, const dk_write_options *options, dki_sink *sink, dk_error *err)
{
    dk_write_options plain = *options;
    dki_buffer *to = &sink->buffer;
    size_t n_notes = dk_table_n_notes(table);
    dki_cells cells;
    dk_status status;

    plain.style = DK_STYLE_INTERNATIONAL; /* a number of JSON has a point */
    status = dki_cells_open(table, &plain, false, &cells, err);
    if (status != DK_OK)
        return status;
    status = put_columns(&cells, to, err);
    for (uint64_t row = 0; row < dk_table_n_rows(table) && status == DK_OK; row++) {
        status = dki_cells_seek(&cells, row, err);
        if (status == DK_OK)
            status = put_row(&cells, row, to, err);
        if (status == DK_OK)
            status = dki_sink_flush(sink, false, err);
    }
    if (status == DK_OK)
        status = dki_buffer_text(to, dk_table_n_rows(table) ? "\n  ],\n  \"notes\": [" : "],\n  \"notes\": [", err);
    for (size_t i = 0; i < n_notes && status == DK_OK; i++) {
        const char *note = dk_table_note(table, i);

        status = dki_buffer_text(to, i ? ", " : "", err);
        if (status == DK_OK)
            status = put_string(to, note, strlen(note), err);
    }
    if (status == DK_OK)
        status = dki_buffer_text(to, "]\n}\n", err);
    dki_cells_close(&cells);
    return status;
}
