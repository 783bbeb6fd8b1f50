/* snapshot_tree.c - hierarchies in a snapshot.
 *
 * What a file says is hostile until it was checked: counts against the bytes that are there, members and levels against what
 * there is; the rest is what every hierarchy is checked for.
 */
#include "snapshot_tree.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "data/hierarchy_levels.h"
#include "data/hierarchy_parts.h"

#define HAS_LABELS 2u
#define LABELS_CHANGE 4u
#define SPAN_NUMBERS 5u
#define CHANGE_NUMBERS 5u

void dki_trees_init(dki_trees *trees, dk_context *context)
{
    *trees = (dki_trees){ .context = context };
}

void dki_trees_drop(dki_trees *trees)
{
    for (size_t i = 0; i < trees->n; i++)
        dk_hierarchy_release(trees->items[i]);
    dki_free(trees->context, (void *)trees->items);
    dki_trees_init(trees, trees->context);
}

static size_t find(const dki_trees *trees, const dk_hierarchy *hierarchy)
{
    size_t i = 0;

    while (i < trees->n && !dki_hierarchy_equal(trees->items[i], hierarchy))
        i++;
    return i;
}

static dk_status add(dki_trees *trees, const dk_hierarchy *hierarchy, dk_error *err)
{
    dk_status status =
        dki_grow(trees->context, (void **)&trees->items, &trees->capacity, trees->n + 1, sizeof *trees->items, err);

    if (status == DK_OK)
        trees->items[trees->n++] = dk_hierarchy_retain(hierarchy);
    return status;
}

dk_status dki_trees_add(dki_trees *trees, const dk_dictionary *levels, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; levels && i < dk_dictionary_n_hierarchies(levels) && status == DK_OK; i++) {
        size_t level;
        const dk_hierarchy *hierarchy = dk_dictionary_hierarchy_at(levels, i, &level);

        if (find(trees, hierarchy) == trees->n)
            status = add(trees, hierarchy, err);
    }
    return status;
}

/* Writing. --------------------------------------------------------------------------------------------------------- */

static dk_status put_numbers(dki_buffer *directory, const uint64_t *numbers, size_t n, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = dki_put_u64(directory, numbers[i], err);
    return status;
}

static dk_status put_members(dki_buffer *directory, const dki_hierarchy_level *level, dk_error *err)
{
    const dk_dictionary *members = level->members;
    bool has_labels = dk_dictionary_has_labels(members);
    uint64_t numbers[] = { (dk_dictionary_is_declared(members) ? 1u : 0u) | (has_labels ? HAS_LABELS : 0u) |
                               (level->n_labels > 0 ? LABELS_CHANGE : 0u),
                           dk_dictionary_n_levels(members) };
    dk_status status = put_numbers(directory, numbers, 2, err);

    for (uint32_t code = 1; code <= numbers[1] && status == DK_OK; code++) {
        dk_text name = dk_dictionary_level(members, code), label = { NULL, 0 };

        (void)dk_dictionary_label(members, code, &label);
        status = dki_put_text(directory, name.bytes, err);
        if (status == DK_OK && has_labels)
            status = dki_put_text(directory, label.bytes, err);
    }
    return status;
}

static dk_status put_spans(dki_buffer *directory, const dki_hierarchy_level *level, dk_error *err)
{
    dk_status status = dki_put_u64(directory, level->n_spans, err);

    for (size_t i = 0; i < level->n_spans && status == DK_OK; i++) {
        const dki_span *span = &level->spans[i];
        bool has_parent = span->parent_level != DKI_NO_LEVEL;
        uint64_t numbers[SPAN_NUMBERS] = { span->member, has_parent ? span->parent_level + UINT64_C(1) : 0,
                                           span->parent, (uint64_t)span->from, (uint64_t)span->to };

        status = put_numbers(directory, numbers, SPAN_NUMBERS, err);
    }
    return status;
}

