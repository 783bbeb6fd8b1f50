/* breakdown_known.c - by what the figures beside a table are known.
 *
 * They are known by the columns that were named when they were attached. A figure that is known per region is known per
 * country too, where both are levels of one hierarchy that does not change with time: the rows of the other table get that
 * level then, and add up by it. Groups that one of both tables lacks are noted.
 */
#include "breakdown_known.h"

#include <stdio.h>
#include <string.h>

#include <dekking/hierarchy.h>

#include "base/status.h"
#include "base/text.h"
#include "data/hierarchy_levels.h"
#include "data/lineage.h"

static const dk_dictionary *levels_of(const dk_table *table, const char *name)
{
    size_t at = dk_table_find(table, name);

    return at == DK_NO_COLUMN ? NULL : dk_column_levels(dk_table_field(table, at)->column);
}

/* Whether a column of the table is a level above a key of the figures. Cells of a scenario may lack the key. */
static bool is_above(const dk_table *table, const char *name, const char *key)
{
    const dk_dictionary *coarse = levels_of(table, name);
    size_t level = 0;
    const dk_hierarchy *hierarchy = coarse ? dk_dictionary_hierarchy(coarse, &level) : NULL;

    if (hierarchy == NULL)
        return false;
    if (dk_table_find(table, key) != DK_NO_COLUMN)
        return dki_levels_nested(levels_of(table, key), coarse);
    return !dk_hierarchy_is_dated(hierarchy) && dk_hierarchy_find_level(hierarchy, key) < level;
}

/* The key that a name is, or is a level above; NULL: nothing is known by it. */
static const char *key_of(const dk_table *table, const dk_attachment *attachment, const char *name)
{
    for (size_t i = 0; i < attachment->n_by; i++)
        if (strcmp(name, attachment->by[i]) == 0)
            return attachment->by[i];
    for (size_t i = 0; i < attachment->n_by; i++)
        if (is_above(table, name, attachment->by[i]))
            return attachment->by[i];
    return NULL;
}

struct names {
    const dk_table *table;
    const dk_attachment *attachment;
};

static bool is_known_name(void *arg, const dki_node *node)
{
    const struct names *names = arg;

    return node->kind != DKI_NODE_NAME || key_of(names->table, names->attachment, node->text) != NULL;
}

/* A measure is about columns of its own, and about levels above. */
static bool is_own_name(void *arg, const dki_node *node)
{
    const struct names *names = arg;

    return node->kind != DKI_NODE_NAME || dk_table_find(names->attachment->table, node->text) != DK_NO_COLUMN;
}

static bool is_any_name(void *arg, const dki_node *node)
{
    return is_own_name(arg, node) || is_known_name(arg, node);
}

const dk_attachment *dki_attached_to(const dk_table *table, const dki_node *node, size_t *n)
{
    static bool (*const ways[])(void *, const dki_node *) = { is_own_name, is_any_name };
    const dk_properties *properties = dk_table_properties(table);
    const dk_attachment *found = NULL;

    *n = 0;
    for (size_t way = 0; way < 2 && *n == 0; way++)
        for (size_t i = 0; i < properties->n_attached; i++) {
            struct names names = { table, &properties->attached[i] };

            if (!dki_node_visit(node->other, ways[way], &names))
                continue;
            found = found ? found : &properties->attached[i];
            ++*n;
        }
    return found ? found : properties->attached;
}

struct bounded {
    const dk_table *table;
    const dk_attachment *attachment;
};

static bool is_not_bounded(void *arg, const dki_node *node)
{
    const struct bounded *bounded = arg;
    size_t n;

    return !dki_is_attached(node) || !dki_is_bounded(node) ||
           dki_attached_to(bounded->table, node, &n) != bounded->attachment;
}

bool dki_attached_bounds(const dk_breakdown *breakdown, const dk_table *table, const dk_attachment *attachment)
{
    struct bounded bounded = { table, attachment };

    for (size_t i = 0; i < breakdown->n_measures; i++)
        if (!dki_node_visit(dki_expr_root(breakdown->measures[i].expr), is_not_bounded, &bounded))
            return true;
    return false;
}

bool dki_figures_know(const dk_table *table, const dk_attachment *attachment, const dk_expr *expr)
{
    struct names names = { table, attachment };

    return dki_node_visit(dki_expr_root(expr), is_known_name, &names);
}

bool dki_attached_knows(const dki_plan *plan, const dk_attachment *attachment, const dk_expr *expr)
{
    return dki_figures_know(plan->table, attachment, expr);
}

const char *dki_figures_key(const dk_table *table, const dk_attachment *attachment, const char *name)
{
    return key_of(table, attachment, name);
}

