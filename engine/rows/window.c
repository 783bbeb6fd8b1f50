/* window.c - columns that look at other rows of ordered groups.
 *
 * Groups and order are found once (sort_order.h). Then, for each new column: calls of window functions are taken out of
 * its expression, each computed for all rows (window_*.c) and put beside the table as a hidden column; what is left of the
 * expression is evaluated on that table as any other would be. change, relative_change and share are other expressions,
 * written out as trees.
 *
 * Memory: 9 bytes for each row, and what a call and its arguments take while it is computed. Poll: once per block.
 */
#include "window_parts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/types.h"
#include "bound_notes.h"
#include "keys.h"
#include "margin_rows.h"
#include "new_column.h"

/* A call that stands in the expression at hand: a hidden column, or another tree. */
struct hoisted {
    const dki_node *node;
    const dki_node *other; /* NULL: a column */
    const dk_column *column;
    size_t at; /* of the column, in the table that the expression is bound to */
};

struct build {
    dk_context *context;
    dki_window window;
    const dk_params *params;
    const dk_table *made;   /* what there is so far */
    const dk_table *beside; /* the same with hidden columns */
    const dk_expr *expr;    /* at hand, with ... */
    dki_arena arena;        /* ... trees that are other than they were written */
    struct hoisted *hoisted;
    size_t n_hoisted, hoisted_capacity;
    dki_bound **bounds; /* all there were, for their notes */
    size_t n_bounds, bounds_capacity;
    bool weighed; /* some call looked at weights */
};

/* Functions. -------------------------------------------------------------------------------------------------------- */

/* What the functions of frames compute, by the end of their names; the start tells the frame. */
static bool split_name(const char *name, dki_window_call *call)
{
    static const struct {
        const char *text;
        dki_window_what what;
    } whats[] = { { "count", DKI_COUNT }, { "rows", DKI_COUNT }, { "sum", DKI_SUM },
                  { "mean", DKI_MEAN },   { "min", DKI_MIN },    { "max", DKI_MAX } };
    size_t size;

    call->frame = DKI_FRAME_GROUP;
    if (strncmp(name, "running_", 8) == 0) {
        call->frame = DKI_FRAME_RUNNING;
        name += 8;
    } else if (strncmp(name, "moving_", 7) == 0) {
        call->frame = DKI_FRAME_ROWS;
        name += 7;
    }
    size = strlen(name);
    if (call->frame == DKI_FRAME_ROWS && size > 7 && strcmp(name + size - 7, "_period") == 0) {
        call->frame = DKI_FRAME_PERIODS;
        call->by_period = true;
        size -= 7;
    }
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++)
        if (strlen(whats[i].text) == size && memcmp(whats[i].text, name, size) == 0) {
            call->what = whats[i].what;
            return true;
        }
    return false;
}

static bool is_place(dki_window_function function)
{
    return function == DKI_WINDOW_row_number || function == DKI_WINDOW_rank || function == DKI_WINDOW_dense_rank ||
           function == DKI_WINDOW_percent_rank || function == DKI_WINDOW_cume_dist || function == DKI_WINDOW_ntile;
}

static bool is_other_tree(dki_window_function function)
{
    return function == DKI_WINDOW_change || function == DKI_WINDOW_relative_change ||
           function == DKI_WINDOW_change_period || function == DKI_WINDOW_relative_change_period ||
           function == DKI_WINDOW_share;
}

/* Trees. ------------------------------------------------------------------------------------------------------------ */

static dki_node *new_node(struct build *build, const dki_node *place, dki_node_kind kind, const char *text,
                          size_t n, dk_error *err)
{
    dki_node *node = dki_arena_array(&build->arena, 1, sizeof *node, err);

    if (node == NULL)
        return NULL;
    node->kind = kind;
    node->text = text;
    node->at = place->at;
    node->size = place->size;
    node->depth = place->depth + 3; /* nobody builds higher on these */
    node->n_children = n;
    node->children = dki_arena_array(&build->arena, n, sizeof(dki_node *), err);
    return node->children ? node : NULL;
}

