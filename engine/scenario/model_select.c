/* model_select.c - whom the steps of a model match, where parameters decide that.
 *
 * Where a parameter stands in conditions, a model of each of its values would be the same but for who is taken: so it is compiled for
 * anybody, and a value costs a pass of the condition over cells. Points that have the same values share what comes of that,
 * whatever else they differ in.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "data/column_parts.h"
#include "expr/eval.h"
#include "model.h"

void dki_selection_drop(dki_selection *selection)
{
    for (size_t i = 0; selection->matched && i < selection->n_steps; i++)
        dki_free(selection->context, selection->matched[i]);
    if (selection->context)
        dki_free(selection->context, selection->matched);
    memset(selection, 0, sizeof *selection);
}

dk_status dki_selection_init(dki_selection *selection, const dki_model *model, dk_error *err)
{
    *selection = (dki_selection){ .context = model->context, .n_steps = model->n_steps };
    selection->matched = dki_calloc(model->context, model->n_steps, sizeof *selection->matched, err);
    if (selection->matched == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < model->n_steps; i++) {
        if (!model->steps[i].selects)
            continue;
        selection->matched[i] =
            dki_alloc_array(model->context, model->steps[i].n, sizeof **selection->matched, err);
        if (selection->matched[i] == NULL)
            return DK_ERR_MEMORY;
    }
    return DK_OK;
}

static dk_status select_cells(const dki_model_step *step, const dk_params *params, bool *matched, bool *has_notes,
                              dk_error *err)
{
    dk_context *context = dk_table_context(step->cells);
    size_t block_rows = dki_block_rows(context);
    dki_bound *bound = NULL;
    dki_eval *eval = NULL;
    dk_status status = dki_step_bind_where(step->step, step->cells, params, &bound, err);

    if (status == DK_OK)
        status = dki_eval_new(bound, &eval, err);
    for (size_t row = 0; row < step->n && status == DK_OK; row += block_rows) {
        size_t n = step->n - row < block_rows ? step->n - row : block_rows;
        const dk_view *view = NULL;

        status = dki_eval_block(eval, row, n, NULL, &view, err);
        for (size_t i = 0; i < n && status == DK_OK; i++) {
            bool is_null = dki_view_is_null(view, i);

            matched[row + i] = !is_null && dki_bit(view->values, view->constant ? 0 : i);
            *has_notes = *has_notes || is_null;
        }
    }
    *has_notes = *has_notes || (bound && dki_bound_n_notes(bound) > 0);
    dki_eval_release(eval);
    dki_bound_release(bound);
    return status;
}

dk_status dki_model_select(const dki_model *model, const dk_params *params, dki_selection *selection, dk_error *err)
{
    dk_status status = DK_OK;

    selection->has_notes = false;
    for (size_t i = 0; i < model->n_steps && status == DK_OK; i++)
        if (model->steps[i].selects)
            status = select_cells(&model->steps[i], params, selection->matched[i], &selection->has_notes, err);
    return status;
}
