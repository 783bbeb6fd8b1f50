/* builder_bulk.c - appending many rows at once.
 *
 * Rows go in pieces of what room the open chunk has. Values are checked before the first of them is appended; after a
 * failure of memory the pieces before it stay.
 */
#include "builder.h"

#include <math.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "column_parts.h"

/* Up to 64 bits from bit `from` of words. */
static uint64_t word_at(const uint64_t *words, size_t from, size_t n_bits)
{
    uint64_t word;

    dki_bits_copy(&word, words, from, n_bits);
    return word;
}

/* Marks the next n rows as known where valid (from bit `from`) says so, and counts them. */
static void count_rows(dk_builder *builder, const uint64_t *valid, size_t from, size_t n)
{
    if (valid == NULL) {
        dki_builder_count(builder, n, true);
        return;
    }
    for (size_t done = 0; done < n; done += 64) {
        size_t piece = n - done < 64 ? n - done : 64;
        uint64_t word = word_at(valid, from + done, piece);

        dki_bits_paste(builder->valid, builder->n + done, &word, piece);
        builder->n_nulls += piece - dki_bits_count(&word, piece);
    }
    builder->n += n;
}

/* Sets *n to how many of the rows that are left can be written now. */
static dk_status next_piece(dk_builder *builder, size_t left, size_t *n, dk_error *err)
{
    dk_status status = dki_builder_room(builder, n, err);

    if (status == DK_OK && *n > left)
        *n = left;
    return status;
}

dk_status dki_builder_bits(dk_builder *builder, const uint64_t *values, const uint64_t *valid, size_t n,
                           dk_error *err)
{
    if (builder->type != DK_BOOLEAN)
        return dki_builder_wrong_type(builder, DK_BOOLEAN, err);
    for (size_t done = 0, piece; done < n; done += piece) {
        dk_status status = next_piece(builder, n - done, &piece, err);

        if (status != DK_OK)
            return status;
        for (size_t i = 0; i < piece; i += 64) {
            size_t bits = piece - i < 64 ? piece - i : 64;
            uint64_t word = word_at(values, done + i, bits);

            if (valid)
                word &= word_at(valid, done + i, bits);
            dki_bits_paste(builder->values, builder->n + i, &word, bits);
        }
        count_rows(builder, valid, done, piece);
    }
    return DK_OK;
}

dk_status dki_builder_integers(dk_builder *builder, const int64_t *values, const uint64_t *valid, size_t n,
                               dk_error *err)
{
    if (dki_widest(builder->type) != DK_STORE_I64)
        return dki_builder_wrong_type(builder, DK_INTEGER, err);
    if (builder->type == DK_DATE || builder->type == DK_TIMESTAMP || builder->type == DK_PERIOD)
        for (size_t i = 0; i < n; i++) {
            dk_status status =
                valid && !dki_bit(valid, i) ? DK_OK : dki_builder_check_integer(builder, values[i], err);

            if (status != DK_OK)
                return status;
        }
    for (size_t done = 0, piece; done < n; done += piece) {
        dk_status status = next_piece(builder, n - done, &piece, err);
        int64_t *to;

        if (status != DK_OK)
            return status;
        to = (int64_t *)builder->values + builder->n;
        if (valid)
            for (size_t i = 0; i < piece; i++)
                to[i] = dki_bit(valid, done + i) ? values[done + i] : 0;
        else
            memcpy(to, values + done, piece * sizeof *to);
        count_rows(builder, valid, done, piece);
    }
    return DK_OK;
}

dk_status dki_builder_reals(dk_builder *builder, const double *values, const uint64_t *valid, size_t n,
                            dk_error *err)
{
    if (builder->type != DK_REAL)
        return dki_builder_wrong_type(builder, DK_REAL, err);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]) && (valid == NULL || dki_bit(valid, i)))
            return dk_builder_real(builder, values[i], err); /* which refuses it */
    for (size_t done = 0, piece; done < n; done += piece) {
        dk_status status = next_piece(builder, n - done, &piece, err);
        double *to;

        if (status != DK_OK)
            return status;
        to = (double *)builder->values + builder->n;
        for (size_t i = 0; i < piece; i++) {
            bool known = valid == NULL || dki_bit(valid, done + i);

            to[i] = known && values[done + i] != 0 ? values[done + i] : 0.0; /* no negative zero */
        }
        count_rows(builder, valid, done, piece);
    }
    return DK_OK;
}

dk_status dki_builder_ratios(dk_builder *builder, const dk_ratio *values, const uint64_t *valid, size_t n,
                             dk_error *err)
{
    if (builder->type != DK_RATIO)
        return dki_builder_wrong_type(builder, DK_RATIO, err);
    for (size_t done = 0, piece; done < n; done += piece) {
        dk_status status = next_piece(builder, n - done, &piece, err);
        dk_ratio *to;

        if (status != DK_OK)
            return status;
        to = (dk_ratio *)builder->values + builder->n;
        if (valid)
            for (size_t i = 0; i < piece; i++)
                to[i] = dki_bit(valid, done + i) ? values[done + i] : (dk_ratio){ 0, 1 };
        else
            memcpy(to, values + done, piece * sizeof *to);
        count_rows(builder, valid, done, piece);
    }
    return DK_OK;
}