/* The same, with dimensions that are there for bounds alone; *bounding: bits of these. */
static uint32_t unknown_of_all(const dki_plan *plan, const dki_node *node, uint32_t *bounding)
{
    const dk_breakdown *breakdown = plan->breakdown;
    size_t n;
    const dk_attachment *attachment = dki_attached_to(plan->table, node, &n);
    uint32_t mask = 0;

    for (size_t d = 0; d < breakdown->n_by; d++)
        if (attachment == NULL || !dki_attached_knows(plan, attachment, breakdown->by[d].expr))
            mask |= UINT32_C(1) << d;
    *bounding = dki_all_totals(breakdown->n_by) & ~dki_all_totals(breakdown->n_by - breakdown->n_bounding);
    return mask;
}

uint32_t dki_attached_passed(const dki_plan *plan, const dki_node *node)
{
    uint32_t bounding, unknown = unknown_of_all(plan, node, &bounding);

    if (!dki_is_bounded(node))
        return bounding;
    return (unknown & ~bounding) == 0 ? unknown : 0;
}

uint32_t dki_attached_unknown(const dki_plan *plan, const dki_node *node)
{
    uint32_t bounding;

    return unknown_of_all(plan, node, &bounding) & ~dki_attached_passed(plan, node);
}

/* Levels of the other table. ---------------------------------------------------------------------------------------- */

struct levels {
    const dk_table *table;
    const dk_attachment *attachment;
    dki_note_fn *note;
    void *arg;
    const dk_table *other;
    dk_error *err;
    dk_status status;
};

static dk_status note_other(const struct levels *levels, const char *note)
{
    char text[1024];

    (void)snprintf(text, sizeof text, "of the table that is attached: %.900s", note);
    text[dki_utf8_whole(text, strlen(text))] = '\0';
    return levels->note(levels->arg, text, levels->err);
}

/* The other table's rows as members of the level `name`, by their key. member: the key, as the level that it is; may be NULL. */
static dk_status find_level(struct levels *levels, const char *name, const char *key, const dk_column **out,
                            const dk_column **member)
{
    size_t level = 0, below = 0, at = 0;
    const dk_dictionary *coarse = levels_of(levels->table, name);
    const dk_dictionary *fine = levels_of(levels->table, key);
    const dk_table *alone = NULL, *used = NULL;
    const dk_hierarchy *both = dki_levels_common(fine, coarse, &below, &level);
    const dk_hierarchy *hierarchy = both ? both : dk_dictionary_hierarchy(coarse, &level);
    dk_use_options options = { .column = key, .level = key };
    dk_status status = dk_table_select(levels->other, &key, 1, &alone, levels->err);

    if (both)
        options.level = dk_hierarchy_level(hierarchy, below);
    if (status == DK_OK)
        status = dk_table_use(alone, hierarchy, &options, &used, levels->err);
    if (status == DK_OK)
        status = dk_table_get(used, dk_hierarchy_level(hierarchy, level), &at, levels->err);
    for (size_t i = 0; status == DK_OK && levels->note && i < dk_table_n_notes(used); i++)
        status = note_other(levels, dk_table_note(used, i));
    if (status == DK_OK)
        *out = dk_column_retain(dk_table_field(used, at)->column);
    if (status == DK_OK && member)
        *member = dk_column_retain(dk_table_field(used, dk_table_find(used, key))->column);
    dk_table_release(used);
    dk_table_release(alone);
    return status;
}

static bool add_level(void *arg, const dki_node *node)
{
    struct levels *levels = arg;
    const char *key = node->kind == DKI_NODE_NAME ? key_of(levels->table, levels->attachment, node->text) : NULL;
    const dk_column *column = NULL;
    const dk_table *made = NULL;
    dk_field field;

    if (key == NULL || strcmp(key, node->text) == 0)
        return true;
    levels->status = find_level(levels, node->text, key, &column, NULL);
    if (levels->status == DK_OK) {
        field = DK_FIELD(node->text, column);
        levels->status = dk_table_with(levels->other, &field, 1, &made, levels->err);
    }
    dk_column_release(column);
    if (levels->status != DK_OK)
        return false;
    dk_table_release(levels->other);
    levels->other = made;
    return true;
}

/* A measure is about the other table's own columns, and of the levels about those that it lacks. */
static bool add_lacking(void *arg, const dki_node *node)
{
    const struct levels *levels = arg;

    return (node->kind == DKI_NODE_NAME && dk_table_find(levels->other, node->text) != DK_NO_COLUMN) ||
           add_level(arg, node);
}

