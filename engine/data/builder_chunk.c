/* builder_chunk.c - the open chunk of a builder: room for rows, and closing it in the narrowest storage.
 *
 * A chunk whose rows are all equal, or all null, is kept as one row. Rows wait in the widest storage of their type, so
 * that memory beyond what is closed stays under DKI_CHUNK_ROWS rows and CHUNK_TEXT_BYTES and one text of bytes.
 *
 * Cost: closing is two passes over the rows, one to find bounds and one to copy.
 */
#include "builder.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "column_parts.h"

#define CHUNK_TEXT_BYTES ((size_t)64 << 20)

/* Bits behind the last row belong to words that are read as a whole. */
static void clear_bits(uint64_t *bits, size_t from, size_t to)
{
    memset(bits + dki_bit_words(from), 0, (dki_bit_words(to) - dki_bit_words(from)) * sizeof *bits);
}

/* Gives the open chunk room for so many rows, a multiple of 64, which are more than it has room for. */
static dk_status widen(dk_builder *builder, size_t capacity, dk_error *err)
{
    dk_status status =
        dki_resize(builder->context, &builder->values, dki_storage_bytes(dki_widest(builder->type), capacity), err);

    if (status == DK_OK)
        status =
            dki_resize(builder->context, (void **)&builder->valid, dki_bit_words(capacity) * sizeof(uint64_t), err);
    if (status != DK_OK)
        return status;
    clear_bits(builder->valid, builder->capacity, capacity);
    if (builder->type == DK_BOOLEAN)
        clear_bits(builder->values, builder->capacity, capacity);
    builder->capacity = capacity;
    return DK_OK;
}

dk_status dki_builder_expect(dk_builder *builder, uint64_t n, dk_error *err)
{
    size_t capacity = n < DKI_CHUNK_ROWS ? ((size_t)n + 63) & ~(size_t)63 : DKI_CHUNK_ROWS;

    return builder->interval || capacity <= builder->capacity ? DK_OK : widen(builder, capacity, err);
}

dk_status dki_builder_room(dk_builder *builder, size_t *room, dk_error *err)
{
    dk_status status;

    if (builder->n == DKI_CHUNK_ROWS || builder->n_bytes >= CHUNK_TEXT_BYTES) {
        status = dki_builder_close_chunk(builder, err);
        if (status != DK_OK)
            return status;
    }
    if (builder->n == builder->capacity) {
        size_t larger = builder->capacity == 0 ? 64 : builder->capacity * 2;

        status = widen(builder, larger < DKI_CHUNK_ROWS ? larger : DKI_CHUNK_ROWS, err);
        if (status != DK_OK)
            return status;
    }
    if (builder->type == DK_TEXT && builder->n == 0)
        ((uint32_t *)builder->values)[0] = 0;
    *room = builder->capacity - builder->n;
    return DK_OK;
}

void dki_builder_count(dk_builder *builder, size_t n, bool known)
{
    for (size_t i = builder->n; i < builder->n + n;) {
        if (i % 64 == 0 && builder->n + n - i >= 64) {
            builder->valid[i / 64] = known ? ~UINT64_C(0) : 0;
            i += 64;
        } else {
            dki_bit_put(builder->valid, i, known);
            i++;
        }
    }
    builder->n_nulls += known ? 0 : n;
    builder->n += n;
}

/* Closing ----------------------------------------------------------------------------------------------------------- */

static bool rows_are_equal(const dk_builder *builder)
{
    size_t n = builder->n;
    dk_storage storage = dki_widest(builder->type);

    if (builder->n_nulls == n)
        return true;
    if (builder->n_nulls > 0)
        return false;
    if (storage == DK_STORE_BITS) {
        size_t ones = dki_bits_count(builder->values, n);

        return ones == 0 || ones == n;
    }
    if (storage == DK_STORE_TEXT) {
        const uint32_t *offsets = builder->values;
        uint32_t size = offsets[1];

        for (size_t i = 1; i < n; i++)
            if (offsets[i + 1] - offsets[i] != size ||
                (size > 0 && memcmp(builder->bytes + offsets[i], builder->bytes, size) != 0))
                return false;
        return true;
    }
    /* Each is equal to the next. No storage has padding, and reals have one zero. */
    return memcmp(builder->values, (const char *)builder->values + dki_storage_width(storage),
                  dki_storage_width(storage) * (n - 1)) == 0;
}

static dki_column_facts find_facts(const dk_builder *builder)
{
    dki_column_facts facts = { builder->n_nulls, false, INT64_MAX, INT64_MIN };
    const int64_t *values = builder->values;

    if (dki_widest(builder->type) != DK_STORE_I64 || builder->n_nulls == builder->n)
        return (dki_column_facts){ builder->n_nulls, false, 0, 0 };
    facts.has_bounds = true;
    for (size_t i = 0; i < builder->n; i++) {
        if (builder->n_nulls > 0 && !dki_bit(builder->valid, i))
            continue;
        facts.least = values[i] < facts.least ? values[i] : facts.least;
        facts.greatest = values[i] > facts.greatest ? values[i] : facts.greatest;
    }
    return facts;
}

