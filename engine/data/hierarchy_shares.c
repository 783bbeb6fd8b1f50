/* hierarchy_shares.c - shares of which some are stated by nobody. */
#include "hierarchy_shares.h"

#include "base/checked.h"
#include "base/hash.h"
#include "base/number.h"

#define PRIME ((UINT64_C(1) << 61) - 1)

static uint64_t plus(uint64_t a, uint64_t b)
{
    uint64_t sum = a + b;

    return sum >= PRIME ? sum - PRIME : sum;
}

static uint64_t times(uint64_t a, uint64_t b)
{
    return (uint64_t)((dki_u128)a * b % PRIME);
}

/* One through a number that is not 0: its power of PRIME - 2. */
static uint64_t inverse(uint64_t a)
{
    uint64_t made = 1;

    for (uint64_t power = PRIME - 2; power > 0; power >>= 1) {
        if (power & 1)
            made = times(made, a);
        a = times(a, a);
    }
    return made;
}

/* Some element that a key and a number tell. */
static uint64_t draw(uint64_t key, uint64_t number)
{
    return dki_hash_u64(dki_hash_u64(key + 1) + number) % PRIME;
}

dki_share dki_share_stated(dk_ratio share)
{
    uint64_t value = times((uint64_t)share.numerator % PRIME, inverse((uint64_t)share.denominator % PRIME));

    return (dki_share){ share, { value, value, value } };
}

static uint64_t part_at(uint64_t key, size_t i, size_t n, int point)
{
    uint64_t others = 0;

    if (i + 1 < n)
        return draw(key, 2 * (uint64_t)i + (uint64_t)point);
    for (size_t k = 0; k < i; k++)
        others = plus(others, draw(key, 2 * (uint64_t)k + (uint64_t)point));
    return plus(1, PRIME - others);
}

dki_share dki_share_unstated(uint64_t key, size_t i, size_t n)
{
    uint64_t first = part_at(key, i, n, DKI_POINT_FIRST);

    return (dki_share){ { 1, (int64_t)n }, { first, part_at(key, i, n, DKI_POINT_SHARES), first } };
}

dki_share dki_share_unweighed(uint64_t key)
{
    uint64_t first = draw(~key, DKI_POINT_FIRST);

    return (dki_share){ { 1, 1 }, { first, first, draw(~key, DKI_POINT_WEIGHTS) } };
}

static bool fits(const dki_share *a, const dki_share *b)
{
    return a->exact.denominator > 0 && b->exact.denominator > 0;
}

dki_share dki_share_add(const dki_share *a, const dki_share *b)
{
    dki_share sum = { { 0, 0 }, { 0 } };

    if (!fits(a, b) || !dki_ratio_add(a->exact, b->exact, &sum.exact))
        sum.exact = (dk_ratio){ 0, 0 };
    for (int i = 0; i < DKI_N_POINTS; i++)
        sum.at[i] = plus(a->at[i], b->at[i]);
    return sum;
}

dki_share dki_share_mul(const dki_share *a, const dki_share *b)
{
    dki_share product = { { 0, 0 }, { 0 } };

    if (!fits(a, b) || !dki_ratio_mul(a->exact, b->exact, &product.exact))
        product.exact = (dk_ratio){ 0, 0 };
    for (int i = 0; i < DKI_N_POINTS; i++)
        product.at[i] = times(a->at[i], b->at[i]);
    return product;
}

dki_share dki_share_div(const dki_share *a, const dki_share *b)
{
    dki_share quotient = { { 0, 0 }, { 0 } };

    if (!fits(a, b) || !dki_ratio_div(a->exact, b->exact, &quotient.exact))
        quotient.exact = (dk_ratio){ 0, 0 };
    for (int i = 0; i < DKI_N_POINTS; i++)
        quotient.at[i] = times(a->at[i], inverse(b->at[i]));
    return quotient;
}

bool dki_share_is_zero(const dki_share *share)
{
    return share->at[DKI_POINT_FIRST] == 0;
}

bool dki_share_same(const dki_share *a, const dki_share *b, int point)
{
    return times(a->at[point], b->at[DKI_POINT_FIRST]) == times(a->at[DKI_POINT_FIRST], b->at[point]);
}
