/* solve.c - how many more it takes: the least value of a parameter that reaches a target.
 *
 * What comes before the first step that mentions the parameter happens once. Then values are tried on those cells
 * (solve_search.c); each costs a pass over the cells, never over the rows. The breakdown is asked with the
 * dimensions that the target's cell needs, and no others.
 */
#include <string.h>

#include "answered.h"
#include "base/memory.h"
#include "base/status.h"
#include "expr/eval.h"
#include "solve_parts.h"

/* The target --------------------------------------------------------------------------------------------------- */

static bool find_name(void *arg, const dki_node *node)
{
    (void)arg;
    return node->kind != DKI_NODE_NAME && node->kind != DKI_NODE_AGGREGATE;
}

/* Whether it is the same for every row. */
static bool is_constant(const dki_node *node)
{
    return dki_node_visit(node, find_name, NULL);
}

/* 1 for > and >=, -1 for < and <=, 0 for others. */
static int direction_of(const dki_node *node)
{
    if (node->kind != DKI_NODE_CALL || node->n_children != 2)
        return 0;
    if (strcmp(node->text, ">") == 0 || strcmp(node->text, ">=") == 0)
        return 1;
    return strcmp(node->text, "<") == 0 || strcmp(node->text, "<=") == 0 ? -1 : 0;
}

/* Takes a comparison with a number apart. */
static dk_status read_target(dki_solver *s, dk_error *err)
{
    const dki_node *root = dki_expr_root(s->target), *constant;
    const dk_table *nothing = NULL;
    dki_scope scope = { .params = s->breakdown_params };
    dki_bound *bound = NULL;
    const dk_value *value;
    int direction = direction_of(root);
    size_t side;
    dk_status status;

    if (direction == 0 || is_constant(root->children[0]) == is_constant(root->children[1]))
        return DK_OK;
    side = is_constant(root->children[0]) ? 1 : 0;
    constant = root->children[1 - side];
    status = dk_table_new(s->context, NULL, 0, 0, &nothing, err);
    scope.table = nothing;
    if (status == DK_OK)
        status = dki_bind(&scope, s->target, constant, &bound, err);
    value = status == DK_OK ? dki_bound_constant(bound) : NULL;
    if (value && !value->is_null && dk_type_is_number(value->type)) {
        s->side = root->children[side];
        s->direction = side == 0 ? direction : -direction;
        s->bound = *value;
    }
    dki_bound_release(bound);
    dk_table_release(nothing);
    return status;
}

/* The question ------------------------------------------------------------------------------------------------- */

static bool find_all(void *arg, const dki_node *node)
{
    (void)arg;
    return node->kind != DKI_NODE_CALL || strcmp(node->text, "all") != 0;
}

/* The names of dimensions that the target's cell and the measures need. A name inside an aggregate is a column:
 * then the dimension of that name is kept for nothing, which does no harm. */
static dk_status needed_names(dki_solver *s, dki_text_map *names, dk_error *err)
{
    const dk_breakdown *breakdown = s->breakdown;
    dk_status status = dki_expr_names(s->target, DKI_NODE_NAME, names, err);
    uint32_t number;

    for (size_t i = 0; i < breakdown->n_measures && status == DK_OK; i++) {
        s->needs_cell =
            s->needs_cell || !dki_node_visit(dki_expr_root(breakdown->measures[i].expr), find_all, NULL);
        status = dki_expr_names(breakdown->measures[i].expr, DKI_NODE_NAME, names, err);
    }
    for (size_t i = 0; i < names->n && status == DK_OK; i++) {
        size_t size;
        const char *name = dki_text_map_get(names, (uint32_t)i, &size);

        if (dki_breakdown_find_dimension(breakdown, name) != SIZE_MAX)
            s->needs_cell = true;
    }
    for (size_t i = 0; i < s->spec->n_at && status == DK_OK; i++) {
        const char *name = s->spec->at[i].dimension;

        status = dki_text_map_add(names, name, strlen(name), &number, err);
    }
    if (status == DK_OK && s->spec->each)
        status = dki_text_map_add(names, s->spec->each, strlen(s->spec->each), &number, err);
    return status;
}

/* A dimension has levels of its own. */
static dk_status has_levels(const dki_solver *s, const dki_part *dimension, bool *out, dk_error *err)
{
    const dk_column *column = NULL;
    dki_spread_kind kind;
    dk_status status;

    (void)dki_part_node(dimension, &kind);
    *out = kind != DKI_SPREAD_NOT; /* the members */
    if (*out)
        return DK_OK;
    status = dk_table_eval(s->before, dimension->expr, s->breakdown_params, &column, err);
    if (status == DK_OK)
        *out = dk_column_type(column) == DK_CATEGORY || dk_column_type(column) == DK_BOOLEAN;
    dk_column_release(column);
    return status;
}

