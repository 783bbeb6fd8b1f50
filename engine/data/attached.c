/* attached.c - figures of another table beside a table's rows: denominators that are known somewhere else.
 *
 * The other table is a property: it follows where the others follow, and nothing here looks at its rows. What its figures
 * mean is said where they are read (engine/query/breakdown_attached.c).
 */
#include "base/status.h"
#include "base/types.h"
#include "lineage.h"
#include "table_parts.h"

static bool is_text(dk_type type)
{
    return type == DK_TEXT || type == DK_CATEGORY;
}

static dk_status check_column(const dk_table *table, const dk_table *other, const char *name, dk_error *err)
{
    const dk_column *a, *b;
    size_t at = 0, other_at = 0;
    dk_status status = dk_table_get(table, name, &at, err);

    if (status == DK_OK)
        status = dk_table_get(other, name, &other_at, err);
    if (status != DK_OK)
        return status;
    a = dk_table_field(table, at)->column;
    b = dk_table_field(other, other_at)->column;
    if (dki_type_same(dk_column_type(a), dk_column_scale(a), dk_column_type(b), dk_column_scale(b)) ||
        (is_text(dk_column_type(a)) && is_text(dk_column_type(b))))
        return DK_OK;
    return dki_fail(err, DK_ERR_TYPE, "attach: %s is %s in this table, and %s in the one that is attached", name,
                    dki_type_shown(dk_column_type(a), dk_column_scale(a)),
                    dki_type_shown(dk_column_type(b), dk_column_scale(b)));
}

dk_status dk_table_attach(const dk_table *table, const dk_table *other, const char *const *by, size_t n,
                          const dk_table **out, dk_error *err)
{
    dk_properties properties = *dk_table_properties(table);
    const char *name = dk_table_properties(other)->name;
    const dk_table *made = NULL;
    dk_status status = DK_OK;

    if (n == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "attach wants the columns by which the figures are known");
    if (properties.attached) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "attach: the table has figures attached already");
        dki_hint(err, "put all figures into one table, or take those away first: t:attach(dk.null)");
        return DK_ERR_ARGUMENT;
    }
    if (dk_table_margin(other)) {
        (void)dki_fail(err, DK_ERR_MARGIN, "attach: the table has rows that are totals of others");
        dki_hint(err, "attach it without them: t:detail()");
        return DK_ERR_MARGIN;
    }
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = check_column(table, other, by[i], err);
    if (status != DK_OK)
        return status;
    properties.attached = other;
    properties.attached_by = by;
    properties.n_attached_by = n;
    status = dk_table_with_properties(table, &properties, &made, err);
    if (status == DK_OK)
        status = dki_table_add_step(made, table, err, "%llu rows of %s were attached, known per %s%s",
                                    (unsigned long long)dk_table_n_rows(other), name ? name : "another table",
                                    by[0], n > 1 ? " and others" : "");
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}
