/* moments.c - exact sums of values and products, and central moments taken from them.
 *
 * With n values, n * sum(x * y) - sum(x) * sum(y) is a whole number in the unit of a product, and nothing cancels in
 * it, however far the values lie from 0. A variance is that, divided by n (n - 1).
 *
 *   form     a value's sum                      a product's sum
 *   narrow   1 limb                             1 limb
 *   whole    2 limbs: 2^63 * 2^64 rows          3 limbs: 2^126 * 2^64 rows, or 2^62 of weights
 *   real     4 limbs, bit 0 is 2^-128           8 limbs, bit 0 is 2^-256
 *   longs    35 limbs, bit 0 is 2^-1074         70 limbs, bit 0 is 2^-2148
 *
 * Invariants: no sum ever passes its limbs. Cost of a result: some hundred word operations, some thousand where a
 * group has longs.
 */
#include "moments.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/real_sum.h"

#define VALUE_BELOW 128
#define PRODUCT_BELOW 256
#define LONG_BELOW 1074
#define LONG_LIMBS 35
#define MOST_LIMBS (2 * LONG_LIMBS + 8) /* of a central moment, with room above and below */
#define SPARE_LIMBS 5                   /* below: four divisors of 64 bits leave at least 64 bits */

static bool is_product(unsigned moment)
{
    return moment >= DKI_MOMENT_XX;
}

static size_t limbs_of(dki_moment_form form, unsigned moment)
{
    static const uint8_t limbs[][2] = { { 1, 1 }, { 2, 3 }, { 4, 8 } };

    return limbs[form][is_product(moment)];
}

void dki_moments_init(dki_moments *moments, dk_context *context, dki_moment_form form, unsigned set)
{
    memset(moments, 0, sizeof *moments);
    moments->context = context;
    moments->form = form;
    moments->set = set;
    for (unsigned k = 0; k < DKI_MOMENTS; k++) {
        moments->at[k] = (uint8_t)moments->n_limbs;
        if (set >> k & 1)
            moments->n_limbs += limbs_of(form, k);
    }
    moments->stride = form != DKI_MOMENTS_NARROW ? moments->n_limbs : moments->n_limbs > 3 ? 8 : 4;
}

void dki_moments_drop(dki_moments *moments)
{
    for (size_t i = 0; moments->longs && i < moments->n; i++)
        dki_free(moments->context, moments->longs[i]);
    dki_free(moments->context, (void *)moments->longs);
    dki_free(moments->context, moments->records);
    memset(moments, 0, sizeof *moments);
}

dk_status dki_moments_room(dki_moments *moments, size_t n, dk_error *err)
{
    size_t item = moments->stride * sizeof *moments->records, size;
    dk_status status;

    if (n <= moments->n)
        return DK_OK;
    if (dki_mul_size(n, item, &size))
        size = SIZE_MAX;
    if (moments->records == NULL) /* wide: no record lies in two lines of cache where one holds it */
        moments->records = dki_alloc_wide(moments->context, size, err);
    else if (dki_resize(moments->context, (void **)&moments->records, size, err) != DK_OK)
        return DK_ERR_MEMORY;
    status = moments->records ? DK_OK : DK_ERR_MEMORY;
    if (status == DK_OK && moments->form == DKI_MOMENTS_REAL)
        status = dki_resize(moments->context, (void **)&moments->longs, n * sizeof *moments->longs, err);
    if (status != DK_OK)
        return status;
    memset(moments->records + moments->n * moments->stride, 0, (n - moments->n) * item);
    if (moments->longs)
        memset(moments->longs + moments->n, 0, (n - moments->n) * sizeof *moments->longs);
    moments->n = n;
    return DK_OK;
}

/* Adding. ------------------------------------------------------------------------------------------------------ */

