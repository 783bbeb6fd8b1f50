/* functions.c - the functions of the language, one row at a time.
 *
 * A function says how it binds (what types its arguments must have, and what it gives) and how it makes one row. Functions of
 * one category run once for each of its levels (fold.c), so that a row function need not be fast to be cheap.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "base/calendar.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "bound.h"

static dk_status wrong(dki_binder *b, const dki_op *arg, const char *function, const char *wanted)
{
    return dki_node_fail(b->bound->expr, arg->node, b->err, DK_ERR_TYPE, "%s() wants %s, and this is %s", function,
                         wanted, dk_type_name(arg->type));
}

static bool is_text(dk_type type)
{
    return type == DK_TEXT || type == DK_CATEGORY;
}

static dk_status row_op(dki_binder *b, const dki_function *function, const dki_node *node, dki_op **args, size_t n,
                        dk_type type, uint8_t scale, dki_op **out)
{
    dki_op *op = dki_op_new(b, node, dki_run_row, type, scale, n);

    if (op == NULL)
        return DK_ERR_MEMORY;
    memcpy(op->args, args, n * sizeof *args);
    op->row = function->row;
    *out = op;
    return DK_OK;
}

/* Numbers ----------------------------------------------------------------------------------------------------------- */

static dk_status bind_abs(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                          dki_op **out)
{
    dk_status status = dki_op_settle(b, &args[0], DK_INTEGER, 0, NULL);

    if (status == DK_OK && !dk_type_is_number(args[0]->type))
        return wrong(b, args[0], f->name, "a number");
    return status == DK_OK ? row_op(b, f, node, args, n, args[0]->type, args[0]->scale, out) : status;
}

static dk_status row_abs(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)op;
    switch (args[0].type) {
    case DK_REAL: out->as.real = fabs(args[0].as.real); return DK_OK;
    case DK_RATIO:
        out->as.ratio = args[0].as.ratio;
        if (out->as.ratio.numerator < 0 && dki_sub_i64(0, out->as.ratio.numerator, &out->as.ratio.numerator))
            return dki_fail(err, DK_ERR_OVERFLOW, "the result does not fit");
        return DK_OK;
    default:
        out->as.integer = args[0].as.integer;
        if (out->as.integer < 0 && dki_sub_i64(0, out->as.integer, &out->as.integer))
            return dki_fail(err, DK_ERR_OVERFLOW, "abs(%lld) does not fit", (long long)args[0].as.integer);
        return DK_OK;
    }
}

/* round(x), round(x, digits), floor(x), ceil(x): exact, also for ratios and the binary value of reals. */
static dk_status bind_round(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                            dki_op **out)
{
    int64_t digits = 0;
    dki_op *op;
    dk_status status = dki_op_settle(b, &args[0], DK_INTEGER, 0, NULL);

    if (status != DK_OK)
        return status;
    if (!dk_type_is_number(args[0]->type))
        return wrong(b, args[0], f->name, "a number");
    if (n == 2) {
        if (!args[1]->is_constant || args[1]->type != DK_INTEGER || args[1]->value.is_null ||
            args[1]->value.as.integer < 0 || args[1]->value.as.integer > DK_DECIMAL_MAX_SCALE)
            return dki_node_fail(b->bound->expr, args[1]->node, b->err, DK_ERR_RANGE,
                                 "the number of digits is a whole number from 0 to %d", DK_DECIMAL_MAX_SCALE);
        digits = args[1]->value.as.integer;
    }
    status = row_op(b, f, node, args, 1, digits > 0 ? DK_DECIMAL : DK_INTEGER, (uint8_t)digits, &op);
    if (status == DK_OK)
        *out = op;
    return status;
}

static dk_status store(dki_i128 value, dk_value *out, dk_error *err)
{
    if (!dki_fits_i64(value))
        return dki_fail(err, DK_ERR_OVERFLOW, "the result does not fit in 64 bits");
    out->as.integer = (int64_t)value;
    return DK_OK;
}

static dk_status row_round(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dki_i128 value;

    (void)eval;
    if (!dki_round_value(&args[0], op->scale, &value))
        return dki_fail(err, DK_ERR_OVERFLOW, "the result does not fit in 64 bits");
    return store(value, out, err);
}

