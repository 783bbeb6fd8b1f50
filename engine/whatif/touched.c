/* touched.c - who moved, came or left in the steps of a scenario, and what that did to a breakdown's groups.
 *
 *   trail of each step -> parts, each with the columns that it changed -> the cells of those that changed some columns, before and
 *   after their steps, with what moved as weight -> the breakdown of both -> groups that were touched, and what that did to sums
 *
 * What a step sets and is known in bounds is another number, also where the bounds are the same: of two numbers within 0..9 nobody
 * knows that they are equal.
 *
 * Poll: as running steps and breakdowns do.
 */
#include "touched.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "query/breakdown_parts.h"
#include "scenario/trail.h"
#include "sides.h"

#define NOBODY UINT64_MAX

/* Parts ------------------------------------------------------------------------------------------------------------- */

/* Whether a column that the step sets is known in bounds, or is a rate, whose parts may be others. */
static bool is_set_anew(const dki_step *step, const dk_table *cells, const char *name, const dk_value *value)
{
    if (value->type == DK_RATIO)
        return dki_step_changes(step, cells, name);
    return value->type == DK_INTERVAL && !value->is_null &&
           (value->as.interval.no_least || value->as.interval.no_greatest ||
            value->as.interval.least < value->as.interval.greatest) &&
           dki_step_changes(step, cells, name);
}

/* The columns of the cells before a step and after it. */
struct columns {
    const dk_column *before[DKI_TOUCHED_NAMES], *after[DKI_TOUCHED_NAMES];
    const char *names[DKI_TOUCHED_NAMES];
};

static void find_columns(const dki_touched *t, size_t stage, struct columns *out)
{
    const dk_table *before = t->stages[stage], *after = t->stages[stage + 1];

    for (uint32_t i = 0; i < t->names.n; i++) {
        size_t size;

        out->names[i] = dki_text_map_get(&t->names, i, &size);
        out->before[i] = dk_table_field(before, dk_table_find(before, out->names[i]))->column;
        out->after[i] = dk_table_field(after, dk_table_find(after, out->names[i]))->column;
    }
}

/* Speed: most values are texts or whole numbers that are the same. false: they may be, too. */
static bool are_plainly_same(const dk_value *a, const dk_value *b)
{
    if (a->is_null || b->is_null || a->type != b->type || a->scale != b->scale)
        return false;
    if (a->type == DK_TEXT || a->type == DK_CATEGORY)
        return a->as.text.size == b->as.text.size &&
               memcmp(a->as.text.bytes, b->as.text.bytes, a->as.text.size) == 0;
    if (a->type == DK_INTERVAL)
        return a->as.interval.marker.size == 0 && b->as.interval.marker.size == 0 &&
               a->as.interval.meaning == b->as.interval.meaning && dk_value_compare(a, b) == 0;
    return a->type == DK_BOOLEAN   ? a->as.boolean == b->as.boolean
           : a->type == DK_INTEGER ? a->as.integer == b->as.integer
                                   : false;
}

static dk_status find_changed(const dki_touched *t, size_t step, const struct columns *columns,
                              dki_touched_part *part, dki_buffer keys[2], dk_error *err)
{
    dk_status status = DK_OK;

    for (uint32_t i = 0; i < t->names.n && status == DK_OK; i++) {
        bool is_same;
        dk_value was, is;

        status = dk_column_get(columns->before[i], part->from, &was, err);
        if (status == DK_OK)
            status = dk_column_get(columns->after[i], part->to, &is, err);
        is_same = status == DK_OK && are_plainly_same(&was, &is);
        keys[0].size = keys[1].size = 0;
        if (status == DK_OK && !is_same)
            status = dki_group_key_add(&was, &keys[0], err);
        if (status == DK_OK && !is_same)
            status = dki_group_key_add(&is, &keys[1], err);
        if (status == DK_OK && !is_same)
            is_same = keys[0].size == keys[1].size && memcmp(keys[0].bytes, keys[1].bytes, keys[0].size) == 0;
        if (status == DK_OK &&
            (!is_same || is_set_anew(&t->scenario->steps[step], t->stages[part->stage], columns->names[i], &is)))
            part->changed |= UINT32_C(1) << i;
    }
    return status;
}

