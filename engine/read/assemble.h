/* assemble.h - the stretches of one column on their way into chunks. For assemble.c and assemble_values.c. */
#ifndef DKI_READ_ASSEMBLE_H
#define DKI_READ_ASSEMBLE_H

#include "data/column_parts.h"
#include "merge.h"

/* What the codes of one set mean; one item more than it has values, the first for null. */
typedef struct dki_meanings {
    uint16_t *codes;       /* category */
    bool same;             /* every code means itself */
    dki_converted *values; /* others */
    bool *known;
    size_t n;
} dki_meanings;

typedef struct dki_assembling {
    dki_collected *c;
    size_t column;
    const dki_plan *plan;
    bool wide_codes;
    dki_meanings *sets;
    dki_made_chunk *made; /* by block */
} dki_assembling;

/* The rows of a stretch as values that stand for themselves. */
typedef struct dki_row_values {
    int64_t integers[DKI_COLLECT_ROWS];
    double reals[DKI_COLLECT_ROWS];
    uint64_t valid[DKI_COLLECT_ROWS / 64];
} dki_row_values;

/* All rows are null: one row stands for them. */
dk_status dki_assemble_nulls(dk_context *context, dk_storage storage, size_t n, dki_made_chunk *out, dk_error *err);
/* Rows that are all equal are kept as one. For fixed widths, without nulls. */
dk_status dki_assemble_shrink(dk_context *context, dki_made_chunk *made, dk_error *err);

/* assemble_values.c: numbers, dates, booleans and codes of stated levels. What the chunk can take over is no more the stretch's. */
dk_status dki_assemble_values(const dki_assembling *a, dki_stretch *s, size_t n, dki_row_values *scratch,
                              dki_made_chunk *out, dk_error *err);

#endif
