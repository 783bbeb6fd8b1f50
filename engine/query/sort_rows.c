/* sort_rows.c - a stable merge sort of row numbers.
 *
 * Runs of eight are sorted by insertion, then merged two by two, from one array into the other and back. Two runs
 * that are in order already are copied: sorted input costs one comparison for each pair of runs.
 *
 * Cost: O(n log n) comparisons. Poll: once for some thousand rows merged.
 */
#include "sort_rows.h"

#include <string.h>

#include "base/memory.h"

#define RUN 8
#define POLL_ROWS 65536

static void sort_run(uint64_t *rows, size_t n, dki_row_compare_fn *compare, const void *arg)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t row = rows[i];
        size_t at = i;

        for (; at > 0 && compare(arg, rows[at - 1], row) > 0; at--)
            rows[at] = rows[at - 1];
        rows[at] = row;
    }
}

static void merge(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b, uint64_t *out,
                  dki_row_compare_fn *compare, const void *arg)
{
    if (n_a == 0 || n_b == 0 || compare(arg, a[n_a - 1], b[0]) <= 0) { /* for speed alone */
        memcpy(out, a, n_a * sizeof *a);
        if (n_b)
            memcpy(out + n_a, b, n_b * sizeof *b);
        return;
    }
    while (n_a && n_b) {
        if (compare(arg, *a, *b) <= 0) {
            *out++ = *a++;
            n_a--;
        } else {
            *out++ = *b++;
            n_b--;
        }
    }
    memcpy(out, a, n_a * sizeof *a);
    memcpy(out + n_a, b, n_b * sizeof *b);
}

dk_status dki_sort_rows(dk_context *context, uint64_t *rows, uint64_t n, dki_row_compare_fn *compare,
                        const void *arg, dk_error *err)
{
    uint64_t *scratch, *from = rows, *to;
    uint64_t since_poll = 0;
    dk_status status;

    if (n < 2)
        return DK_OK;
    scratch = dki_alloc_array(context, (size_t)n, sizeof *scratch, err);
    if (scratch == NULL)
        return DK_ERR_MEMORY;
    to = scratch;
    status = dki_poll(context, err);
    for (size_t at = 0; status == DK_OK && at < n; at += RUN) {
        sort_run(rows + at, n - at < RUN ? (size_t)n - at : RUN, compare, arg);
        since_poll += RUN;
        if (since_poll >= POLL_ROWS) {
            since_poll = 0;
            status = dki_poll(context, err);
        }
    }
    for (size_t width = RUN; status == DK_OK && width < n; width *= 2) {
        for (size_t at = 0; status == DK_OK && at < n; at += 2 * width) {
            size_t left = (size_t)n - at;
            size_t n_a = left < width ? left : width;
            size_t n_b = left - n_a < width ? left - n_a : width;

            merge(from + at, n_a, from + at + n_a, n_b, to + at, compare, arg);
            since_poll += n_a + n_b;
            if (since_poll >= POLL_ROWS) {
                since_poll = 0;
                status = dki_poll(context, err);
            }
        }
        if (status == DK_OK) {
            uint64_t *other = from;

            from = to;
            to = other;
        }
    }
    if (from != rows)
        memcpy(rows, from, (size_t)n * sizeof *rows);
    dki_free(context, scratch);
    return status;
}
