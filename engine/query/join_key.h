/* join_key.h - finds the row of a table by its key. */
#ifndef DKI_QUERY_JOIN_KEY_H
#define DKI_QUERY_JOIN_KEY_H

#include <dekking/join.h>

#include "base/hash.h"

/* How the values of a pair of key columns are told apart. */
typedef enum dki_key_kind {
    DKI_KEY_INTEGER, /* both are integers of one unit: by value */
    DKI_KEY_REAL,    /* by bits */
    DKI_KEY_NUMBER,  /* numbers of two types: exactly, as ratios */
    DKI_KEY_TEXT     /* text and categories: by bytes */
} dki_key_kind;

typedef struct dki_join_key {
    dki_key_kind kind;
    const dk_column *left, *right; /* borrowed */
    dki_int_map integers;
    dki_text_map texts;
    dki_int_map pairs;      /* the number of the keys before this one, and of this one: one number */
    uint32_t *left_numbers; /* category: the number of each code, or UINT32_MAX */
    uint32_t *right_numbers;
} dki_join_key;

#define DKI_NO_MATCH UINT64_MAX
#define DKI_NULL_KEY (UINT64_MAX - 1)

typedef struct dki_join {
    dk_context *context; /* borrowed, as the tables */
    const dk_table *left, *right;
    const char *const *right_names;
    dki_join_key *keys;
    size_t n_keys;
    uint64_t *rows; /* the row of right for each key number */
    size_t n_numbers, capacity;
    uint64_t n_right_keys; /* rows of right whose key is known */
    uint64_t *matches;     /* for each row of left: the row of right, DKI_NO_MATCH or DKI_NULL_KEY */
    uint64_t n_matched, n_null;
    uint64_t n_matched_keys; /* keys of right that some row of left has */
} dki_join;

/* Matches every row of left. what names the operation in messages. After a failure the join may only be dropped. */
dk_status dki_join_init(dki_join *join, const char *what, const dk_table *left, const dk_table *right,
                        const char *const *left_names, const char *const *right_names, size_t n_keys,
                        dk_error *err);
void dki_join_drop(dki_join *join);

#endif
