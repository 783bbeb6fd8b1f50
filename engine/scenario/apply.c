/* apply.c - runs the steps of a scenario on cells.
 *
 * Each step splits cells into pieces: who is taken becomes a cell with the values that are set, who stays keeps their
 * own. Then cells that became equal are grouped again.
 *
 * Invariant: the sum of the weights after a step is the sum before it, and what the step added or removed.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "pieces.h"
#include "scenario_parts.h"
#include "trail.h"

/* Pieces ------------------------------------------------------------------------------------------------------- */

/* A step on its way: what is left of each cell, and what came of those who were taken. */
struct pieces {
    dki_stage *stage;
    int64_t *left, *taken; /* of every cell; taken: by one move */
    uint64_t *rows;        /* room for every cell */
    dki_piece *items;      /* the first is who is left */
    size_t n;
    dki_i128 change; /* how much the total grows */
    const dki_run *run;
    size_t number; /* of the step */
};

/* Cells by number with weights, which are indexed by cell. */
static dk_status weigh(const dki_stage *stage, const uint64_t *rows, uint64_t n, const int64_t *weights,
                       const dk_column **out, dk_error *err)
{
    dk_context *context = dk_table_context(stage->cells);
    dk_builder *builder;
    dk_status status = dk_builder_new(context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &builder, err);

    if (status != DK_OK)
        return status;
    DKI_FOR_ROWS(i, n, context, status, err)
    status = dk_builder_integer(builder, weights[rows[i]], err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* Who is taken becomes a piece, with what is set. */
static dk_status add_piece(struct pieces *p, const dki_strata *strata, uint64_t n, dk_error *err)
{
    dki_piece *added = &p->items[p->n];
    dk_status status = dki_moved_cells(p->stage, strata->set, strata->n_set, p->rows, n, &added->cells, err);

    p->n++;
    if (status == DK_OK && strata->effect == DK_MOVES)
        status = dki_tell_figures(p->stage, p->rows, added->cells, err);
    return status == DK_OK ? weigh(p->stage, p->rows, n, p->taken, &added->weights, err) : status;
}

/* Takes what was settled from cells, of which stage->weights can be taken. */
static dk_status take(struct pieces *p, const dki_strata *strata, dk_error *err)
{
    uint64_t n_cells = dk_table_n_rows(p->stage->cells), n = 0;
    dk_status status = dki_strata_split(p->stage, strata, p->taken, err);

    DKI_FOR_ROWS(i, n_cells, strata->context, status, err)
    {
        if (p->taken[i] == 0)
            continue;
        p->rows[n++] = i;
        if (strata->effect != DK_ADDS)
            p->left[i] -= p->taken[i];
        if (strata->effect != DK_MOVES)
            p->change += strata->effect == DK_ADDS ? p->taken[i] : -p->taken[i];
    }
    if (status == DK_OK && p->run->trail)
        status = dki_trail_take(p->run->trail, p->stage, strata, p->taken, err);
    return status == DK_OK && n > 0 && strata->effect != DK_REMOVES ? add_piece(p, strata, n, err) : status;
}

/* Steps -------------------------------------------------------------------------------------------------------- */

/* The sum of all weights must change by what was said: a difference would be a fault of this folder. */
static dk_status check_conserved(const dk_table *before, const int64_t *weights, dki_i128 change,
                                 const dk_table *after, dk_error *err)
{
    dk_context *context = dk_table_context(after);
    uint64_t n = dk_table_n_rows(after);
    int64_t *now = dki_alloc_array(context, (size_t)n, sizeof *now, err);
    dki_i128 difference = -change;
    dk_status status = now ? dki_cells_weights(after, now, err) : DK_ERR_MEMORY;

    if (status == DK_OK) {
        for (uint64_t i = 0; i < n; i++)
            difference += now[i];
        for (uint64_t i = 0; i < dk_table_n_rows(before); i++)
            difference -= weights[i];
        assert(difference == 0);
    }
    dki_free(context, now);
    return status;
}

/* Steps on their way over cells. */
struct walk {
    const dki_run *run;
    dk_context *context;
    size_t *columns;           /* room for all that the scenario mentions */
    const dki_text_map *names; /* all columns of the cells but the weight */
    const char *const *key;    /* n_key columns that tell persons apart */
    size_t n_key;
};

void dki_tally_strata(const dki_strata *strata, dki_tally *tally)
{
    int64_t available = 0;

    for (uint64_t k = 0; k < strata->n; k++) {
        available += strata->available[k];
        tally->taken += strata->taken[k];
    }
    tally->available = available;
    tally->n_strata = strata->n;
}

/* A move is settled. */
static dk_status take_move(void *arg, size_t move, const dki_strata *strata, dk_error *err)
{
    struct pieces *p = arg;
    const dki_run *run = p->run;
    dk_status status = DK_OK;

    (void)move;
    if (run->tallies)
        dki_tally_strata(strata, &run->tallies[p->number]);
    if (run->receipt)
        status = dki_receipt_add(run->receipt, p->number + 1, p->stage, strata, err);
    return status == DK_OK ? take(p, strata, err) : status;
}

/* Who is left, as the first piece: a cell that nobody was taken from stays one, though nobody is in it; with a trail every one. */
static dk_status add_left(struct pieces *p, const int64_t *weights, dk_error *err)
{
    const dk_table *cells = p->stage->cells;
    dki_piece *left = &p->items[0];
    uint64_t n = 0;
    dk_status status;

    for (uint64_t i = 0; i < dk_table_n_rows(cells); i++)
        if (p->left[i] > 0 || weights[i] == 0 || p->run->trail)
            p->rows[n++] = i;
    status = p->run->trail ? dki_trail_stay(p->run->trail, p->left, err) : DK_OK;
    if (status == DK_OK)
        status = dk_table_gather(cells, p->rows, n, &left->cells, err);
    return status == DK_OK ? weigh(p->stage, p->rows, n, p->left, &left->weights, err) : status;
}

/* Cells that became equal are one again. */
static dk_status regroup(struct walk *walk, struct pieces *p, const int64_t *weights, const dk_table **out,
                         dk_error *err)
{
    const dk_table *moved = NULL, *grouped = NULL;
    dk_status status = add_left(p, weights, err);

    if (status == DK_OK)
        status = dki_pieces_join(p->stage->cells, p->items, p->n, &moved, err);
    if (status == DK_OK)
        status = dki_cells_group(moved, walk->names, &grouped, err);
    if (status == DK_OK)
        status = check_conserved(p->stage->cells, weights, p->change, grouped, err);
    if (status == DK_OK && p->run->trail)
        status = dki_trail_arrive(p->run->trail, moved, grouped, walk->names, err);
    if (status == DK_OK)
        *out = dk_table_retain(grouped);
    dk_table_release(grouped);
    dk_table_release(moved);
    return status;
}

/* The total is another, which the reader must know. */
static dk_status tell_change(const struct pieces *p, const int64_t *weights, dk_error *err)
{
    const dki_stage *stage = p->stage;
    dki_i128 total = p->change;
    int64_t change;
    char weight[64], note[400];
    uint32_t number;

    for (uint64_t i = 0; i < dk_table_n_rows(stage->cells); i++)
        total += weights[i];
    if (!dki_fits_i64(total))
        return dki_fail_many(err);
    if (p->change == 0 || stage->notes == NULL)
        return DK_OK;
    change = (int64_t)(p->change < 0 ? -p->change : p->change);
    dki_format_weight(change, weight, sizeof weight);
    snprintf(note, sizeof note, "%.*s: %s %s %s",
             (int)dki_utf8_floor(stage->step->name, strlen(stage->step->name), 200), stage->step->name, weight,
             dki_unit(stage->cells, change), p->change < 0 ? "left" : "came");
    if (dki_text_map_add(stage->notes, note, strlen(note), &number, err) != DK_OK)
        return DK_ERR_MEMORY;
    return dki_tell_figures(stage, NULL, NULL, err);
}

/* A step that happens. */
static dk_status take_step(struct walk *walk, size_t number, dki_stage *stage, const dk_table **out, dk_error *err)
{
    dk_context *context = walk->context;
    const int64_t *weights = stage->weights;
    size_t n = (size_t)dk_table_n_rows(stage->cells);
    struct pieces p = { .stage = stage,
                        .run = walk->run,
                        .number = number,
                        .left = dki_alloc_array(context, n, sizeof *p.left, err),
                        .taken = dki_alloc_array(context, n, sizeof *p.taken, err),
                        .rows = dki_alloc_array(context, n, sizeof *p.rows, err),
                        .items = dki_calloc(context, dki_moves_n(stage->step) + 1, sizeof *p.items, err) };
    dki_strata strata = { .context = NULL };
    dk_status status = p.left && p.taken && p.rows && p.items ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK) {
        memcpy(p.left, weights, n * sizeof *p.left);
        p.n = 1;
        status = dki_strata_find(stage, &strata, err);
    }
    if (status == DK_OK && p.run->trail)
        status = dki_trail_begin(p.run->trail, n, err);
    if (status == DK_OK)
        status = dki_moves_settle(stage, p.left, &strata, take_move, &p, err);
    if (status == DK_OK)
        status = tell_change(&p, weights, err);
    if (status == DK_OK && p.n == 1 && p.change == 0)
        *out = dk_table_retain(stage->cells);
    else if (status == DK_OK)
        status = regroup(walk, &p, weights, out, err);
    dki_strata_drop(&strata);
    for (size_t i = 0; p.items && i < p.n; i++) {
        dk_table_release(p.items[i].cells);
        dk_column_release(p.items[i].weights);
    }
    dki_free(context, p.items);
    dki_free(context, p.rows);
    dki_free(context, p.taken);
    dki_free(context, p.left);
    return status;
}

static dk_status run_step(struct walk *walk, size_t number, const dk_table *cells, const dk_table **out,
                          dk_error *err)
{
    dk_context *context = walk->context;
    const dki_run *run = walk->run;
    const dki_step *step = &run->scenario->steps[number];
    int64_t *weights = dki_alloc_array(context, (size_t)dk_table_n_rows(cells), sizeof *weights, err);
    dki_stage stage = { .step = step,
                        .cells = cells,
                        .weights = weights,
                        .params = run->params,
                        .columns = walk->columns,
                        .only = run->only && run->only->steps[number] ? run->only : NULL,
                        .allow_none = step->allow_none || (run->allow_none && run->allow_none[number]),
                        .notes = run->notes,
                        .draw = run->draw,
                        .laws = run->laws ? &run->laws[number] : NULL,
                        .key = walk->key,
                        .n_key = walk->n_key };
    bool happens = true;
    dk_status status = weights ? dki_step_happens(step, cells, run->params, &happens, err) : DK_ERR_MEMORY;

    if (run->tallies)
        run->tallies[number] = (dki_tally){ 0 };
    if (status == DK_OK)
        status = dki_cells_weights(cells, weights, err);
    if (status == DK_OK)
        status = dki_mentioned_columns(run->scenario, cells, walk->columns, &stage.n_columns, err);
    if (status == DK_OK && !happens)
        *out = dk_table_retain(cells);
    else if (status == DK_OK)
        status = take_step(walk, number, &stage, out, err);
    dki_free(context, weights);
    return status;
}

/* Every step must find its columns before the first one runs. */
static dk_status check_steps(const dk_scenario *scenario, const dk_table *cells, size_t *columns, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < scenario->n_steps && status == DK_OK; i++) {
        dk_scenario one = { .context = scenario->context, .steps = &scenario->steps[i], .n_steps = 1 };
        size_t n;

        status = dki_step_fail(&scenario->steps[i], dki_mentioned_columns(&one, cells, columns, &n, err), err);
    }
    return status;
}

