/* sweep_points.c - the points of a sweep: combinations of values of parameters, or the rows of a table.
 *
 * Every value is checked before anything runs. Values of a list are kept as a column, in the type that holds them all, which
 * the result shows; what a point is asked with is the value as it was given.
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "sweep_parts.h"

void dki_points_drop(dki_points *points)
{
    for (size_t k = 0; k < points->n_axes; k++) {
        dk_column_release(points->axes[k].column);
        dki_free(points->context, points->axes[k].values);
    }
    dki_free(points->context, points->base);
    dki_free(points->context, points->axes);
    dki_arena_drop(&points->arena);
}

void dki_points_values(const dki_points *points, uint64_t point, dk_param *values)
{
    memcpy(values, points->base, points->scenario->n_params * sizeof *values);
    for (size_t k = 0; k < points->n_axes; k++) {
        const dki_axis *axis = &points->axes[k];

        values[axis->param].value = axis->values[dki_points_place(axis, point)];
    }
}

void dki_points_walk(const dki_points *points, uint64_t point, dki_walk *walks, dk_param *values)
{
    for (size_t k = 0; k < points->n_axes; k++) {
        const dki_axis *axis = &points->axes[k];
        uint64_t before = walks[k].place;

        if (dki_walk_to(&walks[k], axis, point) != before)
            values[axis->param].value = axis->values[walks[k].place];
    }
}

/* Columns of values -------------------------------------------------------------------------------------------- */

static bool is_text(dk_type type)
{
    return type == DK_TEXT || type == DK_CATEGORY;
}

/* The type that holds both: numbers have one in common, texts are texts. */
static bool join_types(dk_value *common, const dk_value *value)
{
    if (value->is_null)
        return true;
    if (common->is_null) {
        *common = *value;
        common->type = is_text(value->type) ? DK_CATEGORY : value->type;
        return true;
    }
    if (is_text(value->type) && common->type == DK_CATEGORY)
        return true;
    if (!dk_type_is_number(value->type) || !dk_type_is_number(common->type))
        return value->type == common->type && value->scale == common->scale;
    if (value->type == DK_REAL || common->type == DK_REAL)
        common->type = DK_REAL;
    else if (value->type == DK_RATIO || common->type == DK_RATIO)
        common->type = DK_RATIO;
    else if (value->type == DK_DECIMAL || common->type == DK_DECIMAL)
        common->type = DK_DECIMAL;
    if (common->type == DK_DECIMAL && value->scale > common->scale)
        common->scale = value->scale;
    return true;
}

