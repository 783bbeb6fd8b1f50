/* interval_choice.c - case(condition, value, ..., otherwise) whose conditions are about numbers in bounds, and coalesce of such numbers.
 *
 * Where bounds leave a condition open, the value behind it may be chosen, and so may those behind it: the result has the bounds of
 * all that may be. What is no number, or null, is the result where all that may be chosen is the same, and else null: it is not
 * known. A condition that is null as a number is missing is not true, as for any type; nor is `x > 4 is true` left open.
 * Where a number may be null, what stands behind it in coalesce may be chosen, too.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/status.h"
#include "common.h"
#include "interval.h"
#include "interval_ends.h"

/* Conditions. -------------------------------------------------------------------------------------------------------- */

static bool is_logic(const dki_op *op)
{
    return op->run == dki_run_and || op->run == dki_run_or || op->run == dki_run_not;
}

bool dki_interval_leaves_open(const dki_op *condition)
{
    bool is_open = dki_interval_is_comparison(condition);

    if (condition->run == dki_run_common)
        return dki_interval_leaves_open(((const dki_common_part *)condition->data)->bound->root);
    for (size_t i = 0; !is_open && is_logic(condition) && i < condition->n_args; i++)
        is_open = dki_interval_leaves_open(condition->args[i]);
    return is_open;
}

static dk_status wrap(dki_binder *b, dki_run_fn *run, dki_op **op)
{
    dki_op *made = dki_op_new(b, (*op)->node, run, DK_BOOLEAN, 0, 1);

    if (made == NULL)
        return DK_ERR_MEMORY;
    made->args[0] = *op;
    *op = made;
    return DK_OK;
}

/* Has a condition tell whether it may hold, or whether it may not; it is never null then. */
static dk_status ask_whether_may(dki_binder *b, dki_op **condition, bool hold)
{
    dki_op *op = *condition;
    dk_status status = DK_OK;

    if (dki_interval_is_comparison(op)) {
        dki_interval_ask_whether_may(op, hold);
        return DK_OK;
    }
    if (op->run == dki_run_not) {
        *condition = op->args[0];
        return ask_whether_may(b, condition, !hold);
    }
    if (op->run == dki_run_and || op->run == dki_run_or) {
        for (size_t i = 0; i < op->n_args && status == DK_OK; i++)
            status = ask_whether_may(b, &op->args[i], hold);
        if (!hold)
            op->run = op->run == dki_run_and ? dki_run_or : dki_run_and;
        return status;
    }
    if (!hold)
        status = wrap(b, dki_run_not, condition);
    return status == DK_OK ? wrap(b, dki_run_is_true, condition) : status;
}

/* What tells, for the condition of that node, whether it may hold, which it does where it holds for sure. */
static dk_status bind_may_hold(dki_binder *b, const dki_node *node, dki_op **out)
{
    dki_scope scope = *b->scope; /* parts that are shared are not to be changed */
    dki_binder own = { &scope, b->bound, b->err };
    dk_status status;

    scope.common = NULL;
    status = dki_bind_node(&own, node, out);
    return status == DK_OK ? ask_whether_may(&own, out, true) : status;
}

/* Values. ------------------------------------------------------------------------------------------------------------ */

/* Of two numbers that are missing: what nobody knows of one is not known of both, and what cannot be is that in both. So it is in a sum
 * over them. */
static dk_value choose_missing(dk_value before, dk_value next)
{
    dk_meaning a = before.as.interval.meaning, b = next.as.interval.meaning;

    if (a != b && b != DK_MEANS_UNAVAILABLE)
        return a == DK_MEANS_UNAVAILABLE || a == DK_MEANS_NOTHING ? before : next;
    return next;
}

/* The bounds of both, and perhaps null where one is; of what is no number null where they differ. */
static dk_status join_values(const dki_op *op, const dk_value *a, const dk_value *b, dk_value *out, dk_error *err)
{
    dki_interval_ends x, y;

    *out = *a;
    out->is_null = a->is_null || b->is_null;
    if (op->type != DK_INTERVAL) {
        out->is_null = out->is_null || dk_value_compare(a, b) != 0;
        return DK_OK;
    }
    if (a->is_null && b->is_null) {
        *out = choose_missing(*a, *b);
        return DK_OK;
    }
    x = dki_interval_ends_of(a->is_null ? b : a, op->scale);
    y = dki_interval_ends_of(b->is_null ? a : b, op->scale);
    if (a->is_null != b->is_null)
        x.marks |= DKI_MARK_MAY_BE_NULL;
    if (dki_interval_end_compare(y.least, x.least) < 0)
        x.least = y.least;
    if (dki_interval_end_compare(y.greatest, x.greatest) > 0)
        x.greatest = y.greatest;
    x.marks |= y.marks;
    return dki_interval_ends_store(&x, out, err);
}

/* Puts the value into the rows, beside what is there already. */
static dk_status add_value(dki_eval *eval, const dki_op *op, const dki_op *value, const uint64_t *rows,
                           uint64_t *has, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dk_status status = dki_op_run(eval, value, rows, err);
    dki_vector from = dki_op_vector(eval, value), there = { slot->values, slot->valid };

    for (size_t i = 0; i < eval->n && status == DK_OK; i++) {
        dk_value made;

        if (!dki_bit(rows, i))
            continue;
        made = dki_vector_value(value, from, i);
        if (dki_bit(has, i)) {
            dk_value before = dki_vector_value(op, there, i), both;

            status = join_values(op, &before, &made, &both, err);
            made = both;
        }
        dki_bit_put(has, i, true);
        if (status == DK_OK)
            dki_slot_put(op, slot, i, &made);
    }
    return status;
}

