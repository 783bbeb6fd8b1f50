/* solve.c - the least value of a parameter that reaches a target.
 *
 * A share is looked for in whole persons: k of those who could be moved, for k from nobody to all. So the answer is a number of
 * persons, and the share is what they are of those who could be moved. The target is a condition on one cell of the
 * result, judged on exact ratios; what reaches it is found by halving, after it is known that the greatest value does.
 *
 * For `each` the scenario runs on the cells of one group, the others stay as they are, and the cell is the group's.
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "data/column_parts.h"
#include "query/breakdown_parts.h"
#include "scenario_parts.h"

#define PERSON 1000000000
#define GRID 1000000 /* steps of a parameter that is neither a share nor a count by itself */

typedef enum way { WAY_SHARE, WAY_COUNT, WAY_GRID } way;

typedef struct solver {
    dk_context *context;
    const dk_breakdown *breakdown; /* as given */
    dk_breakdown cube;             /* the same with every margin */
    const dk_scenario *scenario;
    const dk_solve_spec *spec;
    const dk_expr *target;
    dk_param *values; /* of the scenario's parameters */
    size_t vary;
    way way;
    size_t step; /* SHARE, COUNT: the step that the parameter drives, from 1 */
    dk_value least, greatest;
} solver;

/* Where the target is looked at: the cells that the scenario runs on, the others, and the cell of the result. */
typedef struct place {
    const dk_table *cells, *rest; /* rest may be NULL */
    const dk_cell_at *at;
    size_t n_at;
    int64_t available; /* units */
} place;

/* What one value of the parameter gives. */
typedef struct outcome {
    bool reached;
    const dk_table *row;      /* of the result; owned */
    int64_t moved, available; /* units, in all steps; of the step that is driven */
} outcome;

static void drop_outcome(outcome *o)
{
    dk_table_release(o->row);
    o->row = NULL;
}

/* Evaluating -------------------------------------------------------------------------------------------------------- */

/* Rows of a, then rows of b, which have the same columns. */
static dk_status concat(const dk_table *a, const dk_table *b, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(a);
    size_t n_columns = dk_table_n_columns(a), n_made = 0;
    dk_field *fields = dki_calloc(context, n_columns, sizeof *fields, err);
    const dk_table *made = NULL;
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    for (; n_made < n_columns && status == DK_OK; n_made++) {
        const dk_field *field = dk_table_field(a, n_made);
        const dk_column *columns[2] = { field->column, NULL };
        const dk_dictionary *levels = dk_column_levels(field->column);
        dk_dictionary *longer = NULL;
        dk_builder *builder = NULL;
        size_t at = 0;

        fields[n_made] = DK_FIELD(field->name, NULL);
        status = dk_table_get(b, field->name, &at, err);
        if (status != DK_OK)
            break;
        columns[1] = dk_table_field(b, at)->column;
        if (levels) {
            const dk_dictionary *theirs = dk_column_levels(columns[1]);
            size_t n = dk_dictionary_n_levels(theirs);
            dk_text *texts = dki_alloc_array(context, n, sizeof *texts, err);

            for (size_t k = 0; texts && k < n; k++)
                texts[k] = dk_dictionary_level(theirs, (uint32_t)k + 1);
            status = texts ? dki_dictionary_extend(levels, texts, n, &longer, err) : DK_ERR_MEMORY;
            dki_free(context, texts);
        }
        if (status == DK_OK)
            status = dk_builder_new(context, dk_column_type(columns[0]), dk_column_scale(columns[0]), longer,
                                    &builder, err);
        for (int k = 0; k < 2; k++)
            for (uint64_t row = 0; status == DK_OK && row < dk_column_n_rows(columns[k]); row++) {
                dk_value value;

                status = dk_column_get(columns[k], row, &value, err);
                if (status == DK_OK)
                    status = dk_builder_value(builder, &value, err);
            }
        if (status == DK_OK)
            status = dk_builder_finish(builder, &fields[n_made].column, err);
        dk_builder_release(builder);
        dk_dictionary_release(longer);
    }
    if (status == DK_OK)
        status = dk_table_new(context, fields, n_columns, dk_table_n_rows(a) + dk_table_n_rows(b), &made, err);
    if (status == DK_OK)
        status = dk_table_with_properties(made, dk_table_properties(a), out, err);
    dk_table_release(made);
    for (size_t i = 0; i < n_made; i++)
        dk_column_release(fields[i].column);
    dki_free(context, fields);
    return status;
}

