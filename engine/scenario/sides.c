/* sides.c - results of one breakdown side by side.
 *
 * Groups of the results are found again by their keys and totals, and stand in the order of keys: in each dimension
 * values, then null, then the total. A difference is computed by the language of expressions, so that it is exact
 * where the measure is.
 *
 * Invariant: every row of every result stands in exactly one group.
 */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "data/points.h"
#include "expr/poll_row.h"
#include "query/breakdown_parts.h"
#include "rows/sort_key.h"
#include "rows/sort_rows.h"
#include "scenario_parts.h"

#define ABSENT DK_ROW_NULL

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
    uint64_t *order;                /* groups in the order of the result */
    const dk_expr *exact, *rounded; /* differences of columns a and b */
    dki_text_map notes;
} sides;

/* Groups ------------------------------------------------------------------------------------------------------- */

static dk_status mask_of(const dk_table *result, uint64_t row, int64_t *mask, dk_error *err)
{
    const dk_column *margin = dk_table_margin(result);
    dk_value value = { .as.integer = 0 };
    dk_status status = margin ? dk_column_get(margin, row, &value, err) : DK_OK;

    *mask = value.as.integer;
    return status;
}

/* A decimal by its value, whatever its digits: 1.50 is 1.5. */
static void trim_value(dk_value *value)
{
    while (value->type == DK_DECIMAL && value->scale > 0 && value->as.integer % 10 == 0) {
        value->as.integer /= 10;
        value->scale--;
    }
}