/* All columns of the cells but the weight. */
static dk_status cell_names(const dk_table *cells, dki_text_map *names, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < dk_table_n_columns(cells) && status == DK_OK; i++) {
        const char *name = dk_table_field(cells, i)->name;
        uint32_t number;

        if (i != dki_cells_weight(cells))
            status = dki_text_map_add(names, name, strlen(name), &number, err);
    }
    return status;
}

dk_status dki_mentioned_columns(const dk_scenario *scenario, const dk_table *cells, size_t *columns, size_t *n,
                                dk_error *err)
{
    const dk_scenario *whole = scenario->part_of ? scenario->part_of : scenario;
    dki_text_map names;
    dk_status status = DK_OK;

    *n = 0;
    dki_text_map_init(&names, scenario->context);
    for (size_t i = 0; i < whole->n_steps && status == DK_OK; i++) {
        size_t n_before = names.n;

        status = dki_step_columns(&whole->steps[i], true, &names, err);
        for (size_t k = n_before; k < names.n && status == DK_OK; k++) {
            size_t size;

            status = dk_table_get(cells, dki_text_map_get(&names, (uint32_t)k, &size), &columns[*n], err);
            if (status == DK_OK && columns[*n] == dki_cells_weight(cells))
                status =
                    dki_fail(err, DK_ERR_ARGUMENT, "%s is the weight, which steps move: they cannot read or set it",
                             dk_table_field(cells, columns[*n])->name);
            ++*n;
        }
    }
    dki_text_map_drop(&names);
    return status;
}

