/* model_strata.c - weights of lumps after the last step, from what its strata give.
 *
 * What a stratum gives has to be divided over its cells, with the last unit of each, because they may go different ways. Where they
 * all come to one lump, those who stay and those who are taken, what each of them gives is nothing to the question: the
 * number of the stratum is. Then rounding, as of whole persons, costs a number for each stratum and none for each cell.
 *
 * Cost: of one step, the strata; of more, the cells of those before the last.
 */
#include <string.h>

#include "base/memory.h"
#include "model.h"

/* The one lump of all cells of stratum k; DKI_NOWHERE: there are several. places: of cells after the step; move: of matched cells, or
 * NULL for who stays. */
static uint32_t lump_of(const dki_lumps *lumps, const dki_model_step *step, uint64_t k, const uint32_t *move)
{
    const dki_strata *strata = &step->strata;
    uint64_t first = strata->combinations[strata->strata[k]], end = strata->combinations[strata->strata[k + 1]];
    uint32_t lump = DKI_NOWHERE;

    for (uint64_t i = first; i < end; i++) {
        uint32_t of_cell = lumps->of_cell[move ? move[i] : step->stay[strata->cells[i]]];

        if (i > first && of_cell != lump)
            return DKI_NOWHERE;
        lump = of_cell;
    }
    return lump;
}

/* What lumps weigh where the last step takes nobody. */
static void weigh_still(const dki_lumps *lumps, const int64_t *weights, int64_t *out)
{
    const dki_model_step *step = &lumps->model->steps[lumps->model->n_steps - 1];

    if (lumps->n > 0)
        memcpy(out, lumps->rest, lumps->n * sizeof *out);
    for (size_t c = 0; c < step->n; c++)
        out[lumps->of_cell[step->stay[c]]] += weights[c];
}

/* What there is in each stratum; false: nobody is in some, which is none then. */
static bool weigh_strata(const dki_strata *strata, const int64_t *weights, int64_t *available)
{
    bool is_all = true;

    for (uint64_t k = 0; k < strata->n; k++) {
        available[k] = 0;
        for (uint64_t i = strata->combinations[strata->strata[k]]; i < strata->combinations[strata->strata[k + 1]];
             i++)
            available[k] += weights[strata->cells[i]];
        is_all = is_all && available[k] > 0;
    }
    return is_all;
}

void dki_lump_ends_drop(dki_lumps *lumps)
{
    dki_free(lumps->context, lumps->ends.stay);
    dki_free(lumps->context, lumps->ends.move);
    dki_free(lumps->context, lumps->ends.available);
    dki_free(lumps->context, lumps->ends.still);
    lumps->ends = (dki_lump_ends){ .stay = NULL };
}

dk_status dki_lump_ends_find(dki_lumps *lumps, dk_error *err)
{
    const dki_model *model = lumps->model;
    const dki_model_step *step = model->n_steps > 0 ? &model->steps[model->n_steps - 1] : NULL;
    dki_lump_ends *ends = &lumps->ends;
    bool is_one = true;

    for (size_t i = 0; i < model->n_steps; i++)
        is_one = is_one && !model->steps[i].selects;
    if (step == NULL || !is_one || step->step->n_flows > 0 || step->step->rate || step->strata.n == 0 ||
        step->step->drawn == DK_DRAWN_PERSONS)
        return DK_OK;
    ends->stay = dki_alloc_array(lumps->context, (size_t)step->strata.n, sizeof *ends->stay, err);
    ends->move = dki_alloc_array(lumps->context, (size_t)step->strata.n, sizeof *ends->move, err);
    ends->available = dki_alloc_array(lumps->context, (size_t)step->strata.n, sizeof *ends->available, err);
    ends->still = dki_alloc_array(lumps->context, lumps->n, sizeof *ends->still, err);
    if (!ends->stay || !ends->move || !ends->available || !ends->still)
        return DK_ERR_MEMORY;
    for (uint64_t k = 0; k < step->strata.n && is_one; k++) {
        ends->stay[k] = lump_of(lumps, step, k, NULL);
        ends->move[k] = lump_of(lumps, step, k, step->move[0]);
        is_one = ends->stay[k] != DKI_NOWHERE && ends->move[k] != DKI_NOWHERE;
    }
    if (is_one && model->n_steps == 1) {
        is_one = weigh_strata(&step->strata, model->first, ends->available);
        weigh_still(lumps, model->first, ends->still);
    }
    if (!is_one)
        dki_lump_ends_drop(lumps);
    return DK_OK;
}