/* Greatest whole number that is not above x; sign -1 for ceil, which is -floor(-x). */
static dk_status floor_value(const dk_value *x, dk_value *out, int sign, dk_error *err)
{
    dki_i128 numerator, denominator = 1, quotient;

    switch (x->type) {
    case DK_REAL: {
        double value = sign > 0 ? floor(x->as.real) : ceil(x->as.real);

        if (!(value >= -0x1p63 && value < 0x1p63))
            return dki_fail(err, DK_ERR_OVERFLOW, "the result does not fit in 64 bits");
        out->as.integer = (int64_t)value;
        return DK_OK;
    }
    case DK_RATIO:
        numerator = x->as.ratio.numerator;
        denominator = x->as.ratio.denominator;
        break;
    default: numerator = x->as.integer; denominator = dki_power10[x->type == DK_DECIMAL ? x->scale : 0];
    }
    numerator *= sign;
    quotient = numerator / denominator - (numerator % denominator < 0);
    return store(quotient * sign, out, err);
}

static dk_status row_floor(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)op;
    return floor_value(&args[0], out, 1, err);
}

static dk_status row_ceil(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)op;
    return floor_value(&args[0], out, -1, err);
}

/* least(a, b, ...), greatest(a, b, ...): null where one is null. */
static dk_status bind_least(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                            dki_op **out)
{
    dk_status status = dki_op_unify(b, args, n, f->name);
    dk_type type;

    if (status != DK_OK)
        return status;
    type = is_text(args[0]->type) ? DK_TEXT : args[0]->type;
    if (type == DK_BOOLEAN)
        return wrong(b, args[0], f->name, "values with an order");
    return row_op(b, f, node, args, n, type, args[0]->scale, out);
}

static dk_status row_least(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    size_t best = 0;
    int sign = op->node->text[0] == 'l' ? 1 : -1;

    (void)eval;
    (void)err;
    for (size_t i = 1; i < op->n_args; i++)
        if (sign * dk_value_compare(&args[i], &args[best]) < 0)
            best = i;
    out->as = args[best].as;
    return DK_OK;
}

/* Choices ----------------------------------------------------------------------------------------------------------- */

static dk_status bind_coalesce(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                               dki_op **out)
{
    dki_op *op;
    dk_status status = dki_op_unify(b, args, n, f->name);

    if (status != DK_OK)
        return status;
    op = dki_op_new(b, node, dki_run_coalesce, is_text(args[0]->type) ? DK_TEXT : args[0]->type, args[0]->scale, n);
    if (op == NULL)
        return DK_ERR_MEMORY;
    memcpy(op->args, args, n * sizeof *args);
    *out = op;
    return DK_OK;
}

/* case(condition, value, ..., otherwise); without otherwise it is null. */
static dk_status bind_case(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                           dki_op **out)
{
    size_t n_args = n % 2 ? n : n + 1, n_values = 0;
    dki_op **all = dki_arena_array(&b->bound->arena, n_args, sizeof *all, b->err);
    dki_op **values = dki_arena_array(&b->bound->arena, n_args, sizeof *values, b->err);
    dki_op *op;
    dk_status status;

    if (all == NULL || values == NULL)
        return DK_ERR_MEMORY;
    memcpy(all, args, n * sizeof *args);
    if (n_args > n) {
        all[n] = dki_op_constant(b, node, (dk_value){ .type = DK_BOOLEAN, .is_null = true });
        if (all[n] == NULL)
            return DK_ERR_MEMORY;
        all[n]->is_null_literal = true;
    }
    for (size_t i = 0; i < n_args; i++) {
        if (i + 1 < n_args && i % 2 == 0) {
            status = dki_op_settle(b, &all[i], DK_BOOLEAN, 0, NULL);
            if (status != DK_OK)
                return status;
            if (all[i]->type != DK_BOOLEAN)
                return wrong(b, all[i], f->name, "a condition");
        } else {
            values[n_values++] = all[i];
        }
    }
    status = dki_op_unify(b, values, n_values, f->name);
    if (status != DK_OK)
        return status;
    op = dki_op_new(b, node, dki_run_case, is_text(values[0]->type) ? DK_TEXT : values[0]->type, values[0]->scale,
                    n_args);
    if (op == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0, k = 0; i < n_args; i++)
        op->args[i] = i + 1 < n_args && i % 2 == 0 ? all[i] : values[k++];
    *out = op;
    return DK_OK;
}

