/* functions_period.c - periods of dates and of finer periods, and their first and last days. */
#include "functions.h"

#include <string.h>

#include "base/calendar.h"
#include "base/period.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"

/* The frequency that the second argument names. */
static dk_status find_frequency(dki_binder *b, const dki_function *f, const dki_op *arg, dk_frequency *out)
{
    char name[8] = "";

    if (arg->is_constant && arg->type == DK_TEXT && !arg->value.is_null && arg->value.as.text.size < sizeof name)
        memcpy(name, arg->value.as.text.bytes, arg->value.as.text.size);
    if (dk_frequency_find(name, out))
        return DK_OK;
    return dki_node_fail(b->bound->expr, arg->node, b->err, DK_ERR_ARGUMENT,
                         "%s() says \"month\", \"quarter\" or \"year\", the same for all rows", f->name);
}

static dk_status bind_period(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                             dki_op **out)
{
    dk_frequency frequency;
    dk_status status = find_frequency(b, f, args[1], &frequency);

    (void)n;
    if (status == DK_OK)
        status = dki_op_settle(b, &args[0], DK_DATE, 0, NULL);
    if (status != DK_OK)
        return status;
    if (args[0]->type != DK_DATE && args[0]->type != DK_TIMESTAMP && args[0]->type != DK_PERIOD &&
        !dki_type_is_text(args[0]->type))
        return dki_function_wrong(b, args[0], f->name, "a date, a period or a text");
    if (args[0]->type == DK_PERIOD && args[0]->scale < frequency)
        return dki_node_fail(b->bound->expr, args[0]->node, b->err, DK_ERR_TYPE,
                             "a %s lies in no single %s: %s() makes coarser periods of finer ones",
                             dki_type_shown(DK_PERIOD, args[0]->scale), dk_frequency_name(frequency), f->name);
    return dki_function_op(b, f, node, args, 1, DK_PERIOD, (uint8_t)frequency, out);
}

static dk_status row_period(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dk_text text = args[0].as.text;

    (void)eval;
    switch (args[0].type) {
    case DK_PERIOD: out->as.integer = dki_period_coarsen(args[0].as.integer, args[0].scale, op->scale); break;
    case DK_DATE: out->as.integer = dki_period_of_day(args[0].as.integer, op->scale); break;
    case DK_TIMESTAMP: out->as.integer = dki_period_of_day(dki_day_of_time(args[0].as.integer), op->scale); break;
    default:
        if (!dki_parse_period(text.bytes, text.size, op->scale, &out->as.integer))
            return dki_fail(err, DK_ERR_RANGE, "\"%.*s\" is no %s of the form %s",
                            (int)dki_utf8_floor(text.bytes, text.size, 60), text.bytes,
                            dki_type_shown(DK_PERIOD, op->scale), dki_period_example(op->scale));
    }
    return DK_OK;
}

static dk_status bind_day(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                          dki_op **out)
{
    dk_status status = dki_op_settle(b, &args[0], DK_PERIOD, DK_MONTH, NULL);

    if (status != DK_OK)
        return status;
    if (args[0]->type != DK_PERIOD)
        return dki_function_wrong(b, args[0], f->name, "a period");
    return dki_function_op(b, f, node, args, n, DK_DATE, 0, out);
}

static dk_status row_day(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    bool first = op->node->text[0] == 'f';

    (void)eval;
    (void)err;
    out->as.integer = first ? dki_period_first_day(args[0].as.integer, args[0].scale)
                            : dki_period_last_day(args[0].as.integer, args[0].scale);
    return DK_OK;
}

const dki_function dki_period_functions[] = {
    { "period", 2, 2, bind_period, row_period },
    { "first_day", 1, 1, bind_day, row_day },
    { "last_day", 1, 1, bind_day, row_day },
    { NULL, 0, 0, NULL, NULL },
};
