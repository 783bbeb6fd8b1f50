/* dense_lists.h - the values of each slot, put together: for aggregates that look at all of a group's values.
 *
 * Rows are dealt to bins of slots, in chunks that each worker fills; in the end the values of a bin's slots are put one
 * behind the other, within the near caches.
 */
#ifndef DKI_QUERY_DENSE_LISTS_H
#define DKI_QUERY_DENSE_LISTS_H

#include "measure/value_lists.h"

#define DKI_MOST_BINS 256

/* How slots become bins, and how much is taken at a time. */
typedef struct dki_bins {
    size_t n, n_slots;
    unsigned shift; /* bin = slot >> shift */
    uint32_t chunk; /* entries of a chunk */
} dki_bins;
dki_bins dki_bins_for(size_t n_slots, uint64_t n_rows);

/* An entry is (slot << 32 | code). */
typedef struct dki_list_chunk {
    struct dki_list_chunk *before; /* of the same bin */
    uint64_t *entries;
    size_t n; /* entries, where it is not the one being filled */
} dki_list_chunk;

typedef struct dki_list_bin {
    uint64_t *next, *end; /* of the chunk being filled */
    dki_list_chunk *last;
} dki_list_bin;

typedef struct dki_dense_list {
    dk_context *context; /* borrowed */
    dki_bins bins;
    dki_list_bin *bin;           /* of each */
    struct dki_list_slab *slabs; /* memory of the chunks */
    size_t left;                 /* chunks of the first slab that nobody has */
} dki_dense_list;

dk_status dki_dense_list_init(dki_dense_list *list, dk_context *context, const dki_bins *bins, dk_error *err);
void dki_dense_list_drop(dki_dense_list *list); /* a zeroed one too */
/* Adds the codes that are not 0, less one, with their slots; widths as those of data/codes.h. */
dk_status dki_dense_list_add(dki_dense_list *list, unsigned width, const void *slots, unsigned code_width,
                             const void *codes, size_t n, dk_error *err);
/* Takes all that another has of the same bins, which is left empty. */
void dki_dense_list_merge(dki_dense_list *list, dki_dense_list *from);
/* The values of slots[0 .. n - 1], which rise, as those of groups 0 .. n - 1; others have none. The list is left empty. */
dk_status dki_dense_list_finish(dki_dense_list *list, const uint32_t *slots, size_t n, int64_t least,
                                dki_value_lists **out, dk_error *err);

#endif
