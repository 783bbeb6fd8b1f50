/* group.c - gives every row of a block a group number.
 *
 * Each dimension has a coder: categories, booleans and integers of a small range have codes that follow from the
 * value, other values get the next code when they are first met. The codes of a row make a key in one of three ways:
 *
 *   table    all codes are known beforehand and their combinations are few:
 *            key = (code 0 * n 1 + code 1) * n 2 + ..., an index of an array of numbers
 *   hashed   key = codes side by side in 64 bits; where the next one has no room, what is there so far is first
 *            replaced by a number of its own (32 bits)
 *   coded    of one dimension the code is the key, an index of an array that grows with the codes
 *
 * Which of them ran cannot be seen: numbers are private to the query, and results are put in the order of their
 * keys.
 *
 * Invariants: numbers are dense; null is code 0 of every dimension, and a group like another; a row that is not
 * selected is never looked at, since its values are unspecified.
 * Cost: O(rows) time, O(groups) memory. The caller polls.
 */
#include "group.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/number.h"
#include "data/column_parts.h"

#define RANGE_LIMIT (UINT64_C(1) << 18)
#define TABLE_LIMIT (UINT64_C(1) << 20)

/* The rows of a block that count: FOR_SELECTED(i, n, selection) { ... } */
#define FOR_SELECTED(i, n, selection) \
    for (size_t i = 0; i < (n); i++)  \
        if ((selection) == NULL || dki_bit((selection), i))

/* Coders. ------------------------------------------------------------------------------------------------------ */

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

static void coder_init(dki_coder *coder, dk_context *context, const dki_dimension *what)
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