/* bin(x, 18, 27, 50): classes closed left and open right, with one below and one above; their order is declared. */
struct bins {
    size_t n; /* bounds */
    dk_value bounds[];
};

static size_t put_bound(char *to, size_t size, const dk_value *bound, bool before)
{
    dk_value value = *bound;

    if (before)
        value.as.integer--; /* the whole number before a whole bound */
    return dk_value_format(&value, to, size);
}

static dk_status bin_levels(dki_binder *b, const struct bins *bins, bool whole, const dk_dictionary **out)
{
    dk_text *texts = dki_arena_array(&b->bound->arena, bins->n + 1, sizeof *texts, b->err);
    dk_dictionary *levels;
    dk_status status;

    if (texts == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i <= bins->n; i++) {
        char low[64] = "", high[64] = "", text[160];

        if (i > 0)
            put_bound(low, sizeof low, &bins->bounds[i - 1], false);
        if (i < bins->n)
            put_bound(high, sizeof high, &bins->bounds[i], whole && i > 0);
        if (i == 0)
            snprintf(text, sizeof text, "< %s", high);
        else if (i == bins->n)
            snprintf(text, sizeof text, ">= %s", low);
        else if (whole && strcmp(low, high) == 0)
            snprintf(text, sizeof text, "%s", low);
        else if (whole)
            snprintf(text, sizeof text, "%s-%s", low, high);
        else
            snprintf(text, sizeof text, "%s to < %s", low, high);
        texts[i].size = strlen(text);
        texts[i].bytes = dki_arena_text(&b->bound->arena, text, texts[i].size, b->err);
        if (texts[i].bytes == NULL)
            return DK_ERR_MEMORY;
    }
    status = dk_dictionary_new(b->bound->context, texts, bins->n + 1, true, &levels, b->err);
    if (status == DK_OK)
        status = dki_bound_keep(b->bound, levels, b->err);
    if (status == DK_OK)
        *out = levels;
    return status;
}

static dk_status bind_bin(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                          dki_op **out)
{
    struct bins *bins;
    bool whole;
    dki_op *op;
    dk_status status = dki_op_settle(b, &args[0], DK_INTEGER, 0, NULL);

    if (status != DK_OK)
        return status;
    if (!dk_type_is_number(args[0]->type))
        return wrong(b, args[0], f->name, "a number");
    bins = dki_arena_array(&b->bound->arena, 1, sizeof *bins + (n - 1) * sizeof(dk_value), b->err);
    if (bins == NULL)
        return DK_ERR_MEMORY;
    bins->n = n - 1;
    whole = args[0]->type == DK_INTEGER;
    for (size_t i = 0; i < bins->n; i++) {
        const dki_op *bound = args[i + 1];

        if (!bound->is_constant || bound->value.is_null || !dk_type_is_number(bound->type))
            return dki_node_fail(b->bound->expr, bound->node, b->err, DK_ERR_TYPE,
                                 "the bounds of classes are numbers that stand there");
        if (i > 0 && dk_value_compare(&bins->bounds[i - 1], &bound->value) >= 0)
            return dki_node_fail(b->bound->expr, bound->node, b->err, DK_ERR_RANGE,
                                 "the bounds of classes rise from left to right");
        bins->bounds[i] = bound->value;
        whole &= bound->type == DK_INTEGER;
    }
    status = row_op(b, f, node, args, 1, DK_CATEGORY, 0, &op);
    if (status != DK_OK)
        return status;
    status = bin_levels(b, bins, whole, &op->levels);
    if (status != DK_OK)
        return status;
    op->data = bins;
    *out = op;
    return DK_OK;
}

