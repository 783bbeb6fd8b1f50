/* apportion.c - largest remainder (Hamilton): each its quota rounded down, the rest one by one to the largest
 * fractions.
 *
 * Source: Balinski and Young, Fair Representation (1982), chapter 3. Ties go to the earlier one. All in whole
 * numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "scenario_parts.h"

#define FEW 24 /* are kept on the stack: most combinations have few cells */

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

/* Puts the first k of the order, which are fewer than n, in front, in any order: the others need none. (Hoare's quickselect.) */
static void put_first(struct rest *rests, size_t n, size_t k)
{
    ptrdiff_t low = 0, high = (ptrdiff_t)n - 1, last = (ptrdiff_t)k - 1; /* low <= last <= high */

    for (unsigned turn = 0; low < high; turn++) {
        struct rest pivot = rests[low + (high - low) / 2];
        ptrdiff_t i = low, j = high;

        if (turn > 64) { /* never by chance */
            qsort(rests + low, (size_t)(high - low) + 1, sizeof *rests, by_fraction);
            return;
        }
        while (i <= j) {
            while (by_fraction(&rests[i], &pivot) < 0)
                i++;
            while (by_fraction(&pivot, &rests[j]) < 0)
                j--;
            if (i <= j) {
                struct rest swapped = rests[i];

                rests[i++] = rests[j];
                rests[j--] = swapped;
            }
        }
        if (last <= j)
            high = j;
        else if (last >= i)
            low = i;
        else
            return;
    }
}

dk_status dki_apportion_quotas(dk_context *context, const dki_i128 *numerators, dki_i128 denominator, int64_t unit,
                               const int64_t *limits, size_t n, int64_t *shares, int64_t *left, dk_error *err)
{
    struct rest few[FEW], *rests = n <= FEW ? few : dki_alloc_array(context, n, sizeof *rests, err);
    dki_i128 whole = denominator * unit; /* what makes one unit: under 2^94 */
    dki_i128 sum = 0;                    /* n times something under 2^94 */
    int64_t n_left;
    size_t n_open = 0;

    if (rests == NULL)
        return DK_ERR_MEMORY;
    for (size_t k = 0; k < n; k++) {
        dki_i128 units = numerators[k] / whole, fraction = numerators[k] - units * whole;

        shares[k] = (int64_t)(units * unit);
        sum += fraction;
        rests[n_open] = (struct rest){ fraction, k };
        n_open += limits[k] - shares[k] >= unit;
    }
    n_left = (int64_t)dki_divide_round(sum, whole);
    while (n_left > 0 && n_open > 0) { /* one round is enough unless a limit is not a multiple of unit */
        size_t n_given = (uint64_t)n_left < n_open ? (size_t)n_left : n_open, n_still = 0;

        if (n_given < n_open)
            put_first(rests, n_open, n_given);
        for (size_t i = 0; i < n_given; i++) {
            size_t k = rests[i].place;

            shares[k] += unit;
            if (limits[k] - shares[k] >= unit)
                rests[n_still++] = rests[i];
        }
        n_left -= (int64_t)n_given;
        n_open = n_still;
    }
    if (left)
        *left = n_left;
    if (rests != few)
        dki_free(context, rests);
    return DK_OK;
}

/* Quotas are weights[k] * persons / of: products under 2^63, and fractions under 2^34 that are put in front of the place, which is
 * told from the end, so that the greatest is the first of the largest. */
bool dki_apportion_persons(const int64_t *weights, size_t n, int64_t taken, int64_t whole, int64_t *shares)
{
    int64_t persons = taken / DKI_PERSON, of = whole / DKI_PERSON, most, sum = 0;
    uint64_t rests[FEW];
    size_t n_given;

    if (n > FEW || persons == 0 || taken % DKI_PERSON != 0 || whole % DKI_PERSON != 0)
        return false;
    most = INT64_MAX / persons;
    for (size_t k = 0; k < n; k++) {
        int64_t product, fraction;

        if (weights[k] > most)
            return false;
        product = weights[k] * persons;
        shares[k] = product / of;
        fraction = product - shares[k] * of;
        sum += fraction;
        rests[k] = (uint64_t)fraction << 5 | (31 - k);
    }
    n_given = (size_t)(sum / of); /* fewer than there are fractions above 0 */
    for (size_t i = 0; i < n_given; i++) {
        size_t first = i;
        uint64_t rest;

        for (size_t k = i + 1; k < n; k++)
            first = rests[k] > rests[first] ? k : first;
        rest = rests[first];
        rests[first] = rests[i];
        shares[31 - (rest & 31)]++;
    }
    return true;
}

dk_status dk_apportion(dk_context *context, const int64_t *weights, size_t n, int64_t total, int64_t *out,
                       dk_error *err)
{
    dki_i128 sum = 0;
    dki_i128 *numerators;
    int64_t *limits, *shares;
    dk_status status = DK_OK;

    if (total < 0)
        return dki_fail(err, DK_ERR_RANGE, "a total of %lld cannot be spread", (long long)total);
    for (size_t i = 0; i < n; i++) {
        if (weights[i] < 0)
            return dki_fail(err, DK_ERR_RANGE, "weight %zu is negative: %lld", i + 1, (long long)weights[i]);
        sum += weights[i];
    }
    if (sum == 0 && total > 0)
        return dki_fail(err, DK_ERR_RANGE, "%lld cannot be spread over weights that are all 0", (long long)total);
    numerators = dki_alloc_array(context, n, sizeof *numerators, err);
    limits = dki_alloc_array(context, n, sizeof *limits, err);
    shares = dki_alloc_array(context, n, sizeof *shares, err);
    if (numerators == NULL || limits == NULL || shares == NULL)
        status = DK_ERR_MEMORY;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        numerators[i] = (dki_i128)weights[i] * total; /* under 2^126 */
        limits[i] = INT64_MAX;
    }
    if (status == DK_OK)
        status = dki_apportion_quotas(context, numerators, sum ? sum : 1, 1, limits, n, shares, NULL, err);
    if (status == DK_OK && n > 0)
        memcpy(out, shares, n * sizeof *out);
    dki_free(context, shares);
    dki_free(context, limits);
    dki_free(context, numerators);
    return status;
}
