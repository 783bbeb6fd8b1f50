/* sensitivity.c - what a measure would be with each parameter at its low and its high value, one at a time.
 *
 * Cost: the scenario and a breakdown for the base and for both ends of each parameter, over the cells (or the rows, where the breakdown
 * wants these).
 */
#include <string.h>

#include "answered.h"
#include "attribution.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "expr/poll_row.h"
#include "place.h"
#include "rows/sort_rows.h"
#include "trials.h"

/* One end of a range that has no answer. */
struct trouble {
    bool is_there;
    char message[sizeof((dk_error *)0)->message];
};

struct sensitivity {
    dk_context *context;
    dki_question question;
    dki_trials trials;
    const dk_scenario *scenario;
    dk_param *values; /* all of the scenario's */
    dk_param_range *ranges;
    size_t n;
    const dk_table **results; /* the base, then low and high of each range; without those that have no answer */
    struct trouble *troubles; /* by range and end: 2 r + end */
    size_t *sides;            /* the side of each result; SIZE_MAX: none */
    dki_text_map notes;
};

/* Ranges ------------------------------------------------------------------------------------------------------- */

static bool is_number(const dk_value *value)
{
    return !value->is_null && dk_type_is_number(value->type);
}

/* Low and high are values that the parameter may have, and in that order. */
static dk_status check_range(const struct sensitivity *s, dk_param_range *range, dk_error *err)
{
    dk_param ends[] = { { range->name, range->low }, { range->name, range->high } };
    dk_param *scratch = dki_alloc_array(s->context, s->scenario->n_params, sizeof *scratch, err);
    dk_status status = scratch ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < 2 && status == DK_OK; i++) {
        const dk_params one = { &ends[i], 1 };

        status = dki_scenario_values(s->scenario, &one, scratch, err);
        if (status == DK_OK && !is_number(&ends[i].value))
            status = dki_fail(err, DK_ERR_TYPE, "sensitivity: the range of %s is of two numbers", range->name);
    }
    if (status == DK_OK && dk_value_compare(&range->low, &range->high) > 0) {
        range->low = ends[1].value;
        range->high = ends[0].value;
    }
    dki_free(s->context, scratch);
    return status;
}

/* Says which parameter is not asked about. */
static dk_status note_without(struct sensitivity *s, const char *name, dk_error *err)
{
    dki_buffer note;
    uint32_t number;
    dk_status status;

    dki_buffer_init(&note, s->context);
    status = dki_buffer_format(&note, err, "%s has no least and greatest value, and is left out", name);
    if (status == DK_OK)
        status = dki_text_map_add(&s->notes, note.bytes, note.size, &number, err);
    dki_buffer_drop(&note);
    return status;
}

/* Those that are given, or of every parameter that has a least and a greatest value. */
static dk_status find_ranges(struct sensitivity *s, const dk_sensitivity_spec *spec, dk_error *err)
{
    size_t most = spec->n_ranges ? spec->n_ranges : s->scenario->n_params;
    dk_status status = DK_OK;

    s->ranges = dki_calloc(s->context, most, sizeof *s->ranges, err);
    if (s->ranges == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < most && spec->n_ranges > 0; i++)
        s->ranges[s->n++] = spec->ranges[i];
    for (size_t i = 0; i < most && spec->n_ranges == 0 && status == DK_OK; i++) {
        const dk_scenario_param *param = &s->scenario->params[i];

        if (param->has_least && param->has_greatest)
            s->ranges[s->n++] = (dk_param_range){ param->name, param->least, param->greatest };
        else
            status = note_without(s, param->name, err);
    }
    if (status != DK_OK)
        return status;
    if (s->n == 0) {
        dki_fail(err, DK_ERR_ARGUMENT, "sensitivity: no parameter of %s has a least and a greatest value",
                 s->scenario->name);
        dki_hint(err, "say from where to where: ranges = { name = { 0.2, 0.4 } }");
        return DK_ERR_ARGUMENT;
    }
    for (size_t i = 0; i < s->n && status == DK_OK; i++)
        status = check_range(s, &s->ranges[i], err);
    return status;
}

/* Running ------------------------------------------------------------------------------------------------------ */

static dk_status run_point(struct sensitivity *s, dki_text_map *notes, const dk_table **out, dk_error *err)
{
    const dk_params all = { s->values, s->scenario->n_params };

    return dki_trials_ask_all(&s->trials, &all, notes, out, err);
}

