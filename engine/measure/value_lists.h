/* value_lists.h - the values of each group, in any order within it: what quantiles are selected from, without sorting. */
#ifndef DKI_MEASURE_VALUE_LISTS_H
#define DKI_MEASURE_VALUE_LISTS_H

#include <dekking/context.h>

#include "base/checked.h"

/* Values are codes: what is known of a row less `least`, below 2^32. Aggregates over one value share its lists, which
 * nobody changes once they are filled. */
typedef struct dki_value_lists {
    dk_context *context; /* borrowed */
    unsigned n_users;    /* of one thread */
    size_t n_groups;
    int64_t least;
    uint32_t *starts; /* n_groups + 1: where the codes of each group begin; fewer than 2^32 in all */
    uint32_t *codes;
} dki_value_lists;

/* Room for so many groups and codes, with one user. */
dk_status dki_value_lists_new(dk_context *context, size_t n_groups, size_t n_codes, int64_t least,
                              dki_value_lists **out, dk_error *err);
void dki_value_lists_release(dki_value_lists *lists); /* NULL does nothing */

/* The codes that come in places k and k + 1, counted from 0, when n codes are put in order; the last one again where
 * there is none behind it. Cost: a few passes over them. */
void dki_codes_select(const uint32_t *codes, size_t n, size_t k, uint32_t out[2]);
/* Sum of codes and of their squares. */
typedef struct dki_code_sums {
    uint64_t sum;
    dki_u128 squares;
} dki_code_sums;
dki_code_sums dki_codes_sums(const uint32_t *codes, size_t n);

#endif
