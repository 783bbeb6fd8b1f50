/* snapshot_write.c - a table as a segment: its chunks as blocks, then the directory.
 *
 * Chunks are written as they lie in memory. Rows of a chunk that the table does not have whole (a slice) are put into
 * chunks of their own first. Chunks go in batches: their blocks are hashed, and compressed where that is asked for, side
 * by side; get their places one after the other, so that the file does not depend on threads; and are written side by
 * side.
 *
 * Invariants: bits past the last row are written as zeros; the same table gives the same bytes.
 */
#include "snapshot_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "checksum.h"
#include "column_parts.h"
#include "table_parts.h"

#define BATCH 32 /* chunks; at most 64 MiB of text each, mostly under 2 MiB */
#define MAX_LEVEL 19

dk_status dki_segment_put(const dki_segment *segment, uint64_t offset, const void *bytes, size_t size,
                          dk_error *err)
{
    static const char zeros[DKI_BLOCK_ALIGN] = { 0 };
    size_t padded = DKI_ALIGNED(size), done = 0;

    while (done < padded) {
        struct iovec pieces[2];
        int n = 0;
        ssize_t put;

        if (done < size)
            pieces[n++] = (struct iovec){ (char *)(uintptr_t)bytes + done, size - done };
        if (padded > size)
            pieces[n++] = (struct iovec){ (char *)(uintptr_t)zeros, padded - (done > size ? done : size) };
        put = pwritev(segment->fd, pieces, n, (off_t)(offset + done));
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            dki_fail(err, DK_ERR_IO, "cannot write it: %s", strerror(put < 0 ? errno : ENOSPC));
            dki_at(err, segment->path, 0, 0);
            return DK_ERR_IO;
        }
        done += (size_t)put;
    }
    return DK_OK;
}

/* Chunks to write ---------------------------------------------------------------------------------------------------- */

/* A chunk and what becomes of it. */
struct item {
    dki_chunk *chunk; /* retained */
    dki_stored_form form;
    bool compress;
    bool is_held;
    void *owned[DKI_N_BLOCKS]; /* a block that is not the chunk's own memory; else NULL */
};

struct writing {
    dki_segment *segment;
    dk_context *context;
    int level;
    struct item *items;
    size_t n, capacity;
    size_t first; /* of the batch */
};

static dk_status add_chunk(struct writing *writing, const dk_column *column, dki_chunk *chunk, bool compress,
                           dk_error *err)
{
    struct item *item;
    dk_status status = dki_grow(writing->context, (void **)&writing->items, &writing->capacity, writing->n + 1,
                                sizeof *writing->items, err);

    if (status != DK_OK)
        return status;
    item = &writing->items[writing->n++];
    memset(item, 0, sizeof *item);
    item->chunk = dki_chunk_retain(chunk);
    item->compress = compress;
    item->form.type = dk_column_type(column);
    item->form.scale = dk_column_scale(column);
    item->form.storage = chunk->storage;
    item->form.constant = chunk->constant;
    item->form.n_rows = chunk->n_rows;
    item->form.facts = chunk->facts;
    return DK_OK;
}

static bool is_whole(const dki_part *part)
{
    return part->offset == 0 && part->n_rows == part->chunk->n_rows;
}

/* Puts rows of a column into chunks of their own, which are added. */
static dk_status add_rows(struct writing *writing, const dk_column *column, uint64_t row, uint64_t n, bool compress,
                          dk_error *err)
{
    dk_builder *builder = NULL;
    const dk_column *copy = NULL;
    dk_view view;
    dk_status status = dk_builder_new(writing->context, column->type, column->scale, column->levels, &builder, err);

    dk_view_init(&view, writing->context);
    for (uint64_t end = row + n; row < end && status == DK_OK; row += view.n) {
        status = dki_poll(writing->context, err);
        if (status == DK_OK)
            status = dk_column_view(column, row, end - row < DK_BLOCK_ROWS ? (size_t)(end - row) : DK_BLOCK_ROWS,
                                    &view, err);
        if (status == DK_OK)
            status = dk_builder_view(builder, &view, err);
    }
    dk_view_release(&view);
    if (status == DK_OK)
        status = dk_builder_finish(builder, &copy, err);
    for (size_t i = 0; status == DK_OK && i < copy->n_parts; i++)
        status = add_chunk(writing, column, copy->parts[i].chunk, compress, err);
    dk_column_release(copy);
    dk_builder_release(builder);
    return status;
}

