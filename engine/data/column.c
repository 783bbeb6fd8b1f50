/* column.c - chunks, and columns made of parts of them.
 *
 * Invariants: parts are not empty and lie one behind the other, part i starting where part i - 1 ends; a column's facts
 * are the sum of those of its parts; a chunk never changes once a part points to it.
 */
#include <dekking/column.h>

#include <string.h>

#include "base/bitmap.h"
#include "base/cache.h"
#include "base/checked.h"
#include "base/memory.h"
#include "base/status.h"
#include "chunk.h"
#include "column_parts.h"
#include "interval.h"

struct dki_derived {
    const dki_derived_kind *kind;
    void *data;
    struct dki_derived *next;
};

/* Chunks ------------------------------------------------------------------------------------------------------------ */

dki_chunk *dki_chunk_retain(const dki_chunk *shared)
{
    dki_chunk *chunk = (dki_chunk *)(uintptr_t)shared;

    atomic_fetch_add_explicit(&chunk->n_references, 1, memory_order_relaxed);
    return chunk;
}

void dki_chunk_release(dki_chunk *chunk)
{
    dk_context *context;

    if (chunk == NULL || atomic_fetch_sub_explicit(&chunk->n_references, 1, memory_order_acq_rel) != 1)
        return;
    context = chunk->context;
    if (chunk->stored)
        dki_stored_drop(chunk->stored);
    dki_free(context, chunk->values);
    dki_free(context, chunk->valid);
    dki_free(context, chunk->bytes);
    dki_free(context, chunk->ends);
    dki_free(context, chunk);
    dk_context_release(context);
}

int64_t dki_chunk_integer(const dki_chunk *chunk, uint64_t row)
{
    row = dki_chunk_place(chunk, row);
    switch (chunk->storage) {
    case DK_STORE_BITS: return dki_bit(chunk->values, row);
    case DK_STORE_I8: return chunk->packed ? dki_packed_value(chunk, row) : ((const int8_t *)chunk->values)[row];
    case DK_STORE_I16: return ((const int16_t *)chunk->values)[row];
    case DK_STORE_I32: return ((const int32_t *)chunk->values)[row];
    default: return ((const int64_t *)chunk->values)[row];
    }
}

uint32_t dki_chunk_code(const dki_chunk *chunk, uint64_t row)
{
    row = dki_chunk_place(chunk, row);
    switch (chunk->storage) {
    case DK_STORE_U8: return chunk->packed ? dki_packed_value(chunk, row) : ((const uint8_t *)chunk->values)[row];
    case DK_STORE_U16: return ((const uint16_t *)chunk->values)[row];
    default: return ((const uint32_t *)chunk->values)[row];
    }
}

dk_text dki_chunk_text(const dki_chunk *chunk, uint64_t row)
{
    const uint32_t *offsets = chunk->values;

    row = dki_chunk_place(chunk, row);
    return (dk_text){ chunk->bytes + offsets[row], offsets[row + 1] - offsets[row] };
}

bool dki_chunk_is_null(const dki_chunk *chunk, uint64_t row)
{
    if (chunk->storage == DK_STORE_U8 || chunk->storage == DK_STORE_U16 || chunk->storage == DK_STORE_U32)
        return dki_chunk_code(chunk, row) == 0;
    return chunk->valid && !dki_bit(chunk->valid, dki_chunk_place(chunk, row));
}

/* Columns ----------------------------------------------------------------------------------------------------------- */

const dki_part *dki_column_part(const dk_column *column, uint64_t row)
{
    size_t low = 0, high = column->n_parts;
    uint64_t length = high ? column->parts[0].n_rows : 0, guess = length ? row / length : 0;

    /* speed: most columns are made of parts of one length */
    if (guess < high && row - column->parts[guess].start < column->parts[guess].n_rows)
        return &column->parts[guess];
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (column->parts[middle].start <= row)
            low = middle;
        else
            high = middle;
    }
    return &column->parts[low];
}

static bool holds_integers(dk_storage storage)
{
    return storage == DK_STORE_I8 || storage == DK_STORE_I16 || storage == DK_STORE_I32 || storage == DK_STORE_I64;
}

void dki_merge_facts(dki_column_facts *into, const dki_column_facts *facts)
{
    into->n_nulls += facts->n_nulls;
    if (!facts->has_bounds)
        return;
    if (!into->has_bounds || facts->least < into->least)
        into->least = facts->least;
    if (!into->has_bounds || facts->greatest > into->greatest)
        into->greatest = facts->greatest;
    into->has_bounds = true;
}

