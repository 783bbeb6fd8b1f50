/* moves.c - the moves of a step: who is taken at once, and gets the same values.
 *
 * Each is settled on what the ones before left, by what settles it: a share or count, a matrix of shares, a rate.
 */
#include "base/memory.h"
#include "scenario_parts.h"

size_t dki_moves_n(const dki_step *step)
{
    return step->n_flows > 0 ? step->n_places : step->rate ? 2 : 1;
}

const dk_expr *const *dki_move_set(const dki_step *step, size_t move, size_t *n_set)
{
    *n_set = 1;
    for (size_t i = 0; i < step->n_flows; i++)
        if (step->flows[i].place == move)
            return &step->flows[i].set;
    if (step->rate)
        return &step->rate_set[move == 0];
    *n_set = step->n_set;
    return step->set;
}

/* One destination after the other. */
static dk_status settle_flows(dki_stage *stage, const int64_t *left, dki_strata *strata, dki_take_fn *take,
                              void *arg, dk_error *err)
{
    const int64_t *weights = stage->weights;
    dki_flows flows;
    dk_status status = dki_flows_init(&flows, stage, strata, err);

    if (status != DK_OK)
        return status;
    stage->weights = left;
    for (size_t place = 0; place < stage->step->n_places && status == DK_OK; place++) {
        status = dki_flows_settle(&flows, place, strata, err);
        if (status == DK_OK)
            status = take(arg, place, strata, err);
    }
    stage->weights = weights;
    dki_flows_drop(&flows);
    return status;
}

/* Those who become true, then those who become false: of a stratum there are only the ones or the others. */
static dk_status settle_rate(dki_stage *stage, dki_strata *strata, dki_take_fn *take, void *arg, dk_error *err)
{
    dk_context *context = strata->context;
    const int64_t *weights = stage->weights;
    int64_t *takeable = dki_alloc_array(context, (size_t)dk_table_n_rows(stage->cells), sizeof *takeable, err);
    dk_status status = takeable ? DK_OK : DK_ERR_MEMORY;

    for (int becomes = 1; becomes >= 0 && status == DK_OK; becomes--) {
        stage->weights = weights;
        status = dki_rate_settle(stage, becomes, strata, takeable, err);
        stage->weights = takeable;
        if (status == DK_OK)
            status = take(arg, becomes ? 0 : 1, strata, err);
    }
    stage->weights = weights;
    dki_free(context, takeable);
    return status;
}

dk_status dki_moves_settle(dki_stage *stage, const int64_t *left, dki_strata *strata, dki_take_fn *take, void *arg,
                           dk_error *err)
{
    dk_status status = dki_follow_figures(stage, strata, err);

    if (status != DK_OK)
        return status;
    if (stage->step->n_flows > 0)
        return settle_flows(stage, left, strata, take, arg, err);
    if (stage->step->rate)
        return settle_rate(stage, strata, take, arg, err);
    status = dki_strata_settle(stage, strata, err);
    return status == DK_OK ? take(arg, 0, strata, err) : status;
}
