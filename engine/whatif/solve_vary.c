/* solve_vary.c - the parameter that is varied: which steps mention it, what it is to them, and its range. */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "solve_parts.h"

static bool is_param(const dk_expr *expr, const char *name)
{
    const dki_node *root = expr ? dki_expr_root(expr) : NULL;

    return root && root->kind == DKI_NODE_PARAM && strcmp(root->text, name) == 0;
}

/* The parameter by itself is a factor, a rate, or the share of a flow. */
static bool is_factor_of(const dki_step *step, const char *name)
{
    bool is_one = is_param(step->scale, name) || is_param(step->to, name);

    for (size_t i = 0; i < step->n_flows; i++)
        is_one |= is_param(step->flows[i].share, name);
    return is_one;
}

/* Finds the steps that mention the parameter, and what it is to them. */
static dk_status find_driven(dki_solver *s, dk_error *err)
{
    const char *name = s->spec->vary;
    const dk_scenario *scenario = s->scenario;
    const dki_step *step;
    size_t n_mentions = 0;
    bool is_factor;

    s->driven = dki_calloc(s->context, scenario->n_steps, sizeof *s->driven, err);
    s->matched = dki_calloc(s->context, scenario->n_steps, sizeof *s->matched, err);
    if (s->driven == NULL || s->matched == NULL)
        return DK_ERR_MEMORY;
    s->first = SIZE_MAX;
    for (size_t i = 0; i < scenario->n_steps; i++) {
        size_t n = dki_step_mentions(&scenario->steps[i], name);

        s->driven[i] = n > 0;
        n_mentions += n;
        if (n > 0 && s->first == SIZE_MAX)
            s->first = i;
    }
    step = &scenario->steps[s->first]; /* every parameter is used */
    is_factor = is_factor_of(step, name);
    s->vary = DKI_VARY_PARTS;
    s->is_linear = is_factor && n_mentions == 1 && !step->rate && !step->whole && !step->drawn;
    if (n_mentions == 1 && (is_param(step->share, name) || is_param(step->count, name)))
        s->vary = step->share ? DKI_VARY_SHARE : DKI_VARY_COUNT;
    return DK_OK;
}

/* Whether shares are made of the parameter, so that it has values between whole numbers: by itself it is a share, a
 * factor or a rate, or it occurs in one and its range is that of a share. Else 30 in "$f / 100" stays a whole number. */
static bool makes_shares(const dki_solver *s)
{
    const dk_ratio zero = { 0, 1 }, one = { 1, 1 };
    const char *name = s->spec->vary;
    bool in_range = dki_ratio_compare(s->least, zero) >= 0 && dki_ratio_compare(s->greatest, one) <= 0;
    bool makes = false;

    for (size_t i = 0; i < s->scenario->n_steps; i++) {
        const dki_step *step = &s->scenario->steps[i];

        makes |= is_param(step->share, name) || is_factor_of(step, name);
        makes |= in_range && dki_step_shares(step, name) > 0;
    }
    return makes;
}

static dk_status to_ratio(const dk_value *value, const char *name, dk_ratio *out, dk_error *err)
{
    int64_t scaled = value->as.integer;
    uint8_t scale = value->type == DK_DECIMAL ? value->scale : 0;

    if (value->type == DK_RATIO) {
        *out = value->as.ratio;
        return DK_OK;
    }
    if (value->type == DK_REAL && !dki_real_to_decimal(value->as.real, &scaled, &scale))
        return dki_fail(err, DK_ERR_RANGE, "the range of %s has more digits than an exact number can have", name);
    (void)dki_ratio_make(scaled, dki_power10[scale], out);
    return DK_OK;
}

/* Bounds that a share or count has anyway; how many come is bounded by nothing else. */
static dk_status clip_range(dki_solver *s, const dk_scenario_param *param, dk_error *err)
{
    const dk_ratio zero = { 0, 1 }, one = { 1, 1 };
    bool is_share = s->vary == DKI_VARY_SHARE;

    if (!is_share && !param->has_greatest && s->scenario->steps[s->first].effect == DK_ADDS) {
        dki_fail(err, DK_ERR_ARGUMENT, "the parameter %s has no greatest value, and any number may come",
                 param->name);
        dki_hint(err, "give it one: %s = { 0, max = ... }", param->name);
        return DK_ERR_ARGUMENT;
    }
    if (!param->has_least || dki_ratio_compare(s->least, zero) < 0)
        s->least = zero;
    if (is_share && (!param->has_greatest || dki_ratio_compare(s->greatest, one) > 0))
        s->greatest = one;
    s->has_greatest = is_share || param->has_greatest;
    if (s->has_greatest && dki_ratio_compare(s->least, s->greatest) > 0)
        return dki_fail(err, DK_ERR_RANGE, "the range of the parameter %s holds no %s", param->name,
                        is_share ? "share: one lies between 0 and 1" : "count: one is not negative");
    return DK_OK;
}

static dk_status find_range(dki_solver *s, dk_error *err)
{
    const dk_scenario_param *param = &s->scenario->params[s->param];
    dk_status status = DK_OK;

    if (param->value.is_null || !dk_type_is_number(param->value.type))
        return dki_fail(err, DK_ERR_TYPE, "the parameter %s is no number, and cannot be varied", param->name);
    if (param->has_least)
        status = to_ratio(&param->least, param->name, &s->least, err);
    if (status == DK_OK && param->has_greatest)
        status = to_ratio(&param->greatest, param->name, &s->greatest, err);
    if (status != DK_OK)
        return status;
    if (s->vary == DKI_VARY_SHARE || s->vary == DKI_VARY_COUNT)
        return clip_range(s, param, err);
    if (!param->has_least || !param->has_greatest) {
        char value[64];

        dk_value_format(&param->value, value, sizeof value);
        dki_fail(err, DK_ERR_ARGUMENT, "the parameter %s has no range, and is not a share or count by itself",
                 param->name);
        dki_hint(err, "give it one: %s = { %s, min = ..., max = ... }", param->name, value);
        return DK_ERR_ARGUMENT;
    }
    if (param->value.type == DK_INTEGER && s->least.denominator == 1 && s->greatest.denominator == 1 &&
        !makes_shares(s))
        s->vary = DKI_VARY_WHOLE;
    return DK_OK;
}

dk_status dki_solve_vary(dki_solver *s, dk_error *err)
{
    dk_status status = find_driven(s, err);

    return status == DK_OK ? find_range(s, err) : status;
}
