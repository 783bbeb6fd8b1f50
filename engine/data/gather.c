/* gather.c - rows of a column in any order.
 *
 * A block of row numbers at a time, cut into runs of rows that lie in one part of the column, so that neither the part
 * nor the width is looked for row by row where rows come in order or the column is one chunk. Many rows that jump about
 * take another way (gather_flat.c). Several columns, and pieces of as many rows as a chunk has, are gathered side by side;
 * a column shares the chunks of its pieces.
 */
#include <dekking/column.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "children.h"
#include "column_parts.h"
#include "gather.h"
#include "overlap.h"

#define PARALLEL_ROWS 32768 /* fewer are not worth waking threads for */

/* A block, and the chunks that it looks into. */
struct block {
    dki_gathered *got;
    size_t n_held;
    const dki_chunk **held;
};

/* Rows first .. last - 1 of the block, which lie in one part or are null. */
struct run {
    const dki_part *part;
    const uint64_t *rows;
    size_t first, last;
};

/* Which value of the chunk stands for the row. */
static uint64_t place(const struct run *run, size_t i)
{
    return dki_chunk_place(run->part->chunk, run->rows[i] - run->part->start + run->part->offset);
}

#define PICK(from_type, to, null)                                                   \
    do {                                                                            \
        const from_type *from_ = run->part->chunk->values;                          \
        for (size_t i_ = run->first; i_ < run->last; i_++)                          \
            (to)[i_] = run->rows[i_] == DK_ROW_NULL ? null : from_[place(run, i_)]; \
    } while (0)

#define PICK_PACKED(to)                                                                            \
    do {                                                                                           \
        for (size_t i_ = run->first; i_ < run->last; i_++)                                         \
            (to)[i_] = run->rows[i_] == DK_ROW_NULL ? 0 : dki_packed_value(chunk, place(run, i_)); \
    } while (0)

static void pick_values(struct block *block, const struct run *run)
{
    const dki_chunk *chunk = run->part->chunk;

    switch (chunk->storage) {
    case DK_STORE_BITS:
        for (size_t i = run->first; i < run->last; i++)
            dki_bit_put(block->got->values.bits, i,
                        run->rows[i] != DK_ROW_NULL && dki_bit(chunk->values, place(run, i)));
        break;
    case DK_STORE_I8:
        if (chunk->packed > 0)
            PICK_PACKED(block->got->values.integers);
        else
            PICK(int8_t, block->got->values.integers, 0);
        break;
    case DK_STORE_I16: PICK(int16_t, block->got->values.integers, 0); break;
    case DK_STORE_I32: PICK(int32_t, block->got->values.integers, 0); break;
    case DK_STORE_I64: PICK(int64_t, block->got->values.integers, 0); break;
    case DK_STORE_F64: PICK(double, block->got->values.reals, 0); break;
    case DK_STORE_RATIO: PICK(dk_ratio, block->got->values.ratios, ((dk_ratio){ 0, 1 })); break;
    case DK_STORE_U8:
        if (chunk->packed > 0)
            PICK_PACKED(block->got->values.codes);
        else
            PICK(uint8_t, block->got->values.codes, 0);
        break;
    case DK_STORE_U16: PICK(uint16_t, block->got->values.codes, 0); break;
    case DK_STORE_U32: PICK(uint32_t, block->got->values.codes, 0); break;
    case DK_STORE_INTERVAL: break; /* no chunk is */
    case DK_STORE_TEXT:
        for (size_t i = run->first; i < run->last; i++)
            block->got->values.texts[i] =
                run->rows[i] == DK_ROW_NULL
                    ? (dk_text){ NULL, 0 }
                    : dki_chunk_text(chunk, run->rows[i] - run->part->start + run->part->offset);
        break;
    }
}

/* Which rows are known; not asked for categories. */
static void pick_valid(struct block *block, const struct run *run)
{
    const uint64_t *valid = run->part->chunk->valid;

    for (size_t i = run->first; i < run->last; i++) {
        bool known = run->rows[i] != DK_ROW_NULL && (valid == NULL || dki_bit(valid, place(run, i)));

        dki_bit_put(block->got->valid, i, known);
        block->got->any_null |= !known;
    }
}

