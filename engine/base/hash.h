/* hash.h - maps from byte strings and from integers to dense numbers, hashed (xxhash).
 *
 * What is added gets the numbers 0, 1, 2 ... in the order in which it was first added: what a map says never
 * depends on its hash function, which has a secret of the process in it, so that no file can be made to slow it
 * down.
 *
 * Threads: finding while others find; adding alone. On failure of adding (DK_ERR_MEMORY; DK_ERR_LIMIT when there
 * are 2^32 - 2 already) the map holds what it held.
 */
#ifndef DKI_BASE_HASH_H
#define DKI_BASE_HASH_H

#include "arena.h"

/* Mixes a number: each bit of it moves each bit of the result, and different numbers stay different. The same on
 * every machine, so no defence against keys that were chosen for it. */
static inline uint64_t dki_hash_u64(uint64_t x)
{
    x = (x ^ x >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 29) * UINT64_C(0xD6E8FEB86659FD93);
    return x ^ x >> 32;
}

#define DKI_MAP_NONE UINT32_MAX /* what finding gives for what was never added */

/* Byte strings. They are copied (but see borrows), may hold any bytes, and the empty one is one of them. */
typedef struct dki_text_map {
    dk_context *context; /* borrowed */
    uint64_t seed;
    struct dki_text_slot *slots;
    size_t n_slots; /* a power of two, or 0 */
    struct dki_text_entry *entries;
    size_t n, capacity;
    size_t few;      /* so many have no slots: for maps that are made often, and looked into seldom */
    dki_arena arena; /* of what is copied */
    bool borrows;    /* texts that are added are not copied: they outlive the map */
    bool has_large;  /* copies that are a block each */
} dki_text_map;
#define DKI_LARGE_TEXT 65536 /* bytes from which on a copy is a block of its own, which another map may take over */

void dki_text_map_init(dki_text_map *map, dk_context *context);
void dki_text_map_drop(dki_text_map *map); /* frees all; the map is empty, and can be used again */
/* Finds or adds. */
dk_status dki_text_map_add(dki_text_map *map, const char *bytes, size_t size, uint32_t *number, dk_error *err);
/* Finds or adds; where `from` has a large copy of the text, the copy is now this map's, and from borrows it. */
dk_status dki_text_map_take(dki_text_map *map, dki_text_map *from, const char *bytes, size_t size, uint32_t *number,
                            dk_error *err);
/* The number, or DKI_MAP_NONE. */
uint32_t dki_text_map_find(const dki_text_map *map, const char *bytes, size_t size);
/* The string of a number that was given; terminated, and borrowed until the map is dropped. */
const char *dki_text_map_get(const dki_text_map *map, uint32_t number, size_t *size);

/* 64-bit keys, of any value. */
typedef struct dki_int_map {
    dk_context *context; /* borrowed */
    uint64_t seed;
    struct dki_int_slot *slots;
    size_t n_slots; /* a power of two, or 0 */
    uint64_t *keys; /* by number */
    size_t n, capacity;
} dki_int_map;
void dki_int_map_init(dki_int_map *map, dk_context *context);
void dki_int_map_drop(dki_int_map *map); /* frees all; the map is empty, and can be used again */
/* Finds or adds. */
dk_status dki_int_map_add(dki_int_map *map, uint64_t key, uint32_t *number, dk_error *err);
/* The number, or DKI_MAP_NONE. */
uint32_t dki_int_map_find(const dki_int_map *map, uint64_t key);

#endif
