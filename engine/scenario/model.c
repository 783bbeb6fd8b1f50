/* model.c - every cell that there can be in a scenario, and what a step does to each.
 *
 * Compiling runs the steps as apply.c does, but with everybody taken and everybody staying: so each cell that some amount can
 * make is made. A run then needs weights alone: whom a step matches, strata and destinations are known, and what is taken is
 * settled and split by the same functions, which are given the matched cells that somebody is in.
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "model.h"
#include "pieces.h"
#include "rows/interval_order.h"
#include "rows/sort_key.h"
#include "rows/sort_rows.h"

#define MOST_CELLS (UINT64_C(1) << 22) /* more would cost more than they save */

/* Whether it is nowhere but in amounts, and in conditions where these may have it. */
static bool is_confined(const dk_scenario *scenario, size_t param, bool in_where)
{
    const char *name = scenario->params[param].name;

    for (size_t i = 0; i < scenario->n_steps; i++) {
        const dki_step *step = &scenario->steps[i];
        size_t n = in_where ? dki_expr_mentions(step->where, name) : 0;

        if (dki_step_mentions(step, name) != dki_step_shares(step, name) + dki_expr_mentions(step->count, name) + n)
            return false;
    }
    return true;
}

bool dki_param_is_amount(const dk_scenario *scenario, size_t param)
{
    return is_confined(scenario, param, false);
}

bool dki_param_selects(const dk_scenario *scenario, size_t param)
{
    return is_confined(scenario, param, true);
}

static void drop_step(dki_model_step *step, dk_context *context)
{
    dk_table_release(step->cells);
    dki_strata_drop(&step->strata);
    dki_free(context, step->stay);
    for (size_t m = 0; step->move && m < step->n_moves; m++)
        dki_free(context, step->move[m]);
    dki_free(context, step->move);
}

void dki_model_drop(dki_model *model)
{
    if (model == NULL)
        return;
    for (size_t i = 0; model->steps && i < model->n_steps; i++)
        drop_step(&model->steps[i], model->context);
    dk_table_release(model->cells);
    dk_table_release(model->base);
    dki_free(model->context, model->steps);
    dki_free(model->context, model->weights);
    dki_free(model->context, model->matched);
    dki_free(model->context, model->first);
    dki_free(model->context, model->columns);
    dki_free(model->context, model);
}

/* Compiling ---------------------------------------------------------------------------------------------------- */

dk_status dki_cells_join(const dk_table *const *tables, size_t n_tables, const dk_table **out, dk_error *err)
{
    const dk_table *first = tables[0];
    dk_context *context = dk_table_context(first);
    size_t n = dk_table_n_columns(first), made = 0;
    dk_field *fields = dki_calloc(context, n, sizeof *fields, err);
    const dk_column **columns = dki_calloc(context, n_tables, sizeof *columns, err);
    dk_properties properties = *dk_table_properties(first);
    const dk_table *joined = NULL;
    uint64_t n_rows = 0;
    dk_status status = fields && columns ? DK_OK : DK_ERR_MEMORY;

    properties.key = NULL;
    properties.n_key = 0;
    for (size_t t = 0; t < n_tables; t++)
        n_rows += dk_table_n_rows(tables[t]);
    for (; made < n && status == DK_OK; made++) {
        fields[made] = DK_FIELD(dk_table_field(first, made)->name, NULL);
        for (size_t t = 0; t < n_tables; t++)
            columns[t] = dk_column_retain(dk_table_field(tables[t], made)->column);
        status = dki_columns_join(columns, n_tables, &fields[made].column, err);
        for (size_t t = 0; t < n_tables; t++)
            dk_column_release(columns[t]);
    }
    if (status == DK_OK)
        status = dk_table_new(context, fields, n, n_rows, &joined, err);
    if (status == DK_OK)
        status = dk_table_with_properties(joined, &properties, out, err);
    dk_table_release(joined);
    for (size_t i = 0; fields && i < made; i++)
        dk_column_release(fields[i].column);
    dki_free(context, columns);
    dki_free(context, fields);
    return status;
}

/* Cells by their keys: all columns but the weight. */
struct keys {
    dki_sort_codes *codes;
    size_t n;
};

