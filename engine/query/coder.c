/* coder.c - codes for the values of a dimension. */
#include "coder.h"

#include <string.h>

#include "base/memory.h"
#include "data/column_parts.h"

#define RANGE_LIMIT (UINT64_C(1) << 18)

uint64_t dki_dimension_n_codes(const dki_dimension *what)
{
    uint64_t range = (uint64_t)what->greatest - (uint64_t)what->least;

    if (what->known_only)
        return 2;
    switch (what->type) {
    case DK_CATEGORY: return dk_dictionary_n_levels(what->levels) + 1 + what->has_wholes;
    case DK_BOOLEAN: return 3;
    case DK_RATIO:
    case DK_TEXT:
    case DK_REAL: return 0;
    default: return what->has_bounds && range < UINT32_MAX - 2 ? range + 2 : 0;
    }
}

uint32_t dki_dimension_n_direct(const dki_dimension *what)
{
    uint64_t n = dki_dimension_n_codes(what);

    return what->type != DK_CATEGORY && n > RANGE_LIMIT + 1 ? 0 : (uint32_t)n;
}

void dki_coder_init(dki_coder *coder, dk_context *context, const dki_dimension *what)
{
    coder->what = *what;
    coder->n_direct = dki_dimension_n_direct(what);
    dki_int_map_init(&coder->integers, context);
    dki_text_map_init(&coder->texts, context);
    switch (what->type) {
    case DK_CATEGORY: coder->kind = DKI_CODER_LEVELS; break;
    case DK_BOOLEAN: coder->kind = DKI_CODER_BITS; break;
    case DK_RATIO:
    case DK_TEXT: coder->kind = DKI_CODER_BYTES; break;
    default: coder->kind = coder->n_direct ? DKI_CODER_RANGE : DKI_CODER_INTEGERS;
    }
}

void dki_coder_drop(dki_coder *coder)
{
    dki_int_map_drop(&coder->integers);
    dki_text_map_drop(&coder->texts);
    dki_free(coder->texts.context, coder->recent);
}

static dk_status code_integers(dki_coder *coder, const dk_view *view, const int64_t *values, size_t n,
                               const uint64_t *selection, uint32_t *codes, dk_error *err)
{
    uint32_t number = 0;
    int64_t last = 0;
    bool any = false;

    DKI_FOR_SELECTED(i, n, selection)
    {
        if (dki_view_is_null(view, i)) {
            codes[i] = 0;
            continue;
        }
        if (!any || values[i] != last) { /* one value often follows itself */
            dk_status status = dki_int_map_add(&coder->integers, (uint64_t)values[i], &number, err);

            if (status != DK_OK)
                return status;
            last = values[i];
            any = true;
        }
        codes[i] = number + 1;
    }
    return DK_OK;
}

/* A real counts by its bits; the two zeros are one value. */
static void real_bits(const dk_view *view, size_t n, int64_t *out)
{
    const double *values = view->values;

    for (size_t i = 0; i < n; i++) {
        double value = values[view->constant ? 0 : i];

        if (value == 0)
            value = 0;
        memcpy(&out[i], &value, sizeof value);
    }
}

/* The bytes of a text of at most eight as a number, which only texts of other sizes share. */
static uint64_t word_of(dk_text text)
{
    uint32_t begin = 0, end = 0;

    if (text.size >= 4) {
        memcpy(&begin, text.bytes, 4);
        memcpy(&end, text.bytes + text.size - 4, 4);
    } else if (text.size > 0) { /* the first, the middle and the last of one to three */
        begin = (uint32_t)(unsigned char)text.bytes[0] << 16 |
                (uint32_t)(unsigned char)text.bytes[text.size / 2] << 8 | (unsigned char)text.bytes[text.size - 1];
    }
    return (uint64_t)end << 32 | begin;
}

static dki_recent_text *place_of(dki_coder *coder, uint64_t word)
{
    return &coder->recent[(word * UINT64_C(0x9E3779B97F4A7C15)) >> 52];
}

