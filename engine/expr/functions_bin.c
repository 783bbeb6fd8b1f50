/* functions_bin.c - bin(x, 18, 27, 50): classes closed left and open right, with one below and one above.
 *
 * A class is called by its bounds, or as is said before, between and behind them: bin(x, 'young', 27, 'old').
 */
#include "functions.h"

#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "bound.h"

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

/* The classes called by their bounds. */
static dk_status name_by_bounds(dki_binder *b, const struct bins *bins, bool whole, dk_text *texts)
{
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
        else if (whole && low[0] != '-')
            snprintf(text, sizeof text, "%s-%s", low, high);
        else if (whole)
            snprintf(text, sizeof text, "%s to %s", low, high);
        else
            snprintf(text, sizeof text, "%s to < %s", low, high);
        texts[i].size = strlen(text);
        texts[i].bytes = dki_arena_text(&b->bound->arena, text, texts[i].size, b->err);
        if (texts[i].bytes == NULL)
            return DK_ERR_MEMORY;
    }
    return DK_OK;
}

static dk_status fail_label(dki_binder *b, const dki_node *node, dk_status code, const char *what)
{
    (void)dki_node_fail(b->bound->expr, node, b->err, code, "%s", what);
    dki_hint(b->err, "labels stand before, between and behind the bounds: bin(x, 'young', 27, 'old')");
    return code;
}

/* The classes called as every other of the arguments says, of which there is one more than of bounds. */
static dk_status name_by_labels(dki_binder *b, dki_op **labels, size_t n, dk_text *texts)
{
    for (size_t i = 0; i < n; i++) {
        const dki_op *label = labels[2 * i];

        if (!label->is_constant || label->value.is_null || !dki_type_is_text(label->type))
            return fail_label(b, label->node, DK_ERR_TYPE, "the labels of classes are texts that stand there");
        texts[i] = label->value.as.text;
        for (size_t k = 0; k < i; k++)
            if (texts[k].size == texts[i].size && memcmp(texts[k].bytes, texts[i].bytes, texts[i].size) == 0)
                return dki_node_fail(b->bound->expr, label->node, b->err, DK_ERR_DUPLICATE,
                                     "two classes have this label");
    }
    return DK_OK;
}

/* The bounds, which are every step-th of the arguments; whole: they and the values are integers. */
static dk_status read_bounds(dki_binder *b, struct bins *bins, dki_op **bounds, size_t step, bool *whole)
{
    for (size_t i = 0; i < bins->n; i++) {
        const dki_op *bound = bounds[i * step];

        if (!bound->is_constant || bound->value.is_null || !dk_type_is_number(bound->type))
            return dki_node_fail(b->bound->expr, bound->node, b->err, DK_ERR_TYPE,
                                 "the bounds of classes are numbers that stand there");
        if (i > 0 && dk_value_compare(&bins->bounds[i - 1], &bound->value) >= 0)
            return dki_node_fail(b->bound->expr, bound->node, b->err, DK_ERR_RANGE,
                                 "the bounds of classes rise from left to right");
        bins->bounds[i] = bound->value;
        *whole &= bound->type == DK_INTEGER;
    }
    return DK_OK;
}

static dk_status make_levels(dki_binder *b, const dk_text *texts, size_t n, const dk_dictionary **out)
{
    dk_dictionary *levels;
    dk_status status = dk_dictionary_new(b->bound->context, texts, n, true, &levels, b->err);

    if (status == DK_OK)
        status = dki_bound_keep(b->bound, levels, b->err);
    if (status == DK_OK)
        *out = levels;
    return status;
}

static dk_status bind_bin(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                          dki_op **out)
{
    bool labelled = n > 2 && dki_type_is_text(args[1]->type), whole;
    struct bins *bins;
    dk_text *texts;
    dki_op *op;
    dk_status status = dki_op_settle(b, &args[0], DK_INTEGER, 0, NULL);

    if (status != DK_OK)
        return status;
    if (!dk_type_is_number(args[0]->type))
        return dki_function_wrong(b, args[0], f->name, "a number");
    if (labelled && n % 2 != 0)
        return fail_label(b, node, DK_ERR_ARGUMENT, "the last class has no label");
    bins = dki_arena_array(&b->bound->arena, 1, sizeof *bins + (n - 1) * sizeof(dk_value), b->err);
    texts = bins ? dki_arena_array(&b->bound->arena, n, sizeof *texts, b->err) : NULL;
    if (texts == NULL)
        return DK_ERR_MEMORY;
    bins->n = labelled ? (n - 2) / 2 : n - 1;
    whole = args[0]->type == DK_INTEGER;
    status = read_bounds(b, bins, args + (labelled ? 2 : 1), labelled ? 2 : 1, &whole);
    if (status == DK_OK)
        status = labelled ? name_by_labels(b, args + 1, bins->n + 1, texts) : name_by_bounds(b, bins, whole, texts);
    if (status == DK_OK)
        status = dki_function_op(b, f, node, args, 1, DK_CATEGORY, 0, &op);
    if (status == DK_OK)
        status = make_levels(b, texts, bins->n + 1, &op->levels);
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

const dki_function dki_bin_functions[] = {
    { "bin", 2, 129, bind_bin, row_bin },
    { NULL, 0, 0, NULL, NULL },
};