/* Rows of a constant chunk are the same chunk with another length. */
static dk_status add_constant(struct writing *writing, const dk_column *column, const dki_part *part, bool compress,
                              dk_error *err)
{
    dk_status status = add_chunk(writing, column, part->chunk, compress, err);

    if (status == DK_OK) {
        dki_stored_form *form = &writing->items[writing->n - 1].form;

        form->n_rows = part->n_rows;
        form->facts.n_nulls = form->facts.n_nulls > 0 ? part->n_rows : 0;
    }
    return status;
}

static dk_status add_column(struct writing *writing, const dk_column *column, bool compress, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < column->n_parts && status == DK_OK;) {
        const dki_part *part = &column->parts[i];
        uint64_t n = 0;

        if (part->chunk->constant && part->n_rows > 0) {
            status = add_constant(writing, column, part, compress, err);
            i++;
        } else if (is_whole(part)) {
            status = add_chunk(writing, column, part->chunk, compress, err);
            i++;
        } else {
            for (; i < column->n_parts && !is_whole(&column->parts[i]) && !column->parts[i].chunk->constant; i++)
                n += column->parts[i].n_rows;
            status = add_rows(writing, column, part->start, n, compress, err);
        }
    }
    return status;
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

/* Blocks ------------------------------------------------------------------------------------------------------------- */

static const void *block_memory(const struct item *item, size_t which)
{
    if (item->owned[which])
        return item->owned[which];
    return which == DKI_BLOCK_VALUES  ? item->chunk->values
           : which == DKI_BLOCK_VALID ? (const void *)item->chunk->valid
                                      : item->chunk->bytes;
}

/* Bits past the last row are unspecified in memory (nor even set), and zeros in a file. */
static dk_status settle_bits(struct writing *writing, struct item *item, size_t which, size_t n, dk_error *err)
{
    size_t n_words = dki_bit_words(n);
    uint64_t *copy;

    if (n % 64 == 0)
        return DK_OK;
    copy = dki_alloc_wide(writing->context, n_words * sizeof *copy, err);
    if (copy == NULL)
        return DK_ERR_MEMORY;
    memcpy(copy, block_memory(item, which), n_words * sizeof *copy);
    copy[n_words - 1] &= dki_bit_tail(n);
    item->owned[which] = copy;
    return DK_OK;
}

static dk_status encode_block(struct writing *writing, struct item *item, size_t which, dk_error *err)
{
    dki_block *block = &item->form.blocks[which];
    void *packed = NULL;
    size_t size = 0;
    dk_status status = DK_OK;

    block->stored_bytes = block->bytes;
    if (block->bytes == 0)
        return DK_OK;
    if (item->compress)
        status = dki_zstd_compress(writing->context, block_memory(item, which), (size_t)block->bytes,
                                   writing->level, &packed, &size, err);
    if (status != DK_OK)
        return status;
    if (packed) {
        dki_free(writing->context, item->owned[which]);
        item->owned[which] = packed;
        block->stored_bytes = size;
        block->compressed = true;
    }
    block->hash = dki_checksum(block_memory(item, which), (size_t)block->stored_bytes);
    return DK_OK;
}

static dk_status encode_item(struct writing *writing, struct item *item, dk_error *err)
{
    dki_stored_form *form = &item->form;
    size_t n = form->constant ? 1 : (size_t)form->n_rows;
    bool has_bitmap = form->facts.n_nulls > 0 && form->type != DK_CATEGORY;
    dk_status status = dki_chunk_hold(item->chunk, err);

    if (status != DK_OK)
        return status;
    item->is_held = true;
    form->blocks[DKI_BLOCK_VALUES].bytes = dki_storage_bytes(form->storage, n);
    if (has_bitmap)
        form->blocks[DKI_BLOCK_VALID].bytes = dki_storage_bytes(DK_STORE_BITS, n);
    if (form->storage == DK_STORE_TEXT)
        form->blocks[DKI_BLOCK_BYTES].bytes = ((const uint32_t *)item->chunk->values)[n];
    if (form->storage == DK_STORE_BITS)
        status = settle_bits(writing, item, DKI_BLOCK_VALUES, n, err);
    if (has_bitmap && status == DK_OK)
        status = settle_bits(writing, item, DKI_BLOCK_VALID, n, err);
    for (size_t i = 0; i < DKI_N_BLOCKS && status == DK_OK; i++)
        status = encode_block(writing, item, i, err);
    return status;
}

