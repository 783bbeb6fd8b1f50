/* step_order.c - whether the order of steps matters: each pair is exchanged, and what comes out is compared.
 *
 * Cost: for each of the n (n - 1) / 2 pairs the steps from the first of the two on, over the cells.
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "query/breakdown_parts.h"
#include "sides.h"
#include "stages.h"
#include "trials.h"

/* What an exchange changes. */
struct exchange {
    size_t first, second;
    bool changes;
    int64_t most;  /* of a cell, in units */
    bool is_stuck; /* the steps cannot run that way round */
    char problem[sizeof((dk_error *)0)->message];
};

struct orders {
    dk_context *context;
    dki_run run;                   /* of one step at a time */
    const dk_breakdown *breakdown; /* NULL: cells are compared */
    dk_breakdown whole;            /* without order and limit */
    dki_trials trials;             /* of the breakdown */
    const dk_table **stages;       /* the cells before step i, and after the last */
    const dk_table *result;        /* of the breakdown, in the order that is given */
    struct exchange *exchanges;
    size_t n;
    dk_value *most;  /* of exchange i and measure m: i * n_measures + m */
    bool *is_number; /* by measure: differences are numbers */
};

static dk_status run_stages(struct orders *o, const dk_table *cells, dk_error *err)
{
    dki_run run = o->run;
    dk_status status = DK_OK;

    o->stages[0] = dk_table_retain(cells);
    o->run.keyed = run.keyed = cells;
    for (size_t i = 0; i < run.scenario->n_steps && status == DK_OK; i++) {
        run.from = i;
        run.to = i + 1;
        status = dki_run_steps(&run, o->stages[i], &o->stages[i + 1], err);
    }
    return status == DK_OK && o->breakdown ? dk_breakdown_run(&o->whole, o->stages[run.scenario->n_steps],
                                                              o->trials.breakdown_params, &o->result, err)
                                           : status;
}

/* The cells in the end, with two steps exchanged. */
static dk_status run_exchanged(const struct orders *o, const struct exchange *x, const dk_table **out,
                               dk_error *err)
{
    const dk_table *now = dk_table_retain(o->stages[x->first]);
    dki_run run = o->run;
    dk_status status = DK_OK;

    for (size_t i = x->first; i < run.scenario->n_steps && status == DK_OK; i++) {
        const dk_table *after = NULL;

        run.from = i == x->first ? x->second : i == x->second ? x->first : i;
        run.to = run.from + 1;
        status = dki_run_steps(&run, now, &after, err);
        if (status == DK_OK) {
            dk_table_release(now);
            now = after;
        }
    }
    if (status == DK_OK)
        *out = now;
    else
        dk_table_release(now);
    return status;
}

static dk_status compare_cells(const struct orders *o, struct exchange *x, const dk_table *cells, dk_error *err)
{
    dki_cell_pair pair;
    dk_status status = dki_cell_pair_find(&pair, o->stages[o->run.scenario->n_steps], cells, err);

    for (uint64_t i = 0; status == DK_OK && i < pair.sides.groups.n; i++) {
        int64_t change = dki_cell_pair_weight(&pair, 0, i) - dki_cell_pair_weight(&pair, 1, i);

        change = change < 0 ? -change : change;
        x->most = change > x->most ? change : x->most;
    }
    x->changes = x->most > 0;
    dki_cell_pair_drop(&pair);
    return status;
}

/* Takes the larger of what a measure differs by, without its sign. */
static void take_most(dk_value *most, dk_value difference)
{
    const dk_value zero = { .type = DK_INTEGER };

    if (difference.is_null)
        return;
    if (dk_value_compare(&difference, &zero) < 0) {
        if (difference.type == DK_REAL)
            difference.as.real = -difference.as.real;
        else if (difference.type == DK_RATIO)
            difference.as.ratio.numerator = -difference.as.ratio.numerator;
        else
            difference.as.integer = -difference.as.integer;
    }
    if (most->is_null || dk_value_compare(&difference, most) > 0)
        *most = difference;
}

