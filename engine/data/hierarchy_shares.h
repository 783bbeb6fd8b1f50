/* hierarchy_shares.h - shares of which some are stated by nobody, and whether a result depends on these. For hierarchy_recode.c and
 * hierarchy_origins.c alone.
 *
 * What is made of shares and weights is a quotient of polynomials of those that nobody stated. Beside the number that it is where all of
 * them are alike, it is computed at three points of a field of 2^61 - 1 elements: the second differs from the first in shares, the
 * third in weights that nobody gave. Where polynomials of degree d differ, they are the same at random points in d of 2^61 cases at
 * most, so that what is the same at all points depends on nothing that nobody stated, and is what the number says.
 */
#ifndef DKI_DATA_HIERARCHY_SHARES_H
#define DKI_DATA_HIERARCHY_SHARES_H

#include <dekking/value.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DKI_POINT_FIRST, DKI_POINT_SHARES, DKI_POINT_WEIGHTS, DKI_N_POINTS };

typedef struct dki_share {
    dk_ratio exact; /* 0/0: it does not fit */
    uint64_t at[DKI_N_POINTS];
} dki_share;

dki_share dki_share_stated(dk_ratio share);
/* Part i of n of a whole that `key` tells, whose shares nobody stated; they add up to 1. */
dki_share dki_share_unstated(uint64_t key, size_t i, size_t n);
/* A weight that nobody gave. */
dki_share dki_share_unweighed(uint64_t key);
dki_share dki_share_add(const dki_share *a, const dki_share *b);
/* Told by the points, also of what does not fit. */
bool dki_share_is_zero(const dki_share *share);
dki_share dki_share_div(const dki_share *a, const dki_share *b); /* b is not 0 */
dki_share dki_share_mul(const dki_share *a, const dki_share *b);
/* Whether a / b is the same at that point as at the first. */
bool dki_share_same(const dki_share *a, const dki_share *b, int point);

#endif
