/* sort_radix.h - numbers in rising order, by digits. */
#ifndef DKI_ROWS_SORT_RADIX_H
#define DKI_ROWS_SORT_RADIX_H

#include <dekking/context.h>

/* Sorts items[0 .. n-1]; scratch has room for as many, and holds anything afterwards. Where two items differ, they do
 * so below bit `end`; bits below `begin` are in rising order already (numbers of rows, say), which a stable sort keeps.
 * Only the first *limit items need be right: most others are left out of the work, and hold anything. *limit becomes
 * how many are right, where an equal upper part never goes on behind them.
 * Cost: a pass over memory that cuts items into ranges which fit in a cache, and one there for each eight bits. Several
 * threads; the result is the same for any number. Poll: once per range.
 * Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED; items then hold anything. */
dk_status dki_radix_sort(dk_context *context, uint64_t *items, uint64_t *scratch, size_t n, unsigned begin,
                         unsigned end, size_t *limit, dk_error *err);
/* The same on the calling thread alone, without memory of its own, for what lies in a cache: n is some thousands. */
dk_status dki_radix_sort_few(dk_context *context, uint64_t *items, uint64_t *scratch, size_t n, unsigned begin,
                             unsigned end, dk_error *err);

#endif
