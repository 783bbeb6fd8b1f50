/* sort_counted.h - the order of rows by keys that have few combinations of values: counted, not compared.
 *
 *   code       the pieces of a row's keys (sort_pieces.h) side by side, 16 bits at most
 *   ends       how many rows have this code or a lesser one
 *   places     where each slice's first row of a code goes
 */
#ifndef DKI_ROWS_SORT_COUNTED_H
#define DKI_ROWS_SORT_COUNTED_H

#include "sort_pieces.h"

typedef struct dki_sort_counted dki_sort_counted;

/* Counts the rows of each code; several threads. *out is NULL where this is not the way: codes are too many beside
 * the rows, or a key has no codes (text, real, ratio). want_rows: dki_sort_counted_rows will be called.
 * Memory: with want_rows two bytes a row, and four for each code of a slice of rows.
 * Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED, those of reading a snapshot's block. */
dk_status dki_sort_counted_new(dk_context *context, const dki_order_key *keys, size_t n_keys, size_t n_group,
                               uint64_t n_rows, bool want_rows, dki_sort_counted **out, dk_error *err);
void dki_sort_counted_drop(dki_sort_counted *counted); /* NULL does nothing */

/* Fills rows, and starts where it is not NULL, as dki_order_rows does; once. */
dk_status dki_sort_counted_rows(dki_sort_counted *counted, uint64_t *rows, uint8_t *starts, dk_error *err);

/* Of the rows of each code the first, or the last: their numbers in rising order, *n of them. The caller frees
 * *rows. Only with want_rows. Cost: from that end of the rows on until every code has been seen. Errors:
 * DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
dk_status dki_sort_counted_distinct(const dki_sort_counted *counted, bool last, uint64_t **rows, uint64_t *n,
                                    dk_error *err);

/* The column of key k in that order. It follows from the counts, so that no row is moved. */
dk_status dki_sort_counted_column(const dki_sort_counted *counted, size_t k, const dk_column **out, dk_error *err);

#endif
