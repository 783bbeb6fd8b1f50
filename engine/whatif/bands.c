/* bands.c - draws a scenario again and again.
 *
 * What comes before the first step that draws happens once. Draws are made in rounds, side by side, and what they gave is
 * kept in the order of their numbers: so nothing depends on which thread made them.
 */
#include <string.h>

#include "answered.h"
#include "bands_parts.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/status.h"
#include "basis.h"
#include "expr/poll_row.h"
#include "scenario/draw.h"
#include "sides.h"

#define ROUND 64 /* draws whose results are there at once */

/* Numbers ------------------------------------------------------------------------------------------------------ */

dk_status dki_bands_key(const dki_bands *bands, const dk_table *result, uint64_t row, dki_buffer *key,
                        dk_error *err)
{
    const dk_column *margin = dk_table_margin(result);
    dk_value value = { .type = DK_INTEGER };
    dk_status status = margin ? dk_column_get(margin, row, &value, err) : DK_OK;

    key->size = 0;
    if (status == DK_OK)
        status = dki_draw_add_value(key, value, err);
    for (size_t d = 0; d < bands->breakdown->n_by && status == DK_OK; d++) {
        status = dk_column_get(dk_table_field(result, d)->column, row, &value, err);
        if (status == DK_OK)
            status = dki_draw_add_value(key, value, err);
    }
    return status;
}

/* Makes room for one more group, whose numbers are as if no draw had it. */
static dk_status add_group(dki_bands *bands, dk_error *err)
{
    size_t n_measures = bands->breakdown->n_measures, n = (size_t)bands->spec->n_draws, before = bands->capacity;
    dk_status status = DK_OK;

    if (bands->groups.n > bands->capacity)
        status = dki_grow_little(bands->context, (void **)&bands->numbers, &bands->capacity, bands->groups.n,
                                 n_measures * n * sizeof *bands->numbers, err);
    for (size_t group = before; group < bands->capacity && status == DK_OK; group++)
        for (size_t m = 0; m < n_measures; m++) {
            dki_band_number *numbers = dki_band_numbers(bands, group, m);
            int64_t known = dki_measure_is_count(bands->breakdown, m); /* of nobody there are 0 */

            for (size_t i = 0; i < n; i++)
                numbers[i] = (dki_band_number){ .denominator = known };
        }
    return status;
}

static dki_band_number number_of(const dk_value *value)
{
    dki_band_number number = { .denominator = !value->is_null };

    if (value->type == DK_RATIO) {
        number.as.integer = value->as.ratio.numerator;
        number.denominator = value->is_null ? 0 : value->as.ratio.denominator;
    } else if (value->type == DK_REAL) {
        number.as.real = value->as.real;
    } else {
        number.as.integer = value->as.integer;
        if (value->type == DK_DECIMAL && !value->is_null)
            number.denominator = dki_power10[value->scale];
    }
    return number;
}

/* The numbers of one row. */
static dk_status keep_row(dki_bands *bands, uint64_t draw, const dk_table *result, uint64_t row, dki_buffer *key,
                          dk_error *err)
{
    size_t n_by = bands->breakdown->n_by;
    uint32_t group;
    dk_status status = dki_bands_key(bands, result, row, key, err);

    if (status == DK_OK)
        status = dki_text_map_add(&bands->groups, key->bytes, key->size, &group, err);
    if (status == DK_OK)
        status = add_group(bands, err);
    for (size_t m = 0; m < bands->breakdown->n_measures && status == DK_OK; m++) {
        const dk_column *column = dk_table_field(result, n_by + m)->column;
        dk_value value;

        status = dk_column_get(column, row, &value, err);
        if (status == DK_OK)
            dki_band_numbers(bands, group, m)[draw] = number_of(&value);
    }
    return status;
}

