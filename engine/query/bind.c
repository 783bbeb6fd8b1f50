/* bind.c - gives a tree the names and types of a table.
 *
 * Types are settled from the leaves up. null has the type of its context. Numbers meet in the widest of integer, decimal,
 * ratio, real; text meets category as text; a text literal beside a date is read as one.
 */
#include <stdio.h>
#include <string.h>

#include "aggregate_list.h"
#include "base/calendar.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "bound.h"

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
    op->scale = scale;
    op->n_args = n_args;
    op->slot = b->bound->n_slots++;
    op->column = DK_NO_COLUMN;
    return op;
}

dki_op *dki_op_constant(dki_binder *b, const dki_node *node, dk_value value)
{
    dki_op *op = dki_op_new(b, node, dki_run_constant, value.type, value.scale, 0);

    if (op == NULL)
        return NULL;
    op->is_constant = true;
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

/* Types ------------------------------------------------------------------------------------------------------------- */

static dk_status type_fail(dki_binder *b, const dki_node *node, const char *wanted, dk_type found)
{
    return dki_node_fail(b->bound->expr, node, b->err, DK_ERR_TYPE, "%s is wanted here, and this is %s", wanted,
                         dk_type_name(found));
}

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
    if ((*op)->type == type && (type != DK_DECIMAL || (*op)->scale == scale))
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

/* A text literal as the date or timestamp that it is compared with. */
static dk_status read_date_literal(dki_binder *b, dki_op **op, dk_type type)
{
    dk_value value = { .type = type };
    const dk_text text = (*op)->value.as.text;
    bool good = type == DK_DATE ? dki_parse_date(text.bytes, text.size, 'y', &value.as.integer)
                                : dki_parse_timestamp(text.bytes, text.size, 'y', &value.as.integer);

    if (!good && type == DK_TIMESTAMP && dki_parse_date(text.bytes, text.size, 'y', &value.as.integer)) {
        value.as.integer *= DKI_DAY_MICROSECONDS;
        good = true;
    }
    if (!good) {
        dki_node_fail(b->bound->expr, (*op)->node, b->err, DK_ERR_TYPE, "this is compared with a %s and is none",
                      dk_type_name(type));
        dki_hint(b->err, "write it as year-month-day: \"2024-12-31\"");
        return DK_ERR_TYPE;
    }
    *op = dki_op_constant(b, (*op)->node, value);
    return *op ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_op_unify(dki_binder *b, dki_op **ops, size_t n, const char *what)
{
    const dki_op *model = NULL;
    dk_type type;
    uint8_t scale = 0;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n; i++) /* dates decide over texts, wider numbers over narrower ones */
        if (!ops[i]->is_null_literal &&
            (model == NULL || (dki_type_is_text(model->type) && !dki_type_is_text(ops[i]->type)) ||
             (dk_type_is_number(model->type) && dk_type_is_number(ops[i]->type) &&
              width(ops[i]->type) > width(model->type))))
            model = ops[i];
    if (model == NULL)
        return DK_OK; /* nothing but null */
    type = model->type;
    for (size_t i = 0; i < n; i++)
        if (ops[i]->type == DK_DECIMAL && ops[i]->scale > scale)
            scale = ops[i]->scale;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        if (ops[i]->is_null_literal)
            status = dki_op_settle(b, &ops[i], type, type == DK_DECIMAL ? scale : 0, model->levels);
        else if (dk_type_is_number(type) && dk_type_is_number(ops[i]->type))
            status = dki_op_convert(b, &ops[i], type, type == DK_DECIMAL ? scale : 0);
        else if ((type == DK_DATE || type == DK_TIMESTAMP) && ops[i]->is_constant && ops[i]->type == DK_TEXT)
            status = read_date_literal(b, &ops[i], type);
        else if (ops[i]->type != type && !(dki_type_is_text(type) && dki_type_is_text(ops[i]->type)))
            status =
                dki_node_fail(b->bound->expr, ops[i]->node, b->err, DK_ERR_TYPE, "%s: %s and %s do not go together",
                              what, dk_type_name(type), dk_type_name(ops[i]->type));
    }
    return status;
}

