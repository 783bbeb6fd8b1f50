/* text_table.c - a table on a terminal.
 *
 * Numbers right, the rest left, two blanks between columns, a thin line under the names and above the last total. What is too
 * long is cut in the middle, which is said; what is too wide is folded into parts that repeat the dimensions. Two
 * passes over the rows that are shown: one for widths, one to write.
 */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "cells.h"

#define GAP 2
#define WIDEST_CELL 60 /* a longer text is cut, which an ellipsis shows */

typedef struct layout {
    dki_cells cells;
    dki_sink *sink;
    size_t *widths;
    uint64_t head, tail; /* rows shown at either end; head is all where nothing is cut */
    uint64_t n_rows;
    dki_buffer scratch;
} layout;

/* Control characters would move the cursor or worse: each is shown as a mark of its own. */
static dk_status make_harmless(dki_buffer *to, const char *text, size_t size, dk_error *err)
{
    static const char *const marks[] = { "\xE2\x86\xB5", "\xE2\x87\xA5", "\xC2\xBF" }; /* line end, tab, other */
    size_t width = 0, from = 0;
    dk_status status;

    to->size = 0;
    for (size_t i = 0; i < size;) {
        unsigned char c = (unsigned char)text[i];
        size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        bool control = c < 0x20 || c == 0x7F || (c == 0xC2 && i + 1 < size && (unsigned char)text[i + 1] < 0xA0) ||
                       (c == 0xE2 && i + 2 < size && (unsigned char)text[i + 1] == 0x80 &&
                        ((unsigned char)text[i + 2] >= 0xA8 && (unsigned char)text[i + 2] <= 0xAE));

        if (i + n > size)
            n = size - i;
        width += control ? 1 : dki_utf8_width(text + i, n);
        if (width > WIDEST_CELL) {
            if ((status = dki_buffer_append(to, text + from, i - from, err)) != DK_OK)
                return status;
            return dki_buffer_text(to, "\xE2\x80\xA6", err);
        }
        if (control) {
            if ((status = dki_buffer_append(to, text + from, i - from, err)) != DK_OK ||
                (status = dki_buffer_text(to,
                                          marks[c == '\n'   ? 0
                                                : c == '\t' ? 1
                                                            : 2],
                                          err)) != DK_OK)
                return status;
            from = i + n;
        }
        i += n;
    }
    return dki_buffer_append(to, text + from, size - from, err);
}

static dk_status pad(layout *l, size_t n, dk_error *err)
{
    return dki_buffer_repeat(&l->sink->buffer, " ", n, err);
}

/* A cell of a line; the last of a line is not padded on its right. */
static dk_status put_cell(layout *l, size_t column, const char *text, size_t size, bool last, dk_error *err)
{
    size_t width = l->widths[column], used;
    bool right = l->cells.columns[column].is_number;
    dk_status status = make_harmless(&l->scratch, text, size, err);

    if (status != DK_OK)
        return status;
    used = dki_utf8_width(l->scratch.bytes, l->scratch.size);
    if (right)
        status = pad(l, width > used ? width - used : 0, err);
    if (status == DK_OK)
        status = dki_buffer_append(&l->sink->buffer, l->scratch.bytes, l->scratch.size, err);
    if (status == DK_OK && !right && !last)
        status = pad(l, width > used ? width - used : 0, err);
    if (status == DK_OK && !last)
        status = pad(l, GAP, err);
    return status;
}

static dk_status widen(layout *l, size_t column, const char *text, size_t size, dk_error *err)
{
    size_t width;
    dk_status status = make_harmless(&l->scratch, text, size, err);

    if (status != DK_OK)
        return status;
    width = dki_utf8_width(l->scratch.bytes, l->scratch.size);
    if (width > l->widths[column])
        l->widths[column] = width;
    return DK_OK;
}

/* The next row that is shown, after skipping what is cut. */
static uint64_t next_row(const layout *l, uint64_t row)
{
    return row + 1 == l->head && l->head + l->tail < l->n_rows ? l->n_rows - l->tail : row + 1;
}

static dk_status measure(layout *l, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t c = 0; c < l->cells.n_columns && status == DK_OK; c++) {
        const char *heading = dki_cells_heading(&l->cells, c);
        const char *type = dk_type_name(dk_column_type(l->cells.columns[c].field->column));

        status = widen(l, c, heading, strlen(heading), err);
        if (status == DK_OK && l->cells.options->show_types)
            status = widen(l, c, type, strlen(type), err);
    }
    for (uint64_t row = 0; row < l->n_rows && status == DK_OK; row = next_row(l, row)) {
        status = dki_cells_seek(&l->cells, row, err);
        for (size_t c = 0; c < l->cells.n_columns && status == DK_OK; c++) {
            dki_cell cell = dki_cells_get(&l->cells, row, c);

            status = widen(l, c, cell.text, cell.size, err);
        }
    }
    return status;
}

/* One part of the table: the columns of `list`. */
typedef struct part {
    const size_t *list;
    size_t n;
    size_t width;
} part;

static dk_status rule(layout *l, const part *p, dk_error *err)
{
    dk_status status = dki_buffer_repeat(&l->sink->buffer, "\xE2\x94\x80", p->width, err);

    return status == DK_OK ? dki_buffer_text(&l->sink->buffer, "\n", err) : status;
}

