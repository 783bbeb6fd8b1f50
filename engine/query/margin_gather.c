/* margin_gather.c - the cells of a level, put together from those of its parent.
 *
 * Cells that come together are found by index where their keys are few, by a key of 64 bits where that has room for all
 * ranks, and else by their bytes. Cost: for each level one look-up for each cell of its parent.
 */
#include <string.h>

#include "base/memory.h"
#include "margin.h"

#define MOST_TABLE (UINT64_C(1) << 22)

/* Finds which cells of a level come together in a coarser one. */
struct gather {
    uint32_t *table; /* number + 1 by index, or NULL */
    dki_int_map by_key;
    dki_text_map by_bytes;
};

/* Whether the ranks that a mask leaves make few enough keys for a table. */
static bool has_table(const dki_cells *cells, uint32_t mask, size_t n, uint64_t *size)
{
    uint64_t most = n < MOST_TABLE / 4 ? (uint64_t)n * 4 + 1024 : MOST_TABLE;

    *size = 1;
    for (size_t d = 0; d < cells->n_dims && *size <= most; d++)
        *size *= mask >> d & 1 ? 1 : cells->n_ranks[d];
    return *size <= most;
}

/* The number among the cells of the coarser level, or how many there are so far where it is new. */
static dk_status gather_cell(const dki_cells *cells, struct gather *gather, size_t cell, uint32_t mask, size_t n,
                             uint32_t *number, dk_error *err)
{
    const uint32_t *ranks = dki_cell_ranks(cells, cell);
    uint32_t bytes[DKI_MOST_RANKED];

    if (gather->table) {
        uint64_t at = 0;

        for (size_t d = 0; d < cells->n_dims; d++)
            at = mask >> d & 1 ? at : at * cells->n_ranks[d] + ranks[d];
        if (gather->table[at] == 0)
            gather->table[at] = (uint32_t)n + 1;
        *number = gather->table[at] - 1;
        return DK_OK;
    }
    if (cells->key_bits)
        return dki_int_map_add(&gather->by_key, dki_cell_key(cells, cell, mask), number, err);
    for (size_t d = 0; d < cells->n_dims; d++)
        bytes[d] = mask >> d & 1 ? DKI_TOTAL : ranks[d];
    return dki_text_map_add(&gather->by_bytes, (const char *)bytes, cells->n_dims * sizeof *bytes, number, err);
}

dk_status dki_cells_gather(dki_cells *cells, dki_level *level, dk_error *err)
{
    const dki_level *parent = &cells->levels[level->parent];
    struct gather gather = { .table = NULL };
    uint32_t ranks[DKI_MOST_RANKED];
    uint64_t size;
    dk_status status = DK_OK;

    dki_int_map_init(&gather.by_key, cells->context);
    dki_text_map_init(&gather.by_bytes, cells->context);
    if (has_table(cells, level->mask, parent->n, &size)) {
        gather.table = dki_calloc(cells->context, (size_t)size + 1, sizeof *gather.table, err);
        status = gather.table ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t i = 0; status == DK_OK && i < parent->n; i++) {
        size_t cell = parent->first + i, n = cells->n - level->first;
        uint32_t number = 0;

        status = gather_cell(cells, &gather, cell, level->mask, n, &number, err);
        level->to[i] = (uint32_t)level->first + number;
        if (status != DK_OK || number != n)
            continue;
        memcpy(ranks, dki_cell_ranks(cells, cell), cells->n_dims * sizeof *ranks);
        status = dki_cells_add(cells, ranks, level->mask, cells->groups[cell], err);
    }
    dki_free(cells->context, gather.table);
    dki_int_map_drop(&gather.by_key);
    dki_text_map_drop(&gather.by_bytes);
    return status;
}
