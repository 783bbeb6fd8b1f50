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

/* By numbers. -------------------------------------------------------------------------------------------------- */

#define DIGIT_BITS 8
#define DIGITS (1u << DIGIT_BITS)
#define FEW 48 /* so many are sorted by insertion */

static void insert_keys(uint64_t *keys, uint64_t *rows, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t key = keys[i], row = rows[i];
        size_t at = i;

        for (; at > 0 && keys[at - 1] > key; at--) {
            keys[at] = keys[at - 1];
            rows[at] = rows[at - 1];
        }
        keys[at] = key;
        rows[at] = row;
    }
}

/* Moves all by one digit, stably. */
static void move_by_digit(const uint64_t *keys, const uint64_t *rows, size_t n, unsigned shift, uint64_t *to_keys,
                          uint64_t *to_rows)
{
    size_t starts[DIGITS] = { 0 }, at = 0;

    for (size_t i = 0; i < n; i++)
        starts[keys[i] >> shift & (DIGITS - 1)]++;
    for (size_t d = 0; d < DIGITS; d++) {
        size_t count = starts[d];

        starts[d] = at;
        at += count;
    }
    for (size_t i = 0; i < n; i++) {
        size_t to = starts[keys[i] >> shift & (DIGITS - 1)]++;

        to_keys[to] = keys[i];
        to_rows[to] = rows[i];
    }
}

dk_status dki_sort_keys(dk_context *context, uint64_t *keys, uint64_t *rows, size_t n, unsigned bits, dk_error *err)
{
    uint64_t *scratch, *from_keys = keys, *from_rows = rows, *to_keys, *to_rows;
    dk_status status = DK_OK;
    size_t i = 1;

    while (i < n && keys[i - 1] <= keys[i])
        i++;
    if (i >= n)
        return DK_OK;
    if (n <= FEW) {
        insert_keys(keys, rows, n);
        return DK_OK;
    }
    scratch = dki_alloc_array(context, n, 2 * sizeof *scratch, err);
    if (scratch == NULL)
        return DK_ERR_MEMORY;
    to_keys = scratch;
    to_rows = scratch + n;
    for (unsigned shift = 0; status == DK_OK && shift < bits; shift += DIGIT_BITS) {
        uint64_t *other;

        status = dki_poll(context, err);
        move_by_digit(from_keys, from_rows, n, shift, to_keys, to_rows);
        other = from_keys;
        from_keys = to_keys;
        to_keys = other;
        other = from_rows;
        from_rows = to_rows;
        to_rows = other;
    }
    if (from_keys != keys) {
        memcpy(keys, from_keys, n * sizeof *keys);
        memcpy(rows, from_rows, n * sizeof *rows);
    }
    dki_free(context, scratch);
    return status;
}
