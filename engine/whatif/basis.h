/* basis.h - what scenarios of a breakdown run on: cells of a table, or its rows. For engine/whatif alone. */
#ifndef DKI_WHATIF_BASIS_H
#define DKI_WHATIF_BASIS_H

#include "query/breakdown_parts.h"
#include "whatif_parts.h"

/* For tests: by cells or by rows, whatever would be chosen; until it is DKI_PATH_AUTO again. */
typedef enum dki_path { DKI_PATH_AUTO, DKI_PATH_CELLS, DKI_PATH_ROWS } dki_path;
void dki_basis_force(dki_path path);
bool dki_basis_is_forced(void);

typedef struct dki_basis {
    const dk_breakdown *breakdown; /* borrowed, as the table and the scenarios are */
    const dk_table *table;
    dki_wants wants;
    dki_text_map names; /* all columns that are mentioned */
    dki_text_map own;   /* by rows: those that the steps' cells have */
    dki_cube_use use;   /* how cells are had: the cube, or by rows the steps' cells */
    dki_cube_size size; /* of the cube */
    bool is_predicted;  /* from a sample: else from what is known of the columns */
    bool by_rows;
    const char *why;       /* by rows: because ... A constant */
    const dk_table *cells; /* the cube, or by rows the steps' cells; NULL: not yet made */
} dki_basis;

/* Decides, and makes nothing. To be dropped, also after a failure. Errors: as for dk_cells_new but for what rows can do. */
dk_status dki_basis_init(dki_basis *basis, const dk_breakdown *breakdown, const dk_table *table,
                         const dk_scenario *const *scenarios, size_t n_scenarios, dk_error *err);
void dki_basis_drop(dki_basis *basis);
/* Makes the cells; by rows instead where memory does not do. */
dk_status dki_basis_open(dki_basis *basis, dk_error *err);
/* The answer of `whole`, the breakdown without order and limit, under a scenario. cells: those after it, with what the
 * reader must know as notes. */
dk_status dki_basis_ask(dki_basis *basis, const dk_breakdown *whole, const dk_params *breakdown_params,
                        const dk_scenario *scenario, const dk_params *params, const dk_table **cells,
                        const dk_table **result, dk_error *err);
/* The same by rows, in one of repeated draws; from several threads at once. */
dk_status dki_basis_ask_rows(const dki_basis *basis, const dk_breakdown *whole, const dk_params *breakdown_params,
                             const dk_scenario *scenario, const dk_params *params, uint32_t draw,
                             const dk_table **cells, const dk_table **result, dk_error *err);
/* Distinct counts are known of cells where none has a part of a person; else fails, where some are asked for. */
dk_status dki_basis_check(const dki_basis *basis, const dk_table *after, dk_error *err);

#endif
