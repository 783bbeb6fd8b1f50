/* reproduce.h - one cell of a breakdown as a question of its own. */
#ifndef DKI_QUERY_REPRODUCE_H
#define DKI_QUERY_REPRODUCE_H

#include <dekking/expr.h>

#include "base/buffer.h"

/* A dimension of the breakdown in the cell: its rows as a condition, and its value as the language writes it. Both are NULL where
 * the cell totals it. hidden: a level above some dimension, which a measure may be a share within. known: figures beside the table
 * are known by it. */
typedef struct dki_cell_dimension {
    const char *name, *condition, *literal;
    bool hidden, known;
} dki_cell_dimension;

typedef struct dki_cell_measure {
    const char *name, *text; /* what stands behind the name */
} dki_cell_measure;

/* Measure `which`, as it is over the rows of the cell alone, without names of other measures; where *whole is set, as it is over all
 * rows, because it looks at other cells too. out is empty where it cannot be written so. knows: which dimensions are known is told,
 * so that bounds and estimates of figures can be written. Errors: DK_ERR_MEMORY; DK_ERR_SYNTAX
 * for what is no measure. */
dk_status dki_cell_expression(dk_context *context, const dki_cell_dimension *dims, size_t n_dims,
                              const dki_cell_measure *measures, size_t which, bool knows, bool *whole,
                              dki_buffer *out, dk_error *err);

#endif