static dk_status want_boolean(dki_binder *b, dki_op **op, const char *who)
{
    dk_status status = dki_op_settle(b, op, DK_BOOLEAN, 0, NULL);

    if (status == DK_OK && (*op)->type != DK_BOOLEAN)
        return dki_node_fail(b->bound->expr, (*op)->node, b->err, DK_ERR_TYPE,
                             "%s wants a condition, and this is %s", who, dk_type_name((*op)->type));
    return status;
}

static dk_status want_number(dki_binder *b, dki_op **op)
{
    dk_status status = dki_op_settle(b, op, DK_INTEGER, 0, NULL);

    if (status == DK_OK && !dk_type_is_number((*op)->type))
        return type_fail(b, (*op)->node, "a number", (*op)->type);
    return status;
}

/* Leaves ------------------------------------------------------------------------------------------------------------ */

static dk_status column_op(dki_binder *b, const dki_node *node, size_t at, dki_op **out)
{
    const dk_column *column = dk_table_field(b->scope->table, at)->column;
    dki_op *op = dki_op_new(b, node, dki_run_column, dk_column_type(column), dk_column_scale(column), 0);

    if (op == NULL)
        return DK_ERR_MEMORY;
    op->column = at;
    op->levels = dk_column_levels(column); /* lives as long as the table, which is retained */
    *out = op;
    return DK_OK;
}

static dk_status bind_name(dki_binder *b, const dki_node *node, dki_op **out)
{
    const dk_table *table = b->scope->table;
    size_t at = dk_table_find(table, node->text);
    dki_nearest nearest;

    if (at != DK_NO_COLUMN)
        return column_op(b, node, at, out);
    dki_nearest_init(&nearest, node->text, strlen(node->text));
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const char *name = dk_table_field(table, i)->name;

        dki_nearest_try(&nearest, name, strlen(name));
    }
    dki_node_fail(b->bound->expr, node, b->err, DK_ERR_NAME, "unknown column %s", node->text);
    if (nearest.best)
        dki_hint(b->err, "did you mean %s?", nearest.best);
    return DK_ERR_NAME;
}

static dk_status bind_param(dki_binder *b, const dki_node *node, dki_op **out)
{
    const dk_params *params = b->scope->params;
    dki_nearest nearest;

    dki_nearest_init(&nearest, node->text, strlen(node->text));
    for (size_t i = 0; params && i < params->n; i++) {
        if (strcmp(params->items[i].name, node->text) == 0) {
            *out = dki_op_constant(b, node, params->items[i].value);
            if (*out && params->items[i].value.is_null)
                (*out)->is_null_literal = true;
            return *out ? DK_OK : DK_ERR_MEMORY;
        }
        dki_nearest_try(&nearest, params->items[i].name, strlen(params->items[i].name));
    }
    dki_node_fail(b->bound->expr, node, b->err, DK_ERR_NAME, "the parameter $%s has no value", node->text);
    if (nearest.best)
        dki_hint(b->err, "did you mean $%s?", nearest.best);
    return DK_ERR_NAME;
}

static dk_status bind_aggregate(dki_binder *b, const dki_node *node, dki_op **out)
{
    size_t at = DK_NO_COLUMN;
    dk_status status;

    if (b->scope->aggregate == NULL) {
        dki_node_fail(b->bound->expr, node, b->err, DK_ERR_ARGUMENT, "%s() is a measure over many rows",
                      node->text);
        dki_hint(b->err, "measures belong in a breakdown; here is one row at a time");
        return DK_ERR_ARGUMENT;
    }
    status = b->scope->aggregate(b->scope->arg, node, &at, b->err);
    return status == DK_OK ? column_op(b, node, at, out) : status;
}

/* Operators --------------------------------------------------------------------------------------------------------- */

