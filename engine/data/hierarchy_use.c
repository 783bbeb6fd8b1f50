/* hierarchy_use.c - a table gets the levels above the one that it has.
 *
 * A member's parents are found once for each code of the column, not for each row; then each level is a column of codes
 * that are looked up. Where rows have days of their own, that is done once for each time between two changes (hierarchy_dated.c). A
 * column of sets gets sets of regions (hierarchy_sets.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "hierarchy_use.h"
#include "lineage.h"
#include "members.h"

#define NAMED 3 /* so many unknown members does a note name */

/* What is to be done. ---------------------------------------------------------------------------------------------- */

static dk_status find_column(dki_use *use, const dk_use_options *options, dk_error *err)
{
    const dk_hierarchy *hierarchy = use->hierarchy;
    size_t at = DK_NO_COLUMN;
    dk_type type;
    dk_status status;

    use->name = options->column;
    for (size_t i = 0; use->name == NULL && i < hierarchy->n_levels; i++)
        if (dk_table_find(use->table, hierarchy->levels[i].name) != DK_NO_COLUMN)
            use->name = hierarchy->levels[i].name;
    if (use->name == NULL) {
        (void)dki_fail(err, DK_ERR_NAME, "no column is called as a level of the hierarchy: %s%s",
                       hierarchy->levels[0].name, hierarchy->n_levels > 1 ? ", ..." : "");
        dki_hint(err, "say which column has members, and of which level: { column = ..., level = \"%s\" }",
                 hierarchy->levels[0].name);
        return DK_ERR_NAME;
    }
    status = dk_table_get(use->table, use->name, &at, err);
    if (status != DK_OK)
        return status;
    use->level = dk_hierarchy_find_level(hierarchy, options->level ? options->level : use->name);
    if (use->level == SIZE_MAX) {
        (void)dki_fail(err, DK_ERR_NAME, "the hierarchy has no level %s",
                       options->level ? options->level : use->name);
        dki_hint(err, "its finest is %s; say level = \"%s\" if that is what the column has",
                 hierarchy->levels[0].name, hierarchy->levels[0].name);
        return DK_ERR_NAME;
    }
    status = dki_column_categorise(dk_table_field(use->table, at)->column, &use->column, err);
    if (status != DK_ERR_TYPE)
        return status;
    type = dk_column_type(dk_table_field(use->table, at)->column);
    (void)dki_fail(err, DK_ERR_TYPE, "members of a hierarchy are categories or texts, and %s is %s", use->name,
                   dk_type_name(type));
    dki_hint(err, "read the table with types = { %s = \"category\" }", use->name);
    return DK_ERR_TYPE;
}

static dk_status find_days(dki_use *use, const dk_use_options *options, dk_error *err)
{
    size_t at = 0;
    dk_status status = dk_table_get(use->table, options->on, &at, err);

    if (status != DK_OK)
        return status;
    use->on = dk_table_field(use->table, at)->column;
    return dki_turns_check(options->on, use->on, err);
}

/* The vintage that all rows are told by, unless they have days of their own. */
static dk_status find_vintage(dki_use *use, const dk_hierarchy *hierarchy, const dk_use_options *options,
                              dk_error *err)
{
    const char *as_of = dk_table_properties(use->table)->as_of;

    if (!hierarchy->dated || options->on) {
        use->hierarchy = dk_hierarchy_retain(hierarchy);
        return DK_OK;
    }
    if (as_of)
        return dk_hierarchy_at(hierarchy, as_of, &use->hierarchy, err);
    (void)dki_fail(err, DK_ERR_ARGUMENT,
                   "the hierarchy changes with time, and the table does not say of which day it is");
    dki_hint(err, "use(geo:at \"2018-01-01\"), or { on = a column of dates }, or state as_of for the table");
    return DK_ERR_ARGUMENT;
}

/* Members. --------------------------------------------------------------------------------------------------------- */

uint32_t dki_use_member(const dki_use *use, uint32_t code, int64_t day)
{
    return use->on && use->members[code] > 0
               ? dki_hierarchy_member_on(use->hierarchy, use->level, dk_dictionary_level(use->values, code), day)
               : use->members[code];
}

static dk_status match_members(dki_use *use, dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(use->column), *members = dk_dictionary_members(levels);

    use->is_set = members != NULL;
    use->values = members ? members : levels;
    use->n_codes = dk_dictionary_n_levels(use->values) + 1;
    use->members = dki_calloc(use->context, use->n_codes, sizeof *use->members, err);
    use->n_unknown = dki_calloc(use->context, use->n_codes, sizeof *use->n_unknown, err);
    if (use->members == NULL || use->n_unknown == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 1; code < use->n_codes; code++)
        use->members[code] =
            dki_hierarchy_member(use->hierarchy, use->level, dk_dictionary_level(use->values, code));
    return DK_OK;
}