static int compare_keys(const void *arg, uint64_t a, uint64_t b)
{
    const struct keys *keys = arg;
    int sign = 0;

    for (size_t i = 0; i < keys->n && sign == 0; i++)
        sign = dki_sort_codes_compare(&keys->codes[i], false, a, b);
    return sign;
}

static void drop_keys(struct keys *keys, dk_context *context)
{
    for (size_t i = 0; i < keys->n; i++)
        dki_sort_codes_drop(&keys->codes[i], context);
    dki_free(context, keys->codes);
}

static dk_status make_keys(struct keys *keys, const dk_table *table, size_t weight, dk_error *err)
{
    dk_status status = DK_OK;

    keys->codes = dki_calloc(dk_table_context(table), dk_table_n_columns(table), sizeof *keys->codes, err);
    if (keys->codes == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < dk_table_n_columns(table) && status == DK_OK; i++) {
        const dk_column *ordered = NULL;

        if (i == weight)
            continue;
        status = dki_order_column(dk_table_field(table, i)->column, &ordered, err);
        if (status == DK_OK)
            status = dki_sort_codes_init(&keys->codes[keys->n], ordered, err);
        keys->n += status == DK_OK;
        dk_column_release(ordered);
    }
    return status;
}

dk_status dki_cells_distinct(const dk_table *table, size_t weight, uint32_t *number, const dk_table **out,
                             dk_error *err)
{
    dk_context *context = dk_table_context(table);
    uint64_t n = dk_table_n_rows(table), n_first = 0;
    uint64_t *rows = dki_alloc_array(context, (size_t)n, sizeof *rows, err);
    struct keys keys = { NULL, 0 };
    dk_status status = rows ? make_keys(&keys, table, weight, err) : DK_ERR_MEMORY;

    for (uint64_t i = 0; i < n && status == DK_OK; i++)
        rows[i] = i;
    if (status == DK_OK)
        status = dki_sort_rows(context, rows, n, compare_keys, &keys, err);
    for (uint64_t i = 0; i < n && status == DK_OK; i++) {
        if (i == 0 || compare_keys(&keys, rows[n_first - 1], rows[i]) != 0)
            rows[n_first++] = rows[i]; /* n_first <= i */
        number[rows[i]] = (uint32_t)n_first - 1;
    }
    if (status == DK_OK)
        status = dk_table_gather(table, rows, n_first, out, err);
    drop_keys(&keys, context);
    dki_free(context, rows);
    return status;
}

/* What becomes of the matched cells by each move: tables[0] is the cells, and of a step whose persons leave there is no other. */
static dk_status find_moved(const dki_model_step *step, const dki_stage *stage, const dk_table **tables,
                            dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t m = 0; m < step->n_moves && status == DK_OK; m++) {
        size_t n_set;
        const dk_expr *const *set = dki_move_set(step->step, m, &n_set);

        status = dki_moved_cells(stage, set, n_set, step->strata.cells, step->strata.n_cells, &tables[m + 1], err);
    }
    return status;
}

/* What the step does to each cell. *next: the cells that there can be after it. */
static dk_status compile_moves(dki_model *model, dki_model_step *step, const dki_stage *stage,
                               const dk_table **next, dk_error *err)
{
    dk_context *context = model->context;
    size_t n = step->n, n_matched = (size_t)step->strata.n_cells, n_moves = dki_moves_n(step->step);
    const dk_table **tables = dki_calloc(context, n_moves + 1, sizeof *tables, err), *joined = NULL;
    uint32_t *number = dki_alloc_array(context, n + n_matched * n_moves, sizeof *number, err);
    dk_status status;

    step->stay = dki_alloc_array(context, n, sizeof *step->stay, err);
    step->move = dki_calloc(context, n_moves, sizeof *step->move, err);
    step->n_moves = n_moves;
    status = number && tables && step->stay && step->move ? DK_OK : DK_ERR_MEMORY;
    for (size_t m = 0; m < n_moves && status == DK_OK; m++) {
        step->move[m] = dki_alloc_array(context, n_matched, sizeof **step->move, err);
        status = step->move[m] ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK) {
        tables[0] = dk_table_retain(step->cells);
        status = find_moved(step, stage, tables, err);
    }
    if (status == DK_OK)
        status = dki_cells_join(tables, n_moves + 1, &joined, err);
    if (status == DK_OK)
        status = dki_cells_distinct(joined, dki_cells_weight(joined), number, next, err);
    if (status == DK_OK)
        memcpy(step->stay, number, n * sizeof *number);
    for (size_t m = 0; m < n_moves && n_matched > 0 && status == DK_OK; m++)
        memcpy(step->move[m], number + n + m * n_matched, n_matched * sizeof *number);
    for (size_t m = 0; tables && m <= n_moves; m++)
        dk_table_release(tables[m]);
    dk_table_release(joined);
    dki_free(context, tables);
    dki_free(context, number);
    return status;
}

