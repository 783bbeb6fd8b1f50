/* sweep_run.c - the points of a group: weights by all threads, then one question.
 *
 * What cannot be asked together is asked point by point.
 */
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/status.h"
#include "compiled.h"
#include "sweep_weights.h"

#define MOST_ROWS (UINT64_C(1) << 20) /* of lumps that are asked together */
#define MOST_SUMS (UINT64_C(1) << 22) /* rows of a result that are made at once */

/* Some points of the group, by all threads. */
static dk_status run_some(dki_sweep_work *work, size_t from, size_t n, dk_error *err)
{
    size_t cost = work->lumps->most * (work->model->n_steps + 1) + 20;

    work->points = work->group->points + from;
    memset(work->there, 0, n * sizeof *work->there);
    return dki_parallel(work->group->sweep->context, n, cost < 50000 ? 50000 / cost : 1, dki_sweep_run_points, work,
                        err);
}

/* As weights, then asked together. */
static dk_status run_stacked(dki_sweep_work *work, const dki_stack_question *question, size_t from, size_t n,
                             dk_error *err)
{
    dk_context *context = work->group->sweep->context;
    size_t n_lumps = work->lumps->n, n_there = 0;
    uint64_t *points = dki_alloc_array(context, n, sizeof *points, err);
    dk_status status = points ? run_some(work, from, n, err) : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        if (!work->there[i])
            continue;
        if (n_there < i)
            memmove(work->weights + n_there * n_lumps, work->weights + i * n_lumps,
                    n_lumps * sizeof *work->weights);
        points[n_there++] = work->points[i];
    }
    if (status == DK_OK && n_there > 0)
        status = dki_stack_ask(question, work->group, work->lumps, points, work->weights, n_there, err);
    dki_free(context, points);
    return status;
}

/* The points from number `from` on, so many at once that their rows are MOST_ROWS at most. */
static dk_status run_batches(dki_sweep_work *work, const dki_stack_question *question, size_t from, size_t n,
                             dk_error *err)
{
    dk_context *context = work->group->sweep->context;
    size_t n_lumps = work->lumps->n ? work->lumps->n : 1, end = from + n;
    size_t most = MOST_ROWS / n_lumps > 0 ? (size_t)(MOST_ROWS / n_lumps) : 1;
    dk_status status;

    most = most < n ? most : n;
    work->weights = dki_alloc_array(context, most, n_lumps * sizeof *work->weights, err);
    work->there = dki_alloc_array(context, most, sizeof *work->there, err);
    status = work->weights && work->there ? DK_OK : DK_ERR_MEMORY;
    for (; from < end && status == DK_OK; from += most) {
        status = run_stacked(work, question, from, end - from < most ? end - from : most, err);
        dki_progress(context, "sweeping", from, work->group->n);
    }
    dki_free(context, work->there);
    dki_free(context, work->weights);
    return status;
}

/* The same as sums; what they cannot tell is asked of weights. */
static dk_status run_sums(dki_sweep_work *work, const dki_stack_question *question, dk_error *err)
{
    const dki_sums *sums = work->sums;
    dk_context *context = work->group->sweep->context;
    size_t n = work->group->n, n_rows = sums->n_rows ? sums->n_rows : 1;
    size_t most = MOST_SUMS / n_rows > 0 ? (size_t)(MOST_SUMS / n_rows) : 1;
    dk_status status = DK_OK;

    most = most < n ? most : n;
    for (size_t from = 0; from < n && status == DK_OK; from += most) {
        size_t size = n - from < most ? n - from : most;
        dki_sums_room room;
        bool done = true;

        work->sums = sums;
        work->room = &room;
        work->there = dki_alloc_array(context, size, sizeof *work->there, err);
        atomic_store(&work->fits, true);
        status = dki_sums_room_init(sums, size, &room, err);
        if (status == DK_OK)
            status = work->there ? run_some(work, from, size, err) : DK_ERR_MEMORY;
        if (status == DK_OK && atomic_load(&work->fits))
            status = dki_sums_ask(sums, work->group, work->points, work->there, &room, size, &done, err);
        done = done && atomic_load(&work->fits);
        dki_sums_room_drop(sums, &room);
        dki_free(context, work->there);
        work->sums = NULL;
        if (status == DK_OK && !done)
            status = run_batches(work, question, from, size, err);
        dki_progress(context, "sweeping", from, n);
    }
    return status;
}

