/* sides.c - results of one breakdown, or cells, side by side: which rows of them are one group, and in which order groups
 * stand.
 *
 * Groups of the results are found again by their keys and totals, and stand in the order of keys: in each dimension
 * values, then null, then the total.
 *
 * Invariant: every row of every result stands in exactly one group.
 */
#include "sides.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "expr/poll_row.h"
#include "query/breakdown_parts.h"
#include "rows/interval_order.h"
#include "rows/sort_key.h"
#include "rows/sort_rows.h"
#include "whatif_parts.h"

/* Groups ------------------------------------------------------------------------------------------------------- */

static dk_status mask_of(const dk_table *result, uint64_t row, int64_t *mask, dk_error *err)
{
    const dk_column *margin = dk_table_margin(result);
    dk_value value = { .as.integer = 0 };
    dk_status status = margin ? dk_column_get(margin, row, &value, err) : DK_OK;

    *mask = value.as.integer;
    return status;
}

/* The key of a row as bytes. */
static dk_status key_of(const dki_sides *s, const dk_table *result, uint64_t row, dki_buffer *key, dk_error *err)
{
    int64_t mask;
    dk_status status = mask_of(result, row, &mask, err);

    key->size = 0;
    if (status == DK_OK)
        status = dki_buffer_format(key, err, "%lld", (long long)mask);
    for (size_t d = 0; d < s->n_by && status == DK_OK; d++) {
        dk_value value;

        status = dk_column_get(dk_table_field(result, d)->column, row, &value, err);
        if (status == DK_OK)
            status = dki_group_key_add(&value, key, err);
    }
    return status;
}

static dk_status add_group(dki_sides *s, size_t side, uint64_t row, const dki_buffer *key, dk_error *err)
{
    size_t before = s->keys.n;
    uint32_t number;
    dk_status status = dki_text_map_add(&s->keys, key->bytes, key->size, &number, err);

    if (status == DK_OK && s->keys.n > s->capacity) {
        size_t larger = s->capacity ? s->capacity * 2 : 64;

        for (size_t i = 0; i < s->n && status == DK_OK; i++)
            status = dki_resize(s->context, (void **)&s->rows[i], larger * sizeof **s->rows, err);
        if (status == DK_OK)
            s->capacity = larger;
    }
    if (status != DK_OK)
        return status;
    if (s->keys.n > before)
        for (size_t i = 0; i < s->n; i++)
            s->rows[i][number] = DK_ROW_NULL;
    s->rows[side][number] = row;
    return DK_OK;
}

static dk_status find_groups(dki_sides *s, dk_error *err)
{
    dki_buffer key;
    dk_status status = DK_OK;

    dki_buffer_init(&key, s->context);
    for (size_t i = 0; i < s->n; i++)
        DKI_FOR_ROWS(row, dk_table_n_rows(s->results[i]), s->context, status, err)
        {
            status = key_of(s, s->results[i], row, &key, err);
            if (status == DK_OK)
                status = add_group(s, i, row, &key, err);
        }
    dki_buffer_drop(&key);
    s->groups.n = s->keys.n;
    return status;
}

/* Each row is a group, in all sides. */
static dk_status number_groups(dki_sides *s, dk_error *err)
{
    s->groups.n = dk_table_n_rows(s->results[0]);
    for (size_t i = 0; i < s->n; i++) {
        s->rows[i] = dki_alloc_array(s->context, s->groups.n, sizeof **s->rows, err);
        if (s->rows[i] == NULL)
            return DK_ERR_MEMORY;
        for (uint64_t row = 0; row < s->groups.n; row++)
            s->rows[i][row] = row;
    }
    return DK_OK;
}

/* A side that has the group. */
size_t dki_sides_side(const dki_sides *s, uint64_t group)
{
    size_t i = 0;

    while (s->rows[i][group] == DK_ROW_NULL)
        i++;
    return i;
}

dk_status dki_sides_mask(const dki_sides *s, uint64_t group, int64_t *out, dk_error *err)
{
    size_t side = dki_sides_side(s, group);

    return mask_of(s->results[side], s->rows[side][group], out, err);
}

/* Columns ------------------------------------------------------------------------------------------------------ */

/* A column of the results as one. */
struct gather {
    const dki_sides *s;
    size_t column;
    dk_type type;
    uint8_t scale;
    const dk_dictionary *levels;
};

