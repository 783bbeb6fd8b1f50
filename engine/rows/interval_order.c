/* interval_order.c - columns of intervals as keys that rows are put in order by: by least bound, then by greatest.
 *
 * Cost: the sort of the known rows, and 24 bytes a row while it runs.
 */
#include "interval_order.h"

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "sort_rows.h"

struct bounds {
    int64_t least, greatest; /* open: the least and the greatest number there is, which order alone sees */
};

static int compare(const void *arg, uint64_t a, uint64_t b)
{
    const struct bounds *x = (const struct bounds *)arg + a, *y = (const struct bounds *)arg + b;

    if (x->least != y->least)
        return x->least < y->least ? -1 : 1;
    return (x->greatest > y->greatest) - (x->greatest < y->greatest);
}

/* Both bounds of all rows; those that are known are listed in order. */
static dk_status read_bounds(const dk_column *column, struct bounds *bounds, uint64_t *order, uint64_t *n_known,
                             dk_error *err)
{
    dk_status status = DK_OK;
    dk_view view;

    dk_view_init(&view, dk_column_context(column));
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n) {
        for (size_t i = 0; i < view.n; i++) {
            const dk_interval *interval = (const dk_interval *)view.values + i;

            bounds[row + i] = (struct bounds){ interval->no_least ? INT64_MIN : interval->least,
                                               interval->no_greatest ? INT64_MAX : interval->greatest };
            if (!dki_view_is_null(&view, i))
                order[(*n_known)++] = row + i;
        }
    }
    dk_view_release(&view);
    return status;
}

static dk_status build(dk_context *context, const int64_t *ranks, uint64_t n_rows, const dk_column **out,
                       dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, err);

    for (uint64_t row = 0; row < n_rows && status == DK_OK; row++)
        status = ranks[row] > 0 ? dk_builder_integer(builder, ranks[row], err) : dk_builder_null(builder, 1, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

dk_status dki_order_column(const dk_column *column, const dk_column **out, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    uint64_t n_rows = dk_column_n_rows(column), n_known = 0, *order;
    struct bounds *bounds;
    int64_t *ranks;
    dk_status status;

    if (dk_column_type(column) != DK_INTERVAL) {
        *out = dk_column_retain(column);
        return DK_OK;
    }
    bounds = dki_alloc_array(context, n_rows, sizeof *bounds, err);
    order = bounds ? dki_alloc_array(context, n_rows, sizeof *order, err) : NULL;
    ranks = order ? dki_calloc(context, n_rows, sizeof *ranks, err) : NULL;
    status = ranks ? read_bounds(column, bounds, order, &n_known, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dki_sort_rows(context, order, n_known, compare, bounds, err);
    for (uint64_t i = 0; i < n_known && status == DK_OK; i++) {
        bool same = i > 0 && compare(bounds, order[i - 1], order[i]) == 0;

        ranks[order[i]] = i == 0 ? 1 : ranks[order[i - 1]] + !same;
    }
    if (status == DK_OK)
        status = build(context, ranks, n_rows, out, err);
    dki_free(context, ranks);
    dki_free(context, order);
    dki_free(context, bounds);
    return status;
}
