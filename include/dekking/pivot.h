/* pivot.h - from long to wide and back.
 *
 *   gemeente  maand    n                gemeente  2024-01  2024-02
 *   Arnhem    2024-01  3   -- pivot ->  Arnhem          3        5
 *   Arnhem    2024-02  5   <- unpivot-  Duiven          1        –
 *   Duiven    2024-01  1
 */
#ifndef DEKKING_PIVOT_H
#define DEKKING_PIVOT_H

#include <dekking/table.h>

typedef struct dk_pivot_spec {
    const char *const *rows; /* n_rows columns that tell the rows of the result apart; 0: one row */
    size_t n_rows;
    const char *const *columns; /* n_columns columns, at least one, whose values become columns */
    size_t n_columns;
    const char *const *values; /* n_values columns, at least one, that fill the cells */
    size_t n_values;
    const char *aggregate; /* sum, mean, min, max ... of the values of a cell; NULL: a cell has one row */
    size_t limit;          /* the most columns that values may become; 0: 1000 */
} dk_pivot_spec;

/* Rows come in the order in which the first of each comes in the table. New columns come in the order of their values
 * (declared order of a category, else by value, null last); those of the first of `values` before those of the second. Their
 * names are the values as dk_value_format writes them, with "_" between several; "(null)" and "(empty)" for what those
 * would not show, "?" for a control character; the name of the value column and "_" before them where there are several.
 * A cell that no row fills is null. Null keys are keys like others.
 * Errors  DK_ERR_NAME       no such column
 *         DK_ERR_ARGUMENT   no columns or no values; a column in two roles; an aggregate that there is not
 *         DK_ERR_DUPLICATE  two rows for one cell, with examples; two columns of one name
 *         DK_ERR_LIMIT      more columns than the limit
 *         DK_ERR_MARGIN     the table has margin rows: take its detail
 *         of an aggregate   those of dk_breakdown_run
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_table_pivot(const dk_table *table, const dk_pivot_spec *spec, const dk_table **out,
                                            dk_error *err);

typedef struct dk_unpivot_spec {
    const char *const *rows; /* n_rows columns that every new row keeps; NULL: all but `columns` */
    size_t n_rows;
    const char *const *columns; /* n_columns columns that become rows; NULL: all but `rows` */
    size_t n_columns;
    const char *name;  /* of the new column of names: a category, whose levels stand in the order of `columns` */
    const char *value; /* of the new column of values */
    bool drop_nulls;   /* leaves out rows whose value is null; a note says how many */
} dk_unpivot_spec;

/* A row for each row and each of `columns`, in the order of the rows and then of `columns`. Types meet as those of tables
 * that are appended (append.h).
 * Errors  DK_ERR_NAME       no such column
 *         DK_ERR_ARGUMENT   neither rows nor columns; a column in both; none that would become rows; no new name
 *         DK_ERR_TYPE       columns whose types do not fit together, by name
 *         DK_ERR_RANGE      a value that does not fit into the common type; orders of stated levels that contradict
 *         DK_ERR_DUPLICATE  a new name that a kept column has
 *         DK_ERR_LIMIT      more rows than a table can have
 *         DK_ERR_MARGIN, DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_table_unpivot(const dk_table *table, const dk_unpivot_spec *spec,
                                              const dk_table **out, dk_error *err);

#endif
