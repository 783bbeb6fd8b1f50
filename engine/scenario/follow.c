/* follow.c - columns of later levels, which follow where a step sets another member of a hierarchy (data/hierarchy_follow.c). */
#include <string.h>

#include "data/hierarchy_levels.h"
#include "scenario_parts.h"

/* The field whose level is the last below that of a column; n: none is. */
static size_t find_below(const dk_column *column, const dk_field *fields, size_t n)
{
    const dk_dictionary *levels = dk_column_levels(column);
    size_t found = n;

    for (size_t i = 0; i < n && levels; i++) {
        const dk_dictionary *own = dk_column_levels(fields[i].column);

        if (own && dki_levels_nested(own, levels) &&
            (found == n || dki_levels_nested(dk_column_levels(fields[found].column), own)))
            found = i;
    }
    return found;
}

static bool is_set(const dk_field *fields, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(fields[i].name, name) == 0)
            return true;
    return false;
}

dk_status dki_follow_levels(const dk_table *cells, dk_field *fields, size_t n_set, size_t *n, dk_error *err)
{
    dk_status status = DK_OK;

    *n = n_set;
    for (size_t c = 0; c < dk_table_n_columns(cells) && status == DK_OK; c++) {
        const dk_field *field = dk_table_field(cells, c);
        size_t below = find_below(field->column, fields, n_set);
        const dk_column *before;

        if (below == n_set || is_set(fields, n_set, field->name))
            continue;
        before = dk_table_field(cells, dk_table_find(cells, fields[below].name))->column;
        fields[*n] = DK_FIELD(field->name, NULL);
        status = dki_levels_follow(field->column, before, fields[below].column, &fields[*n].column, err);
        if (status == DK_OK)
            ++*n;
    }
    return status;
}

/* Levels of a column by name; NULL: there is none such, or it has none. */
static const dk_dictionary *levels_of(const dk_table *table, const char *name)
{
    size_t at = dk_table_find(table, name);

    return at == DK_NO_COLUMN ? NULL : dk_column_levels(dk_table_field(table, at)->column);
}

bool dki_step_changes(const dki_step *step, const dk_table *table, const char *column)
{
    const dk_dictionary *levels = levels_of(table, column);

    for (size_t move = 0; move < dki_moves_n(step); move++) {
        size_t n_set;
        const dk_expr *const *set = dki_move_set(step, move, &n_set);

        for (size_t i = 0; i < n_set; i++) {
            const char *name = dk_expr_name(set[i]);

            if (strcmp(name, column) == 0 || (levels && dki_levels_nested(levels_of(table, name), levels)))
                return true;
        }
    }
    return false;
}
