/* beside.c - results of one breakdown beside each other: whose a column is.
 *
 * The lineage says that results were compared, or that values of a dimension became columns, and which dimensions and measures the
 * breakdown had; names of columns say the rest, as those who made them wrote these.
 */
#include "beside.h"

#include <string.h>

#include "base/status.h"
#include "data/lineage.h"

#define BASE "base"
#define DIFFERENCE "_difference"
#define RELATIVE "_relative"

/* What was done after the breakdown ------------------------------------------------------------------------------ */

size_t dki_beside_breakdown(const dk_table *table)
{
    size_t n = dk_table_n_lineage(table), found = n;

    for (size_t i = 0; i < n; i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);

        if (item->depth == 0 && item->kind == DK_LINEAGE_BREAKDOWN)
            found = i;
        else if (item->depth == 0 && item->kind == DK_LINEAGE_ANSWER)
            found = n; /* its rows are no groups of what it was asked of */
    }
    return found;
}

static const dk_lineage_item *find_step(const dk_table *table, const char *begin)
{
    const dk_lineage_item *found = NULL;

    for (size_t i = dki_beside_breakdown(table); i < dk_table_n_lineage(table); i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);

        if (item->kind == DK_LINEAGE_STEP && item->depth == 0 && strncmp(item->text, begin, strlen(begin)) == 0)
            found = item;
    }
    return found;
}

static const dk_lineage_item *find_comparison(const dk_table *table)
{
    return find_step(table, "compared with ");
}

bool dki_beside_was_compared(const dk_table *table)
{
    return find_comparison(table) != NULL;
}

static const dk_lineage_item *find_pivot(const dk_table *table)
{
    return find_step(table, DKI_EACH_VALUE);
}

/* Columns -------------------------------------------------------------------------------------------------------- */

/* The dimension or measure of the breakdown with that name, of size bytes; NULL: there is none. */
static const dk_lineage_item *find_item(const dk_table *table, dk_lineage_kind kind, const char *name, size_t size)
{
    for (size_t i = dki_beside_breakdown(table); i < dk_table_n_lineage(table); i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);

        if (item->kind == kind && item->depth == 0 && strlen(item->name) == size &&
            memcmp(item->name, name, size) == 0)
            return item;
    }
    return NULL;
}

static bool is_result(const dk_table *table)
{
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const char *name = dk_table_field(table, i)->name;

        if (find_item(table, DK_LINEAGE_DIMENSION, name, strlen(name)) == NULL &&
            find_item(table, DK_LINEAGE_MEASURE, name, strlen(name)) == NULL)
            return false;
    }
    return true;
}

dki_beside_kind dki_beside_kind_of(const dk_table *table)
{
    if (is_result(table))
        return DKI_BESIDE_NOT;
    return find_pivot(table) ? DKI_BESIDE_PIVOTED : find_comparison(table) ? DKI_BESIDE_COMPARED : DKI_BESIDE_NOT;
}

/* Whether the table has a column whose name is `size` bytes of one and then another. */
static bool has_column(const dk_table *table, const char *name, size_t size, const char *end)
{
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const char *own = dk_table_field(table, i)->name;

        if (strncmp(own, name, size) == 0 && strcmp(own + size, end) == 0)
            return true;
    }
    return false;
}

/* The measure that a name begins with, before a "_"; of several the longest, and of a comparison only one that has a base. */
static const dk_lineage_item *find_measure(const dki_beside *beside, const char *name)
{
    for (size_t size = strlen(name); size-- > 1;) {
        const dk_lineage_item *found =
            name[size] == '_' ? find_item(beside->table, DK_LINEAGE_MEASURE, name, size) : NULL;

        if (found && (beside->kind == DKI_BESIDE_PIVOTED || has_column(beside->table, name, size, "_" BASE)))
            return found;
    }
    return NULL;
}

/* Whether the column is how far another is from the base. *size: of its name without that. */
static dki_beside_role role_of(const dki_beside *beside, const char *name, size_t *size)
{
    static const struct {
        const char *end;
        dki_beside_role role;
    } ends[] = { { DIFFERENCE, DKI_BESIDE_DIFFERENCE }, { RELATIVE, DKI_BESIDE_RELATIVE } };

    for (size_t i = 0; i < 2 && beside->kind == DKI_BESIDE_COMPARED; i++) {
        size_t end = strlen(ends[i].end);

        if (*size <= end || strcmp(name + *size - end, ends[i].end) != 0 ||
            !has_column(beside->table, name, *size - end, ""))
            continue;
        *size -= end;
        return ends[i].role;
    }
    return DKI_BESIDE_VALUE;
}

