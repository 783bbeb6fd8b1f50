/* xlsx_sheet.c - a sheet's XML as cells.
 *
 * A date is a number whose format shows a day. Its days count from 1899-12-30, because spreadsheets took over a mistake: in
 * their calendar 1900 has a 29 February, so that days before 1 March 1900 count from 1899-12-31. Some workbooks count
 * from 1904-01-01. A number of seconds is rounded to milliseconds, below which a double of this size tells nothing.
 */
#include "xlsx_sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "show.h"
#include "xlsx_xml.h"

#define DAY_ZERO_1900 INT64_C(-25569) /* 1899-12-30 */
#define DAY_ZERO_1904 INT64_C(-24107) /* 1904-01-01 */
#define LAST_SERIAL 2958466.0         /* 10000-01-01 */

struct sheet {
    const dki_book *book;
    const dki_sheet *sheet;
    dki_sheet_take *take;
    void *arg;
    uint32_t row, column; /* of the last cell */
    bool in_cell, in_value, in_inline, in_formula, has_formula;
    unsigned phonetic;
    char kind[12]; /* attribute t */
    size_t style;
    dki_buffer value; /* of v, or of the texts of is */
    bool has_value;
    dki_buffer text; /* unescaped */
};

const char *dki_cell_name(uint32_t row, uint32_t column, char *out, size_t size)
{
    char letters[4];
    size_t n = 0;

    for (; column > 0 && n < 3; column = (column - 1) / 26)
        letters[n++] = (char)('A' + (column - 1) % 26);
    letters[n] = '\0';
    for (size_t i = 0; i < n / 2; i++) {
        char c = letters[i];

        letters[i] = letters[n - 1 - i];
        letters[n - 1 - i] = c;
    }
    snprintf(out, size, "%s%u", letters, row);
    return out;
}

size_t dki_cell_parse(const char *text, uint32_t *row, uint32_t *column)
{
    uint32_t r = 0, c = 0;
    size_t n = 0;

    for (; n < 3 && ((text[n] >= 'A' && text[n] <= 'Z') || (text[n] >= 'a' && text[n] <= 'z')); n++)
        c = c * 26 + (uint32_t)((text[n] & 0x5F) - 'A' + 1);
    if (n == 0 || c > DKI_SHEET_COLUMNS || text[n] < '1' || text[n] > '9')
        return 0;
    for (; text[n] >= '0' && text[n] <= '9' && r <= DKI_SHEET_ROWS; n++)
        r = r * 10 + (uint32_t)(text[n] - '0');
    if (r > DKI_SHEET_ROWS)
        return 0;
    *row = r;
    *column = c;
    return n;
}

static dk_status fail_cell(const struct sheet *sheet, const char *what, const char *value, dk_error *err)
{
    char name[16], shown[DKI_SHOW_BYTES];

    (void)dki_fail(err, DK_ERR_DATA, "sheet %s, cell %s: %s %s", sheet->sheet->name,
                   dki_cell_name(sheet->row, sheet->column, name, sizeof name), what,
                   dki_show(shown, value, strlen(value)));
    dki_at(err, dki_zip_name(sheet->book->zip), sheet->row, sheet->column);
    dki_hint(err, "open the workbook in the program that made it, and save it again");
    return DK_ERR_DATA;
}

/* Values. ------------------------------------------------------------------------------------------------------------ */

static dk_status take_text(struct sheet *sheet, dki_sheet_cell *cell, dk_text text, dk_error *err)
{
    cell->is = DKI_IS_TEXT;
    cell->text = text;
    return sheet->take(sheet->arg, cell, err);
}

static dk_status take_shared(struct sheet *sheet, dki_sheet_cell *cell, dk_error *err)
{
    char *end;
    unsigned long number = strtoul(sheet->value.bytes, &end, 10);

    if (sheet->value.bytes[0] < '0' || sheet->value.bytes[0] > '9' || *end || number >= sheet->book->n_texts)
        return fail_cell(sheet, "there is no shared text", sheet->value.bytes, err);
    return take_text(sheet, cell, dki_book_text(sheet->book, number), err);
}

