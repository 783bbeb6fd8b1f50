/* hash.c - open-addressed maps to dense numbers.
 *
 * Both maps probe one slot after another and are at most half full. Numbers are given in the order of adding, so
 * that what a map says never depends on how its slots lie. Where they lie depends on a number that each process
 * draws: otherwise a file could be written whose keys all begin in one slot, and reading n of them would take n^2
 * steps. A few texts of a map that says so have no slots, and are gone through.
 */
#include "hash.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <xxhash.h>

#include "checked.h"
#include "status.h"

#define FIRST_SLOTS 32

static pthread_once_t once = PTHREAD_ONCE_INIT;
static uint64_t secret;

static void draw_secret(void)
{
    if (getentropy(&secret, sizeof secret) != 0) { /* a kernel without: better than a constant */
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        secret = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec ^ (uint64_t)(uintptr_t)&now;
    }
}

static uint64_t seed_of_process(void)
{
    pthread_once(&once, draw_secret);
    return secret;
}

/* Texts -------------------------------------------------------------------------------------------------------- */

struct dki_text_entry {
    const char *bytes;
    size_t size;   /* and OWN_BLOCK, where the bytes are a block that is freed with the map */
    uint64_t hash; /* once there are slots */
};

#define OWN_BLOCK (SIZE_MAX / 2 + 1)

static size_t size_of(const struct dki_text_entry *entry)
{
    return entry->size & ~OWN_BLOCK;
}

/* The high bits of the hash stand with the number: for speed alone, so that a slot passed by costs no look at its
 * entry, which lies elsewhere. */
struct dki_text_slot {
    uint32_t number; /* + 1; 0: empty */
    uint32_t tag;
};

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

static void be_empty(dki_text_map *map, dk_context *context, uint64_t seed)
{
    memset(map, 0, sizeof *map);
    map->context = context;
    map->seed = seed;
    dki_arena_init_small(&map->arena, context);
}

void dki_text_map_init(dki_text_map *map, dk_context *context)
{
    be_empty(map, context, seed_of_process());
}

void dki_text_map_drop(dki_text_map *map)
{
    dki_arena_drop(&map->arena);
    for (size_t i = 0; map->has_large && i < map->n; i++)
        if (map->entries[i].size & OWN_BLOCK)
            dki_free(map->context, (char *)(uintptr_t)map->entries[i].bytes);
    dki_free(map->context, map->slots);
    dki_free(map->context, map->entries);
    be_empty(map, map->context, map->seed);
}

/* Most differ in their size or their first byte: telling them apart here takes less than a call. */
static inline bool is_text(const struct dki_text_entry *entry, const char *bytes, size_t size)
{
    return size_of(entry) == size && (size == 0 || entry->bytes == bytes ||
                                      (*entry->bytes == *bytes && memcmp(entry->bytes, bytes, size) == 0));
}

/* The slot that holds the text, or the empty one where it belongs. */
static struct dki_text_slot *text_slot(const dki_text_map *map, const char *bytes, size_t size, uint64_t hash)
{
    size_t mask = map->n_slots - 1;
    size_t at = (size_t)hash & mask;

    for (; map->slots[at].number; at = (at + 1) & mask) {
        const struct dki_text_entry *entry = &map->entries[map->slots[at].number - 1];

        if (map->slots[at].tag == tag_of(hash) && is_text(entry, bytes, size))
            break;
    }
    return &map->slots[at];
}

/* The number of a text among few. */
static uint32_t few_find(const dki_text_map *map, const char *bytes, size_t size)
{
    for (size_t i = 0; i < map->n && i < map->few; i++)
        if (is_text(&map->entries[i], bytes, size))
            return (uint32_t)i;
    return DKI_MAP_NONE;
}

static dk_status text_rehash(dki_text_map *map, dk_error *err)
{
    size_t n_slots = map->n_slots ? map->n_slots * 2 : FIRST_SLOTS;
    struct dki_text_slot *slots = dki_calloc(map->context, n_slots, sizeof *slots, err);

    if (slots == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; map->n_slots == 0 && i < map->n; i++)
        map->entries[i].hash = XXH3_64bits_withSeed(map->entries[i].bytes, size_of(&map->entries[i]), map->seed);
    for (size_t i = 0; i < map->n; i++) {
        size_t at = (size_t)map->entries[i].hash & (n_slots - 1);

        while (slots[at].number)
            at = (at + 1) & (n_slots - 1);
        slots[at] = (struct dki_text_slot){ (uint32_t)i + 1, tag_of(map->entries[i].hash) };
    }
    dki_free(map->context, map->slots);
    map->slots = slots;
    map->n_slots = n_slots;
    return DK_OK;
}

/* A copy of a text that the map is to hold. */
static const char *copy_text(dki_text_map *map, const char *bytes, size_t size, dk_error *err)
{
    if (size >= DKI_LARGE_TEXT)
        return dki_strndup(map->context, bytes, size, err);
    return dki_arena_text(&map->arena, bytes, size, err);
}