dk_status dki_builder_codes(dk_builder *builder, const uint32_t *codes, size_t n, dk_error *err)
{
    uint32_t greatest = 0;

    if (builder->type != DK_CATEGORY)
        return dki_builder_wrong_type(builder, DK_CATEGORY, err);
    for (size_t i = 0; i < n; i++)
        greatest = codes[i] > greatest ? codes[i] : greatest;
    if (greatest > (builder->levels ? dk_dictionary_n_levels(builder->levels) : builder->collected.n))
        return dk_builder_code(builder, greatest, err); /* which refuses it */
    for (size_t done = 0, piece; done < n; done += piece) {
        dk_status status = next_piece(builder, n - done, &piece, err);

        if (status != DK_OK)
            return status;
        memcpy((uint32_t *)builder->values + builder->n, codes + done, piece * sizeof *codes);
        for (size_t i = 0; i < piece; i += 64) {
            size_t bits = piece - i < 64 ? piece - i : 64;
            uint64_t known = 0;

            for (size_t k = 0; k < bits; k++)
                known |= (uint64_t)(codes[done + i + k] != 0) << k;
            count_rows(builder, &known, 0, bits);
        }
    }
    return DK_OK;
}

/* Views ------------------------------------------------------------------------------------------------------------- */

/* Our code of a code of another dictionary, looked up once for each level. */
static dk_status translate(dk_builder *builder, const dk_dictionary *levels, uint32_t code, uint32_t *out,
                           dk_error *err)
{
    if (builder->translated != levels) {
        uint32_t *translation =
            dki_calloc(builder->context, dk_dictionary_n_levels(levels) + 1, sizeof *translation, err);

        if (translation == NULL)
            return DK_ERR_MEMORY;
        dki_free(builder->context, builder->translation);
        dk_dictionary_release(builder->translated);
        builder->translation = translation;
        builder->translated = dk_dictionary_retain(levels);
    }
    if (code && builder->translation[code] == 0) {
        dk_status status =
            dki_builder_level(builder, dk_dictionary_level(levels, code), &builder->translation[code], err);

        if (status != DK_OK)
            return status;
    }
    *out = builder->translation[code];
    return DK_OK;
}

static dk_status append_codes(dk_builder *builder, const dk_view *view, dk_error *err)
{
    uint32_t codes[DK_BLOCK_ROWS];

    dki_view_codes(view, codes);
    if (view->levels != builder->levels)
        for (size_t i = 0; i < view->n; i++) {
            dk_status status = translate(builder, view->levels, codes[i], &codes[i], err);

            if (status != DK_OK)
                return status;
        }
    return dki_builder_codes(builder, codes, view->n, err);
}

/* Texts of a view are UTF-8 already. */
static dk_status append_texts(dk_builder *builder, const dk_view *view, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < view->n && status == DK_OK; i++)
        status = dki_view_is_null(view, i) ? dk_builder_null(builder, 1, err)
                                           : dki_builder_known_text(builder, dki_view_text(view, i), err);
    return status;
}

static dk_status append_values(dk_builder *builder, const dk_view *view, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < view->n && status == DK_OK; i++) {
        dk_value value = dki_view_value(view, i);

        status = dk_builder_value(builder, &value, err);
    }
    return status;
}

/* Ratios, which are not known to be in lowest terms. */
static dk_status append_ratios(dk_builder *builder, const dk_view *view, dk_error *err)
{
    const dk_ratio *given = view->values;
    dk_ratio ratios[DK_BLOCK_ROWS];

    for (size_t i = 0; i < view->n; i++) {
        ratios[i] = (dk_ratio){ 0, 1 };
        if (!dki_view_is_null(view, i) && !dki_ratio_make(given[i].numerator, given[i].denominator, &ratios[i]))
            return append_values(builder, view, err); /* which tells what is wrong */
    }
    return dki_builder_ratios(builder, ratios, view->valid, view->n, err);
}

dk_status dk_builder_view(dk_builder *builder, const dk_view *view, dk_error *err)
{
    bool texts = (builder->type == DK_CATEGORY || builder->type == DK_TEXT) &&
                 (view->type == DK_CATEGORY || view->type == DK_TEXT);

    if (view->type != builder->type && !texts)
        return dki_builder_wrong_type(builder, view->type, err);
    if (builder->type == DK_CATEGORY && view->type == DK_CATEGORY)
        return append_codes(builder, view, err);
    if (builder->type == DK_TEXT)
        return append_texts(builder, view, err);
    if (view->constant || builder->type == DK_INTERVAL || view->scale != builder->scale || texts)
        return append_values(builder, view, err);
    switch (view->storage) {
    case DK_STORE_BITS: return dki_builder_bits(builder, view->values, view->valid, view->n, err);
    case DK_STORE_F64: return dki_builder_reals(builder, view->values, view->valid, view->n, err);
    case DK_STORE_RATIO: return append_ratios(builder, view, err);
    default: {
        int64_t integers[DK_BLOCK_ROWS];

        dki_view_integers(view, integers);
        return dki_builder_integers(builder, integers, view->valid, view->n, err);
    }
    }
}

dk_status dki_column_constant(dk_context *context, const dk_value *value, const dk_dictionary *levels, uint64_t n,
                              const dk_column **out, dk_error *err)
{
    dk_builder *builder;
    dk_status status = dk_builder_new(context, value->type, value->scale, levels, &builder, err);

    if (status != DK_OK)
        return status;
    if (n > INT64_MAX)
        status = dki_fail(err, DK_ERR_LIMIT, "%llu rows are more than a column can have", (unsigned long long)n);
    if (status == DK_OK && n > 0) {
        status = dk_builder_value(builder, value, err);
        if (status == DK_OK)
            status = dki_builder_stretch(builder, n, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}
