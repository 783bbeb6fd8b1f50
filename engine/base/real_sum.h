/* real_sum.h - exact sums of doubles: the same bits for any order of adding, rounded once at the end. */
#ifndef DKI_BASE_REAL_SUM_H
#define DKI_BASE_REAL_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

/* A fixed-point number in two's complement that holds any sum of products of a double and a 64-bit weight:
 *
 *   bit 0 of limb 0 is 2^-1074, the least double; 2098 bits reach the greatest double, 63 are for the weight, 64
 * for
 *   the number of terms, one for the sign: 2226 of 2240
 */
#define DKI_REAL_LIMBS 35

typedef struct dki_real_sum {
    uint64_t limbs[DKI_REAL_LIMBS]; /* all zero: the sum of nothing */
} dki_real_sum;

/* The same for terms of common size: bit 0 of limb 0 is 2^-128, and terms below 2^62 leave room for 2^64 of them.
 * An eighth of the memory, which counts where groups are many. What it cannot take goes to a long sum; the two
 * together are exact. */
#define DKI_SHORT_LIMBS 4

typedef struct dki_short_sum {
    uint64_t limbs[DKI_SHORT_LIMBS];
} dki_short_sum;

/* Adds weight * value, or returns false where the term has bits below 2^-128 or is 2^62 and more. */
bool dki_short_sum_add(dki_short_sum *sum, double value, int64_t weight);
/* The same of weight 1, for speed alone. */
bool dki_short_sum_add_one(dki_short_sum *sum, double value);
/* dki_real_sum_round() of a short sum alone, which always fits. divisor > 0 */
double dki_short_sum_round(const dki_short_sum *sum, uint64_t divisor);
void dki_short_sum_merge(dki_short_sum *sum, const dki_short_sum *other);
void dki_real_sum_merge_short(dki_real_sum *sum, const dki_short_sum *other);

/* Adds a value times its weight, or a product of two, to n limbs in two's complement whose bit 0 is 2^-below; or returns
 * false, with nothing added, where that has bits below or leaves less room than for 2^64 such terms and a sign. Values
 * are finite, a weight is not negative, below is at most 2148. */
bool dki_fixed_add(uint64_t *limbs, size_t n, unsigned below, double value, int64_t weight);
bool dki_fixed_add_product(uint64_t *limbs, size_t n, unsigned below, double a, double b, int64_t weight);
/* Adds other, of the same n limbs. */
void dki_fixed_merge(uint64_t *limbs, const uint64_t *other, size_t n);

/* Adds weight * value, exactly. value is finite. */
void dki_real_sum_add(dki_real_sum *sum, double value, int64_t weight);
void dki_real_sum_merge(dki_real_sum *sum, const dki_real_sum *other);
/* The sum divided by divisor (> 0), rounded to the nearest double, ties to even. Returns false where that is beyond
 * the greatest double. A zero result is +0. */
bool dki_real_sum_round(const dki_real_sum *sum, dki_u128 divisor, double *out);

#endif
