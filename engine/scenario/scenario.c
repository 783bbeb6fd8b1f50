/* scenario.c - scenarios as values: parsed, checked, composed. */
#include <dekking/scenario.h>

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "scenario_parts.h"

/* Names that trees mention ------------------------------------------------------------------------------------------ */

struct collect {
    dki_node_kind kind;
    dki_text_map *names;
    dk_status status;
    dk_error *err;
};

static bool collect_name(void *arg, const dki_node *node)
{
    struct collect *c = arg;
    uint32_t number;

    if (node->kind == c->kind)
        c->status = dki_text_map_add(c->names, node->text, strlen(node->text), &number, c->err);
    return c->status == DK_OK;
}

static dk_status collect(const dk_expr *expr, dki_node_kind kind, dki_text_map *names, dk_error *err)
{
    struct collect c = { kind, names, DK_OK, err };

    if (expr)
        dki_node_visit(dki_expr_root(expr), collect_name, &c);
    return c.status;
}

dk_status dki_step_columns(const dki_step *step, bool with_per, dki_text_map *names, dk_error *err)
{
    dk_status status = collect(step->where, DKI_NODE_NAME, names, err);
    uint32_t number;

    for (size_t i = 0; with_per && i < step->n_per && status == DK_OK; i++)
        status = dki_text_map_add(names, step->per[i], strlen(step->per[i]), &number, err);
    for (size_t i = 0; i < step->n_set && status == DK_OK; i++) {
        const char *name = dk_expr_name(step->set[i]);

        status = dki_text_map_add(names, name, strlen(name), &number, err);
        if (status == DK_OK)
            status = collect(step->set[i], DKI_NODE_NAME, names, err);
    }
    return status;
}

static dk_status step_params(const dki_step *step, dki_text_map *names, dk_error *err)
{
    dk_status status = collect(step->where, DKI_NODE_PARAM, names, err);

    if (status == DK_OK)
        status = collect(step->share, DKI_NODE_PARAM, names, err);
    if (status == DK_OK)
        status = collect(step->count, DKI_NODE_PARAM, names, err);
    for (size_t i = 0; i < step->n_set && status == DK_OK; i++)
        status = collect(step->set[i], DKI_NODE_PARAM, names, err);
    return status;
}

/* Making ------------------------------------------------------------------------------------------------------------ */

static dk_status copy_value(dk_scenario *scenario, const dk_value *from, dk_value *to, dk_error *err)
{
    *to = *from;
    if (!from->is_null && (from->type == DK_TEXT || from->type == DK_CATEGORY)) {
        to->type = DK_TEXT;
        to->as.text.bytes = dki_arena_text(&scenario->arena, from->as.text.bytes, from->as.text.size, err);
        return to->as.text.bytes ? DK_OK : DK_ERR_MEMORY;
    }
    return DK_OK;
}

static dk_status check_range(const dk_scenario_param *param, const dk_value *value, dk_error *err)
{
    char given[64], least[64], greatest[64];

    if (!param->has_range)
        return DK_OK;
    if (value->is_null || !dk_type_is_number(value->type))
        return dki_fail(err, DK_ERR_TYPE, "the parameter %s is a number", param->name);
    if (dk_value_compare(value, &param->least) >= 0 && dk_value_compare(value, &param->greatest) <= 0)
        return DK_OK;
    dk_value_format(value, given, sizeof given);
    dk_value_format(&param->least, least, sizeof least);
    dk_value_format(&param->greatest, greatest, sizeof greatest);
    return dki_fail(err, DK_ERR_RANGE, "the parameter %s lies between %s and %s, and %s does not", param->name,
                    least, greatest, given);
}