/* A dimension: each group as a side has it that has it. */
static dk_status gather_keys(const struct gather *g, const dk_column **out, dk_error *err)
{
    const dki_sides *s = g->s;
    dk_builder *builder;
    dk_status status = dk_builder_new(s->context, g->type, g->scale, g->levels, &builder, err);

    if (status != DK_OK)
        return status;
    DKI_FOR_ROWS(i, s->groups.n, s->context, status, err)
    {
        uint64_t group = s->order ? s->order[i] : i;
        size_t side = dki_sides_side(s, group);
        dk_value value;

        status =
            dk_column_get(dk_table_field(s->results[side], g->column)->column, s->rows[side][group], &value, err);
        if (status == DK_OK)
            status = dk_builder_value(builder, &value, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* A dimension that all sides have, in a type that holds them all. */
dk_status dki_sides_dimension(const dki_sides *s, size_t d, const dk_column **out, dk_error *err)
{
    const dk_column *base = dk_table_field(s->results[0], d)->column;
    struct gather g = { s, d, dk_column_type(base), dk_column_scale(base), NULL };
    const dk_dictionary *levels = dk_column_levels(base) ? dk_dictionary_retain(dk_column_levels(base)) : NULL;
    dk_status status = DK_OK;

    if (s->as_they_are) {
        dk_dictionary_release(levels);
        *out = dk_column_retain(base);
        return DK_OK;
    }
    for (size_t i = 1; i < s->n && status == DK_OK; i++) {
        const dk_column *column = dk_table_field(s->results[i], d)->column;
        const dk_dictionary *joined;

        if (dk_column_scale(column) > g.scale)
            g.scale = dk_column_scale(column);
        if (dk_column_type(column) == DK_TEXT)
            g.type = DK_TEXT;
        if (levels == NULL || dk_column_levels(column) == NULL)
            continue;
        status = dki_levels_join(s->context, levels, dk_column_levels(column), &joined, err);
        if (status == DK_OK) {
            dk_dictionary_release(levels);
            levels = joined;
        }
    }
    g.levels = g.type == DK_CATEGORY ? levels : NULL;
    if (status == DK_OK)
        status = gather_keys(&g, out, err);
    dk_dictionary_release(levels);
    return status;
}

/* Order -------------------------------------------------------------------------------------------------------- */

struct order {
    size_t n_by;
    dki_sort_codes *codes; /* of each dimension, by group */
    int64_t *masks;
};

static int compare_groups(const void *arg, uint64_t a, uint64_t b)
{
    const struct order *o = arg;

    for (size_t d = 0; d < o->n_by; d++) {
        int total_a = (int)(o->masks[a] >> d & 1), total_b = (int)(o->masks[b] >> d & 1);
        int sign = total_a - total_b;

        if (sign == 0 && !total_a)
            sign = dki_sort_codes_compare(&o->codes[d], false, a, b);
        if (sign)
            return sign;
    }
    return 0;
}

static dk_status code_dimension(const dki_sides *s, size_t d, dki_sort_codes *codes, dk_error *err)
{
    const dk_column *keys = NULL, *ordered = NULL; /* of intervals their bounds */
    dk_status status = dki_sides_dimension(s, d, &keys, err);

    if (status == DK_OK)
        status = dki_order_column(keys, &ordered, err);
    if (status == DK_OK)
        status = dki_sort_codes_init(codes, ordered, err);
    dk_column_release(ordered);
    dk_column_release(keys);
    return status;
}

static dk_status sort_groups(dki_sides *s, dk_error *err)
{
    uint64_t *order = dki_alloc_array(s->context, s->groups.n, sizeof *order, err);
    struct order o = { .masks = dki_alloc_array(s->context, s->groups.n, sizeof *o.masks, err),
                       .codes = dki_calloc(s->context, s->n_by, sizeof *o.codes, err) };
    dk_status status = order && o.masks && o.codes ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t i = 0; i < s->groups.n && status == DK_OK; i++) {
        order[i] = i;
        status = dki_sides_mask(s, i, &o.masks[i], err);
    }
    for (; o.n_by < s->n_by && status == DK_OK; o.n_by++)
        status = code_dimension(s, o.n_by, &o.codes[o.n_by], err);
    if (status == DK_OK)
        status = dki_sort_rows(s->context, order, s->groups.n, compare_groups, &o, err);
    for (size_t d = 0; d < o.n_by; d++)
        dki_sort_codes_drop(&o.codes[d], s->context);
    dki_free(s->context, o.codes);
    dki_free(s->context, o.masks);
    if (status == DK_OK)
        s->order = order;
    else
        dki_free(s->context, order);
    return status;
}

/* Groups as rows ------------------------------------------------------------------------------------------------ */

dk_status dki_sides_find(dki_sides *sides, const dk_table *const *results, size_t n, size_t n_by, dk_error *err)
{
    bool same = false;
    dk_status status;

    *sides = (dki_sides){ .context = dk_table_context(results[0]), .results = results, .n = n, .n_by = n_by };
    dki_text_map_init(&sides->keys, sides->context);
    sides->rows = dki_calloc(sides->context, n, sizeof *sides->rows, err);
    status = sides->rows ? dki_sides_compare(results, n, n_by, &same, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = same ? number_groups(sides, err) : find_groups(sides, err);
    sides->as_they_are = same; /* in whatever order these are: the first side's dimensions as they stand */
    if (status == DK_OK)
        status = sort_groups(sides, err);
    for (uint64_t i = 0; status == DK_OK && i < sides->groups.n && sides->as_they_are; i++)
        sides->as_they_are = sides->order[i] == i;
    return status;
}

void dki_sides_drop(dki_sides *sides)
{
    if (sides->context == NULL)
        return;
    for (size_t i = 0; sides->rows && i < sides->n; i++)
        dki_free(sides->context, sides->rows[i]);
    dki_free(sides->context, sides->rows);
    dki_free(sides->context, sides->order);
    dki_text_map_drop(&sides->keys);
    sides->context = NULL;
}

/* Puts another table in the place of one. */
static void replace(const dk_table **table, const dk_table *next)
{
    dk_table_release(*table);
    *table = next;
}

/* Gives the table the masks of its groups, where a result has totals. */
static dk_status add_margin(const dki_sides *s, const dk_table **table, dk_error *err)
{
    bool has_margin = false;
    const dk_column *margin = NULL;
    const dk_table *next;
    dk_builder *builder;
    dk_status status;

    for (size_t i = 0; i < s->n; i++)
        has_margin = has_margin || dk_table_margin(s->results[i]) != NULL;
    if (!has_margin)
        return DK_OK;
    status = dk_builder_new(s->context, DK_INTEGER, 0, NULL, &builder, err);
    if (status != DK_OK)
        return status;
    for (uint64_t i = 0; i < s->groups.n && status == DK_OK; i++) {
        int64_t mask;

        status = dki_sides_mask(s, s->order[i], &mask, err);
        if (status == DK_OK)
            status = dk_builder_integer(builder, mask, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, &margin, err);
    dk_builder_release(builder);
    if (status == DK_OK)
        status = dk_table_with_margin(*table, margin, &next, err);
    if (status == DK_OK)
        replace(table, next);
    dk_column_release(margin);
    return status;
}

static dk_status repeat_rows(const dki_sides *s, uint64_t times, const dk_table **table, dk_error *err)
{
    uint64_t n = s->groups.n * times;
    uint64_t *rows = dki_alloc_array(s->context, n, sizeof *rows, err);
    const dk_table *next;
    dk_status status = rows ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t i = 0; rows && i < n; i++)
        rows[i] = i / times;
    if (status == DK_OK)
        status = dk_table_gather(*table, rows, n, &next, err);
    if (status == DK_OK)
        replace(table, next);
    dki_free(s->context, rows);
    return status;
}

dk_status dki_sides_table(const dki_sides *s, uint64_t times, const dk_table **out, dk_error *err)
{
    dk_properties properties = *dk_table_properties(s->results[0]);
    const dk_table *bare = NULL, *table = NULL;
    dk_field *fields = dki_calloc(s->context, s->n_by, sizeof *fields, err);
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;
    size_t n = 0;

    properties.weight = NULL; /* of cells: no dimension */
    properties.key = NULL;
    properties.n_key = 0;
    for (; n < s->n_by && status == DK_OK; n++) {
        fields[n] = *dk_table_field(s->results[0], n);
        fields[n].column = NULL;
        status = dki_sides_dimension(s, n, &fields[n].column, err);
    }
    if (status == DK_OK)
        status = dk_table_new(s->context, fields, n, s->groups.n, &bare, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    dki_free(s->context, fields);
    if (status == DK_OK)
        status = dk_table_with_properties(bare, &properties, &table, err);
    dk_table_release(bare);
    if (status == DK_OK)
        status = add_margin(s, &table, err);
    if (status == DK_OK && times > 1)
        status = repeat_rows(s, times, &table, err);
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    return status;
}
