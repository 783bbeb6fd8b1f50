/* breakdown_attached.c - attached(m): a measure over the table that is attached to the one that is asked about.
 *
 * The other table is broken down by the same dimensions, under the same condition of the breakdown, and each cell gets the
 * value of its own group there: by the values of its dimensions, null among them, and by what it totals. So a margin is the
 * measure over all rows of the other table, also of groups that have no rows here. A group that the other table does not
 * have is null.
 *
 * Figures are known by some columns alone. A dimension is known where it is made of these; a cell that tells apart another
 * one has no figure. Where such cells would be shown, the breakdown is refused; where all(attached(m), d) looks up what
 * totals the others, it is not.
 *
 * Cost: a breakdown of the other table for each attached(), and a look-up for each cell.
 */
#include "breakdown_known.h"

#include <dekking/members.h>

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/types.h"
#include "data/lineage.h"
#include "data/table_parts.h"
#include "expr/poll_row.h"

bool dki_is_attached(const dki_node *node)
{
    return node->kind == DKI_NODE_CALL && node->other;
}

/* The breakdown of the other table. --------------------------------------------------------------------------------- */

struct side {
    dki_result *result;
    const dk_expr *expr; /* of the measure that has ... */
    const dki_node *node;
    size_t dims[DKI_MAX_DIMENSIONS]; /* the known ones, among those of the breakdown */
    size_t n_dims;
    uint32_t unknown;
    const dk_table *other; /* the other table, with the levels that are asked about */
    const dk_table *table; /* its groups, and their figures */
    dki_text_map keys;     /* of its rows, in order */
    bool *met;             /* rows that a cell has looked up */
};

/* Of a mask over the breakdown's dimensions, the bits of those that are known, side by side. */
static uint32_t known_mask(const struct side *side, uint32_t mask)
{
    uint32_t known = 0;

    for (size_t i = 0; i < side->n_dims; i++)
        known |= (mask >> side->dims[i] & 1) << i;
    return known;
}

static uint32_t mask_of(const dki_result *result, uint64_t row)
{
    return result->order ? dki_cell_mask(&result->cells, (size_t)result->order[row]) : 0;
}

/* "name = measure": a name that neither the other table nor a dimension has, and a column alone as its sum. */
static const char *measure_text(const struct side *side, dk_error *err)
{
    const dk_breakdown *breakdown = side->result->plan->breakdown;
    const dk_table *other = side->other;
    dki_arena *arena = &side->result->arena;
    const dki_node *measure = side->node->other;
    const char *name = "attached", *from = dk_expr_text(side->expr) + measure->at;

    while (name && (dk_table_find(other, name) != DK_NO_COLUMN ||
                    dki_breakdown_find_dimension(breakdown, name) != SIZE_MAX))
        name = dki_arena_format(arena, err, "%s_", name);
    if (name == NULL)
        return NULL;
    return dki_arena_format(arena, err, measure->kind == DKI_NODE_NAME ? "%s = sum(%.*s)" : "%s = %.*s", name,
                            (int)measure->size, from);
}

/* The sets of known dimensions that cells tell apart; where there is no such cell, the total. */
static dk_status collect_sets(const struct side *side, dki_int_map *masks, dk_error *err)
{
    const dki_result *result = side->result;
    uint32_t number;
    dk_status status = DK_OK;

    DKI_FOR_ROWS(row, result->n_rows, result->plan->context, status, err)
    {
        uint32_t mask = mask_of(result, row);

        if ((side->unknown & ~mask) == 0)
            status = dki_int_map_add(masks, known_mask(side, mask), &number, err);
    }
    if (status == DK_OK && masks->n == 0)
        status = dki_int_map_add(masks, dki_all_totals(side->n_dims), &number, err);
    return status;
}

