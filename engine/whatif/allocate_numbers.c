/* allocate_numbers.c - what an expression says of each group that a budget is spread over: a number that is the same for all in it.
 *
 * Cost: O(cells). Poll: once per block.
 */
#include <string.h>

#include "allocate_parts.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "expr/eval.h"
#include "expr/poll_row.h"

/* What is wrong with a value of a group's. */
enum fault { FAULT_NULL, FAULT_DIGITS, FAULT_NEGATIVE, FAULT_DIFFERS };

static dk_status fail_number(dki_allocation *a, enum fault fault, const char *what, size_t group,
                             const dk_value *value, const dk_value *before, dk_error *err)
{
    char shown[64], other[64];
    const char *name;
    dk_status status = dki_allocation_name(a, group, &name, err);

    if (status != DK_OK)
        return status;
    dk_value_format(value, shown, sizeof shown);
    dk_value_format(before, other, sizeof other);
    switch (fault) {
    case FAULT_NULL:
        return dki_fail(err, DK_ERR_TYPE, "the %s is null where %s, and there are persons", what, name);
    case FAULT_DIGITS:
        return dki_fail(err, DK_ERR_RANGE, "the %s where %s has more digits than an exact number can have: %s",
                        what, name, shown);
    case FAULT_NEGATIVE:
        return dki_fail(err, DK_ERR_RANGE, "a %s is not negative, and where %s it is %s", what, name, shown);
    default:
        dki_fail(err, DK_ERR_ARGUMENT, "the %s differs where %s: %s and %s", what, name, other, shown);
        dki_hint(err, "name in per what it depends on, too");
        return DK_ERR_ARGUMENT;
    }
}

/* A value of a group's; is_first: the first that is known of it. */
static dk_status take_number(dki_allocation *a, const char *what, bool may_be_negative, size_t group,
                             const dk_value *value, bool is_first, dk_ratio *out, bool *null, dk_error *err)
{
    dk_ratio number = { 0, 1 };
    dk_value before = { .type = DK_RATIO, .as.ratio = out[group], .is_null = null && null[group] };

    if (out[group].denominator == 1)
        before = (dk_value){ .type = DK_INTEGER, .is_null = before.is_null, .as.integer = out[group].numerator };
    if (value->is_null && null == NULL)
        return fail_number(a, FAULT_NULL, what, group, value, &before, err);
    if (!value->is_null && dki_amount_of(value, what, what, &number, NULL) != DK_OK)
        return fail_number(a, FAULT_DIGITS, what, group, value, &before, err);
    if (number.numerator < 0 && !may_be_negative)
        return fail_number(a, FAULT_NEGATIVE, what, group, value, &before, err);
    if (!is_first && (dki_ratio_compare(number, out[group]) != 0 || before.is_null != value->is_null))
        return fail_number(a, FAULT_DIFFERS, what, group, value, &before, err);
    out[group] = number;
    if (null)
        null[group] = value->is_null;
    return DK_OK;
}

/* The number that a row says of its group. */
static dk_status take_row(dki_allocation *a, const char *what, bool may_be_negative, size_t group,
                          const dk_column *column, uint64_t row, bool *seen, dk_ratio *out, bool *null,
                          dk_error *err)
{
    dk_value value;
    dk_status status = dk_column_get(column, row, &value, err);

    if (status == DK_OK)
        status = take_number(a, what, may_be_negative, group, &value, !seen[group], out, null, err);
    seen[group] = true;
    return status;
}

static dk_status check_numbers(const char *text, const char *what, const dk_column *column, dk_error *err)
{
    if (dk_type_is_number(dk_column_type(column)) || dk_column_n_nulls(column) == dk_column_n_rows(column))
        return DK_OK;
    return dki_fail(err, DK_ERR_TYPE, "the %s is a number, and %s is %s", what, text,
                    dk_type_name(dk_column_type(column)));
}

