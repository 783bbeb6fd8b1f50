/* breakdown_inputs.c - reads the values of a breakdown's parts, block by block.
 *
 * A block goes: condition, dimensions, then the conditions and arguments of aggregates in the order in which the
 * measures mention them.
 *
 * Invariants: a row that the condition leaves out is evaluated no further; an argument is evaluated where its own
 * condition holds. The caller polls.
 */
#include "breakdown_inputs.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "data/column_parts.h"

/* texts: what a column's texts are numbers of; or NULL. */
static dk_status input_init(dki_input *input, const dki_plan *plan, const dki_bound *bound,
                            const dki_text_codes *texts, dk_error *err)
{
    size_t number = dki_bound_column(bound);

    if (number == DK_NO_COLUMN)
        return dki_eval_new(bound, &input->eval, err);
    input->column = texts ? texts->numbers : dki_plan_column(plan, number);
    dk_view_init(&input->view, plan->context);
    return DK_OK;
}

static void input_drop(dki_input *input)
{
    if (input->column)
        dk_view_release(&input->view);
    dki_eval_release(input->eval);
}

static dk_status input_block(dki_input *input, uint64_t row, size_t n, const uint64_t *selection,
                             const dk_view **out, dk_error *err)
{
    if (input->column == NULL)
        return dki_eval_block(input->eval, row, n, selection, out, err);
    *out = &input->view;
    return dk_column_view(input->column, row, n, &input->view, err);
}

static dk_status make_evals(dki_inputs *inputs, const dki_plan *plan, dk_error *err)
{
    dk_status status = DK_OK;

    if (inputs->common == &inputs->own)
        status = dki_common_evals_init(&inputs->own, plan->common, err);
    if (status == DK_OK && plan->where)
        status = dki_eval_new(plan->where, &inputs->where, err);
    for (size_t i = 0; status == DK_OK && i < plan->breakdown->n_by; i++)
        status = input_init(&inputs->by[i], plan, plan->by[i], plan->texts[i], err);
    for (size_t i = 0; status == DK_OK && i < plan->n_filters; i++)
        status = dki_eval_new(plan->filters[i].bound, &inputs->filters[i], err);
    for (size_t i = 0; status == DK_OK && i < plan->n_values; i++)
        status = input_init(&inputs->values[i], plan, plan->values[i].bound, NULL, err);
    if (status != DK_OK || plan->common->n == 0)
        return status;
    dki_eval_use(inputs->where, inputs->common);
    for (size_t i = 0; i < plan->breakdown->n_by; i++)
        dki_eval_use(inputs->by[i].eval, inputs->common);
    for (size_t i = 0; i < plan->n_filters; i++)
        dki_eval_use(inputs->filters[i], inputs->common);
    for (size_t i = 0; i < plan->n_values; i++)
        dki_eval_use(inputs->values[i].eval, inputs->common);
    return DK_OK;
}

dk_status dki_inputs_init(dki_inputs *inputs, const dki_plan *plan, dki_common_evals *common, dk_error *err)
{
    dki_arena *arena = &inputs->arena;

    memset(inputs, 0, sizeof *inputs);
    inputs->plan = plan;
    inputs->common = common ? common : &inputs->own;
    dki_arena_init(arena, plan->context);
    dk_view_init(&inputs->weight_view, plan->context);
    inputs->filters = dki_arena_array(arena, plan->n_filters, sizeof *inputs->filters, err);
    inputs->values = dki_arena_array(arena, plan->n_values, sizeof *inputs->values, err);
    inputs->views = dki_arena_array(arena, plan->n_values, sizeof *inputs->views, err);
    inputs->by_views = dki_arena_array(arena, DKI_MAX_DIMENSIONS, sizeof *inputs->by_views, err);
    inputs->n_filter_null = dki_arena_array(arena, plan->n_filters, sizeof *inputs->n_filter_null, err);
    inputs->where_truth = dki_arena_array(arena, DK_BLOCK_WORDS, sizeof *inputs->where_truth, err);
    inputs->truths = dki_arena_array(arena, plan->n_filters * DK_BLOCK_WORDS, sizeof *inputs->truths, err);
    inputs->filter_null_here = dki_arena_array(arena, plan->n_filters, sizeof *inputs->filter_null_here, err);
    if (!inputs->filter_null_here || !inputs->filters || !inputs->values || !inputs->views || !inputs->by_views ||
        !inputs->n_filter_null || !inputs->where_truth || !inputs->truths)
        return DK_ERR_MEMORY;
    if (plan->trace) {
        inputs->steps = dki_arena_array(arena, DKI_N_STEPS(plan), sizeof *inputs->steps, err);
        if (inputs->steps == NULL)
            return DK_ERR_MEMORY;
    }
    return make_evals(inputs, plan, err);
}

dk_status dki_inputs_follow(dki_inputs *inputs, const dki_inputs *others, bool *does, dk_error *err)
{
    const dk_expr *ours = inputs->plan->breakdown->where, *theirs = others->plan->breakdown->where;

    *does = ours ? theirs && dki_node_equal(dki_expr_root(ours), dki_expr_root(theirs)) : !theirs;
    if (!*does)
        return DK_OK;
    inputs->filter_like =
        dki_arena_array(&inputs->arena, inputs->plan->n_filters, sizeof *inputs->filter_like, err);
    if (inputs->filter_like == NULL)
        return DK_ERR_MEMORY;
    inputs->like = others;
    for (size_t i = 0; i < inputs->plan->n_filters; i++) {
        inputs->filter_like[i] = DKI_NONE;
        for (size_t k = 0; k < others->plan->n_filters; k++) {
            if (dki_node_equal(inputs->plan->filters[i].node, others->plan->filters[k].node))
                inputs->filter_like[i] = k;
        }
    }
    return DK_OK;
}

