/* bind_types.c - ops, and the one type that several of them meet in.
 *
 * null has the type of its context. Numbers meet in the widest of integer, decimal, ratio, real; text meets category as
 * text; a text literal beside a date is read as one.
 */
#include <string.h>

#include "base/period.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"
#include "bound.h"
#include "data/column_parts.h"
#include "interval.h"
#include "quote.h"

dki_op *dki_op_new(dki_binder *b, const dki_node *node, dki_run_fn *run, dk_type type, uint8_t scale, size_t n_args)
{
    dki_op *op = dki_arena_array(&b->bound->arena, 1, sizeof *op, b->err);

    if (op == NULL)
        return NULL;
    op->args = dki_arena_array(&b->bound->arena, n_args, sizeof(dki_op *), b->err);
    if (op->args == NULL)
        return NULL;
    op->run = run;
    op->node = node;
    op->type = type;
    op->scale = dki_type_scale(type, scale);
    op->n_args = n_args;
    op->column = DK_NO_COLUMN;
    return op;
}

size_t dki_op_number(dki_op *op, size_t next)
{
    op->slot = next++;
    for (size_t i = 0; i < op->n_args; i++)
        next = dki_op_number(op->args[i], next);
    return next;
}

dki_op *dki_op_constant(dki_binder *b, const dki_node *node, dk_value value)
{
    dki_op *op = dki_op_new(b, node, dki_run_constant, value.type, value.scale, 0);

    if (op == NULL)
        return NULL;
    op->is_constant = true;
    value.scale = op->scale;
    if (!value.is_null && (value.type == DK_TEXT || value.type == DK_CATEGORY)) { /* the bound expression owns it */
        const char *copy = dki_arena_text(&b->bound->arena, value.as.text.bytes, value.as.text.size, b->err);

        if (copy == NULL)
            return NULL;
        value.as.text.bytes = copy;
        value.type = DK_TEXT;
        op->type = DK_TEXT;
    }
    op->value = value;
    return op;
}

dk_status dki_bound_keep(dki_bound *bound, const dk_dictionary *dictionary, dk_error *err)
{
    dk_status status = dki_grow(bound->context, (void **)&bound->dictionaries, &bound->dictionaries_capacity,
                                bound->n_dictionaries + 1, sizeof *bound->dictionaries, err);

    if (status != DK_OK) {
        dk_dictionary_release(dictionary);
        return status;
    }
    bound->dictionaries[bound->n_dictionaries++] = dictionary;
    return DK_OK;
}

dk_status dki_bound_add_note(dki_bound *bound, const char *note, dk_error *err)
{
    char *copy;
    dk_status status;

    for (size_t i = 0; i < bound->n_notes; i++)
        if (strcmp(bound->notes[i], note) == 0)
            return DK_OK;
    status = dki_grow(bound->context, (void **)&bound->notes, &bound->notes_capacity, bound->n_notes + 1,
                      sizeof *bound->notes, err);
    if (status != DK_OK)
        return status;
    copy = dki_arena_text(&bound->arena, note, strlen(note), err);
    if (copy == NULL)
        return DK_ERR_MEMORY;
    bound->notes[bound->n_notes++] = copy;
    return DK_OK;
}

/* Conversion -------------------------------------------------------------------------------------------------------- */

dk_status dki_op_settle(dki_binder *b, dki_op **op, dk_type type, uint8_t scale, const dk_dictionary *levels)
{
    dk_value null = { .type = type, .is_null = true, .scale = scale };
    dki_op *made;

    if (!(*op)->is_null_literal)
        return DK_OK;
    made = dki_op_constant(b, (*op)->node, null);
    if (made == NULL)
        return DK_ERR_MEMORY;
    made->levels = levels;
    *op = made;
    return DK_OK;
}

dk_status dki_op_convert(dki_binder *b, dki_op **op, dk_type type, uint8_t scale)
{
    dki_op *made;

    if ((*op)->is_null_literal)
        return dki_op_settle(b, op, type, scale, NULL);
    if ((*op)->type == type && ((type != DK_DECIMAL && type != DK_INTERVAL) || (*op)->scale == scale))
        return DK_OK;
    made = dki_op_new(b, (*op)->node, dki_run_convert, type, scale, 1);
    if (made == NULL)
        return DK_ERR_MEMORY;
    made->args[0] = *op;
    *op = made;
    return dki_fold(b, op);
}

