/* window_call.c - what a call in the expression of a window is: its function and frame by its name, its arguments evaluated and
 * checked.
 */
#include "window_build.h"

#include <dekking/members.h>

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/types.h"

/* What the functions of frames compute, by the end of their names; the start tells the frame. */
static bool split_name(const char *name, dki_window_call *call)
{
    static const struct {
        const char *text;
        dki_window_what what;
    } whats[] = { { "count", DKI_COUNT }, { "rows", DKI_COUNT }, { "sum", DKI_SUM },
                  { "mean", DKI_MEAN },   { "min", DKI_MIN },    { "max", DKI_MAX } };
    size_t size;

    call->frame = DKI_FRAME_GROUP;
    if (strncmp(name, "running_", 8) == 0) {
        call->frame = DKI_FRAME_RUNNING;
        name += 8;
    } else if (strncmp(name, "moving_", 7) == 0) {
        call->frame = DKI_FRAME_ROWS;
        name += 7;
    }
    size = strlen(name);
    if (call->frame == DKI_FRAME_ROWS && size > 7 && strcmp(name + size - 7, "_period") == 0) {
        call->frame = DKI_FRAME_PERIODS;
        call->by_period = true;
        size -= 7;
    }
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++)
        if (strlen(whats[i].text) == size && memcmp(whats[i].text, name, size) == 0) {
            call->what = whats[i].what;
            return true;
        }
    return false;
}

static bool is_place(dki_window_function function)
{
    return function == DKI_WINDOW_row_number || function == DKI_WINDOW_rank || function == DKI_WINDOW_dense_rank ||
           function == DKI_WINDOW_percent_rank || function == DKI_WINDOW_cume_dist || function == DKI_WINDOW_ntile;
}

dk_status dki_window_bind_part(dki_window_build *build, const dki_node *node, dki_bound **out, dk_error *err)
{
    dki_scope scope = { .table = build->made, .params = build->params };
    dk_status status = dki_grow(build->context, (void **)&build->bounds, &build->bounds_capacity,
                                build->n_bounds + 1, sizeof(dki_bound *), err);

    if (status == DK_OK)
        status = dki_bind(&scope, build->expr, node, out, err);
    if (status == DK_OK)
        build->bounds[build->n_bounds++] = *out;
    return status;
}

static dk_status eval_part(dki_window_build *build, const dki_node *node, const dk_column **out, dk_error *err)
{
    dki_bound *bound;
    dk_status status = dki_window_bind_part(build, node, &bound, err);

    return status == DK_OK ? dki_bound_column_new(bound, out, err) : status;
}

static dk_status eval_number(dki_window_build *build, const dki_node *node, int64_t *out, dk_error *err)
{
    const dk_value *value;
    dki_bound *bound;
    dk_status status = dki_window_bind_part(build, node, &bound, err);

    if (status != DK_OK)
        return status;
    value = dki_bound_constant(bound);
    if (value == NULL || value->type != DK_INTEGER || value->is_null || value->as.integer < 1)
        return dki_node_fail(build->expr, node, err, DK_ERR_ARGUMENT, "a whole number from 1 is wanted here");
    *out = value->as.integer;
    return DK_OK;
}

static dk_status eval_filter(dki_window_build *build, dki_window_call *call, dk_error *err)
{
    const dki_node *node = call->node->filter;
    dk_status status;

    if (node == NULL)
        return DK_OK;
    status = eval_part(build, node, &call->filter, err);
    if (status == DK_OK && dk_column_type(call->filter) != DK_BOOLEAN) {
        status = dki_node_fail(build->expr, node, err, DK_ERR_TYPE, "a condition is wanted, and this is %s",
                               dk_column_type_name(call->filter));
        dki_hint(err, "compare it with something: ==, <, in, is null ...");
    }
    return status;
}

/* In a table with weights all that looks at a frame goes by them, but rows(). Places are those of rows. */
static dk_status set_weight(dki_window_build *build, dki_window_call *call, dk_error *err)
{
    const char *weight = dk_table_properties(build->made)->weight;
    size_t at = 0;
    dk_status status;

    if (weight == NULL || call->what < DKI_COUNT || strcmp(call->node->text, "rows") == 0)
        return DK_OK;
    status = dk_table_get(build->made, weight, &at, err);
    if (status == DK_OK)
        call->weight = dk_table_field(build->made, at)->column;
    build->weighed = true;
    return status;
}

static dk_status check_number(dki_window_build *build, const dki_window_call *call, dk_error *err)
{
    dk_type type = call->arg ? dk_column_type(call->arg) : DK_INTEGER;

    if ((call->what == DKI_SUM || call->what == DKI_MEAN) && !dk_type_is_number(type) && type != DK_INTERVAL)
        return dki_node_fail(build->expr, call->node->children[0], err, DK_ERR_TYPE,
                             "%s() wants a number, and this is %s", call->node->text,
                             dki_type_shown(type, dk_column_scale(call->arg)));
    return DK_OK;
}

static dk_status check_order(const dki_window_build *build, const dki_window_call *call, dk_error *err)
{
    bool wants =
        call->what == DKI_OF_PLACE && call->function != DKI_WINDOW_row_number && call->function != DKI_WINDOW_ntile;

    if (!wants || build->window.n_order > 0)
        return DK_OK;
    dki_node_fail(build->expr, call->node, err, DK_ERR_ARGUMENT, "%s() needs an order", call->node->text);
    dki_hint(err, "t:window { order = \"column desc\", ... }");
    return DK_ERR_ARGUMENT;
}

dk_status dki_window_call_prepare(dki_window_build *build, dki_window_call *call, dk_error *err)
{
    const dki_node *node = call->node;
    size_t of_n = 1; /* which argument n is */
    dk_status status;

    call->n = 1;
    if (node->kind == DKI_NODE_AGGREGATE && !split_name(node->text, call)) {
        dki_node_fail(build->expr, node, err, DK_ERR_ARGUMENT, "windows have no %s()", node->text);
        dki_hint(err, "count, rows, sum, mean, min and max of a group; others by a breakdown and a join");
        return DK_ERR_ARGUMENT;
    }
    if (node->kind == DKI_NODE_CALL) {
        (void)dki_window_find(node->text, &call->function);
        call->by_period = call->function == DKI_WINDOW_previous_period || call->function == DKI_WINDOW_next_period;
        if (is_place(call->function))
            call->what = DKI_OF_PLACE;
        else if (!split_name(node->text, call))
            call->what = DKI_OF_ROW;
    }
    status = check_order(build, call, err);
    if (call->what == DKI_OF_PLACE)
        of_n = 0;
    else if (status == DK_OK && node->n_children > 0)
        status = eval_part(build, node->children[0], &call->arg, err);
    if (status == DK_OK && node->n_children > of_n)
        status = eval_number(build, node->children[of_n], &call->n, err);
    if (status == DK_OK)
        status = eval_filter(build, call, err);
    if (status == DK_OK)
        status = set_weight(build, call, err);
    return status == DK_OK ? check_number(build, call, err) : status;
}
