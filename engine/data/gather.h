/* gather.h - what the two ways of picking rows share. For engine/data/gather*.c alone. */
#ifndef DKI_DATA_GATHER_H
#define DKI_DATA_GATHER_H

#include "builder.h"
#include "column_parts.h"

/* Values of a block in the widest storage; all in one piece of memory, no larger than the rows want it, as most tables
 * that a script makes have few. */
typedef struct dki_gathered {
    uint64_t *valid;
    bool any_null;
    union {
        uint64_t *bits;
        int64_t *integers;
        double *reals;
        dk_ratio *ratios;
        uint32_t *codes;
        dk_text *texts; /* point into chunks that are held */
    } values;
} dki_gathered;

/* For blocks of at most n_rows rows, n_rows at most DK_BLOCK_ROWS; dki_free frees it. NULL: DK_ERR_MEMORY. */
dki_gathered *dki_gathered_new(dk_context *context, size_t n_rows, dk_error *err);
dk_status dki_gathered_append(dk_builder *builder, const dki_gathered *block, size_t n, dk_error *err);

/* Whether rows are so many, and in such an order, that dki_gather_flat is the faster way. */
bool dki_gather_is_random(const dk_column *column, const uint64_t *rows, uint64_t n);
/* dk_column_gather for rows in any order: the column is laid out in one piece first, so that a row costs an access
 * to memory and no more. Several threads; takes the memory of the column once more. */
dk_status dki_gather_flat(const dk_column *column, const uint64_t *rows, uint64_t n, const dk_column **out,
                          dk_error *err);

/* A column in one array: values as they are stored, and which are known (NULL: all, or a code says so). */
typedef struct dki_laid_out {
    dk_storage storage;
    void *values;
    uint64_t *valid;
    uint64_t first; /* of both, which is row 0 */
} dki_laid_out;

/* Each of n rows is in the column, or (any_null, in *any_null) DK_ROW_NULL. Errors: DK_ERR_RANGE. */
dk_status dki_gather_check(const dk_column *column, const uint64_t *rows, size_t n, bool *any_null, dk_error *err);
/* Whether dki_gather_chunk can be used: not for bits, ratios and text. */
bool dki_gather_has_chunks(dk_storage storage);
/* Fills made, which is cleared, with the values of n > 0 rows, each in the column or (any_row_null) DK_ROW_NULL.
 * After a failure made has something to drop. Errors: DK_ERR_MEMORY. */
dk_status dki_gather_chunk(dk_context *context, const dki_laid_out *from, const uint64_t *rows, size_t n,
                           bool any_row_null, dki_made_chunk *made, dk_error *err);

#endif