static int width(dk_type type)
{
    switch (type) {
    case DK_INTEGER: return 0;
    case DK_DECIMAL: return 1;
    case DK_RATIO: return 2;
    default: return 3;
    }
}

dk_status dki_op_read(dki_binder *b, dki_op **op, dk_type type, uint8_t scale)
{
    dk_value value = { .type = type, .scale = scale, .is_null = (*op)->value.is_null };

    if (!(*op)->is_constant || (*op)->type != DK_TEXT)
        return DK_OK;
    if (!value.is_null && !dki_type_parse(type, scale, (*op)->value.as.text, &value.as.integer)) {
        dki_node_fail(b->bound->expr, (*op)->node, b->err, DK_ERR_TYPE,
                      "a %s is wanted here, and this text is none", dki_type_shown(type, scale));
        if (type == DK_PERIOD)
            dki_hint(b->err, "write it as \"%s\"", dki_period_example(scale));
        else
            dki_hint(b->err, "write it as year-month-day: \"2024-12-31\"");
        return DK_ERR_TYPE;
    }
    *op = dki_op_constant(b, (*op)->node, value);
    return *op ? DK_OK : DK_ERR_MEMORY;
}

dk_type dki_op_number_type(dki_op *const *ops, size_t n, uint8_t *scale)
{
    dk_type type = DK_INTEGER;

    *scale = 0;
    for (size_t i = 0; i < n; i++) {
        if (ops[i]->is_null_literal || !dk_type_is_number(ops[i]->type))
            continue;
        if (width(ops[i]->type) > width(type))
            type = ops[i]->type;
        if (ops[i]->type == DK_DECIMAL && ops[i]->scale > *scale)
            *scale = ops[i]->scale;
    }
    if (type != DK_DECIMAL)
        *scale = 0;
    return type;
}

dk_status dki_fail_frequencies(dki_binder *b, const dki_node *node, const char *what, uint8_t x, uint8_t y)
{
    dki_node_fail(b->bound->expr, node, b->err, DK_ERR_TYPE, "%s: %s and %s do not go together", what,
                  dk_frequency_name(x), dk_frequency_name(y));
    dki_hint(b->err, "period(x, \"%s\") makes a %s of a %s", dk_frequency_name(x < y ? x : y),
             dk_frequency_name(x < y ? x : y), dk_frequency_name(x < y ? y : x));
    return DK_ERR_TYPE;
}

/* Exact numbers beside an interval become intervals, where they are converted. */
static dk_status unify_intervals(dki_binder *b, dki_op **ops, size_t n, bool convert_numbers, const char *what)
{
    uint8_t scale = 0;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n; i++)
        if (!ops[i]->is_null_literal && (ops[i]->type == DK_DECIMAL || ops[i]->type == DK_INTERVAL) &&
            ops[i]->scale > scale)
            scale = ops[i]->scale;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        dk_type type = ops[i]->type;

        if (ops[i]->is_null_literal)
            status = dki_op_settle(b, &ops[i], DK_INTERVAL, scale, NULL);
        else if (type != DK_INTERVAL && type != DK_INTEGER && type != DK_DECIMAL)
            status =
                dki_node_fail(b->bound->expr, ops[i]->node, b->err, DK_ERR_TYPE,
                              "%s: interval and %s do not go together", what, dki_type_shown(type, ops[i]->scale));
        else if (convert_numbers)
            status = dki_op_convert(b, &ops[i], DK_INTERVAL, scale);
    }
    return status;
}

/* The column that a text in quotes was meant to be, perhaps; NULL: none is called so. */
static const char *column_called(const dki_binder *b, const dki_op *op)
{
    dk_text text = op->value.as.text;

    if (!op->is_constant || op->type != DK_TEXT || op->value.is_null || b->scope->table == NULL)
        return NULL;
    for (size_t i = 0; i < dk_table_n_columns(b->scope->table); i++) {
        const char *name = dk_table_field(b->scope->table, i)->name;

        if (strlen(name) == text.size && memcmp(name, text.bytes, text.size) == 0)
            return name;
    }
    return NULL;
}

