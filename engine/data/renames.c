/* renames.c - what the names of a result stand for after columns were renamed.
 *
 * Columns may exchange names, and get them back: so names are followed from step to step of the lineage, which says how many were given
 * at once. "p renamed to w" and "w renamed to p" at once is an exchange; one after the other, where w was left out before, it is none.
 */
#include "renames.h"

#include <string.h>

#include "lineage.h"

dki_binding *dki_binding_find(dki_binding *bindings, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(bindings[i].name, name) == 0)
            return &bindings[i];
    return NULL;
}

bool dki_renames(const dk_lineage_item *item)
{
    return item->kind == DK_LINEAGE_STEP && strstr(item->text, DKI_RENAMED) != NULL;
}

static bool is_coming(const dki_binding *bindings, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (bindings[i].coming && strcmp(bindings[i].coming, name) == 0)
            return true;
    return false;
}

dk_status dki_bindings_rename(dki_binding *bindings, size_t n, const dk_lineage_item *item, dki_arena *arena,
                              dk_error *err)
{
    const char *in_between = strstr(item->text, DKI_RENAMED), *now = in_between + strlen(DKI_RENAMED);
    char *before = dki_arena_text(arena, item->text, (size_t)(in_between - item->text), err);
    dki_binding *binding = before ? dki_binding_find(bindings, n, before) : NULL;

    if (before == NULL)
        return DK_ERR_MEMORY;
    if (binding)
        binding->coming = now;
    else if ((binding = dki_binding_find(bindings, n, now)) != NULL && binding->coming == NULL)
        binding->coming = ""; /* it gets the name of what it is not, unless it is renamed, too */
    if (item->n_null > 0)     /* more were renamed at once */
        return DK_OK;
    for (size_t i = 0; i < n; i++)
        if (bindings[i].coming == NULL && is_coming(bindings, n, bindings[i].name))
            bindings[i].name = "";
    for (size_t i = 0; i < n; i++) {
        if (bindings[i].coming)
            bindings[i].name = bindings[i].coming;
        bindings[i].coming = NULL;
    }
    return DK_OK;
}

const char *dki_name_before(const dk_table *table, const char *name, dki_arena *arena, dk_error *err)
{
    size_t n = dk_table_n_lineage(table), n_bindings = 0;
    dki_binding *bindings = dki_arena_array(arena, n + 1, sizeof *bindings, err), *found;
    dk_status status = bindings ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);

        if (item->depth > 0)
            continue;
        if (item->kind == DK_LINEAGE_BREAKDOWN || item->kind == DK_LINEAGE_ANSWER)
            n_bindings = 0;
        if (item->kind == DK_LINEAGE_MEASURE)
            bindings[n_bindings++] = (dki_binding){ .name = item->name, .of = i };
        else if (dki_renames(item))
            status = dki_bindings_rename(bindings, n_bindings, item, arena, err);
    }
    if (status != DK_OK)
        return NULL;
    found = dki_binding_find(bindings, n_bindings, name);
    return found ? dk_table_lineage(table, found->of)->name : name;
}
