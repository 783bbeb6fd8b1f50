/* row_cells.c - finds the cell of each row, column by column.
 *
 * Of each column the cells' values are numbered; then pairs of what the columns so far have in common and the value of the next
 * one are, so that after the last column each cell has its number, which is its place. Rows look these numbers up. Where there
 * are few pairs they stand in an array, which is there for speed alone.
 *
 * Invariant: every row is in a cell, as the cells were made of these rows.
 * Cost: some nanoseconds for each row and column, by all threads; memory for the cells. Poll: once for each range.
 */
#include "row_cells.h"

#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "query/breakdown_parts.h"

#define RANGE_ROWS 65536
#define MOST_PAIRS (UINT32_C(1) << 20) /* in an array */
#define NULL_VALUE 0                   /* the number of null; others begin at 1 */

struct level {
    const dk_column *of_cells, *of_table;
    const uint32_t *codes; /* of a category: the number of each code of the table's dictionary */
    dki_int_map integers;  /* values of other types but texts and ratios, as 64 bits */
    dki_text_map texts;
    dki_int_map pairs; /* number before * 2^32 + value */
    uint32_t *array;   /* the same, by number before * n_values + value */
    uint32_t n_values; /* null among them */
};

struct finder {
    dk_context *context;
    dki_arena arena;
    struct level levels[DKI_MAX_DIMENSIONS];
    size_t n, n_of_table; /* columns of both sides, found so far */
    const dk_table *table, *cells;
    uint32_t *out;
};

/* Values -------------------------------------------------------------------------------------------------------- */

static uint64_t bits_of(const dk_view *view, size_t i)
{
    double real = ((const double *)view->values)[view->constant ? 0 : i];
    uint64_t bits;

    real = real == 0 ? 0 : real; /* the two zeros are one value */
    memcpy(&bits, &real, sizeof bits);
    return bits;
}

static bool is_keyed(dk_type type)
{
    return type == DK_TEXT || type == DK_RATIO;
}

/* The bytes of a value that has some. */
static dk_text bytes_of(const dk_view *view, size_t i)
{
    if (view->type == DK_TEXT)
        return dki_view_text(view, i);
    return (dk_text){ (const char *)((const dk_ratio *)view->values + (view->constant ? 0 : i)), sizeof(dk_ratio) };
}

/* The numbers of the values of a view, all of which some cell has. */
static void look_up_values(const struct level *level, const dk_view *view, uint32_t *out)
{
    int64_t integers[DK_BLOCK_ROWS];

    if (view->type == DK_CATEGORY) {
        dki_view_codes(view, out);
        for (size_t i = 0; i < view->n; i++)
            out[i] = level->codes[out[i]];
        return;
    }
    if (!is_keyed(view->type) && view->type != DK_REAL)
        dki_view_integers(view, integers);
    for (size_t i = 0; i < view->n; i++) {
        if (dki_view_is_null(view, i)) {
            out[i] = NULL_VALUE;
        } else if (is_keyed(view->type)) {
            dk_text text = bytes_of(view, i);

            out[i] = dki_text_map_find(&level->texts, text.bytes, text.size) + 1;
        } else {
            uint64_t value = view->type == DK_REAL ? bits_of(view, i) : (uint64_t)integers[i];

            out[i] = dki_int_map_find(&level->integers, value) + 1;
        }
    }
}

/* The number of each code of the table's dictionary: that of the cells', which may be another one. */
static dk_status number_codes(struct finder *f, struct level *level, dk_error *err)
{
    const dk_dictionary *ours = dk_column_levels(level->of_cells), *theirs = dk_column_levels(level->of_table);
    size_t n = dk_dictionary_n_levels(theirs);
    uint32_t *codes = dki_arena_array(&f->arena, n + 1, sizeof *codes, err);

    if (codes == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 1; code <= n; code++)
        codes[code] = ours == theirs ? code : dk_dictionary_find(ours, dk_dictionary_level(theirs, code));
    level->codes = codes;
    level->n_values = (uint32_t)dk_dictionary_n_levels(ours) + 1;
    return DK_OK;
}

static dk_status number_values(struct finder *f, struct level *level, dk_error *err)
{
    dk_view view;
    dk_status status = DK_OK;

    if (dk_column_type(level->of_cells) == DK_CATEGORY)
        return number_codes(f, level, err);
    dk_view_init(&view, f->context);
    for (uint64_t row = 0; dki_column_block(level->of_cells, row, &view, &status, err); row += view.n) {
        int64_t integers[DK_BLOCK_ROWS];

        if (!is_keyed(view.type) && view.type != DK_REAL)
            dki_view_integers(&view, integers);
        for (size_t i = 0; i < view.n && status == DK_OK; i++) {
            uint32_t number;

            if (dki_view_is_null(&view, i))
                continue;
            if (is_keyed(view.type)) {
                dk_text text = bytes_of(&view, i);

                status = dki_text_map_add(&level->texts, text.bytes, text.size, &number, err);
            } else {
                uint64_t value = view.type == DK_REAL ? bits_of(&view, i) : (uint64_t)integers[i];

                status = dki_int_map_add(&level->integers, value, &number, err);
            }
        }
    }
    dk_view_release(&view);
    level->n_values =
        (uint32_t)(is_keyed(dk_column_type(level->of_cells)) ? level->texts.n : level->integers.n) + 1;
    return status;
}

/* Pairs --------------------------------------------------------------------------------------------------------- */

