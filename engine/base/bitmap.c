/* bitmap.c - counting and moving bits, a word at a time. */
#include "bitmap.h"

static inline __attribute__((always_inline)) size_t count_bits(const uint64_t *words, size_t n_bits)
{
    size_t n = 0;

    for (size_t i = 0; i < n_bits / 64; i++)
        n += (size_t)__builtin_popcountll(words[i]);
    if (n_bits % 64)
        n += (size_t)__builtin_popcountll(words[n_bits / 64] & dki_bit_tail(n_bits));
    return n;
}

#if defined(__x86_64__)
/* Speed: an instruction, where the first processors of the kind need a call for each word. */
__attribute__((target("popcnt"))) static size_t count_bits_popcnt(const uint64_t *words, size_t n_bits)
{
    return count_bits(words, n_bits);
}
#endif

size_t dki_bits_count(const uint64_t *words, size_t n_bits)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("popcnt"))
        return count_bits_popcnt(words, n_bits);
#endif
    return count_bits(words, n_bits);
}

void dki_bits_fill(uint64_t *words, size_t n_bits)
{
    for (size_t i = 0; i < n_bits / 64; i++)
        words[i] = ~UINT64_C(0);
    if (n_bits % 64)
        words[n_bits / 64] = dki_bit_tail(n_bits);
}

void dki_bits_copy(uint64_t *target, const uint64_t *source, size_t from, size_t n_bits)
{
    size_t n_words = dki_bit_words(n_bits);
    size_t shift = from % 64;
    size_t last = (from + n_bits + 63) / 64; /* words of source that hold any of the bits end here */

    if (n_bits == 0)
        return;
    for (size_t i = 0; i < n_words; i++) {
        size_t at = from / 64 + i;
        uint64_t word = source[at] >> shift;

        if (shift > 0 && at + 1 < last)
            word |= source[at + 1] << (64 - shift);
        target[i] = word;
    }
    target[n_words - 1] &= dki_bit_tail(n_bits);
}

void dki_bits_paste(uint64_t *target, size_t to, const uint64_t *source, size_t n_bits)
{
    size_t done = 0;

    while (done < n_bits) {
        size_t at = to + done;
        size_t room = 64 - at % 64;
        size_t n = n_bits - done < room ? n_bits - done : room;
        size_t shift = done % 64;
        uint64_t mask = (n == 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1);
        uint64_t bits = source[done / 64] >> shift;

        if (shift > 0 && n > 64 - shift)
            bits |= source[done / 64 + 1] << (64 - shift);
        target[at / 64] = (target[at / 64] & ~(mask << at % 64)) | (bits & mask) << at % 64;
        done += n;
    }
}