/* Of a level whose labels change, those of each day. */
static dk_status put_labels(dki_buffer *directory, const dki_hierarchy_level *level, dk_error *err)
{
    dk_status status = level->n_labels > 0 ? dki_put_u64(directory, level->n_labels, err) : DK_OK;

    for (size_t i = 0; i < level->n_labels && status == DK_OK; i++) {
        const dki_label *label = &level->labels[i];
        uint64_t numbers[] = { label->member, (uint64_t)label->from, (uint64_t)label->to };

        status = put_numbers(directory, numbers, 3, err);
        if (status == DK_OK)
            status = dki_put_text(directory, label->text.bytes, err);
    }
    return status;
}

static dk_status put_tree(dki_buffer *directory, const dk_hierarchy *hierarchy, dk_error *err)
{
    dk_status status = dki_put_text(directory, hierarchy->name, err);

    if (status == DK_OK)
        status = dki_put_text(directory, dk_hierarchy_vintage(hierarchy), err);
    if (status == DK_OK)
        status = dki_put_u64(directory, hierarchy->n_levels, err);
    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++)
        status = dki_put_text(directory, hierarchy->levels[i].name, err);
    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++)
        status = put_members(directory, &hierarchy->levels[i], err);
    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++)
        status = put_spans(directory, &hierarchy->levels[i], err);
    if (status == DK_OK)
        status = dki_put_u64(directory, hierarchy->n_changes, err);
    for (size_t i = 0; i < hierarchy->n_changes && status == DK_OK; i++) {
        const dki_change *change = &hierarchy->changes[i];
        uint64_t numbers[CHANGE_NUMBERS] = { (uint64_t)change->day, change->old, change->new,
                                             (uint64_t)change->share.numerator,
                                             (uint64_t)change->share.denominator };

        status = put_numbers(directory, numbers, CHANGE_NUMBERS, err);
    }
    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++)
        status = put_labels(directory, &hierarchy->levels[i], err);
    return status;
}

dk_status dki_put_trees(dki_buffer *directory, const dki_trees *trees, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < trees->n && status == DK_OK; i++) {
        size_t start;

        status = dki_put_record(directory, "tree", DKI_RECORD_OPTIONAL, &start, err);
        if (status == DK_OK)
            status = put_tree(directory, trees->items[i], err);
        if (status == DK_OK)
            dki_end_record(directory, start);
    }
    return status;
}

dk_status dki_put_levels(dki_buffer *directory, const dki_trees *trees, const dk_dictionary *levels, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; levels && i < dk_dictionary_n_hierarchies(levels) && status == DK_OK; i++) {
        size_t level, start;
        const dk_hierarchy *hierarchy = dk_dictionary_hierarchy_at(levels, i, &level);

        status = dki_put_record(directory, "level", DKI_RECORD_OPTIONAL, &start, err);
        if (status == DK_OK)
            status = put_numbers(directory, (const uint64_t[]){ find(trees, hierarchy), level }, 2, err);
        if (status == DK_OK)
            dki_end_record(directory, start);
    }
    return status;
}

/* Reading. --------------------------------------------------------------------------------------------------------- */

/* How many there are; each takes so many bytes at least, so that no more memory is asked for than the directory has. */
static size_t get_count(dki_cursor *cursor, size_t bytes)
{
    uint64_t n = dki_get_u64(cursor);

    if (cursor->bad == NULL && n > (size_t)(cursor->end - cursor->at) / bytes)
        cursor->bad = "has a hierarchy that says more than there is";
    return cursor->bad ? 0 : (size_t)n;
}

static void wrong(dki_cursor *cursor)
{
    if (cursor->bad == NULL)
        cursor->bad = "has a hierarchy that cannot be";
}

