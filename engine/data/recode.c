/* recode.c - members that become others, in a list and in a table.
 *
 * Invariants: pairs of one old name stand one behind the other, and their shares add up to 1.
 */
#include "recode_parts.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"

struct dk_recode {
    atomic_size_t n_references;
    dk_context *context;
    dki_recode_items items;
    bool exact;
    const dk_dictionary *old, *new; /* may be NULL */
    dki_recode_days days;
    dki_recode_way way; /* hierarchy NULL: no member is lacking */
};

void dki_recode_items_init(dki_recode_items *items, dk_context *context)
{
    memset(items, 0, sizeof *items);
    items->context = context;
    dki_text_map_init(&items->names, context);
}

void dki_recode_items_drop(dki_recode_items *items)
{
    dki_text_map_drop(&items->names);
    dki_free(items->context, items->items);
    dki_recode_items_init(items, items->context);
}

dk_status dki_recode_add(dki_recode_items *items, dk_text old, dk_text new, dk_ratio share, dk_error *err)
{
    dki_recode_item item = { .share = share };
    dk_status status;

    if (dki_utf8_check(old.bytes, old.size) != old.size || dki_utf8_check(new.bytes, new.size) != new.size)
        return dki_fail(err, DK_ERR_ENCODING, "a member to be recoded is not UTF-8");
    status = dki_text_map_add(&items->names, old.bytes, old.size, &item.old, err);
    if (status == DK_OK)
        status = dki_text_map_add(&items->names, new.bytes, new.size, &item.new, err);
    if (status == DK_OK)
        status = dki_grow(items->context, (void **)&items->items, &items->capacity, items->n + 1,
                          sizeof *items->items, err);
    if (status == DK_OK)
        items->items[items->n++] = item;
    return status;
}

static dk_text name_of(const dki_recode_items *items, uint32_t number)
{
    dk_text name;

    name.bytes = dki_text_map_get(&items->names, number, &name.size);
    return name;
}

/* Pairs of one old name, which stand one behind the other, add up to 1. */
static dk_status check_shares(const dki_recode_items *items, dk_error *err)
{
    for (size_t i = 0, end; i < items->n; i = end) {
        dk_ratio sum = { 0, 1 };
        dk_text old = name_of(items, items->items[i].old);
        bool fits = true;

        for (end = i; end < items->n && items->items[end].old == items->items[i].old; end++) {
            const dki_recode_item *item = &items->items[end];

            if (item->share.denominator <= 0 || item->share.numerator <= 0)
                return dki_fail(err, DK_ERR_ARGUMENT, "a share of %.*s is not above 0", (int)old.size, old.bytes);
            fits = fits && dki_ratio_add(sum, item->share, &sum);
            for (size_t k = i; k < end; k++)
                if (items->items[k].new == item->new)
                    return dki_fail(err, DK_ERR_DUPLICATE, "%.*s becomes %.*s twice", (int)old.size, old.bytes,
                                    (int)name_of(items, item->new).size, name_of(items, item->new).bytes);
        }
        if (!fits || sum.numerator != sum.denominator)
            return dki_fail(err, DK_ERR_ARGUMENT, "the shares of %.*s do not add up to 1", (int)old.size,
                            old.bytes);
    }
    return DK_OK;
}

dk_status dki_recode_of(dki_recode_items *items, const dk_recode **out, dk_error *err)
{
    dk_recode *recode;
    dk_status status = check_shares(items, err);

    if (status != DK_OK)
        return status;
    recode = dki_calloc(items->context, 1, sizeof *recode, err);
    if (recode == NULL)
        return DK_ERR_MEMORY;
    atomic_init(&recode->n_references, 1);
    recode->context = dk_context_retain(items->context);
    recode->items = *items;
    recode->exact = true;
    for (size_t i = 1; i < items->n; i++)
        recode->exact = recode->exact && items->items[i].old != items->items[i - 1].old;
    dki_recode_items_init(items, items->context);
    *out = recode;
    return DK_OK;
}

dk_status dk_recode_new(dk_context *context, const dk_recode_pair *pairs, size_t n, const dk_recode **out,
                        dk_error *err)
{
    dki_recode_items items;
    dk_status status = DK_OK;

    dki_recode_items_init(&items, context);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        bool done = false;

        for (size_t k = 0; k < i && !done; k++)
            done = pairs[k].old.size == pairs[i].old.size &&
                   memcmp(pairs[k].old.bytes, pairs[i].old.bytes, pairs[i].old.size) == 0;
        for (size_t k = i; k < n && !done && status == DK_OK; k++)
            if (pairs[k].old.size == pairs[i].old.size &&
                memcmp(pairs[k].old.bytes, pairs[i].old.bytes, pairs[i].old.size) == 0)
                status = dki_recode_add(&items, pairs[k].old, pairs[k].new, pairs[k].share, err);
    }
    if (status == DK_OK)
        status = dki_recode_of(&items, out, err);
    dki_recode_items_drop(&items);
    return status;
}

