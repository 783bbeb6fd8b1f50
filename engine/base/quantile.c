/* quantile.c - what binomial and hypergeometric numbers have in common: weights that rise to a mode and fall from it,
 * each in a simple ratio to the one before. */
#include "quantile.h"

#include <assert.h>
#include <float.h>

#include "checked.h"

/* 113 bits, rounded as IEEE 754 says: where no hardware has it, the compiler's own library. */
#if LDBL_MANT_DIG == 113
typedef long double quad;
#else
__extension__ typedef __float128 quad;
#endif

#define REAL double
#define NAME(x) x##_fast
#define TINY 0x1p-60
#define EPSILON 0x1p-53
#include "quantile_loops.h"
#undef REAL
#undef NAME
#undef TINY
#undef EPSILON

#define REAL quad
#define NAME(x) x##_fine
#define TINY ((quad)0x1p-100)
#define EPSILON ((quad)0x1p-113)
#include "quantile_loops.h"

/* Of a law without sums, which has its numbers. */
static void add_up(dki_quantile *law, int64_t mode)
{
    struct sums_fast sums;

    law->mode = mode < law->least ? law->least : mode > law->greatest ? law->greatest : mode;
    sums = add_fast(law);
    law->bottom = sums.bottom;
    law->top = sums.top;
    law->below = sums.below;
    law->total = sums.total;
}

int64_t dki_quantile_draw(const dki_quantile *law, uint64_t u)
{
    const struct sums_fast sums = { law->bottom, law->top, law->below, law->total };
    int64_t x = law->least;

    if (law->least < law->greatest && !find_fast(law, &sums, u, &x)) {
        const struct sums_fine fine = add_fine(law); /* what is fast comes first for speed alone */

        (void)find_fine(law, &fine, u, &x);
    }
    return x;
}

void dki_quantile_init(dki_quantile *law, int64_t n, dk_ratio p)
{
    int64_t fails = p.denominator - p.numerator;

    assert(n >= 0 && n <= DKI_QUANTILE_MOST && p.numerator >= 0 && fails >= 0);
    *law = (dki_quantile){
        .least = fails == 0 ? n : 0, .greatest = p.numerator == 0 ? 0 : n, .most = n, .p = p.numerator, .q = fails
    };
    if (law->least < law->greatest)
        add_up(law, (int64_t)((dki_i128)(n + 1) * p.numerator / p.denominator));
}

bool dki_quantile_is(const dki_quantile *law, int64_t n, dk_ratio p)
{
    return law->slope == 0 && law->most == n && law->p == p.numerator && law->q == p.denominator - p.numerator;
}

int64_t dki_quantile_binomial(int64_t n, dk_ratio p, uint64_t u)
{
    dki_quantile law;

    dki_quantile_init(&law, n, p);
    return dki_quantile_draw(&law, u);
}

int64_t dki_quantile_hypergeometric(int64_t n, int64_t marked, int64_t drawn, uint64_t u)
{
    dki_quantile law = { .least = marked + drawn > n ? marked + drawn - n : 0,
                         .greatest = marked < drawn ? marked : drawn,
                         .most = marked,
                         .p = drawn,
                         .q = n - marked - drawn + 1,
                         .slope = 1 };

    assert(marked >= 0 && marked <= n && drawn >= 0 && drawn <= n && n <= DKI_QUANTILE_MOST);
    if (law.least < law.greatest)
        add_up(&law, (int64_t)((dki_i128)(marked + 1) * (drawn + 1) / (n + 2)));
    return dki_quantile_draw(&law, u);
}
