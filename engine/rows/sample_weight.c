/* sample_weight.c - rows that are drawn one after the other, each in proportion to its weight among those that are left.
 *
 * Efraimidis and Spirakis (Weighted random sampling with a reservoir, Information Processing Letters 97, 2006): the rows with
 * the greatest u^(1/w) are such a draw, where u is uniform on 0 to 1 and a row's own. Their logarithms have the same order, so
 * that the rows with the least -log(u) / w are drawn; u comes from the row's number, and so depends on seed and place alone.
 *
 * The logarithm is computed here, by additions, multiplications and divisions that have the same bits on every machine, which
 * those of C libraries need not have. Keys are doubles that are not negative, whose bits have their order as integers.
 *
 * Cost: some 20 ns a row beside the sort. Poll: once per block.
 */
#include <dekking/members.h>

#include <math.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "sample_weight.h"

/* -log of the number as a fraction: the middle of one of 2^52 parts of 0 to 1. */
static double minus_log(uint64_t number)
{
    static const double log_2 = 0x1.62e42fefa39efp-1, root_of_half = 0x1.6a09e667f3bcdp-1;
    int exponent;
    double part = frexp(((double)(number >> 12) + 0.5) * 0x1p-52, &exponent), ratio, square, sum = 0;

    if (part < root_of_half) {
        part *= 2;
        exponent--;
    }
    ratio = (part - 1) / (part + 1); /* log(part) = 2 (r + r^3/3 + r^5/5 + ...), |r| < 0.172 */
    square = ratio * ratio;
    for (int i = 23; i >= 1; i -= 2)
        sum = sum * square + 1.0 / i;
    return -(exponent * log_2 + 2 * ratio * sum);
}

static dk_status fail_row(const char *text, const dk_value *weight, uint64_t row, dk_error *err)
{
    char shown[64];

    (void)dk_value_format(weight, shown, sizeof shown);
    (void)dki_fail(err, DK_ERR_RANGE, "sample: the weight %s is %s in row %llu", text,
                   weight->is_null ? "null" : shown, (unsigned long long)row + 1);
    dki_hint(err, "a weight is 0 or more; leave such rows out first, or say what they weigh: coalesce(%s, 0)",
             text);
    return DK_ERR_RANGE;
}

static double weight_of(const dk_value *value)
{
    if (value->type == DK_REAL)
        return value->as.real;
    if (value->type == DK_RATIO)
        return dki_ratio_real(value->as.ratio);
    return (double)value->as.integer; /* digits are a factor that all rows share */
}

static dk_status add_block(dk_builder *builder, const dk_view *view, const char *text, uint64_t seed, uint64_t row,
                           size_t n, dk_error *err)
{
    uint64_t known[DK_BLOCK_ROWS / 64] = { 0 };
    int64_t keys[DK_BLOCK_ROWS];

    for (size_t i = 0; i < n; i++) {
        dk_value value = dki_view_value(view, i);
        double weight = value.is_null ? -1 : weight_of(&value), key;

        if (weight < 0)
            return fail_row(text, &value, row + i, err);
        dki_bit_put(known, i, weight > 0);
        key = weight > 0 ? minus_log(dk_random(seed, row + i)) / weight : 0;
        memcpy(&keys[i], &key, sizeof key);
    }
    return dki_builder_integers(builder, keys, known, n, err);
}

dk_status dki_sample_keys(const dk_column *weight, const char *text, uint64_t seed, const dk_column **out,
                          dk_error *err)
{
    dk_context *context = dk_column_context(weight);
    dk_builder *builder;
    dk_status status;
    dk_view view;

    if (!dk_type_is_number(dk_column_type(weight)))
        return dki_fail(err, DK_ERR_TYPE, "sample: a weight is a number, and %s is %s", text,
                        dk_column_type_name(weight));
    status = dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, err);
    if (status != DK_OK)
        return status;
    dk_view_init(&view, context);
    for (uint64_t row = 0; dki_column_block(weight, row, &view, &status, err); row += view.n)
        status = add_block(builder, &view, text, seed, row, view.n, err);
    dk_view_release(&view);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}