void dki_inputs_drop(dki_inputs *inputs)
{
    const dki_plan *plan = inputs->plan;

    if (plan == NULL)
        return;
    dki_common_evals_drop(&inputs->own);
    dki_eval_release(inputs->where);
    for (size_t i = 0; i < DKI_MAX_DIMENSIONS; i++)
        input_drop(&inputs->by[i]);
    for (size_t i = 0; inputs->filters && i < plan->n_filters; i++)
        dki_eval_release(inputs->filters[i]);
    for (size_t i = 0; inputs->values && i < plan->n_values; i++)
        input_drop(&inputs->values[i]);
    dk_view_release(&inputs->weight_view);
    dki_arena_drop(&inputs->arena);
    memset(inputs, 0, sizeof *inputs);
}

dk_status dki_inputs_keys(dki_inputs *inputs, uint64_t row, size_t n, bool *any, dk_error *err)
{
    const dki_plan *plan = inputs->plan;
    dk_status status = DK_OK;

    *any = true;
    inputs->selection = NULL;
    inputs->n_selected = n;
    inputs->since = inputs->steps ? dki_trace_now() : 0;
    if (plan->where) {
        inputs->n_null_here = 0;
        if (inputs->like)
            inputs->n_null_here = inputs->like->n_null_here;
        else
            status = dki_eval_truth(inputs->where, row, n, NULL, inputs->where_truth, &inputs->n_null_here, err);
        if (status != DK_OK)
            return status;
        inputs->n_where_null += inputs->n_null_here;
        inputs->selection = inputs->like ? inputs->like->selection : inputs->where_truth;
        inputs->n_selected = dki_bits_count(inputs->selection, n);
        inputs->n_where += inputs->n_selected;
        dki_trace_lap(inputs->steps, DKI_STEP_WHERE, &inputs->since);
        *any = inputs->n_selected > 0;
        if (!*any)
            return DK_OK;
    }
    for (size_t i = 0; status == DK_OK && i < plan->breakdown->n_by; i++) {
        status = input_block(&inputs->by[i], row, n, inputs->selection, &inputs->by_views[i], err);
        dki_trace_lap(inputs->steps, DKI_STEP_BY + i, &inputs->since);
    }
    return status;
}

static dk_status read_filter(dki_inputs *inputs, size_t filter, uint64_t row, size_t n, dk_error *err)
{
    uint64_t *truth = inputs->truths + filter * DK_BLOCK_WORDS, *n_null = &inputs->filter_null_here[filter];
    dk_status status = DK_OK;

    *n_null = 0;
    if (inputs->filter_like && inputs->filter_like[filter] != DKI_NONE) {
        size_t theirs = inputs->filter_like[filter];

        memcpy(truth, inputs->like->truths + theirs * DK_BLOCK_WORDS, dki_bit_words(n) * sizeof *truth);
        *n_null = inputs->like->filter_null_here[theirs];
    } else {
        status = dki_eval_truth(inputs->filters[filter], row, n, inputs->selection, truth, n_null, err);
    }
    inputs->n_filter_null[filter] += *n_null;
    return status;
}

/* Conditions and arguments. */
static dk_status read_values(dki_inputs *inputs, uint64_t row, size_t n, dk_error *err)
{
    const dki_plan *plan = inputs->plan;
    size_t n_filters = 0, n_values = 0; /* done: both are numbered as aggregates first mention them */
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < plan->n_aggregates; i++) {
        const dki_plan_aggregate *aggregate = &plan->aggregates[i];
        size_t filter = aggregate->filter;

        if (filter != DKI_NONE && filter >= n_filters) {
            status = read_filter(inputs, filter, row, n, err);
            n_filters = filter + 1;
            dki_trace_lap(inputs->steps, DKI_STEP_FILTER(plan) + filter, &inputs->since);
            if (inputs->steps && status == DK_OK)
                inputs->steps[DKI_STEP_TRUE(plan) + filter] +=
                    dki_bits_count(inputs->truths + filter * DK_BLOCK_WORDS, n);
        }
        for (int k = 0; k < 2; k++) {
            size_t value = k ? aggregate->other : aggregate->value;

            if (status != DK_OK || value == DKI_NONE || value < n_values)
                continue;
            status = input_block(&inputs->values[value], row, n, dki_inputs_truth(inputs, filter),
                                 &inputs->views[value], err);
            n_values = value + 1;
            dki_trace_lap(inputs->steps, DKI_STEP_VALUE(plan) + value, &inputs->since);
        }
    }
    return status;
}

dk_status dki_inputs_block(dki_inputs *inputs, uint64_t row, size_t n, bool *any, dk_error *err)
{
    dk_status status = dki_inputs_keys(inputs, row, n, any, err);

    if (status == DK_OK && *any)
        status = read_values(inputs, row, n, err);
    return status;
}

dk_status dki_inputs_weights(dki_inputs *inputs, uint64_t row, size_t n, int64_t *weights, dk_error *err)
{
    dk_status status = dk_column_view(inputs->plan->weight, row, n, &inputs->weight_view, err);

    if (status == DK_OK)
        dki_view_integers(&inputs->weight_view, weights);
    return status;
}
