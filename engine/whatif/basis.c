/* basis.c - decides what scenarios run on.
 *
 * On cells of all columns that are mentioned, which are few: each further question costs a pass over them. On rows (by_rows.c)
 * where a measure wants more than cells know, and where cells would be too many: for the memory budget, for a breakdown, or
 * so many that grouping saves nothing. Both give the same answer, to the unit.
 */
#include "basis.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "by_rows.h"
#include "compiled.h"
#include "expr/poll_row.h"
#include "expr/quote.h"

#define MEBIBYTE 1048576.0
#define MANY_CELLS (UINT64_C(1) << 20) /* from which on cells that save little are not made */
#define ROW_BYTES 40 /* of a row and part, by rows: weight, cell, changed columns and what the breakdown needs */

static _Atomic dki_path forced = DKI_PATH_AUTO;

void dki_basis_force(dki_path path)
{
    atomic_store(&forced, path);
}

bool dki_basis_is_forced(void)
{
    return atomic_load(&forced) != DKI_PATH_AUTO;
}

/* Deciding ------------------------------------------------------------------------------------------------------ */

static uint64_t left_of_budget(const dk_context *context)
{
    size_t budget = dk_context_budget(context), used = dk_context_used_bytes(context);

    return budget == 0 ? UINT64_MAX : used < budget ? budget - used : 0;
}

static dk_status count_name(void *arg, const char *name, dk_error *err)
{
    (void)name;
    (void)err;
    ++*(size_t *)arg;
    return DK_OK;
}

/* Whether these columns, and so many more, are more than a breakdown can group by. */
static dk_status has_too_many(const dk_table *table, const dki_text_map *names, size_t n, bool *out, dk_error *err)
{
    dki_arena arena;
    dk_status status;

    dki_arena_init(&arena, dk_table_context(table));
    status = dki_children_visit(table, names, &arena, count_name, &n, err);
    dki_arena_drop(&arena);
    *out = n > DKI_MAX_DIMENSIONS;
    return status;
}

/* Whether the table's weights have parts of persons. */
static bool has_fractions(const dk_table *table)
{
    const char *weight = dk_table_properties(table)->weight;
    const dk_column *column = weight ? dk_table_field(table, dk_table_find(table, weight))->column : NULL;

    return column && dk_column_type(column) == DK_DECIMAL;
}

static dk_status decide(dki_basis *b, dk_error *err)
{
    dk_context *context = dk_table_context(b->table);
    uint64_t n_rows = dk_table_n_rows(b->table), left = left_of_budget(context);
    bool too_many;
    dk_status status = has_too_many(b->table, &b->names, 0, &too_many, err);

    if (status != DK_OK)
        return status;
    dki_cube_look(b->table, &b->names, &b->use);
    dki_cube_bound(b->table, &b->names, &b->size);
    if (b->wants.most == DKI_WANT_RECORDS) {
        b->why = "a measure looks at records, which cells are not";
    } else if (b->wants.most == DKI_WANT_WHOLE && has_fractions(b->table)) {
        b->why = "distinct() counts whole persons, and weights have parts of persons";
    } else if (too_many) {
        b->why = "more columns are mentioned than cells can be told apart by";
    } else if (b->use.way != DKI_CUBE_KEPT && (dki_cube_need_bytes(&b->size) > left ||
                                               (b->size.n_cells >= MANY_CELLS && b->size.n_cells > n_rows / 2))) {
        b->is_predicted = true;
        status = dki_cube_predict(b->table, &b->names, &b->size, err);
        if (status == DK_OK && dki_cube_need_bytes(&b->size) > left)
            b->why = "the cells would not fit in the memory budget";
        else if (status == DK_OK && b->size.n_cells >= MANY_CELLS && b->size.n_cells > n_rows / 2)
            b->why = "there would be nearly as many cells as rows";
    }
    b->by_rows = b->why != NULL;
    return status;
}

/* Whether a step of a scenario may change a column, by what it sets or by what follows from that. */
static bool changes(const dk_scenario *scenario, const dk_table *table, const char *name)
{
    for (size_t i = 0; i < scenario->n_steps; i++)
        if (dki_step_changes(&scenario->steps[i], table, name))
            return true;
    return false;
}

/* The columns of the cells that steps run on by rows: the scenarios', and those that follow what these set. */
static dk_status find_own(const dki_basis *b, const dk_scenario *const *scenarios, size_t n_scenarios,
                          dki_text_map *own, dk_error *err)
{
    dk_status status = dki_cells_names(b->table, NULL, scenarios, n_scenarios, own, err);

    for (uint32_t i = 0; i < b->names.n && status == DK_OK; i++) {
        size_t size;
        uint32_t number;
        const char *name = dki_text_map_get(&b->names, i, &size);
        bool follows = false;

        for (size_t s = 0; s < n_scenarios && !follows; s++)
            follows = changes(scenarios[s], b->table, name);
        if (follows)
            status = dki_text_map_add(own, name, size, &number, err);
    }
    return status;
}

