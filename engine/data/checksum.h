/* checksum.h - the hash of snapshots and fingerprints: XXH3, 64 bits, seed 0, the same on every machine. */
#ifndef DKI_DATA_CHECKSUM_H
#define DKI_DATA_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>
#include <xxhash.h>

static inline uint64_t dki_checksum(const void *bytes, size_t size)
{
    return XXH3_64bits(bytes, size);
}

#endif
