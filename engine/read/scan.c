/* scan.c - finds the bytes that give a CSV text its structure.
 *
 * Two steps for each word of 64 bytes. Classifying compares all bytes with the five that matter: here the instructions
 * differ. Combining, in plain C, tells what stands within quotes by a running exclusive or over the quotes:
 *
 *   text    a;"b;""c";d
 *   quotes  ..1..11.1..
 *   inside  ..11.1.1...     opening quotes included, closing ones not; a doubled quote closes and opens
 *
 * An opening quote stands behind a delimiter, a line end or a closing quote; behind a closing quote stands a delimiter, a
 * line end or an opening quote. Anything else is bad, and so is a record that ends otherwise than the dialect says.
 *
 * Cost: about nine cycles for a word without quotes with AVX2, six with AVX-512.
 */
#include "scan.h"

#include <stdatomic.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define HAS_X86 1
#else
#define HAS_X86 0
#endif

#define WORDS 32 /* classified at once: stays in the first cache */

typedef struct classes {
    uint64_t quote, field, line, cr, nul; /* field: delimiters and LF */
} classes;

typedef struct bytes_wanted {
    char quote, delimiter;
} bytes_wanted;

/* Classifies n words of text; says whether a byte is above ASCII. */
typedef bool classify_fn(const char *text, size_t n, bytes_wanted wanted, classes *out);

/* Classifying. ---------------------------------------------------------------------------------------------------- */

static bool classify_plain(const char *text, size_t n, bytes_wanted wanted, classes *out)
{
    unsigned char high = 0;

    for (size_t w = 0; w < n; w++) {
        classes c = { 0 };
        for (unsigned i = 0; i < 64; i++) {
            char byte = text[64 * w + i];
            high |= (unsigned char)byte;
            c.quote |= (uint64_t)(byte == wanted.quote) << i;
            c.field |= (uint64_t)(byte == wanted.delimiter || byte == '\n') << i;
            c.line |= (uint64_t)(byte == '\n') << i;
            c.cr |= (uint64_t)(byte == '\r') << i;
            c.nul |= (uint64_t)(byte == '\0') << i;
        }
        out[w] = c;
    }
    return high >= 0x80;
}

#if HAS_X86

static inline uint64_t join(int a, int b, int c, int d)
{
    return (uint64_t)(uint16_t)a | (uint64_t)(uint16_t)b << 16 | (uint64_t)(uint16_t)c << 32 |
           (uint64_t)(uint16_t)d << 48;
}

static inline uint64_t equal_sse2(const __m128i v[4], __m128i byte)
{
    return join(_mm_movemask_epi8(_mm_cmpeq_epi8(v[0], byte)), _mm_movemask_epi8(_mm_cmpeq_epi8(v[1], byte)),
                _mm_movemask_epi8(_mm_cmpeq_epi8(v[2], byte)), _mm_movemask_epi8(_mm_cmpeq_epi8(v[3], byte)));
}

static bool classify_sse2(const char *text, size_t n, bytes_wanted wanted, classes *out)
{
    const __m128i quote = _mm_set1_epi8(wanted.quote), delimiter = _mm_set1_epi8(wanted.delimiter),
                  lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
    __m128i high = _mm_setzero_si128();

    for (size_t w = 0; w < n; w++) {
        __m128i v[4];
        for (size_t i = 0; i < 4; i++) {
            v[i] = _mm_loadu_si128((const __m128i *)(const void *)(text + 64 * w + 16 * i));
            high = _mm_or_si128(high, v[i]);
        }
        uint64_t line = equal_sse2(v, lf);
        out[w] = (classes){ .quote = equal_sse2(v, quote),
                            .field = equal_sse2(v, delimiter) | line,
                            .line = line,
                            .cr = equal_sse2(v, cr),
                            .nul = equal_sse2(v, _mm_setzero_si128()) };
    }
    return _mm_movemask_epi8(high) != 0;
}

__attribute__((target("avx2"))) static inline uint64_t equal_avx2(__m256i a, __m256i b, __m256i byte)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, byte)) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, byte)) << 32;
}

