/* hierarchy_table.c - hierarchies out of tables, and back.
 *
 * Both forms, a row with all that a member belongs to (wide) and a row with its parent alone (long), become the same
 * spans. Tables of members are small: rows are looked at one by one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "column_parts.h"
#include "hierarchy_parts.h"

/* A column of the table that is read. */
struct source {
    const dk_column *column;
    dk_view view;
};

struct reading {
    dk_hierarchy *hierarchy;
    const dk_table *table;
    struct source levels[DK_MOST_LEVELS]; /* wide; long: member, parent, level */
    struct source labels[DK_MOST_LEVELS]; /* column NULL: none */
    struct source from, to;
};

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
    dk_text *last; /* of each member, as it was called last */
};

/* Columns. --------------------------------------------------------------------------------------------------------- */

static dk_status find(const dk_table *table, const char *name, const char *what, bool texts, struct source *out,
                      dk_error *err)
{
    size_t at = 0;
    dk_type type;
    dk_status status = dk_table_get(table, name, &at, err);

    if (status != DK_OK)
        return status;
    out->column = dk_table_field(table, at)->column;
    type = dk_column_type(out->column);
    if (!texts && dk_column_n_nulls(out->column) == dk_column_n_rows(out->column)) {
        out->column = NULL; /* always valid, whatever type a column without values has */
        return DK_OK;
    }
    if (texts ? type == DK_CATEGORY || type == DK_TEXT : type == DK_DATE)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_TYPE, "%s of a hierarchy %s, and %s is %s", what,
                   texts ? "are categories or texts" : "is a date", name, dk_type_name(type));
    dki_hint(err, "read the table with types = { %s = \"%s\" }", name, texts ? "category" : "date");
    return DK_ERR_TYPE;
}

static dk_status find_columns(struct reading *reading, const dk_hierarchy_spec *spec, dk_error *err)
{
    const char *const names[] = { spec->member, spec->parent, spec->level };
    bool is_long = spec->member || spec->parent || spec->level;
    size_t n = is_long ? 3 : spec->n_levels;
    dk_status status = DK_OK;

    if (is_long && !(spec->member && spec->parent && spec->level))
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "the long form of a hierarchy names the columns member, parent and level");
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status =
            find(reading->table, is_long ? names[i] : spec->levels[i], "members", true, &reading->levels[i], err);
    for (size_t i = 0; spec->labels && i < (is_long ? 1 : n) && status == DK_OK; i++)
        if (spec->labels[i])
            status = find(reading->table, spec->labels[i], "labels", true, &reading->labels[i], err);
    if (status == DK_OK && spec->from)
        status = find(reading->table, spec->from, "the first day", false, &reading->from, err);
    if (status == DK_OK && spec->to)
        status = find(reading->table, spec->to, "the last day", false, &reading->to, err);
    return status;
}

static dk_status each_source(struct reading *reading, dk_status (*act)(struct source *, void *, dk_error *),
                             void *arg, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < DK_MOST_LEVELS; i++) {
        if (status == DK_OK && reading->levels[i].column)
            status = act(&reading->levels[i], arg, err);
        if (status == DK_OK && reading->labels[i].column)
            status = act(&reading->labels[i], arg, err);
    }
    if (status == DK_OK && reading->from.column)
        status = act(&reading->from, arg, err);
    if (status == DK_OK && reading->to.column)
        status = act(&reading->to, arg, err);
    return status;
}

struct block {
    uint64_t row;
    size_t n;
};

static dk_status show(struct source *source, void *arg, dk_error *err)
{
    const struct block *block = arg;

    return dk_column_view(source->column, block->row, block->n, &source->view, err);
}

static dk_status begin(struct source *source, void *arg, dk_error *err)
{
    (void)err;
    dk_view_init(&source->view, arg);
    return DK_OK;
}

