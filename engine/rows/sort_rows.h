/* sort_rows.h - puts row numbers in an order: the one sort of this folder. */
#ifndef DKI_ROWS_SORT_ROWS_H
#define DKI_ROWS_SORT_ROWS_H

#include <dekking/context.h>

/* Negative, 0 or positive, as row a belongs before, beside or after row b. */
typedef int dki_row_compare_fn(const void *arg, uint64_t a, uint64_t b);

/* Sorts rows[0 .. n-1] stably. Takes n more numbers of memory for the time of the call.
 * Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED; rows then hold their numbers in some order. */
dk_status dki_sort_rows(dk_context *context, uint64_t *rows, uint64_t n, dki_row_compare_fn *compare,
                        const void *arg, dk_error *err);
/* Sorts rows[0 .. n-1] stably by keys[0 .. n-1], of which the lowest `bits` bits count and the others are 0; keys
 * are moved along. Takes 2 n more numbers of memory, but where they are few or in order already. */
dk_status dki_sort_keys(dk_context *context, uint64_t *keys, uint64_t *rows, size_t n, unsigned bits,
                        dk_error *err);

#endif
