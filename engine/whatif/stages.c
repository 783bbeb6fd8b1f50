/* stages.c - a scenario step by step: the cells after each step, and whose weight differs between two tables of cells. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "expr/poll_row.h"
#include "stages.h"

size_t dk_scenario_n_steps(const dk_scenario *scenario)
{
    return scenario->n_steps;
}

const char *dk_scenario_step_name(const dk_scenario *scenario, size_t step)
{
    return scenario->steps[step].name;
}

dk_status dk_scenario_stages(const dk_scenario *scenario, const dk_table *cells, const dk_params *params,
                             const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    dk_param *values = dki_alloc_array(context, scenario->n_params, sizeof *values, err);
    dk_params all = { values, scenario->n_params };
    dki_run run = { .scenario = scenario, .params = &all, .keyed = cells };
    dk_status status = values ? dki_scenario_values(scenario, params, values, err) : DK_ERR_MEMORY;

    for (size_t i = 0; i < scenario->n_steps; i++)
        out[i] = NULL;
    for (; run.from < scenario->n_steps && status == DK_OK; run.from++) {
        run.to = run.from + 1;
        status = dki_run_steps(&run, run.from ? out[run.from - 1] : cells, &out[run.from], err);
    }
    if (status != DK_OK)
        for (size_t i = 0; i < scenario->n_steps; i++) {
            dk_table_release(out[i]);
            out[i] = NULL;
        }
    dki_free(context, values);
    return status;
}

/* Pairs of cells ----------------------------------------------------------------------------------------------- */

/* The columns that tell cells apart, with what they are made of behind them, and then the weight. */
static dk_status order_columns(const dk_table *cells, const dk_table **out, dk_error *err)
{
    size_t weight = dki_cells_weight(cells), n = 0;
    const dk_table *spread = NULL;
    const char **names = NULL;
    dki_text_map columns;
    dki_arena arena;
    dk_status status = DK_OK;

    dki_arena_init(&arena, dk_table_context(cells));
    dki_text_map_init(&columns, dk_table_context(cells));
    for (size_t i = 0; i < dk_table_n_columns(cells) && status == DK_OK; i++) {
        const char *name = dk_table_field(cells, i)->name;
        uint32_t number;

        if (i != weight)
            status = dki_text_map_add(&columns, name, strlen(name), &number, err);
    }
    if (status == DK_OK)
        status = dki_children_spread(cells, &columns, &arena, &spread, err);
    if (status == DK_OK) {
        names = dki_arena_array(&arena, dk_table_n_columns(spread), sizeof *names, err);
        status = names ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t i = 0; status == DK_OK && i < dk_table_n_columns(spread); i++)
        if (i != weight)
            names[n++] = dk_table_field(spread, i)->name;
    if (status == DK_OK) {
        names[n++] = dk_table_field(spread, weight)->name;
        status = dk_table_select(spread, names, n, out, err);
    }
    dk_table_release(spread);
    dki_text_map_drop(&columns);
    dki_arena_drop(&arena);
    return status;
}

static dk_status check_columns(const dk_table *a, const dk_table *b, dk_error *err)
{
    bool same = dk_table_n_columns(a) == dk_table_n_columns(b);

    for (size_t i = 0; i < dk_table_n_columns(a) && same; i++)
        same = strcmp(dk_table_field(a, i)->name, dk_table_field(b, i)->name) == 0;
    return same ? DK_OK
                : dki_fail(err, DK_ERR_ARGUMENT, "these are no cells of one table: they have other columns");
}

dk_status dki_cell_pair_find(dki_cell_pair *pair, const dk_table *before, const dk_table *after, dk_error *err)
{
    const dk_table *cells[2] = { before, after };
    dk_status status = DK_OK;

    *pair = (dki_cell_pair){ .context = dk_table_context(before) };
    for (size_t i = 0; i < 2 && status == DK_OK; i++) {
        size_t n = (size_t)dk_table_n_rows(cells[i]);

        pair->weights[i] = dki_alloc_array(pair->context, n, sizeof **pair->weights, err);
        status = pair->weights[i] ? dki_cells_weights(cells[i], pair->weights[i], err) : DK_ERR_MEMORY;
        if (status == DK_OK)
            status = order_columns(cells[i], &pair->tables[i], err);
    }
    if (status == DK_OK)
        status = check_columns(pair->tables[0], pair->tables[1], err);
    return status == DK_OK
               ? dki_sides_find(&pair->sides, pair->tables, 2, dk_table_n_columns(pair->tables[0]) - 1, err)
               : status;
}

