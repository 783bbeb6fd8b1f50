/* rate.c - ratios that know their numerators and denominators. */
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "children.h"
#include "column_parts.h"

/* The ratios of a block of both; one that is null in either, or has no denominator, is null. */
static dk_status divide(const dk_view *numerator, const dk_view *denominator, dk_ratio *ratios, uint64_t *valid,
                        dk_error *err)
{
    for (size_t i = 0; i < numerator->n; i++) {
        bool known = !dki_view_is_null(numerator, i) && !dki_view_is_null(denominator, i);

        ratios[i] = (dk_ratio){ 0, 1 };
        if (known) {
            dk_value above = dki_view_value(numerator, i), below = dki_view_value(denominator, i);
            uint8_t scale = above.scale < below.scale ? above.scale : below.scale; /* which both have in common */
            char texts[2][48];

            known = below.as.integer != 0;
            if (known &&
                !dki_ratio_make((dki_i128)above.as.integer * dki_power10[below.scale - scale],
                                (dki_i128)below.as.integer * dki_power10[above.scale - scale], &ratios[i])) {
                (void)dk_value_format(&above, texts[0], sizeof texts[0]);
                (void)dk_value_format(&below, texts[1], sizeof texts[1]);
                return dki_fail(err, DK_ERR_OVERFLOW, "%s / %s does not fit", texts[0], texts[1]);
            }
        }
        dki_bit_put(valid, i, known);
    }
    return DK_OK;
}

static bool is_exact(const dk_column *column)
{
    return column->type == DK_INTEGER || column->type == DK_DECIMAL;
}

static dk_status divide_all(const dk_column *numerator, const dk_column *denominator, const dk_column **out,
                            dk_error *err)
{
    const dk_column *const columns[] = { numerator, denominator };
    dki_blocks blocks = { .context = numerator->context, .type = DK_RATIO, .n_rows = numerator->n_rows };
    dk_view views[2];
    dk_status status = DK_OK;

    for (size_t k = 0; k < 2; k++)
        dk_view_init(&views[k], numerator->context);
    for (uint64_t row = 0; dki_columns_block(columns, 2, row, views, &status, err); row += views->n) {
        dk_ratio ratios[DK_BLOCK_ROWS];
        uint64_t valid[DK_BLOCK_WORDS];

        status = divide(&views[0], &views[1], ratios, valid, err);
        if (status == DK_OK)
            status = dki_blocks_add(&blocks, ratios, valid, views->n, err);
    }
    for (size_t k = 0; k < 2; k++)
        dk_view_release(&views[k]);
    return dki_blocks_finish(&blocks, status, out, err);
}

bool dk_column_is_rate(const dk_column *column)
{
    return column->type == DK_RATIO && column->n_children == DK_CHILD_WHOLE;
}

dk_status dki_rate_of(const dk_column *ratio, const dk_column *numerator, const dk_column *denominator,
                      const char *whole, const dk_column **out, dk_error *err)
{
    const dk_column *children[DK_MOST_CHILDREN] = { numerator, denominator }, *own = NULL;
    size_t n = 2;
    dk_status status;

    if (!is_exact(numerator) || !is_exact(denominator)) {
        *out = dk_column_retain(ratio);
        return DK_OK;
    }
    status = dki_column_concat(ratio->context, DK_RATIO, 0, NULL, &ratio, 1, &own, err);
    (void)dk_column_retain(numerator);
    (void)dk_column_retain(denominator);
    if (status == DK_OK && whole) {
        dk_value text = { .type = DK_TEXT, .as.text = { whole, strlen(whole) } };

        status = dki_column_constant(ratio->context, &text, NULL, ratio->n_rows, &children[DK_CHILD_WHOLE], err);
        n += status == DK_OK;
    }
    return dki_column_compose(own, children, n, status, out, err);
}

dk_status dki_rate_new(const dk_column *numerator, const dk_column *denominator, const dk_column *whole,
                       const dk_column **out, dk_error *err)
{
    const dk_column *children[DK_MOST_CHILDREN] = { numerator, denominator, whole }, *own = NULL;
    dk_status status;

    if (!is_exact(numerator) || !is_exact(denominator))
        return dki_fail(err, DK_ERR_TYPE, "a rate has a numerator and a denominator, both integers or decimals");
    if (numerator->n_rows != denominator->n_rows)
        return dki_fail(err, DK_ERR_LENGTH, "the numerators and the denominators of a rate are as many");
    status = divide_all(numerator, denominator, &own, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < DK_MOST_CHILDREN && children[i]; i++)
        (void)dk_column_retain(children[i]);
    return dki_column_compose(own, children, whole ? 3 : 2, DK_OK, out, err);
}

dk_status dk_rate_new(const dk_column *numerator, const dk_column *denominator, const dk_column **out,
                      dk_error *err)
{
    return dki_rate_new(numerator, denominator, NULL, out, err);
}
