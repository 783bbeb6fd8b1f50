/* solve_answer.c - answers as a table: a row for each, with the measures as they are there and a sentence. */
#include <string.h>

#include "base/memory.h"
#include "data/overlap.h"
#include "solve_parts.h"

dk_status dki_answers_init(dki_answers *a, const dki_solver *s, const dk_column *groups, dk_error *err)
{
    bool is_whole = s->vary == DKI_VARY_COUNT || s->vary == DKI_VARY_WHOLE;
    dk_status status = DK_OK;

    memset(a, 0, sizeof *a);
    if (groups)
        status = dk_builder_new(s->context, dk_column_type(groups), dk_column_scale(groups),
                                dk_column_levels(groups), &a->group, err);
    if (status == DK_OK)
        status = dk_builder_new(s->context, DK_BOOLEAN, 0, NULL, &a->reachable, err);
    if (status == DK_OK)
        status = dk_builder_new(s->context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &a->persons, err);
    if (status == DK_OK)
        status = dk_builder_new(s->context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &a->available, err);
    if (status == DK_OK)
        status = dk_builder_new(s->context, is_whole ? DK_INTEGER : DK_RATIO, 0, NULL, &a->vary, err);
    return status == DK_OK ? dk_builder_new(s->context, DK_TEXT, 0, NULL, &a->text, err) : status;
}

void dki_answers_drop(dki_answers *a, dk_context *context)
{
    dk_builder_release(a->group);
    dk_builder_release(a->reachable);
    dk_builder_release(a->persons);
    dk_builder_release(a->available);
    dk_builder_release(a->vary);
    dk_builder_release(a->text);
    for (size_t i = 0; i < a->n; i++)
        dk_table_release(a->rows[i]);
    dki_free(context, (void *)a->rows);
    memset(a, 0, sizeof *a);
}

dk_status dki_answers_add(dki_answers *a, const dki_solver *s, const dk_value *group, const dki_finding *finding,
                          dk_error *err)
{
    const dki_outcome *o = &finding->outcome;
    bool is_known =
        finding->reachable || s->side == NULL || !o->side.is_null; /* else no value is nearer than another */
    dki_buffer text;
    dk_status status = dki_grow(s->context, (void **)&a->rows, &a->capacity, a->n + 1, sizeof *a->rows, err);

    dki_buffer_init(&text, s->context);
    if (status == DK_OK)
        status = dki_solve_sentence(s, finding, &text, err);
    if (status == DK_OK && group)
        status = dk_builder_value(a->group, group, err);
    if (status == DK_OK)
        status = dk_builder_boolean(a->reachable, finding->reachable, err);
    if (status == DK_OK)
        status = finding->reachable ? dk_builder_integer(a->persons, o->taken, err)
                                    : dk_builder_null(a->persons, 1, err);
    if (status == DK_OK)
        status = dk_builder_integer(a->available, o->available, err);
    if (status == DK_OK)
        status = is_known ? dk_builder_value(a->vary, &o->given, err) : dk_builder_null(a->vary, 1, err);
    if (status == DK_OK)
        status = dk_builder_text(a->text, (dk_text){ text.bytes, text.size }, err);
    if (status == DK_OK)
        a->rows[a->n++] = o->row ? dk_table_retain(o->row) : NULL;
    dki_buffer_drop(&text);
    return status;
}

/* The column of a measure in the row of answer i, or NULL. */
static const dk_column *measure_of(const dki_answers *a, size_t i, const char *name)
{
    return a->rows[i] ? dk_table_field(a->rows[i], dk_table_find(a->rows[i], name))->column : NULL;
}

