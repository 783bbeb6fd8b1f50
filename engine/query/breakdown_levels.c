/* breakdown_levels.c - groups without rows: levels that could occur, and do not.
 *
 * A dimension that shows its levels has a list of codes: of a category the codes of its dictionary, of a boolean both, of a
 * number, a date or a period those between the least and the greatest that some group has. Every combination of
 * these is put beside every combination of the other dimensions that occurs. Members of sets are not listed here: they have
 * cells and no groups (margin_spread.c), for which the group of the set that is not known is there beside every combination.
 *
 * A dimension that is a level of the hierarchy of a finer one is told by it: every member stands in its own region, and in
 * no other; but one of which some group says otherwise stands where groups have it. Where the hierarchy changes with time, every
 * member stands in each region that it is in on some day.
 *
 * Invariants: at most MOST_LEVEL_GROUPS groups are there in the end; null is no level, and is shown where it occurs.
 */
#include "breakdown_plan.h"

#include "base/memory.h"
#include "base/status.h"
#include "data/hierarchy_levels.h"

#define MOST_LEVEL_GROUPS (UINT64_C(1) << 22)

struct levels {
    const dki_plan *plan;
    dki_grouper *grouper;
    dki_arena arena;
    bool shown[DKI_MAX_DIMENSIONS];
    uint32_t *codes[DKI_MAX_DIMENSIONS]; /* n of each that is shown */
    uint64_t n[DKI_MAX_DIMENSIONS];
    uint64_t n_combinations;               /* of levels that are shown */
    size_t told_by[DKI_MAX_DIMENSIONS];    /* the dimension that tells this one, or DKI_NONE */
    uint32_t *above[DKI_MAX_DIMENSIONS];   /* of each code of that dimension the one of this */
    size_t paired[DKI_MAX_DIMENSIONS];     /* a finer dimension that this one changes with, or DKI_NONE */
    dki_int_map pairs[DKI_MAX_DIMENSIONS]; /* what codes of both there can be */
};

static dk_status fail_levels(const dki_plan *plan, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_LIMIT, "%s is to show every level, and these make more than %llu groups",
                   plan->breakdown->title, (unsigned long long)MOST_LEVEL_GROUPS);
    dki_hint(err, "take fewer dimensions, or name those that are to show their levels: levels = { \"%s\" }",
             plan->breakdown->by[0].name);
    return DK_ERR_LIMIT;
}

/* Lists. ------------------------------------------------------------------------------------------------------- */

/* The least and the greatest value among the groups; false: none is known. */
static bool find_ends(const struct levels *levels, size_t dim, int64_t *least, int64_t *greatest)
{
    bool any = false;

    for (size_t i = 0; i < levels->grouper->n_groups; i++) {
        uint32_t code = dki_grouper_key(levels->grouper, i)[dim];
        int64_t value;

        if (code == 0)
            continue;
        value = dki_grouper_value(levels->grouper, dim, code).as.integer;
        *least = any && *least < value ? *least : value;
        *greatest = any && *greatest > value ? *greatest : value;
        any = true;
    }
    return any;
}

/* Values of a range get codes; those that did not occur get new ones. */
static dk_status list_range(struct levels *levels, size_t dim, dk_error *err)
{
    int64_t least = 0, greatest = 0;
    uint64_t span;
    dk_status status = DK_OK;

    if (!find_ends(levels, dim, &least, &greatest))
        return DK_OK;
    span = (uint64_t)greatest - (uint64_t)least;
    if (span >= MOST_LEVEL_GROUPS)
        return fail_levels(levels->plan, err);
    levels->n[dim] = span + 1;
    levels->codes[dim] = dki_arena_array(&levels->arena, (size_t)span + 1, sizeof **levels->codes, err);
    if (levels->codes[dim] == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = 0; status == DK_OK && i <= span; i++) {
        if (i % 4096 == 0)
            status = dki_poll(levels->plan->context, err);
        if (status == DK_OK)
            status = dki_grouper_code(levels->grouper, dim, least + (int64_t)i, &levels->codes[dim][i], err);
    }
    return status;
}

static dk_status list_codes(struct levels *levels, size_t dim, dk_error *err)
{
    const dki_dimension *what = &levels->plan->dims[dim];
    uint64_t n = what->type == DK_BOOLEAN ? 2 : 0;

    if (what->type == DK_CATEGORY)
        n = dk_dictionary_n_levels(what->levels);
    else if (what->type != DK_BOOLEAN)
        return list_range(levels, dim, err);
    if (n > MOST_LEVEL_GROUPS)
        return fail_levels(levels->plan, err);
    levels->n[dim] = n;
    levels->codes[dim] = dki_arena_array(&levels->arena, (size_t)n, sizeof **levels->codes, err);
    if (levels->codes[dim] == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = 0; i < n; i++)
        levels->codes[dim][i] = (uint32_t)i + 1;
    return DK_OK;
}

/* Hierarchies. ------------------------------------------------------------------------------------------------- */

