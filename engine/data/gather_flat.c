/* gather_flat.c - many rows of a column in an order that jumps about, such as a sort's.
 *
 * A column is a row of chunks of different widths. Where every row lies in another chunk than the one before,
 * looking for the chunk costs more than the value. So values are copied into one array of the widest width that the
 * column's chunks have, and picked from there (gather_chunk.c); texts stay where they are, and a table tells in
 * which part a row lies. Ranges of the result are made side by side, each by a builder of its own, and set below
 * one another.
 *
 * Invariants: chunks are held until the end; ranges are cut by their size. Poll: once per block.
 */
#include "gather.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "column_parts.h"

#define MANY_ROWS 65536
#define INDEX_SHIFT 12 /* a step of the table of parts */
#define PARTS_AT_ONCE 4
#define NO_SIZE UINT32_MAX
#define AHEAD 512 /* texts whose bytes are asked for before they are copied */

struct flat {
    const dk_column *column;
    const uint64_t *rows;
    uint64_t n;
    dki_laid_out all;
    uint32_t *part_of; /* text: the part of row i << INDEX_SHIFT, and ... */
    uint32_t *sizes;   /* ... of each part the size that all its texts have, or NO_SIZE */
    size_t n_held;
    const dk_column **pieces;
    dki_made_chunk *made; /* or, where values go as they are stored, chunks; then there are no pieces */
};

bool dki_gather_is_random(const dk_column *column, const uint64_t *rows, uint64_t n)
{
    if (n < MANY_ROWS || n < column->n_rows / 4 || column->n_parts == 0 || column->n_parts > UINT32_MAX)
        return false;
    for (uint64_t i = 1; i < n; i++)
        if (rows[i] < rows[i - 1])
            return true;
    return false;
}

/* Laying out. ------------------------------------------------------------------------------------------------------- */

static dk_storage widest_storage(const dk_column *column)
{
    dk_storage storage = column->parts[0].chunk->storage; /* those of a type are in the order of their widths */

    for (size_t i = 1; i < column->n_parts; i++)
        if (column->parts[i].chunk->storage > storage)
            storage = column->parts[i].chunk->storage;
    return storage;
}

/* The value that stands for row `at` of a chunk; rows are asked for in order, and *run is 0 at first. */
static size_t value_of(const dki_chunk *chunk, uint64_t at, size_t *run)
{
    if (chunk->constant)
        return 0;
    if (chunk->n_runs == 0)
        return (size_t)at;
    while (chunk->ends[*run] <= at)
        ++*run;
    return *run;
}

#define COPY(from_type, to_type)                                             \
    do {                                                                     \
        const from_type *from_ = chunk->values;                              \
        to_type *to_ = (to_type *)flat->all.values + part->start;            \
        size_t run_ = 0;                                                     \
        if (!chunk->constant && chunk->n_runs == 0) /* for speed alone */    \
            for (uint64_t i_ = 0; i_ < part->n_rows; i_++)                   \
                to_[i_] = (to_type)from_[skip + i_];                         \
        else                                                                 \
            for (uint64_t i_ = 0; i_ < part->n_rows; i_++)                   \
                to_[i_] = (to_type)from_[value_of(chunk, skip + i_, &run_)]; \
    } while (0)

#define COPY_INTEGERS(to_type)                        \
    switch (chunk->storage) {                         \
    case DK_STORE_I8: COPY(int8_t, to_type); break;   \
    case DK_STORE_I16: COPY(int16_t, to_type); break; \
    case DK_STORE_I32: COPY(int32_t, to_type); break; \
    default: COPY(int64_t, to_type); break;           \
    }

#define COPY_CODES(to_type)                            \
    switch (chunk->storage) {                          \
    case DK_STORE_U8: COPY(uint8_t, to_type); break;   \
    case DK_STORE_U16: COPY(uint16_t, to_type); break; \
    default: COPY(uint32_t, to_type); break;           \
    }

static void paste_bits(uint64_t *to, const dki_part *part, const uint64_t *from)
{
    uint64_t bits[DK_BLOCK_WORDS];
    size_t run = 0;

    if (from && (part->chunk->constant || part->chunk->n_runs > 0)) {
        for (uint64_t i = 0; i < part->n_rows; i++)
            if (dki_bit(from, value_of(part->chunk, part->offset + i, &run)))
                dki_bit_set(to, (size_t)(part->start + i));
        return;
    }
    for (uint64_t done = 0; done < part->n_rows; done += DK_BLOCK_ROWS) { /* parts may begin anywhere */
        uint64_t left = part->n_rows - done;
        size_t n = left < DK_BLOCK_ROWS ? (size_t)left : DK_BLOCK_ROWS;

        if (from)
            dki_bits_copy(bits, from, (size_t)(part->offset + done), n);
        else
            dki_bits_fill(bits, n);
        dki_bits_paste(to, (size_t)(part->start + done), bits, n);
    }
}

