/* dense_groups.c - which slots have rows, and the groups that they become.
 *
 * Groups are made in the order of their keys where that costs nothing, so that nobody has to put them in order later.
 * Cost: O(slots). Poll: once per block of groups.
 */
#include "dense_groups.h"

#include <string.h>

#include "base/memory.h"

#define MOST_RANKED ((size_t)1 << 18) /* slots that are looked at in another order than they lie in */

void dki_dense_find_rows(const dki_dense *dense, const dki_accumulator *by_slot, uint32_t *rows)
{
    const dki_dense_plan *plan = dense->plan;
    const dki_dense_counters *counters = plan->counters;
    size_t n = plan->n_slots;

    memset(rows, 0, n * sizeof *rows);
    if (plan->seen_by != DKI_NONE) {
        for (size_t slot = 0; slot < n; slot++)
            rows[slot] = dense->records[plan->seen_by][slot << plan->record_bits].most < INT16_MAX;
        return;
    }
    if (plan->told_by != DKI_NONE) {
        for (size_t slot = 0; slot < n; slot++)
            rows[slot] = dki_dense_count_of(dense, plan->told_by, slot) != 0;
        return;
    }
    if (plan->listed_by != DKI_NONE) {
        for (size_t slot = 0; slot < n; slot++)
            rows[slot] = dki_dense_list_has(&dense->lists[plan->listed_by], slot);
        return;
    }
    if (plan->gathered_by != DKI_NONE) {
        const dki_accumulator *gathered = &by_slot[plan->gathered_by];

        for (size_t slot = 0; slot < n; slot++)
            rows[slot] = gathered->n[slot] + dki_moments_n(&gathered->moments, slot) != 0;
        return;
    }
    if (dense->seen) {
        const uint8_t *seen = dense->seen + (plan->plan->where ? n : 0);

        for (size_t slot = 0; slot < n; slot++)
            rows[slot] = seen[slot];
        return;
    }
    for (size_t class = 0; class < (size_t)1 << counters->n_bits; class ++) {
        if (!dki_dense_counts_class(counters, class, DKI_NONE))
            continue;
        for (size_t code = 0; code < counters->n_codes; code++) {
            const uint32_t *from = dense->counts[0] + (class * counters->n_codes + code) * n;

            for (size_t slot = 0; slot < n; slot++)
                rows[slot] += from[slot];
        }
    }
}

/* The codes of a dimension in the order of ranks, in which results stand, or as they are. */
static dk_status code_order(const dki_dense_plan *plan, const dki_grouper *grouper, size_t dim, bool by_rank,
                            uint32_t **out, dk_error *err)
{
    uint32_t n = plan->radix[dim];
    uint32_t *ranks = by_rank ? dki_alloc_array(grouper->context, n, sizeof *ranks, err) : NULL;
    uint32_t *order = dki_alloc_array(grouper->context, n, sizeof *order, err);
    dk_status status = order && (ranks || !by_rank) ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK && by_rank)
        status = dki_grouper_ranks(grouper, dim, ranks, err);
    for (uint32_t code = 0; code < n && status == DK_OK; code++)
        order[by_rank ? ranks[code] : code] = code;
    dki_free(grouper->context, ranks);
    if (status == DK_OK)
        *out = order;
    else
        dki_free(grouper->context, order);
    return status;
}

/* Whether groups are made in the order of ranks: not of so many slots that they are better read as they lie, and lists of values
 * want them as they lie. */
static bool goes_by_rank(const dki_dense_plan *plan, const dki_grouper *grouper)
{
    for (size_t d = 0; d < grouper->n_dims; d++)
        if (dki_grouper_n_codes(grouper, d) != plan->radix[d])
            return false;
    return plan->n_lists == 0 && plan->n_slots <= MOST_RANKED;
}

/* Slots that become groups, on their way: codes of a block of them stand in the grouper. */
struct making {
    dki_grouper *grouper;
    uint32_t *map, *slots;
    size_t n, n_block;
};

/* The slots first + order[0 .. n - 1] that have rows; the other dimensions have the codes at[]. */
static dk_status add_slots(struct making *m, size_t first, const uint32_t *at, const uint32_t *order, uint32_t n,
                           dk_error *err)
{
    dki_grouper *grouper = m->grouper;
    size_t last = grouper->n_dims - 1;
    dk_status status = DK_OK;

    for (uint32_t k = 0; k < n && status == DK_OK; k++) {
        size_t slot = first + order[k];

        if (m->map[slot] == 0)
            continue;
        m->map[slot] = (uint32_t)m->n;
        m->slots[m->n++] = (uint32_t)slot;
        for (size_t d = 0; d < last; d++)
            grouper->codes[d][m->n_block] = at[d];
        grouper->codes[last][m->n_block++] = order[k];
        if (m->n_block < DK_BLOCK_ROWS)
            continue;
        m->n_block = 0;
        status = dki_poll(grouper->context, err);
        if (status == DK_OK)
            status = dki_group_add_codes(grouper, DK_BLOCK_ROWS, err);
    }
    return status;
}

dk_status dki_dense_make_groups(const dki_dense_plan *plan, dki_grouper *grouper, uint32_t *map, uint32_t *slots,
                                size_t *n, dk_error *err)
{
    size_t n_dims = grouper->n_dims, last = n_dims - 1, turns, made = 0;
    uint32_t *orders[DKI_MAX_DIMENSIONS], places[DKI_MAX_DIMENSIONS] = { 0 }, at[DKI_MAX_DIMENSIONS];
    struct making m = { grouper, map, slots, 0, 0 };
    dk_status status = DK_OK;

    if (n_dims == 0) { /* one slot, whose key is nothing */
        *n = map[0] != 0;
        map[0] = slots[0] = 0;
        return *n ? dki_group_add_codes(grouper, 1, err) : DK_OK;
    }
    for (; made < n_dims && status == DK_OK; made += status == DK_OK)
        status = code_order(plan, grouper, made, goes_by_rank(plan, grouper), &orders[made], err);
    turns = plan->n_slots / plan->radix[last];
    for (size_t turn = 0; turn < turns && status == DK_OK; turn++) {
        size_t first = 0;

        for (size_t d = 0; d < last; d++) {
            at[d] = orders[d][places[d]];
            first = first * plan->radix[d] + at[d];
        }
        status = add_slots(&m, first * plan->radix[last], at, orders[last], plan->radix[last], err);
        for (size_t d = last; d-- > 0 && ++places[d] == plan->radix[d];)
            places[d] = 0;
    }
    if (status == DK_OK && m.n_block > 0)
        status = dki_group_add_codes(grouper, m.n_block, err);
    while (made > 0)
        dki_free(grouper->context, orders[--made]);
    *n = m.n;
    return status;
}
