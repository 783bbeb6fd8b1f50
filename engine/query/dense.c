/* dense.c - takes blocks of rows into counters and sums that are found by index.
 *
 * How indexes are made stands in dense_forms.c. A row that a condition leaves out is counted as such, in counters that nobody
 * reads, so that there is no branch and no gathering of rows.
 *
 * Nothing here fails but for memory of lists. Poll: the caller, once per block.
 */
#include "dense.h"

#include <string.h>

#include "base/memory.h"
#include "dense_forms.h"
#include "dense_kernels.h"

#define MOST_TERMS 512 /* a quarter of the nearest cache */
#define TILE_BYTES (DKI_TILE_ROWS * sizeof(uint32_t))

/* Memory. ------------------------------------------------------------------------------------------------------ */

static size_t width_bytes(unsigned width)
{
    return (size_t)1 << width;
}

static dk_status init_terms(dki_dense *dense, size_t i, dk_error *err)
{
    const dki_dense_sums *sums = &dense->plan->sums[i];
    const dki_plan *plan = dense->plan->plan;
    uint64_t n_codes = dki_dimension_n_codes(&plan->values[sums->value].what) + 1;

    if (n_codes > MOST_TERMS || n_codes > dk_table_n_rows(plan->table))
        return DK_OK;
    dense->terms[i] = dki_alloc_array(plan->context, (size_t)n_codes, sizeof *dense->terms[i], err);
    if (dense->terms[i] == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 0; code < n_codes; code++)
        dense->terms[i][code] = dki_record_term(code, sums->shift);
    return DK_OK;
}

/* Rows of totals, once: they begin with a line of cache. */
static dk_status init_rows(dki_dense *dense, dk_error *err)
{
    size_t bytes = (dense->plan->n_slots << dense->plan->row_bits) * sizeof *dense->rows;

    if (dense->rows)
        return DK_OK;
    dense->rows = dki_alloc_wide(dense->plan->plan->context, bytes, err);
    if (dense->rows == NULL)
        return DK_ERR_MEMORY;
    memset(dense->rows, 0, bytes);
    return DK_OK;
}

static dk_status init_records(dki_dense *dense, size_t i, dk_error *err)
{
    const dki_dense_plan *plan = dense->plan;
    unsigned bits = plan->record_bits;
    size_t side_by_side = (size_t)1 << bits, place = plan->sums[i].word, n = plan->n_slots << bits;

    if (dense->record_room == NULL)
        dense->record_room = dki_alloc_wide(
            plan->plan->context,
            (plan->n_records + side_by_side - 1) / side_by_side * n * sizeof *dense->record_room, err);
    if (dense->record_room == NULL)
        return DK_ERR_MEMORY;
    dense->records[i] = dense->record_room + place / side_by_side * n + place % side_by_side;
    for (size_t slot = 0; slot < plan->n_slots; slot++)
        dense->records[i][slot << bits] = dki_record_term(0, plan->sums[i].shift);
    return DK_OK;
}

static dk_status init_sums(dki_dense *dense, size_t i, dk_error *err)
{
    const dki_dense_sums *sums = &dense->plan->sums[i];
    dk_context *context = dense->plan->plan->context;
    size_t n = dense->plan->n_slots;

    if (sums->in_records) {
        dk_status status = init_records(dense, i, err);

        return status == DK_OK ? init_terms(dense, i, err) : status;
    }
    if (sums->sum)
        dense->totals[i] = dense->rows + sums->word;
    if (sums->sum && sums->shift == 0 && sums->counted_by == DKI_NONE)
        dense->ns[i] = dense->rows + sums->n_word;
    if (sums->most && (dense->most[i] = dki_calloc(context, n, width_bytes(sums->width), err)) == NULL)
        return DK_ERR_MEMORY;
    if (sums->least && (dense->least[i] = dki_alloc_array(context, n, width_bytes(sums->width), err)) == NULL)
        return DK_ERR_MEMORY;
    if (sums->least)
        memset(dense->least[i], 0xff, n * width_bytes(sums->width));
    return DK_OK;
}

