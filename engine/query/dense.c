/* dense.c - takes blocks of rows into counters and sums that are found by index.
 *
 * Codes stay as narrow as they are stored: a category of up to 255 levels alone in `by` is counted as it lies in
 * its column. Null is code 0, in a dimension as in a value. A row that a condition leaves out is counted as such,
 * in counters that nobody reads, so that there is no branch and no gathering of rows.
 *
 * Invariants: every index is below the size of its table, also in rows that are not selected, whose values are
 * unspecified: what may hold anything there is clamped. Nothing here fails but for memory of lists. Poll: the caller, once per block.
 */
#include "dense.h"

#include <string.h>

#include "base/memory.h"
#include "dense_kernels.h"

#define MOST_TERMS 512 /* a quarter of the nearest cache */
#define TILE_ROWS 512  /* of which codes are made at a time: fetching waits for memory while they are counted */
#define SCRATCH_BYTES (DK_BLOCK_ROWS * sizeof(uint32_t))
#define TILE_BYTES (TILE_ROWS * sizeof(uint32_t))

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

/* Codes that are not trusted where they lie. */
static size_t n_loose(const dki_dense_plan *dense)
{
    const dki_plan *plan = dense->plan;
    size_t n = 0;

    for (size_t d = 0; d < plan->breakdown->n_by; d++)
        n += !plan->by_in_range[d];
    for (size_t i = 0; i < dense->n_counters; i++)
        n += dense->counters[i].value != DKI_NONE && !plan->values[dense->counters[i].value].in_range;
    return n;
}

