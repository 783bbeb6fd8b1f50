/* sort_first.h - which rows can be among the first few of an order. */
#ifndef DKI_ROWS_SORT_FIRST_H
#define DKI_ROWS_SORT_FIRST_H

#include "sort_order.h"

/* Looks at the first key of n_rows > limit > 0 rows alone. rows[0 .. *n_found-1] get, in rising order, the numbers
 * of those that can be among the first `limit` by all keys; where there is one key, and its values fit in 64 bits,
 * they are just these. *n_found is UINT64_MAX, and rows hold anything, where there are more than `most`, or where
 * the key is a ratio.
 * Memory: 16 bytes for each row that may still win, and for as many that do not.
 * Cost: a pass over the key; several threads, of which the result does not depend. Poll: once per block.
 * Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED, those of reading a snapshot's block. */
dk_status dki_first_rows(dk_context *context, const dki_order_key *keys, size_t n_keys, uint64_t n_rows,
                         uint64_t limit, uint64_t most, uint64_t *rows, uint64_t *n_found, dk_error *err);

#endif