static size_t add_measure(dki_beside *beside, const dk_lineage_item *item)
{
    size_t i = 0;

    while (i < beside->n_measures && beside->measures[i] != item)
        i++;
    beside->measures[i] = item;
    beside->n_measures += i == beside->n_measures;
    return i;
}

static dk_status add_side(dki_beside *beside, const char *name, size_t size, size_t *out, dk_error *err)
{
    size_t i = 0;

    while (i < beside->n_sides && (strlen(beside->sides[i]) != size || memcmp(beside->sides[i], name, size) != 0))
        i++;
    *out = i;
    if (i < beside->n_sides)
        return DK_OK;
    beside->sides[i] = dki_arena_text(&beside->arena, name, size, err);
    beside->n_sides++;
    return beside->sides[i] ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_beside_fail(const dk_table *table, const char *column, dk_error *err)
{
    bool is_compared = find_comparison(table) != NULL;

    if (find_pivot(table) && is_compared) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "the result was compared, and then %s", find_pivot(table)->text);
        dki_hint(err, "roll up the comparison first");
    } else {
        (void)dki_fail(err, DK_ERR_ARGUMENT,
                       is_compared ? "%s is no measure of a side of the comparison"
                                   : "%s is none of the columns that a pivot made of a breakdown's measures",
                       column);
        dki_hint(err,
                 is_compared
                     ? "roll up first, or leave it out: result:drop \"%s\""
                     : "roll up first, and make columns of values then; or leave it out: result:drop \"%s\"",
                 column);
    }
    return DK_ERR_ARGUMENT;
}

/* Whether a column has the name of a dimension. That whose values became columns is gone, though one may be called like it. */
static bool is_dimension(const dki_beside *beside, const char *name)
{
    return find_item(beside->table, DK_LINEAGE_DIMENSION, name, strlen(name)) &&
           (beside->kind != DKI_BESIDE_PIVOTED || strcmp(beside->step->text + strlen(DKI_EACH_VALUE), name) != 0);
}

/* of: what a pivot took of one measure alone; NULL: names tell measures. */
static dk_status find_column(dki_beside *beside, size_t at, const char *of, dk_error *err)
{
    const char *name = dk_table_field(beside->table, at)->name;
    dki_beside_column *column = &beside->columns[at];
    const dk_lineage_item *measure;
    size_t size = strlen(name), from = 0;

    if (is_dimension(beside, name)) {
        column->role = DKI_BESIDE_DIMENSION;
        return DK_OK;
    }
    column->role = role_of(beside, name, &size);
    measure = of ? find_item(beside->table, DK_LINEAGE_MEASURE, of, strlen(of)) : find_measure(beside, name);
    if (measure && of == NULL)
        from = strlen(measure->name) + 1;
    if (measure == NULL || from >= size)
        return dki_beside_fail(beside->table, name, err);
    column->measure = add_measure(beside, measure);
    return add_side(beside, name + from, size - from, &column->side, err);
}

size_t dki_beside_find_column(const dki_beside *beside, dki_beside_role role, size_t measure, size_t side)
{
    for (size_t i = 0; i < dk_table_n_columns(beside->table); i++)
        if (beside->columns[i].role == role && beside->columns[i].measure == measure &&
            beside->columns[i].side == side)
            return i;
    return DK_NO_COLUMN;
}

static size_t find_value(const dki_beside *beside, size_t measure, size_t side)
{
    return dki_beside_find_column(beside, DKI_BESIDE_VALUE, measure, side);
}

/* Every side has every measure. */
static dk_status check_complete(const dki_beside *beside, dk_error *err)
{
    for (size_t m = 0; m < beside->n_measures; m++)
        for (size_t s = 0; s < beside->n_sides; s++) {
            if (find_value(beside, m, s) != DK_NO_COLUMN)
                continue;
            (void)dki_fail(err, DK_ERR_ARGUMENT, "the column of %s for %s was left out", beside->measures[m]->name,
                           beside->sides[s]);
            dki_hint(err, "roll up first, and leave columns out then");
            return DK_ERR_ARGUMENT;
        }
    return DK_OK;
}

/* Whether what was done to the table left its columns what they were: rows were chosen or put in order; those of a pivot, of which
 * a name tells no more than a value, got other names. */