dk_status dki_dense_init(dki_dense *dense, const dki_dense_plan *plan, dk_error *err)
{
    dk_context *context = plan->plan->context;
    uint64_t n_rows = dk_table_n_rows(plan->plan->table);
    bool few = n_rows < TILE_ROWS && plan->plan->entries == NULL; /* of which few rows may have many */
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
    dense->room =
        dki_alloc_wide(context, 4 * tile + 64 * sizeof(uint32_t) + SCRATCH_BYTES * n_loose(plan) + forms, err);
    if (!dense->counts || !dense->totals || !dense->ns || !dense->least || !dense->most || !dense->records ||
        !dense->terms || !dense->masks || !dense->lists || !dense->room)
        return DK_ERR_MEMORY;
    dense->index = dense->room;
    dense->other = dense->room + tile;
    dense->codes = dense->room + 2 * tile;
    dense->loose = dense->room + 3 * tile;
    dense->forms = (dki_code_sum *)(void *)(dense->room + 3 * tile + SCRATCH_BYTES * n_loose(plan));
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
    for (size_t i = 0; status == DK_OK && i < plan->n_lists; i++) {
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

/* Codes with their width. */
struct codes {
    const void *at;
    unsigned width;
};

static dki_coding coding_of(const dki_dimension *what)
{
    return (dki_coding){ .type = what->type, .known_only = what->known_only, .least = what->least };
}

/* Adds factor times the codes of a view. in_range: its codes are, in every row; else they go through *loose, which
 * is moved on. */
static void add_view(dki_code_sum *sum, const dki_dimension *what, bool in_range, const dk_view *view,
                     uint32_t factor, char **loose)
{
    dki_coding coding = coding_of(what);
    unsigned width = view->storage == DK_STORE_U8 ? 0 : view->storage == DK_STORE_U16 ? 1 : 2;

    if (what->type != DK_CATEGORY || in_range || view->constant) {
        dki_sum_view(sum, &coding, view, factor);
        return;
    }
    dki_codes_copy(width, *loose, width, view->values, view->n);
    dki_codes_clamp(width, *loose, (uint32_t)dki_dimension_n_codes(what), view->n);
    dki_sum_codes_of(sum, width, *loose, false, factor);
    *loose += SCRATCH_BYTES;
}

static const uint64_t *truth_of(const dki_dense_block *block, size_t filter)
{
    return filter == DKI_NONE ? block->selection : block->truths + filter * DK_BLOCK_WORDS;
}

/* The slot of every row. */
static void form_slots(const dki_dense *dense, const dki_dense_block *block, dki_code_sum *sum, char **loose)
{
    const dki_plan *plan = dense->plan->plan;
    uint32_t factor = 1;

    sum->start = 0;
    sum->n_terms = 0;
    for (size_t d = plan->breakdown->n_by; d-- > 0; factor *= dense->plan->radix[d])
        add_view(sum, &plan->dims[d], plan->by_in_range[d], block->by[d], factor, loose);
}

/* From one counter to that of the same row where condition b holds. */
static size_t condition_term(const dki_dense *dense, const dki_dense_counters *counters, size_t b)
{
    return (dense->plan->n_slots * counters->n_codes) << b;
}

/* Where the counters of rows begin for which the breakdown's where holds. */
static size_t first_selected(const dki_dense *dense, const dki_dense_counters *counters)
{
    for (size_t b = 0; b < counters->n_bits; b++) {
        if (counters->filters[b] == DKI_NONE)
            return condition_term(dense, counters, b);
    }
    return 0;
}

/* Adds to slots a term for a code, and one for each condition that holds. few: nobody looks at rows outside the
 * selection, and counting begins where those of the others do: an index may then be nothing but a column's codes. */
static void form_indexes(const dki_dense *dense, const dki_dense_block *block, const dki_dense_counters *counters,
                         bool few, dki_code_sum *sum, char **loose)
{
    size_t n_slots = dense->plan->n_slots;

    if (counters->value != DKI_NONE) {
        const dki_plan_value *value = &dense->plan->plan->values[counters->value];

        add_view(sum, &value->what, value->in_range, block->values[counters->value], (uint32_t)n_slots, loose);
    }
    for (size_t b = 0; b < counters->n_bits; b++) {
        if (!few || counters->filters[b] != DKI_NONE)
            dki_sum_bits(sum, truth_of(block, counters->filters[b]), (uint32_t)condition_term(dense, counters, b));
    }
}

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

/* Codes of a value, 0 in rows that do not count; of sums and lists, numbered together. */
static void form_kept(const dki_dense *dense, const dki_dense_block *block, size_t value, size_t i,
                      dki_code_sum *sum)
{
    const dki_plan_value *from = &dense->plan->plan->values[value];
    dki_coding coding = coding_of(&from->what);

    sum->start = 0;
    sum->n_terms = 0;
    dki_sum_view_kept(sum, &coding, block->values[value], 1, truth_of(block, from->filter),
                      dense->masks + i * 2 * DK_BLOCK_WORDS);
}

/* In records codes are one more, and 0 in rows that the breakdown's where leaves out. */
static void form_values(const dki_dense *dense, const dki_dense_block *block, size_t i, dki_code_sum *sum)
{
    const dki_dense_sums *sums = &dense->plan->sums[i];

    form_kept(dense, block, sums->value, i, sum);
    if (sums->in_records && block->selection)
        dki_sum_bits(sum, block->selection, 1);
    else if (sums->in_records)
        sum->start += 1;
}

/* Taking rows in. ---------------------------------------------------------------------------------------------- */

/* Codes of rows from .. from + n - 1: where they lie, or made. */
static struct codes take(const dki_code_sum *sum, unsigned width, void *to, size_t from, size_t n)
{
    struct codes codes;

    if (dki_sum_is_codes(sum, &codes.width, &codes.at)) {
        codes.at = (const char *)codes.at + (sum->terms[0].local ? 0 : from << codes.width);
        return codes;
    }
    dki_codes_sum(width, to, sum, from, n);
    return (struct codes){ to, width };
}

static void add_sums(const dki_dense *dense, struct codes slots, struct codes codes, size_t i, size_t n)
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

/* Whether picking the rows that the breakdown's where lets through takes less than counting all apart. */
static bool is_few(const dki_dense_block *block)
{
    size_t n = block->n;

    return block->selection && block->n_selected < (dki_codes_picks_fast() ? n - n / 8 : n / 8);
}

/* picked: bits of the rows that count; NULL: all. */
static void count(const dki_dense *dense, size_t i, struct codes indexes, const uint64_t *picked, size_t n)
{
    const dki_dense_counters *counters = &dense->plan->counters[i];
    uint32_t *counts = dense->counts[i];

    if (picked) {
        n = dki_codes_pick(indexes.width, dense->picked, indexes.at, picked, n);
        indexes.at = dense->picked;
        counts += first_selected(dense, counters);
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
    char *loose = dense->loose;

    form_slots(dense, block, &forms[0], &loose);
    if (alone) {
        form_indexes(dense, block, &plan->counters[0], few, &forms[0], &loose);
        return;
    }
    for (size_t i = 0; i < plan->n_counters; i++) {
        form_of_slots(dense, &forms[0], &forms[1 + i]);
        form_indexes(dense, block, &plan->counters[i], few, &forms[1 + i], &loose);
    }
    if (dense->seen) {
        form_of_slots(dense, &forms[0], &forms[1]);
        form_indexes(dense, block, pairs_of(dense, block, &pairs), false, &forms[1], &loose);
    }
    for (size_t i = 0; i < plan->n_sums; i++)
        form_values(dense, block, i, &forms[2 + plan->n_counters + i]);
    for (size_t i = plan->n_sums; i < plan->n_sums + plan->n_lists; i++)
        form_kept(dense, block, plan->lists[i - plan->n_sums], i, &forms[2 + plan->n_counters + i]);
}

/* Adds rows from .. from + n - 1 to lists. */
static dk_status add_lists(dki_dense *dense, struct codes slots, size_t from, size_t n, dk_error *err)
{
    const dki_dense_plan *plan = dense->plan;
    const dki_code_sum *forms = dense->forms + 2 + plan->n_counters + plan->n_sums;
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < plan->n_lists; i++) {
        unsigned width = dki_width_for(dki_dimension_n_codes(&plan->plan->values[plan->lists[i]].what));
        struct codes codes = take(&forms[i], width, dense->codes, from, n);

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
    bool few = is_few(block);
    dk_status status = DK_OK;

    form_all(dense, block, alone, few);
    for (size_t from = 0; status == DK_OK && from < block->n;
         from += TILE_ROWS) { /* what is made stays in the nearest cache */
        size_t n = block->n - from < TILE_ROWS ? block->n - from : TILE_ROWS;
        struct codes at = { NULL, 0 };

        if (!alone)
            at = take(&forms[0], dki_width_for(plan->n_slots), dense->index, from, n);
        for (size_t i = 0; i < plan->n_counters; i++) {
            struct codes indexes =
                take(&forms[alone ? 0 : 1 + i], dki_width_for(plan->counters[i].n), dense->other, from, n);

            count(dense, i, indexes, few ? block->selection + from / 64 : NULL, n);
        }
        if (dense->seen) {
            struct codes indexes = take(&forms[1], dki_width_for(plan->n_slots * 2), dense->other, from, n);

            dki_see(indexes.width, dense->seen, indexes.at, n);
        }
        for (size_t i = 0; i < plan->n_sums; i++)
            add_sums(dense, at, take(&forms[2 + plan->n_counters + i], plan->sums[i].width, dense->codes, from, n),
                     i, n);
        status = add_lists(dense, at, from, n, err);
        if (slots)
            dki_codes_copy(2, slots + from, at.width, at.at, n);
    }
    return status;
}
