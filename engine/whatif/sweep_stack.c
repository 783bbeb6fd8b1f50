/* sweep_stack.c - one question asked of many points at once.
 *
 * The lumps of every point are put below each other, with the number of the point as a column, and the breakdown is run on
 * that with the point as its first dimension: so measures of all kinds, totals and notes are what the query engine makes of
 * them, and asking costs no more than asking once of a longer table. No total goes over points, and no all() does.
 *
 * What looks further than rows and their totals is not asked so: levels that nobody has, what is attached, all() within
 * levels above a dimension, members of sets.
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "query/breakdown_within.h"
#include "query/margin.h"
#include "sweep_parts.h"

/* The question ------------------------------------------------------------------------------------------------- */

static bool is_attached(void *arg, const dki_node *node)
{
    (void)arg;
    return node->kind != DKI_NODE_CALL || strcmp(node->text, "attached") != 0;
}

static bool can_stack(const dk_breakdown *breakdown)
{
    dki_spread_kind kind;

    if (breakdown->n_by + 1 > DKI_MAX_DIMENSIONS || dki_breakdown_shows_levels(breakdown) ||
        dki_breakdown_looks_within(breakdown))
        return false;
    for (size_t i = 0; i < breakdown->n_by; i++) {
        (void)dki_part_node(&breakdown->by[i], &kind);
        if (kind != DKI_SPREAD_NOT)
            return false;
    }
    for (size_t i = 0; i < breakdown->n_measures; i++)
        if (!dki_node_visit(dki_expr_root(breakdown->measures[i].expr), is_attached, NULL))
            return false;
    return true;
}

/* A name that no column, dimension or measure has. */
static const char *new_name(dki_stack_question *q, const dki_sweep *sweep, const char *name, dk_error *err)
{
    const dk_breakdown *breakdown = sweep->breakdown;
    const char *made = name;

    for (unsigned i = 2; made; i++) {
        if (dk_table_find(sweep->cells, made) == DK_NO_COLUMN &&
            dki_breakdown_find_dimension(breakdown, made) == SIZE_MAX &&
            dki_breakdown_find_measure(breakdown, made) == SIZE_MAX)
            break;
        made = dki_arena_format(&q->arena, err, "%s_%u", name, i);
    }
    return made;
}

/* The sets of the margins, none of which totals the point. */
static dk_status make_sets(dki_stack_question *q, const dk_breakdown *of, dk_error *err)
{
    uint32_t all = dki_all_totals(of->n_by), *sets;
    size_t n = 0, most = of->margins == DK_MARGINS_CUBE ? (size_t)all + 1 : of->n_by + of->n_sets + 2;

    if (of->margins == DK_MARGINS_NONE)
        return DK_OK;
    sets = dki_arena_array(&q->arena, most, sizeof *sets, err);
    if (sets == NULL)
        return DK_ERR_MEMORY;
    if (of->margins != DK_MARGINS_SETS)
        sets[n++] = 0;
    if (of->margins == DK_MARGINS_TOTALS)
        sets[n++] = all << 1;
    for (size_t kept = of->n_by; of->margins == DK_MARGINS_ROLLUP && kept-- > 0;)
        sets[n++] = (all & ~dki_all_totals(kept)) << 1;
    for (uint32_t mask = 1; of->margins == DK_MARGINS_CUBE && mask <= all; mask++)
        sets[n++] = mask << 1;
    for (size_t i = 0; i < of->n_sets; i++)
        sets[n++] = of->sets[i] << 1;
    q->breakdown.margins = DK_MARGINS_SETS;
    q->breakdown.sets = sets;
    q->breakdown.n_sets = n;
    return DK_OK;
}

void dki_stack_drop(dki_stack_question *q)
{
    dk_expr_release(q->by[0].expr);
    dki_arena_drop(&q->arena);
}

dk_status dki_stack_init(dki_stack_question *q, const dki_sweep *sweep, bool *out, dk_error *err)
{
    const dk_breakdown *of = &sweep->question;
    dk_status status;

    memset(q, 0, sizeof *q);
    dki_arena_init(&q->arena, sweep->context);
    *out = can_stack(of);
    if (!*out)
        return DK_OK;
    memcpy(&q->breakdown, of, sizeof q->breakdown);
    if (of->n_by > 0)
        memcpy(q->by + 1, of->by, of->n_by * sizeof *q->by);
    q->point = new_name(q, sweep, "point", err);
    q->weight = dk_table_properties(sweep->cells)->weight;
    if (q->point == NULL)
        return DK_ERR_MEMORY;
    q->by[0] = (dki_part){ .name = q->point };
    status = dk_expr_parse(sweep->context, q->point, &q->by[0].expr, err);
    q->breakdown.by = q->by;
    q->breakdown.n_by = of->n_by + 1;
    q->breakdown.n_apart = 1;
    q->breakdown.told = of;
    return status == DK_OK ? make_sets(q, of, err) : status;
}

/* Asking ------------------------------------------------------------------------------------------------------- */

