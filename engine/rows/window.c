/* window.c - columns that look at other rows of ordered groups.
 *
 * Groups and order are found once (sort_order.h). Then, for each new column: calls of window functions are taken out of
 * its expression, each computed for all rows (window_*.c) and put beside the table as a hidden column; what is left of the
 * expression is evaluated on that table as any other would be. change, relative_change and share are other expressions,
 * written out as trees.
 *
 * Memory: 9 bytes for each row, and what a call and its arguments take while it is computed. Poll: once per block.
 */
#include "window_build.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "bound_notes.h"
#include "keys.h"
#include "margin_rows.h"
#include "new_column.h"

/* Columns. ---------------------------------------------------------------------------------------------------------- */

static dk_status take_window(void *arg, const dki_node *node, size_t *column, const dki_node **other, dk_error *err)
{
    dki_window_build *build = arg;
    const dki_window_hoisted *hoisted = dki_window_find_hoisted(build, node);

    (void)err;
    assert(hoisted); /* each was taken out before */
    *column = hoisted->at;
    *other = hoisted->other;
    return DK_OK;
}

static dk_status take_aggregate(void *arg, const dki_node *node, size_t *column, dk_error *err)
{
    dki_window_build *build = arg;
    const dki_window_hoisted *hoisted = dki_window_find_hoisted(build, node);

    if (hoisted == NULL) /* all(m) */
        return dki_node_fail(build->expr, node, err, DK_ERR_ARGUMENT,
                             "%s() belongs in a breakdown; sum(x) is that of the whole group here", node->text);
    *column = hoisted->at;
    return DK_OK;
}

/* The table so far with the hidden columns beside it. Their names are nobody's, and near nobody's. */
static dk_status set_beside(dki_window_build *build, dk_error *err)
{
    size_t n = dk_table_n_columns(build->made);
    dk_field *fields = dki_alloc_array(build->context, n + build->n_hoisted, sizeof *fields, err);
    char(*names)[80] = dki_alloc_array(build->context, build->n_hoisted, sizeof *names, err);
    dk_status status = fields && names ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < n; i++)
        fields[i] = *dk_table_field(build->made, i);
    for (size_t i = 0; status == DK_OK && i < build->n_hoisted; i++) {
        if (build->hoisted[i].column == NULL)
            continue;
        for (unsigned tries = 0;; tries++) {
            snprintf(names[i], sizeof names[i], "\x01 a column that a window has computed \x01 %zu.%u", i, tries);
            if (dk_table_find(build->made, names[i]) == DK_NO_COLUMN)
                break;
        }
        build->hoisted[i].at = n;
        fields[n++] = DK_FIELD(names[i], build->hoisted[i].column);
    }
    if (status == DK_OK)
        status = dk_table_new(build->context, fields, n, build->window.n_rows, &build->beside, err);
    dki_free(build->context, fields);
    dki_free(build->context, names);
    return status;
}

static dk_status eval_root(dki_window_build *build, const dk_column **out, dk_error *err)
{
    dki_scope scope = { .table = build->beside,
                        .params = build->params,
                        .aggregate = take_aggregate,
                        .window = take_window,
                        .arg = build };
    dk_status status = dki_grow(build->context, (void **)&build->bounds, &build->bounds_capacity,
                                build->n_bounds + 1, sizeof(dki_bound *), err);
    dki_bound *bound;

    if (status == DK_OK)
        status = dki_bind(&scope, build->expr, dki_expr_root(build->expr), &bound, err);
    if (status != DK_OK)
        return status;
    build->bounds[build->n_bounds++] = bound;
    return dki_bound_column_new(bound, out, err);
}

static void drop_hoisted(dki_window_build *build)
{
    for (size_t i = 0; i < build->n_hoisted; i++)
        dk_column_release(build->hoisted[i].column);
    build->n_hoisted = 0;
    dk_table_release(build->beside);
    build->beside = NULL;
    dki_arena_drop(&build->arena);
}

