/* functions_host.c - functions that a host has defined, called row by row in the thread that asked.
 *
 * What holds a call holds the context to one thread for as long as it is bound. As all functions it is computed once for
 * each combination of few codes (fold.c, lookup.c), so that a category with its levels costs the host as many calls.
 */
#include "functions.h"

#include <math.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"

/* What the host gave, as the op's type. */
static dk_status take_result(dki_eval *eval, const dki_op *op, const dk_value *given, dk_value *out, dk_error *err)
{
    const dk_function *function = op->data;
    bool fits = given->type == op->type;

    if (given->type == DK_INTEGER || given->type == DK_DECIMAL)
        fits |= op->type == DK_REAL || op->type == DK_DECIMAL;
    fits |= given->type == DK_TEXT && op->type == DK_CATEGORY;
    if (!fits)
        return dki_fail(err, DK_ERR_TYPE, "%s() gave a value of type %s, and its result is %s", function->name,
                        dk_type_name(given->type), dk_type_name(op->type));
    if (given->type == DK_REAL && !isfinite(given->as.real))
        return dki_fail(err, DK_ERR_TYPE, "%s() gave a number that is not finite", function->name);
    if (given->type != DK_TEXT)
        return dki_value_convert(given, op->type, op->scale, out, err);
    out->as.text.size = given->as.text.size;
    if (op->type == DK_CATEGORY) {
        uint32_t code = dk_dictionary_find(op->levels, given->as.text);

        if (code == 0)
            return dki_fail(err, DK_ERR_RANGE, "%s() gave \"%.*s\", which is none of its levels", function->name,
                            given->as.text.size < 60 ? (int)given->as.text.size : 60, given->as.text.bytes);
        out->as.text = dk_dictionary_level(op->levels, code);
        return DK_OK;
    }
    if (dki_utf8_check(given->as.text.bytes, given->as.text.size) != given->as.text.size)
        return dki_fail(err, DK_ERR_TYPE, "%s() gave a text that is not UTF-8", function->name);
    out->as.text.bytes = dki_arena_text(&eval->arena, given->as.text.bytes, given->as.text.size, err);
    return out->as.text.bytes ? DK_OK : DK_ERR_MEMORY;
}

static dk_status call_row(dki_eval *eval, const dki_op *op, dk_value *args, size_t i, dk_error *err)
{
    const dk_function *function = op->data;
    dk_value given = { .type = op->type, .scale = op->scale }, value = given;
    bool any_null = false;
    dk_status status = DK_OK;

    for (size_t k = 0; k < op->n_args; k++) {
        args[k] = dki_vector_value(op->args[k], dki_op_vector(eval, op->args[k]), i);
        any_null |= args[k].is_null;
    }
    if (any_null && !function->takes_null)
        given.is_null = true;
    else
        status = function->call(function->arg, args, &given, err);
    value.is_null = given.is_null;
    if (status == DK_OK && !given.is_null)
        status = take_result(eval, op, &given, &value, err);
    if (status != DK_OK)
        return dki_row_fail_again(eval, op, i, err, status);
    dki_slot_put(op, &eval->slots[op->slot], i, &value);
    return DK_OK;
}

static dk_status run_host(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dk_value args[DK_FUNCTION_MOST_ARGUMENTS];
    dk_status status = DK_OK;

    for (size_t k = 0; k < op->n_args && status == DK_OK; k++)
        status = dki_op_run(eval, op->args[k], selection, err);
    for (size_t i = 0; i < eval->n && status == DK_OK; i++) {
        if (dki_bit(selection, i))
            status = call_row(eval, op, args, i, err);
    }
    slot->vector = (dki_vector){ slot->values, op->type == DK_CATEGORY ? NULL : slot->valid };
    return status;
}

dk_status dki_function_bind_host(dki_binder *b, const dk_function *function, const dki_node *node, dki_op **args,
                                 dki_op **out)
{
    dk_dictionary *levels = NULL;
    dki_op *op;
    dk_status status = DK_OK;

    for (size_t i = 0; i < function->n_arguments && status == DK_OK; i++) {
        status = dki_op_settle(b, &args[i], DK_TEXT, 0, NULL);
        if (status == DK_OK && args[i]->type == DK_INTERVAL) {
            dki_node_fail(b->bound->expr, args[i]->node, b->err, DK_ERR_TYPE, "%s() takes no interval",
                          function->name);
            dki_hint(b->err, "give it a bound: least(x), greatest(x)");
            return DK_ERR_TYPE;
        }
    }
    if (status == DK_OK && function->result == DK_CATEGORY)
        status = dk_dictionary_new(b->bound->context, function->levels, function->n_levels, true, &levels, b->err);
    if (status == DK_OK && levels)
        status = dki_bound_keep(b->bound, levels, b->err);
    if (status != DK_OK)
        return status;
    op = dki_op_new(b, node, run_host, function->result, function->scale, function->n_arguments);
    if (op == NULL)
        return DK_ERR_MEMORY;
    memcpy(op->args, args, function->n_arguments * sizeof *args);
    op->data = function;
    op->levels = levels;
    if (!b->bound->is_single)
        dki_single_begin(b->bound->context);
    b->bound->is_single = true;
    *out = op;
    return DK_OK;
}
