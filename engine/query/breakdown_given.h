/* breakdown_given.h - a breakdown whose sums somebody else adds up.
 *
 * Who asks the same of many variants of few rows, which differ in their weights alone, needs no pass over each: what every row
 * adds to a count or sum is known beforehand. From sums that were added up elsewhere measures are made as from any others.
 */
#ifndef DKI_QUERY_BREAKDOWN_GIVEN_H
#define DKI_QUERY_BREAKDOWN_GIVEN_H

#include "breakdown_parts.h"

/* A count() or sum(): what each row of the table adds, a unit of its weight. */
typedef struct dki_given_sum {
    bool counts;     /* 0 where no row takes part; else null */
    uint8_t scale;   /* digits after the point: of the values and of the weights */
    int64_t *values; /* 0 where it does not take part */
    bool *known;     /* whether it takes part */
} dki_given_sum;

typedef struct dki_given {
    dk_context *context;
    const dk_breakdown *breakdown;
    struct dki_plan *plan;
    dki_given_sum *sums;
    size_t n_sums;
    bool *there; /* which rows the breakdown's where lets through */
} dki_given;

/* *can is false where a measure looks at more than counts and exact sums of its own group, and where the rows cannot tell
 * what they add. table: cells; it and params outlive it. To be dropped in any case. */
dk_status dki_given_init(dki_given *given, const dk_breakdown *breakdown, const dk_table *table,
                         const dk_params *params, bool *can, dk_error *err);
void dki_given_drop(dki_given *given);
/* Dimensions and measures of rows whose dimensions and sums those are: decimals of the sums' digits, null where no row takes
 * part. Errors as for measures. */
dk_status dki_given_measures(const dki_given *given, const dk_table *dimensions, const dk_column *const *sums,
                             const dk_table **out, dk_error *err);

#endif
