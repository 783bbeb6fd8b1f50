/* csv_source.h - the reading of a CSV file from any source, and by either path. */
#ifndef DKI_READ_CSV_SOURCE_H
#define DKI_READ_CSV_SOURCE_H

#include <dekking/csv.h>

#include "infer.h"
#include "source.h"

/* What dk_read_csv does. plainly: all of it through libcsv, on one thread; the answer is the same. For tests. */
dk_status dki_read_csv_source(dk_context *context, const dki_source *source, const dk_csv_options *options,
                              bool plainly, const dk_table **out, const dk_table **rejected, dk_error *err);

/* The same from a path, as dk_read_csv. found is filled as far as the reading came; may be NULL. */
dk_status dki_read_csv_path(dk_context *context, const char *path, const dk_csv_options *options, dki_found *found,
                            const dk_table **out, const dk_table **rejected, dk_error *err);

/* Whether the options can be. Errors: DK_ERR_ARGUMENT, DK_ERR_DUPLICATE. */
dk_status dki_csv_options_check(const dk_csv_options *options, dk_error *err);

#endif
