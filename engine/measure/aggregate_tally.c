/* aggregate_tally.c - quantiles, distinct counts and modes of groups.
 *
 * A quantile is Hyndman and Fan's type 7: of n values in order, x[1] .. x[n], the one at 1 + (n - 1) p, between two
 * neighbours in proportion. It is exact, a ratio, but for reals, where the two neighbours are weighed in floating
 * point: x * (1 - f) + y * f, which is x where f is 0 or both are equal.
 *
 * Put otherwise: values lie in order along a line, each as long as its weight, W in all, and the quantile is their mean
 * over a stretch as long as one person, which begins at (W - 1) p. Where every weight is 1 that is type 7; where weights
 * are whole it is type 7 of so many records; and it moves steadily where they are not (Akinshin, Weighted quantile
 * estimators, 2023, with the sum of weights for n). Where W is below 1 the stretch is the whole line.
 */
#include "aggregate.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/ordered_key.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"

#define SELECTED_VALUES 16384 /* that a thread takes at a time */

/* The entries that a quantile is a mean of, and how much each has of the stretch. Lengths are whole numbers: those of
 * the counts, times the share's denominator. */
struct stretch {
    const uint64_t *keys, *counts; /* of the entries on it, in order, from the one at hand on */
    dki_u128 end;                  /* of that entry on the line */
    dki_u128 place;                /* where the rest of the stretch begins */
    dki_u128 left, whole;          /* what is left of it, and was at first */
    uint64_t factor;               /* length of a unit of the counts */
};

/* one is a person: so many of the units that counts are in. Counts of a group are below 2^62 together. few: room for all
 * entries of the group, with counts where not every one is 1. */
static void stretch_init(struct stretch *stretch, const dki_tally *tally, uint32_t group, dk_ratio share,
                         uint64_t one, dki_tally_entries *few)
{
    size_t first = dki_tally_find(tally, group);
    dki_tally_entries all = { tally->keys + first, few->counts ? tally->counts + first : NULL,
                              dki_tally_find(tally, group + 1) - first };
    uint64_t n = all.counts ? 0 : all.n, below;

    for (size_t at = 0; all.counts && at < all.n; at++)
        n += all.counts[at];
    stretch->factor = (uint64_t)share.denominator;
    stretch->place = n > one ? (dki_u128)(n - one) * (uint64_t)share.numerator : 0;
    stretch->whole = (dki_u128)(n > one ? one : n) * stretch->factor;
    stretch->left = stretch->whole;
    dki_tally_select(&all, (uint64_t)(stretch->place / stretch->factor),
                     (uint64_t)((stretch->place + stretch->whole - 1) / stretch->factor), few, &below);
    stretch->keys = few->keys;
    stretch->counts = few->counts;
    stretch->end = ((dki_u128)below + (few->counts ? *few->counts : 1)) * stretch->factor;
}

/* The next entry's key, and how long it lies on the stretch; false at its end. */
static bool stretch_next(struct stretch *stretch, uint64_t *key, dki_u128 *length)
{
    if (stretch->left == 0)
        return false;
    while (stretch->end <= stretch->place) { /* the line is longer than the stretch */
        stretch->keys++;
        stretch->end += (dki_u128)(stretch->counts ? *++stretch->counts : 1) * stretch->factor;
    }
    *key = *stretch->keys;
    *length = stretch->end - stretch->place;
    if (*length > stretch->left)
        *length = stretch->left;
    stretch->left -= *length;
    stretch->place += *length;
    return true;
}

static bool exact_mean(struct stretch *stretch, uint8_t scale, dk_ratio *out)
{
    dki_i128 sum = 0, term, denominator;
    dki_u128 length;
    uint64_t key;

    while (stretch_next(stretch, &key, &length)) {
        if (dki_mul_i128(dki_key_integer(key), (dki_i128)length, &term) || dki_add_i128(sum, term, &sum))
            return false;
    }
    return !dki_mul_i128((dki_i128)stretch->whole, dki_power10[scale], &denominator) &&
           dki_ratio_make(sum, denominator, out);
}