static bool leaves_columns(const dk_lineage_item *item, bool is_pivot)
{
    static const char *const begins[] = { "sorted by ", "shuffled by ", "the first ",
                                          "drew ",      "rows ",        "opened from " };

    for (size_t i = 0; item->kind == DK_LINEAGE_STEP && i < sizeof begins / sizeof *begins; i++)
        if (strncmp(item->text, begins[i], strlen(begins[i])) == 0)
            return true;
    return item->depth > 0 || item->kind == DK_LINEAGE_FILTER ||
           (is_pivot && item->kind == DK_LINEAGE_STEP && strstr(item->text, " renamed to ") != NULL);
}

dk_status dki_beside_check(const dk_table *table, dk_error *err)
{
    const dk_lineage_item *pivot = find_pivot(table), *step = pivot ? pivot : find_comparison(table);
    size_t n = dk_table_n_lineage(table), from = n;

    for (size_t i = 0; i < n; i++)
        if (dk_table_lineage(table, i) == step)
            from = i + 1;
    for (size_t i = from; i < n; i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);

        if (leaves_columns(item, pivot != NULL))
            continue;
        (void)dki_fail(err, DK_ERR_ARGUMENT,
                       "after \"%s\" came %.200s, which may have made columns that cannot be rolled up", step->text,
                       item->name ? item->name : item->text);
        dki_hint(err, "roll up first");
        return DK_ERR_ARGUMENT;
    }
    return DK_OK;
}

dk_status dki_beside_find(dki_beside *beside, const dk_table *table, dk_error *err)
{
    size_t n = dk_table_n_columns(table), side;
    const dk_lineage_item *pivot = find_pivot(table);
    dk_status status;

    *beside = (dki_beside){ .kind = dki_beside_kind_of(table),
                            .table = table,
                            .step = pivot ? pivot : find_comparison(table) };
    dki_arena_init(&beside->arena, dk_table_context(table));
    beside->columns = dki_arena_array(&beside->arena, n, sizeof *beside->columns, err);
    beside->measures = dki_arena_array(&beside->arena, n, sizeof *beside->measures, err);
    beside->sides = dki_arena_array(&beside->arena, n + 1, sizeof *beside->sides, err);
    if (beside->columns == NULL || beside->measures == NULL || beside->sides == NULL)
        return DK_ERR_MEMORY;
    status = dki_beside_check(table, err);
    if (status == DK_OK && beside->kind == DKI_BESIDE_COMPARED)
        status = add_side(beside, BASE, strlen(BASE), &side, err);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = find_column(beside, i, pivot ? pivot->name : NULL, err);
    return status == DK_OK ? check_complete(beside, err) : status;
}

void dki_beside_drop(dki_beside *beside)
{
    for (size_t i = 0; beside->rolled && i < beside->n_sides; i++)
        dk_table_release(beside->rolled[i]);
    if (beside->table)
        dki_arena_drop(&beside->arena);
    beside->table = NULL;
}

/* Sides ---------------------------------------------------------------------------------------------------------- */

dk_status dki_beside_side(const dki_beside *beside, size_t side, const dk_table **out, dk_error *err)
{
    dki_arena arena;
    size_t n = 0, n_columns = dk_table_n_columns(beside->table);
    const char **names, **old_names, **new_names;
    const dk_table *narrow = NULL, *side_table = NULL;
    dki_lineage *lineage;
    dk_status status = DK_ERR_MEMORY;

    dki_arena_init(&arena, dk_table_context(beside->table));
    names = dki_arena_array(&arena, n_columns, sizeof *names, err);
    old_names = dki_arena_array(&arena, n_columns, sizeof *old_names, err);
    new_names = dki_arena_array(&arena, n_columns, sizeof *new_names, err);
    for (size_t i = 0; i < n_columns && names; i++)
        if (beside->columns[i].role == DKI_BESIDE_DIMENSION)
            names[n++] = dk_table_field(beside->table, i)->name;
    for (size_t m = 0; m < beside->n_measures && names && old_names && new_names;
         m++, n++) { /* in one order on all sides */
        names[n] = old_names[m] = dk_table_field(beside->table, find_value(beside, m, side))->name;
        new_names[m] = beside->measures[m]->name;
    }
    if (names && old_names && new_names)
        status = dk_table_select(beside->table, names, n, &narrow, err);
    if (status == DK_OK)
        status = dk_table_rename(narrow, old_names, new_names, beside->n_measures, &side_table, err);
    if (status == DK_OK) /* their own names: nothing that anybody did */
        status = dki_lineage_after(beside->table, &lineage, err);
    if (status == DK_OK) {
        dki_table_attach(side_table, lineage);
        *out = side_table;
    } else {
        dk_table_release(side_table);
    }
    dk_table_release(narrow);
    dki_arena_drop(&arena);
    return status;
}
