/* dense_finish.c - merges what workers have counted by index, and gives it to the groups that dense_groups.h makes.
 *
 * What was counted goes into accumulators of the groups, so that everything behind the pass over the rows is the
 * same whichever way was taken. Cost: O(slots and counters), not rows. Poll: once for each code that is tallied.
 */
#include "dense.h"

#include "base/memory.h"
#include "base/ordered_key.h"
#include "base/pool.h"
#include "dense_groups.h"

#define LISTED_GROUPS 64 /* that a thread takes at a time */
#define MANY_GROUPS 4096 /* worth waking a thread for */
#define MERGE_PIECES 16

/* Merging. ----------------------------------------------------------------------------------------------------- */

static uint32_t number_at(unsigned width, const void *array, size_t i)
{
    switch (width) {
    case 0: return ((const uint8_t *)array)[i];
    case 1: return ((const uint16_t *)array)[i];
    default: return ((const uint32_t *)array)[i];
    }
}

static void put_number(unsigned width, void *array, size_t i, uint32_t number)
{
    switch (width) {
    case 0: ((uint8_t *)array)[i] = (uint8_t)number; break;
    case 1: ((uint16_t *)array)[i] = (uint16_t)number; break;
    default: ((uint32_t *)array)[i] = number;
    }
}

/* Of slots begin .. end - 1. */
static void merge_sums(dki_dense *dense, const dki_dense *from, size_t i, size_t begin, size_t end)
{
    unsigned width = dense->plan->sums[i].width;

    for (size_t slot = begin; dense->records[i] && slot < end; slot++) {
        dki_record *to = &dense->records[i][slot << dense->plan->record_bits];
        const dki_record *other = &from->records[i][slot << dense->plan->record_bits];

        to->sum += other->sum;
        to->least = other->least < to->least ? other->least : to->least;
        to->most = other->most < to->most ? other->most : to->most;
    }
    for (size_t slot = begin; slot < end; slot++) {
        if (dense->least[i] && number_at(width, from->least[i], slot) < number_at(width, dense->least[i], slot))
            put_number(width, dense->least[i], slot, number_at(width, from->least[i], slot));
        if (dense->most[i] && number_at(width, from->most[i], slot) > number_at(width, dense->most[i], slot))
            put_number(width, dense->most[i], slot, number_at(width, from->most[i], slot));
    }
}

/* Two of the same plan are merged piece by piece of every array, by several threads where they are long. */
struct merge {
    dki_dense *dense;
    const dki_dense *from;
};

static size_t piece_of(size_t n, uint64_t piece)
{
    return (size_t)((dki_u128)n * piece / MERGE_PIECES);
}

static dk_status merge_pieces(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct merge *merge = arg;
    dki_dense *dense = merge->dense;
    const dki_dense *from = merge->from;
    const dki_dense_plan *plan = dense->plan;
    size_t n_words = plan->n_slots << plan->row_bits;

    (void)worker;
    (void)err;
    for (size_t i = 0; i < plan->n_counters; i++) {
        size_t n = dki_dense_n_counts(&plan->counters[i]);

        for (size_t k = piece_of(n, begin); k < piece_of(n, end); k++)
            dense->counts[i][k] += from->counts[i][k];
    }
    for (size_t k = piece_of(plan->n_slots * 2, begin); dense->seen && k < piece_of(plan->n_slots * 2, end); k++)
        dense->seen[k] |= from->seen[k];
    for (size_t k = piece_of(n_words, begin); dense->rows && k < piece_of(n_words, end); k++)
        dense->rows[k] += from->rows[k];
    for (size_t i = 0; i < plan->n_sums; i++)
        merge_sums(dense, from, i, piece_of(plan->n_slots, begin), piece_of(plan->n_slots, end));
    return DK_OK;
}

dk_status dki_dense_merge(dki_dense *dense, dki_dense *from, dk_error *err)
{
    const dki_dense_plan *plan = dense->plan;
    struct merge merge = { dense, from };
    uint64_t grain = plan->n_slots >= MANY_GROUPS ? 1 : MERGE_PIECES;
    dk_status status = dki_parallel(plan->plan->context, MERGE_PIECES, grain, merge_pieces, &merge, err);

    for (size_t i = 0; status == DK_OK && i < plan->n_lists; i++)
        dki_dense_list_merge(&dense->lists[i], &from->lists[i]);
    return status;
}

/* What groups have. -------------------------------------------------------------------------------------------- */

static void add_tables(const dki_dense *dense, size_t i)
{
    const dki_dense_counters *counters = &dense->plan->counters[i];

    for (size_t k = 1; counters->stride && k < DKI_COUNT_TABLES; k++) {
        for (size_t c = 0; c < counters->n; c++)
            dense->counts[i][c] += dense->counts[i][k * counters->stride + c];
    }
    if (counters->pair_bits)
        dki_settle_pairs(counters->pair_bits, dense->counts[i], dense->counts[i] + dki_dense_pairs_at(counters),
                         counters->n << counters->pair_bits, counters->n);
}

