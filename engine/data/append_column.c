/* append_column.c - columns one below the other, in one type.
 *
 * A column that has the type already gives its chunks; any other is copied through a builder, which refuses what does not
 * fit exactly. A column without any value takes part in nothing: it is null rows of whatever type the others have.
 */
#include "append_parts.h"

#include <dekking/members.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/types.h"
#include "children.h"
#include "chunk.h"
#include "column_parts.h"
#include "overlap.h"

static bool is_known(const dk_column *column)
{
    return dk_column_n_nulls(column) < dk_column_n_rows(column);
}

/* What nobody knows, and what cannot be, is null and says so. */
static bool has_values(const dk_column *column)
{
    return column &&
           (is_known(column) || (column->type == DK_INTERVAL && is_known(column->children[DK_CHILD_MARKER])));
}

/* Types. --------------------------------------------------------------------------------------------------------- */

struct type {
    dk_type type;
    uint8_t scale;
    size_t from; /* the first table that has it */
};

static bool is_either(dk_type a, dk_type b, dk_type x, dk_type y)
{
    return (a == x && b == y) || (a == y && b == x);
}

static bool is_exact(dk_type type)
{
    return type == DK_INTEGER || type == DK_DECIMAL;
}

/* The type that holds the values of both; false where there is none. */
static bool unify(const struct type *so_far, const dk_column *column, dk_type *out)
{
    dk_type a = so_far->type, b = dk_column_type(column);

    if (a == DK_PERIOD && b == DK_PERIOD && so_far->scale != dk_column_scale(column))
        return false;
    if (a == b)
        *out = a;
    else if (is_either(a, b, DK_CATEGORY, DK_TEXT))
        *out = DK_TEXT;
    else if (is_either(a, b, DK_DATE, DK_TIMESTAMP))
        *out = DK_TIMESTAMP;
    else if ((a == DK_INTERVAL && is_exact(b)) || (b == DK_INTERVAL && is_exact(a)))
        *out = DK_INTERVAL;
    else if (!dk_type_is_number(a) || !dk_type_is_number(b) || is_either(a, b, DK_REAL, DK_RATIO))
        return false;
    else if (a == DK_REAL || b == DK_REAL)
        *out = DK_REAL;
    else if (a == DK_RATIO || b == DK_RATIO)
        *out = DK_RATIO;
    else
        *out = DK_DECIMAL;
    return true;
}

static dk_status fail_type(const dki_stack *stack, size_t a, size_t b, dk_error *err)
{
    char first[DKI_TABLE_NAME_BYTES], second[DKI_TABLE_NAME_BYTES];
    const dk_column *x = stack->columns[a], *y = stack->columns[b];

    (void)dki_fail(err, DK_ERR_TYPE, "column %s is %s in %s and %s in %s", stack->name, dk_column_type_name(x),
                   dki_stack_shown(stack, a, first), dk_column_type_name(y), dki_stack_shown(stack, b, second));
    dki_hint(err, "read both with the same types = { ... }, or derive a column of one type first");
    return DK_ERR_TYPE;
}

static dk_status find_type(const dki_stack *stack, struct type *out, dk_error *err)
{
    bool found = false;

    for (size_t i = 0; i < stack->n; i++) {
        const dk_column *column = stack->columns[i];

        if (!has_values(column))
            continue;
        if (!found)
            *out = (struct type){ dk_column_type(column), dk_column_scale(column), i };
        else if (!unify(out, column, &out->type) ||
                 dk_column_is_set(stack->columns[out->from]) != dk_column_is_set(column))
            return fail_type(stack, out->from, i, err);
        else if (dk_column_scale(column) > out->scale)
            out->scale = dk_column_scale(column);
        found = true;
    }
    for (size_t i = 0; !found && i < stack->n; i++)
        if (stack->columns[i]) { /* no values at all: the first one's type */
            *out = (struct type){ dk_column_type(stack->columns[i]), dk_column_scale(stack->columns[i]), i };
            found = true;
        }
    out->scale = dki_type_scale(out->type, out->scale);
    return DK_OK;
}

/* Copying. ------------------------------------------------------------------------------------------------------- */

static dk_status fail_value(const dki_stack *stack, size_t i, uint64_t row, dk_status status, dk_error *err)
{
    char table[DKI_TABLE_NAME_BYTES];

    if (status == DK_ERR_RANGE || status == DK_ERR_OVERFLOW)
        dki_hint(err, "it stands in column %s of %s, at about row %llu; read both with the same types = { ... }",
                 stack->name, dki_stack_shown(stack, i, table), (unsigned long long)row + 1);
    return status;
}

/* Appends a view of another type. */
static dk_status append_converted(dk_builder *builder, dk_type type, const dk_view *view, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < view->n; i++) {
        dk_value value = dki_view_value(view, i);

        if (type == DK_TIMESTAMP && value.type == DK_DATE) {
            value.type = DK_TIMESTAMP;
            value.as.integer *= DKI_DAY_MICROSECONDS;
        }
        status = dk_builder_value(builder, &value, err);
    }
    return status;
}

static dk_status copy_rows(const dki_stack *stack, size_t table, const struct type *type, dk_builder *builder,
                           dk_error *err)
{
    const dk_column *column = stack->columns[table];
    bool is_text = type->type == DK_CATEGORY || type->type == DK_TEXT;
    dk_status status = DK_OK;
    dk_view view;

    dk_view_init(&view, stack->context);
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n) {
        status = is_text || view.type == type->type ? dk_builder_view(builder, &view, err)
                                                    : append_converted(builder, type->type, &view, err);
        if (status != DK_OK)
            status = fail_value(stack, table, row, status, err);
    }
    dk_view_release(&view);
    return status;
}

