/* raw.c - the fields of one column as text, before its type is known.
 *
 * Cost: four bytes a row while the values are numbered; their bytes and eight bytes a row after that.
 * After a failed append the column may only be dropped.
 */
#include "raw.h"

#include "base/bitmap.h"
#include "base/memory.h"

void dki_raw_init(dki_raw *raw, dk_context *context)
{
    *raw = (dki_raw){ .context = context, .is_coded = true };
    dki_text_map_init(&raw->map, context);
    dki_buffer_init(&raw->bytes, context);
}

void dki_raw_drop(dki_raw *raw)
{
    dk_context *context = raw->context;

    dki_text_map_drop(&raw->map);
    dki_buffer_drop(&raw->bytes);
    dki_free(context, raw->codes);
    dki_free(context, raw->first_rows);
    dki_free(context, raw->ends);
    dki_free(context, raw->is_known);
    dki_raw_init(raw, context);
}

/* Appends a row to plain text; bytes NULL: null. */
static dk_status append_plain(dki_raw *raw, uint64_t row, const char *bytes, size_t size, dk_error *err)
{
    dk_status status = DK_OK;

    if (row >= raw->ends_room)
        status = dki_grow(raw->context, (void **)&raw->ends, &raw->ends_room, row + 1, sizeof *raw->ends, err);
    if (status == DK_OK && row / 64 >= raw->known_room)
        status = dki_grow(raw->context, (void **)&raw->is_known, &raw->known_room, row / 64 + 1,
                          sizeof *raw->is_known, err);
    if (status == DK_OK && size > 0)
        status = dki_buffer_append(&raw->bytes, bytes, size, err);
    if (status != DK_OK)
        return status;
    dki_bit_put(raw->is_known, row, bytes != NULL);
    raw->ends[row] = raw->bytes.size;
    return DK_OK;
}

/* Too many values: writes them out in full. */
static dk_status become_plain(dki_raw *raw, dk_error *err)
{
    for (uint64_t row = 0; row < raw->n_rows; row++) {
        const char *bytes = NULL;
        size_t size = 0;
        if (raw->codes[row])
            bytes = dki_text_map_get(&raw->map, raw->codes[row] - 1, &size);
        dk_status status = append_plain(raw, row, bytes, size, err);
        if (status != DK_OK)
            return status;
    }
    dki_text_map_drop(&raw->map);
    dki_text_map_init(&raw->map, raw->context);
    dki_free(raw->context, raw->codes);
    dki_free(raw->context, raw->first_rows);
    raw->codes = NULL;
    raw->first_rows = NULL;
    raw->codes_room = raw->first_rows_room = 0;
    raw->is_coded = false;
    return DK_OK;
}

static dk_status append_code(dki_raw *raw, uint32_t code, dk_error *err)
{
    if (raw->n_rows == raw->codes_room) {
        dk_status status = dki_grow(raw->context, (void **)&raw->codes, &raw->codes_room, raw->n_rows + 1,
                                    sizeof *raw->codes, err);
        if (status != DK_OK)
            return status;
    }
    raw->codes[raw->n_rows++] = code;
    return DK_OK;
}

dk_status dki_raw_null(dki_raw *raw, dk_error *err)
{
    raw->n_nulls++;
    if (raw->is_coded)
        return append_code(raw, 0, err);
    dk_status status = append_plain(raw, raw->n_rows, NULL, 0, err);
    raw->n_rows += status == DK_OK;
    return status;
}

dk_status dki_raw_text(dki_raw *raw, const char *bytes, size_t size, dk_error *err)
{
    dk_status status = DK_OK;
    uint32_t number;

    if (raw->is_coded) {
        size_t before = raw->map.n;
        status = dki_text_map_add(&raw->map, bytes, size, &number, err);
        if (status == DK_OK && raw->map.n > before && raw->map.n <= DKI_RAW_LEVELS) {
            if (number >= raw->first_rows_room)
                status = dki_grow(raw->context, (void **)&raw->first_rows, &raw->first_rows_room,
                                  (size_t)number + 1, sizeof *raw->first_rows, err);
            if (status == DK_OK)
                raw->first_rows[number] = raw->n_rows;
        }
        if (status != DK_OK)
            return status;
        if (raw->map.n <= DKI_RAW_LEVELS)
            return append_code(raw, number + 1, err);
        status = become_plain(raw, err);
        if (status != DK_OK)
            return status;
    }
    status = append_plain(raw, raw->n_rows, bytes, size, err);
    raw->n_rows += status == DK_OK;
    return status;
}

bool dki_raw_get(const dki_raw *raw, uint64_t row, const char **bytes, size_t *size)
{
    if (raw->is_coded) {
        if (raw->codes[row] == 0)
            return false;
        *bytes = dki_text_map_get(&raw->map, raw->codes[row] - 1, size);
        return true;
    }
    size_t start = row > 0 ? raw->ends[row - 1] : 0;
    if (!dki_bit(raw->is_known, row))
        return false;
    *size = raw->ends[row] - start;
    *bytes = *size > 0 ? raw->bytes.bytes + start : "";
    return true;
}

void dki_raw_count(const dki_raw *raw, uint64_t *counts)
{
    for (size_t i = 0; i < raw->map.n; i++)
        counts[i] = 0;
    for (uint64_t row = 0; row < raw->n_rows; row++)
        if (raw->codes[row])
            counts[raw->codes[row] - 1]++;
}
