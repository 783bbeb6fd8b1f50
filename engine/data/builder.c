/* builder.c - makes a column row by row.
 *
 * Invariants: a row is appended whole or not at all; the value of a null row is 0; a real is finite and its zero has no
 * sign; a ratio is in lowest terms; texts and levels are UTF-8; dates lie in the years 1 to 9999.
 */
#include "builder.h"

#include <math.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"
#include "column_parts.h"
#include "dictionary_parts.h"
#include "interval.h"

dk_status dk_builder_new(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                         dk_builder **out, dk_error *err)
{
    dk_builder *builder;

    if ((unsigned)type >= DK_N_TYPES)
        return dki_fail(err, DK_ERR_TYPE, "type %d does not exist", (int)type);
    if (type == DK_PERIOD && scale >= DK_N_FREQUENCIES)
        return dki_fail(err, DK_ERR_RANGE, "a period is a year, a quarter or a month, and there is no frequency %d",
                        scale);
    if ((type == DK_DECIMAL || type == DK_INTERVAL) && scale > DK_DECIMAL_MAX_SCALE)
        return dki_fail(err, DK_ERR_RANGE, "a decimal has at most %d digits after the point, not %d",
                        DK_DECIMAL_MAX_SCALE, scale);
    builder = dki_calloc(context, 1, sizeof *builder, err);
    if (builder == NULL)
        return DK_ERR_MEMORY;
    builder->context = dk_context_retain(context);
    builder->type = type;
    builder->scale = dki_type_scale(type, scale);
    builder->levels = type == DK_CATEGORY && levels ? dk_dictionary_retain(levels) : NULL;
    dki_text_map_init(&builder->collected, context);
    if (type == DK_INTERVAL) {
        dk_status status = dki_interval_builder_new(context, scale, levels, &builder->interval, err);

        if (status != DK_OK) {
            dk_builder_release(builder);
            return status;
        }
    }
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
    dki_interval_builder_release(context, builder->interval);
    dki_free(context, builder);
    dk_context_release(context);
}

uint64_t dk_builder_n_rows(const dk_builder *builder)
{
    return builder->interval ? dk_builder_n_rows(builder->interval->children[DK_CHILD_MARKER])
                             : builder->n_closed + builder->n;
}

/* Rows -------------------------------------------------------------------------------------------------------------- */

dk_status dki_builder_wrong_type(const dk_builder *builder, dk_type given, dk_error *err)
{
    return dki_fail(err, DK_ERR_TYPE, "a value of type %s cannot go into a column of type %s", dk_type_name(given),
                    dki_type_shown(builder->type, builder->scale));
}

/* Writes n null rows, for which there is room. */
static void write_nulls(dk_builder *builder, size_t n)
{
    dk_storage storage = dki_widest(builder->type);
    size_t width = dki_storage_width(storage);

    for (size_t i = builder->n; i < builder->n + n; i++) {
        if (storage == DK_STORE_BITS)
            dki_bit_clear(builder->values, i);
        else if (storage == DK_STORE_TEXT)
            ((uint32_t *)builder->values)[i + 1] = (uint32_t)builder->n_bytes;
        else if (storage == DK_STORE_RATIO)
            ((dk_ratio *)builder->values)[i] = (dk_ratio){ 0, 1 };
        else
            memset((char *)builder->values + i * width, 0, width);
    }
    dki_builder_count(builder, n, false);
}

dk_status dk_builder_null(dk_builder *builder, uint64_t n, dk_error *err)
{
    if (n > INT64_MAX - dk_builder_n_rows(builder))
        return dki_fail(err, DK_ERR_LIMIT, "%llu more rows are more than a column can have", (unsigned long long)n);
    if (builder->interval)
        return dki_interval_builder_null(builder->interval, n, err);
    if (n >= DKI_CHUNK_ROWS) { /* however many: one chunk */
        size_t room;
        dk_status status = dki_builder_close_chunk(builder, err);

        if (status == DK_OK)
            status = dki_builder_room(builder, &room, err);
        if (status != DK_OK)
            return status;
        write_nulls(builder, 1);
        return dki_builder_stretch(builder, n, err);
    }
    while (n > 0) {
        size_t room;
        dk_status status = dki_builder_room(builder, &room, err);

        if (status != DK_OK)
            return status;
        room = room < n ? room : (size_t)n;
        write_nulls(builder, room);
        n -= room;
    }
    return DK_OK;
}