__attribute__((target("avx2"))) static bool classify_avx2(const char *text, size_t n, bytes_wanted wanted,
                                                          classes *out)
{
    const __m256i quote = _mm256_set1_epi8(wanted.quote), delimiter = _mm256_set1_epi8(wanted.delimiter),
                  lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r');
    __m256i high = _mm256_setzero_si256();

    for (size_t w = 0; w < n; w++) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(text + 64 * w));
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(text + 64 * w + 32));
        high = _mm256_or_si256(high, _mm256_or_si256(a, b));
        uint64_t line = equal_avx2(a, b, lf);
        out[w] = (classes){ .quote = equal_avx2(a, b, quote),
                            .field = equal_avx2(a, b, delimiter) | line,
                            .line = line,
                            .cr = equal_avx2(a, b, cr),
                            .nul = equal_avx2(a, b, _mm256_setzero_si256()) };
    }
    return _mm256_movemask_epi8(high) != 0;
}

#define AVX512 "avx512f,avx512bw,avx512vbmi2,bmi,popcnt,pclmul"

__attribute__((target(AVX512))) static bool classify_avx512(const char *text, size_t n, bytes_wanted wanted,
                                                            classes *out)
{
    const __m512i quote = _mm512_set1_epi8(wanted.quote), delimiter = _mm512_set1_epi8(wanted.delimiter),
                  lf = _mm512_set1_epi8('\n'), cr = _mm512_set1_epi8('\r');
    __m512i high = _mm512_setzero_si512();

    for (size_t w = 0; w < n; w++) {
        __m512i v = _mm512_loadu_si512((const void *)(text + 64 * w));
        uint64_t line = _mm512_cmpeq_epi8_mask(v, lf);
        high = _mm512_or_si512(high, v);
        out[w] = (classes){ .quote = _mm512_cmpeq_epi8_mask(v, quote),
                            .field = _mm512_cmpeq_epi8_mask(v, delimiter) | line,
                            .line = line,
                            .cr = _mm512_cmpeq_epi8_mask(v, cr),
                            .nul = _mm512_testn_epi8_mask(v, v) };
    }
    return _mm512_movepi8_mask(high) != 0;
}

#endif

/* Combining. ------------------------------------------------------------------------------------------------------ */

void dki_scan_begin(dki_scan *scan, dki_dialect dialect)
{
    *scan = (dki_scan){ .dialect = dialect,
                        .want_cr = dialect.line_end == DKI_END_CR_LF ? UINT64_MAX : 0,
                        .want_same = dialect.line_end == DKI_END_ANY ? 0 : UINT64_MAX,
                        .after_field = 1 };
}

/* Bit i of the answer: how many of the bits 0 .. i are set, odd or even. */
typedef uint64_t running_xor_fn(uint64_t bits);

static inline uint64_t running_xor_plain(uint64_t bits)
{
    for (unsigned shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

#if HAS_X86
/* A product without carries, by a number of ones alone. */
__attribute__((target("pclmul"))) static inline uint64_t running_xor_pclmul(uint64_t bits)
{
    __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits), _mm_set1_epi8(-1), 0);

    return (uint64_t)_mm_cvtsi128_si64(product);
}
#endif

/* What words had, as bits: whether there were any is asked once for all of them. */
typedef struct seen {
    uint64_t quote, escape, cr, quoted_end;
} seen;

/* Takes one word; keep has the bits of the bytes that count. Returns its structural bits. */
static inline __attribute__((always_inline)) uint64_t take_word(dki_scan *s, seen *met, const classes *c,
                                                                uint64_t keep, running_xor_fn *running_xor)
{
    uint64_t quote = c->quote & keep, field = c->field & keep, line = c->line & keep, cr = c->cr & keep;
    uint64_t after_cr = cr << 1 | s->after_cr, bad = (c->nul | (after_cr & ~c->line)) & keep;

    s->after_cr = cr >> 63;
    met->cr |= cr;
    if (quote | s->inside | s->after_quote) {
        uint64_t inside = running_xor(quote) ^ s->inside;
        uint64_t opening = quote & inside, closing = quote & ~inside;
        uint64_t after_quote = closing << 1 | s->after_quote;

        met->quote |= quote;
        met->quoted_end |= line & inside;
        field &= ~inside;
        line &= ~inside;
        bad |= opening & ~(field << 1 | s->after_field | after_quote);
        bad |= after_quote & ~(field | cr | opening) & keep;
        met->escape |= opening & after_quote;
        s->inside = 0 - (inside >> 63);
        s->after_quote = closing >> 63;
    }
    bad |= line & (after_cr ^ s->want_cr) & s->want_same;
    s->after_field = field >> 63;
    if (bad) {
        s->is_bad = true;
        s->bad_bit = (unsigned)__builtin_ctzll(bad);
        line &= (UINT64_C(1) << s->bad_bit) - 1;
    }
    s->word_ends = line;
    s->n_ends_before = s->n_ends;
    s->n_ends += (uint64_t)__builtin_popcountll(line);
    s->n_fields += (uint64_t)__builtin_popcountll(field);
    return field;
}

