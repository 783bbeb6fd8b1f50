/* allocate_cells.c - where targets are asked: at the grand total, at one cell, or at each group of a dimension.
 *
 * Cost: O(cells) for each place.
 */
#include <string.h>

#include "allocate_parts.h"
#include "base/memory.h"
#include "base/status.h"
#include "expr/poll_row.h"

static dk_status get_dimension(const dki_allocation *a, const char *name, const dki_part **out, dk_error *err)
{
    size_t at;
    dki_spread_kind kind;
    dk_status status = dki_get_dimension(a->breakdown, name, &at, err);

    if (status != DK_OK)
        return status;
    *out = &a->breakdown->by[at];
    (void)dki_part_node(*out, &kind);
    if (kind != DKI_SPREAD_NOT)
        return dki_fail(err, DK_ERR_ARGUMENT, "groups of %s overlap, and no target can be set for each", name);
    return DK_OK;
}

static void drop_cell(const dki_allocation *a, dki_cell *cell)
{
    for (int state = 0; state < DKI_N_STATES; state++)
        dki_free(a->context, cell->in[state]);
    memset(cell, 0, sizeof *cell);
}

static dk_status make_cell(const dki_allocation *a, dki_cell *cell, dk_error *err)
{
    memset(cell, 0, sizeof *cell);
    for (int state = 0; state < DKI_N_STATES; state++) {
        size_t n = (size_t)dk_table_n_rows(a->cells[state]);

        cell->in[state] = dki_alloc_array(a->context, n, sizeof *cell->in[state], err);
        if (cell->in[state] == NULL)
            return DK_ERR_MEMORY;
        memset(cell->in[state], 1, n * sizeof *cell->in[state]);
    }
    return DK_OK;
}

/* Keeps the rows of the cell for whom the dimension has that value; *n_left of those before the step. */
static dk_status narrow_cell(const dki_allocation *a, const dki_part *dimension, const dk_value *wanted,
                             dki_cell *cell, uint64_t *n_left, dk_error *err)
{
    dk_status status = DK_OK;

    *n_left = 0;
    for (int state = 0; state < DKI_N_STATES && status == DK_OK; state++) {
        uint64_t n = dk_table_n_rows(a->cells[state]);
        const dk_column *column = NULL;

        status = dk_table_eval(a->cells[state], dimension->expr, a->breakdown_params, &column, err);
        DKI_FOR_ROWS(row, n, a->context, status, err)
        {
            dk_value value;

            status = dk_column_get(column, row, &value, err);
            if (status == DK_OK && !dki_values_equal(&value, wanted))
                cell->in[state][row] = false;
            *n_left += state == DKI_BEFORE && cell->in[state][row];
        }
        dk_column_release(column);
    }
    return status;
}

/* "gemeente = Arnhem" */
static dk_status label_value(dki_buffer *label, const char *dimension, const dk_value *value, dk_error *err)
{
    dk_status status = dki_buffer_format(label, err, "%s%s = ", label->size ? ", " : "", dimension);
    char plain[80];

    if (status != DK_OK)
        return status;
    if (!value->is_null && (value->type == DK_TEXT || value->type == DK_CATEGORY))
        return dki_buffer_append(label, value->as.text.bytes, value->as.text.size, err);
    dk_value_format(value, plain, sizeof plain);
    return dki_buffer_text(label, plain, err);
}

static dk_status visit_at(dki_allocation *a, const dk_allocate_target *target, dki_cell_visit_fn *visit, void *arg,
                          dk_error *err)
{
    dki_cell cell;
    dki_buffer label;
    dk_status status = make_cell(a, &cell, err);
    uint64_t n_left = 0;

    dki_buffer_init(&label, a->context);
    for (size_t i = 0; i < target->n_at && status == DK_OK; i++) {
        const dki_part *dimension;

        status = get_dimension(a, target->at[i].dimension, &dimension, err);
        if (status == DK_OK)
            status = narrow_cell(a, dimension, &target->at[i].value, &cell, &n_left, err);
        if (status == DK_OK)
            status = label_value(&label, target->at[i].dimension, &target->at[i].value, err);
    }
    if (status == DK_OK)
        status = dki_buffer_terminate(&label, err);
    if (status == DK_OK && n_left == 0)
        status = dki_fail(err, DK_ERR_NAME, "nobody is where %s", label.bytes);
    if (status == DK_OK)
        status = visit(a, arg, &cell, label.bytes, err);
    dki_buffer_drop(&label);
    drop_cell(a, &cell);
    return status;
}

