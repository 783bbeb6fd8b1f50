/* dense_kernels.c - loops that count and add up by an index.
 *
 * Each loop stands once, as a macro, and is made for every pair of widths. They are bound by one load and store to a
 * table for each row, and have no branch that depends on the data but those of least and most, which are taken ever
 * more seldom.
 */
#include "dense_kernels.h"

#include <string.h>

#include "data/codes_widths.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3") /* vectors, also where the tree is compiled with -O2; clang needs no telling */
#endif

/* Counting. ---------------------------------------------------------------------------------------------------- */

/* Indexes are loaded eight bytes at a time. */
void dki_count(unsigned width, uint32_t *counts, size_t stride, const void *indexes, size_t n)
{
    uint32_t *a = counts, *b = a + stride, *c = b + stride, *d = c + stride;
    const unsigned char *from = indexes;
    size_t i = 0;
    uint64_t w, v;

    switch (width) {
    case 0:
        for (; i + 8 <= n; i += 8) {
            memcpy(&w, from + i, 8);
            a[w & 0xff]++;
            b[w >> 8 & 0xff]++;
            c[w >> 16 & 0xff]++;
            d[w >> 24 & 0xff]++;
            a[w >> 32 & 0xff]++;
            b[w >> 40 & 0xff]++;
            c[w >> 48 & 0xff]++;
            d[w >> 56]++;
        }
        for (; i < n; i++)
            a[from[i]]++;
        break;
    case 1:
        for (; i + 4 <= n; i += 4) {
            memcpy(&w, from + i * 2, 8);
            a[w & 0xffff]++;
            b[w >> 16 & 0xffff]++;
            c[w >> 32 & 0xffff]++;
            d[w >> 48]++;
        }
        for (; i < n; i++)
            a[((const uint16_t *)indexes)[i]]++;
        break;
    default:
        for (; i + 4 <= n; i += 4) {
            memcpy(&w, from + i * 4, 8);
            memcpy(&v, from + i * 4 + 8, 8);
            a[w & 0xffffffff]++;
            b[w >> 32]++;
            c[v & 0xffffffff]++;
            d[v >> 32]++;
        }
        for (; i < n; i++)
            a[((const uint32_t *)indexes)[i]]++;
    }
}

/* What bounds counting is one store for each addition: here it is one for two rows. */
void dki_count_pairs(unsigned bits, uint32_t *counts, uint32_t *pairs, size_t stride, const uint8_t *indexes,
                     size_t n)
{
    const uint64_t even = UINT64_C(0x00ff00ff00ff00ff);
    uint32_t *a = pairs, *b = pairs + stride;
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        uint64_t w;

        memcpy(&w, indexes + i, 8); /* in whichever order: both of a pair are counted alike */
        w = (w & even) | (w >> 8 & even) << bits;
        a[w & 0xffff]++;
        b[w >> 16 & 0xffff]++;
        a[w >> 32 & 0xffff]++;
        b[w >> 48]++;
    }
    for (; i < n; i++)
        counts[indexes[i]]++;
}

void dki_settle_pairs(unsigned bits, uint32_t *counts, const uint32_t *pairs, size_t stride, size_t n)
{
    for (size_t second = 0; second < n; second++) {
        for (size_t first = 0; first < n; first++) {
            size_t at = second << bits | first;
            uint32_t count = 0;

            for (size_t k = 0; k < DKI_PAIR_TABLES; k++)
                count += pairs[k * stride + at];
            counts[first] += count;
            counts[second] += count;
        }
    }
}

#define SEE(W, T)                                                                    \
    static void see_##W(uint8_t *restrict seen, const T *restrict indexes, size_t n) \
    {                                                                                \
        for (size_t i = 0; i < n; i++)                                               \
            seen[indexes[i]] = 1;                                                    \
    }
FOR_WIDTHS(SEE)