dk_status dki_basis_init(dki_basis *basis, const dk_breakdown *breakdown, const dk_table *table,
                         const dk_scenario *const *scenarios, size_t n_scenarios, dk_error *err)
{
    dki_path path = atomic_load(&forced);
    dki_basis b = { .breakdown = breakdown, .table = table, .wants = dki_breakdown_wants(breakdown) };
    dk_status status;

    dki_text_map_init(&b.names, dk_table_context(table));
    dki_text_map_init(&b.own, dk_table_context(table));
    status = dki_cells_names(table, breakdown, scenarios, n_scenarios, &b.names, err);
    if (status == DK_OK)
        status = decide(&b, err);
    if (status == DK_OK && path != DKI_PATH_AUTO) {
        b.by_rows = path == DKI_PATH_ROWS;
        b.why = "it was asked for";
    }
    if (status == DK_OK)
        status = find_own(&b, scenarios, n_scenarios, &b.own, err);
    if (status == DK_OK && b.by_rows)
        dki_cube_look(table, &b.own, &b.use);
    *basis = b;
    return status;
}

void dki_basis_drop(dki_basis *basis)
{
    dk_table_release(basis->cells);
    dki_text_map_drop(&basis->names);
    dki_text_map_drop(&basis->own);
    memset(basis, 0, sizeof *basis);
}

/* Asking -------------------------------------------------------------------------------------------------------- */

/* Memory does not do for cells: then by rows. */
static bool turns_to_rows(dki_basis *b, dk_status status)
{
    if (status != DK_ERR_MEMORY || b->by_rows || dk_context_budget(dk_table_context(b->table)) == 0)
        return false;
    dk_table_release(b->cells);
    b->cells = NULL;
    b->by_rows = true;
    b->why = "the cells did not fit in the memory budget";
    return true;
}

/* What memory does not do for, either way. */
static dk_status fail_memory(const dki_basis *b, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(b->table);

    if (dk_context_budget(dk_table_context(b->table)) == 0)
        return DK_ERR_MEMORY; /* as it was told */
    dki_fail(
        err, DK_ERR_MEMORY,
        "a scenario on %llu cells of %u columns takes some %.1f MiB, and on %llu rows some %.1f: the budget of "
        "%.1f MiB has room for neither",
        (unsigned long long)b->size.n_cells, (unsigned)b->names.n, (double)dki_cube_need_bytes(&b->size) / MEBIBYTE,
        (unsigned long long)n_rows, (double)n_rows * 2 * ROW_BYTES / MEBIBYTE,
        (double)dk_context_budget(dk_table_context(b->table)) / MEBIBYTE);
    dki_hint(err, "raise it (dk.budget), or ask for fewer columns or rows");
    return DK_ERR_MEMORY;
}

dk_status dki_basis_open(dki_basis *basis, dk_error *err)
{
    dk_status status;

    if (!basis->by_rows) {
        status = dki_cube_get(basis->table, &basis->names, &basis->cells, &basis->use, err);
        if (!turns_to_rows(basis, status))
            return status;
    }
    status = dki_cube_get(basis->table, &basis->own, &basis->cells, &basis->use, err);
    return status == DK_ERR_MEMORY ? fail_memory(basis, err) : status;
}

dk_status dki_basis_check(const dki_basis *b, const dk_table *after, dk_error *err)
{
    dk_context *context = dk_table_context(after);
    uint64_t n = dk_table_n_rows(after);
    int64_t *weights;
    dk_status status = DK_OK;

    if (b->wants.most != DKI_WANT_WHOLE)
        return DK_OK;
    weights = dki_alloc_array(context, (size_t)n, sizeof *weights, err);
    status = weights ? dki_cells_weights(after, weights, err) : DK_ERR_MEMORY;
    DKI_FOR_ROWS(i, n, context, status, err)
    {
        if (weights[i] % DKI_PERSON != 0)
            status = dki_wants_fail(&b->wants, context, err);
    }
    dki_free(context, weights);
    return status;
}

static dk_status ask_cells(const dki_basis *b, const dk_breakdown *whole, const dk_params *breakdown_params,
                           const dk_scenario *scenario, const dk_params *params, const dk_table **cells,
                           const dk_table **result, dk_error *err)
{
    const dk_table *after = NULL;
    bool done;
    dk_status status = dki_compiled_ask(b, whole, breakdown_params, scenario, params, &done, cells, result, err);

    if (status != DK_OK || done)
        return status;
    status = dk_scenario_apply(scenario, b->cells, params, &after, NULL, err);
    if (status == DK_OK)
        status = dki_basis_check(b, after, err);
    if (status == DK_OK)
        status = dk_breakdown_run(whole, after, breakdown_params, result, err);
    if (status == DK_OK)
        *cells = dk_table_retain(after);
    dk_table_release(after);
    return status;
}

