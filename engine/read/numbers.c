/* numbers.c - a column of one block as canonical numbers.
 *
 * What kind of column it is will be known when the whole file is read. Until then numbers take less room than their text,
 * which can be had back from them: all have the same mark, as many digits behind it, and all large ones groups, or none.
 *
 * Cost: one pass, which ends at the first field that is something else.
 */
#include "numbers.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "canonical.h"
#include "data/storage.h"

typedef struct form {
    uint64_t n; /* numbers seen */
    uint8_t scale, whole_digits;
    char mark;
    bool is_grouped, has_large;
    int64_t least, greatest;
    size_t first; /* row */
} form;

/* Does the number have the form of the ones before it? */
static bool take_number(form *f, const dki_canonical *number, size_t row)
{
    if (f->n == 0) {
        f->scale = number->scale;
        f->mark = number->mark;
        f->first = row;
        f->least = f->greatest = number->value;
    }
    if (number->scale != f->scale || number->mark != f->mark)
        return false;
    if (number->is_large) {
        if (f->has_large && f->is_grouped != number->is_grouped)
            return false;
        f->has_large = true;
        f->is_grouped = number->is_grouped;
    }
    f->n++;
    f->whole_digits = number->whole_digits > f->whole_digits ? number->whole_digits : f->whole_digits;
    f->least = number->value < f->least ? number->value : f->least;
    f->greatest = number->value > f->greatest ? number->value : f->greatest;
    return true;
}

static void narrow(const int64_t *numbers, size_t n, uint8_t width, void *out)
{
    switch (width) {
    case 1:
        for (size_t i = 0; i < n; i++)
            ((int8_t *)out)[i] = (int8_t)numbers[i];
        break;
    case 2:
        for (size_t i = 0; i < n; i++)
            ((int16_t *)out)[i] = (int16_t)numbers[i];
        break;
    case 4:
        for (size_t i = 0; i < n; i++)
            ((int32_t *)out)[i] = (int32_t)numbers[i];
        break;
    default: memcpy(out, numbers, n * sizeof *numbers); break;
    }
}

/* The numbers, 0 for null; false where a field is something else. valid is full at first. */
static bool read_numbers(const dk_csv_options *csv, const dki_fields *fields, int64_t *numbers, uint64_t *valid,
                         form *f)
{
    for (size_t i = 0; i < fields->n; i++) {
        dki_canonical number;
        const char *bytes;
        bool is_quoted;
        size_t size = dki_field_get(fields, i, &bytes, &is_quoted);
        if ((size == 0 && !is_quoted) || (csv->n_nulls > 0 && dki_is_null_marker(csv, bytes, size))) {
            numbers[i] = 0;
            dki_bit_clear(valid, i);
            continue;
        }
        if (!dki_canonical_read(bytes, size, &number) || !take_number(f, &number, i))
            return false;
        numbers[i] = number.value;
    }
    return f->n > 0;
}

dk_status dki_numbers_split(dki_block_reader *reader, const dki_fields *fields, dki_stretch *out, bool *is_done,
                            dk_error *err)
{
    dk_context *context = reader->context;
    size_t n = fields->n;
    form f = { .n = 0 };
    dk_status status = DK_OK;

    *is_done = false;
    if (n > reader->numbers_room)
        status =
            dki_grow(context, (void **)&reader->numbers, &reader->numbers_room, n, sizeof *reader->numbers, err);
    if (status != DK_OK)
        return status;
    uint64_t *valid = dki_alloc_wide(context, dki_bit_words(n) * sizeof *valid, err);
    if (!valid)
        return DK_ERR_MEMORY;
    dki_bits_fill(valid, n);
    if (!read_numbers(reader->options->csv, fields, reader->numbers, valid, &f)) {
        dki_free(context, valid);
        return DK_OK;
    }
    *out = (dki_stretch){ .is_numbers = true,
                          .width = (uint8_t)dki_storage_width(dki_narrowest(f.least, f.greatest)),
                          .scale = f.scale,
                          .mark = f.mark,
                          .is_grouped = f.is_grouped,
                          .whole_digits = f.whole_digits,
                          .first = (uint32_t)f.first,
                          .least = f.least,
                          .greatest = f.greatest,
                          .valid = valid,
                          .n_nulls = n - (size_t)f.n };
    if (out->n_nulls == 0) {
        dki_free(context, valid);
        out->valid = NULL;
    }
    out->numbers = dki_alloc_wide(context, n * out->width, err);
    if (!out->numbers)
        return DK_ERR_MEMORY;
    narrow(reader->numbers, n, out->width, out->numbers);
    *is_done = true;
    return DK_OK;
}