static dk_status row_bin(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    const struct bins *bins = op->data;
    size_t low = 0, high = bins->n;

    (void)eval;
    (void)err;
    while (low < high) { /* bounds at or under the value */
        size_t middle = (low + high) / 2;

        if (dk_value_compare(&bins->bounds[middle], &args[0]) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    out->as.text = dk_dictionary_level(op->levels, (uint32_t)low + 1);
    return DK_OK;
}

/* Dates ------------------------------------------------------------------------------------------------------------- */

static dk_status bind_part(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                           dki_op **out)
{
    dk_status status = dki_op_settle(b, &args[0], DK_DATE, 0, NULL);

    if (status == DK_OK && args[0]->type != DK_DATE && args[0]->type != DK_TIMESTAMP)
        return wrong(b, args[0], f->name, "a date");
    return status == DK_OK ? row_op(b, f, node, args, n, DK_INTEGER, 0, out) : status;
}

static dk_status row_part(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    int64_t days = args[0].as.integer;
    int year, month, day;

    (void)eval;
    (void)err;
    if (args[0].type == DK_TIMESTAMP)
        days = days / DKI_DAY_MICROSECONDS - (days % DKI_DAY_MICROSECONDS < 0);
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
        if (n == 1 ? !is_text(args[i]->type) && args[i]->type != DK_TIMESTAMP && args[i]->type != DK_DATE
                   : args[i]->type != DK_INTEGER)
            return wrong(b, args[i], f->name, n == 1 ? "a text" : "whole numbers");
    }
    return row_op(b, f, node, args, n, DK_DATE, 0, out);
}

static dk_status row_date(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    if (op->n_args == 3) {
        for (int i = 0; i < 3; i++)
            if (args[i].as.integer < 0 || args[i].as.integer > 9999)
                return dki_fail(err, DK_ERR_RANGE, "there is no such day");
        if (!dki_date_make((int)args[0].as.integer, (int)args[1].as.integer, (int)args[2].as.integer,
                           &out->as.integer))
            return dki_fail(err, DK_ERR_RANGE, "there is no day %lld-%02lld-%02lld", (long long)args[0].as.integer,
                            (long long)args[1].as.integer, (long long)args[2].as.integer);
        return DK_OK;
    }
    if (args[0].type == DK_DATE) {
        out->as.integer = args[0].as.integer;
    } else if (args[0].type == DK_TIMESTAMP) {
        out->as.integer =
            args[0].as.integer / DKI_DAY_MICROSECONDS - (args[0].as.integer % DKI_DAY_MICROSECONDS < 0);
    } else if (!dki_parse_date(args[0].as.text.bytes, args[0].as.text.size, 'y', &out->as.integer)) {
        return dki_fail(err, DK_ERR_RANGE, "\"%.*s\" is no date of the form 2024-12-31",
                        (int)(args[0].as.text.size < 60 ? args[0].as.text.size : 60), args[0].as.text.bytes);
    }
    return DK_OK;
}

/* Texts ------------------------------------------------------------------------------------------------------------- */

static dk_status bind_text_function(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args,
                                    size_t n, dki_op **out)
{
    dk_type type = DK_TEXT;

    for (size_t i = 0; i < n; i++) {
        dk_status status = dki_op_settle(b, &args[i], DK_TEXT, 0, NULL);

        if (status != DK_OK)
            return status;
        if (!is_text(args[i]->type))
            return wrong(b, args[i], f->name, "a text");
    }
    if (strcmp(f->name, "length") == 0)
        type = DK_INTEGER;
    else if (n == 2 && f->name[0] != '.')
        type = DK_BOOLEAN;
    return row_op(b, f, node, args, n, type, 0, out);
}

static dk_status row_case_change(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out,
                                 dk_error *err)
{
    bool upper = op->node->text[0] == 'u';
    const utf8proc_uint8_t *text = (const utf8proc_uint8_t *)args[0].as.text.bytes;
    utf8proc_ssize_t size = (utf8proc_ssize_t)args[0].as.text.size, used = 0;
    char *to = dki_arena_alloc(&eval->arena, (size_t)size * 4 + 4, err); /* a character takes four bytes at most */
    size_t length = 0;

    if (to == NULL)
        return DK_ERR_MEMORY;
    while (used < size) {
        utf8proc_int32_t c;
        utf8proc_ssize_t step = utf8proc_iterate(text + used, size - used, &c);

        if (step <= 0)
            return dki_fail(err, DK_ERR_ENCODING, "the text is not UTF-8");
        used += step;
        length += (size_t)utf8proc_encode_char(upper ? utf8proc_toupper(c) : utf8proc_tolower(c),
                                               (utf8proc_uint8_t *)to + length);
    }
    out->as.text = (dk_text){ to, length };
    return DK_OK;
}

static dk_status row_length(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)op;
    (void)err;
    out->as.integer = (int64_t)dki_utf8_length(args[0].as.text.bytes, args[0].as.text.size);
    return DK_OK;
}

