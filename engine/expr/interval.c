/* interval.c - expressions over numbers that are known in bounds only.
 *
 * An operation gives the bounds of all results that operands within their bounds can have, each operand by itself: what is
 * true of the numbers is within the result. Sums, differences and products are exact; a quotient, and a ratio that
 * becomes an interval, are rounded outward to DKI_INTERVAL_DIGITS digits. A side that is open makes a side open that
 * depends on it. An estimate stays one, and what nobody knows, or what cannot be, stays that, as null with its marker; other markers
 * stay with the value that the source gave them to.
 *
 * Was tried: pairs of expressions over the columns of bounds. Each product needs every bound twice, so that the tree doubles
 * with each factor.
 */
#include "interval.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/status.h"
#include "base/types.h"
#include "functions.h"
#include "interval_ends.h"
#include "interval_share.h"

dk_status dki_interval_of(const dk_value *number, uint8_t scale, dk_value *out, dk_error *err)
{
    dki_interval_ends bounds = dki_interval_ends_of(number, scale);

    dk_status status;

    *out = (dk_value){ .type = DK_INTERVAL, .scale = scale };
    status = dki_interval_ends_store(&bounds, out, err);
    if (number->type == DK_INTERVAL) {
        out->as.interval.meaning = number->as.interval.meaning;
        out->as.interval.marker = number->as.interval.marker;
        out->as.interval.may_be_null = number->as.interval.may_be_null;
    }
    return status;
}

/* Binding. ----------------------------------------------------------------------------------------------------------- */

dk_status dki_interval_op(dki_binder *b, const dki_node *node, dki_row_fn *row, dk_type type, uint8_t scale,
                          dki_op **args, size_t n, dki_op **out)
{
    dki_op *op = dki_op_new(b, node, dki_run_null_row, type, scale, n);

    if (op == NULL)
        return DK_ERR_MEMORY;
    memcpy(op->args, args, n * sizeof *args);
    op->row = row;
    *out = op;
    return DK_OK;
}

static bool is_exact(const dki_op *op)
{
    return op->type == DK_INTEGER || op->type == DK_DECIMAL || op->type == DK_RATIO || op->type == DK_INTERVAL;
}

/* Numbers that can be beside an interval: any but reals, which have no exact bounds. */
static dk_status want_exact(dki_binder *b, dki_op **args, size_t n, const char *what)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        status = dki_op_settle(b, &args[i], DK_INTEGER, 0, NULL);
        if (status != DK_OK || is_exact(args[i]))
            continue;
        status = dki_node_fail(b->bound->expr, args[i]->node, b->err, DK_ERR_TYPE,
                               "%s: interval and %s do not go together", what,
                               dki_type_shown(args[i]->type, args[i]->scale));
        if (args[i]->type == DK_REAL)
            dki_hint(b->err, "round(x, 6) is the nearest decimal");
    }
    return status;
}

/* Arithmetic. -------------------------------------------------------------------------------------------------------- */

static dk_status row_add(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dki_interval_ends x = dki_interval_ends_of(&args[0], op->scale), y = dki_interval_ends_of(&args[1], op->scale),
                      made;

    (void)eval;
    if (args[0].is_null || args[1].is_null)
        return dki_interval_store_missing(args, 2, out, err);
    if (op->sign == '-')
        y = dki_interval_ends_negate(&y);
    made = (dki_interval_ends){ dki_interval_end_add(x.least, y.least),
                                dki_interval_end_add(x.greatest, y.greatest), x.marks | y.marks, false };
    return dki_interval_ends_store(&made, out, err);
}

static dk_status row_negate(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dki_interval_ends x = dki_interval_ends_of(&args[0], op->scale), made = dki_interval_ends_negate(&x);

    (void)eval;
    return args[0].is_null ? dki_interval_store_missing(args, 1, out, err)
                           : dki_interval_ends_store(&made, out, err);
}

static dk_status row_multiply(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dki_interval_ends x = dki_interval_ends_of(&args[0], dki_interval_scale(op->args[0])),
                      y = dki_interval_ends_of(&args[1], dki_interval_scale(op->args[1])), made;
    bool fits = true;
    const dki_interval_end corners[4] = { dki_interval_end_multiply(x.least, y.least, &fits),
                                          dki_interval_end_multiply(x.least, y.greatest, &fits),
                                          dki_interval_end_multiply(x.greatest, y.least, &fits),
                                          dki_interval_end_multiply(x.greatest, y.greatest, &fits) };

    (void)eval;
    if (args[0].is_null || args[1].is_null)
        return dki_interval_store_missing(args, 2, out, err);
    made = dki_interval_ends_span(corners, x.marks | y.marks);
    return fits ? dki_interval_ends_store(&made, out, err) : dki_interval_ends_too_wide(err);
}

