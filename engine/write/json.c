/* json.c - {"columns": [{name, type, label}], "rows": [{...}], "totals": [{row, over}], "notes": [...]}
 *
 * Numbers keep their exact digits; a ratio is a number, exact where a decimal can be; an interval is an object of its bounds.
 * Dates are texts. Which rows are totals
 * stands beside the rows: a member of a row would clash with a column of its name. */
#include <string.h>

#include "base/number.h"
#include "base/types.h"
#include "cells.h"
#include "control.h"
#include "data/members.h"

/* Appends \u escapes for a character of n bytes that is no more than U+FFFF. */
static dk_status put_unicode(dki_buffer *to, const char *text, size_t n, dk_error *err)
{
    const unsigned char *p = (const unsigned char *)text;
    unsigned c = n == 1   ? p[0]
                 : n == 2 ? (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu)
                          : (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);

    return dki_buffer_format(to, err, "\\u%04x", c);
}

static dk_status put_special(dki_buffer *to, const char *text, size_t n, dki_char_kind kind, dk_error *err)
{
    dk_status status = DK_OK;

    if (kind == DKI_CHAR_PLAIN)
        return dki_buffer_format(to, err, "\\%c", text[0]);
    if (kind == DKI_CHAR_BROKEN)
        return dki_buffer_text(to, DKI_REPLACEMENT, err);
    if (n == 1 || text[0] != '\r')
        return text[0] == '\n' ? dki_buffer_text(to, "\\n", err) : put_unicode(to, text, n, err);
    for (size_t i = 0; i < n && status == DK_OK; i++) /* CR LF */
        status = put_special(to, text + i, 1, kind, err);
    return status;
}

static dk_status put_string(dki_buffer *to, const char *text, size_t size, dk_error *err)
{
    dk_status status = dki_buffer_text(to, "\"", err);
    size_t from = 0, n;

    for (size_t i = 0; i < size && status == DK_OK; i += n) {
        dki_char_kind kind = dki_char_next(text + i, size - i, &n);

        if (kind == DKI_CHAR_PLAIN && text[i] != '"' && text[i] != '\\')
            continue;
        status = dki_buffer_append(to, text + from, i - from, err);
        if (status == DK_OK)
            status = put_special(to, text + i, n, kind, err);
        from = i + n;
    }
    if (status == DK_OK)
        status = dki_buffer_append(to, text + from, size - from, err);
    return status == DK_OK ? dki_buffer_text(to, "\"", err) : status;
}

/* The labels of a code list, by code, in the order of levels. */
static dk_status put_codes(const dk_column *column, dki_buffer *to, dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(column);
    size_t n = dk_dictionary_n_levels(levels);
    uint32_t *by_rank = dki_alloc_array(dk_column_context(column), n, sizeof *by_rank, err);
    const char *before = "";
    dk_status status = by_rank ? dki_buffer_text(to, ", \"codes\": {", err) : DK_ERR_MEMORY;

    for (uint32_t code = 1; by_rank && code <= n; code++)
        by_rank[dk_dictionary_rank(levels, code)] = code;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        dk_text level = dk_dictionary_level(levels, by_rank[i]), label;

        if (!dk_dictionary_label(levels, by_rank[i], &label))
            continue;
        status = dki_buffer_text(to, before, err);
        if (status == DK_OK)
            status = put_string(to, level.bytes, level.size, err);
        if (status == DK_OK)
            status = dki_buffer_text(to, ": ", err);
        if (status == DK_OK)
            status = put_string(to, label.bytes, label.size, err);
        before = ", ";
    }
    dki_free(dk_column_context(column), by_rank);
    return status == DK_OK ? dki_buffer_text(to, "}", err) : status;
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
            status = dki_buffer_format(to, err, ", \"type\": \"%s\"", dk_column_type_name(field->column));
        if (status == DK_OK && field->label) {
            status = dki_buffer_text(to, ", \"label\": ", err);
            if (status == DK_OK)
                status = put_string(to, field->label, strlen(field->label), err);
        }
        if (status == DK_OK && dk_column_levels(field->column) &&
            dk_dictionary_has_labels(dk_column_levels(field->column)))
            status = put_codes(field->column, to, err);
        if (status == DK_OK)
            status = dki_buffer_text(to, " }", err);
    }
    return status == DK_OK
               ? dki_buffer_text(to, cells->n_columns ? "\n  ],\n  \"rows\": [" : "],\n  \"rows\": [", err)
               : status;
}

