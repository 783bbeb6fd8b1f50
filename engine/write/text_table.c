/* text_table.c - a table on a terminal.
 *
 * Numbers right, the rest left, two blanks between columns, a thin line under the names and above the last total. What is too
 * long is cut in the middle, and what is too wide is folded into parts (text_layout.c), which is said. Two passes over the rows
 * that are shown: one for widths, one to write.
 */
#include <string.h>

#include <dekking/members.h>

#include "bars.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"
#include "harmless.h"
#include "text_layout.h"
#include "words.h"

/* What a terminal paints with; each ends with OFF. */
#define BOLD "\x1B[1m"
#define DIM "\x1B[2m"
#define BAR "\x1B[36m"
#define OFF "\x1B[0m"

#define MOST_LINES 3 /* of names of columns that are left out */

typedef struct text_table {
    dki_cells cells;
    dki_layout layout;
    dki_bar_scale *bars; /* of each column; NULL: none has one */
    dki_sink *sink;
    dki_buffer scratch;
} text_table;

static dk_status put(text_table *t, const char *text, dk_error *err)
{
    return dki_buffer_text(&t->sink->buffer, text, err);
}

/* Begins to paint, or with OFF ends. ink: NULL for none. */
static dk_status paint(text_table *t, const char *ink, dk_error *err)
{
    return ink && t->cells.options->colour ? put(t, ink, err) : DK_OK;
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
static dk_status put_line(text_table *t, const char *text, const char *ink, dk_error *err)
{
    dk_status status = dki_make_harmless(&t->scratch, text, strlen(text), SIZE_MAX, err);
    size_t at = 0;

    while (status == DK_OK) {
        size_t n = first_line(t->scratch.bytes + at, t->scratch.size - at, t->cells.options->max_width);

        status = paint(t, ink, err);
        if (status == DK_OK)
            status = dki_buffer_append(&t->sink->buffer, t->scratch.bytes + at, n, err);
        if (status == DK_OK)
            status = paint(t, ink ? OFF : NULL, err);
        if (status == DK_OK)
            status = put(t, "\n", err);
        at += n;
        if (at >= t->scratch.size)
            break;
        at++; /* the blank */
    }
    return status;
}

static dk_status pad(text_table *t, size_t n, dk_error *err)
{
    return dki_buffer_repeat(&t->sink->buffer, " ", n, err);
}

/* What is in scratch, on the left or the right side of `width` columns. */
static dk_status put_scratch(text_table *t, size_t width, bool right, const char *ink, dk_error *err)
{
    size_t used = dki_utf8_width(t->scratch.bytes, t->scratch.size), rest = width > used ? width - used : 0;
    dk_status status = right ? pad(t, rest, err) : DK_OK;

    if (status == DK_OK && used > 0)
        status = paint(t, ink, err);
    if (status == DK_OK)
        status = dki_buffer_append(&t->sink->buffer, t->scratch.bytes, t->scratch.size, err);
    if (status == DK_OK && used > 0)
        status = paint(t, ink ? OFF : NULL, err);
    return status == DK_OK && !right ? pad(t, rest, err) : status;
}

/* A text in its column, and the gap to the next. */
static dk_status put_text(text_table *t, size_t column, const char *text, size_t size, const char *ink,
                          dk_error *err)
{
    size_t width = t->layout.widths[column].shown;
    dk_status status = dki_make_harmless(&t->scratch, text, size, width, err);

    if (status == DK_OK)
        status = put_scratch(t, width, t->cells.columns[column].is_number, ink, err);
    return status == DK_OK ? pad(t, DKI_GAP, err) : status;
}

static dk_status put_bar(text_table *t, size_t column, const dki_cell *cell, bool is_total, dk_error *err)
{
    size_t width = t->layout.widths[column].bar;
    dk_status status;

    t->scratch.size = 0;
    status = dki_bar_draw(&t->bars[column], cell, is_total, width, &t->scratch, err);
    if (status == DK_OK)
        status = put_scratch(t, width, false, BAR, err);
    return status == DK_OK ? pad(t, DKI_GAP, err) : status;
}

/* Makes room for a text; what is a number's cell gets as much as it needs. */
static dk_status widen(text_table *t, size_t column, const char *text, size_t size, bool is_name, dk_error *err)
{
    bool is_whole = !is_name && t->cells.columns[column].is_number;
    dki_width *width = &t->layout.widths[column];
    size_t needed, limit = is_whole || t->cells.options->max_cell == 0 ? SIZE_MAX : t->cells.options->max_cell;
    dk_status status = dki_make_harmless(&t->scratch, text, size, limit, err);

    if (status != DK_OK)
        return status;
    needed = dki_utf8_width(t->scratch.bytes, t->scratch.size);
    if (needed > width->shown)
        width->shown = needed;
    if (!is_name && needed > width->body)
        width->body = needed;
    if (is_whole && needed > width->least)
        width->least = needed;
    return DK_OK;
}

static const char *shown_type(const text_table *t, size_t column)
{
    return dk_column_type_name(t->cells.columns[column].field->column);
}

/* A type may be cut on a narrow screen, unlike numbers. */
static void widen_type(text_table *t, size_t column)
{
    dki_width *width = &t->layout.widths[column];
    size_t needed = strlen(shown_type(t, column));

    width->shown = needed > width->shown ? needed : width->shown;
    width->body = needed > width->body ? needed : width->body;
}

static dk_status measure(text_table *t, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t c = 0; c < t->cells.n_columns && status == DK_OK; c++) {
        const char *heading = dki_cells_heading(&t->cells, c);

        status = widen(t, c, heading, strlen(heading), true, err);
        if (t->cells.options->show_types)
            widen_type(t, c);
    }
    for (uint64_t row = 0; row < t->layout.n_rows && status == DK_OK; row = dki_layout_below(&t->layout, row)) {
        status = dki_cells_seek(&t->cells, row, err);
        for (size_t c = 0; c < t->cells.n_columns && status == DK_OK; c++) {
            dki_cell cell = dki_cells_get(&t->cells, row, c);

            status = widen(t, c, cell.text, cell.size, false, err);
        }
    }
    return status;
}

