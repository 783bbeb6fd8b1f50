/* chunk_join.c - rows of several chunks as one chunk of its own.
 *
 * For who wants chunks of another length than the ones that are there: a reader of files makes small ones, a slice has
 * parts of some, and a file that is to be opened at once wants few.
 *
 * Cost: a copy of the values, a block at a time; and a look at each row of parts that are not their whole chunk.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "builder.h"
#include "column_parts.h"

/* A chunk that is being filled: its first n rows and n_bytes bytes are there. */
struct joined {
    dki_chunk *chunk;
    size_t n, n_bytes;
};

static bool is_text(dk_type type)
{
    return dki_widest(type) == DK_STORE_TEXT;
}

/* The narrowest storage for all rows. */
static dk_storage storage_for(dk_type type, const dki_column_facts *facts, const dki_part *parts, size_t n)
{
    dk_storage storage = dki_widest(type);

    if (storage == DK_STORE_I64)
        return dki_narrowest(facts->has_bounds ? facts->least : 0, facts->has_bounds ? facts->greatest : 0);
    if (storage == DK_STORE_U32) {
        storage = DK_STORE_U8;
        for (size_t i = 0; i < n; i++)
            if (parts[i].chunk->storage > storage)
                storage = parts[i].chunk->storage;
    }
    return storage;
}

static size_t text_bytes(const dki_part *part)
{
    const uint32_t *offsets = part->chunk->values;

    if (part->chunk->constant)
        return (size_t)offsets[1] * part->n_rows;
    return offsets[part->offset + part->n_rows] - offsets[part->offset];
}

#define NARROW(to_type)                    \
    do {                                   \
        to_type *to_ = (to_type *)to + at; \
        for (size_t i_ = 0; i_ < n; i_++)  \
            to_[i_] = (to_type)wide[i_];   \
    } while (0)

static void put_integers(const dk_view *view, void *to, dk_storage storage, size_t at)
{
    int64_t wide[DK_BLOCK_ROWS];
    size_t n = view->n;

    dki_view_integers(view, wide);
    switch (storage) {
    case DK_STORE_I8: NARROW(int8_t); break;
    case DK_STORE_I16: NARROW(int16_t); break;
    case DK_STORE_I32: NARROW(int32_t); break;
    default: NARROW(int64_t); break;
    }
}

static void put_codes(const dk_view *view, void *to, dk_storage storage, size_t at)
{
    uint32_t wide[DK_BLOCK_ROWS];
    size_t n = view->n;

    dki_view_codes(view, wide);
    switch (storage) {
    case DK_STORE_U8: NARROW(uint8_t); break;
    case DK_STORE_U16: NARROW(uint16_t); break;
    default: NARROW(uint32_t); break;
    }
}

/* A view's bits from bit `at` on; one bit for all where it is constant. */
static void put_bits(const dk_view *view, const uint64_t *from, uint64_t *to, size_t at)
{
    uint64_t same[DK_BLOCK_WORDS];

    if (view->constant) {
        memset(same, dki_bit(from, 0) ? 0xFF : 0, sizeof same);
        from = same;
    }
    dki_bits_paste(to, at, from, view->n);
}

static void put_texts(const dk_view *view, struct joined *joined)
{
    uint32_t *offsets = joined->chunk->values;

    for (size_t i = 0; i < view->n; i++) {
        dk_text text = dki_view_text(view, i);

        offsets[joined->n + i] = (uint32_t)joined->n_bytes;
        if (view->constant && text.size > 0)
            memcpy(joined->chunk->bytes + joined->n_bytes, text.bytes, text.size);
        joined->n_bytes += text.size;
    }
    if (!view->constant) { /* they lie one behind the other */
        const uint32_t *from = view->values;
        size_t size = from[view->n] - from[0];

        if (size > 0)
            memcpy(joined->chunk->bytes + (joined->n_bytes - size), view->bytes + from[0], size);
    }
    offsets[joined->n + view->n] = (uint32_t)joined->n_bytes;
}

static void put_values(const dk_view *view, struct joined *joined)
{
    dki_chunk *chunk = joined->chunk;
    size_t width = dki_storage_width(chunk->storage);

    if (chunk->storage == DK_STORE_BITS) {
        put_bits(view, view->values, chunk->values, joined->n);
    } else if (chunk->storage == DK_STORE_TEXT) {
        put_texts(view, joined);
    } else if (view->storage == chunk->storage) {
        for (size_t i = 0; view->constant && i < view->n; i++)
            memcpy((char *)chunk->values + (joined->n + i) * width, view->values, width);
        if (!view->constant)
            memcpy((char *)chunk->values + joined->n * width, view->values, view->n * width);
    } else if (chunk->storage == DK_STORE_U16 || chunk->storage == DK_STORE_U32) {
        put_codes(view, chunk->values, chunk->storage, joined->n);
    } else {
        put_integers(view, chunk->values, chunk->storage, joined->n);
    }
}

/* Which rows are known; where a view has no bitmap, all are. */
static void put_valid(const dk_view *view, struct joined *joined)
{
    uint64_t all[DK_BLOCK_WORDS];

    if (joined->chunk->valid == NULL)
        return;
    if (view->valid) {
        put_bits(view, view->valid, joined->chunk->valid, joined->n);
    } else {
        dki_bits_fill(all, view->n);
        dki_bits_paste(joined->chunk->valid, joined->n, all, view->n);
    }
}