static dk_status end(struct source *source, void *arg, dk_error *err)
{
    (void)arg;
    (void)err;
    dk_view_release(&source->view);
    return DK_OK;
}

/* Members. --------------------------------------------------------------------------------------------------------- */

/* Marks the codes that occur. */
static dk_status mark_codes(dk_context *context, const dk_column *column, bool *occurs, dk_error *err)
{
    uint32_t codes[DK_BLOCK_ROWS];
    dk_status status = DK_OK;
    dk_view view;

    dk_view_init(&view, context);
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n) {
        dki_view_codes(&view, codes);
        for (size_t i = 0; i < view.n; i++)
            occurs[codes[i]] = true;
    }
    dk_view_release(&view);
    return status;
}

/* The different values that a column has, in its declared order, or by code point; without labels. */
static dk_status members_of(dk_context *context, const dk_column *column, const dk_dictionary **out, dk_error *err)
{
    const dk_column *made = NULL;
    dk_dictionary *members = NULL;
    dk_text *names = NULL;
    bool *occurs = NULL;
    dk_status status = dki_column_categorise(column, &made, err);

    if (status == DK_OK) {
        const dk_dictionary *levels = dk_column_levels(made);
        size_t n_all = dk_dictionary_n_levels(levels), n = 0;

        names = dki_alloc_array(context, n_all, sizeof *names, err);
        occurs = dki_calloc(context, n_all + 1, sizeof *occurs, err);
        status = names && occurs ? mark_codes(context, made, occurs, err) : DK_ERR_MEMORY;
        for (uint32_t code = 1; code <= n_all && status == DK_OK; code++)
            if (occurs[code])
                names[n++] = dk_dictionary_level(levels, code);
        if (status == DK_OK)
            status = dk_dictionary_new(context, names, n, dk_dictionary_is_declared(levels), &members, err);
    }
    dki_free(context, names);
    dki_free(context, occurs);
    dk_column_release(made);
    if (status == DK_OK)
        *out = members;
    return status;
}

static uint32_t code_of(const struct reading *reading, size_t level, const struct source *source, size_t i)
{
    if (dki_view_is_null(&source->view, i))
        return 0;
    return dk_dictionary_find(reading->hierarchy->levels[level].members, dki_view_text(&source->view, i));
}

static dk_status days_of(const struct reading *reading, size_t i, uint64_t row, dki_span *span, dk_error *err)
{
    char from[32], to[32];

    span->row = row;
    span->from = DKI_DAY_FIRST;
    span->to = DKI_DAY_LAST;
    if (reading->from.column && !dki_view_is_null(&reading->from.view, i))
        span->from = dki_view_value(&reading->from.view, i).as.integer;
    if (reading->to.column && !dki_view_is_null(&reading->to.view, i))
        span->to = dki_view_value(&reading->to.view, i).as.integer;
    if (span->from < span->to)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_DATA, "row %llu is valid from %s to %s, which is no day",
                   (unsigned long long)row + 1, dki_day_shown(span->from, from), dki_day_shown(span->to, to));
    dki_hint(err, "the last day is the one on which it is not valid any more");
    return DK_ERR_DATA;
}

/* A row with a member and all that it belongs to. */
static dk_status add_wide(struct reading *reading, size_t i, uint64_t row, dk_error *err)
{
    dk_hierarchy *hierarchy = reading->hierarchy;
    dki_span span;
    dk_status status = days_of(reading, i, row, &span, err);

    span.parent_level = DKI_NO_LEVEL;
    span.parent = 0;
    for (size_t level = hierarchy->n_levels; level-- > 0 && status == DK_OK;) {
        span.member = code_of(reading, level, &reading->levels[level], i);
        if (span.member == 0 && level == 0)
            return dki_fail(err, DK_ERR_DATA, "row %llu has no %s", (unsigned long long)row + 1,
                            hierarchy->levels[0].name);
        if (span.member == 0)
            continue;
        status = dki_hierarchy_add(hierarchy, level, &span, err);
        span.parent_level = (uint32_t)level;
        span.parent = span.member;
    }
    return status;
}

