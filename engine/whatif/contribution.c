/* contribution.c - what each step of a scenario contributes to the difference of a measure.
 *
 * Steps are walked as a tree: what the first i steps left is there once for all subsets that begin alike, so that each further
 * subset costs one step and one breakdown, over the cells, or over weights where steps can be compiled (subsets.c). A step
 * does in every subset what it does in the scenario: it shares its number by all the columns that the scenario mentions.
 *
 * Where the breakdown wants rows each subset is a question of its own.
 *
 * Cost: in order n steps and n + 1 breakdowns, by Shapley 2^n of each; memory for n tables of cells and all results.
 */
#include <string.h>

#include "answered.h"
#include "attribution.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "expr/poll_row.h"
#include "place.h"
#include "sides.h"
#include "subsets.h"
#include "trials.h"

/* Subsets ------------------------------------------------------------------------------------------------------ */

struct subsets {
    dk_context *context;
    dki_question question;
    dki_trials trials;
    dki_run run; /* of one step at a time */
    dki_text_map notes;
    bool *allow_none;
    dki_attribution attribution;
    const dk_table **results; /* one for each value of the attribution */
};

/* Names the steps in front of the message, unless it is the scenario itself, or its first steps, that cannot run. */
static dk_status fail_subset(const struct subsets *s, uint32_t mask, dk_status status, dk_error *err)
{
    const dk_scenario *scenario = s->run.scenario;
    char message[sizeof err->message];
    dki_buffer text;
    bool is_first = true;

    if (err == NULL || status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || (mask & (mask + 1)) == 0)
        return status;
    dki_buffer_init(&text, s->context);
    memcpy(message, err->message, sizeof message);
    if (dki_buffer_text(&text, "in the subset {", NULL) != DK_OK)
        return status;
    for (size_t i = 0; i < s->attribution.n; i++)
        if (mask >> i & 1) {
            (void)dki_buffer_format(&text, NULL, "%s%s", is_first ? "" : ", ", scenario->steps[i].name);
            is_first = false;
        }
    (void)dki_buffer_text(&text, "}", NULL);
    dki_error_prefix(err, text.bytes, text.size, message);
    dki_buffer_drop(&text);
    return status;
}

static dk_status ask(struct subsets *s, size_t at, const dk_table *cells, dk_error *err)
{
    return dk_breakdown_run(&s->question.breakdown, cells, s->trials.breakdown_params, &s->results[at], err);
}

static dk_status run_step(struct subsets *s, uint32_t mask, size_t step, const dk_table *before,
                          const dk_table **out, dk_error *err)
{
    dki_run run = s->run;
    dk_status status;

    run.from = step;
    run.to = step + 1;
    run.notes = mask == (UINT32_C(1) << step) - 1 ? &s->notes : NULL; /* of the scenario itself */
    status = dki_run_steps(&run, before, out, err);
    return status == DK_OK ? DK_OK : fail_subset(s, mask | UINT32_C(1) << step, status, err);
}

/* All subsets that begin with those in mask, of the steps before `step`. The first path is the scenario itself. */
static dk_status walk_subsets(struct subsets *s, uint32_t mask, size_t step, const dk_table *cells, dk_error *err)
{
    const dk_table *after = NULL;
    dk_status status;

    if (step == s->attribution.n)
        return ask(s, mask, cells, err);
    status = run_step(s, mask, step, cells, &after, err);
    if (status == DK_OK)
        status = walk_subsets(s, mask | UINT32_C(1) << step, step + 1, after, err);
    dk_table_release(after);
    return status == DK_OK ? walk_subsets(s, mask, step + 1, cells, err) : status;
}

/* Each subset as a question of its own, where steps cannot be run one by one on cells. The scenario itself comes first. */
static dk_status ask_subsets(struct subsets *s, const dk_params *params, bool allow_none, dk_error *err)
{
    size_t n = s->attribution.n, n_values = dki_attribution_n(&s->attribution);
    size_t *steps = dki_alloc_array(s->context, n, sizeof *steps, err);
    dk_status status = steps ? DK_OK : DK_ERR_MEMORY;

    for (size_t at = n_values; at-- > 0 && status == DK_OK;) {
        size_t n_steps = 0;

        for (size_t i = 0; i < n; i++)
            if (s->attribution.is_shapley ? at >> i & 1 : i < at)
                steps[n_steps++] = i;
        status = dki_trials_ask(&s->trials, steps, n_steps, params, allow_none,
                                at + 1 == n_values ? &s->notes : NULL, &s->results[at], err);
        if (status != DK_OK && s->attribution.is_shapley)
            status = fail_subset(s, (uint32_t)at, status, err);
    }
    dki_free(s->context, steps);
    return status;
}