static dk_status get_members(dki_cursor *cursor, dki_arena *arena, dk_hierarchy *hierarchy, size_t level,
                             bool *labels_change, dk_error *err)
{
    dk_dictionary *plain = NULL, *labelled = NULL;
    uint64_t flags = dki_get_u64(cursor);
    size_t n = get_count(cursor, 8);
    dk_text *names = dki_arena_array(arena, n, sizeof *names, err);
    dk_text *labels = names ? dki_arena_array(arena, n, sizeof *labels, err) : NULL;
    dk_status status = labels ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK && cursor->bad == NULL; i++) {
        const char *name = NULL, *label = NULL;

        status = dki_get_text(cursor, arena, &name, err);
        if (status == DK_OK && flags & HAS_LABELS)
            status = dki_get_text(cursor, arena, &label, err);
        if (status == DK_OK && name == NULL)
            wrong(cursor);
        names[i] = (dk_text){ name, name ? strlen(name) : 0 };
        labels[i] = (dk_text){ label, label ? strlen(label) : 0 };
    }
    if (status != DK_OK || cursor->bad)
        return status;
    *labels_change = flags & LABELS_CHANGE;
    status = dk_dictionary_new(hierarchy->context, names, n, flags & 1, &plain, err);
    if (status == DK_OK && flags & HAS_LABELS)
        status = dk_dictionary_with_labels(plain, labels, &labelled, err);
    if (labelled)
        dk_dictionary_release(plain);
    hierarchy->levels[level].members =
        labelled ? labelled : plain; /* also after a failure: it is released with it */
    return status;
}

static bool is_day(int64_t day, int64_t open)
{
    return day == open || (day >= DKI_DATE_LEAST && day <= DKI_DATE_GREATEST);
}

static bool has_member(const dk_hierarchy *hierarchy, uint64_t level, uint64_t member)
{
    return level < hierarchy->n_levels && member > 0 &&
           member <= dk_dictionary_n_levels(hierarchy->levels[level].members);
}

static dk_status get_spans(dki_cursor *cursor, dk_hierarchy *hierarchy, size_t level, dk_error *err)
{
    size_t n = get_count(cursor, SPAN_NUMBERS * 8);
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK && cursor->bad == NULL; i++) {
        uint64_t member = dki_get_u64(cursor), parent_level = dki_get_u64(cursor), parent = dki_get_u64(cursor);
        int64_t from = (int64_t)dki_get_u64(cursor), to = (int64_t)dki_get_u64(cursor);
        dki_span span = {
            .member = (uint32_t)member, .parent_level = DKI_NO_LEVEL, .from = from, .to = to, .row = i
        };

        if (parent_level > 0) {
            span.parent_level = (uint32_t)parent_level - 1;
            span.parent = (uint32_t)parent;
        }
        if (!has_member(hierarchy, level, member) || from >= to || !is_day(from, DKI_DAY_FIRST) ||
            !is_day(to, DKI_DAY_LAST) ||
            (parent_level > 0 ? parent_level - 1 <= level || !has_member(hierarchy, parent_level - 1, parent)
                              : parent > 0))
            wrong(cursor);
        else
            status = dki_hierarchy_add(hierarchy, level, &span, err);
    }
    return status;
}

static dk_status get_changes(dki_cursor *cursor, dk_hierarchy *hierarchy, dk_error *err)
{
    size_t n = get_count(cursor, CHANGE_NUMBERS * 8);

    if (n == 0)
        return DK_OK;
    hierarchy->changes = dki_calloc(hierarchy->context, n, sizeof *hierarchy->changes, err);
    if (hierarchy->changes == NULL)
        return DK_ERR_MEMORY;
    hierarchy->n_changes = n;
    for (size_t i = 0; i < n; i++) {
        dki_change *change = &hierarchy->changes[i];
        int64_t day = (int64_t)dki_get_u64(cursor);
        uint64_t old = dki_get_u64(cursor), new = dki_get_u64(cursor);
        dk_ratio share;

        share.numerator = (int64_t)dki_get_u64(cursor);
        share.denominator = (int64_t)dki_get_u64(cursor);
        if (!is_day(day, DKI_DATE_LEAST) || !has_member(hierarchy, 0, old) || !has_member(hierarchy, 0, new) ||
            (share.denominator == 0 ? share.numerator != 0
                                    : share.numerator <= 0 || share.numerator > share.denominator))
            wrong(cursor);
        *change = (dki_change){ day, (uint32_t)old, (uint32_t) new, share };
    }
    return cursor->bad ? DK_OK : dki_changes_settle(hierarchy, err);
}

