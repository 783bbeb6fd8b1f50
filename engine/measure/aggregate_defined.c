/* aggregate_defined.c - runs the functions of a host's aggregate on the states of groups.
 *
 * States lie one behind the other. A state is started with the first row of its group, or with the first state that
 * is merged into it, so that n tells which states there are to drop.
 */
#include "aggregate_defined.h"

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"

static void *state_of(const dki_accumulator *accumulator, size_t group)
{
    return (char *)accumulator->states + group * dki_state_bytes(accumulator->what.defined);
}

static dk_status start(const dk_aggregate *defined, void *state, dk_error *err)
{
    return defined->start ? defined->start(defined->arg, state, err) : DK_OK;
}

void dki_accumulator_drop_states(dki_accumulator *accumulator)
{
    const dk_aggregate *defined = accumulator->what.defined;

    for (size_t i = 0; defined->drop && i < accumulator->capacity; i++) {
        if (accumulator->n[i] > 0)
            defined->drop(defined->arg, state_of(accumulator, i));
    }
    dki_free(accumulator->context, accumulator->states);
}

dk_status dki_accumulator_begin_state(dki_accumulator *accumulator, uint32_t group, size_t n, void **state,
                                      dk_error *err)
{
    const dk_aggregate *defined = accumulator->what.defined;
    dk_status status = DK_OK;

    *state = state_of(accumulator, group);
    if (accumulator->n[group] == 0)
        status = start(defined, *state, err);
    if (status == DK_OK)
        accumulator->n[group] += n;
    return status;
}

dk_status dki_accumulator_step(dki_accumulator *accumulator, uint32_t group, const dk_value *values,
                               const dk_value *weight, dk_error *err)
{
    const dk_aggregate *defined = accumulator->what.defined;
    void *state;
    dk_status status = dki_accumulator_begin_state(accumulator, group, 1, &state, err);

    return status == DK_OK ? defined->step(defined->arg, state, values, weight, err) : status;
}

dk_status dki_accumulator_merge_state(dki_accumulator *accumulator, uint32_t to, const dki_accumulator *from,
                                      size_t group, dk_error *err)
{
    const dk_aggregate *defined = accumulator->what.defined;
    dk_status status = DK_OK;

    if (from->n[group] == 0)
        return DK_OK;
    if (defined->merge == NULL) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%s() has no merge, and totals and members of sets need one",
                       defined->name);
        dki_hint(err, "define %s() with merge, or ask for no margins and no all()", defined->name);
        return DK_ERR_ARGUMENT;
    }
    if (accumulator->n[to] == 0)
        status = start(defined, state_of(accumulator, to), err);
    if (status != DK_OK)
        return status;
    accumulator->n[to] += from->n[group];
    return defined->merge(defined->arg, state_of(accumulator, to), state_of(from, group), err);
}

/* A value of the result's type, or null. */
static dk_status check_value(const dk_aggregate *defined, dk_value *value, dk_error *err)
{
    if (value->is_null || value->type == defined->result)
        return DK_OK;
    if (value->type == DK_INTEGER && (defined->result == DK_REAL || defined->result == DK_DECIMAL))
        return DK_OK;
    return dki_fail(err, DK_ERR_TYPE, "%s() gave a value of type %s, and its result is %s", defined->name,
                    dk_type_name(value->type), dk_type_name(defined->result));
}

static dk_status finish_group(dki_accumulator *accumulator, uint32_t group, void *empty, dk_builder *builder,
                              dk_error *err)
{
    const dk_aggregate *defined = accumulator->what.defined;
    void *state = accumulator->n[group] ? state_of(accumulator, group) : empty;
    dk_value value = { .type = defined->result, .scale = defined->scale, .is_null = true };
    dk_status status = defined->finish(defined->arg, state, &value, err);

    if (status == DK_OK)
        status = check_value(defined, &value, err);
    if (status == DK_OK && !value.is_null && value.type == DK_INTEGER && defined->result == DK_REAL)
        return dk_builder_real(builder, (double)value.as.integer, err);
    return status == DK_OK ? dk_builder_value(builder, &value, err) : status;
}

dk_status dki_accumulator_finish_defined(dki_accumulator *accumulator, const uint32_t *groups, size_t n,
                                         const dk_column **out, size_t *fault, dk_error *err)
{
    const dk_aggregate *defined = accumulator->what.defined;
    dk_context *context = accumulator->context;
    void *empty = dki_calloc(context, 1, dki_state_bytes(defined), err); /* for groups without rows */
    dk_builder *builder = NULL;
    bool started = false;
    dk_status status = empty ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dk_builder_new(context, defined->result, defined->scale, NULL, &builder, err);
    DKI_FOR_ROWS(i, n, context, status, err)
    {
        if (accumulator->n[groups[i]] == 0 && !started) {
            status = start(defined, empty, err);
            started = status == DK_OK;
        }
        if (status == DK_OK)
            status = finish_group(accumulator, groups[i], empty, builder, err);
        if (status != DK_OK)
            *fault = (size_t)i;
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    if (started && defined->drop)
        defined->drop(defined->arg, empty);
    dk_builder_release(builder);
    dki_free(context, empty);
    return status;
}
