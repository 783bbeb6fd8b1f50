/* codes.c - loops over arrays of narrow codes, in forms for several kinds of processors.
 *
 * The loops stand once, in codes_loops.h. Where a loop is left to the compiler it is compiled for each kind; where
 * instructions are named, there is a form in C that says the same. What the processor has is asked once.
 */
#include "codes.h"

#include <stdatomic.h>
#include <string.h>

#include "base/bitmap.h"
#include "codes_widths.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3") /* vectors, also where the tree is compiled with -O2; clang needs no telling */
#endif

typedef uint8_t u8x8 __attribute__((vector_size(8)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));
typedef uint32_t u32x4 __attribute__((vector_size(16)));

/* 64 bytes of 0 and 1 as bits. */
static inline uint64_t bits_of(const uint8_t *found)
{
    uint64_t bits = 0;

#if defined(__SSE2__)
    for (unsigned i = 0; i < 64; i += 16) {
        __m128i some = _mm_loadu_si128((const __m128i *)(const void *)(found + i));

        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_slli_epi16(some, 7)) << i;
    }
#elif defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (unsigned i = 0; i < 64; i += 8) {
        uint64_t some;

        memcpy(&some, found + i, sizeof some);
        bits |= (some * UINT64_C(0x0102040810204080) >> 56) << i;
    }
#else
    for (unsigned i = 0; i < 64; i++)
        bits |= (uint64_t)found[i] << i;
#endif
    return bits;
}

/* Fetching by the processor itself ends at each page, and a block of bytes is one page: what the next block needs
 * is fetched while this one is worked on. Where the column goes on elsewhere nothing is gained, and nothing breaks.
 * */
static const uint8_t form_bytes[] = { 1, 2, 4, 1, 2, 4, 8, 0 };

static inline void fetch_ahead(const dki_code_term *term, size_t row, size_t n)
{
    size_t size = form_bytes[term->form];
    const char *at = (const char *)term->at + (row + DK_BLOCK_ROWS) * size;

    for (size_t i = 0; i < n * size; i += 64)
        __builtin_prefetch(at + i);
}

/* Kinds of processors. ----------------------------------------------------------------------------------------- */

#define BITS 0
#define TARGET
#define WAY(name) name##_plain
#include "codes_loops.h"
#undef BITS
#undef TARGET
#undef WAY

#if defined(__x86_64__)

/* Words of a bitmap, or parts of them. */
typedef uint64_t mask_64 __attribute__((may_alias));
typedef uint32_t mask_32 __attribute__((may_alias));
typedef uint16_t mask_16 __attribute__((may_alias));
#define WHICH_BIT ((long long)0x8040201008040201)

#define BITS 1
#define TARGET __attribute__((target("avx2")))
#define WAY(name) name##_avx2
#include "codes_loops.h"
#include "codes_steps.h"
#undef BITS
#undef TARGET
#undef WAY

#define BITS 2
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx2")))
#define WAY(name) name##_avx512
#include "codes_loops.h"
#include "codes_steps.h"
#undef BITS
#undef TARGET
#undef WAY

/* Rows may lie in a column: fetched one tile ahead. */
#define PICK_AHEAD 1024

#define PICK_WIDE(W, T, LANES, COMPRESS, MASK)                                                         \
    __attribute__((target("avx512f,avx512bw,avx512vbmi2,popcnt"))) static size_t pick_##W##_wide(      \
        void *out, const void *codes, const uint64_t *bits, size_t n)                                  \
    {                                                                                                  \
        const T *from = codes;                                                                         \
        T *to = out;                                                                                   \
        for (size_t i = 0; i < n; i += 64) {                                                           \
            uint64_t rows = n - i < 64 ? bits[i / 64] & ((UINT64_C(1) << (n - i)) - 1) : bits[i / 64]; \
            for (size_t k = 0; k < 64; k += 64 / sizeof(T))                                            \
                __builtin_prefetch(from + i + PICK_AHEAD + k);                                         \
            for (unsigned k = 0; k < 64 && n - i >= 64; k += LANES) {                                  \
                MASK some = (MASK)(rows >> k);                                                         \
                _mm512_storeu_si512(to, COMPRESS(some, _mm512_loadu_si512(from + i + k)));             \
                to += __builtin_popcountll(some);                                                      \
            }                                                                                          \
            for (; n - i < 64 && rows; rows &= rows - 1)                                               \
                *to++ = from[i + (unsigned)__builtin_ctzll(rows)];                                     \
        }                                                                                              \
        return (size_t)(to - (T *)out);                                                                \
    }
