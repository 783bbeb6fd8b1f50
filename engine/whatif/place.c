/* place.c - a place in a breakdown's result: the question that tells it alone, its groups, and rows for them. */
#include "place.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "expr/cut_text.h"
#include "expr/poll_row.h"

/* The question ------------------------------------------------------------------------------------------------- */

static void hint_names(const dki_nearest *nearest, const dki_name_list *names, dk_error *err)
{
    if (nearest->best)
        dki_hint(err, "did you mean %s?", nearest->best);
    else
        dki_hint(err, names->size > 0 ? "there are: %s" : "it has none%s", names->text);
}

dk_status dki_get_dimension(const dk_breakdown *breakdown, const char *name, size_t *out, dk_error *err)
{
    dki_nearest nearest;
    dki_name_list names = { .size = 0 };

    *out = dki_breakdown_find_dimension(breakdown, name);
    if (*out != SIZE_MAX)
        return DK_OK;
    dki_nearest_init(&nearest, name, strlen(name));
    for (size_t i = 0; i < breakdown->n_by; i++) {
        dki_nearest_try(&nearest, breakdown->by[i].name, strlen(breakdown->by[i].name));
        dki_name_list_add(&names, breakdown->by[i].name);
    }
    dki_fail(err, DK_ERR_NAME, "%s is no dimension of the breakdown", name);
    hint_names(&nearest, &names, err);
    return DK_ERR_NAME;
}

static dk_status find_measure(const dk_breakdown *breakdown, const char *name, const char *what, size_t *out,
                              dk_error *err)
{
    dki_nearest nearest;
    dki_name_list names = { .size = 0 };

    if (name == NULL && breakdown->n_measures > 1) {
        dki_fail(err, DK_ERR_ARGUMENT, "%s: the breakdown has several measures, and one is asked about", what);
        dki_hint(err, "say which: measure = \"%s\"", breakdown->measures[breakdown->n_measures - 1].name);
        return DK_ERR_ARGUMENT;
    }
    *out = name ? dki_breakdown_find_measure(breakdown, name) : 0;
    if (*out != SIZE_MAX)
        return DK_OK;
    dki_nearest_init(&nearest, name, strlen(name));
    for (size_t i = 0; i < breakdown->n_measures; i++) {
        dki_nearest_try(&nearest, breakdown->measures[i].name, strlen(breakdown->measures[i].name));
        dki_name_list_add(&names, breakdown->measures[i].name);
    }
    dki_fail(err, DK_ERR_NAME, "%s is no measure of the breakdown", name);
    hint_names(&nearest, &names, err);
    return DK_ERR_NAME;
}

dk_status dki_question_init(dki_question *q, const dk_breakdown *breakdown, const char *measure,
                            const dk_place *place, const char *what, dk_error *err)
{
    size_t d;
    dk_status status = DK_OK;

    memcpy(&q->breakdown, breakdown, sizeof q->breakdown);
    q->breakdown.n_order = 0;
    q->breakdown.limit = 0;
    q->breakdown.rest = NULL;
    q->place = place;
    q->is_named = place->total || place->n_at > 0 || place->each;
    q->set = (uint32_t)((UINT64_C(1) << breakdown->n_by) - 1);
    if (place->each && (place->total || place->n_at > 0))
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "%s: one cell is named (at), or each group of a dimension (each), not both", what);
    for (size_t i = 0; i < place->n_at && status == DK_OK; i++) {
        status = dki_get_dimension(breakdown, place->at[i].dimension, &d, err);
        if (status == DK_OK)
            q->set &= ~(UINT32_C(1) << d);
    }
    if (status == DK_OK && place->each) {
        status = dki_get_dimension(breakdown, place->each, &d, err);
        if (status == DK_OK)
            q->set &= ~(UINT32_C(1) << d);
    }
    if (q->is_named && breakdown->n_by > 0) {
        q->breakdown.margins = DK_MARGINS_SETS;
        q->breakdown.sets = &q->set;
        q->breakdown.n_sets = 1;
    }
    return status == DK_OK ? find_measure(breakdown, measure, what, &q->measure, err) : status;
}

