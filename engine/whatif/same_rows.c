/* same_rows.c - rows of two results that are about the same groups, and whether their numbers are the same.
 *
 * Cost: a look at each row of both. Poll: once for each block.
 */
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "expr/poll_row.h"
#include "whatif_parts.h"

/* The values of n columns in a row, or that it is a total over them. */
static dk_status put_key(const dk_table *table, const char *const *names, size_t n, uint64_t row, dki_buffer *key,
                         dk_error *err)
{
    const dk_column *margin = dk_table_margin(table);
    dk_value mask = { .as.integer = 0 }, value;
    dk_status status = margin ? dk_column_get(margin, row, &mask, err) : DK_OK;

    key->size = 0;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        size_t at = 0;

        status = dk_table_get(table, names[i], &at, err);
        if (status != DK_OK)
            return status;
        if (dk_table_field(table, at)->margin_bit >= 0 &&
            mask.as.integer >> dk_table_field(table, at)->margin_bit & 1) {
            status = dki_buffer_text(key, "|t", err);
            continue;
        }
        status = dk_column_get(dk_table_field(table, at)->column, row, &value, err);
        if (status == DK_OK)
            status = dki_group_key_add(&value, key, err);
    }
    return status;
}

dk_status dki_rows_like(const dk_table *table, const char *const *names, const dk_table *like,
                        const char *const *like_names, size_t n, uint64_t *rows, bool *found, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dki_text_map map;
    dki_buffer key;
    uint32_t number;
    dk_status status = DK_OK;

    *found = true;
    dki_text_map_init(&map, context);
    dki_buffer_init(&key, context);
    DKI_FOR_ROWS(row, dk_table_n_rows(table), context, status, err)
    {
        status = put_key(table, names, n, row, &key, err);
        if (status == DK_OK)
            status = dki_text_map_add(&map, key.bytes, key.size, &number, err);
        *found = *found && number == row; /* else it is there twice */
    }
    DKI_FOR_ROWS(row, *found ? dk_table_n_rows(like) : 0, context, status, err)
    {
        status = put_key(like, like_names, n, row, &key, err);
        number = status == DK_OK ? dki_text_map_find(&map, key.bytes, key.size) : DKI_MAP_NONE;
        *found = *found && number != DKI_MAP_NONE;
        rows[row] = *found ? number : 0;
    }
    dki_buffer_drop(&key);
    dki_text_map_drop(&map);
    return status;
}

dk_status dki_column_says(const dk_column *column, const dk_column *other, bool *same, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    dki_buffer keys[2];
    dk_status status = DK_OK;

    *same = dk_column_n_rows(column) == dk_column_n_rows(other);
    for (size_t k = 0; k < 2; k++)
        dki_buffer_init(&keys[k], context);
    DKI_FOR_ROWS(row, *same ? dk_column_n_rows(column) : 0, context, status, err)
    {
        for (size_t k = 0; k < 2 && status == DK_OK; k++) {
            dk_value value;

            keys[k].size = 0;
            status = dk_column_get(k == 0 ? column : other, row, &value, err);
            if (status == DK_OK)
                status = dki_group_key_add(&value, &keys[k], err);
        }
        if (status == DK_OK)
            *same =
                *same && keys[0].size == keys[1].size && memcmp(keys[0].bytes, keys[1].bytes, keys[0].size) == 0;
    }
    for (size_t k = 0; k < 2; k++)
        dki_buffer_drop(&keys[k]);
    return status;
}