static dk_status add_parts(dki_touched *t, size_t step, const dki_trail_step *trail, dk_error *err)
{
    struct columns columns;
    dki_buffer keys[2];
    dk_status status = DK_OK;

    find_columns(t, t->n_stages - 2, &columns);
    for (size_t i = 0; i < 2; i++)
        dki_buffer_init(&keys[i], t->context);
    DKI_FOR_ROWS(i, trail->n, t->context, status, err)
    {
        const dki_trail_part *from = &trail->parts[i];
        dki_touched_part part = { t->n_stages - 2, from->comes ? NOBODY : from->from,
                                  from->to == DKI_TRAIL_GONE ? NOBODY : from->to, from->units, 0 };

        if (from->stays || from->units == 0)
            continue;
        if (part.from == NOBODY || part.to == NOBODY)
            part.changed = DKI_TOUCHED_ALL;
        else
            status = find_changed(t, step, &columns, &part, keys, err);
        if (status == DK_OK && part.changed != 0)
            status = dki_grow(t->context, (void **)&t->parts, &t->capacity, t->n_parts + 1, sizeof *t->parts, err);
        if (status == DK_OK && part.changed != 0)
            t->parts[t->n_parts++] = part;
    }
    for (size_t i = 0; i < 2; i++)
        dki_buffer_drop(&keys[i]);
    return status;
}

/* Each step by itself, so that the cells before and after it are there. */
dk_status dki_touched_run(dki_touched *t, const dk_params *params, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < t->scenario->n_steps && status == DK_OK; i++) {
        dki_trail trail;
        dki_run run = { .scenario = t->scenario,
                        .from = i,
                        .to = i + 1,
                        .params = params,
                        .keyed = t->stages[0],
                        .trail = &trail };

        dki_trail_init(&trail, t->context);
        status = dki_run_steps(&run, t->stages[t->n_stages - 1], &t->stages[t->n_stages], err);
        if (status == DK_OK)
            t->n_stages++;
        if (status == DK_OK && trail.n > 0)
            status = add_parts(t, i, &trail.steps[0], err);
        dki_trail_drop(&trail);
    }
    return status;
}

/* What parts did ---------------------------------------------------------------------------------------------------- */

/* The cells of those parts of one stage that changed some of the columns, before or after its step, with what moved as their weight.
 * rows and units have room for all parts. */
static dk_status gather(const dki_touched *t, uint32_t bits, size_t stage, bool is_after, uint64_t *rows,
                        const dk_table **out, dk_error *err)
{
    const dk_table *cells = t->stages[stage + is_after], *bare = NULL;
    dk_field weight = *dk_table_field(cells, dki_cells_weight(cells));
    dk_builder *builder = NULL;
    uint64_t n = 0;
    dk_status status = dk_builder_new(t->context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &builder, err);

    weight.column = NULL;
    for (size_t i = 0; i < t->n_parts && status == DK_OK; i++) {
        uint64_t row = is_after ? t->parts[i].to : t->parts[i].from;

        if (t->parts[i].stage != stage || row == NOBODY || (t->parts[i].changed & bits) == 0)
            continue;
        rows[n++] = row;
        status = dk_builder_integer(builder, t->parts[i].units, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, &weight.column, err);
    dk_builder_release(builder);
    if (status == DK_OK)
        status = dk_table_gather(cells, rows, n, &bare, err);
    if (status == DK_OK)
        status = dk_table_with(bare, &weight, 1, out, err);
    dk_table_release(bare);
    dk_column_release(weight.column);
    return status;
}

/* Those of all stages below each other. */
static dk_status gather_all(const dki_touched *t, uint32_t bits, bool is_after, const dk_table **out, dk_error *err)
{
    const dk_table **tables = dki_calloc(t->context, t->n_stages, sizeof *tables, err);
    uint64_t *rows = dki_alloc_array(t->context, t->n_parts, sizeof *rows, err);
    dk_status status = tables && rows ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK) /* no rows, but the levels that all others begin with */
        status = dk_table_gather(t->stages[0], rows, 0, &tables[0], err);
    for (size_t i = 1; i < t->n_stages && status == DK_OK; i++)
        status = gather(t, bits, i - 1, is_after, rows, &tables[i], err);
    if (status == DK_OK)
        status = dki_cells_join(tables, t->n_stages, out, err);
    for (size_t i = 0; tables && i < t->n_stages; i++)
        dk_table_release(tables[i]);
    dki_free(t->context, rows);
    dki_free(t->context, tables);
    return status;
}

