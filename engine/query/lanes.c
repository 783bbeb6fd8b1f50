/* lanes.c - decides which breakdowns by members are counted in lanes, makes words of sets, and takes blocks of rows in.
 *
 * Lanes come in groups of 32. Counts are of 16 bits, sums of 32 and of half a code, so that so many rows can be taken as 16 bits
 * count. Rows that a condition leaves out have a word without bits, or are not looked at where they are many.
 *
 * Invariants: no index is outside of its table (dense_forms.c), and no bit of a word behind the last member; lanes do not overflow.
 * Cost: a row about as much as counting three or four by index; all lanes are added up once for so many rows as 16 bits
 * count. Poll: the caller, once per block.
 */
#include "lanes.h"

#include <string.h>

#include <dekking/members.h>

#include "base/memory.h"
#include "dense_forms.h"
#include "entries.h"

#define MOST_ADDED (UINT64_C(1) << 17) /* lanes of all tables: two for each row, where they are added up */
#define LEAST_MEAN 4 /* members of a set: where there are fewer, sums in many lanes cost more than entries */

/* Which breakdowns. -------------------------------------------------------------------------------------------------- */

static size_t spread_dim(const dki_plan *plan, size_t *n)
{
    size_t found = DKI_NONE;

    *n = 0;
    for (size_t d = plan->breakdown->n_by; d-- > 0;) {
        if (plan->spreads[d] != DKI_SPREAD_NOT) {
            found = d;
            ++*n;
        }
    }
    return found;
}

/* Whether sets have members enough to go through all lanes of sums for. */
static bool pays(const dki_plan *plan, const dki_dense_plan *dense, size_t dim)
{
    const dk_dictionary *sets = plan->sets[dim];
    size_t n_sets = dk_dictionary_n_levels(sets), n_members = dk_dictionary_n_levels(dk_dictionary_members(sets));
    uint64_t n = 0;

    if (dense->n_sums == 0 || dense->radix[dim] <= DKI_MOST_LANES)
        return true;
    for (size_t code = 1; code <= n_sets; code++) {
        size_t own;

        (void)dk_dictionary_set(sets, (uint32_t)code, &own);
        n += plan->spreads[dim] == DKI_SPREAD_MISSING ? n_members - own : own;
    }
    return n >= (uint64_t)LEAST_MEAN * n_sets;
}

/* Whether every aggregate can be had from lanes, and these are few enough. */
static bool takes_all(const dki_dense_plan *dense, size_t dim)
{
    uint64_t n_cells, n = 0;

    if (dense->plan == NULL || !dense->all_taken || dense->n_lists > 0)
        return false;
    n_cells = dense->n_slots / dense->radix[dim];
    for (size_t i = 0; i < dense->n_counters; i++)
        n += (n_cells * dense->counters[i].n_codes) << dense->counters[i].n_bits;
    for (size_t i = 0; i < dense->n_sums; i++) {
        if ((dense->sums[i].least || dense->sums[i].most) && dense->sums[i].width > 1)
            return false;
        n += n_cells * 2;
    }
    return n * dense->radix[dim] <= MOST_ADDED;
}

/* Words of the sets of a dimension. */
static dk_status make_words(dki_plan *plan, size_t dim, bool wholes, dk_error *err)
{
    const dk_dictionary *sets = plan->sets[dim];
    size_t n_sets = dk_dictionary_n_levels(sets), n_members = dk_dictionary_n_levels(dk_dictionary_members(sets));
    size_t n_codes = (size_t)dki_dimension_n_codes(&plan->dims[dim]);
    dki_entry_words *words = dki_arena_array(&plan->arena, 1, sizeof *words, err);
    uint64_t whole = wholes ? UINT64_C(1) << (n_members + 1) : 0, all = (UINT64_C(2) << n_members) - 2;
    uint32_t *groups[DKI_LANE_GROUPS] = { NULL };
    dk_status status = words ? DK_OK : DK_ERR_MEMORY;

    for (size_t g = 0; status == DK_OK && g * DKI_MOST_LANES < n_codes; g++) {
        groups[g] = dki_arena_array(&plan->arena, n_sets + 2, sizeof *groups[g], err);
        status = groups[g] ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t code = 0; status == DK_OK && code <= n_sets; code++) {
        uint64_t word = 0;
        const uint32_t *own;
        size_t n;

        if (code % DK_BLOCK_ROWS == 0)
            status = dki_poll(plan->context, err);
        if (code > 0) {
            own = dk_dictionary_set(sets, (uint32_t)code, &n);
            for (size_t i = 0; i < n; i++)
                word |= UINT64_C(1) << own[i];
            if (plan->spreads[dim] == DKI_SPREAD_MISSING)
                word ^= all;
        } else {
            word = 1;
        }
        word |= whole;
        for (size_t g = 0; g < DKI_LANE_GROUPS && groups[g]; g++)
            groups[g][code + 1] = (uint32_t)(word >> (g * DKI_MOST_LANES));
    }
    if (status != DK_OK)
        return status;
    for (size_t g = 0; g < DKI_LANE_GROUPS; g++)
        words->groups[g] = groups[g];
    plan->words = words;
    return DK_OK;
}

