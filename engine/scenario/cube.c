/* cube.c - the cells of a table, made once and kept with it.
 *
 * A table never changes, so that its cells by some columns never do: they are in the context's cache (base/cache.h) under the
 * number of the table, go with the table, and before an allocation is refused. Cells that are kept by these columns and
 * others are grouped once more where that takes fewer rows than the table has: a sum of sums of weights is their sum, and cells
 * come in the order of their keys, so that they are the same cells.
 *
 * Threads: any. Two that want the same at once may both make it; both are right.
 */
#include <string.h>

#include "base/cache.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/table_parts.h"
#include "scenario_parts.h"

#define MEBIBYTE 1048576.0
#define MOST_CUBES 16    /* of a table */
#define LESS_THAN_ROWS 2 /* regrouping looks at weights too: so many times fewer cells than rows are worth it */

static const char cube_kind; /* its address stands for what is kept */

struct cube {
    dki_kept kept;
    const dk_table *cells;
};

static void drop_cube(dki_kept *kept)
{
    struct cube *cube = (struct cube *)kept;
    dk_context *context = dk_context_retain(dk_table_context(cube->cells));

    dk_table_release(cube->cells);
    dki_free(context, cube);
    dk_context_release(context);
}

/* The fewest cells that have all the columns; those that have no others before others. */
static uint64_t cost(const void *arg, const dki_kept *kept)
{
    const dki_text_map *names = arg;
    const dk_table *cells = ((const struct cube *)kept)->cells;

    for (uint32_t i = 0; i < names->n; i++) {
        size_t size;

        if (dk_table_find(cells, dki_text_map_get(names, i, &size)) == DK_NO_COLUMN)
            return DKI_WILL_NOT_DO;
    }
    return dk_table_n_rows(cells) * 2 + (dk_table_n_columns(cells) != names->n + 1);
}

/* Kept cells that have the columns, retained; NULL: there are none, or they are too many. */
static const dk_table *find(const dk_table *table, const dki_text_map *names, dki_cube_use *use)
{
    dki_kept *kept = dki_cache_choose(dk_table_context(table), &cube_kind, dki_table_owner(table), cost, names);
    const dk_table *cells = kept ? dk_table_retain(((const struct cube *)kept)->cells) : NULL;

    dki_kept_release(kept);
    *use = (dki_cube_use){ DKI_CUBE_GROUPED, dk_table_n_rows(table) };
    if (cells == NULL)
        return NULL;
    if (dk_table_n_columns(cells) == names->n + 1) {
        *use = (dki_cube_use){ DKI_CUBE_KEPT, 0 };
    } else if (dk_table_n_rows(cells) < dk_table_n_rows(table) / LESS_THAN_ROWS) {
        *use = (dki_cube_use){ DKI_CUBE_REGROUPED, dk_table_n_rows(cells) };
    } else {
        dk_table_release(cells);
        cells = NULL;
    }
    return cells;
}

void dki_cube_look(const dk_table *table, const dki_text_map *names, dki_cube_use *use)
{
    dk_table_release(find(table, names, use));
}

/* Where there is no memory to keep it, it is not kept. */
static void keep(const dk_table *table, const dk_table *cells)
{
    dk_context *context = dk_table_context(table);
    struct cube *cube = dki_alloc(context, sizeof *cube, NULL);

    if (cube == NULL)
        return;
    dki_kept_init(&cube->kept, drop_cube);
    cube->cells = dk_table_retain(cells);
    dki_cache_add_many(context, &cube_kind, dki_table_owner(table), dki_cache_owner(), &cube->kept, MOST_CUBES);
    dki_kept_release(&cube->kept);
}

/* Weights fit together: a sum may not, where each weight does. */
static dk_status check_weights(const dk_table *cells, dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    int64_t *weights = dki_alloc_array(context, (size_t)dk_table_n_rows(cells), sizeof *weights, err);
    dk_status status = weights ? dki_cells_weights(cells, weights, err) : DK_ERR_MEMORY;

    dki_free(context, weights);
    return status;
}

/* The budget has no room for the cells: how much they want. */
static dk_status fail_memory(const dk_table *table, const dki_text_map *names, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    size_t budget = dk_context_budget(context);
    dki_cube_size size;

    if (budget == 0)
        return DK_ERR_MEMORY; /* as it was told */
    if (dki_cube_predict(table, names, &size, NULL) != DK_OK)
        dki_cube_bound(table, names, &size);
    dki_fail(err, DK_ERR_MEMORY,
             "some %llu cells of %u columns take %.1f MiB, and %.1f while a scenario runs on them: of the budget "
             "of %.1f MiB "
             "%.1f are in use",
             (unsigned long long)size.n_cells, (unsigned)names->n, (double)dki_cube_kept_bytes(&size) / MEBIBYTE,
             (double)dki_cube_need_bytes(&size) / MEBIBYTE, (double)budget / MEBIBYTE,
             (double)dk_context_used_bytes(context) / MEBIBYTE);
    dki_hint(err, "raise it (dk.budget), or mention fewer columns; compare goes by rows");
    return DK_ERR_MEMORY;
}

dk_status dki_cube_get(const dk_table *table, const dki_text_map *names, const dk_table **out, dki_cube_use *use,
                       dk_error *err)
{
    dki_cube_use way;
    const dk_table *kept = find(table, names, &way), *cells = NULL;
    dk_status status = DK_OK;

    if (use)
        *use = way;
    if (way.way == DKI_CUBE_KEPT) {
        *out = kept;
        return DK_OK;
    }
    status = dki_cells_group(kept ? kept : table, names, &cells, err);
    if (status == DK_OK)
        status = check_weights(cells, err);
    if (status == DK_OK) {
        keep(table, cells);
        *out = cells;
    } else {
        dk_table_release(cells);
    }
    dk_table_release(kept);
    return status == DK_ERR_MEMORY ? fail_memory(table, names, err) : status;
}