static dk_status code_integers(dki_coder *coder, const dk_view *view, const int64_t *values, size_t n,
                               const uint64_t *selection, uint32_t *codes, dk_error *err)
{
    FOR_SELECTED(i, n, selection)
    {
        uint32_t number = UINT32_MAX;

        if (!dki_view_is_null(view, i)) {
            dk_status status = dki_int_map_add(&coder->integers, (uint64_t)values[i], &number, err);

            if (status != DK_OK)
                return status;
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

static dk_status code_bytes(dki_coder *coder, const dk_view *view, size_t n, const uint64_t *selection,
                            uint32_t *codes, dk_error *err)
{
    FOR_SELECTED(i, n, selection)
    {
        uint32_t number = UINT32_MAX;
        dk_status status;
        dk_text key;

        if (dki_view_is_null(view, i)) {
            codes[i] = 0;
            continue;
        }
        key = dki_view_bytes(view, i);
        status = dki_text_map_add(&coder->texts, key.bytes, key.size, &number, err);
        if (status != DK_OK)
            return status;
        codes[i] = number + 1;
    }
    return DK_OK;
}

static dk_status code_view(dki_coder *coder, const dk_view *view, size_t n, const uint64_t *selection,
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

/* The code here of a code of another coder of the same dimension. */
static dk_status coder_translate(dki_coder *coder, const dki_coder *other, uint32_t code, uint32_t *out,
                                 dk_error *err)
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

/* Groupers. ---------------------------------------------------------------------------------------------------- */

static unsigned bits_for(uint32_t n_codes)
{
    unsigned bits = 1;

    while (bits < 32 && (UINT64_C(1) << bits) < n_codes)
        bits++;
    return bits;
}

/* Decides how keys are made. */
static dk_status plan_keys(dki_grouper *grouper, uint64_t n_rows, dk_error *err)
{
    uint64_t product = 1;
    uint64_t limit = n_rows < TABLE_LIMIT / 4 ? n_rows * 4 + 1024 : TABLE_LIMIT;
    unsigned used = 0;

    if (limit > TABLE_LIMIT)
        limit = TABLE_LIMIT;
    for (size_t d = 0; d < grouper->n_dims; d++) {
        uint32_t n_codes = grouper->coders[d].n_direct;

        if (n_codes == 0 || product > limit)
            product = UINT64_MAX;
        else
            product *= n_codes;
        grouper->bits[d] = (uint8_t)(n_codes ? bits_for(n_codes) : 32);
        grouper->recode[d] = used + grouper->bits[d] > 64;
        used = (grouper->recode[d] ? 32 : used) + grouper->bits[d];
    }
    if (product > limit)
        return DK_OK;
    grouper->n_table = product;
    grouper->table = dki_calloc(grouper->context, (size_t)product, sizeof *grouper->table, err);
    return grouper->table ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_grouper_init(dki_grouper *grouper, dk_context *context, const dki_dimension *dims, size_t n_dims,
                           uint64_t n_rows, dk_error *err)
{
    size_t block = n_rows < DK_BLOCK_ROWS ? (size_t)n_rows + 1 : DK_BLOCK_ROWS;

    memset(grouper, 0, sizeof *grouper);
    grouper->context = context;
    grouper->block = block;
    for (size_t d = 0; d < n_dims; d++) {
        coder_init(&grouper->coders[d], context, &dims[d]);
        dki_int_map_init(&grouper->steps[d], context);
    }
    dki_int_map_init(&grouper->numbers, context);
    grouper->n_dims = n_dims;
    for (size_t d = 0; d < n_dims; d++) {
        grouper->codes[d] = dki_alloc_array(context, block, sizeof *grouper->codes[d], err);
        if (grouper->codes[d] == NULL)
            return DK_ERR_MEMORY;
    }
    grouper->values = dki_alloc_array(context, block, sizeof *grouper->values, err);
    grouper->packed = dki_alloc_array(context, block, sizeof *grouper->packed, err);
    if (grouper->values == NULL || grouper->packed == NULL)
        return DK_ERR_MEMORY;
    return plan_keys(grouper, n_rows, err);
}

void dki_grouper_drop(dki_grouper *grouper)
{
    if (grouper->context == NULL)
        return;
    for (size_t d = 0; d < grouper->n_dims; d++) {
        dki_int_map_drop(&grouper->coders[d].integers);
        dki_text_map_drop(&grouper->coders[d].texts);
        dki_int_map_drop(&grouper->steps[d]);
        dki_free(grouper->context, grouper->codes[d]);
    }
    dki_int_map_drop(&grouper->numbers);
    dki_free(grouper->context, grouper->values);
    dki_free(grouper->context, grouper->packed);
    dki_free(grouper->context, grouper->table);
    dki_free(grouper->context, grouper->numbered);
    dki_free(grouper->context, grouper->keys);
    memset(grouper, 0, sizeof *grouper);
}

/* Makes the next group, with the codes of row i. */
static dk_status new_group(dki_grouper *grouper, const uint32_t *const *codes, size_t i, dk_error *err)
{
    size_t n_dims = grouper->n_dims;
    dk_status status = dki_grow(grouper->context, (void **)&grouper->keys, &grouper->capacity,
                                (grouper->n_groups + 1) * (n_dims ? n_dims : 1), sizeof *grouper->keys, err);

    if (status != DK_OK)
        return status;
    for (size_t d = 0; d < n_dims; d++)
        grouper->keys[grouper->n_groups * n_dims + d] = codes[d][i];
    grouper->n_groups++;
    return DK_OK;
}

/* The places of keys in the table. */
static const uint64_t *pack_direct(const dki_grouper *grouper, const uint32_t *const *codes, size_t n)
{
    uint64_t *packed = grouper->packed;

    memset(packed, 0, n * sizeof *packed);
    for (size_t d = 0; d < grouper->n_dims; d++) {
        uint64_t radix = grouper->coders[d].n_direct;

        for (size_t i = 0; i < n; i++)
            packed[i] = packed[i] * radix + codes[d][i];
    }
    return packed;
}

static dk_status number_by_table(dki_grouper *grouper, const uint32_t *const *codes, size_t n,
                                 const uint64_t *selection, uint32_t *out, dk_error *err)
{
    const uint64_t *packed = pack_direct(grouper, codes, n);

    FOR_SELECTED(i, n, selection)
    {
        uint32_t *slot = &grouper->table[packed[i]];

        if (*slot == 0) {
            dk_status status = new_group(grouper, codes, i, err);

            if (status != DK_OK)
                return status;
            *slot = (uint32_t)grouper->n_groups;
        }
        out[i] = *slot - 1;
    }
    return DK_OK;
}

static dk_status number_by_hash(dki_grouper *grouper, const uint32_t *const *codes, size_t n,
                                const uint64_t *selection, uint32_t *out, dk_error *err)
{
    uint64_t *packed = grouper->packed;
    dk_status status;

    memset(packed, 0, n * sizeof *packed);
    for (size_t d = 0; d < grouper->n_dims; d++) {
        unsigned bits = grouper->bits[d];

        if (grouper->recode[d]) {
            FOR_SELECTED(i, n, selection)
            {
                uint32_t number;

                status = dki_int_map_add(&grouper->steps[d], packed[i], &number, err);
                if (status != DK_OK)
                    return status;
                packed[i] = number;
            }
        }
        for (size_t i = 0; i < n; i++)
            packed[i] = packed[i] << bits | codes[d][i];
    }
    FOR_SELECTED(i, n, selection)
    {
        status = dki_int_map_add(&grouper->numbers, packed[i], &out[i], err);
        if (status == DK_OK && out[i] == grouper->n_groups)
            status = new_group(grouper, codes, i, err);
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

/* Room for the codes that there are by now, of the one dimension. */
static dk_status grow_numbered(dki_grouper *grouper, dk_error *err)
{
    size_t wanted = dki_grouper_n_codes(grouper, 0), before = grouper->n_numbered;
    dk_status status = dki_grow(grouper->context, (void **)&grouper->numbered, &grouper->n_numbered, wanted,
                                sizeof *grouper->numbered, err);

    if (status == DK_OK && grouper->n_numbered > before)
        memset(grouper->numbered + before, 0, (grouper->n_numbered - before) * sizeof *grouper->numbered);
    return status;
}

static dk_status number_by_code(dki_grouper *grouper, const uint32_t *const *codes, size_t n,
                                const uint64_t *selection, uint32_t *out, dk_error *err)
{
    dk_status status = grow_numbered(grouper, err);

    for (size_t i = 0; status == DK_OK && i < n; i++) {
        uint32_t *number;

        if (selection && !dki_bit(selection, i))
            continue;
        number = &grouper->numbered[codes[0][i]];
        if (*number == 0) {
            status = new_group(grouper, codes, i, err);
            *number = (uint32_t)grouper->n_groups;
        }
        out[i] = *number - 1;
    }
    return status;
}

static dk_status number_codes(dki_grouper *grouper, const uint32_t *const *codes, size_t n,
                              const uint64_t *selection, uint32_t *out, dk_error *err)
{
    if (grouper->table)
        return number_by_table(grouper, codes, n, selection, out, err);
    if (grouper->n_dims == 1)
        return number_by_code(grouper, codes, n, selection, out, err);
    return number_by_hash(grouper, codes, n, selection, out, err);
}

dk_status dki_group_block(dki_grouper *grouper, const dk_view *const *views, size_t n, const uint64_t *selection,
                          uint32_t *out, dk_error *err)
{
    for (size_t d = 0; d < grouper->n_dims; d++) {
        dk_status status =
            code_view(&grouper->coders[d], views[d], n, selection, grouper->values, grouper->codes[d], err);

        if (status != DK_OK)
            return status;
    }
    return number_codes(grouper, (const uint32_t *const *)grouper->codes, n, selection, out, err);
}

dk_status dki_group_add(dki_grouper *grouper, const uint32_t *codes, uint32_t *number, dk_error *err)
{
    const uint32_t *columns[DKI_MAX_DIMENSIONS];

    for (size_t d = 0; d < grouper->n_dims; d++)
        columns[d] = &codes[d];
    return number_codes(grouper, columns, 1, NULL, number, err);
}

dk_status dki_group_add_codes(dki_grouper *grouper, size_t n, dk_error *err)
{
    const uint32_t *const *codes = (const uint32_t *const *)grouper->codes;
    uint32_t *numbers = (uint32_t *)(void *)grouper->values; /* idle, and nobody wants them */
    size_t n_dims = grouper->n_dims, n_groups = grouper->n_groups;
    const uint64_t *packed;
    dk_status status;

    if (grouper->table == NULL || n_dims == 0)
        return number_codes(grouper, codes, n, NULL, numbers, err);
    status = dki_grow(grouper->context, (void **)&grouper->keys, &grouper->capacity, (n_groups + n) * n_dims,
                      sizeof *grouper->keys, err);
    if (status != DK_OK)
        return status;
    packed = pack_direct(grouper, codes, n);
    for (size_t i = 0; i < n; i++) { /* most are new */
        uint32_t *slot = &grouper->table[packed[i]];

        for (size_t d = 0; d < n_dims; d++)
            grouper->keys[n_groups * n_dims + d] = codes[d][i];
        n_groups += *slot == 0;
        *slot = *slot ? *slot : (uint32_t)n_groups;
    }
    grouper->n_groups = n_groups;
    return DK_OK;
}

dk_status dki_grouper_code(dki_grouper *grouper, size_t dim, int64_t value, uint32_t *code, dk_error *err)
{
    dki_coder *coder = &grouper->coders[dim];
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

dk_status dki_grouper_merge(dki_grouper *grouper, const dki_grouper *other, uint32_t *map, dk_error *err)
{
    size_t n_dims = grouper->n_dims;

    for (size_t from = 0; from < other->n_groups; from += grouper->block) {
        size_t n = other->n_groups - from < grouper->block ? other->n_groups - from : grouper->block;
        dk_status status = dki_poll(grouper->context, err);

        for (size_t d = 0; d < n_dims; d++) {
            for (size_t i = 0; status == DK_OK && i < n; i++)
                status = coder_translate(&grouper->coders[d], &other->coders[d],
                                         other->keys[(from + i) * n_dims + d], &grouper->codes[d][i], err);
        }
        if (status == DK_OK)
            status = number_codes(grouper, (const uint32_t *const *)grouper->codes, n, NULL, map + from, err);
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}
