/* trail.h - what became of each cell, step by step. For engine/scenario and engine/whatif. */
#ifndef DKI_SCENARIO_TRAIL_H
#define DKI_SCENARIO_TRAIL_H

#include "scenario_parts.h"

#define DKI_TRAIL_GONE UINT32_MAX

/* Some of a cell, and where they went. */
typedef struct dki_trail_part {
    int64_t units;
    uint32_t from, to; /* cells before the step and after it; to: DKI_TRAIL_GONE where they left */
    bool stays;        /* what the moves of the step left of the cell, which may be nobody */
    bool comes;        /* units are not taken from the cell: there are so many more */
} dki_trail_part;

/* A step that did something: parts in the order in which they were taken, who stays last. */
typedef struct dki_trail_step {
    dki_trail_part *parts;
    size_t n, room;
    uint32_t n_moved;           /* parts so far that went to another cell */
    uint64_t n_before, n_after; /* cells */
} dki_trail_step;

/* The steps of a run over cells that are told apart by what the scenario mentions. Cells that nobody is left in stay in the table of
 * cells where a trail is kept, so that each has a part that stays. */
typedef struct dki_trail {
    dk_context *context;
    dki_trail_step *steps;
    size_t n, room;
    bool is_shared; /* cells gave together, in proportion: how much each gave depends on which cells there are */
} dki_trail;

void dki_trail_init(dki_trail *trail, dk_context *context);
void dki_trail_drop(dki_trail *trail);
/* A step begins, on so many cells; one that ends without dki_trail_arrive did nothing. */
dk_status dki_trail_begin(dki_trail *trail, uint64_t n_cells, dk_error *err);
/* A move took taken[i] of each cell, of those that it could take. */
dk_status dki_trail_take(dki_trail *trail, const dki_stage *stage, const dki_strata *strata, const int64_t *taken,
                         dk_error *err);
/* left[i] of each cell stays. */
dk_status dki_trail_stay(dki_trail *trail, const int64_t *left, dk_error *err);
/* joined: all cells, then what each move made of its own in the order in which it was taken; after: the same cells, each once, told
 * apart by names. */
dk_status dki_trail_arrive(dki_trail *trail, const dk_table *joined, const dk_table *after,
                           const dki_text_map *names, dk_error *err);

#endif
