/* view.c - a block of a column, as it lies in a chunk or gathered from several.
 *
 * Scratch memory holds, one behind the other: values, 64 words of valid, bytes of text. It grows when it must and serves
 * every later call. A view that points into a chunk of a snapshot holds that chunk, and keeps it alive, until it shows
 * rows of another one.
 */
#include <dekking/column.h>

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "builder.h"
#include "column_parts.h"
#include "interval.h"

void dk_view_init(dk_view *view, dk_context *context)
{
    memset(view, 0, sizeof *view);
    view->context = context;
}

static void let_go(dk_view *view)
{
    dki_chunk *chunk = (dki_chunk *)(uintptr_t)view->held;

    if (chunk == NULL)
        return;
    view->held = NULL;
    dki_chunk_let(chunk);
    dki_chunk_release(chunk);
}

/* Holds the chunk for the view, and lets go of another. */
static dk_status hold(const dki_chunk *chunk, dk_view *view, dk_error *err)
{
    dk_status status;

    if (view->held == chunk)
        return DK_OK;
    let_go(view); /* first, so that its memory serves the next */
    status = dki_chunk_hold(chunk, err);
    if (status == DK_OK && chunk->stored)
        view->held = dki_chunk_retain(chunk);
    return status;
}

void dk_view_release(dk_view *view)
{
    let_go(view);
    if (view->scratch)
        dki_free(view->context, view->scratch);
    view->scratch = NULL;
    view->scratch_bytes = 0;
}

static dk_status reserve(dk_view *view, size_t bytes, dk_error *err)
{
    void *scratch;

    if (bytes <= view->scratch_bytes)
        return DK_OK;
    bytes = (bytes + 4095) / 4096 * 4096;
    scratch = dki_alloc_wide(view->context, bytes, err);
    if (scratch == NULL)
        return DK_ERR_MEMORY;
    dki_free(view->context, view->scratch);
    view->scratch = scratch;
    view->scratch_bytes = bytes;
    return DK_OK;
}

#define VALID_BYTES (DK_BLOCK_WORDS * sizeof(uint64_t))

/* Rows of a chunk with runs: one run is a constant, which lies in place but for its bits. */
static dk_status view_runs(const dki_chunk *chunk, uint64_t at, size_t n, dk_view *view, dk_error *err)
{
    size_t run = dki_chunk_run(chunk, at), width = dki_storage_width(chunk->storage);
    size_t value_bytes = width > 0 ? DK_BLOCK_ROWS * width : VALID_BYTES;
    uint64_t *valid;

    if (reserve(view, value_bytes + VALID_BYTES, err) != DK_OK)
        return DK_ERR_MEMORY;
    valid = (uint64_t *)(void *)((char *)view->scratch + value_bytes);
    view->constant = at + n <= chunk->ends[run];
    view->values = view->scratch;
    view->valid = chunk->valid ? valid : NULL;
    if (!view->constant) {
        dki_runs_expand(chunk, at, n, view->scratch, chunk->valid ? valid : NULL);
        return DK_OK;
    }
    if (chunk->valid)
        *valid = dki_bit(chunk->valid, run);
    if (width == 0)
        *(uint64_t *)view->scratch = dki_bit(chunk->values, run);
    else
        view->values = (const char *)chunk->values + run * width;
    return DK_OK;
}