dk_status dki_bands_keep(dki_bands *bands, uint64_t draw, const dk_table *result, dk_error *err)
{
    size_t n_before = bands->groups.n;
    dki_buffer key;
    dk_status status = DK_OK;

    for (size_t m = 0; m < bands->breakdown->n_measures; m++) {
        const dk_column *column = dk_table_field(result, bands->breakdown->n_by + m)->column;
        dk_type type = dk_column_type(column);

        if (draw == 0 || type == DK_DECIMAL)
            bands->types[m] = type;
        if (type == DK_DECIMAL && dk_column_scale(column) > bands->scales[m])
            bands->scales[m] = dk_column_scale(column);
    }
    dki_buffer_init(&key, bands->context);
    DKI_FOR_ROWS(row, dk_table_n_rows(result), bands->context, status, err)
    status = keep_row(bands, draw, result, row, &key, err);
    dki_buffer_drop(&key);
    if (status == DK_OK && (bands->groups.n > n_before || bands->n_layouts == 0))
        status = dki_grow(bands->context, (void **)&bands->layouts, &bands->layout_capacity, bands->n_layouts + 1,
                          sizeof(*bands->layouts), err);
    if (status == DK_OK && (bands->groups.n > n_before || bands->n_layouts == 0))
        bands->layouts[bands->n_layouts++] = dk_table_retain(result);
    return status;
}

/* Draws -------------------------------------------------------------------------------------------------------- */

/* A round of draws on its way. */
struct round {
    const dk_breakdown *breakdown; /* without order and limit */
    const dk_params *breakdown_params;
    const dki_basis *basis;
    const dk_params *params; /* of the scenario, as given */
    const dki_run *run;      /* on cells: the steps that are done again */
    const dk_table *cells;   /* before these */
    uint64_t first;          /* its first draw */
    const dk_table *results[ROUND];
};

static dk_status add_note(dki_text_map *notes, const char *note, dk_error *err)
{
    uint32_t number;

    return dki_text_map_add(notes, note, strlen(note), &number, err);
}

static dk_status make_draw(struct round *round, uint64_t number, dki_text_map *notes, const dk_table **out,
                           dk_error *err)
{
    dki_run run = *round->run;
    const dk_table *after = NULL;
    dk_status status;

    if (round->basis->by_rows) {
        status = dki_basis_ask_rows(round->basis, round->breakdown, round->breakdown_params, run.scenario,
                                    round->params, (uint32_t)number, &after, out, err);
        for (size_t i = 0; status == DK_OK && notes && i < dk_table_n_notes(after); i++)
            status = add_note(notes, dk_table_note(after, i), err);
        dk_table_release(after);
        return status;
    }
    run.draw = (uint32_t)number;
    run.notes = notes;
    status = dki_run_steps(&run, round->cells, &after, err);
    if (status == DK_OK)
        status = dki_basis_check(round->basis, after, err);
    if (status == DK_OK)
        status = dk_breakdown_run(round->breakdown, after, round->breakdown_params, out, err);
    dk_table_release(after);
    return status;
}

static dk_status make_draws(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct round *round = arg;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; i < end && status == DK_OK; i++)
        if (round->results[i] == NULL) /* the first draw is made before */
            status = make_draw(round, round->first + i, NULL, &round->results[i], err);
    return status;
}

/* Whether a step calls nothing of the host. */
static bool step_is_own(const dki_step *step, dk_context *context)
{
    bool own = true;

    for (size_t i = 0; i < step->n_exprs; i++)
        own = own && dki_node_visit(dki_expr_root(step->exprs[i]), dki_node_is_own, context);
    return own;
}

/* How many draws one thread makes: all where functions of the host take part, which are called in the thread that asked. */
static uint64_t draws_together(const dki_bands *bands, const dki_run *run)
{
    bool own = dki_breakdown_is_own(bands->breakdown);

    for (size_t i = run->from; i < run->to; i++)
        own = own && step_is_own(&run->scenario->steps[i], bands->context);
    return own ? 1 : ROUND;
}