/* The lumps that somebody is in, point by point, as rows of a table; asked alone, a point has no number. */
static dk_status stack_table(const dki_stack_question *q, const dki_lumps *lumps, const int64_t *weights, size_t n,
                             bool alone, const dk_table **out, dk_error *err)
{
    dk_context *context = lumps->context;
    size_t n_most = lumps->n * n, n_rows = 0;
    uint64_t *rows = dki_alloc_array(context, n_most, sizeof *rows, err);
    int64_t *numbers = dki_alloc_array(context, n_most, sizeof *numbers, err);
    int64_t *there = dki_alloc_array(context, n_most, sizeof *there, err);
    dk_field fields[] = { DK_FIELD(q->weight, NULL), DK_FIELD(q->point, NULL) };
    const dk_table *gathered = NULL;
    dk_status status = rows && numbers && there ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++)
        for (size_t k = 0; k < lumps->n; k++) {
            int64_t weight = weights[i * lumps->n + k];

            if (weight == 0)
                continue;
            rows[n_rows] = k;
            numbers[n_rows] = (int64_t)i;
            there[n_rows++] = weight;
        }
    if (status == DK_OK)
        status = dk_table_gather(lumps->table, rows, n_rows, &gathered, err);
    if (status == DK_OK)
        status =
            dki_column_of_integers(context, DK_DECIMAL, DK_WEIGHT_SCALE, there, n_rows, &fields[0].column, err);
    if (status == DK_OK && !alone)
        status = dki_column_of_integers(context, DK_INTEGER, 0, numbers, n_rows, &fields[1].column, err);
    if (status == DK_OK)
        status = dk_table_with(gathered, fields, alone ? 1 : 2, out, err);
    dk_column_release(fields[0].column);
    dk_column_release(fields[1].column);
    dk_table_release(gathered);
    dki_free(context, there);
    dki_free(context, numbers);
    dki_free(context, rows);
    return status;
}

/* The rows of each point, which stand together, in the order of points. */
static dk_status find_rows(dki_sweep *sweep, const dk_table *result, const uint64_t *points, dki_piece *piece,
                           dk_error *err)
{
    const dk_column *point = dk_table_field(result, 0)->column;
    dk_view view;
    dk_status status = DK_OK;

    dk_view_init(&view, sweep->context);
    for (uint64_t row = 0; dki_column_block(point, row, &view, &status, err); row += view.n) {
        int64_t numbers[DK_BLOCK_ROWS];

        dki_view_integers(&view, numbers);
        for (size_t i = 0; i < view.n; i++) {
            dki_answer *answer = &sweep->answers[points[numbers[i]]];

            if (answer->n++ == 0) {
                answer->piece = piece;
                answer->first = row + i;
            }
        }
    }
    dk_view_release(&view);
    return status;
}

static dk_status ask_together(const dki_stack_question *q, const dki_group *group, const dki_lumps *lumps,
                              const uint64_t *points, const int64_t *weights, size_t n, dk_error *err)
{
    const dk_table *table = NULL, *result = NULL, *rows = NULL;
    dki_sweep *sweep = group->sweep;
    dki_piece *piece = NULL;
    dk_status status = stack_table(q, lumps, weights, n, false, &table, err);

    if (status == DK_OK)
        status = dk_breakdown_run(&q->breakdown, table, &group->params, &result, err);
    if (status == DK_OK)
        status = dk_table_drop(result, &q->point, 1, &rows, err);
    if (status == DK_OK)
        status = dki_piece_new(sweep, rows, 1, &piece, err);
    if (status == DK_OK)
        status = find_rows(sweep, result, points, piece, err);
    dk_table_release(rows);
    dk_table_release(result);
    dk_table_release(table);
    return status;
}

static dk_status ask_alone(const dki_stack_question *q, const dki_group *group, const dki_lumps *lumps,
                           uint64_t point, const int64_t *weights, dk_error *err)
{
    const dk_table *table = NULL;
    dk_status status = stack_table(q, lumps, weights, 1, true, &table, err);

    if (status == DK_OK)
        status = dki_sweep_ask(group, point, table, err);
    dk_table_release(table);
    return status;
}

dk_status dki_stack_ask(const dki_stack_question *q, const dki_group *group, const dki_lumps *lumps,
                        const uint64_t *points, const int64_t *weights, size_t n, dk_error *err)
{
    const dki_sweep *sweep = group->sweep;
    bool has_total = sweep->question.n_by == 0 || sweep->question.margins != DK_MARGINS_NONE;
    dk_error why = DK_ERROR_INIT;
    dk_status status = ask_together(q, group, lumps, points, weights, n, &why);

    if (status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) {
        if (err)
            *err = why;
        return status;
    }
    if (status == DK_OK && !has_total)
        return DK_OK;
    /* Where all of them failed, each says whether it does; and a total of nobody is a row too. */
    for (size_t i = 0; i < n && (status != DK_OK || has_total); i++) {
        dki_answer *answer = &sweep->answers[points[i]];
        dk_status alone = DK_OK;

        if (status != DK_OK)
            answer->n = 0;
        if (answer->n == 0)
            alone = ask_alone(q, group, lumps, points[i], weights + i * lumps->n, err);
        if (alone != DK_OK)
            return alone;
    }
    return DK_OK;
}
