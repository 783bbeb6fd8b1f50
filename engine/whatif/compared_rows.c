/* compared_rows.c - which rows of a comparison a table shows that was made of it.
 *
 * Rows may have been chosen since it was made, and are found again in the wide one by their dimensions. Of a long comparison
 * pairs of a measure and a scenario may have rows of different groups: those that have the same are a class.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "compared_shown.h"
#include "expr/poll_row.h"
#include "whatif_parts.h"

/* What is known of the table's rows on the way. */
struct chosen {
    dki_shown *shown;
    const dk_column *measures, *scenarios; /* NULL: there is one alone */
    const char *lacks;                     /* a dimension that was left out, or NULL */
    dki_text_map groups;
    uint32_t *group_of; /* of each row */
    uint64_t *n_of;     /* of each pair: its rows */
};

static dk_status find_name(const dk_column *column, uint64_t row, size_t *at, size_t n,
                           const char *(*name)(const dki_beside *, size_t), const dki_beside *all, dk_error *err)
{
    dk_value value = { .is_null = true };
    dk_status status = dk_column_get(column, row, &value, err);

    for (*at = 0; status == DK_OK && *at < n; ++*at) {
        const char *text = name(all, *at);

        if (!value.is_null && strlen(text) == value.as.text.size &&
            memcmp(text, value.as.text.bytes, value.as.text.size) == 0)
            return DK_OK;
    }
    return status == DK_OK
               ? dki_fail(err, DK_ERR_ARGUMENT, "row %llu is no row of the comparison", (unsigned long long)row + 1)
               : status;
}

static const char *measure_name(const dki_beside *all, size_t at)
{
    return all->measures[at]->name;
}

static const char *side_name(const dki_beside *all, size_t at)
{
    return all->sides[at];
}

/* Which measure on which side a row is about. */
static dk_status find_pair(const dki_shown *shown, const dk_column *measures, const dk_column *scenarios,
                           uint64_t row, uint32_t *pair, dk_error *err)
{
    const dki_beside *all = &shown->all;
    size_t measure = 0, side = 1;
    dk_status status = DK_OK;

    *pair = 0;
    if (!shown->is_long)
        return DK_OK;
    if (measures)
        status = find_name(measures, row, &measure, all->n_measures, measure_name, all, err);
    if (status == DK_OK && scenarios)
        status = find_name(scenarios, row, &side, all->n_sides, side_name, all, err);
    *pair = (uint32_t)(measure * all->n_sides + side);
    return status;
}

static const dk_column *column_of(const dk_table *table, const char *name)
{
    size_t at = dk_table_find(table, name);

    return at == DK_NO_COLUMN ? NULL : dk_table_field(table, at)->column;
}

dk_status dki_shown_pair(const dki_shown *shown, const dk_table *table, uint64_t row, uint32_t *pair, dk_error *err)
{
    return find_pair(shown, column_of(table, DKI_LONG_MEASURE), column_of(table, DKI_LONG_SCENARIO), row, pair,
                     err);
}

/* The key of a row by the dimensions that the table has, and what it is a total over. */
static dk_status find_key(const dki_shown *shown, const dk_table *table, uint64_t row, dki_buffer *key,
                          dk_error *err)
{
    const dk_column *margin = dk_table_margin(table);
    dk_value value = { .as.integer = 0 };
    dk_status status = margin ? dk_column_get(margin, row, &value, err) : DK_OK;

    key->size = 0;
    if (status == DK_OK)
        status = dki_buffer_format(key, err, "%lld", (long long)value.as.integer);
    for (size_t i = 0; i < dk_table_n_columns(shown->table) && status == DK_OK; i++) {
        const char *name = dk_table_field(shown->table, i)->name;

        if (!dki_shown_is_dimension(shown, name))
            continue;
        status = dk_column_get(dk_table_field(table, dk_table_find(table, name))->column, row, &value, err);
        if (status == DK_OK)
            status = dki_group_key_add(&value, key, err);
    }
    return status;
}

