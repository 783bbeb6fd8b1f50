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
    dk_status status = n == 2 ? dki_function_digits(b, args[1], &scale) : DK_OK;

    dk_type_find(f->name, &type);
    if (status == DK_OK)
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
    const char *quote = dki_type_is_text(value->type) ? "\"" : "";
    char text[80];

    dk_value_format(value, text, sizeof text);
    return dki_fail(err, DK_ERR_RANGE, "%s%s%s is no %s", quote, text, quote, dk_type_name(op->type));
}

/* Zeros at the end of a fraction say nothing, and might not fit. */
static dk_text without_zeros(dk_text text)
{
    size_t size = text.size;

    if (size == 0 || memchr(text.bytes, '.', size) == NULL)
        return text;
    while (text.bytes[size - 1] == '0')
        size--;
    if (size < text.size && text.bytes[size - 1] == '.')
        size--;
    return (dk_text){ text.bytes, size };
}

/* The number that a text is: exact, unless it has an exponent or a real is wanted. */
static bool read_number(dk_text text, bool wants_real, dk_value *out)
{
    bool exponent = text.size > 0 && (memchr(text.bytes, 'e', text.size) || memchr(text.bytes, 'E', text.size));

    *out = (dk_value){ .type = wants_real || exponent ? DK_REAL : DK_DECIMAL };
    if (out->type == DK_REAL)
        return dki_parse_real(text.bytes, text.size, '.', &out->as.real);
    text = without_zeros(text);
    return dki_parse_decimal(text.bytes, text.size, '.', &out->as.integer, &out->scale);
}

/* A number of any type, or a text that is one, as an exact or real number of the op's type. */
static dk_status cast_number(const dki_op *op, const dk_value *from, dk_value *out, dk_error *err)
{
    dk_value number = *from, back;
    dki_i128 scaled;

    if (dki_type_is_text(from->type)) {
        if (!read_number(from->as.text, op->type == DK_REAL, &number))
            return cannot_cast(op, from, err);
    } else if (from->type == DK_BOOLEAN) {
        number = (dk_value){ .type = DK_INTEGER, .as.integer = from->as.boolean };
    }
    if (op->type == DK_REAL)
        return dki_value_convert(&number, DK_REAL, 0, out, err);
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

static bool is_word(const dk_value *value, const char *word)
{
    return dki_type_is_text(value->type) && value->as.text.size == strlen(word) &&
           memcmp(value->as.text.bytes, word, strlen(word)) == 0;
}

static dk_status cast_boolean(const dki_op *op, const dk_value *from, dk_value *out, dk_error *err)
{
    bool is_true = from->type == DK_BOOLEAN   ? from->as.boolean
                   : from->type == DK_INTEGER ? from->as.integer == 1
                                              : is_word(from, "true");
    bool is_false = from->type == DK_BOOLEAN   ? !from->as.boolean
                    : from->type == DK_INTEGER ? from->as.integer == 0
                                               : is_word(from, "false");

    out->as.boolean = is_true;
    return is_true || is_false ? DK_OK : cannot_cast(op, from, err);
}

static dk_status row_cast(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    char text[80];
    size_t length;
    char *copy;

    if (op->type == DK_BOOLEAN)
        return cast_boolean(op, &args[0], out, err);
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
