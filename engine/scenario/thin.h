/* thin.h - cells by all columns that are mentioned, where there is no room to run steps on them. For engine/whatif. */
#ifndef DKI_SCENARIO_THIN_H
#define DKI_SCENARIO_THIN_H

#include "trail.h"

/* A run on cells by some columns, with its trail, which is not shared. */
typedef struct dki_thin_run {
    const dk_table *table;
    const dki_text_map *own; /* the columns of its cells */
    const dk_table *before, *after;
    const dki_trail *trail;
    bool each_once; /* rows that are alike have to be one cell: it is asked what each has */
} dki_thin_run;

/* What the steps make of the cells of the table by names, among which all of own are: unit for unit the cells that
 * dk_scenario_apply makes of those, some perhaps in several rows unless each is wanted once. *out: the caller releases it; NULL on
 * error. Memory: some 60 bytes a cell, and for a time 40 a row.
 * Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED; of a snapshot also DK_ERR_IO, DK_ERR_DATA. */
dk_status dki_thin_cells(const dki_thin_run *run, const dki_text_map *names, const dk_table **out, dk_error *err);

#endif