static dk_status run_draws(dki_bands *bands, struct round *round, dki_text_map *notes, dk_error *err)
{
    uint64_t n_draws = bands->spec->n_draws, grain = draws_together(bands, round->run);
    dk_status status = make_draw(round, 0, notes, &round->results[0], err);

    for (; round->first < n_draws && status == DK_OK; round->first += ROUND) {
        uint64_t n = n_draws - round->first < ROUND ? n_draws - round->first : ROUND;

        dki_progress(bands->context, "drawing", round->first, n_draws);
        status = dki_parallel(bands->context, n, grain, make_draws, round, err);
        for (uint64_t i = 0; i < n && status == DK_OK; i++)
            status = dki_bands_keep(bands, round->first + i, round->results[i], err);
        for (uint64_t i = 0; i < ROUND; i++) {
            dk_table_release(round->results[i]);
            round->results[i] = NULL;
        }
    }
    dki_progress_end(bands->context);
    return status;
}

/* Asking ------------------------------------------------------------------------------------------------------- */

static dk_status check_spec(const dk_scenario *scenario, const dk_bands_spec *spec, dk_error *err)
{
    if (!dki_scenario_draws(scenario, DK_DRAWN_NUMBERS) && !dki_scenario_draws(scenario, DK_DRAWN_PERSONS)) {
        dki_fail(err, DK_ERR_ARGUMENT, "no step of %s is drawn, so that every draw would be the same",
                 scenario->name);
        dki_hint(err, "say drawn = true where chance decides how many are taken");
        return DK_ERR_ARGUMENT;
    }
    if (spec->n_draws == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "bands are made of at least one draw, and none is asked for");
    if (spec->n_draws > DK_BANDS_MOST)
        return dki_fail(err, DK_ERR_LIMIT, "%llu draws are more than the %d that bands can be made of",
                        (unsigned long long)spec->n_draws, DK_BANDS_MOST);
    for (size_t i = 0; i < spec->n_quantiles; i++) {
        dk_ratio q = spec->quantiles[i];
        char text[64];
        dk_value value = { .type = DK_RATIO, .as.ratio = q };

        dk_value_format(&value, text, sizeof text);
        if (q.numerator < 0 || q.numerator > q.denominator)
            return dki_fail(err, DK_ERR_RANGE, "a quantile lies between 0 and 1, and %s does not", text);
        for (size_t k = 0; k < i; k++)
            if (q.numerator == spec->quantiles[k].numerator && q.denominator == spec->quantiles[k].denominator)
                return dki_fail(err, DK_ERR_DUPLICATE, "the quantile %s is asked for twice", text);
    }
    return DK_OK;
}

/* Types and formats, and that every measure is a number. */
static dk_status find_types(dki_bands *bands, const dk_breakdown *variant, const dk_table *cells,
                            const dk_params *params, dk_error *err)
{
    const dk_table *nobody = NULL;
    size_t n_by = variant->n_by;
    dk_status status = dk_table_slice(cells, 0, 0, &nobody, err);

    if (status == DK_OK)
        status = dk_breakdown_run(variant, nobody, params, &bands->like, err);
    for (size_t m = 0; m < variant->n_measures && status == DK_OK; m++) {
        const dk_field *field = dk_table_field(bands->like, n_by + m);

        if (!dk_type_is_number(dk_column_type(field->column)))
            status = dki_fail(err, DK_ERR_TYPE, "bands are of numbers, and the measure %s is %s", field->name,
                              dk_type_name(dk_column_type(field->column)));
    }
    dk_table_release(nobody);
    return status;
}

static size_t first_drawn(const dk_scenario *scenario)
{
    size_t i = 0;

    while (scenario->steps[i].drawn == DK_DRAWN_NOT)
        i++;
    return i;
}

/* What comes before the first step that draws is the same in each draw, and done once. */
static dk_status run_before(struct round *round, dki_run *run, dki_text_map *notes, const dk_table **out,
                            dk_error *err)
{
    size_t n_steps = run->scenario->n_steps;
    dk_status status;

    if (round->basis->by_rows)
        return DK_OK;
    run->keyed = round->basis->cells;
    run->notes = notes;
    run->to = first_drawn(run->scenario);
    status = dki_run_steps(run, round->basis->cells, out, err);
    run->from = run->to;
    run->to = n_steps;
    return status;
}

