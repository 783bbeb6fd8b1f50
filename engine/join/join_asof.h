/* join_asof.h - the row of the right table that is nearest in time. */
#ifndef DKI_JOIN_JOIN_ASOF_H
#define DKI_JOIN_JOIN_ASOF_H

#include "join_key.h"

/* Sets *rows to a block of one row of right for each row of left, as in a dki_match. The caller frees it. */
dk_status dki_join_asof(dki_join *join, const dk_asof *asof, dk_multiple multiple, uint32_t **rows, dk_error *err);

#endif
