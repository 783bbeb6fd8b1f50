/* table_columns.c - other columns of a table: some of them, under other names, or with more.
 *
 * Columns are shared with the table. Its margin and properties go along, and its key and weight where their columns do.
 */
#include <dekking/table.h>

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "formats.h"
#include "table_parts.h"

/* A table that inherits a weight must have its column still, or another that can be one in its place. */
static dk_status check_kept_weight(const dk_table *table, dk_error *err)
{
    const char *name = table->properties.weight;

    if (dk_table_find(table, name) != DK_NO_COLUMN)
        return dki_table_check_weight(table, name, err);
    dki_fail(err, DK_ERR_ARGUMENT, "the column %s holds the table's weights and cannot be left out", name);
    dki_hint(err, "keep it, or take the weight away first");
    return DK_ERR_ARGUMENT;
}

/* A table of these fields, which are this table's or of its length. */
static dk_status remake(const dk_table *table, const dk_field *fields, size_t n_fields, const dk_table **out,
                        dk_error *err)
{
    dk_table *made;
    dk_status status =
        dki_table_make_like(table, fields, n_fields, table->n_rows, &table->properties, table->margin, &made, err);

    if (status != DK_OK)
        return status;
    dki_table_settle_key(made, table);
    if (made->properties.weight)
        status = check_kept_weight(made, err);
    if (status != DK_OK) {
        dk_table_release(made);
        return status;
    }
    if (n_fields < table->n_fields && made->properties.keeps_whole && made->properties.whole == NULL)
        made->properties.whole = dk_table_retain(table);
    made->lineage = dki_lineage_retain(table->lineage);
    *out = made;
    return DK_OK;
}

dk_status dk_table_select(const dk_table *table, const char *const *names, size_t n, const dk_table **out,
                          dk_error *err)
{
    dk_field *fields = dki_alloc_array(table->context, n, sizeof *fields, err);
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        size_t at = 0;

        status = dk_table_get(table, names[i], &at, err);
        if (status == DK_OK)
            fields[i] = table->fields[at];
    }
    if (status == DK_OK)
        status = remake(table, fields, n, out, err);
    dki_free(table->context, fields);
    return status;
}

dk_status dk_table_drop(const dk_table *table, const char *const *names, size_t n, const dk_table **out,
                        dk_error *err)
{
    dk_field *fields = dki_alloc_array(table->context, table->n_fields, sizeof *fields, err);
    bool *dropped = dki_calloc(table->context, table->n_fields, sizeof *dropped, err);
    dk_status status = fields && dropped ? DK_OK : DK_ERR_MEMORY;
    size_t n_left = 0;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        size_t at = 0;

        status = dk_table_get(table, names[i], &at, err);
        if (status == DK_OK)
            dropped[at] = true;
    }
    for (size_t i = 0; i < table->n_fields && status == DK_OK; i++)
        if (!dropped[i])
            fields[n_left++] = table->fields[i];
    if (status == DK_OK)
        status = remake(table, fields, n_left, out, err);
    dki_free(table->context, dropped);
    dki_free(table->context, fields);
    return status;
}

/* The lineage says what names were before, and how many names were given at once; made is released on failure. */
static dk_status keep_renamed(const dk_table *table, dk_table *made, const char *const *old_names,
                              const char *const *new_names, size_t n, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = dki_table_add_rename(made, i == 0 ? table : made, old_names[i], new_names[i], n - 1 - i, err);
    if (status != DK_OK)
        dk_table_release(made);
    return status;
}

dk_status dk_table_rename(const dk_table *table, const char *const *old_names, const char *const *new_names,
                          size_t n, const dk_table **out, dk_error *err)
{
    dk_field *fields = dki_alloc_array(table->context, table->n_fields, sizeof *fields, err);
    const char **key = dki_alloc_array(table->context, table->properties.n_key, sizeof *key, err);
    dk_properties properties = table->properties;
    dki_arena arena; /* of formats */
    dk_table *made;
    dk_status status = fields && key ? DK_OK : DK_ERR_MEMORY;

    properties.attached = NULL;
    properties.n_attached = 0;
    dki_arena_init(&arena, table->context);
    /* A name that is still the table's own copy was not renamed yet. */

    if (fields && table->n_fields > 0)
        memcpy(fields, table->fields, table->n_fields * sizeof *fields);
    if (key && properties.n_key > 0)
        memcpy(key, properties.key, properties.n_key * sizeof *key);
    properties.key = key;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        size_t at = 0;

        status = dk_table_get(table, old_names[i], &at, err);
        if (status == DK_OK && fields[at].name != table->fields[at].name)
            status = dki_fail(err, DK_ERR_DUPLICATE, "the column \"%s\" gets two names: \"%s\" and \"%s\"",
                              old_names[i], fields[at].name, new_names[i] ? new_names[i] : "");
        if (status != DK_OK)
            break;
        fields[at].name = new_names[i];
        for (size_t k = 0; k < table->n_fields && status == DK_OK; k++)
            if (dki_formats_are(fields[k].format)) {
                fields[k].format = dki_formats_rename(&arena, fields[k].format, old_names[i], new_names[i], err);
                status = fields[k].format ? DK_OK : DK_ERR_MEMORY;
            }
        if (table->properties.weight && strcmp(table->properties.weight, old_names[i]) == 0)
            properties.weight = new_names[i];
        for (size_t k = 0; k < properties.n_key; k++)
            if (strcmp(table->properties.key[k], old_names[i]) == 0)
                key[k] = new_names[i];
    }
    if (status == DK_OK)
        status =
            dki_attachments_rename(table->context, &table->properties, old_names, new_names, n, &properties, err);
    if (status == DK_OK)
        status = dki_table_make(table->context, fields, table->n_fields, table->n_rows, &properties, table->margin,
                                &made, err);
    if (status == DK_OK)
        status = keep_renamed(table, made, old_names, new_names, n, err);
    if (status == DK_OK)
        *out = made;
    dki_attachments_drop(table->context, &properties);
    dki_arena_drop(&arena);
    dki_free(table->context, key);
    dki_free(table->context, fields);
    return status;
}

dk_status dk_table_with(const dk_table *table, const dk_field *added, size_t n, const dk_table **out, dk_error *err)
{
    dk_field *fields = dki_alloc_array(table->context, table->n_fields + n, sizeof *fields, err);
    size_t n_fields = table->n_fields;
    dk_status status;

    if (fields == NULL)
        return DK_ERR_MEMORY;
    if (n_fields > 0)
        memcpy(fields, table->fields, n_fields * sizeof *fields);
    for (size_t i = 0; i < n; i++) {
        size_t at = added[i].name ? dk_table_find(table, added[i].name) : DK_NO_COLUMN;

        fields[at == DK_NO_COLUMN ? n_fields++ : at] = added[i];
    }
    status = remake(table, fields, n_fields, out, err);
    dki_free(table->context, fields);
    return status;
}
