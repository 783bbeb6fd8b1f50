/* functions_choice.c - one of several values: least, greatest, coalesce, case.
 *
 * Of one interval least and greatest are its bounds. coalesce and case evaluate from left to right, and only for the
 * rows that what stands before leaves open: what they do not reach cannot fail.
 */
#include "functions.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/status.h"
#include "base/types.h"
#include "interval.h"

static bool all_null(dki_op *const *args, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!args[i]->is_null_literal)
            return false;
    return true;
}

/* least(a, b, ...), greatest(a, b, ...) ------------------------------------------------------------------------------- */

/* Null where one is null. Numbers are compared as they are, and the one that is chosen is converted. */
static dk_status bind_least(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                            dki_op **out)
{
    const dk_dictionary *levels = NULL;
    uint8_t scale = 0;
    dk_type type;
    dk_status status;

    if (dki_any_interval(args, n))
        return dki_bind_interval_side(b, f, node, args, n, out);
    if (n == 1) {
        dki_node_fail(b->bound->expr, node, b->err, DK_ERR_ARGUMENT, "%s() takes 2 to 64 arguments, not 1",
                      f->name);
        dki_hint(b->err, "of one it is the bound of an interval, and this is %s",
                 dki_type_shown(args[0]->type, args[0]->scale));
        return DK_ERR_ARGUMENT;
    }
    if (all_null(args, n)) {
        *out = args[0];
        return DK_OK;
    }
    status = dki_op_order(b, args, n, &levels);
    if (status == DK_OK)
        status = dki_op_unify(b, args, n, false, f->name);
    if (status != DK_OK)
        return status;
    type = args[0]->type;
    if (dk_type_is_number(type))
        type = dki_op_number_type(args, n, &scale);
    else if (dki_type_is_text(type))
        type = levels ? DK_CATEGORY : DK_TEXT;
    else
        scale = args[0]->scale; /* of a period */
    if (type == DK_BOOLEAN)
        return dki_function_wrong(b, args[0], f->name, "values with an order");
    status = dki_function_op(b, f, node, args, n, type, scale, out);
    if (status == DK_OK)
        (*out)->levels = levels;
    return status;
}

/* The place in a declared order. */
static uint32_t rank_of(const dk_dictionary *levels, const dk_value *value)
{
    return dk_dictionary_rank(levels, dk_dictionary_find(levels, value->as.text));
}

static int compare(const dki_op *op, const dk_value *a, const dk_value *b)
{
    uint32_t p, q;

    if (a->type == DK_INTEGER && b->type == DK_INTEGER) /* speed */
        return (a->as.integer > b->as.integer) - (a->as.integer < b->as.integer);
    if (op->type != DK_CATEGORY)
        return dk_value_compare(a, b);
    p = rank_of(op->levels, a);
    q = rank_of(op->levels, b);
    return (p > q) - (p < q);
}

static dk_status row_least(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    const dk_value *best = args;
    int sign = op->node->text[0] == 'l' ? 1 : -1;

    (void)eval;
    for (size_t i = 1; i < op->n_args; i++)
        if (sign * compare(op, &args[i], best) < 0)
            best = &args[i];
    if (dk_type_is_number(op->type))
        return dki_value_convert(best, op->type, op->scale, out, err);
    out->as = best->as;
    return DK_OK;
}

/* coalesce(a, b, ...) and case(condition, value, ..., otherwise) ---------------------------------------------------- */

/* 64 rows: bit i = row is known, also of a category. */
static uint64_t known_of(const dki_op *arg, dki_vector from, size_t word, uint64_t rows)
{
    const uint32_t *codes = (const uint32_t *)from.values + 64 * word;

    if (arg->type != DK_CATEGORY)
        return rows & dki_vector_known(from, word);
    for (uint64_t open = rows; open; open &= open - 1)
        if (codes[__builtin_ctzll(open)] == 0)
            rows &= ~(open & -open);
    return rows;
}

/* Copies those of 64 rows, or all of them at once. */
#define TAKE(type)                                                     \
    do {                                                               \
        const type *from_ = (const type *)from.values + first;         \
        type *to_ = (type *)slot->values + first;                      \
        if (rows == UINT64_MAX)                                        \
            memcpy(to_, from_, 64 * sizeof *to_);                      \
        else                                                           \
            for (uint64_t r_ = rows; r_; r_ &= r_ - 1)                 \
                to_[__builtin_ctzll(r_)] = from_[__builtin_ctzll(r_)]; \
    } while (0)

