/* sort_radix.c - sorts 64-bit numbers by their digits.
 *
 *   items     one pass by the upper bits, as many as make ranges that fit in a second-level cache
 *     -> scratch, in ranges
 *   range     digits of eight bits, the lowest first, to and fro between both arrays; few are sorted by insertion
 *     -> items
 *
 * Every pass keeps the order of equal digits, so that what lies below the digits stays as it was. Ranges that one value
 * makes large are cut once more in the same way.
 *
 * Slices of the first pass are cut by their size, never by the number of threads, and each knows where its items go.
 */
#include "sort_radix.h"

#include <string.h>

#include "base/memory.h"
#include "base/pool.h"

#define DIGIT_BITS 8
#define DIGITS (1u << DIGIT_BITS)
#define FEW 32            /* so many are sorted by insertion */
#define RANGE_ITEMS 4096  /* a range has about so many */
#define LARGE_RANGE 65536 /* one of more is cut again */
#define MOST_RANGE_BITS 11
#define SLICE_ITEMS 262144 /* of the first pass */
#define MOST_SLICES 64
#define RANGES_AT_ONCE 16

/* Ranges. ----------------------------------------------------------------------------------------------------------- */

static void insert(const uint64_t *from, uint64_t *to, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t item = from[i];
        size_t at = i;

        for (; at > 0 && to[at - 1] > item; at--)
            to[at] = to[at - 1];
        to[at] = item;
    }
}

/* Moves all by the digit at `shift`, stably; false, and nothing moved, where all have the same. */
static bool move_by_digit(const uint64_t *from, uint64_t *to, size_t n, unsigned shift, size_t *starts)
{
    size_t at = 0;

    memset(starts, 0, (DIGITS + 1) * sizeof *starts);
    for (size_t i = 0; i < n; i++)
        starts[from[i] >> shift & (DIGITS - 1)]++;
    if (starts[from[0] >> shift & (DIGITS - 1)] == n)
        return false;
    for (size_t d = 0; d < DIGITS; d++) {
        size_t count = starts[d];

        starts[d] = at;
        at += count;
    }
    for (size_t i = 0; i < n; i++)
        to[starts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
    return true; /* starts[d] is now the end of d */
}

/* Sorts from[0 .. n-1] into itself or into `to`, as `into` says; both are used. */
static dk_status sort_range(dk_context *context, uint64_t *from, uint64_t *to, size_t n, unsigned begin,
                            unsigned end, bool into, dk_error *err)
{
    size_t starts[DIGITS + 1];

    if (n <= FEW) {
        if (into)
            insert(from, to, n);
        else
            insert(from, from, n);
        return DK_OK;
    }
    if (n > LARGE_RANGE && end > begin + DIGIT_BITS) { /* the highest digit first, then each part */
        unsigned shift = end - DIGIT_BITS;
        size_t done = 0;
        dk_status status = dki_poll(context, err);

        if (status != DK_OK || !move_by_digit(from, to, n, shift, starts))
            return status == DK_OK ? sort_range(context, from, to, n, begin, shift, into, err) : status;
        for (size_t d = 0; d < DIGITS && status == DK_OK; d++) {
            status = sort_range(context, to + done, from + done, starts[d] - done, begin, shift, !into, err);
            done = starts[d];
        }
        return status;
    }
    for (unsigned shift = begin; shift < end; shift += DIGIT_BITS) {
        if (move_by_digit(from, to, n, shift, starts)) {
            uint64_t *other = from;

            from = to;
            to = other;
            into = !into;
        }
    }
    if (into)
        memcpy(to, from, n * sizeof *to);
    return DK_OK;
}

dk_status dki_radix_sort_few(dk_context *context, uint64_t *items, uint64_t *scratch, size_t n, unsigned begin,
                             unsigned end, dk_error *err)
{
    return sort_range(context, items, scratch, n, begin, end, false, err);
}

/* The first pass. --------------------------------------------------------------------------------------------------- */

struct cut {
    dk_context *context;
    uint64_t *items, *scratch;
    size_t n, slice, n_slices;
    unsigned begin, shift, bits;
    size_t n_ranges;
    size_t n_wanted; /* ranges that reach into the first `limit` items */
    size_t *starts;  /* of each slice, for each range: how many, then where they go; then of the ranges */
    size_t *ends;    /* of the ranges */
};

static size_t range_of(const struct cut *cut, uint64_t item)
{
    return item >> cut->shift & (cut->n_ranges - 1);
}

static dk_status count_slice(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct cut *cut = arg;
    size_t *counts = cut->starts + begin / cut->slice * cut->n_ranges;

    (void)worker;
    (void)err;
    for (uint64_t i = begin; i < end; i++)
        counts[range_of(cut, cut->items[i])]++;
    return DK_OK;
}

static dk_status move_slice(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct cut *cut = arg;
    size_t *starts = cut->starts + begin / cut->slice * cut->n_ranges;

    (void)worker;
    (void)err;
    if (cut->n_wanted == cut->n_ranges) {
        for (uint64_t i = begin; i < end; i++)
            cut->scratch[starts[range_of(cut, cut->items[i])]++] = cut->items[i];
        return DK_OK;
    }
    for (uint64_t i = begin; i < end; i++) {
        size_t range = range_of(cut, cut->items[i]);

        if (range < cut->n_wanted)
            cut->scratch[starts[range]++] = cut->items[i];
    }
    return DK_OK;
}

static dk_status sort_ranges(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct cut *cut = arg;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t r = begin; r < end && status == DK_OK; r++) {
        size_t start = r ? cut->ends[r - 1] : 0;

        status = sort_range(cut->context, cut->scratch + start, cut->items + start, cut->ends[r] - start,
                            cut->begin, cut->shift, true, err);
    }
    return status;
}

