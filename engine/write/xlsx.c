/* xlsx.c - a workbook for spreadsheets, by libxlsxwriter, which is opened when the first one is written.
 *
 * Numbers are numbers, dates are dates, truth values are truth values; what a spreadsheet would round is text: its
 * numbers are doubles that show fifteen digits. Nulls are empty cells. The header is bold and stays in sight; totals
 * are bold. Notes stand on a sheet of their own, so that the first sheet is the table and nothing else.
 *
 * Equal tables give equal bytes: the workbook carries no clock.
 *
 * libxlsxwriter writes to a path and keeps rows in a temporary file (constant_memory), so memory does not grow with the
 * table. It makes the file when it closes the workbook, which takes a second for each million cells and cannot be stopped: that
 * happens aside, on what nobody else needs.
 */
#include "cells.h"

#include "base/status.h"

#if __has_include(<xlsxwriter.h>)

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#include "base/aside.h"
#include "base/calendar.h"
#include "base/late.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "scratch.h"

#define LIBRARY "libxlsxwriter.so.4"
#define PACKAGE "libxlsxwriter4"

#define MAX_ROWS UINT64_C(1048576)
#define MAX_COLUMNS 16384
#define MAX_TEXT 32767
#define MAX_EXACT INT64_C(999999999999999) /* fifteen digits */
#define FIRST_DAY INT64_C(-25508)          /* 1900-03-01: before it spreadsheets count a day that there never was */
#define DAY_ZERO INT64_C(-25569)           /* 1899-12-30 */
#define MOST_WIDTH 60
#define CREATED 946684800 /* 2000-01-01 */

#define FUNCTIONS(X)           \
    X(workbook_new_opt)        \
    X(workbook_add_worksheet)  \
    X(workbook_add_format)     \
    X(workbook_set_properties) \
    X(workbook_close)          \
    X(lxw_workbook_free)       \
    X(worksheet_write_number)  \
    X(worksheet_write_string)  \
    X(worksheet_write_boolean) \
    X(worksheet_set_column)    \
    X(worksheet_freeze_panes)  \
    X(format_set_bold)         \
    X(format_set_num_format)   \
    X(format_set_top)          \
    X(format_set_bottom)       \
    X(format_set_align)        \
    X(format_set_text_wrap)    \
    X(lxw_strerror)

DKI_LATE_FUNCTIONS(FUNCTIONS, LIBRARY, PACKAGE)

enum { DETAIL, TOTAL, ALL, N_KINDS };

/* How a column looks: for details, for totals, and for the total of all, by each of its patterns. NULL until used. */
struct look {
    lxw_format *(*formats)[N_KINDS];
    size_t width; /* of the widest text so far */
};

struct workbook {
    struct functions fn;
    dk_context *context;
    lxw_workbook *book; /* NULL after closing */
    struct look *looks; /* n_looks */
    size_t n_looks;
    dki_scratch scratch;
};

/* What closing it takes, in memory that is no context's. */
struct closing {
    struct functions fn;
    lxw_workbook *book;
    dki_scratch scratch;
    lxw_error error;
};

static dk_status fail_library(const struct workbook *workbook, lxw_error error, dk_error *err)
{
    return dki_fail(err, DK_ERR_IO, "the workbook could not be made: %s", workbook->fn.lxw_strerror(error));
}

/* Opening and closing. ----------------------------------------------------------------------------------------- */

static dk_status open_workbook(struct workbook *workbook, const dk_write_options *options, dk_error *err)
{
    lxw_workbook_options how = { .constant_memory = LXW_TRUE, .use_zip64 = LXW_TRUE };
    lxw_doc_properties about = { .created = CREATED, .company = (char *)"" };
    dk_status status = dki_scratch_open(&workbook->scratch, "workbook", err);

    if (status != DK_OK)
        return status;
    how.tmpdir = workbook->scratch.folder;
    workbook->book = workbook->fn.workbook_new_opt(workbook->scratch.path, &how);
    if (workbook->book == NULL)
        return dki_fail(err, DK_ERR_MEMORY, "libxlsxwriter has no memory for a workbook");
    about.title = (char *)(options->title ? options->title : "");
    workbook->fn.workbook_set_properties(workbook->book, &about);
    return DK_OK;
}