static dk_status put_part(const dki_part *part, dk_view *view, struct joined *joined, dk_error *err)
{
    uint64_t end = part->offset + part->n_rows;
    dk_status status = DK_OK;

    for (uint64_t at = part->offset; at < end && status == DK_OK; at += view->n) {
        /* up to the next whole block, so that bitmaps lie at words from then on */
        size_t n = DK_BLOCK_ROWS - (size_t)(at % DK_BLOCK_ROWS);

        status = dki_chunk_view(part->chunk, at, n < end - at ? n : (size_t)(end - at), view, err);
        if (status != DK_OK)
            break;
        put_values(view, joined);
        put_valid(view, joined);
        joined->n += view->n;
    }
    return status;
}

/* A block of at least so many bytes, whatever is in it. */
static dk_status reserve(dk_context *context, void **block, size_t *room, size_t bytes, dk_error *err)
{
    if (*block && *room >= bytes)
        return DK_OK;
    dki_free(context, *block);
    *room = 0;
    *block = dki_alloc_wide(context, bytes, err);
    if (*block == NULL)
        return DK_ERR_MEMORY;
    *room = bytes;
    return DK_OK;
}

/* Room for all rows. Words of bits are written in parts: they begin as zeros, and what lies behind the rows stays so. */
static dk_status make_room(dki_joint *joint, size_t n_text_bytes, bool has_bitmap, dk_error *err)
{
    dki_chunk *chunk = joint->chunk;
    size_t bytes = dki_storage_bytes(chunk->storage, (size_t)chunk->n_rows);
    size_t bitmap_bytes = dki_storage_bytes(DK_STORE_BITS, (size_t)chunk->n_rows);
    dk_status status = reserve(chunk->context, &chunk->values, &joint->values_room, bytes, err);

    if (status == DK_OK && chunk->storage == DK_STORE_BITS)
        memset(chunk->values, 0, bytes);
    if (status == DK_OK && chunk->storage == DK_STORE_TEXT)
        status = reserve(chunk->context, (void **)&chunk->bytes, &joint->bytes_room, n_text_bytes, err);
    if (status == DK_OK && has_bitmap) {
        status = reserve(chunk->context, (void **)&chunk->valid, &joint->valid_room, bitmap_bytes, err);
        if (status == DK_OK)
            memset(chunk->valid, 0, bitmap_bytes);
    } else if (status == DK_OK) { /* no bitmap: all are known */
        dki_free(chunk->context, chunk->valid);
        chunk->valid = NULL;
        joint->valid_room = 0;
    }
    return status;
}

static dk_status fill(dk_type type, const dki_part *parts, size_t n, dki_joint *joint, dk_error *err)
{
    dki_chunk *chunk = joint->chunk;
    struct joined joined = { chunk, 0, 0 };
    size_t n_text_bytes = 0;
    dk_view view;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        dki_column_facts facts = { 0, false, 0, 0 };

        status = dki_part_facts(&parts[i], &facts, err);
        dki_merge_facts(&chunk->facts, &facts);
        chunk->n_rows += parts[i].n_rows;
        if (status == DK_OK && is_text(type)) {
            status = dki_chunk_hold(parts[i].chunk, err);
            if (status == DK_OK) {
                n_text_bytes += text_bytes(&parts[i]);
                dki_chunk_let(parts[i].chunk);
            }
        }
    }
    if (status != DK_OK)
        return status;
    if (n_text_bytes > UINT32_MAX)
        return dki_fail(err, DK_ERR_LIMIT, "%llu rows of text hold more than 4 GiB",
                        (unsigned long long)chunk->n_rows);
    chunk->storage = storage_for(type, &chunk->facts, parts, n);
    status = make_room(joint, n_text_bytes, chunk->facts.n_nulls > 0 && type != DK_CATEGORY, err);
    dk_view_init(&view, chunk->context);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = put_part(&parts[i], &view, &joined, err);
    dk_view_release(&view);
    return status;
}

dk_status dki_chunk_join(dk_context *context, dk_type type, const dki_part *parts, size_t n, dki_joint *joint,
                         dk_error *err)
{
    dk_status status;

    if (joint->chunk == NULL) {
        joint->chunk = dki_calloc(context, 1, sizeof *joint->chunk, err);
        if (joint->chunk == NULL)
            return DK_ERR_MEMORY;
        atomic_init(&joint->chunk->n_references, 1);
        joint->chunk->context = dk_context_retain(context);
    }
    dki_free(context, joint->chunk->ends); /* of what was joined before */
    joint->chunk->ends = NULL;
    joint->chunk->n_runs = 0;
    joint->chunk->n_rows = 0;
    joint->chunk->facts = (dki_column_facts){ 0, false, 0, 0 };
    status = fill(type, parts, n, joint, err);
    if (status == DK_OK)
        status = dki_chunk_find_runs(joint->chunk, err);
    if (joint->chunk->n_runs > 0) /* which have memory of their own */
        joint->values_room = joint->valid_room = 0;
    return status;
}

void dki_joint_drop(dki_joint *joint)
{
    dki_chunk_release(joint->chunk);
    memset(joint, 0, sizeof *joint);
}
