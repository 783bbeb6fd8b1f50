/* table.c - named columns of one length.
 *
 * Every function that changes something makes a new table over the same columns. Properties go along.
 *
 * Invariants: every column, and the margin, has n_rows rows; names are different; the weight, where there is one, names an
 * integer or decimal column without nulls and negative values; the key, where there is one, names columns without nulls
 * that tell all rows apart.
 */
#include <dekking/table.h>

#include <string.h>

#include "base/cache.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "table_parts.h"

static dk_status copy_text(dk_context *context, const char *text, const char **out, dk_error *err)
{
    *out = NULL;
    if (text == NULL)
        return DK_OK;
    *out = dki_strdup(context, text, err);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

static void free_text(dk_context *context, const char *text)
{
    dki_free(context, (void *)(uintptr_t)text);
}

dk_status dki_names_copy(dk_context *context, const char *const *names, size_t n, const char *const **out,
                         size_t *n_out, dk_error *err)
{
    const char **copy = dki_calloc(context, n, sizeof *copy, err);

    *out = copy;
    if (copy == NULL)
        return DK_ERR_MEMORY;
    for (*n_out = 0; *n_out < n; ++*n_out)
        if (copy_text(context, names[*n_out], &copy[*n_out], err) != DK_OK)
            return DK_ERR_MEMORY;
    return DK_OK;
}

void dki_names_free(dk_context *context, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free_text(context, names[i]);
    dki_free(context, (void *)(uintptr_t)names);
}

static dk_status copy_properties(dk_context *context, const dk_properties *from, dk_properties *to, dk_error *err)
{
    if (from == NULL)
        return DK_OK;
    if (copy_text(context, from->name, &to->name, err) != DK_OK ||
        copy_text(context, from->source, &to->source, err) != DK_OK ||
        copy_text(context, from->unit, &to->unit, err) != DK_OK ||
        copy_text(context, from->weight, &to->weight, err) != DK_OK ||
        copy_text(context, from->as_of, &to->as_of, err) != DK_OK ||
        copy_text(context, from->published, &to->published, err) != DK_OK)
        return DK_ERR_MEMORY;
    to->keeps_whole = from->keeps_whole;
    to->whole = from->whole ? dk_table_retain(from->whole) : NULL;
    to->behind = from->behind ? dk_table_retain(from->behind) : NULL;
    if (from->n_attached > 0 && dki_attachments_copy(context, from, to, err) != DK_OK)
        return DK_ERR_MEMORY;
    return from->n_key > 0 ? dki_names_copy(context, from->key, from->n_key, &to->key, &to->n_key, err) : DK_OK;
}

static void free_key(dk_context *context, dk_properties *properties)
{
    dki_names_free(context, properties->key, properties->n_key);
    properties->key = NULL;
    properties->n_key = 0;
}

static void free_properties(dk_context *context, dk_properties *properties)
{
    free_text(context, properties->name);
    free_text(context, properties->source);
    free_text(context, properties->unit);
    free_text(context, properties->weight);
    free_text(context, properties->as_of);
    free_text(context, properties->published);
    dk_table_release(properties->whole);
    dk_table_release(properties->behind);
    dki_attachments_drop(context, properties);
    free_key(context, properties);
}

/* Copies a field to the end of the table. has_name: its name is one of the table's names already. */
static dk_status add_field(dk_table *table, const dk_field *field, bool has_name, dk_error *err)
{
    dk_field *copy = &table->fields[table->n_fields];
    const char *name = field->name;
    dk_status status = has_name ? DK_OK : dki_table_check_name(table, name, err);

    if (status != DK_OK)
        return status;
    if (field->label && dki_utf8_check(field->label, strlen(field->label)) != strlen(field->label))
        return dki_fail(err, DK_ERR_ARGUMENT, "the label of column %s is not UTF-8", name);
    if (dk_column_n_rows(field->column) != table->n_rows)
        return dki_fail(err, DK_ERR_LENGTH, "column %s has %llu rows, and the table has %llu", name,
                        (unsigned long long)dk_column_n_rows(field->column), (unsigned long long)table->n_rows);
    status = has_name ? DK_OK : dki_table_add_name(table, &name, err);
    if (status != DK_OK)
        return status;
    copy->name = name;
    if (copy_text(table->context, field->label, &copy->label, err) != DK_OK ||
        copy_text(table->context, field->format, &copy->format, err) != DK_OK) {
        free_text(table->context, copy->label);
        return DK_ERR_MEMORY;
    }
    copy->column = dk_column_retain(field->column);
    copy->margin_bit = field->margin_bit;
    table->n_fields++;
    return DK_OK;
}

/* like: NULL, or a table whose names may be the new one's. */
static dk_status make(dk_context *context, const dk_table *like, const dk_field *fields, size_t n_fields,
                      uint64_t n_rows, const dk_properties *properties, const dk_column *margin, dk_table **out,
                      dk_error *err)
{
    dk_table *table = dki_calloc(context, 1, sizeof *table, err);
    bool has_names = like && dki_table_has_names(like, fields, n_fields);
    dk_status status = DK_OK;

    if (table == NULL)
        return DK_ERR_MEMORY;
    atomic_init(&table->n_references, 1);
    table->context = dk_context_retain(context);
    table->n_rows = n_rows;
    table->names = has_names ? dki_table_names_retain(like->names) : dki_table_names_new(context, err);
    if (table->names)
        table->fields = dki_calloc(context, n_fields, sizeof *table->fields, err);
    if (table->fields == NULL)
        status = DK_ERR_MEMORY;
    for (size_t i = 0; i < n_fields && status == DK_OK; i++)
        status = add_field(table, &fields[i], has_names, err);
    if (status == DK_OK)
        status = copy_properties(context, properties, &table->properties, err);
    if (status == DK_OK && margin)
        table->margin = dk_column_retain(margin);
    if (status != DK_OK) {
        dk_table_release(table);
        return status;
    }
    *out = table;
    return DK_OK;
}

dk_status dki_table_make(dk_context *context, const dk_field *fields, size_t n_fields, uint64_t n_rows,
                         const dk_properties *properties, const dk_column *margin, struct dk_table **out,
                         dk_error *err)
{
    return make(context, NULL, fields, n_fields, n_rows, properties, margin, out, err);
}

dk_status dki_table_make_like(const dk_table *table, const dk_field *fields, size_t n_fields, uint64_t n_rows,
                              const dk_properties *properties, const dk_column *margin, struct dk_table **out,
                              dk_error *err)
{
    return make(table->context, table, fields, n_fields, n_rows, properties, margin, out, err);
}

dk_status dk_table_new(dk_context *context, const dk_field *fields, size_t n_fields, uint64_t n_rows,
                       const dk_table **out, dk_error *err)
{
    dk_table *table;
    dk_status status = dki_table_make(context, fields, n_fields, n_rows, NULL, NULL, &table, err);

    if (status == DK_OK)
        *out = table;
    return status;
}

const dk_table *dk_table_retain(const dk_table *table)
{
    atomic_fetch_add_explicit(&((dk_table *)(uintptr_t)table)->n_references, 1, memory_order_relaxed);
    return table;
}

void dk_table_release(const dk_table *shared)
{
    dk_table *table = (dk_table *)(uintptr_t)shared;
    dk_context *context;

    if (table == NULL || atomic_fetch_sub_explicit(&table->n_references, 1, memory_order_acq_rel) != 1)
        return;
    context = table->context;
    if (atomic_load_explicit(&table->owner, memory_order_relaxed))
        dki_cache_forget(context, atomic_load_explicit(&table->owner, memory_order_relaxed));
    for (size_t i = 0; i < table->n_fields; i++) {
        free_text(context, table->fields[i].label);
        free_text(context, table->fields[i].format);
        dk_column_release(table->fields[i].column);
    }
    for (size_t i = 0; i < table->n_notes; i++)
        dki_free(context, table->notes[i]);
    dki_free(context, table->notes);
    dki_free(context, table->fields);
    dki_table_names_release(context, table->names);
    free_properties(context, &table->properties);
    dk_column_release(table->margin);
    dki_lineage_release(table->lineage);
    dki_free(context, table);
    dk_context_release(context);
}

uint64_t dki_table_owner(const dk_table *shared)
{
    dk_table *table = (dk_table *)(uintptr_t)shared;
    uint_fast64_t owner = atomic_load(&table->owner), none = 0;

    if (owner != 0)
        return owner;
    owner = dki_cache_owner();
    return atomic_compare_exchange_strong(&table->owner, &none, owner) ? owner : none;
}

dk_context *dk_table_context(const dk_table *table)
{
    return table->context;
}

uint64_t dk_table_n_rows(const dk_table *table)
{
    return table->n_rows;
}

size_t dk_table_n_columns(const dk_table *table)
{
    return table->n_fields;
}

const dk_field *dk_table_field(const dk_table *table, size_t i)
{
    return &table->fields[i];
}

size_t dk_table_find(const dk_table *table, const char *name)
{
    uint32_t number = dki_text_map_find(&table->names->map, name, strlen(name));

    return number == UINT32_MAX ? DK_NO_COLUMN : number;
}

size_t dki_table_find_near(const dk_table *table, const char *name, size_t place)
{
    const char *there = place < table->n_fields ? table->fields[place].name : NULL;

    return there && (there == name || strcmp(there, name) == 0) ? place : dk_table_find(table, name);
}

dk_status dk_table_get(const dk_table *table, const char *name, size_t *out, dk_error *err)
{
    size_t found = dk_table_find(table, name);
    dki_nearest nearest;

    if (found != DK_NO_COLUMN) {
        *out = found;
        return DK_OK;
    }
    dki_nearest_init(&nearest, name, strlen(name));
    for (size_t i = 0; i < table->n_fields; i++)
        dki_nearest_try(&nearest, table->fields[i].name, strlen(table->fields[i].name));
    if (table->properties.name)
        dki_fail(err, DK_ERR_NAME, "unknown column \"%s\" in %s", name, table->properties.name);
    else
        dki_fail(err, DK_ERR_NAME, "unknown column \"%s\"", name);
    if (nearest.best) {
        dki_hint(err, "did you mean \"%s\"?", nearest.best);
    } else {
        dki_name_list names = { .size = 0 };

        for (size_t i = 0; i < table->n_fields; i++)
            dki_name_list_add(&names, table->fields[i].name);
        dki_hint(err, table->n_fields ? "there are: %s" : "the table has no columns%s", names.text);
    }
    return DK_ERR_NAME;
}

void dki_table_drop_key(dk_table *table)
{
    free_key(table->context, &table->properties);
}

void dki_table_settle_key(dk_table *table, const dk_table *before)
{
    for (size_t i = 0; i < table->properties.n_key; i++) {
        size_t now = dk_table_find(table, table->properties.key[i]);
        size_t then = dk_table_find(before, before->properties.key[i]);

        if (now == DK_NO_COLUMN || table->fields[now].column != before->fields[then].column) {
            dki_table_drop_key(table);
            return;
        }
    }
}

void dki_table_keep(const dk_table *made, const dk_table *whole)
{
    dk_properties *properties = &((dk_table *)(uintptr_t)made)->properties;

    dk_table_release(properties->whole);
    properties->whole = whole ? dk_table_retain(whole) : NULL;
    properties->keeps_whole = true;
}

dk_status dki_table_lengthen(const dk_table **shared, const dk_field *added, dk_error *err)
{
    dk_table *table = (dk_table *)(uintptr_t)*shared;
    const dk_table *longer;
    void *fields = table->fields;
    dk_status status;

    if (atomic_load(&table->n_references) == 1 && atomic_load(&table->names->n_references) == 1 &&
        dk_table_find(table, added->name) == DK_NO_COLUMN) {
        status = dki_grow(table->context, &fields, &table->fields_capacity, table->n_fields + 1,
                          sizeof *table->fields, err);
        table->fields = fields;
        if (status != DK_OK)
            return status;
        memset(&table->fields[table->n_fields], 0, sizeof *table->fields);
        return add_field(table, added, false, err);
    }
    status = dk_table_with(table, added, 1, &longer, err);
    if (status != DK_OK)
        return status;
    dk_table_release(table);
    *shared = longer;
    return DK_OK;
}
