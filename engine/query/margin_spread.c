/* margin_spread.c - cells by the members of sets, made from cells by sets.
 *
 * A level that tells sets apart gets another one, in which a cell of a set goes to the cell of each of its members; where
 * several dimensions are spread, to each combination. So a member's cell takes each group that has it once, and the levels
 * that total the dimension, which were made of sets, take each group once too.
 *
 * Invariants: spread levels stand behind all others, each made from the one in whose place it is shown. A cell of sets that
 * no row has goes nowhere: it was added so that other dimensions show a level there. The group of a cell of members is one that
 * has the member, where some row does.
 *
 * Cost: for each level a look-up for each set and member. Poll: once for each block of sets.
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "margin.h"

/* One level on its way. */
struct spreading {
    dki_cells *cells;
    dki_level *level;
    dki_text_map *find;
    uint32_t *table;  /* number + 1 of a cell by the index of its ranks, where these are few; else NULL */
    uint32_t dims;    /* the spread ones that the level tells apart */
    uint64_t *occurs; /* bits: members that some row has, by dimension */
    size_t at[DKI_MOST_RANKED];
    size_t n_to, to_room;
};

static bool is_spread(const struct spreading *s, size_t dim)
{
    return s->dims >> dim & 1;
}

/* How many values a dimension of the level has. */
static size_t radix_of(const struct spreading *s, size_t dim)
{
    if (s->level->mask >> dim & 1)
        return 1;
    return is_spread(s, dim) ? s->cells->spreads[dim].n_members : s->cells->n_ranks[dim];
}

static size_t index_of(const struct spreading *s, const uint32_t *ranks)
{
    size_t index = 0;

    for (size_t d = 0; d < s->cells->n_dims; d++)
        if (!(s->level->mask >> d & 1))
            index = index * radix_of(s, d) + ranks[d];
    return index;
}

/* A table of the cells by index, where that is not much beside the cells of sets. That is there for speed alone. */
static dk_status make_table(struct spreading *s, size_t n_sets, dk_error *err)
{
    size_t most = n_sets < DKI_MOST_SPREAD / 4 ? n_sets * 4 + 1024 : DKI_MOST_SPREAD, size = 1;

    s->table = NULL;
    for (size_t d = 0; d < s->cells->n_dims && size <= most; d++)
        size *= radix_of(s, d);
    if (size > most)
        return DK_OK;
    s->table = dki_calloc(s->cells->context, size, sizeof *s->table, err);
    return s->table ? DK_OK : DK_ERR_MEMORY;
}

/* The cell with these ranks, which is added where it is new. */
static dk_status get_cell(struct spreading *s, const uint32_t *ranks, uint32_t group, uint32_t *cell, dk_error *err)
{
    size_t n_dims = s->cells->n_dims;
    uint32_t known[DKI_MOST_RANKED] = { 0 }, number, *at = NULL;
    size_t before = s->find->n;
    dk_status status;

    if (s->table) {
        at = s->table + index_of(s, ranks);
        if (*at) {
            *cell = (uint32_t)s->level->first + *at - 1;
            return DK_OK;
        }
    }
    for (size_t d = 0; d < n_dims; d++)
        known[d] = s->level->mask >> d & 1 ? DKI_TOTAL : ranks[d];
    status = dki_text_map_add(s->find, (const char *)known, n_dims * sizeof *known, &number, err);
    if (status == DK_OK && number == before)
        status = dki_cells_add(s->cells, known, s->level->mask, group, err);
    *cell = (uint32_t)s->level->first + number;
    if (at)
        *at = number + 1;
    return status;
}

/* Puts the cell of every combination of members of the sets from dimension dim on behind level->to. */
static dk_status put_members(struct spreading *s, uint32_t *ranks, uint32_t group, size_t dim, dk_error *err)
{
    const dki_spread *spread;
    uint32_t set, cell;
    dk_status status = DK_OK;

    while (dim < s->cells->n_dims && !is_spread(s, dim))
        dim++;
    if (dim == s->cells->n_dims) {
        status = get_cell(s, ranks, group, &cell, err);
        if (status == DK_OK)
            status = dki_grow(s->cells->context, (void **)&s->level->to, &s->to_room, s->n_to + 1,
                              sizeof *s->level->to, err);
        if (status == DK_OK)
            s->level->to[s->n_to++] = cell;
        return status;
    }
    spread = &s->cells->spreads[dim];
    set = ranks[dim];
    for (uint32_t i = spread->ends[set]; status == DK_OK && i < spread->ends[set + 1]; i++) {
        ranks[dim] = spread->members[i];
        status = put_members(s, ranks, group, dim + 1, err);
    }
    ranks[dim] = set;
    return status;
}

