/* group.h - gives every row of a block a group number.
 *
 * A dimension's values become codes (0 is null), the codes of all dimensions become one key, and the key a number.
 * Numbers are dense, in the order in which keys were first met, and private to one grouper: each worker has its
 * own, and they are merged by key in the end. What a user sees is put in the order of ranks.
 */
#ifndef DKI_QUERY_GROUP_H
#define DKI_QUERY_GROUP_H

#include <dekking/column.h>

#include "base/hash.h"
#include "breakdown_parts.h"
#include "coder.h"

typedef struct dki_grouper {
    dk_context *context; /* borrowed */
    size_t n_dims;
    size_t block; /* rows that there is room for at a time */
    dki_coder coders[DKI_MAX_DIMENSIONS];
    uint32_t *codes[DKI_MAX_DIMENSIONS]; /* of the block at hand */
    int64_t *values;                     /* the same, before they are coded */
    uint64_t *packed;                    /* the same, all dimensions in one */
    uint32_t *table;                     /* number + 1 by packed key, where that is small; else NULL */
    uint64_t n_table;
    uint32_t *numbered; /* number + 1 by the code of the only dimension, where there is no table */
    size_t n_numbered;
    uint8_t bits[DKI_MAX_DIMENSIONS]; /* how many bits a code takes in a hashed key */
    bool recode[DKI_MAX_DIMENSIONS];  /* the key before this dimension is made a number, to have room */
    dki_int_map steps[DKI_MAX_DIMENSIONS];
    dki_int_map numbers; /* the last step: a key to its group, of several dimensions without a table */
    uint32_t *keys;      /* n_dims codes for each group */
    size_t n_groups, capacity;
} dki_grouper;

/* n_rows: about how many rows will come; it decides on the size of the table, and no block may have more. After a failure
 * the grouper may only be dropped; a zeroed one may be dropped too. */
dk_status dki_grouper_init(dki_grouper *grouper, dk_context *context, const dki_dimension *dims, size_t n_dims,
                           uint64_t n_rows, dk_error *err);
void dki_grouper_drop(dki_grouper *grouper);
/* out[i] is the group of row i for every row in selection (NULL: all n rows); the rest of out is unspecified.
 * views: one for each dimension. */
dk_status dki_group_block(dki_grouper *grouper, const dk_view *const *views, size_t n, const uint64_t *selection,
                          uint32_t *out, dk_error *err);
/* Finds or makes the group with these codes, one for each dimension. */
dk_status dki_group_add(dki_grouper *grouper, const uint32_t *codes, uint32_t *number, dk_error *err);
/* Finds or makes the groups of the n <= DK_BLOCK_ROWS keys whose codes the caller has put in grouper->codes. New
 * ones are numbered in that order. */
dk_status dki_group_add_codes(dki_grouper *grouper, size_t n, dk_error *err);
/* The code of a value that is known, as an integer, a category's code or the bits of a real: found or made. Not for
 * texts and ratios. */
dk_status dki_grouper_code(dki_grouper *grouper, size_t dim, int64_t value, uint32_t *code, dk_error *err);
/* Adds the groups of another grouper of the same dimensions: map[i] becomes the number here of its group i. */
dk_status dki_grouper_merge(dki_grouper *grouper, const dki_grouper *other, uint32_t *map, dk_error *err);

/* Codes of a dimension: 0 .. n - 1. */
uint32_t dki_grouper_n_codes(const dki_grouper *grouper, size_t dim);
static inline const uint32_t *dki_grouper_key(const dki_grouper *grouper, size_t group)
{
    return grouper->keys + group * grouper->n_dims;
}
/* Fills ranks[0 .. n_codes - 1] with the place of each code in the order of values, null last. */
dk_status dki_grouper_ranks(const dki_grouper *grouper, size_t dim, uint32_t *ranks, dk_error *err);
/* Appends the value of a code to a builder of the dimension's type. */
dk_status dki_grouper_append(const dki_grouper *grouper, size_t dim, uint32_t code, dk_builder *builder,
                             dk_error *err);
/* The same for n <= DK_BLOCK_ROWS codes. */
dk_status dki_grouper_append_codes(const dki_grouper *grouper, size_t dim, const uint32_t *codes, size_t n,
                                   dk_builder *builder, dk_error *err);
/* The value of a code; texts are borrowed from the grouper or its levels. */
dk_value dki_grouper_value(const dki_grouper *grouper, size_t dim, uint32_t code);

#endif
