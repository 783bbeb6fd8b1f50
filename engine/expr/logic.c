/* logic.c - comparisons, and logic with three values.
 *
 * and, or, in and between evaluate from left to right, and only for the rows that what stands before leaves open: what they
 * do not reach cannot fail. The value of what is null is false.
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

/* Order of two known values of one class. Categories of one dictionary, or of one declared order, go by rank. */
static int compare_at(const dki_op *left, dki_vector a, const dki_op *right, dki_vector b, bool by_rank, size_t i)
{
    dk_value x, y;

    if (left->type == DK_CATEGORY && right->type == DK_CATEGORY && (by_rank || left->levels == right->levels)) {
        uint32_t p = dk_dictionary_rank(left->levels, ((const uint32_t *)a.values)[i]);
        uint32_t q = dk_dictionary_rank(right->levels, ((const uint32_t *)b.values)[i]);

        return (p > q) - (p < q);
    }
    x = dki_vector_value(left, a, i);
    y = dki_vector_value(right, b, i);
    return dk_value_compare(&x, &y);
}

bool dki_compares_level(const dki_op *left, const dki_op *right, char sign)
{
    return (sign == '=' || sign == '!') && left->type == DK_CATEGORY && right->type == DK_TEXT &&
           right->is_constant && !right->value.is_null;
}

/* The same as compare_rows, by the code that the text has: for speed alone. */
static void compare_codes(const dki_eval *eval, const dki_op *left, const dki_op *right, char sign,
                          const uint64_t *selection, uint64_t *truth, uint64_t *known)
{
    const uint32_t *codes = dki_op_vector(eval, left).values;
    uint32_t code = dk_dictionary_find(left->levels, right->value.as.text);

    for (size_t i = 0; i < eval->n; i++) {
        if (!dki_bit(selection, i))
            continue;
        dki_bit_put(known, i, codes[i] != 0);
        dki_bit_put(truth, i, codes[i] != 0 && (codes[i] == code) == (sign == '='));
    }
}

/* Most texts that differ do so early on: that is seen without a call. */
static inline bool begin_alike(dk_text a, dk_text b)
{
    uint64_t p, q;

    if (a.size < sizeof p)
        return a.size == 0 || a.bytes[0] == b.bytes[0];
    memcpy(&p, a.bytes, sizeof p);
    memcpy(&q, b.bytes, sizeof q);
    return p == q;
}

static bool texts_hold(char sign, dk_text a, dk_text b)
{
    if ((sign == '=' || sign == '!') && (a.size != b.size || !begin_alike(a, b)))
        return sign == '!';
    return holds(sign, dki_text_compare(a.bytes, a.size, b.bytes, b.size));
}

/* Of 64 rows from `first` on the bits of those that are known for which it holds. */
#define HOLD(p, q, relation)                                   \
    for (uint64_t open_ = known; open_; open_ &= open_ - 1) {  \
        size_t i_ = first + (size_t)__builtin_ctzll(open_);    \
                                                               \
        found |= (p)[i_] relation(q)[i_] ? open_ & -open_ : 0; \
    }
#define HOLDS_OF(type)                             \
    do {                                           \
        const type *p_ = a.values, *q_ = b.values; \
                                                   \
        switch (sign) {                            \
        case '=': HOLD(p_, q_, ==) break;          \
        case '!': HOLD(p_, q_, !=) break;          \
        case '<': HOLD(p_, q_, <) break;           \
        case 'l': HOLD(p_, q_, <=) break;          \
        case '>': HOLD(p_, q_, >) break;           \
        default: HOLD(p_, q_, >=)                  \
        }                                          \
    } while (0)

static uint64_t hold_of(dk_type type, dki_vector a, dki_vector b, char sign, size_t first, uint64_t known)
{
    uint64_t found = 0;

    if (type == DK_INTEGER)
        HOLDS_OF(int64_t);
    else if (type == DK_REAL)
        HOLDS_OF(double);
    else
        for (uint64_t open = known; open; open &= open - 1) {
            size_t i = first + (size_t)__builtin_ctzll(open);

            found |=
                texts_hold(sign, ((const dk_text *)a.values)[i], ((const dk_text *)b.values)[i]) ? open & -open : 0;
        }
    return found;
}

/* The same as compare_rows where both are integers, reals or texts: for speed alone. */
static void compare_alike(size_t n, dk_type type, dki_vector a, dki_vector b, char sign, const uint64_t *selection,
                          uint64_t *truth, uint64_t *known)
{
    for (size_t w = 0; w < dki_bit_words(n); w++) {
        uint64_t both = selection[w] & dki_vector_known(a, w) & dki_vector_known(b, w);

        known[w] = (known[w] & ~selection[w]) | both;
        truth[w] = (truth[w] & ~selection[w]) | hold_of(type, a, b, sign, 64 * w, both);
    }
}

/* Compares the values of two args that have been run: sets known and truth of the selected rows. */
static void compare_rows(const dki_eval *eval, const dki_op *op, const dki_op *left, const dki_op *right, char sign,
                         const uint64_t *selection, uint64_t *truth, uint64_t *known)
{
    dki_vector a = dki_op_vector(eval, left), b = dki_op_vector(eval, right);

    if (dki_compares_level(left, right, sign)) {
        compare_codes(eval, left, right, sign, selection, truth, known);
        return;
    }
    if (left->type == right->type && (left->type == DK_INTEGER || left->type == DK_REAL || left->type == DK_TEXT)) {
        compare_alike(eval->n, left->type, a, b, sign, selection, truth, known);
        return;
    }
    for (size_t i = 0; i < eval->n; i++) {
        bool both;

        if (!dki_bit(selection, i))
            continue;
        both = !dki_vector_is_null(left, a, i) && !dki_vector_is_null(right, b, i);
        dki_bit_put(known, i, both);
        dki_bit_put(truth, i, both && holds(sign, compare_at(left, a, right, b, op->by_rank, i)));
    }
}