/* Gives up what was begun: closing it would take as long as it took so far. The library leaves the files of rows open. */
static void abandon(struct workbook *workbook)
{
    lxw_worksheet *sheet;

    STAILQ_FOREACH(sheet, workbook->book->worksheets, list_pointers)
    {
        if (sheet->optimize_tmpfile)
            fclose(sheet->optimize_tmpfile);
        sheet->optimize_tmpfile = NULL;
    }
    workbook->fn.lxw_workbook_free(workbook->book);
}

static void drop_workbook(struct workbook *workbook)
{
    if (workbook->book)
        abandon(workbook);
    dki_scratch_drop(&workbook->scratch);
    for (size_t c = 0; workbook->looks && c < workbook->n_looks; c++)
        dki_free(workbook->context, workbook->looks[c].formats);
    dki_free(workbook->context, workbook->looks);
}

/* Looks. ------------------------------------------------------------------------------------------------------- */

#define LOOK_BYTES 200

/* out: room for what has to be made. */
static const char *number_format(const dki_cell_column *column, size_t which, dk_style style, char out[LOOK_BYTES])
{
    const dki_pattern *pattern = dki_cells_pattern(column, which);

    switch (dk_column_type(column->field->column)) {
    case DK_DATE: return style == DK_STYLE_NL ? "dd-mm-yyyy" : "yyyy-mm-dd";
    case DK_TIMESTAMP: return style == DK_STYLE_NL ? "dd-mm-yyyy hh:mm:ss" : "yyyy-mm-dd hh:mm:ss";
    default: break;
    }
    if (pattern && (pattern->sign || pattern->points || pattern->unit.size > 0)) {
        int size = (int)pattern->body.size;
        const char *text = pattern->body.bytes;
        dk_text word = dki_pattern_unit(pattern, style);
        char unit[DKI_UNIT_BYTES + 4] = "";

        if (pattern->percent)
            (void)snprintf(unit, sizeof unit, "%s%%", pattern->blank ? " " : "");
        else if (word.size > 0)
            (void)snprintf(unit, sizeof unit, "\" %.*s\"", (int)word.size, word.bytes);
        (void)snprintf(out, LOOK_BYTES, "%s%.*s%s;-%.*s%s;%.*s%s", pattern->sign ? "+" : "", size, text, unit, size,
                       text, unit, size, text, unit);
        return out;
    }
    if (pattern) /* the patterns are a spreadsheet's own */
        return column->has_pattern ? column->field->format : column->patterns[which].text;
    if (dk_column_type(column->field->column) == DK_INTERVAL && dk_column_scale(column->field->column) == 0)
        return "0";
    return dk_column_type(column->field->column) == DK_INTEGER ? "0" : NULL; /* else 12 digits show as 1.2E+11 */
}

static lxw_format *get_format(struct workbook *workbook, const dki_cells *cells, size_t column, size_t which,
                              int kind)
{
    lxw_format **slot = &workbook->looks[column].formats[which][kind];
    const struct functions *fn = &workbook->fn;
    char made[LOOK_BYTES];
    const char *pattern = number_format(&cells->columns[column], which, cells->options->style, made);

    bool may_be_text = dk_column_type(cells->columns[column].field->column) == DK_INTERVAL;

    if (*slot || (kind == DETAIL && pattern == NULL && !may_be_text))
        return *slot;
    *slot = fn->workbook_add_format(workbook->book);
    if (*slot && pattern)
        fn->format_set_num_format(*slot, pattern);
    if (*slot && may_be_text)
        fn->format_set_align(*slot, LXW_ALIGN_RIGHT);
    if (*slot && kind != DETAIL)
        fn->format_set_bold(*slot);
    if (*slot && kind == ALL)
        fn->format_set_top(*slot, LXW_BORDER_THIN);
    return *slot;
}

