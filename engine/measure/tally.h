/* tally.h - how often each value occurs in each group: what exact quantiles and distinct counts are taken from. */
#ifndef DKI_MEASURE_TALLY_H
#define DKI_MEASURE_TALLY_H

#include "base/hash.h"
#include "value_lists.h"

/* Entries in any order; the same group and key may stand in several. Keys stand in the order of the values that
 * they are made of, but for texts, whose keys are numbers in `texts`. */
typedef struct dki_tally {
    dk_context *context; /* borrowed */
    uint32_t *groups;
    uint64_t *keys;
    uint64_t *counts;
    size_t n, capacity;
    size_t n_settled; /* so many were left when entries were last put together */
    size_t patience;  /* and this many times as many there may be before it is done again */
    dki_text_map texts;
    dki_value_lists *lists; /* NULL; or the values of groups, each counting one, in the place of entries */
} dki_tally;

void dki_tally_init(dki_tally *tally, dk_context *context);
void dki_tally_drop(dki_tally *tally);
/* Lists become entries in all that follows but dki_tally_list. Makes room for n more entries, by putting equal ones
 * together or by more memory. */
dk_status dki_tally_room(dki_tally *tally, size_t n, dk_error *err);
/* There is room. */
static inline void dki_tally_put(dki_tally *tally, uint32_t group, uint64_t key, uint64_t count)
{
    tally->groups[tally->n] = group;
    tally->keys[tally->n] = key;
    tally->counts[tally->n++] = count;
}
dk_status dki_tally_put_text(dki_tally *tally, uint32_t group, const char *bytes, size_t size, uint64_t count,
                             dk_error *err);
#define DKI_NO_GROUP UINT32_MAX /* in a map of groups: this one goes nowhere */
/* Group first + i of from goes to group map[i], for n groups. Both may be one, as in dki_accumulator_merge. */
dk_status dki_tally_merge(dki_tally *tally, const dki_tally *from, size_t first, size_t n, const uint32_t *map,
                          dk_error *err);
/* Takes lists, as one more user, in the place of entries, of which there are none. */
void dki_tally_list(dki_tally *tally, dki_value_lists *lists);
/* Puts entries in the order of groups, then keys, each once. */
dk_status dki_tally_settle(dki_tally *tally, dk_error *err);
/* Puts entries in the order of groups, those of one in any order, perhaps several with one key: enough to select from. *ones:
 * each counts one. Where that is no less work, it settles. */
dk_status dki_tally_group(dki_tally *tally, bool *ones, dk_error *err);
/* Entries: keys and counts; counts NULL: each counts one. */
typedef struct dki_tally_entries {
    uint64_t *keys, *counts;
    size_t n;
} dki_tally_entries;
/* Of entries that together have counts below 2^63: puts those into out, which has room for all, in the order of keys, on which
 * units from .. to lie, when entries lie along a line in that order, each as long as its count. *below: units that lie before
 * them. out has counts where they have. Cost: a few passes. */
void dki_tally_select(const dki_tally_entries *entries, uint64_t from, uint64_t to, dki_tally_entries *out,
                      uint64_t *below);
/* Of a settled tally, or one in the order of groups: the first entry of the group, or the place where it would be. */
size_t dki_tally_find(const dki_tally *tally, uint32_t group);

#endif