static inline __attribute__((always_inline)) size_t scan_words(dki_scan *scan, const char *text, size_t n_bytes,
                                                               size_t first, size_t n_words, uint64_t wanted,
                                                               uint64_t *bits, classify_fn *classify,
                                                               running_xor_fn *running_xor)
{
    const bytes_wanted bytes = { .quote = scan->dialect.quote,
                                 .delimiter =
                                     scan->dialect.delimiter == DKI_NO_DELIMITER ? '\n' : scan->dialect.delimiter };
    classes found[WORDS];
    dki_scan s = *scan;
    seen met = { 0 };
    size_t w = first;

    while (w < n_words && s.n_ends < wanted && !s.is_bad) {
        size_t n = n_words - w < WORDS ? n_words - w : WORDS;
        bool high;
        if ((w + n) * DKI_SCAN_BYTES <= n_bytes) {
            high = classify(text + w * DKI_SCAN_BYTES, n, bytes, found);
        } else { /* what stands behind the text must not count as high */
            char last[DKI_SCAN_BYTES];
            size_t rest = n_bytes - (w + n - 1) * DKI_SCAN_BYTES;
            memset(last, ' ', sizeof last);
            memcpy(last, text + (w + n - 1) * DKI_SCAN_BYTES, rest);
            high = classify(text + w * DKI_SCAN_BYTES, n - 1, bytes, found);
            high = classify(last, 1, bytes, found + n - 1) || high;
        }
        s.has_high = s.has_high || high;
        size_t i = 0, n_full = (w + n) * DKI_SCAN_BYTES <= n_bytes ? n : n - 1;
        if (s.skipped > 0) {
            uint64_t keep = i < n_full ? ~UINT64_C(0) : (UINT64_C(1) << n_bytes % DKI_SCAN_BYTES) - 1;
            uint64_t before = (UINT64_C(1) << s.skipped) - 1;
            bits[w] = (bits[w] & before) | take_word(&s, &met, &found[i], keep & ~before, running_xor);
            s.skipped = 0;
            i++;
            w++;
        }
        for (; i < n_full && s.n_ends < wanted && !s.is_bad; i++, w++)
            bits[w] = take_word(&s, &met, &found[i], ~UINT64_C(0), running_xor);
        if (i == n_full && n_full < n && s.n_ends < wanted && !s.is_bad) {
            bits[w] = take_word(&s, &met, &found[i], (UINT64_C(1) << n_bytes % DKI_SCAN_BYTES) - 1, running_xor);
            w++;
        }
    }
    s.has_quotes = s.has_quotes || met.quote;
    s.has_escapes = s.has_escapes || met.escape;
    s.has_cr = s.has_cr || met.cr;
    s.has_quoted_ends = s.has_quoted_ends || met.quoted_end;
    *scan = s;
    return w;
}

/* The bits of the last word that count. */
static inline uint64_t last_word(const uint64_t *bits, size_t n_words, size_t n_bytes)
{
    uint64_t word = bits[n_words - 1];

    return n_bytes % 64 ? word & ((UINT64_C(1) << n_bytes % 64) - 1) : word;
}

/* Writes sixteen positions whatever a word holds, because how many there are cannot be foreseen and a branch on it would
 * be: what is written too much is written over. Where a word holds more it takes another round. */
