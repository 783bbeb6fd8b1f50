/* compared_classes.c - a long comparison whose measures and scenarios have rows of different groups, by a coarser level.
 *
 * Each class of pairs with the same groups is a comparison of these groups, and rolled up as such; a region has the rows of the
 * pairs that have a municipality in it. Rows of all are put below each other in the order of the comparison. The wide one of them
 * has rows of each pair (compared_pairs.c): a base of the same measure may be of other groups for another scenario.
 */
#include <dekking/append.h>
#include <dekking/sort.h>

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "compared_shown.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "data/table_parts.h"
#include "expr/poll_row.h"
#include "whatif_parts.h"

struct classes {
    const dki_shown *shown;
    dk_context *context;
    const dk_table **rolled; /* n: one of each class */
    size_t n, n_by;          /* n_by: the columns they begin with are dimensions */
    uint64_t n_rows;         /* of all */
    uint64_t *order;         /* their rows, one part below the other, in the order of pairs */
    int64_t *masks;          /* in that order */
};

/* *table, with what is known of another, and that lineage. */
static dk_status describe_as(const dk_table *other, const dki_lineage *lineage, const dk_table **table,
                             dk_error *err)
{
    const dk_table *made = NULL;
    dk_status status = dk_table_with_properties(*table, dk_table_properties(other), &made, err);

    if (status != DK_OK)
        return status;
    dk_table_release(*table);
    *table = made;
    dki_table_attach(made, dki_lineage_retain(lineage));
    return DK_OK;
}

/* The rows of a class. */
static dk_status take_class(const struct classes *c, size_t number, const dk_table **out, dk_error *err)
{
    const dki_shown *shown = c->shown;
    uint64_t n_rows = dk_table_n_rows(shown->table), n = 0;
    uint64_t *rows = dki_alloc_array(c->context, (size_t)n_rows, sizeof *rows, err);
    dk_status status = rows ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t row = 0; rows && row < n_rows; row++)
        if (shown->class_of[shown->pair_of[row]] == number)
            rows[n++] = row;
    if (status == DK_OK)
        status = dk_table_gather(shown->table, rows, n, out, err);
    if (status == DK_OK)
        status = describe_as(shown->table, shown->table->lineage, out, err);
    dki_free(c->context, rows);
    return status;
}

static dk_status roll_up(struct classes *c, const char *level, const char *dimension, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t k = 0; k < c->n && status == DK_OK; k++) {
        const dk_table *part = NULL;

        status = take_class(c, k, &part, err);
        if (status == DK_OK)
            status = dk_comparison_roll_up(part, level, dimension, &c->rolled[k], err);
        if (status == DK_OK)
            c->n_rows += dk_table_n_rows(c->rolled[k]);
        dk_table_release(part);
    }
    for (size_t i = 0; i < dk_table_n_columns(c->shown->table); i++)
        c->n_by += !dki_shown_is_dimension(c->shown, dk_table_field(c->shown->table, i)->name);
    if (status == DK_OK)
        c->n_by = dk_table_n_columns(c->rolled[0]) - c->n_by;
    return status;
}

/* Puts rows of all parts in the order of pairs: they then keep it within their group. */
static dk_status order_pairs(struct classes *c, dk_error *err)
{
    uint64_t *first = dki_calloc(c->context, c->shown->n_pairs + 1, sizeof *first, err);
    uint32_t *pairs = dki_alloc_array(c->context, (size_t)c->n_rows, sizeof *pairs, err);
    int64_t *masks = dki_alloc_array(c->context, (size_t)c->n_rows, sizeof *masks, err);
    uint64_t n = 0;
    dk_status status = DK_ERR_MEMORY;

    c->order = dki_alloc_array(c->context, (size_t)c->n_rows, sizeof *c->order, err);
    c->masks = dki_alloc_array(c->context, (size_t)c->n_rows, sizeof *c->masks, err);
    if (first && pairs && masks && c->order && c->masks)
        status = DK_OK;
    for (size_t k = 0; k < c->n && status == DK_OK; k++) {
        const dk_column *margin = dk_table_margin(c->rolled[k]);

        DKI_FOR_ROWS(row, dk_table_n_rows(c->rolled[k]), c->context, status, err)
        {
            dk_value mask = { .as.integer = 0 };

            status = margin ? dk_column_get(margin, row, &mask, err) : DK_OK;
            if (status == DK_OK)
                status = dki_shown_pair(c->shown, c->rolled[k], row, &pairs[n], err);
            masks[n] = mask.as.integer;
            if (status == DK_OK)
                first[pairs[n++] + 1]++;
        }
    }
    for (size_t pair = 0; status == DK_OK && pair < c->shown->n_pairs; pair++)
        first[pair + 1] += first[pair];
    for (uint64_t i = 0; status == DK_OK && i < n; i++) {
        uint64_t at = first[pairs[i]]++;

        c->order[at] = i;
        c->masks[at] = masks[i];
    }
    dki_free(c->context, masks);
    dki_free(c->context, pairs);
    dki_free(c->context, first);
    return status;
}

