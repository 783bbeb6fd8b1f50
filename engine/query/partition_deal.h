/* partition_deal.h - rows on their way to partitions: read, their keys packed, those of a part put together.
 *
 * A range of rows is read by one worker into arrays of its own, and dealt out of these into memory of the caller's:
 *
 *   | rows of part 0 | rows of part 1 | ... |     in the order of the table within each part
 */
#ifndef DKI_QUERY_PARTITION_DEAL_H
#define DKI_QUERY_PARTITION_DEAL_H

#include "partition.h"
#include "partition_sample.h"

#define DKI_MOST_FLAGS 32

/* Rows, as arrays that run along each other. */
typedef struct dki_dealt_rows {
    uint64_t *low, *high; /* high: NULL where keys have 64 bits */
    uint64_t **values;    /* of each value of the plan, NULL: nothing to keep; then the weights, then row numbers */
    uint32_t *flags;      /* NULL: there are none */
} dki_dealt_rows;

typedef struct dki_dealer {
    dki_inputs inputs;
    dki_dealt_rows rows; /* of a range, in their order */
    size_t n;
    uint16_t *part;    /* of each */
    uint32_t *to;      /* its place */
    uint64_t *scratch; /* DK_BLOCK_ROWS numbers */
    uint32_t *chosen, *codes, *flags;
    dki_arena arena;
} dki_dealer;

typedef struct dki_deal {
    const dki_plan *plan;
    const dki_packing *packing;
    dki_borders borders;     /* between parts */
    size_t n_arrays;         /* of values, weights and row numbers */
    size_t weights, numbers; /* which of them, or DKI_NONE */
    bool *keeps;             /* of each array, whether anything is kept */
    uint8_t *known_flag;     /* of each value the flag that says it is known; DKI_MOST_FLAGS: it is */
    unsigned n_flags;        /* those of filters come first */
    size_t range_rows;
    dki_dealer *dealers[DKI_MOST_WORKERS]; /* made when they take their first range */
    dki_arena arena;
} dki_deal;

static inline size_t dki_deal_n_parts(const dki_deal *deal)
{
    return deal->borders.n + 1;
}

/* Lays rows out. *fits: whether values can be kept; texts, say, lie in memory that is used again. Borders are the
 * caller's to find. To be dropped in any case. */
dk_status dki_deal_init(dki_deal *deal, const dki_plan *plan, const dki_packing *packing, bool *fits,
                        dk_error *err);
void dki_deal_drop(dki_deal *deal);
/* Bytes of a row. */
size_t dki_deal_row_bytes(const dki_deal *deal);
/* Arrays for n rows, as wide blocks, which have large pages where they are large: rows are put here and there. To be
 * dropped in any case. */
dk_status dki_dealt_rows_init(const dki_deal *deal, dki_dealt_rows *rows, size_t n, dk_error *err);
void dki_dealt_rows_drop(const dki_deal *deal, dki_dealt_rows *rows);
/* Reads rows begin .. end - 1, at most range_rows, with the dealer of that number, of which only the thread of that
 * number may ask. */
dk_status dki_deal_read(dki_deal *deal, unsigned number, uint64_t begin, uint64_t end, dki_dealer **out,
                        dk_error *err);
/* Puts what a dealer has read into rows `first` and following; starts[p] becomes where part p begins there, and
 * starts[n_parts] where the last ends. */
void dki_deal_out(const dki_deal *deal, dki_dealer *dealer, const dki_dealt_rows *to, size_t first,
                  uint32_t *starts);

/* What dki_partition_rows wants of dealt rows: arrays of pointers, and bitmaps for a block. */
typedef struct dki_dealt_batch {
    const uint64_t **values, **known, **truths;
    uint64_t (*bits)[DK_BLOCK_WORDS]; /* of each flag */
} dki_dealt_batch;

dk_status dki_dealt_batch_init(const dki_deal *deal, dki_dealt_batch *batch, dki_arena *arena, dk_error *err);
/* Shows n <= DK_BLOCK_ROWS dealt rows from row `from` on. */
void dki_dealt_batch_show(const dki_deal *deal, const dki_dealt_batch *batch, const dki_dealt_rows *rows,
                          size_t from, size_t n, dki_partition_rows *out);

/* Of partition_sorted.c: fills, sorts and finishes parts, which have their borders and no rows, where nearly every row
 * is a group of its own. Groups are not to be gathered. */
dk_status dki_partitions_sort(dki_partitions *parts, dki_deal *deal, dk_error *err);

#endif
