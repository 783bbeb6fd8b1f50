/* tally.c - counts of values by group, as a list that is sorted now and then.
 *
 * Rows are appended without looking for what is there; when the list has grown to a multiple of what the last sorting
 * left, it is sorted again and equal entries are put together. So the memory follows the number of different values, and
 * the time that of sorting each entry a few times.
 *
 * Invariant: sums of counts never change but by adding. Poll: once per pass over the list.
 */
#include "tally.h"

#include <string.h>

#include "base/bit_length.h"
#include "base/memory.h"
#include "base/ordered_key.h"
#include "base/status.h"
#include "rows/sort_rows.h"

#define FIRST_ROOM ((size_t)1 << 12)
#define FEW_ENTRIES ((size_t)1 << 15)
#define DIGIT_BITS 11 /* of entries sorted as numbers: starts of digits fit in a quarter of the nearest cache */

void dki_tally_init(dki_tally *tally, dk_context *context)
{
    memset(tally, 0, sizeof *tally);
    tally->context = context;
    tally->patience = 2;
    dki_text_map_init(&tally->texts, context);
}

void dki_tally_drop(dki_tally *tally)
{
    dki_free(tally->context, tally->groups);
    dki_free(tally->context, tally->keys);
    dki_free(tally->context, tally->counts);
    dki_text_map_drop(&tally->texts);
    dki_value_lists_release(tally->lists);
    memset(tally, 0, sizeof *tally);
}

static dk_status lengthen(dki_tally *tally, size_t capacity, dk_error *err)
{
    dk_status status = dki_resize(tally->context, (void **)&tally->groups, capacity * sizeof *tally->groups, err);

    if (status == DK_OK)
        status = dki_resize(tally->context, (void **)&tally->keys, capacity * sizeof *tally->keys, err);
    if (status == DK_OK)
        status = dki_resize(tally->context, (void **)&tally->counts, capacity * sizeof *tally->counts, err);
    if (status == DK_OK)
        tally->capacity = capacity;
    return status;
}

void dki_tally_list(dki_tally *tally, dki_value_lists *lists)
{
    tally->lists = lists;
    lists->n_users++;
}

/* Adds the values of group first + i to group map[i], for n groups. */
static dk_status add_lists(dki_tally *tally, const dki_value_lists *lists, size_t first, size_t n,
                           const uint32_t *map, dk_error *err)
{
    size_t end = first + n < lists->n_groups ? first + n : lists->n_groups;
    dk_status status = DK_OK;

    for (size_t group = first; status == DK_OK && group < end; group++) {
        size_t from = lists->starts[group], some = lists->starts[group + 1] - from;

        if (map && map[group - first] == DKI_NO_GROUP)
            continue;
        status = dki_poll(tally->context, err);
        if (status == DK_OK)
            status = dki_tally_room(tally, some, err);
        for (size_t i = 0; status == DK_OK && i < some; i++)
            dki_tally_put(tally, map ? map[group - first] : (uint32_t)group,
                          dki_integer_key((int64_t)((uint64_t)lists->least + lists->codes[from + i])), 1);
    }
    return status;
}

/* Makes entries of lists. */
static dk_status unpack(dki_tally *tally, dk_error *err)
{
    dki_value_lists *lists = tally->lists;
    dk_status status;

    if (lists == NULL)
        return DK_OK;
    tally->lists = NULL;
    status = add_lists(tally, lists, 0, lists->n_groups, NULL, err);
    dki_value_lists_release(lists);
    return status;
}

dk_status dki_tally_room(dki_tally *tally, size_t n, dk_error *err)
{
    size_t capacity = tally->capacity ? tally->capacity : FIRST_ROOM;
    dk_status status = unpack(tally, err);

    if (status != DK_OK)
        return status;
    if (n <= tally->capacity - tally->n)
        return DK_OK;
    if (tally->n > FIRST_ROOM && tally->n >= tally->patience * tally->n_settled) {
        status = dki_tally_settle(tally, err);
        if (status != DK_OK || n + tally->n <= tally->capacity / 2)
            return status;
    }
    while (capacity < tally->n + n)
        capacity *= 2;
    return capacity > tally->capacity ? lengthen(tally, capacity, err) : DK_OK;
}

