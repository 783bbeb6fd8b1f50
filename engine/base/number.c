/* number.c - exact arithmetic on decimals and ratios, and their comparison with doubles.
 *
 * A ratio has parts of 64 bits and a positive denominator, so that products of two parts fit in 128 bits and every
 * comparison is exact. A double is taken for what it is, m * 2^e with whole m.
 */
#include "number.h"

#include <float.h>
#include <math.h>

#include "bit_length.h"

const int64_t dki_power10[19] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};

static dki_u128 magnitude(dki_i128 value)
{
    return value < 0 ? -(dki_u128)value : (dki_u128)value;
}

bool dki_rescale(int64_t value, unsigned from, unsigned to, int64_t *out)
{
    unsigned places = to >= from ? to - from : from - to;
    int64_t scaled = 0;

    if (value != 0) {
        if (places > 18)
            return false;
        if (to < from) {
            if (value % dki_power10[places] != 0)
                return false;
            scaled = value / dki_power10[places];
        } else if (dki_mul_i64(value, dki_power10[places], &scaled)) {
            return false;
        }
    }
    *out = scaled;
    return true;
}

/* Ratios ------------------------------------------------------------------------------------------------------- */

/* The greatest common divisor; b > 0. One division, then differences of odd numbers: two thirds of the time that
 * divisions take. */
static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    int zeros;

    a %= b;
    if (a == 0)
        return b;
    zeros = __builtin_ctzll(a | b);
    a >>= __builtin_ctzll(a);
    b >>= __builtin_ctzll(b);
    while (a != b) {
        uint64_t difference = a > b ? a - b : b - a;

        b = a < b ? a : b;
        a = difference >> __builtin_ctzll(difference);
    }
    return a << zeros;
}

static dki_u128 wide_common_divisor(dki_u128 a, dki_u128 b)
{
    while (b > UINT64_MAX) {
        dki_u128 rest = a % b;

        a = b;
        b = rest;
    }
    if (b == 0)
        return a;
    return common_divisor((uint64_t)(a % b), (uint64_t)b);
}

int64_t dki_common_divisor(int64_t a, int64_t b)
{
    uint64_t x = a < 0 ? -(uint64_t)a : (uint64_t)a, y = b < 0 ? -(uint64_t)b : (uint64_t)b;

    return (int64_t)(y ? common_divisor(x, y) : x);
}

bool dki_ratio_make(dki_i128 numerator, dki_i128 denominator, dk_ratio *out)
{
    bool negative = (numerator < 0) != (denominator < 0);
    dki_u128 n = magnitude(numerator), d = magnitude(denominator);

    if (d == 0)
        return false;
    if (n <= UINT64_MAX && d <= UINT64_MAX) {
        uint64_t divisor = common_divisor((uint64_t)n, (uint64_t)d);

        if (divisor > 1) {
            n = (uint64_t)n / divisor;
            d = (uint64_t)d / divisor;
        }
    } else {
        dki_u128 divisor = wide_common_divisor(n, d);

        n /= divisor;
        d /= divisor;
    }
    if (d > INT64_MAX || n > (dki_u128)INT64_MAX + (negative ? 1 : 0))
        return false;
    out->numerator = negative ? (int64_t) - (uint64_t)n : (int64_t)n;
    out->denominator = (int64_t)d;
    return true;
}

/* a/b + sign * c/d: the products fit in 126 bits, and so does their sum in 127. */
static bool add(dk_ratio a, dk_ratio b, int sign, dk_ratio *out)
{
    dki_i128 left = (dki_i128)a.numerator * b.denominator;
    dki_i128 right = (dki_i128)b.numerator * a.denominator;

    if (a.denominator == b.denominator) /* as rates of one group often are: for speed alone */
        return dki_ratio_make((dki_i128)a.numerator + (dki_i128)sign * b.numerator, a.denominator, out);
    return dki_ratio_make(sign > 0 ? left + right : left - right, (dki_i128)a.denominator * b.denominator, out);
}

bool dki_ratio_add(dk_ratio a, dk_ratio b, dk_ratio *out)
{
    return add(a, b, 1, out);
}

bool dki_ratio_sub(dk_ratio a, dk_ratio b, dk_ratio *out)
{
    return add(a, b, -1, out);
}

bool dki_ratio_mul(dk_ratio a, dk_ratio b, dk_ratio *out)
{
    return dki_ratio_make((dki_i128)a.numerator * b.numerator, (dki_i128)a.denominator * b.denominator, out);
}

bool dki_ratio_div(dk_ratio a, dk_ratio b, dk_ratio *out)
{
    if (a.denominator == b.denominator) /* as two decimals of one scale have it: for speed alone */
        return dki_ratio_make(a.numerator, b.numerator, out);
    return dki_ratio_make((dki_i128)a.numerator * b.denominator, (dki_i128)a.denominator * b.numerator, out);
}

int dki_ratio_compare(dk_ratio a, dk_ratio b)
{
    dki_i128 left = (dki_i128)a.numerator * b.denominator;
    dki_i128 right = (dki_i128)b.numerator * a.denominator;

    return (left > right) - (left < right);
}

