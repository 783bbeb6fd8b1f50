/* subsets.h - a breakdown under every subset of the steps of a scenario, compiled. For engine/whatif alone. */
#ifndef DKI_WHATIF_SUBSETS_H
#define DKI_WHATIF_SUBSETS_H

#include "whatif_parts.h"

/* results[mask] becomes the breakdown under the steps of the run's scenario whose bits are set, in order. *done: false where the
 * steps, or the breakdown, want tables, or some subset cannot run: then there are no results, and running the steps says why.
 * The caller releases the results. Errors: of memory, interruption, and those of the breakdown. */
dk_status dki_subsets_weigh(const dki_run *run, const dk_breakdown *question, const dk_params *question_params,
                            const dk_table *cells, const dk_table **results, bool *done, dk_error *err);

#endif
