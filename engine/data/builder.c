/* builder.c - makes a column row by row.
 *
 * Invariants: a row is appended whole or not at all; the value of a null row is 0; chunks but the last hold
 * DKI_CHUNK_ROWS rows, or less where their text is long.
 */
#include "builder.h"

#include <math.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "column_parts.h"

#define CHUNK_TEXT_BYTES ((size_t)64 << 20)

static dk_storage widest(dk_type type)
{
    switch (type) {
    case DK_BOOLEAN: return DK_STORE_BITS;
    case DK_REAL: return DK_STORE_F64;
    case DK_RATIO: return DK_STORE_RATIO;
    case DK_CATEGORY: return DK_STORE_U32;
    case DK_TEXT: return DK_STORE_TEXT;
    default: return DK_STORE_I64;
    }
}

/* Bytes that the open chunk's values take for so many rows. */
static size_t value_bytes(dk_type type, size_t n)
{
    switch (widest(type)) {
    case DK_STORE_BITS: return dki_bit_words(n) * sizeof(uint64_t);
    case DK_STORE_TEXT: return (n + 1) * sizeof(uint32_t);
    default: return n * dki_storage_width(widest(type));
    }
}

dk_status dk_builder_new(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                         dk_builder **out, dk_error *err)
{
    dk_builder *builder;

    if ((unsigned)type >= DK_N_TYPES)
        return dki_fail(err, DK_ERR_TYPE, "type %d does not exist", (int)type);
    if (type == DK_DECIMAL && scale > DK_DECIMAL_MAX_SCALE)
        return dki_fail(err, DK_ERR_RANGE, "a decimal has at most %d digits after the point, not %d",
                        DK_DECIMAL_MAX_SCALE, scale);
    builder = dki_calloc(context, 1, sizeof *builder, err);
    if (builder == NULL)
        return DK_ERR_MEMORY;
    builder->context = dk_context_retain(context);
    builder->type = type;
    builder->scale = type == DK_DECIMAL ? scale : 0;
    builder->levels = type == DK_CATEGORY && levels ? dk_dictionary_retain(levels) : NULL;
    dki_text_map_init(&builder->collected, context);
    *out = builder;
    return DK_OK;
}

void dk_builder_release(dk_builder *builder)
{
    dk_context *context;

    if (builder == NULL)
        return;
    context = builder->context;
    for (size_t i = 0; i < builder->n_parts; i++)
        dki_chunk_release(builder->parts[i].chunk);
    dki_free(context, builder->parts);
    dki_free(context, builder->values);
    dki_free(context, builder->valid);
    dki_free(context, builder->bytes);
    dki_free(context, builder->translation);
    dk_dictionary_release(builder->translated);
    dk_dictionary_release(builder->levels);
    dki_text_map_drop(&builder->collected);
    dki_free(context, builder);
    dk_context_release(context);
}

uint64_t dk_builder_n_rows(const dk_builder *builder)
{
    return builder->n_closed + builder->n;
}

/* Closing ----------------------------------------------------------------------------------------------------------- */

static bool rows_are_equal(const dk_builder *builder)
{
    size_t n = builder->n;

    if (builder->n_nulls == n)
        return true;
    if (builder->n_nulls > 0)
        return false;
    switch (widest(builder->type)) {
    case DK_STORE_BITS: {
        size_t ones = dki_bits_count(builder->values, n);

        return ones == 0 || ones == n;
    }
    case DK_STORE_TEXT: {
        const uint32_t *offsets = builder->values;
        uint32_t size = offsets[1];

        for (size_t i = 1; i < n; i++)
            if (offsets[i + 1] - offsets[i] != size ||
                memcmp(builder->bytes + offsets[i], builder->bytes, size) != 0)
                return false;
        return true;
    }
    default: {
        size_t width = dki_storage_width(widest(builder->type));
        const char *values = builder->values;

        return memcmp(values, values + width, width * (n - 1)) == 0; /* each is equal to the next */
    }
    }
}

#define NARROW(type)                      \
    do {                                  \
        type *to_ = out;                  \
        for (size_t i_ = 0; i_ < n; i_++) \
            to_[i_] = (type)from[i_];     \
    } while (0)