/* length / whole: 1e9 units to a person in both have no say in how it is rounded. */
static double part_of(dki_u128 length, dki_u128 whole)
{
    dki_u128 a = whole, b = length;

    if (whole >> 53 == 0) /* both are reals as they are: for speed alone */
        return (double)length / (double)whole;
    while (b > 0) {
        dki_u128 rest = a % b;

        a = b;
        b = rest;
    }
    return (double)(length / a) / (double)(whole / a);
}

/* The first value has what the others leave, so that two weigh 1 - f and f. A value has its length once, however many entries
 * it stands in. */
static double real_mean(struct stretch *stretch)
{
    dki_u128 length = 0, more;
    uint64_t key = 0, next;
    double first, others = 0, rest = 1;
    bool any = stretch_next(stretch, &key, &length); /* there is one */

    first = dki_key_real(key);
    for (bool is_first = true, differ = false;; is_first = false) {
        double value = dki_key_real(key), part;

        for (next = key; (any = stretch_next(stretch, &next, &more)) && next == key;)
            length += more;
        if (!is_first) {
            part = part_of(length, stretch->whole);
            others += value * part;
            rest -= part;
            differ = true;
        }
        if (!any)
            return differ ? first * rest + others : first;
        key = next;
        length = more;
    }
}

static dk_status does_not_fit(dk_error *err)
{
    (void)dki_fail(err, DK_ERR_OVERFLOW, "quantile() does not fit in 64 bits above and below");
    dki_hint(err, "quantile(real(x), ...) gives the nearest real instead");
    return DK_ERR_OVERFLOW;
}

static dk_status append_quantile(const dki_accumulator *accumulator, uint32_t group, dki_tally_entries *few,
                                 dk_builder *builder, bool *fits, dk_error *err)
{
    const dki_aggregate *what = &accumulator->what;
    struct stretch stretch;
    dk_ratio ratio;

    if (accumulator->n[group] == 0)
        return dk_builder_null(builder, 1, err);
    stretch_init(&stretch, &accumulator->tally, group, what->share, dki_aggregate_one(what), few);
    if (what->type == DK_REAL)
        return dk_builder_real(builder, real_mean(&stretch), err);
    *fits = exact_mean(&stretch, what->scale, &ratio);
    if (!*fits)
        return does_not_fit(err);
    return dk_builder_ratio(builder, ratio, err);
}

/* Quantiles of groups whose values are listed. */
struct selection {
    const dki_accumulator *accumulator;
    const uint32_t *groups;
    dk_ratio *ratios; /* of each; the denominator is 0 where it does not fit, and where there are no values */
};

/* As a stretch over entries gives it, of two that are neighbours in order. */
static bool select_quantile(const dki_accumulator *accumulator, uint32_t group, dk_ratio *out)
{
    const dki_value_lists *lists = accumulator->tally.lists;
    dk_ratio share = accumulator->what.share;
    size_t n = (size_t)accumulator->n[group];
    dki_u128 place = (dki_u128)(n - 1) * (uint64_t)share.numerator;
    int64_t whole = share.denominator, second = (int64_t)(place % (uint64_t)whole);
    uint32_t codes[2];
    dki_i128 sum, term, denominator;

    dki_codes_select(lists->codes + lists->starts[group], n, (size_t)(place / (uint64_t)whole), codes);
    return !dki_mul_i128((dki_i128)lists->least + codes[0], whole - second, &sum) &&
           !dki_mul_i128((dki_i128)lists->least + codes[1], second, &term) && !dki_add_i128(sum, term, &sum) &&
           !dki_mul_i128(whole, dki_power10[accumulator->what.scale], &denominator) &&
           dki_ratio_make(sum, denominator, out);
}

static dk_status select_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct selection *selection = arg;

    (void)worker;
    (void)err;
    for (uint64_t i = begin; i < end; i++) {
        uint32_t group = selection->groups[i];

        if (selection->accumulator->n[group] == 0 ||
            !select_quantile(selection->accumulator, group, &selection->ratios[i]))
            selection->ratios[i].denominator = 0;
    }
    return DK_OK;
}