dk_status dki_dense_init(dki_dense *dense, const dki_dense_plan *plan, dk_error *err)
{
    dk_context *context = plan->plan->context;
    uint64_t n_rows = dk_table_n_rows(plan->plan->table);
    bool few = n_rows < DKI_TILE_ROWS && plan->plan->entries == NULL; /* of which few rows may have many */
    size_t tile = few ? ((size_t)n_rows + 63) / 64 * 64 * sizeof(uint32_t) : TILE_BYTES;
    size_t forms = (2 + plan->n_counters + plan->n_sums + plan->n_lists) * sizeof(dki_code_sum);
    dki_arena *arena = &dense->arena;
    dk_status status = DK_OK;

    memset(dense, 0, sizeof *dense);
    dense->plan = plan;
    forms = (forms + 63) / 64 * 64;
    dki_arena_init(arena, context);
    dense->counts = dki_arena_array(arena, plan->n_counters, sizeof *dense->counts, err);
    dense->totals = dki_arena_array(arena, plan->n_sums, sizeof *dense->totals, err);
    dense->ns = dki_arena_array(arena, plan->n_sums, sizeof *dense->ns, err);
    dense->least = dki_arena_array(arena, plan->n_sums, sizeof *dense->least, err);
    dense->most = dki_arena_array(arena, plan->n_sums, sizeof *dense->most, err);
    dense->records = dki_arena_array(arena, plan->n_sums, sizeof *dense->records, err);
    dense->terms = dki_arena_array(arena, plan->n_sums, sizeof *dense->terms, err);
    dense->masks =
        dki_arena_alloc(arena, (plan->n_sums + plan->n_lists) * 2 * DK_BLOCK_WORDS * sizeof *dense->masks, err);
    dense->forms =
        dki_arena_alloc(arena, (2 + plan->n_counters + plan->n_sums + plan->n_lists) * sizeof *dense->forms, err);
    dense->lists = dki_arena_array(arena, plan->n_lists, sizeof *dense->lists, err);
    dense->room = dki_alloc_wide(
        context, 4 * tile + 64 * sizeof(uint32_t) + DKI_LOOSE_BYTES * dki_dense_n_loose(plan) + forms, err);
    if (!dense->counts || !dense->totals || !dense->ns || !dense->least || !dense->most || !dense->records ||
        !dense->terms || !dense->masks || !dense->lists || !dense->room)
        return DK_ERR_MEMORY;
    dense->index = dense->room;
    dense->other = dense->room + tile;
    dense->codes = dense->room + 2 * tile;
    dense->loose = dense->room + 3 * tile;
    dense->forms = (dki_code_sum *)(void *)(dense->room + 3 * tile + DKI_LOOSE_BYTES * dki_dense_n_loose(plan));
    dense->picked = (char *)dense->forms + forms;
    for (size_t i = 0; i < plan->n_counters; i++) {
        size_t n = dki_dense_n_counts(&plan->counters[i]);

        dense->counts[i] = dki_calloc(context, n, sizeof *dense->counts[i], err);
        if (dense->counts[i] == NULL)
            return DK_ERR_MEMORY;
    }
    if (plan->n_counters == 0 && plan->seen_by == DKI_NONE && plan->told_by == DKI_NONE &&
        plan->listed_by == DKI_NONE && plan->gathered_by == DKI_NONE) {
        dense->seen = dki_calloc(context, plan->n_slots, 2, err);
        if (dense->seen == NULL)
            return DK_ERR_MEMORY;
    }
    for (size_t i = 0; status == DK_OK && i < plan->n_sums; i++) {
        if (plan->sums[i].sum && !plan->sums[i].in_records)
            status = init_rows(dense, err);
        if (status == DK_OK)
            status = init_sums(dense, i, err);
    }
    for (size_t i = 0; status == DK_OK && plan->plan->words == NULL && i < plan->n_lists; i++) { /* else lanes.c */
        uint64_t n_codes = dki_dimension_n_codes(&plan->plan->values[plan->lists[i]].what);
        dki_bins bins = dki_bins_for(plan->n_slots, n_codes, n_rows);

        status = dki_dense_list_init(&dense->lists[i], context, &bins, err);
    }
    return status;
}

static void free_each(dk_context *context, void **arrays, size_t n)
{
    for (size_t i = 0; arrays && i < n; i++)
        dki_free(context, arrays[i]);
}