static dk_status code_text(dki_coder *coder, dk_text text, uint32_t *code, dk_error *err)
{
    uint64_t word = text.size <= sizeof word ? word_of(text) : 0;
    dki_recent_text *recent = text.size <= sizeof word ? place_of(coder, word) : NULL;
    uint32_t number;
    dk_status status;

    if (recent && recent->code && recent->word == word && recent->size == text.size) {
        *code = recent->code;
        return DK_OK;
    }
    status = dki_text_map_add(&coder->texts, text.bytes, text.size, &number, err);
    *code = number + 1;
    if (status == DK_OK && recent)
        *recent = (dki_recent_text){ word, (uint32_t)text.size, *code };
    return status;
}

static dk_status code_bytes(dki_coder *coder, const dk_view *view, size_t n, const uint64_t *selection,
                            uint32_t *codes, dk_error *err)
{
    if (coder->recent == NULL)
        coder->recent = dki_calloc(coder->texts.context, DKI_N_RECENT, sizeof *coder->recent, err);
    if (coder->recent == NULL)
        return DK_ERR_MEMORY;
    DKI_FOR_SELECTED(i, n, selection)
    {
        dk_status status = DK_OK;

        if (dki_view_is_null(view, i))
            codes[i] = 0;
        else
            status = code_text(coder, dki_view_bytes(view, i), &codes[i], err);
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

dk_status dki_coder_view(dki_coder *coder, const dk_view *view, size_t n, const uint64_t *selection,
                         int64_t *values, uint32_t *codes, dk_error *err)
{
    switch (coder->kind) {
    case DKI_CODER_LEVELS: dki_view_codes(view, codes); return DK_OK;
    case DKI_CODER_BITS:
    case DKI_CODER_RANGE:
        dki_view_integers(view, values);
        for (size_t i = 0; i < n; i++) {
            uint64_t from = coder->kind == DKI_CODER_BITS ? 0 : (uint64_t)coder->what.least;

            codes[i] = (uint32_t)((uint64_t)values[i] - from) + 1;
        }
        if (view->valid) {
            for (size_t i = 0; i < n; i++)
                codes[i] = dki_view_is_null(view, i) ? 0 : codes[i];
        }
        return DK_OK;
    case DKI_CODER_INTEGERS:
        if (view->type == DK_REAL)
            real_bits(view, n, values);
        else
            dki_view_integers(view, values);
        return code_integers(coder, view, values, n, selection, codes, err);
    case DKI_CODER_BYTES: break;
    }
    return code_bytes(coder, view, n, selection, codes, err);
}

dk_status dki_coder_translate(dki_coder *coder, const dki_coder *other, uint32_t code, uint32_t *out, dk_error *err)
{
    uint32_t number;
    dk_status status;

    *out = code;
    if (code == 0 || coder->n_direct)
        return DK_OK;
    if (coder->kind == DKI_CODER_INTEGERS) {
        status = dki_int_map_add(&coder->integers, other->integers.keys[code - 1], &number, err);
    } else {
        size_t size;
        const char *bytes = dki_text_map_get(&other->texts, code - 1, &size);

        status = dki_text_map_add(&coder->texts, bytes, size, &number, err);
    }
    if (status == DK_OK)
        *out = number + 1;
    return status;
}

dk_status dki_coder_value(dki_coder *coder, int64_t value, uint32_t *code, dk_error *err)
{
    uint32_t number = 0;
    dk_status status = DK_OK;

    switch (coder->kind) {
    case DKI_CODER_LEVELS: *code = (uint32_t)value; return DK_OK;
    case DKI_CODER_BITS: *code = (uint32_t)value + 1; return DK_OK;
    case DKI_CODER_RANGE: *code = (uint32_t)((uint64_t)value - (uint64_t)coder->what.least) + 1; return DK_OK;
    default: status = dki_int_map_add(&coder->integers, (uint64_t)value, &number, err);
    }
    *code = number + 1;
    return status;
}
