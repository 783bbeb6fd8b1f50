/* by_rows.h - a scenario on the rows of a table, in the place of its cells. For engine/whatif alone. */
#ifndef DKI_WHATIF_BY_ROWS_H
#define DKI_WHATIF_BY_ROWS_H

#include "whatif_parts.h"

typedef struct dki_rows_asked {
    const dk_table *table;
    const dki_text_map *names; /* the columns that are asked for, those of own among them */
    const dki_text_map *own;   /* the scenario's, and those that follow them */
    const dk_scenario *scenario;
    const dk_params *params;
    uint32_t draw;       /* which of repeated draws */
    bool records, cells; /* rows will do, where none is divided; finer cells will do */
    bool each_once;      /* where each of those is there but once */
} dki_rows_asked;

/* What came of it: DKI_ROWS_NONE where neither is to be had: a record is divided, or what is taken of a cell depends on finer ones. */
typedef enum dki_rows_how { DKI_ROWS_NONE, DKI_ROWS_RECORDS, DKI_ROWS_CELLS } dki_rows_how;

typedef struct dki_rows_after {
    dki_rows_how how;
    const dk_table *rows;  /* the columns of names, and a weight where cells were made or the table has one */
    const char *present;   /* the column that tells who is there still; NULL: everybody. Lives as long as rows */
    const dk_table *cells; /* of the columns of own, after the steps: with what the reader must know as notes */
} dki_rows_after;

/* Runs the steps. Errors: as for dk_cells_new and dk_scenario_apply. */
dk_status dki_rows_apply(const dki_rows_asked *asked, dki_rows_after *out, dk_error *err);
void dki_rows_drop(dki_rows_after *after);

#endif
