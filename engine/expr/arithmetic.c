/* arithmetic.c - + - * / // % and unary minus over vectors.
 *
 * Integers and decimals are exact and say when a result does not fit, and only then: what is computed on the way has 128
 * bits. Ratios likewise; reals say when a result is not finite, dates and periods when it lies outside the calendar.
 * Division by zero is null.
 */
#include <math.h>

#include "base/bitmap.h"
#include "base/number.h"
#include "base/status.h"
#include "base/types.h"
#include "bound.h"

static dk_status no_result(const dki_eval *eval, const dki_op *op, size_t i, dk_error *err)
{
    char a[64], b[64];
    dk_value left = dki_vector_value(op->args[0], dki_op_vector(eval, op->args[0]), i);
    dk_value right = dki_vector_value(op->args[1], dki_op_vector(eval, op->args[1]), i);

    dk_value_format(&left, a, sizeof a);
    dk_value_format(&right, b, sizeof b);
    if (op->type == DK_DATE || op->type == DK_PERIOD)
        return dki_row_fail(eval, op, i, err, DK_ERR_RANGE, "%s %s %s lies outside the years 1 to 9999", a,
                            op->node->text, b);
    dki_row_fail(eval, op, i, err, DK_ERR_OVERFLOW, "%s %s %s does not fit", a, op->node->text, b);
    if (op->type == DK_RATIO)
        dki_hint(err, "the exact ratio needs more than 64 bits: use real(...) for a rounded one");
    return DK_ERR_OVERFLOW;
}