/* The columns that have bars. */
static dk_status open_bars(text_table *t, dk_error *err)
{
    dk_status status = dki_bars_of_options(&t->cells, &t->bars, err);

    for (size_t c = 0; c < t->cells.n_columns && status == DK_OK; c++)
        if (dki_has_bar(t->bars, c))
            t->layout.widths[c].bar = 1; /* for now */
    return status;
}

static dk_status rule(text_table *t, const dki_part *p, dk_error *err)
{
    dk_status status = paint(t, DIM, err);

    if (status == DK_OK)
        status = dki_buffer_repeat(&t->sink->buffer, "\xE2\x94\x80", p->width, err);
    if (status == DK_OK)
        status = paint(t, OFF, err);
    return status == DK_OK ? put(t, "\n", err) : status;
}

/* Blanks at the end of a line are of no use. */
static dk_status end_line(text_table *t, dk_error *err)
{
    dki_buffer *to = &t->sink->buffer;

    while (to->size > 0 && to->bytes[to->size - 1] == ' ')
        to->size--;
    return put(t, "\n", err);
}

/* Line `line` of `n` above the rows: names stand on the last of them, and as many before as they need. */
static dk_status put_names(text_table *t, const dki_part *p, size_t line, size_t n, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t k = 0; k < p->n && status == DK_OK; k++) {
        size_t c = p->list[k], n_own = dki_layout_heading_lines(&t->layout, c);
        dk_text name = { "", 0 };

        if (line + n_own >= n)
            name = dki_layout_heading(&t->layout, c, line + n_own - n);
        status = put_text(t, c, name.bytes, name.size, BOLD, err);
        if (status == DK_OK && dki_has_bar(t->bars, c))
            status = pad(t, t->layout.widths[c].bar + DKI_GAP, err);
    }
    return status == DK_OK ? end_line(t, err) : status;
}

