/* margin.c - grouping sets made by putting finer cells together.
 *
 * Invariants: cells of one level have consecutive numbers, and a level's parent comes before it; keys are unique
 * over all levels, since a level is known by where its ranks are DKI_TOTAL, which comes after every value.
 *
 * Poll: once per level.
 */
#include "margin.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "breakdown_parts.h"
#include "rows/sort_rows.h"

#define MOST_CUBE_TOTALS (UINT64_C(1) << 22) /* more than anybody reads, and less than what fills a machine */
#define MOST_CELLS (UINT32_MAX - 1)

static_assert(DKI_MOST_RANKED == DKI_MAX_DIMENSIONS, "as many dimensions as a breakdown has");

/* Cells. ------------------------------------------------------------------------------------------------------- */

static dk_status make_room(dki_cells *cells, size_t n, dk_error *err)
{
    size_t n_dims = cells->n_dims ? cells->n_dims : 1;
    dk_status status;

    if (n > MOST_CELLS)
        return dki_fail(err, DK_ERR_LIMIT, "more than %u groups and totals", MOST_CELLS);
    status = dki_resize(cells->context, (void **)&cells->groups, n * sizeof *cells->groups, err);
    if (status == DK_OK)
        status = dki_resize(cells->context, (void **)&cells->ranks, n * n_dims * sizeof *cells->ranks, err);
    if (status == DK_OK)
        cells->capacity = n;
    return status;
}

/* Adds a cell with these ranks, some of them totalled. ranks are not those of the cells, which move. */
dk_status dki_cells_add(dki_cells *cells, const uint32_t *ranks, uint32_t mask, uint32_t group, dk_error *err)
{
    size_t n_dims = cells->n_dims;
    uint32_t *to;

    if (cells->n == cells->capacity) {
        size_t more = cells->capacity ? cells->capacity * 2 : 16;
        dk_status status = make_room(cells, more > MOST_CELLS && cells->n < MOST_CELLS ? MOST_CELLS : more, err);

        if (status != DK_OK)
            return status;
    }
    to = cells->ranks + cells->n * n_dims;
    for (size_t d = 0; d < n_dims; d++)
        to[d] = mask >> d & 1 ? DKI_TOTAL : ranks[d];
    cells->groups[cells->n++] = group;
    return DK_OK;
}

/* Lays out keys, the last dimension lowest. */
static void plan_keys(dki_cells *cells)
{
    unsigned bits = 0;

    for (size_t d = cells->n_dims; d-- > 0 && bits <= 64;) {
        cells->shift[d] = (uint8_t)bits;
        bits += 32 - (unsigned)(cells->n_ranks[d] ? __builtin_clz(cells->n_ranks[d]) : 31);
    }
    cells->key_bits = bits <= 64 ? bits : 0;
}

static const dki_level *level_of(const dki_cells *cells, size_t cell)
{
    size_t low = 0, high = cells->n_levels;

    while (high - low > 1) { /* levels without cells come before the one that has the cell */
        size_t middle = (low + high) / 2;

        if (cells->levels[middle].first <= cell)
            low = middle;
        else
            high = middle;
    }
    return &cells->levels[low];
}

uint32_t dki_cell_mask(const dki_cells *cells, size_t cell)
{
    return level_of(cells, cell)->mask;
}

/* The cell of a level that holds a group. */
static uint32_t cell_with(const dki_cells *cells, size_t number, uint32_t group)
{
    const dki_level *level = &cells->levels[number];

    if (number == 0)
        return group;
    return level->to[cell_with(cells, level->parent, group) - cells->levels[level->parent].first];
}

/* The dimensions that cells of this mask total, and tell by another. */
static uint32_t told_in(const dki_cells *cells, uint32_t mask)
{
    uint32_t told = 0;

    for (size_t d = 0; d < cells->n_dims; d++)
        if (mask >> d & 1 && (mask & cells->told_by[d]) != cells->told_by[d])
            told |= UINT32_C(1) << d;
    return told;
}

/* The mask of the level in which cells are looked up. */
static uint32_t mask_above(const dki_cells *cells, uint32_t mask, uint32_t coarser)
{
    return (mask & ~told_in(cells, mask)) | coarser;
}

uint32_t dki_cell_coarser(const dki_cells *cells, size_t cell, uint32_t mask)
{
    const dki_level *own = level_of(cells, cell);
    uint32_t level = dki_int_map_find(&cells->masks, mask_above(cells, own->mask, mask));

    if (level == UINT32_MAX || (own->differs && own->differs[cell - own->first] & ~mask))
        return UINT32_MAX;
    if (cells->levels[0].n == 0) /* there is nothing but the grand total */
        return (uint32_t)cell;
    if (cells->spread_at && cells->spread_at[level])
        return dki_cell_spread(cells, level, dki_cell_ranks(cells, cell),
                               cell_with(cells, level, cells->groups[cell]));
    return cell_with(cells, level, cells->groups[cell]);
}