/* The number that a code of a value stands for, as best and sums hold it. */
static int64_t code_value(const dki_dimension *what, uint64_t code)
{
    if (what->type == DK_CATEGORY)
        return (int64_t)code;
    return (int64_t)((what->type == DK_BOOLEAN ? 0 : (uint64_t)what->least) + code - 1);
}

/* The code that comes in place i among the known values, counted from 1. */
static dk_status order_codes(const dki_plan *plan, const dki_dimension *what, uint32_t **out, dk_error *err)
{
    uint32_t n = (uint32_t)dki_dimension_n_codes(what);
    uint32_t *order = dki_alloc_array(plan->context, n, sizeof *order, err);

    if (order == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 0; code < n; code++)
        order[what->type == DK_CATEGORY && code ? dk_dictionary_rank(what->levels, code) + 1 : code] = code;
    *out = order;
    return DK_OK;
}

/* counts[slots[i]] rows of group i have the value. */
static void add_values(dki_accumulator *accumulator, const uint32_t *counts, const uint32_t *slots, size_t n,
                       int64_t value)
{
    bool narrow = value >= INT32_MIN && value <= INT32_MAX; /* speed: a product of 64 bits */

    for (size_t i = 0; i < n; i++) {
        uint32_t rows = counts[slots[i]];

        if (rows == 0)
            continue;
        accumulator->n[i] += rows;
        accumulator->sum[i] += narrow ? (dki_i128)(value * (int64_t)rows) : (dki_i128)value * rows;
    }
}

static void put_best(dki_accumulator *accumulator, const uint32_t *counts, const uint32_t *slots, size_t n,
                     int64_t value)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t rows = counts[slots[i]];

        accumulator->n[i] += rows;
        if (rows)
            ((int64_t *)accumulator->best)[i] = value;
    }
}

/* n, sum and best of each group from counters of values. */
static void fill_values(const dki_dense *dense, const dki_dense_counters *counters, const uint32_t *counts,
                        const uint32_t *order, const uint32_t *slots, size_t n, size_t filter,
                        dki_accumulator *accumulator)
{
    const dki_dimension *what = &dense->plan->plan->values[counters->value].what;
    size_t n_slots = dense->plan->n_slots;
    bool least = accumulator->what.kind == DKI_AGGREGATE_MIN;

    for (size_t k = 1; k < counters->n_codes; k++) { /* the best comes last */
        uint64_t code = order[least ? counters->n_codes - k : k];
        int64_t value = code_value(what, code);

        for (size_t class = 0; class < (size_t)1 << counters->n_bits; class ++) {
            const uint32_t *from = counts + (class * counters->n_codes + code) * n_slots;

            if (!dki_dense_counts_class(counters, class, filter))
                continue;
            if (accumulator->sum)
                add_values(accumulator, from, slots, n, value);
            else
                put_best(accumulator, from, slots, n, value);
        }
    }
}

/* The tally of each group from counters of values. */
static dk_status fill_tally(const dki_dense *dense, const dki_dense_counters *counters, const uint32_t *counts,
                            const uint32_t *slots, size_t n, size_t filter, dki_accumulator *accumulator,
                            dk_error *err)
{
    const dki_dimension *what = &dense->plan->plan->values[counters->value].what;
    dki_tally *tally = &accumulator->tally;

    for (uint64_t code = 1; code < counters->n_codes; code++) {
        uint64_t key = dki_integer_key(code_value(what, code));
        dk_status status = dki_poll(accumulator->context, err);

        for (size_t class = 0; class < (size_t)1 << counters->n_bits; class ++) {
            const uint32_t *from = counts + (class * counters->n_codes + code) * dense->plan->n_slots;

            if (!dki_dense_counts_class(counters, class, filter))
                continue;
            if (status == DK_OK && !what->known_only)
                status = dki_tally_room(tally, n, err);
            if (status != DK_OK)
                return status;
            for (size_t i = 0; i < n; i++) {
                uint32_t rows = from[slots[i]];

                accumulator->n[i] += rows;
                if (rows && !what->known_only)
                    dki_tally_put(tally, (uint32_t)i, key, rows);
            }
        }
    }
    return DK_OK;
}

static void fill_counts(const dki_dense *dense, const dki_dense_counters *counters, const uint32_t *counts,
                        const uint32_t *slots, size_t n, size_t filter, dki_accumulator *accumulator)
{
    for (size_t class = 0; class < (size_t)1 << counters->n_bits; class ++) {
        if (!dki_dense_counts_class(counters, class, filter))
            continue;
        for (size_t i = 0; i < n; i++)
            accumulator->n[i] += counts[class * dense->plan->n_slots + slots[i]];
    }
}

