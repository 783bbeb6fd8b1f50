/* differences.h - how a column that compares two others is shown. For engine/rows alone. */
#ifndef DKI_ROWS_DIFFERENCES_H
#define DKI_ROWS_DIFFERENCES_H

#include "data/points.h"
#include "expr/eval.h"

/* The pattern of a column that the expression gives over the table: points, where two columns that are shown as percentages
 * are subtracted, also through change(); per cent for a relative change. NULL: it has none. Valid as long as out. */
const char *dki_difference_format(const dk_table *table, const dk_expr *expr, char out[DKI_FORMAT_BYTES]);

#endif
