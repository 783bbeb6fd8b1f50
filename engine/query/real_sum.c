/* real_sum.c - exact sums of doubles.
 *
 * A double is an integer of 53 bits times a power of two, so a sum of doubles is one long integer in units of the least
 * double. It is kept in 64-bit limbs; a term touches three of them and whatever a carry or a borrow runs through. Integers
 * add up the same in any order, which is the point; there is one rounding, in the end.
 *
 * Invariants: the limbs are the sum modulo 2^2240 and the sum is far smaller, so nothing is ever lost.
 */
#include "real_sum.h"

#include <math.h>
#include <string.h>

#define LEAST_EXPONENT (-1074) /* of bit 0 */

/* Adds part * 2^(64 * at) and lets the carry run. */
static void add_at(uint64_t *limbs, size_t at, uint64_t low, uint64_t middle, uint64_t high)
{
    const uint64_t parts[3] = { low, middle, high };
    unsigned carry = 0;

    for (size_t i = at; i < DKI_REAL_LIMBS && (i < at + 3 || carry); i++) {
        uint64_t part = i < at + 3 ? parts[i - at] : 0;
        uint64_t sum = limbs[i] + part;
        unsigned over = sum < part;

        limbs[i] = sum + carry;
        carry = over | (limbs[i] < sum);
    }
}

static void subtract_at(uint64_t *limbs, size_t at, uint64_t low, uint64_t middle, uint64_t high)
{
    const uint64_t parts[3] = { low, middle, high };
    unsigned borrow = 0;

    for (size_t i = at; i < DKI_REAL_LIMBS && (i < at + 3 || borrow); i++) {
        uint64_t part = i < at + 3 ? parts[i - at] : 0;
        uint64_t limb = limbs[i];
        uint64_t rest = limb - part;

        limbs[i] = rest - borrow;
        borrow = (limb < part) | (rest < borrow);
    }
}

void dki_real_sum_add(dki_real_sum *sum, double value, int64_t weight)
{
    uint64_t bits, mantissa, factor, low, middle, high;
    unsigned exponent, shift;
    bool negative;
    dki_u128 product;

    memcpy(&bits, &value, sizeof bits);
    mantissa = bits & ((UINT64_C(1) << 52) - 1);
    exponent = (unsigned)(bits >> 52 & 0x7ff);
    if (exponent)
        mantissa |= UINT64_C(1) << 52;
    else
        exponent = 1; /* subnormal: the same unit as the least normal ones */
    factor = weight < 0 ? 0 - (uint64_t)weight : (uint64_t)weight;
    negative = (bits >> 63 != 0) != (weight < 0);
    if (mantissa == 0 || factor == 0)
        return;
    product = (dki_u128)mantissa * factor;
    shift = (exponent - 1) % 64;
    low = (uint64_t)product << shift;
    middle = (uint64_t)(product >> 64) << shift;
    high = 0;
    if (shift) {
        middle |= (uint64_t)product >> (64 - shift);
        high = (uint64_t)(product >> 64) >> (64 - shift);
    }
    if (negative)
        subtract_at(sum->limbs, (exponent - 1) / 64, low, middle, high);
    else
        add_at(sum->limbs, (exponent - 1) / 64, low, middle, high);
}

void dki_real_sum_merge(dki_real_sum *sum, const dki_real_sum *other)
{
    unsigned carry = 0;

    for (size_t i = 0; i < DKI_REAL_LIMBS; i++) {
        uint64_t part = other->limbs[i];
        uint64_t both = sum->limbs[i] + part;
        unsigned over = both < part;

        sum->limbs[i] = both + carry;
        carry = over | (sum->limbs[i] < both);
    }
}

/* limbs /= divisor; returns the remainder. */
static dki_u128 divide(uint64_t *limbs, dki_u128 divisor)
{
    dki_u128 remainder = 0;

    if (divisor >> 64 == 0) {
        for (size_t i = DKI_REAL_LIMBS; i-- > 0;) {
            dki_u128 part = remainder << 64 | limbs[i];

            limbs[i] = (uint64_t)(part / divisor);
            remainder = part % divisor;
        }
        return remainder;
    }
    for (size_t bit = DKI_REAL_LIMBS * 64; bit-- > 0;) { /* rare: a sum of weights beyond 64 bits */
        bool top = remainder >> 127 != 0;

        remainder = remainder << 1 | (limbs[bit / 64] >> (bit % 64) & 1);
        limbs[bit / 64] &= ~(UINT64_C(1) << (bit % 64));
        if (top || remainder >= divisor) {
            remainder -= divisor;
            limbs[bit / 64] |= UINT64_C(1) << (bit % 64);
        }
    }
    return remainder;
}

/* 64 bits from bit `from` on. */
static uint64_t bits_at(const uint64_t *limbs, size_t from)
{
    size_t at = from / 64, shift = from % 64;
    uint64_t bits = limbs[at] >> shift;

    if (shift && at + 1 < DKI_REAL_LIMBS)
        bits |= limbs[at + 1] << (64 - shift);
    return bits;
}

static bool any_below(const uint64_t *limbs, size_t bit)
{
    for (size_t i = 0; i < bit / 64; i++) {
        if (limbs[i])
            return true;
    }
    return bit % 64 && (limbs[bit / 64] & ((UINT64_C(1) << (bit % 64)) - 1));
}

bool dki_real_sum_round(const dki_real_sum *sum, dki_u128 divisor, double *out)
{
    uint64_t limbs[DKI_REAL_LIMBS];
    bool negative = sum->limbs[DKI_REAL_LIMBS - 1] >> 63;
    dki_u128 remainder;
    size_t top; /* bits of the quotient */
    uint64_t mantissa;
    bool up;
    double value;

    memcpy(limbs, sum->limbs, sizeof limbs);
    if (negative) {
        bool carry = true;

        for (size_t i = 0; i < DKI_REAL_LIMBS; i++) {
            limbs[i] = ~limbs[i] + carry;
            carry = carry && limbs[i] == 0;
        }
    }
    remainder = divide(limbs, divisor);
    for (top = DKI_REAL_LIMBS * 64; top > 0 && !(limbs[(top - 1) / 64] >> ((top - 1) % 64) & 1); top--)
        continue;
    if (top <= 53) { /* every bit of the quotient fits; what remains decides on the rounding */
        dki_u128 other_half = divisor - remainder;

        mantissa = limbs[0];
        up = remainder > other_half || (remainder == other_half && (mantissa & 1));
        value = ldexp((double)(mantissa + up), LEAST_EXPONENT);
    } else {
        size_t cut = top - 53;

        mantissa = bits_at(limbs, cut) & ((UINT64_C(1) << 53) - 1);
        up = limbs[(cut - 1) / 64] >> ((cut - 1) % 64) & 1;
        if (up && remainder == 0 && !any_below(limbs, cut - 1))
            up = mantissa & 1;
        value = ldexp((double)(mantissa + up), LEAST_EXPONENT + (int)cut);
    }
    if (isinf(value))
        return false;
    *out = negative && value != 0 ? -value : value;
    return true;
}
