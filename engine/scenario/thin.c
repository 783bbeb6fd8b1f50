/* thin.c - runs steps on cells of many columns, knowing what they did to cells of few.
 *
 * A step decides by the columns that its scenario mentions. What it takes of those who have these in common is shared by finer cells in
 * proportion, by largest remainder. So the steps run on cells of these columns, which are few (trail.h), and what they took of
 * each is shared by the finer ones here: a finer cell is no more than
 *
 *   cell     number of its cell of few columns; steps move it
 *   rest     number of its combination of the other columns, in the order of keys; steps leave it
 *   units    its weight
 *
 * and finer cells are in the order of both, which within a cell is the order in which the cells of all columns stand: so every unit that
 * is left over goes where it goes there. Columns are made once, when all steps are done, of the cells after them and of a row
 * that has the rest.
 *
 * As long as nothing has to be rounded it does not matter which rows are alike: then each row is a finer cell, and nothing is sorted.
 *
 * Invariant: the finer cells of a cell together weigh what it does.
 * Cost: one sort of the rows by the other columns; then a pass over the finer cells for each step. Poll: once for each block.
 */
#include "thin.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "data/column_parts.h"
#include "thin_parts.h"

/* Steps --------------------------------------------------------------------------------------------------------- */

/* A step's parts by the cell that they come from, in their order. */
struct by_cell {
    dki_trail_part *parts;
    uint64_t *first; /* of each cell, and behind the last */
};

static dk_status sort_parts(dki_thins *t, const dki_trail_step *step, struct by_cell *out, dk_error *err)
{
    uint64_t n = step->n_before;

    out->parts = dki_alloc_array(t->context, step->n, sizeof *out->parts, err);
    out->first = dki_calloc(t->context, (size_t)n + 2, sizeof *out->first, err);
    if (out->parts == NULL || out->first == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = 0; i < step->n; i++)
        out->first[step->parts[i].from + 2]++; /* counted two places further, then put in place */
    for (uint64_t c = 0; c < n; c++)
        out->first[c + 2] += out->first[c + 1];
    for (uint64_t i = 0; i < step->n; i++)
        out->parts[out->first[step->parts[i].from + 1]++] = step->parts[i];
    return DK_OK;
}

/* A step on its way. */
struct stride {
    struct by_cell by_cell;
    dki_sharing alike, more; /* who is taken from nobody has no limit */
    dki_thin *out;
    uint64_t n;
};

static void put(struct stride *s, uint32_t cell, const dki_thin *item, int64_t units)
{
    s->out[s->n++] = (dki_thin){ cell, item->rest, units };
}

/* shares[] where no unit has to be cut; else false. whole: the sum of the weights. */
static bool share_exactly(int64_t units, int64_t whole, const int64_t *weights, size_t n, int64_t *shares)
{
    dk_ratio ratio;

    if (whole == 0 || !dki_ratio_make(units, whole, &ratio))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (weights[i] % ratio.denominator != 0)
            return false;
        shares[i] = weights[i] / ratio.denominator * ratio.numerator; /* units at most */
    }
    return true;
}

/* What a part takes of the n items of its cell, of which left[] is there. */
static dk_status take_part(dki_thins *t, struct stride *s, const dki_trail_part *part, const dki_thin *items,
                           size_t n, int64_t *left, dk_error *err)
{
    const dki_sharing *spread = part->comes ? &s->more : &s->alike;
    int64_t whole = 0;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n; i++)
        whole += left[i];
    if (!share_exactly(part->units, whole, left, n, spread->shares)) {
        t->is_rounded = true;
        memcpy(spread->weights, left, n * sizeof *left);
        status = dki_share_out(spread, part->units, whole, n, err);
    }
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        int64_t share = spread->shares[i];

        if (share > 0 && part->to != DKI_TRAIL_GONE)
            put(s, part->to, &items[i], share);
        if (!part->comes)
            left[i] -= share;
    }
    return status;
}

/* What becomes of the items of one cell. */
static dk_status split_cell(dki_thins *t, struct stride *s, uint32_t cell, const dki_thin *items, size_t n,
                            int64_t *left, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < n; i++)
        left[i] = items[i].units;
    for (uint64_t p = s->by_cell.first[cell]; p < s->by_cell.first[cell + 1] && status == DK_OK; p++) {
        const dki_trail_part *part = &s->by_cell.parts[p];

        if (!part->stays)
            status = take_part(t, s, part, items, n, left, err);
        for (size_t i = 0; i < n && part->stays; i++)
            if (left[i] > 0 || items[i].units == 0) /* nobody was taken: a record of nobody stays one */
                put(s, part->to, &items[i], left[i]);
    }
    return status;
}

