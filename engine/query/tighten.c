/* tighten.c - bounds of a table's numbers, made narrower by its own totals.
 *
 *   columns, masks of rows -> bounds of each number -> sums (tighten_sums.c) -> narrower bounds (base/linear.h) -> columns
 *
 * Memory: 32 bytes a number and 20 a term of a sum, and the solver's. Poll: once per block, and as the solver does.
 */
#include <dekking/tighten.h>

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "data/marker.h"
#include "data/overlap.h"
#include "data/table_parts.h"
#include "expr/poll_row.h"
#include "tighten_anew.h"

static const dk_field *field_of(const dki_tighten *t, size_t column)
{
    return dk_table_field(t->table, column);
}

/* Columns. ---------------------------------------------------------------------------------------------------------- */

static bool is_value(const dk_column *column)
{
    dk_type type = dk_column_type(column);

    return type == DK_INTEGER || type == DK_DECIMAL || type == DK_INTERVAL;
}

/* A role for a column; has: which columns have one. */
static dk_status take_role(dki_tighten *t, const char *name, bool *has, size_t *out, dk_error *err)
{
    dk_status status = dk_table_get(t->table, name, out, err);

    if (status == DK_OK && has[*out])
        return dki_fail(err, DK_ERR_ARGUMENT, "tighten: the column %s has two roles", name);
    if (status == DK_OK)
        has[*out] = true;
    return status;
}

static dk_status choose_dimensions(dki_tighten *t, bool *has, dk_error *err)
{
    bool has_margin = dk_table_margin(t->table) != NULL;
    dk_status status = DK_OK;

    for (size_t i = 0; i < DKI_TIGHTEN_DIMENSIONS; i++)
        t->dims[i] = DK_NO_COLUMN;
    if (has_margin && t->spec->n_by > 0) {
        (void)dki_fail(err, DK_ERR_ARGUMENT,
                       "tighten: the rows of the table that are totals say of which dimensions");
        dki_hint(err, "leave `by` out");
        return DK_ERR_ARGUMENT;
    }
    if (t->spec->n_by > DKI_TIGHTEN_DIMENSIONS)
        return dki_fail(err, DK_ERR_LIMIT, "tighten takes no more than %d dimensions", DKI_TIGHTEN_DIMENSIONS);
    for (size_t i = 0; i < t->spec->n_by && status == DK_OK; i++) {
        status = take_role(t, t->spec->by[i], has, &t->dims[i], err);
        t->n_dims = i + 1;
    }
    for (size_t i = 0; has_margin && i < dk_table_n_columns(t->table); i++) {
        int bit = field_of(t, i)->margin_bit;

        if (bit < 0 || bit >= DKI_TIGHTEN_DIMENSIONS)
            continue;
        has[i] = true;
        t->dims[bit] = i;
        if ((size_t)bit >= t->n_dims)
            t->n_dims = (size_t)bit + 1;
    }
    return status;
}

static bool may_be_null(const dk_column *column)
{
    return dk_column_type(column) == DK_INTERVAL &&
           dki_markers_may_be_null(dk_column_levels(dk_column_child(column, DK_CHILD_MARKER)));
}

static dk_status check_value(dki_tighten *t, const dki_anew *anew, size_t at, dk_error *err)
{
    const dk_field *field = field_of(t, t->columns[at]), *first = field_of(t, t->columns[0]);
    uint8_t scale = dk_column_scale(field->column);

    if (!is_value(field->column))
        return dki_fail(err, DK_ERR_TYPE, "tighten adds up integers, decimals and intervals, and %s is %s",
                        field->name, dk_type_name(dk_column_type(field->column)));
    if (may_be_null(field->column)) {
        (void)dki_fail(err, DK_ERR_ARGUMENT,
                       "tighten: %s may be null in some rows, and is no part of a total there", field->name);
        dki_hint(err, "say what counts then: coalesce(%s, 0)", field->name);
        return DK_ERR_ARGUMENT;
    }
    if (dki_anew_is_rate(anew, t->columns[at])) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "tighten: %s is no sum, and its totals are none of its parts",
                       field->name);
        dki_hint(err, "name the sums that it is made of: it is made anew of these");
        return DK_ERR_ARGUMENT;
    }
    if (at == 0)
        t->scale = scale;
    if (scale == t->scale)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_TYPE, "%s has %u digits after the point, and %s has %u", first->name,
                   (unsigned)t->scale, field->name, (unsigned)scale);
    dki_hint(err, "make them alike first: t:derive \"%s = decimal(%s, %u)\"", first->name, first->name,
             (unsigned)(scale > t->scale ? scale : t->scale));
    return DK_ERR_TYPE;
}

