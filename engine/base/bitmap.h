/* bitmap.h - bits in 64-bit words: bit i is bit i % 64 of word i / 64.
 *
 * n bits take dki_bit_words(n) words, and no function touches a word behind them.
 */
#ifndef DKI_BASE_BITMAP_H
#define DKI_BASE_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline size_t dki_bit_words(size_t n_bits)
{
    return n_bits / 64 + (n_bits % 64 != 0);
}
static inline bool dki_bit(const uint64_t *words, size_t i)
{
    return words[i / 64] >> (i % 64) & 1;
}
static inline void dki_bit_set(uint64_t *words, size_t i)
{
    words[i / 64] |= UINT64_C(1) << (i % 64);
}
static inline void dki_bit_clear(uint64_t *words, size_t i)
{
    words[i / 64] &= ~(UINT64_C(1) << (i % 64));
}
static inline void dki_bit_put(uint64_t *words, size_t i, bool on)
{
    words[i / 64] = (words[i / 64] & ~(UINT64_C(1) << (i % 64))) | (uint64_t)on << (i % 64);
}
/* Mask of the bits of the last word that belong to n_bits (all ones where it is full); n_bits > 0. */
static inline uint64_t dki_bit_tail(size_t n_bits)
{
    return n_bits % 64 ? (UINT64_C(1) << (n_bits % 64)) - 1 : ~UINT64_C(0);
}

/* Ones among the first n_bits. */
size_t dki_bits_count(const uint64_t *words, size_t n_bits);
/* Sets the first n_bits, and clears the rest of the last word. */
void dki_bits_fill(uint64_t *words, size_t n_bits);
/* Copies n_bits from bit `from` of source to bit 0 of target, which may not overlap source; the rest of target's
 * last word is cleared. */
void dki_bits_copy(uint64_t *target, const uint64_t *source, size_t from, size_t n_bits);
/* Copies n_bits from bit 0 of source to bit `to` of target, which may not overlap source; the other bits of target
 * stay. */
void dki_bits_paste(uint64_t *target, size_t to, const uint64_t *source, size_t n_bits);

#endif