static dk_status put_bound(const char *name, bool is_open, int64_t bound, uint8_t scale, dki_buffer *to,
                           dk_error *err)
{
    char number[48] = "null";

    if (!is_open)
        (void)dki_format_decimal(bound, scale, number, sizeof number);
    return dki_buffer_format(to, err, "\"%s\": %s", name, number);
}

/* { "least": 0, "greatest": 4, "marker": "<5", "meaning": "suppressed" }: null on a side that is open; a marker where there is one. */
static dk_status put_interval(const dk_value *value, dki_buffer *to, dk_error *err)
{
    const dk_interval *interval = &value->as.interval;
    dk_status status = dki_buffer_text(to, "{ ", err);

    if (status == DK_OK)
        status = put_bound("least", interval->no_least, interval->least, value->scale, to, err);
    if (status == DK_OK)
        status = dki_buffer_text(to, ", ", err);
    if (status == DK_OK)
        status = put_bound("greatest", interval->no_greatest, interval->greatest, value->scale, to, err);
    if (status == DK_OK && interval->marker.size > 0) {
        status = dki_buffer_text(to, ", \"marker\": ", err);
        if (status == DK_OK)
            status = put_string(to, interval->marker.bytes, interval->marker.size, err);
    }
    if (status == DK_OK && interval->meaning != DK_MEANS_NOTHING)
        status = dki_buffer_format(to, err, ", \"meaning\": \"%s\"", dk_meaning_name(interval->meaning));
    if (status == DK_OK && interval->may_be_null)
        status = dki_buffer_text(to, ", \"may_be_null\": true", err);
    return status == DK_OK ? dki_buffer_text(to, " }", err) : status;
}

/* An array of the members. */
static dk_status put_set(dki_buffer *to, dk_text set, dk_error *err)
{
    const char *before = "";
    dk_text member;
    dk_status status = dki_buffer_text(to, "[", err);

    for (size_t at = 0; status == DK_OK && dki_next_member(set, &at, &member); before = ", ") {
        status = dki_buffer_text(to, before, err);
        if (status == DK_OK)
            status = put_string(to, member.bytes, member.size, err);
    }
    return status == DK_OK ? dki_buffer_text(to, "]", err) : status;
}

static dk_status put_cell(dki_cells *cells, uint64_t row, size_t c, dki_buffer *to, dk_error *err)
{
    dki_cell cell = dki_cells_get(cells, row, c);

    if (cell.kind != DKI_CELL_VALUE)
        return dki_buffer_text(to, "null", err);
    if (cell.value.type == DK_INTERVAL)
        return put_interval(&cell.value, to, err);
    if (cells->columns[c].is_number)
        return dki_buffer_append(to, cell.text, cell.size, err);
    if (cell.value.type == DK_CATEGORY && dk_dictionary_members(dk_column_levels(cells->columns[c].field->column)))
        return put_set(to, cell.value.as.text, err);
    if (cell.value.type == DK_BOOLEAN)
        return dki_buffer_text(to, cell.value.as.boolean ? "true" : "false", err);
    return put_string(to, cell.text, cell.size, err);
}

