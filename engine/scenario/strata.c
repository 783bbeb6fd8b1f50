/* strata.c - whom an intervention matches, and in which strata they are.
 *
 * Matched cells are put in order: strata by their keys, within a stratum the combinations of all the columns that
 * the scenario mentions, within a combination the cells as they stand. What is taken is settled for strata and
 * shared by combinations before it comes to cells, so that columns that only a breakdown mentions decide nothing.
 *
 * Cost: O(n log n) for n matched cells. Poll: once per block.
 */
#include <stdio.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "data/column_parts.h"
#include "expr/eval.h"
#include "expr/poll_row.h"
#include "rows/interval_order.h"
#include "rows/sort_key.h"
#include "rows/sort_rows.h"
#include "scenario_parts.h"

uint64_t dki_strata_cell(const dki_strata *strata, uint64_t k)
{
    return strata->cells[strata->combinations[strata->strata[k]]];
}

void dki_strata_drop(dki_strata *strata)
{
    if (strata->context == NULL)
        return;
    dki_free(strata->context, strata->cells);
    dki_free(strata->context, strata->combinations);
    dki_free(strata->context, strata->strata);
    dki_free(strata->context, strata->available);
    dki_free(strata->context, strata->taken);
    dki_free(strata->context, strata->columns);
    dki_free(strata->context, strata->chosen);
    dk_table_release(strata->figured);
    memset(strata, 0, sizeof *strata);
}

void dki_tell_cell(const dki_stage *stage, const dk_table *cells, dk_error *err)
{
    unsigned long long row;
    int at = 0;
    dki_buffer text;
    char message[sizeof err->message];

    if (err == NULL || sscanf(err->message, "row %llu: %n", &row, &at) != 1 || at == 0 || row == 0 ||
        row > dk_table_n_rows(cells))
        return;
    dki_buffer_init(&text, dk_table_context(cells));
    if (dki_buffer_text(&text, "where ", NULL) == DK_OK &&
        dki_describe(cells, row - 1, stage->columns, stage->n_columns, &text, NULL) == DK_OK) {
        memcpy(message, err->message, sizeof message);
        dki_error_prefix(err, text.bytes, text.size, message + at);
    }
    dki_buffer_drop(&text);
}

/* Matching ----------------------------------------------------------------------------------------------------- */

const dk_expr *dki_step_where(const dki_step *step, const dk_table *cells)
{
    return step->n_set > 0 && dki_step_merges_sets(step, cells, dk_expr_name(step->set[0])) ? step->merges_where
                                                                                            : step->where;
}

dk_status dki_step_bind_where(const dki_step *step, const dk_table *cells, const dk_params *params,
                              struct dki_bound **out, dk_error *err)
{
    const dk_expr *where = dki_step_where(step, cells);
    dki_scope scope = { .table = cells, .params = params };
    dk_status status = dki_bind(&scope, where, dki_expr_root(where), out, err);

    if (status == DK_OK && dki_bound_type(*out) != DK_BOOLEAN) {
        status = dki_fail(err, DK_ERR_TYPE, "where wants a condition, and %s is %s", dk_expr_text(where),
                          dk_type_name(dki_bound_type(*out)));
        dki_bound_release(*out);
        *out = NULL;
    }
    return status;
}

/* Appends the cells of a block that are matched. */
static dk_status match_block(const dki_stage *stage, dki_eval *eval, uint64_t row, size_t n, dki_strata *out,
                             dk_error *err)
{
    const dk_view *view = NULL;
    dk_status status = eval ? dki_eval_block(eval, row, n, NULL, &view, err) : DK_OK;

    if (status == DK_ERR_OVERFLOW)
        dki_tell_cell(stage, stage->cells, err);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        bool is_null = view && dki_view_is_null(view, i);
        bool holds = view == NULL || (!is_null && dki_bit(view->values, view->constant ? 0 : i));

        if (is_null)
            out->left_out += stage->weights[row + i];
        else if (holds && stage->weights[row + i] > 0)
            out->cells[out->n_cells++] = row + i;
    }
    return status;
}

/* Keeps those for whom the dimension has the value. */
static dk_status keep_only(const dki_stage *stage, dki_strata *out, dk_error *err)
{
    const dk_column *column = NULL;
    uint64_t n = 0;
    dk_status status = dk_table_eval(stage->cells, stage->only->dimension, stage->only->params, &column, err);

    DKI_FOR_ROWS(i, out->n_cells, out->context, status, err)
    {
        dk_value value;

        status = dk_column_get(column, out->cells[i], &value, err);
        if (status == DK_OK && dki_values_equal(&value, stage->only->value))
            out->cells[n++] = out->cells[i];
    }
    dk_column_release(column);
    out->n_cells = n;
    return status;
}