/* Levels. ------------------------------------------------------------------------------------------------------ */

/* Adds an empty level that starts after all cells there are. */
static dk_status new_level(dki_cells *cells, uint32_t mask, bool shown, dki_level **out, dk_error *err)
{
    uint32_t number;
    dk_status status = dki_grow(cells->context, (void **)&cells->levels, &cells->level_capacity,
                                cells->n_levels + 1, sizeof *cells->levels, err);

    if (status == DK_OK)
        status = dki_int_map_add(&cells->masks, mask, &number, err);
    if (status != DK_OK)
        return status;
    *out = &cells->levels[cells->n_levels++];
    **out = (dki_level){ .mask = mask, .shown = shown, .has_rows = true, .first = cells->n };
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
    dki_int_map_init(&cells->masks, context);
    status = new_level(cells, 0, true, &level, err);
    if (status == DK_OK && n > 0)
        status = make_room(cells, n, err);
    if (status != DK_OK)
        return status;
    if (n * n_dims > 0)
        memcpy(cells->ranks, ranks, n * n_dims * sizeof *ranks);
    for (size_t i = 0; i < n; i++) {
        cells->groups[i] = (uint32_t)i;
        for (size_t d = 0; d < n_dims; d++)
            if (ranks[i * n_dims + d] >= cells->n_ranks[d])
                cells->n_ranks[d] = ranks[i * n_dims + d] + 1;
    }
    cells->n = cells->n_found = n;
    level->n = n;
    plan_keys(cells);
    return DK_OK;
}

void dki_cells_spread(dki_cells *cells, const dki_spread *spreads, size_t n_found)
{
    for (size_t d = 0; d < cells->n_dims; d++) {
        cells->spreads[d] = spreads[d];
        if (spreads[d].ends == NULL)
            continue;
        cells->spread |= UINT32_C(1) << d;
        if (cells->n_ranks[d] < spreads[d].n_members)
            cells->n_ranks[d] = spreads[d].n_members;
    }
    cells->n_found = n_found;
    plan_keys(cells);
}

void dki_cells_drop(dki_cells *cells)
{
    if (cells->context == NULL)
        return;
    dki_cells_drop_spread(cells);
    for (size_t i = 0; i < cells->n_levels; i++) {
        dki_free(cells->context, cells->levels[i].to);
        dki_free(cells->context, cells->levels[i].differs);
    }
    dki_free(cells->context, cells->levels);
    dki_free(cells->context, cells->ranks);
    dki_free(cells->context, cells->groups);
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
    static const uint32_t none[DKI_MOST_RANKED];
    size_t parent = find_parent(cells, mask);
    dki_level *level;
    dk_status status = dki_poll(cells->context, err);

    if (status == DK_OK)
        status = new_level(cells, mask, shown, &level, err);
    if (status != DK_OK)
        return status;
    level->parent = parent;
    level->to = dki_alloc_array(cells->context, cells->levels[parent].n, sizeof *level->to, err);
    if (level->to == NULL)
        return DK_ERR_MEMORY;
    status = dki_cells_gather(cells, level, err);
    if (status == DK_OK && mask == dki_all_totals(cells->n_dims) && cells->n == level->first)
        status = dki_cells_add(cells, none, mask, 0, err);
    level->n = cells->n - level->first;
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

static dk_status want_margins(struct wanted *wanted, dk_margins margins, const uint32_t *sets, size_t n_sets,
                              size_t n_dims, dk_error *err)
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
    case DK_MARGINS_SETS:
        for (size_t i = 0; status == DK_OK && i < n_sets; i++)
            status = want(wanted, sets[i], err);
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
        if (status == DK_OK && cube && cells->n - cells->levels[0].n > MOST_CUBE_TOTALS) {
            status = dki_fail(err, DK_ERR_LIMIT, "a cube over these %zu dimensions has more than %llu totals",
                              cells->n_dims, (unsigned long long)MOST_CUBE_TOTALS);
            dki_hint(err, "take fewer dimensions, or the margins of a rollup");
        }
    }
    dki_free(cells->context, order);
    return status;
}

/* Whether the finest groups are rows of the result too. */
static bool shows_groups(dk_margins margins, const uint32_t *sets, size_t n_sets)
{
    bool shows = margins != DK_MARGINS_SETS;

    for (size_t i = 0; i < n_sets; i++)
        shows = shows || sets[i] == 0;
    return shows;
}

