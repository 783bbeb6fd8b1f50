/* moments.h - exact sums of values, squares and products by group: what variance, sd, cov and corr are taken from.
 *
 * Sums are whole numbers in two's complement, in units that depend on the type alone, so that neither the order of
 * rows nor the merging of workers can be seen. There is one rounding, at the end.
 */
#ifndef DKI_MEASURE_MOMENTS_H
#define DKI_MEASURE_MOMENTS_H

#include <dekking/column.h>

#include "base/checked.h"

/* Sums of a record, in this order. Variance has x and xx, a covariance x, y and xy, a correlation all. */
typedef enum dki_moment { DKI_MOMENT_X, DKI_MOMENT_Y, DKI_MOMENT_XX, DKI_MOMENT_YY, DKI_MOMENT_XY } dki_moment;
#define DKI_MOMENTS 5

typedef enum dki_moment_form {
    DKI_MOMENTS_NARROW, /* of integers: 64 bits each, which the plan has shown to be enough; how many stands behind them */
    DKI_MOMENTS_WHOLE, /* of integers: 128 bits for values, 192 for products */
    DKI_MOMENTS_REAL   /* of reals: 256 and 512 bits; what does not fit goes to 2240 and 4480 */
} dki_moment_form;

typedef struct dki_moments {
    dk_context *context; /* borrowed */
    dki_moment_form form;
    unsigned set;            /* bit k: dki_moment k is wanted */
    uint8_t at[DKI_MOMENTS]; /* where each begins in a record, in limbs */
    size_t n_limbs;          /* of all sums of a record */
    size_t stride;           /* from one record to the next */
    size_t n;                /* records */
    uint64_t *records;
    uint64_t **longs; /* of reals: NULL where nothing needs it */
} dki_moments;

void dki_moments_init(dki_moments *moments, dk_context *context, dki_moment_form form, unsigned set);
void dki_moments_drop(dki_moments *moments);
/* Makes room for n groups; new ones hold nothing. */
dk_status dki_moments_room(dki_moments *moments, size_t n, dk_error *err);
/* Adds values, weight times (>= 0), to a group; y is not looked at where there is none. All weights together stay below
 * 2^62. */
void dki_moments_add_whole(dki_moments *moments, size_t group, int64_t x, int64_t y, int64_t weight);
dk_status dki_moments_add_real(dki_moments *moments, size_t group, double x, double y, int64_t weight,
                               dk_error *err);
/* To narrow ones of n_limbs, which lie in one line of cache and count their values themselves. */
static inline void dki_moments_add_narrow(const dki_moments *moments, size_t n_limbs, size_t group, int64_t x,
                                          int64_t y)
{
    uint64_t *record = moments->records + group * (n_limbs > 3 ? 8 : 4), a = (uint64_t)x, b = (uint64_t)y;

    switch (n_limbs) {
    case 2:
        record[0] += a;
        record[1] += a * a;
        break;
    case 3:
        record[0] += a;
        record[1] += b;
        record[2] += a * b;
        break;
    default:
        record[0] += a;
        record[1] += b;
        record[2] += a * a;
        record[3] += b * b;
        record[4] += a * b;
    }
    record[n_limbs]++;
}
/* How many values were added so. */
static inline uint64_t dki_moments_n(const dki_moments *moments, size_t group)
{
    return moments->form == DKI_MOMENTS_NARROW ? moments->records[group * moments->stride + moments->n_limbs] : 0;
}
/* limbs += term, of 128 bits and of 192. */
static inline void dki_moments_add_128(uint64_t *limbs, int64_t term)
{
    dki_u128 sum = ((dki_u128)limbs[1] << 64 | limbs[0]) + (dki_u128)(dki_i128)term;

    limbs[0] = (uint64_t)sum;
    limbs[1] = (uint64_t)(sum >> 64);
}
static inline void dki_moments_add_192(uint64_t *limbs, int64_t a, int64_t b)
{
    dki_i128 term = (dki_i128)a * b;
    dki_u128 before = (dki_u128)limbs[1] << 64 | limbs[0], sum = before + (dki_u128)term;

    limbs[0] = (uint64_t)sum;
    limbs[1] = (uint64_t)(sum >> 64);
    limbs[2] += (uint64_t)(sum < before) - (term < 0);
}
/* dki_moments_add_whole() of weight 1. */
static inline void dki_moments_add_one(const dki_moments *moments, size_t group, int64_t x, int64_t y)
{
    uint64_t *record = moments->records + group * moments->stride;

    dki_moments_add_128(record, x);
    switch (moments->n_limbs) {
    case 2 + 3: dki_moments_add_192(record + 2, x, x); break;
    case 2 + 2 + 3:
        dki_moments_add_128(record + 2, y);
        dki_moments_add_192(record + 4, x, y);
        break;
    default:
        dki_moments_add_128(record + 2, y);
        dki_moments_add_192(record + 4, x, x);
        dki_moments_add_192(record + 7, y, y);
        dki_moments_add_192(record + 10, x, y);
    }
}
/* Adds n values x and their squares, given as sums of x - least and of its squares: to a variance alone, which does not
 * know where values are counted from, so that wide sums stay as they are given. least is the same in all calls, and
 * nothing else adds to these moments. */
void dki_moments_add_sums(const dki_moments *moments, size_t group, uint64_t n, int64_t least, uint64_t sum,
                          dki_u128 squares);
/* Adds group `from` of another of the same form to group `to`. */
dk_status dki_moments_merge(dki_moments *moments, size_t to, const dki_moments *other, size_t from, dk_error *err);

/* A real with a wide exponent: mantissa * 2^exponent, |mantissa| 0 or in 2^52 .. 2^53. */
typedef struct dki_scaled {
    double mantissa;
    int exponent;
} dki_scaled;

/* n values, or weights together. n * sum(ab) - sum(a) * sum(b) over n^2's unit, divided by the product of the divisors
 * (each > 0): exact, rounded once. a and b are DKI_MOMENT_X or _Y, and their product is in the set. */
dki_scaled dki_moments_central(const dki_moments *moments, size_t group, uint64_t n, dki_moment a, dki_moment b,
                               const uint64_t *divisors, size_t n_divisors);

#endif
