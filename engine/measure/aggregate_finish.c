/* aggregate_finish.c - from accumulators to a column of results.
 *
 * This is where exact sums meet 64 bits. A decimal sum has the digits of its values and its weights; where that is
 * more than a decimal can have, or the numbers do not fit with so many, zeros at the end that all results share are
 * taken off. Only what then still does not fit is an error.
 */
#include "aggregate.h"

#include <string.h>

#include "aggregate_defined.h"
#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"

struct finish {
    const dki_accumulator *accumulator;
    const uint32_t *groups;
    size_t n;
    dk_builder *builder;
    size_t *fault;
    dk_error *err;
};

#define FOR_GROUPS(finish, i, status) \
    DKI_FOR_ROWS(i, (finish)->n, (finish)->accumulator->context, status, (finish)->err)

/* Results of a block of groups, to be appended at once. */
struct batch {
    size_t n;
    union {
        int64_t values[DK_BLOCK_ROWS];
        dk_ratio ratios[DK_BLOCK_ROWS];
    };
    uint64_t known[DK_BLOCK_WORDS];
};

/* Groups jump about among accumulators: what a later one needs is fetched meanwhile. */
#define FETCHED_AHEAD 16

static inline const void *sum_of(const dki_accumulator *accumulator, uint32_t group)
{
    return accumulator->sum ? (const void *)&accumulator->sum[group] : accumulator;
}

/* Runs the statement for every group i of each batch, with its place `at` in there; batches go to append. */
#define FOR_BATCHES(finish, batch, status, append, ...)                                                  \
    for (size_t first_ = 0; (status) == DK_OK && first_ < (finish)->n; first_ += (batch)->n) {           \
        (batch)->n = (finish)->n - first_ < DK_BLOCK_ROWS ? (finish)->n - first_ : DK_BLOCK_ROWS;        \
        (status) = dki_poll((finish)->accumulator->context, (finish)->err);                              \
        memset((batch)->known, 0, sizeof(batch)->known);                                                 \
        for (size_t at = 0; (status) == DK_OK && at < (batch)->n; at++) {                                \
            size_t i = first_ + at;                                                                      \
            uint32_t group = (finish)->groups[i];                                                        \
            uint32_t later_ = (finish)->groups[i + FETCHED_AHEAD < (finish)->n ? i + FETCHED_AHEAD : i]; \
            __builtin_prefetch(&(finish)->accumulator->n[later_]);                                       \
            __builtin_prefetch(sum_of((finish)->accumulator, later_));                                   \
            __VA_ARGS__;                                                                                 \
        }                                                                                                \
        if ((status) == DK_OK)                                                                           \
            (status) = append((finish), (batch));                                                        \
    }

static dk_status new_builder(struct finish *finish, dk_type type, unsigned scale, const dk_dictionary *levels)
{
    dk_status status =
        dk_builder_new(finish->accumulator->context, type, (uint8_t)scale, levels, &finish->builder, finish->err);

    return status == DK_OK ? dki_builder_expect(finish->builder, finish->n, finish->err) : status;
}

static dk_status append_integers(struct finish *finish, const struct batch *batch)
{
    return dki_builder_integers(finish->builder, batch->values, batch->known, batch->n, finish->err);
}

static dk_status append_ratios(struct finish *finish, const struct batch *batch)
{
    return dki_builder_ratios(finish->builder, batch->ratios, batch->known, batch->n, finish->err);
}

static dk_status append_codes(struct finish *finish, const struct batch *batch)
{
    uint32_t codes[DK_BLOCK_ROWS];

    for (size_t i = 0; i < batch->n; i++)
        codes[i] = dki_bit(batch->known, i) ? (uint32_t)batch->values[i] : 0;
    return dki_builder_codes(finish->builder, codes, batch->n, finish->err);
}

static dk_status overflow(struct finish *finish, size_t i)
{
    const char *name = dki_aggregate_name(finish->accumulator->what.kind);

    *finish->fault = i;
    (void)dki_fail(finish->err, DK_ERR_OVERFLOW, "%s() does not fit in 64 bits", name);
    if (finish->accumulator->what.kind != DKI_AGGREGATE_COUNT)
        dki_hint(finish->err, "%s(real(x)) gives the nearest real instead", name);
    return DK_ERR_OVERFLOW;
}

static dki_i128 power10(unsigned digits) /* digits <= 38 */
{
    dki_i128 power = dki_power10[digits > 18 ? 18 : digits];

    for (; digits > 18; digits--)
        power *= 10;
    return power;
}

