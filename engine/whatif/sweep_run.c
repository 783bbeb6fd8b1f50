/* sweep_run.c - the points of a group: weights by all threads, then one question.
 *
 * What cannot be compiled is run step by step, what cannot be asked together is asked point by point.
 */
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "compiled.h"
#include "data/column_parts.h"
#include "sweep_parts.h"

#define MOST_ROWS (UINT64_C(1) << 20) /* of lumps that are asked together */
#define MOST_SUMS (UINT64_C(1) << 22) /* rows of a result that are made at once */

/* Answers ------------------------------------------------------------------------------------------------------ */

dk_status dki_piece_of(dki_sweep *sweep, const dk_table *rows, int64_t *masks, dki_piece **out, dk_error *err)
{
    dki_piece *piece = dki_calloc(sweep->context, 1, sizeof *piece, err), *head;

    if (piece == NULL) {
        dki_free(sweep->context, masks);
        return DK_ERR_MEMORY;
    }
    piece->rows = dk_table_retain(rows);
    piece->masks = masks;
    head = atomic_load(&sweep->pieces);
    do {
        piece->next = head;
    } while (!atomic_compare_exchange_weak(&sweep->pieces, &head, piece));
    *out = piece;
    return DK_OK;
}

dk_status dki_piece_new(dki_sweep *sweep, const dk_table *result, unsigned shift, dki_piece **out, dk_error *err)
{
    const dk_column *margin = dk_table_margin(result);
    uint64_t n = dk_table_n_rows(result);
    int64_t *masks = margin ? dki_alloc_array(sweep->context, (size_t)n, sizeof *masks, err) : NULL;
    const dk_table *bare = NULL;
    dk_view view;
    dk_status status = margin && masks == NULL ? DK_ERR_MEMORY : dk_table_with_margin(result, NULL, &bare, err);

    dk_view_init(&view, sweep->context);
    for (uint64_t row = 0; margin && dki_column_block(margin, row, &view, &status, err); row += view.n) {
        dki_view_integers(&view, masks + row);
        for (size_t i = 0; i < view.n; i++)
            masks[row + i] >>= shift;
    }
    dk_view_release(&view);
    if (status == DK_OK)
        status = dki_piece_of(sweep, bare, masks, out, err);
    else
        dki_free(sweep->context, masks);
    dk_table_release(bare);
    return status;
}

dk_status dki_sweep_problem(dki_sweep *sweep, uint64_t point, dk_status status, const dk_error *why, dk_error *err)
{
    dki_answer *answer = &sweep->answers[point];

    if (status != DK_ERR_UNREACHABLE && status != DK_ERR_RANGE && status != DK_ERR_OVERFLOW) {
        if (err)
            *err = *why;
        return status;
    }
    dki_free(sweep->context, answer->problem);
    answer->problem = dki_strdup(sweep->context, why->message, err);
    return answer->problem ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_sweep_ask(const dki_group *group, uint64_t point, const dk_table *cells, dk_error *err)
{
    dki_sweep *sweep = group->sweep;
    const dk_table *result = NULL;
    dki_piece *piece = NULL;
    dk_error why = DK_ERROR_INIT;
    dk_status status = dk_breakdown_run(&sweep->question, cells, &group->params, &result, &why);

    if (status != DK_OK)
        return dki_sweep_problem(sweep, point, status, &why, err);
    status = dki_piece_new(sweep, result, 0, &piece, err);
    if (status == DK_OK)
        sweep->answers[point] = (dki_answer){ .piece = piece, .n = dk_table_n_rows(result) };
    dk_table_release(result);
    return status;
}

/* Points ------------------------------------------------------------------------------------------------------- */

/* A group on its way through threads. */
struct work {
    const dki_group *group;
    const dki_model *model; /* NULL: the steps are run */
    const dki_lumps *lumps; /* NULL: points are asked alone */
    const uint64_t *points; /* some of the group's */
    int64_t *weights;       /* of lumps, at each of these; or, where there are sums, nothing */
    bool *there;            /* whether they are known */
    const dki_sums *sums;   /* NULL: it is none of counts and sums */
    dki_sums_room *room;    /* of the sums of these points */
    atomic_bool fits;       /* all sums do */
    atomic_bool has_notes;  /* a selection may have something to tell */
};

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
static dk_status make_bench(const struct work *work, size_t begin, struct bench *bench, dk_error *err)
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
static dk_status choose(struct work *work, uint64_t point, struct bench *bench, dk_error *err)
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

static dk_status run_plainly(const struct work *work, uint64_t point, const dk_param *values, dk_error *err)
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
static dk_status run_cells(const struct work *work, size_t i, const struct bench *bench, int64_t *weights,
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

static dk_status find_weights(struct work *work, size_t i, struct bench *bench, int64_t *weights, dk_error *err)
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

static dk_status run_point(struct work *work, size_t i, struct bench *bench, dk_error *err)
{
    int64_t *weights = work->sums ? bench->lumps : work->lumps ? work->weights + i * work->lumps->n : NULL;
    dk_status status = find_weights(work, i, bench, weights, err);

    if (status == DK_OK && work->sums && work->there[i] && !dki_sums_add(work->sums, weights, i, work->room))
        atomic_store(&work->fits, false);
    return status;
}

static dk_status run_points(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct work *work = arg;
    struct bench bench;
    dk_status status = make_bench(work, (size_t)begin, &bench, err);

    (void)worker;
    for (uint64_t i = begin; i < end && status == DK_OK; i++)
        status = run_point(work, (size_t)i, &bench, err);
    drop_bench(&bench, work->group->sweep->context);
    return status;
}

/* Groups ------------------------------------------------------------------------------------------------------- */

/* Some points of the group, by all threads. */
static dk_status run_some(struct work *work, size_t from, size_t n, dk_error *err)
{
    size_t cost = work->lumps->most * (work->model->n_steps + 1) + 20;

    work->points = work->group->points + from;
    memset(work->there, 0, n * sizeof *work->there);
    return dki_parallel(work->group->sweep->context, n, cost < 50000 ? 50000 / cost : 1, run_points, work, err);
}

/* As weights, then asked together. */
static dk_status run_stacked(struct work *work, const dki_stack_question *question, size_t from, size_t n,
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
static dk_status run_batches(struct work *work, const dki_stack_question *question, size_t from, size_t n,
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
static dk_status run_sums(struct work *work, const dki_stack_question *question, dk_error *err)
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

static bool add_column(void *arg, const char *column)
{
    dki_text_map *names = arg;
    uint32_t number;

    return dki_text_map_add(names, column, strlen(column), &number, NULL) == DK_OK;
}

/* The columns of the breakdown. */
static dk_status find_columns(const dki_sweep *sweep, dki_text_map *names, dk_error *err)
{
    dki_text_map_init(names, sweep->context);
    return dki_breakdown_columns(sweep->breakdown, add_column, names)
               ? DK_OK
               : dki_fail(err, DK_ERR_MEMORY, "out of memory");
}

dk_status dki_sweep_base(const dki_sweep *sweep, dki_lump_base **out, dk_error *err)
{
    dki_text_map names;
    dk_status status = find_columns(sweep, &names, err);

    if (status == DK_OK)
        status = dki_lump_base_new(sweep->cells, &names, out, err);
    dki_text_map_drop(&names);
    return status;
}

static dk_status make_lumps(const dki_asking *asking, const dki_model *model, dki_lumps **out, dk_error *err)
{
    dki_text_map names;
    dk_status status = find_columns(asking->sweep, &names, err);

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
    struct work work = {
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
        status = dki_parallel(asking->sweep->context, group->n, 1, run_points, &work, err);
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
