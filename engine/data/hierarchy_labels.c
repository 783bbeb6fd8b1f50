/* hierarchy_labels.c - members of a level with what they are called: one label of one member on each day, and one member of each. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "column_parts.h"
#include "hierarchy_source.h"

/* Labels of days. ------------------------------------------------------------------------------------------------- */

static bool same_text(dk_text a, dk_text b)
{
    return a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0;
}

static int by_member_and_from(const void *a, const void *b)
{
    const dki_label *x = a, *y = b;

    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

/* Puts what touches or overlaps and says the same together; returns how many are left. */
static size_t merge_labels(dki_label *items, size_t n)
{
    size_t n_left = 0;

    for (size_t i = 0; i < n; i++) {
        dki_label *last = n_left > 0 ? &items[n_left - 1] : NULL;

        if (last == NULL || last->member != items[i].member || items[i].from > last->to ||
            !same_text(last->text, items[i].text))
            items[n_left++] = items[i];
        else if (items[i].to > last->to)
            last->to = items[i].to;
    }
    return n_left;
}

dk_status dki_labels_set(dk_hierarchy *hierarchy, size_t level, dki_label *items, size_t n, dk_error *err)
{
    dki_hierarchy_level *place = &hierarchy->levels[level];
    size_t n_bytes = 0, used = 0;

    if (n > 1)
        qsort(items, n, sizeof *items, by_member_and_from);
    n = merge_labels(items, n);
    if (n == 0)
        return DK_OK;
    for (size_t i = 0; i < n; i++)
        n_bytes += items[i].text.size + 1;
    place->labels = dki_alloc_array(hierarchy->context, n, sizeof *place->labels, err);
    place->label_bytes = place->labels ? dki_alloc(hierarchy->context, n_bytes, err) : NULL;
    if (place->label_bytes == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        place->labels[i] = items[i];
        place->labels[i].text.bytes = place->label_bytes + used;
        memcpy(place->label_bytes + used, items[i].text.bytes, items[i].text.size);
        used += items[i].text.size;
        place->label_bytes[used++] = '\0';
    }
    place->n_labels = n;
    return DK_OK;
}

/* The first label of a member or a later one. */
static size_t first_label(const dki_hierarchy_level *level, uint32_t member)
{
    size_t low = 0, high = level->n_labels;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (level->labels[middle].member < member)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether a member has a label on some day of a span, and is not called so on all of them, or was called otherwise on another day. */
static bool label_changes(const dki_hierarchy_level *level, const dki_span *span)
{
    size_t first = first_label(level, span->member);
    bool covers = false;

    if (first == level->n_labels || level->labels[first].member != span->member)
        return false;
    for (size_t i = first; i < level->n_labels && level->labels[i].member == span->member; i++) {
        const dki_label *label = &level->labels[i];

        if (!same_text(label->text, level->labels[first].text))
            return true;
        covers = covers || (label->from <= span->from && span->to <= label->to);
    }
    return !covers;
}

void dki_labels_settle(dk_hierarchy *hierarchy)
{
    for (size_t i = 0; i < hierarchy->n_levels; i++) {
        dki_hierarchy_level *level = &hierarchy->levels[i];
        bool changes = false;

        for (size_t k = 0; k < level->n_spans && level->n_labels > 0 && !changes; k++)
            changes = label_changes(level, &level->spans[k]);
        hierarchy->dated |= changes;
        if (changes)
            continue;
        dki_free(hierarchy->context, level->labels);
        dki_free(hierarchy->context, level->label_bytes);
        level->labels = NULL;
        level->label_bytes = NULL;
        level->n_labels = 0;
    }
}

bool dki_hierarchy_label(const dk_hierarchy *hierarchy, size_t level, uint32_t member, int64_t day, dk_text *out)
{
    const dki_hierarchy_level *place = &hierarchy->levels[level];

    if (place->n_labels == 0)
        return dk_dictionary_label(place->members, member, out);
    for (size_t i = first_label(place, member); i < place->n_labels && place->labels[i].member == member; i++)
        if (place->labels[i].from <= day && (day < place->labels[i].to || place->labels[i].to == DKI_DAY_LAST)) {
            *out = place->labels[i].text;
            return true;
        }
    return false;
}

dk_status dki_labels_on(const dk_hierarchy *hierarchy, size_t level, int64_t day, const dk_dictionary **out,
                        dk_error *err)
{
    const dk_dictionary *members = hierarchy->levels[level].members;
    size_t n = dk_dictionary_n_levels(members);
    dk_text *labels;
    dk_dictionary *made = NULL;
    dk_status status;

    if (!dk_dictionary_has_labels(members)) {
        *out = dk_dictionary_retain(members);
        return DK_OK;
    }
    labels = dki_calloc(hierarchy->context, n, sizeof *labels, err);
    if (labels == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t member = 1; member <= n; member++)
        if (dki_hierarchy_span(hierarchy, level, member, day))
            (void)dki_hierarchy_label(hierarchy, level, member, day, &labels[member - 1]);
    status = dk_dictionary_with_labels(members, labels, &made, err);
    dki_free(hierarchy->context, labels);
    if (status == DK_OK)
        *out = made;
    return status;
}

/* Reading. --------------------------------------------------------------------------------------------------------- */

/* Which member a label stands for. */
struct labelled {
    uint32_t label, member;
    int64_t from, to;
    uint64_t row;
};

struct labels {
    struct labelled *items;
    size_t n, capacity;
    dki_text_map texts;
    dk_text *last;  /* of each member, as it was called last */
    int64_t *since; /* from which day on; DKI_DAY_FIRST before any */
};

static dk_status add_label(dki_hierarchy_source *reading, size_t level, struct labels *labels, size_t i,
                           uint64_t row, dk_error *err)
{
    struct labelled item = { .member = dki_source_code(reading, level, &reading->levels[level], i) };
    dki_span span;
    dk_text text;
    dk_status status;

    if (item.member == 0 || dki_view_is_null(&reading->labels[level].view, i))
        return DK_OK;
    status = dki_source_days(reading, i, row, &span, err);
    text = dki_view_text(&reading->labels[level].view, i);
    if (status == DK_OK)
        status = dki_text_map_add(&labels->texts, text.bytes, text.size, &item.label, err);
    if (status == DK_OK)
        status = dki_grow(reading->hierarchy->context, (void **)&labels->items, &labels->capacity, labels->n + 1,
                          sizeof *labels->items, err);
    if (status != DK_OK)
        return status;
    item.from = span.from;
    item.to = span.to;
    item.row = row;
    labels->items[labels->n++] = item;
    if (item.from < labels->since[item.member - 1])
        return DK_OK;
    labels->since[item.member - 1] = item.from;
    labels->last[item.member - 1].bytes =
        dki_text_map_get(&labels->texts, item.label, &labels->last[item.member - 1].size);
    return DK_OK;
}

static int by_label_and_day(const void *a, const void *b)
{
    const struct labelled *x = a, *y = b;

    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* A label that stands for two members on one day would count both as one, or one twice. */
static dk_status check_labels(const dki_hierarchy_source *reading, size_t level, const struct labels *labels,
                              dk_error *err)
{
    const struct labelled *longest = NULL;

    for (size_t i = 0; i < labels->n; i++) {
        const struct labelled *item = &labels->items[i];

        if (longest && longest->label == item->label && item->from < longest->to &&
            item->member != longest->member) {
            const dk_dictionary *members = reading->hierarchy->levels[level].members;
            dk_text a = dk_dictionary_level(members, longest->member),
                    b = dk_dictionary_level(members, item->member);
            size_t size;
            const char *label = dki_text_map_get(&labels->texts, item->label, &size);
            char day[32];

            (void)dki_fail(err, DK_ERR_DATA, "the label \"%.*s\" stands for %.*s and for %.*s on one day%s%s",
                           (int)size, label, (int)a.size, a.bytes, (int)b.size, b.bytes,
                           item->from == DKI_DAY_FIRST ? "" : ", ",
                           item->from == DKI_DAY_FIRST ? "" : dki_day_shown(item->from, day));
            dki_hint(err, "a join by it would count persons twice: use the codes, or labels that differ");
            return DK_ERR_DATA;
        }
        if (longest == NULL || longest->label != item->label || item->to > longest->to)
            longest = item;
    }
    return DK_OK;
}

/* The label of each day, of which a member has one at a time. */
static dk_status set_labels(const dki_hierarchy_source *reading, size_t level, const struct labels *labels,
                            dk_error *err)
{
    dk_hierarchy *hierarchy = reading->hierarchy;
    dki_hierarchy_level *place = &hierarchy->levels[level];
    dki_label *items = dki_alloc_array(hierarchy->context, labels->n, sizeof *items, err);
    dk_status status = items ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < labels->n && status == DK_OK; i++) {
        const struct labelled *item = &labels->items[i];

        items[i] = (dki_label){ .member = item->member, .from = item->from, .to = item->to };
        items[i].text.bytes = dki_text_map_get(&labels->texts, item->label, &items[i].text.size);
    }
    if (status == DK_OK)
        status = dki_labels_set(hierarchy, level, items, labels->n, err);
    dki_free(hierarchy->context, items);
    for (size_t i = 1; i < place->n_labels && status == DK_OK; i++) {
        const dki_label *before = &place->labels[i - 1], *label = &place->labels[i];
        dk_text name = dk_dictionary_level(place->members, label->member);
        char day[32];

        if (label->member != before->member || label->from >= before->to)
            continue;
        (void)dki_fail(err, DK_ERR_DATA, "%.*s has the labels \"%s\" and \"%s\" on one day%s%s", (int)name.size,
                       name.bytes, before->text.bytes, label->text.bytes, label->from == DKI_DAY_FIRST ? "" : ", ",
                       label->from == DKI_DAY_FIRST ? "" : dki_day_shown(label->from, day));
        dki_hint(err, "a member has one label at a time: end the one before the other begins");
        return DK_ERR_DATA;
    }
    return status;
}

struct label_row {
    size_t level;
    struct labels labels;
};

static dk_status label_row(dki_hierarchy_source *reading, void *arg, size_t i, uint64_t row, dk_error *err)
{
    struct label_row *at = arg;

    return add_label(reading, at->level, &at->labels, i, row, err);
}

/* The members of a level with their labels. */
dk_status dki_source_labels(dki_hierarchy_source *reading, size_t level, dk_error *err)
{
    dki_hierarchy_level *place = &reading->hierarchy->levels[level];
    dk_context *context = reading->hierarchy->context;
    struct label_row at = { .level = level };
    dk_dictionary *labelled = NULL;
    dk_status status;

    at.labels.last = dki_calloc(context, dk_dictionary_n_levels(place->members), sizeof *at.labels.last, err);
    at.labels.since = at.labels.last ? dki_alloc_array(context, dk_dictionary_n_levels(place->members),
                                                       sizeof *at.labels.since, err)
                                     : NULL;
    if (at.labels.since == NULL) {
        dki_free(context, at.labels.last);
        return DK_ERR_MEMORY;
    }
    for (size_t i = 0; i < dk_dictionary_n_levels(place->members); i++)
        at.labels.since[i] = DKI_DAY_FIRST;
    dki_text_map_init(&at.labels.texts, context);
    status = dki_source_each_row(reading, label_row, &at, err);
    if (at.labels.n > 1)
        qsort(at.labels.items, at.labels.n, sizeof *at.labels.items, by_label_and_day);
    if (status == DK_OK)
        status = check_labels(reading, level, &at.labels, err);
    if (status == DK_OK)
        status = set_labels(reading, level, &at.labels, err);
    if (status == DK_OK)
        status = dk_dictionary_with_labels(place->members, at.labels.last, &labelled, err);
    if (status == DK_OK) {
        dk_dictionary_release(place->members);
        place->members = labelled;
    }
    dki_text_map_drop(&at.labels.texts);
    dki_free(context, at.labels.items);
    dki_free(context, at.labels.last);
    dki_free(context, at.labels.since);
    return status;
}