static dk_status row_divide(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    uint8_t scale = dki_interval_common_scale(op->args, 2);
    dki_interval_ends x = dki_interval_ends_of(&args[0], scale), y = dki_interval_ends_of(&args[1], scale), made;
    bool fits = true;

    (void)eval;
    if (args[0].is_null || args[1].is_null)
        return dki_interval_store_missing(args, 2, out, err);
    made = dki_interval_ends_quotient(&x, &y, dki_power10[op->scale], &fits);
    if (op->sign == DKI_GUARDED)
        made.marks = x.marks | y.marks;
    return fits ? dki_interval_ends_store(&made, out, err) : dki_interval_ends_too_wide(err);
}

dk_status dki_bind_interval_arithmetic(dki_binder *b, const dki_node *node, char sign, dki_op **args, dki_op **out)
{
    unsigned digits;
    dk_status status = want_exact(b, args, 2, node->text);

    if (status != DK_OK)
        return status;
    switch (sign) {
    case '+':
    case '-':
        status = dki_interval_op(b, node, row_add, DK_INTERVAL, dki_interval_common_scale(args, 2), args, 2, out);
        break;
    case '/':
        status = dki_bind_interval_share(b, node, args, out);
        if (status == DK_OK && *out == NULL)
            status = dki_interval_op(b, node, row_divide, DK_INTERVAL, DKI_INTERVAL_DIGITS, args, 2, out);
        break;
    case '*':
        digits = (unsigned)dki_interval_scale(args[0]) + dki_interval_scale(args[1]);
        if (digits > DK_DECIMAL_MAX_SCALE) {
            dki_node_fail(b->bound->expr, node, b->err, DK_ERR_OVERFLOW,
                          "this product has %u digits after the point, and there are %d at most", digits,
                          DK_DECIMAL_MAX_SCALE);
            return DK_ERR_OVERFLOW;
        }
        status = dki_interval_op(b, node, row_multiply, DK_INTERVAL, (uint8_t)digits, args, 2, out);
        break;
    default:
        dki_node_fail(b->bound->expr, node, b->err, DK_ERR_TYPE, "%s is not known of numbers in bounds",
                      node->text);
        dki_hint(b->err, "least(x) and greatest(x) are numbers");
        return DK_ERR_TYPE;
    }
    if (status == DK_OK)
        (*out)->sign = sign;
    return status;
}

dk_status dki_bind_interval_negative(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out)
{
    return dki_interval_op(b, node, row_negate, DK_INTERVAL, args[0]->scale, args, 1, out);
}

/* Functions. --------------------------------------------------------------------------------------------------------- */

static dk_status row_side(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dk_value side;

    (void)eval;
    (void)err;
    out->is_null = !dki_interval_side_value(&args[0], op->sign == 'g', &side);
    out->as.integer = out->is_null ? 0 : side.as.integer;
    return DK_OK;
}

/* The least of numbers is no more than the least of their greatest bounds. */
static dk_status row_extreme(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dki_interval_ends made = dki_interval_ends_of(&args[0], op->scale);
    int sign = op->sign == 'g' ? -1 : 1;

    (void)eval;
    for (size_t i = 0; i < op->n_args; i++) {
        dki_interval_ends x = dki_interval_ends_of(&args[i], op->scale);

        if (args[i].is_null)
            return dki_interval_store_missing(args, op->n_args, out, err);
        if (sign * dki_interval_end_compare(x.least, made.least) < 0)
            made.least = x.least;
        if (sign * dki_interval_end_compare(x.greatest, made.greatest) < 0)
            made.greatest = x.greatest;
        made.marks |= x.marks;
    }
    return dki_interval_ends_store(&made, out, err);
}

dk_status dki_bind_interval_side(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args,
                                 size_t n, dki_op **out)
{
    uint8_t scale;
    dk_status status = want_exact(b, args, n, f->name);

    if (status != DK_OK)
        return status;
    scale = dki_interval_common_scale(args, n);
    status = n == 1 ? dki_interval_op(b, node, row_side, scale > 0 ? DK_DECIMAL : DK_INTEGER, scale, args, n, out)
                    : dki_interval_op(b, node, row_extreme, DK_INTERVAL, scale, args, n, out);
    if (status == DK_OK)
        (*out)->sign = f->name[0];
    return status;
}

/* How far apart the bounds are; null where a side is open. */
static dk_status row_width(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dki_interval_ends x = dki_interval_ends_of(&args[0], op->scale);
    bool is_open;

    (void)eval;
    out->is_null = x.least.infinite || x.greatest.infinite;
    return out->is_null ? DK_OK
                        : dki_interval_end_store(dki_interval_end_known(x.greatest.value - x.least.value), &is_open,
                                                 &out->as.integer, err);
}

