/* apportion.c - largest remainder (Hamilton): each its quota rounded down, the rest one by one to the largest fractions.
 *
 * Source: Balinski and Young, Fair Representation (1982), chapter 3. Ties go to the earlier one. All in whole numbers.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "scenario_parts.h"

struct rest {
    dki_i128 fraction; /* numerators over one denominator */
    size_t place;
};

static int by_fraction(const void *a, const void *b)
{
    const struct rest *x = a, *y = b;

    if (x->fraction != y->fraction)
        return x->fraction > y->fraction ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

dk_status dki_apportion_quotas(dk_context *context, const dki_i128 *numerators, dki_i128 denominator, int64_t unit,
                               const int64_t *limits, size_t n, int64_t *shares, dk_error *err)
{
    struct rest *rests = dki_alloc_array(context, n, sizeof *rests, err);
    dki_i128 whole = denominator * unit; /* what makes one unit; under 2^94 */
    dki_i128 sum_rest = 0;
    int64_t left;

    if (rests == NULL)
        return DK_ERR_MEMORY;
    for (size_t k = 0; k < n; k++) {
        dki_i128 units = numerators[k] / whole;

        rests[k] = (struct rest){ numerators[k] % whole, k };
        sum_rest += rests[k].fraction; /* n times something under 2^94 */
        shares[k] = (int64_t)(units * unit);
    }
    left = (int64_t)dki_divide_round(sum_rest, whole);
    qsort(rests, n, sizeof *rests, by_fraction);
    for (size_t i = 0; i < n && left > 0; i++) {
        size_t k = rests[i].place;

        if (rests[i].fraction > 0 && limits[k] - shares[k] >= unit) {
            shares[k] += unit;
            left--;
        }
    }
    dki_free(context, rests);
    return DK_OK;
}

dk_status dk_apportion(const int64_t *weights, size_t n, int64_t total, int64_t *out, dk_error *err)
{
    dki_i128 sum = 0;
    int64_t left = total;
    struct rest *rests;

    if (total < 0)
        return dki_fail(err, DK_ERR_RANGE, "a total of %lld cannot be spread", (long long)total);
    for (size_t i = 0; i < n; i++) {
        if (weights[i] < 0)
            return dki_fail(err, DK_ERR_RANGE, "weight %zu is negative: %lld", i + 1, (long long)weights[i]);
        sum += weights[i];
    }
    if (sum == 0 && total > 0)
        return dki_fail(err, DK_ERR_RANGE, "%lld cannot be spread over weights that are all 0", (long long)total);
    rests = malloc((n + 1) * sizeof *rests); /* there is no context here to count it against */
    if (rests == NULL)
        return dki_fail(err, DK_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++) {
        dki_i128 product = (dki_i128)weights[i] * total;

        out[i] = sum ? (int64_t)(product / sum) : 0;
        rests[i] = (struct rest){ sum ? product % sum : 0, i };
        left -= out[i];
    }
    qsort(rests, n, sizeof *rests, by_fraction);
    for (size_t i = 0; i < n && left > 0; i++, left--)
        out[rests[i].place]++;
    free(rests);
    return DK_OK;
}