/* The breakdown of those who are there still. */
static dk_status limit_to(const dk_breakdown *whole, const char *present, const dk_expr **where, dk_breakdown *out,
                          dk_error *err)
{
    dki_arena arena;
    const char *text;
    dk_status status;

    memcpy(out, whole, sizeof *out);
    if (present == NULL)
        return DK_OK;
    dki_arena_init(&arena, whole->context);
    text = dki_quote(&arena, present, err);
    if (text && whole->where)
        text = dki_arena_format(&arena, err, "%s and (%s)", text, dki_expr_body(whole->where));
    status = text ? dk_expr_parse(whole->context, text, where, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        out->where = *where;
    dki_arena_drop(&arena);
    return status;
}

/* How a scenario can be had by rows: rows as they are, where no record is divided, say what cells do unless some weigh nothing. */
static dk_status apply_to_rows(const dki_basis *b, const dk_scenario *scenario, const dk_params *params,
                               uint32_t draw, dki_rows_after *out, dk_error *err)
{
    dki_want most = b->wants.most;
    dki_rows_asked asked = { .table = b->table,
                             .names = &b->names,
                             .scenario = scenario,
                             .params = params,
                             .draw = draw,
                             .records = most == DKI_WANT_RECORDS || dk_table_properties(b->table)->weight == NULL ||
                                        (most == DKI_WANT_WHOLE && has_fractions(b->table)),
                             .cells = most != DKI_WANT_RECORDS,
                             .each_once = most == DKI_WANT_WHOLE };
    const dk_scenario *whole = scenario->part_of ? scenario->part_of : scenario;
    dki_text_map own;
    dk_status status;

    dki_text_map_init(&own, dk_table_context(b->table));
    asked.own = &own;
    status = find_own(b, &whole, 1, &own, err);
    if (status == DK_OK)
        status = dki_rows_apply(&asked, out, err);
    dki_text_map_drop(&own);
    return status;
}

/* What a step takes of a cell depends on finer ones: then on cells, whatever they take. */
static dk_status apply_to_cells(const dki_basis *b, const dk_scenario *scenario, const dk_params *params,
                                uint32_t draw, dki_rows_after *out, dk_error *err)
{
    const dk_table *cells = NULL;
    dk_status status = dki_cube_get(b->table, &b->names, &cells, NULL, err);

    dki_rows_drop(out);
    if (status == DK_OK)
        status = dki_scenario_draw(scenario, cells, params, draw, NULL, &out->cells, NULL, err);
    if (status == DK_OK)
        out->rows = dk_table_retain(out->cells);
    dk_table_release(cells);
    return status;
}

dk_status dki_basis_ask_rows(const dki_basis *b, const dk_breakdown *whole, const dk_params *breakdown_params,
                             const dk_scenario *scenario, const dk_params *params, uint32_t draw,
                             const dk_table **cells, const dk_table **result, dk_error *err)
{
    dki_rows_after after = { .rows = NULL };
    const dk_expr *where = NULL;
    dk_breakdown limited;
    dk_status status = apply_to_rows(b, scenario, params, draw, &after, err);

    if (status == DK_OK && after.how == DKI_ROWS_NONE && b->wants.most == DKI_WANT_RECORDS)
        status = dki_wants_fail(&b->wants, dk_table_context(b->table), err);
    else if (status == DK_OK && after.how == DKI_ROWS_NONE)
        status = apply_to_cells(b, scenario, params, draw, &after, err);
    if (status == DK_OK && after.how != DKI_ROWS_RECORDS)
        status = dki_basis_check(b, after.rows, err);
    if (status == DK_OK)
        status = limit_to(whole, after.present, &where, &limited, err);
    if (status == DK_OK)
        status = dk_breakdown_run(&limited, after.rows, breakdown_params, result, err);
    if (status == DK_OK)
        *cells = dk_table_retain(after.cells);
    dk_expr_release(where);
    dki_rows_drop(&after);
    return status == DK_ERR_MEMORY ? fail_memory(b, err) : status;
}

dk_status dki_basis_ask(dki_basis *basis, const dk_breakdown *whole, const dk_params *breakdown_params,
                        const dk_scenario *scenario, const dk_params *params, const dk_table **cells,
                        const dk_table **result, dk_error *err)
{
    if (!basis->by_rows) {
        dk_status status = ask_cells(basis, whole, breakdown_params, scenario, params, cells, result, err);

        if (!turns_to_rows(basis, status))
            return status;
        status = dki_basis_open(basis, err);
        if (status != DK_OK)
            return status;
    }
    return dki_basis_ask_rows(basis, whole, breakdown_params, scenario, params, 0, cells, result, err);
}