dk_status dki_run_steps(const dki_run *run, const dk_table *cells, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    dki_text_map names;
    struct walk walk = { .run = run, .context = context, .names = &names };
    const dk_properties *properties = dk_table_properties(run->keyed ? run->keyed : cells);
    const dk_table *now = dk_table_retain(cells);
    dk_status status;

    walk.key = properties->key;
    walk.n_key = properties->n_key;
    dki_text_map_init(&names, context);
    walk.columns = dki_calloc(context, dk_table_n_columns(cells), sizeof *walk.columns, err);
    status = walk.columns ? DK_OK : DK_ERR_MEMORY;
    if (status == DK_OK && dk_table_properties(cells)->weight == NULL)
        status = dki_fail(err, DK_ERR_ARGUMENT, "a scenario runs on cells, and this table is none");
    if (status == DK_OK)
        status = check_steps(run->scenario, cells, walk.columns, err);
    if (status == DK_OK && run->checks)
        status = dki_steps_check(run->scenario, cells, run->params, err);
    if (status == DK_OK)
        status = cell_names(cells, &names, err);
    for (size_t i = run->from; i < run->to && status == DK_OK; i++) {
        const dk_table *next = NULL;

        status = dki_step_fail(&run->scenario->steps[i], run_step(&walk, i, now, &next, err), err);
        if (status == DK_OK) {
            dk_table_release(now);
            now = next;
        }
    }
    if (status == DK_OK)
        *out = now;
    else
        dk_table_release(now);
    dki_free(context, walk.columns);
    dki_text_map_drop(&names);
    return status;
}

