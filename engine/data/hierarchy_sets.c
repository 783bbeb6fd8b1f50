/* hierarchy_sets.c - levels above a column of sets: of each set of members the set of their regions.
 *
 * A region that several members are in is in the set once, so that who counts by its members counts everybody once.
 */
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "hierarchy_use.h"
#include "members.h"

void dki_use_count_sets(dki_use *use, const uint64_t *counts)
{
    const dk_dictionary *sets = dk_column_levels(use->column);

    for (uint32_t code = 1; code <= dk_dictionary_n_levels(sets); code++) {
        size_t n = 0;
        const uint32_t *members = dk_dictionary_set(sets, code, &n);
        bool has_unknown = false;

        for (size_t i = 0; i < n; i++)
            if (use->members[members[i]] == 0) {
                use->n_unknown[members[i]] += counts[code];
                has_unknown = true;
            }
        use->n_rows_unknown += has_unknown ? counts[code] : 0;
    }
}

/* The name of the region that a code's member is in; bytes NULL: it is in none. */
static dk_status find_region(const dki_use *use, size_t level, uint32_t code, dk_text *out, dk_error *err)
{
    uint32_t region = dki_hierarchy_ancestor(use->hierarchy, use->level, use->members[code], level, dki_any_day());
    const char *fault;

    if (region == 0)
        return DK_OK;
    *out = dk_dictionary_level(use->hierarchy->levels[level].members, region);
    fault = dki_member_fault(*out);
    return fault ? dki_fail(err, DK_ERR_RANGE, "%s: \"%.*s\" cannot be in a set: it %s",
                            use->hierarchy->levels[level].name,
                            (int)dki_utf8_floor(out->bytes, out->size, out->size < 60 ? out->size : 60), out->bytes,
                            fault)
                 : DK_OK;
}

dk_status dki_use_sets(const dki_use *use, size_t level, const dk_column **out, dk_error *err)
{
    dk_text *regions = dki_calloc(use->context, use->n_codes, sizeof *regions, err);
    dk_status status = regions ? DK_OK : DK_ERR_MEMORY;

    for (uint32_t code = 1; code < use->n_codes && status == DK_OK; code++)
        status = find_region(use, level, code, &regions[code], err);
    if (status == DK_OK)
        status = dki_column_map_members(use->column, regions, use->hierarchy->levels[level].members, out, err);
    dki_free(use->context, regions);
    return status;
}
