/* interval_ends.c - arithmetic of bounds: ends that are numbers or open. */
#include "interval_ends.h"

#include "base/status.h"
#include "data/marker.h"

uint8_t dki_interval_scale(const dki_op *op)
{
    return op->type == DK_RATIO                                ? DKI_INTERVAL_DIGITS
           : op->type == DK_DECIMAL || op->type == DK_INTERVAL ? op->scale
                                                               : 0;
}

uint8_t dki_interval_common_scale(dki_op *const *ops, size_t n)
{
    uint8_t scale = 0;

    for (size_t i = 0; i < n; i++)
        if (!ops[i]->is_null_literal && dki_interval_scale(ops[i]) > scale)
            scale = dki_interval_scale(ops[i]);
    return scale;
}

dki_interval_ends dki_interval_ends_of(const dk_value *value, uint8_t scale)
{
    const dk_interval *interval = &value->as.interval;
    dki_interval_ends made = { { -1, 0 }, { 1, 0 }, 0, false };
    dki_i128 factor;

    if (value->is_null)
        return DKI_INTERVAL_ENDS_NULL;
    if (value->type == DK_INTERVAL)
        made.marks = (interval->meaning == DK_MEANS_ESTIMATE ? DKI_MARK_ESTIMATE : 0) |
                     (interval->may_be_null ? DKI_MARK_MAY_BE_NULL : 0);
    if (value->type == DK_RATIO) {
        factor = dki_power10[scale];
        made.least = dki_interval_end_known(
            dki_divide_outward(value->as.ratio.numerator * factor, value->as.ratio.denominator, false));
        made.greatest = dki_interval_end_known(
            dki_divide_outward(value->as.ratio.numerator * factor, value->as.ratio.denominator, true));
        return made;
    }
    factor = dki_power10[scale - (value->type == DK_INTEGER ? 0 : value->scale)];
    if (value->type != DK_INTERVAL) {
        made.least = made.greatest = dki_interval_end_known(value->as.integer * factor);
        return made;
    }
    if (!interval->no_least)
        made.least = dki_interval_end_known(interval->least * factor);
    if (!interval->no_greatest)
        made.greatest = dki_interval_end_known(interval->greatest * factor);
    return made;
}

dk_status dki_interval_ends_too_wide(dk_error *err)
{
    return dki_fail(err, DK_ERR_OVERFLOW, "a bound of the result does not fit in 64 bits");
}

dk_status dki_interval_end_store(dki_interval_end side, bool *is_open, int64_t *out, dk_error *err)
{
    *is_open = side.infinite != 0;
    *out = 0;
    if (side.infinite)
        return DK_OK;
    if (!dki_fits_i64(side.value))
        return dki_interval_ends_too_wide(err);
    *out = (int64_t)side.value;
    return DK_OK;
}

dk_status dki_interval_ends_store(const dki_interval_ends *bounds, dk_value *out, dk_error *err)
{
    dk_interval made = { .meaning = DK_MEANS_NOTHING, .marker = { "", 0 } };
    dk_status status = dki_interval_end_store(bounds->least, &made.no_least, &made.least, err);

    if (status == DK_OK)
        status = dki_interval_end_store(bounds->greatest, &made.no_greatest, &made.greatest, err);
    if (status != DK_OK)
        return status;
    out->is_null = bounds->is_null;
    if (!bounds->is_null && made.no_least && made.no_greatest)
        made.meaning = DK_MEANS_UNBOUNDED;
    else if (!bounds->is_null && bounds->marks & DKI_MARK_ESTIMATE)
        made.meaning = DK_MEANS_ESTIMATE;
    made.may_be_null = !bounds->is_null && bounds->marks & DKI_MARK_MAY_BE_NULL;
    dki_interval_mark(&made);
    out->as.interval = made;
    return DK_OK;
}

dk_status dki_interval_store_missing(const dk_value *args, size_t n, dk_value *out, dk_error *err)
{
    const dk_interval *why = NULL;
    bool all_say_why = true;
    dk_status status = dki_interval_ends_store(&DKI_INTERVAL_ENDS_NULL, out, err);

    for (size_t i = 0; i < n; i++) {
        const dk_interval *interval = &args[i].as.interval;

        if (!args[i].is_null)
            continue;
        if (args[i].type != DK_INTERVAL || interval->meaning == DK_MEANS_NOTHING)
            all_say_why = false;
        else if (why == NULL || interval->meaning == DK_MEANS_UNAVAILABLE)
            why = interval;
    }
    if (why && all_say_why) {
        out->as.interval.meaning = why->meaning;
        out->as.interval.marker = why->marker;
    }
    return status;
}

