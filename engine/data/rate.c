/* rate.c - ratios that know their numerators and denominators. */
#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "children.h"
#include "column_parts.h"

/* The ratios of a block of both; one that is null in either, or has no denominator, is null. */
static dk_status divide(const dk_view *numerator, const dk_view *denominator, dk_builder *out, dk_error *err)
{
    dk_ratio ratios[DK_BLOCK_ROWS];
    uint64_t valid[DK_BLOCK_WORDS];

    for (size_t i = 0; i < numerator->n; i++) {
        bool known = !dki_view_is_null(numerator, i) && !dki_view_is_null(denominator, i);

        ratios[i] = (dk_ratio){ 0, 1 };
        if (known) {
            int64_t above = dki_view_value(numerator, i).as.integer, below = dki_view_value(denominator, i).as.integer;

            known = below != 0;
            if (known && !dki_ratio_make(above, below, &ratios[i]))
                return dki_fail(err, DK_ERR_OVERFLOW, "%lld / %lld does not fit", (long long)above, (long long)below);
        }
        dki_bit_put(valid, i, known);
    }
    return dki_builder_ratios(out, ratios, valid, numerator->n, err);
}

static bool is_exact(const dk_column *column)
{
    return column->type == DK_INTEGER || column->type == DK_DECIMAL;
}

static dk_status divide_all(const dk_column *numerator, const dk_column *denominator, dk_builder *out, dk_error *err)
{
    dk_view views[2];
    dk_status status = DK_OK;

    for (size_t k = 0; k < 2; k++)
        dk_view_init(&views[k], numerator->context);
    for (uint64_t row = 0; status == DK_OK && row < numerator->n_rows; row += DK_BLOCK_ROWS) {
        size_t n = numerator->n_rows - row < DK_BLOCK_ROWS ? (size_t)(numerator->n_rows - row) : DK_BLOCK_ROWS;

        status = dki_poll(numerator->context, err);
        if (status == DK_OK)
            status = dk_column_view(numerator, row, n, &views[0], err);
        if (status == DK_OK)
            status = dk_column_view(denominator, row, n, &views[1], err);
        if (status == DK_OK)
            status = divide(&views[0], &views[1], out, err);
    }
    for (size_t k = 0; k < 2; k++)
        dk_view_release(&views[k]);
    return status;
}

dk_status dk_rate_new(const dk_column *numerator, const dk_column *denominator, const dk_column **out, dk_error *err)
{
    const dk_column *children[DK_MOST_CHILDREN] = { numerator, denominator }, *own = NULL;
    dk_builder *builder = NULL;
    dk_status status;

    if (!is_exact(numerator) || denominator->type != numerator->type || denominator->scale != numerator->scale)
        return dki_fail(err, DK_ERR_TYPE,
                        "a rate has a numerator and a denominator, both integers or decimals of one scale");
    if (numerator->n_rows != denominator->n_rows)
        return dki_fail(err, DK_ERR_LENGTH, "the numerators and the denominators of a rate are as many");
    status = dk_builder_new(numerator->context, DK_RATIO, 0, NULL, &builder, err);
    if (status == DK_OK)
        status = divide_all(numerator, denominator, builder, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, &own, err);
    dk_builder_release(builder);
    if (status != DK_OK)
        return status;
    (void)dk_column_retain(numerator);
    (void)dk_column_retain(denominator);
    return dki_column_compose(own, children, 2, DK_OK, out, err);
}
