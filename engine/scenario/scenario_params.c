/* scenario_params.c - the parameters of a scenario: what they may be, and the values that a question gives them. */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "query/breakdown_parts.h"
#include "scenario_parts.h"

/* Definitions -------------------------------------------------------------------------------------------------- */

static dk_status copy_value(dk_scenario *scenario, dk_value *value, dk_error *err)
{
    if (value->is_null || (value->type != DK_TEXT && value->type != DK_CATEGORY))
        return DK_OK;
    value->type = DK_TEXT;
    value->as.text.bytes = dki_arena_text(&scenario->arena, value->as.text.bytes, value->as.text.size, err);
    return value->as.text.bytes ? DK_OK : DK_ERR_MEMORY;
}

static bool is_number(const dk_value *value)
{
    return !value->is_null && dk_type_is_number(value->type);
}

/* The range is one: numbers, the least not over the greatest. */
static dk_status check_bounds(const dk_scenario_param *param, dk_error *err)
{
    char least[64], greatest[64];

    if ((param->has_least && !is_number(&param->least)) || (param->has_greatest && !is_number(&param->greatest)))
        return dki_fail(err, DK_ERR_TYPE, "the range of the parameter %s is made of numbers", param->name);
    if (!param->has_least || !param->has_greatest || dk_value_compare(&param->least, &param->greatest) <= 0)
        return DK_OK;
    dk_value_format(&param->least, least, sizeof least);
    dk_value_format(&param->greatest, greatest, sizeof greatest);
    return dki_fail(err, DK_ERR_RANGE, "the range of the parameter %s is empty: from %s to %s", param->name, least,
                    greatest);
}

dk_status dki_param_check(const dk_scenario_param *param, const dk_value *value, dk_error *err)
{
    bool has_range = param->has_least || param->has_greatest;
    char given[64], least[64], greatest[64];

    if (has_range && !is_number(value))
        return dki_fail(err, DK_ERR_TYPE, "the parameter %s is a number", param->name);
    if ((!param->has_least || dk_value_compare(value, &param->least) >= 0) &&
        (!param->has_greatest || dk_value_compare(value, &param->greatest) <= 0))
        return DK_OK;
    dk_value_format(value, given, sizeof given);
    dk_value_format(&param->least, least, sizeof least);
    dk_value_format(&param->greatest, greatest, sizeof greatest);
    if (!param->has_greatest)
        return dki_fail(err, DK_ERR_RANGE, "the parameter %s is at least %s, and %s is not", param->name, least,
                        given);
    if (!param->has_least)
        return dki_fail(err, DK_ERR_RANGE, "the parameter %s is at most %s, and %s is not", param->name, greatest,
                        given);
    return dki_fail(err, DK_ERR_RANGE, "the parameter %s lies between %s and %s, and %s does not", param->name,
                    least, greatest, given);
}

dk_status dki_scenario_add_param(dk_scenario *scenario, const dk_scenario_param *from, dk_error *err)
{
    dk_scenario_param *param = &scenario->params[scenario->n_params];
    dk_status status;

    if (from->name == NULL || from->name[0] == '\0')
        return dki_fail(err, DK_ERR_ARGUMENT, "a parameter has a name");
    if (dki_scenario_find_param(scenario, from->name) != SIZE_MAX)
        return dki_fail(err, DK_ERR_DUPLICATE, "the parameter %s is defined twice", from->name);
    *param = *from;
    param->name = dki_arena_text(&scenario->arena, from->name, strlen(from->name), err);
    if (param->name == NULL)
        return DK_ERR_MEMORY;
    if (from->doc && (param->doc = dki_arena_text(&scenario->arena, from->doc, strlen(from->doc), err)) == NULL)
        return DK_ERR_MEMORY;
    status = copy_value(scenario, &param->value, err);
    if (status == DK_OK)
        status = check_bounds(param, err);
    if (status == DK_OK)
        status = dki_param_check(param, &param->value, err);
    scenario->n_params++;
    return status;
}

bool dki_param_equal(const dk_scenario_param *a, const dk_scenario_param *b)
{
    return dki_values_equal(&a->value, &b->value) && a->has_least == b->has_least &&
           a->has_greatest == b->has_greatest && (!a->has_least || dki_values_equal(&a->least, &b->least)) &&
           (!a->has_greatest || dki_values_equal(&a->greatest, &b->greatest));
}

