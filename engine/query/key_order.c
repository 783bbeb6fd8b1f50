/* key_order.c - puts some thousand keys in order while they lie in near caches.
 *
 * A key is sorted as one number: bits that tell it apart from the others, above its place among them.
 *
 *   | bits of the key | place |
 *
 * Buckets are made by the highest bits, about a key each, and all is put in order by insertion. Where the bits do not all
 * fit, keys that have the same ones are put in order by the whole key.
 */
#include "key_order.h"

#include <string.h>

#include "base/bit_length.h"
#include "base/memory.h"
#include "packed_key.h"
#include "rows/sort_radix.h"
#include "rows/sort_rows.h"

#define MOST_BUCKET_BITS 16
#define FEW 24 /* so many are sorted by insertion */

static dki_key key_of(const dki_key_order *keys, size_t i)
{
    return (keys->high ? (dki_key)keys->high[i] << 64 : 0) | keys->low[i];
}

/* How keys become numbers to sort. */
struct cut {
    dki_key least;
    unsigned drop;        /* bits of a key that do not fit */
    unsigned bits;        /* those that do */
    unsigned place_bits;  /* of a place */
    unsigned bucket_bits; /* the highest of them */
};

static struct cut plan_cut(const dki_key_order *keys)
{
    dki_key greatest = 0;
    struct cut cut = { .least = ~(dki_key)0 };
    unsigned range, most;

    if (keys->high) {
        for (size_t i = 0; i < keys->n; i++) {
            dki_key key = key_of(keys, i);

            cut.least = key < cut.least ? key : cut.least;
            greatest = key > greatest ? key : greatest;
        }
    } else {
        uint64_t low = UINT64_MAX, high = 0;

        for (size_t i = 0; i < keys->n; i++) {
            low = keys->low[i] < low ? keys->low[i] : low;
            high = keys->low[i] > high ? keys->low[i] : high;
        }
        cut.least = low;
        greatest = high;
    }
    range = dki_bit_length_wide(greatest - cut.least);
    cut.place_bits = dki_bit_length(keys->n - 1);
    most = cut.place_bits < MOST_BUCKET_BITS ? cut.place_bits : MOST_BUCKET_BITS;
    cut.bits = 64 - cut.place_bits < range ? 64 - cut.place_bits : range;
    cut.bucket_bits = most < cut.bits ? most : cut.bits;
    cut.drop = range - cut.bits;
    return cut;
}

static inline uint64_t cut_key(const dki_key_order *keys, const struct cut *cut, size_t i)
{
    if (keys->high == NULL)
        return (keys->low[i] - (uint64_t)cut->least) >> cut->drop;
    return (uint64_t)((key_of(keys, i) - cut->least) >> cut->drop);
}

/* Puts keys into buckets; buckets[b] becomes where bucket b ends. */
static void fill_buckets(const dki_key_order *keys, const struct cut *cut)
{
    unsigned shift = cut->bits - cut->bucket_bits;
    uint32_t *buckets = keys->buckets, at = 0;

    memset(buckets, 0, ((size_t)1 << cut->bucket_bits) * sizeof *buckets);
    for (size_t i = 0; i < keys->n; i++)
        buckets[cut_key(keys, cut, i) >> shift]++;
    for (size_t b = 0; b >> cut->bucket_bits == 0; b++) {
        uint32_t count = buckets[b];

        buckets[b] = at;
        at += count;
    }
    for (size_t i = 0; i < keys->n; i++) {
        uint64_t key = cut_key(keys, cut, i);

        keys->items[buckets[key >> shift]++] = key << cut->place_bits | i;
    }
}

