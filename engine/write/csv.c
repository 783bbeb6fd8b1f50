/* csv.c - CSV as RFC 4180 has it: commas and line feeds; in Dutch style semicolons, decimal commas, a byte-order mark and
 * carriage returns, which spreadsheets with Dutch settings open as they are.
 *
 * Values are exact, and what dk_read_csv reads back is what was written: null is an empty field and an empty text is "",
 * so that the two stay apart. Texts are written as they are, also where a spreadsheet would take them for a formula,
 * unless the caller asked for an apostrophe before those. */
#include <string.h>

#include "base/status.h"
#include "cells.h"

typedef struct csv {
    dki_buffer *to;
    const char *delimiter, *line_end;
    bool disarm;
} csv;

/* What spreadsheets compute instead of showing: = + - @ first, or after a tab or a carriage return. */
static bool is_formula(const char *text, size_t size)
{
    return size > 0 && strchr("=+-@\t\r", text[0]) != NULL && text[0] != '\0';
}

static bool needs_quotes(const csv *out, const char *text, size_t size)
{
    if (size == 0)
        return true;
    if (text[0] == ' ' || text[size - 1] == ' ') /* which some readers take away */
        return true;
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) /* which is no byte-order mark of the file */
        return true;
    for (size_t i = 0; i < size; i++)
        if (text[i] == out->delimiter[0] || text[i] == '"' || text[i] == '\n' || text[i] == '\r')
            return true;
    return false;
}

static dk_status put_quoted(dki_buffer *to, const char *text, size_t size, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0, from = 0; i <= size && status == DK_OK; i++)
        if (i == size || text[i] == '"') {
            status = dki_buffer_append(to, text + from, i - from, err);
            if (i < size && status == DK_OK)
                status = dki_buffer_text(to, "\"\"", err);
            from = i + 1;
        }
    return status;
}

static dk_status put_text(const csv *out, const char *text, size_t size, bool is_value, dk_error *err)
{
    bool disarm = out->disarm && is_value && is_formula(text, size);
    dk_status status;

    if (!disarm && !needs_quotes(out, text, size))
        return dki_buffer_append(out->to, text, size, err);
    status = dki_buffer_text(out->to, disarm ? "\"'" : "\"", err);
    if (status == DK_OK)
        status = put_quoted(out->to, text, size, err);
    return status == DK_OK ? dki_buffer_text(out->to, "\"", err) : status;
}

static dk_status put_cell(const csv *out, dki_cells *cells, uint64_t row, size_t c, dk_error *err)
{
    dki_cell cell = dki_cells_get(cells, row, c);
    dk_status status;

    if (cells->columns[c].is_number && cell.kind == DKI_CELL_VALUE &&
        cell.value.type != DK_INTERVAL) /* whose comma is no delimiter */
        return dki_buffer_append(out->to, cell.text, cell.size, err);
    if (cell.kind != DKI_CELL_VALUE && cell.size == 0)
        return DK_OK;
    if (memchr(cell.text, '\0', cell.size)) {
        status = dki_fail(err, DK_ERR_DATA, "column %s, row %llu: a zero byte, which no field of CSV can hold",
                          cells->columns[c].field->name, (unsigned long long)row + 1);
        dki_hint(err, "write JSON, or leave the column out");
        return status;
    }
    return put_text(out, cell.text, cell.size, cell.kind == DKI_CELL_VALUE, err);
}

static dk_status put_names(const csv *out, const dki_cells *cells, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++) {
        const char *name = cells->columns[c].field->name;

        if (c > 0)
            status = dki_buffer_text(out->to, out->delimiter, err);
        if (status == DK_OK)
            status = put_text(out, name, strlen(name), true, err);
    }
    return status == DK_OK ? dki_buffer_text(out->to, out->line_end, err) : status;
}

static dk_status put_row(const csv *out, dki_cells *cells, uint64_t row, dk_error *err)
{
    dk_status status = dki_cells_seek(cells, row, err);

    for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++) {
        if (c > 0)
            status = dki_buffer_text(out->to, out->delimiter, err);
        if (status == DK_OK)
            status = put_cell(out, cells, row, c, err);
    }
    return status == DK_OK ? dki_buffer_text(out->to, out->line_end, err) : status;
}

/* A group that is called as totals are would be taken for one. Told before anything is written. */
static dk_status check_totals(dki_cells *cells, dk_error *err)
{
    uint64_t n_rows = dk_table_margin(cells->table) ? dk_table_n_rows(cells->table) : 0;
    size_t size = strlen(cells->total_label);
    dk_status status = DK_OK;

    for (uint64_t row = 0; row < n_rows && status == DK_OK; row++) {
        status = dki_cells_seek(cells, row, err);
        for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++) {
            dki_cell cell;

            if (cells->columns[c].field->margin_bit < 0)
                continue;
            cell = dki_cells_get(cells, row, c);
            if (cell.kind != DKI_CELL_VALUE || cell.size != size ||
                memcmp(cell.text, cells->total_label, size) != 0)
                continue;
            status = dki_fail(err, DK_ERR_DATA, "column %s, row %llu: a group is called '%s', as totals are",
                              cells->columns[c].field->name, (unsigned long long)row + 1, cells->total_label);
            dki_hint(err, "total_label = '(%s)' calls totals otherwise", cells->total_label);
        }
    }
    return status;
}

dk_status dki_write_csv(const dk_table *table, const dk_write_options *options, dki_sink *sink, dk_error *err)
{
    bool dutch = options->style == DK_STYLE_NL;
    csv out = {
        .to = &sink->buffer,
        .delimiter = dutch ? ";" : ",",
        .line_end = dutch ? "\r\n" : "\n",
        .disarm = options->disarm_formulas,
    };
    dki_cells cells;
    dk_status status = dki_cells_open(table, options, false, &cells, err);

    if (status != DK_OK)
        return status;
    status = check_totals(&cells, err);
    if (status == DK_OK && dutch)
        status = dki_buffer_text(out.to, "\xEF\xBB\xBF", err);
    if (status == DK_OK)
        status = put_names(&out, &cells, err);
    for (uint64_t row = 0; row < dk_table_n_rows(table) && status == DK_OK; row++) {
        status = put_row(&out, &cells, row, err);
        if (status == DK_OK)
            status = dki_sink_flush(sink, false, err);
    }
    dki_cells_close(&cells);
    return status;
}
