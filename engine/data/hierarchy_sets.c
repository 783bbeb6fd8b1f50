/* hierarchy_sets.c - levels above a column of sets: of each set of members the set of their regions.
 *
 * A region that several members are in is in the set once, so that who counts by its members counts everybody once. Where rows have
 * days of their own, members are looked up on these, once for each different set of each time between two changes.
 */
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "hierarchy_use.h"
#include "members.h"

/* Counts rows that have these members; known: of each code whether the hierarchy knows it then. */
static void count_set(dki_use *use, const uint32_t *members, size_t n, const uint32_t *known, uint64_t n_rows)
{
    bool has_unknown = false;

    for (size_t i = 0; i < n; i++)
        if (known[members[i]] == 0) {
            use->n_unknown[members[i]] += n_rows;
            has_unknown = true;
        }
    use->n_rows_unknown += has_unknown ? n_rows : 0;
}

void dki_use_count_sets(dki_use *use, const uint64_t *counts)
{
    const dk_dictionary *sets = dk_column_levels(use->column);

    for (uint32_t code = 1; code <= dk_dictionary_n_levels(sets); code++) {
        size_t n = 0;
        const uint32_t *members = dk_dictionary_set(sets, code, &n);

        count_set(use, members, n, use->members, counts[code]);
    }
}

/* A member that is there is its own ancestor. */
dk_status dki_use_count_dated_sets(dki_use *use, dk_error *err)
{
    uint64_t *counts = NULL;
    dki_dated_level own;
    dk_status status = dki_dated_level_init(&own, use, use->level, err);

    if (status == DK_OK)
        status = dki_dated_sets_init(&use->sets, &use->turns, use->column, use->on, err);
    use->n_dayless = use->sets.n_dayless;
    if (status == DK_OK) {
        counts = dki_calloc(use->context, use->sets.pairs.n, sizeof *counts, err);
        status = counts ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        dki_dated_sets_count(&use->sets, counts);
    for (size_t pair = 0; pair < use->sets.pairs.n && status == DK_OK; pair++) {
        size_t n = 0;
        const uint32_t *members = dki_dated_members(&use->sets, pair, &n), *known = NULL;

        status = dki_dated_level_at(&own, dki_dated_turn(&use->sets, pair), &known, err);
        if (status == DK_OK)
            count_set(use, members, n, known, counts[pair]);
    }
    dki_free(use->context, counts);
    dki_dated_level_drop(&own);
    return status;
}

/* Whether regions can be members of a set. */
static dk_status check_regions(const dki_use *use, size_t level, const uint32_t *regions, dk_error *err)
{
    const dki_hierarchy_level *of = &use->hierarchy->levels[level];

    for (uint32_t code = 1; code < use->n_codes; code++) {
        dk_text name = regions[code] ? dk_dictionary_level(of->members, regions[code]) : (dk_text){ "-", 1 };
        const char *fault = dki_member_fault(name);

        if (fault)
            return dki_fail(err, DK_ERR_RANGE, "%s: \"%.*s\" cannot be in a set: it %s", of->name,
                            (int)dki_utf8_floor(name.bytes, name.size, name.size < 60 ? name.size : 60), name.bytes,
                            fault);
    }
    return DK_OK;
}

/* The regions of all codes in a turn, checked when they are first asked for. */
static dk_status regions_at(void *arg, size_t turn, const uint32_t **out, dk_error *err)
{
    dki_dated_level *dated = arg;
    bool is_new = dated->codes[turn] == NULL;
    dk_status status = dki_dated_level_at(dated, turn, out, err);

    return status == DK_OK && is_new ? check_regions(dated->use, dated->level, *out, err) : status;
}

static dk_status sets_by_day(const dki_use *use, size_t level, const dk_column **out, dk_error *err)
{
    dki_dated_level dated;
    dk_status status = dki_dated_level_init(&dated, use, level, err);

    if (status == DK_OK)
        status =
            dki_dated_sets_map(&use->sets, regions_at, &dated, use->hierarchy->levels[level].members, out, err);
    dki_dated_level_drop(&dated);
    return status;
}

dk_status dki_use_sets(const dki_use *use, size_t level, const dk_column **out, dk_error *err)
{
    uint32_t *regions;
    dk_status status;

    if (use->on)
        return sets_by_day(use, level, out, err);
    regions = dki_calloc(use->context, use->n_codes, sizeof *regions, err);
    status = regions ? DK_OK : DK_ERR_MEMORY;
    for (uint32_t code = 1; code < use->n_codes && status == DK_OK; code++)
        regions[code] =
            dki_hierarchy_ancestor(use->hierarchy, use->level, use->members[code], level, dki_any_day());
    if (status == DK_OK)
        status = check_regions(use, level, regions, err);
    if (status == DK_OK)
        status = dki_column_map_members(use->column, regions, use->hierarchy->levels[level].members, out, err);
    dki_free(use->context, regions);
    return status;
}