static dk_status put_types(text_table *t, const dki_part *p, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t k = 0; k < p->n && status == DK_OK; k++) {
        size_t c = p->list[k];
        const char *type = shown_type(t, c);

        status = put_text(t, c, type, strlen(type), DIM, err);
        if (status == DK_OK && dki_has_bar(t->bars, c))
            status = pad(t, t->layout.widths[c].bar + DKI_GAP, err);
    }
    return status == DK_OK ? end_line(t, err) : status;
}

static dk_status put_heading(text_table *t, const dki_part *p, dk_error *err)
{
    size_t n = 1;
    dk_status status = DK_OK;

    for (size_t k = 0; k < p->n; k++)
        if (dki_layout_heading_lines(&t->layout, p->list[k]) > n)
            n = dki_layout_heading_lines(&t->layout, p->list[k]);
    for (size_t line = 0; line < n && status == DK_OK; line++)
        status = put_names(t, p, line, n, err);
    return status == DK_OK && t->cells.options->show_types ? put_types(t, p, err) : status;
}

static dk_status put_row(text_table *t, const dki_part *p, uint64_t row, dk_error *err)
{
    bool is_total = dki_cells_margin(&t->cells, row) != 0;
    dk_status status = DK_OK;

    for (size_t k = 0; k < p->n && status == DK_OK; k++) {
        size_t c = p->list[k];
        dki_cell cell = dki_cells_get(&t->cells, row, c);
        const char *ink = cell.kind == DKI_CELL_NULL ? DIM : is_total ? BOLD : NULL;

        status = put_text(t, c, cell.text, cell.size, ink, err);
        if (status == DK_OK && dki_has_bar(t->bars, c))
            status = put_bar(t, c, &cell, is_total, err);
    }
    return status == DK_OK ? end_line(t, err) : status;
}

/* Where rows are left out. */
static dk_status put_cut(text_table *t, dk_error *err)
{
    const dki_layout *l = &t->layout;
    uint64_t n = l->n_rows - l->head - l->tail;
    char line[DKI_WORDS_BYTES];
    dk_status status = paint(t, DIM, err);

    dki_words_rows_left_out(n, t->cells.options->style, line, sizeof line);
    if (status == DK_OK)
        status = dki_buffer_format(&t->sink->buffer, err, "\xE2\x8B\xAE  %s", line);
    if (status == DK_OK)
        status = paint(t, OFF, err);
    return status == DK_OK ? put(t, "\n", err) : status;
}

static dk_status put_part(text_table *t, const dki_part *p, dk_error *err)
{
    int64_t all = dki_margin_all(t->cells.table);
    int64_t margin = 0, before;
    dk_status status = put_heading(t, p, err);

    if (status == DK_OK)
        status = rule(t, p, err);
    for (uint64_t row = 0, below; row < t->layout.n_rows && status == DK_OK; row = below) {
        below = dki_layout_below(&t->layout, row);
        status = dki_cells_seek(&t->cells, row, err);
        before = margin;
        margin = status == DK_OK ? dki_cells_margin(&t->cells, row) : 0;
        if (row > 0 && all && (margin & all) == all && margin != before) /* several alike are one block */
            status = rule(t, p, err);
        if (status == DK_OK)
            status = put_row(t, p, row, err);
        if (status == DK_OK && below > row + 1)
            status = put_cut(t, err);
        if (status == DK_OK)
            status = dki_sink_flush(t->sink, false, err);
    }
    return status;
}

/* A line that was made, or not; it is dropped. */
static dk_status put_made(text_table *t, dki_buffer *line, dk_status status, dk_error *err)
{
    if (status == DK_OK)
        status = dki_buffer_terminate(line, err);
    if (status == DK_OK)
        status = put_line(t, line->bytes, DIM, err);
    dki_buffer_drop(line);
    return status;
}