static bool equal_values(const dk_value *a, const dk_value *b)
{
    bool a_text = a->type == DK_TEXT || a->type == DK_CATEGORY,
         b_text = b->type == DK_TEXT || b->type == DK_CATEGORY;

    if (a->is_null || b->is_null)
        return a->is_null && b->is_null;
    if (a->type != b->type && !(a_text && b_text) && !(dk_type_is_number(a->type) && dk_type_is_number(b->type)))
        return false;
    return dk_value_compare(a, b) == 0;
}

/* The row of a result with all margins in which the dimensions of `at` have those values and the others are totals. */
static dk_status find_row(const solver *s, const dk_table *result, const place *p, uint64_t *out, dk_error *err)
{
    const dk_column *margin = dk_table_margin(result);
    int64_t wanted = (INT64_C(1) << s->breakdown->n_by) - 1;

    for (size_t i = 0; i < p->n_at; i++)
        wanted &= ~(INT64_C(1) << dki_breakdown_find_dimension(s->breakdown, p->at[i].dimension));
    for (uint64_t row = 0; row < dk_table_n_rows(result); row++) {
        dk_value mask = { .type = DK_INTEGER };
        dk_status status = margin ? dk_column_get(margin, row, &mask, err) : DK_OK;
        bool found = mask.as.integer == wanted;

        for (size_t i = 0; i < p->n_at && found && status == DK_OK; i++) {
            dk_value value;

            status = dk_column_get(
                dk_table_field(result, dki_breakdown_find_dimension(s->breakdown, p->at[i].dimension))->column, row,
                &value, err);
            found = status == DK_OK && equal_values(&value, &p->at[i].value);
        }
        if (status != DK_OK)
            return status;
        if (found) {
            *out = row;
            return DK_OK;
        }
    }
    if (p->n_at > 0) {
        char text[80];

        dk_value_format(&p->at[0].value, text, sizeof text);
        return dki_fail(err, DK_ERR_NAME, "the result has no cell %s = %s%s", p->at[0].dimension, text,
                        p->n_at > 1 ? " with the others" : "");
    }
    return dki_fail(err, DK_ERR_UNREACHABLE, "the breakdown has no total: there are no rows");
}

/* Sums of the receipt: all that moved, and what could be moved by the step that is driven. */
static dk_status read_receipt(const solver *s, const dk_table *moved, outcome *o, dk_error *err)
{
    o->moved = 0;
    o->available = 0;
    for (uint64_t row = 0; row < dk_table_n_rows(moved); row++) {
        dk_value step, available, taken;
        dk_status status = dk_column_get(dk_table_field(moved, 0)->column, row, &step, err);

        if (status == DK_OK)
            status = dk_column_get(dk_table_field(moved, 3)->column, row, &available, err);
        if (status == DK_OK)
            status = dk_column_get(dk_table_field(moved, 4)->column, row, &taken, err);
        if (status != DK_OK)
            return status;
        if (s->way == WAY_GRID || step.as.integer == (int64_t)s->step)
            o->available += available.as.integer;
        o->moved += taken.as.integer;
    }
    return DK_OK;
}

static dk_status evaluate(solver *s, const place *p, dk_value value, outcome *o, dk_error *err)
{
    dk_params params = { s->values, s->scenario->n_params };
    const dk_table *after = NULL, *moved = NULL, *all = NULL, *result = NULL, *holds = NULL;
    uint64_t row = 0;
    dk_status status;

    o->row = NULL;
    s->values[s->vary].value = value;
    status = dk_scenario_apply(s->scenario, p->cells, &params, &after, &moved, err);
    if (status == DK_OK)
        status = read_receipt(s, moved, o, err);
    if (status == DK_OK && p->rest)
        status = concat(after, p->rest, &all, err);
    if (status == DK_OK)
        status = dk_breakdown_run(&s->cube, all ? all : after, NULL, &result, err);
    if (status == DK_OK)
        status = find_row(s, result, p, &row, err);
    if (status == DK_OK)
        status = dk_table_slice(result, row, 1, &o->row, err);
    if (status == DK_OK)
        status = dk_table_where(o->row, s->target, NULL, &holds, err);
    if (status == DK_OK)
        o->reached = dk_table_n_rows(holds) == 1;
    dk_table_release(holds);
    dk_table_release(result);
    dk_table_release(all);
    dk_table_release(moved);
    dk_table_release(after);
    if (status != DK_OK)
        drop_outcome(o);
    return status;
}

