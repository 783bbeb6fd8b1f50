/* link.c - marks the rows of a table whose key occurs in another.
 *
 * The mark is true, false, or null where the row has no key: whether such a person is in the other table is not
 * known, and `x`, `not x` and `x is null` part the rows.
 */
#include <dekking/join.h>

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "expr/poll_row.h"
#include "join_key.h"

static dk_status make_mark(const dki_join *join, const dk_column **out, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(join->context, DK_BOOLEAN, 0, NULL, &builder, err);

    DKI_FOR_ROWS(row, dk_table_n_rows(join->left), join->context, status, err)
    {
        if (join->matches[row] == DKI_NULL_KEY)
            status = dk_builder_null(builder, 1, err);
        else
            status = dk_builder_boolean(builder, join->matches[row] != DKI_NO_MATCH, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* A new column may have no name that the table, or another new one, has. */
static dk_status check_name(const dki_join *join, const char *name, const char *const *others, size_t n_others,
                            dk_error *err)
{
    bool twice = dk_table_find(join->left, name) != DK_NO_COLUMN;

    for (size_t i = 0; i < n_others; i++)
        twice = twice || strcmp(others[i], name) == 0;
    if (!twice)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_DUPLICATE, "link: there is a column %s already", name);
    dki_hint(err, "rename the one or the other first, or give the mark another name");
    return DK_ERR_DUPLICATE;
}

static dk_status choose_fields(const dki_join *join, const char *as, const char *const *columns, size_t n,
                               dk_field *fields, dk_error *err)
{
    dk_status status = check_name(join, as, columns, n, err);

    for (size_t i = 0; status == DK_OK && i < n; i++) {
        size_t column;

        status = dk_table_get(join->right, columns[i], &column, err);
        if (status == DK_OK)
            status = check_name(join, columns[i], columns, i, err);
        if (status == DK_OK) {
            fields[i + 1] = *dk_table_field(join->right, column);
            fields[i + 1].margin_bit = -1;
        }
    }
    return status;
}

/* fields: n + 1; the first is the mark, the others come with columns of the other table. */
static dk_status make_columns(dki_join *join, const char *as, dk_field *fields, size_t n, const dk_table **out,
                              dk_error *err)
{
    size_t n_made = 0;
    dk_status status;

    fields[0] = DK_FIELD(as, NULL);
    status = make_mark(join, &fields[0].column, err);
    for (uint64_t row = 0; row < dk_table_n_rows(join->left); row++) {
        if (join->matches[row] == DKI_NULL_KEY)
            join->matches[row] = DK_ROW_NULL; /* as no match is, by its number */
    }
    for (; status == DK_OK && n_made < n; n_made++) {
        const dk_column *column = fields[n_made + 1].column;

        fields[n_made + 1].column = NULL;
        status =
            dk_column_gather(column, join->matches, dk_table_n_rows(join->left), &fields[n_made + 1].column, err);
    }
    if (status == DK_OK)
        status = dk_table_with(join->left, fields, n + 1, out, err);
    dk_column_release(fields[0].column);
    for (size_t i = 0; i < n_made; i++)
        dk_column_release(fields[i + 1].column);
    return status;
}

static dk_status add_note(const dki_join *join, const dk_table *table, const dk_table **out, dk_error *err)
{
    uint64_t unused = join->n_right_keys - join->n_matched_keys;
    char note[192];

    (void)snprintf(note, sizeof note,
                   "%llu of %llu rows matched; %llu %s no key; %llu %s of the other table %s no row",
                   (unsigned long long)join->n_matched, (unsigned long long)dk_table_n_rows(join->left),
                   (unsigned long long)join->n_null, join->n_null == 1 ? "has" : "have", (unsigned long long)unused,
                   unused == 1 ? "key" : "keys", unused == 1 ? "matches" : "match");
    return dk_table_with_note(table, note, out, err);
}

dk_status dk_table_link(const dk_table *table, const dk_table *other, const char *const *keys,
                        const char *const *other_keys, size_t n_keys, const char *as, const char *const *columns,
                        size_t n_columns, const dk_table **out, dk_error *err)
{
    dki_join join;
    const dk_table *marked = NULL;
    dk_field *fields = NULL;
    dk_status status = dki_join_init(&join, "link", table, other, keys, other_keys, n_keys, err);

    if (status == DK_OK) {
        fields = dki_alloc_array(join.context, n_columns + 1, sizeof *fields, err);
        status = fields ? choose_fields(&join, as, columns, n_columns, fields, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = make_columns(&join, as, fields, n_columns, &marked, err);
    if (status == DK_OK)
        status = add_note(&join, marked, out, err);
    dk_table_release(marked);
    dki_free(dk_table_context(table), fields);
    dki_join_drop(&join);
    return status;
}
