/* model_choose.c - lumps of a selection: of a model for anybody, with those whom its steps match at some values of parameters.
 *
 * Lumps before the last step that selects are made again of cells. Where that is the first one, as in most scenarios, there
 * is a lump for each of those after it, whom nobody takes from, and selected cells are taken out of these one by one: so a choice
 * costs what changes.
 */
#include <string.h>

#include "base/memory.h"
#include "model.h"

dk_status dki_lumps_prepare(dki_lumps *lumps, dk_error *err)
{
    const dki_model *model = lumps->model;
    bool any = false;

    for (size_t i = 0; i < model->n_steps; i++)
        any = any || model->steps[i].selects;
    if (!any)
        return DK_OK;
    lumps->can_choose = true;
    lumps->after = dki_calloc(lumps->context, model->n_steps, sizeof *lumps->after, err);
    return lumps->after ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_lumps_note(dki_lumps *lumps, size_t step, const uint32_t *after, dk_error *err)
{
    const dki_model *model = lumps->model;
    size_t n = step + 1 < model->n_steps ? model->steps[step + 1].n : model->n;

    lumps->after[step] = dki_alloc_array(lumps->context, n, sizeof *after, err);
    if (lumps->after[step] == NULL)
        return DK_ERR_MEMORY;
    if (n > 0)
        memcpy(lumps->after[step], after, n * sizeof *after);
    return DK_OK;
}

/* The last step that selects; there is one. */
static size_t last_choice(const dki_lumps *lumps)
{
    size_t last = lumps->model->n_steps;

    while (lumps->after[--last] == NULL)
        ;
    return last;
}

static size_t n_after(const dki_lumps *lumps, size_t step)
{
    return step + 1 < lumps->model->n_steps ? lumps->steps[step + 1].n : lumps->n;
}

dk_status dki_lumps_begin(dki_lumps *lumps, dk_error *err)
{
    const dki_model_step *step = &lumps->model->steps[0];
    const int64_t *weights = lumps->model->first;

    if (!lumps->can_choose || last_choice(lumps) > 0)
        return DK_OK;
    lumps->stays = dki_alloc_array(lumps->context, step->n, sizeof *lumps->stays, err);
    lumps->takes = dki_alloc_array(lumps->context, step->n, sizeof *lumps->takes, err);
    lumps->still = dki_calloc(lumps->context, n_after(lumps, 0), sizeof *lumps->still, err);
    if (lumps->stays == NULL || lumps->takes == NULL || lumps->still == NULL)
        return DK_ERR_MEMORY;
    for (size_t c = 0; c < step->n; c++) {
        lumps->stays[c] = lumps->after[0][step->stay[c]];
        lumps->still[lumps->stays[c]] += weights[c] / lumps->unit;
    }
    for (uint64_t i = 0; i < step->strata.n_cells; i++) /* which are all */
        lumps->takes[step->strata.cells[i]] = lumps->after[0][step->move[0][i]];
    return DK_OK;
}

/* Choosing ------------------------------------------------------------------------------------------------------ */

void dki_lumps_drop_choice(dki_lumps *choice)
{
    for (size_t i = 0; choice->steps && i < choice->n_own; i++) {
        dki_free(choice->context, choice->steps[i].stay);
        dki_free(choice->context, choice->steps[i].move);
    }
    if (choice->context) {
        dki_free(choice->context, choice->steps);
        dki_free(choice->context, choice->multiples);
    }
    memset(choice, 0, sizeof *choice);
}

/* Takes selected cells out of what stays. */
static dk_status take_out(const dki_lumps *all, dki_lumps *out, const bool *selected, size_t n_cells, dk_error *err)
{
    const int64_t *weights = all->model->first;
    dki_lump_step *step = &out->steps[0];
    size_t n_still = n_after(all, 0), most = n_still;
    dki_int_map pairs;
    dk_status status = DK_OK;

    for (size_t c = 0; c < n_cells; c++)
        most += selected[c];
    step->stay = dki_alloc_array(out->context, most, sizeof *step->stay, err);
    step->move = dki_alloc_array(out->context, most, sizeof *step->move, err);
    out->multiples = dki_alloc_array(out->context, most, sizeof *out->multiples, err);
    if (step->stay == NULL || step->move == NULL || out->multiples == NULL)
        return DK_ERR_MEMORY;
    for (size_t k = 0; k < n_still; k++) {
        step->stay[k] = (uint32_t)k;
        step->move[k] = DKI_NOWHERE;
        out->multiples[k] = all->still[k];
    }
    dki_int_map_init(&pairs, out->context);
    for (size_t c = 0; c < n_cells && status == DK_OK; c++) {
        int64_t multiple;
        uint32_t pair;

        if (!selected[c])
            continue;
        status = dki_int_map_add(&pairs, (uint64_t)all->stays[c] << 32 | all->takes[c], &pair, err);
        if (status != DK_OK)
            break;
        multiple = weights[c] / all->unit;
        if (n_still + pair == step->n) {
            step->stay[step->n] = all->stays[c];
            step->move[step->n] = all->takes[c];
            out->multiples[step->n++] = 0;
        }
        out->multiples[n_still + pair] += multiple;
        out->multiples[all->stays[c]] -= multiple;
    }
    dki_int_map_drop(&pairs);
    return status;
}

dk_status dki_lumps_choose(const dki_lumps *all, const dki_model *model, dki_lumps *out, dk_error *err)
{
    size_t last = last_choice(all);
    dk_status status;

    *out = *all;
    out->model = model;
    out->after = NULL;
    out->multiples = NULL;
    out->n_own = last + 1;
    out->steps = dki_calloc(out->context, model->n_steps, sizeof *out->steps, err);
    if (out->steps == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < model->n_steps; i++) {
        out->steps[i] = all->steps[i];
        if (i > last)
            continue;
        out->steps[i].stay = NULL;
        out->steps[i].move = NULL;
    }
    if (last == 0) {
        out->steps[0].n = n_after(all, 0);
        status = take_out(all, out, model->selection->matched[0], model->steps[0].n, err);
    } else {
        status = dki_lumps_make(out, last + 1, all->after[last], err);
    }
    for (size_t i = 0; i <= last && status == DK_OK; i++)
        if (out->steps[i].n > out->most)
            out->most = out->steps[i].n;
    return status;
}
