/* model_lumps.c - cells that go the same way as one lump.
 *
 * As long as no share has to be rounded, each cell gives the same part of what it has, and cells that are matched by the same
 * steps and tell the question the same may be put together before anything is taken. Whether something has to be rounded
 * follows from numbers that are known: all weights are multiples of a unit, and of a multiple of q units p/q is a
 * multiple of the unit's qth part. So weights are kept as multiples, shares multiply them, and nothing is divided.
 *
 * Cells are put together from the last step backwards: two are one lump where both those who stay and those who are taken
 * come to one lump.
 *
 */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "model.h"

void dki_lumps_drop(dki_lumps *lumps)
{
    if (lumps == NULL)
        return;
    for (size_t i = 0; lumps->steps && i < lumps->model->n_steps; i++) {
        dki_free(lumps->context, lumps->steps[i].stay);
        dki_free(lumps->context, lumps->steps[i].move);
    }
    for (size_t i = 0; lumps->after && i < lumps->model->n_steps; i++)
        dki_free(lumps->context, lumps->after[i]);
    dki_free(lumps->context, lumps->after);
    dki_free(lumps->context, lumps->stays);
    dki_free(lumps->context, lumps->takes);
    dki_free(lumps->context, lumps->still);
    dki_lump_ends_drop(lumps);
    dk_table_release(lumps->table);
    dki_free(lumps->context, lumps->steps);
    dki_free(lumps->context, lumps->of_cell);
    dki_free(lumps->context, lumps->multiples);
    dki_free(lumps->context, lumps->rest);
    dki_free(lumps->context, lumps);
}

/* Making ------------------------------------------------------------------------------------------------------- */

void dki_lump_base_drop(dki_lump_base *base)
{
    if (base == NULL)
        return;
    dk_table_release(base->table);
    dki_free(base->context, base->of_cell);
    dki_free(base->context, base);
}

/* The columns of the question, and the weight. */
static dk_status select_columns(const dk_table *cells, const dki_text_map *columns, const dk_table **out,
                                dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    const char **names = dki_calloc(context, columns->n + 1, sizeof *names, err);
    size_t n = 0, weight = dki_cells_weight(cells);
    dk_status status = names ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < dk_table_n_columns(cells) && status == DK_OK; i++) {
        const char *name = dk_table_field(cells, i)->name;

        if (i == weight || dki_text_map_find(columns, name, strlen(name)) != DKI_MAP_NONE)
            names[n++] = name;
    }
    if (status == DK_OK)
        status = dk_table_select(cells, names, n, out, err);
    dki_free(context, names);
    return status;
}

dk_status dki_lump_base_new(const dk_table *cells, const dki_text_map *columns, dki_lump_base **out, dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    dki_lump_base *base = dki_calloc(context, 1, sizeof *base, err);
    const dk_table *of_question = NULL;
    dk_status status = base ? select_columns(cells, columns, &of_question, err) : DK_ERR_MEMORY;

    if (status == DK_OK) {
        base->context = context;
        base->of_cell = dki_alloc_array(context, (size_t)dk_table_n_rows(cells), sizeof *base->of_cell, err);
        status = base->of_cell ? dki_cells_distinct(of_question, dki_cells_weight(of_question), base->of_cell,
                                                    &base->table, err)
                               : DK_ERR_MEMORY;
    }
    dk_table_release(of_question);
    if (status == DK_OK) {
        *out = base;
    } else if (base) {
        base->context = context;
        dki_lump_base_drop(base);
    }
    return status;
}

/* What lumps have of cells that no step matches; places: of each lump of the base. */
static dk_status weigh_rest(dki_lumps *lumps, const dki_lump_base *base, const uint32_t *places, dk_error *err)
{
    const dki_model *model = lumps->model;

    lumps->rest = dki_calloc(lumps->context, lumps->n, sizeof *lumps->rest, err);
    if (lumps->rest == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t c = 0; c < dk_table_n_rows(model->base); c++) {
        lumps->rest[places[base->of_cell[c]]] += model->matched[c] ? 0 : model->weights[c];
        lumps->total += model->weights[c]; /* whose sum fits */
    }
    return DK_OK;
}

