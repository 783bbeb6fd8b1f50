/* xlsx_sheet.h - the cells of a sheet, in their order. For the reading of XLSX alone. */
#ifndef DKI_READ_XLSX_SHEET_H
#define DKI_READ_XLSX_SHEET_H

#include "xlsx_book.h"

#define DKI_SHEET_ROWS 1048576
#define DKI_SHEET_COLUMNS 16384

typedef enum dki_cell_is {
    DKI_IS_NUMBER,
    DKI_IS_BOOLEAN, /* number is 0 or 1 */
    DKI_IS_DATE,    /* microseconds since 1970-01-01 */
    DKI_IS_TEXT,    /* also an error of a formula ("#N/A") and a time of day ("10:15:00") */
    DKI_IS_LOST     /* a formula whose value was not stored */
} dki_cell_is;

typedef struct dki_sheet_cell {
    uint32_t row, column; /* from 1 */
    dki_cell_is is;
    double number;
    int64_t microseconds;
    dk_text text; /* valid for the call */
} dki_sheet_cell;

typedef dk_status dki_sheet_take(void *arg, const dki_sheet_cell *cell, dk_error *err);

/* Calls take for every cell that has a value, row by row and from left to right.
 * Errors: those of dki_xml_read; DK_ERR_DATA, with row and column as line and column, for a cell that cannot be: outside a
 * sheet, not in order, no number, a shared text or a date that there is not. */
dk_status dki_sheet_read(const dki_book *book, const dki_sheet *sheet, dki_sheet_take *take, void *arg,
                         dk_error *err);

/* "C7" of a cell, terminated; size >= 16. */
const char *dki_cell_name(uint32_t row, uint32_t column, char *out, size_t size);
/* Reads such a name; the length of what was read, 0 where it is none. */
size_t dki_cell_parse(const char *text, uint32_t *row, uint32_t *column);

#endif