static dk_status bind_width(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                            dki_op **out)
{
    if (args[0]->type != DK_INTERVAL)
        return dki_function_wrong(b, args[0], f->name, "an interval");
    return dki_interval_op(b, node, f->row, args[0]->scale > 0 ? DK_DECIMAL : DK_INTEGER, args[0]->scale, args, n,
                           out);
}

/* marker(x): how the source writes it; meaning(x): "suppressed", ...; null where there is none. */
static dk_status row_marker(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    const dk_interval *interval = &args[0].as.interval;
    const char *name = dk_meaning_name(interval->meaning);

    (void)eval;
    (void)err;
    out->as.text = op->node->text[1] == 'e' ? (dk_text){ name, strlen(name) } : interval->marker;
    out->is_null = out->as.text.size == 0;
    return DK_OK;
}

static dk_status bind_marker(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                             dki_op **out)
{
    if (args[0]->type != DK_INTERVAL)
        return dki_function_wrong(b, args[0], f->name, "an interval");
    return dki_interval_op(b, node, f->row, DK_TEXT, 0, args, n, out);
}

/* interval(a, b): null is an open side, and both of them say that there is a number. */
static dk_status row_interval(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dki_interval_ends a = dki_interval_ends_of(&args[0], op->scale), b = dki_interval_ends_of(&args[1], op->scale);
    dki_interval_ends made = { a.least, b.greatest, a.marks | b.marks, false };
    char least[64], greatest[64];

    (void)eval;
    if (!args[0].is_null && !args[1].is_null && dki_interval_end_compare(made.least, made.greatest) > 0) {
        dk_value_format(&args[0], least, sizeof least);
        dk_value_format(&args[1], greatest, sizeof greatest);
        return dki_fail(err, DK_ERR_RANGE, "interval(%s, %s): the least bound is above the greatest", least,
                        greatest);
    }
    return dki_interval_ends_store(&made, out, err);
}

static dk_status bind_interval(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                               dki_op **out)
{
    dk_status status = want_exact(b, args, n, f->name);

    return status == DK_OK
               ? dki_interval_op(b, node, f->row, DK_INTERVAL, dki_interval_common_scale(args, n), args, n, out)
               : status;
}

/* Aggregates. -------------------------------------------------------------------------------------------------------- */

static bool is_positive(const dk_value *count)
{
    return !count->is_null && count->as.integer > 0;
}

/* Whether the aggregates of both bounds, with the numbers of rows that have none, are of no row. */
static bool is_of_none(const dk_value *args)
{
    return args[0].is_null && args[1].is_null && !is_positive(&args[2]) && !is_positive(&args[3]);
}

/* What .bounds says of an aggregate, in this order; .part says it twice. */
enum {
    LEAST,
    GREATEST,
    N_NO_LEAST,
    N_NO_GREATEST,
    N_ESTIMATES,
    N_SURE,
    WHY_NONE,
    IMPOSSIBLE,
    UNAVAILABLE,
    N_PARTS
};

/* An aggregate of no number, and why: 1, each cannot be; 3, nobody knows one; 2. */
static dk_status store_none(const dk_value *args, dk_value *out, dk_error *err)
{
    int64_t why = args[WHY_NONE].is_null ? 2 : args[WHY_NONE].as.integer;
    dk_status status = dki_interval_ends_store(&DKI_INTERVAL_ENDS_NULL, out, err);

    if (status == DK_OK && why != 2) {
        out->as.interval.meaning = why == 1 ? DK_MEANS_IMPOSSIBLE : DK_MEANS_UNAVAILABLE;
        out->as.interval.marker = args[why == 1 ? IMPOSSIBLE : UNAVAILABLE].as.text;
    }
    return status;
}

static uint8_t marks_of(const dk_value *args)
{
    return (is_positive(&args[N_ESTIMATES]) ? DKI_MARK_ESTIMATE : 0) |
           (is_positive(&args[N_SURE]) ? 0 : DKI_MARK_MAY_BE_NULL);
}

/* .bounds(least, greatest, n, m, e, s, why, markers): the aggregates of both bounds of some rows, of which n have no least bound, m no
 * greatest, e are estimates, and s have a number for sure. */
static dk_status row_aggregate(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dki_interval_ends a = dki_interval_ends_of(&args[LEAST], op->scale),
                      b = dki_interval_ends_of(&args[GREATEST], op->scale);
    dki_interval_ends made = { is_positive(&args[N_NO_LEAST]) ? (dki_interval_end){ -1, 0 } : a.least,
                               is_positive(&args[N_NO_GREATEST]) ? (dki_interval_end){ 1, 0 } : b.greatest,
                               marks_of(args), false };

    (void)eval;
    return is_of_none(args) ? store_none(args, out, err) : dki_interval_ends_store(&made, out, err);
}