PICK_WIDE(0, uint8_t, 64, _mm512_maskz_compress_epi8, __mmask64)
PICK_WIDE(1, uint16_t, 32, _mm512_maskz_compress_epi16, __mmask32)
PICK_WIDE(2, uint32_t, 16, _mm512_maskz_compress_epi32, __mmask16)

#endif

#define PICK(W, T)                                                                                     \
    static size_t pick_##W##_plain(void *out, const void *codes, const uint64_t *bits, size_t n)       \
    {                                                                                                  \
        const T *from = codes;                                                                         \
        T *to = out;                                                                                   \
        for (size_t i = 0; i < n; i += 64, from += 64) {                                               \
            uint64_t rows = n - i < 64 ? bits[i / 64] & ((UINT64_C(1) << (n - i)) - 1) : bits[i / 64]; \
            for (; rows; rows &= rows - 1)                                                             \
                *to++ = from[__builtin_ctzll(rows)];                                                   \
        }                                                                                              \
        return (size_t)(to - (T *)out);                                                                \
    }
FOR_WIDTHS(PICK)

static void test_sum_plain(const dki_code_sum *sum, const dki_code_test *tests, size_t n_tests, size_t n)
{
    uint8_t some[64];

    for (size_t i = 0; i < n; i += 64) {
        size_t rows = n - i < 64 ? n - i : 64;

        pass_0_plain(some, sum, 0, i, rows);
        for (size_t k = 0; k < n_tests; k++)
            test_0_plain(some, tests[k].set, tests[k].out + i / 64, rows);
    }
}

typedef void sum_fn(void *out, const dki_code_sum *sum, size_t from, size_t n);
typedef void test_fn(const void *codes, const dki_code_set *set, uint64_t *out, size_t n);
typedef void test_sum_fn(const dki_code_sum *sum, const dki_code_test *tests, size_t n_tests, size_t n);
typedef size_t pick_fn(void *out, const void *codes, const uint64_t *bits, size_t n);

/* The same functions under one type. */
#define WRAP_SUM(W, T)                                                                     \
    static void sum_##W##_plain(void *out, const dki_code_sum *sum, size_t from, size_t n) \
    {                                                                                      \
        pass_##W##_plain(out, sum, from, 0, n);                                            \
    }
FOR_WIDTHS(WRAP_SUM)

#define WRAP_TEST(W, T, KIND)                                                                                  \
    static void wrapped_test_##W##_##KIND(const void *codes, const dki_code_set *set, uint64_t *out, size_t n) \
    {                                                                                                          \
        test_##W##_##KIND(codes, set, out, n);                                                                 \
    }
#define WRAP_PLAIN(W, T) WRAP_TEST(W, T, plain)
FOR_WIDTHS(WRAP_PLAIN)

struct loops {
    sum_fn *sum[3];
    test_fn *test[3];
    test_sum_fn *test_sum;
    pick_fn *pick[3];
};

#define PICKS_PLAIN                              \
    {                                            \
        pick_0_plain, pick_1_plain, pick_2_plain \
    }
static const struct loops plain = { { sum_0_plain, sum_1_plain, sum_2_plain },
                                    { wrapped_test_0_plain, wrapped_test_1_plain, wrapped_test_2_plain },
                                    test_sum_plain,
                                    PICKS_PLAIN };

#if defined(__x86_64__)
WRAP_TEST(1, uint16_t, avx2)
WRAP_TEST(2, uint32_t, avx2)
WRAP_TEST(1, uint16_t, avx512)
WRAP_TEST(2, uint32_t, avx512)

static const struct loops avx2 = { { sum_0_avx2, sum_1_avx2, sum_2_avx2 },
                                   { test_0_avx2, wrapped_test_1_avx2, wrapped_test_2_avx2 },
                                   test_sum_avx2,
                                   PICKS_PLAIN };
static const struct loops avx512 = { { sum_0_avx512, sum_1_avx512, sum_2_avx512 },
                                     { test_0_avx512, wrapped_test_1_avx512, wrapped_test_2_avx512 },
                                     test_sum_avx512,
                                     PICKS_PLAIN };
static const struct loops vbmi2 = { { sum_0_avx512, sum_1_avx512, sum_2_avx512 },
                                    { test_0_avx512, wrapped_test_1_avx512, wrapped_test_2_avx512 },
                                    test_sum_avx512,
                                    { pick_0_wide, pick_1_wide, pick_2_wide } };
static const struct loops *const ways[] = { &plain, &avx2, &avx512, &vbmi2 };

