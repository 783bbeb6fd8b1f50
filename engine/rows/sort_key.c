/* sort_key.c - the values of a column as numbers that stand in the same order.
 *
 * Numbers that count by their bits are shifted so that they compare unsigned; a category gives the rank of its
 * level; texts and ratios are numbered as they come, and the different ones are sorted once.
 *
 * Cost: O(rows), for texts and ratios also O(d log d) for d different ones. Poll: once per block.
 */
#include "sort_key.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/ordered_key.h"
#include "base/text.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "sort_rows.h"

static void number_codes(const dk_view *view, uint64_t *codes)
{
    int64_t values[DK_BLOCK_ROWS];

    if (view->type == DK_REAL) {
        for (size_t i = 0; i < view->n; i++)
            codes[i] = dki_real_key(((const double *)view->values)[view->constant ? 0 : i]);
        return;
    }
    dki_view_integers(view, values);
    for (size_t i = 0; i < view->n; i++)
        codes[i] = dki_integer_key(values[i]);
}

static void category_codes(const dk_view *view, uint64_t *codes)
{
    uint32_t levels[DK_BLOCK_ROWS];

    dki_view_codes(view, levels);
    for (size_t i = 0; i < view->n; i++)
        codes[i] = levels[i] ? dk_dictionary_rank(view->levels, levels[i]) : 0;
}

static dk_status different_codes(const dk_view *view, dki_text_map *different, uint64_t *codes, dk_error *err)
{
    for (size_t i = 0; i < view->n; i++) {
        uint32_t number = 0;
        dk_status status;
        dk_text key;

        if (dki_view_is_null(view, i)) {
            codes[i] = 0;
            continue;
        }
        key = dki_view_bytes(view, i);
        status = dki_text_map_add(different, key.bytes, key.size, &number, err);
        if (status != DK_OK)
            return status;
        codes[i] = number;
    }
    return DK_OK;
}

static int compare_texts(const void *arg, uint64_t a, uint64_t b)
{
    size_t size_a, size_b;
    const char *x = dki_text_map_get(arg, (uint32_t)a, &size_a);
    const char *y = dki_text_map_get(arg, (uint32_t)b, &size_b);

    return dki_text_compare(x, size_a, y, size_b);
}

static int compare_ratios(const void *arg, uint64_t a, uint64_t b)
{
    size_t size;
    dk_ratio x, y;

    memcpy(&x, dki_text_map_get(arg, (uint32_t)a, &size), sizeof x);
    memcpy(&y, dki_text_map_get(arg, (uint32_t)b, &size), sizeof y);
    return dki_ratio_compare(x, y);
}

/* From numbers as they came to ranks. */
static dk_status rank_codes(dk_context *context, dk_type type, const dki_text_map *different, uint64_t *codes,
                            uint64_t n_rows, dk_error *err)
{
    uint64_t *order = dki_alloc_array(context, different->n, sizeof *order, err);
    uint32_t *ranks = dki_alloc_array(context, different->n, sizeof *ranks, err);
    dk_status status = order && ranks ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < different->n; i++)
        order[i] = i;
    if (status == DK_OK)
        status = dki_sort_rows(context, order, different->n, type == DK_RATIO ? compare_ratios : compare_texts,
                               different, err);
    for (size_t i = 0; status == DK_OK && i < different->n; i++)
        ranks[order[i]] = (uint32_t)i;
    DKI_FOR_ROWS(i, different->n ? n_rows : 0, context, status, err)
    {
        codes[i] = ranks[codes[i]];
    }
    dki_free(context, order);
    dki_free(context, ranks);
    return status;
}

static dk_status fill(dki_sort_codes *codes, const dk_column *column, dk_view *view, dki_text_map *different,
                      dk_error *err)
{
    dk_context *context = dk_column_context(column);
    uint64_t n_rows = dk_column_n_rows(column);
    size_t step = dki_block_rows(context);
    dk_type type = dk_column_type(column);
    dk_status status = DK_OK;

    for (uint64_t row = 0; status == DK_OK && row < n_rows; row += step) {
        size_t n = n_rows - row < step ? (size_t)(n_rows - row) : step;

        status = dki_poll(context, err);
        if (status == DK_OK)
            status = dk_column_view(column, row, n, view, err);
        if (status != DK_OK)
            break;
        if (type == DK_CATEGORY)
            category_codes(view, codes->codes + row);
        else if (type == DK_TEXT || type == DK_RATIO)
            status = different_codes(view, different, codes->codes + row, err);
        else
            number_codes(view, codes->codes + row);
        for (size_t i = 0; codes->nulls && i < n; i++) {
            if (dki_view_is_null(view, i)) {
                dki_bit_set(codes->nulls, (size_t)row + i);
                codes->codes[row + i] = 0;
            }
        }
    }
    if (status == DK_OK && (type == DK_TEXT || type == DK_RATIO))
        status = rank_codes(context, type, different, codes->codes, n_rows, err);
    return status;
}

dk_status dki_sort_codes_init(dki_sort_codes *codes, const dk_column *column, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    size_t n_rows = (size_t)dk_column_n_rows(column);
    dki_text_map different;
    dk_view view;
    dk_status status;

    memset(codes, 0, sizeof *codes);
    codes->codes = dki_alloc_array(context, n_rows, sizeof *codes->codes, err);
    if (codes->codes == NULL)
        return DK_ERR_MEMORY;
    if (dk_column_n_nulls(column) > 0) {
        codes->nulls = dki_calloc(context, dki_bit_words(n_rows), sizeof *codes->nulls, err);
        if (codes->nulls == NULL) {
            dki_sort_codes_drop(codes, context);
            return DK_ERR_MEMORY;
        }
    }
    dki_text_map_init(&different, context);
    dk_view_init(&view, context);
    status = fill(codes, column, &view, &different, err);
    dk_view_release(&view);
    dki_text_map_drop(&different);
    if (status != DK_OK)
        dki_sort_codes_drop(codes, context);
    return status;
}

void dki_sort_codes_drop(dki_sort_codes *codes, dk_context *context)
{
    dki_free(context, codes->codes);
    dki_free(context, codes->nulls);
    memset(codes, 0, sizeof *codes);
}