static dk_status put_row(dki_cells *cells, uint64_t row, dki_buffer *to, dk_error *err)
{
    dk_status status = dki_cells_seek(cells, row, err);

    if (status == DK_OK)
        status = dki_buffer_text(to, row ? ",\n    {" : "\n    {", err);
    for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++) {
        const char *name = cells->columns[c].field->name;

        status = dki_buffer_text(to, c ? ", " : " ", err);
        if (status == DK_OK)
            status = put_string(to, name, strlen(name), err);
        if (status == DK_OK)
            status = dki_buffer_text(to, ": ", err);
        if (status == DK_OK)
            status = put_cell(cells, row, c, to, err);
    }
    return status == DK_OK ? dki_buffer_text(to, " }", err) : status;
}

static dk_status put_total(const dki_cells *cells, uint64_t row, int64_t margin, bool first, dki_buffer *to,
                           dk_error *err)
{
    const char *before = "";
    dk_status status = dki_buffer_format(to, err, "%s\n    { \"row\": %llu, \"over\": [", first ? "" : ",",
                                         (unsigned long long)row);

    for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++) {
        const dk_field *field = cells->columns[c].field;

        if (field->margin_bit < 0 || !(margin >> field->margin_bit & 1))
            continue;
        status = dki_buffer_text(to, before, err);
        if (status == DK_OK)
            status = put_string(to, field->name, strlen(field->name), err);
        before = ", ";
    }
    return status == DK_OK ? dki_buffer_text(to, "] }", err) : status;
}

static dk_status put_totals(dki_cells *cells, dki_sink *sink, dk_error *err)
{
    uint64_t n_rows = dk_table_margin(cells->table) ? dk_table_n_rows(cells->table) : 0;
    bool first = true;
    dk_status status = DK_OK;

    for (uint64_t row = 0; row < n_rows && status == DK_OK; row++) {
        int64_t margin;

        status = dki_cells_seek(cells, row, err);
        if (status != DK_OK)
            break;
        margin = dki_cells_margin(cells, row);
        if (margin == 0)
            continue;
        status = put_total(cells, row, margin, first, &sink->buffer, err);
        if (status == DK_OK)
            status = dki_sink_flush(sink, false, err);
        first = false;
    }
    return status == DK_OK ? dki_buffer_text(&sink->buffer, first ? "" : "\n  ", err) : status;
}

static dk_status put_notes(const dk_table *table, dki_buffer *to, dk_error *err)
{
    size_t n = dk_table_n_notes(table);
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        const char *note = dk_table_note(table, i);

        status = dki_buffer_text(to, i ? ",\n    " : "\n    ", err);
        if (status == DK_OK)
            status = put_string(to, note, strlen(note), err);
    }
    return status == DK_OK ? dki_buffer_text(to, n ? "\n  " : "", err) : status;
}

dk_status dki_write_json(const dk_table *table, const dk_write_options *options, dki_sink *sink, dk_error *err)
{
    dk_write_options plain = *options;
    dki_buffer *to = &sink->buffer;
    uint64_t n_rows = dk_table_n_rows(table);
    dki_cells cells;
    dk_status status;

    plain.style = DK_STYLE_INTERNATIONAL; /* a number of JSON has a point */
    status = dki_cells_open(table, &plain, false, &cells, err);
    if (status != DK_OK)
        return status;
    status = put_columns(&cells, to, err);
    for (uint64_t row = 0; row < n_rows && status == DK_OK; row++) {
        status = put_row(&cells, row, to, err);
        if (status == DK_OK)
            status = dki_sink_flush(sink, false, err);
    }
    if (status == DK_OK)
        status = dki_buffer_text(to, n_rows ? "\n  ],\n  \"totals\": [" : "],\n  \"totals\": [", err);
    if (status == DK_OK)
        status = put_totals(&cells, sink, err);
    if (status == DK_OK)
        status = dki_buffer_text(to, "],\n  \"notes\": [", err);
    if (status == DK_OK)
        status = put_notes(table, to, err);
    if (status == DK_OK)
        status = dki_buffer_text(to, "]\n}\n", err);
    dki_cells_close(&cells);
    return status;
}
