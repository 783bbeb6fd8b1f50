/* partition.c - fills and sorts the groups of parts.
 *
 * A part finds a row's group in a table of its own: open addressing over a hash with the process's secret. Rows come
 * in batches, so that the slots and then the keys of a whole batch are on their way from memory before the first is
 * looked at.
 *
 * Invariants: rows of a part come in the order of the table, whatever the threads; numbers of groups are private to
 * the part. Cost: O(rows) time, O(groups) memory. Poll: the caller, once per batch; settling once per part.
 */
#include "partition.h"

#include <string.h>

#include "base/bit_length.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "rows/sort_rows.h"

#define FIRST_SLOTS 64

struct dki_partition_slot {
    uint32_t number; /* + 1; 0: empty */
    uint32_t tag;
};

/* Memory. ------------------------------------------------------------------------------------------------------ */

dk_status dki_partitions_init(dki_partitions *parts, const dki_plan *plan, const dki_packing *packing,
                              size_t n_parts, dk_error *err)
{
    dki_int_map secret;

    memset(parts, 0, sizeof *parts);
    dki_int_map_init(&secret, plan->context);
    parts->seed = secret.seed;
    dki_int_map_drop(&secret);
    parts->plan = plan;
    parts->packing = *packing;
    parts->parts = dki_calloc(plan->context, n_parts, sizeof *parts->parts, err);
    if (parts->parts == NULL)
        return DK_ERR_MEMORY;
    parts->n_parts = n_parts;
    for (size_t i = 0; i < n_parts; i++) {
        dki_partition *part = &parts->parts[i];

        part->accumulators = dki_calloc(plan->context, plan->n_aggregates, sizeof *part->accumulators, err);
        if (part->accumulators == NULL)
            return DK_ERR_MEMORY;
        for (size_t k = 0; k < plan->n_aggregates; k++)
            dki_accumulator_init(&part->accumulators[k], plan->context, &plan->aggregates[k].what);
    }
    return DK_OK;
}

void dki_partitions_drop(dki_partitions *parts)
{
    const dki_plan *plan = parts->plan;

    if (plan == NULL)
        return;
    for (size_t i = 0; i < parts->n_parts; i++) {
        dki_partition *part = &parts->parts[i];

        for (size_t k = 0; part->accumulators && k < plan->n_aggregates; k++)
            dki_accumulator_drop(&part->accumulators[k]);
        dki_free(plan->context, part->accumulators);
        dki_free(plan->context, part->low);
        dki_free(plan->context, part->high);
        dki_free(plan->context, part->slots);
        dki_free(plan->context, part->order);
    }
    for (size_t i = 0; parts->made && i < parts->n_parts * (parts->packing.n_dims + plan->n_aggregates); i++)
        dk_column_release(parts->made[i]);
    dki_free(plan->context, (void *)parts->made);
    dki_free(plan->context, parts->direct);
    dki_free(plan->context, parts->parts);
    dki_packing_drop(&parts->packing);
    memset(parts, 0, sizeof *parts);
}

/* Groups of rows. ---------------------------------------------------------------------------------------------- */

static uint64_t hash_key(const dki_partitions *parts, uint64_t low, uint64_t high)
{
    return dki_hash_u64(low ^ parts->seed ^ (high ? dki_hash_u64(high + parts->seed) : 0));
}

static bool is_wide(const dki_partitions *parts)
{
    return parts->packing.bits > 64;
}

/* Makes room for n more groups. */
static dk_status make_room(const dki_partitions *parts, dki_partition *part, size_t n, dk_error *err)
{
    dk_context *context = parts->plan->context;
    size_t needed = part->n + n, n_slots = part->n_slots ? part->n_slots : FIRST_SLOTS, capacity = part->capacity;
    struct dki_partition_slot *slots;
    dk_status status;

    if (needed > UINT32_MAX - 1)
        return dki_fail(err, DK_ERR_LIMIT, "more than %u groups", UINT32_MAX - 1);
    status = dki_grow(context, (void **)&part->low, &capacity, needed, sizeof *part->low, err);
    if (status == DK_OK && is_wide(parts))
        status = dki_resize(context, (void **)&part->high, capacity * sizeof *part->high, err);
    if (status != DK_OK)
        return status;
    part->capacity = capacity;
    while (n_slots < needed + needed / 2)
        n_slots *= 2;
    if (n_slots == part->n_slots)
        return DK_OK;
    slots = dki_calloc(context, n_slots, sizeof *slots, err);
    if (slots == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < part->n; i++) {
        uint64_t hash = hash_key(parts, part->low[i], part->high ? part->high[i] : 0);
        size_t at = (size_t)hash & (n_slots - 1);

        while (slots[at].number)
            at = (at + 1) & (n_slots - 1);
        slots[at] = (struct dki_partition_slot){ (uint32_t)i + 1, (uint32_t)(hash >> 32) };
    }
    dki_free(context, part->slots);
    part->slots = slots;
    part->n_slots = n_slots;
    return DK_OK;
}

