/* set.h - tables as sets of rows.
 *
 * Rows are equal where all their values are, and two nulls are equal here: a row is compared, not a key. Where two tables
 * are put together, columns are matched and types reconciled as append.h says, and the result has the columns of the
 * first. Rows stand in the order in which they first occur, those of the first table before those of the second. Neither
 * table may have margin rows.
 */
#ifndef DEKKING_SET_H
#define DEKKING_SET_H

#include <dekking/table.h>

typedef enum dk_keep { DK_KEEP_FIRST, DK_KEEP_LAST } dk_keep;

/* One row for each combination of values of the columns named (n_columns 0: of all), with all its columns: the first one
 * that has it or the last one. The rows keep their order.
 * Errors: DK_ERR_NAME, DK_ERR_MARGIN, DK_ERR_LIMIT (2^32 - 2 rows and more), DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
DK_API DK_MUST_USE dk_status dk_table_distinct(const dk_table *table, const char *const *columns, size_t n_columns,
                                               dk_keep keep, const dk_table **out, dk_error *err);

/* Rows of a or b (all: every one of both, as often as it occurs; else each once), of a and b, of a and not b (each once).
 * The key of a is kept by the last two.
 * Errors: those of dk_table_append and of dk_table_distinct. */
DK_API DK_MUST_USE dk_status dk_table_union(const dk_table *a, const dk_table *b, bool all, const dk_table **out,
                                            dk_error *err);
DK_API DK_MUST_USE dk_status dk_table_intersect(const dk_table *a, const dk_table *b, const dk_table **out,
                                                dk_error *err);
DK_API DK_MUST_USE dk_status dk_table_except(const dk_table *a, const dk_table *b, const dk_table **out,
                                             dk_error *err);

#endif
