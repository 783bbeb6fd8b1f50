/* bind.c - gives a tree the names and types of a table.
 *
 * Types are settled from the leaves up; what types meet in, arithmetic and the comparisons have files of their own.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "aggregate_list.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"
#include "bound.h"
#include "defined.h"
#include "elsewhere.h"
#include "interval.h"
#include "quote.h"

/* What is wanted ---------------------------------------------------------------------------------------------------- */

static dk_status want_boolean(dki_binder *b, dki_op **op, const char *who)
{
    dk_status status = dki_op_settle(b, op, DK_BOOLEAN, 0, NULL);

    if (status == DK_OK && (*op)->type != DK_BOOLEAN)
        return dki_node_fail(b->bound->expr, (*op)->node, b->err, DK_ERR_TYPE,
                             "%s wants a condition, and this is %s", who, dki_op_shown(*op));
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

/* gemeente == Arnhem: the name is a value of a column, and quotes were forgotten. The column, or NULL. */
static const char *column_with_value(const dk_table *table, const char *text)
{
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const dk_dictionary *levels = dk_column_levels(dk_table_field(table, i)->column);

        if (levels && dk_dictionary_find(levels, (dk_text){ text, strlen(text) }))
            return dk_table_field(table, i)->name;
    }
    return NULL;
}

static dk_status bind_name(dki_binder *b, const dki_node *node, dki_op **out)
{
    const dk_table *table = b->scope->table;
    size_t at = dk_table_find(table, node->text);
    char quoted[DKI_QUOTED_SIZE];
    dki_nearest nearest;

    if (at != DK_NO_COLUMN)
        return column_op(b, node, at, out);
    dki_nearest_init(&nearest, node->text, strlen(node->text));
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const char *name = dk_table_field(table, i)->name;

        dki_nearest_try(&nearest, name, strlen(name));
    }
    dki_node_fail(b->bound->expr, node, b->err, DK_ERR_NAME, "unknown column %s", node->text);
    if (column_with_value(table, node->text))
        dki_hint(b->err, "a value of %s is a text: '%s'",
                 dki_quote_shown(column_with_value(table, node->text), quoted), node->text);
    else if (nearest.best)
        dki_hint(b->err, "did you mean %s?", dki_quote_shown(nearest.best, quoted));
    else if (dki_means_total(b, NULL, (dk_text){ node->text, strlen(node->text) }))
        dki_hint(b->err, "rows that are totals over d are those where d is total");
    else if (strcmp(node->text, "nil") == 0 || strcasecmp(node->text, "null") == 0)
        dki_hint(b->err, "what is not known is null here: x is null");
    else if (strcasecmp(node->text, "true") == 0 || strcasecmp(node->text, "false") == 0)
        dki_hint(b->err, "words of the language are written small: true, false");
    return DK_ERR_NAME;
}

/* A caller's value is as good as a column's: finite, in lowest terms, within the calendar, UTF-8. */
static dk_status check_param(dki_binder *b, const dki_node *node, dk_value *value)
{
    const char *fault = NULL;
    int64_t least, greatest;

    if (value->is_null)
        return DK_OK;
    switch (value->type) {
    case DK_REAL: fault = isfinite(value->as.real) ? NULL : "is not a finite number"; break;
    case DK_DECIMAL:
        fault = value->scale <= DK_DECIMAL_MAX_SCALE ? NULL : "has more digits than there can be";
        break;
    case DK_RATIO:
        if (!dki_ratio_make(value->as.ratio.numerator, value->as.ratio.denominator, &value->as.ratio))
            fault = "is no ratio";
        break;
    case DK_PERIOD:
        if (value->scale >= DK_N_FREQUENCIES) {
            fault = "is neither a year nor a quarter nor a month";
            break;
        }
        /* fall through */
    case DK_DATE:
    case DK_TIMESTAMP:
        (void)dki_type_bounds(value->type, value->scale, &least, &greatest);
        if (value->as.integer < least || value->as.integer > greatest)
            fault = "lies outside the years 1 to 9999";
        break;
    case DK_CATEGORY:
    case DK_TEXT:
        if (dki_utf8_check(value->as.text.bytes, value->as.text.size) != value->as.text.size)
            fault = "is not UTF-8";
        break;
    default: break;
    }
    if (fault)
        return dki_node_fail(b->bound->expr, node, b->err, DK_ERR_ARGUMENT, "the value of $%s %s", node->text,
                             fault);
    return DK_OK;
}

