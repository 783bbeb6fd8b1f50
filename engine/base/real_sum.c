/* real_sum.c - exact sums of doubles.
 *
 * A double is an integer of 53 bits times a power of two, so a sum of doubles is one long integer in units of the
 * least double. It is kept in 64-bit limbs; a term touches three of them and whatever a carry or a borrow runs
 * through. Integers add up the same in any order, which is the point; there is one rounding, in the end.
 *
 * Invariants: the limbs are the sum modulo 2^2240 and the sum is far smaller, so nothing is ever lost.
 */
#include "real_sum.h"

#include <math.h>
#include <string.h>

#include "bit_length.h"

#define LEAST_EXPONENT (-1074)   /* of bit 0 */
#define SHORT_PLACE (1074 - 128) /* of bit 0 of a short sum */

/* A term: whole number times a power of two, shifted to begin in a limb. */
struct term {
    uint64_t parts[3];
    bool negative;
};

/* Adds the parts from limb `at` on, and lets the carry run. */
static void add_at(uint64_t *limbs, size_t n_limbs, size_t at, const struct term *term)
{
    unsigned carry = 0;

    for (size_t i = at; i < n_limbs && (i < at + 3 || carry); i++) {
        uint64_t part = i < at + 3 ? term->parts[i - at] : 0;
        uint64_t sum = limbs[i] + part;
        unsigned over = sum < part;

        limbs[i] = sum + carry;
        carry = over | (limbs[i] < sum);
    }
}

static void subtract_at(uint64_t *limbs, size_t n_limbs, size_t at, const struct term *term)
{
    unsigned borrow = 0;

    for (size_t i = at; i < n_limbs && (i < at + 3 || borrow); i++) {
        uint64_t part = i < at + 3 ? term->parts[i - at] : 0;
        uint64_t limb = limbs[i];
        uint64_t rest = limb - part;

        limbs[i] = rest - borrow;
        borrow = (limb < part) | (rest < borrow);
    }
}

/* Takes weight * value apart: a whole number, and its place above 2^-1074. Returns false for 0. */
static bool take_apart(double value, int64_t weight, dki_u128 *product, unsigned *place, bool *negative)
{
    uint64_t bits, mantissa, factor;
    unsigned exponent;

    memcpy(&bits, &value, sizeof bits);
    mantissa = bits & ((UINT64_C(1) << 52) - 1);
    exponent = (unsigned)(bits >> 52 & 0x7ff);
    if (exponent)
        mantissa |= UINT64_C(1) << 52;
    else
        exponent = 1; /* subnormal: the same unit as the least normal ones */
    factor = weight < 0 ? 0 - (uint64_t)weight : (uint64_t)weight;
    *negative = (bits >> 63 != 0) != (weight < 0);
    *product = (dki_u128)mantissa * factor;
    *place = exponent - 1;
    return *product != 0;
}

static struct term shift_term(dki_u128 product, unsigned shift, bool negative)
{
    uint64_t low = (uint64_t)product, high = (uint64_t)(product >> 64);
    struct term term = { { low << shift, high << shift, 0 }, negative };

    if (shift) {
        term.parts[1] |= low >> (64 - shift);
        term.parts[2] = high >> (64 - shift);
    }
    return term;
}

static void apply(uint64_t *limbs, size_t n_limbs, size_t at, const struct term *term)
{
    if (term->negative)
        subtract_at(limbs, n_limbs, at, term);
    else
        add_at(limbs, n_limbs, at, term);
}

void dki_real_sum_add(dki_real_sum *sum, double value, int64_t weight)
{
    dki_u128 product;
    unsigned place;
    bool negative;

    if (take_apart(value, weight, &product, &place, &negative)) {
        struct term term = shift_term(product, place % 64, negative);

        apply(sum->limbs, DKI_REAL_LIMBS, place / 64, &term);
    }
}

bool dki_short_sum_add(dki_short_sum *sum, double value, int64_t weight)
{
    dki_u128 product;
    unsigned place;
    bool negative;
    struct term term;

    if (!take_apart(value, weight, &product, &place, &negative))
        return true;
    if (place < SHORT_PLACE || place - SHORT_PLACE + dki_bit_length_wide(product) > 128 + 62)
        return false;
    place -= SHORT_PLACE;
    term = shift_term(product, place % 64, negative);
    apply(sum->limbs, DKI_SHORT_LIMBS, place / 64, &term);
    return true;
}

