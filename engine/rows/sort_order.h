/* sort_order.h - the order of rows by several columns: what sorting, windows, pivots and samples begin with. */
#ifndef DKI_ROWS_SORT_ORDER_H
#define DKI_ROWS_SORT_ORDER_H

#include <dekking/column.h>

typedef struct dki_order_key {
    const dk_column *column; /* of n_rows rows */
    bool descending;
} dki_order_key;

#define DKI_STARTS_PEERS 1 /* the row differs from the one before it by some key */
#define DKI_STARTS_GROUP 2 /* and by one of the first n_group keys */

/* Fills rows[0 .. n-1] with the numbers of all rows in order: numbers by value, categories by the order of their levels,
 * text by code point, false before true, null last in either direction, ties as they come. starts[0 .. n-1], where it is
 * not NULL, gets the bits above, both for the first row. Only the first `limit` rows (and starts) need be right;
 * few of many rows, without starts, are found without sorting the others.
 * Memory: 8 bytes a row, 8 more for every further 64 bits of the keys together, about.
 * Cost: a few passes over memory (sort_radix.h); several threads, of which the result does not depend.
 * Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED, DK_ERR_LIMIT (2^32 different long texts). */
dk_status dki_order_rows(dk_context *context, const dki_order_key *keys, size_t n_keys, size_t n_group,
                         uint64_t n_rows, uint64_t limit, uint64_t *rows, uint8_t *starts, dk_error *err);

#endif
