/* key_index.h - the first row of a table that has a key.
 *
 * Keys of few bits index an array of rows; others go through a hash table in parts, each of which fits a near cache: rows
 * are dealt to parts, and a thread works on a part at a time. Each key leads to the first row that has it.
 */
#ifndef DKI_JOIN_KEY_INDEX_H
#define DKI_JOIN_KEY_INDEX_H

#include "base/cache.h"
#include "key_words.h"

#define DKI_NO_ROW UINT32_MAX         /* no row has the key */
#define DKI_NULL_KEY (UINT32_MAX - 1) /* a part of the key is null */

typedef struct dki_key_index {
    dki_kept kept;
    dk_context *context; /* borrowed */
    dki_key_code code;
    uint64_t n_rows, n_keys, n_nulls; /* n_nulls: rows whose key has a null in it */
    uint32_t *firsts; /* of each row the first row with its key; DKI_NULL_KEY; NULL: every row is a first one */
    /* by word: row + 1, or 0 */
    uint32_t *direct;
    uint64_t n_direct;
    /* hashed: as key_slots.h says; starts: the first slot of each part, and the end */
    uint32_t *slots;
    uint64_t *starts;
    uint64_t seed, factor;
    unsigned part_bits;
} dki_key_index;

static inline bool dki_key_index_is_unique(const dki_key_index *index)
{
    return index->firsts == NULL;
}

/* The index of rows 0 .. n_rows - 1 of columns. That of one large column may have been kept, as dki_key_index_keep does.
 * Errors: DK_ERR_LIMIT for 2^32 - 2 rows and more, DK_ERR_MEMORY,
 * DK_ERR_INTERRUPTED. */
dk_status dki_key_index_new(dk_context *context, const dk_column *const *columns, size_t n, uint64_t n_rows,
                            bool nulls_are_values, dki_key_index **out, dk_error *err);
void dki_key_index_release(dki_key_index *index); /* NULL does nothing */
/* The index that is kept with a column, retained; NULL where there is none. */
dki_key_index *dki_key_index_kept(const dk_column *column);
void dki_key_index_keep(dki_key_index *index, const dk_column *const *columns, size_t n);

/* Looks keys of another table up: the first row for each of rows row .. row + n - 1 (n at most DK_BLOCK_ROWS) that the
 * reader, which was made with the index's code, reads. work is scratch memory of one thread, on its stack: 22 KB of which a few
 * rows touch little. */
typedef struct dki_key_work {
    uint64_t *words; /* of the keys of a block */
    dki_key_scratch read;
    uint8_t flags[DK_BLOCK_ROWS];
} dki_key_work;
/* For blocks of n_rows rows, or DK_BLOCK_ROWS where those are fewer. To be dropped, after a failure too. */
dk_status dki_key_work_init(dki_key_work *work, const dki_key_index *index, uint64_t n_rows, dk_error *err);
void dki_key_work_drop(const dki_key_index *index, dki_key_work *work);
dk_status dki_key_find_rows(const dki_key_index *index, const dki_key_reader *reader, dki_key_work *work,
                            uint64_t row, size_t n, uint32_t *rows, dk_error *err);
/* The first row for each of n keys, at most DK_BLOCK_ROWS; flags as dki_key_read gives them. */
void dki_key_index_find(const dki_key_index *index, const uint64_t *words, const uint8_t *flags, size_t n,
                        uint32_t *rows);

/* Looks up all of the n_rows rows of the reader's table. Large tables are dealt to the parts of the index, which takes
 * memory for the time of the call: less where the budget leaves little. */
typedef struct dki_key_counts {
    uint64_t n_matched, n_null; /* rows with a match; with a null in the key */
    uint64_t n_used;            /* keys of the index that some row has */
} dki_key_counts;
dk_status dki_key_index_match(const dki_key_index *index, const dki_key_reader *reader, uint64_t n_rows,
                              uint32_t *rows, dki_key_counts *counts, dk_error *err);
/* Sets bit r of `used` for each key whose first row is r and that one of n rows has; returns how many bits are new.
 * Several threads may mark at once. */
uint64_t dki_key_mark(uint64_t *used, const uint32_t *rows, size_t n);

/* Chains the rows of each key in their order: next[row], DKI_NO_ROW behind the last; last[row] for each first row. Both
 * have n_rows items; last may be NULL. */
dk_status dki_key_index_chain(const dki_key_index *index, uint32_t *next, uint32_t *last, dk_error *err);

#endif
