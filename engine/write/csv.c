/* csv.c - CSV as RFC 4180 has it: commas and line feeds; in Dutch style semicolons, decimal commas, a byte-order mark and
 * carriage returns, which spreadsheets with Dutch settings open as they are.
 *
 * Values are exact. Null is an empty field, an empty text is "", so that the two stay apart. */
#include <string.h>

#include "cells.h"

static dk_status put_field(dki_buffer *to, const char *text, size_t size, char delimiter, bool is_text,
                           dk_error *err)
{
    bool quoted = is_text && size == 0;
    dk_status status;

    for (size_t i = 0; i < size && !quoted; i++)
        quoted = text[i] == delimiter || text[i] == '"' || text[i] == '\n' || text[i] == '\r';
    quoted |= is_text && size > 0 && (text[0] == ' ' || text[size - 1] == ' ');
    if (!quoted)
        return dki_buffer_append(to, text, size, err);
    status = dki_buffer_text(to, "\"", err);
    for (size_t i = 0, from = 0; i <= size && status == DK_OK; i++)
        if (i == size || text[i] == '"') {
            status = dki_buffer_append(to, text + from, i - from, err);
            if (i < size && status == DK_OK)
                status = dki_buffer_text(to, "\"\"", err);
            from = i + 1;
        }
    return status == DK_OK ? dki_buffer_text(to, "\"", err) : status;
}

dk_status dki_write_csv(const dk_table *table, const dk_write_options *options, dki_sink *sink, dk_error *err)
{
    bool dutch = options->style == DK_STYLE_NL;
    const char *delimiter = dutch ? ";" : ",", *line_end = dutch ? "\r\n" : "\n";
    dki_buffer *to = &sink->buffer;
    dki_cells cells;
    dk_status status = dki_cells_open(table, options, false, &cells, err);

    if (status != DK_OK)
        return status;
    if (dutch)
        status = dki_buffer_text(to, "\xEF\xBB\xBF", err);
    for (size_t c = 0; c < cells.n_columns && status == DK_OK; c++) {
        const char *name = cells.columns[c].field->name;

        status = put_field(to, name, strlen(name), delimiter[0], true, err);
        if (status == DK_OK && c + 1 < cells.n_columns)
            status = dki_buffer_text(to, delimiter, err);
    }
    if (status == DK_OK)
        status = dki_buffer_text(to, line_end, err);
    for (uint64_t row = 0; row < dk_table_n_rows(table) && status == DK_OK; row++) {
        status = dki_cells_seek(&cells, row, err);
        for (size_t c = 0; c < cells.n_columns && status == DK_OK; c++) {
            dki_cell cell = dki_cells_get(&cells, row, c);
            bool is_text = cell.kind == DKI_CELL_VALUE && !cells.columns[c].is_number;

            status = put_field(to, cell.text, cell.size, delimiter[0], is_text, err);
            if (status == DK_OK && c + 1 < cells.n_columns)
                status = dki_buffer_text(to, delimiter, err);
        }
        if (status == DK_OK)
            status = dki_buffer_text(to, line_end, err);
        if (status == DK_OK)
            status = dki_sink_flush(sink, false, err);
    }
    dki_cells_close(&cells);
    return status;
}
