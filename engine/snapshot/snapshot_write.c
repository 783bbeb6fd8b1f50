/* snapshot_write.c - a table as a segment: its columns in pieces, as blocks, then the directory.
 *
 * Pieces go in batches: their blocks are made side by side; get their places one after the other, so that the file does
 * not depend on threads; and are written side by side.
 */
#include "snapshot_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/status.h"
#include "data/checksum.h"
#include "data/children.h"
#include "data/column_parts.h"
#include "data/narrow.h"
#include "data/table_parts.h"
#include "snapshot_pieces.h"
#include "snapshot_records.h"

#define BATCH 64                      /* pieces at most, ... */
#define BATCH_BYTES ((size_t)8 << 20) /* ... or so many bytes, or one piece */
#define MAX_LEVEL 19

static const char zeros[DKI_BLOCK_ALIGN] = { 0 };

/* Writes what n vectors point to; they are used up. */
static dk_status put_all(const dki_segment *segment, uint64_t offset, struct iovec *vectors, size_t n,
                         dk_error *err)
{
    while (n > 0) {
        ssize_t put = pwritev(segment->fd, vectors, (int)n, (off_t)offset);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            dki_fail(err, DK_ERR_IO, "cannot write it: %s", strerror(put < 0 ? errno : ENOSPC));
            dki_at(err, segment->path, 0, 0);
            return DK_ERR_IO;
        }
        offset += (uint64_t)put;
        for (; n > 0 && (size_t)put >= vectors->iov_len; vectors++, n--)
            put -= (ssize_t)vectors->iov_len;
        if (n > 0) {
            vectors->iov_base = (char *)vectors->iov_base + put;
            vectors->iov_len -= (size_t)put;
        }
    }
    return DK_OK;
}

/* Points vectors to bytes, and to the zeros behind them; returns how many. */
static size_t point_to(struct iovec *vectors, const void *bytes, size_t size)
{
    size_t n = 0;

    if (size > 0)
        vectors[n++] = (struct iovec){ (void *)(uintptr_t)bytes, size };
    if (DKI_ALIGNED(size) > size)
        vectors[n++] = (struct iovec){ (void *)(uintptr_t)zeros, DKI_ALIGNED(size) - size };
    return n;
}

dk_status dki_segment_put(const dki_segment *segment, uint64_t offset, const void *bytes, size_t size,
                          dk_error *err)
{
    struct iovec vectors[2];

    return put_all(segment, offset, vectors, point_to(vectors, bytes, size), err);
}

