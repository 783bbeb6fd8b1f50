/* aggregate_moments.c - variance, sd, cov and corr of groups.
 *
 *   cov(x, y)    (n * sum(x * y) - sum(x) * sum(y)) / (n (n - 1)), exact and then rounded once to a real
 *   variance(x)  cov(x, x)
 *   sd(x)        the square root of variance(x), as the processor rounds it
 *   corr(x, y)   with c(a, b) = n * sum(a * b) - sum(a) * sum(b), each exact and then rounded once:
 *                c(x, y) / sqrt(c(x, x) * c(y, y)), in -1 .. 1
 *
 * With weights n is the sum of the weights and each sum weighs its terms: a record of weight 3 is three. Weights with
 * digits are whole numbers of their last digit, U of which are one person; then n (n - 1) is W (W - U), and all else
 * stands as it is, for U^2 cancels (of a correlation it is taken out before each is rounded).
 *
 * All of fewer than two values (weights of one or less) are null; so is a correlation where one side does not vary.
 */
#include "aggregate.h"

#include <math.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "expr/poll_row.h"

/* Taking rows in. ---------------------------------------------------------------------------------------------- */

static double real_at(const dk_view *view, size_t i)
{
    return ((const double *)view->values)[view->constant ? 0 : i];
}

static inline void add_narrow_rows(const dki_moments *moments, size_t n_limbs, const dki_rows *rows,
                                   const int64_t *others, const uint64_t *use)
{
    for (size_t word = 0; word < dki_bit_words(rows->n); word++) {
        size_t first = word * 64;

        if (use[word] == UINT64_MAX) {
            for (size_t i = first; i < first + 64; i++)
                dki_moments_add_narrow(moments, n_limbs, rows->groups[i], rows->integers[i], others[i]);
            continue;
        }
        for (uint64_t left = use[word]; left; left &= left - 1) {
            size_t i = first + (size_t)__builtin_ctzll(left);

            dki_moments_add_narrow(moments, n_limbs, rows->groups[i], rows->integers[i], others[i]);
        }
    }
}

static void add_narrow(const dki_moments *moments, const dki_rows *rows, const int64_t *others, const uint64_t *use)
{
    switch (moments->n_limbs) { /* speed: numbers that the loops know */
    case 2: add_narrow_rows(moments, 2, rows, others, use); break;
    case 3: add_narrow_rows(moments, 3, rows, others, use); break;
    default: add_narrow_rows(moments, 5, rows, others, use);
    }
}

dk_status dki_accumulator_add_moments(dki_accumulator *accumulator, const dki_rows *rows, const uint64_t *use,
                                      dk_error *err)
{
    dki_moments *moments = &accumulator->moments;
    const dk_view *other = rows->other ? rows->other : rows->value;
    const int64_t *others = rows->other ? rows->other_integers : rows->integers;

    if (moments->form == DKI_MOMENTS_NARROW) { /* which have no weights */
        add_narrow(moments, rows, others, use);
        return DK_OK;
    }
    for (size_t word = 0; word < dki_bit_words(rows->n); word++) {
        for (uint64_t left = use[word]; left; left &= left - 1) {
            size_t i = word * 64 + (size_t)__builtin_ctzll(left);
            uint32_t group = rows->groups[i];
            int64_t weight = accumulator->weight ? rows->weights[i] : 1;
            dk_status status = DK_OK;

            accumulator->n[group]++;
            if (accumulator->weight)
                accumulator->weight[group] += weight;
            if (moments->form == DKI_MOMENTS_REAL)
                status =
                    dki_moments_add_real(moments, group, real_at(rows->value, i), real_at(other, i), weight, err);
            else if (weight == 1)
                dki_moments_add_one(moments, group, rows->integers[i], others[i]);
            else
                dki_moments_add_whole(moments, group, rows->integers[i], others[i], weight);
            if (status != DK_OK)
                return status;
        }
    }
    return DK_OK;
}

/* Finishing. --------------------------------------------------------------------------------------------------- */

/* How many values there are, in units of the weights. */
static uint64_t n_units(const dki_accumulator *accumulator, uint32_t group)
{
    return accumulator->weight ? (uint64_t)accumulator->weight[group]
                               : accumulator->n[group] + dki_moments_n(&accumulator->moments, group);
}

static double covariance(const dki_accumulator *accumulator, uint32_t group)
{
    const dki_aggregate *what = &accumulator->what;
    bool pairs = dki_aggregate_has_pairs(what->kind);
    uint64_t n = n_units(accumulator, group);
    uint64_t divisors[] = { n, n - dki_aggregate_one(what), (uint64_t)dki_power10[what->scale],
                            (uint64_t)dki_power10[pairs ? what->other_scale : what->scale] };
    dki_scaled scaled = dki_moments_central(&accumulator->moments, group, n, DKI_MOMENT_X,
                                            pairs ? DKI_MOMENT_Y : DKI_MOMENT_X, divisors, 4);

    return ldexp(scaled.mantissa, scaled.exponent);
}

/* Null where a side does not vary. */
static bool correlation(const dki_accumulator *accumulator, uint32_t group, double *out)
{
    const dki_moments *moments = &accumulator->moments;
    uint64_t n = n_units(accumulator, group);
    uint64_t one = dki_aggregate_one(&accumulator->what);
    const uint64_t divisors[] = { one, one }; /* of persons, whatever they are counted in: each is rounded once */
    dki_scaled xy = dki_moments_central(moments, group, n, DKI_MOMENT_X, DKI_MOMENT_Y, divisors, 2);
    dki_scaled xx = dki_moments_central(moments, group, n, DKI_MOMENT_X, DKI_MOMENT_X, divisors, 2);
    dki_scaled yy = dki_moments_central(moments, group, n, DKI_MOMENT_Y, DKI_MOMENT_Y, divisors, 2);
    int exponent = xx.exponent + yy.exponent;
    double product = xx.mantissa * yy.mantissa;

    if (xx.mantissa == 0 || yy.mantissa == 0)
        return false;
    if (exponent % 2) { /* 2^104 .. 2^107: far from every bound */
        product *= 2;
        exponent--;
    }
    *out = ldexp(xy.mantissa / sqrt(product), xy.exponent - exponent / 2);
    *out = *out > 1 ? 1 : *out < -1 ? -1 : *out;
    return true;
}

dk_status dki_accumulator_finish_moments(const dki_accumulator *accumulator, const uint32_t *groups, size_t n,
                                         const dk_column **out, size_t *fault, dk_error *err)
{
    dki_aggregate_kind kind = accumulator->what.kind;
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(accumulator->context, DK_REAL, 0, NULL, &builder, err);

    DKI_FOR_ROWS(i, n, accumulator->context, status, err)
    {
        bool known = n_units(accumulator, groups[i]) > dki_aggregate_one(&accumulator->what);
        double value = 0;

        if (known && kind == DKI_AGGREGATE_CORR)
            known = correlation(accumulator, groups[i], &value);
        else if (known)
            value = covariance(accumulator, groups[i]);
        if (known && kind == DKI_AGGREGATE_SD)
            value = sqrt(value);
        if (!known) {
            status = dk_builder_null(builder, 1, err);
        } else if (isinf(value)) {
            *fault = (size_t)i;
            status = dki_fail(err, DK_ERR_OVERFLOW, "%s() is beyond the greatest real", dki_aggregate_name(kind));
        } else {
            status = dk_builder_real(builder, value, err);
        }
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}
