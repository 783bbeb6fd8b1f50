/* key_slots.h - where keys stand in an index.
 *
 * The highest bits of a key's hash say in which part it is, the next ones at which slot of the part to begin to look; the
 * slots of a part are a ring. A slot has 4 bytes for each of
 *
 *   | row + 1, or 0: empty | words of the key, two for each |
 *
 * At most two thirds of the slots are taken, so that there is always an empty one.
 */
#ifndef DKI_JOIN_KEY_SLOTS_H
#define DKI_JOIN_KEY_SLOTS_H

#include <string.h>

#include "base/checked.h"
#include "key_index.h"

static inline uint64_t dki_key_fold(uint64_t a, uint64_t b)
{
    dki_u128 product = (dki_u128)a * b;

    return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static inline uint64_t dki_key_hash(const dki_key_index *index, const uint64_t *words, unsigned n_words)
{
    uint64_t hash = dki_key_fold(words[0] ^ index->seed, index->factor);

    for (unsigned k = 1; k < n_words; k++)
        hash = dki_key_fold(hash ^ words[k], index->factor);
    return hash;
}

static inline size_t dki_key_part(const dki_key_index *index, uint64_t hash)
{
    return (size_t)(hash >> 1 >> (63 - index->part_bits)); /* of no bits: part 0 */
}

/* The slots of a part. */
typedef struct dki_key_ring {
    uint32_t *slots;
    uint64_t n;
    unsigned part_bits;
} dki_key_ring;

static inline dki_key_ring dki_key_ring_of(const dki_key_index *index, size_t part, unsigned n_words)
{
    return (dki_key_ring){ index->slots + index->starts[part] * (1 + 2 * n_words),
                           index->starts[part + 1] - index->starts[part], index->part_bits };
}

/* The slot at which to begin to look. */
static inline uint64_t dki_key_place(const dki_key_ring *ring, uint64_t hash)
{
    return (uint64_t)((dki_u128)(hash << ring->part_bits) * ring->n >> 64);
}

static inline bool dki_key_is_at(const uint32_t *slot, const uint64_t *words, unsigned n_words)
{
    for (unsigned k = 0; k < n_words; k++) {
        uint64_t word;

        memcpy(&word, slot + 1 + 2 * k, sizeof word);
        if (word != words[k])
            return false;
    }
    return true;
}

/* The slot of the key, or the empty one where it would stand, from slot `at` on. */
static inline uint64_t dki_key_look(const dki_key_ring *ring, uint64_t at, const uint64_t *words, unsigned n_words)
{
    const size_t stride = 1 + 2 * n_words;
    const uint32_t *slot = ring->slots + at * stride;

    while (*slot != 0 && !dki_key_is_at(slot, words, n_words)) {
        slot += stride;
        if (++at == ring->n) {
            at = 0;
            slot = ring->slots;
        }
    }
    return at;
}

#endif