static bool is_in(const dki_part *part, uint64_t row)
{
    return row - part->start < part->n_rows; /* a row before it wraps */
}

/* Picks the rows of a block. *part is where the last row was found. */
static dk_status pick_block(const dk_column *column, const uint64_t *rows, size_t n, const dki_part **part,
                            struct block *block, dk_error *err)
{
    dk_status status;

    block->got->any_null = false;
    for (struct run run = { *part, rows, 0, 0 }; run.first < n; run.first = run.last) {
        uint64_t row = rows[run.first];

        if (row != DK_ROW_NULL && row >= column->n_rows)
            return dki_fail(err, DK_ERR_RANGE, "row %llu of a column of %llu rows", (unsigned long long)row + 1,
                            (unsigned long long)column->n_rows);
        if (row != DK_ROW_NULL && !is_in(run.part, row))
            run.part = dki_column_part(column, row);
        while (run.last < n && (rows[run.last] == DK_ROW_NULL || is_in(run.part, rows[run.last])))
            run.last++;
        status = dki_chunk_hold(run.part->chunk, err);
        if (status != DK_OK)
            return status;
        block->held[block->n_held++] = run.part->chunk;
        pick_values(block, &run);
        if (column->type != DK_CATEGORY)
            pick_valid(block, &run);
        *part = run.part;
    }
    return DK_OK;
}

static dk_status append_texts(dk_builder *builder, const dki_gathered *block, size_t n, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = dki_bit(block->valid, i) ? dki_builder_known_text(builder, block->values.texts[i], err)
                                          : dk_builder_null(builder, 1, err);
    return status;
}

dki_gathered *dki_gathered_new(dk_context *context, size_t n_rows, dk_error *err)
{
    const size_t widest = sizeof(dk_ratio) > sizeof(dk_text) ? sizeof(dk_ratio) : sizeof(dk_text);
    const size_t n_bytes = dki_bit_words(n_rows) * sizeof(uint64_t);
    dki_gathered *made = dki_alloc(context, sizeof *made + n_bytes + n_rows * widest, err);

    if (made == NULL)
        return NULL;
    made->valid = (uint64_t *)(made + 1);
    made->values.bits = made->valid + dki_bit_words(n_rows);
    return made;
}

dk_status dki_gathered_append(dk_builder *builder, const dki_gathered *block, size_t n, dk_error *err)
{
    const uint64_t *valid = block->any_null ? block->valid : NULL;

    switch (builder->type) {
    case DK_BOOLEAN: return dki_builder_bits(builder, block->values.bits, valid, n, err);
    case DK_REAL: return dki_builder_reals(builder, block->values.reals, valid, n, err);
    case DK_RATIO: return dki_builder_ratios(builder, block->values.ratios, valid, n, err);
    case DK_CATEGORY: return dki_builder_codes(builder, block->values.codes, n, err);
    case DK_TEXT: return append_texts(builder, block, n, err);
    default: return dki_builder_integers(builder, block->values.integers, valid, n, err);
    }
}

/* A column without rows has no part to look into: every row must be null. */
static dk_status gather_nothing(dk_builder *builder, const uint64_t *rows, uint64_t n, dk_error *err)
{
    for (uint64_t i = 0; i < n; i++)
        if (rows[i] != DK_ROW_NULL)
            return dki_fail(err, DK_ERR_RANGE, "row %llu of a column without rows",
                            (unsigned long long)rows[i] + 1);
    return dk_builder_null(builder, n, err);
}