/* Members of which some group says otherwise than codes do, as a scenario may, stand where groups have them alone. */
static void leave_others(const struct levels *levels, size_t coarse, size_t fine, uint32_t *above)
{
    for (size_t i = 0; i < levels->grouper->n_groups; i++) {
        const uint32_t *key = dki_grouper_key(levels->grouper, i);

        if (above[key[fine]] != key[coarse])
            above[key[fine]] = DKI_NO_MEMBER;
    }
}

/* Finds the finest dimension that tells this one. */
static dk_status find_teller(struct levels *levels, size_t dim, dk_error *err)
{
    const dki_dimension *dims = levels->plan->dims;
    size_t n_dims = levels->grouper->n_dims, found = DKI_NONE;

    levels->told_by[dim] = DKI_NONE;
    if (dims[dim].type != DK_CATEGORY || levels->plan->spreads[dim] != DKI_SPREAD_NOT)
        return DK_OK;
    for (size_t d = 0; d < n_dims; d++) {
        uint32_t *above;
        dk_status status;

        if (d == dim || dims[d].type != DK_CATEGORY || levels->plan->spreads[d] != DKI_SPREAD_NOT ||
            !dki_levels_nested(dims[d].levels, dims[dim].levels) ||
            (found != DKI_NONE && !dki_levels_nested(dims[d].levels, dims[found].levels)))
            continue;
        above = dki_arena_array(&levels->arena, dk_dictionary_n_levels(dims[d].levels) + 1, sizeof *above, err);
        if (above == NULL)
            return DK_ERR_MEMORY;
        status =
            dki_levels_above(levels->plan->context, dims[d].levels, dims[dim].levels, dims[d].levels, above, err);
        if (status != DK_OK)
            return status;
        leave_others(levels, dim, d, above);
        found = levels->told_by[dim] = d;
        levels->above[dim] = above;
    }
    return DK_OK;
}

/* Whether some group says otherwise than the pairs of levels do: these are of other things then, as where somebody lives and works. */
static bool are_apart(const struct levels *levels, size_t coarse, size_t fine)
{
    for (size_t i = 0; i < levels->grouper->n_groups; i++) {
        const uint32_t *key = dki_grouper_key(levels->grouper, i);

        if (key[fine] != 0 && key[coarse] != 0 &&
            dki_int_map_find(&levels->pairs[coarse], dki_level_pair(key[fine], key[coarse])) == DKI_MAP_NONE)
            return true;
    }
    return false;
}

/* Finds the finest dimension of which this one is a later level, in a hierarchy that changes with time. */
static dk_status find_pairs(struct levels *levels, size_t dim, dk_error *err)
{
    const dki_dimension *dims = levels->plan->dims;
    size_t found = DKI_NONE;
    dk_status status;

    for (size_t d = 0; d < levels->grouper->n_dims && levels->told_by[dim] == DKI_NONE; d++)
        if (d != dim && dims[d].type == DK_CATEGORY && dims[dim].type == DK_CATEGORY &&
            levels->plan->spreads[d] == DKI_SPREAD_NOT && levels->plan->spreads[dim] == DKI_SPREAD_NOT &&
            dki_levels_related(dims[d].levels, dims[dim].levels) &&
            !dki_levels_nested(dims[d].levels, dims[dim].levels) &&
            (found == DKI_NONE || dki_levels_related(dims[d].levels, dims[found].levels)))
            found = d;
    if (found == DKI_NONE || (!levels->shown[dim] && !levels->shown[found]))
        return DK_OK;
    status =
        dki_levels_pairs(levels->plan->context, dims[found].levels, dims[dim].levels, &levels->pairs[dim], err);
    if (status == DK_OK && !are_apart(levels, dim, found))
        levels->paired[dim] = found;
    return status;
}

/* Whether levels of hierarchies go together on some day. */
static bool can_be(const struct levels *levels, const uint32_t *key)
{
    for (size_t d = 0; d < levels->grouper->n_dims; d++)
        if (levels->paired[d] != DKI_NONE &&
            dki_int_map_find(&levels->pairs[d], dki_level_pair(key[levels->paired[d]], key[d])) == DKI_MAP_NONE)
            return false;
    return true;
}

/* A dimension that another tells is shown as that one is, whose codes are then those of members. */
static dk_status find_tellers(struct levels *levels, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t d = 0; d < levels->grouper->n_dims && status == DK_OK; d++) {
        levels->shown[d] = dki_plan_shows_levels(levels->plan, d) && levels->plan->spreads[d] == DKI_SPREAD_NOT;
        status = find_teller(levels, d, err);
    }
    for (size_t d = 0; d < levels->grouper->n_dims && status == DK_OK; d++)
        if (levels->told_by[d] != DKI_NONE && levels->told_by[levels->told_by[d]] == DKI_NONE)
            levels->shown[d] = levels->shown[levels->told_by[d]];
        else
            levels->told_by[d] = DKI_NONE;
    for (size_t d = 0; d < levels->grouper->n_dims && status == DK_OK; d++)
        status = find_pairs(levels, d, err);
    return status;
}

