/* breakdown.h - a question as a value: dimensions, a filter, named measures, margins.
 *
 * A breakdown is parsed once and can be run on any table that has its columns. Its result is a table: one column for
 * each dimension, then one for each measure; rows in the order of their keys (declared order of a category,
 * else by value, null last, a total after its parts). A group of null keys is a group like another; a total is a
 * margin row (table.h).
 *
 * Inside an aggregate and its `where`, names are columns of the table; outside, measures made before, then
 * dimensions. Aggregates: count() (sum of weights where the table has a weight), rows(), sum(x), mean(x), min(x),
 * max(x); all(m) is the measure m over all groups, all(m, d, ...) within the dimensions d, under the same filters.
 * `/` gives a ratio, exact.
 */
#ifndef DEKKING_BREAKDOWN_H
#define DEKKING_BREAKDOWN_H

#include <dekking/expr.h>

typedef struct dk_breakdown dk_breakdown;

typedef enum dk_margins {
    DK_MARGINS_NONE,
    DK_MARGINS_TOTALS, /* the grand total, after everything */
    DK_MARGINS_ROLLUP, /* a total over the last dimension, the last two, ... all */
    DK_MARGINS_CUBE    /* a total over every set of dimensions */
} dk_margins;

/* "name = expression" or, for a dimension, a column's name alone. label and format may be NULL. */
typedef struct dk_measure {
    const char *text;
    const char *label;
    const char *format;
} dk_measure;

typedef struct dk_breakdown_spec {
    const char *name;         /* may be NULL */
    const dk_measure *by;     /* n_by dimensions, at most 16 */
    size_t n_by;
    const char *where;        /* condition over columns; limits every measure; may be NULL */
    const dk_measure *measures;
    size_t n_measures;        /* at least 1 */
    dk_margins margins;
    bool all_levels;          /* show every level of dimensions with declared levels, also those without rows */
    const char *const *order; /* n_order of "column" or "column desc" of the result; ties by key */
    size_t n_order;
    uint64_t limit;           /* at most so many detail rows, 0: all; margins still cover all groups */
} dk_breakdown_spec;

/* Texts of the spec are copied.
 * Errors  DK_ERR_SYNTAX, DK_ERR_MEMORY
 *         DK_ERR_ARGUMENT   no measure; a measure without a name; an aggregate inside another
 *         DK_ERR_DUPLICATE  a name twice
 *         DK_ERR_LIMIT      too many dimensions */
DK_API DK_MUST_USE dk_status dk_breakdown_new(dk_context *context, const dk_breakdown_spec *spec,
                                              const dk_breakdown **out, dk_error *err);
DK_API const dk_breakdown *dk_breakdown_retain(const dk_breakdown *breakdown);
DK_API void dk_breakdown_release(const dk_breakdown *breakdown);
DK_API const char *dk_breakdown_name(const dk_breakdown *breakdown); /* may be NULL */

/* Errors as for dk_table_eval, and
 *         DK_ERR_MARGIN     the table has margin rows: take its detail
 *         DK_ERR_DUPLICATE  a measure is named like a column that the breakdown uses */
DK_API DK_MUST_USE dk_status dk_breakdown_run(const dk_breakdown *breakdown, const dk_table *table,
                                              const dk_params *params, const dk_table **out, dk_error *err);

#endif