static uint64_t pair_of(uint32_t before, uint32_t value)
{
    return (uint64_t)before << 32 | value;
}

/* From the numbers of cells before this column to those with it. numbers: of each cell, which are replaced. */
static dk_status number_pairs(struct finder *f, struct level *level, uint32_t *numbers, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(f->cells), n_before = 0;
    uint32_t values[DK_BLOCK_ROWS];
    dk_view view;
    dk_status status = DK_OK;

    for (uint64_t i = 0; i < n_rows; i++)
        n_before = numbers[i] >= n_before ? numbers[i] + UINT64_C(1) : n_before;
    if (n_before * level->n_values <= MOST_PAIRS)
        level->array = dki_arena_array(&f->arena, (size_t)(n_before * level->n_values), sizeof *level->array, NULL);
    dk_view_init(&view, f->context);
    for (uint64_t row = 0; dki_column_block(level->of_cells, row, &view, &status, err); row += view.n) {
        if (view.type == DK_CATEGORY)
            dki_view_codes(&view, values);
        else
            look_up_values(level, &view, values);
        for (size_t i = 0; i < view.n && status == DK_OK; i++) {
            uint32_t before = numbers[row + i];

            status = dki_int_map_add(&level->pairs, pair_of(before, values[i]), &numbers[row + i], err);
            if (status == DK_OK && level->array)
                level->array[(uint64_t)before * level->n_values + values[i]] = numbers[row + i];
        }
    }
    dk_view_release(&view);
    return status;
}

static dk_status number_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct finder *f = arg;
    uint32_t values[DK_BLOCK_ROWS];
    dk_status status = DK_OK;

    (void)worker;
    memset(f->out + begin, 0, (size_t)(end - begin) * sizeof *f->out);
    for (size_t c = 0; c < f->n && status == DK_OK; c++) {
        const struct level *level = &f->levels[c];
        dk_view view;

        dk_view_init(&view, f->context);
        for (uint64_t row = begin; row < end && status == DK_OK; row += view.n) {
            uint32_t *out = f->out + row;

            status = dk_column_view(level->of_table, row,
                                    end - row < DK_BLOCK_ROWS ? (size_t)(end - row) : DK_BLOCK_ROWS, &view, err);
            if (status != DK_OK)
                break;
            look_up_values(level, &view, values);
            for (size_t i = 0; i < view.n; i++)
                out[i] = level->array ? level->array[(uint64_t)out[i] * level->n_values + values[i]]
                                      : dki_int_map_find(&level->pairs, pair_of(out[i], values[i]));
        }
        dk_view_release(&view);
    }
    return status;
}

/* The whole ----------------------------------------------------------------------------------------------------- */

static dk_status add_cell_column(void *arg, const char *name, dk_error *err)
{
    struct finder *f = arg;
    struct level *level = &f->levels[f->n++]; /* cells have no more columns than a breakdown has dimensions */

    (void)err;
    level->of_cells = dk_table_field(f->cells, dk_table_find(f->cells, name))->column;
    dki_int_map_init(&level->integers, f->context);
    dki_int_map_init(&level->pairs, f->context);
    dki_text_map_init(&level->texts, f->context);
    return DK_OK;
}

static dk_status add_table_column(void *arg, const char *name, dk_error *err)
{
    struct finder *f = arg;

    (void)err;
    f->levels[f->n_of_table++].of_table = dk_table_field(f->table, dk_table_find(f->table, name))->column;
    return DK_OK;
}

/* The columns of both, those that are made of others by these. */
static dk_status find_columns(struct finder *f, const dk_table *table, const dk_table *cells,
                              const dki_text_map *names, dk_error *err)
{
    dk_status status = dki_children_spread(table, names, &f->arena, &f->table, err);

    if (status == DK_OK)
        status = dki_children_spread(cells, names, &f->arena, &f->cells, err);
    if (status == DK_OK)
        status = dki_children_visit(cells, names, &f->arena, add_cell_column, f, err);
    if (status == DK_OK)
        status = dki_children_visit(table, names, &f->arena, add_table_column, f, err);
    return status;
}

dk_status dki_row_cells(const dk_table *table, const dk_table *cells, const dki_text_map *names, uint32_t *out,
                        dk_error *err)
{
    dk_context *context = dk_table_context(table);
    struct finder f = { .context = context, .out = out };
    uint32_t *numbers = dki_calloc(context, (size_t)dk_table_n_rows(cells), sizeof *numbers, err);
    dk_status status = numbers ? DK_OK : DK_ERR_MEMORY;

    dki_arena_init(&f.arena, context);
    if (status == DK_OK)
        status = find_columns(&f, table, cells, names, err);
    for (size_t c = 0; c < f.n && status == DK_OK; c++) {
        status = number_values(&f, &f.levels[c], err);
        if (status == DK_OK)
            status = number_pairs(&f, &f.levels[c], numbers, err);
    }
    if (status == DK_OK)
        status = dki_parallel(context, dk_table_n_rows(table), RANGE_ROWS, number_range, &f, err);
    for (size_t c = 0; c < f.n; c++) {
        dki_int_map_drop(&f.levels[c].integers);
        dki_int_map_drop(&f.levels[c].pairs);
        dki_text_map_drop(&f.levels[c].texts);
    }
    dk_table_release(f.cells);
    dk_table_release(f.table);
    dki_free(context, numbers);
    dki_arena_drop(&f.arena);
    return status;
}