/* The levels of a dictionary from number `first` on, as a column of text; NULL where there are none. */
static dk_status make_levels(dk_context *context, const dk_dictionary *dictionary, size_t first,
                             const dk_column **out, dk_error *err)
{
    size_t n = dk_dictionary_n_levels(dictionary);
    dk_builder *builder = NULL;
    dk_status status;

    *out = NULL;
    if (first >= n)
        return DK_OK;
    status = dk_builder_new(context, DK_TEXT, 0, NULL, &builder, err);
    for (size_t i = first; i < n && status == DK_OK; i++)
        status = dk_builder_text(builder, dk_dictionary_level(dictionary, (uint32_t)i + 1), err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* Batches ------------------------------------------------------------------------------------------------------------ */

/* Pieces that follow each other. */
struct batch {
    size_t first, n;
    dki_joint *joints; /* BATCH of them */
};

struct writing {
    dki_segment *segment;
    dki_pieces pieces;
    dki_joint joints[2][BATCH];  /* of two batches in turn */
    struct batch made, to_write; /* one is encoded while the one before is written */
};

/* Pieces from number `first` on that are encoded together. */
static size_t batch_at(const struct writing *writing, size_t first)
{
    const dki_pieces *pieces = &writing->pieces;
    size_t n = 0, bytes = 0;

    while (n < BATCH && first + n < pieces->n &&
           (n == 0 || bytes + pieces->items[first + n].n_bytes <= BATCH_BYTES))
        bytes += pieces->items[first + n++].n_bytes;
    return n;
}

/* The blocks of a batch lie one behind the other. */
static dk_status write_batch(const struct writing *writing, dk_error *err)
{
    const struct batch *batch = &writing->to_write;
    struct iovec vectors[BATCH * DKI_N_BLOCKS * 2];
    uint64_t from = 0, to = 0;
    size_t n = 0;
    dk_status status;

    for (size_t i = batch->first; i < batch->first + batch->n; i++)
        for (size_t k = 0; k < DKI_N_BLOCKS; k++) {
            const dki_block *block = &writing->pieces.items[i].form.blocks[k];

            if (block->stored_bytes == 0)
                continue;
            if (n == 0)
                from = block->offset;
            to = block->offset + DKI_ALIGNED(block->stored_bytes);
            n += point_to(vectors + n, dki_piece_block(&writing->pieces.items[i], k), (size_t)block->stored_bytes);
        }
    status = put_all(writing->segment, from, vectors, n, err);
    if (status == DK_OK && n > 0) /* the disk begins while the next batch is written; nothing depends on it */
        (void)sync_file_range(writing->segment->fd, (off_t)from, (off_t)(to - from), SYNC_FILE_RANGE_WRITE);
    return status;
}

/* Range 0 writes the batch before, and the others encode a piece each: a file takes what one thread writes at a time. */
static dk_status make_and_write(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct writing *writing = arg;
    const struct batch *batch = &writing->made;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; i < end && status == DK_OK; i++)
        status = i == 0 ? write_batch(writing, err)
                        : dki_piece_encode(&writing->pieces, &writing->pieces.items[batch->first + i - 1],
                                           &batch->joints[i - 1], err);
    return status;
}

static void place_blocks(struct writing *writing, dki_piece *piece)
{
    for (size_t i = 0; i < DKI_N_BLOCKS; i++) {
        dki_block *block = &piece->form.blocks[i];

        if (block->stored_bytes == 0)
            continue;
        block->offset = writing->segment->at;
        writing->segment->at += DKI_ALIGNED(block->stored_bytes);
    }
}

static dk_status write_pieces(struct writing *writing, dk_error *err)
{
    dk_context *context = writing->segment->context;
    dki_piece *items = writing->pieces.items;
    struct batch *made = &writing->made, *to_write = &writing->to_write;
    dk_status status = DK_OK;

    for (unsigned turn = 0; status == DK_OK; turn ^= 1) {
        *made = (struct batch){ to_write->first + to_write->n, 0, writing->joints[turn] };
        made->n = batch_at(writing, made->first);
        if (made->n + to_write->n == 0)
            break;
        dki_progress(context, "saving", made->first, writing->pieces.n);
        status = dki_parallel(context, made->n + 1, 1, make_and_write, writing, err);
        for (size_t i = 0; i < to_write->n; i++)
            dki_piece_let(&writing->pieces, &items[to_write->first + i]);
        for (size_t i = 0; i < made->n && status == DK_OK; i++)
            place_blocks(writing, &items[made->first + i]);
        *to_write = *made;
    }
    dki_progress_end(context);
    return status;
}

/* The segment -------------------------------------------------------------------------------------------------------- */

dk_status dki_snapshot_check_options(const dk_table *table, const dk_snapshot_options *options, dk_error *err)
{
    dk_status status = DK_OK;

    if (options == NULL)
        return DK_OK;
    if (options->level < 0 || options->level > MAX_LEVEL)
        return dki_fail(err, DK_ERR_ARGUMENT, "a level of compression is 1 to %d, not %d", MAX_LEVEL,
                        options->level);
    for (size_t i = 0; i < options->n_compressed && status == DK_OK; i++) {
        size_t at;

        status = dk_table_get(table, options->compressed[i], &at, err);
    }
    if (status == DK_OK && (options->compress || options->n_compressed > 0))
        status = dki_zstd_check(err);
    return status;
}

static bool is_compressed(const dk_snapshot_options *options, const char *name)
{
    if (options == NULL || options->compress)
        return options != NULL;
    for (size_t i = 0; i < options->n_compressed; i++)
        if (strcmp(options->compressed[i], name) == 0)
            return true;
    return false;
}

/* All chunks of a column, behind those of the levels that the file lacks. */
static dk_status add_column(struct writing *writing, const dk_column *column, size_t n_known, bool compress,
                            dki_column_pieces *items, dk_error *err)
{
    const dk_column *levels = NULL;
    dk_status status = DK_OK;

    items->levels = writing->pieces.n;
    if (column->levels)
        status = make_levels(writing->segment->context, column->levels, n_known, &levels, err);
    if (status == DK_OK && levels)
        status = dki_pieces_add(&writing->pieces, levels, compress, err);
    items->chunks = writing->pieces.n;
    if (status == DK_OK)
        status = dki_pieces_add(&writing->pieces, column, compress, err);
    items->end = writing->pieces.n;
    dk_column_release(levels);
    return status;
}

static dk_status put_tables(dki_buffer *directory, dki_segment *segment, const dk_table *table,
                            const dk_snapshot_options *options, unsigned depth, dk_error *err);

/* A table that is new in the file is written without the levels that no row has: they tell of other rows. */
static dk_status narrow(dki_flat *flat, size_t n, const dk_column **narrowed, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        status = dki_column_narrow(flat[i].column, &narrowed[i], err);
        if (status == DK_OK)
            flat[i].column = narrowed[i];
    }
    return status;
}

