/* group_values.c - what the codes of a grouper mean: their values, the order of these, and columns of them.
 *
 * Codes that are numbered as they come are put in order when the groups are complete: integers and reals by numbers that stand
 * in the same order, texts by how they begin, and by the whole only where they begin alike.
 */
#include <string.h>

#include "base/bitmap.h"
#include "data/column_parts.h"
#include "group.h"
#include "rows/sort_rows.h"

uint32_t dki_grouper_n_codes(const dki_grouper *grouper, size_t dim)
{
    const dki_coder *coder = &grouper->coders[dim];

    if (coder->n_direct)
        return coder->n_direct;
    return (uint32_t)(coder->kind == DKI_CODER_INTEGERS ? coder->integers.n : coder->texts.n) + 1;
}

dk_value dki_grouper_value(const dki_grouper *grouper, size_t dim, uint32_t code)
{
    const dki_coder *coder = &grouper->coders[dim];
    dk_value value = { .type = coder->what.type, .is_null = code == 0, .scale = coder->what.scale };

    if (code == 0)
        return value;
    switch (coder->kind) {
    case DKI_CODER_LEVELS: value.as.text = dk_dictionary_level(coder->what.levels, code); break;
    case DKI_CODER_BITS: value.as.boolean = code == 2; break;
    case DKI_CODER_RANGE: value.as.integer = (int64_t)((uint64_t)coder->what.least + (code - 1)); break;
    case DKI_CODER_INTEGERS:
        if (value.type == DK_REAL)
            memcpy(&value.as.real, &coder->integers.keys[code - 1], sizeof value.as.real);
        else
            value.as.integer = (int64_t)coder->integers.keys[code - 1];
        break;
    case DKI_CODER_BYTES: {
        size_t size;
        const char *bytes = dki_text_map_get(&coder->texts, code - 1, &size);

        if (value.type == DK_RATIO)
            memcpy(&value.as.ratio, bytes, sizeof value.as.ratio);
        else
            value.as.text = (dk_text){ bytes, size };
    }
    }
    return value;
}

struct rank_order {
    const dki_grouper *grouper;
    size_t dim;
    const uint64_t *keys; /* numbers in the order of the values; of texts of how these begin */
};

static int compare_keys(const void *arg, uint64_t a, uint64_t b)
{
    const struct rank_order *order = arg;
    uint64_t x = order->keys[a - 1], y = order->keys[b - 1];

    return x < y ? -1 : x > y;
}

static int compare_codes(const void *arg, uint64_t a, uint64_t b)
{
    const struct rank_order *order = arg;
    dk_value x, y;

    if (order->keys && order->keys[a - 1] != order->keys[b - 1])
        return compare_keys(arg, a, b);
    x = dki_grouper_value(order->grouper, order->dim, (uint32_t)a);
    y = dki_grouper_value(order->grouper, order->dim, (uint32_t)b);
    return dk_value_compare(&x, &y);
}

/* The first eight bytes as a number: where two differ they stand in the order of the texts. */
static uint64_t beginning(const char *bytes, size_t size)
{
    uint64_t key = 0;

    for (size_t i = 0; i < sizeof key; i++)
        key = key << 8 | (i < size ? (unsigned char)bytes[i] : 0);
    return key;
}

/* Numbers for the keys of integers, reals and texts that stand in the order of the values, but for texts that begin alike. */
static uint64_t *ordered_keys(const dki_grouper *grouper, const dki_coder *coder, size_t n, dk_error *err)
{
    uint64_t *keys = dki_alloc_array(grouper->context, n, sizeof *keys, err);

    for (size_t i = 0; keys && i < n; i++) {
        uint64_t key, sign = UINT64_C(1) << 63;
        size_t size;

        if (coder->kind == DKI_CODER_BYTES) {
            const char *bytes = dki_text_map_get(&coder->texts, i, &size);

            keys[i] = beginning(bytes, size);
            continue;
        }
        key = coder->integers.keys[i];
        keys[i] = coder->what.type == DK_REAL && key & sign ? ~key : key ^ sign;
    }
    return keys;
}