static dki_node *new_name(struct build *build, const dki_node *place, const char *name, dk_error *err)
{
    return new_node(build, place, DKI_NODE_NAME, name, 0, err);
}

static dki_node *new_pair(struct build *build, const dki_node *place, const char *text, dki_node *a, dki_node *b,
                          dk_error *err)
{
    dki_node *node = a && b ? new_node(build, place, DKI_NODE_CALL, text, 2, err) : NULL;

    if (node) {
        node->children[0] = a;
        node->children[1] = b;
    }
    return node;
}

static bool is_relative(dki_window_function function)
{
    return function == DKI_WINDOW_relative_change || function == DKI_WINDOW_relative_change_period;
}

/* a / b - 1 */
static dki_node *new_growth(struct build *build, const dki_node *place, dki_node *a, dki_node *b, dk_error *err)
{
    dki_node *one = new_node(build, place, DKI_NODE_LITERAL, "1", 0, err);

    if (one == NULL)
        return NULL;
    one->value = (dk_value){ .type = DK_INTEGER, .as.integer = 1 };
    return new_pair(build, place, "-", new_pair(build, place, "/", a, b, err), one, err);
}

/* share(x): x / sum(x), times the row's weight where it has one, so that shares are 1 together. change(x, n): x - p;
 * relative_change(x, n): (x - p) / p, where p is previous(x, n); of x in bounds x / p - 1, with each once: what depends on itself
 * would be wider. */
static dki_node *write_out(struct build *build, const dki_node *node, dki_window_function function, bool in_bounds,
                           dk_error *err)
{
    bool by_period = function == DKI_WINDOW_change_period || function == DKI_WINDOW_relative_change_period;
    bool share = function == DKI_WINDOW_share;
    const char *weight = dk_table_properties(build->made)->weight;
    dki_node *x = node->children[0], *change;
    dki_node *other = new_node(build, node, share ? DKI_NODE_AGGREGATE : DKI_NODE_CALL,
                               share       ? "sum"
                               : by_period ? "previous_period"
                                           : "previous",
                               node->n_children, err);

    if (other == NULL)
        return NULL;
    memcpy(other->children, node->children, node->n_children * sizeof(dki_node *));
    if (share) {
        dki_node *part = new_pair(build, node, "/", x, other, err);

        return weight ? new_pair(build, node, "*", part, new_name(build, node, weight, err), err) : part;
    }
    if (is_relative(function) && in_bounds)
        return new_growth(build, node, x, other, err);
    change = new_pair(build, node, "-", x, other, err);
    return is_relative(function) ? new_pair(build, node, "/", change, other, err) : change;
}

/* Arguments. -------------------------------------------------------------------------------------------------------- */

/* Binds a part of the expression to the table so far; *out belongs to the build. */
static dk_status bind_part(struct build *build, const dki_node *node, dki_bound **out, dk_error *err)
{
    dki_scope scope = { .table = build->made, .params = build->params };
    dk_status status = dki_grow(build->context, (void **)&build->bounds, &build->bounds_capacity,
                                build->n_bounds + 1, sizeof(dki_bound *), err);

    if (status == DK_OK)
        status = dki_bind(&scope, build->expr, node, out, err);
    if (status == DK_OK)
        build->bounds[build->n_bounds++] = *out;
    return status;
}

static dk_status eval_part(struct build *build, const dki_node *node, const dk_column **out, dk_error *err)
{
    dki_bound *bound;
    dk_status status = bind_part(build, node, &bound, err);

    return status == DK_OK ? dki_bound_column_new(bound, out, err) : status;
}

static dk_status eval_number(struct build *build, const dki_node *node, int64_t *out, dk_error *err)
{
    const dk_value *value;
    dki_bound *bound;
    dk_status status = bind_part(build, node, &bound, err);

    if (status != DK_OK)
        return status;
    value = dki_bound_constant(bound);
    if (value == NULL || value->type != DK_INTEGER || value->is_null || value->as.integer < 1)
        return dki_node_fail(build->expr, node, err, DK_ERR_ARGUMENT, "a whole number from 1 is wanted here");
    *out = value->as.integer;
    return DK_OK;
}