/* Adds the cell of every member that is to be shown beside the ranks of other dimensions. */
static dk_status show_members(struct spreading *s, uint32_t *ranks, uint32_t group, size_t dim, dk_error *err)
{
    const dki_spread *spread;
    const uint64_t *occurs;
    uint32_t set, cell;
    dk_status status = DK_OK;

    while (dim < s->cells->n_dims && !is_spread(s, dim))
        dim++;
    if (dim == s->cells->n_dims)
        return get_cell(s, ranks, group, &cell, err);
    spread = &s->cells->spreads[dim];
    occurs = s->occurs + s->at[dim];
    set = ranks[dim];
    for (uint32_t rank = 0; status == DK_OK && rank < spread->n_members; rank++) {
        if (spread->shows_all ? rank >= spread->n_known : !(occurs[rank / 64] >> (rank % 64) & 1))
            continue;
        ranks[dim] = rank;
        status = show_members(s, ranks, group, dim + 1, err);
    }
    ranks[dim] = set;
    return status;
}

/* Which finest cells some row has, put together level by level. */
static dk_status find_real(const dki_cells *cells, uint8_t **out, dk_error *err)
{
    uint8_t *real = dki_calloc(cells->context, cells->n + 1, 1, err);

    if (real == NULL)
        return DK_ERR_MEMORY;
    memset(real, 1, cells->n_found);
    for (size_t k = 1; k < cells->n_made; k++) {
        const dki_level *level = &cells->levels[k], *parent = &cells->levels[level->parent];

        for (size_t i = 0; i < parent->n; i++)
            real[level->to[i]] |= real[parent->first + i];
    }
    *out = real;
    return DK_OK;
}

/* The members that some row has. */
static dk_status find_members(struct spreading *s, dk_error *err)
{
    const dki_cells *cells = s->cells;
    size_t n_words = 0;

    for (size_t d = 0; d < cells->n_dims; d++) {
        s->at[d] = n_words;
        n_words += cells->spreads[d].n_members / 64 + 1;
    }
    s->occurs = dki_calloc(cells->context, n_words, sizeof *s->occurs, err);
    if (s->occurs == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < cells->n_found; i++)
        for (size_t d = 0; d < cells->n_dims; d++) {
            const dki_spread *spread = &cells->spreads[d];
            uint32_t set = dki_cell_ranks(cells, i)[d];

            if (!(cells->spread >> d & 1))
                continue;
            for (uint32_t k = spread->ends[set]; k < spread->ends[set + 1]; k++)
                s->occurs[s->at[d] + spread->members[k] / 64] |= UINT64_C(1) << (spread->members[k] % 64);
        }
    return DK_OK;
}

/* Members of sets that rows have; or shows: cells for members that are to be shown, too. */
static dk_status fill_level(struct spreading *s, const uint8_t *real, bool shows, dk_error *err)
{
    dki_cells *cells = s->cells;
    size_t first = cells->levels[s->level->parent].first, n = cells->levels[s->level->parent].n;
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < n; i++) {
        uint32_t ranks[DKI_MOST_RANKED], group = cells->groups[first + i];

        if (i % DK_BLOCK_ROWS == 0)
            status = dki_poll(cells->context, err);
        memcpy(ranks, dki_cell_ranks(cells, first + i), cells->n_dims * sizeof *ranks);
        if (status == DK_OK && shows)
            status = show_members(s, ranks, group, 0, err);
        else if (status == DK_OK && real[first + i])
            status = put_members(s, ranks, group, 0, err);
        if (!shows)
            s->level->ends[i + 1] = (uint32_t)s->n_to;
        if (status == DK_OK && s->n_to > DKI_MOST_SPREAD) {
            status = dki_fail(err, DK_ERR_LIMIT, "the sets and their members make more than %llu groups",
                              (unsigned long long)DKI_MOST_SPREAD);
            dki_hint(err, "take fewer dimensions, or fewer rows: where = ...");
        }
    }
    s->level->n = s->find->n;
    return status;
}

