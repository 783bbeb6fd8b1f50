/* roll_up.c - a result by municipality as one by region, without its table.
 *
 * The lineage says what the dimensions and measures of the result are. What counts or sums is added up, least and greatest
 * are of all, a formula of other measures is computed anew, and a rate is the ratio of its sums. Anything else is refused
 * by name: a median cannot be had from medians. The rest is a breakdown of the result's own rows; totals are those that the
 * result had (roll_up_totals.c).
 */
#include <dekking/breakdown.h>
#include <dekking/hierarchy.h>

#include <string.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "beside.h"
#include "data/hierarchy_levels.h"
#include "data/lineage.h"
#include "expr/node.h"
#include "expr/poll_row.h"
#include "expr/quote.h"
#include "roll_up.h"

/* The breakdown. --------------------------------------------------------------------------------------------------- */

static const dk_lineage_item *find_item(const dki_roll *roll, dk_lineage_kind kind, const char *name)
{
    for (size_t i = roll->first; i < roll->end; i++) {
        const dk_lineage_item *item = dk_table_lineage(roll->result, i);

        if (item->kind == kind && item->depth == 0 && strcmp(item->name, name) == 0)
            return item;
    }
    return NULL;
}

/* Finds what the result's breakdown was, and what its columns are. */
static dk_status find_breakdown(dki_roll *roll, dk_error *err)
{
    roll->end = dk_table_n_lineage(roll->result);
    roll->first = roll->end;
    for (size_t i = 0; i < roll->end; i++)
        if (dk_table_lineage(roll->result, i)->kind == DK_LINEAGE_BREAKDOWN &&
            dk_table_lineage(roll->result, i)->depth == 0)
            roll->first = i;
    if (roll->first == roll->end) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "only the result of a breakdown is rolled up");
        dki_hint(
            err,
            "put the rows into the level, and break them down by it: t:use(geo):breakdown { by = \"%s\", ... }",
            roll->level);
        return DK_ERR_ARGUMENT;
    }
    for (size_t i = roll->first; i < roll->end; i++) {
        const dk_lineage_item *item = dk_table_lineage(roll->result, i);

        if (item->depth == 0 && item->kind == DK_LINEAGE_STEP && strncmp(item->text, "the first ", 10) == 0) {
            (void)dki_fail(err, DK_ERR_ARGUMENT, "the result shows %s only", item->text);
            dki_hint(err, "roll up a result with all its groups");
            return DK_ERR_ARGUMENT;
        }
        if (item->kind == DK_LINEAGE_APPEND && item->depth == 0) {
            (void)dki_fail(err, DK_ERR_ARGUMENT, "rows of several results were put together: %s", item->text);
            dki_hint(err, "roll up each of them first");
            return DK_ERR_ARGUMENT;
        }
    }
    for (size_t i = 0; i < dk_table_n_columns(roll->result); i++) {
        const char *name = dk_table_field(roll->result, i)->name;
        const dk_lineage_item *item = find_item(roll, DK_LINEAGE_DIMENSION, name);

        if (item && roll->n_dims < DKI_ROLL_MOST)
            roll->dims[roll->n_dims++] = item;
        else if (!find_item(roll, DK_LINEAGE_MEASURE, name)) {
            (void)dki_fail(err, DK_ERR_ARGUMENT, "%s is neither a dimension nor a measure of the breakdown", name);
            dki_hint(err, "roll up first, or leave it out: result:drop \"%s\"", name);
            return DK_ERR_ARGUMENT;
        }
    }
    return DK_OK;
}

/* Levels. ---------------------------------------------------------------------------------------------------------- */

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
                     "a step that sets a level above, or a name that the hierarchy does not have, takes it away: "
                     "ask the breakdown by %s, and compare that",
                     roll->level);
        else
            dki_hint(err, "t:use(geo) before the breakdown tells the levels of a dimension");
    }
    return DK_ERR_ARGUMENT;
}

/* Which dimensions the level takes the place of. dimension: the finest of them, or NULL. */
static dk_status find_dimensions(dki_roll *roll, const char *dimension, dk_error *err)
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
static dk_status add_level(dki_roll *roll, dk_error *err)
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