dk_status dki_run_compare(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status == DK_OK)
        status = dki_op_run(eval, op->args[1], selection, err);
    if (status != DK_OK)
        return status;
    compare_rows(eval, op, op->args[0], op->args[1], op->sign, selection, slot->values, slot->valid);
    slot->vector = (dki_vector){ slot->values, slot->valid };
    return DK_OK;
}

/* x between a and b is x >= a and x <= b, with x evaluated once. */
dk_status dki_run_between(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    uint64_t *truth = slot->values, *known = slot->valid;
    uint64_t open[DK_BLOCK_WORDS], below[DK_BLOCK_WORDS], below_known[DK_BLOCK_WORDS];
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status == DK_OK)
        status = dki_op_run(eval, op->args[1], selection, err);
    if (status != DK_OK)
        return status;
    compare_rows(eval, op, op->args[0], op->args[1], 'g', selection, truth, known);
    memcpy(open, selection, sizeof open);
    for (size_t w = 0; w < dki_bit_words(eval->n); w++)
        open[w] &= truth[w] | ~known[w];
    slot->vector = (dki_vector){ truth, known };
    if (!dki_any_row(open, eval->n))
        return DK_OK;
    status = dki_op_run(eval, op->args[2], open, err);
    if (status != DK_OK)
        return status;
    memset(below, 0, sizeof below);
    memset(below_known, 0, sizeof below_known);
    compare_rows(eval, op, op->args[0], op->args[2], 'l', open, below, below_known);
    for (size_t w = 0; w < dki_bit_words(eval->n); w++) {
        uint64_t is_false = open[w] & below_known[w] & ~below[w];

        known[w] = (open[w] & known[w] & below_known[w]) | is_false | (~open[w] & known[w]);
        truth[w] &= open[w] & below[w];
    }
    return DK_OK;
}

/* x in (a, b) is x == a or x == b, with x evaluated once. */
dk_status dki_run_in(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    uint64_t *found = slot->values, *unknown = slot->valid;
    uint64_t open[DK_BLOCK_WORDS], truth[DK_BLOCK_WORDS], known[DK_BLOCK_WORDS];
    size_t n_words = dki_bit_words(eval->n);
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    memcpy(open, selection, sizeof open);
    memset(found, 0, n_words * sizeof *found);
    memset(unknown, 0, n_words * sizeof *unknown);
    for (size_t k = 1; k < op->n_args && status == DK_OK && dki_any_row(open, eval->n); k++) {
        status = dki_op_run(eval, op->args[k], open, err);
        if (status != DK_OK)
            return status;
        memset(truth, 0, sizeof truth);
        memset(known, 0, sizeof known);
        compare_rows(eval, op, op->args[0], op->args[k], '=', open, truth, known);
        for (size_t w = 0; w < n_words; w++) {
            found[w] |= truth[w];
            unknown[w] |= open[w] & ~known[w];
            open[w] &= ~truth[w];
        }
    }
    for (size_t w = 0; w < n_words; w++)
        unknown[w] = found[w] | ~unknown[w];
    slot->vector = (dki_vector){ found, unknown };
    return status;
}

static bool is_in(const dki_value_set *set, const dk_value *value)
{
    size_t low = 0, high = set->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = dk_value_compare(&set->values[middle], value);

        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* x in constants. */
dk_status dki_run_in_set(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    const dki_value_set *set = op->data;
    const dki_op *arg = op->args[0];
    dki_vector from;
    dk_status status = dki_op_run(eval, arg, selection, err);

    if (status != DK_OK)
        return status;
    from = dki_op_vector(eval, arg);
    for (size_t i = 0; i < eval->n; i++) {
        dk_value value;
        bool found;

        if (!dki_bit(selection, i))
            continue;
        value = dki_vector_value(arg, from, i);
        found = !value.is_null && is_in(set, &value);
        dki_bit_put(slot->values, i, found);
        dki_bit_put(slot->valid, i, found || (!value.is_null && !set->has_null));
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

/* The bits of the first argument where they are known, all of them flipped before that or none; elsewhere 0. keeps_nulls:
 * what is not known stays so. */
static dk_status run_words(dki_eval *eval, const dki_op *op, const uint64_t *selection, uint64_t flip,
                           bool keeps_nulls, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dki_vector from;
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status != DK_OK)
        return status;
    from = dki_op_vector(eval, op->args[0]);
    for (size_t w = 0; w < dki_bit_words(eval->n); w++)
        ((uint64_t *)slot->values)[w] = (((const uint64_t *)from.values)[w] ^ flip) & dki_vector_known(from, w);
    slot->vector = (dki_vector){ slot->values, keeps_nulls ? from.valid : NULL };
    return DK_OK;
}

dk_status dki_run_not(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    return run_words(eval, op, selection, UINT64_MAX, true, err);
}

dk_status dki_run_is_true(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    return run_words(eval, op, selection, 0, false, err);
}

dk_status dki_run_is_null(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dki_vector from;
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status != DK_OK)
        return status;
    from = dki_op_vector(eval, op->args[0]);
    if (op->args[0]->type == DK_CATEGORY) {
        for (size_t i = 0; i < eval->n; i++)
            dki_bit_put(slot->values, i, dki_vector_is_null(op->args[0], from, i));
    } else {
        for (size_t w = 0; w < dki_bit_words(eval->n); w++)
            ((uint64_t *)slot->values)[w] = ~dki_vector_known(from, w);
    }
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
