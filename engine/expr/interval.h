/* interval.h - expressions over numbers that are known in bounds only. For engine/expr alone. */
#ifndef DKI_EXPR_INTERVAL_H
#define DKI_EXPR_INTERVAL_H

#include "bound.h"

static inline bool dki_any_interval(dki_op *const *ops, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ops[i]->type == DK_INTERVAL)
            return true;
    return false;
}

/* Operators of which one operand at least is an interval: + - * /, and - of one; ==, ~=, <, ...; between; is null. */
dk_status dki_bind_interval_arithmetic(dki_binder *b, const dki_node *node, char sign, dki_op **args, dki_op **out);
dk_status dki_bind_interval_negative(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out);
dk_status dki_bind_interval_comparison(dki_binder *b, const dki_node *node, char sign, dki_op **args, dki_op **out);
dk_status dki_bind_interval_between(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out);
dk_status dki_bind_interval_is_null(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out);
/* Whether some row of an op may be null where bounds leave that open; false is sure. */
bool dki_interval_may_be_null(const dki_binder *b, const dki_op *op);
/* Whether the op is one of these but arithmetic; and has it tell, and be never null, whether it may hold, or may not. */
bool dki_interval_is_comparison(const dki_op *op);
void dki_interval_ask_whether_may(dki_op *comparison, bool hold);
/* interval_choice.c: whether bounds may leave a condition open; has numbers of which one is chosen be intervals; and has a choice
 * of n conditions and n + 1 values, *out, take all values that may be chosen. */
bool dki_interval_leaves_open(const dki_op *condition);
dk_status dki_interval_meet(dki_binder *b, dki_op **values, size_t n);
dk_status dki_bind_interval_choice(dki_binder *b, const dki_node *node, dki_op *const *conditions,
                                   dki_op *const *values, size_t n, dki_op **out);
/* The sign of a quotient that is asked for only where its denominator is not 0; interval_guard.c: gives it to those of a value of case
 * that the n conditions before it say that of. Of these the last one holds there, where last_holds, and the others do not. */
#define DKI_GUARDED 'g'
dk_status dki_interval_guard(dki_binder *b, const dki_node *const *conditions, size_t n, bool last_holds,
                             dki_op **value);
/* coalesce of intervals: where the first may be null, the bounds of both. */
dk_status dki_run_interval_coalesce(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err);
/* least(x), greatest(x): a bound; of several the interval of the least, of the greatest. */
dk_status dki_bind_interval_side(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args,
                                 size_t n, dki_op **out);
/* The number as an interval of that scale, which holds it exactly. DK_ERR_OVERFLOW, with err filled. */
dk_status dki_interval_of(const dk_value *number, uint8_t scale, dk_value *out, dk_error *err);

/* Of interval.c: an op whose rows are computed one by one, null ones too. */
dk_status dki_interval_op(dki_binder *b, const dki_node *node, dki_row_fn *row, dk_type type, uint8_t scale,
                          dki_op **args, size_t n, dki_op **out);
/* Of interval_compare.c: a side as a number to compare exactly, or a number itself; an open one has none. */
bool dki_interval_side_value(const dk_value *value, bool greatest, dk_value *out);

#endif
