/* codes.h - loops over arrays of narrow codes: what most questions pay for each row.
 *
 * Codes are unsigned integers of 1, 2 or 4 bytes; `width` says how many: 0, 1, 2 for 1, 2, 4 bytes. A column whose
 * values are few is read as codes: null is 0, a category has the codes of its levels, false and true are 1 and 2, a
 * number is its distance from the least one, plus 1. Several of them make one: a sum of terms.
 *
 * Arrays that are written have room for DK_BLOCK_ROWS items and may be written up to the next multiple of 64 items;
 * of arrays that are read only the first n items are, and of bitmaps the words that hold n bits.
 *
 * Every loop is there in C for any machine; on x86-64 the widest form that the processor has is chosen when the
 * first block comes (AVX-512 with bytes and words, or with VBMI2 besides,
 * AVX2, else SSE2). All give the same.
 */
#ifndef DKI_DATA_CODES_H
#define DKI_DATA_CODES_H

#include <dekking/column.h>

/* The narrowest width whose numbers reach n - 1. */
static inline unsigned dki_width_for(uint64_t n)
{
    return n <= 256 ? 0 : n <= 65536 ? 1 : 2;
}

/* How the values of a column become codes. */
typedef struct dki_coding {
    dk_type type;
    bool known_only; /* a code is 1 where something is known, whatever it is */
    int64_t least;   /* numbers, dates, periods: every known value is at least that */
} dki_coding;

typedef enum dki_code_form {
    DKI_FORM_U8, /* the unsigned ones are numbered as widths are */
    DKI_FORM_U16,
    DKI_FORM_U32,
    DKI_FORM_I8,
    DKI_FORM_I16,
    DKI_FORM_I32,
    DKI_FORM_I64,
    DKI_FORM_BITS
} dki_code_form;

/* value * factor + add in rows whose bit of mask is set, 0 in others. Bits have neither mask nor add. */
typedef struct dki_code_term {
    const void *at;
    const uint64_t *mask; /* NULL: all rows */
    uint32_t factor, add;
    dki_code_form form;
    bool local; /* at has the rows that are added up, and nothing before them */
} dki_code_term;

#define DKI_MOST_TERMS 48

/* start and the terms of a row, added up in the arithmetic of the width. */
typedef struct dki_code_sum {
    uint32_t start;
    size_t n_terms;
    dki_code_term terms[DKI_MOST_TERMS];
} dki_code_sum;

/* Adds factor times the code of each row; at most two terms. Borrows what the view shows. */
void dki_sum_view(dki_code_sum *sum, const dki_coding *coding, const dk_view *view, uint32_t factor);
/* The same in rows whose bit of keep is set (NULL: all); 0 in others. mask: room for
 * 2 * DK_BLOCK_WORDS words. */
void dki_sum_view_kept(dki_code_sum *sum, const dki_coding *coding, const dk_view *view, uint32_t factor,
                       const uint64_t *keep, uint64_t *mask);
void dki_sum_codes_of(dki_code_sum *sum, unsigned width, const void *codes, bool local, uint32_t factor);
void dki_sum_bits(dki_code_sum *sum, const uint64_t *bits, uint32_t factor);
/* Whether the sum of each row is nothing but a code that lies somewhere: codes[i], of that width. */
bool dki_sum_is_codes(const dki_code_sum *sum, unsigned *width, const void **codes);
/* out[i] = the sum of row from + i; from is a multiple of 64 */
void dki_codes_sum(unsigned width, void *out, const dki_code_sum *sum, size_t from, size_t n);

/* out[i] = codes[i] */
void dki_codes_copy(unsigned width, void *out, unsigned codes_width, const void *codes, size_t n);
/* codes[i] = 0 where codes[i] >= limit */
void dki_codes_clamp(unsigned width, void *codes, uint32_t limit, size_t n);
/* out[i] = table[codes[i]], both of that width of out; table has an entry for every code that occurs */
void dki_codes_map(unsigned width, void *out, const void *table, unsigned codes_width, const void *codes, size_t n);

/* The codes of the rows whose bit is set, one behind the other; returns how many. out has room for n, and 64 more.
 * */
size_t dki_codes_pick(unsigned width, void *out, const void *codes, const uint64_t *bits, size_t n);
/* Whether that takes little beside what a loop over all rows does. */
bool dki_codes_picks_fast(void);

/* Some of the codes 0 .. n - 1, as loops want them. */
#define DKI_MOST_RUNS 6
typedef struct dki_code_set {
    const uint8_t *member; /* n bytes, 0 or 1; borrowed */
    uint8_t bits[32];      /* the same of the first 256 */
    unsigned n_runs;       /* codes from .. from + length; more than DKI_MOST_RUNS: too many to list */
    uint32_t from[DKI_MOST_RUNS], length[DKI_MOST_RUNS];
} dki_code_set;
void dki_code_set_init(dki_code_set *set, const uint8_t *member, size_t n);
/* Bit i of out = codes[i] is in the set; bits past n in the last word are 0. */
void dki_codes_test(unsigned width, const void *codes, const dki_code_set *set, uint64_t *out, size_t n);

/* The same of codes that are a sum and fit in a byte, which nobody else needs. */
typedef struct dki_code_test {
    const dki_code_set *set;
    uint64_t *out;
} dki_code_test;
void dki_codes_test_sum(const dki_code_sum *sum, const dki_code_test *tests, size_t n_tests, size_t n);

/* For loops that stand elsewhere: 0 C for any machine, 1 AVX2, 2 AVX-512, 3 its VBMI2. */
int dki_codes_way(void);
/* For tests: takes that one, but no more than the processor has. Returns the one before. */
int dki_codes_set_way(int way);

#endif