/* |b| as m * 2^e with m < 2^53. */
static uint64_t split(double b, int *e)
{
    double fraction = frexp(fabs(b), e);

    *e -= DBL_MANT_DIG;
    return (uint64_t)ldexp(fraction, DBL_MANT_DIG);
}

int dki_ratio_compare_real(dk_ratio a, double b)
{
    int sign_a = (a.numerator > 0) - (a.numerator < 0);
    int sign_b = (b > 0) - (b < 0);
    dki_u128 left, right;
    int e, order;

    if (sign_a != sign_b)
        return sign_a > sign_b ? 1 : -1;
    if (sign_a == 0)
        return 0;
    if (isinf(b)) /* no value is: but a number of the host's may be */
        return -sign_b;
    /* |numerator| against m * denominator * 2^e: the product stays under 2^116. */
    left = magnitude(a.numerator);
    right = (dki_u128)split(b, &e) * (uint64_t)a.denominator;
    if (e >= 0) {
        if (dki_bit_length_wide(right) + (unsigned)e > 127)
            order = -1;
        else
            order = (left > right << e) - (left < right << e);
    } else {
        if (dki_bit_length_wide(left) + (unsigned)-e > 127)
            order = 1;
        else
            order = (left << -e > right) - (left << -e < right);
    }
    return sign_a * order;
}

int dki_i64_compare_real(int64_t a, unsigned scale, double b)
{
    return dki_ratio_compare_real((dk_ratio){ a, dki_power10[scale] }, b);
}

int dki_decimal_compare(int64_t a, unsigned a_scale, int64_t b, unsigned b_scale)
{
    dki_i128 left = (dki_i128)a * dki_power10[b_scale];
    dki_i128 right = (dki_i128)b * dki_power10[a_scale];

    return (left > right) - (left < right);
}

/* The quotient is brought to 55 bits, the last of which stands for all that was cut: one rounding to 53 is left. */
double dki_ratio_real(dk_ratio a)
{
    dki_u128 n = magnitude(a.numerator), quotient;
    int shift, excess;
    bool rest;
    double real;

    if (n == 0)
        return 0.0;
    shift = 126 - (int)dki_bit_length_wide(n);
    quotient = (n << shift) / (uint64_t)a.denominator;
    rest = (n << shift) % (uint64_t)a.denominator != 0;
    excess = (int)dki_bit_length_wide(quotient) - 55;
    if (excess > 0) {
        rest |= (quotient & (((dki_u128)1 << excess) - 1)) != 0;
        quotient >>= excess;
    } else {
        excess = 0;
    }
    real = ldexp((double)((uint64_t)quotient | rest), excess - shift);
    return a.numerator < 0 ? -real : real;
}

double dki_decimal_real(int64_t value, unsigned scale)
{
    /* Speed: both are exact as doubles (10^18 is 5^18 * 2^18), so that the division rounds once. */
    if (value > -(INT64_C(1) << DBL_MANT_DIG) && value < INT64_C(1) << DBL_MANT_DIG)
        return (double)value / (double)dki_power10[scale];
    return dki_ratio_real((dk_ratio){ value, dki_power10[scale] });
}

/* Rounding ----------------------------------------------------------------------------------------------------- */

dki_i128 dki_divide_outward(dki_i128 numerator, dki_i128 denominator, bool upward)
{
    dki_i128 quotient = numerator / denominator, rest = numerator % denominator;

    return quotient + (upward && rest > 0) - (!upward && rest < 0);
}

dki_i128 dki_divide_round(dki_i128 numerator, dki_i128 denominator)
{
    dki_i128 quotient = numerator / denominator;
    dki_i128 rest = numerator % denominator;

    if (rest < 0)
        rest = -rest;
    if (rest >= denominator - rest)
        quotient += numerator < 0 ? -1 : 1;
    return quotient;
}

static bool round_real(double value, unsigned digits, dki_i128 *out)
{
    int e;
    dki_i128 scaled;

    if (value == 0) {
        *out = 0;
        return true;
    }
    scaled = (dki_i128)split(value, &e) * dki_power10[digits]; /* under 2^113 */
    if (e >= 0) {
        if (dki_bit_length_wide((dki_u128)scaled) + (unsigned)e > 127)
            return false;
        scaled <<= e;
    } else if (-e > 126) {
        scaled = 0;
    } else {
        scaled = dki_divide_round(scaled, (dki_i128)1 << -e);
    }
    *out = value < 0 ? -scaled : scaled;
    return true;
}

bool dki_round_value(const dk_value *number, unsigned digits, dki_i128 *out)
{
    if (number->is_null || digits > 18)
        return false;
    switch (number->type) {
    case DK_INTEGER: *out = (dki_i128)number->as.integer * dki_power10[digits]; return true;
    case DK_DECIMAL:
        if (number->scale <= digits)
            *out = (dki_i128)number->as.integer * dki_power10[digits - number->scale];
        else
            *out = dki_divide_round(number->as.integer, dki_power10[number->scale - digits]);
        return true;
    case DK_RATIO:
        *out = dki_divide_round((dki_i128)number->as.ratio.numerator * dki_power10[digits],
                                number->as.ratio.denominator);
        return true;
    case DK_REAL: return round_real(number->as.real, digits, out);
    default: return false;
    }
}