static dk_status put_heading(layout *l, const part *p, bool types, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t k = 0; k < p->n && status == DK_OK; k++) {
        size_t c = p->list[k];
        const char *text = types ? dk_type_name(dk_column_type(l->cells.columns[c].field->column))
                                 : dki_cells_heading(&l->cells, c);

        status = put_cell(l, c, text, strlen(text), k + 1 == p->n, err);
    }
    return status == DK_OK ? dki_buffer_text(&l->sink->buffer, "\n", err) : status;
}

static dk_status put_part(layout *l, const part *p, dk_error *err)
{
    int64_t all = dki_margin_all(l->cells.table);
    dk_status status = put_heading(l, p, false, err);

    if (status == DK_OK && l->cells.options->show_types)
        status = put_heading(l, p, true, err);
    if (status == DK_OK)
        status = rule(l, p, err);
    for (uint64_t row = 0; row < l->n_rows && status == DK_OK; row = next_row(l, row)) {
        status = dki_cells_seek(&l->cells, row, err);
        if (status == DK_OK && row > 0 && all && dki_cells_margin(&l->cells, row) == all)
            status = rule(l, p, err);
        for (size_t k = 0; k < p->n && status == DK_OK; k++) {
            dki_cell cell = dki_cells_get(&l->cells, row, p->list[k]);

            status = put_cell(l, p->list[k], cell.text, cell.size, k + 1 == p->n, err);
        }
        if (status == DK_OK)
            status = dki_buffer_text(&l->sink->buffer, "\n", err);
        if (status == DK_OK && next_row(l, row) > row + 1)
            status = dki_buffer_format(&l->sink->buffer, err, "\xE2\x8B\xAE  %llu rows not shown\n",
                                       (unsigned long long)(l->n_rows - l->head - l->tail));
        if (status == DK_OK)
            status = dki_sink_flush(l->sink, false, err);
    }
    return status;
}

/* Columns that each part repeats: the dimensions, or else the first one, as long as they leave half of the width. */
static size_t repeated_columns(const layout *l, size_t max_width)
{
    size_t n = 0, used = 0;

    while (n < l->cells.n_columns && (n == 0 || l->cells.columns[n].field->margin_bit >= 0)) {
        used += l->widths[n] + GAP;
        if (used > max_width / 2)
            break;
        n++;
    }
    return n;
}

static dk_status put_parts(layout *l, dk_error *err)
{
    size_t max_width = l->cells.options->max_width ? l->cells.options->max_width : SIZE_MAX;
    size_t n_columns = l->cells.n_columns, repeated, next = 0;
    size_t *list = dki_alloc_array(dk_table_context(l->cells.table), n_columns, sizeof *list, err);
    bool first = true;
    dk_status status = list ? DK_OK : DK_ERR_MEMORY;

    repeated = repeated_columns(l, max_width);
    while (status == DK_OK && next < n_columns) {
        part p = { list, 0, 0 };

        for (size_t c = 0; !first && c < repeated; c++) {
            list[p.n++] = c;
            p.width += l->widths[c] + GAP;
        }
        do {
            p.width += l->widths[next] + GAP;
            list[p.n++] = next++;
        } while (next < n_columns && p.width + l->widths[next] <= max_width);
        p.width -= GAP;
        if (p.width > max_width)
            p.width = max_width;
        if (!first)
            status = dki_buffer_text(&l->sink->buffer, "\n", err);
        if (status == DK_OK)
            status = put_part(l, &p, err);
        first = false;
    }
    dki_free(dk_table_context(l->cells.table), list);
    return status;
}

static dk_status put_count(layout *l, dk_error *err)
{
    size_t n = l->cells.n_columns;

    return dki_buffer_format(&l->sink->buffer, err, "%llu row%s, %zu column%s\n", (unsigned long long)l->n_rows,
                             l->n_rows == 1 ? "" : "s", n, n == 1 ? "" : "s");
}

dk_status dki_write_text_table(const dk_table *table, const dk_write_options *options, dki_sink *sink,
                               dk_error *err)
{
    dk_context *context = dk_table_context(table);
    layout l = { .sink = sink, .n_rows = dk_table_n_rows(table) };
    dk_status status = dki_cells_open(table, options, true, &l.cells, err);

    if (status != DK_OK)
        return status;
    dki_buffer_init(&l.scratch, context);
    l.head = l.n_rows;
    if (options->max_rows > 0 && l.n_rows > options->max_rows) {
        l.head = (options->max_rows + 1) / 2;
        l.tail = options->max_rows - l.head;
    }
    l.widths = dki_calloc(context, l.cells.n_columns, sizeof *l.widths, err);
    status = l.widths ? measure(&l, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = put_parts(&l, err);
    if (status == DK_OK && options->show_count)
        status = put_count(&l, err);
    for (size_t i = 0; i < dk_table_n_notes(table) && options->show_notes && status == DK_OK; i++)
        status = dki_buffer_format(&sink->buffer, err, "%s\n", dk_table_note(table, i));
    dki_free(context, l.widths);
    dki_buffer_drop(&l.scratch);
    dki_cells_close(&l.cells);
    return status;
}
