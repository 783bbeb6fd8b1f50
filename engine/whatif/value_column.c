/* value_column.c - numbers of several kinds as one column, of a type that holds them all. */
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "expr/interval.h"
#include "expr/poll_row.h"
#include "sides.h"

/* What the values are, together. */
struct kinds {
    bool any[DK_N_TYPES];
    uint8_t scale; /* most digits of decimals and bounds */
};

static dk_status find_kinds(dk_context *context, uint64_t n, dki_value_fn *get, void *arg, struct kinds *kinds,
                            dk_error *err)
{
    dk_status status = DK_OK;

    DKI_FOR_ROWS(i, n, context, status, err)
    {
        dk_value value;

        status = get(arg, i, &value, err);
        if (status != DK_OK || (value.is_null && value.type != DK_INTERVAL))
            continue;
        kinds->any[value.type] = true;
        if ((value.type == DK_DECIMAL || value.type == DK_INTERVAL) && value.scale > kinds->scale)
            kinds->scale = value.scale;
    }
    return status;
}

static dk_status choose_type(const struct kinds *kinds, dk_type *out, dk_error *err)
{
    *out = kinds->any[DK_INTERVAL]  ? DK_INTERVAL
           : kinds->any[DK_REAL]    ? DK_REAL
           : kinds->any[DK_RATIO]   ? DK_RATIO
           : kinds->any[DK_DECIMAL] ? DK_DECIMAL
                                    : DK_INTEGER;
    if (*out != DK_INTERVAL || !(kinds->any[DK_REAL] || kinds->any[DK_RATIO]))
        return DK_OK;
    dki_fail(err, DK_ERR_TYPE, "numbers in bounds and ratios do not stand in one column");
    dki_hint(err, "take them one by one, or side by side");
    return DK_ERR_TYPE;
}

double dki_value_real(const dk_value *value)
{
    switch (value->type) {
    case DK_REAL: return value->as.real;
    case DK_RATIO: return dki_ratio_real(value->as.ratio);
    default: return dki_decimal_real(value->as.integer, value->type == DK_DECIMAL ? value->scale : 0);
    }
}

void dki_ratio_as_decimal(dk_value *value)
{
    dki_i128 scaled;

    for (unsigned digits = 0; digits <= DK_WEIGHT_SCALE; digits++) {
        dk_ratio again;

        if (!dki_round_value(value, digits, &scaled) || !dki_fits_i64(scaled) ||
            !dki_ratio_make(scaled, dki_power10[digits], &again) || again.numerator != value->as.ratio.numerator ||
            again.denominator != value->as.ratio.denominator)
            continue;
        *value = (dk_value){ .type = digits ? DK_DECIMAL : DK_INTEGER, .scale = (uint8_t)digits };
        value->as.integer = (int64_t)scaled;
        return;
    }
}

static dk_status append(dk_builder *builder, dk_type type, uint8_t scale, const dk_value *value, dk_error *err)
{
    dk_value bounds;
    dk_status status;

    if (type == DK_REAL && !value->is_null)
        return dk_builder_real(builder, dki_value_real(value), err);
    if (type != DK_INTERVAL || value->is_null)
        return dk_builder_value(builder, value, err);
    status = dki_interval_of(value, scale, &bounds, err);
    return status == DK_OK ? dk_builder_value(builder, &bounds, err) : status;
}

dk_status dki_value_column(dk_context *context, uint64_t n, dki_value_fn *get, void *arg, const dk_column **out,
                           dk_error *err)
{
    struct kinds kinds = { .scale = 0 };
    dk_builder *builder = NULL;
    dk_type type = DK_INTEGER;
    dk_status status = find_kinds(context, n, get, arg, &kinds, err);

    if (status == DK_OK)
        status = choose_type(&kinds, &type, err);
    if (status == DK_OK)
        status = dk_builder_new(context, type, type == DK_DECIMAL || type == DK_INTERVAL ? kinds.scale : 0, NULL,
                                &builder, err);
    DKI_FOR_ROWS(i, n, context, status, err)
    {
        dk_value value;

        status = get(arg, i, &value, err);
        if (status == DK_OK)
            status = append(builder, type, kinds.scale, &value, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}
