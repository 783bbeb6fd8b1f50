/* hash.c - hashing, and open-addressed maps to dense numbers.
 *
 * Both maps probe one slot after another and are at most half full. Numbers are given in the order of adding, so
 * that what a map says never depends on how its slots lie.
 */
#include "hash.h"

#include <string.h>
#include <xxhash.h>

#include "arena.h"
#include "status.h"

uint64_t dki_hash_bytes(const void *bytes, size_t size)
{
    return XXH3_64bits(bytes, size);
}

#define FIRST_SLOTS 32

/* Texts -------------------------------------------------------------------------------------------------------- */

struct dki_text_entry {
    const char *bytes;
    size_t size;
    uint64_t hash;
};

void dki_text_map_init(dki_text_map *map, dk_context *context)
{
    memset(map, 0, sizeof *map);
    map->context = context;
}

void dki_text_map_drop(dki_text_map *map)
{
    if (map->arena) {
        dki_arena_drop(map->arena);
        dki_free(map->context, map->arena);
    }
    dki_free(map->context, map->slots);
    dki_free(map->context, map->entries);
    dki_text_map_init(map, map->context);
}

/* The slot that holds the text, or the empty one where it belongs. */
static size_t text_slot(const dki_text_map *map, const char *bytes, size_t size, uint64_t hash)
{
    size_t mask = map->n_slots - 1;
    size_t at = (size_t)hash & mask;

    for (; map->slots[at]; at = (at + 1) & mask) {
        const struct dki_text_entry *entry = &map->entries[map->slots[at] - 1];

        if (entry->hash == hash && entry->size == size && (size == 0 || memcmp(entry->bytes, bytes, size) == 0))
            break;
    }
    return at;
}

static dk_status text_rehash(dki_text_map *map, dk_error *err)
{
    size_t n_slots = map->n_slots ? map->n_slots * 2 : FIRST_SLOTS;
    uint32_t *slots = dki_calloc(map->context, n_slots, sizeof *slots, err);

    if (slots == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < map->n; i++) {
        size_t at = (size_t)map->entries[i].hash & (n_slots - 1);

        while (slots[at])
            at = (at + 1) & (n_slots - 1);
        slots[at] = (uint32_t)i + 1;
    }
    dki_free(map->context, map->slots);
    map->slots = slots;
    map->n_slots = n_slots;
    return DK_OK;
}

dk_status dki_text_map_add(dki_text_map *map, const char *bytes, size_t size, uint32_t *number, dk_error *err)
{
    uint64_t hash = dki_hash_bytes(bytes, size);
    struct dki_text_entry *entry;
    size_t at;
    char *copy;

    if (map->n_slots) {
        at = text_slot(map, bytes, size, hash);
        if (map->slots[at]) {
            *number = map->slots[at] - 1;
            return DK_OK;
        }
    }
    if (map->n >= UINT32_MAX - 1)
        return dki_fail(err, DK_ERR_LIMIT, "more than %u different texts", UINT32_MAX - 1);
    if (map->arena == NULL) {
        map->arena = dki_alloc(map->context, sizeof *map->arena, err);
        if (map->arena == NULL)
            return DK_ERR_MEMORY;
        dki_arena_init(map->arena, map->context);
    }
    if (map->n * 2 >= map->n_slots && text_rehash(map, err) != DK_OK)
        return DK_ERR_MEMORY;
    if (dki_grow(map->context, (void **)&map->entries, &map->capacity, map->n + 1, sizeof *entry, err) != DK_OK)
        return DK_ERR_MEMORY;
    copy = dki_arena_text(map->arena, bytes, size, err);
    if (copy == NULL)
        return DK_ERR_MEMORY;
    at = text_slot(map, bytes, size, hash);
    entry = &map->entries[map->n];
    entry->bytes = copy;
    entry->size = size;
    entry->hash = hash;
    *number = (uint32_t)map->n;
    map->slots[at] = (uint32_t)++map->n;
    return DK_OK;
}

uint32_t dki_text_map_find(const dki_text_map *map, const char *bytes, size_t size)
{
    size_t at;

    if (map->n_slots == 0)
        return UINT32_MAX;
    at = text_slot(map, bytes, size, dki_hash_bytes(bytes, size));
    return map->slots[at] ? map->slots[at] - 1 : UINT32_MAX;
}

const char *dki_text_map_get(const dki_text_map *map, uint32_t number, size_t *size)
{
    *size = map->entries[number].size;
    return map->entries[number].bytes;
}

/* Integers ----------------------------------------------------------------------------------------------------- */

struct dki_int_slot {
    uint64_t key;
    uint32_t number; /* + 1; 0: empty */
};

void dki_int_map_init(dki_int_map *map, dk_context *context)
{
    memset(map, 0, sizeof *map);
    map->context = context;
}

void dki_int_map_drop(dki_int_map *map)
{
    dki_free(map->context, map->slots);
    dki_free(map->context, map->keys);
    dki_int_map_init(map, map->context);
}

static struct dki_int_slot *int_slot(struct dki_int_slot *slots, size_t n_slots, uint64_t key)
{
    size_t at = (size_t)dki_hash_u64(key) & (n_slots - 1);

    while (slots[at].number && slots[at].key != key)
        at = (at + 1) & (n_slots - 1);
    return &slots[at];
}

static dk_status int_rehash(dki_int_map *map, dk_error *err)
{
    size_t n_slots = map->n_slots ? map->n_slots * 2 : FIRST_SLOTS;
    struct dki_int_slot *slots = dki_calloc(map->context, n_slots, sizeof *slots, err);

    if (slots == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < map->n; i++) {
        struct dki_int_slot *slot = int_slot(slots, n_slots, map->keys[i]);

        slot->key = map->keys[i];
        slot->number = (uint32_t)i + 1;
    }
    dki_free(map->context, map->slots);
    map->slots = slots;
    map->n_slots = n_slots;
    return DK_OK;
}

dk_status dki_int_map_add(dki_int_map *map, uint64_t key, uint32_t *number, dk_error *err)
{
    struct dki_int_slot *slot;

    if (map->n_slots) {
        slot = int_slot(map->slots, map->n_slots, key);
        if (slot->number) {
            *number = slot->number - 1;
            return DK_OK;
        }
    }
    if (map->n >= UINT32_MAX - 1)
        return dki_fail(err, DK_ERR_LIMIT, "more than %u different keys", UINT32_MAX - 1);
    if (map->n * 2 >= map->n_slots && int_rehash(map, err) != DK_OK)
        return DK_ERR_MEMORY;
    if (dki_grow(map->context, (void **)&map->keys, &map->capacity, map->n + 1, sizeof *map->keys, err) != DK_OK)
        return DK_ERR_MEMORY;
    slot = int_slot(map->slots, map->n_slots, key);
    map->keys[map->n] = key;
    *number = (uint32_t)map->n;
    slot->key = key;
    slot->number = (uint32_t)++map->n;
    return DK_OK;
}

uint32_t dki_int_map_find(const dki_int_map *map, uint64_t key)
{
    const struct dki_int_slot *slot;

    if (map->n_slots == 0)
        return UINT32_MAX;
    slot = int_slot(map->slots, map->n_slots, key);
    return slot->number ? slot->number - 1 : UINT32_MAX;
}
