/* margin.h - grouping sets: the cells of a breakdown at every level of totals.
 *
 * A mask says which dimensions are totalled: bit k is dimension k. The level of mask 0 has the finest groups; every
 * other level is made from a finer one by putting its cells together, never by looking at rows again. A cell is a
 * tuple of ranks (the place of a value in the order of its dimension), DKI_TOTAL where the dimension is totalled.
 *
 * A dimension may be spread (margin_spread.c): its values are sets, and what is shown are their members, each of which
 * takes all sets that it is in. Levels are first made of sets, as of any values, so that what totals the dimension takes
 * each group once. Then a level that tells sets apart gets another beside it, made of it, that tells members apart; that
 * one is shown in its place, and the level of sets has no rows.
 */
#ifndef DKI_QUERY_MARGIN_H
#define DKI_QUERY_MARGIN_H

#include <dekking/breakdown.h>

#include "base/hash.h"

#define DKI_TOTAL UINT32_MAX
#define DKI_MOST_RANKED 16
#define DKI_MOST_SPREAD (UINT64_C(1) << 24) /* sets of a level times their members */

typedef struct dki_level {
    uint32_t mask;
    bool shown;
    bool has_rows;   /* false: cells of sets, in the place of which members are shown */
    size_t first, n; /* its cells */
    size_t parent;   /* the finer level it is made of; itself for level 0 */
    uint32_t *to;    /* its cell for each cell of the parent; NULL for level 0 */
    uint32_t *
        differs; /* of each of its cells the dimensions that it tells by others, and that its groups differ in; or NULL */
    uint32_t
        *ends; /* of a spread level: cell i of the parent goes to to[ends[i]] .. to[ends[i + 1] - 1]; else NULL */
} dki_level;

/* The members of the sets of a dimension, by rank: those of the set of rank r are members[ends[r]] .. members[ends[r + 1] - 1]. */
typedef struct dki_spread {
    const uint32_t *ends, *members; /* borrowed; NULL: the dimension is not spread */
    uint32_t n_members;             /* ranks of members are below */
    uint32_t n_known;               /* and those of members that are known below this; the others stand for null */
    bool shows_all;                 /* a known member gets a cell also where no set has it */
} dki_spread;

typedef struct dki_cells {
    dk_context *context; /* borrowed */
    size_t n_dims;
    size_t n, capacity;
    uint32_t *ranks;                   /* n_dims for each cell */
    uint32_t *groups;                  /* of each cell, one of the finest cells that it holds */
    uint32_t n_ranks[DKI_MOST_RANKED]; /* of each dimension: ranks are 0 .. n_ranks - 1 */
    uint8_t shift[DKI_MOST_RANKED];    /* where a rank stands in a key of 64 bits */
    unsigned key_bits;                 /* 0: a key has more than 64 */
    dki_level *levels;
    size_t n_levels, level_capacity;
    uint32_t told_by
        [DKI_MOST_RANKED]; /* of a dimension that is not shown: those of which each tells it, though not of null; or 0 */
    dki_int_map masks; /* a level's number is that of its mask */
    /* Of spread dimensions: */
    uint32_t spread; /* which they are, as a mask */
    dki_spread spreads[DKI_MOST_RANKED];
    size_t n_found;     /* the finest cells from here on were added for levels to be shown, and hold no rows */
    size_t n_made;      /* levels that masks knows; spread ones follow */
    size_t *spread_at;  /* of each of these, the spread one that is shown in its place, or 0 */
    dki_text_map *find; /* of each spread level: its cells by the bytes of their ranks */
} dki_cells;

static inline uint32_t dki_all_totals(size_t n_dims)
{
    return (UINT32_C(1) << n_dims) - 1;
}

/* Makes the finest level of n different groups: cell i has ranks[i * n_dims ...]. After a failure the cells may
 * only be dropped. */
dk_status dki_cells_init(dki_cells *cells, dk_context *context, const uint32_t *ranks, size_t n, size_t n_dims,
                         dk_error *err);
void dki_cells_drop(dki_cells *cells);
static inline size_t dki_cells_n(const dki_cells *cells)
{
    return cells->n;
}
static inline const uint32_t *dki_cell_ranks(const dki_cells *cells, size_t cell)
{
    return cells->ranks + cell * cells->n_dims;
}

/* Adds the levels that margins show (sets: the masks of DK_MARGINS_SETS), and those that are needed to look up coarser:
 * for each cell and each of the n_coarser masks, the level that totals both. The level of the grand total has its one
 * cell even where there are no groups. */
dk_status dki_cells_margins(dki_cells *cells, dk_margins margins, const uint32_t *sets, size_t n_sets,
                            const uint32_t *coarser, size_t n_coarser, dk_error *err);

/* Before that: which dimensions are spread (n_dims of them), and how many of the finest cells were found. What they point
 * to is there as long as the cells. */
void dki_cells_spread(dki_cells *cells, const dki_spread *spreads, size_t n_found);
/* How many cells have a row. */
size_t dki_cells_n_rows(const dki_cells *cells);

/* The dimensions that a cell totals, as bits. */
uint32_t dki_cell_mask(const dki_cells *cells, size_t cell);
/* The cell that has the same ranks but for the dimensions of mask, which it totals. A dimension that the cell totals, and tells by
 * another one, is as that says; UINT32_MAX: it is several things. */
uint32_t dki_cell_coarser(const dki_cells *cells, size_t cell, uint32_t mask);
/* Puts every cell that has one in rows (room for all): first those that are shown, in the order of their keys, a total after its
 * parts; then the others. *n_shown is how many are shown. */
dk_status dki_cells_order(const dki_cells *cells, uint64_t *rows, size_t *n_shown, dk_error *err);

/* Between margin.c, margin_gather.c and margin_spread.c. */
dk_status dki_cells_add(dki_cells *cells, const uint32_t *ranks, uint32_t mask, uint32_t group, dk_error *err);
/* The ranks of a cell in one number that orders as they do. */
static inline uint64_t dki_cell_key(const dki_cells *cells, size_t cell, uint32_t mask)
{
    const uint32_t *ranks = dki_cell_ranks(cells, cell);
    uint64_t key = 0;

    for (size_t d = 0; d < cells->n_dims; d++) {
        uint32_t rank = mask >> d & 1 || ranks[d] == DKI_TOTAL ? cells->n_ranks[d] : ranks[d];

        key |= (uint64_t)rank << cells->shift[d];
    }
    return key;
}

/* Makes the cells of a level from those of its parent: adds them, and says in level->to which of them each goes to. */
dk_status dki_cells_gather(dki_cells *cells, dki_level *level, dk_error *err);
/* The dimensions that cells of this mask total and tell by others, in which two of the finest cells differ. */
uint32_t dki_cells_differ(const dki_cells *cells, uint32_t mask, size_t one, size_t other);
dk_status dki_cells_add_spread_levels(dki_cells *cells, dk_error *err);
/* The cell of the spread level in the place of level `number` that has the ranks of `of`, which tells members apart, and in
 * other dimensions those of `set_cell`, of that level. */
uint32_t dki_cell_spread(const dki_cells *cells, size_t number, const uint32_t *of, size_t set_cell);
void dki_cells_drop_spread(dki_cells *cells);

#endif
