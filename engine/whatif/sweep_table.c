/* sweep_table.c - the long table of a sweep: point by point, its parameters, and what the breakdown gave there.
 *
 * Invariant: rows stand in the order of points, whichever thread found them first.
 */
#include <string.h>

#include "answered.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "data/overlap.h"
#include "expr/poll_row.h"
#include "sweep_parts.h"

#include <dekking/append.h>

#define MANY_ROWS 2000 /* whose columns are worth waking a thread for */

/* Rows of the long table. */
struct rows {
    uint64_t n;
    uint64_t *points;
    uint64_t *from; /* row of all pieces together, or DK_ROW_NULL */
    int64_t *masks;
    bool has_masks, is_plain; /* from[] is 0, 1, 2 ... */
};

static void drop_rows(struct rows *rows, dk_context *context)
{
    dki_free(context, rows->points);
    dki_free(context, rows->from);
    dki_free(context, rows->masks);
}

/* Pieces in the order of the points that they belong to, one below the other; what none has left is what the breakdown gives of
 * nobody. */
static dk_status join_pieces(const dki_sweep *sweep, const dk_table **out, dk_error *err)
{
    const dk_table **tables, *none = NULL;
    uint64_t n_rows = 0;
    size_t n = 0, capacity = 0;
    dk_status status = DK_OK;

    for (dki_piece *piece = atomic_load(&sweep->pieces); piece; piece = piece->next) {
        piece->first = UINT64_MAX;
        capacity++;
    }
    tables = dki_calloc(sweep->context, capacity, sizeof *tables, err);
    if (tables == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = 0; i < sweep->points.n; i++) {
        dki_piece *piece = (dki_piece *)sweep->answers[i].piece;

        if (piece == NULL || piece->first != UINT64_MAX || sweep->answers[i].n == 0)
            continue;
        piece->first = n_rows;
        n_rows += dk_table_n_rows(piece->rows);
        tables[n++] = piece->rows;
    }
    if (n == 0) {
        const dk_table *nobody = NULL, *bare = NULL;

        status = dk_table_slice(sweep->cells, 0, 0, &nobody, err);
        if (status == DK_OK)
            status = dk_breakdown_run(&sweep->question, nobody, sweep->breakdown_params, &none, err);
        if (status == DK_OK)
            status = dk_table_with_margin(none, NULL, &bare, err);
        if (status == DK_OK)
            status = dk_table_slice(bare, 0, 0, out, err);
        dk_table_release(bare);
        dk_table_release(nobody);
    } else if (n == 1) {
        *out = dk_table_retain(tables[0]);
    } else {
        status = dk_table_append(tables, n, NULL, out, err);
    }
    dk_table_release(none);
    dki_free(sweep->context, tables);
    return status;
}

static dk_status find_rows(const dki_sweep *sweep, struct rows *rows, dk_error *err)
{
    dk_context *context = sweep->context;
    uint64_t at = 0;

    for (uint64_t i = 0; i < sweep->points.n; i++) {
        const dki_answer *answer = &sweep->answers[i];

        rows->n += answer->problem ? 1 : answer->n;
        rows->has_masks = rows->has_masks || (answer->piece && answer->piece->masks);
    }
    rows->points = dki_alloc_array(context, (size_t)rows->n, sizeof *rows->points, err);
    rows->from = dki_alloc_array(context, (size_t)rows->n, sizeof *rows->from, err);
    rows->masks = dki_calloc(context, rows->has_masks ? (size_t)rows->n : 0, sizeof *rows->masks, err);
    if (rows->points == NULL || rows->from == NULL || rows->masks == NULL)
        return DK_ERR_MEMORY;
    rows->is_plain = true;
    for (uint64_t i = 0; i < sweep->points.n; i++) {
        const dki_answer *answer = &sweep->answers[i];
        uint64_t n = answer->problem ? 1 : answer->n;

        for (uint64_t k = 0; k < n; k++, at++) {
            rows->points[at] = i;
            rows->from[at] = answer->problem ? DK_ROW_NULL : answer->piece->first + answer->first + k;
            rows->is_plain = rows->is_plain && rows->from[at] == at;
            if (!answer->problem && answer->piece->masks)
                rows->masks[at] = answer->piece->masks[answer->first + k];
        }
    }
    return DK_OK;
}