dk_status dki_tally_put_text(dki_tally *tally, uint32_t group, const char *bytes, size_t size, uint64_t count,
                             dk_error *err)
{
    uint32_t number;
    dk_status status = dki_text_map_add(&tally->texts, bytes, size, &number, err);

    if (status == DK_OK)
        dki_tally_put(tally, group, number, count);
    return status;
}

dk_status dki_tally_merge(dki_tally *tally, const dki_tally *from, size_t first, size_t n, const uint32_t *map,
                          dk_error *err)
{
    bool translates = tally != from && from->texts.n > 0;
    dk_status ready = unpack(tally, err);

    if (ready == DK_OK && from->lists)
        ready = add_lists(tally, from->lists, first, n, map, err);
    if (ready != DK_OK)
        return ready;
    for (size_t i = 0, end = from->n; i < end; i++) {
        uint64_t key = from->keys[i];
        uint32_t group = from->groups[i], number;
        dk_status status = DK_OK;
        size_t size;

        if (i % 4096 == 0)
            status = dki_poll(tally->context, err);
        if (group < first || group - first >= n || map[group - first] == DKI_NO_GROUP) {
            if (status != DK_OK)
                return status;
            continue;
        }
        if (status == DK_OK && tally->n == tally->capacity) /* no settling: entries of from may be ours */
            status = lengthen(tally, tally->capacity ? tally->capacity * 2 : FIRST_ROOM, err);
        if (status == DK_OK && translates) {
            const char *bytes = dki_text_map_get(&from->texts, (uint32_t)key, &size);

            status = dki_text_map_add(&tally->texts, bytes, size, &number, err);
            key = number;
        }
        if (status != DK_OK)
            return status;
        dki_tally_put(tally, map[group - first], key, from->counts[i]);
    }
    return DK_OK;
}

/* Sorts places by the numbers that stand there, less the least of them. */
static dk_status sort_places(dki_tally *tally, uint64_t *places, uint64_t *keys, dk_error *err)
{
    uint64_t least = UINT64_MAX, most = 0;

    for (size_t i = 0; i < tally->n; i++) {
        least = keys[i] < least ? keys[i] : least;
        most = keys[i] > most ? keys[i] : most;
    }
    for (size_t i = 0; i < tally->n; i++)
        keys[i] -= least;
    return dki_sort_keys(tally->context, keys, places, tally->n, dki_bit_length((most - least) | 1), err);
}

/* Moves entries to their places, putting equal ones together. */
static dk_status gather(dki_tally *tally, const uint64_t *places, dk_error *err)
{
    dki_tally sorted = { .context = tally->context };
    dk_status status = lengthen(&sorted, tally->capacity, err);

    for (size_t i = 0; status == DK_OK && i < tally->n; i++) {
        size_t at = (size_t)places[i];

        if (sorted.n > 0 && sorted.groups[sorted.n - 1] == tally->groups[at] &&
            sorted.keys[sorted.n - 1] == tally->keys[at])
            sorted.counts[sorted.n - 1] += tally->counts[at];
        else
            dki_tally_put(&sorted, tally->groups[at], tally->keys[at], tally->counts[at]);
    }
    if (status == DK_OK) {
        dki_free(tally->context, tally->groups);
        dki_free(tally->context, tally->keys);
        dki_free(tally->context, tally->counts);
        tally->groups = sorted.groups;
        tally->keys = sorted.keys;
        tally->counts = sorted.counts;
        tally->n = sorted.n;
    } else {
        dki_free(tally->context, sorted.groups);
        dki_free(tally->context, sorted.keys);
        dki_free(tally->context, sorted.counts);
    }
    return status;
}

