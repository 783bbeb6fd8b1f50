/* follow_figures.c - figures beside cells: those of whole groups go where a step moves the groups.
 *
 * Figures that are known per municipality say nothing of one that a step makes of two others, unless they are added up as the
 * persons are. Where a step takes everybody whom a condition matches, and the condition and what is set look at nothing but
 * columns by which the figures are known, their rows are moved as cells are: they get the same values. So a merger of
 * municipalities merges their figures, also those of municipalities that no cell is in, and levels above follow as those of
 * persons do. Where a step moves parts of groups nobody knows which part of a figure goes along, and it stays: a note says so. So
 * it does where what is set lies below what the figures are known by, as a municipality that goes to another region, and where
 * persons come or leave.
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "data/table_parts.h"
#include "expr/eval.h"
#include "expr/poll_row.h"
#include "pieces.h"
#include "query/breakdown_parts.h"
#include "scenario_parts.h"

/* Whether a step moves ------------------------------------------------------------------------------------------ */

static bool sets_key(const dki_step *step, const dk_table *cells, const dk_attachment *attachment)
{
    for (size_t move = 0; move < dki_moves_n(step); move++) {
        size_t n_set;
        const dk_expr *const *set = dki_move_set(step, move, &n_set);

        for (size_t i = 0; i < n_set; i++)
            if (dki_figures_key(cells, attachment, dk_expr_name(set[i])))
                return true;
    }
    return false;
}

bool dki_step_sets_figures(const dki_step *step, const dk_table *cells)
{
    const dk_properties *properties = dk_table_properties(cells);

    for (size_t i = 0; i < properties->n_attached && step->effect == DK_MOVES && !step->scale; i++)
        if (sets_key(step, cells, &properties->attached[i]))
            return true;
    return false;
}

/* Whether everybody is taken whom the step's condition matches, or a flow is about; and whether nobody is. */
static dk_status takes_all(const dki_stage *stage, bool *out, bool *none, dk_error *err)
{
    const dki_step *step = stage->step;
    dk_ratio share = { 0, 1 };
    dk_status status = DK_OK;

    if (step->share)
        status = dki_amount(step->share, stage->cells, stage->params, "share", &share, err);
    *out = stage->only == NULL && (step->all || step->n_flows > 0 || share.numerator == share.denominator);
    *none = status == DK_OK && step->share && share.numerator == 0;
    return status;
}

/* What a move sets of the columns by which figures are known: room for n_set of the step, at least 1. *n is 0 where that looks at
 * others. */
static void find_set(const dki_step *step, size_t move, const dk_table *cells, const dk_attachment *attachment,
                     const dk_expr **out, size_t *n)
{
    size_t n_set;
    const dk_expr *const *set = dki_move_set(step, move, &n_set);

    *n = 0;
    for (size_t i = 0; i < n_set; i++) {
        if (dki_figures_key(cells, attachment, dk_expr_name(set[i])) == NULL)
            continue;
        if (!dki_figures_know(cells, attachment, set[i])) {
            *n = 0;
            return;
        }
        out[(*n)++] = set[i];
    }
}

/* The rows of figures that move ---------------------------------------------------------------------------------- */

/* Rows of a table of figures on their way. */
struct moving {
    const dki_stage *stage; /* whose cells are the figures */
    const dk_attachment *attachment;
    uint32_t *moves;         /* of each row which move takes it, from 1; 0: it stays */
    const dk_table **pieces; /* n: who stays, then who each move takes, if anybody */
    size_t n;
    uint64_t *rows;  /* room for all */
    uint64_t *place; /* of each row among those of the pieces, of which there are ... */
    uint64_t n_placed;
    bool parts; /* some flow is of a part */
};

/* The rows that the step's condition matches, as taken by the first move. */
static dk_status match_rows(struct moving *m, dk_error *err)
{
    const dk_table *cells = m->stage->cells;
    const dk_column *truth = NULL;
    dki_bound *where = NULL;
    dk_status status;

    if (m->stage->step->where == NULL) {
        for (uint64_t i = 0; i < dk_table_n_rows(cells); i++)
            m->moves[i] = 1;
        return DK_OK;
    }
    status = dki_step_bind_where(m->stage->step, cells, m->stage->params, &where, err);
    if (status == DK_OK)
        status = dki_bound_column_new(where, &truth, err);
    DKI_FOR_ROWS(i, dk_table_n_rows(cells), dk_table_context(cells), status, err)
    {
        dk_value value;

        status = dk_column_get(truth, i, &value, err);
        m->moves[i] = status == DK_OK && !value.is_null && value.as.boolean;
    }
    dk_column_release(truth);
    dki_bound_release(where);
    return status;
}

