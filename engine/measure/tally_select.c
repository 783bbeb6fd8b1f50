/* tally_select.c - the entries of a tally that a quantile lies on, without putting the others in order.
 *
 * Entries go to their groups by one pass of counting. Of a group's, what counts is added up by the leading bits of keys, as
 * far as least and greatest differ; those of the bits that have the wanted units are copied, and looked at again by the
 * bits that follow, until few are left, which are sorted. Equal keys need not have been put together.
 */
#include "tally.h"

#include <string.h>

#include "base/bit_length.h"
#include "base/memory.h"

#define FEW 32
#define LEAST_BITS 5
#define MOST_BITS 11 /* sums by digit lie in half of the nearest cache */

static void swap(uint64_t *keys, uint64_t *counts, size_t a, size_t b)
{
    uint64_t key = keys[a];

    keys[a] = keys[b];
    keys[b] = key;
    if (counts) {
        uint64_t count = counts[a];

        counts[a] = counts[b];
        counts[b] = count;
    }
}

static void sift(uint64_t *keys, uint64_t *counts, size_t at, size_t n)
{
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && keys[child + 1] > keys[child];
        if (keys[at] >= keys[child])
            return;
        swap(keys, counts, at, child);
    }
}

/* By insertion where few are left; by a heap where units lie at both ends of the keys. */
static void sort(uint64_t *keys, uint64_t *counts, size_t n)
{
    if (n <= FEW) {
        for (size_t i = 1; i < n; i++)
            for (size_t at = i; at > 0 && keys[at - 1] > keys[at]; at--)
                swap(keys, counts, at - 1, at);
        return;
    }
    for (size_t i = n / 2; i-- > 0;)
        sift(keys, counts, i, n);
    for (size_t left = n; left-- > 1;) {
        swap(keys, counts, 0, left);
        sift(keys, counts, 0, left);
    }
}

/* Puts those of entries into out, which may be the same, that have the units by their leading bits. */
static void narrow(const dki_tally_entries *entries, uint64_t from, uint64_t to, dki_tally_entries *out,
                   uint64_t *below)
{
    const uint64_t *keys = entries->keys, *counts = entries->counts;
    uint64_t sums[1 << MOST_BITS], least = UINT64_MAX, most = 0, first = 0, last, end;
    size_t n = entries->n, kept = 0;
    unsigned bits = dki_bit_length(n) - 1, wide, shift;

    for (size_t i = 0; i < n; i++) {
        least = keys[i] < least ? keys[i] : least;
        most = keys[i] > most ? keys[i] : most;
    }
    wide = dki_bit_length(most - least);
    bits = bits < LEAST_BITS ? LEAST_BITS : bits > MOST_BITS ? MOST_BITS : bits;
    shift = wide > bits ? wide - bits : 0;
    memset(sums, 0, (((most - least) >> shift) + 1) * sizeof *sums);
    if (counts) {
        for (size_t i = 0; i < n; i++)
            sums[(keys[i] - least) >> shift] += counts[i];
    } else {
        for (size_t i = 0; i < n; i++)
            sums[(keys[i] - least) >> shift]++;
    }
    while (*below + sums[first] <= from)
        *below += sums[first++];
    last = first;
    end = *below + sums[last];
    while (end <= to)
        end += sums[++last];
    for (size_t i = 0; i < n; i++) { /* no branch: few are kept */
        uint64_t digit = (keys[i] - least) >> shift;

        out->keys[kept] = keys[i];
        if (counts)
            out->counts[kept] = counts[i];
        kept += digit - first <= last - first;
    }
    out->n = kept;
}

void dki_tally_select(const dki_tally_entries *entries, uint64_t from, uint64_t to, dki_tally_entries *out,
                      uint64_t *below)
{
    size_t before;

    *below = 0;
    if (entries->n > FEW) {
        narrow(entries, from, to, out, below);
    } else {
        memcpy(out->keys, entries->keys, entries->n * sizeof *out->keys);
        if (entries->counts)
            memcpy(out->counts, entries->counts, entries->n * sizeof *out->counts);
        out->n = entries->n;
    }
    for (before = SIZE_MAX; out->n > FEW && out->n < before;) {
        before = out->n;
        narrow(out, from, to, out, below);
    }
    sort(out->keys, entries->counts ? out->counts : NULL, out->n);
}

/* Groups. ------------------------------------------------------------------------------------------------------ */

/* Puts the numbers in the order of groups; starts: where the next one of each goes. */
static dk_status move(dk_context *context, uint64_t **numbers, const uint32_t *groups, size_t n, size_t capacity,
                      uint32_t *starts, dk_error *err)
{
    uint64_t *moved = dki_alloc_array(context, capacity, sizeof *moved, err);

    if (moved == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        moved[starts[groups[i]]++] = (*numbers)[i];
    dki_free(context, *numbers);
    *numbers = moved;
    return DK_OK;
}

/* Where each group begins. */
static void find_starts(const dki_tally *tally, uint32_t *starts, size_t n_groups)
{
    uint32_t at = 0;

    memset(starts, 0, n_groups * sizeof *starts);
    for (size_t i = 0; i < tally->n; i++)
        starts[tally->groups[i]]++;
    for (size_t group = 0; group < n_groups; group++) {
        uint32_t n = starts[group];

        starts[group] = at;
        at += n;
    }
}

dk_status dki_tally_group(dki_tally *tally, bool *ones, dk_error *err)
{
    uint64_t others = 0;
    size_t n_groups = 0;
    uint32_t *starts;
    bool in_order = true;
    dk_status status = dki_poll(tally->context, err);

    for (size_t i = 0; i < tally->n; i++) {
        n_groups = tally->groups[i] >= n_groups ? tally->groups[i] + (size_t)1 : n_groups;
        in_order &= i == 0 || tally->groups[i - 1] <= tally->groups[i];
        others |= tally->counts[i] ^ 1;
    }
    *ones = others == 0;
    if (status != DK_OK || in_order)
        return status;
    if (n_groups > tally->n || tally->n > UINT32_MAX) {
        *ones = false; /* equal entries are put together */
        return dki_tally_settle(tally, err);
    }
    starts = dki_alloc_array(tally->context, n_groups, sizeof *starts, err);
    if (starts == NULL)
        return DK_ERR_MEMORY;
    find_starts(tally, starts, n_groups);
    status = move(tally->context, &tally->keys, tally->groups, tally->n, tally->capacity, starts, err);
    if (status == DK_OK && !*ones) {
        find_starts(tally, starts, n_groups);
        status = move(tally->context, &tally->counts, tally->groups, tally->n, tally->capacity, starts, err);
    }
    if (status == DK_OK) { /* each start is the end of its group now */
        for (size_t group = 0, i = 0; group < n_groups; group++)
            for (; i < starts[group]; i++)
                tally->groups[i] = (uint32_t)group;
    }
    dki_free(tally->context, starts);
    return status;
}