/* The notes of the scenario itself. */
static dk_status tell_steps(struct subsets *s, dk_error *err)
{
    dki_run run = s->run;
    const dk_table *after = NULL;
    dk_status status;

    run.to = s->attribution.n;
    run.notes = &s->notes;
    status = dki_run_steps(&run, s->trials.basis.cells, &after, err);
    dk_table_release(after);
    return status;
}

/* On compiled steps where that can be done. */
static dk_status find_subsets(struct subsets *s, dk_error *err)
{
    bool done = false;
    dk_status status = dki_subsets_weigh(&s->run, &s->question.breakdown, s->trials.breakdown_params,
                                         s->trials.basis.cells, s->results, &done, err);

    if (status != DK_OK)
        return status;
    return done ? tell_steps(s, err) : walk_subsets(s, 0, 0, s->trials.basis.cells, err);
}

static dk_status walk_order(struct subsets *s, const dk_table *cells, dk_error *err)
{
    const dk_table *now = dk_table_retain(cells), *after = NULL;
    dki_run run = s->run;
    dk_status status = ask(s, 0, now, err);

    run.notes = &s->notes;
    for (size_t i = 0; i < s->attribution.n && status == DK_OK; i++) {
        run.from = i;
        run.to = i + 1;
        status = dki_run_steps(&run, now, &after, err);
        if (status != DK_OK)
            break;
        dk_table_release(now);
        now = after;
        status = ask(s, i + 1, now, err);
    }
    dk_table_release(now);
    return status;
}

/* Shares ------------------------------------------------------------------------------------------------------- */

/* Contributions of every group of the place, on their way to a table. */
struct shares {
    const struct subsets *subsets;
    dki_sides sides;
    uint64_t *positions; /* n_groups */
    uint64_t n_groups;
    dk_value *values;  /* of one group: one for each result */
    dki_share *shares; /* of all groups: n + 1 each */
    bool is_rounded;
    unsigned digits; /* where it is */
};

static dk_status read_values(struct shares *h, uint64_t group, dk_error *err)
{
    const struct subsets *s = h->subsets;
    dk_status status = DK_OK;

    for (size_t k = 0; k < h->sides.n && status == DK_OK; k++)
        status = dki_question_value(&s->question, &h->sides, k, h->positions[group], &h->values[k], err);
    return status;
}

/* All groups, exact or with so many digits; *fits says whether that goes. */
static dk_status share_all(struct shares *h, bool *fits, dk_error *err)
{
    const dki_attribution *a = &h->subsets->attribution;
    dk_status status = DK_OK;

    *fits = true;
    for (uint64_t g = 0; g < h->n_groups && *fits && status == DK_OK; g++) {
        dki_share *shares = h->shares + g * (a->n + 1);

        status = dki_poll(h->sides.context, err);
        if (status == DK_OK)
            status = read_values(h, g, err);
        if (status == DK_OK)
            *fits = h->is_rounded ? dki_attribute_rounded(a, h->values, h->digits, shares)
                                  : dki_attribute_exact(a, h->values, shares);
    }
    return status;
}

static dk_status settle_shares(struct shares *h, dk_error *err)
{
    bool fits;
    dk_status status = share_all(h, &fits, err);

    h->digits = 12;
    for (h->is_rounded = status == DK_OK && !fits; status == DK_OK && !fits; h->digits--) {
        status = share_all(h, &fits, err);
        if (fits)
            break;
        if (h->digits == 0)
            return dki_fail(err, DK_ERR_OVERFLOW, "contributions to %s do not fit in 64 bits",
                            h->subsets->question.breakdown.measures[h->subsets->question.measure].name);
    }
    return status;
}

/* The table ---------------------------------------------------------------------------------------------------- */

static dk_type measure_type(const struct shares *h)
{
    return dk_column_type(
        dk_table_field(h->sides.results[0], h->sides.n_by + h->subsets->question.measure)->column);
}

