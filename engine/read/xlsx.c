/* xlsx.c - reads a sheet of a workbook into a table.
 *
 *   bytes --zip, XML--> cells --records--> columns of text --infer, convert--> table, notes, rejects
 *
 * Everything behind the records is what reading a CSV file does.
 */
#include <dekking/xlsx.h>

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/status.h"
#include "base/text.h"
#include "csv_source.h"
#include "finish.h"
#include "header.h"
#include "show.h"
#include "xlsx_records.h"

static dk_status fail_sheet(const dki_book *book, const dk_xlsx_options *options, dk_error *err)
{
    char shown[DKI_SHOW_BYTES];
    dki_nearest nearest;

    if (options->sheet == NULL) {
        (void)dki_fail(err, DK_ERR_NAME, "there is no sheet %zu: the workbook has %zu", options->number,
                       book->n_sheets);
    } else {
        (void)dki_fail(err, DK_ERR_NAME, "there is no sheet %s",
                       dki_show(shown, options->sheet, strlen(options->sheet)));
        dki_nearest_init(&nearest, options->sheet, strlen(options->sheet));
        for (size_t i = 0; i < book->n_sheets; i++)
            dki_nearest_try(&nearest, book->sheets[i].name, strlen(book->sheets[i].name));
        if (nearest.best)
            dki_hint(err, "did you mean %s?", dki_show(shown, nearest.best, nearest.best_size));
        else
            dki_hint(err, "the first of %zu is %s", book->n_sheets,
                     dki_show(shown, book->sheets[0].name, strlen(book->sheets[0].name)));
    }
    dki_at(err, dki_zip_name(book->zip), 0, 0);
    return DK_ERR_NAME;
}

static dk_status find_sheet(const dki_book *book, const dk_xlsx_options *options, const dki_sheet **out,
                            dk_error *err)
{
    if (options->sheet == NULL) {
        if (options->number > book->n_sheets)
            return fail_sheet(book, options, err);
        *out = &book->sheets[options->number > 0 ? options->number - 1 : 0];
        return DK_OK;
    }
    for (size_t i = 0; i < book->n_sheets; i++)
        if (strcmp(book->sheets[i].name, options->sheet) == 0) {
            *out = &book->sheets[i];
            return DK_OK;
        }
    return fail_sheet(book, options, err);
}

static dk_status fail_empty(const char *name, const dki_sheet *sheet, dk_error *err)
{
    char shown[DKI_SHOW_BYTES];

    (void)dki_fail(err, DK_ERR_DATA, "sheet %s has no value there",
                   dki_show(shown, sheet->name, strlen(sheet->name)));
    dki_at(err, name, 0, 0);
    dki_hint(err, "name another sheet or range: { sheet = \"...\", range = \"A1:F20\" }");
    return DK_ERR_DATA;
}

/* Tells how many formulas had no value. */
static dk_status note_lost(uint64_t n_lost, const dk_table **table, dk_error *err)
{
    const dk_table *noted;
    char text[160];
    dk_status status;

    if (n_lost == 0)
        return DK_OK;
    snprintf(text, sizeof text,
             "%llu formula%s no stored value and %s null: save the workbook in a spreadsheet, which computes them",
             (unsigned long long)n_lost, n_lost == 1 ? " has" : "s have", n_lost == 1 ? "is" : "are");
    status = dk_table_with_note(*table, text, &noted, err);
    if (status == DK_OK) {
        dk_table_release(*table);
        *table = noted;
    }
    return status;
}

/* Finds whether the first row names the columns, where nobody stated it. */
static dk_status find_header(dki_sheet_records *feed, const char *name, dk_csv_options *fields, dk_error *err)
{
    dk_header found = DK_HEADER_FIRST;
    dk_status status;

    if (fields->header != DK_HEADER_DETECT)
        return DK_OK;
    feed->n_header_rows = 0;
    status = dki_header_find_fed(feed->book->arena.context, dki_sheet_feed, feed, name,
                                 feed->range.first_column - 1, fields, &found, err);
    fields->header = found;
    feed->n_header_rows = found != DK_HEADER_NONE;
    return status;
}