/* The lumps after the steps: those of the base, and others of the cells that there can be. */
static dk_status make_last(dki_lumps *lumps, const dki_text_map *columns, const dki_lump_base *base, dk_error *err)
{
    size_t n_base = (size_t)dk_table_n_rows(base->table), n = lumps->model->n;
    uint32_t *numbers = dki_alloc_array(lumps->context, n_base + n, sizeof *numbers, err);
    const dk_table *parts[2] = { base->table, NULL }, *joined = NULL;
    dk_status status = numbers ? select_columns(lumps->model->cells, columns, &parts[1], err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_cells_join(parts, 2, &joined, err);
    if (status == DK_OK)
        status = dki_cells_distinct(joined, dki_cells_weight(joined), numbers, &lumps->table, err);
    if (status == DK_OK) {
        lumps->n = (size_t)dk_table_n_rows(lumps->table);
        if (n > 0)
            memcpy(lumps->of_cell, numbers + n_base, n * sizeof *numbers);
        status = weigh_rest(lumps, base, numbers, err);
    }
    dk_table_release(joined);
    dk_table_release(parts[1]);
    dki_free(lumps->context, numbers);
    return status;
}

/* The lumps before a step, of those after it: after[] becomes before[]. */
static dk_status make_before(dki_lumps *lumps, size_t i, const uint32_t *after, uint32_t *before, dk_error *err)
{
    const dki_model_step *of = &lumps->model->steps[i];
    const bool *selected = lumps->model->selection ? lumps->model->selection->matched[i] : NULL;
    dki_lump_step *step = &lumps->steps[i];
    uint32_t *taken = dki_alloc_array(lumps->context, of->n, sizeof *taken, err);
    dki_int_map map;
    dk_status status = taken ? DK_OK : DK_ERR_MEMORY;

    dki_int_map_init(&map, lumps->context);
    for (size_t c = 0; c < of->n && status == DK_OK; c++)
        taken[c] = DKI_NOWHERE;
    for (uint64_t k = 0; k < of->strata.n_cells && status == DK_OK; k++)
        if (selected == NULL || selected[of->strata.cells[k]])
            taken[of->strata.cells[k]] = after[of->move[0][k]];
    for (size_t c = 0; c < of->n && status == DK_OK; c++)
        status = dki_int_map_add(&map, (uint64_t)after[of->stay[c]] << 32 | taken[c], &before[c], err);
    step->of = of;
    step->n = map.n;
    step->stay = dki_alloc_array(lumps->context, map.n, sizeof *step->stay, err);
    step->move = dki_alloc_array(lumps->context, map.n, sizeof *step->move, err);
    if (step->stay == NULL || step->move == NULL)
        status = DK_ERR_MEMORY;
    for (size_t k = 0; k < map.n && status == DK_OK; k++) {
        step->stay[k] = (uint32_t)(map.keys[k] >> 32);
        step->move[k] = (uint32_t)map.keys[k];
    }
    if (map.n > lumps->most)
        lumps->most = map.n;
    dki_int_map_drop(&map);
    dki_free(lumps->context, taken);
    return status;
}

/* What the lumps before the first step weigh. */
static dk_status weigh(dki_lumps *lumps, const uint32_t *number, size_t n, size_t n_lumps, dk_error *err)
{
    const int64_t *weights = lumps->model->first;

    lumps->multiples = dki_calloc(lumps->context, n_lumps, sizeof *lumps->multiples, err);
    if (lumps->multiples == NULL)
        return DK_ERR_MEMORY;
    for (size_t c = 0; c < n; c++)
        lumps->unit = dki_common_divisor(lumps->unit, weights[c]);
    for (size_t c = 0; c < n; c++)
        lumps->multiples[number[c]] += weights[c] / lumps->unit;
    return DK_OK;
}

/* How the amount of a step is known. */
static void find_amount(const dki_lumps *lumps, dki_lump_step *step)
{
    const dk_expr *expr = dki_step_amount(step->of->step);

    step->param = SIZE_MAX;
    step->is_fixed = step->of->step->all;
    if (expr && dki_expr_root(expr)->kind == DKI_NODE_PARAM)
        step->param = dki_scenario_find_param(lumps->model->scenario, dki_expr_root(expr)->text);
}

/* Everybody whom it matches gives the same share. */
static bool is_alike(const dki_step *step)
{
    return step->n_flows == 0 && step->rate == NULL && step->n_first == 0 && step->drawn == DK_DRAWN_NOT;
}

dk_status dki_lumps_make(dki_lumps *lumps, size_t n, const uint32_t *last, dk_error *err)
{
    const dki_model *model = lumps->model;
    size_t n_last = n < model->n_steps ? model->steps[n].n : model->n, n_most = n_last;
    uint32_t *numbers[2] = { NULL, NULL };
    dk_status status = DK_OK;

    for (size_t i = 0; i < n; i++)
        if (model->steps[i].n > n_most)
            n_most = model->steps[i].n;
    for (size_t k = 0; k < 2 && status == DK_OK; k++) {
        numbers[k] = dki_alloc_array(lumps->context, n_most, sizeof *numbers[k], err);
        status = numbers[k] ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK && n_last > 0)
        memcpy(numbers[n % 2], last, n_last * sizeof *last);
    for (size_t i = n; i-- > 0 && status == DK_OK;) {
        if (lumps->after && model->steps[i].selects)
            status = dki_lumps_note(lumps, i, numbers[(i + 1) % 2], err);
        if (status == DK_OK)
            status = make_before(lumps, i, numbers[(i + 1) % 2], numbers[i % 2], err);
        if (status == DK_OK)
            find_amount(lumps, &lumps->steps[i]);
    }
    if (status == DK_OK)
        status = weigh(lumps, numbers[0], n ? model->steps[0].n : model->n, n ? lumps->steps[0].n : lumps->n, err);
    for (size_t k = 0; k < 2; k++)
        dki_free(lumps->context, numbers[k]);
    return status;
}

dk_status dki_lumps_new(const dki_model *model, const dki_text_map *columns, const dki_lump_base *base,
                        dki_lumps **out, dk_error *err)
{
    dki_lumps *lumps = dki_calloc(model->context, 1, sizeof *lumps, err);
    dki_lump_base *own = NULL;
    dk_status status = lumps ? DK_OK : DK_ERR_MEMORY;

    if (status != DK_OK)
        return status;
    lumps->model = model;
    lumps->context = model->context;
    lumps->steps = dki_calloc(model->context, model->n_steps, sizeof *lumps->steps, err);
    lumps->of_cell = dki_alloc_array(model->context, model->n, sizeof *lumps->of_cell, err);
    status = lumps->steps && lumps->of_cell ? DK_OK : DK_ERR_MEMORY;
    if (status == DK_OK && base == NULL)
        status = dki_lump_base_new(model->base, columns, &own, err);
    if (status == DK_OK)
        status = make_last(lumps, columns, base ? base : own, err);
    lumps->most = lumps->n;
    lumps->is_exact = true;
    for (size_t i = 0; i < model->n_steps; i++)
        lumps->is_exact = lumps->is_exact && is_alike(model->steps[i].step);
    if (status == DK_OK && lumps->is_exact)
        status = dki_lumps_prepare(lumps, err);
    if (status == DK_OK && lumps->is_exact)
        status = dki_lumps_make(lumps, model->n_steps, lumps->of_cell, err);
    if (status == DK_OK && lumps->is_exact)
        status = dki_lumps_begin(lumps, err);
    if (status == DK_OK)
        status = dki_lump_ends_find(lumps, err);
    dki_lump_base_drop(own);
    if (status == DK_OK)
        *out = lumps;
    else
        dki_lumps_drop(lumps);
    return status;
}
