/* scenario_parts.h - a parsed scenario. For engine/scenario alone. */
#ifndef DKI_SCENARIO_PARTS_H
#define DKI_SCENARIO_PARTS_H

#include <stdatomic.h>

#include <dekking/scenario.h>

#include "base/arena.h"
#include "base/checked.h"
#include "base/hash.h"
#include "query/node.h"

typedef struct dki_step {
    const char *name;                     /* for messages: as given, or "step 2" */
    const dk_expr *where, *share, *count; /* NULL where not given */
    bool all, whole, allow_none;
    const char **per;
    size_t n_per;
    const dk_expr **set;
    size_t n_set;
} dki_step;

struct dk_scenario {
    atomic_size_t n_references;
    dk_context *context;
    dki_arena arena;
    const char *name;
    dk_scenario_param *params;
    size_t n_params;
    dki_step *steps;
    size_t n_steps;
};

/* Defaults with what params overrides, in `values`, room for n_params items. Errors: DK_ERR_NAME for a parameter that the
 * scenario does not have, DK_ERR_RANGE, DK_ERR_TYPE. */
dk_status dki_scenario_values(const dk_scenario *scenario, const dk_params *params, dk_param *values,
                              dk_error *err);

/* Adds the columns that a step mentions to names: in where, per, and both sides of set. */
dk_status dki_step_columns(const dki_step *step, bool with_per, dki_text_map *names, dk_error *err);

/* A value of a dimension or a stratum as "gemeente = Duiven", appended to what buffer holds. */
size_t dki_describe(const dk_table *table, uint64_t row, const size_t *columns, size_t n, char *out, size_t size);

/* Cells. ------------------------------------------------------------------------------------------------------------ */

/* Groups a table by the columns of those names, in the order in which the table has them, with their weight; the same again
 * for cells that became equal. */
dk_status dki_cells_group(const dk_table *table, const dki_text_map *names, const dk_table **out, dk_error *err);
size_t dki_cells_weight(const dk_table *cells); /* the column that holds the weights */
/* All weights, in units of 10^-DK_WEIGHT_SCALE, into n_rows numbers. */
dk_status dki_cells_weights(const dk_table *cells, int64_t *out, dk_error *err);

/* Strata. ----------------------------------------------------------------------------------------------------------- */

typedef struct dki_strata {
    dk_context *context;
    size_t n;
    uint32_t *of_cell;  /* stratum of each cell; UINT32_MAX: not matched */
    int64_t *available; /* weight of the matched cells of each */
    int64_t *taken;
    uint64_t *first; /* a cell of each */
    size_t *columns; /* whose values make the strata */
    size_t n_columns;
} dki_strata;

/* Finds the cells that the step matches and their strata, in the order of keys. */
dk_status dki_strata_find(const dki_step *step, const dk_table *cells, const int64_t *weights,
                          const dk_params *params, dki_strata *out, dk_error *err);
/* Settles how much is taken of each. */
dk_status dki_strata_settle(const dki_step *step, const dk_table *cells, const dk_params *params,
                            dki_strata *strata, dk_error *err);
void dki_strata_drop(dki_strata *strata);

/* Apportionment in units: shares[k] = quota k = numerators[k] / denominator, rounded to whole multiples of unit so that they
 * add up to their sum rounded half away from zero; never more than limits[k]. Ties to the earlier one. */
dk_status dki_apportion_quotas(dk_context *context, const dki_i128 *numerators, dki_i128 denominator, int64_t unit,
                               const int64_t *limits, size_t n, int64_t *shares, dk_error *err);

/* Order of two rows by the values of one column: null last, categories by rank. */
int dki_compare_values(const dk_column *column, uint64_t a, uint64_t b);

/* Results side by side. --------------------------------------------------------------------------------------------- */

/* Compares results of one breakdown: results[0] is the base. names[i] names results[i] for i > 0. */
dk_status dki_compare_results(const dk_breakdown *breakdown, const dk_table *const *results,
                              const char *const *names, size_t n, const dk_table **out, dk_error *err);
/* Decimals whose digits are all zeros become shorter, whole ones integers. */
dk_status dki_trim_column(const dk_column *column, const dk_column **out, dk_error *err);

#endif
