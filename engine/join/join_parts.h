/* join_parts.h - a join that is being made. For join.c and join_rows.c. */
#ifndef DKI_JOIN_JOIN_PARTS_H
#define DKI_JOIN_JOIN_PARTS_H

#include "join_key.h"

typedef struct dki_joining {
    dki_join join;
    const dk_join_options *how;
    const uint32_t *matches; /* one row of right for each row of left */
    uint32_t *asof_rows;     /* the same where they were made here; owned */
    uint32_t *next, *last;   /* rows of right with the same key, where these are more than one; owned */
    uint64_t *left, *right;  /* the rows of the result; owned */
    uint64_t n;
    bool is_all_left; /* left's rows, each once */
    dk_field *fields; /* of right that come over: under their new names; columns are right's */
    char **names;     /* the names that were made */
    size_t n_fields;
} dki_joining;

/* join_rows.c ------------------------------------------------------------------------------------------------------ */

/* Lists rows of right with the same key, where they are wanted: next, last. */
dk_status dki_joining_chain(dki_joining *making, dk_error *err);
/* The rows of the result: of left those that stay, and beside each the row of right that it gets. DK_ERR_LIMIT where they are more than
 * a table has. */
dk_status dki_joining_rows(dki_joining *making, dk_error *err);
/* In their place the rows of right whose key no row of left has. */
dk_status dki_joining_alone(dki_joining *making, dk_error *err);

#endif