dk_status dki_sweep_base(const dki_sweep *sweep, dki_lump_base **out, dk_error *err)
{
    dki_text_map names;
    dk_status status;

    dki_text_map_init(&names, sweep->context);
    status = dki_breakdown_mentions(sweep->table, sweep->breakdown, &names, err);
    if (status == DK_OK)
        status = dki_lump_base_new(sweep->cells, &names, out, err);
    dki_text_map_drop(&names);
    return status;
}

static dk_status make_lumps(const dki_asking *asking, const dki_model *model, dki_lumps **out, dk_error *err)
{
    const dki_sweep *sweep = asking->sweep;
    dki_text_map names;
    dk_status status;

    dki_text_map_init(&names, sweep->context);
    status = dki_breakdown_mentions(sweep->table, sweep->breakdown, &names, err);
    if (status == DK_OK)
        status = dki_lumps_new(model, &names, asking->base, out, err);
    dki_text_map_drop(&names);
    return status;
}

dk_status dki_group_params(dki_group *group, const dk_param *values, dk_param **out, dk_error *err)
{
    const dki_sweep *sweep = group->sweep;
    const dk_params *given = sweep->breakdown_params;
    size_t n = 0, n_given = given ? given->n : 0;
    dk_param *items = dki_alloc_array(sweep->context, n_given + sweep->points.n_axes, sizeof *items, err);

    if (items == NULL)
        return DK_ERR_MEMORY;
    for (size_t k = 0; k < sweep->points.n_axes; k++)
        items[n++] = values[sweep->points.axes[k].param];
    for (size_t i = 0; i < n_given; i++) {
        bool is_swept = false;

        for (size_t k = 0; k < sweep->points.n_axes; k++)
            is_swept = is_swept || strcmp(items[k].name, given->items[i].name) == 0;
        if (!is_swept)
            items[n++] = given->items[i];
    }
    group->params = (dk_params){ items, n };
    *out = items;
    return DK_OK;
}

/* How the points of a group are evaluated: compiled and kept with the table, or for this group alone. */
struct ways {
    const dki_model *model; /* NULL: the steps are run */
    const dki_lumps *lumps; /* NULL: points are asked alone */
    dki_sums *sums;         /* NULL: it is none of counts and sums */
    dki_model *own_model;
    dki_lumps *own_lumps;
    dki_kept *kept;
};

static void drop_ways(struct ways *ways)
{
    dki_sums_drop(ways->sums);
    dki_lumps_drop(ways->own_lumps);
    dki_model_drop(ways->own_model);
    dki_kept_release(ways->kept);
}

/* Compiles the run for the group alone. */
static dk_status compile(const dki_asking *asking, const dki_run *run, struct ways *ways, dk_error *err)
{
    const dki_sweep *sweep = asking->sweep;
    dk_status status = dki_model_new(run, sweep->cells, &ways->own_model, err);

    if (ways->own_model && dki_breakdown_shows_levels(sweep->breakdown) &&
        dki_cells_gain_levels(sweep->cells, ways->own_model->cells, 0)) {
        dki_model_drop(ways->own_model); /* levels are there where somebody came to them */
        ways->own_model = NULL;
    }
    if (status == DK_OK && ways->own_model && asking->can_stack)
        status = make_lumps(asking, ways->own_model, &ways->own_lumps, err);
    ways->model = ways->own_model;
    ways->lumps = ways->own_lumps;
    return status;
}

