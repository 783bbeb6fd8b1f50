/* almost.h - which rows keep a column from being a better type. */
#ifndef DKI_READ_ALMOST_H
#define DKI_READ_ALMOST_H

#include "infer.h"
#include "records.h"

/* For a plan whose column is almost something better: a sentence about it, with the first few odd values and where they stand.
 * column is what was made of it. Polls. Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
#define DKI_ALMOST_BYTES 1024
dk_status dki_almost_tell(const dki_records *records, size_t i, const dki_plan *plan, const dk_column *column,
                          char out[DKI_ALMOST_BYTES], dk_error *err);

#endif