static dk_status row_trim(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dk_text text = args[0].as.text;

    (void)eval;
    (void)op;
    (void)err;
    while (text.size > 0 && strchr(" \t\r\n", text.bytes[0]) && text.bytes[0]) {
        text.bytes++;
        text.size--;
    }
    while (text.size > 0 && strchr(" \t\r\n", text.bytes[text.size - 1]) && text.bytes[text.size - 1])
        text.size--;
    out->as.text = text;
    return DK_OK;
}

static dk_status row_search(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dk_text text = args[0].as.text, part = args[1].as.text;

    (void)eval;
    (void)err;
    out->as.boolean = false;
    if (part.size > text.size)
        return DK_OK;
    if (part.size == 0)
        out->as.boolean = true;
    else if (op->node->text[0] == 's')
        out->as.boolean = memcmp(text.bytes, part.bytes, part.size) == 0;
    else if (op->node->text[0] == 'e')
        out->as.boolean = memcmp(text.bytes + text.size - part.size, part.bytes, part.size) == 0;
    else
        out->as.boolean = memmem(text.bytes, text.size, part.bytes, part.size) != NULL;
    return DK_OK;
}

static dk_status row_concat(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    size_t size = args[0].as.text.size + args[1].as.text.size;
    char *to = dki_arena_alloc(&eval->arena, size + 1, err);

    (void)op;
    if (to == NULL)
        return DK_ERR_MEMORY;
    if (args[0].as.text.size > 0)
        memcpy(to, args[0].as.text.bytes, args[0].as.text.size);
    if (args[1].as.text.size > 0)
        memcpy(to + args[0].as.text.size, args[1].as.text.bytes, args[1].as.text.size);
    out->as.text = (dk_text){ to, size };
    return DK_OK;
}

/* Casts ------------------------------------------------------------------------------------------------------------- */

static dk_status bind_cast(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                           dki_op **out)
{
    dk_type type = DK_TEXT;
    uint8_t scale = 0;
    dk_status status;

    dk_type_find(f->name, &type);
    if (n == 2) {
        if (!args[1]->is_constant || args[1]->type != DK_INTEGER || args[1]->value.is_null ||
            args[1]->value.as.integer < 0 || args[1]->value.as.integer > DK_DECIMAL_MAX_SCALE)
            return dki_node_fail(b->bound->expr, args[1]->node, b->err, DK_ERR_RANGE,
                                 "the number of digits is a whole number from 0 to %d", DK_DECIMAL_MAX_SCALE);
        scale = (uint8_t)args[1]->value.as.integer;
    }
    status = dki_op_settle(b, &args[0], type, scale, NULL);
    if (status != DK_OK)
        return status;
    if (type != DK_TEXT && !dk_type_is_number(args[0]->type) && !is_text(args[0]->type) &&
        args[0]->type != DK_BOOLEAN)
        return wrong(b, args[0], f->name, "a number or a text");
    return row_op(b, f, node, args, 1, type, scale, out);
}

static dk_status cannot_cast(const dki_op *op, const dk_value *value, dk_error *err)
{
    char text[80];

    dk_value_format(value, text, sizeof text);
    return dki_fail(err, DK_ERR_RANGE, "%s is no %s", text, dk_type_name(op->type));
}

