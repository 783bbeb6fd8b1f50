/* breakdown_whole.c - keeps sum() from adding up shares of different wholes, and figures of groups that overlap.
 *
 * A share of a whole knows its denominator and what that is per. Shares of one whole add up as they are; those of two regions
 * add up to nothing that anybody can name. Beside each sum() of shares the plan therefore takes, over the same rows as far
 * as their shares are known, the least and the greatest of all that tells wholes apart: what they are per, the columns of the
 * table that it names, the denominator. A group in which one of these differs is refused.
 *
 * Figures of groups that overlap (data/overlap.h), such as counts by the members of a set, are kept apart in the same way: the
 * sum over two of them goes over who is in both twice.
 *
 * Cost: two aggregates more for each of these, and a pass over the texts of what shares are per.
 */
#include "breakdown_plan.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/overlap.h"
#include "expr/overlap.h"
#include "expr/poll_row.h"

/* Trees. ------------------------------------------------------------------------------------------------------------- */

static dki_node *make(dki_plan *plan, const dki_node *at, dki_node_kind kind, const char *text,
                      const dki_node *const *children, size_t n, dk_error *err)
{
    dki_node *node = dki_arena_array(&plan->arena, 1, sizeof *node, err);
    dki_node **list = dki_arena_array(&plan->arena, n, sizeof(dki_node *), err);
    uint32_t depth = 0;

    for (size_t i = 0; i < n; i++)
        if (children[i] == NULL)
            return NULL;
    if (node == NULL || list == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        list[i] = (dki_node *)(uintptr_t)children[i];
        depth = children[i]->depth > depth ? children[i]->depth : depth;
    }
    *node = (dki_node){ .kind = kind,
                        .at = at->at,
                        .size = at->size,
                        .depth = depth + 1,
                        .text = text,
                        .n_children = n,
                        .children = list };
    return node;
}

static dki_node *call(dki_plan *plan, const char *text, const dki_node *child, dk_error *err)
{
    return child ? make(plan, child, DKI_NODE_CALL, text, &child, 1, err) : NULL;
}

/* (x is not null and f) is true */
static dki_node *make_filter(dki_plan *plan, const dki_node *node, dk_error *err)
{
    const dki_node *parts[2] = { call(plan, "not", call(plan, "is null", node->children[0], err), err),
                                 node->filter };

    return call(plan, "is true", node->filter ? make(plan, node, DKI_NODE_CALL, "and", parts, 2, err) : parts[0],
                err);
}

/* Plans. ------------------------------------------------------------------------------------------------------------- */

static dk_status add_end(dki_plan *plan, const dki_plan_share *share, const char *kind, const dki_node *what,
                         dki_node *filter, size_t *out, dk_error *err)
{
    dki_node *node = make(plan, share->node, DKI_NODE_AGGREGATE, kind, &what, 1, err);
    dk_status status;

    if (node == NULL)
        return DK_ERR_MEMORY;
    node->filter = filter;
    status = dki_plan_add_aggregate(plan, share->expr, node, share->measure, err);
    *out = dki_plan_find(plan, node);
    return status;
}

/* Adds a share with the least and the greatest of what tells its wholes or groups apart. what is NULL where it
 * could not be made for want of memory. */
static dk_status add_ends(dki_plan *plan, const dki_plan_share *like, const dki_node *what, dki_node *filter,
                          dk_error *err)
{
    dki_plan_share share = *like;
    dk_status status = dki_grow(plan->context, (void **)&plan->shares, &plan->share_capacity, plan->n_shares + 1,
                                sizeof *plan->shares, err);

    if (status == DK_OK && what == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK)
        status = add_end(plan, &share, "min", what, filter, &share.least, err);
    if (status == DK_OK)
        status = add_end(plan, &share, "max", what, filter, &share.greatest, err);
    if (status == DK_OK)
        plan->shares[plan->n_shares++] = share;
    return status;
}

/* What one thing that tells wholes apart is, at least and at most. name: a column; NULL: the denominator, "": what they are per */
static dk_status add_share(dki_plan *plan, const dki_plan_share *like, const char *name, dki_node *filter,
                           dk_error *err)
{
    dki_plan_share share = *like;
    const dki_node *what = name && name[0]
                               ? make(plan, like->node, DKI_NODE_NAME, name, NULL, 0, err)
                               : call(plan, name ? ".whole" : "denominator", like->node->children[0], err);

    share.column = name;
    return add_ends(plan, &share, what, filter, err);
}

