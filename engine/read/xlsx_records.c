/* xlsx_records.c - cells into fields, and rows into records.
 *
 * Fields are text, so that types are found, checked and rejected as those of a CSV file. A number of at most fifteen digits
 * is written plainly; any other with an exponent, which makes its column real, and reads back as the same double. Dates
 * carry their time; where all of a column's are midnight they become dates.
 */
#include "xlsx_records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"

#define MOST_PLAIN INT64_C(999999999999999) /* fifteen digits */

/* Where the text of a cell stands in the row's; from is SIZE_MAX where the cell has no value. */
struct span {
    size_t from, size;
};

struct feeding {
    dki_sheet_records *records;
    const dki_token_sink *sink;
    dk_context *context;
    uint32_t row;       /* the one in the making; 0: none */
    uint32_t n_done;    /* rows up to this one were handed on */
    size_t width;       /* of the first record; 0: not known */
    size_t n_cells;     /* of the row, up to its last value */
    dki_buffer text;    /* of the row */
    struct span *spans; /* by column of the range */
    size_t spans_room;
    dki_cell *cells;
    size_t cells_room;
    dki_buffer raw;    /* the row as rejects show it: cells between tabs */
    size_t n_headers;  /* rows of the header so far */
    dki_buffer *names; /* by column, while there are more rows of the header */
    size_t n_names, names_room;
};

/* Ranges. ------------------------------------------------------------------------------------------------------- */

static size_t read_column(const char *text, uint32_t *column)
{
    char place[8];
    size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    uint32_t row;

    if (n == 0 || n > 3)
        return 0;
    snprintf(place, sizeof place, "%.*s1", (int)n, text);
    return dki_cell_parse(place, &row, column) ? n : 0;
}

dk_status dki_range_read(const char *text, dki_range *out, dk_error *err)
{
    dki_range range = { 1, DKI_SHEET_ROWS, 1, DKI_SHEET_COLUMNS };
    const char *at = text;
    size_t n;
    bool whole_columns;

    if (text == NULL) {
        *out = range;
        return DK_OK;
    }
    n = dki_cell_parse(at, &range.first_row, &range.first_column);
    whole_columns = n == 0;
    if (whole_columns)
        n = read_column(at, &range.first_column);
    at += n;
    if (n > 0 && *at == ':') {
        at++;
        n = whole_columns ? read_column(at, &range.last_column)
                          : dki_cell_parse(at, &range.last_row, &range.last_column);
        at += n;
    } else if (whole_columns) {
        n = 0;
    }
    if (n == 0 || *at || range.last_row < range.first_row || range.last_column < range.first_column) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%.40s is no range of a sheet", text);
        dki_hint(err, "ranges are \"B3:F20\", \"B3\" (from there on) and \"B:F\" (columns)");
        return DK_ERR_ARGUMENT;
    }
    *out = range;
    return DK_OK;
}

/* Fields. --------------------------------------------------------------------------------------------------------- */

static dk_status put_number(struct feeding *f, double value, dk_error *err)
{
    char text[64];
    int64_t whole;
    uint8_t scale;
    char *point;

    if (dki_real_to_decimal(value, &whole, &scale) && whole <= MOST_PLAIN && whole >= -MOST_PLAIN)
        dki_format_decimal(whole, scale, text, sizeof text);
    else
        snprintf(text, sizeof text, "%.16e", value);
    point = strchr(text, '.');
    if (point)
        *point = f->records->mark;
    return dki_buffer_text(&f->text, text, err);
}

static dk_status put_cell(struct feeding *f, const dki_sheet_cell *cell, dk_error *err)
{
    char time[40];

    switch (cell->is) {
    case DKI_IS_NUMBER: return put_number(f, cell->number, err);
    case DKI_IS_BOOLEAN: return dki_buffer_text(&f->text, cell->number != 0 ? "true" : "false", err);
    case DKI_IS_DATE:
        dki_format_timestamp(cell->microseconds, time, sizeof time);
        return dki_buffer_text(&f->text, time, err);
    default: return dki_buffer_append(&f->text, cell->text.bytes, cell->text.size, err);
    }
}

/* Rows. ----------------------------------------------------------------------------------------------------------- */

static dk_status make_record(struct feeding *f, dki_record *out, dk_error *err)
{
    dk_status status =
        dki_grow(f->context, (void **)&f->cells, &f->cells_room, f->n_cells + 1, sizeof *f->cells, err);

    f->raw.size = 0;
    for (size_t i = 0; status == DK_OK && i < f->n_cells; i++) {
        struct span span = f->spans[i];
        bool known = span.from != SIZE_MAX;

        /* A known text has bytes, also an empty one. */
        f->cells[i] =
            (dki_cell){ known ? (f->text.bytes ? f->text.bytes + span.from : "") : NULL, known ? span.size : 0 };
        if (i > 0)
            status = dki_buffer_append(&f->raw, "\t", 1, err);
        if (status == DK_OK && f->cells[i].size > 0)
            status = dki_buffer_append(&f->raw, f->cells[i].bytes, f->cells[i].size, err);
    }
    *out = (dki_record){ f->row, f->raw.bytes ? f->raw.bytes : "", f->raw.size, f->cells, f->n_cells };
    return status;
}

/* Nulls behind the last value, up to n cells. */
static dk_status fill_row(struct feeding *f, size_t n, dk_error *err)
{
    dk_status status =
        n > f->n_cells ? dki_grow(f->context, (void **)&f->spans, &f->spans_room, n, sizeof *f->spans, err) : DK_OK;

    for (; status == DK_OK && f->n_cells < n; f->n_cells++)
        f->spans[f->n_cells] = (struct span){ SIZE_MAX, 0 };
    return status;
}