dk_status dki_plan_lanes(dki_plan *plan, bool wholes, bool anyway, bool *does, dk_error *err)
{
    size_t n, dim = spread_dim(plan, &n);
    dki_dimension sets = plan->dims[dim];
    dki_dense_plan dense = { 0 };
    dki_entry_list *none;
    dk_status status;

    *does = false;
    plan->dims[dim] = dki_members_of(sets.levels);
    if (n == 1 && dki_dimension_n_codes(&plan->dims[dim]) <= DKI_LANE_GROUPS * DKI_MOST_LANES) {
        status = dki_dense_plan_init(&dense, plan, err);
        *does = status == DK_OK && takes_all(&dense, dim) && (anyway || pays(plan, &dense, dim));
        dki_dense_plan_drop(&dense);
        if (status != DK_OK)
            return status;
    }
    if (!*does) {
        plan->dims[dim] = sets;
        return DK_OK;
    }
    none = dki_arena_array(&plan->arena, DKI_MAX_DIMENSIONS, sizeof *none, err);
    if (none == NULL)
        return DK_ERR_MEMORY;
    plan->entries = none;
    return make_words(plan, dim, wholes, err);
}

/* Memory. ------------------------------------------------------------------------------------------------------------ */

/* The table of a group of lanes: after `*used` bytes of what there is, which is NULL while they are counted. */
static void *place(char *tables, size_t *used, size_t n_cells, size_t bytes)
{
    void *table = tables ? tables + *used : NULL;

    *used += (n_cells * bytes + 63) / 64 * 64;
    return table;
}

static size_t n_cells_of(const dki_lanes *lanes, const dki_dense_counters *counters)
{
    return (lanes->n_cells * counters->n_codes) << counters->n_bits;
}

/* Whether lanes of rows tell which slots have any, as nothing else does. */
static bool needs_rows(const dki_dense_plan *plan)
{
    return plan->n_counters == 0 && plan->told_by == DKI_NONE;
}

/* Which tables there are, with their places. Returns the bytes of all. */
static size_t place_tables(dki_lanes *lanes)
{
    const dki_dense_plan *plan = lanes->plan;
    char *tables = lanes->tables;
    size_t used = 0, n = lanes->n_cells;

    for (size_t g = 0; g < lanes->n_groups; g++) {
        size_t narrow = lanes->narrow[g] * sizeof(uint16_t), wide = lanes->wide[g] * sizeof(uint32_t);

        for (size_t i = 0; i < plan->n_counters; i++)
            lanes->counts[i].of[g] = place(tables, &used, n_cells_of(lanes, &plan->counters[i]), narrow);
        if (needs_rows(plan))
            lanes->rows.of[g] = place(tables, &used, n, narrow);
        for (size_t i = 0; i < plan->n_sums; i++) {
            const dki_dense_sums *sums = &plan->sums[i];
            dki_lane_sums *to = &lanes->sums[i];

            if (sums->in_records || (sums->sum && sums->counted_by == DKI_NONE))
                to->n.of[g] = place(tables, &used, n, narrow);
            if (sums->least)
                to->least.of[g] = place(tables, &used, n, narrow);
            if (sums->most)
                to->most.of[g] = place(tables, &used, n, narrow);
            if (sums->sum)
                to->low.of[g] = place(tables, &used, n, wide);
            if (sums->sum && sums->width > 1)
                to->high.of[g] = place(tables, &used, n, wide);
        }
    }
    return used;
}