static dk_status open_looks(struct workbook *workbook, const dki_cells *cells, dk_error *err)
{
    workbook->looks = dki_calloc(workbook->context, cells->n_columns, sizeof *workbook->looks, err);
    if (workbook->looks == NULL)
        return DK_ERR_MEMORY;
    for (workbook->n_looks = 0; workbook->n_looks < cells->n_columns; workbook->n_looks++) {
        struct look *look = &workbook->looks[workbook->n_looks];
        size_t n = cells->columns[workbook->n_looks].n_patterns;

        look->formats = dki_calloc(workbook->context, n ? n : 1, sizeof *look->formats, err);
        if (look->formats == NULL)
            return DK_ERR_MEMORY;
    }
    return DK_OK;
}

static void widen(struct workbook *workbook, size_t column, const char *text, size_t size)
{
    size_t width = dki_utf8_width(text, size);

    if (width > workbook->looks[column].width)
        workbook->looks[column].width = width;
}

/* Cells. ------------------------------------------------------------------------------------------------------- */

static dk_status put_text(struct workbook *workbook, lxw_worksheet *sheet, uint64_t row, size_t column,
                          const char *text, size_t size, lxw_format *format, dk_error *err)
{
    char *copy;
    lxw_error error;

    if (dki_utf8_length(text, size) > MAX_TEXT) {
        (void)dki_fail(err, DK_ERR_LIMIT, "row %llu, column %zu holds a text of more than %d characters",
                       (unsigned long long)row, column + 1, MAX_TEXT);
        dki_hint(err, "a cell of a spreadsheet holds no more; write CSV, or leave the column out");
        return DK_ERR_LIMIT;
    }
    copy = dki_strndup(workbook->context, text, size, err);
    if (copy == NULL)
        return DK_ERR_MEMORY;
    error = workbook->fn.worksheet_write_string(sheet, (lxw_row_t)row, (lxw_col_t)column, copy, format);
    dki_free(workbook->context, copy);
    return error == LXW_NO_ERROR ? DK_OK : fail_library(workbook, error, err);
}

/* Bounds that are one number, and nothing else is said of it. */
static bool interval_as_double(const dk_value *value, double *out)
{
    const dk_interval *interval = &value->as.interval;

    *out = dki_decimal_real(interval->least, value->scale);
    return !interval->no_least && !interval->no_greatest && interval->least == interval->greatest &&
           interval->marker.size == 0 && interval->meaning == DK_MEANS_NOTHING && interval->least >= -MAX_EXACT &&
           interval->least <= MAX_EXACT;
}

/* The double that shows the value exactly, as far as a spreadsheet shows digits; false where it would be rounded. */
static bool as_double(const dk_value *value, double *out)
{
    switch (value->type) {
    case DK_REAL: *out = value->as.real; return true;
    case DK_RATIO:
        *out = dki_ratio_real(value->as.ratio);
        return true; /* rounded once, as every ratio that is shown */
    case DK_INTEGER:
    case DK_DECIMAL:
        *out = dki_decimal_real(value->as.integer, value->type == DK_DECIMAL ? value->scale : 0);
        return value->as.integer >= -MAX_EXACT && value->as.integer <= MAX_EXACT;
    case DK_INTERVAL: return interval_as_double(value, out);
    case DK_DATE: *out = (double)(value->as.integer - DAY_ZERO); return value->as.integer >= FIRST_DAY;
    case DK_TIMESTAMP:
        *out = (double)value->as.integer / (double)DKI_DAY_MICROSECONDS - (double)DAY_ZERO;
        return value->as.integer >= FIRST_DAY * DKI_DAY_MICROSECONDS;
    default: return false;
    }
}

/* Makes room for a number as its pattern shows it: what does not fit shows as ###. */
static void widen_number(struct workbook *workbook, const dki_cells *cells, size_t column,
                         const dki_pattern *pattern, const dki_cell *cell)
{
    dk_value number = cell->value;
    char text[DKI_SHOWN_BYTES];
    size_t size = SIZE_MAX;

    if (number.type == DK_INTERVAL)
        number =
            (dk_value){ .type = DK_DECIMAL, .scale = cell->value.scale, .as.integer = number.as.interval.least };
    if (pattern)
        size = dki_pattern_print(pattern, &number, cells->options->style, text, sizeof text);
    widen(workbook, column, size == SIZE_MAX ? cell->text : text, size == SIZE_MAX ? cell->size : size);
}