static bool means_the_same(const dk_dictionary *a, const dk_dictionary *b)
{
    size_t n = dk_dictionary_n_levels(a);

    if (a == b)
        return true;
    if (n > dk_dictionary_n_levels(b))
        return false;
    for (uint32_t code = 1; code <= n; code++)
        if (dk_dictionary_find(b, dk_dictionary_level(a, code)) != code)
            return false;
    return true;
}

/* The rows of one table as a column of the type. */
static dk_status convert(const dki_stack *stack, size_t table, const struct type *type, const dk_dictionary *levels,
                         const dk_column **out, dk_error *err)
{
    const dk_column *column = stack->columns[table];
    dk_builder *builder = NULL;
    dk_status status;

    if (has_values(column) && dk_column_type(column) == type->type && dk_column_scale(column) == type->scale &&
        (levels == NULL || means_the_same(dk_column_levels(column), levels))) {
        *out = dk_column_retain(column);
        return DK_OK;
    }
    status = dk_builder_new(stack->context, type->type, type->scale, levels, &builder, err);
    if (status == DK_OK)
        status = has_values(column) ? copy_rows(stack, table, type, builder, err)
                                    : dk_builder_null(builder, dk_table_n_rows(stack->tables[table]), err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* One below the other. ------------------------------------------------------------------------------------------- */

/* How many children all columns of ratios have; a column without values has whatever the others have. */
static size_t count_children(const dki_stack *stack)
{
    size_t n = 0;
    bool found = false;

    for (size_t i = 0; i < stack->n; i++) {
        const dk_column *column = stack->columns[i];

        if (column == NULL || (column->n_children == 0 && !has_values(column)))
            continue;
        if (found && column->n_children != n)
            return 0;
        n = column->n_children;
        found = true;
    }
    return n;
}

/* Gives *column, which nobody else has, the children of all columns, where chunks alone have not brought them along: they
 * differ in digits, or some rows are null. */
static dk_status stack_children(const dki_stack *stack, const dk_column **column, dk_error *err)
{
    size_t n = count_children(stack);
    const dk_column *children[DK_MOST_CHILDREN] = { NULL }, *own = *column;
    dki_stack below = *stack;
    dk_status status = DK_OK;

    if (own->type != DK_RATIO || own->n_children == n)
        return DK_OK;
    *column = NULL;
    below.columns = dki_calloc(stack->context, stack->n, sizeof *below.columns, err);
    status = below.columns ? DK_OK : DK_ERR_MEMORY;
    for (size_t k = 0; k < n && status == DK_OK; k++) {
        bool loose;

        for (size_t i = 0; i < stack->n; i++)
            below.columns[i] =
                stack->columns[i] && stack->columns[i]->n_children > 0 ? stack->columns[i]->children[k] : NULL;
        status = dki_stack_column(&below, &children[k], &loose, err);
    }
    dki_free(stack->context, below.columns);
    return dki_column_compose(own, children, n, status, column, err);
}

/* The same with the overlaps of all columns, where one has any. */
static dk_status stack_overlaps(const dki_stack *stack, const dk_column **column, dk_error *err)
{
    const dk_column *overlap = NULL;
    dki_stack beside = *stack;
    bool any = false, loose;
    dk_status status;

    for (size_t i = 0; i < stack->n; i++)
        any = any || (stack->columns[i] && stack->columns[i]->overlap);
    if (!any || (*column)->overlap)
        return DK_OK;
    beside.columns = dki_calloc(stack->context, stack->n, sizeof *beside.columns, err);
    status = beside.columns ? DK_OK : DK_ERR_MEMORY;
    for (size_t i = 0; i < stack->n && status == DK_OK; i++)
        beside.columns[i] = stack->columns[i] ? stack->columns[i]->overlap : NULL;
    if (status == DK_OK)
        status = dki_stack_column(&beside, &overlap, &loose, err);
    dki_free(stack->context, beside.columns);
    return dki_overlap_take(column, overlap, status);
}

dk_status dki_stack_column(const dki_stack *stack, const dk_column **out, bool *loose, dk_error *err)
{
    const dk_column **pieces = dki_calloc(stack->context, stack->n, sizeof *pieces, err);
    const dk_dictionary *levels = NULL;
    const dk_column *made = NULL;
    struct type type = { DK_TEXT, 0, 0 };
    dk_status status = pieces ? find_type(stack, &type, err) : DK_ERR_MEMORY;

    *loose = false;
    if (status == DK_OK && type.type == DK_CATEGORY)
        status = dki_stack_levels(stack, &levels, loose, err);
    for (size_t i = 0; status == DK_OK && i < stack->n; i++)
        status = convert(stack, i, &type, levels, &pieces[i], err);
    if (status == DK_OK)
        status = dki_column_concat(stack->context, type.type, type.scale, levels, pieces, stack->n, &made, err);
    if (status == DK_OK)
        status = stack_children(stack, &made, err);
    if (status == DK_OK)
        status = stack_overlaps(stack, &made, err);
    if (status == DK_OK)
        *out = made;
    for (size_t i = 0; pieces && i < stack->n; i++)
        dk_column_release(pieces[i]);
    dk_dictionary_release(levels);
    dki_free(stack->context, pieces);
    return status;
}
