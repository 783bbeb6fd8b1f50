/* solve_answer.c - answers as sentences and as a table: persons first, then the share that they are, then what is
 * reached.
 *
 *   1227 persons, 61.53 % of 1994, give 90.01 %
 *   1227 persons of 1994 give 90.01 %
 *   1227 persons of 1994, drawn with a chance of 61.10 %, give 90.01 %
 *   grens = 27 gives 90.01 %, with 1227 persons of 1994
 *   reached already: 90.01 %
 *   cannot be reached: at most 87.66 %
 *   cannot be reached for sure: known is 13..23 at best
 *
 * What is no percentage is told with its name: give known = 6909.
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/overlap.h"
#include "solve_parts.h"

/* Figures ------------------------------------------------------------------------------------------------------ */

/* A ratio that a division gave, and that lies between 0 and 1, is shown as a percentage, unless a format says
 * otherwise. */
static bool is_percentage(const dki_solver *s, const dki_node *node, const dk_value *value)
{
    const dk_value zero = { .type = DK_INTEGER, .as.integer = 0 }, one = { .type = DK_INTEGER, .as.integer = 1 };
    const char *format = NULL;

    if (!dk_type_is_number(value->type))
        return false;
    if (node->kind == DKI_NODE_NAME) {
        size_t measure = dki_breakdown_find_measure(s->breakdown, node->text);

        if (measure != SIZE_MAX) {
            format = s->breakdown->measures[measure].format;
            node = dki_expr_root(s->breakdown->measures[measure].expr);
        }
    }
    if (format)
        return strchr(format, '%') != NULL;
    return value->type == DK_RATIO && node->kind == DKI_NODE_CALL && strcmp(node->text, "/") == 0 &&
           dk_value_compare(value, &zero) >= 0 && dk_value_compare(value, &one) <= 0;
}

/* Rounding must not tell another story than the exact value: 89.9996 % is not 90 %, and no more than 90 % either.
 * */
static bool keeps_side(const dki_solver *s, const dk_value *value, dki_i128 scaled, unsigned digits)
{
    bool is_strict = dki_expr_root(s->target)->text[1] == '\0';
    dk_value rounded = { .type = DK_RATIO };
    int exact, shown;

    if (!dki_ratio_make(scaled, dki_power10[digits], &rounded.as.ratio))
        return true;
    exact = dk_value_compare(value, &s->bound) * s->direction;
    shown = dk_value_compare(&rounded, &s->bound) * s->direction;
    return (exact < 0) == (shown < 0) && (!is_strict || (exact > 0) == (shown > 0));
}

/* A number with up to so many digits after the point, and no zeros at its end. */
static size_t show_number(const dk_value *value, unsigned digits, char *out, size_t size)
{
    dki_i128 scaled;

    if (!dki_round_value(value, digits, &scaled))
        return dk_value_format(value, out, size);
    while (digits > 0 && scaled % 10 == 0) {
        scaled /= 10;
        digits--;
    }
    return dki_format_decimal(scaled, digits, out, size);
}

/* Bounds without zeros at the end of both. */
static void show_bounds(dk_value value, char *out, size_t size)
{
    dk_interval *bounds = &value.as.interval;

    while (value.scale > 0 && bounds->least % 10 == 0 && bounds->greatest % 10 == 0) { /* of an open side 0 */
        bounds->least /= 10;
        bounds->greatest /= 10;
        value.scale--;
    }
    dk_value_format(&value, out, size);
}

/* What is compared, with two digits or as many more as it takes. */
static void show_figure(const dki_solver *s, bool percentage, const dk_value *value, char *out, size_t size)
{
    unsigned shift = percentage ? 2 : 0, digits = 2;
    dki_i128 scaled = 0;

    if (value->type == DK_INTERVAL)
        show_bounds(*value, out, size);
    else if (!dk_type_is_number(value->type))
        dk_value_format(value, out, size);
    if (!dk_type_is_number(value->type))
        return;
    while (s->side && digits + shift < 12 && dki_round_value(value, digits + shift, &scaled) &&
           !keeps_side(s, value, scaled, digits + shift))
        digits++;
    if (!percentage) {
        show_number(value, digits, out, size);
    } else if (dki_round_value(value, digits + shift, &scaled)) {
        size_t length = dki_format_decimal(scaled, digits, out, size);

        snprintf(out + length, size - length, " %%");
    } else {
        dk_value_format(value, out, size);
    }
}