/* The number of items of the cell that begins at i. */
static size_t cell_size(const dki_thins *t, uint64_t i)
{
    uint64_t end = i;

    while (end < t->n && t->items[end].cell == t->items[i].cell)
        end++;
    return (size_t)(end - i);
}

/* How many items there will be at most, and how many the largest cell has. */
static void look_ahead(const dki_thins *t, const struct by_cell *by_cell, uint64_t *n_most, size_t *n_largest)
{
    *n_most = *n_largest = 0;
    for (uint64_t i = 0; i < t->n;) {
        size_t n = cell_size(t, i);
        uint32_t cell = t->items[i].cell;

        *n_most += n * (by_cell->first[cell + 1] - by_cell->first[cell]);
        *n_largest = n > *n_largest ? n : *n_largest;
        i += n;
    }
}

/* Rows that are alike should not have stayed apart. */
static bool wrong(const dki_thins *t)
{
    return t->by_row && t->is_rounded;
}

static dk_status take_step(dki_thins *t, const dki_trail_step *step, dk_error *err)
{
    struct stride s = { .n = 0 };
    uint64_t n_most = 0;
    size_t n_largest = 0;
    int64_t *left = NULL;
    dk_status status = sort_parts(t, step, &s.by_cell, err);

    if (status == DK_OK) {
        look_ahead(t, &s.by_cell, &n_most, &n_largest);
        s.out = dki_alloc_array(t->context, (size_t)n_most, sizeof *s.out, err);
        left = dki_alloc_array(t->context, n_largest, sizeof *left, err);
        status = s.out && left ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = dki_sharing_init(&s.alike, t->context, n_largest, false, err);
    if (status == DK_OK)
        status = dki_sharing_init(&s.more, t->context, n_largest, true, err);
    for (uint64_t i = 0; i < t->n && status == DK_OK && !wrong(t);) {
        size_t n = cell_size(t, i);

        status = dki_poll(t->context, err);
        if (status == DK_OK)
            status = split_cell(t, &s, t->items[i].cell, &t->items[i], n, left, err);
        i += n;
    }
    dki_sharing_drop(&s.alike);
    dki_sharing_drop(&s.more);
    dki_free(t->context, left);
    dki_free(t->context, s.by_cell.parts);
    dki_free(t->context, s.by_cell.first);
    if (status == DK_OK) {
        dki_free(t->context, t->items);
        t->items = NULL;
        status = dki_thins_order(t, s.out, s.n, step->n_after, err);
    }
    dki_free(t->context, s.out);
    return status;
}

/* The table -------------------------------------------------------------------------------------------------------- */

/* Rows in their order, so that columns are read as they lie. */
static dk_status order_by_row(dki_thins *t, uint64_t n_rows, dk_error *err)
{
    uint64_t *ends = dki_calloc(t->context, (size_t)n_rows + 1, sizeof *ends, err);
    dki_thin *sorted = ends ? dki_alloc_array(t->context, (size_t)t->n, sizeof *sorted, err) : NULL;

    if (sorted) {
        for (uint64_t i = 0; i < t->n; i++)
            ends[t->items[i].rest + 1]++;
        for (uint64_t row = 0; row < n_rows; row++)
            ends[row + 1] += ends[row];
        for (uint64_t i = 0; i < t->n; i++)
            sorted[ends[t->items[i].rest]++] = t->items[i];
        dki_free(t->context, t->items);
        t->items = sorted;
    }
    dki_free(t->context, ends);
    return sorted ? DK_OK : DK_ERR_MEMORY;
}

/* Columns of one side, by the rows that items have there. */
static dk_status gather_side(dki_thins *t, const dk_table *side, const uint64_t *rows, const size_t *places,
                             size_t n, dk_field *fields, dk_error *err)
{
    const dk_column **columns = dki_calloc(t->context, 2 * n, sizeof *columns, err);
    dk_status status = columns ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++)
        columns[i] = dk_table_field(side, dk_table_find(side, fields[places[i]].name))->column;
    if (status == DK_OK)
        status = dki_columns_gather(t->context, columns, n, rows, t->n, columns + n, err);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        fields[places[i]].column = columns[n + i];
    dki_free(t->context, columns);
    return status;
}

