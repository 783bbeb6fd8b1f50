/* children.c - columns that are made of columns: intervals, and ratios that know their numerators.
 *
 * Invariants: children have the length of their column, and no children that matter to it; a least bound is not above the
 * greatest; a ratio is null, or is the quotient of its children, which are known then.
 */
#include "children.h"

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "column_parts.h"
#include "table_parts.h"

size_t dk_column_n_children(const dk_column *column)
{
    return column->n_children;
}

const dk_column *dk_column_child(const dk_column *column, size_t i)
{
    return column->children[i];
}

/* The bounds of an interval's bounds. */
static void find_bounds(dk_column *column)
{
    const dki_column_facts *least = &column->children[DK_CHILD_LEAST]->facts;
    const dki_column_facts *greatest = &column->children[DK_CHILD_GREATEST]->facts;
    dki_column_facts *facts = &column->facts;

    facts->has_bounds = least->has_bounds && greatest->has_bounds && least->n_nulls == 0 && greatest->n_nulls == 0;
    facts->least = least->least;
    facts->greatest = greatest->greatest;
}

/* How many rows are null, looked at one by one. */
static dk_status count_nulls(dk_column *column, dk_error *err)
{
    dk_status status = DK_OK;
    dk_view view;

    dk_view_init(&view, column->context);
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n)
        column->facts.n_nulls += view.valid ? view.n - dki_bits_count(view.valid, view.n) : 0;
    dk_view_release(&view);
    return status;
}

/* Facts of an interval: its own nulls, and the bounds of its bounds. */
static dk_status find_facts(dk_column *column, dk_error *err)
{
    find_bounds(column);
    return column->children[DK_CHILD_LEAST]->facts.n_nulls == 0 ||
                   column->children[DK_CHILD_GREATEST]->facts.n_nulls == 0
               ? DK_OK
               : count_nulls(column, err);
}

/* An interval without facts of its children, which are given once it is there. */
static dk_status new_interval(const dk_column *const children[DK_MOST_CHILDREN], dk_column **out, dk_error *err)
{
    const dk_column *made = NULL;
    dk_status status =
        dki_column_of_parts(children[0]->context, DK_INTERVAL, children[0]->scale, NULL, NULL, 0, &made, err);

    if (status != DK_OK)
        return status;
    *out = (dk_column *)(uintptr_t)made; /* nobody else has it yet */
    (*out)->n_rows = children[0]->n_rows;
    (*out)->n_children = DK_MOST_CHILDREN;
    for (size_t i = 0; i < DK_MOST_CHILDREN; i++)
        (*out)->children[i] = children[i];
    return DK_OK;
}

dk_status dki_interval_with_nulls(const dk_column *const children[DK_MOST_CHILDREN], uint64_t n_nulls,
                                  const dk_column **out, dk_error *err)
{
    dk_column *column;
    dk_status status = new_interval(children, &column, err);

    if (status != DK_OK)
        return status;
    find_bounds(column);
    column->facts.n_nulls = n_nulls;
    *out = column;
    return DK_OK;
}

dk_status dki_column_compose(const dk_column *own, const dk_column *const children[DK_MOST_CHILDREN],
                             size_t n_children, dk_status status, const dk_column **out, dk_error *err)
{
    dk_column *column = (dk_column *)(uintptr_t)own; /* nobody else has it yet */

    if (status == DK_OK && own == NULL)
        status = new_interval(children, &column, err);
    if (status != DK_OK) {
        for (size_t i = 0; i < n_children; i++)
            dk_column_release(children[i]);
        dk_column_release(column);
        return status;
    }
    column->n_children = n_children;
    for (size_t i = 0; i < n_children; i++)
        column->children[i] = children[i];
    if (own == NULL)
        status = find_facts(column, err);
    if (status == DK_OK)
        *out = column;
    else
        dk_column_release(column);
    return status;
}

static bool is_exact(dk_type type)
{
    return type == DK_INTEGER || type == DK_DECIMAL;
}

static bool bounds_fit(uint8_t scale, const dk_column *const *children)
{
    return children[DK_CHILD_LEAST]->type == children[DK_CHILD_GREATEST]->type &&
           children[DK_CHILD_LEAST]->scale == scale && children[DK_CHILD_GREATEST]->scale == scale &&
           children[DK_CHILD_MARKER]->type == DK_CATEGORY;
}

bool dki_children_fit(dk_type type, uint8_t scale, const dk_column *const *children, size_t n)
{
    if (type != DK_INTERVAL && (type != DK_RATIO || n == 0))
        return n == 0;
    if (n < 2 || (n == 2 && type == DK_INTERVAL) || !is_exact(children[0]->type) || !is_exact(children[1]->type))
        return false;
    return type == DK_INTERVAL ? bounds_fit(scale, children) : n == 2 || children[DK_CHILD_WHOLE]->type == DK_TEXT;
}

/* One below the other. --------------------------------------------------------------------------------------------- */

static bool same_kind(const dk_column *a, const dk_column *b)
{
    return a->type == b->type && a->scale == b->scale && a->levels == b->levels;
}

size_t dki_children_in_common(const dk_column *const *columns, size_t n)
{
    size_t n_children = n > 0 ? columns[0]->n_children : 0;

    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < n_children; k++)
            if (columns[i]->n_children != n_children ||
                !same_kind(columns[i]->children[k], columns[0]->children[k]))
                n_children = 0;
    return n_children;
}

dk_status dki_children_concat(dk_context *context, const dk_column *const *columns, size_t n, size_t n_children,
                              const dk_column *children[DK_MOST_CHILDREN], dk_error *err)
{
    const dk_column **pieces = dki_alloc_array(context, n, sizeof *pieces, err);
    dk_status status = pieces ? DK_OK : DK_ERR_MEMORY;

    for (size_t k = 0; k < n_children && status == DK_OK; k++) {
        for (size_t i = 0; i < n; i++)
            pieces[i] = columns[i]->children[k];
        status = dki_column_concat(context, pieces[0]->type, pieces[0]->scale, pieces[0]->levels, pieces, n,
                                   &children[k], err);
    }
    dki_free(context, pieces);
    return status;
}

/* Side by side. ------------------------------------------------------------------------------------------------------- */

const char *dki_child_name(dk_type type, size_t i)
{
    static const char *const of_interval[] = { "least", "greatest", "marker" };
    static const char *const of_rate[] = { "numerator", "denominator", "whole" };

    return type == DK_INTERVAL ? of_interval[i] : of_rate[i];
}

dk_status dki_table_flatten(const dk_table *table, dki_flat **out, size_t *n, dk_error *err)
{
    size_t most = table->n_fields * (2 + DK_MOST_CHILDREN) + 1, made = 0;
    dki_flat *flat = dki_calloc(table->context, most, sizeof *flat, err);

    if (flat == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < table->n_fields; i++) {
        const dk_field *field = &table->fields[i];

        flat[made++] = (dki_flat){ field->name, field, field->column, false };
        for (size_t k = 0; k < field->column->n_children; k++)
            flat[made++] =
                (dki_flat){ dki_child_name(field->column->type, k), field, field->column->children[k], true };
        if (field->column->overlap)
            flat[made++] = (dki_flat){ "overlap", field, field->column->overlap, true };
    }
    if (table->margin)
        flat[made++] = (dki_flat){ NULL, NULL, table->margin, false };
    *out = flat;
    *n = made;
    return DK_OK;
}
