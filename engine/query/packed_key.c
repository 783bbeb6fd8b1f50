/* packed_key.c - lays out, makes and reads packed keys.
 *
 * Invariant: two selected rows have the same key where their values are the same, and keys compare as the values do,
 * the first dimension first.
 */
#include "packed_key.h"

#include <string.h>

#include "base/bit_length.h"
#include "base/bitmap.h"
#include "base/memory.h"
#include "base/ordered_key.h"
#include "data/codes.h"
#include "data/column_parts.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3") /* vectors, also where the tree is compiled with -O2; clang needs no telling */
#endif

#define TILE_ROWS 1024

/* Layout. ------------------------------------------------------------------------------------------------------ */

static dk_status plan_levels(dki_packed_dim *dim, dk_context *context, dk_error *err)
{
    size_t n = dk_dictionary_n_levels(dim->what.levels);
    bool in_order = true;

    dim->null = n;
    for (size_t code = 1; in_order && code <= n; code++)
        in_order = dk_dictionary_rank(dim->what.levels, (uint32_t)code) == code - 1;
    if (in_order)
        return DK_OK;
    dim->ranks = dki_alloc_array(context, n + 1, sizeof *dim->ranks, err);
    dim->codes = dki_alloc_array(context, n + 1, sizeof *dim->codes, err);
    if (dim->ranks == NULL || dim->codes == NULL)
        return DK_ERR_MEMORY;
    dim->ranks[0] = (uint32_t)n;
    dim->codes[n] = 0;
    for (size_t code = 1; code <= n; code++) {
        dim->ranks[code] = dk_dictionary_rank(dim->what.levels, (uint32_t)code);
        dim->codes[dim->ranks[code]] = (uint32_t)code;
    }
    return DK_OK;
}

/* Returns false where the type has no such codes. */
static bool plan_dim(dki_packed_dim *dim)
{
    const dki_dimension *what = &dim->what;
    uint64_t range = (uint64_t)what->greatest - (uint64_t)what->least;

    switch (what->type) {
    case DK_CATEGORY: break;
    case DK_BOOLEAN: dim->null = 2; break;
    case DK_REAL: dim->null = UINT64_MAX; break; /* which no finite number has */
    case DK_RATIO:
    case DK_TEXT: return false;
    default:
        if (!what->has_bounds)
            dim->what.least = INT64_MIN;
        dim->has_null_bit = !what->has_bounds || range == UINT64_MAX;
        dim->null = dim->has_null_bit ? UINT64_MAX : range + 1;
    }
    return true;
}

dk_status dki_packing_init(dki_packing *packing, const dki_plan *plan, bool *fits, dk_error *err)
{
    size_t n = plan->breakdown->n_by;
    dk_status status = DK_OK;

    memset(packing, 0, sizeof *packing);
    packing->context = plan->context;
    packing->n_dims = n;
    *fits = n > 0;
    for (size_t d = n; status == DK_OK && *fits && d-- > 0;) {
        dki_packed_dim *dim = &packing->dims[d];

        dim->what = plan->dims[d];
        dim->clamps = !plan->by_in_range[d];
        *fits = plan_dim(dim);
        if (*fits && dim->what.type == DK_CATEGORY)
            status = plan_levels(dim, plan->context, err);
        dim->bits = (uint8_t)dki_bit_length(dim->null);
        dim->place = dim->bits > 0 || dim->has_null_bit ? (uint8_t)packing->bits : 0; /* no bits can lie anywhere */
        packing->bits += dim->bits + dim->has_null_bit;
        *fits = *fits && packing->bits <= 128;
    }
    return status;
}

void dki_packing_drop(dki_packing *packing)
{
    for (size_t d = 0; d < packing->n_dims; d++) {
        dki_free(packing->context, packing->dims[d].ranks);
        dki_free(packing->context, packing->dims[d].codes);
    }
    packing->n_dims = 0;
}

/* Making keys. ------------------------------------------------------------------------------------------------- */

static void level_codes(const dki_packed_dim *dim, const dk_view *view, uint64_t *out)
{
    uint32_t codes[DK_BLOCK_ROWS];
    uint32_t n = (uint32_t)dim->null;

    dki_view_codes(view, codes);
    for (size_t i = 0; dim->clamps && i < view->n; i++)
        codes[i] = codes[i] <= n ? codes[i] : 0;
    if (dim->ranks) {
        for (size_t i = 0; i < view->n; i++)
            out[i] = dim->ranks[codes[i]];
    } else {
        for (size_t i = 0; i < view->n; i++)
            out[i] = codes[i] ? codes[i] - 1 : n;
    }
}

