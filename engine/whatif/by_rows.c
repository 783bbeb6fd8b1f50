/* by_rows.c - runs a scenario without cells of all that is asked for: each row is a cell.
 *
 * What a step does depends on the scenario's columns alone, and who has these in common is treated alike. So the steps run on
 * cells of these columns, which are few, and carry along which cell each part of a cell came from. Then every row of that
 * cell becomes what the cell became: a part of its weight in each, in proportion. A column that no step changed stays what it is;
 * the others, and weights, are made anew, once for each part that a cell fell into:
 *
 *   cells        0           1          rows   0 1 0 2 1      part 0 of each, ...
 *   became       a  b        c                 a c a . c
 *                                              b - b . -      ... and part 1 of those that have two
 *
 * Units of a cell's part go to its rows one after the other: each gets what the sum so far, rounded, is more than before. So
 * parts keep their weight to the unit, and a row is known to a unit. Where records are not divided no weight is made, and
 * rows keep their order: all that looks at records is as it would be in a table that says so.
 *
 * Invariant: rows of a cell together weigh what the cell does.
 * Cost: a few bytes for each row and part, whatever the columns. Poll: once for each block.
 */
#include "by_rows.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "scenario/row_cells.h"

#define GATHER_ROWS 65536

struct rows {
    dk_context *context;
    dki_arena arena;
    const dk_table *table;
    const dki_text_map *names, *fine;
    const dk_table *before, *after; /* cells */
    const char *origin;             /* the column of `after` that says which cell of `before` it was */
    int64_t *weights, *shares;      /* of both */
    uint32_t *first, *parts; /* parts[first[c] .. first[c + 1] - 1]: the cells of `after` that cell c became */
    uint64_t n_parts;        /* of the cell that has the most */
    uint32_t *cells;         /* of each row */
    bool whole, all_stay;    /* no record is divided; none goes */
};

/* A name that neither table nor what is asked for has. */
static const char *new_name(struct rows *r, const char *name, dk_error *err)
{
    name = dki_arena_format(&r->arena, err, " %s", name);
    while (name && dk_table_find(r->table, name) != DK_NO_COLUMN)
        name = dki_arena_format(&r->arena, err, "%s_", name);
    return name;
}

/* Cells --------------------------------------------------------------------------------------------------------- */

/* Numbers the cells, in a column of their own. */
static dk_status number_cells(struct rows *r, const dk_table *cells, const dk_table **out, dk_error *err)
{
    size_t n = (size_t)dk_table_n_rows(cells);
    int64_t *numbers = dki_alloc_array(r->context, n, sizeof *numbers, err);
    dk_field field = DK_FIELD(r->origin, NULL);
    dk_status status = numbers ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; numbers && i < n; i++)
        numbers[i] = (int64_t)i;
    if (status == DK_OK)
        status = dki_column_of_integers(r->context, DK_INTEGER, 0, numbers, n, &field.column, err);
    if (status == DK_OK)
        status = dk_table_with(cells, &field, 1, out, err);
    dk_column_release(field.column);
    dki_free(r->context, numbers);
    return status;
}

static dk_status run_steps(struct rows *r, const dk_scenario *scenario, const dk_params *params, uint32_t draw,
                           dk_error *err)
{
    const dk_table *numbered = NULL;
    dk_status status = dki_cube_get(r->table, r->fine, &r->before, NULL, err);

    if (status == DK_OK)
        status = number_cells(r, r->before, &numbered, err);
    if (status == DK_OK)
        status = dki_scenario_draw(scenario, numbered, params, draw, &r->after, NULL, err);
    dk_table_release(numbered);
    return status;
}

static dk_status weigh(const dk_table *cells, int64_t **out, dk_error *err)
{
    *out = dki_alloc_array(dk_table_context(cells), (size_t)dk_table_n_rows(cells), sizeof **out, err);
    return *out ? dki_cells_weights(cells, *out, err) : DK_ERR_MEMORY;
}

/* Which cells each cell became. */
static dk_status find_parts(struct rows *r, dk_error *err)
{
    const dk_column *origin = dk_table_field(r->after, dk_table_find(r->after, r->origin))->column;
    uint64_t n = dk_table_n_rows(r->after), n_before = dk_table_n_rows(r->before);
    dk_status status = weigh(r->before, &r->weights, err);

    if (status == DK_OK)
        status = weigh(r->after, &r->shares, err);
    r->first = dki_arena_array(&r->arena, (size_t)n_before + 2, sizeof *r->first, err);
    r->parts = dki_arena_array(&r->arena, (size_t)n + 1, sizeof *r->parts, err);
    if (status == DK_OK && (r->first == NULL || r->parts == NULL))
        status = DK_ERR_MEMORY;
    for (unsigned pass = 0; pass < 2; pass++) { /* counted two places further, then put in place */
        DKI_FOR_ROWS(i, n, r->context, status, err)
        {
            dk_value value;

            status = dk_column_get(origin, i, &value, err);
            if (status == DK_OK && pass == 0)
                r->first[value.as.integer + 2]++;
            else if (status == DK_OK)
                r->parts[r->first[value.as.integer + 1]++] = (uint32_t)i;
        }
        for (uint64_t c = 0; status == DK_OK && pass == 0 && c < n_before; c++) {
            r->n_parts = r->first[c + 2] > r->n_parts ? r->first[c + 2] : r->n_parts;
            r->first[c + 2] += r->first[c + 1];
        }
    }
    return status;
}