/* The breakdown of some cells, which counts rows and adds up sums. */
static dk_status ask(const dki_touched *t, const dk_table *cells, const dk_table **out, dk_error *err)
{
    size_t n_by = t->whole->n_by;
    dki_part *parts = dki_calloc(t->context, n_by + t->n_sums + 1, sizeof *parts, err);
    dk_breakdown view;
    dk_status status;

    if (parts == NULL)
        return DK_ERR_MEMORY;
    memcpy(&view, t->whole, sizeof view);
    for (size_t i = 0; i < n_by; i++) {
        parts[i] = t->whole->by[i];
        parts[i].shows_levels = false;
    }
    parts[n_by] = t->counting->measures[0];
    parts[n_by].name = "\x01 rows"; /* like no other */
    for (size_t k = 0; k < t->n_sums; k++)
        parts[n_by + 1 + k] = t->whole->measures[t->sums[k]];
    view.by = parts;
    view.measures = parts + n_by;
    view.n_measures = 1 + t->n_sums;
    view.all_levels = false;
    view.n_within = 0;
    view.told = NULL;
    status = dk_breakdown_run(&view, cells, t->breakdown_params, out, err);
    dki_free(t->context, parts);
    return status;
}

/* Adds an interval to another, or takes it away; what does not fit is not known. */
static void add_bounds(dk_value *sum, const dk_value *value, bool minus)
{
    const dk_interval *x = &value->as.interval;
    dk_interval made = sum->as.interval, y = { .no_least = minus ? x->no_greatest : x->no_least,
                                               .no_greatest = minus ? x->no_least : x->no_greatest };
    uint8_t scale = value->scale > sum->scale ? value->scale : sum->scale;
    int64_t ends[2] = { minus ? x->greatest : x->least, minus ? x->least : x->greatest };
    bool fits = dki_rescale(made.least, sum->scale, scale, &made.least) &&
                dki_rescale(made.greatest, sum->scale, scale, &made.greatest);

    for (size_t i = 0; i < 2; i++) {
        fits = fits && dki_rescale(ends[i], value->scale, scale, &ends[i]) && ends[i] != INT64_MIN;
        if (fits && minus)
            ends[i] = -ends[i];
    }
    fits = fits && !__builtin_add_overflow(made.least, ends[0], &made.least) &&
           !__builtin_add_overflow(made.greatest, ends[1], &made.greatest);
    made.no_least |= y.no_least;
    made.no_greatest |= y.no_greatest;
    made.least = made.no_least ? 0 : made.least;
    made.greatest = made.no_greatest ? 0 : made.greatest;
    if (sum->is_null || !fits || (made.no_least && made.no_greatest))
        sum->is_null = true;
    else
        *sum = (dk_value){ .type = DK_INTERVAL, .scale = scale, .as.interval = made };
}

static dk_status add_row(const dki_touched *t, const dk_table *result, uint64_t from, uint64_t row, bool is_after,
                         dki_touched_answer *answer, dk_error *err)
{
    size_t n_by = t->whole->n_by;
    dk_value value;
    dk_status status = dk_column_get(dk_table_field(result, n_by)->column, from, &value, err);

    if (status != DK_OK || value.as.integer == 0)
        return status;
    answer->touched[row] = true;
    for (size_t k = 0; k < t->n_sums && status == DK_OK; k++) {
        status = dk_column_get(dk_table_field(result, n_by + 1 + k)->column, from, &value, err);
        if (status == DK_OK && !value.is_null)
            add_bounds(&answer->sums[row * t->n_sums + k], &value, !is_after);
    }
    return status;
}

