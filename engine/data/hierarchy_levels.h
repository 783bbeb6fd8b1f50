/* hierarchy_levels.h - what columns know of each other that are levels of one hierarchy. */
#ifndef DKI_DATA_HIERARCHY_LEVELS_H
#define DKI_DATA_HIERARCHY_LEVELS_H

#include <dekking/hierarchy.h>

#include "base/hash.h"

/* Whether two say the same: levels, members in their order, labels, whom they belong to when, changes and vintage. Either may
 * be NULL. Cost: nothing where it is the same one, else proportional to them. */
bool dki_hierarchy_equal(const dk_hierarchy *a, const dk_hierarchy *b);
/* Whether the levels have the same names: vintages of one, or hierarchies that say the same. */
bool dki_hierarchy_same_levels(const dk_hierarchy *a, const dk_hierarchy *b);
/* A hierarchy that does not change, of which both have levels, coarse a later one than fine; NULL: there is none. Either may be
 * NULL. Of several, the one that fine got last. below, above: their levels; may be NULL. */
const dk_hierarchy *dki_levels_common(const dk_dictionary *fine, const dk_dictionary *coarse, size_t *below,
                                      size_t *above);
static inline bool dki_levels_nested(const dk_dictionary *fine, const dk_dictionary *coarse)
{
    return dki_levels_common(fine, coarse, NULL, NULL) != NULL;
}
/* Whether coarse is a later level than fine of one hierarchy, which may change with time. */
bool dki_levels_related(const dk_dictionary *fine, const dk_dictionary *coarse);
/* Whether a hierarchy that does not change has a member that belongs to none of `level`, and to one of `of`, above it. *member: the
 * first such. */
bool dki_hierarchy_skips(const dk_hierarchy *hierarchy, size_t level, size_t of, dk_text *member);
/* Whether both are the same levels of the same hierarchies. */
bool dki_levels_same(const dk_dictionary *a, const dk_dictionary *b);
/* Whether both are one level of hierarchies with levels of the same names, as vintages of one are; each knows what its members are
 * called on its day. */
bool dki_levels_vintages(const dk_dictionary *a, const dk_dictionary *b);
/* The dictionary with the levels that all n others are, and no more; n 0: with none. Of vintages that say the same it is that of the
 * first. It is retained where it is so already. */
dk_status dki_levels_shared(const dk_dictionary *dictionary, const dk_dictionary *const *others, size_t n,
                            const dk_dictionary **out, dk_error *err);
/* A code of `fine` that is no member, or whose level above `coarse` has none for. */
#define DKI_NO_MEMBER UINT32_MAX
/* Of each code of names, 0 included, the code of coarse that it belongs to as a member of fine; 0: to none. fine and coarse are
 * nested. names: may be fine; its levels are told by their texts alone. out: n_levels of names + 1. */
dk_status dki_levels_above(dk_context *context, const dk_dictionary *fine, const dk_dictionary *coarse,
                           const dk_dictionary *names, uint32_t *out, dk_error *err);
/* hierarchy_follow.c: what a column becomes where the members of another, before, are those of now: where these differ it is what
 * the new one belongs to, if that is a member. The dictionary of now or that of before is nested in that of the column. */
dk_status dki_levels_follow(const dk_column *column, const dk_column *before, const dk_column *now,
                            const dk_column **out, dk_error *err);
/* The column without the hierarchies of which the other is a later level: its members belong to others now. It is retained where
 * there are none. other: NULL, or the levels of a column that was set. */
dk_status dki_levels_leave(const dk_column *column, const dk_dictionary *other, const dk_column **out,
                           dk_error *err);
/* Of levels that are related: adds a key for each code of fine and each of coarse that it belongs to on some day; 0: to none. */
dk_status dki_levels_pairs(dk_context *context, const dk_dictionary *fine, const dk_dictionary *coarse,
                           dki_int_map *out, dk_error *err);
static inline uint64_t dki_level_pair(uint32_t fine, uint32_t coarse)
{
    return (uint64_t)fine << 32 | coarse;
}

#endif