/* From counts to places: for each range first those of the first slice, then those of the second, ... */
static void settle_places(struct cut *cut, size_t limit)
{
    size_t at = 0;

    for (size_t r = 0; r < cut->n_ranges; r++) {
        if (at < limit)
            cut->n_wanted = r + 1;
        for (size_t s = 0; s < cut->n_slices; s++) {
            size_t *place = &cut->starts[s * cut->n_ranges + r];
            size_t count = *place;

            *place = at;
            at += count;
        }
        cut->ends[r] = at;
    }
}

static dk_status sort_cut(struct cut *cut, size_t *limit, dk_error *err)
{
    dk_status status = dki_parallel(cut->context, cut->n, cut->slice, count_slice, cut, err);

    if (status != DK_OK)
        return status;
    settle_places(cut, *limit);
    *limit = cut->n_wanted ? cut->ends[cut->n_wanted - 1] : 0;
    status = dki_parallel(cut->context, cut->n, cut->slice, move_slice, cut, err);
    if (status == DK_OK)
        status = dki_parallel(cut->context, cut->n_wanted, RANGES_AT_ONCE, sort_ranges, cut, err);
    return status;
}

static bool in_order(const uint64_t *items, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (items[i - 1] > items[i])
            return false;
    return true;
}

dk_status dki_radix_sort(dk_context *context, uint64_t *items, uint64_t *scratch, size_t n, unsigned begin,
                         unsigned end, size_t *limit, dk_error *err)
{
    struct cut cut = { .context = context, .items = items, .scratch = scratch, .n = n, .begin = begin };
    dk_status status;

    if (in_order(items, n)) {
        *limit = n;
        return DK_OK;
    }
    while (cut.bits < MOST_RANGE_BITS && begin + cut.bits < end && n >> cut.bits > RANGE_ITEMS)
        cut.bits++;
    if (cut.bits == 0) {
        *limit = n;
        return sort_range(context, items, scratch, n, begin, end, false, err);
    }
    cut.shift = end - cut.bits;
    cut.n_ranges = (size_t)1 << cut.bits;
    cut.slice = SLICE_ITEMS;
    while (n / cut.slice >= MOST_SLICES)
        cut.slice *= 2;
    cut.n_slices = n / cut.slice + 1;
    cut.starts = dki_calloc(context, (cut.n_slices + 1) * cut.n_ranges, sizeof *cut.starts, err);
    if (cut.starts == NULL)
        return DK_ERR_MEMORY;
    cut.ends = cut.starts + cut.n_slices * cut.n_ranges;
    status = sort_cut(&cut, limit, err);
    dki_free(context, cut.starts);
    return status;
}
