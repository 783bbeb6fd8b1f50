/* tighten_sums.c - which numbers of a table are sums of which.
 *
 * A row is a total over some dimensions, its mask. For two masks of the table of which one lies within the other, with none in
 * between, the rows of the finer one are the parts of those of the other that have the same values in all dimensions that are
 * totalled in neither. Rows are put together by the codes of those dimensions.
 *
 * A row of a municipality is one of its region, too, where a hierarchy says which that is, though the region is totalled in it (sets
 * such as { { "regio" }, { "gemeente" } }). Where no row has both, the rows of municipalities are the parts of those of regions; not if
 * one of them is of no region that is known.
 */
#include "tighten_parts.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/hierarchy_levels.h"
#include "expr/poll_row.h"
#include "group.h"

#define NONE UINT32_MAX

/* Sums. ------------------------------------------------------------------------------------------------------------- */

static dk_status begin_sum(dki_tighten *t, dki_sum_place place, dk_error *err)
{
    dk_status status =
        dki_grow(t->context, (void **)&t->starts, &t->starts_capacity, t->n_sums + 2, sizeof *t->starts, err);

    if (status == DK_OK)
        status =
            dki_grow(t->context, (void **)&t->totals, &t->totals_capacity, t->n_sums + 1, sizeof *t->totals, err);
    if (status == DK_OK)
        status =
            dki_grow(t->context, (void **)&t->places, &t->places_capacity, t->n_sums + 1, sizeof *t->places, err);
    if (status != DK_OK)
        return status;
    t->starts[t->n_sums] = t->starts[t->n_sums + 1] = t->n_terms;
    t->totals[t->n_sums] = (dki_bounds){ .no_least = t->spec->at_least }; /* parts less the total are 0, or less */
    t->places[t->n_sums++] = place;
    return DK_OK;
}

static dk_status add_term(dki_tighten *t, uint64_t row, size_t column, int32_t factor, dk_error *err)
{
    size_t n = t->n_terms + 1;
    dk_status status = dki_grow(t->context, (void **)&t->numbers, &t->numbers_capacity, n, sizeof *t->numbers, err);

    if (status == DK_OK)
        status = dki_grow(t->context, (void **)&t->factors, &t->factors_capacity, n, sizeof *t->factors, err);
    if (status != DK_OK)
        return status;
    t->numbers[t->n_terms] = (uint32_t)(row * t->n_columns + column);
    t->factors[t->n_terms] = factor;
    t->starts[t->n_sums] = ++t->n_terms;
    return DK_OK;
}

/* The last column is the sum of those before it. */
static dk_status sum_columns(dki_tighten *t, dk_error *err)
{
    size_t last = t->n_columns - 1;
    dk_status status = DK_OK;

    DKI_FOR_ROWS(row, t->n_rows, t->context, status, err)
    {
        status = begin_sum(t, (dki_sum_place){ row, (uint32_t)last, 0 }, err);
        for (size_t c = 0; c <= last && status == DK_OK; c++)
            status = add_term(t, row, c, c < last ? 1 : -1, err);
    }
    return status;
}

/* Rows. ------------------------------------------------------------------------------------------------------------- */

struct rows {
    dki_row_groups by; /* all dimensions */
    uint32_t *keys;    /* of each row, by the dimensions that the masks at hand do not total */
    uint32_t *total;   /* of each key the row that is the total; NONE: there is none */
    uint32_t *first;   /* of each key its first part; of each row the next one */
    uint32_t *next;
    size_t capacity; /* of keys */
    uint32_t *above
        [DKI_TIGHTEN_DIMENSIONS]; /* of each dimension: what each code of a level below belongs to there, ... */
    size_t below[DKI_TIGHTEN_DIMENSIONS]; /* ... which is this one */
    bool has_lost;                        /* some row belongs to none */
};

