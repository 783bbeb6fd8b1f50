/* snapshot_pieces.c - what a column is written as: chunks that are neither small nor many, as blocks.
 *
 * A reader of files leaves chunks of some thousand rows; a file that has a record for each of them opens slowly. So chunks
 * that follow each other are joined, up to DKI_CHUNK_ROWS rows; one that is as large, or larger, is written as it lies in
 * memory, without a copy. Chunks of one value become one such chunk, however long, where they are long enough to be worth
 * a record of their own.
 *
 * Invariants: bits past the last row are written as zeros; the same table gives the same bytes.
 */
#include "snapshot_pieces.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/checksum.h"

/* Of text, about, are joined at most: a chunk is read whole, by each thread that looks at one. */
#define TEXT_BYTES ((size_t)2 << 20)

/* Cutting ------------------------------------------------------------------------------------------------------------ */

static size_t texts_of(const dki_part *part)
{
    const dki_chunk *chunk = part->chunk;

    if (chunk->storage != DK_STORE_TEXT)
        return 0;
    if (!chunk->constant)
        return chunk->heap_bytes;
    return part->n_rows > SIZE_MAX / chunk->heap_bytes ? SIZE_MAX : chunk->heap_bytes * (size_t)part->n_rows;
}

/* Whether two chunks are of one and the same value. */
static dk_status are_same(const dki_chunk *a, const dki_chunk *b, bool *same, dk_error *err)
{
    size_t width = dki_storage_width(a->storage);
    dk_status status;

    *same = a == b;
    if (*same || a->storage != b->storage || (a->facts.n_nulls > 0) != (b->facts.n_nulls > 0))
        return DK_OK;
    *same = a->facts.n_nulls > 0; /* a null is a null */
    if (*same)
        return DK_OK;
    status = dki_chunk_hold(a, err);
    if (status != DK_OK)
        return status;
    status = dki_chunk_hold(b, err);
    if (status == DK_OK) {
        if (a->storage == DK_STORE_BITS) {
            *same = dki_chunk_integer(a, 0) == dki_chunk_integer(b, 0);
        } else if (a->storage == DK_STORE_TEXT) {
            dk_text x = dki_chunk_text(a, 0), y = dki_chunk_text(b, 0);

            *same = x.size == y.size && (x.size == 0 || memcmp(x.bytes, y.bytes, x.size) == 0);
        } else { /* no storage has padding, and reals have one zero */
            *same = memcmp(a->values, b->values, width) == 0;
        }
        dki_chunk_let(b);
    }
    dki_chunk_let(a);
    return status;
}