/* args: so many as data says of a value, its condition, and whether that may hold; then the last value. */
static dk_status run_choice(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    uint64_t open[DK_BLOCK_WORDS], may[DK_BLOCK_WORDS], has[DK_BLOCK_WORDS] = { 0 };
    dk_status status = DK_OK;

    memcpy(open, selection, sizeof open);
    for (size_t k = 0; k + 1 < op->n_args && dki_any_row(open, eval->n); k += 3) {
        dki_vector condition;

        status = dki_op_run(eval, op->args[k + 2], open, err);
        if (status != DK_OK)
            return status;
        condition = dki_op_vector(eval, op->args[k + 2]);
        memset(may, 0, sizeof may);
        for (size_t w = 0; w < dki_bit_words(eval->n); w++)
            may[w] = open[w] & ((const uint64_t *)condition.values)[w] & dki_vector_known(condition, w);
        if (!dki_any_row(may, eval->n))
            continue;
        status = add_value(eval, op, op->args[k], may, has, err);
        if (status == DK_OK)
            status = dki_op_run(eval, op->args[k + 1], may, err);
        if (status != DK_OK)
            return status;
        condition = dki_op_vector(eval, op->args[k + 1]);
        for (size_t w = 0; w < dki_bit_words(eval->n); w++)
            open[w] &= ~(may[w] & ((const uint64_t *)condition.values)[w] & dki_vector_known(condition, w));
    }
    if (dki_any_row(open, eval->n))
        status = add_value(eval, op, op->args[op->n_args - 1], open, has, err);
    slot->vector = (dki_vector){ slot->values, op->type == DK_CATEGORY ? NULL : slot->valid };
    return status;
}

/* Puts the value into the row where it is the first, or what is there may be null. */
static dk_status put_next(const dki_op *op, dki_slot *slot, size_t i, dk_value next, bool is_first, dk_error *err)
{
    dk_value before = dki_vector_value(op, (dki_vector){ slot->values, slot->valid }, i), both = next;
    dk_status status = DK_OK;

    if (!is_first && before.is_null && next.is_null)
        both = choose_missing(before, next);
    if (!is_first && !before.is_null) {
        if (next.is_null)
            return DK_OK;
        before.as.interval.may_be_null = false; /* where it is null, it is the next */
        status = join_values(op, &before, &next, &both, err);
    }
    dki_slot_put(op, slot, i, &both);
    return status;
}

/* What is null is the next; what may be null has the bounds of both, and may be null where that may. */
dk_status dki_run_interval_coalesce(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    uint64_t open[DK_BLOCK_WORDS];
    bool is_first = true;
    dk_status status = DK_OK;

    memcpy(open, selection, sizeof open);
    for (size_t k = 0; k < op->n_args && status == DK_OK && dki_any_row(open, eval->n); k++) {
        const dk_interval *made = slot->values;
        dki_vector from;

        if (op->args[k]->is_constant && op->args[k]->value.is_null && (!is_first || k + 1 < op->n_args))
            continue; /* it says nothing of a number */
        status = dki_op_run(eval, op->args[k], open, err);
        from = dki_op_vector(eval, op->args[k]);
        for (size_t i = 0; i < eval->n && status == DK_OK; i++)
            if (dki_bit(open, i)) {
                status = put_next(op, slot, i, dki_vector_value(op->args[k], from, i), is_first, err);
                dki_bit_put(open, i, !dki_bit(slot->valid, i) || made[i].may_be_null);
            }
        is_first = false;
    }
    slot->vector = (dki_vector){ slot->values, slot->valid };
    return status;
}

/* Has numbers be intervals, as the result is one where several may be chosen. */
dk_status dki_interval_meet(dki_binder *b, dki_op **values, size_t n)
{
    size_t n_known = 0;
    uint8_t scale;

    for (size_t i = 0; i < n; i++) {
        bool is_exact = values[i]->type == DK_INTEGER || values[i]->type == DK_DECIMAL ||
                        values[i]->type == DK_RATIO || values[i]->type == DK_INTERVAL;

        if (!is_exact && !values[i]->is_null_literal)
            return DK_OK;
        n_known += !values[i]->is_null_literal;
    }
    for (size_t i = 0; n_known > 0 && i < n; i++) {
        dk_status status = dki_op_settle(b, &values[i], DK_INTEGER, 0, NULL);

        if (status != DK_OK)
            return status;
    }
    scale = dki_interval_common_scale(values, n);
    for (size_t i = 0; n_known > 0 && i < n; i++) {
        dk_status status = dki_op_convert(b, &values[i], DK_INTERVAL, scale);

        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

dk_status dki_bind_interval_choice(dki_binder *b, const dki_node *node, dki_op *const *conditions,
                                   dki_op *const *values, size_t n, dki_op **out)
{
    dki_op *op = dki_op_new(b, node, run_choice, values[0]->type, values[0]->scale, 3 * n + 1);
    dk_status status = op ? DK_OK : DK_ERR_MEMORY;

    for (size_t k = 0; k < n && status == DK_OK; k++) {
        op->args[3 * k] = values[k];
        op->args[3 * k + 1] = conditions[k];
        status = bind_may_hold(b, conditions[k]->node, &op->args[3 * k + 2]);
    }
    if (status != DK_OK)
        return status;
    op->args[3 * n] = values[n];
    op->type = (*out)->type;
    op->scale = (*out)->scale;
    op->levels = (*out)->levels;
    *out = op;
    return DK_OK;
}