static void narrow_integers(const int64_t *from, size_t n, dk_storage storage, void *out)
{
    switch (storage) {
    case DK_STORE_I8: NARROW(int8_t); break;
    case DK_STORE_I16: NARROW(int16_t); break;
    case DK_STORE_I32: NARROW(int32_t); break;
    default: NARROW(int64_t);
    }
}

static void narrow_codes(const uint32_t *from, size_t n, dk_storage storage, void *out)
{
    switch (storage) {
    case DK_STORE_U8: NARROW(uint8_t); break;
    case DK_STORE_U16: NARROW(uint16_t); break;
    default: NARROW(uint32_t);
    }
}

/* The narrowest storage that holds all rows of the open chunk. */
static dk_storage narrowest(const dk_builder *builder)
{
    dk_storage storage = widest(builder->type);

    if (storage == DK_STORE_I64) {
        const int64_t *values = builder->values;
        int64_t least = 0, greatest = 0;

        for (size_t i = 0; i < builder->n; i++) {
            least = values[i] < least ? values[i] : least;
            greatest = values[i] > greatest ? values[i] : greatest;
        }
        if (least >= INT8_MIN && greatest <= INT8_MAX)
            return DK_STORE_I8;
        if (least >= INT16_MIN && greatest <= INT16_MAX)
            return DK_STORE_I16;
        if (least >= INT32_MIN && greatest <= INT32_MAX)
            return DK_STORE_I32;
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

/* Copies the open chunk's first n rows into a chunk's own memory. */
static dk_status fill_chunk(const dk_builder *builder, size_t n, dki_chunk *chunk, dk_error *err)
{
    dk_context *context = builder->context;
    size_t bytes = chunk->storage == DK_STORE_BITS   ? dki_bit_words(n) * sizeof(uint64_t)
                   : chunk->storage == DK_STORE_TEXT ? (n + 1) * sizeof(uint32_t)
                                                     : n * dki_storage_width(chunk->storage);
    size_t text_bytes = 0;

    chunk->values = dki_alloc_wide(context, bytes, err);
    if (chunk->values == NULL)
        return DK_ERR_MEMORY;
    chunk->heap_bytes = sizeof *chunk + bytes;
    switch (widest(builder->type)) {
    case DK_STORE_I64: narrow_integers(builder->values, n, chunk->storage, chunk->values); break;
    case DK_STORE_U32: narrow_codes(builder->values, n, chunk->storage, chunk->values); break;
    default: memcpy(chunk->values, builder->values, bytes);
    }
    if (chunk->storage == DK_STORE_TEXT) {
        text_bytes = ((const uint32_t *)builder->values)[n];
        chunk->bytes = dki_alloc(context, text_bytes, err);
        if (chunk->bytes == NULL)
            return DK_ERR_MEMORY;
        if (text_bytes > 0)
            memcpy(chunk->bytes, builder->bytes, text_bytes);
        chunk->heap_bytes += text_bytes;
    }
    if (builder->n_nulls > 0 && builder->type != DK_CATEGORY) {
        chunk->valid = dki_alloc_wide(context, dki_bit_words(n) * sizeof(uint64_t), err);
        if (chunk->valid == NULL)
            return DK_ERR_MEMORY;
        memcpy(chunk->valid, builder->valid, dki_bit_words(n) * sizeof(uint64_t));
        chunk->heap_bytes += dki_bit_words(n) * sizeof(uint64_t);
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
    chunk->storage = narrowest(builder);
    chunk->constant = rows_are_equal(builder);
    status = fill_chunk(builder, chunk->constant ? 1 : builder->n, chunk, err);
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

dk_status dki_builder_room(dk_builder *builder, size_t *room, dk_error *err)
{
    size_t larger;
    dk_status status;

    if (builder->n == DKI_CHUNK_ROWS || builder->n_bytes >= CHUNK_TEXT_BYTES) {
        status = dki_builder_close_chunk(builder, err);
        if (status != DK_OK)
            return status;
    }
    if (builder->n == builder->capacity) {
        larger = builder->capacity == 0 ? 64 : builder->capacity * 2;
        status = dki_resize(builder->context, &builder->values, value_bytes(builder->type, larger), err);
        if (status == DK_OK)
            status = dki_resize(builder->context, (void **)&builder->valid,
                                dki_bit_words(larger) * sizeof(uint64_t), err);
        if (status != DK_OK)
            return status;
        builder->capacity = larger;
    }
    if (builder->type == DK_TEXT && builder->n == 0)
        ((uint32_t *)builder->values)[0] = 0;
    *room = builder->capacity - builder->n;
    return DK_OK;
}

/* Rows -------------------------------------------------------------------------------------------------------------- */

static void count_row(dk_builder *builder, bool known)
{
    dki_bit_put(builder->valid, builder->n, known);
    builder->n_nulls += !known;
    builder->facts.n_nulls += !known;
    builder->n++;
}

static dk_status wrong_type(const dk_builder *builder, dk_type given, dk_error *err)
{
    return dki_fail(err, DK_ERR_TYPE, "a %s cannot go into a %s column", dk_type_name(given),
                    dk_type_name(builder->type));
}

dk_status dk_builder_null(dk_builder *builder, uint64_t n, dk_error *err)
{
    while (n > 0) {
        size_t room;
        dk_status status = dki_builder_room(builder, &room, err);

        if (status != DK_OK)
            return status;
        for (; room > 0 && n > 0; room--, n--) {
            size_t i = builder->n;

            switch (widest(builder->type)) {
            case DK_STORE_BITS: dki_bit_clear(builder->values, i); break;
            case DK_STORE_F64: ((double *)builder->values)[i] = 0; break;
            case DK_STORE_RATIO: ((dk_ratio *)builder->values)[i] = (dk_ratio){ 0, 1 }; break;
            case DK_STORE_U32: ((uint32_t *)builder->values)[i] = 0; break;
            case DK_STORE_TEXT: ((uint32_t *)builder->values)[i + 1] = (uint32_t)builder->n_bytes; break;
            default: ((int64_t *)builder->values)[i] = 0;
            }
            count_row(builder, false);
        }
    }
    return DK_OK;
}

dk_status dk_builder_boolean(dk_builder *builder, bool value, dk_error *err)
{
    size_t room;
    dk_status status;

    if (builder->type != DK_BOOLEAN)
        return wrong_type(builder, DK_BOOLEAN, err);
    status = dki_builder_room(builder, &room, err);
    if (status != DK_OK)
        return status;
    dki_bit_put(builder->values, builder->n, value);
    count_row(builder, true);
    return DK_OK;
}

dk_status dk_builder_integer(dk_builder *builder, int64_t value, dk_error *err)
{
    size_t room;
    dk_status status;

    if (widest(builder->type) != DK_STORE_I64)
        return wrong_type(builder, DK_INTEGER, err);
    status = dki_builder_room(builder, &room, err);
    if (status != DK_OK)
        return status;
    ((int64_t *)builder->values)[builder->n] = value;
    dki_builder_bound(builder, value);
    count_row(builder, true);
    return DK_OK;
}

dk_status dk_builder_real(dk_builder *builder, double value, dk_error *err)
{
    size_t room;
    dk_status status;

    if (builder->type != DK_REAL)
        return wrong_type(builder, DK_REAL, err);
    if (!isfinite(value))
        return dki_fail(err, DK_ERR_RANGE, "a real is finite: %s cannot be stored", isnan(value) ? "nan" : "inf");
    status = dki_builder_room(builder, &room, err);
    if (status != DK_OK)
        return status;
    ((double *)builder->values)[builder->n] = value == 0 ? 0.0 : value; /* no negative zero */
    count_row(builder, true);
    return DK_OK;
}

dk_status dk_builder_ratio(dk_builder *builder, dk_ratio value, dk_error *err)
{
    size_t room;
    dk_status status;
    dk_ratio reduced;

    if (builder->type != DK_RATIO)
        return wrong_type(builder, DK_RATIO, err);
    if (!dki_ratio_make(value.numerator, value.denominator, &reduced))
        return dki_fail(err, DK_ERR_RANGE, "%lld / %lld is no ratio", (long long)value.numerator,
                        (long long)value.denominator);
    status = dki_builder_room(builder, &room, err);
    if (status != DK_OK)
        return status;
    ((dk_ratio *)builder->values)[builder->n] = reduced;
    count_row(builder, true);
    return DK_OK;
}

dk_status dk_builder_code(dk_builder *builder, uint32_t code, dk_error *err)
{
    size_t room, n_levels;
    dk_status status;

    if (builder->type != DK_CATEGORY)
        return wrong_type(builder, DK_CATEGORY, err);
    n_levels = builder->levels ? dk_dictionary_n_levels(builder->levels) : builder->collected.n;
    if (code > n_levels)
        return dki_fail(err, DK_ERR_RANGE, "code %u of %zu levels", code, n_levels);
    status = dki_builder_room(builder, &room, err);
    if (status != DK_OK)
        return status;
    ((uint32_t *)builder->values)[builder->n] = code;
    count_row(builder, code != 0);
    return DK_OK;
}

static dk_status unknown_level(const dk_builder *builder, dk_text level, dk_error *err)
{
    dki_nearest nearest;
    size_t n = dk_dictionary_n_levels(builder->levels);

    dki_nearest_init(&nearest, level.bytes, level.size);
    for (uint32_t code = 1; code <= n; code++) {
        dk_text known = dk_dictionary_level(builder->levels, code);

        dki_nearest_try(&nearest, known.bytes, known.size);
    }
    dki_fail(err, DK_ERR_RANGE, "\"%.*s\" is none of the %zu levels that were stated",
             (int)(level.size < 100 ? level.size : 100), level.bytes, n);
    if (nearest.best)
        dki_hint(err, "did you mean \"%.*s\"?", (int)nearest.best_size, nearest.best);
    return DK_ERR_RANGE;
}

dk_status dki_builder_level(dk_builder *builder, dk_text level, uint32_t *code, dk_error *err)
{
    if (builder->levels) {
        *code = dk_dictionary_find(builder->levels, level);
        return *code ? DK_OK : unknown_level(builder, level, err);
    }
    if (dki_utf8_check(level.bytes, level.size) != level.size)
        return dki_fail(err, DK_ERR_ENCODING, "a level is not UTF-8");
    if (dki_text_map_add(&builder->collected, level.bytes, level.size, code, err) != DK_OK)
        return err ? err->code : DK_ERR_MEMORY;
    ++*code;
    return DK_OK;
}

dk_status dk_builder_text(dk_builder *builder, dk_text value, dk_error *err)
{
    size_t room;
    uint32_t code;
    dk_status status;

    if (builder->type == DK_CATEGORY) {
        status = dki_builder_level(builder, value, &code, err);
        return status == DK_OK ? dk_builder_code(builder, code, err) : status;
    }
    if (builder->type != DK_TEXT)
        return wrong_type(builder, DK_TEXT, err);
    if (value.size > (size_t)1 << 31)
        return dki_fail(err, DK_ERR_LIMIT, "a text of %zu bytes is longer than 2 GiB", value.size);
    if (dki_utf8_check(value.bytes, value.size) != value.size)
        return dki_fail(err, DK_ERR_ENCODING, "a text is not UTF-8");
    status = dki_builder_room(builder, &room, err);
    if (status == DK_OK)
        status = dki_grow(builder->context, (void **)&builder->bytes, &builder->bytes_capacity,
                          builder->n_bytes + value.size, 1, err);
    if (status != DK_OK)
        return status;
    if (value.size > 0)
        memcpy(builder->bytes + builder->n_bytes, value.bytes, value.size);
    builder->n_bytes += value.size;
    ((uint32_t *)builder->values)[builder->n + 1] = (uint32_t)builder->n_bytes;
    count_row(builder, true);
    return DK_OK;
}

static dk_status no_fit(const dk_builder *builder, const dk_value *value, dk_error *err)
{
    char text[64];

    dk_value_format(value, text, sizeof text);
    return dki_fail(err, DK_ERR_RANGE, "%s does not fit exactly into a %s column", text,
                    dk_type_name(builder->type));
}

static dk_status append_number(dk_builder *builder, const dk_value *value, dk_error *err)
{
    unsigned scale = value->type == DK_DECIMAL ? value->scale : 0;
    int64_t number = value->type == DK_REAL ? 0 : value->as.integer;
    uint8_t real_scale;

    switch (builder->type) {
    case DK_REAL: {
        double real = value->type == DK_REAL    ? value->as.real
                      : value->type == DK_RATIO ? dki_ratio_real(value->as.ratio)
                                                : dki_decimal_real(number, scale);
        dk_value back = { .type = DK_REAL, .as.real = real };

        return dk_value_compare(&back, value) == 0 ? dk_builder_real(builder, real, err)
                                                   : no_fit(builder, value, err);
    }
    case DK_RATIO:
        if (value->type == DK_REAL)
            return no_fit(builder, value, err);
        return dk_builder_ratio(
            builder, value->type == DK_RATIO ? value->as.ratio : (dk_ratio){ number, dki_power10[scale] }, err);
    case DK_INTEGER:
    case DK_DECIMAL:
        if (value->type == DK_REAL) {
            if (!dki_real_to_decimal(value->as.real, &number, &real_scale))
                return no_fit(builder, value, err);
            scale = real_scale;
        } else if (value->type == DK_RATIO) {
            dki_i128 scaled = (dki_i128)value->as.ratio.numerator * dki_power10[builder->scale];

            if (scaled % value->as.ratio.denominator != 0 || !dki_fits_i64(scaled / value->as.ratio.denominator))
                return no_fit(builder, value, err);
            number = (int64_t)(scaled / value->as.ratio.denominator);
            scale = builder->scale;
        }
        if (!dki_rescale(number, scale, builder->scale, &number))
            return no_fit(builder, value, err);
        return dk_builder_integer(builder, number, err);
    default: return wrong_type(builder, value->type, err);
    }
}

dk_status dk_builder_value(dk_builder *builder, const dk_value *value, dk_error *err)
{
    if (value->is_null)
        return dk_builder_null(builder, 1, err);
    if (dk_type_is_number(value->type))
        return append_number(builder, value, err);
    switch (value->type) {
    case DK_BOOLEAN: return dk_builder_boolean(builder, value->as.boolean, err);
    case DK_DATE:
    case DK_TIMESTAMP:
        return builder->type == value->type ? dk_builder_integer(builder, value->as.integer, err)
                                            : wrong_type(builder, value->type, err);
    default:
        return builder->type == DK_CATEGORY || builder->type == DK_TEXT
                   ? dk_builder_text(builder, value->as.text, err)
                   : wrong_type(builder, value->type, err);
    }
}

dk_status dk_builder_finish(dk_builder *builder, const dk_column **out, dk_error *err)
{
    dk_dictionary *levels = NULL;
    const dk_column *column;
    dk_status status = dki_builder_close_chunk(builder, err);

    if (status != DK_OK)
        return status;
    if (builder->type == DK_CATEGORY && builder->levels == NULL) {
        size_t n = builder->collected.n;
        dk_text *texts = dki_alloc_array(builder->context, n, sizeof *texts, err);

        if (texts == NULL)
            return DK_ERR_MEMORY;
        for (size_t i = 0; i < n; i++)
            texts[i].bytes = dki_text_map_get(&builder->collected, (uint32_t)i, &texts[i].size);
        status = dk_dictionary_new(builder->context, texts, n, false, &levels, err);
        dki_free(builder->context, texts);
        if (status != DK_OK)
            return status;
    }
    status = dki_column_of_parts(builder->context, builder->type, builder->scale, levels ? levels : builder->levels,
                                 builder->parts, builder->n_parts, &builder->facts, &column, err);
    dk_dictionary_release(levels);
    builder->n_parts = 0; /* given to the column, or released */
    builder->n_closed = 0;
    builder->facts = (dki_column_facts){ 0, false, 0, 0 };
    if (status == DK_OK)
        *out = column;
    return status;
}
