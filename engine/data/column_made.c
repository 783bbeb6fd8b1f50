/* column_made.c - a column of chunks that somebody else has filled: for readers that make whole chunks at once.
 *
 * Invariants: those of builder.c, for which the maker answers.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
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
