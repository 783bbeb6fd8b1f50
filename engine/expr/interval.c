/* interval.c - expressions over numbers that are known in bounds only.
 *
 * An operation gives the bounds of all results that operands within their bounds can have, each operand by itself: what is
 * true of the numbers is within the result. Sums, differences and products are exact; a quotient, and a ratio that
 * becomes an interval, are rounded outward to DKI_INTERVAL_DIGITS digits. A side that is open makes a side open that
 * depends on it. An estimate stays one; other markers stay with the value
 * that the source gave them to.
 *
 * Was tried: pairs of expressions over the columns of bounds. Each product needs every bound twice, so that the tree doubles
 * with each factor.
 */
#include "interval.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/number.h"
#include "base/status.h"
#include "base/types.h"
#include "functions.h"

#define DKI_INTERVAL_DIGITS 6

/* One side: a number, or open: infinite is -1 or 1. */
struct side {
    int infinite;
    dki_i128 value;
};

struct bounds {
    struct side least, greatest;
    bool is_estimate;
};

/* Values. ------------------------------------------------------------------------------------------------------------ */

/* The scale that a number takes part with. */
static uint8_t scale_of(const dki_op *op)
{
    return op->type == DK_RATIO                                ? DKI_INTERVAL_DIGITS
           : op->type == DK_DECIMAL || op->type == DK_INTERVAL ? op->scale
                                                               : 0;
}

static uint8_t common_scale(dki_op *const *ops, size_t n)
{
    uint8_t scale = 0;

    for (size_t i = 0; i < n; i++)
        if (!ops[i]->is_null_literal && scale_of(ops[i]) > scale)
            scale = scale_of(ops[i]);
    return scale;
}

static struct side known(dki_i128 value)
{
    return (struct side){ 0, value };
}

/* The bounds of a number, scaled; both sides open where it is null. */
static struct bounds bounds_of(const dk_value *value, uint8_t scale)
{
    const dk_interval *interval = &value->as.interval;
    struct bounds made = { { -1, 0 }, { 1, 0 }, false };
    dki_i128 factor;

    if (value->type == DK_INTERVAL)
        made.is_estimate = interval->meaning == DK_MEANS_ESTIMATE;
    if (value->is_null)
        return made;
    if (value->type == DK_RATIO) {
        factor = dki_power10[scale];
        made.least =
            known(dki_divide_outward(value->as.ratio.numerator * factor, value->as.ratio.denominator, false));
        made.greatest =
            known(dki_divide_outward(value->as.ratio.numerator * factor, value->as.ratio.denominator, true));
        return made;
    }
    factor = dki_power10[scale - (value->type == DK_INTEGER ? 0 : value->scale)];
    if (value->type != DK_INTERVAL) {
        made.least = made.greatest = known(value->as.integer * factor);
        return made;
    }
    if (!interval->no_least)
        made.least = known(interval->least * factor);
    if (!interval->no_greatest)
        made.greatest = known(interval->greatest * factor);
    return made;
}

static dk_status store_side(struct side side, bool *is_open, int64_t *out, dk_error *err)
{
    *is_open = side.infinite != 0;
    *out = 0;
    if (side.infinite)
        return DK_OK;
    if (!dki_fits_i64(side.value))
        return dki_fail(err, DK_ERR_OVERFLOW, "a bound of the result does not fit in 64 bits");
    *out = (int64_t)side.value;
    return DK_OK;
}

static dk_status store(const struct bounds *bounds, dk_value *out, dk_error *err)
{
    dk_interval made = { .meaning = DK_MEANS_NOTHING, .marker = { "", 0 } };
    dk_status status = store_side(bounds->least, &made.no_least, &made.least, err);

    if (status == DK_OK)
        status = store_side(bounds->greatest, &made.no_greatest, &made.greatest, err);
    if (status != DK_OK)
        return status;
    out->is_null = made.no_least && made.no_greatest;
    if (bounds->is_estimate && !out->is_null) {
        made.meaning = DK_MEANS_ESTIMATE;
        made.marker = (dk_text){ "~", 1 };
    }
    out->as.interval = made;
    return DK_OK;
}

