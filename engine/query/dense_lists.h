/* dense_lists.h - the values of each slot, put together: for aggregates that look at all of a group's values.
 *
 * Rows are dealt to bins of slots, in chunks that each worker fills; in the end the values of a bin's slots are put one
 * behind the other, within the near caches.
 */
#ifndef DKI_QUERY_DENSE_LISTS_H
#define DKI_QUERY_DENSE_LISTS_H

#include "breakdown_plan.h"
#include "measure/value_lists.h"

/* How slots become bins, what an entry is, and how much is taken at a time. An entry has the slot's place in its bin above
 * the code: 4 bytes where both fit, else 8. */
typedef struct dki_bins {
    size_t n, n_slots;
    unsigned shift; /* bin = slot >> shift */
    unsigned code_bits, entry_bytes;
    uint32_t chunk; /* entries of a chunk */
    uint32_t slab;  /* chunks of a slab */
} dki_bins;
/* n_codes: codes of values are below, 0 being none. */
dki_bins dki_bins_for(size_t n_slots, uint64_t n_codes, uint64_t n_rows);

typedef struct dki_list_chunk {
    struct dki_list_chunk *before; /* of the same bin */
    char *entries;
    size_t n; /* entries, where it is not the one being filled */
} dki_list_chunk;

typedef struct dki_list_bin {
    char *next, *end; /* of the chunk being filled */
    dki_list_chunk *last;
} dki_list_bin;

/* Where the values of a row go to the slots of all members of its set, it is dealt once: bins are of cells, of all other dimensions
 * together (lanes.h), and a code is that of the set << value_bits | the value's. */
typedef struct dki_list_spread {
    const uint32_t *groups[DKI_LANE_GROUPS]; /* words of the sets; borrowed */
    size_t n_members, n_behind, n_slots;
    unsigned value_bits;
} dki_list_spread;

/* The slot of the first member of a cell; those of the others lie n_behind apart. A cell may have more codes before all. */
static inline size_t dki_cell_slot(size_t n_members, size_t n_behind, size_t cell)
{
    return cell / n_behind * n_members * n_behind + cell % n_behind;
}

typedef struct dki_dense_list {
    dk_context *context; /* borrowed */
    dki_bins bins;
    dki_list_spread spread;      /* of no members where slots are dealt themselves; else ... */
    uint32_t *sizes;             /* ... how many values each slot gets, which the caller counts */
    dki_list_bin *bin;           /* of each */
    struct dki_list_slab *slabs; /* memory of the chunks */
    size_t left;                 /* chunks of the first slab that nobody has */
    dki_value_lists *made;       /* what was gathered */
} dki_dense_list;

dk_status dki_dense_list_init(dki_dense_list *list, dk_context *context, const dki_bins *bins, dk_error *err);
dk_status dki_dense_list_init_spread(dki_dense_list *list, dk_context *context, const dki_bins *bins,
                                     const dki_list_spread *spread, dk_error *err);
void dki_dense_list_drop(dki_dense_list *list); /* a zeroed one too */
/* Adds the codes that are not 0, less one, with their slots; widths as those of data/codes.h, and codes of 8 bytes (3) with slots of 4. */
dk_status dki_dense_list_add(dki_dense_list *list, unsigned width, const void *slots, unsigned code_width,
                             const void *codes, size_t n, dk_error *err);
/* Takes all that another has of the same bins, which is left empty. */
void dki_dense_list_merge(dki_dense_list *list, dki_dense_list *from);
/* Puts the values of each slot together; nothing is added then. */
dk_status dki_dense_list_gather(dki_dense_list *list, int64_t least, dk_error *err);
/* Whether a slot has values, once they are gathered. */
static inline bool dki_dense_list_has(const dki_dense_list *list, size_t slot)
{
    return list->made->starts[slot] < list->made->starts[slot + 1];
}
/* Of member_lists.c: gathers what is spread; room for the numbers of its bins. */
dk_status dki_dense_list_spread(dki_dense_list *list, int64_t least, dk_error *err);
/* Gives what was gathered away, as the values of groups 0 .. n - 1, which are slots[0 .. n - 1]. These rise, and have all
 * the values. */
dki_value_lists *dki_dense_list_take(dki_dense_list *list, const uint32_t *slots, size_t n);

#endif
