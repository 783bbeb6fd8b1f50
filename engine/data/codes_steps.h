/* codes_steps.h - sums of terms made in registers: all terms of some hundred rows, stored once. Included by codes.c for
 * each kind of processor that has vectors of its own, behind codes_loops.h and with the same WAY, TARGET and BITS.
 *
 * A step takes STEP_ROWS(W) rows: as many registers as leave room for what is added. Numbers of a form that is wider than
 * the sum, which is rare, are made as narrow in memory first.
 */
#ifdef WAY

#if BITS == 2
#define VEC __m512i
#define STEP_VECS(W) (4 << (W))
#define LOAD(at) _mm512_loadu_si512(at)
#define STORE(at, x) _mm512_storeu_si512(at, x)
#define SET_0(x) _mm512_set1_epi8((char)(x))
#define SET_1(x) _mm512_set1_epi16((short)(x))
#define SET_2(x) _mm512_set1_epi32((int)(x))
#define ADD_0 _mm512_add_epi8
#define ADD_1 _mm512_add_epi16
#define ADD_2 _mm512_add_epi32
#define TIMES_1 _mm512_mullo_epi16
#define TIMES_2 _mm512_mullo_epi32
#define HALF(at) _mm256_loadu_si256((const __m256i *)(const void *)(at))
#define QUARTER(at) _mm_loadu_si128((const __m128i *)(const void *)(at))
#define U8_AS_1(at) _mm512_cvtepu8_epi16(HALF(at))
#define I8_AS_1(at) _mm512_cvtepi8_epi16(HALF(at))
#define U8_AS_2(at) _mm512_cvtepu8_epi32(QUARTER(at))
#define I8_AS_2(at) _mm512_cvtepi8_epi32(QUARTER(at))
#define U16_AS_2(at) _mm512_cvtepu16_epi32(HALF(at))
#define I16_AS_2(at) _mm512_cvtepi16_epi32(HALF(at))
#define MASK_0 mask_64
#define MASK_1 mask_32
#define MASK_2 mask_16
#define SELECT(W, bits, row) ((const MASK_##W *)(const void *)(bits))[(row) / (64 >> (W))]
#define ADD_SELECTED_0(to, some, x) _mm512_mask_add_epi8(to, some, to, x)
#define ADD_SELECTED_1(to, some, x) _mm512_mask_add_epi16(to, some, to, x)
#define ADD_SELECTED_2(to, some, x) _mm512_mask_add_epi32(to, some, to, x)
#else
#define VEC __m256i
#define STEP_VECS(W) 8
#define LOAD(at) _mm256_loadu_si256((const __m256i *)(const void *)(at))
#define STORE(at, x) _mm256_storeu_si256((__m256i *)(void *)(at), x)
#define SET_0(x) _mm256_set1_epi8((char)(x))
#define SET_1(x) _mm256_set1_epi16((short)(x))
#define SET_2(x) _mm256_set1_epi32((int)(x))
#define ADD_0 _mm256_add_epi8
#define ADD_1 _mm256_add_epi16
#define ADD_2 _mm256_add_epi32
#define TIMES_1 _mm256_mullo_epi16
#define TIMES_2 _mm256_mullo_epi32
#define HALF(at) _mm_loadu_si128((const __m128i *)(const void *)(at))
#define QUARTER(at) _mm_loadl_epi64((const __m128i *)(const void *)(at))
#define U8_AS_1(at) _mm256_cvtepu8_epi16(HALF(at))
#define I8_AS_1(at) _mm256_cvtepi8_epi16(HALF(at))
#define U8_AS_2(at) _mm256_cvtepu8_epi32(QUARTER(at))
#define I8_AS_2(at) _mm256_cvtepi8_epi32(QUARTER(at))
#define U16_AS_2(at) _mm256_cvtepu16_epi32(HALF(at))
#define I16_AS_2(at) _mm256_cvtepi16_epi32(HALF(at))
#define SELECT(W, bits, row) WAY(lanes_##W)((bits)[(row) / 64] >> (row) % 64)
#define ADD_SELECTED_0(to, some, x) _mm256_add_epi8(to, _mm256_and_si256(some, x))
#define ADD_SELECTED_1(to, some, x) _mm256_add_epi16(to, _mm256_and_si256(some, x))
#define ADD_SELECTED_2(to, some, x) _mm256_add_epi32(to, _mm256_and_si256(some, x))
#endif

#define STEP_ROWS(W) (STEP_VECS(W) * (sizeof(VEC) >> (W)))

