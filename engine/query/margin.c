/* margin.c - grouping sets made by putting finer cells together.
 *
 * Invariants: cells of one level have consecutive numbers, and a level's parent comes before it; keys are unique
 * over all levels, since a level is known by where its ranks are DKI_TOTAL; ranks stand high byte first, so that
 * comparing keys as bytes is comparing ranks, and DKI_TOTAL, the greatest, comes after every value. Cost: for each
 * level one look-up for each cell of its parent. Poll: once per level.
 */
#include "margin.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "breakdown_parts.h"
#include "sort_rows.h"

#define KEY_BYTES (DKI_MAX_DIMENSIONS * 4)
#define MOST_CUBE_TOTALS (UINT64_C(1) << 22) /* more than anybody reads, and less than what fills a machine */

static void put_rank(char *key, size_t dim, uint32_t rank)
{
    unsigned char *at = (unsigned char *)key + dim * 4;

    at[0] = (unsigned char)(rank >> 24);
    at[1] = (unsigned char)(rank >> 16);
    at[2] = (unsigned char)(rank >> 8);
    at[3] = (unsigned char)rank;
}

/* Copies the key of a cell with the dimensions of mask totalled. */
static void coarser_key(const dki_cells *cells, size_t cell, uint32_t mask, char *key)
{
    size_t size;
    const char *from = dki_text_map_get(&cells->keys, (uint32_t)cell, &size);

    memcpy(key, from, size);
    for (size_t d = 0; d < cells->n_dims; d++) {
        if (mask >> d & 1)
            put_rank(key, d, DKI_TOTAL);
    }
}

uint32_t dki_cell_mask(const dki_cells *cells, size_t cell)
{
    static const unsigned char total[4] = { 0xff, 0xff, 0xff, 0xff };
    size_t size;
    const char *key = dki_text_map_get(&cells->keys, (uint32_t)cell, &size);
    uint32_t mask = 0;

    for (size_t d = 0; d < cells->n_dims; d++) {
        if (memcmp(key + d * 4, total, 4) == 0)
            mask |= UINT32_C(1) << d;
    }
    return mask;
}

uint32_t dki_cell_coarser(const dki_cells *cells, size_t cell, uint32_t mask)
{
    char key[KEY_BYTES];

    coarser_key(cells, cell, mask, key);
    return dki_text_map_find(&cells->keys, key, cells->n_dims * 4);
}

/* Levels. ------------------------------------------------------------------------------------------------------ */

/* Adds an empty level that starts after all cells there are. */
static dk_status new_level(dki_cells *cells, uint32_t mask, bool shown, dki_level **out, dk_error *err)
{
    uint32_t number;
    dk_status status = dki_grow(cells->context, (void **)&cells->levels, &cells->capacity, cells->n_levels + 1,
                                sizeof *cells->levels, err);

    if (status == DK_OK)
        status = dki_int_map_add(&cells->masks, mask, &number, err);
    if (status != DK_OK)
        return status;
    *out = &cells->levels[cells->n_levels++];
    **out = (dki_level){ .mask = mask, .shown = shown, .first = cells->keys.n };
    return DK_OK;
}

dk_status dki_cells_init(dki_cells *cells, dk_context *context, const uint32_t *ranks, size_t n, size_t n_dims,
                         dk_error *err)
{
    dki_level *level;
    dk_status status;

    memset(cells, 0, sizeof *cells);
    cells->context = context;
    cells->n_dims = n_dims;
    dki_text_map_init(&cells->keys, context);
    dki_int_map_init(&cells->masks, context);
    status = new_level(cells, 0, true, &level, err);
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        char key[KEY_BYTES];
        uint32_t number;

        if (i % DK_BLOCK_ROWS == 0)
            status = dki_poll(context, err);
        for (size_t d = 0; d < n_dims; d++)
            put_rank(key, d, ranks[i * n_dims + d]);
        if (status == DK_OK)
            status = dki_text_map_add(&cells->keys, key, n_dims * 4, &number, err);
    }
    if (status == DK_OK)
        level->n = cells->keys.n;
    return status;
}