/* Candidates -------------------------------------------------------------------------------------------------------- */

/* Candidate k of 0 .. n as a value of the parameter. */
static dk_value candidate(const solver *s, const place *p, int64_t k)
{
    dk_value value = { .type = DK_RATIO };
    dk_value exact = s->greatest;

    switch (s->way) {
    case WAY_COUNT: return (dk_value){ .type = DK_INTEGER, .as.integer = k };
    case WAY_SHARE:
        if (p->available > 0 && dki_ratio_make((dki_i128)k * PERSON, p->available, &value.as.ratio) &&
            dk_value_compare(&value, &s->greatest) < 0)
            exact = value;
        return exact;
    default: {
        dk_ratio low = s->least.as.ratio, high = s->greatest.as.ratio, width, part;

        if (dki_ratio_sub(high, low, &width) && dki_ratio_mul(width, (dk_ratio){ k, GRID }, &part) &&
            dki_ratio_add(low, part, &value.as.ratio))
            return value;
        return s->greatest;
    }
    }
}

static int64_t n_candidates(const solver *s, const place *p)
{
    dki_i128 units;

    if (s->way == WAY_GRID)
        return GRID;
    if (s->way == WAY_COUNT) {
        if (s->scenario->params[s->vary].has_range) {
            dki_i128 most;

            if (dki_round_value(&s->greatest, 0, &most) && dki_fits_i64(most) &&
                most <= (dki_i128)p->available / PERSON)
                return (int64_t)most;
        }
        return p->available / PERSON;
    }
    units = (dki_i128)p->available * s->greatest.as.ratio.numerator / s->greatest.as.ratio.denominator;
    return (int64_t)((units + PERSON - 1) / PERSON);
}

/* The least candidate that reaches the target. *found is its outcome, or that of the greatest where none does. */
static dk_status search(solver *s, place *p, bool *reachable, dk_value *value, outcome *found, dk_error *err)
{
    dk_value first = s->way == WAY_COUNT ? (dk_value){ .type = DK_INTEGER, .as.integer = 0 } : s->least;
    int64_t low = 0, high;
    outcome o;
    dk_status status = evaluate(s, p, first, found, err);

    if (status != DK_OK)
        return status;
    p->available = found->available;
    *value = first;
    *reachable = found->reached;
    if (*reachable)
        return DK_OK;
    high = n_candidates(s, p);
    drop_outcome(found);
    *value = s->way == WAY_COUNT ? candidate(s, p, high) : s->greatest;
    status = evaluate(s, p, *value, found, err);
    if (status != DK_OK)
        return status;
    *reachable = found->reached;
    while (*reachable && high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        dk_value tried = candidate(s, p, middle);

        if (s->way == WAY_SHARE && dk_value_compare(&tried, &s->least) <= 0) {
            low = middle;
            continue;
        }
        status = evaluate(s, p, tried, &o, err);
        if (status != DK_OK) {
            drop_outcome(found);
            return status;
        }
        if (o.reached) {
            drop_outcome(found);
            *found = o;
            *value = tried;
            high = middle;
        } else {
            drop_outcome(&o);
            low = middle;
        }
    }
    if (*reachable && s->way == WAY_SHARE) { /* the last candidate may be the greatest by another name */
        dk_value exact = candidate(s, p, high);

        if (dk_value_compare(&exact, value) < 0) {
            status = evaluate(s, p, exact, &o, err);
            if (status == DK_OK && o.reached) {
                drop_outcome(found);
                *found = o;
                *value = exact;
            } else if (status == DK_OK) {
                drop_outcome(&o);
            }
        }
    }
    return status;
}

/* Answers ----------------------------------------------------------------------------------------------------------- */

typedef struct answers {
    dk_builder *group, *reachable, *persons, *available, *vary, *text;
    dk_builder **measures;
    size_t n_measures;
    uint64_t n;
} answers;

