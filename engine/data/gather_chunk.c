/* gather_chunk.c - a chunk of rows that are picked from a column which is laid out in one piece.
 *
 * Values go from one array to the other as they are stored; then the chunk is made as narrow as its own values
 * allow, so that it is no larger than a builder's.
 */
#include "gather.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "chunk.h"
#include "column_parts.h"

bool dki_gather_has_chunks(dk_storage storage)
{
    switch (storage) {
    case DK_STORE_BITS:
    case DK_STORE_RATIO:
    case DK_STORE_TEXT: return false;
    default: return true;
    }
}

dk_status dki_gather_check(const dk_column *column, const uint64_t *rows, size_t n, bool *any_null, dk_error *err)
{
    *any_null = false;
    for (size_t i = 0; i < n; i++) {
        if (rows[i] < column->n_rows)
            continue;
        if (rows[i] != DK_ROW_NULL)
            return dki_fail(err, DK_ERR_RANGE, "row %llu of a column of %llu rows", (unsigned long long)rows[i] + 1,
                            (unsigned long long)column->n_rows);
        *any_null = true;
    }
    return DK_OK;
}

static void pick_valid(const dki_laid_out *from, const uint64_t *rows, size_t n, dki_made_chunk *made)
{
    for (size_t first = 0; first < n; first += 64) {
        size_t end = n - first < 64 ? n - first : 64;
        uint64_t known = 0;

        for (size_t i = 0; i < end; i++) {
            uint64_t row = rows[first + i];
            bool is_known =
                row != DK_ROW_NULL && (from->valid == NULL || dki_bit(from->valid, (size_t)(from->first + row)));

            known |= (uint64_t)is_known << i;
        }
        made->valid[first / 64] = known;
        made->n_nulls += end - (size_t)__builtin_popcountll(known);
    }
}

#define PICK(type)                                                       \
    do {                                                                 \
        const type *from_ = (const type *)from->values + from->first;    \
        type *to_ = made->values;                                        \
        if (any_row_null)                                                \
            for (size_t i_ = 0; i_ < n; i_++)                            \
                to_[i_] = rows[i_] == DK_ROW_NULL ? 0 : from_[rows[i_]]; \
        else                                                             \
            for (size_t i_ = 0; i_ < n; i_++)                            \
                to_[i_] = from_[rows[i_]];                               \
    } while (0)

static void pick_values(const dki_laid_out *from, const uint64_t *rows, size_t n, bool any_row_null,
                        dki_made_chunk *made)
{
    switch (from->storage) {
    case DK_STORE_I8:
    case DK_STORE_U8: PICK(uint8_t); break;
    case DK_STORE_I16:
    case DK_STORE_U16: PICK(uint16_t); break;
    case DK_STORE_I32:
    case DK_STORE_U32: PICK(uint32_t); break;
    case DK_STORE_I64: PICK(int64_t); break;
    default: PICK(double); break;
    }
}

#define BOUNDS(type)                                                       \
    do {                                                                   \
        const type *values_ = made->values;                                \
        type least_ = 0, greatest_ = 0;                                    \
        bool any_ = false;                                                 \
        for (size_t i_ = 0; i_ < n; i_++) {                                \
            if (made->valid && !dki_bit(made->valid, i_))                  \
                continue;                                                  \
            if (!any_)                                                     \
                least_ = greatest_ = values_[i_];                          \
            any_ = true;                                                   \
            least_ = values_[i_] < least_ ? values_[i_] : least_;          \
            greatest_ = values_[i_] > greatest_ ? values_[i_] : greatest_; \
        }                                                                  \
        made->least = (int64_t)least_;                                     \
        made->greatest = (int64_t)greatest_;                               \
        made->has_bounds = any_;                                           \
    } while (0)

/* The least and the greatest known value; of a category the codes, null being 0. */
static void find_bounds(dki_made_chunk *made, size_t n)
{
    switch (made->storage) {
    case DK_STORE_I8: BOUNDS(int8_t); break;
    case DK_STORE_I16: BOUNDS(int16_t); break;
    case DK_STORE_I32: BOUNDS(int32_t); break;
    case DK_STORE_I64: BOUNDS(int64_t); break;
    case DK_STORE_U8: BOUNDS(uint8_t); break;
    case DK_STORE_U16: BOUNDS(uint16_t); break;
    case DK_STORE_U32: BOUNDS(uint32_t); break;
    default: break;
    }
}

#define COUNT_ZEROS(type)                      \
    do {                                       \
        const type *values_ = made->values;    \
        for (size_t i_ = 0; i_ < n; i_++)      \
            made->n_nulls += values_[i_] == 0; \
    } while (0)

