/* dense_groups.h - the groups of what was counted by index (dense.h). */
#ifndef DKI_QUERY_DENSE_GROUPS_H
#define DKI_QUERY_DENSE_GROUPS_H

#include "dense.h"

/* Whether rows of these conditions count: those where the filter holds (DKI_NONE: the where, if there is one). */
static inline bool dki_dense_counts_class(const dki_dense_counters *counters, size_t class, size_t filter)
{
    for (size_t b = 0; b < counters->n_bits; b++) {
        if (counters->filters[b] == filter)
            return class >> b & 1;
    }
    return true;
}

/* How many values the total of a slot has. */
static inline uint64_t dki_dense_count_of(const dki_dense *dense, size_t number, size_t slot)
{
    const dki_dense_sums *sums = &dense->plan->sums[number];
    size_t by = sums->counted_by == DKI_NONE ? number : sums->counted_by, at = slot << dense->plan->row_bits;

    return dense->ns[by] ? dense->ns[by][at] : dense->totals[by][at] >> dense->plan->sums[by].shift;
}

/* Rows of each slot that the breakdown's where lets through: not 0 where there are any. by_slot: the accumulators that were
 * not taken. */
void dki_dense_find_rows(const dki_dense *dense, const dki_accumulator *by_slot, uint32_t *rows);
/* Makes groups of the slots that have rows; slots gets the slot of each of the *n. map: rows of each slot, then its group. */
dk_status dki_dense_make_groups(const dki_dense_plan *plan, dki_grouper *grouper, uint32_t *map, uint32_t *slots,
                                size_t *n, dk_error *err);

#endif
