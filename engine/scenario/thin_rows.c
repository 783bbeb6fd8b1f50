/* thin_rows.c - makes cells without columns of rows, and puts them in order.
 *
 * Rows are sorted by the columns that the scenario does not mention: rows that have these in common have the same rest. Then each row is an
 * item, and items of one cell with one rest become one.
 *
 * Cost: the sort, and some passes over memory in the order of rests. Poll: once for each block.
 */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "row_cells.h"
#include "rows/interval_order.h"
#include "rows/sort_order.h"
#include "thin_parts.h"

/* Order --------------------------------------------------------------------------------------------------------- */

/* Items that stand for the same become one. */
static uint64_t merge_equal(dki_thin *items, uint64_t n)
{
    uint64_t made = 0;

    for (uint64_t i = 0; i < n; i++) {
        if (made > 0 && items[made - 1].cell == items[i].cell && items[made - 1].rest == items[i].rest)
            items[made - 1].units += items[i].units;
        else
            items[made++] = items[i];
    }
    return made;
}

/* The end of the run of rising rests that begins there. */
static uint64_t run_end(const dki_thin *items, uint64_t begin, uint64_t end)
{
    uint64_t i = begin + 1;

    while (i < end && items[i - 1].rest <= items[i].rest)
        i++;
    return i < end ? i : end;
}

/* Puts a range that consists of some runs in order: neighbours are merged until one is left. */
static void merge_runs(dki_thin *items, uint64_t begin, uint64_t end, dki_thin *room)
{
    while (begin < end && run_end(items, begin, end) < end)
        for (uint64_t low = begin; low < end;) {
            uint64_t middle = run_end(items, low, end), high = middle < end ? run_end(items, middle, end) : end;
            uint64_t a = 0, n_a = middle - low, b = middle, to = low;

            memcpy(room, items + low, (size_t)n_a * sizeof *room);
            while (a < n_a && b < high)
                items[to++] = room[a].rest <= items[b].rest ? room[a++] : items[b++];
            memcpy(items + to, room + a, (size_t)(n_a - a) * sizeof *room);
            low = high;
        }
}

dk_status dki_thins_order(dki_thins *t, dki_thin *items, uint64_t n, uint64_t n_cells, dk_error *err)
{
    uint64_t *ends = dki_calloc(t->context, (size_t)n_cells + 1, sizeof *ends, err);
    dki_thin *sorted = ends ? dki_alloc_array(t->context, (size_t)n, sizeof *sorted, err) : NULL;
    dk_status status = sorted ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK) {
        for (uint64_t i = 0; i < n; i++)
            ends[items[i].cell + 1]++;
        for (uint64_t c = 0; c < n_cells; c++)
            ends[c + 1] += ends[c];
        for (uint64_t i = 0; i < n; i++)
            sorted[ends[items[i].cell]++] = items[i];
    }
    DKI_FOR_ROWS(c, n_cells, t->context, status, err)
    merge_runs(sorted, c ? ends[c - 1] : 0, ends[c], items);
    if (status == DK_OK) {
        dki_free(t->context, t->items);
        t->items = sorted;
        t->n = merge_equal(sorted, n);
    } else {
        dki_free(t->context, sorted);
    }
    dki_free(t->context, ends);
    return status;
}

/* Rows ---------------------------------------------------------------------------------------------------------- */

/* The keys by which the other columns are in order. */
struct rest_keys {
    const dk_table *table; /* with children as columns */
    const dki_text_map *own;
    dki_order_key *keys;
    size_t n;
};

static dk_status add_key(void *arg, const char *name, dk_error *err)
{
    struct rest_keys *rest = arg;
    const dk_column *ordered = NULL;
    dk_status status =
        dki_order_column(dk_table_field(rest->table, dk_table_find(rest->table, name))->column, &ordered, err);

    if (status == DK_OK)
        rest->keys[rest->n++] = (dki_order_key){ ordered, false };
    return status;
}

/* The names that own lacks. */
static dk_status other_names(const dki_text_map *names, const dki_text_map *own, dki_text_map *out, dk_error *err)
{
    dk_status status = DK_OK;

    for (uint32_t i = 0; i < names->n && status == DK_OK; i++) {
        size_t size;
        uint32_t number;
        const char *name = dki_text_map_get(names, i, &size);

        if (dki_text_map_find(own, name, size) == DKI_MAP_NONE)
            status = dki_text_map_add(out, name, size, &number, err);
    }
    return status;
}

/* All rows in the order of the other columns: starts[i] where row i of that order has another rest than the one before. */
static dk_status order_rows(dki_thins *t, const dki_thin_run *run, const dki_text_map *others, uint64_t *rows,
                            uint8_t *starts, dk_error *err)
{
    struct rest_keys rest = { .own = run->own };
    dk_status status = dki_children_spread(run->table, others, &t->arena, &rest.table, err);

    if (status == DK_OK) {
        rest.keys = dki_calloc(t->context, dk_table_n_columns(rest.table), sizeof *rest.keys, err);
        status = rest.keys ? dki_children_visit(run->table, others, &t->arena, add_key, &rest, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK && rest.n == 0) /* all have the same rest, which is none */
        for (uint64_t i = 0; i < dk_table_n_rows(run->table); i++) {
            rows[i] = i;
            starts[i] = i == 0;
        }
    else if (status == DK_OK)
        status = dki_order_rows(t->context, rest.keys, rest.n, rest.n, dk_table_n_rows(run->table), UINT64_MAX,
                                rows, starts, err);
    for (size_t i = 0; i < rest.n; i++)
        dk_column_release(rest.keys[i].column);
    dki_free(t->context, rest.keys);
    dk_table_release(rest.table);
    return status;
}

/* The weights of a block of rows, in units. */
static dk_status weigh_rows(const dk_column *weight, uint64_t row, size_t n, dk_view *view, int64_t *out,
                            dk_error *err)
{
    int digits = weight && dk_column_type(weight) == DK_DECIMAL ? dk_column_scale(weight) : 0;
    dk_status status = weight ? dk_column_view(weight, row, n, view, err) : DK_OK;

    if (status == DK_OK && weight)
        dki_view_integers(view, out); /* they fit, as those of cells do; digits beyond the ninth are 0 */
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        if (weight == NULL)
            out[i] = DKI_PERSON;
        else
            out[i] = digits <= DK_WEIGHT_SCALE ? out[i] * dki_power10[DK_WEIGHT_SCALE - digits]
                                               : out[i] / dki_power10[digits - DK_WEIGHT_SCALE];
    }
    return status;
}

