/* cell_children.c - columns that are made of columns, among those that cells are told apart by.
 *
 * An interval is its bounds and its marker, and a rate its numerator and denominator: rows are in one cell where they have all
 * of these in common. So cells are grouped by these columns, under names of their own, and what they make is put together
 * again afterwards. Of any other column nothing is known beside its values.
 */
#include <string.h>

#include "base/memory.h"
#include "data/children.h"
#include "scenario_parts.h"

/* What the child of a column is called in a table that has it as a column: a name that no other has. NULL: no memory. */
static const char *child_name(const dk_table *table, const dk_field *field, size_t i, dki_arena *arena,
                              dk_error *err)
{
    const char *name =
        dki_arena_format(arena, err, "%s %s", field->name, dki_child_name(dk_column_type(field->column), i));

    while (name && dk_table_find(table, name) != DK_NO_COLUMN)
        name = dki_arena_format(arena, err, "%s_", name);
    return name;
}

static bool is_mentioned(const dki_text_map *names, const char *name)
{
    return dki_text_map_find(names, name, strlen(name)) != DKI_MAP_NONE;
}

dk_status dki_children_spread(const dk_table *table, const dki_text_map *names, dki_arena *arena,
                              const dk_table **out, dk_error *err)
{
    size_t n_columns = dk_table_n_columns(table), n = 0;
    dk_field *fields = dki_arena_array(arena, n_columns * DK_MOST_CHILDREN, sizeof *fields, err);

    if (fields == NULL)
        return DK_ERR_MEMORY;
    for (size_t c = 0; c < n_columns; c++) {
        const dk_field *field = dk_table_field(table, c);

        for (size_t i = 0; is_mentioned(names, field->name) && i < dk_column_n_children(field->column); i++) {
            const char *name = child_name(table, field, i, arena, err);

            if (name == NULL)
                return DK_ERR_MEMORY;
            fields[n++] = DK_FIELD(name, dk_column_child(field->column, i));
        }
    }
    if (n > 0)
        return dk_table_with(table, fields, n, out, err);
    *out = dk_table_retain(table);
    return DK_OK;
}

dk_status dki_children_visit(const dk_table *table, const dki_text_map *names, dki_arena *arena,
                             dki_child_visit_fn *visit, void *arg, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t c = 0; status == DK_OK && c < dk_table_n_columns(table); c++) {
        const dk_field *field = dk_table_field(table, c);
        size_t n = dk_column_n_children(field->column);

        if (!is_mentioned(names, field->name))
            continue;
        if (n == 0)
            status = visit(arg, field->name, err);
        for (size_t i = 0; status == DK_OK && i < n; i++) {
            const char *name = child_name(table, field, i, arena, err);

            status = name ? visit(arg, name, err) : DK_ERR_MEMORY;
        }
    }
    return status;
}

/* The column that n children in a row of `grouped` make. */
static dk_status join(const dk_table *grouped, size_t at, const dk_column *like, const dk_column **out,
                      dk_error *err)
{
    size_t n = dk_column_n_children(like);
    const dk_column *children[DK_MOST_CHILDREN] = { NULL };

    for (size_t i = 0; i < n; i++)
        children[i] = dk_table_field(grouped, at + i)->column;
    if (dk_column_type(like) == DK_INTERVAL)
        return dk_interval_new(children[DK_CHILD_LEAST], children[DK_CHILD_GREATEST], children[DK_CHILD_MARKER],
                               out, err);
    return dki_rate_new(children[DK_CHILD_NUMERATOR], children[DK_CHILD_DENOMINATOR], children[DK_CHILD_WHOLE], out,
                        err);
}

dk_status dki_children_join(const dk_table *table, const dki_text_map *names, const dk_table *grouped,
                            const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dk_field *fields = dki_calloc(context, dk_table_n_columns(table) + 1, sizeof *fields, err);
    size_t n = 0, at = 0;
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    for (size_t c = 0; status == DK_OK && c < dk_table_n_columns(table); c++) {
        const dk_field *field = dk_table_field(table, c);
        size_t n_children = dk_column_n_children(field->column);

        if (!is_mentioned(names, field->name))
            continue;
        fields[n] = DK_FIELD(field->name, NULL);
        if (n_children == 0)
            fields[n].column = dk_column_retain(dk_table_field(grouped, at)->column);
        else
            status = join(grouped, at, field->column, &fields[n].column, err);
        at += n_children ? n_children : 1;
        n++;
    }
    for (; status == DK_OK && at < dk_table_n_columns(grouped); at++) {
        fields[n] = *dk_table_field(grouped, at);
        (void)dk_column_retain(fields[n++].column);
    }
    if (status == DK_OK)
        status = dk_table_new(context, fields, n, dk_table_n_rows(grouped), out, err);
    for (size_t i = 0; fields && i < n; i++)
        dk_column_release(fields[i].column);
    dki_free(context, fields);
    return status;
}
