/* collect_raws.c - rows that were read plainly, in raw columns, in their place among those that were collected.
 *
 * They become stretches of blocks of their own: codes of one more set of values, or text.
 *
 * Poll: once per block.
 */
#include "collect.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "raw.h"

/* Rows from .. from + n - 1 of a raw column as codes. */
static dk_status codes_of_raw(const dki_raw *raw, uint64_t from, size_t n, unsigned set, dki_stretch *out,
                              dk_error *err)
{
    bool wide = raw->map.n > UINT8_MAX;

    out->is_coded = true;
    out->set = set;
    out->is_wide = wide;
    out->codes = dki_alloc_wide(raw->context, n * (wide ? 2 : 1), err);
    if (!out->codes)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        uint32_t code = raw->codes[from + i];
        out->n_nulls += code == 0;
        if (wide)
            ((uint16_t *)out->codes)[i] = (uint16_t)code;
        else
            ((uint8_t *)out->codes)[i] = (uint8_t)code;
    }
    return DK_OK;
}

/* The same as text; row: that of `from` in the file. */
static dk_status text_of_raw(const dki_raw *raw, uint64_t from, size_t n, uint64_t row, bool loose,
                             dki_stretch *out, dk_error *err)
{
    size_t start = from > 0 ? raw->ends[from - 1] : 0, size = raw->ends[from + n - 1] - start;

    if (size > UINT32_MAX)
        return dki_fail(err, DK_ERR_LIMIT, "a text of %zu bytes is longer than 4 GiB", size);
    out->ends = dki_alloc_wide(raw->context, (n + 1) * sizeof *out->ends, err);
    out->bytes = out->ends ? dki_alloc(raw->context, size, err) : NULL;
    out->valid = out->bytes ? dki_alloc_wide(raw->context, dki_bit_words(n) * sizeof *out->valid, err) : NULL;
    out->profile = out->valid ? dki_alloc(raw->context, sizeof *out->profile, err) : NULL;
    if (!out->profile)
        return DK_ERR_MEMORY;
    if (size > 0)
        memcpy(out->bytes, raw->bytes.bytes + start, size);
    dki_bits_copy(out->valid, raw->is_known, from, n);
    out->n_nulls = n - dki_bits_count(out->valid, n);
    dki_profile_begin(out->profile);
    out->ends[0] = 0;
    for (size_t i = 0; i < n; i++) {
        const char *bytes;
        size_t length;
        out->ends[i + 1] = (uint32_t)(raw->ends[from + i] - start);
        if (dki_raw_get(raw, from + i, &bytes, &length))
            dki_profile_add(out->profile, bytes, length, row + i, 1, loose);
    }
    return DK_OK;
}

/* Its values in the order of their first rows, whose numbers settle.c finds. */
static dk_status values_of_raw(const dki_raw *raw, dki_values *out, dk_error *err)
{
    dk_status status = dki_values_begin(out, raw->context, false, err);

    for (size_t i = 0; raw->is_coded && i < raw->map.n && status == DK_OK; i++) {
        size_t size;
        const char *bytes = dki_text_map_get(&raw->map, (uint32_t)i, &size);
        uint32_t code;
        status = dki_values_add(out, bytes, size, raw->first_rows[i], &code, err);
    }
    return status;
}

dk_status dki_collect_raws(dki_collected *collected, dki_raw *raws, const dk_csv_column *const *stated,
                           dk_error *err)
{
    dki_collected *c = collected;
    size_t n_values = (c->n_sets + (size_t)1) * c->n_columns;
    dk_status status = dki_resize(c->context, (void **)&c->values, n_values * sizeof *c->values, err);

    if (status != DK_OK)
        return status;
    memset(c->values + c->n_sets * c->n_columns, 0, c->n_columns * sizeof *c->values);
    c->n_sets++;
    for (size_t b = 0; b < c->n_blocks; b++) {
        dki_block *block = c->blocks[b];
        if (!block->is_raw)
            continue;
        block->stretches = dki_calloc(c->context, c->n_columns, sizeof *block->stretches, err);
        if (!block->stretches)
            return DK_ERR_MEMORY;
    }
    for (size_t i = 0; i < c->n_columns && status == DK_OK; i++) { /* one at a time: the raw one goes */
        dki_raw *raw = &raws[i];
        status = values_of_raw(raw, &c->values[(c->n_sets - 1) * c->n_columns + i], err);
        if (!raw->is_coded)
            atomic_store(&c->is_plain[i], true);
        for (size_t b = 0; b < c->n_blocks && status == DK_OK; b++) {
            dki_block *block = c->blocks[b];
            if (!block->is_raw)
                continue;
            status = raw->is_coded ? codes_of_raw(raw, block->raw_row, block->n_rows, c->n_sets - 1,
                                                  &block->stretches[i], err)
                                   : text_of_raw(raw, block->raw_row, block->n_rows, block->row, stated[i] != NULL,
                                                 &block->stretches[i], err);
            if (status == DK_OK)
                status = dki_poll(c->context, err);
        }
        dki_raw_drop(raw);
    }
    return status;
}