static dk_status weigh_all(const dk_table *table, int64_t *out, dk_error *err)
{
    const char *name = dk_table_properties(table)->weight;
    const dk_column *weight = name ? dk_table_field(table, dk_table_find(table, name))->column : NULL;
    uint64_t n_rows = dk_table_n_rows(table);
    dk_view view;
    dk_status status = DK_OK;

    dk_view_init(&view, dk_table_context(table));
    for (uint64_t row = 0; row < n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? (size_t)(n_rows - row) : DK_BLOCK_ROWS;

        status = dki_poll(dk_table_context(table), err);
        if (status == DK_OK)
            status = weigh_rows(weight, row, n, &view, out + row, err);
    }
    dk_view_release(&view);
    return status;
}

/* What rows are read into. */
struct rows {
    uint64_t *order;
    uint8_t *starts; /* where another rest begins in that order */
    uint32_t *cells;
    int64_t *weights;
};

static dk_status read_rows(dki_thins *t, const dki_thin_run *run, const dki_text_map *others, struct rows *rows,
                           dk_error *err)
{
    size_t n = (size_t)dk_table_n_rows(run->table);
    dk_status status;

    if (!t->by_row) {
        rows->order = dki_alloc_array(t->context, n, sizeof *rows->order, err);
        rows->starts = dki_alloc_array(t->context, n, sizeof *rows->starts, err);
        if (rows->order == NULL || rows->starts == NULL)
            return DK_ERR_MEMORY;
        status = order_rows(t, run, others, rows->order, rows->starts, err);
        if (status != DK_OK)
            return status;
    }
    rows->cells = dki_alloc_array(t->context, n, sizeof *rows->cells, err);
    rows->weights = dki_alloc_array(t->context, n, sizeof *rows->weights, err);
    if (rows->cells == NULL || rows->weights == NULL)
        return DK_ERR_MEMORY;
    status = dki_row_cells(run->table, run->before, run->own, rows->cells, err);
    return status == DK_OK ? weigh_all(run->table, rows->weights, err) : status;
}

/* Each row as an item with a rest of its own. */
static dk_status make_row_items(dki_thins *t, const struct rows *rows, uint64_t n_rows, dki_thin *items,
                                dk_error *err)
{
    dk_status status = DK_OK;

    DKI_FOR_ROWS(row, n_rows, t->context, status, err)
    {
        items[row] = (dki_thin){ rows->cells[row], (uint32_t)row, rows->weights[row] };
        t->is_rounded = t->is_rounded || rows->weights[row] == 0;
    }
    return status;
}

/* Each row as an item, in the order of rests. */
static dk_status make_items(dki_thins *t, const struct rows *rows, uint64_t n_rows, dki_thin *items, dk_error *err)
{
    uint64_t n_rests = 0;
    dk_status status = DK_OK;

    for (uint64_t i = 0; i < n_rows; i++)
        n_rests += i == 0 || rows->starts[i] != 0;
    t->rest_rows = dki_alloc_array(t->context, (size_t)n_rests, sizeof *t->rest_rows, err);
    if (t->rest_rows == NULL)
        return DK_ERR_MEMORY;
    n_rests = 0;
    DKI_FOR_ROWS(i, n_rows, t->context, status, err)
    {
        uint64_t row = rows->order[i];

        if (i == 0 || rows->starts[i] != 0)
            t->rest_rows[n_rests++] = row;
        items[i] = (dki_thin){ rows->cells[row], (uint32_t)(n_rests - 1), rows->weights[row] };
    }
    return status;
}

dk_status dki_thins_begin(dki_thins *t, const dki_thin_run *run, const dki_text_map *names, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(run->table);
    dki_thin *items = dki_alloc_array(t->context, (size_t)n_rows, sizeof *items, err);
    struct rows rows = { .order = NULL };
    dki_text_map others;
    dk_status status = items ? DK_OK : DK_ERR_MEMORY;

    dki_text_map_init(&others, t->context);
    if (status == DK_OK)
        status = other_names(names, run->own, &others, err);
    if (status == DK_OK)
        status = read_rows(t, run, &others, &rows, err);
    if (status == DK_OK)
        status =
            t->by_row ? make_row_items(t, &rows, n_rows, items, err) : make_items(t, &rows, n_rows, items, err);
    dki_text_map_drop(&others);
    dki_free(t->context, rows.order);
    dki_free(t->context, rows.starts);
    dki_free(t->context, rows.cells);
    dki_free(t->context, rows.weights);
    if (status == DK_OK)
        status = dki_thins_order(t, items, n_rows, dk_table_n_rows(run->before), err);
    dki_free(t->context, items);
    return status == DK_OK ? dki_resize(t->context, (void **)&t->items, ((size_t)t->n + 1) * sizeof *items, err)
                           : status;
}