/* A cell of members tells a dimension by others as the cells of sets do that it is made of, unless these differ in it. */
static dk_status find_differing(struct spreading *s, dk_error *err)
{
    const dki_cells *cells = s->cells;
    const dki_level *parent = &cells->levels[s->level->parent];

    if (parent->differs == NULL)
        return DK_OK;
    s->level->differs = dki_calloc(cells->context, s->level->n, sizeof *s->level->differs, err);
    if (s->level->differs == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < parent->n; i++)
        for (uint32_t at = s->level->ends[i]; at < s->level->ends[i + 1]; at++) {
            uint32_t cell = s->level->to[at];

            s->level->differs[cell - s->level->first] |=
                parent->differs[i] |
                dki_cells_differ(cells, parent->mask, cells->groups[parent->first + i], cells->groups[cell]);
        }
    return dki_poll(cells->context, err);
}

static dk_status add_spread_level(struct spreading *s, size_t number, const uint8_t *real, bool shows,
                                  dk_error *err)
{
    dki_cells *cells = s->cells;
    dki_level *made;
    dk_status status = dki_grow(cells->context, (void **)&cells->levels, &cells->level_capacity,
                                cells->n_levels + 1, sizeof *cells->levels, err);

    if (status != DK_OK)
        return status;
    made = &cells->levels[cells->n_levels];
    *made = cells->levels[number];
    made->parent = number;
    made->first = cells->n;
    made->n = 0;
    made->to = made->differs = NULL;
    made->ends = dki_calloc(cells->context, cells->levels[number].n + 1, sizeof *made->ends, err);
    cells->n_levels++;
    if (made->ends == NULL)
        return DK_ERR_MEMORY;
    cells->levels[number].has_rows = false;
    cells->spread_at[number] = cells->n_levels - 1;
    dki_text_map_init(&cells->find[number], cells->context);
    s->level = made;
    s->find = &cells->find[number];
    s->dims = cells->spread & ~made->mask;
    s->n_to = s->to_room = 0;
    status = make_table(s, cells->levels[number].n, err);
    if (status == DK_OK)
        status = fill_level(s, real, false, err);
    if (status == DK_OK && shows)
        status = fill_level(s, real, true, err);
    if (status == DK_OK)
        status = find_differing(s, err);
    dki_free(cells->context, s->table);
    return status;
}

dk_status dki_cells_add_spread_levels(dki_cells *cells, dk_error *err)
{
    struct spreading s = { .cells = cells };
    uint8_t *real = NULL;
    bool shows = cells->levels[0].n > cells->n_found;
    dk_status status = DK_OK;

    for (size_t d = 0; d < cells->n_dims; d++)
        shows = shows || cells->spreads[d].shows_all;
    cells->spread_at = dki_calloc(cells->context, cells->n_made, sizeof *cells->spread_at, err);
    cells->find = cells->spread_at ? dki_calloc(cells->context, cells->n_made, sizeof *cells->find, err) : NULL;
    if (cells->spread_at == NULL || cells->find == NULL)
        return DK_ERR_MEMORY;
    status = find_real(cells, &real, err);
    if (status == DK_OK)
        status = find_members(&s, err);
    for (size_t number = 0; status == DK_OK && number < cells->n_made; number++)
        if (cells->spread & ~cells->levels[number].mask)
            status = add_spread_level(&s, number, real, shows, err);
    dki_free(cells->context, real);
    dki_free(cells->context, s.occurs);
    return status;
}

uint32_t dki_cell_spread(const dki_cells *cells, size_t number, const uint32_t *of, size_t set_cell)
{
    const dki_level *level = &cells->levels[cells->spread_at[number]];
    const uint32_t *others = dki_cell_ranks(cells, set_cell);
    uint32_t ranks[DKI_MOST_RANKED], found;

    for (size_t d = 0; d < cells->n_dims; d++)
        ranks[d] = level->mask >> d & 1 ? DKI_TOTAL : cells->spread >> d & 1 ? of[d] : others[d];
    found = dki_text_map_find(&cells->find[number], (const char *)ranks, cells->n_dims * sizeof *ranks);
    return found == DKI_MAP_NONE ? UINT32_MAX : (uint32_t)level->first + found;
}

void dki_cells_drop_spread(dki_cells *cells)
{
    for (size_t i = 0; i < cells->n_levels; i++) {
        dki_free(cells->context, cells->levels[i].ends);
        if (cells->find && cells->spread_at && i < cells->n_made && cells->spread_at[i])
            dki_text_map_drop(&cells->find[i]);
    }
    dki_free(cells->context, cells->spread_at);
    dki_free(cells->context, cells->find);
}
