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
#include "column_parts.h"
#include "hierarchy_turns.h"
#include "recode_parts.h"

#define APART '\x1f' /* between a member and the number of a time, which has digits alone */

struct days {
    const dki_recode_days *by;
    dk_context *context;
    const dk_column *members, *on;
    dki_turns turns;
    uint32_t **codes; /* of each turn that rows have, of each member: the new code, from 1; 0: it does not occur */
    size_t n_codes, n_found;
    dk_builder *builder;
    dki_arena arena;
    dki_recode_items items;
};

static dk_status fail_day(const struct days *days, uint64_t row, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_DATA, "row %llu has no day in %s", (unsigned long long)row + 1, days->by->on);
    dki_hint(err, "leave such rows out: t:where \"%s is not null\"", days->by->on);
    return DK_ERR_DATA;
}

/* What the members of a turn are in the new column. */
static dk_status codes_of(struct days *days, size_t turn, dk_error *err)
{
    if (days->codes[turn] == NULL)
        days->codes[turn] = dki_calloc(days->context, days->n_codes, sizeof **days->codes, err);
    return days->codes[turn] ? DK_OK : DK_ERR_MEMORY;
}

static dk_status mark(void *arg, uint64_t row, const uint32_t *codes, const uint32_t *turns, size_t n,
                      dk_error *err)
{
    struct days *days = arg;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        if (codes[i] == 0)
            continue;
        status = turns[i] == DKI_NO_TURN ? fail_day(days, row + i, err) : codes_of(days, turns[i], err);
        if (status == DK_OK)
            days->codes[turns[i]][codes[i]] = 1;
    }
    return status;
}

static dk_status append(void *arg, uint64_t row, const uint32_t *codes, const uint32_t *turns, size_t n,
                        dk_error *err)
{
    struct days *days = arg;
    uint32_t made[DK_BLOCK_ROWS];

    (void)row;
    for (size_t i = 0; i < n; i++)
        made[i] = codes[i] ? days->codes[turns[i]][codes[i]] : 0;
    return dki_builder_codes(days->builder, made, n, err);
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

/* The new value for a member in a turn. */
static dk_status name_of(struct days *days, dk_text member, size_t turn, dk_text *out, dk_error *err)
{
    char *name = dki_arena_alloc(&days->arena, member.size + 32, err);

    if (name == NULL)
        return DK_ERR_MEMORY;
    memcpy(name, member.bytes, member.size); /* a zero byte may be in it */
    *out = (dk_text){ name, member.size + (size_t)snprintf(name + member.size, 32, "%c%zu", APART, turn) };
    return DK_OK;
}

/* Numbers what occurs, members in their order, and says what each becomes. recodes: of each turn. */
static dk_status name_all(struct days *days, const dk_recode **recodes, dk_text *names, dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(days->members);
    dk_status status = DK_OK;

    for (uint32_t code = 1; code < days->n_codes && status == DK_OK; code++)
        for (size_t turn = 0; turn < days->turns.n && status == DK_OK; turn++) {
            dk_text member = dk_dictionary_level(levels, code);

            if (days->codes[turn] == NULL || days->codes[turn][code] == 0)
                continue;
            status = name_of(days, member, turn, &names[days->n_found], err);
            if (status == DK_OK)
                status = add_pairs(days, recodes[turn], names[days->n_found], member, err);
            days->codes[turn][code] = (uint32_t)++days->n_found;
        }
    return status;
}

static dk_status make_levels(struct days *days, dk_dictionary **out, dk_error *err)
{
    const dk_recode **recodes = dki_arena_array(&days->arena, days->turns.n, sizeof *recodes, err);
    dk_text *names = NULL;
    size_t n = 0;
    dk_status status = recodes ? DK_OK : DK_ERR_MEMORY;

    for (size_t turn = 0; turn < days->turns.n && status == DK_OK; turn++) {
        if (days->codes[turn] == NULL)
            continue;
        for (size_t code = 1; code < days->n_codes; code++)
            n += days->codes[turn][code];
        status = dki_hierarchy_recode(days->by->hierarchy, days->turns.days[turn], days->by->day, days->by->weights,
                                      &recodes[turn], err);
    }
    if (status == DK_OK) {
        names = dki_arena_array(&days->arena, n, sizeof *names, err);
        status = names ? name_all(days, recodes, names, err) : DK_ERR_MEMORY;
    }
    for (size_t i = 0; recodes && i < days->turns.n; i++)
        dk_recode_release(recodes[i]);
    if (status == DK_OK)
        status = dk_dictionary_new(days->context, names, n,
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
    const dk_column *made = NULL;
    dk_status status = find_on(&days, table, err);

    dki_arena_init(&days.arena, days.context);
    dki_recode_items_init(&days.items, days.context);
    if (status == DK_OK)
        status = dki_turns_init(&days.turns, days.by->hierarchy, 0, err);
    if (status == DK_OK) {
        days.n_codes = dk_dictionary_n_levels(dk_column_levels(members)) + 1;
        days.codes = dki_calloc(days.context, days.turns.n, sizeof *days.codes, err);
        status = days.codes ? dki_each_dated(&days.turns, members, days.on, mark, &days, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = make_levels(&days, &levels, err);
    if (status == DK_OK)
        status = dk_builder_new(days.context, DK_CATEGORY, 0, levels, &days.builder, err);
    if (status == DK_OK)
        status = dki_each_dated(&days.turns, members, days.on, append, &days, err);
    if (status == DK_OK)
        status = dk_builder_finish(days.builder, &made, err);
    if (status == DK_OK)
        status = dki_recode_of(&days.items, out_recode, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_column_release(made);
    dk_builder_release(days.builder);
    dk_dictionary_release(levels);
    dki_recode_items_drop(&days.items);
    dki_arena_drop(&days.arena);
    for (size_t i = 0; days.codes && i < days.turns.n; i++)
        dki_free(days.context, days.codes[i]);
    dki_free(days.context, days.codes);
    dki_turns_drop(&days.turns);
    return status;
}
