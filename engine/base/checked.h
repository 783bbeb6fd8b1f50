/* checked.h - sizes and numbers that say when they do not fit. */
#ifndef DKI_BASE_CHECKED_H
#define DKI_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef __int128 dki_i128;
__extension__ typedef unsigned __int128 dki_u128;

/* Each returns true when the result does not fit; *out is then the result modulo the power of two that it has room for. */
static inline bool dki_add_size(size_t a, size_t b, size_t *out)
{
    return __builtin_add_overflow(a, b, out);
}
static inline bool dki_mul_size(size_t a, size_t b, size_t *out)
{
    return __builtin_mul_overflow(a, b, out);
}
static inline bool dki_add_i64(int64_t a, int64_t b, int64_t *out)
{
    return __builtin_add_overflow(a, b, out);
}
static inline bool dki_sub_i64(int64_t a, int64_t b, int64_t *out)
{
    return __builtin_sub_overflow(a, b, out);
}
static inline bool dki_mul_i64(int64_t a, int64_t b, int64_t *out)
{
    return __builtin_mul_overflow(a, b, out);
}
static inline bool dki_add_i128(dki_i128 a, dki_i128 b, dki_i128 *out)
{
    return __builtin_add_overflow(a, b, out);
}
static inline bool dki_mul_i128(dki_i128 a, dki_i128 b, dki_i128 *out)
{
    return __builtin_mul_overflow(a, b, out);
}
static inline bool dki_fits_i64(dki_i128 value)
{
    return value >= INT64_MIN && value <= INT64_MAX;
}

/* A number of more than 128 bits: low + high * 2^128. */
typedef struct dki_wide {
    dki_i128 low;
    int64_t high;
} dki_wide;

static inline void dki_wide_add(dki_i128 *low, int64_t *high, dki_i128 term)
{
    if (dki_add_i128(*low, term, low))
        *high += term < 0 ? -1 : 1;
}

#endif