/* Rows at .. at + n - 1 of one chunk, in place where bitmaps begin at a word. */
dk_status dki_chunk_view(const dki_chunk *chunk, uint64_t at, size_t n, dk_view *view, dk_error *err)
{
    bool shifted = at % 64 != 0;
    dk_status status = hold(chunk, view, err);

    if (status != DK_OK)
        return status;
    view->n = n;
    view->storage = chunk->storage;
    view->constant = chunk->constant;
    view->bytes = chunk->bytes;
    if (chunk->constant) {
        view->values = chunk->values;
        view->valid = chunk->valid;
        return DK_OK;
    }
    if (chunk->n_runs > 0)
        return view_runs(chunk, at, n, view, err);
    if ((chunk->packed > 0 || (shifted && (chunk->valid || chunk->storage == DK_STORE_BITS))) &&
        reserve(view, 2 * VALID_BYTES + (chunk->packed > 0 ? DK_BLOCK_ROWS : 0), err) != DK_OK)
        return DK_ERR_MEMORY;
    view->valid = NULL;
    if (chunk->valid) {
        view->valid = chunk->valid + at / 64;
        if (shifted) {
            uint64_t *words = (uint64_t *)view->scratch + DK_BLOCK_WORDS;

            dki_bits_copy(words, chunk->valid, at, n);
            view->valid = words;
        }
    }
    if (chunk->packed > 0) { /* behind the bitmap's two places */
        uint8_t *bytes = (uint8_t *)view->scratch + 2 * VALID_BYTES;

        dki_unpack(chunk, at, n, bytes);
        view->values = bytes;
    } else if (chunk->storage == DK_STORE_BITS) {
        view->values = (const uint64_t *)chunk->values + at / 64;
        if (shifted) {
            dki_bits_copy(view->scratch, chunk->values, at, n);
            view->values = view->scratch;
        }
    } else if (chunk->storage == DK_STORE_TEXT) {
        view->values = (const uint32_t *)chunk->values + at;
    } else {
        view->values = (const char *)chunk->values + at * dki_storage_width(chunk->storage);
    }
    return DK_OK;
}

static void gather_value(const dki_chunk *chunk, uint64_t at, dk_storage storage, void *values, size_t i)
{
    uint64_t from = dki_chunk_place(chunk, at);

    switch (storage) {
    case DK_STORE_BITS: dki_bit_put(values, i, dki_chunk_integer(chunk, at) != 0); break;
    case DK_STORE_F64: ((double *)values)[i] = ((const double *)chunk->values)[from]; break;
    case DK_STORE_RATIO: ((dk_ratio *)values)[i] = ((const dk_ratio *)chunk->values)[from]; break;
    case DK_STORE_U32: ((uint32_t *)values)[i] = dki_chunk_code(chunk, at); break;
    default: ((int64_t *)values)[i] = dki_chunk_integer(chunk, at);
    }
}

/* Rows that lie in more than one chunk, all of which are held. */
static dk_status copy_parts(const dk_column *column, uint64_t row, size_t n, dk_view *view, dk_error *err)
{
    dk_storage storage = dki_widest(column->type);
    bool text = storage == DK_STORE_TEXT;
    size_t value_bytes = text                       ? (n + 1) * sizeof(uint32_t)
                         : storage == DK_STORE_BITS ? VALID_BYTES
                                                    : n * dki_storage_width(storage);
    size_t text_bytes = 0, used = 0;
    const dki_part *first = dki_column_part(column, row), *part = first;
    uint64_t *valid;
    char *bytes;
    bool any_null = false;

    value_bytes = (value_bytes + 15) / 16 * 16;
    if (text) {
        for (size_t i = 0; i < n; i++) {
            while (row + i >= part->start + part->n_rows)
                part++;
            text_bytes += dki_chunk_text(part->chunk, row + i - part->start + part->offset).size;
        }
        if (text_bytes > UINT32_MAX)
            return dki_fail(err, DK_ERR_LIMIT, "%zu rows of text hold more than 4 GiB", n);
    }
    if (reserve(view, value_bytes + VALID_BYTES + text_bytes, err) != DK_OK)
        return DK_ERR_MEMORY;
    valid = (uint64_t *)(void *)((char *)view->scratch + value_bytes);
    bytes = (char *)(valid + DK_BLOCK_WORDS);
    part = first;
    for (size_t i = 0; i < n; i++) {
        uint64_t at;
        bool is_null;

        while (row + i >= part->start + part->n_rows)
            part++;
        at = row + i - part->start + part->offset;
        is_null = dki_chunk_is_null(part->chunk, at);
        any_null |= is_null;
        dki_bit_put(valid, i, !is_null);
        if (text) {
            dk_text piece = dki_chunk_text(part->chunk, at);

            ((uint32_t *)view->scratch)[i] = (uint32_t)used;
            if (piece.size > 0)
                memcpy(bytes + used, piece.bytes, piece.size);
            used += piece.size;
        } else {
            gather_value(part->chunk, at, storage, view->scratch, i);
        }
    }
    if (text)
        ((uint32_t *)view->scratch)[n] = (uint32_t)used;
    view->storage = storage;
    view->constant = false;
    view->values = view->scratch;
    view->valid = any_null && storage != DK_STORE_U32 ? valid : NULL;
    view->bytes = bytes;
    return DK_OK;
}

