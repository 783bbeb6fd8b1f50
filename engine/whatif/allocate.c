/* allocate.c - how a budget is spread best: what is asked, checked and put together.
 *
 * Cost: the steps before the last, a few passes over the cells for each target's cell, and the program.
 */
#include <string.h>

#include "allocate_parts.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"

dk_status dki_allocation_note(dki_allocation *a, const char *text, dk_error *err)
{
    uint32_t number;

    return dki_text_map_add(&a->notes, text, strlen(text), &number, err);
}

/* Whom the step takes must be a question of numbers alone, and the groups must stay what they are. */
static dk_status check_step(const dki_allocation *a, dk_error *err)
{
    const dki_step *step = a->step;

    if (step == NULL) {
        dki_fail(err, DK_ERR_ARGUMENT, "an allocation decides how many the last step takes, and %s has no step",
                 a->scenario->name);
        dki_hint(err, "give it one that says who can be taken: all = true");
        return DK_ERR_ARGUMENT;
    }
    if (step->drawn != DK_DRAWN_NOT || step->n_first > 0) {
        dki_fail(err, DK_ERR_ARGUMENT,
                 "an allocation takes the persons of a group alike, and this step says who is taken");
        dki_hint(err, "leave out %s", step->n_first > 0 ? "first" : "drawn");
        return dki_step_fail(step, DK_ERR_ARGUMENT, err);
    }
    if ((!step->share && !step->count && !step->all) || step->n_flows > 0) {
        dki_fail(err, DK_ERR_ARGUMENT,
                 "an allocation decides a number of persons, and this step has none to decide");
        dki_hint(err, "let the last step take a share or a count");
        return dki_step_fail(step, DK_ERR_ARGUMENT, err);
    }
    for (size_t k = 0; k < a->spec->n_per; k++) {
        const char *name = a->spec->per[k];

        if (!dki_step_changes(step, a->table, name))
            continue;
        dki_fail(err, DK_ERR_ARGUMENT, "groups of %s have no numbers of their own where the step changes %s", name,
                 name);
        dki_hint(err, "name in per what stays as it is");
        return dki_step_fail(step, DK_ERR_ARGUMENT, err);
    }
    return DK_OK;
}

static dk_status check_spec(const dki_allocation *a, dk_error *err)
{
    const dk_allocate_spec *spec = a->spec;
    int n = (spec->gain != NULL) + (spec->maximise != NULL) + (spec->minimise != NULL);

    if (spec->n_per == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "allocate wants to know over which groups: per = \"gemeente\"");
    if (spec->n_per > DKI_MAX_DIMENSIONS)
        return dki_fail(err, DK_ERR_LIMIT, "per names %zu columns, and %d fit", spec->n_per, DKI_MAX_DIMENSIONS);
    if (n != 1)
        return dki_fail(err, DK_ERR_ARGUMENT, "allocate wants one of maximise, minimise and gain, and %s",
                        n == 0 ? "there is none" : "there are several");
    if (spec->minimise && strcmp(spec->minimise, "cost") == 0 &&
        dki_breakdown_find_measure(a->breakdown, "cost") != SIZE_MAX)
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "cost is what persons cost, and a measure: give the measure another name");
    return check_step(a, err);
}

/* Of what the question itself mentions. */
static void hint_nearest(const dki_text_map *names, const char *name, dk_error *err)
{
    dki_nearest nearest;

    dki_nearest_init(&nearest, name, strlen(name));
    for (size_t i = 0; i < names->n; i++) {
        size_t size;
        const char *candidate = dki_text_map_get(names, (uint32_t)i, &size);

        dki_nearest_try(&nearest, candidate, size);
    }
    if (nearest.best)
        dki_hint(err, "did you mean %s?", nearest.best);
}

/* Parameters that nobody mentions are misspelt ones. */
static dk_status check_params(const dki_allocation *a, dk_error *err)
{
    const dk_allocate_spec *spec = a->spec;
    const char *const texts[] = { spec->budget, spec->cost, spec->gain, spec->capacity, spec->minimum };
    const dk_params *given = a->breakdown_params;
    dki_text_map names;
    dk_status status = DK_OK;

    dki_text_map_init(&names, a->context);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == DK_OK; i++) {
        const dk_expr *expr = NULL;

        if (texts[i])
            status = dk_expr_parse(a->context, texts[i], &expr, err);
        if (status == DK_OK && expr)
            status = dki_expr_names(expr, DKI_NODE_PARAM, &names, err);
        dk_expr_release(expr);
    }
    for (size_t t = 0; t < spec->n_targets && status == DK_OK; t++)
        status = dki_expr_names(a->targets[t], DKI_NODE_PARAM, &names, err);
    for (size_t i = 0; given && i < given->n && status == DK_OK; i++) {
        const dk_params one = { &given->items[i], 1 };

        if (dki_text_map_find(&names, one.items->name, strlen(one.items->name)) != UINT32_MAX)
            continue;
        status = dki_check_breakdown_params(a->breakdown, NULL, &a->scenario, 1, &one, err);
        if (status == DK_ERR_NAME)
            hint_nearest(&names, one.items->name, err);
    }
    dki_text_map_drop(&names);
    return status;
}