/* Whether each cell stays one, or goes as a whole. */
static void look_at_parts(struct rows *r)
{
    r->whole = r->all_stay = true;
    for (uint64_t c = 0; c < dk_table_n_rows(r->before); c++) {
        uint32_t n = r->first[c + 1] - r->first[c];

        r->all_stay = r->all_stay && n > 0;
        if (n > 1 || (n == 1 && r->shares[r->parts[r->first[c]]] != r->weights[c]))
            r->whole = false;
    }
}

/* Columns ------------------------------------------------------------------------------------------------------- */

/* Whether some part has another value in a column than the cell that it came from. */
static dk_status is_changed(const struct rows *r, const dk_column *before, const dk_column *after, bool *out,
                            dk_error *err)
{
    dk_status status = DK_OK;

    *out = dk_column_type(before) != dk_column_type(after) || dk_column_scale(before) != dk_column_scale(after);
    for (uint64_t c = 0; status == DK_OK && !*out && c < dk_table_n_rows(r->before); c++)
        for (uint32_t k = r->first[c]; status == DK_OK && !*out && k < r->first[c + 1]; k++) {
            dk_value a, b;

            status = dk_column_get(before, c, &a, err);
            if (status == DK_OK)
                status = dk_column_get(after, r->parts[k], &b, err);
            *out = status == DK_OK && !dki_values_equal(&a, &b);
        }
    return status;
}

/* The cell of `after` that is part p of the row, or that of another part where it has none. */
static uint64_t part_of(const struct rows *r, uint64_t row, uint64_t p, bool *has)
{
    uint32_t cell = r->cells[row], n = r->first[cell + 1] - r->first[cell];

    *has = p < n;
    return n == 0 ? DK_ROW_NULL : r->parts[r->first[cell] + (*has ? p : 0)];
}

/* What the rows have in a column that was changed, part by part. */
static dk_status gather_parts(const struct rows *r, const dk_column *after, const dk_column **out, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(r->table), n_ranges = (n_rows + GATHER_ROWS - 1) / GATHER_ROWS, n = 0;
    const dk_column **pieces = dki_calloc(r->context, (size_t)(n_ranges * r->n_parts), sizeof *pieces, err);
    uint64_t *numbers = dki_alloc_array(r->context, GATHER_ROWS, sizeof *numbers, err);
    dk_status status = pieces && numbers ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t p = 0; p < r->n_parts; p++)
        for (uint64_t row = 0; row < n_rows && status == DK_OK; row += GATHER_ROWS) {
            uint64_t size = n_rows - row < GATHER_ROWS ? n_rows - row : GATHER_ROWS;
            bool has;

            for (uint64_t i = 0; i < size; i++)
                numbers[i] = part_of(r, row + i, p, &has);
            status = dki_poll(r->context, err);
            if (status == DK_OK)
                status = dk_column_gather(after, numbers, size, &pieces[n], err);
            n += status == DK_OK;
        }
    if (status == DK_OK)
        status = dki_column_concat(r->context, dk_column_type(after), dk_column_scale(after),
                                   dk_column_levels(after), pieces, (size_t)n, out, err);
    for (uint64_t i = 0; i < n; i++)
        dk_column_release(pieces[i]);
    dki_free(r->context, pieces);
    dki_free(r->context, numbers);
    return status;
}

/* What the rows have in a column that nobody changed: the same, as often as there are parts. */
static dk_status repeat(const struct rows *r, const dk_column *column, const dk_column **out, dk_error *err)
{
    const dk_column **same;
    dk_status status;

    if (r->n_parts == 1) {
        *out = dk_column_retain(column);
        return DK_OK;
    }
    same = dki_alloc_array(r->context, (size_t)r->n_parts, sizeof *same, err);
    if (same == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t p = 0; p < r->n_parts; p++)
        same[p] = column;
    status = dki_column_concat(r->context, dk_column_type(column), dk_column_scale(column),
                               dk_column_levels(column), same, (size_t)r->n_parts, out, err);
    dki_free(r->context, same);
    return status;
}

/* Weights ------------------------------------------------------------------------------------------------------- */

