/* functions.c - the functions of the language, by name.
 *
 * A function says how it binds (what types its arguments must have, and what it gives) and how it makes one row.
 * Functions of one category run once for each of its levels (conditions and texts in fold.c, whole numbers here),
 * so that a row function need not be fast to be cheap.
 */
#include "functions.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/status.h"
#include "base/types.h"

dk_status dki_function_wrong(dki_binder *b, const dki_op *arg, const char *function, const char *wanted)
{
    bool is_operator = function[0] == '.';

    dki_node_fail(b->bound->expr, arg->node, b->err, DK_ERR_TYPE, "%s%s wants %s, and this is %s", function,
                  is_operator ? "" : "()", wanted, dki_op_shown(arg));
    if (is_operator)
        dki_hint(b->err, "text(x) makes a text of any value");
    else if (arg->type == DK_INTERVAL)
        dki_hint(b->err, "least(x) and greatest(x) are its bounds, which are numbers");
    return DK_ERR_TYPE;
}

dk_status dki_function_args(dki_binder *b, const dki_function *function, dki_op **args, size_t n,
                            const char *letters)
{
    for (size_t i = 0; i < n; i++) {
        bool text = letters[i] == 't';
        dk_status status = dki_op_settle(b, &args[i], text ? DK_TEXT : DK_INTEGER, 0, NULL);

        if (status != DK_OK)
            return status;
        if (text ? !dki_type_is_text(args[i]->type) : args[i]->type != DK_INTEGER)
            return dki_function_wrong(b, args[i], function->name, text ? "a text" : "a whole number");
    }
    return DK_OK;
}

dk_status dki_function_digits(dki_binder *b, const dki_op *arg, uint8_t *out)
{
    if (!arg->is_constant || arg->type != DK_INTEGER || arg->value.is_null || arg->value.as.integer < 0 ||
        arg->value.as.integer > DK_DECIMAL_MAX_SCALE)
        return dki_node_fail(b->bound->expr, arg->node, b->err, DK_ERR_RANGE,
                             "the number of digits is a whole number from 0 to %d", DK_DECIMAL_MAX_SCALE);
    *out = (uint8_t)arg->value.as.integer;
    return DK_OK;
}

dk_status dki_function_op(dki_binder *b, const dki_function *function, const dki_node *node, dki_op **args,
                          size_t n, dk_type type, uint8_t scale, dki_op **out)
{
    dki_op *op = dki_op_new(b, node, dki_run_row, type, scale, n);

    if (op == NULL)
        return DK_ERR_MEMORY;
    memcpy(op->args, args, n * sizeof *args);
    op->row = function->row;
    *out = op;
    return DK_OK;
}

/* Whole numbers of levels -------------------------------------------------------------------------------------- */

struct level_numbers {
    const int64_t *values; /* by code */
    const uint8_t *is_known;
};

static dk_status run_level_numbers(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    const struct level_numbers *numbers = op->data;
    dki_slot *slot = &eval->slots[op->slot];
    int64_t *to = slot->values;
    const uint32_t *codes;
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status != DK_OK)
        return status;
    codes = dki_op_vector(eval, op->args[0]).values;
    for (size_t i = 0; i < eval->n; i++) {
        to[i] = numbers->values[codes[i]];
        dki_bit_put(slot->valid, i, numbers->is_known[codes[i]]);
    }
    slot->vector = (dki_vector){ slot->values, slot->valid };
    return DK_OK;
}

static dk_status fill_levels(dki_eval *eval, const dki_op *op, dk_value *args, int64_t *values, uint8_t *is_known,
                             dk_error *err)
{
    size_t n = dk_dictionary_n_levels(op->args[0]->levels);
    dk_status status = DK_OK;

    for (size_t code = 1; code <= n && status == DK_OK; code++) {
        dk_value value = { .type = DK_INTEGER };

        args[0].as.text = dk_dictionary_level(op->args[0]->levels, (uint32_t)code);
        status = dki_poll(eval->context, err);
        if (status == DK_OK)
            status = op->row(eval, op, args, &value, err);
        values[code] = value.is_null ? 0 : value.as.integer;
        is_known[code] = !value.is_null;
        dki_arena_drop(&eval->arena);
    }
    return status;
}

/* Replaces *op, where all levels have a value. */
static dk_status number_levels(dki_binder *b, dki_op **op)
{
    dki_arena *arena = &b->bound->arena;
    size_t n_codes = dk_dictionary_n_levels((*op)->args[0]->levels) + 1;
    struct level_numbers *numbers = dki_arena_array(arena, 1, sizeof *numbers, b->err);
    int64_t *values = dki_arena_array(arena, n_codes, sizeof *values, b->err);
    uint8_t *is_known = dki_arena_array(arena, n_codes, sizeof *is_known, b->err);
    dk_value *args = dki_arena_array(arena, (*op)->n_args, sizeof *args, b->err);
    dki_op *made = dki_op_new(b, (*op)->node, run_level_numbers, DK_INTEGER, 0, 1);
    dk_error quiet = DK_ERROR_INIT;
    dki_eval *eval;
    dk_status status = DK_ERR_MEMORY;

    if (numbers && values && is_known && args && made)
        status = dki_eval_make(b->bound, *op, dki_op_number(*op, 0), 1, &eval, b->err);
    if (status != DK_OK)
        return status;
    args[0] = (dk_value){ .type = DK_CATEGORY };
    for (size_t k = 1; k < (*op)->n_args; k++)
        args[k] = (*op)->args[k]->value;
    status = fill_levels(eval, *op, args, values, is_known, &quiet);
    dki_eval_release(eval);
    if (status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) {
        if (b->err)
            *b->err = quiet;
        return status;
    }
    if (status == DK_OK) {
        *numbers = (struct level_numbers){ values, is_known };
        made->data = numbers;
        made->args[0] = (*op)->args[0];
        *op = made;
    }
    return DK_OK;
}

dk_status dki_function_number_op(dki_binder *b, const dki_function *function, const dki_node *node, dki_op **args,
                                 size_t n, const void *data, dki_op **out)
{
    bool levels = args[0]->type == DK_CATEGORY && args[0]->levels && !args[0]->is_constant;
    dk_status status = dki_function_op(b, function, node, args, n, DK_INTEGER, 0, out);

    for (size_t k = 1; k < n; k++)
        levels &= args[k]->is_constant && !args[k]->value.is_null;
    if (status == DK_OK)
        (*out)->data = data;
    return status == DK_OK && levels ? number_levels(b, out) : status;
}

/* All functions ------------------------------------------------------------------------------------------------ */

const dki_function *dki_function_get(size_t i)
{
    static const dki_function *const tables[] = {
        dki_number_functions, dki_choice_functions, dki_bin_functions,  dki_date_functions,
        dki_period_functions, dki_text_functions,   dki_part_functions, dki_pattern_functions,
        dki_cast_functions,   dki_label_functions,  dki_rate_functions, dki_interval_functions,
        dki_set_functions
    };

    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const dki_function *function = tables[t]; function->name; function++)
            if (i-- == 0)
                return function;
    return NULL;
}

const dki_function *dki_function_find(const char *name)
{
    const dki_function *function;

    for (size_t i = 0; (function = dki_function_get(i)) != NULL; i++)
        if (strcmp(function->name, name) == 0)
            return function;
    return NULL;
}
