/* recode_days.c - members as they are called on one day, of rows that have days of their own.
 *
 * Between two days on which something changes all rows are recoded alike. So a member and such a time are one value for a
 * while, "Rijnwaarden" of the first, and what each becomes is a recode like any other. Only times that rows have are asked
 * for: what nobody stated of others is no fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/status.h"
#include "hierarchy_use.h"
#include "recode_parts.h"

#define APART '\x1f' /* between a member and the number of a time, which has digits alone */

struct days {
    const dki_recode_days *by;
    dk_context *context;
    const dk_column *members, *on;
    int64_t *turns; /* days on which something changes, ascending; turn 0 is the beginning */
    size_t n_turns;
    dki_int_map found; /* member codes times turns that occur */
    uint64_t *keys;    /* these, sorted; its place + 1 is the new code */
    dki_arena arena;
    dki_recode_items items;
};

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static int by_day(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static dk_status find_turns(struct days *days, dk_error *err)
{
    const dk_hierarchy *hierarchy = days->by->hierarchy;
    const dki_hierarchy_level *level = &hierarchy->levels[0];
    size_t n = 0;

    days->turns =
        dki_alloc_array(days->context, 2 * level->n_spans + hierarchy->n_changes + 1, sizeof *days->turns, err);
    if (days->turns == NULL)
        return DK_ERR_MEMORY;
    days->turns[n++] = DKI_DAY_FIRST;
    for (size_t i = 0; i < level->n_spans; i++) {
        days->turns[n++] = level->spans[i].from;
        days->turns[n++] = level->spans[i].to;
    }
    for (size_t i = 0; i < hierarchy->n_changes; i++)
        days->turns[n++] = hierarchy->changes[i].day;
    qsort(days->turns, n, sizeof *days->turns, by_day);
    days->n_turns = 1;
    for (size_t i = 1; i < n; i++)
        if (days->turns[i] != days->turns[days->n_turns - 1])
            days->turns[days->n_turns++] = days->turns[i];
    return DK_OK;
}

static uint64_t key_of(const struct days *days, uint32_t code, int64_t day)
{
    size_t low = 0, high = days->n_turns;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (days->turns[middle] <= day)
            low = middle;
        else
            high = middle;
    }
    return (uint64_t)code * days->n_turns + low;
}

/* Calls act for each row: key 0 where nobody knows its member. */
static dk_status each_row(struct days *days,
                          dk_status (*act)(struct days *days, void *arg, uint64_t key, dk_error *err), void *arg,
                          dk_error *err)
{
    dk_view views[2];
    dk_status status = DK_OK;

    for (size_t k = 0; k < 2; k++)
        dk_view_init(&views[k], days->context);
    for (uint64_t row = 0, n = dk_column_n_rows(days->members); row < n && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n_block = n - row < DK_BLOCK_ROWS ? (size_t)(n - row) : DK_BLOCK_ROWS;

        status = dki_poll(days->context, err);
        if (status == DK_OK)
            status = dk_column_view(days->members, row, n_block, &views[0], err);
        if (status == DK_OK)
            status = dk_column_view(days->on, row, n_block, &views[1], err);
        for (size_t i = 0; i < n_block && status == DK_OK; i++) {
            uint32_t code = dki_view_code(&views[0], i);

            if (code > 0 && dki_view_is_null(&views[1], i)) {
                status = dki_fail(err, DK_ERR_DATA, "row %llu has no day in %s", (unsigned long long)(row + i) + 1,
                                  days->by->on);
                dki_hint(err, "leave such rows out: t:where \"%s is not null\"", days->by->on);
                break;
            }
            status = act(days, arg, code ? key_of(days, code, dki_hierarchy_day(&views[1], i)) : 0, err);
        }
    }
    for (size_t k = 0; k < 2; k++)
        dk_view_release(&views[k]);
    return status;
}

static dk_status note_key(struct days *days, void *arg, uint64_t key, dk_error *err)
{
    uint32_t number;

    (void)arg;
    return key ? dki_int_map_add(&days->found, key, &number, err) : DK_OK;
}

static dk_status append_key(struct days *days, void *builder, uint64_t key, dk_error *err)
{
    const uint64_t *place = key ? bsearch(&key, days->keys, days->found.n, sizeof key, by_number) : NULL;

    return dk_builder_code(builder, place ? (uint32_t)(place - days->keys) + 1 : 0, err);
}