static dk_status find_level(const struct reading *reading, dk_text name, uint64_t row, size_t *out, dk_error *err)
{
    const dk_hierarchy *hierarchy = reading->hierarchy;

    for (size_t i = 0; i < hierarchy->n_levels; i++)
        if (strlen(hierarchy->levels[i].name) == name.size &&
            memcmp(hierarchy->levels[i].name, name.bytes, name.size) == 0) {
            *out = i;
            return DK_OK;
        }
    (void)dki_fail(err, DK_ERR_DATA, "row %llu is of the level \"%.*s\", which is none of the hierarchy's",
                   (unsigned long long)row + 1,
                   (int)dki_utf8_floor(name.bytes, name.size, name.size < 60 ? name.size : 60), name.bytes);
    dki_hint(err, "name every level, from the finest on; the first is %s", hierarchy->levels[0].name);
    return DK_ERR_DATA;
}

/* A row with a member and its parent. placed: of each member the level that it was given, 1 from the first on. */
static dk_status add_long(struct reading *reading, const uint8_t *placed, size_t i, uint64_t row, dk_error *err)
{
    dk_hierarchy *hierarchy = reading->hierarchy;
    uint32_t member = code_of(reading, 0, &reading->levels[0], i);
    const struct source *parent = &reading->levels[1];
    size_t level = placed[member] - 1u;
    dki_span span;
    dk_status status = days_of(reading, i, row, &span, err);

    if (status != DK_OK)
        return status;
    span.member = member;
    span.parent_level = DKI_NO_LEVEL;
    span.parent = 0;
    if (!dki_view_is_null(&parent->view, i)) {
        dk_text name = dki_view_text(&parent->view, i);
        int size = (int)dki_utf8_floor(name.bytes, name.size, name.size < 60 ? name.size : 60);

        span.parent = dk_dictionary_find(hierarchy->levels[0].members, name);
        if (span.parent == 0 || placed[span.parent] == 0)
            return dki_fail(err, DK_ERR_DATA, "row %llu has the parent \"%.*s\", which is no member",
                            (unsigned long long)row + 1, size, name.bytes);
        span.parent_level = placed[span.parent] - 1u;
        if (span.parent_level <= level) {
            (void)dki_fail(
                err, DK_ERR_DATA,
                "row %llu has a parent of the level %s, \"%.*s\", and is of %s itself: a cycle, or the wrong level",
                (unsigned long long)row + 1, hierarchy->levels[span.parent_level].name, size, name.bytes,
                hierarchy->levels[level].name);
            dki_hint(err, "a parent is of a coarser level");
            return DK_ERR_DATA;
        }
    }
    return dki_hierarchy_add(hierarchy, level, &span, err);
}

/* Gives each member of the long form its level. */
static dk_status place(struct reading *reading, uint8_t *placed, size_t i, uint64_t row, dk_error *err)
{
    uint32_t member = code_of(reading, 0, &reading->levels[0], i);
    size_t level = 0;
    dk_status status;

    if (member == 0 || dki_view_is_null(&reading->levels[2].view, i))
        return dki_fail(err, DK_ERR_DATA, "row %llu has no %s", (unsigned long long)row + 1,
                        member == 0 ? "member" : "level");
    status = find_level(reading, dki_view_text(&reading->levels[2].view, i), row, &level, err);
    if (status == DK_OK && placed[member] != 0 && placed[member] != level + 1) {
        dk_text name = dki_view_text(&reading->levels[0].view, i);

        (void)dki_fail(err, DK_ERR_DATA, "row %llu: \"%.*s\" is a member of %s and of %s",
                       (unsigned long long)row + 1,
                       (int)dki_utf8_floor(name.bytes, name.size, name.size < 60 ? name.size : 60), name.bytes,
                       reading->hierarchy->levels[placed[member] - 1].name, reading->hierarchy->levels[level].name);
        dki_hint(err,
                 "a parent is told by its name alone: give one of them another, or use a column for each level");
        return DK_ERR_DATA;
    }
    placed[member] = (uint8_t)(level + 1);
    return status;
}

