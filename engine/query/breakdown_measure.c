/* breakdown_measure.c - measures as columns of the result.
 *
 * A measure is an expression over a table that has a row for each cell, the dimensions, the measures made before,
 * and a hidden column for each aggregate and each all(). There are two such tables: `shown` has the rows that the
 * user will see, `all` also those that an all() looks up. A measure is computed over `all` only where an all()
 * needs it, so that nothing can fail in a row that nobody asked for.
 *
 * all(m, d, ...) of a row is m of the row that totals all dimensions but d, ... and those that the row totals
 * itself.
 */
#include "breakdown_known.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/overlap.h"
#include "data/table_parts.h"
#include "expr/poll_row.h"

#define FEW_ROWS 256 /* of which binding takes longer than computing */

static bool is_all(const dki_node *node)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, "all") == 0;
}

/* What an all() totals. ---------------------------------------------------------------------------------------- */

/* What looks at coarser cells. */
static bool is_coarser(const dki_node *node)
{
    return is_all(node) || dki_is_bounded(node);
}

static uint32_t total_mask(const dki_plan *plan, const dki_node *node)
{
    uint32_t mask = dki_all_totals(plan->breakdown->n_by);

    if (!is_all(node))
        return dki_attached_unknown(plan, node);
    for (size_t i = 1; i < node->n_children; i++)
        mask &= ~(UINT32_C(1) << dki_breakdown_find_dimension(plan->breakdown, node->children[i]->text));
    return mask & ~dki_all_totals(plan->breakdown->n_apart);
}

struct coarser {
    const dki_plan *plan;
    dki_int_map *masks;
    dk_error *err;
    dk_status status;
};

static bool collect_mask(void *arg, const dki_node *node)
{
    struct coarser *coarser = arg;
    uint32_t number;

    if (is_coarser(node))
        coarser->status = dki_int_map_add(coarser->masks, total_mask(coarser->plan, node), &number, coarser->err);
    return coarser->status == DK_OK;
}

dk_status dki_plan_coarser(const dki_plan *plan, dki_int_map *masks, dk_error *err)
{
    struct coarser coarser = { plan, masks, err, DK_OK };

    for (size_t i = 0; i < plan->breakdown->n_measures; i++) {
        if (!dki_node_visit(dki_expr_root(plan->breakdown->measures[i].expr), collect_mask, &coarser))
            break;
    }
    return coarser.status;
}

/* Which measures an all() needs. ------------------------------------------------------------------------------- */

/* Marks the measures that a tree names within an all(), or anywhere where the whole tree is needed in every row. */
static void mark_needed(const dk_breakdown *breakdown, const dki_node *node, bool within, bool *needed)
{
    if (node->kind == DKI_NODE_NAME && within) {
        size_t measure = dki_breakdown_find_measure(breakdown, node->text);

        if (measure != SIZE_MAX)
            needed[measure] = true;
    }
    if (node->kind != DKI_NODE_CALL)
        return;
    for (size_t i = 0; i < node->n_children; i++)
        mark_needed(breakdown, node->children[i], within || is_coarser(node), needed);
}

/* A measure names only measures before it: going backwards, all that needs one is known when it is reached. */
static void find_needed(const dk_breakdown *breakdown, bool *needed)
{
    for (size_t i = breakdown->n_measures; i-- > 0;)
        mark_needed(breakdown, dki_expr_root(breakdown->measures[i].expr), needed[i], needed);
}

/* Hidden columns. ---------------------------------------------------------------------------------------------- */

