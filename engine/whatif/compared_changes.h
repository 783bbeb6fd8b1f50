/* compared_changes.h - differences in bounds of a comparison that is rolled up. For engine/whatif alone. */
#ifndef DKI_WHATIF_COMPARED_CHANGES_H
#define DKI_WHATIF_COMPARED_CHANGES_H

#include "query/beside.h"
#include "untouched.h"

/* Finds what differences of sums lie within, as their parts add up. numbers: of each measure that the table shows that in whole;
 * u: of the rolled base, with the measures that are shown. */
dk_status dki_compared_changes(const dki_beside *beside, const dk_breakdown *whole, const size_t *numbers,
                               const char *level, const char *dimension, dki_untouched *u, dk_error *err);

#endif