static dk_status make_spec(const struct side *side, const dki_int_map *masks, dk_breakdown_spec *spec,
                           dk_error *err)
{
    const dk_breakdown *breakdown = side->result->plan->breakdown;
    dki_arena *arena = &side->result->arena;
    dk_measure *by = dki_arena_array(arena, side->n_dims, sizeof *by, err);
    dk_measure *measure = dki_arena_array(arena, 1, sizeof *measure, err);
    dk_grouping_set *sets = dki_arena_array(arena, masks->n, sizeof *sets, err);

    if (by == NULL || measure == NULL || sets == NULL || (measure->text = measure_text(side, err)) == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < side->n_dims; i++)
        by[i].text = dk_expr_text(breakdown->by[side->dims[i]].expr);
    for (size_t k = 0; k < masks->n; k++) {
        const char **names = dki_arena_array(arena, side->n_dims, sizeof *names, err);

        if (names == NULL)
            return DK_ERR_MEMORY;
        for (size_t i = 0; i < side->n_dims; i++)
            if (!(masks->keys[k] >> i & 1))
                names[sets[k].n_by++] = breakdown->by[side->dims[i]].name;
        sets[k].by = names;
    }
    *spec = (dk_breakdown_spec){ .by = by,
                                 .n_by = side->n_dims,
                                 .where = breakdown->where ? dk_expr_text(breakdown->where) : NULL,
                                 .measures = measure,
                                 .n_measures = 1 };
    if (side->n_dims > 0) {
        spec->margins = DK_MARGINS_SETS;
        spec->sets = sets;
        spec->n_sets = masks->n;
    }
    return DK_OK;
}

static dk_status ask_other(struct side *side, dk_error *err)
{
    const dki_plan *plan = side->result->plan;
    const dk_breakdown *breakdown = NULL;
    dk_breakdown_spec spec;
    char name[DKI_NODE_TEXT];
    dki_int_map masks;
    dk_status status;

    dki_int_map_init(&masks, plan->context);
    status = collect_sets(side, &masks, err);
    if (status == DK_OK)
        status = make_spec(side, &masks, &spec, err);
    if (status == DK_OK) {
        spec.name = dki_node_text(side->expr, side->node, name);
        status = dk_breakdown_new(plan->context, &spec, &breakdown, err);
    }
    if (status == DK_OK)
        status = dk_breakdown_run(breakdown, side->other, plan->params, &side->table, err);
    dk_breakdown_release(breakdown);
    dki_int_map_drop(&masks);
    return status;
}

/* Looking up. ------------------------------------------------------------------------------------------------------- */

static bool is_text(dk_type type)
{
    return type == DK_TEXT || type == DK_CATEGORY;
}

static dk_status check_types(const struct side *side, dk_error *err)
{
    for (size_t i = 0; i < side->n_dims; i++) {
        const dk_field *field = dk_table_field(side->result->all, side->dims[i]);
        const dk_column *a = field->column, *b = dk_table_field(side->table, i)->column;

        if (!dki_type_same(dk_column_type(a), dk_column_scale(a), dk_column_type(b), dk_column_scale(b)) &&
            !(is_text(dk_column_type(a)) && is_text(dk_column_type(b)))) {
            (void)dki_fail(err, DK_ERR_TYPE, "the dimension %s is %s, and %s in the table that is attached",
                           field->name, dk_column_type_name(a), dk_column_type_name(b));
            dki_hint(err, "attach figures by a column of the same type");
            return DK_ERR_TYPE;
        }
    }
    return DK_OK;
}

/* Appends what tells one value of a dimension from the others. */
static dk_status add_value(dki_buffer *key, const dk_column *column, uint64_t row, dk_error *err)
{
    dk_value value;
    dk_status status = dk_column_get(column, row, &value, err);

    if (status != DK_OK)
        return status;
    if (value.is_null)
        return dki_buffer_append(key, "n", 1, err);
    if (is_text(dk_column_type(column))) {
        uint64_t size = value.as.text.size;

        status = dki_buffer_append(key, "t", 1, err);
        if (status == DK_OK)
            status = dki_buffer_append(key, (const char *)&size, sizeof size, err);
        return status == DK_OK ? dki_buffer_append(key, value.as.text.bytes, value.as.text.size, err) : status;
    }
    status = dki_buffer_append(key, "v", 1, err);
    if (status != DK_OK)
        return status;
    switch (value.type) {
    case DK_BOOLEAN: return dki_buffer_append(key, value.as.boolean ? "1" : "0", 1, err);
    case DK_RATIO: return dki_buffer_append(key, (const char *)&value.as.ratio, sizeof value.as.ratio, err);
    case DK_REAL: return dki_buffer_append(key, (const char *)&value.as.real, sizeof value.as.real, err);
    case DK_DECIMAL: /* the two tables may have other numbers of digits */
        for (; value.scale > 0 && value.as.integer % 10 == 0; value.scale--)
            value.as.integer /= 10;
        status = dki_buffer_append(key, (const char *)&value.scale, 1, err);
        break;
    default: break;
    }
    return status == DK_OK ? dki_buffer_append(key, (const char *)&value.as.integer, sizeof value.as.integer, err)
                           : status;
}