static dk_status bind_param(dki_binder *b, const dki_node *node, dki_op **out)
{
    const dk_params *params = b->scope->params;
    dki_nearest nearest;

    dki_nearest_init(&nearest, node->text, strlen(node->text));
    for (size_t i = 0; params && i < params->n; i++) {
        if (strcmp(params->items[i].name, node->text) == 0) {
            dk_value value = params->items[i].value;
            dk_status status = check_param(b, node, &value);

            if (status != DK_OK)
                return status;
            *out = dki_op_constant(b, node, value);
            if (*out && value.is_null) /* what has a marker is an interval, and any other null of any type */
                (*out)->is_null_literal =
                    value.type != DK_INTERVAL || value.as.interval.meaning == DK_MEANS_NOTHING;
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
        if (strcmp(node->text, "all") == 0)
            dki_hint(b->err,
                     "a set has all of some members where has_all(v, 'x', 'y'); measures belong in a breakdown");
        else
            dki_hint(b->err, "measures belong in a breakdown; here is one row at a time");
        return DK_ERR_ARGUMENT;
    }
    status = b->scope->aggregate(b->scope->arg, node, &at, b->err);
    return status == DK_OK ? column_op(b, node, at, out) : status;
}

/* Windows ----------------------------------------------------------------------------------------------------------- */

static const struct window {
    const char *name;
    size_t least, greatest;
} windows[] = {
#define WINDOW(name, least, greatest) { #name, least, greatest },
    DKI_WINDOW_LIST(WINDOW)
#undef WINDOW
};

bool dki_window_find(const char *name, dki_window_function *out)
{
    for (size_t i = 0; i < DKI_N_WINDOW_FUNCTIONS; i++)
        if (strcmp(windows[i].name, name) == 0) {
            *out = (dki_window_function)i;
            return true;
        }
    return false;
}

static dk_status check_arguments(dki_binder *b, const dki_node *node, size_t least, size_t greatest)
{
    if (node->n_children >= least && node->n_children <= greatest)
        return DK_OK;
    if (least == greatest)
        return dki_node_fail(b->bound->expr, node, b->err, DK_ERR_ARGUMENT, "%s() takes %zu argument%s, not %zu",
                             node->text, least, least == 1 ? "" : "s", node->n_children);
    return dki_node_fail(b->bound->expr, node, b->err, DK_ERR_ARGUMENT, "%s() takes %zu to %zu arguments, not %zu",
                         node->text, least, greatest, node->n_children);
}

static dk_status bind_window(dki_binder *b, const dki_node *node, const struct window *window, dki_op **out)
{
    size_t at = DK_NO_COLUMN;
    const dki_node *other = NULL;
    dk_status status = check_arguments(b, node, window->least, window->greatest);

    if (status != DK_OK)
        return status;
    if (b->scope->window == NULL) {
        dki_node_fail(b->bound->expr, node, b->err, DK_ERR_ARGUMENT, "%s() looks at other rows", node->text);
        dki_hint(
            b->err,
            "it belongs in a window, not in another function of one: t:window { order = ..., \"name = %s(...)\" }",
            node->text);
        return DK_ERR_ARGUMENT;
    }
    status = b->scope->window(b->scope->arg, node, &at, &other, b->err);
    if (status != DK_OK)
        return status;
    return other ? dki_bind_node(b, other, out) : column_op(b, node, at, out);
}

/* Operators --------------------------------------------------------------------------------------------------------- */

static dk_status make_op(dki_binder *b, const dki_node *node, dki_run_fn *run, dki_op **args, size_t n,
                         dki_op **out)
{
    dki_op *op = dki_op_new(b, node, run, DK_BOOLEAN, 0, n);

    if (op == NULL)
        return DK_ERR_MEMORY;
    if (n > 0)
        memcpy(op->args, args, n * sizeof *args);
    *out = op;
    return DK_OK;
}

/* The bit of the dimension that a node names, or -1. */
static int margin_bit(const dki_binder *b, const dki_node *node)
{
    const dk_table *table = b->scope->table;
    size_t at = node->kind == DKI_NODE_NAME ? dk_table_find(table, node->text) : DK_NO_COLUMN;

    return at != DK_NO_COLUMN && dk_table_margin(table) ? dk_table_field(table, at)->margin_bit : -1;
}

bool dki_means_total(const dki_binder *b, const dki_node *dimension, dk_text text)
{
    bool has_totals = dimension ? margin_bit(b, dimension) >= 0 : dk_table_margin(b->scope->table) != NULL;

    return has_totals && ((text.size == 5 && strncasecmp(text.bytes, "total", 5) == 0) ||
                          (text.size == 6 && strncasecmp(text.bytes, "totaal", 6) == 0));
}

static dk_status total_op(dki_binder *b, const dki_node *node, int bit, dki_op **out)
{
    dk_status status = make_op(b, node, dki_run_is_total, NULL, 0, out);

    if (status == DK_OK)
        (*out)->column = (size_t)bit;
    return status;
}

static dk_status bind_is_total(dki_binder *b, const dki_node *node, dki_op **out)
{
    const dki_node *name = node->children[0];
    int bit = margin_bit(b, name);

    if (name->kind != DKI_NODE_NAME)
        return dki_node_fail(b->bound->expr, name, b->err, DK_ERR_ARGUMENT, "is total asks about a dimension");
    if (dk_table_find(b->scope->table, name->text) == DK_NO_COLUMN)
        return bind_name(b, name, out);
    if (bit >= 0)
        return total_op(b, node, bit, out);
    if (dk_table_margin(b->scope->table))
        return dki_node_fail(b->bound->expr, name, b->err, DK_ERR_ARGUMENT, "%s is no dimension of this table",
                             name->text);
    *out = dki_op_constant(b, node, (dk_value){ .type = DK_BOOLEAN }); /* no row is a total */
    return *out ? DK_OK : DK_ERR_MEMORY;
}

/* A total has no value in its dimension, and is not null for that: d is null is d is null and not d is total. */
static dk_status bind_is_null(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out)
{
    int bit = margin_bit(b, node->children[0]);
    dki_op *both[2] = { NULL, NULL };
    dk_status status = dki_interval_may_be_null(b, args[0]) ? dki_bind_interval_is_null(b, node, args, &both[0])
                                                            : make_op(b, node, dki_run_is_null, args, 1, &both[0]);

    if (status != DK_OK || bit < 0) {
        *out = both[0];
        return status;
    }
    status = total_op(b, node, bit, &both[1]);
    if (status == DK_OK)
        status = make_op(b, node, dki_run_not, &both[1], 1, &both[1]);
    return status == DK_OK ? make_op(b, node, dki_run_and, both, 2, out) : status;
}

static dk_status bind_function(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out)
{
    const dki_function *function = dki_function_find(node->text);
    const dk_function *of_host = dki_defined_find_function(b->bound->context, node->text);
    dki_nearest nearest;
    dk_status status;

    if (function == NULL && of_host) {
        status = check_arguments(b, node, of_host->n_arguments, of_host->n_arguments);
        return status == DK_OK ? dki_function_bind_host(b, of_host, node, args, out) : status;
    }
    if (function == NULL) {
        dki_nearest_init(&nearest, node->text, strlen(node->text));
        for (size_t i = 0; dki_function_get(i); i++)
            if (dki_function_get(i)->name[0] != '.') /* an operator */
                dki_nearest_try(&nearest, dki_function_get(i)->name, strlen(dki_function_get(i)->name));
#define TRY(name, least, greatest) dki_nearest_try(&nearest, #name, strlen(#name));
        DKI_AGGREGATE_LIST(TRY)
        DKI_WINDOW_LIST(TRY)
#undef TRY
        dki_defined_try(b->bound->context, &nearest);
        dki_node_fail(b->bound->expr, node, b->err, DK_ERR_NAME, "unknown function %s()", node->text);
        if (dki_elsewhere_hint(node->text))
            dki_hint(b->err, "%s", dki_elsewhere_hint(node->text));
        else if (nearest.best)
            dki_hint(b->err, "did you mean %s()?", nearest.best);
        return DK_ERR_NAME;
    }
    if ((status = check_arguments(b, node, function->least, function->greatest)) != DK_OK)
        return status;
    return function->bind(b, function, node, args, node->n_children, out);
}

static dk_status bind_call(dki_binder *b, const dki_node *node, dki_op **out)
{
    static const char *const arithmetic[] = { "+", "-", "*", "/", "//", "%" };
    static const char *const comparison[] = { "==", "~=", "<", "<=", ">", ">=" };
    const char *name = node->text;
    dki_window_function window;
    dki_op **args;
    dk_status status = DK_OK;

    if (dki_window_find(name, &window))
        return bind_window(b, node, &windows[window], out);
    if (strcmp(name, "is total") == 0)
        return bind_is_total(b, node, out);
    if (strcmp(name, "all") == 0 || strncmp(name, "attached", strlen("attached")) == 0)
        return bind_aggregate(b, node, out);
    args = dki_arena_array(&b->bound->arena, node->n_children, sizeof *args, b->err);
    if (args == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < node->n_children && status == DK_OK; i++)
        status = dki_bind_node(b, node->children[i], &args[i]);
    if (status != DK_OK)
        return status;
    if (strcmp(name, "-") == 0 && node->n_children == 1)
        return dki_bind_negative(b, node, args, out);
    for (size_t i = 0; i < 6; i++) {
        if (strcmp(name, arithmetic[i]) == 0)
            return dki_bind_arithmetic(b, node, "+-*/~%"[i], args, out);
        if (strcmp(name, comparison[i]) == 0)
            return dki_bind_comparison(b, node, "=!<l>g"[i], args, out);
    }
    if (strcmp(name, "in") == 0)
        return dki_bind_in(b, node, args, node->n_children, out);
    if (strcmp(name, "between") == 0)
        return dki_bind_between(b, node, args, out);
    if (strcmp(name, "is null") == 0)
        return bind_is_null(b, node, args, out);
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

static bool is_no_numbered_column(void *unused, const dki_node *node)
{
    (void)unused;
    return node->kind != DKI_NODE_NAME || node->text[strspn(node->text, "0123456789")] != '\0';
}

/* A pivot names columns 2023 and 2024, and 2024 - 2023 is 1. Whoever writes one of them as a column knows. */
static dk_status note_numbered_column(dki_binder *b, const dki_node *node)
{
    const char *text = dk_expr_text(b->bound->expr);
    char number[32], note[120];
    int size;

    if (node->value.type != DK_INTEGER || node->value.is_null || b->scope->table == NULL)
        return DK_OK;
    size = snprintf(number, sizeof number, "%lld", (long long)node->value.as.integer);
    if (dk_table_find(b->scope->table, number) == DK_NO_COLUMN || (size_t)size != node->size ||
        strncmp(text + node->at, number, node->size) != 0 || /* written there, and not made */
        !dki_node_visit(dki_expr_root(b->bound->expr), is_no_numbered_column, NULL))
        return DK_OK;
    (void)snprintf(note, sizeof note, "%s is the number, and not the column: that is written `%s`", number, number);
    return dki_bound_add_note(b->bound, note, b->err);
}

static dk_status bind_literal(dki_binder *b, const dki_node *node, dki_op **out)
{
    *out = dki_op_constant(b, node, node->value);
    if (*out == NULL)
        return DK_ERR_MEMORY;
    (*out)->is_null_literal = node->value.is_null;
    return note_numbered_column(b, node);
}

dk_status dki_bind_node(dki_binder *b, const dki_node *node, dki_op **out)
{
    dk_status status;

    switch (node->kind) {
    case DKI_NODE_LITERAL: return bind_literal(b, node, out);
    case DKI_NODE_NAME: return bind_name(b, node, out);
    case DKI_NODE_PARAM: return bind_param(b, node, out);
    case DKI_NODE_AGGREGATE: return bind_aggregate(b, node, out);
    default: break;
    }
    status = dki_common_bind(b, node, out);
    if (status != DK_OK || *out)
        return status;
    status = bind_call(b, node, out);
    return status == DK_OK ? dki_fold(b, out) : status;
}
