/* html.c - a page with one table: valid by itself, readable on a screen and on paper, light and dark. */
#include <string.h>

#include "bars.h"
#include "base/memory.h"
#include "cells.h"
#include "control.h"
#include "words.h"

static const char style_sheet[] =
    ":root{color-scheme:light dark}"
    "body{font:16px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "caption{text-align:left;font-size:1.25rem;font-weight:600;padding:0 0 .75rem}"
    "th,td{padding:.3rem 0 .3rem 1.2rem;text-align:left;vertical-align:top}"
    "th:first-child,td:first-child{padding-left:0}"
    "th{font-weight:600}"
    "thead th,thead td{border-bottom:2px solid;vertical-align:bottom}"
    "tbody th{font-weight:400}"
    "tbody tr{border-bottom:1px solid color-mix(in srgb,currentColor 18%,transparent)}"
    ".n{text-align:right;white-space:nowrap}"
    ".d{white-space:nowrap}" /* a date is not broken at its dashes */
    ".total td,.total th{font-weight:600}"
    "tr.all{border-top:2px solid}"
    ".null{opacity:.55}"
    ".b{min-width:8rem;padding-left:.6rem}"
    ".b span{position:relative;display:block;height:.75em;margin-top:.35em}"
    ".b i{position:absolute;height:100%;min-width:1px;background:#3f7cb4;print-color-adjust:exact}"
    ".b i.l,.total .b i{opacity:.4}"
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

static dk_status put_head(const dki_cells *cells, const dki_bar_scale *bars, dki_buffer *to, dk_error *err)
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
                          dki_cells_heading(cells, c), dki_has_bar(bars, c) ? "</th><td></td>" : "</th>", err);
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

/* What a marker means is told to who points at it, or has the page read aloud. */
static const char *meaning_of(const dki_cells *cells, const dki_cell *cell)
{
    if (cell->kind != DKI_CELL_VALUE || cell->value.type != DK_INTERVAL)
        return NULL;
    return dki_words_meaning(&cell->value.as.interval, cells->options->style);
}

/* A part of a bar, in tenths of a percent: what a locale thinks of decimal marks is no matter of a page. */
static dk_status put_piece(dki_buffer *to, const char *name, const double place[2], dk_error *err)
{
    int from = (int)(1000 * place[0] + 0.5), width = (int)(1000 * place[1] + 0.5) - from;

    if (place[0] >= place[1])
        return DK_OK;
    return dki_buffer_format(to, err, "<i%s style=\"left:%d.%d%%;width:%d.%d%%\"></i>", name, from / 10, from % 10,
                             width / 10, width % 10);
}

static dk_status put_bar(const dki_bar_scale *scale, const dki_cell *cell, bool is_total, dki_buffer *to,
                         dk_error *err)
{
    double solid[2] = { 0, 0 }, light[2] = { 0, 0 };
    dk_status status = dki_buffer_text(to, "<td class=\"b\">", err);

    if (status == DK_OK && dki_bar_place(scale, cell, is_total, solid, light)) {
        status = dki_buffer_text(to, "<span>", err);
        if (status == DK_OK)
            status = put_piece(to, "", solid, err);
        if (status == DK_OK)
            status = put_piece(to, " class=\"l\"", light, err);
        if (status == DK_OK)
            status = dki_buffer_text(to, "</span>", err);
    }
    return status == DK_OK ? dki_buffer_text(to, "</td>", err) : status;
}

static dk_status put_row(dki_cells *cells, const dki_bar_scale *bars, uint64_t row, int64_t all, dki_buffer *to,
                         dk_error *err)
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
        const char *meaning = meaning_of(cells, &cell);

        status = dki_buffer_format(to, err, heads ? "<th scope=\"row\"%s" : "<td%s", class_of(cells, c, cell.kind));
        if (status == DK_OK && meaning)
            status = dki_buffer_format(to, err, " title=\"%s\"", meaning);
        if (status == DK_OK)
            status = dki_buffer_text(to, ">", err);
        if (status == DK_OK)
            status = put_escaped(to, cell.text, cell.size, "<br>", err);
        if (status == DK_OK)
            status = dki_buffer_text(to, heads ? "</th>" : "</td>", err);
        if (status == DK_OK && dki_has_bar(bars, c))
            status = put_bar(&bars[c], &cell, margin != 0, to, err);
    }
    return status == DK_OK ? dki_buffer_text(to, "</tr>\n", err) : status;
}

/* What bars go from and to, and the notes. */
static dk_status put_foot(const dki_cells *cells, const dki_bar_scale *bars, dki_buffer *to, dk_error *err)
{
    const dk_table *table = cells->table;
    dk_status status = dki_buffer_text(to, "</tbody>\n</table>\n", err);

    for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++) {
        dki_buffer line;

        if (!dki_has_bar(bars, c))
            continue;
        dki_buffer_init(&line, dk_table_context(table));
        status = dki_bar_say(&bars[c], cells, c, &line, err);
        if (status == DK_OK)
            status = dki_buffer_terminate(&line, err);
        if (status == DK_OK)
            status = put_text(to, "<p class=\"note\">", line.bytes, "</p>\n", err);
        dki_buffer_drop(&line);
    }
    for (size_t i = 0; i < dk_table_n_notes(table) && cells->options->show_notes && status == DK_OK; i++)
        status = put_text(to, "<p class=\"note\">", dk_table_note(table, i), "</p>\n", err);
    return status == DK_OK ? dki_buffer_text(to, "</body>\n</html>\n", err) : status;
}

dk_status dki_write_html(const dk_table *table, const dk_write_options *options, dki_sink *sink, dk_error *err)
{
    dki_buffer *to = &sink->buffer;
    int64_t all = dki_margin_all(table);
    dki_bar_scale *bars = NULL;
    dki_cells cells;
    dk_status status = dki_cells_open(table, options, true, &cells, err);

    if (status != DK_OK)
        return status;
    status = dki_bars_of_options(&cells, &bars, err);
    if (status == DK_OK)
        status = put_head(&cells, bars, to, err);
    for (uint64_t row = 0; row < dk_table_n_rows(table) && status == DK_OK; row++) {
        status = dki_cells_seek(&cells, row, err);
        if (status == DK_OK)
            status = put_row(&cells, bars, row, all, to, err);
        if (status == DK_OK)
            status = dki_sink_flush(sink, false, err);
    }
    if (status == DK_OK)
        status = put_foot(&cells, bars, to, err);
    dki_free(dk_table_context(table), bars);
    dki_cells_close(&cells);
    return status;
}
