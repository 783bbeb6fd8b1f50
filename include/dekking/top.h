/* top.h - the first rows of each group.
 *
 * The rows of a table are put in groups by `within`, as a window does, and in each group in an order by `order`: null last,
 * ties in the order of the table. Of each group the first `n` rows stay. A null key is a group of its own; without `within` all
 * rows are one group, without `order` a group has the order of the table.
 */
#ifndef DEKKING_TOP_H
#define DEKKING_TOP_H

#include <dekking/expr.h>

typedef struct dk_top_spec {
    uint64_t n;
    const char *const *within; /* n_within columns or expressions */
    size_t n_within;
    const char *const
        *order; /* n_order of "column", "column asc" or "column desc", or an expression for the column */
    size_t n_order;
    bool ties;        /* also the rows whose order keys are those of the n-th */
    bool table_order; /* rows stand as in the table, and not by group and then by place in it */
} dk_top_spec;

/* Errors  those of dk_table_sort_by; DK_ERR_MARGIN where the table has margin rows */
DK_API DK_MUST_USE dk_status dk_table_top(const dk_table *table, const dk_top_spec *spec, const dk_params *params,
                                          const dk_table **out, dk_error *err);

#endif