/* Nobody: what may be wrong with the condition. */
static dk_status fail_none(const dki_stage *stage, const dki_bound *bound, dk_error *err)
{
    const dk_expr *where = dki_step_where(stage->step, stage->cells);

    dki_fail(err, DK_ERR_UNREACHABLE, where ? "nobody matches %s" : "there is nobody%s",
             where ? dk_expr_text(where) : "");
    if (bound && dki_bound_n_notes(bound) > 0)
        dki_hint(err, "%s", dki_bound_note(bound, 0));
    else
        dki_hint(err, "say allow_none = true where that may be so");
    return DK_ERR_UNREACHABLE;
}

/* What the reader must know: who was left out because nothing is known, a literal that nobody has, and an assumption. */
static dk_status note_matches(const dki_stage *stage, const dki_bound *bound, const dki_strata *strata,
                              dk_error *err)
{
    const char *name = stage->step->name;
    char weight[64];
    dki_buffer text;
    uint32_t number;
    dk_status status = DK_OK;

    dki_buffer_init(&text, strata->context);
    for (size_t i = 0; bound && i < dki_bound_n_notes(bound) && status == DK_OK; i++) {
        text.size = 0;
        status = dki_buffer_format(&text, err, "%s: %s", name, dki_bound_note(bound, i));
        if (status == DK_OK)
            status = dki_text_map_add(stage->notes, text.bytes, text.size, &number, err);
    }
    if (status == DK_OK && stage->step->estimate && strata->n_cells > 0) {
        text.size = 0;
        status = dki_buffer_format(&text, err, "an estimate: %s", name);
        if (status == DK_OK)
            status = dki_text_map_add(stage->notes, text.bytes, text.size, &number, err);
    }
    if (status == DK_OK && stage->step->drawn && strata->n_cells > 0) {
        text.size = 0;
        status = dki_buffer_format(&text, err, "%s: drawn at random, with seed %lld", name,
                                   (long long)stage->step->seed);
        if (status == DK_OK)
            status = dki_text_map_add(stage->notes, text.bytes, text.size, &number, err);
    }
    if (status == DK_OK && strata->left_out > 0) {
        text.size = 0;
        dki_format_weight(strata->left_out, weight, sizeof weight);
        status = dki_buffer_format(&text, err, "%s: %s %s left out, because %s is null there", name, weight,
                                   dki_unit(stage->cells, strata->left_out),
                                   dk_expr_text(dki_step_where(stage->step, stage->cells)));
        if (status == DK_OK)
            status = dki_text_map_add(stage->notes, text.bytes, text.size, &number, err);
    }
    dki_buffer_drop(&text);
    return status;
}

static dk_status find_matches(const dki_stage *stage, dki_strata *out, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(stage->cells);
    size_t block_rows = dki_block_rows(out->context);
    dki_bound *bound = NULL;
    dki_eval *eval = NULL;
    dk_status status = stage->step->where && !stage->anybody
                           ? dki_step_bind_where(stage->step, stage->cells, stage->params, &bound, err)
                           : DK_OK;

    if (status == DK_OK && bound)
        status = dki_eval_new(bound, &eval, err);
    for (uint64_t row = 0; row < n_rows && status == DK_OK; row += block_rows) {
        size_t n = n_rows - row < block_rows ? (size_t)(n_rows - row) : block_rows;

        status = dki_poll(out->context, err);
        if (status == DK_OK)
            status = match_block(stage, eval, row, n, out, err);
    }
    if (status == DK_OK && stage->notes)
        status = note_matches(stage, bound, out, err);
    if (status == DK_OK && stage->only)
        status = keep_only(stage, out, err);
    if (status == DK_OK && out->n_cells == 0 && !stage->allow_none)
        status = fail_none(stage, bound, err);
    dki_eval_release(eval);
    dki_bound_release(bound);
    return status;
}

/* Strata ------------------------------------------------------------------------------------------------------- */

static bool has_column(const size_t *columns, size_t n, size_t column)
{
    for (size_t i = 0; i < n; i++)
        if (columns[i] == column)
            return true;
    return false;
}

static dk_status check_per(const dki_stage *stage, dk_error *err)
{
    const dki_step *step = stage->step;

    for (size_t i = 0; i < step->n_per; i++) {
        size_t at = dk_table_find(stage->cells, step->per[i]);

        if (at == DK_NO_COLUMN || dk_column_type(dk_table_field(stage->cells, at)->column) != DK_INTERVAL)
            continue;
        (void)dki_fail(err, DK_ERR_TYPE, "per names %s, which is known in bounds only: these tell no groups apart",
                       step->per[i]);
        dki_hint(err, "derive what is known of it before, such as greatest(%s) < 5", step->per[i]);
        return DK_ERR_TYPE;
    }
    return DK_OK;
}