static dk_status make_question(dki_solver *s, dk_error *err)
{
    dki_text_map names;
    dk_status status;

    memcpy(&s->question, s->breakdown, sizeof s->question);
    s->question.by = s->by;
    s->question.n_by = 0;
    s->question.margins = DK_MARGINS_CUBE;
    s->question.n_sets = 0;
    s->question.n_order = 0;
    s->question.limit = 0;
    s->question.rest = NULL;
    s->question.all_levels = false;
    dki_text_map_init(&names, s->context);
    status = needed_names(s, &names, err);
    for (size_t d = 0; d < s->breakdown->n_by && status == DK_OK; d++) {
        const dki_part *part = &s->breakdown->by[d];

        if (s->breakdown->n_within == 0 && /* a level of all() is told by some dimension */
            dki_text_map_find(&names, part->name, strlen(part->name)) == UINT32_MAX)
            continue;
        s->by[s->question.n_by++] = *part;
    }
    dki_text_map_drop(&names);
    return status;
}

/* Every level is shown where the breakdown shows them, and a dimension that is kept has them. */
static dk_status find_levels(dki_solver *s, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t d = 0; d < s->question.n_by && s->breakdown->all_levels && !s->question.all_levels; d++) {
        status = has_levels(s, &s->by[d], &s->question.all_levels, err);
        if (status != DK_OK)
            break;
    }
    return status;
}

/* Checks ------------------------------------------------------------------------------------------------------- */

/* The answer has columns of its own. */
static dk_status check_names(const dki_solver *s, dk_error *err)
{
    const char *const own[] = { "reachable", "persons", "available", "answer" };
    const char *const given[] = { s->spec->vary, s->spec->each ? s->spec->each : "" };

    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (dki_breakdown_find_measure(s->breakdown, own[i]) != SIZE_MAX)
            return dki_fail(err, DK_ERR_ARGUMENT,
                            "an answer has a column %s of its own: give the measure another name", own[i]);
        for (size_t k = 0; k < 2; k++)
            if (strcmp(own[i], given[k]) == 0)
                return dki_fail(err, DK_ERR_ARGUMENT,
                                "an answer has a column %s of its own: give the %s another name", own[i],
                                k ? "dimension" : "parameter");
    }
    if (dki_breakdown_find_measure(s->breakdown, s->spec->vary) != SIZE_MAX ||
        (s->spec->each && strcmp(s->spec->each, s->spec->vary) == 0))
        return dki_fail(err, DK_ERR_ARGUMENT, "%s is a parameter and a column of the result: rename one",
                        s->spec->vary);
    return DK_OK;
}

/* One group after the other makes sense as long as nobody changes group once persons were taken. */
static dk_status check_each(const dki_solver *s, dk_error *err)
{
    const dki_part *part = &s->breakdown->by[dki_breakdown_find_dimension(s->breakdown, s->spec->each)];
    dki_text_map columns;
    dk_status status;

    dki_text_map_init(&columns, s->context);
    status = dki_expr_names(part->expr, DKI_NODE_NAME, &columns, err);
    for (size_t i = s->first; i < s->scenario->n_steps; i++)
        for (size_t k = 0; k < columns.n && status == DK_OK; k++) {
            const dki_step *step = &s->scenario->steps[i];
            size_t size;
            const char *name = dki_text_map_get(&columns, (uint32_t)k, &size);

            if (!dki_step_changes(step, s->table, name))
                continue;
            status = dki_fail(err, DK_ERR_ARGUMENT, "each %s has no answer of its own where %s changes",
                              s->spec->each, name);
            dki_hint(err, "put that step before the one that $%s is in", s->spec->vary);
            status = dki_step_fail(step, status, err);
        }
    dki_text_map_drop(&columns);
    return status;
}

