/* sweep.h - a breakdown under one scenario at many values of its parameters. */
#ifndef DEKKING_SWEEP_H
#define DEKKING_SWEEP_H

#include <dekking/scenario.h>

/* Values that a parameter gets in a sweep. */
typedef struct dk_sweep_axis {
    const char *param;
    const dk_value *values; /* n of one type, or numbers; at least 1 */
    size_t n;
} dk_sweep_axis;

/* Points of a sweep: every combination of the values of n_axes parameters, that of the scenario's last parameter changing
 * fastest; or, where points is given, its rows: each of its columns is a parameter. */
typedef struct dk_sweep_spec {
    const dk_sweep_axis *axes;
    size_t n_axes;
    const dk_table *points; /* NULL: axes */
} dk_sweep_spec;

/* Runs breakdown under the scenario at each point. Columns: the parameters, in the order of the scenario; the dimensions and
 * measures of the breakdown; problem (text): why the point has no answer, else null. Rows: point by point, of each what the
 * breakdown gives there, in the order of keys; its order, limit and rest are left aside. A point that asks for what cannot be
 * (more persons than there are, a share above 1, a number that does not fit) is one row whose dimensions and measures are
 * null. Every number is the one that dk_scenario_apply and dk_breakdown_run give at that point alone; points are
 * shared by all threads.
 *
 * Errors as for compare, and
 *         DK_ERR_ARGUMENT   no parameter; axes and points both; no values
 *         DK_ERR_NAME       no parameter of that name
 *         DK_ERR_DUPLICATE  a parameter twice; a column of the result twice
 *         DK_ERR_TYPE       values of several types
 *         DK_ERR_RANGE      a value outside the range of its parameter
 *         DK_ERR_LIMIT      more than DK_SWEEP_MOST points */
#define DK_SWEEP_MOST 10000000
DK_API DK_MUST_USE dk_status dk_scenario_sweep(const dk_breakdown *breakdown, const dk_table *table,
                                               const dk_params *breakdown_params, const dk_scenario *scenario,
                                               const dk_params *params, const dk_sweep_spec *spec,
                                               const dk_table **out, dk_error *err);

/* A range of a parameter that is sampled. */
typedef struct dk_latin_range {
    const char *param;
    dk_value least, greatest; /* exact numbers */
    bool whole;               /* whole numbers, of which the greatest is one */
} dk_latin_range;

/* A Latin hypercube: n points as a table, one column for each range, in which each of the n equal parts of each range holds
 * one value. Values are decimals, or integers where the range is whole. Which parts meet in a point, and where in a part a
 * value lies, follow from seed and the parameter's name: another parameter more changes no column.
 *
 * Source: McKay, Beckman and Conover, A comparison of three methods for selecting values of input variables (Technometrics 21,
 * 1979).
 *
 * Errors  DK_ERR_ARGUMENT   n is 0, or no range; bounds of a whole range that are no whole numbers
 *         DK_ERR_DUPLICATE  a parameter twice
 *         DK_ERR_TYPE       a bound that is no exact number
 *         DK_ERR_RANGE      a range that is empty, or has no room for so many decimals between its bounds
 *         DK_ERR_LIMIT      more than DK_SWEEP_MOST points */
DK_API DK_MUST_USE dk_status dk_latin(dk_context *context, uint64_t n, const dk_latin_range *ranges,
                                      size_t n_ranges, uint64_t seed, const dk_table **out, dk_error *err);

#endif
