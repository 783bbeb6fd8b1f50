/* sums.h - the sums of a published table: which hold, and why. */
#ifndef DKI_READ_SUMS_H
#define DKI_READ_SUMS_H

#include "base/checked.h"
#include "figures.h"

typedef enum dki_sum_because {
    DKI_SUM_EQUAL,   /* it is what the parts make */
    DKI_SUM_BOUNDS,  /* it may be: both lie within bounds that have numbers in common */
    DKI_SUM_UNKNOWN, /* the parts make less, and some may be of unknown class */
    DKI_SUM_NOTHING  /* it does not hold */
} dki_sum_because;

/* Bounds of a sum, scaled as the figures are. */
typedef struct dki_sum_bounds {
    bool no_least, no_greatest;
    dki_i128 least, greatest;
} dki_sum_bounds;

typedef struct dki_sum {
    bool is_column;
    size_t at; /* line, or column */
    dki_sum_bounds stated, computed;
    dki_sum_because because;
} dki_sum;

/* Whether a column is the total of others; how many sums the figures can be checked by. */
bool dki_has_row_totals(const dki_figures *f, const dk_published_options *o);
size_t dki_n_sums(const dki_figures *f, const dk_published_options *o);
/* Sum i: rows first, in the order of lines, then columns. */
dki_sum dki_sum_get(const dki_figures *f, const dk_published_options *o, size_t i);
/* One sentence about a sum that does not hold. */
void dki_sum_tell(const dki_figures *f, const dki_sum *sum, const char *const *names, char *out, size_t size);
/* The table of all sums, as published.h says. */
dk_status dki_sums_table(const dki_figures *f, const dk_published_options *o, const char *const *names,
                         const dk_table **out, dk_error *err);

#endif
