/* contribution.h - which step of a scenario does what: what each contributes, whether their order matters, and which
 * parameter matters most.
 *
 * All are asked of one measure, of a place in the breakdown's result, and run on cells as a comparison does: their
 * numbers are those that a comparison shows.
 */
#ifndef DEKKING_CONTRIBUTION_H
#define DEKKING_CONTRIBUTION_H

#include <dekking/scenario.h>

/* Where in a breakdown's result: at and each together are DK_ERR_ARGUMENT. Nothing given: every group and total that
 * the breakdown has. */
typedef struct dk_place {
    const dk_cell_at *at; /* n_at values; the other dimensions are totalled */
    size_t n_at;
    bool total;       /* the grand total */
    const char *each; /* each group of this dimension, the others totalled; or NULL */
} dk_place;

typedef enum dk_contribution_method {
    DK_CONTRIBUTION_ORDER,  /* what a step adds to those before it */
    DK_CONTRIBUTION_SHAPLEY /* the mean of that over all orders: at most 8 steps */
} dk_contribution_method;

typedef struct dk_contribution_spec {
    const char *measure; /* NULL: the only one */
    dk_place place;
    dk_contribution_method method;
    bool allow_none; /* a step that matches nobody, as may be without the others, does nothing */
} dk_contribution_spec;

/* What each step contributes to the difference of a measure between table as it is and under the scenario. Columns: the
 * dimensions of the place, step (integer, from 1), name (text), contribution; rows: for each group the steps in order,
 * then the whole as a total. Contributions add up to the whole exactly. Where exact ones do not fit in ratios of 64
 * bits, or the measure is a real, all are decimals of at most 12 digits that add up by largest remainder, and a note
 * says so. Null where the measure is, in a subset that counts.
 *
 * breakdown_params, params  as dk_scenario_compare has them
 *
 * Errors  as for compare, with the subset of steps in front of what is wrong under some of them alone, and
 *         DK_ERR_NAME      no such measure, dimension or cell
 *         DK_ERR_ARGUMENT  both at and each; no measure named of several; a column of that name is a dimension
 *         DK_ERR_LIMIT     more than 8 steps by Shapley
 *         DK_ERR_TYPE      the measure is no number, or known in bounds
 *         DK_ERR_OVERFLOW  not even rounded contributions fit */
DK_API DK_MUST_USE dk_status dk_scenario_contributions(const dk_breakdown *breakdown, const dk_table *table,
                                                       const dk_params *breakdown_params,
                                                       const dk_scenario *scenario, const dk_params *params,
                                                       const dk_contribution_spec *spec, const dk_table **out,
                                                       dk_error *err);

/* Whether exchanging two steps changes a number, for each pair: the other steps stay where they are. Columns: first, first_name,
 * second, second_name, changes (boolean); most (decimal): by how many persons a cell differs at most, or with a breakdown for
 * each measure M M_most: by how much it differs at most in a group or total; null where they cannot run that way
 * round; problem (text): why, else null.
 *
 * breakdown  may be NULL: the cells of the columns that the scenario mentions
 *
 * Errors as for compare */
DK_API DK_MUST_USE dk_status dk_scenario_order(const dk_scenario *scenario, const dk_table *table,
                                               const dk_params *params, const dk_breakdown *breakdown,
                                               const dk_params *breakdown_params, const dk_table **out,
                                               dk_error *err);

/* A parameter, and the values that it might have instead. */
typedef struct dk_param_range {
    const char *name;
    dk_value low, high; /* numbers */
} dk_param_range;

typedef struct dk_sensitivity_spec {
    const char *measure; /* NULL: the only one */
    dk_place place;
    const dk_param_range *ranges; /* n_ranges; none: every parameter with a least and a greatest value, from the
                 * one to the other; a note says which others are left out */
    size_t n_ranges;
} dk_sensitivity_spec;

/* What a measure is under the scenario with each parameter at its low and high value, the others as they are. Columns:
 * the dimensions of the place, parameter (text), low, high, at_low, at_base, at_high, swing (the greatest less the
 * least of the three), problem (text: why there is no answer at one end, else null); rows: for each group the widest
 * swing first, null ones last.
 *
 * Errors  as for contributions, and
 *         DK_ERR_ARGUMENT  no parameter has a range
 *         DK_ERR_RANGE     a low or high value outside the parameter's own range */
DK_API DK_MUST_USE dk_status dk_scenario_sensitivity(const dk_breakdown *breakdown, const dk_table *table,
                                                     const dk_params *breakdown_params, const dk_scenario *scenario,
                                                     const dk_params *params, const dk_sensitivity_spec *spec,
                                                     const dk_table **out, dk_error *err);

/* The cells after step 1, 2, ... of the scenario, on its way: out[0 .. n_steps - 1]. Errors as for apply. */
DK_API size_t dk_scenario_n_steps(const dk_scenario *scenario);
DK_API const char *dk_scenario_step_name(const dk_scenario *scenario, size_t step);
DK_API DK_MUST_USE dk_status dk_scenario_stages(const dk_scenario *scenario, const dk_table *cells,
                                                const dk_params *params, const dk_table **out, dk_error *err);
/* The cells whose weight differs: their columns, then before, after and change (decimals), in the order of keys. Both
 * are cells of the same table. Errors: DK_ERR_ARGUMENT where they have other columns, DK_ERR_MEMORY,
 * DK_ERR_INTERRUPTED. */
DK_API DK_MUST_USE dk_status dk_cells_changes(const dk_table *before, const dk_table *after, const dk_table **out,
                                              dk_error *err);

#endif
