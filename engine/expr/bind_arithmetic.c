/* bind_arithmetic.c - binding of + - * / // % and of a negative: which numbers, days and periods may stand on both sides.
 *
 * What is computed of two exact numbers is exact: a quotient is a ratio, and a product has the digits of both factors.
 */
#include <string.h>

#include "base/status.h"
#include "base/types.h"
#include "bound.h"
#include "interval.h"

static dk_status type_fail(dki_binder *b, const dki_node *node, const char *wanted, const char *found)
{
    return dki_node_fail(b->bound->expr, node, b->err, DK_ERR_TYPE, "%s is wanted here, and this is %s", wanted,
                         found);
}

/* A time beside + or -, which only days know; a text that is taken from a day. */
static dk_status hint_day(dki_binder *b, const dki_op *op, bool from_day, dk_status status)
{
    if (op->type == DK_TIMESTAMP)
        dki_hint(b->err, "date(x) is its day");
    else if (from_day && dki_type_is_text(op->type))
        dki_hint(b->err, "date(x) reads a date");
    return status;
}

static dk_status want_number(dki_binder *b, dki_op **op)
{
    dk_status status = dki_op_settle(b, op, DK_INTEGER, 0, NULL);

    if (status == DK_OK && !dk_type_is_number((*op)->type))
        return hint_day(b, *op, false, type_fail(b, (*op)->node, "a number", dki_op_shown(*op)));
    return status;
}

static dk_status new_arithmetic(dki_binder *b, const dki_node *node, char sign, dki_op **args, dk_type type,
                                unsigned scale, dki_op **out)
{
    dki_op *op = dki_op_new(b, node, dki_run_arithmetic, type, (uint8_t)scale, 2);

    if (op == NULL)
        return DK_ERR_MEMORY;
    op->sign = sign;
    memcpy(op->args, args, 2 * sizeof *args);
    *out = op;
    return DK_OK;
}

/* Whether whole days or periods are added to it. */
static bool is_shifted(const dki_op *op)
{
    return (op->type == DK_DATE || op->type == DK_PERIOD) && !op->is_null_literal;
}

/* date + days, date - days, date - date; the same of periods of one frequency */
static dk_status bind_shift(dki_binder *b, const dki_node *node, char sign, dki_op **args, dki_op **out)
{
    const dk_type type = args[0]->type;
    const uint8_t scale = args[0]->scale;
    const char *unit = type == DK_DATE ? "day" : dki_type_shown(type, scale);
    dk_status status = dki_op_settle(b, &args[1], DK_INTEGER, 0, NULL);
    bool difference;

    if (status == DK_OK && sign == '-')
        status = dki_op_read(b, &args[1], type, scale);
    if (status != DK_OK)
        return status;
    difference = args[1]->type == type && sign == '-';
    if (difference && args[1]->scale != scale)
        return dki_fail_frequencies(b, node, node->text, scale, args[1]->scale);
    if (!difference && args[1]->type != DK_INTEGER)
        return hint_day(b, args[1], type == DK_DATE && sign == '-',
                        dki_node_fail(b->bound->expr, args[1]->node, b->err, DK_ERR_TYPE,
                                      "a whole number of %ss is wanted here, and this is %s", unit,
                                      dki_type_shown(args[1]->type, args[1]->scale)));
    return new_arithmetic(b, node, sign, args, difference ? DK_INTEGER : type, difference ? 0 : scale, out);
}

static dk_status bind_product(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out)
{
    unsigned scale = 0;

    for (int i = 0; i < 2; i++)
        scale += args[i]->type == DK_DECIMAL ? args[i]->scale : 0u;
    if (scale > DK_DECIMAL_MAX_SCALE) {
        dki_node_fail(b->bound->expr, node, b->err, DK_ERR_OVERFLOW,
                      "this product has %u digits after the point, and there are %d at most", scale,
                      DK_DECIMAL_MAX_SCALE);
        dki_hint(b->err, "round a factor first, or use real(...)");
        return DK_ERR_OVERFLOW;
    }
    return new_arithmetic(b, node, '*', args, DK_DECIMAL, scale, out);
}

dk_status dki_bind_arithmetic(dki_binder *b, const dki_node *node, char sign, dki_op **args, dki_op **out)
{
    dk_status status;
    dk_type type;
    uint8_t scale;

    if (sign == '-' && is_shifted(args[1]) &&
        ((status = dki_op_settle(b, &args[0], args[1]->type, args[1]->scale, NULL)) != DK_OK ||
         (status = dki_op_read(b, &args[0], args[1]->type, args[1]->scale)) != DK_OK))
        return status;
    if ((sign == '+' || sign == '-') && is_shifted(args[0]))
        return bind_shift(b, node, sign, args, out);
    if (dki_any_interval(args, 2))
        return dki_bind_interval_arithmetic(b, node, sign, args, out);
    if ((status = want_number(b, &args[0])) != DK_OK || (status = want_number(b, &args[1])) != DK_OK)
        return status;
    if (sign == '+' && dki_op_is_rate(b, args[0]) && dki_op_is_rate(b, args[1]))
        return dki_fail_rates(b, node, (const dki_op *const *)args);
    if (sign == '+' && (status = dki_check_overlaps(b, node, (const dki_op *const *)args)) != DK_OK)
        return status;
    type = dki_op_number_type(args, 2, &scale);
    if (type == DK_RATIO && (sign == '~' || sign == '%'))
        return type_fail(b, args[args[0]->type != DK_RATIO]->node, "an integer, a decimal or a real", "ratio");
    if (type == DK_REAL) {
        for (int i = 0; i < 2; i++)
            if ((status = dki_op_convert(b, &args[i], DK_REAL, 0)) != DK_OK)
                return status;
    } else if (sign == '/') {
        type = DK_RATIO;
        scale = 0;
    } else if (type == DK_DECIMAL && sign == '*') {
        return bind_product(b, node, args, out);
    } else if (type == DK_DECIMAL && sign == '~') { /* how many times */
        type = DK_INTEGER;
        scale = 0;
    }
    return new_arithmetic(b, node, sign, args, type, scale, out);
}

dk_status dki_bind_negative(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out)
{
    dki_op *op;
    dk_status status = DK_OK;

    if (dki_any_interval(args, 1))
        return dki_bind_interval_negative(b, node, args, out);
    status = want_number(b, &args[0]);
    if (status != DK_OK)
        return status;
    op = dki_op_new(b, node, dki_run_negate, args[0]->type, args[0]->scale, 1);
    if (op == NULL)
        return DK_ERR_MEMORY;
    op->args[0] = args[0];
    *out = op;
    return DK_OK;
}