void dki_cell_pair_drop(dki_cell_pair *pair)
{
    dki_sides_drop(&pair->sides);
    for (size_t i = 0; i < 2; i++) {
        dki_free(pair->context, pair->weights[i]);
        dk_table_release(pair->tables[i]);
    }
}

int64_t dki_cell_pair_weight(const dki_cell_pair *pair, size_t side, uint64_t position)
{
    uint64_t row = pair->sides.rows[side][pair->sides.order[position]];

    return row == DK_ROW_NULL ? 0 : pair->weights[side][row];
}

/* Changes ------------------------------------------------------------------------------------------------------ */

/* A column of a weight, or (2) of its change, of the cells at rows[0 .. n - 1]. */
static dk_status weight_column(const dki_cell_pair *pair, size_t which, const uint64_t *rows, uint64_t n,
                               const dk_column **out, dk_error *err)
{
    dk_context *context = pair->sides.context;
    dk_builder *builder = NULL;
    const dk_column *raw = NULL;
    dk_status status = dk_builder_new(context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &builder, err);

    DKI_FOR_ROWS(i, n, context, status, err)
    {
        int64_t before = dki_cell_pair_weight(pair, 0, rows[i]), after = dki_cell_pair_weight(pair, 1, rows[i]);

        status = dk_builder_integer(builder, which == 0 ? before : which == 1 ? after : after - before, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, &raw, err);
    if (status == DK_OK)
        status = dki_trim_column(raw, 0, out, err);
    dk_column_release(raw);
    dk_builder_release(builder);
    return status;
}

/* The columns that the cells have of their own. */
static dk_status own_columns(const dki_cell_pair *pair, const dk_table *cells, const dk_table **out, dk_error *err)
{
    dk_context *context = pair->sides.context;
    size_t n = dk_table_n_columns(cells), weight = dki_cells_weight(cells), n_names = 0;
    const char **names = dki_alloc_array(context, n, sizeof *names, err);
    const dk_table *all = NULL;
    dk_status status = names ? dki_sides_table(&pair->sides, 1, &all, err) : DK_ERR_MEMORY;

    for (size_t i = 0; names && i < n; i++)
        if (i != weight)
            names[n_names++] = dk_table_field(cells, i)->name;
    if (status == DK_OK)
        status = dk_table_select(all, names, n_names, out, err);
    dk_table_release(all);
    dki_free(context, names);
    return status;
}

dk_status dk_cells_changes(const dk_table *before, const dk_table *after, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(before);
    dk_field fields[] = { DK_FIELD("before", NULL), DK_FIELD("after", NULL), DK_FIELD("change", NULL) };
    const dk_table *cells = NULL, *changed = NULL;
    dki_cell_pair pair;
    uint64_t *rows = NULL, n = 0;
    dk_status status = dki_cell_pair_find(&pair, before, after, err);

    if (status == DK_OK) {
        rows = dki_alloc_array(context, (size_t)pair.sides.groups.n, sizeof *rows, err);
        status = rows ? own_columns(&pair, before, &cells, err) : DK_ERR_MEMORY;
    }
    for (uint64_t i = 0; status == DK_OK && i < pair.sides.groups.n; i++)
        if (dki_cell_pair_weight(&pair, 0, i) != dki_cell_pair_weight(&pair, 1, i))
            rows[n++] = i;
    for (size_t k = 0; k < 3 && status == DK_OK; k++) {
        status = weight_column(&pair, k, rows, n, &fields[k].column, err);
        if (status == DK_OK && dk_table_find(cells, fields[k].name) != DK_NO_COLUMN) {
            status =
                dki_fail(err, DK_ERR_ARGUMENT, "changes of cells have a column %s of their own", fields[k].name);
            dki_hint(err, "give that of the table another name: t:rename");
        }
    }
    if (status == DK_OK)
        status = dk_table_gather(cells, rows, n, &changed, err);
    if (status == DK_OK)
        status = dk_table_with(changed, fields, 3, out, err);
    for (size_t k = 0; k < 3; k++)
        dk_column_release(fields[k].column);
    dk_table_release(changed);
    dk_table_release(cells);
    dki_free(context, rows);
    dki_cell_pair_drop(&pair);
    return status;
}