static dk_status take_own_text(struct sheet *sheet, dki_sheet_cell *cell, dk_error *err)
{
    dk_status status;

    sheet->text.size = 0;
    status = dki_xlsx_unescape(sheet->value.bytes, sheet->value.size, &sheet->text, err);
    if (status == DK_OK)
        status = dki_buffer_terminate(&sheet->text, err);
    return status == DK_OK ? take_text(sheet, cell, (dk_text){ sheet->text.bytes, sheet->text.size }, err) : status;
}

static dk_status take_time_of_day(struct sheet *sheet, dki_sheet_cell *cell, double serial, dk_error *err)
{
    char text[32];
    int64_t seconds = llround(serial * 86400);
    int size = snprintf(text, sizeof text, "%02lld:%02lld:%02lld", (long long)(seconds / 3600),
                        (long long)(seconds / 60 % 60), (long long)(seconds % 60));

    return take_text(sheet, cell, (dk_text){ text, (size_t)size }, err);
}

static dk_status take_date(struct sheet *sheet, dki_sheet_cell *cell, double serial, dk_error *err)
{
    double whole = floor(serial);
    int64_t zero = sheet->book->date1904 ? DAY_ZERO_1904 : DAY_ZERO_1900;
    int64_t milliseconds = llround((serial - whole) * 86400000);

    if (!sheet->book->date1904 && serial >= 1 && serial < 60)
        zero++;
    cell->is = DKI_IS_DATE;
    cell->microseconds = ((int64_t)whole + zero) * DKI_DAY_MICROSECONDS + milliseconds * 1000;
    return sheet->take(sheet->arg, cell, err);
}

static dk_status take_number(struct sheet *sheet, dki_sheet_cell *cell, dk_error *err)
{
    dki_format_kind kind = dki_book_format(sheet->book, sheet->style);

    if (!dki_parse_real(sheet->value.bytes, sheet->value.size, '.', &cell->number))
        return fail_cell(sheet, "this is no number:", sheet->value.bytes, err);
    if (kind != DKI_FORMAT_PLAIN && (cell->number < 0 || cell->number >= LAST_SERIAL))
        return fail_cell(sheet, "this is no date:", sheet->value.bytes, err);
    if (kind == DKI_FORMAT_DATE)
        return take_date(sheet, cell, cell->number, err);
    if (kind == DKI_FORMAT_TIME)
        return cell->number < 1 ? take_time_of_day(sheet, cell, cell->number, err)
                                : take_date(sheet, cell, cell->number, err);
    cell->is = DKI_IS_NUMBER;
    return sheet->take(sheet->arg, cell, err);
}

static dk_status take_iso_date(struct sheet *sheet, dki_sheet_cell *cell, dk_error *err)
{
    size_t size = sheet->value.size;
    const char *bytes = sheet->value.bytes;
    int64_t days;

    if (size > 0 && bytes[size - 1] == 'Z')
        size--;
    cell->is = DKI_IS_DATE;
    if (dki_parse_date(bytes, size, 'y', &days))
        cell->microseconds = days * DKI_DAY_MICROSECONDS;
    else if (!dki_parse_timestamp(bytes, size, 'y', &cell->microseconds))
        return fail_cell(sheet, "this is no date:", bytes, err);
    return sheet->take(sheet->arg, cell, err);
}

static dk_status take_cell(struct sheet *sheet, dk_error *err)
{
    dki_sheet_cell cell = { .row = sheet->row, .column = sheet->column };
    dk_status status;

    if (!sheet->has_value) {
        cell.is = DKI_IS_LOST;
        return sheet->has_formula ? sheet->take(sheet->arg, &cell, err) : DK_OK; /* else: formatted, and empty */
    }
    status = dki_buffer_terminate(&sheet->value, err);
    if (status != DK_OK)
        return status;
    if (strcmp(sheet->kind, "s") == 0)
        return take_shared(sheet, &cell, err);
    if (strcmp(sheet->kind, "inlineStr") == 0 || strcmp(sheet->kind, "str") == 0 || strcmp(sheet->kind, "e") == 0)
        return take_own_text(sheet, &cell, err);
    if (strcmp(sheet->kind, "d") == 0)
        return take_iso_date(sheet, &cell, err);
    if (strcmp(sheet->kind, "b") == 0) {
        if (strcmp(sheet->value.bytes, "0") != 0 && strcmp(sheet->value.bytes, "1") != 0)
            return fail_cell(sheet, "a truth value is 0 or 1, and not", sheet->value.bytes, err);
        cell.is = DKI_IS_BOOLEAN;
        cell.number = sheet->value.bytes[0] - '0';
        return sheet->take(sheet->arg, &cell, err);
    }
    if (sheet->kind[0] && strcmp(sheet->kind, "n") != 0)
        return fail_cell(sheet, "the cell is of a kind that is not known:", sheet->kind, err);
    return take_number(sheet, &cell, err);
}