static void show_weight(int64_t weight, char *out, size_t size)
{
    unsigned scale = DK_WEIGHT_SCALE;

    while (scale > 0 && weight % 10 == 0) {
        weight /= 10;
        scale--;
    }
    dki_format_decimal(weight, scale, out, size);
}

static void show_percentage(const dk_value *value, char *out, size_t size)
{
    dki_i128 scaled;

    if (value->is_null)
        snprintf(out, size, "not known");
    else if (value->type == DK_RATIO && dki_round_value(value, 4, &scaled)) {
        size_t n = dki_format_decimal(scaled, 2, out, size);

        snprintf(out + n, size - n, " %%");
    } else {
        dk_value_format(value, out, size);
    }
}

struct first_name {
    const dk_breakdown *breakdown;
    size_t measure;
};

static bool find_measure(void *arg, const dki_node *node)
{
    struct first_name *first = arg;

    if (node->kind != DKI_NODE_NAME)
        return true;
    first->measure = dki_breakdown_find_measure(first->breakdown, node->text);
    return first->measure == SIZE_MAX;
}

/* One sentence. The value that it gives is that of the first measure in the target. */
static dk_status sentence(const solver *s, const outcome *o, bool reachable, const dk_value *value,
                          const char *unit, char *out, size_t size, dk_error *err)
{
    struct first_name first = { s->breakdown, SIZE_MAX };
    char reached[96] = "", persons[64], available[64], share[64];
    dk_value got;
    dk_status status;

    dki_node_visit(dki_expr_root(s->target), find_measure, &first);
    if (first.measure != SIZE_MAX) {
        status = dk_column_get(dk_table_field(o->row, s->breakdown->n_by + first.measure)->column, 0, &got, err);
        if (status != DK_OK)
            return status;
        show_percentage(&got, reached, sizeof reached);
    }
    show_weight(o->moved % PERSON ? (o->moved / PERSON + 1) * PERSON : o->moved, persons, sizeof persons);
    show_weight(o->available, available, sizeof available);
    show_percentage(value, share, sizeof share);
    if (!reachable)
        snprintf(out, size, "cannot be reached: at most %s", reached);
    else if (o->moved == 0)
        snprintf(out, size, "reached already: %s", reached);
    else if (s->way == WAY_SHARE)
        snprintf(out, size, "%s %s, %s of %s, give %s", persons, unit, share, available, reached);
    else
        snprintf(out, size, "%s %s of %s give %s", persons, unit, available, reached);
    return DK_OK;
}

static void as_ratio(const dk_value *value, dk_ratio *out)
{
    if (value->type == DK_RATIO)
        *out = value->as.ratio;
    else
        dki_ratio_make(value->as.integer, dki_power10[value->type == DK_DECIMAL ? value->scale : 0], out);
}

static dk_status add_answer(const solver *s, answers *a, const dk_value *group, const outcome *o, bool reachable,
                            const dk_value *value, const char *unit, dk_error *err)
{
    char text[400];
    dk_ratio ratio = { 0, 1 };
    dk_status status = sentence(s, o, reachable, value, unit, text, sizeof text, err);

    as_ratio(value, &ratio);
    if (status == DK_OK && group)
        status = dk_builder_value(a->group, group, err);
    if (status == DK_OK)
        status = dk_builder_boolean(a->reachable, reachable, err);
    if (status == DK_OK)
        status = reachable ? dk_builder_integer(a->persons, (o->moved + PERSON - 1) / PERSON, err)
                           : dk_builder_null(a->persons, 1, err);
    if (status == DK_OK)
        status = dk_builder_integer(a->available, o->available, err);
    if (status == DK_OK)
        status = dk_builder_ratio(a->vary, ratio, err);
    if (status == DK_OK)
        status = dk_builder_text(a->text, (dk_text){ text, strlen(text) }, err);
    for (size_t m = 0; m < a->n_measures && status == DK_OK; m++) {
        const dk_column *column = dk_table_field(o->row, s->breakdown->n_by + m)->column;
        dk_value got;

        if (a->measures[m] == NULL)
            status = dk_builder_new(s->context, dk_column_type(column), dk_column_scale(column),
                                    dk_column_levels(column), &a->measures[m], err);
        if (status == DK_OK)
            status = dk_column_get(column, 0, &got, err);
        if (status == DK_OK)
            status = dk_builder_value(a->measures[m], &got, err);
    }
    a->n++;
    return status;
}

