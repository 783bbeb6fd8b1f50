/* sides.h - results of one breakdown, or cells, side by side. For engine/whatif alone. */
#ifndef DKI_WHATIF_SIDES_H
#define DKI_WHATIF_SIDES_H

#include "base/hash.h"
#include "data/points.h"
#include "whatif_parts.h"

/* Tables whose first n_by columns tell rows apart, with their totals: which rows of them are one group. */
typedef struct dki_sides {
    dk_context *context;
    const dk_table *const *results; /* n of them; borrowed */
    size_t n, n_by;
    struct {
        uint64_t n;
    } groups;
    dki_text_map keys; /* of the groups, where they had to be found */
    uint64_t **rows;   /* of each side: the row of each group, or DK_ROW_NULL */
    size_t capacity;
    uint64_t *order;  /* groups in the order of keys */
    bool as_they_are; /* every side has group i of that order in row i, with the same levels */
} dki_sides;

/* Finds the groups and their order. What was made is dropped by the caller, also on failure. */
dk_status dki_sides_find(dki_sides *sides, const dk_table *const *results, size_t n, size_t n_by, dk_error *err);
void dki_sides_drop(dki_sides *sides);
/* sides_same.c: whether row i of all results is one group, for every i, with the same levels. */
dk_status dki_sides_compare(const dk_table *const *results, size_t n, size_t n_by, bool *same, dk_error *err);
/* A side that has the group. */
size_t dki_sides_side(const dki_sides *sides, uint64_t group);
/* Column d < n_by of all groups, in their order, in a type that holds what all sides have. */
dk_status dki_sides_dimension(const dki_sides *sides, size_t d, const dk_column **out, dk_error *err);
/* Which dimensions a group is a total over. */
dk_status dki_sides_mask(const dki_sides *sides, uint64_t group, int64_t *out, dk_error *err);
/* The dimensions as a table with its totals, of the properties that the first side has; each group `times` times in a
 * row. */
dk_status dki_sides_table(const dki_sides *sides, uint64_t times, const dk_table **out, dk_error *err);

/* measured.c: the measures of results side by side. */
typedef struct dki_measured {
    const dk_column *value, *difference, *relative; /* by group, in order; NULL: there is none */
} dki_measured;

typedef struct dki_comparison {
    dki_sides sides;
    const dk_breakdown *breakdown;
    const char *const *names; /* of sides, but for the base, which is side 0 */
    dk_comparison_form form;
    const struct dki_untouched *untouched; /* what scenarios left as it was; or NULL */
    dki_measured *measured;                /* of measure m and side i: m * sides.n + i */
    dki_text_map notes;
} dki_comparison;

/* Whether groups that a side lacks have 0 of the measure there, and not null. */
bool dki_measure_is_count(const dk_breakdown *breakdown, size_t measure);
/* The pattern of differences of a measure that is shown in that format (may be NULL); may be `format` or out. */
const char *dki_measure_difference_format(const dk_breakdown *breakdown, size_t measure, const char *format,
                                          char out[DKI_FORMAT_BYTES]);
/* difference.c: how far a measure of a side, whose value is there, is from the base's, and in proportion. */
dk_status dki_measure_differ(dki_comparison *c, size_t measure, size_t side, dk_error *err);
/* Finds groups and measures of results, as dki_compare_results has them; untouched may be NULL. What was made is dropped by the caller, also on
 * failure. */
dk_status dki_comparison_find(dki_comparison *c, const dk_breakdown *breakdown, const dk_table *const *results,
                              const char *const *names, size_t n, const dk_comparison_form *form,
                              const struct dki_untouched *untouched, dk_error *err);
void dki_comparison_drop(dki_comparison *c);

/* compared_long.c: a row for each group, measure and side. */
dk_status dki_lay_out_long(const dki_comparison *c, const dk_table **out, dk_error *err);

/* value_column.c: n values, numbers of any kind or null, as a column of a type that holds them all: integer, decimal, ratio, or real
 * where one is. get gives value i; it is asked twice. */
typedef dk_status dki_value_fn(void *arg, uint64_t i, dk_value *out, dk_error *err);
dk_status dki_value_column(dk_context *context, uint64_t n, dki_value_fn *get, void *arg, const dk_column **out,
                           dk_error *err);

/* named_steps.c: numbers, from 1, and names of n steps of the scenario; get gives the step of row i, and as many as there are
 * for null. */
typedef size_t dki_step_fn(const void *arg, uint64_t i);
dk_status dki_named_steps(const dk_scenario *scenario, dk_context *context, uint64_t n, dki_step_fn *get,
                          const void *arg, dk_field *number, dk_field *name, dk_error *err);

/* A ratio becomes a whole number or a decimal, where one with the digits of weights at most is the same number. */
void dki_ratio_as_decimal(dk_value *value);

/* A number of any kind but bounds, as the nearest real. */
double dki_value_real(const dk_value *value);

#endif
