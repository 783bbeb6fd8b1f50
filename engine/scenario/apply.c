/* apply.c - runs the steps of a scenario on cells.
 *
 * Each step splits cells: what is taken becomes a cell with the values that are set, what stays keeps its own. Within a
 * stratum the cells share what is taken in proportion to their weight, in units, by largest remainder in the order of cells; so
 * the stratum's number is kept to the last unit. Then cells that became equal are grouped again.
 *
 * Invariant: the sum of the weights after a step is the sum before it.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "query/eval.h"
#include "scenario_parts.h"

/* Splitting --------------------------------------------------------------------------------------------------------- */

/* taken[i] of each cell's weight; the sum in each stratum is what was settled. */
static dk_status split(const dki_strata *strata, const int64_t *weights, uint64_t n_cells, int64_t *taken,
                       dk_error *err)
{
    dk_context *context = strata->context;
    uint64_t *cells = dki_alloc_array(context, n_cells, sizeof *cells, err);
    uint64_t *starts = dki_calloc(context, strata->n + 1, sizeof *starts, err);
    dki_i128 *numerators = dki_alloc_array(context, n_cells, sizeof *numerators, err);
    int64_t *limits = dki_alloc_array(context, n_cells, sizeof *limits, err);
    int64_t *shares = dki_alloc_array(context, n_cells, sizeof *shares, err);
    dk_status status = cells && starts && numerators && limits && shares ? DK_OK : DK_ERR_MEMORY;

    memset(taken, 0, n_cells * sizeof *taken);
    if (status == DK_OK) { /* cells by stratum, in their order */
        for (uint64_t i = 0; i < n_cells; i++)
            if (strata->of_cell[i] != UINT32_MAX)
                starts[strata->of_cell[i] + 1]++;
        for (size_t k = 0; k < strata->n; k++)
            starts[k + 1] += starts[k];
        for (uint64_t i = 0; i < n_cells; i++)
            if (strata->of_cell[i] != UINT32_MAX)
                cells[starts[strata->of_cell[i]]++] = i;
    }
    for (size_t k = 0; k < strata->n && status == DK_OK; k++) {
        uint64_t from = k ? starts[k - 1] : 0; /* starts moved on by one stratum while it was filled */
        size_t n = (size_t)(starts[k] - from);

        for (size_t j = 0; j < n; j++) {
            limits[j] = weights[cells[from + j]];
            numerators[j] = (dki_i128)strata->taken[k] * limits[j];
        }
        status = dki_apportion_quotas(context, numerators, strata->available[k], 1, limits, n, shares, err);
        for (size_t j = 0; j < n && status == DK_OK; j++)
            taken[cells[from + j]] = shares[j];
    }
    dki_free(context, shares);
    dki_free(context, limits);
    dki_free(context, numerators);
    dki_free(context, starts);
    dki_free(context, cells);
    return status;
}

/* New columns ------------------------------------------------------------------------------------------------------- */

/* Rows of the table that results: first those that stay, then those that move. */
struct rows {
    uint64_t *stay, *move;
    uint64_t n_stay, n_move;
};

/* The dictionary of a category after new values came in. */
static dk_status extend_levels(const dk_column *column, const dk_column *values, const dk_dictionary **out,
                               dk_error *err)
{
    dk_context *context = dk_column_context(column);
    dki_text_map texts;
    dk_dictionary *longer = NULL;
    dk_text *levels;
    dk_status status = DK_OK;

    dki_text_map_init(&texts, context);
    for (uint64_t i = 0; i < dk_column_n_rows(values) && status == DK_OK; i++) {
        dk_value value;
        uint32_t number;

        status = dk_column_get(values, i, &value, err);
        if (status == DK_OK && !value.is_null)
            status = dki_text_map_add(&texts, value.as.text.bytes, value.as.text.size, &number, err);
    }
    levels = dki_alloc_array(context, texts.n, sizeof *levels, err);
    if (levels == NULL)
        status = DK_ERR_MEMORY;
    for (size_t i = 0; i < texts.n && status == DK_OK; i++)
        levels[i].bytes = dki_text_map_get(&texts, (uint32_t)i, &levels[i].size);
    if (status == DK_OK)
        status = dki_dictionary_extend(dk_column_levels(column), levels, texts.n, &longer, err);
    dki_free(context, levels);
    dki_text_map_drop(&texts);
    if (status == DK_OK)
        *out = longer;
    return status;
}

