/* sort_counted.c - the order of rows by counting them: see sort_counted.h.
 *
 * Slices of rows are cut by their size, never by the number of threads, and each knows where its rows go: the order
 * is stable, and the same for any number of threads.
 *
 * Cost: a pass over the keys, which lie there in one to four bytes; where rows are wanted one over their codes,
 * that writes row numbers. Poll: once per block.
 */
#include "sort_counted_parts.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "data/column_parts.h"

#define FEWEST_ROWS 1024
#define ROWS_OF_CODE 4         /* codes are few where rows are so many times as many */
#define SLICE_ROWS 262144      /* a multiple of the rows of a block */
#define MOST_PLACES (1u << 21) /* of all slices together */
#define FEW_CODES 1024 /* so few are counted in four tables in turn: equal codes would wait for one another */

/* Codes. ------------------------------------------------------------------------------------------------------------ */

/* The piece of a value v, or null; both shifted. */
struct coding {
    uint64_t first; /* piece of v: first + v, or first - v where descending */
    bool descending;
    uint16_t null;
    unsigned shift;
    const uint32_t *ranks;
};

#define ADD_INTEGERS(type)                                               \
    do {                                                                 \
        const type *values_ = view->values;                              \
        const uint16_t first_ = (uint16_t)coding->first;                 \
        if (coding->descending)                                          \
            for (size_t i_ = 0; i_ < n; i_++)                            \
                pieces[i_] = (uint16_t)(first_ - (uint16_t)values_[i_]); \
        else                                                             \
            for (size_t i_ = 0; i_ < n; i_++)                            \
                pieces[i_] = (uint16_t)(first_ + (uint16_t)values_[i_]); \
    } while (0)

#define ADD_LEVELS(type)                                       \
    do {                                                       \
        const type *values_ = view->values;                    \
        for (size_t i_ = 0; i_ < n; i_++)                      \
            pieces[i_] = (uint16_t)coding->ranks[values_[i_]]; \
    } while (0)

static void put_nulls(uint64_t known, size_t n, uint16_t null, uint16_t *pieces)
{
    if (known == UINT64_MAX)
        return;
    for (size_t i = 0; i < n; i++) {
        uint16_t mask = (uint16_t) - (uint16_t)(known >> i & 1);

        pieces[i] = (uint16_t)((pieces[i] & mask) | (null & ~mask));
    }
}

/* Pieces of n values as they are stored. Nulls of a category have a rank; others are settled after it. */
static void read_pieces(const struct coding *coding, const dk_view *view, size_t n, uint16_t *pieces)
{
    switch (view->storage) {
    case DK_STORE_BITS:
        for (size_t i = 0; i < n; i++)
            pieces[i] = dki_bit(view->values, i) != coding->descending;
        break;
    case DK_STORE_I8: ADD_INTEGERS(int8_t); break;
    case DK_STORE_I16: ADD_INTEGERS(int16_t); break;
    case DK_STORE_I32: ADD_INTEGERS(int32_t); break;
    case DK_STORE_I64: ADD_INTEGERS(int64_t); break;
    case DK_STORE_U8: ADD_LEVELS(uint8_t); break;
    case DK_STORE_U16: ADD_LEVELS(uint16_t); break;
    case DK_STORE_U32: ADD_LEVELS(uint32_t); break;
    default: memset(pieces, 0, n * sizeof *pieces); break; /* no such key comes here */
    }
    for (size_t from = 0; view->valid && from < n; from += 64)
        put_nulls(view->valid[from / 64], n - from < 64 ? n - from : 64, coding->null, pieces + from);
}

static struct coding coding_of(const dki_sort_pieces_key *key, unsigned shift)
{
    struct coding coding = { .descending = key->descending, .shift = shift, .ranks = key->ranks };

    coding.null = (uint16_t)(key->span + 1);
    coding.first = key->descending ? key->least + key->span : 0 - key->least;
    return coding;
}

/* Adds what key k says to the codes of rows row .. row + n - 1. */
static dk_status add_key(const dki_sort_counted *counted, size_t k, dk_view *view, uint64_t row, size_t n,
                         uint16_t *codes, dk_error *err)
{
    const dki_sort_pieces_key *key = &counted->pieces.keys[k];
    struct coding coding = coding_of(key, counted->shifts[k]);
    uint16_t pieces[DK_BLOCK_ROWS];
    dk_status status = dk_column_view(key->column, row, n, view, err);

    if (status != DK_OK)
        return status;
    read_pieces(&coding, view, view->constant ? 1 : n, pieces);
    if (view->constant)
        for (size_t i = 0; i < n; i++)
            codes[i] |= (uint16_t)(pieces[0] << coding.shift);
    else
        for (size_t i = 0; i < n; i++)
            codes[i] |= (uint16_t)(pieces[i] << coding.shift);
    return DK_OK;
}

