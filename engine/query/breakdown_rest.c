/* breakdown_rest.c - the first groups, and the rest as one.
 *
 * The breakdown runs twice. First as it is: its order and limit say which groups are shown. Then over a dimension in
 * which all other groups are one level, which stands behind the shown ones: so measures of the rest are those of its
 * rows, whatever they are, and totals cover what they covered.
 *
 * Cost: two passes, and codes of the dimension for each row in between. Poll: once per block.
 */
#include "breakdown_rest.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/table_parts.h"
#include "expr/eval.h"

struct rest {
    const dk_breakdown *breakdown;
    const dk_table *table;
    const dk_params *params;
    dk_context *context;
    const dk_table *shown;   /* groups in the order in which they are shown */
    size_t n_shown;          /* of them */
    bool shows_null;         /* the group of null is among them */
    dki_text_map codes;      /* of the shown texts: number + 1 is the new code */
    const dk_column *column; /* the new dimension */
};

/* Where the dimension is neither. */
static dk_status fail_type(const struct rest *rest, dk_type type, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_TYPE,
                   "%s shows the rest as one group, and its dimension %s is %s and no category or text",
                   rest->breakdown->title, rest->breakdown->by[0].name, dk_type_name(type));
    dki_hint(err, "make it text: \"%s = text(%s)\"", rest->breakdown->by[0].name, rest->breakdown->by[0].name);
    return DK_ERR_TYPE;
}

/* Runs the breakdown without totals, and keeps the groups that are shown. */
static dk_status find_shown(struct rest *rest, dk_error *err)
{
    dk_breakdown first;
    const dk_column *groups;
    dk_type type;
    dk_status status;

    memcpy(&first, rest->breakdown, sizeof first);
    first.rest = NULL;
    first.limit = 0;
    first.margins = DK_MARGINS_NONE;
    first.n_sets = 0;
    status = dk_breakdown_run(&first, rest->table, rest->params, &rest->shown, err);
    if (status != DK_OK)
        return status;
    groups = dk_table_field(rest->shown, 0)->column;
    type = dk_column_type(groups);
    if (type != DK_CATEGORY && type != DK_TEXT)
        return fail_type(rest, type, err);
    rest->n_shown = dk_table_n_rows(rest->shown);
    if (rest->n_shown > rest->breakdown->limit)
        rest->n_shown = (size_t)rest->breakdown->limit;
    for (size_t i = 0; status == DK_OK && i < rest->n_shown; i++) {
        dk_value value;
        uint32_t number;

        status = dk_column_get(groups, i, &value, err);
        if (status == DK_OK && value.is_null)
            rest->shows_null = true;
        else if (status == DK_OK)
            status = dki_text_map_add(&rest->codes, value.as.text.bytes, value.as.text.size, &number, err);
    }
    if (status == DK_OK &&
        dki_text_map_find(&rest->codes, rest->breakdown->rest, strlen(rest->breakdown->rest)) != DKI_MAP_NONE) {
        (void)dki_fail(err, DK_ERR_DUPLICATE, "%s: a group is called %s, as the rest is to be",
                       rest->breakdown->title, rest->breakdown->rest);
        dki_hint(err, "give the rest another name");
        status = DK_ERR_DUPLICATE;
    }
    return status;
}

