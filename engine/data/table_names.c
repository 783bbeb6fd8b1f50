/* table_names.c - the names of a table's columns, which tables share that have the same.
 *
 * Invariants: names that several tables have never change; number i is the name of field i.
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "table_parts.h"

#define FEW_NAMES 8

dki_table_names *dki_table_names_new(dk_context *context, dk_error *err)
{
    dki_table_names *names = dki_alloc(context, sizeof *names, err);

    if (names == NULL)
        return NULL;
    atomic_init(&names->n_references, 1);
    dki_text_map_init(&names->map, context);
    names->map.few = FEW_NAMES;
    return names;
}

dki_table_names *dki_table_names_retain(dki_table_names *names)
{
    atomic_fetch_add_explicit(&names->n_references, 1, memory_order_relaxed);
    return names;
}

void dki_table_names_release(dk_context *context, dki_table_names *names)
{
    if (names == NULL || atomic_fetch_sub_explicit(&names->n_references, 1, memory_order_acq_rel) != 1)
        return;
    dki_text_map_drop(&names->map);
    dki_free(context, names);
}

bool dki_table_has_names(const dk_table *table, const dk_field *fields, size_t n_fields)
{
    size_t i = 0;

    while (i < n_fields && i < table->n_fields && fields[i].name == table->fields[i].name)
        i++;
    return i == n_fields && i == table->n_fields;
}

dk_status dki_table_check_name(const dk_table *table, const char *name, dk_error *err)
{
    size_t length = name ? strlen(name) : 0;

    if (length == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "column %zu has no name", table->n_fields + 1);
    if (dki_utf8_check(name, length) != length)
        return dki_fail(err, DK_ERR_ARGUMENT, "the name of column %zu is not UTF-8", table->n_fields + 1);
    return DK_OK;
}

dk_status dki_table_add_name(dk_table *table, const char **name, dk_error *err)
{
    size_t length = strlen(*name);
    uint32_t number;
    dk_status status = dki_text_map_add(&table->names->map, *name, length, &number, err);

    if (status != DK_OK)
        return status;
    if (number != table->n_fields)
        return dki_fail(err, DK_ERR_DUPLICATE, "two columns are named \"%s\"", *name);
    *name = dki_text_map_get(&table->names->map, number, &length);
    return DK_OK;
}
