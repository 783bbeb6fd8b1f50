/* compiled.h - scenarios on kept cells, compiled and kept too. For engine/whatif alone. */
#ifndef DKI_WHATIF_COMPILED_H
#define DKI_WHATIF_COMPILED_H

#include "base/cache.h"
#include "basis.h"
#include "scenario/model.h"

/* What dki_basis_ask gives by cells, from what was compiled when the same was asked before with other amounts. *done is false where
 * nothing was, or something has to be told: then the steps are to be run. cells: those after the steps that the breakdown can tell
 * apart. Errors: of memory, interruption, and the breakdown's. */
dk_status dki_compiled_ask(const dki_basis *basis, const dk_breakdown *whole, const dk_params *breakdown_params,
                           const dk_scenario *scenario, const dk_params *params, bool *done, const dk_table **cells,
                           const dk_table **result, dk_error *err);
/* The same, for who asks of many amounts: compiled now, where it was not. values: all of the scenario's. *kept is NULL where it cannot
 * be; else to be released by who has done with the others. */
dk_status dki_compiled_get(const dki_basis *basis, const dk_scenario *scenario, const dk_param *values,
                           const dki_model **model, const dki_lumps **lumps, dki_kept **kept, dk_error *err);
/* What was compiled for that, retained; NULL where nothing was. */
dk_status dki_compiled_find(const dki_basis *basis, const dk_scenario *scenario, const dk_params *params,
                            dki_kept **out, dk_error *err);
/* Of what was compiled: */
/* whether it is for that scenario at those values, all of the scenario's; */
bool dki_compiled_is_of(const dki_kept *kept, const dk_scenario *scenario, const dk_param *values);
/* the weights of lumps then; *done is false where something has to be told; */
dk_status dki_compiled_weigh(const dki_kept *kept, const dk_param *values, int64_t *out, bool *done, dk_error *err);
/* its lumps, borrowed, and a table of them with what the reader must know of the steps. */
dk_status dki_compiled_parts(const dki_kept *kept, const dki_lumps **lumps, const dk_table **noted, dk_error *err);

#endif
