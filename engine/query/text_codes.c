/* text_codes.c - numbers in the place of texts, so that grouping by many texts is grouping by whole numbers.
 *
 * The index that joins use finds the first row of each text, by all threads; the texts of these rows are put in order, and each
 * row gets the place of its text there. Groups then count by index or in partitions (partition.h), and come out in the
 * order of texts, where a hash table would have to look at each text once a row, and to sort them for each question.
 *
 * Invariants: numbers are dense, and in the order of texts by code point.
 * Cost: once some 150 ns a row; kept are 1 to 4 bytes a row and the different texts, until the budget needs the room. Poll: once
 * per block.
 */
#include "text_codes.h"

#include "base/bitmap.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/column_parts.h"
#include "join/key_index.h"
#include "rows/sort_order.h"
#include "rows/sort_rows.h"

#define LEAST_ROWS 65536
#define SAMPLE_ROWS 2048
#define MANY_TEXTS \
    1792 /* in the sample: of some ten thousand, and then numbering costs no more than grouping by text */

static const char codes_kind; /* its address stands for what is kept */

static void drop_kept(dki_kept *kept)
{
    dki_text_codes *codes = (dki_text_codes *)kept;
    dk_context *context = dk_column_context(codes->texts);

    dk_context_retain(context);
    dk_column_release(codes->numbers);
    dk_column_release(codes->texts);
    dki_free(context, codes);
    dk_context_release(context);
}

void dki_text_codes_release(dki_text_codes *codes)
{
    if (codes)
        dki_kept_release(&codes->kept);
}

/* Whether rows from everywhere have many different texts. */
static dk_status has_many(const dk_column *column, bool *many, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    uint64_t step = dk_column_n_rows(column) / SAMPLE_ROWS;
    dki_text_map seen;
    dk_status status = DK_OK;
    dk_view view;

    dk_view_init(&view, context);
    dki_text_map_init(&seen, context);
    for (uint64_t i = 0; i < SAMPLE_ROWS && status == DK_OK; i++) {
        status = dk_column_view(column, i * step, 1, &view, err);
        if (status == DK_OK && !dki_view_is_null(&view, 0)) {
            dk_text text = dki_view_text(&view, 0);
            uint32_t number;

            status = dki_text_map_add(&seen, text.bytes, text.size, &number, err);
        }
    }
    *many = seen.n > MANY_TEXTS;
    dki_text_map_drop(&seen);
    dk_view_release(&view);
    return status;
}

/* The first row of the row's text; DKI_NULL_KEY. */
static uint32_t first_of(const dki_key_index *index, uint64_t row)
{
    return index->firsts ? index->firsts[row] : (uint32_t)row;
}

/* Fills firsts with the first row of each text, and places with its place by row, in the order of texts. */
static dk_status order_texts(const dk_column *column, const dki_key_index *index, uint64_t *firsts,
                             uint32_t *places, const dk_column **texts, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    uint64_t *order = dki_alloc_array(context, (size_t)index->n_keys, sizeof *order, err), n = 0;
    dki_order_key key = { NULL, false };
    dk_status status = order ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t row = 0; row < index->n_rows && status == DK_OK; row++) {
        if (row % DK_BLOCK_ROWS == 0)
            status = dki_poll(context, err);
        if (first_of(index, row) == row)
            firsts[n++] = row;
    }
    if (status == DK_OK)
        status = dk_column_gather(column, firsts, n, &key.column, err);
    if (status == DK_OK)
        status = dki_order_rows(context, &key, 1, 0, n, n, order, NULL, err);
    for (uint64_t place = 0; place < n && status == DK_OK; place++) {
        if (place % DK_BLOCK_ROWS == 0)
            status = dki_poll(context, err);
        places[firsts[order[place]]] = (uint32_t)place;
    }
    if (status == DK_OK)
        status = dk_column_gather(key.column, order, n, texts, err);
    dk_column_release(key.column);
    dki_free(context, order);
    return status;
}

