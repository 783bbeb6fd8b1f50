/* tighten_parts.h - what the parts of tightening share. For tighten*.c alone. */
#ifndef DKI_QUERY_TIGHTEN_PARTS_H
#define DKI_QUERY_TIGHTEN_PARTS_H

#include <dekking/tighten.h>

#include "base/linear.h"

#define DKI_TIGHTEN_DIMENSIONS 16
#define DKI_TIGHTEN_MASKS 256 /* kinds of totals */

/* Where a sum stands: which number is its total, and what it is over. */
typedef struct dki_sum_place {
    uint64_t row;
    uint32_t column; /* among the columns of numbers */
    uint32_t over;   /* mask of dimensions; 0: over columns */
} dki_sum_place;

typedef struct dki_tighten {
    dk_context *context; /* borrowed, as all but what is said to be owned */
    const dk_table *table;
    const dk_tighten_spec *spec;
    uint64_t n_rows;
    size_t *columns; /* of numbers, in the table: the values, and then the total if there is one; owned */
    size_t n_columns;
    size_t dims[DKI_TIGHTEN_DIMENSIONS]; /* columns by their bit in the masks; DK_NO_COLUMN: not in the table */
    size_t n_dims;
    uint32_t *masks; /* of rows: which dimensions they are totals over; owned */
    uint8_t scale;
    dki_bounds *bounds; /* number row * n_columns + column; owned */

    /* The sums; owned. */
    size_t n_sums, n_terms;
    size_t *starts;
    uint32_t *numbers;
    int32_t *factors;
    dki_bounds *totals;
    dki_sum_place *places;
    size_t starts_capacity, numbers_capacity, factors_capacity, totals_capacity, places_capacity;
} dki_tighten;

/* Finds all sums of the table. Errors: see dk_table_tighten. */
dk_status dki_tighten_find_sums(dki_tighten *t, dk_error *err);
/* The error that these sums cannot hold. */
dk_status dki_tighten_refuse(const dki_tighten *t, const dki_sums_answer *answer, dk_error *err);

#endif