static dki_dense_known known_of(const dki_dense *dense, size_t number, uint32_t slot)
{
    const dki_dense_sums *sums = &dense->plan->sums[number];
    dki_dense_known known = { 0 };
    uint64_t word;

    if (sums->in_records) {
        const dki_record *record = &dense->records[number][(size_t)slot << dense->plan->record_bits];

        known.n = record->sum >> sums->shift;
        known.sum = record->sum - (known.n << sums->shift) - known.n;
        known.least = (uint64_t)(record->least + 32768) + 1;
        known.most = (uint64_t)(INT16_MAX - record->most) - 1;
        return known;
    }
    if (sums->sum) {
        word = dense->totals[number][(size_t)slot << dense->plan->row_bits];
        known.n = dki_dense_count_of(dense, number, slot);
        known.sum = sums->shift ? word - (known.n << sums->shift) : word;
    }
    if (sums->least) {
        uint32_t least = number_at(sums->width, dense->least[number], slot);

        known.least = least + UINT64_C(1);
        known.n += known.n == 0 && least != (UINT64_C(1) << (8 << sums->width)) - 1;
    }
    if (sums->most) {
        known.most = number_at(sums->width, dense->most[number], slot);
        known.n += known.n == 0 && known.most != 0;
    }
    return known;
}

void dki_dense_add_known(dki_dense *dense, size_t number, size_t slot, const dki_dense_known *known)
{
    const dki_dense_sums *sums = &dense->plan->sums[number];
    size_t word = slot << dense->plan->row_bits;

    if (sums->in_records) {
        dki_record *record = &dense->records[number][slot << dense->plan->record_bits];
        int32_t least = (int32_t)known->least - 1 - 32768, most = INT16_MAX - 1 - (int32_t)known->most;

        record->sum += (known->n << sums->shift) + known->sum + known->n;
        if (known->least && least < record->least)
            record->least = (int16_t)least;
        if (known->most && most < record->most)
            record->most = (int16_t)most;
        return;
    }
    if (sums->sum)
        dense->totals[number][word] += known->sum + (sums->shift ? known->n << sums->shift : 0);
    if (dense->ns[number])
        dense->ns[number][word] += known->n;
    if (sums->least && known->least && known->least - 1 < number_at(sums->width, dense->least[number], slot))
        put_number(sums->width, dense->least[number], slot, (uint32_t)known->least - 1);
    if (sums->most && known->most > number_at(sums->width, dense->most[number], slot))
        put_number(sums->width, dense->most[number], slot, (uint32_t)known->most);
}

void dki_dense_see(dki_dense *dense, size_t slot)
{
    const dki_dense_plan *plan = dense->plan;

    if (dense->seen)
        dense->seen[slot + (plan->plan->where ? plan->n_slots : 0)] = 1;
    if (plan->seen_by != DKI_NONE) {
        dki_record *record = &dense->records[plan->seen_by][slot << plan->record_bits];

        record->most = record->most < INT16_MAX - 1 ? record->most : INT16_MAX - 1;
    }
}

static void fill_sums(const dki_dense *dense, size_t number, const uint32_t *slots, size_t n,
                      dki_accumulator *accumulator)
{
    const dki_dimension *what = &dense->plan->plan->values[dense->plan->sums[number].value].what;

    for (size_t i = 0; i < n; i++) {
        dki_dense_known known = known_of(dense, number, slots[i]);

        accumulator->n[i] = known.n;
        if (accumulator->sum)
            accumulator->sum[i] = (dki_i128)known.sum + ((dki_i128)what->least - 1) * (dki_i128)known.n;
        else if (known.n)
            ((int64_t *)accumulator->best)[i] =
                code_value(what, accumulator->what.kind == DKI_AGGREGATE_MIN ? known.least : known.most);
    }
}

/* Moments of groups from the lists of their values. */
struct listed {
    const dki_value_lists *lists;
    dki_accumulator *accumulator;
};

static dk_status fill_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct listed *listed = arg;
    const dki_value_lists *lists = listed->lists;

    (void)worker;
    (void)err;
    for (uint64_t i = begin; i < end; i++) {
        size_t n = lists->starts[i + 1] - lists->starts[i];

        listed->accumulator->n[i] = n;
        if (dki_aggregate_has_moments(listed->accumulator->what.kind)) {
            dki_code_sums sums = dki_codes_sums(lists->codes + lists->starts[i], n);

            dki_moments_add_sums(&listed->accumulator->moments, (size_t)i, n, lists->least, sums.sum, sums.squares);
        }
    }
    return DK_OK;
}

