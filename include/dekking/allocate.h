/* allocate.h - how a limited budget is spread best: how many persons of each group the last step of a scenario takes.
 *
 * The groups are those of `per`. Of each a number is sought between a minimum and its capacity, so that the costs together
 * stay within the budget, every target holds, and a measure (or a gain that persons have) is as great as can be, or the cost
 * as little. In parts of persons that is a linear program; in whole persons an integer one. Base: Dantzig, Discrete-variable
 * extremum problems (1957), for one budget; COIN-OR Clp and Cbc where targets or unequal costs of whole persons stand in
 * the way, whose answers are checked and proved in whole numbers.
 *
 * What decides: gains, costs, capacities and targets are exact ratios. Measures and targets must grow in proportion to
 * who is taken: counts and sums, their sums, differences and multiples, and in a target the ratio of two of them beside a
 * number. S / N >= 0.9 is compared as S >= 0.9 N, so that nothing is asked of a group with nobody in it. Who of a group is
 * taken is no question here: all alike, in proportion; where a measure tells them apart, its share of a group is rounded to
 * 10^-9, in targets to the safe side, and a note says so.
 *
 * Of several answers that are as good: the least cost, then the greatest number for the first group, then for the second,
 * and so on, in the order of keys. Nobody is taken who gains nothing, costs nothing and helps no target.
 *
 * Shadow prices are those of the linear program (also where persons are whole): what one more of a limit would bring, in
 * what is maximised or minimised.
 */
#ifndef DEKKING_ALLOCATE_H
#define DEKKING_ALLOCATE_H

#include <dekking/scenario.h>

/* A condition over the breakdown's measures: at the grand total, at one cell, or at each group of a dimension. */
typedef struct dk_allocate_target {
    const char *condition; /* comparisons, joined by `and` */
    const dk_cell_at *at;  /* n_at values; none: the grand total */
    size_t n_at;
    const char *each; /* or NULL */
} dk_allocate_target;

/* Texts are expressions. Exactly one of gain, maximise and minimise. */
typedef struct dk_allocate_spec {
    const char *const *per; /* n_per columns, at least 1 */
    size_t n_per;
    const char *budget;   /* without columns; NULL: there is none */
    const char *cost;     /* of a person; may differ between groups; NULL: 1 */
    const char *gain;     /* of a person; may differ between groups */
    const char *maximise; /* a measure, at the grand total */
    const char *minimise; /* a measure, or "cost" */
    const char *capacity; /* persons of a group; NULL, or null for a group: all there are */
    const char *minimum;  /* persons of a group; NULL, or null for a group: 0 */
    const dk_allocate_target *targets;
    size_t n_targets;
    bool whole; /* persons */
} dk_allocate_spec;

/* Allocates. The steps before the last one run first, as they are; the last one's share or count is what is sought.
 *
 * plan    a row for each group: the columns of per, available, capacity, minimum (where they are given), allocated, cost, gain
 *         (but where cost is minimised), shadow_price (of the capacity, or of the minimum where that is what binds)
 * limits  a row for the budget and for each target and cell: limit (text), cell (text; null for the budget), slack (what is left, in
 *         cost, or in what the target compares), binds (boolean), shadow_price
 *
 * breakdown_params  the $names of the breakdown and of the spec's expressions. May be NULL.
 *
 * Errors  as for solve, and
 *         DK_ERR_ARGUMENT     no per; not exactly one of gain, maximise, minimise; a measure or target that is not in
 *                             proportion; a step that is drawn, has an order, or changes a column of per; columns named like
 *                             those of the plan
 *         DK_ERR_TYPE         a cost, gain, capacity or minimum that is no number, or null where persons are
 *         DK_ERR_RANGE        one that is negative
 *         DK_ERR_NAME         no measure, dimension or cell of that name
 *         DK_ERR_UNREACHABLE  nobody is matched; limits that contradict each other: which, and how much can be
 *         DK_ERR_LIMIT        numbers with more digits than fit
 *         DK_ERR_IO           Clp is needed, and missing */
DK_API DK_MUST_USE dk_status dk_scenario_allocate(const dk_breakdown *breakdown, const dk_table *table,
                                                  const dk_params *breakdown_params, const dk_scenario *scenario,
                                                  const dk_params *params, const dk_allocate_spec *spec,
                                                  const dk_table **plan, const dk_table **limits, dk_error *err);

#endif