static dk_status share_value(void *arg, uint64_t i, dk_value *out, dk_error *err)
{
    const struct shares *h = arg;
    const dki_share *share = &h->shares[i];

    (void)err;
    *out = (dk_value){ .type = DK_RATIO, .is_null = share->is_null, .as.ratio = share->exact };
    if (h->is_rounded) {
        *out = (dk_value){ .type = DK_DECIMAL, .is_null = share->is_null, .scale = (uint8_t)h->digits };
        out->as.integer = share->rounded;
    } else if (!share->is_null && measure_type(h) != DK_RATIO) {
        dki_ratio_as_decimal(out);
    }
    return DK_OK;
}

/* The step of a row; none for the whole, which stands behind its steps. */
static size_t step_of(const void *arg, uint64_t i)
{
    const struct shares *h = arg;

    return (size_t)(i % (h->subsets->attribution.n + 1));
}

static dk_status make_table(struct shares *h, const dk_table **out, dk_error *err)
{
    const dki_question *q = &h->subsets->question;
    dk_context *context = h->sides.context;
    size_t each = h->subsets->attribution.n + 1;
    uint64_t n = h->n_groups * each;
    dk_field fields[] = { DK_FIELD("step", NULL), DK_FIELD("name", NULL), DK_FIELD("contribution", NULL) };
    uint64_t *rows = dki_alloc_array(context, (size_t)n, sizeof *rows, err);
    bool *total = dki_alloc_array(context, (size_t)n, sizeof *total, err);
    char format[DKI_FORMAT_BYTES];
    dk_status status = rows && total ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t i = 0; i < n && status == DK_OK; i++) {
        rows[i] = h->positions[i / each];
        total[i] = i % each == each - 1;
    }
    fields[0].margin_bit = fields[1].margin_bit = (int)h->sides.n_by;
    fields[2].format =
        dki_measure_difference_format(&q->breakdown, q->measure, dki_question_format(q, &h->sides), format);
    if (status == DK_OK)
        status = dki_named_steps(h->subsets->run.scenario, context, n, step_of, h, &fields[0], &fields[1], err);
    if (status == DK_OK)
        status = dki_value_column(context, n, share_value, h, &fields[2].column, err);
    if (status == DK_OK)
        status = dki_question_table(q, &h->sides, rows, n, fields, 3, total, out, err);
    for (size_t i = 0; i < 3; i++)
        dk_column_release(fields[i].column);
    dki_free(context, total);
    dki_free(context, rows);
    return status;
}

static dk_status check_type(const struct shares *h, dk_error *err)
{
    const dki_question *q = &h->subsets->question;
    dk_type type = measure_type(h);

    if (dk_type_is_number(type))
        return DK_OK;
    return dki_fail(
        err, DK_ERR_TYPE,
        type == DK_INTERVAL
            ? "contributions are of numbers, and %s is known in bounds only: what is added would not be known"
            : "contributions are of numbers, and %s is none",
        q->breakdown.measures[q->measure].name);
}

static dk_status note_rounded(const struct shares *h, dki_text_map *notes, dk_error *err)
{
    uint32_t number;
    dki_buffer note;
    dk_status status;

    dki_buffer_init(&note, h->sides.context);
    status = dki_buffer_format(
        &note, err, "contributions are rounded to %u digits, by largest remainder, so that they add up%s",
        h->digits, measure_type(h) == DK_REAL ? "" : ": exact ones do not fit in 64 bits");
    if (status == DK_OK)
        status = dki_text_map_add(notes, note.bytes, note.size, &number, err);
    dki_buffer_drop(&note);
    return status;
}

