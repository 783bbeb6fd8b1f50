/* again.h - a question about a scenario that was asked before, of other amounts. For engine/whatif alone. */
#ifndef DKI_WHATIF_AGAIN_H
#define DKI_WHATIF_AGAIN_H

#include "basis.h"

/* What dki_basis_ask would give. *done: false where it was not kept, or something has to be told; then nothing is set. base: the
 * cells that the steps ran on. */
dk_status dki_again_ask(const dk_breakdown *breakdown, const dk_table *table, const dk_scenario *scenario,
                        const dk_params *params, bool *done, const dk_table **base, const dk_table **cells,
                        const dk_table **result, dk_error *err);
/* Keeps what there is to be kept of a question that was answered. */
dk_status dki_again_keep(const dki_basis *basis, const dk_scenario *scenario, const dk_params *params,
                         dk_error *err);

#endif
