/* dated_sets.c - sets of rows that have days of their own.
 *
 * Between two days on which something changes all rows with one set are alike, so that the work is for each different set of such a
 * time, and a row costs looking up which of these it has. Cost: 4 bytes for each row.
 */
#include "dated_sets.h"

#include "base/memory.h"
#include "base/status.h"
#include "column_parts.h"

static dk_status number_rows(void *arg, uint64_t row, const uint32_t *codes, const uint32_t *turns, size_t n,
                             dk_error *err)
{
    dki_dated_sets *sets = arg;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        uint64_t turn = turns[i];
        uint32_t number;
        size_t n_members = 0;

        if (codes[i] == 0)
            continue;
        if (turn == DKI_NO_TURN) {
            (void)dk_dictionary_set(dk_column_levels(sets->column), codes[i], &n_members);
            if (n_members > 0 && sets->n_dayless++ == 0)
                sets->dayless = row + i;
            if (n_members > 0)
                continue;
            turn = 0;
        }
        status = dki_int_map_add(&sets->pairs, turn << 32 | codes[i], &number, err);
        sets->rows[row + i] = number + 1;
    }
    return status;
}

dk_status dki_dated_sets_init(dki_dated_sets *sets, const dki_turns *turns, const dk_column *column,
                              const dk_column *on, dk_error *err)
{
    *sets = (dki_dated_sets){ .context = turns->context, .column = column };
    dki_int_map_init(&sets->pairs, sets->context);
    sets->rows = dki_calloc(sets->context, (size_t)dk_column_n_rows(column), sizeof *sets->rows, err);
    return sets->rows ? dki_each_dated(turns, column, on, number_rows, sets, err) : DK_ERR_MEMORY;
}

void dki_dated_sets_drop(dki_dated_sets *sets)
{
    if (sets->context == NULL)
        return;
    dki_int_map_drop(&sets->pairs);
    dki_free(sets->context, sets->rows);
    *sets = (dki_dated_sets){ .context = NULL };
}

void dki_dated_sets_count(const dki_dated_sets *sets, uint64_t *counts)
{
    for (uint64_t row = 0; row < dk_column_n_rows(sets->column); row++)
        if (sets->rows[row] > 0)
            counts[sets->rows[row] - 1]++;
}

/* What each pair became, behind that of rows that have none. */
static dk_status map_pairs(const dki_dated_sets *sets, dki_becomes_fn *becomes, void *arg, dki_member_map *map,
                           uint32_t *codes, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t pair = 0; pair < sets->pairs.n && status == DK_OK; pair++) {
        size_t n = 0;
        const uint32_t *members = dki_dated_members(sets, pair, &n), *by = NULL;

        if (pair % 4096 == 0)
            status = dki_poll(sets->context, err);
        if (status == DK_OK)
            status = becomes(arg, dki_dated_turn(sets, pair), &by, err);
        if (status == DK_OK)
            status = dki_member_map_add(map, members, n, by, &codes[pair + 1], err);
    }
    return status;
}

static dk_status build_rows(const dki_dated_sets *sets, const uint32_t *codes, dk_builder *builder, dk_error *err)
{
    uint64_t n_rows = dk_column_n_rows(sets->column);
    dk_status status = DK_OK;

    for (uint64_t row = 0; row < n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? (size_t)(n_rows - row) : DK_BLOCK_ROWS;
        uint32_t made[DK_BLOCK_ROWS];

        for (size_t i = 0; i < n; i++)
            made[i] = codes[sets->rows[row + i]];
        status = dki_poll(sets->context, err);
        if (status == DK_OK)
            status = dki_builder_codes(builder, made, n, err);
    }
    return status;
}

dk_status dki_dated_sets_map(const dki_dated_sets *sets, dki_becomes_fn *becomes, void *arg,
                             const dk_dictionary *members, const dk_column **out, dk_error *err)
{
    size_t n_most = dk_dictionary_n_levels(dk_dictionary_members(dk_column_levels(sets->column)));
    uint32_t *codes = dki_calloc(sets->context, sets->pairs.n + 1, sizeof *codes, err);
    dk_dictionary *levels = NULL;
    dk_builder *builder = NULL;
    dki_member_map map;
    dk_status status = dki_member_map_init(&map, sets->context, members, n_most, err);

    if (codes == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK)
        status = map_pairs(sets, becomes, arg, &map, codes, err);
    if (status == DK_OK)
        status = dki_member_map_levels(&map, &levels, err);
    if (status == DK_OK)
        status = dk_builder_new(sets->context, DK_CATEGORY, 0, levels, &builder, err);
    if (status == DK_OK)
        status = build_rows(sets, codes, builder, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dk_dictionary_release(levels);
    dki_member_map_drop(&map);
    dki_free(sets->context, codes);
    return status;
}