/* Puts codes 1 .. n in the order of their values. */
static dk_status sort_codes(const dki_grouper *grouper, size_t dim, uint64_t *codes, uint32_t n, dk_error *err)
{
    const dki_coder *coder = &grouper->coders[dim];
    struct rank_order order = { grouper, dim, NULL };
    uint64_t *keys = NULL;
    dk_status status;

    for (uint32_t code = 1; code <= n; code++)
        codes[code - 1] = code;
    if (coder->what.type != DK_RATIO) {
        keys = ordered_keys(grouper, coder, n, err);
        if (keys == NULL)
            return DK_ERR_MEMORY;
        order.keys = keys;
    }
    status = dki_sort_rows(grouper->context, codes, n,
                           coder->kind == DKI_CODER_INTEGERS ? compare_keys : compare_codes, &order, err);
    dki_free(grouper->context, keys);
    return status;
}

dk_status dki_grouper_ranks(const dki_grouper *grouper, size_t dim, uint32_t *ranks, dk_error *err)
{
    const dki_coder *coder = &grouper->coders[dim];
    uint32_t n_codes = dki_grouper_n_codes(grouper, dim);
    uint64_t *codes;
    dk_status status;

    if (coder->what.has_wholes) {
        n_codes--;
        ranks[n_codes] = n_codes; /* behind null */
    }
    ranks[0] = n_codes - 1;
    if (coder->n_direct) {
        for (uint32_t code = 1; code < n_codes; code++)
            ranks[code] = coder->kind == DKI_CODER_LEVELS ? dk_dictionary_rank(coder->what.levels, code) : code - 1;
        return DK_OK;
    }
    codes = dki_alloc_array(grouper->context, n_codes, sizeof *codes, err);
    if (codes == NULL)
        return DK_ERR_MEMORY;
    status = sort_codes(grouper, dim, codes, n_codes - 1, err);
    for (uint32_t rank = 0; status == DK_OK && rank + 1 < n_codes; rank++)
        ranks[codes[rank]] = rank;
    dki_free(grouper->context, codes);
    return status;
}

dk_status dki_grouper_append(const dki_grouper *grouper, size_t dim, uint32_t code, dk_builder *builder,
                             dk_error *err)
{
    dk_value value;

    if (code == 0)
        return dk_builder_null(builder, 1, err);
    if (grouper->coders[dim].kind == DKI_CODER_LEVELS)
        return dk_builder_code(builder, code, err);
    value = dki_grouper_value(grouper, dim, code);
    switch (value.type) {
    case DK_BOOLEAN: return dk_builder_boolean(builder, value.as.boolean, err);
    case DK_REAL: return dk_builder_real(builder, value.as.real, err);
    case DK_RATIO: return dk_builder_ratio(builder, value.as.ratio, err);
    case DK_TEXT: return dk_builder_text(builder, value.as.text, err);
    default: return dk_builder_integer(builder, value.as.integer, err);
    }
}

dk_status dki_grouper_append_codes(const dki_grouper *grouper, size_t dim, const uint32_t *codes, size_t n,
                                   dk_builder *builder, dk_error *err)
{
    const dki_coder *coder = &grouper->coders[dim];
    dk_status status = DK_OK;

    if (coder->kind == DKI_CODER_LEVELS)
        return dki_builder_codes(builder, codes, n, err);
    if (coder->kind == DKI_CODER_RANGE || (coder->kind == DKI_CODER_INTEGERS && coder->what.type != DK_REAL)) {
        int64_t values[DK_BLOCK_ROWS];
        uint64_t known[DK_BLOCK_WORDS] = { 0 };

        for (size_t i = 0; i < n; i++) {
            values[i] = dki_grouper_value(grouper, dim, codes[i]).as.integer;
            dki_bit_put(known, i, codes[i] != 0);
        }
        return dki_builder_integers(builder, values, known, n, err);
    }
    for (size_t i = 0; status == DK_OK && i < n; i++)
        status = dki_grouper_append(grouper, dim, codes[i], builder, err);
    return status;
}
