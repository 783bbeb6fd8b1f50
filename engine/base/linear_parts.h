/* linear_parts.h - what propagation, proof and solver share. For linear*.c alone. */
#ifndef DKI_BASE_LINEAR_PARTS_H
#define DKI_BASE_LINEAR_PARTS_H

#include "checked.h"
#include "linear.h"

static inline bool dki_bounds_are_exact(const dki_bounds *b)
{
    return !b->no_least && !b->no_greatest && b->least == b->greatest;
}
static inline bool dki_bounds_cross(const dki_bounds *b)
{
    return !b->no_least && !b->no_greatest && b->least > b->greatest;
}
/* value / by lies at or above that, or at or below; narrower than before, or nothing changes. Whole: it is made so inwards,
 * else outwards. True where it did change. by > 0 */
bool dki_bounds_raise(dki_bounds *b, dki_i128 value, dki_i128 by, bool is_whole);
bool dki_bounds_lower(dki_bounds *b, dki_i128 value, dki_i128 by, bool is_whole);

/* The one sum that cannot hold within these bounds, on its own; n_sums where each can. */
size_t dki_sums_alone(const dki_sums *sums, const dki_bounds *bounds);

/* The sums, times their multipliers, as one: what they say of sign times a number (sign 0: of nothing, so that more than 0 is a
 * contradiction). scratch: a cleared number for each number, and left so. False: nothing, because a side is open or a number
 * too large; else sign * number >= *value / by. */
bool dki_sums_prove(const dki_sums *sums, const dki_bounds *bounds, const double *multipliers, int64_t by,
                    size_t number, int sign, int64_t *scratch, dki_i128 *value);

#endif
