/* known.c - what is wrong with a step whatever the ones before it leave: found before the first one runs.
 *
 * Columns keep their types from step to step, and parameters their values. So a share outside 0 .. 1, a condition that
 * is none, or a rate of what is not true or false need not wait for their turn.
 */
#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "expr/eval.h"
#include "scenario_parts.h"

dk_status dki_rate_check(const dki_step *step, const dk_table *cells, const dk_column **out, dk_error *err)
{
    size_t at;
    dk_status status = dk_table_get(cells, step->rate, &at, err);

    if (status != DK_OK)
        return status;
    *out = dk_table_field(cells, at)->column;
    if (dk_column_type(*out) == DK_BOOLEAN)
        return DK_OK;
    return dki_fail(err, DK_ERR_TYPE, "a rate is of a column that is true or false, and %s is %s", step->rate,
                    dk_type_name(dk_column_type(*out)));
}

static dk_status check_amounts(const dki_step *step, const dk_table *cells, const dk_params *params, dk_error *err)
{
    dk_ratio number;
    dk_status status = DK_OK;

    if (step->share && (status = dki_amount(step->share, cells, params, "share", &number, err)) == DK_OK)
        status = dki_check_share(number, err);
    else if (step->to && (status = dki_amount(step->to, cells, params, "rate", &number, err)) == DK_OK)
        status = dki_check_share(number, err);
    else if (step->count && (status = dki_amount(step->count, cells, params, "count", &number, err)) == DK_OK)
        status = dki_check_count(number, step->whole || step->drawn, err);
    else if (step->scale && (status = dki_amount(step->scale, cells, params, "scale", &number, err)) == DK_OK)
        status = dki_check_factor(number, err);
    return status;
}

static dk_status check_step(const dki_step *step, const dk_table *cells, const dk_params *params, dk_error *err)
{
    dki_bound *where = NULL;
    const dk_column *rate;
    dki_matrix matrix;
    bool happens;
    dk_status status = dki_step_happens(step, cells, params, &happens, err);

    if (status != DK_OK || !happens)
        return status;
    status = check_amounts(step, cells, params, err);
    if (status == DK_OK && step->where)
        status = dki_step_bind_where(step, cells, params, &where, err);
    dki_bound_release(where);
    if (status == DK_OK && step->rate)
        status = dki_rate_check(step, cells, &rate, err);
    if (status == DK_OK && step->n_flows > 0) {
        status = dki_matrix_init(&matrix, step, cells, params, err);
        if (status == DK_OK)
            dki_matrix_drop(&matrix);
    }
    return status;
}

dk_status dki_steps_check(const dk_scenario *scenario, const dk_table *cells, const dk_params *params,
                          dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < scenario->n_steps && status == DK_OK; i++)
        status = dki_step_fail(&scenario->steps[i], check_step(&scenario->steps[i], cells, params, err), err);
    return status;
}

dk_status dki_steps_check_but(const dk_scenario *scenario, const dk_table *table, const dk_params *params,
                              const char *const *varied, size_t n, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < scenario->n_steps && status == DK_OK; i++) {
        const dki_step *step = &scenario->steps[i];
        bool varies = false;

        for (size_t k = 0; k < n && !varies; k++)
            varies = dki_step_mentions(step, varied[k]) > 0;
        if (!varies)
            status = dki_step_fail(step, check_step(step, table, params, err), err);
    }
    return status;
}

dk_status dki_scenario_check_on(const dk_scenario *scenario, const dk_table *table, const dk_params *params,
                                dk_error *err)
{
    dk_param *values = dki_alloc_array(scenario->context, scenario->n_params, sizeof *values, err);
    dk_params all = { values, scenario->n_params };
    dk_status status = values ? dki_scenario_values(scenario, params, values, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_steps_check(scenario, table, &all, err);
    dki_free(scenario->context, values);
    return status;
}