dk_status dk_builder_boolean(dk_builder *builder, bool value, dk_error *err)
{
    size_t room;
    dk_status status;

    if (builder->type != DK_BOOLEAN)
        return dki_builder_wrong_type(builder, DK_BOOLEAN, err);
    status = dki_builder_room(builder, &room, err);
    if (status != DK_OK)
        return status;
    dki_bit_put(builder->values, builder->n, value);
    dki_builder_count(builder, 1, true);
    return DK_OK;
}

dk_status dki_builder_check_integer(const dk_builder *builder, int64_t value, dk_error *err)
{
    int64_t least, greatest;

    if (!dki_type_bounds(builder->type, builder->scale, &least, &greatest) || (value >= least && value <= greatest))
        return DK_OK;
    if (builder->type == DK_DATE)
        return dki_fail(err, DK_ERR_RANGE,
                        "a date that lies %lld days from 1970-01-01 is not in the years 1 to 9999",
                        (long long)value);
    if (builder->type == DK_TIMESTAMP)
        return dki_fail(err, DK_ERR_RANGE,
                        "a timestamp that lies %lld microseconds from 1970-01-01 is not in the years 1 to 9999",
                        (long long)value);
    return dki_fail(err, DK_ERR_RANGE,
                    "a %s that lies %lld %ss from the first of 1970 is not in the years 1 to 9999",
                    dki_type_shown(builder->type, builder->scale), (long long)value,
                    dki_type_shown(builder->type, builder->scale));
}

dk_status dk_builder_integer(dk_builder *builder, int64_t value, dk_error *err)
{
    size_t room;
    dk_status status;

    if (builder->type == DK_INTERVAL || dki_widest(builder->type) != DK_STORE_I64)
        return dki_builder_wrong_type(builder, DK_INTEGER, err);
    status = dki_builder_check_integer(builder, value, err);
    if (status == DK_OK)
        status = dki_builder_room(builder, &room, err);
    if (status != DK_OK)
        return status;
    ((int64_t *)builder->values)[builder->n] = value;
    dki_builder_count(builder, 1, true);
    return DK_OK;
}

static dk_status not_finite(double value, dk_error *err)
{
    return dki_fail(err, DK_ERR_RANGE, "a real is finite: %s cannot be stored",
                    isnan(value) ? "nan"
                    : value > 0  ? "inf"
                                 : "-inf");
}

static dk_status no_ratio(dk_ratio value, dk_error *err)
{
    return dki_fail(err, DK_ERR_RANGE, "%lld / %lld is no ratio", (long long)value.numerator,
                    (long long)value.denominator);
}

dk_status dk_builder_real(dk_builder *builder, double value, dk_error *err)
{
    size_t room;
    dk_status status;

    if (builder->type != DK_REAL)
        return dki_builder_wrong_type(builder, DK_REAL, err);
    if (!isfinite(value))
        return not_finite(value, err);
    status = dki_builder_room(builder, &room, err);
    if (status != DK_OK)
        return status;
    ((double *)builder->values)[builder->n] = value == 0 ? 0.0 : value; /* no negative zero */
    dki_builder_count(builder, 1, true);
    return DK_OK;
}

dk_status dk_builder_ratio(dk_builder *builder, dk_ratio value, dk_error *err)
{
    size_t room;
    dk_status status;
    dk_ratio reduced;

    if (builder->type != DK_RATIO)
        return dki_builder_wrong_type(builder, DK_RATIO, err);
    if (!dki_ratio_make(value.numerator, value.denominator, &reduced))
        return no_ratio(value, err);
    status = dki_builder_room(builder, &room, err);
    if (status != DK_OK)
        return status;
    ((dk_ratio *)builder->values)[builder->n] = reduced;
    dki_builder_count(builder, 1, true);
    return DK_OK;
}

dk_status dk_builder_code(dk_builder *builder, uint32_t code, dk_error *err)
{
    size_t room, n_levels;
    dk_status status;

    if (builder->type != DK_CATEGORY)
        return dki_builder_wrong_type(builder, DK_CATEGORY, err);
    n_levels = builder->levels ? dk_dictionary_n_levels(builder->levels) : builder->collected.n;
    if (code > n_levels)
        return dki_fail(err, DK_ERR_RANGE, "code %u of %zu levels", code, n_levels);
    status = dki_builder_room(builder, &room, err);
    if (status != DK_OK)
        return status;
    ((uint32_t *)builder->values)[builder->n] = code;
    dki_builder_count(builder, 1, code != 0);
    return DK_OK;
}

