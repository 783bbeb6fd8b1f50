/* compared_shown.c - what a table shows of the comparison that it was made of: which columns, and which rows.
 *
 * Where columns were left out, or the comparison is a long one, the table keeps a wide one that has them all
 * (dk_properties.whole). Rows may have been chosen since (compared_rows.c).
 */
#include "compared_shown.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/formats.h"
#include "data/lineage.h"
#include "whatif_parts.h"

/* Columns -------------------------------------------------------------------------------------------------------- */

static bool is_long_name(const char *name)
{
    static const char *const names[] = { DKI_LONG_MEASURE, DKI_LONG_SCENARIO, "base",
                                         "value",          "difference",      "relative" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

bool dki_shown_is_dimension(const dki_shown *shown, const char *name)
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

        if (dki_shown_is_dimension(shown, name))
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

/* The whole --------------------------------------------------------------------------------------------------------- */

/* What the table keeps, or the table itself; without the columns that tell pairs apart, where each has rows of its own. */
static dk_status find_whole(dki_shown *shown, dk_error *err)
{
    static const char *const names[] = { DKI_PAIR_MEASURE, DKI_PAIR_SCENARIO };
    const dk_table *whole = dk_table_properties(shown->table)->whole;

    shown->whole = whole ? whole : shown->table;
    if (whole == NULL || dk_table_find(whole, names[0]) == DK_NO_COLUMN ||
        dk_table_find(whole, names[1]) == DK_NO_COLUMN)
        return DK_OK;
    shown->of_pairs = whole;
    shown->whole = NULL;
    return dk_table_drop(whole, names, 2, &shown->made, err);
}

dk_status dki_shown_find(dki_shown *shown, const dk_table *table, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dk_status status = dki_beside_check(table, err);

    *shown = (dki_shown){ .table = table };
    if (status == DK_OK)
        status = find_whole(shown, err);
    if (status == DK_OK && shown->made)
        shown->whole = shown->made;
    if (status == DK_OK)
        status = dki_beside_find(&shown->all, shown->whole, err);
    if (status != DK_OK)
        return status;
    shown->n_pairs = shown->all.n_measures * shown->all.n_sides;
    shown->needed = dki_calloc(context, shown->all.n_measures, sizeof *shown->needed, err);
    shown->pairs = dki_calloc(context, shown->n_pairs, sizeof *shown->pairs, err);
    status = shown->needed && shown->pairs ? find_columns(shown, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dki_shown_find_rows(shown, err);
    return status == DK_OK ? find_needed(shown, err) : status;
}

void dki_shown_drop(dki_shown *shown)
{
    dk_context *context = dk_table_context(shown->table);

    dki_free(context, shown->class_of);
    dki_free(context, shown->pair_of);
    dki_free(context, shown->rows);
    dki_free(context, shown->pairs);
    dki_free(context, shown->needed);
    dki_beside_drop(&shown->all);
    dk_table_release(shown->made);
}

/* Tables --------------------------------------------------------------------------------------------------------- */

/* The columns of whole: dimensions as the table has them, and what sides have of the measures, and differ by. */
static dk_status select_wide(const dki_shown *shown, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(shown->whole);
    size_t n_columns = dk_table_n_columns(shown->whole), n = 0;
    const char **names = dki_alloc_array(context, n_columns, sizeof *names, err);
    dk_status status = names ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; names && i < dk_table_n_columns(shown->table); i++) {
        const char *name = dk_table_field(shown->table, i)->name;

        if (dki_shown_is_dimension(shown, name))
            names[n++] = name;
    }
    for (size_t i = 0; names && i < n_columns; i++)
        if ((shown->all.columns[i].role == DKI_BESIDE_VALUE ||
             shown->all.columns[i].role == DKI_BESIDE_DIFFERENCE) &&
            shown->needed[shown->all.columns[i].measure])
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

        if (dki_shown_is_dimension(shown, field->name))
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
