/* key_code.c - what the words of a key look like.
 *
 * A column of the base is looked at once: its bounds are known, lengths of texts are not. Then each column has its place in the
 * words.
 *
 * Cost: of texts one pass over their lengths. Poll: once per block.
 */
#include <string.h>

#include "base/bit_length.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "key_words.h"

#define MOST_DIGITS 16
#define MOST_TEXT 63
#define LOOK_ROWS 256
#define RANGE_BLOCKS 16

/* Texts. ------------------------------------------------------------------------------------------------------- */

static bool looks_like_digits(const dk_view *view, size_t size, char *letter)
{
    *letter = 0;
    for (size_t i = 0; i < view->n; i++) {
        dk_text text = dki_key_text(view, i);

        for (size_t k = 0; k < text.size; k++) {
            char c = text.bytes[k];
            char first = c >= 'a' && c <= 'f' ? 'a' : c >= 'A' && c <= 'F' ? 'A' : 0;

            if (c >= '0' && c <= '9')
                continue;
            if (first == 0 || (*letter && *letter != first))
                return false;
            *letter = first;
        }
        if (text.size != size && !dki_view_is_null(view, i))
            return false;
    }
    if (*letter == 0)
        *letter = 'a';
    return true;
}

/* Lengths of the known texts of a column, of each worker that there can be. */
struct sizes {
    const dk_column *column;
    uint32_t least[DKI_MOST_WORKERS], greatest[DKI_MOST_WORKERS];
};

static dk_status find_sizes(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct sizes *sizes = arg;
    dk_context *context = dk_column_context(sizes->column);
    uint32_t least = sizes->least[worker], greatest = sizes->greatest[worker];
    dk_status status = DK_OK;
    dk_view view;

    dk_view_init(&view, context);
    for (uint64_t row = begin; status == DK_OK && row < end; row += DK_BLOCK_ROWS) {
        size_t n = end - row < DK_BLOCK_ROWS ? (size_t)(end - row) : DK_BLOCK_ROWS;

        status = dk_column_view(sizes->column, row, n, &view, err);
        for (size_t i = 0; status == DK_OK && i < n; i++) {
            uint32_t size = (uint32_t)dki_key_text(&view, i).size;

            if (size == 0 && dki_view_is_null(&view, i))
                continue;
            least = size < least ? size : least;
            greatest = size > greatest ? size : greatest;
        }
    }
    dk_view_release(&view);
    sizes->least[worker] = least;
    sizes->greatest[worker] = greatest;
    return status;
}

static dk_status choose_text(dki_key_shape *shape, const dk_column *column, bool try_digits, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    uint64_t n_rows = dk_column_n_rows(column);
    const uint64_t grain = (uint64_t)DK_BLOCK_ROWS * RANGE_BLOCKS;
    unsigned n_workers = dki_workers_bound(n_rows, grain);
    struct sizes sizes;
    uint32_t least = UINT32_MAX, greatest = 0;
    dk_status status;

    sizes.column = column;
    for (unsigned i = 0; i < n_workers; i++) {
        sizes.least[i] = UINT32_MAX;
        sizes.greatest[i] = 0;
    }
    status = dki_parallel(context, n_rows, grain, find_sizes, &sizes, err);
    for (unsigned i = 0; i < n_workers; i++) {
        least = sizes.least[i] < least ? sizes.least[i] : least;
        greatest = sizes.greatest[i] > greatest ? sizes.greatest[i] : greatest;
    }
    if (status == DK_OK && try_digits && least == greatest && least > 0 && least <= MOST_DIGITS) {
        dk_view view;
        bool fits;

        dk_view_init(&view, context);
        status = dk_column_view(column, 0, n_rows < LOOK_ROWS ? (size_t)n_rows : LOOK_ROWS, &view, err);
        fits = status == DK_OK && looks_like_digits(&view, least, &shape->letter);
        dk_view_release(&view);
        if (fits) {
            shape->form = DKI_KEY_DIGITS;
            shape->size = least;
            shape->n_bits = least < 8 ? 32 : 64;
        }
        if (status != DK_OK || fits)
            return status;
    }
    if (status != DK_OK)
        return status;
    if (greatest <= MOST_TEXT) {
        shape->form = DKI_KEY_TEXT;
        shape->size = greatest;
        shape->n_words = greatest / 8 + 1;
        return DK_OK;
    }
    shape->form = DKI_KEY_NUMBERED;
    shape->n_bits = 32;
    shape->texts = dki_alloc(context, sizeof *shape->texts, err);
    if (shape->texts == NULL)
        return DK_ERR_MEMORY;
    dki_text_map_init(shape->texts, context);
    return DK_OK;
}