static dk_status encode_items(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct writing *writing = arg;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; i < end && status == DK_OK; i++)
        status = encode_item(writing, &writing->items[writing->first + i], err);
    return status;
}

static void place_blocks(struct writing *writing, struct item *item)
{
    for (size_t i = 0; i < DKI_N_BLOCKS; i++) {
        dki_block *block = &item->form.blocks[i];

        if (block->stored_bytes == 0)
            continue;
        block->offset = writing->segment->at;
        writing->segment->at += DKI_ALIGNED(block->stored_bytes);
    }
}

static dk_status write_items(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct writing *writing = arg;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; i < end; i++) {
        const struct item *item = &writing->items[writing->first + i];

        for (size_t k = 0; k < DKI_N_BLOCKS && status == DK_OK; k++)
            if (item->form.blocks[k].stored_bytes > 0)
                status = dki_segment_put(writing->segment, item->form.blocks[k].offset, block_memory(item, k),
                                         (size_t)item->form.blocks[k].stored_bytes, err);
    }
    return status;
}

static void drop_memory(struct writing *writing, struct item *item)
{
    if (item->is_held)
        dki_chunk_let(item->chunk);
    item->is_held = false;
    for (size_t i = 0; i < DKI_N_BLOCKS; i++) {
        dki_free(writing->context, item->owned[i]);
        item->owned[i] = NULL;
    }
}

static dk_status write_batch(struct writing *writing, size_t n, dk_error *err)
{
    uint64_t from = writing->segment->at;
    dk_status status = dki_parallel(writing->context, n, 1, encode_items, writing, err);

    for (size_t i = 0; i < n && status == DK_OK; i++)
        place_blocks(writing, &writing->items[writing->first + i]);
    if (status == DK_OK)
        status = dki_parallel(writing->context, n, 1, write_items, writing, err);
    for (size_t i = 0; i < n; i++)
        drop_memory(writing, &writing->items[writing->first + i]);
    if (status == DK_OK) /* the disk begins while the next batch is made; nothing depends on it */
        (void)sync_file_range(writing->segment->fd, (off_t)from, (off_t)(writing->segment->at - from),
                              SYNC_FILE_RANGE_WRITE);
    return status;
}

/* The directory ------------------------------------------------------------------------------------------------------ */

/* What a field of the table is written as: levels, and chunks, as numbers of items. */
struct column_items {
    size_t levels, chunks, end;
};

static dk_status put_column(dki_buffer *directory, const struct writing *writing, const dk_field *field,
                            bool is_margin, size_t n_known, const struct column_items *items, dk_error *err)
{
    const dk_column *column = field->column;
    bool is_declared = column->levels && dk_dictionary_is_declared(column->levels);
    size_t start;
    dk_status status = dki_put_record(directory, "column", 0, &start, err);

    if (status == DK_OK)
        status = dki_put_text(directory, field->name, err);
    if (status == DK_OK)
        status = dki_put_text(directory, dk_type_name(column->type), err);
    if (status == DK_OK)
        status = dki_put_u64(directory, column->scale, err);
    if (status == DK_OK)
        status = dki_put_u64(directory, (uint64_t)(field->margin_bit + 1), err);
    if (status == DK_OK)
        status = dki_put_u64(directory,
                             (is_margin ? DKI_COLUMN_MARGIN : 0) | (is_declared ? DKI_COLUMN_DECLARED : 0), err);
    if (status == DK_OK)
        status = dki_put_text(directory, field->label, err);
    if (status == DK_OK)
        status = dki_put_text(directory, field->format, err);
    if (status == DK_OK)
        status = dki_put_u64(directory, n_known, err);
    if (status == DK_OK)
        status = dki_put_u64(directory, items->chunks - items->levels, err);
    for (size_t i = items->levels; i < items->end && status == DK_OK; i++) {
        if (i == items->chunks)
            status = dki_put_u64(directory, items->end - items->chunks, err);
        if (status == DK_OK)
            status = dki_put_chunk(directory, &writing->items[i].form, err);
    }
    if (status == DK_OK && items->chunks == items->end)
        status = dki_put_u64(directory, 0, err);
    if (status == DK_OK)
        dki_end_record(directory, start);
    return status;
}