static uint32_t find_or_add(dki_partition *part, uint64_t low, uint64_t high, uint64_t hash)
{
    size_t mask = part->n_slots - 1, at = (size_t)hash & mask;
    uint32_t tag = (uint32_t)(hash >> 32);

    for (;; at = (at + 1) & mask) {
        struct dki_partition_slot *slot = &part->slots[at];
        size_t number = slot->number;

        if (number == 0) {
            part->low[part->n] = low;
            if (part->high)
                part->high[part->n] = high;
            *slot = (struct dki_partition_slot){ (uint32_t)++part->n, tag };
            return (uint32_t)part->n - 1;
        }
        if (slot->tag == tag && part->low[number - 1] == low &&
            (part->high == NULL || part->high[number - 1] == high))
            return (uint32_t)number - 1;
    }
}

static void find_groups(const dki_partitions *parts, dki_partition *part, const dki_partition_rows *rows,
                        uint32_t *groups)
{
    uint64_t hashes[DK_BLOCK_ROWS];
    size_t mask = part->n_slots - 1;

    for (size_t i = 0; i < rows->n; i++) {
        hashes[i] = hash_key(parts, rows->low[i], rows->high ? rows->high[i] : 0);
        __builtin_prefetch(&part->slots[hashes[i] & mask]);
    }
    for (size_t i = 0; i < rows->n; i++) {
        uint32_t number = part->slots[hashes[i] & mask].number;

        __builtin_prefetch(&part->low[number ? number - 1 : 0]);
    }
    for (size_t i = 0; i < rows->n; i++)
        groups[i] = find_or_add(part, rows->low[i], rows->high ? rows->high[i] : 0, hashes[i]);
}

static void view_value(const dki_plan *plan, const dki_partition_rows *rows, size_t value, dk_view *view)
{
    dk_type type = dki_bound_type(plan->values[value].bound);

    *view = (dk_view){ .type = type,
                       .storage = type == DK_REAL ? DK_STORE_F64 : DK_STORE_I64,
                       .n = rows->n,
                       .values = rows->values[value],
                       .valid = rows->known[value] };
}

dk_status dki_partition_accumulate(const dki_partitions *parts, dki_partition *part, const dki_partition_rows *rows,
                                   const uint32_t *groups, dk_error *err)
{
    const dki_plan *plan = parts->plan;
    dk_view view, other;
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < plan->n_aggregates; i++) {
        const dki_plan_aggregate *aggregate = &plan->aggregates[i];
        dki_rows taken = { .n = rows->n, .groups = groups, .weights = rows->weights, .numbers = rows->numbers };

        if (parts->direct && parts->direct[i])
            continue;
        if (aggregate->filter != DKI_NONE)
            taken.selection = rows->truths[aggregate->filter];
        if (aggregate->value != DKI_NONE) {
            view_value(plan, rows, aggregate->value, &view);
            taken.value = &view;
            taken.integers = (const int64_t *)rows->values[aggregate->value];
        }
        if (aggregate->other != DKI_NONE) {
            view_value(plan, rows, aggregate->other, &other);
            taken.other = &other;
            taken.other_integers = (const int64_t *)rows->values[aggregate->other];
        }
        status = dki_accumulator_room(&part->accumulators[i], part->n, err);
        if (status == DK_OK)
            status = dki_accumulator_add(&part->accumulators[i], &taken, err);
    }
    return status;
}

dk_status dki_partition_add(const dki_partitions *parts, dki_partition *part, const dki_partition_rows *rows,
                            dk_error *err)
{
    uint32_t groups[DK_BLOCK_ROWS];
    dk_status status = make_room(parts, part, rows->n, err);

    if (status != DK_OK)
        return status;
    find_groups(parts, part, rows, groups);
    return dki_partition_accumulate(parts, part, rows, groups, err);
}

/* Order. ------------------------------------------------------------------------------------------------------- */

/* Sorts groups stably by one half of their keys. keys: scratch. */
static dk_status sort_half(const dki_partitions *parts, const uint64_t *half, size_t n, uint64_t *keys,
                           uint64_t *groups, dk_error *err)
{
    uint64_t least = UINT64_MAX, most = 0;

    for (size_t i = 0; i < n; i++) {
        least = half[i] < least ? half[i] : least;
        most = half[i] > most ? half[i] : most;
    }
    for (size_t i = 0; i < n; i++)
        keys[i] = half[groups[i]] - least;
    return dki_sort_keys(parts->plan->context, keys, groups, n, dki_bit_length(most - least), err);
}