/* Floor division, as in Lua. */
static int64_t floor_quotient(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* What is left, with the sign of the divisor; no product that could overflow. */
static int64_t floor_rest(int64_t a, int64_t b)
{
    int64_t rest = a % b;

    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

static bool integer_result(char sign, int64_t a, int64_t b, int64_t *out, bool *is_null)
{
    switch (sign) {
    case '+': return !dki_add_i64(a, b, out);
    case '-': return !dki_sub_i64(a, b, out);
    case '*': return !dki_mul_i64(a, b, out);
    default:
        if (b == 0) {
            *is_null = true;
            return true;
        }
        if (b == -1) { /* the least integer over -1 does not fit */
            *out = 0;
            return sign == '%' || !dki_sub_i64(0, a, out);
        }
        *out = sign == '~' ? floor_quotient(a, b) : floor_rest(a, b);
        return true;
    }
}

static dki_i128 floor_quotient_wide(dki_i128 a, dki_i128 b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* The same for numbers of two scales, brought to one by the powers (at most 10^18 each). */
static bool scaled_result(char sign, dki_i128 a, dki_i128 b, int64_t *out, bool *is_null)
{
    dki_i128 result;

    switch (sign) {
    case '+': result = a + b; break;
    case '-': result = a - b; break;
    default:
        if (b == 0) {
            *is_null = true;
            return true;
        }
        result = floor_quotient_wide(a, b);
        if (sign == '%')
            result = a - result * b;
    }
    if (!dki_fits_i64(result))
        return false;
    *out = (int64_t)result;
    return true;
}

static bool real_result(char sign, double a, double b, double *out, bool *is_null)
{
    switch (sign) {
    case '+': *out = a + b; break;
    case '-': *out = a - b; break;
    case '*': *out = a * b; break;
    default:
        if (b == 0) {
            *is_null = true;
            return true;
        }
        *out = sign == '/' ? a / b : floor(a / b);
        if (sign == '%') {
            *out = fmod(a, b);
            if (*out != 0 && (*out < 0) != (b < 0))
                *out += b;
        }
    }
    if (*out == 0)
        *out = 0;
    return isfinite(*out);
}

static bool ratio_result(char sign, dk_ratio a, dk_ratio b, dk_ratio *out, bool *is_null)
{
    switch (sign) {
    case '+': return dki_ratio_add(a, b, out);
    case '-': return dki_ratio_sub(a, b, out);
    case '*': return dki_ratio_mul(a, b, out);
    default:
        if (b.numerator == 0) {
            *is_null = true;
            return true;
        }
        return dki_ratio_div(a, b, out);
    }
}

static uint8_t digits_of(const dki_op *op)
{
    return op->type == DK_DECIMAL ? op->scale : 0;
}

/* Powers of ten that bring the operands to one scale; 1 for a product, which adds the scales. */
struct powers {
    int64_t left, right;
};

static struct powers powers_of(const dki_op *op)
{
    uint8_t left = digits_of(op->args[0]), right = digits_of(op->args[1]);

    if (op->sign == '*' || left == right)
        return (struct powers){ 1, 1 };
    return left < right ? (struct powers){ dki_power10[right - left], 1 }
                        : (struct powers){ 1, dki_power10[left - right] };
}

/* The quotient of whole numbers, brought to one scale by the powers. */
static bool quotient(int64_t a, int64_t b, struct powers powers, dk_ratio *out, bool *is_null)
{
    if (b == 0) {
        *is_null = true;
        return true;
    }
    return dki_ratio_make((dki_i128)a * powers.left, (dki_i128)b * powers.right, out);
}

static dk_ratio as_ratio(const dki_op *op, dki_vector vector, size_t i)
{
    if (op->type == DK_RATIO)
        return ((const dk_ratio *)vector.values)[i];
    return (dk_ratio){ ((const int64_t *)vector.values)[i], dki_power10[op->scale] };
}

static bool exact_result(const dki_op *op, struct powers powers, int64_t a, int64_t b, int64_t *out, bool *is_null)
{
    int64_t least, greatest;

    if (powers.left == 1 && powers.right == 1) {
        if (!integer_result(op->sign, a, b, out, is_null))
            return false;
    } else if (!scaled_result(op->sign, (dki_i128)a * powers.left, (dki_i128)b * powers.right, out, is_null)) {
        return false;
    }
    return !dki_type_bounds(op->type, op->scale, &least, &greatest) || (*out >= least && *out <= greatest);
}

dk_status dki_run_arithmetic(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    const dki_op *left = op->args[0], *right = op->args[1];
    bool divides = op->type == DK_RATIO && op->sign == '/' && left->type != DK_RATIO && right->type != DK_RATIO;
    struct powers powers = { 1, 1 };
    dki_vector a, b;
    dk_status status = dki_op_run(eval, left, selection, err);

    if (status == DK_OK)
        status = dki_op_run(eval, right, selection, err);
    if (status != DK_OK)
        return status;
    a = dki_op_vector(eval, left);
    b = dki_op_vector(eval, right);
    if (divides || (op->type != DK_REAL && op->type != DK_RATIO))
        powers = powers_of(op);
    for (size_t i = 0; i < eval->n; i++) {
        bool is_null, fits = true;

        if (!dki_bit(selection, i))
            continue;
        is_null = dki_vector_is_null(left, a, i) || dki_vector_is_null(right, b, i);
        if (op->type == DK_REAL) {
            double *out = (double *)slot->values + i;

            *out = 0;
            if (!is_null)
                fits = real_result(op->sign, ((const double *)a.values)[i], ((const double *)b.values)[i], out,
                                   &is_null);
        } else if (op->type == DK_RATIO) {
            dk_ratio *out = (dk_ratio *)slot->values + i;

            *out = (dk_ratio){ 0, 1 };
            if (!is_null && divides)
                fits =
                    quotient(((const int64_t *)a.values)[i], ((const int64_t *)b.values)[i], powers, out, &is_null);
            else if (!is_null)
                fits = ratio_result(op->sign, as_ratio(left, a, i), as_ratio(right, b, i), out, &is_null);
        } else {
            int64_t *out = (int64_t *)slot->values + i;

            *out = 0;
            if (!is_null)
                fits = exact_result(op, powers, ((const int64_t *)a.values)[i], ((const int64_t *)b.values)[i], out,
                                    &is_null);
        }
        if (!fits)
            return no_result(eval, op, i, err);
        dki_bit_put(slot->valid, i, !is_null);
    }
    slot->vector = (dki_vector){ slot->values, slot->valid };
    return DK_OK;
}

static dk_status no_negative(const dki_eval *eval, const dki_op *op, size_t i, dk_error *err)
{
    dk_value value = dki_vector_value(op->args[0], dki_op_vector(eval, op->args[0]), i);
    char text[64];

    dk_value_format(&value, text, sizeof text);
    return dki_row_fail(eval, op, i, err, DK_ERR_OVERFLOW, "the negative of %s does not fit", text);
}

dk_status dki_run_negate(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    const dki_op *arg = op->args[0];
    dki_vector from;
    dk_status status = dki_op_run(eval, arg, selection, err);

    if (status != DK_OK)
        return status;
    from = dki_op_vector(eval, arg);
    for (size_t i = 0; i < eval->n; i++) {
        if (!dki_bit(selection, i))
            continue;
        if (op->type == DK_REAL) {
            ((double *)slot->values)[i] = 0.0 - ((const double *)from.values)[i];
        } else if (op->type == DK_RATIO) {
            dk_ratio ratio = ((const dk_ratio *)from.values)[i];

            if (dki_sub_i64(0, ratio.numerator, &ratio.numerator))
                return no_negative(eval, op, i, err);
            ((dk_ratio *)slot->values)[i] = ratio;
        } else {
            int64_t value = ((const int64_t *)from.values)[i];

            if (dki_sub_i64(0, value, &value))
                return no_negative(eval, op, i, err);
            ((int64_t *)slot->values)[i] = value;
        }
    }
    slot->vector = (dki_vector){ slot->values, from.valid }; /* what is null is 0, and so is its negative */
    return DK_OK;
}
