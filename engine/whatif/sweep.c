/* sweep.c - a breakdown under one scenario at many points.
 *
 * Points that differ in amounts alone are one group, for which the steps are compiled once (model.h), and so are those that differ
 * in whom conditions match. Its points are then evaluated by all threads, as weights, and asked together (sweep_stack.c). What
 * cannot be compiled, or not be asked together, is run point by point. Groups are shared by all threads where there are several.
 *
 * Invariant: each number is the one that running the steps and the breakdown at that point gives.
 */
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/status.h"
#include "expr/defined.h"
#include "expr/poll_row.h"
#include "sweep_parts.h"

/* Groups ------------------------------------------------------------------------------------------------------- */

static dk_status run_group(dki_asking *asking, dki_group *group, dk_error *err)
{
    dki_group part = *group;
    bool done = false;
    dk_status status = DK_OK;

    if (group->selection == NULL)
        return dki_sweep_run(asking, group, err);
    if (asking->can_stack)
        status = dki_sweep_run_selections(asking, group, &done, err);
    part.selection = NULL;
    for (size_t i = 0; i < group->n && !done && status == DK_OK; i += part.n) { /* one selection after the other */
        part.points = group->points + i;
        for (part.n = 1; i + part.n < group->n; part.n++)
            if (group->selection[part.points[part.n]] != group->selection[part.points[0]])
                break;
        status = dki_sweep_run(asking, &part, err);
    }
    return status;
}

static dk_status run_groups(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    dki_asking *asking = arg;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; i < end && status == DK_OK; i++)
        status = run_group(asking, &asking->groups[i], err);
    return status;
}

static dk_status run_all(dki_asking *asking, dk_error *err)
{
    dki_sweep *sweep = asking->sweep;
    dk_context *context = sweep->context;
    dki_grouping grouping;
    dk_status status = dki_grouping_init(&grouping, sweep, err);

    if (status == DK_OK) {
        asking->groups = dki_calloc(context, grouping.n_groups, sizeof *asking->groups, err);
        status = asking->groups ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t g = 0; g < grouping.n_groups && status == DK_OK; g++) {
        const uint64_t *points = grouping.points + grouping.groups[g];
        size_t n = grouping.groups[g + 1] - grouping.groups[g];

        asking->groups[g] = (dki_group){ .sweep = sweep, .points = points, .n = n };
        if (grouping.selection[points[0]] != grouping.selection[points[n - 1]])
            asking->groups[g].selection = grouping.selection;
    }
    if (status == DK_OK && (grouping.n_groups > 1 || grouping.selects) && asking->can_stack)
        status = dki_sweep_base(sweep, &asking->base, err);
    if (status == DK_OK && grouping.n_groups == 1)
        status = run_group(asking, &asking->groups[0], err);
    else if (status == DK_OK)
        status = dki_parallel(context, grouping.n_groups, 1, run_groups, asking, err);
    dki_lump_base_drop(asking->base);
    dki_free(context, asking->groups);
    dki_grouping_drop(&grouping, context);
    return status;
}

/* Notes -------------------------------------------------------------------------------------------------------- */

static dk_status add_notes(const dk_table *table, dki_text_map *notes, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < dk_table_n_notes(table) && status == DK_OK; i++) {
        const char *note = dk_table_note(table, i);
        uint32_t number;

        status = dki_text_map_add(notes, note, strlen(note), &number, err);
    }
    return status;
}

/* Runs the steps at a point for what they have to tell. */
static dk_status tell_steps(const dki_sweep *sweep, uint64_t point, dki_text_map *notes, dk_error *err)
{
    dk_param *values = dki_alloc_array(sweep->context, sweep->scenario->n_params, sizeof *values, err);
    dk_params params = { values, sweep->scenario->n_params };
    dki_run run = {
        .scenario = sweep->scenario, .to = sweep->scenario->n_steps, .params = &params, .notes = notes
    };
    const dk_table *after = NULL;
    dk_status status = values ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK) {
        dki_points_values(&sweep->points, point, values);
        status = dki_run_steps(&run, sweep->cells, &after, err);
    }
    dk_table_release(after);
    dki_free(sweep->context, values);
    return status;
}

/* The first and the last point that have an answer; false: none has. */
static bool answered(const dki_sweep *sweep, uint64_t *first, uint64_t *last)
{
    uint64_t n = 0;

    for (uint64_t i = 0; i < sweep->points.n; i++)
        if (sweep->answers[i].problem == NULL) {
            *first = n++ ? *first : i;
            *last = i;
        }
    return n > 0;
}