static dk_status put_texts(dki_buffer *directory, const char *record, const char *first, const char *second,
                           dk_error *err)
{
    size_t start;
    dk_status status;

    if (first == NULL)
        return DK_OK;
    status = dki_put_record(directory, record, 0, &start, err);
    if (status == DK_OK)
        status = dki_put_text(directory, first, err);
    if (status == DK_OK && second)
        status = dki_put_text(directory, second, err);
    if (status == DK_OK)
        dki_end_record(directory, start);
    return status;
}

static dk_status put_properties(dki_buffer *directory, const dk_table *table, dk_error *err)
{
    const dk_properties *properties = &table->properties;
    const char *const texts[][2] = { { "name", properties->name },   { "source", properties->source },
                                     { "unit", properties->unit },   { "weight", properties->weight },
                                     { "as_of", properties->as_of }, { "published", properties->published } };
    dk_status status = DK_OK;

    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == DK_OK; i++)
        if (texts[i][1])
            status = put_texts(directory, "property", texts[i][0], texts[i][1], err);
    for (size_t i = 0; i < properties->n_key && status == DK_OK; i++)
        status = put_texts(directory, "property", "key", properties->key[i], err);
    for (size_t i = 0; i < table->n_notes && status == DK_OK; i++)
        status = put_texts(directory, "note", table->notes[i], NULL, err);
    return status;
}

static dk_status put_directory(dki_buffer *directory, const struct writing *writing, const dk_table *table,
                               const size_t *n_known, const struct column_items *items, dk_error *err)
{
    size_t start;
    dk_status status = dki_put_record(directory, "table", 0, &start, err);

    if (status == DK_OK)
        status = dki_put_u64(directory, table->n_rows, err);
    if (status == DK_OK) {
        dki_end_record(directory, start);
        status = put_properties(directory, table, err);
    }
    for (size_t i = 0; i < table->n_fields && status == DK_OK; i++)
        status = put_column(directory, writing, &table->fields[i], false, n_known ? n_known[i] : 0, &items[i], err);
    if (status == DK_OK && table->margin) {
        dk_field margin = DK_FIELD("", table->margin);

        status = put_column(directory, writing, &margin, true, 0, &items[table->n_fields], err);
    }
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

/* All chunks of a field, behind those of the levels that the file lacks. */
static dk_status add_field(struct writing *writing, const dk_field *field, size_t n_known, bool compress,
                           struct column_items *items, dk_error *err)
{
    const dk_column *levels = NULL;
    dk_status status = DK_OK;

    items->levels = writing->n;
    if (field->column->levels)
        status = make_levels(writing->context, field->column->levels, n_known, &levels, err);
    if (status == DK_OK && levels)
        status = add_column(writing, levels, compress, err);
    items->chunks = writing->n;
    if (status == DK_OK)
        status = add_column(writing, field->column, compress, err);
    items->end = writing->n;
    dk_column_release(levels);
    return status;
}

dk_status dki_segment_write(dki_segment *segment, const dk_table *table, const size_t *n_known,
                            const dk_snapshot_options *options, dki_footer *footer, dk_error *err)
{
    struct writing writing = { .segment = segment, .context = segment->context };
    struct column_items *items = dki_calloc(segment->context, table->n_fields + 1, sizeof *items, err);
    dki_buffer directory;
    dk_status status = items ? DK_OK : DK_ERR_MEMORY;

    writing.level = options && options->level > 0 ? options->level : 3;
    dki_buffer_init(&directory, segment->context);
    for (size_t i = 0; i < table->n_fields && status == DK_OK; i++)
        status = add_field(&writing, &table->fields[i], n_known ? n_known[i] : 0,
                           is_compressed(options, table->fields[i].name), &items[i], err);
    if (status == DK_OK && table->margin) {
        dk_field margin = DK_FIELD("", table->margin);

        status = add_field(&writing, &margin, 0, options && options->compress, &items[table->n_fields], err);
    }
    for (; writing.first < writing.n && status == DK_OK; writing.first += BATCH) {
        dki_progress(segment->context, "saving", writing.first, writing.n);
        status = write_batch(&writing, writing.n - writing.first < BATCH ? writing.n - writing.first : BATCH, err);
    }
    dki_progress_end(segment->context);
    if (status == DK_OK)
        status = put_directory(&directory, &writing, table, n_known, items, err);
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
    for (size_t i = 0; i < writing.n; i++) {
        drop_memory(&writing, &writing.items[i]);
        dki_chunk_release(writing.items[i].chunk);
    }
    dki_free(segment->context, writing.items);
    dki_free(segment->context, items);
    dki_buffer_drop(&directory);
    return status;
}