size_t dki_scenario_find_param(const dk_scenario *scenario, const char *name)
{
    for (size_t i = 0; i < scenario->n_params; i++)
        if (strcmp(scenario->params[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

dk_status dki_scenario_get_param(const dk_scenario *scenario, const char *name, size_t *out, dk_error *err)
{
    size_t at = dki_scenario_find_param(scenario, name);
    dki_nearest nearest;
    dki_name_list names = { .size = 0 };

    if (at != SIZE_MAX) {
        *out = at;
        return DK_OK;
    }
    dki_nearest_init(&nearest, name, strlen(name));
    for (size_t i = 0; i < scenario->n_params; i++) {
        dki_nearest_try(&nearest, scenario->params[i].name, strlen(scenario->params[i].name));
        dki_name_list_add(&names, scenario->params[i].name);
    }
    dki_fail(err, DK_ERR_NAME, "the scenario %s has no parameter %s", scenario->name, name);
    if (nearest.best)
        dki_hint(err, "did you mean %s?", nearest.best);
    else
        dki_hint(err, names.size > 0 ? "there are: %s" : "it has none%s", names.text);
    return DK_ERR_NAME;
}

dk_status dki_param_is_free(const dk_params *params, const char *name, dk_error *err)
{
    for (size_t i = 0; params && i < params->n; i++)
        if (strcmp(params->items[i].name, name) == 0) {
            dki_fail(err, DK_ERR_ARGUMENT, "the question gives the parameter %s values, and params another", name);
            dki_hint(err, "leave it out of params");
            return DK_ERR_ARGUMENT;
        }
    return DK_OK;
}

dk_status dki_scenario_check_params(const dk_scenario *scenario, dk_error *err)
{
    dki_text_map used;
    dk_status status = DK_OK;

    dki_text_map_init(&used, scenario->context);
    for (size_t i = 0; i < scenario->n_steps && status == DK_OK; i++) {
        const dki_step *step = &scenario->steps[i];

        for (size_t k = 0; k < step->n_exprs && status == DK_OK; k++)
            status = dki_expr_names(step->exprs[k], DKI_NODE_PARAM, &used, err);
    }
    for (size_t i = 0; i < used.n && status == DK_OK; i++) {
        size_t size;
        const char *name = dki_text_map_get(&used, (uint32_t)i, &size);
        dki_nearest nearest;

        if (dki_scenario_find_param(scenario, name) != SIZE_MAX)
            continue;
        dki_nearest_init(&nearest, name, size);
        for (size_t k = 0; k < scenario->n_params; k++)
            dki_nearest_try(&nearest, scenario->params[k].name, strlen(scenario->params[k].name));
        status = dki_fail(err, DK_ERR_ARGUMENT, "the parameter $%s is used and not defined", name);
        if (nearest.best)
            dki_hint(err, "did you mean $%s?", nearest.best);
        else
            dki_hint(err, "define it: params = { %s = ... }", name);
    }
    for (size_t k = 0; k < scenario->n_params && status == DK_OK; k++)
        if (dki_text_map_find(&used, scenario->params[k].name, strlen(scenario->params[k].name)) == UINT32_MAX)
            status = dki_fail(err, DK_ERR_ARGUMENT, "the parameter %s is defined and not used",
                              scenario->params[k].name);
    dki_text_map_drop(&used);
    return status;
}

/* Values ------------------------------------------------------------------------------------------------------- */

dk_status dki_scenario_values(const dk_scenario *scenario, const dk_params *params, dk_param *values, dk_error *err)
{
    for (size_t i = 0; i < scenario->n_params; i++)
        values[i] = (dk_param){ scenario->params[i].name, scenario->params[i].value };
    for (size_t k = 0; params && k < params->n; k++) {
        const dk_param *given = &params->items[k];
        size_t at;
        dk_status status = dki_scenario_get_param(scenario, given->name, &at, err);

        if (status == DK_OK)
            status = dki_param_check(&scenario->params[at], &given->value, err);
        if (status != DK_OK)
            return status;
        values[at].value = given->value;
    }
    return DK_OK;
}

static dk_status breakdown_mentions(const dk_breakdown *breakdown, dki_text_map *names, dk_error *err)
{
    dk_status status = dki_expr_names(breakdown->where, DKI_NODE_PARAM, names, err);

    for (size_t i = 0; i < breakdown->n_by && status == DK_OK; i++)
        status = dki_expr_names(breakdown->by[i].expr, DKI_NODE_PARAM, names, err);
    for (size_t i = 0; i < breakdown->n_measures && status == DK_OK; i++)
        status = dki_expr_names(breakdown->measures[i].expr, DKI_NODE_PARAM, names, err);
    return status;
}

/* Whether a scenario has all of them. */
static bool all_are_of(const dk_params *params, const dk_scenario *const *scenarios, size_t n_scenarios)
{
    size_t n = 0;

    for (; n < params->n; n++) {
        bool is_of = false;

        for (size_t i = 0; i < n_scenarios && !is_of; i++)
            is_of = dki_scenario_find_param(scenarios[i], params->items[n].name) != SIZE_MAX;
        if (!is_of)
            break;
    }
    return n == params->n;
}

dk_status dki_check_breakdown_params(const dk_breakdown *breakdown, const dk_expr *target,
                                     const dk_scenario *const *scenarios, size_t n_scenarios,
                                     const dk_params *params, dk_error *err)
{
    dki_text_map names;
    dk_status status;

    if (params == NULL || all_are_of(params, scenarios, n_scenarios))
        return DK_OK;
    dki_text_map_init(&names, breakdown->context);
    status = breakdown_mentions(breakdown, &names, err);
    if (status == DK_OK)
        status = dki_expr_names(target, DKI_NODE_PARAM, &names, err);
    for (size_t i = 0; i < n_scenarios; i++)
        for (size_t k = 0; k < scenarios[i]->n_params && status == DK_OK; k++) {
            const char *name = scenarios[i]->params[k].name;
            uint32_t number;

            status = dki_text_map_add(&names, name, strlen(name), &number, err);
        }
    for (size_t i = 0; i < params->n && status == DK_OK; i++) {
        const char *name = params->items[i].name;
        size_t size;
        dki_nearest nearest;

        if (dki_text_map_find(&names, name, strlen(name)) != UINT32_MAX)
            continue;
        dki_nearest_init(&nearest, name, strlen(name));
        for (size_t k = 0; k < names.n; k++) {
            const char *candidate = dki_text_map_get(&names, (uint32_t)k, &size);

            dki_nearest_try(&nearest, candidate, size);
        }
        status = dki_fail(err, DK_ERR_NAME, "nothing here has a parameter %s", name);
        if (nearest.best)
            dki_hint(err, "did you mean %s?", nearest.best);
    }
    dki_text_map_drop(&names);
    return status;
}