/* Codes of a dimension that tells others, without those that are no members: where these belong, rows alone say. */
static void keep_members(struct levels *levels, size_t dim)
{
    for (size_t d = 0; d < levels->grouper->n_dims; d++) {
        uint64_t n = 0;

        if (levels->told_by[d] != dim)
            continue;
        for (uint64_t i = 0; i < levels->n[dim]; i++)
            if (levels->above[d][levels->codes[dim][i]] != DKI_NO_MEMBER)
                levels->codes[dim][n++] = levels->codes[dim][i];
        levels->n[dim] = n;
    }
}

/* Lists the codes of every dimension that shows its levels, and that no other tells. */
static dk_status list_levels(struct levels *levels, dk_error *err)
{
    dk_status status = find_tellers(levels, err);

    levels->n_combinations = 1;
    for (size_t d = 0; status == DK_OK && d < levels->grouper->n_dims; d++) {
        if (!levels->shown[d] || levels->told_by[d] != DKI_NONE)
            continue;
        status = list_codes(levels, d, err);
        if (status == DK_OK)
            keep_members(levels, d);
        levels->n_combinations *= levels->n[d];
        if (status == DK_OK && levels->n_combinations > MOST_LEVEL_GROUPS)
            status = fail_levels(levels->plan, err);
    }
    return status;
}

/* Groups. ------------------------------------------------------------------------------------------------------ */

/* Adds the group of every combination of levels to the values of the other dimensions in key. */
static dk_status add_from(const struct levels *levels, uint32_t *key, size_t dim, dk_error *err)
{
    uint32_t number;
    dk_status status = DK_OK;

    while (dim < levels->grouper->n_dims && (!levels->shown[dim] || levels->told_by[dim] != DKI_NONE))
        dim++;
    if (dim == levels->grouper->n_dims)
        return can_be(levels, key) ? dki_group_add(levels->grouper, key, &number, err) : DK_OK;
    for (uint64_t i = 0; status == DK_OK && i < levels->n[dim]; i++) {
        if (i % 64 == 0)
            status = dki_poll(levels->plan->context, err);
        key[dim] = levels->codes[dim][i];
        for (size_t d = 0; d < levels->grouper->n_dims; d++)
            if (levels->told_by[d] == dim)
                key[d] = levels->above[d][key[dim]];
        if (status == DK_OK)
            status = add_from(levels, key, dim + 1, err);
    }
    return status;
}

/* Beside what occurs of the other dimensions. */
static dk_status add_beside(const struct levels *levels, dk_error *err)
{
    dki_grouper *grouper = levels->grouper;
    size_t n_found = grouper->n_groups;
    uint32_t key[DKI_MAX_DIMENSIONS] = { 0 };
    dki_text_map seen; /* combinations of the other dimensions */
    dk_status status = DK_OK;

    dki_text_map_init(&seen, levels->plan->context);
    for (size_t i = 0; status == DK_OK && i < n_found; i++) {
        size_t n_seen = seen.n;
        uint32_t number;

        for (size_t d = 0; d < grouper->n_dims; d++)
            key[d] =
                levels->shown[d] || levels->plan->spreads[d] != DKI_SPREAD_NOT ? 0 : dki_grouper_key(grouper, i)[d];
        status = dki_text_map_add(&seen, (const char *)key, grouper->n_dims * sizeof *key, &number, err);
        if (status == DK_OK && seen.n * levels->n_combinations > MOST_LEVEL_GROUPS)
            status = fail_levels(levels->plan, err);
        if (status == DK_OK && number == n_seen)
            status = add_from(levels, key, 0, err);
    }
    dki_text_map_drop(&seen);
    return status;
}

dk_status dki_plan_add_levels(const dki_plan *plan, dki_grouper *grouper, dk_error *err)
{
    struct levels levels = { .plan = plan, .grouper = grouper };
    uint32_t key[DKI_MAX_DIMENSIONS] = { 0 };
    bool only_levels = true;
    dk_status status;

    dki_arena_init(&levels.arena, plan->context);
    for (size_t d = 0; d < grouper->n_dims; d++) {
        levels.paired[d] = DKI_NONE;
        dki_int_map_init(&levels.pairs[d], plan->context);
    }
    status = list_levels(&levels, err);
    for (size_t d = 0; d < grouper->n_dims; d++)
        only_levels = only_levels && (levels.shown[d] || plan->spreads[d] != DKI_SPREAD_NOT);
    if (status ==
        DK_OK) /* where every dimension shows its levels there is one combination of the others, also for no rows */
        status = only_levels ? add_from(&levels, key, 0, err) : add_beside(&levels, err);
    for (size_t d = 0; d < grouper->n_dims; d++)
        dki_int_map_drop(&levels.pairs[d]);
    dki_arena_drop(&levels.arena);
    return status;
}
