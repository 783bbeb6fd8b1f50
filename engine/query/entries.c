/* entries.c - rows taken once for each member of their sets, and once as a whole.
 *
 * Conditions and arguments are evaluated once for each row; what they gave is then copied to the entries of the row.
 * Most sets are short: their entries are written FEW at a time, whatever their number is, so that no branch depends on it.
 *
 * Cost: for each row its entries, at the price of a few copies each. The caller polls.
 */
#include "entries.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "dekking/members.h"
#include "lanes.h"

#define FEW 8
#define MOST_MEAN 16 /* with more members in a set, grouping by sets costs less */
#define MOST_COUNTERS (UINT64_C(1) << 20)

static int way;

int dki_entries_set_way(int to)
{
    int before = way;

    way = to;
    return before;
}

/* Whether they are worth while. ------------------------------------------------------------------------------------ */

dki_dimension dki_members_of(const dk_dictionary *sets)
{
    return (dki_dimension){ .type = DK_CATEGORY, .levels = dk_dictionary_members(sets), .has_wholes = true };
}

/* Whether values that are told apart are few enough to be counted by index: more of them cost less by sets. */
static bool counts_values(const dki_plan *plan, const dki_plan_aggregate *aggregate, size_t n_slots)
{
    uint64_t n_codes =
        aggregate->value == DKI_NONE ? 1 : dki_dimension_n_codes(&plan->values[aggregate->value].what);

    if (aggregate->what.kind != DKI_AGGREGATE_DISTINCT && aggregate->what.kind != DKI_AGGREGATE_MODE)
        return true;
    return n_codes > 0 && n_codes <= MOST_COUNTERS / n_slots;
}

/* Whether keys of members have places by index, and those of sets have not. */
static bool is_worth_while(const dki_plan *plan)
{
    uint64_t n_rows = dk_table_n_rows(plan->table);
    dki_dimension dims[DKI_MAX_DIMENSIONS];
    size_t n = plan->breakdown->n_by;
    dki_dense_plan dense = { .n_slots = 0 };
    bool is;

    for (size_t d = 0; d < n; d++)
        dims[d] = plan->spreads[d] == DKI_SPREAD_NOT ? plan->dims[d] : dki_members_of(plan->dims[d].levels);
    is = way > 0 || (!dki_dense_fits(plan->dims, n, n_rows, NULL) && dki_dense_fits(dims, n, n_rows, &dense));
    for (size_t i = 0; is && way == 0 && i < plan->n_aggregates; i++)
        is = counts_values(plan, &plan->aggregates[i], dense.n_slots);
    return is;
}

/* Whether values can be copied, and states be taken in one by one. */
static bool is_possible(const dki_plan *plan)
{
    for (size_t i = 0; i < plan->n_values; i++)
        if (plan->values[i].what.type == DK_TEXT || plan->values[i].what.type == DK_INTERVAL)
            return false;
    for (size_t d = 0; d < plan->breakdown->n_by; d++)
        if (plan->dims[d].type == DK_TEXT)
            return false;
    return dki_plan_spreads(plan) && !dki_plan_has_defined(plan);
}

/* Whether somebody looks at rows as wholes: at a total, or at which other groups there are. */
static dk_status find_wholes(const dki_plan *plan, bool *out, dk_error *err)
{
    dki_int_map masks;
    dk_status status;

    *out = plan->breakdown->margins != DK_MARGINS_NONE || dki_breakdown_shows_levels(plan->breakdown) ||
           plan->n_periods > 0;
    if (*out)
        return DK_OK;
    dki_int_map_init(&masks, plan->context);
    status = dki_plan_coarser(plan, &masks, err);
    *out = masks.n > 0;
    dki_int_map_drop(&masks);
    return status;
}

/* How many entries the sets of a dimension have. */
static uint64_t count_entries(const dk_dictionary *sets, bool lacks, bool wholes)
{
    size_t n_sets = dk_dictionary_n_levels(sets), n_members = dk_dictionary_n_levels(dk_dictionary_members(sets));
    uint64_t n = 1 + (wholes ? n_sets + 1 : 0);

    for (size_t code = 1; code <= n_sets; code++) {
        size_t own;

        (void)dk_dictionary_set(sets, (uint32_t)code, &own);
        n += lacks ? n_members - own : own;
    }
    return n;
}