/* The columns whose values make strata, then the scenario's others. */
static dk_status find_columns(const dki_stage *stage, dki_strata *out, dk_error *err)
{
    size_t n;
    dki_text_map names;
    dk_status status;

    dki_text_map_init(&names, out->context);
    status = check_per(stage, err);
    if (status == DK_OK)
        status = dki_step_columns(stage->step, false, &names, err);
    if (status == DK_OK) {
        out->columns = dki_calloc(out->context, names.n + stage->n_columns, sizeof *out->columns, err);
        status = out->columns ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t i = 0; i < names.n && status == DK_OK; i++) {
        size_t size;

        status = dk_table_get(stage->cells, dki_text_map_get(&names, (uint32_t)i, &size), &out->columns[i], err);
        out->n_columns++;
    }
    dki_text_map_drop(&names);
    n = out->n_columns;
    for (size_t i = 0; i < stage->n_columns && status == DK_OK; i++)
        if (!has_column(out->columns, n, stage->columns[i]))
            out->columns[n++] = stage->columns[i];
    return status;
}

struct order {
    dki_sort_codes *codes; /* of each column, in the order of out->columns */
    size_t n_strata, n;    /* the first make strata */
};

static int compare_codes(const struct order *order, size_t n, uint64_t a, uint64_t b)
{
    for (size_t i = 0; i < n; i++) {
        int sign = dki_sort_codes_compare(&order->codes[i], false, a, b);

        if (sign)
            return sign;
    }
    return 0;
}

static int compare_cells(const void *arg, uint64_t a, uint64_t b)
{
    const struct order *order = arg;

    return compare_codes(order, order->n, a, b);
}

/* Bounds of strata and combinations in the sorted cells, and how much each stratum has. */
static dk_status mark_strata(const dki_stage *stage, const struct order *order, dki_strata *out, dk_error *err)
{
    dk_status status = DK_OK;

    DKI_FOR_ROWS(i, out->n_cells, out->context, status, err)
    {
        uint64_t cell = out->cells[i], before = i ? out->cells[i - 1] : 0;
        bool new_stratum = i == 0 || compare_codes(order, order->n_strata, before, cell) != 0;

        if (new_stratum)
            out->strata[out->n++] = out->n_combinations;
        if (new_stratum || compare_codes(order, order->n, before, cell) != 0)
            out->combinations[out->n_combinations++] = i;
        out->available[out->n - 1] += stage->weights[cell];
    }
    if (status == DK_OK) {
        out->strata[out->n] = out->n_combinations;
        out->combinations[out->n_combinations] = out->n_cells;
    }
    return status;
}

/* Of intervals by their bounds, which are numbers once they are in order. */
static dk_status code_column(const dk_column *column, dki_sort_codes *codes, dk_error *err)
{
    const dk_column *ordered = NULL;
    dk_status status = dki_order_column(column, &ordered, err);

    if (status == DK_OK)
        status = dki_sort_codes_init(codes, ordered, err);
    dk_column_release(ordered);
    return status;
}

static dk_status order_cells(const dki_stage *stage, dki_strata *out, dk_error *err)
{
    dk_context *context = out->context;
    struct order order = { .n_strata = out->n_columns, .n = out->n_columns };
    size_t n_made = 0;
    dk_status status = DK_OK;

    for (size_t i = 0; i < stage->n_columns; i++)
        order.n += !has_column(out->columns, out->n_columns, stage->columns[i]);
    order.codes = dki_calloc(context, order.n, sizeof *order.codes, err);
    if (order.codes == NULL)
        status = DK_ERR_MEMORY;
    for (; n_made < order.n && status == DK_OK; n_made++)
        status = code_column(dk_table_field(stage->cells, out->columns[n_made])->column, &order.codes[n_made], err);
    if (status == DK_OK)
        status = dki_sort_rows(context, out->cells, out->n_cells, compare_cells, &order, err);
    if (status == DK_OK)
        status = mark_strata(stage, &order, out, err);
    for (size_t i = 0; order.codes && i < n_made; i++)
        dki_sort_codes_drop(&order.codes[i], context);
    dki_free(context, order.codes);
    return status;
}

dk_status dki_strata_find(const dki_stage *stage, dki_strata *out, dk_error *err)
{
    dk_context *context = dk_table_context(stage->cells);
    dki_strata found = { .context = context };
    dk_status status;

    found.cells = dki_alloc_array(context, (size_t)dk_table_n_rows(stage->cells), sizeof *found.cells, err);
    status = found.cells ? find_columns(stage, &found, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = find_matches(stage, &found, err);
    if (status == DK_OK) {
        size_t n = (size_t)found.n_cells;

        found.combinations = dki_alloc_array(context, n + 1, sizeof *found.combinations, err);
        found.strata = dki_alloc_array(context, n + 1, sizeof *found.strata, err);
        found.available = dki_calloc(context, n, sizeof *found.available, err);
        found.taken = dki_calloc(context, n, sizeof *found.taken, err);
        if (!found.combinations || !found.strata || !found.available || !found.taken)
            status = DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = order_cells(stage, &found, err);
    if (status == DK_OK)
        *out = found;
    else
        dki_strata_drop(&found);
    return status;
}
