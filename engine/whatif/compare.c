/* compare.c - a breakdown as things are, and as they would be: under scenarios, or in another table.
 *
 * The rows are passed over twice, for the base and for the cells, and both are kept; each scenario costs a pass over the
 * cells, or over the rows where it has to (basis.h).
 */
#include "again.h"
#include "basis.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/types.h"
#include "data/column_parts.h"
#include "data/hierarchy_levels.h"
#include "untouched.h"

/* A note on a table, which is replaced. */
static dk_status add_note(const char *text, const char *prefix, const dk_table **table, dk_error *err)
{
    dki_arena arena;
    const dk_table *noted = NULL;
    const char *note;
    dk_status status;

    dki_arena_init(&arena, dk_table_context(*table));
    note = dki_arena_format(&arena, err, "%s%s%s", prefix ? prefix : "", prefix ? ": " : "", text);
    status = note ? dk_table_with_note(*table, note, &noted, err) : DK_ERR_MEMORY;
    if (status == DK_OK) {
        dk_table_release(*table);
        *table = noted;
    }
    dki_arena_drop(&arena);
    return status;
}

dk_status dki_carry_notes(const dk_table *from, const char *prefix, const dk_table **table, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < dk_table_n_notes(from) && status == DK_OK; i++)
        status = add_note(dk_table_note(from, i), prefix, table, err);
    return status;
}

/* What is not known of groups that a scenario makes. */
static dk_status tell_lacking(const dk_breakdown *breakdown, const dk_table *base, const dk_table *result,
                              const char *prefix, const dk_table **table, dk_error *err)
{
    dki_buffer note;
    dk_status status;

    dki_buffer_init(&note, dk_table_context(base));
    status = dki_note_lacking(breakdown, base, result, &note, err);
    if (status == DK_OK && note.size > 0)
        status = add_note(note.bytes, prefix, table, err);
    dki_buffer_drop(&note);
    return status;
}

/* Levels ----------------------------------------------------------------------------------------------------------- */

/* A dimension's column without hierarchies of which some step sets a later level: a municipality is then not in the region that its
 * hierarchy has. */
static dk_status leave_one(const dk_table *table, const dk_scenario *scenario, const dk_column **column,
                           dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < scenario->n_steps; i++)
        for (size_t move = 0; move < dki_moves_n(&scenario->steps[i]); move++) {
            size_t n_set;
            const dk_expr *const *set = dki_move_set(&scenario->steps[i], move, &n_set);

            for (size_t k = 0; k < n_set && status == DK_OK; k++) {
                size_t at = dk_table_find(table, dk_expr_name(set[k]));
                const dk_column *next = NULL;

                if (at == DK_NO_COLUMN)
                    continue;
                status = dki_levels_leave(*column, dk_column_levels(dk_table_field(table, at)->column), &next, err);
                if (status == DK_OK) {
                    dk_column_release(*column);
                    *column = next;
                }
            }
        }
    return status;
}

/* Whether a category got values that no hierarchy of it has: names that a step made. */
static bool has_new_names(const dk_dictionary *before, const dk_dictionary *levels)
{
    bool found = false;

    for (uint32_t code = 1; levels != before && code <= dk_dictionary_n_levels(levels) && !found; code++) {
        dk_text name = dk_dictionary_level(levels, code);

        for (size_t i = 0; dk_dictionary_find(before, name) == 0 && i < dk_dictionary_n_hierarchies(levels); i++) {
            size_t level;
            const dk_hierarchy *hierarchy = dk_dictionary_hierarchy_at(levels, i, &level);

            found |= dk_dictionary_find(dk_hierarchy_members(hierarchy, level), name) == 0;
        }
    }
    return found;
}

/* The column without any hierarchy. */
static dk_status leave_all(const dk_column **column, dk_error *err)
{
    const dk_dictionary *levels = NULL;
    const dk_column *made = NULL;
    dk_status status = dki_levels_shared(dk_column_levels(*column), NULL, 0, &levels, err);

    if (status == DK_OK)
        status = dki_column_with_levels(*column, levels, &made, err);
    if (status == DK_OK) {
        dk_column_release(*column);
        *column = made;
    }
    dk_dictionary_release(levels);
    return status;
}