static dk_status find_ways(const dki_asking *asking, const dki_group *group, const dki_run *run, struct ways *ways,
                           dk_error *err)
{
    const dki_sweep *sweep = asking->sweep;
    dk_status status = DK_OK;

    if (asking->can_stack && group->n == sweep->points.n && run->anybody == NULL)
        status = dki_compiled_get(&sweep->basis, sweep->scenario, run->params->items, &ways->model, &ways->lumps,
                                  &ways->kept, err);
    if (status == DK_OK && ways->kept == NULL)
        status = compile(asking, run, ways, err);
    if (status == DK_OK && ways->lumps)
        status = dki_sums_new(&sweep->question, &group->params, ways->lumps, &ways->sums, err);
    return status;
}

/* Steps for anybody: those with a parameter in their condition that is swept. */
static bool *find_anybody(const dki_sweep *sweep, dk_error *err)
{
    const dk_scenario *scenario = sweep->scenario;
    bool *anybody = dki_calloc(sweep->context, scenario->n_steps, sizeof *anybody, err);

    for (size_t i = 0; anybody && i < scenario->n_steps; i++)
        for (size_t k = 0; k < sweep->points.n_axes; k++)
            anybody[i] = anybody[i] || dki_expr_mentions(scenario->steps[i].where,
                                                         scenario->params[sweep->points.axes[k].param].name) > 0;
    return anybody;
}

static dk_status run_ways(dki_asking *asking, dki_group *group, const struct ways *ways, dk_error *err)
{
    dki_sweep_work work = {
        .group = group, .points = group->points, .model = ways->model, .lumps = ways->lumps, .sums = ways->sums
    };
    dk_status status;

    if (ways->model == NULL || ways->model->has_notes)
        atomic_store(&asking->has_notes, true);
    if (ways->sums)
        status = run_sums(&work, &asking->question, err);
    else if (ways->lumps)
        status = run_batches(&work, &asking->question, 0, group->n, err);
    else
        status = dki_parallel(asking->sweep->context, group->n, 1, dki_sweep_run_points, &work, err);
    if (atomic_load(&work.has_notes))
        atomic_store(&asking->has_notes, true);
    return status;
}

/* anybody: of steps, by number, where there are several selections; else NULL. *done: false where these cannot be had together. */
static dk_status run_group(dki_asking *asking, dki_group *group, const bool *anybody, bool *done, dk_error *err)
{
    dki_sweep *sweep = asking->sweep;
    dk_param *values = dki_alloc_array(sweep->context, sweep->scenario->n_params, sizeof *values, err);
    dk_param *items = NULL;
    dk_params params = { values, sweep->scenario->n_params };
    dki_run run = {
        .scenario = sweep->scenario, .to = sweep->scenario->n_steps, .params = &params, .anybody = anybody
    };
    struct ways ways = { .kept = NULL };
    dk_status status = DK_ERR_MEMORY;

    if (values) {
        dki_points_values(&sweep->points, group->points[0], values);
        status = dki_group_params(group, values, &items, err);
    }
    if (status == DK_OK)
        status = find_ways(asking, group, &run, &ways, err);
    *done = anybody == NULL || ways.lumps != NULL;
    if (status == DK_OK && *done)
        status = run_ways(asking, group, &ways, err);
    drop_ways(&ways);
    dki_free(sweep->context, items);
    dki_free(sweep->context, values);
    return status;
}

dk_status dki_sweep_run(dki_asking *asking, dki_group *group, dk_error *err)
{
    bool done;

    return run_group(asking, group, NULL, &done, err);
}

dk_status dki_sweep_run_selections(dki_asking *asking, dki_group *group, bool *done, dk_error *err)
{
    bool *anybody = find_anybody(asking->sweep, err);
    dk_status status = anybody ? run_group(asking, group, anybody, done, err) : DK_ERR_MEMORY;

    dki_free(asking->sweep->context, anybody);
    return status;
}