static dk_status add_column(dki_window_build *build, const dk_expr *expr, dk_error *err)
{
    const dk_column *column = NULL;
    const dk_table *next;
    dk_status status = dki_check_named(expr, err);

    if (status != DK_OK)
        return status;
    build->expr = expr;
    status = dki_window_hoist(build, dki_expr_root(expr), err);
    if (status == DK_OK)
        status = set_beside(build, err);
    if (status == DK_OK)
        status = eval_root(build, &column, err);
    drop_hoisted(build);
    if (status != DK_OK)
        return status;
    status = dki_add_named(build->made, expr, column, &next, err);
    dk_column_release(column);
    if (status == DK_OK) {
        dk_table_release(build->made);
        build->made = next;
    }
    return status;
}

/* Groups and their order. ------------------------------------------------------------------------------------------- */

static dk_status order_rows(dki_window_build *build, const dki_order_key *keys, const dk_window_spec *spec,
                            dk_error *err)
{
    dki_window *window = &build->window;
    size_t n = (size_t)window->n_rows;

    window->rows = dki_alloc_array(build->context, n, sizeof *window->rows, err);
    window->starts = window->rows ? dki_alloc_array(build->context, n, sizeof *window->starts, err) : NULL;
    if (window->starts == NULL)
        return DK_ERR_MEMORY;
    window->n_order = spec->n_order;
    if (spec->n_order > 0)
        window->step = keys[spec->n_within];
    return dki_order_rows(build->context, keys, spec->n_within + spec->n_order, spec->n_within, n, n, window->rows,
                          window->starts, err);
}

static dk_status add_columns(dki_window_build *build, const dk_window_spec *spec, dk_error *err)
{
    dk_status status = DK_OK;

    build->made = dk_table_retain(build->window.table);
    dki_arena_init(&build->arena, build->context);
    for (size_t i = 0; i < spec->n_columns && status == DK_OK; i++)
        status = add_column(build, spec->columns[i], err);
    for (size_t i = 0; i < build->n_bounds && status == DK_OK; i++)
        status = dki_table_add_bound_notes(&build->made, build->bounds[i], err);
    for (size_t i = 0; i < build->n_bounds; i++)
        dki_bound_release(build->bounds[i]);
    dki_free(build->context, build->bounds);
    dki_free(build->context, build->hoisted);
    return status;
}

dk_status dk_table_window(const dk_table *table, const dk_window_spec *spec, const dk_params *params,
                          const dk_table **out, dk_error *err)
{
    dki_window_build build = { .context = dk_table_context(table), .params = params };
    size_t n_keys = spec->n_within + spec->n_order, n_bound = 0;
    dki_order_key *keys;
    dk_status status;

    status = dki_refuse_margin(table, "a window", err);
    if (status != DK_OK)
        return status;
    build.window.context = build.context;
    build.window.table = table;
    build.window.n_rows = dk_table_n_rows(table);
    keys = dki_alloc_array(build.context, n_keys, sizeof *keys, err);
    if (keys == NULL)
        return DK_ERR_MEMORY;
    status = dki_keys_bind(table, spec->within, spec->n_within, false, "window: within", params, keys, err);
    if (status == DK_OK) {
        n_bound = spec->n_within;
        status =
            dki_keys_bind(table, spec->order, spec->n_order, true, "window: order", params, keys + n_bound, err);
    }
    if (status == DK_OK) {
        n_bound = n_keys;
        status = order_rows(&build, keys, spec, err);
    }
    if (status == DK_OK)
        status = add_columns(&build, spec, err);
    if (status == DK_OK && spec->n_columns > 0)
        status = dki_window_lineage(table, build.made, spec, params,
                                    build.weighed ? dk_table_properties(table)->weight : NULL, err);
    if (status == DK_OK)
        *out = build.made;
    else
        dk_table_release(build.made);
    dki_free(build.context, build.window.rows);
    dki_free(build.context, build.window.starts);
    dki_keys_release(keys, n_bound);
    dki_free(build.context, keys);
    return status;
}
