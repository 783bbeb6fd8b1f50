/* key_words.c - brings keys into words.
 *
 * Values of another column than the base's are translated: a category level by level, a number into the base's type, where it has
 * exactly that value.
 *
 * Cost: a few nanoseconds for each value; for texts of more than 63 bytes a look into a map. Poll: once per block.
 */
#include "key_words.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "key_number.h"

#define ONES UINT64_C(0x0101010101010101)

/* One value. --------------------------------------------------------------------------------------------------- */

/* Eight hexadecimal digits in 32 bits; false where one is none. */
static inline bool pack_digits(uint64_t bytes, uint64_t letter_step, uint64_t *out)
{
    uint64_t n = (bytes & 15 * ONES) + 9 * (bytes >> 6 & ONES);
    uint64_t letters = (n + 6 * ONES) >> 4 & ONES;

    if ((n & 0xF0 * ONES) != 0 || n + 0x30 * ONES + letters * letter_step != bytes)
        return false;
    n = (n | n >> 4) & UINT64_C(0x00FF00FF00FF00FF);
    n = (n | n >> 8) & UINT64_C(0x0000FFFF0000FFFF);
    *out = (n | n >> 16) & UINT64_C(0xFFFFFFFF);
    return true;
}

/* Texts of eight digits and more are read as their first eight and their last eight. */
__attribute__((always_inline)) static inline bool digits_word(const dki_key_shape *shape, dk_text text,
                                                              uint64_t *out)
{
    uint64_t step = (uint64_t)(shape->letter - 10 - '0');
    uint64_t first, last, low, high = 0;

    if (text.size != shape->size)
        return false;
    if (shape->size >= 8) {
        memcpy(&first, text.bytes, 8);
        memcpy(&last, text.bytes + shape->size - 8, 8);
        if (!pack_digits(last, step, &high))
            return false;
    } else {
        first = 0x30 * ONES;
        memcpy(&first, text.bytes, shape->size);
    }
    if (!pack_digits(first, step, &low))
        return false;
    *out = high << 32 | low;
    return true;
}

static inline bool text_words(const dki_key_shape *shape, dk_text text, uint64_t *out)
{
    unsigned n = shape->n_words;

    if (text.size > shape->size)
        return false;
    memset(out, 0, n * sizeof *out);
    if (text.size > 0)
        memcpy(out, text.bytes, text.size);
    ((uint8_t *)out)[n * 8 - 1] = (uint8_t)text.size;
    return true;
}

static unsigned words_of(const dki_key_shape *shape)
{
    return shape->n_words ? shape->n_words : 1;
}

static bool integer_word(const dki_key_shape *shape, int64_t value, uint64_t *out)
{
    *out = (uint64_t)value - (uint64_t)shape->least;
    return value >= shape->least && *out <= shape->range;
}