/* Scenarios ---------------------------------------------------------------------------------------------------- */

dk_status dk_scenario_apply(const dk_scenario *scenario, const dk_table *cells, const dk_params *params,
                            const dk_table **out, const dk_table **moved, dk_error *err)
{
    return dki_scenario_draw(scenario, cells, params, 0, NULL, out, moved, err);
}

dk_status dki_scenario_draw(const dk_scenario *scenario, const dk_table *cells, const dk_params *params,
                            uint32_t draw, struct dki_trail *trail, const dk_table **out, const dk_table **moved,
                            dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    dk_param *values = dki_alloc_array(context, scenario->n_params, sizeof *values, err);
    dk_params all = { values, scenario->n_params };
    dki_receipt receipt = { 0 };
    dki_text_map notes;
    dki_run run = { .scenario = scenario,
                    .to = scenario->n_steps,
                    .params = &all,
                    .checks = true,
                    .draw = draw,
                    .notes = &notes,
                    .trail = trail,
                    .receipt = moved ? &receipt : NULL };
    const dk_table *after = NULL, *what_moved = NULL;
    dk_status status = values ? dki_scenario_values(scenario, params, values, err) : DK_ERR_MEMORY;

    dki_text_map_init(&notes, context);
    if (status == DK_OK && moved)
        status = dki_receipt_init(&receipt, context, err);
    if (status == DK_OK)
        status = dki_run_steps(&run, cells, &after, err);
    if (status == DK_OK)
        status = dki_put_notes(&notes, &after, err);
    if (status == DK_OK && moved)
        status = dki_receipt_finish(&receipt, context, &what_moved, err);
    if (status == DK_OK) {
        *out = after;
        if (moved)
            *moved = what_moved;
    } else {
        dk_table_release(after);
    }
    dki_receipt_drop(&receipt);
    dki_text_map_drop(&notes);
    dki_free(context, values);
    return status;
}