/* Those that rows with this mask tell apart. */
static dk_status add_dimensions(dki_roll *roll, uint64_t mask, dk_error *err)
{
    roll->n_by = 0;
    for (size_t i = 0; i < roll->n_dims; i++) {
        bool is_place = i == roll->base && roll->has == SIZE_MAX;
        const dk_field *field = dk_table_field(roll->result, dk_table_find(roll->result, roll->dims[i]->name));
        dk_measure *by = &roll->by[roll->n_by];

        if ((roll->goes[i] && !is_place) || dki_roll_totals(roll, i, mask))
            continue;
        by->text = dki_quote(&roll->arena, is_place ? roll->level : roll->dims[i]->name, err);
        if (by->text == NULL)
            return DK_ERR_MEMORY;
        if (!is_place)
            *by = (dk_measure){ by->text, field->label, field->format };
        roll->n_by++;
    }
    return DK_OK;
}

/* Measures. -------------------------------------------------------------------------------------------------------- */

struct names {
    const dki_roll *roll;
    bool known; /* every name is a measure that the result has */
};

static bool visit_formula(void *arg, const dki_node *node)
{
    struct names *names = arg;
    bool is_all = node->kind == DKI_NODE_CALL && strcmp(node->text, "all") == 0;

    if (node->kind == DKI_NODE_AGGREGATE || node->kind == DKI_NODE_PARAM || node->other)
        names->known = false;
    else if (node->kind == DKI_NODE_NAME)
        names->known = dk_table_find(names->roll->result, node->text) != DK_NO_COLUMN &&
                       find_item(names->roll, DK_LINEAGE_MEASURE, node->text) != NULL;
    else if (is_all && node->n_children > 1)
        names->known = false; /* within a dimension, which may go */
    return names->known;
}

/* Whether the measure of all is the sum of the measures of the parts. */
static bool adds_up(const dki_node *node)
{
    if (node->kind == DKI_NODE_AGGREGATE)
        return strcmp(node->text, "count") == 0 || strcmp(node->text, "rows") == 0 ||
               strcmp(node->text, "sum") == 0;
    if (node->kind != DKI_NODE_CALL || (strcmp(node->text, "+") != 0 && strcmp(node->text, "-") != 0))
        return false;
    for (size_t i = 0; i < node->n_children; i++)
        if (!adds_up(node->children[i]))
            return false;
    return true;
}

/* The same of a part of a rate, which may name a measure that was made before, be it in the result or not. */
static bool part_adds_up(const dki_roll *roll, const dki_node *node)
{
    const dk_lineage_item *item =
        node->kind == DKI_NODE_NAME ? find_item(roll, DK_LINEAGE_MEASURE, node->text) : NULL;
    const dk_expr *expr = NULL;
    dk_error ignored = DK_ERROR_INIT;
    bool does;

    if (item == NULL)
        return adds_up(node);
    if (dk_expr_parse(roll->context, item->text, &expr, &ignored) != DK_OK)
        return false;
    does = part_adds_up(roll, dki_expr_root(expr));
    dk_expr_release(expr);
    return does;
}

static bool is_rate(const dki_roll *roll, const dki_node *node)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, "/") == 0 && part_adds_up(roll, node->children[0]) &&
           part_adds_up(roll, node->children[1]);
}

/* A share of everybody, m / all(m): shares of one whole add up, also where groups overlap and the whole is not their sum. */
static bool is_share_of_all(const dki_node *node, const dk_column *column)
{
    const dki_node *whole = node->n_children == 2 ? node->children[1] : NULL;

    return node->kind == DKI_NODE_CALL && strcmp(node->text, "/") == 0 && whole->kind == DKI_NODE_CALL &&
           strcmp(whole->text, "all") == 0 && whole->n_children == 1 &&
           dk_column_n_children(column) > DK_CHILD_WHOLE;
}

static dk_status fail_measure(const dki_roll *roll, const dk_lineage_item *item, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_ARGUMENT,
                   "%s cannot be rolled up: it is %.200s, and not a sum of what its parts are", item->name,
                   item->text);
    dki_hint(err, "leave it out, or ask the breakdown by %s anew", roll->level);
    return DK_ERR_ARGUMENT;
}