/* The number of a text; hash: where there are slots. */
static uint32_t find_hashed(const dki_text_map *map, const char *bytes, size_t size, uint64_t hash)
{
    uint32_t number;

    if (map->n_slots == 0)
        return few_find(map, bytes, size);
    number = text_slot(map, bytes, size, hash)->number;
    return number ? number - 1 : DKI_MAP_NONE;
}

/* Finds or adds; is_given: the bytes are a block, which is the map's where the text is new. */
static dk_status add_text(dki_text_map *map, const char *bytes, size_t size, bool is_given, uint32_t *number,
                          bool *is_new, dk_error *err)
{
    bool has_slots = map->n_slots > 0 || map->n >= map->few, is_copied = !is_given && !map->borrows;
    uint64_t hash = has_slots ? XXH3_64bits_withSeed(bytes, size, map->seed) : 0;
    uint32_t found = find_hashed(map, bytes, size, hash);
    const char *copy = bytes;

    *is_new = false;
    if (found != DKI_MAP_NONE) {
        *number = found;
        return DK_OK;
    }
    if (map->n >= UINT32_MAX - 1)
        return dki_fail(err, DK_ERR_LIMIT, "more than %u different texts", UINT32_MAX - 1);
    if (has_slots && map->n * 2 >= map->n_slots && text_rehash(map, err) != DK_OK)
        return DK_ERR_MEMORY;
    if (dki_grow(map->context, (void **)&map->entries, &map->capacity, map->n + 1, sizeof *map->entries, err) !=
        DK_OK)
        return DK_ERR_MEMORY;
    if (is_copied)
        copy = copy_text(map, bytes, size, err);
    if (copy == NULL && is_copied)
        return DK_ERR_MEMORY;
    map->entries[map->n] = (struct dki_text_entry){ copy, size, hash };
    if (is_given || (is_copied && size >= DKI_LARGE_TEXT)) {
        map->entries[map->n].size |= OWN_BLOCK;
        map->has_large = true;
    }
    *number = (uint32_t)map->n;
    if (has_slots)
        *text_slot(map, bytes, size, hash) = (struct dki_text_slot){ *number + 1, tag_of(hash) };
    map->n++;
    *is_new = true;
    return DK_OK;
}

dk_status dki_text_map_add(dki_text_map *map, const char *bytes, size_t size, uint32_t *number, dk_error *err)
{
    bool is_new;

    return add_text(map, bytes, size, false, number, &is_new, err);
}

dk_status dki_text_map_take(dki_text_map *map, dki_text_map *from, const char *bytes, size_t size, uint32_t *number,
                            dk_error *err)
{
    uint32_t at = from->has_large && size >= DKI_LARGE_TEXT ? dki_text_map_find(from, bytes, size) : DKI_MAP_NONE;
    struct dki_text_entry *entry = at == DKI_MAP_NONE ? NULL : &from->entries[at];
    bool is_new;

    if (!entry || !(entry->size & OWN_BLOCK))
        return dki_text_map_add(map, bytes, size, number, err);
    dk_status status = add_text(map, entry->bytes, size, true, number, &is_new, err);
    if (status == DK_OK && is_new)
        entry->size &= ~OWN_BLOCK;
    return status;
}

uint32_t dki_text_map_find(const dki_text_map *map, const char *bytes, size_t size)
{
    if (map->n_slots == 0)
        return few_find(map, bytes, size);
    return find_hashed(map, bytes, size, XXH3_64bits_withSeed(bytes, size, map->seed));
}

const char *dki_text_map_get(const dki_text_map *map, uint32_t number, size_t *size)
{
    *size = size_of(&map->entries[number]);
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
    map->seed = seed_of_process();
}

void dki_int_map_drop(dki_int_map *map)
{
    dki_free(map->context, map->slots);
    dki_free(map->context, map->keys);
    dki_int_map_init(map, map->context);
}

/* Both halves of a product of 128 bits, so that each bit of the key moves those that choose the slot. The factor
 * and what is added to the key are the secret's. */
static uint64_t hash_int(uint64_t key, uint64_t seed)
{
    dki_u128 product = (dki_u128)(key ^ seed) * (seed * UINT64_C(0x9E3779B97F4A7C15) | 1);

    return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static struct dki_int_slot *int_slot(struct dki_int_slot *slots, size_t n_slots, uint64_t key, uint64_t seed)
{
    size_t at = (size_t)hash_int(key, seed) & (n_slots - 1);

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
        struct dki_int_slot *slot = int_slot(slots, n_slots, map->keys[i], map->seed);

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
        slot = int_slot(map->slots, map->n_slots, key, map->seed);
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
    slot = int_slot(map->slots, map->n_slots, key, map->seed);
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
        return DKI_MAP_NONE;
    slot = int_slot(map->slots, map->n_slots, key, map->seed);
    return slot->number ? slot->number - 1 : DKI_MAP_NONE;
}