dk_status dki_op_unify(dki_binder *b, dki_op **ops, size_t n, bool convert_numbers, const char *what)
{
    const dki_op *model = NULL;
    dk_type type;
    uint8_t scale = 0;
    dk_status status = DK_OK;
    const char *column;
    char quoted[DKI_QUOTED_SIZE];

    for (size_t i = 0; i < n; i++) /* dates and periods decide over texts */
        if (!ops[i]->is_null_literal &&
            (model == NULL || (dki_type_is_text(model->type) && !dki_type_is_text(ops[i]->type))))
            model = ops[i];
    if (model == NULL)
        return DK_OK; /* nothing but null */
    type = model->type;
    if (dki_any_interval(ops, n) && (dk_type_is_number(type) || type == DK_INTERVAL))
        return unify_intervals(b, ops, n, convert_numbers, what);
    if (dk_type_is_number(type))
        type = dki_op_number_type(ops, n, &scale);
    else
        scale = model->scale;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        dki_op *op = ops[i];

        if (op->is_null_literal)
            status = dki_op_settle(b, &ops[i], type, scale, model->levels);
        else if (dk_type_is_number(type) && dk_type_is_number(op->type))
            status = convert_numbers ? dki_op_convert(b, &ops[i], type, scale) : DK_OK;
        else if (dki_type_is_calendar(type) && op->is_constant && op->type == DK_TEXT)
            status = dki_op_read(b, &ops[i], type, scale);
        else if (type == DK_PERIOD && op->type == DK_PERIOD && op->scale != scale)
            status = dki_fail_frequencies(b, op->node, what, scale, op->scale);
        else if (op->type != type && !(dki_type_is_text(type) && dki_type_is_text(op->type)))
            status =
                dki_node_fail(b->bound->expr, op->node, b->err, DK_ERR_TYPE, "%s: %s and %s do not go together",
                              what, dki_type_shown(type, scale), dki_op_shown(op));
        if (status == DK_ERR_TYPE && (column = column_called(b, op)) != NULL)
            dki_hint(b->err, "in quotes it is a text: the column is written %s", dki_quote_shown(column, quoted));
        else if (status == DK_ERR_TYPE && dk_type_is_number(type) && op->type == DK_CATEGORY)
            dki_hint(b->err, "the levels of a category are texts: write '1', not 1");
        else if (status == DK_ERR_TYPE && (type == DK_DATE || type == DK_TIMESTAMP) &&
                 (op->type == DK_DATE || op->type == DK_TIMESTAMP))
            dki_hint(b->err, "date(x) is the day of a timestamp");
        else if (status == DK_ERR_TYPE && ((dki_type_is_calendar(op->type) && dk_type_is_number(type)) ||
                                           (dki_type_is_calendar(type) && dk_type_is_number(op->type))))
            dki_hint(b->err, "a date is written date '2024-12-31'");
    }
    return status;
}

/* Levels ------------------------------------------------------------------------------------------------------------ */

/* Whether codes mean the same in both, in the same order. */
static bool same_levels(const dk_dictionary *a, const dk_dictionary *b)
{
    size_t n = dk_dictionary_n_levels(a);

    if (a == b)
        return true;
    if (n != dk_dictionary_n_levels(b) || dk_dictionary_is_declared(a) != dk_dictionary_is_declared(b))
        return false;
    for (uint32_t code = 1; code <= n; code++) {
        dk_text x = dk_dictionary_level(a, code), y = dk_dictionary_level(b, code);

        if (x.size != y.size || memcmp(x.bytes, y.bytes, x.size) != 0)
            return false;
    }
    return true;
}

/* A constant text, or null, as a category of these levels, which have it. */
static dk_status as_level(dki_binder *b, dki_op **op, const dk_dictionary *levels)
{
    dki_op *made = dki_op_constant(b, (*op)->node, (*op)->value);

    if (made == NULL)
        return DK_ERR_MEMORY;
    made->type = DK_CATEGORY;
    made->value.type = DK_CATEGORY;
    made->levels = levels;
    *op = made;
    return DK_OK;
}