/* A row of the header that is not its last: each text is the beginning of the names below it, up to the next one. */
static dk_status keep_names(struct feeding *f, dk_error *err)
{
    struct span last = { SIZE_MAX, 0 };
    size_t before = f->n_names;
    dk_status status = DK_OK;

    if (f->n_cells > f->n_names)
        status = dki_grow(f->context, (void **)&f->names, &f->names_room, f->n_cells, sizeof *f->names, err);
    for (size_t i = before; status == DK_OK && i < f->n_cells; i++) {
        dki_buffer_init(&f->names[i], f->context);
        f->n_names = i + 1;
    }
    for (size_t i = 0; status == DK_OK && i < f->n_names; i++) {
        if (i < f->n_cells && f->spans[i].from != SIZE_MAX && f->spans[i].size > 0)
            last = f->spans[i];
        if (last.from == SIZE_MAX)
            continue;
        status = dki_buffer_append(&f->names[i], f->text.bytes + last.from, last.size, err);
        if (status == DK_OK)
            status = dki_buffer_append(&f->names[i], " ", 1, err);
    }
    return status;
}

/* The last row of the header, with what stands above it. */
static dk_status join_names(struct feeding *f, dk_error *err)
{
    dki_buffer joined;
    dk_status status = fill_row(f, f->n_names, err);

    dki_buffer_init(&joined, f->context);
    for (size_t i = 0; status == DK_OK && i < f->n_cells; i++) {
        size_t from = joined.size;
        struct span own = f->spans[i];

        if (i < f->n_names && f->names[i].size > 0)
            status = dki_buffer_append(&joined, f->names[i].bytes, f->names[i].size, err);
        if (status == DK_OK && own.from != SIZE_MAX && own.size > 0)
            status = dki_buffer_append(&joined, f->text.bytes + own.from, own.size, err);
        else if (joined.size > from)
            joined.size--; /* the blank */
        f->spans[i] = joined.size > from ? (struct span){ from, joined.size - from } : (struct span){ SIZE_MAX, 0 };
    }
    dki_buffer_drop(&f->text);
    f->text = joined;
    return status;
}

static dk_status end_row(struct feeding *f, dk_error *err)
{
    const dki_range *range = &f->records->range;
    bool ends = range->last_column < DKI_SHEET_COLUMNS;
    dki_record record;
    dk_status status = DK_OK;

    if (f->row == 0)
        return DK_OK;
    if (f->n_headers + 1 < f->records->n_header_rows) {
        f->n_headers++;
        status = keep_names(f, err);
    } else {
        if (f->n_headers < f->records->n_header_rows) {
            f->n_headers++;
            status = join_names(f, err);
        }
        if (status == DK_OK)
            status = fill_row(f, ends ? range->last_column - range->first_column + 1 : f->width, err);
        if (status == DK_OK && f->width == 0)
            f->width = f->n_cells;
        if (status == DK_OK)
            status = make_record(f, &record, err);
        if (status == DK_OK)
            status = f->sink->record(f->sink->arg, &record, err);
    }
    f->n_done = f->row;
    f->row = 0;
    return status;
}

static dk_status begin_row(struct feeding *f, uint32_t row, dk_error *err)
{
    dk_status status = end_row(f, err);
    uint32_t from = f->n_done ? f->n_done + 1 : f->records->range.first_row;

    for (uint32_t blank = from; status == DK_OK && blank < row; blank++)
        status = f->sink->blank ? f->sink->blank(f->sink->arg, blank, err) : DK_OK;
    f->row = row;
    f->n_cells = 0;
    f->text.size = 0;
    return status;
}

static dk_status take(void *arg, const dki_sheet_cell *cell, dk_error *err)
{
    struct feeding *f = arg;
    const dki_range *range = &f->records->range;
    size_t column, from;
    dk_status status = DK_OK;

    if (cell->row < range->first_row || cell->row > range->last_row || cell->column < range->first_column ||
        cell->column > range->last_column)
        return DK_OK;
    if (cell->is == DKI_IS_LOST) {
        f->records->n_lost++;
        return DK_OK;
    }
    if (cell->row != f->row)
        status = begin_row(f, cell->row, err);
    column = cell->column - range->first_column;
    if (status == DK_OK)
        status = fill_row(f, column, err);
    if (status == DK_OK)
        status = dki_grow(f->context, (void **)&f->spans, &f->spans_room, column + 1, sizeof *f->spans, err);
    if (status != DK_OK)
        return status;
    from = f->text.size;
    status = put_cell(f, cell, err);
    f->spans[column] = (struct span){ from, f->text.size - from };
    f->n_cells = column + 1;
    return status;
}

dk_status dki_sheet_feed(void *sheet_records, const dki_token_sink *sink, dk_error *err)
{
    dki_sheet_records *records = sheet_records;
    struct feeding f = { .records = records, .sink = sink, .context = records->book->arena.context };
    dk_status status;

    dki_buffer_init(&f.text, f.context);
    dki_buffer_init(&f.raw, f.context);
    records->n_lost = 0;
    status = dki_sheet_read(records->book, records->sheet, take, &f, err);
    if (status == DK_OK)
        status = end_row(&f, err);
    for (size_t i = 0; i < f.n_names; i++)
        dki_buffer_drop(&f.names[i]);
    dki_free(f.context, f.names);
    dki_free(f.context, f.spans);
    dki_free(f.context, f.cells);
    dki_buffer_drop(&f.text);
    dki_buffer_drop(&f.raw);
    return status;
}
