/* aggregate_tally.c - quantiles, distinct counts and modes of groups.
 *
 * A quantile is Hyndman and Fan's type 7: of n values in order, x[1] .. x[n], the one at 1 + (n - 1) p, between two
 * neighbours in proportion. It is exact, a ratio, but for reals, where the two neighbours are weighed in floating
 * point: x * (1 - f) + y * f, which is x where f is 0 or both are equal.
 */
#include "aggregate.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "expr/poll_row.h"

/* The two keys between which the quantile lies, and how far: rest / denominator of the share. */
static void find_neighbours(const dki_tally *tally, uint32_t group, dk_ratio share, uint64_t keys[2],
                            uint64_t *rest)
{
    size_t first = dki_tally_find(tally, group), at = first;
    dki_u128 place, seen = 0, n = 0;

    for (; at < tally->n && tally->groups[at] == group; at++)
        n += tally->counts[at];
    place = (n - 1) * (uint64_t)share.numerator;
    *rest = (uint64_t)(place % (uint64_t)share.denominator);
    place /= (uint64_t)share.denominator;
    for (at = first; seen + tally->counts[at] <= place; at++)
        seen += tally->counts[at];
    keys[0] = tally->keys[at];
    if (*rest && seen + tally->counts[at] == place + 1)
        at++;
    keys[1] = tally->keys[at];
}

static bool between(const dki_aggregate *what, const uint64_t keys[2], uint64_t rest, dk_ratio *out)
{
    int64_t low = dki_tally_as_integer(keys[0]), high = dki_tally_as_integer(keys[1]);
    dki_i128 denominator = (dki_i128)what->share.denominator * dki_power10[what->scale];
    dki_i128 step = ((dki_i128)high - low) * (int64_t)rest; /* below 2^127 */
    dki_i128 numerator;

    return !dki_mul_i128(low, what->share.denominator, &numerator) && !dki_add_i128(numerator, step, &numerator) &&
           dki_ratio_make(numerator, denominator, out);
}

static double between_reals(const dki_aggregate *what, const uint64_t keys[2], uint64_t rest)
{
    double low = dki_tally_as_real(keys[0]), high = dki_tally_as_real(keys[1]);
    double f = (double)rest / (double)what->share.denominator;

    return f == 0 || low == high ? low : low * (1 - f) + high * f;
}

static dk_status append_quantile(const dki_accumulator *accumulator, uint32_t group, dk_builder *builder,
                                 bool *fits, dk_error *err)
{
    const dki_aggregate *what = &accumulator->what;
    uint64_t keys[2], rest;
    dk_ratio ratio;

    if (accumulator->n[group] == 0)
        return dk_builder_null(builder, 1, err);
    find_neighbours(&accumulator->tally, group, what->share, keys, &rest);
    if (what->type == DK_REAL)
        return dk_builder_real(builder, between_reals(what, keys, rest), err);
    *fits = between(what, keys, rest, &ratio);
    if (!*fits)
        return dki_fail(err, DK_ERR_OVERFLOW, "quantile() does not fit in 64 bits above and below");
    return dk_builder_ratio(builder, ratio, err);
}

static dk_status append_distinct(const dki_accumulator *accumulator, uint32_t group, dk_builder *builder,
                                 dk_error *err)
{
    const dki_tally *tally = &accumulator->tally;
    size_t n = accumulator->what.unique ? (size_t)accumulator->n[group]
                                        : dki_tally_find(tally, group + 1) - dki_tally_find(tally, group);

    return dk_builder_integer(builder, (int64_t)n, err);
}