/* The members that a set has, or lacks, in the order of codes. */
static uint32_t *list_members(const dk_dictionary *sets, uint32_t code, bool lacks, bool *has, uint32_t *to)
{
    size_t n_members = dk_dictionary_n_levels(dk_dictionary_members(sets)), own;
    const uint32_t *codes = dk_dictionary_set(sets, code, &own);

    for (size_t i = 0; i < own && !lacks; i++)
        *to++ = codes[i];
    if (!lacks)
        return to;
    for (size_t i = 0; i < own; i++)
        has[codes[i]] = true;
    for (uint32_t member = 1; member <= n_members; member++)
        if (!has[member])
            *to++ = member;
    for (size_t i = 0; i < own; i++)
        has[codes[i]] = false;
    return to;
}

/* The codes in a byte each, where none is greater; else NULL. */
static dk_status make_narrow(dki_plan *plan, const uint32_t *codes, uint64_t n, size_t most, const uint8_t **out,
                             dk_error *err)
{
    uint8_t *narrow;

    *out = NULL;
    if (most > UINT8_MAX)
        return DK_OK;
    narrow = dki_arena_array(&plan->arena, (size_t)n + FEW, sizeof *narrow, err);
    if (narrow == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = 0; i < n; i++)
        narrow[i] = (uint8_t)codes[i];
    memset(narrow + n, 0, FEW);
    *out = narrow;
    return DK_OK;
}

static dk_status make_list(dki_plan *plan, size_t dim, bool wholes, uint64_t n, dki_entry_list *out, dk_error *err)
{
    const dk_dictionary *sets = plan->dims[dim].levels;
    bool lacks = plan->spreads[dim] == DKI_SPREAD_MISSING;
    size_t n_sets = dk_dictionary_n_levels(sets), n_members = dk_dictionary_n_levels(dk_dictionary_members(sets));
    uint32_t *ends = dki_arena_array(&plan->arena, n_sets + 2, sizeof *ends, err);
    uint32_t *codes = dki_arena_array(&plan->arena, (size_t)n + FEW, sizeof *codes, err), *to = codes;
    bool *has = dki_arena_array(&plan->arena, n_members + 1, sizeof *has, err);
    const uint8_t *narrow = NULL;
    dk_status status = ends && codes && has ? DK_OK : DK_ERR_MEMORY;

    for (size_t code = 0; status == DK_OK && code <= n_sets; code++) {
        if (code % DK_BLOCK_ROWS == 0)
            status = dki_poll(plan->context, err);
        if (wholes)
            *to++ = (uint32_t)n_members + 1;
        if (code == 0)
            *to++ = 0;
        else
            to = list_members(sets, (uint32_t)code, lacks, has, to);
        ends[code + 1] = (uint32_t)(to - codes);
    }
    if (status == DK_OK)
        status = make_narrow(plan, codes, (uint64_t)(to - codes), n_members + 1, &narrow, err);
    *out = (dki_entry_list){ ends, codes, narrow };
    return status;
}