/* A column that tells rows apart by the levels of the comparison: rolled parts have those of their own rows. */
static dk_status relevel(const struct classes *c, const char *name, const dk_table **table, dk_error *err)
{
    const dk_table *whole = c->shown->table, *made = NULL;
    size_t of = dk_table_find(whole, name), at = dk_table_find(*table, name);
    const dk_dictionary *levels = of == DK_NO_COLUMN ? NULL : dk_column_levels(dk_table_field(whole, of)->column);
    dk_builder *builder = NULL;
    dk_field field;
    dk_status status;

    if (levels == NULL)
        return DK_OK;
    field = *dk_table_field(*table, at);
    status = dk_builder_new(c->context, DK_CATEGORY, 0, levels, &builder, err);
    DKI_FOR_ROWS(row, dk_table_n_rows(*table), c->context, status, err)
    {
        dk_value value;

        status = dk_column_get(field.column, row, &value, err);
        if (status == DK_OK)
            status = dk_builder_code(builder, dk_dictionary_find(levels, value.as.text), err);
    }
    field.column = NULL;
    if (status == DK_OK)
        status = dk_builder_finish(builder, &field.column, err);
    if (status == DK_OK)
        status = dk_table_with(*table, &field, 1, &made, err);
    if (status == DK_OK) {
        dk_table_release(*table);
        *table = made;
    }
    dk_column_release(field.column);
    dk_builder_release(builder);
    return status;
}

/* One part below the other, without margin, in the order of pairs. */
static dk_status put_below(const struct classes *c, const dk_table **out, dk_error *err)
{
    dk_append_options options = { .missing_is_null = true };
    const dk_table **bare = dki_calloc(c->context, c->n, sizeof *bare, err), *below = NULL;
    dk_status status = bare ? DK_OK : DK_ERR_MEMORY;

    for (size_t k = 0; k < c->n && status == DK_OK; k++) {
        status = dk_table_with_margin(c->rolled[k], NULL, &bare[k], err);
        if (status == DK_OK)
            status = relevel(c, DKI_LONG_MEASURE, &bare[k], err);
        if (status == DK_OK)
            status = relevel(c, DKI_LONG_SCENARIO, &bare[k], err);
    }
    if (status == DK_OK)
        status = dk_table_append(bare, c->n, &options, &below, err);
    if (status == DK_OK)
        status = dk_table_gather(below, c->order, c->n_rows, out, err);
    for (size_t k = 0; bare && k < c->n; k++)
        dk_table_release(bare[k]);
    dk_table_release(below);
    dki_free(c->context, (void *)bare);
    return status;
}

/* The columns, with margins and formats: those of dimensions as rolled, others as the comparison has them. */
static dk_status put_columns(const struct classes *c, const dk_table *below, const dk_table **out, dk_error *err)
{
    size_t n = dk_table_n_columns(below);
    dk_field *fields = dki_calloc(c->context, n, sizeof *fields, err);
    const dk_table *plain = NULL;
    const dk_column *margin = NULL;
    bool has_margin = dk_table_margin(c->shown->table) != NULL;
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        fields[i] = *dk_table_field(below, i);
        fields[i].margin_bit = has_margin && i < c->n_by ? (int)i : -1;
        if (i >= c->n_by)
            fields[i].format =
                dk_table_field(c->shown->table, dk_table_find(c->shown->table, fields[i].name))->format;
    }
    if (status == DK_OK)
        status = dk_table_new(c->context, fields, n, c->n_rows, &plain, err);
    if (status == DK_OK && has_margin)
        status = dki_column_of_integers(c->context, DK_INTEGER, 0, c->masks, (size_t)c->n_rows, &margin, err);
    if (status == DK_OK)
        status = dk_table_with_margin(plain, margin, out, err);
    dk_column_release(margin);
    dk_table_release(plain);
    dki_free(c->context, fields);
    return status;
}

