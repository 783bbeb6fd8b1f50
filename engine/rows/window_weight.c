/* window_weight.c - rows that stand for more than one, or for a part of one.
 *
 * A weighed sum has the digits of its values and of its weights, as in a breakdown: it is added up in 128 bits, and
 * digits that are 0 in every row go where they would not fit. A row of weight 0 is nobody.
 */
#include "window_parts.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"

dk_status dki_window_weights(const dki_window *window, const dki_window_call *call, int64_t **out, uint64_t **known,
                             dk_error *err)
{
    size_t n_rows = (size_t)window->n_rows;
    int64_t least, greatest, *weights = NULL;
    uint64_t *none = NULL; /* a weight is never null */
    dk_status status;

    if (call->weight == NULL)
        return DK_OK;
    status = dki_column_words(call->weight, &weights, &none, err);
    *out = weights;
    if (status != DK_OK || !dk_column_bounds(call->weight, &least, &greatest) || least > 0)
        return status;
    if (*known == NULL) {
        *known = dki_alloc_array(window->context, dki_bit_words(n_rows), sizeof **known, err);
        if (*known == NULL)
            return DK_ERR_MEMORY;
        memset(*known, 0xff, dki_bit_words(n_rows) * sizeof **known);
    }
    for (size_t row = 0; status == DK_OK && row < n_rows; row++) {
        if (row % DK_BLOCK_ROWS == 0)
            status = dki_poll(window->context, err);
        if (weights[row] == 0)
            dki_bit_put(*known, row, false);
    }
    return status;
}

static dki_i128 power10(unsigned digits) /* <= 36 */
{
    return (dki_i128)dki_power10[digits > 18 ? 18 : digits] * dki_power10[digits > 18 ? digits - 18 : 0];
}

dk_status dki_window_narrow(const dki_window *window, const dki_window_call *call, const dki_i128 *sums,
                            const uint8_t *known, unsigned *scale, int64_t *out, dk_error *err)
{
    unsigned drop = *scale > DK_DECIMAL_MAX_SCALE ? *scale - DK_DECIMAL_MAX_SCALE : 0;
    uint64_t widest = 0;
    dk_status status = DK_OK;
    dki_i128 divisor;

    for (uint64_t row = 0; row < window->n_rows; row++)
        while ((known == NULL || known[row]) && !dki_fits_i64(drop ? sums[row] / power10(drop) : sums[row])) {
            if (drop >= *scale)
                return dki_window_overflow(call, row, err);
            drop++;
            widest = row;
        }
    divisor = power10(drop);
    for (uint64_t row = 0; row < window->n_rows && status == DK_OK; row++) {
        if (row % DK_BLOCK_ROWS == 0)
            status = dki_poll(window->context, err);
        if (known && !known[row])
            out[row] = 0;
        else if (drop && sums[row] % divisor != 0)
            return dki_window_overflow(call, drop + DK_DECIMAL_MAX_SCALE > *scale ? widest : row, err);
        else
            out[row] = (int64_t)(drop ? sums[row] / divisor : sums[row]);
    }
    *scale -= drop;
    return status;
}