dk_status dki_part_facts(const dki_part *part, dki_column_facts *out, dk_error *err)
{
    const dki_chunk *chunk = part->chunk;
    dki_column_facts facts = chunk->facts;
    dk_status status;

    if (chunk->constant)
        facts.n_nulls = facts.n_nulls > 0 ? part->n_rows : 0;
    if (chunk->constant || part->n_rows == chunk->n_rows) {
        *out = facts;
        return DK_OK;
    }
    status = dki_chunk_hold(chunk, err);
    if (status != DK_OK)
        return status;
    facts = (dki_column_facts){ 0, false, 0, 0 };
    for (uint64_t i = part->offset; i < part->offset + part->n_rows; i++) {
        if (dki_chunk_is_null(chunk, i)) {
            facts.n_nulls++;
        } else if (holds_integers(chunk->storage)) {
            int64_t value = dki_chunk_integer(chunk, i);

            if (!facts.has_bounds || value < facts.least)
                facts.least = value;
            if (!facts.has_bounds || value > facts.greatest)
                facts.greatest = value;
            facts.has_bounds = true;
        }
    }
    dki_chunk_let(chunk);
    *out = facts;
    return DK_OK;
}

dk_status dki_column_of_parts(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                              const dki_part *parts, size_t n_parts, const dk_column **out, dk_error *err)
{
    dk_column *column;
    dki_part *copy;
    pthread_mutexattr_t recursive;
    size_t bytes;
    dk_status status = DK_OK;

    if (dki_mul_size(n_parts, sizeof *copy, &bytes) || dki_add_size(bytes, sizeof *column, &bytes))
        bytes = SIZE_MAX; /* which is refused */
    column = dki_alloc(context, bytes, err);
    if (column == NULL) {
        for (size_t i = 0; i < n_parts; i++)
            dki_chunk_release(parts[i].chunk);
        return DK_ERR_MEMORY;
    }
    memset(column, 0, sizeof *column);
    copy = (dki_part *)(column + 1);
    atomic_init(&column->n_references, 1);
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&column->lock, &recursive);
    pthread_mutexattr_destroy(&recursive);
    column->context = dk_context_retain(context);
    column->type = type;
    column->scale = scale;
    column->levels = levels ? dk_dictionary_retain(levels) : NULL;
    column->parts = copy;
    column->n_parts = n_parts;
    for (size_t i = 0; i < n_parts; i++) {
        dki_column_facts facts = { 0, false, 0, 0 };

        if (status == DK_OK)
            status = dki_part_facts(&parts[i], &facts, err);
        copy[i] = parts[i];
        copy[i].start = column->n_rows;
        column->n_rows += parts[i].n_rows;
        dki_merge_facts(&column->facts, &facts);
    }
    if (status != DK_OK) {
        dk_column_release(column);
        return status;
    }
    *out = column;
    return DK_OK;
}

const dk_column *dk_column_retain(const dk_column *column)
{
    atomic_fetch_add_explicit(&((dk_column *)(uintptr_t)column)->n_references, 1, memory_order_relaxed);
    return column;
}

void dk_column_release(const dk_column *shared)
{
    dk_column *column = (dk_column *)(uintptr_t)shared;
    dk_context *context;

    if (column == NULL || atomic_fetch_sub_explicit(&column->n_references, 1, memory_order_acq_rel) != 1)
        return;
    context = column->context;
    if (atomic_load_explicit(&column->owner, memory_order_relaxed))
        dki_cache_forget(context, atomic_load_explicit(&column->owner, memory_order_relaxed));
    while (column->derived) {
        struct dki_derived *derived = column->derived;

        column->derived = derived->next;
        derived->kind->drop(context, derived->data);
        dki_free(context, derived);
    }
    for (size_t i = 0; i < column->n_parts; i++)
        dki_chunk_release(column->parts[i].chunk);
    for (size_t i = 0; i < column->n_children; i++)
        dk_column_release(column->children[i]);
    dk_column_release(column->overlap);
    dk_dictionary_release(column->levels);
    pthread_mutex_destroy(&column->lock);
    dki_free(context, column);
    dk_context_release(context);
}

dk_context *dk_column_context(const dk_column *column)
{
    return column->context;
}

dk_type dk_column_type(const dk_column *column)
{
    return column->type;
}

uint8_t dk_column_scale(const dk_column *column)
{
    return column->scale;
}

const dk_dictionary *dk_column_levels(const dk_column *column)
{
    return column->levels;
}

uint64_t dk_column_n_rows(const dk_column *column)
{
    return column->n_rows;
}