static dk_status bind_arithmetic(dki_binder *b, const dki_node *node, char sign, dki_op **args, dki_op **out)
{
    dk_status status;
    dk_type type;
    unsigned scale = 0;
    dki_op *op;

    /* date + days, date - days, date - date */
    if (args[0]->type == DK_DATE && (sign == '+' || sign == '-') && !args[0]->is_null_literal) {
        bool difference = args[1]->type == DK_DATE && sign == '-';

        status = dki_op_settle(b, &args[1], DK_INTEGER, 0, NULL);
        if (status != DK_OK)
            return status;
        if (!difference && args[1]->type != DK_INTEGER)
            return type_fail(b, args[1]->node, "a whole number of days", args[1]->type);
        op = dki_op_new(b, node, dki_run_arithmetic, difference ? DK_INTEGER : DK_DATE, 0, 2);
        if (op == NULL)
            return DK_ERR_MEMORY;
        op->sign = sign;
        memcpy(op->args, args, 2 * sizeof *args);
        *out = op;
        return DK_OK;
    }
    if ((status = want_number(b, &args[0])) != DK_OK || (status = want_number(b, &args[1])) != DK_OK)
        return status;
    type = width(args[0]->type) > width(args[1]->type) ? args[0]->type : args[1]->type;
    if (type == DK_RATIO && (sign == '~' || sign == '%'))
        return type_fail(b, node, "an exact quotient with // or % takes integers or decimals; a number", DK_RATIO);
    if (sign == '/') {
        type = type == DK_REAL ? DK_REAL : DK_RATIO;
    } else if (type == DK_DECIMAL && sign == '*') {
        scale = (args[0]->type == DK_DECIMAL ? args[0]->scale : 0u) +
                (args[1]->type == DK_DECIMAL ? args[1]->scale : 0u);
        if (scale > DK_DECIMAL_MAX_SCALE) {
            dki_node_fail(b->bound->expr, node, b->err, DK_ERR_OVERFLOW,
                          "this product has %u digits after the point, and there are %d at most", scale,
                          DK_DECIMAL_MAX_SCALE);
            dki_hint(b->err, "round a factor first, or use real(...)");
            return DK_ERR_OVERFLOW;
        }
    } else if (type == DK_DECIMAL) {
        for (int i = 0; i < 2; i++)
            if (args[i]->type == DK_DECIMAL && args[i]->scale > scale)
                scale = args[i]->scale;
    }
    if (type == DK_REAL || (type == DK_DECIMAL && sign != '*'))
        for (int i = 0; i < 2; i++)
            if ((status = dki_op_convert(b, &args[i], type, (uint8_t)scale)) != DK_OK)
                return status;
    if (sign == '~' && type == DK_DECIMAL) {
        type = DK_INTEGER; /* how many times */
        scale = 0;
    }
    op = dki_op_new(b, node, dki_run_arithmetic, type, (uint8_t)scale, 2);
    if (op == NULL)
        return DK_ERR_MEMORY;
    op->sign = sign;
    memcpy(op->args, args, 2 * sizeof *args);
    *out = op;
    return DK_OK;
}

/* A literal that no level of the category is: the result says so. */
static dk_status note_level(dki_binder *b, const dki_op *category, const dki_op *constant)
{
    dki_nearest nearest;
    char note[256];
    dk_text text;

    if (category->type != DK_CATEGORY || category->run != dki_run_column || !constant->is_constant ||
        constant->value.is_null || constant->type != DK_TEXT)
        return DK_OK;
    text = constant->value.as.text;
    if (dk_dictionary_find(category->levels, text))
        return DK_OK;
    dki_nearest_init(&nearest, text.bytes, text.size);
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(category->levels); code++) {
        dk_text level = dk_dictionary_level(category->levels, code);

        dki_nearest_try(&nearest, level.bytes, level.size);
    }
    if (nearest.best)
        snprintf(note, sizeof note, "no %s is \"%.*s\"; the nearest is \"%.*s\"", category->node->text,
                 (int)(text.size < 80 ? text.size : 80), text.bytes, (int)nearest.best_size, nearest.best);
    else
        snprintf(note, sizeof note, "no %s is \"%.*s\"", category->node->text,
                 (int)(text.size < 80 ? text.size : 80), text.bytes);
    return dki_bound_add_note(b->bound, note, b->err);
}

/* A text constant beside a category with declared levels becomes a level, so that < goes by their order. */
static dk_status as_level(dki_binder *b, const dki_op *category, dki_op **constant)
{
    uint32_t code;

    if (category->type != DK_CATEGORY || !dk_dictionary_is_declared(category->levels) ||
        !(*constant)->is_constant || (*constant)->type != DK_TEXT || (*constant)->value.is_null)
        return DK_OK;
    code = dk_dictionary_find(category->levels, (*constant)->value.as.text);
    if (code == 0) {
        dki_node_fail(b->bound->expr, (*constant)->node, b->err, DK_ERR_RANGE,
                      "the order of %s is declared, and this is none of its levels", category->node->text);
        return DK_ERR_RANGE;
    }
    (*constant)->type = DK_CATEGORY;
    (*constant)->levels = category->levels;
    return DK_OK;
}

