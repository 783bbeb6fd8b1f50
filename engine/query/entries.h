/* entries.h - the rows of a block once for each member that their sets have, and once as a whole.
 *
 * A breakdown by members may group rows by sets and put the cells of sets into those of members (margin_spread.c). That is best
 * where groups of sets are few. Where they are not, but groups of members are, an entry takes the place of a row: the row
 * itself, with the code of one of its members in the place of that of its set. Of several dimensions of members there are
 * entries for each combination. Totals take the entry that stands for the whole row, so that each row counts once there.
 *
 * Codes of such a dimension: 0 for a set that is not known, 1 .. n for members, n + 1 for the whole row.
 */
#ifndef DKI_QUERY_ENTRIES_H
#define DKI_QUERY_ENTRIES_H

#include "breakdown_inputs.h"
#include "dense.h"

/* Decides whether the rows of a plan that is bound are taken as entries. If so its dimensions of members become such, and
 * plan->entries says for each set which entries it has, or plan->words, where they are counted in lanes (lanes.h). */
dk_status dki_plan_entries(dki_plan *plan, dk_error *err);
/* The dimension of the members of sets, as entries have it. */
dki_dimension dki_members_of(const dk_dictionary *sets);
/* For tests: -1 never, 0 where it pays, 1 wherever it can be, in lists; 2 in lanes (lanes.h) where these can be. Returns the one
 * before. */
int dki_entries_set_way(int way);

/* Of one worker; what a block of rows becomes, a piece of at most DK_BLOCK_ROWS entries at a time. */
typedef struct dki_entries {
    const dki_plan *plan; /* borrowed; NULL: rows are taken as they are */
    dki_arena arena;      /* holds all arrays */
    const dki_inputs *inputs;
    uint64_t row; /* the number of the block's first row */
    bool numbered;
    size_t n_rows, at;
    size_t n_spread, spread[DKI_MAX_DIMENSIONS]; /* dimensions of members */
    uint32_t *sets[DKI_MAX_DIMENSIONS];          /* of each row of the block, for each of these */
    uint32_t place[DKI_MAX_DIMENSIONS];          /* in the list of the set of row `at`: what comes next */
    /* Of the piece at hand. */
    dki_dense_block block;
    uint16_t *rows; /* the row of each entry, within the block */
    dk_view *by, *values;
    const dk_view **by_views, **value_views;
    char **by_room, **value_room;
    uint64_t **by_valid, **value_valid;
    uint64_t *all, *truths;
    int64_t *weights;  /* NULL: there are none */
    uint64_t *numbers; /* of the row of each, in the table; only where numbered */
} dki_entries;

/* After a failure only to be dropped; a zeroed one may be dropped too. */
dk_status dki_entries_init(dki_entries *entries, const dki_plan *plan, dk_error *err);
void dki_entries_drop(dki_entries *entries);
/* Begins with a block that inputs have read, of n rows from `row` on; what they show stays as it is until the last piece.
 * numbered: somebody looks at numbers[]. */
void dki_entries_begin(dki_entries *entries, const dki_inputs *inputs, uint64_t row, size_t n, bool numbered);
/* The next piece; weights: of the rows of the block, or NULL. false: there is none. */
bool dki_entries_next(dki_entries *entries, const int64_t *weights);

#endif