static bool find_aggregate(void *arg, const dki_node *node)
{
    (void)arg;
    return node->kind != DKI_NODE_AGGREGATE;
}

/* What an expression says of each group: of all its persons together, where it counts them, else of each alike. */
static dk_status numbers_of(dki_allocation *a, const dk_expr *expr, const char *text, const char *what,
                            bool may_be_negative, bool *seen, dk_ratio *out, bool *null, dk_error *err)
{
    bool of_groups = !dki_node_visit(dki_expr_root(expr), find_aggregate, NULL);
    const dk_table *table = NULL;
    const dk_column *column = NULL;
    dki_buffer key;
    dk_status status = of_groups ? dki_allocation_measure(a, a->cells[DKI_MATCHED], text, &table, err)
                                 : dk_table_eval(a->cells[DKI_MATCHED], expr, a->breakdown_params, &column, err);

    dki_buffer_init(&key, a->context);
    if (status == DK_OK && of_groups)
        column = dk_column_retain(dk_table_field(table, a->spec->n_per)->column);
    if (status == DK_OK)
        status = check_numbers(text, what, column, err);
    DKI_FOR_ROWS(row, dk_column_n_rows(column), a->context, status, err)
    {
        size_t group = of_groups ? 0 : a->groups[DKI_MATCHED][row];

        if (of_groups) {
            status = dki_allocation_row_key(a, table, row, &key, err);
            group = status == DK_OK ? dki_text_map_find(&a->places, key.bytes, key.size) : 0;
        } else if (a->weights[DKI_MATCHED][row] == 0) {
            continue;
        }
        if (status == DK_OK)
            status = take_row(a, what, may_be_negative, group, column, row, seen, out, null, err);
    }
    dki_buffer_drop(&key);
    dk_column_release(column);
    dk_table_release(table);
    return status;
}

/* What an expression over columns of per alone says of groups in which nobody is matched. */
static dk_status numbers_of_nobody(dki_allocation *a, const dk_expr *expr, const char *what, bool *seen,
                                   dk_ratio *out, bool *null, dk_error *err)
{
    const dk_column *column = NULL;
    dki_text_map names;
    bool knows = dki_node_visit(dki_expr_root(expr), find_aggregate, NULL);
    dk_status status;

    dki_text_map_init(&names, a->context);
    status = dki_expr_names(expr, DKI_NODE_NAME, &names, err);
    for (size_t i = 0; i < names.n && status == DK_OK; i++) {
        size_t size;

        knows = knows && dk_table_find(a->keys, dki_text_map_get(&names, (uint32_t)i, &size)) != SIZE_MAX;
    }
    if (status == DK_OK && knows)
        status = dk_table_eval(a->keys, expr, a->breakdown_params, &column, err);
    for (size_t k = 0; k < a->n && status == DK_OK && knows; k++)
        if (!seen[k])
            status = take_row(a, what, false, k, column, k, seen, out, null, err);
    dki_text_map_drop(&names);
    dk_column_release(column);
    return status;
}

dk_status dki_allocation_numbers(dki_allocation *a, const char *text, const char *what, bool may_be_negative,
                                 dk_ratio *out, bool *null, dk_error *err)
{
    const dk_expr *expr = NULL;
    bool *seen = dki_calloc(a->context, a->n, sizeof *seen, err);
    dk_status status = seen ? dk_expr_parse(a->context, text, &expr, err) : DK_ERR_MEMORY;

    for (size_t k = 0; k < a->n; k++) {
        out[k] = (dk_ratio){ 0, 1 };
        if (null)
            null[k] = true;
    }
    if (status == DK_OK)
        status = numbers_of(a, expr, text, what, may_be_negative, seen, out, null, err);
    if (status == DK_OK && null)
        status = numbers_of_nobody(a, expr, what, seen, out, null, err);
    dk_expr_release(expr);
    dki_free(a->context, seen);
    return status;
}