/* One end of a range: what belongs to its value alone is no error. */
static dk_status run_end(struct sensitivity *s, size_t end, size_t *n_results, dk_error *err)
{
    const dk_param_range *range = &s->ranges[end / 2];
    size_t param = dki_scenario_find_param(s->scenario, range->name);
    dk_value base = s->values[param].value;
    dk_error trouble = DK_ERROR_INIT;
    dk_status status;

    s->values[param].value = end % 2 ? range->high : range->low;
    status = run_point(s, NULL, &s->results[*n_results], &trouble);
    s->values[param].value = base;
    s->sides[1 + end] = SIZE_MAX;
    if (status == DK_OK) {
        s->sides[1 + end] = (*n_results)++;
    } else if (status == DK_ERR_UNREACHABLE || status == DK_ERR_RANGE || status == DK_ERR_OVERFLOW) {
        s->troubles[end].is_there = true;
        memcpy(s->troubles[end].message, trouble.message, sizeof trouble.message);
        return DK_OK;
    } else if (err) {
        *err = trouble;
    }
    return status;
}

static dk_status run_all(struct sensitivity *s, size_t *n_results, dk_error *err)
{
    dk_status status;

    s->results = dki_calloc(s->context, 2 * s->n + 1, sizeof *s->results, err);
    s->troubles = dki_calloc(s->context, 2 * s->n, sizeof *s->troubles, err);
    s->sides = dki_calloc(s->context, 2 * s->n + 1, sizeof *s->sides, err);
    if (!s->results || !s->troubles || !s->sides)
        return DK_ERR_MEMORY;
    *n_results = 1;
    status = run_point(s, &s->notes, &s->results[0], err);
    for (size_t end = 0; end < 2 * s->n && status == DK_OK; end++)
        status = run_end(s, end, n_results, err);
    return status;
}

/* Rows --------------------------------------------------------------------------------------------------------- */

/* A parameter in a group. */
struct row {
    uint64_t position;
    size_t range;
    dk_value figures[4]; /* at low, at base, at high, swing */
};

struct tornado {
    const struct sensitivity *s;
    dki_sides sides;
    struct row *rows;
    uint64_t n;
    uint64_t *order;
};

/* The greatest of the known figures less the least of them: exact where that fits. */
static dk_value swing_of(const dk_value *figures, dk_type type)
{
    dki_i128 numbers[2], sums[2];
    const dki_attribution one = { .n = 1, .numbers = numbers, .sums = sums };
    dk_value ends[2] = { figures[0], figures[0] }, swing = { .type = DK_RATIO, .is_null = true };
    dki_share shares[2];

    for (size_t i = 0; i < 3; i++) {
        if (figures[i].is_null)
            return swing;
        if (dk_value_compare(&figures[i], &ends[0]) < 0)
            ends[0] = figures[i];
        if (dk_value_compare(&figures[i], &ends[1]) > 0)
            ends[1] = figures[i];
    }
    swing.is_null = false;
    if (dki_attribute_exact(&one, ends, shares)) {
        swing.as.ratio = shares[0].exact;
        if (type != DK_RATIO)
            dki_ratio_as_decimal(&swing);
        return swing;
    }
    swing.type = DK_REAL;
    swing.as.real = dki_value_real(&ends[1]) - dki_value_real(&ends[0]);
    return swing;
}

static dk_status fill_row(const struct tornado *t, struct row *row, dk_type type, dk_error *err)
{
    const size_t points[] = { 1 + 2 * row->range, 0, 2 + 2 * row->range };
    dk_status status = DK_OK;

    for (size_t i = 0; i < 3 && status == DK_OK; i++) {
        size_t side = t->s->sides[points[i]];

        row->figures[i] = (dk_value){ .type = DK_INTEGER, .is_null = true };
        if (side != SIZE_MAX)
            status = dki_question_value(&t->s->question, &t->sides, side, row->position, &row->figures[i], err);
    }
    if (status == DK_OK)
        row->figures[3] = swing_of(row->figures, type);
    return status;
}

