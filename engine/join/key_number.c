/* key_number.c - the nearest value of the other type is taken, and compared. */
#include "key_number.h"

#include <math.h>
#include <string.h>

#include "base/number.h"

/* The ratio that a double is, where it fits in 64 bits. */
static bool real_ratio(double value, dk_ratio *out)
{
    int exponent;
    int64_t mantissa = (int64_t)ldexp(frexp(value, &exponent), 53);

    exponent -= 53;
    while (mantissa != 0 && mantissa % 2 == 0) {
        mantissa /= 2;
        exponent++;
    }
    if (mantissa == 0)
        exponent = 0;
    if (exponent > 62 || exponent < -62)
        return false;
    *out = (dk_ratio){ mantissa, 1 };
    if (exponent < 0)
        out->denominator = INT64_C(1) << -exponent;
    else
        return !dki_mul_i64(mantissa, INT64_C(1) << exponent, &out->numerator);
    return true;
}

static bool as_ratio(const dk_value *value, dk_ratio *out)
{
    switch (value->type) {
    case DK_RATIO: *out = value->as.ratio; return true;
    case DK_REAL: return real_ratio(value->as.real, out);
    case DK_DECIMAL: return dki_ratio_make(value->as.integer, dki_power10[value->scale], out);
    default: *out = (dk_ratio){ value->as.integer, 1 }; return true;
    }
}

bool dki_number_as(const dk_value *value, dk_type type, uint8_t scale, dk_value *out)
{
    dk_value same = { .type = type, .scale = scale };
    dki_i128 rounded;

    switch (type) {
    case DK_RATIO:
        if (!as_ratio(value, &same.as.ratio))
            return false;
        break;
    case DK_REAL:
        if (value->type == DK_REAL)
            same.as.real = value->as.real;
        else if (value->type == DK_RATIO)
            same.as.real = dki_ratio_real(value->as.ratio);
        else
            same.as.real = dki_decimal_real(value->as.integer, value->type == DK_DECIMAL ? value->scale : 0);
        break;
    default:
        if (!dki_round_value(value, type == DK_DECIMAL ? scale : 0, &rounded) || !dki_fits_i64(rounded))
            return false;
        same.as.integer = (int64_t)rounded;
    }
    if (dk_value_compare(value, &same) != 0)
        return false;
    *out = same;
    return true;
}