/* The code of every row; that of null where there is no bit for it. */
static void dim_codes(const dki_packed_dim *dim, const dk_view *view, uint64_t *out)
{
    size_t n = view->n;

    switch (dim->what.type) {
    case DK_CATEGORY: level_codes(dim, view, out); return;
    case DK_REAL:
        for (size_t i = 0; i < n; i++)
            out[i] = dki_real_key(((const double *)view->values)[view->constant ? 0 : i]);
        break;
    default: {
        uint64_t least = dim->what.type == DK_BOOLEAN ? 0 : (uint64_t)dim->what.least;
        uint64_t mask = dim->clamps && dim->bits < 64 ? (UINT64_C(1) << dim->bits) - 1 : UINT64_MAX;

        dki_view_integers(view, (int64_t *)out);
        for (size_t i = 0; i < n; i++)
            out[i] = (out[i] - least) & mask;
    }
    }
    if (view->valid) {
        for (size_t i = 0; i < n; i++)
            out[i] = dki_view_is_null(view, i) ? dim->null : out[i];
    }
}

/* Puts codes, or bits, in their place in keys that are 0 there. */
static void put_codes(uint64_t *low, uint64_t *high, unsigned place, const uint64_t *codes, size_t n)
{
    if (place < 64) {
        for (size_t i = 0; i < n; i++)
            low[i] |= codes[i] << place;
    }
    if (high && place > 64) {
        for (size_t i = 0; i < n; i++)
            high[i] |= codes[i] << (place - 64);
    } else if (high && place > 0) {
        for (size_t i = 0; i < n; i++)
            high[i] |= codes[i] >> (64 - place);
    }
}

/* half[i] |= the code of values[i] << shift */
#define PUT_AT_ONCE(c_type, code)                                    \
    do {                                                             \
        const c_type *values_ = (const c_type *)view->values + from; \
        for (size_t i_ = 0; i_ < n; i_++) {                          \
            uint64_t value = (uint64_t)values_[i_];                  \
            half[i_] |= (code) << shift;                             \
        }                                                            \
    } while (0)

/* Codes of n rows that follow from a value as it lies, and lie in one half of the key, go there straight. For speed alone;
 * false where they do not. */
static bool put_at_once(const dki_packed_dim *dim, const dk_view *view, size_t from, size_t n, uint64_t *low,
                        uint64_t *high)
{
    uint64_t *half = (dim->place < 64 ? low : high) + from;
    unsigned shift = dim->place % 64;
    uint64_t least = (uint64_t)dim->what.least, null = dim->null;

    if (view->constant || view->valid || dim->clamps || dim->has_null_bit || shift + dim->bits > 64)
        return false;
    if (dim->ranks) {
        const uint32_t *ranks = dim->ranks;

        switch (view->storage) {
        case DK_STORE_U8: PUT_AT_ONCE(uint8_t, (uint64_t)ranks[value]); return true;
        case DK_STORE_U16: PUT_AT_ONCE(uint16_t, (uint64_t)ranks[value]); return true;
        case DK_STORE_U32: PUT_AT_ONCE(uint32_t, (uint64_t)ranks[value]); return true;
        default: return false;
        }
    }
    if (dim->what.type == DK_CATEGORY) {
        switch (view->storage) {
        case DK_STORE_U8: PUT_AT_ONCE(uint8_t, value ? value - 1 : null); return true;
        case DK_STORE_U16: PUT_AT_ONCE(uint16_t, value ? value - 1 : null); return true;
        case DK_STORE_U32: PUT_AT_ONCE(uint32_t, value ? value - 1 : null); return true;
        default: return false;
        }
    }
    switch (view->storage) {
    case DK_STORE_I8: PUT_AT_ONCE(int8_t, value - least); return true;
    case DK_STORE_I16: PUT_AT_ONCE(int16_t, value - least); return true;
    case DK_STORE_I32: PUT_AT_ONCE(int32_t, value - least); return true;
    case DK_STORE_I64: PUT_AT_ONCE(int64_t, value - least); return true;
    default: return false;
    }
}