/* The code. ---------------------------------------------------------------------------------------------------- */

static dk_status choose_form(dki_key_shape *shape, const dk_column *column, bool try_digits, dk_error *err)
{
    int64_t least = 0, greatest = 0;

    shape->type = dk_column_type(column);
    shape->scale = dk_column_scale(column);
    switch (shape->type) {
    case DK_TEXT: return choose_text(shape, column, try_digits, err);
    case DK_CATEGORY:
        shape->form = DKI_KEY_CODE;
        shape->levels = dk_dictionary_retain(dk_column_levels(column));
        shape->n_bits = dki_bit_length(dk_dictionary_n_levels(shape->levels) | 1);
        return DK_OK;
    case DK_RATIO:
        shape->form = DKI_KEY_RATIO;
        shape->n_words = 2;
        return DK_OK;
    case DK_REAL:
        shape->form = DKI_KEY_REAL;
        shape->n_bits = 64;
        return DK_OK;
    default:
        shape->form = DKI_KEY_INTEGER;
        if (shape->type == DK_BOOLEAN)
            greatest = 1;
        else
            (void)dk_column_bounds(column, &least, &greatest);
        shape->least = least;
        shape->range = (uint64_t)greatest - (uint64_t)least;
        shape->n_bits = dki_bit_length(shape->range | 1);
        return DK_OK;
    }
}

/* Gives the next n_bits a place; what does not fit behind its neighbour begins a word. */
static void place_bits(dki_key_code *code, unsigned n_bits, unsigned *word, unsigned *shift)
{
    if (code->n_words == 0 || code->n_bits + n_bits > 64) {
        code->n_words++;
        code->n_bits = 0;
    }
    *word = code->n_words - 1;
    *shift = code->n_bits;
    code->n_bits += n_bits;
}

static void lay_out(dki_key_code *code)
{
    for (size_t i = 0; i < code->n_shapes; i++) {
        dki_key_shape *shape = &code->shapes[i];

        if (shape->n_words > 0) {
            shape->word = code->n_words;
            code->n_words += shape->n_words;
            code->n_bits = 64;
        } else {
            place_bits(code, shape->n_bits, &shape->word, &shape->shift);
        }
        if (shape->has_null)
            place_bits(code, 1, &shape->null_word, &shape->null_shift);
    }
}

dk_status dki_key_code_init(dki_key_code *code, dk_context *context, const dk_column *const *columns, size_t n,
                            bool nulls_are_values, bool try_digits, dk_error *err)
{
    dk_status status = DK_OK;

    *code = (dki_key_code){ .context = context, .nulls_are_values = nulls_are_values };
    code->shapes = dki_calloc(context, n, sizeof *code->shapes, err);
    if (code->shapes == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        code->n_shapes = i + 1;
        status = choose_form(&code->shapes[i], columns[i], try_digits, err);
        code->shapes[i].has_null = nulls_are_values && dk_column_n_nulls(columns[i]) > 0;
    }
    if (status == DK_OK)
        lay_out(code);
    return status;
}

void dki_key_code_drop(dki_key_code *code)
{
    for (size_t i = 0; i < code->n_shapes; i++) {
        dk_dictionary_release(code->shapes[i].levels);
        if (code->shapes[i].texts)
            dki_text_map_drop(code->shapes[i].texts);
        dki_free(code->context, code->shapes[i].texts);
    }
    dki_free(code->context, code->shapes);
    *code = (dki_key_code){ .context = code->context };
}

bool dki_key_code_is_numbered(const dki_key_code *code)
{
    for (size_t i = 0; i < code->n_shapes; i++)
        if (code->shapes[i].form == DKI_KEY_NUMBERED)
            return true;
    return false;
}