/* Groups ------------------------------------------------------------------------------------------------------- */

static dk_status is_there(const dki_question *q, const dki_sides *sides, uint64_t group, bool *out, dk_error *err)
{
    size_t side = dki_sides_side(sides, group);
    dk_status status = DK_OK;

    *out = true;
    for (size_t i = 0; i < q->place->n_at && *out && status == DK_OK; i++) {
        size_t d = dki_breakdown_find_dimension(&q->breakdown, q->place->at[i].dimension);
        dk_value value;

        status =
            dk_column_get(dk_table_field(sides->results[side], d)->column, sides->rows[side][group], &value, err);
        *out = status == DK_OK && dki_values_equal(&value, &q->place->at[i].value);
    }
    return status;
}

/* Offers the groups of the dimension that come near the wanted text. */
static void hint_nearest(const dk_column *column, const dk_value *wanted, dk_error *err)
{
    char best[128] = "";
    dki_nearest nearest;

    if (wanted->is_null || (wanted->type != DK_TEXT && wanted->type != DK_CATEGORY))
        return;
    dki_nearest_init(&nearest, wanted->as.text.bytes, wanted->as.text.size);
    for (uint64_t row = 0; row < dk_column_n_rows(column) && row < 100000; row++) {
        dk_value value;

        if (dk_column_get(column, row, &value, NULL) != DK_OK || value.is_null ||
            (value.type != DK_TEXT && value.type != DK_CATEGORY) || value.as.text.size >= sizeof best)
            continue;
        dki_nearest_try(&nearest, value.as.text.bytes, value.as.text.size);
        if (nearest.best == value.as.text.bytes) { /* it lives as long as the view of this row */
            memcpy(best, value.as.text.bytes, value.as.text.size);
            best[value.as.text.size] = '\0';
            nearest.best = best;
            nearest.best_size = value.as.text.size;
        }
    }
    if (nearest.best)
        dki_hint(err, "did you mean %s?", nearest.best);
}

dk_status dki_fail_cell(const dk_cell_at *at, size_t n_at, const dk_column *groups, dk_error *err)
{
    char cell[240] = "total";
    size_t used = 0;

    for (size_t i = 0; i < n_at && used + 1 < sizeof cell; i++) {
        char text[80];

        dk_value_format(&at[i].value, text, sizeof text);
        used +=
            (size_t)snprintf(cell + used, sizeof cell - used, "%s%s = %s", i ? ", " : "", at[i].dimension, text);
    }
    dki_cut_text(cell);
    dki_fail(err, DK_ERR_NAME, "the result has no cell %s", cell);
    if (n_at == 1)
        hint_nearest(groups, &at[0].value, err);
    return DK_ERR_NAME;
}

static dk_status fail_cell(const dki_question *q, const dki_sides *sides, dk_error *err)
{
    const dk_column *groups = NULL;
    size_t d =
        q->place->n_at == 1 ? dki_breakdown_find_dimension(&q->breakdown, q->place->at[0].dimension) : SIZE_MAX;
    dk_status status = d == SIZE_MAX ? DK_OK : dki_sides_dimension(sides, d, &groups, err);

    if (status == DK_OK)
        status = dki_fail_cell(q->place->at, q->place->n_at, groups, err);
    dk_column_release(groups);
    return status;
}

dk_status dki_question_groups(const dki_question *q, const dki_sides *sides, uint64_t *positions, uint64_t *n,
                              dk_error *err)
{
    dk_status status = DK_OK;

    *n = 0;
    DKI_FOR_ROWS(i, sides->groups.n, sides->context, status, err)
    {
        bool wanted;

        status = is_there(q, sides, sides->order[i], &wanted, err);
        if (status == DK_OK && wanted)
            positions[(*n)++] = i;
    }
    if (status == DK_OK && *n == 0 && q->place->n_at > 0)
        status = fail_cell(q, sides, err);
    return status;
}

