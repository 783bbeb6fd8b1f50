/* functions_date.c - dates, parts of dates and periods, ages. */
#include "functions.h"

#include "base/calendar.h"
#include "base/period.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"

static dk_status bind_part(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                           dki_op **out)
{
    dk_status status = dki_op_settle(b, &args[0], DK_DATE, 0, NULL);
    dk_frequency wanted = DK_MONTH;

    if (status == DK_OK && args[0]->type == DK_PERIOD) { /* a period has the parts that it does not go across */
        if (dk_frequency_find(f->name, &wanted) && args[0]->scale >= wanted)
            return dki_function_op(b, f, node, args, n, DK_INTEGER, 0, out);
        return dki_function_wrong(b, args[0], f->name,
                                  wanted == DK_QUARTER ? "a date, a month or a quarter"
                                  : f->name[0] == 'm'  ? "a date or a month"
                                                       : "a date");
    }
    if (status == DK_OK && args[0]->type != DK_DATE && args[0]->type != DK_TIMESTAMP) {
        status = dki_function_wrong(b, args[0], f->name, "a date");
        if (dki_type_is_text(args[0]->type))
            dki_hint(b->err, "date(x) reads one");
        return status;
    }
    return status == DK_OK ? dki_function_op(b, f, node, args, n, DK_INTEGER, 0, out) : status;
}

static dk_status row_part(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    int64_t days = args[0].as.integer;
    int year, month, day;

    (void)eval;
    (void)err;
    if (args[0].type == DK_PERIOD)
        days = dki_period_first_day(days, args[0].scale);
    if (args[0].type == DK_TIMESTAMP)
        days = dki_day_of_time(days);
    dki_date_split(days, &year, &month, &day);
    switch (op->node->text[0]) {
    case 'y': out->as.integer = year; break;
    case 'q': out->as.integer = (month + 2) / 3; break;
    case 'm': out->as.integer = month; break;
    default: out->as.integer = day;
    }
    return DK_OK;
}

static dk_status bind_date(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                           dki_op **out)
{
    if (n == 2)
        return dki_node_fail(b->bound->expr, node, b->err, DK_ERR_ARGUMENT,
                             "date() takes a text, or year, month and day");
    for (size_t i = 0; i < n; i++) {
        dk_status status = dki_op_settle(b, &args[i], n == 1 ? DK_TEXT : DK_INTEGER, 0, NULL);

        if (status != DK_OK)
            return status;
        if (n == 1 ? !dki_type_is_text(args[i]->type) && args[i]->type != DK_TIMESTAMP && args[i]->type != DK_DATE
                   : args[i]->type != DK_INTEGER)
            return dki_function_wrong(b, args[i], f->name, n == 1 ? "a text" : "whole numbers");
    }
    return dki_function_op(b, f, node, args, n, DK_DATE, 0, out);
}

static dk_status bind_timestamp(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                                dki_op **out)
{
    dk_status status = dki_op_settle(b, &args[0], DK_TEXT, 0, NULL);

    if (status == DK_OK && !dki_type_is_text(args[0]->type) && args[0]->type != DK_DATE &&
        args[0]->type != DK_TIMESTAMP)
        return dki_function_wrong(b, args[0], f->name, "a text or a date");
    return status == DK_OK ? dki_function_op(b, f, node, args, n, DK_TIMESTAMP, 0, out) : status;
}

static dk_status row_timestamp(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dk_text text = args[0].as.text;

    (void)eval;
    (void)op;
    if (args[0].type == DK_TIMESTAMP)
        out->as.integer = args[0].as.integer;
    else if (args[0].type == DK_DATE)
        out->as.integer = args[0].as.integer * DKI_DAY_MICROSECONDS;
    else if (!dki_type_parse(DK_TIMESTAMP, 0, text, &out->as.integer))
        return dki_fail(err, DK_ERR_RANGE, "\"%.*s\" is no timestamp of the form 2024-12-31T10:30:00",
                        (int)dki_utf8_floor(text.bytes, text.size, 60), text.bytes);
    return DK_OK;
}

static dk_status row_date(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    if (op->n_args == 3) {
        int64_t year = args[0].as.integer, month = args[1].as.integer, day = args[2].as.integer;

        if (year > 0 && year <= 9999 && month > 0 && month <= 12 && day > 0 && day <= 31 &&
            dki_date_make((int)year, (int)month, (int)day, &out->as.integer))
            return DK_OK;
        return dki_fail(err, DK_ERR_RANGE, "there is no day %lld-%02lld-%02lld", (long long)year, (long long)month,
                        (long long)day);
    }
    if (args[0].type == DK_DATE) {
        out->as.integer = args[0].as.integer;
    } else if (args[0].type == DK_TIMESTAMP) {
        out->as.integer = dki_day_of_time(args[0].as.integer);
    } else if (!dki_parse_date(args[0].as.text.bytes, args[0].as.text.size, 'y', &out->as.integer)) {
        dk_text text = args[0].as.text;

        return dki_fail(err, DK_ERR_RANGE, "\"%.*s\" is no date of the form 2024-12-31",
                        (int)dki_utf8_floor(text.bytes, text.size, 60), text.bytes);
    }
    return DK_OK;
}

/* Two days; a text that stands there is read as one, as beside a date. */
static dk_status bind_age(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                          dki_op **out)
{
    for (size_t i = 0; i < n; i++) {
        dk_status status = dki_op_settle(b, &args[i], DK_DATE, 0, NULL);

        if (status == DK_OK)
            status = dki_op_read(b, &args[i], DK_DATE, 0);
        if (status != DK_OK)
            return status;
        if (args[i]->type == DK_DATE || args[i]->type == DK_TIMESTAMP)
            continue;
        status = dki_function_wrong(b, args[i], f->name, "two dates");
        if (args[i]->type == DK_PERIOD)
            dki_hint(b->err, "first_day(p) and last_day(p) are dates of a period");
        else if (dki_type_is_text(args[i]->type))
            dki_hint(b->err, "date(x) reads one");
        return status;
    }
    return dki_function_op(b, f, node, args, n, DK_INTEGER, 0, out);
}

/* Birthdays up to that day, its own included. Who was born on 29 February has it on 1 March of a year that lacks the day. */
static dk_status row_age(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    int year[2], month[2], day[2];

    (void)eval;
    (void)op;
    (void)err;
    for (int i = 0; i < 2; i++) {
        int64_t days = args[i].as.integer;

        dki_date_split(args[i].type == DK_TIMESTAMP ? dki_day_of_time(days) : days, &year[i], &month[i], &day[i]);
    }
    out->as.integer = year[1] - year[0] - (month[1] * 32 + day[1] < month[0] * 32 + day[0]);
    return DK_OK;
}

const dki_function dki_date_functions[] = {
    { "year", 1, 1, bind_part, row_part },  { "quarter", 1, 1, bind_part, row_part },
    { "month", 1, 1, bind_part, row_part }, { "day", 1, 1, bind_part, row_part },
    { "date", 1, 3, bind_date, row_date },  { "timestamp", 1, 1, bind_timestamp, row_timestamp },
    { "age", 2, 2, bind_age, row_age },     { NULL, 0, 0, NULL, NULL },
};
