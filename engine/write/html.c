/* html.c - a page with one table: valid by itself, readable on a screen and on paper, light and dark. */
#include <string.h>

#include "cells.h"
#include "control.h"

static const char style_sheet[] =
    ":root{color-scheme:light dark}"
    "body{font:16px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "caption{text-align:left;font-size:1.25rem;font-weight:600;padding:0 0 .75rem}"
    "th,td{padding:.3rem 0 .3rem 1.2rem;text-align:left;vertical-align:top}"
    "th:first-child,td:first-child{padding-left:0}"
    "th{font-weight:600}"
    "thead th{border-bottom:2px solid;vertical-align:bottom}"
    "tbody th{font-weight:400}"
    "tbody tr{border-bottom:1px solid color-mix(in srgb,currentColor 18%,transparent)}"
    ".n{text-align:right;white-space:nowrap}"
    ".d{white-space:nowrap}" /* a date is not broken at its dashes */
    ".total td,.total th{font-weight:600}"
    "tr.all{border-top:2px solid}"
    ".null{opacity:.55}"
    "p.note{font-size:.875rem;opacity:.75;margin:.75rem 0 0}"
    "@media print{body{margin:0;max-width:none}thead{display:table-header-group}}";

/* What stands for a character in a page, or NULL where it stands for itself; line_end: "<br>" where there can be one. */
static const char *entity_of(char c, dki_char_kind kind, const char *line_end)
{
    switch (kind) {
    case DKI_CHAR_LINE_END: return line_end;
    case DKI_CHAR_CONTROL: /* is none of HTML's, and would turn text around */
    case DKI_CHAR_BROKEN: return DKI_REPLACEMENT;
    default: break;
    }
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    default: return NULL;
    }
}

static dk_status put_escaped(dki_buffer *to, const char *text, size_t size, const char *line_end, dk_error *err)
{
    dk_status status = DK_OK;
    size_t from = 0, n;

    for (size_t i = 0; i < size && status == DK_OK; i += n) {
        dki_char_kind kind = dki_char_next(text + i, size - i, &n);
        const char *entity = entity_of(text[i], kind, line_end);

        if (entity == NULL)
            continue;
        status = dki_buffer_append(to, text + from, i - from, err);
        if (status == DK_OK)
            status = dki_buffer_text(to, entity, err);
        from = i + n;
    }
    return status == DK_OK ? dki_buffer_append(to, text + from, size - from, err) : status;
}

static dk_status put_text(dki_buffer *to, const char *before, const char *text, const char *after, dk_error *err)
{
    dk_status status = dki_buffer_text(to, before, err);

    if (status == DK_OK)
        status = put_escaped(to, text, strlen(text), "<br>", err);
    return status == DK_OK ? dki_buffer_text(to, after, err) : status;
}

static dk_status put_head(const dki_cells *cells, dki_buffer *to, dk_error *err)
{
    const dk_write_options *options = cells->options;
    const char *title = options->title ? options->title : "dekking";
    dk_status status = dki_buffer_format(to, err,
                                         "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                                         "<meta name=\"viewport\" content=\"width=device-width\">\n",
                                         options->style == DK_STYLE_NL ? "nl" : "en");

    if (status == DK_OK)
        status = dki_buffer_text(to, "<title>", err);
    if (status == DK_OK)
        status = put_escaped(to, title, strlen(title), " ", err);
    if (status == DK_OK)
        status = dki_buffer_text(to, "</title>\n<style>", err);
    if (status == DK_OK)
        status = dki_buffer_text(to, style_sheet, err);
    if (status == DK_OK)
        status = dki_buffer_text(to, "</style>\n</head>\n<body>\n<table>\n", err);
    if (status == DK_OK && options->title)
        status = put_text(to, "<caption>", options->title, "</caption>\n", err);
    if (status == DK_OK)
        status = dki_buffer_text(to, "<thead>\n<tr>", err);
    for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++)
        status = put_text(to, cells->columns[c].is_number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">",
                          dki_cells_heading(cells, c), "</th>", err);
    return status == DK_OK ? dki_buffer_text(to, "</tr>\n</thead>\n<tbody>\n", err) : status;
}

static const char *class_of(const dki_cells *cells, size_t column, dki_cell_kind kind)
{
    dk_type type = dk_column_type(cells->columns[column].field->column);

    if (cells->columns[column].is_number)
        return kind == DKI_CELL_NULL ? " class=\"n null\"" : " class=\"n\"";
    if (type == DK_DATE || type == DK_TIMESTAMP || type == DK_PERIOD)
        return kind == DKI_CELL_NULL ? " class=\"d null\"" : " class=\"d\"";
    return kind == DKI_CELL_NULL ? " class=\"null\"" : "";
}

static dk_status put_row(dki_cells *cells, uint64_t row, int64_t all, dki_buffer *to, dk_error *err)
{
    int64_t margin = dki_cells_margin(cells, row);
    dk_status status = dki_buffer_text(to,
                                       margin == 0                    ? "<tr>"
                                       : all && (margin & all) == all ? "<tr class=\"total all\">"
                                                                      : "<tr class=\"total\">",
                                       err);

    for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++) {
        dki_cell cell = dki_cells_get(cells, row, c);
        bool heads = c == 0 && !cells->columns[c].is_number;

        status =
            dki_buffer_format(to, err, heads ? "<th scope=\"row\"%s>" : "<td%s>", class_of(cells, c, cell.kind));
        if (status == DK_OK)
            status = put_escaped(to, cell.text, cell.size, "<br>", err);
        if (status == DK_OK)
            status = dki_buffer_text(to, heads ? "</th>" : "</td>", err);
    }
    return status == DK_OK ? dki_buffer_text(to, "</tr>\n", err) : status;
}

dk_status dki_write_html(const dk_table *table, const dk_write_options *options, dki_sink *sink, dk_error *err)
{
    dki_buffer *to = &sink->buffer;
    int64_t all = dki_margin_all(table);
    dki_cells cells;
    dk_status status = dki_cells_open(table, options, true, &cells, err);

    if (status != DK_OK)
        return status;
    status = put_head(&cells, to, err);
    for (uint64_t row = 0; row < dk_table_n_rows(table) && status == DK_OK; row++) {
        status = dki_cells_seek(&cells, row, err);
        if (status == DK_OK)
            status = put_row(&cells, row, all, to, err);
        if (status == DK_OK)
            status = dki_sink_flush(sink, false, err);
    }
    if (status == DK_OK)
        status = dki_buffer_text(to, "</tbody>\n</table>\n", err);
    for (size_t i = 0; i < dk_table_n_notes(table) && options->show_notes && status == DK_OK; i++)
        status = put_text(to, "<p class=\"note\">", dk_table_note(table, i), "</p>\n", err);
    if (status == DK_OK)
        status = dki_buffer_text(to, "</body>\n</html>\n", err);
    dki_cells_close(&cells);
    return status;
}
