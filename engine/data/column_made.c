/* column_made.c - a column of chunks that somebody else has filled: for readers that make whole chunks at once.
 *
 * Invariants: those of builder.c, for which the maker answers.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "builder.h"
#include "chunk.h"
#include "column_parts.h"

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
    chunk->heap_bytes = sizeof *chunk + made->n_bytes;
    chunk->heap_bytes += dki_storage_bytes(made->storage, made->constant ? 1 : (size_t)made->n_rows);
    if (made->valid)
        chunk->heap_bytes += dki_bit_words(made->constant ? 1 : (size_t)made->n_rows) * sizeof(uint64_t);
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

dk_status dki_column_of_made(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                             dki_made_chunk *made, size_t n, const dk_column **out, dk_error *err)
{
    dki_part *parts = dki_alloc_array(context, n, sizeof *parts, err);
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
    if (status == DK_OK) {
        status = dki_column_of_parts(context, type, scale, levels, parts, n_parts, out, err);
    } else {
        for (size_t i = 0; i < n_parts; i++)
            dki_chunk_release(parts[i].chunk);
    }
    for (size_t i = 0; i < n; i++)
        dki_made_drop(context, &made[i]);
    dki_free(context, parts);
    return status;
}

/* Arrays as chunks. -------------------------------------------------------------------------------------------------- */

#define NARROW(to_type, values, n, out)      \
    do {                                     \
        to_type *to_ = (out);                \
        for (size_t i_ = 0; i_ < (n); i_++)  \
            to_[i_] = (to_type)(values)[i_]; \
    } while (0)

static dk_status integers_chunk(dk_context *context, const int64_t *values, size_t n, dki_made_chunk *made,
                                dk_error *err)
{
    int64_t least = values[0], greatest = values[0];

    for (size_t i = 1; i < n; i++) {
        least = values[i] < least ? values[i] : least;
        greatest = values[i] > greatest ? values[i] : greatest;
    }
    *made = (dki_made_chunk){ .storage = dki_narrowest(least, greatest),
                              .constant = least == greatest,
                              .has_bounds = true,
                              .n_rows = n,
                              .least = least,
                              .greatest = greatest };
    n = made->constant ? 1 : n;
    made->values = dki_alloc_wide(context, dki_storage_bytes(made->storage, n), err);
    if (made->values == NULL)
        return DK_ERR_MEMORY;
    switch (made->storage) {
    case DK_STORE_I8: NARROW(int8_t, values, n, made->values); break;
    case DK_STORE_I16: NARROW(int16_t, values, n, made->values); break;
    case DK_STORE_I32: NARROW(int32_t, values, n, made->values); break;
    default: memcpy(made->values, values, n * sizeof *values);
    }
    return DK_OK;
}

static dk_status codes_chunk(dk_context *context, const uint32_t *codes, size_t n, dki_made_chunk *made,
                             dk_error *err)
{
    uint32_t least = codes[0], greatest = codes[0];
    size_t n_nulls = 0;

    for (size_t i = 0; i < n; i++) {
        least = codes[i] < least ? codes[i] : least;
        greatest = codes[i] > greatest ? codes[i] : greatest;
        n_nulls += codes[i] == 0;
    }
    *made = (dki_made_chunk){ .storage = greatest <= UINT8_MAX    ? DK_STORE_U8
                                         : greatest <= UINT16_MAX ? DK_STORE_U16
                                                                  : DK_STORE_U32,
                              .constant = least == greatest,
                              .n_rows = n,
                              .n_nulls = n_nulls };
    n = made->constant ? 1 : n;
    made->values = dki_alloc_wide(context, dki_storage_bytes(made->storage, n), err);
    if (made->values == NULL)
        return DK_ERR_MEMORY;
    switch (made->storage) {
    case DK_STORE_U8: NARROW(uint8_t, codes, n, made->values); break;
    case DK_STORE_U16: NARROW(uint16_t, codes, n, made->values); break;
    default: memcpy(made->values, codes, n * sizeof *codes);
    }
    return DK_OK;
}

/* One of both arrays is NULL. */
static dk_status column_of_array(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                                 const int64_t *values, const uint32_t *codes, size_t n, const dk_column **out,
                                 dk_error *err)
{
    size_t n_chunks = (n + DKI_CHUNK_ROWS - 1) / DKI_CHUNK_ROWS;
    dki_made_chunk *made = dki_calloc(context, n_chunks, sizeof *made, err);
    dk_status status = made ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < n_chunks; i++) {
        size_t from = i * DKI_CHUNK_ROWS, some = n - from < DKI_CHUNK_ROWS ? n - from : DKI_CHUNK_ROWS;

        status = codes ? codes_chunk(context, codes + from, some, &made[i], err)
                       : integers_chunk(context, values + from, some, &made[i], err);
    }
    if (status == DK_OK)
        status = dki_column_of_made(context, type, scale, levels, made, n_chunks, out, err);
    for (size_t i = 0; made && i < n_chunks; i++)
        dki_made_drop(context, &made[i]);
    dki_free(context, made);
    return status;
}

dk_status dki_column_of_integers(dk_context *context, dk_type type, uint8_t scale, const int64_t *values, size_t n,
                                 const dk_column **out, dk_error *err)
{
    return column_of_array(context, type, scale, NULL, values, NULL, n, out, err);
}

dk_status dki_column_of_codes(dk_context *context, const dk_dictionary *levels, const uint32_t *codes, size_t n,
                              const dk_column **out, dk_error *err)
{
    return column_of_array(context, DK_CATEGORY, 0, levels, NULL, codes, n, out, err);
}