static bool is_constant_text(const dki_op *op)
{
    return op->is_constant && (op->is_null_literal || op->type == DK_TEXT);
}

/* A text whose place in the order of model's levels is asked, and which has none. */
static dk_status fail_level(dki_binder *b, const dki_op *model, const dki_op *op)
{
    char name[DKI_NODE_TEXT];
    uint32_t labelled;
    dki_nearest nearest;
    dk_status status = dki_nearest_level(b, model->levels, op->value.as.text, &nearest, &labelled);
    int size = nearest.best ? (int)dki_utf8_floor(nearest.best, nearest.best_size, 80) : 0;

    if (status != DK_OK)
        return status;
    status = dki_node_fail(b->bound->expr, op->node, b->err, DK_ERR_RANGE,
                           "the order of %s is declared, and this is none of its levels",
                           dki_node_text(b->bound->expr, model->node, name));
    if (labelled) {
        dk_text level = dk_dictionary_level(model->levels, labelled);

        dki_hint(b->err, "did you mean '%.*s', the code of \"%.*s\"?",
                 (int)dki_utf8_floor(level.bytes, level.size, 80), level.bytes, size, nearest.best);
    } else if (nearest.best) {
        dki_hint(b->err, "did you mean '%.*s'?", size, nearest.best);
    }
    return status;
}

dk_status dki_op_order(dki_binder *b, dki_op **ops, size_t n, const dk_dictionary **levels)
{
    const dki_op *model = NULL;
    char name[DKI_NODE_TEXT];
    dk_status status = DK_OK;

    *levels = NULL;
    for (size_t i = 0; i < n && model == NULL; i++)
        if (ops[i]->type == DK_CATEGORY && ops[i]->levels && dk_dictionary_is_declared(ops[i]->levels))
            model = ops[i];
    if (model == NULL)
        return DK_OK;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        dki_op *op = ops[i];

        if (op->type == DK_CATEGORY && op->levels && same_levels(op->levels, model->levels))
            continue;
        if (is_constant_text(op)) {
            if (!op->value.is_null && dk_dictionary_find(model->levels, op->value.as.text) == 0)
                return fail_level(b, model, op);
            status = as_level(b, &ops[i], model->levels);
        } else if (dki_type_is_text(op->type)) {
            dki_node_fail(b->bound->expr, op->node, b->err, DK_ERR_TYPE,
                          "the order of %s is declared, and this has another",
                          dki_node_text(b->bound->expr, model->node, name));
            dki_hint(b->err, "text(x) has the order of texts");
            return DK_ERR_TYPE;
        }
    }
    *levels = model->levels;
    return status;
}

dk_status dki_op_one_category(dki_binder *b, dki_op **ops, size_t n, const dk_dictionary **levels)
{
    const dki_op *model = NULL;
    dk_text *missing = dki_arena_array(&b->bound->arena, n, sizeof *missing, b->err);
    dk_dictionary *longer = NULL;
    size_t n_missing = 0;
    dk_status status = DK_OK;

    *levels = NULL;
    if (missing == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const dki_op *op = ops[i];

        if (op->type == DK_CATEGORY && op->levels && (model == NULL || same_levels(model->levels, op->levels)))
            model = model ? model : op;
        else if (!is_constant_text(op))
            return DK_OK;
    }
    if (model == NULL)
        return DK_OK;
    for (size_t i = 0; i < n && status == DK_OK && dki_op_is_set(model); i++)
        if (is_constant_text(ops[i]) && !ops[i]->value.is_null)
            status = dki_op_make_set(b, ops[i]);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        if (is_constant_text(ops[i]) && !ops[i]->value.is_null &&
            dk_dictionary_find(model->levels, ops[i]->value.as.text) == 0)
            missing[n_missing++] = ops[i]->value.as.text;
    *levels = model->levels;
    if (n_missing > 0) {
        status = dki_dictionary_extend(model->levels, missing, n_missing, &longer, b->err);
        if (status == DK_OK)
            status = dki_bound_keep(b->bound, longer, b->err);
        *levels = longer;
    }
    for (size_t i = 0; i < n && status == DK_OK; i++)
        if (is_constant_text(ops[i]))
            status = as_level(b, &ops[i], *levels);
    return status;
}