dk_status dki_plan_entries(dki_plan *plan, dk_error *err)
{
    dki_entry_list *lists;
    uint64_t n[DKI_MAX_DIMENSIONS];
    bool wholes, lanes = false;
    dk_status status;

    if (way < 0 || !is_possible(plan) || !is_worth_while(plan))
        return DK_OK;
    status = find_wholes(plan, &wholes, err);
    if (status == DK_OK && way != 1)
        status = dki_plan_lanes(plan, wholes, way > 0, &lanes, err);
    if (status != DK_OK || lanes)
        return status;
    for (size_t d = 0; status == DK_OK && d < plan->breakdown->n_by; d++) {
        const dk_dictionary *sets = plan->dims[d].levels;

        if (plan->spreads[d] == DKI_SPREAD_NOT)
            continue;
        n[d] = count_entries(sets, plan->spreads[d] == DKI_SPREAD_MISSING, wholes);
        if (n[d] > DKI_MOST_SPREAD || (way == 0 && n[d] / MOST_MEAN > dk_dictionary_n_levels(sets) + 1))
            return DK_OK;
    }
    lists = dki_arena_array(&plan->arena, DKI_MAX_DIMENSIONS, sizeof *lists, err);
    status = status == DK_OK && !lists ? DK_ERR_MEMORY : status;
    for (size_t d = 0; status == DK_OK && d < plan->breakdown->n_by; d++)
        if (plan->spreads[d] != DKI_SPREAD_NOT)
            status = make_list(plan, d, wholes, n[d], &lists[d], err);
    if (status != DK_OK)
        return status;
    for (size_t d = 0; d < plan->breakdown->n_by; d++) {
        if (plan->spreads[d] == DKI_SPREAD_NOT)
            continue;
        plan->dims[d] = dki_members_of(plan->dims[d].levels);
        plan->by_in_range[d] = true;
    }
    plan->entries = lists;
    return DK_OK;
}

/* Of a worker. ------------------------------------------------------------------------------------------------------- */

/* Room for the values and nulls of one view of entries: of the widest storage, which is that of ratios. */
static dk_status make_room(dki_entries *entries, size_t n, dk_view **views, const dk_view ***shown, char ***room,
                           uint64_t ***valid, dk_error *err)
{
    dki_arena *arena = &entries->arena;

    *views = dki_arena_array(arena, n, sizeof **views, err);
    *shown = dki_arena_array(arena, n, sizeof **shown, err);
    *room = dki_arena_array(arena, n, sizeof **room, err);
    *valid = dki_arena_array(arena, n, sizeof **valid, err);
    if (!*views || !*shown || !*room || !*valid)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        (*room)[i] = dki_arena_array(arena, DK_BLOCK_ROWS, sizeof(dk_ratio), err);
        (*valid)[i] = dki_arena_array(arena, DK_BLOCK_WORDS, sizeof(uint64_t), err);
        if (!(*room)[i] || !(*valid)[i])
            return DK_ERR_MEMORY;
        (*shown)[i] = &(*views)[i];
    }
    return DK_OK;
}

dk_status dki_entries_init(dki_entries *entries, const dki_plan *plan, dk_error *err)
{
    dki_arena *arena = &entries->arena;
    dk_status status;

    memset(entries, 0, sizeof *entries);
    if (plan->entries == NULL || plan->words)
        return DK_OK;
    entries->plan = plan;
    dki_arena_init(arena, plan->context);
    status = make_room(entries, plan->breakdown->n_by, &entries->by, &entries->by_views, &entries->by_room,
                       &entries->by_valid, err);
    if (status == DK_OK)
        status = make_room(entries, plan->n_values, &entries->values, &entries->value_views, &entries->value_room,
                           &entries->value_valid, err);
    if (status != DK_OK)
        return status;
    for (size_t d = 0; d < plan->breakdown->n_by; d++) {
        size_t k = entries->n_spread;

        if (plan->spreads[d] == DKI_SPREAD_NOT)
            continue;
        entries->spread[entries->n_spread++] = d;
        entries->sets[k] = dki_arena_array(arena, DK_BLOCK_ROWS, sizeof **entries->sets, err);
        if (entries->sets[k] == NULL)
            return DK_ERR_MEMORY;
    }
    entries->rows = dki_arena_array(arena, DK_BLOCK_ROWS + FEW, sizeof *entries->rows, err);
    entries->all = dki_arena_array(arena, DK_BLOCK_WORDS, sizeof *entries->all, err);
    entries->truths = dki_arena_array(arena, plan->n_filters * DK_BLOCK_WORDS, sizeof *entries->truths, err);
    entries->numbers = dki_arena_array(arena, DK_BLOCK_ROWS, sizeof *entries->numbers, err);
    if (!entries->rows || !entries->all || !entries->truths || !entries->numbers)
        return DK_ERR_MEMORY;
    if (plan->weight)
        entries->weights = dki_arena_array(arena, DK_BLOCK_ROWS, sizeof *entries->weights, err);
    return plan->weight && !entries->weights ? DK_ERR_MEMORY : DK_OK;
}