static dk_status eval_filter(struct build *build, dki_window_call *call, dk_error *err)
{
    const dki_node *node = call->node->filter;
    dk_status status;

    if (node == NULL)
        return DK_OK;
    status = eval_part(build, node, &call->filter, err);
    if (status == DK_OK && dk_column_type(call->filter) != DK_BOOLEAN) {
        status = dki_node_fail(build->expr, node, err, DK_ERR_TYPE, "a condition is wanted, and this is %s",
                               dki_type_shown(dk_column_type(call->filter), dk_column_scale(call->filter)));
        dki_hint(err, "compare it with something: ==, <, in, is null ...");
    }
    return status;
}

/* In a table with weights all that looks at a frame goes by them, but rows(). Places are those of rows. */
static dk_status set_weight(struct build *build, dki_window_call *call, dk_error *err)
{
    const char *weight = dk_table_properties(build->made)->weight;
    size_t at = 0;
    dk_status status;

    if (weight == NULL || call->what < DKI_COUNT || strcmp(call->node->text, "rows") == 0)
        return DK_OK;
    status = dk_table_get(build->made, weight, &at, err);
    if (status == DK_OK)
        call->weight = dk_table_field(build->made, at)->column;
    build->weighed = true;
    return status;
}

static dk_status check_number(struct build *build, const dki_window_call *call, dk_error *err)
{
    dk_type type = call->arg ? dk_column_type(call->arg) : DK_INTEGER;

    if ((call->what == DKI_SUM || call->what == DKI_MEAN) && !dk_type_is_number(type) && type != DK_INTERVAL)
        return dki_node_fail(build->expr, call->node->children[0], err, DK_ERR_TYPE,
                             "%s() wants a number, and this is %s", call->node->text,
                             dki_type_shown(type, dk_column_scale(call->arg)));
    return DK_OK;
}

static dk_status check_order(const struct build *build, const dki_window_call *call, dk_error *err)
{
    bool wants =
        call->what == DKI_OF_PLACE && call->function != DKI_WINDOW_row_number && call->function != DKI_WINDOW_ntile;

    if (!wants || build->window.n_order > 0)
        return DK_OK;
    dki_node_fail(build->expr, call->node, err, DK_ERR_ARGUMENT, "%s() needs an order", call->node->text);
    dki_hint(err, "t:window { order = \"column desc\", ... }");
    return DK_ERR_ARGUMENT;
}

/* Finds what the call is, and evaluates its arguments. call's columns are the caller's to release in any case. */
static dk_status prepare(struct build *build, dki_window_call *call, dk_error *err)
{
    const dki_node *node = call->node;
    size_t of_n = 1; /* which argument n is */
    dk_status status;

    call->n = 1;
    if (node->kind == DKI_NODE_AGGREGATE && !split_name(node->text, call)) {
        dki_node_fail(build->expr, node, err, DK_ERR_ARGUMENT, "windows have no %s()", node->text);
        dki_hint(err, "count, rows, sum, mean, min and max of a group; others by a breakdown and a join");
        return DK_ERR_ARGUMENT;
    }
    if (node->kind == DKI_NODE_CALL) {
        (void)dki_window_find(node->text, &call->function);
        call->by_period = call->function == DKI_WINDOW_previous_period || call->function == DKI_WINDOW_next_period;
        if (is_place(call->function))
            call->what = DKI_OF_PLACE;
        else if (!split_name(node->text, call))
            call->what = DKI_OF_ROW;
    }
    status = check_order(build, call, err);
    if (call->what == DKI_OF_PLACE)
        of_n = 0;
    else if (status == DK_OK && node->n_children > 0)
        status = eval_part(build, node->children[0], &call->arg, err);
    if (status == DK_OK && node->n_children > of_n)
        status = eval_number(build, node->children[of_n], &call->n, err);
    if (status == DK_OK)
        status = eval_filter(build, call, err);
    if (status == DK_OK)
        status = set_weight(build, call, err);
    return status == DK_OK ? check_number(build, call, err) : status;
}