/* How many digits at the end of these numbers must go so that each fits and at most 18 stay. */
static dk_status digits_to_drop(struct finish *finish, const dki_i128 *sums, unsigned scale, unsigned *drop)
{
    const dki_accumulator *accumulator = finish->accumulator;
    size_t widest = 0;

    *drop = scale > DK_DECIMAL_MAX_SCALE ? scale - DK_DECIMAL_MAX_SCALE : 0;
    if (accumulator->has_most_digits && accumulator->most_digits < scale - *drop)
        *drop = scale - accumulator->most_digits;
    for (size_t i = 0; i < finish->n; i++) {
        uint32_t group = finish->groups[i];

        if (accumulator->high && accumulator->high[group] != 0)
            return overflow(finish, i);
        while (!dki_fits_i64(*drop ? sums[group] / power10(*drop) : sums[group])) {
            if (*drop >= scale)
                return overflow(finish, i);
            ++*drop;
            widest = i;
        }
    }
    for (size_t i = 0; *drop && i < finish->n; i++) {
        if (sums[finish->groups[i]] % power10(*drop) != 0)
            return overflow(finish, *drop + DK_DECIMAL_MAX_SCALE > scale ? widest : i);
    }
    return DK_OK;
}

/* Exact sums of so many digits as an integer or decimal column; a sum of no values is null, a count is 0. */
static dk_status finish_whole(struct finish *finish, dk_type type, unsigned scale)
{
    const dki_accumulator *accumulator = finish->accumulator;
    bool counts = accumulator->what.kind == DKI_AGGREGATE_COUNT;
    struct batch batch;
    unsigned drop;
    dki_i128 divisor;
    dk_status status = digits_to_drop(finish, accumulator->sum, scale, &drop);

    if (status != DK_OK)
        return status;
    divisor = power10(drop);
    status = new_builder(finish, type, scale - drop, NULL);
    FOR_BATCHES(finish, &batch, status, append_integers, {
        dki_i128 sum = accumulator->sum[group];

        batch.values[at] = (int64_t)(drop ? sum / divisor : sum);
        dki_bit_put(batch.known, at, counts || accumulator->n[group] != 0);
    });
    return status;
}

static dk_status finish_count(struct finish *finish)
{
    const dki_accumulator *accumulator = finish->accumulator;
    struct batch batch;
    dk_status status;

    if (accumulator->sum)
        return finish_whole(finish, accumulator->what.weight_type, accumulator->what.weight_scale);
    status = new_builder(finish, DK_INTEGER, 0, NULL);
    FOR_BATCHES(finish, &batch, status, append_integers, {
        batch.values[at] = (int64_t)accumulator->n[group];
        dki_bit_set(batch.known, at);
    });
    return status;
}

/* sum / (n * 10^digits) in lowest terms. n and the power of ten are looked at apart: both are small beside their
 * product, and of the power only twos and fives can go. */
static bool mean_of(dki_i128 sum, uint64_t n, unsigned digits, dk_ratio *out)
{
    uint64_t above = (uint64_t)(sum < 0 ? -sum : sum), divisor;
    unsigned twos = digits, fives = digits;
    dki_u128 below;

    if (!dki_fits_i64(sum) || n > UINT32_MAX) {
        dki_i128 denominator;

        return !dki_mul_i128((dki_i128)n, dki_power10[digits], &denominator) &&
               dki_ratio_make(sum, denominator, out);
    }
    *out = (dk_ratio){ 0, 1 };
    if (sum == 0)
        return true;
    divisor = (uint64_t)dki_common_divisor((int64_t)above, (int64_t)n);
    if (divisor > 1) {
        above /= divisor;
        n /= divisor;
    }
    for (; fives > 0 && above % 5 == 0; fives--)
        above /= 5;
    twos = (unsigned)__builtin_ctzll(above);
    twos = twos < digits ? twos : digits;
    above >>= twos;
    below = (dki_u128)((uint64_t)dki_power10[fives] >> fives) * n << (digits - twos);
    if (below > INT64_MAX)
        return false;
    *out = (dk_ratio){ sum < 0 ? (int64_t)-above : (int64_t)above, (int64_t)below };
    return true;
}