void dki_entries_drop(dki_entries *entries)
{
    if (entries->plan)
        dki_arena_drop(&entries->arena);
    memset(entries, 0, sizeof *entries);
}

/* Blocks. ------------------------------------------------------------------------------------------------------------ */

void dki_entries_begin(dki_entries *entries, const dki_inputs *inputs, uint64_t row, size_t n, bool numbered)
{
    entries->inputs = inputs;
    entries->numbered = numbered;
    entries->row = row;
    entries->n_rows = n;
    entries->at = 0;
    for (size_t k = 0; k < entries->n_spread; k++) {
        dki_view_codes(inputs->by_views[entries->spread[k]], entries->sets[k]);
        entries->place[k] = 0;
    }
}

static const dki_entry_list *list_of(const dki_entries *entries, size_t k)
{
    return &entries->plan->entries[entries->spread[k]];
}

/* Entries of whole rows, as long as they have room; of one dimension of members. Their number. */
#define PUT_ROWS(T, LIST)                                                        \
    static size_t put_rows_##T(dki_entries *entries, const dki_entry_list *list) \
    {                                                                            \
        const uint64_t *selection = entries->inputs->selection;                  \
        const uint32_t *sets = entries->sets[0];                                 \
        T *codes = (T *)(void *)entries->by_room[entries->spread[0]];            \
        uint16_t *rows = entries->rows;                                          \
        size_t n = 0, at = entries->at;                                          \
                                                                                 \
        for (; at < entries->n_rows; at++) {                                     \
            const T *from;                                                       \
            size_t own;                                                          \
                                                                                 \
            if (selection && !dki_bit(selection, at))                            \
                continue;                                                        \
            from = list->LIST + list->ends[sets[at]];                            \
            own = list->ends[sets[at] + 1] - list->ends[sets[at]];               \
            if (n + (own < FEW ? FEW : own) > DK_BLOCK_ROWS)                     \
                break;                                                           \
            memcpy(codes + n, from, FEW * sizeof *codes);                        \
            for (size_t i = 0; i < FEW; i++)                                     \
                rows[n + i] = (uint16_t)at;                                      \
            for (size_t i = FEW; i < own; i++) {                                 \
                codes[n + i] = from[i];                                          \
                rows[n + i] = (uint16_t)at;                                      \
            }                                                                    \
            n += own;                                                            \
        }                                                                        \
        entries->at = at;                                                        \
        return n;                                                                \
    }
PUT_ROWS(uint8_t, narrow)
PUT_ROWS(uint32_t, codes)

static size_t put_rows(dki_entries *entries)
{
    const dki_entry_list *list = list_of(entries, 0);

    return list->narrow ? put_rows_uint8_t(entries, list) : put_rows_uint32_t(entries, list);
}

/* Goes to the next combination of the row at hand; false: it was the last. */
static bool step(dki_entries *entries)
{
    for (size_t k = entries->n_spread; k-- > 0;) {
        const dki_entry_list *list = list_of(entries, k);
        uint32_t set = entries->sets[k][entries->at];

        if (list->ends[set] + ++entries->place[k] < list->ends[set + 1])
            return true;
        entries->place[k] = 0;
    }
    return false;
}

/* Whether the row at hand counts, and has a combination at all. */
static bool has_entries(const dki_entries *entries)
{
    const uint64_t *selection = entries->inputs->selection;
    bool has = selection == NULL || dki_bit(selection, entries->at);

    for (size_t k = 0; has && k < entries->n_spread; k++) {
        const dki_entry_list *list = list_of(entries, k);
        uint32_t set = entries->sets[k][entries->at];

        has = list->ends[set] < list->ends[set + 1];
    }
    return has;
}

