/* row_cells.h - in which cell each row of a table is. For engine/scenario alone. */
#ifndef DKI_SCENARIO_ROW_CELLS_H
#define DKI_SCENARIO_ROW_CELLS_H

#include "scenario_parts.h"

/* out[i] is the cell of row i, for all rows of the table. cells: those of the table by some of its columns, which all stand in
 * names. Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED; of a snapshot also DK_ERR_IO, DK_ERR_DATA. */
dk_status dki_row_cells(const dk_table *table, const dk_table *cells, const dki_text_map *names, uint32_t *out,
                        dk_error *err);

#endif
