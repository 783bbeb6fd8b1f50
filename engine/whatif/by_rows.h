/* by_rows.h - a scenario on the rows of a table, in the place of its cells. For engine/whatif alone. */
#ifndef DKI_WHATIF_BY_ROWS_H
#define DKI_WHATIF_BY_ROWS_H

#include "whatif_parts.h"

/* What rows became. */
typedef struct dki_rows_after {
    const dk_table *rows; /* the columns of names, and a weight where parts of persons moved or the table has one */
    const char *present;  /* the column that tells who is there still; NULL: everybody. Lives as long as rows */
    const dk_table *cells; /* of the columns of fine, after the steps: with what the reader must know as notes */
    bool whole;            /* no record was divided: each has the weight that it had */
} dki_rows_after;

/* Runs the steps, in that one of repeated draws. names: the columns that are asked for, those of the scenario among
 * them; fine: those of the cells that the steps run on, which are the scenario's and perhaps others of names. Errors:
 * as for dk_cells_new and dk_scenario_apply. */
dk_status dki_rows_apply(const dk_table *table, const dki_text_map *names, const dki_text_map *fine,
                         const dk_scenario *scenario, const dk_params *params, uint32_t draw, dki_rows_after *out,
                         dk_error *err);
void dki_rows_drop(dki_rows_after *after);

#endif