static dk_status read_sheet(dki_sheet_records *feed, const char *name, const dk_csv_options *fields,
                            dk_header stated, const dk_table **out, const dk_table **rejected, dk_error *err)
{
    dk_context *context = feed->book->arena.context;
    const dki_dialect dialect = { .delimiter = '\t', .quote = '"' };
    char origin[2 * DKI_SHOW_BYTES], shown[DKI_SHOW_BYTES];
    const dk_table *table = NULL, *rejects = NULL;
    dki_records records;
    bool is_again;
    dk_status status;

    dki_records_init(&records, context, name, "", 0, fields, dialect);
    snprintf(origin, sizeof origin, "sheet %s%s", dki_show(shown, feed->sheet->name, strlen(feed->sheet->name)),
             feed->book->n_sheets > 1 ? ", one of several" : "");
    records.feed = dki_sheet_feed;
    records.feed_arg = feed;
    records.origin = origin;
    records.header = stated;
    records.columns_before = feed->range.first_column - 1;
    status = dki_records_read(&records, NULL, NULL, err);
    if (status == DK_OK && !records.has_columns)
        status = fail_empty(name, feed->sheet, err);
    if (status == DK_OK)
        status = dki_finish(&records, DK_ENCODING_UTF8, false, &is_again, &table, rejected ? &rejects : NULL, err);
    if (status == DK_OK)
        status = note_lost(feed->n_lost, &table, err);
    if (status == DK_OK) {
        *out = table;
        if (rejected)
            *rejected = rejects;
    } else {
        dk_table_release(table);
        dk_table_release(rejects);
    }
    dki_records_drop(&records);
    return status;
}

static dk_status read_book(dk_context *context, const dki_file *file, const char *name,
                           const dk_xlsx_options *options, const dk_table **out, const dk_table **rejected,
                           dk_error *err)
{
    dk_csv_options fields = options->fields;
    dki_sheet_records feed = { .mark = fields.decimal_mark == DK_MARK_COMMA ? ',' : '.' };
    dk_header stated;
    dki_book book;
    dk_status status = dki_range_read(options->range, &feed.range, err);

    if (status == DK_OK)
        status = dki_book_open(context, file->bytes, file->size, name, &book, err);
    if (status != DK_OK)
        return status;
    if (fields.decimal_mark == DK_MARK_DETECT)
        fields.decimal_mark = DK_MARK_POINT;
    if (options->n_header_rows > 0)
        fields.header = DK_HEADER_FIRST;
    feed.n_header_rows = options->n_header_rows > 0 ? options->n_header_rows : fields.header != DK_HEADER_NONE;
    feed.book = &book;
    stated = fields.header;
    status = find_sheet(&book, options, &feed.sheet, err);
    if (status == DK_OK)
        status = find_header(&feed, name, &fields, err);
    if (status == DK_OK)
        status = read_sheet(&feed, name, &fields, stated, out, rejected, err);
    dki_book_close(&book);
    return status;
}

dk_status dk_read_xlsx(dk_context *context, const char *path, const dk_xlsx_options *options, const dk_table **out,
                       const dk_table **rejected, dk_error *err)
{
    static const dk_xlsx_options defaults = { .number = 1 };
    const dk_xlsx_options *o = options ? options : &defaults;
    dki_file file;
    dk_status status = dki_csv_options_check(&o->fields, err);

    if (status == DK_OK)
        status = dki_file_open(context, path, &file, err);
    if (status != DK_OK)
        return status;
    status = read_book(context, &file, strcmp(path, "-") == 0 ? "standard input" : path, o, out, rejected, err);
    dki_file_close(&file);
    dki_progress_end(context);
    return status;
}