void dki_cells_drop(dki_cells *cells)
{
    if (cells->context == NULL)
        return;
    for (size_t i = 0; i < cells->n_levels; i++)
        dki_free(cells->context, cells->levels[i].to);
    dki_free(cells->context, cells->levels);
    dki_text_map_drop(&cells->keys);
    dki_int_map_drop(&cells->masks);
    memset(cells, 0, sizeof *cells);
}

/* The level with the fewest cells among those that total one dimension less; else the finest. */
static size_t find_parent(const dki_cells *cells, uint32_t mask)
{
    size_t best = 0;

    for (size_t d = 0; d < cells->n_dims; d++) {
        uint32_t level;

        if (!(mask >> d & 1))
            continue;
        level = dki_int_map_find(&cells->masks, mask & ~(UINT32_C(1) << d));
        if (level != UINT32_MAX && cells->levels[level].n < cells->levels[best].n)
            best = level;
    }
    return best;
}

static dk_status add_level(dki_cells *cells, uint32_t mask, bool shown, dk_error *err)
{
    size_t parent = find_parent(cells, mask);
    char key[KEY_BYTES];
    uint32_t number;
    dki_level *level, *from;
    dk_status status = dki_poll(cells->context, err);

    if (status == DK_OK)
        status = new_level(cells, mask, shown, &level, err);
    if (status != DK_OK)
        return status;
    from = &cells->levels[parent];
    level->parent = parent;
    level->to = dki_alloc_array(cells->context, from->n, sizeof *level->to, err);
    if (level->to == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; status == DK_OK && i < from->n; i++) {
        coarser_key(cells, from->first + i, mask, key);
        status = dki_text_map_add(&cells->keys, key, cells->n_dims * 4, &level->to[i], err);
    }
    if (status == DK_OK && mask == dki_all_totals(cells->n_dims)) {
        for (size_t d = 0; d < cells->n_dims; d++)
            put_rank(key, d, DKI_TOTAL);
        status = dki_text_map_add(&cells->keys, key, cells->n_dims * 4, &number, err);
    }
    level->n = cells->keys.n - level->first;
    return status;
}

/* Which masks there must be, as a bitmap over all 2^n_dims. ---------------------------------------------------- */

struct wanted {
    dki_int_map masks; /* in the order of adding; the first n_shown are shown */
    size_t n_shown;
};

static dk_status want(struct wanted *wanted, uint32_t mask, dk_error *err)
{
    uint32_t number;

    return dki_int_map_add(&wanted->masks, mask, &number, err);
}

static dk_status want_margins(struct wanted *wanted, dk_margins margins, size_t n_dims, dk_error *err)
{
    uint32_t all = dki_all_totals(n_dims);
    dk_status status = want(wanted, 0, err);

    switch (margins) {
    case DK_MARGINS_NONE: break;
    case DK_MARGINS_TOTALS:
        if (status == DK_OK)
            status = want(wanted, all, err);
        break;
    case DK_MARGINS_ROLLUP:
        for (size_t kept = n_dims; status == DK_OK && kept-- > 0;)
            status = want(wanted, all & ~dki_all_totals(kept), err);
        break;
    case DK_MARGINS_CUBE:
        for (uint32_t mask = 1; status == DK_OK && mask <= all; mask++)
            status = want(wanted, mask, err);
        break;
    }
    wanted->n_shown = wanted->masks.n;
    return status;
}

static int compare_masks(const void *arg, uint64_t a, uint64_t b)
{
    const uint64_t *masks = arg;
    int by_count = __builtin_popcountll(masks[a]) - __builtin_popcountll(masks[b]);

    return by_count ? by_count : masks[a] < masks[b] ? -1 : 1;
}

