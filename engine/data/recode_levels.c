/* recode_levels.c - hierarchies and labels of a table in which members of a column became others.
 *
 * The column stays a level of a hierarchy where all that its members became are members too: what is by it can then be rolled up.
 * Columns of later levels follow (hierarchy_follow.c). Of a finer level the hierarchy says what its members belonged to before, and so
 * neither is of that hierarchy any more.
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "hierarchy_levels.h"
#include "hierarchy_use.h"
#include "levels.h"
#include "recode_parts.h"

dk_status dki_recode_label(const dk_recode *recode, const dk_dictionary *values, const dk_dictionary *plain,
                           const dk_dictionary **out, dk_error *err)
{
    const dk_dictionary *kept = NULL, *new = dk_dictionary_has_labels(values) ? dki_recode_new(recode) : NULL;
    dk_status status = dki_dictionary_adopt(plain, values, &kept, err);

    if (status == DK_OK)
        status = dki_dictionary_relabel(kept, dki_recode_old(recode), new, out, err);
    dk_dictionary_release(kept);
    return status;
}

/* Who has a new name belongs to no region that the hierarchy knows of. */
static bool are_members(const dk_recode *recode, const dk_hierarchy *hierarchy, size_t level)
{
    for (size_t i = 0; i < dk_recode_n_pairs(recode); i++)
        if (dki_hierarchy_member(hierarchy, level, dk_recode_get(recode, i).new) == 0)
            return false;
    return true;
}

static bool has_finer(const dk_table *table, const dk_hierarchy *hierarchy, size_t level)
{
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const dk_dictionary *levels = dk_column_levels(dk_table_field(table, i)->column);

        for (size_t k = levels ? dk_dictionary_n_hierarchies(levels) : 0; k-- > 0;) {
            size_t own;

            if (dki_hierarchy_equal(dk_dictionary_hierarchy_at(levels, k, &own), hierarchy) && own < level)
                return true;
        }
    }
    return false;
}

/* Of a hierarchy that changes with time a row belongs to what its own day says, and what it becomes is of another day. */
dk_status dki_recode_keep(const dk_table *table, const dk_dictionary *values, const dk_recode *recode,
                          const dk_dictionary **levels, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < dk_dictionary_n_hierarchies(values) && status == DK_OK; i++) {
        dk_dictionary *made = NULL;
        size_t level;
        const dk_hierarchy *hierarchy = dk_dictionary_hierarchy_at(values, i, &level);

        if (dk_hierarchy_is_dated(hierarchy) || !are_members(recode, hierarchy, level) ||
            has_finer(table, hierarchy, level))
            continue;
        status = dki_dictionary_of_level(*levels, hierarchy, level, &made, err);
        if (status == DK_OK) {
            dk_dictionary_release(*levels);
            *levels = made;
        }
    }
    return status;
}

dk_status dki_recode_follow(const dk_table *table, const char *name, const uint64_t *rows, uint64_t n_rows,
                            dk_field *fields, dk_error *err)
{
    size_t at = dk_table_find(table, name);
    const dk_column *was = dk_table_field(table, at)->column, *before = NULL;
    const dk_dictionary *values = dk_column_levels(was);
    dk_status status = rows ? DK_OK : (before = dk_column_retain(was), DK_OK);

    for (size_t i = 0; i < dk_table_n_columns(table) && status == DK_OK; i++) {
        const dk_dictionary *levels = dk_column_levels(fields[i].column);
        const dk_column *column = NULL;

        if (i == at)
            continue;
        if (dki_levels_nested(values, levels)) {
            if (before == NULL)
                status = dk_column_gather(was, rows, n_rows, &before, err);
            if (status == DK_OK)
                status = dki_levels_follow(fields[i].column, before, fields[at].column, &column, err);
        } else {
            status = dki_levels_leave(fields[i].column, values, &column, err);
        }
        if (status == DK_OK) {
            dk_column_release(fields[i].column);
            fields[i].column = column;
        }
    }
    dk_column_release(before);
    return status;
}
