/* apply.c - runs the steps of a scenario on cells.
 *
 * Each step splits cells: what is taken becomes a cell with the values that are set, what stays keeps its own. Then
 * cells that became equal are grouped again.
 *
 * Invariant: the sum of the weights after a step is the sum before it.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "scenario_parts.h"

/* Moving ------------------------------------------------------------------------------------------------------- */

/* Cells that stay, and cells that move, as rows and as weights. */
struct division {
    uint64_t *stay, *move;
    uint64_t n_stay, n_move;
    int64_t *taken; /* of every cell */
};

static dk_status divided_weights(const dki_stage *stage, const struct division *d, const dk_column **out,
                                 dk_error *err)
{
    dk_context *context = dk_table_context(stage->cells);
    dk_builder *builder;
    dk_status status = dk_builder_new(context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &builder, err);

    if (status != DK_OK)
        return status;
    DKI_FOR_ROWS(i, d->n_stay, context, status, err)
    status = dk_builder_integer(builder, stage->weights[d->stay[i]] - d->taken[d->stay[i]], err);
    DKI_FOR_ROWS(i, d->n_move, context, status, err)
    status = dk_builder_integer(builder, d->taken[d->move[i]], err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* The rows of one column, then those of the other, which has its type, and its levels with perhaps some more. */
static dk_status join_columns(const dk_column *stay, const dk_column *moved, const dk_column **out, dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(moved);
    const dk_column *columns[] = { stay, moved }, *longer = NULL;
    dk_status status = DK_OK;

    if (levels && levels != dk_column_levels(stay)) {
        status = dki_column_with_levels(stay, levels, &longer, err);
        columns[0] = longer;
    }
    if (status == DK_OK)
        status = dki_column_concat(dk_column_context(stay), dk_column_type(stay), dk_column_scale(stay), levels,
                                   columns, 2, out, err);
    dk_column_release(longer);
    return status;
}

/* One table of those who stay and those who moved, not yet grouped. */
static dk_status join_cells(const dki_stage *stage, const struct division *d, const dk_table *stay,
                            const dk_table *moved, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(stage->cells);
    size_t n_columns = dk_table_n_columns(stage->cells), weight = dki_cells_weight(stage->cells), n = 0;
    dk_field *fields = dki_calloc(context, n_columns, sizeof *fields, err);
    dk_properties properties = *dk_table_properties(stage->cells);
    const dk_table *joined = NULL;
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    properties.key = NULL; /* who stays and who moves have the same one */
    properties.n_key = 0;

    for (; n < n_columns && status == DK_OK; n++) {
        fields[n] = DK_FIELD(dk_table_field(stage->cells, n)->name, NULL);
        if (n == weight)
            status = divided_weights(stage, d, &fields[n].column, err);
        else
            status = join_columns(dk_table_field(stay, n)->column, dk_table_field(moved, n)->column,
                                  &fields[n].column, err);
    }
    if (status == DK_OK)
        status = dk_table_new(context, fields, n_columns, d->n_stay + d->n_move, &joined, err);
    if (status == DK_OK)
        status = dk_table_with_properties(joined, &properties, out, err);
    dk_table_release(joined);
    for (size_t i = 0; fields && i < n; i++)
        dk_column_release(fields[i].column);
    dki_free(context, fields);
    return status;
}

static dk_status move_cells(const dki_stage *stage, const struct division *d, const dk_table **out, dk_error *err)
{
    const dk_table *stay = NULL, *moved = NULL;
    dk_status status = dk_table_gather(stage->cells, d->stay, d->n_stay, &stay, err);

    if (status == DK_OK)
        status = dki_moved_cells(stage, d->move, d->n_move, &moved, err);
    if (status == DK_OK)
        status = join_cells(stage, d, stay, moved, out, err);
    dk_table_release(moved);
    dk_table_release(stay);
    return status;
}

/* Steps -------------------------------------------------------------------------------------------------------- */

/* The sum of all weights must not change: a difference would be a fault of this file. */
static dk_status check_conserved(const dk_table *before, const int64_t *weights, const dk_table *after,
                                 dk_error *err)
{
    dk_context *context = dk_table_context(after);
    uint64_t n = dk_table_n_rows(after);
    int64_t *now = dki_alloc_array(context, (size_t)n, sizeof *now, err);
    dki_i128 difference = 0;
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

static dk_status divide(const dki_stage *stage, const dki_strata *strata, struct division *d, dk_error *err)
{
    uint64_t n = dk_table_n_rows(stage->cells);
    dk_status status = dki_strata_split(stage, strata, d->taken, err);

    DKI_FOR_ROWS(i, n, strata->context, status, err)
    {
        if (stage->weights[i] > d->taken[i] || stage->weights[i] == 0) /* a cell without anybody stays one */
            d->stay[d->n_stay++] = i;
        if (d->taken[i] > 0)
            d->move[d->n_move++] = i;
    }
    return status;
}

static dk_status tally_strata(const struct walk *walk, size_t number, const dki_stage *stage,
                              const dki_strata *strata, dk_error *err)
{
    if (walk->run->tallies) {
        dki_tally *tally = &walk->run->tallies[number];

        *tally = (dki_tally){ .n_strata = strata->n };
        for (uint64_t k = 0; k < strata->n; k++) {
            tally->available += strata->available[k];
            tally->taken += strata->taken[k];
        }
    }
    return walk->run->receipt ? dki_receipt_add(walk->run->receipt, number + 1, stage, strata, err) : DK_OK;
}

static dk_status regroup(struct walk *walk, const dki_stage *stage, const struct division *d, const dk_table **out,
                         dk_error *err)
{
    const dk_table *moved = NULL, *grouped = NULL;
    dk_status status = move_cells(stage, d, &moved, err);

    if (status == DK_OK)
        status = dki_cells_group(moved, walk->names, &grouped, err);
    if (status == DK_OK)
        status = check_conserved(stage->cells, stage->weights, grouped, err);
    if (status == DK_OK)
        *out = dk_table_retain(grouped);
    dk_table_release(grouped);
    dk_table_release(moved);
    return status;
}

static dk_status run_step(struct walk *walk, size_t number, const dk_table *cells, const dk_table **out,
                          dk_error *err)
{
    dk_context *context = walk->context;
    const dki_run *run = walk->run;
    const dki_step *step = &run->scenario->steps[number];
    size_t n = (size_t)dk_table_n_rows(cells);
    int64_t *weights = dki_alloc_array(context, n, sizeof *weights, err);
    struct division d = { .stay = dki_alloc_array(context, n, sizeof *d.stay, err),
                          .move = dki_alloc_array(context, n, sizeof *d.move, err),
                          .taken = dki_alloc_array(context, n, sizeof *d.taken, err) };
    dki_stage stage = { .step = step,
                        .cells = cells,
                        .weights = weights,
                        .params = run->params,
                        .columns = walk->columns,
                        .only = run->only && run->only->steps[number] ? run->only : NULL,
                        .allow_none = step->allow_none || (run->allow_none && run->allow_none[number]),
                        .notes = run->notes,
                        .draw = run->draw,
                        .key = walk->key,
                        .n_key = walk->n_key };
    dki_strata strata = { .context = NULL };
    dk_status status = weights && d.stay && d.move && d.taken ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_cells_weights(cells, weights, err);
    if (status == DK_OK)
        status = dki_mentioned_columns(run->scenario, cells, walk->columns, &stage.n_columns, err);
    if (status == DK_OK)
        status = dki_strata_find(&stage, &strata, err);
    if (status == DK_OK)
        status = dki_strata_settle(&stage, &strata, err);
    if (status == DK_OK)
        status = tally_strata(walk, number, &stage, &strata, err);
    if (status == DK_OK)
        status = divide(&stage, &strata, &d, err);
    if (status == DK_OK && d.n_move == 0)
        *out = dk_table_retain(cells);
    else if (status == DK_OK)
        status = regroup(walk, &stage, &d, out, err);
    dki_strata_drop(&strata);
    dki_free(context, d.taken);
    dki_free(context, d.move);
    dki_free(context, d.stay);
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
    dki_text_map names;
    dk_status status = DK_OK;

    *n = 0;
    dki_text_map_init(&names, scenario->context);
    for (size_t i = 0; i < scenario->n_steps && status == DK_OK; i++) {
        size_t n_before = names.n;

        status = dki_step_columns(&scenario->steps[i], true, &names, err);
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
    dk_context *context = dk_table_context(cells);
    dk_param *values = dki_alloc_array(context, scenario->n_params, sizeof *values, err);
    dk_params all = { values, scenario->n_params };
    dki_receipt receipt = { 0 };
    dki_text_map notes;
    dki_run run = { .scenario = scenario,
                    .to = scenario->n_steps,
                    .params = &all,
                    .notes = &notes,
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