/* All columns that are mentioned, in the order of the table; the last field is the weight's. */
static dk_status gather_columns(dki_thins *t, const dki_thin_run *run, const dki_text_map *names, dk_field *fields,
                                size_t *n_fields, dk_error *err)
{
    size_t n_columns = dk_table_n_columns(run->table), n_own = 0, n_others = 0;
    size_t *own = dki_alloc_array(t->context, n_columns, sizeof *own, err);
    size_t *others = dki_alloc_array(t->context, n_columns, sizeof *others, err);
    uint64_t *rows = dki_alloc_array(t->context, (size_t)t->n, sizeof *rows, err);
    dk_status status = own && others && rows ? DK_OK : DK_ERR_MEMORY;

    for (size_t c = 0; c < n_columns && status == DK_OK; c++) {
        const char *name = dk_table_field(run->table, c)->name;

        if (dki_text_map_find(names, name, strlen(name)) == DKI_MAP_NONE)
            continue;
        fields[*n_fields] = *dk_table_field(run->table, c);
        fields[*n_fields].column = NULL;
        if (dki_text_map_find(run->own, name, strlen(name)) != DKI_MAP_NONE)
            own[n_own++] = (*n_fields)++;
        else
            others[n_others++] = (*n_fields)++;
    }
    for (uint64_t i = 0; i < t->n && status == DK_OK; i++)
        rows[i] = t->items[i].cell;
    if (status == DK_OK && n_own > 0)
        status = gather_side(t, run->after, rows, own, n_own, fields, err);
    for (uint64_t i = 0; i < t->n && status == DK_OK; i++)
        rows[i] = t->rest_rows ? t->rest_rows[t->items[i].rest] : t->items[i].rest;
    if (status == DK_OK && n_others > 0)
        status = gather_side(t, run->table, rows, others, n_others, fields, err);
    dki_free(t->context, rows);
    dki_free(t->context, others);
    dki_free(t->context, own);
    return status;
}

static dk_status make_weight(dki_thins *t, const dk_column **out, dk_error *err)
{
    int64_t *weights = dki_alloc_array(t->context, (size_t)t->n, sizeof *weights, err);
    dk_status status = weights ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t i = 0; i < t->n && status == DK_OK; i++)
        weights[i] = t->items[i].units;
    if (status == DK_OK)
        status = dki_column_of_integers(t->context, DK_DECIMAL, DK_WEIGHT_SCALE, weights, (size_t)t->n, out, err);
    dki_free(t->context, weights);
    return status;
}

static dk_status make_table(dki_thins *t, const dki_thin_run *run, const dki_text_map *names, const dk_table **out,
                            dk_error *err)
{
    dk_properties properties = *dk_table_properties(run->table);
    dk_field *fields = dki_calloc(t->context, dk_table_n_columns(run->table) + 1, sizeof *fields, err);
    const dk_table *made = NULL;
    size_t n = 0;
    dk_status status =
        fields ? dki_cells_weight_name(run->table, &t->arena, &properties.weight, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = gather_columns(t, run, names, fields, &n, err);
    if (status == DK_OK) {
        fields[n++] = DK_FIELD(properties.weight, NULL);
        status = make_weight(t, &fields[n - 1].column, err);
    }
    properties.key = NULL; /* of rows, which cells are not */
    properties.n_key = 0;
    properties.attached = dk_table_properties(run->after)->attached; /* as steps left them */
    properties.n_attached = dk_table_properties(run->after)->n_attached;
    if (status == DK_OK)
        status = dk_table_new(t->context, fields, n, t->n, &made, err);
    if (status == DK_OK)
        status = dk_table_with_properties(made, &properties, out, err);
    dk_table_release(made);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    dki_free(t->context, fields);
    return status;
}

/* *out stays NULL where rows that are alike should not have stayed apart. */
static dk_status run_steps(const dki_thin_run *run, const dki_text_map *names, bool by_row, const dk_table **out,
                           dk_error *err)
{
    dki_thins t = { .context = dk_table_context(run->table), .by_row = by_row };
    dk_status status;

    dki_arena_init(&t.arena, t.context);
    status = dki_thins_begin(&t, run, names, err);
    for (size_t i = 0; i < run->trail->n && status == DK_OK && !wrong(&t); i++)
        status = take_step(&t, &run->trail->steps[i], err);
    if (status == DK_OK && by_row && !wrong(&t))
        status = order_by_row(&t, dk_table_n_rows(run->table), err);
    if (status == DK_OK && !wrong(&t))
        status = make_table(&t, run, names, out, err);
    dki_free(t.context, t.items);
    dki_free(t.context, t.rest_rows);
    dki_arena_drop(&t.arena);
    return status;
}

/* Where no unit has to be cut, who is alike gets the same whichever order they are in: then nothing is sorted. */
dk_status dki_thin_cells(const dki_thin_run *run, const dki_text_map *names, const dk_table **out, dk_error *err)
{
    dk_status status = DK_OK;

    *out = NULL;
    if (!run->each_once && dk_table_n_rows(run->table) <= UINT32_MAX)
        status = run_steps(run, names, true, out, err);
    return *out || (status != DK_OK && status != DK_ERR_MEMORY) ? status : run_steps(run, names, false, out, err);
}
