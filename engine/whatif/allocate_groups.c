/* allocate_groups.c - the groups that a budget is spread over: cells before the step, those whom it matches, and these as they
 * would be if all were taken.
 *
 * Cost: O(cells). Poll: once per block.
 */
#include <string.h>

#include "allocate_parts.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "expr/eval.h"
#include "expr/poll_row.h"
#include "expr/quote.h"

/* Keys --------------------------------------------------------------------------------------------------------- */

dk_status dki_allocation_key(const dk_value *value, dki_buffer *key, dk_error *err)
{
    char plain[80];

    if (value->is_null)
        return dki_buffer_text(key, "-;", err);
    if (value->type == DK_TEXT || value->type == DK_CATEGORY) {
        dk_status status = dki_buffer_format(key, err, "%zu:", value->as.text.size);

        return status == DK_OK ? dki_buffer_append(key, value->as.text.bytes, value->as.text.size, err) : status;
    }
    dk_value_format(value, plain, sizeof plain);
    return dki_buffer_format(key, err, "%zu:%s", strlen(plain), plain);
}

dk_status dki_allocation_row_key(const dki_allocation *a, const dk_table *table, uint64_t row, dki_buffer *key,
                                 dk_error *err)
{
    dk_status status = DK_OK;

    key->size = 0;
    for (size_t i = 0; i < a->spec->n_per && status == DK_OK; i++) {
        size_t at;
        dk_value value;

        status = dk_table_get(table, a->spec->per[i], &at, err);
        if (status == DK_OK)
            status = dk_column_get(dk_table_field(table, at)->column, row, &value, err);
        if (status == DK_OK)
            status = dki_allocation_key(&value, key, err);
    }
    return status;
}

dk_status dki_allocation_name(dki_allocation *a, size_t group, const char **out, dk_error *err)
{
    size_t columns[DKI_MAX_DIMENSIONS];
    dki_buffer text;
    dk_status status;

    for (size_t i = 0; i < a->spec->n_per; i++)
        columns[i] = i;
    dki_buffer_init(&text, a->context);
    status = dki_describe(a->keys, group, columns, a->spec->n_per, &text, err);
    if (status == DK_OK) {
        *out = dki_arena_text(&a->arena, text.bytes, text.size, err);
        status = *out ? DK_OK : DK_ERR_MEMORY;
    }
    dki_buffer_drop(&text);
    return status;
}

/* Cells -------------------------------------------------------------------------------------------------------- */

/* A column of the table that is not its weight. */
static dk_status check_column(const dki_allocation *a, const char *name, dk_error *err)
{
    const char *weight = dk_table_properties(a->table)->weight;
    size_t at;
    dk_status status = dk_table_get(a->table, name, &at, err);

    if (status == DK_OK && weight && strcmp(name, weight) == 0)
        status = dki_fail(err, DK_ERR_ARGUMENT, "%s is the weight of the table, which an allocation moves", name);
    return status;
}

/* Adds the columns that an expression (NULL: none) mentions. */
static dk_status add_columns(const dki_allocation *a, const char *text, dki_text_map *names, dk_error *err)
{
    const dk_expr *expr = NULL;
    dk_status status = text ? dk_expr_parse(a->context, text, &expr, err) : DK_OK;
    size_t from = names->n;

    if (status == DK_OK && expr)
        status = dki_expr_names(expr, DKI_NODE_NAME, names, err);
    for (size_t i = from; i < names->n && status == DK_OK; i++) {
        size_t size;

        status = check_column(a, dki_text_map_get(names, (uint32_t)i, &size), err);
    }
    dk_expr_release(expr);
    return status;
}

/* The breakdown with the dimensions that targets are asked at, and no others. */
static void narrow_question(const dki_allocation *a, dk_breakdown *question, dki_part *by)
{
    memcpy(question, a->breakdown, sizeof *question);
    question->by = by;
    question->n_by = 0;
    for (size_t d = 0; d < a->breakdown->n_by; d++) {
        const char *name = a->breakdown->by[d].name;
        bool is_needed = a->breakdown->n_within > 0;

        for (size_t t = 0; t < a->spec->n_targets && !is_needed; t++) {
            const dk_allocate_target *target = &a->spec->targets[t];

            is_needed = target->each && strcmp(target->each, name) == 0;
            for (size_t i = 0; i < target->n_at; i++)
                is_needed |= strcmp(target->at[i].dimension, name) == 0;
        }
        if (is_needed)
            by[question->n_by++] = a->breakdown->by[d];
    }
}

