/* lane_plan.c - decides which breakdowns by members are counted in lanes, and makes words of sets.
 *
 * Invariants: no bit of a word stands behind the last member. Cost: a look at each set. Poll: once for so many sets as a block
 * has rows.
 */
#include <dekking/members.h>

#include "base/bit_length.h"
#include "dense_forms.h"
#include "entries.h"
#include "lanes.h"

#define MOST_CODE_BITS 48 /* of a set and a value: the cell stands beside them */
#define MOST_ADDED 2      /* lanes of all tables for each row, where they are added up */
#define LEAST_MEAN 4      /* members of a set: where there are fewer, sums in many lanes cost more than entries */

size_t dki_lanes_dim(const dki_plan *plan, size_t *n)
{
    size_t found = DKI_NONE;

    *n = 0;
    for (size_t d = plan->breakdown->n_by; d-- > 0;) {
        if (plan->spreads[d] != DKI_SPREAD_NOT) {
            found = d;
            ++*n;
        }
    }
    return found;
}

/* Whether sets have members enough to go through all lanes of sums for. */
static bool pays(const dki_plan *plan, const dki_dense_plan *dense, size_t dim)
{
    const dk_dictionary *sets = plan->sets[dim];
    size_t n_sets = dk_dictionary_n_levels(sets), n_members = dk_dictionary_n_levels(dk_dictionary_members(sets));
    uint64_t n = 0;

    if ((dense->n_sums == 0 && dense->all_taken) || dense->radix[dim] <= DKI_MOST_LANES)
        return true;
    for (size_t code = 1; code <= n_sets; code++) {
        size_t own;

        (void)dk_dictionary_set(sets, (uint32_t)code, &own);
        n += plan->spreads[dim] == DKI_SPREAD_MISSING ? n_members - own : own;
    }
    return n >= (uint64_t)LEAST_MEAN * n_sets;
}

/* Whether rows can be dealt with their set and their value, and all values of slots be numbered. */
static bool can_list(const dki_dense_plan *dense, size_t dim)
{
    const dki_plan *plan = dense->plan;
    unsigned set_bits = dki_bit_length(dk_dictionary_n_levels(plan->sets[dim]));

    for (size_t i = 0; i < dense->n_lists; i++) {
        uint64_t n_codes = dki_dimension_n_codes(&plan->values[dense->lists[i]].what);

        if (set_bits + dki_bit_length(n_codes) > MOST_CODE_BITS ||
            dk_table_n_rows(plan->table) * dense->radix[dim] > UINT32_MAX)
            return false;
    }
    return true;
}

/* Whether every aggregate can be had from lanes, and these are few enough. */
static bool takes_all(const dki_dense_plan *dense, size_t dim)
{
    uint64_t n_cells, n, most_rows = UINT16_MAX;

    if (dense->plan == NULL || !can_list(dense, dim))
        return false;
    n_cells = dense->n_slots / dense->radix[dim];
    n = n_cells * dense->n_lists;
    for (size_t i = 0; i < dense->plan->n_aggregates; i++) {
        dki_lane_weighed weighed;

        if (dki_dense_takes(dense, i))
            continue;
        if (!dki_lane_weighed_init(&weighed, dense->plan, i))
            return false;
        most_rows = weighed.most_rows < most_rows ? weighed.most_rows : most_rows;
        n += n_cells * (2 + weighed.weighs);
    }
    for (size_t i = 0; i < dense->n_counters; i++)
        n += (n_cells * dense->counters[i].n_codes) << dense->counters[i].n_bits;
    for (size_t i = 0; i < dense->n_sums; i++) {
        if ((dense->sums[i].least || dense->sums[i].most) && dense->sums[i].width > 1)
            return false;
        n += n_cells * 2;
    }
    return n * dense->radix[dim] <= MOST_ADDED * (most_rows + 1);
}

/* Words of the sets of a dimension. */
static dk_status make_words(dki_plan *plan, size_t dim, bool wholes, dk_error *err)
{
    const dk_dictionary *sets = plan->sets[dim];
    size_t n_sets = dk_dictionary_n_levels(sets), n_members = dk_dictionary_n_levels(dk_dictionary_members(sets));
    size_t n_codes = (size_t)dki_dimension_n_codes(&plan->dims[dim]);
    dki_entry_words *words = dki_arena_array(&plan->arena, 1, sizeof *words, err);
    uint64_t whole = wholes ? UINT64_C(1) << (n_members + 1) : 0, all = (UINT64_C(2) << n_members) - 2;
    uint32_t *groups[DKI_LANE_GROUPS] = { NULL };
    dk_status status = words ? DK_OK : DK_ERR_MEMORY;

    for (size_t g = 0; status == DK_OK && g * DKI_MOST_LANES < n_codes; g++) {
        groups[g] = dki_arena_array(&plan->arena, n_sets + 2, sizeof *groups[g], err);
        status = groups[g] ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t code = 0; status == DK_OK && code <= n_sets; code++) {
        uint64_t word = 0;
        const uint32_t *own;
        size_t n;

        if (code % DK_BLOCK_ROWS == 0)
            status = dki_poll(plan->context, err);
        if (code > 0) {
            own = dk_dictionary_set(sets, (uint32_t)code, &n);
            for (size_t i = 0; i < n; i++)
                word |= UINT64_C(1) << own[i];
            if (plan->spreads[dim] == DKI_SPREAD_MISSING)
                word ^= all;
        } else {
            word = 1;
        }
        word |= whole;
        for (size_t g = 0; g < DKI_LANE_GROUPS && groups[g]; g++)
            groups[g][code + 1] = (uint32_t)(word >> (g * DKI_MOST_LANES));
    }
    if (status != DK_OK)
        return status;
    for (size_t g = 0; g < DKI_LANE_GROUPS; g++)
        words->groups[g] = groups[g];
    plan->words = words;
    return DK_OK;
}

dk_status dki_plan_lanes(dki_plan *plan, bool wholes, bool anyway, bool *does, dk_error *err)
{
    size_t n, dim = dki_lanes_dim(plan, &n);
    dki_dimension sets = plan->dims[dim];
    dki_dense_plan dense = { 0 };
    dki_entry_list *none;
    dk_status status;

    *does = false;
    plan->dims[dim] = dki_members_of(sets.levels);
    if (n == 1 && dki_dimension_n_codes(&plan->dims[dim]) <= DKI_LANE_GROUPS * DKI_MOST_LANES) {
        status = dki_dense_plan_init(&dense, plan, err);
        *does = status == DK_OK && takes_all(&dense, dim) && (anyway || pays(plan, &dense, dim));
        dki_dense_plan_drop(&dense);
        if (status != DK_OK)
            return status;
    }
    if (!*does) {
        plan->dims[dim] = sets;
        return DK_OK;
    }
    none = dki_arena_array(&plan->arena, DKI_MAX_DIMENSIONS, sizeof *none, err);
    if (none == NULL)
        return DK_ERR_MEMORY;
    plan->entries = none;
    return make_words(plan, dim, wholes, err);
}
