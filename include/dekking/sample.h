/* sample.h - some rows, or all in another order, by numbers that look random and are the same everywhere.
 *
 * The number of row i (from 0) is the i-th output of the generator splitmix64 that was seeded with `seed`:
 *
 *   z = seed + (i + 1) * 0x9E3779B97F4A7C15
 *   z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9
 *   z = (z ^ z >> 27) * 0x94D049BB133111EB
 *   z ^ z >> 31
 *
 * all modulo 2^64. It depends on the seed and the place of the row alone: not on threads, nor on who else is drawn.
 */
#ifndef DEKKING_SAMPLE_H
#define DEKKING_SAMPLE_H

#include <dekking/expr.h>

/* The number of row i for that seed. */
DK_API uint64_t dk_random(uint64_t seed, uint64_t i);

typedef struct dk_sample_spec {
    uint64_t n;     /* so many rows, or ... */
    dk_ratio share; /* ... where the denominator is not 0, this share of the rows (0 to 1), rounded half up */
    uint64_t seed;
    const char *const
        *within; /* n_within columns or expressions: so many, or that share, of each group; null is a group */
    size_t n_within;
    const char *weight; /* a column or an expression: rows are drawn in proportion to it; NULL: all alike */
} dk_sample_spec;

/* The rows with the least numbers, each row at most once, in the order of the table. So a larger sample of the same seed
 * holds the smaller one. Where a group has fewer rows than n, all are taken, and a note says of how many groups that is so.
 * Without `weight` rows are drawn as records, whatever the table's weight says. With it they are drawn one after the other,
 * each in proportion to its weight among those that are left (Efraimidis and Spirakis 2006: the greatest u^(1/w), where u is
 * (floor(number / 2^12) + 1/2) / 2^52 of the row's number); one of weight 0 never is. A share is
 * one of all rows.
 * Errors: DK_ERR_RANGE for a share that is not 0 to 1, and for a weight that is null or negative, whose row is named;
 * DK_ERR_TYPE for a weight that is no number; DK_ERR_MARGIN; those of dk_table_eval for within and weight; DK_ERR_MEMORY,
 * DK_ERR_INTERRUPTED. */
DK_API DK_MUST_USE dk_status dk_table_sample(const dk_table *table, const dk_sample_spec *spec,
                                             const dk_params *params, const dk_table **out, dk_error *err);
/* All rows, in the order of their numbers. Errors: DK_ERR_MARGIN, DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
DK_API DK_MUST_USE dk_status dk_table_shuffle(const dk_table *table, uint64_t seed, const dk_table **out,
                                              dk_error *err);

#endif
