/* lanes.c - takes blocks of rows into lanes, and adds them up by slot.
 *
 * Lanes come in groups of 32. Counts are of 16 bits, sums of 32 and of half a code, so that so many rows can be taken as 16 bits
 * count; those of what is weighed (lane_weights.h) of 64. Rows whose values are listed are dealt to cells, and their members counted.
 * Rows that a condition leaves out have a word without bits, or are not looked at where they are many.
 *
 * Invariants: no index is outside of its table (dense_forms.c), and no bit of a word behind the last member; lanes do not overflow.
 * Cost: a row about as much as counting three or four by index; all lanes are added up once for so many rows as 16 bits
 * count. Poll: the caller, once per block.
 */
#include "lanes.h"

#include <string.h>

#include "base/bit_length.h"
#include "base/bitmap.h"
#include "base/memory.h"
#include "dense_forms.h"

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
static bool needs_rows(const dki_lanes *lanes)
{
    const dki_dense_plan *plan = lanes->plan;
    bool counts = plan->n_counters == 0 && plan->told_by == DKI_NONE && plan->listed_by == DKI_NONE;

    for (size_t i = 0; i < lanes->n_weighed; i++)
        counts = counts || lanes->weighed[i].what.in_all; /* it counts them besides */
    return counts;
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
        if (needs_rows(lanes))
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
        for (size_t i = 0; i < plan->n_lists; i++)
            lanes->sizes[i].of[g] = place(tables, &used, n, narrow);
        for (size_t i = 0; i < lanes->n_weighed; i++) {
            dki_lane_weights *to = &lanes->weighed[i];

            if (!to->what.in_all)
                to->n.of[g] = place(tables, &used, n, narrow);
            to->sum.of[g] = place(tables, &used, n, 2 * wide);
            if (to->what.weighs)
                to->weight.of[g] = place(tables, &used, n, 2 * wide);
        }
    }
    return used;
}

/* Of values, and of sets in the end. */
static size_t n_masks(const dki_lanes *lanes)
{
    return lanes->plan->n_sums + lanes->plan->n_lists + lanes->n_weighed + 1;
}

/* What belongs to a tile, and how its codes are made. */
static dk_status make_room(dki_lanes *lanes, dk_error *err)
{
    const dki_dense_plan *plan = lanes->plan;
    dki_arena *arena = &lanes->arena;
    uint32_t **const tiles[] = { &lanes->sets,    &lanes->cells,    &lanes->values,   &lanes->half,
                                 &lanes->room,    &lanes->words[0], &lanes->words[1], &lanes->kept[0],
                                 &lanes->kept[1], &lanes->set_codes };

    for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
        *tiles[i] = dki_arena_array(arena, DKI_TILE_ROWS + 64, sizeof **tiles[i], err);
        if (*tiles[i] == NULL)
            return DK_ERR_MEMORY;
    }
    lanes->weights = dki_arena_array(arena, DKI_TILE_ROWS, sizeof *lanes->weights, err);
    lanes->terms = dki_arena_array(arena, DKI_TILE_ROWS, sizeof *lanes->terms, err);
    lanes->forms = dki_arena_array(arena, 2 + plan->n_counters + plan->n_sums + plan->n_lists + lanes->n_weighed,
                                   sizeof *lanes->forms, err);
    lanes->loose = dki_arena_alloc(arena, DKI_LOOSE_BYTES * dki_dense_n_loose(plan), err);
    lanes->masks = dki_arena_array(arena, n_masks(lanes) * 2 * DK_BLOCK_WORDS, sizeof *lanes->masks, err);
    lanes->counts = dki_arena_array(arena, plan->n_counters, sizeof *lanes->counts, err);
    lanes->sums = dki_arena_array(arena, plan->n_sums, sizeof *lanes->sums, err);
    lanes->sizes = dki_arena_array(arena, plan->n_lists, sizeof *lanes->sizes, err);
    if (!lanes->sizes || !lanes->weights || !lanes->terms || !lanes->forms || !lanes->loose || !lanes->masks ||
        !lanes->counts || !lanes->sums)
        return DK_ERR_MEMORY;
    return DK_OK;
}

