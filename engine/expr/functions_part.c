/* functions_part.c - parts of texts, as they stand: found, cut out, replaced. Places are counted in characters
 * (code points), from 1, and from the end where they are negative.
 */
#include "functions.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/checked.h"
#include "base/status.h"
#include "base/text.h"

static dk_status bind_part(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                           dki_op **out)
{
    static const struct {
        const char *name, *letters;
        dk_type type;
    } kinds[] = {
        { "starts_with", "tt", DK_BOOLEAN }, { "ends_with", "tt", DK_BOOLEAN }, { "contains", "tt", DK_BOOLEAN },
        { "find", "tt", DK_INTEGER },        { "replace", "ttt", DK_TEXT },     { "sub", "tii", DK_TEXT },
        { "left", "ti", DK_TEXT },           { "right", "ti", DK_TEXT },        { "split_part", "tti", DK_TEXT },
        { "pad_left", "tit", DK_TEXT },      { "pad_right", "tit", DK_TEXT },
    };
    size_t i = 0;
    dk_status status;

    while (strcmp(kinds[i].name, f->name) != 0)
        i++;
    status = dki_function_args(b, f, args, n, kinds[i].letters);
    if (status != DK_OK)
        return status;
    if (kinds[i].type == DK_INTEGER)
        return dki_function_number_op(b, f, node, args, n, NULL, out);
    return dki_function_op(b, f, node, args, n, kinds[i].type, 0, out);
}

/* Where part stands in text; NULL. An empty one stands at the beginning. */
static const char *find_part(dk_text text, dk_text part)
{
    size_t at = dki_text_find(text.bytes, text.size, 0, part.bytes, part.size);

    return at == SIZE_MAX ? NULL : text.size > 0 ? text.bytes + at : "";
}

/* how: how the function begins: starts_with, ends_with, contains */
static bool has_part(char how, dk_text text, dk_text part)
{
    if (part.size > text.size)
        return false;
    if (part.size == 0)
        return true;
    if (how == 's')
        return memcmp(text.bytes, part.bytes, part.size) == 0;
    if (how == 'e')
        return memcmp(text.bytes + text.size - part.size, part.bytes, part.size) == 0;
    return find_part(text, part) != NULL;
}

static dk_status row_contains(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)eval;
    (void)err;
    out->as.boolean = has_part(op->node->text[0], args[0].as.text, args[1].as.text);
    return DK_OK;
}

/* Which rows of a column have the part, which is not empty: all of the block's texts are looked through in one go. */
static void find_in_column(const dk_view *view, dk_text part, uint64_t *found)
{
    const uint32_t *offsets = view->values;
    size_t at = offsets[0], row = 0;

    memset(found, 0, dki_bit_words(view->n) * sizeof *found);
    while ((at = dki_text_find(view->bytes, offsets[view->n], at, part.bytes, part.size)) != SIZE_MAX) {
        while (offsets[row + 1] <= at)
            row++;
        if (at + part.size <= offsets[row + 1]) {
            dki_bit_set(found, row);
            at = offsets[row + 1];
        } else { /* it ends in another text */
            at++;
        }
    }
}

/* The same for a block of two texts, which need not be asked row by row: for speed alone. */
static dk_status run_contains(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    uint64_t *truth = slot->values;
    char how = op->node->text[0];
    dki_vector text, part;
    const dk_view *view;
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status == DK_OK)
        status = dki_op_run(eval, op->args[1], selection, err);
    if (status != DK_OK)
        return status;
    text = dki_op_vector(eval, op->args[0]);
    part = dki_op_vector(eval, op->args[1]);
    slot->vector = (dki_vector){ truth, slot->valid };
    view = dki_op_text_view(eval, op->args[0]);
    if (how == 'c' && view && op->args[1]->is_constant && op->args[1]->value.as.text.size > 0 &&
        4 * dki_bits_count(selection, eval->n) > eval->n) {
        find_in_column(view, op->args[1]->value.as.text, truth);
        for (size_t w = 0; w < dki_bit_words(eval->n); w++)
            slot->valid[w] = selection[w] & dki_vector_known(text, w);
        return DK_OK;
    }
    for (size_t w = 0; w < dki_bit_words(eval->n); w++) {
        uint64_t known = selection[w] & dki_vector_known(text, w) & dki_vector_known(part, w), found = 0;

        for (uint64_t rows = known; rows; rows &= rows - 1) {
            size_t i = 64 * w + (size_t)__builtin_ctzll(rows);

            if (has_part(how, ((const dk_text *)text.values)[i], ((const dk_text *)part.values)[i]))
                found |= rows & -rows;
        }
        truth[w] = found;
        slot->valid[w] = known;
    }
    return DK_OK;
}

