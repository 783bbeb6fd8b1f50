/* window.h - columns that look at other rows: windows over ordered groups.
 *
 * The rows of a table are put in groups by `within`, and in each group in an order by `order` (as dk_table_sort does: null
 * last, ties in the order of the table). Without `within` all rows are one group, without `order` a group has the order of
 * the table. A null key is a group of its own. The result has the table's rows, in the table's order, and new columns;
 * these are expressions (expr.h) that may hold, besides what every expression may:
 *
 *   row_number()                  1, 2, 3 ... in the group's order
 *   rank(), dense_rank()          1, 2, 2, 4 and 1, 2, 2, 3: rows with the same order keys have the same one
 *   percent_rank()                (rank - 1) / (rows - 1), a ratio; 0 where the group has one row
 *   cume_dist()                   the share of rows up to this one and its peers, a ratio
 *   ntile(n)                      which of n parts, 1 to n: the first ones have a row more where they cannot be equal
 *   previous(x), previous(x, n)   x of the row that is 1, or n, rows before; null where there is none
 *   next(x), next(x, n)           the same after it
 *   previous_period(x), ...(x, n) x of the row whose order key is 1, or n, less: the period before, whether or not the row
 *   next_period(x), ...(x, n)     before is of it; null where it is missing. order is one key: a month, quarter or year, a
 *                                 date (n days) or a whole number; a period occurs once in a group
 *   first_value(x), last_value(x) x of the first and the last row of the group, null or not
 *   change(x), change(x, n)       x - previous(x, n)
 *   relative_change(x, n)         (x - previous(x, n)) / previous(x, n): a ratio, or a real; null after 0
 *   change_period, relative_change_period    the same with previous_period
 *   share(x)                      x / sum(x)
 *   count(), rows(), sum(x), mean(x), min(x), max(x), with a `where` if need be: of the whole group
 *   running_count(), running_count(x), running_sum(x), _mean, _min, _max    of the rows up to this one
 *   moving_count(x, n), moving_sum(x, n), _mean, _min, _max    of this row and the n - 1 before, as far as they exist
 *   moving_count_period(x, n), moving_sum_period, ...    of the rows of this row's period and the n - 1 periods before
 *
 * Nulls are skipped as in a breakdown: the sum, mean, least and greatest of nothing known are null, the count is 0. Sums are
 * exact, and those of reals rounded once, so that they have the same bits for any number of threads. `running` and
 * `moving` go row by row, also among rows with the same keys; `moving_..._period` takes all rows of a period. A row without
 * a period goes with the others without one, and has no period before or after it.
 * In a table with weights a row is as many as it weighs, as in a breakdown: counts add up weights (rows() counts rows), sums
 * add up weight times x, a mean is that sum by the weights of the known x, share(x) is weight times x by their sum, and a row
 * of weight 0 is nobody: sums, means, least and greatest pass over it. What goes by the place of a row (row_number() to
 * ntile(), previous, change, first_value, the n rows of a moving frame) goes by rows, whatever they weigh.
 * x is an expression over columns; n is constant, 1 or more. Window functions do not stand in one another: make a column
 * first.
 */
#ifndef DEKKING_WINDOW_H
#define DEKKING_WINDOW_H

#include <dekking/expr.h>

typedef struct dk_window_spec {
    const char *const *within; /* n_within columns or expressions */
    size_t n_within;
    const char *const
        *order; /* n_order of "column", "column asc" or "column desc", or an expression for the column */
    size_t n_order;
    const dk_expr *const *columns; /* n_columns "name = expression"; a later one sees the earlier ones */
    size_t n_columns;
} dk_window_spec;

/* Groups and order are those of the table as it is given, also where a new column replaces one of theirs.
 * Errors  those of dk_table_derive, and
 *         DK_ERR_MARGIN     the table has margin rows: take its detail
 *         DK_ERR_ARGUMENT   an order is needed, or one key that steps; n is not constant, or under 1; an aggregate that
 *                           windows do not have
 *         DK_ERR_DUPLICATE  two rows of a group with the same period, where a period before or after is asked for
 *         DK_ERR_OVERFLOW   an exact result does not fit; the row in the message */
DK_API DK_MUST_USE dk_status dk_table_window(const dk_table *table, const dk_window_spec *spec,
                                             const dk_params *params, const dk_table **out, dk_error *err);

#endif