/* Groups in their order, in each the widest swing first, and what is not known last. */
static int compare_rows(const void *arg, uint64_t a, uint64_t b)
{
    const struct tornado *t = arg;
    const struct row *x = &t->rows[a], *y = &t->rows[b];
    const dk_value *p = &x->figures[3], *q = &y->figures[3];
    int sign = (x->position > y->position) - (x->position < y->position);

    if (sign == 0)
        sign = p->is_null || q->is_null ? (int)p->is_null - (int)q->is_null : -dk_value_compare(p, q);
    return sign ? sign : (a > b) - (a < b);
}

static dk_status fill_rows(struct tornado *t, dk_error *err)
{
    const struct sensitivity *s = t->s;
    dk_type type = dk_column_type(dk_table_field(t->sides.results[0], t->sides.n_by + s->question.measure)->column);
    uint64_t *positions = dki_alloc_array(s->context, (size_t)t->sides.groups.n, sizeof *positions, err);
    uint64_t n_groups = 0;
    dk_status status =
        positions ? dki_question_groups(&s->question, &t->sides, positions, &n_groups, err) : DK_ERR_MEMORY;

    if (status == DK_OK && !dk_type_is_number(type))
        status = dki_fail(err, DK_ERR_TYPE, "sensitivity is of numbers, and %s is %s",
                          s->question.breakdown.measures[s->question.measure].name,
                          type == DK_INTERVAL ? "known in bounds only" : "none");
    if (status == DK_OK) {
        t->rows = dki_calloc(s->context, (size_t)n_groups * s->n, sizeof *t->rows, err);
        t->order = dki_alloc_array(s->context, (size_t)n_groups * s->n, sizeof *t->order, err);
        status = t->rows && t->order ? DK_OK : DK_ERR_MEMORY;
    }
    DKI_FOR_ROWS(i, n_groups * s->n, s->context, status, err)
    {
        t->order[i] = i;
        t->rows[i].position = positions[i / s->n];
        t->rows[i].range = i % s->n;
        status = fill_row(t, &t->rows[i], type, err);
    }
    t->n = n_groups * s->n;
    if (status == DK_OK)
        status = dki_sort_rows(s->context, t->order, t->n, compare_rows, t, err);
    dki_free(s->context, positions);
    return status;
}

/* The table ---------------------------------------------------------------------------------------------------- */

struct figure {
    const struct tornado *t;
    size_t which; /* 0 .. 3 of a row; 4, 5: low and high of its range */
};

static dk_status figure_value(void *arg, uint64_t i, dk_value *out, dk_error *err)
{
    const struct figure *f = arg;
    const struct row *row = &f->t->rows[f->t->order[i]];
    const dk_param_range *range = &f->t->s->ranges[row->range];

    (void)err;
    *out = f->which == 4 ? range->low : f->which == 5 ? range->high : row->figures[f->which];
    return DK_OK;
}