static dk_status choose_values(dki_tighten *t, const dki_anew *anew, bool *has, dk_error *err)
{
    size_t total = DK_NO_COLUMN;
    dk_status status = t->spec->total ? take_role(t, t->spec->total, has, &total, err) : DK_OK;

    for (size_t i = 0; i < t->spec->n_values && status == DK_OK; i++)
        status = take_role(t, t->spec->values[i], has, &t->columns[t->n_columns++], err);
    for (size_t i = 0; t->spec->n_values == 0 && i < dk_table_n_columns(t->table); i++)
        if (!has[i] && is_value(field_of(t, i)->column) && !may_be_null(field_of(t, i)->column) &&
            !dki_anew_never_adds(anew, i))
            t->columns[t->n_columns++] = i;
    if (status == DK_OK && t->n_columns == 0)
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "tighten: the table has no columns of numbers in bounds, or of whole numbers");
    if (total != DK_NO_COLUMN)
        t->columns[t->n_columns++] = total;
    for (size_t i = 0; i < t->n_columns && status == DK_OK; i++)
        status = check_value(t, anew, i, err);
    return status;
}

static dk_status choose_columns(dki_tighten *t, const dki_anew *anew, dk_error *err)
{
    size_t n = dk_table_n_columns(t->table) + t->spec->n_values + 1;
    bool *has = dki_calloc(t->context, n, sizeof *has, err);
    dk_status status = DK_ERR_MEMORY;

    t->columns = dki_alloc_array(t->context, n, sizeof *t->columns, err);
    if (has && t->columns)
        status = choose_dimensions(t, has, err);
    if (status == DK_OK)
        status = choose_values(t, anew, has, err);
    if (status == DK_OK && t->n_rows * t->n_columns >= UINT32_MAX)
        status = dki_fail(err, DK_ERR_LIMIT, "tighten: the table has %llu numbers, more than can be solved",
                          (unsigned long long)(t->n_rows * t->n_columns));
    dki_free(t->context, has);
    return status;
}

/* Masks. ------------------------------------------------------------------------------------------------------------ */

static dk_status read_margin(dki_tighten *t, const dk_column *margin, dk_error *err)
{
    dk_view view;
    dk_status status = DK_OK;
    int64_t masks[DK_BLOCK_ROWS];

    dk_view_init(&view, t->context);
    for (uint64_t row = 0; dki_column_block(margin, row, &view, &status, err); row += view.n) {
        dki_view_integers(&view, masks);
        for (size_t i = 0; i < view.n; i++)
            t->masks[row + i] = (uint32_t)masks[i];
    }
    dk_view_release(&view);
    return status;
}

/* Rows that have the word in the place of a value of the dimension. */
static dk_status find_word(dki_tighten *t, size_t dim, dk_error *err)
{
    const char *word = t->spec->total_word ? t->spec->total_word : "totaal";
    const dk_field *field = field_of(t, t->dims[dim]);
    dk_type type = dk_column_type(field->column);
    dk_view view;
    dk_status status = DK_OK;

    if (type != DK_TEXT && type != DK_CATEGORY)
        return dki_fail(err, DK_ERR_TYPE, "totals are found by a word, and %s is %s", field->name,
                        dk_type_name(type));
    dk_view_init(&view, t->context);
    for (uint64_t row = 0; dki_column_block(field->column, row, &view, &status, err); row += view.n) {
        for (size_t i = 0; i < view.n; i++) {
            dk_text text = dki_view_text(&view, i);

            if (!dki_view_is_null(&view, i) && dki_text_equal_fold(text.bytes, text.size, word, strlen(word)))
                t->masks[row + i] |= (uint32_t)1 << dim;
        }
    }
    dk_view_release(&view);
    return status;
}

/* A total over groups that overlap is no sum of theirs. */
static dk_status check_overlap(const dki_tighten *t, const dk_field *value, dk_error *err)
{
    const dk_column *overlap = dki_column_overlap(value->column);
    const char *name = overlap ? dki_overlap_name(t->table, overlap) : NULL;
    int bit = name ? dk_table_field(t->table, dk_table_find(t->table, name))->margin_bit : -1;
    bool is_total = false;

    for (uint64_t row = 0; row < t->n_rows && bit >= 0 && !is_total; row++)
        is_total = t->masks[row] >> bit & 1;
    if (!is_total)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_ARGUMENT,
                   "tighten: groups of %s overlap, and the totals of %s over them are not their sums", name,
                   value->name);
    dki_hint(err, "leave these totals out: where \"%s is not total\"", name);
    return DK_ERR_ARGUMENT;
}