/* Whether a term of so many bits has room at that place. */
static bool has_room(size_t n, int place, unsigned bits)
{
    return place >= 0 && (size_t)place + bits + 66 <= n * 64;
}

static void apply_product(uint64_t *limbs, size_t n, dki_u128 product, unsigned place, bool negative)
{
    struct term term = shift_term(product, place % 64, negative);

    apply(limbs, n, place / 64, &term);
}

bool dki_fixed_add(uint64_t *limbs, size_t n, unsigned below, double value, int64_t weight)
{
    dki_u128 product;
    unsigned place;
    bool negative;
    int at;

    if (!take_apart(value, weight, &product, &place, &negative))
        return true;
    at = (int)place + LEAST_EXPONENT + (int)below;
    if (!has_room(n, at, dki_bit_length_wide(product)))
        return false;
    apply_product(limbs, n, product, (unsigned)at, negative);
    return true;
}

bool dki_fixed_add_product(uint64_t *limbs, size_t n, unsigned below, double a, double b, int64_t weight)
{
    dki_u128 x, y;
    unsigned place_a, place_b, bits;
    bool negative_a, negative_b;
    int at;

    if (weight == 0 || !take_apart(a, 1, &x, &place_a, &negative_a) || !take_apart(b, 1, &y, &place_b, &negative_b))
        return true;
    x *= y; /* 106 bits at most: the weight is multiplied with the upper and the lower 64 */
    at = (int)(place_a + place_b) + 2 * LEAST_EXPONENT + (int)below;
    bits = dki_bit_length_wide(x) + (weight > 1 ? dki_bit_length_wide((dki_u128)weight) : 0);
    if (!has_room(n, at, bits))
        return false;
    apply_product(limbs, n, (uint64_t)x * (dki_u128)weight, (unsigned)at, negative_a != negative_b);
    if (x >> 64)
        apply_product(limbs, n, (x >> 64) * (uint64_t)weight, (unsigned)at + 64, negative_a != negative_b);
    return true;
}

bool dki_short_sum_add_one(dki_short_sum *sum, double value)
{
    uint64_t bits, mantissa, *limbs = sum->limbs;
    unsigned exponent, place, at;
    dki_u128 term, before, after;

    memcpy(&bits, &value, sizeof bits);
    exponent = (unsigned)(bits >> 52 & 0x7ff);
    if (exponent == 0 || exponent - 1 - SHORT_PLACE > 128 + 62 - 53) /* subnormal, too small or too large */
        return dki_short_sum_add(sum, value, 1);
    mantissa = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
    place = exponent - 1 - SHORT_PLACE;
    at = place / 64;
    term = (dki_u128)mantissa << place % 64;
    before = (dki_u128)limbs[at + 1] << 64 | limbs[at];
    if (bits >> 63) {
        bool borrow = before < term;

        after = before - term;
        for (unsigned i = at + 2; borrow && i < DKI_SHORT_LIMBS; i++)
            borrow = limbs[i]-- == 0;
    } else {
        bool carry;

        after = before + term;
        carry = after < term;
        for (unsigned i = at + 2; carry && i < DKI_SHORT_LIMBS; i++)
            carry = ++limbs[i] == 0;
    }
    limbs[at] = (uint64_t)after;
    limbs[at + 1] = (uint64_t)(after >> 64);
    return true;
}

