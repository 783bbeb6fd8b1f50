/* recode_divide.c - what is additive of rows that become several.
 *
 * Each part is rounded down to the last digit that is kept, and the last part gets what is left, so that parts add up to what there was.
 * There are billionths, as weights of scenarios have, however often a row is divided.
 */
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "column_parts.h"
#include "marker.h"
#include "recode_table.h"

#define DIGITS 9 /* of a divided column, or as many as it had */

/* The share of a row that is a part; the last part's is what the others leave. */
static bool share_out(const dki_recoding *recoding, uint64_t i, int64_t value, int64_t *out)
{
    const dki_becomes *becomes;
    size_t n_pairs = dk_recode_n_pairs(recoding->recode);
    uint32_t part = recoding->parts[i], code;
    dki_i128 given = 0, exact = 0;
    dk_value member;

    if (dk_column_get(recoding->column, recoding->rows[i], &member, NULL) != DK_OK)
        return false;
    code = dk_dictionary_find(dk_column_levels(recoding->column), member.as.text);
    becomes = &recoding->becomes[code];
    for (size_t k = 0; k < part; k++) {
        dk_ratio share = dk_recode_get(recoding->recode, becomes->first % n_pairs + k).share;

        exact = (dki_i128)value * share.numerator / share.denominator;
        given += exact;
    }
    *out = (int64_t)(part == becomes->n ? value - (given - exact) : exact);
    return true;
}

/* What row i has of a number, in more digits. */
static dk_status divide_number(const dki_recoding *recoding, uint64_t i, int64_t value, uint8_t scale,
                               uint8_t new_scale, int64_t *out, dk_error *err)
{
    if (!dki_rescale(value, scale, new_scale, out) ||
        (recoding->parts[i] > 0 && !share_out(recoding, i, *out, out)))
        return dki_fail(err, DK_ERR_OVERFLOW, "row %llu: %lld cannot be divided, it has too many digits",
                        (unsigned long long)recoding->rows[i] + 1, (long long)value);
    return DK_OK;
}

/* A part of what is known in bounds is in the same parts of these: an estimate, as the share is. */
static dk_status divide_bounds(const dki_recoding *recoding, uint64_t i, dk_interval *value, uint8_t scale,
                               uint8_t new_scale, dk_error *err)
{
    dk_status status = DK_OK;

    if (!value->no_least)
        status = divide_number(recoding, i, value->least, scale, new_scale, &value->least, err);
    if (status == DK_OK && !value->no_greatest)
        status = divide_number(recoding, i, value->greatest, scale, new_scale, &value->greatest, err);
    if (recoding->parts[i] > 0 && dk_interval_is_known(value)) {
        if (!value->no_least || !value->no_greatest)
            value->meaning = DK_MEANS_ESTIMATE;
        dki_interval_mark(value);
    }
    return status;
}

dk_status dki_recoding_divide(const dki_recoding *recoding, const dk_column *column, const dk_column **out,
                              dk_error *err)
{
    uint8_t scale = column ? dk_column_scale(column) : 0;
    uint8_t new_scale = scale > DIGITS ? scale : DIGITS;
    bool has_bounds = column && dk_column_type(column) == DK_INTERVAL;
    dk_builder *builder = NULL;
    dk_status status =
        dk_builder_new(recoding->context, has_bounds ? DK_INTERVAL : DK_DECIMAL, new_scale, NULL, &builder, err);

    for (uint64_t i = 0; i < recoding->n_rows && status == DK_OK; i++) {
        dk_value value = { .type = DK_INTEGER, .as.integer = 1 };
        int64_t scaled = 0;

        if (i % DK_BLOCK_ROWS == 0)
            status = dki_poll(recoding->context, err);
        if (status == DK_OK && column)
            status = dk_column_get(column, recoding->rows[i], &value, err);
        if (status != DK_OK)
            break;
        if (has_bounds) {
            status = divide_bounds(recoding, i, &value.as.interval, scale, new_scale, err);
            if (status == DK_OK)
                status = dk_builder_interval(builder, &value.as.interval, err);
            continue;
        }
        if (value.is_null) {
            status = dk_builder_null(builder, 1, err);
            continue;
        }
        status = divide_number(recoding, i, value.as.integer, scale, new_scale, &scaled, err);
        if (status == DK_OK)
            status = dk_builder_integer(builder, scaled, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}