static dk_status find_masks(dki_tighten *t, dk_error *err)
{
    const dk_column *margin = dk_table_margin(t->table);
    dk_status status = DK_OK;

    t->masks = dki_calloc(t->context, (size_t)t->n_rows, sizeof *t->masks, err);
    if (t->masks == NULL)
        return DK_ERR_MEMORY;
    if (margin)
        return read_margin(t, margin, err);
    for (size_t i = 0; i < t->n_dims && status == DK_OK; i++)
        status = find_word(t, i, err);
    return status;
}

/* Numbers. ---------------------------------------------------------------------------------------------------------- */

/* A column of numbers as its bounds: the children of an interval, or the column itself. */
static const dk_column *side_of(const dk_column *column, size_t child)
{
    return dk_column_n_children(column) > 0 && dk_column_type(column) == DK_INTERVAL
               ? dk_column_child(column, child)
               : column;
}

static dk_status read_side(const dki_tighten *t, const dk_column *column, size_t child, dki_bounds *out,
                           size_t step, dk_error *err)
{
    const dk_column *side = side_of(column, child);
    dk_view view;
    dk_status status = DK_OK;
    int64_t values[DK_BLOCK_ROWS];

    dk_view_init(&view, t->context);
    for (uint64_t row = 0; dki_column_block(side, row, &view, &status, err); row += view.n) {
        dki_view_integers(&view, values);
        for (size_t i = 0; i < view.n; i++) {
            dki_bounds *b = &out[(row + i) * step];
            bool is_open = dki_view_is_null(&view, i);

            *(child == DK_CHILD_LEAST ? &b->least : &b->greatest) = is_open ? 0 : values[i];
            *(child == DK_CHILD_LEAST ? &b->no_least : &b->no_greatest) = is_open;
        }
    }
    dk_view_release(&view);
    return status;
}

dk_status dki_tighten_read(const dki_tighten *t, const dk_column *column, dki_bounds *out, size_t step,
                           dk_error *err)
{
    dk_status status = read_side(t, column, DK_CHILD_LEAST, out, step, err);

    if (status == DK_OK)
        status = read_side(t, column, DK_CHILD_GREATEST, out, step, err);
    if (dk_column_type(column) != DK_INTERVAL)
        return status;
    DKI_FOR_ROWS(row, t->n_rows, t->context, status, err)
    {
        dki_bounds *b = &out[row * step];
        dk_value value;

        if (!b->no_least || !b->no_greatest)
            continue;
        status = dk_column_get(column, row, &value, err);
        if (status == DK_OK && value.as.interval.meaning == DK_MEANS_IMPOSSIBLE)
            *b = (dki_bounds){ 0 };
    }
    return status;
}

static dk_status read_numbers(dki_tighten *t, dk_error *err)
{
    dk_status status = DK_OK;

    t->n_numbers = (size_t)t->n_rows * t->n_columns;
    t->bounds = dki_calloc(t->context, t->n_numbers, sizeof *t->bounds, err);
    if (t->bounds == NULL)
        return DK_ERR_MEMORY;
    for (size_t c = 0; c < t->n_columns && status == DK_OK; c++)
        status = dki_tighten_read(t, field_of(t, t->columns[c])->column, t->bounds + c, t->n_columns, err);
    return status;
}

/* The result. ------------------------------------------------------------------------------------------------------- */

/* A row as it was where its bounds are, else with those that were found. What may have been null may be so still, unless what was made
 * anew (NULL: nothing) is a number. */