static dk_status compare_measure(struct orders *o, size_t x, size_t measure, const dki_comparison *c, dk_error *err)
{
    const dki_measured *base = &c->measured[measure * 2], *other = base + 1;
    dk_value *most = &o->most[x * o->whole.n_measures + measure];
    dk_status status = DK_OK;

    o->is_number[measure] = other->difference && dk_column_type(other->difference) != DK_INTERVAL;
    for (uint64_t i = 0; i < c->sides.groups.n && status == DK_OK; i++) {
        dk_value a, b, difference;

        status = dk_column_get(base->value, i, &a, err);
        if (status == DK_OK)
            status = dk_column_get(other->value, i, &b, err);
        if (status != DK_OK || dki_values_equal(&a, &b))
            continue;
        o->exchanges[x].changes = true;
        if (o->is_number[measure])
            status = dk_column_get(other->difference, i, &difference, err);
        if (status == DK_OK && o->is_number[measure])
            take_most(most, difference);
    }
    return status;
}

/* The breakdown of both. What does not change differs by 0. */
static dk_status compare_results(struct orders *o, size_t x, const dk_table *result, dk_error *err)
{
    static const char *const names[] = { "base", "exchanged" };
    const dk_table *results[2] = { o->result, result };
    dki_comparison c;
    dk_status status;

    for (size_t m = 0; m < o->whole.n_measures; m++)
        o->most[x * o->whole.n_measures + m] = (dk_value){ .type = DK_INTEGER };
    status = dki_comparison_find(&c, &o->whole, results, names, 2, NULL, NULL, err);
    for (size_t m = 0; m < o->whole.n_measures && status == DK_OK; m++)
        status = compare_measure(o, x, m, &c, err);
    dki_comparison_drop(&c);
    return status;
}

/* The breakdown's result that way round, where it is not had from cells step by step. */
static dk_status ask_exchanged(struct orders *o, const struct exchange *x, const dk_table **out, dk_error *err)
{
    size_t n = o->run.scenario->n_steps;
    size_t *steps = dki_alloc_array(o->context, n, sizeof *steps, err);
    dk_status status = steps ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; steps && i < n; i++)
        steps[i] = i == x->first ? x->second : i == x->second ? x->first : i;
    if (status == DK_OK)
        status = dki_trials_ask(&o->trials, steps, n, o->run.params, false, NULL, out, err);
    dki_free(o->context, steps);
    return status;
}

static dk_status try_exchange(struct orders *o, size_t x, dk_error *err)
{
    struct exchange *exchange = &o->exchanges[x];
    const dk_table *cells = NULL, *result = NULL;
    bool by_cells = o->breakdown == NULL || o->trials.step_by_step;
    dk_error trouble = DK_ERROR_INIT;
    dk_status status =
        by_cells ? run_exchanged(o, exchange, &cells, &trouble) : ask_exchanged(o, exchange, &result, &trouble);

    if (status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) {
        if (err)
            *err = trouble;
        return status;
    }
    if (status != DK_OK) {
        exchange->changes = exchange->is_stuck = true;
        memcpy(exchange->problem, trouble.message, sizeof exchange->problem);
        return DK_OK;
    }
    if (by_cells && o->breakdown)
        status = dk_breakdown_run(&o->whole, cells, o->trials.breakdown_params, &result, err);
    if (status == DK_OK)
        status = o->breakdown ? compare_results(o, x, result, err) : compare_cells(o, exchange, cells, err);
    dk_table_release(result);
    dk_table_release(cells);
    return status;
}

/* The table ---------------------------------------------------------------------------------------------------- */

static size_t first_step(const void *arg, uint64_t i)
{
    return ((const struct orders *)arg)->exchanges[i].first;
}

static size_t second_step(const void *arg, uint64_t i)
{
    return ((const struct orders *)arg)->exchanges[i].second;
}

