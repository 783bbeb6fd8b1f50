/* model_run.c - weights after the steps of a compiled scenario, cell by cell.
 *
 * What is taken is settled and split by what does it for tables: moves.c, and what that calls.
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "model.h"

/* The matched cells that somebody is in, as dki_strata_find finds them. selected: of each cell, or NULL. Frees nothing on
 * failure. */
static dk_status find_there(const dki_model_step *step, const bool *selected, const int64_t *weights,
                            dki_strata *out, dk_error *err)
{
    const dki_strata *all = &step->strata;
    size_t n = (size_t)all->n_cells;

    out->context = all->context;
    out->columns = all->columns;
    out->n_columns = all->n_columns;
    out->cells = dki_alloc_array(all->context, n, sizeof *out->cells, err);
    out->combinations = dki_alloc_array(all->context, n + 1, sizeof *out->combinations, err);
    out->strata = dki_alloc_array(all->context, n + 1, sizeof *out->strata, err);
    out->available = dki_calloc(all->context, n, sizeof *out->available, err);
    out->taken = dki_calloc(all->context, n, sizeof *out->taken, err);
    if (!out->cells || !out->combinations || !out->strata || !out->available || !out->taken)
        return DK_ERR_MEMORY;
    for (uint64_t k = 0; k < all->n; k++) {
        uint64_t n_before = out->n_combinations;
        int64_t available = 0;

        for (uint64_t c = all->strata[k]; c < all->strata[k + 1]; c++) {
            uint64_t first = out->n_cells;

            for (uint64_t i = all->combinations[c]; i < all->combinations[c + 1]; i++) {
                int64_t weight = weights[all->cells[i]];

                if (selected && !selected[all->cells[i]])
                    continue;
                out->cells[out->n_cells] = all->cells[i];
                out->n_cells += weight > 0;
                available += weight;
            }
            if (out->n_cells > first)
                out->combinations[out->n_combinations++] = first;
        }
        if (available > 0) {
            out->strata[out->n] = n_before;
            out->available[out->n++] = available;
        }
    }
    out->strata[out->n] = out->n_combinations;
    out->combinations[out->n_combinations] = out->n_cells;
    return DK_OK;
}

/* A step on its way: what is left of each cell before it, and what there is of each after it. */
struct moving {
    const dki_model_step *step;
    const dki_stage *stage;
    dki_tally *tally; /* or NULL */
    int64_t *left, *taken, *after;
    dki_i128 grown; /* by how much, so far */
};

static dk_status take(void *arg, size_t move, const dki_strata *strata, dk_error *err)
{
    struct moving *m = arg;
    const dki_model_step *step = m->step;
    dk_status status = dki_strata_split(m->stage, strata, m->taken, err);

    if (m->tally)
        dki_tally_strata(strata, m->tally);
    for (uint64_t i = 0; i < step->strata.n_cells && status == DK_OK; i++) {
        uint64_t cell = step->strata.cells[i];

        if (strata->effect != DK_ADDS)
            m->left[cell] -= m->taken[cell];
        else
            m->grown += m->taken[cell];
        if (strata->effect != DK_REMOVES)
            m->after[step->move[move][i]] += m->taken[cell];
    }
    return status;
}

static dk_status run_moves(const dki_model *model, struct moving *m, dki_stage *stage, bool *told, dk_error *err)
{
    const dki_model_step *step = m->step;
    dki_strata strata = { .context = NULL };
    dki_i128 total = 0;
    const bool *selected = model->selection ? model->selection->matched[step - model->steps] : NULL;
    dk_status status = find_there(step, selected, stage->weights, &strata, err);

    if (status == DK_OK && strata.n_cells == 0 && !stage->allow_none)
        status = DK_ERR_UNREACHABLE; /* whose message looks at the condition */
    if (status == DK_OK) {
        status = dki_step_fail(step->step, dki_moves_settle(stage, m->left, &strata, take, m, err), err);
        *told = status != DK_OK;
    }
    for (size_t i = 0; i < step->n && status == DK_OK; i++)
        m->after[step->stay[i]] += m->left[i];
    for (size_t i = 0; i < step->n && m->grown > 0 && status == DK_OK; i++)
        total += stage->weights[i];
    for (uint64_t i = 0; i < dk_table_n_rows(model->base) && m->grown > 0 && status == DK_OK; i++)
        total += model->matched[i] ? 0 : model->weights[i];
    if (m->grown > 0 && total + m->grown > INT64_MAX)
        status = DK_ERR_OVERFLOW;
    strata.columns = NULL; /* the step's */
    dki_strata_drop(&strata);
    return status;
}