/* Which columns are in no part: their names, as many as a few lines take. */
static dk_status put_left_out(text_table *t, dk_error *err)
{
    size_t n = t->cells.n_columns, most = MOST_LINES * t->cells.options->max_width;
    dki_buffer line;
    char words[DKI_WORDS_BYTES];
    dk_status status;

    if (t->layout.n_shown >= n)
        return DK_OK;
    dki_buffer_init(&line, dk_table_context(t->cells.table));
    dki_words_columns_left_out(n - t->layout.n_shown, n, t->cells.options->style, words, sizeof words);
    status = dki_buffer_format(&line, err, "\xE2\x8B\xAF  %s: ", words);
    most += line.size;
    for (size_t c = t->layout.n_shown; c < n && status == DK_OK; c++) {
        const char *name = t->cells.columns[c].field->name;

        if (line.size + strlen(name) > most) { /* bytes are at least as many as columns */
            status = dki_buffer_text(&line, "\xE2\x80\xA6", err);
            break;
        }
        status = dki_buffer_format(&line, err, "%s%s", name, c + 1 < n ? ", " : "");
    }
    return put_made(t, &line, status, err);
}

static dk_status put_parts(text_table *t, dk_error *err)
{
    dk_status status = DK_OK;
    bool is_first = true;
    dki_part part;

    for (; status == DK_OK && dki_layout_next(&t->layout, &part); is_first = false) {
        if (!is_first)
            status = put(t, "\n", err);
        if (status == DK_OK)
            status = put_part(t, &part, err);
    }
    return status == DK_OK ? put_left_out(t, err) : status;
}

/* What bars go from and to. */
static dk_status put_scales(text_table *t, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t c = 0; c < t->cells.n_columns && status == DK_OK; c++) {
        dki_buffer line;

        if (!dki_has_bar(t->bars, c))
            continue;
        dki_buffer_init(&line, dk_table_context(t->cells.table));
        status = dki_bar_say(&t->bars[c], &t->cells, c, &line, err);
        status = put_made(t, &line, status, err);
    }
    return status;
}

static dk_status put_count(text_table *t, dk_error *err)
{
    char line[DKI_WORDS_BYTES];

    dki_words_size(t->layout.n_rows, t->cells.n_columns, t->cells.options->style, line, sizeof line);
    return put_line(t, line, DIM, err);
}

static dk_status put_table(text_table *t, dk_error *err)
{
    const dk_write_options *options = t->cells.options;
    const dk_table *table = t->cells.table;
    dk_status status = open_bars(t, err);

    if (status == DK_OK)
        status = measure(t, err);
    if (status != DK_OK)
        return status;
    dki_layout_fit(&t->layout);
    if (options->title)
        status = put_line(t, options->title, BOLD, err);
    if (status == DK_OK)
        status = put_parts(t, err);
    if (status == DK_OK)
        status = put_scales(t, err);
    if (status == DK_OK && options->show_count)
        status = put_count(t, err);
    for (size_t i = 0; i < dk_table_n_notes(table) && options->show_notes && status == DK_OK; i++)
        status = put_line(t, dk_table_note(table, i), DIM, err);
    return status;
}

dk_status dki_write_text_table(const dk_table *table, const dk_write_options *options, dki_sink *sink,
                               dk_error *err)
{
    dk_context *context = dk_table_context(table);
    text_table t = { .sink = sink };
    dk_status status = dki_cells_open(table, options, true, &t.cells, err);

    if (status != DK_OK)
        return status;
    dki_buffer_init(&t.scratch, context);
    status = dki_layout_open(&t.cells, &t.layout, err);
    if (status == DK_OK)
        status = put_table(&t, err);
    dki_free(context, t.bars);
    dki_layout_close(&t.layout);
    dki_buffer_drop(&t.scratch);
    dki_cells_close(&t.cells);
    return status;
}
