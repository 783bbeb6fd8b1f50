/* aggregate_batch.h - rows on their way to a host's aggregate that takes many of a group at once. For
 * engine/measure/aggregate*.c alone.
 */
#ifndef DKI_MEASURE_AGGREGATE_BATCH_H
#define DKI_MEASURE_AGGREGATE_BATCH_H

#include "aggregate.h"

/* Takes in the rows of a block that use says, NULL: all of them. Hands over what there is when that is enough. */
dk_status dki_batch_add(dki_accumulator *accumulator, const dki_rows *rows, const uint64_t *use, dk_error *err);
void dki_batch_release(struct dki_batch *batch); /* NULL does nothing */

#endif