/* Taking calls out. ------------------------------------------------------------------------------------------------- */

static struct hoisted *find_hoisted(struct build *build, const dki_node *node)
{
    for (size_t i = 0; i < build->n_hoisted; i++)
        if (dki_node_equal(build->hoisted[i].node, node))
            return &build->hoisted[i];
    return NULL;
}

static dk_status add_hoisted(struct build *build, const struct hoisted *hoisted, dk_error *err)
{
    dk_status status = dki_grow(build->context, (void **)&build->hoisted, &build->hoisted_capacity,
                                build->n_hoisted + 1, sizeof *build->hoisted, err);

    if (status == DK_OK)
        build->hoisted[build->n_hoisted++] = *hoisted;
    return status;
}

static dk_status compute(struct build *build, const dki_node *node, dk_error *err)
{
    struct hoisted hoisted = { .node = node };
    dki_window_call call = { .expr = build->expr, .node = node };
    dk_status status = prepare(build, &call, err);

    if (status == DK_OK)
        status = dki_window_rate(&build->window, &call, &hoisted.column, err);
    dk_column_release(call.arg);
    dk_column_release(call.filter);
    if (status == DK_OK)
        status = add_hoisted(build, &hoisted, err);
    if (status != DK_OK)
        dk_column_release(hoisted.column);
    return status;
}

static dk_status check_call(const struct build *build, const dki_node *node, dk_error *err);

static dk_status find_in_bounds(struct build *build, const dki_node *node, bool *out, dk_error *err)
{
    dki_bound *bound;
    dk_status status = bind_part(build, node, &bound, err);

    *out = status == DK_OK && dki_bound_type(bound) == DK_INTERVAL;
    return status;
}

/* x / sum(x) of intervals would have x twice, and not stay within 0 and 1. */
static dk_status check_share(struct build *build, const dki_node *node, dk_error *err)
{
    bool in_bounds;
    dk_status status = find_in_bounds(build, node->children[0], &in_bounds, err);

    if (status != DK_OK || !in_bounds)
        return status;
    dki_node_fail(build->expr, node, err, DK_ERR_TYPE, "share() is not known of numbers in bounds");
    dki_hint(err, "in a breakdown m / all(m) is a share of which the bounds are known");
    return DK_ERR_TYPE;
}

static bool is_rate(const struct build *build, const dki_node *node)
{
    size_t at = node->kind == DKI_NODE_NAME ? dk_table_find(build->made, node->text) : DK_NO_COLUMN;

    return at != DK_NO_COLUMN && dk_column_is_rate(dk_table_field(build->made, at)->column);
}

static dk_status hoist(struct build *build, const dki_node *node, dk_error *err)
{
    dki_window_function function;
    bool is_window = node->kind == DKI_NODE_CALL && dki_window_find(node->text, &function);
    dk_status status = DK_OK;

    if (node->kind == DKI_NODE_AGGREGATE || is_window) {
        struct hoisted hoisted = { .node = node };
        bool in_bounds = false;

        if (find_hoisted(build, node))
            return DK_OK;
        if (!is_window || !is_other_tree(function))
            return is_window && (status = check_call(build, node, err)) != DK_OK ? status
                                                                                 : compute(build, node, err);
        status = check_call(build, node, err);
        if (status == DK_OK && function == DKI_WINDOW_share)
            status = check_share(build, node, err);
        if (status == DK_OK && function == DKI_WINDOW_share && is_rate(build, node->children[0]))
            status = dki_window_fail_rate(build->expr, node, err);
        if (status == DK_OK && is_relative(function))
            status = find_in_bounds(build, node->children[0], &in_bounds, err);
        if (status == DK_OK && (hoisted.other = write_out(build, node, function, in_bounds, err)) == NULL)
            status = DK_ERR_MEMORY;
        if (status == DK_OK)
            status = add_hoisted(build, &hoisted, err);
        return status == DK_OK ? hoist(build, hoisted.other, err) : status;
    }
    for (size_t i = 0; i < node->n_children && status == DK_OK; i++)
        status = hoist(build, node->children[i], err);
    return status;
}