dk_status dki_model_step_run(const dki_model *model, size_t i, const dk_params *params, const int64_t *weights,
                             dki_tally *tallies, int64_t *after, bool *told, dk_error *err)
{
    const dki_model_step *step = &model->steps[i];
    dki_stage stage = { .step = step->step,
                        .cells = step->cells,
                        .weights = weights,
                        .params = params,
                        .columns = model->columns,
                        .n_columns = model->n_columns,
                        .allow_none =
                            step->step->allow_none || (model->allow_none && model->allow_none[step->number]),
                        .draw = model->draw };
    struct moving m = { .step = step,
                        .stage = &stage,
                        .tally = tallies ? &tallies[step->number] : NULL,
                        .left = dki_alloc_array(model->context, step->n, sizeof *m.left, err),
                        .taken = dki_alloc_array(model->context, step->n, sizeof *m.taken, err),
                        .after = after };
    dk_status status = m.left && m.taken ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK && step->n > 0)
        memcpy(m.left, weights, step->n * sizeof *weights);
    if (status == DK_OK)
        status = run_moves(model, &m, &stage, told, err);
    dki_free(model->context, m.taken);
    dki_free(model->context, m.left);
    return status;
}

dk_status dki_model_run(const dki_model *model, const dk_params *params, dki_tally *tallies, int64_t *weights,
                        bool *told, dk_error *err)
{
    const int64_t *first = model->first;
    int64_t *now = NULL;
    dk_status status = DK_OK;

    *told = false;
    if (tallies)
        memset(tallies, 0, model->scenario->n_steps * sizeof *tallies);
    for (size_t i = 0; i < model->n_steps && status == DK_OK; i++) {
        int64_t *after = dki_calloc(model->context, dki_model_cells(model, i + 1), sizeof *after, err);

        status = after ? dki_poll(model->context, err) : DK_ERR_MEMORY;
        if (status == DK_OK)
            status = dki_model_step_run(model, i, params, now ? now : first, tallies, after, told, err);
        dki_free(model->context, now);
        now = after;
    }
    if (status == DK_OK && model->n > 0)
        memcpy(weights, now ? now : first, model->n * sizeof *weights);
    dki_free(model->context, now);
    return status;
}

dk_status dki_model_table(const dki_model *model, const int64_t *weights, const dk_table **out, dk_error *err)
{
    dk_context *context = model->context;
    size_t n_base = (size_t)dk_table_n_rows(model->base), n_rest = 0, n = 0;
    uint64_t *rows = dki_alloc_array(context, n_base + model->n, sizeof *rows, err);
    int64_t *there = dki_alloc_array(context, n_base + model->n, sizeof *there, err);
    dk_field field = DK_FIELD(dk_table_properties(model->base)->weight, NULL);
    const dk_table *parts[2] = { NULL, NULL }, *joined = NULL;
    dk_status status = rows && there ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n_base && status == DK_OK; i++)
        if (!model->matched[i]) {
            rows[n_rest] = i;
            there[n_rest++] = model->weights[i];
        }
    for (size_t i = 0; i < model->n && status == DK_OK; i++)
        if (weights[i] > 0) {
            rows[n_rest + n] = i;
            there[n_rest + n++] = weights[i];
        }
    if (status == DK_OK)
        status = dk_table_gather(model->base, rows, n_rest, &parts[0], err);
    if (status == DK_OK)
        status = dk_table_gather(model->cells, rows + n_rest, n, &parts[1], err);
    if (status == DK_OK)
        status = dki_cells_join(parts, 2, &joined, err);
    if (status == DK_OK)
        status =
            dki_column_of_integers(context, DK_DECIMAL, DK_WEIGHT_SCALE, there, n_rest + n, &field.column, err);
    if (status == DK_OK)
        status = dk_table_with(joined, &field, 1, out, err);
    dk_column_release(field.column);
    dk_table_release(joined);
    dk_table_release(parts[1]);
    dk_table_release(parts[0]);
    dki_free(context, there);
    dki_free(context, rows);
    return status;
}