/* Of these, those that a flow with a share of 1 is about go to its destination; the others stay. */
static dk_status match_flows(struct moving *m, dk_error *err)
{
    const dki_step *step = m->stage->step;
    const dk_table *cells = m->stage->cells;
    const dk_column *column = dk_table_field(cells, dk_table_find(cells, step->flows_of))->column;
    dki_matrix matrix;
    dk_status status = dki_matrix_init(&matrix, step, cells, m->stage->params, err);

    if (status != DK_OK)
        return status;
    DKI_FOR_ROWS(i, dk_table_n_rows(cells), dk_table_context(cells), status, err)
    {
        uint32_t move = 0;
        dk_value value;

        status = dk_column_get(column, i, &value, err);
        for (size_t f = 0; status == DK_OK && m->moves[i] && f < step->n_flows; f++)
            if (matrix.shares[f].numerator == matrix.shares[f].denominator &&
                dki_values_equal(&matrix.from[step->flows[f].row], &value))
                move = step->flows[f].place + 1;
        m->moves[i] = move;
    }
    for (size_t f = 0; f < step->n_flows; f++)
        m->parts |= matrix.shares[f].numerator > 0 && matrix.shares[f].numerator < matrix.shares[f].denominator;
    dki_matrix_drop(&matrix);
    return status;
}

/* Moving them ---------------------------------------------------------------------------------------------------- */

/* Appends the rows that a move takes, and what they become; move 0 is who stays. */
static dk_status add_piece(struct moving *m, uint32_t move, const dk_table *cells, dk_error *err)
{
    const dk_table *figures = m->stage->cells;
    const dk_expr **set;
    size_t n_set = 0;
    uint64_t *rows = m->rows, n = 0;
    dk_status status;

    for (uint64_t i = 0; i < dk_table_n_rows(figures); i++)
        if (m->moves[i] == move) {
            m->place[i] = m->n_placed + n;
            rows[n++] = i;
        }
    m->n_placed += n;
    if (move == 0)
        return dk_table_gather(figures, rows, n, &m->pieces[m->n++], err);
    if (n == 0)
        return DK_OK;
    set = dki_alloc_array(dk_table_context(figures), m->stage->step->n_set + 1, sizeof *set, err);
    if (set == NULL)
        return DK_ERR_MEMORY;
    find_set(m->stage->step, move - 1, cells, m->attachment, set, &n_set);
    status = dki_moved_cells(m->stage, set, n_set, rows, n, &m->pieces[m->n++], err);
    dki_free(dk_table_context(figures), set);
    return status;
}

/* A column of all pieces, its rows as they stood before. */
static dk_status join_column(const struct moving *m, const char *name, const dk_column **out, dk_error *err)
{
    dk_context *context = dk_table_context(m->stage->cells);
    const dk_column **columns = dki_alloc_array(context, m->n, sizeof *columns, err);
    const dk_column *joined = NULL;
    dk_status status = columns ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; columns && i < m->n; i++)
        columns[i] = dk_column_retain(dk_table_field(m->pieces[i], dk_table_find(m->pieces[i], name))->column);
    if (status == DK_OK)
        status = dki_columns_join(columns, m->n, &joined, err);
    if (status == DK_OK)
        status = dk_column_gather(joined, m->place, dk_table_n_rows(m->stage->cells), out, err);
    dk_column_release(joined);
    for (size_t i = 0; columns && i < m->n; i++)
        dk_column_release(columns[i]);
    dki_free(context, columns);
    return status;
}

