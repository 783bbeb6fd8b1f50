/* lanes.h - entries of rows that are counted side by side: one addition for all members of a row's set.
 *
 * Where a row is to be counted for each member of its set (entries.h), and members are not many, a cell of the other dimensions has
 * a lane for each member, and a set is a word with the bits of its own. A row then costs a few vectors, whatever it has, and
 * no list of entries is made. Lanes are narrow, and added up in the tables of dense.h before they can overflow; what comes
 * behind the pass over the rows is the same.
 */
#ifndef DKI_QUERY_LANES_H
#define DKI_QUERY_LANES_H

#include "dense.h"
#include "lane_kernels.h"
#include "lane_weights.h"

/* The last dimension of members, and how many there are. */
size_t dki_lanes_dim(const dki_plan *plan, size_t *n);
/* Decides whether entries are counted so; *does: then the dimension of members has become such, and plan->words says which entries
 * each set has. wholes: somebody looks at rows as wholes. anyway: also where lists of entries cost less. */
dk_status dki_plan_lanes(dki_plan *plan, bool wholes, bool anyway, bool *does, dk_error *err);

/* A table of each group of lanes; NULL: there is none. */
typedef struct dki_lane_counts {
    uint16_t *of[DKI_LANE_GROUPS];
} dki_lane_counts;

typedef struct dki_lane_totals {
    uint32_t *of[DKI_LANE_GROUPS];
} dki_lane_totals;

/* Of one value; what is not asked for is not there. */
typedef struct dki_lane_sums {
    dki_lane_counts n, least, most; /* least: the greatest of 65536 less the code */
    dki_lane_totals low, high;      /* of the lower 16 bits of codes, and of the upper */
} dki_lane_sums;

typedef struct dki_lane_weights {
    dki_lane_weighed what;
    dki_lane_counts n; /* of rows that have a value; where all have one it is that of rows */
    struct {
        uint64_t *of[DKI_LANE_GROUPS];
    } sum, weight;
} dki_lane_weights;

/* Of one worker. */
typedef struct dki_lanes {
    const dki_dense_plan *plan; /* borrowed; NULL: rows are not taken so */
    dki_arena arena;            /* holds the arrays here */
    size_t dim, n_members;      /* the dimension of members, and its codes */
    size_t n_cells, n_behind;   /* codes of all other dimensions together, of those behind it */
    size_t n_groups;
    unsigned narrow[DKI_LANE_GROUPS], wide[DKI_LANE_GROUPS]; /* lanes of 16 and of 32 bits */
    dki_lane_counts *counts, rows; /* of each counters; of rows, where nothing else tells them */
    dki_lane_sums *sums;           /* of each sums */
    dki_lane_weights *weighed;     /* of each aggregate that has weights */
    size_t n_weighed;
    dki_lane_counts *sizes; /* of each lists */
    char *tables;           /* owned: where all lanes lie */
    size_t bytes;
    size_t n_taken, most_taken; /* rows since they were emptied, and how many these may be */
    dki_code_sum *forms;
    char *loose;
    uint64_t *masks;
    uint32_t *sets, *cells, *values, *half, *room; /* of a tile */
    uint32_t *set_codes;
    uint64_t *weights, *terms;
    uint32_t *words[DKI_LANE_GROUPS], *kept[DKI_LANE_GROUPS];
} dki_lanes;

/* After a failure only to be dropped; a zeroed one may be dropped too. Nothing where plan->words is NULL. dense: of the same plan, whose
 * lists are made here. */
dk_status dki_lanes_init(dki_lanes *lanes, const dki_dense_plan *plan, dki_dense *dense, dk_error *err);
void dki_lanes_drop(dki_lanes *lanes);
/* Takes the rows of a block in, whose dimension of members is of sets. accumulators: of its aggregates, by
 * slot; weights: of the rows, or NULL. */
dk_status dki_lanes_add(dki_lanes *lanes, dki_dense *dense, dki_accumulator *accumulators,
                        const dki_dense_block *block, const int64_t *weights, dk_error *err);
/* Puts what was counted into dense and accumulators; to be called in the end. */
void dki_lanes_settle(dki_lanes *lanes, dki_dense *dense, dki_accumulator *accumulators);

#endif
