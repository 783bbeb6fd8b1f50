/* column_made.c - a column of chunks that somebody else has filled: for readers that make whole chunks at once.
 *
 * Chunks of less than a block of views are joined: readers of wide tables make them of few rows.
 *
 * Invariants: those of builder.c, for which the maker answers.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "builder.h"
#include "chunk.h"
#include "column_parts.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3") /* vectors, also where the tree is compiled with -O2; clang needs no telling */
#endif

#define MOST_JOINED_BYTES ((size_t)1 << 20) /* since both are there for a moment */

static void count_bytes(dki_chunk *chunk)
{
    size_t n = chunk->constant ? 1 : (size_t)chunk->n_rows;

    chunk->heap_bytes = sizeof *chunk + dki_storage_bytes(chunk->storage, n);
    if (chunk->storage == DK_STORE_TEXT)
        chunk->heap_bytes += ((const uint32_t *)chunk->values)[n];
    if (chunk->valid)
        chunk->heap_bytes += dki_bit_words(n) * sizeof(uint64_t);
}

/* A chunk of what was made, which is given where there was memory for the chunk. */
static dki_chunk *take_chunk(dk_context *context, dki_made_chunk *made, dk_error *err)
{
    dki_chunk *chunk = dki_calloc(context, 1, sizeof *chunk, err);

    if (chunk == NULL)
        return NULL;
    atomic_init(&chunk->n_references, 1);
    chunk->context = dk_context_retain(context);
    chunk->storage = made->storage;
    chunk->constant = made->constant;
    chunk->n_rows = made->n_rows;
    chunk->facts = (dki_column_facts){
        .n_nulls = made->n_nulls, .has_bounds = made->has_bounds, .least = made->least, .greatest = made->greatest
    };
    chunk->values = made->values;
    chunk->valid = made->valid;
    chunk->bytes = made->bytes;
    count_bytes(chunk);
    memset(made, 0, sizeof *made); /* the chunk's now */
    if (dki_chunk_find_runs(chunk, err) == DK_OK)
        return chunk;
    dki_chunk_release(chunk);
    return NULL;
}

void dki_made_drop(dk_context *context, dki_made_chunk *made)
{
    dki_free(context, made->values);
    dki_free(context, made->valid);
    dki_free(context, made->bytes);
    memset(made, 0, sizeof *made);
}

/* How many parts from the first one on are to be one chunk. Where each has one value for all of its rows they stay. */
static size_t count_small(const dki_part *parts, size_t n)
{
    size_t i = 0, n_bytes = 0, n_constant = 0;
    uint64_t n_rows = 0;

    for (; i < n && parts[i].n_rows < DK_BLOCK_ROWS; i++) {
        n_bytes += parts[i].chunk->heap_bytes;
        n_rows += parts[i].n_rows;
        if (n_bytes > MOST_JOINED_BYTES || n_rows > DKI_CHUNK_ROWS)
            break;
        n_constant += parts[i].chunk->constant;
    }
    return i > n_constant && i > 1 ? i : 1;
}

/* Joins small parts; *n is how many there are then. On failure those that are there are a column all the same. */
static dk_status join_small(dk_context *context, dk_type type, dki_part *parts, size_t *n, dk_error *err)
{
    size_t n_left = 0;
    dk_status status = DK_OK;

    for (size_t i = 0, k; i < *n; i += k) {
        dki_part part = parts[i];
        dki_joint joint = { .chunk = NULL };

        k = status == DK_OK ? count_small(parts + i, *n - i) : 1;
        if (k > 1) {
            status = dki_chunk_join(context, type, parts + i, k, &joint, err);
            if (status != DK_OK) {
                dki_joint_drop(&joint);
                k = 1;
            }
        }
        if (k > 1) {
            for (size_t j = 0; j < k; j++)
                dki_chunk_release(parts[i + j].chunk);
            part = (dki_part){ .chunk = joint.chunk, .n_rows = joint.chunk->n_rows };
            if (part.chunk->n_runs == 0) /* else they are counted */
                count_bytes(part.chunk);
        }
        parts[n_left++] = part;
    }
    *n = n_left;
    return status;
}

dk_status dki_column_of_made(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                             dki_made_chunk *made, size_t n, const dk_column **out, dk_error *err)
{
    dki_part one, *parts = n > 1 ? dki_alloc_array(context, n, sizeof *parts, err) : &one;
    size_t n_parts = 0;
    dk_status status = parts ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        dki_chunk *chunk;

        if (made[i].n_rows == 0)
            continue;
        chunk = take_chunk(context, &made[i], err);
        if (chunk)
            parts[n_parts++] = (dki_part){ .chunk = chunk, .n_rows = chunk->n_rows };
        else
            status = DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = join_small(context, type, parts, &n_parts, err);
    if (status == DK_OK) {
        status = dki_column_of_parts(context, type, scale, levels, parts, n_parts, out, err);
    } else {
        for (size_t i = 0; i < n_parts; i++)
            dki_chunk_release(parts[i].chunk);
    }
    for (size_t i = 0; i < n; i++)
        dki_made_drop(context, &made[i]);
    if (parts != &one)
        dki_free(context, parts);
    return status;
}

