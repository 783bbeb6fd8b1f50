/* logic.c - comparisons, and logic with three values.
 *
 * and, or evaluate from left to right, and only for the rows that what stands before leaves open: what they do not reach
 * cannot fail.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/text.h"
#include "bound.h"

/* Comparison -------------------------------------------------------------------------------------------------------- */

static bool holds(char sign, int order)
{
    switch (sign) {
    case '=': return order == 0;
    case '!': return order != 0;
    case '<': return order < 0;
    case 'l': return order <= 0;
    case '>': return order > 0;
    default: return order >= 0;
    }
}

/* Order of two known values of one class. Categories of one dictionary with a declared order go by rank. */
static int compare_at(const dki_op *left, dki_vector a, const dki_op *right, dki_vector b, size_t i)
{
    dk_value x, y;

    if (left->type == DK_INTEGER && right->type == DK_INTEGER) { /* speed */
        int64_t p = ((const int64_t *)a.values)[i], q = ((const int64_t *)b.values)[i];

        return (p > q) - (p < q);
    }
    if (left->type == DK_CATEGORY && right->type == DK_CATEGORY && left->levels == right->levels) {
        uint32_t p = dk_dictionary_rank(left->levels, ((const uint32_t *)a.values)[i]);
        uint32_t q = dk_dictionary_rank(right->levels, ((const uint32_t *)b.values)[i]);

        return (p > q) - (p < q);
    }
    x = dki_vector_value(left, a, i);
    y = dki_vector_value(right, b, i);
    return dk_value_compare(&x, &y);
}

dk_status dki_run_compare(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    const dki_op *left = op->args[0], *right = op->args[1];
    dki_vector a, b;
    dk_status status = dki_op_run(eval, left, selection, err);

    if (status == DK_OK)
        status = dki_op_run(eval, right, selection, err);
    if (status != DK_OK)
        return status;
    a = dki_op_vector(eval, left);
    b = dki_op_vector(eval, right);
    for (size_t i = 0; i < eval->n; i++) {
        bool known, truth;

        if (!dki_bit(selection, i))
            continue;
        known = !dki_vector_is_null(left, a, i) && !dki_vector_is_null(right, b, i);
        truth = known && holds(op->sign, compare_at(left, a, right, b, i));
        dki_bit_put(slot->valid, i, known);
        dki_bit_put(slot->values, i, truth);
    }
    slot->vector = (dki_vector){ slot->values, slot->valid };
    return DK_OK;
}

/* x in (a, b): true where one is equal; null where none is and x or one of them is null. */
dk_status dki_run_in(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dk_status status = DK_OK;

    for (size_t k = 0; k < op->n_args && status == DK_OK; k++)
        status = dki_op_run(eval, op->args[k], selection, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < eval->n; i++) {
        bool found = false, known = true;

        if (!dki_bit(selection, i))
            continue;
        known = !dki_vector_is_null(op->args[0], dki_op_vector(eval, op->args[0]), i);
        for (size_t k = 1; k < op->n_args && !found; k++) {
            dki_vector item = dki_op_vector(eval, op->args[k]);

            if (dki_vector_is_null(op->args[k], item, i))
                known = false;
            else if (!dki_vector_is_null(op->args[0], dki_op_vector(eval, op->args[0]), i))
                found = compare_at(op->args[0], dki_op_vector(eval, op->args[0]), op->args[k], item, i) == 0;
        }
        dki_bit_put(slot->values, i, found);
        dki_bit_put(slot->valid, i, found || known);
    }
    slot->vector = (dki_vector){ slot->values, slot->valid };
    return DK_OK;
}

/* Logic ------------------------------------------------------------------------------------------------------------- */

/* and: false decides; or: true decides. An operand is evaluated for the rows that those before it leave open. */
static dk_status run_junction(dki_eval *eval, const dki_op *op, bool deciding, const uint64_t *selection,
                              dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    uint64_t *decided = slot->values, *unknown = slot->valid, open[DK_BLOCK_WORDS];
    size_t n_words = dki_bit_words(eval->n);
    uint64_t flip = deciding ? 0 : ~UINT64_C(0);

    memcpy(open, selection, sizeof open);
    memset(decided, 0, n_words * sizeof *decided);
    memset(unknown, 0, n_words * sizeof *unknown);
    for (size_t k = 0; k < op->n_args && dki_any_row(open, eval->n); k++) {
        dk_status status = dki_op_run(eval, op->args[k], open, err);
        dki_vector vector;
        const uint64_t *truth;

        if (status != DK_OK)
            return status;
        vector = dki_op_vector(eval, op->args[k]);
        truth = vector.values;
        for (size_t w = 0; w < n_words; w++) {
            uint64_t known = dki_vector_known(vector, w);

            decided[w] |= open[w] & known & (truth[w] ^ flip);
            unknown[w] |= open[w] & ~known;
            open[w] &= ~decided[w];
        }
    }
    for (size_t w = 0; w < n_words; w++) {
        uint64_t known = decided[w] | ~unknown[w];

        decided[w] = deciding ? decided[w] : ~decided[w] & known;
        unknown[w] = known;
    }
    slot->vector = (dki_vector){ decided, unknown };
    return DK_OK;
}

dk_status dki_run_and(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    return run_junction(eval, op, false, selection, err);
}

dk_status dki_run_or(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    return run_junction(eval, op, true, selection, err);
}

dk_status dki_run_not(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dki_vector from;
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status != DK_OK)
        return status;
    from = dki_op_vector(eval, op->args[0]);
    for (size_t w = 0; w < dki_bit_words(eval->n); w++)
        ((uint64_t *)slot->values)[w] = ~((const uint64_t *)from.values)[w];
    slot->vector = (dki_vector){ slot->values, from.valid };
    return DK_OK;
}

dk_status dki_run_is_null(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dki_vector from;
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status != DK_OK)
        return status;
    from = dki_op_vector(eval, op->args[0]);
    for (size_t i = 0; i < eval->n; i++)
        dki_bit_put(slot->values, i, dki_vector_is_null(op->args[0], from, i));
    slot->vector = (dki_vector){ slot->values, NULL };
    return DK_OK;
}

dk_status dki_run_is_true(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dki_vector from;
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status != DK_OK)
        return status;
    from = dki_op_vector(eval, op->args[0]);
    for (size_t w = 0; w < dki_bit_words(eval->n); w++)
        ((uint64_t *)slot->values)[w] = ((const uint64_t *)from.values)[w] & dki_vector_known(from, w);
    slot->vector = (dki_vector){ slot->values, NULL };
    return DK_OK;
}

/* column: the number of the dimension's bit. */
dk_status dki_run_is_total(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    const dk_column *margin = dk_table_margin(eval->bound->table);

    (void)selection;
    for (size_t i = 0; i < eval->n; i++) {
        dk_value mask = { .as.integer = 0 };

        if (margin) {
            dk_status status = dk_column_get(margin, eval->row + i, &mask, err);

            if (status != DK_OK)
                return status;
        }
        dki_bit_put(slot->values, i, (uint64_t)mask.as.integer >> op->column & 1);
    }
    slot->vector = (dki_vector){ slot->values, NULL };
    return DK_OK;
}
