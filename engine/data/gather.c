/* gather.c - rows of a column in any order.
 *
 * A block of row numbers at a time: each row's chunk is looked for only where it is not the chunk of the row before.
 */
#include <dekking/column.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "chunk.h"
#include "column_parts.h"

struct block {
    uint64_t valid[DK_BLOCK_WORDS];
    union {
        uint64_t bits[DK_BLOCK_WORDS];
        int64_t integers[DK_BLOCK_ROWS];
        double reals[DK_BLOCK_ROWS];
        dk_ratio ratios[DK_BLOCK_ROWS];
        uint32_t codes[DK_BLOCK_ROWS];
    } values;
};

static void put(struct block *block, size_t i, const dki_chunk *chunk, uint64_t at, dk_type type)
{
    uint64_t from = chunk->constant ? 0 : at;

    switch (type) {
    case DK_BOOLEAN: dki_bit_put(block->values.bits, i, dki_chunk_integer(chunk, at) != 0); break;
    case DK_REAL: block->values.reals[i] = ((const double *)chunk->values)[from]; break;
    case DK_RATIO: block->values.ratios[i] = ((const dk_ratio *)chunk->values)[from]; break;
    case DK_CATEGORY: block->values.codes[i] = dki_chunk_code(chunk, at); break;
    default: block->values.integers[i] = dki_chunk_integer(chunk, at);
    }
}

static dk_status append(dk_builder *builder, const struct block *block, size_t n, dk_type type, dk_error *err)
{
    switch (type) {
    case DK_BOOLEAN: return dki_builder_bits(builder, block->values.bits, block->valid, n, err);
    case DK_REAL: return dki_builder_reals(builder, block->values.reals, block->valid, n, err);
    case DK_RATIO: return dki_builder_ratios(builder, block->values.ratios, block->valid, n, err);
    case DK_CATEGORY: return dki_builder_codes(builder, block->values.codes, n, err);
    default: return dki_builder_integers(builder, block->values.integers, block->valid, n, err);
    }
}

/* Rows of one block, from rows[0 .. n-1]. *part is where the last row was found. */
static dk_status gather_block(const dk_column *column, const uint64_t *rows, size_t n, const dki_part **part,
                              struct block *block, dk_builder *builder, dk_error *err)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t row = rows[i], at;
        bool is_null = row == DK_ROW_NULL;
        dk_status status = DK_OK;

        if (!is_null) {
            if (row >= column->n_rows)
                return dki_fail(err, DK_ERR_RANGE, "row %llu of a column of %llu rows", (unsigned long long)row + 1,
                                (unsigned long long)column->n_rows);
            if (*part == NULL || row < (*part)->start || row >= (*part)->start + (*part)->n_rows)
                *part = dki_column_part(column, row);
            at = row - (*part)->start + (*part)->offset;
            is_null = dki_chunk_is_null((*part)->chunk, at);
        }
        if (column->type == DK_TEXT) {
            status = is_null ? dk_builder_null(builder, 1, err)
                             : dk_builder_text(builder, dki_chunk_text((*part)->chunk, at), err);
            if (status != DK_OK)
                return status;
            continue;
        }
        dki_bit_put(block->valid, i, !is_null);
        if (!is_null)
            put(block, i, (*part)->chunk, at, column->type);
        else if (column->type == DK_CATEGORY)
            block->values.codes[i] = 0;
    }
    return column->type == DK_TEXT ? DK_OK : append(builder, block, n, column->type, err);
}

dk_status dk_column_gather(const dk_column *column, const uint64_t *rows, uint64_t n, const dk_column **out,
                           dk_error *err)
{
    dk_context *context = column->context;
    dk_builder *builder = NULL;
    struct block *block = dki_alloc(context, sizeof *block, err);
    const dki_part *part = NULL;
    dk_status status;

    if (block == NULL)
        return DK_ERR_MEMORY;
    status = dk_builder_new(context, column->type, column->scale, column->levels, &builder, err);
    for (uint64_t done = 0; status == DK_OK && done < n;) {
        size_t piece = n - done < DK_BLOCK_ROWS ? (size_t)(n - done) : DK_BLOCK_ROWS;

        status = dki_poll(context, err);
        if (status == DK_OK)
            status = gather_block(column, rows + done, piece, &part, block, builder, err);
        done += piece;
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dki_free(context, block);
    return status;
}
