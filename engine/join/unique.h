/* unique.h - whether the known values of a column all differ, as those of a key do. */
#ifndef DKI_JOIN_UNIQUE_H
#define DKI_JOIN_UNIQUE_H

#include <dekking/column.h>

/* Sets *out to true only where all known values differ; it may be false for a column of billions of rows, or by an
 * accident of hashing. Found out once and kept with the column, which is of text, or of integers, decimals, dates
 * or timestamps. */
dk_status dki_column_is_unique(const dk_column *column, bool *out, dk_error *err);

#endif