/* Places. ------------------------------------------------------------------------------------------------------------ */

static dk_status begin_row(struct sheet *sheet, const char *number, dk_error *err)
{
    uint32_t before = sheet->row;
    char *end;
    unsigned long row = number ? strtoul(number, &end, 10) : sheet->row + 1;

    sheet->column = 0;
    if (row <= before || row > DKI_SHEET_ROWS || (number && (*number < '1' || *number > '9' || *end))) {
        sheet->column = 1;
        return fail_cell(sheet, "the row behind it is called", number ? number : "one too many", err);
    }
    sheet->row = (uint32_t)row;
    return DK_OK;
}

static dk_status begin_cell(struct sheet *sheet, const char *const *attributes, dk_error *err)
{
    const char *place = dki_xml_attribute(attributes, "r"), *kind = dki_xml_attribute(attributes, "t");
    const char *style = dki_xml_attribute(attributes, "s");
    uint32_t row = sheet->row, column = sheet->column + 1;

    if (place &&
        (dki_cell_parse(place, &row, &column) != strlen(place) || row != sheet->row || column <= sheet->column))
        return fail_cell(sheet, "the cell behind it is called", place, err);
    if (column > DKI_SHEET_COLUMNS)
        return fail_cell(sheet, "a sheet has no more columns than", "XFD", err);
    sheet->column = column;
    sheet->in_cell = true;
    sheet->has_value = sheet->has_formula = false;
    sheet->value.size = 0;
    sheet->style = style ? strtoul(style, NULL, 10) : 0;
    snprintf(sheet->kind, sizeof sheet->kind, "%s", kind ? kind : "");
    return DK_OK;
}

static dk_status on_start(void *arg, const char *name, const char *const *attributes, dk_error *err)
{
    struct sheet *sheet = arg;

    if (strcmp(name, "row") == 0)
        return begin_row(sheet, dki_xml_attribute(attributes, "r"), err);
    if (strcmp(name, "c") == 0 && sheet->row > 0)
        return begin_cell(sheet, attributes, err);
    if (!sheet->in_cell)
        return DK_OK;
    if (strcmp(name, "v") == 0)
        sheet->in_value = sheet->has_value = true;
    else if (strcmp(name, "is") == 0)
        sheet->in_inline = sheet->has_value = true;
    else if (strcmp(name, "t") == 0 && sheet->in_inline && sheet->phonetic == 0)
        sheet->in_value = true;
    else if (strcmp(name, "rPh") == 0)
        sheet->phonetic++;
    else if (strcmp(name, "f") == 0)
        sheet->has_formula = true;
    return DK_OK;
}

static dk_status on_end(void *arg, const char *name, dk_error *err)
{
    struct sheet *sheet = arg;

    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        sheet->in_value = false;
    else if (strcmp(name, "is") == 0)
        sheet->in_inline = false;
    else if (strcmp(name, "rPh") == 0 && sheet->phonetic > 0)
        sheet->phonetic--;
    else if (strcmp(name, "c") == 0 && sheet->in_cell) {
        sheet->in_cell = false;
        return take_cell(sheet, err);
    }
    return DK_OK;
}

static dk_status on_text(void *arg, const char *bytes, size_t size, dk_error *err)
{
    struct sheet *sheet = arg;

    return sheet->in_value ? dki_buffer_append(&sheet->value, bytes, size, err) : DK_OK;
}

dk_status dki_sheet_read(const dki_book *book, const dki_sheet *which, dki_sheet_take *take, void *arg,
                         dk_error *err)
{
    struct sheet sheet = { .book = book, .sheet = which, .take = take, .arg = arg };
    const dki_xml_sink sink = { &sheet, on_start, on_end, on_text };
    dk_status status;

    dki_buffer_init(&sheet.value, book->arena.context);
    dki_buffer_init(&sheet.text, book->arena.context);
    status = dki_xml_read(book->zip, which->part, &sink, err);
    dki_buffer_drop(&sheet.value);
    dki_buffer_drop(&sheet.text);
    return status;
}