/* The groups of the dimension before the step, in their order: one column. */
static dk_status list_places(const dki_allocation *a, const dki_part *dimension, const dk_table **out,
                             dk_error *err)
{
    dk_breakdown places;
    dki_part by = *dimension;

    memcpy(&places, a->breakdown, sizeof places);
    places.by = &by;
    places.n_by = 1;
    places.n_measures = 0;
    places.margins = DK_MARGINS_NONE;
    places.n_sets = places.n_order = 0;
    places.limit = 0;
    places.rest = NULL;
    places.all_levels = false;
    by.shows_levels = false;
    places.n_within = 0;
    return dk_breakdown_run(&places, a->cells[DKI_BEFORE], a->breakdown_params, out, err);
}

/* The place of each row: a number of its key. */
struct places {
    dki_text_map keys;
    uint32_t *of[DKI_N_STATES];
};

static void drop_places(const dki_allocation *a, struct places *places)
{
    dki_text_map_drop(&places->keys);
    for (int state = 0; state < DKI_N_STATES; state++)
        dki_free(a->context, places->of[state]);
}

static dk_status number_rows(const dki_allocation *a, const dki_part *dimension, dki_state state,
                             struct places *places, dk_error *err)
{
    uint64_t n = dk_table_n_rows(a->cells[state]);
    const dk_column *column = NULL;
    dki_buffer key;
    dk_status status = dk_table_eval(a->cells[state], dimension->expr, a->breakdown_params, &column, err);

    dki_buffer_init(&key, a->context);
    places->of[state] = dki_alloc_array(a->context, (size_t)n, sizeof *places->of[state], err);
    if (places->of[state] == NULL)
        status = DK_ERR_MEMORY;
    DKI_FOR_ROWS(row, n, a->context, status, err)
    {
        dk_value value;

        key.size = 0;
        status = dk_column_get(column, row, &value, err);
        if (status == DK_OK)
            status = dki_allocation_key(&value, &key, err);
        if (status == DK_OK)
            status = dki_text_map_add(&places->keys, key.bytes, key.size, &places->of[state][row], err);
    }
    dki_buffer_drop(&key);
    dk_column_release(column);
    return status;
}

/* Visits the cell of one place. */
static dk_status visit_place(dki_allocation *a, const dk_allocate_target *target, const struct places *places,
                             const dk_value *value, dki_cell *cell, dki_cell_visit_fn *visit, void *arg,
                             dk_error *err)
{
    dki_buffer text;
    uint32_t place;
    dk_status status;

    dki_buffer_init(&text, a->context);
    status = dki_allocation_key(value, &text, err);
    place = status == DK_OK ? dki_text_map_find(&places->keys, text.bytes, text.size) : UINT32_MAX;
    for (int state = 0; state < DKI_N_STATES && status == DK_OK; state++)
        for (uint64_t row = 0; row < dk_table_n_rows(a->cells[state]); row++)
            cell->in[state][row] = places->of[state][row] == place;
    text.size = 0;
    if (status == DK_OK)
        status = label_value(&text, target->each, value, err);
    if (status == DK_OK)
        status = dki_buffer_terminate(&text, err);
    if (status == DK_OK)
        status = visit(a, arg, cell, text.bytes, err);
    dki_buffer_drop(&text);
    return status;
}

static dk_status visit_each(dki_allocation *a, const dk_allocate_target *target, dki_cell_visit_fn *visit,
                            void *arg, dk_error *err)
{
    const dki_part *dimension;
    struct places places = { .of = { NULL } };
    const dk_table *list = NULL;
    dki_cell cell;
    dk_status status = get_dimension(a, target->each, &dimension, err), made = make_cell(a, &cell, err);

    dki_text_map_init(&places.keys, a->context);
    status = status == DK_OK ? made : status;
    if (status == DK_OK)
        status = list_places(a, dimension, &list, err);
    for (int state = 0; state < DKI_N_STATES && status == DK_OK; state++)
        status = number_rows(a, dimension, (dki_state)state, &places, err);
    for (uint64_t row = 0; status == DK_OK && row < dk_table_n_rows(list); row++) {
        dk_value value;

        status = dki_poll(a->context, err);
        if (status == DK_OK)
            status = dk_column_get(dk_table_field(list, 0)->column, row, &value, err);
        if (status == DK_OK)
            status = visit_place(a, target, &places, &value, &cell, visit, arg, err);
    }
    dk_table_release(list);
    drop_places(a, &places);
    drop_cell(a, &cell);
    return status;
}

dk_status dki_allocation_cells(dki_allocation *a, size_t t, dki_cell_visit_fn *visit, void *arg, dk_error *err)
{
    const dk_allocate_target *target = &a->spec->targets[t];

    if (target->each && target->n_at > 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "a target names one cell (at) or goes over groups (each), not both");
    if (target->each)
        return visit_each(a, target, visit, arg, err);
    return target->n_at > 0 ? visit_at(a, target, visit, arg, err) : visit(a, arg, NULL, "total", err);
}
