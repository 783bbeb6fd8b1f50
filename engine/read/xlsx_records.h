/* xlsx_records.h - the rows of a sheet as records. For the reading of XLSX alone. */
#ifndef DKI_READ_XLSX_RECORDS_H
#define DKI_READ_XLSX_RECORDS_H

#include "tokens.h"
#include "xlsx_sheet.h"

/* The cells that count: from the first to the last row and column. */
typedef struct dki_range {
    uint32_t first_row, last_row, first_column, last_column;
} dki_range;

/* Reads "B3:F20", "B3" or "B:F"; NULL is everything. Errors: DK_ERR_ARGUMENT. */
dk_status dki_range_read(const char *text, dki_range *out, dk_error *err);

typedef struct dki_sheet_records {
    const dki_book *book;
    const dki_sheet *sheet;
    dki_range range;
    size_t n_header_rows; /* at least 1 where there is a header, else 0 */
    char mark;            /* the decimal mark of numbers: '.' or ',' */
    uint64_t n_lost;      /* formulas without a stored value, in the last pass */
} dki_sheet_records;

/* Hands the rows to the sink: a dki_records.feed. Rows without a value are blank; behind its last value a row of a range
 * that ends nowhere is filled up with nulls to the length of the first one. */
dk_status dki_sheet_feed(void *sheet_records, const dki_token_sink *sink, dk_error *err);

#endif