static dk_status add_param(dk_scenario *scenario, const dk_scenario_param *from, dk_error *err)
{
    dk_scenario_param *param = &scenario->params[scenario->n_params];
    dk_status status;

    for (size_t i = 0; i < scenario->n_params; i++)
        if (strcmp(scenario->params[i].name, from->name) == 0)
            return dki_fail(err, DK_ERR_DUPLICATE, "the parameter %s is defined twice", from->name);
    *param = *from;
    param->name = dki_arena_text(&scenario->arena, from->name, strlen(from->name), err);
    if (param->name == NULL)
        return DK_ERR_MEMORY;
    if (from->doc && (param->doc = dki_arena_text(&scenario->arena, from->doc, strlen(from->doc), err)) == NULL)
        return DK_ERR_MEMORY;
    status = copy_value(scenario, &from->value, &param->value, err);
    if (status == DK_OK)
        status = check_range(param, &param->value, err);
    scenario->n_params++;
    return status;
}

/* Names the step in front of the message that stands there. */
static dk_status in_step(const dki_step *step, dk_status status, dk_error *err)
{
    char message[sizeof err->message];

    if (status == DK_OK || status == DK_ERR_MEMORY || err == NULL)
        return status;
    memcpy(message, err->message, sizeof message);
    snprintf(err->message, sizeof err->message, "%.100s: %.500s", step->name, message);
    return status;
}

static dk_status parse(dk_scenario *scenario, const char *text, const dk_expr **out, dk_error *err)
{
    return text ? dk_expr_parse(scenario->context, text, out, err) : DK_OK;
}

static dk_status check_share(const dki_step *step, dk_error *err)
{
    const dki_node *root = step->share ? dki_expr_root(step->share) : NULL;
    const dk_value zero = { .type = DK_INTEGER, .as.integer = 0 }, one = { .type = DK_INTEGER, .as.integer = 1 };

    if (root == NULL || root->kind != DKI_NODE_LITERAL)
        return DK_OK;
    if (root->value.is_null || !dk_type_is_number(root->value.type))
        return dki_fail(err, DK_ERR_TYPE, "a share is a number from 0 to 1");
    if (dk_value_compare(&root->value, &zero) >= 0 && dk_value_compare(&root->value, &one) <= 0)
        return DK_OK;
    dki_fail(err, DK_ERR_RANGE, "a share lies between 0 and 1, and %s does not", dk_expr_text(step->share));
    dki_hint(err, "30 %% is written 0.30");
    return DK_ERR_RANGE;
}

static dk_status parse_set(dk_scenario *scenario, dki_step *step, const dk_intervention *from, dk_error *err)
{
    for (size_t i = 0; i < from->n_set; i++) {
        dk_status status = parse(scenario, from->set[i], &step->set[i], err);

        if (status != DK_OK)
            return status;
        step->n_set++;
        if (dk_expr_name(step->set[i]) == NULL)
            return dki_fail(err, DK_ERR_ARGUMENT, "what is set is written as \"column = value\", not %s",
                            from->set[i]);
        for (size_t k = 0; k < i; k++)
            if (strcmp(dk_expr_name(step->set[k]), dk_expr_name(step->set[i])) == 0)
                return dki_fail(err, DK_ERR_DUPLICATE, "%s is set twice", dk_expr_name(step->set[i]));
    }
    return DK_OK;
}

static dk_status parse_step(dk_scenario *scenario, const dk_intervention *from, dki_step *step, dk_error *err)
{
    int n_ways = (from->share != NULL) + (from->count != NULL) + from->all;
    dk_status status;

    step->all = from->all;
    step->whole = from->whole;
    step->allow_none = from->allow_none;
    if (n_ways != 1) {
        dki_fail(err, DK_ERR_ARGUMENT, "a step says exactly one of share, count and all, and this one says %d",
                 n_ways);
        dki_hint(err, "share = 0.3 takes 30 %%, count = 500 takes 500 persons, all = true takes everybody");
        return DK_ERR_ARGUMENT;
    }
    if (from->n_set == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "nothing is set: a step says which columns get which values");
    step->per = dki_arena_array(&scenario->arena, from->n_per, sizeof *step->per, err);
    step->set = dki_arena_array(&scenario->arena, from->n_set, sizeof *step->set, err);
    if (step->per == NULL || step->set == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < from->n_per; i++) {
        step->per[i] = dki_arena_text(&scenario->arena, from->per[i], strlen(from->per[i]), err);
        if (step->per[i] == NULL)
            return DK_ERR_MEMORY;
        step->n_per++;
    }
    if ((status = parse(scenario, from->where, &step->where, err)) != DK_OK ||
        (status = parse(scenario, from->share, &step->share, err)) != DK_OK ||
        (status = parse(scenario, from->count, &step->count, err)) != DK_OK ||
        (status = check_share(step, err)) != DK_OK)
        return status;
    return parse_set(scenario, step, from, err);
}

