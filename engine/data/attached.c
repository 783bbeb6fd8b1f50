/* attached.c - figures of other tables beside a table's rows: denominators that are known somewhere else.
 *
 * What is attached is a property: it follows where the others follow, and nothing here looks at its rows. What its figures
 * mean is said where they are read (engine/query/breakdown_attached.c).
 */
#include <dekking/members.h>

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/types.h"
#include "lineage.h"
#include "table_parts.h"

dk_status dki_attachments_copy(dk_context *context, const dk_properties *from, dk_properties *to, dk_error *err)
{
    dk_attachment *items = dki_calloc(context, from->n_attached, sizeof *items, err);

    to->attached = items;
    if (items == NULL)
        return DK_ERR_MEMORY;
    for (to->n_attached = 0; to->n_attached < from->n_attached; to->n_attached++) {
        const dk_attachment *item = &from->attached[to->n_attached];
        dk_attachment *made = &items[to->n_attached];

        if (dki_names_copy(context, item->by, item->n_by, &made->by, &made->n_by, err) != DK_OK) {
            dki_names_free(context, made->by, made->n_by);
            return DK_ERR_MEMORY;
        }
        made->table = dk_table_retain(item->table);
    }
    return DK_OK;
}

/* One of them, where columns have new names: the columns by which its figures are known are renamed in its table, too. */
static dk_status rename_one(dk_context *context, const dk_attachment *item, const char *const *old_names,
                            const char *const *new_names, size_t n, dk_attachment *made, dk_error *err)
{
    const char **by = dki_alloc_array(context, 3 * item->n_by, sizeof *by, err), **old = by + item->n_by,
               **new = by + 2 * item->n_by;
    size_t n_renamed = 0;
    dk_status status = by ? DK_OK : DK_ERR_MEMORY;

    for (size_t k = 0; k < item->n_by && status == DK_OK; k++) {
        by[k] = item->by[k];
        for (size_t i = 0; i < n; i++)
            if (strcmp(old_names[i], item->by[k]) == 0) {
                by[k] = new[n_renamed] = new_names[i];
                old[n_renamed++] = item->by[k];
            }
    }
    if (status == DK_OK && n_renamed == 0)
        made->table = dk_table_retain(item->table);
    else if (status == DK_OK)
        status = dk_table_rename(item->table, old, new, n_renamed, &made->table, err);
    if (status == DK_ERR_DUPLICATE)
        dki_hint(
            err,
            "the table whose figures are attached has a column of that name: t:attach(dk.null) takes them away");
    if (status == DK_OK)
        status = dki_names_copy(context, by, item->n_by, &made->by, &made->n_by, err);
    dki_free(context, by);
    return status;
}

dk_status dki_attachments_rename(dk_context *context, const dk_properties *from, const char *const *old_names,
                                 const char *const *new_names, size_t n, dk_properties *to, dk_error *err)
{
    dk_attachment *items = dki_calloc(context, from->n_attached, sizeof *items, err);
    dk_status status = items ? DK_OK : DK_ERR_MEMORY;

    to->attached = items;
    to->n_attached = 0;
    for (size_t i = 0; i < from->n_attached && status == DK_OK; i++) {
        to->n_attached++;
        status = rename_one(context, &from->attached[i], old_names, new_names, n, &items[i], err);
    }
    return status;
}

void dki_attachments_drop(dk_context *context, dk_properties *properties)
{
    for (size_t i = 0; i < properties->n_attached; i++) {
        dk_table_release(properties->attached[i].table);
        dki_names_free(context, properties->attached[i].by, properties->attached[i].n_by);
    }
    dki_free(context, (void *)(uintptr_t)properties->attached);
    properties->attached = NULL;
    properties->n_attached = 0;
}

bool dki_attachments_same(const dk_properties *a, const dk_properties *b)
{
    bool same = a->n_attached == b->n_attached;

    for (size_t i = 0; i < a->n_attached && same; i++) {
        const dk_attachment *x = &a->attached[i], *y = &b->attached[i];

        same = x->table == y->table && x->n_by == y->n_by;
        for (size_t k = 0; k < x->n_by && same; k++)
            same = strcmp(x->by[k], y->by[k]) == 0;
    }
    return same;
}

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
    if (dk_column_type(a) == DK_INTERVAL || dk_column_type(b) == DK_INTERVAL)
        return dki_fail(err, DK_ERR_TYPE, "attach: %s is known in bounds only, which tell no groups apart", name);
    if (dki_type_same(dk_column_type(a), dk_column_scale(a), dk_column_type(b), dk_column_scale(b)) ||
        (is_text(dk_column_type(a)) && is_text(dk_column_type(b))))
        return DK_OK;
    return dki_fail(err, DK_ERR_TYPE, "attach: %s is %s in this table, and %s in the one that is attached", name,
                    dk_column_type_name(a), dk_column_type_name(b));
}

dk_status dk_table_attach(const dk_table *table, const dk_table *other, const char *const *by, size_t n,
                          const dk_table **out, dk_error *err)
{
    dk_properties properties = *dk_table_properties(table);
    dk_attachment all[DK_MOST_ATTACHED];
    char keys[300];
    const dk_table *made = NULL;
    bool is_one = dk_table_n_rows(other) == 1;
    dk_status status = DK_OK;

    if (n == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "attach wants the columns by which the figures are known");
    if (properties.n_attached == DK_MOST_ATTACHED) {
        (void)dki_fail(err, DK_ERR_LIMIT, "attach: the table has %d tables attached already", DK_MOST_ATTACHED);
        dki_hint(err, "put figures that are known by the same columns into one table: t:join");
        return DK_ERR_LIMIT;
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
    if (properties.n_attached > 0)
        memcpy(all, properties.attached, properties.n_attached * sizeof *all);
    all[properties.n_attached++] = (dk_attachment){ other, by, n };
    properties.attached = all;
    status = dk_table_with_properties(table, &properties, &made, err);
    if (status == DK_OK)
        status = dki_table_add_others(
            made, table, &other, 1, DK_LINEAGE_JOIN, err, "%llu %s of %s %s attached, known per %s",
            (unsigned long long)dk_table_n_rows(other), is_one ? "row" : "rows", dki_lineage_name(other),
            is_one ? "was" : "were", dki_lineage_list(by, n, keys, sizeof keys));
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}
