/* aggregate_ratio.c - exact sums of ratios, whatever their order.
 *
 * Adding ratios one by one could pass 64 bits halfway in one order and not in another. So numerators are added up
 * for each denominator on its own, which cannot fail, and the denominators are brought together once, from the
 * least to the greatest: then what fits depends on the values alone.
 *
 * A key is 12 bytes: the group (4), the denominator (8).
 */
#include "aggregate.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "rows/sort_rows.h"

#define KEY_BYTES 12

void dki_ratio_sums_init(dki_ratio_sums *sums, dk_context *context)
{
    memset(sums, 0, sizeof *sums);
    dki_text_map_init(&sums->keys, context);
}

void dki_ratio_sums_drop(dki_ratio_sums *sums)
{
    dk_context *context = sums->keys.context;

    dki_text_map_drop(&sums->keys);
    dki_free(context, sums->numerators);
    sums->numerators = NULL;
    sums->capacity = 0;
}

static void read_key(const dki_ratio_sums *sums, size_t number, uint32_t *group, int64_t *denominator)
{
    size_t size;
    const char *key = dki_text_map_get(&sums->keys, (uint32_t)number, &size);

    memcpy(group, key, sizeof *group);
    memcpy(denominator, key + sizeof *group, sizeof *denominator);
}

dk_status dki_ratio_sums_add(dki_ratio_sums *sums, uint32_t group, int64_t denominator, dki_wide numerator,
                             dk_error *err)
{
    char key[KEY_BYTES];
    size_t n = sums->keys.n;
    uint32_t number;
    dk_status status = dki_grow(sums->keys.context, (void **)&sums->numerators, &sums->capacity, n + 1,
                                sizeof *sums->numerators, err);

    if (status != DK_OK)
        return status;
    memcpy(key, &group, sizeof group);
    memcpy(key + sizeof group, &denominator, sizeof denominator);
    status = dki_text_map_add(&sums->keys, key, sizeof key, &number, err);
    if (status != DK_OK)
        return status;
    if (number == n)
        sums->numerators[number] = (dki_wide){ 0, 0 };
    dki_wide_add(&sums->numerators[number].low, &sums->numerators[number].high, numerator.low);
    sums->numerators[number].high += numerator.high;
    return DK_OK;
}

dk_status dki_ratio_sums_merge(dki_ratio_sums *sums, const dki_ratio_sums *from, size_t first, size_t n,
                               const uint32_t *map, dk_error *err)
{
    size_t n_entries = from->keys.n; /* sums may be from, and grow */

    for (size_t i = 0; i < n_entries; i++) {
        uint32_t group;
        int64_t denominator;
        dk_status status;

        read_key(from, i, &group, &denominator);
        if (group < first || group - first >= n || map[group - first] == DKI_NO_GROUP)
            continue;
        status = dki_ratio_sums_add(sums, map[group - first], denominator, from->numerators[i], err);
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

/* Finishing. --------------------------------------------------------------------------------------------------- */

static dki_u128 magnitude(dki_i128 value)
{
    return value < 0 ? 0 - (dki_u128)value : (dki_u128)value;
}

static dki_i128 common_divisor(dki_i128 a, dki_i128 b)
{
    dki_u128 x = magnitude(a), y = magnitude(b);

    while (y) {
        dki_u128 rest = x % y;

        x = y;
        y = rest;
    }
    return x > (dki_u128)1 << 126 ? 1 : (dki_i128)x;
}

/* A ratio of 128 bits on each side, in lowest terms. */
struct total {
    dki_i128 numerator, denominator;
    bool fits;
};

static void total_reduce(struct total *total)
{
    dki_i128 divisor = common_divisor(total->numerator, total->denominator);

    if (divisor > 1) {
        total->numerator /= divisor;
        total->denominator /= divisor;
    }
}

static void total_add(struct total *total, dki_i128 numerator, int64_t denominator)
{
    dki_i128 shared = common_divisor(total->denominator, denominator);
    dki_i128 mine, theirs, sum, product;

    if (dki_mul_i128(total->numerator, denominator / shared, &mine) ||
        dki_mul_i128(numerator, total->denominator / shared, &theirs) || dki_add_i128(mine, theirs, &sum) ||
        dki_mul_i128(total->denominator, denominator / shared, &product)) {
        total->fits = false;
        return;
    }
    total->numerator = sum;
    total->denominator = product;
    total_reduce(total);
}

static int compare_entries(const void *arg, uint64_t a, uint64_t b)
{
    uint32_t group_a, group_b;
    int64_t denominator_a, denominator_b;

    read_key(arg, (size_t)a, &group_a, &denominator_a);
    read_key(arg, (size_t)b, &group_b, &denominator_b);
    if (group_a != group_b)
        return group_a < group_b ? -1 : 1;
    return denominator_a < denominator_b ? -1 : denominator_a > denominator_b;
}

dk_status dki_ratio_sums_finish(const dki_ratio_sums *sums, size_t n, const dki_i128 *divisors, dk_ratio *totals,
                                bool *fits, dk_error *err)
{
    dk_context *context = sums->keys.context;
    size_t n_entries = sums->keys.n, at = 0;
    uint64_t *entries = dki_alloc_array(context, n_entries, sizeof *entries, err);
    dk_status status;

    if (entries == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n_entries; i++)
        entries[i] = i;
    status = dki_sort_rows(context, entries, n_entries, compare_entries, sums, err);
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        struct total total = { 0, 1, true };

        for (; at < n_entries; at++) {
            const dki_wide *numerator = &sums->numerators[entries[at]];
            uint32_t group;
            int64_t denominator;

            read_key(sums, (size_t)entries[at], &group, &denominator);
            if (group != i)
                break;
            total.fits = total.fits && numerator->high == 0;
            if (total.fits)
                total_add(&total, numerator->low, denominator);
        }
        if (total.fits) {
            dki_i128 shared = common_divisor(total.numerator, divisors[i]);

            total.numerator /= shared;
            total.fits = !dki_mul_i128(total.denominator, divisors[i] / shared, &total.denominator);
        }
        totals[i] = (dk_ratio){ 0, 1 };
        fits[i] = total.fits && dki_ratio_make(total.numerator, total.denominator, &totals[i]);
    }
    dki_free(context, entries);
    return status;
}
