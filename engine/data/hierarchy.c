/* hierarchy.c - members and whom they belong to from when to when.
 *
 * Invariants: spans of one member do not overlap; a parent is of a later level and valid on every day of the span; every
 * member that is not of the last level, and no one's top, has a parent on each of its days.
 */
#include "hierarchy_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"

/* Making. ---------------------------------------------------------------------------------------------------------- */

static dk_status check_levels(const char *const *levels, size_t n_levels, dk_error *err)
{
    if (n_levels == 0 || n_levels > DK_MOST_LEVELS)
        return dki_fail(err, DK_ERR_ARGUMENT, "a hierarchy has 1 to %d levels, not %zu", DK_MOST_LEVELS, n_levels);
    for (size_t i = 0; i < n_levels; i++) {
        if (levels[i] == NULL || levels[i][0] == '\0')
            return dki_fail(err, DK_ERR_ARGUMENT, "level %zu of the hierarchy has no name", i + 1);
        for (size_t k = 0; k < i; k++)
            if (strcmp(levels[i], levels[k]) == 0)
                return dki_fail(err, DK_ERR_ARGUMENT, "the hierarchy has the level %s twice", levels[i]);
    }
    return DK_OK;
}

dk_status dki_hierarchy_make(dk_context *context, const char *name, const char *const *levels, size_t n_levels,
                             dk_hierarchy **out, dk_error *err)
{
    dk_hierarchy *hierarchy;
    dk_status status = check_levels(levels, n_levels, err);

    if (status != DK_OK)
        return status;
    hierarchy = dki_calloc(context, 1, sizeof *hierarchy, err);
    if (hierarchy == NULL)
        return DK_ERR_MEMORY;
    atomic_init(&hierarchy->n_references, 1);
    hierarchy->context = dk_context_retain(context);
    hierarchy->n_levels = n_levels;
    if (name) {
        hierarchy->name = dki_strdup(context, name, err);
        status = hierarchy->name ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t i = 0; i < n_levels && status == DK_OK; i++) {
        hierarchy->levels[i].name = dki_strdup(context, levels[i], err);
        status = hierarchy->levels[i].name ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        *out = hierarchy;
    else
        dk_hierarchy_release(hierarchy);
    return status;
}

dk_status dk_hierarchy_new(const dk_table *table, const dk_hierarchy_spec *spec, const dk_hierarchy **out,
                           dk_error *err)
{
    dk_hierarchy *hierarchy = NULL;
    dk_status status =
        dki_hierarchy_make(dk_table_context(table), spec->name, spec->levels, spec->n_levels, &hierarchy, err);

    if (status != DK_OK)
        return status;
    status = dki_hierarchy_read(hierarchy, table, spec, err);
    if (status == DK_OK)
        *out = hierarchy;
    else
        dk_hierarchy_release(hierarchy);
    return status;
}

const dk_hierarchy *dk_hierarchy_retain(const dk_hierarchy *hierarchy)
{
    atomic_fetch_add_explicit(&((dk_hierarchy *)(uintptr_t)hierarchy)->n_references, 1, memory_order_relaxed);
    return hierarchy;
}

void dk_hierarchy_release(const dk_hierarchy *shared)
{
    dk_hierarchy *hierarchy = (dk_hierarchy *)(uintptr_t)shared;
    dk_context *context;

    if (hierarchy == NULL || atomic_fetch_sub_explicit(&hierarchy->n_references, 1, memory_order_acq_rel) != 1)
        return;
    context = hierarchy->context;
    for (size_t i = 0; i < hierarchy->n_levels; i++) {
        dki_hierarchy_level *level = &hierarchy->levels[i];

        dki_free(context, (void *)(uintptr_t)level->name);
        dk_dictionary_release(level->members);
        dki_free(context, level->spans);
        dki_free(context, level->first);
        dki_free(context, level->labels);
        dki_free(context, level->label_bytes);
    }
    dki_free(context, hierarchy->changes);
    dki_free(context, (void *)(uintptr_t)hierarchy->name);
    dki_free(context, hierarchy);
    dk_context_release(context);
}

/* What it is. ------------------------------------------------------------------------------------------------------ */

dk_context *dk_hierarchy_context(const dk_hierarchy *hierarchy)
{
    return hierarchy->context;
}

const char *dk_hierarchy_name(const dk_hierarchy *hierarchy)
{
    return hierarchy->name;
}

size_t dk_hierarchy_n_levels(const dk_hierarchy *hierarchy)
{
    return hierarchy->n_levels;
}

const char *dk_hierarchy_level(const dk_hierarchy *hierarchy, size_t level)
{
    return hierarchy->levels[level].name;
}

size_t dk_hierarchy_find_level(const dk_hierarchy *hierarchy, const char *name)
{
    for (size_t i = 0; i < hierarchy->n_levels; i++)
        if (strcmp(hierarchy->levels[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

const dk_dictionary *dk_hierarchy_members(const dk_hierarchy *hierarchy, size_t level)
{
    return hierarchy->levels[level].members;
}

bool dk_hierarchy_is_dated(const dk_hierarchy *hierarchy)
{
    return hierarchy->dated;
}

const char *dk_hierarchy_vintage(const dk_hierarchy *hierarchy)
{
    return hierarchy->vintage[0] ? hierarchy->vintage : NULL;
}

const char *dki_day_shown(int64_t day, char out[32])
{
    if (day == DKI_DAY_FIRST)
        return "the beginning";
    if (day == DKI_DAY_LAST)
        return "the end";
    (void)dki_format_date(day, out, 32);
    return out;
}

/* Spans. ----------------------------------------------------------------------------------------------------------- */

dk_status dki_hierarchy_add(dk_hierarchy *hierarchy, size_t level, const dki_span *span, dk_error *err)
{
    dki_hierarchy_level *place = &hierarchy->levels[level];
    dk_status status = dki_grow(hierarchy->context, (void **)&place->spans, &place->capacity, place->n_spans + 1,
                                sizeof *place->spans, err);

    if (status == DK_OK)
        place->spans[place->n_spans++] = *span;
    return status;
}

static int by_member_and_day(const void *a, const void *b)
{
    const dki_span *x = a, *y = b;

    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static bool same_parent(const dki_span *a, const dki_span *b)
{
    return a->parent_level == b->parent_level && a->parent == b->parent;
}

/* The name of a member, as a message shows it. */
static int shown(const dk_hierarchy *hierarchy, size_t level, uint32_t member, const char **bytes)
{
    dk_text name = dk_dictionary_level(hierarchy->levels[level].members, member);

    *bytes = name.bytes;
    return (int)dki_utf8_floor(name.bytes, name.size, name.size < 60 ? name.size : 60);
}

static dk_status fail_parents(const dk_hierarchy *hierarchy, size_t level, const dki_span *a, const dki_span *b,
                              dk_error *err)
{
    const dki_span *spans[] = { a, b };
    const char *member, *names[2];
    char day[32];
    int size = shown(hierarchy, level, a->member, &member), sizes[2];

    for (size_t i = 0; i < 2; i++)
        if (spans[i]->parent_level == DKI_NO_LEVEL) {
            names[i] = "nothing";
            sizes[i] = 7;
        } else {
            sizes[i] = shown(hierarchy, spans[i]->parent_level, spans[i]->parent, &names[i]);
        }
    (void)dki_fail(err, DK_ERR_DATA, "%.*s (%s) belongs to %.*s and to %.*s on one day%s%s (rows %llu and %llu)",
                   size, member, hierarchy->levels[level].name, sizes[0], names[0], sizes[1], names[1],
                   b->from == DKI_DAY_FIRST ? "" : ", ",
                   b->from == DKI_DAY_FIRST ? "" : dki_day_shown(b->from, day), (unsigned long long)a->row + 1,
                   (unsigned long long)b->row + 1);
    dki_hint(err, "a member has one parent at a time: end the one before the other begins");
    return DK_ERR_DATA;
}

/* Puts spans of one member and one parent that touch or overlap together. */
static dk_status merge_spans(dk_hierarchy *hierarchy, size_t level, dk_error *err)
{
    dki_hierarchy_level *place = &hierarchy->levels[level];
    size_t n = 0;

    for (size_t i = 0; i < place->n_spans; i++) {
        dki_span *last = n > 0 ? &place->spans[n - 1] : NULL, *span = &place->spans[i];

        if (last == NULL || last->member != span->member || span->from > last->to ||
            (span->from == last->to && !same_parent(last, span))) {
            place->spans[n++] = *span;
        } else if (!same_parent(last, span)) {
            return fail_parents(hierarchy, level, last, span, err);
        } else if (span->to > last->to) {
            last->to = span->to;
        }
    }
    place->n_spans = n;
    return DK_OK;
}

static dk_status index_spans(dk_hierarchy *hierarchy, size_t level, dk_error *err)
{
    dki_hierarchy_level *place = &hierarchy->levels[level];
    size_t n_members = dk_dictionary_n_levels(place->members), at = 0;

    place->first = dki_alloc_array(hierarchy->context, n_members + 2, sizeof *place->first, err);
    if (place->first == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t member = 0; member <= n_members + 1; member++) {
        while (at < place->n_spans && place->spans[at].member < member)
            at++;
        place->first[member] = at;
    }
    return DK_OK;
}

static dk_status fail_orphan(const dk_hierarchy *hierarchy, size_t level, const dki_span *span, int64_t day,
                             dk_error *err)
{
    const char *member;
    char text[32];
    int size = shown(hierarchy, level, span->member, &member);

    (void)dki_fail(err, DK_ERR_DATA, "%.*s (%s) belongs to nothing%s%s (row %llu)", size, member,
                   hierarchy->levels[level].name, day == DKI_DAY_FIRST ? "" : " from ",
                   day == DKI_DAY_FIRST ? "" : dki_day_shown(day, text), (unsigned long long)span->row + 1);
    dki_hint(err, "every member but those of %s needs a parent on each of its days",
             hierarchy->levels[hierarchy->n_levels - 1].name);
    return DK_ERR_DATA;
}

/* Every day of a span its parent is there. */
static dk_status check_parents(const dk_hierarchy *hierarchy, size_t level, dk_error *err)
{
    const dki_hierarchy_level *place = &hierarchy->levels[level];

    for (size_t i = 0; i < place->n_spans; i++) {
        const dki_span *span = &place->spans[i];

        if (span->parent_level == DKI_NO_LEVEL) {
            if (level + 1 < hierarchy->n_levels)
                return fail_orphan(hierarchy, level, span, span->from, err);
            continue;
        }
        for (int64_t day = span->from; day < span->to;) {
            const dki_span *above = dki_hierarchy_span(hierarchy, span->parent_level, span->parent, day);
            const char *name;
            char text[32];
            int size;

            if (above) {
                day = above->to;
                continue;
            }
            size = shown(hierarchy, span->parent_level, span->parent, &name);
            (void)fail_orphan(hierarchy, level, span, day, err);
            dki_hint(err, "it is to belong to %.*s, which is not valid on %s", size, name,
                     dki_day_shown(day, text));
            return DK_ERR_DATA;
        }
    }
    return DK_OK;
}

dk_status dki_hierarchy_settle(dk_hierarchy *hierarchy, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++) {
        dki_hierarchy_level *level = &hierarchy->levels[i];

        if (level->n_spans > 1)
            qsort(level->spans, level->n_spans, sizeof *level->spans, by_member_and_day);
        status = merge_spans(hierarchy, i, err);
        if (status == DK_OK)
            status = index_spans(hierarchy, i, err);
        for (size_t k = 0; k < level->n_spans; k++)
            hierarchy->dated |= level->spans[k].from != DKI_DAY_FIRST || level->spans[k].to != DKI_DAY_LAST;
    }
    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++)
        status = check_parents(hierarchy, i, err);
    if (status == DK_OK)
        dki_labels_settle(hierarchy);
    return status;
}

const dki_span *dki_hierarchy_span(const dk_hierarchy *hierarchy, size_t level, uint32_t member, int64_t day)
{
    const dki_hierarchy_level *place = &hierarchy->levels[level];
    size_t low = place->first[member], high = place->first[member + 1];

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const dki_span *span = &place->spans[middle];

        if (day < span->from)
            high = middle;
        else if (day >= span->to && span->to != DKI_DAY_LAST)
            low = middle + 1;
        else
            return span;
    }
    return NULL;
}

uint32_t dki_hierarchy_ancestor(const dk_hierarchy *hierarchy, size_t level, uint32_t member, size_t of,
                                int64_t day)
{
    while (level < of && member > 0) {
        const dki_span *span = dki_hierarchy_span(hierarchy, level, member, day);

        if (span == NULL || span->parent_level == DKI_NO_LEVEL)
            return 0;
        level = span->parent_level;
        member = span->parent;
    }
    return level == of ? member : 0;
}

/* Vintages. -------------------------------------------------------------------------------------------------------- */

/* The members of a level that are valid on the day, and their new codes in codes, 0 for the others. */
static dk_status members_on(const dk_hierarchy *hierarchy, size_t level, int64_t day, uint32_t *codes,
                            const dk_dictionary **out, dk_error *err)
{
    const dk_dictionary *all = hierarchy->levels[level].members;
    dk_context *context = hierarchy->context;
    size_t n_all = dk_dictionary_n_levels(all), n = 0;
    dk_text *names = dki_alloc_array(context, n_all, sizeof *names, err);
    dk_text *labels = dki_calloc(context, n_all, sizeof *labels, err);
    dk_dictionary *plain = NULL, *labelled = NULL;
    dk_status status = names && labels ? DK_OK : DK_ERR_MEMORY;

    for (uint32_t code = 1; code <= n_all && status == DK_OK; code++) {
        codes[code] = 0;
        if (!dki_hierarchy_span(hierarchy, level, code, day))
            continue;
        (void)dki_hierarchy_label(hierarchy, level, code, day, &labels[n]);
        names[n] = dk_dictionary_level(all, code);
        codes[code] = (uint32_t)++n;
    }
    if (status == DK_OK)
        status = dk_dictionary_new(context, names, n, dk_dictionary_is_declared(all), &plain, err);
    if (status == DK_OK && dk_dictionary_has_labels(all)) {
        status = dk_dictionary_with_labels(plain, labels, &labelled, err);
        dk_dictionary_release(plain);
        plain = labelled;
    }
    dki_free(context, names);
    dki_free(context, labels);
    if (status == DK_OK)
        *out = plain;
    return status;
}

static dk_status copy_day(const dk_hierarchy *from, int64_t day, uint32_t *const *codes, dk_hierarchy *to,
                          dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < from->n_levels && status == DK_OK; i++)
        for (uint32_t code = 1; code <= dk_dictionary_n_levels(from->levels[i].members) && status == DK_OK;
             code++) {
            const dki_span *span = dki_hierarchy_span(from, i, code, day);
            dki_span copy;

            if (span == NULL)
                continue;
            copy = *span;
            copy.member = codes[i][code];
            copy.from = DKI_DAY_FIRST;
            copy.to = DKI_DAY_LAST;
            if (copy.parent_level != DKI_NO_LEVEL)
                copy.parent = codes[copy.parent_level][copy.parent];
            status = dki_hierarchy_add(to, i, &copy, err);
        }
    return status;
}

dk_status dk_hierarchy_at(const dk_hierarchy *hierarchy, const char *day, const dk_hierarchy **out, dk_error *err)
{
    const char *names[DK_MOST_LEVELS];
    uint32_t *codes[DK_MOST_LEVELS] = { NULL };
    dk_hierarchy *made = NULL;
    int64_t days = 0;
    dk_status status;

    if (day == NULL || strlen(day) != 10 || !dki_parse_date(day, 10, 'y', &days))
        return dki_fail(err, DK_ERR_ARGUMENT, "a vintage is of a day such as 2018-01-01, and \"%.40s\" is none",
                        day ? day : "");
    if (!hierarchy->dated) {
        *out = dk_hierarchy_retain(hierarchy);
        return DK_OK;
    }
    for (size_t i = 0; i < hierarchy->n_levels; i++)
        names[i] = hierarchy->levels[i].name;
    status = dki_hierarchy_make(hierarchy->context, hierarchy->name, names, hierarchy->n_levels, &made, err);
    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++) {
        codes[i] = dki_alloc_array(hierarchy->context, dk_dictionary_n_levels(hierarchy->levels[i].members) + 1,
                                   sizeof *codes[i], err);
        status = codes[i] ? members_on(hierarchy, i, days, codes[i], &made->levels[i].members, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK && dk_dictionary_n_levels(made->levels[0].members) == 0)
        status = dki_fail(err, DK_ERR_DATA, "the hierarchy has no %s on %s", names[0], day);
    if (status == DK_OK)
        status = copy_day(hierarchy, days, codes, made, err);
    if (status == DK_OK)
        status = dki_hierarchy_settle(made, err);
    for (size_t i = 0; i < hierarchy->n_levels; i++)
        dki_free(hierarchy->context, codes[i]);
    if (status == DK_OK) {
        memcpy(made->vintage, day, sizeof made->vintage);
        *out = made;
    } else {
        dk_hierarchy_release(made);
    }
    return status;
}