/* Adds the wanted levels, finer ones before coarser ones. */
static dk_status add_levels(dki_cells *cells, const struct wanted *wanted, bool cube, dk_error *err)
{
    size_t n = wanted->masks.n;
    uint64_t *order = dki_alloc_array(cells->context, n, sizeof *order, err);
    dk_status status;

    if (order == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    status = dki_sort_rows(cells->context, order, n, compare_masks, wanted->masks.keys, err);
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        uint32_t mask = (uint32_t)wanted->masks.keys[order[i]];

        if (mask != 0)
            status = add_level(cells, mask, order[i] < wanted->n_shown, err);
        if (status == DK_OK && cube && cells->keys.n - cells->levels[0].n > MOST_CUBE_TOTALS) {
            status = dki_fail(err, DK_ERR_LIMIT, "a cube over these %zu dimensions has more than %llu totals",
                              cells->n_dims, (unsigned long long)MOST_CUBE_TOTALS);
            dki_hint(err, "take fewer dimensions, or the margins of a rollup");
        }
    }
    dki_free(cells->context, order);
    return status;
}

dk_status dki_cells_margins(dki_cells *cells, dk_margins margins, const uint32_t *coarser, size_t n_coarser,
                            dk_error *err)
{
    struct wanted wanted = { 0 };
    dk_status status;

    dki_int_map_init(&wanted.masks, cells->context);
    status = want_margins(&wanted, margins, cells->n_dims, err);
    for (size_t i = 0; status == DK_OK && n_coarser && i < wanted.masks.n;
         i++) { /* grows as it goes: until closed */
        for (size_t k = 0; status == DK_OK && k < n_coarser; k++)
            status = want(&wanted, (uint32_t)wanted.masks.keys[i] | coarser[k], err);
    }
    if (status == DK_OK)
        status = add_levels(cells, &wanted, margins == DK_MARGINS_CUBE, err);
    dki_int_map_drop(&wanted.masks);
    return status;
}

/* Order. ------------------------------------------------------------------------------------------------------- */

struct cell_order {
    const dki_cells *cells;
    const uint64_t *heads; /* of each cell its first two ranks in one number: most comparisons end there */
};

static int compare_cells(const void *arg, uint64_t a, uint64_t b)
{
    const struct cell_order *order = arg;
    size_t size;
    const char *x, *y;

    if (order->heads[a] != order->heads[b])
        return order->heads[a] < order->heads[b] ? -1 : 1;
    if (order->cells->n_dims <= 2)
        return 0;
    x = dki_text_map_get(&order->cells->keys, (uint32_t)a, &size);
    y = dki_text_map_get(&order->cells->keys, (uint32_t)b, &size);
    return memcmp(x + 8, y + 8, size - 8);
}

static uint64_t *make_heads(const dki_cells *cells, dk_error *err)
{
    uint64_t *heads = dki_alloc_array(cells->context, dki_cells_n(cells), sizeof *heads, err);

    for (size_t cell = 0; heads && cell < dki_cells_n(cells); cell++) {
        size_t size;
        const char *key = dki_text_map_get(&cells->keys, (uint32_t)cell, &size);

        heads[cell] = 0;
        for (size_t i = 0; i < size && i < 8; i++)
            heads[cell] = heads[cell] << 8 | (unsigned char)key[i];
    }
    return heads;
}

dk_status dki_cells_order(const dki_cells *cells, uint64_t *rows, size_t *n_shown, dk_error *err)
{
    struct cell_order order = { cells, NULL };
    uint64_t *heads = make_heads(cells, err);
    size_t n = 0;
    dk_status status;

    if (heads == NULL)
        return DK_ERR_MEMORY;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < cells->n_levels; i++) {
            const dki_level *level = &cells->levels[i];

            for (size_t k = 0; k < level->n && level->shown == (pass == 0); k++)
                rows[n++] = level->first + k;
        }
        if (pass == 0)
            *n_shown = n;
    }
    order.heads = heads;
    status = dki_sort_rows(cells->context, rows, *n_shown, compare_cells, &order, err);
    dki_free(cells->context, heads);
    return status;
}