dk_status dki_interval_of(const dk_value *number, uint8_t scale, dk_value *out, dk_error *err)
{
    struct bounds bounds = bounds_of(number, scale);

    dk_status status;

    *out = (dk_value){ .type = DK_INTERVAL, .scale = scale };
    status = store(&bounds, out, err);
    if (number->type == DK_INTERVAL) {
        out->as.interval.meaning = number->as.interval.meaning;
        out->as.interval.marker = number->as.interval.marker;
    }
    return status;
}

static int compare_sides(struct side a, struct side b)
{
    if (a.infinite != b.infinite)
        return a.infinite < b.infinite ? -1 : 1;
    return a.infinite ? 0 : (a.value > b.value) - (a.value < b.value);
}

static int sign_of(struct side side)
{
    return side.infinite ? side.infinite : (side.value > 0) - (side.value < 0);
}

/* Binding. ----------------------------------------------------------------------------------------------------------- */

/* Row by row, null rows too. */
static dk_status run_rows(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dk_value *args = dki_arena_array(&eval->arena, op->n_args, sizeof *args, err);
    dk_status status = args ? DK_OK : DK_ERR_MEMORY;

    for (size_t k = 0; k < op->n_args && status == DK_OK; k++)
        status = dki_op_run(eval, op->args[k], selection, err);
    for (size_t i = 0; i < eval->n && status == DK_OK; i++) {
        dk_value value = { .type = op->type, .scale = op->scale };

        if (!dki_bit(selection, i))
            continue;
        for (size_t k = 0; k < op->n_args; k++)
            args[k] = dki_vector_value(op->args[k], dki_op_vector(eval, op->args[k]), i);
        status = op->row(eval, op, args, &value, err);
        if (status != DK_OK)
            return dki_row_fail_again(eval, op, i, err, status);
        dki_slot_put(op, slot, i, &value);
    }
    slot->vector = (dki_vector){ slot->values, slot->valid };
    return status;
}