static dk_status check_spec(dki_solver *s, dk_error *err)
{
    const dk_solve_spec *spec = s->spec;
    size_t d;
    dk_status status = DK_OK;

    if (spec->vary == NULL || spec->target == NULL)
        return dki_fail(err, DK_ERR_ARGUMENT, "solve wants to know what to vary and which target to reach");
    if (spec->each && spec->n_at > 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "solve names one cell (at) or goes over groups (each), not both");
    for (size_t i = 0; i < spec->n_at && status == DK_OK; i++)
        status = dki_get_dimension(s->breakdown, spec->at[i].dimension, &d, err);
    if (status == DK_OK && spec->each)
        status = dki_get_dimension(s->breakdown, spec->each, &d, err);
    if (status == DK_OK)
        status = check_names(s, err);
    if (status == DK_OK)
        status = dki_scenario_get_param(s->scenario, spec->vary, &s->param, err);
    if (status == DK_OK)
        status = dki_solve_vary(s, err);
    if (status == DK_OK && spec->each)
        status = check_each(s, err);
    if (status == DK_OK)
        status = dk_expr_parse(s->context, spec->target, &s->target, err);
    if (status == DK_OK && dk_expr_name(s->target)) {
        dki_fail(err, DK_ERR_ARGUMENT, "the target is a condition, and %s gives a name", spec->target);
        dki_hint(err, "== compares");
        status = DK_ERR_ARGUMENT;
    }
    if (status == DK_OK)
        status = dki_check_breakdown_params(s->breakdown, s->target, &s->scenario, 1, s->breakdown_params, err);
    return status == DK_OK ? read_target(s, err) : status;
}

/* Asking ------------------------------------------------------------------------------------------------------- */

/* The cells as they are before the first step that the parameter is in. */
static dk_status run_before(dki_solver *s, const dk_table *cells, dk_error *err)
{
    dk_params params = { s->values, s->scenario->n_params };
    dki_run run = {
        .scenario = s->scenario, .to = s->first, .params = &params, .keyed = s->table, .notes = &s->notes
    };

    return dki_run_steps(&run, cells, &s->before, err);
}

static dk_status answer_place(dki_solver *s, const dki_place *place, const dk_value *group, dki_answers *a,
                              dk_error *err)
{
    dki_finding finding;
    dk_status status = dki_solve_search(s, place, &finding, err);

    if (status != DK_OK)
        return status;
    s->any_reached = s->any_reached || finding.reachable;
    if (s->any_ran) /* else what is wrong is told in the end */
        status = dki_answers_add(a, s, group, &finding, err);
    if (status == DK_OK)
        status = dki_solve_tell(s, place, &finding.outcome, err);
    dki_outcome_drop(&finding.outcome);
    return status;
}

/* The groups of the dimension, in their order: one column. */
static dk_status list_groups(const dki_solver *s, size_t d, const dk_table **out, dk_error *err)
{
    dk_breakdown groups;

    memcpy(&groups, &s->question, sizeof groups);
    groups.by = (dki_part *)(uintptr_t)&s->question.by[d];
    groups.n_by = 1;
    groups.n_measures = 0;
    groups.margins = DK_MARGINS_NONE;
    groups.n_sets = 0;
    if (groups.all_levels) {
        dk_status status = has_levels(s, &groups.by[0], &groups.all_levels, err);

        if (status != DK_OK)
            return status;
    }
    return dk_breakdown_run(&groups, s->before, s->breakdown_params, out, err);
}

/* For one group: the steps take from nobody else. */
static dk_status answer_group(dki_solver *s, size_t d, bool overlaps, const dk_value *group, dki_answers *a,
                              dk_error *err)
{
    static const dk_value yes = { .type = DK_BOOLEAN, .as.boolean = true };
    dk_cell_at at = { .dimension = s->spec->each, .value = *group };
    dki_only only = { s->question.by[d].expr, s->breakdown_params, &at.value, s->driven };
    dki_place place = { &at, 1, &only };
    const dk_expr *condition = NULL;
    dk_params params;
    dki_arena arena;
    dk_status status = DK_OK;

    dki_arena_init(&arena, s->context);
    if (overlaps) {
        status = dki_solve_member(s, d, group, &arena, &condition, &params, err);
        only = (dki_only){ condition, &params, &yes, s->driven };
    }
    if (status == DK_OK)
        status = answer_place(s, &place, &at.value, a, err);
    dk_expr_release(condition);
    dki_arena_drop(&arena);
    return status;
}

static dk_status answer_each(dki_solver *s, dki_answers *a, dk_error *err)
{
    size_t d = dki_question_dimension(s, s->spec->each);
    const dk_table *groups = NULL;
    const dk_column *keys = NULL;
    dki_spread_kind kind;
    dk_status status = list_groups(s, d, &groups, err);

    (void)dki_part_node(&s->question.by[d], &kind);
    if (status == DK_OK) {
        keys = dk_table_field(groups, 0)->column;
        status = dki_answers_init(a, s, keys, err);
    }
    for (uint64_t i = 0; status == DK_OK && i < dk_table_n_rows(groups); i++) {
        dk_value group;

        status = dk_column_get(keys, i, &group, err);
        if (status == DK_OK)
            status = answer_group(s, d, kind != DKI_SPREAD_NOT, &group, a, err);
    }
    if (status == DK_OK && kind != DKI_SPREAD_NOT)
        status = dki_solve_members_note(s, d, err);
    dk_table_release(groups);
    return status;
}