static dki_interval_end subtract(dki_interval_end whole, dki_interval_end part, int open)
{
    return open > 0   ? (dki_interval_end){ 1, 0 }
           : open < 0 ? (dki_interval_end){ -1, 0 }
                      : dki_interval_end_known(whole.value - part.value);
}

/* .part(what .bounds says of a part, and of the whole): a part of a whole that is the sum of parts, of which each is within
 * its own bounds: a / (a + the rest), which are two, and not a / whole, in which the part stands twice. */
static dk_status row_part(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    const dk_value *whole = args + N_PARTS;
    uint8_t scale = dki_interval_common_scale(op->args, 2);
    const dki_interval_ends none = { .least = dki_interval_end_known(0), .greatest = dki_interval_end_known(0) };
    dki_interval_ends of_least[2], of_greatest[2], part = none, rest = none, made;
    bool fits = true;

    (void)eval;
    if (is_of_none(args))
        return store_none(args, out, err);
    for (int k = 0; k < 2; k++) { /* the sum of bounds of which all are open is null, and 0 here */
        const dk_value *of = k == 0 ? args : whole;

        of_least[k] = of[LEAST].is_null ? none : dki_interval_ends_of(&of[LEAST], scale);
        of_greatest[k] = of[GREATEST].is_null ? none : dki_interval_ends_of(&of[GREATEST], scale);
    }
    part.least = is_positive(&args[N_NO_LEAST]) ? (dki_interval_end){ -1, 0 } : of_least[0].least;
    part.greatest = is_positive(&args[N_NO_GREATEST]) ? (dki_interval_end){ 1, 0 } : of_greatest[0].greatest;
    rest.least = subtract(of_least[1].least, of_least[0].least,
                          whole[N_NO_LEAST].as.integer > args[N_NO_LEAST].as.integer ? -1 : 0);
    rest.greatest = subtract(of_greatest[1].greatest, of_greatest[0].greatest,
                             whole[N_NO_GREATEST].as.integer > args[N_NO_GREATEST].as.integer ? 1 : 0);
    made = dki_interval_ends_share(&part, &rest, dki_power10[op->scale], &fits);
    made.marks |= marks_of(args) | marks_of(whole);
    return fits ? dki_interval_ends_store(&made, out, err) : dki_interval_ends_too_wide(err);
}

/* .sure(n, all): the share of those who are surely there in what there is, which is no less than they are. Where it is less for sure
 * one of both is not what it is taken for, and the quotient is of both as they are. */
static dk_status row_sure(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    uint8_t scale = dki_interval_common_scale(op->args, 2);
    dki_interval_ends sure = dki_interval_ends_of(&args[0], scale), all = dki_interval_ends_of(&args[1], scale),
                      made;
    bool fits = true;

    (void)eval;
    if (args[0].is_null || args[1].is_null)
        return dki_interval_store_missing(args, 2, out, err);
    if (dki_interval_end_compare(all.least, sure.least) < 0 &&
        dki_interval_end_compare(sure.least, all.greatest) <= 0)
        all.least = sure.least;
    made = dki_interval_ends_quotient(&sure, &all, dki_power10[op->scale], &fits);
    return fits ? dki_interval_ends_store(&made, out, err) : dki_interval_ends_too_wide(err);
}

static dk_status bind_aggregate(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                                dki_op **out)
{
    uint8_t scale = f->row == row_aggregate ? dki_interval_common_scale(args, 2) : DKI_INTERVAL_DIGITS;
    size_t n_numbers = f->row == row_sure ? n : WHY_NONE + 1; /* behind these stand markers */
    dk_status status = DK_OK;

    for (size_t at = 0; at < n && status == DK_OK; at += N_PARTS)
        status = want_exact(b, args + at, n_numbers, node->text + 1);
    return status == DK_OK ? dki_interval_op(b, node, f->row, DK_INTERVAL, scale, args, n, out) : status;
}

const dki_function dki_interval_functions[] = {
    { "width", 1, 1, bind_width, row_width },
    { "interval", 2, 2, bind_interval, row_interval },
    { "marker", 1, 1, bind_marker, row_marker },
    { "meaning", 1, 1, bind_marker, row_marker },
    { ".bounds", N_PARTS, N_PARTS, bind_aggregate, row_aggregate },
    { ".part", 2 * N_PARTS, 2 * N_PARTS, bind_aggregate, row_part },
    { ".sure", 2, 2, bind_aggregate, row_sure },
    { NULL, 0, 0, NULL, NULL },
};
