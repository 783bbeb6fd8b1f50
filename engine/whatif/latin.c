/* latin.c - a Latin hypercube: each of n equal parts of each range holds one of n points.
 *
 * Parts are shuffled, for each parameter by a stream of its own, and a value is drawn within its part, all by numbers that
 * depend on their place alone (dk_random). Values are whole multiples of one unit, so that a part begins and ends exactly.
 */
#include <dekking/sweep.h>

#include <string.h>

#include <dekking/sample.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"

#define LEAST_UNITS 1000 /* in a part */

/* A range in units of 10^-scale: first, and as many units as there are. */
struct units {
    dki_i128 first, n;
    uint8_t scale;
    uint64_t stream;
};

/* The stream of a parameter, the same everywhere (FNV-1a). */
static uint64_t stream_of(const char *name, uint64_t seed)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return dk_random(seed, hash);
}

/* A whole number under n, from a random one. */
static dki_i128 below(dki_i128 n, uint64_t random)
{
    return n <= INT64_MAX ? (dki_i128)((dki_u128)random * (uint64_t)n >> 64) : (dki_i128)random % n;
}

static dk_status read_bound(const dk_latin_range *range, const dk_value *bound, dk_error *err)
{
    if (bound->is_null || (bound->type != DK_INTEGER && bound->type != DK_DECIMAL))
        return dki_fail(err, DK_ERR_TYPE, "the range of %s goes from one exact number to another", range->param);
    if (range->whole && bound->type != DK_INTEGER)
        return dki_fail(err, DK_ERR_ARGUMENT, "the range of %s is of whole numbers, and its bounds are none",
                        range->param);
    return DK_OK;
}

static dk_status read_range(const dk_latin_range *range, uint64_t n, uint64_t seed, struct units *out,
                            dk_error *err)
{
    const dk_value *least = &range->least, *greatest = &range->greatest;
    unsigned low = least->type == DK_DECIMAL ? least->scale : 0,
             high = greatest->type == DK_DECIMAL ? greatest->scale : 0;
    unsigned scale = low > high ? low : high;
    int64_t first = 0, last = 0;
    bool fits;
    dk_status status = read_bound(range, least, err);

    if (status == DK_OK)
        status = read_bound(range, greatest, err);
    if (status != DK_OK)
        return status;
    if (dk_value_compare(least, greatest) >= (range->whole ? 1 : 0))
        return dki_fail(err, DK_ERR_RANGE, "the range of %s is empty", range->param);
    do {
        fits = dki_rescale(least->as.integer, low, scale, &first) &&
               dki_rescale(greatest->as.integer, high, scale, &last);
    } while (!range->whole && fits && ((dki_i128)last - first) / (dki_i128)n < LEAST_UNITS &&
             ++scale <= DK_DECIMAL_MAX_SCALE);
    if (!fits || scale > DK_DECIMAL_MAX_SCALE)
        return dki_fail(err, DK_ERR_RANGE, "the range of %s has no room for %llu points", range->param,
                        (unsigned long long)n);
    *out = (struct units){ first, (dki_i128)last - first + range->whole, (uint8_t)scale,
                           stream_of(range->param, seed) };
    return DK_OK;
}

/* Value i lies in part parts[i]: from where the part begins to where the next one does. */
static int64_t value_in(const struct units *units, uint64_t n, uint64_t part, uint64_t random, bool whole)
{
    dki_i128 begin = dki_divide_outward(units->n * (dki_i128)part, (dki_i128)n, true);
    dki_i128 end = dki_divide_outward(units->n * ((dki_i128)part + 1), (dki_i128)n, true);

    if (whole && end <= begin) /* several parts within one number */
        begin = dki_divide_outward(units->n * (dki_i128)part, (dki_i128)n, false);
    return (int64_t)(units->first + begin + (end > begin ? below(end - begin, random) : 0));
}

static dk_status sample(dk_context *context, const dk_latin_range *range, uint64_t n, const struct units *units,
                        const dk_column **out, dk_error *err)
{
    uint64_t *parts = dki_alloc_array(context, (size_t)n, sizeof *parts, err);
    int64_t *values = dki_alloc_array(context, (size_t)n, sizeof *values, err);
    dk_status status = parts && values ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t i = 0; i < n && status == DK_OK; i++) { /* Fisher and Yates, from within */
        uint64_t k = (uint64_t)below((dki_i128)i + 1, dk_random(units->stream, 2 * i));

        parts[i] = parts[k];
        parts[k] = i;
    }
    DKI_FOR_ROWS(i, n, context, status, err)
    values[i] = value_in(units, n, parts[i], dk_random(units->stream, 2 * i + 1), range->whole);
    if (status == DK_OK)
        status = dki_column_of_integers(context, range->whole ? DK_INTEGER : DK_DECIMAL, units->scale, values,
                                        (size_t)n, out, err);
    dki_free(context, values);
    dki_free(context, parts);
    return status;
}

dk_status dk_latin(dk_context *context, uint64_t n, const dk_latin_range *ranges, size_t n_ranges, uint64_t seed,
                   const dk_table **out, dk_error *err)
{
    dk_field *fields;
    size_t made = 0;
    dk_status status = DK_OK;

    if (n == 0 || n_ranges == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "a sample has points, and ranges that they lie in");
    if (n > DK_SWEEP_MOST)
        return dki_fail(err, DK_ERR_LIMIT, "a sample has at most %d points", DK_SWEEP_MOST);
    fields = dki_calloc(context, n_ranges, sizeof *fields, err);
    if (fields == NULL)
        return DK_ERR_MEMORY;
    for (; made < n_ranges && status == DK_OK; made++) {
        struct units units = { .scale = 0 };

        for (size_t k = 0; k < made && status == DK_OK; k++)
            if (strcmp(ranges[k].param, ranges[made].param) == 0)
                status = dki_fail(err, DK_ERR_DUPLICATE, "the parameter %s is sampled twice", ranges[made].param);
        fields[made] = DK_FIELD(ranges[made].param, NULL);
        if (status == DK_OK)
            status = read_range(&ranges[made], n, seed, &units, err);
        if (status == DK_OK)
            status = sample(context, &ranges[made], n, &units, &fields[made].column, err);
    }
    if (status == DK_OK)
        status = dk_table_new(context, fields, n_ranges, n, out, err);
    for (size_t k = 0; k < made; k++)
        dk_column_release(fields[k].column);
    dki_free(context, fields);
    return status;
}
