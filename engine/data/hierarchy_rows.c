/* hierarchy_rows.c - a hierarchy as a table: a row for each member of the finest level and each time in which what it belongs
 * to stays the same.
 */
#include "base/memory.h"
#include "base/status.h"
#include "hierarchy_parts.h"

struct rows {
    const dk_hierarchy *hierarchy;
    dk_builder *levels[DK_MOST_LEVELS];
    dk_builder *from, *to;
    uint64_t n;
};

static dk_status append_day(dk_builder *builder, int64_t day, dk_error *err)
{
    return day == DKI_DAY_FIRST || day == DKI_DAY_LAST ? dk_builder_null(builder, 1, err)
                                                       : dk_builder_integer(builder, day, err);
}

/* The row of a member on a day; *until is the day from which on something is otherwise. */
static dk_status append_row(struct rows *rows, uint32_t member, int64_t day, int64_t *until, dk_error *err)
{
    const dk_hierarchy *hierarchy = rows->hierarchy;
    uint32_t chain[DK_MOST_LEVELS] = { 0 };
    size_t level = 0;
    dk_status status = DK_OK;

    chain[0] = member;
    for (const dki_span *span = dki_hierarchy_span(hierarchy, 0, member, day); span;) {
        if (span->to < *until)
            *until = span->to;
        if (span->parent_level == DKI_NO_LEVEL)
            break;
        level = span->parent_level;
        chain[level] = span->parent;
        span = dki_hierarchy_span(hierarchy, level, chain[level], day);
    }
    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++)
        status = dk_builder_code(rows->levels[i], chain[i], err);
    if (status == DK_OK && hierarchy->dated)
        status = append_day(rows->from, day, err);
    if (status == DK_OK && hierarchy->dated)
        status = append_day(rows->to, *until, err);
    rows->n++;
    return status;
}

static dk_status append_rows(struct rows *rows, dk_error *err)
{
    const dki_hierarchy_level *finest = &rows->hierarchy->levels[0];
    dk_status status = DK_OK;

    for (size_t i = 0; i < finest->n_spans && status == DK_OK; i++) {
        int64_t day = finest->spans[i].from;

        while (day < finest->spans[i].to && status == DK_OK) {
            int64_t until = DKI_DAY_LAST;

            status = append_row(rows, finest->spans[i].member, day, &until, err);
            day = until;
        }
    }
    return status;
}

static dk_status finish(struct rows *rows, const dk_table **out, dk_error *err)
{
    const dk_hierarchy *hierarchy = rows->hierarchy;
    dk_field fields[DK_MOST_LEVELS + 2];
    size_t n = hierarchy->n_levels + (hierarchy->dated ? 2 : 0);
    dk_status status = DK_OK;

    for (size_t i = 0; i < n; i++)
        fields[i] = DK_FIELD(i < hierarchy->n_levels ? hierarchy->levels[i].name
                             : i == n - 2            ? "from"
                                                     : "to",
                             NULL);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = dk_builder_finish(i < hierarchy->n_levels ? rows->levels[i]
                                   : i == n - 2            ? rows->from
                                                           : rows->to,
                                   &fields[i].column, err);
    if (status == DK_OK)
        status = dk_table_new(hierarchy->context, fields, n, rows->n, out, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    return status;
}

dk_status dk_hierarchy_table(const dk_hierarchy *hierarchy, const dk_table **out, dk_error *err)
{
    struct rows rows = { .hierarchy = hierarchy };
    dk_status status = DK_OK;

    for (size_t i = 0; i < hierarchy->n_levels && status == DK_OK; i++) {
        dk_dictionary *levels = NULL;

        status = dki_dictionary_of_level(hierarchy->levels[i].members, hierarchy, i, &levels, err);
        if (status == DK_OK)
            status = dk_builder_new(hierarchy->context, DK_CATEGORY, 0, levels, &rows.levels[i], err);
        dk_dictionary_release(levels);
    }
    if (status == DK_OK && hierarchy->dated)
        status = dk_builder_new(hierarchy->context, DK_DATE, 0, NULL, &rows.from, err);
    if (status == DK_OK && hierarchy->dated)
        status = dk_builder_new(hierarchy->context, DK_DATE, 0, NULL, &rows.to, err);
    if (status == DK_OK)
        status = append_rows(&rows, err);
    if (status == DK_OK)
        status = finish(&rows, out, err);
    for (size_t i = 0; i < hierarchy->n_levels; i++)
        dk_builder_release(rows.levels[i]);
    dk_builder_release(rows.from);
    dk_builder_release(rows.to);
    return status;
}