dk_status dki_interval_op(dki_binder *b, const dki_node *node, dki_row_fn *row, dk_type type, uint8_t scale,
                          dki_op **args, size_t n, dki_op **out)
{
    dki_op *op = dki_op_new(b, node, run_rows, type, scale, n);

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

static struct side add(struct side a, struct side b)
{
    return a.infinite || b.infinite ? (struct side){ a.infinite ? a.infinite : b.infinite, 0 }
                                    : known(a.value + b.value);
}

static struct side negative(struct side a)
{
    return (struct side){ -a.infinite, -a.value };
}

static struct bounds negate(const struct bounds *x)
{
    return (struct bounds){ negative(x->greatest), negative(x->least), x->is_estimate };
}

static dk_status row_add(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    struct bounds x = bounds_of(&args[0], op->scale), y = bounds_of(&args[1], op->scale), made;

    (void)eval;
    out->is_null = args[0].is_null || args[1].is_null;
    if (out->is_null)
        return store(&(struct bounds){ { -1, 0 }, { 1, 0 }, false }, out, err);
    if (op->sign == '-')
        y = negate(&y);
    made = (struct bounds){ add(x.least, y.least), add(x.greatest, y.greatest), x.is_estimate || y.is_estimate };
    return store(&made, out, err);
}

static dk_status row_negate(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    struct bounds x = bounds_of(&args[0], op->scale), made = negate(&x);

    (void)eval;
    return store(&made, out, err);
}

/* 0 times what is open is 0: every number there is one. *fits: where it is no more than 128 bits. */
static struct side multiply(struct side a, struct side b, bool *fits)
{
    struct side made = { 0, 0 };

    if (sign_of(a) == 0 || sign_of(b) == 0)
        return made;
    if (a.infinite || b.infinite)
        return (struct side){ sign_of(a) * sign_of(b), 0 };
    *fits = *fits && !__builtin_mul_overflow(a.value, b.value, &made.value);
    return made;
}

/* The least and the greatest of four. */
static struct bounds span(const struct side corners[4], bool is_estimate)
{
    struct bounds made = { corners[0], corners[0], is_estimate };

    for (size_t i = 1; i < 4; i++) {
        if (compare_sides(corners[i], made.least) < 0)
            made.least = corners[i];
        if (compare_sides(corners[i], made.greatest) > 0)
            made.greatest = corners[i];
    }
    return made;
}

static dk_status too_wide(dk_error *err)
{
    return dki_fail(err, DK_ERR_OVERFLOW, "a bound of the result does not fit in 64 bits");
}

static dk_status row_multiply(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    struct bounds x = bounds_of(&args[0], scale_of(op->args[0])), y = bounds_of(&args[1], scale_of(op->args[1])),
                  made;
    bool fits = true;
    const struct side corners[4] = { multiply(x.least, y.least, &fits), multiply(x.least, y.greatest, &fits),
                                     multiply(x.greatest, y.least, &fits),
                                     multiply(x.greatest, y.greatest, &fits) };

    (void)eval;
    made = args[0].is_null || args[1].is_null ? (struct bounds){ { -1, 0 }, { 1, 0 }, false }
                                              : span(corners, x.is_estimate || y.is_estimate);
    return fits ? store(&made, out, err) : too_wide(err);
}

/* a / b, rounded; b has a sign, or is 0 as the limit of what has the sign `near`. factor scales the result. */
static struct side divide(struct side a, struct side b, int near, dki_i128 factor, bool upward, bool *fits)
{
    int sign = sign_of(b) ? sign_of(b) : near;
    dki_i128 scaled;

    if (sign_of(a) == 0 || (b.infinite && !a.infinite)) /* as near to 0 as one likes: 0 is a bound */
        return known(0);
    if (a.infinite || sign_of(b) == 0)
        return b.infinite ? known(0) : (struct side){ sign_of(a) * sign, 0 };
    *fits = *fits && !__builtin_mul_overflow(a.value, factor, &scaled);
    if (!*fits)
        return known(0);
    return known(b.value < 0 ? dki_divide_outward(-scaled, -b.value, upward)
                             : dki_divide_outward(scaled, b.value, upward));
}

/* Quotients by denominators of one sign: from 0, which is left out, on. */
static struct bounds divide_by(const struct bounds *x, struct side low, struct side high, int sign, dki_i128 factor,
                               bool *fits)
{
    struct bounds made;
    struct side corners[4];

    for (int up = 0; up < 2; up++) {
        corners[0] = divide(x->least, low, sign, factor, up, fits);
        corners[1] = divide(x->least, high, sign, factor, up, fits);
        corners[2] = divide(x->greatest, low, sign, factor, up, fits);
        corners[3] = divide(x->greatest, high, sign, factor, up, fits);
        if (up)
            made.greatest = span(corners, false).greatest;
        else
            made.least = span(corners, false).least;
    }
    made.is_estimate = false;
    return made;
}

/* x / y with y's zero left out; both sides open where nothing is left. */
static struct bounds quotient(const struct bounds *x, const struct bounds *y, dki_i128 factor, bool *fits)
{
    struct bounds made = { { -1, 0 }, { 1, 0 }, false }, other;
    bool has_positive = sign_of(y->greatest) > 0, has_negative = sign_of(y->least) < 0;
    struct side zero = known(0);

    if (has_positive)
        made = divide_by(x, sign_of(y->least) > 0 ? y->least : zero, y->greatest, 1, factor, fits);
    if (has_negative) {
        other = divide_by(x, y->least, sign_of(y->greatest) < 0 ? y->greatest : zero, -1, factor, fits);
        if (has_positive && compare_sides(made.least, other.least) < 0)
            other.least = made.least;
        if (has_positive && compare_sides(made.greatest, other.greatest) > 0)
            other.greatest = made.greatest;
        made = other;
    }
    made.is_estimate = x->is_estimate || y->is_estimate;
    return made;
}

static dk_status row_divide(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    uint8_t scale = common_scale(op->args, 2);
    struct bounds x = bounds_of(&args[0], scale), y = bounds_of(&args[1], scale),
                  made = { { -1, 0 }, { 1, 0 }, false };
    bool fits = true;

    (void)eval;
    if (!args[0].is_null && !args[1].is_null)
        made = quotient(&x, &y, dki_power10[op->scale], &fits);
    return fits ? store(&made, out, err) : too_wide(err);
}

dk_status dki_bind_interval_arithmetic(dki_binder *b, const dki_node *node, char sign, dki_op **args, dki_op **out)
{
    unsigned digits;
    dk_status status = want_exact(b, args, 2, node->text);

    if (status != DK_OK)
        return status;
    switch (sign) {
    case '+':
    case '-': status = dki_interval_op(b, node, row_add, DK_INTERVAL, common_scale(args, 2), args, 2, out); break;
    case '/': status = dki_interval_op(b, node, row_divide, DK_INTERVAL, DKI_INTERVAL_DIGITS, args, 2, out); break;
    case '*':
        digits = (unsigned)scale_of(args[0]) + scale_of(args[1]);
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
    struct bounds made = bounds_of(&args[0], op->scale);
    int sign = op->sign == 'g' ? -1 : 1;

    (void)eval;
    for (size_t i = 0; i < op->n_args; i++) {
        struct bounds x = bounds_of(&args[i], op->scale);

        if (args[i].is_null)
            return store(&(struct bounds){ { -1, 0 }, { 1, 0 }, false }, out, err);
        if (sign * compare_sides(x.least, made.least) < 0)
            made.least = x.least;
        if (sign * compare_sides(x.greatest, made.greatest) < 0)
            made.greatest = x.greatest;
        made.is_estimate |= x.is_estimate;
    }
    return store(&made, out, err);
}

dk_status dki_bind_interval_side(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args,
                                 size_t n, dki_op **out)
{
    uint8_t scale;
    dk_status status = want_exact(b, args, n, f->name);

    if (status != DK_OK)
        return status;
    scale = common_scale(args, n);
    status = n == 1 ? dki_interval_op(b, node, row_side, scale > 0 ? DK_DECIMAL : DK_INTEGER, scale, args, n, out)
                    : dki_interval_op(b, node, row_extreme, DK_INTERVAL, scale, args, n, out);
    if (status == DK_OK)
        (*out)->sign = f->name[0];
    return status;
}

/* How far apart the bounds are; null where a side is open. */
static dk_status row_width(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    struct bounds x = bounds_of(&args[0], op->scale);
    bool is_open;

    (void)eval;
    out->is_null = x.least.infinite || x.greatest.infinite;
    return out->is_null ? DK_OK
                        : store_side(known(x.greatest.value - x.least.value), &is_open, &out->as.integer, err);
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

/* interval(a, b): null is an open side. */
static dk_status row_interval(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    struct bounds a = bounds_of(&args[0], op->scale), b = bounds_of(&args[1], op->scale);
    struct bounds made = { a.least, b.greatest, a.is_estimate || b.is_estimate };
    char least[64], greatest[64];

    (void)eval;
    if (!args[0].is_null && !args[1].is_null && compare_sides(made.least, made.greatest) > 0) {
        dk_value_format(&args[0], least, sizeof least);
        dk_value_format(&args[1], greatest, sizeof greatest);
        return dki_fail(err, DK_ERR_RANGE, "interval(%s, %s): the least bound is above the greatest", least,
                        greatest);
    }
    return store(&made, out, err);
}

static dk_status bind_interval(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                               dki_op **out)
{
    dk_status status = want_exact(b, args, n, f->name);

    return status == DK_OK ? dki_interval_op(b, node, f->row, DK_INTERVAL, common_scale(args, n), args, n, out)
                           : status;
}

/* Aggregates. -------------------------------------------------------------------------------------------------------- */

static bool is_positive(const dk_value *count)
{
    return !count->is_null && count->as.integer > 0;
}

/* .bounds(least, greatest, n, m, e): the aggregates of both bounds of some rows, of which n have no least bound, m no
 * greatest, and e are estimates. */
static dk_status row_aggregate(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    struct bounds a = bounds_of(&args[0], op->scale), b = bounds_of(&args[1], op->scale);
    struct bounds made = { is_positive(&args[2]) ? (struct side){ -1, 0 } : a.least,
                           is_positive(&args[3]) ? (struct side){ 1, 0 } : b.greatest, is_positive(&args[4]) };

    (void)eval;
    return store(&made, out, err);
}

static struct side subtract(struct side whole, struct side part, int open)
{
    return open > 0 ? (struct side){ 1, 0 } : open < 0 ? (struct side){ -1, 0 } : known(whole.value - part.value);
}

/* .part(least, greatest, n, m, e, and the same of the whole): a part of a whole that is the sum of parts, of which each is within
 * its own bounds: a / (a + the rest), which are two, and not a / whole, in which the part stands twice. */
static dk_status row_part(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    uint8_t scale = common_scale(op->args, 2);
    const struct bounds none = { known(0), known(0), false };
    struct bounds of_least[2], of_greatest[2], part = none, rest = none, whole, made;
    bool fits = true;

    (void)eval;
    if (args[0].is_null && args[1].is_null)
        return store(&(struct bounds){ { -1, 0 }, { 1, 0 }, false }, out, err);
    for (int k = 0; k < 2; k++) { /* the sum of bounds of which all are open is null, and 0 here */
        of_least[k] = args[5 * k].is_null ? none : bounds_of(&args[5 * k], scale);
        of_greatest[k] = args[5 * k + 1].is_null ? none : bounds_of(&args[5 * k + 1], scale);
    }
    part.least = is_positive(&args[2]) ? (struct side){ -1, 0 } : of_least[0].least;
    part.greatest = is_positive(&args[3]) ? (struct side){ 1, 0 } : of_greatest[0].greatest;
    rest.least = subtract(of_least[1].least, of_least[0].least, args[7].as.integer > args[2].as.integer ? -1 : 0);
    rest.greatest =
        subtract(of_greatest[1].greatest, of_greatest[0].greatest, args[8].as.integer > args[3].as.integer ? 1 : 0);
    if (sign_of(part.least) < 0 || sign_of(rest.least) < 0) { /* shares of what may be negative */
        whole = (struct bounds){ add(part.least, rest.least), add(part.greatest, rest.greatest), false };
        made = quotient(&part, &whole, dki_power10[op->scale], &fits);
        made.is_estimate = is_positive(&args[9]);
        return fits ? store(&made, out, err) : too_wide(err);
    }
    whole = (struct bounds){ add(part.least, rest.greatest), add(part.greatest, rest.least), false };
    made = (struct bounds){ known(0), known(dki_power10[op->scale]), false };
    if (sign_of(whole.least) == 0 && sign_of(whole.greatest) == 0) /* 0 of 0 */
        made = (struct bounds){ { -1, 0 }, { 1, 0 }, false };
    else if (sign_of(rest.least) == 0 && sign_of(rest.greatest) == 0) /* all of it */
        made.least = made.greatest;
    else if (sign_of(part.greatest) == 0)
        made.greatest = known(0);
    else if (!part.greatest.infinite)
        made.greatest = divide(part.greatest, whole.greatest, 1, dki_power10[op->scale], true, &fits);
    if (sign_of(made.least) == 0 && sign_of(part.least) > 0)
        made.least = divide(part.least, whole.least, 1, dki_power10[op->scale], false, &fits);
    made.is_estimate = is_positive(&args[9]);
    return fits ? store(&made, out, err) : too_wide(err);
}

static dk_status bind_aggregate(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                                dki_op **out)
{
    dk_status status = want_exact(b, args, n, node->text + 1);
    uint8_t scale = f->row == row_part ? DKI_INTERVAL_DIGITS : common_scale(args, 2);

    return status == DK_OK ? dki_interval_op(b, node, f->row, DK_INTERVAL, scale, args, n, out) : status;
}

const dki_function dki_interval_functions[] = {
    { "width", 1, 1, bind_width, row_width },
    { "interval", 2, 2, bind_interval, row_interval },
    { "marker", 1, 1, bind_marker, row_marker },
    { "meaning", 1, 1, bind_marker, row_marker },
    { ".bounds", 5, 5, bind_aggregate, row_aggregate },
    { ".part", 10, 10, bind_aggregate, row_part },
    { NULL, 0, 0, NULL, NULL },
};