/* Arrays as chunks. -------------------------------------------------------------------------------------------------- */

/* to[i] = from[i] + base */
#define MOVE(to_type, from_type)                                     \
    do {                                                             \
        const from_type *from_ = from;                               \
        to_type *to_ = made->values;                                 \
        for (size_t i_ = 0; i_ < n; i_++)                            \
            to_[i_] = (to_type)((to_type)from_[i_] + (to_type)base); \
    } while (0)

#define MOVE_TO(to_type)                    \
    switch (bytes) {                        \
    case 1: MOVE(to_type, uint8_t); break;  \
    case 2: MOVE(to_type, uint16_t); break; \
    case 4: MOVE(to_type, uint32_t); break; \
    default: MOVE(to_type, uint64_t);       \
    }

/* Fills a chunk whose storage and number of rows are known with what stands in numbers of 1, 2, 4 or 8 bytes. */
static dk_status fill_chunk(dk_context *context, dki_made_chunk *made, const void *from, unsigned bytes,
                            uint64_t base, dk_error *err)
{
    size_t n = made->constant ? 1 : (size_t)made->n_rows;

    made->values = dki_alloc_wide(context, dki_storage_bytes(made->storage, n), err);
    if (made->values == NULL)
        return DK_ERR_MEMORY;
    switch (dki_storage_width(made->storage)) { /* signs are those of two's complement */
    case 1: MOVE_TO(uint8_t); break;
    case 2: MOVE_TO(uint16_t); break;
    case 4: MOVE_TO(uint32_t); break;
    default: MOVE_TO(uint64_t);
    }
    return DK_OK;
}

#define FIND_BOUNDS(type, least, greatest)                             \
    do {                                                               \
        const type *from_ = from;                                      \
        type least_ = from_[0], greatest_ = from_[0];                  \
        for (size_t i_ = 1; i_ < n; i_++) {                            \
            least_ = from_[i_] < least_ ? from_[i_] : least_;          \
            greatest_ = from_[i_] > greatest_ ? from_[i_] : greatest_; \
        }                                                              \
        (least) = least_;                                              \
        (greatest) = greatest_;                                        \
    } while (0)

static void find_bounds(const void *from, size_t n, int64_t *least, int64_t *greatest)
{
    const uint64_t *values = from;
    uint64_t beyond = 0;

    for (size_t i = 0; i < n; i++)
        beyond |= (values[i] + (UINT64_C(1) << 31)) >> 32;
    if (beyond) {
        FIND_BOUNDS(int64_t, *least, *greatest);
        return;
    }
    *least = *greatest = (int32_t)values[0];
    for (size_t i = 0; i < n; i += DK_BLOCK_ROWS) { /* speed: vectors have no least of two numbers of 64 bits */
        int32_t some[DK_BLOCK_ROWS], low = INT32_MAX, high = INT32_MIN;
        size_t n_some = n - i < DK_BLOCK_ROWS ? n - i : DK_BLOCK_ROWS;

        for (size_t k = 0; k < n_some; k++)
            some[k] = (int32_t)values[i + k];
        for (size_t k = 0; k < n_some; k++) {
            low = some[k] < low ? some[k] : low;
            high = some[k] > high ? some[k] : high;
        }
        *least = low < *least ? low : *least;
        *greatest = high > *greatest ? high : *greatest;
    }
}

static dk_status integers_chunk(dk_context *context, const int64_t *values, size_t n, dki_made_chunk *made,
                                dk_error *err)
{
    int64_t least, greatest;

    find_bounds(values, n, &least, &greatest);
    *made = (dki_made_chunk){ .storage = dki_narrowest(least, greatest),
                              .constant = least == greatest,
                              .has_bounds = true,
                              .n_rows = n,
                              .least = least,
                              .greatest = greatest };
    return fill_chunk(context, made, values, sizeof *values, 0, err);
}

/* Codes of 1, 2 or 4 bytes: of a category, or distances from base. */
static dk_status codes_chunk(dk_context *context, bool levels, const void *from, unsigned bytes, size_t n,
                             int64_t base, dki_made_chunk *made, dk_error *err)
{
    uint32_t least, greatest;

    switch (bytes) {
    case 1: FIND_BOUNDS(uint8_t, least, greatest); break;
    case 2: FIND_BOUNDS(uint16_t, least, greatest); break;
    default: FIND_BOUNDS(uint32_t, least, greatest);
    }
    *made = (dki_made_chunk){ .constant = least == greatest, .n_rows = n };
    if (levels) {
        made->storage = greatest <= UINT8_MAX ? DK_STORE_U8 : greatest <= UINT16_MAX ? DK_STORE_U16 : DK_STORE_U32;
        for (size_t i = 0; least == 0 && i < n; i++)
            made->n_nulls += bytes == 1   ? ((const uint8_t *)from)[i] == 0
                             : bytes == 2 ? ((const uint16_t *)from)[i] == 0
                                          : ((const uint32_t *)from)[i] == 0;
    } else {
        made->has_bounds = true;
        made->least = base + least;
        made->greatest = base + greatest;
        made->storage = dki_narrowest(made->least, made->greatest);
    }
    return fill_chunk(context, made, from, bytes, (uint64_t)base, err);
}