/* As much of a text as a message shows. */
static int shown(dk_text text)
{
    return (int)dki_utf8_floor(text.bytes, text.size, text.size < 100 ? text.size : 100);
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
    dki_fail(err, DK_ERR_RANGE, "\"%.*s\" is none of the %zu levels that were stated", shown(level), level.bytes,
             n);
    if (nearest.best)
        dki_hint(err, "did you mean \"%.*s\"?", shown((dk_text){ nearest.best, nearest.best_size }), nearest.best);
    return DK_ERR_RANGE;
}

dk_status dki_builder_level(dk_builder *builder, dk_text level, uint32_t *code, dk_error *err)
{
    uint32_t number;
    dk_status status;

    if (builder->levels) {
        *code = dk_dictionary_find(builder->levels, level);
        if (*code)
            return DK_OK;
    }
    if (dki_utf8_check(level.bytes, level.size) != level.size)
        return dki_fail(err, DK_ERR_ENCODING, "a level is not UTF-8");
    if (builder->levels)
        return unknown_level(builder, level, err);
    status = dki_text_map_add(&builder->collected, level.bytes, level.size, &number, err);
    if (status == DK_OK)
        *code = number + 1;
    return status;
}

dk_status dki_builder_known_text(dk_builder *builder, dk_text value, dk_error *err)
{
    size_t room;
    dk_status status = dki_builder_room(builder, &room, err);

    if (status == DK_OK)
        status = dki_grow(builder->context, (void **)&builder->bytes, &builder->bytes_capacity,
                          builder->n_bytes + value.size, 1, err);
    if (status != DK_OK)
        return status;
    if (value.size > 0)
        memcpy(builder->bytes + builder->n_bytes, value.bytes, value.size);
    builder->n_bytes += value.size;
    ((uint32_t *)builder->values)[builder->n + 1] = (uint32_t)builder->n_bytes;
    dki_builder_count(builder, 1, true);
    return DK_OK;
}

dk_status dk_builder_text(dk_builder *builder, dk_text value, dk_error *err)
{
    uint32_t code;
    dk_status status;

    if (builder->type == DK_CATEGORY) {
        status = dki_builder_level(builder, value, &code, err);
        return status == DK_OK ? dk_builder_code(builder, code, err) : status;
    }
    if (builder->type != DK_TEXT)
        return dki_builder_wrong_type(builder, DK_TEXT, err);
    if (value.size > (size_t)1 << 31)
        return dki_fail(err, DK_ERR_LIMIT, "a text of %zu bytes is longer than 2 GiB", value.size);
    if (dki_utf8_check(value.bytes, value.size) != value.size)
        return dki_fail(err, DK_ERR_ENCODING, "a text is not UTF-8");
    return dki_builder_known_text(builder, value, err);
}

static dk_status no_fit(const dk_builder *builder, const dk_value *value, dk_error *err)
{
    char text[64];

    dk_value_format(value, text, sizeof text);
    return dki_fail(err, DK_ERR_RANGE, "%s does not fit exactly into a column of type %s", text,
                    dk_type_name(builder->type));
}

/* An interval, which may have fewer digits than the column. */
static dk_status append_interval(dk_builder *builder, const dk_value *value, dk_error *err)
{
    dk_interval scaled = value->as.interval;

    if (value->is_null) {
        scaled.no_least = scaled.no_greatest = true;
        if (scaled.meaning == DK_MEANS_UNBOUNDED)
            scaled.meaning = DK_MEANS_NOTHING;
    }
    if ((!scaled.no_least && !dki_rescale(scaled.least, value->scale, builder->scale, &scaled.least)) ||
        (!scaled.no_greatest && !dki_rescale(scaled.greatest, value->scale, builder->scale, &scaled.greatest)))
        return no_fit(builder, value, err);
    return dk_builder_interval(builder, &scaled, err);
}

/* A number whose bounds are itself. */
static dk_status append_exactly(dk_builder *builder, const dk_value *value, dk_error *err)
{
    dk_interval exact = { .meaning = DK_MEANS_NOTHING };
    int64_t number = value->as.integer;
    uint8_t scale = value->type == DK_DECIMAL ? value->scale : 0;

    if (value->type == DK_RATIO ||
        (value->type == DK_REAL && !dki_real_to_decimal(value->as.real, &number, &scale)) ||
        !dki_rescale(number, scale, builder->scale, &number))
        return no_fit(builder, value, err);
    exact.least = exact.greatest = number;
    return dk_builder_interval(builder, &exact, err);
}