static dk_status draw_all(dki_bands *bands, const dk_breakdown *variant, const dk_table *table, const dki_run *spec,
                          const dk_params *params, const dk_params *breakdown_params, dki_text_map *notes,
                          dk_error *err)
{
    const dk_scenario *scenario = spec->scenario;
    dki_run run = *spec;
    dki_basis basis;
    dki_laws *laws = dki_calloc(bands->context, scenario->n_steps, sizeof *laws, err);
    struct round round = {
        .breakdown = variant, .breakdown_params = breakdown_params, .basis = &basis, .params = params, .run = &run
    };
    dk_status status = dki_basis_init(&basis, bands->breakdown, table, &scenario, 1, err);

    run.laws = laws;
    if (status == DK_OK && laws == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK && basis.use.way != DKI_CUBE_KEPT)
        status = dki_scenario_check_on(scenario, table, params, err);
    if (status == DK_OK)
        status = dki_basis_open(&basis, err);
    if (status == DK_OK)
        status = find_types(bands, variant, table, breakdown_params, err);
    if (status == DK_OK)
        status = run_before(&round, &run, notes, &round.cells, err);
    if (status == DK_OK)
        status = run_draws(bands, &round, notes, err);
    for (size_t i = 0; i < ROUND; i++)
        dk_table_release(round.results[i]);
    dk_table_release(round.cells);
    dki_basis_drop(&basis);
    for (size_t i = 0; laws && i < scenario->n_steps; i++)
        dki_free(bands->context, laws[i].items);
    dki_free(bands->context, laws);
    return status;
}

static void drop_bands(dki_bands *bands)
{
    for (size_t i = 0; i < bands->n_layouts; i++)
        dk_table_release(bands->layouts[i]);
    dki_free(bands->context, bands->layouts);
    dki_free(bands->context, bands->numbers);
    dki_free(bands->context, bands->types);
    dki_free(bands->context, bands->scales);
    dk_table_release(bands->like);
    dki_text_map_drop(&bands->groups);
}

dk_status dk_scenario_bands(const dk_breakdown *breakdown, const dk_table *table, const dk_params *breakdown_params,
                            const dk_scenario *scenario, const dk_params *params, const dk_bands_spec *spec,
                            const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dk_breakdown variant;
    dki_bands bands = { .context = context, .breakdown = breakdown, .spec = spec };
    dki_text_map notes;
    dk_param *values;
    dk_params all;
    const dki_run run = { .scenario = scenario, .to = scenario->n_steps, .params = &all };
    const dk_table *made = NULL;
    dk_status status = check_spec(scenario, spec, err);

    if (status == DK_OK)
        status = dki_check_breakdown_params(breakdown, NULL, &scenario, 1, breakdown_params, err);
    if (status != DK_OK)
        return status;
    dki_breakdown_whole(breakdown, &variant);
    dki_text_map_init(&notes, context);
    dki_text_map_init(&bands.groups, context);
    values = dki_alloc_array(context, scenario->n_params, sizeof *values, err);
    bands.types = dki_calloc(context, breakdown->n_measures, sizeof *bands.types, err);
    bands.scales = dki_calloc(context, breakdown->n_measures, sizeof *bands.scales, err);
    all = (dk_params){ values, scenario->n_params };
    status =
        values && bands.types && bands.scales ? dki_scenario_values(scenario, params, values, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = draw_all(&bands, &variant, table, &run, params, breakdown_params, &notes, err);
    if (status == DK_OK)
        status = dki_bands_table(&bands, &made, err);
    if (status == DK_OK)
        status = dki_put_notes(&notes, &made, err);
    if (status == DK_OK)
        status = dki_answered(made, breakdown, table, breakdown_params, NULL, err, "%llu draws of %s",
                              (unsigned long long)spec->n_draws, scenario->name);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    drop_bands(&bands);
    dki_text_map_drop(&notes);
    dki_free(context, values);
    return status;
}
