/* hash.h - hashing (xxhash), and a map from short byte strings and from integers to dense numbers. */
#ifndef DKI_BASE_HASH_H
#define DKI_BASE_HASH_H

#include "memory.h"

uint64_t dki_hash_bytes(const void *bytes, size_t size); /* XXH3, seed 0: the same on every machine */
static inline uint64_t dki_hash_u64(uint64_t x)
{
    x = (x ^ x >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 29) * UINT64_C(0xD6E8FEB86659FD93);
    return x ^ x >> 32;
}

/* Byte strings to numbers 0, 1, 2 ... in the order in which they were first added. Strings are copied. */
typedef struct dki_text_map {
    dk_context *context;
    uint32_t *slots; /* number + 1; 0: empty */
    size_t n_slots;  /* a power of two */
    struct dki_text_entry *entries;
    size_t n, capacity;
    struct dki_arena *arena;
} dki_text_map;
void dki_text_map_init(dki_text_map *map, dk_context *context);
void dki_text_map_drop(dki_text_map *map);
/* Finds or adds. Errors: DK_ERR_MEMORY, DK_ERR_LIMIT over 2^32 - 2 entries. */
dk_status dki_text_map_add(dki_text_map *map, const char *bytes, size_t size, uint32_t *number, dk_error *err);
/* The number, or UINT32_MAX. */
uint32_t dki_text_map_find(const dki_text_map *map, const char *bytes, size_t size);
/* String of a number; terminated. */
const char *dki_text_map_get(const dki_text_map *map, uint32_t number, size_t *size);

/* 64-bit keys to numbers 0, 1, 2 ... in the order in which they were first added. */
typedef struct dki_int_map {
    dk_context *context;
    struct dki_int_slot *slots;
    size_t n_slots;
    uint64_t *keys; /* by number */
    size_t n, capacity;
} dki_int_map;
void dki_int_map_init(dki_int_map *map, dk_context *context);
void dki_int_map_drop(dki_int_map *map);
dk_status dki_int_map_add(dki_int_map *map, uint64_t key, uint32_t *number, dk_error *err);
uint32_t dki_int_map_find(const dki_int_map *map, uint64_t key);

#endif
