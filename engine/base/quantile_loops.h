/* quantile_loops.h - the search of quantile.c for one type of number. Who includes it defines REAL, NAME(x), and
 *
 *   TINY     weight of what is left out on either side
 *   EPSILON  greatest relative error of one operation
 */
#ifdef NAME

/* Weight of x + 1 over that of x: six roundings with the product that it goes into. */
static REAL NAME(up)(const dki_quantile *law, int64_t x)
{
    return (REAL)(law->most - x) * (REAL)(law->p - law->slope * x) /
           ((REAL)(x + 1) * (REAL)(law->q + law->slope * x));
}

/* Weight of x - 1 over that of x. */
static REAL NAME(down)(const dki_quantile *law, int64_t x)
{
    return (REAL)x * (REAL)(law->q + law->slope * (x - 1)) /
           ((REAL)(law->most - x + 1) * (REAL)(law->p - law->slope * (x - 1)));
}

/* Weights, that of the mode being 1. */
struct NAME(sums) {
    int64_t bottom, top;
    REAL below, total;
};

static struct NAME(sums) NAME(add)(const dki_quantile *law)
{
    struct NAME(sums) sums = { law->mode, law->mode, 0, 1 };
    REAL weight = 1, factor;

    for (factor = 0; sums.bottom > law->least && weight >= TINY * (1 - factor); sums.bottom--) {
        factor = NAME(down)(law, sums.bottom);
        weight *= factor;
        sums.below += weight;
    }
    weight = 1;
    for (factor = 0; sums.top < law->greatest && weight >= TINY * (1 - factor); sums.top++) {
        factor = NAME(up)(law, sums.top);
        weight *= factor;
        sums.total += weight; /* of the mode and above */
    }
    sums.total += sums.below;
    return sums;
}

/* Finds the value. False: the error may be greater than how far u is from a step. */
static bool NAME(find)(const dki_quantile *law, const struct NAME(sums) * sums, uint64_t u, int64_t *out)
{
    int64_t x = law->mode;
    REAL target = ((REAL)u + (REAL)0.5) / (REAL)18446744073709551616.0 * sums->total;
    REAL sum = sums->below + 1, weight = 1, slack; /* sum: of x and what is under it */

    if (target < sums->below) {
        do {
            sum -= weight;
            weight *= NAME(down)(law, x--);
        } while (x > sums->bottom && sum - weight > target);
    } else {
        while (x < sums->top && sum <= target) {
            weight *= NAME(up)(law, x++);
            sum += weight;
        }
    }
    *out = x;
    /* Of a weight at distance k the error is under 6 k, of a sum k more; `sum` goes over its weights twice. */
    slack = sums->total * ((REAL)20 * (REAL)(sums->top - sums->bottom + 2) * EPSILON + 4 * TINY);
    return (x == law->least || target - (sum - weight) > slack) && (x == law->greatest || sum - target > slack);
}

#endif