static dk_status answer_columns(const struct orders *o, dk_field *changes, dk_field *problem, dk_error *err)
{
    dk_builder *truths = NULL, *texts = NULL;
    dk_status status = dk_builder_new(o->context, DK_BOOLEAN, 0, NULL, &truths, err);

    if (status == DK_OK)
        status = dk_builder_new(o->context, DK_TEXT, 0, NULL, &texts, err);
    for (size_t i = 0; i < o->n && status == DK_OK; i++) {
        const struct exchange *x = &o->exchanges[i];

        status = dk_builder_boolean(truths, x->changes, err);
        if (status == DK_OK)
            status = x->is_stuck ? dk_builder_text(texts, (dk_text){ x->problem, strlen(x->problem) }, err)
                                 : dk_builder_null(texts, 1, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(truths, &changes->column, err);
    if (status == DK_OK)
        status = dk_builder_finish(texts, &problem->column, err);
    dk_builder_release(texts);
    dk_builder_release(truths);
    return status;
}

struct most {
    const struct orders *o;
    size_t measure; /* SIZE_MAX: of cells */
};

static dk_status most_value(void *arg, uint64_t i, dk_value *out, dk_error *err)
{
    const struct most *m = arg;
    const struct exchange *x = &m->o->exchanges[i];

    (void)err;
    if (m->measure != SIZE_MAX) {
        *out = m->o->most[i * m->o->whole.n_measures + m->measure];
        return DK_OK;
    }
    *out = (dk_value){ .type = DK_DECIMAL, .scale = DK_WEIGHT_SCALE, .is_null = x->is_stuck };
    out->as.integer = x->most;
    return DK_OK;
}

static dk_status most_column(const struct orders *o, size_t measure, const dk_column **out, dk_error *err)
{
    struct most most = { o, measure };
    const dk_column *raw = NULL;
    dk_status status = dki_value_column(o->context, o->n, most_value, &most, &raw, err);

    if (status == DK_OK)
        status = dki_trim_column(raw, 0, out, err);
    dk_column_release(raw);
    return status;
}

/* M_most of one measure, in points where the measure is a percentage; they have no sign. */
static dk_status measure_field(const struct orders *o, size_t measure, dki_arena *arena, dk_field *out,
                               dk_error *err)
{
    const dk_field *shown = dk_table_field(o->result, o->whole.n_by + measure);
    char points[DKI_FORMAT_BYTES];
    const char *format = dki_measure_difference_format(&o->whole, measure, shown->format, points);
    const char *name = dki_arena_format(arena, err, "%s_most", o->whole.measures[measure].name);

    if (format && format[0] == '+')
        format = dki_arena_text(arena, format + 1, strlen(format) - 1, err);
    *out = DK_FIELD(name, NULL);
    out->format = format;
    return name ? most_column(o, measure, &out->column, err) : DK_ERR_MEMORY;
}

static dk_status make_table(const struct orders *o, const dk_table **out, dk_error *err)
{
    dk_field front[] = { DK_FIELD("first", NULL), DK_FIELD("first_name", NULL), DK_FIELD("second", NULL),
                         DK_FIELD("second_name", NULL), DK_FIELD("changes", NULL) };
    dk_field problem = DK_FIELD("problem", NULL), *fields;
    size_t n = 5;
    dki_arena arena;
    dk_status status;

    dki_arena_init(&arena, o->context);
    fields = dki_arena_array(&arena, 7 + o->whole.n_measures, sizeof *fields, err);
    status = fields ? dki_named_steps(o->run.scenario, o->context, o->n, first_step, o, &front[0], &front[1], err)
                    : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dki_named_steps(o->run.scenario, o->context, o->n, second_step, o, &front[2], &front[3], err);
    if (status == DK_OK)
        status = answer_columns(o, &front[4], &problem, err);
    if (fields)
        memcpy(fields, front, sizeof front);
    if (status == DK_OK && o->breakdown == NULL) {
        fields[n] = DK_FIELD("most", NULL);
        status = most_column(o, SIZE_MAX, &fields[n].column, err);
        n++;
    }
    for (size_t m = 0; o->breakdown && m < o->whole.n_measures && status == DK_OK; m++)
        if (o->is_number[m]) {
            status = measure_field(o, m, &arena, &fields[n], err);
            n += status == DK_OK;
        }
    if (fields)
        fields[n++] = problem;
    if (status == DK_OK)
        status = dk_table_new(o->context, fields, n, o->n, out, err);
    for (size_t i = 0; fields && i < n; i++)
        dk_column_release(fields[i].column);
    dki_arena_drop(&arena);
    return status;
}

static dk_status prepare(struct orders *o, dk_error *err)
{
    size_t n = o->run.scenario->n_steps, n_pairs = n * (n - 1) / 2, n_measures;

    if (o->breakdown) {
        memcpy(&o->whole, o->breakdown, sizeof o->whole);
        o->whole.n_order = 0;
        o->whole.limit = 0;
        o->whole.rest = NULL;
    }
    n_measures = o->whole.n_measures;
    o->stages = dki_calloc(o->context, n + 1, sizeof *o->stages, err);
    o->exchanges = dki_calloc(o->context, n_pairs, sizeof *o->exchanges, err);
    o->most = dki_calloc(o->context, n_pairs * n_measures, sizeof *o->most, err);
    o->is_number = dki_calloc(o->context, n_measures, sizeof *o->is_number, err);
    if (!o->stages || !o->exchanges || !o->most || !o->is_number)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n_pairs * n_measures; i++)
        o->most[i] = (dk_value){ .type = DK_INTEGER, .is_null = true };
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            o->exchanges[o->n].first = i;
            o->exchanges[o->n++].second = k;
        }
    return DK_OK;
}

