/* tighten_parts.h - what the parts of tightening share. For tighten*.c alone. */
#ifndef DKI_QUERY_TIGHTEN_PARTS_H
#define DKI_QUERY_TIGHTEN_PARTS_H

#include <dekking/tighten.h>

#include "base/linear.h"
#include "group.h"

#define DKI_TIGHTEN_DIMENSIONS 16
#define DKI_TIGHTEN_MASKS 256 /* kinds of totals */

#define DKI_TIGHTENED "bounds narrower by " /* begins the step */

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
    dki_bounds *bounds; /* number row * n_columns + column, and behind these forms (tighten_forms.c); owned */
    size_t n_numbers, bounds_capacity;

    /* The sums; owned. */
    size_t n_sums, n_terms;
    size_t *starts;
    uint32_t *numbers;
    int32_t *factors;
    dki_bounds *totals;
    dki_sum_place *places;
    size_t starts_capacity, numbers_capacity, factors_capacity, totals_capacity, places_capacity;
} dki_tighten;

static inline bool dki_tighten_is_exact(const dki_bounds *b)
{
    return !b->no_least && !b->no_greatest && b->least == b->greatest;
}

static inline bool dki_tighten_are_same(const dki_bounds *a, const dki_bounds *b)
{
    return a->no_least == b->no_least && a->no_greatest == b->no_greatest && a->least == b->least &&
           a->greatest == b->greatest;
}

/* What both say. false: they contradict each other, and *b stays. */
static inline bool dki_tighten_meet(dki_bounds *b, const dki_bounds *other)
{
    dki_bounds made = *b;

    if (!other->no_least && (made.no_least || other->least > made.least)) {
        made.least = other->least;
        made.no_least = false;
    }
    if (!other->no_greatest && (made.no_greatest || other->greatest < made.greatest)) {
        made.greatest = other->greatest;
        made.no_greatest = false;
    }
    if (!made.no_least && !made.no_greatest && made.least > made.greatest)
        return false;
    *b = made;
    return true;
}

/* The rows of the table by the codes of its dimensions. */
typedef struct dki_row_groups {
    dki_grouper grouper;
    uint32_t *groups;                      /* of each row; owned */
    size_t places[DKI_TIGHTEN_DIMENSIONS]; /* of each dimension, in the keys of the grouper */
} dki_row_groups;

/* tighten_sums.c. To be dropped in any case. */
dk_status dki_row_groups_init(const dki_tighten *t, dki_row_groups *groups, dk_error *err);
void dki_row_groups_drop(const dki_tighten *t, dki_row_groups *groups);
/* tighten.c: the column of intervals with other bounds, before -> after, where they are other: those of row i stand at i * step. anew:
 * what was computed for it, which tells what can no longer be null; NULL: nothing. */
dk_status dki_tighten_column(const dki_tighten *t, const dk_column *column, const dk_column *anew,
                             const dki_bounds *before, const dki_bounds *after, size_t step, const dk_column **out,
                             dk_error *err);
/* The bounds of a column of integers, decimals or intervals: of row i to out[i * step]. What is impossible and has none is 0. */
dk_status dki_tighten_read(const dki_tighten *t, const dk_column *column, dki_bounds *out, size_t step,
                           dk_error *err);

/* Finds all sums of the table. Errors: see dk_table_tighten. */
dk_status dki_tighten_find_sums(dki_tighten *t, dk_error *err);
/* The error that these sums cannot hold. */
dk_status dki_tighten_refuse(const dki_tighten *t, const dki_sums_answer *answer, dk_error *err);

#endif