/* Writes the blocks of a table, and puts its records into the directory; below them come the tables that it keeps. */
static dk_status write_table(dki_buffer *directory, dki_segment *segment, const dk_table *table,
                             const size_t *n_known, const dk_snapshot_options *options, unsigned depth,
                             dk_error *err)
{
    dki_flat *flat = NULL;
    size_t n = 0;
    dk_status status = dki_table_flatten(table, &flat, &n, err);
    dki_column_pieces *items = flat ? dki_calloc(segment->context, n, sizeof *items, err) : NULL;
    const dk_column **narrowed = items ? dki_calloc(segment->context, n, sizeof *narrowed, err) : NULL;
    struct writing *writing = narrowed ? dki_calloc(segment->context, 1, sizeof *writing, err) : NULL;

    if (writing == NULL) {
        dki_free(segment->context, narrowed);
        dki_free(segment->context, items);
        dki_free(segment->context, flat);
        return DK_ERR_MEMORY;
    }
    writing->segment = segment;
    writing->pieces.context = segment->context;
    writing->pieces.level = options && options->level > 0 ? options->level : 3;
    if (n_known == NULL)
        status = narrow(flat, n, narrowed, err);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status =
            add_column(writing, flat[i].column, n_known ? n_known[i] : 0,
                       flat[i].field ? is_compressed(options, flat[i].field->name) : options && options->compress,
                       &items[i], err);
    if (status == DK_OK)
        status = write_pieces(writing, err);
    if (status == DK_OK)
        status = dki_put_directory(directory, &writing->pieces, table, flat, n, n_known, items, err);
    dki_pieces_drop(&writing->pieces);
    for (size_t i = 0; i < BATCH; i++) {
        dki_joint_drop(&writing->joints[0][i]);
        dki_joint_drop(&writing->joints[1][i]);
    }
    for (size_t i = 0; i < n; i++)
        dk_column_release(narrowed[i]);
    dki_free(segment->context, writing);
    dki_free(segment->context, narrowed);
    dki_free(segment->context, items);
    dki_free(segment->context, flat);
    return status == DK_OK ? put_tables(directory, segment, table, options, depth, err) : status;
}

static dk_status put_table(dki_buffer *directory, dki_segment *segment, const char *record, const dk_table *table,
                           const char *const *by, size_t n_by, const dk_snapshot_options *options, unsigned depth,
                           dk_error *err)
{
    size_t start;
    dk_status status = dki_put_record(directory, record, DKI_RECORD_OPTIONAL, &start, err);

    if (status == DK_OK && by)
        status = dki_put_u64(directory, n_by, err);
    for (size_t k = 0; k < n_by && status == DK_OK; k++)
        status = dki_put_text(directory, by[k], err);
    if (status == DK_OK)
        status = write_table(directory, segment, table, NULL, options, depth, err);
    if (status == DK_OK)
        dki_end_record(directory, start);
    return status;
}

/* A record for each table that is attached: by which columns, then a directory of its own; and one for the table that this one
 * was made of. What is appended has what the file has. */
static dk_status put_tables(dki_buffer *directory, dki_segment *segment, const dk_table *table,
                            const dk_snapshot_options *options, unsigned depth, dk_error *err)
{
    const dk_properties *properties = &table->properties;
    dk_status status = DK_OK;

    if (depth == 0 && segment->before > 0)
        return DK_OK;
    if ((properties->n_attached > 0 || properties->whole) && depth == DKI_MOST_NESTED) {
        (void)dki_fail(err, DK_ERR_LIMIT, "tables are attached to tables that are attached, more than %u deep",
                       DKI_MOST_NESTED);
        dki_hint(err, "take those of the inner ones away: t:attach(dk.null)");
        return DK_ERR_LIMIT;
    }
    for (size_t i = 0; i < properties->n_attached && status == DK_OK; i++) {
        const dk_attachment *attachment = &properties->attached[i];

        status = put_table(directory, segment, "attached", attachment->table, attachment->by, attachment->n_by,
                           options, depth + 1, err);
    }
    if (status == DK_OK && properties->whole)
        status = put_table(directory, segment, "whole", properties->whole, NULL, 0, options, depth + 1, err);
    if (status == DK_OK && properties->behind && depth == 0) /* of what is attached nobody explains cells */
        status = put_table(directory, segment, "behind", properties->behind, NULL, 0, options, depth + 1, err);
    return status;
}

dk_status dki_segment_write(dki_segment *segment, const dk_table *table, const size_t *n_known,
                            const dk_snapshot_options *options, dki_footer *footer, dk_error *err)
{
    dki_buffer directory;
    dk_status status;

    dki_buffer_init(&directory, segment->context);
    status = write_table(&directory, segment, table, n_known, options, 0, err);
    if (status == DK_OK) {
        *footer = (dki_footer){ .generation = segment->generation,
                                .offset = segment->at,
                                .size = directory.size,
                                .hash = dki_checksum(directory.bytes, directory.size),
                                .before = segment->before };
        footer->identity = segment->identity ? segment->identity : footer->hash;
        status = dki_segment_put(segment, segment->at, directory.bytes, directory.size, err);
        segment->at += DKI_ALIGNED(directory.size);
    }
    dki_buffer_drop(&directory);
    return status;
}