/* The columns of the table that the text of a whole names. */
static dk_status add_names(const dki_plan *plan, dk_text whole, dki_text_map *names, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t from = 0, to; status == DK_OK && from < whole.size; from = to + 2) {
        uint32_t number;

        for (to = from; to < whole.size && whole.bytes[to] != ','; to++)
            continue;
        for (size_t i = 0; status == DK_OK && i < dk_table_n_columns(plan->table); i++) {
            const char *name = dk_table_field(plan->table, i)->name;

            if (strlen(name) == to - from && memcmp(name, whole.bytes + from, to - from) == 0)
                status = dki_text_map_add(names, name, to - from, &number, err);
        }
    }
    return status;
}

/* Where there are weights these are added up too. */
static const char *weight_name(const dki_plan *plan)
{
    const dk_properties *properties = dk_table_properties(plan->table);

    return plan->weight && dki_column_overlap(plan->weight) ? properties->weight : NULL;
}

const dki_plan_share *dki_plan_find_overlap(const dki_plan *plan, const dki_node *node)
{
    for (size_t i = 0; i < plan->n_shares; i++)
        if (plan->shares[i].overlap && dki_node_equal(plan->shares[i].node, node))
            return &plan->shares[i];
    return NULL;
}

dk_status dki_plan_add_overlap(dki_plan *plan, const dk_expr *expr, const dki_node *node, size_t value,
                               size_t measure, dk_error *err)
{
    dki_plan_share share = { .node = node, .expr = expr, .measure = measure };
    size_t at = DK_NO_COLUMN;
    const char *name = weight_name(plan);
    const dki_node *column;
    dki_node *filter = node->filter;

    if (value != DKI_NONE)
        share.overlap = dki_bound_overlap(plan->values[value].bound, &at);
    if (share.overlap)
        name = dk_table_field(plan->wide ? plan->wide : plan->table, at)->name;
    else if (name)
        share.overlap = dki_column_overlap(plan->weight);
    if (share.overlap == NULL)
        return DK_OK;
    if (node->n_children > 0 && (filter = make_filter(plan, node, err)) == NULL)
        return DK_ERR_MEMORY;
    column = make(plan, node, DKI_NODE_NAME, name, NULL, 0, err);
    return add_ends(plan, &share, column ? call(plan, ".overlap", column, err) : NULL, filter, err);
}

/* Of all rows. */
static dk_status find_names(const dki_plan *plan, const dk_column *wholes, dki_text_map *names, dk_error *err)
{
    dki_text_map texts;
    dk_view view;
    dk_status status = DK_OK;

    dki_text_map_init(&texts, plan->context);
    dk_view_init(&view, plan->context);
    for (uint64_t row = 0; dki_column_block(wholes, row, &view, &status, err); row += view.n) {
        for (size_t i = 0; status == DK_OK && i < (view.constant ? 1 : view.n); i++) {
            dk_text text = dki_view_text(&view, i);
            size_t before = texts.n;
            uint32_t number;

            if (dki_view_is_null(&view, i))
                continue;
            status = dki_text_map_add(&texts, text.bytes, text.size, &number, err);
            if (status == DK_OK && number == before)
                status = add_names(plan, text, names, err);
        }
    }
    dk_view_release(&view);
    dki_text_map_drop(&texts);
    return status;
}

