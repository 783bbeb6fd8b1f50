/* answered.h - how an answer about scenarios came to be. For engine/whatif alone. */
#ifndef DKI_WHATIF_ANSWERED_H
#define DKI_WHATIF_ANSWERED_H

#include <dekking/scenario.h>

#include "base/status.h"

/* Gives an answer, which nobody else has yet, its lineage: that of the table that was asked, what was answered, in words, and
 * deeper the breakdown, as its own result has it, but for numbers of rows, which nobody counted. What a breakdown of no rows
 * cannot be asked stands there without it. like: the breakdown's result of no rows of the table; NULL: it is asked. On failure
 * the answer stays as it was. */
DK_PRINTF(7, 8)
dk_status dki_answered(const dk_table *answer, const dk_breakdown *breakdown, const dk_table *table,
                       const dk_params *breakdown_params, const dk_table *like, dk_error *err, const char *format,
                       ...);

#endif
