/* ordered_key.h - numbers as bits that have their order: what sorts, tallies and packs keys compares these. */
#ifndef DKI_BASE_ORDERED_KEY_H
#define DKI_BASE_ORDERED_KEY_H

#include <stdint.h>
#include <string.h>

#define DKI_KEY_SIGN (UINT64_C(1) << 63)

static inline uint64_t dki_integer_key(int64_t value)
{
    return (uint64_t)value ^ DKI_KEY_SIGN;
}

static inline int64_t dki_key_integer(uint64_t key)
{
    return (int64_t)(key ^ DKI_KEY_SIGN);
}

/* The two zeros have one key. */
static inline uint64_t dki_real_key(double value)
{
    uint64_t bits;

    if (value == 0)
        value = 0;
    memcpy(&bits, &value, sizeof bits);
    return bits & DKI_KEY_SIGN ? ~bits : bits | DKI_KEY_SIGN;
}

static inline double dki_key_real(uint64_t key)
{
    uint64_t bits = key & DKI_KEY_SIGN ? key ^ DKI_KEY_SIGN : ~key;
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