static dk_status sort(const struct classes *c, const dk_table *table, const dk_table **out, dk_error *err)
{
    dk_sort_key *keys = dki_calloc(c->context, c->n_by, sizeof *keys, err);
    dk_status status = keys ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; keys && i < c->n_by; i++)
        keys[i].column = dk_table_field(table, i)->name;
    if (status == DK_OK)
        status = dk_table_sort(table, keys, c->n_by, out, err);
    dki_free(c->context, keys);
    return status;
}

/* The measure of any part, as it was rolled up; NULL: none has it. */
static const dk_lineage_item *find_measure(const struct classes *c, const char *name)
{
    for (size_t k = 0; k < c->n; k++)
        for (size_t i = dki_beside_breakdown(c->rolled[k]); i < dk_table_n_lineage(c->rolled[k]); i++) {
            const dk_lineage_item *item = dk_table_lineage(c->rolled[k], i);

            if (item->kind == DK_LINEAGE_MEASURE && item->depth == 0 && strcmp(item->name, name) == 0)
                return item;
        }
    return NULL;
}

static dk_status add_measures(const struct classes *c, dki_lineage *lineage, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t m = 0; m < c->shown->all.n_measures && status == DK_OK; m++) {
        const dk_lineage_item *item = find_measure(c, c->shown->all.measures[m]->name);

        if (item)
            status = dki_lineage_add(lineage, item, err);
    }
    return status;
}

/* It came to be as its first part did, with the measures of all. */
static dk_status make_lineage(const struct classes *c, dki_lineage **out, dk_error *err)
{
    const dk_table *first = c->rolled[0];
    size_t n = dk_table_n_lineage(first), breakdown = dki_beside_breakdown(first);
    bool has = false;
    dk_status status = dki_lineage_new(c->context, out, err);

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        dk_lineage_item item = *dk_table_lineage(first, i);
        bool is_measure = i > breakdown && item.kind == DK_LINEAGE_MEASURE && item.depth == 0;

        if (i == n - 1) /* compared */
            item.n_rows = c->n_rows;
        if (!is_measure)
            status = dki_lineage_add(*out, &item, err);
        else if (!has)
            status = add_measures(c, *out, err);
        has = has || is_measure;
    }
    return status;
}

/* Its readers must know what they must of each part, and it keeps what it is rolled up from once more. */
static dk_status describe(const struct classes *c, const dk_table **table, dk_error *err)
{
    dki_text_map notes;
    dki_lineage *lineage = NULL;
    const dk_table *whole = NULL;
    uint32_t number;
    dk_status status = make_lineage(c, &lineage, err);

    dki_text_map_init(&notes, c->context);
    for (size_t k = 0; k < c->n && status == DK_OK; k++)
        for (size_t i = 0; i < dk_table_n_notes(c->rolled[k]) && status == DK_OK; i++) {
            const char *note = dk_table_note(c->rolled[k], i);

            status = dki_text_map_add(&notes, note, strlen(note), &number, err);
        }
    if (status == DK_OK)
        status = dki_put_notes(&notes, table, err);
    dki_text_map_drop(&notes);
    if (status == DK_OK)
        status = dki_shown_keep_pairs(c->shown, c->rolled, c->n_by, lineage, &whole, err);
    if (status == DK_OK)
        status = describe_as(c->rolled[0], lineage, table, err);
    if (status == DK_OK)
        dki_table_keep(*table, whole);
    dk_table_release(whole);
    dki_lineage_release(lineage);
    return status;
}

dk_status dki_shown_roll_up_classes(const dki_shown *shown, const char *level, const char *dimension,
                                    const dk_table **out, dk_error *err)
{
    struct classes c = { .shown = shown, .context = dk_table_context(shown->table), .n = shown->n_classes };
    const dk_table *below = NULL, *table = NULL, *sorted = NULL;
    dk_status status;

    c.rolled = dki_calloc(c.context, c.n, sizeof *c.rolled, err);
    status = c.rolled ? roll_up(&c, level, dimension, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = order_pairs(&c, err);
    if (status == DK_OK)
        status = put_below(&c, &below, err);
    if (status == DK_OK)
        status = put_columns(&c, below, &table, err);
    if (status == DK_OK)
        status = sort(&c, table, &sorted, err);
    if (status == DK_OK)
        status = describe(&c, &sorted, err);
    if (status == DK_OK)
        *out = sorted;
    else
        dk_table_release(sorted);
    dk_table_release(table);
    dk_table_release(below);
    for (size_t k = 0; c.rolled && k < c.n; k++)
        dk_table_release(c.rolled[k]);
    dki_free(c.context, (void *)c.rolled);
    dki_free(c.context, c.order);
    dki_free(c.context, c.masks);
    return status;
}