static dk_status bind_comparison(dki_binder *b, const dki_node *node, char sign, dki_op **args, dki_op **out)
{
    dki_op *op;
    dk_status status;

    for (int i = 0; i < 2; i++) /* exact numbers of different kinds are compared as they are */
        if ((status = note_level(b, args[i], args[1 - i])) != DK_OK)
            return status;
    if (sign != '=' && sign != '!')
        for (int i = 0; i < 2; i++)
            if ((status = as_level(b, args[i], &args[1 - i])) != DK_OK)
                return status;
    if (!(dk_type_is_number(args[0]->type) && dk_type_is_number(args[1]->type)) &&
        (status = dki_op_unify(b, args, 2, node->text)) != DK_OK)
        return status;
    if (args[0]->type == DK_BOOLEAN && sign != '=' && sign != '!')
        return type_fail(b, node, "conditions are only equal or not; something with an order", DK_BOOLEAN);
    op = dki_op_new(b, node, dki_run_compare, DK_BOOLEAN, 0, 2);
    if (op == NULL)
        return DK_ERR_MEMORY;
    op->sign = sign;
    memcpy(op->args, args, 2 * sizeof *args);
    *out = op;
    return DK_OK;
}

static dk_status make_op(dki_binder *b, const dki_node *node, dki_run_fn *run, dki_op **args, size_t n,
                         dki_op **out)
{
    dki_op *op = dki_op_new(b, node, run, DK_BOOLEAN, 0, n);

    if (op == NULL)
        return DK_ERR_MEMORY;
    memcpy(op->args, args, n * sizeof *args);
    *out = op;
    return DK_OK;
}

static dk_status bind_in(dki_binder *b, const dki_node *node, dki_op **args, size_t n, dki_op **out)
{
    dk_status status;

    for (size_t i = 1; i < n; i++)
        if ((status = note_level(b, args[0], args[i])) != DK_OK)
            return status;
    if ((status = dki_op_unify(b, args, n, "in")) != DK_OK)
        return status;
    return make_op(b, node, dki_run_in, args, n, out);
}

/* x between a and b is x >= a and x <= b, with x evaluated for both. */
static dk_status bind_between(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out)
{
    dki_op *low[2] = { args[0], args[1] }, *high[2] = { args[0], args[2] }, *both[2];
    dk_status status = bind_comparison(b, node, 'g', low, &both[0]);

    if (status == DK_OK)
        status = bind_comparison(b, node, 'l', high, &both[1]);
    return status == DK_OK ? make_op(b, node, dki_run_and, both, 2, out) : status;
}

static dk_status bind_is_total(dki_binder *b, const dki_node *node, dki_op **out)
{
    const dki_node *name = node->children[0];
    size_t at = name->kind == DKI_NODE_NAME ? dk_table_find(b->scope->table, name->text) : DK_NO_COLUMN;
    dki_op *op;
    int bit;

    if (name->kind != DKI_NODE_NAME)
        return dki_node_fail(b->bound->expr, name, b->err, DK_ERR_ARGUMENT, "is total asks about a dimension");
    if (at == DK_NO_COLUMN)
        return bind_name(b, name, out);
    bit = dk_table_field(b->scope->table, at)->margin_bit;
    if (bit < 0 && dk_table_margin(b->scope->table))
        return dki_node_fail(b->bound->expr, name, b->err, DK_ERR_ARGUMENT, "%s is no dimension of this table",
                             name->text);
    if (bit < 0) {
        *out = dki_op_constant(b, node, (dk_value){ .type = DK_BOOLEAN });
        return *out ? DK_OK : DK_ERR_MEMORY;
    }
    op = dki_op_new(b, node, dki_run_is_total, DK_BOOLEAN, 0, 0);
    if (op == NULL)
        return DK_ERR_MEMORY;
    op->column = (size_t)bit;
    *out = op;
    return DK_OK;
}

static dk_status bind_negative(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out)
{
    dki_op *op;
    dk_status status = want_number(b, &args[0]);

    if (status != DK_OK)
        return status;
    op = dki_op_new(b, node, dki_run_negate, args[0]->type, args[0]->scale, 1);
    if (op == NULL)
        return DK_ERR_MEMORY;
    op->args[0] = args[0];
    *out = op;
    return DK_OK;
}

