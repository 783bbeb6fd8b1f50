/* plan_steps.h - how something was computed, as a table: a row for each step. */
#ifndef DKI_QUERY_PLAN_STEPS_H
#define DKI_QUERY_PLAN_STEPS_H

#include <dekking/table.h>

#define DKI_PLAN_COLUMNS 7
#define DKI_PLAN_NOTHING UINT64_MAX /* in the place of a number that a step does not have */

/* Steps on their way. After a failure, which status tells, putting does nothing. */
typedef struct dki_plan_steps {
    dk_context *context;
    dk_builder *columns[DKI_PLAN_COLUMNS];
    dk_error *err;
    dk_status status;
} dki_plan_steps;

typedef struct dki_plan_step {
    const char *step;
    const char *what; /* NULL: about all */
    const char *how;
    uint64_t shared, rows, out, ns;
} dki_plan_step;

/* err: filled by whichever call fails. */
void dki_plan_steps_init(dki_plan_steps *steps, dk_context *context, dk_error *err);
void dki_plan_steps_put(dki_plan_steps *steps, dki_plan_step step);
/* The table of what was put, unless something failed; nothing of the steps is left. */
dk_status dki_plan_steps_finish(dki_plan_steps *steps, const dk_table **out);

#endif