/* Labels. ---------------------------------------------------------------------------------------------------------- */

static dk_status add_label(struct reading *reading, size_t level, struct labels *labels, size_t i, uint64_t row,
                           dk_error *err)
{
    struct labelled item = { .member = code_of(reading, level, &reading->levels[level], i) };
    dki_span span;
    dk_text text;
    dk_status status;

    if (item.member == 0 || dki_view_is_null(&reading->labels[level].view, i))
        return DK_OK;
    status = days_of(reading, i, row, &span, err);
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
static dk_status check_labels(const struct reading *reading, size_t level, const struct labels *labels,
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

/* Reading. --------------------------------------------------------------------------------------------------------- */

/* Calls act for each row of the table. */
static dk_status each_row(struct reading *reading,
                          dk_status (*act)(struct reading *reading, void *arg, size_t i, uint64_t row,
                                           dk_error *err),
                          void *arg, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(reading->table);
    dk_status status = each_source(reading, begin, reading->hierarchy->context, err);

    for (struct block block = { 0, 0 }; status == DK_OK && block.row < n_rows; block.row += block.n) {
        block.n = n_rows - block.row < DK_BLOCK_ROWS ? (size_t)(n_rows - block.row) : DK_BLOCK_ROWS;
        status = dki_poll(reading->hierarchy->context, err);
        if (status == DK_OK)
            status = each_source(reading, show, &block, err);
        for (size_t i = 0; i < block.n && status == DK_OK; i++)
            status = act(reading, arg, i, block.row + i, err);
    }
    (void)each_source(reading, end, NULL, err);
    return status;
}

static dk_status wide_row(struct reading *reading, void *arg, size_t i, uint64_t row, dk_error *err)
{
    (void)arg;
    return add_wide(reading, i, row, err);
}

static dk_status long_row(struct reading *reading, void *arg, size_t i, uint64_t row, dk_error *err)
{
    return add_long(reading, arg, i, row, err);
}

static dk_status place_row(struct reading *reading, void *arg, size_t i, uint64_t row, dk_error *err)
{
    return place(reading, arg, i, row, err);
}

struct label_row {
    size_t level;
    struct labels labels;
};

static dk_status label_row(struct reading *reading, void *arg, size_t i, uint64_t row, dk_error *err)
{
    struct label_row *at = arg;

    return add_label(reading, at->level, &at->labels, i, row, err);
}

/* The members of a level with their labels. */
static dk_status read_labels(struct reading *reading, size_t level, dk_error *err)
{
    dki_hierarchy_level *place = &reading->hierarchy->levels[level];
    dk_context *context = reading->hierarchy->context;
    struct label_row at = { .level = level };
    dk_dictionary *labelled = NULL;
    dk_status status;

    at.labels.last = dki_calloc(context, dk_dictionary_n_levels(place->members), sizeof *at.labels.last, err);
    if (at.labels.last == NULL)
        return DK_ERR_MEMORY;
    dki_text_map_init(&at.labels.texts, context);
    status = each_row(reading, label_row, &at, err);
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
    return status;
}

static dk_status read_wide(struct reading *reading, dk_error *err)
{
    dk_hierarchy *hierarchy = reading->hierarchy;
    dk_status status = DK_OK;

    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++)
        status = members_of(hierarchy->context, reading->levels[i].column, &hierarchy->levels[i].members, err);
    if (status == DK_OK)
        status = each_row(reading, wide_row, NULL, err);
    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++)
        if (reading->labels[i].column)
            status = read_labels(reading, i, err);
    return status;
}