static dk_status add_row(dk_builder *builder, const dk_column *column, const dk_column *anew,
                         const dki_bounds *before, const dki_bounds *after, uint64_t row, dk_error *err)
{
    dk_value value, other = { .type = DK_INTERVAL, .as.interval.may_be_null = true };
    dk_interval made = { .least = after->least,
                         .greatest = after->greatest,
                         .no_least = after->no_least,
                         .no_greatest = after->no_greatest };
    dk_status status = dk_column_get(column, row, &value, err);

    if (status == DK_OK && anew)
        status = dk_column_get(anew, row, &other, err);
    if (status != DK_OK)
        return status;
    if (dk_column_type(column) == DK_INTERVAL) {
        made.may_be_null = value.as.interval.may_be_null && (other.is_null || other.as.interval.may_be_null);
        if (dki_tighten_are_same(before, after) && made.may_be_null == value.as.interval.may_be_null)
            return dk_builder_interval(builder, &value.as.interval, err);
        if (value.as.interval.meaning == DK_MEANS_ESTIMATE)
            made.meaning = DK_MEANS_ESTIMATE;
        else if (made.no_least && made.no_greatest && !value.is_null)
            made.meaning = DK_MEANS_UNBOUNDED;
        dki_interval_mark(&made);
    }
    return dk_builder_interval(builder, &made, err);
}

static bool is_all_known(const dk_column *column)
{
    return dk_column_type(column) != DK_INTERVAL && dk_column_n_nulls(column) == 0;
}

/* Figures of groups that overlap stay such. */
static dk_status give_overlap(const dk_column *column, const dk_column **made, dk_error *err)
{
    dk_status status = dki_overlap_give(made, dki_column_overlap(column), err);

    if (status == DK_OK)
        return DK_OK;
    dk_column_release(*made);
    *made = NULL;
    return status;
}

dk_status dki_tighten_column(const dki_tighten *t, const dk_column *column, const dk_column *anew,
                             const dki_bounds *before, const dki_bounds *after, size_t step, const dk_column **out,
                             dk_error *err)
{
    bool is_interval = dk_column_type(column) == DK_INTERVAL;
    const dk_dictionary *markers = is_interval ? dk_column_levels(dk_column_child(column, DK_CHILD_MARKER)) : NULL;
    dk_builder *builder = NULL;
    dk_status status;

    if (markers && dki_markers_may_be_null(markers)) /* which is another marker where it no longer may */
        markers = NULL;
    status = dk_builder_new(t->context, DK_INTERVAL, dk_column_scale(column), markers, &builder, err);
    DKI_FOR_ROWS(row, t->n_rows, t->context, status, err)
    status = add_row(builder, column, anew, &before[row * step], &after[row * step], row, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    if (status == DK_OK && dki_column_overlap(column))
        status = give_overlap(column, out, err);
    return status;
}

static dk_status add_notes(const dki_tighten *t, const dki_bounds *after, const dki_sums_answer *answer,
                           const dk_table **table, dk_error *err)
{
    size_t n = t->n_numbers, n_inexact = 0, n_narrower = 0, n_exact = 0;
    char note[200];
    dk_status status;

    for (size_t i = 0; i < n; i++) {
        n_inexact += !dki_tighten_is_exact(&t->bounds[i]);
        n_narrower += !dki_tighten_are_same(&t->bounds[i], &after[i]);
        n_exact += !dki_tighten_is_exact(&t->bounds[i]) && dki_tighten_is_exact(&after[i]);
    }
    if (n_inexact == 0)
        snprintf(note, sizeof note, "every number is known already, and the totals hold");
    else
        snprintf(note, sizeof note,
                 "%zu number%s known in bounds: %zu narrower by their totals, %zu of these exact now", n_inexact,
                 n_inexact == 1 ? "" : "s", n_narrower, n_exact);
    status = dki_table_add_note(table, note, err);
    if (status != DK_OK || answer->n_unsettled == 0)
        return status;
    snprintf(note, sizeof note, "%zu bounds may be wider than totals make them: the solver gave no proof",
             answer->n_unsettled);
    return dki_table_add_note(table, note, err);
}

/* The table with new columns in the place of some. */
static dk_status with_columns(const dki_tighten *t, const dk_column *const *columns, const dk_table **out,
                              dk_error *err)
{
    size_t n = 0;
    dk_field *fields = dki_calloc(t->context, dk_table_n_columns(t->table), sizeof *fields, err);
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < dk_table_n_columns(t->table) && status == DK_OK; i++) {
        if (columns[i] == NULL)
            continue;
        fields[n] = *field_of(t, i);
        fields[n++].column = columns[i];
    }
    if (status == DK_OK)
        status = dk_table_with(t->table, fields, n, out, err);
    dki_free(t->context, fields);
    return status;
}