bool dki_cells_gain_levels(const dk_table *before, const dk_table *after, size_t n)
{
    for (size_t i = 0; i < dk_table_n_columns(before); i++) {
        const dk_dictionary *old = dk_column_levels(dk_table_field(before, i)->column);
        const dk_dictionary *now = dk_column_levels(dk_table_field(after, i)->column);

        if (old != now && dk_dictionary_n_levels(now) > dk_dictionary_n_levels(old) + n &&
            (n == 0 || dk_dictionary_is_declared(old)))
            return true;
    }
    return false;
}

static dk_status compile_step(dki_model *model, const dki_run *run, size_t number, const dk_table **cells,
                              bool *can, dki_text_map *notes, dk_error *err)
{
    dki_model_step *step = &model->steps[model->n_steps];
    size_t n = (size_t)dk_table_n_rows(*cells);
    int64_t *everybody = dki_alloc_array(model->context, n, sizeof *everybody, err);
    const dk_table *next = NULL;
    bool happens = true;
    dki_stage stage = { .step = &run->scenario->steps[number],
                        .cells = *cells,
                        .weights = everybody,
                        .params = run->params,
                        .columns = model->columns,
                        .n_columns = model->n_columns,
                        .only = run->only && run->only->steps[number] ? run->only : NULL,
                        .allow_none = true,
                        .anybody = run->anybody && run->anybody[number],
                        .notes = notes };
    dk_status status = everybody ? dki_step_happens(stage.step, *cells, run->params, &happens, err) : DK_ERR_MEMORY;

    if (status != DK_OK || !happens) {
        dki_free(model->context, everybody);
        return status;
    }
    *step = (dki_model_step){
        .step = stage.step, .number = number, .cells = dk_table_retain(*cells), .n = n, .selects = stage.anybody
    };
    model->n_steps++;
    for (size_t i = 0; i < n && status == DK_OK; i++)
        everybody[i] = 1;
    if (status == DK_OK)
        status = dki_strata_find(&stage, &step->strata, err);
    if (status == DK_OK)
        status = compile_moves(model, step, &stage, &next, err);
    dki_free(model->context, everybody);
    if (status != DK_OK)
        return status;
    /* In which order several levels come to those that have one, who is taken decides. */
    *can = dk_table_n_rows(next) <= MOST_CELLS && !dki_cells_gain_levels(*cells, next, 1);
    dk_table_release(*cells);
    *cells = next;
    return DK_OK;
}

/* Marks the cells that some step matches; and whether somebody may be left out because nothing is known of him. */
static dk_status mark_matched(dki_model *model, const dki_run *run, dk_error *err)
{
    const dk_table *cells = model->base;
    bool *matched = model->matched;
    uint64_t n = dk_table_n_rows(cells);
    dk_status status = DK_OK;

    for (size_t i = run->from; i < run->to && status == DK_OK; i++) {
        const dk_expr *where = run->scenario->steps[i].where;
        const dk_column *column = NULL;
        dk_view view;

        if (where == NULL || (run->anybody && run->anybody[i])) {
            memset(matched, true, (size_t)n * sizeof *matched);
            continue;
        }
        status = dk_table_eval(cells, where, run->params, &column, err);
        if (status == DK_OK && dk_column_type(column) != DK_BOOLEAN)
            status = DK_ERR_TYPE;
        dk_view_init(&view, model->context);
        for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n) {
            int64_t values[DK_BLOCK_ROWS];

            dki_view_integers(&view, values);
            for (size_t k = 0; k < view.n; k++) {
                bool is_null = dki_view_is_null(&view, k);

                matched[row + k] = matched[row + k] || (!is_null && values[k]);
                model->has_notes = model->has_notes || is_null;
            }
        }
        dk_view_release(&view);
        dk_column_release(column);
    }
    return status;
}