void dki_see(unsigned width, uint8_t *seen, const void *indexes, size_t n)
{
    switch (width) {
    case 0: see_0(seen, indexes, n); break;
    case 1: see_1(seen, indexes, n); break;
    default: see_2(seen, indexes, n);
    }
}

/* Values. ------------------------------------------------------------------------------------------------------ */

#define SUM(W, T, V, U)                                                                                    \
    static void sum_##W##_##V(const T *restrict indexes, const U *restrict codes, uint64_t *restrict sums, \
                              unsigned row_bits, unsigned shift, size_t n)                                 \
    {                                                                                                      \
        for (size_t i = 0; i < n; i++)                                                                     \
            sums[(size_t)indexes[i] << row_bits] += codes[i] + ((uint64_t)(codes[i] != 0) << shift);       \
    }
FOR_PAIRS(SUM)

void dki_sum_codes(unsigned width, const void *indexes, unsigned code_width, const void *codes, uint64_t *sums,
                   unsigned row_bits, unsigned shift,
                   size_t n){ BOTH(sum, width, code_width, indexes, codes, sums, row_bits, shift, n) }

#define SUM_WIDE(W, T, V, U)                                                                                    \
    static void sum_wide_##W##_##V(const T *restrict indexes, const U *restrict codes, uint64_t *restrict sums, \
                                   uint64_t *restrict ns, unsigned row_bits, size_t n)                          \
    {                                                                                                           \
        if (ns == NULL) {                                                                                       \
            for (size_t i = 0; i < n; i++)                                                                      \
                sums[(size_t)indexes[i] << row_bits] += codes[i];                                               \
            return;                                                                                             \
        }                                                                                                       \
        for (size_t i = 0; i < n; i++) {                                                                        \
            sums[(size_t)indexes[i] << row_bits] += codes[i];                                                   \
            ns[(size_t)indexes[i] << row_bits] += codes[i] != 0;                                                \
        }                                                                                                       \
    }
FOR_PAIRS(SUM_WIDE)

    void dki_sum_wide_codes(unsigned width, const void *indexes, unsigned code_width, const void *codes,
                            uint64_t *sums, uint64_t *ns, unsigned row_bits,
                            size_t n){ BOTH(sum_wide, width, code_width, indexes, codes, sums, ns, row_bits, n) }

#define LEAST(W, T, V, U)                                                                                        \
    static void least_##W##_##V(const T *restrict indexes, const U *restrict codes, U *restrict least, size_t n) \
    {                                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                                         \
            U value = (U)(codes[i] - 1);                                                                         \
            if (value < least[indexes[i]])                                                                       \
                least[indexes[i]] = value;                                                                       \
        }                                                                                                        \
    }
FOR_PAIRS(LEAST)

    void dki_least_codes(unsigned width, const void *indexes, unsigned code_width, const void *codes, void *least,
                         size_t n){ BOTH(least, width, code_width, indexes, codes, least, n) }

#define MOST(W, T, V, U)                                                                                       \
    static void most_##W##_##V(const T *restrict indexes, const U *restrict codes, U *restrict most, size_t n) \
    {                                                                                                          \
        for (size_t i = 0; i < n; i++)                                                                         \
            if (codes[i] > most[indexes[i]])                                                                   \
                most[indexes[i]] = codes[i];                                                                   \
    }
FOR_PAIRS(MOST)

    void dki_most_codes(unsigned width, const void *indexes, unsigned code_width, const void *codes, void *most,
                        size_t n){ BOTH(most, width, code_width, indexes, codes, most, n) }

dki_record dki_record_term(uint32_t code, unsigned shift)
{
    return (dki_record){
        .sum = code > 1 ? code + (UINT64_C(1) << shift) : 0,
        .least = (int16_t)(code > 1 ? (int32_t)code - 2 - 32768 : INT16_MAX),
        .most = (int16_t)(INT16_MAX - (int32_t)code),
    };
}

