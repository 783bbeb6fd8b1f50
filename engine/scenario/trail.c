/* trail.c - records what became of each cell, step by step.
 *
 * A step's parts know where they come from when they are taken, and where they are when its cells have been grouped again.
 * Until then `to` of those that moved is their place among all that did.
 */
#include "trail.h"

#include <string.h>

#include "base/memory.h"
#include "expr/poll_row.h"
#include "row_cells.h"

void dki_trail_init(dki_trail *trail, dk_context *context)
{
    *trail = (dki_trail){ .context = context };
}

void dki_trail_drop(dki_trail *trail)
{
    for (size_t i = 0; i < trail->room; i++)
        dki_free(trail->context, trail->steps[i].parts);
    dki_free(trail->context, trail->steps);
    dki_trail_init(trail, trail->context);
}

dk_status dki_trail_begin(dki_trail *trail, uint64_t n_cells, dk_error *err)
{
    dki_trail_step *step;
    size_t before = trail->room;
    dk_status status =
        dki_grow(trail->context, (void **)&trail->steps, &trail->room, trail->n + 1, sizeof *step, err);

    if (status != DK_OK)
        return status;
    memset(trail->steps + before, 0, (trail->room - before) * sizeof *step);
    step = &trail->steps[trail->n];
    step->n = step->n_after = step->n_moved = 0;
    step->n_before = n_cells;
    return DK_OK;
}

static dk_status add(dki_trail *trail, const dki_trail_part *part, dk_error *err)
{
    dki_trail_step *step = &trail->steps[trail->n];
    dk_status status = dki_grow(trail->context, (void **)&step->parts, &step->room, step->n + 1, sizeof *part, err);

    if (status == DK_OK)
        step->parts[step->n++] = *part;
    return status;
}

/* Whether several cells gave a part of what they had together. */
static bool gave_together(const dki_stage *stage, const dki_strata *strata, const int64_t *taken)
{
    for (uint64_t c = 0; c < strata->n_combinations; c++) {
        uint64_t begin = strata->combinations[c], end = strata->combinations[c + 1];
        int64_t had = 0, gave = 0;

        for (uint64_t i = begin; i < end; i++) {
            int64_t has = stage->weights[strata->cells[i]], gives = taken[strata->cells[i]];

            if (strata->chosen && gives != 0 && gives != has) /* a person is cells of more columns */
                return true;
            had += has;
            gave += gives;
        }
        if (strata->chosen == NULL && end - begin > 1 && gave != 0 && (strata->effect == DK_ADDS || gave != had))
            return true;
    }
    return false;
}

dk_status dki_trail_take(dki_trail *trail, const dki_stage *stage, const dki_strata *strata, const int64_t *taken,
                         dk_error *err)
{
    dki_trail_step *step = &trail->steps[trail->n];
    dk_status status = DK_OK;

    trail->is_shared = trail->is_shared || gave_together(stage, strata, taken);
    DKI_FOR_ROWS(i, step->n_before, trail->context, status, err)
    {
        dki_trail_part part = { taken[i], (uint32_t)i, DKI_TRAIL_GONE, false, strata->effect == DK_ADDS };

        if (taken[i] == 0)
            continue;
        if (strata->effect != DK_REMOVES)
            part.to = step->n_moved++;
        status = add(trail, &part, err);
    }
    return status;
}

dk_status dki_trail_stay(dki_trail *trail, const int64_t *left, dk_error *err)
{
    uint64_t n = trail->steps[trail->n].n_before;
    dk_status status = DK_OK;

    DKI_FOR_ROWS(i, n, trail->context, status, err)
    {
        dki_trail_part part = { left[i], (uint32_t)i, (uint32_t)i, true, false };

        status = add(trail, &part, err);
    }
    return status;
}

dk_status dki_trail_arrive(dki_trail *trail, const dk_table *joined, const dk_table *after,
                           const dki_text_map *names, dk_error *err)
{
    dki_trail_step *step = &trail->steps[trail->n];
    uint32_t *numbers = dki_alloc_array(trail->context, (size_t)dk_table_n_rows(joined), sizeof *numbers, err);
    dk_status status = numbers ? dki_row_cells(joined, after, names, numbers, err) : DK_ERR_MEMORY;

    DKI_FOR_ROWS(i, step->n, trail->context, status, err)
    {
        dki_trail_part *part = &step->parts[i];

        if (part->stays)
            part->to = numbers[part->to];
        else if (part->to != DKI_TRAIL_GONE)
            part->to = numbers[step->n_before + part->to];
    }
    dki_free(trail->context, numbers);
    if (status == DK_OK) {
        step->n_after = dk_table_n_rows(after);
        trail->n++;
    }
    return status;
}
