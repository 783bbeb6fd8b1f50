/* scenario.c - scenarios as values: made of steps, composed. */
#include <dekking/scenario.h>

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "scenario_parts.h"

/* Making ------------------------------------------------------------------------------------------------------- */

static dk_status check_name(const char *name, const char *of, dk_error *err)
{
    if (name == NULL || name[0] == '\0')
        return dki_fail(err, DK_ERR_ARGUMENT, "a %s has a name", of);
    if (dki_utf8_check(name, strlen(name)) < strlen(name))
        return dki_fail(err, DK_ERR_ENCODING, "the name of a %s is UTF-8, and this one is not", of);
    return DK_OK;
}

static dk_status make(dk_context *context, const char *name, size_t n_params, size_t n_steps, dk_scenario **out,
                      dk_error *err)
{
    dk_scenario *scenario = dki_calloc(context, 1, sizeof *scenario, err);

    if (scenario == NULL)
        return DK_ERR_MEMORY;
    atomic_init(&scenario->n_references, 1);
    scenario->context = dk_context_retain(context);
    dki_arena_init(&scenario->arena, context);
    scenario->name = dki_arena_text(&scenario->arena, name, strlen(name), err);
    scenario->params = dki_arena_array(&scenario->arena, n_params, sizeof *scenario->params, err);
    scenario->steps = dki_arena_array(&scenario->arena, n_steps, sizeof *scenario->steps, err);
    if (scenario->name == NULL || scenario->params == NULL || scenario->steps == NULL) {
        dk_scenario_release(scenario);
        return DK_ERR_MEMORY;
    }
    *out = scenario;
    return DK_OK;
}

dk_status dk_scenario_new(dk_context *context, const char *name, const dk_scenario_param *params, size_t n_params,
                          const dk_intervention *steps, size_t n_steps, const dk_scenario **out, dk_error *err)
{
    dk_scenario *scenario;
    dk_status status = check_name(name, "scenario", err);

    for (size_t i = 0; i < n_steps && status == DK_OK; i++)
        status = steps[i].name ? check_name(steps[i].name, "step", err) : DK_OK;
    if (status == DK_OK)
        status = make(context, name, n_params, n_steps, &scenario, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < n_params && status == DK_OK; i++)
        status = dki_scenario_add_param(scenario, &params[i], err);
    for (size_t i = 0; i < n_steps && status == DK_OK; i++) {
        dki_step *step = &scenario->steps[scenario->n_steps++];

        step->name = steps[i].name ? dki_arena_text(&scenario->arena, steps[i].name, strlen(steps[i].name), err)
                                   : dki_arena_format(&scenario->arena, err, "step %zu of %s", i + 1, name);
        status =
            step->name ? dki_step_fail(step, dki_step_parse(scenario, &steps[i], step, err), err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = dki_scenario_check_params(scenario, err);
    if (status == DK_OK)
        status = dki_taking_check(scenario, err);
    if (status != DK_OK) {
        dk_scenario_release(scenario);
        return status;
    }
    *out = scenario;
    return DK_OK;
}

/* Composing ---------------------------------------------------------------------------------------------------- */

/* Parameters of a, then those of b that a does not have. */
static dk_status join_params(dk_scenario *scenario, const dk_scenario *a, const dk_scenario *b, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < a->n_params && status == DK_OK; i++)
        status = dki_scenario_add_param(scenario, &a->params[i], err);
    for (size_t i = 0; i < b->n_params && status == DK_OK; i++) {
        size_t same = dki_scenario_find_param(a, b->params[i].name);

        if (same == SIZE_MAX) {
            status = dki_scenario_add_param(scenario, &b->params[i], err);
        } else if (!dki_param_equal(&a->params[same], &b->params[i])) {
            status = dki_fail(err, DK_ERR_DUPLICATE, "%s and %s define the parameter %s differently", a->name,
                              b->name, b->params[i].name);
            dki_hint(err, "give it the same default and range in both, or two names");
        }
    }
    return status;
}

dk_status dk_scenario_compose(const dk_scenario *a, const dk_scenario *b, const char *name, const dk_scenario **out,
                              dk_error *err)
{
    dk_scenario *scenario;
    dk_status status = check_name(name ? name : a->name, "scenario", err);

    if (status == DK_OK)
        status = make(a->context, name ? name : a->name, a->n_params + b->n_params, a->n_steps + b->n_steps,
                      &scenario, err);
    if (status != DK_OK)
        return status;
    if (name == NULL) {
        scenario->name = dki_arena_format(&scenario->arena, err, "%s+%s", a->name, b->name);
        status = scenario->name ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = join_params(scenario, a, b, err);
    if (status != DK_OK) {
        dk_scenario_release(scenario);
        return status;
    }
    scenario->a = dk_scenario_retain(a);
    scenario->b = dk_scenario_retain(b);
    for (size_t i = 0; i < a->n_steps; i++)
        scenario->steps[scenario->n_steps++] = a->steps[i];
    for (size_t i = 0; i < b->n_steps; i++)
        scenario->steps[scenario->n_steps++] = b->steps[i];
    status = dki_taking_check(scenario, err);
    if (status != DK_OK) {
        dk_scenario_release(scenario);
        return status;
    }
    *out = scenario;
    return DK_OK;
}

/* Using -------------------------------------------------------------------------------------------------------- */

const dk_scenario *dk_scenario_retain(const dk_scenario *scenario)
{
    atomic_fetch_add_explicit(&((dk_scenario *)(uintptr_t)scenario)->n_references, 1, memory_order_relaxed);
    return scenario;
}

void dk_scenario_release(const dk_scenario *shared)
{
    dk_scenario *scenario = (dk_scenario *)(uintptr_t)shared;
    dk_context *context;

    if (scenario == NULL || atomic_fetch_sub_explicit(&scenario->n_references, 1, memory_order_acq_rel) != 1)
        return;
    context = scenario->context;
    for (size_t i = 0; scenario->a == NULL && i < scenario->n_steps; i++)
        dki_step_drop(&scenario->steps[i]);
    dk_scenario_release(scenario->a);
    dk_scenario_release(scenario->b);
    dki_arena_drop(&scenario->arena);
    dki_free(context, scenario);
    dk_context_release(context);
}

const char *dk_scenario_name(const dk_scenario *scenario)
{
    return scenario->name;
}

size_t dk_scenario_n_params(const dk_scenario *scenario)
{
    return scenario->n_params;
}

const dk_scenario_param *dk_scenario_get_param(const dk_scenario *scenario, size_t i)
{
    return &scenario->params[i];
}