static dk_status make_cells(dki_allocation *a, const dk_table **out, dk_error *err)
{
    const dk_allocate_spec *spec = a->spec;
    const char *const texts[] = { spec->cost, spec->gain, spec->capacity, spec->minimum };
    dk_breakdown question;
    dki_part by[DKI_MAX_DIMENSIONS];
    dki_text_map names;
    dk_status status;

    narrow_question(a, &question, by);
    dki_text_map_init(&names, a->context);
    status = dki_cells_names(a->table, &question, &a->scenario, 1, &names, err);
    for (size_t i = 0; i < spec->n_per && status == DK_OK; i++) {
        uint32_t number;

        status = check_column(a, spec->per[i], err);
        if (status == DK_OK)
            status = dki_text_map_add(&names, spec->per[i], strlen(spec->per[i]), &number, err);
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == DK_OK; i++)
        status = add_columns(a, texts[i], &names, err);
    if (status == DK_OK)
        status = dki_cells_group(a->table, &names, out, err);
    dki_text_map_drop(&names);
    return status;
}

/* Runs steps from .. to - 1; the last one takes so many, in proportion, or all, so that what it makes of each person is known.
 * notes may be NULL. */
static dk_status run(dki_allocation *a, const dk_param *values, size_t from, size_t to, const dk_expr *count,
                     const dk_table *cells, dki_text_map *notes, const dk_table **out, dk_error *err)
{
    const dk_scenario *given = a->scenario;
    dki_step *steps = dki_alloc_array(a->context, given->n_steps, sizeof *steps, err);
    dk_scenario scenario = { .context = given->context,
                             .name = given->name,
                             .params = given->params,
                             .n_params = given->n_params,
                             .steps = steps,
                             .n_steps = given->n_steps };
    dk_params params = { values, given->n_params };
    dki_run run = {
        .scenario = &scenario, .from = from, .to = to, .params = &params, .keyed = a->table, .notes = notes
    };
    dki_step *last;
    dk_status status;

    if (steps == NULL)
        return DK_ERR_MEMORY;
    memcpy(steps, given->steps, given->n_steps * sizeof *steps);
    last = &steps[given->n_steps - 1];
    last->share = NULL;
    last->count = count;
    last->all = count == NULL;
    last->allow_none = true;
    last->whole = false;
    status = dki_run_steps(&run, cells, out, err);
    dki_free(a->context, steps);
    return status;
}

static dk_status check_matched(const dki_allocation *a, dk_error *err)
{
    const dk_table *matched = a->cells[DKI_MATCHED];

    for (uint64_t row = 0; row < dk_table_n_rows(matched); row++)
        if (a->weights[DKI_MATCHED][row] > 0)
            return DK_OK;
    dki_fail(err, DK_ERR_UNREACHABLE, "nobody matches %s, and no budget changes that",
             a->step->where ? dk_expr_text(a->step->where) : "the step");
    return dki_step_fail(a->step, DK_ERR_UNREACHABLE, err);
}

/* The last step must happen, with the parameters as they are. */
static dk_status check_happens(const dki_allocation *a, const dk_params *params, dk_error *err)
{
    bool happens = true;
    dk_status status = dki_step_happens(a->step, a->cells[DKI_BEFORE], params, &happens, err);

    if (status == DK_OK && !happens) {
        dki_fail(err, DK_ERR_UNREACHABLE, "this step does not happen, and there is nothing to allocate");
        dki_hint(err, "its when is %s", dk_expr_text(a->step->when));
        return dki_step_fail(a->step, DK_ERR_UNREACHABLE, err);
    }
    return status;
}

static dk_status weigh(dki_allocation *a, dki_state state, dk_error *err)
{
    uint64_t n = dk_table_n_rows(a->cells[state]);

    a->weights[state] = dki_alloc_array(a->context, (size_t)n, sizeof *a->weights[state], err);
    return a->weights[state] ? dki_cells_weights(a->cells[state], a->weights[state], err) : DK_ERR_MEMORY;
}

