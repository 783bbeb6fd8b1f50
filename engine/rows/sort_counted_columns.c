/* sort_counted_columns.c - columns of keys in the order that was counted: see sort_counted.h.
 *
 * How many rows have each code says what stands in the column from where to where: chunks are filled without a look at a row, side by
 * side. Cost: a pass over the rows, which writes. Poll: once for each chunk.
 */
#include "sort_counted_parts.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "data/column_parts.h"
#include "data/storage.h"

#define CHUNK_ROWS 65536 /* a multiple of 64 */

struct making {
    const dki_sort_counted *counted;
    const dki_sort_pieces_key *key;
    unsigned shift;
    dk_storage storage;
    uint32_t *levels; /* category: the code of each piece */
    dki_made_chunk *made;
};

static dk_storage storage_of(const struct making *making)
{
    int64_t least = (int64_t)making->key->least, greatest = (int64_t)(making->key->least + making->key->span);

    if (making->key->type == DK_BOOLEAN)
        return DK_STORE_BITS;
    if (making->key->type == DK_CATEGORY)
        return making->key->span < UINT8_MAX    ? DK_STORE_U8
               : making->key->span < UINT16_MAX ? DK_STORE_U16
                                                : DK_STORE_U32;
    return dki_narrowest(least, greatest);
}

#define FILL(type)                             \
    do {                                       \
        type *to_ = (type *)made->values + at; \
        for (size_t i_ = 0; i_ < n; i_++)      \
            to_[i_] = (type)value;             \
    } while (0)

/* n rows from `at` on are value. */
static void fill(const dki_made_chunk *made, size_t at, size_t n, int64_t value)
{
    switch (made->storage) {
    case DK_STORE_BITS:
        for (size_t i = 0; value && i < n; i++)
            dki_bit_set(made->values, at + i);
        break;
    case DK_STORE_I8:
    case DK_STORE_U8: FILL(uint8_t); break;
    case DK_STORE_I16:
    case DK_STORE_U16: FILL(uint16_t); break;
    case DK_STORE_I32:
    case DK_STORE_U32: FILL(uint32_t); break;
    default: FILL(int64_t); break;
    }
}

/* The next n rows, from `at` on, have this piece. */
static void put_piece(const struct making *making, dki_made_chunk *made, size_t at, size_t n, uint64_t piece)
{
    const dki_sort_pieces_key *key = making->key;
    int64_t value = (int64_t)(key->descending ? key->least + key->span - piece : key->least + piece);

    if (key->type == DK_CATEGORY) {
        value = making->levels[piece];
        made->n_nulls += value == 0 ? n : 0;
    } else if (piece > key->span) {
        made->n_nulls += n;
        return; /* as the chunk was cleared */
    } else if (made->valid) {
        for (size_t i = 0; i < n; i++)
            dki_bit_set(made->valid, at + i);
    }
    if (key->type != DK_CATEGORY && key->type != DK_BOOLEAN) {
        made->least = !made->has_bounds || value < made->least ? value : made->least;
        made->greatest = !made->has_bounds || value > made->greatest ? value : made->greatest;
        made->has_bounds = true;
    }
    fill(made, at, n, value);
}

/* The first code whose rows reach behind row. */
static size_t code_at(const dki_sort_counted *counted, uint64_t row)
{
    size_t low = 0, high = counted->n_codes - 1;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (counted->ends[middle] > row)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static dk_status make_chunk(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct making *making = arg;
    const dki_sort_counted *counted = making->counted;
    dki_made_chunk *made = &making->made[begin / CHUNK_ROWS];
    size_t code = code_at(counted, begin), n_values = (size_t)(end - begin);
    uint64_t mask = (UINT64_C(1) << making->key->bits) - 1;

    (void)worker;
    made->constant = code >> making->shift == code_at(counted, end - 1) >> making->shift;
    if (made->constant)
        n_values = 1;
    made->storage = making->storage;
    made->n_rows = end - begin;
    made->values = dki_alloc_wide(counted->context, dki_storage_bytes(making->storage, n_values), err);
    if (made->values == NULL)
        return DK_ERR_MEMORY;
    memset(made->values, 0, dki_storage_bytes(making->storage, n_values));
    if (making->key->has_null && making->key->type != DK_CATEGORY) {
        made->valid = dki_calloc(counted->context, dki_bit_words(n_values), sizeof *made->valid, err);
        if (made->valid == NULL)
            return DK_ERR_MEMORY;
    }
    for (size_t at = 0; at < n_values; code++) {
        uint64_t stop = counted->ends[code] < end ? counted->ends[code] : end;
        size_t n = made->constant ? 1 : (size_t)(stop - begin) - at;

        if (n > 0)
            put_piece(making, made, at, n, code >> making->shift & mask);
        at += n;
    }
    if (made->constant && made->n_nulls > 0)
        made->n_nulls = made->n_rows;
    if (made->n_nulls == 0) {
        dki_free(counted->context, made->valid);
        made->valid = NULL;
    }
    return DK_OK;
}

/* From pieces back to codes of levels. */
static dk_status invert_ranks(struct making *making, dk_context *context, dk_error *err)
{
    const dki_sort_pieces_key *key = making->key;
    size_t n = dk_dictionary_n_levels(dk_column_levels(key->column));

    making->levels = dki_calloc(context, (size_t)key->span + 2, sizeof *making->levels, err);
    if (making->levels == NULL)
        return DK_ERR_MEMORY;
    for (size_t code = 1; code <= n; code++)
        making->levels[key->ranks[code]] = (uint32_t)code;
    return DK_OK;
}

dk_status dki_sort_counted_column(const dki_sort_counted *counted, size_t k, const dk_column **out, dk_error *err)
{
    dk_context *context = counted->context;
    struct making making = { .counted = counted, .key = &counted->pieces.keys[k], .shift = counted->shifts[k] };
    const dk_column *column = making.key->column;
    size_t n_chunks = (size_t)((counted->n_rows + CHUNK_ROWS - 1) / CHUNK_ROWS);
    dk_status status = DK_OK;

    making.storage = storage_of(&making);
    if (making.key->type == DK_CATEGORY)
        status = invert_ranks(&making, context, err);
    making.made = status == DK_OK ? dki_calloc(context, n_chunks, sizeof *making.made, err) : NULL;
    if (making.made == NULL) {
        dki_free(context, making.levels);
        return DK_ERR_MEMORY;
    }
    status = dki_parallel(context, counted->n_rows, CHUNK_ROWS, make_chunk, &making, err);
    if (status == DK_OK)
        status = dki_column_of_made(context, making.key->type, dk_column_scale(column), dk_column_levels(column),
                                    making.made, n_chunks, out, err);
    else
        for (size_t i = 0; i < n_chunks; i++)
            dki_made_drop(context, &making.made[i]);
    dki_free(context, making.made);
    dki_free(context, making.levels);
    return status;
}
