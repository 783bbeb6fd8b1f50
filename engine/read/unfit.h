/* unfit.h - rows with values that do not fit their columns leave what was collected, and become rejects. */
#ifndef DKI_READ_UNFIT_H
#define DKI_READ_UNFIT_H

#include "collect.h"
#include "records.h"

/* Can these rows, whose bits are set in bad, be taken out? Not where one was read plainly. */
bool dki_unfit_can_go(const dki_collected *collected, const uint64_t *bad);

/* Takes them out, as dki_records_read leaves them out; n_bad of them. What was found of the columns (levels, profiles) must
 * be found again. After a failure the records may only be dropped. Errors: DK_ERR_IO, DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
dk_status dki_unfit_drop(dki_records *records, const uint64_t *bad, uint64_t n_bad, const dki_plan *plans,
                         dk_error *err);

#endif