/* The aggregates over each list: they share what is made of it. */
static dk_status fill_listed(dki_dense *dense, size_t number, const uint32_t *slots, size_t n, dki_groups *groups,
                             dk_error *err)
{
    dki_value_lists *lists = dki_dense_list_take(&dense->lists[number], slots, n);
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < groups->n_accumulators; i++) {
        const dki_dense_take *take = &dense->plan->takes[i];
        struct listed listed = { lists, &groups->accumulators[i] };

        if (take->how != DKI_DENSE_LISTED || take->number != number)
            continue;
        status = dki_parallel(dense->plan->plan->context, n, LISTED_GROUPS, fill_range, &listed, err);
        if (status == DK_OK && dki_aggregate_tallies(listed.accumulator->what.kind))
            dki_tally_list(&listed.accumulator->tally, lists);
    }
    dki_value_lists_release(lists);
    return status;
}

static dk_status fill_taken(const dki_dense *dense, size_t number, const uint32_t *slots, size_t n,
                            dki_accumulator *accumulator, dk_error *err)
{
    const dki_plan *plan = dense->plan->plan;
    const dki_dense_take *take = &dense->plan->takes[number];
    const dki_dense_counters *counters = &dense->plan->counters[take->number];
    size_t filter = plan->aggregates[number].filter;
    uint32_t *order;
    dk_status status;

    if (take->how == DKI_DENSE_SUMMED) {
        fill_sums(dense, take->number, slots, n, accumulator);
        return DK_OK;
    }
    if (counters->value == DKI_NONE) {
        fill_counts(dense, counters, dense->counts[take->number], slots, n, filter, accumulator);
        return DK_OK;
    }
    if (dki_aggregate_tallies(accumulator->what.kind))
        return fill_tally(dense, counters, dense->counts[take->number], slots, n, filter, accumulator, err);
    status = order_codes(plan, &plan->values[counters->value].what, &order, err);
    if (status == DK_OK) {
        fill_values(dense, counters, dense->counts[take->number], order, slots, n, filter, accumulator);
        dki_free(plan->context, order);
    }
    return status;
}

/* Groups of slots without rows hold nothing: where those go does not matter. */
static dk_status fill_others(const dki_dense *dense, const dki_accumulator *by_slot, const uint32_t *map,
                             dki_groups *groups, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && groups->grouper.n_groups && i < groups->n_accumulators; i++) {
        if (dense->plan->takes[i].how == DKI_DENSE_NOT)
            status =
                dki_accumulator_merge(&groups->accumulators[i], &by_slot[i], 0, dense->plan->n_slots, map, err);
    }
    return status;
}

/* Accumulators of their own are filled side by side, where groups are many. */
struct fill {
    const dki_dense *dense;
    const uint32_t *slots;
    size_t n;
    dki_accumulator *accumulators;
};

static dk_status fill_some(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct fill *fill = arg;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; status == DK_OK && i < end; i++) {
        dki_dense_way how = fill->dense->plan->takes[i].how;

        status = dki_accumulator_room(&fill->accumulators[i], fill->n, err);
        if (status == DK_OK && fill->n && how != DKI_DENSE_NOT && how != DKI_DENSE_LISTED)
            status = fill_taken(fill->dense, (size_t)i, fill->slots, fill->n, &fill->accumulators[i], err);
    }
    return status;
}

dk_status dki_dense_finish(dki_dense *dense, const dki_accumulator *by_slot, dki_groups *groups, dk_error *err)
{
    const dki_dense_plan *plan = dense->plan;
    dk_context *context = plan->plan->context;
    uint32_t *map = dki_alloc_array(context, plan->n_slots, sizeof *map, err); /* rows, then groups */
    uint32_t *slots = dki_alloc_array(context, plan->n_slots, sizeof *slots, err);
    size_t n = 0;
    dk_status status = map && slots ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < plan->n_counters; i++)
        add_tables(dense, i);
    for (size_t i = 0; status == DK_OK && i < plan->n_lists; i++)
        status = dki_dense_list_gather(&dense->lists[i], plan->plan->values[plan->lists[i]].what.least, err);
    if (status == DK_OK) {
        dki_dense_find_rows(dense, by_slot, map);
        status = dki_dense_make_groups(plan, &groups->grouper, map, slots, &n, err);
    }
    if (status == DK_OK) {
        struct fill fill = { dense, slots, n, groups->accumulators };
        size_t grain = n >= MANY_GROUPS ? 1 : groups->n_accumulators + 1;

        status = dki_parallel(context, groups->n_accumulators, grain, fill_some, &fill, err);
    }
    for (size_t i = 0; status == DK_OK && n && i < plan->n_lists; i++)
        status = fill_listed(dense, i, slots, n, groups, err);
    if (status == DK_OK)
        status = fill_others(dense, by_slot, map, groups, err);
    dki_free(context, map);
    dki_free(context, slots);
    return status;
}