static int best_way(void)
{
    if (!__builtin_cpu_supports("avx2"))
        return 0;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512vl"))
        return 1;
    return __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("popcnt") ? 3 : 2;
}
#else
static const struct loops *const ways[] = { &plain };

static int best_way(void)
{
    return 0;
}
#endif

static atomic_int chosen = -1;

int dki_codes_way(void)
{
    int way = atomic_load_explicit(&chosen, memory_order_relaxed);

    if (way < 0) {
        way = best_way();
        atomic_store_explicit(&chosen, way, memory_order_relaxed);
    }
    return way;
}

static const struct loops *loops(void)
{
    return ways[dki_codes_way()];
}

int dki_codes_set_way(int way)
{
    int before = dki_codes_way(), best = best_way();

    atomic_store_explicit(&chosen, way < best ? way : best, memory_order_relaxed);
    return before;
}

bool dki_codes_picks_fast(void)
{
    return dki_codes_way() == 3;
}

size_t dki_codes_pick(unsigned width, void *out, const void *codes, const uint64_t *bits, size_t n)
{
    return loops()->pick[width](out, codes, bits, n);
}

/* Sums. -------------------------------------------------------------------------------------------------------- */

void dki_codes_sum(unsigned width, void *out, const dki_code_sum *sum, size_t from, size_t n)
{
    loops()->sum[width](out, sum, from, n);
}

static void add_term(dki_code_sum *sum, dki_code_term term)
{
    sum->terms[sum->n_terms++] = term;
}

void dki_sum_codes_of(dki_code_sum *sum, unsigned width, const void *codes, bool local, uint32_t factor)
{
    add_term(sum, (dki_code_term){ .at = codes, .factor = factor, .form = (dki_code_form)width, .local = local });
}

void dki_sum_bits(dki_code_sum *sum, const uint64_t *bits, uint32_t factor)
{
    add_term(sum, (dki_code_term){ .at = bits, .factor = factor, .form = DKI_FORM_BITS });
}

static dki_code_form form_of(dk_storage storage)
{
    switch (storage) {
    case DK_STORE_U8: return DKI_FORM_U8;
    case DK_STORE_U16: return DKI_FORM_U16;
    case DK_STORE_U32: return DKI_FORM_U32;
    case DK_STORE_I8: return DKI_FORM_I8;
    case DK_STORE_I16: return DKI_FORM_I16;
    case DK_STORE_I32: return DKI_FORM_I32;
    case DK_STORE_BITS: return DKI_FORM_BITS;
    default: return DKI_FORM_I64;
    }
}

/* The code that stands for every row of a constant view. */
static uint32_t constant_code(const dki_coding *coding, const dk_view *view)
{
    bool known = view->valid == NULL || (view->valid[0] & 1);

    switch (view->storage) {
    case DK_STORE_U8: return *(const uint8_t *)view->values;
    case DK_STORE_U16: return *(const uint16_t *)view->values;
    case DK_STORE_U32: return *(const uint32_t *)view->values;
    default: break;
    }
    if (!known || coding->known_only)
        return known;
    switch (view->storage) {
    case DK_STORE_BITS: return (uint32_t)(*(const uint64_t *)view->values & 1) + 1;
    case DK_STORE_I8: return (uint32_t)((uint64_t) * (const int8_t *)view->values - (uint64_t)coding->least) + 1;
    case DK_STORE_I16: return (uint32_t)((uint64_t) * (const int16_t *)view->values - (uint64_t)coding->least) + 1;
    case DK_STORE_I32: return (uint32_t)((uint64_t) * (const int32_t *)view->values - (uint64_t)coding->least) + 1;
    default: return (uint32_t)((uint64_t) * (const int64_t *)view->values - (uint64_t)coding->least) + 1;
    }
}

/* Bits of both; NULL: all. */
static const uint64_t *both(const uint64_t *a, const uint64_t *b, uint64_t *room, size_t n)
{
    if (a == NULL || b == NULL)
        return a ? a : b;
    for (size_t w = 0; w < dki_bit_words(n); w++)
        room[w] = a[w] & b[w];
    return room;
}