static void lay_out_values(struct flat *flat, const dki_part *part)
{
    const dki_chunk *chunk = part->chunk;
    uint64_t skip = part->offset;
    size_t run = 0;

    switch (flat->all.storage) {
    case DK_STORE_BITS: paste_bits(flat->all.values, part, chunk->values); break;
    case DK_STORE_I8: COPY_INTEGERS(int8_t); break;
    case DK_STORE_I16: COPY_INTEGERS(int16_t); break;
    case DK_STORE_I32: COPY_INTEGERS(int32_t); break;
    case DK_STORE_I64: COPY_INTEGERS(int64_t); break;
    case DK_STORE_F64: COPY(double, double); break;
    case DK_STORE_RATIO:
        for (uint64_t i = 0; i < part->n_rows; i++)
            ((dk_ratio *)flat->all.values)[part->start + i] =
                ((const dk_ratio *)chunk->values)[value_of(chunk, skip + i, &run)];
        break;
    case DK_STORE_U8: COPY_CODES(uint8_t); break;
    case DK_STORE_U16: COPY_CODES(uint16_t); break;
    case DK_STORE_U32: COPY_CODES(uint32_t); break;
    case DK_STORE_TEXT:
    case DK_STORE_INTERVAL: break; /* laid out otherwise, or of columns */
    }
}

/* Packed values, a block at a time, as bytes. */
static void lay_out_packed(struct flat *flat, const dki_part *part)
{
    uint8_t bytes[DK_BLOCK_ROWS];
    dki_chunk plain = { .storage = part->chunk->storage, .values = bytes };

    for (uint64_t done = 0; done < part->n_rows; done += DK_BLOCK_ROWS) {
        uint64_t left = part->n_rows - done;
        dki_part piece = { &plain, 0, part->start + done, left < DK_BLOCK_ROWS ? left : DK_BLOCK_ROWS };

        dki_unpack(part->chunk, part->offset + done, (size_t)piece.n_rows, bytes);
        lay_out_values(flat, &piece);
    }
}

static void lay_out_part(struct flat *flat, const dki_part *part)
{
    if (flat->all.valid)
        paste_bits(flat->all.valid, part, part->chunk->valid);
    if (part->chunk->packed > 0)
        lay_out_packed(flat, part);
    else
        lay_out_values(flat, part);
}

/* The size of every text of the part's chunk: its offsets need not be looked at then. */
static uint32_t common_size(const dki_part *part)
{
    const uint32_t *offsets = part->chunk->values;
    uint32_t size = offsets[1] - offsets[0];

    if (part->chunk->constant || offsets[0] != 0)
        return NO_SIZE;
    for (uint64_t i = 1; i < part->chunk->n_rows; i++)
        if (offsets[i + 1] - offsets[i] != size)
            return NO_SIZE;
    return size;
}

static dk_status index_parts(struct flat *flat, dk_error *err)
{
    const dk_column *column = flat->column;
    uint64_t n = (column->n_rows >> INDEX_SHIFT) + 1;
    size_t part = 0;

    flat->part_of = dki_alloc_array(column->context, (size_t)n, sizeof *flat->part_of, err);
    if (flat->part_of)
        flat->sizes = dki_alloc_array(column->context, column->n_parts, sizeof *flat->sizes, err);
    if (flat->sizes == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = 0; i < n; i++) {
        while (part + 1 < column->n_parts && column->parts[part + 1].start <= i << INDEX_SHIFT)
            part++;
        flat->part_of[i] = (uint32_t)part;
    }
    return DK_OK;
}

/* How many parts to lay out at a time. Texts are held part by part; bits of two parts may share a word. */
static uint64_t lay_out_grain(const struct flat *flat)
{
    const dk_column *column = flat->column;
    bool has_bits = flat->all.valid || flat->all.storage == DK_STORE_BITS;

    if (flat->all.storage == DK_STORE_TEXT)
        return column->n_parts;
    for (size_t i = 0; i < column->n_parts && has_bits; i++)
        if (column->parts[i].start % 64 != 0)
            return column->n_parts;
    return PARTS_AT_ONCE;
}

