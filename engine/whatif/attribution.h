/* attribution.h - what each of several steps contributes to a difference, from the values of a measure. For engine/whatif alone.
 *
 * In order, values[k] is the value under the first k steps, and step i contributes values[i + 1] - values[i]. By Shapley, values[mask]
 * is the value under the steps whose bits are set, and step i contributes the mean, over all orders of the n steps, of what it adds to
 * those before it: the sum over the subsets S without i of |S|! (n - |S| - 1)! / n! times values[S and i] - values[S].
 *
 * Source: Shapley, A value for n-person games (1953).
 */
#ifndef DKI_WHATIF_ATTRIBUTION_H
#define DKI_WHATIF_ATTRIBUTION_H

#include <dekking/value.h>

#include "base/checked.h"

#define DKI_SHAPLEY_MOST 8 /* steps: 2^8 subsets */

typedef struct dki_attribution {
    size_t n; /* steps, at least 1; by Shapley at most DKI_SHAPLEY_MOST */
    bool is_shapley;
    dki_i128 *numbers; /* scratch: one for each value, and n + 1 */
    dki_i128 *sums;
} dki_attribution;

/* One contribution, or (the last of n + 1) the whole difference. */
typedef struct dki_share {
    bool is_null;
    dk_ratio exact;
    int64_t rounded; /* times 10^digits */
} dki_share;

/* How many values there are: n + 1, or 2^n. */
size_t dki_attribution_n(const dki_attribution *a);
/* out[0 .. n]: what each step contributes, then the whole. Null where a value that counts is. false: not all fit exactly in ratios of
 * 64 bits; reals do not. */
bool dki_attribute_exact(const dki_attribution *a, const dk_value *values, dki_share *out);
/* The same rounded to so many digits (0 .. 12): the whole half away from zero, contributions down and then up by one
 * unit, those with the largest remainder first, ties to the earlier step, so that they add up to the whole. Where one
 * of them is null each is rounded by itself. false: a number does not fit in 64 bits. */
bool dki_attribute_rounded(const dki_attribution *a, const dk_value *values, unsigned digits, dki_share *out);

#endif
