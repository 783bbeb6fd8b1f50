/* new_column.h - the column that a named expression makes. For engine/rows alone. */
#ifndef DKI_ROWS_NEW_COLUMN_H
#define DKI_ROWS_NEW_COLUMN_H

#include "expr/eval.h"

/* DK_ERR_ARGUMENT where the expression has no name. */
dk_status dki_check_named(const dk_expr *expr, dk_error *err);
/* The table with one more column, which the expression gave, under its name. Where it compares two others its pattern is theirs:
 * points, where columns that are shown as percentages are subtracted, also through change(); per cent for a relative change. */
dk_status dki_add_named(const dk_table *table, const dk_expr *expr, const dk_column *column, const dk_table **out,
                        dk_error *err);

#endif