/* Names of parameters, and what is wrong at an end. */
static dk_status text_columns(const struct tornado *t, dk_field *parameter, dk_field *problem, dk_error *err)
{
    dk_builder *names = NULL, *problems = NULL;
    dk_status status = dk_builder_new(t->s->context, DK_TEXT, 0, NULL, &names, err);

    if (status == DK_OK)
        status = dk_builder_new(t->s->context, DK_TEXT, 0, NULL, &problems, err);
    for (uint64_t i = 0; i < t->n && status == DK_OK; i++) {
        size_t range = t->rows[t->order[i]].range;
        const char *name = t->s->ranges[range].name;
        const struct trouble *trouble = &t->s->troubles[2 * range];

        if (!trouble->is_there)
            trouble++;
        status = dk_builder_text(names, (dk_text){ name, strlen(name) }, err);
        if (status == DK_OK)
            status = trouble->is_there
                         ? dk_builder_text(problems, (dk_text){ trouble->message, strlen(trouble->message) }, err)
                         : dk_builder_null(problems, 1, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(names, &parameter->column, err);
    if (status == DK_OK)
        status = dk_builder_finish(problems, &problem->column, err);
    dk_builder_release(problems);
    dk_builder_release(names);
    return status;
}

static dk_status make_table(const struct tornado *t, const dk_table **out, dk_error *err)
{
    const struct sensitivity *s = t->s;
    dk_field fields[] = { DK_FIELD("parameter", NULL), DK_FIELD("low", NULL),     DK_FIELD("high", NULL),
                          DK_FIELD("at_low", NULL),    DK_FIELD("at_base", NULL), DK_FIELD("at_high", NULL),
                          DK_FIELD("swing", NULL),     DK_FIELD("problem", NULL) };
    const size_t which[] = { 4, 5, 0, 1, 2, 3 };
    const char *format = dki_question_format(&s->question, &t->sides);
    uint64_t *rows = dki_alloc_array(s->context, (size_t)t->n, sizeof *rows, err);
    char points[DKI_FORMAT_BYTES];
    dk_status status = rows ? text_columns(t, &fields[0], &fields[7], err) : DK_ERR_MEMORY;

    for (size_t k = 0; k < 6 && status == DK_OK; k++) {
        struct figure figure = { t, which[k] };
        const dk_column *raw = NULL;

        status = dki_value_column(s->context, t->n, figure_value, &figure, &raw, err);
        if (status == DK_OK)
            status = dki_trim_column(raw, 0, &fields[1 + k].column, err);
        dk_column_release(raw);
    }
    for (uint64_t i = 0; rows && i < t->n; i++)
        rows[i] = t->rows[t->order[i]].position;
    fields[3].format = fields[4].format = fields[5].format = format;
    fields[6].format = dki_measure_difference_format(&s->question.breakdown, s->question.measure, format, points);
    if (fields[6].format && fields[6].format[0] == '+') /* a width has no sign */
        fields[6].format++;
    if (status == DK_OK)
        status = dki_question_table(&s->question, &t->sides, rows, t->n, fields, 8, NULL, out, err);
    for (size_t k = 0; k < 8; k++)
        dk_column_release(fields[k].column);
    dki_free(s->context, rows);
    return status;
}

static dk_status tell(struct sensitivity *s, size_t n_results, const dk_table **out, dk_error *err)
{
    struct tornado t = { .s = s };
    const dk_table *made = NULL;
    dk_status status = dki_sides_find(&t.sides, s->results, n_results, s->question.breakdown.n_by, err);

    if (status == DK_OK)
        status = fill_rows(&t, err);
    if (status == DK_OK)
        status = make_table(&t, &made, err);
    if (status == DK_OK)
        status = dki_put_notes(&s->notes, &made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    dki_free(s->context, t.rows);
    dki_free(s->context, t.order);
    dki_sides_drop(&t.sides);
    return status;
}

static void drop(struct sensitivity *s)
{
    for (size_t i = 0; s->results && i < 2 * s->n + 1; i++)
        dk_table_release(s->results[i]);
    dki_trials_drop(&s->trials);
    dki_free(s->context, s->results);
    dki_free(s->context, s->troubles);
    dki_free(s->context, s->sides);
    dki_free(s->context, s->ranges);
    dki_free(s->context, s->values);
    dki_text_map_drop(&s->notes);
}

dk_status dk_scenario_sensitivity(const dk_breakdown *breakdown, const dk_table *table,
                                  const dk_params *breakdown_params, const dk_scenario *scenario,
                                  const dk_params *params, const dk_sensitivity_spec *spec, const dk_table **out,
                                  dk_error *err)
{
    struct sensitivity s = { .context = dk_table_context(table), .scenario = scenario };
    const dk_table *made = NULL;
    size_t n_results = 0;
    dk_status status;

    dki_text_map_init(&s.notes, s.context);
    s.values = dki_alloc_array(s.context, scenario->n_params, sizeof *s.values, err);
    status = s.values ? dki_scenario_values(scenario, params, s.values, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dki_check_breakdown_params(breakdown, NULL, &scenario, 1, breakdown_params, err);
    if (status == DK_OK)
        status = dki_question_init(&s.question, breakdown, spec->measure, &spec->place, "sensitivity", err);
    if (status == DK_OK)
        status = find_ranges(&s, spec, err);
    if (status == DK_OK)
        status = dki_trials_open(&s.trials, &s.question.breakdown, table, breakdown_params, scenario, params, err);
    if (status == DK_OK)
        status = run_all(&s, &n_results, err);
    if (status == DK_OK)
        status = tell(&s, n_results, &made, err);
    if (status == DK_OK)
        status = dki_answered(made, breakdown, table, breakdown_params, NULL, err,
                              "what each parameter of %s does to %s", scenario->name,
                              s.question.breakdown.measures[s.question.measure].name);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    drop(&s);
    return status;
}