static dk_status lay_out_parts(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct flat *flat = arg;
    const dk_column *column = flat->column;
    dk_status status = DK_OK;

    (void)worker;
    for (size_t i = (size_t)begin; i < end && status == DK_OK; i++) {
        status = dki_poll(column->context, err);
        if (status == DK_OK)
            status = dki_chunk_hold(column->parts[i].chunk, err);
        if (status != DK_OK)
            return status;
        lay_out_part(flat, &column->parts[i]);
        if (flat->all.storage == DK_STORE_TEXT) {
            flat->sizes[i] = common_size(&column->parts[i]);
            flat->n_held = i + 1;
        } else {
            dki_chunk_let(column->parts[i].chunk);
        }
    }
    return status;
}

static dk_status lay_out(struct flat *flat, dk_error *err)
{
    const dk_column *column = flat->column;
    size_t n = (size_t)column->n_rows;
    dk_status status;

    flat->all.storage = widest_storage(column);
    if (flat->all.storage == DK_STORE_TEXT) {
        status = index_parts(flat, err);
    } else {
        flat->all.values = dki_calloc(column->context, 1, dki_storage_bytes(flat->all.storage, n), err);
        status = flat->all.values ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK && column->facts.n_nulls > 0 && column->type != DK_CATEGORY) {
        flat->all.valid = dki_calloc(column->context, dki_bit_words(n), sizeof *flat->all.valid, err);
        status = flat->all.valid ? DK_OK : DK_ERR_MEMORY;
    }
    if (status != DK_OK)
        return status;
    return dki_parallel(column->context, column->n_parts, lay_out_grain(flat), lay_out_parts, flat, err);
}

/* Picking. ---------------------------------------------------------------------------------------------------------- */

/* Where the text of a known row is; its size too where the part's texts have one. */
static const dki_chunk *find_text(const struct flat *flat, uint64_t row, uint64_t *place, uint32_t *size)
{
    size_t part = flat->part_of[row >> INDEX_SHIFT];
    const dki_part *parts = flat->column->parts;

    while (row - parts[part].start >= parts[part].n_rows)
        part++;
    *place = parts[part].chunk->constant ? 0 : row - parts[part].start + parts[part].offset;
    *size = flat->sizes[part];
    return parts[part].chunk;
}

/* Offsets, then bytes, are asked for well before they are used: each is somewhere else in memory. */
static void pick_texts(const struct flat *flat, const uint64_t *rows, size_t n, dki_gathered *block)
{
    dk_text *texts = block->values.texts;
    const dki_chunk *chunks[AHEAD];
    uint64_t places[AHEAD];
    uint32_t sizes[AHEAD];

    for (size_t first = 0; first < n; first += AHEAD) {
        size_t end = n - first < AHEAD ? n - first : AHEAD;

        for (size_t i = 0; i < end; i++) {
            chunks[i] = NULL;
            if (block->any_null && !dki_bit(block->valid, first + i))
                continue;
            chunks[i] = find_text(flat, rows[first + i], &places[i], &sizes[i]);
            if (sizes[i] == NO_SIZE)
                __builtin_prefetch((const uint32_t *)chunks[i]->values + places[i]);
        }
        for (size_t i = 0; i < end; i++) {
            dk_text text = { NULL, 0 };

            if (chunks[i] && sizes[i] != NO_SIZE)
                text = (dk_text){ chunks[i]->bytes + places[i] * sizes[i], sizes[i] };
            else if (chunks[i])
                text = dki_chunk_text(chunks[i], places[i]);
            texts[first + i] = text;
            __builtin_prefetch(text.bytes);
        }
    }
}

static void pick_valid(const struct flat *flat, const uint64_t *rows, size_t n, dki_gathered *block)
{
    uint64_t nulls = 0;

    for (size_t first = 0; first < n; first += 64) {
        size_t end = n - first < 64 ? n - first : 64;
        uint64_t known = 0;

        for (size_t i = 0; i < end; i++) {
            uint64_t row = rows[first + i];
            bool is_known =
                row != DK_ROW_NULL && (flat->all.valid == NULL || dki_bit(flat->all.valid, (size_t)row));

            known |= (uint64_t)is_known << i;
        }
        block->valid[first / 64] = known;
        nulls |= ~known & dki_bit_tail(end);
    }
    block->any_null = nulls != 0;
}

static void pick(const struct flat *flat, const uint64_t *rows, size_t n, bool any_row_null, dki_gathered *block)
{
    block->any_null = false;
    if (flat->all.valid || any_row_null)
        pick_valid(flat, rows, n, block);
    else
        dki_bits_fill(block->valid, n);
    switch (flat->all.storage) {
    case DK_STORE_BITS:
        memset(block->values.bits, 0, dki_bit_words(n) * sizeof *block->values.bits);
        for (size_t i = 0; i < n; i++)
            if (rows[i] != DK_ROW_NULL && dki_bit(flat->all.values, (size_t)rows[i]))
                dki_bit_set(block->values.bits, i);
        break;
    case DK_STORE_RATIO:
        for (size_t i = 0; i < n; i++)
            block->values.ratios[i] =
                rows[i] == DK_ROW_NULL ? (dk_ratio){ 0, 1 } : ((const dk_ratio *)flat->all.values)[rows[i]];
        break;
    default: pick_texts(flat, rows, n, block); break; /* others go by chunks */
    }
}