static dk_status parse_targets(dki_allocation *a, dk_error *err)
{
    const dk_allocate_spec *spec = a->spec;
    dk_status status = DK_OK;

    a->targets = dki_calloc(a->context, spec->n_targets, sizeof *a->targets, err);
    if (a->targets == NULL)
        return DK_ERR_MEMORY;
    for (size_t t = 0; t < spec->n_targets && status == DK_OK; t++) {
        status = dk_expr_parse(a->context, spec->targets[t].condition, &a->targets[t], err);
        if (status == DK_OK && dk_expr_name(a->targets[t])) {
            dki_fail(err, DK_ERR_ARGUMENT, "a target is a condition, and %s gives a name",
                     spec->targets[t].condition);
            dki_hint(err, "== compares");
            status = DK_ERR_ARGUMENT;
        }
    }
    return status;
}

static void drop(dki_allocation *a)
{
    for (size_t t = 0; a->targets && t < a->spec->n_targets; t++)
        dk_expr_release(a->targets[t]);
    dki_free(a->context, (void *)a->targets);
    for (size_t i = 0; i < a->n_atoms; i++)
        for (int state = 0; state < DKI_N_STATES; state++)
            dki_free(a->context, a->atoms[i].values[state]);
    dki_free(a->context, a->atoms);
    dki_free(a->context, a->rests);
    dki_free(a->context, a->prices);
    dki_free(a->context, a->gains);
    dki_free(a->context, a->cost_factors);
    dki_free(a->context, a->limits);
    dki_program_drop(&a->program);
    dki_free(a->context, a->numbers);
    dki_free(a->context, a->costs);
    dki_free(a->context, a->available);
    dki_text_map_drop(&a->places);
    dk_table_release(a->keys);
    for (int state = 0; state < DKI_N_STATES; state++) {
        dki_free(a->context, a->groups[state]);
        dki_free(a->context, a->weights[state]);
        dk_table_release(a->cells[state]);
    }
    dki_text_map_drop(&a->notes);
    dki_arena_drop(&a->arena);
}

dk_status dk_scenario_allocate(const dk_breakdown *breakdown, const dk_table *table,
                               const dk_params *breakdown_params, const dk_scenario *scenario,
                               const dk_params *params, const dk_allocate_spec *spec, const dk_table **plan,
                               const dk_table **limits, dk_error *err)
{
    dki_allocation a = { .context = dk_table_context(table),
                         .breakdown = breakdown,
                         .breakdown_params = breakdown_params,
                         .scenario = scenario,
                         .params = params,
                         .spec = spec,
                         .table = table,
                         .step = scenario->n_steps > 0 ? &scenario->steps[scenario->n_steps - 1] : NULL,
                         .unit = spec->whole ? DKI_PERSON : 1,
                         .grain = spec->whole ? 1 : DKI_PERSON };
    const dk_table *made = NULL;
    dk_status status;

    dki_arena_init(&a.arena, a.context);
    dki_text_map_init(&a.notes, a.context);
    dki_text_map_init(&a.places, a.context);
    status = check_spec(&a, err);
    if (status == DK_OK)
        status = parse_targets(&a, err);
    if (status == DK_OK)
        status = check_params(&a, err);
    if (status == DK_OK)
        status = dki_allocation_group(&a, err);
    if (status == DK_OK)
        status = dki_allocation_rows(&a, err);
    if (status == DK_OK)
        status = dki_allocation_best(&a, err);
    if (status == DK_OK)
        status = dki_allocation_tell(&a, err);
    if (status == DK_OK)
        status = dki_allocation_plan(&a, &made, err);
    if (status == DK_OK)
        status = dki_allocation_limits(&a, limits, err);
    if (status == DK_OK)
        *plan = made;
    else
        dk_table_release(made);
    drop(&a);
    return status;
}
