/* functions.c - the functions of the language, by name.
 *
 * A function says how it binds (what types its arguments must have, and what it gives) and how it makes one row. Functions of
 * one category run once for each of its levels (fold.c), so that a row function need not be fast to be cheap.
 */
#include "functions.h"

#include <string.h>

#include "base/status.h"
#include "base/types.h"

dk_status dki_function_wrong(dki_binder *b, const dki_op *arg, const char *function, const char *wanted)
{
    bool is_operator = function[0] == '.';

    dki_node_fail(b->bound->expr, arg->node, b->err, DK_ERR_TYPE, "%s%s wants %s, and this is %s", function,
                  is_operator ? "" : "()", wanted, dki_type_shown(arg->type, arg->scale));
    if (is_operator)
        dki_hint(b->err, "text(x) makes a text of any value");
    return DK_ERR_TYPE;
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

const dki_function *dki_function_get(size_t i)
{
    static const dki_function *const tables[] = { dki_number_functions, dki_choice_functions, dki_bin_functions,
                                                  dki_date_functions,   dki_period_functions, dki_text_functions,
                                                  dki_cast_functions };

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