/* The share that persons are of those available. */
static void show_share(const dk_value *share, char *out, size_t size)
{
    dki_i128 scaled;
    size_t length = dki_round_value(share, 4, &scaled) ? dki_format_decimal(scaled, 2, out, size)
                                                       : dk_value_format(share, out, size);

    snprintf(out + length, size - length, " %%");
}

/* Sentences ---------------------------------------------------------------------------------------------------- */

struct first_measure {
    const dki_solver *s;
    const dki_node *node;
};

static bool find_measure(void *arg, const dki_node *node)
{
    struct first_measure *first = arg;

    if (node->kind == DKI_NODE_NAME && dki_breakdown_find_measure(first->s->breakdown, node->text) != SIZE_MAX)
        first->node = node;
    return first->node == NULL;
}

/* What the target is about: the side that it compares, or the first measure that it mentions. */
struct figure {
    const dki_node *node; /* NULL: nothing */
    bool percentage;
    char text[96]; /* empty where it is not known */
};

static dk_status find_figure(const dki_solver *s, const dki_outcome *o, struct figure *out, dk_error *err)
{
    struct first_measure first = { s, s->side };
    dk_value value = o->side;
    dk_status status = DK_OK;

    memset(out, 0, sizeof *out);
    if (s->side == NULL) {
        value.is_null = true;
        (void)dki_node_visit(dki_expr_root(s->target), find_measure, &first);
        if (first.node && o->row)
            status = dki_solve_value(s, first.node, o->row, &value, err);
    }
    out->node = first.node;
    if (status != DK_OK || out->node == NULL || value.is_null)
        return status;
    out->percentage = is_percentage(s, out->node, &value);
    show_figure(s, out->percentage, &value, out->text, sizeof out->text);
    return DK_OK;
}

/* A part of the target as it was written. */
static dk_status tell_node(const dki_solver *s, const dki_node *node, dki_buffer *text, dk_error *err)
{
    return dki_buffer_append(text, dk_expr_text(s->target) + node->at, node->size, err);
}

/* "90.01 %", or "known = 6909". */
static dk_status tell_figure(const dki_solver *s, const struct figure *figure, const char *equals, dki_buffer *text,
                             dk_error *err)
{
    dk_status status = figure->percentage ? DK_OK : tell_node(s, figure->node, text, err);

    if (status == DK_OK && !figure->percentage)
        status = dki_buffer_text(text, equals, err);
    return status == DK_OK ? dki_buffer_text(text, figure->text, err) : status;
}

/* Of a number in bounds: "k is 13..23 at best", or that it may be any. */
static dk_status tell_bounds(const dki_solver *s, const struct figure *figure, dki_buffer *text, dk_error *err)
{
    bool is_any = strcmp(figure->text, "..") == 0;
    dk_status status = dki_buffer_text(text, is_any ? "nothing is known of " : "", err);

    if (status == DK_OK)
        status = tell_node(s, s->side, text, err);
    return status == DK_OK && !is_any ? dki_buffer_format(text, err, " is %s at best", figure->text) : status;
}

static dk_status tell_unreachable(const dki_solver *s, const dki_finding *finding, const struct figure *figure,
                                  dki_buffer *text, dk_error *err)
{
    const char *bound = s->direction > 0 ? "at most " : "at least ", *vary = s->spec->vary;
    bool is_bounded = !finding->outcome.side.is_null && finding->outcome.side.type == DK_INTERVAL;
    int64_t there = finding->outcome.available;
    char available[64], least[64];
    dk_status status;

    if (finding->is_short) {
        dk_value value = { .type = DK_RATIO, .as.ratio = s->least };

        dki_format_weight(there, available, sizeof available);
        show_number(&value, 6, least, sizeof least);
        return dki_buffer_format(text, err, "cannot be reached: %s is at least %s, and there %s %s %s", vary, least,
                                 there == DKI_PERSON ? "is" : "are", available, dki_unit(s->table, there));
    }
    if (!finding->complete)
        status = dki_buffer_format(text, err, "not reached by any of %llu values of %s",
                                   (unsigned long long)finding->n_tried, vary);
    else if (s->side == NULL)
        status = dki_buffer_format(text, err, "cannot be reached by any value of %s", vary);
    else
        status = dki_buffer_text(text, "cannot be reached", err);
    if (status == DK_OK && finding->outcome.may_reach)
        status = dki_buffer_text(text, " for sure", err);
    if (status == DK_OK && s->side)
        status = dki_buffer_text(text, ": ", err);
    if (status != DK_OK || s->side == NULL)
        return status;
    if (is_bounded)
        return tell_bounds(s, figure, text, err);
    if (figure->text[0] && figure->percentage) {
        status = dki_buffer_text(text, bound, err);
        return status == DK_OK ? tell_figure(s, figure, "", text, err) : status;
    }
    status = tell_node(s, s->side, text, err);
    if (status == DK_OK && figure->text[0])
        return dki_buffer_format(text, err, " is %s%s", bound, figure->text);
    return status == DK_OK ? dki_buffer_text(text, " has no value there", err) : status;
}