/* The number of arguments is checked by binding, which comes later: so a call is bound here on its own. */
static dk_status take_nothing(void *arg, const dki_node *node, size_t *column, const dki_node **other,
                              dk_error *err)
{
    (void)node;
    (void)err;
    (void)column;
    *other = arg;
    return DK_OK;
}

static dk_status check_call(const struct build *build, const dki_node *node, dk_error *err)
{
    dki_node nothing = {
        .kind = DKI_NODE_LITERAL, .at = node->at, .size = node->size, .value = { .is_null = true }
    };
    dki_scope scope = { .table = build->made, .window = take_nothing, .arg = &nothing };
    dki_bound *bound;
    dk_status status = dki_bind(&scope, build->expr, node, &bound, err);

    if (status == DK_OK)
        dki_bound_release(bound);
    return status;
}

/* Columns. ---------------------------------------------------------------------------------------------------------- */

static dk_status take_window(void *arg, const dki_node *node, size_t *column, const dki_node **other, dk_error *err)
{
    struct build *build = arg;
    const struct hoisted *hoisted = find_hoisted(build, node);

    (void)err;
    assert(hoisted); /* each was taken out before */
    *column = hoisted->at;
    *other = hoisted->other;
    return DK_OK;
}

static dk_status take_aggregate(void *arg, const dki_node *node, size_t *column, dk_error *err)
{
    struct build *build = arg;
    const struct hoisted *hoisted = find_hoisted(build, node);

    if (hoisted == NULL) /* all(m) */
        return dki_node_fail(build->expr, node, err, DK_ERR_ARGUMENT,
                             "%s() belongs in a breakdown; sum(x) is that of the whole group here", node->text);
    *column = hoisted->at;
    return DK_OK;
}

/* The table so far with the hidden columns beside it. Their names are nobody's, and near nobody's. */
static dk_status set_beside(struct build *build, dk_error *err)
{
    size_t n = dk_table_n_columns(build->made);
    dk_field *fields = dki_alloc_array(build->context, n + build->n_hoisted, sizeof *fields, err);
    char(*names)[80] = dki_alloc_array(build->context, build->n_hoisted, sizeof *names, err);
    dk_status status = fields && names ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < n; i++)
        fields[i] = *dk_table_field(build->made, i);
    for (size_t i = 0; status == DK_OK && i < build->n_hoisted; i++) {
        if (build->hoisted[i].column == NULL)
            continue;
        for (unsigned tries = 0;; tries++) {
            snprintf(names[i], sizeof names[i], "\x01 a column that a window has computed \x01 %zu.%u", i, tries);
            if (dk_table_find(build->made, names[i]) == DK_NO_COLUMN)
                break;
        }
        build->hoisted[i].at = n;
        fields[n++] = DK_FIELD(names[i], build->hoisted[i].column);
    }
    if (status == DK_OK)
        status = dk_table_new(build->context, fields, n, build->window.n_rows, &build->beside, err);
    dki_free(build->context, fields);
    dki_free(build->context, names);
    return status;
}

static dk_status eval_root(struct build *build, const dk_column **out, dk_error *err)
{
    dki_scope scope = { .table = build->beside,
                        .params = build->params,
                        .aggregate = take_aggregate,
                        .window = take_window,
                        .arg = build };
    dk_status status = dki_grow(build->context, (void **)&build->bounds, &build->bounds_capacity,
                                build->n_bounds + 1, sizeof(dki_bound *), err);
    dki_bound *bound;

    if (status == DK_OK)
        status = dki_bind(&scope, build->expr, dki_expr_root(build->expr), &bound, err);
    if (status != DK_OK)
        return status;
    build->bounds[build->n_bounds++] = bound;
    return dki_bound_column_new(bound, out, err);
}

static void drop_hoisted(struct build *build)
{
    for (size_t i = 0; i < build->n_hoisted; i++)
        dk_column_release(build->hoisted[i].column);
    build->n_hoisted = 0;
    dk_table_release(build->beside);
    build->beside = NULL;
    dki_arena_drop(&build->arena);
}

