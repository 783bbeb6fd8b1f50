/* chunk_packed.c - values of 1, 2 or 4 bits, as a snapshot keeps codes and numbers that are small.
 *
 *   value i is bits i * width % 8 .. of byte i * width / 8; bits behind the last value are 0
 *
 * Views show bytes, so a block is unpacked when it is looked at: 0.02 to 0.08 nanoseconds for a value, where reading,
 * checking and keeping half a byte instead of a byte saves more. What a reader has made stays as it is: packing there
 * would cost as much as is gained.
 */
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/memory.h"
#include "chunk.h"

#define FEWEST_ROWS 1024 /* of a chunk: smaller ones are not worth it */

size_t dki_packed_bytes(unsigned width, size_t n)
{
    return (n * width + 7) / 8;
}

unsigned dki_chunk_packable(const dki_chunk *chunk)
{
    size_t n = (size_t)chunk->n_rows, i = 0;
    const uint8_t *values = chunk->values;
    uint64_t any = 0, word;

    if (chunk->constant || chunk->n_runs > 0 || chunk->packed > 0 || chunk->n_rows < FEWEST_ROWS ||
        (chunk->storage != DK_STORE_U8 && chunk->storage != DK_STORE_I8))
        return 0;
    for (; i + 8 <= n; i += 8) {
        memcpy(&word, values + i, 8);
        any |= word;
    }
    for (; i < n; i++)
        any |= values[i];
    any |= any >> 32;
    any |= any >> 16;
    any = (any | any >> 8) & 0xFF; /* a negative number has the highest bit */
    return any <= 1 ? 1 : any <= 3 ? 2 : any <= 15 ? 4 : 0;
}

/* Packing ------------------------------------------------------------------------------------------------------------ */

/* Eight values to as many bytes as the width says, in the lowest bytes of the result. */
static uint64_t pack_8(uint64_t values, unsigned width)
{
    switch (width) {
    case 1: return (values * UINT64_C(0x0102040810204080)) >> 56;
    case 2:
        values = (values | values >> 6) & UINT64_C(0x000F000F000F000F);
        values = (values | values >> 12) & UINT64_C(0x000000FF000000FF);
        return (values | values >> 24) & 0xFFFF;
    default:
        values = (values | values >> 4) & UINT64_C(0x00FF00FF00FF00FF);
        values = (values | values >> 8) & UINT64_C(0x0000FFFF0000FFFF);
        return (values | values >> 16) & 0xFFFFFFFF;
    }
}

void dki_pack(const uint8_t *values, size_t n, unsigned width, uint8_t *out)
{
    for (size_t i = 0; i < n; i += 8, out += width) {
        uint64_t word = 0;

        memcpy(&word, values + i, n - i < 8 ? n - i : 8);
        word = pack_8(word, width);
        memcpy(out, &word, n - i < 8 ? dki_packed_bytes(width, n - i) : width);
    }
}

/* Unpacking ---------------------------------------------------------------------------------------------------------- */

/* Each takes whole bytes as long as it can, and returns how many values it has written. */

static size_t unpack_1(const uint8_t *from, size_t n, uint8_t *out)
{
    size_t i = 0;

    for (; i + 8 <= n; i += 8) { /* each byte of the word has its own bit, which becomes 1 */
        uint64_t word = from[i / 8] * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);

        word = (word + UINT64_C(0x7F7F7F7F7F7F7F7F)) >> 7 & UINT64_C(0x0101010101010101);
        memcpy(out + i, &word, 8);
    }
    return i;
}

#ifdef __SSE2__
static size_t unpack_2(const uint8_t *from, size_t n, uint8_t *out)
{
    const __m128i low = _mm_set1_epi8(3);
    size_t i = 0;

    for (; i + 64 <= n; i += 64) {
        __m128i all = _mm_loadu_si128((const __m128i *)(const void *)(from + i / 4));
        __m128i a = _mm_and_si128(all, low), b = _mm_and_si128(_mm_srli_epi16(all, 2), low);
        __m128i c = _mm_and_si128(_mm_srli_epi16(all, 4), low), d = _mm_and_si128(_mm_srli_epi16(all, 6), low);
        __m128i ab = _mm_unpacklo_epi8(a, b), cd = _mm_unpacklo_epi8(c, d);
        __m128i *to = (__m128i *)(void *)(out + i);

        _mm_storeu_si128(to, _mm_unpacklo_epi16(ab, cd));
        _mm_storeu_si128(to + 1, _mm_unpackhi_epi16(ab, cd));
        ab = _mm_unpackhi_epi8(a, b);
        cd = _mm_unpackhi_epi8(c, d);
        _mm_storeu_si128(to + 2, _mm_unpacklo_epi16(ab, cd));
        _mm_storeu_si128(to + 3, _mm_unpackhi_epi16(ab, cd));
    }
    return i;
}

static size_t unpack_4(const uint8_t *from, size_t n, uint8_t *out)
{
    const __m128i low = _mm_set1_epi8(15);
    size_t i = 0;

    for (; i + 32 <= n; i += 32) {
        __m128i all = _mm_loadu_si128((const __m128i *)(const void *)(from + i / 2));
        __m128i a = _mm_and_si128(all, low), b = _mm_and_si128(_mm_srli_epi16(all, 4), low);

        _mm_storeu_si128((__m128i *)(void *)(out + i), _mm_unpacklo_epi8(a, b));
        _mm_storeu_si128((__m128i *)(void *)(out + i + 16), _mm_unpackhi_epi8(a, b));
    }
    return i;
}
#else
static size_t unpack_2(const uint8_t *from, size_t n, uint8_t *out)
{
    size_t i = 0;

    for (; i + 4 <= n; i += 4)
        for (unsigned k = 0; k < 4; k++)
            out[i + k] = from[i / 4] >> 2 * k & 3;
    return i;
}

static size_t unpack_4(const uint8_t *from, size_t n, uint8_t *out)
{
    size_t i = 0;

    for (; i + 2 <= n; i += 2) {
        out[i] = from[i / 2] & 15;
        out[i + 1] = from[i / 2] >> 4;
    }
    return i;
}
#endif

void dki_unpack(const dki_chunk *chunk, uint64_t at, size_t n, uint8_t *out)
{
    unsigned width = chunk->packed;
    const uint8_t *from;
    size_t i = 0;

    for (; i < n && (at + i) * width % 8 != 0; i++) /* up to a whole byte */
        out[i] = dki_packed_value(chunk, at + i);
    from = (const uint8_t *)chunk->values + (at + i) * width / 8;
    switch (width) {
    case 1: i += unpack_1(from, n - i, out + i); break;
    case 2: i += unpack_2(from, n - i, out + i); break;
    default: i += unpack_4(from, n - i, out + i); break;
    }
    for (; i < n; i++)
        out[i] = dki_packed_value(chunk, at + i);
}