/* Rows that stay keep the column's values, rows that move get those of `values` (NULL: they keep theirs too). */
static dk_status rebuild(const dk_column *column, const dk_column *values, const struct rows *rows,
                         const dk_dictionary *levels, const dk_column **out, dk_error *err)
{
    dk_builder *builder;
    dk_status status = dk_builder_new(dk_column_context(column), dk_column_type(column), dk_column_scale(column),
                                      levels, &builder, err);

    if (status != DK_OK)
        return status;
    for (uint64_t i = 0; i < rows->n_stay + rows->n_move && status == DK_OK; i++) {
        bool moves = i >= rows->n_stay;
        dk_value value;

        status = dk_column_get(moves && values ? values : column,
                               moves ? rows->move[i - rows->n_stay] : rows->stay[i], &value, err);
        if (status == DK_OK)
            status = dk_builder_value(builder, &value, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

static dk_status set_column(const dk_field *field, const dk_expr *expr, const dk_column *values,
                            const struct rows *rows, const dk_column **out, dk_error *err)
{
    const dk_dictionary *longer = NULL;
    dk_type type = dk_column_type(values);
    bool texts = type == DK_TEXT || type == DK_CATEGORY;
    dk_status status = DK_OK;

    if (dk_column_type(field->column) == DK_CATEGORY && texts)
        status = extend_levels(field->column, values, &longer, err);
    if (status == DK_OK)
        status = rebuild(field->column, values, rows, longer ? longer : dk_column_levels(field->column), out, err);
    dk_dictionary_release(longer);
    if (status == DK_ERR_TYPE || status == DK_ERR_RANGE)
        status = dki_fail(err, status, "%s is %s, and cannot be set to %s", field->name,
                          dk_type_name(dk_column_type(field->column)), dk_expr_text(expr));
    return status;
}

static dk_status weight_column(const int64_t *weights, const int64_t *taken, const struct rows *rows,
                               dk_context *context, const dk_column **out, dk_error *err)
{
    dk_builder *builder;
    dk_status status = dk_builder_new(context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &builder, err);

    if (status != DK_OK)
        return status;
    for (uint64_t i = 0; i < rows->n_stay && status == DK_OK; i++)
        status = dk_builder_integer(builder, weights[rows->stay[i]] - taken[rows->stay[i]], err);
    for (uint64_t i = 0; i < rows->n_move && status == DK_OK; i++)
        status = dk_builder_integer(builder, taken[rows->move[i]], err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* The value that a step sets column i to, for every cell; NULL where it sets another. */
static dk_status set_values(const dki_step *step, const dk_table *cells, const char *name, const dk_params *params,
                            const dk_expr **expr, const dk_column **out, dk_error *err)
{
    *out = NULL;
    for (size_t i = 0; i < step->n_set; i++)
        if (strcmp(dk_expr_name(step->set[i]), name) == 0) {
            *expr = step->set[i];
            return dk_table_eval(cells, step->set[i], params, out, err);
        }
    return DK_OK;
}

static dk_status move_cells(const dki_step *step, const dk_table *cells, const dk_params *params,
                            const int64_t *weights, const int64_t *taken, const struct rows *rows,
                            const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    size_t n_columns = dk_table_n_columns(cells), weight = dki_cells_weight(cells), n_made = 0;
    dk_field *fields = dki_calloc(context, n_columns, sizeof *fields, err);
    const dk_table *made = NULL;
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    for (; n_made < n_columns && status == DK_OK; n_made++) {
        const dk_field *field = dk_table_field(cells, n_made);
        const dk_column *values = NULL;
        const dk_expr *expr = NULL;

        fields[n_made] = DK_FIELD(field->name, NULL);
        if (n_made == weight) {
            status = weight_column(weights, taken, rows, context, &fields[n_made].column, err);
            continue;
        }
        status = set_values(step, cells, field->name, params, &expr, &values, err);
        if (status == DK_OK && values)
            status = set_column(field, expr, values, rows, &fields[n_made].column, err);
        else if (status == DK_OK)
            status =
                rebuild(field->column, NULL, rows, dk_column_levels(field->column), &fields[n_made].column, err);
        dk_column_release(values);
    }
    if (status == DK_OK)
        status = dk_table_new(context, fields, n_columns, rows->n_stay + rows->n_move, &made, err);
    if (status == DK_OK)
        status = dk_table_with_properties(made, dk_table_properties(cells), out, err);
    dk_table_release(made);
    for (size_t i = 0; i < n_made; i++)
        dk_column_release(fields[i].column);
    dki_free(context, fields);
    return status;
}

/* Steps ------------------------------------------------------------------------------------------------------------- */

/* One row for each stratum of a step. */
struct receipt {
    dk_builder *step, *name, *stratum, *available, *taken;
};

static dk_status note_strata(struct receipt *receipt, size_t number, const dki_step *step, const dk_table *cells,
                             const dki_strata *strata, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t k = 0; k < strata->n && status == DK_OK; k++) {
        char text[256];
        size_t size = dki_describe(cells, strata->first[k], strata->columns, strata->n_columns, text, sizeof text);

        if ((status = dk_builder_integer(receipt->step, (int64_t)number, err)) != DK_OK ||
            (status = dk_builder_text(receipt->name, (dk_text){ step->name, strlen(step->name) }, err)) != DK_OK ||
            (status = dk_builder_text(receipt->stratum, (dk_text){ text, size }, err)) != DK_OK ||
            (status = dk_builder_integer(receipt->available, strata->available[k], err)) != DK_OK)
            return status;
        status = dk_builder_integer(receipt->taken, strata->taken[k], err);
    }
    return status;
}

/* The sum of all weights must not change: a difference would be a fault of this file. */
static dk_status check_conserved(const dk_table *before, const int64_t *weights, const dk_table *after,
                                 dk_error *err)
{
    dk_context *context = dk_table_context(after);
    uint64_t n = dk_table_n_rows(after);
    int64_t *now = dki_alloc_array(context, n, sizeof *now, err);
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

static dk_status run_step(const dki_step *step, size_t number, const dk_table *cells, const dk_params *params,
                          struct receipt *receipt, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    uint64_t n = dk_table_n_rows(cells);
    int64_t *weights = dki_alloc_array(context, n, sizeof *weights, err);
    int64_t *taken = dki_alloc_array(context, n, sizeof *taken, err);
    struct rows rows = { dki_alloc_array(context, n, sizeof(uint64_t), err),
                         dki_alloc_array(context, n, sizeof(uint64_t), err), 0, 0 };
    dki_strata strata = { .context = context };
    const dk_table *moved = NULL, *grouped = NULL;
    dki_text_map names;
    dk_status status = weights && taken && rows.stay && rows.move ? DK_OK : DK_ERR_MEMORY;

    dki_text_map_init(&names, context);
    if (status == DK_OK)
        status = dki_cells_weights(cells, weights, err);
    if (status == DK_OK)
        status = dki_strata_find(step, cells, weights, params, &strata, err);
    if (status == DK_OK)
        status = dki_strata_settle(step, cells, params, &strata, err);
    if (status == DK_OK && receipt)
        status = note_strata(receipt, number, step, cells, &strata, err);
    if (status == DK_OK)
        status = split(&strata, weights, n, taken, err);
    for (uint64_t i = 0; i < n && status == DK_OK; i++) {
        if (weights[i] > taken[i])
            rows.stay[rows.n_stay++] = i;
        if (taken[i] > 0)
            rows.move[rows.n_move++] = i;
    }
    if (status == DK_OK)
        status = move_cells(step, cells, params, weights, taken, &rows, &moved, err);
    if (status == DK_OK)
        status = cell_names(cells, &names, err);
    if (status == DK_OK)
        status = dki_cells_group(moved, &names, &grouped, err);
    if (status == DK_OK)
        status = check_conserved(cells, weights, grouped, err);
    if (status == DK_OK)
        *out = grouped;
    else
        dk_table_release(grouped);
    dk_table_release(moved);
    dki_text_map_drop(&names);
    dki_strata_drop(&strata);
    dki_free(context, rows.stay);
    dki_free(context, rows.move);
    dki_free(context, taken);
    dki_free(context, weights);
    return status;
}

static dk_status new_receipt(dk_context *context, struct receipt *receipt, dk_error *err)
{
    dk_status status = dk_builder_new(context, DK_INTEGER, 0, NULL, &receipt->step, err);

    if (status == DK_OK)
        status = dk_builder_new(context, DK_TEXT, 0, NULL, &receipt->name, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_TEXT, 0, NULL, &receipt->stratum, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &receipt->available, err);
    return status == DK_OK ? dk_builder_new(context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &receipt->taken, err)
                           : status;
}

static dk_status finish_receipt(dk_context *context, struct receipt *receipt, const dk_table **out, dk_error *err)
{
    static const char *const names[] = { "step", "name", "stratum", "available", "taken" };
    dk_builder *builders[] = { receipt->step, receipt->name, receipt->stratum, receipt->available, receipt->taken };
    dk_field fields[5];
    dk_status status = DK_OK;
    size_t n = 0;

    for (; n < 5 && status == DK_OK; n++) {
        fields[n] = DK_FIELD(names[n], NULL);
        status = dk_builder_finish(builders[n], &fields[n].column, err);
    }
    if (status == DK_OK)
        status = dk_table_new(context, fields, 5, dk_column_n_rows(fields[0].column), out, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    return status;
}

dk_status dk_scenario_apply(const dk_scenario *scenario, const dk_table *cells, const dk_params *params,
                            const dk_table **out, const dk_table **moved, dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    dk_param *values = dki_alloc_array(context, scenario->n_params, sizeof *values, err);
    dk_params all = { values, scenario->n_params };
    const dk_table *now = dk_table_retain(cells), *receipt_table = NULL;
    struct receipt receipt = { 0 };
    dk_status status = values ? dki_scenario_values(scenario, params, values, err) : DK_ERR_MEMORY;

    if (status == DK_OK && dk_table_properties(cells)->weight == NULL)
        status = dki_fail(err, DK_ERR_ARGUMENT, "a scenario runs on cells, which have a weight");
    if (status == DK_OK && moved)
        status = new_receipt(context, &receipt, err);
    for (size_t i = 0; i < scenario->n_steps && status == DK_OK; i++) {
        const dk_table *next = NULL;

        status = run_step(&scenario->steps[i], i + 1, now, &all, moved ? &receipt : NULL, &next, err);
        if (status != DK_OK && status != DK_ERR_MEMORY && err) { /* which step it was */
            char message[sizeof err->message];

            memcpy(message, err->message, sizeof message);
            snprintf(err->message, sizeof err->message, "%.120s: %.500s", scenario->steps[i].name, message);
        }
        if (status == DK_OK) {
            dk_table_release(now);
            now = next;
        }
    }
    if (status == DK_OK && moved)
        status = finish_receipt(context, &receipt, &receipt_table, err);
    if (status == DK_OK) {
        *out = now;
        if (moved)
            *moved = receipt_table;
    } else {
        dk_table_release(now);
    }
    dk_builder_release(receipt.step);
    dk_builder_release(receipt.name);
    dk_builder_release(receipt.stratum);
    dk_builder_release(receipt.available);
    dk_builder_release(receipt.taken);
    dki_free(context, values);
    return status;
}