/* Every parameter that is used is defined, and the other way round. */
static dk_status check_params(const dk_scenario *scenario, dk_error *err)
{
    dki_text_map used;
    dk_status status = DK_OK;

    dki_text_map_init(&used, scenario->context);
    for (size_t i = 0; i < scenario->n_steps && status == DK_OK; i++)
        status = step_params(&scenario->steps[i], &used, err);
    for (size_t i = 0; i < used.n && status == DK_OK; i++) {
        size_t size, k;
        const char *name = dki_text_map_get(&used, (uint32_t)i, &size);
        dki_nearest nearest;

        dki_nearest_init(&nearest, name, size);
        for (k = 0; k < scenario->n_params && strcmp(scenario->params[k].name, name) != 0; k++)
            dki_nearest_try(&nearest, scenario->params[k].name, strlen(scenario->params[k].name));
        if (k == scenario->n_params) {
            status = dki_fail(err, DK_ERR_ARGUMENT, "the parameter $%s is used and not defined", name);
            if (nearest.best)
                dki_hint(err, "did you mean $%s?", nearest.best);
            else
                dki_hint(err, "define it: params = { %s = ... }", name);
        }
    }
    for (size_t k = 0; k < scenario->n_params && status == DK_OK; k++)
        if (dki_text_map_find(&used, scenario->params[k].name, strlen(scenario->params[k].name)) == UINT32_MAX)
            status = dki_fail(err, DK_ERR_ARGUMENT, "the parameter %s is defined and not used",
                              scenario->params[k].name);
    dki_text_map_drop(&used);
    return status;
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
    dk_status status;

    if (name == NULL || name[0] == '\0')
        return dki_fail(err, DK_ERR_ARGUMENT, "a scenario has a name");
    if (n_steps == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "the scenario %s has no steps", name);
    status = make(context, name, n_params, n_steps, &scenario, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < n_params && status == DK_OK; i++)
        status = add_param(scenario, &params[i], err);
    for (size_t i = 0; i < n_steps && status == DK_OK; i++) {
        dki_step *step = &scenario->steps[scenario->n_steps++];

        step->name = steps[i].name ? dki_arena_text(&scenario->arena, steps[i].name, strlen(steps[i].name), err)
                                   : dki_arena_format(&scenario->arena, err, "step %zu of %s", i + 1, name);
        status = step->name ? in_step(step, parse_step(scenario, &steps[i], step, err), err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = check_params(scenario, err);
    if (status != DK_OK) {
        dk_scenario_release(scenario);
        return status;
    }
    *out = scenario;
    return DK_OK;
}

/* Composing --------------------------------------------------------------------------------------------------------- */

static bool same_value(const dk_value *a, const dk_value *b)
{
    if (a->is_null || b->is_null)
        return a->is_null == b->is_null;
    if (a->type != b->type && !(dk_type_is_number(a->type) && dk_type_is_number(b->type)))
        return false;
    return dk_value_compare(a, b) == 0;
}

static bool same_param(const dk_scenario_param *a, const dk_scenario_param *b)
{
    return same_value(&a->value, &b->value) && a->has_range == b->has_range &&
           (!a->has_range || (same_value(&a->least, &b->least) && same_value(&a->greatest, &b->greatest)));
}

static const dk_expr *share_expr(const dk_expr *expr)
{
    return expr ? dk_expr_retain(expr) : NULL;
}

static dk_status copy_step(dk_scenario *scenario, const dki_step *from, dk_error *err)
{
    dki_step *to = &scenario->steps[scenario->n_steps];

    *to = *from;
    to->per = dki_arena_array(&scenario->arena, from->n_per, sizeof *to->per, err);
    to->set = dki_arena_array(&scenario->arena, from->n_set, sizeof *to->set, err);
    to->name = dki_arena_text(&scenario->arena, from->name, strlen(from->name), err);
    if (to->per == NULL || to->set == NULL || to->name == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < from->n_per; i++) {
        to->per[i] = dki_arena_text(&scenario->arena, from->per[i], strlen(from->per[i]), err);
        if (to->per[i] == NULL)
            return DK_ERR_MEMORY;
    }
    to->where = share_expr(from->where);
    to->share = share_expr(from->share);
    to->count = share_expr(from->count);
    for (size_t i = 0; i < from->n_set; i++)
        to->set[i] = dk_expr_retain(from->set[i]);
    scenario->n_steps++;
    return DK_OK;
}

dk_status dk_scenario_compose(const dk_scenario *a, const dk_scenario *b, const char *name, const dk_scenario **out,
                              dk_error *err)
{
    char both[256];
    dk_scenario *scenario;
    dk_status status;

    snprintf(both, sizeof both, "%s+%s", a->name, b->name);
    status =
        make(a->context, name ? name : both, a->n_params + b->n_params, a->n_steps + b->n_steps, &scenario, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < a->n_params && status == DK_OK; i++)
        status = add_param(scenario, &a->params[i], err);
    for (size_t i = 0; i < b->n_params && status == DK_OK; i++) {
        size_t k;

        for (k = 0; k < a->n_params && strcmp(a->params[k].name, b->params[i].name) != 0; k++)
            ;
        if (k == a->n_params) {
            status = add_param(scenario, &b->params[i], err);
        } else if (!same_param(&a->params[k], &b->params[i])) {
            status = dki_fail(err, DK_ERR_DUPLICATE, "%s and %s define the parameter %s differently", a->name,
                              b->name, b->params[i].name);
            dki_hint(err, "give it the same default and range in both, or two names");
        }
    }
    for (size_t i = 0; i < a->n_steps && status == DK_OK; i++)
        status = copy_step(scenario, &a->steps[i], err);
    for (size_t i = 0; i < b->n_steps && status == DK_OK; i++)
        status = copy_step(scenario, &b->steps[i], err);
    if (status != DK_OK) {
        dk_scenario_release(scenario);
        return status;
    }
    *out = scenario;
    return DK_OK;
}

/* Using ------------------------------------------------------------------------------------------------------------- */

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
    for (size_t i = 0; i < scenario->n_steps; i++) {
        dki_step *step = &scenario->steps[i];

        dk_expr_release(step->where);
        dk_expr_release(step->share);
        dk_expr_release(step->count);
        for (size_t k = 0; step->set && k < step->n_set; k++)
            dk_expr_release(step->set[k]);
    }
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

dk_status dki_scenario_values(const dk_scenario *scenario, const dk_params *params, dk_param *values, dk_error *err)
{
    for (size_t i = 0; i < scenario->n_params; i++)
        values[i] = (dk_param){ scenario->params[i].name, scenario->params[i].value };
    for (size_t k = 0; params && k < params->n; k++) {
        const dk_param *given = &params->items[k];
        dki_nearest nearest;
        dk_status status;
        size_t i;

        dki_nearest_init(&nearest, given->name, strlen(given->name));
        for (i = 0; i < scenario->n_params && strcmp(scenario->params[i].name, given->name) != 0; i++)
            dki_nearest_try(&nearest, scenario->params[i].name, strlen(scenario->params[i].name));
        if (i == scenario->n_params) {
            dki_fail(err, DK_ERR_NAME, "the scenario %s has no parameter %s", scenario->name, given->name);
            if (nearest.best)
                dki_hint(err, "did you mean %s?", nearest.best);
            return DK_ERR_NAME;
        }
        status = check_range(&scenario->params[i], &given->value, err);
        if (status != DK_OK)
            return status;
        values[i].value = given->value;
    }
    return DK_OK;
}