/* Rare: once for each end of a chunk. */
static dk_status view_parts(const dk_column *column, uint64_t row, size_t n, dk_view *view, dk_error *err)
{
    const dki_part *first = dki_column_part(column, row), *part = first;
    dk_status status = DK_OK;

    for (; status == DK_OK && part < column->parts + column->n_parts && part->start < row + n; part++) {
        status = dki_chunk_hold(part->chunk, err);
        if (status != DK_OK)
            break;
    }
    if (status == DK_OK)
        status = copy_parts(column, row, n, view, err);
    while (part > first)
        dki_chunk_let((--part)->chunk);
    if (status == DK_OK)
        let_go(view);
    return status;
}

static dk_status view_intervals(const dk_column *column, uint64_t row, size_t n, dk_view *view, dk_error *err)
{
    size_t n_known = 0;
    uint64_t *valid;
    dk_status status;

    let_go(view);
    if (reserve(view, VALID_BYTES + n * sizeof(dk_interval), err) != DK_OK)
        return DK_ERR_MEMORY;
    valid = view->scratch;
    view->storage = DK_STORE_INTERVAL;
    view->constant = false;
    view->values = valid + DK_BLOCK_WORDS;
    status =
        dki_interval_rows(column, row, n, (dk_interval *)(void *)(valid + DK_BLOCK_WORDS), valid, &n_known, err);
    view->valid = n_known < n ? valid : NULL;
    return status;
}

dk_status dk_column_view(const dk_column *column, uint64_t row, size_t n, dk_view *view, dk_error *err)
{
    const dki_part *part;
    uint64_t within;

    if (n < 1 || n > DK_BLOCK_ROWS || row >= column->n_rows || n > column->n_rows - row)
        return dki_fail(err, DK_ERR_RANGE, "a view of %zu rows from row %llu of a column of %llu rows", n,
                        (unsigned long long)row + 1, (unsigned long long)column->n_rows);
    view->type = column->type;
    view->scale = column->scale;
    view->levels = column->levels;
    view->n = n;
    if (column->type == DK_INTERVAL)
        return view_intervals(column, row, n, view, err);
    part = dki_column_part(column, row);
    within = row - part->start;
    if (within + n <= part->n_rows)
        return dki_chunk_view(part->chunk, within + part->offset, n, view, err);
    return view_parts(column, row, n, view, err);
}

bool dki_columns_block(const dk_column *const *columns, size_t n, uint64_t row, dk_view *views, dk_status *status,
                       dk_error *err)
{
    uint64_t left;

    if (*status != DK_OK || row >= columns[0]->n_rows)
        return false;
    left = columns[0]->n_rows - row;
    *status = dki_poll(columns[0]->context, err);
    for (size_t i = 0; i < n && *status == DK_OK; i++)
        *status =
            dk_column_view(columns[i], row, left < DK_BLOCK_ROWS ? (size_t)left : DK_BLOCK_ROWS, &views[i], err);
    return *status == DK_OK;
}

bool dki_column_block(const dk_column *column, uint64_t row, dk_view *view, dk_status *status, dk_error *err)
{
    return dki_columns_block(&column, 1, row, view, status, err);
}