static dk_status new_answers(const solver *s, const dk_column *groups, answers *a, dk_error *err)
{
    dk_context *context = s->context;
    dk_status status = DK_OK;

    memset(a, 0, sizeof *a);
    a->n_measures = s->breakdown->n_measures;
    a->measures = dki_calloc(context, a->n_measures, sizeof *a->measures, err);
    if (a->measures == NULL)
        return DK_ERR_MEMORY;
    if (groups)
        status = dk_builder_new(context, dk_column_type(groups), dk_column_scale(groups), dk_column_levels(groups),
                                &a->group, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_BOOLEAN, 0, NULL, &a->reachable, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_INTEGER, 0, NULL, &a->persons, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &a->available, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_RATIO, 0, NULL, &a->vary, err);
    return status == DK_OK ? dk_builder_new(context, DK_TEXT, 0, NULL, &a->text, err) : status;
}

static void drop_answers(dk_context *context, answers *a)
{
    dk_builder_release(a->group);
    dk_builder_release(a->reachable);
    dk_builder_release(a->persons);
    dk_builder_release(a->available);
    dk_builder_release(a->vary);
    dk_builder_release(a->text);
    for (size_t m = 0; a->measures && m < a->n_measures; m++)
        dk_builder_release(a->measures[m]);
    dki_free(context, a->measures);
}

/* Ends a builder as the next field. */
static dk_status add_field(dk_field *fields, size_t *n, const char *name, dk_builder *builder, const char *format,
                           dk_error *err)
{
    const dk_column *column, *trimmed;
    dk_status status = dk_builder_finish(builder, &column, err);

    if (status != DK_OK)
        return status;
    status = dki_trim_column(column, &trimmed, err);
    dk_column_release(column);
    if (status == DK_OK) {
        fields[*n] = DK_FIELD(name, trimmed);
        fields[(*n)++].format = format;
    }
    return status;
}

static dk_status finish_answers(const solver *s, answers *a, const dk_table **out, dk_error *err)
{
    const char *vary = s->spec->vary;
    dk_field *fields = dki_calloc(s->context, a->n_measures + 6, sizeof *fields, err);
    size_t n = 0;
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK && a->group)
        status = add_field(fields, &n, s->spec->each, a->group, NULL, err);
    if (status == DK_OK)
        status = add_field(fields, &n, "reachable", a->reachable, NULL, err);
    if (status == DK_OK)
        status = add_field(fields, &n, "persons", a->persons, NULL, err);
    if (status == DK_OK)
        status = add_field(fields, &n, "available", a->available, NULL, err);
    if (status == DK_OK)
        status = add_field(fields, &n, vary, a->vary, NULL, err);
    for (size_t m = 0; m < a->n_measures && status == DK_OK && a->n > 0; m++)
        status = add_field(fields, &n, s->breakdown->measures[m].name, a->measures[m],
                           s->breakdown->measures[m].format, err);
    if (status == DK_OK)
        status = add_field(fields, &n, "answer", a->text, NULL, err);
    if (status == DK_OK)
        status = dk_table_new(s->context, fields, n, a->n, out, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    dki_free(s->context, fields);
    return status;
}

/* Asking ------------------------------------------------------------------------------------------------------------ */

static dk_status answer_one(solver *s, place *p, const dk_value *group, answers *a, const char *unit, dk_error *err)
{
    outcome o = { 0 };
    dk_value value;
    bool reachable = false;
    dk_status status = search(s, p, &reachable, &value, &o, err);

    if (status == DK_OK)
        status = add_answer(s, a, group, &o, reachable, &value, unit, err);
    drop_outcome(&o);
    return status;
}

/* Cells whose dimension is the group, and the others. */
static dk_status divide(const dk_table *cells, const dk_column *keys, const dk_value *group, const dk_table **in,
                        const dk_table **rest, dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    uint64_t n = dk_table_n_rows(cells), n_in = 0, n_rest = 0;
    uint64_t *rows = dki_alloc_array(context, n, 2 * sizeof *rows, err);
    dk_status status = rows ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t i = 0; i < n && status == DK_OK; i++) {
        dk_value value;

        status = dk_column_get(keys, i, &value, err);
        if (status == DK_OK && equal_values(&value, group))
            rows[n_in++] = i;
        else if (status == DK_OK)
            rows[n + n_rest++] = i;
    }
    if (status == DK_OK)
        status = dk_table_gather(cells, rows, n_in, in, err);
    if (status == DK_OK)
        status = dk_table_gather(cells, rows + n, n_rest, rest, err);
    dki_free(context, rows);
    return status;
}

