/* solve_cell.c - what one value of a parameter gives, in the cell that a target is about.
 *
 * Cost: the steps from the first one that the parameter drives, and one breakdown, all over the cells.
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "expr/eval.h"
#include "expr/poll_row.h"
#include "solve_parts.h"

void dki_outcome_drop(dki_outcome *outcome)
{
    dk_table_release(outcome->row);
    outcome->row = NULL;
}

size_t dki_question_dimension(const dki_solver *s, const char *name)
{
    for (size_t i = 0; i < s->question.n_by; i++)
        if (strcmp(s->question.by[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

dk_status dki_solve_value(const dki_solver *s, const dki_node *node, const dk_table *row, dk_value *out,
                          dk_error *err)
{
    dki_scope scope = { .table = row, .params = s->breakdown_params };
    dki_bound *bound = NULL;
    const dk_column *column = NULL;
    dk_status status = dki_bind(&scope, s->target, node, &bound, err);

    if (status == DK_OK)
        status = dki_bound_column_new(bound, &column, err);
    if (status == DK_OK)
        status = dk_column_get(column, 0, out, err);
    if (status == DK_OK && (out->type == DK_TEXT || out->type == DK_CATEGORY))
        *out =
            (dk_value){ .type = out->type, .is_null = true }; /* texts would go with the column; none is a number */
    dk_column_release(column);
    dki_bound_release(bound);
    return status;
}

/* The cell ----------------------------------------------------------------------------------------------------- */

static dk_status is_cell(const dki_solver *s, const dki_place *place, const dk_table *result, uint64_t row,
                         bool *out, dk_error *err)
{
    const dk_column *margin = dk_table_margin(result);
    int64_t wanted = (INT64_C(1) << s->question.n_by) - 1;
    dk_value mask = { .as.integer = 0 };
    dk_status status = margin ? dk_column_get(margin, row, &mask, err) : DK_OK;

    for (size_t i = 0; i < place->n_at; i++)
        wanted &= ~(INT64_C(1) << dki_question_dimension(s, place->at[i].dimension));
    *out = status == DK_OK && mask.as.integer == wanted;
    for (size_t i = 0; i < place->n_at && *out && status == DK_OK; i++) {
        size_t d = dki_question_dimension(s, place->at[i].dimension);
        dk_value value;

        status = dk_column_get(dk_table_field(result, d)->column, row, &value, err);
        *out = status == DK_OK && dki_values_equal(&value, &place->at[i].value);
    }
    return status;
}

/* A row of the result for a cell that nobody is in: what the measures are of nobody. Without dimensions, so that
 * none is made where one is looked at. */
static dk_status nobody(const dki_solver *s, const dk_table *cells, const dk_table **out, dk_error *err)
{
    const dk_table *none = NULL;
    dk_breakdown question;
    dk_status status;

    if (s->needs_cell)
        return DK_OK;
    status = dk_table_slice(cells, 0, 0, &none, err);
    memcpy(&question, &s->question, sizeof question);
    question.n_by = 0;
    question.all_levels = false;
    question.margins = DK_MARGINS_NONE;
    question.n_sets = 0;
    if (status == DK_OK)
        status = dk_breakdown_run(&question, none, s->breakdown_params, out, err);
    dk_table_release(none);
    return status;
}

/* Runs the question, and takes the cell's row. */
static dk_status find_row(dki_solver *s, const dki_place *place, const dk_table *cells, const dk_table **out,
                          dk_error *err)
{
    const dk_table *result = NULL;
    bool found = false;
    uint64_t at = 0;
    dk_status status = dk_breakdown_run(&s->question, cells, s->breakdown_params, &result, err);
    uint64_t n_rows = status == DK_OK ? dk_table_n_rows(result) : 0;

    DKI_FOR_ROWS(row, n_rows, s->context, status, err)
    {
        status = is_cell(s, place, result, row, &found, err);
        at = row;
        if (found)
            break;
    }
    if (status == DK_OK && found)
        status = dk_table_slice(result, at, 1, out, err);
    else if (status == DK_OK)
        status = nobody(s, cells, out, err);
    if (status == DK_OK && !found && s->no_cell.code == DK_OK)
        (void)dki_fail_cell(place->at, place->n_at,
                            place->n_at == 1
                                ? dk_table_field(result, dki_question_dimension(s, place->at[0].dimension))->column
                                : NULL,
                            &s->no_cell);
    s->any_cell = s->any_cell || found;
    dk_table_release(result);
    return status;
}

/* One value ---------------------------------------------------------------------------------------------------- */

static void add_tallies(dki_solver *s, const dki_tally *tallies, dki_outcome *out)
{
    out->n_strata = tallies[s->first].n_strata;
    for (size_t i = s->first; i < s->scenario->n_steps; i++) {
        s->matched[i] = s->matched[i] || tallies[i].n_strata > 0;
        if (s->driven[i]) {
            out->taken += tallies[i].taken;
            out->available += tallies[i].available;
        }
    }
}

