/* solve_sentence.c - an answer as a sentence: persons first, then the share that they are, then what is reached.
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

#include "base/number.h"
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

dk_status dki_solve_sentence(const dki_solver *s, const dki_finding *finding, dki_buffer *text, dk_error *err)
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