static dk_status make_column(const dki_points *points, const dk_sweep_axis *given, const dk_column **out,
                             dk_error *err)
{
    dk_value common = { .type = DK_CATEGORY, .is_null = true };
    dk_builder *builder;
    dk_status status = DK_OK;

    for (size_t i = 0; i < given->n; i++)
        if (!join_types(&common, &given->values[i]))
            return dki_fail(err, DK_ERR_TYPE, "values of %s are of several types: %s and %s", given->param,
                            dk_type_name(common.type), dk_type_name(given->values[i].type));
    status = dk_builder_new(points->context, common.type, common.type == DK_RATIO ? 0 : common.scale, NULL,
                            &builder, err);
    if (status != DK_OK)
        return status;
    DKI_FOR_ROWS(i, given->n, points->context, status, err)
    status = dk_builder_value(builder, &given->values[i], err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* Values that live as long as the points: texts of a row live as long as its view. */
static dk_status keep_value(dki_points *points, const dk_value *value, dk_value *out, dk_error *err)
{
    *out = *value;
    if (value->is_null || !is_text(value->type))
        return DK_OK;
    out->as.text.bytes = dki_arena_text(&points->arena, value->as.text.bytes, value->as.text.size, err);
    return out->as.text.bytes ? DK_OK : DK_ERR_MEMORY;
}

/* Axes --------------------------------------------------------------------------------------------------------- */

/* The axis of a parameter, whose values are still to come. */
static dk_status add_axis(dki_points *points, const char *name, uint64_t n, dki_axis **out, dk_error *err)
{
    dki_axis *axis = &points->axes[points->n_axes];
    size_t at;
    dk_status status = dki_scenario_get_param(points->scenario, name, &at, err);

    if (status != DK_OK)
        return status;
    for (size_t k = 0; k < points->n_axes; k++)
        if (points->axes[k].param == at)
            return dki_fail(err, DK_ERR_DUPLICATE, "the parameter %s is swept twice", name);
    if (n == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "the parameter %s has no values to be swept over", name);
    *axis = (dki_axis){ .param = at, .n = n };
    axis->values = dki_alloc_array(points->context, (size_t)n, sizeof *axis->values, err);
    if (axis->values == NULL)
        return DK_ERR_MEMORY;
    points->n_axes++;
    *out = axis;
    return DK_OK;
}

static dk_status read_list(dki_points *points, const dk_sweep_axis *given, dk_error *err)
{
    dki_axis *axis = NULL;
    dk_status status = add_axis(points, given->param, given->n, &axis, err);

    DKI_FOR_ROWS(i, given->n, points->context, status, err)
    status = keep_value(points, &given->values[i], &axis->values[i], err);
    if (status == DK_OK)
        status = make_column(points, given, &axis->column, err);
    return status;
}

static dk_status read_table(dki_points *points, const dk_table *table, dk_error *err)
{
    uint64_t n = dk_table_n_rows(table);
    dk_status status = DK_OK;

    if (dk_table_margin(table))
        return dki_fail(err, DK_ERR_MARGIN, "the table of points has rows that are totals");
    for (size_t c = 0; c < dk_table_n_columns(table) && status == DK_OK; c++) {
        const dk_field *field = dk_table_field(table, c);
        dki_axis *axis = NULL;

        status = add_axis(points, field->name, n, &axis, err);
        if (status == DK_OK)
            axis->column = dk_column_retain(field->column);
        DKI_FOR_ROWS(i, n, points->context, status, err)
        {
            dk_value value;

            status = dk_column_get(field->column, i, &value, err);
            if (status == DK_OK)
                status = keep_value(points, &value, &axis->values[i], err);
        }
    }
    points->n = n;
    return status;
}

/* Puts axes in the order of parameters, and counts combinations: the last one changes fastest. */
static dk_status combine(dki_points *points, bool is_table, dk_error *err)
{
    uint64_t n = 1;

    for (size_t i = 1; i < points->n_axes; i++)
        for (size_t k = i; k > 0 && points->axes[k].param < points->axes[k - 1].param; k--) {
            dki_axis swapped = points->axes[k];

            points->axes[k] = points->axes[k - 1];
            points->axes[k - 1] = swapped;
        }
    for (size_t k = points->n_axes; k-- > 0 && !is_table;) {
        points->axes[k].stride = n;
        if (points->axes[k].n > DK_SWEEP_MOST || (n *= points->axes[k].n) > DK_SWEEP_MOST)
            break;
    }
    if (!is_table)
        points->n = n;
    if (points->n > DK_SWEEP_MOST) {
        dki_fail(err, DK_ERR_LIMIT, "the sweep has more than %d points", DK_SWEEP_MOST);
        dki_hint(err, "take fewer values, or a sample: dk.latin");
        return DK_ERR_LIMIT;
    }
    return DK_OK;
}

static dk_status check_values(const dki_points *points, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t k = 0; k < points->n_axes; k++)
        DKI_FOR_ROWS(i, points->axes[k].n, points->context, status, err)
    status = dki_param_check(&points->scenario->params[points->axes[k].param], &points->axes[k].values[i], err);
    return status;
}

dk_status dki_points_init(dki_points *points, const dk_scenario *scenario, const dk_params *params,
                          const dk_sweep_spec *spec, dk_error *err)
{
    bool is_table = spec->points != NULL;
    size_t n_axes = is_table ? dk_table_n_columns(spec->points) : spec->n_axes;
    dk_status status;

    if ((is_table && spec->n_axes > 0) || n_axes == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "a sweep goes over values of parameters, or over a table of them");
    points->axes = dki_calloc(points->context, n_axes, sizeof *points->axes, err);
    points->base = dki_alloc_array(points->context, scenario->n_params, sizeof *points->base, err);
    status =
        points->axes && points->base ? dki_scenario_values(scenario, params, points->base, err) : DK_ERR_MEMORY;
    for (size_t k = 0; k < spec->n_axes && status == DK_OK; k++)
        status = read_list(points, &spec->axes[k], err);
    if (status == DK_OK && is_table)
        status = read_table(points, spec->points, err);
    for (size_t k = 0; k < points->n_axes && status == DK_OK; k++)
        status = dki_param_is_free(params, scenario->params[points->axes[k].param].name, err);
    if (status == DK_OK)
        status = combine(points, is_table, err);
    return status == DK_OK ? check_values(points, err) : status;
}