/* How many parts from part i on are of one value, and their rows. */
static dk_status run_at(const dk_column *column, size_t i, size_t *n, uint64_t *n_rows, dk_error *err)
{
    const dki_part *parts = column->parts;
    dk_status status = DK_OK;
    bool same = parts[i].chunk->constant;

    for (*n = 0, *n_rows = 0; same; ++*n) {
        *n_rows += parts[i + *n].n_rows;
        same = i + *n + 1 < column->n_parts && parts[i + *n + 1].chunk->constant;
        if (same)
            status = are_same(parts[i].chunk, parts[i + *n + 1].chunk, &same, err);
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

static dk_status add_piece(dki_pieces *pieces, const dk_column *column, size_t i, size_t n, bool constant,
                           bool compress, dk_error *err)
{
    dki_piece *piece;
    dk_status status = dki_grow(pieces->context, (void **)&pieces->items, &pieces->capacity, pieces->n + 1,
                                sizeof *pieces->items, err);

    if (status == DK_OK)
        status = dki_grow(pieces->context, (void **)&pieces->parts, &pieces->parts_capacity, pieces->n_parts + n,
                          sizeof *pieces->parts, err);
    if (status != DK_OK)
        return status;
    piece = &pieces->items[pieces->n++];
    memset(piece, 0, sizeof *piece);
    piece->first_part = pieces->n_parts;
    piece->n_parts = n;
    piece->constant = constant;
    piece->compress = compress;
    piece->form.type = column->type;
    piece->form.scale = column->scale;
    for (size_t k = i; k < i + n; k++) {
        dki_chunk_retain(column->parts[k].chunk);
        pieces->parts[pieces->n_parts++] = column->parts[k];
        piece->form.n_rows += column->parts[k].n_rows;
        piece->n_bytes += column->parts[k].chunk->heap_bytes;
    }
    return DK_OK;
}

dk_status dki_pieces_add(dki_pieces *pieces, const dk_column *column, bool compress, dk_error *err)
{
    size_t n_run = 0, begin = 0, i = 0; /* parts begin .. i - 1 wait to be joined */
    uint64_t run_rows = 0, n_rows = 0;
    size_t n_bytes = 0;
    dk_status status = DK_OK;

    while (i < column->n_parts && status == DK_OK) {
        const dki_part *part = &column->parts[i];
        bool is_run, fits;

        status = run_at(column, i, &n_run, &run_rows, err);
        if (status != DK_OK)
            break;
        is_run = run_rows >= DKI_CHUNK_ROWS || (n_run > 0 && begin == i && i + n_run == column->n_parts);
        fits = !is_run && n_rows + part->n_rows <= DKI_CHUNK_ROWS && texts_of(part) <= TEXT_BYTES &&
               n_bytes + texts_of(part) <= TEXT_BYTES;
        if (!fits && begin < i) {
            status = add_piece(pieces, column, begin, i - begin, false, compress, err);
            begin = i;
            n_rows = n_bytes = 0;
        } else if (!fits) {
            n_run = is_run ? n_run : 1;
            status = add_piece(pieces, column, i, n_run, is_run, compress, err);
            begin = i += n_run;
        } else {
            n_rows += part->n_rows;
            n_bytes += texts_of(part);
            i++;
        }
    }
    if (begin < i && status == DK_OK)
        status = add_piece(pieces, column, begin, i - begin, false, compress, err);
    return status;
}

void dki_pieces_drop(dki_pieces *pieces)
{
    for (size_t i = 0; i < pieces->n; i++)
        dki_piece_let(pieces, &pieces->items[i]);
    for (size_t i = 0; i < pieces->n_parts; i++)
        dki_chunk_release(pieces->parts[i].chunk);
    dki_free(pieces->context, pieces->items);
    dki_free(pieces->context, pieces->parts);
}

/* Blocks ------------------------------------------------------------------------------------------------------------- */

const void *dki_piece_block(const dki_piece *piece, size_t which)
{
    if (piece->owned[which])
        return piece->owned[which];
    return which == DKI_BLOCK_VALUES  ? piece->chunk->values
           : which == DKI_BLOCK_VALID ? (const void *)piece->chunk->valid
           : which == DKI_BLOCK_BYTES ? (const void *)piece->chunk->bytes
                                      : piece->chunk->ends;
}

/* The chunk that the piece is written from: one that is there, or one that its parts are joined into. */
static dk_status find_chunk(const dki_pieces *pieces, dki_piece *piece, dki_joint *joint, dk_error *err)
{
    const dki_part *parts = pieces->parts + piece->first_part;
    dki_stored_form *form = &piece->form;
    const dki_chunk *chunk = parts->chunk;
    dk_status status;

    if (!piece->constant && (piece->n_parts > 1 || chunk->n_rows != parts->n_rows)) {
        status = dki_chunk_join(pieces->context, form->type, parts, piece->n_parts, joint, err);
        if (status != DK_OK)
            return status;
        chunk = joint->chunk;
    }
    piece->chunk = dki_chunk_retain(chunk);
    form->storage = piece->chunk->storage;
    form->constant = piece->chunk->constant;
    form->facts = piece->chunk->facts;
    if (form->constant) /* of another length, perhaps */
        form->facts.n_nulls = form->facts.n_nulls > 0 ? form->n_rows : 0;
    status = dki_chunk_hold(piece->chunk, err);
    piece->is_held = status == DK_OK;
    return status;
}

/* Bits past the last row are unspecified in memory (nor even set), and zeros in a file. */
static dk_status settle_bits(const dki_pieces *pieces, dki_piece *piece, size_t which, size_t n, dk_error *err)
{
    size_t n_words = dki_bit_words(n);
    uint64_t *copy;

    if (n % 64 == 0)
        return DK_OK;
    copy = dki_alloc_wide(pieces->context, n_words * sizeof *copy, err);
    if (copy == NULL)
        return DK_ERR_MEMORY;
    memcpy(copy, dki_piece_block(piece, which), n_words * sizeof *copy);
    copy[n_words - 1] &= dki_bit_tail(n);
    piece->owned[which] = copy;
    return DK_OK;
}

static dk_status encode_block(const dki_pieces *pieces, dki_piece *piece, size_t which, dk_error *err)
{
    dki_block *block = &piece->form.blocks[which];
    void *packed = NULL;
    size_t size = 0;
    dk_status status = DK_OK;

    block->stored_bytes = block->bytes;
    if (block->bytes == 0)
        return DK_OK;
    if (piece->compress)
        status = dki_zstd_compress(pieces->context, dki_piece_block(piece, which), (size_t)block->bytes,
                                   pieces->level, &packed, &size, err);
    if (status != DK_OK)
        return status;
    if (packed) {
        dki_free(pieces->context, piece->owned[which]);
        piece->owned[which] = packed;
        block->stored_bytes = size;
        block->compressed = true;
    }
    block->hash = dki_checksum(dki_piece_block(piece, which), (size_t)block->stored_bytes);
    return DK_OK;
}

/* Packs the values where that pays. */
static dk_status pack(const dki_pieces *pieces, dki_piece *piece, size_t n, dk_error *err)
{
    unsigned width = dki_chunk_packable(piece->chunk);
    void *packed;

    piece->form.packed = piece->chunk->packed;
    if (width == 0)
        return DK_OK;
    packed = dki_alloc_wide(pieces->context, dki_packed_bytes(width, n), err);
    if (packed == NULL)
        return DK_ERR_MEMORY;
    dki_pack(piece->chunk->values, n, width, packed);
    piece->owned[DKI_BLOCK_VALUES] = packed;
    piece->form.packed = (uint8_t)width;
    return DK_OK;
}

dk_status dki_piece_encode(const dki_pieces *pieces, dki_piece *piece, dki_joint *joint, dk_error *err)
{
    dki_stored_form *form = &piece->form;
    dk_status status = find_chunk(pieces, piece, joint, err);
    bool has_bitmap = form->facts.n_nulls > 0 && form->type != DK_CATEGORY;
    size_t n = status == DK_OK ? (size_t)dki_chunk_n_values(piece->chunk) : 0;

    if (status != DK_OK)
        return status;
    status = pack(pieces, piece, n, err);
    form->blocks[DKI_BLOCK_VALUES].bytes = dki_form_value_bytes(form, n);
    if (has_bitmap)
        form->blocks[DKI_BLOCK_VALID].bytes = dki_storage_bytes(DK_STORE_BITS, n);
    if (form->storage == DK_STORE_TEXT)
        form->blocks[DKI_BLOCK_BYTES].bytes = ((const uint32_t *)piece->chunk->values)[n];
    form->blocks[DKI_BLOCK_ENDS].bytes = piece->chunk->n_runs * sizeof(uint32_t);
    if (form->storage == DK_STORE_BITS && status == DK_OK)
        status = settle_bits(pieces, piece, DKI_BLOCK_VALUES, n, err);
    if (has_bitmap && status == DK_OK)
        status = settle_bits(pieces, piece, DKI_BLOCK_VALID, n, err);
    for (size_t i = 0; i < DKI_N_BLOCKS && status == DK_OK; i++)
        status = encode_block(pieces, piece, i, err);
    return status;
}

void dki_piece_let(const dki_pieces *pieces, dki_piece *piece)
{
    if (piece->is_held)
        dki_chunk_let(piece->chunk);
    piece->is_held = false;
    dki_chunk_release(piece->chunk);
    piece->chunk = NULL;
    for (size_t i = 0; i < DKI_N_BLOCKS; i++) {
        dki_free(pieces->context, piece->owned[i]);
        piece->owned[i] = NULL;
    }
}