/* The narrowest storage that holds all rows of the open chunk; the 0 of a null row fits anywhere. */
static dk_storage narrowest(const dk_builder *builder, const dki_column_facts *facts)
{
    dk_storage storage = dki_widest(builder->type);

    if (storage == DK_STORE_I64) {
        return facts->has_bounds ? dki_narrowest(facts->least, facts->greatest) : DK_STORE_I8;
    } else if (storage == DK_STORE_U32) {
        const uint32_t *codes = builder->values;
        uint32_t greatest = 0;

        for (size_t i = 0; i < builder->n; i++)
            greatest = codes[i] > greatest ? codes[i] : greatest;
        if (greatest <= UINT8_MAX)
            return DK_STORE_U8;
        if (greatest <= UINT16_MAX)
            return DK_STORE_U16;
    }
    return storage;
}

#define NARROW(from_type, to_type)                \
    do {                                          \
        const from_type *from_ = builder->values; \
        to_type *to_ = chunk->values;             \
        for (size_t i_ = 0; i_ < n; i_++)         \
            to_[i_] = (to_type)from_[i_];         \
    } while (0)

static void copy_values(const dk_builder *builder, size_t n, dki_chunk *chunk)
{
    switch (chunk->storage) {
    case DK_STORE_I8: NARROW(int64_t, int8_t); break;
    case DK_STORE_I16: NARROW(int64_t, int16_t); break;
    case DK_STORE_I32: NARROW(int64_t, int32_t); break;
    case DK_STORE_U8: NARROW(uint32_t, uint8_t); break;
    case DK_STORE_U16: NARROW(uint32_t, uint16_t); break;
    default: memcpy(chunk->values, builder->values, dki_storage_bytes(chunk->storage, n));
    }
}

/* Copies the open chunk's first n rows into a chunk's own memory. */
static dk_status fill_chunk(const dk_builder *builder, size_t n, dki_chunk *chunk, dk_error *err)
{
    dk_context *context = builder->context;
    size_t bytes = dki_storage_bytes(chunk->storage, n);

    chunk->values = dki_alloc_wide(context, bytes, err);
    if (chunk->values == NULL)
        return DK_ERR_MEMORY;
    copy_values(builder, n, chunk);
    chunk->heap_bytes = sizeof *chunk + bytes;
    if (chunk->storage == DK_STORE_TEXT) {
        size_t text_bytes = ((const uint32_t *)builder->values)[n];

        chunk->bytes = dki_alloc(context, text_bytes, err);
        if (chunk->bytes == NULL)
            return DK_ERR_MEMORY;
        if (text_bytes > 0)
            memcpy(chunk->bytes, builder->bytes, text_bytes);
        chunk->heap_bytes += text_bytes;
    }
    if (builder->n_nulls > 0 && builder->type != DK_CATEGORY) {
        bytes = dki_storage_bytes(DK_STORE_BITS, n);
        chunk->valid = dki_alloc_wide(context, bytes, err);
        if (chunk->valid == NULL)
            return DK_ERR_MEMORY;
        memcpy(chunk->valid, builder->valid, bytes);
        chunk->heap_bytes += bytes;
    }
    return DK_OK;
}

dk_status dki_builder_close_chunk(dk_builder *builder, dk_error *err)
{
    dki_chunk *chunk;
    dk_status status;

    if (builder->n == 0)
        return DK_OK;
    status = dki_grow(builder->context, (void **)&builder->parts, &builder->parts_capacity, builder->n_parts + 1,
                      sizeof *builder->parts, err);
    if (status != DK_OK)
        return status;
    chunk = dki_calloc(builder->context, 1, sizeof *chunk, err);
    if (chunk == NULL)
        return DK_ERR_MEMORY;
    atomic_init(&chunk->n_references, 1);
    chunk->context = dk_context_retain(builder->context);
    chunk->n_rows = builder->n;
    chunk->facts = find_facts(builder);
    chunk->storage = narrowest(builder, &chunk->facts);
    chunk->constant = rows_are_equal(builder);
    status = fill_chunk(builder, chunk->constant ? 1 : builder->n, chunk, err);
    if (status == DK_OK)
        status = dki_chunk_find_runs(chunk, err);
    if (status != DK_OK) {
        dki_chunk_release(chunk);
        return status;
    }
    builder->parts[builder->n_parts++] = (dki_part){ chunk, 0, 0, builder->n };
    builder->n_closed += builder->n;
    builder->n = 0;
    builder->n_nulls = 0;
    builder->n_bytes = 0;
    return DK_OK;
}

dk_status dki_builder_stretch(dk_builder *builder, uint64_t n, dk_error *err)
{
    dki_part *part;
    dk_status status = dki_builder_close_chunk(builder, err);

    if (status != DK_OK) {
        builder->n = 0;
        builder->n_nulls = 0;
        builder->n_bytes = 0;
        return status;
    }
    part = &builder->parts[builder->n_parts - 1];
    part->n_rows = n;
    part->chunk->n_rows = n;
    part->chunk->facts.n_nulls = part->chunk->facts.n_nulls > 0 ? n : 0;
    builder->n_closed += n - 1;
    return DK_OK;
}
