/* reseal.h - makes the checksums of a changed snapshot right again, so that what they hide can be tested.
 *
 * Written from docs/snapshot.md; knows nothing of the engine. Follows only what lies inside the bytes, as
 * they may be anything.
 */
#ifndef TESTS_UNIT_RESEAL_H
#define TESTS_UNIT_RESEAL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <xxhash.h>

static inline uint64_t reseal_get(const uint8_t *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof value);
    return value;
}

static inline void reseal_put(uint8_t *bytes, uint64_t value)
{
    memcpy(bytes, &value, sizeof value);
}

/* Where to read on; end + 1 where the bytes do not reach. */
typedef struct reseal_place {
    uint8_t *file;
    size_t size;
    size_t at, end;
} reseal_place;

static inline uint64_t reseal_u64(reseal_place *place)
{
    if (place->at > place->end || place->end - place->at < 8) {
        place->at = place->end + 1;
        return 0;
    }
    place->at += 8;
    return reseal_get(place->file + place->at - 8);
}

static inline void reseal_skip_text(reseal_place *place)
{
    uint64_t size = reseal_u64(place);

    if (size == UINT64_MAX || place->at > place->end)
        return;
    if (size > place->end - place->at)
        place->at = place->end + 1;
    else
        place->at += (size_t)(size + 7) / 8 * 8;
}

static inline void reseal_chunk(reseal_place *place)
{
    uint64_t n_blocks;

    for (int i = 0; i < 6; i++)
        reseal_u64(place);
    n_blocks = reseal_u64(place);
    for (uint64_t i = 0; i < n_blocks && place->at <= place->end; i++) {
        uint64_t offset, stored;
        size_t at;

        reseal_u64(place); /* its part */
        reseal_u64(place); /* its encoding */
        offset = reseal_u64(place);
        stored = reseal_u64(place);
        reseal_u64(place);
        at = place->at;
        reseal_u64(place);
        if (place->at <= place->end && offset < place->size && stored <= place->size - offset)
            reseal_put(place->file + at, XXH3_64bits(place->file + offset, (size_t)stored));
    }
}

static inline void reseal_column(reseal_place place)
{
    uint64_t n;

    reseal_skip_text(&place); /* name */
    reseal_skip_text(&place); /* type */
    for (int i = 0; i < 3; i++)
        reseal_u64(&place);
    reseal_skip_text(&place); /* label */
    reseal_skip_text(&place); /* format */
    reseal_u64(&place);       /* levels before */
    for (int k = 0; k < 2; k++) {
        n = reseal_u64(&place);
        for (uint64_t i = 0; i < n && place.at <= place.end; i++)
            reseal_chunk(&place);
    }
}

static inline void reseal_directory(uint8_t *file, size_t size, size_t from, size_t to);

/* A table that is attached: by which columns, and a directory of its own. */
static inline void reseal_attached(reseal_place place)
{
    uint64_t n = reseal_u64(&place);

    for (uint64_t i = 0; i < n && place.at <= place.end; i++)
        reseal_skip_text(&place);
    if (place.at < place.end)
        reseal_directory(place.file, place.size, place.at, place.end);
}

static inline void reseal_directory(uint8_t *file, size_t size, size_t from, size_t to)
{
    reseal_place place = { file, size, from, to };

    while (place.at + 24 <= to) {
        const uint8_t *name = file + place.at;
        uint64_t length = reseal_get(name + 16);

        place.at += 24;
        if (length > to - place.at)
            return;
        if (memcmp(name, "column\0\0", 8) == 0)
            reseal_column((reseal_place){ file, size, place.at, place.at + (size_t)length });
        else if (memcmp(name, "attached", 8) == 0)
            reseal_attached((reseal_place){ file, size, place.at, place.at + (size_t)length });
        else if (memcmp(name, "whole\0\0\0", 8) == 0 || memcmp(name, "behind\0\0", 8) == 0)
            reseal_directory(file, size, place.at, place.at + (size_t)length);
        place.at += (size_t)length;
    }
}

/* The segment that ends there; gives where the one before it ends, or 0. */
static inline uint64_t reseal_segment(uint8_t *file, size_t size, uint64_t end)
{
    uint8_t *footer = file + end - 64;
    uint64_t offset = reseal_get(footer + 16), length = reseal_get(footer + 24), before = reseal_get(footer + 40);

    if (offset < end && length <= end - offset) {
        reseal_directory(file, size, (size_t)offset, (size_t)(offset + length));
        reseal_put(footer + 32, XXH3_64bits(file + offset, (size_t)length));
    }
    reseal_put(footer + 48, reseal_get(file + 16));
    reseal_put(footer + 56, XXH3_64bits(footer, 56));
    return before < end && before >= 192 && before % 64 == 0 ? before : 0;
}

static inline void reseal(uint8_t *file, size_t size)
{
    uint64_t end;

    if (size < 192)
        return;
    reseal_put(file + 56, XXH3_64bits(file, 56));
    for (size_t slot = 64; slot < 128; slot += 32) {
        reseal_put(file + slot + 16, reseal_get(file + 16));
        reseal_put(file + slot + 24, XXH3_64bits(file + slot, 24));
    }
    end = reseal_get(file + 64) > reseal_get(file + 96) ? reseal_get(file + 72) : reseal_get(file + 104);
    if (end > size || end < 192 || end % 64 != 0)
        end = size / 64 * 64;
    while (end > 0)
        end = reseal_segment(file, size, end);
}

#endif