/* What the groups of the base have of the parts, before their steps or after. */
static dk_status add_side(const dki_touched *t, bool is_after, dki_touched_answer *answer, dk_error *err)
{
    const dk_table *results[2] = { t->base, NULL }, *cells = NULL;
    dki_sides sides = { .context = NULL };
    dk_status status = gather_all(t, answer->bits, is_after, &cells, err);

    if (status == DK_OK)
        status = ask(t, cells, &results[1], err);
    if (status == DK_OK) {
        status = dki_sides_find(&sides, results, 2, t->whole->n_by, err);
        DKI_FOR_ROWS(g, sides.groups.n, t->context, status, err)
        {
            if (sides.rows[0][g] != DK_ROW_NULL && sides.rows[1][g] != DK_ROW_NULL)
                status = add_row(t, results[1], sides.rows[1][g], sides.rows[0][g], is_after, answer, err);
        }
        dki_sides_drop(&sides);
    }
    dk_table_release(results[1]);
    dk_table_release(cells);
    return status;
}

bool dki_touched_any(const dki_touched *t, uint32_t bits)
{
    for (size_t i = 0; i < t->n_parts; i++)
        if (t->parts[i].changed & bits)
            return true;
    return false;
}

dk_status dki_touched_ask(dki_touched *t, uint32_t bits, const dki_touched_answer **out, dk_error *err)
{
    dki_touched_answer *answer = &t->answers[t->n_answers];
    dk_status status = DK_OK;

    *out = NULL;
    for (size_t i = 0; i < t->n_answers; i++)
        if (t->answers[i].bits == bits)
            *out = &t->answers[i];
    if (*out || t->n_answers == DKI_TOUCHED_ANSWERS)
        return DK_OK;
    t->n_answers++;
    answer->bits = bits;
    answer->touched = dki_calloc(t->context, (size_t)t->n_rows, sizeof *answer->touched, err);
    answer->sums = dki_alloc_array(t->context, (size_t)t->n_rows * t->n_sums, sizeof *answer->sums, err);
    if (answer->touched == NULL || answer->sums == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < t->n_rows * t->n_sums; i++)
        answer->sums[i] = (dk_value){ .type = DK_INTERVAL };
    for (int is_after = 0; is_after < 2 && status == DK_OK && dki_touched_any(t, bits); is_after++)
        status = add_side(t, is_after, answer, err);
    *out = answer;
    return status;
}

/* Making ------------------------------------------------------------------------------------------------------------- */

dk_status dki_touched_init(dki_touched *t, dk_error *err)
{
    const dk_breakdown_spec spec = { .measures = &(dk_measure){ .text = "n = rows()" }, .n_measures = 1 };
    dk_status status = dk_breakdown_new(t->context, &spec, &t->counting, err);

    t->stages = dki_calloc(t->context, t->scenario->n_steps + 1, sizeof *t->stages, err);
    t->sums = dki_alloc_array(t->context, t->whole->n_measures, sizeof *t->sums, err);
    return t->stages && t->sums ? status : DK_ERR_MEMORY;
}

void dki_touched_drop(dki_touched *t)
{
    for (size_t i = 0; i < t->n_answers; i++) {
        dki_free(t->context, t->answers[i].touched);
        dki_free(t->context, t->answers[i].sums);
    }
    for (size_t i = 0; t->stages && i <= t->scenario->n_steps; i++)
        dk_table_release(t->stages[i]);
    dki_free(t->context, t->stages);
    dki_free(t->context, t->parts);
    dki_free(t->context, t->sums);
    dk_breakdown_release(t->counting);
    dki_text_map_drop(&t->names);
}