void dki_packing_keys(const dki_packing *packing, const dk_view *const *views, size_t n, uint64_t *low,
                      uint64_t *high, uint64_t *scratch)
{
    bool slow[DKI_MAX_DIMENSIONS];

    for (size_t from = 0; from < n; from += TILE_ROWS) { /* whose keys stay in the nearest cache */
        size_t some = n - from < TILE_ROWS ? n - from : TILE_ROWS;

        memset(low + from, 0, some * sizeof *low);
        if (high)
            memset(high + from, 0, some * sizeof *high);
        for (size_t d = 0; d < packing->n_dims; d++)
            slow[d] = !put_at_once(&packing->dims[d], views[d], from, some, low, high);
    }
    for (size_t d = 0; n && d < packing->n_dims; d++) {
        const dki_packed_dim *dim = &packing->dims[d];

        if (!slow[d])
            continue;
        if (dim->has_null_bit) {
            for (size_t i = 0; i < n; i++)
                scratch[i] = dki_view_is_null(views[d], i);
            put_codes(low, high, dim->place + dim->bits, scratch, n);
        }
        dim_codes(dim, views[d], scratch);
        put_codes(low, high, dim->place, scratch, n);
    }
}

/* Reading keys. ------------------------------------------------------------------------------------------------ */

static uint64_t code_of(const dki_packed_dim *dim, uint64_t low, uint64_t high, bool *is_null)
{
    dki_key key = ((dki_key)high << 64 | low) >> dim->place;
    uint64_t code = (uint64_t)key;

    if (dim->bits < 64)
        code &= (UINT64_C(1) << dim->bits) - 1;
    *is_null = dim->has_null_bit ? (key >> dim->bits & 1) != 0 : code == dim->null;
    return code;
}

dki_packed_value dki_packing_value(const dki_packing *packing, size_t dim, uint64_t low, uint64_t high)
{
    const dki_packed_dim *what = &packing->dims[dim];
    dki_packed_value out = { false, 0 };
    uint64_t code = code_of(what, low, high, &out.is_null);
    double real;

    if (out.is_null)
        return out;
    switch (what->what.type) {
    case DK_CATEGORY: out.value = what->codes ? (int64_t)what->codes[code] : (int64_t)code + 1; break;
    case DK_BOOLEAN: out.value = (int64_t)code; break;
    case DK_REAL:
        real = dki_key_real(code);
        memcpy(&out.value, &real, sizeof out.value);
        break;
    default: out.value = (int64_t)(code + (uint64_t)what->what.least);
    }
    return out;
}

/* Codes of a dimension of n keys, and which are not null; for keys of 64 bits in loops without branches. */
static void read_codes(const dki_packed_dim *dim, const uint64_t *low, const uint64_t *high, size_t n,
                       uint64_t *codes, uint64_t *known)
{
    uint64_t mask = dim->bits < 64 ? (UINT64_C(1) << dim->bits) - 1 : UINT64_MAX;
    uint8_t nulls[DK_BLOCK_ROWS];

    if (high == NULL && !dim->has_null_bit && dim->bits > 0) {
        for (size_t i = 0; i < n; i++)
            codes[i] = low[i] >> dim->place & mask;
        for (size_t i = 0; i < n; i++)
            nulls[i] = codes[i] == dim->null;
    } else {
        for (size_t i = 0; i < n; i++) {
            bool is_null;

            codes[i] = code_of(dim, low[i], high ? high[i] : 0, &is_null);
            nulls[i] = is_null;
        }
    }
    memset(known, 0, dki_bit_words(n) * sizeof *known);
    for (size_t i = 0; i < n; i++)
        known[i / 64] |= (uint64_t)(nulls[i] ^ 1) << (i % 64);
}

static dk_status append_levels(const dki_packed_dim *dim, const uint64_t *codes, size_t n, dk_builder *builder,
                               dk_error *err)
{
    uint32_t levels[DK_BLOCK_ROWS];

    if (dim->codes) {
        for (size_t i = 0; i < n; i++)
            levels[i] = dim->codes[codes[i]];
    } else {
        for (size_t i = 0; i < n; i++)
            levels[i] = codes[i] == dim->null ? 0 : (uint32_t)codes[i] + 1;
    }
    return dki_builder_codes(builder, levels, n, err);
}