static dki_interval_end negative(dki_interval_end a)
{
    return (dki_interval_end){ -a.infinite, -a.value };
}

dki_interval_ends dki_interval_ends_negate(const dki_interval_ends *x)
{
    return (dki_interval_ends){ negative(x->greatest), negative(x->least), x->marks, x->is_null };
}

dki_interval_end dki_interval_end_multiply(dki_interval_end a, dki_interval_end b, bool *fits)
{
    dki_interval_end made = { 0, 0 };

    if (dki_interval_end_sign(a) == 0 || dki_interval_end_sign(b) == 0)
        return made;
    if (a.infinite || b.infinite)
        return (dki_interval_end){ dki_interval_end_sign(a) * dki_interval_end_sign(b), 0 };
    *fits = *fits && !__builtin_mul_overflow(a.value, b.value, &made.value);
    return made;
}

dki_interval_ends dki_interval_ends_span(const dki_interval_end corners[4], uint8_t marks)
{
    dki_interval_ends made = { corners[0], corners[0], marks, false };

    for (size_t i = 1; i < 4; i++) {
        if (dki_interval_end_compare(corners[i], made.least) < 0)
            made.least = corners[i];
        if (dki_interval_end_compare(corners[i], made.greatest) > 0)
            made.greatest = corners[i];
    }
    return made;
}

dki_interval_end dki_interval_end_divide(dki_interval_end a, dki_interval_end b, int near, dki_i128 factor,
                                         bool upward, bool *fits)
{
    int sign = dki_interval_end_sign(b) ? dki_interval_end_sign(b) : near;
    dki_i128 scaled;

    if (dki_interval_end_sign(a) == 0 || (b.infinite && !a.infinite)) /* as near to 0 as one likes: 0 is a bound */
        return dki_interval_end_known(0);
    if (a.infinite || dki_interval_end_sign(b) == 0)
        return b.infinite ? dki_interval_end_known(0) : (dki_interval_end){ dki_interval_end_sign(a) * sign, 0 };
    *fits = *fits && !__builtin_mul_overflow(a.value, factor, &scaled);
    if (!*fits)
        return dki_interval_end_known(0);
    return dki_interval_end_known(b.value < 0 ? dki_divide_outward(-scaled, -b.value, upward)
                                              : dki_divide_outward(scaled, b.value, upward));
}

/* Quotients by denominators of one sign: from 0, which is left out, on. */
static dki_interval_ends divide_by(const dki_interval_ends *x, dki_interval_end low, dki_interval_end high,
                                   int sign, dki_i128 factor, bool *fits)
{
    dki_interval_ends made;
    dki_interval_end corners[4];

    for (int up = 0; up < 2; up++) {
        corners[0] = dki_interval_end_divide(x->least, low, sign, factor, up, fits);
        corners[1] = dki_interval_end_divide(x->least, high, sign, factor, up, fits);
        corners[2] = dki_interval_end_divide(x->greatest, low, sign, factor, up, fits);
        corners[3] = dki_interval_end_divide(x->greatest, high, sign, factor, up, fits);
        if (up)
            made.greatest = dki_interval_ends_span(corners, 0).greatest;
        else
            made.least = dki_interval_ends_span(corners, 0).least;
    }
    made.marks = 0;
    made.is_null = false;
    return made;
}

dki_interval_ends dki_interval_ends_quotient(const dki_interval_ends *x, const dki_interval_ends *y,
                                             dki_i128 factor, bool *fits)
{
    dki_interval_ends made = DKI_INTERVAL_ENDS_NULL, other;
    bool has_positive = dki_interval_end_sign(y->greatest) > 0, has_negative = dki_interval_end_sign(y->least) < 0;
    dki_interval_end zero = dki_interval_end_known(0);

    if (has_positive)
        made = divide_by(x, dki_interval_end_sign(y->least) > 0 ? y->least : zero, y->greatest, 1, factor, fits);
    if (has_negative) {
        other =
            divide_by(x, y->least, dki_interval_end_sign(y->greatest) < 0 ? y->greatest : zero, -1, factor, fits);
        if (has_positive && dki_interval_end_compare(made.least, other.least) < 0)
            other.least = made.least;
        if (has_positive && dki_interval_end_compare(made.greatest, other.greatest) > 0)
            other.greatest = made.greatest;
        made = other;
    }
    made.marks = x->marks | y->marks | (dki_interval_ends_may_be_zero(y) ? DKI_MARK_MAY_BE_NULL : 0);
    return made;
}