/* Adds term * weight, of at most 188 bits and a sign. */
static void add_words(uint64_t *limbs, size_t n, dki_i128 term, uint64_t weight)
{
    dki_u128 magnitude = term < 0 ? 0 - (dki_u128)term : (dki_u128)term;
    dki_u128 low = (dki_u128)(uint64_t)magnitude * weight;
    dki_u128 high = (magnitude >> 64) * weight + (low >> 64);
    uint64_t words[3] = { (uint64_t)low, (uint64_t)high, (uint64_t)(high >> 64) };

    if (term < 0) {
        uint64_t carry = 1;

        for (size_t i = 0; i < 3; i++) {
            words[i] = ~words[i] + carry;
            carry = carry && words[i] == 0;
        }
    }
    dki_fixed_merge(limbs, words, n);
}

void dki_moments_add_whole(dki_moments *moments, size_t group, int64_t x, int64_t y, int64_t weight)
{
    uint64_t *record = moments->records + group * moments->stride;
    const int64_t factors[DKI_MOMENTS][2] = { { x, 1 }, { y, 1 }, { x, x }, { y, y }, { x, y } };

    for (unsigned k = 0; k < DKI_MOMENTS; k++) {
        if (moments->set >> k & 1)
            add_words(record + moments->at[k], is_product(k) ? 3 : 2, (dki_i128)factors[k][0] * factors[k][1],
                      (uint64_t)weight);
    }
}

void dki_moments_add_sums(const dki_moments *moments, size_t group, uint64_t n, int64_t least, uint64_t sum,
                          dki_u128 squares)
{
    uint64_t *record = moments->records + group * moments->stride, from = (uint64_t)least;
    const uint64_t x[] = { sum, 0 }, xx[] = { (uint64_t)squares, (uint64_t)(squares >> 64), 0 };

    if (moments->form == DKI_MOMENTS_NARROW) { /* read as signed numbers: sums of x itself, which fit */
        record[0] += sum + n * from;
        record[1] += (uint64_t)squares + 2 * from * sum + n * from * from;
        return;
    }
    dki_fixed_merge(record, x, 2);
    dki_fixed_merge(record + 2, xx, 3);
}

/* Where moment k begins in a long record. */
static size_t long_at(const dki_moments *moments, unsigned k)
{
    size_t at = 0;

    for (unsigned i = 0; i < k; i++)
        at += moments->set >> i & 1 ? (is_product(i) ? 2 : 1) * LONG_LIMBS : 0;
    return at;
}

static uint64_t *long_record(dki_moments *moments, size_t group, dk_error *err)
{
    if (moments->longs[group] == NULL)
        moments->longs[group] =
            dki_calloc(moments->context, long_at(moments, DKI_MOMENTS), sizeof **moments->longs, err);
    return moments->longs[group];
}

static bool add_term(uint64_t *limbs, size_t n, unsigned below, unsigned moment, double x, double y, int64_t weight)
{
    switch (moment) {
    case DKI_MOMENT_X: return dki_fixed_add(limbs, n, below, x, weight);
    case DKI_MOMENT_Y: return dki_fixed_add(limbs, n, below, y, weight);
    case DKI_MOMENT_XX: return dki_fixed_add_product(limbs, n, below, x, x, weight);
    case DKI_MOMENT_YY: return dki_fixed_add_product(limbs, n, below, y, y, weight);
    default: return dki_fixed_add_product(limbs, n, below, x, y, weight);
    }
}

dk_status dki_moments_add_real(dki_moments *moments, size_t group, double x, double y, int64_t weight,
                               dk_error *err)
{
    uint64_t *record = moments->records + group * moments->stride, *other;

    for (unsigned k = 0; k < DKI_MOMENTS; k++) {
        unsigned below = is_product(k) ? PRODUCT_BELOW : VALUE_BELOW;

        if (!(moments->set >> k & 1) ||
            add_term(record + moments->at[k], limbs_of(DKI_MOMENTS_REAL, k), below, k, x, y, weight))
            continue;
        other = long_record(moments, group, err);
        if (other == NULL)
            return DK_ERR_MEMORY;
        (void)add_term(other + long_at(moments, k), (is_product(k) ? 2 : 1) * LONG_LIMBS,
                       is_product(k) ? 2 * LONG_BELOW : LONG_BELOW, k, x, y, weight); /* takes every double */
    }
    return DK_OK;
}