static dk_status gather_blocks(const dk_column *column, const uint64_t *rows, uint64_t n, dk_builder *builder,
                               dk_error *err)
{
    size_t block_rows = dki_block_rows(column->context);
    const dki_part *part = column->parts;
    size_t most = n < block_rows ? (size_t)n : block_rows;
    struct block block = { .got = dki_gathered_new(column->context, most, err) };
    dk_status status;

    if (block.got)
        block.held = dki_alloc_array(column->context, most, sizeof(const dki_chunk *), err);
    status = block.held ? DK_OK : DK_ERR_MEMORY;
    for (uint64_t done = 0; status == DK_OK && done < n;) {
        size_t piece = n - done < block_rows ? (size_t)(n - done) : block_rows;

        status = dki_poll(column->context, err);
        if (status == DK_OK)
            status = pick_block(column, rows + done, piece, &part, &block, err);
        if (status == DK_OK)
            status = dki_gathered_append(builder, block.got, piece, err);
        while (block.n_held > 0)
            dki_chunk_let(block.held[--block.n_held]);
        done += piece;
    }
    dki_free(column->context, block.held);
    dki_free(column->context, block.got);
    return status;
}

/* Values that can be picked as they are stored. */
static bool is_plain(const dki_chunk *chunk)
{
    return dki_gather_has_chunks(chunk->storage) && !chunk->constant && chunk->n_runs == 0 && chunk->packed == 0;
}

/* Of a column that is one plain part: most of those that a script makes. */
static dk_status gather_part(const dk_column *column, const uint64_t *rows, size_t n, const dk_column **out,
                             dk_error *err)
{
    const dki_part *part = &column->parts[0];
    dki_laid_out from = { .storage = part->chunk->storage, .first = part->offset };
    dki_made_chunk made = { .n_rows = 0 };
    bool any_null;
    dk_status status = dki_poll(column->context, err);

    if (status == DK_OK)
        status = dki_gather_check(column, rows, n, &any_null, err);
    if (status == DK_OK)
        status = dki_chunk_hold(part->chunk, err);
    if (status != DK_OK)
        return status;
    from.values = part->chunk->values;
    from.valid = part->chunk->valid;
    status = dki_gather_chunk(column->context, &from, rows, n, any_null, &made, err);
    dki_chunk_let(part->chunk);
    if (status == DK_OK)
        return dki_column_of_made(column->context, column->type, column->scale, column->levels, &made, 1, out, err);
    dki_made_drop(column->context, &made);
    return status;
}

