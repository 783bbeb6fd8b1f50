/* follow.c - levels above: who gets another member of a hierarchy belongs from then on to what that one belongs to.
 *
 * A column that a table got from a hierarchy says the region of each municipality. A step that sets a municipality, and
 * does not say the region, would leave persons in the region of the old one. So the columns of later levels follow, as
 * the hierarchy has them. What is no member, as the new name of a merger is, leaves everybody where they are.
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/hierarchy_levels.h"
#include "expr/poll_row.h"
#include "scenario_parts.h"

static dk_status codes_of(const dk_column *column, uint32_t *out, dk_error *err)
{
    dk_view view;
    dk_status status = DK_OK;

    dk_view_init(&view, dk_column_context(column));
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n)
        dki_view_codes(&view, out + row);
    dk_view_release(&view);
    return status;
}

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

/* What a column becomes where another, of a level below, becomes `set`. */
static dk_status follow(const dk_column *column, const dk_column *before, const dk_column *set,
                        const dk_column **out, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    size_t n = (size_t)dk_column_n_rows(column);
    uint32_t *above =
        dki_alloc_array(context, dk_dictionary_n_levels(dk_column_levels(set)) + 1, sizeof *above, err);
    uint32_t *codes = dki_alloc_array(context, n, sizeof *codes, err);
    uint32_t *old = dki_alloc_array(context, n, sizeof *old, err);
    uint32_t *now = dki_alloc_array(context, n, sizeof *now, err);
    dk_status status = above && codes && old && now ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_levels_above(context, dk_column_levels(set), dk_column_levels(column), above, err);
    if (status == DK_OK)
        status = codes_of(column, codes, err);
    if (status == DK_OK)
        status = codes_of(before, old, err);
    if (status == DK_OK)
        status = codes_of(set, now, err);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        if (old[i] != now[i] && above[now[i]] != DKI_NO_MEMBER)
            codes[i] = above[now[i]];
    if (status == DK_OK)
        status = dki_column_of_codes(context, dk_column_levels(column), 2, codes, n, out, err);
    dki_free(context, now);
    dki_free(context, old);
    dki_free(context, codes);
    dki_free(context, above);
    return status;
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
        status = follow(field->column, before, fields[below].column, &fields[*n].column, err);
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