static dk_status bind_contains(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                               dki_op **out)
{
    dk_status status = bind_part(b, f, node, args, n, out);

    if (status == DK_OK && (*out)->run == dki_run_row && args[0]->type == DK_TEXT && args[1]->type == DK_TEXT)
        (*out)->run = run_contains;
    return status;
}

static dk_status row_find(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dk_text text = args[0].as.text;
    const char *at = find_part(text, args[1].as.text);

    (void)eval;
    (void)op;
    (void)err;
    out->is_null = at == NULL;
    out->as.integer = 1;
    if (at && args[1].as.text.size > 0)
        out->as.integer += (int64_t)dki_utf8_length(text.bytes, (size_t)(at - text.bytes));
    return DK_OK;
}

static dk_status row_replace(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dk_text text = args[0].as.text, from = args[1].as.text, to = args[2].as.text, rest = text;
    size_t n = 0, added, size;
    const char *at;
    char *made;

    (void)op;
    out->as.text = text;
    for (; from.size > 0 && (at = find_part(rest, from)) != NULL; n++) {
        rest.size -= (size_t)(at - rest.bytes) + from.size;
        rest.bytes = at + from.size;
    }
    if (n == 0)
        return DK_OK;
    if (dki_mul_size(n, to.size, &added) || dki_add_size(text.size - n * from.size, added, &size))
        return dki_fail(err, DK_ERR_LIMIT, "the result is too long");
    made = dki_arena_alloc(&eval->arena, size + 1, err);
    if (made == NULL)
        return DK_ERR_MEMORY;
    out->as.text = (dk_text){ made, size };
    for (rest = text; n > 0; n--) {
        size_t before;

        at = find_part(rest, from);
        before = (size_t)(at - rest.bytes);
        memcpy(made, rest.bytes, before);
        made += before;
        if (to.size > 0)
            memcpy(made, to.bytes, to.size);
        made += to.size;
        rest.size -= before + from.size;
        rest.bytes = at + from.size;
    }
    if (rest.size > 0)
        memcpy(made, rest.bytes, rest.size);
    return DK_OK;
}

/* The byte where character n begins, from 0; the end where there are not so many. */
static size_t byte_of(dk_text text, uint64_t n)
{
    size_t at = 0;

    if (n >= text.size)
        return text.size;
    for (; at < text.size && n > 0; n--)
        for (at++; at < text.size && ((unsigned char)text.bytes[at] & 0xC0) == 0x80;)
            at++;
    return at;
}

/* Characters from .. to - 1, from 0. */
static dk_text cut(dk_text text, uint64_t from, uint64_t to)
{
    size_t begin = byte_of(text, from);

    if (to <= from)
        return (dk_text){ "", 0 };
    text = (dk_text){ text.size > 0 ? text.bytes + begin : "", text.size - begin };
    text.size = byte_of(text, to - from);
    return text;
}

/* How characters are counted, from 0: those from .. to - 1 are wanted. */
struct range {
    uint64_t from, to;
};

/* As in Lua's string.sub: a place before the first is the first, one behind the last the last, and what is then
 * empty is. */
static struct range sub_range(int64_t n, int64_t from, int64_t to)
{
    if (from < 0)
        from = from < -n ? 1 : n + from + 1;
    else if (from == 0)
        from = 1;
    if (to < 0)
        to = to < -n ? 0 : n + to + 1;
    else if (to > n)
        to = n;
    return (struct range){ (uint64_t)from - 1, to < from ? (uint64_t)from - 1 : (uint64_t)to };
}

/* sub, left, right of a text of so many characters; of a negative number left and right are all but so many at the other end. */
static inline struct range range_of(const dki_op *op, const dk_value *args, int64_t length)
{
    int64_t n = args[1].as.integer;

    if (op->node->text[0] == 's')
        return sub_range(length, n, op->n_args == 3 ? args[2].as.integer : length);
    if (n < 0)
        n = n < -length ? 0 : length + n;
    else if (n > length)
        n = length;
    return op->node->text[0] == 'l' ? (struct range){ 0, (uint64_t)n }
                                    : (struct range){ (uint64_t)(length - n), (uint64_t)length };
}

static dk_status row_cut(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dk_text text = args[0].as.text;
    struct range range = range_of(op, args, (int64_t)dki_utf8_length(text.bytes, text.size));

    (void)eval;
    (void)err;
    out->as.text = cut(text, range.from, range.to);
    return DK_OK;
}

