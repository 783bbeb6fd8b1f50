/* table_shown.c - what messages call a table. */
#include <stdio.h>
#include <string.h>

#include "append_parts.h"
#include "base/text.h"

const char *dki_table_shown(const dk_table *const *tables, size_t i, char out[DKI_TABLE_NAME_BYTES])
{
    const dk_properties *properties = dk_table_properties(tables[i]);
    const char *name = properties->name ? properties->name : properties->source;

    if (name)
        snprintf(out, DKI_TABLE_NAME_BYTES, "table %zu (%.*s)", i + 1,
                 (int)dki_utf8_floor(name, strlen(name), strlen(name) < 80 ? strlen(name) : 80), name);
    else
        snprintf(out, DKI_TABLE_NAME_BYTES, "table %zu", i + 1);
    return out;
}

const char *dki_stack_shown(const dki_stack *stack, size_t i, char out[DKI_TABLE_NAME_BYTES])
{
    const char *name = dk_table_properties(stack->tables[i])->name;

    if (!stack->of_one || name == NULL)
        return dki_table_shown(stack->tables, i, out);
    snprintf(out, DKI_TABLE_NAME_BYTES, "%.*s",
             (int)dki_utf8_floor(name, strlen(name), strlen(name) < 80 ? strlen(name) : 80), name);
    return out;
}