static void take_word(const dki_op *op, dki_slot *slot, const dki_op *arg, dki_vector from, size_t word,
                      uint64_t rows, uint64_t known)
{
    size_t first = 64 * word;
    uint64_t *bits = slot->values;

    if (op->type == DK_TEXT && arg->type == DK_CATEGORY) {
        for (uint64_t open = rows; open; open &= open - 1) {
            size_t i = (size_t)__builtin_ctzll(open);

            ((dk_text *)slot->values)[first + i] =
                known >> i & 1 ? dki_vector_value(arg, from, first + i).as.text : (dk_text){ "", 0 };
        }
        return;
    }
    switch (op->type) {
    case DK_BOOLEAN: bits[word] = (bits[word] & ~rows) | (((const uint64_t *)from.values)[word] & rows); break;
    case DK_REAL: TAKE(double); break;
    case DK_RATIO: TAKE(dk_ratio); break;
    case DK_CATEGORY: TAKE(uint32_t); break;
    case DK_TEXT: TAKE(dk_text); break;
    case DK_INTERVAL: TAKE(dk_interval); break;
    default: TAKE(int64_t);
    }
}

/* Copies the rows of `rows` from an argument's vector into the op's slot. */
static void take_rows(const dki_op *op, dki_slot *slot, const dki_op *arg, dki_vector from, const uint64_t *rows,
                      size_t n)
{
    for (size_t w = 0; w < dki_bit_words(n); w++) {
        uint64_t known = known_of(arg, from, w, rows[w]);

        if (rows[w])
            take_word(op, slot, arg, from, w, rows[w], known);
        slot->valid[w] = (slot->valid[w] & ~rows[w]) | known;
    }
}

dk_status dki_run_case(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    uint64_t open[DK_BLOCK_WORDS], chosen[DK_BLOCK_WORDS];
    size_t k;

    memcpy(open, selection, sizeof open);
    for (k = 0; k + 1 < op->n_args && dki_any_row(open, eval->n); k += 2) {
        dki_vector condition;
        dk_status status = dki_op_run(eval, op->args[k], open, err);

        if (status != DK_OK)
            return status;
        condition = dki_op_vector(eval, op->args[k]);
        memset(chosen, 0, sizeof chosen);
        for (size_t w = 0; w < dki_bit_words(eval->n); w++) {
            chosen[w] = open[w] & ((const uint64_t *)condition.values)[w] & dki_vector_known(condition, w);
            open[w] &= ~chosen[w];
        }
        if (!dki_any_row(chosen, eval->n))
            continue;
        status = dki_op_run(eval, op->args[k + 1], chosen, err);
        if (status != DK_OK)
            return status;
        take_rows(op, slot, op->args[k + 1], dki_op_vector(eval, op->args[k + 1]), chosen, eval->n);
    }
    if (dki_any_row(open, eval->n)) {
        const dki_op *otherwise = op->args[op->n_args - 1];
        dk_status status = dki_op_run(eval, otherwise, open, err);

        if (status != DK_OK)
            return status;
        take_rows(op, slot, otherwise, dki_op_vector(eval, otherwise), open, eval->n);
    }
    slot->vector = (dki_vector){ slot->values, slot->valid };
    return DK_OK;
}

dk_status dki_run_coalesce(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    uint64_t open[DK_BLOCK_WORDS];

    memcpy(open, selection, sizeof open);
    for (size_t k = 0; k < op->n_args && dki_any_row(open, eval->n); k++) {
        dk_status status = dki_op_run(eval, op->args[k], open, err);
        dki_vector from;

        if (status != DK_OK)
            return status;
        from = dki_op_vector(eval, op->args[k]);
        take_rows(op, slot, op->args[k], from, open, eval->n);
        for (size_t w = 0; w < dki_bit_words(eval->n); w++)
            open[w] &= ~slot->valid[w];
    }
    slot->vector = (dki_vector){ slot->values, slot->valid };
    return DK_OK;
}

