/* bit_length.h - how many bits a number takes; 0 takes none. */
#ifndef DKI_BASE_BIT_LENGTH_H
#define DKI_BASE_BIT_LENGTH_H

#include "checked.h"

static inline unsigned dki_bit_length(uint64_t x)
{
    return x ? 64 - (unsigned)__builtin_clzll(x) : 0;
}

static inline unsigned dki_bit_length_wide(dki_u128 x)
{
    uint64_t high = (uint64_t)(x >> 64);

    return high ? 64 + dki_bit_length(high) : dki_bit_length((uint64_t)x);
}

#endif