/* The mean of a group that has values. */
static bool group_mean(const dki_accumulator *accumulator, uint32_t group, dk_ratio *out)
{
    unsigned digits = accumulator->what.scale; /* those of the weights cancel out */
    dki_i128 denominator;

    if (accumulator->high && accumulator->high[group] != 0)
        return false;
    if (accumulator->weight == NULL && digits <= DK_DECIMAL_MAX_SCALE)
        return mean_of(accumulator->sum[group], accumulator->n[group], digits, out);
    return !dki_mul_i128(accumulator->weight ? accumulator->weight[group] : (dki_i128)accumulator->n[group],
                         power10(digits), &denominator) &&
           dki_ratio_make(accumulator->sum[group], denominator, out);
}

static dk_status finish_mean(struct finish *finish)
{
    const dki_accumulator *accumulator = finish->accumulator;
    struct batch batch;
    dk_status status = new_builder(finish, DK_RATIO, 0, NULL);

    FOR_BATCHES(finish, &batch, status, append_ratios, {
        if (accumulator->n[group] == 0)
            continue;
        dki_bit_set(batch.known, at);
        if (!group_mean(accumulator, group, &batch.ratios[at]))
            status = overflow(finish, i);
    });
    return status;
}

/* What the weighed sum of a group is to be divided by. */
static dki_i128 divisor_of(const dki_accumulator *accumulator, uint32_t group)
{
    if (accumulator->what.kind == DKI_AGGREGATE_SUM)
        return accumulator->what.weighted ? power10(accumulator->what.weight_scale) : 1;
    if (accumulator->weight)
        return accumulator->weight[group];
    return accumulator->n[group] ? (dki_i128)accumulator->n[group] : 1;
}

static bool round_sum(const dki_accumulator *accumulator, uint32_t group, double *out)
{
    dki_u128 divisor = (dki_u128)divisor_of(accumulator, group);
    dki_real_sum sum;

    if (accumulator->longs[group] == NULL && divisor <= UINT64_MAX) {
        *out = dki_short_sum_round(&accumulator->shorts[group], (uint64_t)divisor);
        return true;
    }
    memset(&sum, 0, sizeof sum);
    if (accumulator->longs[group])
        sum = *accumulator->longs[group];
    dki_real_sum_merge_short(&sum, &accumulator->shorts[group]);
    return dki_real_sum_round(&sum, divisor, out);
}

static dk_status finish_reals(struct finish *finish)
{
    const dki_accumulator *accumulator = finish->accumulator;
    dk_status status = new_builder(finish, DK_REAL, 0, NULL);

    FOR_GROUPS(finish, i, status)
    {
        uint32_t group = finish->groups[i];
        double value;

        if (accumulator->n[group] == 0)
            status = dk_builder_null(finish->builder, 1, finish->err);
        else if (!round_sum(accumulator, group, &value)) {
            *finish->fault = i;
            status = dki_fail(finish->err, DK_ERR_OVERFLOW, "%s() is beyond the greatest real",
                              dki_aggregate_name(accumulator->what.kind));
        } else
            status = dk_builder_real(finish->builder, value, finish->err);
    }
    return status;
}

static dk_status finish_ratios(struct finish *finish)
{
    const dki_accumulator *accumulator = finish->accumulator;
    dk_context *context = accumulator->context;
    size_t n_groups = accumulator->capacity;
    dki_i128 *divisors = dki_alloc_array(context, n_groups, sizeof *divisors, finish->err);
    dk_ratio *totals = dki_alloc_array(context, n_groups, sizeof *totals, finish->err);
    bool *fits = dki_alloc_array(context, n_groups, sizeof *fits, finish->err);
    dk_status status = divisors && totals && fits ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK) {
        for (size_t i = 0; i < n_groups; i++) {
            divisors[i] = divisor_of(accumulator, (uint32_t)i);
            if (divisors[i] == 0)
                divisors[i] = 1; /* nothing but rows of weight 0: null below */
        }
        status = dki_ratio_sums_finish(&accumulator->ratios, n_groups, divisors, totals, fits, finish->err);
    }
    if (status == DK_OK)
        status = new_builder(finish, DK_RATIO, 0, NULL);
    FOR_GROUPS(finish, i, status)
    {
        uint32_t group = finish->groups[i];

        if (accumulator->n[group] == 0) {
            status = dk_builder_null(finish->builder, 1, finish->err);
        } else if (!fits[group]) {
            *finish->fault = i;
            (void)dki_fail(finish->err, DK_ERR_OVERFLOW,
                           "%s() of these ratios does not fit in 64 bits above and below",
                           dki_aggregate_name(accumulator->what.kind));
            dki_hint(finish->err, "%s(real(x)) gives the nearest real instead",
                     dki_aggregate_name(accumulator->what.kind));
            status = DK_ERR_OVERFLOW;
        } else {
            status = dk_builder_ratio(finish->builder, totals[group], finish->err);
        }
    }
    dki_free(context, divisors);
    dki_free(context, totals);
    dki_free(context, fits);
    return status;
}