static dk_status ratios_chunk(dk_context *context, const dk_ratio *values, size_t n, dki_made_chunk *made,
                              dk_error *err)
{
    size_t bytes;

    *made = (dki_made_chunk){ .storage = DK_STORE_RATIO,
                              .constant = memcmp(values, values + 1, (n - 1) * sizeof *values) == 0,
                              .n_rows = n };
    bytes = dki_storage_bytes(DK_STORE_RATIO, made->constant ? 1 : n);
    made->values = dki_alloc_wide(context, bytes, err);
    if (made->values == NULL)
        return DK_ERR_MEMORY;
    memcpy(made->values, values, bytes);
    return DK_OK;
}

/* What numbers of so many bytes mean: 16 are ratios, 8 values, fewer are codes. */
static dk_status column_of_array(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                                 const void *array, unsigned bytes, int64_t base, size_t n, const dk_column **out,
                                 dk_error *err)
{
    size_t n_chunks = (n + DKI_CHUNK_ROWS - 1) / DKI_CHUNK_ROWS;
    dki_made_chunk one = { .n_rows = 0 }; /* mostly enough */
    dki_made_chunk *made = n_chunks > 1 ? dki_calloc(context, n_chunks, sizeof *made, err) : &one;
    dk_status status = made ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < n_chunks; i++) {
        size_t from = i * DKI_CHUNK_ROWS, some = n - from < DKI_CHUNK_ROWS ? n - from : DKI_CHUNK_ROWS;
        const char *piece = (const char *)array + from * bytes;

        if (type == DK_RATIO)
            status = ratios_chunk(context, (const dk_ratio *)(const void *)piece, some, &made[i], err);
        else if (bytes == sizeof(int64_t))
            status = integers_chunk(context, (const int64_t *)(const void *)piece, some, &made[i], err);
        else
            status = codes_chunk(context, type == DK_CATEGORY, piece, bytes, some, base, &made[i], err);
    }
    if (status == DK_OK)
        status = dki_column_of_made(context, type, scale, levels, made, n_chunks, out, err);
    for (size_t i = 0; made && i < n_chunks; i++)
        dki_made_drop(context, &made[i]);
    if (made != &one)
        dki_free(context, made);
    return status;
}

dk_status dki_column_of_ratios(dk_context *context, const dk_ratio *values, size_t n, const dk_column **out,
                               dk_error *err)
{
    return column_of_array(context, DK_RATIO, 0, NULL, values, sizeof *values, 0, n, out, err);
}

dk_status dki_column_of_integers(dk_context *context, dk_type type, uint8_t scale, const int64_t *values, size_t n,
                                 const dk_column **out, dk_error *err)
{
    return column_of_array(context, type, scale, NULL, values, sizeof *values, 0, n, out, err);
}

dk_status dki_column_of_distances(dk_context *context, dk_type type, uint8_t scale, unsigned width,
                                  const void *distances, int64_t base, size_t n, const dk_column **out,
                                  dk_error *err)
{
    return column_of_array(context, type, scale, NULL, distances, 1u << width, base, n, out, err);
}

dk_status dki_column_of_codes(dk_context *context, const dk_dictionary *levels, unsigned width, const void *codes,
                              size_t n, const dk_column **out, dk_error *err)
{
    return column_of_array(context, DK_CATEGORY, 0, levels, codes, 1u << width, 0, n, out, err);
}

/* Block by block. --------------------------------------------------------------------------------------------------- */

static dk_status make_builder(dki_blocks *blocks, dk_error *err)
{
    return blocks->builder
               ? DK_OK
               : dk_builder_new(blocks->context, blocks->type, blocks->scale, NULL, &blocks->builder, err);
}

dk_status dki_blocks_add(dki_blocks *blocks, const void *values, const uint64_t *known, size_t n, dk_error *err)
{
    bool is_ratio = blocks->type == DK_RATIO;
    dk_status status;

    if (n == blocks->n_rows && (known == NULL || dki_bits_count(known, n) == n))
        return is_ratio ? dki_column_of_ratios(blocks->context, values, n, &blocks->whole, err)
                        : dki_column_of_integers(blocks->context, blocks->type, blocks->scale, values, n,
                                                 &blocks->whole, err);
    status = make_builder(blocks, err);
    if (status != DK_OK)
        return status;
    return is_ratio ? dki_builder_ratios(blocks->builder, values, known, n, err)
                    : dki_builder_integers(blocks->builder, values, known, n, err);
}

dk_status dki_blocks_finish(dki_blocks *blocks, dk_status status, const dk_column **out, dk_error *err)
{
    if (status == DK_OK && blocks->whole) {
        *out = blocks->whole;
        return DK_OK;
    }
    if (status == DK_OK)
        status = make_builder(blocks, err); /* of no rows there was no block */
    if (status == DK_OK)
        status = dk_builder_finish(blocks->builder, out, err);
    dk_builder_release(blocks->builder);
    dk_column_release(blocks->whole);
    return status;
}