/* The same of a column, at places that stand there, for a block whose texts are all ASCII: for speed alone. */
static dk_status run_cut(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dk_text *to = slot->values;
    dk_value args[3] = { { .type = DK_TEXT } };
    const uint32_t *offsets;
    const dk_view *view;
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    view = dki_op_text_view(eval, op->args[0]);
    if (status != DK_OK || !dki_texts_are_ascii(view))
        return status == DK_OK ? dki_run_row(eval, op, selection, err) : status;
    for (size_t k = 1; k < op->n_args; k++)
        args[k] = op->args[k]->value;
    offsets = view->values;
    for (size_t i = 0; i < eval->n; i++) {
        struct range range = range_of(op, args, (int64_t)(offsets[i + 1] - offsets[i]));

        to[i] = range.to > range.from ? (dk_text){ view->bytes + offsets[i] + range.from, range.to - range.from }
                                      : (dk_text){ "", 0 };
    }
    for (size_t w = 0; w < dki_bit_words(eval->n); w++)
        slot->valid[w] = selection[w] & dki_vector_known(dki_op_vector(eval, op->args[0]), w);
    slot->vector = (dki_vector){ to, slot->valid };
    return DK_OK;
}

static dk_status bind_cut(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                          dki_op **out)
{
    dk_status status = bind_part(b, f, node, args, n, out);
    bool stands = status == DK_OK && (*out)->run == dki_run_row && args[0]->type == DK_TEXT;

    for (size_t k = 1; k < n && stands; k++)
        stands = args[k]->is_constant && !args[k]->value.is_null;
    if (stands)
        (*out)->run = run_cut;
    return status;
}

/* Part n of a text that is cut at each separator; null where there is none. */
static dk_status row_split(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dk_text rest = args[0].as.text, separator = args[1].as.text;
    int64_t n = args[2].as.integer, parts = 1;
    const char *at;

    (void)eval;
    (void)op;
    if (n == 0)
        return dki_fail(err, DK_ERR_RANGE, "the parts of a text are counted from 1, or from -1 at the end");
    if (n < 0) { /* how many are there? */
        while (separator.size > 0 && (at = find_part(rest, separator)) != NULL) {
            rest.size -= (size_t)(at - rest.bytes) + separator.size;
            rest.bytes = at + separator.size;
            parts++;
        }
        rest = args[0].as.text;
        n = n < -parts ? 0 : parts + n + 1;
    }
    out->is_null = n == 0;
    while (n > 0) {
        at = separator.size > 0 ? find_part(rest, separator) : NULL;
        out->as.text = (dk_text){ rest.bytes, at ? (size_t)(at - rest.bytes) : rest.size };
        if (--n > 0 && at == NULL)
            out->is_null = true;
        if (at == NULL)
            break;
        rest.size -= out->as.text.size + separator.size;
        rest.bytes = at + separator.size;
    }
    return DK_OK;
}

#define LONGEST_PAD 65536

/* Filled up to n characters; a longer text stays as it is. */
static dk_status row_pad(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dk_text text = args[0].as.text, fill = op->n_args == 3 ? args[2].as.text : (dk_text){ " ", 1 };
    int64_t n = args[1].as.integer, length = (int64_t)dki_utf8_length(text.bytes, text.size);
    bool left = op->node->text[4] == 'l';
    size_t size;
    char *to;

    if (n > LONGEST_PAD)
        return dki_fail(err, DK_ERR_RANGE, "a text is filled up to %d characters at most, not %lld", LONGEST_PAD,
                        (long long)n);
    if (dki_utf8_length(fill.bytes, fill.size) != 1)
        return dki_fail(err, DK_ERR_RANGE, "a text is filled up with one character");
    out->as.text = text;
    if (n <= length)
        return DK_OK;
    size = text.size + (size_t)(n - length) * fill.size;
    to = dki_arena_alloc(&eval->arena, size + 1, err);
    if (to == NULL)
        return DK_ERR_MEMORY;
    out->as.text = (dk_text){ to, size };
    if (!left && text.size > 0)
        memcpy(to, text.bytes, text.size);
    if (!left)
        to += text.size;
    for (; n > length; n--, to += fill.size)
        memcpy(to, fill.bytes, fill.size);
    if (left && text.size > 0)
        memcpy(to, text.bytes, text.size);
    return DK_OK;
}

const dki_function dki_part_functions[] = {
    { "starts_with", 2, 2, bind_contains, row_contains },
    { "ends_with", 2, 2, bind_contains, row_contains },
    { "contains", 2, 2, bind_contains, row_contains },
    { "find", 2, 2, bind_part, row_find },
    { "replace", 3, 3, bind_part, row_replace },
    { "sub", 2, 3, bind_cut, row_cut },
    { "left", 2, 2, bind_cut, row_cut },
    { "right", 2, 2, bind_cut, row_cut },
    { "split_part", 3, 3, bind_part, row_split },
    { "pad_left", 2, 3, bind_part, row_pad },
    { "pad_right", 2, 3, bind_part, row_pad },
    { NULL, 0, 0, NULL, NULL },
};