/* Weights before the last step, which the caller frees where there are several. */
static dk_status run_before(const dki_model *model, const dk_params *params, dki_tally *tallies, int64_t **out,
                            bool *told, dk_error *err)
{
    const int64_t *now = model->first;
    dk_status status = DK_OK;

    for (size_t i = 0; i + 1 < model->n_steps && status == DK_OK; i++) {
        int64_t *after = dki_calloc(model->context, model->steps[i + 1].n, sizeof *after, err);

        status = after ? dki_poll(model->context, err) : DK_ERR_MEMORY;
        if (status == DK_OK)
            status = dki_model_step_run(model, i, params, now, tallies, after, told, err);
        dki_free(model->context, *out);
        now = *out = after;
    }
    return status;
}

/* Moves what strata give from lump to lump. false: there would be more than weights can tell. */
static bool move_lumps(const dki_lumps *lumps, const dki_strata *strata, const int64_t *still, int64_t *out)
{
    const dki_lump_ends *ends = &lumps->ends;
    dki_i128 total = 0;

    if (lumps->n > 0 && out != still)
        memcpy(out, still, lumps->n * sizeof *out);
    for (size_t i = 0; i < lumps->n && strata->effect == DK_ADDS; i++)
        total += out[i];
    for (uint64_t k = 0; k < strata->n && strata->effect == DK_ADDS; k++)
        total += strata->taken[k];
    if (total > INT64_MAX)
        return false;
    for (uint64_t k = 0; k < strata->n; k++) {
        if (strata->effect != DK_ADDS)
            out[ends->stay[k]] -= strata->taken[k];
        if (strata->effect != DK_REMOVES)
            out[ends->move[k]] += strata->taken[k];
    }
    return true;
}

/* *done: false where a stratum has nobody, or the amount cannot be taken. */
static dk_status settle(const dki_lumps *lumps, const dk_params *params, const int64_t *before, dki_tally *tallies,
                        int64_t *out, bool *done, dk_error *err)
{
    const dki_model *model = lumps->model;
    const dki_model_step *step = &model->steps[model->n_steps - 1];
    dki_strata strata = step->strata;
    dki_stage stage = { .step = step->step,
                        .cells = step->cells,
                        .weights = before ? before : model->first,
                        .params = params,
                        .columns = model->columns,
                        .n_columns = model->n_columns,
                        .allow_none = true,
                        .draw = model->draw };
    const int64_t *still = before ? out : lumps->ends.still;
    int64_t *own = before ? dki_alloc_array(model->context, (size_t)strata.n, sizeof *own, err) : NULL;
    dk_error why = DK_ERROR_INIT;
    dk_status status = DK_OK;

    strata.taken = dki_alloc_array(model->context, (size_t)strata.n, sizeof *strata.taken, err);
    strata.available = before ? own : lumps->ends.available;
    *done = true;
    if (strata.taken == NULL || strata.available == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK && before) {
        *done = weigh_strata(&strata, before, own);
        weigh_still(lumps, before, out);
    }
    if (status == DK_OK && *done) {
        status = dki_strata_settle(&stage, &strata, &why);
        *done = status == DK_OK && move_lumps(lumps, &strata, still, out);
        if ((status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) && err)
            *err = why;
        else if (status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED)
            status = DK_OK; /* running all of it says what it is */
    }
    if (status == DK_OK && *done && tallies) {
        tallies[step->number] = (dki_tally){ 0 };
        dki_tally_strata(&strata, &tallies[step->number]);
    }
    dki_free(model->context, strata.taken);
    dki_free(model->context, own);
    return status;
}

dk_status dki_lumps_weigh(const dki_lumps *lumps, const dki_model *model, const dk_params *params,
                          dki_tally *tallies, int64_t *out, bool *told, dk_error *err)
{
    bool done = false;
    int64_t *before = NULL, *cells;
    dk_status status = DK_OK;

    *told = false;
    if (lumps->ends.stay && model == lumps->model && model->selection == NULL) {
        if (tallies)
            memset(tallies, 0, model->scenario->n_steps * sizeof *tallies);
        status = run_before(model, params, tallies, &before, told, err);
        if (status == DK_OK)
            status = settle(lumps, params, before, tallies, out, &done, err);
        dki_free(model->context, before);
        if (status != DK_OK || done)
            return status;
    }
    cells = dki_alloc_array(model->context, model->n, sizeof *cells, err);
    status = cells ? dki_model_run(model, params, tallies, cells, told, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        dki_lumps_add(lumps, cells, out);
    dki_free(model->context, cells);
    return status;
}
