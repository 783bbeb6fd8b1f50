/* compare.c - results of one breakdown side by side.
 *
 * Groups of the results are found again by their keys and totals, and stand in the order of keys: in each dimension values, then
 * null, then the total. A difference is computed by the language of expressions, so that it is exact where the
 * measure is.
 */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "query/breakdown_parts.h"
#include "query/sort_rows.h"
#include "scenario_parts.h"

#define ABSENT UINT64_MAX

typedef struct sides {
    dk_context *context;
    const dk_breakdown *breakdown;
    const dk_table *const *results;
    const char *const *names;
    size_t n;
    size_t n_by;
    dki_text_map groups;
    uint64_t **rows; /* of each side: the row of each group, or ABSENT */
    size_t capacity;
    uint64_t *order;
} sides;

/* Groups ------------------------------------------------------------------------------------------------------------ */

/* The key of a row as bytes: lengths and texts, so that no two keys are the same by accident. */
static dk_status key_of(const sides *s, const dk_table *result, uint64_t row, dki_buffer *key, dk_error *err)
{
    const dk_column *margin = dk_table_margin(result);
    dk_value mask = { .type = DK_INTEGER };
    dk_status status = margin ? dk_column_get(margin, row, &mask, err) : DK_OK;

    key->size = 0;
    if (status == DK_OK)
        status = dki_buffer_format(key, err, "%lld", (long long)mask.as.integer);
    for (size_t d = 0; d < s->n_by && status == DK_OK; d++) {
        dk_value value;
        char text[512];
        size_t size;

        status = dk_column_get(dk_table_field(result, d)->column, row, &value, err);
        if (status != DK_OK)
            break;
        if (value.is_null) {
            status = dki_buffer_text(key, "|n", err);
        } else if (value.type == DK_TEXT || value.type == DK_CATEGORY) {
            status = dki_buffer_format(key, err, "|%zu:", value.as.text.size);
            if (status == DK_OK)
                status = dki_buffer_append(key, value.as.text.bytes, value.as.text.size, err);
        } else {
            size = dk_value_format(&value, text, sizeof text);
            status = dki_buffer_format(key, err, "|%zu:%s", size, text);
        }
    }
    return status;
}

static dk_status add_group(sides *s, size_t side, uint64_t row, const dki_buffer *key, dk_error *err)
{
    size_t before = s->groups.n;
    uint32_t number;
    dk_status status = dki_text_map_add(&s->groups, key->bytes, key->size, &number, err);

    if (status == DK_OK && s->groups.n > s->capacity) {
        size_t larger = s->capacity ? s->capacity * 2 : 64;

        for (size_t i = 0; i < s->n && status == DK_OK; i++)
            status = dki_resize(s->context, (void **)&s->rows[i], larger * sizeof **s->rows, err);
        if (status == DK_OK)
            s->capacity = larger;
    }
    if (status != DK_OK)
        return status;
    if (s->groups.n > before)
        for (size_t i = 0; i < s->n; i++)
            s->rows[i][number] = ABSENT;
    s->rows[side][number] = row;
    return DK_OK;
}

static dk_status find_groups(sides *s, dk_error *err)
{
    dki_buffer key;
    dk_status status = DK_OK;

    dki_buffer_init(&key, s->context);
    for (size_t i = 0; i < s->n; i++)
        for (uint64_t row = 0; row < dk_table_n_rows(s->results[i]) && status == DK_OK; row++) {
            status = key_of(s, s->results[i], row, &key, err);
            if (status == DK_OK)
                status = add_group(s, i, row, &key, err);
        }
    dki_buffer_drop(&key);
    return status;
}

/* A side that has the group, and its row there. */
static size_t side_of(const sides *s, uint64_t group)
{
    size_t i = 0;

    while (s->rows[i][group] == ABSENT)
        i++;
    return i;
}

static int64_t mask_of(const sides *s, uint64_t group)
{
    size_t i = side_of(s, group);
    const dk_column *margin = dk_table_margin(s->results[i]);
    dk_value mask = { .type = DK_INTEGER };

    if (margin && dk_column_get(margin, s->rows[i][group], &mask, NULL) != DK_OK)
        return 0;
    return mask.as.integer;
}

/* Columns ----------------------------------------------------------------------------------------------------------- */

/* A column whose rows are the groups, in `order` where that is there: those of each group's own side (side SIZE_MAX), or of
 * one side, where groups that it lacks are null, or 0 for counts. */
