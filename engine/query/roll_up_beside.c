/* roll_up_beside.c - results beside each other, rolled up: each by itself, and put beside each other again.
 *
 * Of a comparison the caller makes differences anew (engine/whatif/compared_roll_up.c). Columns of a pivot are each a part of the
 * measure, by one value of what they tell apart; a share of all is refused, as no column knows the whole.
 */
#include <dekking/breakdown.h>

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "beside.h"
#include "data/lineage.h"
#include "roll_up.h"

dk_status dki_beside_roll_up(dki_beside *beside, const char *level, const char *dimension, dk_error *err)
{
    dk_status status = DK_OK;

    beside->rolled = dki_arena_array(&beside->arena, beside->n_sides, sizeof *beside->rolled, err);
    if (beside->rolled == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < beside->n_sides && status == DK_OK; i++) {
        const dk_table *side = NULL;

        status = dki_beside_side(beside, i, &side, err);
        if (status == DK_OK)
            status = dki_result_roll_up(side, level, dimension, &beside->rolled[i], err);
        dk_table_release(side);
    }
    return status;
}

size_t dki_beside_n_by(const dki_beside *beside)
{
    return dk_table_n_columns(beside->rolled[0]) - beside->n_measures;
}

/* Pivots --------------------------------------------------------------------------------------------------------- */

static bool is_no_all(void *arg, const dki_node *node)
{
    (void)arg;
    return node->kind != DKI_NODE_CALL || strcmp(node->text, "all") != 0;
}

static dk_status check_measure(const dki_beside *beside, const dk_lineage_item *measure, dk_error *err)
{
    const dk_expr *expr = NULL;
    dk_status status = dk_expr_parse(dk_table_context(beside->table), measure->text, &expr, err);

    if (status == DK_OK && !dki_node_visit(dki_expr_root(expr), is_no_all, NULL)) {
        (void)dki_fail(err, DK_ERR_ARGUMENT,
                       "%s cannot be rolled up in columns: it is %.200s, and no column has the whole",
                       measure->name, measure->text);
        dki_hint(err, "roll up first, and make columns of values then");
        status = DK_ERR_ARGUMENT;
    }
    dk_expr_release(expr);
    return status;
}

/* A value may be called like the level that the result is rolled up to. */
static dk_status check_name(const char *name, const char *const *names, size_t n_names, dk_error *err)
{
    for (size_t i = 0; i < n_names; i++)
        if (strcmp(names[i], name) == 0) {
            (void)dki_fail(err, DK_ERR_DUPLICATE, "the column %s and a dimension of the rolled pivot have one name",
                           name);
            dki_hint(err, "give the column another first: result:rename { [\"%s\"] = \"n_%s\" }", name, name);
            return DK_ERR_DUPLICATE;
        }
    return DK_OK;
}

/* The measures of all sides as columns of the first one's dimensions, by the names and formats that they had. */
static dk_status put_columns(const dki_beside *beside, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(beside->table);
    size_t n_columns = dk_table_n_columns(beside->table), n_by = dki_beside_n_by(beside), n = 0;
    dk_field *fields = dki_alloc_array(context, n_columns, sizeof *fields, err);
    const char **names = dki_alloc_array(context, n_by, sizeof *names, err);
    const dk_table *dimensions = NULL;
    dk_status status = fields && names ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < n_by; i++)
        names[i] = dk_table_field(beside->rolled[0], i)->name;
    for (size_t i = 0; status == DK_OK && i < n_columns; i++) {
        const dki_beside_column *column = &beside->columns[i];
        const dk_table *result = beside->rolled[column->side];

        if (column->role == DKI_BESIDE_DIMENSION)
            continue;
        fields[n] = *dk_table_field(beside->table, i);
        status = check_name(fields[n].name, names, n_by, err);
        fields[n++].column =
            dk_table_field(result, dk_table_find(result, beside->measures[column->measure]->name))->column;
    }
    if (status == DK_OK)
        status = dk_table_select(beside->rolled[0], names, n_by, &dimensions, err);
    if (status == DK_OK)
        status = dk_table_with(dimensions, fields, n, out, err);
    dk_table_release(dimensions);
    dki_free(context, names);
    dki_free(context, fields);
    return status;
}

/* The table, which nobody else has, goes on from the first side with the step that made columns of values. */
static dk_status describe(const dki_beside *beside, const dk_table *table, dk_error *err)
{
    dk_lineage_item step = *beside->step;
    dki_lineage *lineage = NULL;
    dk_status status = dki_lineage_after(beside->rolled[0], &lineage, err);

    step.n_rows = dk_table_n_rows(table);
    if (status == DK_OK)
        status = dki_lineage_add(lineage, &step, err);
    if (status == DK_OK)
        dki_table_attach(table, lineage);
    else
        dki_lineage_release(lineage);
    return status;
}

/* What the reader must know: of the pivot, and of its sides, whose rows are the same. */
static dk_status note(const dki_beside *beside, const dk_table **table, dk_error *err)
{
    const dk_table *side = beside->rolled[0];
    dk_status status = dki_roll_say_again(beside->table, false, table, err);

    for (size_t i = 0; i < dk_table_n_notes(side) && status == DK_OK; i++)
        status = dki_roll_add_note(dk_table_note(side, i), table, err);
    return status;
}

dk_status dki_pivot_roll_up(const dk_table *table, const char *level, const char *dimension, const dk_table **out,
                            dk_error *err)
{
    const dk_table *made = NULL;
    dki_beside beside;
    dk_status status = dki_beside_find(&beside, table, err);

    for (size_t m = 0; m < beside.n_measures && status == DK_OK; m++)
        status = check_measure(&beside, beside.measures[m], err);
    if (status == DK_OK)
        status = dki_beside_roll_up(&beside, level, dimension, err);
    if (status == DK_OK)
        status = put_columns(&beside, &made, err);
    if (status == DK_OK)
        status = describe(&beside, made, err);
    if (status == DK_OK)
        status = note(&beside, &made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    dki_beside_drop(&beside);
    return status;
}
