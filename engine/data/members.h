/* members.h - the sets of a dictionary, and texts of sets. For the layers from engine/data on. */
#ifndef DKI_DATA_MEMBERS_H
#define DKI_DATA_MEMBERS_H

#include <dekking/members.h>

#include "base/buffer.h"
#include "base/hash.h"

/* Of a dictionary whose levels are sets: codes of the members of level k are codes[ends[k - 1] .. ends[k] - 1]. */
typedef struct dki_sets {
    const dk_dictionary *members; /* NULL: the levels are none */
    uint32_t *ends, *codes;
} dki_sets;
/* As dk_dictionary_of_sets says; *sets is empty before, and after a failure. */
dk_status dki_sets_of_levels(const dk_dictionary *levels, const dk_dictionary *members, dki_sets *sets,
                             dk_error *err);
void dki_sets_drop(dk_context *context, dki_sets *sets);

/* The next member of a set's text, from *at on; false where there is none. */
static inline bool dki_next_member(dk_text set, size_t *at, dk_text *member)
{
    size_t from = *at;

    if (set.size == 0 || from > set.size)
        return false;
    while (*at < set.size && set.bytes[*at] != DK_SET_MARK)
        ++*at;
    *member = (dk_text){ set.bytes + from, *at - from };
    ++*at;
    return true;
}
/* What is wrong with a text as a member, for a message; NULL: it can be one. */
const char *dki_member_fault(dk_text member);
/* Whether the text lists a member that cannot be one, or is not stated: the first of these is *stray. */
bool dki_split_stray(const dk_split *how, dk_text text, dk_text *stray);
/* Makes `out` the text of the set of n members, which may come in any order and more than once; sorts them in place. */
dk_status dki_set_text(dk_text *members, size_t n, dki_buffer *out, dk_error *err);
/* The same of a text that lists them with the mark in between, as an expression writes it. */
dk_status dki_set_of_text(dk_context *context, dk_text list, dki_buffer *out, dk_error *err);
/* member_map.c: sets whose members became others. becomes: of each code of a member, 0 included, its code in members; 0: it became
 * nothing. members: as for dk_dictionary_of_sets. */
dk_status dki_column_map_members(const dk_column *column, const uint32_t *becomes, const dk_dictionary *members,
                                 const dk_column **out, dk_error *err);
/* Such sets one by one, each different one once. */
typedef struct dki_member_map {
    dk_context *context;
    const dk_dictionary *members; /* borrowed */
    dk_text *names;               /* of one set: room for all */
    dki_buffer text;              /* of one set */
    dki_text_map made;
} dki_member_map;
/* n_most: so many members has a set at most. */
dk_status dki_member_map_init(dki_member_map *map, dk_context *context, const dk_dictionary *members, size_t n_most,
                              dk_error *err);
void dki_member_map_drop(dki_member_map *map); /* also after a failure of init */
/* The code, from 1 on, of the set that n members became; in the order in which these are first made. */
dk_status dki_member_map_add(dki_member_map *map, const uint32_t *codes, size_t n, const uint32_t *becomes,
                             uint32_t *out, dk_error *err);
/* All of them, which the map gives away: nothing is added any more. */
dk_status dki_member_map_levels(dki_member_map *map, dk_dictionary **out, dk_error *err);

#endif
