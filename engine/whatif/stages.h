/* stages.h - two tables of cells beside each other. For engine/whatif alone. */
#ifndef DKI_WHATIF_STAGES_H
#define DKI_WHATIF_STAGES_H

#include <dekking/contribution.h>

#include "sides.h"

/* Cells before and after something: which of both are the same. */
typedef struct dki_cell_pair {
    dk_context *context;
    const dk_table *tables[2];
    int64_t *weights[2]; /* in units, by row */
    dki_sides sides;     /* of tables */
} dki_cell_pair;

/* DK_ERR_ARGUMENT where they have other columns. What was made is dropped by the caller, also on failure. */
dk_status dki_cell_pair_find(dki_cell_pair *pair, const dk_table *before, const dk_table *after, dk_error *err);
void dki_cell_pair_drop(dki_cell_pair *pair);
/* What the cell at a position in the order of keys weighs on a side: 0 where it is not there. */
int64_t dki_cell_pair_weight(const dki_cell_pair *pair, size_t side, uint64_t position);

#endif