static void count_codes(const uint16_t *codes, size_t n, uint32_t *counts, size_t n_codes)
{
    uint32_t turns[3][FEW_CODES];
    size_t i = 0;

    if (n_codes <= FEW_CODES) {
        for (size_t t = 0; t < 3; t++)
            memset(turns[t], 0, n_codes * sizeof turns[t][0]);
        for (; i + 4 <= n; i += 4) {
            counts[codes[i]]++;
            turns[0][codes[i + 1]]++;
            turns[1][codes[i + 2]]++;
            turns[2][codes[i + 3]]++;
        }
        for (size_t code = 0; code < n_codes; code++)
            counts[code] += turns[0][code] + turns[1][code] + turns[2][code];
    }
    for (; i < n; i++)
        counts[codes[i]]++;
}

static dk_status count_blocks(const dki_sort_counted *counted, dk_view *views, uint64_t begin, uint64_t end,
                              dk_error *err)
{
    size_t step = dki_block_rows(counted->context);
    uint32_t *counts = counted->places + begin / counted->slice * counted->n_codes;
    uint16_t own[DK_BLOCK_ROWS];
    dk_status status = DK_OK;

    for (uint64_t row = begin; row < end && status == DK_OK; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;
        uint16_t *codes = counted->codes ? counted->codes + row : own;

        status = dki_poll(counted->context, err);
        memset(codes, 0, n * sizeof *codes);
        for (size_t k = 0; k < counted->pieces.n_keys && status == DK_OK; k++)
            if (counted->pieces.keys[k].bits > 0)
                status = add_key(counted, k, &views[k], row, n, codes, err);
        if (status == DK_OK)
            count_codes(codes, n, counts, counted->n_codes);
    }
    return status;
}

static dk_status count_slice(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const dki_sort_counted *counted = arg;
    size_t n_keys = counted->pieces.n_keys;
    dk_view *views = dki_alloc_array(counted->context, n_keys, sizeof *views, err);
    dk_status status;

    (void)worker;
    if (views == NULL)
        return DK_ERR_MEMORY;
    for (size_t k = 0; k < n_keys; k++)
        dk_view_init(&views[k], counted->context);
    status = count_blocks(counted, views, begin, end, err);
    for (size_t k = 0; k < n_keys; k++)
        dk_view_release(&views[k]);
    dki_free(counted->context, views);
    return status;
}

/* From counts to places: for each code first the rows of the first slice, then those of the second, ... */
static void settle_places(dki_sort_counted *counted)
{
    uint64_t at = 0;

    for (size_t code = 0; code < counted->n_codes; code++) {
        for (size_t s = 0; s < counted->n_slices; s++) {
            uint32_t *place = &counted->places[s * counted->n_codes + code];
            uint32_t count = *place;

            *place = (uint32_t)at;
            at += count;
        }
        counted->ends[code] = at;
    }
}

static bool has_codes(const dki_sort_pieces_key *key)
{
    return key->bytes == NULL && key->codes.codes == NULL && key->type != DK_REAL && key->type != DK_TEXT &&
           !key->null_apart && key->bits <= DKI_SORT_COUNTED_BITS;
}

static bool may_have_codes(const dki_order_key *keys, size_t n_keys, uint64_t n_rows)
{
    for (size_t k = 0; k < n_keys; k++) {
        dk_type type = dk_column_type(keys[k].column);

        if (type == DK_TEXT || type == DK_REAL || type == DK_RATIO) /* whose pieces would be looked for in vain */
            return false;
        if (type == DK_CATEGORY &&
            dk_dictionary_n_levels(dk_column_levels(keys[k].column)) >> DKI_SORT_COUNTED_BITS)
            return false;
    }
    return n_rows >= FEWEST_ROWS && n_rows <= UINT32_MAX;
}

/* Whether this is the way; settles sizes then. */
static bool settle(dki_sort_counted *counted)
{
    const dki_sort_pieces *pieces = &counted->pieces;
    unsigned shift = pieces->bits;

    if (pieces->bits > DKI_SORT_COUNTED_BITS || pieces->n_keys > DKI_SORT_COUNTED_BITS ||
        counted->n_rows / ROWS_OF_CODE < UINT64_C(1) << pieces->bits)
        return false;
    for (size_t k = 0; k < pieces->n_keys; k++) {
        if (!has_codes(&pieces->keys[k]))
            return false;
        shift -= pieces->keys[k].bits;
        counted->shifts[k] = shift;
    }
    counted->n_codes = (size_t)1 << pieces->bits;
    counted->slice = SLICE_ROWS;
    while ((counted->n_rows / counted->slice + 1) * counted->n_codes > MOST_PLACES)
        counted->slice *= 2;
    counted->n_slices = (size_t)(counted->n_rows / counted->slice + 1);
    return true;
}