static dk_status put_cell(struct workbook *workbook, lxw_worksheet *sheet, dki_cells *cells, uint64_t row,
                          size_t column, int kind, dk_error *err)
{
    dki_cell cell = dki_cells_get(cells, row, column);
    size_t which = dki_cells_which(cells, row, column);
    const dki_pattern *pattern = dki_cells_pattern(&cells->columns[column], which);
    lxw_format *format = get_format(workbook, cells, column, which, kind);
    lxw_error error = LXW_NO_ERROR;
    double number;

    if (cell.kind == DKI_CELL_VALUE && as_double(&cell.value, &number)) {
        widen_number(workbook, cells, column, pattern, &cell);
        error = workbook->fn.worksheet_write_number(sheet, (lxw_row_t)row + 1, (lxw_col_t)column,
                                                    pattern && pattern->points ? number * 100 : number, format);
        return error == LXW_NO_ERROR ? DK_OK : fail_library(workbook, error, err);
    }
    widen(workbook, column, cell.text, cell.size);
    if (cell.kind == DKI_CELL_NULL && cell.size == 0)
        return DK_OK;
    if (cell.kind != DKI_CELL_VALUE || cell.value.type != DK_BOOLEAN)
        return put_text(workbook, sheet, row + 1, column, cell.text, cell.size, format, err);
    error = workbook->fn.worksheet_write_boolean(sheet, (lxw_row_t)row + 1, (lxw_col_t)column,
                                                 cell.value.as.boolean, format);
    return error == LXW_NO_ERROR ? DK_OK : fail_library(workbook, error, err);
}

static dk_status put_header(struct workbook *workbook, lxw_worksheet *sheet, dki_cells *cells, dk_error *err)
{
    const struct functions *fn = &workbook->fn;
    dk_status status = DK_OK;

    for (size_t c = 0; status == DK_OK && c < cells->n_columns; c++) {
        const char *heading = dki_cells_heading(cells, c);
        lxw_format *format = fn->workbook_add_format(workbook->book);

        if (format) {
            fn->format_set_bold(format);
            fn->format_set_bottom(format, LXW_BORDER_THIN);
            if (cells->columns[c].is_number)
                fn->format_set_align(format, LXW_ALIGN_RIGHT);
        }
        widen(workbook, c, heading, strlen(heading));
        status = put_text(workbook, sheet, 0, c, heading, strlen(heading), format, err);
    }
    fn->worksheet_freeze_panes(sheet, 1, 0);
    return status;
}

/* Sheets. ------------------------------------------------------------------------------------------------------ */

static dk_status put_table(struct workbook *workbook, dki_cells *cells, dk_error *err)
{
    const dk_table *table = cells->table;
    bool nl = cells->options->style == DK_STYLE_NL;
    lxw_worksheet *sheet = workbook->fn.workbook_add_worksheet(workbook->book, nl ? "tabel" : "table");
    int64_t all = dki_margin_all(table);
    dk_status status;

    if (sheet == NULL)
        return dki_fail(err, DK_ERR_MEMORY, "libxlsxwriter has no memory for a sheet");
    status = put_header(workbook, sheet, cells, err);
    for (uint64_t row = 0; status == DK_OK && row < dk_table_n_rows(table); row++) {
        int64_t margin;

        status = dki_cells_seek(cells, row, err);
        if (status != DK_OK)
            break;
        margin = dki_cells_margin(cells, row);
        for (size_t c = 0; status == DK_OK && c < cells->n_columns; c++)
            status = put_cell(workbook, sheet, cells, row, c,
                              margin == 0     ? DETAIL
                              : margin == all ? ALL
                                              : TOTAL,
                              err);
    }
    for (size_t c = 0; status == DK_OK && c < cells->n_columns; c++) {
        size_t width = workbook->looks[c].width < MOST_WIDTH ? workbook->looks[c].width : MOST_WIDTH;

        workbook->fn.worksheet_set_column(sheet, (lxw_col_t)c, (lxw_col_t)c, (double)width + 2, NULL);
    }
    return status;
}