/* What the reader must know of the breakdown, as things are, and of the steps. */
static dk_status find_notes(dki_asking *asking, dki_text_map *notes, dk_error *err)
{
    dki_sweep *sweep = asking->sweep;
    dk_param *values = dki_alloc_array(sweep->context, sweep->scenario->n_params, sizeof *values, err),
             *items = NULL;
    dki_group group = { .sweep = sweep };
    const dk_table *base = NULL;
    dki_text_map told[2];
    uint64_t points[2];
    dk_status status = values ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < 2; i++)
        dki_text_map_init(&told[i], sweep->context);
    if (status == DK_OK && answered(sweep, &points[0], &points[1])) {
        dki_points_values(&sweep->points, points[0], values);
        status = dki_group_params(&group, values, &items, err);
        if (status == DK_OK)
            status =
                dki_base_get(sweep->breakdown, &sweep->question, sweep->table, &group.params, NULL, &base, err);
        if (status == DK_OK)
            status = add_notes(base, notes, err);
        for (size_t i = 0; i < 2 && status == DK_OK && atomic_load(&asking->has_notes); i++)
            status = tell_steps(sweep, points[i], &told[i], err);
        if (status == DK_OK)
            status = dki_told_common(&told[0], &told[1], notes, err);
    }
    for (size_t i = 0; i < 2; i++)
        dki_text_map_drop(&told[i]);
    dk_table_release(base);
    dki_free(sweep->context, items);
    dki_free(sweep->context, values);
    return status;
}

/* By rows ------------------------------------------------------------------------------------------------------ */

static dk_status ask_rows(dki_sweep *sweep, uint64_t point, const dk_param *values, dki_text_map *told,
                          dk_error *err)
{
    dk_params params = { values, sweep->scenario->n_params };
    dki_group group = { .sweep = sweep };
    const dk_table *cells = NULL, *result = NULL;
    dk_param *items = NULL;
    dki_piece *piece = NULL;
    dk_error why = DK_ERROR_INIT;
    dk_status status = dki_group_params(&group, values, &items, err);

    if (status == DK_OK) {
        status = dki_basis_ask(&sweep->basis, &sweep->question, &group.params, sweep->scenario, &params, &cells,
                               &result, &why);
        if (status != DK_OK)
            status = dki_sweep_problem(sweep, point, status, &why, err);
    }
    if (status == DK_OK && result)
        status = dki_piece_new(sweep, result, 0, &piece, err);
    if (status == DK_OK && result) {
        sweep->answers[point] = (dki_answer){ .piece = piece, .n = dk_table_n_rows(result) };
        dki_text_map_drop(told);
        status = add_notes(cells, told, err);
    }
    dk_table_release(result);
    dk_table_release(cells);
    dki_free(sweep->context, items);
    return status;
}

/* Where cells do not tell what is asked, each point is a pass over the rows, of all threads. */
static dk_status run_rows(dki_sweep *sweep, dki_text_map *notes, dk_error *err)
{
    dk_param *values = dki_alloc_array(sweep->context, sweep->scenario->n_params, sizeof *values, err);
    dki_text_map told[2];
    dk_status status = values ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < 2; i++)
        dki_text_map_init(&told[i], sweep->context);
    for (uint64_t i = 0; i < sweep->points.n && status == DK_OK; i++) {
        dki_points_values(&sweep->points, i, values);
        status = ask_rows(sweep, i, values, &told[1], err);
        if (status == DK_OK && sweep->answers[i].problem == NULL && told[0].n == 0)
            status = dki_told_common(&told[1], &told[1], &told[0], err);
        dki_progress(sweep->context, "sweeping", i, sweep->points.n);
    }
    if (status == DK_OK)
        status = dki_told_common(&told[0], &told[1], notes, err);
    for (size_t i = 0; i < 2; i++)
        dki_text_map_drop(&told[i]);
    dki_free(sweep->context, values);
    return status;
}

/* The whole ---------------------------------------------------------------------------------------------------- */

/* Something asks the host, in whose thread all is to happen. */
static bool asks_host(void *arg, const dki_node *node)
{
    const dk_context *context = arg;

    return !(node->kind == DKI_NODE_CALL && dki_defined_find_function(context, node->text)) &&
           !(node->kind == DKI_NODE_AGGREGATE && dki_defined_find(context, node->text));
}

static bool is_hosts(const dki_sweep *sweep)
{
    const dk_breakdown *breakdown = sweep->breakdown;
    bool none =
        breakdown->where == NULL || dki_node_visit(dki_expr_root(breakdown->where), asks_host, sweep->context);

    for (size_t i = 0; i < breakdown->n_by && none; i++)
        none = dki_node_visit(dki_expr_root(breakdown->by[i].expr), asks_host, sweep->context);
    for (size_t i = 0; i < breakdown->n_measures && none; i++)
        none = dki_node_visit(dki_expr_root(breakdown->measures[i].expr), asks_host, sweep->context);
    for (size_t i = 0; i < sweep->scenario->n_steps && none; i++)
        none = dki_step_visit(&sweep->scenario->steps[i], asks_host, sweep->context);
    return !none;
}