/* Labels of one member do not overlap, as they are by member, then by day. */
static dk_status get_labels(dki_cursor *cursor, dki_arena *arena, dk_hierarchy *hierarchy, size_t level,
                            dk_error *err)
{
    size_t n = get_count(cursor, 32);
    dki_label *items = dki_arena_array(arena, n, sizeof *items, err);
    dk_status status = items ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK && cursor->bad == NULL; i++) {
        uint64_t member = dki_get_u64(cursor);
        int64_t from = (int64_t)dki_get_u64(cursor), to = (int64_t)dki_get_u64(cursor);
        const char *text = NULL;

        status = dki_get_text(cursor, arena, &text, err);
        if (status != DK_OK)
            break;
        items[i] = (dki_label){ (uint32_t)member, from, to, { text, text ? strlen(text) : 0 } };
        if (text == NULL || !has_member(hierarchy, level, member) || from >= to || !is_day(from, DKI_DAY_FIRST) ||
            !is_day(to, DKI_DAY_LAST) || dki_utf8_check(text, strlen(text)) != strlen(text) ||
            (i > 0 && (items[i - 1].member > member || (items[i - 1].member == member && items[i - 1].to > from))))
            wrong(cursor);
    }
    return status == DK_OK && cursor->bad == NULL ? dki_labels_set(hierarchy, level, items, n, err) : status;
}

/* What stands behind the names of levels. */
static dk_status get_parts(dki_cursor *cursor, dki_arena *arena, dk_hierarchy *hierarchy, dk_error *err)
{
    bool labels_change[DK_MOST_LEVELS] = { false };
    dk_status status = DK_OK;

    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK && cursor->bad == NULL; i++)
        status = get_members(cursor, arena, hierarchy, i, &labels_change[i], err);
    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK && cursor->bad == NULL; i++)
        status = get_spans(cursor, hierarchy, i, err);
    if (status == DK_OK && cursor->bad == NULL)
        status = dki_hierarchy_settle(hierarchy, err);
    if (status == DK_OK && cursor->bad == NULL)
        status = get_changes(cursor, hierarchy, err);
    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK && cursor->bad == NULL; i++)
        if (labels_change[i])
            status = get_labels(cursor, arena, hierarchy, i, err);
    if (status == DK_OK && cursor->bad == NULL)
        dki_labels_settle(hierarchy);
    return status;
}

static dk_status get_tree(dki_cursor *cursor, dki_arena *arena, dki_trees *trees, dk_error *err)
{
    const char *name = NULL, *vintage = NULL, *levels[DK_MOST_LEVELS] = { NULL };
    dk_hierarchy *hierarchy = NULL;
    int64_t day;
    size_t n = 0;
    dk_status status = dki_get_text(cursor, arena, &name, err);

    if (status == DK_OK)
        status = dki_get_text(cursor, arena, &vintage, err);
    if (status == DK_OK)
        n = get_count(cursor, 8);
    if (n > DK_MOST_LEVELS || (vintage && (strlen(vintage) != 10 || !dki_parse_date(vintage, 10, 'y', &day))))
        wrong(cursor);
    for (size_t i = 0; i < n && status == DK_OK && cursor->bad == NULL; i++)
        status = dki_get_text(cursor, arena, &levels[i], err);
    if (status == DK_OK && cursor->bad == NULL)
        status = dki_hierarchy_make(trees->context, name, levels, n, &hierarchy, err);
    if (hierarchy == NULL)
        return status;
    status = get_parts(cursor, arena, hierarchy, err);
    if (status == DK_OK && vintage && hierarchy->dated)
        wrong(cursor); /* one vintage has no days */
    if (status == DK_OK && cursor->bad == NULL && vintage)
        memcpy(hierarchy->vintage, vintage, sizeof hierarchy->vintage);
    if (status == DK_OK && cursor->bad == NULL)
        status = add(trees, hierarchy, err);
    dk_hierarchy_release(hierarchy);
    return status;
}

dk_status dki_get_tree(dki_cursor *cursor, dki_arena *arena, dki_trees *trees, dk_error *err)
{
    dk_status status = get_tree(cursor, arena, trees, err);

    if (status == DK_OK || status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED)
        return status;
    wrong(cursor); /* what no hierarchy may be is a fault of the file */
    return DK_OK;
}