/* Members of all levels are of one dictionary at first, and get one for each level in the end. */
static dk_status divide(dk_hierarchy *hierarchy, const uint8_t *placed, dk_error *err)
{
    const dk_dictionary *all = hierarchy->levels[0].members;
    size_t n_all = dk_dictionary_n_levels(all);
    dk_context *context = hierarchy->context;
    uint32_t *codes = dki_calloc(context, n_all + 1, sizeof *codes, err);
    dk_text *names = dki_alloc_array(context, n_all, sizeof *names, err);
    dk_text *labels = dki_alloc_array(context, n_all, sizeof *labels, err);
    dk_status status = codes && names && labels ? DK_OK : DK_ERR_MEMORY;

    hierarchy->levels[0].members = NULL;
    for (size_t level = 0; level < hierarchy->n_levels && status == DK_OK; level++) {
        dk_dictionary *plain = NULL, *labelled = NULL;
        size_t n = 0;

        for (uint32_t code = 1; code <= n_all; code++)
            if (placed[code] == level + 1) {
                labels[n] = (dk_text){ NULL, 0 };
                (void)dk_dictionary_label(all, code, &labels[n]);
                names[n] = dk_dictionary_level(all, code);
                codes[code] = (uint32_t)++n;
            }
        status = dk_dictionary_new(context, names, n, dk_dictionary_is_declared(all), &plain, err);
        if (status == DK_OK && dk_dictionary_has_labels(all)) {
            status = dk_dictionary_with_labels(plain, labels, &labelled, err);
            dk_dictionary_release(plain);
            plain = labelled;
        }
        hierarchy->levels[level].members = plain;
    }
    for (size_t level = 0; level < hierarchy->n_levels && status == DK_OK; level++)
        for (size_t i = 0; i < hierarchy->levels[level].n_spans; i++) {
            dki_span *span = &hierarchy->levels[level].spans[i];

            span->member = codes[span->member];
            span->parent = span->parent_level == DKI_NO_LEVEL ? 0 : codes[span->parent];
        }
    dk_dictionary_release(all);
    dki_free(context, codes);
    dki_free(context, names);
    dki_free(context, labels);
    return status;
}

static dk_status read_long(struct reading *reading, dk_error *err)
{
    dk_hierarchy *hierarchy = reading->hierarchy;
    uint8_t *placed = NULL;
    dk_status status =
        members_of(hierarchy->context, reading->levels[0].column, &hierarchy->levels[0].members, err);

    if (status == DK_OK) {
        placed = dki_calloc(hierarchy->context, dk_dictionary_n_levels(hierarchy->levels[0].members) + 1, 1, err);
        status = placed ? each_row(reading, place_row, placed, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = each_row(reading, long_row, placed, err);
    if (status == DK_OK && reading->labels[0].column)
        status = read_labels(reading, 0, err);
    if (status == DK_OK)
        status = divide(hierarchy, placed, err);
    dki_free(hierarchy->context, placed);
    return status;
}

dk_status dki_hierarchy_read(dk_hierarchy *hierarchy, const dk_table *table, const dk_hierarchy_spec *spec,
                             dk_error *err)
{
    struct reading reading = { .hierarchy = hierarchy, .table = table };
    dk_status status = DK_OK;

    if (dk_table_margin(table)) {
        (void)dki_fail(err, DK_ERR_MARGIN,
                       "a hierarchy is made of members, and the table has rows that are totals");
        dki_hint(err, "take its :detail()");
        return DK_ERR_MARGIN;
    }
    status = find_columns(&reading, spec, err);
    if (status == DK_OK)
        status = spec->member ? read_long(&reading, err) : read_wide(&reading, err);
    if (status == DK_OK)
        status = dki_hierarchy_settle(hierarchy, err);
    if (status == DK_OK && spec->changes)
        status = dki_changes_read(hierarchy, spec->changes, err);
    return status;
}
