/* separator.h - the first line `sep=;` with which a spreadsheet states the delimiter. */
#ifndef DKI_READ_SEPARATOR_H
#define DKI_READ_SEPARATOR_H

#include "tokens.h"

/* How many bytes that line takes at the beginning of text, its line end included, 0 where there is none; *delimiter is
 * what it states, else untouched. text holds the first kilobyte at least, or all. */
size_t dki_separator_find(const char *text, size_t size, char *delimiter);
/* Whether the options agree with it. Errors: DK_ERR_ARGUMENT, on line 1 of name. */
dk_status dki_separator_check(const dk_csv_options *options, char delimiter, const char *name, dk_error *err);

#endif
