/* sweep_weights.c - one point after another: whom the steps match there, and the weights that they lead to.
 *
 * A thread has a bench of its own, which goes from point to point: to the next one little changes. What cannot be compiled is run
 * step by step.
 */
#include "sweep_weights.h"

#include "base/memory.h"
#include "base/status.h"

/* What one thread needs for its points. */
struct bench {
    dk_param *values;
    dki_walk *walks;
    int64_t *cells, *lumps;
    dki_track track;
    const dki_model *model;   /* NULL: the steps are run */
    const dki_lumps *chosen;  /* the work's, or of its selection */
    uint32_t selected;        /* which that is; DKI_NOWHERE: none yet */
    dki_selection selection;  /* of several: and */
    dki_model selected_model; /* a copy of the model that has it */
    dki_lumps choice;
};

static void drop_bench(struct bench *bench, dk_context *context)
{
    dki_lumps_drop_choice(&bench->choice);
    dki_selection_drop(&bench->selection);
    dki_track_drop(&bench->track);
    dki_free(context, bench->lumps);
    dki_free(context, bench->cells);
    dki_free(context, bench->walks);
    dki_free(context, bench->values);
}

/* For points from number `begin` on. */
static dk_status make_bench(const dki_sweep_work *work, size_t begin, struct bench *bench, dk_error *err)
{
    dk_context *context = work->group->sweep->context;
    const dki_points *points = &work->group->sweep->points;
    bool selects = work->group->selection != NULL;
    dk_status status = DK_OK;

    *bench = (struct bench){
        .values = dki_alloc_array(context, work->group->sweep->scenario->n_params, sizeof *bench->values, err),
        .walks = dki_alloc_array(context, points->n_axes, sizeof *bench->walks, err),
        .lumps = dki_alloc_array(context, work->sums ? work->lumps->n : 0, sizeof *bench->lumps, err),
        .model = work->model,
        .chosen = work->lumps,
        .selected = DKI_NOWHERE
    };
    dki_track_init(&bench->track, context);
    if (bench->values == NULL || bench->walks == NULL || bench->lumps == NULL)
        return DK_ERR_MEMORY;
    dki_points_values(points, work->points[begin], bench->values);
    for (size_t k = 0; k < points->n_axes; k++) {
        bench->walks[k] = DKI_WALK;
        dki_walk_to(&bench->walks[k], &points->axes[k], work->points[begin]);
    }
    if (work->lumps)
        status = dki_track_begin(&bench->track, work->lumps, err);
    return selects && status == DK_OK ? dki_selection_init(&bench->selection, work->model, err) : status;
}

/* Finds whom the steps match at the point whose values are there. */
static dk_status choose(dki_sweep_work *work, uint64_t point, struct bench *bench, dk_error *err)
{
    dk_params params = { bench->values, work->group->sweep->scenario->n_params };
    dk_error why = DK_ERROR_INIT;
    dk_status status;

    bench->selected = work->group->selection[point];
    dki_lumps_drop_choice(&bench->choice);
    bench->model = NULL; /* where a condition fails, the steps say how */
    bench->chosen = NULL;
    status = dki_model_select(work->model, &params, &bench->selection, &why);
    if (status == DK_OK) {
        bench->selected_model = *work->model;
        bench->selected_model.selection = &bench->selection;
        if (work->lumps->can_choose)
            status = dki_lumps_choose(work->lumps, &bench->selected_model, &bench->choice, &why);
    }
    if (status == DK_OK && work->lumps->can_choose)
        status = dki_track_begin(&bench->track, &bench->choice, &why);
    if (status == DK_OK) {
        bench->model = &bench->selected_model;
        bench->chosen = work->lumps->can_choose ? &bench->choice : work->lumps;
        if (bench->selection.has_notes)
            atomic_store(&work->has_notes, true);
    } else if ((status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) && err) {
        *err = why;
    }
    return status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED ? status : DK_OK;
}

