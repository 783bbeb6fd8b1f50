/* sort_pieces.h - the keys of an order as bits, the most significant first. For sort_order.c alone.
 *
 *   key        pieces                                                     bits
 *   integers   value - least, or greatest - value; null behind them all   what the range takes
 *   category   rank of the level, in the same way                         what the number of levels takes
 *   boolean    0, 1, null 2
 *   real       its bits in the order of values, as an integer
 *   text       null; then the rank of each byte, the end before them all  what the number of those takes
 *   long text, ratio   rank among the different values
 *
 * The bits of all pieces in a row are cut into words of `word_bits`: rows in the order of their words are in the order of
 * their keys.
 */
#ifndef DKI_ROWS_SORT_PIECES_H
#define DKI_ROWS_SORT_PIECES_H

#include "sort_key.h"
#include "sort_order.h"

#define DKI_PIECES_TEXT 64   /* bytes of a text that is taken to pieces */
#define DKI_PIECES_BYTES 257 /* 0: the text has ended; byte + 1 */

typedef struct dki_sort_pieces_byte {
    unsigned bits;
    uint8_t ranks[DKI_PIECES_BYTES]; /* of what stands at this place */
} dki_sort_pieces_byte;

typedef struct dki_sort_pieces_key {
    const dk_column *column;
    dk_type type;
    bool descending, has_null;
    bool null_apart;                    /* null is a piece of one bit before the others */
    unsigned bits;                      /* of all its pieces */
    uint64_t least, span;               /* of integers, codes of reals and ranks; greatest - least */
    uint32_t *ranks;                    /* category: what code c becomes; memory of its own */
    dki_sort_codes codes;               /* ranks by row */
    struct dki_sort_pieces_byte *bytes; /* text in pieces: n_bytes of them; else NULL */
    size_t n_bytes;
} dki_sort_pieces_key;

typedef struct dki_sort_pieces {
    dk_context *context; /* borrowed */
    size_t n_keys;
    dki_sort_pieces_key *keys;
    unsigned word_bits;
    unsigned bits;       /* of all keys */
    unsigned group_bits; /* of the first n_group */
    size_t n_words;
} dki_sort_pieces;

/* Looks at the keys; scans texts and reals once. After a failure there is nothing to drop. */
dk_status dki_sort_pieces_init(dki_sort_pieces *pieces, dk_context *context, const dki_order_key *keys,
                               size_t n_keys, size_t n_group, unsigned word_bits, dk_error *err);
void dki_sort_pieces_drop(dki_sort_pieces *pieces);
/* Bits of word w, and how many of them, from the top, belong to the group. */
unsigned dki_sort_pieces_word_bits(const dki_sort_pieces *pieces, size_t w);
unsigned dki_sort_pieces_word_group_bits(const dki_sort_pieces *pieces, size_t w);

/* One for each worker: views and memory for a block, in one piece. */
typedef struct dki_sort_pieces_block {
    const dki_sort_pieces *pieces;
    dk_view *views; /* n_keys */
    uint64_t *piece;
    dk_text *texts;
    uint64_t *words; /* n_words times n_rows */
    size_t n_rows;
} dki_sort_pieces_block;
/* For blocks of n_rows rows, or DK_BLOCK_ROWS where those are fewer: most tables that a script makes are small. */
dk_status dki_sort_pieces_block_new(const dki_sort_pieces *pieces, uint64_t n_rows, dki_sort_pieces_block **out,
                                    dk_error *err);
void dki_sort_pieces_block_release(dki_sort_pieces_block *block);
/* Word w of row + i becomes words[w * block->n_rows + i]. */
dk_status dki_sort_pieces_block_fill(dki_sort_pieces_block *block, uint64_t row, size_t n, dk_error *err);

#endif
