/* quantile_loops.h - the search of quantile.c for one type of number. Who includes it defines REAL, NAME(x), and
 *
 *   TINY     weight of what is left out on either side
 *   EPSILON  greatest relative error of one operation
 */
#ifdef NAME

/* Weight of x + 1 over that of x: six roundings with the product that it goes into. */
static REAL NAME(up)(const struct law *law, int64_t x)
{
    return (REAL)(law->most - x) * (REAL)(law->p - law->slope * x) /
           ((REAL)(x + 1) * (REAL)(law->q + law->slope * x));
}

/* Weight of x - 1 over that of x. */
static REAL NAME(down)(const struct law *law, int64_t x)
{
    return (REAL)x * (REAL)(law->q + law->slope * (x - 1)) /
           ((REAL)(law->most - x + 1) * (REAL)(law->p - law->slope * (x - 1)));
}

/* Finds the value. False: the error may be greater than how far u is from a step. */
static bool NAME(find)(const struct law *law, uint64_t u, int64_t *out)
{
    int64_t bottom = law->mode, top = law->mode, x = law->mode;
    REAL below = 0, above = 1, weight = 1, total, target, sum, slack, factor;

    for (factor = 0; bottom > law->least && weight >= TINY * (1 - factor); bottom--) {
        factor = NAME(down)(law, bottom);
        weight *= factor;
        below += weight;
    }
    weight = 1;
    for (factor = 0; top < law->greatest && weight >= TINY * (1 - factor); top++) {
        factor = NAME(up)(law, top);
        weight *= factor;
        above += weight;
    }
    total = below + above;
    target = ((REAL)u + (REAL)0.5) / (REAL)18446744073709551616.0 * total;
    weight = 1;
    sum = below + 1; /* of x and what is under it */
    if (target < below) {
        do {
            sum -= weight;
            weight *= NAME(down)(law, x--);
        } while (x > bottom && sum - weight > target);
    } else {
        while (x < top && sum <= target) {
            weight *= NAME(up)(law, x++);
            sum += weight;
        }
    }
    *out = x;
    /* Of a weight at distance k the error is under 6 k, of a sum k more; `sum` goes over its weights twice. */
    slack = total * ((REAL)20 * (REAL)(top - bottom + 2) * EPSILON + 4 * TINY);
    return (x == law->least || target - (sum - weight) > slack) && (x == law->greatest || sum - target > slack);
}

#endif
