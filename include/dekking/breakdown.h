/* breakdown.h - a question as a value: dimensions, a filter, named measures, margins.
 *
 * A breakdown is parsed once and can be run on any table that has its columns. Its result is a table: one column for
 * each dimension, then one for each measure; rows in the order of their keys (declared order of a category,
 * else by value, null last, a total after its parts). A group of null keys is a group like another; a total is a
 * margin row (table.h).
 *
 * A dimension may use an earlier one by its name, unless a dimension up to that one reads a column of that name.
 * Inside an aggregate and its `where`, names are columns of the table; outside, measures made before, then
 * dimensions. Aggregates: count() (sum of weights where the table has a weight), rows(), sum(x), mean(x), min(x),
 * max(x); all(m) is the measure m over all groups, all(m, d, ...) within the dimensions d, under the same filters.
 * `/` gives a ratio, exact.
 *
 * Aggregates skip nulls; of nothing, count() and rows() are 0 and the others null. sum keeps integer, decimal, ratio or
 * real, mean is a ratio (of reals a real), min and max take and keep every type. All are exact but for one rounding of
 * what is real, so that the order of rows cannot be seen. A result that does not fit in 64 bits is DK_ERR_OVERFLOW with the
 * measure and the group. With weights every aggregate but rows() takes a row as so many (a weighted sum has the digits
 * of both, weighed quantiles and variances are those of docs/semantics.md), and a row of weight 0 is nobody.
 *
 * A dimension member(v) or missing(v) of a set v (members.h) puts a row in the group of each member that the set has, or lacks of
 * those that the column's dictionary has: its groups overlap, a row whose set has (or lacks) none is in totals alone, and totals
 * take each row once. `levels` shows members that nobody has; a rest is refused (DK_ERR_ARGUMENT), and what
 * is no set DK_ERR_TYPE.
 *
 * all(m, d) of a row is m of the row that totals every dimension but d: within the row's own value of d, or over all of
 * d where the row itself totals d. d may also be a column that is a coarser level than a dimension, of one hierarchy
 * (hierarchy.h).
 */
#ifndef DEKKING_BREAKDOWN_H
#define DEKKING_BREAKDOWN_H

#include <dekking/expr.h>

typedef struct dk_breakdown dk_breakdown;

typedef enum dk_margins {
    DK_MARGINS_NONE,
    DK_MARGINS_TOTALS, /* the grand total, after everything */
    DK_MARGINS_ROLLUP, /* a total over the last dimension, the last two, ... all */
    DK_MARGINS_CUBE,   /* a total over every set of dimensions */
    DK_MARGINS_SETS    /* the rows of the sets that are named, and no others */
} dk_margins;

/* "name = expression" or, for a dimension, a column's name alone. label and format may be NULL. */
typedef struct dk_measure {
    const char *text;
    const char *label;
    const char *format;
} dk_measure;

/* The dimensions that a row of the set tells apart, by name; it totals the others. */
typedef struct dk_grouping_set {
    const char *const *by;
    size_t n_by; /* 0: the grand total */
} dk_grouping_set;

typedef struct dk_breakdown_spec {
    const char *name;     /* may be NULL */
    const dk_measure *by; /* n_by dimensions, at most 16 */
    size_t n_by;
    const char *where; /* condition over columns; limits every measure; may be NULL */
    const dk_measure *measures;
    size_t n_measures; /* at least 1 */
    dk_margins margins;
    const dk_grouping_set *sets; /* n_sets, of DK_MARGINS_SETS; the same set twice is once */
    size_t n_sets;
    bool all_levels; /* show every level of the dimensions that are categories or booleans, also those without
                                * rows, for every combination of the other dimensions that occurs; of levels of one
                                * hierarchy only the combinations that it has. A category's levels are the
                                * declared ones, or all that its column's dictionary has, wherever they occur */
    const char *const
        *levels; /* the same of n_levels dimensions, by name; of an integer, a date or a period every value
                                * between the least and the greatest that occurs in a group */
    size_t n_levels;
    const char *const
        *order; /* n_order of "column", "column asc" or "column desc" of the result, totals as in sort.h;
                                 ties by key; "none" alone: no particular order */
    size_t n_order;
    uint64_t limit; /* at most so many detail rows, 0: all; totals stay, and still cover all groups */
    const char
        *rest; /* NULL, or a name: the groups beyond the limit are one row of that name, behind the others and
                       * before null; for one dimension, a category or text */
} dk_breakdown_spec;

/* Texts of the spec are copied.
 * Errors  DK_ERR_SYNTAX, DK_ERR_MEMORY
 *         DK_ERR_ARGUMENT   no measure; sets without their margins, or the other way round; a measure without a name; an aggregate inside another, or with other arguments
 *                           than it takes
 *         DK_ERR_NAME       outside aggregates, what is no measure made before and no dimension; an order by no column; a
 *                           set, or levels, of what is no dimension
 *         DK_ERR_ARGUMENT   a rest without a limit, or with other than one dimension
 *         DK_ERR_DUPLICATE  a name twice
 *         DK_ERR_LIMIT      too many dimensions */