/* The column as one of the rows under a name of its own, "register of each gemeente": measures are not named as columns that
 * they are made of. *out is the name in an expression. */
static dk_status add_part(dki_roll *roll, const dk_column *column, const char *what, const char *measure,
                          const char **out, dk_error *err)
{
    const dk_table *longer = NULL;
    const char *name =
        dki_arena_format(&roll->arena, err, "%s%s of each %s", what, measure, roll->dims[roll->base]->name);
    dk_field field;
    dk_status status;

    while (name && dk_table_find(roll->rows, name) != DK_NO_COLUMN)
        name = dki_arena_format(&roll->arena, err, "%s'", name);
    if (name == NULL)
        return DK_ERR_MEMORY;
    field = DK_FIELD(name, column);
    status = dk_table_with(roll->rows, &field, 1, &longer, err);
    if (status != DK_OK)
        return status;
    dk_table_release(roll->rows);
    roll->rows = longer;
    *out = dki_quote(&roll->arena, name, err);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

/* name = aggregate(column of the measure) */
static dk_status aggregate_text(dki_roll *roll, const char *aggregate, const dk_lineage_item *item,
                                const char **out, dk_error *err)
{
    const dk_column *column = dk_table_field(roll->rows, dk_table_find(roll->rows, item->name))->column;
    const char *part = NULL, *name = dki_quote(&roll->arena, item->name, err);
    dk_status status = name ? add_part(roll, column, "", item->name, &part, err) : DK_ERR_MEMORY;

    if (status != DK_OK)
        return status;
    *out = dki_arena_format(&roll->arena, err, "%s = %s(%s)", name, aggregate, part);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

static dk_status rate_text(dki_roll *roll, const dk_lineage_item *item, const char **out, dk_error *err)
{
    const dk_column *column = dk_table_field(roll->rows, dk_table_find(roll->rows, item->name))->column;
    const char *above = NULL, *below = NULL, *name = dki_quote(&roll->arena, item->name, err);
    dk_status status = name ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status =
            add_part(roll, dk_column_child(column, DK_CHILD_NUMERATOR), "numerator of ", item->name, &above, err);
    if (status == DK_OK)
        status = add_part(roll, dk_column_child(column, DK_CHILD_DENOMINATOR), "denominator of ", item->name,
                          &below, err);
    if (status != DK_OK)
        return status;
    *out = dki_arena_format(&roll->arena, err, "%s = sum(%s) / sum(%s)", name, above, below);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

static dk_status formula_text(dki_roll *roll, const dk_lineage_item *item, const char **out, dk_error *err)
{
    const char *name = dki_quote(&roll->arena, item->name, err);

    *out = name ? dki_arena_format(&roll->arena, err, "%s = %s", name, item->text) : NULL;
    return *out ? DK_OK : DK_ERR_MEMORY;
}

static dk_status measure_text(dki_roll *roll, const dk_lineage_item *item, const char **out, dk_error *err)
{
    const dk_column *column = dk_table_field(roll->rows, dk_table_find(roll->rows, item->name))->column;
    struct names names = { roll, true };
    const dk_expr *expr = NULL;
    const dki_node *root;
    dk_status status = dk_expr_parse(roll->context, item->text, &expr, err);

    if (status != DK_OK)
        return status;
    root = dki_expr_root(expr);
    if (adds_up(root))
        status = aggregate_text(roll, "sum", item, out, err);
    else if (root->kind == DKI_NODE_AGGREGATE && (strcmp(root->text, "min") == 0 || strcmp(root->text, "max") == 0))
        status = aggregate_text(roll, root->text, item, out, err);
    else if (dki_roll_overlaps(roll) && is_share_of_all(root, column))
        status = aggregate_text(roll, "sum", item, out, err);
    else if (dki_node_visit(root, visit_formula, &names))
        status = formula_text(roll, item, out, err);
    else if (is_rate(roll, root) && dk_column_type(column) == DK_RATIO && dk_column_n_children(column) == 2)
        status = rate_text(roll, item, out, err);
    else
        status = fail_measure(roll, item, err);
    dk_expr_release(expr);
    return status;
}

static dk_status add_measures(dki_roll *roll, dk_error *err)
{
    dk_status status = DK_OK;

    roll->n_measures = 0;
    roll->measures = dki_arena_array(&roll->arena, dk_table_n_columns(roll->result), sizeof *roll->measures, err);
    if (roll->measures == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < dk_table_n_columns(roll->result) && status == DK_OK; i++) {
        const dk_field *field = dk_table_field(roll->result, i);
        const dk_lineage_item *item = find_item(roll, DK_LINEAGE_MEASURE, field->name);
        dk_measure *measure = &roll->measures[roll->n_measures];

        if (item == NULL)
            continue;
        *measure = (dk_measure){ NULL, field->label, field->format };
        status = measure_text(roll, item, &measure->text, err);
        roll->n_measures++;
    }
    return status;
}

dk_status dki_roll_rows(dki_roll *roll, const dk_table *rows, uint64_t mask, const dk_table **out, dk_error *err)
{
    const dk_breakdown *breakdown = NULL;
    bool has_sets = mask == 0 && roll->n_sets > 0;
    dk_status status;

    roll->rows = dk_table_retain(rows);
    status = add_dimensions(roll, mask, err);
    if (status == DK_OK)
        status = add_measures(roll, err);
    if (status == DK_OK) {
        dk_breakdown_spec spec = { .name = dk_table_properties(roll->result)->name,
                                   .by = roll->by,
                                   .n_by = roll->n_by,
                                   .measures = roll->measures,
                                   .n_measures = roll->n_measures,
                                   .margins = has_sets ? DK_MARGINS_SETS : DK_MARGINS_NONE,
                                   .sets = roll->sets,
                                   .n_sets = has_sets ? roll->n_sets : 0 };

        status = dk_breakdown_new(roll->context, &spec, &breakdown, err);
    }
    if (status == DK_OK)
        status = dk_breakdown_run(breakdown, roll->rows, NULL, out, err);
    dk_breakdown_release(breakdown);
    dk_table_release(roll->rows);
    roll->rows = NULL;
    return status;
}

/* The rows that are no totals, of which the lineage says that they are rolled up. */
static dk_status take_detail(const dki_roll *roll, const dk_table **out, dk_error *err)
{
    const dk_table *detail = NULL;
    dk_status status = dk_table_detail(roll->levelled, &detail, err);

    if (status == DK_OK)
        status = dk_table_with_properties(detail, dk_table_properties(detail), out, err);
    if (status == DK_OK)
        status = dki_table_add_step(*out, detail, err, "%s" DKI_ROLLED_UP "%s", roll->dims[roll->base]->name,
                                    roll->level);
    dk_table_release(detail);
    return status;
}

dk_status dki_result_roll_up(const dk_table *result, const char *level, const char *dimension, const dk_table **out,
                             dk_error *err)
{
    dki_roll roll = { .result = result, .context = dk_table_context(result), .level = level };
    const dk_table *detail = NULL, *rolled = NULL;
    dk_status status;

    dki_arena_init(&roll.arena, roll.context);
    status = find_breakdown(&roll, err);
    if (status == DK_OK)
        status = find_dimensions(&roll, dimension, err);
    if (status == DK_OK)
        status = add_level(&roll, err);
    if (status == DK_OK)
        status = dki_roll_find_sets(&roll, err);
    if (status == DK_OK)
        status = take_detail(&roll, &detail, err);
    if (status == DK_OK)
        status = dki_roll_rows(&roll, detail, 0, &rolled, err);
    if (status == DK_OK && roll.n_apart > 0)
        status = dki_roll_add_apart(&roll, &rolled, err);
    if (status == DK_OK)
        status = dki_roll_note(&roll, &rolled, err);
    if (status == DK_OK)
        *out = rolled;
    else
        dk_table_release(rolled);
    dk_table_release(detail);
    dk_table_release(roll.levelled);
    dki_arena_drop(&roll.arena);
    return status;
}

dk_status dk_table_roll_up(const dk_table *result, const char *level, const char *dimension, const dk_table **out,
                           dk_error *err)
{
    return dki_beside_kind_of(result) == DKI_BESIDE_PIVOTED
               ? dki_pivot_roll_up(result, level, dimension, out, err)
               : dki_result_roll_up(result, level, dimension, out, err);
}