dk_status dki_plan_add_shares(dki_plan *plan, const dk_expr *expr, const dki_node *node, const dk_column *column,
                              size_t measure, dk_error *err)
{
    dki_plan_share like = { .node = node, .expr = expr, .measure = measure };
    dki_node *filter = make_filter(plan, node, err);
    dki_text_map names;
    dk_status status = filter ? DK_OK : DK_ERR_MEMORY;

    dki_text_map_init(&names, plan->context);
    if (status == DK_OK)
        status = find_names(plan, dk_column_child(column, DK_CHILD_WHOLE), &names, err);
    if (status == DK_OK)
        status = add_share(plan, &like, "", filter, err);
    for (uint32_t i = 0; status == DK_OK && i < names.n; i++) {
        size_t size;
        const char *name = dki_text_map_get(&names, i, &size);

        name = dki_arena_text(&plan->arena, name, size, err);
        status = name ? add_share(plan, &like, name, filter, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = add_share(plan, &like, NULL, filter, err);
    dki_text_map_drop(&names);
    return status;
}

/* Checks. ------------------------------------------------------------------------------------------------------------ */

static void format(const dk_value *value, char *out, size_t size)
{
    if (value->type == DK_TEXT || value->type == DK_CATEGORY)
        (void)snprintf(out, size, "%.*s", (int)(value->as.text.size < size - 1 ? value->as.text.size : size - 1),
                       value->as.text.size ? value->as.text.bytes : "");
    else
        (void)dk_value_format(value, out, size);
}

static dk_status fail_group(const dki_result *result, const dki_plan_share *share, const dk_value *least,
                            const dk_value *greatest, uint64_t row, dk_error *err)
{
    const char *name = share->node->children[0]->text;
    char ends[2][80], cell[DKI_CELL_TEXT];

    format(least, ends[0], sizeof ends[0]);
    format(greatest, ends[1], sizeof ends[1]);
    dki_result_describe(result, row, cell);
    if (share->column && share->column[0])
        (void)dki_node_fail(
            share->expr, share->node, err, DK_ERR_ARGUMENT,
            "%s has shares of different wholes, which do not add up: each is within its own %s, and "
            "these are %s to %s (%s)",
            name, share->column, ends[0], ends[1], cell);
    else if (share->column)
        (void)dki_node_fail(
            share->expr, share->node, err, DK_ERR_ARGUMENT,
            "%s has shares of different wholes, which do not add up: some are %s%s and some within %s "
            "(%s)",
            name, ends[0][0] ? "within " : "of all", ends[0], ends[1], cell);
    else
        (void)dki_node_fail(
            share->expr, share->node, err, DK_ERR_ARGUMENT,
            "%s has shares of different wholes, which do not add up: their denominators are %s to %s "
            "(%s)",
            name, ends[0], ends[1], cell);
    if (share->column && share->column[0])
        dki_hint(err, "put %s into by; sum(numerator(%s)) adds up what is counted", share->column, name);
    else
        dki_hint(err, "keep them apart in by; sum(numerator(%s)) adds up what is counted", name);
    return DK_ERR_ARGUMENT;
}

static dk_status fail_overlap(const dki_result *result, const dki_plan_share *share, const dk_value *least,
                              const dk_value *greatest, uint64_t row, dk_error *err)
{
    const char *name = dki_overlap_name(result->plan->table, share->overlap);
    char ends[2][80], cell[DKI_CELL_TEXT], text[DKI_NODE_TEXT];

    format(least, ends[0], sizeof ends[0]);
    format(greatest, ends[1], sizeof ends[1]);
    dki_result_describe(result, row, cell);
    (void)dki_node_text(share->expr, share->node, text);
    (void)dki_node_fail(share->expr, share->node, err, DK_ERR_ARGUMENT,
                        "%s goes over groups that overlap, %s to %s (%s): who is in several would count several "
                        "times",
                        text, ends[0], ends[1], cell);
    dki_hint(err,
             "put %s into by; a total of the breakdown by members counts everybody once, and rows() in it counts "
             "entries, which add up",
             name ? name : "what tells them apart");
    return DK_ERR_ARGUMENT;
}

static dk_status check_share(const dki_result *result, const dki_plan_share *share, const uint32_t *cells,
                             dk_error *err)
{
    dki_accumulator *accumulators = result->groups.accumulators;
    const dk_column *least = NULL, *greatest = NULL;
    size_t fault;
    dk_status status =
        dki_accumulator_finish(&accumulators[share->least], cells, result->n_rows, &least, &fault, err);

    if (status == DK_OK)
        status =
            dki_accumulator_finish(&accumulators[share->greatest], cells, result->n_rows, &greatest, &fault, err);
    DKI_FOR_ROWS(row, result->n_rows, result->plan->context, status, err)
    {
        dk_value first, last;

        status = dk_column_get(least, row, &first, err);
        if (status == DK_OK)
            status = dk_column_get(greatest, row, &last, err);
        if (status == DK_OK && !first.is_null && dk_value_compare(&first, &last) != 0)
            status = share->overlap ? fail_overlap(result, share, &first, &last, row, err)
                                    : fail_group(result, share, &first, &last, row, err);
    }
    dk_column_release(least);
    dk_column_release(greatest);
    return status;
}

dk_status dki_result_shares(const dki_result *result, dk_error *err)
{
    const dki_plan *plan = result->plan;
    uint32_t *cells;
    dk_status status;

    if (plan->n_shares == 0)
        return DK_OK;
    status = dki_result_groups(result, result->n_rows, &cells, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; status == DK_OK && i < plan->n_shares; i++)
        status = check_share(result, &plan->shares[i], cells, err);
    dki_free(plan->context, cells);
    return status;
}
