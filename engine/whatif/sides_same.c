/* sides_same.c - whether results have the same groups in the same rows, as those of a breakdown mostly have: then no group has to be
 * found again.
 */
#include <string.h>

#include "data/column_parts.h"
#include "sides.h"

/* Whether two views of a type show the same; of one with parts of its own it is not looked into. */
static bool show_same(const dk_view *a, const dk_view *b)
{
    int64_t x[DK_BLOCK_ROWS], y[DK_BLOCK_ROWS];
    uint32_t *codes = (uint32_t *)x, *others = (uint32_t *)y;

    for (size_t i = 0; i < a->n; i++)
        if (dki_view_is_null(a, i) != dki_view_is_null(b, i))
            return false;
    switch (a->type) {
    case DK_CATEGORY:
        dki_view_codes(a, codes);
        dki_view_codes(b, others);
        return memcmp(codes, others, a->n * sizeof *codes) == 0;
    case DK_TEXT:
        for (size_t i = 0; i < a->n; i++) {
            dk_text p, q;

            if (dki_view_is_null(a, i))
                continue;
            p = dki_view_text(a, i);
            q = dki_view_text(b, i);
            if (p.size != q.size || memcmp(p.bytes, q.bytes, p.size) != 0)
                return false;
        }
        return true;
    case DK_REAL:
    case DK_RATIO:
    case DK_INTERVAL: return false;
    default:
        dki_view_integers(a, x);
        dki_view_integers(b, y);
        for (size_t i = 0; i < a->n; i++)
            if (x[i] != y[i] && !dki_view_is_null(a, i))
                return false;
        return true;
    }
}

static dk_status have_same(const dk_column *a, const dk_column *b, bool *same, dk_error *err)
{
    const dk_column *const columns[] = { a, b };
    dk_view views[2];
    dk_status status = DK_OK;

    *same = a == b || (dk_column_type(a) == dk_column_type(b) && dk_column_scale(a) == dk_column_scale(b) &&
                       dk_column_levels(a) == dk_column_levels(b));
    if (a == b)
        return DK_OK;
    for (size_t i = 0; i < 2; i++)
        dk_view_init(&views[i], dk_column_context(a));
    for (uint64_t row = 0; *same && dki_columns_block(columns, 2, row, views, &status, err); row += views->n)
        *same = show_same(&views[0], &views[1]);
    for (size_t i = 0; i < 2; i++)
        dk_view_release(&views[i]);
    return status;
}

dk_status dki_sides_compare(const dk_table *const *results, size_t n, size_t n_by, bool *same, dk_error *err)
{
    const dk_column *margin = dk_table_margin(results[0]);
    dk_status status = DK_OK;

    *same = true;
    for (size_t i = 1; i < n && *same && status == DK_OK; i++) {
        const dk_column *other = dk_table_margin(results[i]);

        *same = dk_table_n_rows(results[i]) == dk_table_n_rows(results[0]) && (margin == NULL) == (other == NULL);
        if (*same && margin)
            status = have_same(margin, other, same, err);
        for (size_t d = 0; d < n_by && *same && status == DK_OK; d++)
            status =
                have_same(dk_table_field(results[0], d)->column, dk_table_field(results[i], d)->column, same, err);
    }
    return status;
}
