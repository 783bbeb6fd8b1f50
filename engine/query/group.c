/* group.c - gives every row of a block a group number.
 *
 * Each dimension has a coder (coder.h). The codes of a row make a key in one of three ways:
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

#define TABLE_LIMIT (UINT64_C(1) << 20)

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
        dki_coder_init(&grouper->coders[d], context, &dims[d]);
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
        dki_coder_drop(&grouper->coders[d]);
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

    DKI_FOR_SELECTED(i, n, selection)
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
            DKI_FOR_SELECTED(i, n, selection)
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
    DKI_FOR_SELECTED(i, n, selection)
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
            dki_coder_view(&grouper->coders[d], views[d], n, selection, grouper->values, grouper->codes[d], err);

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
    return dki_coder_value(&grouper->coders[dim], value, code, err);
}

dk_status dki_grouper_merge(dki_grouper *grouper, const dki_grouper *other, uint32_t *map, dk_error *err)
{
    size_t n_dims = grouper->n_dims;

    for (size_t from = 0; from < other->n_groups; from += grouper->block) {
        size_t n = other->n_groups - from < grouper->block ? other->n_groups - from : grouper->block;
        dk_status status = dki_poll(grouper->context, err);

        for (size_t d = 0; d < n_dims; d++) {
            for (size_t i = 0; status == DK_OK && i < n; i++)
                status = dki_coder_translate(&grouper->coders[d], &other->coders[d],
                                             other->keys[(from + i) * n_dims + d], &grouper->codes[d][i], err);
        }
        if (status == DK_OK)
            status = number_codes(grouper, (const uint32_t *const *)grouper->codes, n, NULL, map + from, err);
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}
