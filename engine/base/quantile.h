/* quantile.h - numbers drawn by inversion: the least x for which P(X <= x) exceeds (u + 1/2) / 2^64, for one uniform u.
 *
 * So more is never less: x does not fall where u, p, n, the marked or the drawn grow. And it is the same on every
 * machine, because it does not hang on a last bit.
 *
 * How: that of the mode being 1, the weights of values come from each other by quotients of whole numbers, and fall to
 * both sides of it. They are added up until what is left is under 2^-60, and the value is where their sum passes u.
 * This is done in doubles, with a bound of the error. Where u is that near to a step (once in 10^9 draws or less) it is
 * done again with 113 bits and until 2^-100; the error is then under 2^-85, a millionth of the grain of u. Only sums,
 * products and quotients are used, which are rounded the same everywhere.
 *
 * Cost: some 20 standard deviations of quotients: under a microsecond for n = 1000, a millisecond for 10^9.
 * Tried and dropped: a trial for each person, which takes time in proportion to n; rejection, which takes any number of
 * uniforms, and where a little more share may draw fewer.
 */
#ifndef DKI_BASE_QUANTILE_H
#define DKI_BASE_QUANTILE_H

#include <stdbool.h>

#include <dekking/value.h>

#define DKI_QUANTILE_MOST (INT64_C(1) << 34)

/* A law, and the sums over all of its values: for drawing from it more than once, which takes a twentieth of the time. */
typedef struct dki_quantile {
    int64_t least, greatest, mode;
    int64_t most, p, q,
        slope;           /* weight of x + 1 over that of x: (most - x) (p - slope x) / ((x + 1) (q + slope x)) */
    int64_t bottom, top; /* values beyond have next to no weight */
    double below, total; /* weight under the mode, and of all */
} dki_quantile;

/* The law of dki_quantile_binomial. */
void dki_quantile_init(dki_quantile *law, int64_t n, dk_ratio p);
/* Whether it is the law of those numbers. */
bool dki_quantile_is(const dki_quantile *law, int64_t n, dk_ratio p);
int64_t dki_quantile_draw(const dki_quantile *law, uint64_t u);

/* How many of n trials succeed, each with probability p. n is 0 .. DKI_QUANTILE_MOST; p is 0 .. 1, in lowest terms. */
int64_t dki_quantile_binomial(int64_t n, dk_ratio p, uint64_t u);
/* How many of the `marked` are among the `drawn` out of n, without putting back: both are 0 .. n. */
int64_t dki_quantile_hypergeometric(int64_t n, int64_t marked, int64_t drawn, uint64_t u);

#endif