/* What was wrong whatever was tried. */
static dk_status check_trouble(const dki_solver *s, dk_error *err)
{
    if (!s->any_ran && s->trouble.code != DK_OK) {
        if (err)
            *err = s->trouble;
        return s->trouble.code;
    }
    for (size_t i = s->first; i < s->scenario->n_steps && s->any_ran; i++) {
        const dki_step *step = &s->scenario->steps[i];
        bool by_value = s->vary != DKI_VARY_SHARE && s->vary != DKI_VARY_COUNT;

        /* A value that was not tried, as the target was reached before, might match somebody. */
        if (!s->driven[i] || s->matched[i] || step->allow_none || (by_value && s->any_reached))
            continue;
        dki_fail(err, DK_ERR_UNREACHABLE, step->where ? "nobody matches %s" : "there is nobody%s",
                 step->where ? dk_expr_text(step->where) : "");
        dki_hint(err, "say allow_none = true where that may be so");
        return dki_step_fail(step, DK_ERR_UNREACHABLE, err);
    }
    if (!s->any_cell && s->no_cell.code != DK_OK && s->spec->n_at > 0) {
        if (err)
            *err = s->no_cell;
        return s->no_cell.code;
    }
    return DK_OK;
}

static dk_status answer(dki_solver *s, dki_answers *a, const dk_table **out, dk_error *err)
{
    dki_place place = { s->spec->at, s->spec->n_at, NULL };
    const dk_table *made = NULL;
    dk_status status;

    if (s->spec->each) {
        status = answer_each(s, a, err);
    } else {
        status = dki_answers_init(a, s, NULL, err);
        if (status == DK_OK)
            status = answer_place(s, &place, NULL, a, err);
    }
    if (status == DK_OK)
        status = check_trouble(s, err);
    if (status == DK_OK)
        status = dki_answers_finish(a, s, &made, err);
    if (status == DK_OK)
        status = dki_told_common(&s->told, &s->told, &s->notes, err);
    if (status == DK_OK)
        status = dki_put_notes(&s->notes, &made, err);
    if (status == DK_OK)
        status = dki_answered(made, s->breakdown, s->table, s->breakdown_params, NULL, err,
                              "%s solved by $%s for %s", s->scenario->name, s->spec->vary, s->spec->target);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}

dk_status dk_scenario_solve(const dk_breakdown *breakdown, const dk_table *table, const dk_params *breakdown_params,
                            const dk_scenario *scenario, const dk_params *params, const dk_solve_spec *spec,
                            const dk_table **out, dk_error *err)
{
    dki_solver s = { .context = dk_table_context(table),
                     .breakdown = breakdown,
                     .breakdown_params = breakdown_params,
                     .scenario = scenario,
                     .spec = spec,
                     .table = table };
    const dk_table *cells = NULL;
    dki_answers a = { .n = 0 };
    dk_status status;

    dki_text_map_init(&s.notes, s.context);
    dki_text_map_init(&s.told, s.context);
    status = check_spec(&s, err);
    if (status == DK_OK)
        status = dki_param_is_free(params, spec->vary, err);
    if (status == DK_OK) {
        s.values = dki_alloc_array(s.context, scenario->n_params, sizeof *s.values, err);
        status = s.values ? dki_scenario_values(scenario, params, s.values, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = dki_cells_check(table, breakdown, err);
    if (status == DK_OK)
        status =
            dki_steps_check_but(scenario, table, &(dk_params){ s.values, scenario->n_params }, &spec->vary, 1, err);
    if (status == DK_OK)
        status = make_question(&s, err);
    if (status == DK_OK)
        status = dk_cells_new(table, &s.question, &scenario, 1, &cells, err);
    if (status == DK_OK)
        status = run_before(&s, cells, err);
    if (status == DK_OK)
        status = find_levels(&s, err);
    if (status == DK_OK)
        status = answer(&s, &a, out, err);
    dki_answers_drop(&a, s.context);
    dk_table_release(s.before);
    dk_table_release(cells);
    dk_expr_release(s.target);
    dki_free(s.context, s.values);
    dki_text_map_drop(&s.told);
    dki_text_map_drop(&s.notes);
    dki_free(s.context, s.matched);
    dki_free(s.context, s.driven);
    return status;
}