/* What belongs to a tile, and how its codes are made. */
static dk_status make_room(dki_lanes *lanes, dk_error *err)
{
    const dki_dense_plan *plan = lanes->plan;
    dki_arena *arena = &lanes->arena;
    uint32_t **const tiles[] = { &lanes->sets,     &lanes->cells,    &lanes->values,  &lanes->half,   &lanes->room,
                                 &lanes->words[0], &lanes->words[1], &lanes->kept[0], &lanes->kept[1] };

    for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
        *tiles[i] = dki_arena_array(arena, DKI_TILE_ROWS + 64, sizeof **tiles[i], err);
        if (*tiles[i] == NULL)
            return DK_ERR_MEMORY;
    }
    lanes->forms = dki_arena_array(arena, 2 + plan->n_counters + plan->n_sums, sizeof *lanes->forms, err);
    lanes->loose = dki_arena_alloc(arena, DKI_LOOSE_BYTES * dki_dense_n_loose(plan), err);
    lanes->masks = dki_arena_array(arena, (1 + plan->n_sums) * 2 * DK_BLOCK_WORDS, sizeof *lanes->masks, err);
    lanes->counts = dki_arena_array(arena, plan->n_counters, sizeof *lanes->counts, err);
    lanes->sums = dki_arena_array(arena, plan->n_sums, sizeof *lanes->sums, err);
    if (!lanes->forms || !lanes->loose || !lanes->masks || !lanes->counts || !lanes->sums)
        return DK_ERR_MEMORY;
    return DK_OK;
}

dk_status dki_lanes_init(dki_lanes *lanes, const dki_dense_plan *plan, dk_error *err)
{
    size_t ignored;
    dk_status status;

    memset(lanes, 0, sizeof *lanes);
    if (plan->plan == NULL || plan->plan->words == NULL)
        return DK_OK;
    lanes->plan = plan;
    dki_arena_init(&lanes->arena, plan->plan->context);
    lanes->dim = spread_dim(plan->plan, &ignored);
    lanes->n_members = plan->radix[lanes->dim];
    lanes->n_cells = plan->n_slots / lanes->n_members;
    lanes->n_behind = 1;
    for (size_t d = lanes->dim + 1; d < plan->plan->breakdown->n_by; d++)
        lanes->n_behind *= plan->radix[d];
    for (size_t left = lanes->n_members; left > 0; lanes->n_groups++) {
        size_t n = left < DKI_MOST_LANES ? left : DKI_MOST_LANES;

        lanes->narrow[lanes->n_groups] = (unsigned)(n + 15) / 16 * 16;
        lanes->wide[lanes->n_groups] = (unsigned)(n + 7) / 8 * 8;
        left -= n;
    }
    status = make_room(lanes, err);
    if (status != DK_OK)
        return status;
    lanes->bytes = place_tables(lanes);
    lanes->tables = dki_alloc_wide(plan->plan->context, lanes->bytes, err);
    if (lanes->tables == NULL)
        return DK_ERR_MEMORY;
    memset(lanes->tables, 0, lanes->bytes);
    (void)place_tables(lanes);
    return DK_OK;
}

void dki_lanes_drop(dki_lanes *lanes)
{
    if (lanes->plan == NULL)
        return;
    dki_free(lanes->plan->plan->context, lanes->tables);
    dki_arena_drop(&lanes->arena);
    memset(lanes, 0, sizeof *lanes);
}

/* Adding up. --------------------------------------------------------------------------------------------------------- */

/* The slot of the first member of a cell; those of the others lie n_behind apart. A cell may have more codes before all. */
static size_t slot_of(const dki_lanes *lanes, size_t cell)
{
    return cell / lanes->n_behind * lanes->n_members * lanes->n_behind + cell % lanes->n_behind;
}

/* Members of a group of lanes. */
static size_t n_lanes_of(const dki_lanes *lanes, size_t g)
{
    size_t left = lanes->n_members - g * DKI_MOST_LANES;

    return left < DKI_MOST_LANES ? left : DKI_MOST_LANES;
}

static void settle_counts(const dki_lanes *lanes, size_t g, size_t i, uint32_t *to)
{
    size_t n_cells = n_cells_of(lanes, &lanes->plan->counters[i]), n = n_lanes_of(lanes, g);

    to += g * DKI_MOST_LANES * lanes->n_behind;
    for (size_t cell = 0; cell < n_cells; cell++) {
        const uint16_t *from = lanes->counts[i].of[g] + cell * lanes->narrow[g];
        size_t slot = slot_of(lanes, cell);

        for (size_t k = 0; k < n; k++)
            to[slot + k * lanes->n_behind] += from[k];
    }
}

