/* value_lists.c - selects from the values of a group.
 *
 * Codes are counted by their leading bits, as far as the group's own least and greatest differ; the part that has the
 * place wanted is looked at again, by the bits that follow, until few are left. Each pass leaves a small part of the
 * range, so that there are at most seven, whatever the values. Nothing is moved.
 */
#include "value_lists.h"

#include <string.h>

#include "base/bit_length.h"
#include "base/memory.h"

#define FEW_CODES 32
#define LISTED 16    /* codes that are looked at together */
#define LEAST_BITS 5 /* of a digit: 2^LEAST_BITS counters are no more than FEW_CODES */
#define MOST_BITS 12 /* counters of a pass lie in half of the nearest cache */

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3") /* vectors, also where the tree is compiled with -O2 */
#endif

dk_status dki_value_lists_new(dk_context *context, size_t n_groups, size_t n_codes, int64_t least,
                              dki_value_lists **out, dk_error *err)
{
    dki_value_lists *lists = dki_calloc(context, 1, sizeof *lists, err);

    if (lists == NULL)
        return DK_ERR_MEMORY;
    *lists = (dki_value_lists){ .context = context, .n_users = 1, .n_groups = n_groups, .least = least };
    lists->starts = dki_alloc_array(context, n_groups + 1, sizeof *lists->starts, err);
    lists->codes = lists->starts ? dki_alloc_wide(context, n_codes * sizeof *lists->codes, err) : NULL;
    if (lists->codes == NULL) {
        dki_value_lists_release(lists);
        return DK_ERR_MEMORY;
    }
    *out = lists;
    return DK_OK;
}

void dki_value_lists_release(dki_value_lists *lists)
{
    if (lists == NULL || --lists->n_users > 0)
        return;
    dki_free(lists->context, lists->starts);
    dki_free(lists->context, lists->codes);
    dki_free(lists->context, lists);
}

/* A part of the codes: those from least to least + range; `below` are less. */
struct part {
    uint32_t least, range;
    size_t below, n;
};

static struct part whole(const uint32_t *codes, size_t n)
{
    uint32_t least = UINT32_MAX, most = 0;

    for (size_t i = 0; i < n; i++) {
        least = codes[i] < least ? codes[i] : least;
        most = codes[i] > most ? codes[i] : most;
    }
    return (struct part){ .least = least, .range = most - least, .n = n };
}

/* Narrows a part to the codes whose leading bits are those of the one in place k. */
static void narrow(const uint32_t *codes, size_t n, size_t k, struct part *part)
{
    unsigned bits = dki_bit_length(part->n) - 1, wide = dki_bit_length(part->range), shift;
    uint32_t counts[1 << MOST_BITS], least = part->least, range = part->range, digit = 0;

    bits = bits < LEAST_BITS ? LEAST_BITS : bits > MOST_BITS ? MOST_BITS : bits;
    shift = wide > bits ? wide - bits : 0;
    memset(counts, 0, (((size_t)range >> shift) + 1) * sizeof *counts);
    if (part->n == n) {
        for (size_t i = 0; i < n; i++)
            counts[(codes[i] - least) >> shift]++;
    } else {
        for (size_t i = 0; i < n; i++) {
            if (codes[i] - least <= range)
                counts[(codes[i] - least) >> shift]++;
        }
    }
    while (part->below + counts[digit] <= k)
        part->below += counts[digit++];
    part->n = counts[digit];
    part->least = least + (digit << shift);
    part->range = (UINT32_C(1) << shift) - 1;
    if (part->range > range - (digit << shift))
        part->range = range - (digit << shift);
}

/* The codes of a part that has few, in order. */
static void list(const uint32_t *codes, size_t n, const struct part *part, uint32_t out[FEW_CODES + 1])
{
    size_t found = 0, i = 0;

    for (; i + LISTED <= n; i += LISTED) { /* few are in the part, so that most of these have none */
        uint32_t any = 0;

        for (size_t k = 0; k < LISTED; k++)
            any |= codes[i + k] - part->least <= part->range;
        for (size_t k = 0; any && k < LISTED; k++) { /* no branch for each */
            out[found] = codes[i + k];
            found += codes[i + k] - part->least <= part->range;
        }
    }
    for (; i < n; i++) {
        out[found] = codes[i];
        found += codes[i] - part->least <= part->range;
    }
    for (i = 1; i < found; i++) {
        uint32_t code = out[i];
        size_t at = i;

        for (; at > 0 && out[at - 1] > code; at--)
            out[at] = out[at - 1];
        out[at] = code;
    }
}

/* The least code above `most`, which is not the greatest: those that are not above it come behind all others. */
static uint32_t least_above(const uint32_t *codes, size_t n, uint32_t most)
{
    uint32_t least = UINT32_MAX;

    for (size_t i = 0; i < n; i++) {
        uint32_t distance = codes[i] - most - 1;

        least = distance < least ? distance : least;
    }
    return most + 1 + least;
}

void dki_codes_select(const uint32_t *codes, size_t n, size_t k, uint32_t out[2])
{
    uint32_t few[FEW_CODES + 1];
    struct part part = whole(codes, n);

    while (part.n > FEW_CODES && part.range > 0)
        narrow(codes, n, k, &part);
    if (part.range > 0) {
        list(codes, n, &part, few);
        out[0] = few[k - part.below];
        out[1] = k + 1 < part.below + part.n ? few[k + 1 - part.below] : out[0];
    } else {
        out[0] = out[1] = part.least;
    }
    if (k + 1 < n && k + 1 >= part.below + part.n)
        out[1] = least_above(codes, n, part.least + part.range);
}

dki_code_sums dki_codes_sums(const uint32_t *codes, size_t n)
{
    uint64_t sum = 0, low = 0, high = 0; /* halves of squares: n is below 2^32 */

    for (size_t i = 0; i < n; i++) {
        uint64_t square = (uint64_t)codes[i] * codes[i];

        sum += codes[i];
        low += square & UINT32_MAX;
        high += square >> 32;
    }
    return (dki_code_sums){ .sum = sum, .squares = ((dki_u128)high << 32) + low };
}
