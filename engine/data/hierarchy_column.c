/* hierarchy_column.c - columns whose values are members of a level: told so, called so, or compared with what a hierarchy says. */
#include "hierarchy_use.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "hierarchy_levels.h"
#include "levels.h"
#include "members.h"

static bool same_text(dk_text a, dk_text b)
{
    return a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0;
}

uint32_t dki_hierarchy_member(const dk_hierarchy *hierarchy, size_t level, dk_text value)
{
    const dki_hierarchy_level *place = &hierarchy->levels[level];
    uint32_t member = dk_dictionary_find(place->members, value);

    if (member == 0)
        member = dk_dictionary_find_label(place->members, value);
    for (size_t i = 0; i < place->n_labels && member == 0; i++)
        if (same_text(place->labels[i].text, value)) /* it was called so once */
            member = place->labels[i].member;
    return member;
}

/* Whoever is called so on the day, by labels that change; 0: nobody. */
static uint32_t called_on(const dk_hierarchy *hierarchy, size_t level, dk_text value, int64_t day)
{
    const dki_hierarchy_level *place = &hierarchy->levels[level];

    for (size_t i = 0; i < place->n_labels; i++) {
        const dki_label *label = &place->labels[i];

        if (same_text(label->text, value) && label->from <= day && (day < label->to || label->to == DKI_DAY_LAST) &&
            dki_hierarchy_span(hierarchy, level, label->member, day))
            return label->member;
    }
    return 0;
}

uint32_t dki_hierarchy_member_on(const dk_hierarchy *hierarchy, size_t level, dk_text value, int64_t day)
{
    const dki_hierarchy_level *place = &hierarchy->levels[level];
    uint32_t found = dki_hierarchy_member(hierarchy, level, value);

    if (found == 0 || dk_dictionary_find(place->members, value))
        return found;
    if (place->n_labels > 0)
        return called_on(hierarchy, level, value, day);
    if (dki_hierarchy_span(hierarchy, level, found, day))
        return found;
    for (uint32_t member = found + 1; member <= dk_dictionary_n_levels(place->members); member++) {
        dk_text label;

        if (dk_dictionary_label(place->members, member, &label) && same_text(label, value) &&
            dki_hierarchy_span(hierarchy, level, member, day))
            return member;
    }
    return found;
}

/* Whether some value is what a member is called, and no member's name. */
static bool is_by_label(const dk_dictionary *values, const dk_hierarchy *hierarchy, size_t level)
{
    const dk_dictionary *members = hierarchy->levels[level].members;

    for (uint32_t code = 1; code <= dk_dictionary_n_levels(values); code++) {
        dk_text value = dk_dictionary_level(values, code);

        if (dk_dictionary_find(members, value) == 0 && dki_hierarchy_member(hierarchy, level, value) > 0)
            return true;
    }
    return false;
}

/* The names of members that no value stands for; by labels where values are these. */
static size_t missing_of(const dk_dictionary *values, const dk_hierarchy *hierarchy, size_t level, bool *has,
                         dk_text *missing)
{
    const dk_dictionary *members = hierarchy->levels[level].members;
    bool by_label = is_by_label(values, hierarchy, level);
    size_t n = 0;

    for (uint32_t code = 1; code <= dk_dictionary_n_levels(values); code++)
        has[dki_hierarchy_member(hierarchy, level, dk_dictionary_level(values, code))] = true;
    for (uint32_t member = 1; member <= dk_dictionary_n_levels(members); member++) {
        dk_text name = dk_dictionary_level(members, member);

        if (!has[member] && (!by_label || dk_dictionary_label(members, member, &name)))
            missing[n++] = name;
    }
    return n;
}

/* Labels. ---------------------------------------------------------------------------------------------------------- */

/* The same level of the vintage that the values were of before; NULL: they were of none. */
static const dk_dictionary *members_before(const dk_dictionary *values, const dk_hierarchy *hierarchy)
{
    for (size_t i = 0; i < dk_dictionary_n_hierarchies(values); i++) {
        size_t level;
        const dk_hierarchy *before = dk_dictionary_hierarchy_at(values, i, &level);

        if (dki_hierarchy_same_levels(before, hierarchy))
            return before->levels[level].members;
    }
    return NULL;
}

/* Members are called as the hierarchy calls them, but for those with labels of their own; not where some values are labels, as two
 * that look the same would be two groups. */
static dk_status label_members(const dk_dictionary *values, const dk_hierarchy *hierarchy, size_t level,
                               const dk_dictionary **out, dk_error *err)
{
    const dk_dictionary *members = is_by_label(values, hierarchy, level) ? NULL : hierarchy->levels[level].members;

    return dki_dictionary_relabel(values, members_before(values, hierarchy), members, out, err);
}