/* What a lane holds of a value. */
static void settle_sums(const dki_lanes *lanes, size_t g, size_t cell, size_t k, size_t slot, dki_dense *dense)
{
    const dki_dense_plan *plan = lanes->plan;
    size_t narrow = cell * lanes->narrow[g] + k, wide = cell * lanes->wide[g] + k;

    for (size_t i = 0; i < plan->n_sums; i++) {
        const dki_lane_sums *from = &lanes->sums[i];
        dki_dense_known known = {
            .n = from->n.of[g] ? from->n.of[g][narrow] : 0,
            .sum = from->low.of[g] ? from->low.of[g][wide] : 0,
            .least =
                from->least.of[g] && from->least.of[g][narrow] ? UINT16_MAX + 1 - from->least.of[g][narrow] : 0,
            .most = from->most.of[g] ? from->most.of[g][narrow] : 0,
        };

        if (from->high.of[g])
            known.sum += (uint64_t)from->high.of[g][wide] << 16;
        dki_dense_add_known(dense, i, slot, &known);
    }
}

void dki_lanes_settle(dki_lanes *lanes, dki_dense *dense)
{
    const dki_dense_plan *plan = lanes->plan;

    if (plan == NULL || lanes->n_taken == 0)
        return;
    for (size_t g = 0; g < lanes->n_groups; g++) {
        for (size_t i = 0; i < plan->n_counters; i++)
            settle_counts(lanes, g, i, dense->counts[i]);
        for (size_t cell = 0; (needs_rows(plan) || plan->n_sums) && cell < lanes->n_cells; cell++) {
            size_t slot = slot_of(lanes, cell) + g * DKI_MOST_LANES * lanes->n_behind;

            for (size_t k = 0; k < n_lanes_of(lanes, g); k++, slot += lanes->n_behind) {
                if (lanes->rows.of[g] && lanes->rows.of[g][cell * lanes->narrow[g] + k])
                    dki_dense_see(dense, slot);
                settle_sums(lanes, g, cell, k, slot, dense);
            }
        }
    }
    memset(lanes->tables, 0, lanes->bytes);
    lanes->n_taken = 0;
}

/* Taking rows in. ---------------------------------------------------------------------------------------------------- */

/* Codes of sets: where the breakdown has a where one more than they are, and 0 in rows that it leaves out. */
static void form_sets(const dki_lanes *lanes, const dki_dense_block *block, dki_code_sum *sum)
{
    const dki_coding coding = { .type = DK_CATEGORY };
    uint64_t *mask = lanes->masks + lanes->plan->n_sums * 2 * DK_BLOCK_WORDS;

    sum->start = 0;
    sum->n_terms = 0;
    dki_sum_view_kept(sum, &coding, block->by[lanes->dim], 1, block->selection, mask);
    if (block->selection)
        dki_sum_bits(sum, block->selection, 1);
}

/* How codes of the block are made: sets, cells, those of each counters, values of each sums. */
static void form_all(const dki_lanes *lanes, const dki_dense_block *block)
{
    const dki_dense_plan *plan = lanes->plan;
    dki_dense_forms from = { plan, block, lanes->n_cells, lanes->dim, lanes->loose, lanes->masks };
    dki_code_sum *form = lanes->forms;

    form_sets(lanes, block, form++);
    dki_form_slots(&from, form++);
    for (size_t i = 0; i < plan->n_counters; i++, form++) {
        *form = lanes->forms[1];
        dki_form_indexes(&from, &plan->counters[i], true, form);
    }
    for (size_t i = 0; i < plan->n_sums; i++)
        dki_form_kept(&from, plan->sums[i].value, i, form++);
}

/* A tile of rows: n of them from `from` on; of these those whose bits are picked, or all. */
struct tile {
    size_t from, n;
    const uint64_t *picked;
};

/* Codes of its rows, in four bytes each. */
static void make(const dki_lanes *lanes, const struct tile *tile, const dki_code_sum *form, uint32_t *to)
{
    if (tile->picked == NULL) {
        dki_codes_sum(2, to, form, tile->from, tile->n);
        return;
    }
    dki_codes_sum(2, lanes->room, form, tile->from, tile->n);
    (void)dki_codes_pick(2, to, lanes->room, tile->picked, tile->n);
}

