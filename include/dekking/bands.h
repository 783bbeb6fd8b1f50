/* bands.h - how far a scenario's outcome goes by chance: a breakdown over repeated draws. */
#ifndef DEKKING_BANDS_H
#define DEKKING_BANDS_H

#include <dekking/scenario.h>

#define DK_BANDS_MOST 1000000 /* draws */

typedef struct dk_bands_spec {
    uint64_t n_draws;          /* 1 .. DK_BANDS_MOST */
    const dk_ratio *quantiles; /* n_quantiles, each 0 .. 1; none twice */
    size_t n_quantiles;
} dk_bands_spec;

/* Runs breakdown under the scenario so many times, each with random numbers of its own; the first draw is the one that
 * apply and compare show. Columns: the dimensions, and for each measure M:
 *   M_mean  real: over the draws in which it is not null
 *   M_sd    real: their standard deviation (n - 1); null where there are not two
 *   M_q50   of the type of M, for the quantile 0.50 (M_q2_5: 0.025): the least value that so large a share of these draws do not
 *           exceed; a value that occurred
 * Rows: the groups of all draws, in the order of keys, totals after their parts; the breakdown's order and limit are left
 * aside. Where a draw lacks a group, counts are 0 in it and other measures null. Draws are shared by all threads, of which
 * no number depends.
 *
 * Cost: each draw as much as apply and a breakdown of the cells; 16 bytes for each draw, group and measure.
 *
 * Errors as for compare, and
 *         DK_ERR_ARGUMENT   no step draws; no draws
 *         DK_ERR_RANGE      a quantile that does not lie between 0 and 1
 *         DK_ERR_LIMIT      more than DK_BANDS_MOST draws
 *         DK_ERR_DUPLICATE  a quantile twice, or a column of the result
 *         DK_ERR_TYPE       a measure that is no number */
DK_API DK_MUST_USE dk_status dk_scenario_bands(const dk_breakdown *breakdown, const dk_table *table,
                                               const dk_params *breakdown_params, const dk_scenario *scenario,
                                               const dk_params *params, const dk_bands_spec *spec,
                                               const dk_table **out, dk_error *err);

#endif
