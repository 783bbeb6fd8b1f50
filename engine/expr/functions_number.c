/* functions_number.c - abs, round, floor and ceil: exact, also for ratios and the binary value of reals. */
#include "functions.h"

#include <math.h>

#include "base/number.h"
#include "base/status.h"

static dk_status bind_abs(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                          dki_op **out)
{
    dk_status status = dki_op_settle(b, &args[0], DK_INTEGER, 0, NULL);

    if (status == DK_OK && !dk_type_is_number(args[0]->type))
        return dki_function_wrong(b, args[0], f->name, "a number");
    return status == DK_OK ? dki_function_op(b, f, node, args, n, args[0]->type, args[0]->scale, out) : status;
}

static dk_status row_abs(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    bool fits = true;
    char text[64];

    (void)eval;
    (void)op;
    out->as = args[0].as;
    if (args[0].type == DK_REAL)
        out->as.real = fabs(out->as.real);
    else if (args[0].type == DK_RATIO && out->as.ratio.numerator < 0)
        fits = !dki_sub_i64(0, out->as.ratio.numerator, &out->as.ratio.numerator);
    else if (args[0].type != DK_RATIO && out->as.integer < 0)
        fits = !dki_sub_i64(0, out->as.integer, &out->as.integer);
    if (fits)
        return DK_OK;
    dk_value_format(&args[0], text, sizeof text);
    return dki_fail(err, DK_ERR_OVERFLOW, "abs(%s) does not fit", text);
}

/* round(x), round(x, digits), floor(x), ceil(x): exact, also for ratios and the binary value of reals. */
static dk_status bind_round(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                            dki_op **out)
{
    uint8_t digits = 0;
    dk_status status = dki_op_settle(b, &args[0], DK_INTEGER, 0, NULL);

    if (status != DK_OK)
        return status;
    if (!dk_type_is_number(args[0]->type))
        return dki_function_wrong(b, args[0], f->name, "a number");
    if (n == 2 && (status = dki_function_digits(b, args[1], &digits)) != DK_OK)
        return status;
    return dki_function_op(b, f, node, args, 1, digits > 0 ? DK_DECIMAL : DK_INTEGER, digits, out);
}

static dk_status store(dki_i128 value, dk_value *out, dk_error *err)
{
    if (!dki_fits_i64(value))
        return dki_fail(err, DK_ERR_OVERFLOW, "the result does not fit in 64 bits");
    out->as.integer = (int64_t)value;
    return DK_OK;
}

static dk_status row_round(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dki_i128 value;

    (void)eval;
    if (!dki_round_value(&args[0], op->scale, &value))
        return dki_fail(err, DK_ERR_OVERFLOW, "the result does not fit in 64 bits");
    return store(value, out, err);
}

/* Greatest whole number that is not above x; sign -1 for ceil, which is -floor(-x). */
static dk_status floor_value(const dk_value *x, dk_value *out, int sign, dk_error *err)
{
    dki_i128 numerator, denominator = 1, quotient;

    switch (x->type) {
    case DK_REAL: {
        double value = sign > 0 ? floor(x->as.real) : ceil(x->as.real);

        if (!(value >= -0x1p63 && value < 0x1p63))
            return dki_fail(err, DK_ERR_OVERFLOW, "the result does not fit in 64 bits");
        out->as.integer = (int64_t)value;
        return DK_OK;
    }
    case DK_RATIO:
        numerator = x->as.ratio.numerator;
        denominator = x->as.ratio.denominator;
        break;
    default: numerator = x->as.integer; denominator = dki_power10[x->type == DK_DECIMAL ? x->scale : 0];
    }
    numerator *= sign;
    quotient = numerator / denominator - (numerator % denominator < 0);
    return store(quotient * sign, out, err);
}

static dk_status row_floor(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)op;
    return floor_value(&args[0], out, 1, err);
}

static dk_status row_ceil(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)op;
    return floor_value(&args[0], out, -1, err);
}

const dki_function dki_number_functions[] = {
    { "abs", 1, 1, bind_abs, row_abs },
    { "round", 1, 2, bind_round, row_round },
    { "floor", 1, 1, bind_round, row_floor },
    { "ceil", 1, 1, bind_round, row_ceil },
    { NULL, 0, 0, NULL, NULL },
};
