/* functions_text.c - functions of texts: characters are code points, and order is theirs. */
#include "functions.h"

#include <string.h>
#include <utf8proc.h>

#include "base/status.h"
#include "base/text.h"

static dk_status bind_text_function(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args,
                                    size_t n, dki_op **out)
{
    dk_type type = DK_TEXT;

    for (size_t i = 0; i < n; i++) {
        dk_status status = dki_op_settle(b, &args[i], DK_TEXT, 0, NULL);

        if (status != DK_OK)
            return status;
        if (!dki_type_is_text(args[i]->type))
            return dki_function_wrong(b, args[i], f->name, "a text");
    }
    if (strcmp(f->name, "length") == 0)
        type = DK_INTEGER;
    else if (n == 2 && f->name[0] != '.')
        type = DK_BOOLEAN;
    return dki_function_op(b, f, node, args, n, type, 0, out);
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

const dki_function dki_text_functions[] = {
    { "lower", 1, 1, bind_text_function, row_case_change },
    { "upper", 1, 1, bind_text_function, row_case_change },
    { "length", 1, 1, bind_text_function, row_length },
    { "trim", 1, 1, bind_text_function, row_trim },
    { "starts_with", 2, 2, bind_text_function, row_search },
    { "ends_with", 2, 2, bind_text_function, row_search },
    { "contains", 2, 2, bind_text_function, row_search },
    { "..", 2, 2, bind_text_function, row_concat },
    { NULL, 0, 0, NULL, NULL },
};