/* The shown groups in their order, then the rest. */
static dk_status make_levels(const struct rest *rest, dk_dictionary **out, dk_error *err)
{
    size_t n = rest->codes.n;
    dk_text *levels = dki_alloc_array(rest->context, n + 1, sizeof *levels, err);
    dk_status status;

    if (levels == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        levels[i].bytes = dki_text_map_get(&rest->codes, (uint32_t)i, &levels[i].size);
    levels[n] = (dk_text){ rest->breakdown->rest, strlen(rest->breakdown->rest) };
    status = dk_dictionary_new(rest->context, levels, n + 1, true, out, err);
    dki_free(rest->context, levels);
    return status;
}

static uint32_t code_of(const struct rest *rest, dk_text text)
{
    uint32_t number = dki_text_map_find(&rest->codes, text.bytes, text.size);

    return number == DKI_MAP_NONE ? (uint32_t)rest->codes.n + 1 : number + 1;
}

/* The new code of each old one of a category. */
static dk_status map_codes(const struct rest *rest, const dk_dictionary *levels, uint32_t **out, dk_error *err)
{
    size_t n = dk_dictionary_n_levels(levels);
    uint32_t *map = dki_alloc_array(rest->context, n + 1, sizeof *map, err);

    if (map == NULL)
        return DK_ERR_MEMORY;
    for (size_t code = 1; code <= n; code++)
        map[code] = code_of(rest, dk_dictionary_level(levels, (uint32_t)code));
    *out = map;
    return DK_OK;
}

/* Codes of a block of the old dimension. map: of a category. */
static void code_block(const struct rest *rest, const dk_view *view, const uint32_t *map, uint32_t *codes)
{
    uint32_t null = rest->shows_null ? 0 : (uint32_t)rest->codes.n + 1;

    if (map) {
        dki_view_codes(view, codes);
        for (size_t i = 0; i < view->n; i++)
            codes[i] = codes[i] ? map[codes[i]] : null;
        return;
    }
    for (size_t i = 0; i < view->n; i++)
        codes[i] = dki_view_is_null(view, i) ? null : code_of(rest, dki_view_text(view, i));
}

static dk_status make_column(struct rest *rest, const dk_column *old, dk_error *err)
{
    dk_dictionary *levels = NULL;
    dk_builder *builder = NULL;
    uint32_t *map = NULL;
    dk_view view;
    dk_status status = make_levels(rest, &levels, err);

    dk_view_init(&view, rest->context);
    if (status == DK_OK && dk_column_type(old) == DK_CATEGORY)
        status = map_codes(rest, dk_column_levels(old), &map, err);
    if (status == DK_OK)
        status = dk_builder_new(rest->context, DK_CATEGORY, 0, levels, &builder, err);
    for (uint64_t row = 0; dki_column_block(old, row, &view, &status, err); row += view.n) {
        uint32_t codes[DK_BLOCK_ROWS];

        code_block(rest, &view, map, codes);
        status = dki_builder_codes(builder, codes, view.n, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, &rest->column, err);
    dk_builder_release(builder);
    dk_view_release(&view);
    dki_free(rest->context, map);
    dk_dictionary_release(levels);
    return status;
}

/* The old dimension of every row. */
static dk_status eval_dimension(const struct rest *rest, const dk_column **out, dk_error *err)
{
    const dk_expr *expr = rest->breakdown->by[0].expr;
    dki_scope scope = { .table = rest->table, .params = rest->params };
    dki_bound *bound = NULL;
    dk_status status = dki_bind(&scope, expr, dki_expr_root(expr), &bound, err);

    if (status == DK_OK)
        status = dki_bound_column_new(bound, out, err);
    dki_bound_release(bound);
    return status;
}

/* A name that neither the table nor the breakdown has. */
static void free_name(const struct rest *rest, char *out, size_t size)
{
    for (unsigned i = 0;; i++) {
        (void)snprintf(out, size, "rest%u", i);
        if (dk_table_find(rest->table, out) == DK_NO_COLUMN &&
            dki_breakdown_find_measure(rest->breakdown, out) == SIZE_MAX)
            return;
    }
}

/* Runs the breakdown over the new dimension. */
static dk_status run_second(struct rest *rest, const dk_table **out, dk_error *err)
{
    char name[32];
    dk_breakdown second;
    dki_part by = rest->breakdown->by[0];
    dk_field field;
    const dk_table *table = NULL;
    const dk_expr *expr = NULL;
    dk_status status;

    free_name(rest, name, sizeof name);
    field = DK_FIELD(name, rest->column);
    memcpy(&second, rest->breakdown, sizeof second);
    second.by = &by;
    second.rest = NULL;
    second.told = rest->breakdown;
    second.limit = 0;
    second.n_order = 0; /* that of the levels */
    second.all_levels = false;
    by.shows_levels = false;
    status = dk_table_with(rest->table, &field, 1, &table, err);
    if (status == DK_OK)
        status = dk_expr_parse(rest->context, name, &expr, err);
    if (status == DK_OK) {
        by.expr = expr;
        status = dk_breakdown_run(&second, table, rest->params, out, err);
    }
    dk_expr_release(expr);
    dk_table_release(table);
    return status;
}

/* Says how many groups the rest is. */
static dk_status add_note(const struct rest *rest, const dk_table **table, dk_error *err)
{
    uint64_t n = dk_table_n_rows(rest->shown) - rest->n_shown;
    char note[700];

    if (n == 0)
        return DK_OK;
    (void)snprintf(note, sizeof note, "%.500s is %llu group%s together", rest->breakdown->rest,
                   (unsigned long long)n, n == 1 ? "" : "s");
    return dki_table_add_note(table, note, err);
}

dk_status dki_breakdown_run_rest(const dk_breakdown *breakdown, const dk_table *table, const dk_params *params,
                                 const dk_table **out, dk_error *err)
{
    struct rest rest = { .breakdown = breakdown, .table = table, .params = params };
    const dk_column *old = NULL;
    const dk_table *made = NULL;
    dk_status status;

    rest.context = dk_table_context(table);
    dki_text_map_init(&rest.codes, rest.context);
    status = find_shown(&rest, err);
    if (status == DK_OK)
        status = eval_dimension(&rest, &old, err);
    if (status == DK_OK)
        status = make_column(&rest, old, err);
    if (status == DK_OK)
        status = run_second(&rest, &made, err);
    if (status == DK_OK)
        status = add_note(&rest, &made, err);
    dk_column_release(old);
    dk_column_release(rest.column);
    dk_table_release(rest.shown);
    dki_text_map_drop(&rest.codes);
    if (status != DK_OK)
        return status;
    *out = made;
    return DK_OK;
}