static void count_null_codes(dki_made_chunk *made, size_t n)
{
    switch (made->storage) {
    case DK_STORE_U8: COUNT_ZEROS(uint8_t); break;
    case DK_STORE_U16: COUNT_ZEROS(uint16_t); break;
    default: COUNT_ZEROS(uint32_t); break;
    }
}

static dk_storage narrowest(const dki_made_chunk *made, bool is_category)
{
    if (is_category)
        return made->greatest <= UINT8_MAX    ? DK_STORE_U8
               : made->greatest <= UINT16_MAX ? DK_STORE_U16
                                              : DK_STORE_U32;
    return made->has_bounds ? dki_narrowest(made->least, made->greatest) : DK_STORE_I8;
}

#define NARROW(from_type, to_type)             \
    do {                                       \
        const from_type *from_ = made->values; \
        to_type *to_ = narrow;                 \
        for (size_t i_ = 0; i_ < n; i_++)      \
            to_[i_] = (to_type)from_[i_];      \
    } while (0)

#define NARROW_TO(to_type)                          \
    do {                                            \
        switch (dki_storage_width(made->storage)) { \
        case 1: NARROW(uint8_t, to_type); break;    \
        case 2: NARROW(uint16_t, to_type); break;   \
        case 4: NARROW(uint32_t, to_type); break;   \
        default: NARROW(uint64_t, to_type); break;  \
        }                                           \
    } while (0)

/* Keeps the first n values alone, in that storage; the lower bits are the same whether there is a sign or not. */
static dk_status shrink(dk_context *context, dki_made_chunk *made, size_t n, dk_storage storage, dk_error *err)
{
    void *narrow = dki_alloc_wide(context, dki_storage_bytes(storage, n), err);

    if (narrow == NULL)
        return DK_ERR_MEMORY;
    switch (dki_storage_width(storage)) {
    case 1: NARROW_TO(uint8_t); break;
    case 2: NARROW_TO(uint16_t); break;
    case 4: NARROW_TO(uint32_t); break;
    default: NARROW_TO(uint64_t); break;
    }
    dki_free(context, made->values);
    made->values = narrow;
    made->storage = storage;
    return DK_OK;
}

/* A zero has no sign, so that equal reals have the same bytes. */
static dk_status settle_reals(dk_context *context, dki_made_chunk *made, size_t n, dk_error *err)
{
    const double *values = made->values;

    made->constant =
        made->n_nulls == n || (made->n_nulls == 0 && memcmp(values, values + 1, (n - 1) * sizeof *values) == 0);
    return made->constant && n > 1 ? shrink(context, made, 1, DK_STORE_F64, err) : DK_OK;
}

static dk_status settle(dk_context *context, dki_made_chunk *made, size_t n, bool is_category, dk_error *err)
{
    dk_storage storage;

    if (made->storage == DK_STORE_F64)
        return settle_reals(context, made, n, err);
    find_bounds(made, n);
    if (is_category && made->least == 0)
        count_null_codes(made, n);
    storage = narrowest(made, is_category);
    made->constant = made->least == made->greatest && (made->n_nulls == 0 || made->n_nulls == n);
    if (is_category)
        made->has_bounds = false;
    if (made->constant && n > 1)
        return shrink(context, made, 1, storage, err);
    return storage == made->storage ? DK_OK : shrink(context, made, n, storage, err);
}

dk_status dki_gather_chunk(dk_context *context, const dki_laid_out *from, const uint64_t *rows, size_t n,
                           bool any_row_null, dki_made_chunk *made, dk_error *err)
{
    bool is_category = from->storage >= DK_STORE_U8 && from->storage <= DK_STORE_U32;
    dk_status status;

    made->storage = from->storage;
    made->n_rows = n;
    made->values = dki_alloc_wide(context, dki_storage_bytes(from->storage, n), err);
    if (made->values == NULL)
        return DK_ERR_MEMORY;
    pick_values(from, rows, n, any_row_null, made);
    if (!is_category && (from->valid || any_row_null)) {
        made->valid = dki_alloc_wide(context, dki_storage_bytes(DK_STORE_BITS, n), err);
        if (made->valid == NULL)
            return DK_ERR_MEMORY;
        pick_valid(from, rows, n, made);
        if (made->n_nulls == 0) {
            dki_free(context, made->valid);
            made->valid = NULL;
        }
    }
    status = settle(context, made, n, is_category, err);
    if (status == DK_OK && made->constant && made->n_nulls > 0 && made->valid)
        made->valid[0] = 0;
    return status;
}