/* The weights of a block of rows, in units. */
static dk_status weigh_rows(const struct rows *r, const dk_column *weight, uint64_t row, size_t n, dk_view *view,
                            int64_t *out, dk_error *err)
{
    dk_status status;

    if (weight == NULL) {
        for (size_t i = 0; i < n; i++)
            out[i] = DKI_PERSON;
        return DK_OK;
    }
    (void)r;
    status = dk_column_view(weight, row, n, view, err);
    if (status == DK_OK) {
        int digits = dk_column_type(weight) == DK_DECIMAL ? dk_column_scale(weight) : 0;

        dki_view_integers(view, out); /* they fit, as those of cells do; digits beyond the ninth are 0 */
        for (size_t i = 0; i < n; i++)
            out[i] = digits <= DK_WEIGHT_SCALE ? out[i] * dki_power10[DK_WEIGHT_SCALE - digits]
                                               : out[i] / dki_power10[digits - DK_WEIGHT_SCALE];
    }
    return status;
}

/* What stands in two columns of the result. */
struct makers {
    dk_builder *weight, *present;
    int64_t *sums;  /* of each cell: of the rows so far */
    int64_t *given; /* of each cell of `after`: to these */
};

/* The share of a row in a part: what the sum of the rows so far gives, rounded, less what they were given. */
static int64_t share_of(const struct rows *r, struct makers *m, uint32_t cell, uint32_t part)
{
    int64_t whole = r->weights[cell];
    dki_i128 product = (dki_i128)r->shares[part] * m->sums[cell];
    int64_t until = whole == 0 ? 0 : (int64_t)((product + whole / 2) / whole), share = until - m->given[part];

    m->given[part] = until;
    return share;
}

static dk_status share_part(const struct rows *r, struct makers *m, const dk_column *weight, uint64_t p,
                            dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(r->table);
    int64_t weights[DK_BLOCK_ROWS];
    dk_view view;
    dk_status status = DK_OK;

    memset(m->sums, 0, (size_t)dk_table_n_rows(r->before) * sizeof *m->sums);
    dk_view_init(&view, r->context);
    for (uint64_t row = 0; row < n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? (size_t)(n_rows - row) : DK_BLOCK_ROWS;
        uint64_t present[DK_BLOCK_ROWS / 64] = { 0 };

        status = dki_poll(r->context, err);
        if (status == DK_OK)
            status = weigh_rows(r, weight, row, n, &view, weights, err);
        for (size_t i = 0; i < n && status == DK_OK; i++) {
            int64_t its = weights[i], share = 0;
            bool has;
            uint64_t part = part_of(r, row + i, p, &has);

            m->sums[r->cells[row + i]] += its;
            if (has)
                share = share_of(r, m, r->cells[row + i], (uint32_t)part);
            dki_bit_put(present, i, has && (share > 0 || its == 0)); /* a record of nobody stays one */
            weights[i] = share;
        }
        if (status == DK_OK && !r->whole)
            status = dki_builder_integers(m->weight, weights, NULL, n, err);
        if (status == DK_OK)
            status = dki_builder_bits(m->present, present, NULL, n, err);
    }
    dk_view_release(&view);
    return status;
}

