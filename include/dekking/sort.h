/* sort.h - the order of a table's rows. */
#ifndef DEKKING_SORT_H
#define DEKKING_SORT_H

#include <dekking/expr.h>

typedef struct dk_sort_key {
    const char *column;
    bool descending;
} dk_sort_key;

/* Sorts stably by several keys: numbers by value, categories by the order of their levels, text by code point, false
 * before true; null last in either direction. Where the table has margin rows, a total stays after the rows
 * that it is the total of, and groups that have a total of their own go by what the keys say of that row; where groups
 * have none (the grand total alone is shown), they are not kept together.
 * Errors: DK_ERR_NAME, DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
DK_API DK_MUST_USE dk_status dk_table_sort(const dk_table *table, const dk_sort_key *keys, size_t n_keys,
                                           const dk_table **out, dk_error *err);

/* Sorts by keys as texts: "column", "column asc" or "column desc", or an expression (expr.h) in place of the column. Gives
 * the first `limit` rows of that order, or all; the rows behind them are left out of the work.
 * Errors: those of dk_table_eval; DK_ERR_ARGUMENT where something else than asc or desc stands behind a column;
 * DK_ERR_MARGIN where the table has margin rows and more rows than limit. */
DK_API DK_MUST_USE dk_status dk_table_sort_by(const dk_table *table, const char *const *keys, size_t n_keys,
                                              const dk_params *params, uint64_t limit, const dk_table **out,
                                              dk_error *err);

#endif
