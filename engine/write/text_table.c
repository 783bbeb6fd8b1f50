/* text_table.c - a table on a terminal.
 *
 * Numbers right, the rest left, two blanks between columns, a thin line under the names and above the last total. What is too
 * long is cut in the middle, which is said; what is too wide is folded into parts that repeat the columns which tell rows apart. Texts give
 * way where a column alone would pass the screen; a number never does, as a cut number is another number. Two
 * passes over the rows that are shown: one for widths, one to write.
 */
#include <string.h>

#include "base/memory.h"
#include <dekking/members.h>

#include "base/text.h"
#include "base/types.h"
#include "cells.h"
#include "control.h"

#define GAP 2
#define LEAST_ROWS 4 /* in however many parts a table is folded, each shows so many */
#define LEAST_TEXT 8 /* on however narrow a screen a text keeps so much */

typedef struct column_width {
    size_t shown;
    size_t least; /* what its numbers need */
} column_width;

typedef struct layout {
    dki_cells cells;
    dki_sink *sink;
    column_width *widths;
    uint64_t head, tail; /* rows shown at either end; head is all where nothing is cut */
    uint64_t n_rows;
    dki_buffer scratch;
} layout;

/* A mark for what would move the cursor or worse: ESC is shown as the letters that stand for it. */
static const char *mark_of(dki_char_kind kind, unsigned char c, char picture[4])
{
    switch (kind) {
    case DKI_CHAR_LINE_END: return "\xE2\x86\xB5";
    case DKI_CHAR_TAB: return "\xE2\x87\xA5";
    default:
        if (kind == DKI_CHAR_BROKEN || c >= 0x80)
            return DKI_REPLACEMENT;
        picture[0] = '\xE2'; /* U+2400 .. U+2421, control pictures */
        picture[1] = '\x90';
        picture[2] = (char)(c == 0x7F ? 0xA1 : 0x80 + c);
        picture[3] = '\0';
        return picture;
    }
}

/* Bytes that need no look each: letters, digits and signs of ASCII. */
static size_t ascii_run(const char *text, size_t size)
{
    size_t n = 0;

    while (n < size && text[n] >= ' ' && text[n] <= '~')
        n++;
    return n;
}

/* Makes `to` the text as it may be shown, in at most `limit` columns: cut with an ellipsis where it needs more. */
static dk_status make_harmless(dki_buffer *to, const char *text, size_t size, size_t limit, dk_error *err)
{
    size_t width = 0, kept = 0, n;
    dk_status status = DK_OK;

    to->size = 0;
    for (size_t i = 0; i < size && status == DK_OK; i += n) {
        dki_char_kind kind;
        char picture[4];

        n = ascii_run(text + i, size - i);
        if (n > 0 && n < limit - width) { /* speed: the general way does the same */
            status = dki_buffer_append(to, text + i, n, err);
            width += n;
            kept = to->size;
            continue;
        }
        kind = dki_char_next(text + i, size - i, &n);
        width += kind == DKI_CHAR_PLAIN ? dki_utf8_width(text + i, n) : 1;
        if (width > limit) {
            to->size = kept;
            return dki_buffer_text(to, "\xE2\x80\xA6", err);
        }
        if (kind == DKI_CHAR_PLAIN)
            status = dki_buffer_append(to, text + i, n, err);
        else
            status = dki_buffer_text(to, mark_of(kind, (unsigned char)text[i], picture), err);
        if (width < limit)
            kept = to->size;
    }
    return status;
}

/* How many bytes of a text stand on its first line: up to the last blank within the width; a word that is longer than a line
 * is not cut. 0 is no limit. */
static size_t first_line(const char *text, size_t size, size_t width)
{
    size_t end = 0, near = size / 16 > width ? dki_utf8_floor(text, size, 16 * width) : size;

    if (width == 0 || (near == size && dki_utf8_width(text, size) <= width))
        return size;
    for (size_t i = 1; i < size; i++) {
        if (text[i] != ' ')
            continue;
        if (end > 0 && dki_utf8_width(text, i) > width)
            break;
        end = i;
    }
    return end > 0 ? end : size;
}

/* A text on lines of its own, as many as the screen's width takes. */
static dk_status put_line(layout *l, const char *text, dk_error *err)
{
    dk_status status = make_harmless(&l->scratch, text, strlen(text), SIZE_MAX, err);
    size_t at = 0;

    while (status == DK_OK) {
        size_t n = first_line(l->scratch.bytes + at, l->scratch.size - at, l->cells.options->max_width);

        status = dki_buffer_append(&l->sink->buffer, l->scratch.bytes + at, n, err);
        if (status == DK_OK)
            status = dki_buffer_text(&l->sink->buffer, "\n", err);
        at += n;
        if (at >= l->scratch.size)
            break;
        at++; /* the blank */
    }
    return status;
}

static dk_status pad(layout *l, size_t n, dk_error *err)
{
    return dki_buffer_repeat(&l->sink->buffer, " ", n, err);
}

