/* hierarchy_table.c - hierarchies out of tables, and back.
 *
 * Both forms, a row with all that a member belongs to (wide) and a row with its parent alone (long), become the same
 * spans. Tables of members are small: rows are looked at one by one (hierarchy_source.c).
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "column_parts.h"
#include "hierarchy_source.h"

/* Members. --------------------------------------------------------------------------------------------------------- */

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
        status = names && occurs ? dki_column_mark_codes(made, occurs, err) : DK_ERR_MEMORY;
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

/* A row with a member and all that it belongs to. */
static dk_status add_wide(dki_hierarchy_source *reading, size_t i, uint64_t row, dk_error *err)
{
    dk_hierarchy *hierarchy = reading->hierarchy;
    dki_span span;
    dk_status status = dki_source_days(reading, i, row, &span, err);

    span.parent_level = DKI_NO_LEVEL;
    span.parent = 0;
    for (size_t level = hierarchy->n_levels; level-- > 0 && status == DK_OK;) {
        span.member = dki_source_code(reading, level, &reading->levels[level], i);
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

static dk_status find_level(const dki_hierarchy_source *reading, dk_text name, uint64_t row, size_t *out,
                            dk_error *err)
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
static dk_status add_long(dki_hierarchy_source *reading, const uint8_t *placed, size_t i, uint64_t row,
                          dk_error *err)
{
    dk_hierarchy *hierarchy = reading->hierarchy;
    uint32_t member = dki_source_code(reading, 0, &reading->levels[0], i);
    const dki_hierarchy_column *parent = &reading->levels[1];
    size_t level = placed[member] - 1u;
    dki_span span;
    dk_status status = dki_source_days(reading, i, row, &span, err);

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
static dk_status place(dki_hierarchy_source *reading, uint8_t *placed, size_t i, uint64_t row, dk_error *err)
{
    uint32_t member = dki_source_code(reading, 0, &reading->levels[0], i);
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

/* Reading. --------------------------------------------------------------------------------------------------------- */

static dk_status wide_row(dki_hierarchy_source *reading, void *arg, size_t i, uint64_t row, dk_error *err)
{
    (void)arg;
    return add_wide(reading, i, row, err);
}

static dk_status long_row(dki_hierarchy_source *reading, void *arg, size_t i, uint64_t row, dk_error *err)
{
    return add_long(reading, arg, i, row, err);
}

static dk_status place_row(dki_hierarchy_source *reading, void *arg, size_t i, uint64_t row, dk_error *err)
{
    return place(reading, arg, i, row, err);
}

static dk_status read_wide(dki_hierarchy_source *reading, dk_error *err)
{
    dk_hierarchy *hierarchy = reading->hierarchy;
    dk_status status = DK_OK;

    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++)
        status = members_of(hierarchy->context, reading->levels[i].column, &hierarchy->levels[i].members, err);
    if (status == DK_OK)
        status = dki_source_each_row(reading, wide_row, NULL, err);
    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++)
        if (reading->labels[i].column)
            status = dki_source_labels(reading, i, err);
    return status;
}

/* Labels of all members to those of each level. */
static dk_status divide_labels(dk_hierarchy *hierarchy, const uint8_t *placed, const uint32_t *codes, dk_error *err)
{
    dki_hierarchy_level *first = &hierarchy->levels[0];
    dki_label *all = first->labels, *items = NULL;
    char *bytes = first->label_bytes;
    size_t n_all = first->n_labels;
    dk_status status = DK_OK;

    first->labels = NULL;
    first->label_bytes = NULL;
    first->n_labels = 0;
    if (n_all > 0) {
        items = dki_alloc_array(hierarchy->context, n_all, sizeof *items, err);
        status = items ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t level = 0; n_all > 0 && level < hierarchy->n_levels && status == DK_OK; level++) {
        size_t n = 0;

        for (size_t i = 0; i < n_all; i++)
            if (placed[all[i].member] == level + 1) {
                items[n] = all[i];
                items[n++].member = codes[all[i].member];
            }
        status = dki_labels_set(hierarchy, level, items, n, err);
    }
    dki_free(hierarchy->context, items);
    dki_free(hierarchy->context, all);
    dki_free(hierarchy->context, bytes);
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
    if (status == DK_OK)
        status = divide_labels(hierarchy, placed, codes, err);
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

static dk_status read_long(dki_hierarchy_source *reading, dk_error *err)
{
    dk_hierarchy *hierarchy = reading->hierarchy;
    uint8_t *placed = NULL;
    dk_status status =
        members_of(hierarchy->context, reading->levels[0].column, &hierarchy->levels[0].members, err);

    if (status == DK_OK) {
        placed = dki_calloc(hierarchy->context, dk_dictionary_n_levels(hierarchy->levels[0].members) + 1, 1, err);
        status = placed ? dki_source_each_row(reading, place_row, placed, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = dki_source_each_row(reading, long_row, placed, err);
    if (status == DK_OK && reading->labels[0].column)
        status = dki_source_labels(reading, 0, err);
    if (status == DK_OK)
        status = divide(hierarchy, placed, err);
    dki_free(hierarchy->context, placed);
    return status;
}

dk_status dki_hierarchy_read(dk_hierarchy *hierarchy, const dk_table *table, const dk_hierarchy_spec *spec,
                             dk_error *err)
{
    dki_hierarchy_source reading = { .hierarchy = hierarchy, .table = table };
    dk_status status = DK_OK;

    if (dk_table_margin(table)) {
        (void)dki_fail(err, DK_ERR_MARGIN,
                       "a hierarchy is made of members, and the table has rows that are totals");
        dki_hint(err, "take its :detail()");
        return DK_ERR_MARGIN;
    }
    status = dki_source_find(&reading, spec, err);
    if (status == DK_OK)
        status = spec->member ? read_long(&reading, err) : read_wide(&reading, err);
    if (status == DK_OK)
        status = dki_hierarchy_settle(hierarchy, err);
    if (status == DK_OK && spec->changes)
        status = dki_changes_read(hierarchy, spec->changes, err);
    return status;
}
