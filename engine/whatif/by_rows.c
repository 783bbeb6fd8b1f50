/* by_rows.c - runs a scenario without cells of all that is asked for.
 *
 * What a step does depends on the scenario's columns alone, and who has these in common is treated alike. So the steps run on
 * cells of these columns, which are few, and leave a trail of what became of each (trail.h). Where each went as a whole, so did its
 * rows: they stay what they are, but for the columns that a step changed, and all that looks at records is as it would be in a
 * table that says so. Else finer cells are made, which have no columns until the steps are done (thin.h).
 *
 *   cells     0  1  2          rows   0 1 0 2 1
 *   became    b  a  nobody            b a b - a     and who is there
 *
 * Cost: a few bytes for each row, whatever the columns; of finer cells what thin.h says. Poll: once for each block.
 */
#include "by_rows.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "scenario/row_cells.h"
#include "scenario/thin.h"

#define GATHER_ROWS 65536

struct rows {
    dk_context *context;
    dki_arena arena;
    const dki_rows_asked *asked;
    const dk_table *before, *after; /* cells */
    dki_trail trail;
    uint32_t *became;     /* of each cell before the one after, or DKI_TRAIL_GONE: where it went as a whole */
    uint32_t *cells;      /* of each row */
    bool whole, all_stay; /* no cell is divided; none goes */
};

/* A name that the table does not have. */
static const char *new_name(struct rows *r, const char *name, dk_error *err)
{
    name = dki_arena_format(&r->arena, err, " %s", name);
    while (name && dk_table_find(r->asked->table, name) != DK_NO_COLUMN)
        name = dki_arena_format(&r->arena, err, "%s_", name);
    return name;
}

/* Cells --------------------------------------------------------------------------------------------------------- */

static dk_status run_steps(struct rows *r, dk_error *err)
{
    const dki_rows_asked *asked = r->asked;
    dk_status status = dki_cube_get(asked->table, asked->own, &r->before, NULL, err);

    return status == DK_OK ? dki_scenario_draw(asked->scenario, r->before, asked->params, asked->draw, &r->trail,
                                               &r->after, NULL, err)
                           : status;
}

/* Where a step took each cell as a whole. */
static dk_status follow_step(struct rows *r, const dki_trail_step *step, dk_error *err)
{
    uint64_t n = dk_table_n_rows(r->before);
    uint32_t *to = dki_alloc_array(r->context, (size_t)step->n_before, sizeof *to, err);
    bool *is_taken = dki_calloc(r->context, (size_t)step->n_before, sizeof *is_taken, err);
    dk_status status = to && is_taken ? DK_OK : DK_ERR_MEMORY;

    DKI_FOR_ROWS(i, step->n, r->context, status, err)
    {
        const dki_trail_part *part = &step->parts[i];

        if (part->comes || (is_taken[part->from] && part->units > 0))
            r->whole = false;
        if (!is_taken[part->from])
            to[part->from] = part->to;
        is_taken[part->from] = is_taken[part->from] || part->units > 0;
    }
    for (uint64_t c = 0; status == DK_OK && c < n; c++)
        if (r->became[c] != DKI_TRAIL_GONE)
            r->became[c] = to[r->became[c]];
    dki_free(r->context, is_taken);
    dki_free(r->context, to);
    return status;
}

/* Whether each cell stays one, and where it went. */
static dk_status follow_trail(struct rows *r, dk_error *err)
{
    uint64_t n = dk_table_n_rows(r->before);
    dk_status status = DK_OK;

    r->became = dki_alloc_array(r->context, (size_t)n, sizeof *r->became, err);
    if (r->became == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t c = 0; c < n; c++)
        r->became[c] = (uint32_t)c;
    r->whole = r->all_stay = true;
    for (size_t i = 0; i < r->trail.n && r->whole && status == DK_OK; i++)
        status = follow_step(r, &r->trail.steps[i], err);
    for (uint64_t c = 0; c < n; c++)
        r->all_stay = r->all_stay && r->became[c] != DKI_TRAIL_GONE;
    return status;
}

/* Columns ------------------------------------------------------------------------------------------------------- */

/* Whether some cell got another value in a column. */
static dk_status is_changed(const struct rows *r, const dk_column *before, const dk_column *after, bool *out,
                            dk_error *err)
{
    dk_status status = DK_OK;

    *out = dk_column_type(before) != dk_column_type(after) || dk_column_scale(before) != dk_column_scale(after);
    for (uint64_t c = 0; status == DK_OK && !*out && c < dk_table_n_rows(r->before); c++) {
        dk_value a, b;

        if (r->became[c] == DKI_TRAIL_GONE)
            continue;
        status = dk_column_get(before, c, &a, err);
        if (status == DK_OK)
            status = dk_column_get(after, r->became[c], &b, err);
        *out = status == DK_OK && !dki_values_equal(&a, &b);
    }
    return status;
}