static dk_status add_column(struct build *build, const dk_expr *expr, dk_error *err)
{
    const dk_column *column = NULL;
    const dk_table *next;
    dk_status status = dki_check_named(expr, err);

    if (status != DK_OK)
        return status;
    build->expr = expr;
    status = hoist(build, dki_expr_root(expr), err);
    if (status == DK_OK)
        status = set_beside(build, err);
    if (status == DK_OK)
        status = eval_root(build, &column, err);
    drop_hoisted(build);
    if (status != DK_OK)
        return status;
    status = dki_add_named(build->made, expr, column, &next, err);
    dk_column_release(column);
    if (status == DK_OK) {
        dk_table_release(build->made);
        build->made = next;
    }
    return status;
}

/* Groups and their order. ------------------------------------------------------------------------------------------- */

static dk_status order_rows(struct build *build, const dki_order_key *keys, const dk_window_spec *spec,
                            dk_error *err)
{
    dki_window *window = &build->window;
    size_t n = (size_t)window->n_rows;

    window->rows = dki_alloc_array(build->context, n, sizeof *window->rows, err);
    window->starts = window->rows ? dki_alloc_array(build->context, n, sizeof *window->starts, err) : NULL;
    if (window->starts == NULL)
        return DK_ERR_MEMORY;
    window->n_order = spec->n_order;
    if (spec->n_order > 0)
        window->step = keys[spec->n_within];
    return dki_order_rows(build->context, keys, spec->n_within + spec->n_order, spec->n_within, n, n, window->rows,
                          window->starts, err);
}

static dk_status add_columns(struct build *build, const dk_window_spec *spec, dk_error *err)
{
    dk_status status = DK_OK;

    build->made = dk_table_retain(build->window.table);
    dki_arena_init(&build->arena, build->context);
    for (size_t i = 0; i < spec->n_columns && status == DK_OK; i++)
        status = add_column(build, spec->columns[i], err);
    for (size_t i = 0; i < build->n_bounds && status == DK_OK; i++)
        status = dki_table_add_bound_notes(&build->made, build->bounds[i], err);
    for (size_t i = 0; i < build->n_bounds; i++)
        dki_bound_release(build->bounds[i]);
    dki_free(build->context, build->bounds);
    dki_free(build->context, build->hoisted);
    return status;
}

dk_status dk_table_window(const dk_table *table, const dk_window_spec *spec, const dk_params *params,
                          const dk_table **out, dk_error *err)
{
    struct build build = { .context = dk_table_context(table), .params = params };
    size_t n_keys = spec->n_within + spec->n_order, n_bound = 0;
    dki_order_key *keys;
    dk_status status;

    status = dki_refuse_margin(table, "a window", err);
    if (status != DK_OK)
        return status;
    build.window.context = build.context;
    build.window.table = table;
    build.window.n_rows = dk_table_n_rows(table);
    keys = dki_alloc_array(build.context, n_keys, sizeof *keys, err);
    if (keys == NULL)
        return DK_ERR_MEMORY;
    status = dki_keys_bind(table, spec->within, spec->n_within, false, "window: within", params, keys, err);
    if (status == DK_OK) {
        n_bound = spec->n_within;
        status =
            dki_keys_bind(table, spec->order, spec->n_order, true, "window: order", params, keys + n_bound, err);
    }
    if (status == DK_OK) {
        n_bound = n_keys;
        status = order_rows(&build, keys, spec, err);
    }
    if (status == DK_OK)
        status = add_columns(&build, spec, err);
    if (status == DK_OK && spec->n_columns > 0)
        status = dki_window_lineage(table, build.made, spec, params,
                                    build.weighed ? dk_table_properties(table)->weight : NULL, err);
    if (status == DK_OK)
        *out = build.made;
    else
        dk_table_release(build.made);
    dki_free(build.context, build.window.rows);
    dki_free(build.context, build.window.starts);
    dki_keys_release(keys, n_bound);
    dki_free(build.context, keys);
    return status;
}