/* The key of a row: what it totals, then its values. dims: which columns hold the known dimensions; NULL: the first. */
static dk_status make_key(const struct side *side, const dk_table *table, const size_t *dims, uint64_t row,
                          uint32_t mask, dki_buffer *key, dk_error *err)
{
    dk_status status;

    key->size = 0;
    status = dki_buffer_append(key, (const char *)&mask, sizeof mask, err);
    for (size_t i = 0; i < side->n_dims && status == DK_OK; i++)
        if (!(mask >> i & 1))
            status = add_value(key, dk_table_field(table, dims ? dims[i] : i)->column, row, err);
    return status;
}

static dk_status index_rows(struct side *side, dki_buffer *key, dk_error *err)
{
    dk_context *context = side->result->plan->context;
    const dk_column *margin = dk_table_margin(side->table);
    uint64_t n = dk_table_n_rows(side->table);
    uint32_t number;
    dk_status status = DK_OK;

    side->met = dki_calloc(context, (size_t)n, sizeof *side->met, err);
    if (side->met == NULL)
        return DK_ERR_MEMORY;
    DKI_FOR_ROWS(row, n, context, status, err)
    {
        dk_value mask = { .as.integer = 0 };

        if (margin)
            status = dk_column_get(margin, row, &mask, err);
        if (status == DK_OK)
            status = make_key(side, side->table, NULL, row, (uint32_t)mask.as.integer, key, err);
        if (status == DK_OK)
            status = dki_text_map_add(&side->keys, key->bytes, key->size, &number, err);
    }
    return status;
}

/* The row of the other side for each cell. lacking: groups for which it has none, and the first of them. */
static dk_status find_rows(struct side *side, dki_buffer *key, uint64_t *rows, dki_lacking *lacking, dk_error *err)
{
    const dki_result *result = side->result;
    dk_status status = DK_OK;

    DKI_FOR_ROWS(row, result->n_rows, result->plan->context, status, err)
    {
        uint32_t mask = mask_of(result, row), number;

        rows[row] = DK_ROW_NULL;
        if (side->unknown & ~mask)
            continue;
        status = make_key(side, result->all, side->dims, row, known_mask(side, mask), key, err);
        number = status == DK_OK ? dki_text_map_find(&side->keys, key->bytes, key->size) : DKI_MAP_NONE;
        if (number != DKI_MAP_NONE) {
            rows[row] = number;
            side->met[number] = true;
        } else if (known_mask(side, mask) == 0 && lacking->n++ == 0) {
            lacking->first = row;
        }
    }
    return status;
}

/* How many groups only the other table has. */
static dk_status count_missed(const struct side *side, uint64_t *n, dk_error *err)
{
    const dk_column *margin = dk_table_margin(side->table);
    dk_status status = DK_OK;

    *n = 0;
    DKI_FOR_ROWS(row, dk_table_n_rows(side->table), side->result->plan->context, status, err)
    {
        dk_value mask = { .as.integer = 0 };

        if (margin)
            status = dk_column_get(margin, row, &mask, err);
        *n += mask.as.integer == 0 && !side->met[row];
    }
    return status;
}

/* A figure that is there and null says as little as none. */
static dk_status find_nulls(const struct side *side, const dk_column *figures, const uint64_t *rows,
                            dki_lacking *lacking, dk_error *err)
{
    dk_status status = DK_OK;

    if (dk_column_n_nulls(figures) == 0)
        return DK_OK;
    DKI_FOR_ROWS(row, side->result->n_rows, side->result->plan->context, status, err)
    {
        dk_value value = { .is_null = false };

        if (rows[row] == DK_ROW_NULL || known_mask(side, mask_of(side->result, row)) != 0)
            continue;
        status = dk_column_get(figures, row, &value, err);
        if (value.is_null && (lacking->n++ == 0 || row < lacking->first))
            lacking->first = row;
    }
    return status;
}