/* What the rows have in a column that was changed. */
static dk_status gather_rows(const struct rows *r, const dk_column *after, const dk_column **out, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(r->asked->table), n_ranges = (n_rows + GATHER_ROWS - 1) / GATHER_ROWS, n = 0;
    const dk_column **pieces = dki_calloc(r->context, (size_t)n_ranges, sizeof *pieces, err);
    uint64_t *numbers = dki_alloc_array(r->context, GATHER_ROWS, sizeof *numbers, err);
    dk_status status = pieces && numbers ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t row = 0; row < n_rows && status == DK_OK; row += GATHER_ROWS) {
        uint64_t size = n_rows - row < GATHER_ROWS ? n_rows - row : GATHER_ROWS;

        for (uint64_t i = 0; i < size; i++) {
            uint32_t cell = r->became[r->cells[row + i]];

            numbers[i] = cell == DKI_TRAIL_GONE ? DK_ROW_NULL : cell;
        }
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

/* Who is there still; NULL: everybody. */
static dk_status find_present(const struct rows *r, const dk_column **out, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(r->asked->table);
    dk_builder *builder = NULL;
    dk_status status;

    if (r->all_stay)
        return DK_OK;
    status = dk_builder_new(r->context, DK_BOOLEAN, 0, NULL, &builder, err);
    for (uint64_t row = 0; row < n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? (size_t)(n_rows - row) : DK_BLOCK_ROWS;
        uint64_t present[DK_BLOCK_ROWS / 64] = { 0 };

        for (size_t i = 0; i < n; i++)
            dki_bit_put(present, i, r->became[r->cells[row + i]] != DKI_TRAIL_GONE);
        status = dki_poll(r->context, err);
        if (status == DK_OK)
            status = dki_builder_bits(builder, present, NULL, n, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* One column of the table in what it became. */
static dk_status make_column(const struct rows *r, const dk_field *field, const dk_column **out, dk_error *err)
{
    bool changed = false;
    const dk_column *after = NULL;
    dk_status status = DK_OK;

    if (dki_text_map_find(r->asked->own, field->name, strlen(field->name)) != DKI_MAP_NONE) {
        after = dk_table_field(r->after, dk_table_find(r->after, field->name))->column;
        status = is_changed(r, dk_table_field(r->before, dk_table_find(r->before, field->name))->column, after,
                            &changed, err);
    }
    if (status == DK_OK && changed)
        return gather_rows(r, after, out, err);
    if (status == DK_OK)
        *out = dk_column_retain(field->column);
    return status;
}

static dk_status make_table(struct rows *r, dki_rows_after *out, dk_error *err)
{
    const dk_table *table = r->asked->table;
    size_t n_columns = dk_table_n_columns(table), n = 0;
    dk_properties properties = *dk_table_properties(table);
    size_t weight = properties.weight ? dk_table_find(table, properties.weight) : DK_NO_COLUMN;
    dk_field *fields = dki_calloc(r->context, n_columns + 1, sizeof *fields, err);
    const dk_column *present = NULL;
    const dk_table *made = NULL;
    dk_status status = fields ? find_present(r, &present, err) : DK_ERR_MEMORY;

    for (size_t i = 0; i < n_columns && status == DK_OK; i++) {
        const dk_field *field = dk_table_field(table, i);

        if (i != weight && dki_text_map_find(r->asked->names, field->name, strlen(field->name)) == DKI_MAP_NONE)
            continue;
        fields[n] = *field;
        fields[n].column = NULL;
        status = make_column(r, field, &fields[n++].column, err);
    }
    if (status == DK_OK && present) {
        const char *name = new_name(r, "present", err);

        fields[n++] = DK_FIELD(name, dk_column_retain(present));
        status = name ? DK_OK : DK_ERR_MEMORY;
    }
    properties.key = NULL;
    properties.n_key = 0;
    properties.attached = dk_table_properties(r->after)->attached; /* as steps left them */
    properties.n_attached = dk_table_properties(r->after)->n_attached;
    if (status == DK_OK)
        status = dk_table_new(r->context, fields, n, dk_table_n_rows(table), &made, err);
    if (status == DK_OK)
        status = dk_table_with_properties(made, &properties, &out->rows, err);
    if (status == DK_OK && present)
        out->present = dk_table_field(out->rows, n - 1)->name; /* which lives as long as they do */
    for (size_t i = 0; fields && i < n; i++)
        dk_column_release(fields[i].column);
    dk_table_release(made);
    dk_column_release(present);
    dki_free(r->context, fields);
    return status;
}

static dk_status make_rows(struct rows *r, dki_rows_after *out, dk_error *err)
{
    const dki_rows_asked *asked = r->asked;
    dk_status status;

    r->cells = dki_alloc_array(r->context, (size_t)dk_table_n_rows(asked->table), sizeof *r->cells, err);
    status = r->cells ? dki_row_cells(asked->table, r->before, asked->own, r->cells, err) : DK_ERR_MEMORY;
    return status == DK_OK ? make_table(r, out, err) : status;
}

/* The whole ----------------------------------------------------------------------------------------------------- */

void dki_rows_drop(dki_rows_after *after)
{
    dk_table_release(after->rows);
    dk_table_release(after->cells);
    memset(after, 0, sizeof *after);
}

dk_status dki_rows_apply(const dki_rows_asked *asked, dki_rows_after *out, dk_error *err)
{
    struct rows r = { .context = dk_table_context(asked->table), .asked = asked };
    dki_rows_after after = { .rows = NULL };
    dk_status status;

    dki_arena_init(&r.arena, r.context);
    dki_trail_init(&r.trail, r.context);
    status = run_steps(&r, err);
    if (status == DK_OK)
        status = follow_trail(&r, err);
    if (status == DK_OK && r.whole && asked->records) {
        status = make_rows(&r, &after, err);
        after.how = DKI_ROWS_RECORDS;
    } else if (status == DK_OK && asked->cells && !r.trail.is_shared) {
        dki_thin_run run = { asked->table, asked->own, r.before, r.after, &r.trail, asked->each_once };

        status = dki_thin_cells(&run, asked->names, &after.rows, err);
        after.how = DKI_ROWS_CELLS;
    }
    if (status == DK_OK) {
        after.cells = dk_table_retain(r.after);
        *out = after;
    } else {
        dki_rows_drop(&after);
    }
    dki_free(r.context, r.cells);
    dki_free(r.context, r.became);
    dk_table_release(r.after);
    dk_table_release(r.before);
    dki_trail_drop(&r.trail);
    dki_arena_drop(&r.arena);
    return status;
}