/* Lists of values, to which rows are dealt by cell. */
static dk_status init_lists(const dki_lanes *lanes, dki_dense *dense, dk_error *err)
{
    const dki_dense_plan *plan = lanes->plan;
    const dki_plan *of = plan->plan;
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < plan->n_lists; i++) {
        uint64_t n_codes = dki_dimension_n_codes(&of->values[plan->lists[i]].what);
        dki_list_spread spread = { .n_members = lanes->n_members,
                                   .n_behind = lanes->n_behind,
                                   .n_slots = plan->n_slots,
                                   .value_bits = dki_bit_length(n_codes) };
        uint64_t n_sets = dk_dictionary_n_levels(of->sets[lanes->dim]) + UINT64_C(1);
        dki_bins bins = dki_bins_for(lanes->n_cells, n_sets << spread.value_bits, dk_table_n_rows(of->table));

        for (size_t g = 0; g < DKI_LANE_GROUPS; g++)
            spread.groups[g] = of->words->groups[g];
        status = dki_dense_list_init_spread(&dense->lists[i], of->context, &bins, &spread, err);
    }
    return status;
}

/* What is weighed, and how many rows all lanes can hold. */
static dk_status init_weighed(dki_lanes *lanes, dk_error *err)
{
    const dki_plan *plan = lanes->plan->plan;

    lanes->most_taken = UINT16_MAX;
    lanes->weighed = dki_arena_array(&lanes->arena, plan->n_aggregates, sizeof *lanes->weighed, err);
    if (lanes->weighed == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < plan->n_aggregates; i++) {
        dki_lane_weighed *what = &lanes->weighed[lanes->n_weighed].what;

        if (dki_dense_takes(lanes->plan, i) || !dki_lane_weighed_init(what, plan, i))
            continue;
        lanes->n_weighed++;
        if (what->most_rows < lanes->most_taken)
            lanes->most_taken = (size_t)what->most_rows;
    }
    return DK_OK;
}