/* A product of bytes is no instruction: those at even places and those at odd ones are multiplied as words. */
TARGET static inline VEC WAY(times_0)(VEC x, VEC by)
{
#if BITS == 2
    const VEC low = _mm512_set1_epi16(0xff);
    VEC even = _mm512_mullo_epi16(x, _mm512_and_si512(by, low));

    return _mm512_or_si512(_mm512_and_si512(even, low),
                           _mm512_mullo_epi16(_mm512_andnot_si512(low, x), _mm512_and_si512(by, low)));
#else
    const VEC low = _mm256_set1_epi16(0xff);
    VEC even = _mm256_mullo_epi16(x, _mm256_and_si256(by, low));

    return _mm256_or_si256(_mm256_and_si256(even, low),
                           _mm256_mullo_epi16(_mm256_andnot_si256(low, x), _mm256_and_si256(by, low)));
#endif
}
#define TIMES_0 WAY(times_0)

/* Rows row .. row + STEP_ROWS(W) - 1 of a term into numbers as wide as sums are. */
#define NARROW(W, T)                                                                    \
    TARGET static void WAY(narrow_##W)(T * some, const dki_code_term *term, size_t row) \
    {                                                                                   \
        dki_code_term once = *term;                                                     \
        once.factor = 1;                                                                \
        WAY(fill_##W)(some, 0, STEP_ROWS(W));                                           \
        WAY(add_##W)(some, &once, row, STEP_ROWS(W));                                   \
    }
FOR_WIDTHS(NARROW)

#define EACH(W) _Pragma("GCC unroll 16") for (size_t v = 0; v < STEP_VECS(W); v++)

/* to[v] += the numbers of a term, which AS reads where they are of type IN. */
#define APPLY(W, IN, AS)                                                                               \
    EACH(W)                                                                                            \
    {                                                                                                  \
        const size_t lanes = sizeof(VEC) >> (W);                                                       \
        VEC x = AS((const IN *)at + v * lanes);                                                        \
        x = times ? TIMES_##W(x, by) : x;                                                              \
        if (term->mask)                                                                                \
            to[v] = ADD_SELECTED_##W(to[v], SELECT(W, term->mask, row + v * lanes), ADD_##W(x, plus)); \
        else                                                                                           \
            to[v] = ADD_##W(to[v], x);                                                                 \
    }

#define CASE(FORM, W, IN, AS) \
    case FORM:                \
        APPLY(W, IN, AS) break;
#define FORMS_0 CASE(DKI_FORM_U8, 0, uint8_t, LOAD) CASE(DKI_FORM_I8, 0, int8_t, LOAD)
#define FORMS_1                            \
    CASE(DKI_FORM_U8, 1, uint8_t, U8_AS_1) \
    CASE(DKI_FORM_I8, 1, int8_t, I8_AS_1)  \
    CASE(DKI_FORM_U16, 1, uint16_t, LOAD) CASE(DKI_FORM_I16, 1, int16_t, LOAD)
#define FORMS_2                               \
    CASE(DKI_FORM_U8, 2, uint8_t, U8_AS_2)    \
    CASE(DKI_FORM_I8, 2, int8_t, I8_AS_2)     \
    CASE(DKI_FORM_U16, 2, uint16_t, U16_AS_2) \
    CASE(DKI_FORM_I16, 2, int16_t, I16_AS_2)  \
    CASE(DKI_FORM_U32, 2, uint32_t, LOAD) CASE(DKI_FORM_I32, 2, int32_t, LOAD)

/* Adds up rows from + i .. of a step. */
#define STEP(W, T)                                                                                            \
    TARGET static inline __attribute__((always_inline)) void WAY(step_##W)(VEC * to, const dki_code_sum *sum, \
                                                                           size_t from, size_t i)             \
    {                                                                                                         \
        EACH(W) to[v] = SET_##W(sum->start);                                                                  \
        for (size_t k = 0; k < sum->n_terms; k++) {                                                           \
            const dki_code_term *term = &sum->terms[k];                                                       \
            size_t row = term->local ? i : from + i;                                                          \
            const char *at = (const char *)term->at + row * form_bytes[term->form];                           \
            VEC by = SET_##W(term->factor), plus = SET_##W(term->add);                                        \
            bool times = term->factor != 1;                                                                   \
            if (!term->local)                                                                                 \
                fetch_ahead(term, row, STEP_ROWS(W));                                                         \
            switch (term->form) {                                                                             \
            case DKI_FORM_BITS:                                                                               \
                EACH(W)                                                                                       \
                to[v] = ADD_SELECTED_##W(                                                                     \
                    to[v], SELECT(W, (const uint64_t *)term->at, row + v * (sizeof(VEC) >> (W))), by);        \
                break;                                                                                        \
                FORMS_##W default:                                                                            \
                {                                                                                             \
                    T some[STEP_ROWS(W)];                                                                     \
                    WAY(narrow_##W)(some, term, row);                                                         \
                    at = (const char *)some;                                                                  \
                    APPLY(W, T, LOAD)                                                                         \
                }                                                                                             \
            }                                                                                                 \
        }                                                                                                     \
    }
FOR_WIDTHS(STEP)

#define SUM_STEPS(W, T)                                                                        \
    TARGET static void WAY(sum_##W)(void *out, const dki_code_sum *sum, size_t from, size_t n) \
    {                                                                                          \
        size_t i = 0;                                                                          \
        for (; i + STEP_ROWS(W) <= n; i += STEP_ROWS(W)) {                                     \
            VEC to[STEP_VECS(W)];                                                              \
            WAY(step_##W)(to, sum, from, i);                                                   \
            EACH(W) STORE((T *)out + i + v * (sizeof(VEC) >> (W)), to[v]);                     \
        }                                                                                      \
        if (i < n)                                                                             \
            WAY(pass_##W)((T *)out + i, sum, from, i, n - i);                                  \
    }
FOR_WIDTHS(SUM_STEPS)

/* A set of bytes is 32 bytes of bits: code / 8 finds the byte, code % 8 the bit in it. low, high: the two halves, in every
 * sixteen bytes. */
#if BITS == 2
TARGET static inline mask_64 WAY(in_set)(VEC code, VEC low, VEC high)
{
    VEC at = _mm512_and_si512(_mm512_srli_epi16(code, 3), _mm512_set1_epi8(15));
    VEC byte = _mm512_mask_blend_epi8(_mm512_movepi8_mask(code), _mm512_shuffle_epi8(low, at),
                                      _mm512_shuffle_epi8(high, at));
    VEC bit = _mm512_shuffle_epi8(_mm512_set1_epi64(WHICH_BIT), _mm512_and_si512(code, _mm512_set1_epi8(7)));

    return _mm512_test_epi8_mask(byte, bit);
}
#define HALVES(at) _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)(at)))
#define FOUND mask_64
#else
TARGET static inline mask_32 WAY(in_set)(VEC code, VEC low, VEC high)
{
    VEC at = _mm256_and_si256(_mm256_srli_epi16(code, 3), _mm256_set1_epi8(15));
    VEC byte = _mm256_blendv_epi8(_mm256_shuffle_epi8(low, at), _mm256_shuffle_epi8(high, at), code);
    VEC bit = _mm256_shuffle_epi8(_mm256_set1_epi64x(WHICH_BIT), _mm256_and_si256(code, _mm256_set1_epi8(7)));

    return (mask_32)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(byte, bit), bit));
}
#define HALVES(at) _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)(at)))
#define FOUND mask_32
#endif

TARGET static void WAY(test_0)(const void *codes, const dki_code_set *set, uint64_t *out, size_t n)
{
    const VEC low = HALVES(set->bits), high = HALVES(set->bits + 16);
    const uint8_t *at = codes;
    size_t whole = n / 64 * 64;

    for (size_t i = 0; i < whole; i += sizeof(VEC))
        ((FOUND *)(void *)out)[i / sizeof(VEC)] = WAY(in_set)(LOAD(at + i), low, high);
    if (whole < n)
        test_0_plain(at + whole, set, out + n / 64, n - whole);
}

TARGET static void WAY(test_sum)(const dki_code_sum *sum, const dki_code_test *tests, size_t n_tests, size_t n)
{
    uint8_t some[STEP_ROWS(0)];
    size_t i = 0;

    for (; i + STEP_ROWS(0) <= n; i += STEP_ROWS(0)) {
        VEC to[STEP_VECS(0)];

        WAY(step_0)(to, sum, 0, i);
        for (size_t k = 0; k < n_tests; k++) {
            const VEC low = HALVES(tests[k].set->bits), high = HALVES(tests[k].set->bits + 16);
            FOUND *found = (FOUND *)(void *)tests[k].out + i / sizeof(VEC);

            EACH(0) found[v] = WAY(in_set)(to[v], low, high);
        }
    }
    if (i == n)
        return;
    WAY(pass_0)(some, sum, 0, i, n - i);
    for (size_t k = 0; k < n_tests; k++)
        WAY(test_0)(some, tests[k].set, tests[k].out + i / 64, n - i);
}

#undef VEC
#undef STEP_VECS
#undef LOAD
#undef STORE
#undef SET_0
#undef SET_1
#undef SET_2
#undef ADD_0
#undef ADD_1
#undef ADD_2
#undef TIMES_0
#undef TIMES_1
#undef TIMES_2
#undef HALF
#undef QUARTER
#undef U8_AS_1
#undef I8_AS_1
#undef U8_AS_2
#undef I8_AS_2
#undef U16_AS_2
#undef I16_AS_2
#undef SELECT
#undef MASK_0
#undef MASK_1
#undef MASK_2
#undef ADD_SELECTED_0
#undef ADD_SELECTED_1
#undef ADD_SELECTED_2
#undef STEP_ROWS
#undef NARROW
#undef EACH
#undef APPLY
#undef CASE
#undef FORMS_0
#undef FORMS_1
#undef FORMS_2
#undef STEP
#undef SUM_STEPS
#undef HALVES
#undef FOUND

#endif