static dk_status open_groups(const dki_tighten *t, dki_row_groups *groups, dk_error *err)
{
    dki_dimension dims[DKI_TIGHTEN_DIMENSIONS];
    size_t n_known = 0;

    for (size_t i = 0; i < t->n_dims; i++) {
        const dk_column *column;

        if (t->dims[i] == DK_NO_COLUMN)
            continue;
        column = dk_table_field(t->table, t->dims[i])->column;
        dims[n_known] = (dki_dimension){ .type = dk_column_type(column),
                                         .scale = dk_column_scale(column),
                                         .levels = dk_column_levels(column) };
        dims[n_known].has_bounds = dk_column_bounds(column, &dims[n_known].least, &dims[n_known].greatest);
        groups->places[i] = n_known++;
    }
    groups->groups = dki_alloc_array(t->context, (size_t)t->n_rows, sizeof *groups->groups, err);
    if (groups->groups == NULL)
        return DK_ERR_MEMORY;
    return dki_grouper_init(&groups->grouper, t->context, dims, n_known, t->n_rows, err);
}

static dk_status group_rows(const dki_tighten *t, dki_row_groups *groups, dk_error *err)
{
    dk_view views[DKI_TIGHTEN_DIMENSIONS];
    const dk_view *pointers[DKI_TIGHTEN_DIMENSIONS];
    dk_status status = DK_OK;

    for (size_t i = 0; i < t->n_dims; i++)
        dk_view_init(&views[i], t->context);
    for (uint64_t row = 0; row < t->n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = t->n_rows - row < DK_BLOCK_ROWS ? (size_t)(t->n_rows - row) : DK_BLOCK_ROWS, n_known = 0;

        status = dki_poll(t->context, err);
        for (size_t i = 0; i < t->n_dims && status == DK_OK; i++)
            if (t->dims[i] != DK_NO_COLUMN) {
                pointers[n_known++] = &views[i];
                status = dk_column_view(dk_table_field(t->table, t->dims[i])->column, row, n, &views[i], err);
            }
        if (status == DK_OK)
            status = dki_group_block(&groups->grouper, pointers, n, NULL, groups->groups + row, err);
    }
    for (size_t i = 0; i < t->n_dims; i++)
        dk_view_release(&views[i]);
    return status;
}

dk_status dki_row_groups_init(const dki_tighten *t, dki_row_groups *groups, dk_error *err)
{
    dk_status status = open_groups(t, groups, err);

    return status == DK_OK ? group_rows(t, groups, err) : status;
}

void dki_row_groups_drop(const dki_tighten *t, dki_row_groups *groups)
{
    dki_grouper_drop(&groups->grouper);
    dki_free(t->context, groups->groups);
}

static dk_status open_rows(const dki_tighten *t, struct rows *rows, dk_error *err)
{
    rows->keys = dki_alloc_array(t->context, (size_t)t->n_rows, sizeof *rows->keys, err);
    rows->next = dki_alloc_array(t->context, (size_t)t->n_rows, sizeof *rows->next, err);
    if (rows->keys == NULL || rows->next == NULL)
        return DK_ERR_MEMORY;
    return dki_row_groups_init(t, &rows->by, err);
}

static void drop_rows(const dki_tighten *t, struct rows *rows)
{
    dki_row_groups_drop(t, &rows->by);
    for (size_t i = 0; i < DKI_TIGHTEN_DIMENSIONS; i++)
        dki_free(t->context, rows->above[i]);
    dki_free(t->context, rows->keys);
    dki_free(t->context, rows->total);
    dki_free(t->context, rows->first);
    dki_free(t->context, rows->next);
}

/* Levels ------------------------------------------------------------------------------------------------------------ */

static const dk_dictionary *levels_of(const dki_tighten *t, size_t dim)
{
    return t->dims[dim] == DK_NO_COLUMN ? NULL : dk_column_levels(dk_table_field(t->table, t->dims[dim])->column);
}

/* The dimension that tells dim by a hierarchy where that is totalled: one that the mask does not; n_dims: none does. */
static size_t teller(const dki_tighten *t, uint32_t mask, size_t dim)
{
    size_t by = 0;

    while (by < t->n_dims && (mask >> by & 1 || !dki_levels_nested(levels_of(t, by), levels_of(t, dim))))
        by++;
    return by;
}

/* A mask without the dimensions that others tell. */
static uint32_t untold(const dki_tighten *t, uint32_t mask)
{
    uint32_t left = mask;

    for (size_t dim = 0; dim < t->n_dims; dim++)
        if (mask >> dim & 1 && teller(t, mask, dim) < t->n_dims)
            left &= ~(UINT32_C(1) << dim);
    return left;
}