uint64_t dk_column_n_nulls(const dk_column *column)
{
    return column->facts.n_nulls;
}

bool dk_column_bounds(const dk_column *column, int64_t *least, int64_t *greatest)
{
    if (!column->facts.has_bounds)
        return false;
    *least = column->facts.least;
    *greatest = column->facts.greatest;
    return true;
}

size_t dk_column_bytes(const dk_column *column)
{
    size_t bytes = 0;

    for (size_t i = 0; i < column->n_parts; i++)
        if (i == 0 || column->parts[i].chunk != column->parts[i - 1].chunk)
            bytes += column->parts[i].chunk->heap_bytes;
    for (size_t i = 0; i < column->n_children; i++)
        bytes += dk_column_bytes(column->children[i]);
    bytes += column->overlap ? dk_column_bytes(column->overlap) : 0;
    return bytes + (column->levels ? dki_dictionary_bytes(column->levels) : 0);
}

dk_status dki_column_with_levels(const dk_column *column, const dk_dictionary *levels, const dk_column **out,
                                 dk_error *err)
{
    for (size_t i = 0; i < column->n_parts; i++)
        dki_chunk_retain(column->parts[i].chunk);
    return dki_column_of_parts(column->context, column->type, column->scale, levels, column->parts, column->n_parts,
                               out, err);
}

dk_status dk_column_get(const dk_column *column, uint64_t row, dk_value *out, dk_error *err)
{
    const dki_part *part;
    uint64_t at;
    dk_value value = { .type = column->type, .scale = column->scale };
    dk_status status;

    if (row >= column->n_rows)
        return dki_fail(err, DK_ERR_RANGE, "row %llu of a column of %llu rows", (unsigned long long)row + 1,
                        (unsigned long long)column->n_rows);
    if (column->type == DK_INTERVAL)
        return dki_interval_get(column, row, out, err);
    part = dki_column_part(column, row);
    at = row - part->start + part->offset;
    /* A text that is given away points into the chunk. */
    status = column->type == DK_TEXT ? dki_chunk_keep(part->chunk, err) : dki_chunk_hold(part->chunk, err);
    if (status != DK_OK)
        return status;
    value.is_null = dki_chunk_is_null(part->chunk, at);
    if (!value.is_null) {
        uint64_t i = dki_chunk_place(part->chunk, at);

        switch (column->type) {
        case DK_BOOLEAN: value.as.boolean = dki_chunk_integer(part->chunk, at) != 0; break;
        case DK_REAL: value.as.real = ((const double *)part->chunk->values)[i]; break;
        case DK_RATIO: value.as.ratio = ((const dk_ratio *)part->chunk->values)[i]; break;
        case DK_CATEGORY:
            value.as.text = dk_dictionary_level(column->levels, dki_chunk_code(part->chunk, at));
            break;
        case DK_TEXT: value.as.text = dki_chunk_text(part->chunk, at); break;
        default: value.as.integer = dki_chunk_integer(part->chunk, at);
        }
    }
    if (column->type != DK_TEXT)
        dki_chunk_let(part->chunk);
    *out = value;
    return DK_OK;
}

/* Derived data ------------------------------------------------------------------------------------------------------ */

dk_status dki_column_derived(const dk_column *shared, const dki_derived_kind *kind, const void **out, dk_error *err)
{
    dk_column *column = (dk_column *)(uintptr_t)shared;
    struct dki_derived *derived;
    dk_status status = DK_OK;

    pthread_mutex_lock(&column->lock);
    for (derived = column->derived; derived && derived->kind != kind; derived = derived->next)
        ;
    if (derived == NULL) {
        derived = dki_calloc(column->context, 1, sizeof *derived, err);
        if (derived == NULL) {
            status = DK_ERR_MEMORY;
        } else {
            derived->kind = kind;
            status = kind->make(column, &derived->data, err);
            if (status != DK_OK) {
                dki_free(column->context, derived);
            } else {
                derived->next = column->derived;
                column->derived = derived;
            }
        }
    }
    if (status == DK_OK)
        *out = derived->data;
    pthread_mutex_unlock(&column->lock);
    return status;
}

uint64_t dki_column_owner(const dk_column *shared)
{
    dk_column *column = (dk_column *)(uintptr_t)shared;
    uint_fast64_t owner = atomic_load(&column->owner), none = 0;

    if (owner != 0)
        return owner;
    owner = dki_cache_owner();
    return atomic_compare_exchange_strong(&column->owner, &none, owner) ? owner : none;
}
