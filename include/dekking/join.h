/* join.h - two tables by key.
 *
 * A null key matches nothing, not even null. The key of the right table must be unique: a key that occurs twice there
 * is an error that shows examples. Neither table may have margin rows. Types of a key must be comparable: categories
 * and text match by text, numbers by value.
 */
#ifndef DEKKING_JOIN_H
#define DEKKING_JOIN_H

#include <dekking/table.h>

typedef enum dk_join_kind { DK_JOIN_INNER, DK_JOIN_LEFT } dk_join_kind;

/* Rows of left in their order with the other columns of right beside them (its keys stay behind). left_keys and
 * right_keys: n_keys names, at least one.
 * Errors  DK_ERR_NAME       no such column
 *         DK_ERR_TYPE       keys that cannot be compared
 *         DK_ERR_DUPLICATE  a key twice on the right; a column of right that left has too
 *         DK_ERR_ARGUMENT   no key
 *         DK_ERR_MARGIN, DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_table_join(const dk_table *left, const dk_table *right,
                                           const char *const *left_keys, const char *const *right_keys,
                                           size_t n_keys, dk_join_kind kind, const dk_table **out, dk_error *err);

/* All rows of table in their order with a boolean column `as`: true where the key occurs in other, null where it
 * is null, else false; and, for rows that match, the columns `columns` of other (null elsewhere). A note tells
 * how many rows matched and have no key, and how many keys of other occur in no row of table:
 * "5682 of 7676 rows matched; 0 have no key; 12 keys of the other table match no row".
 * Errors as for join. */
DK_API DK_MUST_USE dk_status dk_table_link(const dk_table *table, const dk_table *other, const char *const *keys,
                                           const char *const *other_keys, size_t n_keys, const char *as,
                                           const char *const *columns, size_t n_columns, const dk_table **out,
                                           dk_error *err);

#endif
