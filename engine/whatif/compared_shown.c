/* compared_shown.c - what a table shows of the comparison that it was made of: which columns, and which rows.
 *
 * Where columns were left out, or the comparison is a long one, the table keeps a wide one that has them all
 * (dk_properties.whole). Rows may have been chosen since, and are found there again by their dimensions. Of a long comparison
 * all pairs of a measure and a scenario must have rows of the same groups.
 */
#include "compared_shown.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/formats.h"
#include "data/lineage.h"
#include "expr/poll_row.h"
#include "whatif_parts.h"

#define MEASURE "measure"
#define SCENARIO "scenario"

/* Columns -------------------------------------------------------------------------------------------------------- */

static bool is_long_name(const char *name)
{
    static const char *const names[] = { MEASURE, SCENARIO, "base", "value", "difference", "relative" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool is_dimension(const dki_shown *shown, const char *name)
{
    size_t at = dk_table_find(shown->whole, name);

    return at != DK_NO_COLUMN && shown->all.columns[at].role == DKI_BESIDE_DIMENSION;
}

static dk_status find_columns(dki_shown *shown, dk_error *err)
{
    size_t n_wide = 0;

    for (size_t i = 0; i < dk_table_n_columns(shown->table); i++) {
        const char *name = dk_table_field(shown->table, i)->name;
        size_t at = dk_table_find(shown->whole, name);

        if (is_dimension(shown, name))
            continue;
        if (at != DK_NO_COLUMN) {
            shown->needed[shown->all.columns[at].measure] = true;
            shown->is_relative = shown->is_relative || shown->all.columns[at].role == DKI_BESIDE_RELATIVE;
            n_wide++;
        } else if (shown->whole == shown->table || !is_long_name(name) || n_wide > 0) {
            return dki_beside_fail(shown->table, name, err);
        } else {
            shown->is_long = true;
            shown->is_relative = shown->is_relative || strcmp(name, "relative") == 0;
        }
    }
    return DK_OK;
}

struct parts {
    dki_shown *shown;
    bool found;
};

static bool visit_part(void *arg, const dki_node *node)
{
    struct parts *parts = arg;
    const dki_beside *all = &parts->shown->all;

    for (size_t m = 0; node->kind == DKI_NODE_NAME && m < all->n_measures; m++)
        if (strcmp(all->measures[m]->name, node->text) == 0 && !parts->shown->needed[m])
            parts->found = parts->shown->needed[m] = true;
    return true;
}

/* Measures that those which are needed are made of. */
static dk_status find_needed(dki_shown *shown, dk_error *err)
{
    struct parts parts = { shown, true };
    dk_status status = DK_OK;

    while (parts.found && status == DK_OK) {
        parts.found = false;
        for (size_t m = 0; m < shown->all.n_measures && status == DK_OK; m++) {
            const dk_expr *expr = NULL;

            if (!shown->needed[m])
                continue;
            status = dk_expr_parse(dk_table_context(shown->table), shown->all.measures[m]->text, &expr, err);
            if (status == DK_OK)
                (void)dki_node_visit(dki_expr_root(expr), visit_part, &parts);
            dk_expr_release(expr);
        }
    }
    return status;
}

/* Rows ----------------------------------------------------------------------------------------------------------- */

/* What is known of the table's rows on the way. */
struct chosen {
    dki_shown *shown;
    const dk_column *measures, *scenarios; /* NULL: there is one alone */
    const char *lacks;                     /* a dimension that was left out, or NULL */
    dki_text_map groups;
    uint32_t *group_of, *pair_of; /* of each row */
    uint64_t *n_of;               /* of each pair: its rows */
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
static dk_status find_pair(const struct chosen *c, uint64_t row, uint32_t *pair, dk_error *err)
{
    const dki_beside *all = &c->shown->all;
    size_t measure = 0, side = 1;
    dk_status status = DK_OK;

    *pair = 0;
    if (!c->shown->is_long)
        return DK_OK;
    if (c->measures)
        status = find_name(c->measures, row, &measure, all->n_measures, measure_name, all, err);
    if (status == DK_OK && c->scenarios)
        status = find_name(c->scenarios, row, &side, all->n_sides, side_name, all, err);
    *pair = (uint32_t)(measure * all->n_sides + side);
    return status;
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

        if (!is_dimension(shown, name))
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
        status = find_pair(c, row, &c->pair_of[row], err);
        if (status == DK_OK)
            status = find_key(c->shown, table, row, &key, err);
        if (status == DK_OK)
            status = dki_text_map_add(&c->groups, key.bytes, key.size, &c->group_of[row], err);
        if (status == DK_OK && c->n_of[c->pair_of[row]]++ == 0 && c->shown->is_long) {
            c->shown->pairs[c->pair_of[row]] = true;
            c->shown->needed[c->pair_of[row] / c->shown->all.n_sides] = true;
        }
    }
    if (dk_table_n_rows(table) == 0 && c->shown->is_long) /* a comparison of some measure, without rows */
        c->shown->needed[0] = true;
    dki_buffer_drop(&key);
    return status;
}

/* Each pair has each group once. */
static dk_status check_groups(const struct chosen *c, dk_error *err)
{
    const dki_beside *all = &c->shown->all;
    uint64_t n_rows = dk_table_n_rows(c->shown->table), n = c->groups.n, *seen;
    size_t first = SIZE_MAX;
    bool twice = false;

    seen = dki_calloc(dk_table_context(c->shown->table), dki_bit_words(c->shown->n_pairs * n), sizeof *seen, err);
    if (seen == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t row = 0; row < n_rows; row++) {
        uint64_t bit = c->pair_of[row] * n + c->group_of[row];

        twice = twice || (seen[bit / 64] >> bit % 64 & 1) != 0;
        dki_bit_put(seen, bit, true);
    }
    dki_free(dk_table_context(c->shown->table), seen);
    if (twice)
        return dki_fail(err, DK_ERR_ARGUMENT, "a row of the comparison is there twice");
    for (size_t pair = 0; pair < c->shown->n_pairs; pair++) {
        if (c->n_of[pair] == 0)
            continue;
        if (first == SIZE_MAX)
            first = pair;
        if (c->n_of[pair] == c->n_of[first])
            continue;
        (void)dki_fail(err, DK_ERR_ARGUMENT, "rows of %s under %s and of %s under %s are not of the same groups",
                       measure_name(all, first / all->n_sides), side_name(all, first % all->n_sides),
                       measure_name(all, pair / all->n_sides), side_name(all, pair % all->n_sides));
        dki_hint(err, "roll up first, and choose rows then; or take the rows of each by themselves");
        return DK_ERR_ARGUMENT;
    }
    return DK_OK;
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

/* The rows of whole that are shown, where every dimension is; else those that may be. */
static dk_status take_rows(struct chosen *c, dk_error *err)
{
    dki_shown *shown = c->shown;
    dk_context *context = dk_table_context(shown->whole);
    const dk_column *margin = dk_table_margin(shown->table) ? NULL : dk_table_margin(shown->whole);
    dki_buffer key;
    dk_status status;

    shown->rows = dki_alloc_array(context, (size_t)dk_table_n_rows(shown->whole), sizeof *shown->rows, err);
    status = shown->rows ? DK_OK : DK_ERR_MEMORY;
    dki_buffer_init(&key, context);
    DKI_FOR_ROWS(row, dk_table_n_rows(shown->whole), context, status, err)
    {
        dk_value mask = { .as.integer = 0 };

        status = margin ? dk_column_get(margin, row, &mask, err) : DK_OK;
        if (status == DK_OK && c->lacks == NULL)
            status = find_key(shown, shown->whole, row, &key, err);
        if (status == DK_OK && mask.as.integer == 0 &&
            (c->lacks || dki_text_map_find(&c->groups, key.bytes, key.size) != UINT32_MAX))
            shown->rows[shown->n_rows++] = row;
    }
    dki_buffer_drop(&key);
    return status;
}

static dk_status find_rows(dki_shown *shown, dk_error *err)
{
    dk_context *context = dk_table_context(shown->table);
    uint64_t n_rows = dk_table_n_rows(shown->table);
    struct chosen c = { .shown = shown };
    dk_status status = find_names(shown, MEASURE, shown->all.n_measures == 1, &c.measures, err);

    if (status == DK_OK)
        status = find_names(shown, SCENARIO, shown->all.n_sides == 2, &c.scenarios, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < dk_table_n_columns(shown->whole); i++) {
        const char *name = dk_table_field(shown->whole, i)->name;

        if (is_dimension(shown, name) && dk_table_find(shown->table, name) == DK_NO_COLUMN)
            c.lacks = name;
    }
    dki_text_map_init(&c.groups, context);
    c.group_of = dki_alloc_array(context, (size_t)n_rows, sizeof *c.group_of, err);
    c.pair_of = dki_alloc_array(context, (size_t)n_rows, sizeof *c.pair_of, err);
    c.n_of = dki_calloc(context, shown->n_pairs, sizeof *c.n_of, err);
    status = c.group_of && c.pair_of && c.n_of ? read_rows(&c, err) : DK_ERR_MEMORY;
    if (status == DK_OK && c.lacks == NULL)
        status = check_groups(&c, err);
    if (status == DK_OK)
        status = take_rows(&c, err);
    if (status == DK_OK && c.lacks)
        status = check_all(&c, err);
    dki_free(context, c.n_of);
    dki_free(context, c.pair_of);
    dki_free(context, c.group_of);
    dki_text_map_drop(&c.groups);
    return status;
}

dk_status dki_shown_find(dki_shown *shown, const dk_table *table, dk_error *err)
{
    const dk_table *whole = dk_table_properties(table)->whole;
    dk_context *context = dk_table_context(table);
    dk_status status = dki_beside_check(table, err);

    *shown = (dki_shown){ .table = table, .whole = whole ? whole : table };
    if (status == DK_OK)
        status = dki_beside_find(&shown->all, shown->whole, err);
    if (status != DK_OK)
        return status;
    shown->n_pairs = shown->all.n_measures * shown->all.n_sides;
    shown->needed = dki_calloc(context, shown->all.n_measures, sizeof *shown->needed, err);
    shown->pairs = dki_calloc(context, shown->n_pairs, sizeof *shown->pairs, err);
    status = shown->needed && shown->pairs ? find_columns(shown, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = find_rows(shown, err);
    return status == DK_OK ? find_needed(shown, err) : status;
}

void dki_shown_drop(dki_shown *shown)
{
    dk_context *context = dk_table_context(shown->table);

    dki_free(context, shown->rows);
    dki_free(context, shown->pairs);
    dki_free(context, shown->needed);
    dki_beside_drop(&shown->all);
}

/* Tables --------------------------------------------------------------------------------------------------------- */

/* The columns of whole: dimensions as the table has them, and what sides have of the measures. */
static dk_status select_wide(const dki_shown *shown, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(shown->whole);
    size_t n_columns = dk_table_n_columns(shown->whole), n = 0;
    const char **names = dki_alloc_array(context, n_columns, sizeof *names, err);
    dk_status status = names ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; names && i < dk_table_n_columns(shown->table); i++) {
        const char *name = dk_table_field(shown->table, i)->name;

        if (is_dimension(shown, name))
            names[n++] = name;
    }
    for (size_t i = 0; names && i < n_columns; i++)
        if (shown->all.columns[i].role == DKI_BESIDE_VALUE && shown->needed[shown->all.columns[i].measure])
            names[n++] = dk_table_field(shown->whole, i)->name;
    if (status == DK_OK)
        status = dk_table_select(shown->whole, names, n, out, err);
    dki_free(context, names);
    return status;
}

dk_status dki_shown_wide(const dki_shown *shown, const dk_table **out, dk_error *err)
{
    const dk_table *narrow = NULL, *made = NULL;
    dki_lineage *lineage = NULL;
    dk_status status = select_wide(shown, &narrow, err);

    if (status == DK_OK)
        status = dk_table_gather(narrow, shown->rows, shown->n_rows, &made, err);
    if (status == DK_OK && dk_table_margin(shown->table) == NULL && dk_table_margin(made)) {
        dk_table_release(narrow);
        narrow = made;
        made = NULL;
        status = dk_table_with_margin(narrow, NULL, &made, err);
    }
    if (status == DK_OK)
        status = dki_lineage_after(shown->table, &lineage, err);
    if (status == DK_OK) {
        dki_table_attach(made, lineage);
        *out = made;
    } else {
        dk_table_release(made);
    }
    dk_table_release(narrow);
    return status;
}

/* The rows of a long comparison whose pairs are shown: measures and sides take turns. */
static dk_status take_pairs(const dki_shown *shown, const dk_table *compared, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(compared);
    size_t n_sides = shown->all.n_sides, n_needed = 0, n_each;
    uint64_t n_rows = dk_table_n_rows(compared), n = 0;
    uint64_t *rows = dki_alloc_array(context, (size_t)n_rows, sizeof *rows, err);
    size_t *pairs = dki_alloc_array(context, shown->n_pairs, sizeof *pairs, err);
    const dk_table *made = NULL;
    dki_lineage *lineage = NULL;
    dk_status status = rows && pairs ? DK_OK : DK_ERR_MEMORY;

    for (size_t m = 0; pairs && m < shown->all.n_measures; m++)
        for (size_t side = 1; shown->needed[m] && side < n_sides; side++)
            pairs[n_needed++] = m * n_sides + side;
    n_each = n_needed;
    for (uint64_t row = 0; status == DK_OK && row < n_rows; row++)
        if (shown->pairs[pairs[row % n_each]])
            rows[n++] = row;
    if (status == DK_OK)
        status = dk_table_gather(compared, rows, n, &made, err);
    if (status == DK_OK)
        status = dki_lineage_after(compared, &lineage, err);
    if (status == DK_OK) {
        dki_table_attach(made, lineage);
        *out = made;
    } else {
        dk_table_release(made);
    }
    dki_free(context, pairs);
    dki_free(context, rows);
    return status;
}

/* How a column is shown: as in the table, but where each measure has a format of its own. */
static const char *format_of(const dki_shown *shown, const dk_field *field, const dk_field *made)
{
    return field->format && !dki_formats_are(field->format) ? field->format
           : shown->is_long                                 ? made->format
                                                            : field->format;
}

dk_status dki_shown_again(const dki_shown *shown, const dk_table *compared, size_t n_by, const dk_table **out,
                          dk_error *err)
{
    dk_context *context = dk_table_context(compared);
    size_t n_columns = dk_table_n_columns(shown->table), n = n_by;
    const char **names = dki_alloc_array(context, n_by + n_columns, sizeof *names, err);
    dk_field *fields = dki_alloc_array(context, n_columns, sizeof *fields, err);
    const dk_table *some = NULL, *narrow = NULL;
    dk_status status = names && fields ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK && shown->is_long)
        status = take_pairs(shown, compared, &some, err);
    else if (status == DK_OK)
        some = dk_table_retain(compared);
    for (size_t i = 0; status == DK_OK && i < n_by; i++)
        names[i] = dk_table_field(compared, i)->name;
    for (size_t i = 0; status == DK_OK && i < n_columns; i++) {
        const dk_field *field = dk_table_field(shown->table, i);
        const dk_field *made;

        if (is_dimension(shown, field->name))
            continue;
        made = dk_table_field(some, dk_table_find(some, field->name));
        fields[n - n_by] = *field;
        fields[n - n_by].column = made->column;
        fields[n - n_by].format = format_of(shown, field, made);
        names[n++] = field->name;
    }
    if (status == DK_OK)
        status = dk_table_select(some, names, n, &narrow, err);
    if (status == DK_OK)
        status = dk_table_with(narrow, fields, n - n_by, out, err);
    dk_table_release(narrow);
    dk_table_release(some);
    dki_free(context, fields);
    dki_free(context, names);
    return status;
}
