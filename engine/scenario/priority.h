/* priority.h - who of a stratum is taken first. */
#ifndef DKI_SCENARIO_PRIORITY_H
#define DKI_SCENARIO_PRIORITY_H

#include "scenario_parts.h"

/* The combinations of a step's strata in the order in which they are taken. */
typedef struct dki_priority {
    dk_context *context;
    uint64_t *order; /* at strata[k] .. strata[k + 1] - 1: the combinations of stratum k */
    uint8_t *starts; /* at the same places: not 0 where one does not come together with the one before */
} dki_priority;

/* Errors: those of dk_table_eval, DK_ERR_MEMORY, DK_ERR_INTERRUPTED; out is then as it was. */
dk_status dki_priority_init(const dki_stage *stage, const dki_strata *strata, dki_priority *out, dk_error *err);
void dki_priority_drop(dki_priority *priority); /* one of zeros too */

#endif
