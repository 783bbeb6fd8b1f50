/* key_deal.h - keys of rows dealt to the parts of an index.
 *
 * Rows are dealt by ranges, each by one thread. A range keeps its rows where they are in the whole, ordered by part, and
 * within a part as they came; those that have no key stand behind all parts:
 *
 *   words     | range 0: part 0, part 1, ... no key | range 1: part 0, ...     n_words for each row
 *   from      | which row of its range each is                                 2 bytes
 *   found     | the answer for each, which a part gives                        4 bytes
 *   starts    | of each range: where its parts begin, where the rows without a key do, and its end
 *
 * Who works on a part goes through the ranges in order, and so meets its rows in theirs.
 */
#ifndef DKI_JOIN_KEY_DEAL_H
#define DKI_JOIN_KEY_DEAL_H

#include "key_index.h"

typedef struct dki_key_deal {
    dk_context *context; /* borrowed, as all but the arrays */
    const dki_key_index *index;
    const dki_key_reader *reader;
    uint64_t first, n_rows; /* rows first .. first + n_rows - 1 of the reader's table */
    size_t range_rows, n_ranges;
    uint64_t *words;
    uint16_t *from;
    uint32_t *found;
    uint32_t *starts;
    struct dki_dealer **dealers; /* scratch memory of each thread */
    uint64_t n_nulls;            /* rows with a null in their key */
} dki_key_deal;

/* Rows of a range, for keys of so many words. */
size_t dki_key_deal_range(unsigned n_words);
/* Bytes that dealing takes for each row. */
size_t dki_key_deal_bytes(unsigned n_words);
/* Makes room for n_rows rows. After a failure, of any of these, the deal may only be dropped. */
dk_status dki_key_deal_init(dki_key_deal *deal, const dki_key_index *index, const dki_key_reader *reader,
                            uint64_t n_rows, dk_error *err);
void dki_key_deal_drop(dki_key_deal *deal); /* a zeroed one too */
/* Deals rows first .. first + n_rows - 1, no more than there is room for. in_order: by one thread, in the order of rows. */
dk_status dki_key_deal_rows(dki_key_deal *deal, uint64_t first, uint64_t n_rows, bool in_order, dk_error *err);
/* Gives each row its answer: rows[0] is that of the first one. */
dk_status dki_key_deal_return(const dki_key_deal *deal, uint32_t *rows, dk_error *err);

/* The dealt rows of a part in a range: from *begin to before *end, counted from the deal's beginning. */
static inline void dki_key_deal_run(const dki_key_deal *deal, size_t range, size_t part, size_t *begin, size_t *end)
{
    const uint32_t *starts = deal->starts + range * (((size_t)1 << deal->index->part_bits) + 2) + part;

    *begin = range * deal->range_rows + starts[0];
    *end = range * deal->range_rows + starts[1];
}

#endif
