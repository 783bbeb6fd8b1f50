/* lane_weights.h - weighted counts, sums and means in lanes: what a row adds to those of its members.
 *
 * A row of value x and weight w adds (x - base) * w to lanes of 64 bits. The base is 0 where values are small and not negative; where it
 * is not, or a mean is wanted, other lanes add up weights. A count is the sum of ones.
 */
#ifndef DKI_QUERY_LANE_WEIGHTS_H
#define DKI_QUERY_LANE_WEIGHTS_H

#include "breakdown_plan.h"

typedef struct dki_lane_weighed {
    size_t aggregate; /* of the plan */
    bool counts;      /* rows, also those that weigh nothing, in the place of values */
    bool in_all;      /* and every row: it has no codes */
    bool weighs;      /* weights are wanted too */
    int64_t base;
    uint64_t first;     /* the value of code 1, less the base */
    uint64_t most_rows; /* whose sums fit in 64 bits */
} dki_lane_weighed;

/* Whether an aggregate of the plan can be had so. */
bool dki_lane_weighed_init(dki_lane_weighed *weighed, const dki_plan *plan, size_t aggregate);
/* What n rows add, each with a code of its value, or 1 where it is counted, or 0 where it is not; NULL: all are counted. */
void dki_lane_weigh(const dki_lane_weighed *weighed, const uint32_t *codes, const uint64_t *weights,
                    uint64_t *terms, size_t n);
/* The words of rows that have a value, and weigh something where that matters; others have none. */
void dki_lane_weighed_keep(const dki_lane_weighed *weighed, const uint32_t *codes, const uint64_t *weights,
                           const uint32_t *words, uint32_t *kept, size_t n);
/* Takes in what a lane holds: n rows, and the sums of what they add and weigh. */
void dki_lane_weighed_settle(const dki_lane_weighed *weighed, dki_accumulator *to, size_t slot, uint64_t n,
                             uint64_t sum, uint64_t weight);

#endif
