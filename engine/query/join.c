/* join.c - two tables beside each other, by key: the left rows in their order, what the right one has of them.
 *
 * Since a right key is unique, a left row has one right row or none, and no row is ever multiplied.
 */
#include <dekking/join.h>

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "join_key.h"

static bool is_key(const dki_join *join, const char *name)
{
    for (size_t k = 0; k < join->n_keys; k++) {
        if (strcmp(join->right_names[k], name) == 0)
            return true;
    }
    return false;
}

/* The columns of right that come over: all but the keys. None may have a name that left has. */
static dk_status choose_fields(const dki_join *join, dk_field *fields, size_t *n, dk_error *err)
{
    for (size_t i = 0; i < dk_table_n_columns(join->right); i++) {
        const dk_field *field = dk_table_field(join->right, i);

        if (is_key(join, field->name))
            continue;
        if (dk_table_find(join->left, field->name) != DK_NO_COLUMN) {
            (void)dki_fail(err, DK_ERR_DUPLICATE, "join: both tables have a column %s", field->name);
            dki_hint(err, "rename it in one of them, or leave it out with select or drop");
            return DK_ERR_DUPLICATE;
        }
        fields[*n] = *field;
        fields[*n].margin_bit = -1;
        ++*n;
    }
    return DK_OK;
}

/* The rows of both sides that make the result: left rows where they are not all of them, and right rows. */
static uint64_t choose_rows(const dki_join *join, dk_join_kind kind, uint64_t *left, uint64_t *right)
{
    uint64_t n = 0;

    for (uint64_t row = 0; row < dk_table_n_rows(join->left); row++) {
        bool matched = join->matches[row] < DKI_NULL_KEY;

        if (!matched && kind == DK_JOIN_INNER)
            continue;
        left[n] = row;
        right[n++] = matched ? join->matches[row] : DK_ROW_NULL;
    }
    return n;
}

static dk_status add_right(const dki_join *join, const dk_table *left, const uint64_t *rows, uint64_t n,
                           const dk_table **out, dk_error *err)
{
    dk_field *fields = dki_alloc_array(join->context, dk_table_n_columns(join->right), sizeof *fields, err);
    size_t n_fields = 0, n_made = 0;
    dk_status status = fields ? choose_fields(join, fields, &n_fields, err) : DK_ERR_MEMORY;

    for (; status == DK_OK && n_made < n_fields; n_made++) {
        const dk_column *column = fields[n_made].column;

        fields[n_made].column = NULL;
        status = dk_column_gather(column, rows, n, &fields[n_made].column, err);
    }
    if (status == DK_OK)
        status = dk_table_with(left, fields, n_fields, out, err);
    for (size_t i = 0; i < n_made; i++)
        dk_column_release(fields[i].column);
    dki_free(join->context, fields);
    return status;
}

static dk_status make_table(const dki_join *join, dk_join_kind kind, const dk_table **out, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(join->left), n;
    uint64_t *rows = dki_alloc_array(join->context, (size_t)n_rows, 2 * sizeof *rows, err);
    const dk_table *left = NULL;
    dk_status status = DK_OK;

    if (rows == NULL)
        return DK_ERR_MEMORY;
    n = choose_rows(join, kind, rows, rows + n_rows);
    if (n == n_rows)
        left = dk_table_retain(join->left);
    else
        status = dk_table_gather(join->left, rows, n, &left, err);
    if (status == DK_OK)
        status = add_right(join, left, rows + n_rows, n, out, err);
    dk_table_release(left);
    dki_free(join->context, rows);
    return status;
}

dk_status dk_table_join(const dk_table *left, const dk_table *right, const char *const *left_keys,
                        const char *const *right_keys, size_t n_keys, dk_join_kind kind, const dk_table **out,
                        dk_error *err)
{
    dki_join join;
    dk_status status = dki_join_init(&join, "join", left, right, left_keys, right_keys, n_keys, err);

    if (status == DK_OK)
        status = make_table(&join, kind, out, err);
    dki_join_drop(&join);
    return status;
}