static dk_status append_best(struct finish *finish, uint32_t group)
{
    const dki_accumulator *accumulator = finish->accumulator;
    dk_builder *builder = finish->builder;

    switch (accumulator->what.type) {
    case DK_REAL: return dk_builder_real(builder, ((const double *)accumulator->best)[group], finish->err);
    case DK_RATIO: return dk_builder_ratio(builder, ((const dk_ratio *)accumulator->best)[group], finish->err);
    case DK_TEXT: return dk_builder_text(builder, ((const dk_text *)accumulator->best)[group], finish->err);
    default: return dk_builder_boolean(builder, ((const int64_t *)accumulator->best)[group] != 0, finish->err);
    }
}

/* Numbers, times and codes. */
static dk_status finish_best_whole(struct finish *finish)
{
    const dki_accumulator *accumulator = finish->accumulator;
    struct batch batch;
    dk_status status = DK_OK;

#define PUT_BEST                                                        \
    {                                                                   \
        batch.values[at] = ((const int64_t *)accumulator->best)[group]; \
        dki_bit_put(batch.known, at, accumulator->n[group] != 0);       \
    }
    if (accumulator->what.type == DK_CATEGORY)
        FOR_BATCHES(finish, &batch, status, append_codes, PUT_BEST)
    else
        FOR_BATCHES(finish, &batch, status, append_integers, PUT_BEST)
#undef PUT_BEST
    return status;
}

static dk_status finish_best(struct finish *finish)
{
    const dki_accumulator *accumulator = finish->accumulator;
    const dki_aggregate *what = &accumulator->what;
    dk_status status = new_builder(finish, what->type, what->scale, what->levels);

    if (status == DK_OK && what->type != DK_REAL && what->type != DK_RATIO && what->type != DK_TEXT &&
        what->type != DK_BOOLEAN)
        return finish_best_whole(finish);
    FOR_GROUPS(finish, i, status)
    {
        uint32_t group = finish->groups[i];

        if (accumulator->n[group] == 0)
            status = dk_builder_null(finish->builder, 1, finish->err);
        else
            status = append_best(finish, group);
    }
    return status;
}

static dk_status finish_kind(struct finish *finish)
{
    const dki_aggregate *what = &finish->accumulator->what;
    dk_type type = what->type;
    unsigned scale = what->scale;

    switch (what->kind) {
    case DKI_AGGREGATE_COUNT:
    case DKI_AGGREGATE_ROWS: return finish_count(finish);
    case DKI_AGGREGATE_MIN:
    case DKI_AGGREGATE_MAX:
    case DKI_AGGREGATE_FIRST:
    case DKI_AGGREGATE_LAST: return finish_best(finish);
    default: break;
    }
    if (type == DK_REAL)
        return finish_reals(finish);
    if (type == DK_RATIO)
        return finish_ratios(finish);
    if (what->kind == DKI_AGGREGATE_MEAN)
        return finish_mean(finish);
    if (what->weighted) {
        scale += what->weight_scale;
        if (what->weight_type == DK_DECIMAL)
            type = DK_DECIMAL;
    }
    return finish_whole(finish, type, scale);
}

dk_status dki_accumulator_finish(dki_accumulator *accumulator, const uint32_t *groups, size_t n,
                                 const dk_column **out, size_t *fault, dk_error *err)
{
    struct finish finish = { accumulator, groups, n, NULL, fault, err };
    dk_status status;

    *fault = SIZE_MAX;
    if (accumulator->what.defined)
        return dki_accumulator_finish_defined(accumulator, groups, n, out, fault, err);
    if (dki_aggregate_tallies(accumulator->what.kind))
        return dki_accumulator_finish_tally(accumulator, groups, n, out, fault, err);
    if (dki_aggregate_has_moments(accumulator->what.kind))
        return dki_accumulator_finish_moments(accumulator, groups, n, out, fault, err);
    status = finish_kind(&finish);
    if (status == DK_OK)
        status = dk_builder_finish(finish.builder, out, err);
    dk_builder_release(finish.builder);
    return status;
}