static dk_status run_plainly(const dki_sweep_work *work, uint64_t point, const dk_param *values, dk_error *err)
{
    dki_sweep *sweep = work->group->sweep;
    dk_params params = { values, sweep->scenario->n_params };
    dki_run run = {
        .scenario = sweep->scenario, .to = sweep->scenario->n_steps, .params = &params, .checks = true
    };
    const dk_table *after = NULL;
    dk_error why = DK_ERROR_INIT;
    dk_status status = dki_run_steps(&run, sweep->cells, &after, &why);

    if (status != DK_OK)
        return dki_sweep_problem(sweep, point, status, &why, err);
    status = dki_sweep_ask(work->group, point, after, err);
    dk_table_release(after);
    return status;
}

/* Weights of cells, which are asked alone or make those of lumps. */
static dk_status run_cells(const dki_sweep_work *work, size_t i, const struct bench *bench, int64_t *weights,
                           dk_error *err)
{
    dki_sweep *sweep = work->group->sweep;
    dk_params params = { bench->values, sweep->scenario->n_params };
    uint64_t point = work->points[i];
    const dk_table *cells = NULL;
    dk_error why = DK_ERROR_INIT, known = DK_ERROR_INIT;
    bool told;
    dk_status status = bench->chosen
                           ? dki_lumps_weigh(bench->chosen, bench->model, &params, NULL, weights, &told, &why)
                           : dki_model_run(bench->model, &params, NULL, bench->cells, &told, &why);

    if (told &&
        dki_steps_check(sweep->scenario, sweep->cells, &params, &known) != DK_OK) { /* which is told first */
        status = known.code;
        why = known;
    }
    if (status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || told)
        return dki_sweep_problem(sweep, point, status, &why, err);
    if (status != DK_OK)
        return run_plainly(work, point, bench->values, err);
    if (bench->chosen) {
        work->there[i] = true;
        return DK_OK;
    }
    status = dki_model_table(work->model, bench->cells, &cells, err);
    if (status == DK_OK)
        status = dki_sweep_ask(work->group, point, cells, err);
    dk_table_release(cells);
    return status;
}

static dk_status find_weights(dki_sweep_work *work, size_t i, struct bench *bench, int64_t *weights, dk_error *err)
{
    const uint32_t *selection = work->group->selection;
    uint64_t point = work->points[i];
    dk_status status = DK_OK;

    dki_points_walk(&work->group->sweep->points, point, bench->walks, bench->values);
    if (selection && selection[point] != bench->selected) /* as a rule the one before it matched the same */
        status = choose(work, point, bench, err);
    if (status == DK_OK && bench->chosen)
        status = dki_lumps_run(&bench->track, bench->values, weights, &work->there[i], err);
    if (status != DK_OK || (bench->chosen && work->there[i]))
        return status;
    if (bench->model == NULL)
        return run_plainly(work, point, bench->values, err);
    if (bench->chosen == NULL && bench->cells == NULL) {
        bench->cells = dki_alloc_array(work->model->context, work->model->n, sizeof *bench->cells, err);
        if (bench->cells == NULL)
            return DK_ERR_MEMORY;
    }
    return run_cells(work, i, bench, weights, err);
}

static dk_status run_point(dki_sweep_work *work, size_t i, struct bench *bench, dk_error *err)
{
    int64_t *weights = work->sums ? bench->lumps : work->lumps ? work->weights + i * work->lumps->n : NULL;
    dk_status status = find_weights(work, i, bench, weights, err);

    if (status == DK_OK && work->sums && work->there[i] && !dki_sums_add(work->sums, weights, i, work->room))
        atomic_store(&work->fits, false);
    return status;
}

dk_status dki_sweep_run_points(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    dki_sweep_work *work = arg;
    struct bench bench;
    dk_status status = make_bench(work, (size_t)begin, &bench, err);

    (void)worker;
    for (uint64_t i = begin; i < end && status == DK_OK; i++)
        status = run_point(work, (size_t)i, &bench, err);
    drop_bench(&bench, work->group->sweep->context);
    return status;
}