dk_status dki_question_value(const dki_question *q, const dki_sides *sides, size_t side, uint64_t position,
                             dk_value *out, dk_error *err)
{
    const dk_column *column = dk_table_field(sides->results[side], sides->n_by + q->measure)->column;
    uint64_t row = sides->rows[side][sides->order[position]];

    if (row != DK_ROW_NULL)
        return dk_column_get(column, row, out, err);
    *out = (dk_value){ .type = dk_column_type(column),
                       .scale = dk_column_scale(column),
                       .is_null = !dki_measure_is_count(&q->breakdown, q->measure) };
    return DK_OK;
}

const char *dki_question_format(const dki_question *q, const dki_sides *sides)
{
    return dk_table_field(sides->results[0], sides->n_by + q->measure)->format;
}

/* Rows --------------------------------------------------------------------------------------------------------- */

/* The dimensions of the place, without totals. */
static dk_status key_table(const dki_question *q, const dki_sides *sides, const uint64_t *rows, uint64_t n,
                           const dk_table **out, dk_error *err)
{
    const char *names[DKI_MAX_DIMENSIONS];
    const dk_table *all = NULL, *plain = NULL, *kept = NULL;
    size_t n_names = 0;
    dk_status status = dki_sides_table(sides, 1, &all, err);

    for (size_t d = 0; d < sides->n_by; d++)
        if (!q->is_named || !(q->set >> d & 1))
            names[n_names++] = q->breakdown.by[d].name;
    if (status == DK_OK)
        status = dk_table_with_margin(all, NULL, &plain, err);
    if (status == DK_OK)
        status = dk_table_select(plain, names, n_names, &kept, err);
    if (status == DK_OK)
        status = dk_table_gather(kept, rows, n, out, err);
    dk_table_release(kept);
    dk_table_release(plain);
    dk_table_release(all);
    return status;
}

/* Totals of the place, and of the rows that stand for all fields together. */
static dk_status row_masks(const dki_question *q, const dki_sides *sides, const uint64_t *rows, uint64_t n,
                           const bool *total, const dk_column **out, bool *any, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(sides->context, DK_INTEGER, 0, NULL, &builder, err);

    DKI_FOR_ROWS(i, n, sides->context, status, err)
    {
        int64_t mask = 0;

        if (!q->is_named)
            status = dki_sides_mask(sides, sides->order[rows[i]], &mask, err);
        if (total && total[i])
            mask |= INT64_C(1) << sides->n_by;
        *any = *any || mask != 0;
        if (status == DK_OK)
            status = dk_builder_integer(builder, mask, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* A dimension cannot be called as one of the fields. */
static dk_status check_names(const dk_table *keys, const dk_field *fields, size_t n, dk_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (dk_table_find(keys, fields[i].name) != DK_NO_COLUMN) {
            dki_fail(err, DK_ERR_ARGUMENT, "the answer has a column %s of its own", fields[i].name);
            dki_hint(err, "give the dimension another name");
            return DK_ERR_ARGUMENT;
        }
    return DK_OK;
}

dk_status dki_question_table(const dki_question *q, const dki_sides *sides, const uint64_t *rows, uint64_t n,
                             const dk_field *fields, size_t n_fields, const bool *total, const dk_table **out,
                             dk_error *err)
{
    const dk_table *keys = NULL, *made = NULL;
    const dk_column *masks = NULL;
    bool any = false;
    dk_status status = key_table(q, sides, rows, n, &keys, err);

    if (status == DK_OK)
        status = check_names(keys, fields, n_fields, err);
    if (status == DK_OK)
        status = dk_table_with(keys, fields, n_fields, &made, err);
    if (status == DK_OK)
        status = row_masks(q, sides, rows, n, total, &masks, &any, err);
    if (status == DK_OK)
        status = dk_table_with_margin(made, any ? masks : NULL, out, err);
    dk_column_release(masks);
    dk_table_release(made);
    dk_table_release(keys);
    return status;
}