static dk_status pick_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct flat *flat = arg;
    const dk_column *column = flat->column;
    size_t block_rows = dki_block_rows(column->context);
    dki_gathered *block = dki_gathered_new(column->context, block_rows, err);
    dk_builder *builder = NULL;
    dk_status status = block ? DK_OK : DK_ERR_MEMORY;

    (void)worker;
    if (status == DK_OK)
        status = dk_builder_new(column->context, column->type, column->scale, column->levels, &builder, err);
    for (uint64_t done = begin; status == DK_OK && done < end; done += block_rows) {
        size_t n = end - done < block_rows ? (size_t)(end - done) : block_rows;
        bool any_null;

        status = dki_poll(column->context, err);
        if (status == DK_OK)
            status = dki_gather_check(column, flat->rows + done, n, &any_null, err);
        if (status != DK_OK)
            break;
        pick(flat, flat->rows + done, n, any_null, block);
        status = dki_gathered_append(builder, block, n, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, &flat->pieces[begin / DKI_CHUNK_ROWS], err);
    dk_builder_release(builder);
    dki_free(column->context, block);
    return status;
}

static dk_status pick_chunk(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct flat *flat = arg;
    const uint64_t *rows = flat->rows + begin;
    bool any_null;
    dk_status status = dki_gather_check(flat->column, rows, (size_t)(end - begin), &any_null, err);

    (void)worker;
    if (status == DK_OK)
        status = dki_gather_chunk(flat->column->context, &flat->all, rows, (size_t)(end - begin), any_null,
                                  &flat->made[begin / DKI_CHUNK_ROWS], err);
    return status;
}

static dk_status gather_chunks(struct flat *flat, size_t n_chunks, const dk_column **out, dk_error *err)
{
    const dk_column *column = flat->column;
    dk_context *context = column->context;
    dk_status status;

    flat->made = dki_calloc(context, n_chunks, sizeof *flat->made, err);
    if (flat->made == NULL)
        return DK_ERR_MEMORY;
    status = dki_parallel(context, flat->n, DKI_CHUNK_ROWS, pick_chunk, flat, err);
    if (status == DK_OK)
        status = dki_column_of_made(context, column->type, column->scale, column->levels, flat->made, n_chunks, out,
                                    err);
    else
        for (size_t i = 0; i < n_chunks; i++)
            dki_made_drop(context, &flat->made[i]);
    dki_free(context, flat->made);
    return status;
}

static dk_status gather_pieces(struct flat *flat, size_t n_pieces, const dk_column **out, dk_error *err)
{
    const dk_column *column = flat->column;
    dk_context *context = column->context;
    dk_status status;

    flat->pieces = dki_calloc(context, n_pieces, sizeof *flat->pieces, err);
    if (flat->pieces == NULL)
        return DK_ERR_MEMORY;
    status = dki_parallel(context, flat->n, DKI_CHUNK_ROWS, pick_range, flat, err);
    if (status == DK_OK)
        status = dki_column_concat(context, column->type, column->scale, column->levels, flat->pieces, n_pieces,
                                   out, err);
    for (size_t i = 0; i < n_pieces; i++)
        dk_column_release(flat->pieces[i]);
    dki_free(context, flat->pieces);
    return status;
}

dk_status dki_gather_flat(const dk_column *column, const uint64_t *rows, uint64_t n, const dk_column **out,
                          dk_error *err)
{
    struct flat flat = { .column = column, .rows = rows, .n = n };
    dk_context *context = column->context;
    size_t n_pieces = (size_t)((n + DKI_CHUNK_ROWS - 1) / DKI_CHUNK_ROWS);
    dk_status status = lay_out(&flat, err);

    if (status == DK_OK)
        status = dki_gather_has_chunks(flat.all.storage) ? gather_chunks(&flat, n_pieces, out, err)
                                                         : gather_pieces(&flat, n_pieces, out, err);
    while (flat.n_held > 0)
        dki_chunk_let(column->parts[--flat.n_held].chunk);
    dki_free(context, flat.all.values);
    dki_free(context, flat.all.valid);
    dki_free(context, flat.part_of);
    dki_free(context, flat.sizes);
    return status;
}