/* Columns of the result are its own. */
static dk_status check_names(const dki_sweep *sweep, dk_error *err)
{
    const dk_breakdown *breakdown = sweep->breakdown;

    for (size_t k = 0; k < sweep->points.n_axes; k++) {
        const char *name = sweep->scenario->params[sweep->points.axes[k].param].name;

        if (dki_breakdown_find_dimension(breakdown, name) != SIZE_MAX ||
            dki_breakdown_find_measure(breakdown, name) != SIZE_MAX)
            return dki_fail(err, DK_ERR_DUPLICATE,
                            "the sweep would have two columns %s: a parameter and one of the breakdown", name);
        if (strcmp(name, "problem") == 0)
            return dki_fail(err, DK_ERR_DUPLICATE, "a sweep has a column problem of its own: rename the parameter");
    }
    if (dki_breakdown_find_dimension(breakdown, "problem") != SIZE_MAX ||
        dki_breakdown_find_measure(breakdown, "problem") != SIZE_MAX)
        return dki_fail(err, DK_ERR_DUPLICATE,
                        "a sweep has a column problem of its own: rename that of the breakdown");
    return DK_OK;
}

/* What no point will change. */
static dk_status check_fixed(const dki_sweep *sweep, dk_error *err)
{
    const dki_points *points = &sweep->points;
    const dk_params base = { points->base, sweep->scenario->n_params };
    const char **varied = dki_alloc_array(sweep->context, points->n_axes, sizeof *varied, err);
    dk_status status = varied ? DK_OK : DK_ERR_MEMORY;

    for (size_t k = 0; k < points->n_axes && status == DK_OK; k++)
        varied[k] = sweep->scenario->params[points->axes[k].param].name;
    if (status == DK_OK)
        status = dki_steps_check_but(sweep->scenario, sweep->table, &base, varied, points->n_axes, err);
    dki_free(sweep->context, varied);
    return status;
}

static dk_status answer(dki_asking *asking, const dk_table **out, dk_error *err)
{
    dki_sweep *sweep = asking->sweep;
    bool single = is_hosts(sweep);
    dki_text_map notes;
    dk_status status = dki_stack_init(&asking->question, sweep, &asking->can_stack, err);

    dki_text_map_init(&notes, sweep->context);
    if (single)
        dki_single_begin(sweep->context);
    if (status == DK_OK && sweep->basis.by_rows)
        status = run_rows(sweep, &notes, err);
    else if (status == DK_OK)
        status = run_all(asking, err);
    dki_progress_end(sweep->context);
    if (status == DK_OK)
        status = find_notes(asking, &notes, err);
    if (single)
        dki_single_end(sweep->context);
    if (status == DK_OK)
        status = dki_sweep_table(sweep, &notes, out, err);
    dki_text_map_drop(&notes);
    dki_stack_drop(&asking->question);
    return status;
}

static void drop_answers(dki_sweep *sweep)
{
    dki_piece *piece = atomic_load(&sweep->pieces);

    while (piece) {
        dki_piece *next = piece->next;

        dk_table_release(piece->rows);
        dki_free(sweep->context, piece->masks);
        dki_free(sweep->context, piece);
        piece = next;
    }
    for (uint64_t i = 0; sweep->answers && i < sweep->points.n; i++)
        dki_free(sweep->context, sweep->answers[i].problem);
    dki_free(sweep->context, sweep->answers);
}

dk_status dk_scenario_sweep(const dk_breakdown *breakdown, const dk_table *table, const dk_params *breakdown_params,
                            const dk_scenario *scenario, const dk_params *params, const dk_sweep_spec *spec,
                            const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dki_sweep sweep = { .context = context,
                        .breakdown = breakdown,
                        .breakdown_params = breakdown_params,
                        .scenario = scenario,
                        .table = table,
                        .points = { .context = context, .scenario = scenario } };
    dki_asking asking = { .sweep = &sweep };
    dk_status status = dki_check_breakdown_params(breakdown, NULL, &scenario, 1, breakdown_params, err);

    memcpy(&sweep.question, breakdown, sizeof sweep.question);
    sweep.question.n_order = 0;
    sweep.question.limit = 0;
    sweep.question.rest = NULL;
    dki_arena_init(&sweep.points.arena, context);
    if (status == DK_OK)
        status = dki_points_init(&sweep.points, scenario, params, spec, err);
    if (status == DK_OK)
        status = check_names(&sweep, err);
    if (status == DK_OK)
        status = dki_basis_init(&sweep.basis, breakdown, table, &scenario, 1, err);
    if (status == DK_OK)
        status = check_fixed(&sweep, err);
    if (status == DK_OK)
        status = dki_basis_open(&sweep.basis, err);
    if (status == DK_OK) {
        sweep.cells = sweep.basis.cells;
        sweep.answers = dki_calloc(context, (size_t)sweep.points.n, sizeof *sweep.answers, err);
        status = sweep.answers ? answer(&asking, out, err) : DK_ERR_MEMORY;
    }
    drop_answers(&sweep);
    dki_basis_drop(&sweep.basis);
    dki_points_drop(&sweep.points);
    return status;
}
