/* functions_text.c - a text as a whole: the size of its letters, its Unicode form, its length, what is joined to
 * it.
 *
 * Characters are code points; graphemes() alone counts what readers take for one. Letters change one for one,
 * except where casefold and normalize say otherwise.
 */
#include "functions.h"

#include <string.h>
#include <utf8proc.h>

#include "base/bitmap.h"
#include "base/status.h"
#include "base/text.h"

static dk_status bind_text(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                           dki_op **out)
{
    dk_status status = dki_function_args(b, f, args, n, "tt");

    return status == DK_OK ? dki_function_op(b, f, node, args, n, DK_TEXT, 0, out) : status;
}

static dk_status bind_number(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                             dki_op **out)
{
    dk_status status = dki_function_args(b, f, args, n, "t");

    return status == DK_OK ? dki_function_number_op(b, f, node, args, n, NULL, out) : status;
}

/* Letters ------------------------------------------------------------------------------------------------------ */

static bool is_apostrophe(utf8proc_int32_t c)
{
    return c == '\'' || c == 0x2019;
}

/* What a word is made of. An apostrophe is one of it, so that 's-hertogenbosch keeps its small s. */
static bool is_of_word(utf8proc_int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);

    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO) || is_apostrophe(c);
}

/* Texts come from files, parameters and escapes that were checked; a byte that is no UTF-8 is an error
 * nevertheless. */
static dk_status next_character(dk_text text, size_t *at, utf8proc_int32_t *c, dk_error *err)
{
    utf8proc_ssize_t step =
        utf8proc_iterate((const utf8proc_uint8_t *)text.bytes + *at, (utf8proc_ssize_t)(text.size - *at), c);

    if (step <= 0)
        return dki_fail(err, DK_ERR_ENCODING, "the text is not UTF-8");
    *at += (size_t)step;
    return DK_OK;
}

/* The same as below for a letter of ASCII, or what is none: for speed alone. */
static char ascii_case(char c, bool capital)
{
    if (capital)
        return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static dk_status row_case(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    char how = op->node->text[0]; /* lower, upper, title */
    dk_text text = args[0].as.text;
    char *to = dki_arena_alloc(&eval->arena, text.size * 4 + 4, err); /* a character takes four bytes at most */
    size_t length = 0, at = 0;
    bool within = false; /* a word */

    if (to == NULL)
        return DK_ERR_MEMORY;
    while (at < text.size) {
        utf8proc_int32_t c, made;
        dk_status status;

        if (how != 't' && (unsigned char)text.bytes[at] < 0x80) {
            to[length++] = ascii_case(text.bytes[at++], how == 'u');
            continue;
        }
        status = next_character(text, &at, &c, err);
        if (status != DK_OK)
            return status;
        if (how == 't')
            made = within ? utf8proc_tolower(c) : utf8proc_totitle(c);
        else
            made = how == 'u' ? utf8proc_toupper(c) : utf8proc_tolower(c);
        within = is_of_word(c);
        length += (size_t)utf8proc_encode_char(made, (utf8proc_uint8_t *)to + length);
    }
    out->as.text = (dk_text){ to, length };
    return DK_OK;
}

/* Forms -------------------------------------------------------------------------------------------------------- */

static bool is_ascii(dk_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.bytes[i] >= 0x80)
            return false;
    return true;
}

/* The text through utf8proc, in memory of the evaluator. */
static dk_status transform(dki_eval *eval, dk_text text, utf8proc_option_t options, dk_text *out, dk_error *err)
{
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text.bytes;
    utf8proc_ssize_t size = (utf8proc_ssize_t)text.size, n = utf8proc_decompose(bytes, size, NULL, 0, options);
    utf8proc_int32_t *room;

    if (n >= 0) { /* each of the n takes four bytes, and there is a terminator */
        room = dki_arena_array(&eval->arena, (size_t)n + 1, sizeof *room, err);
        if (room == NULL)
            return DK_ERR_MEMORY;
        n = utf8proc_decompose(bytes, size, room, n, options);
        if (n >= 0)
            n = utf8proc_reencode(room, n, options);
        if (n >= 0) {
            *out = (dk_text){ (const char *)room, (size_t)n };
            return DK_OK;
        }
    }
    return dki_fail(err, DK_ERR_ENCODING, "the text has no such form: %s", utf8proc_errmsg(n));
}

static dk_status row_casefold(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)op;
    return transform(eval, args[0].as.text, UTF8PROC_CASEFOLD, &out->as.text, err);
}

static dk_status row_unaccent(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)op;
    out->as.text = args[0].as.text;
    if (is_ascii(args[0].as.text))
        return DK_OK;
    return transform(eval, args[0].as.text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_STRIPMARK, &out->as.text,
                     err);
}

static const struct form {
    const char *name;
    utf8proc_option_t options;
} forms[] = {
    { "NFC", UTF8PROC_STABLE | UTF8PROC_COMPOSE },
    { "NFD", UTF8PROC_STABLE | UTF8PROC_DECOMPOSE },
    { "NFKC", UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT },
    { "NFKD", UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT },
};

