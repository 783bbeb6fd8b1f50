/* solve_model.c - steps compiled for a search, which tries many values of a share or count on the same cells.
 *
 * Compiling costs about as much as running the steps, and is done for the second value that is tried in a place: until
 * then it may be that the search ends. Weights, and whom the steps take, are those of a run.
 */
#include "base/memory.h"
#include "solve_parts.h"

#define FIRST_COMPILED 1 /* values that are tried by running the steps */

void dki_solve_forget(dki_solver *s)
{
    s->may_tell = s->model == NULL || s->model->has_notes;
    dki_lumps_drop(s->lumps);
    dki_model_drop(s->model);
    s->lumps = NULL;
    s->model = NULL;
    s->n_tried = 0;
}

dk_status dki_solve_compile(dki_solver *s, const dki_place *place, dk_error *err)
{
    const dk_params params = { s->values, s->scenario->n_params };
    const dki_run run = { .scenario = s->scenario,
                          .from = s->first,
                          .to = s->scenario->n_steps,
                          .params = &params,
                          .only = place->only,
                          .allow_none = s->driven };
    dki_text_map columns;
    dk_status status = DK_OK;

    if (s->n_tried++ != FIRST_COMPILED || !dki_param_is_amount(s->scenario, s->param) ||
        dki_breakdown_wants(&s->question).most != DKI_WANT_PERSONS || dki_breakdown_shows_levels(&s->question) ||
        dk_table_properties(s->before)->n_attached > 0)
        return DK_OK;
    dki_text_map_init(&columns, s->context);
    status = dki_breakdown_mentions(s->table, &s->question, &columns, err);
    if (status == DK_OK)
        status = dki_model_new(&run, s->before, &s->model, err);
    if (status == DK_OK && s->model)
        status = dki_lumps_new(s->model, &columns, NULL, &s->lumps, err);
    dki_text_map_drop(&columns);
    return status;
}

dk_status dki_solve_weigh(const dki_solver *s, dki_tally *tallies, bool *done, const dk_table **out, dk_error *err)
{
    const dk_params params = { s->values, s->scenario->n_params };
    dk_error why = DK_ERROR_INIT;
    int64_t *weights;
    bool told;
    dk_status status;

    *done = false;
    if (s->lumps == NULL)
        return DK_OK;
    weights = dki_alloc_array(s->context, s->lumps->n, sizeof *weights, err);
    status = weights ? DK_OK : DK_ERR_MEMORY;
    if (status == DK_OK) {
        status = dki_lumps_weigh(s->lumps, s->model, &params, tallies, weights, &told, &why);
        *done = status == DK_OK;
        if ((status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) && err)
            *err = why;
        else if (status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED)
            status = DK_OK; /* running the steps says what it is */
    }
    if (*done)
        status = dki_lumps_table(s->lumps, weights, out, err);
    dki_free(s->context, weights);
    return status;
}