/* The groups of a dimension in their order: the first column of *out. */
static dk_status list_groups(const solver *s, const dk_table *cells, size_t dimension, const dk_table **out,
                             dk_error *err)
{
    const dk_breakdown *groups = NULL;
    dk_measure measure = { .text = "n = count()" };
    dk_measure by = { .text = dk_expr_text(s->breakdown->by[dimension].expr) };
    dk_breakdown_spec spec = { .by = &by, .n_by = 1, .measures = &measure, .n_measures = 1 };
    dk_status status = dk_breakdown_new(s->context, &spec, &groups, err);

    if (status == DK_OK)
        status = dk_breakdown_run(groups, cells, NULL, out, err);
    dk_breakdown_release(groups);
    return status;
}

static dk_status solve_each(solver *s, const dk_table *cells, answers *a, const char *unit, dk_error *err)
{
    size_t dimension = dki_breakdown_find_dimension(s->breakdown, s->spec->each);
    const dk_column *keys = NULL, *groups = NULL;
    const dk_table *base = NULL;
    dk_status status;

    status = list_groups(s, cells, dimension, &base, err);
    if (status == DK_OK)
        status = dk_table_eval(cells, s->breakdown->by[dimension].expr, NULL, &keys, err);
    if (status == DK_OK) {
        groups = dk_table_field(base, 0)->column;
        status = new_answers(s, groups, a, err);
    }
    for (uint64_t i = 0; status == DK_OK && i < dk_table_n_rows(base); i++) {
        const dk_table *in = NULL, *rest = NULL;
        dk_cell_at at = { .dimension = s->spec->each };
        place p;

        status = dki_poll(s->context, err);
        if (status == DK_OK)
            status = dk_column_get(groups, i, &at.value, err);
        if (status == DK_OK)
            status = divide(cells, keys, &at.value, &in, &rest, err);
        p = (place){ .cells = in, .rest = rest, .at = &at, .n_at = 1 };
        if (status == DK_OK)
            status = answer_one(s, &p, &at.value, a, unit, err);
        dk_table_release(in);
        dk_table_release(rest);
    }
    dk_column_release(keys);
    dk_table_release(base);
    return status;
}

/* The step whose share or count is the parameter and nothing else; with several, or none, the parameter is searched on a grid. */
static void find_way(solver *s)
{
    size_t n = 0;

    s->way = WAY_GRID;
    for (size_t i = 0; i < s->scenario->n_steps; i++) {
        const dki_step *step = &s->scenario->steps[i];
        const dk_expr *amount = step->share ? step->share : step->count;
        const dki_node *root = amount ? dki_expr_root(amount) : NULL;

        if (root && root->kind == DKI_NODE_PARAM && strcmp(root->text, s->spec->vary) == 0) {
            s->way = step->share ? WAY_SHARE : WAY_COUNT;
            s->step = i + 1;
            n++;
        }
    }
    if (n > 1)
        s->way = WAY_GRID;
}

static dk_status to_ratio(dk_value *value, const char *name, dk_error *err)
{
    uint8_t scale;
    int64_t scaled;

    if (value->is_null || !dk_type_is_number(value->type))
        return dki_fail(err, DK_ERR_TYPE, "the parameter %s is no number, and cannot be varied", name);
    if (value->type == DK_REAL) {
        if (!dki_real_to_decimal(value->as.real, &scaled, &scale))
            return dki_fail(err, DK_ERR_RANGE, "the range of %s cannot be made exact", name);
        *value = (dk_value){ .type = DK_DECIMAL, .scale = scale, .as.integer = scaled };
    }
    if (value->type != DK_RATIO) {
        dk_ratio ratio;

        as_ratio(value, &ratio);
        *value = (dk_value){ .type = DK_RATIO, .as.ratio = ratio };
    }
    return DK_OK;
}

