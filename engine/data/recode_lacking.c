/* recode_lacking.c - recodes between two days in which it is not known of some members what they become.
 *
 * What nobody stated of a member is no fault as long as no row has it: a division is recoded back for the regions at hand without weights
 * for the whole country. A table is looked through for such members before it is recoded.
 */
#include "base/memory.h"
#include "base/status.h"
#include "column_parts.h"
#include "hierarchy_parts.h"
#include "hierarchy_use.h"
#include "members.h"
#include "recode_parts.h"

dk_status dk_hierarchy_recode(const dk_hierarchy *hierarchy, const char *from, const char *to,
                              const dk_table *weights, const dk_recode **out, dk_error *err)
{
    dki_recode_way way = { .hierarchy = hierarchy, .weights = weights };
    dk_context *context = dk_hierarchy_context(hierarchy);
    const dk_dictionary *members = hierarchy->levels[0].members, *old = NULL, *new = NULL;
    const dk_recode *made = NULL;
    dk_status status = dki_hierarchy_recode_day(hierarchy, from, &way.from, err);

    if (status == DK_OK)
        status = dki_hierarchy_recode_day(hierarchy, to, &way.to, err);
    if (status != DK_OK)
        return status;
    way.lacking.members = dki_calloc(context, dk_dictionary_n_levels(members) + 1, sizeof(bool), err);
    if (way.lacking.members == NULL)
        return DK_ERR_MEMORY;
    status = dki_hierarchy_recode(hierarchy, way.from, way.to, weights, NULL, &way.lacking, &made, err);
    if (status == DK_OK)
        status = dki_labels_on(hierarchy, 0, way.from, &old, err);
    if (status == DK_OK)
        status = dki_labels_on(hierarchy, 0, way.to, &new, err);
    if (status == DK_OK)
        dki_recode_tell_members(made, old, new);
    if (status == DK_OK && way.lacking.n > 0)
        dki_recode_tell_way(made, &way);
    else
        dki_free(context, way.lacking.members);
    dk_dictionary_release(old);
    dk_dictionary_release(new);
    if (status == DK_OK)
        *out = made;
    else
        dk_recode_release(made);
    return status;
}

/* The member that a value stands for on the day, where it is lacking; else 0. */
static uint32_t lacking_member(const dki_recode_way *way, dk_text value)
{
    uint32_t member = dki_hierarchy_member_on(way->hierarchy, 0, value, way->from);

    return way->lacking.members[member] ? member : 0;
}

/* Why it is not known what a member becomes. */
static dk_status fail_lacking(const dki_recode_way *way, uint32_t member, dk_error *err)
{
    dk_context *context = dk_hierarchy_context(way->hierarchy);
    bool *wanted =
        dki_calloc(context, dk_dictionary_n_levels(way->hierarchy->levels[0].members) + 1, sizeof *wanted, err);
    const dk_recode *none = NULL;
    dk_status status = DK_ERR_MEMORY;

    if (wanted == NULL)
        return status;
    wanted[member] = true;
    status = dki_hierarchy_recode(way->hierarchy, way->from, way->to, way->weights, wanted, NULL, &none, err);
    dk_recode_release(none);
    dki_free(context, wanted);
    return status;
}

/* Whether a member of rows becomes several; occurs: of each code of a category whether rows have it. */
static bool divides_some(const dk_recode *recode, const dk_dictionary *levels, const bool *occurs)
{
    const dk_dictionary *old = dki_recode_old(recode);

    for (size_t i = 0; i < dk_recode_n_pairs(recode); i++) {
        dk_recode_pair pair = dk_recode_get(recode, i);
        uint32_t code = dk_dictionary_find(levels, pair.old);
        dk_text label;

        if (code == 0 && old && dk_dictionary_label(old, dk_dictionary_find(old, pair.old), &label))
            code = dk_dictionary_find(levels, label);
        if (occurs[code] && code > 0 && pair.share.numerator != pair.share.denominator)
            return true;
    }
    return false;
}

dk_status dki_recode_divides(const dk_recode *recode, const dk_column *column, bool *out, dk_error *err)
{
    const dki_recode_way *way = dki_recode_way_of(recode);
    const dk_column *members = NULL;
    bool *occurs = NULL;
    dk_status status = DK_OK;

    *out = false;
    if (!dk_recode_is_exact(recode))
        status = dki_column_categorise(column, &members, err);
    if (status == DK_OK && members) {
        const dk_dictionary *levels = dk_column_levels(members);
        size_t n_codes = dk_dictionary_n_levels(levels) + 1;

        occurs = dki_calloc(dk_column_context(column), n_codes, sizeof *occurs, err);
        status = occurs ? dki_column_mark_codes(members, occurs, err) : DK_ERR_MEMORY;
        *out = status == DK_OK && divides_some(recode, levels, occurs);
        for (uint32_t code = 1; way && code < n_codes && status == DK_OK && !*out; code++)
            *out = occurs[code] && lacking_member(way, dk_dictionary_level(levels, code)) > 0;
    }
    dki_free(dk_column_context(column), occurs);
    dk_column_release(members);
    return status;
}

dk_status dki_recode_check_rows(const dk_recode *recode, const dk_column *column, dk_error *err)
{
    const dki_recode_way *way = dki_recode_way_of(recode);
    const dk_dictionary *levels = dk_column_levels(column), *members = dk_dictionary_members(levels);
    size_t n_codes = dk_dictionary_n_levels(levels) + 1;
    bool *occurs;
    dk_status status;

    if (way == NULL)
        return DK_OK;
    occurs = dki_calloc(dk_column_context(column), n_codes, sizeof *occurs, err);
    status = occurs ? dki_column_mark_codes(column, occurs, err) : DK_ERR_MEMORY;
    for (uint32_t code = 1; code < n_codes && status == DK_OK; code++) {
        size_t n = 1;
        const uint32_t *set = members ? dk_dictionary_set(levels, code, &n) : NULL;

        for (size_t i = 0; occurs[code] && i < n && status == DK_OK; i++) {
            uint32_t member =
                lacking_member(way, set ? dk_dictionary_level(members, set[i]) : dk_dictionary_level(levels, code));

            if (member > 0)
                status = fail_lacking(way, member, err);
        }
    }
    dki_free(dk_column_context(column), occurs);
    return status;
}