static void drop(struct orders *o)
{
    for (size_t i = 0; o->stages && i <= o->run.scenario->n_steps; i++)
        dk_table_release(o->stages[i]);
    dk_table_release(o->result);
    dki_free(o->context, o->stages);
    dki_free(o->context, o->exchanges);
    dki_free(o->context, o->most);
    dki_free(o->context, o->is_number);
    dki_trials_drop(&o->trials);
}

/* What is compared with: all steps in the order that is given. */
static dk_status run_given(struct orders *o, const dk_table *table, const dk_params *breakdown_params,
                           dk_error *err)
{
    const dk_scenario *scenario = o->run.scenario;
    const dk_table *cells = NULL;
    dk_status status;

    if (o->breakdown) {
        status = dki_trials_open(&o->trials, &o->whole, table, breakdown_params, scenario, o->run.params, err);
        if (status == DK_OK && !o->trials.step_by_step)
            return dki_trials_ask_all(&o->trials, o->run.params, NULL, &o->result, err);
        return status == DK_OK ? run_stages(o, o->trials.basis.cells, err) : status;
    }
    status = dk_cells_new(table, NULL, &scenario, 1, &cells, err);
    if (status == DK_OK)
        status = run_stages(o, cells, err);
    dk_table_release(cells);
    return status;
}

dk_status dk_scenario_order(const dk_scenario *scenario, const dk_table *table, const dk_params *params,
                            const dk_breakdown *breakdown, const dk_params *breakdown_params, const dk_table **out,
                            dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dk_param *values = dki_alloc_array(context, scenario->n_params, sizeof *values, err);
    dk_params all = { values, scenario->n_params };
    struct orders o = { .context = context,
                        .run = { .scenario = scenario, .params = &all, .keyed = table },
                        .breakdown = breakdown };
    dk_status status = values ? dki_scenario_values(scenario, params, values, err) : DK_ERR_MEMORY;

    if (status == DK_OK && breakdown)
        status = dki_check_breakdown_params(breakdown, NULL, &scenario, 1, breakdown_params, err);
    if (status == DK_OK)
        status = prepare(&o, err);
    if (status == DK_OK)
        status = run_given(&o, table, breakdown_params, err);
    for (size_t x = 0; x < o.n && status == DK_OK; x++)
        status = try_exchange(&o, x, err);
    if (status == DK_OK)
        status = make_table(&o, out, err);
    drop(&o);
    dki_free(context, values);
    return status;
}