/* Brings values of which one is chosen to one type: a category stays one where it meets constants only. */
static dk_status bind_choice(dki_binder *b, const dki_function *f, const dki_node *node, dki_run_fn *run,
                             dki_op **values, size_t n_values, size_t n_args, dki_op **out)
{
    const dk_dictionary *levels = NULL;
    dk_status status = dki_op_meet_sets(b, node, values, n_values);
    dk_type type;

    if (status == DK_OK)
        status = dki_op_one_category(b, values, n_values, &levels);
    if (status == DK_OK)
        status = dki_op_unify(b, values, n_values, true, f->name);
    if (status != DK_OK)
        return status;
    type = dki_type_is_text(values[0]->type) ? levels ? DK_CATEGORY : DK_TEXT : values[0]->type;
    *out = dki_op_new(b, node, run, type, values[0]->scale, n_args);
    if (*out == NULL)
        return DK_ERR_MEMORY;
    (*out)->levels = levels;
    return DK_OK;
}

static dk_status bind_coalesce(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                               dki_op **out)
{
    dk_status status;

    if (all_null(args, n)) {
        *out = args[0];
        return DK_OK;
    }
    status = dki_any_interval(args, n) ? dki_interval_meet(b, args, n) : DK_OK;
    if (status == DK_OK)
        status = bind_choice(b, f, node, dki_run_coalesce, args, n, n, out);
    if (status == DK_OK) {
        memcpy((*out)->args, args, n * sizeof *args);
        if ((*out)->type == DK_INTERVAL)
            (*out)->run = dki_run_interval_coalesce;
    }
    return status;
}

/* Without otherwise it is null. */
static dk_status bind_case(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                           dki_op **out)
{
    size_t n_args = n | 1, n_values = 0;
    dki_op **values = dki_arena_array(&b->bound->arena, n_args, sizeof(dki_op *), b->err);
    dki_op **conditions = dki_arena_array(&b->bound->arena, n_args, sizeof(dki_op *), b->err);
    const dki_node **trees = dki_arena_array(&b->bound->arena, n_args, sizeof *trees, b->err);
    bool is_open = false; /* some condition may be, of numbers in bounds */
    dk_status status = DK_OK;

    if (values == NULL || conditions == NULL || trees == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i + 1 < n; i += 2) {
        status = dki_op_settle(b, &args[i], DK_BOOLEAN, 0, NULL);
        if (status != DK_OK)
            return status;
        if (args[i]->type != DK_BOOLEAN)
            return dki_function_wrong(b, args[i], f->name, "a condition");
        is_open = is_open || dki_interval_leaves_open(args[i]);
        conditions[n_values] = args[i];
        trees[n_values] = args[i]->node;
        values[n_values++] = args[i + 1];
    }
    for (size_t i = 0; is_open && i < n_values && status == DK_OK; i++)
        status = dki_interval_guard(b, trees, i + 1, true, &values[i]);
    if (n == n_args) {
        values[n_values] = args[n - 1];
        if (is_open && status == DK_OK)
            status = dki_interval_guard(b, trees, n_values, false, &values[n_values]);
        n_values++;
    } else {
        values[n_values] = dki_op_constant(b, node, (dk_value){ .type = DK_BOOLEAN, .is_null = true });
        if (values[n_values] == NULL)
            return DK_ERR_MEMORY;
        values[n_values++]->is_null_literal = true;
    }
    if (all_null(values, n_values)) {
        *out = values[n_values - 1];
        return DK_OK;
    }
    if ((is_open || dki_any_interval(values, n_values)) && status == DK_OK)
        status = dki_interval_meet(b, values, n_values);
    if (status == DK_OK)
        status = bind_choice(b, f, node, dki_run_case, values, n_values, n_args, out);
    if (status == DK_OK && is_open)
        return dki_bind_interval_choice(b, node, conditions, values, n_values - 1, out);
    for (size_t i = 0; i < n_args && status == DK_OK; i++) {
        bool condition = i + 1 < n_args && i % 2 == 0;

        (*out)->args[i] = condition ? args[i] : values[i / 2];
    }
    return status;
}

const dki_function dki_choice_functions[] = {
    { "least", 1, 64, bind_least, row_least },
    { "greatest", 1, 64, bind_least, row_least },
    { "coalesce", 2, 64, bind_coalesce, NULL },
    { "case", 2, 4097, bind_case, NULL },
    { NULL, 0, 0, NULL, NULL },
};