static dk_status judge(const dki_solver *s, dki_outcome *o, dk_error *err)
{
    const dk_table *holds = NULL;
    dk_value answer = { .is_null = false };
    dk_status status = dk_table_where(o->row, s->target, s->breakdown_params, &holds, err);

    if (status == DK_OK) {
        o->reached = dk_table_n_rows(holds) == 1;
        if (s->side)
            status = dki_solve_value(s, s->side, o->row, &o->side, err);
        if (status == DK_OK && !o->reached && !o->side.is_null && o->side.type == DK_INTERVAL)
            status = dki_solve_value(s, dki_expr_root(s->target), o->row, &answer, err);
        o->may_reach = answer.is_null;
    }
    dk_table_release(holds);
    return status;
}

dk_status dki_solve_available(dki_solver *s, const dki_place *place, dk_value given, int64_t *out, dk_error *err)
{
    dk_params params = { s->values, s->scenario->n_params };
    dki_tally *tallies = dki_calloc(s->context, s->scenario->n_steps, sizeof *tallies, err);
    dki_run run = { .scenario = s->scenario,
                    .from = s->first,
                    .to = s->first + 1,
                    .params = &params,
                    .only = place->only,
                    .keyed = s->table,
                    .allow_none = s->driven,
                    .tallies = tallies };
    const dk_table *after = NULL;
    dk_status status = tallies ? DK_OK : DK_ERR_MEMORY;

    s->values[s->param].value = given;
    if (status == DK_OK)
        status = dki_run_steps(&run, s->before, &after, err);
    if (status == DK_OK)
        *out = tallies[s->first].available;
    dk_table_release(after);
    dki_free(s->context, tallies);
    return status;
}

/* The steps from the first that is varied on, taking from the place alone. */
static dki_run run_at(const dki_solver *s, const dki_place *place, const dk_params *params)
{
    return (dki_run){ .scenario = s->scenario,
                      .from = s->first,
                      .to = s->scenario->n_steps,
                      .params = params,
                      .only = place->only,
                      .keyed = s->table,
                      .allow_none = s->driven };
}

dk_status dki_solve_try(dki_solver *s, const dki_place *place, dk_value given, dki_outcome *out, dk_error *err)
{
    dk_params params = { s->values, s->scenario->n_params };
    dki_tally *tallies = dki_calloc(s->context, s->scenario->n_steps, sizeof *tallies, err);
    dki_run run = run_at(s, place, &params);
    dki_outcome o = { .given = given, .side = { .is_null = true } };
    const dk_table *after = NULL;
    dk_error trouble = DK_ERROR_INIT;
    bool done = false;
    dk_status status = tallies ? DK_OK : DK_ERR_MEMORY;

    run.tallies = tallies;
    s->values[s->param].value = given;
    if (status == DK_OK)
        status = dki_solve_compile(s, place, err);
    if (status == DK_OK && s->any_ran)
        status = dki_solve_weigh(s, tallies, &done, &after, err);
    if (status == DK_OK && !done) {
        memset(tallies, 0, s->scenario->n_steps * sizeof *tallies);
        status = dki_run_steps(&run, s->before, &after, &trouble);
        if (status == DK_ERR_UNREACHABLE || status == DK_ERR_RANGE || status == DK_ERR_OVERFLOW) {
            s->trouble = trouble;
            status = DK_OK; /* after stays NULL */
        } else if (status != DK_OK && err) {
            *err = trouble;
        }
    }
    if (status == DK_OK && after) {
        o.ran = true;
        add_tallies(s, tallies, &o);
        status = find_row(s, place, after, &o.row, err);
        s->any_ran = s->any_ran || status == DK_OK;
    }
    if (status == DK_OK && o.row)
        status = judge(s, &o, err);
    if (status == DK_OK)
        *out = o;
    else
        dki_outcome_drop(&o);
    dk_table_release(after);
    dki_free(s->context, tallies);
    return status;
}

dk_status dki_solve_tell(dki_solver *s, const dki_place *place, const dki_outcome *answer, dk_error *err)
{
    dk_params params = { s->values, s->scenario->n_params };
    dki_text_map notes, common;
    dki_run run = run_at(s, place, &params);
    const dk_table *after = NULL;
    dk_status status;

    if (!answer->ran || (s->is_told && s->told.n == 0))
        return DK_OK;
    dki_text_map_init(&notes, s->context);
    dki_text_map_init(&common, s->context);
    run.notes = &notes;
    s->values[s->param].value = answer->given;
    status = s->may_tell ? dki_run_steps(&run, s->before, &after, err) : DK_OK;
    if (status == DK_OK)
        status = dki_told_common(&notes, s->is_told ? &s->told : &notes, &common, err);
    if (status == DK_OK) {
        dki_text_map_drop(&s->told);
        s->told = common;
        s->is_told = true;
    } else {
        dki_text_map_drop(&common);
    }
    dki_text_map_drop(&notes);
    dk_table_release(after);
    return status;
}
