/* interval_compare.c - comparisons of numbers that are known in bounds only, and whether they are null: it is so, is not, or is not
 * known. */
#include "interval.h"

#include "base/types.h"
#include "data/marker.h"

bool dki_interval_side_value(const dk_value *value, bool greatest, dk_value *out)
{
    const dk_interval *interval = &value->as.interval;

    if (value->is_null)
        return false;
    *out = *value;
    if (value->type != DK_INTERVAL)
        return true;
    *out = (dk_value){ .type = DK_DECIMAL, .scale = value->scale };
    out->as.integer = greatest ? interval->greatest : interval->least;
    return !(greatest ? interval->no_greatest : interval->no_least);
}

/* Whether every number of x is below every one of y (or as great, where or_equal). */
static bool surely_below(const dk_value *x, const dk_value *y, bool or_equal)
{
    dk_value high, low;
    int order;

    if (!dki_interval_side_value(x, true, &high) || !dki_interval_side_value(y, false, &low))
        return false;
    order = dk_value_compare(&high, &low);
    return order < 0 || (or_equal && order == 0);
}

enum truth { IS_FALSE, IS_TRUE, IS_UNKNOWN };

static enum truth is_below(const dk_value *x, const dk_value *y, bool or_equal)
{
    return surely_below(x, y, or_equal) ? IS_TRUE : surely_below(y, x, !or_equal) ? IS_FALSE : IS_UNKNOWN;
}

static enum truth compare(const dk_value *x, const dk_value *y, char sign)
{
    enum truth truth;

    switch (sign) {
    case '<': return is_below(x, y, false);
    case 'l': return is_below(x, y, true);
    case '>': return is_below(y, x, false);
    case 'g': return is_below(y, x, true);
    default: break;
    }
    truth = surely_below(x, y, false) || surely_below(y, x, false) ? IS_FALSE
            : surely_below(x, y, true) && surely_below(y, x, true) ? IS_TRUE
                                                                   : IS_UNKNOWN;
    return truth == IS_UNKNOWN || sign == '=' ? truth : truth == IS_TRUE ? IS_FALSE : IS_TRUE;
}

static void put_truth(enum truth truth, dk_value *out)
{
    out->is_null = truth == IS_UNKNOWN;
    out->as.boolean = truth == IS_TRUE;
}

/* Whether one of the numbers may be null, so that nothing that is said of them is so for sure. */
static bool may_be_null(const dki_op *op, const dk_value *args)
{
    bool may = false;

    for (size_t i = 0; i < op->n_args; i++)
        may = may || (args[i].type == DK_INTERVAL && args[i].as.interval.may_be_null);
    return may;
}

static dk_status row_compare(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)err;
    put_truth(may_be_null(op, args) ? IS_UNKNOWN : compare(&args[0], &args[1], op->sign), out);
    return DK_OK;
}

static enum truth is_between(const dk_value *args)
{
    enum truth above = compare(&args[0], &args[1], 'g'), below = compare(&args[0], &args[2], 'l');

    return above == IS_FALSE || below == IS_FALSE ? IS_FALSE
           : above == IS_TRUE && below == IS_TRUE ? IS_TRUE
                                                  : IS_UNKNOWN;
}

static dk_status row_between(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)err;
    put_truth(may_be_null(op, args) ? IS_UNKNOWN : is_between(args), out);
    return DK_OK;
}

static enum truth is_null(const dki_op *op, const dk_value *args)
{
    return args[0].is_null ? IS_TRUE : may_be_null(op, args) ? IS_UNKNOWN : IS_FALSE;
}

static dk_status row_is_null(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)err;
    put_truth(is_null(op, args), out);
    return DK_OK;
}

/* Whether it may be so: it is for sure, or bounds, and no null, leave it open. */
static bool may_be(const dki_op *op, const dk_value *args, enum truth wanted)
{
    enum truth truth;

    if (op->n_args == 1)
        truth = is_null(op, args);
    else
        truth = op->n_args == 3 ? is_between(args) : compare(&args[0], &args[1], op->sign);
    for (size_t i = 0; truth == IS_UNKNOWN && i < op->n_args; i++)
        if (args[i].is_null)
            return false;
    return truth == wanted || truth == IS_UNKNOWN;
}

static dk_status row_may_hold(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)err;
    out->is_null = false;
    out->as.boolean = may_be(op, args, IS_TRUE);
    return DK_OK;
}

static dk_status row_may_fail(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)err;
    out->is_null = false;
    out->as.boolean = may_be(op, args, IS_FALSE);
    return DK_OK;
}

bool dki_interval_is_comparison(const dki_op *op)
{
    return op->row == row_compare || op->row == row_between || op->row == row_is_null;
}

void dki_interval_ask_whether_may(dki_op *comparison, bool hold)
{
    comparison->row = hold ? row_may_hold : row_may_fail;
}

static dk_status want_numbers(dki_binder *b, dki_op **args, size_t n, const char *what)
{
    for (size_t i = 0; i < n; i++) {
        dk_status status = dki_op_settle(b, &args[i], DK_INTEGER, 0, NULL);

        if (status == DK_OK && args[i]->type != DK_INTERVAL && !dk_type_is_number(args[i]->type))
            status = dki_node_fail(b->bound->expr, args[i]->node, b->err, DK_ERR_TYPE,
                                   "%s: interval and %s do not go together", what,
                                   dki_type_shown(args[i]->type, args[i]->scale));
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

dk_status dki_bind_interval_comparison(dki_binder *b, const dki_node *node, char sign, dki_op **args, dki_op **out)
{
    dk_status status = want_numbers(b, args, 2, node->text);

    if (status == DK_OK)
        status = dki_interval_op(b, node, row_compare, DK_BOOLEAN, 0, args, 2, out);
    if (status == DK_OK)
        (*out)->sign = sign;
    return status;
}

dk_status dki_bind_interval_between(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out)
{
    dk_status status = want_numbers(b, args, 3, node->text);

    return status == DK_OK ? dki_interval_op(b, node, row_between, DK_BOOLEAN, 0, args, 3, out) : status;
}

/* Of a column of the table it is told by its markers. */
bool dki_interval_may_be_null(const dki_binder *b, const dki_op *op)
{
    const dk_column *column;

    if (op->type != DK_INTERVAL || op->run != dki_run_column)
        return op->type == DK_INTERVAL;
    column = dk_table_field(b->bound->table, op->column)->column;
    return dki_markers_may_be_null(dk_column_levels(dk_column_child(column, DK_CHILD_MARKER)));
}

dk_status dki_bind_interval_is_null(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out)
{
    return dki_interval_op(b, node, row_is_null, DK_BOOLEAN, 0, args, 1, out);
}