static dk_status count(dki_sort_counted *counted, bool want_rows, dk_error *err)
{
    dk_context *context = counted->context;
    dk_status status;

    counted->places = dki_calloc(context, counted->n_slices, counted->n_codes * sizeof *counted->places, err);
    if (counted->places)
        counted->ends = dki_alloc_array(context, counted->n_codes, sizeof *counted->ends, err);
    if (counted->ends && want_rows)
        counted->codes = dki_alloc_array(context, (size_t)counted->n_rows, sizeof *counted->codes, err);
    if (counted->ends == NULL || (want_rows && counted->codes == NULL))
        return DK_ERR_MEMORY;
    status = dki_parallel(context, counted->n_rows, counted->slice, count_slice, counted, err);
    if (status == DK_OK)
        settle_places(counted);
    return status;
}

dk_status dki_sort_counted_new(dk_context *context, const dki_order_key *keys, size_t n_keys, size_t n_group,
                               uint64_t n_rows, bool want_rows, dki_sort_counted **out, dk_error *err)
{
    dki_sort_counted *counted;
    dk_status status;

    *out = NULL;
    if (!may_have_codes(keys, n_keys, n_rows))
        return DK_OK;
    counted = dki_calloc(context, 1, sizeof *counted, err);
    if (counted == NULL)
        return DK_ERR_MEMORY;
    counted->context = context;
    counted->n_rows = n_rows;
    status = dki_sort_pieces_init(&counted->pieces, context, keys, n_keys, n_group, 63, err);
    if (status == DK_OK && settle(counted)) {
        status = count(counted, want_rows, err);
        if (status == DK_OK) {
            *out = counted;
            return DK_OK;
        }
    }
    dki_sort_counted_drop(counted);
    return status;
}

void dki_sort_counted_drop(dki_sort_counted *counted)
{
    if (counted == NULL)
        return;
    dki_sort_pieces_drop(&counted->pieces);
    dki_free(counted->context, counted->codes);
    dki_free(counted->context, counted->places);
    dki_free(counted->context, counted->ends);
    dki_free(counted->context, counted);
}

/* Rows. ------------------------------------------------------------------------------------------------------------- */

struct placing {
    const dki_sort_counted *counted;
    uint64_t *rows;
};

static dk_status place_slice(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct placing *placing = arg;
    const dki_sort_counted *counted = placing->counted;
    uint32_t *places = counted->places + begin / counted->slice * counted->n_codes;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t row = begin; row < end && status == DK_OK;) {
        uint64_t stop = end - row < DK_BLOCK_ROWS ? end : row + DK_BLOCK_ROWS;

        status = dki_poll(counted->context, err);
        for (; row < stop; row++)
            placing->rows[places[counted->codes[row]]++] = row;
    }
    return status;
}

dk_status dki_sort_counted_rows(dki_sort_counted *counted, uint64_t *rows, uint8_t *starts, dk_error *err)
{
    struct placing placing = { counted, rows };
    unsigned below_group = counted->pieces.bits - counted->pieces.group_bits;
    size_t group = SIZE_MAX;
    uint64_t begin = 0;

    if (starts)
        memset(starts, 0, (size_t)counted->n_rows);
    for (size_t code = 0; starts && code < counted->n_codes; code++) {
        if (counted->ends[code] == begin)
            continue;
        starts[begin] = DKI_STARTS_PEERS | (code >> below_group == group ? 0 : DKI_STARTS_GROUP);
        group = code >> below_group;
        begin = counted->ends[code];
    }
    return dki_parallel(counted->context, counted->n_rows, counted->slice, place_slice, &placing, err);
}

/* How many codes have rows. */
static size_t n_kinds(const dki_sort_counted *counted)
{
    size_t n = 0;

    for (size_t code = 0; code < counted->n_codes; code++)
        n += counted->ends[code] > (code ? counted->ends[code - 1] : 0);
    return n;
}

dk_status dki_sort_counted_distinct(const dki_sort_counted *counted, bool last, uint64_t **rows, uint64_t *n,
                                    dk_error *err)
{
    dk_context *context = counted->context;
    size_t n_wanted = n_kinds(counted), n_seen = 0;
    uint64_t *seen = dki_calloc(context, dki_bit_words(counted->n_codes), sizeof *seen, err);
    uint64_t *made = seen ? dki_alloc_array(context, n_wanted, sizeof *made, err) : NULL;
    dk_status status = made ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t i = 0; i < counted->n_rows && n_seen < n_wanted && status == DK_OK; i++) {
        uint64_t row = last ? counted->n_rows - 1 - i : i;
        uint16_t code = counted->codes[row];

        if (i % DK_BLOCK_ROWS == 0)
            status = dki_poll(context, err);
        if (dki_bit(seen, code))
            continue;
        dki_bit_set(seen, code);
        made[last ? n_wanted - 1 - n_seen : n_seen] = row;
        n_seen++;
    }
    dki_free(context, seen);
    if (status != DK_OK) {
        dki_free(context, made);
        return status;
    }
    *rows = made;
    *n = n_wanted;
    return DK_OK;
}
