/* breakdown_cells.c - from groups to cells: levels without rows, totals, the order of rows.
 *
 * Everything after the pass over the rows works on cells, of which there are few. The rows of every later column
 * stand in the order that is settled here.
 */
#include "breakdown_plan.h"

#include "base/memory.h"
#include "base/status.h"
#include "expr/poll_row.h"
#include "partition.h"

/* Cells. ------------------------------------------------------------------------------------------------------- */

/* The ranks of every group: n_dims for each. */
static dk_status make_ranks(const dki_grouper *grouper, uint32_t *ranks, dk_error *err)
{
    for (size_t d = 0; d < grouper->n_dims; d++) {
        uint32_t *rank_of =
            dki_alloc_array(grouper->context, dki_grouper_n_codes(grouper, d), sizeof *rank_of, err);
        dk_status status;

        if (rank_of == NULL)
            return DK_ERR_MEMORY;
        status = dki_grouper_ranks(grouper, d, rank_of, err);
        DKI_FOR_ROWS(i, grouper->n_groups, grouper->context, status, err)
        {
            ranks[i * grouper->n_dims + d] = rank_of[dki_grouper_key(grouper, i)[d]];
        }
        dki_free(grouper->context, rank_of);
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

static dk_status make_cells(dki_result *result, dk_error *err)
{
    const dki_plan *plan = result->plan;
    const dki_grouper *grouper = &result->groups.grouper;
    uint32_t *ranks = dki_alloc_array(plan->context, grouper->n_groups, (grouper->n_dims + 1) * sizeof *ranks, err);
    uint32_t coarser[64];
    dki_int_map masks;
    dk_status status;

    if (ranks == NULL)
        return DK_ERR_MEMORY;
    dki_int_map_init(&masks, plan->context);
    status = make_ranks(grouper, ranks, err);
    if (status == DK_OK)
        status = dki_cells_init(&result->cells, plan->context, ranks, grouper->n_groups, grouper->n_dims, err);
    dki_free(plan->context, ranks);
    if (status == DK_OK)
        status = dki_result_spread(result, err);
    if (status == DK_OK)
        status = dki_plan_coarser(plan, &masks, err);
    if (status == DK_OK && masks.n > sizeof coarser / sizeof *coarser) {
        status = dki_fail(err, DK_ERR_LIMIT, "%s has all() over more than %zu sets of dimensions",
                          plan->breakdown->title, sizeof coarser / sizeof *coarser);
        dki_hint(err, "ask for some of its measures in a second breakdown");
    }
    for (size_t i = 0; status == DK_OK && i < masks.n; i++)
        coarser[i] = (uint32_t)masks.keys[i];
    for (size_t i = 0; status == DK_OK && plan->breakdown->told_by && i < plan->breakdown->n_hidden; i++)
        result->cells.told_by[plan->breakdown->n_by - plan->breakdown->n_hidden + i] = plan->breakdown->told_by[i];
    if (status == DK_OK)
        result->cells.n_found = result->n_found;
    if (status == DK_OK)
        status = dki_cells_margins(&result->cells, plan->breakdown->margins, plan->breakdown->sets,
                                   plan->breakdown->n_sets, coarser, masks.n, err);
    dki_int_map_drop(&masks);
    return status;
}

/* A spread level, whose cells each take several sets: the first member of every set, then the second, ... */
static dk_status fill_spread(dki_result *result, const dki_level *level, dk_error *err)
{
    const dki_level *sets = &result->cells.levels[level->parent];
    uint32_t *map = dki_alloc_array(result->plan->context, sets->n, sizeof *map, err);
    dk_status status = map ? DK_OK : DK_ERR_MEMORY;
    bool any = true;

    for (uint32_t place = 0; status == DK_OK && any; place++) {
        any = false;
        for (size_t i = 0; i < sets->n; i++) {
            uint32_t at = level->ends[i] + place;

            map[i] = at < level->ends[i + 1] ? level->to[at] : DKI_NO_GROUP;
            any = any || map[i] != DKI_NO_GROUP;
        }
        status = dki_poll(result->plan->context, err);
        for (size_t i = 0; status == DK_OK && any && i < result->groups.n_accumulators; i++) {
            dki_accumulator *accumulator = &result->groups.accumulators[i];

            status = dki_accumulator_merge(accumulator, accumulator, sets->first, sets->n, map, err);
        }
    }
    dki_free(result->plan->context, map);
    return status;
}

/* Of entries, what totals a dimension of members takes those that stand for whole rows. */
static dk_status fill_wholes(dki_result *result, const dki_level *level, dk_error *err)
{
    const dki_cells *cells = &result->cells;
    const dki_level *parent = &cells->levels[level->parent];
    uint32_t totalled = cells->spread & level->mask & ~parent->mask;
    uint32_t *map = dki_alloc_array(result->plan->context, parent->n, sizeof *map, err);
    dk_status status = map ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < parent->n; i++) {
        const uint32_t *ranks = dki_cell_ranks(cells, parent->first + i);

        map[i] = level->to[i];
        for (size_t d = 0; d < cells->n_dims; d++)
            if (totalled >> d & 1 && ranks[d] != cells->spreads[d].n_members)
                map[i] = DKI_NO_GROUP;
    }
    for (size_t i = 0; status == DK_OK && i < result->groups.n_accumulators; i++) {
        dki_accumulator *accumulator = &result->groups.accumulators[i];

        status = dki_accumulator_merge(accumulator, accumulator, parent->first, parent->n, map, err);
    }
    dki_free(result->plan->context, map);
    return status;
}

/* Of entries, a cell of members holds what the cell holds that it was made of: nothing is put together. */
static dk_status share_groups(dki_result *result, dk_error *err)
{
    const dki_cells *cells = &result->cells;

    result->held_by = dki_arena_array(&result->arena, dki_cells_n(cells), sizeof *result->held_by, err);
    if (result->held_by == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < dki_cells_n(cells); i++)
        result->held_by[i] = (uint32_t)i;
    for (size_t k = 1; k < cells->n_levels; k++) {
        const dki_level *level = &cells->levels[k], *parent = &cells->levels[level->parent];

        for (size_t i = 0; level->ends && i < parent->n; i++)
            if (level->ends[i] < level->ends[i + 1])
                result->held_by[level->to[level->ends[i]]] = (uint32_t)(parent->first + i);
    }
    return DK_OK;
}

/* Puts the accumulators of finer cells together, level by level. */
static dk_status fill_levels(dki_result *result, dk_error *err)
{
    const dki_cells *cells = &result->cells;
    dk_status status = result->plan->entries ? share_groups(result, err) : DK_OK;

    for (size_t i = 0; status == DK_OK && i < result->groups.n_accumulators; i++)
        status = dki_accumulator_room(&result->groups.accumulators[i], dki_cells_n(cells), err);
    for (size_t k = 1; status == DK_OK && k < cells->n_levels; k++) {
        const dki_level *parent = &cells->levels[cells->levels[k].parent];

        status = dki_poll(result->plan->context, err);
        if (status == DK_OK && cells->levels[k].ends) {
            status = result->plan->entries ? DK_OK : fill_spread(result, &cells->levels[k], err);
            continue;
        }
        if (status == DK_OK && result->plan->entries && cells->spread & cells->levels[k].mask & ~parent->mask) {
            status = fill_wholes(result, &cells->levels[k], err);
            continue;
        }
        for (size_t i = 0; status == DK_OK && i < result->groups.n_accumulators; i++) {
            dki_accumulator *accumulator = &result->groups.accumulators[i];

            status =
                dki_accumulator_merge(accumulator, accumulator, parent->first, parent->n, cells->levels[k].to, err);
        }
    }
    return status;
}

static dk_status order_cells(dki_result *result, dk_error *err)
{
    size_t n = dki_cells_n(&result->cells);
    dk_status status;

    result->n_rows = dki_cells_n_rows(&result->cells);
    result->order = dki_alloc_array(result->plan->context, n, sizeof *result->order, err);
    result->rows = dki_alloc_array(result->plan->context, n, sizeof *result->rows, err);
    if (result->order == NULL || result->rows == NULL)
        return DK_ERR_MEMORY;
    status = dki_cells_order(&result->cells, result->order, &result->n_shown, err);
    for (size_t i = 0; status == DK_OK && i < result->n_rows; i++)
        result->rows[result->order[i]] = (uint32_t)i;
    return status;
}

/* The whole. --------------------------------------------------------------------------------------------------- */

dk_status dki_plan_stays_in_parts(const dki_plan *plan, bool *stays, dk_error *err)
{
    dki_int_map masks;
    dk_status status;

    *stays = plan->breakdown->margins == DK_MARGINS_NONE && !dki_breakdown_shows_levels(plan->breakdown) &&
             plan->n_periods == 0 && plan->n_shares == 0 && !dki_plan_spreads(plan);
    if (!*stays)
        return DK_OK;
    dki_int_map_init(&masks, plan->context);
    status = dki_plan_coarser(plan, &masks, err);
    *stays = masks.n == 0;
    dki_int_map_drop(&masks);
    return status;
}

dk_status dki_result_cells(dki_result *result, dk_error *err)
{
    dki_grouper *grouper = &result->groups.grouper;
    uint32_t number, nothing = 0;
    bool stays = false;
    dk_status status = result->groups.parts ? dki_plan_stays_in_parts(result->plan, &stays, err) : DK_OK;

    if (status == DK_OK && stays) {
        result->n_rows = result->n_shown = result->groups.parts->n_groups;
        return DK_OK;
    }
    if (status == DK_OK)
        status = dki_groups_gather(&result->groups, result->plan, err);
    result->n_found = grouper->n_groups;
    if (status == DK_OK && dki_breakdown_shows_levels(result->plan->breakdown))
        status = dki_plan_add_levels(result->plan, grouper, err);
    if (status == DK_OK && grouper->n_dims == 0)
        status = dki_group_add(grouper, &nothing, &number, err); /* one row, also for no rows */
    if (status == DK_OK)
        status = make_cells(result, err);
    if (status == DK_OK)
        status = fill_levels(result, err);
    if (status == DK_OK)
        status = order_cells(result, err);
    return status;
}
