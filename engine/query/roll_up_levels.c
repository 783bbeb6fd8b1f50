/* roll_up_levels.c - which dimensions of a result a coarser level takes the place of, and the result with the level as a column.
 *
 * The hierarchy is that of the columns' own dictionaries. Where it changes with time nobody knows of which day the result is, and
 * where the level cannot be told of a group that is null, it is refused.
 */
#include <dekking/hierarchy.h>

#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "beside.h"
#include "data/hierarchy_levels.h"
#include "data/lineage.h"
#include "expr/poll_row.h"
#include "roll_up.h"

static const dk_dictionary *levels_of(const dki_roll *roll, size_t dim)
{
    const dk_column *column =
        dk_table_field(roll->result, dk_table_find(roll->result, roll->dims[dim]->name))->column;

    return dk_column_levels(column);
}

/* The hierarchy of a dimension that is finer than the level; NULL: it is none. Of several the one that came last, but for those
 * that change with time. */
static const dk_hierarchy *hierarchy_of(const dki_roll *roll, size_t dim, size_t *level, size_t *of)
{
    const dk_dictionary *levels = levels_of(roll, dim);
    const dk_hierarchy *found = NULL;

    for (size_t i = levels ? dk_dictionary_n_hierarchies(levels) : 0; i-- > 0;) {
        size_t own;
        const dk_hierarchy *hierarchy = dk_dictionary_hierarchy_at(levels, i, &own);
        size_t above = dk_hierarchy_find_level(hierarchy, roll->level);

        if (above == SIZE_MAX || above <= own || (found && dk_hierarchy_is_dated(hierarchy)))
            continue;
        found = hierarchy;
        *level = own;
        *of = above;
        if (!dk_hierarchy_is_dated(hierarchy))
            break;
    }
    return found;
}

static dk_status fail_level(const dki_roll *roll, bool is_dated, dk_error *err)
{
    if (is_dated) {
        (void)dki_fail(err, DK_ERR_ARGUMENT,
                       "the hierarchy changes with time, and the result does not say of which day it is");
        dki_hint(err, "use(geo:at \"2018-01-01\") before the breakdown");
    } else {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%s is no coarser level of a dimension of the result", roll->level);
        if (dki_beside_was_compared(roll->result))
            dki_hint(err,
                     "a step that sets a level above, a name that the hierarchy does not have, or two divisions "
                     "take it away: ask the breakdown by %s, and compare that",
                     roll->level);
        else
            dki_hint(err, "t:use(geo) before the breakdown tells the levels of a dimension");
    }
    return DK_ERR_ARGUMENT;
}

/* Which dimensions the level takes the place of. dimension: the finest of them, or NULL. */
dk_status dki_roll_find_dimensions(dki_roll *roll, const char *dimension, dk_error *err)
{
    bool is_dated = false;
    size_t level, of;

    roll->base = roll->has = SIZE_MAX;
    for (size_t i = 0; i < roll->n_dims; i++) {
        const dk_hierarchy *hierarchy = hierarchy_of(roll, i, &level, &of);

        if (hierarchy == NULL || (dimension && strcmp(dimension, roll->dims[i]->name) != 0))
            continue;
        if (dk_hierarchy_is_dated(hierarchy))
            is_dated = true;
        else if (roll->base == SIZE_MAX || dki_levels_nested(levels_of(roll, i), levels_of(roll, roll->base)))
            roll->base = i;
    }
    if (roll->base == SIZE_MAX)
        return fail_level(roll, is_dated, err);
    for (size_t i = 0; i < roll->n_dims; i++) {
        const dk_hierarchy *both = dki_levels_common(levels_of(roll, roll->base), levels_of(roll, i), NULL, &level);
        bool nested = i == roll->base || both != NULL;
        bool is_it = both && strcmp(dk_hierarchy_level(both, level), roll->level) == 0;

        if (hierarchy_of(roll, i, &level, &of) == NULL) {
            if (is_it)
                roll->has = i;
        } else if (nested) {
            roll->goes[i] = true;
        } else if (dimension == NULL) {
            (void)dki_fail(err, DK_ERR_ARGUMENT, "%s and %s both belong to a level %s",
                           roll->dims[roll->base]->name, roll->dims[i]->name, roll->level);
            dki_hint(err, "say which: roll_up(\"%s\", \"%s\")", roll->level, roll->dims[roll->base]->name);
            return DK_ERR_ARGUMENT;
        }
    }
    return DK_OK;
}

