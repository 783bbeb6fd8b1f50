/* divisions.c - two tables that are compared, and whose municipalities belong to regions by divisions of different days.
 *
 * Where both divisions say the same, what is compared by municipality is by region too. Where they do not, each side is by its own:
 * the dimension is a level of neither any more, so that nothing is rolled up by the division of one side, and a note says so.
 */
#include <string.h>

#include "base/buffer.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/hierarchy_levels.h"
#include "whatif_parts.h"

static const dk_dictionary *levels_of(const dk_table *result, size_t i)
{
    return dk_column_levels(dk_table_field(result, i)->column);
}

/* A level of the first of which the second has another vintage; NULL: none. */
static const char *find_vintages(const dk_dictionary *const levels[2], const dk_dictionary *shared,
                                 const char *days[2])
{
    for (size_t i = 0; i < dk_dictionary_n_hierarchies(levels[0]); i++)
        for (size_t k = 0; k < dk_dictionary_n_hierarchies(levels[1]); k++) {
            size_t x, y, kept;
            const dk_hierarchy *a = dk_dictionary_hierarchy_at(levels[0], i, &x);
            const dk_hierarchy *b = dk_dictionary_hierarchy_at(levels[1], k, &y);
            bool is_kept = false;

            for (size_t n = 0; n < dk_dictionary_n_hierarchies(shared); n++)
                is_kept |= dki_hierarchy_equal(dk_dictionary_hierarchy_at(shared, n, &kept), a);
            days[0] = dk_hierarchy_vintage(a);
            days[1] = dk_hierarchy_vintage(b);
            if (!is_kept && x == y && days[0] && days[1] && strcmp(days[0], days[1]) != 0 &&
                strcmp(dk_hierarchy_level(a, x), dk_hierarchy_level(b, y)) == 0)
                return dk_hierarchy_level(a, x);
        }
    return NULL;
}

static dk_status put_levels(const dk_dictionary *levels, size_t i, const dk_table **result, dk_error *err)
{
    dk_field field = *dk_table_field(*result, i);
    const dk_table *changed = NULL;
    dk_status status = dki_column_with_levels(field.column, levels, &field.column, err);

    if (status != DK_OK)
        return status;
    status = dk_table_with(*result, &field, 1, &changed, err);
    if (status == DK_OK)
        status = dki_carry_notes(*result, NULL, &changed, err);
    dk_column_release(field.column);
    if (status != DK_OK) {
        dk_table_release(changed);
        return status;
    }
    dk_table_release(*result);
    *result = changed;
    return DK_OK;
}

/* Dimension i of both. What a note says of one need not be said of another. */
static dk_status share_one(const dk_table *results[2], const char *const names[2], size_t i, dki_buffer *note,
                           dk_error *err)
{
    const dk_dictionary *levels[2] = { levels_of(results[0], i), levels_of(results[1], i) };
    const dk_dictionary *shared[2] = { NULL, NULL };
    const char *days[2], *level;
    dk_status status = DK_OK;

    if (levels[0] == NULL || levels[1] == NULL || dki_levels_same(levels[0], levels[1]) ||
        dk_dictionary_n_hierarchies(levels[0]) == 0 || dk_dictionary_n_hierarchies(levels[1]) == 0)
        return DK_OK; /* where one side knows of no division it goes by that of the other */
    for (size_t side = 0; side < 2 && status == DK_OK; side++)
        status = dki_levels_shared(levels[side], levels, 2, &shared[side], err);
    level = status == DK_OK ? find_vintages(levels, shared[0], days) : NULL;
    if (level && note->size == 0)
        status = dki_buffer_format(note, err,
                                   "%s: %s goes by the division of %s, %s by that of %s, and these differ (recode "
                                   "one side, or use one day for both)",
                                   level, names[0], days[0], names[1], days[1]);
    for (size_t side = 0; side < 2 && status == DK_OK; side++)
        status = put_levels(shared[side], i, &results[side], err);
    dk_dictionary_release(shared[0]);
    dk_dictionary_release(shared[1]);
    return status;
}

dk_status dki_share_divisions(const dk_table *results[2], const char *const names[2], size_t n_by, dki_buffer *note,
                              dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < n_by && status == DK_OK; i++)
        status = share_one(results, names, i, note, err);
    return status;
}