uint32_t dki_cells_differ(const dki_cells *cells, uint32_t mask, size_t one, size_t other)
{
    const uint32_t *ranks = dki_cell_ranks(cells, one), *others = dki_cell_ranks(cells, other);
    uint32_t told = told_in(cells, mask), differ = 0;

    for (size_t d = 0; d < cells->n_dims; d++)
        if (told >> d & 1 && ranks[d] != others[d])
            differ |= UINT32_C(1) << d;
    return differ;
}

/* Which cells of a level hold groups that differ in what the level tells by another dimension. */
static dk_status find_differing(dki_cells *cells, size_t number, dk_error *err)
{
    dki_level *level = &cells->levels[number];

    if (told_in(cells, level->mask) == 0 || !level->shown)
        return DK_OK;
    level->differs = dki_calloc(cells->context, level->n, sizeof *level->differs, err);
    if (level->differs == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < cells->levels[0].n; i++) {
        uint32_t cell = cell_with(cells, number, (uint32_t)i);

        if (i >= cells->n_found && cells->groups[cell] < cells->n_found) /* nobody is in it */
            continue;
        level->differs[cell - level->first] |= dki_cells_differ(cells, level->mask, i, cells->groups[cell]);
    }
    return dki_poll(cells->context, err);
}

dk_status dki_cells_margins(dki_cells *cells, dk_margins margins, const uint32_t *sets, size_t n_sets,
                            const uint32_t *coarser, size_t n_coarser, dk_error *err)
{
    struct wanted wanted = { 0 };
    dk_status status;

    cells->levels[0].shown = shows_groups(margins, sets, n_sets);
    dki_int_map_init(&wanted.masks, cells->context);
    status = want_margins(&wanted, margins, sets, n_sets, cells->n_dims, err);
    for (size_t i = 0; status == DK_OK && n_coarser && i < wanted.masks.n;
         i++) { /* grows as it goes: until closed */
        for (size_t k = 0; status == DK_OK && k < n_coarser; k++)
            status = want(&wanted, mask_above(cells, (uint32_t)wanted.masks.keys[i], coarser[k]), err);
    }
    if (status == DK_OK)
        status = add_levels(cells, &wanted, margins == DK_MARGINS_CUBE, err);
    cells->n_made = cells->n_levels;
    for (size_t i = 0; i < cells->n_levels && status == DK_OK; i++)
        status = find_differing(cells, i, err);
    if (status == DK_OK && cells->spread)
        status = dki_cells_add_spread_levels(cells, err);
    dki_int_map_drop(&wanted.masks);
    return status;
}

size_t dki_cells_n_rows(const dki_cells *cells)
{
    size_t n = 0;

    for (size_t i = 0; i < cells->n_levels; i++)
        n += cells->levels[i].has_rows ? cells->levels[i].n : 0;
    return n;
}

/* Order. ------------------------------------------------------------------------------------------------------- */

/* Where a key of 64 bits does not hold all ranks. */
static int compare_cells(const void *arg, uint64_t a, uint64_t b)
{
    const dki_cells *cells = arg;
    const uint32_t *x = dki_cell_ranks(cells, (size_t)a), *y = dki_cell_ranks(cells, (size_t)b);

    for (size_t d = 0; d < cells->n_dims; d++) {
        if (x[d] != y[d])
            return x[d] < y[d] ? -1 : 1;
    }
    return 0;
}

static dk_status sort_by_key(const dki_cells *cells, uint64_t *rows, size_t n, dk_error *err)
{
    uint64_t *keys = dki_alloc_array(cells->context, n, sizeof *keys, err);
    bool sorted = true; /* groups may have been made in that order */
    dk_status status = DK_OK;

    if (keys == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        keys[i] = dki_cell_key(cells, (size_t)rows[i], 0);
        sorted = sorted && (i == 0 || keys[i - 1] <= keys[i]);
    }
    if (!sorted)
        status = dki_sort_keys(cells->context, keys, rows, n, cells->key_bits, err);
    dki_free(cells->context, keys);
    return status;
}

dk_status dki_cells_order(const dki_cells *cells, uint64_t *rows, size_t *n_shown, dk_error *err)
{
    size_t n = 0;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < cells->n_levels; i++) {
            const dki_level *level = &cells->levels[i];

            for (size_t k = 0; k < level->n && level->has_rows && level->shown == (pass == 0); k++)
                rows[n++] = level->first + k;
        }
        if (pass == 0)
            *n_shown = n;
    }
    if (cells->key_bits)
        return sort_by_key(cells, rows, *n_shown, err);
    return dki_sort_rows(cells->context, rows, *n_shown, compare_cells, cells, err);
}
