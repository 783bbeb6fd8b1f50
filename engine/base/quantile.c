/* quantile.c - what binomial and hypergeometric numbers have in common: weights that rise to a mode and fall from it,
 * each in a simple ratio to the one before. */
#include "quantile.h"

#include <assert.h>
#include <float.h>
#include <stdbool.h>

#include "checked.h"

/* Weight of x + 1 over that of x: (most - x) (p - slope x) / ((x + 1) (q + slope x)). */
struct law {
    int64_t least, greatest, mode;
    int64_t most, p, q, slope;
};

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

static int64_t find(struct law *law, int64_t mode, uint64_t u)
{
    int64_t x = 0;

    law->mode = mode < law->least ? law->least : mode > law->greatest ? law->greatest : mode;
    if (!find_fast(law, u, &x))
        (void)find_fine(law, u, &x); /* for speed alone the other comes first */
    return x;
}

int64_t dki_quantile_binomial(int64_t n, dk_ratio p, uint64_t u)
{
    struct law law = {
        .greatest = n, .most = n, .p = p.numerator, .q = p.denominator - p.numerator /* the odds */
    };

    assert(n >= 0 && n <= DKI_QUANTILE_MOST && p.numerator >= 0 && p.numerator <= p.denominator);
    if (law.p == 0 || law.q == 0)
        return law.p == 0 ? 0 : n;
    return find(&law, (int64_t)((dki_i128)(n + 1) * p.numerator / p.denominator), u);
}

int64_t dki_quantile_hypergeometric(int64_t n, int64_t marked, int64_t drawn, uint64_t u)
{
    struct law law = { .least = marked + drawn > n ? marked + drawn - n : 0,
                       .greatest = marked < drawn ? marked : drawn,
                       .most = marked,
                       .p = drawn,
                       .q = n - marked - drawn + 1,
                       .slope = 1 };

    assert(marked >= 0 && marked <= n && drawn >= 0 && drawn <= n && n <= DKI_QUANTILE_MOST);
    return find(&law, (int64_t)((dki_i128)(marked + 1) * (drawn + 1) / (n + 2)), u);
}