/* From the results to the table. */
static dk_status tell(struct subsets *s, const dk_table **out, dk_error *err)
{
    struct shares h = { .subsets = s };
    size_t n_values = dki_attribution_n(&s->attribution);
    dk_context *context = s->context;
    const dk_table *made = NULL;
    dk_status status = dki_sides_find(&h.sides, s->results, n_values, s->question.breakdown.n_by, err);

    if (status == DK_OK)
        status = check_type(&h, err);
    if (status == DK_OK) {
        h.positions = dki_alloc_array(context, h.sides.groups.n, sizeof *h.positions, err);
        status = h.positions ? dki_question_groups(&s->question, &h.sides, h.positions, &h.n_groups, err)
                             : DK_ERR_MEMORY;
    }
    if (status == DK_OK) {
        h.values = dki_alloc_array(context, n_values, sizeof *h.values, err);
        h.shares = dki_calloc(context, (size_t)h.n_groups * (s->attribution.n + 1), sizeof *h.shares, err);
        status = h.values && h.shares ? settle_shares(&h, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = make_table(&h, &made, err);
    if (status == DK_OK && h.is_rounded)
        status = note_rounded(&h, &s->notes, err);
    if (status == DK_OK)
        status = dki_put_notes(&s->notes, &made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    dki_free(context, h.shares);
    dki_free(context, h.values);
    dki_free(context, h.positions);
    dki_sides_drop(&h.sides);
    return status;
}

/* Asking ------------------------------------------------------------------------------------------------------- */

static dk_status prepare(struct subsets *s, const dk_contribution_spec *spec, dk_error *err)
{
    const dk_scenario *scenario = s->run.scenario;
    dk_context *context = s->context;
    size_t n = scenario->n_steps, n_values;

    s->attribution = (dki_attribution){ .n = n, .is_shapley = spec->method == DK_CONTRIBUTION_SHAPLEY };
    if (s->attribution.is_shapley && n > DKI_SHAPLEY_MOST) {
        dki_fail(err, DK_ERR_LIMIT,
                 "by Shapley every subset of the steps is run, of at most %d steps, and %s has %zu",
                 DKI_SHAPLEY_MOST, scenario->name, n);
        dki_hint(err, "take method = \"order\", or put steps together in fewer");
        return DK_ERR_LIMIT;
    }
    n_values = dki_attribution_n(&s->attribution);
    s->results = dki_calloc(context, n_values, sizeof *s->results, err);
    s->attribution.numbers = dki_alloc_array(context, n_values, sizeof(dki_i128), err);
    s->attribution.sums = dki_alloc_array(context, n + 1, sizeof(dki_i128), err);
    s->allow_none = dki_calloc(context, n, sizeof *s->allow_none, err);
    if (!s->results || !s->attribution.numbers || !s->attribution.sums || !s->allow_none)
        return DK_ERR_MEMORY;
    memset(s->allow_none, spec->allow_none, n * sizeof *s->allow_none);
    s->run.allow_none = s->allow_none;
    return DK_OK;
}

static void drop(struct subsets *s)
{
    dk_context *context = s->context;

    for (size_t i = 0; s->results && i < dki_attribution_n(&s->attribution); i++)
        dk_table_release(s->results[i]);
    dki_free(context, s->results);
    dki_free(context, s->attribution.numbers);
    dki_free(context, s->attribution.sums);
    dki_free(context, s->allow_none);
    dki_text_map_drop(&s->notes);
    dki_trials_drop(&s->trials);
}

dk_status dk_scenario_contributions(const dk_breakdown *breakdown, const dk_table *table,
                                    const dk_params *breakdown_params, const dk_scenario *scenario,
                                    const dk_params *params, const dk_contribution_spec *spec, const dk_table **out,
                                    dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dk_param *values = dki_alloc_array(context, scenario->n_params, sizeof *values, err);
    dk_params all = { values, scenario->n_params };
    struct subsets s = { .context = context, .run = { .scenario = scenario, .params = &all, .keyed = table } };
    const dk_table *made = NULL;
    dk_status status = values ? dki_scenario_values(scenario, params, values, err) : DK_ERR_MEMORY;

    dki_text_map_init(&s.notes, context);
    if (status == DK_OK)
        status = dki_check_breakdown_params(breakdown, NULL, &scenario, 1, breakdown_params, err);
    if (status == DK_OK)
        status = dki_question_init(&s.question, breakdown, spec->measure, &spec->place, "contributions", err);
    if (status == DK_OK)
        status = prepare(&s, spec, err);
    if (status == DK_OK)
        status = dki_trials_open(&s.trials, &s.question.breakdown, table, breakdown_params, scenario, &all, err);
    s.run.keyed = s.trials.basis.cells;
    if (status == DK_OK && !s.trials.step_by_step)
        status = ask_subsets(&s, &all, spec->allow_none, err);
    else if (status == DK_OK)
        status = s.attribution.is_shapley ? find_subsets(&s, err) : walk_order(&s, s.trials.basis.cells, err);
    if (status == DK_OK)
        status = tell(&s, &made, err);
    if (status == DK_OK)
        status =
            dki_answered(made, breakdown, table, breakdown_params, NULL, err, "what each step of %s adds to %s",
                         scenario->name, s.question.breakdown.measures[s.question.measure].name);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    drop(&s);
    dki_free(context, values);
    return status;
}
