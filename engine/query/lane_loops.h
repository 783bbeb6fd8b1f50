/* lane_loops.h - the loops of lane_kernels.c for one kind of processor. Included once for each, with
 *
 *   WAY(name)      the name of a function of this kind
 *   TARGET         its attribute
 *   BITS           0: vectors of 16 bytes; 1: of 32; 2: AVX-512, where a word is a mask as it is
 *   V16, V32, V64  below 2: vectors of so many bits a lane, WHICH_16, WHICH_32, WHICH_64: the bits of these
 *
 * which it takes away. The number of lanes is known where a loop is compiled: what is done for a row has no branches.
 */
#ifdef WAY

#define ROW TARGET static inline __attribute__((always_inline)) void

#if BITS == 2

#define ROW_16(NAME, SOME, ALL, VALUE)                                                                  \
    ROW WAY(NAME)(unsigned n_lanes, uint16_t *cell, uint32_t word, uint32_t value)                      \
    {                                                                                                   \
        (void)value;                                                                                    \
        if (n_lanes == 16) {                                                                            \
            __m256i to = _mm256_loadu_si256((const __m256i *)(const void *)cell);                       \
            _mm256_storeu_si256((__m256i *)(void *)cell,                                                \
                                SOME(to, (__mmask16)word, to, _mm256_set1_epi16((short)(VALUE))));      \
        } else {                                                                                        \
            __m512i to = _mm512_loadu_si512(cell);                                                      \
            _mm512_storeu_si512(cell, ALL(to, (__mmask32)word, to, _mm512_set1_epi16((short)(VALUE)))); \
        }                                                                                               \
    }
ROW_16(count, _mm256_mask_add_epi16, _mm512_mask_add_epi16, 1)
ROW_16(most, _mm256_mask_max_epu16, _mm512_mask_max_epu16, value)
#undef ROW_16

ROW WAY(sum)(unsigned n_lanes, uint32_t *cell, uint32_t word, uint32_t value)
{
    __m512i term = _mm512_set1_epi32((int)value);
    unsigned k = 0;

    for (; k + 16 <= n_lanes; k += 16) {
        __m512i to = _mm512_loadu_si512(cell + k);

        _mm512_storeu_si512(cell + k, _mm512_mask_add_epi32(to, (__mmask16)(word >> k), to, term));
    }
    if (k < n_lanes) {
        __m256i *at = (__m256i *)(void *)(cell + k), to = _mm256_loadu_si256(at);

        _mm256_storeu_si256(at, _mm256_mask_add_epi32(to, (__mmask8)(word >> k), to, _mm512_castsi512_si256(term)));
    }
}

ROW WAY(weigh)(unsigned n_lanes, uint64_t *cell, uint32_t word, uint64_t value)
{
    const __m512i term = _mm512_set1_epi64((long long)value);

    for (unsigned k = 0; k < n_lanes; k += 8) {
        __m512i to = _mm512_loadu_si512(cell + k);

        _mm512_storeu_si512(cell + k, _mm512_mask_add_epi64(to, (__mmask8)(word >> k), to, term));
    }
}

#else

/* Lanes that are all ones where the bit is set, of the lowest bits. */
TARGET static inline V16 WAY(lanes_16)(uint32_t word)
{
    const V16 which = WHICH_16;

    return (V16)((((V16){ 0 } + (uint16_t)word) & which) == which);
}

TARGET static inline V32 WAY(lanes_32)(uint32_t word)
{
    const V32 which = WHICH_32;

    return (V32)((((V32){ 0 } + word) & which) == which);
}

TARGET static inline V64 WAY(lanes_64)(uint32_t word)
{
    const V64 which = WHICH_64;

    return (V64)((((V64){ 0 } + word) & which) == which);
}

#if BITS == 1
#define MOST_OF(a, b) (V16) _mm256_max_epu16((__m256i)(a), (__m256i)(b))
#else
#define MOST_OF(a, b) WAY(most_of)(a, b)

TARGET static inline V16 WAY(most_of)(V16 a, V16 b)
{
    V16 second = (V16)(b > a);

    return (b & second) | (a & ~second);
}
#endif

/* BECOMES: what the cells `to` become by `all`, the value in each lane, where the lanes of `keep` are set. */
#define ROW_OF(NAME, T, V, LANES, U, VALUE, BECOMES)                    \
    ROW WAY(NAME)(unsigned n_lanes, T *cell, uint32_t word, U value)    \
    {                                                                   \
        const V all = (V){ 0 } + (T)(VALUE);                            \
        (void)value;                                                    \
        for (unsigned k = 0; k < n_lanes; k += sizeof(V) / sizeof(T)) { \
            V to, keep = WAY(LANES)(word >> k);                         \
            memcpy(&to, cell + k, sizeof to);                           \
            to = BECOMES;                                               \
            memcpy(cell + k, &to, sizeof to);                           \
        }                                                               \
    }
ROW_OF(count, uint16_t, V16, lanes_16, uint32_t, 1, to + (all & keep))
ROW_OF(most, uint16_t, V16, lanes_16, uint32_t, value, MOST_OF(to, (all & keep)))
ROW_OF(sum, uint32_t, V32, lanes_32, uint32_t, value, to + (all & keep))
ROW_OF(weigh, uint64_t, V64, lanes_64, uint64_t, value, to + (all & keep))
#undef ROW_OF
#undef MOST_OF

#endif

#define ROWS_OF(NAME, T, N, U)                                                                             \
    TARGET static void WAY(NAME##_##N)(void *lanes, const uint32_t *restrict cells,                        \
                                       const uint32_t *restrict words, const U *restrict values, size_t n) \
    {                                                                                                      \
        T *restrict to = lanes;                                                                            \
        for (size_t i = 0; i < n; i++)                                                                     \
            WAY(NAME)(N, to + (size_t)cells[i] * N, words[i], values[i]);                                  \
    }
#define ROWS(NAME, T, N) ROWS_OF(NAME, T, N, uint32_t)
ROWS(count, uint16_t, 16)
ROWS(count, uint16_t, 32)
ROWS(most, uint16_t, 16)
ROWS(most, uint16_t, 32)
ROWS(sum, uint32_t, 8)
ROWS(sum, uint32_t, 16)
ROWS(sum, uint32_t, 24)
ROWS(sum, uint32_t, 32)
ROWS_OF(weigh, uint64_t, 8, uint64_t)
ROWS_OF(weigh, uint64_t, 16, uint64_t)
ROWS_OF(weigh, uint64_t, 24, uint64_t)
ROWS_OF(weigh, uint64_t, 32, uint64_t)
#undef ROWS
#undef ROWS_OF
#undef ROW

static const struct loops WAY(loops) = {
    .count = { WAY(count_16), WAY(count_32) },
    .most = { WAY(most_16), WAY(most_32) },
    .sum = { WAY(sum_8), WAY(sum_16), WAY(sum_24), WAY(sum_32) },
    .weigh = { WAY(weigh_8), WAY(weigh_16), WAY(weigh_24), WAY(weigh_32) },
};

#undef BITS
#undef TARGET
#undef WAY
#undef V16
#undef V32
#undef V64
#undef WHICH_16
#undef WHICH_32
#undef WHICH_64

#endif
