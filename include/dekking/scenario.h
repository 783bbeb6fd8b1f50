/* scenario.h - what if: interventions on weighted cells.
 *
 * A scenario is an ordered list of interventions. It never edits data: the table is grouped once by the columns that
 * the scenario and the breakdown mention (the cells, a table with a weight), each intervention takes from the cells
 * where its condition holds a share or an amount and gives it new values, and the breakdown runs on what results.
 *
 * Weights are fixed point: decimals with DK_WEIGHT_SCALE digits. What is taken plus what stays is what there
 * was, to the last unit; no intervention here makes or loses weight.
 *
 * How many are taken is settled for each stratum: the groups of `per`, or, where it names none, the combinations of
 * the columns that the intervention mentions. Cells within a stratum share its number in proportion. So a breakdown
 * by one more dimension changes no number.
 *   share s     stratum of weight w gives s * w
 *   count k     k persons over all strata together, in proportion to what each has
 *   whole       the same quotas, then whole persons: the sum of the quotas rounded half away from zero is handed
 *               out by largest remainder (Hamilton): each stratum its quota rounded down, the rest one by one to the
 *               largest fractions, ties to the stratum that comes first in the order of keys
 */
#ifndef DEKKING_SCENARIO_H
#define DEKKING_SCENARIO_H

#include <dekking/breakdown.h>

#define DK_WEIGHT_SCALE 9

typedef struct dk_scenario dk_scenario;

/* Exactly one of share, count and all. Texts are expressions: share and count without columns (literals and
 * parameters), where over the columns, set over the values before the step. */
typedef struct dk_intervention {
    const char *name;  /* what it does, for messages and receipts */
    const char *where; /* NULL: everybody */
    const char *share; /* 0 .. 1 */
    const char *count; /* persons, >= 0 */
    bool all;
    bool whole;             /* whole persons */
    const char *const *per; /* n_per columns */
    size_t n_per;
    const char *const *set; /* n_set of "column = expression"; at least 1 */
    size_t n_set;
    bool allow_none; /* matching nobody is no error */
} dk_intervention;

/* A parameter with its default and, where has_range, the range that values must lie in (numbers). */
typedef struct dk_scenario_param {
    const char *name;
    const char *doc; /* may be NULL */
    dk_value value;
    bool has_range;
    dk_value least, greatest;
} dk_scenario_param;

/* Errors  DK_ERR_SYNTAX, DK_ERR_MEMORY
 *         DK_ERR_ARGUMENT   not exactly one of share, count, all; nothing set; no interventions; a parameter used
 *                           and not defined, or defined and not used
 *         DK_ERR_DUPLICATE  a parameter twice, a column set twice in one step
 *         DK_ERR_RANGE      a default outside its range; a literal share outside 0 .. 1 */
DK_API DK_MUST_USE dk_status dk_scenario_new(dk_context *context, const char *name, const dk_scenario_param *params,
                                             size_t n_params, const dk_intervention *steps, size_t n_steps,
                                             const dk_scenario **out, dk_error *err);
/* a's steps, then b's. A parameter of both must be defined the same: DK_ERR_DUPLICATE. name NULL: "a+b". */
DK_API DK_MUST_USE dk_status dk_scenario_compose(const dk_scenario *a, const dk_scenario *b, const char *name,
                                                 const dk_scenario **out, dk_error *err);
DK_API const dk_scenario *dk_scenario_retain(const dk_scenario *scenario);
DK_API void dk_scenario_release(const dk_scenario *scenario);
DK_API const char *dk_scenario_name(const dk_scenario *scenario);
DK_API size_t dk_scenario_n_params(const dk_scenario *scenario);
/* Borrowed, valid as long as the scenario. */
DK_API const dk_scenario_param *dk_scenario_get_param(const dk_scenario *scenario, size_t i);

/* Groups table by the columns that the breakdown and the scenarios mention: a table of those columns and a weight.
 * breakdown may be NULL (then scenarios alone decide). Errors as for dk_breakdown_run, and DK_ERR_NAME. */
