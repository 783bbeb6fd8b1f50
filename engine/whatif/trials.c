/* trials.c - one question asked under parts of a scenario, on what its whole runs on: cells, or rows where it has to. */
#include "trials.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"

dk_status dki_trials_open(dki_trials *trials, const dk_breakdown *question, const dk_table *table,
                          const dk_params *breakdown_params, const dk_scenario *scenario, const dk_params *params,
                          dk_error *err)
{
    dk_status status;

    *trials = (dki_trials){ .question = question, .breakdown_params = breakdown_params, .scenario = scenario };
    status = dki_basis_init(&trials->basis, question, table, &scenario, 1, err);
    if (status == DK_OK && trials->basis.use.way != DKI_CUBE_KEPT)
        status = dki_scenario_check_on(scenario, table, params, err);
    if (status == DK_OK)
        status = dki_basis_open(&trials->basis, err);
    trials->step_by_step = !trials->basis.by_rows && trials->basis.wants.most == DKI_WANT_PERSONS;
    return status;
}

void dki_trials_drop(dki_trials *trials)
{
    if (trials->scenario)
        dki_basis_drop(&trials->basis);
    trials->scenario = NULL;
}

/* What the reader must know of the steps, from the cells after them, which are released. The result too where that fails. */
static dk_status add_notes(const dk_table *cells, dki_text_map *notes, dk_status status, const dk_table **result,
                           dk_error *err)
{
    bool has_result = status == DK_OK;

    for (size_t i = 0; notes && status == DK_OK && i < dk_table_n_notes(cells); i++) {
        uint32_t number;

        status = dki_text_map_add(notes, dk_table_note(cells, i), strlen(dk_table_note(cells, i)), &number, err);
    }
    if (has_result && status != DK_OK) {
        dk_table_release(*result);
        *result = NULL;
    }
    dk_table_release(cells);
    return status;
}

dk_status dki_trials_ask(dki_trials *trials, const size_t *steps, size_t n, const dk_params *params,
                         bool allow_none, dki_text_map *notes, const dk_table **result, dk_error *err)
{
    dk_context *context = dk_table_context(trials->basis.table);
    dk_scenario part;
    const dk_table *cells = NULL;
    dki_step *own;
    dk_status status;

    /* What runs on cells is compiled, and kept for its scenario: a part of one is gone soon. */
    assert(!trials->step_by_step);
    if (n == 0) /* things as they are */
        return dk_breakdown_run(trials->question, trials->basis.by_rows ? trials->basis.table : trials->basis.cells,
                                trials->breakdown_params, result, err);
    own = dki_alloc_array(context, n, sizeof *own, err);
    if (own == NULL)
        return DK_ERR_MEMORY;
    memcpy(&part, trials->scenario, sizeof part);
    atomic_init(&part.n_references, 0);
    part.a = part.b = NULL;
    part.part_of = trials->scenario;
    part.steps = own;
    part.n_steps = n;
    for (size_t i = 0; i < n; i++) {
        own[i] = trials->scenario->steps[steps[i]];
        own[i].allow_none = own[i].allow_none || allow_none;
    }
    status = dki_basis_ask(&trials->basis, trials->question, trials->breakdown_params, &part, params, &cells,
                           result, err);
    status = add_notes(cells, notes, status, result, err);
    dki_free(context, own);
    return status;
}

dk_status dki_trials_ask_all(dki_trials *trials, const dk_params *params, dki_text_map *notes,
                             const dk_table **result, dk_error *err)
{
    const dk_table *cells = NULL;
    dk_status status = dki_basis_ask(&trials->basis, trials->question, trials->breakdown_params, trials->scenario,
                                     params, &cells, result, err);

    return add_notes(cells, notes, status, result, err);
}
