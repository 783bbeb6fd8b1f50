/* hierarchy_labels.c - members of a level with what they are called: one label of one member on each day. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "column_parts.h"
#include "hierarchy_source.h"

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