double dki_short_sum_round(const dki_short_sum *sum, uint64_t divisor)
{
    uint64_t limbs[2 * DKI_SHORT_LIMBS] = { 0 }, *whole = limbs + DKI_SHORT_LIMBS, rest = 0, mantissa, half;
    bool negative = sum->limbs[DKI_SHORT_LIMBS - 1] >> 63, carry = true, sticky;
    size_t n = sizeof limbs / sizeof *limbs, top, cut;

    for (size_t i = 0; i < DKI_SHORT_LIMBS; i++) {
        whole[i] = negative ? ~sum->limbs[i] + carry : sum->limbs[i];
        carry = carry && whole[i] == 0;
    }
    while (n > DKI_SHORT_LIMBS && limbs[n - 1] == 0)
        n--;
    if (n == DKI_SHORT_LIMBS)
        return 0;
    for (size_t i = n; divisor > 1 && i-- > 0;) { /* limbs below the whole ones take what does not come out even */
        dki_u128 part = (dki_u128)rest << 64 | limbs[i];

        limbs[i] = (uint64_t)(part / divisor);
        rest = (uint64_t)(part % divisor);
    }
    while (limbs[n - 1] == 0)
        n--;
    top = n * 64 - (size_t)__builtin_clzll(limbs[n - 1]);
    cut = top - 53; /* there are 256 bits below, and a divisor has 64 */
    mantissa = limbs[cut / 64] >> cut % 64;
    if (cut % 64 && cut / 64 + 1 < n)
        mantissa |= limbs[cut / 64 + 1] << (64 - cut % 64);
    mantissa &= (UINT64_C(1) << 53) - 1;
    half = limbs[(cut - 1) / 64] >> (cut - 1) % 64 & 1;
    sticky = rest || (limbs[(cut - 1) / 64] & ((UINT64_C(1) << (cut - 1) % 64) - 1));
    for (size_t i = 0; i < (cut - 1) / 64; i++)
        sticky = sticky || limbs[i];
    mantissa += half && (sticky || (mantissa & 1));
    return ldexp(negative ? -(double)mantissa : (double)mantissa, (int)cut - 128 - 64 * DKI_SHORT_LIMBS);
}

static void merge_limbs(uint64_t *limbs, const uint64_t *others, size_t n_limbs)
{
    unsigned carry = 0;

    for (size_t i = 0; i < n_limbs; i++) {
        uint64_t part = others[i];
        uint64_t both = limbs[i] + part;
        unsigned over = both < part;

        limbs[i] = both + carry;
        carry = over | (limbs[i] < both);
    }
}

void dki_fixed_merge(uint64_t *limbs, const uint64_t *other, size_t n)
{
    merge_limbs(limbs, other, n);
}

void dki_short_sum_merge(dki_short_sum *sum, const dki_short_sum *other)
{
    merge_limbs(sum->limbs, other->limbs, DKI_SHORT_LIMBS);
}

void dki_real_sum_merge_short(dki_real_sum *sum, const dki_short_sum *other)
{
    uint64_t sign = other->limbs[DKI_SHORT_LIMBS - 1] >> 63 ? ~UINT64_C(0) : 0;
    uint64_t limbs[DKI_REAL_LIMBS] = { 0 };
    uint64_t before = 0;

    for (size_t i = SHORT_PLACE / 64; i < DKI_REAL_LIMBS; i++) { /* with the sign all the way up */
        size_t from = i - SHORT_PLACE / 64;
        uint64_t limb = from < DKI_SHORT_LIMBS ? other->limbs[from] : sign;

        limbs[i] = limb << SHORT_PLACE % 64 | before >> (64 - SHORT_PLACE % 64);
        before = limb;
    }
    merge_limbs(sum->limbs, limbs, DKI_REAL_LIMBS);
}

void dki_real_sum_merge(dki_real_sum *sum, const dki_real_sum *other)
{
    merge_limbs(sum->limbs, other->limbs, DKI_REAL_LIMBS);
}

/* Limbs up to the last that is not 0. */
static size_t used_limbs(const uint64_t *limbs)
{
    size_t n = DKI_REAL_LIMBS;

    while (n > 0 && limbs[n - 1] == 0)
        n--;
    return n;
}

/* limbs /= divisor; returns the remainder. */
static dki_u128 divide(uint64_t *limbs, dki_u128 divisor)
{
    dki_u128 remainder = 0;

    if (divisor == 1)
        return 0;
    if (divisor >> 64 == 0) {
        for (size_t i = used_limbs(limbs); i-- > 0;) {
            dki_u128 part = remainder << 64 | limbs[i];

            limbs[i] = (uint64_t)(part / divisor);
            remainder = part % divisor;
        }
        return remainder;
    }
    for (size_t bit = used_limbs(limbs) * 64; bit-- > 0;) { /* rare: a sum of weights beyond 64 bits */
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
    top = used_limbs(limbs) * 64;
    if (top > 0)
        top -= (size_t)__builtin_clzll(limbs[top / 64 - 1]);
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