/* So that what is by municipality is not rolled up to other regions than its rows are in: who gets a new name stays where they
 * were. */
static dk_status leave_levels(const dk_table *table, const dk_scenario *const *scenarios, size_t n,
                              const bool *is_renamed, size_t n_by, const dk_table **result, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < n_by && status == DK_OK; i++) {
        dk_field field = *dk_table_field(*result, i);
        const dk_table *changed = NULL;

        field.column = dk_column_retain(field.column);
        for (size_t s = 0; s < n && status == DK_OK; s++)
            status = leave_one(table, scenarios[s], &field.column, err);
        if (status == DK_OK && is_renamed[i])
            status = leave_all(&field.column, err);
        if (status == DK_OK && field.column != dk_table_field(*result, i)->column) {
            status = dk_table_with(*result, &field, 1, &changed, err);
            if (status == DK_OK)
                status = dki_carry_notes(*result, NULL, &changed, err);
        }
        dk_column_release(field.column);
        if (status == DK_OK && changed) {
            dk_table_release(*result);
            *result = changed;
        } else {
            dk_table_release(changed);
        }
    }
    return status;
}

/* All results by dimensions that can be rolled up. */
static dk_status leave_all_levels(const dk_table *table, const dk_scenario *const *scenarios, size_t n, size_t n_by,
                                  const dk_table **results, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    bool *is_renamed = dki_calloc(context, n_by + 1, sizeof *is_renamed, err);
    dk_status status = is_renamed ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n_by && status == DK_OK; i++) {
        const dk_dictionary *before = dk_column_levels(dk_table_field(results[0], i)->column);

        for (size_t s = 1; s <= n && before; s++) {
            const dk_dictionary *levels = dk_column_levels(dk_table_field(results[s], i)->column);

            is_renamed[i] |= levels && has_new_names(before, levels);
        }
    }
    for (size_t s = 0; s <= n && status == DK_OK; s++)
        status = leave_levels(table, scenarios, n, is_renamed, n_by, &results[s], err);
    dki_free(context, is_renamed);
    return status;
}

/* Under scenarios -------------------------------------------------------------------------------------------------- */

struct passes {
    const dk_table **results; /* the base, then each scenario's */
    const dk_table **cells;   /* after each scenario */
    const char **names;
    size_t n;
};

static void drop_passes(dk_context *context, struct passes *c)
{
    for (size_t i = 0; c->results && i < c->n; i++)
        dk_table_release(c->results[i]);
    for (size_t i = 0; c->cells && i < c->n; i++)
        dk_table_release(c->cells[i]);
    dki_free(context, c->results);
    dki_free(context, c->cells);
    dki_free(context, c->names);
}

/* What the scenarios run on. What can be known of them before a pass over the rows is told now. */
static dk_status prepare(dki_basis *basis, const dk_scenario *const *scenarios, const dk_params *params, size_t n,
                         dk_error *err)
{
    dk_status status = dki_basis_init(basis, basis->breakdown, basis->table, scenarios, n, err);

    for (size_t i = 0; i < n && status == DK_OK && basis->use.way != DKI_CUBE_KEPT; i++)
        status = dki_scenario_check_on(scenarios[i], basis->table, params ? &params[i] : NULL, err);
    return status;
}

static bool lacks_columns(const dk_breakdown *breakdown, const dk_table *table)
{
    dki_text_map names;
    dk_status status;

    dki_text_map_init(&names, dk_table_context(table));
    status = dki_cells_names(table, breakdown, NULL, 0, &names, NULL);
    dki_text_map_drop(&names);
    return status == DK_ERR_NAME;
}

