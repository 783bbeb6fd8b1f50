/* thin_parts.h - cells that have no columns, on their way. For thin.c and thin_rows.c. */
#ifndef DKI_SCENARIO_THIN_PARTS_H
#define DKI_SCENARIO_THIN_PARTS_H

#include "thin.h"

typedef struct dki_thin {
    uint32_t cell; /* number of its cell of few columns */
    uint32_t rest; /* number of its combination of the other columns, in the order of keys */
    int64_t units;
} dki_thin;

typedef struct dki_thins {
    dk_context *context;
    dki_arena arena;
    dki_thin *items; /* n, in the order of cells, then of rests; each pair once */
    uint64_t n;
    uint64_t *rest_rows; /* of each rest the first row that has it; NULL: rests are rows */
    bool by_row;         /* rows that are alike stay apart: right as long as nothing has to be rounded */
    bool is_rounded;     /* something had to be, or a row weighs nothing: by_row was wrong */
} dki_thins;

/* thin_rows.c: those that the rows are in. */
dk_status dki_thins_begin(dki_thins *thins, const dki_thin_run *run, const dki_text_map *names, dk_error *err);
/* Replaces the items by these, which become room for others, put in order. They come cell by cell in few runs of rising rests. */
dk_status dki_thins_order(dki_thins *thins, dki_thin *items, uint64_t n, uint64_t n_cells, dk_error *err);

#endif