static dk_status find_vary(solver *s, dk_error *err)
{
    const dk_scenario *scenario = s->scenario;
    const dk_scenario_param *param;
    dki_nearest nearest;
    dk_status status;

    dki_nearest_init(&nearest, s->spec->vary, strlen(s->spec->vary));
    for (s->vary = 0; s->vary < scenario->n_params; s->vary++) {
        if (strcmp(scenario->params[s->vary].name, s->spec->vary) == 0)
            break;
        dki_nearest_try(&nearest, scenario->params[s->vary].name, strlen(scenario->params[s->vary].name));
    }
    if (s->vary == scenario->n_params) {
        dki_fail(err, DK_ERR_NAME, "the scenario %s has no parameter %s to vary", scenario->name, s->spec->vary);
        if (nearest.best)
            dki_hint(err, "did you mean %s?", nearest.best);
        return DK_ERR_NAME;
    }
    param = &scenario->params[s->vary];
    find_way(s);
    s->least = param->has_range ? param->least : (dk_value){ .type = DK_INTEGER, .as.integer = 0 };
    s->greatest = param->has_range ? param->greatest : (dk_value){ .type = DK_INTEGER, .as.integer = 1 };
    if (s->way == WAY_GRID && !param->has_range)
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "the parameter %s needs a range to be varied: { %g, min = ..., max = ... }", param->name,
                        param->value.type == DK_REAL ? param->value.as.real : 0.0);
    status = to_ratio(&s->least, param->name, err);
    return status == DK_OK ? to_ratio(&s->greatest, param->name, err) : status;
}

static dk_status check_dimension(const dk_breakdown *breakdown, const char *name, dk_error *err)
{
    dki_nearest nearest;

    if (dki_breakdown_find_dimension(breakdown, name) != SIZE_MAX)
        return DK_OK;
    dki_nearest_init(&nearest, name, strlen(name));
    for (size_t i = 0; i < breakdown->n_by; i++)
        dki_nearest_try(&nearest, breakdown->by[i].name, strlen(breakdown->by[i].name));
    dki_fail(err, DK_ERR_NAME, "%s is no dimension of the breakdown", name);
    if (nearest.best)
        dki_hint(err, "did you mean %s?", nearest.best);
    return DK_ERR_NAME;
}

dk_status dk_scenario_solve(const dk_breakdown *breakdown, const dk_table *table, const dk_scenario *scenario,
                            const dk_params *params, const dk_solve_spec *spec, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    const char *unit = dk_table_properties(table)->unit ? dk_table_properties(table)->unit : "persons";
    solver s = { .context = context, .breakdown = breakdown, .scenario = scenario, .spec = spec };
    const dk_table *cells = NULL;
    answers a = { 0 };
    dk_status status = DK_OK;

    if (spec->each && spec->n_at > 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "solve names one cell (at) or goes over groups (each), not both");
    for (size_t i = 0; i < spec->n_at && status == DK_OK; i++)
        status = check_dimension(breakdown, spec->at[i].dimension, err);
    if (status == DK_OK && spec->each)
        status = check_dimension(breakdown, spec->each, err);
    if (status == DK_OK)
        status = find_vary(&s, err);
    if (status == DK_OK)
        status = dk_expr_parse(context, spec->target, &s.target, err);
    if (status == DK_OK) {
        s.values = dki_alloc_array(context, scenario->n_params, sizeof *s.values, err);
        status = s.values ? dki_scenario_values(scenario, params, s.values, err) : DK_ERR_MEMORY;
    }
    memcpy(&s.cube, breakdown, sizeof s.cube);
    s.cube.margins = DK_MARGINS_CUBE;
    s.cube.n_order = 0;
    s.cube.limit = 0;
    if (status == DK_OK)
        status = dk_cells_new(table, breakdown, &scenario, 1, &cells, err);
    if (status == DK_OK && spec->each) {
        status = solve_each(&s, cells, &a, unit, err);
    } else if (status == DK_OK) {
        place p = { .cells = cells, .at = spec->at, .n_at = spec->n_at };

        status = new_answers(&s, NULL, &a, err);
        if (status == DK_OK)
            status = answer_one(&s, &p, NULL, &a, unit, err);
    }
    if (status == DK_OK)
        status = finish_answers(&s, &a, out, err);
    drop_answers(context, &a);
    dk_table_release(cells);
    dki_free(context, s.values);
    dk_expr_release(s.target);
    return status;
}