/* Runs each scenario, on cells of all that they and the breakdown mention. */
static dk_status run_all(dki_basis *basis, const dk_breakdown *whole, const dk_params *breakdown_params,
                         const dk_scenario *const *scenarios, const dk_params *params, struct passes *c,
                         dk_error *err)
{
    size_t n = c->n - 1;
    dk_status status = dki_basis_open(basis, err);

    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = dki_basis_ask(basis, whole, breakdown_params, scenarios[i], params ? &params[i] : NULL,
                               &c->cells[i + 1], &c->results[i + 1], err);
    if (status == DK_OK && n == 1)
        status = dki_again_keep(basis, scenarios[0], params, err);
    return status;
}

dk_status dk_scenario_compare_as(const dk_breakdown *breakdown, const dk_table *table,
                                 const dk_params *breakdown_params, const dk_scenario *const *scenarios,
                                 const dk_params *params, size_t n_scenarios, const dk_comparison_form *form,
                                 dk_comparison_basis *basis_out, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dk_breakdown variant;
    struct passes c = { .n = n_scenarios + 1 };
    const dk_table *made = NULL;
    dki_basis basis = { .breakdown = breakdown, .table = table };
    bool is_done = false;
    const dk_table *cells = NULL; /* that all of them ran on */
    dki_untouched untouched = { .context = NULL };
    dk_status status = dki_check_breakdown_params(breakdown, NULL, scenarios, n_scenarios, breakdown_params, err);

    if (status != DK_OK)
        return status;
    dki_breakdown_whole(breakdown, &variant);
    c.results = dki_calloc(context, c.n, sizeof *c.results, err);
    c.cells = dki_calloc(context, c.n, sizeof *c.cells, err);
    c.names = dki_calloc(context, c.n, sizeof *c.names, err);
    status = c.results && c.cells && c.names ? DK_OK : DK_ERR_MEMORY;
    for (size_t i = 1; i < c.n && status == DK_OK; i++)
        c.names[i] = scenarios[i - 1]->name;
    if (status == DK_OK && n_scenarios == 1)
        status = dki_again_ask(breakdown, table, scenarios[0], params, &is_done, &cells, &c.cells[1], &c.results[1],
                               err);
    if (status == DK_OK && !is_done)
        status = prepare(&basis, scenarios, params, n_scenarios, err);
    if (status == DK_OK || lacks_columns(breakdown, table)) { /* what it lacks a breakdown tells by itself */
        dk_status base = dki_base_get(breakdown, &variant, table, breakdown_params, NULL, &c.results[0], err);

        status = base == DK_OK ? status : base;
    }
    if (status == DK_OK && !is_done) {
        status = run_all(&basis, &variant, breakdown_params, scenarios, params, &c, err);
        if (status == DK_OK)
            cells = dk_table_retain(basis.cells);
    }
    if (status == DK_OK)
        status = leave_all_levels(table, scenarios, n_scenarios, breakdown->n_by, c.results, err);
    if (status == DK_OK)
        status = dki_untouched_init(&untouched, breakdown, c.results[0], c.n, err);
    for (size_t i = 1; i < c.n && status == DK_OK; i++)
        status = dki_untouched_find(&untouched, &variant, table, breakdown_params, scenarios[i - 1],
                                    params ? &params[i - 1] : NULL, c.results[0], i, err);
    if (status == DK_OK)
        status = dki_compare_results(breakdown, c.results, c.names, c.n, form, &untouched, &made, err);
    dki_untouched_drop(&untouched);
    if (status == DK_OK)
        status = dki_carry_notes(c.results[0], NULL, &made, err);
    for (size_t i = 1; i < c.n && status == DK_OK; i++)
        status = dki_carry_notes(c.cells[i], n_scenarios > 1 ? c.names[i] : NULL, &made, err);
    for (size_t i = 1; i < c.n && status == DK_OK; i++)
        status =
            tell_lacking(breakdown, c.results[0], c.results[i], n_scenarios > 1 ? c.names[i] : NULL, &made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    if (status == DK_OK && basis_out)
        *basis_out = (dk_comparison_basis){ dk_table_retain(cells), basis.by_rows };
    dk_table_release(cells);
    dki_basis_drop(&basis);
    drop_passes(context, &c);
    return status;
}

dk_status dk_scenario_compare(const dk_breakdown *breakdown, const dk_table *table,
                              const dk_params *breakdown_params, const dk_scenario *const *scenarios,
                              const dk_params *params, size_t n_scenarios, const dk_table **out, dk_error *err)
{
    return dk_scenario_compare_as(breakdown, table, breakdown_params, scenarios, params, n_scenarios, NULL, NULL,
                                  out, err);
}

/* Two tables --------------------------------------------------------------------------------------------------- */

static bool is_text(dk_type type)
{
    return type == DK_TEXT || type == DK_CATEGORY;
}

/* Numbers in bounds, or such as these are compared with. */
static bool is_exact(dk_type type)
{
    return type == DK_INTERVAL || (dk_type_is_number(type) && type != DK_REAL);
}

/* Column i of both results can stand side by side. */
static dk_status check_types(const dk_table *base, const dk_table *other, size_t i, bool is_dimension,
                             dk_error *err)
{
    const dk_column *x = dk_table_field(base, i)->column, *y = dk_table_field(other, i)->column;
    dk_type a = dk_column_type(x), b = dk_column_type(y);

    if (dki_type_same(a, dk_column_scale(x), b, dk_column_scale(y)) || (is_text(a) && is_text(b)) ||
        (!is_dimension && ((dk_type_is_number(a) && dk_type_is_number(b)) || (is_exact(a) && is_exact(b)))))
        return DK_OK;
    return dki_fail(err, DK_ERR_TYPE, "the %s %s is %s in one table and %s in the other",
                    is_dimension ? "dimension" : "measure", dk_table_field(base, i)->name,
                    dki_type_shown(a, dk_column_scale(x)), dki_type_shown(b, dk_column_scale(y)));
}

dk_status dk_table_compare_as(const dk_breakdown *breakdown, const dk_table *base, const dk_table *other,
                              const char *name, const dk_params *params, const dk_comparison_form *form,
                              const dk_table **out, dk_error *err)
{
    const dk_table *results[2] = { NULL, NULL }, *made = NULL;
    const char *names[2] = { "base", name };
    dki_untouched untouched = { .context = NULL };
    dki_buffer note;
    dk_breakdown variant;
    dk_status status = dki_check_breakdown_params(breakdown, NULL, NULL, 0, params, err);

    if (status == DK_OK && (name == NULL || name[0] == '\0'))
        status = dki_fail(err, DK_ERR_ARGUMENT, "the other table has a name, which its columns get");
    dki_buffer_init(&note, dk_table_context(base));
    dki_breakdown_whole(breakdown, &variant);
    if (status == DK_OK)
        status = dki_base_get(breakdown, &variant, base, params, NULL, &results[0], err);
    if (status == DK_OK)
        status = dki_base_get(breakdown, &variant, other, params, NULL, &results[1], err);
    for (size_t i = 0; i < breakdown->n_by + breakdown->n_measures && status == DK_OK; i++)
        status = check_types(results[0], results[1], i, i < breakdown->n_by, err);
    if (status == DK_OK)
        status = dki_share_divisions(results, names, breakdown->n_by, &note, err);
    if (status == DK_OK)
        status = dki_untouched_init(&untouched, breakdown, results[0], 2, err);
    if (status == DK_OK)
        status = dki_untouched_tables(&untouched, &variant, base, other, results[0], 1, err);
    if (status == DK_OK)
        status = dki_compare_results(breakdown, results, names, 2, form, &untouched, &made, err);
    dki_untouched_drop(&untouched);
    for (size_t i = 0; i < 2 && status == DK_OK; i++)
        status = dki_carry_notes(results[i], names[i], &made, err);
    if (status == DK_OK && note.size > 0)
        status = add_note(note.bytes, NULL, &made, err);
    dki_buffer_drop(&note);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    dk_table_release(results[0]);
    dk_table_release(results[1]);
    return status;
}

dk_status dk_table_compare(const dk_breakdown *breakdown, const dk_table *base, const dk_table *other,
                           const char *name, const dk_params *params, const dk_table **out, dk_error *err)
{
    return dk_table_compare_as(breakdown, base, other, name, params, NULL, out, err);
}
