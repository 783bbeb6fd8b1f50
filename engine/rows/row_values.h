/* row_values.h - a whole column as arrays, for what goes through rows in another order than theirs. */
#ifndef DKI_ROWS_ROW_VALUES_H
#define DKI_ROWS_ROW_VALUES_H

#include <dekking/column.h>

/* Bits of the rows of a column that are known; of the rows of a boolean column that are true. The caller frees them. */
dk_status dki_known_rows(const dk_column *column, uint64_t **out, dk_error *err);
dk_status dki_true_rows(const dk_column *column, uint64_t **out, dk_error *err);
/* The rows as 64-bit integers (or doubles, by their bits), and bits of those that are known; *known stays NULL where all
 * are. The caller frees both. Not for categories, texts and ratios. */
dk_status dki_column_words(const dk_column *column, int64_t **values, uint64_t **known, dk_error *err);

#endif