/* Who moves, or which value is given: the subject of the sentence. */
static dk_status tell_subject(const dki_solver *s, const dki_outcome *o, dki_buffer *text, dk_error *err)
{
    const char *unit = dki_unit(s->table, o->taken);
    char persons[64], available[64], share[64], given[64];

    dki_format_weight(o->taken, persons, sizeof persons);
    dki_format_weight(o->available, available, sizeof available);
    switch (s->vary) {
    case DKI_VARY_SHARE:
        show_share(&o->given, share, sizeof share);
        if (s->scenario->steps[s->first].drawn != DK_DRAWN_NOT)
            return dki_buffer_format(text, err, "%s %s of %s, drawn with a chance of %s, ", persons, unit,
                                     available, share);
        return dki_buffer_format(text, err, "%s %s, %s of %s, ", persons, unit, share, available);
    case DKI_VARY_COUNT: return dki_buffer_format(text, err, "%s %s of %s ", persons, unit, available);
    default:
        show_number(&o->given, 9, given, sizeof given);
        return dki_buffer_format(text, err, "%s = %s ", s->spec->vary, given);
    }
}

/* How many move, where that is not the subject. */
static dk_status tell_moved(const dki_solver *s, const dki_outcome *o, dki_buffer *text, dk_error *err)
{
    char persons[64], available[64];

    if (o->taken == 0)
        return dki_buffer_text(text, ", and moves nobody", err);
    dki_format_weight(o->taken, persons, sizeof persons);
    dki_format_weight(o->available, available, sizeof available);
    return dki_buffer_format(text, err, ", with %s %s of %s", persons, dki_unit(s->table, o->taken), available);
}

static dk_status tell_reached(const dki_solver *s, const dki_outcome *o, const struct figure *figure,
                              dki_buffer *text, dk_error *err)
{
    bool of_persons = s->vary == DKI_VARY_SHARE || s->vary == DKI_VARY_COUNT;
    bool singular = !of_persons || o->taken == DKI_PERSON;
    dk_status status;

    if (of_persons && o->taken == 0) {
        status = dki_buffer_format(text, err, "reached already%s", figure->text[0] ? ": " : "");
        return status == DK_OK && figure->text[0] ? tell_figure(s, figure, " = ", text, err) : status;
    }
    status = tell_subject(s, o, text, err);
    if (status == DK_OK && figure->text[0]) {
        status = dki_buffer_format(text, err, "give%s ", singular ? "s" : "");
        if (status == DK_OK)
            status = tell_figure(s, figure, " = ", text, err);
    } else if (status == DK_OK) {
        status = dki_buffer_format(text, err, "reach%s the target", singular ? "es" : "");
    }
    return status == DK_OK && !of_persons ? tell_moved(s, o, text, err) : status;
}

/* One sentence. */
static dk_status tell(const dki_solver *s, const dki_finding *finding, dki_buffer *text, dk_error *err)
{
    struct figure figure;
    dk_status status = find_figure(s, &finding->outcome, &figure, err);

    if (status != DK_OK)
        return status;
    if (!finding->reachable)
        return tell_unreachable(s, finding, &figure, text, err);
    status = tell_reached(s, &finding->outcome, &figure, text, err);
    if (status == DK_OK && !finding->complete)
        status =
            dki_buffer_format(text, err, "; the least of %llu values tried", (unsigned long long)finding->n_tried);
    return status;
}

/* The table ---------------------------------------------------------------------------------------------------- */

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
        status = tell(s, finding, &text, err);
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
