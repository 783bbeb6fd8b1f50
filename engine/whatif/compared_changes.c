/* compared_changes.c - differences in bounds of a comparison that is rolled up: of a sum they add up.
 *
 * A region is its municipalities, and so its difference is within the sum of theirs, which may be narrower than what both sides
 * allow: those that nobody touched add nothing. Where the comparison had the total over them, that is of the same persons, and
 * its difference may be narrower still: nobody who went from one to another changed it.
 */
#include "compared_changes.h"

#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/status.h"
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

/* Totals --------------------------------------------------------------------------------------------------------- */

/* Rows of the rolled changes that are about the same persons as rows of the changes. */
struct pairs {
    dki_arena arena;
    uint64_t *rolled, *before; /* n of each */
    size_t n;
};

/* Rows that are totals over all dimensions that the other result lacks. */
static dk_status find_totals(const dk_table *result, size_t n_by, const dk_table *other, dki_arena *arena,
                             uint64_t **rows, size_t *n, dk_error *err)
{
    const dk_column *margin = dk_table_margin(result);
    uint64_t n_rows = dk_table_n_rows(result), wanted = 0;
    bool lacks_total = false;
    dk_status status = DK_OK;

    *n = 0;
    for (size_t i = 0; i < n_by; i++) {
        const dk_field *field = dk_table_field(result, i);

        if (dk_table_find(other, field->name) != DK_NO_COLUMN)
            continue;
        lacks_total |= field->margin_bit < 0;
        wanted |= field->margin_bit < 0 ? 0 : UINT64_C(1) << field->margin_bit;
    }
    *rows = dki_arena_array(arena, (size_t)n_rows + 1, sizeof **rows, err);
    if (*rows == NULL)
        return DK_ERR_MEMORY;
    DKI_FOR_ROWS(row, lacks_total ? 0 : n_rows, dk_table_context(result), status, err)
    {
        dk_value mask = { .as.integer = 0 };

        status = margin ? dk_column_get(margin, row, &mask, err) : DK_OK;
        if (((uint64_t)mask.as.integer & wanted) == wanted)
            (*rows)[(*n)++] = row;
    }
    return status;
}

static bool has_rows_left_out(const dk_table *rolled)
{
    bool found = false;

    for (size_t i = 0; i < dk_table_n_notes(rolled); i++)
        found |= strncmp(dk_table_note(rolled, i), DKI_ROWS_LEFT, sizeof DKI_ROWS_LEFT - 1) == 0;
    return found;
}

static dk_status find_pairs(struct pairs *pairs, const dk_table *changes, const dk_table *rolled, size_t n_measures,
                            dk_error *err)
{
    size_t n_by[2] = { dk_table_n_columns(changes) - n_measures, dk_table_n_columns(rolled) - n_measures };
    size_t n[2] = { 0, 0 }, n_names = 0;
    const char **names = dki_arena_array(&pairs->arena, n_by[0] + 1, sizeof *names, err);
    const dk_table *totals[2] = { NULL, NULL };
    uint64_t *rows[2], *like = NULL;
    bool found = false;
    dk_status status = names ? DK_OK : DK_ERR_MEMORY;

    if (has_rows_left_out(rolled)) /* totals are of those that are left */
        return status;
    for (size_t i = 0; status == DK_OK && i < n_by[0]; i++)
        if (dk_table_find(rolled, dk_table_field(changes, i)->name) != DK_NO_COLUMN)
            names[n_names++] = dk_table_field(changes, i)->name;
    if (status == DK_OK)
        status = find_totals(changes, n_by[0], rolled, &pairs->arena, &rows[0], &n[0], err);
    if (status == DK_OK)
        status = find_totals(rolled, n_by[1], changes, &pairs->arena, &rows[1], &n[1], err);
    if (status == DK_OK)
        status = dk_table_gather(changes, rows[0], n[0], &totals[0], err);
    if (status == DK_OK)
        status = dk_table_gather(rolled, rows[1], n[1], &totals[1], err);
    if (status == DK_OK && (like = dki_arena_array(&pairs->arena, n[0] + 1, sizeof *like, err)) == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dki_rows_like(totals[1], names, totals[0], names, n_names, like, &found, err);
    for (size_t i = 0; status == DK_OK && found && i < n[0]; i++)
        like[i] = rows[1][like[i]];
    if (status == DK_OK && found) {
        pairs->rolled = like;
        pairs->before = rows[0];
        pairs->n = n[0];
    }
    dk_table_release(totals[0]);
    dk_table_release(totals[1]);
    return status;
}

static bool is_closed(const dk_value *value)
{
    return !value->is_null && !value->as.interval.no_least && !value->as.interval.no_greatest;
}

/* Of a total that was there before, its difference: where that is closed, and not wider. */
static dk_status use_totals(const struct pairs *pairs, const dk_column *before, dk_value *within, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < pairs->n && status == DK_OK; i++) {
        dk_value *known = &within[pairs->rolled[i]], value;

        status = dk_column_get(before, pairs->before[i], &value, err);
        if (status == DK_OK && value.type == DK_INTERVAL && is_closed(&value) &&
            (!is_closed(known) || known->scale != value.scale ||
             (dki_i128)value.as.interval.greatest - value.as.interval.least <
                 (dki_i128)known->as.interval.greatest - known->as.interval.least))
            *known = value;
    }
    return status;
}

static dk_status read_changes(const dki_beside *beside, const dk_table *changes, const struct pairs *pairs,
                              const dk_table *rolled, size_t measure, size_t side, dki_untouched *u, dk_error *err)
{
    const char *name = beside->measures[measure]->name;
    const dk_column *column = dk_table_field(rolled, dk_table_find(rolled, name))->column;
    dk_value *within = dki_untouched_new(u, measure, side, err);
    dk_status status = within ? DK_OK : DK_ERR_MEMORY;

    DKI_FOR_ROWS(row, u->n_rows, u->context, status, err)
    {
        status = dk_column_get(column, row, &within[row], err);
        if (status == DK_OK && within[row].type != DK_INTERVAL)
            within[row] = (dk_value){ .type = DK_INTERVAL, .is_null = true };
    }
    return status == DK_OK
               ? use_totals(pairs, dk_table_field(changes, dk_table_find(changes, name))->column, within, err)
               : status;
}

dk_status dki_compared_changes(const dki_beside *beside, const dk_breakdown *whole, const size_t *numbers,
                               const char *level, const char *dimension, dki_untouched *u, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t side = 1; side < beside->n_sides && status == DK_OK; side++) {
        const dk_table *changes = NULL, *rolled = NULL;
        struct pairs pairs = { .n = 0 };
        bool any = false;

        dki_arena_init(&pairs.arena, u->context);
        status = put_changes(beside, whole, numbers, side, &any, &changes, err);
        if (status == DK_OK && any)
            status = dki_result_roll_up(changes, level, dimension, &rolled, err);
        if (status == DK_OK && any && dk_table_n_rows(rolled) == u->n_rows)
            status = find_pairs(&pairs, changes, rolled, beside->n_measures, err);
        for (size_t m = 0; m < beside->n_measures && status == DK_OK && any; m++)
            if (adds_up(beside, whole, numbers[m], m, side) && dk_table_n_rows(rolled) == u->n_rows)
                status = read_changes(beside, changes, &pairs, rolled, m, side, u, err);
        dk_table_release(rolled);
        dk_table_release(changes);
        dki_arena_drop(&pairs.arena);
    }
    return status;
}