/* A cell of a line; the last of a line is not padded on its right. */
static dk_status put_cell(layout *l, size_t column, const char *text, size_t size, bool last, dk_error *err)
{
    size_t width = l->widths[column].shown, used;
    bool right = l->cells.columns[column].is_number;
    dk_status status = make_harmless(&l->scratch, text, size, width, err);

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

/* Makes room for a text; what is a number's cell gets as much as it needs. */
static dk_status widen(layout *l, size_t column, const char *text, size_t size, bool is_whole, dk_error *err)
{
    column_width *width = &l->widths[column];
    size_t needed, limit = is_whole || l->cells.options->max_cell == 0 ? SIZE_MAX : l->cells.options->max_cell;
    dk_status status = make_harmless(&l->scratch, text, size, limit, err);

    if (status != DK_OK)
        return status;
    needed = dki_utf8_width(l->scratch.bytes, l->scratch.size);
    if (needed > width->shown)
        width->shown = needed;
    if (is_whole && needed > width->least)
        width->least = needed;
    return DK_OK;
}

/* The next row that is shown, after skipping what is cut. */
static uint64_t next_row(const layout *l, uint64_t row)
{
    return row + 1 == l->head && l->head + l->tail < l->n_rows ? l->n_rows - l->tail : row + 1;
}

static const char *shown_type(const layout *l, size_t column)
{
    return dk_column_type_name(l->cells.columns[column].field->column);
}

static dk_status measure(layout *l, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t c = 0; c < l->cells.n_columns && status == DK_OK; c++) {
        const char *heading = dki_cells_heading(&l->cells, c);
        const char *type = shown_type(l, c);

        status = widen(l, c, heading, strlen(heading), false, err);
        if (status == DK_OK && l->cells.options->show_types)
            status = widen(l, c, type, strlen(type), false, err);
    }
    for (uint64_t row = 0; row < l->n_rows && status == DK_OK; row = next_row(l, row)) {
        status = dki_cells_seek(&l->cells, row, err);
        for (size_t c = 0; c < l->cells.n_columns && status == DK_OK; c++) {
            dki_cell cell = dki_cells_get(&l->cells, row, c);

            status = widen(l, c, cell.text, cell.size, l->cells.columns[c].is_number, err);
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

/* Blanks at the end of a line, of an empty cell, are of no use. */
static dk_status end_line(layout *l, dk_error *err)
{
    dki_buffer *to = &l->sink->buffer;

    while (to->size > 0 && to->bytes[to->size - 1] == ' ')
        to->size--;
    return dki_buffer_text(to, "\n", err);
}

static dk_status put_heading(layout *l, const part *p, bool types, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t k = 0; k < p->n && status == DK_OK; k++) {
        size_t c = p->list[k];
        const char *text = types ? shown_type(l, c) : dki_cells_heading(&l->cells, c);

        status = put_cell(l, c, text, strlen(text), k + 1 == p->n, err);
    }
    return status == DK_OK ? end_line(l, err) : status;
}

/* Where rows are left out. */
static dk_status put_cut(layout *l, dk_error *err)
{
    uint64_t n = l->n_rows - l->head - l->tail;

    return dki_buffer_format(&l->sink->buffer, err, "\xE2\x8B\xAE  %llu row%s not shown\n", (unsigned long long)n,
                             n == 1 ? "" : "s");
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
        if (status == DK_OK && row > 0 && all && (dki_cells_margin(&l->cells, row) & all) == all)
            status = rule(l, p, err);
        for (size_t k = 0; k < p->n && status == DK_OK; k++) {
            dki_cell cell = dki_cells_get(&l->cells, row, p->list[k]);

            status = put_cell(l, p->list[k], cell.text, cell.size, k + 1 == p->n, err);
        }
        if (status == DK_OK)
            status = end_line(l, err);
        if (status == DK_OK && next_row(l, row) > row + 1)
            status = put_cut(l, err);
        if (status == DK_OK)
            status = dki_sink_flush(l->sink, false, err);
    }
    return status;
}

/* How narrow a column can get. */
static size_t least_width(const column_width *width)
{
    size_t least = width->least > LEAST_TEXT ? width->least : LEAST_TEXT;

    return least < width->shown ? least : width->shown;
}

/* Columns that tell what a row is: the dimensions, or what stands before nothing but numbers, or else the first one. */
static size_t key_columns(const layout *l)
{
    size_t n_columns = l->cells.n_columns, n_dimensions = 0, n_texts = 0, n;

    while (n_dimensions < n_columns && l->cells.columns[n_dimensions].field->margin_bit >= 0)
        n_dimensions++;
    if (n_dimensions > 0)
        return n_dimensions;
    while (n_texts < n_columns && !l->cells.columns[n_texts].is_number)
        n_texts++;
    for (n = n_texts; n < n_columns && l->cells.columns[n].is_number; n++)
        ;
    return n == n_columns && n_texts > 0 && n_texts < n_columns ? n_texts : 1;
}

/* How many of the keys each part repeats: as many as leave a third of the width, and what the other columns need. */
static size_t repeated_columns(const layout *l, size_t max_width, size_t *used)
{
    size_t n_keys = key_columns(l), n = 0;

    for (*used = 0; n < n_keys; n++) {
        size_t with = *used + l->widths[n].shown + GAP, needed = 0;

        for (size_t c = n + 1; c < l->cells.n_columns; c++)
            if (least_width(&l->widths[c]) > needed)
                needed = least_width(&l->widths[c]);
        if (with > max_width - max_width / 3 || with + needed > max_width)
            break;
        *used = with;
    }
    return n;
}

/* Narrows the texts of a column to `room`, as far as that can be. */
static void narrow(layout *l, size_t column, size_t room)
{
    column_width *width = &l->widths[column];

    if (room < least_width(width))
        room = least_width(width);
    if (width->shown > room)
        width->shown = room;
}

/* Fits the columns to the screen where it is too narrow for all of them: none passes it beside those that repeat. */
static void fit(layout *l, size_t max_width, size_t *n_repeated)
{
    size_t n = l->cells.n_columns, total = 0, used, first;

    *n_repeated = 0;
    for (size_t c = 0; c < n; c++)
        total += l->widths[c].shown + GAP;
    if (n == 0 || total - GAP <= max_width)
        return;
    if (n == 1) {
        narrow(l, 0, max_width);
        return;
    }
    first = l->widths[0].shown;
    if (max_width / 2 > GAP)
        narrow(l, 0, max_width / 2 - GAP);
    *n_repeated = repeated_columns(l, max_width, &used);
    if (*n_repeated == 0)
        l->widths[0].shown = first;
    for (size_t c = *n_repeated; c < n; c++)
        narrow(l, c, max_width - used);
}

/* The columns of the part that begins with column *next, which moves on. */
static part next_part(const layout *l, size_t *list, size_t n_repeated, size_t *next)
{
    size_t max_width = l->cells.options->max_width ? l->cells.options->max_width : SIZE_MAX;
    part p = { list, 0, 0 };

    for (size_t c = 0; *next > 0 && c < n_repeated; c++) {
        list[p.n++] = c;
        p.width += l->widths[c].shown + GAP;
    }
    do {
        p.width += l->widths[*next].shown + GAP;
        list[p.n++] = (*next)++;
    } while (*next < l->cells.n_columns && p.width + l->widths[*next].shown <= max_width);
    p.width -= GAP;
    if (p.width > max_width) /* of the line under the names */
        p.width = max_width;
    return p;
}

static void show_rows(layout *l, size_t max_rows)
{
    l->head = l->n_rows;
    l->tail = 0;
    if (max_rows > 0 && l->n_rows > max_rows) {
        l->head = (max_rows + 1) / 2;
        l->tail = max_rows - l->head;
    }
}

/* All parts together are to take the place that one would: each shows fewer rows. */
static void share_rows(layout *l, size_t *list, size_t n_repeated)
{
    const dk_write_options *options = l->cells.options;
    size_t around = options->show_types ? 4 : 3; /* lines that each part adds */
    size_t n_parts = 0, next = 0, rows;

    for (; next < l->cells.n_columns; n_parts++)
        next_part(l, list, n_repeated, &next);
    if (n_parts < 2 || options->max_rows == 0)
        return;
    rows = options->max_rows > (n_parts - 1) * around ? (options->max_rows - (n_parts - 1) * around) / n_parts : 0;
    if (rows < LEAST_ROWS)
        rows = LEAST_ROWS;
    if (rows < options->max_rows)
        show_rows(l, rows);
}

static dk_status put_parts(layout *l, dk_error *err)
{
    size_t n_columns = l->cells.n_columns, n_repeated = 0, next = 0;
    size_t *list = dki_alloc_array(dk_table_context(l->cells.table), n_columns, sizeof *list, err);
    dk_status status = DK_OK;

    if (list == NULL)
        return DK_ERR_MEMORY;
    if (l->cells.options->max_width > 0)
        fit(l, l->cells.options->max_width, &n_repeated);
    share_rows(l, list, n_repeated);
    while (status == DK_OK && next < n_columns) {
        bool is_first = next == 0;
        part p = next_part(l, list, n_repeated, &next);

        if (!is_first)
            status = dki_buffer_text(&l->sink->buffer, "\n", err);
        if (status == DK_OK)
            status = put_part(l, &p, err);
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
    show_rows(&l, options->max_rows);
    l.widths = dki_calloc(context, l.cells.n_columns, sizeof *l.widths, err);
    status = l.widths ? measure(&l, err) : DK_ERR_MEMORY;
    if (status == DK_OK && options->title)
        status = put_line(&l, options->title, err);
    if (status == DK_OK)
        status = put_parts(&l, err);
    if (status == DK_OK && options->show_count)
        status = put_count(&l, err);
    for (size_t i = 0; i < dk_table_n_notes(table) && options->show_notes && status == DK_OK; i++)
        status = put_line(&l, dk_table_note(table, i), err);
    dki_free(context, l.widths);
    dki_buffer_drop(&l.scratch);
    dki_cells_close(&l.cells);
    return status;
}