static dk_status param_column(const dki_sweep *sweep, const struct rows *rows, const dki_axis *axis,
                              const dk_column **out, dk_error *err)
{
    uint64_t *places = dki_alloc_array(sweep->context, (size_t)rows->n, sizeof *places, err);
    dki_walk walk = DKI_WALK;
    dk_status status = places ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t i = 0; i < rows->n && status == DK_OK; i++)
        places[i] = dki_walk_to(&walk, axis, rows->points[i]);
    if (status == DK_OK)
        status = dk_column_gather(axis->column, places, rows->n, out, err);
    dki_free(sweep->context, places);
    return status;
}

static dk_status problem_column(const dki_sweep *sweep, const struct rows *rows, const dk_column **out,
                                dk_error *err)
{
    dk_builder *builder;
    dk_status status = dk_builder_new(sweep->context, DK_TEXT, 0, NULL, &builder, err);
    uint64_t n_null = 0;

    if (status != DK_OK)
        return status;
    for (uint64_t i = 0; i < rows->n && status == DK_OK; i++) {
        const char *problem = sweep->answers[rows->points[i]].problem;

        if (problem == NULL) {
            n_null++;
            continue;
        }
        status = dk_builder_null(builder, n_null, err);
        n_null = 0;
        if (status == DK_OK)
            status = dk_builder_text(builder, (dk_text){ problem, strlen(problem) }, err);
    }
    if (status == DK_OK)
        status = dk_builder_null(builder, n_null, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* A column of the pieces; of cells, counts have the digits of weights, of which as many are kept as are needed. */
static dk_status piece_column(const struct rows *rows, const dk_column *from, uint8_t least, const dk_column **out,
                              dk_error *err)
{
    const dk_column *gathered = NULL;
    dk_status status = DK_OK;

    if (rows->is_plain && dk_column_n_rows(from) == rows->n)
        gathered = dk_column_retain(from);
    else
        status = dk_column_gather(from, rows->from, rows->n, &gathered, err);
    if (status == DK_OK)
        status = dki_trim_column(gathered, least, out, err);
    dk_column_release(gathered);
    return status;
}

/* The columns of the result: parameters, then those of the breakdown, then what is wrong with a point. */
struct columns {
    const dki_sweep *sweep;
    const struct rows *rows;
    const dk_table *joined; /* the pieces */
    const dk_table *like;   /* the table as it is, which has the digits that columns are shown with */
    size_t n_axes, n_joined;
    dk_field *fields;
};

/* Columns begin .. end - 1, of which only the properties were there. */
static dk_status make_columns(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct columns *c = arg;
    dk_status status = DK_OK;

    (void)worker;
    for (size_t n = (size_t)begin; n < end && status == DK_OK; n++) {
        size_t i = n - c->n_axes;
        const dk_column **out = &c->fields[n].column;

        if (n < c->n_axes)
            status = param_column(c->sweep, c->rows, &c->sweep->points.axes[n], out, err);
        else if (i < c->n_joined)
            status = piece_column(c->rows, dk_table_field(c->joined, i)->column,
                                  dk_column_scale(dk_table_field(c->like, i)->column), out, err);
        else
            status = problem_column(c->sweep, c->rows, out, err);
    }
    return status;
}

/* Says of which members figures are, where a breakdown by members is swept. */
static dk_status give_overlaps(const struct columns *c, dk_error *err)
{
    size_t n_by = c->sweep->breakdown->n_by;
    dk_status status = DK_OK;

    for (size_t i = n_by; i < c->n_joined && status == DK_OK; i++)
        if (dki_column_overlap(dk_table_field(c->like, i)->column))
            status = dki_breakdown_overlap(c->sweep->breakdown, c->fields + c->n_axes,
                                           &c->fields[c->n_axes + i].column, err);
    return status;
}

/* The result without margins. */
static dk_status make_table(const dki_sweep *sweep, const struct rows *rows, const dk_table *joined,
                            const dk_table *like, const dk_table **out, dk_error *err)
{
    dk_context *context = sweep->context;
    struct columns c = {
        .sweep = sweep,
        .rows = rows,
        .joined = joined,
        .like = like,
        .n_axes = sweep->points.n_axes,
        .n_joined = dk_table_n_columns(joined),
    };
    size_t n = c.n_axes + c.n_joined + 1;
    dk_status status;

    c.fields = dki_calloc(context, n, sizeof *c.fields, err);
    if (c.fields == NULL)
        return DK_ERR_MEMORY;
    for (size_t k = 0; k < c.n_axes; k++)
        c.fields[k] = DK_FIELD(sweep->scenario->params[sweep->points.axes[k].param].name, NULL);
    for (size_t i = 0; i < c.n_joined; i++) {
        dk_field *field = &c.fields[c.n_axes + i];

        *field = *dk_table_field(like, i);
        field->margin_bit = rows->has_masks && i < sweep->breakdown->n_by ? (int)i : -1;
        field->column = NULL;
    }
    c.fields[n - 1] = DK_FIELD("problem", NULL);
    status = dki_parallel(context, n, rows->n < MANY_ROWS ? n : 1, make_columns, &c, err);
    if (status == DK_OK)
        status = give_overlaps(&c, err);
    if (status == DK_OK)
        status = dk_table_new(context, c.fields, n, rows->n, out, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(c.fields[i].column);
    dki_free(context, c.fields);
    return status;
}

static dk_status add_margin(const dki_sweep *sweep, const struct rows *rows, const dk_table **table, dk_error *err)
{
    const dk_column *margin = NULL;
    const dk_table *next = NULL;
    dk_status status;

    if (!rows->has_masks)
        return DK_OK;
    status = dki_column_of_integers(sweep->context, DK_INTEGER, 0, rows->masks, (size_t)rows->n, &margin, err);
    if (status == DK_OK)
        status = dk_table_with_margin(*table, margin, &next, err);
    dk_column_release(margin);
    if (status == DK_OK) {
        dk_table_release(*table);
        *table = next;
    }
    return status;
}

static dk_status add_lineage(const dki_sweep *sweep, const dk_table *like, const dk_table *table, dk_error *err)
{
    const char *names[16];
    char list[400];
    size_t n = 0;

    for (; n < sweep->points.n_axes && n < sizeof names / sizeof *names; n++)
        names[n] = sweep->scenario->params[sweep->points.axes[n].param].name;
    return dki_answered(table, sweep->breakdown, sweep->table, sweep->breakdown_params, like, err,
                        "%s swept over %s", sweep->scenario->name, dki_lineage_list(names, n, list, sizeof list));
}

dk_status dki_sweep_table(dki_sweep *sweep, const dki_text_map *notes, const dk_table **out, dk_error *err)
{
    const dk_properties *from = dk_table_properties(sweep->table);
    dk_properties properties = { .name = sweep->breakdown->name, .source = from->source, .unit = from->unit };
    const dk_table *joined = NULL, *nobody = NULL, *like = NULL, *bare = NULL, *made = NULL;
    struct rows rows = { .n = 0 };
    dk_status status = join_pieces(sweep, &joined, err);

    if (status == DK_OK)
        status = find_rows(sweep, &rows, err);
    if (status == DK_OK)
        status = dk_table_slice(sweep->table, 0, 0, &nobody, err);
    if (status == DK_OK)
        status = dk_breakdown_run(&sweep->question, nobody, sweep->breakdown_params, &like, err);
    if (status == DK_OK)
        status = make_table(sweep, &rows, joined, like, &bare, err);
    if (status == DK_OK)
        status = dk_table_with_properties(bare, &properties, &made, err);
    if (status == DK_OK)
        status = add_margin(sweep, &rows, &made, err);
    if (status == DK_OK)
        status = dki_put_notes(notes, &made, err);
    if (status == DK_OK)
        status = add_lineage(sweep, like, made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    dk_table_release(bare);
    dk_table_release(like);
    dk_table_release(nobody);
    dk_table_release(joined);
    drop_rows(&rows, sweep->context);
    return status;
}