dk_status dki_lanes_init(dki_lanes *lanes, const dki_dense_plan *plan, dki_dense *dense, dk_error *err)
{
    size_t ignored;
    dk_status status;

    memset(lanes, 0, sizeof *lanes);
    if (plan->plan == NULL || plan->plan->words == NULL)
        return DK_OK;
    lanes->plan = plan;
    dki_arena_init(&lanes->arena, plan->plan->context);
    lanes->dim = dki_lanes_dim(plan->plan, &ignored);
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
    status = init_weighed(lanes, err);
    if (status == DK_OK)
        status = make_room(lanes, err);
    if (status == DK_OK)
        status = init_lists(lanes, dense, err);
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

static size_t slot_of(const dki_lanes *lanes, size_t cell)
{
    return dki_cell_slot(lanes->n_members, lanes->n_behind, cell);
}

/* Members of a group of lanes. */
static size_t n_lanes_of(const dki_lanes *lanes, size_t g)
{
    size_t left = lanes->n_members - g * DKI_MOST_LANES;

    return left < DKI_MOST_LANES ? left : DKI_MOST_LANES;
}

/* Adds counts of a group of lanes of n_cells. */
static void settle_counts(const dki_lanes *lanes, size_t g, const uint16_t *from, size_t n_cells, uint32_t *to)
{
    size_t n = n_lanes_of(lanes, g);

    to += g * DKI_MOST_LANES * lanes->n_behind;
    for (size_t cell = 0; cell < n_cells; cell++, from += lanes->narrow[g]) {
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

/* And of what is weighed. */
static void settle_weighed(const dki_lanes *lanes, size_t g, size_t cell, size_t k, size_t slot,
                           dki_accumulator *accumulators)
{
    size_t narrow = cell * lanes->narrow[g] + k, wide = cell * lanes->wide[g] + k;

    for (size_t i = 0; i < lanes->n_weighed; i++) {
        const dki_lane_weights *from = &lanes->weighed[i];
        const uint16_t *n = from->what.in_all ? lanes->rows.of[g] : from->n.of[g];

        if (n[narrow])
            dki_lane_weighed_settle(&from->what, &accumulators[from->what.aggregate], slot, n[narrow],
                                    from->sum.of[g][wide], from->what.weighs ? from->weight.of[g][wide] : 0);
    }
}

void dki_lanes_settle(dki_lanes *lanes, dki_dense *dense, dki_accumulator *accumulators)
{
    const dki_dense_plan *plan = lanes->plan;
    bool by_cell;

    if (plan == NULL || lanes->n_taken == 0)
        return;
    by_cell = needs_rows(lanes) || plan->n_sums + lanes->n_weighed > 0;
    for (size_t g = 0; g < lanes->n_groups; g++) {
        for (size_t i = 0; i < plan->n_counters; i++)
            settle_counts(lanes, g, lanes->counts[i].of[g], n_cells_of(lanes, &plan->counters[i]),
                          dense->counts[i]);
        for (size_t i = 0; i < plan->n_lists; i++)
            settle_counts(lanes, g, lanes->sizes[i].of[g], lanes->n_cells, dense->lists[i].sizes);
        for (size_t cell = 0; by_cell && cell < lanes->n_cells; cell++) {
            size_t slot = slot_of(lanes, cell) + g * DKI_MOST_LANES * lanes->n_behind;

            for (size_t k = 0; k < n_lanes_of(lanes, g); k++, slot += lanes->n_behind) {
                if (lanes->rows.of[g] && lanes->rows.of[g][cell * lanes->narrow[g] + k])
                    dki_dense_see(dense, slot);
                settle_sums(lanes, g, cell, k, slot, dense);
                settle_weighed(lanes, g, cell, k, slot, accumulators);
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
    uint64_t *mask = lanes->masks + (n_masks(lanes) - 1) * 2 * DK_BLOCK_WORDS;

    sum->start = 0;
    sum->n_terms = 0;
    dki_sum_view_kept(sum, &coding, block->by[lanes->dim], 1, block->selection, mask);
    if (block->selection)
        dki_sum_bits(sum, block->selection, 1);
}

/* Codes of what is weighed: of values, or 1 where a condition holds. */
static void form_weighed(const dki_dense_forms *from, size_t i, const dki_lane_weighed *weighed, dki_code_sum *sum)
{
    const dki_plan_aggregate *aggregate = &from->plan->plan->aggregates[weighed->aggregate];

    sum->start = 0;
    sum->n_terms = 0;
    if (!weighed->counts)
        dki_form_kept(from, aggregate->value, from->plan->n_sums + from->plan->n_lists + i, sum);
    else if (!weighed->in_all)
        dki_sum_bits(sum, dki_dense_truth(from->block, aggregate->filter), 1);
}

/* How codes of the block are made: sets, cells, those of each counters, values of each sums, each lists, and of what is weighed. */
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
    for (size_t i = 0; i < plan->n_lists; i++)
        dki_form_kept(&from, plan->lists[i], plan->n_sums + i, form++);
    for (size_t i = 0; i < lanes->n_weighed; i++)
        form_weighed(&from, i, &lanes->weighed[i].what, form++);
}

/* A tile of rows: n of them from `from` on; of these those whose bits are picked, or all. */
struct tile {
    size_t from, n;
    const uint64_t *picked;
    const int64_t *weights; /* of the block; NULL: there are none */
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
    if (lanes->plan->n_lists)
        dki_codes_copy(2, lanes->set_codes, sets.width, sets.at, n);
    for (size_t g = 0; g < lanes->n_groups; g++)
        dki_codes_map(2, lanes->words[g], words->groups[g] + !selects, sets.width, sets.at, n);
    return n;
}

/* The weights of its rows. */
static void make_weights(const dki_lanes *lanes, const struct tile *tile)
{
    const int64_t *weights = tile->weights + tile->from;
    uint64_t *to = lanes->weights;

    for (size_t i = 0; i < tile->n; i++) {
        *to = (uint64_t)weights[i];
        to += tile->picked ? dki_bit(tile->picked, i) : 1;
    }
}

/* What is weighed of its rows, n of which count. */
static void add_weighed(const dki_lanes *lanes, const dki_lane_weights *to, size_t n)
{
    const uint32_t *values = to->what.in_all ? NULL : lanes->values;

    dki_lane_weigh(&to->what, values, lanes->weights, lanes->terms, n);
    for (size_t g = 0; g < lanes->n_groups; g++) {
        const uint32_t *words = lanes->words[g];

        if (values) {
            words = lanes->kept[g];
            dki_lane_weighed_keep(&to->what, values, lanes->weights, lanes->words[g], lanes->kept[g], n);
            dki_lanes_count(lanes->narrow[g], to->n.of[g], lanes->cells, words, n);
        }
        dki_lanes_weigh(lanes->wide[g], to->sum.of[g], lanes->cells, words, lanes->terms, n);
        if (to->weight.of[g])
            dki_lanes_weigh(lanes->wide[g], to->weight.of[g], lanes->cells, words, lanes->weights, n);
    }
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

/* Deals the rows of a tile that have a value, by their cells. */
static dk_status add_list(const dki_lanes *lanes, size_t i, dki_dense_list *list, bool selects, size_t n,
                          dk_error *err)
{
    const uint32_t *values = lanes->values, *sets = lanes->set_codes;
    unsigned bits = list->spread.value_bits;

    for (size_t g = 0; g < lanes->n_groups; g++) {
        for (size_t k = 0; k < n; k++)
            lanes->kept[g][k] = values[k] ? lanes->words[g][k] : 0;
        dki_lanes_count(lanes->narrow[g], lanes->sizes[i].of[g], lanes->cells, lanes->kept[g], n);
    }
    for (size_t k = 0; k < n; k++)
        lanes->terms[k] = values[k] && sets[k] >= selects ? ((uint64_t)(sets[k] - selects) << bits) + values[k] : 0;
    return dki_dense_list_add(list, 2, lanes->cells, 3, lanes->terms, n, err);
}

static dk_status add_tile(dki_lanes *lanes, dki_dense *dense, const struct tile *tile, bool selects, dk_error *err)
{
    dk_status status = DK_OK;
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
    if (plan->n_sums + plan->n_lists + lanes->n_weighed == 0 && !needs_rows(lanes))
        return DK_OK;
    make(lanes, tile, &lanes->forms[1], lanes->cells);
    for (size_t g = 0; needs_rows(lanes) && g < lanes->n_groups; g++)
        dki_lanes_count(lanes->narrow[g], lanes->rows.of[g], lanes->cells, lanes->words[g], n);
    for (size_t i = 0; i < plan->n_sums; i++) {
        make(lanes, tile, form++, lanes->values);
        add_values(lanes, i, n);
    }
    for (size_t i = 0; status == DK_OK && i < plan->n_lists; i++) {
        make(lanes, tile, form++, lanes->values);
        status = add_list(lanes, i, &dense->lists[i], selects, n, err);
    }
    if (lanes->n_weighed)
        make_weights(lanes, tile);
    for (size_t i = 0; i < lanes->n_weighed; i++, form++) {
        if (!lanes->weighed[i].what.in_all)
            make(lanes, tile, form, lanes->values);
        add_weighed(lanes, &lanes->weighed[i], n);
    }
    return status;
}

dk_status dki_lanes_add(dki_lanes *lanes, dki_dense *dense, dki_accumulator *accumulators,
                        const dki_dense_block *block, const int64_t *weights, dk_error *err)
{
    bool few = dki_dense_is_few(block);
    dk_status status = DK_OK;

    form_all(lanes, block);
    for (size_t from = 0; status == DK_OK && from < block->n; from += DKI_TILE_ROWS) {
        size_t n = block->n - from < DKI_TILE_ROWS ? block->n - from : DKI_TILE_ROWS;
        struct tile tile = { from, n, few ? block->selection + from / 64 : NULL, weights };

        if (lanes->n_taken + n > lanes->most_taken)
            dki_lanes_settle(lanes, dense, accumulators);
        status = add_tile(lanes, dense, &tile, block->selection != NULL, err);
    }
    return status;
}
