/* compared_changes.c - differences in bounds of a comparison that is rolled up: of a sum they add up.
 *
 * A region is its municipalities, and so its difference is within the sum of theirs, which may be narrower than what both sides
 * allow: those that nobody touched add nothing.
 */
#include "compared_changes.h"

#include "base/memory.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "query/roll_up.h"

/* What a measure changes by: where a side has nothing, by all that the other has. */
static dk_status change_of(const dki_beside *beside, size_t measure, size_t side, const dk_column **out,
                           dk_error *err)
{
    static const char text[] = "coalesce(d, coalesce(a, 0) - coalesce(b, 0))";
    const size_t at[] = { dki_beside_find_column(beside, DKI_BESIDE_DIFFERENCE, measure, side),
                          dki_beside_find_column(beside, DKI_BESIDE_VALUE, measure, side),
                          dki_beside_find_column(beside, DKI_BESIDE_VALUE, measure, 0) };
    dk_context *context = dk_table_context(beside->table);
    const dk_table *table = NULL;
    const dk_expr *expr = NULL;
    dk_field fields[] = { DK_FIELD("d", NULL), DK_FIELD("a", NULL), DK_FIELD("b", NULL) };
    dk_status status;

    for (size_t i = 0; i < 3; i++)
        fields[i].column = dk_table_field(beside->table, at[i])->column;
    status = dk_table_new(context, fields, 3, dk_table_n_rows(beside->table), &table, err);
    if (status == DK_OK)
        status = dk_expr_parse(context, text, &expr, err);
    if (status == DK_OK)
        status = dk_table_eval(table, expr, NULL, out, err);
    dk_expr_release(expr);
    dk_table_release(table);
    return status;
}

/* Whether the differences of a measure add up, and are in bounds. */
static bool adds_up(const dki_beside *beside, const dk_breakdown *whole, size_t number, size_t measure, size_t side)
{
    size_t at = dki_beside_find_column(beside, DKI_BESIDE_DIFFERENCE, measure, side);

    return at != DK_NO_COLUMN && dk_column_type(dk_table_field(beside->table, at)->column) == DK_INTERVAL &&
           dki_reads_sum_of(whole, number) != SIZE_MAX;
}

/* The side with what its sums change by in the place of these. *any: there is one. */
static dk_status put_changes(const dki_beside *beside, const dk_breakdown *whole, const size_t *numbers,
                             size_t side, bool *any, const dk_table **out, dk_error *err)
{
    const dk_table *table = NULL;
    dk_status status = dki_beside_side(beside, side, &table, err);

    *any = false;
    for (size_t m = 0; m < beside->n_measures && status == DK_OK; m++) {
        size_t at = dk_table_find(table, beside->measures[m]->name);
        dk_field field = *dk_table_field(table, at);
        const dk_table *next = NULL;

        if (!adds_up(beside, whole, numbers[m], m, side))
            continue;
        *any = true;
        field.column = NULL;
        status = change_of(beside, m, side, &field.column, err);
        if (status == DK_OK)
            status = dk_table_with(table, &field, 1, &next, err);
        dk_column_release(field.column);
        if (status == DK_OK) {
            dk_table_release(table);
            table = next;
        }
    }
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    return status;
}

static dk_status read_changes(const dki_beside *beside, const dk_table *rolled, size_t measure, size_t side,
                              dki_untouched *u, dk_error *err)
{
    const dk_column *column =
        dk_table_field(rolled, dk_table_find(rolled, beside->measures[measure]->name))->column;
    dk_value *within = dki_untouched_new(u, measure, side, err);
    dk_status status = within ? DK_OK : DK_ERR_MEMORY;

    DKI_FOR_ROWS(row, u->n_rows, u->context, status, err)
    {
        status = dk_column_get(column, row, &within[row], err);
        if (status == DK_OK && within[row].type != DK_INTERVAL)
            within[row] = (dk_value){ .type = DK_INTERVAL, .is_null = true };
    }
    return status;
}

dk_status dki_compared_changes(const dki_beside *beside, const dk_breakdown *whole, const size_t *numbers,
                               const char *level, const char *dimension, dki_untouched *u, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t side = 1; side < beside->n_sides && status == DK_OK; side++) {
        const dk_table *changes = NULL, *rolled = NULL;
        bool any = false;

        status = put_changes(beside, whole, numbers, side, &any, &changes, err);
        if (status == DK_OK && any)
            status = dki_result_roll_up(changes, level, dimension, &rolled, err);
        for (size_t m = 0; m < beside->n_measures && status == DK_OK && any; m++)
            if (adds_up(beside, whole, numbers[m], m, side) && dk_table_n_rows(rolled) == u->n_rows)
                status = read_changes(beside, rolled, m, side, u, err);
        dk_table_release(rolled);
        dk_table_release(changes);
    }
    return status;
}