/* The key of a row as bytes: lengths and texts, so that no two keys are the same by accident. */
static dk_status key_of(const sides *s, const dk_table *result, uint64_t row, dki_buffer *key, dk_error *err)
{
    int64_t mask;
    dk_status status = mask_of(result, row, &mask, err);

    key->size = 0;
    if (status == DK_OK)
        status = dki_buffer_format(key, err, "%lld", (long long)mask);
    for (size_t d = 0; d < s->n_by && status == DK_OK; d++) {
        dk_value value;

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
            char text[80];

            trim_value(&value);
            dk_value_format(&value, text, sizeof text);
            status = dki_buffer_format(key, err, "|%zu:%s", strlen(text), text);
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
        DKI_FOR_ROWS(row, dk_table_n_rows(s->results[i]), s->context, status, err)
        {
            status = key_of(s, s->results[i], row, &key, err);
            if (status == DK_OK)
                status = add_group(s, i, row, &key, err);
        }
    dki_buffer_drop(&key);
    return status;
}

/* A side that has the group. */
static size_t side_of(const sides *s, uint64_t group)
{
    size_t i = 0;

    while (s->rows[i][group] == ABSENT)
        i++;
    return i;
}

/* Columns ------------------------------------------------------------------------------------------------------ */

/* Which of a result's columns, for which groups, as what. */
struct gather {
    const sides *s;
    size_t column;
    dk_type type;
    uint8_t scale;
    const dk_dictionary *levels;
};

/* The value of a group on a side; null where the side lacks the group, or 0. Slow, and for dimensions and counts. */
static dk_status value_of(const struct gather *g, size_t side, uint64_t group, bool zero, dk_value *out,
                          dk_error *err)
{
    uint64_t row = g->s->rows[side][group];
    dk_status status = DK_OK;

    *out = (dk_value){ .type = g->type, .is_null = !zero, .scale = g->scale };
    if (row != ABSENT)
        status = dk_column_get(dk_table_field(g->s->results[side], g->column)->column, row, out, err);
    if (status == DK_OK && g->type == DK_TEXT)
        out->type = DK_TEXT; /* a category is text here */
    return status;
}

/* A dimension: each group as a side has it that has it. */
static dk_status gather_keys(const struct gather *g, const dk_column **out, dk_error *err)
{
    const sides *s = g->s;
    dk_builder *builder;
    dk_status status = dk_builder_new(s->context, g->type, g->scale, g->levels, &builder, err);

    if (status != DK_OK)
        return status;
    DKI_FOR_ROWS(i, s->groups.n, s->context, status, err)
    {
        uint64_t group = s->order ? s->order[i] : i;
        dk_value value;

        status = value_of(g, side_of(s, group), group, false, &value, err);
        if (status == DK_OK)
            status = dk_builder_value(builder, &value, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* A measure on one side, which keeps what it is made of. */
static dk_status gather_known(const sides *s, size_t column, size_t side, const dk_column **out, dk_error *err)
{
    uint64_t *rows = dki_alloc_array(s->context, s->groups.n, sizeof *rows, err);
    dk_status status;

    if (rows == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = 0; i < s->groups.n; i++)
        rows[i] = s->rows[side][s->order[i]]; /* ABSENT makes a null row */
    status = dk_column_gather(dk_table_field(s->results[side], column)->column, rows, s->groups.n, out, err);
    dki_free(s->context, rows);
    return status;
}

/* A measure on one side; zero: 0 where the side lacks the group. */
static dk_status gather_measure(const sides *s, size_t column, size_t side, bool zero, const dk_column **out,
                                dk_error *err)
{
    const dk_column *from = dk_table_field(s->results[side], column)->column;
    struct gather g = { s, column, dk_column_type(from), dk_column_scale(from), dk_column_levels(from) };
    dk_builder *builder;
    dk_status status;

    if (!zero)
        return gather_known(s, column, side, out, err);
    status = dk_builder_new(s->context, g.type, g.scale, g.levels, &builder, err);
    if (status != DK_OK)
        return status;
    DKI_FOR_ROWS(i, s->groups.n, s->context, status, err)
    {
        dk_value value;

        status = value_of(&g, side, s->order[i], zero, &value, err);
        if (status == DK_OK)
            status = dk_builder_value(builder, &value, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* A dimension that all sides have, in a type that holds them all. */
static dk_status gather_dimension(const sides *s, size_t d, const dk_column **out, dk_error *err)
{
    const dk_column *base = dk_table_field(s->results[0], d)->column;
    struct gather g = { s, d, dk_column_type(base), dk_column_scale(base), NULL };
    const dk_dictionary *levels = dk_column_levels(base) ? dk_dictionary_retain(dk_column_levels(base)) : NULL;
    dk_status status = DK_OK;

    for (size_t i = 1; i < s->n && status == DK_OK; i++) {
        const dk_column *column = dk_table_field(s->results[i], d)->column;
        const dk_dictionary *joined;

        if (dk_column_scale(column) > g.scale)
            g.scale = dk_column_scale(column);
        if (dk_column_type(column) == DK_TEXT)
            g.type = DK_TEXT;
        if (levels == NULL || dk_column_levels(column) == NULL)
            continue;
        status = dki_levels_join(s->context, levels, dk_column_levels(column), &joined, err);
        if (status == DK_OK) {
            dk_dictionary_release(levels);
            levels = joined;
        }
    }
    g.levels = g.type == DK_CATEGORY ? levels : NULL;
    if (status == DK_OK)
        status = gather_keys(&g, out, err);
    dk_dictionary_release(levels);
    return status;
}

/* Order -------------------------------------------------------------------------------------------------------- */

struct order {
    size_t n_by;
    dki_sort_codes codes[DKI_MAX_DIMENSIONS]; /* by group */
    int64_t *masks;
};

static int compare_groups(const void *arg, uint64_t a, uint64_t b)
{
    const struct order *o = arg;

    for (size_t d = 0; d < o->n_by; d++) {
        int total_a = (int)(o->masks[a] >> d & 1), total_b = (int)(o->masks[b] >> d & 1);
        int sign = total_a - total_b;

        if (sign == 0 && !total_a)
            sign = dki_sort_codes_compare(&o->codes[d], false, a, b);
        if (sign)
            return sign;
    }
    return 0;
}

static dk_status code_dimension(const sides *s, size_t d, dki_sort_codes *codes, dk_error *err)
{
    const dk_column *keys = NULL;
    dk_status status = gather_dimension(s, d, &keys, err);

    if (status == DK_OK)
        status = dki_sort_codes_init(codes, keys, err);
    dk_column_release(keys);
    return status;
}

static dk_status sort_groups(sides *s, dk_error *err)
{
    uint64_t *order = dki_alloc_array(s->context, s->groups.n, sizeof *order, err);
    struct order o = { .masks = dki_alloc_array(s->context, s->groups.n, sizeof *o.masks, err) };
    dk_status status = order && o.masks ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t i = 0; i < s->groups.n && status == DK_OK; i++) {
        size_t side = side_of(s, i);

        order[i] = i;
        status = mask_of(s->results[side], s->rows[side][i], &o.masks[i], err);
    }
    for (; o.n_by < s->n_by && status == DK_OK; o.n_by++)
        status = code_dimension(s, o.n_by, &o.codes[o.n_by], err);
    if (status == DK_OK)
        status = dki_sort_rows(s->context, order, s->groups.n, compare_groups, &o, err);
    for (size_t d = 0; d < o.n_by; d++)
        dki_sort_codes_drop(&o.codes[d], s->context);
    dki_free(s->context, o.masks);
    if (status == DK_OK)
        s->order = order;
    else
        dki_free(s->context, order);
    return status;
}

/* The table ---------------------------------------------------------------------------------------------------- */

/* Counts of a group that is not there are 0; other measures of it are not known. */
static bool is_count(const dk_breakdown *breakdown, size_t measure)
{
    const dki_node *root = dki_expr_root(breakdown->measures[measure].expr);

    return root->kind == DKI_NODE_AGGREGATE &&
           (strcmp(root->text, "count") == 0 || strcmp(root->text, "rows") == 0);
}

/* Puts another table in the place of one. */
static void replace(const dk_table **table, const dk_table *next)
{
    dk_table_release(*table);
    *table = next;
}

static dk_status add_column(const dk_table **table, const char *name, const dk_column *column, const char *format,
                            dk_error *err)
{
    dk_field field = DK_FIELD(name, column);
    const dk_table *next;
    dk_status status;

    field.format = format;
    if (dk_table_find(*table, name) != DK_NO_COLUMN) {
        dki_fail(err, DK_ERR_DUPLICATE, "the comparison would have two columns %s", name);
        dki_hint(err, "rename a measure, a dimension or a scenario");
        return DK_ERR_DUPLICATE;
    }
    status = dk_table_with(*table, &field, 1, &next, err);
    if (status == DK_OK)
        replace(table, next);
    return status;
}

/* Remembers a sentence for the result: a table loses its notes when it gets another column. */
static dk_status note_rounded(sides *s, const char *name, dk_error *err)
{
    dki_buffer note;
    uint32_t number;
    dk_status status;

    dki_buffer_init(&note, s->context);
    status = dki_buffer_format(&note, err, "%s is rounded: exact differences do not fit in 64 bits", name);
    if (status == DK_OK)
        status = dki_text_map_add(&s->notes, note.bytes, note.size, &number, err);
    dki_buffer_drop(&note);
    return status;
}

/* other - base. A difference of ratios may be too fine for 64 bits: then it is rounded, once, and a note says so.
 * */
static dk_status subtract(sides *s, const dk_column *other, const dk_column *base, const char *name,
                          const dk_column **out, dk_error *err)
{
    const dk_field fields[] = { DK_FIELD("a", other), DK_FIELD("b", base) };
    const dk_table *both = NULL;
    dk_status status = dk_table_new(s->context, fields, 2, dk_column_n_rows(base), &both, err);

    if (status == DK_OK)
        status = dk_table_eval(both, s->exact, NULL, out, err);
    if (status == DK_ERR_OVERFLOW && dk_column_type(other) == DK_RATIO && dk_column_type(base) == DK_RATIO) {
        status = note_rounded(s, name, err);
        if (status == DK_OK)
            status = dk_table_eval(both, s->rounded, NULL, out, err);
    }
    dk_table_release(both);
    return status;
}

/* The difference of percentages is in points. That of shares of persons without a pattern is too, with as many digits as
 * they show. */
static const char *difference_format(const sides *s, size_t measure, const char *format, char out[DKI_FORMAT_BYTES])
{
    if (format == NULL && dki_measure_is_of_counts(s->breakdown, measure))
        return "+0.00 pp";
    return dki_points_format(format, out) ? out : format;
}

/* M_NAME of one side, and but for the base M_NAME_difference. *base is the base's column, which side 0 gives. */
static dk_status add_side(sides *s, size_t measure, size_t side, const dk_column **base, const dk_table **table,
                          dk_error *err)
{
    const dki_part *part = &s->breakdown->measures[measure];
    const dk_field *like = dk_table_field(s->results[0], s->n_by + measure);
    dk_type type = dk_column_type(like->column);
    const dk_column *raw = NULL, *mine = NULL, *difference = NULL;
    dki_arena arena;
    const char *name, *difference_name = NULL;
    char format[DKI_FORMAT_BYTES];
    dk_status status;

    dki_arena_init(&arena, s->context);
    name = dki_arena_format(&arena, err, "%s_%s", part->name, side ? s->names[side] : "base");
    if (name)
        difference_name = dki_arena_format(&arena, err, "%s_difference", name);
    status = difference_name
                 ? gather_measure(s, s->n_by + measure, side, is_count(s->breakdown, measure), &raw, err)
                 : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dki_trim_column(raw, dk_column_scale(like->column), &mine, err);
    if (status == DK_OK)
        status = add_column(table, name, mine, like->format, err);
    if (status == DK_OK && side == 0)
        *base = dk_column_retain(mine);
    if (status == DK_OK && side > 0 &&
        (dk_type_is_number(type) || type == DK_INTERVAL || type == DK_DATE || type == DK_PERIOD)) {
        status = subtract(s, mine, *base, difference_name, &difference, err);
        if (status == DK_OK)
            status = add_column(table, difference_name, difference,
                                difference_format(s, measure, like->format, format), err);
    }
    dk_column_release(difference);
    dk_column_release(mine);
    dk_column_release(raw);
    dki_arena_drop(&arena);
    return status;
}

static dk_status add_measure(sides *s, size_t measure, const dk_table **table, dk_error *err)
{
    const dk_column *base = NULL;
    dk_status status = DK_OK;

    for (size_t i = 0; i < s->n && status == DK_OK; i++)
        status = add_side(s, measure, i, &base, table, err);
    dk_column_release(base);
    return status;
}

/* Gives the table the masks of its groups, where a result has totals. */
static dk_status add_margin(const sides *s, const dk_table **table, dk_error *err)
{
    bool has_margin = false;
    const dk_column *margin = NULL;
    const dk_table *next;
    dk_builder *builder;
    dk_status status;

    for (size_t i = 0; i < s->n; i++)
        has_margin = has_margin || dk_table_margin(s->results[i]) != NULL;
    if (!has_margin)
        return DK_OK;
    status = dk_builder_new(s->context, DK_INTEGER, 0, NULL, &builder, err);
    if (status != DK_OK)
        return status;
    for (uint64_t i = 0; i < s->groups.n && status == DK_OK; i++) {
        size_t side = side_of(s, s->order[i]);
        int64_t mask;

        status = mask_of(s->results[side], s->rows[side][s->order[i]], &mask, err);
        if (status == DK_OK)
            status = dk_builder_integer(builder, mask, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, &margin, err);
    dk_builder_release(builder);
    if (status == DK_OK)
        status = dk_table_with_margin(*table, margin, &next, err);
    if (status == DK_OK)
        replace(table, next);
    dk_column_release(margin);
    return status;
}

/* What the base went through, and what was set beside it. */
static dk_status add_lineage(const sides *s, const dk_table *table, dk_error *err)
{
    dki_lineage *lineage = NULL;
    dk_lineage_item item = { .kind = DK_LINEAGE_STEP, .n_rows = s->groups.n };
    dki_buffer text;
    dk_status status = dki_lineage_after(s->results[0], &lineage, err);

    dki_buffer_init(&text, s->context);
    for (size_t i = 1; i < s->n && status == DK_OK; i++)
        status = dki_buffer_format(&text, err, "%s%s",
                                   i == 1          ? "compared with "
                                   : i + 1 == s->n ? " and "
                                                   : ", ",
                                   s->names[i]);
    item.text = text.bytes;
    if (status == DK_OK)
        status = dki_lineage_add(lineage, &item, err);
    dki_buffer_drop(&text);
    if (status == DK_OK)
        dki_table_attach(table, lineage);
    else if (lineage)
        dki_lineage_release(lineage);
    return status;
}

static dk_status assemble(sides *s, const dk_table **out, dk_error *err)
{
    dk_properties properties = *dk_table_properties(s->results[0]);
    const dk_table *bare = NULL, *table = NULL;
    dk_field fields[DKI_MAX_DIMENSIONS];
    dk_status status = DK_OK;
    size_t n = 0;

    for (; n < s->n_by && status == DK_OK; n++) {
        fields[n] = *dk_table_field(s->results[0], n);
        fields[n].column = NULL;
        status = gather_dimension(s, n, &fields[n].column, err);
    }
    if (status == DK_OK)
        status = dk_table_new(s->context, fields, n, s->groups.n, &bare, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    if (status == DK_OK)
        status = dk_table_with_properties(bare, &properties, &table, err);
    dk_table_release(bare);
    if (status == DK_OK)
        status = add_margin(s, &table, err);
    for (size_t m = 0; m < s->breakdown->n_measures && status == DK_OK; m++)
        status = add_measure(s, m, &table, err);
    if (status == DK_OK)
        status = dki_put_notes(&s->notes, &table, err);
    if (status == DK_OK)
        status = add_lineage(s, table, err);
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    return status;
}

static dk_status check_names(const sides *s, dk_error *err)
{
    for (size_t i = 1; i < s->n; i++)
        for (size_t k = 1; k < i; k++)
            if (strcmp(s->names[i], s->names[k]) == 0) {
                dki_fail(err, DK_ERR_DUPLICATE, "two sides of a comparison are named %s", s->names[i]);
                dki_hint(err, "give one another name: scenario:named \"...\"");
                return DK_ERR_DUPLICATE;
            }
    return DK_OK;
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
    dk_status status = check_names(&s, err);

    if (status != DK_OK)
        return status;
    dki_text_map_init(&s.groups, s.context);
    dki_text_map_init(&s.notes, s.context);
    s.rows = dki_calloc(s.context, n, sizeof *s.rows, err);
    status = s.rows ? find_groups(&s, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = sort_groups(&s, err);
    if (status == DK_OK)
        status = dk_expr_parse(s.context, "a - b", &s.exact, err);
    if (status == DK_OK)
        status = dk_expr_parse(s.context, "real(a) - real(b)", &s.rounded, err);
    if (status == DK_OK)
        status = assemble(&s, out, err);
    for (size_t i = 0; s.rows && i < n; i++)
        dki_free(s.context, s.rows[i]);
    dk_expr_release(s.exact);
    dk_expr_release(s.rounded);
    dki_free(s.context, s.rows);
    dki_free(s.context, s.order);
    dki_text_map_drop(&s.notes);
    dki_text_map_drop(&s.groups);
    return status;
}