/* A number of any type, or a text that is one, as an exact or real number of the op's type. */
static dk_status cast_number(const dki_op *op, const dk_value *from, dk_value *out, dk_error *err)
{
    dk_value number = *from;
    dki_i128 scaled;
    dk_value back;

    if (is_text(from->type)) {
        number = (dk_value){ .type = DK_DECIMAL };
        if (!dki_parse_decimal(from->as.text.bytes, from->as.text.size, '.', &number.as.integer, &number.scale)) {
            number.type = DK_REAL;
            if (!dki_parse_real(from->as.text.bytes, from->as.text.size, '.', &number.as.real))
                return cannot_cast(op, from, err);
        }
    } else if (from->type == DK_BOOLEAN) {
        number = (dk_value){ .type = DK_INTEGER, .as.integer = from->as.boolean };
    }
    if (op->type == DK_REAL) {
        out->as.real = number.type == DK_REAL ? number.as.real
                       : number.type == DK_RATIO
                           ? dki_ratio_real(number.as.ratio)
                           : dki_decimal_real(number.as.integer, number.type == DK_DECIMAL ? number.scale : 0);
        return DK_OK;
    }
    if (!dki_round_value(&number, op->scale, &scaled) || !dki_fits_i64(scaled))
        return dki_fail(err, DK_ERR_OVERFLOW, "the result does not fit in 64 bits");
    out->as.integer = (int64_t)scaled;
    back = (dk_value){ .type = DK_DECIMAL, .scale = op->scale, .as.integer = out->as.integer };
    if (op->type == DK_INTEGER && dk_value_compare(&back, &number) != 0) {
        cannot_cast(op, from, err);
        dki_hint(err, "round(x), floor(x) and ceil(x) say which way");
        return DK_ERR_RANGE;
    }
    return DK_OK;
}

static dk_status row_cast(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    char text[512];
    size_t length;
    char *copy;

    if (op->type == DK_BOOLEAN) {
        if (args[0].type == DK_BOOLEAN) {
            out->as.boolean = args[0].as.boolean;
            return DK_OK;
        }
        if (args[0].type == DK_INTEGER && (args[0].as.integer == 0 || args[0].as.integer == 1)) {
            out->as.boolean = args[0].as.integer == 1;
            return DK_OK;
        }
        if (is_text(args[0].type) && args[0].as.text.size == 4 && memcmp(args[0].as.text.bytes, "true", 4) == 0) {
            out->as.boolean = true;
            return DK_OK;
        }
        if (is_text(args[0].type) && args[0].as.text.size == 5 && memcmp(args[0].as.text.bytes, "false", 5) == 0) {
            out->as.boolean = false;
            return DK_OK;
        }
        return cannot_cast(op, &args[0], err);
    }
    if (op->type != DK_TEXT)
        return cast_number(op, &args[0], out, err);
    if (is_text(args[0].type)) {
        out->as.text = args[0].as.text;
        return DK_OK;
    }
    length = dk_value_format(&args[0], text, sizeof text);
    copy = dki_arena_text(&eval->arena, text, length, err);
    if (copy == NULL)
        return DK_ERR_MEMORY;
    out->as.text = (dk_text){ copy, length };
    return DK_OK;
}

/* The table --------------------------------------------------------------------------------------------------------- */

static const dki_function functions[] = {
    { "abs", 1, 1, bind_abs, row_abs },
    { "round", 1, 2, bind_round, row_round },
    { "floor", 1, 1, bind_round, row_floor },
    { "ceil", 1, 1, bind_round, row_ceil },
    { "least", 2, 64, bind_least, row_least },
    { "greatest", 2, 64, bind_least, row_least },
    { "coalesce", 2, 64, bind_coalesce, NULL },
    { "case", 2, 129, bind_case, NULL },
    { "bin", 2, 129, bind_bin, row_bin },
    { "year", 1, 1, bind_part, row_part },
    { "quarter", 1, 1, bind_part, row_part },
    { "month", 1, 1, bind_part, row_part },
    { "day", 1, 1, bind_part, row_part },
    { "date", 1, 3, bind_date, row_date },
    { "lower", 1, 1, bind_text_function, row_case_change },
    { "upper", 1, 1, bind_text_function, row_case_change },
    { "length", 1, 1, bind_text_function, row_length },
    { "trim", 1, 1, bind_text_function, row_trim },
    { "starts_with", 2, 2, bind_text_function, row_search },
    { "ends_with", 2, 2, bind_text_function, row_search },
    { "contains", 2, 2, bind_text_function, row_search },
    { "..", 2, 2, bind_text_function, row_concat },
    { "integer", 1, 1, bind_cast, row_cast },
    { "decimal", 2, 2, bind_cast, row_cast },
    { "real", 1, 1, bind_cast, row_cast },
    { "text", 1, 1, bind_cast, row_cast },
    { "boolean", 1, 1, bind_cast, row_cast },
};

const dki_function *dki_function_get(size_t i)
{
    return i < sizeof functions / sizeof *functions ? &functions[i] : NULL;
}

const dki_function *dki_function_find(const char *name)
{
    for (size_t i = 0; dki_function_get(i); i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    return NULL;
}