/* What rows of the finer mask belong to in dimensions that these total and the coarser one does not. */
static dk_status find_above(const dki_tighten *t, struct rows *rows, uint32_t coarse, uint32_t fine, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < DKI_TIGHTEN_DIMENSIONS; i++) {
        dki_free(t->context, rows->above[i]);
        rows->above[i] = NULL;
    }
    rows->has_lost = false;
    for (size_t dim = 0; dim < t->n_dims && status == DK_OK; dim++) {
        size_t by = fine & ~coarse & UINT32_C(1) << dim ? teller(t, fine, dim) : t->n_dims;
        const dk_dictionary *below = by < t->n_dims ? levels_of(t, by) : NULL;

        if (below == NULL)
            continue;
        rows->below[dim] = by;
        rows->above[dim] =
            dki_alloc_array(t->context, dk_dictionary_n_levels(below) + 1, sizeof **rows->above, err);
        status = rows->above[dim]
                     ? dki_levels_above(t->context, below, levels_of(t, dim), below, rows->above[dim], err)
                     : DK_ERR_MEMORY;
    }
    return status;
}

/* Keys -------------------------------------------------------------------------------------------------------------- */

/* The key of a row: its codes in the dimensions that `coarse` does not total. */
static dk_status find_key(const dki_tighten *t, struct rows *rows, uint64_t row, uint32_t coarse, dk_error *err)
{
    const uint32_t *codes = dki_grouper_key(&rows->by.grouper, rows->by.groups[row]);
    uint32_t kept[DKI_TIGHTEN_DIMENSIONS];

    for (size_t i = 0; i < t->n_dims; i++) {
        uint32_t *code = &kept[rows->by.places[i]];

        if (t->dims[i] == DK_NO_COLUMN)
            continue;
        *code = coarse >> i & 1 ? 0 : codes[rows->by.places[i]];
        if (rows->above[i] && t->masks[row] >> i & 1) {
            *code = rows->above[i][codes[rows->by.places[rows->below[i]]]];
            rows->has_lost |= *code == DKI_NO_MEMBER;
            *code = *code == DKI_NO_MEMBER ? 0 : *code;
        }
    }
    return dki_group_add(&rows->by.grouper, kept, &rows->keys[row], err);
}

static dk_status find_keys(const dki_tighten *t, struct rows *rows, uint32_t coarse, uint32_t fine, dk_error *err)
{
    size_t capacity = rows->capacity, n;
    dk_status status = DK_OK;

    DKI_FOR_ROWS(row, t->n_rows, t->context, status, err)
    if (t->masks[row] == coarse || t->masks[row] == fine)
        status = find_key(t, rows, row, coarse, err);
    n = rows->by.grouper.n_groups;
    if (status == DK_OK)
        status = dki_grow(t->context, (void **)&rows->total, &capacity, n, sizeof *rows->total, err);
    if (status == DK_OK)
        status = dki_grow(t->context, (void **)&rows->first, &rows->capacity, n, sizeof *rows->first, err);
    if (status != DK_OK)
        return status;
    memset(rows->total, 0xff, n * sizeof *rows->total);
    memset(rows->first, 0xff, n * sizeof *rows->first);
    return DK_OK;
}

/* Totals, and lists of their parts in the order of rows. */
static dk_status list_parts(const dki_tighten *t, struct rows *rows, uint32_t coarse, uint32_t fine, dk_error *err)
{
    dk_status status = DK_OK;

    DKI_FOR_ROWS(back, t->n_rows, t->context, status, err)
    {
        uint64_t row = t->n_rows - 1 - back;
        uint32_t key = rows->keys[row];

        if (t->masks[row] == fine) {
            rows->next[row] = rows->first[key];
            rows->first[key] = (uint32_t)row;
        } else if (t->masks[row] == coarse && rows->total[key] == NONE) {
            rows->total[key] = (uint32_t)row;
        } else if (t->masks[row] == coarse) {
            (void)dki_fail(err, DK_ERR_DUPLICATE, "rows %llu and %llu are the same total",
                           (unsigned long long)row + 1, (unsigned long long)rows->total[key] + 1);
            dki_hint(err,
                     "name all columns that tell rows apart as dimensions, or take one of them: t:where \"...\"");
            return DK_ERR_DUPLICATE;
        }
    }
    return status;
}

