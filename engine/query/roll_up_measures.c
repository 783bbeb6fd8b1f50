/* roll_up_measures.c - a measure of all by those of its parts.
 *
 * What counts or sums is added up, least and greatest are of all, a formula of other measures is computed anew, and a rate is the
 * ratio of its sums. Anything else is refused by name; so is a difference or a sum of sums that is null for some part, as one of
 * these sums may be known there.
 */
#include <string.h>

#include "base/status.h"
#include "expr/node.h"
#include "expr/quote.h"
#include "roll_up.h"

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
                       dki_roll_item(names->roll, DK_LINEAGE_MEASURE, node->text) != NULL;
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

/* One count or one sum. What is made of several is null where any of them is, and so lacks what the others are there. */
static bool is_one(const dki_node *node)
{
    while (node->kind == DKI_NODE_CALL && node->n_children == 1) /* -sum(x) */
        node = node->children[0];
    return node->kind == DKI_NODE_AGGREGATE;
}

/* The same of a part of a rate, which may name a measure that was made before, be it in the result or not. */
static bool holds_for_part(const dki_roll *roll, const dki_node *node, bool (*holds)(const dki_node *))
{
    const dk_lineage_item *item =
        node->kind == DKI_NODE_NAME ? dki_roll_item(roll, DK_LINEAGE_MEASURE, node->text) : NULL;
    const dk_expr *expr = NULL;
    dk_error ignored = DK_ERROR_INIT;
    bool does;

    if (item == NULL)
        return holds(node);
    if (dk_expr_parse(roll->context, item->text, &expr, &ignored) != DK_OK)
        return false;
    does = holds_for_part(roll, dki_expr_root(expr), holds);
    dk_expr_release(expr);
    return does;
}

static bool is_rate(const dki_roll *roll, const dki_node *node)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, "/") == 0 &&
           holds_for_part(roll, node->children[0], adds_up) && holds_for_part(roll, node->children[1], adds_up);
}

/* A share of everybody, m / all(m): shares of one whole add up, also where groups overlap and the whole is not their sum. */
static bool is_share_of_all(const dki_node *node, const dk_column *column)
{
    const dki_node *whole = node->n_children == 2 ? node->children[1] : NULL;

    return node->kind == DKI_NODE_CALL && strcmp(node->text, "/") == 0 && whole->kind == DKI_NODE_CALL &&
           strcmp(whole->text, "all") == 0 && whole->n_children == 1 &&
           dk_column_n_children(column) > DK_CHILD_WHOLE;
}

/* Whether the sum of the parts lacks some of what they are made of. */
static bool lacks(const dki_roll *roll, const dki_node *node, const dk_column *parts)
{
    return dk_column_n_nulls(parts) > 0 && !holds_for_part(roll, node, is_one);
}

static bool rate_lacks(const dki_roll *roll, const dki_node *node, const dk_column *column)
{
    return lacks(roll, node->children[0], dk_column_child(column, DK_CHILD_NUMERATOR)) ||
           lacks(roll, node->children[1], dk_column_child(column, DK_CHILD_DENOMINATOR));
}

static dk_status fail_measure(const dki_roll *roll, const dk_lineage_item *item, bool is_quotient, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_ARGUMENT,
                   "%s cannot be rolled up: it is %.200s, and not a sum of what its parts are", item->name,
                   item->text);
    if (is_quotient)
        dki_hint(err,
                 "give its two sums names, and divide these: a = ..., b = ..., %s = a / b; or ask the breakdown by "
                 "%s anew",
                 item->name, roll->level);
    else
        dki_hint(err, "leave it out, or ask the breakdown by %s anew", roll->level);
    return DK_ERR_ARGUMENT;
}

static dk_status fail_null(const dki_roll *roll, const dk_lineage_item *item, dk_error *err)
{
    (void)dki_fail(
        err, DK_ERR_ARGUMENT,
        "%s cannot be rolled up: it is %.200s, which is null where one of these is, and some %s has none",
        item->name, item->text, roll->dims[roll->base]->name);
    dki_hint(err, "name each as a measure of its own, of which %s is made, or ask the breakdown by %s anew",
             item->name, roll->level);
    return DK_ERR_ARGUMENT;
}

/* The column as one of the rows under a name of its own, "register of each gemeente": measures are not named as columns that
 * they are made of. *out is the name in an expression. */
dk_status dki_roll_add_part(dki_roll *roll, const dk_column *column, const char *what, const char *measure,
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
    dk_status status = name ? dki_roll_add_part(roll, column, "", item->name, &part, err) : DK_ERR_MEMORY;

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
        status = dki_roll_add_part(roll, dk_column_child(column, DK_CHILD_NUMERATOR), "numerator of ", item->name,
                                   &above, err);
    if (status == DK_OK)
        status = dki_roll_add_part(roll, dk_column_child(column, DK_CHILD_DENOMINATOR), "denominator of ",
                                   item->name, &below, err);
    if (status != DK_OK)
        return status;
    *out = dki_arena_format(&roll->arena, err, "%s = sum(%s) / sum(%s)", name, above, below);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

static dk_status formula_text(dki_roll *roll, const dk_lineage_item *item, const dki_node *root, const char **out,
                              dk_error *err)
{
    const char *name = dki_quote(&roll->arena, item->name, err), *text = NULL;
    dk_status status = name ? dki_roll_write_shares(roll, root, item->text, &text, err) : DK_ERR_MEMORY;

    if (status != DK_OK)
        return status;
    *out = dki_arena_format(&roll->arena, err, "%s = %s", name, text);
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
        status =
            lacks(roll, root, column) ? fail_null(roll, item, err) : aggregate_text(roll, "sum", item, out, err);
    else if (root->kind == DKI_NODE_AGGREGATE && (strcmp(root->text, "min") == 0 || strcmp(root->text, "max") == 0))
        status = aggregate_text(roll, root->text, item, out, err);
    else if (dki_roll_overlaps(roll) && is_share_of_all(root, column))
        status = aggregate_text(roll, "sum", item, out, err);
    else if (dki_node_visit(root, visit_formula, &names))
        status = formula_text(roll, item, root, out, err);
    else if (is_rate(roll, root) && dk_column_type(column) == DK_RATIO && dk_column_n_children(column) == 2)
        status = rate_lacks(roll, root, column) ? fail_null(roll, item, err) : rate_text(roll, item, out, err);
    else
        status = fail_measure(roll, item, is_rate(roll, root), err);
    dk_expr_release(expr);
    return status;
}

dk_status dki_roll_add_measures(dki_roll *roll, dk_error *err)
{
    dk_status status = DK_OK;

    roll->n_measures = 0;
    roll->measures = dki_arena_array(&roll->arena, dk_table_n_columns(roll->result), sizeof *roll->measures, err);
    if (roll->measures == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < dk_table_n_columns(roll->result) && status == DK_OK; i++) {
        const dk_field *field = dk_table_field(roll->result, i);
        const dk_lineage_item *item = dki_roll_item(roll, DK_LINEAGE_MEASURE, field->name);
        dk_measure *measure = &roll->measures[roll->n_measures];

        if (item == NULL)
            continue;
        *measure = (dk_measure){ NULL, field->label, field->format };
        status = measure_text(roll, item, &measure->text, err);
        roll->n_measures++;
    }
    return status;
}
