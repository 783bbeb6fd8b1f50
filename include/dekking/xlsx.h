/* xlsx.h - reads a sheet of a workbook (XLSX) into a table.
 *
 * Each row of the sheet is a record, and what docs/csv.md says of records, types and rejects holds. A cell is what the
 * workbook says it is: a number, a truth value, a date (a number whose format shows a day), or text; text is then read as
 * a field of a CSV file would be. A number with more than fifteen significant digits makes the column real, because no
 * spreadsheet knows more of it. The result of a formula is the value that was stored; an error such as #N/A is text, which
 * may be one of the null markers.
 */
#ifndef DEKKING_XLSX_H
#define DEKKING_XLSX_H

#include <dekking/csv.h>

typedef struct dk_xlsx_options {
    const char *sheet; /* its name; NULL: by number */
    size_t number;     /* from 1; 0: the first */
    const char *range; /* "B3:F20", "B3" (from there on), "B:F" (columns); NULL: everything */
    size_t
        n_header_rows; /* their texts are joined by a blank into names; 0: options.header says whether there is one */
    dk_csv_options
        fields; /* header, names, nulls, columns, decimal_mark and date_order (of text), lenient; the others are
                              not looked at */
} dk_xlsx_options;

/* Reads the workbook at path ("-" is standard input). out and rejected are as for dk_read_csv; line and column in errors and
 * rejects are row and column of the sheet.
 *
 * Errors  DK_ERR_IO        no such file, a directory, no permission; libzip or expat is not there
 *         DK_ERR_DATA      no workbook, or a damaged or encrypted one; an empty sheet; as for dk_read_csv
 *         DK_ERR_LIMIT     a part that unpacks to more than any workbook has
 *         DK_ERR_NAME      no sheet of that name or number
 *         DK_ERR_ARGUMENT  a range that is none; a build without libzip or expat; as for dk_read_csv
 *         DK_ERR_DUPLICATE, DK_ERR_LENGTH, DK_ERR_MEMORY, DK_ERR_INTERRUPTED as for dk_read_csv */
DK_API DK_MUST_USE dk_status dk_read_xlsx(dk_context *context, const char *path, const dk_xlsx_options *options,
                                          const dk_table **out, const dk_table **rejected, dk_error *err);

#endif