static dk_status gather_own(const dk_column *column, const uint64_t *rows, uint64_t n, const dk_column **out,
                            dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status;

    if (dki_gather_is_random(column, rows, n))
        return dki_gather_flat(column, rows, n, out, err);
    if (n > 0 && n <= DKI_CHUNK_ROWS && column->n_parts == 1 && is_plain(column->parts[0].chunk))
        return gather_part(column, rows, (size_t)n, out, err);
    status = dk_builder_new(column->context, column->type, column->scale, column->levels, &builder, err);
    if (status == DK_OK)
        status =
            column->n_parts ? gather_blocks(column, rows, n, builder, err) : gather_nothing(builder, rows, n, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* With its children, and without its overlap. */
static dk_status gather_whole(const dk_column *column, const uint64_t *rows, uint64_t n, const dk_column **out,
                              dk_error *err)
{
    const dk_column *children[DK_MOST_CHILDREN] = { NULL }, *own = NULL;
    dk_status status = DK_OK;

    if (column->n_children == 0)
        return gather_own(column, rows, n, out, err);
    if (column->type != DK_INTERVAL)
        status = gather_own(column, rows, n, &own, err);
    for (size_t i = 0; i < column->n_children && status == DK_OK; i++)
        status = gather_own(column->children[i], rows, n, &children[i], err);
    return dki_column_compose(own, children, column->n_children, status, out, err);
}

dk_status dk_column_gather(const dk_column *column, const uint64_t *rows, uint64_t n, const dk_column **out,
                           dk_error *err)
{
    const dk_column *overlap = NULL, *made = NULL;
    dk_status status;

    if (column->overlap == NULL)
        return gather_whole(column, rows, n, out, err);
    status = gather_own(column->overlap, rows, n, &overlap, err);
    if (status == DK_OK)
        status = gather_whole(column, rows, n, &made, err);
    status = dki_overlap_take(&made, overlap, status);
    if (status == DK_OK)
        *out = made;
    return status;
}

struct gathering {
    const dk_column *const *columns;
    const size_t *wanted; /* the numbers of the columns that are gathered by pieces */
    const uint64_t *rows;
    uint64_t n, n_pieces;
    const dk_column **pieces; /* of each of these its pieces, one behind the other */
};

static dk_status gather_pieces(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct gathering *gathering = arg;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; i < end && status == DK_OK; i++) {
        uint64_t from = i % gathering->n_pieces * DKI_CHUNK_ROWS;
        uint64_t n = gathering->n - from < DKI_CHUNK_ROWS ? gathering->n - from : DKI_CHUNK_ROWS;

        status = dk_column_gather(gathering->columns[gathering->wanted[i / gathering->n_pieces]],
                                  gathering->rows + from, n, &gathering->pieces[i], err);
    }
    return status;
}

/* The columns of these numbers, by pieces. */
static dk_status gather_wanted(dk_context *context, const dk_column *const *columns, const size_t *wanted,
                               size_t n_wanted, const uint64_t *rows, uint64_t n, const dk_column **out,
                               dk_error *err)
{
    struct gathering gathering = { .columns = columns, .wanted = wanted, .rows = rows, .n = n };
    uint64_t n_tasks;
    dk_status status;

    gathering.n_pieces = (n + DKI_CHUNK_ROWS - 1) / DKI_CHUNK_ROWS;
    n_tasks = gathering.n_pieces * n_wanted;
    gathering.pieces = dki_calloc(context, (size_t)n_tasks, sizeof *gathering.pieces, err);
    if (gathering.pieces == NULL)
        return DK_ERR_MEMORY;
    status = dki_parallel(context, n_tasks, 1, gather_pieces, &gathering, err);
    for (size_t i = 0; i < n_wanted && status == DK_OK; i++) {
        const dk_column *column = columns[wanted[i]];

        status = dki_column_concat(context, column->type, column->scale, column->levels,
                                   gathering.pieces + i * gathering.n_pieces, (size_t)gathering.n_pieces,
                                   &out[wanted[i]], err);
    }
    for (uint64_t i = 0; i < n_tasks; i++)
        dk_column_release(gathering.pieces[i]);
    dki_free(context, gathering.pieces);
    return status;
}

static dk_status drop_gathered(const dk_column **made, size_t n, dk_status status)
{
    for (size_t i = 0; i < n; i++) {
        dk_column_release(made[i]);
        made[i] = NULL;
    }
    return status;
}

dk_status dki_columns_gather(dk_context *context, const dk_column *const *columns, size_t n_columns,
                             const uint64_t *rows, uint64_t n, const dk_column **out, dk_error *err)
{
    size_t *wanted, n_wanted = 0;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n_columns; i++)
        out[i] = NULL;
    if (n < PARALLEL_ROWS) {
        for (size_t i = 0; i < n_columns && status == DK_OK; i++)
            status = dk_column_gather(columns[i], rows, n, &out[i], err);
        return status == DK_OK ? DK_OK : drop_gathered(out, n_columns, status);
    }
    wanted = dki_alloc_array(context, n_columns, sizeof *wanted, err);
    if (wanted == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n_columns && status == DK_OK; i++) {
        if (columns[i]->n_children > 0 || columns[i]->overlap)
            status = dk_column_gather(columns[i], rows, n, &out[i], err);
        else if (dki_gather_is_random(columns[i], rows, n))
            status = dki_gather_flat(columns[i], rows, n, &out[i], err); /* by all threads */
        else
            wanted[n_wanted++] = i;
    }
    if (status == DK_OK && n_wanted > 0)
        status = gather_wanted(context, columns, wanted, n_wanted, rows, n, out, err);
    dki_free(context, wanted);
    return status == DK_OK ? DK_OK : drop_gathered(out, n_columns, status);
}