static dk_status gather_groups(const sides *s, size_t column, size_t side, bool zero, const dk_column **out,
                               dk_error *err)
{
    const dk_column *model = dk_table_field(s->results[side == SIZE_MAX ? 0 : side], column)->column;
    dk_type type = dk_column_type(model);
    uint8_t scale = dk_column_scale(model);
    bool collects = side == SIZE_MAX && type == DK_CATEGORY;
    const dk_dictionary *levels = collects ? NULL : dk_column_levels(model);
    dk_dictionary *longer = NULL;
    dk_builder *builder;
    dk_status status = DK_OK;

    for (size_t i = 0; collects && i < s->n && status == DK_OK;
         i++) { /* the levels of the base, then the others' */
        const dk_dictionary *theirs = dk_column_levels(dk_table_field(s->results[i], column)->column);
        size_t n = dk_dictionary_n_levels(theirs);
        dk_text *texts = dki_alloc_array(s->context, n, sizeof *texts, err);
        dk_dictionary *next = NULL;

        if (texts == NULL)
            status = DK_ERR_MEMORY;
        for (size_t k = 0; texts && k < n; k++)
            texts[k] = dk_dictionary_level(theirs, (uint32_t)k + 1);
        if (status == DK_OK)
            status = dki_dictionary_extend(longer ? longer : dk_column_levels(model), texts, n, &next, err);
        dki_free(s->context, texts);
        if (status == DK_OK) {
            dk_dictionary_release(longer);
            longer = next;
        }
    }
    if (status == DK_OK)
        status = dk_builder_new(s->context, type, scale, longer ? longer : levels, &builder, err);
    dk_dictionary_release(longer);
    if (status != DK_OK)
        return status;
    for (uint64_t i = 0; i < s->groups.n && status == DK_OK; i++) {
        uint64_t group = s->order ? s->order[i] : i;
        size_t from = side == SIZE_MAX ? side_of(s, group) : side;
        dk_value value = { .type = type, .is_null = !zero, .scale = scale };

        if (s->rows[from][group] != ABSENT)
            status =
                dk_column_get(dk_table_field(s->results[from], column)->column, s->rows[from][group], &value, err);
        if (status == DK_OK)
            status = dk_builder_value(builder, &value, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

dk_status dki_trim_column(const dk_column *column, const dk_column **out, dk_error *err)
{
    unsigned scale = dk_column_scale(column), needed = 0;
    uint64_t n = dk_column_n_rows(column);
    dk_builder *builder;
    dk_value value;
    dk_status status = DK_OK;

    if (dk_column_type(column) != DK_DECIMAL) {
        *out = dk_column_retain(column);
        return DK_OK;
    }
    for (uint64_t i = 0; i < n && status == DK_OK && needed < scale; i++) {
        status = dk_column_get(column, i, &value, err);
        while (status == DK_OK && !value.is_null && needed < scale &&
               value.as.integer % dki_power10[scale - needed] != 0)
            needed++;
    }
    if (status != DK_OK)
        return status;
    status = dk_builder_new(dk_column_context(column), needed ? DK_DECIMAL : DK_INTEGER, (uint8_t)needed, NULL,
                            &builder, err);
    for (uint64_t i = 0; i < n && status == DK_OK; i++) {
        status = dk_column_get(column, i, &value, err);
        if (status == DK_OK)
            status = dk_builder_value(builder, &value, err);
    }
    if (status == DK_OK) {
        status = dk_builder_finish(builder, out, err);
        dk_builder_release(builder);
    }
    return status;
}

/* Order ------------------------------------------------------------------------------------------------------------- */

struct order {
    const sides *sides;
    const dk_column **keys;
};

static int compare_groups(const void *arg, uint64_t a, uint64_t b)
{
    const struct order *o = arg;
    int64_t x = mask_of(o->sides, a), y = mask_of(o->sides, b);

    for (size_t d = 0; d < o->sides->n_by; d++) {
        int sign = (int)(x >> d & 1) - (int)(y >> d & 1);

        if (sign == 0 && !(x >> d & 1))
            sign = dki_compare_values(o->keys[d], a, b);
        if (sign)
            return sign;
    }
    return 0;
}

static dk_status sort_groups(sides *s, dk_error *err)
{
    const dk_column *keys[DKI_MAX_DIMENSIONS] = { NULL };
    struct order o = { s, keys };
    uint64_t *order;
    dk_status status = DK_OK;

    for (size_t d = 0; d < s->n_by && status == DK_OK; d++)
        status = gather_groups(s, d, SIZE_MAX, false, &keys[d], err);
    order = dki_alloc_array(s->context, s->groups.n, sizeof *order, err);
    if (order == NULL)
        status = DK_ERR_MEMORY;
    for (size_t i = 0; i < s->groups.n && status == DK_OK; i++)
        order[i] = i;
    if (status == DK_OK)
        status = dki_sort_rows(s->context, order, s->groups.n, compare_groups, &o, err);
    for (size_t d = 0; d < s->n_by; d++)
        dk_column_release(keys[d]);
    if (status == DK_OK)
        s->order = order;
    else
        dki_free(s->context, order);
    return status;
}

/* The table --------------------------------------------------------------------------------------------------------- */

static bool is_count(const dk_breakdown *breakdown, size_t measure)
{
    const dki_node *root = dki_expr_root(breakdown->measures[measure].expr);

    return root->kind == DKI_NODE_AGGREGATE &&
           (strcmp(root->text, "count") == 0 || strcmp(root->text, "rows") == 0);
}

/* Adds a column to *table, which is replaced. column is given. */
static dk_status add_column(const dk_table **table, const char *name, const dk_column *column, const dk_field *like,
                            dk_error *err)
{
    dk_field field = DK_FIELD(name, column);
    const dk_table *next;
    dk_status status;

    if (like)
        field.format = like->format;
    if (dk_table_find(*table, name) != DK_NO_COLUMN) {
        status = dki_fail(err, DK_ERR_DUPLICATE,
                          "the result would have two columns %s: rename a measure or a scenario", name);
    } else {
        status = dk_table_with(*table, &field, 1, &next, err);
        if (status == DK_OK) {
            dk_table_release(*table);
            *table = next;
        }
    }
    dk_column_release(column);
    return status;
}

static dk_status add_difference(const dk_table **table, const char *name, const char *of, const char *base,
                                const dk_field *like, dk_error *err)
{
    dk_context *context = dk_table_context(*table);
    dki_buffer text;
    const dk_expr *expr = NULL;
    const dk_column *column = NULL;
    dk_status status;

    dki_buffer_init(&text, context);
    status = dki_buffer_format(&text, err, "`%s` - `%s`", of, base);
    if (status == DK_OK)
        status = dk_expr_parse(context, text.bytes, &expr, err);
    if (status == DK_OK)
        status = dk_table_eval(*table, expr, NULL, &column, err);
    if (status == DK_OK)
        status = add_column(table, name, column, like, err);
    dk_expr_release(expr);
    dki_buffer_drop(&text);
    return status;
}

static dk_status add_measure(const sides *s, size_t measure, const dk_table **table, dk_error *err)
{
    const char *name = s->breakdown->measures[measure].name;
    const dk_field *like = dk_table_field(s->results[0], s->n_by + measure);
    dk_type type = dk_column_type(like->column);
    char base[512], other[512], difference[600];
    dk_status status = DK_OK;

    snprintf(base, sizeof base, "%s_base", name);
    for (size_t i = 0; i < s->n && status == DK_OK; i++) {
        const dk_column *raw, *trimmed;

        snprintf(other, sizeof other, "%s_%s", name, i ? s->names[i] : "base");
        snprintf(difference, sizeof difference, "%s_difference", other);
        status = gather_groups(s, s->n_by + measure, i, is_count(s->breakdown, measure), &raw, err);
        if (status != DK_OK)
            break;
        status = dki_trim_column(raw, &trimmed, err);
        dk_column_release(raw);
        if (status == DK_OK)
            status = add_column(table, other, trimmed, like, err);
        if (status == DK_OK && i > 0 && (dk_type_is_number(type) || type == DK_DATE))
            status = add_difference(table, difference, other, base, like, err);
    }
    return status;
}

static dk_status group_margin(const sides *s, const dk_column **out, dk_error *err)
{
    dk_builder *builder;
    dk_status status = dk_builder_new(s->context, DK_INTEGER, 0, NULL, &builder, err);

    for (uint64_t i = 0; i < s->groups.n && status == DK_OK; i++)
        status = dk_builder_integer(builder, mask_of(s, s->order[i]), err);
    if (status != DK_OK)
        return status;
    status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

static dk_status assemble(sides *s, const dk_table **out, dk_error *err)
{
    const dk_table *table = NULL, *next;
    const dk_column *margin = NULL;
    dk_field fields[DKI_MAX_DIMENSIONS];
    dk_status status = DK_OK;
    size_t n = 0;

    for (; n < s->n_by && status == DK_OK; n++) {
        fields[n] = *dk_table_field(s->results[0], n);
        fields[n].column = NULL;
        status = gather_groups(s, n, SIZE_MAX, false, &fields[n].column, err);
    }
    if (status == DK_OK)
        status = dk_table_new(s->context, fields, n, s->groups.n, &table, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    if (status == DK_OK && dk_table_margin(s->results[0])) {
        status = group_margin(s, &margin, err);
        if (status == DK_OK)
            status = dk_table_with_margin(table, margin, &next, err);
        dk_column_release(margin);
        if (status == DK_OK) {
            dk_table_release(table);
            table = next;
        }
    }
    for (size_t m = 0; m < s->breakdown->n_measures && status == DK_OK; m++)
        status = add_measure(s, m, &table, err);
    for (size_t i = 0; i < dk_table_n_notes(s->results[0]) && status == DK_OK; i++) {
        status = dk_table_with_note(table, dk_table_note(s->results[0], i), &next, err);
        if (status == DK_OK) {
            dk_table_release(table);
            table = next;
        }
    }
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    return status;
}

dk_status dki_compare_results(const dk_breakdown *breakdown, const dk_table *const *results,
                              const char *const *names, size_t n, const dk_table **out, dk_error *err)
{
    sides s = { .context = dk_table_context(results[0]),
                .breakdown = breakdown,
                .results = results,
                .names = names,
                .n = n,
                .n_by = breakdown->n_by };
    dk_status status;

    for (size_t i = 1; i < n; i++)
        for (size_t k = 1; k < i; k++)
            if (strcmp(names[i], names[k]) == 0)
                return dki_fail(err, DK_ERR_DUPLICATE, "two sides of a comparison are named %s", names[i]);
    dki_text_map_init(&s.groups, s.context);
    s.rows = dki_calloc(s.context, n, sizeof *s.rows, err);
    status = s.rows ? find_groups(&s, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = sort_groups(&s, err);
    if (status == DK_OK)
        status = assemble(&s, out, err);
    for (size_t i = 0; s.rows && i < n; i++)
        dki_free(s.context, s.rows[i]);
    dki_free(s.context, s.rows);
    dki_free(s.context, s.order);
    dki_text_map_drop(&s.groups);
    return status;
}

/* A breakdown without order and limit: sides of a comparison have all their groups. */
static dk_breakdown whole(const dk_breakdown *breakdown)
{
    dk_breakdown variant;

    memcpy(&variant, breakdown, sizeof variant);
    variant.n_order = 0;
    variant.limit = 0;
    return variant;
}

dk_status dk_scenario_compare(const dk_breakdown *breakdown, const dk_table *table,
                              const dk_scenario *const *scenarios, const dk_params *params, size_t n_scenarios,
                              const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    const dk_table **results = dki_calloc(context, n_scenarios + 1, sizeof *results, err);
    const char **names = dki_calloc(context, n_scenarios + 1, sizeof *names, err);
    dk_breakdown variant = whole(breakdown);
    const dk_table *cells = NULL;
    dk_status status = results && names ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dk_cells_new(table, breakdown, scenarios, n_scenarios, &cells, err);
    if (status == DK_OK)
        status = dk_breakdown_run(&variant, table, NULL, &results[0], err);
    for (size_t i = 0; i < n_scenarios && status == DK_OK; i++) {
        const dk_table *after = NULL;

        names[i + 1] = scenarios[i]->name;
        status = dk_scenario_apply(scenarios[i], cells, params ? &params[i] : NULL, &after, NULL, err);
        if (status == DK_OK)
            status = dk_breakdown_run(&variant, after, NULL, &results[i + 1], err);
        dk_table_release(after);
    }
    if (status == DK_OK)
        status = dki_compare_results(breakdown, results, names, n_scenarios + 1, out, err);
    for (size_t i = 0; results && i <= n_scenarios; i++)
        dk_table_release(results[i]);
    dk_table_release(cells);
    dki_free(context, names);
    dki_free(context, results);
    return status;
}

dk_status dk_table_compare(const dk_breakdown *breakdown, const dk_table *base, const dk_table *other,
                           const char *name, const dk_params *params, const dk_table **out, dk_error *err)
{
    const dk_table *results[2] = { NULL, NULL };
    const char *names[2] = { "base", name };
    dk_breakdown variant = whole(breakdown);
    dk_status status = dk_breakdown_run(&variant, base, params, &results[0], err);

    if (status == DK_OK)
        status = dk_breakdown_run(&variant, other, params, &results[1], err);
    for (size_t d = 0; d < breakdown->n_by && status == DK_OK; d++) {
        dk_type a = dk_column_type(dk_table_field(results[0], d)->column);
        dk_type b = dk_column_type(dk_table_field(results[1], d)->column);

        if (a != b)
            status = dki_fail(err, DK_ERR_TYPE, "the dimension %s is %s in one table and %s in the other",
                              breakdown->by[d].name, dk_type_name(a), dk_type_name(b));
    }
    if (status == DK_OK)
        status = dki_compare_results(breakdown, results, names, 2, out, err);
    dk_table_release(results[0]);
    dk_table_release(results[1]);
    return status;
}