/* The table of figures with those columns as they became. */
static dk_status join_pieces(const struct moving *m, const char *const *names, size_t n_names, const dk_table **out,
                             dk_error *err)
{
    dk_context *context = dk_table_context(m->stage->cells);
    dk_field *fields = dki_calloc(context, n_names, sizeof *fields, err);
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;
    size_t n = 0;

    for (; n < n_names && status == DK_OK; n++) {
        fields[n] = DK_FIELD(names[n], NULL);
        status = join_column(m, names[n], &fields[n].column, err);
    }
    if (status == DK_OK)
        status = dk_table_with(m->stage->cells, fields, n, out, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    dki_free(context, fields);
    return status;
}

/* The figures after the step, where rows of them move; *out is NULL where none do. names: columns by which they are known. */
static dk_status move_rows(struct moving *m, const dk_table *cells, const char *const *names, size_t n_names,
                           const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    const dki_step *step = m->stage->step;
    size_t n = (size_t)dk_table_n_rows(m->stage->cells);
    dk_status status;

    m->moves = dki_alloc_array(context, n, sizeof *m->moves, err);
    m->rows = dki_alloc_array(context, n, sizeof *m->rows, err);
    m->place = dki_alloc_array(context, n, sizeof *m->place, err);
    m->pieces = dki_calloc(context, dki_moves_n(step) + 1, sizeof *m->pieces, err);
    status = m->moves && m->rows && m->place && m->pieces ? match_rows(m, err) : DK_ERR_MEMORY;
    if (status == DK_OK && step->n_flows > 0)
        status = match_flows(m, err);
    for (uint32_t move = 0; move <= dki_moves_n(step) && status == DK_OK; move++)
        status = add_piece(m, move, cells, err);
    if (status == DK_OK && m->n > 1)
        status = join_pieces(m, names, n_names, out, err);
    for (size_t i = 0; m->pieces && i < m->n; i++)
        dk_table_release(m->pieces[i]);
    dki_free(context, m->pieces);
    dki_free(context, m->place);
    dki_free(context, m->rows);
    dki_free(context, m->moves);
    return status;
}

/* Whether each move of the step is of whole groups of what is attached. */
static dk_status moves_groups(const dki_stage *stage, const dk_attachment *attachment, bool *out, bool *none,
                              dk_error *err)
{
    const dki_step *step = stage->step;
    const dk_expr **set = dki_alloc_array(dk_table_context(stage->cells), step->n_set + 1, sizeof *set, err);
    dk_status status = set ? takes_all(stage, out, none, err) : DK_ERR_MEMORY;

    *out =
        status == DK_OK && *out && (step->where == NULL || dki_figures_know(stage->cells, attachment, step->where));
    for (size_t move = 0; move < dki_moves_n(step) && *out; move++) {
        size_t n_set;

        find_set(step, move, stage->cells, attachment, set, &n_set);
        *out = n_set > 0;
    }
    dki_free(dk_table_context(stage->cells), set);
    return status;
}

/* What fails of figures alone leaves them as they are: their levels may lack what the cells' have. */
static dk_status or_stay(dk_status status, const dk_error *why, dk_error *err)
{
    if (status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED)
        return DK_OK;
    if (err)
        *err = *why;
    return status;
}

/* Persons move, come or leave, and figures do not. how: what the note says behind by what they are known. */
static dk_status tell(const dki_stage *stage, const dk_attachment *attachment, const char *how, dk_error *err)
{
    const char *step = stage->step->name;
    char note[800], keys[300];
    uint32_t number;

    (void)snprintf(note, sizeof note, "%.*s: figures known per %s %s", (int)dki_utf8_floor(step, strlen(step), 200),
                   step, dki_lineage_list(attachment->by, attachment->n_by, keys, sizeof keys), how);
    return dki_text_map_add(stage->notes, note, strlen(note), &number, err);
}

/* What is attached as it is after the step: the same where the step does not move whole groups of it. by: room for the columns of
 * the cells and those by which it is known. *parts: persons move, and not all figures of their groups. */
static dk_status follow(const dki_stage *stage, const dk_attachment *attachment, const char **by,
                        dk_attachment *out, bool *parts, dk_error *err)
{
    const dk_table *figures = NULL, *moved = NULL;
    dki_stage on = *stage;
    struct moving moving = { .stage = &on, .attachment = attachment };
    dk_error why = DK_ERROR_INIT;
    bool moves = false, none = false;
    size_t n_by = 0;
    dk_status status = moves_groups(stage, attachment, &moves, &none, &why);

    *parts = !moves && !none && sets_key(stage->step, stage->cells, attachment);
    *out = (dk_attachment){ dk_table_retain(attachment->table), attachment->by, attachment->n_by };
    if (status != DK_OK || !moves)
        return or_stay(status, &why, err);
    status = dki_figures_levels(stage->cells, attachment, by, &n_by, &figures, &why);
    on.cells = figures;
    for (size_t i = 0; i < attachment->n_by; i++) /* levels above stand before: whose persons move, figures do */
        by[n_by++] = attachment->by[i];
    if (status == DK_OK)
        status = move_rows(&moving, stage->cells, by, n_by, &moved, &why);
    if (status == DK_OK && moved) {
        dk_table_release(out->table);
        *out = (dk_attachment){ moved, by, n_by };
    }
    *parts = *parts || moving.parts;
    dk_table_release(figures);
    return or_stay(status, &why, err);
}

dk_status dki_follow_figures(dki_stage *stage, dki_strata *strata, dk_error *err)
{
    dk_context *context = dk_table_context(stage->cells);
    dk_properties properties = *dk_table_properties(stage->cells);
    size_t n_columns = dk_table_n_columns(stage->cells), n = 0, room = 0;
    dk_attachment attached[DK_MOST_ATTACHED];
    const char **by;
    dk_status status = DK_OK;

    if (!dki_step_sets_figures(stage->step, stage->cells))
        return DK_OK;
    for (size_t i = 0; i < properties.n_attached; i++)
        room += n_columns + properties.attached[i].n_by;
    by = dki_alloc_array(context, room, sizeof *by, err);
    if (by == NULL)
        return DK_ERR_MEMORY;
    for (room = 0; n < properties.n_attached && status == DK_OK; n++) {
        bool parts = false;

        status = follow(stage, &properties.attached[n], by + room, &attached[n], &parts, err);
        if (status == DK_OK && parts && stage->notes && strata->n_cells > 0)
            status = tell(stage, &properties.attached[n],
                          "stay with the groups that they are of, as it may move parts of groups", err);
        room += n_columns + properties.attached[n].n_by;
    }
    properties.attached = attached;
    if (status == DK_OK)
        status = dk_table_with_properties(stage->cells, &properties, &strata->figured, err);
    if (status == DK_OK)
        stage->cells = strata->figured;
    for (size_t i = 0; i < n; i++)
        dk_table_release(attached[i].table);
    dki_free(context, by);
    return status;
}

/* Steps that set nothing by which figures are known ---------------------------------------------------------------- */

/* Whether some row of a column became another value. */
static dk_status find_changed(const dk_column *before, const uint64_t *rows, const dk_column *after, bool *out,
                              dk_error *err)
{
    dk_status status = DK_OK;

    for (uint64_t i = 0; i < dk_column_n_rows(after) && status == DK_OK && !*out; i++) {
        dk_value was, is;

        status = dk_column_get(before, rows[i], &was, err);
        if (status == DK_OK)
            status = dk_column_get(after, i, &is, err);
        if (status == DK_OK)
            *out = was.is_null != is.is_null || (!was.is_null && !dki_values_equal(&was, &is));
    }
    return status;
}

/* Whether who moved is in another group than before, of those by which figures are known: levels follow what is set below them. */
static dk_status leaves_groups(const dki_stage *stage, const dk_attachment *attachment, const uint64_t *rows,
                               const dk_table *moved, bool *out, dk_error *err)
{
    dk_status status = DK_OK;

    *out = false;
    for (size_t c = 0; c < dk_table_n_columns(stage->cells) && status == DK_OK && !*out; c++) {
        const dk_field *field = dk_table_field(stage->cells, c);
        size_t at = dk_table_find(moved, field->name);

        if (at != DK_NO_COLUMN && dk_table_field(moved, at)->column != field->column &&
            dki_figures_key(stage->cells, attachment, field->name))
            status = find_changed(field->column, rows, dk_table_field(moved, at)->column, out, err);
    }
    return status;
}

dk_status dki_tell_figures(const dki_stage *stage, const uint64_t *rows, const dk_table *moved, dk_error *err)
{
    const dk_properties *properties = dk_table_properties(stage->cells);
    dk_status status = DK_OK;

    for (size_t i = 0; i < properties->n_attached && stage->notes && status == DK_OK; i++) {
        const dk_attachment *attachment = &properties->attached[i];
        bool leaves = false;

        if (moved && sets_key(stage->step, stage->cells, attachment)) /* they follow, or were told of */
            continue;
        if (moved)
            status = leaves_groups(stage, attachment, rows, moved, &leaves, err);
        if (status == DK_OK && (leaves || moved == NULL))
            status = tell(stage, attachment,
                          moved ? "stay what they were, and it moves persons from one to another"
                                : "stay what they were, whoever comes or leaves",
                          err);
    }
    return status;
}