static dk_status number_rows(const dki_key_index *index, const uint32_t *places, const dk_column **out,
                             dk_error *err)
{
    dk_context *context = index->context;
    int64_t values[DK_BLOCK_ROWS];
    dk_builder *builder;
    dk_status status = dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, err);

    if (status != DK_OK)
        return status;
    for (uint64_t row = 0; row < index->n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        uint64_t known[DK_BLOCK_ROWS / 64] = { 0 };
        size_t n = index->n_rows - row < DK_BLOCK_ROWS ? (size_t)(index->n_rows - row) : DK_BLOCK_ROWS;

        for (size_t i = 0; i < n; i++) {
            uint32_t first = first_of(index, row + i);

            values[i] = first == DKI_NULL_KEY ? 0 : places[first];
            dki_bit_put(known, i, first != DKI_NULL_KEY);
        }
        status = dki_poll(context, err);
        if (status == DK_OK)
            status = dki_builder_integers(builder, values, known, n, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* Takes over both columns, also where status is a failure already. */
static dk_status keep(dk_status status, dk_context *context, const dk_column *numbers, const dk_column *texts,
                      dki_text_codes **out, dk_error *err)
{
    dki_text_codes *codes = status == DK_OK ? dki_alloc(context, sizeof *codes, err) : NULL;

    if (codes == NULL) {
        dk_column_release(texts);
        dk_column_release(numbers);
        return status == DK_OK ? DK_ERR_MEMORY : status;
    }
    dki_kept_init(&codes->kept, drop_kept);
    codes->numbers = numbers;
    codes->texts = texts;
    *out = codes;
    return DK_OK;
}

static dk_status make_codes(const dk_column *column, dki_text_codes **out, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    uint64_t n_rows = dk_column_n_rows(column), *firsts = NULL;
    uint32_t *places = NULL;
    dki_key_index *index = NULL;
    const dk_column *texts = NULL, *numbers = NULL;
    dk_status status = dki_key_index_new(context, &column, 1, n_rows, false, &index, err);

    if (status == DK_OK) {
        firsts = dki_alloc_array(context, (size_t)index->n_keys, sizeof *firsts, err);
        places = firsts ? dki_alloc_array(context, (size_t)n_rows, sizeof *places, err) : NULL;
        status = places ? order_texts(column, index, firsts, places, &texts, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = number_rows(index, places, &numbers, err);
    dki_free(context, firsts);
    dki_free(context, places);
    dki_key_index_release(index);
    return keep(status, context, numbers, texts, out, err);
}

dk_status dki_text_codes_get(const dk_column *column, bool kept_only, dki_text_codes **out, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    uint64_t n_rows = dk_column_n_rows(column);
    dk_error none = DK_ERROR_INIT;
    bool many = false;
    dk_status status;

    *out = NULL;
    if (n_rows < LEAST_ROWS || n_rows >= DKI_NULL_KEY)
        return DK_OK;
    *out = (dki_text_codes *)dki_cache_find(context, &codes_kind, dki_column_owner(column), 0);
    if (*out || kept_only)
        return DK_OK;
    status = has_many(column, &many, err);
    if (status != DK_OK || !many)
        return status;
    status = make_codes(column, out, &none);
    if (status == DK_OK)
        dki_cache_add(context, &codes_kind, dki_column_owner(column), 0, &(*out)->kept);
    else if (status != DK_ERR_MEMORY && err)
        *err = none;
    return status == DK_ERR_MEMORY ? DK_OK : status; /* groups by text take less */
}

/* Texts that are looked up -------------------------------------------------------------------------------------------- */

static int compare_texts(const void *arg, uint64_t a, uint64_t b)
{
    const dk_text *texts = arg;

    return dki_text_compare(texts[a].bytes, texts[a].size, texts[b].bytes, texts[b].size);
}

/* Numbers the codes in order[0 .. n-1], which stand in the order of their texts; appends each text once. */
static dk_status number_codes(const dk_text *texts, const uint64_t *order, size_t n, int64_t *numbers,
                              dk_builder *builder, int64_t *greatest, dk_error *err)
{
    dk_status status = DK_OK;

    *greatest = -1;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        if (i == 0 || compare_texts(texts, order[i - 1], order[i]) != 0) {
            ++*greatest;
            status = dk_builder_text(builder, texts[order[i]], err);
        }
        numbers[order[i]] = *greatest;
    }
    return status;
}

dk_status dki_text_codes_looked_up(dk_context *context, dki_bound *bound, dki_text_codes **out, dk_error *err)
{
    const uint8_t *is_null;
    uint32_t n_codes;
    const dk_text *texts = dki_bound_texts(bound, &n_codes, &is_null);
    const dk_column *column = NULL;
    dk_builder *builder = NULL;
    uint64_t *order;
    int64_t *numbers, greatest;
    size_t n = 0;
    dk_status status;

    *out = NULL;
    if (texts == NULL)
        return DK_OK;
    order = dki_alloc_array(context, n_codes, sizeof *order, err);
    numbers = order ? dki_calloc(context, n_codes, sizeof *numbers, err) : NULL;
    status = numbers ? dk_builder_new(context, DK_TEXT, 0, NULL, &builder, err) : DK_ERR_MEMORY;
    for (uint32_t code = 0; status == DK_OK && code < n_codes; code++)
        if (!is_null[code])
            order[n++] = code;
    if (status == DK_OK)
        status = dki_sort_rows(context, order, n, compare_texts, texts, err);
    if (status == DK_OK)
        status = number_codes(texts, order, n, numbers, builder, &greatest, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, &column, err);
    if (status == DK_OK)
        status = dki_bound_number_texts(bound, numbers, greatest < 0 ? 0 : greatest, err);
    dk_builder_release(builder);
    dki_free(context, order);
    dki_free(context, numbers);
    return keep(status, context, NULL, column, out, err);
}

dk_status dki_text_codes_texts(const dki_text_codes *codes, const dk_column *numbers, const dk_column **out,
                               dk_error *err)
{
    dk_context *context = dk_column_context(numbers);
    uint64_t n = dk_column_n_rows(numbers);
    uint64_t *rows = dki_alloc_array(context, (size_t)n, sizeof *rows, err);
    dk_status status = rows ? DK_OK : DK_ERR_MEMORY;
    dk_view view;

    dk_view_init(&view, context);
    for (uint64_t row = 0; dki_column_block(numbers, row, &view, &status, err); row += view.n) {
        int64_t values[DK_BLOCK_ROWS];

        dki_view_integers(&view, values);
        for (size_t i = 0; i < view.n; i++)
            rows[row + i] = dki_view_is_null(&view, i) ? DK_ROW_NULL : (uint64_t)values[i];
    }
    dk_view_release(&view);
    if (status == DK_OK)
        status = dk_column_gather(codes->texts, rows, n, out, err);
    dki_free(context, rows);
    return status;
}