/* The cells that some step matches, with their weights. */
static dk_status choose_cells(dki_model *model, const dki_run *run, const dk_table **out, dk_error *err)
{
    size_t n = (size_t)dk_table_n_rows(model->base), n_first = 0;
    uint64_t *rows = dki_alloc_array(model->context, n, sizeof *rows, err);
    dk_status status;

    model->matched = dki_calloc(model->context, n, sizeof *model->matched, err);
    model->first = dki_alloc_array(model->context, n, sizeof *model->first, err);
    status = rows && model->matched && model->first ? mark_matched(model, run, err) : DK_ERR_MEMORY;
    for (size_t i = 0; i < n && status == DK_OK; i++)
        if (model->matched[i]) {
            model->first[n_first] = model->weights[i];
            rows[n_first++] = i;
        }
    if (status == DK_OK)
        status = dk_table_gather(model->base, rows, n_first, out, err);
    dki_free(model->context, rows);
    return status;
}

static dk_status compile(dki_model *model, const dki_run *run, bool *can, dk_error *err)
{
    const dk_table *moving = NULL;
    size_t n = (size_t)dk_table_n_rows(model->base);
    dki_text_map notes;
    dk_status status = DK_OK;

    dki_text_map_init(&notes, model->context);
    for (size_t i = 0; i < n && *can; i++)
        *can = model->weights[i] > 0; /* a cell without anybody stays one, and others go */
    for (size_t i = run->from; i < run->to && *can; i++) {
        const dki_step *step = &run->scenario->steps[i];

        *can = step->drawn != DK_DRAWN_PERSONS &&         /* who is one row each */
               !dki_step_sets_figures(step, model->base); /* which stay as they are beside a model */
        model->has_notes = model->has_notes || step->scale || step->effect != DK_MOVES;
    }
    if (*can)
        status = choose_cells(model, run, &moving, err);
    for (size_t i = run->from; i < run->to && *can && status == DK_OK; i++)
        status = compile_step(model, run, i, &moving, can, &notes, err);
    if (*can && status == DK_OK) {
        model->cells = dk_table_retain(moving);
        model->n = (size_t)dk_table_n_rows(moving);
    }
    model->has_notes = model->has_notes || notes.n > 0;
    dk_table_release(moving);
    dki_text_map_drop(&notes);
    return status;
}

dk_status dki_model_new(const dki_run *run, const dk_table *cells, dki_model **out, dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    dki_model *model = dki_calloc(context, 1, sizeof *model, err);
    dk_error why = DK_ERROR_INIT;
    bool can = true;
    dk_status status;

    if (model == NULL)
        return DK_ERR_MEMORY;
    model->context = context;
    model->scenario = run->scenario;
    model->only = run->only;
    model->draw = run->draw;
    model->allow_none = run->allow_none;
    model->base = dk_table_retain(cells);
    model->steps = dki_calloc(context, run->to - run->from, sizeof *model->steps, &why);
    model->weights = dki_alloc_array(context, (size_t)dk_table_n_rows(cells), sizeof *model->weights, &why);
    model->columns = dki_calloc(context, dk_table_n_columns(cells), sizeof *model->columns, &why);
    status = model->steps && model->weights && model->columns ? DK_OK : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dki_cells_weights(cells, model->weights, &why);
    if (status == DK_OK)
        status = dki_mentioned_columns(run->scenario, cells, model->columns, &model->n_columns, &why);
    if (status == DK_OK)
        status = compile(model, run, &can, &why);
    if (status == DK_OK && can) {
        *out = model;
        return DK_OK;
    }
    dki_model_drop(model);
    *out = NULL;
    if (status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED)
        return DK_OK; /* what is wrong is told by running the steps: some cells may never come to be */
    if (err)
        *err = why;
    return status;
}