static void put_in_order(uint64_t *half, const uint32_t *order, size_t n, uint64_t *scratch)
{
    for (size_t i = 0; i < n; i++)
        scratch[i] = half[i];
    for (size_t i = 0; i < n; i++)
        half[i] = scratch[order[i]];
}

static dk_status settle_part(const dki_partitions *parts, dki_partition *part, dk_error *err)
{
    dk_context *context = parts->plan->context;
    uint64_t *keys = dki_alloc_array(context, part->n, sizeof *keys, err);
    uint64_t *groups = dki_alloc_array(context, part->n, sizeof *groups, err);
    dk_status status = keys && groups ? DK_OK : DK_ERR_MEMORY;

    dki_free(context, part->slots);
    part->slots = NULL;
    part->n_slots = 0;
    if (status == DK_OK) {
        for (size_t i = 0; i < part->n; i++)
            groups[i] = i;
        status = sort_half(parts, part->low, part->n, keys, groups, err);
    }
    if (status == DK_OK && part->high)
        status = sort_half(parts, part->high, part->n, keys, groups, err);
    if (status == DK_OK) {
        part->order = dki_alloc_array(context, part->n, sizeof *part->order, err);
        status = part->order ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t i = 0; status == DK_OK && i < part->n; i++)
        part->order[i] = (uint32_t)groups[i];
    if (status == DK_OK) {
        put_in_order(part->low, part->order, part->n, keys);
        if (part->high)
            put_in_order(part->high, part->order, part->n, keys);
    }
    dki_free(context, keys);
    dki_free(context, groups);
    return status;
}

static dk_status settle_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    dki_partitions *parts = arg;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; status == DK_OK && i < end; i++)
        status = settle_part(parts, &parts->parts[i], err);
    return status;
}

dk_status dki_partitions_settle(dki_partitions *parts, dk_error *err)
{
    dk_status status = dki_parallel(parts->plan->context, parts->n_parts, 1, settle_range, parts, err);

    dki_partitions_number(parts);
    return status;
}

void dki_partitions_number(dki_partitions *parts)
{
    parts->n_groups = 0;
    for (size_t i = 0; i < parts->n_parts; i++) {
        parts->parts[i].first = parts->n_groups;
        parts->n_groups += parts->parts[i].n;
    }
}

/* All together. ------------------------------------------------------------------------------------------------ */

static dk_status gather_keys(const dki_partitions *parts, const dki_partition *part, dki_grouper *grouper,
                             dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t from = 0, n; status == DK_OK && from < part->n; from += n) {
        n = part->n - from < DK_BLOCK_ROWS ? part->n - from : DK_BLOCK_ROWS;
        status = dki_poll(grouper->context, err);
        for (size_t d = 0; d < grouper->n_dims; d++) {
            for (size_t i = 0; status == DK_OK && i < n; i++) {
                dki_packed_value value = dki_packing_value(&parts->packing, d, part->low[from + i],
                                                           part->high ? part->high[from + i] : 0);

                grouper->codes[d][i] = 0;
                if (!value.is_null)
                    status = dki_grouper_code(grouper, d, value.value, &grouper->codes[d][i], err);
            }
        }
        if (status == DK_OK)
            status = dki_group_add_codes(grouper, n, err);
    }
    return status;
}

dk_status dki_partitions_gather(const dki_partitions *parts, dki_groups *groups, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < parts->n_parts; i++) {
        dki_partition *part = &parts->parts[i];
        uint32_t *map = dki_alloc_array(groups->context, part->n, sizeof *map, err);

        status = map ? gather_keys(parts, part, &groups->grouper, err) : DK_ERR_MEMORY;
        for (size_t k = 0; status == DK_OK && k < part->n; k++)
            map[part->order[k]] = (uint32_t)(part->first + k);
        for (size_t k = 0; status == DK_OK && k < groups->n_accumulators; k++) {
            status = dki_accumulator_room(&groups->accumulators[k], groups->grouper.n_groups, err);
            if (status == DK_OK)
                status =
                    dki_accumulator_merge(&groups->accumulators[k], &part->accumulators[k], 0, part->n, map, err);
            if (status == DK_OK) { /* so that both are not there at the same time for all parts */
                dki_accumulator_drop(&part->accumulators[k]);
            }
        }
        dki_free(groups->context, map);
    }
    return status;
}