static dk_status add_words(const dki_tighten *t, const dki_bounds *after, const dki_sums_answer *answer,
                           const dki_anew *anew, const dk_table **table, dk_error *err)
{
    dk_status status = add_notes(t, after, answer, table, err);
    const char *words = NULL;

    if (status == DK_OK)
        status = dki_anew_note(anew, table, err);
    if (status == DK_OK) {
        words = dki_anew_words(anew, err);
        status = words ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = dki_table_add_step(*table, t->table, err, DKI_TIGHTENED "%zu sums%s", t->n_sums, words);
    return status;
}

static dk_status finish(const dki_tighten *t, const dki_bounds *after, const dki_sums_answer *answer,
                        dki_anew *anew, const dk_table **out, dk_error *err)
{
    size_t n = dk_table_n_columns(t->table);
    const dk_column **columns = dki_calloc(t->context, n, sizeof *columns, err);
    const dk_table *made = NULL;
    dk_status status = columns ? DK_OK : DK_ERR_MEMORY;

    for (size_t c = 0; c < t->n_columns && status == DK_OK; c++) {
        const dk_column *column = field_of(t, t->columns[c])->column;

        if (!is_all_known(column)) /* else it stays so */
            status = dki_tighten_column(t, column, NULL, t->bounds + c, after + c, t->n_columns,
                                        &columns[t->columns[c]], err);
    }
    if (status == DK_OK)
        status = dki_anew_make(anew, after, columns, err);
    if (status == DK_OK)
        status = with_columns(t, columns, &made, err);
    if (status == DK_OK)
        status = add_words(t, after, answer, anew, &made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    for (size_t i = 0; columns && i < n; i++)
        dk_column_release(columns[i]);
    dki_free(t->context, (void *)columns);
    return status;
}

static dk_status solve(dki_tighten *t, dki_bounds *after, dki_sums_answer *answer, dk_error *err)
{
    const dki_sums sums = { t->n_numbers, t->n_sums, t->starts, t->numbers, t->factors, t->totals, t->scale == 0 };
    dk_status status;

    memcpy(after, t->bounds, sums.n_numbers * sizeof *after);
    status = t->spec->one_by_one ? dki_sums_propagate(t->context, &sums, after, answer, err)
                                 : dki_sums_tighten(t->context, &sums, "tighten", after, answer, err);
    if (status == DK_ERR_IO && err) {
        const dk_error met = *err;

        dki_hint(err, "%s, or take wider bounds: sums = \"one by one\"", met.hint);
    }
    if (status == DK_OK && !answer->is_possible)
        return dki_tighten_refuse(t, answer, err);
    return status;
}

static void drop(const dki_tighten *t)
{
    dki_free(t->context, t->columns);
    dki_free(t->context, t->masks);
    dki_free(t->context, t->bounds);
    dki_free(t->context, t->starts);
    dki_free(t->context, t->numbers);
    dki_free(t->context, t->factors);
    dki_free(t->context, t->totals);
    dki_free(t->context, t->places);
}

static dk_status prepare(dki_tighten *t, dki_anew *anew, dk_error *err)
{
    dk_status status = dki_anew_init(anew, t, err);

    if (status == DK_OK)
        status = choose_columns(t, anew, err);
    if (status == DK_OK)
        status = find_masks(t, err);
    for (size_t c = 0; c < t->n_columns && status == DK_OK; c++)
        status = check_overlap(t, field_of(t, t->columns[c]), err);
    if (status == DK_OK)
        status = read_numbers(t, err);
    if (status == DK_OK)
        status = dki_tighten_find_sums(t, err);
    return status == DK_OK ? dki_anew_collect(anew, err) : status;
}

dk_status dk_table_tighten(const dk_table *table, const dk_tighten_spec *spec, const dk_table **out, dk_error *err)
{
    dki_tighten t = {
        .context = dk_table_context(table), .table = table, .spec = spec, .n_rows = dk_table_n_rows(table)
    };
    dki_sums_answer answer = { .is_possible = true };
    dki_anew anew;
    dki_bounds *after = NULL;
    dk_status status = prepare(&t, &anew, err);

    if (status == DK_OK) {
        after = dki_alloc_array(t.context, t.n_numbers, sizeof *after, err);
        answer.conflict = dki_alloc_array(t.context, t.n_sums, sizeof *answer.conflict, err);
        status = after && answer.conflict ? solve(&t, after, &answer, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = finish(&t, after, &answer, &anew, out, err);
    dki_free(t.context, after);
    dki_free(t.context, answer.conflict);
    dki_anew_drop(&anew);
    drop(&t);
    return status;
}