/* The words of its rows; how many these are. */
static size_t make_words_of(const dki_lanes *lanes, const struct tile *tile, bool selects)
{
    const dki_entry_words *words = lanes->plan->plan->words;
    dki_dense_codes sets = dki_form_take(&lanes->forms[0], 2, lanes->sets, tile->from, tile->n);
    size_t n = tile->n;

    if (tile->picked) {
        n = dki_codes_pick(sets.width, lanes->room, sets.at, tile->picked, n);
        sets.at = lanes->room;
    }
    for (size_t g = 0; g < lanes->n_groups; g++)
        dki_codes_map(2, lanes->words[g], words->groups[g] + !selects, sets.width, sets.at, n);
    return n;
}

/* What is counted of a value: rows without one go to no lane. */
static void add_values(const dki_lanes *lanes, size_t i, size_t n)
{
    const dki_lane_sums *to = &lanes->sums[i];
    uint32_t *values = lanes->values, *half = lanes->half;

    for (size_t g = 0; g < lanes->n_groups; g++) {
        uint32_t *kept = lanes->kept[g];

        if (to->n.of[g]) {
            for (size_t k = 0; k < n; k++)
                kept[k] = values[k] ? lanes->words[g][k] : 0;
            dki_lanes_count(lanes->narrow[g], to->n.of[g], lanes->cells, kept, n);
        }
        if (to->most.of[g])
            dki_lanes_most(lanes->narrow[g], to->most.of[g], lanes->cells, lanes->words[g], values, n);
        if (to->least.of[g]) {
            for (size_t k = 0; k < n; k++)
                half[k] = 0 - values[k];
            dki_lanes_most(lanes->narrow[g], to->least.of[g], lanes->cells, lanes->words[g], half, n);
        }
        if (to->high.of[g]) {
            for (size_t k = 0; k < n; k++)
                half[k] = values[k] >> 16;
            dki_lanes_sum(lanes->wide[g], to->high.of[g], lanes->cells, lanes->words[g], half, n);
            for (size_t k = 0; k < n; k++)
                half[k] = values[k] & UINT16_MAX;
        }
        if (to->low.of[g])
            dki_lanes_sum(lanes->wide[g], to->low.of[g], lanes->cells, lanes->words[g],
                          to->high.of[g] ? half : values, n);
    }
}

static void add_tile(dki_lanes *lanes, const struct tile *tile, bool selects)
{
    const dki_dense_plan *plan = lanes->plan;
    const dki_code_sum *form = lanes->forms + 2;
    size_t n = make_words_of(lanes, tile, selects);

    lanes->n_taken += n;
    for (size_t i = 0; i < plan->n_counters; i++) {
        size_t first = dki_dense_first_selected(lanes->n_cells, &plan->counters[i]);

        make(lanes, tile, form++, lanes->cells);
        for (size_t g = 0; g < lanes->n_groups; g++)
            dki_lanes_count(lanes->narrow[g], lanes->counts[i].of[g] + first * lanes->narrow[g], lanes->cells,
                            lanes->words[g], n);
    }
    if (plan->n_sums == 0 && !needs_rows(plan))
        return;
    make(lanes, tile, &lanes->forms[1], lanes->cells);
    for (size_t g = 0; needs_rows(plan) && g < lanes->n_groups; g++)
        dki_lanes_count(lanes->narrow[g], lanes->rows.of[g], lanes->cells, lanes->words[g], n);
    for (size_t i = 0; i < plan->n_sums; i++) {
        make(lanes, tile, form++, lanes->values);
        add_values(lanes, i, n);
    }
}

void dki_lanes_add(dki_lanes *lanes, dki_dense *dense, const dki_dense_block *block)
{
    bool few = dki_dense_is_few(block);

    form_all(lanes, block);
    for (size_t from = 0; from < block->n; from += DKI_TILE_ROWS) {
        size_t n = block->n - from < DKI_TILE_ROWS ? block->n - from : DKI_TILE_ROWS;
        struct tile tile = { from, n, few ? block->selection + from / 64 : NULL };

        if (lanes->n_taken + n > UINT16_MAX)
            dki_lanes_settle(lanes, dense);
        add_tile(lanes, &tile, block->selection != NULL);
    }
}