static uint64_t real_word(double value)
{
    uint64_t bits;

    if (value == 0)
        value = 0; /* not the negative one */
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static dk_status find_text(const dki_key_shape *shape, dk_text text, bool add, uint64_t *out, uint8_t *flag,
                           dk_error *err)
{
    bool found = true;

    if (shape->form == DKI_KEY_DIGITS) {
        found = digits_word(shape, text, out);
    } else if (shape->form == DKI_KEY_TEXT) {
        found = text_words(shape, text, out);
    } else if (shape->form == DKI_KEY_CODE) {
        *out = dk_dictionary_find(shape->levels, text);
        found = *out != 0;
    } else {
        uint32_t number = DKI_MAP_NONE;

        if (add) {
            dk_status status = dki_text_map_add(shape->texts, text.bytes, text.size, &number, err);

            if (status != DK_OK)
                return status;
        } else {
            number = dki_text_map_find(shape->texts, text.bytes, text.size);
        }
        *out = number;
        found = number != DKI_MAP_NONE;
    }
    *flag = found ? 0 : DKI_KEY_IS_NONE;
    return DK_OK;
}

/* A number of another type than the base's. */
static uint8_t number_words(const dki_key_shape *shape, const dk_value *value, uint64_t *out)
{
    dk_value same;

    if (!dki_number_as(value, shape->type, shape->scale, &same))
        return DKI_KEY_IS_NONE;
    switch (shape->form) {
    case DKI_KEY_INTEGER: return integer_word(shape, same.as.integer, out) ? 0 : DKI_KEY_IS_NONE;
    case DKI_KEY_REAL: out[0] = real_word(same.as.real); return 0;
    default:
        out[0] = (uint64_t)same.as.ratio.numerator;
        out[1] = (uint64_t)same.as.ratio.denominator;
        return 0;
    }
}

/* Readers. ----------------------------------------------------------------------------------------------------- */

static dk_status translate_levels(dki_key_reader *reader, size_t k, dk_error *err)
{
    const dki_key_shape *shape = &reader->code->shapes[k];
    const dk_dictionary *levels = dk_column_levels(reader->columns[k]);
    dk_context *context = reader->code->context;
    unsigned w = words_of(shape);
    size_t n;
    dk_status status = DK_OK;

    if (levels == NULL || levels == shape->levels)
        return DK_OK;
    n = dk_dictionary_n_levels(levels);
    reader->levels[k] = dki_alloc_array(context, n + 1, w * sizeof(uint64_t), err);
    reader->level_flags[k] = reader->levels[k] ? dki_alloc(context, n + 1, err) : NULL;
    if (reader->level_flags[k] == NULL)
        return DK_ERR_MEMORY;
    memset(reader->levels[k], 0, w * sizeof(uint64_t));
    reader->level_flags[k][0] = DKI_KEY_IS_NULL;
    for (size_t code = 1; status == DK_OK && code <= n; code++) {
        if (code % DK_BLOCK_ROWS == 0)
            status = dki_poll(context, err);
        if (status == DK_OK)
            status = find_text(shape, dk_dictionary_level(levels, (uint32_t)code), false,
                               reader->levels[k] + code * w, &reader->level_flags[k][code], err);
    }
    return status;
}

dk_status dki_key_reader_init(dki_key_reader *reader, const dki_key_code *code, const dk_column *const *columns,
                              bool is_base, dk_error *err)
{
    dk_status status = DK_OK;

    *reader = (dki_key_reader){ .code = code, .columns = columns, .is_base = is_base };
    reader->levels = dki_calloc(code->context, code->n_shapes, sizeof *reader->levels, err);
    reader->level_flags =
        reader->levels ? dki_calloc(code->context, code->n_shapes, sizeof *reader->level_flags, err) : NULL;
    if (reader->level_flags == NULL)
        return DK_ERR_MEMORY;
    for (size_t k = 0; status == DK_OK && k < code->n_shapes; k++)
        status = translate_levels(reader, k, err);
    return status;
}

void dki_key_reader_drop(dki_key_reader *reader)
{
    if (reader->code == NULL)
        return;
    for (size_t k = 0; k < reader->code->n_shapes; k++) {
        if (reader->levels)
            dki_free(reader->code->context, reader->levels[k]);
        if (reader->level_flags)
            dki_free(reader->code->context, reader->level_flags[k]);
    }
    dki_free(reader->code->context, reader->levels);
    dki_free(reader->code->context, reader->level_flags);
    *reader = (dki_key_reader){ .code = NULL };
}

static void read_nulls(const dk_view *view, uint8_t *flags)
{
    if (view->valid == NULL && view->type != DK_CATEGORY) {
        memset(flags, 0, view->n);
        return;
    }
    for (size_t i = 0; i < view->n; i++)
        flags[i] = dki_view_is_null(view, i) ? DKI_KEY_IS_NULL : 0;
}

/* A category whose codes are the base's, or are translated. */
static void read_codes(const dki_key_reader *reader, size_t k, const dk_view *view, uint64_t *values,
                       uint8_t *flags)
{
    unsigned w = words_of(&reader->code->shapes[k]);
    uint32_t codes[DK_BLOCK_ROWS];

    dki_view_codes(view, codes);
    if (reader->levels[k] == NULL) {
        for (size_t i = 0; i < view->n; i++) {
            values[i] = codes[i];
            flags[i] = codes[i] == 0 ? DKI_KEY_IS_NULL : 0;
        }
        return;
    }
    for (size_t i = 0; i < view->n; i++) {
        memcpy(values + i * w, reader->levels[k] + (size_t)codes[i] * w, w * sizeof *values);
        flags[i] = reader->level_flags[k][codes[i]];
    }
}

static dk_status read_texts(const dki_key_reader *reader, const dki_key_shape *shape, const dk_view *view,
                            uint64_t *values, uint8_t *flags, dk_error *err)
{
    unsigned w = words_of(shape);
    dk_status status = DK_OK;

    read_nulls(view, flags);
    if (shape->form == DKI_KEY_DIGITS) { /* for speed alone */
        for (size_t i = 0; i < view->n; i++)
            if (flags[i] == 0 && !digits_word(shape, dki_key_text(view, i), &values[i]))
                flags[i] = DKI_KEY_IS_NONE;
        return DK_OK;
    }
    for (size_t i = 0; status == DK_OK && i < view->n; i++)
        if (flags[i] == 0)
            status = find_text(shape, dki_key_text(view, i), reader->is_base, values + i * w, &flags[i], err);
    return status;
}

static void read_numbers(const dki_key_shape *shape, const dk_view *view, uint64_t *values, uint8_t *flags)
{
    unsigned w = words_of(shape);

    read_nulls(view, flags);
    if (shape->form == DKI_KEY_INTEGER && view->type == shape->type && view->scale == shape->scale) {
        dki_view_integers(view, (int64_t *)values);
        for (size_t i = 0; i < view->n; i++)
            if (!integer_word(shape, (int64_t)values[i], &values[i]) && flags[i] == 0)
                flags[i] = DKI_KEY_IS_NONE;
        return;
    }
    for (size_t i = 0; i < view->n; i++) {
        if (flags[i] == 0) {
            dk_value value = dki_view_value(view, i);

            flags[i] = number_words(shape, &value, values + i * w);
        }
    }
}

static dk_status read_column(const dki_key_reader *reader, size_t k, const dk_view *view, uint64_t *values,
                             uint8_t *flags, dk_error *err)
{
    const dki_key_shape *shape = &reader->code->shapes[k];

    if (view->type == DK_CATEGORY)
        read_codes(reader, k, view, values, flags);
    else if (view->type == DK_TEXT)
        return read_texts(reader, shape, view, values, flags, err);
    else
        read_numbers(shape, view, values, flags);
    return DK_OK;
}

/* Puts the values of a column where its words are. */
static void put_values(const dki_key_code *code, const dki_key_shape *shape, size_t n, const uint64_t *values,
                       const uint8_t *flags, uint64_t *words)
{
    unsigned w = code->n_words;

    if (shape->n_words > 0) {
        for (size_t i = 0; i < n; i++)
            for (unsigned k = 0; k < shape->n_words; k++)
                words[i * w + shape->word + k] = flags[i] ? 0 : values[i * shape->n_words + k];
        return;
    }
    for (size_t i = 0; i < n; i++)
        words[i * w + shape->word] |= flags[i] ? 0 : values[i] << shape->shift;
}

dk_status dki_key_read(const dki_key_reader *reader, uint64_t row, size_t n, dki_key_scratch *scratch,
                       uint64_t *words, uint8_t *flags, dk_error *err)
{
    const dki_key_code *code = reader->code;
    /* One column of one word: straight to its place. For speed alone. */
    bool straight = code->n_shapes == 1 && !code->nulls_are_values;

    if (!straight) {
        memset(words, 0, n * code->n_words * sizeof *words);
        memset(flags, 0, n);
    }
    for (size_t k = 0; k < code->n_shapes; k++) {
        const dki_key_shape *shape = &code->shapes[k];
        uint8_t *own = straight ? flags : scratch->flags;
        size_t most = straight ? n : DKI_KEY_PIECE / words_of(shape);

        /* Values of many words come in pieces that fit the scratch memory. */
        for (size_t done = 0, piece; done < n; done += piece) {
            uint64_t *values = straight ? words : scratch->values;
            dk_status status;

            piece = n - done < most ? n - done : most;
            status = dk_column_view(reader->columns[k], row + done, piece, &scratch->view, err);
            if (status == DK_OK)
                status = read_column(reader, k, &scratch->view, values, own, err);
            if (status != DK_OK)
                return status;
            if (straight)
                continue;
            put_values(code, shape, piece, values, own, words + done * code->n_words);
            for (size_t i = 0; i < piece; i++) {
                if (code->nulls_are_values && own[i] == DKI_KEY_IS_NULL && !shape->has_null)
                    flags[done + i] |= DKI_KEY_IS_NONE;
                else if (code->nulls_are_values && own[i] == DKI_KEY_IS_NULL)
                    words[(done + i) * code->n_words + shape->null_word] |= UINT64_C(1) << shape->null_shift;
                else
                    flags[done + i] |= own[i];
            }
        }
    }
    if (reader->is_base) {
        for (size_t i = 0; i < n; i++)
            if (flags[i] & DKI_KEY_IS_NONE)
                return dki_fail(err, DK_ERR_DATA, "a text that is not what the first ones were");
    }
    return DK_OK;
}