/* What tells rows of a long comparison apart; NULL where there is one alone. */
static dk_status find_names(const dki_shown *shown, const char *name, bool is_one, const dk_column **out,
                            dk_error *err)
{
    size_t at = dk_table_find(shown->table, name);
    dk_type type;

    *out = NULL;
    if (!shown->is_long || (is_one && at == DK_NO_COLUMN))
        return DK_OK;
    if (at == DK_NO_COLUMN) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%s, which tells rows of a long comparison apart, was left out", name);
        dki_hint(err, "roll up first, and leave it out afterwards");
        return DK_ERR_ARGUMENT;
    }
    *out = dk_table_field(shown->table, at)->column;
    type = dk_column_type(*out);
    return type == DK_CATEGORY || type == DK_TEXT ? DK_OK : dki_beside_fail(shown->table, name, err);
}

static dk_status read_rows(struct chosen *c, dk_error *err)
{
    const dk_table *table = c->shown->table;
    dki_buffer key;
    dk_status status = DK_OK;

    dki_buffer_init(&key, dk_table_context(table));
    DKI_FOR_ROWS(row, dk_table_n_rows(table), dk_table_context(table), status, err)
    {
        status = find_pair(c->shown, c->measures, c->scenarios, row, &c->shown->pair_of[row], err);
        if (status == DK_OK)
            status = find_key(c->shown, table, row, &key, err);
        if (status == DK_OK)
            status = dki_text_map_add(&c->groups, key.bytes, key.size, &c->group_of[row], err);
        if (status == DK_OK && c->n_of[c->shown->pair_of[row]]++ == 0 && c->shown->is_long) {
            c->shown->pairs[c->shown->pair_of[row]] = true;
            c->shown->needed[c->shown->pair_of[row] / c->shown->all.n_sides] = true;
        }
    }
    if (dk_table_n_rows(table) == 0 && c->shown->is_long) /* a comparison of some measure, without rows */
        c->shown->needed[0] = true;
    dki_buffer_drop(&key);
    return status;
}

/* Each pair by itself, where each has rows of its own. */
static void separate_pairs(const struct chosen *c)
{
    c->shown->n_classes = 0;
    for (size_t pair = 0; pair < c->shown->n_pairs; pair++)
        if (c->n_of[pair] > 0)
            c->shown->class_of[pair] = (uint32_t)c->shown->n_classes++;
}

/* Each pair has each group once, and pairs with the same groups are of one class. */
static dk_status find_classes(struct chosen *c, dk_error *err)
{
    dki_shown *shown = c->shown;
    dk_context *context = dk_table_context(shown->table);
    size_t n_words = dki_bit_words(c->groups.n);
    uint64_t *seen = dki_calloc(context, shown->n_pairs * n_words, sizeof *seen, err);
    dki_text_map classes;
    bool twice = false;
    dk_status status = seen ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t row = 0; seen && row < dk_table_n_rows(shown->table); row++) {
        uint64_t *groups = seen + shown->pair_of[row] * n_words;
        uint32_t group = c->group_of[row];

        twice = twice || (groups[group / 64] >> group % 64 & 1) != 0;
        dki_bit_put(groups, group, true);
    }
    dki_text_map_init(&classes, context);
    for (size_t pair = 0; pair < shown->n_pairs && status == DK_OK; pair++)
        if (c->n_of[pair] > 0)
            status = dki_text_map_add(&classes, (const char *)(seen + pair * n_words), n_words * sizeof *seen,
                                      &shown->class_of[pair], err);
    shown->n_classes = classes.n;
    dki_text_map_drop(&classes);
    dki_free(context, seen);
    if (status == DK_OK && twice)
        return dki_fail(err, DK_ERR_ARGUMENT, "a row of the comparison is there twice");
    return status;
}

/* Where a dimension was left out, all rows must be there: which of them were chosen cannot be told. */
static dk_status check_all(const struct chosen *c, dk_error *err)
{
    bool are_all = true;

    for (size_t pair = 0; pair < c->shown->n_pairs; pair++)
        are_all = are_all && (c->n_of[pair] == 0 || c->n_of[pair] == c->shown->n_rows);
    if (are_all)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_ARGUMENT, "rows were chosen, and %s, which tells which these are, was left out",
                   c->lacks);
    dki_hint(err, "roll up first, and leave it out afterwards");
    return DK_ERR_ARGUMENT;
}