dk_status dki_attached_other(const dki_plan *plan, const dki_node *node, dki_note_fn *note, void *arg,
                             const dk_table **out, dk_error *err)
{
    const dk_breakdown *breakdown = plan->breakdown;
    size_t n;
    struct levels levels = { .table = plan->table,
                             .attachment = dki_attached_to(plan->table, node, &n),
                             .note = note,
                             .arg = arg,
                             .err = err };

    levels.other = dk_table_retain(levels.attachment->table);
    for (size_t d = 0; d < breakdown->n_by && levels.status == DK_OK; d++)
        if (dki_attached_knows(plan, levels.attachment, breakdown->by[d].expr))
            (void)dki_node_visit(dki_expr_root(breakdown->by[d].expr), add_level, &levels);
    if (breakdown->where && levels.status == DK_OK)
        (void)dki_node_visit(dki_expr_root(breakdown->where), add_level, &levels);
    if (levels.status == DK_OK)
        (void)dki_node_visit(node->other, add_lacking, &levels);
    if (levels.status == DK_OK)
        *out = levels.other;
    else
        dk_table_release(levels.other);
    return levels.status;
}

dk_status dki_figures_levels(const dk_table *table, const dk_attachment *attachment, const char **names, size_t *n,
                             const dk_table **out, dk_error *err)
{
    struct levels levels = { .table = table, .attachment = attachment, .err = err };

    *n = 0;
    levels.other = dk_table_retain(attachment->table);
    for (size_t c = 0; c < dk_table_n_columns(table) && levels.status == DK_OK; c++) {
        const char *name = dk_table_field(table, c)->name, *key = key_of(table, attachment, name);
        dk_field fields[2] = { DK_FIELD(name, NULL), DK_FIELD(key, NULL) };
        const dk_table *made = NULL;

        if (key == NULL || strcmp(key, name) == 0)
            continue;
        levels.status = find_level(&levels, name, key, &fields[0].column, &fields[1].column);
        if (levels.status == DK_OK)
            levels.status = dk_table_with(levels.other, fields, 2, &made, err);
        dk_column_release(fields[0].column);
        dk_column_release(fields[1].column);
        if (levels.status != DK_OK)
            break;
        dk_table_release(levels.other);
        levels.other = made;
        names[(*n)++] = name;
    }
    if (levels.status == DK_OK)
        *out = levels.other;
    else
        dk_table_release(levels.other);
    return levels.status;
}

dk_status dki_attached_notes(const dki_result *result, const dk_expr *expr, const dki_node *node,
                             const dki_lacking *lacking, dki_note_fn *note, void *arg, dk_error *err)
{
    char text[2 * DKI_CELL_TEXT], shown[DKI_NODE_TEXT], first[DKI_CELL_TEXT];
    uint64_t n = lacking->n_missed;
    int size;
    dk_status status = DK_OK;

    (void)dki_node_text(expr, node, shown);
    if (n > 0) {
        (void)snprintf(
            text, sizeof text, "%s: %llu %s of the table that is attached %s no rows here; totals hold %s", shown,
            (unsigned long long)n, n == 1 ? "group" : "groups", n == 1 ? "has" : "have", n == 1 ? "it" : "them");
        status = note(arg, text, err);
    }
    if (status != DK_OK || lacking->n == 0)
        return status;
    dki_result_describe_by(result, lacking->first,
                           ~(dki_attached_unknown(result->plan, node) | dki_attached_passed(result->plan, node)),
                           first);
    size = snprintf(text, sizeof text, "%s: the table that is attached knows nothing of %s", shown, first);
    if (lacking->n > 1)
        (void)snprintf(text + size, sizeof text - (size_t)size, " and %llu more",
                       (unsigned long long)lacking->n - 1);
    return note(arg, text, err);
}

dk_status dki_result_days(dki_result *result, dki_note_fn *note, void *arg, dk_error *err)
{
    const dk_table *table = result->plan->table;
    const char *day = dk_table_properties(table)->as_of;
    dk_status status = DK_OK;

    for (size_t i = 0; i < result->n_attached && day && status == DK_OK; i++) {
        size_t n;
        const dk_attachment *attachment = dki_attached_to(table, result->attached[i], &n);
        const char *other = attachment ? dk_table_properties(attachment->table)->as_of : NULL, *text;

        if (other == NULL || strcmp(other, day) == 0)
            continue;
        text =
            dki_arena_format(&result->arena, err, "figures of %s are as of %s, and the rows beside them as of %s",
                             dki_lineage_name(attachment->table), other, day);
        status = text ? note(arg, text, err) : DK_ERR_MEMORY;
    }
    return status;
}