dk_status dki_moments_merge(dki_moments *moments, size_t to, const dki_moments *other, size_t from, dk_error *err)
{
    for (unsigned k = 0; k < DKI_MOMENTS; k++) {
        if (moments->set >> k & 1)
            dki_fixed_merge(moments->records + to * moments->stride + moments->at[k],
                            other->records + from * other->stride + other->at[k], limbs_of(moments->form, k));
    }
    if (moments->form == DKI_MOMENTS_NARROW)
        moments->records[to * moments->stride + moments->n_limbs] += dki_moments_n(other, from);
    if (other->longs == NULL || other->longs[from] == NULL)
        return DK_OK;
    if (long_record(moments, to, err) == NULL)
        return DK_ERR_MEMORY;
    for (unsigned k = 0; k < DKI_MOMENTS; k++) {
        if (moments->set >> k & 1)
            dki_fixed_merge(moments->longs[to] + long_at(moments, k), other->longs[from] + long_at(other, k),
                            (is_product(k) ? 2 : 1) * LONG_LIMBS);
    }
    return DK_OK;
}

/* Central moments. --------------------------------------------------------------------------------------------- */

/* A whole number: magnitude and sign. */
struct number {
    uint64_t limbs[MOST_LIMBS];
    size_t n; /* limbs in use; the last is not 0 */
    bool negative;
};

static void trim(struct number *number)
{
    while (number->n > 0 && number->limbs[number->n - 1] == 0)
        number->n--;
}

/* Takes n limbs of two's complement over, `place` bits higher. */
static void read_number(struct number *number, const uint64_t *limbs, size_t n, size_t place)
{
    uint64_t before = 0, carry = 1;
    size_t at = place / 64, shift = place % 64;

    number->negative = limbs[n - 1] >> 63;
    memset(number->limbs, 0, at * sizeof *number->limbs);
    for (size_t i = 0; i <= n; i++) {
        uint64_t limb = 0;

        if (i < n)
            limb = number->negative ? ~limbs[i] + carry : limbs[i];
        carry = carry && limb == 0;
        number->limbs[at + i] = shift ? limb << shift | before >> (64 - shift) : limb;
        before = limb;
    }
    number->n = at + n + 1;
    trim(number);
}

static int compare(const struct number *a, const struct number *b)
{
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    for (size_t i = a->n; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
    }
    return 0;
}

static uint64_t limb_at(const struct number *number, size_t i)
{
    return i < number->n ? number->limbs[i] : 0;
}

/* a += b, whatever their signs. */
static void add(struct number *a, const struct number *b)
{
    const struct number *most = a, *least = b;
    size_t n = (a->n > b->n ? a->n : b->n) + 1;
    uint64_t carry = 0;

    if (a->negative == b->negative) {
        for (size_t i = 0; i < n; i++) {
            dki_u128 sum = (dki_u128)limb_at(a, i) + limb_at(b, i) + carry;

            a->limbs[i] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
            if (i >= a->n)
                a->n = i + 1;
        }
        trim(a);
        return;
    }
    if (compare(a, b) < 0) {
        most = b;
        least = a;
    }
    a->negative = most->negative;
    n = most->n;
    for (size_t i = 0; i < n; i++) {
        uint64_t x = limb_at(most, i), y = limb_at(least, i), rest = x - y;

        a->limbs[i] = rest - carry;
        carry = (x < y) | (rest < carry);
        if (i >= a->n)
            a->n = i + 1;
    }
    trim(a);
}

static void multiply(struct number *out, const struct number *a, const struct number *b)
{
    memset(out->limbs, 0, (a->n + b->n) * sizeof *out->limbs);
    for (size_t i = 0; i < a->n; i++) {
        uint64_t carry = 0;

        for (size_t k = 0; k < b->n; k++) {
            dki_u128 term = (dki_u128)a->limbs[i] * b->limbs[k] + out->limbs[i + k] + carry;

            out->limbs[i + k] = (uint64_t)term;
            carry = (uint64_t)(term >> 64);
        }
        out->limbs[i + b->n] = carry;
    }
    out->n = a->n + b->n;
    out->negative = a->negative != b->negative;
    trim(out);
}