/* Fixed forms ------------------------------------------------------------------------------------------------------- */

#define WIDEN(type)                                 \
    do {                                            \
        const type *from_ = view->values;           \
        if (view->constant)                         \
            for (size_t i_ = 0; i_ < view->n; i_++) \
                out[i_] = from_[0];                 \
        else                                        \
            for (size_t i_ = 0; i_ < view->n; i_++) \
                out[i_] = from_[i_];                \
    } while (0)

void dki_view_integers(const dk_view *view, int64_t *out)
{
    switch (view->storage) {
    case DK_STORE_BITS:
        for (size_t i = 0; i < view->n; i++)
            out[i] = dki_bit(view->values, view->constant ? 0 : i);
        break;
    case DK_STORE_I8: WIDEN(int8_t); break;
    case DK_STORE_I16: WIDEN(int16_t); break;
    case DK_STORE_I32: WIDEN(int32_t); break;
    default: WIDEN(int64_t);
    }
}

void dki_view_codes(const dk_view *view, uint32_t *out)
{
    switch (view->storage) {
    case DK_STORE_U8: WIDEN(uint8_t); break;
    case DK_STORE_U16: WIDEN(uint16_t); break;
    default: WIDEN(uint32_t);
    }
}

void dki_view_texts(const dk_view *view, dk_text *out)
{
    const uint32_t *offsets = view->values;

    for (size_t i = 0, at = 0; i < view->n; i++, at += !view->constant)
        out[i] = (dk_text){ view->bytes + offsets[at], offsets[at + 1] - offsets[at] };
}

uint32_t dki_view_code(const dk_view *view, size_t i)
{
    if (view->constant)
        i = 0;
    switch (view->storage) {
    case DK_STORE_U8: return ((const uint8_t *)view->values)[i];
    case DK_STORE_U16: return ((const uint16_t *)view->values)[i];
    default: return ((const uint32_t *)view->values)[i];
    }
}

dk_text dki_view_text(const dk_view *view, size_t i)
{
    const uint32_t *offsets;

    if (view->type == DK_CATEGORY) {
        uint32_t code = dki_view_code(view, i);

        return code ? dk_dictionary_level(view->levels, code) : (dk_text){ "", 0 };
    }
    if (view->constant)
        i = 0;
    offsets = view->values;
    return (dk_text){ view->bytes + offsets[i], offsets[i + 1] - offsets[i] };
}

dk_text dki_view_bytes(const dk_view *view, size_t i)
{
    if (view->type != DK_RATIO)
        return dki_view_text(view, i);
    return (dk_text){ (const char *)((const dk_ratio *)view->values + (view->constant ? 0 : i)), sizeof(dk_ratio) };
}

dk_value dki_view_value(const dk_view *view, size_t i)
{
    dk_value value = { .type = view->type, .scale = view->scale };
    size_t at = view->constant ? 0 : i;

    value.is_null = dki_view_is_null(view, i);
    if (view->storage == DK_STORE_INTERVAL) {
        value.as.interval = ((const dk_interval *)view->values)[at];
        return value;
    }
    if (value.is_null)
        return value;
    switch (view->storage) {
    case DK_STORE_BITS: value.as.boolean = dki_bit(view->values, at); break;
    case DK_STORE_I8: value.as.integer = ((const int8_t *)view->values)[at]; break;
    case DK_STORE_I16: value.as.integer = ((const int16_t *)view->values)[at]; break;
    case DK_STORE_I32: value.as.integer = ((const int32_t *)view->values)[at]; break;
    case DK_STORE_I64: value.as.integer = ((const int64_t *)view->values)[at]; break;
    case DK_STORE_F64: value.as.real = ((const double *)view->values)[at]; break;
    case DK_STORE_RATIO: value.as.ratio = ((const dk_ratio *)view->values)[at]; break;
    default: value.as.text = dki_view_text(view, i);
    }
    return value;
}