static dk_status append_selected(const dki_accumulator *accumulator, const uint32_t *groups, size_t n,
                                 dk_builder *builder, size_t *fault, dk_error *err)
{
    dk_context *context = accumulator->context;
    const dki_value_lists *lists = accumulator->tally.lists;
    uint64_t n_values = lists->starts[lists->n_groups], grain = SELECTED_VALUES / (n_values / (n + 1) + 1) + 1;
    struct selection selection = { accumulator, groups, dki_alloc_array(context, n, sizeof(dk_ratio), err) };
    dk_status status =
        selection.ratios ? dki_parallel(context, n, grain, select_range, &selection, err) : DK_ERR_MEMORY;

    for (size_t from = 0, some; status == DK_OK && from < n; from += some) {
        uint64_t known[DK_BLOCK_WORDS] = { 0 };

        some = n - from < DK_BLOCK_ROWS ? n - from : DK_BLOCK_ROWS;
        status = dki_poll(context, err);
        for (size_t i = 0; status == DK_OK && i < some; i++) {
            if (selection.ratios[from + i].denominator != 0) {
                dki_bit_set(known, i);
            } else if (accumulator->n[groups[from + i]] != 0) {
                *fault = from + i;
                status = does_not_fit(err);
            }
        }
        if (status == DK_OK)
            status = dki_builder_ratios(builder, selection.ratios + from, known, some, err);
    }
    dki_free(context, selection.ratios);
    return status;
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
    case DK_REAL: value.as.real = dki_key_real(key); return value;
    case DK_BOOLEAN: value.as.boolean = dki_key_integer(key) != 0; return value;
    case DK_RATIO:
    case DK_TEXT:
        bytes = dki_text_map_get(&accumulator->tally.texts, (uint32_t)key, &size);
        if (what->type == DK_RATIO)
            memcpy(&value.as.ratio, bytes, sizeof value.as.ratio);
        else
            value.as.text = (dk_text){ bytes, size };
        return value;
    default: value.as.integer = dki_key_integer(key); return value;
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

/* Room for the entries of the largest group. */
static dk_status few_init(const dki_tally *tally, bool ones, dki_tally_entries *few, dk_context *context,
                          dk_error *err)
{
    size_t most = 1;

    for (size_t i = 0, begin = 0; i < tally->n; i++) {
        if (tally->groups[i] != tally->groups[begin])
            begin = i;
        most = i - begin + 1 > most ? i - begin + 1 : most;
    }
    few->keys = dki_alloc_array(context, most, sizeof *few->keys, err);
    if (few->keys && !ones)
        few->counts = dki_alloc_array(context, most, sizeof *few->counts, err);
    return few->keys && (ones || few->counts) ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_accumulator_finish_tally(dki_accumulator *accumulator, const uint32_t *groups, size_t n,
                                       const dk_column **out, size_t *fault, dk_error *err)
{
    dki_aggregate_kind kind = accumulator->what.kind;
    bool fits = true, ones = false;
    dki_tally_entries few = { NULL, NULL, 0 };
    dk_builder *builder = NULL;
    bool listed = dki_accumulator_finishes_wide(accumulator);
    dk_status status = DK_OK;

    if (kind == DKI_AGGREGATE_QUANTILE && !listed) {
        status = dki_tally_group(&accumulator->tally, &ones, err);
        if (status == DK_OK)
            status = few_init(&accumulator->tally, ones, &few, accumulator->context, err);
    } else if (!listed) {
        status = dki_tally_settle(&accumulator->tally, err);
    }
    if (status == DK_OK)
        status = new_builder(accumulator, &builder, err);
    if (status == DK_OK && listed)
        status = append_selected(accumulator, groups, n, builder, fault, err);
    DKI_FOR_ROWS(i, listed ? 0 : n, accumulator->context, status, err)
    {
        if (kind == DKI_AGGREGATE_DISTINCT)
            status = append_distinct(accumulator, groups[i], builder, err);
        else if (kind == DKI_AGGREGATE_MODE)
            status = append_mode(accumulator, groups[i], builder, err);
        else
            status = append_quantile(accumulator, groups[i], &few, builder, &fits, err);
        if (!fits)
            *fault = (size_t)i;
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dki_free(accumulator->context, few.keys);
    dki_free(accumulator->context, few.counts);
    return status;
}