dk_status dk_hierarchy_recode_on(const dk_hierarchy *hierarchy, const char *on, const char *to,
                                 const dk_table *weights, const dk_recode **out, dk_error *err)
{
    dki_recode_items none;
    const dk_recode *made = NULL;
    dki_recode_days *days;
    dk_status status;

    dki_recode_items_init(&none, dk_hierarchy_context(hierarchy));
    status = dki_recode_of(&none, &made, err);
    if (status != DK_OK)
        return status;
    ((dk_recode *)(uintptr_t)made)->exact = false;
    days = &((dk_recode *)(uintptr_t)made)->days;
    days->hierarchy = dk_hierarchy_retain(hierarchy);
    days->weights = weights ? dk_table_retain(weights) : NULL;
    status = dki_hierarchy_recode_day(hierarchy, to, &days->day, err);
    if (status == DK_OK) {
        memcpy(days->to, to, sizeof days->to);
        days->on = dki_strdup(made->context, on, err);
        status = days->on ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        *out = made;
    else
        dk_recode_release(made);
    return status;
}

const dk_dictionary *dki_recode_old(const dk_recode *recode)
{
    return recode->old;
}

const dk_dictionary *dki_recode_new(const dk_recode *recode)
{
    return recode->new;
}

void dki_recode_tell_members(const dk_recode *recode, const dk_dictionary *old, const dk_dictionary *new)
{
    ((dk_recode *)(uintptr_t)recode)->old = dk_dictionary_retain(old);
    ((dk_recode *)(uintptr_t)recode)->new = dk_dictionary_retain(new);
}

dk_text dki_recode_kept_name(const dk_recode *recode, dk_text value)
{
    uint32_t member = recode->old && dk_dictionary_find(recode->old, value) == 0
                          ? dk_dictionary_find_label(recode->old, value)
                          : 0;

    if (member > 0 && !dk_dictionary_label(recode->new, member, &value) &&
        dk_dictionary_find_label(recode->new, value) > 0)
        return dk_dictionary_level(recode->old, member);
    return value;
}

const dki_recode_way *dki_recode_way_of(const dk_recode *recode)
{
    return recode->way.hierarchy ? &recode->way : NULL;
}

void dki_recode_tell_way(const dk_recode *shared, const dki_recode_way *way)
{
    dk_recode *recode = (dk_recode *)(uintptr_t)shared;

    recode->way = *way;
    recode->exact = false;
    (void)dk_hierarchy_retain(way->hierarchy);
    if (way->weights)
        (void)dk_table_retain(way->weights);
}

dk_status dk_recode_check(const dk_recode *recode, dk_error *err)
{
    if (recode->way.hierarchy == NULL)
        return DK_OK;
    if (err)
        *err = recode->way.lacking.first;
    return recode->way.lacking.first.code;
}

const dki_recode_days *dki_recode_days_of(const dk_recode *recode)
{
    return recode->days.hierarchy ? &recode->days : NULL;
}

const char *dk_recode_on(const dk_recode *recode, const char **to)
{
    if (to)
        *to = recode->days.to;
    return recode->days.on;
}

const dk_recode *dk_recode_retain(const dk_recode *recode)
{
    atomic_fetch_add_explicit(&((dk_recode *)(uintptr_t)recode)->n_references, 1, memory_order_relaxed);
    return recode;
}

void dk_recode_release(const dk_recode *shared)
{
    dk_recode *recode = (dk_recode *)(uintptr_t)shared;
    dk_context *context;

    if (recode == NULL || atomic_fetch_sub_explicit(&recode->n_references, 1, memory_order_acq_rel) != 1)
        return;
    context = recode->context;
    dki_recode_items_drop(&recode->items);
    dk_dictionary_release(recode->old);
    dk_dictionary_release(recode->new);
    dk_hierarchy_release(recode->days.hierarchy);
    dk_table_release(recode->days.weights);
    dki_free(context, recode->days.on);
    dk_hierarchy_release(recode->way.hierarchy);
    dk_table_release(recode->way.weights);
    dki_free(context, recode->way.lacking.members);
    dki_free(context, recode);
    dk_context_release(context);
}

size_t dk_recode_n_pairs(const dk_recode *recode)
{
    return recode->items.n;
}

dk_recode_pair dk_recode_get(const dk_recode *recode, size_t i)
{
    const dki_recode_item *item = &recode->items.items[i];

    return (dk_recode_pair){ name_of(&recode->items, item->old), name_of(&recode->items, item->new), item->share };
}

bool dk_recode_is_exact(const dk_recode *recode)
{
    return recode->exact;
}