/* Counts the rows of each code. */
static dk_status count_codes(dki_use *use, uint64_t *counts, dk_error *err)
{
    uint32_t codes[DK_BLOCK_ROWS];
    dk_status status = DK_OK;
    dk_view view;

    dk_view_init(&view, use->context);
    for (uint64_t row = 0; dki_column_block(use->column, row, &view, &status, err); row += view.n) {
        dki_view_codes(&view, codes);
        for (size_t i = 0; i < view.n; i++)
            counts[codes[i]]++;
    }
    dk_view_release(&view);
    return status;
}

/* Levels by one vintage. ------------------------------------------------------------------------------------------- */

static dk_status level_by_code(const dki_use *use, size_t level, const dk_dictionary *levels, const dk_column **out,
                               dk_error *err)
{
    uint32_t *codes = dki_calloc(use->context, use->n_codes, sizeof *codes, err);
    dk_status status = codes ? DK_OK : DK_ERR_MEMORY;

    for (uint32_t code = 1; code < use->n_codes && status == DK_OK; code++)
        codes[code] = dki_hierarchy_ancestor(use->hierarchy, use->level, use->members[code], level, dki_any_day());
    if (status == DK_OK)
        status = dki_column_map_codes(use->column, codes, levels, out, err);
    dki_free(use->context, codes);
    return status;
}