static dk_status fail_null(const dki_roll *roll, dk_text member, dk_error *err)
{
    const char *base = roll->dims[roll->base]->name;

    (void)dki_fail(err, DK_ERR_ARGUMENT,
                   "a group of which %s is null may be of several %s: %.*s has one, and no %s", base, roll->level,
                   (int)dki_utf8_floor(member.bytes, member.size, member.size < 60 ? member.size : 60),
                   member.bytes, base);
    dki_hint(err, "ask the breakdown by %s, or roll up one that has %s or a finer level too", roll->level,
             roll->level);
    return DK_ERR_ARGUMENT;
}

/* Whoever has no region may have a country: where the hierarchy has such members, a group that is null tells nothing of it. */
static dk_status check_null(const dki_roll *roll, const dk_hierarchy *hierarchy, size_t level, size_t of,
                            dk_error *err)
{
    const dk_field *field = dk_table_field(roll->result, dk_table_find(roll->result, roll->dims[roll->base]->name));
    const dk_column *margin = dk_table_margin(roll->result);
    dk_text member;
    dk_status status = DK_OK;

    if (dk_column_n_nulls(field->column) == 0 || !dki_hierarchy_skips(hierarchy, level, of, &member))
        return DK_OK;
    DKI_FOR_ROWS(row, dk_table_n_rows(roll->result), roll->context, status, err)
    {
        dk_value value, mask = { .as.integer = 0 };

        status = dk_column_get(field->column, row, &value, err);
        if (status == DK_OK && margin)
            status = dk_column_get(margin, row, &mask, err);
        if (status == DK_OK && value.is_null && !dki_roll_totals(roll, roll->base, (uint64_t)mask.as.integer))
            return fail_null(roll, member, err);
    }
    return status;
}

/* The result with the level as a column. */
dk_status dki_roll_add_level(dki_roll *roll, dk_error *err)
{
    const char *base = roll->dims[roll->base]->name;
    size_t level = 0, of = 0;
    const dk_hierarchy *hierarchy = hierarchy_of(roll, roll->base, &level, &of);
    dk_use_options options = { .column = base, .level = dk_hierarchy_level(hierarchy, level) };
    const dk_table *bare = NULL, *narrow = NULL, *used = NULL;
    dk_status status;

    if (roll->has != SIZE_MAX) {
        roll->levelled = dk_table_retain(roll->result);
        return DK_OK;
    }
    status = check_null(roll, hierarchy, level, of, err);
    if (status != DK_OK)
        return status;
    if (dk_table_find(roll->result, roll->level) != DK_NO_COLUMN) {
        (void)dki_fail(err, DK_ERR_DUPLICATE, "the result has a column %s that is not that level", roll->level);
        dki_hint(err, "rename it");
        return DK_ERR_DUPLICATE;
    }
    status = dk_table_with_margin(roll->result, NULL, &bare, err);
    if (status == DK_OK)
        status = dk_table_select(bare, &base, 1, &narrow, err);
    if (status == DK_OK)
        status = dk_table_use(narrow, hierarchy, &options, &used, err);
    if (status == DK_OK) {
        dk_field field = *dk_table_field(used, dk_table_find(used, roll->level));

        status = dk_table_with(roll->result, &field, 1, &roll->levelled, err);
    }
    if (status == DK_OK && dk_table_n_notes(used) > 0) {
        const char *note = dk_table_note(used, 0);

        roll->unknown = dki_arena_text(&roll->arena, note, strlen(note), err);
        status = roll->unknown ? DK_OK : DK_ERR_MEMORY;
    }
    dk_table_release(used);
    dk_table_release(narrow);
    dk_table_release(bare);
    return status;
}
