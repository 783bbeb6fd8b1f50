/* overlap.c - of which groups that overlap the figures of an expression are: those of the column that it is arithmetic over.
 *
 * The binder refuses the sum of columns that are of different groups, as a pivot by members gives them: n_a + n_b goes over who
 * is in both twice.
 */
#include "overlap.h"

#include <string.h>

#include "base/status.h"
#include "base/types.h"
#include "bound.h"
#include "common.h"
#include "data/column_parts.h"
#include "poll_row.h"

static const dk_column *overlap_of(const dki_bound *bound, size_t column)
{
    return dki_column_overlap(dk_table_field(bound->table, column)->column);
}

/* Whether what a call gives are figures of the groups that its arguments are of. */
static bool carries(const char *call)
{
    static const char *const calls[] = { "+",       "-",     "*",     "/",        "numerator", "denominator",
                                         ".bounds", ".part", "least", "greatest", "interval",  "round",
                                         "floor",   "ceil",  "abs",   "coalesce", "integer",   "decimal",
                                         "real",    "case",  ".sure" };

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(call, calls[i]) == 0)
            return true;
    return false;
}

static size_t find(const dki_bound *bound, const dki_op *op)
{
    bool is_call = op->node->kind == DKI_NODE_CALL, is_case = is_call && strcmp(op->node->text, "case") == 0;
    size_t found = DK_NO_COLUMN;

    if (op->run == dki_run_column || op->run == dki_run_child)
        return overlap_of(bound, op->column) ? op->column : DK_NO_COLUMN;
    if (op->run == dki_run_common)
        return find(bound, ((const dki_common_part *)op->data)->bound->root);
    if (is_call && !carries(op->node->text))
        return DK_NO_COLUMN;
    for (size_t i = 0; i < op->n_args && found == DK_NO_COLUMN; i++)
        if (!is_case || op->args[i]->type != DK_BOOLEAN) /* not a condition */
            found = find(bound, op->args[i]);
    return found;
}

const dk_column *dki_bound_overlap(const dki_bound *bound, size_t *column)
{
    dk_type type = bound->root->type;

    *column = dk_type_is_number(type) || type == DK_INTERVAL ? find(bound, bound->root) : DK_NO_COLUMN;
    return *column == DK_NO_COLUMN ? NULL : overlap_of(bound, *column);
}

/* Sums of columns. -------------------------------------------------------------------------------------------------- */

/* The first row in which both are known and differ; n_rows: there is none. */
static dk_status find_differing(const dk_column *a, const dk_column *b, uint64_t *out, dk_error *err)
{
    uint64_t n_rows = dk_column_n_rows(a);
    dk_status status = DK_OK;

    *out = n_rows;
    DKI_FOR_ROWS(row, n_rows, dk_column_context(a), status, err)
    {
        dk_value values[2];

        status = dk_column_get(a, row, &values[0], err);
        if (status == DK_OK)
            status = dk_column_get(b, row, &values[1], err);
        if (status == DK_OK && !values[0].is_null && !values[1].is_null &&
            dk_value_compare(&values[0], &values[1]) != 0) {
            *out = row;
            break;
        }
    }
    return status;
}

dk_status dki_check_overlaps(const dki_binder *b, const dki_node *node, const dki_op *const args[2])
{
    const dk_column *overlaps[2] = { NULL, NULL };
    dk_value values[2];
    uint64_t row;
    dk_status status;

    for (size_t i = 0; i < 2; i++)
        if (args[i]->run == dki_run_column)
            overlaps[i] = overlap_of(b->bound, args[i]->column);
    if (overlaps[0] == NULL || overlaps[1] == NULL || overlaps[0] == overlaps[1])
        return DK_OK;
    status = find_differing(overlaps[0], overlaps[1], &row, b->err);
    if (status != DK_OK || row == dk_column_n_rows(overlaps[0]))
        return status;
    for (size_t i = 0; i < 2 && status == DK_OK; i++)
        status = dk_column_get(overlaps[i], row, &values[i], b->err);
    if (status != DK_OK)
        return status;
    (void)dki_node_fail(b->bound->expr, node, b->err, DK_ERR_ARGUMENT,
                        "row %llu: these are figures of groups that overlap, %.*s and %.*s, and who is in both "
                        "would count twice",
                        (unsigned long long)row + 1, (int)values[0].as.text.size, values[0].as.text.bytes,
                        (int)values[1].as.text.size, values[1].as.text.bytes);
    dki_hint(b->err, "the breakdown itself can count who is in either: count() where has_any(v, 'a', 'b')");
    return DK_ERR_ARGUMENT;
}
