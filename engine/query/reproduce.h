/* reproduce.h - one cell of a breakdown as a question of its own. */
#ifndef DKI_QUERY_REPRODUCE_H
#define DKI_QUERY_REPRODUCE_H

#include <dekking/expr.h>

#include "base/buffer.h"

/* A dimension of the breakdown in the cell: its rows as a condition, and its value as the language writes it. Both are NULL where
 * the cell totals it. hidden: a level above some dimension, which a measure may be a share within. */
typedef struct dki_cell_dimension {
    const char *name, *condition, *literal;
    bool hidden;
} dki_cell_dimension;

/* Figures of a table beside the one that is asked. */
typedef struct dki_cell_figures {
    const char *texts; /* attached(...), as measures have them, a line each; NULL: all that there are */
    const bool *known; /* of each dimension: whether they are known by it */
    bool told;         /* the cell tells by what they are known */
} dki_cell_figures;

typedef struct dki_cell_measure {
    const char *name, *text; /* what stands behind the name */
} dki_cell_measure;

/* Measure `which`, as it is over the rows of the cell alone, without names of other measures; where *whole is set, as it is over all
 * rows, because it looks at other cells too. out is empty where it cannot be written so. figures: n_figures tables, for bounds and
 * estimates. Errors: DK_ERR_MEMORY; DK_ERR_SYNTAX
 * for what is no measure. */
dk_status dki_cell_expression(dk_context *context, const dki_cell_dimension *dims, size_t n_dims,
                              const dki_cell_measure *measures, size_t which, const dki_cell_figures *figures,
                              size_t n_figures, bool *whole, dki_buffer *out, dk_error *err);

#endif