/* Any entries, by keys and then by groups. */
static dk_status settle_places(dki_tally *tally, dk_error *err)
{
    uint64_t *places = dki_alloc_array(tally->context, tally->n, sizeof *places, err);
    uint64_t *keys = dki_alloc_array(tally->context, tally->n, sizeof *keys, err);
    dk_status status = places && keys ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK) {
        for (size_t i = 0; i < tally->n; i++)
            places[i] = i;
        memcpy(keys, tally->keys, tally->n * sizeof *keys);
        status = sort_places(tally, places, keys, err);
    }
    if (status == DK_OK) { /* by group, and stably so that keys stay in order within one */
        for (size_t i = 0; i < tally->n; i++)
            keys[i] = tally->groups[places[i]];
        status = sort_places(tally, places, keys, err);
    }
    if (status == DK_OK)
        status = gather(tally, places, err);
    dki_free(tally->context, places);
    dki_free(tally->context, keys);
    return status;
}

/* Entries of one each whose group and key go into one number: sorted as such, without places. */
static dk_status settle_numbers(dki_tally *tally, uint64_t least, unsigned key_bits, unsigned bits, dk_error *err)
{
    uint64_t *numbers = dki_alloc_array(tally->context, tally->n, 2 * sizeof *numbers, err), *from, *to;
    uint64_t mask = key_bits < 64 ? (UINT64_C(1) << key_bits) - 1 : UINT64_MAX;
    size_t n = 0;
    dk_status status = DK_OK;

    if (numbers == NULL)
        return DK_ERR_MEMORY;
    from = numbers;
    to = numbers + tally->n;
    for (size_t i = 0; i < tally->n; i++)
        from[i] = (key_bits < 64 ? (uint64_t)tally->groups[i] << key_bits : 0) | (tally->keys[i] - least);
    for (unsigned shift = 0; status == DK_OK && shift < bits; shift += DIGIT_BITS) {
        uint32_t starts[1 << DIGIT_BITS] = { 0 }, at = 0;
        uint64_t *other = from;

        status = dki_poll(tally->context, err);
        for (size_t i = 0; i < tally->n; i++)
            starts[from[i] >> shift & ((1 << DIGIT_BITS) - 1)]++;
        for (size_t digit = 0; digit < 1 << DIGIT_BITS; digit++) {
            uint32_t count = starts[digit];

            starts[digit] = at;
            at += count;
        }
        for (size_t i = 0; i < tally->n; i++)
            to[starts[from[i] >> shift & ((1 << DIGIT_BITS) - 1)]++] = from[i];
        from = to;
        to = other;
    }
    for (size_t i = 0; status == DK_OK && i < tally->n; i++) {
        if (i > 0 && from[i] == from[i - 1]) {
            tally->counts[n - 1]++;
            continue;
        }
        tally->groups[n] = (uint32_t)(key_bits < 64 ? from[i] >> key_bits : 0);
        tally->keys[n] = (from[i] & mask) + least;
        tally->counts[n++] = 1;
    }
    if (status == DK_OK)
        tally->n = n;
    dki_free(tally->context, numbers);
    return status;
}

dk_status dki_tally_settle(dki_tally *tally, dk_error *err)
{
    uint64_t least = UINT64_MAX, most = 0, group = 0, others = 0;
    size_t n;
    unsigned key_bits, bits;
    dk_status status = unpack(tally, err);

    n = tally->n;
    if (status != DK_OK || n == 0)
        return status;
    for (size_t i = 0; i < n; i++) {
        least = tally->keys[i] < least ? tally->keys[i] : least;
        most = tally->keys[i] > most ? tally->keys[i] : most;
        group = tally->groups[i] > group ? tally->groups[i] : group;
        others |= tally->counts[i] ^ 1;
    }
    key_bits = dki_bit_length((most - least) | 1);
    bits = key_bits + dki_bit_length(group);
    if (others == 0 && bits <= 64 && n <= UINT32_MAX)
        status = settle_numbers(tally, least, key_bits, bits, err);
    else
        status = settle_places(tally, err);
    if (status == DK_OK) {
        tally->n_settled = tally->n;
        tally->patience = tally->n <= n / 4 * 3 ? 2 : n < FEW_ENTRIES ? 32 : 8; /* little gained: less often */
    }
    return status;
}

size_t dki_tally_find(const dki_tally *tally, uint32_t group)
{
    size_t low = 0, high = tally->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (tally->groups[middle] < group)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