#define POSITIONS(lowest, count)                                                       \
    uint32_t *to = out;                                                                \
    size_t n_words = (n_bytes + 63) / 64;                                              \
    for (size_t w = 0; w < n_words; w++) {                                             \
        uint64_t word = w + 1 < n_words ? bits[w] : last_word(bits, n_words, n_bytes); \
        uint32_t base = (uint32_t)w * 64, *next = to + count(word);                    \
        do {                                                                           \
            for (unsigned k = 0; k < 16; k++) {                                        \
                to[k] = base + (uint32_t)lowest(word);                                 \
                word &= word - 1;                                                      \
            }                                                                          \
            to += 16;                                                                  \
        } while (word);                                                                \
        to = next;                                                                     \
    }                                                                                  \
    return (size_t)(to - out)

/* Kinds. ---------------------------------------------------------------------------------------------------------- */

typedef struct scanner {
    size_t (*words)(dki_scan *, const char *, size_t, size_t, size_t, uint64_t, uint64_t *);
    size_t (*positions)(const uint64_t *, size_t, uint32_t *);
} scanner;

static size_t words_plain(dki_scan *scan, const char *text, size_t n_bytes, size_t first, size_t n_words,
                          uint64_t wanted, uint64_t *bits)
{
    return scan_words(scan, text, n_bytes, first, n_words, wanted, bits, classify_plain, running_xor_plain);
}
static inline unsigned lowest_bit(uint64_t word)
{
    return (unsigned)__builtin_ctzll(word | UINT64_C(1) << 63);
}
static size_t positions_plain(const uint64_t *bits, size_t n_bytes, uint32_t *out)
{
    POSITIONS(lowest_bit, (size_t)__builtin_popcountll);
}
static const scanner plain = { words_plain, positions_plain };

#if HAS_X86
static size_t words_sse2(dki_scan *scan, const char *text, size_t n_bytes, size_t first, size_t n_words,
                         uint64_t wanted, uint64_t *bits)
{
    return scan_words(scan, text, n_bytes, first, n_words, wanted, bits, classify_sse2, running_xor_plain);
}
static const scanner sse2 = { words_sse2, positions_plain };

__attribute__((target("avx2,bmi,popcnt,pclmul"))) static size_t words_avx2(dki_scan *scan, const char *text,
                                                                           size_t n_bytes, size_t first,
                                                                           size_t n_words, uint64_t wanted,
                                                                           uint64_t *bits)
{
    return scan_words(scan, text, n_bytes, first, n_words, wanted, bits, classify_avx2, running_xor_pclmul);
}
__attribute__((target("bmi,popcnt"))) static size_t positions_bmi(const uint64_t *bits, size_t n_bytes,
                                                                  uint32_t *out)
{
    POSITIONS(_tzcnt_u64, (size_t)_mm_popcnt_u64);
}
static const scanner avx2 = { words_avx2, positions_bmi };

__attribute__((target(AVX512))) static size_t words_avx512(dki_scan *scan, const char *text, size_t n_bytes,
                                                           size_t first, size_t n_words, uint64_t wanted,
                                                           uint64_t *bits)
{
    return scan_words(scan, text, n_bytes, first, n_words, wanted, bits, classify_avx512, running_xor_pclmul);
}

/* Sixteen of the positions of a word, which are bytes, behind one another. */
__attribute__((target(AVX512))) static inline void put_sixteen(uint32_t *to, __m512i base, __m128i bytes)
{
    _mm512_storeu_si512((void *)to, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(bytes)));
}

/* The numbers 0 .. 63, of which those stay whose bit is set, are the positions: no loop over bits. */
__attribute__((target(AVX512))) static size_t positions_avx512(const uint64_t *bits, size_t n_bytes, uint32_t *out)
{
    static const unsigned char numbers[64] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                               16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                               32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
                                               48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63 };
    const __m512i all = _mm512_loadu_si512((const void *)numbers);
    uint32_t *to = out;
    size_t n_words = (n_bytes + 63) / 64;

    for (size_t w = 0; w < n_words; w++) {
        uint64_t word = w + 1 < n_words ? bits[w] : last_word(bits, n_words, n_bytes);
        size_t n = (size_t)_mm_popcnt_u64(word);
        __m512i packed = _mm512_maskz_compress_epi8(word, all), base = _mm512_set1_epi32((int)(w * 64));
        put_sixteen(to, base, _mm512_castsi512_si128(packed));
        if (n > 16) {
            put_sixteen(to + 16, base, _mm512_extracti32x4_epi32(packed, 1));
            if (n > 32)
                put_sixteen(to + 32, base, _mm512_extracti32x4_epi32(packed, 2));
            if (n > 48)
                put_sixteen(to + 48, base, _mm512_extracti32x4_epi32(packed, 3));
        }
        to += n;
    }
    return (size_t)(to - out);
}
static const scanner avx512 = { words_avx512, positions_avx512 };
#endif

