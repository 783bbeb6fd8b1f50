/* join_key.h - two tables and their keys: which row of the right one has the key of each row of the left one. */
#ifndef DKI_JOIN_JOIN_KEY_H
#define DKI_JOIN_JOIN_KEY_H

#include <dekking/join.h>

#include "key_index.h"

/* The answer, of which nobody changes anything any more. */
typedef struct dki_match {
    dki_kept kept;
    dk_context *context; /* borrowed */
    uint64_t n_rows;     /* of left */
    uint32_t *rows;      /* the first row of right with the key; DKI_NO_ROW, DKI_NULL_KEY */
    uint64_t n_matched, n_null;
    uint64_t n_keys, n_used; /* keys of right, and how many of them are used */
    bool is_unique;          /* no key of right occurs twice */
} dki_match;
void dki_match_release(dki_match *match); /* NULL does nothing */

typedef struct dki_join {
    dk_context *context; /* borrowed, as the tables and the names */
    const char *what;    /* the operation, in messages */
    const dk_table *left, *right;
    const char *const *left_names, *const *right_names;
    const dk_column **left_keys, **right_keys;
    size_t n_keys;
    dki_key_index *index; /* of right; NULL where only the match was wanted and it was known */
    dki_match *match;
} dki_join;

/* Finds the key columns and checks that they can be compared. n_keys may be 0. After a failure, of any of these, the join
 * may only be dropped. */
dk_status dki_join_init(dki_join *join, const char *what, const dk_table *left, const dk_table *right,
                        const char *const *left_names, const char *const *right_names, size_t n_keys,
                        dk_error *err);
void dki_join_drop(dki_join *join);
/* Makes the index of right, unless there is one. */
dk_status dki_join_index(dki_join *join, dk_error *err);
/* Matches every row of left. */
dk_status dki_join_match(dki_join *join, dk_error *err);
/* Once the rows are matched: bit r says that some row of left has the key whose first row is r. The caller frees *out. */
dk_status dki_join_used(const dki_join *join, uint64_t **out, dk_error *err);
/* Refuses a right key that is not unique, with examples. */
dk_status dki_join_check_unique(dki_join *join, dk_error *err);
/* The operation has succeeded: what was made for it may stay with the columns. */
void dki_join_keep(const dki_join *join);

/* Whether a column is one of the keys of its side, whose names these are. */
bool dki_join_is_key(const char *const *names, size_t n, const char *column);

/* "pseudoniem, jaar = year": the keys, as steps of a lineage tell them, cut to fit. Returns out. */
const char *dki_join_words(const dki_join *join, char *out, size_t size);
#define DKI_JOIN_WORDS 300 /* bytes of them */

/* Refuses a table with rows that are totals. */
dk_status dki_refuse_margins(const char *what, const dk_table *table, dk_error *err);

/* The values of some columns in a row, separated by commas, cut to fit. */
dk_status dki_join_show_key(const dk_column *const *columns, size_t n, uint64_t row, char *out, size_t size,
                            dk_error *err);

#endif
