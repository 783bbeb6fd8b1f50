/* dated_sets.h - sets of rows that have days of their own. For engine/data alone. */
#ifndef DKI_DATA_DATED_SETS_H
#define DKI_DATA_DATED_SETS_H

#include "base/hash.h"
#include "hierarchy_turns.h"
#include "members.h"

/* Each different set of each time between two turns, once: a pair. */
typedef struct dki_dated_sets {
    dk_context *context;     /* NULL: there are none */
    const dk_column *column; /* borrowed */
    dki_int_map pairs;       /* turn << 32 | set, in the order of their first rows */
    uint32_t *rows;          /* of each row its pair, from 1 on; 0: its set is not known, or it has no day */
    uint64_t n_dayless;      /* rows with members and no day ... */
    uint64_t dayless;        /* ... and the first of them */
} dki_dated_sets;

/* column: of sets; on: dates or timestamps. A set of nobody is what it is on any day, and needs none. */
dk_status dki_dated_sets_init(dki_dated_sets *sets, const dki_turns *turns, const dk_column *column,
                              const dk_column *on, dk_error *err);
void dki_dated_sets_drop(dki_dated_sets *sets); /* also after a failure of init, and of all zeros */
static inline size_t dki_dated_turn(const dki_dated_sets *sets, size_t pair)
{
    return (size_t)(sets->pairs.keys[pair] >> 32);
}
static inline const uint32_t *dki_dated_members(const dki_dated_sets *sets, size_t pair, size_t *n)
{
    return dk_dictionary_set(dk_column_levels(sets->column), (uint32_t)sets->pairs.keys[pair], n);
}
/* The rows of each pair: room for all. */
void dki_dated_sets_count(const dki_dated_sets *sets, uint64_t *counts);
/* What members became in a turn: by their codes, 0 included, codes of the new ones; borrowed until the next call. */
typedef dk_status dki_becomes_fn(void *arg, size_t turn, const uint32_t **out, dk_error *err);
/* The column of what became of the sets; members: of the new ones, as for dk_dictionary_of_sets. */
dk_status dki_dated_sets_map(const dki_dated_sets *sets, dki_becomes_fn *becomes, void *arg,
                             const dk_dictionary *members, const dk_column **out, dk_error *err);

#endif
