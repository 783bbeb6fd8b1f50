/* dialect.h - which byte stands between the fields of a file. */
#ifndef DKI_READ_DIALECT_H
#define DKI_READ_DIALECT_H

#include "tokens.h"

/* Finds the delimiter among ; , tab | from the first records, by the rules of docs/csv.md. DKI_NO_DELIMITER for a file
 * of one column. name stands for the file in messages.
 *
 * Errors  DK_ERR_DATA   two delimiters fit equally well
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
dk_status dki_delimiter_find(dk_context *context, const char *bytes, size_t size, const char *name, char quote,
                             char *out, dk_error *err);

/* What the first line ends with that no quote is open at; any where there is none, or none in the first megabyte. */
dki_line_end dki_line_end_find(const char *bytes, size_t size, char quote);

/* "semicolon", "comma", "tab", "bar", or the character itself. The answer is constant, or points into buffer. */
const char *dki_delimiter_name(char delimiter, char buffer[8]);

#endif
