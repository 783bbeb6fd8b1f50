/* sweep_groups.c - which points of a sweep have what in common.
 *
 * A group has the same steps and the same question; in it points whose parameters in conditions of steps have the same values, and so
 * match the same, have one selection. Values get numbers once for each axis, so that a point costs some look-ups of numbers.
 */
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "expr/poll_row.h"
#include "sweep_parts.h"

void dki_grouping_drop(dki_grouping *grouping, dk_context *context)
{
    dki_free(context, grouping->points);
    dki_free(context, grouping->selection);
    dki_free(context, grouping->groups);
    memset(grouping, 0, sizeof *grouping);
}

static bool breakdown_mentions(const dk_breakdown *breakdown, const char *param)
{
    size_t n = dki_expr_mentions(breakdown->where, param);

    for (size_t i = 0; i < breakdown->n_by; i++)
        n += dki_expr_mentions(breakdown->by[i].expr, param);
    for (size_t i = 0; i < breakdown->n_measures; i++)
        n += dki_expr_mentions(breakdown->measures[i].expr, param);
    return n > 0;
}

/* What tells a value from others of its axis. */
static dk_status key_of(const dk_value *value, dki_buffer *key, dk_error *err)
{
    bool is_text = !value->is_null && (value->type == DK_TEXT || value->type == DK_CATEGORY);
    char text[80];

    key->size = 0;
    if (is_text) {
        dk_status status = dki_buffer_text(key, "t", err);

        return status == DK_OK ? dki_buffer_append(key, value->as.text.bytes, value->as.text.size, err) : status;
    }
    (void)dk_value_format(value, text, sizeof text);
    return dki_buffer_format(key, err, "%d:%s", value->is_null ? -1 : (int)value->type, text);
}

/* A number for each value of the axis. */
static dk_status number_values(const dki_axis *axis, dk_context *context, uint32_t *numbers, dk_error *err)
{
    dki_text_map keys;
    dki_buffer key;
    dk_status status = DK_OK;

    dki_text_map_init(&keys, context);
    dki_buffer_init(&key, context);
    DKI_FOR_ROWS(i, axis->n, context, status, err)
    {
        status = key_of(&axis->values[i], &key, err);
        if (status == DK_OK)
            status = dki_text_map_add(&keys, key.bytes, key.size, &numbers[i], err);
    }
    dki_buffer_drop(&key);
    dki_text_map_drop(&keys);
    return status;
}

/* Makes numbers of points tell the values of another axis apart too. */
static dk_status tell_apart(const dki_sweep *sweep, const dki_axis *axis, uint32_t *numbers, dk_error *err)
{
    uint32_t *values = dki_alloc_array(sweep->context, (size_t)axis->n, sizeof *values, err);
    dki_int_map map;
    dk_status status = values ? number_values(axis, sweep->context, values, err) : DK_ERR_MEMORY;

    dki_int_map_init(&map, sweep->context);
    DKI_FOR_ROWS(i, sweep->points.n, sweep->context, status, err)
    status =
        dki_int_map_add(&map, (uint64_t)numbers[i] << 32 | values[dki_points_place(axis, i)], &numbers[i], err);
    dki_int_map_drop(&map);
    dki_free(sweep->context, values);
    return status;
}

/* Puts points in the order of numbers, as they stood where these are the same; ends (may be NULL): n and one more. */
static dk_status sort(const dki_sweep *sweep, const uint32_t *numbers, uint64_t *points, size_t **ends, size_t *n,
                      dk_error *err)
{
    size_t n_points = (size_t)sweep->points.n, n_numbers = 0;
    uint64_t *from = dki_alloc_array(sweep->context, n_points, sizeof *from, err);
    size_t *begins;

    for (size_t i = 0; i < n_points; i++)
        n_numbers = numbers[i] >= n_numbers ? (size_t)numbers[i] + 1 : n_numbers;
    begins = dki_calloc(sweep->context, n_numbers + 2, sizeof *begins, err);
    if (from == NULL || begins == NULL) {
        dki_free(sweep->context, begins);
        dki_free(sweep->context, from);
        return DK_ERR_MEMORY;
    }
    memcpy(from, points, n_points * sizeof *from);
    for (size_t i = 0; i < n_points; i++)
        begins[numbers[i] + 2]++;
    for (size_t k = 2; k < n_numbers + 2; k++)
        begins[k] += begins[k - 1];
    for (size_t i = 0; i < n_points; i++)
        points[begins[numbers[from[i]] + 1]++] = from[i];
    dki_free(sweep->context, from);
    *n = n_numbers;
    if (ends)
        *ends = begins;
    else
        dki_free(sweep->context, begins);
    return DK_OK;
}

dk_status dki_grouping_init(dki_grouping *grouping, const dki_sweep *sweep, dk_error *err)
{
    dk_context *context = sweep->context;
    size_t n = (size_t)sweep->points.n, n_selections;
    uint32_t *numbers = dki_calloc(context, n, sizeof *numbers, err);
    dk_status status;

    *grouping = (dki_grouping){ .points = dki_alloc_array(context, n, sizeof *grouping->points, err),
                                .selection = dki_calloc(context, n, sizeof *grouping->selection, err) };
    status = numbers && grouping->points && grouping->selection ? DK_OK : DK_ERR_MEMORY;
    for (size_t i = 0; i < n && status == DK_OK; i++)
        grouping->points[i] = i;
    for (size_t k = 0; k < sweep->points.n_axes && status == DK_OK; k++) {
        const dki_axis *axis = &sweep->points.axes[k];
        bool is_asked = breakdown_mentions(sweep->breakdown, sweep->scenario->params[axis->param].name);

        if (!is_asked && dki_param_is_amount(sweep->scenario, axis->param))
            continue;
        if (!is_asked && dki_param_selects(sweep->scenario, axis->param)) {
            grouping->selects = true;
            status = tell_apart(sweep, axis, grouping->selection, err);
        } else {
            status = tell_apart(sweep, axis, numbers, err);
        }
    }
    if (status == DK_OK && grouping->selects)
        status = sort(sweep, grouping->selection, grouping->points, NULL, &n_selections, err);
    if (status == DK_OK)
        status = sort(sweep, numbers, grouping->points, &grouping->groups, &grouping->n_groups, err);
    dki_free(context, numbers);
    return status;
}