/* Whether a row of whole is of a pair that is shown: always, but where pairs have rows of their own. */
static dk_status is_of_pair(const dki_shown *shown, const dk_column *const names[2], uint64_t row, bool *out,
                            dk_error *err)
{
    uint32_t pair = 0;
    dk_status status = DK_OK;

    *out = true;
    if (shown->of_pairs == NULL)
        return DK_OK;
    status = find_pair(shown, names[0], names[1], row, &pair, err);
    *out = status == DK_OK && shown->pairs[pair];
    return status;
}

/* The rows of whole that are shown, where every dimension is; else those that may be. */
static dk_status take_rows(struct chosen *c, dk_error *err)
{
    dki_shown *shown = c->shown;
    dk_context *context = dk_table_context(shown->whole);
    const dk_column *margin = dk_table_margin(shown->table) ? NULL : dk_table_margin(shown->whole);
    const dk_column *names[2] = { NULL, NULL };
    dki_buffer key;
    dk_status status;

    shown->rows = dki_alloc_array(context, (size_t)dk_table_n_rows(shown->whole), sizeof *shown->rows, err);
    status = shown->rows ? DK_OK : DK_ERR_MEMORY;
    if (shown->of_pairs) {
        names[0] = column_of(shown->of_pairs, DKI_PAIR_MEASURE);
        names[1] = column_of(shown->of_pairs, DKI_PAIR_SCENARIO);
    }
    dki_buffer_init(&key, context);
    DKI_FOR_ROWS(row, dk_table_n_rows(shown->whole), context, status, err)
    {
        dk_value mask = { .as.integer = 0 };
        bool is_of = false;

        status = margin ? dk_column_get(margin, row, &mask, err) : DK_OK;
        if (status == DK_OK)
            status = is_of_pair(shown, names, row, &is_of, err);
        if (status == DK_OK && c->lacks == NULL)
            status = find_key(shown, shown->whole, row, &key, err);
        if (status == DK_OK && is_of && mask.as.integer == 0 &&
            (c->lacks || dki_text_map_find(&c->groups, key.bytes, key.size) != UINT32_MAX))
            shown->rows[shown->n_rows++] = row;
    }
    dki_buffer_drop(&key);
    return status;
}

dk_status dki_shown_find_rows(dki_shown *shown, dk_error *err)
{
    dk_context *context = dk_table_context(shown->table);
    uint64_t n_rows = dk_table_n_rows(shown->table);
    struct chosen c = { .shown = shown };
    dk_status status = find_names(shown, DKI_LONG_MEASURE, shown->all.n_measures == 1, &c.measures, err);

    if (status == DK_OK)
        status = find_names(shown, DKI_LONG_SCENARIO, shown->all.n_sides == 2, &c.scenarios, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < dk_table_n_columns(shown->whole); i++) {
        const char *name = dk_table_field(shown->whole, i)->name;

        if (dki_shown_is_dimension(shown, name) && dk_table_find(shown->table, name) == DK_NO_COLUMN)
            c.lacks = name;
    }
    dki_text_map_init(&c.groups, context);
    c.group_of = dki_alloc_array(context, (size_t)n_rows, sizeof *c.group_of, err);
    shown->pair_of = dki_alloc_array(context, (size_t)n_rows, sizeof *shown->pair_of, err);
    shown->class_of = dki_calloc(context, shown->n_pairs, sizeof *shown->class_of, err);
    c.n_of = dki_calloc(context, shown->n_pairs, sizeof *c.n_of, err);
    status = c.group_of && shown->pair_of && shown->class_of && c.n_of ? read_rows(&c, err) : DK_ERR_MEMORY;
    if (status == DK_OK && c.lacks == NULL)
        status = find_classes(&c, err);
    if (status == DK_OK && shown->of_pairs)
        separate_pairs(&c);
    if (status == DK_OK && shown->n_classes < 2) { /* else each has rows of its own, and may lack some of these */
        status = take_rows(&c, err);
        if (status == DK_OK && c.lacks)
            status = check_all(&c, err);
    }
    dki_free(context, c.n_of);
    dki_free(context, c.group_of);
    dki_text_map_drop(&c.groups);
    return status;
}
