/* xlsx_book.h - what a workbook says besides its sheets: their names, its shared texts, which formats are dates. For the
 * reading of XLSX alone. */
#ifndef DKI_READ_XLSX_BOOK_H
#define DKI_READ_XLSX_BOOK_H

#include <dekking/value.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "xlsx_zip.h"

typedef enum dki_format_kind {
    DKI_FORMAT_PLAIN,
    DKI_FORMAT_DATE, /* shows a day, a month or a year */
    DKI_FORMAT_TIME  /* shows hours, minutes or seconds alone */
} dki_format_kind;

typedef struct dki_sheet {
    const char *name;
    const char *part;
} dki_sheet;

typedef struct dki_book {
    dki_zip *zip;
    dki_arena arena;
    dki_sheet *sheets; /* in their order */
    size_t n_sheets, sheets_room;
    bool date1904;

    dki_buffer texts; /* the shared ones, one behind the other */
    size_t *ends;
    size_t n_texts, ends_room;

    uint8_t *formats; /* dki_format_kind by style */
    size_t n_formats, formats_room;
} dki_book;

/* Opens the workbook in bytes, which are borrowed until dki_book_close. name is what messages call it.
 * Errors: those of dki_zip_open and dki_xml_read; DK_ERR_DATA where the file is a zip, and no workbook. */
dk_status dki_book_open(dk_context *context, const char *bytes, size_t size, const char *name, dki_book *out,
                        dk_error *err);
void dki_book_close(dki_book *book); /* may be called twice, and on zeroes */

/* The shared text of a number below n_texts. */
dk_text dki_book_text(const dki_book *book, size_t i);
dki_format_kind dki_book_format(const dki_book *book, size_t style);

/* Adds text[0 .. size-1] to out with its _xHHHH_ turned into the characters that they stand for. */
dk_status dki_xlsx_unescape(const char *text, size_t size, dki_buffer *out, dk_error *err);

/* What a number format shows: for dki_book_format, and for tests. */
dki_format_kind dki_format_of_code(const char *code);

#endif