static dk_status find_unknown_of_sets(dki_use *use, dk_error *err)
{
    uint64_t *counts;
    dk_status status;

    if (use->on)
        return dki_use_count_dated_sets(use, err);
    counts =
        dki_calloc(use->context, dk_dictionary_n_levels(dk_column_levels(use->column)) + 1, sizeof *counts, err);
    status = counts ? count_codes(use, counts, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        dki_use_count_sets(use, counts);
    dki_free(use->context, counts);
    return status;
}

static dk_status find_unknown(dki_use *use, dk_error *err)
{
    dk_status status;

    if (use->is_set)
        return find_unknown_of_sets(use, err);
    status = use->on ? dki_use_count_dated(use, err) : count_codes(use, use->n_unknown, err);
    for (uint32_t code = 0; code < use->n_codes; code++) {
        if (!use->on && (code == 0 || use->members[code] > 0))
            use->n_unknown[code] = 0;
        use->n_rows_unknown += use->n_unknown[code];
    }
    return status;
}

/* The new table. --------------------------------------------------------------------------------------------------- */

/* Sets say nothing of which member a row's region is of, so that one that is there cannot be held against them. */
static dk_status make_level_of_sets(const dki_use *use, size_t level, const dk_column **out, dk_error *err)
{
    const char *name = use->hierarchy->levels[level].name;

    if (dk_table_find(use->table, name) == DK_NO_COLUMN)
        return dki_use_sets(use, level, out, err);
    (void)dki_fail(err, DK_ERR_DATA, "the table has a column %s already, and would get one of sets", name);
    dki_hint(err, "drop or rename the column %s", name);
    return DK_ERR_DATA;
}

/* The column of a level: the table's own where it has one and that agrees. */
static dk_status make_level(const dki_use *use, size_t level, const dk_column **out, dk_error *err)
{
    size_t at = dk_table_find(use->table, use->hierarchy->levels[level].name);
    const dk_column *made = NULL;
    dk_dictionary *levels = NULL;
    dk_status status;

    if (use->is_set)
        return make_level_of_sets(use, level, out, err);
    status = dki_dictionary_of_level(use->hierarchy->levels[level].members, use->hierarchy, level, &levels, err);

    if (status == DK_OK)
        status = use->on ? dki_use_by_day(use, level, levels, &made, err)
                         : level_by_code(use, level, levels, &made, err);
    dk_dictionary_release(levels);
    if (status != DK_OK || at == DK_NO_COLUMN) {
        *out = made;
        return status;
    }
    status = dki_use_existing(use, level, dk_table_field(use->table, at)->column, made, out, err);
    dk_column_release(made);
    return status;
}

static dk_status add_note(const char *note, const dk_table **table, dk_error *err)
{
    const dk_table *noted = NULL;
    dk_status status = dk_table_with_note(*table, note, &noted, err);

    if (status == DK_OK) {
        dk_table_release(*table);
        *table = noted;
    }
    return status;
}

/* Nothing is known of members on a day that nobody knows. */
static dk_status note_dayless(const dki_use *use, const dk_table **table, dk_error *err)
{
    char note[100];

    if (use->n_dayless == 0)
        return DK_OK;
    (void)snprintf(note, sizeof note, "%llu row%s no day, and so no levels", (unsigned long long)use->n_dayless,
                   use->n_dayless == 1 ? " has" : "s have");
    return add_note(note, table, err);
}

/* Says how many rows have a member that is unknown, and names some. */
static dk_status note_unknown(const dki_use *use, const dk_table **table, dk_error *err)
{
    const char *vintage = dk_hierarchy_vintage(use->hierarchy);
    uint64_t n_rows = use->n_rows_unknown;
    size_t n = 0;
    dki_buffer text, names;
    dk_status status = DK_OK;

    dki_buffer_init(&text, use->context);
    dki_buffer_init(&names, use->context);
    for (uint32_t code = 1; code < use->n_codes && status == DK_OK; code++) {
        dk_text value = dk_dictionary_level(use->values, code);

        if (use->n_unknown[code] == 0)
            continue;
        if (n++ < NAMED)
            status = dki_buffer_format(
                &names, err, "%s%.*s", n > 1 ? ", " : "",
                (int)dki_utf8_floor(value.bytes, value.size, value.size < 60 ? value.size : 60), value.bytes);
    }
    if (status == DK_OK && n > 0)
        status = dki_buffer_format(&text, err, "%llu row%s ha%s a %s that the hierarchy does not know%s%s: %s%s",
                                   (unsigned long long)n_rows, n_rows == 1 ? "" : "s", n_rows == 1 ? "s" : "ve",
                                   use->name,
                                   vintage   ? " on "
                                   : use->on ? " on its day"
                                             : "",
                                   vintage ? vintage : "", names.bytes, n > NAMED ? ", ..." : "");
    if (status == DK_OK && n > 0)
        status = add_note(text.bytes, table, err);
    dki_buffer_drop(&text);
    dki_buffer_drop(&names);
    return status == DK_OK ? note_dayless(use, table, err) : status;
}

/* The column has another dictionary, and the values that it had: it is still part of the key. */
static dk_status keep_key(const dki_use *use, const dk_table **table, dk_error *err)
{
    const dk_properties *before = dk_table_properties(use->table);
    dk_properties properties = *dk_table_properties(*table);
    const dk_table *keyed = NULL;
    dk_status status;

    if (properties.n_key == before->n_key)
        return DK_OK;
    properties.key = before->key;
    properties.n_key = before->n_key;
    status = dk_table_with_properties(*table, &properties, &keyed, err);
    if (status != DK_OK)
        return status;
    dk_table_release(*table);
    *table = keyed;
    return DK_OK;
}

static dk_status make_table(dki_use *use, const dk_table **out, dk_error *err)
{
    dk_field fields[DK_MOST_LEVELS];
    const dk_column *made[DK_MOST_LEVELS] = { NULL };
    const dk_table *table = NULL;
    size_t n = 0;
    dk_status status = DK_OK;

    for (size_t level = use->level; level < use->hierarchy->n_levels && status == DK_OK; level++) {
        const char *name = level == use->level ? use->name : use->hierarchy->levels[level].name;
        size_t at = dk_table_find(use->table, name);

        if (level > use->level)
            status = make_level(use, level, &made[n], err);
        else if (use->is_set)
            status = dki_column_of_members(use->column, use->hierarchy, level, &made[n], err);
        else
            status = dki_column_of_level(use->column, use->hierarchy, level, &made[n], err);
        if (status != DK_OK)
            break;
        fields[n] = at == DK_NO_COLUMN ? DK_FIELD(name, NULL) : *dk_table_field(use->table, at);
        fields[n].column = made[n];
        n++;
    }
    if (status == DK_OK)
        status = dk_table_with(use->table, fields, n, &table, err);
    if (status == DK_OK)
        status = keep_key(use, &table, err);
    if (status == DK_OK) {
        const char *vintage = dk_hierarchy_vintage(use->hierarchy), *name = use->hierarchy->name;

        status = dki_table_add_step(table, use->table, err, "%s put into the levels of the hierarchy%s%s%s%s",
                                    use->name, name ? " " : "", name ? name : "",
                                    use->on   ? ", as they were on the day of each row"
                                    : vintage ? ", as they were on "
                                              : "",
                                    !use->on && vintage ? vintage : "");
    }
    if (status == DK_OK)
        status = note_unknown(use, &table, err);
    for (size_t i = 0; i < DK_MOST_LEVELS; i++)
        dk_column_release(made[i]);
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    return status;
}

dk_status dk_table_use(const dk_table *table, const dk_hierarchy *hierarchy, const dk_use_options *options,
                       const dk_table **out, dk_error *err)
{
    static const dk_use_options none = { NULL, NULL, NULL };
    dki_use use = { .table = table, .context = dk_table_context(table) };
    dk_status status;

    if (options == NULL)
        options = &none;
    status = find_vintage(&use, hierarchy, options, err);
    if (status == DK_OK)
        status = find_column(&use, options, err);
    if (status == DK_OK && options->on)
        status = find_days(&use, options, err);
    if (status == DK_OK)
        status = match_members(&use, err);
    if (status == DK_OK && use.on)
        status = dki_turns_init(&use.turns, use.hierarchy, use.level, err);
    if (status == DK_OK)
        status = find_unknown(&use, err);
    if (status == DK_OK)
        status = make_table(&use, out, err);
    dk_column_release(use.column);
    dk_hierarchy_release(use.hierarchy);
    dki_free(use.context, use.members);
    dki_free(use.context, use.n_unknown);
    dki_dated_sets_drop(&use.sets);
    dki_turns_drop(&use.turns);
    return status;
}