DK_API DK_MUST_USE dk_status dk_breakdown_new(dk_context *context, const dk_breakdown_spec *spec,
                                              const dk_breakdown **out, dk_error *err);
DK_API const dk_breakdown *dk_breakdown_retain(const dk_breakdown *breakdown);
DK_API void dk_breakdown_release(const dk_breakdown *breakdown);
DK_API const char *dk_breakdown_name(const dk_breakdown *breakdown); /* may be NULL */
/* Calls visit for each column that a table must have for it, and each parameter that its expressions mention; a name may come
 * more than once, and lives as long as the object. Stops when visit returns false. */
typedef bool dk_need_fn(void *arg, const char *name, bool is_param);
DK_API void dk_breakdown_needs(const dk_breakdown *breakdown, dk_need_fn *visit, void *arg);

/* The result has the breakdown's name, the table's source and unit, no weight, and notes: how many rows a condition
 * left out because it was null, how many groups are not shown.
 * Errors as for dk_table_eval, and
 *         DK_ERR_MARGIN     the table has margin rows: take its detail
 *         DK_ERR_TYPE       a rest, and the dimension is neither category nor text; a format, and what it is of is no number
 *         DK_ERR_DUPLICATE  a group is called what the rest is to be called; a measure is named like a column that the breakdown uses
 *         DK_ERR_ARGUMENT   every level is to be shown, and no dimension is a category or a boolean
 *         DK_ERR_TYPE      every level of a text, real, ratio, decimal or timestamp is to be shown
 *         DK_ERR_LIMIT     with every level there would be more than 2^22 groups
 *         DK_ERR_NAME       all() within what is neither a dimension nor a level above one
 *         DK_ERR_DATA       all() within a level of which a member has several
 *         DK_ERR_OVERFLOW   an exact result does not fit; the measure and the group, or the row, in the message */
DK_API DK_MUST_USE dk_status dk_breakdown_run(const dk_breakdown *breakdown, const dk_table *table,
                                              const dk_params *params, const dk_table **out, dk_error *err);

/* Runs n breakdowns over one table in one pass over its rows; parts of expressions that they have in common are evaluated
 * once. out[0 .. n-1] get the results, each with the rows, notes and lineage that dk_breakdown_run gives, and are untouched on
 * error. One whose groups are very many, one with a rest and one with aggregates of dk_aggregate_define take
 * passes of their own. It takes the memory of all at once; where that is too much they are run one after the other.
 * Errors: that of the first breakdown that fails alone. */
DK_API DK_MUST_USE dk_status dk_breakdown_run_all(const dk_breakdown *const *breakdowns, size_t n,
                                                  const dk_table *table, const dk_params *params,
                                                  const dk_table **out, dk_error *err);

/* Runs it and gives, in the place of its result, how it was computed: a row for each step, in order.
 *
 * step    bind, scan, common, where, dimension, condition, value, aggregate, groups, merge, cells, members, measures, result
 * what    the name or expression that it is about; null for what is about all
 * how     in words: looked up by so many codes, by index or by hash, ...
 * shared  how many measures and dimensions it was computed for, once
 * rows    that went in
 * out     that came out: rows for which a condition holds, codes, groups, rows of the result
 * ms      milliseconds that it took, null for a common part, whose time is that of who asked for it first; of steps within the scan, of all workers together
 *
 * Errors as for dk_breakdown_run. */
DK_API DK_MUST_USE dk_status dk_breakdown_plan(const dk_breakdown *breakdown, const dk_table *table,
                                               const dk_params *params, const dk_table **out, dk_error *err);
/* The same of several that are run together: out[0 .. n-1] get the steps of each. Of those that share the pass the first has the
 * time of the scan and of the merge, for all of them, and the common parts; the others have null there. */
DK_API DK_MUST_USE dk_status dk_breakdown_plan_all(const dk_breakdown *const *breakdowns, size_t n,
                                                   const dk_table *table, const dk_params *params,
                                                   const dk_table **out, dk_error *err);

/* The result of a breakdown with a coarser level in the place of a dimension, as its column knows its hierarchy
 * (hierarchy.h). Counts and sums add up, min and max stay, rates are ratios of sums, and what is computed from other measures
 * is computed anew. Totals are of the sets that the result has. Of a pivot of a result every column that was made of a measure is
 * rolled up as the measure is; of a comparison dk_comparison_roll_up rolls up the sides.
 *
 * dimension  NULL, or which one, where several belong to a level of that name
 *
 * Errors  DK_ERR_ARGUMENT   the table is no result, or shows its first groups only; the level is none above a dimension, or
 *                           above several; the hierarchy changes with time; a measure cannot be had from its parts, or a
 *                           column is none
 *         DK_ERR_DUPLICATE  a measure is called as the level
 *         and as dk_breakdown_run */
DK_API DK_MUST_USE dk_status dk_table_roll_up(const dk_table *result, const char *level, const char *dimension,
                                              const dk_table **out, dk_error *err);

#endif