/* Appends the values of a dimension of n keys to a builder of its type. */
static dk_status append(const dki_packing *packing, size_t number, const uint64_t *low, const uint64_t *high,
                        size_t n, dk_builder *builder, dk_error *err)
{
    const dki_packed_dim *dim = &packing->dims[number];
    dk_status status = DK_OK;

    for (size_t from = 0, some; status == DK_OK && from < n; from += some) {
        uint64_t codes[DK_BLOCK_ROWS], known[DK_BLOCK_WORDS], bits[DK_BLOCK_WORDS] = { 0 };
        double reals[DK_BLOCK_ROWS];

        some = n - from < DK_BLOCK_ROWS ? n - from : DK_BLOCK_ROWS;
        read_codes(dim, low + from, high ? high + from : NULL, some, codes, known);
        status = dki_poll(packing->context, err);
        if (status != DK_OK)
            break;
        switch (dim->what.type) {
        case DK_CATEGORY: status = append_levels(dim, codes, some, builder, err); break;
        case DK_BOOLEAN:
            for (size_t i = 0; i < some; i++)
                dki_bit_put(bits, i, codes[i] == 1);
            status = dki_builder_bits(builder, bits, known, some, err);
            break;
        case DK_REAL:
            for (size_t i = 0; i < some; i++)
                reals[i] = dki_bit(known, i) ? dki_key_real(codes[i]) : 0;
            status = dki_builder_reals(builder, reals, known, some, err);
            break;
        default:
            for (size_t i = 0; i < some; i++)
                codes[i] += (uint64_t)dim->what.least;
            status = dki_builder_integers(builder, (const int64_t *)codes, known, some, err);
        }
    }
    return status;
}

/* Codes of a dimension that lie in one half of the keys, as the column has them: of a category those of its levels, else
 * distances from the least. Returns whether any is null. */
#define READ_CODES(T)                                                                       \
    static bool read_##T(const dki_packed_dim *dim, const uint64_t *half, size_t n, T *out) \
    {                                                                                       \
        unsigned shift = dim->place % 64;                                                   \
        uint64_t mask = dim->bits < 64 ? (UINT64_C(1) << dim->bits) - 1 : UINT64_MAX;       \
        T null = (T)dim->null, some = (T)mask, any = 0;                                     \
        if (dim->codes) {                                                                   \
            for (size_t i = 0; i < n; i++)                                                  \
                out[i] = (T)dim->codes[half[i] >> shift & mask];                            \
            return false;                                                                   \
        }                                                                                   \
        for (size_t i = 0; i < n; i++) {                                                    \
            T code = (T)((T)(half[i] >> shift) & some);                                     \
            any |= code == null;                                                            \
            out[i] = code;                                                                  \
        }                                                                                   \
        for (size_t i = 0; dim->what.type == DK_CATEGORY && i < n; i++)                     \
            out[i] = out[i] == null ? 0 : (T)(out[i] + 1);                                  \
        return any;                                                                         \
    }
READ_CODES(uint8_t)
READ_CODES(uint16_t)
READ_CODES(uint32_t)

/* Levels or whole numbers that lie in one half of the keys, in loops over all of them; *out stays NULL where that is
 * not so, or some numbers are null. For speed alone. */
static dk_status make_at_once(dk_context *context, const dki_packed_dim *dim, const uint64_t *low,
                              const uint64_t *high, size_t n, void *scratch, const dk_column **out, dk_error *err)
{
    const uint64_t *half = dim->place < 64 ? low : high;
    unsigned width = dki_width_for(dim->null + 1);
    bool any;

    *out = NULL;
    if (dim->has_null_bit || dim->bits == 0 || dim->bits > 32 || half == NULL || dim->place % 64 + dim->bits > 64 ||
        dim->what.type == DK_BOOLEAN || dim->what.type == DK_REAL)
        return DK_OK;
    switch (width) {
    case 0: any = read_uint8_t(dim, half, n, scratch); break;
    case 1: any = read_uint16_t(dim, half, n, scratch); break;
    default: any = read_uint32_t(dim, half, n, scratch);
    }
    if (dim->what.type == DK_CATEGORY)
        return dki_column_of_codes(context, dim->what.levels, width, scratch, n, out, err);
    return any ? DK_OK
               : dki_column_of_distances(context, dim->what.type, dim->what.scale, width, scratch, dim->what.least,
                                         n, out, err);
}

dk_status dki_packing_column(const dki_packing *packing, size_t number, const uint64_t *low, const uint64_t *high,
                             size_t n, uint64_t *scratch, const dk_column **out, dk_error *err)
{
    const dki_packed_dim *dim = &packing->dims[number];
    dk_builder *builder = NULL;
    dk_status status = make_at_once(packing->context, dim, low, high, n, scratch, out, err);

    if (status != DK_OK || *out)
        return status;
    status = dk_builder_new(packing->context, dim->what.type, dim->what.scale, dim->what.levels, &builder, err);
    if (status == DK_OK)
        status = append(packing, number, low, high, n, builder, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}