/* What members become, by their numbers in the recode of a turn. */
static dk_status add_pairs(struct days *days, const dk_recode *recode, dk_text name, dk_text member, dk_error *err)
{
    bool stays = true;
    dk_status status = DK_OK;

    for (size_t i = 0; i < dk_recode_n_pairs(recode) && status == DK_OK; i++) {
        dk_recode_pair pair = dk_recode_get(recode, i);

        if (pair.old.size != member.size || memcmp(pair.old.bytes, member.bytes, member.size) != 0)
            continue;
        stays = false;
        status = dki_recode_add(&days->items, name, pair.new, pair.share, err);
    }
    return stays && status == DK_OK ? dki_recode_add(&days->items, name, member, (dk_ratio){ 1, 1 }, err) : status;
}

/* The new values, and what they become: recodes of turns are made when they are first asked for. */
static dk_status name_keys(struct days *days, dk_text *names, const dk_recode **recodes, dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(days->members);
    dk_status status = DK_OK;

    for (size_t i = 0; i < days->found.n && status == DK_OK; i++) {
        size_t turn = (size_t)(days->keys[i] % days->n_turns);
        dk_text member = dk_dictionary_level(levels, (uint32_t)(days->keys[i] / days->n_turns));
        char *name = dki_arena_alloc(&days->arena, member.size + 32, err);

        if (name == NULL)
            return DK_ERR_MEMORY;
        memcpy(name, member.bytes, member.size); /* a zero byte may be in it */
        names[i] = (dk_text){ name, member.size + (size_t)snprintf(name + member.size, 32, "%c%zu", APART, turn) };
        if (recodes[turn] == NULL)
            status = dki_hierarchy_recode(days->by->hierarchy, days->turns[turn], days->by->day, days->by->weights,
                                          &recodes[turn], err);
        if (status == DK_OK)
            status = add_pairs(days, recodes[turn], names[i], member, err);
    }
    return status;
}

static dk_status make_levels(struct days *days, dk_dictionary **out, dk_error *err)
{
    dk_text *names = dki_arena_array(&days->arena, days->found.n, sizeof *names, err);
    const dk_recode **recodes = dki_arena_array(&days->arena, days->n_turns, sizeof *recodes, err);
    dk_status status;

    if (names == NULL || recodes == NULL)
        return DK_ERR_MEMORY;
    days->keys = dki_arena_array(&days->arena, days->found.n, sizeof *days->keys, err);
    if (days->keys == NULL)
        return DK_ERR_MEMORY;
    if (days->found.n > 0) {
        memcpy(days->keys, days->found.keys, days->found.n * sizeof *days->keys);
        qsort(days->keys, days->found.n, sizeof *days->keys, by_number);
    }
    status = name_keys(days, names, recodes, err);
    for (size_t i = 0; i < days->n_turns; i++)
        dk_recode_release(recodes[i]);
    if (status == DK_OK)
        status = dk_dictionary_new(days->context, names, days->found.n,
                                   dk_dictionary_is_declared(dk_column_levels(days->members)), out, err);
    return status;
}

static dk_status find_on(struct days *days, const dk_table *table, dk_error *err)
{
    size_t at = 0;
    dk_type type;
    dk_status status = dk_table_get(table, days->by->on, &at, err);

    if (status != DK_OK)
        return status;
    days->on = dk_table_field(table, at)->column;
    type = dk_column_type(days->on);
    if (type == DK_DATE || type == DK_TIMESTAMP)
        return DK_OK;
    return dki_fail(err, DK_ERR_TYPE, "the day of each row is a date, and %s is %s", days->by->on,
                    dk_type_name(type));
}

dk_status dki_recode_by_day(const dk_table *table, const dk_column *members, const dk_recode *recode,
                            const dk_column **out, const dk_recode **out_recode, dk_error *err)
{
    struct days days = { .by = dki_recode_days_of(recode), .context = dk_table_context(table), .members = members };
    dk_dictionary *levels = NULL;
    dk_builder *builder = NULL;
    const dk_column *made = NULL;
    dk_status status = find_on(&days, table, err);

    dki_int_map_init(&days.found, days.context);
    dki_arena_init(&days.arena, days.context);
    dki_recode_items_init(&days.items, days.context);
    if (status == DK_OK)
        status = find_turns(&days, err);
    if (status == DK_OK)
        status = each_row(&days, note_key, NULL, err);
    if (status == DK_OK)
        status = make_levels(&days, &levels, err);
    if (status == DK_OK)
        status = dk_builder_new(days.context, DK_CATEGORY, 0, levels, &builder, err);
    if (status == DK_OK)
        status = each_row(&days, append_key, builder, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, &made, err);
    if (status == DK_OK)
        status = dki_recode_of(&days.items, out_recode, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_column_release(made);
    dk_builder_release(builder);
    dk_dictionary_release(levels);
    dki_recode_items_drop(&days.items);
    dki_arena_drop(&days.arena);
    dki_int_map_drop(&days.found);
    dki_free(days.context, days.turns);
    return status;
}
