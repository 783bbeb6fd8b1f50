/* rate_lacking.h - rates of a result that cannot be added up, as they are null in some row. */
#ifndef DKI_ROWS_RATE_LACKING_H
#define DKI_ROWS_RATE_LACKING_H

#include "base/arena.h"
#include "expr/node.h"

/* DK_ERR_ARGUMENT where a node of expr is a sum over a column of rates of the table that lacks something: which is null where it has
 * several sums and one of these is null. DK_ERR_MEMORY. */
dk_status dki_rate_check_sum(const dk_table *table, const dk_expr *expr, const dki_node *node, dki_arena *arena,
                             dk_error *err);

#endif