/* The value of an entry, as the argument had it. Texts are borrowed from the tally. */
static dk_value value_of(const dki_accumulator *accumulator, size_t at)
{
    const dki_aggregate *what = &accumulator->what;
    uint64_t key = accumulator->tally.keys[at];
    dk_value value = { .type = what->type, .scale = what->scale };
    const char *bytes;
    size_t size;

    switch (what->type) {
    case DK_REAL: value.as.real = dki_tally_as_real(key); return value;
    case DK_BOOLEAN: value.as.boolean = dki_tally_as_integer(key) != 0; return value;
    case DK_RATIO:
    case DK_TEXT:
        bytes = dki_text_map_get(&accumulator->tally.texts, (uint32_t)key, &size);
        if (what->type == DK_RATIO)
            memcpy(&value.as.ratio, bytes, sizeof value.as.ratio);
        else
            value.as.text = (dk_text){ bytes, size };
        return value;
    default: value.as.integer = dki_tally_as_integer(key); return value;
    }
}

/* Whether the value of an entry comes before that of another. Keys of numbers and times stand in their order. */
static bool comes_before(const dki_accumulator *accumulator, size_t a, size_t b)
{
    dk_value x = value_of(accumulator, a), y = value_of(accumulator, b);

    switch (accumulator->what.type) {
    case DK_CATEGORY:
        return dk_dictionary_rank(accumulator->what.levels, (uint32_t)x.as.integer) <
               dk_dictionary_rank(accumulator->what.levels, (uint32_t)y.as.integer);
    case DK_RATIO:
    case DK_TEXT: return dk_value_compare(&x, &y) < 0;
    default: return a < b;
    }
}

/* The value that most rows have, of several the least. */
static dk_status append_mode(const dki_accumulator *accumulator, uint32_t group, dk_builder *builder, dk_error *err)
{
    const dki_tally *tally = &accumulator->tally;
    size_t best = dki_tally_find(tally, group);
    dk_value value;

    if (accumulator->n[group] == 0)
        return dk_builder_null(builder, 1, err);
    for (size_t at = best + 1; at < tally->n && tally->groups[at] == group; at++) {
        if (tally->counts[at] > tally->counts[best] ||
            (tally->counts[at] == tally->counts[best] && comes_before(accumulator, at, best)))
            best = at;
    }
    value = value_of(accumulator, best);
    switch (accumulator->what.type) {
    case DK_REAL: return dk_builder_real(builder, value.as.real, err);
    case DK_BOOLEAN: return dk_builder_boolean(builder, value.as.boolean, err);
    case DK_CATEGORY: return dk_builder_code(builder, (uint32_t)value.as.integer, err);
    case DK_RATIO: return dk_builder_ratio(builder, value.as.ratio, err);
    case DK_TEXT: return dk_builder_text(builder, value.as.text, err);
    default: return dk_builder_integer(builder, value.as.integer, err);
    }
}

static dk_status new_builder(const dki_accumulator *accumulator, dk_builder **out, dk_error *err)
{
    const dki_aggregate *what = &accumulator->what;
    dk_type type = what->type == DK_REAL ? DK_REAL : DK_RATIO;

    if (what->kind == DKI_AGGREGATE_MODE)
        return dk_builder_new(accumulator->context, what->type, what->scale, what->levels, out, err);
    if (what->kind == DKI_AGGREGATE_DISTINCT)
        type = DK_INTEGER;
    return dk_builder_new(accumulator->context, type, 0, NULL, out, err);
}

dk_status dki_accumulator_finish_tally(dki_accumulator *accumulator, const uint32_t *groups, size_t n,
                                       const dk_column **out, size_t *fault, dk_error *err)
{
    dki_aggregate_kind kind = accumulator->what.kind;
    bool fits = true;
    dk_builder *builder = NULL;
    dk_status status = dki_tally_settle(&accumulator->tally, err);

    if (status == DK_OK)
        status = new_builder(accumulator, &builder, err);
    DKI_FOR_ROWS(i, n, accumulator->context, status, err)
    {
        if (kind == DKI_AGGREGATE_DISTINCT)
            status = append_distinct(accumulator, groups[i], builder, err);
        else if (kind == DKI_AGGREGATE_MODE)
            status = append_mode(accumulator, groups[i], builder, err);
        else
            status = append_quantile(accumulator, groups[i], builder, &fits, err);
        if (!fits)
            *fault = (size_t)i;
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}