static dk_status look_up(struct side *side, dki_note_fn *note, void *arg, const dk_column **out, dk_error *err)
{
    dk_context *context = side->result->plan->context;
    uint64_t *rows = dki_alloc_array(context, side->result->n_rows, sizeof *rows, err);
    dki_lacking lacking = { .n = 0 };
    dki_buffer key;
    dk_status status = rows ? check_types(side, err) : DK_ERR_MEMORY;

    dki_buffer_init(&key, context);
    if (status == DK_OK)
        status = index_rows(side, &key, err);
    if (status == DK_OK)
        status = find_rows(side, &key, rows, &lacking, err);
    if (status == DK_OK)
        status = count_missed(side, &lacking.n_missed, err);
    if (status == DK_OK)
        status = dk_column_gather(dk_table_field(side->table, side->n_dims)->column, rows, side->result->n_rows,
                                  out, err);
    if (status == DK_OK)
        status = find_nulls(side, *out, rows, &lacking, err);
    if (status == DK_OK)
        status = dki_attached_notes(side->result, side->expr, side->node, &lacking, note, arg, err);
    if (status == DK_OK && lacking.n == 0)
        status = dki_attached_lacking(side->result, side->expr, side->node, note, arg, err);
    for (size_t i = 0; status == DK_OK && i < dk_table_n_notes(side->table); i++)
        status = note(arg, dk_table_note(side->table, i), err);
    if (status != DK_OK) {
        dk_column_release(*out);
        *out = NULL;
    }
    dki_buffer_drop(&key);
    dki_free(context, rows);
    return status;
}

/* The whole. -------------------------------------------------------------------------------------------------------- */

const char *dki_attached_name(dki_result *result, const dki_node *node, dk_error *err)
{
    size_t number = 0;

    while (number < result->n_attached && !dki_node_equal(result->attached[number], node))
        number++;
    return dki_arena_format(&result->arena, err, "%sx%zu", result->prefix, number);
}

static dk_status add_column(dki_result *result, const char *name, const dk_column *column, dk_error *err)
{
    dk_field field = DK_FIELD(name, column);
    const dk_column *part = NULL;
    dk_status status = dki_table_lengthen(&result->all, &field, err);

    if (status == DK_OK)
        status = dk_column_slice(column, 0, result->n_shown, &part, err);
    field.column = part;
    if (status == DK_OK)
        status = dki_table_lengthen(&result->shown, &field, err);
    dk_column_release(part);
    return status;
}

static dk_status add_attached(dki_result *result, const dk_expr *expr, const dki_node *node, dki_note_fn *note,
                              void *arg, dk_error *err)
{
    dk_context *context = result->plan->context;
    struct side side = { .result = result, .expr = expr, .node = node };
    const char *name = dki_attached_name(result, node, err);
    const dk_column *column = NULL;
    uint32_t passed;
    dk_status status;

    if (name == NULL)
        return DK_ERR_MEMORY;
    if (dk_table_find(result->all, name) != DK_NO_COLUMN)
        return DK_OK;
    side.unknown = dki_attached_unknown(result->plan, node);
    passed = dki_attached_passed(result->plan, node);
    for (size_t d = 0; d < result->plan->breakdown->n_by; d++)
        if (!((side.unknown | passed) >> d & 1))
            side.dims[side.n_dims++] = d;
    dki_text_map_init(&side.keys, context);
    status = dki_grow(context, (void **)&result->attached, &result->attached_capacity, result->n_attached + 1,
                      sizeof(const dki_node *), err);
    if (status == DK_OK)
        result->attached[result->n_attached++] = node;
    if (status == DK_OK)
        status = dki_attached_other(result->plan, node, note, arg, &side.other, err);
    if (status == DK_OK)
        status = ask_other(&side, err);
    if (status == DK_OK)
        status = look_up(&side, note, arg, &column, err);
    if (status == DK_OK)
        status = add_column(result, name, column, err);
    dk_column_release(column);
    dk_table_release(side.table);
    dk_table_release(side.other);
    dki_text_map_drop(&side.keys);
    dki_free(context, side.met);
    return status;
}

static dk_status add_nodes(dki_result *result, const dk_expr *expr, const dki_node *node, dki_note_fn *note,
                           void *arg, dk_error *err)
{
    dk_status status = DK_OK;

    if (dki_is_attached(node))
        return add_attached(result, expr, node, note, arg, err);
    for (size_t i = 0; i < node->n_children && status == DK_OK; i++)
        status = add_nodes(result, expr, node->children[i], note, arg, err);
    return status;
}

dk_status dki_result_attached(dki_result *result, dki_note_fn *note, void *arg, dk_error *err)
{
    const dk_breakdown *breakdown = result->plan->breakdown;
    dk_status status = DK_OK;

    for (size_t i = 0; i < breakdown->n_measures && status == DK_OK; i++) {
        const dk_expr *expr = breakdown->measures[i].expr;

        status = add_nodes(result, expr, dki_expr_root(expr), note, arg, err);
    }
    return status == DK_OK ? dki_result_days(result, note, arg, err) : status;
}