/* The weight of each row and part, and who is there; what needs none is NULL. */
static dk_status share_out(const struct rows *r, const dk_column *weight, const dk_column **weights,
                           const dk_column **present, dk_error *err)
{
    struct makers m = { 0 };
    dk_status status = DK_OK;

    if (r->whole && r->all_stay)
        return DK_OK;
    m.sums = dki_calloc(r->context, (size_t)dk_table_n_rows(r->before), sizeof *m.sums, err);
    m.given = dki_calloc(r->context, (size_t)dk_table_n_rows(r->after), sizeof *m.given, err);
    if (m.sums == NULL || m.given == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dk_builder_new(r->context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &m.weight, err);
    if (status == DK_OK)
        status = dk_builder_new(r->context, DK_BOOLEAN, 0, NULL, &m.present, err);
    for (uint64_t p = 0; p < r->n_parts && status == DK_OK; p++)
        status = share_part(r, &m, weight, p, err);
    if (status == DK_OK && !r->whole)
        status = dk_builder_finish(m.weight, weights, err);
    if (status == DK_OK)
        status = dk_builder_finish(m.present, present, err);
    dk_builder_release(m.weight);
    dk_builder_release(m.present);
    dki_free(r->context, m.sums);
    dki_free(r->context, m.given);
    return status;
}

/* The whole ----------------------------------------------------------------------------------------------------- */

static bool has_name(const dki_text_map *names, const char *name)
{
    return dki_text_map_find(names, name, strlen(name)) != DKI_MAP_NONE;
}

/* One column of the table in what it became. */
static dk_status make_column(const struct rows *r, const dk_field *field, const dk_column **out, dk_error *err)
{
    bool changed = false;
    const dk_column *after = NULL;
    dk_status status = DK_OK;

    if (has_name(r->fine, field->name)) {
        after = dk_table_field(r->after, dk_table_find(r->after, field->name))->column;
        status = is_changed(r, dk_table_field(r->before, dk_table_find(r->before, field->name))->column, after,
                            &changed, err);
    }
    if (status != DK_OK)
        return status;
    return changed ? gather_parts(r, after, out, err) : repeat(r, field->column, out, err);
}

static dk_status make_table(struct rows *r, dki_rows_after *out, dk_error *err)
{
    size_t n_columns = dk_table_n_columns(r->table), n = 0;
    dk_properties properties = *dk_table_properties(r->table);
    size_t weight = properties.weight ? dk_table_find(r->table, properties.weight) : DK_NO_COLUMN;
    dk_field *fields = dki_calloc(r->context, n_columns + 2, sizeof *fields, err);
    const dk_column *weights = NULL, *present = NULL;
    const dk_table *made = NULL;
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = share_out(r, weight == DK_NO_COLUMN ? NULL : dk_table_field(r->table, weight)->column, &weights,
                           &present, err);
    for (size_t i = 0; i < n_columns && status == DK_OK; i++) {
        fields[n] = *dk_table_field(r->table, i);
        fields[n].column = NULL;
        if (i == weight && weights)
            fields[n++].column = dk_column_retain(weights);
        else if (i == weight || has_name(r->names, fields[n].name))
            status = make_column(r, dk_table_field(r->table, i), &fields[n++].column, err);
    }
    if (status == DK_OK && weights && weight == DK_NO_COLUMN) {
        properties.weight = new_name(r, "weight", err);
        fields[n++] = DK_FIELD(properties.weight, dk_column_retain(weights));
    }
    if (status == DK_OK && present) {
        out->present = new_name(r, "present", err);
        fields[n++] = DK_FIELD(out->present, dk_column_retain(present));
    }
    properties.key = NULL;
    properties.n_key = 0;
    if (status == DK_OK)
        status = dk_table_new(r->context, fields, n, dk_table_n_rows(r->table) * r->n_parts, &made, err);
    if (status == DK_OK)
        status = dk_table_with_properties(made, &properties, &out->rows, err);
    if (status == DK_OK && present)
        out->present = dk_table_field(out->rows, n - 1)->name;
    for (size_t i = 0; fields && i < n; i++)
        dk_column_release(fields[i].column);
    dk_table_release(made);
    dk_column_release(weights);
    dk_column_release(present);
    dki_free(r->context, fields);
    return status;
}

/* The cells after the steps, however they came about, with their notes. */
static dk_status put_cells(const struct rows *r, const dk_table **out, dk_error *err)
{
    dk_status status = dki_cells_group(r->after, r->fine, out, err);

    for (size_t i = 0; i < dk_table_n_notes(r->after) && status == DK_OK; i++) {
        const dk_table *noted;

        status = dk_table_with_note(*out, dk_table_note(r->after, i), &noted, err);
        if (status == DK_OK) {
            dk_table_release(*out);
            *out = noted;
        }
    }
    return status;
}

void dki_rows_drop(dki_rows_after *after)
{
    dk_table_release(after->rows);
    dk_table_release(after->cells);
    memset(after, 0, sizeof *after);
}

dk_status dki_rows_apply(const dk_table *table, const dki_text_map *names, const dki_text_map *fine,
                         const dk_scenario *scenario, const dk_params *params, uint32_t draw, dki_rows_after *out,
                         dk_error *err)
{
    dk_context *context = dk_table_context(table);
    struct rows r = { .context = context, .table = table, .names = names, .fine = fine };
    dki_rows_after after = { .rows = NULL };
    dk_status status;

    dki_arena_init(&r.arena, context);
    r.origin = new_name(&r, "origin", err);
    status = r.origin ? run_steps(&r, scenario, params, draw, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = find_parts(&r, err);
    if (status == DK_OK) {
        look_at_parts(&r);
        if (r.n_parts == 0) /* of a table without rows, or where everybody left */
            r.n_parts = 1;
        r.cells = dki_alloc_array(context, (size_t)dk_table_n_rows(table), sizeof *r.cells, err);
        status = r.cells ? dki_row_cells(table, r.before, fine, r.cells, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = make_table(&r, &after, err);
    if (status == DK_OK)
        status = put_cells(&r, &after.cells, err);
    if (status == DK_OK) {
        after.whole = r.whole;
        *out = after;
    } else {
        dki_rows_drop(&after);
    }
    dki_free(context, r.cells);
    dki_free(context, r.weights);
    dki_free(context, r.shares);
    dk_table_release(r.after);
    dk_table_release(r.before);
    dki_arena_drop(&r.arena);
    return status;
}