/* Adds up the first half of two records, and takes the least of each number in the second half. */
#ifdef __SSE2__
static inline void join(dki_record *record, const dki_record *term)
{
    __m128i a = _mm_load_si128((const __m128i *)(const void *)record);
    __m128i b = _mm_load_si128((const __m128i *)(const void *)term);
    __m128d sum = _mm_castsi128_pd(_mm_add_epi64(a, b)), least = _mm_castsi128_pd(_mm_min_epi16(a, b));

    _mm_store_si128((__m128i *)(void *)record, _mm_castpd_si128(_mm_move_sd(least, sum)));
}
#else
static inline void join(dki_record *record, const dki_record *term)
{
    record->sum += term->sum;
    record->least = term->least < record->least ? term->least : record->least;
    record->most = term->most < record->most ? term->most : record->most;
}
#endif

/* bits: speed, where it is 0 in the loop itself. */
#define RECORD(W, T, V, U)                                                                                         \
    static inline void join_##W##_##V(const T *restrict indexes, const U *restrict codes,                          \
                                      dki_record *restrict records, unsigned bits,                                 \
                                      const dki_record *restrict terms, size_t n)                                  \
    {                                                                                                              \
        size_t i = 0;                                                                                              \
        for (; i + 4 <= n; i += 4) { /* speed: what they are is known before the first is written */               \
            const dki_record *a = &terms[codes[i]], *b = &terms[codes[i + 1]], *c = &terms[codes[i + 2]];          \
            const dki_record *d = &terms[codes[i + 3]];                                                            \
            size_t k = indexes[i], l = indexes[i + 1], m = indexes[i + 2], o = indexes[i + 3];                     \
            join(&records[k << bits], a);                                                                          \
            join(&records[l << bits], b);                                                                          \
            join(&records[m << bits], c);                                                                          \
            join(&records[o << bits], d);                                                                          \
        }                                                                                                          \
        for (; i < n; i++)                                                                                         \
            join(&records[(size_t)indexes[i] << bits], &terms[codes[i]]);                                          \
    }                                                                                                              \
    static void record_##W##_##V(const T *restrict indexes, const U *restrict codes, dki_record *restrict records, \
                                 unsigned bits, const dki_record *restrict terms, unsigned shift, size_t n)        \
    {                                                                                                              \
        if (terms && bits == 0)                                                                                    \
            join_##W##_##V(indexes, codes, records, 0, terms, n);                                                  \
        else if (terms)                                                                                            \
            join_##W##_##V(indexes, codes, records, bits, terms, n);                                               \
        for (size_t i = 0; terms == NULL && i < n; i++) {                                                          \
            dki_record term = dki_record_term(codes[i], shift), *record = &records[(size_t)indexes[i] << bits];    \
            record->sum += term.sum;                                                                               \
            if (term.least < record->least)                                                                        \
                record->least = term.least;                                                                        \
            if (term.most < record->most)                                                                          \
                record->most = term.most;                                                                          \
        }                                                                                                          \
    }
RECORD(0, uint8_t, 0, uint8_t)
RECORD(0, uint8_t, 1, uint16_t)
RECORD(1, uint16_t, 0, uint8_t)
RECORD(1, uint16_t, 1, uint16_t)
RECORD(2, uint32_t, 0, uint8_t)
RECORD(2, uint32_t, 1, uint16_t)

void dki_record_codes(unsigned width, const void *indexes, unsigned code_width, const void *codes,
                      dki_record *records, unsigned bits, const dki_record *terms, unsigned shift, size_t n)
{
    switch (width * 2 + code_width) {
    case 0: record_0_0(indexes, codes, records, bits, terms, shift, n); break;
    case 1: record_0_1(indexes, codes, records, bits, terms, shift, n); break;
    case 2: record_1_0(indexes, codes, records, bits, terms, shift, n); break;
    case 3: record_1_1(indexes, codes, records, bits, terms, shift, n); break;
    case 4: record_2_0(indexes, codes, records, bits, terms, shift, n); break;
    default: record_2_1(indexes, codes, records, bits, terms, shift, n);
    }
}
