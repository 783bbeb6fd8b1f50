/* header.h - whether a file's first record names its columns. */
#ifndef DKI_READ_HEADER_H
#define DKI_READ_HEADER_H

#include "tokens.h"

/* Finds it from the first records, by the rules of docs/csv.md. first_line: on which the bytes begin; options says which
 * names are expected; name stands for the file in messages.
 *
 * Errors  DK_ERR_DATA   the first record can be both
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
dk_status dki_header_find(dk_context *context, const char *bytes, size_t size, const char *name,
                          uint64_t first_line, dki_dialect dialect, const dk_csv_options *options, dk_header *out,
                          dk_error *err);
/* The same of records that something else feeds, which is stopped when they are enough. columns_before: how many columns
 * stand before theirs, for messages. */
dk_status dki_header_find_fed(dk_context *context, dki_feed *feed, void *arg, const char *name,
                              size_t columns_before, const dk_csv_options *options, dk_header *out, dk_error *err);

#endif