dk_status dki_column_of_level(const dk_column *column, const dk_hierarchy *hierarchy, size_t level,
                              const dk_column **out, dk_error *err)
{
    const dk_dictionary *values = dk_column_levels(column), *labelled = NULL;
    size_t n_members = dk_dictionary_n_levels(hierarchy->levels[level].members);
    bool *has = dki_calloc(column->context, n_members + 1, sizeof *has, err);
    dk_text *missing = dki_alloc_array(column->context, n_members, sizeof *missing, err);
    dk_dictionary *longer = NULL, *tagged = NULL;
    dk_status status = has && missing ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_dictionary_extend(values, missing, missing_of(values, hierarchy, level, has, missing), &longer,
                                       err);
    if (status == DK_OK)
        status = label_members(longer, hierarchy, level, &labelled, err);
    if (status == DK_OK)
        status = dki_dictionary_of_level(labelled, hierarchy, level, &tagged, err);
    if (status == DK_OK)
        status = dki_column_with_levels(column, tagged, out, err);
    dk_dictionary_release(tagged);
    dk_dictionary_release(labelled);
    dk_dictionary_release(longer);
    dki_free(column->context, missing);
    dki_free(column->context, has);
    return status;
}

dk_status dki_column_of_members(const dk_column *column, const dk_hierarchy *hierarchy, size_t level,
                                const dk_column **out, dk_error *err)
{
    const dk_dictionary *sets = dk_column_levels(column), *labelled = NULL;
    dk_dictionary *made = NULL;
    dk_status status = label_members(dk_dictionary_members(sets), hierarchy, level, &labelled, err);

    if (status == DK_OK)
        status = dk_dictionary_of_sets(sets, labelled, &made, err);
    if (status == DK_OK)
        status = dki_column_with_levels(column, made, out, err);
    dk_dictionary_release(made);
    dk_dictionary_release(labelled);
    return status;
}

/* Existing levels. ------------------------------------------------------------------------------------------------- */

static dk_text text_at(const dk_view *view, size_t i)
{
    dk_text text = dki_view_is_null(view, i) ? (dk_text){ "null", 4 } : dki_view_text(view, i);

    text.size = dki_utf8_floor(text.bytes, text.size, text.size < 60 ? text.size : 60);
    return text;
}

static dk_status fail_existing(const char *name, const dk_view views[], size_t i, uint64_t row, dk_error *err)
{
    dk_text has = text_at(&views[0], i), says = text_at(&views[1], i), member = text_at(&views[2], i);

    (void)dki_fail(err, DK_ERR_DATA,
                   "row %llu: %.*s belongs to %.*s in the column %s, and to %.*s in the hierarchy",
                   (unsigned long long)row + 1, (int)member.size, member.bytes, (int)has.size, has.bytes, name,
                   (int)says.size, says.bytes);
    dki_hint(err, "drop or rename the column %s, or use the vintage that it was made by", name);
    return DK_ERR_DATA;
}

static int64_t day_at(const dki_use *use, const dk_view views[], size_t i)
{
    return use->on ? dki_hierarchy_day(&views[3], i) : dki_any_day();
}

/* Whether the hierarchy knows the member of a row on its day. */
static bool is_known(const dki_use *use, const dk_view views[], size_t i)
{
    uint32_t code = dki_view_code(&views[2], i), member;

    if (code == 0 || (use->on && dki_view_is_null(&views[3], i)))
        return false;
    member = dki_use_member(use, code, day_at(use, views, i));
    return member > 0 && dki_hierarchy_span(use->hierarchy, use->level, member, day_at(use, views, i)) != NULL;
}

/* codes: of each code that the column has the one that the hierarchy's would have. */
static dk_status compare(const dki_use *use, const char *name, const dk_column *has, const dk_column *made,
                         const uint32_t *codes, dk_error *err)
{
    const dk_column *columns[] = { has, made, use->column, use->on };
    dk_view views[4];
    dk_status status = DK_OK;

    for (size_t k = 0; k < 4; k++)
        dk_view_init(&views[k], use->context);
    for (uint64_t row = 0; dki_columns_block(columns, use->on ? 4 : 3, row, views, &status, err); row += views->n) {
        for (size_t i = 0; i < views->n && status == DK_OK; i++)
            if (codes[dki_view_code(&views[0], i)] != dki_view_code(&views[1], i) && is_known(use, views, i))
                status = fail_existing(name, views, i, row + i, err);
    }
    for (size_t k = 0; k < 4; k++)
        dk_view_release(&views[k]);
    return status;
}

dk_status dki_use_existing(const dki_use *use, size_t level, const dk_column *has, const dk_column *made,
                           const dk_column **out, dk_error *err)
{
    const char *name = use->hierarchy->levels[level].name;
    const dk_column *category = NULL;
    uint32_t *codes = NULL;
    dk_status status = dki_column_categorise(has, &category, err);

    if (status == DK_ERR_TYPE)
        return dki_fail(err, DK_ERR_TYPE, "the table has a column %s already, which is %s", name,
                        dk_type_name(dk_column_type(has)));
    if (status == DK_OK) {
        const dk_dictionary *values = dk_column_levels(category);
        size_t n = dk_dictionary_n_levels(values);

        codes = dki_calloc(use->context, n + 1, sizeof *codes, err);
        status = codes ? DK_OK : DK_ERR_MEMORY;
        for (uint32_t code = 1; code <= n && status == DK_OK; code++) {
            codes[code] = dki_hierarchy_member(use->hierarchy, level, dk_dictionary_level(values, code));
            if (codes[code] == 0)
                codes[code] = UINT32_MAX; /* no member, so nothing that the hierarchy says */
        }
    }
    if (status == DK_OK)
        status = compare(use, name, category, made, codes, err);
    if (status == DK_OK)
        status = dki_column_of_level(category, use->hierarchy, level, out, err);
    dki_free(use->context, codes);
    dk_column_release(category);
    return status;
}
