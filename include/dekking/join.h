/* join.h - two tables by key.
 *
 * A null key matches nothing, not even null. Neither table may have margin rows. Values of a key are compared as they
 * are, whatever their types: categories and text by text, numbers of all types by exact value; other pairs of types are
 * refused.
 *
 * The key of the right table must be unique, unless the caller says which of several rows to take: two rows for one
 * person would count that person twice.
 */
#ifndef DEKKING_JOIN_H
#define DEKKING_JOIN_H

#include <dekking/table.h>

/* Which rows a join has. Rows of left stand in their order; rows of right that match none come behind them, in theirs. */
typedef enum dk_join_kind {
    DK_JOIN_INNER, /* rows of left that match */
    DK_JOIN_LEFT,  /* all rows of left */
    DK_JOIN_RIGHT, /* rows of left that match, and rows of right that match none */
    DK_JOIN_FULL,  /* all rows of left, and rows of right that match none */
    DK_JOIN_SEMI,  /* rows of left that match, each once, with left's columns alone */
    DK_JOIN_ANTI   /* rows of left that do not match, those without a key too, with left's columns alone */
} dk_join_kind;

/* What becomes of a row of left whose key has several rows in right. */
typedef enum dk_multiple {
    DK_MULTIPLE_ERROR, /* a key that occurs twice in right is refused, with examples */
    DK_MULTIPLE_ALL,   /* as many rows as right has, in right's order */
    DK_MULTIPLE_FIRST, /* the first of them in right's order; for rows of right alone this says nothing */
    DK_MULTIPLE_LAST
} dk_multiple;

/* A row of left gets the row of right with its key that is nearest in time. */
typedef enum dk_asof_direction {
    DK_ASOF_BACKWARD, /* the last one at or before left's */
    DK_ASOF_FORWARD,  /* the first one at or after it */
    DK_ASOF_NEAREST   /* the nearer of the two; of two as near the one before */
} dk_asof_direction;

typedef struct dk_asof {
    const char *left, *right; /* columns of one type: integer, decimal, date, timestamp or period */
    dk_asof_direction direction;
    bool has_tolerance;
    int64_t
        tolerance; /* the farthest that counts, in units of the column as stored: days, microseconds, months ... */
} dk_asof;

typedef struct dk_join_options {
    dk_join_kind kind;
    dk_multiple multiple; /* says nothing to SEMI and ANTI, which make no row twice */
    const char *suffix; /* what a column of right is called if left has its name: name and suffix. NULL: an error */
    const char *const
        *columns; /* the n_columns columns of right that come over, in this order. NULL: all but the keys. SEMI and
                                * ANTI take none, and refuse a list of them */
    size_t n_columns;
    const dk_asof
        *asof; /* NULL: rows match by key alone. With it the kind is INNER or LEFT, and there may be no key;
                            several rows of right with one key and one time are what `multiple` is about, and not ALL */
} dk_join_options;

/* left_keys and right_keys: n_keys names, of which there is at least one. A key is called as in left; rows of right alone
 * have theirs there. options NULL: all of left, as DK_JOIN_LEFT.
 * Errors  DK_ERR_NAME       no such column
 *         DK_ERR_TYPE       keys that cannot be compared; times of two types, or that are no times
 *         DK_ERR_DUPLICATE  a key twice on the right; a column of right that left has too
 *         DK_ERR_ARGUMENT   no key; options that contradict each other; a row of right alone where left has a weight
 *         DK_ERR_RANGE      a key of right alone that does not fit into the type of both
 *         DK_ERR_LIMIT      more than 2^32 - 3 rows
 *         DK_ERR_MARGIN, DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_table_join(const dk_table *left, const dk_table *right,
                                           const char *const *left_keys, const char *const *right_keys,
                                           size_t n_keys, const dk_join_options *options, const dk_table **out,
                                           dk_error *err);

/* All rows of table in their order with a boolean column `as`: true where the key occurs in other, null where it
 * is null, else false; and, for rows that match, the columns `columns` of other (null elsewhere). A key that occurs twice
 * in other is refused unless multiple says FIRST or LAST, which is whose columns are taken. A note tells
 * how many rows matched and have no key, and how many keys of other occur in no row of table:
 * "5682 of 7676 rows matched; 0 have no key; 12 keys of the other table match no row".
 * Errors as for join. */
DK_API DK_MUST_USE dk_status dk_table_link(const dk_table *table, const dk_table *other, const char *const *keys,
                                           const char *const *other_keys, size_t n_keys, const char *as,
                                           const char *const *columns, size_t n_columns, dk_multiple multiple,
                                           const dk_table **out, dk_error *err);

/* The table with a column `as` of sets: for each row the members that the column `value` of other has in the rows with its
 * key, which may be many. A member that is there twice counts once, a null or empty one not at all. A row whose key is not in
 * other, or has no known member there, has a null set: that nobody wrote something down does not say that there is nothing.
 * empty says that it does, and makes it the empty set; a row without a key has null in any case. A note tells how many rows
 * have an entry.
 *
 * value   of a category or text column. Its stated levels, or the codes of its list, are the stated members.
 * Errors  DK_ERR_NAME, DK_ERR_TYPE, DK_ERR_ARGUMENT (no key), DK_ERR_MARGIN
 *         DK_ERR_DUPLICATE  the table has a column `as`
 *         DK_ERR_RANGE      what cannot be a member
 *         DK_ERR_LIMIT, DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_table_collect(const dk_table *table, const dk_table *other, const char *const *keys,
                                              const char *const *other_keys, size_t n_keys, const char *value,
                                              const char *as, bool empty, const dk_table **out, dk_error *err);

/* How two tables that should describe the same things agree, as a table:
 *
 * finding            name    left_rows  right_rows  keys   what is counted
 * both               -       n          n           n      rows and keys that both tables have
 * left only          -       n          0           n      those that only left has
 * right only         -       0          n           n      those that only right has
 * no key             -       n          n           0      rows whose key is null, which match nothing
 * double left        -       n          -           n      of the rows above, those whose key left has more than once
 * double right       -       -          n           n      the same of right
 * equal              name    n          n           n      of the keys that each table has once, those with equal values
 * conflict           name    n          n           n      ... with two different known values
 * only left known    name    n          n           n      ... with a value in left and null in right
 * only right known   name    n          n           n      ... the other way about
 * not comparable     name    -          -           -      a column that has two types in the two tables
 *
 * The first four make up the rows of each table, the first three its keys. The last five come for each column that both
 * tables have and that is no key, in left's order; values are compared as keys are, and two nulls are equal.
 * With n_examples a text column `examples` shows that many keys of each finding at the most, with the row of each table
 * and the values that conflict: "a12 (row 4)", "a12 (rows 4, 9: Arnhem, Duiven)".
 * Errors as for join. */
DK_API DK_MUST_USE dk_status dk_table_reconcile(const dk_table *left, const dk_table *right,
                                                const char *const *left_keys, const char *const *right_keys,
                                                size_t n_keys, size_t n_examples, const dk_table **out,
                                                dk_error *err);

#endif