static dk_status bind_function(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out)
{
    const dki_function *function = dki_function_find(node->text);
    dki_nearest nearest;

    if (function == NULL) {
        dki_nearest_init(&nearest, node->text, strlen(node->text));
        for (size_t i = 0; dki_function_get(i); i++)
            dki_nearest_try(&nearest, dki_function_get(i)->name, strlen(dki_function_get(i)->name));
#define TRY(name, least, greatest) dki_nearest_try(&nearest, #name, strlen(#name));
        DKI_AGGREGATE_LIST(TRY)
#undef TRY
        dki_node_fail(b->bound->expr, node, b->err, DK_ERR_NAME, "unknown function %s()", node->text);
        if (nearest.best)
            dki_hint(b->err, "did you mean %s()?", nearest.best);
        return DK_ERR_NAME;
    }
    if (node->n_children < function->least || node->n_children > function->greatest) {
        if (function->least == function->greatest)
            return dki_node_fail(b->bound->expr, node, b->err, DK_ERR_ARGUMENT,
                                 "%s() takes %zu argument%s, not %zu", node->text, function->least,
                                 function->least == 1 ? "" : "s", node->n_children);
        return dki_node_fail(b->bound->expr, node, b->err, DK_ERR_ARGUMENT,
                             "%s() takes at least %zu arguments, not %zu", node->text, function->least,
                             node->n_children);
    }
    return function->bind(b, function, node, args, node->n_children, out);
}

static dk_status bind_call(dki_binder *b, const dki_node *node, dki_op **out)
{
    static const char *const arithmetic[] = { "+", "-", "*", "/", "//", "%" };
    static const char *const comparison[] = { "==", "~=", "<", "<=", ">", ">=" };
    const char *name = node->text;
    dki_op **args;
    dk_status status = DK_OK;

    if (strcmp(name, "is total") == 0)
        return bind_is_total(b, node, out);
    if (strcmp(name, "all") == 0)
        return bind_aggregate(b, node, out);
    args = dki_arena_array(&b->bound->arena, node->n_children, sizeof *args, b->err);
    if (args == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < node->n_children && status == DK_OK; i++)
        status = dki_bind_node(b, node->children[i], &args[i]);
    if (status != DK_OK)
        return status;
    if (strcmp(name, "-") == 0 && node->n_children == 1)
        return bind_negative(b, node, args, out);
    for (size_t i = 0; i < 6; i++) {
        if (strcmp(name, arithmetic[i]) == 0)
            return bind_arithmetic(b, node, "+-*/~%"[i], args, out);
        if (strcmp(name, comparison[i]) == 0)
            return bind_comparison(b, node, "=!<l>g"[i], args, out);
    }
    if (strcmp(name, "in") == 0)
        return bind_in(b, node, args, node->n_children, out);
    if (strcmp(name, "between") == 0)
        return bind_between(b, node, args, out);
    if (strcmp(name, "is null") == 0)
        return make_op(b, node, dki_run_is_null, args, 1, out);
    if (strcmp(name, "and") == 0 || strcmp(name, "or") == 0) {
        for (size_t i = 0; i < node->n_children; i++)
            if ((status = want_boolean(b, &args[i], name)) != DK_OK)
                return status;
        return make_op(b, node, name[0] == 'a' ? dki_run_and : dki_run_or, args, node->n_children, out);
    }
    if (strcmp(name, "not") == 0 || strcmp(name, "is true") == 0) {
        if ((status = want_boolean(b, &args[0], name)) != DK_OK)
            return status;
        return make_op(b, node, name[0] == 'n' ? dki_run_not : dki_run_is_true, args, 1, out);
    }
    return bind_function(b, node, args, out);
}

dk_status dki_bind_node(dki_binder *b, const dki_node *node, dki_op **out)
{
    dk_status status;

    switch (node->kind) {
    case DKI_NODE_LITERAL:
        *out = dki_op_constant(b, node, node->value);
        if (*out)
            (*out)->is_null_literal = node->value.is_null;
        return *out ? DK_OK : DK_ERR_MEMORY;
    case DKI_NODE_NAME: return bind_name(b, node, out);
    case DKI_NODE_PARAM: return bind_param(b, node, out);
    case DKI_NODE_AGGREGATE: return bind_aggregate(b, node, out);
    default: status = bind_call(b, node, out); return status == DK_OK ? dki_fold(b, out) : status;
    }
}