static dk_status append_number(dk_builder *builder, const dk_value *value, dk_error *err)
{
    dk_ratio ratio = { 0, 1 };
    unsigned scale = value->type == DK_DECIMAL ? value->scale : 0;
    int64_t number = value->type == DK_REAL ? 0 : value->as.integer;
    uint8_t real_scale;

    if (value->type == DK_REAL && !isfinite(value->as.real))
        return not_finite(value->as.real, err);
    if (value->type == DK_RATIO && !dki_ratio_make(value->as.ratio.numerator, value->as.ratio.denominator, &ratio))
        return no_ratio(value->as.ratio, err);
    if (scale > DK_DECIMAL_MAX_SCALE)
        return dki_fail(err, DK_ERR_RANGE, "a decimal has at most %d digits after the point, not %u",
                        DK_DECIMAL_MAX_SCALE, scale);
    switch (builder->type) {
    case DK_REAL: {
        double real = value->type == DK_REAL    ? value->as.real
                      : value->type == DK_RATIO ? dki_ratio_real(ratio)
                                                : dki_decimal_real(number, scale);
        dk_value back = { .type = DK_REAL, .as.real = real };
        dk_value exact = *value;

        if (value->type == DK_RATIO)
            exact.as.ratio = ratio;
        return dk_value_compare(&back, &exact) == 0 ? dk_builder_real(builder, real, err)
                                                    : no_fit(builder, value, err);
    }
    case DK_RATIO:
        if (value->type == DK_REAL)
            return no_fit(builder, value, err);
        return dk_builder_ratio(builder, value->type == DK_RATIO ? ratio : (dk_ratio){ number, dki_power10[scale] },
                                err);
    case DK_INTEGER:
    case DK_DECIMAL:
        if (value->type == DK_REAL) {
            if (!dki_real_to_decimal(value->as.real, &number, &real_scale))
                return no_fit(builder, value, err);
            scale = real_scale;
        } else if (value->type == DK_RATIO) {
            dki_i128 scaled = (dki_i128)ratio.numerator * dki_power10[builder->scale];

            if (scaled % ratio.denominator != 0 || !dki_fits_i64(scaled / ratio.denominator))
                return no_fit(builder, value, err);
            number = (int64_t)(scaled / ratio.denominator);
            scale = builder->scale;
        }
        if (!dki_rescale(number, scale, builder->scale, &number))
            return no_fit(builder, value, err);
        return dk_builder_integer(builder, number, err);
    case DK_INTERVAL: return append_exactly(builder, value, err);
    default: return dki_builder_wrong_type(builder, value->type, err);
    }
}

dk_status dk_builder_value(dk_builder *builder, const dk_value *value, dk_error *err)
{
    if (value->type == DK_INTERVAL && builder->type == DK_INTERVAL)
        return append_interval(builder, value, err);
    if (value->is_null)
        return dk_builder_null(builder, 1, err);
    if (dk_type_is_number(value->type))
        return append_number(builder, value, err);
    switch (value->type) {
    case DK_BOOLEAN: return dk_builder_boolean(builder, value->as.boolean, err);
    case DK_DATE:
    case DK_TIMESTAMP:
        return builder->type == value->type ? dk_builder_integer(builder, value->as.integer, err)
                                            : dki_builder_wrong_type(builder, value->type, err);
    case DK_PERIOD:
        if (builder->type == DK_PERIOD && builder->scale != value->scale)
            return dki_fail(err, DK_ERR_TYPE, "a %s cannot go into a column of type %s",
                            dki_type_shown(DK_PERIOD, value->scale), dki_type_shown(DK_PERIOD, builder->scale));
        return builder->type == DK_PERIOD ? dk_builder_integer(builder, value->as.integer, err)
                                          : dki_builder_wrong_type(builder, value->type, err);
    case DK_CATEGORY:
    case DK_TEXT:
        return builder->type == DK_CATEGORY || builder->type == DK_TEXT
                   ? dk_builder_text(builder, value->as.text, err)
                   : dki_builder_wrong_type(builder, value->type, err);
    default: return dki_builder_wrong_type(builder, value->type, err);
    }
}

dk_status dk_builder_finish(dk_builder *builder, const dk_column **out, dk_error *err)
{
    dk_dictionary *levels = NULL;
    dk_status status;

    if (builder->interval)
        return dki_interval_builder_finish(builder->interval, out, err);
    status = dki_builder_close_chunk(builder, err);

    if (status == DK_OK && builder->type == DK_CATEGORY && builder->levels == NULL)
        status = dki_dictionary_of_map(&builder->collected, &levels, err);
    if (status != DK_OK)
        return status;
    status = dki_column_of_parts(builder->context, builder->type, builder->scale, levels ? levels : builder->levels,
                                 builder->parts, builder->n_parts, out, err);
    dk_dictionary_release(levels);
    builder->n_parts = 0; /* given to the column, or released */
    builder->n_closed = 0;
    return status;
}
