/* csv_cache.h - a snapshot beside a CSV file, from which the same reading is served the next time. */
#ifndef DKI_READ_CSV_CACHE_H
#define DKI_READ_CSV_CACHE_H

#include <dekking/csv.h>

/* What dk_read_csv does with options->cache, which is set. */
dk_status dki_read_csv_cached(dk_context *context, const char *path, const dk_csv_options *options,
                              const dk_table **out, const dk_table **rejected, dk_error *err);

#endif