/* Divides the magnitude; returns whether there is a rest. */
static bool divide(struct number *number, uint64_t divisor)
{
    uint64_t rest = 0;

    for (size_t i = number->n; divisor > 1 && i-- > 0;) {
        dki_u128 part = (dki_u128)rest << 64 | number->limbs[i];

        number->limbs[i] = (uint64_t)(part / divisor);
        rest = (uint64_t)(part % divisor);
    }
    trim(number);
    return rest != 0;
}

/* The sum of a moment, and in *below how many bits lie below its point. */
static void sum_of(const dki_moments *moments, size_t group, unsigned moment, bool with_long, struct number *out)
{
    const uint64_t *limbs = moments->records + group * moments->stride + moments->at[moment];
    size_t n = limbs_of(moments->form, moment), factor = is_product(moment) ? 2 : 1;

    read_number(out, limbs, n, with_long ? (LONG_BELOW - VALUE_BELOW) * factor : 0);
    if (with_long) {
        struct number rest;

        read_number(&rest, moments->longs[group] + long_at(moments, moment), factor * LONG_LIMBS, 0);
        add(out, &rest);
    }
}

/* Rounds to 53 bits, ties to even; sticky: there is something more below. */
static dki_scaled round_number(const struct number *number, bool sticky, int exponent)
{
    size_t top, cut;
    uint64_t mantissa = 0;
    bool half, below = sticky;

    if (number->n == 0)
        return (dki_scaled){ 0, 0 };
    top = number->n * 64 - (size_t)__builtin_clzll(number->limbs[number->n - 1]);
    if (top <= 53) /* exact: what has a rest was made longer than that */
        return (dki_scaled){ ldexp((double)number->limbs[0], (int)(53 - top)) * (number->negative ? -1 : 1),
                             exponent - (int)(53 - top) };
    cut = top - 53;
    mantissa = number->limbs[cut / 64] >> cut % 64;
    if (cut % 64 && cut / 64 + 1 < number->n)
        mantissa |= number->limbs[cut / 64 + 1] << (64 - cut % 64);
    mantissa &= (UINT64_C(1) << 53) - 1;
    half = number->limbs[(cut - 1) / 64] >> (cut - 1) % 64 & 1;
    for (size_t i = 0; i < (cut - 1) / 64; i++)
        below = below || number->limbs[i];
    below = below || (number->limbs[(cut - 1) / 64] & ((UINT64_C(1) << (cut - 1) % 64) - 1));
    mantissa += half && (below || mantissa & 1);
    return (dki_scaled){ (double)mantissa * (number->negative ? -1 : 1), exponent + (int)cut };
}

dki_scaled dki_moments_central(const dki_moments *moments, size_t group, uint64_t n, dki_moment a, dki_moment b,
                               const uint64_t *divisors, size_t n_divisors)
{
    unsigned product = a != b ? DKI_MOMENT_XY : a == DKI_MOMENT_X ? DKI_MOMENT_XX : DKI_MOMENT_YY;
    bool with_long = moments->longs && moments->longs[group];
    struct number x, y, result, term, count = { { n }, n != 0, false };
    int exponent = moments->form != DKI_MOMENTS_REAL ? 0 : with_long ? -2 * LONG_BELOW : -2 * VALUE_BELOW;
    bool sticky = false;

    sum_of(moments, group, a, with_long, &x);
    sum_of(moments, group, b, with_long, &y);
    sum_of(moments, group, product, with_long, &term);
    multiply(&result, &term, &count);
    multiply(&term, &x, &y);
    term.negative = !term.negative;
    add(&result, &term);
    if (n_divisors) { /* so that what remains has bits enough */
        memmove(result.limbs + SPARE_LIMBS, result.limbs, result.n * sizeof *result.limbs);
        memset(result.limbs, 0, SPARE_LIMBS * sizeof *result.limbs);
        result.n = result.n ? result.n + SPARE_LIMBS : 0;
        exponent -= SPARE_LIMBS * 64;
    }
    for (size_t i = 0; i < n_divisors; i++)
        sticky = divide(&result, divisors[i]) || sticky;
    return round_number(&result, sticky, exponent);
}