static dk_status sum_rows(dki_tighten *t, struct rows *rows, uint32_t coarse, uint32_t fine, dk_error *err)
{
    dk_status status = find_above(t, rows, coarse, fine, err);

    if (status == DK_OK)
        status = find_keys(t, rows, coarse, fine, err);
    if (status != DK_OK || rows->has_lost)
        return status;
    if (status == DK_OK)
        status = list_parts(t, rows, coarse, fine, err);
    DKI_FOR_ROWS(row, t->n_rows, t->context, status, err)
    {
        if (t->masks[row] != coarse || rows->first[rows->keys[row]] == NONE)
            continue;
        for (size_t c = 0; c < t->n_columns && status == DK_OK; c++) {
            status = begin_sum(t, (dki_sum_place){ row, (uint32_t)c, coarse & ~fine }, err);
            for (uint32_t part = rows->first[rows->keys[row]]; part != NONE && status == DK_OK;
                 part = rows->next[part])
                status = add_term(t, part, c, 1, err);
            if (status == DK_OK)
                status = add_term(t, row, c, -1, err);
        }
    }
    return status;
}

/* Masks. ------------------------------------------------------------------------------------------------------------ */

static dk_status list_masks(const dki_tighten *t, uint32_t *masks, size_t *n, dk_error *err)
{
    dk_status status = DK_OK;

    *n = 0;
    DKI_FOR_ROWS(row, t->n_rows, t->context, status, err)
    {
        size_t i = 0;

        while (i < *n && masks[i] != t->masks[row])
            i++;
        if (i == DKI_TIGHTEN_MASKS)
            return dki_fail(err, DK_ERR_LIMIT, "the table has more than %d kinds of totals", DKI_TIGHTEN_MASKS);
        if (i == *n)
            masks[(*n)++] = t->masks[row];
    }
    return status;
}

static bool lies_within(uint32_t inner, uint32_t outer)
{
    return inner != outer && (inner & outer) == inner;
}

static bool is_next(const uint32_t *masks, size_t n, uint32_t coarse, uint32_t fine)
{
    if (!lies_within(fine, coarse))
        return false;
    for (size_t i = 0; i < n; i++)
        if (lies_within(fine, masks[i]) && lies_within(masks[i], coarse))
            return false;
    return true;
}

/* Whether rows of the one are parts of rows of the other, perhaps by what a hierarchy tells of them. */
static bool is_below(const dki_tighten *t, uint32_t coarse, uint32_t fine)
{
    return lies_within(fine, coarse) ||
           (fine != coarse && (untold(t, fine) & ~coarse) == 0 && (untold(t, coarse) & ~fine) != 0);
}

/* The same where only a hierarchy tells it: no rows are parts of both, and none stand in between. */
static bool is_next_told(const dki_tighten *t, const uint32_t *masks, size_t n, uint32_t coarse, uint32_t fine)
{
    if (lies_within(fine, coarse) || !is_below(t, coarse, fine))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((masks[i] & ~(coarse & fine)) == 0 || (is_below(t, masks[i], fine) && is_below(t, coarse, masks[i])))
            return false;
    return true;
}

static dk_status sum_margins(dki_tighten *t, dk_error *err)
{
    uint32_t masks[DKI_TIGHTEN_MASKS];
    struct rows rows = { 0 };
    size_t n = 0;
    dk_status status = list_masks(t, masks, &n, err);

    if (status == DK_OK)
        status = open_rows(t, &rows, err);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n && status == DK_OK; k++)
            if (is_next(masks, n, masks[i], masks[k]) || is_next_told(t, masks, n, masks[i], masks[k]))
                status = sum_rows(t, &rows, masks[i], masks[k], err);
    drop_rows(t, &rows);
    return status;
}

dk_status dki_tighten_find_sums(dki_tighten *t, dk_error *err)
{
    dk_status status = t->spec->total ? sum_columns(t, err) : DK_OK;

    if (status == DK_OK && t->n_dims > 0)
        status = sum_margins(t, err);
    if (status == DK_OK && t->n_sums == 0) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "tighten: no number of the table is the total of others");
        dki_hint(
            err,
            "name the column that is: total = \"totaal\"; or the dimensions whose totals are rows: by = { ... }");
        return DK_ERR_ARGUMENT;
    }
    return status;
}