/* The same one by one: of several dimensions, or of sets that are longer than a piece. */
static size_t put_combinations(dki_entries *entries)
{
    size_t n = 0;

    while (entries->at < entries->n_rows && n < DK_BLOCK_ROWS) {
        if (!has_entries(entries)) {
            entries->at++;
            continue;
        }
        for (size_t k = 0; k < entries->n_spread; k++) {
            const dki_entry_list *list = list_of(entries, k);
            uint32_t code = list->codes[list->ends[entries->sets[k][entries->at]] + entries->place[k]];
            char *room = entries->by_room[entries->spread[k]];

            if (list->narrow)
                ((uint8_t *)(void *)room)[n] = (uint8_t)code;
            else
                ((uint32_t *)(void *)room)[n] = code;
        }
        entries->rows[n++] = (uint16_t)entries->at;
        if (!step(entries))
            entries->at++;
    }
    return n;
}

static void take_bits(const dki_entries *entries, const uint64_t *from, uint64_t *to)
{
    for (size_t i = 0; i < entries->block.n; i += 64) {
        size_t n = entries->block.n - i < 64 ? entries->block.n - i : 64;
        uint64_t word = 0;

        for (size_t k = 0; k < n; k++)
            word |= (uint64_t)dki_bit(from, entries->rows[i + k]) << k;
        to[i / 64] = word;
    }
}

#define TAKE(T)                                   \
    for (size_t i = 0; i < entries->block.n; i++) \
    ((T *)(void *)room)[i] = ((const T *)from->values)[entries->rows[i]]

/* What a view of the rows has, for the entries. */
static void take_view(const dki_entries *entries, const dk_view *from, char *room, uint64_t *valid, dk_view *to)
{
    *to = *from;
    to->n = entries->block.n;
    if (from->constant)
        return;
    to->values = room;
    switch (from->storage) {
    case DK_STORE_BITS: take_bits(entries, from->values, (uint64_t *)(void *)room); break;
    case DK_STORE_I8:
    case DK_STORE_U8: TAKE(uint8_t); break;
    case DK_STORE_I16:
    case DK_STORE_U16: TAKE(uint16_t); break;
    case DK_STORE_I32:
    case DK_STORE_U32: TAKE(uint32_t); break;
    case DK_STORE_RATIO: TAKE(dk_ratio); break;
    default: TAKE(uint64_t); break; /* no texts, no intervals: dki_plan_entries() */
    }
    if (from->valid == NULL)
        return;
    take_bits(entries, from->valid, valid);
    to->valid = valid;
}

static void take_views(dki_entries *entries)
{
    const dki_plan *plan = entries->plan;
    const dki_inputs *inputs = entries->inputs;

    for (size_t d = 0; d < plan->breakdown->n_by; d++) {
        if (plan->spreads[d] == DKI_SPREAD_NOT)
            take_view(entries, inputs->by_views[d], entries->by_room[d], entries->by_valid[d], &entries->by[d]);
        else
            entries->by[d] = (dk_view){ .type = DK_CATEGORY,
                                        .storage = plan->entries[d].narrow ? DK_STORE_U8 : DK_STORE_U32,
                                        .n = entries->block.n,
                                        .values = entries->by_room[d],
                                        .levels = plan->dims[d].levels,
                                        .context = plan->context };
    }
    for (size_t i = 0; i < plan->n_values; i++)
        take_view(entries, inputs->views[i], entries->value_room[i], entries->value_valid[i], &entries->values[i]);
    for (size_t i = 0; i < plan->n_filters; i++)
        take_bits(entries, inputs->truths + i * DK_BLOCK_WORDS, entries->truths + i * DK_BLOCK_WORDS);
}

bool dki_entries_next(dki_entries *entries, const int64_t *weights)
{
    size_t n = 0;

    if (entries->n_spread == 1 && entries->place[0] == 0)
        n = put_rows(entries);
    if (n == 0)
        n = put_combinations(entries);
    if (n == 0)
        return false;
    dki_bits_fill(entries->all, n);
    entries->block = (dki_dense_block){ .n = n,
                                        .n_selected = n,
                                        .selection = entries->plan->where ? entries->all : NULL,
                                        .by = entries->by_views,
                                        .values = entries->value_views,
                                        .truths = entries->truths };
    take_views(entries);
    for (size_t i = 0; entries->numbered && i < n; i++)
        entries->numbers[i] = entries->row + entries->rows[i];
    for (size_t i = 0; weights && i < n; i++)
        entries->weights[i] = weights[entries->rows[i]];
    return true;
}