DK_API DK_MUST_USE dk_status dk_cells_new(const dk_table *table, const dk_breakdown *breakdown,
                                          const dk_scenario *const *scenarios, size_t n_scenarios,
                                          const dk_table **out, dk_error *err);

/* Runs the steps on cells. params override defaults.
 * moved   may be NULL: one row for each step and stratum: step (integer, from 1), name (text), the stratum's columns
 *         as text in `stratum` ("gemeente = Duiven"), available (decimal), taken (decimal).
 *
 * Errors  DK_ERR_UNREACHABLE  a step takes more than there is (step and stratum in the message), or matches nobody
 *         DK_ERR_NAME, DK_ERR_TYPE, DK_ERR_RANGE (a parameter or share outside its range), DK_ERR_MEMORY, ... */
DK_API DK_MUST_USE dk_status dk_scenario_apply(const dk_scenario *scenario, const dk_table *cells,
                                               const dk_params *params, const dk_table **out,
                                               const dk_table **moved, dk_error *err);

/* Runs breakdown on table as it is and under each scenario. Columns: the dimensions, then for each measure M:
 * M_base, and for each scenario S: M_S, M_S_difference. Rows: the union of the groups of all, in the order of keys,
 * totals after their parts; a group that one side does not have is null there (counts: 0).
 * params[i] belong to scenarios[i]; params itself may be NULL.
 * Errors as for apply and breakdown_run; DK_ERR_DUPLICATE where two scenarios have one name. */
DK_API DK_MUST_USE dk_status dk_scenario_compare(const dk_breakdown *breakdown, const dk_table *table,
                                                 const dk_scenario *const *scenarios, const dk_params *params,
                                                 size_t n_scenarios, const dk_table **out, dk_error *err);
/* The same columns for two tables: M_base, M_NAME, M_NAME_difference with name as NAME. */
DK_API DK_MUST_USE dk_status dk_table_compare(const dk_breakdown *breakdown, const dk_table *base,
                                              const dk_table *other, const char *name, const dk_params *params,
                                              const dk_table **out, dk_error *err);

/* Which cell of the breakdown's result a target is about: values for some dimensions; the others are totals. */
typedef struct dk_cell_at {
    const char *dimension;
    dk_value value;
} dk_cell_at;

typedef struct dk_solve_spec {
    const char *vary;     /* the parameter whose least value is sought, within its range */
    const char *target;   /* condition over the result's columns: "dekking >= 0.90" */
    const dk_cell_at *at; /* n_at values; none: the grand total */
    size_t n_at;
    const char *each; /* or: solve for each group of this dimension on its own; NULL: not */
} dk_solve_spec;

/* Finds the least value of a parameter for which the target holds. Exact: a candidate counts only if the condition is
 * true of exact ratios. For a share the answer is first a whole number of persons, the least that reaches the target,
 * then the share that these are, then the value reached.
 *
 * out   one row, or one for each group of `each`: the dimension (each), reachable (boolean), persons (integer; those
 *       that the scenario moves in all, null where not reachable), available (integer or decimal: what could be
 *       moved), VARY (ratio), one column for each measure as reached, or as it is at the most when the
 *       target cannot be reached, and answer (text: one sentence).
 * Errors as for compare; DK_ERR_NAME for vary, each, at; DK_ERR_ARGUMENT where both at and each are given. */
DK_API DK_MUST_USE dk_status dk_scenario_solve(const dk_breakdown *breakdown, const dk_table *table,
                                               const dk_scenario *scenario, const dk_params *params,
                                               const dk_solve_spec *spec, const dk_table **out, dk_error *err);

/* Whole numbers that add up to total, in proportion to weights[0 .. n-1] (>= 0), by largest remainder; ties to the
 * earlier one. Errors: DK_ERR_RANGE for a negative weight or total, or where all weights are 0 and total is not;
 * DK_ERR_OVERFLOW. */
DK_API DK_MUST_USE dk_status dk_apportion(const int64_t *weights, size_t n, int64_t total, int64_t *out,
                                          dk_error *err);

#endif
