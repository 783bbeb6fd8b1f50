/* functions_cast.c - a value as another type: what cannot be is an error, never a guess. */
#include "functions.h"

#include <string.h>

#include "base/number.h"
#include "base/status.h"

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
    if (type != DK_TEXT && !dk_type_is_number(args[0]->type) && !dki_type_is_text(args[0]->type) &&
        args[0]->type != DK_BOOLEAN)
        return dki_function_wrong(b, args[0], f->name, "a number or a text");
    return dki_function_op(b, f, node, args, 1, type, scale, out);
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

    if (dki_type_is_text(from->type)) {
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
        if (dki_type_is_text(args[0].type) && args[0].as.text.size == 4 &&
            memcmp(args[0].as.text.bytes, "true", 4) == 0) {
            out->as.boolean = true;
            return DK_OK;
        }
        if (dki_type_is_text(args[0].type) && args[0].as.text.size == 5 &&
            memcmp(args[0].as.text.bytes, "false", 5) == 0) {
            out->as.boolean = false;
            return DK_OK;
        }
        return cannot_cast(op, &args[0], err);
    }
    if (op->type != DK_TEXT)
        return cast_number(op, &args[0], out, err);
    if (dki_type_is_text(args[0].type)) {
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

const dki_function dki_cast_functions[] = {
    { "integer", 1, 1, bind_cast, row_cast }, { "decimal", 2, 2, bind_cast, row_cast },
    { "real", 1, 1, bind_cast, row_cast },    { "text", 1, 1, bind_cast, row_cast },
    { "boolean", 1, 1, bind_cast, row_cast }, { NULL, 0, 0, NULL, NULL },
};
