/* trials.h - one question asked under parts of a scenario, in any order, and under other values. For engine/whatif alone. */
#ifndef DKI_WHATIF_TRIALS_H
#define DKI_WHATIF_TRIALS_H

#include "basis.h"

typedef struct dki_trials {
    dki_basis basis;
    const dk_breakdown *question; /* NULL: none, and nothing is asked */
    const dk_params *breakdown_params;
    const dk_scenario *scenario;
    bool step_by_step; /* steps can run one by one on basis.cells, and the question be asked of what results */
} dki_trials;

/* What is borrowed lives as long. params: of the scenario, as given. Makes the cells. To be dropped, also after a
 * failure. Errors: as for compare. */
dk_status dki_trials_open(dki_trials *trials, const dk_breakdown *question, const dk_table *table,
                          const dk_params *breakdown_params, const dk_scenario *scenario, const dk_params *params,
                          dk_error *err);
void dki_trials_drop(dki_trials *trials);
/* Where steps do not run step by step: the question under n of them, by their numbers, in that order. params: of the scenario, or
 * NULL. allow_none: matching nobody is no error, whatever a step says. notes (may be NULL) gets what the reader must know of
 * the steps. */
dk_status dki_trials_ask(dki_trials *trials, const size_t *steps, size_t n, const dk_params *params,
                         bool allow_none, dki_text_map *notes, const dk_table **result, dk_error *err);
/* Every step, in order. */
dk_status dki_trials_ask_all(dki_trials *trials, const dk_params *params, dki_text_map *notes,
                             const dk_table **result, dk_error *err);

#endif