void dki_dense_drop(dki_dense *dense)
{
    const dki_dense_plan *plan = dense->plan;
    dk_context *context;

    if (plan == NULL)
        return;
    context = plan->plan->context;
    free_each(context, (void **)dense->counts, plan->n_counters);
    dki_free(context, dense->rows);
    free_each(context, dense->least, plan->n_sums);
    free_each(context, dense->most, plan->n_sums);
    dki_free(context, dense->record_room);
    free_each(context, (void **)dense->terms, plan->n_sums);
    for (size_t i = 0; dense->lists && i < plan->n_lists; i++)
        dki_dense_list_drop(&dense->lists[i]);
    dki_free(context, dense->seen);
    dki_free(context, dense->room);
    dki_arena_drop(&dense->arena);
    memset(dense, 0, sizeof *dense);
}

/* Codes of a block. -------------------------------------------------------------------------------------------- */

/* Slots that have been made, as what the codes of others begin with. */
static void form_of_slots(const dki_dense *dense, const dki_code_sum *slots, dki_code_sum *sum)
{
    const void *at;
    unsigned width;

    if (dki_sum_is_codes(slots, &width, &at)) {
        *sum = *slots;
        return;
    }
    sum->start = 0;
    sum->n_terms = 0;
    dki_sum_codes_of(sum, dki_width_for(dense->plan->n_slots), dense->index, true, 1);
}

/* In records codes are one more, and 0 in rows that the breakdown's where leaves out. */
static void form_values(const dki_dense_forms *forms, size_t i, dki_code_sum *sum)
{
    const dki_dense_sums *sums = &forms->plan->sums[i];

    dki_form_kept(forms, sums->value, i, sum);
    if (sums->in_records && forms->block->selection)
        dki_sum_bits(sum, forms->block->selection, 1);
    else if (sums->in_records)
        sum->start += 1;
}

/* Taking rows in. ---------------------------------------------------------------------------------------------- */

static void add_sums(const dki_dense *dense, dki_dense_codes slots, dki_dense_codes codes, size_t i, size_t n)
{
    const dki_dense_sums *sums = &dense->plan->sums[i];

    if (sums->in_records) {
        dki_record_codes(slots.width, slots.at, codes.width, codes.at, dense->records[i], dense->plan->record_bits,
                         dense->terms[i], sums->shift, n);
        return;
    }
    if (sums->sum && sums->shift)
        dki_sum_codes(slots.width, slots.at, codes.width, codes.at, dense->totals[i], dense->plan->row_bits,
                      sums->shift, n);
    else if (sums->sum)
        dki_sum_wide_codes(slots.width, slots.at, codes.width, codes.at, dense->totals[i], dense->ns[i],
                           dense->plan->row_bits, n);
    if (sums->least)
        dki_least_codes(slots.width, slots.at, codes.width, codes.at, dense->least[i], n);
    if (sums->most)
        dki_most_codes(slots.width, slots.at, codes.width, codes.at, dense->most[i], n);
}

/* picked: bits of the rows that count; NULL: all. */
static void count(const dki_dense *dense, size_t i, dki_dense_codes indexes, const uint64_t *picked, size_t n)
{
    const dki_dense_counters *counters = &dense->plan->counters[i];
    uint32_t *counts = dense->counts[i];

    if (picked) {
        n = dki_codes_pick(indexes.width, dense->picked, indexes.at, picked, n);
        indexes.at = dense->picked;
        counts += dki_dense_first_selected(dense->plan->n_slots, counters);
    } else if (counters->pair_bits && indexes.width == 0) {
        dki_count_pairs(counters->pair_bits, counts, counts + dki_dense_pairs_at(counters),
                        counters->n << counters->pair_bits, indexes.at, n);
        return;
    }
    dki_count(indexes.width, counts, counters->stride, indexes.at, n);
}

/* Where nothing else tells which slots have rows: slots, and twice as many where there is a where. */
static const dki_dense_counters *pairs_of(const dki_dense *dense, const dki_dense_block *block,
                                          dki_dense_counters *pairs)
{
    *pairs = (dki_dense_counters){ .value = DKI_NONE,
                                   .n_codes = 1,
                                   .n_bits = block->selection != NULL,
                                   .filters = { DKI_NONE },
                                   .n = dense->plan->n_slots * 2 };
    return pairs;
}

