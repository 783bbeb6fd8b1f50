/* subsets.c - a breakdown under every subset of the steps of a scenario, on compiled steps.
 *
 * Steps are compiled once for all subsets, as the cells that there can be after some steps hold those that there are after fewer:
 * where a step does not happen, everybody is one of those who are not taken. So a subset costs arithmetic on the weights of
 * cells that steps match, and a breakdown of as many rows as it can tell apart.
 */
#include "subsets.h"

#include "base/memory.h"
#include "query/breakdown_parts.h"
#include "scenario/model.h"

#define FEWEST_STEPS 3 /* with fewer, compiling costs as much as there are subsets */

struct walk {
    const dki_model *model;
    const dki_lumps *lumps;
    const dki_run *run;
    const dk_breakdown *question;
    const dk_params *question_params;
    const dk_table **results;
    bool can; /* every subset ran, so far */
};

/* The breakdown of what cells weigh after all steps. */
static dk_status ask(struct walk *w, uint32_t mask, const int64_t *weights, dk_error *err)
{
    int64_t *sums = dki_alloc_array(w->model->context, w->lumps->n, sizeof *sums, err);
    const dk_table *cells = NULL;
    dk_status status = sums ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK) {
        dki_lumps_add(w->lumps, weights, sums);
        status = dki_lumps_table(w->lumps, sums, &cells, err);
    }
    if (status == DK_OK)
        status = dk_breakdown_run(w->question, cells, w->question_params, &w->results[mask], err);
    dk_table_release(cells);
    dki_free(w->model->context, sums);
    return status;
}

static dk_status walk_subsets(struct walk *w, uint32_t mask, size_t number, size_t at, const int64_t *weights,
                              dk_error *err);

/* Those that go on after step `at` of the model's, which is taken or not. */
static dk_status walk_step(struct walk *w, uint32_t mask, size_t at, bool is_taken, const int64_t *weights,
                           dk_error *err)
{
    const dki_model *model = w->model;
    const dki_model_step *step = &model->steps[at];
    int64_t *after = dki_calloc(model->context, dki_model_cells(model, at + 1), sizeof *after, err);
    dk_error why = DK_ERROR_INIT;
    bool told = false;
    dk_status status = after ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < step->n && !is_taken && status == DK_OK; i++)
        after[step->stay[i]] += weights[i];
    if (status == DK_OK && is_taken) {
        status = dki_model_step_run(model, at, w->run->params, weights, NULL, after, &told, &why);
        w->can = status == DK_OK;
        if ((status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) && err)
            *err = why;
        else if (status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED)
            status = DK_OK;
    }
    if (status == DK_OK && w->can)
        status = walk_subsets(w, is_taken ? mask | UINT32_C(1) << step->number : mask, step->number + 1, at + 1,
                              after, err);
    dki_free(model->context, after);
    return status;
}

/* All subsets that begin with those in mask, of the scenario's steps before `number`, of which `at` are the model's. */
static dk_status walk_subsets(struct walk *w, uint32_t mask, size_t number, size_t at, const int64_t *weights,
                              dk_error *err)
{
    dk_status status = dki_poll(w->model->context, err);

    if (status == DK_OK && number == w->run->scenario->n_steps)
        return ask(w, mask, weights, err);
    for (int taken = 1; taken >= 0 && status == DK_OK && w->can; taken--)
        if (at < w->model->n_steps && w->model->steps[at].number == number)
            status = walk_step(w, mask, at, taken == 1, weights, err);
        else /* it does not happen */
            status = walk_subsets(w, taken ? mask | UINT32_C(1) << number : mask, number + 1, at, weights, err);
    return status;
}

static void drop_results(const dk_table **results, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        dk_table_release(results[i]);
        results[i] = NULL;
    }
}

dk_status dki_subsets_weigh(const dki_run *run, const dk_breakdown *question, const dk_params *question_params,
                            const dk_table *cells, const dk_table **results, bool *done, dk_error *err)
{
    dki_run all = *run;
    dki_model *model = NULL;
    dki_lumps *lumps = NULL;
    dki_text_map columns;
    dk_status status;

    *done = false;
    if (run->scenario->n_steps < FEWEST_STEPS || dki_breakdown_wants(question).most != DKI_WANT_PERSONS ||
        dki_breakdown_shows_levels(question) || dk_table_properties(cells)->n_attached > 0)
        return DK_OK;
    all.to = run->scenario->n_steps;
    dki_text_map_init(&columns, dk_table_context(cells));
    status = dki_breakdown_mentions(cells, question, &columns, err);
    if (status == DK_OK)
        status = dki_model_new(&all, cells, &model, err);
    if (status == DK_OK && model)
        status = dki_lumps_new(model, &columns, NULL, &lumps, err);
    if (status == DK_OK && lumps) {
        struct walk walk = { model, lumps, run, question, question_params, results, true };

        status = walk_subsets(&walk, 0, 0, 0, model->first, err);
        *done = status == DK_OK && walk.can;
        if (!*done)
            drop_results(results, (size_t)1 << run->scenario->n_steps);
    }
    dki_text_map_drop(&columns);
    dki_lumps_drop(lumps);
    dki_model_drop(model);
    return status;
}
