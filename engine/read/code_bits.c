/* code_bits.c - bitmaps of the rows whose code of one byte is among some.
 *
 * Cost: a tenth of a nanosecond a row where they are few, as they are in nearly every column that has a bitmap: what is null,
 * or true. Else one.
 */
#include "code_bits.h"

#include <string.h>

#include "base/bitmap.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

void dki_codes_seen(const uint8_t *codes, size_t n, bool seen[256])
{
    memset(seen, 0, 256 * sizeof *seen);
    for (size_t i = 0; i < n; i++)
        seen[codes[i]] = true;
}

#define FEW_CODES 4 /* to compare with, one after the other */

void dki_codes_bits(const uint8_t *codes, size_t n, const bool seen[256], const bool set[256], uint64_t *out)
{
    size_t i = 0;

#if defined(__SSE2__)
    uint8_t few[FEW_CODES];
    size_t n_few = 0;

    for (size_t code = 0; code < 256; code++) {
        if (!seen[code] || !set[code])
            continue;
        if (n_few < FEW_CODES)
            few[n_few] = (uint8_t)code;
        n_few++;
    }
    for (; n_few <= FEW_CODES && i + 64 <= n; i += 64) { /* for speed alone */
        uint64_t word = 0;
        for (size_t k = 0; k < 4; k++) {
            __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(codes + i + 16 * k));
            __m128i found = _mm_setzero_si128();
            for (size_t f = 0; f < n_few; f++)
                found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)few[f])));
            word |= (uint64_t)(unsigned)_mm_movemask_epi8(found) << 16 * k;
        }
        out[i / 64] = word;
    }
#else
    (void)seen;
#endif
    for (; i < n; i += 64) {
        uint64_t word = 0;
        for (size_t k = 0; k < 64 && i + k < n; k++)
            word |= (uint64_t)set[codes[i + k]] << k;
        out[i / 64] = word;
    }
}

size_t dki_codes_valid(const uint8_t *codes, size_t n, const bool seen[256], const bool null[256], uint64_t *out)
{
    dki_codes_bits(codes, n, seen, null, out);
    size_t n_nulls = dki_bits_count(out, n);
    for (size_t w = 0; w < dki_bit_words(n); w++)
        out[w] = ~out[w];
    if (n % 64)
        out[n / 64] &= (UINT64_C(1) << n % 64) - 1;
    return n_nulls;
}
