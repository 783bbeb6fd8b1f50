/* codes_loops.h - the loops of codes.c for one kind of processor. Included once for each, with
 *
 *   WAY(name)   the name of a function of this kind
 *   TARGET      its attribute
 *   BITS        0: in C for any machine; 1: AVX2; 2: AVX-512 with bytes and words
 *
 * What only moves numbers is left to the compiler's vectors. Bits become lanes by hand, since that is where kinds
 * of processors differ most: with AVX-512 a word of a bitmap is a mask as it is.
 */
#ifdef WAY

/* out[i] += in[i] * factor. A product of bytes is no instruction, and a factor of 1 is common. */
#define ADD(W, T, F, IN)                                                                                     \
    TARGET static void WAY(add_##W##_##F)(T *restrict out, const IN *restrict in, uint32_t factor, size_t n) \
    {                                                                                                        \
        T by = (T)factor;                                                                                    \
        if (by == 1) {                                                                                       \
            for (size_t i = 0; i < n; i++)                                                                   \
                out[i] = (T)(out[i] + (uint32_t)(T)in[i]);                                                   \
            return;                                                                                          \
        }                                                                                                    \
        for (size_t i = 0; i < n; i++)                                                                       \
            out[i] = (T)(out[i] + (uint32_t)(T)in[i] * by);                                                  \
    }
#define ADD_ALL(W, T)                                                                                        \
    ADD(W, T, 0, uint8_t)                                                                                    \
    ADD(W, T, 1, uint16_t)                                                                                   \
    ADD(W, T, 2, uint32_t)                                                                                   \
    ADD(W, T, 3, int8_t)                                                                                     \
    ADD(W, T, 4, int16_t)                                                                                    \
    ADD(W, T, 5, int32_t)                                                                                    \
    ADD(W, T, 6, int64_t)                                                                                    \
    TARGET static void WAY(add_##W)(T * out, const dki_code_term *term, size_t from, size_t n)               \
    {                                                                                                        \
        switch (term->form) {                                                                                \
        case DKI_FORM_U8: WAY(add_##W##_0)(out, (const uint8_t *)term->at + from, term->factor, n); break;   \
        case DKI_FORM_U16: WAY(add_##W##_1)(out, (const uint16_t *)term->at + from, term->factor, n); break; \
        case DKI_FORM_U32: WAY(add_##W##_2)(out, (const uint32_t *)term->at + from, term->factor, n); break; \
        case DKI_FORM_I8: WAY(add_##W##_3)(out, (const int8_t *)term->at + from, term->factor, n); break;    \
        case DKI_FORM_I16: WAY(add_##W##_4)(out, (const int16_t *)term->at + from, term->factor, n); break;  \
        case DKI_FORM_I32: WAY(add_##W##_5)(out, (const int32_t *)term->at + from, term->factor, n); break;  \
        default: WAY(add_##W##_6)(out, (const int64_t *)term->at + from, term->factor, n);                   \
        }                                                                                                    \
    }
FOR_WIDTHS(ADD_ALL)

#define FILL(W, T)                                                     \
    TARGET static void WAY(fill_##W)(T * out, uint32_t code, size_t n) \
    {                                                                  \
        for (size_t i = 0; i < n; i++)                                 \
            out[i] = (T)code;                                          \
    }
FOR_WIDTHS(FILL)

/* Sixty-four rows: out[i] += what[i] where the bit is set. what has one item where `one` is set. */
#if BITS == 2

#define ADD_WHERE(W, T, S, LANES, SET, ADD_MASKED, MASK)                                               \
    TARGET static void WAY(add_where_##W)(T * out, uint64_t bits, const T *what, bool one)             \
    {                                                                                                  \
        __m512i all = SET((S)(one ? *what : 0));                                                       \
        for (unsigned i = 0; i < 64; i += LANES) {                                                     \
            __m512i to = _mm512_loadu_si512(out + i), term = one ? all : _mm512_loadu_si512(what + i); \
            _mm512_storeu_si512(out + i, ADD_MASKED(to, (MASK)(bits >> i), to, term));                 \
        }                                                                                              \
    }
ADD_WHERE(0, uint8_t, char, 64, _mm512_set1_epi8, _mm512_mask_add_epi8, __mmask64)
ADD_WHERE(1, uint16_t, short, 32, _mm512_set1_epi16, _mm512_mask_add_epi16, __mmask32)
ADD_WHERE(2, uint32_t, int, 16, _mm512_set1_epi32, _mm512_mask_add_epi32, __mmask16)
#undef ADD_WHERE

#elif BITS == 1

/* Lanes that are all ones where the bit is set, of the lowest bits. */
TARGET static inline __m256i WAY(lanes_0)(uint64_t bits)
{
    const __m256i spread = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2,
                                            3, 3, 3, 3, 3, 3, 3, 3);
    const __m256i which = _mm256_set1_epi64x((long long)0x8040201008040201);
    __m256i all = _mm256_shuffle_epi8(_mm256_set1_epi32((int)(uint32_t)bits), spread);

    return _mm256_cmpeq_epi8(_mm256_and_si256(all, which), which);
}

TARGET static inline __m256i WAY(lanes_1)(uint64_t bits)
{
    const __m256i which =
        _mm256_setr_epi16(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, -32768);

    return _mm256_cmpeq_epi16(_mm256_and_si256(_mm256_set1_epi16((short)(uint16_t)bits), which), which);
}

TARGET static inline __m256i WAY(lanes_2)(uint64_t bits)
{
    const __m256i which = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);

    return _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32((int)(uint8_t)bits), which), which);
}

#define ADD_WHERE(W, T, S, LANES, SET, ADD_LANES)                                                          \
    TARGET static void WAY(add_where_##W)(T * out, uint64_t bits, const T *what, bool one)                 \
    {                                                                                                      \
        __m256i all = SET((S)(one ? *what : 0));                                                           \
        for (unsigned i = 0; i < 64; i += LANES) {                                                         \
            __m256i *to = (__m256i *)(void *)(out + i);                                                    \
            __m256i term = one ? all : _mm256_loadu_si256((const __m256i *)(const void *)(what + i));      \
            _mm256_storeu_si256(                                                                           \
                to, ADD_LANES(_mm256_loadu_si256(to), _mm256_and_si256(term, WAY(lanes_##W)(bits >> i)))); \
        }                                                                                                  \
    }
ADD_WHERE(0, uint8_t, char, 32, _mm256_set1_epi8, _mm256_add_epi8)
ADD_WHERE(1, uint16_t, short, 16, _mm256_set1_epi16, _mm256_add_epi16)
ADD_WHERE(2, uint32_t, int, 8, _mm256_set1_epi32, _mm256_add_epi32)
#undef ADD_WHERE

#else

/* Vectors of the compiler, which are the machine's own everywhere. */
#define ADD_WHERE(W, T, LANES, V, ...)                                                     \
    TARGET static void WAY(add_where_##W)(T * out, uint64_t bits, const T *what, bool one) \
    {                                                                                      \
        const V which = { __VA_ARGS__ };                                                   \
        T first = one ? *what : 0;                                                         \
        V all = (V){ 0 } + first;                                                          \
        for (unsigned i = 0; i < 64; i += LANES) {                                         \
            T some = (T)((bits >> i) & ((1u << LANES) - 1));                               \
            V to, term = all, lanes = (V){ 0 } + some;                                     \
            if (!one)                                                                      \
                memcpy(&term, what + i, sizeof term);                                      \
            memcpy(&to, out + i, sizeof to);                                               \
            to += term & (V)((lanes & which) == which);                                    \
            memcpy(out + i, &to, sizeof to);                                               \
        }                                                                                  \
    }
ADD_WHERE(0, uint8_t, 8, u8x8, 1, 2, 4, 8, 16, 32, 64, 128)
ADD_WHERE(1, uint16_t, 8, u16x8, 1, 2, 4, 8, 16, 32, 64, 128)
ADD_WHERE(2, uint32_t, 4, u32x4, 1, 2, 4, 8)
#undef ADD_WHERE

#endif

/* Whether a term's numbers can be added as if they had the type of the sums. */
#define IS_AS_WIDE(W, term) \
    ((term)->factor == 1 && \
     ((term)->form == (dki_code_form)(W) || (term)->form == (dki_code_form)((W) + DKI_FORM_I8)))

/* Rows from + at .. from + at + n - 1, term by term, sixty-four rows at a time where there is a mask. Rows past n are
 * written, and what they hold does not matter. */
#define PASS(W, T)                                                                                       \
    TARGET static void WAY(pass_##W)(T * out, const dki_code_sum *sum, size_t from, size_t at, size_t n) \
    {                                                                                                    \
        T some[64] = { 0 };                                                                              \
        WAY(fill_##W)(out, sum->start, n);                                                               \
        for (size_t k = 0; k < sum->n_terms; k++) {                                                      \
            const dki_code_term *term = &sum->terms[k];                                                  \
            const uint64_t *bits = term->form == DKI_FORM_BITS ? term->at : term->mask;                  \
            size_t first = term->local ? at : from + at;                                                 \
            if (!term->local)                                                                            \
                fetch_ahead(term, first, n);                                                             \
            if (bits == NULL) {                                                                          \
                WAY(add_##W)(out, term, first, n);                                                       \
                continue;                                                                                \
            }                                                                                            \
            some[0] = (T)(term->mask ? term->add : term->factor);                                        \
            for (size_t i = 0; i < n; i += 64) {                                                         \
                uint64_t rows = bits[(first + i) / 64];                                                  \
                if (term->mask && IS_AS_WIDE(W, term) && n - i >= 64) { /* speed: as it lies */          \
                    WAY(add_where_##W)(out + i, rows, (const T *)term->at + first + i, false);           \
                    WAY(add_where_##W)(out + i, rows, some, true);                                       \
                    continue;                                                                            \
                }                                                                                        \
                if (term->mask) {                                                                        \
                    WAY(fill_##W)(some, term->add, 64);                                                  \
                    WAY(add_##W)(some, term, first + i, n - i < 64 ? n - i : 64);                        \
                }                                                                                        \
                WAY(add_where_##W)(out + i, rows, some, term->mask == NULL);                             \
            }                                                                                            \
        }                                                                                                \
    }
FOR_WIDTHS(PASS)

/* Sixty-four rows: which codes lie in one of the runs. */
#define IN_RUNS(W, T)                                                                                            \
    TARGET static uint64_t WAY(in_runs_##W)(const T *restrict codes, const dki_code_set *restrict set, size_t n) \
    {                                                                                                            \
        uint8_t found[64] = { 0 };                                                                               \
        for (unsigned r = 0; r < set->n_runs; r++) {                                                             \
            T from = (T)set->from[r], length = (T)set->length[r];                                                \
            if (n >= 64) { /* speed: a number of rows that is known */                                           \
                for (size_t i = 0; i < 64; i++)                                                                  \
                    found[i] |= (uint8_t)((T)(codes[i] - from) <= length);                                       \
                continue;                                                                                        \
            }                                                                                                    \
            for (size_t i = 0; i < n; i++)                                                                       \
                found[i] |= (uint8_t)((T)(codes[i] - from) <= length);                                           \
        }                                                                                                        \
        return bits_of(found);                                                                                   \
    }
#if BITS == 0 /* bytes have a way of their own elsewhere */
IN_RUNS(0, uint8_t)
#endif
IN_RUNS(1, uint16_t)
IN_RUNS(2, uint32_t)

#define TEST(W, T)                                                                                     \
    TARGET static void WAY(test_##W)(const T *codes, const dki_code_set *set, uint64_t *out, size_t n) \
    {                                                                                                  \
        for (size_t i = 0; i < n; i += 64) {                                                           \
            size_t some = n - i < 64 ? n - i : 64;                                                     \
            if (set->n_runs <= DKI_MOST_RUNS) {                                                        \
                out[i / 64] = WAY(in_runs_##W)(codes + i, set, some);                                  \
            } else {                                                                                   \
                uint8_t found[64] = { 0 };                                                             \
                for (size_t k = 0; k < some; k++)                                                      \
                    found[k] = set->member[codes[i + k]];                                              \
                out[i / 64] = bits_of(found);                                                          \
            }                                                                                          \
        }                                                                                              \
    }
#if BITS == 0
TEST(0, uint8_t)
#endif
TEST(1, uint16_t) TEST(2, uint32_t)

#undef ADD
#undef ADD_ALL
#undef FILL
#undef PASS
#undef IS_AS_WIDE
#undef IN_RUNS
#undef TEST

#endif
