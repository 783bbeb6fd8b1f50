/* dense_kernels.h - loops that count and add up by an index: the part of a breakdown that is paid for each row.
 *
 * Codes and indexes, and how they are made, are those of data/codes.h.
 */
#ifndef DKI_QUERY_DENSE_KERNELS_H
#define DKI_QUERY_DENSE_KERNELS_H

#include "data/codes.h"

#define DKI_WIDTHS 3

/* Adds 1 to counts[index] for each index, in turns in tables that lie stride counters apart: counting into one,
 * equal indexes in a row would wait for each other. stride may be 0: one table. */
#define DKI_COUNT_TABLES 4
void dki_count(unsigned width, uint32_t *counts, size_t stride, const void *indexes, size_t n);
/* Counts two rows at a time: index a, then b adds 1 to pairs[b << bits | a], in turns in tables that lie stride
 * counters apart. Indexes are below 1 << bits, which is 64 at the most. The last rows go to counts. */
#define DKI_PAIR_TABLES 2
#define DKI_MOST_PAIR_BITS 6
void dki_count_pairs(unsigned bits, uint32_t *counts, uint32_t *pairs, size_t stride, const uint8_t *indexes,
                     size_t n);
/* Adds them to the counts of n indexes. */
void dki_settle_pairs(unsigned bits, uint32_t *counts, const uint32_t *pairs, size_t stride, size_t n);
/* seen[index] = 1 */
void dki_see(unsigned width, uint8_t *seen, const void *indexes, size_t n);
/* Values are codes: 0 is none, else one more than the number that is meant.
 *   sum    sums[index << row_bits] += code, and 1 << shift where there is one: the number of codes stands above their
 *          sum
 *   wide   sums[index << row_bits] += code, ns[index << row_bits] += 1 where there is one; ns may be NULL, and lies
 *          in other words than sums do
 *   least  least[index] = code - 1 where that is less; none counts as the greatest
 *   most   most[index] = code where that is more */
void dki_sum_codes(unsigned width, const void *indexes, unsigned code_width, const void *codes, uint64_t *sums,
                   unsigned row_bits, unsigned shift, size_t n);
void dki_sum_wide_codes(unsigned width, const void *indexes, unsigned code_width, const void *codes, uint64_t *sums,
                        uint64_t *ns, unsigned row_bits, size_t n);
void dki_least_codes(unsigned width, const void *indexes, unsigned code_width, const void *codes, void *least,
                     size_t n);
void dki_most_codes(unsigned width, const void *indexes, unsigned code_width, const void *codes, void *most,
                    size_t n);

/* All of it in one place for each index, so that a row touches one line of cache. A code is one more than above: 0
 * is a row that does not count, 1 one that has no value. Codes are of 1 or 2 bytes.
 *
 *   sum    number of values << shift | sum of their codes
 *   least  the least code - 2 - 2^15; 2^15 - 1 where there is no value
 *   most   2^15 - 1 - the greatest code, also of rows without a value: the least of these, as above */
typedef struct dki_record {
    uint64_t sum;
    int16_t least, most;
    uint32_t unused;
} dki_record;
/* What a row of that code does to a record: sum is added, the others are least ones. Code 0 does nothing. */
dki_record dki_record_term(uint32_t code, unsigned shift);
/* Joins terms to records[index << bits]. terms[code] is dki_record_term(code, shift) for every code that occurs; NULL: they
 * are computed. Both arrays are aligned to 16 bytes. */
void dki_record_codes(unsigned width, const void *indexes, unsigned code_width, const void *codes,
                      dki_record *records, unsigned bits, const dki_record *terms, unsigned shift, size_t n);

#endif