static dk_status find_cells(dki_allocation *a, dk_error *err)
{
    const dk_scenario *scenario = a->scenario;
    dk_param *values = dki_alloc_array(a->context, scenario->n_params, sizeof *values, err);
    dk_params params = { values, scenario->n_params };
    const dk_table *cells = NULL;
    size_t last = scenario->n_steps - 1;
    dk_status status = values ? dki_scenario_values(scenario, a->params, values, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = make_cells(a, &cells, err);
    if (status == DK_OK)
        status = run(a, values, 0, last, NULL, cells, &a->notes, &a->cells[DKI_BEFORE], err);
    if (status == DK_OK)
        status = check_happens(a, &params, err);
    if (status == DK_OK && a->step->where)
        status = dki_step_fail(
            a->step, dk_table_where(a->cells[DKI_BEFORE], a->step->where, &params, &a->cells[DKI_MATCHED], err),
            err);
    else if (status == DK_OK)
        a->cells[DKI_MATCHED] = dk_table_retain(a->cells[DKI_BEFORE]);
    if (status == DK_OK)
        status = weigh(a, DKI_MATCHED, err);
    if (status == DK_OK)
        status = check_matched(a, err);
    if (status == DK_OK)
        status = run(a, values, last, last + 1, NULL, a->cells[DKI_MATCHED], NULL, &a->cells[DKI_MOVED], err);
    if (status == DK_OK)
        status = weigh(a, DKI_BEFORE, err);
    if (status == DK_OK)
        status = weigh(a, DKI_MOVED, err);
    dk_table_release(cells);
    dki_free(a->context, values);
    return status;
}

dk_status dki_allocation_tell(dki_allocation *a, dk_error *err)
{
    const dk_scenario *scenario = a->scenario;
    dk_param *values = dki_alloc_array(a->context, scenario->n_params, sizeof *values, err);
    const dk_expr *count = NULL;
    const dk_table *after = NULL;
    size_t last = scenario->n_steps - 1;
    dki_i128 sum = 0;
    char text[64];
    dk_status status = values ? dki_scenario_values(scenario, a->params, values, err) : DK_ERR_MEMORY;

    for (size_t i = 0; i < a->n; i++)
        sum += (dki_i128)a->numbers[i] * a->unit;
    if (status == DK_OK && !dki_fits_i64(sum))
        status = dki_fail_many(err);
    if (status == DK_OK) {
        dki_format_weight((int64_t)sum, text, sizeof text);
        status = dk_expr_parse(a->context, text, &count, err);
    }
    if (status == DK_OK)
        status = run(a, values, last, last + 1, count, a->cells[DKI_BEFORE], &a->notes, &after, err);
    dk_table_release(after);
    dk_expr_release(count);
    dki_free(a->context, values);
    return status;
}

/* Groups ------------------------------------------------------------------------------------------------------- */

dk_status dki_allocation_measure(dki_allocation *a, const dk_table *table, const char *text, const dk_table **out,
                                 dk_error *err)
{
    dk_breakdown_spec spec = { .name = "groups", .n_measures = 1, .n_by = a->spec->n_per };
    dk_measure by[DKI_MAX_DIMENSIONS], measure = { 0 };
    const dk_breakdown *question = NULL;
    dk_status status;

    for (size_t i = 0; i < spec.n_by; i++) {
        by[i] = (dk_measure){ 0 };
        by[i].text = dki_quote(&a->arena, a->spec->per[i], err);
        if (by[i].text == NULL)
            return DK_ERR_MEMORY;
    }
    measure.text = dki_arena_format(&a->arena, err, "`number of the group` = %s", text);
    if (measure.text == NULL)
        return DK_ERR_MEMORY;
    spec.by = by;
    spec.measures = &measure;
    status = dk_breakdown_new(a->context, &spec, &question, err);
    if (status == DK_OK)
        status = dk_breakdown_run(question, table, a->breakdown_params, out, err);
    dk_breakdown_release(question);
    return status;
}

/* Those who are there before the step. */
static dk_status list_groups(dki_allocation *a, dk_error *err)
{
    dk_status status = dki_allocation_measure(a, a->cells[DKI_BEFORE], "count()", &a->keys, err);

    if (status == DK_OK)
        a->n = (size_t)dk_table_n_rows(a->keys);
    return status;
}

static dk_status number_groups(dki_allocation *a, dki_buffer *key, dk_error *err)
{
    dk_status status = DK_OK;

    DKI_FOR_ROWS(row, a->n, a->context, status, err)
    {
        uint32_t number;

        status = dki_allocation_row_key(a, a->keys, row, key, err);
        if (status == DK_OK)
            status = dki_text_map_add(&a->places, key->bytes, key->size, &number, err);
    }
    return status;
}

/* The group of each row; the step leaves the columns of per alone, so that each has one. */
static dk_status find_groups(dki_allocation *a, dki_state state, dki_buffer *key, dk_error *err)
{
    uint64_t n = dk_table_n_rows(a->cells[state]);
    dk_status status = DK_OK;

    a->groups[state] = dki_alloc_array(a->context, (size_t)n, sizeof *a->groups[state], err);
    if (a->groups[state] == NULL)
        return DK_ERR_MEMORY;
    DKI_FOR_ROWS(row, n, a->context, status, err)
    {
        status = dki_allocation_row_key(a, a->cells[state], row, key, err);
        if (status == DK_OK)
            a->groups[state][row] = dki_text_map_find(&a->places, key->bytes, key->size);
    }
    return status;
}

dk_status dki_allocation_group(dki_allocation *a, dk_error *err)
{
    dki_buffer key;
    dk_status status = find_cells(a, err);

    dki_buffer_init(&key, a->context);
    if (status == DK_OK)
        status = list_groups(a, err);
    if (status == DK_OK)
        status = number_groups(a, &key, err);
    for (int state = 0; state < DKI_N_STATES && status == DK_OK; state++)
        status = find_groups(a, (dki_state)state, &key, err);
    if (status == DK_OK) {
        a->available = dki_calloc(a->context, a->n, sizeof *a->available, err);
        status = a->available ? DK_OK : DK_ERR_MEMORY;
    }
    for (uint64_t row = 0; status == DK_OK && row < dk_table_n_rows(a->cells[DKI_MATCHED]); row++)
        a->available[a->groups[DKI_MATCHED][row]] += a->weights[DKI_MATCHED][row];
    dki_buffer_drop(&key);
    return status;
}