/* The name of the column of an all(), which gets the next number when it is new. */
static dk_status all_name(dki_result *result, const dki_node *node, const char **out, dk_error *err)
{
    size_t number = 0;

    while (number < result->n_totals && !dki_node_equal(result->totals[number], node))
        number++;
    if (number == result->n_totals) {
        dk_status status = dki_grow(result->plan->context, (void **)&result->totals, &result->total_capacity,
                                    number + 1, sizeof(const dki_node *), err);

        if (status != DK_OK)
            return status;
        result->totals[result->n_totals++] = node;
    }
    *out = dki_arena_format(&result->arena, err, "%st%zu", result->prefix, number);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

static dk_status need_columns(dki_result *result, const dk_table **table, const dk_expr *expr, const dki_node *node,
                              dk_error *err);
static dk_status eval_node(dki_result *result, const dk_table *table, const dk_expr *expr, const dki_node *node,
                           dki_note_fn *note, void *arg, const dk_column **out, dk_error *err);

static const char *split_name(dki_result *result, const dki_plan_split *split, dk_error *err)
{
    return dki_arena_format(&result->arena, err, "%ss%zu", result->prefix, (size_t)(split - result->plan->splits));
}

/* Makes sure that a table has the column of an aggregate of intervals. */
static dk_status need_split(dki_result *result, const dk_table **table, const dki_plan_split *split, dk_error *err)
{
    const char *name = split_name(result, split, err);
    const dk_column *column;
    dk_status status;

    if (name == NULL)
        return DK_ERR_MEMORY;
    if (dk_table_find(*table, name) != DK_NO_COLUMN)
        return DK_OK;
    status = need_columns(result, table, split->expr, split->made, err);
    if (status == DK_OK)
        status = eval_node(result, *table, split->expr, split->made, NULL, NULL, &column, err);
    if (status != DK_OK)
        return status;
    status = dki_table_lengthen(table, &DK_FIELD(name, column), err);
    dk_column_release(column);
    return status;
}

/* The column that gives each row of a table the value that `column` has in the coarser row. */
dk_status dki_result_look_up(const dki_result *result, uint64_t n, uint32_t mask, const dk_column *column,
                             const dk_column **out, dk_error *err)
{
    uint64_t *rows = dki_alloc_array(result->plan->context, (size_t)n, sizeof *rows, err);
    dk_status status = DK_OK;

    if (rows == NULL)
        return DK_ERR_MEMORY;
    DKI_FOR_ROWS(i, n, result->plan->context, status, err)
    {
        uint32_t cell = dki_cell_coarser(&result->cells, (size_t)result->order[i], mask);

        rows[i] = cell == UINT32_MAX ? DK_ROW_NULL : result->rows[cell];
    }
    if (status == DK_OK)
        status = dk_column_gather(column, rows, n, out, err);
    dki_free(result->plan->context, rows);
    return status;
}

/* Makes sure that a table has the column of an all(), or of bounds. */
static dk_status need_all(dki_result *result, const dk_table **table, const dk_expr *expr, const dki_node *node,
                          dk_error *err)
{
    const char *name;
    const dk_column *column = NULL, *looked_up;
    dk_status status = all_name(result, node, &name, err);

    if (status != DK_OK || dk_table_find(*table, name) != DK_NO_COLUMN)
        return status;
    status = need_columns(result, &result->all, expr, node->children[0], err);
    if (status == DK_OK)
        status = eval_node(result, result->all, expr, node->children[0], NULL, NULL, &column, err);
    if (status != DK_OK)
        return status;
    if (is_all(node))
        status = dki_result_look_up(result, dk_table_n_rows(*table), total_mask(result->plan, node), column,
                                    &looked_up, err);
    else
        status = dki_result_bounds(result, expr, node, column, dk_table_n_rows(*table), &looked_up, err);
    dk_column_release(column);
    if (status != DK_OK)
        return status;
    status = dki_table_lengthen(table, &DK_FIELD(name, looked_up), err);
    dk_column_release(looked_up);
    return status;
}

/* Makes sure that a table has what a tree needs beside dimensions and measures. */
static dk_status need_columns(dki_result *result, const dk_table **table, const dk_expr *expr, const dki_node *node,
                              dk_error *err)
{
    dk_status status = DK_OK;

    if (node->kind == DKI_NODE_AGGREGATE) {
        const dki_plan_split *split = dki_plan_find_split(result->plan, node);

        return split ? need_split(result, table, split, err) : dki_result_need_aggregate(result, table, node, err);
    }
    if (node->kind != DKI_NODE_CALL)
        return DK_OK;
    if (is_coarser(node))
        return need_all(result, table, expr, node, err);
    for (size_t i = 0; status == DK_OK && i < node->n_children; i++)
        status = need_columns(result, table, expr, node->children[i], err);
    return status;
}

/* Evaluating. -------------------------------------------------------------------------------------------------- */

struct hidden {
    dki_result *result;
    const dk_table *table;
};

/* The name of the column that stands for a node. */
static dk_status hidden_name(dki_result *result, const dki_node *node, const char **out, dk_error *err)
{
    const dki_plan_split *split = node->kind == DKI_NODE_AGGREGATE ? dki_plan_find_split(result->plan, node) : NULL;

    if (is_coarser(node))
        return all_name(result, node, out, err);
    *out = split                   ? split_name(result, split, err)
           : dki_is_attached(node) ? dki_attached_name(result, node, err)
                                   : dki_result_aggregate_name(result, node, err);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

/* The column of an aggregate, an attached() or an all(), which need_columns or dki_result_attached has made. */
static dk_status find_hidden(void *arg, const dki_node *node, size_t *column, dk_error *err)
{
    struct hidden *hidden = arg;
    const char *name;
    dk_status status = hidden_name(hidden->result, node, &name, err);

    return status == DK_OK ? dk_table_get(hidden->table, name, column, err) : status;
}

/* The column that a name or an aggregate is; NULL: it is not so simple. */
static const dk_column *bare_column(dki_result *result, const dk_table *table, const dki_node *node)
{
    struct hidden hidden = { result, table };
    size_t at = DK_NO_COLUMN;

    if (node->kind == DKI_NODE_NAME)
        at = dk_table_find(table, node->text);
    else if (node->kind == DKI_NODE_AGGREGATE && find_hidden(&hidden, node, &at, NULL) != DK_OK)
        at = DK_NO_COLUMN;
    return at == DK_NO_COLUMN ? NULL : dk_table_field(table, at)->column;
}

static dk_status eval_node(dki_result *result, const dk_table *table, const dk_expr *expr, const dki_node *node,
                           dki_note_fn *note, void *arg, const dk_column **out, dk_error *err)
{
    const dk_column *bare = bare_column(result, table, node);
    struct hidden hidden = { result, table };
    dki_scope scope = { .table = table, .params = result->plan->params, .aggregate = find_hidden, .arg = &hidden };
    dki_bound *bound = NULL;
    dk_status status;

    if (bare) { /* speed: results of few rows cost little but binding */
        *out = dk_column_retain(bare);
        return DK_OK;
    }
    status = dki_bind(&scope, expr, node, &bound, err);
    if (status == DK_OK)
        status = dki_bound_column_new(bound, out, err);
    if (status == DK_ERR_OVERFLOW)
        dki_hint(err, "rows are those of the result of %s", result->plan->breakdown->title);
    for (size_t i = 0; status == DK_OK && note && i < dki_bound_n_notes(bound); i++) {
        status = note(arg, dki_bound_note(bound, i), err);
        if (status != DK_OK)
            dk_column_release(*out);
    }
    dki_bound_release(bound);
    return status;
}

/* Gives a column of ratios its numerators and denominators, where the measure is a rate. */
static dk_status make_rate(dki_result *result, const dk_table *table, const dki_part *part,
                           const dk_column **column, dk_error *err)
{
    const dk_breakdown *breakdown = result->plan->breakdown;
    const dki_node *root = dki_expr_root(part->expr), *nodes[2];
    const dk_column *parts[2] = { NULL, NULL }, *made;
    const char *whole;
    dk_status status;

    if (dk_column_type(*column) != DK_RATIO || !dki_measure_parts(breakdown, root, nodes))
        return DK_OK;
    status = dki_measure_whole(breakdown, root, &result->arena, &whole, err);
    for (size_t i = 0; i < 2 && status == DK_OK; i++)
        status = eval_node(result, table, part->expr, nodes[i], NULL, NULL, &parts[i], err);
    if (status == DK_OK)
        status = dki_rate_of(*column, parts[0], parts[1], whole, &made, err);
    for (size_t i = 0; i < 2; i++)
        dk_column_release(parts[i]);
    if (status != DK_OK)
        return status;
    dk_column_release(*column);
    *column = made;
    return DK_OK;
}

static bool is_exact(const dk_column *column)
{
    return column && (dk_column_type(column) == DK_INTEGER || dk_column_type(column) == DK_DECIMAL) &&
           dki_column_overlap(column) == NULL;
}

/* A rate of columns that are there, of few rows, which is what binding and evaluating would make of it. *out is NULL where it is not
 * so simple, or does not fit. */
static dk_status divide_few(dki_result *result, const dk_table *table, const dki_node *root, const dk_column **out,
                            dk_error *err)
{
    const dk_breakdown *breakdown = result->plan->breakdown;
    const dk_column *parts[2];
    const dki_node *nodes[2];
    const char *whole = NULL;
    dk_error why = DK_ERROR_INIT;
    dk_status status = DK_OK;

    *out = NULL;
    if (dk_table_n_rows(table) > FEW_ROWS || !dki_measure_parts(breakdown, root, nodes))
        return DK_OK;
    for (size_t i = 0; i < 2; i++) {
        parts[i] = bare_column(result, table, nodes[i]);
        if (!is_exact(parts[i]))
            return DK_OK;
    }
    status = dki_measure_whole(breakdown, root, &result->arena, &whole, err);
    if (status != DK_OK || whole)
        return status;
    status = dk_rate_new(parts[0], parts[1], out, &why);
    if (status == DK_ERR_OVERFLOW) {
        *out = NULL;
        return DK_OK; /* evaluating says of which row */
    }
    if (status != DK_OK && err)
        *err = why;
    return status;
}

/* Computes measure i over one of the two tables, and adds it to that. */
static dk_status add_measure(dki_result *result, const dk_table **table, size_t i, dki_note_fn *note, void *arg,
                             dk_error *err)
{
    const dki_part *part = &result->plan->breakdown->measures[i];
    const dki_node *root;
    const dk_column *column = NULL;
    dk_status status = dki_plan_shares(result->plan, &result->arena, dki_expr_root(part->expr), &root, err);

    if (status == DK_OK)
        status = need_columns(result, table, part->expr, root, err);
    if (status == DK_OK)
        status = divide_few(result, *table, root, &column, err);
    if (status == DK_OK && column) {
        status = dki_table_lengthen(table, &DK_FIELD(part->name, column), err);
        dk_column_release(column);
        return status;
    }
    if (status == DK_OK)
        status = eval_node(result, *table, part->expr, root, note, arg, &column, err);
    if (status != DK_OK)
        return status;
    status = make_rate(result, *table, part, &column, err);
    if (status == DK_OK)
        status = dki_table_lengthen(table, &DK_FIELD(part->name, column), err);
    dk_column_release(column);
    return status;
}

/* Gives `shown` the measure that `all` has. */
static dk_status share_measure(dki_result *result, size_t i, dk_error *err)
{
    const char *name = result->plan->breakdown->measures[i].name;
    const dk_column *column = dk_table_field(result->all, dk_table_find(result->all, name))->column, *part;
    dk_status status = dk_column_slice(column, 0, result->n_shown, &part, err);

    if (status != DK_OK)
        return status;
    status = dki_table_lengthen(&result->shown, &DK_FIELD(name, part), err);
    dk_column_release(part);
    return status;
}

dk_status dki_result_measures(dki_result *result, dki_note_fn *note, void *arg, dk_error *err)
{
    const dk_breakdown *breakdown = result->plan->breakdown;
    bool *needed = dki_arena_array(&result->arena, breakdown->n_measures, sizeof *needed, err);
    dk_status status = DK_OK;

    if (needed == NULL)
        return DK_ERR_MEMORY;
    find_needed(breakdown, needed);
    result->note = note;
    result->note_arg = arg;
    for (size_t i = 0; status == DK_OK && i < breakdown->n_measures; i++) {
        if (!needed[i]) {
            status = add_measure(result, &result->shown, i, note, arg, err);
            continue;
        }
        status = add_measure(result, &result->all, i, note, arg, err);
        if (status == DK_OK)
            status = share_measure(result, i, err);
    }
    return status;
}