/* How the codes of the block are made, before the first is. alone: nobody needs the slots themselves. */
static void form_all(const dki_dense *dense, const dki_dense_block *block, bool alone, bool few)
{
    const dki_dense_plan *plan = dense->plan;
    dki_code_sum *forms = dense->forms;
    dki_dense_counters pairs;
    dki_dense_forms from = { plan, block, plan->n_slots, DKI_NONE, dense->loose, dense->masks };

    dki_form_slots(&from, &forms[0]);
    if (alone) {
        dki_form_indexes(&from, &plan->counters[0], few, &forms[0]);
        return;
    }
    for (size_t i = 0; i < plan->n_counters; i++) {
        form_of_slots(dense, &forms[0], &forms[1 + i]);
        dki_form_indexes(&from, &plan->counters[i], few, &forms[1 + i]);
    }
    if (dense->seen) {
        form_of_slots(dense, &forms[0], &forms[1]);
        dki_form_indexes(&from, pairs_of(dense, block, &pairs), false, &forms[1]);
    }
    for (size_t i = 0; i < plan->n_sums; i++)
        form_values(&from, i, &forms[2 + plan->n_counters + i]);
    for (size_t i = plan->n_sums; i < plan->n_sums + plan->n_lists; i++)
        dki_form_kept(&from, plan->lists[i - plan->n_sums], i, &forms[2 + plan->n_counters + i]);
}

/* Adds rows from .. from + n - 1 to lists. */
static dk_status add_lists(dki_dense *dense, dki_dense_codes slots, size_t from, size_t n, dk_error *err)
{
    const dki_dense_plan *plan = dense->plan;
    const dki_code_sum *forms = dense->forms + 2 + plan->n_counters + plan->n_sums;
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < plan->n_lists; i++) {
        unsigned width = dki_width_for(dki_dimension_n_codes(&plan->plan->values[plan->lists[i]].what));
        dki_dense_codes codes = dki_form_take(&forms[i], width, dense->codes, from, n);

        status = dki_dense_list_add(&dense->lists[i], slots.width, slots.at, codes.width, codes.at, n, err);
    }
    return status;
}

dk_status dki_dense_add(dki_dense *dense, const dki_dense_block *block, uint32_t *slots, dk_error *err)
{
    const dki_dense_plan *plan = dense->plan;
    const dki_code_sum *forms = dense->forms;
    bool alone = plan->n_counters == 1 && plan->n_sums + plan->n_lists == 0 &&
                 slots == NULL; /* slots in one go with the index */
    bool few = dki_dense_is_few(block);
    dk_status status = DK_OK;

    form_all(dense, block, alone, few);
    for (size_t from = 0; status == DK_OK && from < block->n;
         from += DKI_TILE_ROWS) { /* what is made stays in the nearest cache */
        size_t n = block->n - from < DKI_TILE_ROWS ? block->n - from : DKI_TILE_ROWS;
        dki_dense_codes at = { NULL, 0 };

        if (!alone)
            at = dki_form_take(&forms[0], dki_width_for(plan->n_slots), dense->index, from, n);
        for (size_t i = 0; i < plan->n_counters; i++) {
            dki_dense_codes indexes =
                dki_form_take(&forms[alone ? 0 : 1 + i], dki_width_for(plan->counters[i].n), dense->other, from, n);

            count(dense, i, indexes, few ? block->selection + from / 64 : NULL, n);
        }
        if (dense->seen) {
            dki_dense_codes indexes =
                dki_form_take(&forms[1], dki_width_for(plan->n_slots * 2), dense->other, from, n);

            dki_see(indexes.width, dense->seen, indexes.at, n);
        }
        for (size_t i = 0; i < plan->n_sums; i++)
            add_sums(dense, at,
                     dki_form_take(&forms[2 + plan->n_counters + i], plan->sums[i].width, dense->codes, from, n), i,
                     n);
        status = add_lists(dense, at, from, n, err);
        if (slots)
            dki_codes_copy(2, slots + from, at.width, at.at, n);
    }
    return status;
}