#if HAS_X86
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt") &&
           __builtin_cpu_supports("pclmul");
}
static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vbmi2");
}
#endif

static const scanner *best(void)
{
#if HAS_X86
    return has_avx512() ? &avx512 : has_avx2() ? &avx2 : &sse2;
#else
    return &plain;
#endif
}

static _Atomic(const scanner *) chosen;

static const scanner *get_scanner(void)
{
    const scanner *s = atomic_load_explicit(&chosen, memory_order_relaxed);

    if (!s) {
        s = best();
        atomic_store_explicit(&chosen, s, memory_order_relaxed);
    }
    return s;
}

bool dki_scan_use(dki_scan_kind kind)
{
    const scanner *s = NULL;

    if (kind == DKI_SCAN_BEST)
        s = best();
    else if (kind == DKI_SCAN_PLAIN)
        s = &plain;
#if HAS_X86
    else if (kind == DKI_SCAN_SSE2)
        s = &sse2;
    else if (kind == DKI_SCAN_AVX2 && has_avx2())
        s = &avx2;
    else if (kind == DKI_SCAN_AVX512 && has_avx512())
        s = &avx512;
#endif
    if (s)
        atomic_store(&chosen, s);
    return s != NULL;
}

size_t dki_scan_words(dki_scan *scan, const char *text, size_t n_bytes, size_t first, size_t n_words,
                      uint64_t wanted, uint64_t *bits)
{
    return get_scanner()->words(scan, text, n_bytes, first, n_words, wanted, bits);
}

size_t dki_scan_resume(dki_scan *scan, size_t from, size_t at, size_t n_taken, uint64_t *bits)
{
    const size_t word = at / DKI_SCAN_BYTES;

    bits[from / DKI_SCAN_BYTES] &= (UINT64_C(1) << from % DKI_SCAN_BYTES) - 1;
    for (size_t w = from / DKI_SCAN_BYTES + 1; w <= word || w < n_taken; w++)
        bits[w] = 0;
    scan->inside = scan->after_quote = scan->after_cr = 0;
    scan->skipped = (unsigned)(at % DKI_SCAN_BYTES);
    scan->after_field = UINT64_C(1) << scan->skipped;
    scan->is_bad = false;
    scan->word_ends = 0;
    scan->n_ends_before = scan->n_ends;
    return word;
}

void dki_scan_take(dki_scan *scan, const char *text, size_t from, size_t to, uint64_t *bits)
{
    bool inside = false;

    for (size_t i = from; i <= to; i++) {
        if (text[i] == scan->dialect.quote) {
            scan->has_quotes = true;
            scan->has_escapes = scan->has_escapes || (!inside && i > from && text[i - 1] == text[i]);
            inside = !inside;
        }
        scan->has_cr = scan->has_cr || text[i] == '\r';
        scan->has_quoted_ends = scan->has_quoted_ends || (inside && (text[i] == '\n' || text[i] == '\r'));
        if (inside || (text[i] != scan->dialect.delimiter && i < to))
            continue;
        bits[i / DKI_SCAN_BYTES] |= UINT64_C(1) << i % DKI_SCAN_BYTES;
        scan->n_fields++;
    }
    scan->n_ends++;
    scan->n_ends_before = scan->n_ends;
}

size_t dki_scan_end(const dki_scan *scan, size_t n_taken, uint64_t wanted)
{
    uint64_t ends = scan->word_ends;

    for (uint64_t n = scan->n_ends_before + 1; n < wanted; n++)
        ends &= ends - 1;
    return (n_taken - 1) * DKI_SCAN_BYTES + (size_t)__builtin_ctzll(ends);
}

size_t dki_scan_positions(const uint64_t *bits, size_t n_bytes, uint32_t *out)
{
    return get_scanner()->positions(bits, n_bytes, out);
}