static dk_status put_notes(struct workbook *workbook, const dki_cells *cells, dk_error *err)
{
    const dk_table *table = cells->table;
    const struct functions *fn = &workbook->fn;
    bool nl = cells->options->style == DK_STYLE_NL;
    lxw_worksheet *sheet = fn->workbook_add_worksheet(workbook->book, nl ? "toelichting" : "notes");
    lxw_format *wrapped = fn->workbook_add_format(workbook->book);
    dk_status status = DK_OK;

    if (sheet == NULL || wrapped == NULL)
        return dki_fail(err, DK_ERR_MEMORY, "libxlsxwriter has no memory for a sheet");
    fn->format_set_text_wrap(wrapped);
    fn->worksheet_set_column(sheet, 0, 0, 100, NULL);
    for (size_t i = 0; status == DK_OK && i < dk_table_n_notes(table); i++) {
        const char *note = dk_table_note(table, i);

        status = put_text(workbook, sheet, i, 0, note, strlen(note), wrapped, err);
    }
    return status;
}

static void close_aside(void *arg)
{
    struct closing *closing = arg;

    closing->error = closing->fn.workbook_close(closing->book);
}

/* The file may have been begun after it was taken away. */
static void drop_closing(void *arg)
{
    struct closing *closing = arg;

    dki_scratch_drop(&closing->scratch);
    free(closing);
}

static dk_status close_workbook(struct workbook *workbook, dk_error *err)
{
    struct closing *closing = malloc(sizeof *closing);
    dk_status status;
    lxw_error error;

    if (closing == NULL)
        return dki_fail(err, DK_ERR_MEMORY, "out of memory");
    *closing = (struct closing){ workbook->fn, workbook->book, workbook->scratch, LXW_NO_ERROR };
    workbook->book = NULL;
    status = dki_aside(workbook->context, close_aside, drop_closing, closing, err);
    if (status != DK_OK)
        return status;
    error = closing->error;
    free(closing);
    return error == LXW_NO_ERROR ? DK_OK : fail_library(workbook, error, err);
}

dk_status dki_write_xlsx(const dk_table *table, const dk_write_options *options, dki_sink *sink, dk_error *err)
{
    struct workbook workbook = { .context = dk_table_context(table) };
    dk_write_options for_people = *options;
    dki_cells cells;
    dk_status status;

    if (dk_table_n_rows(table) >= MAX_ROWS || dk_table_n_columns(table) > MAX_COLUMNS) {
        (void)dki_fail(err, DK_ERR_LIMIT, "a table of %llu rows and %zu columns does not fit on a sheet",
                       (unsigned long long)dk_table_n_rows(table), dk_table_n_columns(table));
        dki_hint(err,
                 "a sheet has 1,048,576 rows, one of them for the names, and 16,384 columns; write CSV instead");
        return DK_ERR_LIMIT;
    }
    status = open_functions("writing XLSX", &workbook.fn, err);
    if (status != DK_OK)
        return status;
    if (for_people.codes == DK_CODES_USUAL) /* its numbers are exact, but it is people who open it */
        for_people.codes = DK_CODES_LABEL;
    status = dki_cells_open(table, &for_people, false, &cells, err);
    if (status != DK_OK)
        return status;
    status = open_looks(&workbook, &cells, err);
    if (status == DK_OK)
        status = open_workbook(&workbook, options, err);
    if (status == DK_OK)
        status = put_table(&workbook, &cells, err);
    if (status == DK_OK && options->show_notes && dk_table_n_notes(table) > 0)
        status = put_notes(&workbook, &cells, err);
    if (status == DK_OK)
        status = close_workbook(&workbook, err);
    if (status == DK_OK)
        status = dki_scratch_read(&workbook.scratch, "workbook", workbook.context, sink, err);
    drop_workbook(&workbook);
    dki_cells_close(&cells);
    return status;
}

#else

dk_status dki_write_xlsx(const dk_table *table, const dk_write_options *options, dki_sink *sink, dk_error *err)
{
    (void)table;
    (void)options;
    (void)sink;
    (void)dki_fail(err, DK_ERR_ARGUMENT, "this dekking was built without libxlsxwriter, so it cannot write XLSX");
    dki_hint(err, "install it (Debian: apt-get install libxlsxwriter-dev) and build again");
    return DK_ERR_ARGUMENT;
}

#endif