void dki_sum_view_kept(dki_code_sum *sum, const dki_coding *coding, const dk_view *view, uint32_t factor,
                       const uint64_t *keep, uint64_t *mask)
{
    dki_code_term term = { .at = view->values, .factor = factor, .form = form_of(view->storage), .mask = keep };
    uint32_t known = factor; /* what a row gets for being known at all */

    if (view->constant) {
        uint32_t code = constant_code(coding, view);

        if (keep)
            dki_sum_bits(sum, keep, code * factor);
        else
            sum->start += code * factor;
        return;
    }
    if (view->type == DK_CATEGORY) { /* null is a code */
        add_term(sum, term);
        return;
    }
    if (!coding->known_only && coding->type != DK_BOOLEAN) {
        term.add = (1 - (uint32_t)(uint64_t)coding->least) * factor;
        term.mask = both(view->valid, keep, mask, view->n);
        if (term.mask == NULL) {
            sum->start += term.add;
            term.add = 0;
        }
        add_term(sum, term);
        return;
    }
    if (!coding->known_only && keep == NULL) { /* where a boolean is null its value is 0 */
        dki_sum_bits(sum, view->values, factor);
    } else if (!coding->known_only) {
        uint64_t *truth = mask + DK_BLOCK_WORDS;

        dki_sum_bits(sum, both(view->values, keep, truth, view->n), factor);
    }
    keep = both(view->valid, keep, mask, view->n);
    if (keep)
        dki_sum_bits(sum, keep, known);
    else
        sum->start += known;
}

void dki_sum_view(dki_code_sum *sum, const dki_coding *coding, const dk_view *view, uint32_t factor)
{
    dki_sum_view_kept(sum, coding, view, factor, NULL, NULL);
}

bool dki_sum_is_codes(const dki_code_sum *sum, unsigned *width, const void **codes)
{
    const dki_code_term *term = &sum->terms[0];

    if (sum->n_terms != 1 || sum->start != 0 || term->factor != 1 || term->mask || term->form > DKI_FORM_U32)
        return false;
    *width = (unsigned)term->form;
    *codes = term->at;
    return true;
}

/* The rest. ---------------------------------------------------------------------------------------------------- */

#define COPY(W, T, V, U)                                                           \
    static void copy_##W##_##V(T *restrict out, const U *restrict codes, size_t n) \
    {                                                                              \
        for (size_t i = 0; i < n; i++)                                             \
            out[i] = (T)codes[i];                                                  \
    }
FOR_PAIRS(COPY)

void dki_codes_copy(unsigned width, void *out, unsigned codes_width, const void *codes,
                    size_t n){ BOTH(copy, width, codes_width, out, codes, n) }

#define MAP(W, T, V, U)                                                                                    \
    static void map_##W##_##V(T *restrict out, const T *restrict table, const U *restrict codes, size_t n) \
    {                                                                                                      \
        for (size_t i = 0; i < n; i++)                                                                     \
            out[i] = table[codes[i]];                                                                      \
    }
FOR_PAIRS(MAP)

    void dki_codes_map(unsigned width, void *out, const void *table, unsigned codes_width, const void *codes,
                       size_t n){ BOTH(map, width, codes_width, out, table, codes, n) }

#define CLAMP(W, T)                                           \
    static void clamp_##W(T *codes, uint32_t limit, size_t n) \
    {                                                         \
        for (size_t i = 0; i < n; i++)                        \
            codes[i] = codes[i] < limit ? codes[i] : 0;       \
    }
FOR_WIDTHS(CLAMP)

    void dki_codes_clamp(unsigned width, void *codes, uint32_t limit, size_t n)
{
    switch (width) {
    case 0: clamp_0(codes, limit, n); break;
    case 1: clamp_1(codes, limit, n); break;
    default: clamp_2(codes, limit, n);
    }
}

/* Sets. -------------------------------------------------------------------------------------------------------- */

void dki_code_set_init(dki_code_set *set, const uint8_t *member, size_t n)
{
    memset(set, 0, sizeof *set);
    set->member = member;
    for (size_t i = 0; i < n; i++) {
        if (!member[i])
            continue;
        if (i < 256)
            set->bits[i / 8] |= (uint8_t)(1u << i % 8);
        if (i > 0 && member[i - 1]) {
            if (set->n_runs <= DKI_MOST_RUNS)
                set->length[set->n_runs - 1]++;
        } else if (set->n_runs < DKI_MOST_RUNS) {
            set->from[set->n_runs++] = (uint32_t)i;
        } else {
            set->n_runs = DKI_MOST_RUNS + 1;
        }
    }
}

void dki_codes_test(unsigned width, const void *codes, const dki_code_set *set, uint64_t *out, size_t n)
{
    loops()->test[width](codes, set, out, n);
}

void dki_codes_test_sum(const dki_code_sum *sum, const dki_code_test *tests, size_t n_tests, size_t n)
{
    loops()->test_sum(sum, tests, n_tests, n);
}