static dk_status bind_normalize(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                                dki_op **out)
{
    const struct form *form = n == 1 ? &forms[0] : NULL;
    dk_status status = dki_function_args(b, f, args, n, "tt");

    if (status != DK_OK)
        return status;
    if (n == 2 && args[1]->is_constant && !args[1]->value.is_null)
        for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
            if (args[1]->value.as.text.size == strlen(forms[i].name) &&
                memcmp(args[1]->value.as.text.bytes, forms[i].name, strlen(forms[i].name)) == 0)
                form = &forms[i];
    if (form == NULL)
        return dki_node_fail(b->bound->expr, args[1]->node, b->err, DK_ERR_ARGUMENT,
                             "the form is 'NFC', 'NFD', 'NFKC' or 'NFKD'");
    status = dki_function_op(b, f, node, args, 1, DK_TEXT, 0, out);
    if (status == DK_OK)
        (*out)->data = form;
    return status;
}

static dk_status row_normalize(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    const struct form *form = op->data;

    out->as.text = args[0].as.text;
    return is_ascii(args[0].as.text) ? DK_OK : transform(eval, args[0].as.text, form->options, &out->as.text, err);
}

/* Lengths ------------------------------------------------------------------------------------------------------ */

static dk_status row_length(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)op;
    (void)err;
    out->as.integer = (int64_t)dki_utf8_length(args[0].as.text.bytes, args[0].as.text.size);
    return DK_OK;
}

/* Lengths of a column's texts, where all of the block are ASCII: how far their places are apart. */
static bool view_lengths(const dk_view *view, int64_t *to)
{
    const uint32_t *offsets = view ? view->values : NULL;

    if (!dki_texts_are_ascii(view))
        return false;
    for (size_t i = 0; i < view->n; i++)
        to[i] = (int64_t)(offsets[i + 1] - offsets[i]);
    return true;
}

/* The same for a block of a text column, which need not be asked row by row: for speed alone. */
static dk_status run_length(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    int64_t *to = slot->values;
    const dk_text *texts;
    dki_vector from;
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status != DK_OK)
        return status;
    from = dki_op_vector(eval, op->args[0]);
    texts = from.values;
    slot->vector = (dki_vector){ to, slot->valid };
    if (view_lengths(dki_op_text_view(eval, op->args[0]), to)) {
        for (size_t w = 0; w < dki_bit_words(eval->n); w++)
            slot->valid[w] = selection[w] & dki_vector_known(from, w);
        return DK_OK;
    }
    for (size_t w = 0; w < dki_bit_words(eval->n); w++) {
        slot->valid[w] = selection[w] & dki_vector_known(from, w);
        for (uint64_t rows = slot->valid[w]; rows; rows &= rows - 1) {
            size_t i = 64 * w + (size_t)__builtin_ctzll(rows);

            to[i] = (int64_t)dki_utf8_length(texts[i].bytes, texts[i].size);
        }
    }
    return DK_OK;
}

static dk_status bind_length(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                             dki_op **out)
{
    dk_status status = bind_number(b, f, node, args, n, out);

    if (status == DK_OK && (*out)->run == dki_run_row && args[0]->type == DK_TEXT)
        (*out)->run = run_length;
    return status;
}

static dk_status row_graphemes(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    utf8proc_int32_t state = 0, before = 0, c;
    size_t at = 0;

    (void)eval;
    (void)op;
    out->as.integer = 0;
    while (at < args[0].as.text.size) {
        bool first = at == 0;
        dk_status status = next_character(args[0].as.text, &at, &c, err);

        if (status != DK_OK)
            return status;
        if (first || utf8proc_grapheme_break_stateful(before, c, &state))
            out->as.integer++;
        before = c;
    }
    return DK_OK;
}

/* Ends --------------------------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static dk_status row_trim(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dk_text text = args[0].as.text;
    char side = op->node->text[4] == '_' ? op->node->text[5] : '\0'; /* trim_left, trim_right */

    (void)eval;
    (void)err;
    while (side != 'r' && text.size > 0 && is_blank(text.bytes[0])) {
        text.bytes++;
        text.size--;
    }
    while (side != 'l' && text.size > 0 && is_blank(text.bytes[text.size - 1]))
        text.size--;
    out->as.text = text;
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
    { "lower", 1, 1, bind_text, row_case },
    { "upper", 1, 1, bind_text, row_case },
    { "title", 1, 1, bind_text, row_case },
    { "casefold", 1, 1, bind_text, row_casefold },
    { "unaccent", 1, 1, bind_text, row_unaccent },
    { "normalize", 1, 2, bind_normalize, row_normalize },
    { "length", 1, 1, bind_length, row_length },
    { "graphemes", 1, 1, bind_number, row_graphemes },
    { "trim", 1, 1, bind_text, row_trim },
    { "trim_left", 1, 1, bind_text, row_trim },
    { "trim_right", 1, 1, bind_text, row_trim },
    { "..", 2, 2, bind_text, row_concat },
    { NULL, 0, 0, NULL, NULL },
};