static void insert(uint64_t *items, size_t n)
{
    uint64_t most = items[0];

    for (size_t i = 1; i < n; i++) { /* no branch: most pairs are in order then */
        uint64_t item = items[i];

        items[i - 1] = item < most ? item : most;
        most = item < most ? most : item;
    }
    items[n - 1] = most;
    for (size_t i = 1; i < n; i++) {
        uint64_t item = items[i];
        size_t at = i;

        for (; at > 0 && items[at - 1] > item; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

static int compare_keys(const void *arg, uint64_t a, uint64_t b)
{
    dki_key x = key_of(arg, (size_t)a), y = key_of(arg, (size_t)b);

    return x < y ? -1 : x > y;
}

/* Puts many keys in order by the bits that were dropped, which fit above a place. */
static dk_status sort_dropped(const dki_key_order *keys, dk_context *context, const struct cut *cut, size_t from,
                              size_t to, dk_error *err)
{
    uint64_t dropped = ((uint64_t)1 << cut->drop) - 1, mask = ((uint64_t)1 << cut->place_bits) - 1;
    uint64_t *items = keys->items;
    dk_status status;

    for (size_t i = from; i < to; i++) {
        dki_key key = key_of(keys, keys->order[i]) - cut->least;

        items[i] = ((uint64_t)key & dropped) << cut->place_bits | keys->order[i];
    }
    status = dki_radix_sort_few(context, items + from, keys->scratch + from, to - from, cut->place_bits,
                                cut->place_bits + cut->drop, err);
    for (size_t i = from; i < to; i++)
        keys->order[i] = (uint32_t)(items[i] & mask);
    return status;
}

/* Puts those whose bits are the same in the order of the whole keys. Their numbers are not needed any more. */
static dk_status sort_alike(const dki_key_order *keys, dk_context *context, const struct cut *cut, size_t from,
                            size_t to, dk_error *err)
{
    uint64_t *places = keys->scratch;
    dk_status status = DK_OK;

    if (to - from > FEW && cut->drop + cut->place_bits < 64)
        return sort_dropped(keys, context, cut, from, to, err);
    for (size_t i = from; i < to; i++)
        places[i] = keys->order[i];
    if (to - from > FEW) {
        status = dki_sort_rows(context, places + from, to - from, compare_keys, keys, err);
    } else {
        for (size_t i = from + 1; i < to; i++) {
            uint64_t place = places[i];
            size_t at = i;

            for (; at > from && compare_keys(keys, places[at - 1], place) > 0; at--)
                places[at] = places[at - 1];
            places[at] = place;
        }
    }
    for (size_t i = from; i < to; i++)
        keys->order[i] = (uint32_t)places[i];
    return status;
}

/* Puts those in order whose numbers are the same but for the place. */
static dk_status settle_alike(const dki_key_order *keys, dk_context *context, const struct cut *cut, dk_error *err)
{
    const uint64_t *items = keys->items;
    dk_status status = DK_OK;

    for (size_t at = 0, next; status == DK_OK && at < keys->n; at = next) {
        for (next = at + 1; next < keys->n; next++) {
            if ((items[next] ^ items[at]) >> cut->place_bits)
                break;
        }
        if (next > at + 1)
            status = sort_alike(keys, context, cut, at, next, err);
    }
    return status;
}

dk_status dki_keys_order(dk_context *context, const dki_key_order *keys, dk_error *err)
{
    struct cut cut = plan_cut(keys);
    uint64_t mask = ((uint64_t)1 << cut.place_bits) - 1;
    unsigned end = cut.place_bits + cut.bits - cut.bucket_bits;
    size_t from = 0;
    dk_status status = dki_poll(context, err);

    fill_buckets(keys, &cut);
    for (size_t b = 0; status == DK_OK && b >> cut.bucket_bits == 0; b++) {
        size_t n = keys->buckets[b] - from;

        if (n > FEW)
            status =
                dki_radix_sort_few(context, keys->items + from, keys->scratch + from, n, cut.place_bits, end, err);
        from += n;
    }
    if (status == DK_OK)
        insert(keys->items, keys->n);
    for (size_t i = 0; i < keys->n; i++)
        keys->order[i] = (uint32_t)(keys->items[i] & mask);
    return status == DK_OK && cut.drop ? settle_alike(keys, context, &cut, err) : status;
}
