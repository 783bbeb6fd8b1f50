/* aggregate_defined.h - aggregates that a host has defined, in accumulators. For engine/measure/aggregate*.c alone. */
#ifndef DKI_MEASURE_AGGREGATE_DEFINED_H
#define DKI_MEASURE_AGGREGATE_DEFINED_H

#include "aggregate.h"

/* Takes a row in. values: as many as there are arguments. */
dk_status dki_accumulator_step(dki_accumulator *accumulator, uint32_t group, const dk_value *values,
                               const dk_value *weight, dk_error *err);
/* Makes the group's state ready for n rows more, and counts them. *state: where it is. */
dk_status dki_accumulator_begin_state(dki_accumulator *accumulator, uint32_t group, size_t n, void **state,
                                      dk_error *err);
dk_status dki_accumulator_merge_state(dki_accumulator *accumulator, uint32_t to, const dki_accumulator *from,
                                      size_t group, dk_error *err);
dk_status dki_accumulator_finish_defined(dki_accumulator *accumulator, const uint32_t *groups, size_t n,
                                         const dk_column **out, size_t *fault, dk_error *err);
void dki_accumulator_drop_states(dki_accumulator *accumulator);

#endif