/* A builder for what the measure is in all rows: one may have more digits than another, or more levels. */
static dk_status measure_builder(const dki_answers *a, const dki_solver *s, const char *name, dk_builder **out,
                                 dk_error *err)
{
    const dk_dictionary *levels = NULL, *joined;
    dk_type type = DK_INTEGER;
    uint8_t scale = 0;
    dk_status status = DK_OK;

    for (size_t i = 0; i < a->n && status == DK_OK; i++) {
        const dk_column *column = measure_of(a, i, name);

        if (column == NULL)
            continue;
        if (dk_column_type(column) != DK_INTEGER)
            type = dk_column_type(column);
        if (dk_column_scale(column) > scale)
            scale = dk_column_scale(column);
        if (dk_column_levels(column) == NULL)
            continue;
        if (levels == NULL) {
            levels = dk_dictionary_retain(dk_column_levels(column));
            continue;
        }
        status = dki_levels_join(s->context, levels, dk_column_levels(column), &joined, err);
        if (status == DK_OK) {
            dk_dictionary_release(levels);
            levels = joined;
        }
    }
    if (status == DK_OK)
        status = dk_builder_new(s->context, type, scale, levels, out, err);
    dk_dictionary_release(levels);
    return status;
}

static dk_status build_measure(const dki_answers *a, const char *name, dk_builder *builder, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < a->n && status == DK_OK; i++) {
        const dk_column *column = measure_of(a, i, name);
        dk_value value;

        if (column)
            status = dk_column_get(column, 0, &value, err);
        if (status == DK_OK)
            status = column ? dk_builder_value(builder, &value, err) : dk_builder_null(builder, 1, err);
    }
    return status;
}

/* Ends a builder as the next field. */
static dk_status add_field(dk_field *fields, size_t *n, const char *name, dk_builder *builder, const char *format,
                           dk_error *err)
{
    const dk_column *column, *trimmed;
    dk_status status = dk_builder_finish(builder, &column, err);

    if (status != DK_OK)
        return status;
    status = dki_trim_column(column, 0, &trimmed, err);
    dk_column_release(column);
    if (status == DK_OK) {
        fields[*n] = DK_FIELD(name, trimmed);
        fields[(*n)++].format = format;
    }
    return status;
}

static dk_status add_measure(const dki_answers *a, const dki_solver *s, const dki_part *measure, dk_field *fields,
                             size_t *n, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status = measure_builder(a, s, measure->name, &builder, err);

    if (status == DK_OK)
        status = build_measure(a, measure->name, builder, err);
    if (status == DK_OK)
        status = add_field(fields, n, measure->name, builder, measure->format, err);
    dk_builder_release(builder);
    return status;
}

/* Says of which members numbers are, where each of them has an answer. groups: the field of these. */
static dk_status give_overlap(const dki_solver *s, const dk_field *groups, const dk_column **column, dk_error *err)
{
    size_t d = dki_question_dimension(s, s->spec->each);
    dki_spread_kind kind;

    (void)dki_part_node(&s->question.by[d], &kind);
    return kind != DKI_SPREAD_NOT && dk_type_is_number(dk_column_type(*column))
               ? dki_overlap_give(column, groups->column, err)
               : DK_OK;
}

dk_status dki_answers_finish(dki_answers *a, const dki_solver *s, const dk_table **out, dk_error *err)
{
    const dk_breakdown *breakdown = s->breakdown;
    dk_field *fields = dki_calloc(s->context, breakdown->n_measures + 6, sizeof *fields, err);
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
        status = add_field(fields, &n, s->spec->vary, a->vary, NULL, err);
    for (size_t m = 0; m < breakdown->n_measures && status == DK_OK; m++)
        status = add_measure(a, s, &breakdown->measures[m], fields, &n, err);
    for (size_t i = 1; i < n && a->group && status == DK_OK; i++)
        status = give_overlap(s, fields, &fields[i].column, err);
    if (status == DK_OK)
        status = add_field(fields, &n, "answer", a->text, NULL, err);
    if (status == DK_OK)
        status = dk_table_new(s->context, fields, n, a->n, out, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    dki_free(s->context, fields);
    return status;
}
